//! Streams the rows of a CSV file: one row at a time, and no row larger than a limit.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Read};

use csv::ByteRecord;

use super::cells;
use super::columns::Column;
use super::people::unreadable;
use super::{CohortError, Columns, Person};
use threshold_matrix::Matrix;
use threshold_matrix::workspace::shortened;
use threshold_matrix::workspace::{closest, is_it, suggest};
use threshold_matrix::{InputDescription, InputKind};
use threshold_matrix::{Problem, ProblemKind, Profile, Refusal, Value};

/// The longest row, so that a quote that is never closed does not pull the whole file into memory.
const LONGEST_ROW: u64 = 16 << 20;
/// A row of the wrong length that goes on for more lines than this has a quote that was not closed, and has swallowed people.
const MOST_LINES: u64 = 100;

#[derive(Debug)]
pub(super) struct CsvRows<R> {
    file: csv::Reader<Bounded<R>>,
    record: ByteRecord,
    width: usize,
    id: usize,
    as_at: Option<usize>,
    outcome: Option<usize>,
    kept: Vec<usize>,
    /// How each matrix reads a row. There is one matrix, or there are two revisions.
    readings: Vec<Vec<Placed>>,
    /// Where the last row began, if its last cell has more than one line.
    open_ended: Option<u64>,
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
pub(super) struct Fit {
    pub(super) unused: Vec<String>,
    pub(super) without_column: Vec<String>,
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
    values: Option<BTreeMap<String, Option<String>>>,
}

impl<R: Read> CsvRows<R> {
    pub(super) fn open(
        source: R,
        columns: &Columns,
        matrices: &[&Matrix],
    ) -> Result<(Self, Fit), CohortError> {
        let bounded = Bounded {
            source,
            left: LONGEST_ROW,
            quotes: 0,
            bytes: 0,
            last: b'\n',
        };
        // Rows of another length are refused here, with their ids, and not by the parser. Lines end in a line feed, so that they can be counted; the
        // carriage return that may stand before it is trimmed off the last cell.
        let mut parser = csv::ReaderBuilder::new();
        let mut file = parser
            .has_headers(false)
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(bounded);
        let mut header = ByteRecord::new();
        let broken = |message: &str| CohortError::Broken {
            line: 1,
            message: message.to_owned(),
        };
        if !file
            .read_byte_record(&mut header)
            .map_err(|error| CohortError::from_csv(1, error))?
        {
            return Err(broken(
                "the file is empty; its first line must name the columns",
            ));
        }
        if header.as_slice().starts_with(&[0xff, 0xfe])
            || header.as_slice().starts_with(&[0xfe, 0xff])
        {
            return Err(broken("the file is UTF-16; save it as \"CSV UTF-8\""));
        }
        let names: Vec<String> = header
            .iter()
            .map(|name| {
                String::from_utf8_lossy(name)
                    .trim_matches(cells::SPACE)
                    .to_owned()
            })
            .collect();
        if names.iter().any(|name| name.contains('\r')) {
            return Err(broken(
                "the lines end in carriage returns alone; save the file with ordinary line endings",
            ));
        }
        if let [only] = names.as_slice()
            && only.contains([';', '\t'])
        {
            return Err(broken(
                "the columns are not separated by commas; save the file with commas",
            ));
        }
        let mut search = Search {
            names: &names,
            read: HashSet::new(),
            problems: Vec::new(),
            fit: Fit::default(),
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
        let outcome = columns
            .outcome
            .as_deref()
            .and_then(|name| search.named(name, "what was seen later", ""));
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
            .filter(|(position, _)| !read.contains(position))
            .map(|(_, name)| name.clone())
            .collect();
        fit.without_column = each_once(fit.without_column);
        Ok((
            Self {
                file,
                record: ByteRecord::new(),
                width: names.len(),
                id,
                as_at,
                outcome,
                kept,
                readings,
                open_ended: None,
            },
            fit,
        ))
    }

    pub(super) fn person(&mut self) -> Result<Option<Person>, CohortError> {
        loop {
            let before = self.file.position().line();
            self.file.get_mut().left = LONGEST_ROW;
            let more = self
                .file
                .read_byte_record(&mut self.record)
                .map_err(|error| CohortError::from_csv(before, error))?;
            if !more {
                return match self.open_ended {
                    Some(line) if self.file.get_ref().quotes % 2 == 1 => {
                        Err(not_closed(line, "the end of the file"))
                    }
                    _ => Ok(None),
                };
            }
            let inside = self
                .record
                .iter()
                .map(|cell| cell.iter().filter(|byte| **byte == b'\n').count() as u64)
                .sum::<u64>();
            let line = self.first_line(inside);
            let last = self
                .record
                .len()
                .checked_sub(1)
                .and_then(|last| self.record.get(last));
            self.open_ended = last
                .is_some_and(|cell| cell.contains(&b'\n'))
                .then_some(line);
            let is_empty =
                self.record.len() == 1 && last.is_none_or(|cell| cell.trim_ascii().is_empty());
            if is_empty && self.width > 1 {
                continue;
            }
            if self.record.len() != self.width && inside >= MOST_LINES {
                return Err(not_closed(line, &format!("line {}", line + inside)));
            }
            return Ok(Some(self.read(line, inside + 1)));
        }
    }

    /// Returns the line on which the row just read begins. The parser tells where it began to look, which may be at empty lines before the row.
    fn first_line(&self, inside: u64) -> u64 {
        let end = self.file.position();
        let source = self.file.get_ref();
        // The last line end of a file may also be inside a quote that is not closed.
        let last = self
            .record
            .len()
            .checked_sub(1)
            .and_then(|last| self.record.get(last));
        let inside_quote = source.quotes % 2 == 1 && last.is_some_and(|cell| cell.ends_with(b"\n"));
        let ended_by_the_file =
            end.byte() == source.bytes && (source.last != b'\n' || inside_quote);
        end.line()
            .saturating_sub(inside + u64::from(!ended_by_the_file))
    }

    fn read(&self, line: u64, lines: u64) -> Person {
        let mut person = Person::at(line, Ok(Profile::new()));
        let mut problems = Vec::new();
        let cell = |position| self.record.get(position).unwrap_or_default();
        if self.record.len() != self.width {
            let cells = if self.record.len() == 1 {
                "cell"
            } else {
                "cells"
            };
            let mut message = format!(
                "the row has {} {cells}, and the first line names {} columns",
                self.record.len(),
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
        if let Some(position) = self.as_at {
            match cells::text(cell(position)).map(|text| {
                if text.is_empty() {
                    Ok(None)
                } else {
                    text.parse().map(Some)
                }
            }) {
                Ok(Ok(as_at)) => person.as_at = as_at,
                Ok(Err(error)) => problems.push(unreadable(
                    Some("as_at"),
                    format!("the date of the scoring: {error}"),
                )),
                Err(why) => problems.push(unreadable(
                    Some("as_at"),
                    format!("the date of the scoring {why}"),
                )),
            }
        }
        if let Some(position) = self.outcome {
            match cells::text(cell(position)).map(cells::observed) {
                Ok(Ok(observed)) => person.observed = observed,
                Ok(Err(problem)) => problems.push(problem),
                Err(why) => {
                    problems.push(unreadable(Some("outcome"), format!("the outcome {why}")))
                }
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
            .map(|reading| self.profile(reading, problems.clone()));
        if let Some(profile) = profiles.next() {
            person.profile = profile;
        }
        person.revised = profiles.next();
        person
    }

    /// Returns the row as one matrix reads it.
    fn profile(&self, reading: &[Placed], mut problems: Vec<Problem>) -> Result<Profile, Refusal> {
        let mut profile = Profile::new();
        for input in reading {
            match self.value(input) {
                Ok(Value::Missing) => {}
                Ok(value) => profile.set(input.name.as_str(), value),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            Ok(profile)
        } else {
            Err(Refusal::new(problems))
        }
    }

    fn value(&self, input: &Placed) -> Result<Value, Problem> {
        let name = &input.name;
        match &input.place {
            Place::Cell(cell) => {
                let Some(text) = self.filled(name, cell)? else {
                    return Ok(Value::Missing);
                };
                match input.kind {
                    cells::Kind::Set => {
                        let members = cells::members(name, text)?
                            .into_iter()
                            .filter_map(|member| cell.meaning(name, member).transpose());
                        Ok(Value::Members(
                            members
                                .map(|member| member.map(str::to_owned))
                                .collect::<Result<_, _>>()?,
                        ))
                    }
                    kind => cell
                        .meaning(name, text)?
                        .map_or(Ok(Value::Missing), |text| cells::value(name, kind, text)),
                }
            }
            Place::Members(cells) => self.members(name, cells),
        }
    }

    /// Returns a set from a cell for each member.
    fn members(&self, name: &str, cells: &[(String, Cell)]) -> Result<Value, Problem> {
        let (mut held, mut filled, mut empty) = (Vec::new(), false, None);
        for (member, cell) in cells {
            let text = self.filled(name, cell)?;
            match text
                .map(|text| cell.meaning(name, text))
                .transpose()?
                .flatten()
            {
                None => empty = Some(member),
                Some(text) => {
                    filled = true;
                    if cells::boolean(text).ok_or_else(|| {
                        cells::not_boolean(name, &format!("{name}.{member}"), text)
                    })? {
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

    /// Returns the text of a cell. `None` if it is empty and the columns file gives that no meaning.
    fn filled(&self, name: &str, cell: &Cell) -> Result<Option<&str>, Problem> {
        let text = cells::text(self.record.get(cell.position).unwrap_or_default());
        let text = text.map_err(|why| {
            Problem::new(
                ProblemKind::WrongType,
                vec![name.to_owned()],
                format!("`{name}` {why}"),
            )
        })?;
        let means_something = || {
            cell.values
                .as_ref()
                .is_some_and(|values| values.contains_key(""))
        };
        Ok(Some(text).filter(|text| !text.is_empty() || means_something()))
    }
}

impl Cell {
    /// Returns what a text means by the columns file, if that lists values; `None` if it means that there is no value.
    fn meaning<'a>(&'a self, name: &str, text: &'a str) -> Result<Option<&'a str>, Problem> {
        let Some(values) = &self.values else {
            return Ok(Some(text));
        };
        values.get(text).map(Option::as_deref).ok_or_else(|| {
            let help = suggest(text, values.keys().map(String::as_str).collect::<Vec<_>>());
            let message = format!(
                "`{name}` is `{}`, which `values` in the columns file does not list; {help}",
                shortened(text)
            );
            Problem::new(ProblemKind::UnknownValue, vec![name.to_owned()], message)
        })
    }
}

/// Returns each text once, since two revisions need much the same columns.
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

    fn cell(&mut self, column: &Column, target: &str) -> Option<Cell> {
        let position = self.named(&column.name, &format!("`{target}`"), "")?;
        Some(Cell {
            position,
            values: column.values.clone(),
        })
    }

    /// Returns where an input stands, or `None` if it stands nowhere, which is a problem if it must be given.
    fn input(&mut self, columns: &Columns, input: &InputDescription<'_>) -> Option<Place> {
        let name = input.name;
        let whole = match columns.inputs.get(name) {
            Some(column) => Some(self.cell(column, name)?),
            None => self.find(name).map(|position| Cell {
                position,
                values: None,
            }),
        };
        let members = match &input.kind {
            InputKind::Set(values) => self.members(columns, name, values),
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
    fn members(&mut self, columns: &Columns, name: &str, values: &[String]) -> Vec<(String, Cell)> {
        let (mut cells, mut without) = (Vec::new(), Vec::new());
        for member in values {
            let target = format!("{name}.{member}");
            let cell = match columns.inputs.get(&target) {
                Some(column) => self.cell(column, &target),
                None => {
                    let found = self.find(&target);
                    if found.is_none() {
                        without.push(format!("`{target}`"));
                    }
                    found.map(|position| Cell {
                        position,
                        values: None,
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
}

/// A source that gives no more than a limit until the limit is set again, and that knows how much it gave.
#[derive(Debug)]
struct Bounded<R> {
    source: R,
    left: u64,
    quotes: u64,
    bytes: u64,
    last: u8,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let message = format!(
                "the row is longer than {} MiB; is a quote not closed?",
                LONGEST_ROW >> 20
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let count = self.source.read(buffer)?;
        self.left = self.left.saturating_sub(count as u64);
        self.bytes += count as u64;
        let given = buffer.get(..count).unwrap_or_default();
        self.last = given.last().copied().unwrap_or(self.last);
        self.quotes += given.iter().filter(|byte| **byte == b'"').count() as u64;
        Ok(count)
    }
}
