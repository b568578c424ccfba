//! Writes outcomes to a file.

use std::io::{self, Write};

use super::{FileKind, Scored};
use threshold_matrix::Matrix;
use threshold_matrix::report;

/// A writer of outcomes as CSV or JSON lines, one outcome a row, in the order given. [`Previous`](super::Previous) reads them again.
///
/// The columns of CSV are `id`, `as_at`, `matrix`, `version`, `hash`, `tier`, `status`, `possible` (joined by bars) and `provisional`. After them
/// come `<dimension>.score` and `<dimension>.level` for each dimension, `flag.<flag>` for each flag, and `error`. A cell is empty where a result is
/// open or does not apply.
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
    /// Returns an error if it cannot be written to.
    pub fn new(target: W, kind: FileKind, matrix: &Matrix) -> io::Result<Self> {
        let form = match kind {
            FileKind::Csv => {
                let mut file = csv::Writer::from_writer(target);
                file.write_record(header(matrix))?;
                Form::Csv(Box::new(file))
            }
            FileKind::JsonLines => Form::JsonLines(io::BufWriter::new(target)),
        };
        Ok(Self {
            form,
            matrix: matrix.clone(),
        })
    }

    /// Writes one person.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written to.
    pub fn write(&mut self, scored: &Scored) -> io::Result<()> {
        match &mut self.form {
            Form::Csv(file) => Ok(file.write_record(row(&self.matrix, scored))?),
            Form::JsonLines(file) => writeln!(
                file,
                "{}",
                report::json_line(Some(&scored.id), &self.matrix, scored.as_at, &scored.result)
            ),
        }
    }

    /// Ends the file, and returns the target.
    ///
    /// # Errors
    /// Returns an error if the last of it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        match self.form {
            Form::Csv(file) => file.into_inner().map_err(csv::IntoInnerError::into_error),
            Form::JsonLines(file) => file.into_inner().map_err(io::IntoInnerError::into_error),
        }
    }
}

fn dimensions(matrix: &Matrix) -> impl Iterator<Item = &str> {
    matrix
        .described_dimensions()
        .map(|dimension| dimension.name)
}

fn flags(matrix: &Matrix) -> impl Iterator<Item = &str> {
    matrix.described_flags().map(|flag| flag.name)
}

fn header(matrix: &Matrix) -> Vec<String> {
    let fixed = [
        "id",
        "as_at",
        "matrix",
        "version",
        "hash",
        "tier",
        "status",
        "possible",
        "provisional",
    ]
    .into_iter()
    .map(str::to_owned);
    let dimensions =
        dimensions(matrix).flat_map(|name| [format!("{name}.score"), format!("{name}.level")]);
    // A flag may be called as one of the columns above is.
    let flags = flags(matrix).map(|name| format!("flag.{name}"));
    fixed
        .chain(dimensions)
        .chain(flags)
        .chain(["error".to_owned()])
        .collect()
}

fn row(matrix: &Matrix, scored: &Scored) -> Vec<String> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let mut row = vec![
        scored.id.clone(),
        scored.as_at.to_string(),
        matrix.id().to_owned(),
        matrix.version().to_string(),
        matrix.content_hash().to_owned(),
    ];
    match &scored.result {
        Ok(outcome) => {
            let possible = outcome.possible().join("|");
            row.extend([
                text(outcome.tier()),
                text(outcome.status()),
                possible,
                outcome.is_provisional().to_string(),
            ]);
            for dimension in outcome.dimensions() {
                row.extend([
                    dimension
                        .score()
                        .map(|score| score.to_string())
                        .unwrap_or_default(),
                    text(dimension.level()),
                ]);
            }
            row.extend(
                outcome
                    .flags()
                    .map(|(_, raised)| raised.map(|raised| raised.to_string()).unwrap_or_default()),
            );
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
