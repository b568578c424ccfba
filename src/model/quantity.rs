//! What conditions and decisions read: inputs, points, scores, levels, and what other decisions gave.

use std::fmt;

use serde::Serialize;

use crate::model::{Axis, Heading, Model, NumberOf};

/// Something that a condition or a decision reads, with its name and its title for readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum Quantity<'a> {
    /// The value of an input.
    Input {
        /// The name of the input.
        name: &'a str,
        /// Its label for readers.
        title: &'a str,
    },
    /// The points of a criterion or group.
    Points {
        /// The name of the criterion or group.
        name: &'a str,
        /// Its title for readers.
        title: &'a str,
    },
    /// The score of a dimension.
    Score {
        /// The name of the dimension.
        name: &'a str,
        /// Its title for readers.
        title: &'a str,
    },
    /// The scaled number of a dimension.
    Scaled {
        /// The name of the dimension.
        name: &'a str,
        /// Its title for readers.
        title: &'a str,
    },
    /// The sum of all scores.
    Total,
    /// The level of a dimension.
    Level {
        /// The name of the dimension.
        name: &'a str,
        /// Its title for readers.
        title: &'a str,
    },
    /// What a named decision gave.
    Decision {
        /// The name of the decision.
        name: &'a str,
        /// Its title for readers.
        title: &'a str,
    },
}

impl fmt::Display for Quantity<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input { title, .. }
            | Self::Level { title, .. }
            | Self::Decision { title, .. } => formatter.write_str(title),
            Self::Points { title, .. } => write!(formatter, "the points of {title}"),
            Self::Score { title, .. } => write!(formatter, "the score of {title}"),
            Self::Scaled { title, .. } => write!(formatter, "the scaled number of {title}"),
            Self::Total => formatter.write_str("the total score"),
        }
    }
}

impl Model {
    /// Returns a number that a condition or a decision reads.
    pub(crate) fn quantity(&self, number: NumberOf) -> Quantity<'_> {
        match number {
            NumberOf::Criterion(id) => {
                let (name, title) = both(&self.criteria[id].heading);
                Quantity::Points { name, title }
            }
            NumberOf::Group(id) => {
                let (name, title) = both(&self.groups[id].heading);
                Quantity::Points { name, title }
            }
            NumberOf::Score(id) => {
                let (name, title) = both(&self.dimensions[id].heading);
                Quantity::Score { name, title }
            }
            NumberOf::Scaled(id) => {
                let (name, title) = both(&self.dimensions[id].heading);
                Quantity::Scaled { name, title }
            }
            NumberOf::Total => Quantity::Total,
        }
    }

    /// Returns what an axis of a table reads.
    pub(crate) fn read_along(&self, axis: &Axis) -> Quantity<'_> {
        match axis {
            Axis::Input { input, .. } | Axis::InputCuts { input, .. } => {
                let (name, title) = both(&self.inputs[*input].heading);
                Quantity::Input { name, title }
            }
            Axis::NumberCuts { number, .. } => self.quantity(*number),
            Axis::Level { dimension, .. } => {
                let (name, title) = both(&self.dimensions[*dimension].heading);
                Quantity::Level { name, title }
            }
            Axis::Decision { decision, .. } => {
                let (name, title) = both(&self.decisions[*decision].heading);
                Quantity::Decision { name, title }
            }
        }
    }
}

fn both(heading: &Heading) -> (&str, &str) {
    (&heading.name, heading.spoken())
}
