//! Reads the people of a workbook, the rows of one sheet, bound by the names of its columns as those of a CSV file are; and writes workbooks.

mod cell;
mod format;
mod parts;
mod sheet;
mod writer;

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io;
use std::sync::Arc;

use threshold_matrix::workspace::shortened;
use threshold_matrix::{Date, InputKind, Matrix};

use crate::batch::Batch;
use crate::binding::{Binding, Fit};
use crate::chunk::{Chunk, LONGEST, Place};
use crate::native::{Native, Sheet, cell_name};
use crate::row_kind::RowKind;
use crate::{CohortError, Columns, Person};
use parts::Table;
use sheet::{Book, Line, Lines, broken};
pub(crate) use writer::{Form, MOST, WorkbookWriter, too_many};

/// The most rows that may stand above the names of the columns.
const MOST_ABOVE: usize = 200;

/// The people of a workbook.
#[derive(Debug)]
pub(crate) struct WorkbookRows {
    binding: Binding,
    chunks: VecDeque<Chunk>,
    /// The chunk that people are read from one at a time, and how many were.
    current: Chunk,
    given: usize,
    skipped: u64,
}

/// The names by which the row is known that names the columns.
#[derive(Debug)]
struct Names {
    id: String,
    inputs: HashSet<String>,
}

impl WorkbookRows {
    /// Reads a workbook. Returns its people, how its columns fit, and what should be known of it.
    pub(crate) fn open(
        bytes: &[u8],
        columns: &Columns,
        kinds: &[RowKind],
    ) -> Result<(Self, Fit, Vec<String>), CohortError> {
        let mut book = Book::open(bytes, columns.sheet.as_deref())?;
        let name = book.sheet.clone();
        let tables = book.tables.clone();
        let mut lines = book.lines()?;
        let names = Names::new(columns, kinds);
        let (header, above) = header(&mut lines, &names, &tables, &name)?;
        let (first_column, last_column) = header.bounds();
        let (binding, fit) =
            Binding::new(&header.texts(), columns, kinds).map_err(|error| match error {
                CohortError::Columns { mut problems } => {
                    let row = u64::from(header.row) + 1;
                    problems.push(format!(
                        "the columns are named in row {row} of the sheet `{name}`"
                    ));
                    CohortError::Columns { problems }
                }
                other => other,
            })?;
        let sheet = Arc::new(Sheet { name, first_column });
        let binding = binding.in_sheet(Arc::clone(&sheet));
        let [read, _] = binding.positions();
        let id_column = first_column + binding.id() as u32;
        let table = tables
            .iter()
            .find(|table| table.is_named_by(header.row, id_column));
        let mut gathered = Gathered {
            read: read.into_iter().collect(),
            carried: binding.carried(),
            columns: [first_column, last_column],
            table,
            chunks: VecDeque::new(),
            chunk: Chunk::of(&sheet),
            skipped: 0,
            formulas: BTreeMap::new(),
            left_empty: BTreeMap::new(),
            below: None,
            binding: &binding,
            sheet: &sheet,
        };
        for line in above {
            gathered.take(line)?;
        }
        while let Some(line) = lines.next()? {
            gathered.take(line)?;
        }
        let warnings = gathered.warnings(&header);
        let Gathered {
            mut chunks,
            chunk,
            skipped,
            ..
        } = gathered;
        chunks.push_back(chunk);
        let rows = Self {
            binding,
            chunks,
            current: Chunk::default(),
            given: 0,
            skipped,
        };
        Ok((rows, fit, warnings))
    }

    /// Returns how the columns are read.
    pub(crate) fn binding(&self) -> &Binding {
        &self.binding
    }

    /// Returns how many rows the columns file left out.
    pub(crate) fn skipped(&self) -> u64 {
        self.skipped
    }

    pub(crate) fn person(&mut self) -> Option<Person> {
        while self.given >= self.current.len() {
            self.current = self.chunks.pop_front()?;
            self.given = 0;
        }
        let record = self.current.record(self.given)?;
        self.given += 1;
        Some(self.binding.read(&record))
    }

    /// Takes the next people into a batch. Returns whether there may be more.
    pub(crate) fn fill(&mut self, batch: &mut Batch, as_at: Date) -> bool {
        let mut chunk = std::mem::take(&mut self.current);
        chunk.places.drain(..self.given.min(chunk.len()));
        self.given = 0;
        if chunk.len() == 0 {
            chunk = self.chunks.pop_front().unwrap_or_default();
        }
        batch.plain.clear();
        batch.plain.resize(chunk.len(), true);
        batch.chunk = chunk;
        let binding = &self.binding;
        binding.take(batch, as_at, |_, record| binding.read(record));
        !self.chunks.is_empty()
    }
}

impl Names {
    fn new(columns: &Columns, kinds: &[RowKind]) -> Self {
        let mut inputs: HashSet<String> = columns
            .inputs
            .values()
            .map(|column| column.name.clone())
            .collect();
        let own = kinds.iter().flat_map(RowKind::described);
        for input in own {
            if let InputKind::Set(members) = &input.kind {
                let named = members
                    .iter()
                    .map(|member| format!("{}.{member}", input.name));
                inputs.extend(named.filter(|named| !columns.inputs.contains_key(named)));
            }
            if !columns.inputs.contains_key(input.name) {
                inputs.insert(input.name.to_owned());
            }
        }
        Self {
            id: columns.id.clone().unwrap_or_else(|| "id".to_owned()),
            inputs,
        }
    }
}

/// Finds the row that names the columns. Returns it, and the rows below it that were read already.
///
/// It is the first in which the column of the ids is named and that of an input. If there is none, another row is returned that may be meant, since
/// what is wrong with its names can be said.
fn header(
    lines: &mut Lines<'_, '_>,
    names: &Names,
    tables: &[Table],
    sheet: &str,
) -> Result<(Line, Vec<Line>), CohortError> {
    let mut above: Vec<Line> = Vec::new();
    let mut found = None;
    while let (None, true) = (found, above.len() < MOST_ABOVE) {
        let Some(line) = lines.next()? else { break };
        let texts = line.texts();
        let has_input = texts.iter().any(|text| names.inputs.contains(text));
        if has_input && texts.contains(&names.id) {
            found = Some(above.len());
        }
        above.push(line);
    }
    let is_of_table = |line: &&Line| tables.iter().any(|table| table.is_headed_by(line.row));
    let has_a_name = |line: &&Line| {
        let texts = line.texts();
        texts
            .iter()
            .any(|text| *text == names.id || names.inputs.contains(text))
    };
    let position = |is_it: &dyn Fn(&&Line) -> bool| above.iter().position(|line| is_it(&line));
    let found = found
        .or_else(|| position(&is_of_table))
        .or_else(|| position(&has_a_name))
        .or_else(|| position(&|line| line.filled().count() > 1))
        .unwrap_or(0);
    let below = above.split_off(above.len().min(found + 1));
    let header = above.pop().ok_or_else(|| {
        broken(format!(
            "the sheet `{sheet}` is empty; a row of it must name the columns"
        ))
    })?;
    Ok((header, below))
}

impl Table {
    /// Returns whether the columns of this table are named by a row.
    fn is_headed_by(&self, row: u32) -> bool {
        let [first, _] = self.area.rows;
        self.header_rows > 0 && first.saturating_add(self.header_rows - 1) == row
    }

    fn is_named_by(&self, row: u32, column: u32) -> bool {
        self.is_headed_by(row) && self.area.contains(row, column)
    }

    /// Returns the last row of people.
    fn last_row(&self) -> u32 {
        self.area.last_row().saturating_sub(self.totals_rows)
    }
}

impl Chunk {
    fn of(sheet: &Arc<Sheet>) -> Self {
        Self {
            sheet: Some(Arc::clone(sheet)),
            ..Self::default()
        }
    }
}

/// The rows of a sheet as they are made into records.
struct Gathered<'a> {
    binding: &'a Binding,
    sheet: &'a Arc<Sheet>,
    read: HashSet<usize>,
    /// The columns that are carried through, and that nothing else reads.
    carried: Vec<usize>,
    columns: [u32; 2],
    /// The table that the columns are of.
    table: Option<&'a Table>,
    chunks: VecDeque<Chunk>,
    chunk: Chunk,
    skipped: u64,
    /// The columns that are read and have formulas: how many, and in which row the first is.
    formulas: BTreeMap<usize, (u64, u64)>,
    /// The columns that are carried through and have cells that are not: how many, and in which row the first is.
    left_empty: BTreeMap<usize, (u64, u64)>,
    /// How many rows stand below the table, and which is the first.
    below: Option<(u64, u64)>,
}

impl Gathered<'_> {
    fn take(&mut self, line: Line) -> Result<(), CohortError> {
        let row = u64::from(line.row) + 1;
        let [first, last] = self.columns;
        let within = |column| (first..=last).contains(&column);
        if !line.filled().any(|cell| within(cell.column)) {
            return Ok(());
        }
        let Line { cells, row: from_0 } = line;
        if let Some(table) = self.table.filter(|table| from_0 > table.last_row()) {
            // The totals are a part of the table.
            if from_0 > table.area.last_row() {
                let (count, _) = self.below.get_or_insert((0, row));
                *count += 1;
            }
            return Ok(());
        }
        if self.chunk.is_full() {
            let full = std::mem::replace(&mut self.chunk, Chunk::of(self.sheet));
            self.chunks.push_back(full);
        }
        let width = self.binding.width();
        let chunk = &mut self.chunk;
        let start = chunk.bounds.len();
        let text_start = chunk.text.len();
        let (mut formulas, mut left_empty) = (Vec::new(), Vec::new());
        let mut cells = cells
            .into_iter()
            .filter(|cell| within(cell.column))
            .peekable();
        for position in 0..width {
            let column = first + position as u32;
            let begin = chunk.text.len() as u32;
            let cell = cells.next_if(|cell| cell.column == column);
            if let Some(cell) = cell {
                let is_taken = !matches!(cell.read.native, Native::Refused(_));
                if cell.is_formula && is_taken && self.read.contains(&position) {
                    formulas.push(position);
                }
                let (text, native) = if position == self.binding.id() {
                    cell.read.into_id()
                } else if self.carried.contains(&position) {
                    let text = cell.read.into_carried();
                    left_empty.extend(text.is_none().then_some(position));
                    (text.unwrap_or_default(), Native::Text)
                } else {
                    (cell.read.text, cell.read.native)
                };
                chunk.text.extend_from_slice(text.as_bytes());
                chunk.natives.push(native);
            } else {
                chunk.natives.push(Native::Text);
            }
            if chunk.text.len() - text_start > LONGEST {
                let place = cell_name(&self.sheet.name, row, column.into());
                return Err(broken(format!("{place} is too long")));
            }
            chunk.bounds.push([begin, chunk.text.len() as u32]);
        }
        chunk.places.push(Place {
            first: start as u32,
            cells: width as u32,
            line: row,
            line_ends: 0,
            is_open: false,
        });
        let is_skipped = chunk
            .record(chunk.len() - 1)
            .is_some_and(|record| self.binding.is_skipped(&record));
        if is_skipped {
            chunk.pop(text_start);
            self.skipped += 1;
            return Ok(());
        }
        for (found, positions) in [
            (&mut self.formulas, formulas),
            (&mut self.left_empty, left_empty),
        ] {
            for position in positions {
                let (count, _) = found.entry(position).or_insert((0, row));
                *count += 1;
            }
        }
        Ok(())
    }

    /// Says what should be known of the sheet.
    fn warnings(&self, header: &Line) -> Vec<String> {
        let mut warnings = Vec::new();
        let names = header.texts();
        let columns = |found: &BTreeMap<usize, (u64, u64)>| {
            let columns = found.iter().map(|(position, (count, row))| {
                let name = names.get(*position).cloned().unwrap_or_default();
                let place = self.sheet.place(*row, *position);
                match count {
                    1 => format!("`{name}` ({place})"),
                    count => format!("`{name}` ({place} and {} more)", count - 1),
                }
            });
            columns.collect::<Vec<_>>().join(", ")
        };
        if !self.formulas.is_empty() {
            warnings.push(format!(
                "formulas work out values of {}; they are taken as they were last saved, and a program that does not work formulas out may have \
                 saved others",
                columns(&self.formulas)
            ));
        }
        if !self.left_empty.is_empty() {
            warnings.push(format!(
                "cells of {} are carried through empty, since a person may see something else in them than they hold",
                columns(&self.left_empty)
            ));
        }
        if let (Some((count, row)), Some(table)) = (self.below, self.table) {
            let rows = if count == 1 {
                "row stands"
            } else {
                "rows stand"
            };
            warnings.push(format!(
                "{count} {rows} below the table `{}`, the first in row {row} of `{}`, and are not taken for people",
                table.name, self.sheet.name
            ));
        }
        warnings
    }
}

/// A row of a sheet whose columns have fixed names.
pub(crate) struct SheetRow<'a> {
    sheet: &'a str,
    line: Line,
}

impl SheetRow<'_> {
    /// Returns the text of each cell from the first column of the sheet to the last that is filled.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let end = self.line.cells.last().map_or(0, |cell| cell.column + 1);
        let mut texts = vec![""; end as usize];
        for cell in &self.line.cells {
            if let Some(text) = texts.get_mut(cell.column as usize) {
                *text = &cell.read.text;
            }
        }
        texts
    }

    /// Checks that the values of some columns are taken.
    pub(crate) fn check(&self, columns: &[usize]) -> Result<(), CohortError> {
        for cell in &self.line.cells {
            let is_read = columns.binary_search(&(cell.column as usize)).is_ok();
            if let (true, Native::Refused(why)) = (is_read, cell.read.native) {
                let place = cell_name(self.sheet, u64::from(self.line.row) + 1, cell.column.into());
                let said = why.said_of(&shortened(&cell.read.text));
                return Err(broken(format!("{place} {said}")));
            }
        }
        Ok(())
    }
}

/// Calls `each` for each row of the sheet of this name, the first of which names its columns.
pub(crate) fn each_row(
    mut source: impl io::Read,
    sheet: &str,
    mut each: impl FnMut(SheetRow<'_>) -> Result<(), CohortError>,
) -> Result<(), CohortError> {
    let mut bytes = Vec::new();
    source
        .read_to_end(&mut bytes)
        .map_err(|source| CohortError::Read { line: 1, source })?;
    let mut book = Book::open(&bytes, Some(sheet))?;
    let mut lines = book.lines()?;
    while let Some(line) = lines.next()? {
        each(SheetRow { sheet, line })?;
    }
    Ok(())
}

/// Returns the names of the columns of a workbook: of the sheet of this name, or of its only visible one.
///
/// They are those of the row that names the inputs of the matrix, as far as there is one.
///
/// # Errors
/// Returns an error if the file cannot be read, is not a workbook, or has several sheets that can be seen.
pub fn sheet_column_names(
    mut source: impl io::Read,
    sheet: Option<&str>,
    matrix: &Matrix,
) -> Result<Vec<String>, CohortError> {
    let mut bytes = Vec::new();
    source
        .read_to_end(&mut bytes)
        .map_err(|source| CohortError::Read { line: 1, source })?;
    let mut book = Book::open(&bytes, sheet)?;
    let (name, tables) = (book.sheet.clone(), book.tables.clone());
    let names = Names::new(&Columns::new(), &RowKind::people(&[matrix]));
    let (header, _) = header(&mut book.lines()?, &names, &tables, &name)?;
    Ok(header.texts())
}
