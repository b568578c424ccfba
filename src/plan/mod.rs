//! The compiled form of a matrix: one graph of small operations on whole numbers, from inputs to every result.
//!
//! The scorer walks the matrix itself. The plan is for what must see all values of an input at once: the results still possible when inputs are
//! unknown, proofs, and bulk kernels. Property tests check that it agrees with the scorer.

pub(crate) mod budget;
mod build;
pub(crate) mod cells;
pub(crate) mod evaluate;
pub(crate) mod pattern;
pub(crate) mod reach;
mod schedule;
pub(crate) mod tuples;

use std::sync::OnceLock;

use crate::arena::{Arena, InputId, NodeId};
use crate::date::{Date, Unit};
use crate::model::{Limit, Model, Order, measure};
use crate::number::Points;

/// The value of an input that is absent, and of a scaled number that a dimension does not have.
pub(crate) const ABSENT: i64 = i64::MIN;

/// A matrix as a graph. Every node stands after those that it reads.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) nodes: Arena<NodeId, Node>,
    /// Whether the profile passes every check, and does not lead to a cell that is declared impossible.
    pub(crate) admissible: NodeId,
    /// The node of each input, declared or derived.
    pub(crate) inputs: Vec<NodeId>,
    pub(crate) criteria: Vec<NodeId>,
    pub(crate) groups: Vec<NodeId>,
    /// Whether an override replaced the points of each criterion, in every dimension that uses it. It is `None` if no override can.
    pub(crate) criteria_replaced: Vec<Option<NodeId>>,
    /// The same for each group.
    pub(crate) groups_replaced: Vec<Option<NodeId>>,
    pub(crate) dimensions: Vec<DimensionNodes>,
    pub(crate) decisions: Vec<NodeId>,
    /// The tier by the decision alone, before the overrides.
    pub(crate) decided: Option<NodeId>,
    pub(crate) result: Option<NodeId>,
    pub(crate) flags: Vec<NodeId>,
    pub(crate) overrides: Vec<OverrideNodes>,
    pub(crate) checks: Vec<NodeId>,
    /// The node of each condition, by its id.
    pub(crate) conditions: Vec<Option<NodeId>>,
    read_by: ReadBy,
}

/// Which nodes are read, by their index, each found when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct ReadBy {
    results: OnceLock<Vec<bool>>,
    everything: OnceLock<Vec<bool>>,
}

/// A dimension, before and after the overrides of its level.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DimensionNodes {
    pub(crate) scored: NodeId,
    pub(crate) score: NodeId,
    pub(crate) scaled: Option<NodeId>,
    pub(crate) scored_level: Option<NodeId>,
    pub(crate) level: Option<NodeId>,
    /// Whether an override replaced the score.
    pub(crate) replaced: NodeId,
}

/// An override: whether its condition holds, whether it applies, and the position of the level or result before and after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OverrideNodes {
    pub(crate) when: NodeId,
    pub(crate) applies: NodeId,
    pub(crate) before: NodeId,
    pub(crate) after: NodeId,
}

/// An operation. A boolean is 1 or 0, points are in millionths, and levels and results are positions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    Constant(i64),
    /// An input as the profile gives it, or `ABSENT`.
    Input(InputId),
    /// The completed units between two dates.
    Between {
        unit: Unit,
        from: Option<NodeId>,
        to: Option<NodeId>,
    },
    /// The sum of inputs, which is absent if one of them is.
    SumOfInputs(Vec<NodeId>),
    /// What a piecewise constant function gives for a value.
    Read {
        of: NodeId,
        lookup: Lookup,
        absent: i64,
    },
    Sum(Vec<NodeId>),
    Highest(Vec<NodeId>),
    Lowest(Vec<NodeId>),
    All(Vec<NodeId>),
    Any(Vec<NodeId>),
    Not(NodeId),
    /// The value of the first arm whose condition holds.
    Select {
        arms: Vec<(NodeId, NodeId)>,
        default: NodeId,
    },
    /// A cell of a table by its row and column, or `default` where either is absent.
    Table {
        row: NodeId,
        column: NodeId,
        cells: Vec<Vec<i64>>,
        default: i64,
    },
    /// Whether two positions are in this order. The smaller position is the more intensive.
    Compare {
        one: NodeId,
        order: Order,
        other: NodeId,
    },
}

/// A piecewise constant function of one value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Lookup {
    /// The number `gives[k]` for a value that has reached `k` of the ascending cuts.
    Steps {
        cuts: Vec<i64>,
        gives: Vec<i64>,
    },
    Each {
        each: i64,
        points: i64,
        beyond: i64,
        cap: Option<i64>,
        /// The least and the most of the admissible values. Outside them, a profile is refused whatever it is given here.
        within: (i64, i64),
    },
    /// Points for each of these members that a set has.
    Members {
        members: i64,
        points: i64,
        cap: Option<i64>,
    },
    HasAny(i64),
    HasAll(i64),
    /// Whether the number of members of the set is in a range.
    Count {
        from: i64,
        below: i64,
    },
    /// Whether a date is in a range that moves with the date of the scoring.
    Dates {
        from: Option<Limit>,
        below: Option<Limit>,
    },
}

impl Plan {
    pub(crate) fn of(model: &Model) -> Self {
        build::build(model)
    }

    /// Returns which nodes the roots read, by their index.
    pub(crate) fn needed(&self, roots: &[NodeId]) -> Vec<bool> {
        schedule::needed(&self.nodes, roots)
    }

    /// Returns which nodes are read by the result or a flag, by their index. In a matrix without a decision, levels and scores are the result.
    pub(crate) fn read_by_results(&self) -> &[bool] {
        (self.read_by.results).get_or_init(|| self.needed(&self.results_and_flags()))
    }

    /// Returns which nodes are read by anything that an outcome says, by their index.
    pub(crate) fn read_by_everything(&self) -> &[bool] {
        (self.read_by.everything).get_or_init(|| {
            let all = self.results().chain([self.admissible]);
            self.needed(&all.collect::<Vec<_>>())
        })
    }

    /// Returns the nodes of the result and the flags, and that of the checks.
    fn results_and_flags(&self) -> Vec<NodeId> {
        let dimensions = self.dimensions.iter().filter(|_| self.result.is_none());
        dimensions
            .map(|nodes| nodes.level.unwrap_or(nodes.score))
            .chain(self.result)
            .chain(self.flags.iter().copied())
            // Whether a cell is impossible is asked of the whole profile.
            .chain([self.admissible])
            .collect()
    }

    /// Returns which nodes a root reads otherwise than through one of them, by their index.
    pub(crate) fn needed_without(&self, root: NodeId, without: NodeId) -> Vec<bool> {
        schedule::needed_without(&self.nodes, root, without)
    }

    /// Returns the node of an input, if anything reads it.
    pub(crate) fn input(&self, input: InputId) -> Option<NodeId> {
        self.nodes
            .iter()
            .find(|(_, node)| matches!(node, Node::Input(other) if *other == input))
            .map(|(id, _)| id)
    }
}

impl Lookup {
    pub(crate) fn of(&self, value: i64, as_at: Date) -> i64 {
        match self {
            Self::Steps { cuts, gives } => {
                let reached = cuts.partition_point(|cut| *cut <= value);
                gives.get(reached).copied().unwrap_or_default()
            }
            Self::Each {
                each,
                points,
                beyond,
                cap,
                ..
            } => times(*points, measure::units(value, *each, *beyond), *cap),
            Self::Members {
                members,
                points,
                cap,
            } => times(*points, i64::from((value & members).count_ones()), *cap),
            Self::HasAny(members) => i64::from(value & members != 0),
            Self::HasAll(members) => i64::from(value & members == *members),
            Self::Count { from, below } => {
                i64::from((*from..*below).contains(&i64::from(value.count_ones())))
            }
            Self::Dates { from, below } => {
                let reached = from.is_none_or(|from| value >= from.at(as_at));
                i64::from(reached && below.is_none_or(|below| value < below.at(as_at)))
            }
        }
    }
}

fn times(points: i64, count: i64, cap: Option<i64>) -> i64 {
    measure::times(
        Points::from_millionths(points),
        count,
        cap.map(Points::from_millionths),
    )
    .millionths()
}

impl Node {
    /// Returns the nodes that the operation reads.
    pub(crate) fn parts(&self) -> Vec<NodeId> {
        match self {
            Self::Constant(_) | Self::Input(_) => Vec::new(),
            Self::Between { from, to, .. } => from.iter().chain(to).copied().collect(),
            Self::Read { of, .. } | Self::Not(of) => vec![*of],
            Self::SumOfInputs(parts)
            | Self::Sum(parts)
            | Self::Highest(parts)
            | Self::Lowest(parts)
            | Self::All(parts)
            | Self::Any(parts) => parts.clone(),
            Self::Select { arms, default } => arms
                .iter()
                .flat_map(|(when, value)| [*when, *value])
                .chain([*default])
                .collect(),
            Self::Table { row, column, .. } => vec![*row, *column],
            Self::Compare { one, other, .. } => vec![*one, *other],
        }
    }

    /// Returns the same operation on other nodes.
    pub(crate) fn with_parts(&self, to: &dyn Fn(NodeId) -> NodeId) -> Self {
        let all = |parts: &[NodeId]| parts.iter().map(|part| to(*part)).collect();
        match self {
            Self::Constant(_) | Self::Input(_) => self.clone(),
            Self::Between {
                unit,
                from,
                to: until,
            } => Self::Between {
                unit: *unit,
                from: from.map(to),
                to: until.map(to),
            },
            Self::SumOfInputs(parts) => Self::SumOfInputs(all(parts)),
            Self::Read { of, lookup, absent } => Self::Read {
                of: to(*of),
                lookup: lookup.clone(),
                absent: *absent,
            },
            Self::Sum(parts) => Self::Sum(all(parts)),
            Self::Highest(parts) => Self::Highest(all(parts)),
            Self::Lowest(parts) => Self::Lowest(all(parts)),
            Self::All(parts) => Self::All(all(parts)),
            Self::Any(parts) => Self::Any(all(parts)),
            Self::Not(part) => Self::Not(to(*part)),
            Self::Select { arms, default } => Self::Select {
                arms: arms
                    .iter()
                    .map(|(when, value)| (to(*when), to(*value)))
                    .collect(),
                default: to(*default),
            },
            Self::Table {
                row,
                column,
                cells,
                default,
            } => Self::Table {
                row: to(*row),
                column: to(*column),
                cells: cells.clone(),
                default: *default,
            },
            Self::Compare { one, order, other } => Self::Compare {
                one: to(*one),
                order: *order,
                other: to(*other),
            },
        }
    }
}
