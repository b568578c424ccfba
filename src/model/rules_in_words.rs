//! Puts rules into words, with the labels that the matrix gives, for the trace of one profile and for the sheet of the whole matrix.

use std::fmt;

use crate::arena::{ConditionId, InputId};
use crate::date::Date;
use crate::model::named::{Effect, Given, InputValue, Named};
use crate::model::{Domain, Input, Limit, Model, Order, Positions, Quantifier, ResultOf, Test};
use crate::words::{counted, is_or_are, unit, write_either, write_range};

#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) model: &'a Model,
    /// The date of the scoring, if there is one. Relative dates are then given as dates too.
    pub(crate) as_at: Option<Date>,
    pub(crate) voice: Voice,
}

/// Whom the words are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// Whoever reads an explanation or a sheet: "Arrests are 4 or more", "3 May 2027".
    Reader,
    /// Data, whose words never change, since records are sealed with them: "Arrests is 4 or more", "2027-05-03".
    Data,
}

impl Voice {
    fn is(self, title: &str) -> &'static str {
        match self {
            Self::Reader => is_or_are(title),
            Self::Data => "is",
        }
    }

    fn day(self, day: Date) -> String {
        match self {
            Self::Reader => day.in_words(),
            Self::Data => day.to_string(),
        }
    }

    fn value(self, value: &InputValue<'_>) -> String {
        match (self, value) {
            (Self::Data, InputValue::Date(day)) => day.to_string(),
            (Self::Data, InputValue::Named(named)) => named.written().to_owned(),
            (Self::Data, InputValue::Members(members)) if !members.is_empty() => {
                let written: Vec<&str> = members.iter().map(|member| member.written()).collect();
                written.join(", ")
            }
            _ => value.to_string(),
        }
    }

    fn named<'a>(self, named: Named<'a>) -> &'a str {
        match self {
            Self::Reader => named.label,
            Self::Data => named.written(),
        }
    }

    fn given(self, given: Given<'_>) -> String {
        match given.named() {
            Some(named) => self.named(named).to_owned(),
            None => given.to_string(),
        }
    }
}

impl Words<'_> {
    /// Returns a condition as a clause, such as "risk of serious harm is high and MAPPA is m3".
    pub(crate) fn condition(&self, id: ConditionId) -> String {
        let mut clause = String::new();
        // Nothing fails to be written to a string.
        let _ = self.write_condition(&mut clause, id);
        clause
    }

    /// Writes a condition as a clause.
    pub(crate) fn write_condition(&self, to: &mut dyn fmt::Write, id: ConditionId) -> fmt::Result {
        let model = self.model;
        match &model.conditions[id].test {
            Test::All(parts) if parts.is_empty() => to.write_str("always"),
            Test::All(parts) => self.write_joined(to, parts, " and "),
            Test::Any(parts) => self.write_joined(to, parts, " or "),
            Test::Not(part) => {
                to.write_str("not (")?;
                self.write_condition(to, *part)?;
                to.write_str(")")
            }
            Test::Known(input) => self.write_is(to, self.input(*input), "recorded"),
            Test::Missing(input) => self.write_is(to, self.input(*input), "not recorded"),
            Test::InputRange { input, from, below } => {
                self.write_is(to, self.input(*input), "")?;
                self.write_range(to, &model.inputs[*input], *from, *below)
            }
            Test::InputIn { input, values } => {
                let own = &model.inputs[*input];
                if matches!(own.domain, Domain::Boolean) && self.voice == Voice::Reader {
                    // Of a question, such as "Any of the offences is violent", nothing more can be said.
                    write!(to, "the answer to “{}” is ", self.input(*input))?;
                } else {
                    self.write_is(to, self.input(*input), "")?;
                }
                let values = values
                    .iter()
                    .map(|value| self.voice.value(&own.value(*value)));
                write_either(to, values)
            }
            Test::Members {
                input,
                has,
                quantifier,
            } => {
                let own = &model.inputs[*input];
                let bits = has.iter().map(|bit| usize::try_from(*bit).ok());
                let names = bits.filter_map(|bit| Some(self.voice.named(own.named(bit?)?)));
                let includes = match self.voice.is(self.input(*input)) {
                    "are" => "include",
                    _ => "includes",
                };
                write!(to, "{} {includes} ", self.input(*input))?;
                match quantifier {
                    Quantifier::Any => write_either(to, names),
                    Quantifier::All => {
                        let labels: Vec<&str> = names.collect();
                        to.write_str(&labels.join(" and "))
                    }
                }
            }
            Test::MemberCount { input, from, below } => {
                write!(to, "the number of {} is ", self.input(*input))?;
                write_range(to, *from, *below)
            }
            Test::Number {
                number,
                from,
                below,
            } => {
                write!(to, "{} is ", model.quantity(*number))?;
                match (from, below) {
                    (Some(from), Some(below)) if below.millionths() == from.millionths() + 1 => {
                        write!(to, "{from}")
                    }
                    _ => write_range(to, *from, *below),
                }
            }
            Test::Level { dimension, among } => {
                let own = &model.dimensions[*dimension];
                let level = |position: usize| own.levels.get(position).map(|level| level.named());
                self.write_is(to, own.heading.spoken(), "")?;
                self.write_among(to, *among, own.levels.len(), level)
            }
            Test::Result { of, among } => match of {
                ResultOf::Outcome => {
                    to.write_str("the result is ")?;
                    let tier = |position| model.result(position);
                    self.write_among(to, *among, model.tiers.len(), tier)
                }
                ResultOf::Decision(decision) => {
                    let own = &model.decisions[*decision];
                    let value = |position| model.decision_value(own, position);
                    write!(to, "{} gives ", own.heading.spoken())?;
                    self.write_among(to, *among, model.values_of(own).len(), value)
                }
            },
            Test::Compare { one, order, other } => {
                let order = match order {
                    Order::AtLeast => "at least as intensive as",
                    Order::AtMost => "at most as intensive as",
                    Order::Above => "more intensive than",
                    Order::Below => "less intensive than",
                };
                let [one, other] = [one, other].map(|own| model.decisions[*own].heading.spoken());
                write!(to, "{one} is {order} {other}")
            }
        }
    }

    /// Writes that something is, or several things are, what comes next.
    fn write_is(&self, to: &mut dyn fmt::Write, title: &str, what: &str) -> fmt::Result {
        write!(to, "{title} {} {what}", self.voice.is(title))
    }

    fn write_range(
        &self,
        to: &mut dyn fmt::Write,
        input: &Input,
        from: Option<Limit>,
        below: Option<Limit>,
    ) -> fmt::Result {
        let domain = &input.domain;
        let end = |limit| End {
            input,
            limit,
            as_at: self.as_at,
            voice: self.voice,
        };
        match (domain.names().is_empty(), from, below) {
            (false, Some(from), None) => write!(to, "at least {}", end(from)),
            (false, from, Some(Limit::Fixed(below))) => {
                let most = self
                    .voice
                    .value(&input.value((below - 1).min(domain.bounds().1)));
                match from {
                    None => write!(to, "at most {most}"),
                    Some(from) => write!(to, "from {} to {most}", end(from)),
                }
            }
            (_, from, below) if matches!(domain, Domain::Date { .. }) => {
                if let Some(from) = from {
                    write!(to, "on or after {}", end(from))?;
                }
                if from.is_some() && below.is_some() {
                    to.write_str(" and ")?;
                }
                match below {
                    Some(below) => write!(to, "before {}", end(below)),
                    None => Ok(()),
                }
            }
            (_, from, below) => write_range(to, from.map(end), below.map(end)),
        }
    }

    fn write_joined(
        &self,
        to: &mut dyn fmt::Write,
        parts: &[ConditionId],
        joint: &str,
    ) -> fmt::Result {
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                to.write_str(joint)?;
            }
            let is_compound = matches!(&self.model.conditions[*part].test, Test::All(parts) | Test::Any(parts) if parts.len() > 1);
            if is_compound && parts.len() > 1 {
                to.write_str("(")?;
                self.write_condition(to, *part)?;
                to.write_str(")")?;
            } else {
                self.write_condition(to, *part)?;
            }
        }
        Ok(())
    }

    fn write_among<'m>(
        &'m self,
        to: &mut dyn fmt::Write,
        among: Positions,
        values: usize,
        value: impl Fn(usize) -> Option<Named<'m>>,
    ) -> fmt::Result {
        let given = |position| self.model.given_at(position, values, &value);
        let given = among.iter().filter_map(given);
        write_either(to, given.map(|given| self.voice.given(given)))
    }

    pub(crate) fn input(&self, input: InputId) -> &str {
        self.model.inputs[input].heading.spoken()
    }
}

/// An end of a range of an input's values.
struct End<'a> {
    input: &'a Input,
    limit: Limit,
    as_at: Option<Date>,
    voice: Voice,
}

impl fmt::Display for End<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Limit::Ago { count, unit: of } = self.limit else {
            let value = self.limit.fixed().unwrap_or_default();
            return formatter.write_str(&self.voice.value(&self.input.value(value)));
        };
        let length = counted(i64::from(count), unit(of));
        match self.as_at {
            Some(as_at) => {
                let day = self.voice.day(Date::from_days(self.limit.at(as_at)));
                write!(
                    formatter,
                    "{day} ({length} before {})",
                    self.voice.day(as_at)
                )
            }
            None => write!(formatter, "{length} before the scoring"),
        }
    }
}

/// Gives what an override does to the tier or the level in words, such as "is at least high".
impl fmt::Display for Effect<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(to) => write!(formatter, "is {to}"),
            Self::IsWithScore { level, points } => {
                write!(formatter, "is {level}, with a score of {points}")
            }
            Self::AtLeast(floor) => write!(formatter, "is at least {floor}"),
            Self::AtMost(ceiling) => write!(formatter, "is at most {ceiling}"),
            Self::Up(1) => formatter.write_str("goes one step up"),
            Self::Up(steps) => write!(formatter, "goes {steps} steps up"),
            Self::Down(1) => formatter.write_str("goes one step down"),
            Self::Down(steps) => write!(formatter, "goes {steps} steps down"),
            Self::Status(status) => write!(formatter, "is the status {status}"),
        }
    }
}
