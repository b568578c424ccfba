//! Writes the tiers and the errors by group.

use crate::trial::groups::Shown;
use crate::trial::report::{HIDDEN, NOTHING, count, grid, rate};
use crate::trial::{Ratio, Trial};
use crate::{Rate, grouped};
use threshold_matrix::workspace::document::tree::{Block, Section};

impl Trial {
    pub(super) fn by_group(&self) -> Option<Section> {
        if self.groups.is_empty() {
            return None;
        }
        let mut section = Section::new("groups", "By group");
        let Some(cut) = self.cut else {
            section.says("A revision without tiers has nothing to show by group here.");
            return Some(section);
        };
        for groups in &self.groups {
            let shown = groups.shown();
            if shown.names.len() < 2 {
                section.says(format!("All people are in one group of `{}`, or all but fewer than ten: there is nothing to compare.", groups.column));
                continue;
            }
            section.blocks.push(self.tiers_by(&groups.column, &shown));
            section
                .blocks
                .push(self.flagged_by(&groups.column, &shown, cut));
            if self.tallies[0].observed() > 0 {
                section
                    .blocks
                    .push(self.errors_by(&groups.column, &shown, cut));
            }
        }
        Some(section)
    }

    fn flag(&self, cut: [u8; 2]) -> String {
        let name = self.matrices[1]
            .tiers()
            .get(usize::from(cut[1]))
            .cloned()
            .unwrap_or_default();
        if cut[1] == 0 {
            name
        } else {
            format!("{name} or above")
        }
    }

    fn tiers_by(&self, column: &str, shown: &Shown) -> Block {
        let called = self.columns_called();
        let mut names: Vec<&String> = Vec::new();
        for matrix in self.matrices.iter().rev() {
            for name in matrix.tiers().iter().chain(matrix.statuses()) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        let mut columns = vec!["people".to_owned()];
        for name in &names {
            columns.extend(
                called
                    .each_ref()
                    .map(|version| format!("{name}, {version}")),
            );
        }
        columns.extend(called.each_ref().map(|version| format!("other, {version}")));
        let rows =
            shown
                .names
                .iter()
                .zip(&shown.people)
                .enumerate()
                .map(|(group, (name, people))| {
                    let tiers = names.iter().flat_map(|result| {
                        [0, 1].map(|which| count(shown.with_result(which, group, result)))
                    });
                    let other = [0, 1].map(|which| count(shown.elsewhere(which, group)));
                    (
                        name.clone(),
                        [grouped(*people)]
                            .into_iter()
                            .chain(tiers)
                            .chain(other)
                            .collect(),
                    )
                });
        grid(
            format!("People by {column} and tier; other: not settled or refused"),
            [column, "people"],
            columns,
            rows,
        )
    }

    /// Returns the share of each group that is flagged, and its ratio to the share of the largest group.
    fn flagged_by(&self, column: &str, shown: &Shown, cut: [u8; 2]) -> Block {
        let called = self.columns_called();
        let reference = shown.names.first().cloned().unwrap_or_default();
        let of = |which: usize, group: usize| {
            let flagged = shown.flagged(which, group, if which == 0 { cut[0] } else { cut[1] });
            flagged.zip(shown.people.get(group).copied())
        };
        let rows = shown.names.iter().enumerate().map(|(group, name)| {
            let shares = [0, 1].map(|which| {
                of(which, group).map_or_else(
                    || HIDDEN.to_owned(),
                    |(flagged, people)| rate(Rate::new(flagged, people)),
                )
            });
            let ratios = [0, 1].map(|which| match (of(which, group), of(which, 0)) {
                _ if group == 0 => "1".to_owned(),
                (Some(own), Some(other)) => Ratio::new(own, other)
                    .map_or_else(|| NOTHING.to_owned(), |ratio| ratio.to_string()),
                _ => HIDDEN.to_owned(),
            });
            (name.clone(), shares.into_iter().chain(ratios).collect())
        });
        let shares = called.each_ref().map(|version| format!("share, {version}"));
        let ratios = called
            .each_ref()
            .map(|version| format!("ratio to {reference}, {version}"));
        let caption = format!("Share in {} by {column} (95 % intervals)", self.flag(cut));
        grid(
            caption,
            [column, "share, and ratio of shares"],
            shares.into_iter().chain(ratios).collect(),
            rows,
        )
    }

    fn errors_by(&self, column: &str, shown: &Shown, cut: [u8; 2]) -> Block {
        let called = self.columns_called();
        let shown_rate = |part: Option<(u64, u64)>| {
            part.map_or_else(
                || HIDDEN.to_owned(),
                |(part, all)| rate(Rate::new(part, all)),
            )
        };
        let rows = shown.names.iter().enumerate().map(|(group, name)| {
            let positives = [0, 1].map(|which| {
                shown_rate(shown.false_positives(
                    which,
                    group,
                    if which == 0 { cut[0] } else { cut[1] },
                ))
            });
            let negatives = [0, 1].map(|which| {
                shown_rate(shown.false_negatives(
                    which,
                    group,
                    if which == 0 { cut[0] } else { cut[1] },
                ))
            });
            (
                name.clone(),
                positives.into_iter().chain(negatives).collect(),
            )
        });
        let positives = called
            .each_ref()
            .map(|version| format!("false positives, {version}"));
        let negatives = called
            .each_ref()
            .map(|version| format!("false negatives, {version}"));
        let flag = self.flag(cut);
        let caption = format!(
            "Errors by {column}, if {flag} is read as a forecast: false positives are the share in {flag} of those for whom the outcome was not seen; \
             false negatives the share below it of those of whom it was (95 % intervals; those who are not settled are left out)"
        );
        grid(
            caption,
            [column, "rate"],
            positives.into_iter().chain(negatives).collect(),
            rows,
        )
    }
}
