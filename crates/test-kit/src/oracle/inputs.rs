//! Reading a profile: what is missing, what is wrong, and what follows from the rest.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Reason;
use crate::calendar;
use crate::spec::{Derivation, Derived, Input, Kind, Missing, Moment, Spec};
use crate::value::{Profile, Value};

/// A value, read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Present {
    Number(Decimal),
    Text(String),
    Set(Vec<String>),
    Boolean(bool),
    Date(Date),
}

pub(super) fn read(
    spec: &Spec,
    profile: &Profile,
    as_at: Date,
) -> Result<BTreeMap<String, Present>, Vec<Reason>> {
    let mut values = BTreeMap::new();
    let mut reasons = Vec::new();
    for input in &spec.inputs {
        let given = profile
            .iter()
            .find(|(name, _)| *name == input.name)
            .map(|(_, value)| value);
        let value = match (given, &input.missing) {
            (Some(value), _) | (None, Missing::Assume(value)) => value,
            (None, Missing::Absent) => continue,
            (None, Missing::Error) => {
                reasons.push(Reason::MissingValue(input.name.clone()));
                continue;
            }
            (None, Missing::Unknown) => {
                panic!("`{}` is unknown: there is not one outcome", input.name)
            }
        };
        match allowed(input, value) {
            Some(present) => {
                values.insert(input.name.clone(), present);
            }
            None => reasons.push(Reason::WrongValue(input.name.clone())),
        }
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    for derived in &spec.derived {
        if let Some(number) = worked_out(derived, &values, as_at) {
            values.insert(derived.name.clone(), Present::Number(number));
        }
    }
    Ok(values)
}

/// Returns the value as read, if the input allows it.
fn allowed(input: &Input, value: &Value) -> Option<Present> {
    let present = read_value(value);
    let fits = match (&input.kind, &present) {
        (Kind::Integer { low, high }, Present::Number(number)) => {
            number.is_integer() && Decimal::from(*low) <= *number && *number <= Decimal::from(*high)
        }
        (Kind::Decimal { places, low, high }, Present::Number(number)) => {
            number.normalize().scale() <= *places && low <= number && number <= high
        }
        (Kind::Level(values) | Kind::Category(values), Present::Text(text)) => {
            values.contains(text)
        }
        (Kind::Set(members), Present::Set(given)) => {
            given.iter().all(|member| members.contains(member))
        }
        (Kind::Boolean, Present::Boolean(_)) => true,
        (Kind::Date { low, high, .. }, Present::Date(day)) => low <= day && day <= high,
        _ => false,
    };
    fits.then_some(present)
}

pub(super) fn read_value(value: &Value) -> Present {
    match value {
        Value::Integer(number) => Present::Number(Decimal::from(*number)),
        Value::Decimal(digits) => {
            Present::Number(digits.parse().expect("generated digits are a number"))
        }
        Value::Text(text) => Present::Text(text.clone()),
        Value::Set(members) => Present::Set(members.clone()),
        Value::Boolean(answer) => Present::Boolean(*answer),
        Value::Date(day) => Present::Date(day.parse().expect("a generated date is one")),
    }
}

/// Returns the derived number, unless a part of it is absent.
fn worked_out(
    derived: &Derived,
    values: &BTreeMap<String, Present>,
    as_at: Date,
) -> Option<Decimal> {
    let date = |moment: &Moment| match moment {
        Moment::AsAt => Some(as_at),
        Moment::Input(name) => match values.get(name) {
            Some(Present::Date(day)) => Some(*day),
            _ => None,
        },
    };
    match &derived.derivation {
        Derivation::Between {
            unit,
            first,
            second,
        } => Some(Decimal::from(calendar::completed(
            *unit,
            date(first)?,
            date(second)?,
        ))),
        Derivation::Sum(parts) => parts
            .iter()
            .map(|part| match values.get(part) {
                Some(Present::Number(number)) => Some(*number),
                _ => None,
            })
            .sum(),
    }
}
