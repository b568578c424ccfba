//! The values of an input that can make a difference: its cut-offs, and what lies on either side of them.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::calendar;
use crate::spec::{
    Body, DateBound, Derivation, Derived, Entries, Input, Kind, Missing, Moment, Spec, Subject,
    Test, Unit,
};
use crate::value::{Profile, Value};

/// The largest domain that is listed whole without need.
const SMALL_DOMAIN: i64 = 64;

/// Returns at least one value from every cell of the input: the whole domain if it is small or a derived input reads it,
/// otherwise both ends of the range, every cut-off, and one unit either side of each.
pub fn representatives(spec: &Spec, input: &Input) -> Vec<Value> {
    let feeds_derived = spec
        .derived
        .iter()
        .any(|derived| derived.parts().contains(&input.name.as_str()));
    match &input.kind {
        Kind::Boolean => vec![Value::Boolean(false), Value::Boolean(true)],
        Kind::Level(values) | Kind::Category(values) => {
            values.iter().cloned().map(Value::Text).collect()
        }
        Kind::Set(members) => subsets(members),
        Kind::Integer { low, high } => {
            let domain = high - low + 1;
            if feeds_derived || domain <= SMALL_DOMAIN {
                (*low..=*high).map(Value::Integer).collect()
            } else {
                let near =
                    around_cut_offs(spec, input, (*low).into(), (*high).into(), Decimal::ONE);
                near.into_iter().map(integer).collect()
            }
        }
        Kind::Decimal { places, low, high } => {
            let near = around_cut_offs(spec, input, *low, *high, Decimal::new(1, *places));
            near.into_iter()
                .map(|number| Value::Decimal(number.to_string()))
                .collect()
        }
        Kind::Date { low, high, .. } => {
            let domain = calendar::completed(Unit::Days, *low, *high) + 1;
            if feeds_derived || domain <= SMALL_DOMAIN {
                calendar::days(*low, *high).map(day).collect()
            } else {
                around_days(date_cut_offs(spec, &input.name), *low, *high)
                    .into_iter()
                    .map(day)
                    .collect()
            }
        }
    }
}

/// Returns values at which most faults show: those on cut-offs and next to them, a short list in every case.
/// For a date these include the cut-offs of inputs derived from it.
pub fn telling_values(spec: &Spec, input: &Input) -> Vec<Value> {
    match &input.kind {
        Kind::Integer { low, high } => {
            let near = around_cut_offs(spec, input, (*low).into(), (*high).into(), Decimal::ONE);
            near.into_iter().map(integer).collect()
        }
        Kind::Date { low, high, .. } => {
            let mut cuts: Vec<Date> = date_cut_offs(spec, &input.name);
            for derived in &spec.derived {
                cuts.extend(days_that_cut(spec, derived, &input.name));
            }
            around_days(cuts, *low, *high)
                .into_iter()
                .map(day)
                .collect()
        }
        _ => representatives(spec, input),
    }
}

/// Returns the unknown inputs that the profile has no value for.
pub fn unknowns<'s>(spec: &'s Spec, profile: &Profile) -> Vec<&'s Input> {
    let has = |input: &Input| profile.iter().any(|(name, _)| *name == input.name);
    spec.inputs
        .iter()
        .filter(|input| input.missing == Missing::Unknown && !has(input))
        .collect()
}

/// Returns how many completions [`completions`] gives.
pub fn completion_count(spec: &Spec, profile: &Profile) -> usize {
    let sizes = unknowns(spec, profile)
        .into_iter()
        .map(|input| representatives(spec, input).len());
    sizes.fold(1, usize::saturating_mul)
}

/// Returns the profile with each unknown input given each of its representative values, in every combination.
pub fn completions(spec: &Spec, profile: &Profile) -> impl Iterator<Item = Profile> {
    let lists: Vec<(String, Vec<Value>)> = unknowns(spec, profile)
        .into_iter()
        .map(|input| (input.name.clone(), representatives(spec, input)))
        .collect();
    let profile = profile.clone();
    (0..completion_count(spec, &profile)).map(move |mut number| {
        let mut completed = profile.clone();
        for (name, values) in &lists {
            completed.push((name.clone(), values[number % values.len()].clone()));
            number /= values.len();
        }
        completed
    })
}

fn integer(number: Decimal) -> Value {
    Value::Integer(
        number
            .to_i64()
            .expect("a number in the range of an integer input"),
    )
}

fn day(day: Date) -> Value {
    Value::Date(day.to_string())
}

fn subsets(members: &[String]) -> Vec<Value> {
    let chosen = |bits: u32| {
        let members = members
            .iter()
            .enumerate()
            .filter(|(position, _)| bits >> position & 1 == 1);
        Value::Set(members.map(|(_, member)| member.clone()).collect())
    };
    (0..1_u32 << members.len()).map(chosen).collect()
}

fn around_cut_offs(
    spec: &Spec,
    input: &Input,
    low: Decimal,
    high: Decimal,
    unit: Decimal,
) -> BTreeSet<Decimal> {
    let cuts = number_cut_offs(spec, &input.name, high)
        .into_iter()
        .chain([low, high]);
    cuts.flat_map(|cut| [cut - unit, cut, cut + unit])
        .filter(|number| low <= *number && *number <= high)
        .collect()
}

fn around_days(cuts: Vec<Date>, low: Date, high: Date) -> BTreeSet<Date> {
    let near = cuts
        .into_iter()
        .flat_map(|cut| [-1, 0, 1].map(|step| calendar::plus(cut, Unit::Days, step)));
    near.chain([low, high])
        .filter(|day| low <= *day && *day <= high)
        .collect()
}

/// Returns every number that something compares the input with.
fn number_cut_offs(spec: &Spec, name: &str, high: Decimal) -> Vec<Decimal> {
    let mut cuts = Vec::new();
    for body in spec.bodies() {
        match body {
            Body::Bands { input, bands, .. } if input == name => {
                cuts.extend(bands.iter().map(|band| band.from))
            }
            Body::Each {
                input,
                each,
                beyond,
                ..
            } if input == name => {
                let mut cut = beyond.unwrap_or_default() + each;
                while cut <= high {
                    cuts.push(cut);
                    cut += each;
                }
            }
            _ => {}
        }
    }
    for axis in spec
        .axes()
        .filter(|axis| axis.subject == Subject::Input(name.to_owned()))
    {
        if let Entries::Cuts(numbers) = &axis.entries {
            cuts.extend(numbers);
        }
    }
    for test in tests_of(spec, name) {
        match test {
            Test::Number { from, below } => cuts.extend(from.iter().chain(below)),
            Test::Is(value) => cuts.extend(number(value)),
            Test::OneOf(values) => cuts.extend(values.iter().filter_map(number)),
            _ => {}
        }
    }
    cuts
}

/// Returns every date that something compares the input with.
fn date_cut_offs(spec: &Spec, name: &str) -> Vec<Date> {
    let on = |bound: &DateBound| match bound {
        DateBound::On(day) => *day,
        DateBound::Ago(unit, count) => calendar::plus(spec.as_at, *unit, -count),
    };
    let mut cuts = Vec::new();
    for test in tests_of(spec, name) {
        match test {
            Test::Date { from, below } => cuts.extend(from.iter().chain(below).map(on)),
            Test::Is(Value::Date(day)) => cuts.push(day.parse().expect("a generated date")),
            _ => {}
        }
    }
    cuts
}

/// Returns the days on which the derived input, read at `as_at`, passes one of its own cut-offs.
fn days_that_cut(spec: &Spec, derived: &Derived, input: &str) -> Vec<Date> {
    let Derivation::Between {
        unit,
        first,
        second,
    } = &derived.derivation
    else {
        return Vec::new();
    };
    let sign = match (first, second) {
        (Moment::Input(name), Moment::AsAt) if name == input => -1,
        (Moment::AsAt, Moment::Input(name)) if name == input => 1,
        _ => return Vec::new(),
    };
    let counts = number_cut_offs(spec, &derived.name, Decimal::from(150));
    counts
        .into_iter()
        .filter_map(|count| count.to_i64())
        .map(|count| calendar::plus(spec.as_at, *unit, sign * count))
        .collect()
}

fn tests_of<'s>(spec: &'s Spec, name: &str) -> impl Iterator<Item = &'s Test> {
    let input = Subject::Input(name.to_owned());
    spec.comparisons()
        .into_iter()
        .filter(move |(subject, _)| **subject == input)
        .map(|(_, test)| test)
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(number) => Some(Decimal::from(*number)),
        Value::Decimal(digits) => Some(digits.parse().expect("generated digits")),
        _ => None,
    }
}
