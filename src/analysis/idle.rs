//! Finds criteria whose points never change the result: everybody's result stays the same with any other number of points that they can give.

use crate::analysis::influence::Influence;
use crate::arena::{Id, NodeId};
use crate::diagnostic::Place;
use crate::model::Domain;
use crate::plan::Node;
use crate::plan::budget::OverBudget;
use crate::plan::evaluate::at;
use crate::prove::prover::Prover;
use crate::prove::space::{Free, Space};

/// A criterion that was not shown to matter.
pub(super) struct Idle {
    pub(super) criterion: String,
    pub(super) place: Place,
    /// Whether a dimension adds its points.
    pub(super) is_added: bool,
    /// Whether finding out would take more than the budget.
    pub(super) is_open: bool,
}

pub(super) fn idle(prover: &mut Prover<'_>, influences: &[Influence]) -> Vec<Idle> {
    let matrix = prover.matrix;
    if prover.axes.is_empty() {
        return Vec::new();
    }
    let nodes = &matrix.plan().criteria;
    let mut idle = Vec::new();
    let model = matrix.model();
    for ((id, criterion), node) in model.criteria.iter().zip(nodes) {
        // Two criteria of one rule are one node, which says nothing of either alone.
        if nodes.iter().filter(|other| *other == node).count() > 1 {
            continue;
        }
        if is_shown(prover, *node, influences) {
            continue;
        }
        let matters = matters(prover, *node);
        if matters != Ok(true) {
            idle.push(Idle {
                criterion: criterion.heading.name.clone(),
                place: criterion.heading.place,
                is_added: model
                    .dimensions
                    .items()
                    .iter()
                    .any(|dimension| dimension.criteria.contains(&id)),
                is_open: matters.is_err(),
            });
        }
    }
    idle
}

/// Returns whether two profiles are known that have other results since the criterion gives them other points: they differ in an input that nothing
/// but the criterion reads on the way to the result.
fn is_shown(prover: &Prover<'_>, criterion: NodeId, influences: &[Influence]) -> bool {
    let (plan, model) = (prover.matrix.plan(), prover.matrix.model());
    if at(&plan.needed(&[plan.admissible]), criterion) {
        return false;
    }
    let read = plan.needed(&[criterion]);
    prover.axes.iter().any(|axis| {
        let otherwise = plan.needed_without(axis.node, criterion);
        let dimension = axis.dimension_name(prover.matrix);
        let mut moved = influences.iter().filter(|influence| {
            influence.dimension == dimension && influence.largest.shown().is_some()
        });
        moved.any(|influence| {
            let mut inputs = model.inputs.items().iter().zip(&plan.inputs);
            let own = inputs.find(|(input, _)| input.heading.name == influence.input);
            own.is_some_and(|(_, node)| at(&read, *node) && !at(&otherwise, *node))
        })
    })
}

/// Returns whether some profile has another result if the criterion gives it other points.
fn matters(prover: &mut Prover<'_>, criterion: NodeId) -> Result<bool, OverBudget> {
    let own = Space::of(prover.matrix, prover.as_at);
    let given = prover.ask(&own, &[criterion], None)?;
    let points: Vec<i64> = given
        .arrivals()
        .filter_map(|arrival| arrival.values.first().copied())
        .collect();
    if points.len() < 2 {
        return Ok(false);
    }
    let mut open = Ok(false);
    for axis in prover.axes.clone() {
        let mut space = own.clone();
        let count = space.nodes.len();
        let free = space.input(Free {
            domain: Domain::Boolean,
            may_be_absent: false,
            plain: 0,
            listed: Some(points.clone()),
        });
        let free = space.node(Node::Input(free));
        let map = space.replaced(count, criterion, free);
        let other = map.get(axis.node.index()).copied().unwrap_or(axis.node);
        if other == axis.node {
            continue;
        }
        // Points with which the profile would be refused are not another case.
        let admissible = prover.matrix.plan().admissible;
        space.guard(map.get(admissible.index()).copied().unwrap_or(admissible));
        match prover.ask(&space, &[axis.node, other], None) {
            Ok(answer)
                if answer
                    .arrivals()
                    .any(|arrival| arrival.values.first() != arrival.values.get(1)) =>
            {
                return Ok(true);
            }
            Ok(_) => {}
            Err(OverBudget) => open = Err(OverBudget),
        }
    }
    open
}
