//! Records: what was scored, by which matrix, what came out and why, and what persons decided.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyType};
use threshold_matrix::record::{Decision, Record as Kept};
use threshold_matrix::report::Explanation;
use threshold_matrix::{Library as Matrices, Matrix as Loaded};

use crate::errors::{of_record, of_replay};
use crate::explanation::framed;
use crate::library::Library;
use crate::matrix::Matrix;
use crate::{json, values};

/// A record of one scoring, to keep. Its canonical form is what counts, so a database may keep it as data and write it anew with other spaces and orders.
///
/// Where a method takes `matrix`, that is the `Matrix` of the record or a `Library` that holds it; without it, it is one that comes with the package.
#[pyclass(module = "threshold_matrix", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct Record {
    record: Kept,
}

impl Record {
    pub(crate) fn new(record: Kept) -> Self {
        Self { record }
    }

    /// Returns the matrix of the record from what was given.
    fn matrix(&self, py: Python<'_>, given: Option<&Bound<'_, PyAny>>) -> PyResult<Loaded> {
        let found = |library: &Matrices| {
            let found = self.record.matrix_in(library).cloned();
            found.map_err(|error| of_replay(py, &error))
        };
        let Some(given) = given else {
            return found(&Matrices::embedded());
        };
        if let Ok(matrix) = given.cast::<Matrix>() {
            return Ok(matrix.get().matrix.clone());
        }
        match given.cast::<Library>() {
            Ok(library) => found(&library.get().library),
            Err(_) => Err(PyTypeError::new_err(format!(
                "`matrix` is a Matrix or a Library, not {}",
                values::kind(given)
            ))),
        }
    }

    fn explanation(
        &self,
        py: Python<'_>,
        matrix: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Explanation> {
        let explanation = self.record.explanation(&self.matrix(py, matrix)?);
        explanation.map_err(|error| of_replay(py, &error))
    }
}

#[pymethods]
impl Record {
    /// Reads a record from its text, or from the dictionary that a database made of it. Raises `RecordError` with everything that is wrong.
    #[classmethod]
    fn from_json(
        _class: &Bound<'_, PyType>,
        py: Python<'_>,
        text: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let text = if let Ok(text) = text.cast::<PyString>() {
            text.to_str()?.to_owned()
        } else if text.cast::<PyBytes>().is_ok() {
            text.call_method1("decode", ("utf-8",))?.extract()?
        } else {
            py.import("json")?
                .call_method1("dumps", (text,))?
                .extract::<String>()?
        };
        let record = Kept::from_json(&text).map_err(|error| of_record(py, &error))?;
        Ok(Self { record })
    }

    /// Returns the canonical text of the record.
    fn to_json(&self) -> String {
        self.record.to_json()
    }

    /// Returns the record as data, with numbers as `int` and `Decimal`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::of_text(py, &self.record.to_json())
    }

    /// The id of the matrix.
    #[getter]
    fn matrix_id(&self) -> &str {
        self.record.matrix_id()
    }

    /// The version of the matrix.
    #[getter]
    fn matrix_version(&self) -> &str {
        self.record.matrix_version()
    }

    /// The content hash of the matrix.
    #[getter]
    fn matrix_hash(&self) -> &str {
        self.record.matrix_hash()
    }

    /// The date of the scoring.
    #[getter]
    fn as_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        values::of_date(py, self.record.as_at())
    }

    /// The reference to the person, or None.
    #[getter]
    fn person(&self) -> Option<&str> {
        self.record.person()
    }

    /// The tier that the matrix gave, or None.
    #[getter]
    fn tier(&self) -> Option<&str> {
        self.record.tier()
    }

    /// The status that stands in the place of a tier, or None.
    #[getter]
    fn status(&self) -> Option<&str> {
        self.record.status()
    }

    /// Whether this is a redacted copy.
    #[getter]
    fn is_redacted(&self) -> bool {
        self.record.is_redacted()
    }

    /// What persons decided, the earliest first.
    #[getter]
    fn decided<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::object(py, &self.record.decided())
    }

    /// The seal over the whole record.
    #[getter]
    fn seal(&self) -> &str {
        self.record.seal()
    }

    /// Returns the record with a person's decision beside what the matrix gave, within the limits that the matrix sets (`review`).
    ///
    /// `review` is the day from which it no longer counts. With `dimension`, the level of that dimension is decided and not the tier.
    #[pyo3(signature = (result, *, by, role, because, on, review=None, dimension=None, matrix=None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn decide(
        &self,
        py: Python<'_>,
        result: &str,
        by: &str,
        role: &str,
        because: &str,
        on: &Bound<'_, PyAny>,
        review: Option<&Bound<'_, PyAny>>,
        dimension: Option<&str>,
        matrix: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let mut decision = Decision::to(result)
            .by(by, role)
            .because(because)
            .on(values::date(on)?);
        if let Some(day) = review {
            decision = decision.until(values::date(day)?);
        }
        if let Some(dimension) = dimension {
            decision = decision.of_dimension(dimension);
        }
        let decided = self.record.decide(&self.matrix(py, matrix)?, decision);
        decided
            .map(Self::new)
            .map_err(|error| of_record(py, &error))
    }

    /// Scores the recorded profile again, and returns each place where the record differs from what comes out. If there are none, it is the same to the
    /// byte.
    #[pyo3(signature = (matrix=None))]
    fn replay<'py>(
        &self,
        py: Python<'py>,
        matrix: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let replay = self.record.replay_with(&self.matrix(py, matrix)?);
        json::object(
            py,
            &replay.map_err(|error| of_replay(py, &error))?.differences(),
        )
    }

    /// Returns a copy without the reference to the person and without the reasons of decisions. It is not anonymous: the profile is in it.
    fn redacted(&self, py: Python<'_>) -> PyResult<Self> {
        let copy = self.record.clone().redacted();
        copy.map(Self::new).map_err(|error| of_record(py, &error))
    }

    /// Returns the text that a signature is made of.
    fn to_sign(&self, py: Python<'_>) -> PyResult<String> {
        let text = self.record.to_sign();
        text.map_err(|error| of_record(py, &error))
    }

    /// Returns the record with a detached signature kept in it, which is not verified here.
    fn with_signature(&self, signature: &str) -> Self {
        Self::new(self.record.clone().with_signature(signature))
    }

    /// Returns the explanation in text: what the matrix gave and why, and what persons decided.
    #[pyo3(signature = (matrix=None))]
    fn to_text(&self, py: Python<'_>, matrix: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
        Ok(self.explanation(py, matrix)?.to_string())
    }

    /// Returns the same in Markdown.
    #[pyo3(signature = (matrix=None))]
    fn to_markdown(&self, py: Python<'_>, matrix: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
        Ok(self.explanation(py, matrix)?.to_markdown())
    }

    /// Returns the same as a page of HTML.
    #[pyo3(signature = (matrix=None))]
    fn to_html(&self, py: Python<'_>, matrix: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
        Ok(self.explanation(py, matrix)?.to_html())
    }

    /// Shows the page, if the matrix of the record comes with the package.
    fn _repr_html_(&self, py: Python<'_>) -> Option<String> {
        let page = self.explanation(py, None).ok()?;
        Some(framed(&page.to_html()))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let read = slf.get_type().getattr("from_json")?;
        Ok((read, (slf.get().to_json(),)))
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.record.seal().into_pyobject(py)?.hash()
    }

    fn __repr__(&self) -> String {
        let record = &self.record;
        let result = record.tier().or_else(|| record.status());
        let decided = match record.decided().last() {
            Some(decision) => format!(", decided {}", decision.result()),
            None => String::new(),
        };
        format!(
            "<Record {}{decided}, by {} {} as at {}>",
            result.unwrap_or("not settled"),
            record.matrix_id(),
            record.matrix_version(),
            record.as_at()
        )
    }
}
