//! Works out the value of one node from the values of those that it reads.

use crate::arena::{Id, NodeId};
use crate::date::{Date, Unit};
use crate::model::Order;
use crate::plan::{ABSENT, Node};

pub(super) fn between(unit: Unit, from: i64, to: i64) -> i64 {
    if from == ABSENT || to == ABSENT {
        return ABSENT;
    }
    Date::from_days(from).completed_until(Date::from_days(to), unit)
}

/// Returns the value of a node all of whose parts are known.
pub(crate) fn value_of(node: &Node, values: &[i64], as_at: Date) -> i64 {
    let of = |id: &NodeId| at(values, *id);
    match node {
        Node::Constant(value) => *value,
        Node::Input(_) => ABSENT,
        Node::Between { unit, from, to } => {
            let date = |id: &Option<NodeId>| id.as_ref().map_or(as_at.days(), of);
            between(*unit, date(from), date(to))
        }
        Node::Read {
            of: read,
            lookup,
            absent,
        } => match of(read) {
            ABSENT => *absent,
            value => lookup.of(value, as_at),
        },
        Node::SumOfInputs(parts)
        | Node::Sum(parts)
        | Node::Highest(parts)
        | Node::Lowest(parts)
        | Node::All(parts)
        | Node::Any(parts) => gathered(node, parts.iter().map(of)),
        Node::Not(part) => 1 - of(part),
        Node::Select { arms, default } => {
            let arm = arms.iter().find(|(when, _)| of(when) == 1);
            of(arm.map_or(default, |(_, value)| value))
        }
        Node::Table {
            row,
            column,
            cells,
            default,
        } => {
            let index = |id| usize::try_from(of(id)).ok();
            let cell = index(row)
                .zip(index(column))
                .and_then(|(row, column)| cells.get(row)?.get(column));
            cell.copied().unwrap_or(*default)
        }
        Node::Compare { one, order, other } => {
            let (one, other) = (of(one), of(other));
            i64::from(match order {
                Order::AtLeast => one <= other,
                Order::AtMost => one >= other,
                Order::Above => one < other,
                Order::Below => one > other,
            })
        }
    }
}

/// Returns whether a node can take its parts one after another.
pub(super) fn gathers(node: &Node) -> bool {
    matches!(
        node,
        Node::SumOfInputs(_)
            | Node::Sum(_)
            | Node::Highest(_)
            | Node::Lowest(_)
            | Node::All(_)
            | Node::Any(_)
    )
}

pub(crate) fn gathered(node: &Node, parts: impl Iterator<Item = i64>) -> i64 {
    match node {
        Node::SumOfInputs(_) => {
            let mut parts = parts;
            parts
                .try_fold(0_i64, |sum, part| (part != ABSENT).then(|| sum + part))
                .unwrap_or(ABSENT)
        }
        Node::Sum(_) => parts.sum(),
        Node::Highest(_) => parts.max().unwrap_or_default(),
        Node::Lowest(_) => parts.min().unwrap_or_default(),
        Node::All(_) => parts.min().unwrap_or(1),
        _ => parts.max().unwrap_or(0),
    }
}

pub(super) fn contains(needed: &[bool], id: NodeId) -> bool {
    needed.get(id.index()).copied().unwrap_or(false)
}

pub(crate) fn at<T: Copy + Default>(values: &[T], id: NodeId) -> T {
    values.get(id.index()).copied().unwrap_or_default()
}

pub(crate) fn set(values: &mut [i64], id: NodeId, value: i64) {
    if let Some(slot) = values.get_mut(id.index()) {
        *slot = value;
    }
}
