//! Files of people, of any kind.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix};

#[cfg(feature = "parquet")]
use crate::files::{ColumnCohort, ColumnFile, ColumnFileKind};
use crate::{
    CohortError, CohortReader, Columns, FileKind, Moved, OutcomeFile, Person, ScoredPart, Tally,
};

/// A cohort in a file, whose ending says its kind, bound to the inputs of a matrix.
#[derive(Debug)]
pub struct CohortFile {
    form: Form,
    length: Option<u64>,
}

#[derive(Debug)]
enum Form {
    Rows {
        reader: Box<CohortReader<Counted>>,
        done: Arc<AtomicU64>,
    },
    #[cfg(feature = "parquet")]
    Columns(Box<ColumnCohort>),
}

/// A file of which the bytes are counted that were read.
struct Counted {
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
    /// Opens a file, and binds its columns.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or every problem of its columns at once.
    pub fn open(path: &Path, columns: &Columns, matrix: &Matrix) -> Result<Self, CohortError> {
        #[cfg(feature = "parquet")]
        if ColumnFileKind::of(path).is_some() {
            let file = ColumnFile::open(path)?;
            let length = file.rows();
            let cohort = ColumnCohort::new(file, columns, matrix)?;
            return Ok(Self {
                form: Form::Columns(Box::new(cohort)),
                length,
            });
        }
        let kind = FileKind::of(path).ok_or(CohortError::UnknownKind)?;
        let file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        Self::rows(Box::new(file), kind, columns, matrix, Some(length))
    }

    /// Reads the standard input, which is JSON lines if it begins with a brace, and otherwise CSV.
    ///
    /// # Errors
    /// Returns an error if it cannot be read, or every problem of its columns at once.
    pub fn standard_input(columns: &Columns, matrix: &Matrix) -> Result<Self, CohortError> {
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
                message: "workbooks cannot be read from the standard input; name the file"
                    .to_owned(),
            });
        }
        let begin = begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begin);
        let kind = match begin.trim_ascii_start().first() {
            Some(b'{') => FileKind::JsonLines,
            _ => FileKind::Csv,
        };
        Self::rows(Box::new(input), kind, columns, matrix, None)
    }

    fn rows(
        file: Box<dyn Read + Send>,
        kind: FileKind,
        columns: &Columns,
        matrix: &Matrix,
        length: Option<u64>,
    ) -> Result<Self, CohortError> {
        let done = Arc::new(AtomicU64::new(0));
        let counted = Counted {
            file,
            done: done.clone(),
        };
        let reader = Box::new(CohortReader::new(counted, kind, columns, matrix)?);
        Ok(Self {
            form: Form::Rows { reader, done },
            length,
        })
    }

    /// Returns what a person should know of the file before the results are used, as [`CohortReader::warnings`] has it.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        match &self.form {
            Form::Rows { reader, .. } => reader.warnings(),
            #[cfg(feature = "parquet")]
            Form::Columns(_) => &[],
        }
    }

    /// Returns how long the file is: in bytes if it is text or a workbook, or in people if it is a file of columns that says so.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns how many people there are, if that is known before they are read.
    #[cfg(feature = "xlsx")]
    pub(crate) fn people(&self) -> Option<u64> {
        match &self.form {
            Form::Rows { .. } => None,
            #[cfg(feature = "parquet")]
            Form::Columns(cohort) => self.length.filter(|_| !cohort.skips()),
        }
    }

    /// Returns the columns that no input reads, in their order.
    #[must_use]
    pub fn unused(&self) -> &[String] {
        match &self.form {
            Form::Rows { reader, .. } => reader.unused(),
            #[cfg(feature = "parquet")]
            Form::Columns(cohort) => cohort.unused(),
        }
    }

    /// Returns the inputs that no column gives and that the matrix allows to be missing.
    #[must_use]
    pub fn inputs_without_column(&self) -> &[String] {
        match &self.form {
            Form::Rows { reader, .. } => reader.inputs_without_column(),
            #[cfg(feature = "parquet")]
            Form::Columns(cohort) => cohort.inputs_without_column(),
        }
    }

    /// Returns the types of the ids and of the columns that are carried through.
    #[cfg(feature = "parquet")]
    pub(crate) fn kinds(&self) -> (arrow_schema::DataType, Vec<arrow_schema::DataType>) {
        match &self.form {
            Form::Rows { reader, .. } => {
                let kept = reader.places().kept.len();
                let text = arrow_schema::DataType::Utf8;
                (text.clone(), vec![text; kept])
            }
            Form::Columns(cohort) => cohort.kinds(),
        }
    }

    /// Returns whether each person may have a date of their own.
    #[cfg(feature = "parquet")]
    pub(crate) fn has_dates(&self) -> bool {
        match &self.form {
            Form::Rows { reader, .. } => reader.has_dates(),
            Form::Columns(cohort) => cohort.has_dates(),
        }
    }

    /// Reads people one after another, in the order of the file, until `each` says that it has seen enough.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read on. Otherwise it returns the first error of `each`.
    pub fn visit<E: From<CohortError>>(
        self,
        mut each: impl FnMut(Person) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        match self.form {
            Form::Rows { reader, .. } => {
                for person in *reader {
                    if each(person?)?.is_break() {
                        break;
                    }
                }
                Ok(())
            }
            #[cfg(feature = "parquet")]
            Form::Columns(cohort) => cohort.visit(each),
        }
    }

    /// Scores everybody, counts the results, writes them if there is a file to write, and calls `each` for each part in the order of the file, with
    /// those who moved and with how much of the file is done. Returns how many rows the columns file left out.
    ///
    /// A file of columns is scored by some threads: by as many as the machine has if `threads` is 0.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read on, or the outcomes cannot be written. Otherwise it returns the first error of `each`.
    #[expect(clippy::too_many_arguments, reason = "a run has as many sides")]
    pub fn score(
        self,
        matrix: &Matrix,
        as_at: Date,
        outputs: Outputs,
        threads: usize,
        tally: &mut Tally,
        mut out: Option<&mut OutcomeFile>,
        mut each: impl FnMut(&ScoredPart, Vec<Moved>, u64) -> Result<(), CohortError>,
    ) -> Result<u64, CohortError> {
        match self.form {
            Form::Rows { reader, done } => {
                let _ = threads;
                let mut scoring = reader.score(matrix, as_at, outputs);
                while let Some(part) = scoring.next_part()? {
                    tally.add_part(part);
                    let moved = tally.take_moved();
                    if let Some(out) = &mut out {
                        out.write(part, &moved)?;
                    }
                    each(part, moved, done.load(Ordering::Relaxed))?;
                }
                Ok(scoring.reader().skipped())
            }
            #[cfg(feature = "parquet")]
            Form::Columns(cohort) => {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
                let pool = pool.build().map_err(std::io::Error::other);
                let pool = pool.map_err(|source| CohortError::Read { line: 1, source })?;
                let mut done = 0;
                let told = |part: &ScoredPart, moved: Vec<Moved>| {
                    done += part.people() as u64;
                    each(part, moved, done)
                };
                cohort.score(matrix, as_at, outputs, &pool, tally, out, told)
            }
        }
    }
}

fn unreadable(source: std::io::Error) -> CohortError {
    CohortError::Read { line: 1, source }
}
