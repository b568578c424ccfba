//! Streams the rows of a CSV file: one row at a time, and no row larger than a limit.

mod marks;
mod records;

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;

use crate::batch::{Batch, Input, trimmed};
use crate::cells;
use crate::chunk::{Chunk, Record};
use crate::columns::Column;
use crate::people::unreadable;
use crate::reading::{Options, Reading};
use crate::{CohortError, Columns, Person};
use records::Records;
use threshold_matrix::workspace::shortened;
use threshold_matrix::workspace::{closest, is_it};
use threshold_matrix::{Date, Matrix};
use threshold_matrix::{InputDescription, InputKind};
use threshold_matrix::{Problem, ProblemKind, Profile, Refusal, Value};

/// A row of the wrong length that goes on for more lines than this has a quote that was not closed, and has swallowed people.
const MOST_LINES: u64 = 100;

#[derive(Debug)]
pub(crate) struct CsvRows<R> {
    records: Records<R>,
    /// The record that was read last, where people are read one at a time.
    last: Chunk,
    width: usize,
    names: Vec<String>,
    id: usize,
    as_at: Option<Cell>,
    outcome: Option<Cell>,
    /// The columns by which a row is told not to be a person, and what stands in them there.
    skips: Vec<(usize, HashSet<String>)>,
    skipped: u64,
    kept: Vec<usize>,
    /// How each matrix reads a row. There is one matrix, or there are two revisions.
    readings: Vec<Vec<Placed>>,
}

/// The column that an input is read from.
#[derive(Debug, Clone)]
pub(crate) struct InputColumn {
    pub(crate) input: String,
    pub(crate) position: usize,
    /// As the file calls it.
    pub(crate) name: String,
}

/// An input of a matrix, how its cells are read, and where they stand.
#[derive(Debug)]
struct Placed {
    name: String,
    kind: cells::Kind,
    place: Place,
}

/// How the columns of a file fit the matrix, beyond being enough.
#[derive(Debug, Default)]
pub(crate) struct Fit {
    pub(crate) unused: Vec<String>,
    pub(crate) without_column: Vec<String>,
}

/// Where an input stands in a row.
#[derive(Debug)]
enum Place {
    Cell(Cell),
    /// A cell for each member of a set.
    Members(Vec<(String, Cell)>),
}

#[derive(Debug)]
struct Cell {
    position: usize,
    reading: Box<Reading>,
}

impl<R: Read> CsvRows<R> {
    pub(crate) fn open(
        source: R,
        columns: &Columns,
        matrices: &[&Matrix],
    ) -> Result<(Self, Fit), CohortError> {
        let mut records = Records::new(source);
        let names = header(&mut records)?;
        let mut search = Search {
            names: &names,
            read: HashSet::new(),
            problems: Vec::new(),
            fit: Fit::default(),
            inputs: 0,
        };
        let id = search.named(
            columns.id.as_deref().unwrap_or("id"),
            "the id of a person",
            "`id:` in the columns file can name another",
        );
        let as_at = match &columns.as_at {
            Some(name) => search.named(name, "the date of the scoring", ""),
            None => search.find("as_at"),
        };
        let as_at = as_at.map(|position| Cell::at(position, Reading::dates(&columns.options)));
        let outcome = columns
            .outcome
            .as_deref()
            .and_then(|name| search.named(name, "what was seen later", ""))
            .map(|position| Cell::at(position, Reading::truths(&columns.options)));
        let skips: Vec<(usize, HashSet<String>)> = columns
            .skipped
            .iter()
            .filter_map(|(name, cells)| {
                let position = search.named(name, "the rows to leave out", "")?;
                Some((position, cells.iter().cloned().collect()))
            })
            .collect();
        let kept: Vec<_> = columns
            .kept
            .iter()
            .filter_map(|name| search.named(name, "grouping or comparing", ""))
            .collect();
        let mut readings = Vec::new();
        for matrix in matrices {
            let inputs = matrix
                .described_inputs()
                .filter_map(|input| {
                    let place = search.input(columns, &input)?;
                    Some(Placed {
                        name: input.name.to_owned(),
                        kind: cells::Kind::of(&input.kind),
                        place,
                    })
                })
                .collect();
            readings.push(inputs);
        }
        search.ask(&columns.ignored);
        let Search {
            read,
            problems,
            mut fit,
            ..
        } = search;
        let (Some(id), true) = (id, problems.is_empty()) else {
            return Err(CohortError::Columns {
                problems: each_once(problems),
            });
        };
        fit.unused = names
            .iter()
            .enumerate()
            .filter(|(position, name)| !read.contains(position) && !name.is_empty())
            .map(|(_, name)| name.clone())
            .collect();
        fit.without_column = each_once(fit.without_column);
        Ok((
            Self {
                records,
                last: Chunk::default(),
                width: names.len(),
                names,
                id,
                as_at,
                outcome,
                skips,
                skipped: 0,
                kept,
                readings,
            },
            fit,
        ))
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
                break Some(self.read(&record));
            }
        };
        self.last = last;
        Ok(person)
    }

    /// Returns an empty batch for the people of the file, if they can come as columns.
    pub(crate) fn batch(&self, matrix: &Matrix, as_at: Date) -> Option<Batch> {
        let ([reading], true) = (self.readings.as_slice(), self.kept.is_empty()) else {
            return None;
        };
        let mut inputs = Vec::new();
        for placed in reading {
            let description = matrix
                .described_inputs()
                .find(|input| input.name == placed.name)?;
            let mut add = |member: Option<&str>, cell: &Cell| {
                inputs.push(Input::new(&description, member, &cell.reading)?);
                Some(())
            };
            match &placed.place {
                Place::Cell(cell) => add(None, cell)?,
                Place::Members(cells) => {
                    for (member, cell) in cells {
                        add(Some(member), cell)?;
                    }
                }
            }
        }
        Some(Batch::new(inputs, self.id, as_at))
    }

    /// Reads people into a batch until it is full. Returns whether the file may have more.
    pub(crate) fn fill(&mut self, batch: &mut Batch, as_at: Date) -> Result<bool, CohortError> {
        let mut has_more = true;
        batch.chunk.clear();
        batch.plain.clear();
        while has_more && !batch.chunk.is_full() {
            has_more = self.records.next_into(&mut batch.chunk)?;
            let Some(record) = batch.chunk.record(batch.plain.len()) else {
                break;
            };
            if let Some(fault) = self.broken(&record) {
                return Err(fault);
            }
            let is_short = record.len() != self.width;
            if self.is_left_out(&record) {
                batch.chunk.pop();
            } else {
                batch.plain.push(!is_short);
            }
        }
        for (plain, id) in batch.plain.iter_mut().zip(batch.chunk.column(self.id)) {
            let id = trimmed(id);
            *plain &= !id.is_empty() && (id.is_ascii() || std::str::from_utf8(id).is_ok());
        }
        self.date(batch, as_at);
        if let Some(cell) = &self.outcome {
            batch.observed.clear();
            for (row, plain) in batch.plain.iter_mut().enumerate() {
                let record = batch.chunk.record(row);
                let observed = record.and_then(|record| cell.observed(&record).ok());
                *plain &= observed.is_some();
                batch.observed.push(observed.flatten());
            }
        }
        // In the order in which `batch` lists the columns.
        let mut next = 0;
        for placed in self.readings.iter().take(1).flatten() {
            match &placed.place {
                Place::Cell(cell) => {
                    batch.take(next, cell.position);
                    next += 1;
                }
                Place::Members(cells) => {
                    let first = next;
                    for (_, cell) in cells {
                        batch.take(next, cell.position);
                        next += 1;
                    }
                    batch.mark_uneven(first..next);
                }
            }
        }
        let others = batch.plain.iter().enumerate().filter(|(_, plain)| !**plain);
        let others =
            others.filter_map(|(row, _)| Some((row, self.read(&batch.chunk.record(row)?))));
        batch.others = others.collect();
        Ok(has_more)
    }

    /// Sets the date of a batch: that of its first row. A row of another date is not plain.
    fn date(&self, batch: &mut Batch, as_at: Date) {
        batch.as_at = as_at;
        let Some(cell) = &self.as_at else { return };
        let date = |row| {
            let date = cell.date(&batch.chunk.record(row)?).ok()?;
            Some(date.unwrap_or(as_at))
        };
        let dates: Vec<Option<Date>> = (0..batch.plain.len()).map(date).collect();
        batch.as_at = dates.first().copied().flatten().unwrap_or(as_at);
        for (plain, date) in batch.plain.iter_mut().zip(dates) {
            *plain &= date == Some(batch.as_at);
        }
    }

    /// What keeps everything from here on from being read.
    fn broken(&self, record: &Record<'_>) -> Option<CohortError> {
        let Record {
            line, line_ends, ..
        } = *record;
        if record.is_open {
            return Some(not_closed(line, "the end of the file"));
        }
        let is_too_long = record.len() != self.width && line_ends >= MOST_LINES;
        is_too_long.then(|| not_closed(line, &format!("line {}", line + line_ends)))
    }

    /// Returns whether a row is not a person: nothing is written in any cell, as spreadsheets leave rows behind, or the columns file says so.
    fn is_left_out(&mut self, record: &Record<'_>) -> bool {
        let is_skipped = self.skips.iter().any(|(position, cells)| {
            cells::text(record.cell(*position)).is_ok_and(|text| cells.contains(text))
        });
        self.skipped += u64::from(is_skipped);
        is_skipped || self.width > 1 && record.cells().all(|cell| cell.trim_ascii().is_empty())
    }

    /// Returns the column of each input that has one, by its position and by its name.
    pub(crate) fn columns(&self) -> Vec<InputColumn> {
        let placed = self.readings.iter().take(1).flatten();
        placed
            .filter_map(|placed| match &placed.place {
                Place::Cell(cell) => Some(InputColumn {
                    input: placed.name.clone(),
                    position: cell.position,
                    name: self.names.get(cell.position).cloned().unwrap_or_default(),
                }),
                Place::Members(_) => None,
            })
            .collect()
    }

    /// Returns how many rows the columns file left out so far.
    pub(crate) fn skipped(&self) -> u64 {
        self.skipped
    }

    fn read(&self, record: &Record<'_>) -> Person {
        let (line, lines) = (record.line, record.line_ends + 1);
        let mut person = Person::at(line, Ok(Profile::new()));
        let mut problems = Vec::new();
        let cell = |position| record.cell(position);
        if record.len() != self.width {
            let cells = if record.len() == 1 { "cell" } else { "cells" };
            let mut message = format!(
                "the row has {} {cells}, and the first line names {} columns",
                record.len(),
                self.width
            );
            if lines > 1 {
                message.push_str(&format!(
                    "; it goes on to line {}: is a quote not closed?",
                    line + lines - 1
                ));
            }
            // A short row that reaches the id is still worth naming.
            person.id = cells::text(cell(self.id)).unwrap_or_default().to_owned();
            let refusal = || Err(Refusal::new(vec![unreadable(None, message.clone())]));
            person.revised = self.readings.get(1).map(|_| refusal());
            person.profile = refusal();
            return person;
        }
        match cells::text(cell(self.id)) {
            Ok("") => problems.push(unreadable(Some("id"), "the row has no id")),
            Ok(id) => person.id = id.to_owned(),
            Err(why) => problems.push(unreadable(Some("id"), format!("the id {why}"))),
        }
        if let Some(cell) = &self.as_at {
            match cell.date(record) {
                Ok(as_at) => person.as_at = as_at,
                Err(message) => problems.push(unreadable(Some("as_at"), message)),
            }
        }
        if let Some(cell) = &self.outcome {
            match cell.observed(record) {
                Ok(observed) => person.observed = observed,
                Err(problem) => problems.push(problem),
            }
        }
        for position in &self.kept {
            match cells::text(cell(*position)) {
                Ok(text) => person.kept.push(text.to_owned()),
                Err(why) => problems.push(unreadable(None, format!("a column that is kept {why}"))),
            }
        }
        let mut profiles = self
            .readings
            .iter()
            .map(|reading| profile(reading, record, problems.clone()));
        match profiles.next() {
            Some(Ok(profile)) => person.profile = Ok(profile),
            Some(Err((readable, refusal))) => {
                person.readable = Some(readable);
                person.profile = Err(refusal);
            }
            None => {}
        }
        let revised = profiles.next();
        person.revised = revised.map(|profile| profile.map_err(|(_, refusal)| refusal));
        person
    }
}

/// The row as one matrix reads it.
fn profile(
    reading: &[Placed],
    record: &Record<'_>,
    mut problems: Vec<Problem>,
) -> Result<Profile, (Profile, Refusal)> {
    let mut profile = Profile::new();
    for input in reading {
        match input.value(record) {
            Ok(Value::Missing) => {}
            Ok(value) => profile.set(input.name.as_str(), value),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(profile)
    } else {
        Err((profile, Refusal::new(problems)))
    }
}

impl Placed {
    fn value(&self, record: &Record<'_>) -> Result<Value, Problem> {
        let name = &self.name;
        match &self.place {
            Place::Cell(cell) => {
                let Some(text) = cell.read(name, name, record)? else {
                    return Ok(Value::Missing);
                };
                match self.kind {
                    cells::Kind::Set => {
                        let members = cells::members(name, &text)?;
                        let members = members.into_iter().map(str::to_owned);
                        Ok(Value::Members(members.collect()))
                    }
                    kind => cells::value(name, kind, &text),
                }
            }
            Place::Members(cells) => members(name, cells, record),
        }
    }
}

/// A set from a cell for each member.
fn members(name: &str, cells: &[(String, Cell)], record: &Record<'_>) -> Result<Value, Problem> {
    let (mut held, mut filled, mut empty) = (Vec::new(), false, None);
    for (member, cell) in cells {
        let named = format!("{name}.{member}");
        match cell.read(name, &named, record)? {
            None => empty = Some(member),
            Some(text) => {
                filled = true;
                if cells::boolean(&text).ok_or_else(|| cells::not_boolean(name, &named, &text))? {
                    held.push(member.clone());
                }
            }
        }
    }
    match empty {
        None => Ok(Value::Members(held)),
        Some(_) if !filled => Ok(Value::Missing),
        Some(member) => {
            let message = format!(
                "`{name}.{member}` is empty, and other members are not; fill all of them, or none"
            );
            Err(Problem::new(
                ProblemKind::Missing,
                vec![name.to_owned()],
                message,
            ))
        }
    }
}

impl Cell {
    fn at(position: usize, reading: Reading) -> Self {
        Self {
            position,
            reading: Box::new(reading),
        }
    }

    /// Reads the date of a scoring.
    fn date(&self, record: &Record<'_>) -> Result<Option<Date>, String> {
        let name = "the date of the scoring";
        match self.read(name, name, record) {
            Ok(None) => Ok(None),
            Ok(Some(text)) => text
                .parse()
                .map(Some)
                .map_err(|error| format!("{name}: {error}")),
            Err(problem) => Err(problem.message.replace(&format!("`{name}`"), name)),
        }
    }

    /// Reads what was seen later.
    fn observed(&self, record: &Record<'_>) -> Result<Option<bool>, Problem> {
        let name = "the outcome";
        match self.read(name, name, record) {
            Ok(text) => cells::observed(&text.unwrap_or_default()),
            Err(problem) => {
                let message = problem.message.replace(&format!("`{name}`"), name);
                Err(unreadable(Some("outcome"), message))
            }
        }
    }

    /// Reads the cell. `None` is a missing value. `named` is what the columns file calls the input, which may be one member of it.
    fn read<'a>(
        &self,
        name: &str,
        named: &str,
        record: &Record<'a>,
    ) -> Result<Option<Cow<'a, str>>, Problem> {
        let problem = |kind, message| Problem::new(kind, vec![name.to_owned()], message);
        let text = cells::text(record.cell(self.position))
            .map_err(|why| problem(ProblemKind::WrongType, format!("`{named}` {why}")))?;
        let read = self.reading.read(named, text);
        read.map_err(|fault| problem(fault.kind, fault.message))
    }
}

/// Two revisions need much the same: nothing is said twice.
fn each_once(texts: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    texts
        .into_iter()
        .filter(|text| seen.insert(text.clone()))
        .collect()
}

fn not_closed(line: u64, until: &str) -> CohortError {
    CohortError::Broken {
        line,
        message: format!("a quote in the row that begins here is not closed before {until}"),
    }
}

/// Looks columns up, and keeps every problem.
struct Search<'a> {
    names: &'a [String],
    read: HashSet<usize>,
    problems: Vec<String>,
    fit: Fit,
    /// How many inputs were looked for.
    inputs: usize,
}

impl Search<'_> {
    fn find(&mut self, name: &str) -> Option<usize> {
        let mut found = self
            .names
            .iter()
            .enumerate()
            .filter(|(_, own)| *own == name)
            .map(|(position, _)| position);
        let first = found.next()?;
        if let Some(second) = found.next() {
            self.problems.push(format!(
                "two columns are called `{}` (columns {} and {}); rename one",
                shortened(name),
                first + 1,
                second + 1
            ));
        }
        self.read.insert(first);
        Some(first)
    }

    /// Returns the position of a column that must be there.
    fn named(&mut self, name: &str, what: &str, help: &str) -> Option<usize> {
        let found = self.find(name);
        if found.is_none() {
            let likely = closest(name, self.names.iter().map(String::as_str))
                .map(|name| format!("did you mean `{}`?", shortened(name)));
            let help: Vec<_> = likely
                .into_iter()
                .chain((!help.is_empty()).then(|| help.to_owned()))
                .collect();
            let help = if help.is_empty() {
                String::new()
            } else {
                format!("; {}", help.join(" "))
            };
            self.problems.push(format!(
                "there is no column `{}` for {what}{help}",
                shortened(name)
            ));
        }
        found
    }

    fn cell(
        &mut self,
        columns: &Columns,
        column: &Column,
        input: &InputDescription<'_>,
        member: Option<&str>,
    ) -> Option<Cell> {
        let target = match member {
            Some(member) => format!("{}.{member}", input.name),
            None => input.name.to_owned(),
        };
        let position = self.named(&column.name, &format!("`{target}`"), "")?;
        let reading = Reading::new(input, member, &column.options, &columns.options);
        Some(Cell::at(position, reading))
    }

    /// Returns where an input stands, or `None` if it stands nowhere, which is a problem if it must be given.
    fn input(&mut self, columns: &Columns, input: &InputDescription<'_>) -> Option<Place> {
        let name = input.name;
        self.inputs += 1;
        let whole = match columns.inputs.get(name) {
            Some(column) => Some(self.cell(columns, column, input, None)?),
            None => self.find(name).map(|position| {
                let own = Options::default();
                Cell::at(position, Reading::new(input, None, &own, &columns.options))
            }),
        };
        let members = match &input.kind {
            InputKind::Set(values) => self.members(columns, input, values),
            _ => Vec::new(),
        };
        match (whole, members.is_empty()) {
            (Some(_), false) => {
                self.problems.push(format!(
                    "`{name}` has a column of its own and columns for its members; keep one or the other"
                ));
                None
            }
            (Some(cell), true) => Some(Place::Cell(cell)),
            (None, false) => Some(Place::Members(members)),
            (None, true) if input.required => {
                let likely = is_it(name, self.names.iter().map(String::as_str));
                self.problems.push(format!(
                    "there is no column for `{name}`, which must always be given{likely}"
                ));
                None
            }
            (None, true) => {
                self.fit.without_column.push(name.to_owned());
                None
            }
        }
    }

    /// Returns the columns of a set's members: all of them, or none.
    fn members(
        &mut self,
        columns: &Columns,
        input: &InputDescription<'_>,
        values: &[String],
    ) -> Vec<(String, Cell)> {
        let name = input.name;
        let (mut cells, mut without) = (Vec::new(), Vec::new());
        for member in values {
            let target = format!("{name}.{member}");
            let cell = match columns.inputs.get(&target) {
                Some(column) => self.cell(columns, column, input, Some(member)),
                None => {
                    let found = self.find(&target);
                    if found.is_none() {
                        without.push(format!("`{target}`"));
                    }
                    found.map(|position| {
                        let own = Options::default();
                        let reading = Reading::new(input, Some(member), &own, &columns.options);
                        Cell::at(position, reading)
                    })
                }
            };
            cells.extend(cell.map(|cell| (member.clone(), cell)));
        }
        if !cells.is_empty() && !without.is_empty() {
            self.problems.push(format!("`{name}` has columns for some of its members, and none for {}; every member needs one", without.join(", ")));
        }
        cells
    }

    /// Asks about columns that no input reads and whose names are nearly that of an input without a column; and where no column is an input's at all.
    fn ask(&mut self, ignored: &[String]) {
        let unread = || {
            let names = self.names.iter().enumerate();
            let unread = names.filter(|(position, name)| {
                !self.read.contains(position) && !ignored.contains(name)
            });
            unread.map(|(position, name)| (position, name.as_str()))
        };
        let mut problems = Vec::new();
        for input in &self.fit.without_column {
            if let Some((position, name)) = unread().find(|(_, name)| is_nearly(name, input)) {
                problems.push(format!(
                    "there is no column `{input}`, but column {} is nearly called so: `{}`. If it is the input, write `columns: {{ {input}: \
                     \"…\" }}` with its exact name in the columns file, or rename it; if it is not, write `ignore: [\"…\"]`",
                    position + 1,
                    visible(name)
                ));
            }
        }
        if self.inputs == self.fit.without_column.len() && self.inputs > 0 {
            problems.push(format!(
                "none of the columns ({}) is that of an input, so everybody would be scored alike; name the columns of the inputs in a columns \
                 file, which `threshold-matrix columns` drafts",
                listed(self.names)
            ));
        }
        self.problems.extend(problems);
    }
}

/// Returns whether two names are alike but for case, spaces, hyphens, marks that cannot be seen, or a slip of the hand.
#[doc(hidden)]
#[must_use]
pub fn is_nearly(column: &str, input: &str) -> bool {
    let bare = |name: &str| -> String {
        let kept = name.chars().filter(|mark| mark.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect()
    };
    let (bare_column, bare_input) = (bare(column), bare(input));
    bare_column == bare_input
        || bare_input.len() > 4 && closest(&bare_column, [bare_input.as_str()]).is_some()
}

/// Returns a name in which everything can be seen.
fn visible(name: &str) -> String {
    let shown = name.chars().flat_map(|mark| {
        let is_hidden = mark != ' ' && !mark.is_alphanumeric() && !mark.is_ascii_graphic();
        if is_hidden {
            mark.escape_unicode().collect::<Vec<_>>()
        } else {
            vec![mark]
        }
    });
    shortened(&shown.collect::<String>())
}

fn listed(names: &[String]) -> String {
    const MOST: usize = 8;
    let mut shown: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{}`", visible(name)))
        .collect();
    if names.len() > MOST {
        shown.push("…".to_owned());
    }
    shown.join(", ")
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
