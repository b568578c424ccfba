//! Everybody in a table, scored as the table is read.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyString};
use pyo3_arrow::PyRecordBatchReader;
use pyo3_arrow::input::AnyRecordBatch;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::{BatchScorer, Columns, Tally};

use crate::errors::{of_columns, of_faults};
use crate::{json, values};

/// The most rows that are scored at a time by a thread.
const ROWS: usize = 1 << 18;

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
    tally: Arc<Mutex<Counted>>,
}

/// What was counted by whoever read last.
struct Counted {
    tally: Tally,
    is_done: bool,
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
        let outputs = Outputs::tiers()
            .with_dimensions()
            .with_flags()
            .with_decisions()
            .with_possible();
        let outputs = if points {
            outputs.with_points()
        } else {
            outputs
        };
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
            tally: Arc::new(Mutex::new(Counted {
                tally: Tally::new(matrix),
                is_done: false,
            })),
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
        if let Ok(mut counted) = self.tally.lock() {
            *counted = Counted {
                tally: Tally::new(&self.matrix),
                is_done: false,
            };
        }
        Ok(Box::new(Scoring {
            batches: Pieces { reader, rest: None },
            scorer: self.scorer.clone(),
            pool: self.pool.clone(),
            tally: self.tally.clone(),
            rows: 0,
            ready: VecDeque::new(),
        }))
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
        let counted = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        if !counted.is_done {
            return Err(PyValueError::new_err(
                "the results were not read to their end yet, so nothing is counted",
            ));
        }
        json::object(py, &counted.tally.report(self.as_at))
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

/// Batches in pieces that are not too long.
struct Pieces {
    reader: Box<dyn RecordBatchReader + Send>,
    rest: Option<RecordBatch>,
}

impl Iterator for Pieces {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match self.rest.take() {
            Some(batch) => batch,
            None => match self.reader.next()? {
                Ok(batch) => batch,
                Err(error) => return Some(Err(error)),
            },
        };
        if batch.num_rows() <= ROWS {
            return Some(Ok(batch));
        }
        self.rest = Some(batch.slice(ROWS, batch.num_rows() - ROWS));
        Some(Ok(batch.slice(0, ROWS)))
    }
}

/// Scores batches as they are read.
struct Scoring {
    batches: Pieces,
    scorer: Arc<BatchScorer>,
    pool: Option<Arc<rayon::ThreadPool>>,
    tally: Arc<Mutex<Counted>>,
    /// How many rows were read.
    rows: u64,
    ready: VecDeque<RecordBatch>,
}

impl Scoring {
    /// Reads some batches and scores them. Returns whether there were any.
    fn advance(&mut self) -> Result<bool, ArrowError> {
        #[cfg(feature = "deliberate-panic")]
        deliberate_panic();
        let threads = self
            .pool
            .as_ref()
            .map_or(1, |pool| pool.current_num_threads());
        let mut jobs = Vec::new();
        for batch in self.batches.by_ref().take(threads * 2 - 1) {
            let batch = batch?;
            let first = self.rows;
            self.rows += batch.num_rows() as u64;
            jobs.push((batch, first));
        }
        let mut counted = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        if jobs.is_empty() {
            counted.is_done = true;
            return Ok(false);
        }
        let (scorer, tally) = (&self.scorer, &counted.tally);
        let score = |(batch, first): (RecordBatch, u64)| scorer.score(&batch, first, tally);
        let scored: Vec<_> = match &self.pool {
            Some(pool) => {
                pool.install(|| jobs.into_par_iter().with_max_len(1).map(score).collect())
            }
            None => jobs.into_iter().map(score).collect(),
        };
        for scored in scored {
            let scored = scored.map_err(|error| ArrowError::ExternalError(Box::new(error)))?;
            self.ready
                .extend(self.scorer.take(scored, &mut counted.tally));
        }
        Ok(true)
    }
}

impl Iterator for Scoring {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(batch) = self.ready.pop_front() {
                return Some(Ok(batch));
            }
            // Whoever reads the stream is C, which a panic would end.
            let advanced = catch_unwind(AssertUnwindSafe(|| self.advance()));
            match advanced.unwrap_or_else(|_| Err(panicked())) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn panicked() -> ArrowError {
    let message = "threshold-matrix panicked while it scored, which is a fault of the library";
    ArrowError::ExternalError(message.into())
}

impl RecordBatchReader for Scoring {
    fn schema(&self) -> SchemaRef {
        self.scorer.schema().clone()
    }
}
