//! Inputs, derived inputs and checks.

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::conditions::Stage;
use super::{Builder, Setting, WORDS, words};
use crate::calendar;
use crate::choices::Choices;
use crate::spec::{Check, Condition, Derivation, Derived, Input, Kind, Missing, Moment, Unit};
use crate::value::Value;

/// The dates that an input has without a range.
const FIRST_DAY: Date = jiff::civil::date(1900, 1, 1);
const LAST_DAY: Date = jiff::civil::date(2199, 12, 31);

/// Returns a date to score at: an ordinary one, or one where calendars are awkward.
pub(super) fn as_at(choices: &mut Choices) -> Date {
    let day = match choices.below(6) {
        0 | 1 => "2026-12-01",
        2 => "2024-02-29",
        3 => "2025-02-28",
        4 => "2026-03-31",
        _ => "2027-01-01",
    };
    day.parse().expect("a date")
}

/// Returns any value that the input allows.
pub(super) fn any_value(choices: &mut Choices, kind: &Kind) -> Value {
    match kind {
        Kind::Integer { low, high } => Value::Integer(choices.between(*low, *high)),
        Kind::Decimal { places, low, high } => {
            let unit = Decimal::new(1, *places);
            let units = ((high - low) / unit)
                .to_i64()
                .expect("a generated range has few units");
            Value::Decimal(
                (low + unit * Decimal::from(choices.between(0, units)))
                    .normalize()
                    .to_string(),
            )
        }
        Kind::Level(values) | Kind::Category(values) => Value::Text(choices.pick(values).clone()),
        Kind::Set(members) => {
            let count = choices.below(members.len() + 1);
            Value::Set(choices.some(members, count))
        }
        Kind::Boolean => Value::Boolean(choices.chance(50)),
        Kind::Date { low, high, .. } => {
            let days = choices.between(0, calendar::completed(Unit::Days, *low, *high));
            Value::Date(calendar::plus(*low, Unit::Days, days).to_string())
        }
    }
}

impl Builder {
    pub(super) fn inputs(&mut self) {
        for _ in 0..=self.at_most(3, 11) {
            let (mut name, kind) = match self.choices.below(9) {
                0 | 1 => (self.fresh_name("count"), self.integer()),
                2 => (self.fresh_name("consent"), Kind::Boolean),
                3 => (self.fresh_name("grade"), Kind::Level(self.input_values())),
                4 => (self.fresh_name("kind"), Kind::Category(self.input_values())),
                5 => (self.fresh_name("tags"), Kind::Set(self.input_values())),
                6 => (self.fresh_name("rate"), self.decimal()),
                _ => (self.fresh_name("day"), self.dates()),
            };
            let missing = match self.choices.below(12) {
                0..=3 => Missing::Error,
                4 | 5 => Missing::Absent,
                6..=9 => Missing::Unknown,
                _ => Missing::Assume(any_value(&mut self.choices, &kind)),
            };
            let mut protected = match self.choices.below(10) {
                8 => Some(false),
                9 => Some(true),
                _ => None,
            };
            // A name that looks protected has to say whether it is.
            if matches!(kind, Kind::Boolean)
                && self.spec.input("female").is_none()
                && self.choices.chance(30)
            {
                "female".clone_into(&mut name);
                protected = Some(!self.choices.chance(30));
            }
            let changeable = self.choices.chance(15);
            self.spec.inputs.push(Input {
                name,
                kind,
                missing,
                protected,
                changeable,
                more_is_worse: None,
                earlier: false,
            });
        }
    }

    /// Makes an input that is the tier which was given the time before.
    pub(super) fn earlier(&mut self) {
        let mut values = self.spec.tiers.clone();
        let statuses = self.spec.statuses.clone();
        let count = self.choices.below(statuses.len() + 1);
        values.extend(self.choices.some(&statuses, count));
        let is_level = self.choices.chance(30);
        let kind = if is_level {
            Kind::Level
        } else {
            Kind::Category
        };
        let missing = match self.choices.below(4) {
            0 | 1 => Missing::Absent,
            2 => Missing::Assume(Value::Text(self.choices.pick(&values).clone())),
            _ => Missing::Error,
        };
        self.spec.inputs.push(Input {
            name: "earlier".to_owned(),
            kind: kind(values),
            missing,
            protected: None,
            changeable: false,
            more_is_worse: None,
            earlier: true,
        });
    }

    fn integer(&mut self) -> Kind {
        let low = *self.choices.pick(&[0, 0, 0, 1, -3]);
        let width = match self.setting {
            Setting::Small => self.choices.between(1, 10),
            Setting::Large | Setting::Huge => {
                *self.choices.pick(&[5, 10, 20, 100, 100, 1_000, 50_000])
            }
        };
        Kind::Integer {
            low,
            high: low + width,
        }
    }

    fn decimal(&mut self) -> Kind {
        let (places, units) = match self.setting {
            Setting::Small => (1 + self.choices.below(2), self.choices.between(3, 60)),
            Setting::Large | Setting::Huge => (
                1 + self.choices.below(4),
                *self.choices.pick(&[100, 1_000, 10_000, 1_000_000]),
            ),
        };
        let places = u32::try_from(places).expect("few places");
        let low = *self.choices.pick(&[0, 0, 0, 25, -15]);
        Kind::Decimal {
            places,
            low: Decimal::new(low, places),
            high: Decimal::new(low + units, places),
        }
    }

    fn input_values(&mut self) -> Vec<String> {
        if self.setting == Setting::Huge && self.choices.chance(50) {
            let count = 2 + self.choices.below(38);
            return (0..count).map(|value| format!("v{value}")).collect();
        }
        let count = 2 + self.at_most(1, 3).min(WORDS.len() - 2);
        words(&mut self.choices, &WORDS, count)
    }

    /// Returns a kind of date. In the small setting it has at most 60 days, some years, months or days before `as_at`.
    fn dates(&mut self) -> Kind {
        if self.setting == Setting::Small {
            let unit = *self.choices.pick(&[Unit::Years, Unit::Months, Unit::Days]);
            let ago = self.choices.between(0, 5);
            let low = calendar::plus(self.spec.as_at, unit, -ago);
            let low = calendar::plus(low, Unit::Days, -self.choices.between(0, 40));
            let high = calendar::plus(low, Unit::Days, self.choices.between(2, 59));
            return Kind::Date {
                low,
                high,
                written: true,
            };
        }
        if self.choices.chance(50) {
            let low = calendar::plus(self.spec.as_at, Unit::Years, -self.choices.between(1, 60));
            let high = calendar::plus(low, Unit::Years, self.choices.between(1, 80));
            Kind::Date {
                low,
                high,
                written: true,
            }
        } else {
            Kind::Date {
                low: FIRST_DAY,
                high: LAST_DAY,
                written: false,
            }
        }
    }

    fn names_of(&self, wanted: impl Fn(&Kind) -> bool) -> Vec<String> {
        self.spec
            .inputs
            .iter()
            .filter(|input| wanted(&input.kind))
            .map(|input| input.name.clone())
            .collect()
    }

    pub(super) fn derived(&mut self) {
        for _ in 0..self.at_most(3, 5) {
            let dates = self.names_of(|kind| matches!(kind, Kind::Date { .. }));
            let integers = self.names_of(|kind| matches!(kind, Kind::Integer { .. }));
            if integers.len() >= 2 && (dates.is_empty() || self.choices.chance(40)) {
                let count = 2 + self.choices.below(integers.len().min(3) - 1);
                let parts = self.choices.some(&integers, count);
                let name = self.fresh_name("sum");
                self.spec.derived.push(Derived {
                    name,
                    derivation: Derivation::Sum(parts),
                    protected: false,
                });
            } else if !dates.is_empty() {
                self.between(&dates);
            }
        }
    }

    fn between(&mut self, dates: &[String]) {
        let unit = *self.choices.pick(&[Unit::Years, Unit::Months, Unit::Days]);
        let first = Moment::Input(self.choices.pick(dates).clone());
        let second = Moment::Input(self.choices.pick(dates).clone());
        let may_be_unknown = |moment: &Moment| matches!(moment, Moment::Input(name) if self.spec.may_be_unknown(name));
        // Not both of the dates may be able to be unknown.
        let two_dates = first != second && !(may_be_unknown(&first) && may_be_unknown(&second));
        let (first, second) = match self.choices.below(10) {
            0..=5 => (first, Moment::AsAt),
            6 => (Moment::AsAt, first),
            _ if two_dates => (first, second),
            _ => (first, Moment::AsAt),
        };
        let is_age =
            unit == Unit::Years && second == Moment::AsAt && self.spec.derived("age").is_none();
        let (name, protected) = if is_age && self.choices.chance(30) {
            ("age".to_owned(), true)
        } else {
            (self.fresh_name("span"), false)
        };
        self.spec.derived.push(Derived {
            name,
            derivation: Derivation::Between {
                unit,
                first,
                second,
            },
            protected,
        });
    }

    pub(super) fn checks(&mut self) {
        if !self.choices.chance(30) {
            return;
        }
        for number in 0..=self.choices.below(2) {
            let when = (!self.choices.chance(20)).then(|| self.comparison(Stage::Inputs));
            let require = Condition::Any(vec![
                self.condition(Stage::Inputs),
                self.comparison(Stage::Inputs),
            ]);
            self.spec.checks.push(Check {
                id: format!("check-{number}"),
                when,
                require,
            });
        }
    }
}
