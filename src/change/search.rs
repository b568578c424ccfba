//! Searches the cells for every smallest set of changes that gives another result.
//!
//! Smaller sets are tried first and, within a size, nearer values before farther ones. So whatever is less than a set was tried before it, and a
//! set is kept only if it does not contain a set that was kept. After a change, only the nodes that depend on it are worked out again.

use std::collections::{BTreeSet, HashMap};

use smallvec::SmallVec;

use crate::arena::{Id, NodeId};
use crate::change::candidate::{Candidate, Choice};
use crate::model::{Model, Slot};
use crate::plan::budget::OverBudget;
use crate::plan::cells::Readers;
use crate::plan::evaluate::{at, set, value_of};
use crate::plan::{ABSENT, Node, Plan};
use crate::prove::axis::{Axis, OPEN};
use crate::score::answers::Answers;
use crate::score::prepare::Case;

/// The most inputs that are changed together.
pub(super) const MOST_TOGETHER: usize = 3;

/// A smallest set of changes: the candidates and their choices, and what results.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) size: usize,
    pub(super) axis: usize,
    pub(super) result: i64,
    /// The candidates and their choices.
    pub(super) changes: SmallVec<[(usize, usize); MOST_TOGETHER]>,
    /// How far each change can go on while the set still gives the result, with the other changes unchanged.
    pub(super) until: SmallVec<[i64; MOST_TOGETHER]>,
}

pub(super) struct Search<'a> {
    plan: &'a Plan,
    model: &'a Model,
    case: &'a Case,
    axes: &'a [Axis],
    pub(super) candidates: Vec<Candidate>,
    /// The nodes that depend on each candidate, in order.
    affected: Vec<Vec<NodeId>>,
    /// The values of the nodes as the changes leave them. They do not mean anything where inputs are unknown.
    values: Vec<i64>,
    slots: Vec<Slot>,
    budget: u64,
    kept: HashMap<[usize; MOST_TOGETHER], Vec<Found>>,
    chosen: SmallVec<[(usize, usize); MOST_TOGETHER]>,
    pub(super) is_complete: bool,
}

impl<'a> Search<'a> {
    pub(super) fn new(case: &'a Case, axes: &'a [Axis], answers: &Answers, budget: u64) -> Self {
        let (plan, model) = (case.matrix.plan(), case.matrix.model());
        let mut search = Self {
            plan,
            model,
            case,
            axes,
            candidates: Vec::new(),
            affected: Vec::new(),
            values: answers.values().to_vec(),
            slots: case.slots.clone(),
            budget,
            kept: HashMap::new(),
            chosen: SmallVec::new(),
            is_complete: true,
        };
        let roots: Vec<NodeId> = axes
            .iter()
            .map(|axis| axis.node)
            .chain([plan.admissible])
            .collect();
        let needed = plan.needed(&roots);
        let inputs: Vec<_> = model
            .inputs
            .iter()
            .filter(|(id, input)| {
                input.changeable && input.derived.is_none() && case.slot(*id) != Slot::Unknown
            })
            .filter_map(|(id, _)| {
                Some((
                    id,
                    plan.input(id)
                        .filter(|node| needed.get(node.index()) == Some(&true))?,
                ))
            })
            .collect();
        // What is unknown takes other values too.
        let moves = |node: NodeId| match &plan.nodes[node] {
            Node::Input(input)
                if case.slot(*input) == Slot::Unknown
                    || inputs.iter().any(|(own, _)| own == input) =>
            {
                Some(model.inputs[*input].domain.bounds())
            }
            _ => None,
        };
        let readers = Readers {
            nodes: &plan.nodes,
            as_at: case.as_at,
            needed: &needed,
            known: answers.values(),
            moves: &moves,
        };
        for (input, node) in &inputs {
            match Candidate::of(
                &readers,
                (*input, &model.inputs[*input]),
                *node,
                case.slot(*input),
            ) {
                Ok(candidate) => search.candidates.push(candidate),
                Err(OverBudget) => search.is_complete = false,
            }
        }
        search.affected = affected(plan, &needed, &search.candidates);
        search
    }

    /// Returns every smallest set of changes up to a number of changes, in order.
    pub(super) fn run(&mut self, most: usize) -> Vec<Found> {
        for size in 1..=most.min(MOST_TOGETHER).min(self.candidates.len()) {
            if self.try_sets(size, 0).is_err() {
                self.is_complete = false;
                break;
            }
        }
        let mut found: Vec<Found> = std::mem::take(&mut self.kept)
            .into_values()
            .flatten()
            .collect();
        found.sort_unstable();
        self.values.clear();
        found
    }

    /// Tries all sets of a size that extend what is chosen, by candidates from a position onwards.
    fn try_sets(&mut self, size: usize, from: usize) -> Result<(), OverBudget> {
        if self.chosen.len() == size {
            return self.judge();
        }
        for candidate in from..self.candidates.len() {
            let choices = self
                .candidates
                .get(candidate)
                .map_or(0, |candidate| candidate.choices.len());
            for choice in 0..choices {
                self.change(candidate, self.choice(candidate, choice).value)?;
                self.chosen.push((candidate, choice));
                let tried = self.try_sets(size, candidate + 1);
                self.chosen.pop();
                tried?;
            }
            self.restore(candidate)?;
        }
        Ok(())
    }

    fn choice(&self, candidate: usize, choice: usize) -> Choice {
        self.candidates
            .get(candidate)
            .map_or(Choice::only(ABSENT), |own| own.at(choice))
    }

    fn restore(&mut self, candidate: usize) -> Result<(), OverBudget> {
        let now = self
            .candidates
            .get(candidate)
            .map_or(ABSENT, |candidate| candidate.now);
        self.change(candidate, now)
    }

    /// Gives a candidate a value, and works out again what depends on it.
    fn change(&mut self, candidate: usize, value: i64) -> Result<(), OverBudget> {
        let (Some(own), Some(affected)) =
            (self.candidates.get(candidate), self.affected.get(candidate))
        else {
            return Ok(());
        };
        self.budget = self
            .budget
            .checked_sub(affected.len() as u64 + 1)
            .ok_or(OverBudget)?;
        if let Some(slot) = self.slots.get_mut(own.input.index()) {
            *slot = if value == ABSENT {
                Slot::Absent
            } else {
                Slot::Value(value)
            };
        }
        set(&mut self.values, own.node, value);
        if !self.case.has_unknown {
            for id in affected {
                let value = value_of(&self.plan.nodes[*id], &self.values, self.case.as_at);
                set(&mut self.values, *id, value);
            }
        }
        Ok(())
    }

    /// Returns the result of each axis as the changes leave it, or `None` if the values contradict each other.
    fn results(&mut self) -> Result<Option<SmallVec<[i64; 4]>>, OverBudget> {
        if !self.case.has_unknown {
            let is_admissible = at(&self.values, self.plan.admissible) == 1;
            return Ok(is_admissible.then(|| {
                self.axes
                    .iter()
                    .map(|axis| at(&self.values, axis.node))
                    .collect()
            }));
        }
        let mut results = SmallVec::new();
        // One for each combination of what is counted of events, if it is open.
        let together = self.case.counts.together.iter();
        let mut all: Vec<Vec<Slot>> = together
            .map(|together| {
                let mut slots = self.slots.clone();
                for (id, slot) in together {
                    if let Some(own) = slots.get_mut(id.index()) {
                        *own = *slot;
                    }
                }
                slots
            })
            .collect();
        if all.is_empty() {
            all.push(self.slots.clone());
        }
        for axis in self.axes {
            let mut possible = BTreeSet::new();
            for slots in &all {
                let budget = &mut self.budget;
                let (model, as_at) = (self.model, self.case.as_at);
                possible.extend(self.plan.reach(model, slots, as_at, &[axis.node], budget)?);
            }
            let mut possible = possible.iter().filter_map(|values| values.first().copied());
            match (possible.next(), possible.next()) {
                (None, _) => return Ok(None),
                (Some(only), None) => results.push(only),
                _ => results.push(OPEN),
            }
        }
        Ok(Some(results))
    }

    /// Keeps what is chosen for each result that it gives, unless something smaller gives the same.
    fn judge(&mut self) -> Result<(), OverBudget> {
        let Some(results) = self.results()? else {
            return Ok(());
        };
        for (axis, result) in results.into_iter().enumerate() {
            let now = self.axes.get(axis).map_or(OPEN, |axis| axis.now);
            if result == OPEN || result == now || self.is_more_than_needed(axis, result) {
                continue;
            }
            let found = Found {
                size: self.chosen.len(),
                axis,
                result,
                changes: self.chosen.clone(),
                until: SmallVec::new(),
            };
            self.kept.entry(key(&self.chosen)).or_default().push(found);
        }
        Ok(())
    }

    /// Returns whether this set is more than needed: a set that was kept for the same result changes only inputs that this one changes, and none of
    /// them further.
    fn is_more_than_needed(&self, axis: usize, result: i64) -> bool {
        (1..1_usize << self.chosen.len()).any(|subset| {
            let part: SmallVec<[(usize, usize); MOST_TOGETHER]> = self
                .chosen
                .iter()
                .enumerate()
                .filter(|(index, _)| subset >> index & 1 == 1)
                .map(|(_, change)| *change)
                .collect();
            let kept = self
                .kept
                .get(&key(&part))
                .map(Vec::as_slice)
                .unwrap_or_default();
            kept.iter().any(|kept| {
                let mut changes = kept.changes.iter().zip(&part);
                kept.axis == axis
                    && kept.result == result
                    && changes.all(|((candidate, nearer), (_, own))| {
                        self.is_within(*candidate, *nearer, *own)
                    })
            })
        })
    }

    fn is_within(&self, candidate: usize, nearer: usize, choice: usize) -> bool {
        self.candidates.get(candidate).is_some_and(|own| {
            let domain = &self.model.inputs[own.input].domain;
            own.is_within(domain, own.at(nearer).value, own.at(choice).value)
        })
    }
}

impl Search<'_> {
    /// Finds how far each change of a set can go on while the set still gives the result, with the other changes unchanged.
    pub(super) fn extend(&mut self, answers: &Answers, found: &mut [Found]) {
        for found in found {
            self.values = answers.values().to_vec();
            self.slots.clone_from(&self.case.slots);
            found.until = found
                .changes
                .iter()
                .map(|(candidate, choice)| self.choice(*candidate, *choice).far)
                .collect();
            if self.extend_one(found).is_err() {
                self.is_complete = false;
            }
        }
    }

    fn extend_one(&mut self, found: &mut Found) -> Result<(), OverBudget> {
        for (candidate, choice) in &found.changes {
            self.change(*candidate, self.choice(*candidate, *choice).value)?;
        }
        for ((candidate, choice), until) in found.changes.iter().zip(&mut found.until) {
            let start = self.choice(*candidate, *choice);
            let mut next = start.next;
            while let Some(further) = next.map(|next| self.choice(*candidate, next)) {
                self.change(*candidate, further.value)?;
                if self
                    .results()?
                    .and_then(|results| results.get(found.axis).copied())
                    != Some(found.result)
                {
                    break;
                }
                *until = further.far;
                next = further.next;
            }
            self.change(*candidate, start.value)?;
        }
        Ok(())
    }
}

/// Returns the nodes that depend on each candidate, in order.
fn affected(plan: &Plan, needed: &[bool], candidates: &[Candidate]) -> Vec<Vec<NodeId>> {
    // A bit for each candidate: there are at most as many as inputs.
    let mut depends: Vec<[u64; 4]> = vec![[0; 4]; plan.nodes.len()];
    let mut affected = vec![Vec::new(); candidates.len()];
    for (id, node) in plan
        .nodes
        .iter()
        .filter(|(id, _)| needed.get(id.index()) == Some(&true))
    {
        let mut own = [0_u64; 4];
        if let Some(index) = candidates.iter().position(|candidate| candidate.node == id) {
            if let Some(word) = own.get_mut(index / 64) {
                *word |= 1 << (index % 64);
            }
        } else {
            for part in node.parts() {
                let of_part = depends.get(part.index()).copied().unwrap_or_default();
                own.iter_mut()
                    .zip(of_part)
                    .for_each(|(own, part)| *own |= part);
            }
            for (index, affected) in affected.iter_mut().enumerate() {
                if own
                    .get(index / 64)
                    .is_some_and(|word| word >> (index % 64) & 1 == 1)
                {
                    affected.push(id);
                }
            }
        }
        if let Some(slot) = depends.get_mut(id.index()) {
            *slot = own;
        }
    }
    affected
}

fn key(changes: &[(usize, usize)]) -> [usize; MOST_TOGETHER] {
    let mut key = [usize::MAX; MOST_TOGETHER];
    key.iter_mut()
        .zip(changes)
        .for_each(|(key, (candidate, _))| *key = *candidate);
    key
}
