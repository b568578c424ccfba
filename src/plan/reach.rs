//! Which values can some nodes take together, over all values of the inputs that are not known? Exactly, without trying every combination.
//!
//! The unknown inputs are taken one after another. After each, what the rest of the graph can still see of those taken so far is a handful of
//! numbers: partial sums, tests already decided, results already fixed. Two ways of arriving at the same numbers have the same future, so
//! only the set of distinct numbers is kept. Each input is tried at one value for each of its cells: the pieces between the cut-offs that
//! the nodes in question read it by.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::arena::{Id, InputId, NodeId};
use crate::date::{Date, Unit};
use crate::matrix::model::{Domain, Model, Order};
use crate::plan::{ABSENT, Lookup, Node, Plan};

/// The most work that one scoring may take over what is possible: a unit is one step for one node, or one number remembered.
pub(crate) const BUDGET: u64 = 50_000_000;
/// The most numbers remembered at a time.
const MOST_REMEMBERED: usize = 4_000_000;
/// The most cells of one input.
const MOST_CELLS: usize = 65_536;

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
            let cells = search.cells(model, input, &needed)?;
            let node = plan.nodes.iter().find(|(_, node)| matches!(node, Node::Input(other) if *other == input)).map(|(id, _)| id);
            search.taken.extend(node.map(|node| (node, cells)));
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

    /// A value of the input from each of its cells.
    fn cells(&self, model: &Model, input: InputId, needed: &[bool]) -> Result<Vec<i64>, OverBudget> {
        let domain = &model.inputs[input].domain;
        let (least, most) = domain.bounds();
        let own = |id: NodeId| matches!(self.plan.nodes[id], Node::Input(other) if other == input);
        let mut lookups: Vec<&Lookup> = Vec::new();
        let mut cuts: BTreeSet<i64> = BTreeSet::from([least]);
        let mut every = false;
        for (id, node) in self.plan.nodes.iter().filter(|(id, _)| contains(needed, *id)) {
            match node {
                Node::Read { of, lookup, .. } if own(*of) => lookups.push(lookup),
                Node::SumOfInputs(parts) if parts.iter().any(|part| own(*part)) => every = true,
                Node::Between { unit, from, to } if from.is_some_and(own) || to.is_some_and(own) => {
                    self.cuts_through(id, *unit, (*from, *to), own, needed, (least, most), &mut cuts);
                }
                _ => {}
            }
        }
        if let Domain::Set { values } = domain {
            return sets(values.len(), &lookups);
        }
        if every {
            let count = usize::try_from(most - least + 1).unwrap_or(usize::MAX);
            return if count <= MOST_CELLS { Ok((least..=most).collect()) } else { Err(OverBudget) };
        }
        for lookup in lookups {
            lookup.cuts(self.as_at, most, &mut cuts);
            if cuts.len() > MOST_CELLS {
                return Err(OverBudget);
            }
        }
        cuts.retain(|cut| (least..=most).contains(cut));
        Ok(cuts.into_iter().collect())
    }

    /// The dates at which a length of time that depends on this one passes a cut-off that something reads it by.
    #[expect(clippy::too_many_arguments, reason = "one question about one node, asked in one place")]
    fn cuts_through(
        &self,
        between_node: NodeId,
        unit: Unit,
        (from, to): (Option<NodeId>, Option<NodeId>),
        own: impl Fn(NodeId) -> bool,
        needed: &[bool],
        (least, most): (i64, i64),
        cuts: &mut BTreeSet<i64>,
    ) {
        let is_from = from.is_some_and(&own);
        let other = if is_from { to } else { from };
        let other = other.map_or(self.as_at.days(), |other| at(&self.known, other));
        if other == ABSENT {
            return;
        }
        let length = |date: i64| if is_from { between(unit, date, other) } else { between(unit, other, date) };
        let (low, high) = (length(least).min(length(most)), length(least).max(length(most)));
        let mut lengths: BTreeSet<i64> = BTreeSet::new();
        for (id, node) in self.plan.nodes.iter() {
            if let Node::Read { of, lookup, .. } = node
                && *of == between_node
                && contains(needed, id)
            {
                lookup.cuts(self.as_at, high, &mut lengths);
            }
        }
        for cut in lengths.into_iter().filter(|cut| (low..=high).contains(cut)) {
            // The length falls with a later start and grows with a later end: the first date on the other side of the cut.
            let passed = |date: i64| if is_from { length(date) < cut } else { length(date) >= cut };
            let (mut before, mut after) = (least - 1, most + 1);
            while after - before > 1 {
                let middle = before + (after - before) / 2;
                if passed(middle) {
                    after = middle;
                } else {
                    before = middle;
                }
            }
            cuts.insert(after);
        }
    }
}

impl Lookup {
    /// Adds the values at which the lookup may change, up to `most`.
    fn cuts(&self, as_at: Date, most: i64, cuts: &mut BTreeSet<i64>) {
        match self {
            Self::Steps { cuts: own, .. } => cuts.extend(own),
            Self::Each { each, points, beyond, cap } => {
                let enough = cap.map_or(i64::MAX, |cap| if *points == 0 { 0 } else { cap / points + 1 });
                let mut cut = beyond.saturating_add(*each);
                let mut units = 1;
                while cut <= most && units <= enough && cuts.len() <= MOST_CELLS {
                    cuts.insert(cut);
                    cut = cut.saturating_add(*each);
                    units += 1;
                }
            }
            Self::Dates { from, below } => cuts.extend([from, below].into_iter().flatten().map(|limit| limit.at(as_at))),
            Self::Members { .. } | Self::HasAny(_) | Self::HasAll(_) | Self::Count { .. } => {}
        }
    }
}

/// Sets that differ for these lookups: members that no lookup tells apart matter by their number only.
fn sets(members: usize, lookups: &[&Lookup]) -> Result<Vec<i64>, OverBudget> {
    let mut classes: HashMap<Vec<bool>, Vec<usize>> = HashMap::new();
    for member in 0..members {
        let signature = lookups.iter().map(|lookup| match lookup {
            Lookup::Members { members, .. } | Lookup::HasAny(members) | Lookup::HasAll(members) => members >> member & 1 == 1,
            _ => true,
        });
        classes.entry(signature.collect()).or_default().push(member);
    }
    let mut sets = vec![0_i64];
    let mut classes: Vec<_> = classes.into_values().collect();
    classes.sort();
    for class in classes {
        if sets.len().saturating_mul(class.len() + 1) > MOST_CELLS {
            return Err(OverBudget);
        }
        let mut grown = sets.clone();
        let mut added = 0_i64;
        for member in class {
            added |= 1 << member;
            grown.extend(sets.iter().map(|set| set | added));
        }
        sets = grown;
    }
    Ok(sets)
}

fn between(unit: Unit, from: i64, to: i64) -> i64 {
    if from == ABSENT || to == ABSENT {
        return ABSENT;
    }
    Date::from_days(from).completed_until(Date::from_days(to), unit)
}

/// The value of a node all of whose parts are known.
pub(super) fn value_of(node: &Node, values: &[i64], as_at: Date) -> i64 {
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

fn contains(needed: &[bool], id: NodeId) -> bool {
    needed.get(id.index()).copied().unwrap_or(false)
}

fn at<T: Copy + Default>(values: &[T], id: NodeId) -> T {
    values.get(id.index()).copied().unwrap_or_default()
}

fn set(values: &mut [i64], id: NodeId, value: i64) {
    if let Some(slot) = values.get_mut(id.index()) {
        *slot = value;
    }
}
