//! Binds threshold-matrix to Python: the module `_threshold_matrix`, which the package `threshold_matrix` shows to its users.
//!
//! Values come in by `values.rs`, and errors go out by `errors.rs`. The classes are thin: what they say is worked out by the library alone.

mod comparison;
mod errors;
mod explanation;
mod json;
mod matrix;
mod outcome;
mod table;
mod values;

/// The compiled part of `threshold_matrix`.
#[pyo3::pymodule(gil_used = true)]
mod _threshold_matrix {
    use std::ffi::OsString;

    use pyo3::prelude::*;
    use threshold_matrix::{Date, Library};

    #[pymodule_export]
    use crate::comparison::{Analysis, Comparison};
    #[pymodule_export]
    use crate::errors::{ColumnError, MatrixError, Refused};
    #[pymodule_export]
    use crate::explanation::Explanation;
    #[pymodule_export]
    use crate::matrix::Matrix;
    #[pymodule_export]
    use crate::outcome::Outcome;
    #[pymodule_export]
    use crate::table::ScoredTable;

    /// Compares a matrix with a revision of it: what is written differently, and every change of a result that any profile can have.
    #[pyfunction]
    #[pyo3(signature = (old, new, *, as_at))]
    fn compare(
        py: Python<'_>,
        old: &Matrix,
        new: &Matrix,
        as_at: &Bound<'_, PyAny>,
    ) -> PyResult<Comparison> {
        let as_at: Date = crate::values::date(as_at)?;
        let (old, new) = (old.matrix.clone(), new.matrix.clone());
        Ok(Comparison::new(py.detach(|| old.compare(&new, as_at))))
    }

    /// Returns the matrices that come with the package, as `id@version`.
    #[pyfunction]
    fn matrices() -> Vec<String> {
        let library = Library::embedded();
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
