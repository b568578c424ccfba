//! Finds where two records differ, down to the single value.

use std::fmt;

use serde::Serialize;

use crate::record::json::{Json, step};

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
    /// The keys are the same, in another order.
    Order,
    /// What is recorded does not match its seal: one of them was changed after the record was written.
    Seal,
    /// The replay refuses what is recorded.
    Refused,
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
            DifferenceKind::Order => write!(
                formatter,
                "{place}: recorded in the order {recorded}, replayed in the order {replayed}"
            ),
            DifferenceKind::Seal => write!(
                formatter,
                "{place}: this part, or its seal, was changed after the record was written"
            ),
            DifferenceKind::Refused => write!(formatter, "{place}: refused: {replayed}"),
        }
    }
}

/// Adds every place where a record differs from its replay.
pub(super) fn compare(
    recorded: &Json,
    replayed: &Json,
    pointer: &str,
    differences: &mut Vec<Difference>,
) {
    if recorded == replayed {
        return;
    }
    let mut differ = |pointer: String, kind, recorded: Option<&Json>, replayed: Option<&Json>| {
        let text = |json: Option<&Json>| json.map(Json::to_string);
        differences.push(Difference {
            pointer,
            kind,
            recorded: text(recorded),
            replayed: text(replayed),
        });
    };
    match (recorded, replayed) {
        (Json::Object(own), Json::Object(other)) => {
            for (key, value) in own.iter().filter(|(key, _)| replayed.get(key).is_none()) {
                differ(
                    format!("{pointer}{}", step(key)),
                    DifferenceKind::Added,
                    Some(value),
                    None,
                );
            }
            for (key, value) in other.iter().filter(|(key, _)| recorded.get(key).is_none()) {
                differ(
                    format!("{pointer}{}", step(key)),
                    DifferenceKind::Missing,
                    None,
                    Some(value),
                );
            }
            let shared = |entries: &[(String, Json)], beside: &Json| {
                let keys = entries.iter().filter(|(key, _)| beside.get(key).is_some());
                Json::List(keys.map(|(key, _)| Json::Text(key.clone())).collect())
            };
            let (order, other_order) = (shared(own, replayed), shared(other, recorded));
            if order != other_order {
                differ(
                    pointer.to_owned(),
                    DifferenceKind::Order,
                    Some(&order),
                    Some(&other_order),
                );
            }
            for (key, value) in own {
                if let Some(other) = replayed.get(key) {
                    compare(
                        value,
                        other,
                        &format!("{pointer}{}", step(key)),
                        differences,
                    );
                }
            }
        }
        (Json::List(own), Json::List(other)) => {
            for (index, (value, other)) in own.iter().zip(other).enumerate() {
                compare(value, other, &format!("{pointer}/{index}"), differences);
            }
            let mut differ =
                |index: usize, kind, recorded: Option<&Json>, replayed: Option<&Json>| {
                    let text = |json: Option<&Json>| json.map(Json::to_string);
                    differences.push(Difference {
                        pointer: format!("{pointer}/{index}"),
                        kind,
                        recorded: text(recorded),
                        replayed: text(replayed),
                    });
                };
            for (index, value) in own.iter().enumerate().skip(other.len()) {
                differ(index, DifferenceKind::Added, Some(value), None);
            }
            for (index, value) in other.iter().enumerate().skip(own.len()) {
                differ(index, DifferenceKind::Missing, None, Some(value));
            }
        }
        (own, other) => differ(
            pointer.to_owned(),
            DifferenceKind::Changed,
            Some(own),
            Some(other),
        ),
    }
}
