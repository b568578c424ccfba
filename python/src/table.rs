//! Everybody in a table, scored as the table is read.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatchReader;
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyString};
use pyo3_arrow::PyRecordBatchReader;
use pyo3_arrow::input::AnyRecordBatch;
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::{BatchScorer, Columns, Tally};
#[cfg(feature = "deliberate-panic")]
use {
    arrow_array::RecordBatch,
    arrow_schema::{ArrowError, SchemaRef},
};

use crate::errors::{of_columns, of_faults};
use crate::{json, values};

/// The results of everybody in a table. It has `__arrow_c_stream__`, so that Polars, pandas, DuckDB and PyArrow read it; nothing is scored before.
#[pyclass(module = "threshold_matrix", frozen)]
pub(crate) struct ScoredTable {
    table: Py<PyAny>,
    scorer: Arc<BatchScorer>,
    matrix: Matrix,
    as_at: Date,
    pool: Option<Arc<rayon::ThreadPool>>,
    /// The reader from which the columns were known, for the first who reads.
    first: Mutex<Option<Box<dyn RecordBatchReader + Send>>>,
    /// What was counted by whoever read to the end last.
    tally: Arc<Mutex<Option<Tally>>>,
}

impl ScoredTable {
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    pub(crate) fn new(
        py: Python<'_>,
        matrix: &Matrix,
        table: &Bound<'_, PyAny>,
        as_at: Date,
        columns: Option<&Bound<'_, PyAny>>,
        id: Option<String>,
        keep: Vec<String>,
        points: bool,
        threads: usize,
    ) -> PyResult<Self> {
        let mut columns = columns_of(py, &[matrix], columns)?;
        if let Some(id) = id {
            columns = columns.with_id(id);
        }
        for column in keep {
            columns = columns.keeping(column);
        }
        let outputs = BatchScorer::outputs(points);
        let reader = reader(table)?;
        let scorer = BatchScorer::new(reader.schema(), &columns, matrix, as_at, outputs)
            .map_err(|error| of_columns(py, &error))?;
        let pool = match threads {
            1 => None,
            threads => {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
                Some(Arc::new(pool.map_err(|error| {
                    PyRuntimeError::new_err(error.to_string())
                })?))
            }
        };
        Ok(Self {
            table: table.clone().unbind(),
            scorer: Arc::new(scorer),
            matrix: matrix.clone(),
            as_at,
            pool,
            first: Mutex::new(Some(reader)),
            tally: Arc::default(),
        })
    }

    /// Returns what reads and scores the table from its beginning.
    fn read(&self, py: Python<'_>) -> PyResult<Box<dyn RecordBatchReader + Send>> {
        let first = self
            .first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let reader = match first {
            Some(reader) => reader,
            None => reader(self.table.bind(py))?,
        };
        #[cfg(feature = "deliberate-panic")]
        let reader = Box::new(Panicking(reader.schema()));
        let tally = self.tally.clone();
        *tally.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let scored = self.scorer.read(reader).counted(move |counted| {
            *tally.lock().unwrap_or_else(PoisonError::into_inner) = Some(counted);
        });
        Ok(match &self.pool {
            Some(pool) => Box::new(scored.with_pool(pool.clone())),
            None => Box::new(scored),
        })
    }
}

#[pymethods]
impl ScoredTable {
    /// Gives the results as a stream of Arrow data, in the order of the rows.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let reader = PyRecordBatchReader::new(self.read(py)?);
        let reader = reader.into_pyobject(py)?;
        reader.call_method1("__arrow_c_stream__", (requested_schema,))
    }

    /// The names of the columns of results.
    #[getter]
    fn columns(&self) -> Vec<String> {
        let fields = self.scorer.schema().fields().iter();
        fields.map(|field| field.name().clone()).collect()
    }

    /// The columns of the table that no input reads.
    #[getter]
    fn unused(&self) -> Vec<String> {
        self.scorer.unused().to_vec()
    }

    /// The inputs for which the table has no column.
    #[getter]
    fn inputs_without_column(&self) -> Vec<String> {
        self.scorer.inputs_without_column().to_vec()
    }

    /// How many people are in each tier, how many are provisional, and how many were refused and why, once all results were read.
    #[getter]
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = tally.as_ref().ok_or_else(|| {
            PyValueError::new_err(
                "the results were not read to their end yet, so nothing is counted",
            )
        })?;
        json::object(py, &tally.report(self.as_at))
    }

    /// Returns the results as a data frame of Polars.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py()
            .import("polars")?
            .getattr("DataFrame")?
            .call1((slf,))
    }

    /// Returns the results as a table of PyArrow.
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pyarrow")?.call_method1("table", (slf,))
    }

    /// Returns the results as a data frame of pandas.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::to_arrow(slf)?.call_method0("to_pandas")
    }

    fn __repr__(&self) -> String {
        format!(
            "<ScoredTable by {} {} as at {}; read it with to_polars(), to_arrow() or to_pandas()>",
            self.matrix.id(),
            self.matrix.version(),
            self.as_at
        )
    }
}

/// Reads a table of any library.
pub(crate) fn reader(table: &Bound<'_, PyAny>) -> PyResult<Box<dyn RecordBatchReader + Send>> {
    let frames = table.py().import("threshold_matrix._frames")?;
    let table = &frames.call_method1("readable", (table,))?;
    let is_arrow = table.hasattr("__arrow_c_stream__")? || table.hasattr("__arrow_c_array__")?;
    if !is_arrow {
        return Err(PyTypeError::new_err(format!(
            "a table has `__arrow_c_stream__`, as data frames of Polars and pandas and tables of PyArrow have, which {} does not",
            values::kind(table)
        )));
    }
    table.extract::<AnyRecordBatch>()?.into_reader()
}

/// Reads how columns are read: from a dictionary, or from the text of a columns file.
pub(crate) fn columns_of(
    py: Python<'_>,
    matrices: &[&Matrix],
    columns: Option<&Bound<'_, PyAny>>,
) -> PyResult<Columns> {
    let Some(columns) = columns else {
        return Ok(Columns::new());
    };
    let text: String = match columns.cast::<PyString>() {
        Ok(text) => text.to_str()?.to_owned(),
        Err(_) if columns.cast::<PyDict>().is_ok() => py
            .import("json")?
            .call_method1("dumps", (columns,))?
            .extract()?,
        Err(_) => {
            return Err(PyTypeError::new_err(format!(
                "`columns` is a dictionary, or the text of a columns file, not {}",
                values::kind(columns)
            )));
        }
    };
    let read = match matrices {
        [old, new] => Columns::for_revisions("columns", text.as_bytes(), old, new),
        [matrix, ..] => Columns::from_yaml("columns", text.as_bytes(), matrix),
        [] => Ok(Columns::new()),
    };
    read.map_err(|faults| of_faults(py, &faults))
}

/// Panics, to test that a panic does not end the process.
#[cfg(feature = "deliberate-panic")]
#[expect(clippy::panic, reason = "it is what is tested")]
pub(crate) fn deliberate_panic() {
    panic!("deliberate");
}

/// A table that panics when it is read, to test that a panic does not end the process.
#[cfg(feature = "deliberate-panic")]
struct Panicking(SchemaRef);

#[cfg(feature = "deliberate-panic")]
impl Iterator for Panicking {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        deliberate_panic();
        None
    }
}

#[cfg(feature = "deliberate-panic")]
impl RecordBatchReader for Panicking {
    fn schema(&self) -> SchemaRef {
        self.0.clone()
    }
}
