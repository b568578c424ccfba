//! Finds exactly which values some nodes can take together, over all values of the inputs that are not known, without trying every combination.
//!
//! The unknown inputs are taken one after another. After each of them, the rest of the graph can still see only a handful of numbers of those that
//! were taken so far: partial sums, tests already decided, results already fixed. Two ways of arriving at the same numbers have the same future. So
//! only the distinct numbers are kept, each with the first way of arriving at them and the number of ways.
//!
//! Each input is tried at one value of each of its cells, which are the pieces between the cut-offs by which the nodes in question read it.

use std::collections::{BTreeSet, HashMap};

use crate::arena::{Arena, Id, InputId, NodeId};
use crate::date::Date;
use crate::model::{Domain, Model, Slot};
use crate::plan::budget::{BUDGET, OverBudget};
use crate::plan::cells::{Moves, Readers};
use crate::plan::evaluate::{at, contains, gathered, gathers, set, value_of};
use crate::plan::{ABSENT, Node, Plan};

/// The most numbers that are remembered at a time.
const MOST_REMEMBERED: usize = 4_000_000;

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
        let admissible = found
            .into_values()
            .filter(|values| values.last() == Some(&1));
        Ok(admissible
            .map(|mut values| {
                values.pop();
                values
            })
            .collect())
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
        Some(found.into_values().collect())
    }

    fn search<'a>(
        &'a self,
        model: &Model,
        slots: &[Slot],
        as_at: Date,
        roots: &'a [NodeId],
    ) -> Result<Search<'a>, OverBudget> {
        let is_unknown = |input: InputId| slots.get(input.index()) == Some(&Slot::Unknown);
        let drawn = order(&self.nodes, roots, &|_| 0)
            .into_iter()
            .filter(|(input, _)| is_unknown(*input));
        let drawn: Vec<(InputId, NodeId)> = drawn.collect();
        let given = |input: InputId| match slots.get(input.index()) {
            Some(Slot::Value(value)) => *value,
            _ => ABSENT,
        };
        let mut search = Search::new(
            &self.nodes,
            as_at,
            roots,
            drawn.iter().map(|(_, node)| vec![*node]).collect(),
            given,
        );
        for (stage, (input, node)) in drawn.into_iter().enumerate() {
            let moves = |id: NodeId| match &self.nodes[id] {
                Node::Input(other) if is_unknown(*other) => {
                    Some(model.inputs[*other].domain.bounds())
                }
                _ => None,
            };
            let cells = search.cells(&model.inputs[input].domain, node, &moves)?;
            search.draw(stage, cells);
        }
        Ok(search)
    }
}

/// A search over the values of some inputs.
pub(crate) struct Search<'a> {
    nodes: &'a Arena<NodeId, Node>,
    needed: Vec<bool>,
    as_at: Date,
    roots: &'a [NodeId],
    /// The inputs that are taken at each stage, from stage 1 on, and the values to try.
    taken: Vec<Draw>,
    /// The nodes to work out at each stage. Those of stage 0 are known already.
    steps: Vec<Vec<Step>>,
    /// What must be remembered after each stage.
    live: Vec<Vec<NodeId>>,
    /// The values known before any input is taken.
    known: Vec<i64>,
}

/// Inputs that are taken together, and the sets of values to try, one after another. Each set has a value for each input.
struct Draw {
    nodes: Vec<NodeId>,
    values: Vec<i64>,
}

/// What a search found.
pub(crate) struct Found {
    /// The states that are remembered after each stage, each with its predecessor and the number of paths to it. The last stage holds the roots.
    stages: Vec<Vec<State>>,
}

/// The numbers that can be seen of what was taken so far.
struct State {
    values: Vec<i64>,
    /// The first way of arriving at them: the state before, and the position of the values that were tried.
    from: (usize, usize),
    /// The number of ways of arriving at them. A way is one value for each cell.
    ways: u128,
}

impl Found {
    /// Returns the values that the roots take together, each once, in the order in which they were reached.
    pub(crate) fn values(&self) -> impl Iterator<Item = &[i64]> {
        self.last().iter().map(|state| state.values.as_slice())
    }

    fn into_values(mut self) -> impl Iterator<Item = Vec<i64>> {
        self.stages
            .pop()
            .unwrap_or_default()
            .into_iter()
            .map(|state| state.values)
    }

    /// Returns the number of ways in which the values at this place are reached.
    pub(crate) fn ways(&self, place: usize) -> u128 {
        self.last().get(place).map_or(0, |state| state.ways)
    }

    /// Returns which values were tried at each stage on the first way to the values at this place.
    pub(crate) fn path(&self, place: usize) -> Vec<usize> {
        let mut path = Vec::new();
        let mut at = place;
        for stage in self.stages.iter().skip(1).rev() {
            let Some(state) = stage.get(at) else { break };
            path.push(state.from.1);
            at = state.from.0;
        }
        path.reverse();
        path
    }

    fn last(&self) -> &[State] {
        self.stages.last().map(Vec::as_slice).unwrap_or_default()
    }
}

/// One piece of work of a stage.
#[derive(Debug, Clone)]
enum Step {
    /// A node all of whose parts are known.
    Whole(NodeId),
    /// Further parts of a node that gathers its parts as they become known.
    Gather {
        node: NodeId,
        parts: Vec<NodeId>,
        first: bool,
    },
}

impl<'a> Search<'a> {
    /// Creates a search that takes these inputs, stage after stage. The other inputs stay as they are given.
    pub(crate) fn new(
        nodes: &'a Arena<NodeId, Node>,
        as_at: Date,
        roots: &'a [NodeId],
        taken: Vec<Vec<NodeId>>,
        given: impl Fn(InputId) -> i64,
    ) -> Self {
        let needed = needed(nodes, roots);
        let stage_of: HashMap<NodeId, usize> = taken
            .iter()
            .zip(1..)
            .flat_map(|(nodes, stage)| nodes.iter().map(move |node| (*node, stage)))
            .collect();
        let mut stages = vec![0_usize; nodes.len()];
        for (id, node) in nodes.iter().filter(|(id, _)| contains(&needed, *id)) {
            let stage = match node {
                Node::Input(_) => stage_of.get(&id).copied().unwrap_or(0),
                _ => node
                    .parts()
                    .iter()
                    .map(|part| at(&stages, *part))
                    .max()
                    .unwrap_or(0),
            };
            if let Some(slot) = stages.get_mut(id.index()) {
                *slot = stage;
            }
        }
        let mut search = Self {
            nodes,
            needed,
            as_at,
            roots,
            steps: vec![Vec::new(); taken.len() + 1],
            live: vec![Vec::new(); taken.len() + 1],
            known: vec![0; nodes.len()],
            taken: taken
                .into_iter()
                .map(|nodes| Draw {
                    nodes,
                    values: Vec::new(),
                })
                .collect(),
        };
        search.schedule(&stages);
        for (id, node) in nodes
            .iter()
            .filter(|(id, _)| contains(&search.needed, *id) && at(&stages, *id) == 0)
        {
            let value = match node {
                Node::Input(input) => given(*input),
                _ => value_of(node, &search.known, as_at),
            };
            set(&mut search.known, id, value);
        }
        search
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
            needed: &self.needed,
            known: &self.known,
            moves,
        };
        readers.cells(domain, node)?.values()
    }

    /// Sets the values to try at a stage, counted from 0. They are sets of one value for each of its inputs, one after another.
    pub(crate) fn draw(&mut self, stage: usize, values: Vec<i64>) {
        if let Some(draw) = self.taken.get_mut(stage) {
            draw.values = values;
        }
    }

    /// Decides at which stage each node is worked out, and how long it must be remembered.
    fn schedule(&mut self, stages: &[usize]) {
        let needed = &self.needed;
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
        for (id, node) in self.nodes.iter().filter(|(id, _)| contains(needed, *id)) {
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
                let known = if at_stage.first().is_some_and(|(stage, _)| *stage == 0) {
                    at_stage.remove(0).1
                } else {
                    Vec::new()
                };
                for (index, (part_stage, mut parts)) in at_stage.into_iter().enumerate() {
                    if index == 0 {
                        parts.extend(known.iter().copied());
                    }
                    if let Some(steps) = self.steps.get_mut(part_stage) {
                        steps.push(Step::Gather {
                            node: id,
                            parts,
                            first: index == 0,
                        });
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
            true => node
                .parts()
                .iter()
                .map(|part| at(stages, *part))
                .filter(|stage| *stage > 0)
                .min()
                .unwrap_or(0),
            false => at(stages, id),
        };
        for (id, node) in self
            .nodes
            .iter()
            .filter(|(id, _)| contains(needed, *id) && at(stages, *id) > 0)
        {
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

    /// Estimates how much there is to remember at most in all stages together, given the number of values of each node.
    pub(crate) fn weight(&self, forms: &[u64]) -> u128 {
        let of = |node: &NodeId| u128::from(at(forms, *node)).max(1);
        let stages = self
            .live
            .iter()
            .map(|live| live.iter().map(of).fold(1_u128, u128::saturating_mul));
        stages.fold(0_u128, u128::saturating_add)
    }

    pub(crate) fn run(&self, budget: &mut u64) -> Result<Found, OverBudget> {
        let mut values = self.known.clone();
        let pack = |values: &[i64], live: &[NodeId]| {
            live.iter()
                .map(|node| at(values, *node))
                .collect::<Vec<i64>>()
        };
        let nothing = Vec::new();
        let first = State {
            values: pack(
                &values,
                if self.taken.is_empty() {
                    self.roots
                } else {
                    &nothing
                },
            ),
            from: (0, 0),
            ways: 1,
        };
        let mut stages = vec![vec![first]];
        let mut remembered = 0_usize;
        let mut before: &[NodeId] = &nothing;
        for (index, draw) in self.taken.iter().enumerate() {
            let stage = index + 1;
            let (Some(steps), Some(live), Some(states)) =
                (self.steps.get(stage), self.live.get(stage), stages.last())
            else {
                break;
            };
            let width = draw.nodes.len().max(1);
            let each = steps.len() + live.len() + 1;
            let work = states
                .len()
                .saturating_mul(draw.values.len() / width)
                .saturating_mul(each);
            *budget = budget
                .checked_sub(u64::try_from(work).unwrap_or(u64::MAX))
                .ok_or(OverBudget)?;
            let mut next: HashMap<Vec<i64>, (usize, State)> = HashMap::with_capacity(states.len());
            for (from, state) in states.iter().enumerate() {
                for (choice, cell) in draw.values.chunks(width).enumerate() {
                    for (node, value) in before.iter().zip(&state.values) {
                        set(&mut values, *node, *value);
                    }
                    for (node, value) in draw.nodes.iter().zip(cell) {
                        set(&mut values, *node, *value);
                    }
                    for step in steps {
                        self.step(step, &mut values);
                    }
                    let place = next.len();
                    let (_, arrived) = next.entry(pack(&values, live)).or_insert_with(|| {
                        (
                            place,
                            State {
                                values: Vec::new(),
                                from: (from, choice),
                                ways: 0,
                            },
                        )
                    });
                    arrived.ways = arrived.ways.saturating_add(state.ways);
                }
                if remembered.saturating_add(next.len().saturating_mul(live.len() + 1))
                    > MOST_REMEMBERED
                {
                    *budget = 0;
                    return Err(OverBudget);
                }
            }
            remembered += next.len();
            let mut states: Vec<(usize, State)> = next
                .into_iter()
                .map(|(values, (place, state))| (place, State { values, ..state }))
                .collect();
            states.sort_unstable_by_key(|(place, _)| *place);
            // The way back needs the predecessor of each, and no more.
            stages
                .last_mut()
                .into_iter()
                .flatten()
                .for_each(|state| state.values = Vec::new());
            stages.push(states.into_iter().map(|(_, state)| state).collect());
            before = live;
        }
        Ok(Found { stages })
    }

    fn step(&self, step: &Step, values: &mut [i64]) {
        match step {
            Step::Whole(id) => {
                let value = value_of(&self.nodes[*id], values, self.as_at);
                set(values, *id, value);
            }
            Step::Gather { node, parts, first } => {
                let operation = &self.nodes[*node];
                let start = if *first {
                    None
                } else {
                    Some(at(values, *node))
                };
                let all = start
                    .into_iter()
                    .chain(parts.iter().map(|part| at(values, *part)));
                let value = gathered(operation, all);
                set(values, *node, value);
            }
        }
    }
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

/// Returns which nodes the roots read, by their index.
pub(crate) fn needed(nodes: &Arena<NodeId, Node>, roots: &[NodeId]) -> Vec<bool> {
    let mut needed = vec![false; nodes.len()];
    let mut open = roots.to_vec();
    while let Some(id) = open.pop() {
        if let Some(slot) = needed.get_mut(id.index())
            && !*slot
        {
            *slot = true;
            open.extend(nodes[id].parts());
        }
    }
    needed
}
