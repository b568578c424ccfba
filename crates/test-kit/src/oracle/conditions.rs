//! Conditions. A comparison with something that has no value does not hold.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Scoring;
use super::decisions::Order;
use super::inputs::{Present, read_value};
use crate::calendar;
use crate::spec::{Against, Condition, DateBound, Kind, Subject, Test, Unit};
use crate::value::Value;

impl Scoring<'_> {
    pub(super) fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::All(parts) | Condition::Together(parts) => {
                parts.iter().all(|part| self.holds(part))
            }
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Condition::Not(part) => !self.holds(part),
            Condition::Missing(input) => !self.values.contains_key(input),
            Condition::Known(input) => self.values.contains_key(input),
            Condition::Compare(Subject::Decision(name), test) => self.decision_passes(name, test),
            Condition::Compare(subject, test) => self
                .present(subject)
                .is_some_and(|present| self.passes(subject, &present, test)),
        }
    }

    /// Returns what the subject is now, if it has a value. Decisions are treated elsewhere, since giving nothing is a result too.
    pub(super) fn present(&self, subject: &Subject) -> Option<Present> {
        let text = |text: &String| Present::Text(text.clone());
        match subject {
            Subject::Input(name) => self.values.get(name).cloned(),
            Subject::Points { name, .. } => Some(Present::Number(self.outcome.points[name])),
            Subject::Score { name, .. } => {
                Some(Present::Number(self.outcome.dimensions[name].score))
            }
            Subject::Scaled(name) => self.outcome.dimensions[name].scaled.map(Present::Number),
            Subject::Level { name, .. } => self.outcome.dimensions[name].level.as_ref().map(text),
            Subject::Total => Some(Present::Number(
                self.outcome
                    .dimensions
                    .values()
                    .map(|dimension| dimension.score)
                    .sum(),
            )),
            Subject::Tier => self.outcome.tier.as_ref().map(text),
            Subject::Status => self.outcome.status.as_ref().map(text),
            Subject::Decision(name) => self.outcome.decisions[name].as_ref().map(text),
        }
    }

    fn passes(&self, subject: &Subject, present: &Present, test: &Test) -> bool {
        match (present, test) {
            (_, Test::Each(tests)) => tests.iter().all(|test| self.passes(subject, present, test)),
            (_, Test::Is(value)) => *present == read_value(value),
            (_, Test::OneOf(values)) => values.iter().any(|value| *present == read_value(value)),
            (Present::Number(number), Test::Number { from, below }) => {
                from.is_none_or(|from| from <= *number) && below.is_none_or(|below| *number < below)
            }
            (Present::Date(day), Test::Date { from, below }) => {
                from.as_ref().is_none_or(|from| self.day(from) <= *day)
                    && below.as_ref().is_none_or(|below| *day < self.day(below))
            }
            (Present::Set(members), Test::Has(member)) => members.contains(member),
            (Present::Set(members), Test::HasAny(any)) => {
                any.iter().any(|member| members.contains(member))
            }
            (Present::Set(members), Test::HasAll(all)) => {
                all.iter().all(|member| members.contains(member))
            }
            (Present::Set(members), Test::Count { from, below }) => {
                let count = Decimal::from(members.len());
                from.is_none_or(|from| Decimal::from(from) <= count)
                    && below.is_none_or(|below| count < Decimal::from(below))
            }
            (Present::Text(result), test) => {
                self.passes_by_order(&self.order_of(subject), Some(result), test)
            }
            (present, test) => panic!("{present:?} cannot be asked {test:?}"),
        }
    }

    fn day(&self, bound: &DateBound) -> Date {
        match bound {
            DateBound::On(day) => *day,
            DateBound::Ago(unit @ (Unit::Years | Unit::Months | Unit::Days), count) => {
                calendar::plus(self.as_at, *unit, -count)
            }
        }
    }

    fn decision_passes(&self, name: &str, test: &Test) -> bool {
        let result = self.outcome.decisions[name].as_deref();
        match test {
            Test::Each(tests) => tests.iter().all(|test| self.decision_passes(name, test)),
            Test::Nothing => result.is_none(),
            Test::Is(Value::Text(asked)) => result == Some(asked),
            test => self.passes_by_order(
                &self.order_of(&Subject::Decision(name.to_owned())),
                result,
                test,
            ),
        }
    }

    fn passes_by_order(&self, order: &[String], result: Option<&str>, test: &Test) -> bool {
        let order = Order(order);
        let intensity = order.intensity(result);
        let other = |against: &Against| match against {
            Against::Result(other) => order.intensity(Some(other)),
            Against::Decision(name) => order.intensity(self.outcome.decisions[name].as_deref()),
        };
        match test {
            Test::AtLeast(against) => intensity >= other(against),
            Test::AtMost(against) => intensity <= other(against),
            Test::Above(against) => intensity > other(against),
            Test::Below(against) => intensity < other(against),
            test => panic!("an order cannot be asked {test:?}"),
        }
    }

    /// Returns the results that the subject can have, from the most to the least intensive.
    fn order_of(&self, subject: &Subject) -> Vec<String> {
        match subject {
            Subject::Input(name) => match self.spec.input(name).map(|input| &input.kind) {
                Some(Kind::Level(lowest_first)) => lowest_first.iter().rev().cloned().collect(),
                other => panic!("`{name}` has no order: {other:?}"),
            },
            Subject::Level { name, .. } => {
                let levels = self
                    .spec
                    .dimension(name)
                    .and_then(|dimension| dimension.levels.as_ref());
                levels.expect("a dimension with levels").names.clone()
            }
            Subject::Decision(name) => {
                let own = self
                    .spec
                    .named_decision(name)
                    .and_then(|decision| decision.values.clone());
                own.unwrap_or_else(|| self.spec.tiers.clone())
            }
            _ => self.spec.tiers.clone(),
        }
    }
}
