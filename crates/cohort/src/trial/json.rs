//! Writes a trial as data, for other programs. By group, the data holds what a report shows, and nothing that a report hides.

use serde::Serialize;
use serde::ser::Serializer;

use super::by_group::ByGroup;
use super::decision::NetBenefit;
use super::disclosure::Disclosure;
use super::frequencies::Frequencies;
use super::further::Further;
use super::options::Condition;
use super::{Cause, Difference, Measure, SweepPoint, Trial, Way};
use crate::Share;
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
    disclosure: &'a Disclosure,
    only: &'a [Condition],
    passed_over: u64,
    people: u64,
    unreadable_outcomes: u64,
    repeated_ids: u64,
    moved: u64,
    ways: Vec<Way>,
    causes: Vec<Cause>,
    moved_together: Option<u64>,
    differences: Vec<Difference>,
    revisions: [Option<Revision>; 2],
    capacity: Vec<Room<'a>>,
    outcome: Vec<Measure>,
    decision_curve: Vec<NetBenefit>,
    frequencies: Option<Frequencies>,
    groups: Vec<ByGroup>,
    sweep: Vec<SweepPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome_name: &'a Option<String>,
    #[serde(skip_serializing_if = "<[Further]>::is_empty")]
    further: &'a [Further],
}

/// What came out of one revision.
#[derive(Serialize)]
struct Revision {
    refused: u64,
    provisional: u64,
    observed: u64,
    results: Vec<Share>,
    levels: Vec<Levels>,
    can_change: Vec<CanChange>,
    refusals: Vec<Refusals>,
}

#[derive(Serialize)]
struct Levels {
    dimension: String,
    levels: Vec<Share>,
}

/// The people whose result is not settled and could be changed by an input that nobody recorded.
#[derive(Serialize)]
struct CanChange {
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

impl Serialize for Trial {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tried = Tried {
            matrices: self.matrices.each_ref().map(Reference),
            source: &self.source,
            dates: &self.dates,
            comparison: &self.comparison,
            disclosure: &self.disclosure,
            only: &self.only,
            passed_over: self.passed_over,
            people: self.people(),
            unreadable_outcomes: self.unreadable_outcomes,
            repeated_ids: self.tallies[0]
                .repeated()
                .map_or(0, |repeated| repeated.people),
            moved: self.moved(),
            ways: self.ways(),
            causes: self.causes(),
            moved_together: self.moved_together(),
            differences: self.differences(),
            revisions: [0, 1].map(|side| Revision::of(self, side)),
            capacity: self
                .capacity
                .iter()
                .map(|(tier, people)| Room {
                    tier,
                    people: *people,
                })
                .collect(),
            outcome: self.measures(),
            decision_curve: self.decision_curve(),
            frequencies: self.frequencies(),
            groups: self.by_groups(),
            sweep: self.sweep_points(),
            outcome_name: &self.outcome_name,
            further: &self.further,
        };
        tried.serialize(serializer)
    }
}

impl Revision {
    fn of(trial: &Trial, side: usize) -> Option<Self> {
        let tally = trial.tallies.get(side)?;
        let levels = tally
            .levels()
            .into_iter()
            .map(|(dimension, levels)| Levels { dimension, levels });
        let can_change = trial.can_change(side).into_iter();
        let can_change = can_change.map(|(input, people)| CanChange { input, people });
        let refusals = tally.reasons().into_iter().map(|reason| Refusals {
            kind: reason.kind,
            inputs: reason.inputs,
            people: reason.people,
        });
        Some(Self {
            refused: tally.refused(),
            provisional: tally.provisional(),
            observed: tally.observed(),
            results: tally.results(),
            levels: levels.collect(),
            can_change: can_change.collect(),
            refusals: refusals.collect(),
        })
    }
}
