//! Finds why a result changes: what differs between the steps of the two traces of one profile.

use serde::Serialize;

use crate::arena::{Id, NodeId};
use crate::number::Points;
use crate::score::trace::{Given, OverrideStep, Trace};

/// A step that comes out differently in the two matrices.
///
/// Names are those of the matrices, whatever they are: a level may be called `0` or `nothing`.
///
/// ```
/// use threshold_matrix::{Matrix, compare::{CameOut, StepKind}};
///
/// let as_at = "2026-11-21".parse()?;
/// let old = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let new = Matrix::from_yaml(&threshold_matrix::doc_example().replace("medium, from: 3", "medium, from: 4"))?;
/// let comparison = old.compare(&new, as_at);
/// let cause = &comparison.shifts()[0].because[0];
/// assert_eq!((cause.step, cause.name.as_str()), (StepKind::Level, "frequency"));
/// assert_eq!(cause.to, Some(CameOut::Named("low".to_owned())));
/// assert_eq!(cause.to_string(), "level of `frequency` by its score: medium -> low");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// The kind of the step.
    pub step: StepKind,
    /// The criterion, dimension, named decision or override. It is empty for the decision on the tier.
    pub name: String,
    /// What it gives by the older matrix, or `None` if that does not have the step.
    pub from: Option<CameOut>,
    /// What it gives by the newer matrix, or `None` if that does not have the step.
    pub to: Option<CameOut>,
}

/// The kind of a step on the way to a result, in the order in which the steps are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StepKind {
    /// The points of a criterion.
    Points,
    /// The score of a dimension.
    Score,
    /// The level of a dimension by its score, before any override.
    Level,
    /// A named decision.
    Decision,
    /// The decision on the tier, before any override.
    Tier,
    /// An override.
    Override,
}

/// What came out of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CameOut {
    /// Points, or a score.
    Points(Points),
    /// A level, tier, status or value, by its name.
    Named(String),
    /// Nothing, from a decision.
    Nothing,
    /// The override does not apply.
    DoesNotApply,
    /// The override applies, and changes nothing.
    ChangesNothing,
    /// The override makes one thing of another.
    Makes {
        /// What it was before.
        of: String,
        /// What it is after.
        to: String,
    },
    /// What the profile leaves open decides it.
    Open,
}

impl CameOut {
    /// Returns whether a step that only one matrix has could as well not be there.
    fn is_idle(&self) -> bool {
        match self {
            Self::Points(points) => *points == Points::ZERO,
            Self::Nothing | Self::DoesNotApply | Self::ChangesNothing => true,
            Self::Named(_) | Self::Makes { .. } | Self::Open => false,
        }
    }

    fn points((least, most): (Points, Points)) -> Self {
        if least == most {
            Self::Points(least)
        } else {
            Self::Open
        }
    }

    fn given(given: &[Given<'_>]) -> Self {
        match given {
            [only] => match only.named() {
                Some(named) => Self::Named(named.name.to_owned()),
                None => Self::Nothing,
            },
            _ => Self::Open,
        }
    }

    fn overridden(step: &OverrideStep<'_>) -> Self {
        let name = |given: &Given<'_>| given.named().map_or("", |named| named.name).to_owned();
        match (step.applies, step.before.as_slice(), step.after.as_slice()) {
            (Some(false), ..) => Self::DoesNotApply,
            (Some(true), [before], [after]) if before == after => Self::ChangesNothing,
            (Some(true), [before], [after]) => Self::Makes {
                of: name(before),
                to: name(after),
            },
            _ => Self::Open,
        }
    }
}

/// A step with its name and what came out of it.
type Step<'a> = ((StepKind, &'a str), CameOut);

/// Returns the steps of a trace from which the tier, or the level of a dimension, follows.
fn steps<'a>(trace: &'a Trace, result: NodeId, dimension: Option<&str>) -> Vec<Step<'a>> {
    let steps = trace.steps();
    let plan = trace.outcome().matrix().plan();
    let needed = plan.needed(&[result]);
    let is_needed = |node: &NodeId| needed.get(node.index()) == Some(&true);
    let mut found = Vec::new();
    let criteria = steps.criteria.iter().zip(&plan.criteria);
    for (step, _) in criteria.filter(|(_, node)| is_needed(node)) {
        found.push(((StepKind::Points, step.name), CameOut::points(step.range)));
    }
    let counts = |name: &str| dimension.is_none_or(|wanted| wanted == name);
    let dimensions = || steps.dimensions.iter().filter(|step| counts(step.name));
    for step in dimensions() {
        found.push((
            (StepKind::Score, step.name),
            CameOut::points(step.score.range()),
        ));
        let levels: Vec<Given<'_>> = step
            .scored_levels
            .iter()
            .copied()
            .map(Given::Value)
            .collect();
        if !levels.is_empty() {
            found.push(((StepKind::Level, step.name), CameOut::given(&levels)));
        }
    }
    if dimension.is_none() {
        let decisions = steps.decisions.iter().zip(&plan.decisions);
        for (step, _) in decisions.filter(|(_, node)| is_needed(node)) {
            found.push(((StepKind::Decision, step.name), CameOut::given(&step.gives)));
        }
        if let Some(step) = &steps.decision {
            found.push(((StepKind::Tier, ""), CameOut::given(&step.gives)));
        }
    }
    let of_dimensions = dimensions().flat_map(|step| &step.overrides);
    let of_tier = steps.overrides.iter().filter(|_| dimension.is_none());
    for step in of_dimensions.chain(of_tier) {
        let id = step.rule.as_ref().map_or("", |rule| rule.id);
        found.push(((StepKind::Override, id), CameOut::overridden(step)));
    }
    found
}

/// Returns what differs on the way to the tier, or to the level of a dimension, between two traces of one profile.
///
/// If the results differ, something does: either the decision, or the level by the score, gave something else, or some override made something else
/// of it. What the same overrides make of the same start is the same, in whichever order.
pub(super) fn causes(
    [old, new]: [&Trace; 2],
    results: [NodeId; 2],
    dimension: Option<&str>,
) -> Vec<Cause> {
    let [by_old, by_new] = results;
    let old = steps(old, by_old, dimension);
    let new = steps(new, by_new, dimension);
    let of = |steps: &[Step<'_>], wanted: (StepKind, &str)| {
        let step = steps.iter().find(|(own, _)| *own == wanted);
        step.map(|(_, came)| came.clone())
    };
    let mut causes = Vec::new();
    let mut push = |(step, name): (StepKind, &str), from: Option<CameOut>, to: Option<CameOut>| {
        let is_same = match (&from, &to) {
            (Some(from), Some(to)) => from == to,
            (Some(only), None) | (None, Some(only)) => only.is_idle(),
            (None, None) => true,
        };
        if !is_same {
            let name = name.to_owned();
            causes.push(Cause {
                step,
                name,
                from,
                to,
            });
        }
    };
    for (own, from) in &old {
        push(*own, Some(from.clone()), of(&new, *own));
    }
    for (own, to) in new.iter().filter(|(own, _)| of(&old, *own).is_none()) {
        push(*own, None, Some(to.clone()));
    }
    causes.sort_by_key(|cause| cause.step);
    causes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_of_any_name_is_no_idle_step() {
        for name in ["0", "nothing", "in every other case", "does not apply"] {
            assert!(!CameOut::Named(name.to_owned()).is_idle(), "{name}");
        }
        assert!(CameOut::Nothing.is_idle() && CameOut::Points(Points::ZERO).is_idle());
    }
}
