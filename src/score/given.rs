//! Reads what a profile gives for one input.

use crate::date::Date;
use crate::diagnostic::{shortened, suggest};
use crate::model::{Domain, Input, Missing, Slot};
use crate::number;
use crate::profile::{Problem, ProblemKind, Value};

/// Returns what a profile gives for an input, and whether the matrix assumed it.
pub(crate) fn given(input: &Input, value: Option<&Value>) -> Result<(Slot, bool), Problem> {
    let value = match value {
        None | Some(Value::Missing) => {
            return match input.missing {
                Missing::Absent => Ok((Slot::Absent, false)),
                Missing::Unknown => Ok((Slot::Unknown, false)),
                Missing::Assume(value) => Ok((Slot::Value(value), true)),
                Missing::Error => Err(problem(
                    input,
                    ProblemKind::Missing,
                    format!("`{}` is missing", input.heading.name),
                )),
            };
        }
        Some(value) => value,
    };
    read(input, value).map(|value| (Slot::Value(value), false))
}

pub(crate) fn problem(input: &Input, kind: ProblemKind, message: String) -> Problem {
    Problem::new(kind, vec![input.heading.name.clone()], message)
}

pub(crate) fn wrong_type(input: &Input, value: &Value) -> Problem {
    let written = match value {
        Value::Missing => "nothing".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Whole(value) => value.to_string(),
        Value::Text(text) => format!("`{}`", shortened(text)),
        Value::Members(_) => "a list".to_owned(),
        Value::Events(_) => "a list of events".to_owned(),
    };
    let wanted = match &input.domain {
        Domain::Number { places: 0, .. } => "a whole number",
        Domain::Number { .. } => "a number",
        Domain::Level { .. } | Domain::Category { .. } => "one of its values",
        Domain::Set { .. } => "a list of its values",
        Domain::Boolean => "true or false",
        Domain::Date { .. } => "a date such as 2026-11-21",
    };
    problem(
        input,
        ProblemKind::WrongType,
        format!("`{}` is {written}, not {wanted}", input.heading.name),
    )
}

/// Returns what is wrong with a date that has a time of day, as `2026-11-21T14:30:00` has, if this is one.
fn timed(input: &Input, text: &str) -> Option<Problem> {
    let (date, time) = text.split_once(['T', ' '])?;
    date.parse::<Date>().ok()?;
    if !time.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let name = &input.heading.name;
    let message = format!(
        "`{name}` is `{}`, a date with a time of day; give the date alone, such as {date}",
        shortened(text)
    );
    Some(problem(input, ProblemKind::WrongType, message))
}

/// Reads the value of an input as the whole number that the matrix works with.
fn read(input: &Input, value: &Value) -> Result<i64, Problem> {
    match (&input.domain, value) {
        (Domain::Number { places: 0, .. }, Value::Whole(value)) => in_range(input, *value),
        (Domain::Number { places, .. }, Value::Whole(whole)) => {
            in_units(input, *places, &whole.to_string(), value)
        }
        (Domain::Number { places, .. }, Value::Text(text)) => in_units(input, *places, text, value),
        (Domain::Level { values } | Domain::Category { values }, Value::Text(text)) => {
            position(input, values, text)
        }
        // A category such as a level 1 to 6 may come as a number.
        (Domain::Level { values } | Domain::Category { values }, Value::Whole(value)) => {
            position(input, values, &value.to_string())
        }
        (Domain::Set { values }, Value::Members(members)) => {
            members.iter().try_fold(0, |set, member| {
                Ok(set | 1 << position(input, values, member)?)
            })
        }
        (Domain::Boolean, Value::Boolean(value)) => Ok(i64::from(*value)),
        (Domain::Boolean, Value::Text(text)) => match text.as_str() {
            "true" => Ok(1),
            "false" => Ok(0),
            _ => Err(wrong_type(input, value)),
        },
        (Domain::Date { .. }, Value::Text(text)) => match text.parse::<Date>() {
            Ok(date) => in_range(input, date.days()),
            Err(_) => Err(timed(input, text).unwrap_or_else(|| wrong_type(input, value))),
        },
        _ => Err(wrong_type(input, value)),
    }
}

/// Returns a number in units of the last decimal place of its input.
fn in_units(input: &Input, places: u32, text: &str, value: &Value) -> Result<i64, Problem> {
    let (name, written) = (&input.heading.name, shortened(text));
    let Some(decimal) = number::parse(text) else {
        return Err(if number::has_too_many_digits(text) {
            let message = format!(
                "`{name}` is {written}, which has more than {} digits",
                number::MOST_DIGITS
            );
            problem(input, ProblemKind::OutOfRange, message)
        } else {
            wrong_type(input, value)
        });
    };
    match number::scaled(decimal, places) {
        Some(scaled) => in_range(input, scaled),
        None if decimal.normalize().scale() > places && places == 0 => {
            Err(wrong_type(input, value))
        }
        None if decimal.normalize().scale() > places => {
            let message =
                format!("`{name}` is {written}, which has more than {places} decimal places");
            Err(problem(input, ProblemKind::TooManyPlaces, message))
        }
        None => Err(out_of_range(input, &written)),
    }
}

fn position(input: &Input, values: &[String], text: &str) -> Result<i64, Problem> {
    let Some(position) = values.iter().position(|value| value == text) else {
        let help = suggest(text, values.iter().map(String::as_str));
        let message = format!(
            "`{}` has no value `{}`; {help}",
            input.heading.name,
            shortened(text)
        );
        return Err(problem(input, ProblemKind::UnknownValue, message));
    };
    Ok(position as i64)
}

pub(crate) fn in_range(input: &Input, value: i64) -> Result<i64, Problem> {
    let (least, most) = input.domain.bounds();
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(out_of_range(input, &input.domain.text_of(value)))
    }
}

pub(crate) fn out_of_range(input: &Input, written: &str) -> Problem {
    let (least, most) = input.domain.bounds();
    let message = format!(
        "`{}` is {written}, outside {} to {}",
        input.heading.name,
        input.domain.text_of(least),
        input.domain.text_of(most)
    );
    problem(input, ProblemKind::OutOfRange, message)
}
