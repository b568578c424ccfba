//! Describes what a matrix is made of, for forms, for columns of cohorts and for other programs.

use std::fmt;

use rust_decimal::Decimal;

use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::events::ReferenceField;
use crate::model::named::{Effect, InputValue, Named};
use crate::model::{Domain, Heading, Input, Missing};
use crate::words::counted;

/// A description of one input, with all that a form needs to ask for it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InputDescription<'a> {
    /// The name by which a profile gives it.
    pub name: &'a str,
    /// Its label for readers, or its name where the matrix does not give it a label.
    pub label: &'a str,
    /// The unit of its numbers, such as `%`.
    pub unit: Option<&'a str>,
    /// The values that it takes.
    pub kind: InputKind<'a>,
    /// The values of a level or a category, or the members of a set, with their labels for readers; empty for everything else.
    pub values: Vec<Named<'a>>,
    /// What it means when a profile does not give it.
    pub missing: IfMissing<'a>,
    /// Whether it is protected: used only where a rule names it on purpose.
    pub protected: bool,
    /// Whether a person can change it.
    pub changeable: bool,
    /// A remark for the reader.
    pub note: Option<&'a str>,
    /// The list of events that it is counted of. A profile gives the list, or what is counted of it instead.
    pub counted_of: Option<&'a str>,
}

/// A description of a list of events that a profile can give.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventsDescription<'a> {
    /// The name by which a profile gives it.
    pub name: &'a str,
    /// Its label for readers, or its name where the matrix does not give it a label.
    pub label: &'a str,
    /// How many events it has at most.
    pub at_most: usize,
    /// What is recorded of each event. The first is its date, and the last are those of the kind [`InputKind::Reference`].
    pub fields: Vec<InputDescription<'a>>,
    /// What it means when a profile does not give it.
    pub missing: IfMissing<'a>,
    /// The names of what is counted of it.
    pub counted: Vec<&'a str>,
    /// A remark for the reader.
    pub note: Option<&'a str>,
}

/// What it means when a profile does not give an input.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IfMissing<'a> {
    /// The profile is refused.
    Refused,
    /// That is an answer in itself.
    Absent,
    /// There is a value, but nobody recorded it.
    Unknown,
    /// This value is used, and shown as assumed.
    Assumed(InputValue<'a>),
}

/// A description of a criterion, group, dimension, flag or override of a matrix: its name, and its title for readers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartDescription<'a> {
    /// The name that data and rules use for it.
    pub name: &'a str,
    /// Its title for readers, or its name where the matrix does not give it a title.
    pub label: &'a str,
    /// The levels of a dimension, in the order of the matrix; empty for everything else.
    pub levels: Vec<&'a str>,
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
    /// A date from `from` to `to`, both included.
    Date {
        /// The earliest date.
        from: Date,
        /// The latest date.
        to: Date,
    },
    /// A text by which events are told to be of one person, place or occasion. Only the fields of events are of this kind.
    Reference,
}

/// What an override does to the tier or level, and to the overrides after it. `Display` gives it in words such as `at least high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverrideEffect<'a> {
    effect: Effect<'a>,
    is_final: bool,
}

impl fmt::Display for OverrideEffect<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.effect {
            Effect::Is(to) | Effect::Status(to) => write!(formatter, "{to}"),
            Effect::IsWithScore { level, points } => {
                write!(formatter, "{level} with {points} points")
            }
            Effect::AtLeast(floor) => write!(formatter, "at least {floor}"),
            Effect::AtMost(ceiling) => write!(formatter, "at most {ceiling}"),
            Effect::Up(steps) => write!(formatter, "{} up", counted(steps.into(), "step")),
            Effect::Down(steps) => write!(formatter, "{} down", counted(steps.into(), "step")),
        }?;
        if self.is_final {
            formatter.write_str(", whatever other overrides say")?;
        }
        Ok(())
    }
}

impl Matrix {
    /// Describes each input that a profile can give, in the order of the file.
    ///
    /// ```
    /// use threshold_matrix::{IfMissing, InputKind, Matrix};
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let rosh = matrix.described_inputs().find(|input| input.name == "rosh").expect("it is declared");
    /// assert!(matches!(rosh.kind, InputKind::Level(values) if values.first().is_some_and(|value| value == "low")));
    /// assert_eq!(rosh.missing, IfMissing::Unknown);
    /// let options: Vec<String> = rosh.values.iter().map(|value| format!("<option value={}>{}", value.name, value.label)).collect();
    /// assert_eq!(options[0], "<option value=low>low");
    /// # Ok::<(), threshold_matrix::Diagnostics>(())
    /// ```
    pub fn described_inputs(&self) -> impl Iterator<Item = InputDescription<'_>> {
        let inputs = self.model().inputs.items().iter();
        inputs
            .filter(|input| input.derived.is_none())
            .map(|input| InputDescription {
                counted_of: (input.counted.as_ref())
                    .map(|count| self.model().events[count.list].heading.name.as_str()),
                ..described(input)
            })
    }

    /// Describes each list of events that a profile can give, in the order of the file.
    ///
    /// ```
    /// let text = threshold_matrix::doc_example().replace("inputs:\n", "inputs:\n  offences: { type: events, at_most: 50 }\n")
    ///     + "derived:\n  offences_12m: { count: offences, within: { months: 12 } }\n";
    /// let matrix = threshold_matrix::Matrix::from_yaml(&text)?;
    /// let list = matrix.described_events().next().expect("it is declared");
    /// assert_eq!((list.name, list.at_most, list.counted), ("offences", 50, vec!["offences_12m"]));
    /// # Ok::<(), threshold_matrix::Diagnostics>(())
    /// ```
    pub fn described_events(&self) -> impl Iterator<Item = EventsDescription<'_>> {
        let model = self.model();
        model.events.items().iter().map(|list| EventsDescription {
            name: &list.heading.name,
            label: list.heading.spoken(),
            at_most: list.at_most,
            fields: (list.fields.inputs.items().iter().map(described))
                .chain(list.references.iter().map(reference))
                .collect(),
            missing: if_missing(list.missing, None),
            counted: (list.counted.iter())
                .map(|id| model.inputs[*id].heading.name.as_str())
                .collect(),
            note: list.heading.note.as_deref(),
        })
    }

    /// Returns the names of the derived inputs, which no profile gives.
    pub fn derived_inputs(&self) -> impl Iterator<Item = &str> {
        let inputs = self.model().inputs.items().iter();
        inputs
            .filter(|input| input.derived.is_some())
            .map(|input| input.heading.name.as_str())
    }

    /// Describes each criterion, and then each named group of criteria, in the order of the file.
    pub fn described_criteria(&self) -> impl Iterator<Item = PartDescription<'_>> {
        let criteria = self.model().criteria.items().iter().map(|own| &own.heading);
        let groups = self.model().groups.items().iter().map(|own| &own.heading);
        criteria.chain(groups).map(part)
    }

    /// Describes each dimension with its levels, in the order of the file.
    ///
    /// ```
    /// let matrix = threshold_matrix::Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let names: Vec<&str> = matrix.described_dimensions().map(|dimension| dimension.name).collect();
    /// assert!(names.contains(&"frequency"));
    /// # Ok::<(), threshold_matrix::Diagnostics>(())
    /// ```
    pub fn described_dimensions(&self) -> impl Iterator<Item = PartDescription<'_>> {
        let dimensions = self.model().dimensions.items().iter();
        dimensions.map(|dimension| PartDescription {
            levels: dimension
                .levels
                .iter()
                .map(|level| level.name.as_str())
                .collect(),
            ..part(&dimension.heading)
        })
    }

    /// Describes each flag, in the order of the file.
    pub fn described_flags(&self) -> impl Iterator<Item = PartDescription<'_>> {
        let flags = self.model().flags.items().iter();
        flags.map(|flag| part(&flag.heading))
    }

    /// Describes each override, in the order of the file.
    pub fn described_overrides(&self) -> impl Iterator<Item = PartDescription<'_>> {
        let overrides = self.model().overrides.items().iter();
        overrides.map(|rule| part(&rule.heading))
    }

    /// Describes each named decision, with everything that it can give as its levels: its values, and then the statuses.
    #[doc(hidden)]
    pub fn described_decisions(&self) -> impl Iterator<Item = PartDescription<'_>> {
        let model = self.model();
        let decisions = model.decisions.items().iter();
        decisions.map(|decision| {
            let given = model.values_of(decision).iter().chain(&model.statuses);
            PartDescription {
                levels: given.map(String::as_str).collect(),
                ..part(&decision.heading)
            }
        })
    }

    /// Returns what an override does, by its id.
    #[doc(hidden)]
    #[must_use]
    pub fn override_effect(&self, id: &str) -> Option<OverrideEffect<'_>> {
        let model = self.model();
        let rules = model.overrides.items();
        let rule = rules.iter().find(|rule| rule.heading.name == id)?;
        Some(OverrideEffect {
            effect: model.effect(rule),
            is_final: rule.is_final,
        })
    }

    /// Returns the label of a level of a dimension or, without a dimension, of a tier or status. It is the name itself where the matrix gives no label.
    ///
    /// ```
    /// let text = threshold_matrix::doc_example().replace("tiers: [high,", "labels: { high: High tier }\ntiers: [high,");
    /// let matrix = threshold_matrix::Matrix::from_yaml(&text)?;
    /// assert_eq!((matrix.label_of(None, "high"), matrix.label_of(None, "low")), ("High tier", "low"));
    /// # Ok::<(), threshold_matrix::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn label_of<'a>(&'a self, dimension: Option<&str>, name: &'a str) -> &'a str {
        self.model().label_of(dimension, name)
    }

    /// Returns whether the matrix decides on a tier. A matrix that does not gives only scores and levels.
    #[must_use]
    pub fn has_decision(&self) -> bool {
        self.model().decision.is_some()
    }
}

fn part(heading: &Heading) -> PartDescription<'_> {
    PartDescription {
        name: &heading.name,
        label: heading.spoken(),
        levels: Vec::new(),
    }
}

fn described(input: &Input) -> InputDescription<'_> {
    InputDescription {
        name: &input.heading.name,
        label: input.heading.spoken(),
        unit: input.unit.as_deref(),
        kind: kind(&input.domain),
        values: (0..input.domain.names().len())
            .filter_map(|position| input.named(position))
            .collect(),
        missing: if_missing(input.missing, Some(input)),
        protected: input.protected,
        changeable: input.changeable,
        note: input.heading.note.as_deref(),
        counted_of: None,
    }
}

fn reference(field: &ReferenceField) -> InputDescription<'_> {
    InputDescription {
        name: &field.heading.name,
        label: field.heading.spoken(),
        unit: None,
        kind: InputKind::Reference,
        values: Vec::new(),
        missing: if_missing(field.missing, None),
        protected: field.protected,
        changeable: false,
        note: field.heading.note.as_deref(),
        counted_of: None,
    }
}

fn if_missing(missing: Missing, input: Option<&Input>) -> IfMissing<'_> {
    match (missing, input) {
        (Missing::Absent, _) => IfMissing::Absent,
        (Missing::Unknown, _) => IfMissing::Unknown,
        (Missing::Assume(value), Some(input)) => IfMissing::Assumed(input.value(value)),
        (Missing::Error | Missing::Assume(_), _) => IfMissing::Refused,
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
        Domain::Date { from, to } => InputKind::Date {
            from: Date::from_days(*from),
            to: Date::from_days(*to),
        },
    }
}
