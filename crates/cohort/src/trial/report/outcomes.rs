//! Writes how well the scores tell people with the outcome from people without it.

use crate::grouped;
use crate::trial::report::{NOTHING, grid, rate};
use crate::trial::{Area, Calibration, Measure, Trial};
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
            "not compared: their score is not settled or not given".to_owned(),
        ];
        section.blocks.push(grid(
            "Area under the ROC curve (95 % interval)",
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
        Some(section)
    }
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
