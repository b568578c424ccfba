//! Scores cohorts in files of columns (Parquet and Arrow IPC). They are streamed by row groups, over all threads of a pool, into files of outcomes.
//!
//! Only a few row groups are held in memory, however long the file is.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, Schema, SchemaRef};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::errors::ParquetError;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::CohortError;
use crate::arrays::Arrays;
use parquet_pages::RowGroup;
use threshold_matrix::bulk::BulkError;

mod batches;
mod bound;
mod cohort;
mod outcomes;
mod scored;
mod writer;

pub use batches::{BatchScorer, ScoredBatch};
pub(crate) use cohort::ColumnCohort;
pub(crate) use outcomes::OutcomeBatches;
pub use scored::ScoredBatches;
pub use writer::ColumnWriter;

/// The number of rows of a file that are read at a time.
const BATCH: usize = 32 * 1024;
/// The most parts of a file that each of several threads scores before its results are taken.
const PARTS: usize = 8;
/// The number of rows that are enough for a thread at a time where parts are long.
const ROWS: usize = 1 << 20;

/// Why a file of columns cannot be read, scored or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The file itself cannot be opened, read or written.
    #[error("{path}: {source}")]
    Io {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        source: std::io::Error,
    },
    /// The file is not Parquet.
    #[error("{path}: {source}")]
    Parquet {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        source: ParquetError,
    },
    /// The file is not an Arrow IPC file, or its columns do not go together.
    #[error("{path}: {source}")]
    Arrow {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        source: ArrowError,
    },
    /// The file is damaged, in a way that the library that reads it does not tell by an error.
    #[error("{path}: the file is damaged: {message}")]
    Damaged {
        /// Where it is.
        path: PathBuf,
        /// What the library said.
        message: String,
    },
    /// Columns that the matrix cannot read, all at once.
    #[error("{path}:\n{source}")]
    Columns {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        source: BulkError,
    },
}

/// A kind of file of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnFileKind {
    /// A Parquet file: `.parquet`.
    Parquet,
    /// An Arrow IPC file, also called Feather 2, or a stream in a file: `.arrow`, `.arrows`, `.feather` or `.ipc`.
    Ipc,
}

impl ColumnFileKind {
    /// Returns the kind for the ending of a path, in capital letters or not, or `None` for any other ending.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "parquet" => Some(Self::Parquet),
            "arrow" | "arrows" | "feather" | "ipc" => Some(Self::Ipc),
            _ => None,
        }
    }
}

/// A file of columns to read.
#[derive(Debug)]
pub struct ColumnFile {
    path: PathBuf,
    schema: SchemaRef,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Parquet(ArrowReaderMetadata),
    Ipc {
        batches: usize,
    },
    /// An Arrow IPC stream, of which the batches can only be read one after another.
    Stream,
}

/// What is worked on at a time.
enum Job {
    Part(usize),
    Batch(RecordBatch),
}

/// The batches of a file, as they are read.
pub(crate) type ReadBatches<'a> = Box<dyn Iterator<Item = Result<RecordBatch, FileError>> + 'a>;

impl ColumnFile {
    /// Opens a file of columns, whose ending says its kind.
    ///
    /// # Errors
    /// Returns an error if it cannot be read, or is not what its ending says.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, FileError> {
        let path = path.into();
        guarded(&path.clone(), || Self::open_unguarded(path))
    }

    fn open_unguarded(path: PathBuf) -> Result<Self, FileError> {
        let file = File::open(&path).map_err(|source| FileError::Io {
            path: path.clone(),
            source,
        })?;
        match ColumnFileKind::of(&path) {
            Some(ColumnFileKind::Ipc) if !is_ipc_file(&file) => {
                let reader = stream(&path, None)?;
                Ok(Self {
                    schema: reader.schema(),
                    form: Form::Stream,
                    path,
                })
            }
            Some(ColumnFileKind::Ipc) => {
                check_blocks(&path, &file)?;
                let reader = FileReader::try_new(BufReader::new(file), None).map_err(|source| {
                    FileError::Arrow {
                        path: path.clone(),
                        source,
                    }
                })?;
                Ok(Self {
                    schema: reader.schema(),
                    form: Form::Ipc {
                        batches: reader.num_batches(),
                    },
                    path,
                })
            }
            _ => {
                let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new());
                let metadata = metadata.map_err(|source| FileError::Parquet {
                    path: path.clone(),
                    source,
                })?;
                Ok(Self {
                    schema: metadata.schema().clone(),
                    form: Form::Parquet(metadata),
                    path,
                })
            }
        }
    }

    /// Returns the schema of the file's columns.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Returns the number of rows, or `None` if the file does not give it in advance.
    #[must_use]
    pub fn rows(&self) -> Option<u64> {
        match &self.form {
            Form::Parquet(metadata) => {
                u64::try_from(metadata.metadata().file_metadata().num_rows()).ok()
            }
            Form::Ipc { .. } | Form::Stream => None,
        }
    }

    /// Returns how many parts the file has that can be read by themselves, which are row groups or batches.
    fn parts(&self) -> usize {
        match &self.form {
            Form::Parquet(metadata) => metadata.metadata().num_row_groups(),
            Form::Ipc { batches } => *batches,
            Form::Stream => 0,
        }
    }

    /// Returns what can be worked on, in the order of the file.
    fn jobs(
        &self,
        columns: &[usize],
    ) -> Result<Box<dyn Iterator<Item = Result<Job, FileError>> + '_>, FileError> {
        if let Form::Stream = self.form {
            let reader = guarded(&self.path, || stream(&self.path, Some(columns.to_vec())))?;
            let batches = reader.map(|batch| batch.map_err(|source| self.arrow_error(source)));
            let batches = Guarded::new(&self.path, Box::new(batches));
            return Ok(Box::new(batches.map(|batch| batch.map(Job::Batch))));
        }
        Ok(Box::new((0..self.parts()).map(|part| Ok(Job::Part(part)))))
    }

    /// Returns the batches of a job.
    fn batches(&self, job: &Job, columns: &[usize]) -> Result<ReadBatches<'_>, FileError> {
        match job {
            Job::Part(part) => self.read(*part, columns),
            Job::Batch(batch) => Ok(Box::new(std::iter::once(Ok(batch.clone())))),
        }
    }

    /// Returns the columns at some positions, which are in ascending order, batch by batch; one of them has the ids.
    pub(crate) fn arrays<'a>(
        &'a self,
        columns: &'a [usize],
        id: usize,
    ) -> Result<impl Iterator<Item = Result<Arrays, CohortError>> + 'a, CohortError> {
        let width = self.schema.fields().len();
        let batches = self.jobs(columns)?.flat_map(move |job| -> ReadBatches<'a> {
            let batches = job.and_then(|job| self.batches(&job, columns));
            batches.unwrap_or_else(|error| Box::new(std::iter::once(Err(error))))
        });
        Ok(batches.map(move |batch| Ok(Arrays::of(&batch?, columns, width, id))))
    }

    /// Returns the columns at some positions, in that order.
    pub(crate) fn projected(&self, columns: &[usize]) -> Schema {
        Schema::new(
            columns
                .iter()
                .filter_map(|column| self.schema.fields().get(*column).cloned())
                .collect::<Vec<_>>(),
        )
    }

    /// Returns the batches of one part, with the columns at some positions.
    fn read(&self, part: usize, columns: &[usize]) -> Result<ReadBatches<'_>, FileError> {
        let batches = guarded(&self.path, || self.read_unguarded(part, columns))?;
        Ok(Box::new(Guarded::new(&self.path, batches)))
    }

    fn read_unguarded(&self, part: usize, columns: &[usize]) -> Result<ReadBatches<'_>, FileError> {
        let file = File::open(&self.path).map_err(|source| FileError::Io {
            path: self.path.clone(),
            source,
        })?;
        match &self.form {
            Form::Parquet(metadata) => {
                let part = RowGroup::open(file, metadata, part, columns, BATCH);
                let part = part.map_err(|source| FileError::Parquet {
                    path: self.path.clone(),
                    source,
                })?;
                Ok(Box::new(part.map(|batch| {
                    batch.map_err(|source| self.arrow_error(source))
                })))
            }
            Form::Ipc { .. } | Form::Stream => {
                let at = |source| self.arrow_error(source);
                let mut reader = FileReader::try_new(BufReader::new(file), Some(columns.to_vec()))
                    .map_err(at)?;
                reader.set_index(part).map_err(at)?;
                Ok(Box::new(reader.take(1).map(move |batch| batch.map_err(at))))
            }
        }
    }

    pub(crate) fn column_error(&self, source: BulkError) -> FileError {
        FileError::Columns {
            path: self.path.clone(),
            source,
        }
    }

    fn arrow_error(&self, source: ArrowError) -> FileError {
        FileError::Arrow {
            path: self.path.clone(),
            source,
        }
    }
}

/// Does some work for each part of some files, of which the columns at some positions are read, with the threads of a pool. Adds the results to a state in
/// the order of the files, each with the position of its file. The work sees the state as it was some parts before.
pub(crate) fn fold_parts<S: Sync, T: Send, E: From<FileError> + Send>(
    files: &[(&ColumnFile, &[usize])],
    pool: &rayon::ThreadPool,
    state: &mut S,
    work: impl Fn(&S, usize, ReadBatches<'_>) -> Result<T, E> + Sync,
    mut add: impl FnMut(&mut S, usize, T) -> Result<(), E>,
) -> Result<(), E> {
    // Some parts for each thread, so that none waits long for the others.
    let threads = pool.current_num_threads().max(1);
    let rows: Option<u64> = files.iter().map(|(file, _)| file.rows()).sum();
    let parts: usize = files.iter().map(|(file, _)| file.parts()).sum();
    let rows = rows.and_then(|rows| usize::try_from(rows).ok());
    let rows_of_each = rows.unwrap_or(usize::MAX) / parts.max(1);
    let each = if threads == 1 {
        1
    } else {
        (ROWS / rows_of_each.max(1)).clamp(1, PARTS)
    };
    let mut jobs = files.iter().enumerate().flat_map(|(at, (file, columns))| {
        let jobs = file.jobs(columns);
        let jobs = jobs.unwrap_or_else(|error| Box::new(std::iter::once(Err(error))));
        jobs.map(move |job| Ok((at, *file, *columns, job?)))
    });
    loop {
        let window = jobs.by_ref().take(threads * each);
        let window = window.collect::<Result<Vec<_>, FileError>>()?;
        if window.is_empty() {
            return Ok(());
        }
        let before = &*state;
        let done: Vec<Result<(usize, T), E>> = pool.install(|| {
            window
                .par_iter()
                .map(|(at, file, columns, job)| {
                    let batches = file.batches(job, columns).map_err(E::from)?;
                    Ok((*at, work(before, *at, batches)?))
                })
                .collect()
        });
        for part in done {
            let (at, part) = part?;
            add(state, at, part)?;
        }
    }
}

/// Returns whether a file begins as an Arrow IPC file, and not as a stream.
fn is_ipc_file(mut file: &File) -> bool {
    let mut begin = [0; 6];
    // What is too short for either is told by the reader of files.
    let is_read = file.read_exact(&mut begin).is_ok() && file.rewind().is_ok();
    !is_read || begin == *b"ARROW1"
}

/// Checks that the parts of an Arrow IPC file lie in it, since its reader asks for as much memory as a part says it needs.
fn check_blocks(path: &Path, mut file: &File) -> Result<(), FileError> {
    let io = |source| FileError::Io {
        path: path.to_owned(),
        source,
    };
    let damaged = |message: &str| FileError::Damaged {
        path: path.to_owned(),
        message: message.to_owned(),
    };
    let length = file.metadata().map_err(io)?.len();
    let mut end = [0; 10];
    let Some(at_end) = length.checked_sub(10) else {
        return Err(damaged("it is too short"));
    };
    file.seek(SeekFrom::Start(at_end)).map_err(io)?;
    file.read_exact(&mut end).map_err(io)?;
    let [a, b, c, d, ..] = end;
    let size = u64::try_from(i32::from_le_bytes([a, b, c, d])).ok();
    let start = size.and_then(|size| at_end.checked_sub(size));
    let Some(start) = start else {
        return Err(damaged("its footer is not in it"));
    };
    file.seek(SeekFrom::Start(start)).map_err(io)?;
    let mut footer = Vec::new();
    file.take(at_end - start)
        .read_to_end(&mut footer)
        .map_err(io)?;
    file.rewind().map_err(io)?;
    let footer = arrow_ipc::root_as_footer(&footer);
    let footer = footer.map_err(|error| damaged(&error.to_string()))?;
    let blocks = footer
        .recordBatches()
        .into_iter()
        .chain(footer.dictionaries());
    let lies_within = |block: &arrow_ipc::Block| {
        let parts = [
            block.offset(),
            block.metaDataLength().into(),
            block.bodyLength(),
        ];
        let parts = parts.map(|part| u64::try_from(part).ok());
        let end = parts
            .into_iter()
            .try_fold(0_u64, |end, part| end.checked_add(part?));
        end.is_some_and(|end| end <= length)
    };
    if blocks.flatten().all(lies_within) {
        Ok(())
    } else {
        Err(damaged("a part that its footer names is not in it"))
    }
}

fn stream(
    path: &Path,
    columns: Option<Vec<usize>>,
) -> Result<StreamReader<BufReader<File>>, FileError> {
    let file = File::open(path).map_err(|source| FileError::Io {
        path: path.to_owned(),
        source,
    })?;
    let reader = StreamReader::try_new(BufReader::new(file), columns);
    reader.map_err(|source| FileError::Arrow {
        path: path.to_owned(),
        source,
    })
}

/// Does some work of a library that may panic where a file is damaged, and gives an error in its place.
fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T, FileError>) -> Result<T, FileError> {
    // What the work was about is given up when it fails.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let message = payload.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
        Err(FileError::Damaged {
            path: path.to_owned(),
            message: message.unwrap_or("it cannot be read").to_owned(),
        })
    })
}

/// Batches from a library that may panic. After an error it gives no more of them.
struct Guarded<'a> {
    path: &'a Path,
    batches: ReadBatches<'a>,
    has_failed: bool,
}

impl<'a> Guarded<'a> {
    fn new(path: &'a Path, batches: ReadBatches<'a>) -> Self {
        Self {
            path,
            batches,
            has_failed: false,
        }
    }
}

impl Iterator for Guarded<'_> {
    type Item = Result<RecordBatch, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_failed {
            return None;
        }
        let batches = &mut self.batches;
        let next = guarded(self.path, || batches.next().transpose()).transpose();
        self.has_failed = matches!(next, Some(Err(_)));
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_panics_is_an_error_of_the_file() {
        let path = Path::new("people.parquet");
        let failed = guarded(path, || -> Result<(), FileError> { panic!("no such type") });
        let words = "people.parquet: the file is damaged: no such type";
        assert_eq!(failed.unwrap_err().to_string(), words);
        let fails = std::iter::from_fn(|| -> Option<Result<RecordBatch, FileError>> {
            panic!("at row {}", 7)
        });
        let mut batches = Guarded::new(path, Box::new(fails));
        let words = "people.parquet: the file is damaged: at row 7";
        assert_eq!(batches.next().unwrap().unwrap_err().to_string(), words);
        assert!(batches.next().is_none());
    }
}
