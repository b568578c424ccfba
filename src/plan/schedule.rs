//! What a search over the values of some inputs does at each of its stages. It depends on which inputs are taken, and not on any value.

use std::collections::HashMap;

use crate::arena::{Arena, Id, NodeId};
use crate::plan::evaluate::{at, contains, gathered, gathers, set};
use crate::plan::{Lookup, Node};

/// How much work it is to look a state up among those that are remembered, beside its numbers.
const REMEMBERING: usize = 3;

/// The stages of a search. Stage 0 is what is known before any input is taken.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    pub(crate) roots: Vec<NodeId>,
    /// The nodes that the roots read.
    pub(crate) needed: Vec<bool>,
    pub(crate) stages: Vec<Stage>,
    /// The nodes of stage 0, in order.
    pub(crate) first: Vec<NodeId>,
    /// Parts of stage 0 of nodes that gather further parts later. What they give together is one number, whose id follows those of the nodes.
    pub(crate) together: Vec<(NodeId, Vec<NodeId>)>,
    nodes: usize,
}

/// What is done when some inputs are taken.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    /// The nodes of the inputs.
    pub(crate) taken: Vec<NodeId>,
    /// What follows from these inputs and from what is known before any input is taken.
    pub(crate) alone: Vec<Step>,
    /// The inputs and the results of `alone` that are read later.
    pub(crate) given: Vec<NodeId>,
    /// What follows from inputs that were taken before, too.
    pub(crate) steps: Vec<Step>,
    /// What must be remembered after the stage.
    pub(crate) live: Vec<NodeId>,
    /// How much work `alone` is for each value to try.
    pub(crate) work_alone: usize,
    /// How much work `steps` is for each value to try and each state before it.
    pub(crate) work: usize,
}

/// One piece of work of a stage.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A node all of whose parts are known.
    Whole(NodeId),
    /// Further parts of a node that gathers its parts as they become known.
    Gather {
        node: NodeId,
        parts: Vec<NodeId>,
        first: bool,
    },
}

impl Step {
    fn node(&self) -> NodeId {
        match self {
            Self::Whole(node) | Self::Gather { node, .. } => *node,
        }
    }

    /// Returns about how long the step takes, as a multiple of a short one.
    fn work(&self, nodes: &Arena<NodeId, Node>) -> usize {
        match self {
            Self::Gather { parts, .. } => 1 + parts.len() / 8,
            Self::Whole(node) => match &nodes[*node] {
                Node::Read {
                    lookup: Lookup::Steps { cuts, .. },
                    ..
                } => 1 + cuts.len().checked_ilog2().unwrap_or(0) as usize / 4,
                // The calendar takes its time.
                Node::Between { .. }
                | Node::Read {
                    lookup: Lookup::Dates { .. },
                    ..
                } => 8,
                Node::Select { arms, .. } => 1 + arms.len() / 8,
                Node::All(parts) | Node::Any(parts) => 1 + parts.len() / 8,
                _ => 1,
            },
        }
    }

    /// Calls `read` with every number that the step reads.
    fn reads(&self, nodes: &Arena<NodeId, Node>, mut read: impl FnMut(NodeId)) {
        match self {
            Self::Whole(node) => nodes[*node].parts().into_iter().for_each(read),
            Self::Gather { node, parts, first } => {
                parts.iter().copied().for_each(&mut read);
                if !first {
                    read(*node);
                }
            }
        }
    }
}

impl Schedule {
    /// Decides what a search does for the roots that takes these inputs, stage after stage. All other inputs are known.
    pub(crate) fn new(
        nodes: &Arena<NodeId, Node>,
        roots: &[NodeId],
        taken: &[Vec<NodeId>],
    ) -> Self {
        let needed = needed(nodes, roots);
        let stage_of = stages(nodes, &needed, taken);
        let mut schedule = Self {
            roots: roots.to_vec(),
            first: nodes
                .ids()
                .filter(|id| contains(&needed, *id) && at(&stage_of, *id) == 0)
                .collect(),
            needed,
            stages: taken
                .iter()
                .map(|taken| Stage {
                    taken: taken.clone(),
                    alone: Vec::new(),
                    given: Vec::new(),
                    steps: Vec::new(),
                    live: Vec::new(),
                    work_alone: 0,
                    work: 0,
                })
                .collect(),
            together: Vec::new(),
            nodes: nodes.len(),
        };
        let read_until = schedule.plan_steps(nodes, &stage_of);
        schedule.plan_memory(nodes, &stage_of, &read_until);
        schedule.plan_choices(nodes);
        let work = |steps: &[Step]| steps.iter().map(|step| step.work(nodes)).sum::<usize>();
        for stage in &mut schedule.stages {
            stage.work_alone = work(&stage.alone) + 1;
            stage.work = work(&stage.steps) + stage.live.len() + REMEMBERING;
        }
        schedule
    }

    /// Returns the number of numbers that a search works with.
    pub(crate) fn width(&self) -> usize {
        self.nodes + self.together.len()
    }

    /// Returns the numbers of stage 0 that later stages read: all that the search can see of what is known.
    #[cfg(feature = "bulk")]
    pub(crate) fn seen(&self, nodes: &Arena<NodeId, Node>) -> Vec<NodeId> {
        let mut is_later = vec![false; self.nodes];
        let steps = || {
            self.stages
                .iter()
                .flat_map(|stage| stage.alone.iter().chain(&stage.steps))
        };
        let taken = self.stages.iter().flat_map(|stage| &stage.taken).copied();
        for id in taken.chain(steps().map(Step::node)) {
            if let Some(slot) = is_later.get_mut(id.index()) {
                *slot = true;
            }
        }
        let mut seen = Vec::new();
        let mut see = |id: NodeId| {
            let is_constant = id.index() < nodes.len() && matches!(nodes[id], Node::Constant(_));
            if !contains(&is_later, id) && !is_constant {
                seen.push(id);
            }
        };
        steps().for_each(|step| step.reads(nodes, &mut see));
        self.roots.iter().copied().for_each(see);
        seen.sort_unstable();
        seen.dedup();
        seen
    }

    /// Returns the node of which some parts of stage 0 count together as a number with an id of its own, and these parts.
    #[cfg(feature = "bulk")]
    pub(crate) fn parts_together(&self, id: NodeId) -> Option<(NodeId, &[NodeId])> {
        let place = id.index().checked_sub(self.nodes)?;
        let (node, parts) = self.together.get(place)?;
        Some((*node, parts))
    }

    /// Works out the numbers of stage 0 that follow its nodes.
    pub(crate) fn gather_known(&self, nodes: &Arena<NodeId, Node>, values: &mut Vec<i64>) {
        values.resize(self.width(), 0);
        for (own, (node, parts)) in (self.nodes..).zip(&self.together) {
            let value = gathered(&nodes[*node], parts.iter().map(|part| at(values, *part)));
            set(values, NodeId::from_index(own), value);
        }
    }

    /// Decides at which stage each node is worked out. Returns the last stage at which each is read.
    fn plan_steps(&mut self, nodes: &Arena<NodeId, Node>, stage_of: &[usize]) -> Vec<usize> {
        let last = self.stages.len();
        let mut read_until = vec![0_usize; nodes.len()];
        let mut remember = |node: NodeId, until: usize| {
            if let Some(slot) = read_until.get_mut(node.index()) {
                *slot = (*slot).max(until);
            }
        };
        for root in &self.roots {
            remember(*root, last);
        }
        let Self {
            needed,
            stages,
            together,
            nodes: count,
            ..
        } = self;
        let mut add = |stage: usize, step: Step| {
            if let Some(stage) = stage.checked_sub(1).and_then(|at| stages.get_mut(at)) {
                stage.steps.push(step);
            }
        };
        for (id, node) in nodes.iter().filter(|(id, _)| contains(needed, *id)) {
            let stage = at(stage_of, id);
            if stage == 0 {
                continue;
            }
            let parts = node.parts();
            if !gathers(node) {
                for part in parts {
                    remember(part, stage);
                }
                if !matches!(node, Node::Input(_)) {
                    add(stage, Step::Whole(id));
                }
                continue;
            }
            let mut at_stage: Vec<(usize, Vec<NodeId>)> = Vec::new();
            for part in parts {
                let part_stage = at(stage_of, part);
                match at_stage.iter_mut().find(|(stage, _)| *stage == part_stage) {
                    Some((_, parts)) => parts.push(part),
                    None => at_stage.push((part_stage, vec![part])),
                }
            }
            at_stage.sort_by_key(|(stage, _)| *stage);
            // Parts known from the start are gathered with the first that is not.
            let known = match at_stage.first() {
                Some((0, _)) => at_stage.remove(0).1,
                _ => Vec::new(),
            };
            let known = match (known.as_slice(), node) {
                // The cells of an input depend on each of the other parts of its sum.
                ([] | [_], _) | (_, Node::SumOfInputs(_)) => known,
                _ => {
                    together.push((id, known));
                    vec![NodeId::from_index(*count + together.len() - 1)]
                }
            };
            for (index, (part_stage, mut parts)) in at_stage.into_iter().enumerate() {
                let first = index == 0;
                if first {
                    parts.extend(known.iter().copied());
                }
                let node = id;
                add(part_stage, Step::Gather { node, parts, first });
            }
            remember(id, stage);
        }
        read_until
    }

    /// Decides what must be remembered after each stage.
    fn plan_memory(
        &mut self,
        nodes: &Arena<NodeId, Node>,
        stage_of: &[usize],
        read_until: &[usize],
    ) {
        for (id, node) in nodes.iter() {
            let stage = at(stage_of, id);
            if stage == 0 || !contains(&self.needed, id) {
                continue;
            }
            let from = match gathers(node) {
                true => {
                    let stages = node.parts().into_iter().map(|part| at(stage_of, part));
                    stages.filter(|stage| *stage > 0).min().unwrap_or(stage)
                }
                false => stage,
            };
            for stage in from..at(read_until, id) {
                if let Some(stage) = stage.checked_sub(1).and_then(|at| self.stages.get_mut(at)) {
                    stage.live.push(id);
                }
            }
        }
        if let Some(last) = self.stages.last_mut() {
            last.live.clone_from(&self.roots);
        }
    }

    /// Tells what follows from the inputs of a stage alone from what must be worked out for each state before it.
    fn plan_choices(&mut self, nodes: &Arena<NodeId, Node>) {
        let mut before = vec![false; nodes.len()];
        for stage in &mut self.stages {
            let Stage {
                taken,
                alone,
                given,
                steps,
                live,
                ..
            } = stage;
            let mut own = vec![false; nodes.len()];
            let mark = |marks: &mut [bool], id: NodeId| {
                if let Some(slot) = marks.get_mut(id.index()) {
                    *slot = true;
                }
            };
            taken.iter().for_each(|id| mark(&mut own, *id));
            let mut later = Vec::new();
            for step in std::mem::take(steps) {
                let mut is_alone = true;
                step.reads(nodes, |id| is_alone &= !contains(&before, id));
                if is_alone {
                    mark(&mut own, step.node());
                    alone.push(step);
                } else {
                    mark(&mut before, step.node());
                    later.push(step);
                }
            }
            let mut read = vec![false; nodes.len()];
            for step in &later {
                step.reads(nodes, |id| mark(&mut read, id));
            }
            live.iter().for_each(|id| mark(&mut read, *id));
            let is_given = |id: &NodeId| contains(&own, *id) && contains(&read, *id);
            *given = nodes.ids().filter(is_given).collect();
            *steps = later;
            // To the stages after it, all of this was before.
            for (before, own) in before.iter_mut().zip(&own) {
                *before |= own;
            }
        }
    }
}

/// Returns the stage at which each node becomes known.
fn stages(nodes: &Arena<NodeId, Node>, needed: &[bool], taken: &[Vec<NodeId>]) -> Vec<usize> {
    let stage_of: HashMap<NodeId, usize> = taken
        .iter()
        .zip(1..)
        .flat_map(|(nodes, stage)| nodes.iter().map(move |node| (*node, stage)))
        .collect();
    let mut stages = vec![0_usize; nodes.len()];
    for (id, node) in nodes.iter().filter(|(id, _)| contains(needed, *id)) {
        let stage = match node {
            Node::Input(_) => stage_of.get(&id).copied().unwrap_or(0),
            _ => {
                let parts = node.parts().into_iter().map(|part| at(&stages, part));
                parts.max().unwrap_or(0)
            }
        };
        if let Some(slot) = stages.get_mut(id.index()) {
            *slot = stage;
        }
    }
    stages
}

/// Returns which nodes the roots read, by their index.
pub(crate) fn needed(nodes: &Arena<NodeId, Node>, roots: &[NodeId]) -> Vec<bool> {
    reads(nodes, roots, None)
}

/// Returns which nodes a root reads otherwise than through one of them, by their index.
pub(crate) fn needed_without(
    nodes: &Arena<NodeId, Node>,
    root: NodeId,
    without: NodeId,
) -> Vec<bool> {
    reads(nodes, &[root], Some(without))
}

fn reads(nodes: &Arena<NodeId, Node>, roots: &[NodeId], without: Option<NodeId>) -> Vec<bool> {
    let mut read = vec![false; nodes.len()];
    let mut open = roots.to_vec();
    while let Some(id) = open.pop() {
        if let Some(slot) = read.get_mut(id.index())
            && !*slot
            && without != Some(id)
        {
            *slot = true;
            open.extend(nodes[id].parts());
        }
    }
    read
}
