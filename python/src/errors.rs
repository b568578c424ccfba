//! What is wrong, as exceptions that carry it as data.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde::Serialize;
use serde_json::json;
use threshold_matrix::record::{RecordError as FaultyRecord, ReplayError};
use threshold_matrix::{
    Diagnostics, FileFault, FolderError, LibraryError, OpenError, Problem, Refusal,
};
use threshold_matrix_cohort::CohortError;
use threshold_matrix_cohort::trial::TrialError;

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
pyo3::create_exception!(
    threshold_matrix,
    RecordError,
    PyValueError,
    "A text is not a record, or a record cannot be replayed or decided. `problems` has everything that is wrong, with its place in the record."
);

/// Returns an exception with data in one of its attributes.
fn carrying(py: Python<'_>, error: PyErr, name: &str, data: &impl Serialize) -> PyErr {
    let data = crate::json::object(py, data);
    match data.and_then(|data| error.value(py).setattr(name, data)) {
        Ok(()) => error,
        Err(wrong) => wrong,
    }
}

/// Returns the exception for a matrix, with the faults of its file.
fn of_matrix(py: Python<'_>, message: String, faults: &impl Serialize) -> PyErr {
    carrying(py, MatrixError::new_err(message), "diagnostics", faults)
}

/// Returns the exception for the faults of a file.
pub(crate) fn of_faults(py: Python<'_>, faults: &Diagnostics) -> PyErr {
    of_matrix(py, faults.to_string(), &faults.iter().collect::<Vec<_>>())
}

/// Returns the exception for a matrix that cannot be opened.
pub(crate) fn of_open(py: Python<'_>, error: &OpenError) -> PyErr {
    match error {
        OpenError::Faults(faults) => of_faults(py, faults),
        error => of_matrix(py, error.to_string(), &[(); 0]),
    }
}

/// Returns the exception for a matrix that a library does not hold or does not take.
pub(crate) fn of_library(py: Python<'_>, error: &LibraryError) -> PyErr {
    of_matrix(py, error.to_string(), &[(); 0])
}

/// Returns the exception for a folder of matrices, with the faults of every file.
pub(crate) fn of_folder(py: Python<'_>, error: &FolderError) -> PyErr {
    let faults = error.faults().filter_map(|(_, fault)| match fault {
        FileFault::Matrix(faults) => Some(faults.iter()),
        _ => None,
    });
    of_matrix(py, error.to_string(), &faults.flatten().collect::<Vec<_>>())
}

/// Returns the exception for a profile that is refused.
pub(crate) fn of_refusal(py: Python<'_>, refusal: &Refusal) -> PyErr {
    let problem = |problem: &Problem| json!({ "kind": problem.kind.name(), "inputs": problem.inputs, "message": problem.message });
    let problems: Vec<_> = refusal.problems().iter().map(problem).collect();
    carrying(
        py,
        Refused::new_err(refusal.to_string()),
        "problems",
        &problems,
    )
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
    carrying(py, ColumnError::new_err(message), "problems", &problems)
}

/// Returns the exception for a record that is faulty, or for a decision that it does not take.
pub(crate) fn of_record(py: Python<'_>, error: &FaultyRecord) -> PyErr {
    let message = RecordError::new_err(error.to_string());
    carrying(py, message, "problems", &error.problems())
}

/// Returns the exception for a record whose matrix is not there.
pub(crate) fn of_replay(py: Python<'_>, error: &ReplayError) -> PyErr {
    let problem = json!({ "pointer": "/matrix", "message": error.to_string() });
    carrying(
        py,
        RecordError::new_err(error.to_string()),
        "problems",
        &[problem],
    )
}

/// Returns the exception for a question that two revisions cannot answer.
pub(crate) fn of_trial(error: &TrialError) -> PyErr {
    PyValueError::new_err(error.to_string())
}
