//! Writes the tiers, the errors and the movement by group.

use crate::trial::by_group::{Against, ByGroup, Ends, Figures, Group, Moves, Part, Span};
use crate::trial::report::{HIDDEN, NOTHING, grid, rate};
use crate::trial::statistics::{Difference, Ratio};
use crate::trial::{Audience, Direction, Trial};
use crate::{Rate, grouped, percent};
use threshold_matrix::workspace::document::tree::{Block, Section};
use threshold_matrix::workspace::words::span;

/// What is read of a group by one revision, and of a group beside the largest one.
type Of = fn(&Figures) -> Option<Part>;
type Differs = fn(&Against) -> Option<Ends<Difference>>;
/// A column of a table: its head, by revision, and what is read of a group.
type Column<'a> = (&'a str, &'a dyn Fn(&Figures) -> Option<Part>);

/// The most results in one table.
const RESULTS: usize = 3;

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
        section.says(
            "Where a number is “a to b”, a is the number of those of whom it is certain, and b that of those of whom it may be so: somebody who is not settled \
             is counted where they may be, and somebody who is refused anywhere. A share “a to b %” is in the same way the least and the most that completing \
             the records could give; the brackets hold the 95 % intervals of both, which are about chance.",
        );
        if self.disclosure.audience == Audience::Release {
            section.says("A number that is hidden lies within the numbers that stand before “…”.");
            if self.tallies[0].observed() > 0 {
                section.says(
                    "Areas and calibration by group are told to a board alone: an area is a number of pairs of people, and a calibration divides the groups by \
                     score as well, and nothing here proves which small numbers would follow from either.",
                );
            }
        }
        let with_outcome = self.tallies[0].observed() > 0;
        for told in self.by_groups() {
            if let Some(why) = &told.not_told {
                section.says(why.clone());
                continue;
            }
            section.blocks.extend(self.tiers_by(&told));
            section.blocks.push(self.flagged_by(&told, cut));
            if with_outcome {
                section.blocks.extend(self.errors_by(&told, cut));
            }
            section.blocks.extend(self.areas_by(&told));
            section.blocks.extend(self.calibration_by(&told));
            section.blocks.extend(self.movement_by(&told, with_outcome));
            let disclosing = told.groups.iter().flat_map(|group| {
                let shared = group.disclosing.iter();
                shared.map(|shared| format!("{} ({}): {shared}", group.name, told.by))
            });
            let disclosing: Vec<String> = disclosing.collect();
            if !disclosing.is_empty() {
                section.says(
                    "All members of these groups have something in common, so that the report discloses it of each of them:",
                );
                section.blocks.push(Block::List(disclosing));
            }
        }
        Some(section)
    }

    /// Returns from which tier up people are flagged, in words.
    pub(super) fn flag(&self, cut: [u8; 2]) -> String {
        let of = |side: usize| {
            let matrix = self.matrices.get(side)?;
            let at = cut.get(side).copied().map(usize::from)?;
            let name = matrix.tiers().get(at)?;
            Some(if at == 0 {
                name.clone()
            } else {
                format!("{name} or above")
            })
        };
        let [old, new] = [0, 1].map(|side| of(side).unwrap_or_default());
        if old == new {
            return new;
        }
        let [was, is] = self.columns_called();
        format!("the most intensive tier ({old} by {was}, {new} by {is})")
    }

    /// Returns the people of each group by result, with a few results in each table, so that it fits a page.
    fn tiers_by(&self, told: &ByGroup) -> Vec<Block> {
        let called = self.columns_called();
        let mut names: Vec<&String> = Vec::new();
        for matrix in self.matrices.iter().rev() {
            for name in matrix.tiers().iter().chain(matrix.statuses()) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        let table = |names: &[&String]| {
            let mut columns = vec!["people".to_owned()];
            for name in names {
                columns.extend(
                    called
                        .each_ref()
                        .map(|version| format!("{name}, {version}")),
                );
            }
            let rows = told.groups.iter().map(|group| {
                let mut cells = vec![grouped(group.people)];
                for name in names {
                    cells.extend(group.revisions.each_ref().map(|figures| {
                        let mut results = figures.results.iter();
                        let result = results.find(|result| result.name == **name);
                        result.map_or_else(|| NOTHING.to_owned(), |own| own.people.words(HIDDEN))
                    }));
                }
                (group.name.clone(), cells)
            });
            grid(
                format!("People by {} and result", told.by),
                [&told.by, "people"],
                columns,
                rows,
            )
        };
        names.chunks(RESULTS).map(table).collect()
    }

    /// Returns the share of each group that is flagged, and its ratio to the share of the largest group.
    fn flagged_by(&self, told: &ByGroup, cut: [u8; 2]) -> Block {
        let called = self.columns_called();
        let reference = told.groups.first();
        let rows = told.groups.iter().map(|group| {
            let shares = group
                .revisions
                .each_ref()
                .map(|own| shown(Some(own.flagged)));
            let ratio = |side: usize| {
                let own = group.against.as_ref()?.get(side)?;
                Some(words(
                    own.flagged,
                    is_hidden(group, reference, side, |own| Some(own.flagged)),
                    Ratio::to,
                ))
            };
            let ratios = [0, 1].map(|side| ratio(side).unwrap_or_else(|| "1".to_owned()));
            (
                group.name.clone(),
                shares.into_iter().chain(ratios).collect(),
            )
        });
        let reference = reference.map_or("", |group| &group.name);
        let shares = called.each_ref().map(|version| format!("share, {version}"));
        let ratios = called
            .each_ref()
            .map(|version| format!("ratio to {reference}, {version}"));
        grid(
            format!(
                "Share in {} by {}, of all people of the group",
                self.flag(cut),
                told.by
            ),
            [&told.by, "share, and ratio of shares"],
            shares.into_iter().chain(ratios).collect(),
            rows,
        )
    }

    fn errors_by(&self, told: &ByGroup, cut: [u8; 2]) -> [Block; 3] {
        let flag = self.flag(cut);
        let by = &told.by;
        let positives: Column<'_> = ("false positives", &|own| own.false_positives);
        let negatives: Column<'_> = ("false negatives", &|own| own.false_negatives);
        let flagged: Column<'_> = ("outcome seen in it", &|own| own.seen_of_flagged);
        let others: Column<'_> = ("outcome seen outside it", &|own| own.seen_of_others);
        [
            self.rates_by(
                told,
                format!(
                    "Errors by {by}, if being in {flag} is taken to foretell the outcome: false positives are the share in {flag} of all for whom the outcome \
                     was not seen; false negatives the share not in it of all for whom it was"
                ),
                [positives, negatives],
            ),
            self.differences_by(told, [positives, negatives]),
            self.rates_by(
                told,
                format!(
                    "How often the outcome was seen by {by}, of those in {flag} and of those not in it, among those of whom the outcome is known"
                ),
                [flagged, others],
            ),
        ]
    }

    fn rates_by(&self, told: &ByGroup, caption: String, columns: [Column<'_>; 2]) -> Block {
        let rows = told.groups.iter().map(|group| {
            let cells = columns.iter().flat_map(|(_, of)| {
                let cells = group.revisions.each_ref().map(|figures| shown(of(figures)));
                cells.into_iter()
            });
            (group.name.clone(), cells.collect())
        });
        grid(caption, [&told.by, "rate"], self.heads(&columns), rows)
    }

    fn heads(&self, columns: &[Column<'_>]) -> Vec<String> {
        let called = self.columns_called();
        let heads = columns.iter().flat_map(|(head, _)| {
            let heads = called
                .each_ref()
                .map(|version| format!("{head}, {version}"));
            heads.into_iter()
        });
        heads.collect()
    }

    /// Returns how much the errors of each group differ from those of the largest.
    fn differences_by(&self, told: &ByGroup, columns: [Column<'_>; 2]) -> Block {
        let reference = told.groups.first();
        let rows = told.groups.iter().skip(1).map(|group| {
            let cell = |side: usize, of: Of, difference: Differs| {
                let own = group.against.as_ref().and_then(|own| own.get(side));
                let difference = own.and_then(difference);
                words(
                    difference,
                    is_hidden(group, reference, side, of),
                    Difference::to,
                )
            };
            let [positives, negatives] = [
                (
                    (|own: &Figures| own.false_positives) as Of,
                    (|own: &Against| own.false_positives) as Differs,
                ),
                (|own| own.false_negatives, |own| own.false_negatives),
            ]
            .map(|(of, difference)| [0, 1].map(|side| cell(side, of, difference)));
            let cells = positives.into_iter().chain(negatives);
            (group.name.clone(), cells.collect())
        });
        let reference = reference.map_or("", |group| &group.name);
        grid(
            format!("Errors less those of {reference}, in points of percent"),
            [&told.by, "difference"],
            self.heads(&columns),
            rows,
        )
    }

    /// Returns how well the score that is shown in full tells people with the outcome from people without it, in each group.
    fn areas_by(&self, told: &ByGroup) -> Option<Block> {
        let name = self.calibrated()?;
        if told.groups.iter().all(|group| group.areas.is_none()) {
            return None;
        }
        let rows = told.groups.iter().map(|group| {
            let cells = group.areas.map_or_else(
                || vec![NOTHING.to_owned(); 3],
                |areas| areas.map(|area| area.to_string()).into(),
            );
            (group.name.clone(), cells)
        });
        let [old, new] = self.columns_called();
        Some(grid(
            format!(
                "Area under the ROC curve of “{}” by {}, of those whose score is settled (95 % interval)",
                self.spoken(name),
                told.by
            ),
            [&told.by, "by revision"],
            vec![old, new, "difference".to_owned()],
            rows,
        ))
    }

    /// Returns how often the outcome was seen in each group by bands of the score, and together beside what is expected of everybody with such scores.
    fn calibration_by(&self, told: &ByGroup) -> Vec<Block> {
        let known = told.groups.iter().filter_map(|group| {
            let own = group.calibration.as_ref().filter(|own| own.people > 0)?;
            Some((group.name.clone(), own))
        });
        let known: Vec<_> = known.collect();
        let (Some(name), Some((_, first))) = (self.calibrated(), known.first()) else {
            return Vec::new();
        };
        let name = self.spoken(name);
        let heads = first.bands.iter().map(|band| span(band.scores));
        let bands = known.iter().map(|(group, own)| {
            let cells = own.bands.iter().map(|band| {
                let share = (band.people > 0).then(|| percent(band.happened, band.people));
                let share = share.unwrap_or_else(|| NOTHING.to_owned());
                format!("{share} of {}", grouped(band.people))
            });
            (group.clone(), cells.collect())
        });
        let [_, version] = self.columns_called();
        let large = known.iter().map(|(group, own)| {
            let seen = Rate::new(own.happened, own.people);
            let expected = percent(own.expected.round() as u64, own.people);
            (
                group.clone(),
                vec![grouped(own.people), rate(seen), expected],
            )
        });
        vec![
            grid(
                format!(
                    "How often the outcome was seen by “{name}” of {version} and by {}",
                    told.by
                ),
                [&told.by, "score"],
                heads.collect(),
                bands,
            ),
            grid(
                format!(
                    "The same of all scores together: expected is what it would be if everybody with such scores had it as often, whatever their {}",
                    told.by
                ),
                [&told.by, "outcome"],
                ["people", "seen (95 % interval)", "expected"]
                    .map(str::to_owned)
                    .into(),
                large,
            ),
        ]
    }

    fn movement_by(&self, told: &ByGroup, with_outcome: bool) -> Vec<Block> {
        let directions = [
            (Direction::Same, "same result"),
            (Direction::Up, "more intensive"),
            (Direction::Down, "less intensive"),
            (Direction::Unordered, "without an order"),
            (
                Direction::Other,
                "to or from what is not settled or refused",
            ),
        ];
        let of = |group: &Group, direction: Direction| -> Option<(Span, Option<Part>)> {
            let mut moves = group.movement.iter();
            let own: &Moves = moves.find(|moves| moves.direction == direction)?;
            Some((own.people, own.seen))
        };
        let is_there = |direction: Direction| {
            let mut groups = told.groups.iter();
            groups.any(|group| of(group, direction).is_some_and(|(people, _)| people.most > 0))
        };
        let directions: Vec<_> = directions
            .into_iter()
            .filter(|(direction, _)| *direction == Direction::Same || is_there(*direction))
            .collect();
        let heads = || {
            directions
                .iter()
                .map(|(_, head)| (*head).to_owned())
                .collect()
        };
        let rows = |cell: &dyn Fn((Span, Option<Part>)) -> String| -> Vec<(String, Vec<String>)> {
            let row = |group: &Group| {
                let own = directions
                    .iter()
                    .filter_map(|(direction, _)| of(group, *direction));
                (group.name.clone(), own.map(cell).collect())
            };
            told.groups.iter().map(row).collect()
        };
        let mut tables = vec![grid(
            format!("People who move, by {}", told.by),
            [&told.by, "people"],
            heads(),
            rows(&|(people, _)| people.words(HIDDEN)),
        )];
        if with_outcome {
            tables.push(grid(
                format!(
                    "How often the outcome was seen of those who move, by {}",
                    told.by
                ),
                [&told.by, "outcome seen"],
                heads(),
                rows(&|(_, seen)| shown(seen)),
            ));
        }
        tables
    }

    /// Returns who may read the report, if not everybody may.
    pub(super) fn reserved(&self) -> Option<Block> {
        let is_for_board = self.disclosure.audience == Audience::Board;
        is_for_board.then(|| {
            Block::Says(
                "This report is for the board that asked for it, and must not be released: small numbers by group are shown.".to_owned(),
            )
        })
    }
}

fn shown(part: Option<Part>) -> String {
    part.map_or_else(|| NOTHING.to_owned(), |part| part.words(HIDDEN, NOTHING))
}

/// Returns in words a statistic that has a least and a most, or what stands for it where there is none.
fn words<T>(ends: Option<Ends<T>>, is_hidden: bool, to: impl Fn(&T, &T) -> String) -> String {
    match ends {
        Some(own) => {
            let mark = if own.is_hidden { HIDDEN } else { "" };
            format!("{}{mark}", to(&own.least, &own.most))
        }
        None if is_hidden => HIDDEN.to_owned(),
        None => NOTHING.to_owned(),
    }
}

/// Returns whether something is hidden of a figure of a group, or of the largest group.
fn is_hidden(
    group: &Group,
    largest: Option<&Group>,
    side: usize,
    of: impl Fn(&Figures) -> Option<Part>,
) -> bool {
    let both = [Some(group), largest];
    let figures = both.into_iter().flatten();
    let mut parts = figures.filter_map(|group| group.revisions.get(side).and_then(&of));
    parts.any(|part| part.is_hidden)
}
