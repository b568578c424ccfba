//! Writes outcomes as JSON. Names stand in alphabetical order, so that equal outcomes of equal matrices are equal bytes.

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use crate::change::NextChange;
use crate::date::Date;
use crate::matrix::Matrix;
use crate::number::Points;
use crate::profile::Refusal;
use crate::score::outcome::{DimensionOutcome, Outcome};

/// Returns one line of JSON for one scored profile.
///
/// A profile that is refused has its problems in `error`, and nulls where its results would be.
///
/// ```
/// use threshold_matrix::{Matrix, Profile, report};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let as_at = "2026-11-21".parse()?;
/// let result = matrix.score(&Profile::new().with("arrests", 4).with("rosh", "low"), as_at);
/// let line = report::json_line(Some("p1"), &matrix, as_at, &result);
/// assert!(line.starts_with(r#"{"id":"p1","as_at":"2026-11-21","matrix":{"id":"doc-example","version":"1.0.0","hash":"sha256:"#));
/// assert!(line.contains(r#""tier":"medium","status":null,"possible":["medium"],"provisional":false"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn json_line(
    id: Option<&str>,
    matrix: &Matrix,
    as_at: Date,
    result: &Result<Outcome, Refusal>,
) -> String {
    match result {
        Ok(outcome) => line(&OutcomeLine {
            id,
            outcome,
            next_change: None,
        }),
        Err(refusal) => line(&Refused {
            id,
            matrix,
            as_at,
            error: &refusal.to_string(),
        }),
    }
}

/// Returns one line of JSON for one scored profile as [`json_line`] does, with the next change or null for none up to the day that was asked about.
///
/// ```
/// use threshold_matrix::{Matrix, Profile, report};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let profile = Profile::new().with("arrests", 4).with("rosh", "low");
/// let case = matrix.prepare(&profile, "2026-11-21".parse()?)?;
/// let next = case.next_change("2027-12-31".parse()?)?;
/// let line = report::json_line_with_next_change(Some("p1"), &case.score()?, next.as_ref());
/// assert!(line.contains(r#""next_change":null,"error":null"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn json_line_with_next_change(
    id: Option<&str>,
    outcome: &Outcome,
    next: Option<&NextChange>,
) -> String {
    line(&OutcomeLine {
        id,
        outcome,
        next_change: Some(next),
    })
}

/// Returns the line of JSON for something that is not a profile, such as a line that is not JSON. All its results are null.
#[must_use]
pub fn json_error(id: Option<&str>, matrix: &Matrix, as_at: Date, error: &str) -> String {
    line(&Refused {
        id,
        matrix,
        as_at,
        error,
    })
}

fn line(value: &impl Serialize) -> String {
    // As long as lines usually are, so that it need not grow again and again.
    let mut line = Vec::with_capacity(2048);
    // Nothing in a line can fail to be written.
    let written = serde_json::to_writer(&mut line, value).is_ok();
    if written {
        String::from_utf8(line).unwrap_or_default()
    } else {
        String::new()
    }
}

struct Refused<'a> {
    id: Option<&'a str>,
    matrix: &'a Matrix,
    as_at: Date,
    error: &'a str,
}

/// The keys of what comes out of a scoring. All of them are null for somebody who is refused.
pub(super) const RESULTS: [&str; 8] = [
    "tier",
    "status",
    "possible",
    "provisional",
    "dimensions",
    "points",
    "flags",
    "decisions",
];

impl Serialize for Refused<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("as_at", &self.as_at)?;
        map.serialize_entry("matrix", &Reference(self.matrix))?;
        for key in RESULTS {
            map.serialize_entry(key, &None::<&str>)?;
        }
        map.serialize_entry("error", self.error)?;
        map.end()
    }
}

/// An outcome with the id of the person whom it is about.
struct OutcomeLine<'a> {
    id: Option<&'a str>,
    outcome: &'a Outcome,
    next_change: Option<Option<&'a NextChange>>,
}

impl Serialize for OutcomeLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        results(self.outcome, &mut map)?;
        if let Some(next) = self.next_change {
            map.serialize_entry("next_change", &next)?;
        }
        map.serialize_entry("error", &None::<&str>)?;
        map.end()
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        results(self, &mut map)?;
        map.end()
    }
}

fn results<M: SerializeMap>(outcome: &Outcome, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("as_at", &outcome.as_at())?;
    map.serialize_entry("matrix", &Reference(outcome.matrix()))?;
    map.serialize_entry("tier", &outcome.tier())?;
    map.serialize_entry("status", &outcome.status())?;
    map.serialize_entry("possible", &outcome.possible())?;
    map.serialize_entry("provisional", &outcome.is_provisional())?;
    if !outcome.is_exact() {
        map.serialize_entry("exact", &false)?;
    }
    if !outcome.is_in_force() {
        map.serialize_entry("in_force", &false)?;
    }
    let dimensions = outcome
        .dimensions()
        .map(|dimension| (dimension.name(), Dimension(dimension)));
    map.serialize_entry("dimensions", &sorted(dimensions))?;
    map.serialize_entry("points", &AllPoints(outcome))?;
    map.serialize_entry("flags", &sorted(outcome.flags()))?;
    map.serialize_entry("decisions", &sorted(outcome.decisions()))
}

/// A map in the order of its keys.
struct Sorted<'a, V>(Vec<(&'a str, V)>);

fn sorted<'a, V>(entries: impl Iterator<Item = (&'a str, V)>) -> Sorted<'a, V> {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    Sorted(entries)
}

impl<V: Serialize> Serialize for Sorted<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// The points of each criterion and group, as far as they count.
struct AllPoints<'a>(&'a Outcome);

impl Serialize for AllPoints<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let points = self
            .0
            .points_by_name()
            .filter(|(_, result)| !result.replaced);
        serializer.collect_map(points.map(|(name, result)| (name, result.points())))
    }
}

/// A matrix, as results refer to it.
#[derive(Debug)]
pub struct Reference<'a>(pub &'a Matrix);

/// Serialises a field that refers to a matrix.
pub(crate) fn reference<S: Serializer>(matrix: &Matrix, serializer: S) -> Result<S::Ok, S::Error> {
    Reference(matrix).serialize(serializer)
}

impl Serialize for Reference<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut reference = serializer.serialize_struct("matrix", 3)?;
        reference.serialize_field("id", self.0.id())?;
        reference.serialize_field("version", self.0.version_text())?;
        reference.serialize_field("hash", self.0.content_hash())?;
        reference.end()
    }
}

struct Dimension<'a>(DimensionOutcome<'a>);

impl Serialize for Dimension<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (least, most): (Points, Points) = self.0.range();
        let mut dimension = serializer.serialize_struct("dimension", 4)?;
        dimension.serialize_field("score", &self.0.score())?;
        dimension.serialize_field("range", &[least, most])?;
        dimension.serialize_field("level", &self.0.level())?;
        dimension.serialize_field("scaled", &self.0.scaled())?;
        dimension.end()
    }
}
