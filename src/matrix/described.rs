//! What somebody needs to know of an input to fill it in: for forms, columns of cohorts and other programs.

use rust_decimal::Decimal;

use crate::matrix::Matrix;
use crate::model::{Domain, Input};

/// A description of one input: its name, what to call it before a reader, and the values that it takes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InputDescription<'a> {
    /// The name that a profile gives it by.
    pub name: &'a str,
    /// What to call it before a reader: its label, or its name where the matrix gives it none.
    pub label: &'a str,
    /// The unit of its numbers, such as `%`.
    pub unit: Option<&'a str>,
    /// The values that it takes.
    pub kind: InputKind<'a>,
    /// Whether it is protected: used only where a rule names it on purpose.
    pub protected: bool,
}

/// The values that an input takes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum InputKind<'a> {
    /// Numbers with at most `places` decimal places, from `from` to `to`, both included.
    Number {
        /// The most decimal places; zero for an integer.
        places: u32,
        /// The least number.
        from: Decimal,
        /// The greatest number.
        to: Decimal,
    },
    /// One of these ordered values, lowest first.
    Level(&'a [String]),
    /// One of these values.
    Category(&'a [String]),
    /// Any of these members.
    Set(&'a [String]),
    /// True or false.
    Boolean,
    /// A date.
    Date,
}

impl Matrix {
    /// Describes each input that a profile can give, in the order of the file.
    ///
    /// ```
    /// use threshold_matrix::{InputKind, Matrix};
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let rosh = matrix.described_inputs().find(|input| input.name == "rosh").expect("it is declared");
    /// assert!(matches!(rosh.kind, InputKind::Level(values) if values.first().is_some_and(|value| value == "low")));
    /// # Ok::<(), threshold_matrix::Diagnostics>(())
    /// ```
    pub fn described_inputs(&self) -> impl Iterator<Item = InputDescription<'_>> {
        let inputs = self.model().inputs.items().iter();
        inputs
            .filter(|input| input.derived.is_none())
            .map(described)
    }
}

fn described(input: &Input) -> InputDescription<'_> {
    InputDescription {
        name: &input.heading.name,
        label: input.heading.spoken(),
        unit: input.unit.as_deref(),
        kind: kind(&input.domain),
        protected: input.protected,
    }
}

fn kind(domain: &Domain) -> InputKind<'_> {
    match domain {
        Domain::Number { places, from, to } => InputKind::Number {
            places: *places,
            from: Decimal::new(*from, *places),
            to: Decimal::new(*to, *places),
        },
        Domain::Level { values } => InputKind::Level(values),
        Domain::Category { values } => InputKind::Category(values),
        Domain::Set { values } => InputKind::Set(values),
        Domain::Boolean => InputKind::Boolean,
        Domain::Date { .. } => InputKind::Date,
    }
}
