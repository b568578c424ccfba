//! Finds what each answer to an open question would give.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use crate::arena::{Id, InputId, NodeId};
use crate::model::{Domain, Input, Slot};
use crate::plan::Node;
use crate::plan::budget::OverBudget;
use crate::plan::cells::{Cells, Readers};
use crate::profile::Value;
use crate::prove::axis::Axis;
use crate::score::answers::Answers;
use crate::score::prepare::Case;

/// The most work to tell which unknown inputs matter, as [`BUDGET`](crate::plan::budget::BUDGET).
const MATTERING: u64 = 2_000_000;

/// An unknown input, with what each answer would give while the other unknown inputs stay unknown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UnknownInput {
    /// The name of the input.
    pub input: String,
    /// The label of the input for readers.
    pub title: String,
    /// Whether some answer alone would leave fewer results possible than now. Two questions may matter only together, and then neither of them narrows.
    pub narrows: bool,
    /// Whether the result depends on the input. Once all the inputs that matter are recorded, the result is settled, whatever the others are. It is
    /// false only where that is certain.
    pub matters: bool,
    /// The answers, in the order of the input's values. Answers that would contradict the profile are left out.
    pub answers: Vec<Answer>,
}

/// One answer, and what it would leave possible.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Answer {
    /// The smallest value of the answer. In a set, members that no rule tells apart stand for each other, so only their number matters.
    pub from: Value,
    /// The largest value of the answer. It is the same as `from` for values without an order.
    pub to: Value,
    /// The results that would then be possible.
    pub gives: Vec<Possible>,
}

/// What is possible of one result.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Possible {
    /// The dimension whose level it is, or `None` if it is the tier or status.
    pub dimension: Option<String>,
    /// The possible levels, or tiers and statuses, from the most to the least intensive.
    pub results: Vec<String>,
}

/// A run of cells and the positions that they leave possible on each axis.
struct Run {
    from: i64,
    to: i64,
    gives: Vec<BTreeSet<i64>>,
}

impl Case {
    /// Returns the unknown inputs on which the result depends, in the order of the matrix. Once they are recorded, the result is settled, whatever the
    /// others are. The result is the tier or status or, in a matrix without a decision, the levels. An input is left out only where that is certain.
    ///
    /// ```
    /// use threshold_matrix::{Matrix, Profile};
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let case = matrix.prepare(&Profile::from_json(r#"{ "arrests": 12 }"#)?, "2026-11-21".parse()?)?;
    /// assert_eq!(case.unknown().collect::<Vec<_>>(), ["rosh"]);
    /// assert!(case.deciding().is_empty());                        // with twelve arrests the tier is high, whatever the risk
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn deciding(&self) -> Vec<&str> {
        let inputs = self.matrix.model().inputs.iter();
        let open =
            inputs.filter(|(id, input)| input.derived.is_none() && self.slot(*id) == Slot::Unknown);
        let open: Vec<_> = open.collect();
        let ids: Vec<InputId> = open.iter().map(|(id, _)| *id).collect();
        let answers = Answers::of(self.clone(), 0);
        let mattering = mattering(&answers, &Axis::all(&self.matrix), &ids);
        let deciding = open
            .into_iter()
            .zip(mattering)
            .filter(|(_, matters)| *matters);
        let mut names: Vec<&str> = Vec::new();
        for ((_, input), _) in deciding {
            let lists = &self.matrix.model().events;
            let list = input.counted.as_ref().map(|count| count.list);
            let heading = match list.filter(|list| self.is_open(*list)) {
                Some(list) => &lists[list].heading,
                None => &input.heading,
            };
            if !names.contains(&heading.name.as_str()) {
                names.push(&heading.name);
            }
        }
        names
    }
}

impl Case {
    /// Returns whether somebody can be asked for an input, rather than for what it is worked out from.
    fn is_asked(&self, input: &Input) -> bool {
        let counted = input.counted.as_ref();
        input.derived.is_none() && !counted.is_some_and(|count| self.is_open(count.list))
    }

    fn is_any_list_open(&self) -> bool {
        let mut lists = self.matrix.model().events.ids();
        lists.any(|list| self.is_open(list))
    }
}

/// Returns the unknown inputs in the order of the matrix, and whether none of them had to be left out.
pub(super) fn unknown(
    case: &Case,
    axes: &[Axis],
    answers: &Answers,
    budget: &mut u64,
) -> (Vec<UnknownInput>, bool) {
    let model = case.matrix.model();
    let open = model
        .inputs
        .iter()
        .filter(|(id, input)| case.is_asked(input) && case.slot(*id) == Slot::Unknown);
    let open: Vec<_> = open.collect();
    if case.is_any_list_open() {
        // What each answer gives depends on the events as well, of which no single value is asked.
        return (Vec::new(), false);
    }
    let mattering = mattering(
        answers,
        axes,
        &open.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
    );
    let mut is_complete = true;
    let mut unknown = Vec::new();
    for ((id, input), matters) in open.into_iter().zip(mattering) {
        let Ok(runs) = runs(case, axes, answers, id, budget) else {
            is_complete = false;
            continue;
        };
        unknown.push(UnknownInput {
            input: input.heading.name.clone(),
            title: input.heading.spoken().to_owned(),
            narrows: runs
                .windows(2)
                .any(|pair| matches!(pair, [one, other] if one.gives != other.gives)),
            matters,
            answers: runs
                .iter()
                .map(|run| answer(case, axes, &input.domain, run))
                .collect(),
        });
    }
    (unknown, is_complete)
}

/// Returns on which of the unknown inputs the results depend. Where finding that out takes too much work, an input is taken to matter if a rule
/// reads it whose value can make a difference.
fn mattering(answers: &Answers, axes: &[Axis], inputs: &[InputId]) -> Vec<bool> {
    let case = &answers.case;
    let (plan, model) = (case.matrix.plan(), case.matrix.model());
    let scores = plan
        .dimensions
        .iter()
        .filter(|nodes| plan.result.is_none() && nodes.level.is_none())
        .map(|nodes| nodes.scored);
    let results: Vec<NodeId> = axes.iter().map(|axis| axis.node).chain(scores).collect();
    let live = answers.live(&[results.as_slice(), &[plan.admissible]].concat());
    let read: Vec<Option<NodeId>> = inputs
        .iter()
        .map(|input| {
            plan.input(*input)
                .filter(|node| live.get(node.index()) == Some(&true))
        })
        .collect();
    let roots: Vec<NodeId> = results
        .iter()
        .copied()
        .chain(read.iter().copied().flatten())
        .collect();
    let mut kept = vec![true; roots.len() - results.len()];
    if let Ok(together) = plan.reach(model, &case.slots, case.as_at, &roots, &mut { MATTERING }) {
        for at in 0..kept.len() {
            kept.iter_mut()
                .skip(at)
                .take(1)
                .for_each(|kept| *kept = false);
            let is_enough = settles(&together, results.len(), &kept);
            kept.iter_mut()
                .skip(at)
                .take(1)
                .for_each(|kept| *kept = !is_enough);
        }
    }
    let mut kept = kept.into_iter();
    read.iter()
        .map(|node| node.is_some() && kept.next() == Some(true))
        .collect()
}

/// Returns whether the results follow from the values of the inputs that are kept. The values stand after the results.
fn settles(together: &BTreeSet<Vec<i64>>, results: usize, kept: &[bool]) -> bool {
    let mut gives: HashMap<Vec<i64>, &[i64]> = HashMap::new();
    together.iter().all(|values| {
        let (results, inputs) = values.split_at_checked(results).unwrap_or((values, &[]));
        let key = inputs
            .iter()
            .zip(kept)
            .filter(|(_, kept)| **kept)
            .map(|(value, _)| *value)
            .collect();
        *gives.entry(key).or_insert(results) == results
    })
}

fn answer(case: &Case, axes: &[Axis], domain: &Domain, run: &Run) -> Answer {
    let possible = |(axis, positions): (&Axis, &BTreeSet<i64>)| Possible {
        dimension: axis.dimension_name(&case.matrix),
        results: positions
            .iter()
            .filter_map(|position| axis.name(&case.matrix, *position))
            .map(str::to_owned)
            .collect(),
    };
    Answer {
        from: Value::of(domain, run.from),
        to: Value::of(domain, run.to),
        gives: axes.iter().zip(&run.gives).map(possible).collect(),
    }
}

/// Returns the cells of an unknown input. Neighbouring cells that leave the same results possible are joined.
fn runs(
    case: &Case,
    axes: &[Axis],
    answers: &Answers,
    input: InputId,
    budget: &mut u64,
) -> Result<Vec<Run>, OverBudget> {
    let (plan, model) = (case.matrix.plan(), case.matrix.model());
    let domain = &model.inputs[input].domain;
    let (least, most) = domain.bounds();
    let roots: Vec<NodeId> = axes
        .iter()
        .map(|axis| axis.node)
        .chain([plan.admissible])
        .collect();
    let needed = plan.needed(&roots);
    let read = plan
        .input(input)
        .filter(|node| needed.get(node.index()) == Some(&true));
    let moves = |node: NodeId| match &plan.nodes[node] {
        Node::Input(other) if case.slot(*other) == Slot::Unknown => {
            Some(model.inputs[*other].domain.bounds())
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
    let cells: Vec<(i64, i64)> = match (domain, read) {
        (Domain::Category { .. } | Domain::Boolean, _) => {
            (least..=most).map(|value| (value, value)).collect()
        }
        // Nothing reads it: every value is as good as another.
        (Domain::Set { .. }, None) => vec![(least, least)],
        (_, None) => vec![(least, most)],
        (_, Some(node)) => match readers.cells(domain, node)? {
            Cells::Pieces(firsts) => {
                let ends = firsts.iter().skip(1).map(|next| next - 1).chain([most]);
                firsts.iter().copied().zip(ends).collect()
            }
            classes @ Cells::Classes(_) => classes
                .values()?
                .into_iter()
                .map(|set| (set, set))
                .collect(),
        },
    };
    let has_order = matches!(
        domain,
        Domain::Number { .. } | Domain::Level { .. } | Domain::Date { .. }
    );
    let mut slots = case.slots.clone();
    let mut runs: Vec<Run> = Vec::new();
    for (from, to) in cells {
        if let Some(slot) = slots.get_mut(input.index()) {
            *slot = Slot::Value(from);
        }
        let mut gives = Vec::with_capacity(axes.len());
        for axis in axes {
            let possible = plan.reach(model, &slots, case.as_at, &[axis.node], budget)?;
            gives.push(
                possible
                    .iter()
                    .filter_map(|values| values.first().copied())
                    .collect::<BTreeSet<i64>>(),
            );
        }
        // Without anything that can move, whether the values go together is asked by itself.
        let is_impossible = if axes.is_empty() {
            plan.reach(model, &slots, case.as_at, &[], budget)?
                .is_empty()
        } else {
            gives.iter().any(BTreeSet::is_empty)
        };
        match runs.last_mut() {
            _ if is_impossible => {}
            Some(last) if has_order && last.to == from - 1 && last.gives == gives => last.to = to,
            _ => runs.push(Run { from, to, gives }),
        }
    }
    Ok(runs)
}
