//! Conditions in words, by what the matrix calls things.

use crate::arena::{ConditionId, InputId};
use crate::date::{Date, Unit};
use crate::matrix::model::{Domain, Limit, Model, NOTHING, NumberOf, Order, Positions, Quantifier, ResultOf, Test};

pub(super) struct Words<'a> {
    pub(super) model: &'a Model,
    pub(super) as_at: Date,
}

impl Words<'_> {
    /// A condition as a clause: "risk of serious harm is high and MAPPA is m3".
    pub(super) fn condition(&self, id: ConditionId) -> String {
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
                        format!("{} ({count} {unit}{plural} before {})", Date::from_days(limit.at(self.as_at)), self.as_at)
                    }
                };
                let top = domain.bounds().1;
                let range = match (domain.names().is_empty(), from, below) {
                    (false, Some(from), None) => format!("at least {}", text(from)),
                    (false, from, Some(Limit::Fixed(below))) => {
                        let most = domain.text_of((*below - 1).min(top));
                        from.as_ref().map_or_else(|| format!("at most {most}"), |from| format!("from {} to {most}", text(from)))
                    }
                    (_, from, below) if matches!(domain, Domain::Date { .. }) => {
                        let from = from.as_ref().map(|from| format!("on or after {}", text(from)));
                        let below = below.as_ref().map(|below| format!("before {}", text(below)));
                        from.into_iter().chain(below).collect::<Vec<_>>().join(" and ")
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
                    _ => format!("{} is {}", self.input(*input), either(values.iter().map(|value| domain.text_of(*value)))),
                }
            }
            Test::Members { input, has, quantifier } => {
                let values = self.model.inputs[*input].domain.names();
                let names = has.iter().filter_map(|bit| usize::try_from(*bit).ok().and_then(|bit| values.get(bit)).cloned());
                let listed = match quantifier {
                    Quantifier::Any => either(names),
                    Quantifier::All => names.collect::<Vec<_>>().join(" and "),
                };
                format!("{} includes {listed}", self.input(*input))
            }
            Test::MemberCount { input, from, below } => {
                format!("the number of {} is {}", self.input(*input), range(from.map(|from| from.to_string()), below.map(|below| below.to_string())))
            }
            Test::Number { number, from, below } => match (from, below) {
                (Some(from), Some(below)) if below.millionths() == from.millionths() + 1 => format!("{} is {from}", self.number(*number)),
                _ => format!("{} is {}", self.number(*number), range(from.map(|from| from.to_string()), below.map(|below| below.to_string()))),
            },
            Test::Level { dimension, among } => {
                let dimension = &self.model.dimensions[*dimension];
                let levels: Vec<String> = dimension.levels.iter().map(|level| level.name.clone()).collect();
                format!("{} is {}", dimension.heading.spoken(), self.among(*among, &levels))
            }
            Test::Result { of, among } => match of {
                ResultOf::Outcome => format!("the result is {}", self.among(*among, &self.model.tiers)),
                ResultOf::Decision(decision) => {
                    let decision = &self.model.decisions[*decision];
                    format!("{} gives {}", decision.heading.spoken(), self.among(*among, self.model.values_of(decision)))
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

    fn input(&self, input: InputId) -> &str {
        self.model.inputs[input].heading.spoken()
    }

    pub(super) fn number(&self, number: NumberOf) -> String {
        match number {
            NumberOf::Criterion(id) => format!("the points of {}", self.model.criteria[id].heading.spoken()),
            NumberOf::Group(id) => format!("the points of {}", self.model.groups[id].heading.spoken()),
            NumberOf::Score(id) => format!("the score of {}", self.model.dimensions[id].heading.spoken()),
            NumberOf::Scaled(id) => format!("the scaled number of {}", self.model.dimensions[id].heading.spoken()),
            NumberOf::Total => "the total score".to_owned(),
        }
    }

    fn among(&self, among: Positions, values: &[String]) -> String {
        let name = |position: usize| match (values.get(position), position.checked_sub(values.len())) {
            (Some(value), _) => value.clone(),
            (None, _) if position == NOTHING => "nothing".to_owned(),
            (None, status) => status.and_then(|status| self.model.statuses.get(status)).cloned().unwrap_or_default(),
        };
        either(among.iter().map(name))
    }
}

pub(super) fn range(from: Option<String>, below: Option<String>) -> String {
    match (from, below) {
        (Some(from), Some(below)) => format!("from {from} to below {below}"),
        (Some(from), None) => format!("{from} or more"),
        (None, Some(below)) => format!("below {below}"),
        (None, None) => "anything".to_owned(),
    }
}

fn either(names: impl Iterator<Item = String>) -> String {
    let names: Vec<_> = names.collect();
    match names.as_slice() {
        [] => "none of its values".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
