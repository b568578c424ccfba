//! Tells whether a condition holds, for a case without unknowns. It can be read beside the table of conditions in FORMAT.md.
//!
//! A condition that is decided by one run of values of an input is made ready on loading (`Span`). All other conditions are decided here.

use crate::arena::{ConditionId, DecisionId, Id, InputId};
use crate::date::Date;
use crate::model::{Limit, Model, NumberOf, Order, Positions, Quantifier, ResultOf, Slot, Test};
use crate::number::Points;
use crate::score::Scorer;

/// The limits that move with the date of the scoring, with the days on which they fall at one date.
#[derive(Debug, Clone)]
pub(crate) struct Moments(Vec<(Limit, i64)>);

impl Moments {
    pub(crate) fn at(as_at: Date, model: &Model) -> Self {
        Self(
            model
                .moving
                .iter()
                .map(|limit| (*limit, limit.at(as_at)))
                .collect(),
        )
    }

    /// Returns whether a value is between two limits.
    fn between(&self, from: Option<Limit>, value: i64, below: Option<Limit>) -> bool {
        from.is_none_or(|from| value >= self.of(from))
            && below.is_none_or(|below| value < self.of(below))
    }

    fn of(&self, limit: Limit) -> i64 {
        match limit {
            Limit::Fixed(value) => value,
            // The loader lists every limit that moves.
            Limit::Ago { .. } => self
                .0
                .iter()
                .find(|(own, _)| *own == limit)
                .map_or(i64::MAX, |(_, days)| *days),
        }
    }
}

/// Returns whether a condition holds that reads nothing but inputs.
pub(crate) fn of_inputs(
    model: &Model,
    slots: &[Slot],
    moments: &Moments,
    condition: ConditionId,
) -> bool {
    let (criteria, groups, dimensions, decisions) =
        (&mut [][..], &mut [][..], &mut [][..], &mut [][..]);
    Scorer {
        model,
        slots,
        moments,
        criteria,
        groups,
        dimensions,
        decisions,
        result: None,
        impossible: false,
    }
    .holds(condition)
}

// What calls further is kept out of line, so that what does not has nothing to save and restore.
impl Scorer<'_> {
    // Into each place that asks: a call takes as long as the test.
    #[inline(always)]
    pub(super) fn holds(&self, condition: ConditionId) -> bool {
        let condition = &self.model.conditions[condition];
        match &condition.span {
            Some(span) => self
                .value(span.input)
                .is_some_and(|value| span.from <= value && value <= span.to),
            None => self.passes(&condition.test),
        }
    }

    #[inline(never)]
    fn passes(&self, test: &Test) -> bool {
        match test {
            Test::All(parts) => self.all(parts),
            Test::Any(parts) => self.any(parts),
            Test::Not(part) => self.not(*part),
            Test::Known(input) => self.value(*input).is_some(),
            Test::Missing(input) => self.value(*input).is_none(),
            Test::InputRange { input, from, below } => self
                .value(*input)
                .is_some_and(|value| self.moments.between(*from, value, *below)),
            Test::InputIn { input, values } => self
                .value(*input)
                .is_some_and(|value| values.contains(&value)),
            Test::Members {
                input,
                has,
                quantifier,
            } => self.value(*input).is_some_and(|set| {
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
            test @ Test::Number { .. } => self.number_between(test),
            Test::Level { dimension, among } => {
                let level = self
                    .dimensions
                    .get(dimension.index())
                    .and_then(|dimension| dimension.level);
                level.is_some_and(|level| among.has(usize::from(level)))
            }
            Test::Result {
                of: ResultOf::Outcome,
                among,
            } => self
                .result
                .is_some_and(|result| among.has(result.position(self.model.tiers.len()))),
            Test::Result {
                of: ResultOf::Decision(decision),
                among,
            } => self.decision_among(*decision, *among),
            Test::Compare { one, order, other } => self.compare(*one, *order, *other),
        }
    }

    #[inline(never)]
    fn all(&self, parts: &[ConditionId]) -> bool {
        parts.iter().all(|part| self.holds(*part))
    }

    #[inline(never)]
    fn any(&self, parts: &[ConditionId]) -> bool {
        parts.iter().any(|part| self.holds(*part))
    }

    #[inline(never)]
    fn not(&self, part: ConditionId) -> bool {
        !self.holds(part)
    }

    #[inline(never)]
    fn number_between(&self, test: &Test) -> bool {
        let Test::Number {
            number,
            from,
            below,
        } = test
        else {
            return false;
        };
        self.number(*number).is_some_and(|number| {
            from.is_none_or(|from| number >= from) && below.is_none_or(|below| number < below)
        })
    }

    #[inline(never)]
    fn decision_among(&self, decision: DecisionId, among: Positions) -> bool {
        self.position(decision)
            .is_some_and(|position| among.has(position))
    }

    #[inline(never)]
    fn compare(&self, one: DecisionId, order: Order, other: DecisionId) -> bool {
        match (self.position(one), self.position(other)) {
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

    /// Returns the position of a decision's result among its values, once the decision has been taken.
    fn position(&self, decision: DecisionId) -> Option<usize> {
        let values = self.model.values_of(&self.model.decisions[decision]).len();
        self.decision(decision)
            .map(|verdict| verdict.position(values))
    }

    /// Returns the value of an input, if it is not absent.
    #[inline]
    pub(super) fn value(&self, input: InputId) -> Option<i64> {
        match self.slots.get(input.index()) {
            Some(Slot::Value(value)) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn number(&self, number: NumberOf) -> Option<Points> {
        match number {
            NumberOf::Criterion(id) => self.criteria.get(id.index()).copied(),
            NumberOf::Group(id) => self.groups.get(id.index()).copied(),
            NumberOf::Score(id) => self.dimensions.get(id.index()).map(|scored| scored.score),
            NumberOf::Scaled(id) => self
                .dimensions
                .get(id.index())?
                .scaled(&self.model.dimensions[id]),
            NumberOf::Total => Some(self.dimensions.iter().map(|scored| scored.score).sum()),
        }
    }
}
