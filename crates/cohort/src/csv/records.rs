//! The records of a CSV file, one after another: cells as they stand in the buffer, without a copy, unless a quote is among them.

use std::io::{self, Read};
use std::ops::Range;

use super::marks;
use crate::CohortError;

/// The longest record, so that a quote which is never closed does not pull the whole file into memory.
pub(super) const LONGEST: usize = 16 << 20;
/// The number of bytes that are read at a time.
const STEP: usize = 256 << 10;

/// Reads the records of a CSV file.
///
/// A line without a quote is cut at its delimiters; whatever has a quote goes to `csv-core`, which knows all that quotes may mean.
#[derive(Debug)]
pub(super) struct Records<R> {
    source: R,
    /// What was read; the part that is still to be cut begins at `start`.
    buffer: Vec<u8>,
    start: usize,
    has_ended: bool,
    /// The line on which the next record begins, counted from 1.
    line: u64,
    delimiter: u8,
    parser: csv_core::Reader,
    record: Found,
    /// The cells of a record with quotes, one after another.
    cells: Vec<u8>,
    /// Where each cell ends, from where the cells begin.
    ends: Vec<usize>,
}

/// Where the last record is, and what else is known of it.
#[derive(Debug, Clone, Default)]
struct Found {
    /// Where its cells are in the buffer; none if they were unquoted into `cells`.
    plain: Option<Range<usize>>,
    line: u64,
    /// How many line ends its cells hold.
    line_ends: u64,
    /// Whether a quote in it was not closed before the file ended.
    is_open: bool,
}

/// One record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    bytes: &'a [u8],
    ends: &'a [usize],
    /// How many bytes stand between two cells.
    gap: usize,
    /// The line on which it begins, counted from 1.
    pub(super) line: u64,
    /// How many line ends its cells hold.
    pub(super) line_ends: u64,
    /// Whether a quote in it was not closed before the file ended.
    pub(super) is_open: bool,
}

impl<'a> Record<'a> {
    /// Returns the number of cells.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the bytes of a cell; nothing of one that the record does not have.
    #[inline]
    pub(super) fn cell(&self, position: usize) -> &'a [u8] {
        let Some(end) = self.ends.get(position) else {
            return &[];
        };
        let start = match position.checked_sub(1).and_then(|last| self.ends.get(last)) {
            Some(last) => last + self.gap,
            None => 0,
        };
        self.bytes.get(start..*end).unwrap_or_default()
    }

    /// Returns the cells in their order.
    #[inline]
    pub(super) fn cells(&self) -> impl Iterator<Item = &'a [u8]> {
        let (bytes, gap) = (self.bytes, self.gap);
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let cell = bytes.get(start..*end).unwrap_or_default();
            start = *end + gap;
            cell
        })
    }
}

impl<R: Read> Records<R> {
    /// Begins to read; the delimiter is set when the first line is known.
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            start: 0,
            has_ended: false,
            line: 1,
            delimiter: b',',
            parser: csv_core::Reader::new(),
            record: Found::default(),
            cells: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Cuts at this from now on.
    pub(super) fn delimit(&mut self, delimiter: u8) {
        self.delimiter = delimiter;
        self.parser = csv_core::ReaderBuilder::new()
            .delimiter(delimiter)
            .terminator(csv_core::Terminator::Any(b'\n'))
            .build();
    }

    /// Returns the first bytes that were not cut yet, up to the end of their line, or of the file.
    pub(super) fn first_line(&mut self) -> Result<&[u8], CohortError> {
        loop {
            let rest = self.buffer.get(self.start..).unwrap_or_default();
            let end = rest.iter().position(|byte| *byte == b'\n');
            if let (Some(end), _) | (None, (true, end)) = (end, (self.has_ended, rest.len())) {
                return Ok(self
                    .buffer
                    .get(self.start..self.start + end)
                    .unwrap_or_default());
            }
            self.fill()?;
        }
    }

    /// Leaves out some bytes, which hold this many line ends.
    pub(super) fn skip(&mut self, bytes: usize, line_ends: u64) {
        self.start = (self.start + bytes).min(self.buffer.len());
        self.line += line_ends;
    }

    /// Goes on to the next record. Returns whether there is one; lines with nothing but spaces are none.
    pub(super) fn advance(&mut self) -> Result<bool, CohortError> {
        loop {
            self.ends.clear();
            match self.cut()? {
                Some(end) => {
                    let line = self.start..end;
                    self.start = (end + 1).min(self.buffer.len());
                    let is_blank = self.ends.len() == 1
                        && self
                            .buffer
                            .get(line.clone())
                            .is_none_or(|line| line.trim_ascii().is_empty());
                    let is_end = line.is_empty() && self.has_ended && self.start == end;
                    if is_end {
                        return Ok(false);
                    }
                    self.record = Found {
                        plain: Some(line),
                        line: self.line,
                        ..Found::default()
                    };
                    self.line += 1;
                    if !is_blank {
                        return Ok(true);
                    }
                }
                None => {
                    self.unquote()?;
                    return Ok(true);
                }
            }
        }
    }

    /// Returns the record that was gone on to.
    #[inline]
    pub(super) fn record(&self) -> Record<'_> {
        let Found {
            plain,
            line,
            line_ends,
            is_open,
        } = &self.record;
        let (bytes, gap) = match plain {
            Some(plain) => (self.buffer.get(plain.clone()).unwrap_or_default(), 1),
            None => (self.cells.as_slice(), 0),
        };
        Record {
            bytes,
            ends: &self.ends,
            gap,
            line: *line,
            line_ends: *line_ends,
            is_open: *is_open,
        }
    }

    /// Cuts the line at the start. Returns where it ends, or nothing if it has a quote.
    fn cut(&mut self) -> Result<Option<usize>, CohortError> {
        let mut from = self.start;
        loop {
            let ends = &mut self.ends;
            let start = self.start;
            let found = marks::each(&self.buffer, from, self.delimiter, |at| {
                ends.push(at - start)
            });
            match found {
                marks::Stop::LineEnd(at) => {
                    ends.push(at - start);
                    return Ok(Some(at));
                }
                marks::Stop::Quote => return Ok(None),
                marks::Stop::End if self.has_ended => {
                    ends.push(self.buffer.len() - start);
                    return Ok(Some(self.buffer.len()));
                }
                marks::Stop::End => {
                    let cut = self.buffer.len() - self.start;
                    self.fill()?;
                    from = self.start + cut;
                }
            }
        }
    }

    /// Reads a record with quotes.
    fn unquote(&mut self) -> Result<(), CohortError> {
        let (mut used, mut written, mut count) = (0, 0, 0);
        self.parser.reset();
        self.ends.clear();
        self.ends.resize(256, 0);
        self.cells.resize(STEP, 0);
        loop {
            let input = self.buffer.get(self.start + used..).unwrap_or_default();
            let is_last = input.is_empty() && self.has_ended;
            let (result, read, wrote, ended) = if input.is_empty() && !is_last {
                self.fill()?;
                continue;
            } else {
                self.parser.read_record(
                    input,
                    self.cells.get_mut(written..).unwrap_or_default(),
                    self.ends.get_mut(count..).unwrap_or_default(),
                )
            };
            used += read;
            written += wrote;
            count += ended;
            match result {
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::OutputFull => {
                    self.cells.resize(self.cells.len() * 2, 0);
                }
                csv_core::ReadRecordResult::OutputEndsFull => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                csv_core::ReadRecordResult::Record | csv_core::ReadRecordResult::End => break,
            }
        }
        self.ends.truncate(count);
        self.cells.truncate(written);
        let whole = self
            .buffer
            .get(self.start..self.start + used)
            .unwrap_or_default();
        let line_ends = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        let quotes = whole.iter().filter(|byte| **byte == b'"').count();
        let is_closed = quotes % 2 == 0;
        let all = line_ends(whole);
        let inside = line_ends(&self.cells);
        self.record = Found {
            plain: None,
            line: self.line,
            line_ends: inside,
            is_open: !is_closed && inside > 0 && inside == all,
        };
        self.line += all;
        self.start += used;
        Ok(())
    }

    /// Reads on. What was cut already makes room.
    fn fill(&mut self) -> Result<(), CohortError> {
        let line = self.line;
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let held = self.buffer.len();
        if held >= LONGEST {
            return Err(CohortError::Broken {
                line,
                message: format!(
                    "a row of more than {} MiB; is a quote not closed?",
                    LONGEST >> 20
                ),
            });
        }
        self.buffer.resize(held + STEP, 0);
        loop {
            let read = self
                .source
                .read(self.buffer.get_mut(held..).unwrap_or_default());
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    self.buffer.truncate(held);
                    return Err(CohortError::Read { line, source });
                }
                Ok(count) => {
                    self.buffer.truncate(held + count);
                    self.has_ended = count == 0;
                    return Ok(());
                }
            }
        }
    }
}
