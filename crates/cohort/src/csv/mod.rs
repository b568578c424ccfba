//! Streams the rows of a CSV file: one row at a time, and no row larger than a limit.

mod marks;
mod records;

use std::io::Read;

use crate::batch::Batch;
use crate::binding::{Binding, Fit};
use crate::cells;
use crate::chunk::{Chunk, Record};
use crate::row_kind::RowKind;
use crate::{CohortError, Columns, Person};
use records::Records;
use threshold_matrix::Date;

/// A row of the wrong length that goes on for more lines than this has a quote that was not closed, and has swallowed people.
const MOST_LINES: u64 = 100;

#[derive(Debug)]
pub(crate) struct CsvRows<R> {
    records: Records<R>,
    binding: Binding,
    /// The record that was read last, where people are read one at a time.
    last: Chunk,
    skipped: u64,
}

impl<R: Read> CsvRows<R> {
    pub(crate) fn open(
        source: R,
        columns: &Columns,
        kinds: &[RowKind],
    ) -> Result<(Self, Fit), CohortError> {
        let mut records = Records::new(source);
        let names = header(&mut records)?;
        let (binding, fit) = Binding::new(&names, columns, kinds)?;
        let rows = Self {
            records,
            binding,
            last: Chunk::default(),
            skipped: 0,
        };
        Ok((rows, fit))
    }

    /// Returns how the columns are read.
    pub(crate) fn binding(&self) -> &Binding {
        &self.binding
    }

    /// Returns how many rows the columns file left out so far.
    pub(crate) fn skipped(&self) -> u64 {
        self.skipped
    }

    pub(crate) fn person(&mut self) -> Result<Option<Person>, CohortError> {
        let mut last = std::mem::take(&mut self.last);
        let person = loop {
            last.clear();
            if !self.records.next_into(&mut last)? {
                break None;
            }
            let Some(record) = last.record(0) else {
                break None;
            };
            if let Some(fault) = self.broken(&record) {
                return Err(fault);
            }
            if !self.is_left_out(&record) {
                break Some(self.binding.read(&record));
            }
        };
        self.last = last;
        Ok(person)
    }

    /// Reads people into a batch until it is full. Returns whether the file may have more.
    pub(crate) fn fill(&mut self, batch: &mut Batch, as_at: Date) -> Result<bool, CohortError> {
        let mut has_more = true;
        batch.chunk.clear();
        batch.plain.clear();
        while has_more && !batch.chunk.is_full() {
            let before = batch.chunk.text.len();
            has_more = self.records.next_into(&mut batch.chunk)?;
            let Some(record) = batch.chunk.record(batch.plain.len()) else {
                break;
            };
            if let Some(fault) = self.broken(&record) {
                return Err(fault);
            }
            let is_short = record.len() != self.binding.width();
            if self.is_left_out(&record) {
                batch.chunk.pop(before);
            } else {
                batch.plain.push(!is_short);
            }
        }
        self.binding
            .take(batch, as_at, |_, record| self.binding.read(record));
        Ok(has_more)
    }

    /// What keeps everything from here on from being read.
    fn broken(&self, record: &Record<'_>) -> Option<CohortError> {
        let Record {
            line, line_ends, ..
        } = *record;
        if record.is_open {
            return Some(not_closed(line, "the end of the file"));
        }
        let is_too_long = record.len() != self.binding.width() && line_ends >= MOST_LINES;
        is_too_long.then(|| not_closed(line, &format!("line {}", line + line_ends)))
    }

    /// Returns whether a row is not a person: nothing is written in any cell, as spreadsheets leave rows behind, or the columns file says so.
    fn is_left_out(&mut self, record: &Record<'_>) -> bool {
        let is_skipped = self.binding.is_skipped(record);
        self.skipped += u64::from(is_skipped);
        let is_blank = || record.cells().all(|cell| cell.trim_ascii().is_empty());
        is_skipped || self.binding.width() > 1 && is_blank()
    }
}

fn not_closed(line: u64, until: &str) -> CohortError {
    CohortError::Broken {
        line,
        message: format!("a quote in the row that begins here is not closed before {until}"),
    }
}

/// Returns the names of the columns of a CSV file, as its first line has them.
///
/// # Errors
/// Returns an error if the file cannot be read, or is not CSV.
pub fn column_names(source: impl Read) -> Result<Vec<String>, CohortError> {
    header(&mut Records::new(source))
}

/// Reads the first line, which names the columns, and finds out what stands between cells.
fn header<R: Read>(records: &mut Records<R>) -> Result<Vec<String>, CohortError> {
    let broken = |message: &str| CohortError::Broken {
        line: 1,
        message: message.to_owned(),
    };
    if records.first_line()?.starts_with(b"\xef\xbb\xbf") {
        records.skip(3, 0);
    }
    let first = records.first_line()?;
    if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") {
        return Err(broken("the file is UTF-16; save it as \"CSV UTF-8\""));
    }
    // A spreadsheet's own way of saying it, on a line by itself.
    let told = match first {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', told]
        | [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', told, b'\r'] => Some(*told),
        _ => None,
    };
    if told.is_some() {
        let length = first.len() + 1;
        records.skip(length, 1);
    }
    let delimiter = match told {
        Some(told) => told,
        None => delimiter(records.first_line()?),
    };
    if !delimiter.is_ascii() || matches!(delimiter, b'"' | b'\r' | b' ') {
        return Err(broken(
            "what `sep=` names cannot stand between cells; write `sep=,` or save the file with commas",
        ));
    }
    records.delimit(delimiter);
    let mut first = Chunk::default();
    if !records.next_into(&mut first)? {
        return Err(broken(
            "the file is empty; its first line must name the columns",
        ));
    }
    let names: Vec<String> = (0..first.width())
        .map(|position| {
            String::from_utf8_lossy(first.cell(0, position))
                .trim_matches(cells::SPACE)
                .to_owned()
        })
        .collect();
    if names.iter().any(|name| name.contains('\r')) {
        return Err(broken(
            "the lines end in carriage returns alone; save the file with ordinary line endings",
        ));
    }
    Ok(names)
}

/// What stands between the names of columns: a comma if there is one outside quotes, else a semicolon, a tab or a bar.
fn delimiter(first_line: &[u8]) -> u8 {
    let mut is_quoted = false;
    let outside: Vec<u8> = first_line
        .iter()
        .copied()
        .filter(|byte| {
            is_quoted ^= *byte == b'"';
            !is_quoted
        })
        .collect();
    let found = [b',', b';', b'\t', b'|']
        .into_iter()
        .find(|delimiter| outside.contains(delimiter));
    found.unwrap_or(b',')
}
