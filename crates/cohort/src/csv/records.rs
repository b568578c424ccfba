//! The records of a CSV file, one after another, as the bounds of their cells.

use std::io::{self, Read};

use super::marks;
use crate::CohortError;
use crate::chunk::{Chunk, LONGEST, Place};

/// The number of bytes that are read at a time.
const STEP: usize = 256 << 10;
/// The number of bytes of a record with quotes that are looked at at a time: most records are shorter.
const QUOTED_STEP: usize = 512;

/// Reads the records of a CSV file.
///
/// A line without a quote is cut at its delimiters. Whatever has a quote goes to `csv-core`, which knows all that quotes may mean.
#[derive(Debug)]
pub(super) struct Records<R> {
    source: R,
    /// What was read. The part that is still to be cut begins at `start`.
    buffer: Vec<u8>,
    start: usize,
    has_ended: bool,
    /// The line on which the next record begins, counted from 1.
    line: u64,
    delimiter: u8,
    parser: csv_core::Reader,
    /// Where the cells of a record with quotes end, as the parser gives it.
    ends: Vec<usize>,
}

impl<R: Read> Records<R> {
    /// Begins to read. The delimiter is set when the first line is known.
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            start: 0,
            has_ended: false,
            line: 1,
            delimiter: b',',
            parser: csv_core::Reader::new(),
            ends: vec![0; 256],
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

    /// Returns what was not cut yet, up to the end of its line, or of the file.
    pub(super) fn first_line(&mut self) -> Result<&[u8], CohortError> {
        loop {
            let rest = self.buffer.get(self.start..).unwrap_or_default();
            let end = rest.iter().position(|byte| *byte == b'\n');
            if end.is_some() || self.has_ended {
                let end = self.start + end.unwrap_or(rest.len());
                return Ok(self.buffer.get(self.start..end).unwrap_or_default());
            }
            self.fill()?;
        }
    }

    /// Leaves out some bytes, which hold this many line ends.
    pub(super) fn skip(&mut self, bytes: usize, line_ends: u64) {
        self.start = (self.start + bytes).min(self.buffer.len());
        self.line += line_ends;
    }

    /// Adds the next record to a chunk. Returns whether there is one; a line with nothing but spaces is not a record.
    #[inline]
    pub(super) fn next_into(&mut self, chunk: &mut Chunk) -> Result<bool, CohortError> {
        loop {
            let first = chunk.bounds.len();
            let Some(end) = self.cut(chunk)? else {
                chunk.bounds.truncate(first);
                self.unquote(chunk)?;
                return Ok(true);
            };
            let line = self.buffer.get(self.start..end).unwrap_or_default();
            let is_end = line.is_empty() && end == self.buffer.len() && self.has_ended;
            let cells = chunk.bounds.len() - first;
            let is_blank = cells == 1 && line.trim_ascii().is_empty();
            if is_end || is_blank {
                chunk.bounds.truncate(first);
            } else {
                chunk.text.extend_from_slice(line);
                chunk.places.push(Place {
                    first: first as u32,
                    cells: cells as u32,
                    line: self.line,
                    line_ends: 0,
                    is_open: false,
                });
            }
            if is_end {
                return Ok(false);
            }
            self.start = (end + 1).min(self.buffer.len());
            self.line += 1;
            if !is_blank {
                return Ok(true);
            }
        }
    }

    /// Cuts the line at the start. Returns where it ends, or nothing if it has a quote.
    #[inline]
    fn cut(&mut self, chunk: &mut Chunk) -> Result<Option<usize>, CohortError> {
        // A chunk is far shorter than what 32 bits count: see `Chunk::is_full`.
        let base = chunk.text.len() as u32;
        let bounds = &mut chunk.bounds;
        let (mut cell, mut from) = (base, self.start);
        loop {
            let start = self.start;
            let found = marks::each(&self.buffer, from, self.delimiter, |at| {
                let end = base + (at - start) as u32;
                bounds.push([cell, end]);
                cell = end + 1;
            });
            let end = match found {
                marks::Stop::LineEnd(at) => at,
                marks::Stop::Quote => return Ok(None),
                marks::Stop::End if self.has_ended => self.buffer.len(),
                marks::Stop::End => {
                    let cut = self.buffer.len() - self.start;
                    self.fill()?;
                    from = self.start + cut;
                    continue;
                }
            };
            bounds.push([cell, base + (end - start) as u32]);
            return Ok(Some(end));
        }
    }

    /// Reads a record with quotes.
    fn unquote(&mut self, chunk: &mut Chunk) -> Result<(), CohortError> {
        let base = chunk.text.len();
        let (mut used, mut written, mut count) = (0, 0, 0);
        self.parser.reset();
        loop {
            let rest = self.buffer.get(self.start + used..).unwrap_or_default();
            // A little at a time, since room is made for as much as is given.
            let input = rest.get(..rest.len().min(QUOTED_STEP)).unwrap_or_default();
            if input.is_empty() && !self.has_ended {
                self.fill()?;
                continue;
            }
            // Without its quotes a record is not longer than with them.
            chunk.text.resize(base + written + input.len().max(1), 0);
            let (result, read, wrote, ended) = self.parser.read_record(
                input,
                chunk.text.get_mut(base + written..).unwrap_or_default(),
                self.ends.get_mut(count..).unwrap_or_default(),
            );
            used += read;
            written += wrote;
            count += ended;
            match result {
                csv_core::ReadRecordResult::InputEmpty | csv_core::ReadRecordResult::OutputFull => {
                }
                csv_core::ReadRecordResult::OutputEndsFull => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                csv_core::ReadRecordResult::Record | csv_core::ReadRecordResult::End => break,
            }
        }
        chunk.text.truncate(base + written);
        let first = chunk.bounds.len();
        let mut cell = base as u32;
        for end in self.ends.iter().take(count) {
            let end = (base + end) as u32;
            chunk.bounds.push([cell, end]);
            cell = end;
        }
        let whole = self
            .buffer
            .get(self.start..self.start + used)
            .unwrap_or_default();
        let count_of = |bytes: &[u8], wanted| bytes.iter().filter(|byte| **byte == wanted).count();
        let all = count_of(whole, b'\n');
        let inside = count_of(chunk.text.get(base..).unwrap_or_default(), b'\n');
        let is_closed = count_of(whole, b'"').is_multiple_of(2);
        chunk.places.push(Place {
            first: first as u32,
            cells: count as u32,
            line: self.line,
            line_ends: inside as u32,
            // A line end behind the last cell ends a record whose quotes are closed.
            is_open: !is_closed && inside > 0 && inside == all,
        });
        self.line += all as u64;
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
