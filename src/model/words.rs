//! Puts rules into words, with the names that the matrix uses, for the trace of one profile and for the sheet of the whole matrix.

use crate::arena::{ConditionId, InputId};
use crate::date::{Date, Unit};
use crate::model::{
    Action, Axis, Domain, Limit, Model, NOTHING, NumberOf, Order, Override, Positions, Quantifier,
    ResultOf, Test,
};

pub(crate) struct Words<'a> {
    pub(crate) model: &'a Model,
    /// The date of the scoring, if there is one. Relative dates are then given as dates too.
    pub(crate) as_at: Option<Date>,
}

impl Words<'_> {
    /// Returns a condition as a clause, such as "risk of serious harm is high and MAPPA is m3".
    pub(crate) fn condition(&self, id: ConditionId) -> String {
        match &self.model.conditions[id].test {
            Test::All(parts) if parts.is_empty() => "always".to_owned(),
            Test::All(parts) => self.joined(parts, " and "),
            Test::Any(parts) => self.joined(parts, " or "),
            Test::Not(part) => format!("not ({})", self.condition(*part)),
            Test::Known(input) => format!("{} is recorded", self.input(*input)),
            Test::Missing(input) => format!("{} is not recorded", self.input(*input)),
            Test::InputRange { input, from, below } => {
                let domain = &self.model.inputs[*input].domain;
                let text = |limit: &Limit| match limit {
                    Limit::Fixed(value) => domain.text_of(*value),
                    Limit::Ago { count, unit } => {
                        let unit = match unit {
                            Unit::Years => "year",
                            Unit::Months => "month",
                            Unit::Days => "day",
                        };
                        let plural = if *count == 1 { "" } else { "s" };
                        match self.as_at {
                            Some(as_at) => format!(
                                "{} ({count} {unit}{plural} before {as_at})",
                                Date::from_days(limit.at(as_at))
                            ),
                            None => format!("{count} {unit}{plural} before the scoring"),
                        }
                    }
                };
                let top = domain.bounds().1;
                let range = match (domain.names().is_empty(), from, below) {
                    (false, Some(from), None) => format!("at least {}", text(from)),
                    (false, from, Some(Limit::Fixed(below))) => {
                        let most = domain.text_of((*below - 1).min(top));
                        from.as_ref().map_or_else(
                            || format!("at most {most}"),
                            |from| format!("from {} to {most}", text(from)),
                        )
                    }
                    (_, from, below) if matches!(domain, Domain::Date { .. }) => {
                        let from = from
                            .as_ref()
                            .map(|from| format!("on or after {}", text(from)));
                        let below = below
                            .as_ref()
                            .map(|below| format!("before {}", text(below)));
                        from.into_iter()
                            .chain(below)
                            .collect::<Vec<_>>()
                            .join(" and ")
                    }
                    (_, from, below) => range(from.as_ref().map(&text), below.as_ref().map(&text)),
                };
                format!("{} is {range}", self.input(*input))
            }
            Test::InputIn { input, values } => {
                let domain = &self.model.inputs[*input].domain;
                match (domain, values.as_slice()) {
                    (Domain::Boolean, [1]) => format!("{} is yes", self.input(*input)),
                    (Domain::Boolean, [0]) => format!("{} is no", self.input(*input)),
                    _ => format!(
                        "{} is {}",
                        self.input(*input),
                        either(values.iter().map(|value| domain.text_of(*value)))
                    ),
                }
            }
            Test::Members {
                input,
                has,
                quantifier,
            } => {
                let values = self.model.inputs[*input].domain.names();
                let names = has.iter().filter_map(|bit| {
                    usize::try_from(*bit)
                        .ok()
                        .and_then(|bit| values.get(bit))
                        .cloned()
                });
                let listed = match quantifier {
                    Quantifier::Any => either(names),
                    Quantifier::All => names.collect::<Vec<_>>().join(" and "),
                };
                format!("{} includes {listed}", self.input(*input))
            }
            Test::MemberCount { input, from, below } => {
                format!(
                    "the number of {} is {}",
                    self.input(*input),
                    range(
                        from.map(|from| from.to_string()),
                        below.map(|below| below.to_string())
                    )
                )
            }
            Test::Number {
                number,
                from,
                below,
            } => match (from, below) {
                (Some(from), Some(below)) if below.millionths() == from.millionths() + 1 => {
                    format!("{} is {from}", self.number(*number))
                }
                _ => format!(
                    "{} is {}",
                    self.number(*number),
                    range(
                        from.map(|from| from.to_string()),
                        below.map(|below| below.to_string())
                    )
                ),
            },
            Test::Level { dimension, among } => {
                let dimension = &self.model.dimensions[*dimension];
                let levels: Vec<String> = dimension
                    .levels
                    .iter()
                    .map(|level| level.name.clone())
                    .collect();
                format!(
                    "{} is {}",
                    dimension.heading.spoken(),
                    self.among(*among, &levels)
                )
            }
            Test::Result { of, among } => match of {
                ResultOf::Outcome => {
                    format!("the result is {}", self.among(*among, &self.model.tiers))
                }
                ResultOf::Decision(decision) => {
                    let decision = &self.model.decisions[*decision];
                    format!(
                        "{} gives {}",
                        decision.heading.spoken(),
                        self.among(*among, self.model.values_of(decision))
                    )
                }
            },
            Test::Compare { one, order, other } => {
                let order = match order {
                    Order::AtLeast => "at least as intensive as",
                    Order::AtMost => "at most as intensive as",
                    Order::Above => "more intensive than",
                    Order::Below => "less intensive than",
                };
                let name = |decision| self.model.decisions[decision].heading.spoken().to_owned();
                format!("{} is {order} {}", name(*one), name(*other))
            }
        }
    }

    fn joined(&self, parts: &[ConditionId], joint: &str) -> String {
        let texts = parts.iter().map(|part| {
            let text = self.condition(*part);
            let compound = matches!(&self.model.conditions[*part].test, Test::All(parts) | Test::Any(parts) if parts.len() > 1);
            if compound && parts.len() > 1 { format!("({text})") } else { text }
        });
        texts.collect::<Vec<_>>().join(joint)
    }

    pub(crate) fn input(&self, input: InputId) -> &str {
        self.model.inputs[input].heading.spoken()
    }

    pub(crate) fn number(&self, number: NumberOf) -> String {
        match number {
            NumberOf::Criterion(id) => {
                format!("the points of {}", self.model.criteria[id].heading.spoken())
            }
            NumberOf::Group(id) => {
                format!("the points of {}", self.model.groups[id].heading.spoken())
            }
            NumberOf::Score(id) => format!(
                "the score of {}",
                self.model.dimensions[id].heading.spoken()
            ),
            NumberOf::Scaled(id) => format!(
                "the scaled number of {}",
                self.model.dimensions[id].heading.spoken()
            ),
            NumberOf::Total => "the total score".to_owned(),
        }
    }

    /// Returns what an axis of a table reads, in words.
    pub(crate) fn axis(&self, axis: &Axis) -> String {
        match axis {
            Axis::Input { input, .. } | Axis::InputCuts { input, .. } => {
                self.input(*input).to_owned()
            }
            Axis::NumberCuts { number, .. } => self.number(*number),
            Axis::Level { dimension, .. } => self.model.dimensions[*dimension]
                .heading
                .spoken()
                .to_owned(),
            Axis::Decision { decision, .. } => {
                self.model.decisions[*decision].heading.spoken().to_owned()
            }
        }
    }

    /// Returns what an override does to the tier or the level, such as "is at least high".
    pub(crate) fn action(&self, rule: &Override) -> String {
        let moved: Vec<&str> = match rule.dimension {
            Some(dimension) => self.model.dimensions[dimension]
                .levels
                .iter()
                .map(|level| level.name.as_str())
                .collect(),
            None => self.model.tiers.iter().map(String::as_str).collect(),
        };
        let name = |position: u8| {
            moved
                .get(usize::from(position))
                .copied()
                .unwrap_or_default()
        };
        match rule.action {
            Action::Fix(to) => format!("is {}", name(to)),
            Action::Replace { level, points } => {
                format!("is {}, with a score of {points}", name(level))
            }
            Action::AtLeast(floor) => format!("is at least {}", name(floor)),
            Action::AtMost(ceiling) => format!("is at most {}", name(ceiling)),
            Action::Up(1) => "goes one step up".to_owned(),
            Action::Up(steps) => format!("goes {steps} steps up"),
            Action::Down(1) => "goes one step down".to_owned(),
            Action::Down(steps) => format!("goes {steps} steps down"),
            Action::Status(status) => {
                format!(
                    "is the status {}",
                    self.model
                        .statuses
                        .get(usize::from(status))
                        .map(String::as_str)
                        .unwrap_or_default()
                )
            }
        }
    }

    fn among(&self, among: Positions, values: &[String]) -> String {
        let name =
            |position: usize| match (values.get(position), position.checked_sub(values.len())) {
                (Some(value), _) => value.clone(),
                (None, _) if position == NOTHING => "nothing".to_owned(),
                (None, status) => status
                    .and_then(|status| self.model.statuses.get(status))
                    .cloned()
                    .unwrap_or_default(),
            };
        either(among.iter().map(name))
    }
}

/// Returns a half-open range in words, such as "from 50 to below 75".
pub(crate) fn range(from: Option<String>, below: Option<String>) -> String {
    match (from, below) {
        (Some(from), Some(below)) => format!("from {from} to below {below}"),
        (Some(from), None) => format!("{from} or more"),
        (None, Some(below)) => format!("below {below}"),
        (None, None) => "anything".to_owned(),
    }
}

/// Returns some names as alternatives, such as "low, medium or high".
pub(crate) fn either(names: impl Iterator<Item = String>) -> String {
    let names: Vec<_> = names.collect();
    match names.as_slice() {
        [] => "none of its values".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// Returns a boolean as "yes" or "no".
pub(crate) fn yes_or_no(value: &str) -> &str {
    match value {
        "true" => "yes",
        "false" => "no",
        other => other,
    }
}
