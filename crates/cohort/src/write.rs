//! Writes outcomes to a file of text.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use super::{FileKind, Scored, ScoredPart};
use crate::json::write::JsonLines;
use crate::part::{Row, result_names};
use threshold_matrix::bulk::{Numbers, Outputs, ResultColumn, ResultForm};
use threshold_matrix::workspace::words::capitalised;
use threshold_matrix::{Date, Matrix, Points, report};

/// The columns of CSV that come before those of a matrix.
pub(crate) const FIRST: [&str; 9] = [
    "id",
    "as_at",
    "matrix",
    "version",
    "hash",
    "tier",
    "status",
    "possible",
    "provisional",
];

/// What readers call these columns, in the same order.
const FIRST_LABELS: [&str; 9] = [
    "Id",
    "Date of the scoring",
    "Matrix",
    "Version",
    "Hash",
    "Tier",
    "Status",
    "Possible results",
    "Provisional",
];

/// The columns of the next day on which a result differs, with what readers call them.
pub(crate) const NEXT_CHANGE: (&str, &str) = ("next_change", "Next change");
pub(crate) const NEXT_RESULT: (&str, &str) = ("next_result", "Result then");
/// The column of the last day through which nothing of an outcome differs.
pub(crate) const STANDS_UNTIL: (&str, &str) = ("stands_until", "Stands until");
/// The columns of how far it was looked, and by which version of the library, which files of columns have as metadata.
pub(crate) const UNTIL: (&str, &str) = ("until", "Looked until");
pub(crate) const LIBRARY: (&str, &str) = ("library_version", "Version of the library");
/// The version of the library.
pub(crate) const LIBRARY_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Returns whether the columns of a file of outcomes have labels in the place of names.
pub(crate) fn has_labels(header: &[&str]) -> bool {
    FIRST_LABELS.iter().all(|label| header.contains(label))
}

/// What a file of outcomes has beside the outcomes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Beside {
    /// The columns of the cohort that are carried through, as the cohort calls them.
    pub kept: Vec<String>,
    /// Whether each person's result of an earlier run stands beside the new one.
    pub previous: bool,
    /// The date up to which it was looked for the next day on which a result differs, if that day and the result then stand beside it.
    pub until: Option<Date>,
    /// Whether the columns of CSV and of a workbook have labels in the place of names.
    pub labels: bool,
}

impl Beside {
    /// Creates what says that some columns of the cohort are carried through, and whether the results of an earlier run stand beside the new ones.
    #[must_use]
    pub fn new(kept: impl IntoIterator<Item = String>, previous: bool) -> Self {
        Self {
            kept: kept.into_iter().collect(),
            previous,
            until: None,
            labels: false,
        }
    }

    /// Has a column `next_change`, with the first later day on which the result differs with nothing new recorded, and `next_result` with the result then,
    /// in the words that `previous` has. Both are empty where nothing differs up to the date of [`CohortFiles::until`](crate::CohortFiles::until), and the
    /// result alone where it would be too much work to tell whether it differs on that day or only may. JSON lines have `next_change` as an object or `null`.
    ///
    /// A column `stands_until` has the last day through which nothing of the row differs with nothing new recorded, but for the date of the scoring; it is
    /// empty where something of the outcome is open, or it was refused. `until` is that date, and `library_version` the version that scored: files of
    /// columns have these two as metadata. [`DueOnly`](crate::DueOnly) reads all of them.
    #[must_use]
    pub fn with_next_change(mut self, until: Date) -> Self {
        self.until = Some(until);
        self
    }

    /// Gives the columns of CSV and of a workbook the titles that the matrix has for readers, such as `Risk of harm: score`, in the place of names. No
    /// program reads such a file again.
    #[must_use]
    pub fn with_labels(mut self) -> Self {
        self.labels = true;
        self
    }
}

/// A writer of outcomes as CSV or JSON lines, one outcome a row, in the order given. [`Previous`](super::Previous) reads them again.
///
/// The columns of CSV are `id`, `as_at`, `matrix`, `version`, `hash`, `tier`, `status`, `possible` (joined by bars) and `provisional`. After them
/// come `<dimension>.score`, `<dimension>.level` and `<dimension>.scaled` for each dimension that has them, `points.<criterion>` if points were asked
/// for, `flag.<flag>` for each flag, `decision.<decision>` if decisions were asked for, and `error`. Then come `previous`, what
/// [`Beside::with_next_change`] has, and the columns of the cohort that are carried through. A cell is empty where a result is open or does not apply.
///
/// A cell of CSV that a spreadsheet would take for a formula, because it begins with `=`, `+`, `-` or `@`, a tab or a carriage return and is not a
/// number, has an apostrophe before it, and so has one that begins so behind apostrophes. Whoever reads the file takes that apostrophe away.
#[derive(Debug)]
pub struct OutcomeWriter<W: Write> {
    file: io::BufWriter<W>,
    lines: Lines,
    /// The lines of the last part, so that the memory is used again.
    text: Vec<u8>,
}

impl<W: Write> OutcomeWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// Returns an error if it cannot be written to, or if it should be a workbook, which is not text.
    pub fn new(target: W, kind: FileKind, matrix: &Matrix) -> io::Result<Self> {
        let outputs = Outputs::tiers().with_dimensions().with_flags();
        Self::with(target, kind, matrix, outputs, Beside::default())
    }

    /// Begins a file that has some outputs, and something beside the outcomes. JSON lines have all outputs.
    ///
    /// # Errors
    /// Returns the errors of [`OutcomeWriter::new`].
    pub fn with(
        target: W,
        kind: FileKind,
        matrix: &Matrix,
        outputs: Outputs,
        beside: Beside,
    ) -> io::Result<Self> {
        let lines = Lines::new(kind, matrix, outputs, beside)?;
        let mut file = io::BufWriter::new(target);
        if let Form::Csv(_) = lines.form {
            file.write_all(&line(&lines.header()))?;
        }
        let text = Vec::new();
        Ok(Self { file, lines, text })
    }

    /// Writes one person, who has no columns to carry through.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written to.
    pub fn write(&mut self, scored: &Scored) -> io::Result<()> {
        let mut text = Vec::new();
        self.lines.add(scored, &mut text);
        self.lines
            .end(None, Some(scored), &mut std::iter::empty(), &mut text);
        self.file.write_all(&text)
    }

    /// Writes the people of one part of a cohort.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written to; or if it is one of JSON lines, in which all outputs stand, and the part was scored without
    /// the dimensions, points, flags or decisions.
    pub fn write_part(&mut self, part: &ScoredPart) -> io::Result<()> {
        self.text.clear();
        self.lines.add_part(part, &mut self.text)?;
        self.file.write_all(&self.text)
    }

    /// Returns what makes the lines of the file.
    #[cfg(feature = "parquet")]
    pub(crate) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// Writes lines that were made.
    #[cfg(feature = "parquet")]
    pub(crate) fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        self.file.write_all(lines)
    }

    /// Ends the file, and returns the target.
    ///
    /// # Errors
    /// Returns an error if the last of it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
    }
}

/// Makes lines of text out of results.
#[derive(Debug)]
pub(crate) struct Lines {
    matrix: Matrix,
    beside: Beside,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Csv(Cells),
    /// What makes lines, for as many threads as made some at once.
    JsonLines(Mutex<Vec<JsonLines>>),
}

/// What makes cells out of columns of results.
#[derive(Debug)]
struct Cells {
    /// Of each tier and status: the cells from `tier` to `provisional`. The last is of a matrix without a decision.
    results: Vec<Vec<u8>>,
    columns: Vec<ResultCells>,
}

/// A column of results, and the cells of its names.
#[derive(Debug)]
struct ResultCells {
    column: ResultColumn,
    names: Vec<Vec<u8>>,
}

impl Lines {
    pub(crate) fn new(
        kind: FileKind,
        matrix: &Matrix,
        outputs: Outputs,
        beside: Beside,
    ) -> io::Result<Self> {
        let form = match kind {
            FileKind::Csv => Form::Csv(Cells::new(matrix, outputs)),
            FileKind::JsonLines => Form::JsonLines(Mutex::default()),
            FileKind::Workbook => {
                return Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "a writer of text does not write workbooks; an `OutcomeFile` does",
                ));
            }
        };
        Ok(Self {
            matrix: matrix.clone(),
            beside,
            form,
        })
    }

    /// Returns the names of the columns of CSV.
    pub(crate) fn header(&self) -> Vec<String> {
        let Form::Csv(cells) = &self.form else {
            return Vec::new();
        };
        let columns = cells.columns.iter().map(|cells| &cells.column);
        let columns = columns.map(|column| (column.name.as_str(), column.label.as_str()));
        let previous = self
            .beside
            .previous
            .then_some(("previous", "Previous result"));
        let ahead = [NEXT_CHANGE, NEXT_RESULT, STANDS_UNTIL, UNTIL, LIBRARY];
        let ahead = ahead.into_iter().filter(|_| self.beside.until.is_some());
        let own: Vec<(&str, &str)> = FIRST
            .into_iter()
            .zip(FIRST_LABELS)
            .chain(columns)
            .chain([("error", "Why refused")])
            .chain(previous)
            .chain(ahead)
            .collect();
        let called = |(name, label): &(&str, &str)| {
            let is_twice = own.iter().filter(|(_, other)| other == label).count() > 1;
            match (self.beside.labels, is_twice) {
                (false, _) => (*name).to_owned(),
                (true, false) => capitalised(label),
                (true, true) => format!("{} ({name})", capitalised(label)),
            }
        };
        let kept = self.beside.kept.iter().cloned();
        own.iter().map(called).chain(kept).collect()
    }

    /// Adds the lines of a part.
    pub(crate) fn add_part(&self, part: &ScoredPart, text: &mut Vec<u8>) -> io::Result<()> {
        let end = |row: usize, text: &mut Vec<u8>| {
            let previous = self.beside.previous.then(|| {
                let previous = part.previous.get(row).cloned().flatten();
                Cow::Owned(previous.as_deref().unwrap_or_default().to_owned())
            });
            self.end(
                previous,
                part.other(row),
                &mut part.kept(row).into_iter(),
                text,
            );
        };
        match &self.form {
            Form::Csv(cells) => cells.add_part(&self.matrix, part, text, end),
            Form::JsonLines(idle) => {
                let idle = || idle.lock().unwrap_or_else(PoisonError::into_inner);
                let known = idle().pop();
                let mut lines = known.unwrap_or_else(|| JsonLines::new(&self.matrix));
                lines.make(&self.matrix, part, text, end)?;
                idle().push(lines);
            }
        }
        Ok(())
    }

    /// Adds one person.
    fn add(&self, scored: &Scored, text: &mut Vec<u8>) {
        match &self.form {
            Form::Csv(cells) => cells.one(&self.matrix, scored, text),
            Form::JsonLines(_) => {
                let (id, as_at) = (Some(scored.id.as_str()), scored.as_at);
                let line = report::json_line(id, &self.matrix, as_at, &scored.result);
                text.extend_from_slice(line.as_bytes());
            }
        }
    }

    /// Ends a line with what stands beside an outcome.
    fn end<'a>(
        &self,
        previous: Option<Cow<'a, str>>,
        scored: Option<&Scored>,
        kept: &mut dyn Iterator<Item = Cow<'a, str>>,
        text: &mut Vec<u8>,
    ) {
        let next = scored.and_then(|scored| scored.next.as_ref());
        let stands_until = scored.and_then(|scored| scored.stands_until);
        let stands_until = stands_until.map_or_else(String::new, |day| day.to_string());
        match &self.form {
            Form::Csv(_) => {
                let mut add = |value: &str| {
                    text.push(b',');
                    cell(value.as_bytes(), text);
                };
                previous.iter().for_each(|previous| add(previous));
                if let Some(until) = self.beside.until {
                    add(&next.map_or_else(String::new, |next| next.on.to_string()));
                    add(next.map_or("", |next| &next.result));
                    add(&stands_until);
                    add(&until.to_string());
                    add(LIBRARY_VERSION);
                }
                kept.for_each(|value| add(&value));
            }
            Form::JsonLines(_) => {
                let named = |name: &str, value: &str| {
                    let value = match value {
                        "" => serde_json::Value::Null,
                        value => value.into(),
                    };
                    format!(",{}:{value}", serde_json::Value::from(name))
                };
                let mut added: String = previous.iter().map(|own| named("previous", own)).collect();
                if let Some(until) = self.beside.until {
                    let next = next.map_or("null", |next| &next.json);
                    added.push_str(&format!(",\"{}\":{next}", NEXT_CHANGE.0));
                    added.push_str(&named(STANDS_UNTIL.0, &stands_until));
                    added.push_str(&named(UNTIL.0, &until.to_string()));
                    added.push_str(&named(LIBRARY.0, LIBRARY_VERSION));
                }
                let names = self.beside.kept.iter();
                added.extend(names.zip(kept).map(|(name, value)| named(name, &value)));
                if !added.is_empty() {
                    // It goes into the object that the outcome ended.
                    text.pop();
                    text.extend_from_slice(added.as_bytes());
                    text.push(b'}');
                }
            }
        }
        text.push(b'\n');
    }
}

impl Cells {
    fn new(matrix: &Matrix, outputs: Outputs) -> Self {
        let tiers = matrix.tiers().iter();
        let tiers = tiers.map(|tier| [tier.as_str(), "", tier]);
        let statuses = matrix.statuses().iter();
        let statuses = statuses.map(|status| ["", status.as_str(), status]);
        let columns = ResultColumn::all(matrix, outputs).into_iter();
        Self {
            results: tiers
                .chain(statuses)
                .chain([["", "", ""]])
                .map(|[tier, status, possible]| cells(&[tier, status, possible, "false"]))
                .collect(),
            columns: columns
                .map(|column| {
                    let names = match &column.form {
                        ResultForm::Names(names) => names.as_slice(),
                        _ => &[],
                    };
                    let names = names.iter().map(|name| cells(&[name])).collect();
                    ResultCells { column, names }
                })
                .collect(),
        }
    }

    /// Adds the lines of a part, each of which `end` ends, by the row in the part.
    fn add_part(
        &self,
        matrix: &Matrix,
        part: &ScoredPart,
        text: &mut Vec<u8>,
        end: impl Fn(usize, &mut Vec<u8>),
    ) {
        let about = self.about(matrix, part);
        let columns = self.columns.iter();
        let columns: Vec<_> = columns
            .map(|cells| (part.columns.of(&cells.column), cells))
            .collect();
        let results = part.columns.results();
        for row in part.rows() {
            match row {
                Row::Other(_, scored) => self.one(matrix, scored, text),
                Row::Column(at, open) => {
                    cell(part.id(at), text);
                    text.extend_from_slice(&about);
                    let result = results.and_then(|results| results.get(at));
                    let result = result.and_then(|result| usize::try_from(result).ok());
                    match open.filter(|open| open.results.is_provisional) {
                        Some(open) => {
                            let possible = open.results.possible.as_deref().unwrap_or_default();
                            let possible = result_names(matrix, possible).join("|");
                            text.extend_from_slice(&cells(&["", "", &possible, "true"]));
                        }
                        None => {
                            let result = match result {
                                Some(result) => self.results.get(result),
                                None => self.results.last(),
                            };
                            text.extend_from_slice(result.map(Vec::as_slice).unwrap_or_default());
                        }
                    }
                    for (numbers, cells) in &columns {
                        cells.add(*numbers, at, text);
                    }
                    text.push(b',');
                }
            }
            end(row.place(), text);
        }
    }

    /// Returns the cells from `as_at` to `hash`, which are the same for all who are not scored one by one.
    fn about(&self, matrix: &Matrix, part: &ScoredPart) -> Vec<u8> {
        cells(&[
            &part.as_at.to_string(),
            matrix.id(),
            &matrix.version().to_string(),
            matrix.content_hash(),
        ])
    }

    /// Adds the cells of one person.
    fn one(&self, matrix: &Matrix, scored: &Scored, text: &mut Vec<u8>) {
        cell(scored.id.as_bytes(), text);
        text.extend_from_slice(&cells(&[
            &scored.as_at.to_string(),
            matrix.id(),
            &matrix.version().to_string(),
            matrix.content_hash(),
        ]));
        match &scored.result {
            Ok(outcome) => {
                text.extend_from_slice(&cells(&[
                    outcome.tier().unwrap_or_default(),
                    outcome.status().unwrap_or_default(),
                    &outcome.possible().join("|"),
                    if outcome.is_provisional() {
                        "true"
                    } else {
                        "false"
                    },
                ]));
                for cells in &self.columns {
                    cells.write(cells.column.in_outcome(outcome), 1, text);
                }
                text.push(b',');
            }
            Err(refusal) => {
                text.extend(std::iter::repeat_n(b',', 4 + self.columns.len() + 1));
                cell(refusal.to_string().as_bytes(), text);
            }
        }
    }
}

impl ResultCells {
    /// Adds what a row has in the column.
    #[inline]
    fn add(&self, numbers: Option<Numbers<'_>>, row: usize, text: &mut Vec<u8>) {
        let value = numbers.and_then(|numbers| numbers.units.get(row));
        let millionths = numbers.map_or(1, |numbers| numbers.millionths);
        self.write(value, millionths, text);
    }

    /// Adds a value, of which a unit is some millionths of a point.
    #[inline]
    fn write(&self, value: Option<i64>, millionths: i64, text: &mut Vec<u8>) {
        let Some(value) = value else {
            return text.push(b',');
        };
        match &self.column.form {
            ResultForm::Truth if value == 1 => text.extend_from_slice(b",true"),
            ResultForm::Truth => text.extend_from_slice(b",false"),
            ResultForm::Number => {
                text.push(b',');
                if millionths == 1_000_000 {
                    text.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
                } else {
                    let points = Points::from_millionths(value * millionths);
                    text.extend_from_slice(points.to_string().as_bytes());
                }
            }
            ResultForm::Names(_) => {
                let name = usize::try_from(value).ok();
                match name.and_then(|name| self.names.get(name)) {
                    Some(name) => text.extend_from_slice(name),
                    None => text.push(b','),
                }
            }
        }
    }
}

/// A line of CSV.
pub(crate) fn line(texts: &[impl AsRef<str>]) -> Vec<u8> {
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

/// A cell of CSV, in quotes where it needs them, and guarded where a spreadsheet would take it for a formula.
pub(crate) fn cell(text: &[u8], line: &mut Vec<u8>) {
    let is_guarded = is_formula(text);
    let is_plain = !text
        .iter()
        .any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'));
    if is_plain && !is_guarded {
        return line.extend_from_slice(text);
    }
    let guard: &[u8] = if is_guarded { b"'" } else { b"" };
    if is_plain {
        line.extend_from_slice(guard);
        return line.extend_from_slice(text);
    }
    line.push(b'"');
    line.extend_from_slice(guard);
    for byte in text {
        if *byte == b'"' {
            line.push(b'"');
        }
        line.push(*byte);
    }
    line.push(b'"');
}

/// Returns whether a spreadsheet would take a text for a formula: it begins with `=`, `+`, `-`, `@`, a tab or a carriage return, and is not a number. So
/// does a text that begins so behind apostrophes, which could not be told from a guarded one.
fn is_formula(text: &[u8]) -> bool {
    let Some((first, rest)) = text.split_first() else {
        return false;
    };
    match first {
        b'=' | b'@' | b'\t' | b'\r' => true,
        b'+' | b'-' => !is_number(rest),
        b'\'' => is_formula(rest),
        _ => false,
    }
}

/// Returns whether digits with at most one point, and nothing else, are a number.
fn is_number(digits: &[u8]) -> bool {
    let points = digits.iter().filter(|byte| **byte == b'.').count();
    let is_digit = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    points <= 1 && digits.len() > points && digits.iter().all(is_digit)
}

/// Returns a text as it was before [`cell`] guarded it.
pub(crate) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest.as_bytes()) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_guarded_and_read_as_it_was() {
        let texts = [
            ("=1+1", "'=1+1"),
            ("@sum", "'@sum"),
            ("+44 20", "'+44 20"),
            ("-a", "'-a"),
            ("\tx", "'\tx"),
            ("'=1", "''=1"),
            ("=\"a\",b", "\"'=\"\"a\"\",b\""),
            ("-12.5", "-12.5"),
            ("+7", "+7"),
            ("-.", "'-."),
            ("-1.2.3", "'-1.2.3"),
            ("O'Brien", "O'Brien"),
            ("'tis", "'tis"),
            ("", ""),
        ];
        for (text, written) in texts {
            let mut line = Vec::new();
            cell(text.as_bytes(), &mut line);
            assert_eq!(String::from_utf8_lossy(&line), written);
            let read = String::from_utf8_lossy(&line).replace("\"\"", "\u{1}");
            let read = read.replace('"', "").replace('\u{1}', "\"");
            assert_eq!(unguarded(&read), text);
        }
    }
}
