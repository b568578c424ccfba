//! Why one person is in a tier.

use pyo3::prelude::*;
use threshold_matrix::{Case, Trace};

use crate::errors::of_refusal;
use crate::json;

/// The explanation of one result: as text (`str`), Markdown, a page of HTML, and the trace as data.
#[pyclass(module = "threshold_matrix", frozen)]
pub(crate) struct Explanation {
    case: Case,
    full: bool,
    redacted: bool,
    changes: bool,
}

impl Explanation {
    pub(crate) fn new(case: Case, full: bool, redacted: bool, changes: bool) -> Self {
        Self {
            case,
            full,
            redacted,
            changes,
        }
    }

    fn made<T>(
        &self,
        py: Python<'_>,
        make: impl FnOnce(threshold_matrix::report::Explanation) -> T,
    ) -> PyResult<T> {
        let trace = self.made_trace(py)?;
        let mut explanation = trace.explanation();
        if self.full {
            explanation = explanation.full();
        }
        if self.redacted {
            explanation = explanation.redacted();
        }
        if self.changes {
            explanation = explanation.with_changes();
        }
        Ok(make(explanation))
    }

    fn made_trace(&self, py: Python<'_>) -> PyResult<Trace> {
        self.case
            .explain()
            .map_err(|refusal| of_refusal(py, &refusal))
    }
}

#[pymethods]
impl Explanation {
    /// The trace as data: everything that was read, what matched, and how it was put together, with numbers as `int` and `Decimal`.
    #[getter]
    fn trace<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.made_trace(py)?)
    }

    /// Returns the explanation in Markdown.
    fn to_markdown(&self, py: Python<'_>) -> PyResult<String> {
        self.made(py, |explanation| explanation.to_markdown())
    }

    /// Returns the explanation as a page of HTML.
    fn to_html(&self, py: Python<'_>) -> PyResult<String> {
        self.made(py, |explanation| explanation.to_html())
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        Ok(framed(&self.to_html(py)?))
    }

    fn __str__(&self, py: Python<'_>) -> PyResult<String> {
        self.made(py, |explanation| explanation.to_string())
    }

    fn __repr__(&self) -> String {
        let matrix = self.case.matrix();
        format!(
            "<Explanation by {} {} as at {}; print it, or use to_markdown() or to_html()>",
            matrix.id(),
            matrix.version(),
            self.case.as_at()
        )
    }
}

/// Returns a page in a frame of its own, so that its styles and those of a notebook keep apart.
pub(crate) fn framed(page: &str) -> String {
    let page = page.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        "<iframe sandbox srcdoc=\"{page}\" style=\"width:100%;height:640px;border:1px solid #8888\"></iframe>"
    )
}
