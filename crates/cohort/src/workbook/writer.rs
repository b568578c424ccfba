//! Writes a workbook of sheets, each of which has rows below the names of its columns.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use threshold_matrix::Date;
use threshold_matrix::workspace::shortened;

use super::sheet::broken;
use crate::CohortError;

/// The most rows of a sheet, with the one that names the columns.
const MOST_ROWS: u32 = 1_048_576;
/// The most people, or other rows below the names of the columns, that a sheet has room for.
pub(crate) const MOST: u64 = MOST_ROWS as u64 - 1;
/// The most characters of a cell, in UTF-16.
const LONGEST: usize = 32_767;
/// The most digits of a number that every program keeps.
const DIGITS: usize = 15;
/// The first of the dates that all programs count alike.
const FIRST_DATE: &str = "1900-03-01";

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    /// A number, if all its digits can be kept.
    Number,
    /// `true` or `false`.
    Truth,
    Date,
}

/// A workbook whose sheets wait on disk, in files without a name beside it, until all of it is written at the end.
pub(crate) struct WorkbookWriter {
    file: File,
    workbook: Workbook,
    sheets: Vec<SheetWriter>,
    header: Format,
    date: Format,
}

/// One sheet of a [`WorkbookWriter`].
struct SheetWriter {
    name: &'static str,
    worksheet: Worksheet,
    columns: u16,
    /// How many rows it has, with the one that names the columns.
    rows: u32,
}

impl std::fmt::Debug for WorkbookWriter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("WorkbookWriter")
            .finish_non_exhaustive()
    }
}

impl WorkbookWriter {
    /// Creates the file. Its sheets say that they were made on a date, so that the same rows always give the same bytes.
    pub(crate) fn create(path: &Path, made: Date) -> Result<Self, CohortError> {
        let file = File::create(path).map_err(CohortError::Write)?;
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let mut workbook = Workbook::new();
        let set = workbook.set_tempdir(folder.unwrap_or(Path::new(".")));
        set.map_err(unwritten)?;
        let made = ExcelDateTime::parse_from_str(&made.to_string());
        let made = made.or_else(|_| ExcelDateTime::parse_from_str(FIRST_DATE));
        let made = made.map_err(unwritten)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        Ok(Self {
            file,
            workbook,
            sheets: Vec::new(),
            header: Format::new().set_bold(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
        })
    }

    /// Begins a sheet whose columns are at least as wide as some characters, and returns its place.
    pub(crate) fn begin(
        &mut self,
        name: &'static str,
        columns: &[impl AsRef<str>],
        width: u32,
    ) -> Result<usize, CohortError> {
        let count = u16::try_from(columns.len()).map_err(|_| {
            broken("the outcomes have more columns than a sheet of a workbook; write a .csv file")
        })?;
        let made = guarded(|| {
            let mut worksheet = self.workbook.new_worksheet_with_constant_memory()?;
            worksheet.set_name(name)?.set_freeze_panes(1, 0)?;
            for (column, title) in (0..count).zip(columns) {
                let title = title.as_ref();
                worksheet.write_string_with_format(0, column, title, &self.header)?;
                let length = u32::try_from(title.chars().count()).unwrap_or(u32::MAX);
                // With room for the arrow of a filter.
                let length = length.clamp(0, 60) + 4;
                worksheet.set_column_width(column, f64::from(length.max(width)))?;
            }
            Ok(worksheet)
        });
        self.sheets.push(SheetWriter {
            name,
            worksheet: made?,
            columns: count,
            rows: 1,
        });
        Ok(self.sheets.len() - 1)
    }

    /// Adds a row to the sheet of a place. An empty text leaves its cell empty.
    pub(crate) fn add<'a>(
        &mut self,
        sheet: usize,
        cells: impl IntoIterator<Item = (Form, &'a str)>,
    ) -> Result<(), CohortError> {
        let Some(sheet) = self.sheets.get_mut(sheet) else {
            return Ok(());
        };
        let name = sheet.name;
        if sheet.rows >= MOST_ROWS {
            return Err(too_many(name));
        }
        let (row, worksheet) = (sheet.rows, &mut sheet.worksheet);
        sheet.rows += 1;
        let date = &self.date;
        let written = guarded(|| {
            for (column, (form, text)) in (0..).zip(cells) {
                let written = write(worksheet, (row, column), form, text, date);
                if matches!(written, Err(XlsxError::MaxStringLengthExceeded)) {
                    return Ok(Some(text));
                }
                written?;
            }
            Ok(None)
        })?;
        match written {
            None => Ok(()),
            Some(text) => Err(broken(format!(
                "`{}` in row {} of the sheet `{name}` is longer than the {LONGEST} characters of a cell in a workbook; write a .csv file",
                shortened(text),
                row + 1
            ))),
        }
    }

    /// Writes the file: all its sheets in their order, but for those of a name that have no rows, and filters over the first of them.
    pub(crate) fn finish(self, unless_empty: &str) -> Result<(), CohortError> {
        let Self {
            mut file,
            mut workbook,
            sheets,
            ..
        } = self;
        guarded(|| {
            for (place, mut sheet) in sheets.into_iter().enumerate() {
                if place == 0 {
                    let (row, column) = (sheet.rows - 1, sheet.columns.saturating_sub(1));
                    sheet.worksheet.autofilter(0, 0, row, column)?;
                }
                if sheet.name != unless_empty || sheet.rows > 1 {
                    workbook.push_worksheet(sheet.worksheet);
                }
            }
            let mut buffered = BufWriter::new(&mut file);
            workbook.save_to_writer(&mut buffered)?;
            Ok(buffered.flush()?)
        })
    }
}

/// Says that a sheet has no more room.
pub(crate) fn too_many(sheet: &str) -> CohortError {
    broken(format!(
        "a sheet of a workbook has room for {MOST} rows, and the sheet `{sheet}` needs more; write a .csv or .parquet file instead"
    ))
}

fn write(
    worksheet: &mut Worksheet,
    (row, column): (u32, u16),
    form: Form,
    text: &str,
    date: &Format,
) -> Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    match (form, text) {
        (Form::Truth, "true" | "false") => worksheet.write_boolean(row, column, text == "true")?,
        (Form::Date, _) if is_date(text) => {
            let day = ExcelDateTime::parse_from_str(text)?;
            worksheet.write_datetime_with_format(row, column, &day, date)?
        }
        (Form::Number, _) => match number(text) {
            Some(number) => worksheet.write_number(row, column, number)?,
            None => worksheet.write_string(row, column, text)?,
        },
        _ => worksheet.write_string(row, column, text)?,
    };
    Ok(())
}

/// Returns a number that is written in plain digits, if it has no more of them than every program keeps.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
    let counted = digits.bytes().filter(u8::is_ascii_digit).count();
    let is_exact = is_plain(whole) && is_plain(places) && counted <= DIGITS;
    is_exact.then(|| text.parse().ok()).flatten()
}

/// Returns whether all programs count a date alike.
fn is_date(text: &str) -> bool {
    text.len() == FIRST_DATE.len() && text >= FIRST_DATE && text.parse::<Date>().is_ok()
}

/// Does some work of the library that writes workbooks. It panics where its files on disk cannot be written, which is an error here.
fn guarded<T>(work: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, CohortError> {
    // What the work was about is given up when it fails.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done.map_err(unwritten),
        Err(_) => Err(CohortError::Write(io::Error::other(
            "the files in which the sheets wait cannot be written; the disk may be full",
        ))),
    }
}

fn unwritten(error: XlsxError) -> CohortError {
    CohortError::Write(match error {
        XlsxError::IoError(error) => error,
        error => io::Error::other(error.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_that_every_program_keeps_are_numbers() {
        for (text, wanted) in [
            ("12", Some(12.0)),
            ("-0.5", Some(-0.5)),
            ("123456789.123456", Some(123_456_789.123_456)),
            ("1234567890.123456", None),
            ("1e5", None),
            ("", None),
            ("-", None),
            (".5", None),
            ("5.", None),
            ("+1", None),
            ("Infinity", None),
        ] {
            assert_eq!(number(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_sheet_that_is_full_takes_nobody_else() {
        let path =
            std::env::temp_dir().join(format!("threshold-matrix-full-{}", std::process::id()));
        let mut book = WorkbookWriter::create(&path, "2026-12-05".parse().unwrap()).unwrap();
        let sheet = book.begin("Results", &["id"], 10).unwrap();
        book.sheets[sheet].rows = MOST_ROWS - 1;
        book.add(sheet, [(Form::Text, "last")]).unwrap();
        let error = book.add(sheet, [(Form::Text, "one more")]).unwrap_err();
        std::fs::remove_file(path).unwrap();
        let error = error.to_string();
        assert!(
            error.contains("has room for 1048575 rows") && error.contains(".csv or .parquet"),
            "{error}"
        );
    }

    #[test]
    fn dates_that_programs_count_otherwise_are_texts() {
        for (text, wanted) in [
            ("1900-02-28", false),
            ("1900-03-01", true),
            ("9999-12-31", true),
            ("2026-02-30", false),
            ("", false),
        ] {
            assert_eq!(is_date(text), wanted, "{text}");
        }
    }
}
