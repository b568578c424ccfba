//! Holds all profiles at once: the graph of a matrix over inputs that are free, and the questions that can be asked of it.

use std::collections::{HashMap, HashSet};

use crate::arena::{Arena, Id, InputId, NodeId};
use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::{Domain, Missing, MoreIs};
use crate::plan::budget::OverBudget;
use crate::plan::evaluate::{at, set, value_of};
use crate::plan::reach::{Found, Search, order};
use crate::plan::{ABSENT, Lookup, Node};

/// An amount to remember that is so small that the order of the inputs does not matter.
const LIGHT: u128 = 2_000;

/// The most pairs of cells of one input.
const MOST_PAIRS: usize = 1_000_000;

/// An input that takes every value.
#[derive(Debug, Clone)]
pub(crate) struct Free {
    pub(crate) domain: Domain,
    pub(crate) may_be_absent: bool,
    /// The value that says least: an absent value where absence is an answer, otherwise the value that is assumed, and otherwise the mildest.
    pub(crate) plain: i64,
    /// The values to try, where they are not the cells of the domain.
    pub(crate) listed: Option<Vec<i64>>,
}

/// Two inputs that stand for one at two values, and a third that says whether the values are in order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Twins {
    pub(crate) less: InputId,
    pub(crate) more: InputId,
    pub(crate) ordered: InputId,
}

/// A graph over free inputs.
#[derive(Debug, Clone)]
pub(crate) struct Space {
    pub(crate) nodes: Arena<NodeId, Node>,
    known: HashMap<Node, NodeId>,
    pub(crate) free: Vec<Free>,
    /// Whether the values are admissible.
    guards: Vec<NodeId>,
    pub(crate) as_at: Date,
}

/// The answer to a question.
pub(crate) struct Answer {
    found: Found,
    taken: Vec<(Vec<InputId>, Vec<i64>)>,
    /// The places of the admissible values.
    admissible: Vec<usize>,
    /// How many roots were asked for. The guards stand after them.
    roots: usize,
}

/// One combination of values of the roots.
pub(crate) struct Arrival<'a> {
    pub(crate) values: &'a [i64],
    /// In how many ways it is reached. A way is one value for each cell.
    pub(crate) ways: u128,
    place: usize,
}

impl Space {
    /// Creates the space of all profiles of a matrix. Its nodes are those of the plan.
    pub(crate) fn of(matrix: &Matrix, as_at: Date) -> Self {
        let plan = matrix.plan();
        let free = matrix.model().inputs.items().iter().map(|input| Free {
            domain: input.domain.clone(),
            may_be_absent: input.missing == Missing::Absent,
            plain: match input.missing {
                Missing::Absent => ABSENT,
                Missing::Assume(value) => value,
                _ => mildest(&input.domain, input.more_is),
            },
            listed: None,
        });
        Self {
            nodes: plan.nodes.clone(),
            known: plan
                .nodes
                .iter()
                .map(|(id, node)| (node.clone(), id))
                .collect(),
            free: free.collect(),
            guards: vec![plan.admissible],
            as_at,
        }
    }

    /// Creates a space without profiles, to be built.
    pub(crate) fn empty(as_at: Date) -> Self {
        Self {
            nodes: Arena::new(),
            known: HashMap::new(),
            free: Vec::new(),
            guards: Vec::new(),
            as_at,
        }
    }

    pub(crate) fn node(&mut self, node: Node) -> NodeId {
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        let id = self.nodes.push(node.clone());
        self.known.insert(node, id);
        id
    }

    pub(crate) fn constant(&mut self, value: i64) -> NodeId {
        self.node(Node::Constant(value))
    }

    pub(crate) fn input(&mut self, free: Free) -> InputId {
        self.free.push(free);
        InputId::from_index(self.free.len() - 1)
    }

    /// Leaves only the profiles for which this node holds as well.
    pub(crate) fn guard(&mut self, node: NodeId) {
        if !self.guards.contains(&node) {
            self.guards.push(node);
        }
    }

    /// Takes every profile, including those that contradict themselves.
    pub(crate) fn unguard(&mut self) {
        self.guards.clear();
    }

    /// Returns a node that gives the index of the first condition that holds, or the number of conditions if none holds.
    pub(crate) fn first_of(&mut self, conditions: &[NodeId]) -> NodeId {
        let arms = conditions
            .iter()
            .zip(0..)
            .map(|(when, index)| (*when, index))
            .collect::<Vec<_>>();
        let arms = arms
            .into_iter()
            .map(|(when, index)| (when, self.constant(index)))
            .collect();
        let default = self.constant(conditions.len() as i64);
        self.node(Node::Select { arms, default })
    }

    pub(crate) fn read(&mut self, of: NodeId, lookup: Lookup, absent: i64) -> NodeId {
        self.node(Node::Read { of, lookup, absent })
    }

    /// Makes the first `count` nodes again with one of them replaced by another, and returns the new id of each. What does not depend on the replaced
    /// node stays where it was.
    pub(crate) fn replaced(&mut self, count: usize, old: NodeId, new: NodeId) -> Vec<NodeId> {
        let mut map: Vec<NodeId> = Vec::with_capacity(count);
        for index in 0..count {
            let id = NodeId::from_index(index);
            let to = if id == old {
                new
            } else {
                let node = self.nodes[id]
                    .with_parts(&|part| map.get(part.index()).copied().unwrap_or(part));
                self.node(node)
            };
            map.push(to);
        }
        map
    }

    /// Asks which values the roots take together over all admissible values of the inputs.
    pub(crate) fn ask(
        &self,
        roots: &[NodeId],
        twins: Option<Twins>,
        budget: &mut u64,
    ) -> Result<Answer, OverBudget> {
        let mut all = roots.to_vec();
        all.extend(&self.guards);
        let sizes = self.sizes();
        // As with registers, what takes most to work out is worked out first: the little that it comes to is then all that is kept beside the rest.
        let stages = self.stages(order(&self.nodes, &all, &|node| at(&sizes, node)), twins);
        let mut drawn: Vec<(Vec<InputId>, Vec<NodeId>, Vec<i64>)> = Vec::new();
        let search = self.search(
            &all,
            stages
                .iter()
                .map(|stage| stage.iter().map(|(_, node)| *node).collect()),
        );
        for stage in stages.clone() {
            let values = match (twins.filter(|_| stage.len() > 1), stage.as_slice()) {
                (Some(twins), _) => {
                    let read = stage.iter().find(|(input, _)| *input != twins.ordered);
                    let Some((input, node)) = read.copied() else {
                        continue;
                    };
                    let cells = self.cells(&search, input, node)?;
                    let alike = self.alike(&all, &stages, node, &cells, budget)?;
                    self.pairs(stage.iter().map(|(input, _)| *input), twins, &cells, &alike)?
                }
                (None, [(input, node)]) => self.cells(&search, *input, *node)?,
                _ => Vec::new(),
            };
            let (inputs, nodes) = stage.into_iter().unzip();
            drawn.push((inputs, nodes, values));
        }
        let forms = self.forms(&drawn);
        let mut weight = search.weight(&forms);
        // What many rules turn on is best known early: an input goes to the front where that leaves less to remember.
        for place in 1..drawn.len() {
            if weight <= LIGHT {
                break;
            }
            let mut other: Vec<Vec<NodeId>> =
                drawn.iter().map(|(_, nodes, _)| nodes.clone()).collect();
            if let Some(slice) = other.get_mut(..=place) {
                slice.rotate_right(1);
            }
            let lighter = self.search(&all, other.into_iter()).weight(&forms);
            if lighter < weight {
                weight = lighter;
                if let Some(slice) = drawn.get_mut(..=place) {
                    slice.rotate_right(1);
                }
            }
        }
        let mut search = self.search(&all, drawn.iter().map(|(_, nodes, _)| nodes.clone()));
        let mut taken = Vec::new();
        for (stage, (inputs, _, values)) in drawn.into_iter().enumerate() {
            search.draw(stage, values.clone());
            taken.push((inputs, values));
        }
        let found = search.run(budget)?;
        let guarded = |values: &[i64]| {
            values
                .get(roots.len()..)
                .is_some_and(|guards| guards.iter().all(|guard| *guard == 1))
        };
        let admissible = found
            .values()
            .enumerate()
            .filter(|(_, values)| guarded(values))
            .map(|(place, _)| place)
            .collect();
        Ok(Answer {
            found,
            taken,
            admissible,
            roots: roots.len(),
        })
    }

    /// Returns the inputs one after another, with twins together.
    fn stages(
        &self,
        order: Vec<(InputId, NodeId)>,
        twins: Option<Twins>,
    ) -> Vec<Vec<(InputId, NodeId)>> {
        let mut stages: Vec<Vec<(InputId, NodeId)>> = Vec::new();
        let is_twin = |input: InputId| {
            twins.is_some_and(|twins| [twins.less, twins.more, twins.ordered].contains(&input))
        };
        for (input, node) in order {
            let twin = stages
                .iter_mut()
                .find(|stage| is_twin(input) && stage.iter().any(|(other, _)| is_twin(*other)));
            match twin {
                Some(stage) => stage.push((input, node)),
                None => stages.push(vec![(input, node)]),
            }
        }
        stages
    }

    /// Returns how much work there is below each node.
    fn sizes(&self) -> Vec<u64> {
        let mut sizes: Vec<u64> = Vec::with_capacity(self.nodes.len());
        for (_, node) in self.nodes.iter() {
            sizes.push(
                node.parts()
                    .iter()
                    .fold(1, |sum, part| sum.saturating_add(at(&sizes, *part))),
            );
        }
        sizes
    }

    fn search<'a>(
        &'a self,
        roots: &'a [NodeId],
        stages: impl Iterator<Item = Vec<NodeId>>,
    ) -> Search<'a> {
        let stages: Vec<_> = stages.collect();
        Search::new(&self.nodes, self.as_at, roots, &stages, |_| ABSENT)
    }

    /// Returns about how many values each node takes.
    fn forms(&self, drawn: &[(Vec<InputId>, Vec<NodeId>, Vec<i64>)]) -> Vec<u64> {
        let cells: HashMap<NodeId, u64> = drawn
            .iter()
            .flat_map(|(_, nodes, values)| {
                nodes
                    .iter()
                    .map(move |node| (*node, (values.len() / nodes.len().max(1)) as u64))
            })
            .collect();
        let mut forms: Vec<u64> = Vec::with_capacity(self.nodes.len());
        for (id, node) in self.nodes.iter() {
            let of = |id: &NodeId| at(&forms, *id);
            let together = |parts: &[NodeId]| {
                parts.iter().fold(1_u64, |sum, part| {
                    sum.saturating_add(of(part).saturating_sub(1))
                })
            };
            let own = match node {
                Node::Constant(_) => 1,
                Node::Input(_) => cells.get(&id).copied().unwrap_or(1),
                Node::Between { .. } => node.parts().iter().map(of).fold(1, u64::saturating_mul),
                Node::Read {
                    of: read,
                    lookup,
                    absent,
                } => of(read).min(match lookup {
                    Lookup::Steps { gives, .. } => {
                        gives.iter().chain([absent]).collect::<HashSet<_>>().len() as u64
                    }
                    Lookup::Each { .. } => u64::MAX,
                    Lookup::Members { members, .. } => u64::from(members.count_ones()) + 1,
                    Lookup::HasAny(_)
                    | Lookup::HasAll(_)
                    | Lookup::Count { .. }
                    | Lookup::Dates { .. } => 2,
                }),
                Node::SumOfInputs(parts)
                | Node::Sum(parts)
                | Node::Highest(parts)
                | Node::Lowest(parts) => together(parts),
                Node::All(_) | Node::Any(_) | Node::Not(_) | Node::Compare { .. } => 2,
                Node::Select { arms, default } => arms
                    .iter()
                    .map(|(_, value)| of(value))
                    .fold(of(default), u64::saturating_add),
                Node::Table { cells, default, .. } => cells
                    .iter()
                    .flatten()
                    .chain([default])
                    .collect::<HashSet<_>>()
                    .len() as u64,
            };
            forms.push(own);
        }
        forms
    }

    fn cells(
        &self,
        search: &Search<'_>,
        input: InputId,
        node: NodeId,
    ) -> Result<Vec<i64>, OverBudget> {
        let Some(free) = self.free.get(input.index()) else {
            return Ok(Vec::new());
        };
        if let Some(listed) = &free.listed {
            return Ok(listed.clone());
        }
        let moves = |other: NodeId| match &self.nodes[other] {
            Node::Input(other) => self
                .free
                .get(other.index())
                .map(|free| free.domain.bounds()),
            _ => None,
        };
        let cells = search.cells(&free.domain, node, &moves)?;
        Ok(free
            .may_be_absent
            .then_some(ABSENT)
            .into_iter()
            .chain(cells)
            .collect())
    }

    /// Returns the places of the cells of a twin in groups that the rest of the graph cannot tell apart. An absent value is in a group of its own.
    fn alike(
        &self,
        roots: &[NodeId],
        stages: &[Vec<(InputId, NodeId)>],
        twin: NodeId,
        cells: &[i64],
        budget: &mut u64,
    ) -> Result<Vec<Vec<usize>>, OverBudget> {
        let nodes = stages.iter().flatten().map(|(_, node)| *node);
        let apart: Vec<Vec<NodeId>> = nodes.map(|node| vec![node]).collect();
        let Some(stage) = apart.iter().position(|taken| taken.as_slice() == [twin]) else {
            return Ok(Vec::new());
        };
        let search = self.search(roots, apart.into_iter());
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut of: HashMap<(bool, usize), usize> = HashMap::new();
        for (cell, seen) in search
            .seen_of(stage, cells, budget)?
            .into_iter()
            .enumerate()
        {
            let is_absent = cells.get(cell) == Some(&ABSENT);
            let group = *of.entry((is_absent, seen)).or_insert(groups.len());
            match groups.get_mut(group) {
                Some(group) => group.push(cell),
                None => groups.push(vec![cell]),
            }
        }
        Ok(groups)
    }

    /// Returns a pair of cells of an input for each two groups of cells, with the smaller as the first twin. Of all such pairs it is the first.
    fn pairs(
        &self,
        inputs: impl Iterator<Item = InputId> + Clone,
        twins: Twins,
        cells: &[i64],
        groups: &[Vec<usize>],
    ) -> Result<Vec<i64>, OverBudget> {
        if groups.len().saturating_mul(groups.len()) > MOST_PAIRS {
            return Err(OverBudget);
        }
        let mut pairs = Vec::new();
        for (own, less) in groups.iter().enumerate() {
            let Some(first) = less.first() else {
                continue;
            };
            for (_, more) in groups.iter().enumerate().filter(|(other, _)| *other != own) {
                let beyond = more.partition_point(|place| place < first);
                pairs.extend(more.get(beyond).map(|second| (*first, *second)));
            }
        }
        pairs.sort_unstable();
        let is_ordered = self
            .free
            .get(twins.less.index())
            .is_some_and(|free| free.domain.is_ordered());
        let cell = |place: usize| cells.get(place).copied().unwrap_or(ABSENT);
        let mut values = Vec::with_capacity(pairs.len() * inputs.clone().count());
        for (less, more) in pairs {
            values.extend(inputs.clone().map(|input| match input {
                own if own == twins.less => cell(less),
                own if own == twins.more => cell(more),
                _ => i64::from(is_ordered && cell(less) != ABSENT),
            }));
        }
        Ok(values)
    }

    /// Returns the value of every node for these values of the inputs.
    pub(crate) fn worked_out(&self, inputs: &[i64]) -> Vec<i64> {
        let mut values = vec![0; self.nodes.len()];
        for (id, node) in self.nodes.iter() {
            let value = match node {
                Node::Input(input) => inputs.get(input.index()).copied().unwrap_or(ABSENT),
                _ => value_of(node, &values, self.as_at),
            };
            set(&mut values, id, value);
        }
        values
    }

    /// Returns whether the roots are as wanted for these admissible values of the inputs.
    pub(crate) fn holds(&self, roots: &[NodeId], wanted: &[i64], inputs: &[i64]) -> bool {
        let values = self.worked_out(inputs);
        roots
            .iter()
            .zip(wanted)
            .all(|(root, wanted)| at(&values, *root) == *wanted)
            && self.guards.iter().all(|guard| at(&values, *guard) == 1)
    }

    /// Returns values of the inputs with which the roots are as wanted. Except for those that are fixed, none of them can alone be left out or made
    /// plain.
    pub(crate) fn plainest(
        &self,
        roots: &[NodeId],
        wanted: &[i64],
        path: &[(InputId, i64)],
        fixed: &[InputId],
    ) -> Option<Vec<i64>> {
        let mut inputs: Vec<i64> = self.free.iter().map(|free| free.plain).collect();
        for (input, value) in path {
            if let Some(slot) = inputs.get_mut(input.index()) {
                *slot = *value;
            }
        }
        let holds = |inputs: &[i64]| self.holds(roots, wanted, inputs);
        if !holds(&inputs) {
            return None;
        }
        loop {
            let before = inputs.clone();
            for (index, free) in self.free.iter().enumerate() {
                let Some(own) = inputs.get(index).copied().filter(|own| {
                    *own != free.plain && !fixed.contains(&InputId::from_index(index))
                }) else {
                    continue;
                };
                if let Some(slot) = inputs.get_mut(index) {
                    *slot = free.plain;
                }
                if !holds(&inputs)
                    && let Some(slot) = inputs.get_mut(index)
                {
                    *slot = own;
                }
            }
            if before == inputs {
                return Some(inputs);
            }
        }
    }
}

impl Answer {
    /// Returns the combinations of values that the roots take, in the order in which they were reached.
    pub(crate) fn arrivals(&self) -> impl Iterator<Item = Arrival<'_>> {
        let all: Vec<&[i64]> = self.found.values().collect();
        self.admissible.iter().filter_map(move |place| {
            Some(Arrival {
                values: all.get(*place)?.get(..self.roots)?,
                ways: self.found.ways(*place),
                place: *place,
            })
        })
    }

    /// Returns the values of the inputs on the first way to an arrival.
    pub(crate) fn path(&self, arrival: &Arrival<'_>) -> Vec<(InputId, i64)> {
        let tried = self.found.path(arrival.place);
        let values = self
            .taken
            .iter()
            .zip(tried)
            .flat_map(|((inputs, values), choice)| {
                let cell = values
                    .chunks(inputs.len().max(1))
                    .nth(choice)
                    .unwrap_or_default();
                inputs.iter().copied().zip(cell.iter().copied())
            });
        values.collect()
    }
}

impl Domain {
    /// Returns whether the values of the domain have an order that means something.
    pub(crate) fn is_ordered(&self) -> bool {
        match self {
            Self::Number { .. } | Self::Level { .. } | Self::Boolean | Self::Date { .. } => true,
            Self::Category { .. } | Self::Set { .. } => false,
        }
    }
}

pub(crate) fn mildest(domain: &Domain, more_is: Option<MoreIs>) -> i64 {
    let (least, most) = domain.bounds();
    if more_is == Some(MoreIs::Better) && !matches!(domain, Domain::Set { .. }) {
        most
    } else {
        least
    }
}
