//! Binds threshold-matrix to Python: the module `_threshold_matrix`, which the package `threshold_matrix` shows to its users.
//!
//! Values come in by `values.rs`, and errors go out by `errors.rs`. The classes are thin: what they say is worked out by the library alone.

mod comparison;
mod errors;
mod explanation;
mod json;
mod library;
mod matrix;
mod outcome;
mod record;
mod table;
mod trial;
mod values;

/// The compiled part of `threshold_matrix`.
#[pyo3::pymodule(gil_used = true)]
mod _threshold_matrix {
    use std::ffi::OsString;

    use crate::trial::Asked;
    use pyo3::prelude::*;
    use threshold_matrix::{Date, Library as Matrices};

    #[pymodule_export]
    use crate::comparison::{Analysis, Comparison};
    #[pymodule_export]
    use crate::errors::{ColumnError, MatrixError, RecordError, Refused};
    #[pymodule_export]
    use crate::explanation::Explanation;
    #[pymodule_export]
    use crate::library::Library;
    #[pymodule_export]
    use crate::matrix::Matrix;
    #[pymodule_export]
    use crate::outcome::Outcome;
    #[pymodule_export]
    use crate::record::Record;
    #[pymodule_export]
    use crate::table::ScoredTable;
    #[pymodule_export]
    use crate::trial::Trial;

    /// Compares a matrix with a revision of it.
    #[pyfunction]
    fn compared(
        py: Python<'_>,
        old: &Matrix,
        new: &Matrix,
        as_at: &Bound<'_, PyAny>,
    ) -> PyResult<Comparison> {
        let as_at: Date = crate::values::date(as_at)?;
        let (old, new) = (old.matrix.clone(), new.matrix.clone());
        Ok(Comparison::new(py.detach(|| old.compare(&new, as_at))))
    }

    /// Tries both on the people of a table.
    #[pyfunction]
    fn tried(
        old: &Bound<'_, Matrix>,
        new: &Bound<'_, Matrix>,
        as_at: &Bound<'_, PyAny>,
        table: &Bound<'_, PyAny>,
        columns: Option<&Bound<'_, PyAny>>,
        id: Option<String>,
        asked: Asked,
    ) -> PyResult<Trial> {
        let as_at = crate::values::date(as_at)?;
        let revisions = [old.get(), new.get()];
        Trial::new(old.py(), revisions, table, as_at, columns, id, asked)
    }

    /// Returns the matrices that come with the package, as `id@version`.
    #[pyfunction]
    fn matrices() -> Vec<String> {
        let library = Matrices::embedded();
        let all = library.iter();
        all.map(|matrix| format!("{}@{}", matrix.id(), matrix.version()))
            .collect()
    }

    /// Runs the program `threshold-matrix` with these arguments, of which the first is its name, and returns its exit status.
    #[pyfunction]
    fn run(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
        py.detach(|| threshold_matrix_cli::run(arguments))
    }

    /// Sets the version of the module.
    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
