//! Reads the events that a profile lists.

use std::collections::HashMap;
use std::sync::Arc;

use crate::date::Date;
use crate::diagnostic::{shortened, suggest};
use crate::model::events::{DATE, EventList, ReferenceField};
use crate::model::{Input, Missing, Slot};
use crate::profile::{Problem, ProblemKind, Profile, Value};
use crate::score::events::{Event, Events, Mark, place_of};
use crate::score::given::given;

/// Reads a list of events, or returns all its problems.
pub(crate) fn read(list: &EventList, value: &Value) -> Result<Events, Vec<Problem>> {
    let events: &[Profile] = match value {
        Value::Events(events) => events,
        Value::Members(members) if members.is_empty() => &[],
        _ => {
            let name = &list.heading.name;
            let message = format!(
                "`{name}` is not a list of events; give it as [{{\"date\": \"2026-01-06\", …}}], or as [] where there is none"
            );
            return Err(vec![problem(list, ProblemKind::WrongType, message)]);
        }
    };
    if events.len() > list.at_most {
        let message = format!(
            "`{}` lists {} events, and may list at most {}",
            list.heading.name,
            events.len(),
            list.at_most
        );
        return Err(vec![problem(list, ProblemKind::OutOfRange, message)]);
    }
    let mut problems = Vec::new();
    let mut texts = vec![HashMap::new(); list.references.len()];
    let read = events.iter().enumerate();
    let read: Vec<Event> = read
        .map(|(place, event)| one(list, place, event, &mut texts, &mut problems))
        .collect();
    if problems.is_empty() {
        Ok(Events {
            list: Arc::from(read),
        })
    } else {
        Err(problems)
    }
}

fn problem(list: &EventList, kind: ProblemKind, message: String) -> Problem {
    Problem::new(kind, vec![list.heading.name.clone()], message)
}

/// Reads one event. Where it is at fault, what is returned does not matter.
fn one(
    list: &EventList,
    place: usize,
    event: &Profile,
    texts: &mut [HashMap<String, u32>],
    problems: &mut Vec<Problem>,
) -> Event {
    let inputs = list.fields.inputs.items();
    let names = || {
        let fields = inputs.iter().map(|field| field.heading.name.as_str());
        fields.chain(
            list.references
                .iter()
                .map(|field| field.heading.name.as_str()),
        )
    };
    for (name, _) in event.iter() {
        if !names().any(|own| own == name) {
            let message = format!(
                "`{}[{place}]` has no field `{}`; {}",
                list.heading.name,
                shortened(name),
                suggest(name, names())
            );
            problems.push(problem(list, ProblemKind::UnknownInput, message).of_event(place, None));
        }
    }
    let mut days = (0, 0);
    let mut fields = Vec::with_capacity(inputs.len());
    for (at, field) in inputs.iter().enumerate() {
        let value = event.get(&field.heading.name);
        let slot = if at == DATE {
            date(list, place, field, value).map(|(first, last)| {
                days = (first, last);
                if first == last {
                    Slot::Value(first)
                } else {
                    Slot::Unknown
                }
            })
        } else {
            read_field(list, place, field, value)
        };
        fields.push(slot.unwrap_or_else(|problem| {
            problems.push(problem.of_event(place, Some(&field.heading.name)));
            Slot::Absent
        }));
    }
    let references = list.references.iter().zip(texts);
    let references = references
        .map(|(field, texts)| {
            reference(list, place, field, event.get(&field.heading.name), texts).unwrap_or_else(
                |problem| {
                    problems.push(problem.of_event(place, Some(&field.heading.name)));
                    Mark::Absent
                },
            )
        })
        .collect();
    Event {
        first: days.0,
        last: days.1,
        fields,
        references,
    }
}

/// Reads a field as an input is read. Only where it is at fault is the whole name of the field needed.
fn read_field(
    list: &EventList,
    place: usize,
    field: &Input,
    value: Option<&Value>,
) -> Result<Slot, Problem> {
    let read = given(field, value).map(|(slot, _)| slot);
    read.map_err(|fault| {
        let own = format!("`{}`", field.heading.name);
        let whole = format!("`{}`", place_of(list, place, &field.heading.name));
        problem(list, fault.kind, fault.message.replacen(&own, &whole, 1))
    })
}

/// What to write where the day of an event is not known.
const PARTLY_KNOWN: &str =
    "where only the month or the year is known, give that, such as 2026-11 or 2026";

/// Reads the days on which an event may have been.
fn date(
    list: &EventList,
    place: usize,
    field: &Input,
    value: Option<&Value>,
) -> Result<(i64, i64), Problem> {
    let partial = match value {
        Some(Value::Text(text)) => partial_days(text),
        _ => None,
    };
    let Some((first, last)) = partial else {
        let read = read_field(list, place, field, value).map_err(|fault| match fault.kind {
            ProblemKind::WrongType | ProblemKind::Missing => fault.adding(PARTLY_KNOWN),
            _ => fault,
        });
        return match read? {
            Slot::Value(day) => Ok((day, day)),
            Slot::Absent | Slot::Unknown => Ok((0, 0)),
        };
    };
    let (least, most) = field.domain.bounds();
    let (first, last) = (first.max(least), last.min(most));
    if first <= last {
        return Ok((first, last));
    }
    let text = match value {
        Some(Value::Text(text)) => shortened(text),
        _ => String::new(),
    };
    let message = format!(
        "`{}` is {text}, outside {} to {}",
        place_of(list, place, "date"),
        field.domain.text_of(least),
        field.domain.text_of(most)
    );
    Err(problem(list, ProblemKind::OutOfRange, message))
}

/// Returns the first and the last day of a month such as `2026-03`, or of a year such as `2026`.
pub(crate) fn partial_days(text: &str) -> Option<(i64, i64)> {
    let is_digits =
        |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let first = |year: i16, month: i8| Date::new(year, month, 1).ok().map(Date::days);
    match text.split_once('-') {
        None if is_digits(text, 4) => {
            let year: i16 = text.parse().ok()?;
            let last = Date::new(year, 12, 31).ok()?;
            Some((first(year, 1)?, last.days()))
        }
        Some((year, month)) if is_digits(year, 4) && is_digits(month, 2) => {
            let (year, month): (i16, i8) = (year.parse().ok()?, month.parse().ok()?);
            let last = (28..=31)
                .rev()
                .find_map(|day| Date::new(year, month, day).ok())?;
            Some((first(year, month)?, last.days()))
        }
        _ => None,
    }
}

fn reference(
    list: &EventList,
    place: usize,
    field: &ReferenceField,
    value: Option<&Value>,
    texts: &mut HashMap<String, u32>,
) -> Result<Mark, Problem> {
    let name = || place_of(list, place, &field.heading.name);
    let text = match value {
        None | Some(Value::Missing) => {
            return match field.missing {
                Missing::Absent => Ok(Mark::Absent),
                Missing::Unknown => Ok(Mark::Unknown),
                Missing::Error | Missing::Assume(_) => {
                    let message = format!("`{}` is missing", name());
                    Err(problem(list, ProblemKind::Missing, message))
                }
            };
        }
        Some(Value::Text(text)) if !text.trim().is_empty() => text.trim().to_owned(),
        Some(Value::Whole(number)) => number.to_string(),
        Some(_) => {
            let message = format!("`{}` is not a reference; give it as a text", name());
            return Err(problem(list, ProblemKind::WrongType, message));
        }
    };
    let next = u32::try_from(texts.len()).unwrap_or(u32::MAX);
    Ok(Mark::Is(*texts.entry(text).or_insert(next)))
}
