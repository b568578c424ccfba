//! All profiles at once: the graph of a matrix over inputs that are free, and the questions that can be asked of it.

use std::collections::HashMap;

use crate::arena::{Arena, Id, InputId, NodeId};
use crate::date::Date;
use crate::matrix::Matrix;
use crate::matrix::model::{Direction, Domain, Missing};
use crate::plan::reach::{Found, OverBudget, Search, at, order, set, value_of};
use crate::plan::{ABSENT, Lookup, Node};

/// An input that takes every value.
#[derive(Debug, Clone)]
pub(crate) struct Free {
    pub(crate) domain: Domain,
    pub(crate) may_be_absent: bool,
    /// The value that says least: nothing where that is an answer, else what is assumed, else the mildest.
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

/// What a question was answered with.
pub(crate) struct Answer {
    found: Found,
    taken: Vec<(Vec<InputId>, Vec<i64>)>,
    /// The places of the admissible values.
    admissible: Vec<usize>,
    /// How many roots were asked for; the guards stand after them.
    roots: usize,
}

/// One combination of values of the roots.
pub(crate) struct Arrival<'a> {
    pub(crate) values: &'a [i64],
    /// In how many ways it is arrived at, a way being one value for each cell.
    pub(crate) ways: u128,
    place: usize,
}

impl Space {
    /// The space of all profiles of a matrix; its nodes are those of the plan.
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
            known: plan.nodes.iter().map(|(id, node)| (node.clone(), id)).collect(),
            free: free.collect(),
            guards: vec![plan.admissible],
            as_at,
        }
    }

    /// A space without profiles, to be built.
    pub(crate) fn empty(as_at: Date) -> Self {
        Self { nodes: Arena::new(), known: HashMap::new(), free: Vec::new(), guards: Vec::new(), as_at }
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

    /// Leaves only the profiles for which a node holds, too.
    pub(crate) fn guard(&mut self, node: NodeId) {
        if !self.guards.contains(&node) {
            self.guards.push(node);
        }
    }

    /// Takes every profile, also those that contradict themselves.
    pub(crate) fn unguard(&mut self) {
        self.guards.clear();
    }

    /// The index of the first condition that holds, or their number.
    pub(crate) fn first_of(&mut self, conditions: &[NodeId]) -> NodeId {
        let arms = conditions.iter().zip(0..).map(|(when, index)| (*when, index)).collect::<Vec<_>>();
        let arms = arms.into_iter().map(|(when, index)| (when, self.constant(index))).collect();
        let default = self.constant(conditions.len() as i64);
        self.node(Node::Select { arms, default })
    }

    pub(crate) fn read(&mut self, of: NodeId, lookup: Lookup, absent: i64) -> NodeId {
        self.node(Node::Read { of, lookup, absent })
    }

    /// The first so many nodes again, with one of them replaced: where each now stands. What does not depend on it stays where it was.
    pub(crate) fn replaced(&mut self, count: usize, old: NodeId, new: NodeId) -> Vec<NodeId> {
        let mut map: Vec<NodeId> = Vec::with_capacity(count);
        for index in 0..count {
            let id = NodeId::from_index(index);
            let to = if id == old {
                new
            } else {
                let node = self.nodes[id].with_parts(&|part| map.get(part.index()).copied().unwrap_or(part));
                self.node(node)
            };
            map.push(to);
        }
        map
    }

    /// Asks which values the roots take together over all admissible values of the inputs.
    pub(crate) fn ask(&self, roots: &[NodeId], twins: Option<Twins>, budget: &mut u64) -> Result<Answer, OverBudget> {
        let mut all = roots.to_vec();
        all.extend(&self.guards);
        let mut stages: Vec<(Vec<InputId>, Vec<NodeId>)> = Vec::new();
        let mut pair: Option<usize> = None;
        for (input, node) in order(&self.nodes, &all) {
            let in_pair = twins.is_some_and(|twins| [twins.less, twins.more, twins.ordered].contains(&input));
            match pair.and_then(|place| stages.get_mut(place)) {
                Some((inputs, nodes)) if in_pair => {
                    inputs.push(input);
                    nodes.push(node);
                }
                _ => {
                    if in_pair {
                        pair = Some(stages.len());
                    }
                    stages.push((vec![input], vec![node]));
                }
            }
        }
        let mut search = Search::new(&self.nodes, self.as_at, &all, stages.iter().map(|(_, nodes)| nodes.clone()).collect(), |_| ABSENT);
        let mut taken = Vec::new();
        for (stage, (inputs, nodes)) in stages.into_iter().enumerate() {
            let values = match twins {
                Some(twins) if Some(stage) == pair => {
                    let read = inputs.iter().zip(&nodes).find(|(input, _)| **input != twins.ordered);
                    let cells = read.map_or(Ok(Vec::new()), |(input, node)| self.cells(&search, *input, *node))?;
                    self.pairs(&inputs, twins, &cells)
                }
                _ => match (inputs.first(), nodes.first()) {
                    (Some(input), Some(node)) => self.cells(&search, *input, *node)?,
                    _ => Vec::new(),
                },
            };
            search.draw(stage, values.clone());
            taken.push((inputs, values));
        }
        let found = search.run(budget)?;
        let guarded = |values: &[i64]| values.get(roots.len()..).is_some_and(|guards| guards.iter().all(|guard| *guard == 1));
        let admissible = found.values().enumerate().filter(|(_, values)| guarded(values)).map(|(place, _)| place).collect();
        Ok(Answer { found, taken, admissible, roots: roots.len() })
    }

    fn cells(&self, search: &Search<'_>, input: InputId, node: NodeId) -> Result<Vec<i64>, OverBudget> {
        let Some(free) = self.free.get(input.index()) else { return Ok(Vec::new()) };
        if let Some(listed) = &free.listed {
            return Ok(listed.clone());
        }
        let cells = search.cells(&free.domain, node, &|other| matches!(&self.nodes[other], Node::Input(_)))?;
        Ok(free.may_be_absent.then_some(ABSENT).into_iter().chain(cells).collect())
    }

    /// Every two cells of an input, the smaller as the first twin.
    fn pairs(&self, inputs: &[InputId], twins: Twins, cells: &[i64]) -> Vec<i64> {
        let is_ordered = self.free.get(twins.less.index()).is_some_and(|free| free.domain.is_ordered());
        let mut values = Vec::new();
        for (index, less) in cells.iter().enumerate() {
            for more in cells.iter().skip(index + 1) {
                values.extend(inputs.iter().map(|input| match *input {
                    own if own == twins.less => *less,
                    own if own == twins.more => *more,
                    _ => i64::from(is_ordered && *less != ABSENT),
                }));
            }
        }
        values
    }

    /// What every node is for these values of the inputs.
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

    /// Whether the roots are as wanted for these admissible values of the inputs.
    pub(crate) fn holds(&self, roots: &[NodeId], wanted: &[i64], inputs: &[i64]) -> bool {
        let values = self.worked_out(inputs);
        roots.iter().zip(wanted).all(|(root, wanted)| at(&values, *root) == *wanted) && self.guards.iter().all(|guard| at(&values, *guard) == 1)
    }

    /// Values of the inputs by which the roots are as wanted, none of which can alone be left out or made plain, but for those fixed.
    pub(crate) fn plainest(&self, roots: &[NodeId], wanted: &[i64], path: &[(InputId, i64)], fixed: &[InputId]) -> Option<Vec<i64>> {
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
                let Some(own) = inputs.get(index).copied().filter(|own| *own != free.plain && !fixed.contains(&InputId::from_index(index))) else { continue };
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
    /// The combinations of values that the roots take, in the order in which they were come by.
    pub(crate) fn arrivals(&self) -> impl Iterator<Item = Arrival<'_>> {
        let all: Vec<&[i64]> = self.found.values().collect();
        self.admissible
            .iter()
            .filter_map(move |place| Some(Arrival { values: all.get(*place)?.get(..self.roots)?, ways: self.found.ways(*place), place: *place }))
    }

    /// The values of the inputs on the first way to an arrival.
    pub(crate) fn path(&self, arrival: &Arrival<'_>) -> Vec<(InputId, i64)> {
        let tried = self.found.path(arrival.place);
        let values = self.taken.iter().zip(tried).flat_map(|((inputs, values), choice)| {
            let cell = values.chunks(inputs.len().max(1)).nth(choice).unwrap_or_default();
            inputs.iter().copied().zip(cell.iter().copied())
        });
        values.collect()
    }
}

impl Domain {
    /// Whether its values have an order that means something.
    pub(crate) fn is_ordered(&self) -> bool {
        match self {
            Self::Number { .. } | Self::Level { .. } | Self::Boolean | Self::Date { .. } => true,
            Self::Category { .. } | Self::Set { .. } => false,
        }
    }
}

pub(crate) fn mildest(domain: &Domain, more_is: Option<Direction>) -> i64 {
    let (least, most) = domain.bounds();
    if more_is == Some(Direction::Better) && !matches!(domain, Domain::Set { .. }) { most } else { least }
}
