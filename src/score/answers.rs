//! Works out the values of a plan's nodes for one case: one value where nothing unknown matters, and otherwise every value still possible.

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;

use crate::arena::{Id, NodeId};
use crate::date::Date;
use crate::model::{Order, Slot};
use crate::plan::budget::OverBudget;
use crate::plan::evaluate::value_of;
use crate::plan::pattern::Pattern;
use crate::plan::reach::Values;
use crate::plan::{ABSENT, Lookup, Node, Plan};
use crate::score::prepare::Case;

/// The values that the nodes of a plan can take in one case.
#[derive(Debug, Clone)]
pub(crate) struct Answers {
    pub(crate) case: Case,
    /// The value of each node that nothing unknown matters to, once one is asked for.
    values: OnceCell<Vec<i64>>,
    /// The searches for what is possible, if an input is unknown.
    pattern: Option<Arc<Pattern>>,
    /// What those that were asked found.
    found: RefCell<Vec<Option<Answer>>>,
    /// The work that is left for all questions together.
    budget: Cell<u64>,
    /// The answers for each combination of what is counted of events, if it is open.
    alternatives: OnceCell<Vec<Self>>,
}

/// The values that each root of a question can take.
type Answer = Result<Vec<Values>, OverBudget>;

/// The values that a node can take, in ascending order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Possible {
    pub(crate) values: Values,
    /// Whether some completion reaches each value. If not, the values are the two ends of a range that holds all of them.
    pub(crate) exact: bool,
}

impl Possible {
    fn exactly(values: Values) -> Self {
        Self {
            values,
            exact: true,
        }
    }
}

impl Answers {
    pub(crate) fn of(case: Case, budget: u64) -> Self {
        let pattern = case
            .has_unknown
            .then(|| case.matrix.pattern(&case.slots, case.as_at));
        let questions = pattern
            .as_ref()
            .map_or(0, |pattern| pattern.questions(true));
        Self {
            case,
            values: OnceCell::new(),
            pattern,
            found: RefCell::new(vec![None; questions]),
            budget: Cell::new(budget),
            alternatives: OnceCell::new(),
        }
    }

    /// Returns the answers for each combination of what is counted of events that passes the checks. There are none if nothing of it is open.
    fn alternatives(&self) -> &[Self] {
        self.alternatives.get_or_init(|| {
            let count = u64::try_from(self.case.counts.together.len()).unwrap_or(u64::MAX);
            let share = self.budget.get() / count.max(1);
            let admissible = self.case.matrix.plan().admissible;
            self.case
                .alternatives()
                .map(|case| Self::of(case, share))
                .filter(|answers| answers.possible(admissible).values.contains(&1))
                .collect()
        })
    }

    /// Returns every value that a node can take in one of the combinations of what is counted of events.
    fn possible_in_any(&self, node: NodeId) -> Possible {
        let mut all = Possible::exactly(Values::new());
        for answers in self.alternatives() {
            let possible = answers.possible(node);
            all.exact &= possible.exact;
            all.values.extend(possible.values);
        }
        all.values.sort_unstable();
        all.values.dedup();
        if !all.exact {
            // Only the two ends of some of them are known.
            let ends = all.values.first().copied().zip(all.values.last().copied());
            all.values = ends.map_or_else(Values::new, |(least, most)| {
                Values::from_slice(&[least, most])
            });
            all.values.dedup();
        }
        all
    }

    /// Returns whether an unknown input matters to the node's formula. It does not necessarily matter to the node's value.
    pub(crate) fn depends(&self, node: NodeId) -> bool {
        self.pattern
            .as_ref()
            .is_some_and(|pattern| pattern.depends(node))
    }

    /// Returns the value of a node that nothing unknown matters to.
    pub(crate) fn value(&self, node: NodeId) -> i64 {
        self.values().get(node.index()).copied().unwrap_or_default()
    }

    /// Returns the values of all nodes. Where something unknown matters to a node, its value is the one that it has with the unknown input absent.
    pub(crate) fn values(&self) -> &[i64] {
        self.values.get_or_init(|| {
            let case = &self.case;
            let nodes = &case.matrix.plan().nodes;
            let mut values = Vec::with_capacity(nodes.len());
            for node in nodes.items() {
                let value = match node {
                    Node::Input(input) => match case.slot(*input) {
                        Slot::Value(value) => value,
                        Slot::Absent | Slot::Unknown => ABSENT,
                    },
                    _ => value_of(node, &values, case.as_at),
                };
                values.push(value);
            }
            values
        })
    }

    /// Returns every value that a node can take. There is none if no values of the unknown inputs are admissible.
    pub(crate) fn possible(&self, node: NodeId) -> Possible {
        let Some(pattern) = self
            .pattern
            .as_ref()
            .filter(|pattern| pattern.depends(node))
        else {
            return Possible::exactly(Values::from_slice(&[self.value(node)]));
        };
        if !self.case.counts.together.is_empty() {
            return self.possible_in_any(node);
        }
        let found = match pattern.question(node) {
            Some((question, place)) => match self.found(pattern, question, place) {
                Ok(found) => Ok(found),
                Err(OverBudget) if pattern.is_single(question) => Err(OverBudget),
                // By itself, a result may be less work.
                Err(OverBudget) => self.alone(pattern, node),
            },
            None => self.alone(pattern, node),
        };
        match found {
            Ok(values) => Possible::exactly(values),
            Err(OverBudget) => {
                let (least, most) = self.range(node);
                let mut values = Values::from_slice(&[least, most]);
                values.dedup();
                Possible {
                    values,
                    exact: false,
                }
            }
        }
    }

    /// Returns what a question found for one of its roots. It is asked once.
    fn found(
        &self,
        pattern: &Pattern,
        question: usize,
        place: usize,
    ) -> Result<Values, OverBudget> {
        let mut found = self.found.borrow_mut();
        let Some(answer) = found.get_mut(question) else {
            return Err(OverBudget);
        };
        let answer = answer.get_or_insert_with(|| {
            let mut budget = self.budget.get();
            let matrix = &self.case.matrix;
            let graph = (matrix.plan(), matrix.model());
            let answer = pattern.answer(graph, question, self.values().to_vec(), &mut budget);
            self.budget.set(budget);
            answer
        });
        let values = answer.as_ref().map_err(|OverBudget| OverBudget)?;
        Ok(values.get(place).cloned().unwrap_or_default())
    }

    /// Searches for the values of one node alone.
    fn alone(&self, pattern: &Pattern, node: NodeId) -> Result<Values, OverBudget> {
        let mut budget = self.budget.get();
        let matrix = &self.case.matrix;
        let graph = (matrix.plan(), matrix.model());
        let found = pattern.answer_alone(graph, node, self.values().to_vec(), &mut budget);
        self.budget.set(budget);
        found
    }

    /// Returns two numbers that a node never leaves, whatever the unknown inputs are.
    fn range(&self, wanted: NodeId) -> (i64, i64) {
        let ranges = self.ranges(wanted.index() + 1);
        ranges.last().copied().unwrap_or_default()
    }

    /// Returns the same of the first nodes.
    fn ranges(&self, count: usize) -> Vec<(i64, i64)> {
        let (plan, model) = (self.case.matrix.plan(), self.case.matrix.model());
        let mut ranges: Vec<(i64, i64)> = Vec::with_capacity(count);
        for (id, node) in plan.nodes.iter().take(count) {
            let range = if !self.depends(id) {
                (self.value(id), self.value(id))
            } else if let Node::Input(input) = node {
                let (least, most) = model.inputs[*input].domain.bounds();
                if model.may_be_none(*input) {
                    (ABSENT, most)
                } else {
                    (least, most)
                }
            } else {
                let of = |id: &NodeId| ranges.get(id.index()).copied().unwrap_or_default();
                node.range(of, self.case.as_at)
            };
            ranges.push(range);
        }
        ranges
    }

    /// Returns which nodes can make a difference to some others, by their index. One that cannot is left out only where ranges show it.
    pub(crate) fn live(&self, roots: &[NodeId]) -> Vec<bool> {
        let plan = self.case.matrix.plan();
        let ranges = self.ranges(plan.nodes.len());
        let of = |id: &NodeId| ranges.get(id.index()).copied().unwrap_or_default();
        let mut live = vec![false; plan.nodes.len()];
        let mut open = roots.to_vec();
        while let Some(id) = open.pop() {
            let (least, most) = of(&id);
            if let Some(slot) = live.get_mut(id.index())
                && !*slot
                && least < most
            {
                *slot = true;
                open.extend(plan.nodes[id].live_parts(of));
            }
        }
        live
    }
}

impl Node {
    /// Returns a range that holds the node's value when its parts' values are in theirs.
    fn range(&self, of: impl Fn(&NodeId) -> (i64, i64), as_at: Date) -> (i64, i64) {
        let hull = |ranges: &mut dyn Iterator<Item = (i64, i64)>| {
            ranges
                .reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
                .unwrap_or_default()
        };
        match self {
            Self::Constant(value) => (*value, *value),
            Self::Input(_) => (ABSENT, ABSENT),
            // Lengths of time and sums of inputs are read through lookups only; their ends are found by reading at the ends of their parts.
            Self::Between { unit, from, to } => {
                let today = as_at.days();
                let ends = |id: &Option<NodeId>| id.as_ref().map_or((today, today), &of);
                let ((first, last), (earliest, latest)) = (ends(from), ends(to));
                if first == ABSENT || earliest == ABSENT {
                    return (ABSENT, ABSENT);
                }
                let length =
                    |from, to| Date::from_days(from).completed_until(Date::from_days(to), *unit);
                (length(last, earliest), length(first, latest))
            }
            Self::SumOfInputs(parts) => {
                let ranges: Vec<_> = parts.iter().map(of).collect();
                if ranges.contains(&(ABSENT, ABSENT)) {
                    return (ABSENT, ABSENT);
                }
                ranges
                    .iter()
                    .fold((0, 0), |sum, range| (sum.0 + range.0, sum.1 + range.1))
            }
            Self::Read {
                of: read,
                lookup,
                absent,
            } => match of(read) {
                (ABSENT, ABSENT) => (*absent, *absent),
                (least, most) => {
                    let (low, high) = lookup.range(least, most, as_at);
                    if least == ABSENT {
                        (low.min(*absent), high.max(*absent))
                    } else {
                        (low, high)
                    }
                }
            },
            Self::Sum(parts) => parts
                .iter()
                .map(of)
                .fold((0, 0), |sum, range| (sum.0 + range.0, sum.1 + range.1)),
            Self::Highest(parts) => {
                let ranges: Vec<_> = parts.iter().map(of).collect();
                (
                    ranges.iter().map(|range| range.0).max().unwrap_or_default(),
                    ranges.iter().map(|range| range.1).max().unwrap_or_default(),
                )
            }
            Self::Lowest(parts) => {
                let ranges: Vec<_> = parts.iter().map(of).collect();
                (
                    ranges.iter().map(|range| range.0).min().unwrap_or_default(),
                    ranges.iter().map(|range| range.1).min().unwrap_or_default(),
                )
            }
            Self::All(parts) => {
                let ranges: Vec<_> = parts.iter().map(of).collect();
                (
                    ranges.iter().map(|range| range.0).min().unwrap_or(1),
                    ranges.iter().map(|range| range.1).min().unwrap_or(1),
                )
            }
            Self::Any(parts) => {
                let ranges: Vec<_> = parts.iter().map(of).collect();
                (
                    ranges.iter().map(|range| range.0).max().unwrap_or(0),
                    ranges.iter().map(|range| range.1).max().unwrap_or(0),
                )
            }
            Self::Not(part) => {
                let (least, most) = of(part);
                (1 - most, 1 - least)
            }
            Self::Select { arms, default } => {
                let reachable = reachable(arms, *default, &of).into_iter();
                hull(&mut reachable.map(|(_, value)| of(&value)))
            }
            Self::Table { cells, default, .. } => hull(
                &mut cells
                    .iter()
                    .flatten()
                    .chain([default])
                    .map(|cell| (*cell, *cell)),
            ),
            Self::Compare { one, order, other } => {
                let ((least, most), (low, high)) = (of(one), of(other));
                let (always, never) = match order {
                    Order::AtLeast => (most <= low, least > high),
                    Order::AtMost => (least >= high, most < low),
                    Order::Above => (most < low, least >= high),
                    Order::Below => (least > high, most <= low),
                };
                (i64::from(always), i64::from(!never))
            }
        }
    }
}

impl Node {
    /// Returns the parts that can make a difference when all of them are in their ranges.
    fn live_parts(&self, of: impl Fn(&NodeId) -> (i64, i64)) -> Vec<NodeId> {
        match self {
            // A part that another one always covers makes no difference.
            Self::Highest(parts) => {
                let least = parts.iter().map(|part| of(part).0).max();
                let counts = |part: &&NodeId| Some(of(part).1) > least;
                parts.iter().filter(counts).copied().collect()
            }
            Self::Lowest(parts) => {
                let most = parts.iter().map(|part| of(part).1).min();
                let counts = |part: &&NodeId| most.is_some_and(|most| of(part).0 < most);
                parts.iter().filter(counts).copied().collect()
            }
            Self::Select { arms, default } => {
                let reachable = reachable(arms, *default, &of).into_iter();
                reachable
                    .flat_map(|(when, value)| when.into_iter().chain([value]))
                    .collect()
            }
            _ => self.parts(),
        }
    }
}

/// Returns the values of a selection that can be the first whose condition holds, each with its condition where that is open.
fn reachable(
    arms: &[(NodeId, NodeId)],
    default: NodeId,
    of: impl Fn(&NodeId) -> (i64, i64),
) -> Vec<(Option<NodeId>, NodeId)> {
    let mut reachable = Vec::new();
    for (when, value) in arms {
        match of(when) {
            (0, 0) => {}
            (1, 1) => {
                reachable.push((None, *value));
                return reachable;
            }
            _ => reachable.push((Some(*when), *value)),
        }
    }
    reachable.push((None, default));
    reachable
}

impl Lookup {
    fn range(&self, least: i64, most: i64, as_at: Date) -> (i64, i64) {
        match self {
            Self::Steps { cuts, gives } => {
                let (first, last) = (
                    cuts.partition_point(|cut| *cut <= least),
                    cuts.partition_point(|cut| *cut <= most),
                );
                let reached = gives.get(first..=last).unwrap_or_default();
                (
                    reached.iter().copied().min().unwrap_or_default(),
                    reached.iter().copied().max().unwrap_or_default(),
                )
            }
            Self::Each {
                within: (first, last),
                ..
            } => {
                let ends = [least, most].map(|end| self.of(end.clamp(*first, *last), as_at));
                (ends[0].min(ends[1]), ends[0].max(ends[1]))
            }
            Self::Members { members, .. } => {
                let ends = [self.of(0, as_at), self.of(*members, as_at)];
                (ends[0].min(ends[1]), ends[0].max(ends[1]))
            }
            Self::HasAny(_) | Self::HasAll(_) | Self::Count { .. } | Self::Dates { .. } => (0, 1),
        }
    }
}

impl Plan {
    /// Returns every position from the least to the most where no more than these two are known, and otherwise those that are possible.
    pub(crate) fn between(possible: &Possible) -> Values {
        match (
            possible.exact,
            possible.values.first(),
            possible.values.last(),
        ) {
            (false, Some(least), Some(most)) => (*least..=*most).collect(),
            _ => possible.values.clone(),
        }
    }
}
