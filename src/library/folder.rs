//! The matrices of a folder, with everything that is wrong with any of its files in one report.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{Library, LibraryError};
use crate::diagnostic::Diagnostics;
use crate::matrix::Matrix;

/// Everything that keeps the matrices of a folder from being added to a [`Library`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderError {
    faults: Vec<(PathBuf, FileFault)>,
}

/// Why one file, or a folder in the folder, was not added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileFault {
    /// It cannot be read, for the reason that the system gives.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// It is not a valid matrix.
    #[error(transparent)]
    Matrix(#[from] Diagnostics),
    /// The library does not take it.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

impl FolderError {
    /// Returns the faults, each with its file, in the order of the paths.
    pub fn faults(&self) -> impl ExactSizeIterator<Item = (&Path, &FileFault)> {
        self.faults
            .iter()
            .map(|(path, fault)| (path.as_path(), fault))
    }
}

impl fmt::Display for FolderError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (path, fault)) in self.faults.iter().enumerate() {
            if index > 0 {
                formatter.write_str("\n\n")?;
            }
            match fault {
                // These name the file themselves, in the manner of a compiler.
                FileFault::Matrix(diagnostics) => write!(formatter, "{diagnostics}")?,
                other => write!(formatter, "{}: {other}", path.display())?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for FolderError {}

impl Library {
    /// Adds every `*.yaml` file in a folder and the folders below it, and returns each file with its matrix, in the order of the paths.
    ///
    /// What a file is called does not matter: the id and version are those written in it.
    /// Files and folders whose names begin with a dot are passed over, and links to folders are not followed.
    ///
    /// ```
    /// use threshold_matrix::Library;
    ///
    /// let mut library = Library::new();
    /// let files = library.load_folder("matrices/lsir-idaho")?;
    /// assert_eq!((files.len(), library.versions("lsir-idaho").count()), (2, 2));
    /// # Ok::<(), threshold_matrix::FolderError>(())
    /// ```
    ///
    /// # Errors
    /// Returns every fault of every file, and every matrix that [`Library::add`] refuses. The library then stays as it was.
    pub fn load_folder(
        &mut self,
        path: impl AsRef<Path>,
    ) -> Result<Vec<(PathBuf, Matrix)>, FolderError> {
        let mut files = Vec::new();
        let mut faults = Vec::new();
        list(path.as_ref(), &mut files, &mut faults);
        files.sort();
        let mut library = self.clone();
        let mut loaded = Vec::new();
        for file in files {
            match library.load_file(&file) {
                Ok(matrix) => loaded.push((file, matrix)),
                Err(fault) => faults.push((file, fault)),
            }
        }
        if faults.is_empty() {
            *self = library;
            return Ok(loaded);
        }
        faults.sort_by(|(one, _), (other, _)| one.cmp(other));
        Err(FolderError { faults })
    }

    fn load_file(&mut self, file: &Path) -> Result<Matrix, FileFault> {
        let bytes = std::fs::read(file).map_err(unreadable)?;
        let matrix = Matrix::from_named_yaml(&file.display().to_string(), &bytes)?;
        self.add(matrix.clone())?;
        Ok(matrix)
    }
}

/// Lists the files of a folder and of those below it.
fn list(folder: &Path, files: &mut Vec<PathBuf>, faults: &mut Vec<(PathBuf, FileFault)>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return faults.push((folder.to_owned(), unreadable(error))),
    };
    for entry in entries {
        let found = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)));
        match found {
            Err(error) => faults.push((folder.to_owned(), unreadable(error))),
            Ok((path, _))
                if path
                    .file_name()
                    .is_some_and(|name| name.as_encoded_bytes().starts_with(b".")) => {}
            Ok((path, kind)) if kind.is_dir() => list(&path, files, faults),
            // A link to a file counts as the file: that is how some systems mount configuration.
            Ok((path, _))
                if path
                    .extension()
                    .is_some_and(|extension| extension == "yaml")
                    && !path.is_dir() =>
            {
                files.push(path)
            }
            Ok(_) => {}
        }
    }
}

fn unreadable(error: std::io::Error) -> FileFault {
    FileFault::Unreadable(error.to_string())
}
