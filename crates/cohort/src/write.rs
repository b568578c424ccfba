//! Writes outcomes to a file.

use std::io::{self, Write};

use super::{FileKind, Scored, ScoredPart};
use crate::json::write::JsonLines;
use crate::scoring::Row;
use threshold_matrix::bulk::{Numbers, Whole};
use threshold_matrix::{Matrix, report};

/// A writer of outcomes as CSV or JSON lines, one outcome a row, in the order given. [`Previous`](super::Previous) reads them again.
///
/// The columns of CSV are `id`, `as_at`, `matrix`, `version`, `hash`, `tier`, `status`, `possible` (joined by bars) and `provisional`. After them
/// come `<dimension>.score` and `<dimension>.level` for each dimension, `flag.<flag>` for each flag, and `error`. A cell is empty where a result is
/// open or does not apply.
#[derive(Debug)]
pub struct OutcomeWriter<W: Write> {
    form: Form<W>,
    matrix: Matrix,
    /// What makes lines out of columns, once there are columns.
    lines: Option<Lines>,
    json_lines: Option<JsonLines>,
}

#[derive(Debug)]
enum Form<W: Write> {
    Csv(io::BufWriter<W>),
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
                let mut file = io::BufWriter::new(target);
                file.write_all(&line(&header(matrix)))?;
                Form::Csv(file)
            }
            FileKind::JsonLines => Form::JsonLines(io::BufWriter::new(target)),
        };
        Ok(Self {
            form,
            matrix: matrix.clone(),
            lines: None,
            json_lines: None,
        })
    }

    /// Writes one person.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written to.
    pub fn write(&mut self, scored: &Scored) -> io::Result<()> {
        match &mut self.form {
            Form::Csv(file) => file.write_all(&line(&row(&self.matrix, scored))),
            Form::JsonLines(file) => writeln!(
                file,
                "{}",
                report::json_line(Some(&scored.id), &self.matrix, scored.as_at, &scored.result)
            ),
        }
    }

    /// Writes the people of one part of a cohort.
    ///
    /// # Errors
    /// If the file cannot be written to, or if it is one of JSON lines and the part was scored without the dimensions, points, flags or decisions,
    /// all of which stand in a line.
    pub fn write_part(&mut self, part: &ScoredPart) -> io::Result<()> {
        match &mut self.form {
            Form::Csv(file) => {
                let lines = self.lines.get_or_insert_with(|| Lines::new(&self.matrix));
                lines.make(&self.matrix, part);
                file.write_all(&lines.text)
            }
            Form::JsonLines(file) => {
                let new = || JsonLines::new(&self.matrix);
                let lines = self.json_lines.get_or_insert_with(new);
                file.write_all(lines.make(&self.matrix, part)?)
            }
        }
    }

    /// Ends the file, and returns the target.
    ///
    /// # Errors
    /// Returns an error if the last of it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        let (Form::Csv(file) | Form::JsonLines(file)) = self.form;
        file.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

/// Makes lines of CSV out of columns of results.
#[derive(Debug)]
struct Lines {
    /// Of each tier and status: the cells from `tier` to `provisional`. The last is of a matrix without a decision.
    results: Vec<Vec<u8>>,
    dimensions: Vec<(String, Vec<Vec<u8>>)>,
    flags: Vec<String>,
    text: Vec<u8>,
}

/// The results of one part that are written of each dimension: scores and levels; and of each flag.
type Dimension<'a> = (Option<Numbers<'a>>, Option<Whole<'a>>, &'a [Vec<u8>]);

impl Lines {
    fn new(matrix: &Matrix) -> Self {
        let tiers = matrix.tiers().iter();
        let tiers = tiers.map(|tier| [tier.as_str(), "", tier]);
        let statuses = matrix.statuses().iter();
        let statuses = statuses.map(|status| ["", status.as_str(), status]);
        let levels = |levels: &[&str]| levels.iter().map(|level| cells(&[level])).collect();
        Self {
            results: tiers
                .chain(statuses)
                .chain([["", "", ""]])
                .map(|[tier, status, possible]| cells(&[tier, status, possible, "false"]))
                .collect(),
            dimensions: matrix
                .described_dimensions()
                .map(|dimension| (dimension.name.to_owned(), levels(&dimension.levels)))
                .collect(),
            flags: flags(matrix).map(str::to_owned).collect(),
            text: Vec::new(),
        }
    }

    fn make(&mut self, matrix: &Matrix, part: &ScoredPart) {
        let text = &mut self.text;
        text.clear();
        let about = cells(&[
            &part.as_at.to_string(),
            matrix.id(),
            &matrix.version().to_string(),
            matrix.content_hash(),
        ]);
        let results = part.columns.results();
        let dimensions: Vec<Dimension<'_>> = self
            .dimensions
            .iter()
            .map(|(name, levels)| {
                let (scores, own) = (part.columns.scores(name), part.columns.levels(name));
                (scores, own, levels.as_slice())
            })
            .collect();
        let flags: Vec<_> = self
            .flags
            .iter()
            .map(|name| part.columns.flags(name))
            .collect();
        for row in part.rows() {
            let at = match row {
                Row::Column(at) => at,
                Row::Other(_, scored) => {
                    text.extend_from_slice(&line(&self::row(matrix, scored)));
                    continue;
                }
            };
            cell(part.id(at), text);
            text.extend_from_slice(&about);
            let result = results.and_then(|results| results.get(at));
            let result = result.and_then(|result| usize::try_from(result).ok());
            let result = match result {
                Some(result) => self.results.get(result),
                None => self.results.last(),
            };
            text.extend_from_slice(result.map(Vec::as_slice).unwrap_or_default());
            for (scores, own, levels) in &dimensions {
                text.push(b',');
                if let Some(scores) = scores {
                    number(*scores, at, text);
                }
                let level = own.and_then(|own| usize::try_from(own.get(at)?).ok());
                match level.and_then(|level| levels.get(level)) {
                    Some(level) => text.extend_from_slice(level),
                    None => text.push(b','),
                }
            }
            for flag in &flags {
                text.extend_from_slice(match flag.and_then(|flag| flag.get(at)) {
                    Some(1) => b",true",
                    Some(_) => b",false",
                    None => b",",
                });
            }
            text.extend_from_slice(b",\n");
        }
    }
}

/// Writes the points of a row; nothing if there are none.
fn number(numbers: Numbers<'_>, row: usize, text: &mut Vec<u8>) {
    let Some(units) = numbers.units.get(row) else {
        return;
    };
    if numbers.millionths == 1_000_000 {
        text.extend_from_slice(itoa::Buffer::new().format(units).as_bytes());
    } else if let Some(points) = numbers.get(row) {
        text.extend_from_slice(points.to_string().as_bytes());
    }
}

/// A line of CSV.
fn line(texts: &[impl AsRef<str>]) -> Vec<u8> {
    let mut line = Vec::new();
    for (position, text) in texts.iter().enumerate() {
        if position > 0 {
            line.push(b',');
        }
        cell(text.as_ref().as_bytes(), &mut line);
    }
    line.push(b'\n');
    line
}

/// Cells of CSV, each with a comma before it.
fn cells(texts: &[&str]) -> Vec<u8> {
    let mut line = Vec::new();
    for text in texts {
        line.push(b',');
        cell(text.as_bytes(), &mut line);
    }
    line
}

/// A cell of CSV, in quotes where it needs them.
fn cell(text: &[u8], line: &mut Vec<u8>) {
    let is_plain = !text
        .iter()
        .any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'));
    if is_plain {
        return line.extend_from_slice(text);
    }
    line.push(b'"');
    for byte in text {
        if *byte == b'"' {
            line.push(b'"');
        }
        line.push(*byte);
    }
    line.push(b'"');
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
