//! What is wrong, as exceptions that carry it as data.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use threshold_matrix::{Diagnostics, OpenError, Problem, Refusal};
use threshold_matrix_cohort::CohortError;

pyo3::create_exception!(
    threshold_matrix,
    MatrixError,
    PyValueError,
    "A matrix cannot be opened. `diagnostics` has every fault of its file, with its place."
);
pyo3::create_exception!(
    threshold_matrix,
    Refused,
    PyValueError,
    "A profile is refused. `problems` has everything that is wrong with it."
);
pyo3::create_exception!(
    threshold_matrix,
    ColumnError,
    PyValueError,
    "The columns of a table cannot be read for a matrix. `problems` has everything that is wrong with them."
);

/// Returns the exception for the faults of a file.
pub(crate) fn of_faults(py: Python<'_>, faults: &Diagnostics) -> PyErr {
    let error = MatrixError::new_err(faults.to_string());
    let list = faults.iter().map(|fault| crate::json::object(py, fault));
    let list = list.collect::<PyResult<Vec<_>>>();
    match list.and_then(|list| error.value(py).setattr("diagnostics", list)) {
        Ok(()) => error,
        Err(wrong) => wrong,
    }
}

/// Returns the exception for a matrix that cannot be opened.
pub(crate) fn of_open(py: Python<'_>, error: &OpenError) -> PyErr {
    if let OpenError::Faults(faults) = error {
        return of_faults(py, faults);
    }
    let error = MatrixError::new_err(error.to_string());
    match error.value(py).setattr("diagnostics", PyList::empty(py)) {
        Ok(()) => error,
        Err(wrong) => wrong,
    }
}

/// Returns the exception for a profile that is refused.
pub(crate) fn of_refusal(py: Python<'_>, refusal: &Refusal) -> PyErr {
    let error = Refused::new_err(refusal.to_string());
    let problems = refusal
        .problems()
        .iter()
        .map(|problem| of_problem(py, problem));
    let problems = problems.collect::<PyResult<Vec<_>>>();
    match problems.and_then(|problems| error.value(py).setattr("problems", problems)) {
        Ok(()) => error,
        Err(wrong) => wrong,
    }
}

fn of_problem<'py>(py: Python<'py>, problem: &Problem) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("kind", problem.kind.name())?;
    dict.set_item("inputs", problem.inputs.clone())?;
    dict.set_item("message", &problem.message)?;
    Ok(dict)
}

/// Returns the exception for columns that do not fit.
pub(crate) fn of_columns(py: Python<'_>, error: &CohortError) -> PyErr {
    let problems = match error {
        CohortError::Columns { problems } => problems.clone(),
        other => vec![other.to_string()],
    };
    let message = match problems.as_slice() {
        [only] => format!("the columns of the table do not fit the matrix: {only}"),
        all => format!(
            "the columns of the table do not fit the matrix:\n  {}",
            all.join("\n  ")
        ),
    };
    let error = ColumnError::new_err(message);
    match error.value(py).setattr("problems", problems) {
        Ok(()) => error,
        Err(wrong) => wrong,
    }
}
