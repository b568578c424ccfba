//! Errors for files that cannot be read as a whole.

use std::io;

/// Why a cohort file, or the file of an earlier run, cannot be read as a whole. A fault of one row only refuses that row.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CohortError {
    /// The columns are not those that the matrix needs. Every problem is given, before any row is read.
    #[error("the columns of the file do not fit the matrix:{}", listed(.problems))]
    Columns {
        /// What is wrong, each with what to write instead.
        problems: Vec<String>,
    },
    /// From this place on, the rows cannot be told apart.
    #[error("line {line}: {message}")]
    Broken {
        /// The line, counted from 1.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// A workbook cannot be read, or it must first be said which of its sheets is.
    #[error("{message}")]
    Workbook {
        /// What is wrong, with the sheet and the cell if it is in one.
        message: String,
    },
    /// The file could not be read.
    #[error("line {line}: the file cannot be read: {source}")]
    Read {
        /// The line, counted from 1.
        line: u64,
        /// Why not.
        source: io::Error,
    },
    /// The name of a file does not tell its kind.
    #[error(
        "the name of the file must end in .csv, .jsonl or .ndjson, or in .xlsx, .parquet, .arrow or .feather in a program that reads these"
    )]
    UnknownKind,
    /// The outcomes could not be written.
    #[error("the outcomes cannot be written: {0}")]
    Write(#[source] io::Error),
    /// A file of columns cannot be read or written.
    #[cfg(feature = "parquet")]
    #[error(transparent)]
    File(#[from] crate::files::FileError),
}

fn listed(problems: &[String]) -> String {
    problems
        .iter()
        .map(|problem| format!("\n  - {problem}"))
        .collect()
}

impl CohortError {
    pub(super) fn from_csv(line: u64, error: csv::Error) -> Self {
        let message = error.to_string();
        match error.into_kind() {
            csv::ErrorKind::Io(source) if source.kind() == io::ErrorKind::InvalidData => {
                Self::Broken {
                    line,
                    message: source.to_string(),
                }
            }
            csv::ErrorKind::Io(source) => Self::Read { line, source },
            _ => Self::Broken { line, message },
        }
    }
}
