//! A condition of a rule, as a trace shows it: what it asks, and what of that holds.

use std::fmt;

use serde::ser::{Serialize, Serializer};

use crate::arena::ConditionId;
use crate::date::Date;
use crate::model::rules_in_words::{Voice, Words};
use crate::model::{Model, Test};

/// A condition of a rule of a matrix.
///
/// `Display` gives it as a clause, such as "Risk of serious harm is high". It serialises as such a clause too, in the words of data, which never change.
///
/// ```
/// use threshold_matrix::trace::{Method, Parts};
///
/// let matrix = threshold_matrix::Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let trace = matrix.explain(&threshold_matrix::Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
/// let steps = trace.steps();
/// if let Some(Method::Rules(rules)) = steps.decision.as_ref().map(|decision| &decision.method) {
///     let when = rules[0].when.expect("the first rule has a condition");
///     assert!(matches!(when.parts(), Parts::Any(parts) if parts.len() == 2));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Condition<'a> {
    model: &'a Model,
    id: ConditionId,
    as_at: Date,
}

impl<'a> Condition<'a> {
    /// Returns the titles of the inputs of which it asks whether they are missing.
    pub(crate) fn asked_missing(&self) -> Vec<&'a str> {
        let parts = |parts: &[ConditionId]| {
            let own = parts.iter().map(|id| Self { id: *id, ..*self });
            own.flat_map(|part| part.asked_missing()).collect()
        };
        match &self.model.conditions[self.id].test {
            Test::All(own) | Test::Any(own) => parts(own),
            Test::Missing(input) => vec![self.model.inputs[*input].heading.spoken()],
            _ => Vec::new(),
        }
    }
}

/// What a condition is made of.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Parts<'a> {
    /// It holds if all of these do.
    All(Vec<Condition<'a>>),
    /// It holds if one of these does.
    Any(Vec<Condition<'a>>),
    /// It holds if this does not.
    Not(Condition<'a>),
    /// It is not made of others.
    None,
}

impl<'a> Condition<'a> {
    pub(super) fn new(model: &'a Model, id: ConditionId, as_at: Date) -> Self {
        Self { model, id, as_at }
    }

    /// Returns the conditions that this one is made of.
    #[must_use]
    pub fn parts(&self) -> Parts<'a> {
        let model = self.model;
        let all = |parts: &[ConditionId]| -> Vec<Self> {
            parts.iter().map(|id| Self { id: *id, ..*self }).collect()
        };
        match &model.conditions[self.id].test {
            Test::All(parts) => Parts::All(all(parts)),
            Test::Any(parts) => Parts::Any(all(parts)),
            Test::Not(part) => Parts::Not(Self { id: *part, ..*self }),
            _ => Parts::None,
        }
    }

    /// Returns the names of the inputs that it reads, each once.
    #[must_use]
    pub fn inputs(&self) -> Vec<&'a str> {
        let mut inputs = Vec::new();
        let model = self.model;
        model.inputs_read(self.id, &mut inputs);
        let names = inputs
            .iter()
            .map(|input| model.inputs[*input].heading.name.as_str());
        names.collect()
    }

    fn words(&self, voice: Voice) -> Words<'a> {
        Words {
            model: self.model,
            as_at: Some(self.as_at),
            voice,
        }
    }

    /// Returns the line of the file where it is written.
    #[must_use]
    pub fn line(&self) -> usize {
        self.model.conditions[self.id].place.line
    }
}

impl fmt::Display for Condition<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words(Voice::Reader)
            .write_condition(formatter, self.id)
    }
}

impl fmt::Debug for Condition<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{self}`")
    }
}

impl Serialize for Condition<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.words(Voice::Data).condition(self.id))
    }
}
