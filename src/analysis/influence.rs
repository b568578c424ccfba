//! Finds how far one input alone moves the result, and whether more of it ever goes the wrong way, over all pairs of profiles that differ in it.

use crate::analysis::Proof;
use crate::arena::{Id, InputId, NodeId};
use crate::diagnostic::Place;
use crate::model::{Domain, MoreIs};
use crate::plan::budget::OverBudget;
use crate::plan::{ABSENT, Node};
use crate::profile::Profile;
use crate::prove::axis::Axis;
use crate::prove::prover::{Prover, profile};
use crate::prove::space::{Answer, Free, Space, Twins};

/// The influence of one input alone on the tier or, in a matrix without a decision, on a level.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Influence {
    /// The input.
    pub input: String,
    /// Where it is declared.
    pub place: Place,
    /// The dimension whose level is moved, or `None` if it is the tier.
    pub dimension: Option<String>,
    /// Whether the input is declared to be, or to stand for, a protected characteristic.
    pub is_protected: bool,
    /// Two profiles that differ in this input alone and whose results are as far apart as any.
    pub largest: Proof<Pair>,
    /// For an input that says which way more of it goes: two profiles that show more of it going the other way. `Never` is the proof that there are
    /// none.
    pub wrong_way: Option<Proof<Pair>>,
}

/// Two profiles that differ in one input, and their results.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Pair {
    /// The profile with less of the input, or without it where it may be absent.
    pub less: Profile,
    /// The profile with more of the input or, for values without an order, with another value.
    pub more: Profile,
    /// The tier, status or level of the profile with less.
    pub from: String,
    /// The tier, status or level of the profile with more.
    pub to: String,
    /// How many tiers or levels the two are apart. It is `None` if one of them is a status.
    pub steps: Option<u64>,
}

impl Influence {
    pub(super) fn is_open(&self) -> bool {
        self.largest == Proof::Open || self.wrong_way == Some(Proof::Open)
    }
}

pub(super) fn influences(prover: &mut Prover<'_>) -> Vec<Influence> {
    let matrix = prover.matrix;
    let mut influences = Vec::new();
    for (id, input) in matrix
        .model()
        .inputs
        .iter()
        .filter(|(_, input)| input.derived.is_none())
    {
        let Some(node) = matrix.plan().inputs.get(id.index()).copied() else {
            continue;
        };
        for axis in prover.axes.clone() {
            let twin = Twin::new(prover, id, node, &axis);
            let roots = [twin.roots.0, twin.roots.1, twin.ordered];
            let answer = if twin.roots.0 == twin.roots.1 {
                None
            } else {
                Some(prover.ask(&twin.space, &roots, Some(twin.twins)))
            };
            let pick = |better: &dyn Fn(&[i64]) -> Option<u64>| match &answer {
                None => Proof::Never,
                Some(Err(OverBudget)) => Proof::Open,
                Some(Ok(answer)) => twin.pick(prover, answer, &roots, better),
            };
            let ordered = axis.ordered(matrix);
            let apart = |values: &[i64]| match values {
                [one, other, _] if one != other => Some(if *one < ordered && *other < ordered {
                    one.abs_diff(*other)
                } else {
                    0
                }),
                _ => None,
            };
            let wrong = |direction: MoreIs| {
                move |values: &[i64]| match (values, direction) {
                    ([less, more, 1], MoreIs::Worse) if less < more && *more < ordered => {
                        Some(less.abs_diff(*more))
                    }
                    ([less, more, 1], MoreIs::Better) if more < less && *less < ordered => {
                        Some(less.abs_diff(*more))
                    }
                    _ => None,
                }
            };
            influences.push(Influence {
                input: input.heading.name.clone(),
                place: input.heading.place,
                dimension: axis.dimension_name(matrix),
                is_protected: input.protected,
                largest: pick(&apart),
                wrong_way: input
                    .more_is
                    .filter(|_| !matches!(input.domain, Domain::Set { .. }))
                    .map(|direction| pick(&wrong(direction))),
            });
        }
    }
    influences
}

/// The space of two profiles that differ in one input.
struct Twin<'a> {
    space: Space,
    axis: &'a Axis,
    twins: Twins,
    roots: (NodeId, NodeId),
    ordered: NodeId,
}

impl<'a> Twin<'a> {
    fn new(prover: &Prover<'_>, less: InputId, node: NodeId, axis: &'a Axis) -> Self {
        let mut space = Space::of(prover.matrix, prover.as_at);
        let count = space.nodes.len();
        let own = space.free.get(less.index()).cloned();
        let blank = Free {
            domain: Domain::Boolean,
            may_be_absent: false,
            plain: 0,
            listed: None,
        };
        let more = space.input(own.unwrap_or_else(|| blank.clone()));
        let ordered = space.input(blank);
        let (other, flag) = (
            space.node(Node::Input(more)),
            space.node(Node::Input(ordered)),
        );
        let map = space.replaced(count, node, other);
        let at = |node: NodeId| map.get(node.index()).copied().unwrap_or(node);
        space.guard(at(prover.matrix.plan().admissible));
        Self {
            space,
            axis,
            twins: Twins {
                less,
                more,
                ordered,
            },
            roots: (axis.node, at(axis.node)),
            ordered: flag,
        }
    }

    /// Returns the pair that is furthest by a measure, of those that have one.
    fn pick(
        &self,
        prover: &Prover<'_>,
        answer: &Answer,
        roots: &[NodeId],
        measure: &dyn Fn(&[i64]) -> Option<u64>,
    ) -> Proof<Pair> {
        let mut best = None;
        for arrival in answer.arrivals() {
            if let Some(size) = measure(arrival.values)
                && best.as_ref().is_none_or(|(most, _)| size > *most)
            {
                best = Some((size, arrival));
            }
        }
        let Some((_, arrival)) = best else {
            return Proof::Never;
        };
        self.pair(prover, roots, arrival.values, &answer.path(&arrival))
            .map_or(Proof::Open, Proof::Shown)
    }

    fn pair(
        &self,
        prover: &Prover<'_>,
        roots: &[NodeId],
        wanted: &[i64],
        path: &[(InputId, i64)],
    ) -> Option<Pair> {
        let Twins {
            less,
            more,
            ordered,
        } = self.twins;
        let mut inputs = self
            .space
            .plainest(roots, wanted, path, &[less, more, ordered])?;
        let of =
            |inputs: &[i64], input: InputId| inputs.get(input.index()).copied().unwrap_or(ABSENT);
        // As near to the cut-off between them as the values come.
        if of(&inputs, ordered) == 1 {
            let mut nearer = inputs.clone();
            if let Some(slot) = nearer.get_mut(less.index()) {
                *slot = of(&inputs, more) - 1;
            }
            if self.space.holds(roots, wanted, &nearer) {
                inputs = nearer;
            }
        }
        let mut other = inputs.clone();
        if let Some(slot) = other.get_mut(less.index()) {
            *slot = of(&inputs, more);
        }
        prover.scored(&inputs)?;
        prover.scored(&other)?;
        let name = |position: Option<&i64>| {
            position
                .and_then(|position| self.axis.name(prover.matrix, *position))
                .unwrap_or_default()
                .to_owned()
        };
        let ordered = self.axis.ordered(prover.matrix);
        let steps = match wanted {
            [one, other, ..] if *one < ordered && *other < ordered => Some(one.abs_diff(*other)),
            _ => None,
        };
        Some(Pair {
            less: profile(prover.matrix, &inputs),
            more: profile(prover.matrix, &other),
            from: name(wanted.first()),
            to: name(wanted.get(1)),
            steps,
        })
    }
}
