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

/// A step on the way to a result.
struct Step<'a> {
    kind: StepKind,
    name: &'a str,
    came: CameOut,
    /// Whether the result follows from it.
    is_needed: bool,
}

/// Returns the steps of a trace, with whether the tier, or the level of a dimension, follows from each.
fn steps<'a>(trace: &'a Trace, result: NodeId, dimension: Option<&str>) -> Vec<Step<'a>> {
    let steps = trace.steps();
    let plan = trace.outcome().matrix().plan();
    let needed = plan.needed(&[result]);
    let is_needed = |node: &NodeId| needed.get(node.index()) == Some(&true);
    let mut found = Vec::new();
    let mut push = |kind, name, came, is_needed| {
        found.push(Step {
            kind,
            name,
            came,
            is_needed,
        });
    };
    for (step, node) in steps.criteria.iter().zip(&plan.criteria) {
        let came = CameOut::points(step.range);
        push(StepKind::Points, step.name, came, is_needed(node));
    }
    let counts = |name: &str| dimension.is_none_or(|wanted| wanted == name);
    for step in &steps.dimensions {
        let is_needed = counts(step.name);
        let score = CameOut::points(step.score.range());
        push(StepKind::Score, step.name, score, is_needed);
        let levels = step.scored_levels.iter().copied();
        let levels: Vec<Given<'_>> = levels.map(Given::Value).collect();
        if !levels.is_empty() {
            push(
                StepKind::Level,
                step.name,
                CameOut::given(&levels),
                is_needed,
            );
        }
        for step in &step.overrides {
            let came = CameOut::overridden(step);
            push(StepKind::Override, id(step), came, is_needed);
        }
    }
    for (step, node) in steps.decisions.iter().zip(&plan.decisions) {
        let is_needed = dimension.is_none() && is_needed(node);
        let came = CameOut::given(&step.gives);
        push(StepKind::Decision, step.name, came, is_needed);
    }
    if let Some(step) = &steps.decision {
        push(
            StepKind::Tier,
            "",
            CameOut::given(&step.gives),
            dimension.is_none(),
        );
    }
    for step in &steps.overrides {
        let came = CameOut::overridden(step);
        push(StepKind::Override, id(step), came, dimension.is_none());
    }
    found
}

fn id<'a>(step: &OverrideStep<'a>) -> &'a str {
    step.rule.as_ref().map_or("", |rule| rule.id)
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
    let alone = new.iter().filter(|step| same(&old, step).is_none());
    let pairs = old.iter().map(|step| (Some(step), same(&new, step)));
    let pairs = pairs.chain(alone.map(|step| (None, Some(step))));
    let mut causes: Vec<Cause> = pairs.filter_map(|(from, to)| cause(from, to)).collect();
    causes.sort_by_key(|cause| cause.step);
    causes
}

/// Returns the step of the same kind and name.
fn same<'s, 'a>(steps: &'s [Step<'a>], wanted: &Step<'_>) -> Option<&'s Step<'a>> {
    let mut steps = steps.iter();
    steps.find(|step| (step.kind, step.name) == (wanted.kind, wanted.name))
}

fn cause(from: Option<&Step<'_>>, to: Option<&Step<'_>>) -> Option<Cause> {
    let step = from.or(to)?;
    let is_needed = [from, to].into_iter().flatten().any(|step| step.is_needed);
    let is_same = match (from, to) {
        (Some(from), Some(to)) => from.came == to.came,
        _ => step.came.is_idle(),
    };
    (is_needed && !is_same).then(|| Cause {
        step: step.kind,
        name: step.name.to_owned(),
        from: from.map(|step| step.came.clone()),
        to: to.map(|step| step.came.clone()),
    })
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
