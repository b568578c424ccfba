//! Outcomes to a file.

use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{FileKind, Scored};
use crate::date::Date;
use crate::matrix::Matrix;
use crate::number::Points;
use crate::profile::Refusal;
use crate::score::outcome::{DimensionOutcome, Outcome};

/// Writes outcomes as CSV or JSON lines, one a row, in the order given. [`Previous`](super::Previous) reads them again.
///
/// The columns of CSV are `id`, `as_at`, `matrix`, `version`, `hash`, `tier`, `status`, `possible` (joined by bars) and `provisional`; then
/// `<dimension>.score` and `<dimension>.level` for each dimension, `flag.<flag>` for each flag, and `error`. What is open, or does not apply, is empty.
#[derive(Debug)]
pub struct OutcomeWriter<W: Write> {
    form: Form<W>,
    matrix: Matrix,
}

#[derive(Debug)]
enum Form<W: Write> {
    Csv(Box<csv::Writer<W>>),
    JsonLines(io::BufWriter<W>),
}

impl<W: Write> OutcomeWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// If it cannot be written to.
    pub fn new(target: W, kind: FileKind, matrix: &Matrix) -> io::Result<Self> {
        let form = match kind {
            FileKind::Csv => {
                let mut file = csv::Writer::from_writer(target);
                file.write_record(header(matrix))?;
                Form::Csv(Box::new(file))
            }
            FileKind::JsonLines => Form::JsonLines(io::BufWriter::new(target)),
        };
        Ok(Self { form, matrix: matrix.clone() })
    }

    /// Writes one person.
    ///
    /// # Errors
    /// If the file cannot be written to.
    pub fn write(&mut self, scored: &Scored) -> io::Result<()> {
        match &mut self.form {
            Form::Csv(file) => Ok(file.write_record(row(&self.matrix, scored))?),
            Form::JsonLines(file) => writeln!(file, "{}", json_line(&scored.id, &self.matrix, scored.as_at, &scored.result)),
        }
    }

    /// Ends the file, and gives what it was written to.
    ///
    /// # Errors
    /// If the last of it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        match self.form {
            Form::Csv(file) => file.into_inner().map_err(csv::IntoInnerError::into_error),
            Form::JsonLines(file) => file.into_inner().map_err(io::IntoInnerError::into_error),
        }
    }
}

fn dimensions(matrix: &Matrix) -> impl Iterator<Item = &str> {
    matrix.model().dimensions.items().iter().map(|dimension| dimension.heading.name.as_str())
}

fn flags(matrix: &Matrix) -> impl Iterator<Item = &str> {
    matrix.model().flags.items().iter().map(|flag| flag.heading.name.as_str())
}

fn header(matrix: &Matrix) -> Vec<String> {
    let fixed = ["id", "as_at", "matrix", "version", "hash", "tier", "status", "possible", "provisional"].into_iter().map(str::to_owned);
    let dimensions = dimensions(matrix).flat_map(|name| [format!("{name}.score"), format!("{name}.level")]);
    // A flag may be called as one of the columns above is.
    let flags = flags(matrix).map(|name| format!("flag.{name}"));
    fixed.chain(dimensions).chain(flags).chain(["error".to_owned()]).collect()
}

fn row(matrix: &Matrix, scored: &Scored) -> Vec<String> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let mut row =
        vec![scored.id.clone(), scored.as_at.to_string(), matrix.id().to_owned(), matrix.version().to_string(), matrix.content_hash().to_owned()];
    match &scored.result {
        Ok(outcome) => {
            let possible = outcome.possible().join("|");
            row.extend([text(outcome.tier()), text(outcome.status()), possible, outcome.is_provisional().to_string()]);
            for dimension in outcome.dimensions() {
                row.extend([dimension.score().map(|score| score.to_string()).unwrap_or_default(), text(dimension.level())]);
            }
            row.extend(outcome.flags().map(|(_, raised)| raised.map(|raised| raised.to_string()).unwrap_or_default()));
            row.push(String::new());
        }
        Err(refusal) => {
            let empty = 4 + 2 * dimensions(matrix).count() + flags(matrix).count();
            row.extend(std::iter::repeat_n(String::new(), empty));
            row.push(refusal.to_string());
        }
    }
    row
}

/// One line of JSON. Its keys are for other programs, and do not change.
fn json_line(id: &str, matrix: &Matrix, as_at: Date, result: &Result<Outcome, Refusal>) -> String {
    let outcome = result.as_ref().ok();
    let line = Line {
        id,
        as_at: as_at.to_string(),
        matrix: MatrixName { id: matrix.id(), version: matrix.version().to_string(), hash: matrix.content_hash() },
        tier: outcome.and_then(Outcome::tier),
        status: outcome.and_then(Outcome::status),
        possible: outcome.map(Outcome::possible),
        provisional: outcome.map(Outcome::is_provisional),
        dimensions: outcome.map(|outcome| Entries(outcome.dimensions().map(|dimension| (dimension.name(), Dimension::of(dimension))).collect())),
        points: outcome.map(|outcome| {
            let counted = outcome.all_points().filter(|(_, result)| !result.replaced);
            Entries(counted.map(|(name, result)| (name, result.points())).collect())
        }),
        flags: outcome.map(|outcome| Entries(outcome.flags().collect())),
        error: result.as_ref().err().map(Refusal::problems),
    };
    // It holds nothing that JSON cannot.
    serde_json::to_string(&line).unwrap_or_default()
}

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    as_at: String,
    matrix: MatrixName<'a>,
    tier: Option<&'a str>,
    status: Option<&'a str>,
    possible: Option<Vec<&'a str>>,
    provisional: Option<bool>,
    dimensions: Option<Entries<'a, Dimension<'a>>>,
    points: Option<Entries<'a, Option<Points>>>,
    flags: Option<Entries<'a, Option<bool>>>,
    error: Option<&'a [crate::profile::Problem]>,
}

#[derive(Serialize)]
struct MatrixName<'a> {
    id: &'a str,
    version: String,
    hash: &'a str,
}

#[derive(Serialize)]
struct Dimension<'a> {
    score: Option<Points>,
    range: (Points, Points),
    level: Option<&'a str>,
    scaled: Option<Points>,
}

impl<'a> Dimension<'a> {
    fn of(outcome: DimensionOutcome<'a>) -> Self {
        Self { score: outcome.score(), range: outcome.range(), level: outcome.level(), scaled: outcome.scaled() }
    }
}

/// A map that keeps the order of the matrix.
struct Entries<'a, T>(Vec<(&'a str, T)>);

impl<T: Serialize> Serialize for Entries<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
