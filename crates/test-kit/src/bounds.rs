//! Works out the smallest and largest number that each part of a matrix can have, by interval arithmetic.
//!
//! The bounds may be wider than what some profile attains, but never narrower.

use jiff::civil::date;
use rust_decimal::Decimal;

use crate::calendar;
use crate::spec::{Action, Body, Derivation, Item, Kind, Moment, Scale, Spec, Subject, Unit};

/// Two numbers, and all that lies between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The smallest number.
    pub low: Decimal,
    /// The largest number.
    pub high: Decimal,
}

impl Interval {
    fn of(mut numbers: impl Iterator<Item = Decimal>) -> Interval {
        let first = numbers.next().expect("at least one number");
        numbers.fold(
            Interval {
                low: first,
                high: first,
            },
            |interval, number| Interval {
                low: interval.low.min(number),
                high: interval.high.max(number),
            },
        )
    }

    fn union(intervals: impl Iterator<Item = Interval>) -> Interval {
        Interval::of(intervals.flat_map(|interval| [interval.low, interval.high]))
    }

    fn sum(intervals: impl Iterator<Item = Interval>) -> Interval {
        intervals.fold(
            Interval {
                low: Decimal::ZERO,
                high: Decimal::ZERO,
            },
            |sum, interval| Interval {
                low: sum.low + interval.low,
                high: sum.high + interval.high,
            },
        )
    }
}

/// Returns the range of a number input. A derived input has one unless it depends on `as_at`.
pub fn input(spec: &Spec, name: &str) -> Option<Interval> {
    if let Some(derived) = spec.derived(name) {
        return match &derived.derivation {
            Derivation::Sum(inputs) => Some(Interval::sum(
                inputs.iter().filter_map(|part| input(spec, part)),
            )),
            Derivation::Between {
                first: Moment::AsAt,
                ..
            }
            | Derivation::Between {
                second: Moment::AsAt,
                ..
            } => None,
            Derivation::Between {
                unit,
                first,
                second,
            } => Some(between(spec, *unit, first, second)),
        };
    }
    match spec.input(name)?.kind {
        Kind::Integer { low, high } => Some(Interval {
            low: low.into(),
            high: high.into(),
        }),
        Kind::Decimal { low, high, .. } => Some(Interval { low, high }),
        _ => None,
    }
}

/// Returns the bounds of a length of time. If it depends on `as_at`, they are over every possible date of a scoring.
fn between(spec: &Spec, unit: Unit, first: &Moment, second: &Moment) -> Interval {
    let ends = |moment: &Moment| match moment {
        Moment::AsAt => (date(1900, 1, 1), date(2199, 12, 31)),
        Moment::Input(name) => dates(spec, name),
    };
    let ((first_low, first_high), (second_low, second_high)) = (ends(first), ends(second));
    Interval {
        low: Decimal::from(calendar::completed(unit, first_high, second_low)),
        high: Decimal::from(calendar::completed(unit, first_low, second_high)),
    }
}

/// Returns the first and last date of a date input.
pub fn dates(spec: &Spec, name: &str) -> (jiff::civil::Date, jiff::civil::Date) {
    match spec.input(name).map(|input| &input.kind) {
        Some(Kind::Date { low, high, .. }) => (*low, *high),
        other => panic!("{name} is not a date: {other:?}"),
    }
}

/// Returns the bounds of the points that a criterion of this body gives.
pub fn body(spec: &Spec, body: &Body) -> Interval {
    match body {
        Body::Bands { bands, absent, .. } => {
            Interval::of(bands.iter().map(|band| band.points).chain(*absent))
        }
        Body::Values { values, absent, .. } => {
            Interval::of(values.iter().map(|(_, points)| *points).chain(*absent))
        }
        Body::Each {
            input: name,
            each,
            points,
            beyond,
            cap,
            absent,
        } => {
            let range = match spec.derived(name).map(|derived| &derived.derivation) {
                Some(Derivation::Between {
                    unit,
                    first,
                    second,
                }) => between(spec, *unit, first, second),
                _ => input(spec, name).expect("a number"),
            };
            let ends =
                [range.low, range.high].map(|value| per_unit(value, *each, *points, *beyond, *cap));
            Interval::of(ends.into_iter().chain(*absent))
        }
        Body::EachMember {
            input,
            points,
            cap,
            members,
            absent,
        } => {
            let all = match spec.input(input).map(|input| &input.kind) {
                Some(Kind::Set(all)) => all.len(),
                other => panic!("{input} is not a set: {other:?}"),
            };
            let most = *points * Decimal::from(members.as_ref().map_or(all, Vec::len));
            let most = cap.map_or(most, |cap| most.min(cap));
            Interval::of([Decimal::ZERO, most].into_iter().chain(*absent))
        }
        Body::When {
            points, otherwise, ..
        } => Interval::of([*points, otherwise.unwrap_or_default()].into_iter()),
        Body::Choose(branches) => {
            Interval::union(branches.iter().map(|branch| self::body(spec, &branch.body)))
        }
        Body::Fixed(points) => Interval::of(std::iter::once(*points)),
    }
}

fn per_unit(
    value: Decimal,
    each: Decimal,
    points: Decimal,
    beyond: Option<Decimal>,
    cap: Option<Decimal>,
) -> Decimal {
    let units = ((value - beyond.unwrap_or_default()) / each)
        .floor()
        .max(Decimal::ZERO);
    cap.map_or(points * units, |cap| cap.min(points * units))
}

/// Returns the points of a criterion or group.
pub fn points(spec: &Spec, name: &str) -> Interval {
    if let Some(criterion) = spec.criterion(name) {
        return body(spec, &criterion.body);
    }
    let group = spec.group(name).expect("a score names criteria and groups");
    items(spec, &group.score)
}

/// Returns the bounds of what these items add up to.
pub fn items(spec: &Spec, items: &[Item]) -> Interval {
    Interval::sum(items.iter().map(|item| self::item(spec, item)))
}

fn item(spec: &Spec, item: &Item) -> Interval {
    match item {
        Item::Named(name) => points(spec, name),
        Item::Highest(parts) => {
            let parts: Vec<Interval> = parts.iter().map(|part| self::item(spec, part)).collect();
            let largest = |end: fn(&Interval) -> Decimal| {
                parts.iter().map(end).max().expect("one part at least")
            };
            Interval {
                low: largest(|part| part.low),
                high: largest(|part| part.high),
            }
        }
        Item::Lowest(parts) => {
            let parts: Vec<Interval> = parts.iter().map(|part| self::item(spec, part)).collect();
            let smallest = |end: fn(&Interval) -> Decimal| {
                parts.iter().map(end).min().expect("one part at least")
            };
            Interval {
                low: smallest(|part| part.low),
                high: smallest(|part| part.high),
            }
        }
        Item::Capped(parts, at) => {
            let sum = items(spec, parts);
            Interval {
                low: sum.low.min(*at),
                high: sum.high.min(*at),
            }
        }
    }
}

/// Returns what a dimension's criteria add up to.
pub fn added_score(spec: &Spec, name: &str) -> Interval {
    items(spec, &spec.dimension(name).expect("a dimension").score)
}

/// Returns the score of a dimension after its overrides.
pub fn score(spec: &Spec, name: &str) -> Interval {
    let replaced = spec.overrides.iter().filter_map(|rule| match rule.action {
        Action::Fix { points, .. } if rule.dimension.as_deref() == Some(name) => points,
        _ => None,
    });
    let added = added_score(spec, name);
    Interval::of([added.low, added.high].into_iter().chain(replaced))
}

/// Returns the scaled numbers that a dimension's scale gives.
pub fn scaled(spec: &Spec, name: &str) -> Option<Interval> {
    let numbers: Vec<Decimal> = match spec.dimension(name)?.scale.as_ref()? {
        Scale::Steps(steps) => steps.iter().map(|(_, gives)| *gives).collect(),
        Scale::Whole { gives, .. } => gives.clone(),
    };
    Some(Interval::of(numbers.into_iter()))
}

/// Returns the bounds of anything that has a number.
pub fn subject(spec: &Spec, subject: &Subject) -> Option<Interval> {
    match subject {
        Subject::Input(name) => input(spec, name),
        Subject::Points { name, .. } => Some(points(spec, name)),
        Subject::Score { name, .. } => Some(score(spec, name)),
        Subject::Scaled(name) => scaled(spec, name),
        Subject::Total => Some(Interval::sum(
            spec.dimensions
                .iter()
                .map(|dimension| score(spec, &dimension.name)),
        )),
        Subject::Level { .. } | Subject::Tier | Subject::Status | Subject::Decision(_) => None,
    }
}
