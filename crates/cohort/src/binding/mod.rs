//! Binds the columns of a file to the inputs of a matrix, once, and makes people of the file's records.

mod row;
mod search;

use std::collections::HashSet;
use std::sync::Arc;

use crate::batch::{Batch, Input, trimmed};
use crate::cells;
use crate::chunk::Record;
use crate::events::EventTable;
use crate::native::Native;
#[cfg(feature = "xlsx")]
use crate::native::Sheet;
use crate::people::unreadable;
use crate::places::{InputColumn, Places};
use crate::reading::{Options, Reading};
use crate::row_kind::RowKind;
use crate::{CohortError, Columns, DueOnly, Person};
use row::{Cell, Observation, Place, Placed};
use search::Search;
pub(crate) use search::{FOR_BEFORE, FOR_OUTCOME, Fit, for_kept, no_column};
pub use search::{is_alike, is_nearly};
use threshold_matrix::workspace::shortened;
use threshold_matrix::{Date, InputDescription, Matrix, Profile, Refusal};

/// The columns of a file as they are read.
#[derive(Debug)]
pub(crate) struct Binding {
    names: Vec<String>,
    id: usize,
    as_at: Option<Cell>,
    outcome: Option<Cell>,
    /// How many times the outcome was seen before. The outcome is then how many times it was seen after.
    before: Option<Cell>,
    /// The columns by which a row is told not to be a person, and what stands in them there.
    skips: Vec<(usize, HashSet<String>)>,
    kept: Vec<usize>,
    /// How each matrix reads a row. There is one matrix, or there are two revisions.
    readings: Vec<Vec<Placed>>,
    /// Where everything stands, if the file is a workbook.
    in_sheet: Option<Arc<Places>>,
    /// The events of the people that stand in other files.
    events: Option<Arc<EventTable>>,
    /// For whom an earlier run still stands.
    due: Option<Arc<DueOnly>>,
}

impl Binding {
    /// Finds the columns of the inputs of one matrix, or of two revisions, among the names of a file's columns.
    pub(crate) fn new(
        names: &[String],
        columns: &Columns,
        kinds: &[RowKind],
    ) -> Result<(Self, Fit), CohortError> {
        let mut search = Search {
            names,
            read: HashSet::new(),
            problems: Vec::new(),
            fit: Fit::default(),
            inputs: 0,
        };
        let id = search.named(
            columns.id.as_deref().unwrap_or("id"),
            match kinds {
                [RowKind::Event(..)] => "the id of the person of an event",
                _ => "the id of a person",
            },
            "`id:` in the columns file can name another",
        );
        let as_at = match &columns.as_at {
            Some(name) => search.named(name, "the date of the scoring", ""),
            None if kinds.iter().any(RowKind::is_event) => None,
            None => search.find("as_at"),
        };
        let as_at = as_at.map(|position| Cell::at(position, Reading::dates(&columns.options)));
        let outcome = columns
            .outcome
            .as_deref()
            .and_then(|name| search.named(name, FOR_OUTCOME, ""))
            .map(|position| {
                let reading = match columns.before {
                    Some(_) => Reading::numbers(&columns.options),
                    None => Reading::truths(&columns.options),
                };
                Cell::at(position, reading)
            });
        let before = columns
            .before
            .as_deref()
            .and_then(|name| search.named(name, FOR_BEFORE, ""))
            .map(|position| Cell::at(position, Reading::numbers(&columns.options)));
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
            .filter_map(|name| search.named(name, for_kept(kinds), ""))
            .collect();
        let mut readings = Vec::new();
        for kind in kinds {
            let lists = search.lists(kind, columns);
            let is_listed = |input: &InputDescription<'_>| {
                let of = input.counted_of;
                lists.iter().any(|list| of == Some(list.name.as_str()))
            };
            let (listed, described): (Vec<_>, Vec<_>) =
                kind.described().into_iter().partition(is_listed);
            for input in kind.counted_elsewhere().iter().chain(&listed) {
                search.counted_elsewhere(columns, input);
            }
            let inputs = described.into_iter().enumerate();
            let inputs = inputs
                .filter_map(|(at, input)| {
                    let mut place = search.input(columns, &input)?;
                    // The first field of an event is its date, of which only the month or the year may be known.
                    if kind.is_event() && at == 0 {
                        place
                            .cells_mut()
                            .for_each(|cell| cell.reading.take_partial_dates());
                    }
                    Some(Placed {
                        name: input.name.to_owned(),
                        kind: cells::Kind::of(&input.kind),
                        place,
                    })
                })
                .chain(lists);
            readings.push(inputs.collect());
        }
        let has_events = kinds.iter().any(|kind| kind.events().is_some());
        search.ask(&columns.ignored, has_events);
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
        let binding = Self {
            names: names.to_vec(),
            id,
            as_at,
            outcome,
            before,
            skips,
            kept,
            readings,
            in_sheet: None,
            events: kinds.iter().find_map(RowKind::events).cloned(),
            due: kinds.iter().find_map(RowKind::due).cloned(),
        };
        Ok((binding, fit))
    }

    /// Returns how a record is read in which each input of a matrix stands as it is, behind the id, the date and what was seen later.
    pub(crate) fn of_inputs(matrix: &Matrix, has_outcome: bool) -> Self {
        let options = Options::default();
        let mut names = vec!["id".to_owned(), "as_at".to_owned(), "outcome".to_owned()];
        let mut inputs = Vec::new();
        for input in matrix.described_inputs() {
            let reading = Reading::new(&input, None, &options, &options);
            inputs.push(Placed {
                name: input.name.to_owned(),
                kind: cells::Kind::of(&input.kind),
                place: Place::Cell(Cell::at(names.len(), reading)),
            });
            names.push(input.name.to_owned());
        }
        Self {
            names,
            id: 0,
            as_at: Some(Cell::at(1, Reading::dates(&options))),
            outcome: has_outcome.then(|| Cell::at(2, Reading::truths(&options))),
            before: None,
            skips: Vec::new(),
            kept: Vec::new(),
            readings: vec![inputs],
            in_sheet: None,
            events: None,
            due: None,
        }
    }

    /// Returns the names of the columns.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns the position of the id.
    pub(crate) fn id(&self) -> usize {
        self.id
    }

    /// Returns the positions of the columns in which a number or a truth may mean something else than a text of the same marks.
    pub(crate) fn telling_own(&self) -> HashSet<usize> {
        let placed = self.readings.iter().flatten();
        let cells = placed.flat_map(|placed| match &placed.place {
            Place::Cell(cell) => vec![cell],
            Place::Members(cells) => cells.iter().map(|(_, cell)| cell).collect(),
        });
        cells
            .chain(&self.as_at)
            .chain(&self.outcome)
            .chain(&self.before)
            .filter(|cell| cell.reading.tells_own())
            .map(|cell| cell.position)
            .collect()
    }

    /// Returns the number of columns.
    pub(crate) fn width(&self) -> usize {
        self.names.len()
    }

    /// Returns the inputs, and the members of sets, whose columns are already in a form that the loops read, with the positions of these columns.
    #[cfg(feature = "parquet")]
    pub(crate) fn ready(&self, is_ready: impl Fn(&Reading) -> bool) -> Vec<(String, usize)> {
        let mut placed = self.readings.iter().take(1).flatten().collect::<Vec<_>>();
        placed.retain(|placed| {
            placed
                .place
                .cells()
                .all(|(_, cell)| is_ready(&cell.reading))
        });
        let cells = placed.into_iter().flat_map(|placed| {
            let cells = placed.place.cells();
            cells.map(|(member, cell)| (placed.of(member), cell.position))
        });
        cells.collect()
    }

    /// Returns a batch without people, for the columns of inputs that are not in such a form.
    ///
    /// Returns `None` for two revisions, for people of whom events stand in other files, and if the values of an input have no plain form.
    pub(crate) fn batch(
        &self,
        matrix: &Matrix,
        as_at: Date,
        is_ready: impl Fn(&Reading) -> bool,
    ) -> Option<Batch> {
        let ([reading], None) = (self.readings.as_slice(), &self.events) else {
            return None;
        };
        let (mut inputs, mut sets) = (Vec::new(), Vec::new());
        for placed in reading {
            let description = matrix
                .described_inputs()
                .find(|input| input.name == placed.name)?;
            if placed
                .place
                .cells()
                .all(|(_, cell)| is_ready(&cell.reading))
            {
                continue;
            }
            let first = inputs.len();
            for (member, cell) in placed.place.cells() {
                let input = Input::new(&description, member, &cell.reading, cell.position);
                inputs.push(input?);
            }
            if let Place::Members(_) = placed.place {
                sets.push(first..inputs.len());
            }
        }
        Some(Batch::new(inputs, sets, as_at))
    }

    /// Reads the columns whose values have a type of their own as such.
    #[cfg(feature = "parquet")]
    pub(crate) fn with_types(mut self, is_typed: impl Fn(usize) -> bool) -> Self {
        let mut typed = |cell: &mut Cell| {
            if is_typed(cell.position) {
                *cell.reading = cell.reading.of_typed();
            }
        };
        let placed = self.readings.iter_mut().flatten();
        placed.for_each(|placed| placed.place.cells_mut().for_each(&mut typed));
        self.as_at
            .iter_mut()
            .chain(&mut self.outcome)
            .chain(&mut self.before)
            .for_each(typed);
        self
    }

    /// Returns the positions of the columns that are read, and of those of which the text is read where inputs need none, in ascending order.
    #[cfg(any(feature = "parquet", feature = "xlsx"))]
    pub(crate) fn positions(&self) -> [Vec<usize>; 2] {
        let texts: Vec<usize> = self.beside().collect();
        let kept = self.kept.iter().copied();
        let read = texts.iter().copied().chain(self.meant()).chain(kept);
        [read.collect(), texts].map(|mut positions: Vec<usize>| {
            positions.sort_unstable();
            positions.dedup();
            positions
        })
    }

    /// Returns the positions of the columns that are carried through, and that nothing else reads.
    #[cfg(feature = "xlsx")]
    pub(crate) fn carried(&self) -> Vec<usize> {
        let read: Vec<usize> = self.beside().chain(self.meant()).collect();
        let kept = self.kept.iter().copied();
        kept.filter(|position| !read.contains(position)).collect()
    }

    /// Returns the positions of what is read beside the ids and the inputs, and is not only carried through.
    #[cfg(any(feature = "parquet", feature = "xlsx"))]
    fn beside(&self) -> impl Iterator<Item = usize> {
        let beside = self.as_at.iter().chain(&self.outcome).chain(&self.before);
        let skips = self.skips.iter().map(|(position, _)| *position);
        beside.map(|cell| cell.position).chain(skips)
    }

    /// Returns the positions of the ids and of the inputs.
    #[cfg(any(feature = "parquet", feature = "xlsx"))]
    fn meant(&self) -> impl Iterator<Item = usize> {
        let inputs = self.readings.iter().flatten();
        let inputs = inputs.flat_map(|placed| placed.place.cells().map(|(_, cell)| cell.position));
        std::iter::once(self.id).chain(inputs)
    }

    /// Returns whether each person may have a date of their own.
    #[cfg(feature = "parquet")]
    pub(crate) fn has_dates(&self) -> bool {
        self.as_at.is_some()
    }

    /// Returns whether rows may be left out.
    #[cfg(feature = "parquet")]
    pub(crate) fn skips(&self) -> bool {
        !self.skips.is_empty()
    }

    /// Takes the records of a batch's chunk into its columns. A row that is not plain already, or is not found to be, becomes one of the others, as
    /// it is read then.
    pub(crate) fn take(
        &self,
        batch: &mut Batch,
        as_at: Date,
        mut read: impl FnMut(usize, &Record<'_>) -> Person,
    ) {
        for (plain, id) in batch.plain.iter_mut().zip(batch.chunk.column(self.id)) {
            *plain &= is_id(trimmed(id));
        }
        for position in &self.kept {
            for (plain, cell) in batch.plain.iter_mut().zip(batch.chunk.column(*position)) {
                *plain &= is_text(cell);
            }
        }
        self.take_refused(batch);
        self.take_values(batch, as_at);
        let others = batch.plain.iter().enumerate().filter(|(_, plain)| !**plain);
        let others =
            others.filter_map(|(row, _)| Some((row, read(row, &batch.chunk.record(row)?))));
        batch.others = others.collect();
    }

    /// Marks the rows in which a value cannot be taken that is not an input's: the id, or one that may tell to leave the row out.
    fn take_refused(&self, batch: &mut Batch) {
        let positions = self.skips.iter().map(|(position, _)| position);
        let positions = positions.chain([&self.id]);
        for natives in positions.filter_map(|position| batch.chunk.natives(*position)) {
            for (plain, native) in batch.plain.iter_mut().zip(natives) {
                *plain &= !matches!(native, Native::Refused(_));
            }
        }
    }

    /// Takes what the records of a batch's chunk say of the people: the date, what was seen later, and the inputs.
    pub(crate) fn take_values(&self, batch: &mut Batch, as_at: Date) {
        self.date(batch, as_at);
        if let Some(cell) = &self.outcome {
            batch.observed.clear();
            batch.times.clear();
            for (row, plain) in batch.plain.iter_mut().enumerate() {
                let record = batch.chunk.record(row);
                let Observation { observed, times } = match record {
                    Some(record) => cell.seen(self.before.as_ref(), &record),
                    None => Observation::default(),
                };
                *plain &= observed.is_ok() && times.is_ok();
                batch.observed.push(observed.unwrap_or_default());
                if self.before.is_some() {
                    batch.times.push(times.unwrap_or_default());
                }
            }
        }
        batch.take();
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

    /// Returns whether the columns file says of any rows that they are not people.
    pub(crate) fn leaves_out(&self) -> bool {
        !self.skips.is_empty()
    }

    /// Returns whether a row is not a person, as the columns file says.
    pub(crate) fn is_skipped(&self, record: &Record<'_>) -> bool {
        self.skips.iter().any(|(position, cells)| {
            let is_it = |text| cells.contains(text);
            let is_refused = matches!(record.native(*position), Native::Refused(_));
            !is_refused && cells::text(record.cell(*position)).is_ok_and(is_it)
        })
    }

    /// Returns where the ids, the inputs and the kept columns stand.
    pub(crate) fn places(&self) -> Places {
        if let Some(places) = &self.in_sheet {
            return Places::clone(places);
        }
        let placed = self.readings.iter().take(1).flatten();
        let inputs = placed.filter_map(|placed| match &placed.place {
            Place::Cell(cell) => Some(InputColumn {
                input: placed.name.clone(),
                position: cell.position,
                name: self.names.get(cell.position).cloned().unwrap_or_default(),
            }),
            Place::Members(_) => None,
        });
        Places {
            id: self.id,
            inputs: inputs.collect(),
            kept: self.kept.clone(),
            file: None,
            sheet: None,
        }
    }

    /// Says that the records are from a sheet of a workbook.
    #[cfg(feature = "xlsx")]
    pub(crate) fn in_sheet(mut self, sheet: Arc<Sheet>) -> Self {
        let sheet = Some(sheet);
        let places = Places {
            sheet,
            ..self.places()
        };
        self.in_sheet = Some(Arc::new(places));
        self
    }

    /// Reads one record.
    pub(crate) fn read(&self, record: &Record<'_>) -> Person {
        let mut person = self.read_columns(record);
        self.join(&mut person);
        person
    }

    /// Gives a person the events that stand in other files.
    pub(crate) fn join(&self, person: &mut Person) {
        if let Some(events) = &self.events {
            person.join(events);
        }
    }

    fn read_columns(&self, record: &Record<'_>) -> Person {
        let (line, lines) = (record.line, record.line_ends + 1);
        let mut person = Person::at(line, Ok(Profile::new()));
        person.places.clone_from(&self.in_sheet);
        let mut problems = Vec::new();
        let cell = |position| record.cell(position);
        if record.len() != self.width() {
            let cells = if record.len() == 1 { "cell" } else { "cells" };
            let mut message = format!(
                "the row has {} {cells}, and the first line names {} columns",
                record.len(),
                self.width()
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
        let placed = |message: String, position| match record.place(position) {
            Some(place) => format!("{message} ({place})"),
            None => message,
        };
        match (cells::text(cell(self.id)), record.native(self.id)) {
            (Ok(shown), Native::Refused(why)) => {
                let message = format!("the id {}", why.said_of(&shortened(shown)));
                problems.push(unreadable(Some("id"), placed(message, self.id)));
            }
            (Ok(""), _) => {
                let message = placed("the row has no id".to_owned(), self.id);
                problems.push(unreadable(Some("id"), message));
            }
            (Ok(id), _) => person.id = id.to_owned(),
            (Err(why), _) => problems.push(unreadable(Some("id"), format!("the id {why}"))),
        }
        if let Some(cell) = &self.as_at {
            match cell.date(record) {
                Ok(as_at) => person.as_at = as_at,
                Err(message) => problems.push(unreadable(Some("as_at"), message)),
            }
        }
        if let Some(cell) = &self.outcome {
            let Observation { observed, times } = cell.seen(self.before.as_ref(), record);
            let wrong = [observed.as_ref().err(), times.as_ref().err()];
            let wrong = wrong.into_iter().flatten().cloned();
            match self.readings.len() {
                0 | 1 => problems.extend(wrong),
                _ => person.has_unreadable_outcome = wrong.count() > 0,
            }
            person.observed = observed.unwrap_or_default();
            person.times = times.unwrap_or_default();
        }
        for (position, _) in &self.skips {
            if let Native::Refused(why) = record.native(*position) {
                let shown = cells::text(cell(*position)).unwrap_or_default();
                let why = why.said_of(&shortened(shown));
                let message = format!("a column that tells which rows to leave out {why}");
                problems.push(unreadable(None, placed(message, *position)));
            }
        }
        for position in &self.kept {
            match cells::text(cell(*position)) {
                Ok(text) => person.kept.push(text.to_owned()),
                Err(why) => {
                    let message = placed(format!("a column that is kept {why}"), *position);
                    problems.push(unreadable(None, message));
                }
            }
        }
        if let (Some(due), true) = (&self.due, problems.is_empty()) {
            person.standing = due.of(&person.id, person.as_at);
            if person.standing.is_some() {
                return person;
            }
        }
        let mut profiles = self
            .readings
            .iter()
            .map(|reading| row::profile(reading, record, problems.clone()));
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

/// Returns whether a trimmed cell can be an id.
pub(crate) fn is_id(cell: &[u8]) -> bool {
    !cell.is_empty() && is_text(cell)
}

fn is_text(cell: &[u8]) -> bool {
    cell.is_ascii() || std::str::from_utf8(cell).is_ok()
}

/// Two revisions need much the same: nothing is said twice.
fn each_once(texts: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    texts
        .into_iter()
        .filter(|text| seen.insert(text.clone()))
        .collect()
}
