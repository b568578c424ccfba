//! Conditions on whatever is there to read.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Builder;
use crate::bounds::{self, Interval};
use crate::calendar;
use crate::document::subject_name;
use crate::spec::{
    Against, Condition, DateBound, Derivation, Kind, Missing, Moment, Subject, Test, Unit,
};
use crate::value::Value;

/// How far the order of evaluation has come: each stage reads what the ones before it do, and more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Inputs and derived inputs.
    Inputs,
    /// Points and dimensions.
    DimensionOverrides,
    /// The total and the named decisions so far.
    Decisions,
    /// The tier and the status.
    AfterDecision,
}

#[derive(Clone, Copy)]
enum Readable {
    Input,
    Points,
    Dimension,
    Total,
    Decision,
    Tier,
    Status,
}

impl Builder {
    pub(super) fn condition(&mut self, stage: Stage) -> Condition {
        self.nested_condition(stage, 2)
    }

    fn nested_condition(&mut self, stage: Stage, depth: usize) -> Condition {
        let form = if depth == 0 {
            0
        } else {
            self.choices.below(12)
        };
        match form {
            0..=4 => self.comparison(stage),
            5..=7 => self.together(stage),
            8 => Condition::Not(Box::new(self.nested_condition(stage, depth - 1))),
            9 => Condition::All(self.conditions(stage, depth)),
            _ => Condition::Any(self.conditions(stage, depth)),
        }
    }

    fn conditions(&mut self, stage: Stage, depth: usize) -> Vec<Condition> {
        (0..=self.choices.below(3))
            .map(|_| self.nested_condition(stage, depth - 1))
            .collect()
    }

    /// Returns the entries of one map, so their keys differ.
    fn together(&mut self, stage: Stage) -> Condition {
        let mut keys = BTreeSet::new();
        let mut parts = Vec::new();
        for _ in 0..2 + self.choices.below(2) {
            let part = self.comparison(stage);
            let key = match &part {
                Condition::Missing(_) => "missing".to_owned(),
                Condition::Known(_) => "known".to_owned(),
                Condition::Compare(subject, _) => subject_name(subject),
                other => panic!("a comparison: {other:?}"),
            };
            if keys.insert(key) {
                parts.push(part);
            }
        }
        Condition::Together(parts)
    }

    /// Returns one comparison, or one question whether an input is missing or known.
    pub(super) fn comparison(&mut self, stage: Stage) -> Condition {
        let mut readable = vec![Readable::Input, Readable::Input];
        let has_dimensions = !self.spec.dimensions.is_empty();
        if stage >= Stage::DimensionOverrides && !self.spec.criteria.is_empty() {
            readable.push(Readable::Points);
        }
        if stage >= Stage::DimensionOverrides && has_dimensions {
            readable.extend([Readable::Dimension, Readable::Dimension]);
        }
        if stage >= Stage::Decisions && has_dimensions {
            readable.push(Readable::Total);
        }
        if stage >= Stage::Decisions && !self.spec.decisions.is_empty() {
            readable.extend([Readable::Decision, Readable::Decision]);
        }
        if stage >= Stage::AfterDecision && self.spec.decision.is_some() {
            readable.extend([Readable::Tier, Readable::Tier]);
            readable.extend((!self.spec.statuses.is_empty()).then_some(Readable::Status));
        }
        match *self.choices.pick(&readable) {
            Readable::Input => self.input_comparison(),
            Readable::Points => self.points_comparison(),
            Readable::Dimension => self.dimension_comparison(),
            Readable::Total => self.score_comparison(Subject::Total),
            Readable::Decision => self.decision_comparison(),
            Readable::Tier => self.tier_comparison(),
            Readable::Status => {
                let status = Value::Text(self.choices.pick(&self.spec.statuses).clone());
                Condition::Compare(Subject::Status, Test::Is(status))
            }
        }
    }

    fn input_comparison(&mut self) -> Condition {
        let position = self
            .choices
            .below(self.spec.inputs.len() + self.spec.derived.len());
        let Some(input) = self.spec.inputs.get(position).cloned() else {
            let name = self.spec.derived[position - self.spec.inputs.len()]
                .name
                .clone();
            let test = self.derived_test(&name);
            return Condition::Compare(Subject::Input(name), test);
        };
        if input.missing == Missing::Absent && self.choices.chance(25) {
            return if self.choices.chance(50) {
                Condition::Known(input.name)
            } else {
                Condition::Missing(input.name)
            };
        }
        let test = match &input.kind {
            Kind::Integer { low, high } => match self.choices.below(5) {
                0..=2 => self.number_test((*low).into(), (*high).into(), Decimal::ONE),
                3 => Test::Is(Value::Integer(self.choices.between(*low, *high))),
                _ => {
                    let first = self.choices.between(*low, *high - 1);
                    Test::OneOf(vec![
                        Value::Integer(first),
                        Value::Integer(self.choices.between(first + 1, *high)),
                    ])
                }
            },
            Kind::Decimal { places, low, high } => {
                let unit = Decimal::new(1, *places);
                if self.choices.chance(15) {
                    Test::Is(Value::Decimal(
                        self.cut(*low, *high, unit).normalize().to_string(),
                    ))
                } else {
                    self.number_test(*low, *high, unit)
                }
            }
            Kind::Level(values) => match self.choices.below(5) {
                0 => Test::AtLeast(self.one_result(values)),
                1 => Test::AtMost(self.one_result(values)),
                2 => Test::Each(vec![
                    Test::AtLeast(self.one_result(values)),
                    Test::AtMost(self.one_result(values)),
                ]),
                _ => self.value_test(values),
            },
            Kind::Category(values) => self.value_test(values),
            Kind::Set(members) => self.set_test(members),
            Kind::Boolean => Test::Is(Value::Boolean(!self.choices.chance(40))),
            Kind::Date { low, high, .. } => self.date_test(*low, *high),
        };
        Condition::Compare(Subject::Input(input.name), test)
    }

    fn derived_test(&mut self, name: &str) -> Test {
        let Interval { low, high } =
            bounds::input(&self.spec, name).unwrap_or_else(|| self.span_until_as_at(name));
        let cut = self.cut(low, high, Decimal::ONE);
        match cut.to_i64() {
            Some(count) if self.choices.chance(15) => Test::Is(Value::Integer(count)),
            _ => self.number_test(low, high, Decimal::ONE),
        }
    }

    /// Returns what a derived input that depends on the date of the scoring is at `as_at`, or the usual part of it.
    pub(super) fn span_until_as_at(&self, name: &str) -> Interval {
        let derived = self.spec.derived(name).expect("a derived input");
        let as_at = self.spec.as_at;
        let (unit, ends) = match &derived.derivation {
            Derivation::Between {
                unit,
                first: Moment::Input(date),
                second: Moment::AsAt,
            } => {
                let (low, high) = bounds::dates(&self.spec, date);
                (
                    *unit,
                    [high, low].map(|end| calendar::completed(*unit, end, as_at)),
                )
            }
            Derivation::Between {
                unit,
                first: Moment::AsAt,
                second: Moment::Input(date),
            } => {
                let (low, high) = bounds::dates(&self.spec, date);
                (
                    *unit,
                    [low, high].map(|end| calendar::completed(*unit, as_at, end)),
                )
            }
            other => panic!("{name} does not depend on the date of the scoring: {other:?}"),
        };
        let most = match unit {
            Unit::Years => 40,
            Unit::Months => 200,
            Unit::Days => 4_000,
        };
        let [low, high] = ends;
        let (low, high) = if high - low > most {
            (0, most)
        } else {
            (low, high)
        };
        Interval {
            low: low.into(),
            high: high.into(),
        }
    }

    fn value_test(&mut self, values: &[String]) -> Test {
        if self.choices.chance(40) {
            Test::OneOf(
                self.choices
                    .subset(values)
                    .into_iter()
                    .map(Value::Text)
                    .collect(),
            )
        } else {
            Test::Is(Value::Text(self.choices.pick(values).clone()))
        }
    }

    fn set_test(&mut self, members: &[String]) -> Test {
        match self.choices.below(6) {
            0 | 1 => Test::Has(self.choices.pick(members).clone()),
            2 => Test::HasAny(self.choices.subset(members)),
            3 => Test::HasAll(self.choices.subset(members)),
            4 => Test::Each(vec![
                Test::Has(self.choices.pick(members).clone()),
                Test::Count {
                    from: None,
                    below: Some(2),
                },
            ]),
            _ => {
                let most = i64::try_from(members.len()).expect("a short list");
                let from = self.choices.between(1, most);
                match self.choices.below(3) {
                    0 => Test::Count {
                        from: Some(from),
                        below: None,
                    },
                    1 => Test::Count {
                        from: None,
                        below: Some(from),
                    },
                    _ => Test::Count {
                        from: Some(from),
                        below: Some(from + 1),
                    },
                }
            }
        }
    }

    fn date_test(&mut self, low: Date, high: Date) -> Test {
        // In a wide range the days that matter are those of the last years.
        let as_at = self.spec.as_at;
        let recent = calendar::plus(as_at, Unit::Years, -12);
        let low = if low < recent && recent < high {
            recent
        } else {
            low
        };
        let high = if low < as_at && as_at < high {
            as_at
        } else {
            high
        };
        let days = calendar::completed(Unit::Days, low, high);
        let first = self.choices.between(1, days);
        let on = |days| calendar::plus(low, Unit::Days, days);
        match self.choices.below(7) {
            0..=2 => Test::Date {
                from: Some(self.date_bound(on(first))),
                below: None,
            },
            3 | 4 => Test::Date {
                from: None,
                below: Some(self.date_bound(on(first))),
            },
            5 if first < days => {
                let second = self.choices.between(first + 1, days);
                // A bound in years or months is rounded to a later day, so that it might pass the other.
                let from = DateBound::On(on(first));
                Test::Date {
                    from: Some(from),
                    below: Some(self.date_bound(on(second))),
                }
            }
            _ => Test::Is(Value::Date(on(first).to_string())),
        }
    }

    /// Returns the day itself, or as many units before `as_at` as lead near it.
    fn date_bound(&mut self, day: Date) -> DateBound {
        let unit = *self.choices.pick(&[Unit::Years, Unit::Months, Unit::Days]);
        let ago = calendar::completed(unit, day, self.spec.as_at);
        if ago >= 0 && self.choices.chance(60) {
            DateBound::Ago(unit, ago)
        } else {
            DateBound::On(day)
        }
    }

    fn points_comparison(&mut self) -> Condition {
        let position = self
            .choices
            .below(self.spec.criteria.len() + self.spec.groups.len());
        let subject = if let Some(criterion) = self.spec.criteria.get(position) {
            let name = criterion.name.clone();
            Subject::Points {
                qualified: self.needs_suffix(&name) || self.choices.chance(20),
                name,
            }
        } else {
            let name = self.spec.groups[position - self.spec.criteria.len()]
                .name
                .clone();
            Subject::Points {
                name,
                qualified: false,
            }
        };
        if self.choices.chance(25) {
            let bounds = bounds::subject(&self.spec, &subject).expect("points are numbers");
            let points = self.cut(bounds.low, bounds.high, Decimal::ONE);
            return Condition::Compare(
                subject,
                Test::Is(Value::Decimal(points.normalize().to_string())),
            );
        }
        self.score_comparison(subject)
    }

    fn score_comparison(&mut self, subject: Subject) -> Condition {
        let bounds = bounds::subject(&self.spec, &subject).expect("a number");
        let test = self.number_test(bounds.low, bounds.high, self.score_unit());
        Condition::Compare(subject, test)
    }

    fn dimension_comparison(&mut self) -> Condition {
        let dimension = self.choices.pick(&self.spec.dimensions).clone();
        let name = dimension.name.clone();
        let qualified = self.choices.chance(20) || self.has_two_meanings(&dimension);
        match (self.choices.below(4), dimension.levels, dimension.scale) {
            (0 | 1, Some(levels), _) => {
                let test = match self.choices.below(3) {
                    0 => self.value_test(&levels.names),
                    _ => self.order_test(&levels.names),
                };
                Condition::Compare(Subject::Level { name, qualified }, test)
            }
            (1 | 2, _, Some(_)) => self.score_comparison(Subject::Scaled(name)),
            _ => self.score_comparison(Subject::Score { name, qualified }),
        }
    }

    pub(super) fn tier_comparison(&mut self) -> Condition {
        let tiers = self.spec.tiers.clone();
        let test = match self.choices.below(3) {
            0 => Test::Is(Value::Text(self.choices.pick(&tiers).clone())),
            _ => self.order_test(&tiers),
        };
        Condition::Compare(Subject::Tier, test)
    }

    pub(super) fn decision_comparison(&mut self) -> Condition {
        let decision = self.choices.pick(&self.spec.decisions).clone();
        let results = decision.values.as_ref().unwrap_or(&self.spec.tiers).clone();
        // Results of one order only can be compared, and values of its own are an order of its own.
        let same_order: Vec<String> = self
            .spec
            .decisions
            .iter()
            .filter(|other| {
                decision.values.is_none() && other.values.is_none() && other.name != decision.name
            })
            .map(|other| other.name.clone())
            .collect();
        let test = match self.choices.below(6) {
            0 | 1 => Test::Is(Value::Text(self.choices.pick(&results).clone())),
            2 => Test::Nothing,
            3 if !same_order.is_empty() => {
                let other = Against::Decision(self.choices.pick(&same_order).clone());
                self.ordered(other)
            }
            _ => self.order_test(&results),
        };
        Condition::Compare(Subject::Decision(decision.name), test)
    }

    fn order_test(&mut self, results: &[String]) -> Test {
        let result = self.one_result(results);
        if self.choices.chance(10) {
            let other = self.one_result(results);
            return Test::Each(vec![Test::AtMost(result), Test::Above(other)]);
        }
        self.ordered(result)
    }

    fn ordered(&mut self, against: Against) -> Test {
        match self.choices.below(4) {
            0 => Test::AtLeast(against),
            1 => Test::AtMost(against),
            2 => Test::Above(against),
            _ => Test::Below(against),
        }
    }

    fn one_result(&mut self, results: &[String]) -> Against {
        Against::Result(self.choices.pick(results).clone())
    }

    fn number_test(&mut self, low: Decimal, high: Decimal, unit: Decimal) -> Test {
        let cuts = self.cuts(low, high, unit, 2);
        match (self.choices.below(5), cuts.as_slice()) {
            (4, [from, below]) => Test::Number {
                from: Some(*from),
                below: Some(*below),
            },
            (0..=2, [.., cut]) => Test::Number {
                from: Some(*cut),
                below: None,
            },
            (_, [cut, ..]) => Test::Number {
                from: None,
                below: Some(*cut),
            },
            (_, []) => Test::Number {
                from: Some(low),
                below: None,
            },
        }
    }

    /// Returns a cut-off above `low` and not above `high`, which is all there is if the two are the same.
    pub(super) fn cut(&mut self, low: Decimal, high: Decimal, unit: Decimal) -> Decimal {
        let steps = ((high - low) / unit)
            .to_i64()
            .expect("a generated range has few units");
        if steps < 1 {
            high
        } else {
            low + unit * Decimal::from(self.choices.between(1, steps))
        }
    }

    /// Returns up to a number of different cut-offs above `low` and not above `high`, in ascending order.
    pub(super) fn cuts(
        &mut self,
        low: Decimal,
        high: Decimal,
        unit: Decimal,
        most: usize,
    ) -> Vec<Decimal> {
        let mut steps = ((high - low) / unit)
            .to_usize()
            .expect("a generated range has few units");
        let mut cuts = Vec::new();
        let mut from = low;
        for left in (1..=most).rev() {
            if steps < 1 {
                break;
            }
            // Leaves room for those that follow, where there is any.
            let step = 1 + self.choices.below(steps.div_ceil(left));
            from += unit * Decimal::from(step);
            steps -= step;
            cuts.push(from);
        }
        cuts
    }
}
