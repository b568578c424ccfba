//! Whether a condition holds, for a case without unknowns: read beside the table of conditions in FORMAT.md.

use crate::arena::{ConditionId, Id, InputId};
use crate::date::Date;
use crate::matrix::model::{Limit, Model, NumberOf, Order, Quantifier, ResultOf, Test};
use crate::number::Points;
use crate::plan::reach::Slot;
use crate::score::Workings;

/// The limits that move with the date of the scoring, and the days that they are at one date.
#[derive(Debug, Clone)]
pub(crate) struct Moments(Vec<(Limit, i64)>);

impl Moments {
    pub(crate) fn at(as_at: Date, model: &Model) -> Self {
        Self(model.moving.iter().map(|limit| (*limit, limit.at(as_at))).collect())
    }

    fn of(&self, limit: Limit) -> i64 {
        match limit {
            Limit::Fixed(value) => value,
            // The loader lists every limit that moves.
            Limit::Ago { .. } => self.0.iter().find(|(own, _)| *own == limit).map_or(i64::MAX, |(_, days)| *days),
        }
    }
}

/// What a condition sees.
pub(super) struct Seen<'a> {
    pub(super) model: &'a Model,
    pub(super) slots: &'a [Slot],
    pub(super) moments: &'a Moments,
    pub(super) workings: &'a Workings,
}

/// Whether a condition that reads inputs only holds.
pub(crate) fn of_inputs(model: &Model, slots: &[Slot], moments: &Moments, condition: ConditionId) -> bool {
    let workings = Workings::default();
    Seen { model, slots, moments, workings: &workings }.holds(condition)
}

impl Seen<'_> {
    pub(super) fn holds(&self, condition: ConditionId) -> bool {
        match &self.model.conditions[condition].test {
            Test::All(parts) => parts.iter().all(|part| self.holds(*part)),
            Test::Any(parts) => parts.iter().any(|part| self.holds(*part)),
            Test::Not(part) => !self.holds(*part),
            Test::Known(input) => self.value(*input).is_some(),
            Test::Missing(input) => self.value(*input).is_none(),
            Test::InputRange { input, from, below } => self.value(*input).is_some_and(|value| {
                let limit = |limit: Limit| self.moments.of(limit);
                from.is_none_or(|from| value >= limit(from)) && below.is_none_or(|below| value < limit(below))
            }),
            Test::InputIn { input, values } => self.value(*input).is_some_and(|value| values.contains(&value)),
            Test::Members { input, has, quantifier } => self.value(*input).is_some_and(|set| {
                let has_one = |bit: &i64| set >> bit & 1 == 1;
                match quantifier {
                    Quantifier::Any => has.iter().any(has_one),
                    Quantifier::All => has.iter().all(has_one),
                }
            }),
            Test::MemberCount { input, from, below } => self.value(*input).is_some_and(|set| {
                let count = i64::from(set.count_ones());
                from.is_none_or(|from| count >= from) && below.is_none_or(|below| count < below)
            }),
            Test::Number { number, from, below } => {
                self.number(*number).is_some_and(|number| from.is_none_or(|from| number >= from) && below.is_none_or(|below| number < below))
            }
            Test::Level { dimension, among } => {
                let level = self.workings.dimensions.get(dimension.index()).and_then(|dimension| dimension.level);
                level.is_some_and(|level| among.has(usize::from(level)))
            }
            Test::Result { of, among } => match of {
                ResultOf::Outcome => self.workings.result.is_some_and(|result| among.has(result.position(self.model.tiers.len()))),
                ResultOf::Decision(decision) => {
                    let values = self.model.values_of(&self.model.decisions[*decision]).len();
                    self.workings.decision(*decision).is_some_and(|verdict| among.has(verdict.position(values)))
                }
            },
            Test::Compare { one, order, other } => {
                let values = self.model.values_of(&self.model.decisions[*one]).len();
                let position = |decision| self.workings.decision(decision).map(|verdict| verdict.position(values));
                match (position(*one), position(*other)) {
                    // The smaller position is the more intensive.
                    (Some(one), Some(other)) => match order {
                        Order::AtLeast => one <= other,
                        Order::AtMost => one >= other,
                        Order::Above => one < other,
                        Order::Below => one > other,
                    },
                    _ => false,
                }
            }
        }
    }

    /// The value of an input, if it is not absent.
    pub(super) fn value(&self, input: InputId) -> Option<i64> {
        match self.slots.get(input.index()) {
            Some(Slot::Value(value)) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn number(&self, number: NumberOf) -> Option<Points> {
        let workings = self.workings;
        match number {
            NumberOf::Criterion(id) => workings.criteria.get(id.index()).copied(),
            NumberOf::Group(id) => workings.groups.get(id.index()).copied(),
            NumberOf::Score(id) => workings.dimensions.get(id.index()).map(|dimension| dimension.score),
            NumberOf::Scaled(id) => workings.dimensions.get(id.index()).and_then(|dimension| dimension.scaled),
            NumberOf::Total => Some(workings.dimensions.iter().map(|dimension| dimension.score).sum()),
        }
    }
}
