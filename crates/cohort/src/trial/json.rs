//! Writes a trial as data, for other programs. By group, the data holds what a report shows, and nothing that a report hides.

use serde::Serialize;
use serde::ser::Serializer;

use super::groups::Shown;
use super::{Cause, Measure, SweepPoint, Trial, Way};
use crate::{Share, Tally};
use threshold_matrix::Date;
use threshold_matrix::ProblemKind;
use threshold_matrix::compare::Comparison;
use threshold_matrix::workspace::Reference;

#[derive(Serialize)]
struct Tried<'a> {
    matrices: [Reference<'a>; 2],
    source: &'a Option<String>,
    dates: &'a Option<(Date, Date)>,
    comparison: &'a Option<Comparison>,
    people: u64,
    moved: u64,
    ways: Vec<Way>,
    causes: Vec<Cause>,
    revisions: [Revision; 2],
    capacity: Vec<Room<'a>>,
    outcome: Vec<Measure>,
    groups: Vec<Grouped<'a>>,
    sweep: Vec<SweepPoint>,
}

/// What came out of one revision.
#[derive(Serialize)]
struct Revision {
    refused: u64,
    provisional: u64,
    observed: u64,
    results: Vec<Share>,
    levels: Vec<Levels>,
    not_recorded: Vec<NotRecorded>,
    refusals: Vec<Refusals>,
}

#[derive(Serialize)]
struct Levels {
    dimension: String,
    levels: Vec<Share>,
}

#[derive(Serialize)]
struct NotRecorded {
    input: String,
    people: u64,
}

/// The refusals without their messages, which hold somebody's value.
#[derive(Serialize)]
struct Refusals {
    kind: ProblemKind,
    inputs: Vec<String>,
    people: u64,
}

#[derive(Serialize)]
struct Room<'a> {
    tier: &'a str,
    people: u64,
}

#[derive(Serialize)]
struct Grouped<'a> {
    column: &'a str,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    name: String,
    people: u64,
    revisions: [GroupResults; 2],
}

/// The results of a group. A number that is hidden is `None`.
#[derive(Serialize)]
struct GroupResults {
    results: Vec<GroupResult>,
    elsewhere: Option<u64>,
    flagged: Option<u64>,
    false_positives: Option<(u64, u64)>,
    false_negatives: Option<(u64, u64)>,
}

#[derive(Serialize)]
struct GroupResult {
    name: String,
    people: Option<u64>,
}

impl Serialize for Trial {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tried = Tried {
            matrices: self.matrices.each_ref().map(Reference),
            source: &self.source,
            dates: &self.dates,
            comparison: &self.comparison,
            people: self.people(),
            moved: self.moved(),
            ways: self.ways(),
            causes: self.causes(),
            revisions: self.tallies.each_ref().map(Revision::of),
            capacity: self
                .capacity
                .iter()
                .map(|(tier, people)| Room {
                    tier,
                    people: *people,
                })
                .collect(),
            outcome: self.measures(),
            groups: self.grouped(),
            sweep: self.sweep_points(),
        };
        tried.serialize(serializer)
    }
}

impl Revision {
    fn of(tally: &Tally) -> Self {
        let levels = tally
            .levels()
            .into_iter()
            .map(|(dimension, levels)| Levels { dimension, levels });
        let not_recorded = tally
            .not_recorded()
            .into_iter()
            .map(|(input, people)| NotRecorded { input, people });
        let refusals = tally.reasons().into_iter().map(|reason| Refusals {
            kind: reason.kind,
            inputs: reason.inputs,
            people: reason.people,
        });
        Self {
            refused: tally.refused(),
            provisional: tally.provisional(),
            observed: tally.observed(),
            results: tally.results(),
            levels: levels.collect(),
            not_recorded: not_recorded.collect(),
            refusals: refusals.collect(),
        }
    }
}

impl Trial {
    fn grouped(&self) -> Vec<Grouped<'_>> {
        let Some(cut) = self.cut else {
            return Vec::new();
        };
        let compared = self
            .groups
            .iter()
            .map(|groups| (groups, groups.shown()))
            .filter(|(_, shown)| shown.names.len() > 1);
        let grouped = compared.map(|(groups, shown)| {
            let named = shown.names.iter().zip(&shown.people).enumerate();
            let group = |(place, (name, people)): (usize, (&String, &u64))| Group {
                name: name.clone(),
                people: *people,
                revisions: [
                    self.group_results(&shown, 0, place, cut[0]),
                    self.group_results(&shown, 1, place, cut[1]),
                ],
            };
            Grouped {
                column: &groups.column,
                groups: named.map(group).collect(),
            }
        });
        grouped.collect()
    }

    fn group_results(&self, shown: &Shown, which: usize, group: usize, cut: u8) -> GroupResults {
        let matrix = if which == 0 {
            &self.matrices[0]
        } else {
            &self.matrices[1]
        };
        let names = matrix.tiers().iter().chain(matrix.statuses());
        let with_outcome = self.tallies[0].observed() > 0;
        GroupResults {
            results: names
                .map(|name| GroupResult {
                    name: name.clone(),
                    people: shown.with_result(which, group, name),
                })
                .collect(),
            elsewhere: shown.elsewhere(which, group),
            flagged: shown.flagged(which, group, cut),
            false_positives: shown
                .false_positives(which, group, cut)
                .filter(|_| with_outcome),
            false_negatives: shown
                .false_negatives(which, group, cut)
                .filter(|_| with_outcome),
        }
    }
}
