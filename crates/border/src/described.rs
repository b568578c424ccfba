//! What a matrix is, and what its inputs are: all that a form needs.

use std::fmt;

use serde::Serialize;
use threshold_matrix::{IfMissing, InputDescription, InputKind, Matrix, MatrixStatus};

use crate::{Answer, json};

#[derive(Serialize)]
struct Described<'a> {
    id: &'a str,
    version: String,
    hash: &'a str,
    title: &'a str,
    about: Option<&'a str>,
    status: &'static str,
    tiers: &'a [String],
    statuses: &'a [String],
    inputs: Vec<Input<'a>>,
}

#[derive(Serialize)]
struct Input<'a> {
    name: &'a str,
    label: &'a str,
    kind: &'static str,
    /// The most decimal places of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    places: Option<u32>,
    /// The least number or date, as a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<Value<'a>>,
    unit: Option<&'a str>,
    note: Option<&'a str>,
    missing: &'static str,
    /// The value that is assumed where it is missing, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    assumed: Option<String>,
    protected: bool,
    changeable: bool,
}

#[derive(Serialize)]
struct Value<'a> {
    name: &'a str,
    label: &'a str,
}

/// Returns what a matrix is, and what each of its inputs takes.
///
/// # Errors
/// Returns no error: all of it can be written.
pub fn describe(matrix: &Matrix) -> Answer {
    json(&Described {
        id: matrix.id(),
        version: matrix.version().to_string(),
        hash: matrix.content_hash(),
        title: matrix.title(),
        about: matrix.about(),
        status: match matrix.status() {
            MatrixStatus::Sourced => "sourced",
            MatrixStatus::Illustrative => "illustrative",
            MatrixStatus::Local => "local",
            _ => "other",
        },
        tiers: matrix.tiers(),
        statuses: matrix.statuses(),
        inputs: matrix.described_inputs().map(|own| input(&own)).collect(),
    })
}

fn input<'a>(described: &InputDescription<'a>) -> Input<'a> {
    let range = |from: &dyn fmt::Display, to: &dyn fmt::Display| {
        (Some(from.to_string()), Some(to.to_string()))
    };
    let (kind, places, (from, to)) = match &described.kind {
        InputKind::Number { places, from, to } => {
            let kind = if *places == 0 { "integer" } else { "decimal" };
            (kind, Some(*places), range(from, to))
        }
        InputKind::Level(_) => ("level", None, (None, None)),
        InputKind::Category(_) => ("category", None, (None, None)),
        InputKind::Set(_) => ("set", None, (None, None)),
        InputKind::Boolean => ("boolean", None, (None, None)),
        InputKind::Date { from, to } => ("date", None, range(from, to)),
        _ => ("other", None, (None, None)),
    };
    let (missing, assumed) = match &described.missing {
        IfMissing::Refused => ("refused", None),
        IfMissing::Absent => ("absent", None),
        IfMissing::Unknown => ("unknown", None),
        IfMissing::Assumed(value) => ("assumed", Some(value.to_string())),
        _ => ("other", None),
    };
    let values = described.values.iter();
    Input {
        name: described.name,
        label: described.label,
        kind,
        places,
        from,
        to,
        values: values
            .map(|value| Value {
                name: value.name,
                label: value.label,
            })
            .collect(),
        unit: described.unit,
        note: described.note,
        missing,
        assumed,
        protected: described.protected,
        changeable: described.changeable,
    }
}
