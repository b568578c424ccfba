//! Traces a scoring: what each rule read, matched and gave, and how that became the result. Every explanation is drawn from this one tree.

mod build;
mod condition;
mod step;

use serde::Serialize;

use crate::arena::DimensionId;
use crate::date::Date;
use crate::matrix::Matrix;
use crate::plan::budget::BUDGET;
use crate::profile::{Profile, Refusal};
use crate::score::answers::Answers;
use crate::score::outcome::{Outcome, truth};
use crate::score::prepare::Case;

pub use crate::model::named::{Effect, Given, InputValue, Named};
pub use crate::model::quantity::Quantity;
pub use condition::{Condition, Parts};
pub use step::{
    At, AxisStep, BandStep, ConditionStep, CountedStep, CriterionStep, CutStep, DecisionStep,
    DimensionStep, EventStep, EventsStanding, EventsStep, FieldStep, FlagStep, GivenEvent,
    GroupStep, InputStep, Matched, Method, NotCounted, OtherStep, OverrideRule, OverrideStep, Read,
    RuleStep, ScaleStep, ScoreStep, Steps,
};

/// Why an outcome is what it is. It is complete: the outcome follows from the trace alone.
///
/// [`Trace::steps`] gives it as a tree of typed steps, and it serialises as that data. `Display` gives it as text to read aloud, and
/// [`Trace::explanation`] in other forms; both are written from the steps.
///
/// ```
/// use threshold_matrix::{Matrix, Profile};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let trace = matrix.explain(&Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
/// assert_eq!(trace.outcome().tier(), Some("medium"));
/// assert!(trace.to_string().contains("Arrests in the last twelve months: 4"));
/// assert_eq!(serde_json::to_value(&trace)?["criteria"][0]["points"], 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Trace {
    outcome: Outcome,
    answers: Answers,
}

impl Matrix {
    /// Scores a profile at a date, and explains the outcome.
    ///
    /// # Errors
    /// Returns every problem of the profile, each naming its inputs.
    pub fn explain(&self, profile: &Profile, as_at: Date) -> Result<Trace, Refusal> {
        self.prepare(profile, as_at)?.explain()
    }
}

impl Case {
    /// Scores the case, and explains the outcome.
    ///
    /// # Errors
    /// Returns the errors of [`Case::score`].
    pub fn explain(&self) -> Result<Trace, Refusal> {
        let answers = Answers::of(self.clone(), BUDGET);
        let outcome = if self.has_unknown {
            self.score_with_unknown(&answers)?
        } else {
            self.score()?
        };
        Ok(Trace { outcome, answers })
    }
}

impl Trace {
    /// Returns the outcome that the trace explains.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Returns the case that was scored.
    #[must_use]
    pub fn case(&self) -> &Case {
        &self.answers.case
    }

    /// Returns the ids of the overrides that apply, in their order: those of each dimension, then those of the tier.
    #[must_use]
    pub fn applied_overrides(&self) -> Vec<&str> {
        let matrix = self.outcome.matrix();
        let rules = || matrix.model().overrides.items().iter();
        let rules = || rules().zip(&matrix.plan().overrides);
        let of = |dimension: Option<DimensionId>| {
            rules().filter(move |(rule, _)| rule.dimension == dimension)
        };
        let dimensions = matrix.model().dimensions.ids().map(Some);
        dimensions
            .chain([None])
            .flat_map(of)
            .filter(|(_, nodes)| truth(&self.answers.possible(nodes.applies)) == Some(true))
            .map(|(rule, _)| rule.heading.name.as_str())
            .collect()
    }

    /// Returns every step from the profile to the outcome, as typed data to walk.
    ///
    /// ```
    /// use threshold_matrix::{Matrix, Profile, trace::{InputValue, Matched, Read}};
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let trace = matrix.explain(&Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
    /// let steps = trace.steps();
    /// assert_eq!(steps.inputs[0].read, Read::Given(InputValue::Number(4.into())));
    /// assert!(matches!(steps.criteria[0].matched, Some(Matched::Units { units: 4, .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn steps(&self) -> Steps<'_> {
        build::steps(&self.outcome, &self.answers)
    }
}

impl Serialize for Trace {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.steps().serialize(serializer)
    }
}
