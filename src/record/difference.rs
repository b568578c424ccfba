//! Finds where two records differ, down to the single value.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::record::json::{canonical, step};

/// One place where a record is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Where it is, as a JSON pointer (RFC 6901) such as `/trace/inputs/0/value`. The empty pointer is the whole record.
    pub pointer: String,
    /// How it differs.
    pub kind: DifferenceKind,
    /// What the record has there, as JSON.
    pub recorded: Option<String>,
    /// What the replay has there, as JSON; for a refusal, the reason.
    pub replayed: Option<String>,
}

/// How a record differs from its replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The record has another value.
    Changed,
    /// The record lacks it.
    Missing,
    /// The record has it, and the replay does not.
    Added,
    /// What is recorded does not match its seal: one of them was changed after the record was written.
    Seal,
    /// The replay refuses what is recorded.
    Refused,
}

/// Returns what is wrong where a seal does not match, by the pointer to what it seals.
pub(super) fn broken_seal(pointer: &str) -> &'static str {
    match pointer {
        "" => "the record, or its seal, was changed after it was written",
        _ => "this part, or its seal, was changed after the record was written",
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() {
            "the record"
        } else {
            &self.pointer
        };
        let recorded = self.recorded.as_deref().unwrap_or("nothing");
        let replayed = self.replayed.as_deref().unwrap_or("nothing");
        match self.kind {
            DifferenceKind::Changed => write!(
                formatter,
                "{place}: recorded {recorded}, replayed {replayed}"
            ),
            DifferenceKind::Missing => {
                write!(formatter, "{place}: not recorded, replayed {replayed}")
            }
            DifferenceKind::Added => {
                write!(formatter, "{place}: recorded {recorded}, not replayed")
            }
            DifferenceKind::Seal if self.pointer.is_empty() => {
                formatter.write_str(broken_seal(&self.pointer))
            }
            DifferenceKind::Seal => write!(formatter, "{place}: {}", broken_seal(&self.pointer)),
            DifferenceKind::Refused => write!(formatter, "{place}: refused: {replayed}"),
        }
    }
}

/// Adds every place where a record differs from its replay.
pub(super) fn compare(
    recorded: &Value,
    replayed: &Value,
    pointer: &str,
    differences: &mut Vec<Difference>,
) {
    let mut below = |step: &str, own: Option<&Value>, other: Option<&Value>| {
        let pointer = format!("{pointer}{step}");
        let kind = match (own, other) {
            (Some(own), Some(other)) => return compare(own, other, &pointer, differences),
            (Some(_), None) => DifferenceKind::Added,
            _ => DifferenceKind::Missing,
        };
        differences.push(Difference {
            pointer,
            kind,
            recorded: own.map(canonical),
            replayed: other.map(canonical),
        });
    };
    match (recorded, replayed) {
        (own, other) if own == other => {}
        (Value::Object(own), Value::Object(other)) => {
            for (key, value) in own {
                below(&step(key), Some(value), other.get(key));
            }
            for (key, value) in other.iter().filter(|(key, _)| !own.contains_key(*key)) {
                below(&step(key), None, Some(value));
            }
        }
        (Value::Array(own), Value::Array(other)) => {
            for index in 0..own.len().max(other.len()) {
                below(&format!("/{index}"), own.get(index), other.get(index));
            }
        }
        (own, other) => differences.push(Difference {
            pointer: pointer.to_owned(),
            kind: DifferenceKind::Changed,
            recorded: Some(canonical(own)),
            replayed: Some(canonical(other)),
        }),
    }
}
