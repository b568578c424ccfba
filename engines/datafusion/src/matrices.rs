//! The matrices that a session or an executor can score with.

use std::path::Path;
use std::sync::Arc;

use datafusion::error::Result;
use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::SessionContext;
use serde::{Deserialize, Serialize};
use threshold_matrix::{Library, Matrix};

use crate::function::ScoreFunction;
use crate::refused;
use crate::table::ScoreTable;

/// The name under which the function that scores a whole table is registered.
const SCORE_TABLE: &str = "score_table";

/// The matrices that a session or an executor can score with.
#[derive(Debug, Clone)]
pub struct Matrices {
    library: Arc<Library>,
}

/// What names one matrix: its id, its version, and the hash of its content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MatrixName {
    /// The id.
    pub id: String,
    /// The version.
    pub version: String,
    /// The content hash, as [`Matrix::content_hash`] has it.
    pub hash: String,
}

impl MatrixName {
    /// Returns the name of a matrix.
    #[must_use]
    pub fn of(matrix: &Matrix) -> Self {
        Self {
            id: matrix.id().to_owned(),
            version: matrix.version().to_string(),
            hash: matrix.content_hash().to_owned(),
        }
    }

    /// Returns the name of the matrix that a function scores with, or `None` for any other function.
    #[must_use]
    pub fn of_function(function: &ScalarUDF) -> Option<Self> {
        let function = function.inner().downcast_ref::<ScoreFunction>()?;
        Some(Self::of(function.matrix()))
    }
}

impl Matrices {
    /// Takes the matrices of a library.
    #[must_use]
    pub fn of(library: Library) -> Self {
        Self {
            library: Arc::new(library),
        }
    }

    /// Reads all matrices of a folder.
    ///
    /// # Errors
    /// Returns every fault of every file at once.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let mut library = Library::new();
        library.load_folder(folder).map_err(refused)?;
        Ok(Self::of(library))
    }

    /// Returns the library.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Returns a function for each matrix, whose name has the id, the version and the first eight digits of the content hash.
    #[must_use]
    pub fn functions(&self) -> Vec<ScalarUDF> {
        let matrices = self.library.iter();
        matrices
            .map(|matrix| ScalarUDF::from(ScoreFunction::new(matrix)))
            .collect()
    }

    /// Registers the functions, and `score_table`.
    pub fn register(&self, context: &SessionContext) {
        for function in self.functions() {
            context.register_udf(function);
        }
        context.register_udtf(SCORE_TABLE, Arc::new(ScoreTable::new(self.clone())));
    }

    /// Returns the function of the matrix that somebody else names.
    ///
    /// # Errors
    /// Returns an error that says what is here instead, if the matrix is not here, or has another content under the same version.
    pub fn function(&self, name: &MatrixName) -> Result<ScalarUDF> {
        let MatrixName { id, version, hash } = name;
        if let Some(matrix) = self.library.by_hash(hash) {
            return Ok(ScalarUDF::from(ScoreFunction::new(matrix)));
        }
        let versions: Vec<String> = self
            .library
            .versions(id)
            .map(|matrix| format!("`{}`", matrix.version()))
            .collect();
        let here = self.library.versions(id);
        let same = here
            .into_iter()
            .find(|matrix| matrix.version().to_string() == *version);
        Err(refused(match same {
            Some(other) => format!(
                "the query asks for `{id}@{version}` with the content `{hash}`, and here that version has the content `{}`: give every machine the same file",
                other.content_hash()
            ),
            None if versions.is_empty() => {
                let ids: Vec<String> = self.library.ids().map(|id| format!("`{id}`")).collect();
                format!(
                    "the query asks for `{id}@{version}`, and here is no matrix `{id}`, but {}: give every machine the same folder of matrices",
                    listed(&ids)
                )
            }
            None => format!(
                "the query asks for `{id}@{version}`, and here `{id}` has the version {}: give every machine the same folder of matrices",
                versions.join(", ")
            ),
        }))
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "none at all".to_owned()
    } else {
        names.join(", ")
    }
}
