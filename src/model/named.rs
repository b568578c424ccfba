//! Names as data use them, with the labels that readers see instead, and the values of inputs made of them.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::date::Date;
use crate::model::{Action, Decision, Domain, Input, Level, Model, NOTHING, Override, Verdict};
use crate::number::{self, Points};
use crate::words::{is_own_word, yes_or_no};

/// The label of a value, level, tier or status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    /// What readers see.
    pub(crate) reader: String,
    /// What the file has as the label, or the name where the file has none.
    pub(crate) written: String,
}

impl Label {
    /// Returns the label of a name. Without one in the file, readers see the name with spaces for its underscores. What is also a word of the program's own
    /// stands in quotation marks, so that a level called `not settled` is not taken for one that is open.
    pub(crate) fn of(name: &str, written: Option<&str>) -> Self {
        let spaced = written.map_or_else(|| name.replace('_', " "), str::to_owned);
        Self {
            reader: match is_own_word(&spaced) {
                true => format!("“{spaced}”"),
                false => spaced,
            },
            written: written.unwrap_or(name).to_owned(),
        }
    }
}

/// The name of a value, level, tier or status, with the label that readers see.
///
/// It serialises as its name, and `Display` gives its label.
///
/// ```
/// let matrix = threshold_matrix::Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let trace = matrix.explain(&threshold_matrix::Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
/// let level = trace.steps().dimensions[0].levels[0];
/// assert_eq!((level.name, level.to_string()), ("medium", "medium".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Named<'a> {
    /// The name, which data and rules use.
    pub name: &'a str,
    /// The label for readers, or the name with spaces for its underscores where the matrix gives no label.
    pub label: &'a str,
    /// The label in the words of data, which never change.
    written: &'a str,
}

impl<'a> Named<'a> {
    pub(crate) fn new(name: &'a str, label: Option<&'a Label>) -> Self {
        Self {
            name,
            label: label.map_or(name, |label| &label.reader),
            written: label.map_or(name, |label| &label.written),
        }
    }

    /// Returns the label in the words of data.
    pub(crate) fn written(self) -> &'a str {
        self.written
    }

    /// Returns the name, and its label if that is another.
    pub(crate) fn with_name(self) -> String {
        if self.name == self.written {
            self.name.to_owned()
        } else {
            format!("{} ({})", self.name, self.written)
        }
    }
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label)
    }
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// What a decision gives: a value, a status, or nothing.
///
/// It serialises as a name, or as null for nothing, and `Display` gives it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Given<'a> {
    /// A tier, a level, or a value of the decision's own.
    Value(Named<'a>),
    /// A status, which stands outside the order of the tiers.
    Status(Named<'a>),
    /// Nothing, so that something else decides.
    Nothing,
}

impl<'a> Given<'a> {
    /// Returns the name of what was given, or `None` for nothing.
    #[must_use]
    pub fn named(self) -> Option<Named<'a>> {
        match self {
            Self::Value(named) | Self::Status(named) => Some(named),
            Self::Nothing => None,
        }
    }
}

impl fmt::Display for Given<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.named() {
            Some(named) => named.fmt(formatter),
            None => formatter.write_str("nothing"),
        }
    }
}

impl Serialize for Given<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.named().serialize(serializer)
    }
}

/// What an override does to the tier, or to the level of a dimension.
///
/// `Display` gives it in words, such as "is at least high".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect<'a> {
    /// It becomes this, whatever it was.
    Is(Named<'a>),
    /// It becomes this, and these points replace the score.
    IsWithScore {
        /// The level.
        level: Named<'a>,
        /// The score.
        points: Points,
    },
    /// It is at least as intensive as this.
    AtLeast(Named<'a>),
    /// It is at most as intensive as this.
    AtMost(Named<'a>),
    /// It becomes more intensive by this number of steps.
    Up(u32),
    /// It becomes less intensive by this number of steps.
    Down(u32),
    /// It becomes this status.
    Status(Named<'a>),
}

/// The value of an input.
///
/// It serialises as JSON has it: an exact number, true or false, a text, or a list of texts. `Display` gives it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputValue<'a> {
    /// A number, exact.
    Number(Decimal),
    /// One of the values of a level or a category.
    Named(Named<'a>),
    /// The members of a set, in the order of the matrix.
    Members(Vec<Named<'a>>),
    /// Yes or no.
    Boolean(bool),
    /// A date.
    Date(Date),
}

impl fmt::Display for InputValue<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(formatter),
            Self::Named(named) => named.fmt(formatter),
            Self::Members(members) if members.is_empty() => formatter.write_str("none"),
            Self::Members(members) => {
                let labels: Vec<&str> = members.iter().map(|member| member.label).collect();
                formatter.write_str(&labels.join(", "))
            }
            Self::Boolean(value) => formatter.write_str(yes_or_no(*value)),
            Self::Date(date) => formatter.write_str(&date.in_words()),
        }
    }
}

impl Serialize for InputValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => number::Exact(*number).serialize(serializer),
            Self::Named(named) => named.serialize(serializer),
            Self::Members(members) => members.serialize(serializer),
            Self::Boolean(value) => value.serialize(serializer),
            Self::Date(date) => date.serialize(serializer),
        }
    }
}

impl Input {
    /// Returns one of the values of a level or category, or one of the members of a set, by its position.
    pub(crate) fn named(&self, position: usize) -> Option<Named<'_>> {
        let name = self.domain.names().get(position)?;
        let label = self.labels.get(position);
        Some(Named::new(name, label))
    }

    /// Returns the members of a set, in the order of the matrix.
    pub(crate) fn members(&self, set: i64) -> Vec<Named<'_>> {
        (0..self.domain.names().len())
            .filter(|bit| set >> bit & 1 == 1)
            .filter_map(|bit| self.named(bit))
            .collect()
    }

    /// Returns the label of a value, or the name itself where it has none.
    pub(crate) fn label_of<'a>(&'a self, name: &'a str) -> &'a str {
        let at = self.domain.names().iter().position(|own| own == name);
        at.and_then(|at| self.named(at))
            .map_or(name, |named| named.label)
    }

    /// Returns a value of the input.
    pub(crate) fn value(&self, value: i64) -> InputValue<'_> {
        match &self.domain {
            Domain::Number { places, .. } => InputValue::Number(number::unscaled(value, *places)),
            Domain::Level { .. } | Domain::Category { .. } => {
                let named = usize::try_from(value).ok().and_then(|at| self.named(at));
                InputValue::Named(named.unwrap_or(Named::new("", None)))
            }
            Domain::Set { .. } => InputValue::Members(self.members(value)),
            Domain::Boolean => InputValue::Boolean(value != 0),
            Domain::Date { .. } => InputValue::Date(Date::from_days(value)),
        }
    }
}

impl Level {
    pub(crate) fn named(&self) -> Named<'_> {
        Named::new(&self.name, Some(&self.label))
    }
}

impl Model {
    /// Returns a tier or status, by its position among the tiers and then the statuses.
    pub(crate) fn result(&self, position: usize) -> Option<Named<'_>> {
        let name = self.tiers.iter().chain(&self.statuses).nth(position)?;
        let label = self.result_labels.get(position);
        Some(Named::new(name, label))
    }

    /// Returns the label of a level of a dimension or, without a dimension, of a tier or status; or the name itself where it has none.
    pub(crate) fn label_of<'a>(&'a self, dimension: Option<&str>, name: &'a str) -> &'a str {
        let named = match dimension {
            None => (0..self.tiers.len() + self.statuses.len())
                .filter_map(|position| self.result(position))
                .find(|result| result.name == name),
            Some(dimension) => {
                let dimensions = self.dimensions.items().iter();
                let levels = dimensions
                    .filter(|own| own.heading.name == dimension)
                    .flat_map(|own| &own.levels);
                levels.map(Level::named).find(|level| level.name == name)
            }
        };
        named.map_or(name, |named| named.label)
    }

    /// Returns a status, by its position among the statuses.
    pub(crate) fn status(&self, position: usize) -> Option<Named<'_>> {
        self.result(self.tiers.len() + position)
    }

    /// Returns a value of a decision, by its position.
    pub(crate) fn decision_value<'a>(
        &'a self,
        decision: &'a Decision,
        position: usize,
    ) -> Option<Named<'a>> {
        match &decision.values {
            None => (position < self.tiers.len())
                .then(|| self.result(position))
                .flatten(),
            Some(values) => {
                let label = decision.labels.get(position);
                Some(Named::new(values.get(position)?, label))
            }
        }
    }

    /// Returns what a decision gives with a verdict.
    pub(crate) fn given<'a>(&'a self, decision: &'a Decision, verdict: Verdict) -> Given<'a> {
        let given = match verdict {
            Verdict::Value(value) => self
                .decision_value(decision, usize::from(value))
                .map(Given::Value),
            Verdict::Status(status) => self.status(usize::from(status)).map(Given::Status),
            Verdict::Nothing => None,
        };
        given.unwrap_or(Given::Nothing)
    }

    /// Returns a tier, or a level of the dimension whose level an override changes, by its position.
    pub(crate) fn moved(&self, rule: &Override, position: usize) -> Option<Named<'_>> {
        match rule.dimension {
            Some(dimension) => self.dimensions[dimension]
                .levels
                .get(position)
                .map(Level::named),
            None => (position < self.tiers.len())
                .then(|| self.result(position))
                .flatten(),
        }
    }

    /// Returns what an override does.
    pub(crate) fn effect(&self, rule: &Override) -> Effect<'_> {
        let unnamed = Named::new("", None);
        let name = |position: u8| self.moved(rule, usize::from(position)).unwrap_or(unnamed);
        match rule.action {
            Action::Fix(to) => Effect::Is(name(to)),
            Action::Replace { level, points } => Effect::IsWithScore {
                level: name(level),
                points,
            },
            Action::AtLeast(floor) => Effect::AtLeast(name(floor)),
            Action::AtMost(ceiling) => Effect::AtMost(name(ceiling)),
            Action::Up(steps) => Effect::Up(steps),
            Action::Down(steps) => Effect::Down(steps),
            Action::Status(status) => {
                Effect::Status(self.status(usize::from(status)).unwrap_or(unnamed))
            }
        }
    }

    /// Returns what a position stands for among some values, which the statuses and then nothing follow.
    pub(crate) fn given_at<'a>(
        &'a self,
        position: usize,
        values: usize,
        value: impl Fn(usize) -> Option<Named<'a>>,
    ) -> Option<Given<'a>> {
        match position.checked_sub(values) {
            None => value(position).map(Given::Value),
            Some(_) if position == NOTHING => Some(Given::Nothing),
            Some(status) => self.status(status).map(Given::Status),
        }
    }
}
