//! Writes who moved, and why.

use std::collections::BTreeMap;

use crate::trial::report::{grid, rate, share};
use crate::trial::standing::Standing;
use crate::trial::{Difference, DifferenceKind, Direction, Trial};
use crate::{Rate, grouped};
use threshold_matrix::workspace::document::flow::{Course, Flow, Stream};
use threshold_matrix::workspace::document::tree::{Block, Grid, GridCell, Section, Table};
use threshold_matrix::workspace::words::capitalised;

/// The most changes and differences that are shown. The rest are counted.
const MOST: usize = 20;

impl Trial {
    pub(super) fn movement(&self) -> Section {
        let mut section = Section::new("movement", "Who would move");
        let mut ends: [Vec<&Standing>; 2] = [Vec::new(), Vec::new()];
        for (from, to) in self.ways.keys() {
            let [left, right] = &mut ends;
            left.push(from);
            right.push(to);
        }
        for side in &mut ends {
            side.sort();
            side.dedup();
        }
        let [left, right] = &ends;
        let [by_old, by_new] = &self.matrices;
        let place = |side: &[&Standing], standing: &Standing| {
            side.iter()
                .position(|own| *own == standing)
                .unwrap_or_default()
        };
        let course = |from: &Standing, to: &Standing| match self.direction(from, to) {
            Direction::Same => Course::Same,
            Direction::Up => Course::Rise,
            Direction::Down => Course::Fall,
            Direction::Unordered | Direction::Other => Course::Aside,
        };
        let streams = self.ways.iter().map(|((from, to), moved)| Stream {
            from: place(left, from),
            to: place(right, to),
            people: moved.people,
            course: course(from, to),
        });
        let [old, new] = self.columns_called();
        section.blocks.push(Block::Flow(Flow {
            anchor: "flow".to_owned(),
            title: "How many people would go from which result to which".to_owned(),
            sides: [old.clone(), new.clone()],
            ends: [(left, by_old), (right, by_new)].map(|(side, matrix)| {
                let side = side.iter();
                side.map(|standing| standing.labelled(matrix)).collect()
            }),
            streams: streams.collect(),
        }));
        let tiers = self.matrices[0].tiers().len();
        let rows = left.iter().map(|from| {
            let cell = |to: &&Standing| {
                let key = ((*from).clone(), (*to).clone());
                let people = self.ways.get(&key).map_or(0, |moved| moved.people);
                let shade = if from.is_called_as(to) {
                    from.shade(tiers)
                } else {
                    None
                };
                GridCell {
                    text: if people == 0 {
                        String::new()
                    } else {
                        grouped(people)
                    },
                    shade,
                    bar: None,
                }
            };
            (from.labelled(by_old), right.iter().map(cell).collect())
        });
        section.blocks.push(Block::Grid(Grid {
            caption: "People by their result before and after".to_owned(),
            rows_read: format!("by {old}"),
            columns_read: format!("by {new}"),
            columns: right.iter().map(|to| to.labelled(by_new)).collect(),
            rows: rows.collect(),
        }));
        section.blocks.extend(self.seen_of_movers());
        section
    }

    /// Returns what was seen later of those who would move, if an outcome is known.
    pub(super) fn seen_of_movers(&self) -> Option<Block> {
        if self.tallies[0].observed() == 0 {
            return None;
        }
        let ways = self.ways().into_iter();
        let rows = ways
            .filter(|way| way.direction != Direction::Same)
            .map(|way| {
                let seen = Rate::new(way.happened, way.observed);
                let cells = vec![grouped(way.people), grouped(way.observed), rate(seen)];
                (format!("{} to {}", way.from, way.to), cells)
            });
        Some(grid(
            "What was seen later of those who would move",
            ["from, to", "people"],
            ["people", "outcome known", "outcome seen"]
                .map(str::to_owned)
                .into(),
            rows,
        ))
    }

    pub(super) fn why(&self) -> Option<Section> {
        let (differences, moved) = (self.differences(), self.moved());
        if differences.is_empty() {
            return None;
        }
        let mut section = Section::new("why", "Why they would move");
        match self.moved_together() {
            None => section.says(
                "The revisions differ in more places than are tried by themselves, so it is not told which change moves whom.",
            ),
            Some(together) => self.say_what_moves(&mut section, together),
        }
        let rows = differences.iter().take(MOST).map(|difference| {
            (
                share(difference.people, moved),
                capitalised(&self.difference_in_words(difference)),
            )
        });
        section.blocks.push(Block::Table(Table::pairs(
            "What differs between the two explanations of those who move, the most frequent first",
            ["people", "what differs"],
            rows,
        )));
        if differences.len() > MOST {
            section.says(format!(
                "{} other differences are less frequent.",
                differences.len() - MOST
            ));
        }
        section.says("A person may have several of these differences. Some of them may not matter to where the person moves.");
        Some(section)
    }

    /// Says which changes of the rules move people by themselves, and how many people are moved only by several together.
    fn say_what_moves(&self, section: &mut Section, together: u64) {
        let (causes, moved) = (self.causes(), self.moved());
        let rows = causes
            .iter()
            .take(MOST)
            .map(|cause| (share(cause.people, moved), capitalised(&cause.change)));
        if !causes.is_empty() {
            section.says("The old revision with one change alone would move these people. Several changes may each move the same person.");
            section.blocks.push(Block::Table(Table::pairs(
                "Changes of the rules that move people by themselves, those that move most first",
                ["people", "change"],
                rows,
            )));
        }
        if causes.len() > MOST {
            section.says(format!("{} other changes move fewer.", causes.len() - MOST));
        }
        if together > 0 {
            section.says(format!(
                "{} would move only by several changes together.",
                share(together, moved)
            ));
        }
    }

    fn difference_in_words(&self, difference: &Difference) -> String {
        let name = self.spoken(&difference.name);
        match difference.kind {
            DifferenceKind::MorePoints => format!("more points for “{name}”"),
            DifferenceKind::FewerPoints => format!("fewer points for “{name}”"),
            DifferenceKind::OtherPoints => format!("other points for “{name}”"),
            DifferenceKind::Level => format!(
                "the level of “{name}” goes from {} with another score",
                difference.change
            ),
            DifferenceKind::LevelAtSameScore => format!(
                "the level of “{name}” goes from {} at the same score",
                difference.change
            ),
            DifferenceKind::OverrideNow => format!("the override “{name}” applies"),
            DifferenceKind::OverrideNoLonger => {
                format!("the override “{name}” does not apply any more")
            }
            DifferenceKind::OverrideEffect => {
                format!("the override “{name}” goes from {}", difference.change)
            }
            DifferenceKind::Decision => {
                "the decision gives another result for the same levels and overrides".to_owned()
            }
            DifferenceKind::RefusedNow => "the new revision refuses the values".to_owned(),
            DifferenceKind::RefusedNoLonger => {
                "the new revision does not refuse the values any more".to_owned()
            }
        }
    }

    /// Returns the reasons for which each revision refuses people, with their numbers.
    pub(super) fn refusals(&self) -> BTreeMap<String, [u64; 2]> {
        let mut reasons = BTreeMap::<String, [u64; 2]>::new();
        for (which, tally) in self.tallies.iter().enumerate() {
            for reason in tally.reasons() {
                let counts = reasons
                    .entry(format!("{}: {}", reason.kind, reason.inputs.join(", ")))
                    .or_default();
                if let Some(count) = counts.get_mut(which) {
                    *count += reason.people;
                }
            }
        }
        reasons
    }
}
