//! What is proved of a matrix, and of two.

use pyo3::prelude::*;
use threshold_matrix::{analysis, compare};

use crate::json;

/// What is proved of a matrix over all profiles that it accepts.
#[pyclass(module = "threshold_matrix", frozen)]
pub(crate) struct Analysis {
    analysis: analysis::Analysis,
}

impl Analysis {
    pub(crate) fn new(analysis: analysis::Analysis) -> Self {
        Self { analysis }
    }
}

#[pymethods]
impl Analysis {
    /// What an author should look at, each with its code, what it is of, its place and what to do.
    #[getter]
    fn findings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.analysis.findings())
    }

    /// Whether every question was answered within the budget.
    #[getter]
    fn complete(&self) -> bool {
        self.analysis.is_complete()
    }

    /// Returns everything that was proved, as data.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.analysis)
    }

    fn __str__(&self) -> String {
        self.analysis.to_string()
    }

    fn __repr__(&self) -> String {
        let matrix = self.analysis.matrix();
        let findings = self.analysis.findings().len();
        format!(
            "<Analysis of {} {}: {findings} to look at>",
            matrix.id(),
            matrix.version()
        )
    }
}

/// What differs between a matrix and a revision of it.
#[pyclass(module = "threshold_matrix", frozen)]
pub(crate) struct Comparison {
    comparison: compare::Comparison,
}

impl Comparison {
    pub(crate) fn new(comparison: compare::Comparison) -> Self {
        Self { comparison }
    }
}

#[pymethods]
impl Comparison {
    /// Every change of a result that some profile can have, each with such a profile.
    #[getter]
    fn shifts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.comparison.shifts())
    }

    /// What is written differently.
    #[getter]
    fn differences<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.comparison.differences())
    }

    /// Whether every question was answered within the budget, so that these are all the changes.
    #[getter]
    fn complete(&self) -> bool {
        self.comparison.is_complete()
    }

    /// Returns the whole comparison, as data.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.comparison)
    }

    fn __str__(&self) -> String {
        self.comparison.to_string()
    }

    fn __repr__(&self) -> String {
        let (old, new) = (self.comparison.old(), self.comparison.new_matrix());
        format!(
            "<Comparison of {} {} and {} {}: {} changes of a result>",
            old.id(),
            old.version(),
            new.id(),
            new.version(),
            self.comparison.shifts().len()
        )
    }
}
