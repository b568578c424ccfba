//! One file of people, of any kind.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::is_standard;
#[cfg(feature = "parquet")]
use crate::files::{ColumnCohort, ColumnFile, ColumnFileKind};
use crate::row_kind::RowKind;
use crate::{CohortError, CohortReader, Columns, FileKind, Person};

/// A file of people, whose ending says its kind, bound to the inputs of a matrix.
#[derive(Debug)]
pub(crate) struct CohortFile {
    pub(crate) path: PathBuf,
    pub(crate) form: Form,
    /// How many bytes it has, if it is known how many of them are read at any time.
    pub(crate) length: Option<u64>,
}

#[derive(Debug)]
pub(crate) enum Form {
    Rows(Rows),
    #[cfg(feature = "parquet")]
    Columns(Box<ColumnCohort>),
}

/// A text or a workbook, and how much of it is read.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) reader: Box<CohortReader<Counted>>,
    done: Arc<AtomicU64>,
}

impl Rows {
    /// Returns what counts the bytes that were read.
    pub(crate) fn done(&self) -> impl Fn() -> u64 + use<> {
        let done = self.done.clone();
        move || done.load(Ordering::Relaxed)
    }
}

/// A file of which the bytes are counted that were read.
pub(crate) struct Counted {
    file: Box<dyn Read + Send>,
    done: Arc<AtomicU64>,
}

impl std::fmt::Debug for Counted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Counted").finish_non_exhaustive()
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl CohortFile {
    /// Opens a file, or the standard input for `-`, and binds its columns.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or every problem of its columns at once.
    pub(crate) fn open(path: &Path, columns: &Columns, row: &RowKind) -> Result<Self, CohortError> {
        if is_standard(path) {
            let (input, kind) = standard_input()?;
            return Self::rows(path, Box::new(input), kind, columns, row, None);
        }
        #[cfg(feature = "parquet")]
        if ColumnFileKind::of(path).is_some() {
            let file = ColumnFile::open(path)?;
            let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
            return Ok(Self {
                path: path.to_owned(),
                length: file.rows().map(|_| bytes),
                form: Form::Columns(Box::new(ColumnCohort::new(file, columns, row)?)),
            });
        }
        let kind = FileKind::of(path).ok_or(CohortError::UnknownKind)?;
        let file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        Self::rows(path, Box::new(file), kind, columns, row, Some(length))
    }

    fn rows(
        path: &Path,
        file: Box<dyn Read + Send>,
        kind: FileKind,
        columns: &Columns,
        row: &RowKind,
        length: Option<u64>,
    ) -> Result<Self, CohortError> {
        let done = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            file,
            done: done.clone(),
        };
        let reader = Box::new(CohortReader::open(
            counted,
            kind,
            columns,
            std::slice::from_ref(row),
        )?);
        Ok(Self {
            path: path.to_owned(),
            form: Form::Rows(Rows { reader, done }),
            length,
        })
    }

    pub(crate) fn warnings(&self) -> &[String] {
        match &self.form {
            Form::Rows(rows) => rows.reader.warnings(),
            #[cfg(feature = "parquet")]
            Form::Columns(_) => &[],
        }
    }

    /// Returns how many people there are, if that is known before they are read.
    #[cfg(feature = "xlsx")]
    pub(crate) fn people(&self) -> Option<u64> {
        match &self.form {
            Form::Rows(_) => None,
            #[cfg(feature = "parquet")]
            Form::Columns(cohort) => cohort.rows().filter(|_| !cohort.bound().skips()),
        }
    }

    pub(crate) fn unused(&self) -> &[String] {
        match &self.form {
            Form::Rows(rows) => rows.reader.unused(),
            #[cfg(feature = "parquet")]
            Form::Columns(cohort) => cohort.bound().unused(),
        }
    }

    pub(crate) fn inputs_without_column(&self) -> &[String] {
        match &self.form {
            Form::Rows(rows) => rows.reader.inputs_without_column(),
            #[cfg(feature = "parquet")]
            Form::Columns(cohort) => cohort.bound().inputs_without_column(),
        }
    }

    /// Returns whether the inputs stand in columns, and not in an object of each person's own.
    pub(crate) fn has_columns(&self) -> bool {
        match &self.form {
            Form::Rows(rows) => rows.reader.has_columns(),
            #[cfg(feature = "parquet")]
            Form::Columns(_) => true,
        }
    }

    /// Returns the types of the ids and of the columns that are carried through.
    #[cfg(feature = "parquet")]
    pub(crate) fn kinds(&self) -> (arrow_schema::DataType, Vec<arrow_schema::DataType>) {
        match &self.form {
            Form::Rows(rows) => {
                let kept = rows.reader.places().kept.len();
                let text = arrow_schema::DataType::Utf8;
                (text.clone(), vec![text; kept])
            }
            Form::Columns(cohort) => cohort.bound().kinds(),
        }
    }

    /// Returns whether each person may have a date of their own.
    #[cfg(feature = "parquet")]
    pub(crate) fn has_dates(&self) -> bool {
        match &self.form {
            Form::Rows(rows) => rows.reader.has_dates(),
            Form::Columns(cohort) => cohort.bound().has_dates(),
        }
    }

    /// Returns whether the numbers of people are those of rows, and not of lines.
    pub(crate) fn has_rows(&self) -> bool {
        !matches!(self.form, Form::Rows(_))
    }

    /// Reads people one after another, in the order of the file, until `each` says that it has seen enough.
    pub(crate) fn visit<E: From<CohortError>>(
        self,
        mut each: impl FnMut(Person) -> Result<ControlFlow<()>, E>,
    ) -> Result<ControlFlow<()>, E> {
        match self.form {
            Form::Rows(rows) => {
                for person in *rows.reader {
                    let person = person.map_err(|error| error.of(&self.path))?;
                    if each(person)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(ControlFlow::Continue(()))
            }
            #[cfg(feature = "parquet")]
            Form::Columns(cohort) => cohort.visit(each),
        }
    }
}

/// Returns the standard input, and its kind: JSON lines if it begins with a brace, and otherwise CSV.
fn standard_input() -> Result<(BufReader<std::io::Stdin>, FileKind), CohortError> {
    let mut input = BufReader::new(std::io::stdin());
    let begin = input.fill_buf().map_err(unreadable)?;
    if begin.starts_with(b"PAR1") || begin.starts_with(b"ARROW1") {
        let message =
            "Parquet and Arrow files cannot be read from the standard input; name the file";
        return Err(CohortError::Broken {
            line: 1,
            message: message.to_owned(),
        });
    }
    if begin.starts_with(b"PK\x03\x04") {
        return Err(CohortError::Workbook {
            message: "workbooks cannot be read from the standard input; name the file".to_owned(),
        });
    }
    let begin = begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begin);
    let kind = match begin.trim_ascii_start().first() {
        Some(b'{') => FileKind::JsonLines,
        _ => FileKind::Csv,
    };
    Ok((input, kind))
}

fn unreadable(error: std::io::Error) -> CohortError {
    CohortError::NoSuchFile {
        message: format!("the file cannot be read: {error}"),
    }
}
