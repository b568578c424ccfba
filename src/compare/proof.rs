//! Proves which results change, over all profiles that both matrices accept.

use std::collections::BTreeMap;

use crate::analysis::Proof;
use crate::arena::{Id, InputId, NodeId};
use crate::change::Direction;
use crate::compare::Comparison;
use crate::compare::joint::{Joint, Side, narrowed};
use crate::date::Date;
use crate::matrix::Matrix;
use crate::number::Points;
use crate::plan::ABSENT;
use crate::plan::budget::OverBudget;
use crate::plan::evaluate::at;
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
    /// What differs on the way to the result of that profile, from points to overrides: a line for each difference, from older to newer.
    pub because: Vec<String>,
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
        let stands = |matrix: &Matrix, axis: &Axis| {
            position(
                axis,
                &matrix
                    .score(&narrowed(&witness, matrix), joint.space.as_at)
                    .ok()?,
            )
        };
        if stands(old, &pairing.old) != Some(*one) || stands(new, &pairing.new) != Some(*other) {
            return Err(OverBudget);
        }
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
                because: because(joint, &values, pairing.name.as_deref()),
                witness,
            },
        ));
    }
    shifts.sort_by_key(|(positions, _)| *positions);
    Ok(shifts.into_iter().map(|(_, shift)| shift).collect())
}

/// Returns what came out on the way to a result, each with its name.
fn steps(side: &Side<'_>, values: &[i64], dimension: Option<&str>) -> Vec<(String, String)> {
    let (model, plan) = (side.matrix.model(), side.matrix.plan());
    let of = |node: NodeId| at(values, side.node(node));
    let counts = |name: &str| dimension.is_none_or(|wanted| wanted == name);
    let points = |value: i64| Points::from_millionths(value).to_string();
    let mut steps = Vec::new();
    for ((id, criterion), node) in model.criteria.iter().zip(&plan.criteria) {
        if model
            .dimensions
            .items()
            .iter()
            .any(|own| counts(&own.heading.name) && own.criteria.contains(&id))
        {
            steps.push((
                format!("points of `{}`", criterion.heading.name),
                points(of(*node)),
            ));
        }
    }
    for (own, nodes) in model
        .dimensions
        .items()
        .iter()
        .zip(&plan.dimensions)
        .filter(|(own, _)| counts(&own.heading.name))
    {
        let name = &own.heading.name;
        steps.push((format!("score of `{name}`"), points(of(nodes.score))));
        let level = |node: NodeId| {
            usize::try_from(of(node))
                .ok()
                .and_then(|level| own.levels.get(level))
                .map(|level| level.name.clone())
        };
        if let Some(level) = nodes.scored_level.and_then(level) {
            steps.push((format!("level of `{name}` by its score"), level));
        }
    }
    if dimension.is_none() {
        // Of the named decisions, those that the tier follows from.
        let read = plan.needed(plan.result.as_slice());
        let before = model.decisions.items().iter().zip(&plan.decisions);
        for (decision, node) in before.filter(|(_, node)| read.get(node.index()) == Some(&true)) {
            let given = usize::try_from(of(*node)).ok().and_then(|position| {
                let values = model.values_of(decision);
                values
                    .get(position)
                    .or_else(|| model.statuses.get(position.checked_sub(values.len())?))
            });
            steps.push((
                format!("`{}`", decision.heading.name),
                given.map_or("nothing", String::as_str).to_owned(),
            ));
        }
        let result = Axis {
            dimension: None,
            node: NodeId::from_index(0),
            now: ABSENT,
        };
        if let Some(decided) = plan.decided {
            steps.push((
                "the decision".to_owned(),
                result
                    .name(side.matrix, of(decided))
                    .unwrap_or_default()
                    .to_owned(),
            ));
        }
    }
    for (rule, nodes) in model.overrides.items().iter().zip(&plan.overrides) {
        let own = rule
            .dimension
            .map(|dimension| model.dimensions[dimension].heading.name.as_str());
        if own == dimension || (dimension.is_none() && own.is_some()) {
            let axis = Axis {
                dimension: rule.dimension,
                node: nodes.after,
                now: ABSENT,
            };
            let does = match (of(nodes.applies), of(nodes.before) == of(nodes.after)) {
                (1, false) => format!(
                    "makes it {}",
                    axis.name(side.matrix, of(nodes.after)).unwrap_or_default()
                ),
                (1, true) => "changes nothing".to_owned(),
                _ => "does not apply".to_owned(),
            };
            steps.push((format!("the override `{}`", rule.heading.name), does));
        }
    }
    steps
}

fn because(joint: &Joint<'_>, inputs: &[i64], dimension: Option<&str>) -> Vec<String> {
    let values = joint.space.worked_out(inputs);
    let (old, new) = (
        steps(&joint.old, &values, dimension),
        steps(&joint.new, &values, dimension),
    );
    let mut lines = Vec::new();
    for (name, before) in &old {
        match new.iter().find(|(other, _)| other == name) {
            Some((_, after)) if after != before => {
                lines.push(format!("{name}: {before} -> {after}"))
            }
            Some(_) => {}
            None if before != "does not apply" && before != "0" && before != "nothing" => {
                lines.push(format!("{name}: {before} -> not there"))
            }
            None => {}
        }
    }
    for (name, after) in new.iter().filter(|(name, after)| {
        !old.iter().any(|(other, _)| other == name)
            && !["does not apply", "0", "nothing"].contains(&after.as_str())
    }) {
        lines.push(format!("{name}: not there -> {after}"));
    }
    if lines.is_empty() {
        lines.push("the same steps, in another order".to_owned());
    }
    lines
}
