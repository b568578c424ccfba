//! The lines of a file, many at a time.

use std::io::{self, Read};

use crate::CohortError;
use crate::chunk::LONGEST;

/// The number of bytes that are read at a time.
const STEP: usize = 256 << 10;
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads the lines of a file.
#[derive(Debug)]
pub(super) struct Lines<R> {
    source: R,
    /// What was read, and room behind it.
    buffer: Vec<u8>,
    /// Where what was read ends.
    end: usize,
    /// What lies before was taken.
    start: usize,
    /// Where the last whole line ends.
    whole: usize,
    has_ended: bool,
    /// What kept the file from being read on. The lines before it are given first.
    failure: Option<io::Error>,
    /// The number of lines that were taken.
    taken: u64,
}

impl<R: Read> Lines<R> {
    /// Reads the beginning of a file.
    pub(super) fn new(source: R) -> Self {
        let mut lines = Self {
            source,
            buffer: Vec::new(),
            end: 0,
            start: 0,
            whole: 0,
            has_ended: false,
            failure: None,
            taken: 0,
        };
        let is_enough = |lines: &Self| lines.end >= STEP && lines.whole > 0 || lines.end >= LONGEST;
        while !lines.is_at_end() && !is_enough(&lines) {
            lines.read();
        }
        let held = lines.buffer.get(..lines.end).unwrap_or_default();
        if held.starts_with(MARK) {
            lines.start = MARK.len();
            lines.whole = lines.whole.max(lines.start);
        }
        lines
    }

    fn is_at_end(&self) -> bool {
        self.has_ended || self.failure.is_some()
    }

    /// Returns the whole lines that were read and not taken, without reading on.
    pub(super) fn held(&self) -> &[u8] {
        self.buffer.get(self.start..self.whole).unwrap_or_default()
    }

    /// Returns whole lines, each with its end, which only the last line of a file may lack. They are empty where the file ends.
    #[inline]
    pub(super) fn ahead(&mut self) -> Result<&[u8], CohortError> {
        while self.start == self.whole && !self.has_ended {
            let line = self.taken + 1;
            if let Some(source) = self.failure.take() {
                return Err(CohortError::Read { line, source });
            }
            if self.end - self.start >= LONGEST {
                return Err(CohortError::Broken {
                    line,
                    message: format!("the line is longer than {} MiB", LONGEST >> 20),
                });
            }
            self.read();
        }
        Ok(self.held())
    }

    /// Takes the next line, which is this long with its end.
    #[inline]
    pub(super) fn take(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.whole);
        self.taken += 1;
    }

    /// Returns the number of the line that is to be taken next, counted from 1.
    #[inline]
    pub(super) fn number(&self) -> u64 {
        self.taken + 1
    }

    /// Reads on. What was taken makes room.
    fn read(&mut self) {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.whole -= self.start;
            self.start = 0;
        }
        let held = self.end;
        if self.buffer.len() < held + STEP {
            self.buffer.resize(held + STEP, 0);
        }
        let room = self.buffer.get_mut(held..).unwrap_or_default();
        let read = loop {
            match self.source.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        match read {
            Err(error) => self.failure = Some(error),
            Ok(0) => {
                self.has_ended = true;
                self.whole = held;
            }
            Ok(count) => {
                self.end = held + count;
                let new = self.buffer.get(held..self.end).unwrap_or_default();
                if let Some(end) = new.iter().rposition(|byte| *byte == b'\n') {
                    self.whole = held + end + 1;
                }
            }
        }
    }
}

/// Returns the first of some lines, with its end.
pub(super) fn first(lines: &[u8]) -> &[u8] {
    let end = lines.iter().position(|byte| *byte == b'\n');
    end.and_then(|end| lines.get(..=end)).unwrap_or(lines)
}
