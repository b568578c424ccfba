//! Reads one record of a file as a matrix has it.

use std::borrow::Cow;

use crate::Times;
use crate::cells;
use crate::chunk::Record;
use crate::people::unreadable;
use crate::reading::Reading;
use threshold_matrix::{Date, Problem, ProblemKind, Profile, Refusal, Value};

/// An input of a matrix, how its cells are read, and where they stand.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) name: String,
    pub(super) kind: cells::Kind,
    pub(super) place: Place,
}

/// What was seen later, and how many times before and after, or what is wrong with their cells.
#[derive(Debug)]
pub(super) struct Observation {
    pub(super) observed: Result<Option<bool>, Problem>,
    pub(super) times: Result<Option<Times>, Problem>,
}

impl Default for Observation {
    fn default() -> Self {
        Self {
            observed: Ok(None),
            times: Ok(None),
        }
    }
}

/// Where an input stands in a row.
#[derive(Debug)]
pub(super) enum Place {
    Cell(Cell),
    /// A cell for each member of a set.
    Members(Vec<(String, Cell)>),
}

#[derive(Debug)]
pub(super) struct Cell {
    pub(super) position: usize,
    pub(super) reading: Box<Reading>,
}

/// The row as one matrix reads it.
pub(super) fn profile(
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

impl Place {
    /// Returns the cells, each with the member that it is of, if there is one for each member.
    pub(super) fn cells(&self) -> impl Iterator<Item = (Option<&str>, &Cell)> {
        let (whole, members) = match self {
            Self::Cell(cell) => (Some((None, cell)), None),
            Self::Members(cells) => (None, Some(cells)),
        };
        let members = members.into_iter().flatten();
        let members = members.map(|(member, cell)| (Some(member.as_str()), cell));
        whole.into_iter().chain(members)
    }
}

impl Place {
    pub(super) fn cells_mut(&mut self) -> impl Iterator<Item = &mut Cell> {
        let (whole, members) = match self {
            Self::Cell(cell) => (Some(cell), None),
            Self::Members(cells) => (None, Some(cells)),
        };
        let members = members.into_iter().flatten();
        whole.into_iter().chain(members.map(|(_, cell)| cell))
    }
}

impl Placed {
    /// Returns the name of the input, or of a member of it.
    #[cfg(feature = "parquet")]
    pub(super) fn of(&self, member: Option<&str>) -> String {
        match member {
            Some(member) => format!("{}.{member}", self.name),
            None => self.name.clone(),
        }
    }

    fn value(&self, record: &Record<'_>) -> Result<Value, Problem> {
        let name = &self.name;
        match &self.place {
            Place::Cell(cell) => self
                .value_of(cell, record)
                .map_err(|problem| placed(problem, record, cell.position)),
            Place::Members(cells) => members(name, cells, record),
        }
    }

    fn value_of(&self, cell: &Cell, record: &Record<'_>) -> Result<Value, Problem> {
        let name = &self.name;
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
}

/// Returns a problem with the name of its cell, if the record is from a workbook.
fn placed(mut problem: Problem, record: &Record<'_>, position: usize) -> Problem {
    if let Some(place) = record.place(position) {
        problem.message.push_str(&format!(" ({place})"));
    }
    problem
}

/// A set from a cell for each member.
fn members(name: &str, cells: &[(String, Cell)], record: &Record<'_>) -> Result<Value, Problem> {
    let (mut held, mut filled, mut empty) = (Vec::new(), false, None);
    for (member, cell) in cells {
        let named = format!("{name}.{member}");
        let truth = || match cell.read(name, &named, record)? {
            None => Ok(None),
            Some(text) => {
                let truth = cells::boolean(&text);
                truth
                    .ok_or_else(|| cells::not_boolean(name, &named, &text))
                    .map(Some)
            }
        };
        match truth().map_err(|problem| placed(problem, record, cell.position))? {
            None => empty = Some(member),
            Some(truth) => {
                filled = true;
                if truth {
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
    pub(super) fn at(position: usize, reading: Reading) -> Self {
        Self {
            position,
            reading: Box::new(reading),
        }
    }

    /// Reads the date of a scoring.
    pub(super) fn date(&self, record: &Record<'_>) -> Result<Option<Date>, String> {
        let name = "the date of the scoring";
        let date = match self.read(name, name, record) {
            Ok(None) => Ok(None),
            Ok(Some(text)) => text
                .parse()
                .map(Some)
                .map_err(|error| format!("{name}: {error}")),
            Err(problem) => Err(problem.message.replace(&format!("`{name}`"), name)),
        };
        date.map_err(|message| match record.place(self.position) {
            Some(place) => format!("{message} ({place})"),
            None => message,
        })
    }

    /// Reads what was seen later, and how many times, if another cell has how many times it was seen before.
    pub(super) fn seen(&self, before: Option<&Self>, record: &Record<'_>) -> Observation {
        let Some(before) = before else {
            return Observation {
                observed: self.beside("the outcome", record, cells::observed),
                times: Ok(None),
            };
        };
        let after = self.beside("the number of times after", record, cells::times);
        let before = before.beside("the number of times before", record, cells::times);
        Observation {
            observed: after.clone().map(|after| after.map(|after| after > 0)),
            times: before.map(|before| {
                let after = after.unwrap_or_default();
                before
                    .zip(after)
                    .map(|(before, after)| Times::new(before, after))
            }),
        }
    }

    /// Reads a cell that no input reads. An empty cell is an empty text.
    fn beside<T>(
        &self,
        name: &str,
        record: &Record<'_>,
        read: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let value = match self.read(name, name, record) {
            Ok(text) => read(&text.unwrap_or_default()),
            Err(problem) => {
                let message = problem.message.replace(&format!("`{name}`"), name);
                Err(unreadable(Some("outcome"), message))
            }
        };
        value.map_err(|problem| placed(problem, record, self.position))
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
        let native = record.native(self.position);
        let read = self.reading.read_native(named, text, native);
        read.map_err(|fault| problem(fault.kind, fault.message))
    }
}
