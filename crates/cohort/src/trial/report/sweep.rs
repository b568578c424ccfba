//! Writes what each cut-off would give.

use crate::trial::report::{grid, rate};
use crate::trial::{SweepCount, SweepPoint, Trial};
use crate::{Rate, grouped};
use threshold_matrix::workspace::document::chart::{Chart, Line};
use threshold_matrix::workspace::document::tree::{Block, Section};

impl Trial {
    pub(super) fn swept(&self) -> Option<Section> {
        let sweep = self.sweep.as_ref()?;
        let points = sweep.points();
        let (of, level) = sweep.cut_off.parts();
        let axis = if of == "decision" {
            format!("{level} from")
        } else {
            format!("{} {level} from", self.spoken(of))
        };
        let mut section = Section::new("sweep", format!("Other cut-offs: {axis} …"));
        let [_, version] = self.columns_called();
        section.says(format!("Everybody scored by {version} with this one cut-off at each of these numbers, and nothing else changed."));
        let first = points.first()?;
        let named = |counts: &SweepCount| {
            if counts.name.is_empty() {
                "not settled or refused".to_owned()
            } else {
                counts.name.clone()
            }
        };
        let all = |point: &SweepPoint| -> Vec<SweepCount> {
            point
                .results
                .iter()
                .chain([&point.elsewhere])
                .cloned()
                .collect()
        };
        let names: Vec<String> = all(first).iter().map(named).collect();
        let is_there = |at: usize| {
            points
                .iter()
                .any(|point| all(point).get(at).is_some_and(|count| count.people > 0))
        };
        let shown: Vec<usize> = (0..names.len()).filter(|at| is_there(*at)).collect();
        let name = |at: usize| names.get(at).cloned().unwrap_or_default();
        let counts =
            |point: &SweepPoint, at: usize| all(point).get(at).cloned().unwrap_or_default();
        let line = |at: &usize| Line {
            name: name(*at),
            values: points
                .iter()
                .map(|point| Some(counts(point, *at).people))
                .collect(),
        };
        section.blocks.push(Block::Chart(Chart {
            anchor: "sweep-chart".to_owned(),
            title: format!("People by result for each cut-off: {axis}"),
            axis: axis.clone(),
            at: points.iter().map(|point| point.from).collect(),
            own: points
                .iter()
                .find(|point| point.is_own)
                .map(|point| point.from),
            lines: shown.iter().map(line).collect(),
            limits: self
                .capacity
                .iter()
                .map(|(tier, room)| (format!("room for {tier}: {}", grouped(*room)), *room))
                .collect(),
        }));
        let with_rates = points.iter().flat_map(all).any(|count| count.observed > 0);
        let mut columns: Vec<String> = shown.iter().map(|at| name(*at)).collect();
        if with_rates {
            columns.extend(
                shown
                    .iter()
                    .filter(|at| **at < first.results.len())
                    .map(|at| format!("rate, {}", name(*at))),
            );
        }
        let rows = points.iter().map(|point| {
            let people = shown.iter().map(|at| {
                let count = counts(point, *at);
                let over = self
                    .capacity
                    .iter()
                    .any(|(tier, room)| *tier == count.name && count.people > *room);
                format!(
                    "{}{}",
                    grouped(count.people),
                    if over { " (over)" } else { "" }
                )
            });
            let tiers = shown
                .iter()
                .filter(|at| **at < first.results.len())
                .map(|at| counts(point, *at));
            let rates = tiers
                .filter(|_| with_rates)
                .map(|count| rate(Rate::new(count.happened, count.observed)));
            let head = if point.is_own {
                format!("{} (as it is)", point.from)
            } else {
                point.from.to_string()
            };
            (head, people.chain(rates).collect())
        });
        section.blocks.push(grid(
            "People, and how often the outcome was seen, for each cut-off",
            [&axis, "people and rates"],
            columns,
            rows,
        ));
        Some(section)
    }
}
