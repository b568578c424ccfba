//! Streams the lines of a JSON lines file.

mod fields;
mod flat;
mod lines;
mod nested;
mod scan;
pub(crate) mod write;

use std::io::Read;

use crate::batch::Batch;
use crate::binding::Binding;
use crate::chunk::{Chunk, Place};
use crate::places::Places;
use crate::row_kind::RowKind;
use crate::{CohortError, Columns, Person};
use fields::Fields;
use flat::{Flat, Line};
use lines::{Lines, first};
use nested::Nested;
use scan::{Scanner, takes};
use threshold_matrix::{Date, InputKind, Matrix};

/// The length of text that is worked on at a time, so that it is still in the nearer caches when its columns are made.
const MOST_TEXT: usize = 384 << 10;

#[derive(Debug)]
pub(crate) struct JsonRows<R> {
    lines: Lines<R>,
    form: Form,
    scanner: Scanner,
    /// The record that was read last, where people are read one at a time.
    last: Chunk,
    skipped: u64,
}

/// Where the inputs of a line stand.
#[derive(Debug)]
enum Form {
    /// In an object of their own, and how the cells of a record are read that has them behind one another.
    Nested(Box<Nested>, Option<Box<Binding>>),
    /// Among the keys of the line.
    Flat(Box<Flat>),
}

impl<R: Read> JsonRows<R> {
    /// Begins to read a file. Its first lines tell its form.
    pub(crate) fn open(
        source: R,
        columns: &Columns,
        kinds: &[RowKind],
    ) -> Result<Self, CohortError> {
        let lines = Lines::new(source);
        let (form, scanner) = match keys(lines.held()) {
            Some(names) => {
                let flat = Flat::new(&names, columns, kinds)?;
                let scanner = flat.scanner();
                (Form::Flat(Box::new(flat)), scanner)
            }
            None if kinds.iter().any(RowKind::is_event) => {
                return Err(CohortError::Broken {
                    line: 1,
                    message: "no line is an event; write {\"id\": …, \"date\": …} on each, with the fields as keys".to_owned(),
                });
            }
            None => {
                let nested = Nested::new(columns, kinds)?;
                nested.check(lines.held(), kinds)?;
                let matrix = kinds.first().map(RowKind::matrix);
                let matrix = matrix.filter(|_| nested.is_for_scoring());
                let binding =
                    matrix.map(|matrix| Binding::of_inputs(matrix, nested.outcome.is_some()));
                let scanner =
                    matrix.map_or_else(Scanner::default, |matrix| profiles(&nested, matrix));
                (
                    Form::Nested(Box::new(nested), binding.map(Box::new)),
                    scanner,
                )
            }
        };
        Ok(Self {
            lines,
            form,
            scanner,
            last: Chunk::default(),
            skipped: 0,
        })
    }

    /// Returns the keys that nothing reads: those outside a profile so far, or of the first lines.
    pub(crate) fn unused(&self) -> &[String] {
        match &self.form {
            Form::Nested(nested, _) => &nested.unused,
            Form::Flat(flat) => &flat.fit.unused,
        }
    }

    /// Returns the inputs that have no key in the first lines.
    pub(crate) fn without_column(&self) -> &[String] {
        match &self.form {
            Form::Nested(..) => &[],
            Form::Flat(flat) => &flat.fit.without_column,
        }
    }

    /// Returns whether the inputs stand among the keys of each line, and not in a profile.
    pub(crate) fn has_columns(&self) -> bool {
        matches!(self.form, Form::Flat(_))
    }

    /// Returns how many lines the columns file left out so far.
    pub(crate) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Returns an empty batch for the people of the file, if they can come as columns.
    pub(crate) fn batch(&self, matrix: &Matrix, as_at: Date) -> Option<Batch> {
        match &self.form {
            Form::Nested(_, binding) => binding.as_ref()?.batch(matrix, as_at, |_| false),
            Form::Flat(flat) => flat.binding.batch(matrix, as_at, |_| false),
        }
    }

    /// Returns where the ids, the inputs and the kept columns stand. Where the inputs stand in a profile, that is not known of unusual lines.
    pub(crate) fn places(&self) -> Places {
        match &self.form {
            Form::Nested(nested, _) => Places {
                // Whoever has something to carry through is scored one by one, and has it.
                kept: (0..nested.kept.len()).collect(),
                ..Places::default()
            },
            Form::Flat(flat) => flat.binding.places(),
        }
    }

    /// Returns whether each person may have a date of their own.
    #[cfg(feature = "parquet")]
    pub(crate) fn has_dates(&self) -> bool {
        match &self.form {
            Form::Nested(..) => true,
            Form::Flat(flat) => flat.binding.has_dates(),
        }
    }

    pub(crate) fn person(&mut self) -> Result<Option<Person>, CohortError> {
        loop {
            let number = self.lines.number();
            let line = first(self.lines.ahead()?);
            let length = line.len();
            if line.is_empty() {
                return Ok(None);
            }
            let is_blank = line.trim_ascii().is_empty();
            let mut person = None;
            match &mut self.form {
                _ if is_blank => {}
                Form::Nested(nested, _) => person = Some(nested.person(number, line)),
                Form::Flat(flat) => {
                    let last = &mut self.last;
                    last.clear();
                    match flat.read(number, line, last) {
                        Line::Apart(read) => person = Some(*read),
                        Line::LeftOut => self.skipped += 1,
                        Line::Record => match last.record(0) {
                            Some(record) if flat.binding.is_skipped(&record) => self.skipped += 1,
                            Some(record) => person = Some(flat.person(&record)),
                            None => {}
                        },
                    }
                }
            }
            self.lines.take(length);
            if person.is_some() {
                return Ok(person);
            }
        }
    }

    /// Reads people into a batch until it is full. Returns whether the file may have more.
    pub(crate) fn fill(&mut self, batch: &mut Batch, as_at: Date) -> Result<bool, CohortError> {
        batch.chunk.clear();
        batch.plain.clear();
        let width = match &self.form {
            // The line itself is the last cell, for those that are read the long way.
            Form::Nested(_, Some(binding)) => binding.width() + 1,
            Form::Nested(_, None) => return Ok(false),
            Form::Flat(flat) => flat.binding.width(),
        };
        let mut apart: Vec<(usize, Person)> = Vec::new();
        let mut has_more = true;
        while has_more && !batch.chunk.is_full() && batch.chunk.text.len() < MOST_TEXT {
            let number = self.lines.number();
            let held = self.lines.ahead()?;
            if held.is_empty() {
                has_more = false;
                continue;
            }
            let Chunk {
                text,
                bounds,
                places,
                ..
            } = &mut batch.chunk;
            let (base, start) = (text.len() as u32, bounds.len());
            bounds.resize(start + width, [base; 2]);
            let cells = bounds.get_mut(start..).unwrap_or_default();
            let walked = self.scanner.walk(held, base, cells);
            let length = walked.unwrap_or_else(|| first(held).len());
            let line = held.get(..length).unwrap_or_default();
            let end = base + length as u32;
            let place = Place {
                first: start as u32,
                cells: width as u32,
                line: number,
                line_ends: 0,
                is_open: false,
            };
            match &mut self.form {
                _ if walked.is_none() && line.trim_ascii().is_empty() => bounds.truncate(start),
                Form::Nested(..) => {
                    text.extend_from_slice(line);
                    if let Some(whole) = bounds.last_mut() {
                        *whole = [base, end];
                    }
                    places.push(place);
                    batch.plain.push(walked.is_some());
                }
                Form::Flat(flat) => {
                    let mut is_person = true;
                    if walked.is_some() {
                        text.extend_from_slice(line);
                        places.push(place);
                    } else {
                        bounds.truncate(start);
                        match flat.read(number, line, &mut batch.chunk) {
                            Line::Record => {}
                            Line::LeftOut => is_person = false,
                            Line::Apart(person) => apart.push((batch.plain.len(), *person)),
                        }
                    }
                    let row = batch.plain.len();
                    let is_apart = apart.last().is_some_and(|(other, _)| *other == row);
                    if flat.binding.leaves_out() && !is_apart {
                        let record = batch.chunk.record(row);
                        is_person &= !record.is_some_and(|record| flat.binding.is_skipped(&record));
                    }
                    if is_person {
                        batch.plain.push(walked.is_some());
                    } else {
                        batch.chunk.pop(base as usize);
                        self.skipped += 1;
                    }
                }
            }
            self.lines.take(length);
        }
        match &mut self.form {
            Form::Nested(nested, Some(binding)) => {
                let known = nested.unused.len();
                let width = binding.width();
                binding.take(batch, as_at, |_, record| {
                    nested.person(record.line, record.cell(width))
                });
                // What was found to be nothing's need not be found again.
                for name in nested.unused.iter().skip(known) {
                    self.scanner.add(false, name, None, takes::ANY);
                }
            }
            Form::Nested(_, None) => {}
            Form::Flat(flat) => {
                let mut apart = apart.into_iter().peekable();
                flat.binding.take(batch, as_at, |row, record| {
                    match apart.next_if(|(other, _)| *other == row) {
                        Some((_, person)) => person,
                        None => flat.binding.read(record),
                    }
                });
            }
        }
        Ok(has_more)
    }
}

/// Returns the keys of some lines, in the order in which they appear, if the first that can be read has no profile.
fn keys(lines: &[u8]) -> Option<Vec<String>> {
    let mut lines = lines
        .split(|byte| *byte == b'\n')
        .filter_map(|line| Fields::of(line).ok());
    let first = lines.next().filter(|fields| !fields.has_profile())?;
    let mut names: Vec<String> = first.0.into_iter().map(|(key, _)| key).collect();
    let mut known: std::collections::HashSet<String> = names.iter().cloned().collect();
    for fields in lines.filter(|fields| !fields.has_profile()) {
        for (key, _) in fields.0 {
            if known.insert(key.clone()) {
                names.push(key);
            }
        }
    }
    Some(names)
}

/// Returns a scanner that finds the cells of a record that `Binding::of_inputs` reads.
fn profiles(nested: &Nested, matrix: &Matrix) -> Scanner {
    let mut scanner = Scanner::default();
    let mut outer = vec![nested.id.as_str(), nested.as_at.as_str(), "profile"];
    outer.extend(nested.outcome.as_deref());
    let is_twice =
        |(at, name): (usize, &&str)| outer.iter().skip(at + 1).any(|other| other == name);
    if outer.iter().enumerate().any(is_twice) {
        return scanner;
    }
    scanner.add_exact(false, &nested.id, 0, takes::NUMBER | takes::TEXT);
    scanner.add_exact(false, &nested.as_at, 1, takes::NULL | takes::TEXT);
    if let Some(outcome) = &nested.outcome {
        let takes = takes::NULL | takes::TRUTH | takes::NUMBER;
        scanner.add_exact(false, outcome, 2, takes);
    }
    scanner.add(false, "profile", None, takes::INNER);
    for (input, cell) in matrix.described_inputs().zip(3..) {
        let takes = match input.kind {
            InputKind::Boolean => takes::TRUTH,
            InputKind::Number { .. } => takes::NUMBER,
            InputKind::Level(_) | InputKind::Category(_) => takes::NUMBER | takes::TEXT,
            InputKind::Set(_) => takes::LIST,
            _ => takes::TEXT,
        };
        scanner.add_exact(true, input.name, cell, takes::NULL | takes);
    }
    scanner
}
