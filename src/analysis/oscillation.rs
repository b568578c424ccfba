//! Tells whether the result can go back and forth by itself, where the matrix reads the tier that it gave before.
//!
//! With all else equal, a matrix takes each earlier tier to one result. What that is for every earlier tier at once is a combination of results, and
//! all combinations that some profile has are found together. In each of them, the result is put back in as the earlier tier until one comes again.

use std::collections::BTreeSet;

use crate::analysis::Proof;
use crate::arena::{Id, InputId, NodeId};
use crate::matrix::Matrix;
use crate::model::Missing;
use crate::plan::budget::OverBudget;
use crate::plan::{ABSENT, Node};
use crate::profile::{Profile, Value};
use crate::prove::prover::{Prover, profile};

/// What a refused profile has in place of the position of its result.
const REFUSED: i64 = -1;

/// Whether the result can go back and forth with nothing changed but the earlier tier, which is what was given the time before.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Oscillation {
    /// The input that is the earlier tier.
    pub input: String,
    /// Where it is written.
    pub place: crate::diagnostic::Place,
    /// A profile that does, once with each of its results as the earlier tier: what the matrix gives to each is the earlier tier of the next, and what it
    /// gives to the last is that of the first.
    pub cycle: Proof<Vec<Turn>>,
}

/// One of the results between which a profile goes back and forth.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Turn {
    /// The profile, with the earlier tier.
    pub profile: Profile,
    /// The result that the matrix gives to it.
    pub gives: String,
}

pub(super) fn oscillation(prover: &mut Prover<'_>) -> Option<Oscillation> {
    let matrix = prover.matrix;
    let model = matrix.model();
    let (input, own) = model.inputs.iter().find(|(_, input)| input.is_earlier)?;
    let cycle = match cycle(prover, input) {
        Ok(Some(turns)) => Proof::Shown(turns),
        Ok(None) => Proof::Never,
        Err(OverBudget) => Proof::Open,
    };
    Some(Oscillation {
        input: own.heading.name.clone(),
        place: own.heading.place,
        cycle,
    })
}

/// Returns the values that the earlier tier can have after a scoring, with the position of the result after which it has each.
fn states(matrix: &Matrix, input: InputId) -> (Vec<i64>, Vec<Option<usize>>) {
    let model = matrix.model();
    let own = &model.inputs[input];
    let results = model.tiers.iter().chain(&model.statuses);
    let names = own.domain.names();
    let values: Vec<Option<i64>> = results
        .map(
            |result| match names.iter().position(|name| name == result) {
                Some(value) => i64::try_from(value).ok(),
                // Where the input has no such value, nothing is given.
                None => match own.missing {
                    Missing::Absent => Some(ABSENT),
                    Missing::Assume(assumed) => Some(assumed),
                    Missing::Error | Missing::Unknown => None,
                },
            },
        )
        .collect();
    let distinct: BTreeSet<i64> = values.iter().flatten().copied().collect();
    let states: Vec<i64> = distinct.into_iter().collect();
    let of_result = values
        .iter()
        .map(|value| states.iter().position(|state| Some(*state) == *value))
        .collect();
    (states, of_result)
}

fn cycle(prover: &mut Prover<'_>, input: InputId) -> Result<Option<Vec<Turn>>, OverBudget> {
    let matrix = prover.matrix;
    let plan = matrix.plan();
    let (Some(result), Some(own)) = (plan.result, plan.input(input)) else {
        // Nothing reads it.
        return Ok(None);
    };
    let (states, of_result) = states(matrix, input);
    let mut space = prover.space.clone();
    space.unguard();
    let count = plan.nodes.len();
    let refused = space.constant(REFUSED);
    let roots: Vec<NodeId> = states
        .iter()
        .map(|state| {
            let state = space.constant(*state);
            let map = space.replaced(count, own, state);
            let at = |node: NodeId| map.get(node.index()).copied().unwrap_or(node);
            space.node(Node::Select {
                arms: vec![(at(plan.admissible), at(result))],
                default: refused,
            })
        })
        .collect();
    let answer = prover.ask(&space, &roots, None)?;
    for arrival in answer.arrivals() {
        let next: Vec<Option<usize>> = arrival
            .values
            .iter()
            .map(|result| {
                let result = usize::try_from(*result).ok()?;
                of_result.get(result).copied().flatten()
            })
            .collect();
        let Some(cycle) = first_cycle(&next) else {
            continue;
        };
        let path = answer.path(&arrival);
        let inputs = space.plainest(&roots, arrival.values, &path, &[]);
        let turns = inputs.and_then(|inputs| {
            let turns = cycle.iter().map(|state| {
                let mut inputs = inputs.clone();
                *inputs.get_mut(input.index())? = *states.get(*state)?;
                turn(prover, input, &inputs)
            });
            turns.collect::<Option<Vec<Turn>>>()
        });
        return turns.map(Some).ok_or(OverBudget);
    }
    Ok(None)
}

/// Returns the places of the first cycle of more than one place that following the places leads to, if there is one.
fn first_cycle(next: &[Option<usize>]) -> Option<Vec<usize>> {
    (0..next.len()).find_map(|start| {
        let mut cycle = vec![start];
        loop {
            let last = *cycle.last()?;
            let to = next.get(last).copied().flatten()?;
            if to == start {
                return (cycle.len() > 1).then_some(cycle);
            }
            if cycle.contains(&to) {
                // It leads into a cycle that begins elsewhere.
                return None;
            }
            cycle.push(to);
        }
    })
}

/// Scores the profile with these values.
fn turn(prover: &Prover<'_>, input: InputId, inputs: &[i64]) -> Option<Turn> {
    let mut profile = profile(prover.matrix, inputs);
    let own = &prover.matrix.model().inputs[input];
    if let Some(value) = inputs.get(input.index()).filter(|value| **value != ABSENT) {
        // What the matrix would assume by itself is said as well, since it is what was given before.
        profile.set(&own.heading.name, Value::of(&own.domain, *value));
    }
    let outcome = prover.matrix.score(&profile, prover.as_at).ok()?;
    let gives = outcome.tier().or(outcome.status())?.to_owned();
    Some(Turn { profile, gives })
}
