//! Reads one sheet of a workbook row by row, each cell as a text with what it is by itself.

use std::io::Cursor;

use calamine::{
    DataRef, Reader, Sheet as Found, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError,
};
use threshold_matrix::workspace::{closest, shortened};

use super::cell::{self, Read};
use super::format::Format;
use super::parts::{Formulas, Parts, Table};
use crate::CohortError;
use crate::native::{Native, Why, cell_name};

/// What stands for the value that a formula does not have.
const NO_VALUE: &str = "(a formula without a value)";

type Bytes<'a> = Cursor<&'a [u8]>;

/// A workbook of which one sheet is chosen.
pub(super) struct Book<'a> {
    workbook: Xlsx<Bytes<'a>>,
    pub(super) sheet: String,
    is_stale: bool,
    formulas: Formulas,
    pub(super) tables: Vec<Table>,
}

/// The cells of a row of a sheet that hold anything, or a formula.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Counted from 0.
    pub(super) row: u32,
    pub(super) cells: Vec<Filled>,
}

/// A cell that holds something, or a formula.
#[derive(Debug)]
pub(super) struct Filled {
    /// Counted from 0.
    pub(super) column: u32,
    pub(super) read: Read,
    /// Whether its value was worked out by a formula, when the workbook was saved.
    pub(super) is_formula: bool,
}

/// The rows of a sheet, one after another.
pub(super) struct Lines<'a, 'b> {
    cells: XlsxCellReader<'b, Bytes<'a>>,
    /// By style.
    formats: Vec<Option<Format>>,
    is_1904: bool,
    is_stale: bool,
    sheet: &'b str,
    formulas: &'b Formulas,
    /// The first cell of the next row.
    next: Option<(u32, Filled)>,
    /// The last cell that was read, as row and column.
    last: Option<(u32, u32)>,
    has_ended: bool,
}

pub(super) fn broken(message: impl Into<String>) -> CohortError {
    CohortError::Workbook {
        message: message.into(),
    }
}

impl<'a> Book<'a> {
    /// Opens a workbook at the sheet of this name, or at its only visible one.
    pub(super) fn open(bytes: &'a [u8], sheet: Option<&str>) -> Result<Self, CohortError> {
        let mut parts = Parts::open(bytes);
        if let Ok(parts) = &mut parts
            && !parts.has_few_texts()
        {
            return Err(broken("the workbook has more texts than can be read"));
        }
        let workbook: Xlsx<Bytes<'a>> = Xlsx::new(Cursor::new(bytes)).map_err(|error| {
            broken(match error {
                XlsxError::Password => {
                    "the workbook has a password; save it without one".to_owned()
                }
                error => format!("the file cannot be read as a workbook (.xlsx): {error}"),
            })
        })?;
        let sheet = chosen(workbook.sheets_metadata(), sheet).map_err(broken)?;
        let mut parts = parts.map_err(broken)?;
        let lost = || broken(format!("the parts of the sheet `{sheet}` cannot be read"));
        let book = parts.book().ok_or_else(lost)?;
        let formulas = parts.formulas(&book, &sheet).ok_or_else(lost)?;
        let tables = parts.tables(&book, &sheet);
        Ok(Self {
            workbook,
            sheet,
            is_stale: book.is_stale,
            formulas,
            tables,
        })
    }

    /// Returns the rows of the sheet.
    pub(super) fn lines(&mut self) -> Result<Lines<'a, '_>, CohortError> {
        let is_1904 = self.workbook.has_1904_epoch();
        let sheet = &self.sheet;
        let cells = self
            .workbook
            .worksheet_cells_reader(sheet)
            .map_err(|error| broken(format!("the sheet `{sheet}` cannot be read: {error}")))?;
        let format = |style: &calamine::Style| {
            let format = style.number_format.as_ref()?;
            Some(Format::new(&format.format_code))
        };
        Ok(Lines {
            formats: cells.styles().iter().map(format).collect(),
            cells,
            is_1904,
            is_stale: self.is_stale,
            sheet,
            formulas: &self.formulas,
            next: None,
            last: None,
            has_ended: false,
        })
    }
}

/// Returns the sheet that is asked for, or the only one that can be seen.
fn chosen(sheets: &[Found], asked: Option<&str>) -> Result<String, String> {
    let sheets = sheets
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let (seen, hidden): (Vec<&Found>, Vec<&Found>) =
        sheets.partition(|sheet| sheet.visible == SheetVisible::Visible);
    let listed = |sheets: &[&Found]| -> String {
        let names: Vec<String> = sheets
            .iter()
            .take(10)
            .map(|sheet| format!("`{}`", shortened(&sheet.name)))
            .collect();
        names.join(", ")
    };
    let all = || seen.iter().chain(&hidden).map(|sheet| sheet.name.as_str());
    match (asked, seen.as_slice()) {
        (Some(asked), _) => match all().find(|name| *name == asked) {
            Some(name) => Ok(name.to_owned()),
            None => {
                let help = match closest(asked, all()) {
                    Some(name) => format!("did you mean `{}`?", shortened(name)),
                    None => format!("it has {}", listed(&seen)),
                };
                Err(format!(
                    "the workbook has no sheet `{}`; {help}",
                    shortened(asked)
                ))
            }
        },
        (None, [one]) => Ok(one.name.clone()),
        (None, []) => Err(format!(
            "the workbook has no sheet that can be seen; `sheet:` in the columns file can name a hidden one ({})",
            listed(&hidden)
        )),
        (None, [first, ..]) => Err(format!(
            "the workbook has several sheets ({}); say in the columns file which one has the people, such as `sheet: \"{}\"`",
            listed(&seen),
            shortened(&first.name)
        )),
    }
}

impl Lines<'_, '_> {
    /// Returns the next row that holds anything.
    pub(super) fn next(&mut self) -> Result<Option<Line>, CohortError> {
        let mut line = Line::default();
        if let Some((row, cell)) = self.next.take() {
            line.row = row;
            line.cells.push(cell);
        }
        while let Some((row, cell)) = self.cell()? {
            if line.cells.is_empty() {
                line.row = row;
            } else if row != line.row {
                self.next = Some((row, cell));
                return Ok(Some(line));
            }
            line.cells.push(cell);
        }
        Ok((!line.cells.is_empty()).then_some(line))
    }

    /// Returns the next cell that holds anything, and its row.
    fn cell(&mut self) -> Result<Option<(u32, Filled)>, CohortError> {
        while !self.has_ended {
            let (cell, style) = match self.cells.next_cell_with_style_id() {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err(error) => return Err(self.fault(&error)),
            };
            let (row, column) = cell.get_position();
            if self.last.is_some_and(|last| last >= (row, column)) {
                let place = cell_name(self.sheet, u64::from(row) + 1, column.into());
                return Err(broken(format!(
                    "{place} does not stand in its place in the file"
                )));
            }
            self.last = Some((row, column));
            let format = self.formats.get(style).and_then(Option::as_ref);
            let mut read = cell::read(cell.get_value(), format, self.is_1904);
            let is_formula = self.formulas.has(row, column);
            if is_formula && *cell.get_value() == DataRef::Empty {
                read = Read::refused(NO_VALUE, Why::NoValue);
            } else if is_formula && self.is_stale {
                read = Read::refused(read.text, Why::Stale);
            } else if !is_formula && read.is_blank() {
                continue;
            }
            let filled = Filled {
                column,
                read,
                is_formula,
            };
            return Ok(Some((row, filled)));
        }
        self.has_ended = true;
        Ok(None)
    }

    /// Says why the sheet cannot be read on.
    fn fault(&self, error: &XlsxError) -> CohortError {
        let place =
            |(row, column): (u32, u32)| cell_name(self.sheet, u64::from(row) + 1, column.into());
        broken(match (&self.formulas.unknown, self.last) {
            (Some((row, column, shown)), _) if matches!(error, XlsxError::CellError(_)) => format!(
                "{} is `{}`, an error that cannot be read; mend the formula, or save the sheet with values alone",
                place((*row, *column)),
                shortened(shown)
            ),
            (_, Some(last)) => format!(
                "the sheet `{}` cannot be read on behind {}: {error}",
                self.sheet,
                place(last)
            ),
            (_, None) => format!("the sheet `{}` cannot be read: {error}", self.sheet),
        })
    }
}

impl Read {
    fn refused(text: impl Into<String>, why: Why) -> Self {
        Self {
            text: text.into(),
            native: Native::Refused(why),
            id: Err(why),
        }
    }

    /// Returns whether nothing is written there: no text, or one of spaces alone.
    pub(super) fn is_blank(&self) -> bool {
        self.native == Native::Text && self.text.trim_ascii().is_empty()
    }
}

impl Line {
    /// Returns the text of each cell from the first column to the last, without the spaces around it.
    pub(super) fn texts(&self) -> Vec<String> {
        let (first, last) = self.bounds();
        let mut texts = vec![String::new(); (last - first + 1) as usize];
        for cell in self.filled() {
            if let Some(text) = texts.get_mut((cell.column - first) as usize) {
                *text = crate::cells::trimmed(&cell.read.text).to_owned();
            }
        }
        texts
    }

    /// Returns the first column that is not blank, and the last.
    pub(super) fn bounds(&self) -> (u32, u32) {
        let columns = || self.filled().map(|cell| cell.column);
        let at = |column: Option<u32>| column.unwrap_or_default();
        (at(columns().min()), at(columns().max()))
    }

    /// Returns the cells that are not blank.
    pub(super) fn filled(&self) -> impl Iterator<Item = &Filled> {
        self.cells.iter().filter(|cell| !cell.read.is_blank())
    }
}
