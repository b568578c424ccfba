//! Errors for files that cannot be read as a whole.

use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::Path;

/// The most files that are named in a sentence. The rest are counted.
const MOST_NAMED: usize = 8;

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
    /// A path that was named stands for no file that can be read here.
    #[error("{message}")]
    NoSuchFile {
        /// What is wrong with it, and what to name instead.
        message: String,
    },
    /// Some files cannot be read. Everything that is wrong with each of them is given, before any row is read.
    #[error("{}", lines(.problems))]
    Files {
        /// The files, in their order, each with what is wrong with it.
        problems: Vec<FileProblem>,
    },
    /// The outcomes could not be written.
    #[error("the outcomes cannot be written: {0}")]
    Write(#[source] io::Error),
    /// A file of columns cannot be read or written.
    #[cfg(feature = "parquet")]
    #[error(transparent)]
    File(#[from] crate::files::FileError),
}

/// Returns whether a path stands for the standard input.
pub(crate) fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// What is wrong with one file.
#[derive(Debug)]
#[non_exhaustive]
pub struct FileProblem {
    /// The path of the file, as it was named.
    pub file: String,
    /// What is wrong with it.
    pub error: CohortError,
}

/// Returns what a file is called in words: its path, as it was named.
pub(crate) fn name_of(path: &Path) -> String {
    if is_standard(path) {
        "the standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

impl FileProblem {
    pub(crate) fn of(path: &Path, error: CohortError) -> Self {
        let file = name_of(path);
        Self { file, error }
    }
}

impl Display for FileProblem {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match &self.error {
            // It names the file itself.
            #[cfg(feature = "parquet")]
            CohortError::File(error) => write!(formatter, "{error}"),
            error => write!(formatter, "{}: {error}", self.file),
        }
    }
}

/// Returns what is wrong with some files. What several of them have in common, as the parts of a folder often do, is said once.
fn lines(problems: &[FileProblem]) -> String {
    let mut alike: Vec<(String, Vec<&FileProblem>)> = Vec::new();
    for problem in problems {
        let text = problem.error.to_string();
        match alike.iter_mut().find(|(own, _)| *own == text) {
            Some((_, all)) => all.push(problem),
            None => alike.push((text, vec![problem])),
        }
    }
    let lines = alike.iter().map(|(text, all)| match all.as_slice() {
        [one] => one.to_string(),
        several @ [first, ..] => {
            let files = several.iter().map(|problem| problem.file.clone());
            let files = some(&files.collect::<Vec<_>>());
            match &first.error {
                CohortError::Columns { problems } => {
                    let problems = listed(problems);
                    format!("{files}: the columns of the files do not fit the matrix:{problems}")
                }
                _ => format!("{files}: {text}"),
            }
        }
        [] => String::new(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns some names in a sentence.
pub(crate) fn some(names: &[String]) -> String {
    let shown = names.iter().take(MOST_NAMED);
    let shown = shown.map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn listed(problems: &[String]) -> String {
    problems
        .iter()
        .map(|problem| format!("\n  - {problem}"))
        .collect()
}

impl CohortError {
    /// Returns the error as one of the file at a path, unless it names a file already or is of the file that is written.
    pub(crate) fn of(self, path: &Path) -> Self {
        match self {
            Self::Files { .. } | Self::Write(_) => self,
            #[cfg(feature = "parquet")]
            Self::File(_) => self,
            error => Self::Files {
                problems: vec![FileProblem::of(path, error)],
            },
        }
    }

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
