//! The searches that one set of unknown inputs needs, compiled once for all profiles that lack the same.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use smallvec::SmallVec;

use crate::arena::{Id, InputId, NodeId};
use crate::date::Date;
use crate::model::{Model, Slot};
use crate::plan::budget::OverBudget;
use crate::plan::cells::Readers;
use crate::plan::evaluate::at;
#[cfg(feature = "bulk")]
use crate::plan::evaluate::set;
use crate::plan::reach::{Search, Values, with_none};
use crate::plan::schedule::Schedule;
use crate::plan::{Node, Plan};

/// The most patterns that are kept.
const MOST_PATTERNS: usize = 4096;

/// Which inputs are unknown at one date, and the searches for what is possible then.
#[derive(Debug)]
pub(crate) struct Pattern {
    unknown: Vec<bool>,
    as_at: Date,
    /// Whether an unknown input matters to each node.
    depends: Vec<bool>,
    /// The questions about results, and then those about which overrides apply.
    questions: Vec<Question>,
    /// How many are about results.
    about_results: usize,
    /// The questions about other nodes, which explanations ask, once they were asked.
    others: RwLock<HashMap<NodeId, Arc<Question>>>,
    /// The question that answers for each result, and its place among the roots of that question.
    of: HashMap<NodeId, (usize, usize)>,
}

/// Results that are searched for together, since what one of them needs is all that the others need.
#[derive(Debug)]
struct Question {
    schedule: Schedule,
    /// The values to try at each stage, where they do not depend on inputs that are known.
    draws: Vec<Draw>,
}

/// The values to try of an unknown input.
#[derive(Debug)]
enum Draw {
    Fixed(Vec<i64>),
    /// They depend on the values of other inputs: a length of time on its other end, and a sum on its other parts.
    OnKnown(InputId, NodeId),
    TooMany,
}

/// The patterns of a matrix that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    known: RwLock<HashMap<Box<[u64]>, Arc<Pattern>>>,
}

impl Patterns {
    /// Returns the pattern of a profile with these values.
    pub(crate) fn of(
        &self,
        plan: &Plan,
        model: &Model,
        slots: &[Slot],
        as_at: Date,
    ) -> Arc<Pattern> {
        let mut key: SmallVec<[u64; 8]> = SmallVec::new();
        key.push(as_at.days().cast_unsigned());
        for slots in slots.chunks(64) {
            let bits = slots.iter().rev();
            key.push(bits.fold(0, |bits, slot| {
                bits << 1 | u64::from(*slot == Slot::Unknown)
            }));
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(pattern) = known.get(key.as_slice()) {
            return pattern.clone();
        }
        drop(known);
        let pattern = Arc::new(Pattern::new(plan, model, slots, as_at));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_PATTERNS {
            known.clear();
        }
        known.insert(key.as_slice().into(), pattern.clone());
        pattern
    }
}

impl Pattern {
    fn new(plan: &Plan, model: &Model, slots: &[Slot], as_at: Date) -> Self {
        let unknown: Vec<bool> = slots.iter().map(|slot| *slot == Slot::Unknown).collect();
        let is_unknown = |input: InputId| unknown.get(input.index()) == Some(&true);
        let mut depends = Vec::with_capacity(plan.nodes.len());
        for node in plan.nodes.items() {
            let own = match node {
                Node::Input(input) => is_unknown(*input),
                _ => node.parts().iter().any(|part| at(&depends, *part)),
            };
            depends.push(own);
        }
        let mut pattern = Self {
            as_at,
            questions: Vec::new(),
            about_results: 0,
            others: RwLock::default(),
            of: HashMap::new(),
            depends,
            unknown,
        };
        let guard = pattern.guard(plan);
        pattern.ask_about(plan, model, plan.results());
        pattern.about_results = pattern.questions.len();
        pattern.ask_about(
            plan,
            model,
            plan.overrides.iter().map(|nodes| nodes.applies),
        );
        if let Some(guard) = guard {
            // Any question tells whether the values are admissible at all.
            let asked = pattern
                .questions
                .first()
                .map(|question| &question.schedule.roots);
            if let Some(place) =
                asked.and_then(|roots| roots.iter().position(|root| *root == guard))
            {
                pattern.of.insert(guard, (0, place));
            }
        }
        pattern
    }

    /// Adds the questions about some nodes. Those that need the same are asked about together.
    fn ask_about(&mut self, plan: &Plan, model: &Model, nodes: impl Iterator<Item = NodeId>) {
        let guard = self.guard(plan);
        let mut schedules: Vec<(Vec<InputId>, Schedule)> = Vec::new();
        for root in nodes {
            let is_asked = self.of.contains_key(&root)
                || schedules.iter().any(|(_, own)| own.roots.contains(&root));
            if is_asked || !self.depends(root) {
                continue;
            }
            let (roots, drawn) = self.asked(plan, root);
            let mut inputs: Vec<InputId> = drawn.iter().map(|(input, _)| *input).collect();
            inputs.sort_unstable();
            let like = schedules.iter_mut().filter(|(own, _)| *own == inputs);
            if !like.into_iter().any(|(_, own)| joined(plan, own, root)) {
                schedules.push((inputs, scheduled(plan, &roots, &drawn)));
            }
        }
        for (_, schedule) in schedules {
            let places = schedule.roots.iter().enumerate();
            for (place, root) in places.filter(|(_, root)| guard != Some(**root)) {
                self.of.insert(*root, (self.questions.len(), place));
            }
            let question = self.drawn(plan, model, schedule);
            self.questions.push(question);
        }
    }

    /// Returns the roots of a search for one node, and the inputs that it takes.
    fn asked(&self, plan: &Plan, node: NodeId) -> (Vec<NodeId>, Vec<(InputId, NodeId)>) {
        let guard = self.guard(plan).filter(|guard| *guard != node);
        let roots: Vec<NodeId> = [node].into_iter().chain(guard).collect();
        let drawn = plan.drawn(&roots, |input| self.is_unknown(input));
        (roots, drawn)
    }

    /// Returns a question with the values to try at each stage.
    fn drawn(&self, plan: &Plan, model: &Model, schedule: Schedule) -> Question {
        let draws = schedule.stages.iter().flat_map(|stage| &stage.taken);
        let draws = draws.map(|node| self.draw(plan, model, &schedule, *node));
        let draws = draws.collect();
        Question { schedule, draws }
    }

    /// Finds the values that one node can take, where the nodes that nothing unknown matters to have these values.
    pub(crate) fn answer_alone(
        &self,
        (plan, model): (&Plan, &Model),
        node: NodeId,
        mut known: Vec<i64>,
        budget: &mut u64,
    ) -> Result<Values, OverBudget> {
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        let asked = others.get(&node).cloned();
        drop(others);
        let question = asked.unwrap_or_else(|| {
            let (roots, drawn) = self.asked(plan, node);
            let schedule = scheduled(plan, &roots, &drawn);
            let question = Arc::new(self.drawn(plan, model, schedule));
            let mut others = self.others.write().unwrap_or_else(PoisonError::into_inner);
            others.insert(node, question.clone());
            question
        });
        question.schedule.gather_known(&plan.nodes, &mut known);
        let found = self.search((plan, model), &question, known, budget)?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    fn is_unknown(&self, input: InputId) -> bool {
        self.unknown.get(input.index()) == Some(&true)
    }

    /// Returns the node that says whether values are admissible, if an unknown input matters to it.
    pub(crate) fn guard(&self, plan: &Plan) -> Option<NodeId> {
        Some(plan.admissible).filter(|guard| self.depends(*guard))
    }

    /// Returns whether an unknown input matters to the node's formula. It does not necessarily matter to the node's value.
    pub(crate) fn depends(&self, node: NodeId) -> bool {
        at(&self.depends, node)
    }

    /// Returns the number of questions about results, or of all questions, which are those and then those about which overrides apply.
    pub(crate) fn questions(&self, with_overrides: bool) -> usize {
        if with_overrides {
            self.questions.len()
        } else {
            self.about_results
        }
    }

    /// Returns the question that answers for a result, and the place of the result among its roots.
    pub(crate) fn question(&self, node: NodeId) -> Option<(usize, usize)> {
        self.of.get(&node).copied()
    }

    /// Returns whether a question answers for one result alone.
    pub(crate) fn is_single(&self, question: usize) -> bool {
        let of_question = self.of.values().filter(|(own, _)| *own == question);
        of_question.count() <= 1
    }

    /// Finds the values that each root of a question can take, where the nodes that nothing unknown matters to have these values.
    pub(crate) fn answer(
        &self,
        (plan, model): (&Plan, &Model),
        question: usize,
        mut known: Vec<i64>,
        budget: &mut u64,
    ) -> Result<Vec<Values>, OverBudget> {
        let Some(question) = self.questions.get(question) else {
            return Err(OverBudget);
        };
        question.schedule.gather_known(&plan.nodes, &mut known);
        self.search((plan, model), question, known, budget)
    }

    fn search(
        &self,
        (plan, model): (&Plan, &Model),
        Question { schedule, draws }: &Question,
        known: Vec<i64>,
        budget: &mut u64,
    ) -> Result<Vec<Values>, OverBudget> {
        let draws = draws.iter().map(|draw| match draw {
            Draw::Fixed(values) => Ok(Cow::Borrowed(values.as_slice())),
            Draw::OnKnown(input, node) => Ok(Cow::Owned(self.cells(
                plan,
                model,
                schedule,
                (*input, *node),
                &known,
            )?)),
            Draw::TooMany => Err(OverBudget),
        });
        let draws = draws.collect::<Result<_, _>>()?;
        let search = Search::scheduled(&plan.nodes, self.as_at, schedule, draws, known);
        search.run_each(self.guard(plan), budget)
    }

    /// Returns the numbers that a question can see of what is known. Their ids are those of nodes, or of parts that count together.
    #[cfg(feature = "bulk")]
    pub(crate) fn seen(&self, plan: &Plan, question: usize) -> Vec<NodeId> {
        let question = self.questions.get(question);
        question.map_or_else(Vec::new, |question| question.schedule.seen(&plan.nodes))
    }

    /// Returns the node of which some parts count together as a number that a question can see, and these parts.
    #[cfg(feature = "bulk")]
    pub(crate) fn together(&self, question: usize, seen: NodeId) -> Option<(NodeId, &[NodeId])> {
        self.questions.get(question)?.schedule.parts_together(seen)
    }

    /// Finds the values that each root of a question can take, where the numbers that it can see are these.
    #[cfg(feature = "bulk")]
    pub(crate) fn answer_to(
        &self,
        (plan, model): (&Plan, &Model),
        question: usize,
        seen: impl Iterator<Item = (NodeId, i64)>,
        budget: &mut u64,
    ) -> Result<Vec<Values>, OverBudget> {
        let Some(question) = self.questions.get(question) else {
            return Err(OverBudget);
        };
        let constant = |node: &Node| match node {
            Node::Constant(value) => *value,
            _ => 0,
        };
        let mut known: Vec<i64> = plan.nodes.items().iter().map(constant).collect();
        known.resize(question.schedule.width(), 0);
        seen.for_each(|(id, value)| set(&mut known, id, value));
        self.search((plan, model), question, known, budget)
    }

    /// Returns the values to try of the unknown input at a node.
    fn draw(&self, plan: &Plan, model: &Model, schedule: &Schedule, node: NodeId) -> Draw {
        let Node::Input(input) = plan.nodes[node] else {
            return Draw::TooMany;
        };
        let is_known = |other: &NodeId| !self.depends(*other);
        let meets_known = |other: &Node| match other {
            Node::SumOfInputs(parts) => parts.contains(&node) && parts.iter().any(is_known),
            Node::Between { from, to, .. } => {
                let mut ends = from.iter().chain(to);
                ends.clone().any(|end| *end == node) && ends.any(is_known)
            }
            _ => false,
        };
        let mut needed = plan
            .nodes
            .iter()
            .zip(&schedule.needed)
            .filter(|(_, needed)| **needed);
        if needed.any(|((_, other), _)| meets_known(other)) {
            return Draw::OnKnown(input, node);
        }
        match self.cells(plan, model, schedule, (input, node), &[]) {
            Ok(values) => Draw::Fixed(values),
            Err(OverBudget) => Draw::TooMany,
        }
    }

    /// Returns a value from each cell of an unknown input.
    fn cells(
        &self,
        plan: &Plan,
        model: &Model,
        schedule: &Schedule,
        (input, node): (InputId, NodeId),
        known: &[i64],
    ) -> Result<Vec<i64>, OverBudget> {
        let moves = |other: NodeId| match plan.nodes[other] {
            Node::Input(other) if self.is_unknown(other) => {
                Some(model.inputs[other].domain.bounds())
            }
            _ => None,
        };
        let readers = Readers {
            nodes: &plan.nodes,
            as_at: self.as_at,
            needed: &schedule.needed,
            known,
            moves: &moves,
        };
        let values = readers.cells(&model.inputs[input].domain, node)?.values()?;
        Ok(with_none(model, input, values))
    }
}

/// Returns what a search for some roots does that takes these inputs, one at each stage.
fn scheduled(plan: &Plan, roots: &[NodeId], drawn: &[(InputId, NodeId)]) -> Schedule {
    let taken: Vec<_> = drawn.iter().map(|(_, node)| vec![*node]).collect();
    Schedule::new(&plan.nodes, roots, &taken)
}

/// Adds a root to a schedule that takes the same inputs, if no more need be remembered than for one of the two alone. Returns whether it was added.
fn joined(plan: &Plan, schedule: &mut Schedule, root: NodeId) -> bool {
    let taken: Vec<_> = schedule
        .stages
        .iter()
        .map(|stage| stage.taken.clone())
        .collect();
    let roots: Vec<NodeId> = [root]
        .into_iter()
        .chain(schedule.roots.iter().copied())
        .collect();
    let both = Schedule::new(&plan.nodes, &roots, &taken);
    let between = taken.len().saturating_sub(1);
    let mut stages = both.stages.iter().zip(&schedule.stages).take(between);
    let is_no_more = stages.all(|(both, own)| both.live.len() <= own.live.len());
    if is_no_more {
        *schedule = both;
    }
    is_no_more
}

impl Plan {
    /// Returns the nodes of everything that an outcome has.
    pub(crate) fn results(&self) -> impl Iterator<Item = NodeId> {
        let dimensions = self.dimensions.iter().flat_map(|nodes| {
            let maybe = [nodes.level, nodes.scaled].into_iter().flatten();
            [nodes.score, nodes.replaced].into_iter().chain(maybe)
        });
        let replaced = self.criteria_replaced.iter().chain(&self.groups_replaced);
        let points = self.criteria.iter().chain(&self.groups).copied();
        dimensions
            .chain(self.result)
            .chain(self.flags.iter().copied())
            .chain(self.decisions.iter().copied())
            .chain(replaced.copied().flatten())
            .chain(points)
    }
}
