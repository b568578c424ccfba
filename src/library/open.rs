//! Opens what the user of a program names: a matrix that comes with the library, or a file.

use std::path::Path;

use crate::date::Date;
use crate::diagnostic::Diagnostics;
use crate::library::{Library, LibraryError};
use crate::matrix::Matrix;

/// Why a matrix could not be opened by its name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// No embedded matrix has the name.
    #[error("{0}")]
    Name(#[from] LibraryError),
    /// The file could not be read.
    #[error("cannot read `{path}`: {error}")]
    File {
        /// The file.
        path: String,
        /// Why not.
        error: std::io::Error,
    },
    /// The file is at fault.
    #[error("{0}")]
    Faults(#[from] Diagnostics),
}

impl Matrix {
    /// Opens the matrix that a name stands for.
    ///
    /// A name that ends in `.yaml` or `.yml` is the path of a file. Any other name is that of an embedded matrix: `id` for the version in force on
    /// the day, or `id@version`.
    ///
    /// ```
    /// let matrix = threshold_matrix::Matrix::open("hmpps-utm@2.0.0", "2026-11-21".parse()?)?;
    /// assert_eq!(matrix.id(), "hmpps-utm");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if there is no such file or matrix, or the file is at fault.
    pub fn open(name: &str, day: Date) -> Result<Self, OpenError> {
        let is_file = Path::new(name)
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml");
        if is_file {
            let bytes = std::fs::read(name).map_err(|error| OpenError::File {
                path: name.to_owned(),
                error,
            })?;
            return Ok(Self::from_named_yaml(name, &bytes)?);
        }
        Ok(Library::embedded().find(name, day)?.clone())
    }
}
