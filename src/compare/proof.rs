//! Proves which results change, over all profiles that both matrices accept.

use std::collections::BTreeMap;

use crate::analysis::Proof;
use crate::arena::{InputId, NodeId};
use crate::change::Direction;
use crate::compare::Comparison;
use crate::compare::cause::{Cause, causes};
use crate::compare::joint::{Joint, narrowed};
use crate::compare::rule_change::Acting;
use crate::date::Date;
use crate::matrix::Matrix;
use crate::plan::ABSENT;
use crate::plan::budget::OverBudget;
use crate::profile::Profile;
use crate::prove::axis::Axis;
use crate::prove::prover::position;

/// A change of a result that some profile undergoes.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Shift {
    /// The dimension whose level changes, or `None` if it is the tier.
    pub dimension: Option<String>,
    /// The tier, status or level by the older matrix.
    pub from: String,
    /// The tier, status or level by the newer matrix.
    pub to: String,
    /// The direction of the change, in the order of the newer matrix.
    pub direction: Direction,
    /// The number of combinations of cells that undergo it. This measures the rules, and not people.
    pub cells: u128,
    /// A profile that undergoes the change, scored by both matrices, each of which reads the inputs that it has. None of its values can be left out
    /// or made the mildest.
    pub witness: Profile,
    /// The inputs of that profile that decide: the change would not be this one if any one of them were left out or made the mildest. The others are the
    /// mildest already.
    pub deciding: Vec<String>,
    /// The changes of the rules that make the result of that profile another.
    pub acting: Acting,
    /// What differs on the way to the result of that profile by these changes, from points to overrides.
    pub because: Vec<Cause>,
}

/// The same result in both matrices.
struct Pairing {
    name: Option<String>,
    old: Axis,
    new: Axis,
}

/// Returns a comparison with the part that is proved filled in, and the rest left empty.
pub(super) fn proved(old: &Matrix, new: &Matrix, as_at: Date, budget: u64) -> Comparison {
    let joint = Joint::of(old, new, as_at);
    let mut comparison = Comparison {
        old: old.clone(),
        new: new.clone(),
        as_at,
        differences: Vec::new(),
        rule_changes: Vec::new(),
        compared: Vec::new(),
        shifts: Vec::new(),
        left_out: joint.left_out.clone(),
        only_old: Proof::Never,
        only_new: Proof::Never,
        open: Vec::new(),
    };
    let mut left = budget;
    let pairings = pairings(old, new);
    for pairing in &pairings {
        let spoken = pairing.name.as_ref().map_or_else(
            || "the tier".to_owned(),
            |name| format!("the level of `{name}`"),
        );
        let roots = [
            joint.old.node(pairing.old.node),
            joint.new.node(pairing.new.node),
        ];
        match shifts(&joint, pairing, &roots, &mut left) {
            Ok(mut shifts) => comparison.shifts.append(&mut shifts),
            Err(OverBudget) => comparison.open.push(spoken),
        }
        comparison.compared.push(pairing.name.clone());
    }
    comparison.say_which_act();
    let mut unguarded = joint.space.clone();
    unguarded.unguard();
    let roots = [
        joint.old.node(old.plan().admissible),
        joint.new.node(new.plan().admissible),
    ];
    let answer = unguarded.ask(&roots, None, &mut left);
    for (wanted, place) in [
        ([1, 0], &mut comparison.only_old),
        ([0, 1], &mut comparison.only_new),
    ] {
        *place = match &answer {
            Err(OverBudget) => Proof::Open,
            Ok(answer) => match answer.arrivals().find(|arrival| arrival.values == wanted) {
                None => Proof::Never,
                Some(arrival) => unguarded
                    .plainest(&roots, &wanted, &answer.path(&arrival), &[])
                    .map(|values| joint.profile(&values))
                    .filter(|profile| {
                        accepts(old, profile, as_at) == (wanted == [1, 0])
                            && accepts(new, profile, as_at) == (wanted == [0, 1])
                    })
                    .map_or(Proof::Open, Proof::Shown),
            },
        };
    }
    if answer.is_err() {
        comparison
            .open
            .push("which profiles only one of the two accepts".to_owned());
    }
    comparison
}

impl Comparison {
    /// Says of each change of a result which changes of the rules make it, and leaves out of what differs on the way to it what these do not touch.
    fn say_which_act(&mut self) {
        if self.shifts.is_empty() {
            return;
        }
        let Some(changes) = self.old.rule_changes(&self.new) else {
            return;
        };
        for shift in &mut self.shifts {
            let dimension = shift.dimension.as_deref();
            let result = |matrix: &Matrix| {
                let outcome = matrix
                    .score(&narrowed(&shift.witness, matrix), self.as_at)
                    .ok()?;
                let name = match dimension {
                    Some(dimension) => outcome.dimension(dimension)?.level(),
                    None => outcome.tier().or(outcome.status()),
                };
                name.map(str::to_owned)
            };
            shift.acting = self.old.acting(&self.new, &changes, result);
            let trials: Vec<Matrix> = match &shift.acting {
                Acting::Alone(alone) => {
                    let alone = alone.iter().filter_map(|at| changes.get(*at));
                    alone.map(|change| change.alone().clone()).collect()
                }
                Acting::Together(together) => {
                    let together = together.iter().filter_map(|at| changes.get(*at));
                    let together: Vec<_> = together.collect();
                    let matrix = self.old.with_changes(&self.new, &together);
                    matrix.into_iter().collect()
                }
                Acting::NotTried => Vec::new(),
            };
            let touched: Vec<Cause> = trials
                .iter()
                .flat_map(|trial| {
                    causes_for(&self.old, trial, &shift.witness, self.as_at, dimension)
                        .unwrap_or_default()
                })
                .collect();
            let is_touched = |cause: &Cause| {
                let mut touched = touched.iter();
                touched.any(|own| (own.step, &own.name) == (cause.step, &cause.name))
            };
            if shift.because.iter().any(is_touched) {
                shift.because.retain(is_touched);
            }
        }
        self.rule_changes = changes;
    }
}

/// Returns what differs on the way to a result of a profile between two matrices.
fn causes_for(
    old: &Matrix,
    new: &Matrix,
    profile: &Profile,
    as_at: Date,
    dimension: Option<&str>,
) -> Option<Vec<Cause>> {
    let mut pairings = pairings(old, new).into_iter();
    let pairing = pairings.find(|pairing| pairing.name.as_deref() == dimension)?;
    let traced = |matrix: &Matrix| matrix.explain(&narrowed(profile, matrix), as_at).ok();
    let traces = [&traced(old)?, &traced(new)?];
    let results = [pairing.old.node, pairing.new.node];
    Some(causes(traces, results, dimension))
}

fn accepts(matrix: &Matrix, profile: &Profile, as_at: Date) -> bool {
    matrix.score(&narrowed(profile, matrix), as_at).is_ok()
}

/// Returns the results to compare: the tier where both matrices give one, and otherwise the levels of the dimensions that both have.
fn pairings(old: &Matrix, new: &Matrix) -> Vec<Pairing> {
    if let (Some(one), Some(other)) = (old.plan().result, new.plan().result) {
        let axis = |node| Axis {
            dimension: None,
            node,
            now: ABSENT,
        };
        return vec![Pairing {
            name: None,
            old: axis(one),
            new: axis(other),
        }];
    }
    let levels = |matrix: &Matrix| -> BTreeMap<String, Axis> {
        let model = matrix.model();
        let dimensions = model.dimensions.iter().zip(&matrix.plan().dimensions);
        let axis = |id, node| Axis {
            dimension: Some(id),
            node,
            now: ABSENT,
        };
        dimensions
            .filter_map(|((id, dimension), nodes)| {
                Some((dimension.heading.name.clone(), axis(id, nodes.level?)))
            })
            .collect()
    };
    let old = levels(old);
    let both = levels(new).into_iter().filter_map(|(name, new)| {
        Some(Pairing {
            old: *old.get(&name)?,
            name: Some(name),
            new,
        })
    });
    both.collect()
}

fn shifts(
    joint: &Joint<'_>,
    pairing: &Pairing,
    roots: &[NodeId; 2],
    budget: &mut u64,
) -> Result<Vec<Shift>, OverBudget> {
    let answer = joint.space.ask(roots, None, budget)?;
    let (old, new) = (joint.old.matrix, joint.new.matrix);
    let mut shifts = Vec::new();
    for arrival in answer.arrivals() {
        let [one, other] = arrival.values else {
            continue;
        };
        let (Some(from), Some(to)) = (pairing.old.name(old, *one), pairing.new.name(new, *other))
        else {
            continue;
        };
        if from == to {
            continue;
        }
        let path: Vec<(InputId, i64)> = answer.path(&arrival);
        // A change without a profile that both score so would be a fault of ours: then nothing is said to be complete.
        let values = joint
            .space
            .plainest(roots, arrival.values, &path, &[])
            .ok_or(OverBudget)?;
        let witness = joint.profile(&values);
        let deciding = joint.deciding(&values);
        let traced = |matrix: &Matrix, axis: &Axis, wanted: i64| {
            let profile = narrowed(&witness, matrix);
            let trace = matrix.explain(&profile, joint.space.as_at).ok()?;
            (position(axis, trace.outcome()) == Some(wanted)).then_some(trace)
        };
        let (Some(by_old), Some(by_new)) = (
            traced(old, &pairing.old, *one),
            traced(new, &pairing.new, *other),
        ) else {
            return Err(OverBudget);
        };
        let results = [pairing.old.node, pairing.new.node];
        let order = |name: &str| {
            (0..pairing.new.ordered(new))
                .find(|position| pairing.new.name(new, *position) == Some(name))
        };
        let direction = match (order(from), order(to)) {
            (Some(from), Some(to)) if to < from => Direction::Up,
            (Some(from), Some(to)) if from < to => Direction::Down,
            _ => Direction::Neither,
        };
        shifts.push((
            (*one, *other),
            Shift {
                dimension: pairing.name.clone(),
                from: from.to_owned(),
                to: to.to_owned(),
                direction,
                cells: arrival.ways,
                acting: Acting::NotTried,
                because: causes([&by_old, &by_new], results, pairing.name.as_deref()),
                witness,
                deciding,
            },
        ));
    }
    shifts.sort_by_key(|(positions, _)| *positions);
    Ok(shifts.into_iter().map(|(_, shift)| shift).collect())
}
