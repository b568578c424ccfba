//! Files of records: read, written for the first time, and written again with something more in them.

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use threshold_matrix::record::{Record, RecordError, ReplayError};
use threshold_matrix::{Library, Matrix};

use crate::arguments::{self, read_text};
use crate::output::{at, say, warn};

/// Reads a record from a file, or from standard input for `-`.
pub(crate) fn read(path: &str) -> Result<Record, Box<dyn Error>> {
    let read = Record::from_json(&read_text(path)?);
    Ok(read.map_err(|error| told(&format!("`{path}` is not a record"), &error))?)
}

/// Returns what is wrong with a record, a line for each problem.
pub(crate) fn told(heading: &str, error: &RecordError) -> String {
    let problems = error.problems().iter();
    problems.fold(format!("{heading}:"), |text, problem| {
        format!("{text}\n  {problem}")
    })
}

/// Returns the matrix of a record: the named one, or the one of its content hash that comes with the program.
pub(crate) fn matrix_of(record: &Record, named: Option<&str>) -> Result<Matrix, Box<dyn Error>> {
    Ok(match named {
        Some(name) => arguments::matrix(name, record.as_at())?,
        None => {
            let library = Library::embedded();
            let found = record.matrix_in(&library).map_err(|error| match error {
                ReplayError::Unknown { .. } => {
                    format!("{error}; name the file of the matrix, if you have it").into()
                }
                error => Box::<dyn Error>::from(error),
            });
            found?.clone()
        }
    })
}

/// Writes a record into a file that is not there yet. One that is there is kept, unless it was said that it may go.
pub(crate) fn write(path: &Path, record: &Record, force: bool) -> Result<(), Box<dyn Error>> {
    let mut options = OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let mut file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => format!(
            "`{}` exists already; name another file, or add --force to write over it",
            path.display()
        ),
        _ => format!("cannot write `{}`: {error}", path.display()),
    })?;
    file.write_all(as_line(record).as_bytes())?;
    Ok(warn(&format!("the record is in {}", path.display()))?)
}

fn as_line(record: &Record) -> String {
    record.to_json() + "\n"
}

/// Prints a record, and nothing else, to standard output.
pub(crate) fn print(record: &Record) -> Result<(), Box<dyn Error>> {
    Ok(say(&as_line(record))?)
}

/// A file of a record to which something is added. The record that was there stays until all of the new one is written, and nobody else adds to it
/// meanwhile.
pub(crate) struct Addition {
    path: PathBuf,
    beside: PathBuf,
    file: File,
    is_done: bool,
}

impl Addition {
    /// Begins before the record is read.
    pub(crate) fn begin(path: &str) -> Result<Self, Box<dyn Error>> {
        let named = Path::new(path);
        let path = named.canonicalize().map_err(|error| at(named, &error))?;
        let mut beside = path.clone().into_os_string();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)
            .map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => format!(
                    "`{}` exists: another run is adding to the record, or was cut off; wait, or remove that file",
                    beside.display()
                )
                .into(),
                _ => at(&beside, &error),
            })?;
        Ok(Self {
            path,
            beside,
            file,
            is_done: false,
        })
    }

    /// Puts the record with the addition in the place of the one without it.
    pub(crate) fn finish(mut self, record: &Record) -> Result<(), Box<dyn Error>> {
        let written = self
            .file
            .write_all(as_line(record).as_bytes())
            .and_then(|()| std::fs::metadata(&self.path))
            .and_then(|earlier| self.file.set_permissions(earlier.permissions()))
            .and_then(|()| self.file.sync_all())
            .and_then(|()| std::fs::rename(&self.beside, &self.path));
        written.map_err(|error| at(&self.path, &error))?;
        self.is_done = true;
        Ok(())
    }
}

impl Drop for Addition {
    fn drop(&mut self) {
        if !self.is_done {
            // Where even this fails, the next run says that the file is there.
            let _ = std::fs::remove_file(&self.beside);
        }
    }
}
