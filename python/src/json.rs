//! Data of the library as objects of Python, with every number exact.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Serialize;

/// Returns data as dictionaries, lists, texts and numbers. A number with decimal places is a `Decimal`.
pub(crate) fn object<'py>(py: Python<'py>, data: &impl Serialize) -> PyResult<Bound<'py, PyAny>> {
    of_text(py, &text(data)?)
}

/// Returns the data of a text of JSON.
pub(crate) fn of_text<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let options = PyDict::new(py);
    options.set_item("parse_float", py.import("decimal")?.getattr("Decimal")?)?;
    py.import("json")?
        .getattr("loads")?
        .call((text,), Some(&options))
}

/// Returns data as JSON.
pub(crate) fn text(data: &impl Serialize) -> PyResult<String> {
    serde_json::to_string(data).map_err(|error| PyRuntimeError::new_err(error.to_string()))
}
