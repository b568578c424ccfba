//! Finds exactly which values some nodes can take together, over all values of the inputs that are not known, without trying every combination.
//!
//! The unknown inputs are taken one after another. After each of them, the rest of the graph can still see only a handful of numbers of those that
//! were taken so far: partial sums, tests already decided, results already fixed. Two ways of arriving at the same numbers have the same future. So
//! only the distinct numbers are kept, each with the first way of arriving at them and the number of ways.
//!
//! Each input is tried at one value of each of its cells, which are the pieces between the cut-offs by which the nodes in question read it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use smallvec::SmallVec;

use crate::arena::{Arena, Id, InputId, NodeId};
use crate::date::Date;
use crate::model::{Domain, Model, Slot};
use crate::plan::budget::{BUDGET, OverBudget};
use crate::plan::cells::{Moves, Readers};
use crate::plan::evaluate::{at, gathered, set, value_of};
use crate::plan::schedule::{Schedule, Stage, Step};
use crate::plan::tuples::Tuples;
use crate::plan::{ABSENT, Node, Plan};

/// The most numbers that are remembered at a time.
const MOST_REMEMBERED: usize = 4_000_000;

/// Returns the values to try of an unknown input and, where it may have none, none as well.
pub(crate) fn with_none(model: &Model, input: InputId, mut values: Vec<i64>) -> Vec<i64> {
    if model.may_be_none(input) {
        values.push(ABSENT);
    }
    values
}

/// The values that a node can take, in ascending order.
pub(crate) type Values = SmallVec<[i64; 4]>;

impl Plan {
    /// Returns the values that `roots` can take together over all admissible values of the unknown inputs. There are none if no values are admissible.
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
        let found = self.search(model, slots, as_at, &roots)?.run(budget)?;
        // The last root is whether the values are admissible.
        let admissible = found.values().filter_map(|values| match values {
            [values @ .., 1] => Some(values.to_vec()),
            _ => None,
        });
        Ok(admissible.collect())
    }

    /// Returns the same over all values, including contradictory ones, or `None` if that would take more than the budget.
    pub(crate) fn reach_unguarded(
        &self,
        model: &Model,
        slots: &[Slot],
        as_at: Date,
        roots: &[NodeId],
    ) -> Option<BTreeSet<Vec<i64>>> {
        let found = self
            .search(model, slots, as_at, roots)
            .and_then(|search| search.run(&mut { BUDGET }))
            .ok()?;
        Some(found.values().map(<[i64]>::to_vec).collect())
    }

    fn search(
        &self,
        model: &Model,
        slots: &[Slot],
        as_at: Date,
        roots: &[NodeId],
    ) -> Result<Search<'_>, OverBudget> {
        let is_unknown = |input: InputId| slots.get(input.index()) == Some(&Slot::Unknown);
        let drawn = self.drawn(roots, is_unknown);
        let given = |input: InputId| match slots.get(input.index()) {
            Some(Slot::Value(value)) => *value,
            _ => ABSENT,
        };
        let taken: Vec<_> = drawn.iter().map(|(_, node)| vec![*node]).collect();
        let mut search = Search::new(&self.nodes, as_at, roots, &taken, given);
        for (stage, (input, node)) in drawn.into_iter().enumerate() {
            let moves = |id: NodeId| match &self.nodes[id] {
                Node::Input(other) if is_unknown(*other) => {
                    Some(model.inputs[*other].domain.bounds())
                }
                _ => None,
            };
            let cells = search.cells(&model.inputs[input].domain, node, &moves)?;
            search.draw(stage, with_none(model, input, cells));
        }
        Ok(search)
    }

    /// Returns the unknown inputs on which the roots depend, in the order in which a search takes them.
    pub(crate) fn drawn(
        &self,
        roots: &[NodeId],
        is_unknown: impl Fn(InputId) -> bool,
    ) -> Vec<(InputId, NodeId)> {
        let mut drawn = order(&self.nodes, roots, &|_| 0);
        drawn.retain(|(input, _)| is_unknown(*input));
        drawn
    }
}

/// A search over the values of some inputs.
pub(crate) struct Search<'a> {
    nodes: &'a Arena<NodeId, Node>,
    as_at: Date,
    schedule: Cow<'a, Schedule>,
    /// The values to try at each stage: sets of one value for each of its inputs, one after another.
    draws: Vec<Cow<'a, [i64]>>,
    /// The numbers of stage 0.
    known: Vec<i64>,
}

/// What a search found.
pub(crate) struct Found {
    /// The values of the roots.
    last: Tuples,
    /// The number of ways of arriving at each. A way is one value for each cell.
    ways: Vec<u128>,
    /// The states that were remembered after each stage: each has the place of the state before, and that of the values that were tried.
    from: Vec<Vec<(usize, usize)>>,
}

impl Found {
    /// Returns the values that the roots take together, each once, in the order in which they were reached.
    pub(crate) fn values(&self) -> impl Iterator<Item = &[i64]> {
        self.last.iter()
    }

    /// Returns the number of ways in which the values at this place are reached.
    pub(crate) fn ways(&self, place: usize) -> u128 {
        self.ways.get(place).copied().unwrap_or_default()
    }

    /// Returns which values were tried at each stage on the first way to the values at this place.
    pub(crate) fn path(&self, place: usize) -> Vec<usize> {
        let mut path = Vec::new();
        let mut at = place;
        for states in self.from.iter().rev() {
            let Some((before, choice)) = states.get(at) else {
                break;
            };
            path.push(*choice);
            at = *before;
        }
        path.reverse();
        path
    }
}

impl<'a> Search<'a> {
    /// Creates a search that takes these inputs, stage after stage. The other inputs stay as they are given.
    pub(crate) fn new(
        nodes: &'a Arena<NodeId, Node>,
        as_at: Date,
        roots: &[NodeId],
        taken: &[Vec<NodeId>],
        given: impl Fn(InputId) -> i64,
    ) -> Self {
        let schedule = Schedule::new(nodes, roots, taken);
        let mut known = vec![0; schedule.width()];
        for id in &schedule.first {
            let value = match &nodes[*id] {
                Node::Input(input) => given(*input),
                node => value_of(node, &known, as_at),
            };
            set(&mut known, *id, value);
        }
        schedule.gather_known(nodes, &mut known);
        Self {
            nodes,
            as_at,
            draws: vec![Cow::default(); taken.len()],
            schedule: Cow::Owned(schedule),
            known,
        }
    }

    /// Creates a search of which the schedule and the values to try are there, where the numbers of stage 0 are these.
    pub(crate) fn scheduled(
        nodes: &'a Arena<NodeId, Node>,
        as_at: Date,
        schedule: &'a Schedule,
        draws: Vec<Cow<'a, [i64]>>,
        known: Vec<i64>,
    ) -> Self {
        Self {
            nodes,
            as_at,
            schedule: Cow::Borrowed(schedule),
            draws,
            known,
        }
    }

    /// Returns a value from each cell of an input as the roots read it, while the inputs that `moves` gives change too.
    pub(crate) fn cells(
        &self,
        domain: &Domain,
        node: NodeId,
        moves: Moves<'_>,
    ) -> Result<Vec<i64>, OverBudget> {
        let readers = Readers {
            nodes: self.nodes,
            as_at: self.as_at,
            needed: &self.schedule.needed,
            known: &self.known,
            moves,
        };
        readers.cells(domain, node)?.values()
    }

    /// Sets the values to try at a stage, counted from 0. They are sets of one value for each of its inputs, one after another.
    pub(crate) fn draw(&mut self, stage: usize, values: Vec<i64>) {
        if let Some(draw) = self.draws.get_mut(stage) {
            *draw = Cow::Owned(values);
        }
    }

    /// Returns what the rest of a search can see of each of these values at a stage, as a number that is the same for values that it cannot tell apart.
    pub(crate) fn seen_of(
        &self,
        stage: usize,
        values: &[i64],
        budget: &mut u64,
    ) -> Result<Vec<usize>, OverBudget> {
        let Some(stage) = self.schedule.stages.get(stage) else {
            return Ok(Vec::new());
        };
        let mut distinct = Tuples::new(stage.given.len());
        let mut seen = Vec::with_capacity(values.len());
        self.choices(
            stage,
            values,
            &mut self.known.clone(),
            budget,
            &mut |_, given| {
                seen.push(distinct.insert(given).0);
                false
            },
        )?;
        Ok(seen)
    }

    /// Estimates how much there is to remember at most in all stages together, given the number of values of each node.
    pub(crate) fn weight(&self, forms: &[u64]) -> u128 {
        let of = |node: &NodeId| u128::from(at(forms, *node)).max(1);
        let stages = self.schedule.stages.iter();
        stages
            .map(|stage| stage.live.iter().map(of).fold(1_u128, u128::saturating_mul))
            .fold(1_u128, u128::saturating_add)
    }

    /// Finds the values that the roots take together, with the ways to them.
    pub(crate) fn run(&self, budget: &mut u64) -> Result<Found, OverBudget> {
        let mut found = Found {
            last: self.start(),
            ways: vec![1],
            from: Vec::new(),
        };
        let mut values = self.known.clone();
        let mut before: &[NodeId] = &[];
        let mut remembered = 0;
        for (stage, draw) in self.schedule.stages.iter().zip(&self.draws) {
            let choices = self.choices(stage, draw, &mut values, budget, &mut |all, choice| {
                all.extend_from_slice(choice);
                true
            })?;
            pay(times(found.last.len(), choices.count, stage.work), budget)?;
            let mut next = Tuples::new(stage.live.len());
            let (mut ways, mut from) = (Vec::new(), Vec::new());
            let mut tuple = Vec::new();
            self.each(
                stage,
                before,
                &found.last,
                &choices,
                &mut values,
                |state, choice, values| {
                    tuple.clear();
                    tuple.extend(stage.live.iter().map(|node| at(values, *node)));
                    let (place, is_new) = next.insert(&tuple);
                    if is_new {
                        from.push((state, choice));
                        ways.push(0);
                    }
                    let before = found.ways.get(state).copied().unwrap_or_default();
                    if let Some(ways) = ways.get_mut(place) {
                        *ways = u128::saturating_add(*ways, before);
                    }
                    fits(remembered, next.len(), stage, budget)
                },
            )?;
            remembered += next.len();
            (found.last, found.ways) = (next, ways);
            found.from.push(from);
            before = &stage.live;
        }
        Ok(found)
    }

    /// Finds the values that each root can take by itself where `guard` is 1, if there is a guard.
    pub(crate) fn run_each(
        &self,
        guard: Option<NodeId>,
        budget: &mut u64,
    ) -> Result<Vec<Values>, OverBudget> {
        let roots = &self.schedule.roots;
        let mut found = vec![Gathered::default(); roots.len()];
        let mut values = self.known.clone();
        let (mut states, mut before): (_, &[NodeId]) = (self.start(), &[]);
        let stages = self.schedule.stages.len();
        for (at_stage, (stage, draw)) in (1..).zip(self.schedule.stages.iter().zip(&self.draws)) {
            // Values that the rest cannot tell apart are tried once.
            let mut distinct = Tuples::new(stage.given.len());
            let choices = self.choices(stage, draw, &mut values, budget, &mut |all, choice| {
                let is_new = distinct.insert(choice).1;
                if is_new {
                    all.extend_from_slice(choice);
                }
                is_new
            })?;
            pay(times(states.len(), choices.count, stage.work), budget)?;
            let is_last = at_stage == stages;
            let mut next = Tuples::new(stage.live.len());
            let mut tuple = Vec::new();
            self.each(
                stage,
                before,
                &states,
                &choices,
                &mut values,
                |_, _, values| {
                    if is_last {
                        if guard.is_none_or(|guard| at(values, guard) == 1) {
                            for (found, root) in found.iter_mut().zip(roots) {
                                found.add(at(values, *root));
                            }
                        }
                        return Ok(());
                    }
                    tuple.clear();
                    tuple.extend(stage.live.iter().map(|node| at(values, *node)));
                    next.insert(&tuple);
                    fits(0, next.len(), stage, budget)
                },
            )?;
            (states, before) = (next, &stage.live);
        }
        let found = found.into_iter().map(|mut found| {
            found.take_fresh();
            found.known
        });
        Ok(found.collect())
    }

    /// Returns what is remembered before anything is taken: nothing, unless nothing is ever taken.
    fn start(&self) -> Tuples {
        let roots: &[NodeId] = match self.schedule.stages.is_empty() {
            true => &self.schedule.roots,
            false => &[],
        };
        let mut first = Tuples::new(roots.len());
        let values: Vec<i64> = roots.iter().map(|root| at(&self.known, *root)).collect();
        first.insert(&values);
        first
    }

    /// Works out what follows from each of the values to try at a stage. What `keep` refuses is left out.
    fn choices(
        &self,
        stage: &Stage,
        draw: &[i64],
        values: &mut [i64],
        budget: &mut u64,
        keep: &mut dyn FnMut(&mut Vec<i64>, &[i64]) -> bool,
    ) -> Result<Choices, OverBudget> {
        let cells = draw.len() / stage.taken.len().max(1);
        pay(cells.saturating_mul(stage.work_alone), budget)?;
        let mut choices = Choices {
            count: 0,
            width: stage.given.len(),
            values: Vec::new(),
        };
        let mut given = Vec::with_capacity(stage.given.len());
        for cell in draw.chunks(stage.taken.len().max(1)) {
            for (node, value) in stage.taken.iter().zip(cell) {
                set(values, *node, *value);
            }
            for step in &stage.alone {
                self.step(step, values);
            }
            given.clear();
            given.extend(stage.given.iter().map(|node| at(values, *node)));
            choices.count += usize::from(keep(&mut choices.values, &given));
        }
        Ok(choices)
    }

    /// Calls `arrive` for each state before a stage and each choice at it, with their places and the values of the nodes then.
    fn each(
        &self,
        stage: &Stage,
        before: &[NodeId],
        states: &Tuples,
        choices: &Choices,
        values: &mut [i64],
        mut arrive: impl FnMut(usize, usize, &[i64]) -> Result<(), OverBudget>,
    ) -> Result<(), OverBudget> {
        for (from, state) in states.iter().enumerate() {
            for choice in 0..choices.count {
                for (node, value) in before.iter().zip(state) {
                    set(values, *node, *value);
                }
                for (node, value) in stage.given.iter().zip(choices.get(choice)) {
                    set(values, *node, *value);
                }
                for step in &stage.steps {
                    self.step(step, values);
                }
                arrive(from, choice, values)?;
            }
        }
        Ok(())
    }

    fn step(&self, step: &Step, values: &mut [i64]) {
        match step {
            Step::Whole(id) => {
                let value = value_of(&self.nodes[*id], values, self.as_at);
                set(values, *id, value);
            }
            Step::Gather { node, parts, first } => {
                let start = (!first).then(|| at(values, *node));
                let all = parts.iter().map(|part| at(values, *part));
                let value = gathered(&self.nodes[*node], start.into_iter().chain(all));
                set(values, *node, value);
            }
        }
    }
}

/// What follows from each of the values to try at a stage, one after another.
struct Choices {
    count: usize,
    width: usize,
    values: Vec<i64>,
}

impl Choices {
    fn get(&self, choice: usize) -> &[i64] {
        self.values
            .get(choice * self.width..(choice + 1) * self.width)
            .unwrap_or_default()
    }
}

/// Values that are gathered, each once.
#[derive(Default, Clone)]
struct Gathered {
    /// In ascending order.
    known: Values,
    fresh: Vec<i64>,
}

impl Gathered {
    fn add(&mut self, value: i64) {
        if self.known.binary_search(&value).is_err() {
            self.fresh.push(value);
            if self.fresh.len() > self.known.len() {
                self.take_fresh();
            }
        }
    }

    /// Puts the fresh values in their places, many at a time, so that a million of them do not each move all others.
    fn take_fresh(&mut self) {
        self.known
            .append(&mut Values::from_vec(std::mem::take(&mut self.fresh)));
        self.known.sort_unstable();
        self.known.dedup();
    }
}

fn times(states: usize, choices: usize, work: usize) -> usize {
    states.saturating_mul(choices).saturating_mul(work)
}

/// Takes work from the budget.
fn pay(work: usize, budget: &mut u64) -> Result<(), OverBudget> {
    *budget = budget
        .checked_sub(u64::try_from(work).unwrap_or(u64::MAX))
        .ok_or(OverBudget)?;
    Ok(())
}

/// Checks that what is remembered after a stage, and before it, is not too much.
fn fits(
    remembered: usize,
    states: usize,
    stage: &Stage,
    budget: &mut u64,
) -> Result<(), OverBudget> {
    let own = states.saturating_mul(stage.live.len() + 1);
    if remembered.saturating_add(own) > MOST_REMEMBERED {
        *budget = 0;
        return Err(OverBudget);
    }
    Ok(())
}

/// Returns the inputs on which the roots depend, and their nodes, in the order in which the roots get to them. The largest part of a node comes
/// first.
pub(crate) fn order(
    nodes: &Arena<NodeId, Node>,
    roots: &[NodeId],
    size: &dyn Fn(NodeId) -> u64,
) -> Vec<(InputId, NodeId)> {
    let mut order = Vec::new();
    let mut seen = vec![false; nodes.len()];
    let mut open: Vec<NodeId> = roots.iter().rev().copied().collect();
    while let Some(id) = open.pop() {
        if seen.get(id.index()).copied().unwrap_or(true) {
            continue;
        }
        if let Some(slot) = seen.get_mut(id.index()) {
            *slot = true;
        }
        if let Node::Input(input) = nodes[id] {
            order.push((input, id));
        }
        let mut parts = nodes[id].parts();
        parts.sort_by_key(|part| std::cmp::Reverse(size(*part)));
        open.extend(parts.into_iter().rev());
    }
    order
}
