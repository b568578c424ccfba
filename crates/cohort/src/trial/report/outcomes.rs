//! Writes how well the scores tell people with the outcome from people without it.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    reason = "statistics are for people to read; nothing is scored with them"
)]

use crate::grouped;
use crate::trial::decision::NetBenefit;
use crate::trial::report::{NOTHING, grid, rate};
use crate::trial::{Area, Calibration, Measure, Trial};
use threshold_matrix::Points;
use threshold_matrix::workspace::document::chart::{Chart, Line};
use threshold_matrix::workspace::document::tree::{Block, Section};
use threshold_matrix::workspace::words::span;

impl Trial {
    pub(super) fn discrimination(&self) -> Option<Section> {
        let measures = self.measures();
        if measures.is_empty() {
            return None;
        }
        let mut section = Section::new("outcome", "What was seen later, by score");
        let [old, new] = self.columns_called();
        let area =
            |area: Option<Area>| area.map_or_else(|| NOTHING.to_owned(), |area| area.to_string());
        let rows = measures.iter().map(|measure| {
            let areas = [measure.old, measure.new, measure.difference].map(area);
            let name = if measure.is_existing {
                format!("{} (existing score)", measure.name)
            } else {
                self.spoken(&measure.name).to_owned()
            };
            (
                name,
                areas
                    .into_iter()
                    .chain([grouped(measure.people), grouped(measure.left_out)])
                    .collect(),
            )
        });
        let columns = vec![
            old.clone(),
            new.clone(),
            "difference".to_owned(),
            "people".to_owned(),
            "left out".to_owned(),
        ];
        section.blocks.push(grid(
            "Area under the ROC curve (95 % interval); those are left out whose score is not settled or not given",
            ["score", "by revision"],
            columns,
            rows,
        ));
        let areas = measures
            .iter()
            .flat_map(|own| [own.old, own.new, own.difference]);
        if areas.flatten().any(|area| area.interval.is_none()) {
            section.says(
                "No interval can be given where all scores of people with the outcome lie on one side of all scores of people without it, where everybody has the \
                 same score, or where two scores order everybody alike: the estimate of chance is then zero, which is no certainty.",
            );
        }
        let few = measures.iter().filter(|own| own.old.or(own.new).is_none());
        for measure in few {
            section.says(format!(
                "No area for {}: it takes two people with the outcome and two without it, whose score is settled.",
                self.spoken(&measure.name)
            ));
        }
        let calibrated = |measure: &&Measure| {
            measure.is_existing || self.calibrated() == Some(measure.name.as_str())
        };
        for measure in measures.iter().filter(calibrated) {
            let name = self.spoken(&measure.name);
            let [was, is] = [&measure.old_calibration, &measure.new_calibration];
            section.blocks.push(match measure.is_existing {
                true => calibration_chart(name, true, &[(name, is)]),
                false => calibration_chart(name, false, &[(&old, was), (&new, is)]),
            });
            if measure.is_existing {
                section.blocks.push(calibration(
                    &format!("Calibration of {name}, the existing score"),
                    &measure.new_calibration,
                ));
                continue;
            }
            for (version, ranges) in [
                (&old, &measure.old_calibration),
                (&new, &measure.new_calibration),
            ] {
                if !ranges.is_empty() {
                    section.blocks.push(calibration(
                        &format!("Calibration of “{name}” by {version}"),
                        ranges,
                    ));
                }
            }
        }
        self.worth(&mut section);
        Some(section)
    }

    /// Writes what picking people is worth, by how likely the outcome must be for that.
    fn worth(&self, section: &mut Section) {
        let (curve, Some(cut)) = (self.decision_curve(), self.cut) else {
            return;
        };
        if curve.is_empty() {
            return;
        }
        let flag = self.flag(cut);
        section.says(format!(
            "What being in {flag} is worth: of 1,000 people, how many are in it for whom the outcome was seen, less those in it for whom it was not, each weighed \
             by how likely the outcome must be before the board would pick somebody (its odds). Below 0 it is better to pick nobody, and below “everybody” it \
             is better to pick all. Two numbers are the least and the most that completing the records could give.",
        ));
        let thousand = |worth: f64| (worth * 1000.0).round() as i64;
        let at = curve
            .iter()
            .map(|point| Points::from_millionths(i64::from(point.threshold) * 1_000_000));
        let line = |name: String, of: &dyn Fn(&NetBenefit) -> f64| Line {
            name,
            values: curve
                .iter()
                .map(|point| u64::try_from(thousand(of(point))).ok())
                .collect(),
        };
        let mut lines = Vec::new();
        for (side, called) in self.columns_called().iter().enumerate() {
            let end = move |point: &NetBenefit, at: usize| {
                let own = point.revisions.get(side).and_then(|own| own.get(at));
                own.copied().unwrap_or_default()
            };
            let is_wide = curve.iter().any(|point| end(point, 0) != end(point, 1));
            if is_wide {
                lines.push(line(format!("{called}, at the least"), &|point| {
                    end(point, 0)
                }));
                lines.push(line(format!("{called}, at the most"), &|point| {
                    end(point, 1)
                }));
            } else {
                lines.push(line(called.clone(), &|point| end(point, 0)));
            }
        }
        lines.push(line("everybody".to_owned(), &|point| point.everybody));
        section.blocks.push(Block::Chart(Chart {
            anchor: "decision-curve".to_owned(),
            title: format!("What being in {flag} is worth, of 1,000 people"),
            axis: "how likely the outcome must be, in percent".to_owned(),
            at: at.collect(),
            own: None,
            lines,
            limits: Vec::new(),
        }));
        let is_worth = |point: &NetBenefit| {
            let mut worth = point.revisions.iter().map(|[_, most]| *most);
            point.everybody >= 0.0 || worth.any(|worth| worth >= 0.0)
        };
        let words = |ends: [f64; 2]| {
            let [least, most] = ends.map(thousand);
            if least == most {
                least.to_string()
            } else {
                format!("{least} to {most}")
            }
        };
        let rows = curve
            .iter()
            .filter(|point| point.threshold % 10 == 0 && is_worth(point))
            .map(|point| {
                let cells = point.revisions.map(words).into_iter();
                let cells = cells.chain([thousand(point.everybody).to_string()]);
                (format!("{} %", point.threshold), cells.collect())
            });
        let [old, new] = self.columns_called();
        section.blocks.push(grid(
            format!("Net benefit of being in {flag}, of 1,000 people whose outcome is known"),
            ["how likely it must be", "net benefit"],
            vec![old, new, "everybody".to_owned()],
            rows,
        ));
    }
}

/// Returns how often the outcome was seen by score as a drawing. Each range of scores is drawn at its middle.
fn calibration_chart(
    name: &str,
    is_existing: bool,
    revisions: &[(&str, &Vec<Calibration>)],
) -> Block {
    let middle = |range: &Calibration| {
        let (low, high) = range.scores;
        Points::from_millionths(low.millionths().midpoint(high.millionths()))
    };
    let ranges = revisions.iter().flat_map(|(_, ranges)| ranges.iter());
    let mut at: Vec<Points> = ranges.map(middle).collect();
    at.sort();
    at.dedup();
    let lines = revisions.iter().filter(|(_, ranges)| !ranges.is_empty());
    let lines = lines.map(|(called, ranges)| Line {
        name: (*called).to_owned(),
        values: at
            .iter()
            .map(|at| {
                let range = ranges.iter().find(|range| middle(range) == *at)?;
                (range.happened * 1000 + range.people / 2).checked_div(range.people)
            })
            .collect(),
    });
    Block::Chart(Chart {
        anchor: if is_existing {
            "calibration-existing"
        } else {
            "calibration"
        }
        .to_owned(),
        title: format!(
            "How often the outcome was seen by “{name}”, of 1,000 people with such a score"
        ),
        axis: name.to_owned(),
        lines: lines.collect(),
        at,
        own: None,
        limits: Vec::new(),
    })
}

fn calibration(caption: &str, ranges: &[Calibration]) -> Block {
    let rows = ranges.iter().map(|range| {
        (
            span(range.scores),
            vec![
                grouped(range.people),
                grouped(range.happened),
                rate(range.rate()),
            ],
        )
    });
    grid(
        caption,
        ["score", "people"],
        vec![
            "all".into(),
            "outcome seen".into(),
            "rate (95 % interval)".into(),
        ],
        rows,
    )
}
