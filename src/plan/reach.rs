//! Which values can some nodes take together, over all values of the inputs that are not known? Exactly, without trying every combination.
//!
//! The unknown inputs are taken one after another. After each, what the rest of the graph can still see of those taken so far is a handful of
//! numbers: partial sums, tests already decided, results already fixed. Two ways of arriving at the same numbers have the same future, so
//! only the set of distinct numbers is kept. Each input is tried at one value for each of its cells: the pieces between the cut-offs that
//! the nodes in question read it by.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::arena::{Id, InputId, NodeId};
use crate::date::{Date, Unit};
use crate::matrix::model::{Model, Order};
use crate::plan::cells::Readers;
use crate::plan::{ABSENT, Node, Plan};

/// The most work that one scoring may take over what is possible: a unit is one step for one node, or one number remembered.
pub(crate) const BUDGET: u64 = 50_000_000;
/// The most numbers remembered at a time.
const MOST_REMEMBERED: usize = 4_000_000;

/// What is known of each input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Slot {
    Value(i64),
    Absent,
    Unknown,
}

/// A question would take more than the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OverBudget;

impl Plan {
    /// The values that `roots` can take together over all admissible values of the unknown inputs; empty if there is none.
    pub(crate) fn reach(
        &self,
        model: &Model,
        slots: &[Slot],
        as_at: Date,
        roots: &[NodeId],
        budget: &mut u64,
    ) -> Result<BTreeSet<Vec<i64>>, OverBudget> {
        let mut roots = roots.to_vec();
        roots.push(self.admissible);
        let search = Search::new(self, model, slots, as_at, &roots)?;
        let mut found = search.run(budget)?;
        // The last root is whether the values are admissible.
        found.retain(|values| values.last() == Some(&1));
        Ok(found
            .into_iter()
            .map(|mut values| {
                values.pop();
                values
            })
            .collect())
    }

    /// The same over all values, contradictory ones too; `None` over budget.
    pub(crate) fn reach_unguarded(&self, model: &Model, slots: &[Slot], as_at: Date, roots: &[NodeId]) -> Option<BTreeSet<Vec<i64>>> {
        Search::new(self, model, slots, as_at, roots).and_then(|search| search.run(&mut { BUDGET })).ok()
    }
}

struct Search<'a> {
    plan: &'a Plan,
    as_at: Date,
    roots: &'a [NodeId],
    /// The inputs taken at each stage, from stage 1, and the values to try.
    taken: Vec<(NodeId, Vec<i64>)>,
    /// The nodes to work out at each stage, those of stage 0 being known already.
    steps: Vec<Vec<Step>>,
    /// What must be remembered after each stage.
    live: Vec<Vec<NodeId>>,
    /// The values known before any input is taken.
    known: Vec<i64>,
}

/// One piece of work of a stage.
#[derive(Debug, Clone)]
enum Step {
    /// A node all of whose parts are known.
    Whole(NodeId),
    /// More parts of a node that gathers its parts as they become known.
    Gather { node: NodeId, parts: Vec<NodeId>, first: bool },
}

impl<'a> Search<'a> {
    fn new(plan: &'a Plan, model: &Model, slots: &[Slot], as_at: Date, roots: &'a [NodeId]) -> Result<Self, OverBudget> {
        let needed = plan.needed(roots);
        let order = order(plan, slots, roots);
        let stage_of: HashMap<InputId, usize> = order.iter().copied().zip(1..).collect();
        let mut stages = vec![0_usize; plan.nodes.len()];
        for (id, node) in plan.nodes.iter().filter(|(id, _)| contains(&needed, *id)) {
            let stage = match node {
                Node::Input(input) => stage_of.get(input).copied().unwrap_or(0),
                _ => node.parts().iter().map(|part| at(&stages, *part)).max().unwrap_or(0),
            };
            if let Some(slot) = stages.get_mut(id.index()) {
                *slot = stage;
            }
        }
        let mut search = Self {
            plan,
            as_at,
            roots,
            taken: Vec::new(),
            steps: vec![Vec::new(); order.len() + 1],
            live: vec![Vec::new(); order.len() + 1],
            known: vec![0; plan.nodes.len()],
        };
        search.schedule(&needed, &stages);
        let mut values = std::mem::take(&mut search.known);
        for (id, node) in plan.nodes.iter().filter(|(id, _)| contains(&needed, *id) && at(&stages, *id) == 0) {
            let value = match node {
                Node::Input(input) => match slots.get(input.index()) {
                    Some(Slot::Value(value)) => *value,
                    _ => ABSENT,
                },
                _ => value_of(node, &values, as_at),
            };
            set(&mut values, id, value);
        }
        search.known = values;
        for input in order {
            let Some(node) = plan.input(input) else { continue };
            let moves = |id: NodeId| matches!(&plan.nodes[id], Node::Input(other) if slots.get(other.index()) == Some(&Slot::Unknown));
            let readers = Readers { plan, model, as_at, needed: &needed, known: &search.known, moves: &moves };
            let cells = readers.cells(input, node)?.values()?;
            search.taken.push((node, cells));
        }
        Ok(search)
    }

    /// Decides at which stage each node is worked out, and how long it must be remembered.
    fn schedule(&mut self, needed: &[bool], stages: &[usize]) {
        let last = self.steps.len() - 1;
        // The last stage at which each node is read.
        let mut read_until = vec![0_usize; stages.len()];
        let mut remember = |node: NodeId, until: usize| {
            if let Some(slot) = read_until.get_mut(node.index()) {
                *slot = (*slot).max(until);
            }
        };
        for root in self.roots {
            remember(*root, last);
        }
        for (id, node) in self.plan.nodes.iter().filter(|(id, _)| contains(needed, *id)) {
            let stage = at(stages, id);
            if stage == 0 {
                continue;
            }
            let parts = node.parts();
            if gathers(node) {
                let mut at_stage: Vec<(usize, Vec<NodeId>)> = Vec::new();
                for part in parts {
                    let part_stage = at(stages, part);
                    match at_stage.iter_mut().find(|(stage, _)| *stage == part_stage) {
                        Some((_, parts)) => parts.push(part),
                        None => at_stage.push((part_stage, vec![part])),
                    }
                }
                at_stage.sort_by_key(|(stage, _)| *stage);
                // Parts known from the start are gathered with the first that is not.
                let known = if at_stage.first().is_some_and(|(stage, _)| *stage == 0) { at_stage.remove(0).1 } else { Vec::new() };
                for (index, (part_stage, mut parts)) in at_stage.into_iter().enumerate() {
                    if index == 0 {
                        parts.extend(known.iter().copied());
                    }
                    if let Some(steps) = self.steps.get_mut(part_stage) {
                        steps.push(Step::Gather { node: id, parts, first: index == 0 });
                    }
                }
                remember(id, stage);
            } else {
                for part in parts {
                    remember(part, stage);
                }
                if !matches!(node, Node::Input(_))
                    && let Some(steps) = self.steps.get_mut(stage)
                {
                    steps.push(Step::Whole(id));
                }
            }
        }
        let first_stage = |id: NodeId, node: &Node| match gathers(node) {
            true => node.parts().iter().map(|part| at(stages, *part)).filter(|stage| *stage > 0).min().unwrap_or(0),
            false => at(stages, id),
        };
        for (id, node) in self.plan.nodes.iter().filter(|(id, _)| contains(needed, *id) && at(stages, *id) > 0) {
            let from = first_stage(id, node);
            for stage in from..at(&read_until, id) {
                if let Some(live) = self.live.get_mut(stage) {
                    live.push(id);
                }
            }
        }
        if let Some(live) = self.live.get_mut(last) {
            live.clear();
            live.extend(self.roots.iter().copied());
        }
    }

    fn run(&self, budget: &mut u64) -> Result<BTreeSet<Vec<i64>>, OverBudget> {
        let mut values = self.known.clone();
        let pack = |values: &[i64], live: &[NodeId]| live.iter().map(|node| at(values, *node)).collect::<Vec<i64>>();
        let mut states: HashSet<Vec<i64>> = HashSet::new();
        let nothing = Vec::new();
        states.insert(pack(&values, if self.taken.is_empty() { self.roots } else { &nothing }));
        let mut before: &[NodeId] = &nothing;
        for (index, (input, cells)) in self.taken.iter().enumerate() {
            let stage = index + 1;
            let (steps, live) = (self.steps.get(stage), self.live.get(stage));
            let (Some(steps), Some(live)) = (steps, live) else { break };
            let each = steps.len() + live.len() + 1;
            let work = states.len().saturating_mul(cells.len()).saturating_mul(each);
            *budget = budget.checked_sub(u64::try_from(work).unwrap_or(u64::MAX)).ok_or(OverBudget)?;
            let mut next = HashSet::with_capacity(states.len());
            for state in &states {
                for cell in cells {
                    for (node, value) in before.iter().zip(state) {
                        set(&mut values, *node, *value);
                    }
                    set(&mut values, *input, *cell);
                    for step in steps {
                        self.step(step, &mut values);
                    }
                    next.insert(pack(&values, live));
                }
                if next.len().saturating_mul(live.len() + 1) > MOST_REMEMBERED {
                    *budget = 0;
                    return Err(OverBudget);
                }
            }
            states = next;
            before = live;
        }
        Ok(states.into_iter().collect())
    }

    fn step(&self, step: &Step, values: &mut [i64]) {
        match step {
            Step::Whole(id) => {
                let value = value_of(&self.plan.nodes[*id], values, self.as_at);
                set(values, *id, value);
            }
            Step::Gather { node, parts, first } => {
                let operation = &self.plan.nodes[*node];
                let start = if *first { None } else { Some(at(values, *node)) };
                let all = start.into_iter().chain(parts.iter().map(|part| at(values, *part)));
                let value = gathered(operation, all);
                set(values, *node, value);
            }
        }
    }
}

pub(super) fn between(unit: Unit, from: i64, to: i64) -> i64 {
    if from == ABSENT || to == ABSENT {
        return ABSENT;
    }
    Date::from_days(from).completed_until(Date::from_days(to), unit)
}

/// The value of a node all of whose parts are known.
pub(crate) fn value_of(node: &Node, values: &[i64], as_at: Date) -> i64 {
    let of = |id: &NodeId| at(values, *id);
    match node {
        Node::Constant(value) => *value,
        Node::Input(_) => ABSENT,
        Node::Between { unit, from, to } => {
            let date = |id: &Option<NodeId>| id.as_ref().map_or(as_at.days(), of);
            between(*unit, date(from), date(to))
        }
        Node::SumOfInputs(parts) => parts.iter().map(of).try_fold(0_i64, |sum, part| (part != ABSENT).then(|| sum + part)).unwrap_or(ABSENT),
        Node::Read { of: read, lookup, absent } => match of(read) {
            ABSENT => *absent,
            value => lookup.of(value, as_at),
        },
        Node::Sum(parts) | Node::Highest(parts) | Node::Lowest(parts) | Node::All(parts) | Node::Any(parts) => gathered(node, parts.iter().map(of)),
        Node::Not(part) => 1 - of(part),
        Node::Select { arms, default } => {
            let arm = arms.iter().find(|(when, _)| of(when) == 1);
            of(arm.map_or(default, |(_, value)| value))
        }
        Node::Table { row, column, cells, default } => {
            let index = |id| usize::try_from(of(id)).ok();
            let cell = index(row).zip(index(column)).and_then(|(row, column)| cells.get(row)?.get(column));
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

/// Whether a node can take its parts one after another.
fn gathers(node: &Node) -> bool {
    matches!(node, Node::Sum(_) | Node::Highest(_) | Node::Lowest(_) | Node::All(_) | Node::Any(_))
}

fn gathered(node: &Node, parts: impl Iterator<Item = i64>) -> i64 {
    match node {
        Node::Sum(_) => parts.sum(),
        Node::Highest(_) => parts.max().unwrap_or_default(),
        Node::Lowest(_) => parts.min().unwrap_or_default(),
        Node::All(_) => parts.min().unwrap_or(1),
        _ => parts.max().unwrap_or(0),
    }
}

/// The unknown inputs that the roots depend on, in the order in which the roots come to them.
fn order(plan: &Plan, slots: &[Slot], roots: &[NodeId]) -> Vec<InputId> {
    let mut order = Vec::new();
    let mut seen = vec![false; plan.nodes.len()];
    let mut open: Vec<NodeId> = roots.iter().rev().copied().collect();
    while let Some(id) = open.pop() {
        if seen.get(id.index()).copied().unwrap_or(true) {
            continue;
        }
        if let Some(slot) = seen.get_mut(id.index()) {
            *slot = true;
        }
        if let Node::Input(input) = plan.nodes[id]
            && slots.get(input.index()) == Some(&Slot::Unknown)
        {
            order.push(input);
        }
        open.extend(plan.nodes[id].parts().into_iter().rev());
    }
    order
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
