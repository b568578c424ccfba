//! Reads people from a file, one at a time.

use std::io::Read;
use std::path::Path;

use super::csv::CsvRows;
use super::json::JsonRows;
use super::places::Places;
use super::{CohortError, Columns, Person};
use crate::batch::Batch;
use crate::row_kind::RowKind;
#[cfg(feature = "xlsx")]
use crate::workbook::WorkbookRows;
use threshold_matrix::{Date, Matrix};

/// A kind of cohort file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// Comma-separated values.
    Csv,
    /// JSON lines: one JSON object a line.
    JsonLines,
    /// A workbook of Excel, which is read and written if the library has the feature `xlsx`.
    Workbook,
}

impl FileKind {
    /// Returns the kind for the ending of a file's name, which is `.csv`, `.jsonl`, `.ndjson`, `.xlsx` or `.xlsm`, or `None` for any other ending.
    ///
    /// ```
    /// use threshold_matrix_cohort::FileKind;
    ///
    /// assert_eq!(FileKind::of("people.CSV"), Some(FileKind::Csv));
    /// assert_eq!(FileKind::of("people.xlsx"), Some(FileKind::Workbook));
    /// assert_eq!(FileKind::of("people.xls"), None);
    /// ```
    #[must_use]
    pub fn of(path: impl AsRef<Path>) -> Option<Self> {
        let ending = path.as_ref().extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "xlsx" | "xlsm" => Some(Self::Workbook),
            _ => None,
        }
    }
}

/// A reader of people from a cohort file, one at a time.
///
/// Every row gives a [`Person`], even a row that cannot be read: the person's `profile` then says why not. An `Err` means that the file cannot be
/// read further.
///
/// ```
/// use threshold_matrix::{Matrix, Value};
/// use threshold_matrix_cohort::{CohortReader, Columns, FileKind};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let file = "id,arrests,shoe_size\n7,3,41\n8,2\n";
/// let mut people = CohortReader::new(file.as_bytes(), FileKind::Csv, &Columns::new(), &matrix)?;
/// assert_eq!(people.unused(), ["shoe_size"]);
/// assert_eq!(people.inputs_without_column(), ["rosh"]);      // the matrix lets it be missing
///
/// let first = people.next().ok_or("no row")??;
/// assert_eq!(first.profile?.get("arrests"), Some(&Value::Text("3".to_owned())));
/// let second = people.next().ok_or("no row")??;
/// assert_eq!(second.profile.unwrap_err().to_string(), "the row has 2 cells, and the first line names 3 columns");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CohortReader<R> {
    rows: Rows<R>,
    unused: Vec<String>,
    without_column: Vec<String>,
    warnings: Vec<String>,
    ended: bool,
}

#[derive(Debug)]
enum Rows<R> {
    Csv(Box<CsvRows<R>>),
    Json(Box<JsonRows<R>>),
    #[cfg(feature = "xlsx")]
    Workbook(Box<WorkbookRows>),
}

impl<R: Read> CohortReader<R> {
    /// Begins to read a file. A workbook is read as a whole, since its parts do not stand in the order in which they are needed.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or if its columns do not fit. All problems of the columns are given, before any row is read.
    pub fn new(
        source: R,
        kind: FileKind,
        columns: &Columns,
        matrix: &Matrix,
    ) -> Result<Self, CohortError> {
        Self::open(source, kind, columns, &RowKind::people(&[matrix]))
    }

    /// Begins to read a file for two revisions of a matrix, each of which may have inputs that the other does not have. Each person's
    /// [`profile`](Person::profile) is for the old one, and [`revised`](Person::revised) for the new one.
    ///
    /// # Errors
    /// Returns the errors of [`CohortReader::new`]. The columns must fit both revisions.
    pub fn for_revisions(
        source: R,
        kind: FileKind,
        columns: &Columns,
        old: &Matrix,
        new: &Matrix,
    ) -> Result<Self, CohortError> {
        Self::open(source, kind, columns, &RowKind::people(&[old, new]))
    }

    pub(crate) fn open(
        source: R,
        kind: FileKind,
        columns: &Columns,
        kinds: &[RowKind],
    ) -> Result<Self, CohortError> {
        match kind {
            FileKind::Csv => {
                let (rows, fit) = CsvRows::open(source, columns, kinds)?;
                Ok(Self {
                    rows: Rows::Csv(Box::new(rows)),
                    unused: fit.unused,
                    without_column: fit.without_column,
                    warnings: Vec::new(),
                    ended: false,
                })
            }
            FileKind::JsonLines => {
                let rows = JsonRows::open(source, columns, kinds)?;
                let without_column = rows.without_column().to_vec();
                Ok(Self {
                    rows: Rows::Json(Box::new(rows)),
                    unused: Vec::new(),
                    without_column,
                    warnings: Vec::new(),
                    ended: false,
                })
            }
            FileKind::Workbook => Self::workbook(source, columns, kinds),
        }
    }

    #[cfg(feature = "xlsx")]
    fn workbook(mut source: R, columns: &Columns, kinds: &[RowKind]) -> Result<Self, CohortError> {
        let mut bytes = Vec::new();
        source
            .read_to_end(&mut bytes)
            .map_err(|source| CohortError::Read { line: 1, source })?;
        let (rows, fit, warnings) = WorkbookRows::open(&bytes, columns, kinds)?;
        Ok(Self {
            rows: Rows::Workbook(Box::new(rows)),
            unused: fit.unused,
            without_column: fit.without_column,
            warnings,
            ended: false,
        })
    }

    #[cfg(not(feature = "xlsx"))]
    fn workbook(_: R, _: &Columns, _: &[RowKind]) -> Result<Self, CohortError> {
        Err(CohortError::Workbook {
            message: "workbooks are read only by a library that was built with the feature `xlsx`"
                .to_owned(),
        })
    }

    /// Returns the columns that no input reads, in their order. For JSON lines with a profile, these are the keys outside it so far, at most 100 of
    /// them; for other JSON lines, they are keys of the first lines.
    #[must_use]
    pub fn unused(&self) -> &[String] {
        match &self.rows {
            Rows::Json(rows) => rows.unused(),
            _ => &self.unused,
        }
    }

    /// Returns what a person should know of the file before the results are used, in whole sentences: that the values of some columns are worked out
    /// by formulas, that cells are carried through empty, or that rows below a table were left out. Only workbooks have any.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns how many rows the columns file left out so far, by `skip`; of a workbook, in the whole sheet.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        match &self.rows {
            Rows::Csv(rows) => rows.skipped(),
            Rows::Json(rows) => rows.skipped(),
            #[cfg(feature = "xlsx")]
            Rows::Workbook(rows) => rows.skipped(),
        }
    }

    /// Returns the inputs that no column gives and that the matrix allows to be missing.
    #[must_use]
    pub fn inputs_without_column(&self) -> &[String] {
        &self.without_column
    }
}

impl<R: Read> CohortReader<R> {
    /// An empty batch for the people of the file, if they can come as columns.
    pub(crate) fn batch(&self, matrix: &Matrix, as_at: Date) -> Option<Batch> {
        match &self.rows {
            Rows::Csv(rows) => rows.binding().batch(matrix, as_at, |_| false),
            Rows::Json(rows) => rows.batch(matrix, as_at),
            #[cfg(feature = "xlsx")]
            Rows::Workbook(rows) => rows.binding().batch(matrix, as_at, |_| false),
        }
    }

    /// Returns whether the inputs stand in columns, and not in an object of each person's own.
    pub(crate) fn has_columns(&self) -> bool {
        match &self.rows {
            Rows::Json(rows) => rows.has_columns(),
            _ => true,
        }
    }

    /// Returns where the ids, the inputs and the kept columns stand.
    pub(crate) fn places(&self) -> Places {
        match &self.rows {
            Rows::Csv(rows) => rows.binding().places(),
            Rows::Json(rows) => rows.places(),
            #[cfg(feature = "xlsx")]
            Rows::Workbook(rows) => rows.binding().places(),
        }
    }

    /// Returns whether each person may have a date of their own.
    #[cfg(feature = "parquet")]
    pub(crate) fn has_dates(&self) -> bool {
        match &self.rows {
            Rows::Csv(rows) => rows.binding().has_dates(),
            Rows::Json(rows) => rows.has_dates(),
            #[cfg(feature = "xlsx")]
            Rows::Workbook(rows) => rows.binding().has_dates(),
        }
    }

    /// Reads the next people into a batch, those without a date of their own as at this one.
    pub(crate) fn fill(&mut self, batch: &mut Batch, as_at: Date) -> Result<(), CohortError> {
        batch.chunk.clear();
        batch.plain.clear();
        if self.ended {
            return Ok(());
        }
        self.ended = true;
        self.ended = !match &mut self.rows {
            Rows::Csv(rows) => rows.fill(batch, as_at),
            Rows::Json(rows) => rows.fill(batch, as_at),
            #[cfg(feature = "xlsx")]
            Rows::Workbook(rows) => Ok(rows.fill(batch, as_at)),
        }?;
        Ok(())
    }
}

impl<R: Read> Iterator for CohortReader<R> {
    type Item = Result<Person, CohortError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let person = match &mut self.rows {
            Rows::Csv(rows) => rows.person(),
            Rows::Json(rows) => rows.person(),
            #[cfg(feature = "xlsx")]
            Rows::Workbook(rows) => Ok(rows.person()),
        };
        self.ended = !matches!(person, Ok(Some(_)));
        person.transpose()
    }
}
