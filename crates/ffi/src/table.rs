//! Everybody in a table, scored as the table is read, by the Arrow C stream interface.

use std::ffi::c_char;
use std::sync::Arc;

use arrow_array::RecordBatchReader;
use arrow_array::ffi_stream::{ArrowArrayStreamReader, FFI_ArrowArrayStream as ArrowArrayStream};
use serde::Deserialize;
use threshold_matrix::Matrix;
use threshold_matrix_border::{Wrong, date};
use threshold_matrix_cohort::{BatchScorer, CohortError, Columns, ScoredBatches};

use crate::handed::{self, Handed, caught, told};
use crate::{ThresholdMatrix, ThresholdMatrixStatus, ThresholdMatrixText};

/// How a table is scored.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// The column of ids.
    id: Option<String>,
    /// Columns that are carried through.
    keep: Vec<String>,
    /// With the points of each criterion and group.
    points: bool,
    /// How the columns are read, as a columns file says it.
    columns: Option<serde_json::Value>,
}

/// Scores everybody in a table at a date. `table` is read, and `results` becomes a stream with a row of results for each row, in the same order. The
/// results are worked out as they are read. A row that is refused has nothing but its id and `error`.
///
/// `options` is NULL, or an object in JSON of which everything may be left out: `id` (the column of ids), `keep` (columns that are carried through),
/// `points` (true for the points of each criterion and group) and `columns` (how columns are read, as a columns file says it).
///
/// `table` belongs to the library after the call, however it ended: it is marked as released, and whoever calls does not release it. `results` is for
/// whoever calls to release if the status is `DONE`, which may be after the matrix is closed.
///
/// # Safety
/// `matrix` is NULL or a handle, `table` is NULL or a stream by the Arrow C stream interface, each text is NULL with length 0 or points to as many bytes
/// as its length says, and `results` and `error` are NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_score_stream(
    matrix: *const ThresholdMatrix,
    table: *mut ArrowArrayStream,
    as_at: *const c_char,
    as_at_length: usize,
    options: *const c_char,
    options_length: usize,
    results: *mut ArrowArrayStream,
    error: *mut ThresholdMatrixText,
) -> ThresholdMatrixStatus {
    // SAFETY: as asked for above.
    unsafe {
        let as_at = Handed::new(as_at, as_at_length);
        let options = Handed::new(options, options_length);
        let made = caught(|| {
            if table.is_null() || results.is_null() {
                return Err(Wrong::usage(
                    "a stream to read from and a place for a stream of results are needed",
                ));
            }
            let table = ArrowArrayStream::from_raw(table);
            let matrix = handed::matrix(matrix)?;
            let reader = ArrowArrayStreamReader::try_new(table)
                .map_err(|error| Wrong::usage(format!("the table cannot be read: {error}")))?;
            scoring(
                matrix,
                reader,
                as_at.text("the date")?,
                options.text("the options")?,
            )
        });
        match made {
            Ok(scoring) => {
                results.write(ArrowArrayStream::new(Box::new(scoring)));
                told(error, None)
            }
            Err(wrong) => told(error, Some(wrong)),
        }
    }
}

fn scoring(
    matrix: &Matrix,
    reader: ArrowArrayStreamReader,
    as_at: &str,
    options: &str,
) -> Result<ScoredBatches, Wrong> {
    let options: Options = match options {
        "" => Options::default(),
        text => serde_json::from_str(text)
            .map_err(|error| Wrong::usage(format!("the options of a table: {error}")))?,
    };
    let mut columns = match &options.columns {
        Some(columns) => Columns::from_yaml("columns", columns.to_string().as_bytes(), matrix)?,
        None => Columns::new(),
    };
    if let Some(id) = options.id {
        columns = columns.with_id(id);
    }
    for column in options.keep {
        columns = columns.keeping(column);
    }
    let outputs = BatchScorer::outputs(options.points);
    let scorer = BatchScorer::new(reader.schema(), &columns, matrix, date(as_at)?, outputs);
    Ok(Arc::new(scorer.map_err(unfit)?).read(Box::new(reader)))
}

fn unfit(error: CohortError) -> Wrong {
    match error {
        CohortError::Columns { problems } => Wrong::Columns(problems),
        other => Wrong::usage(other.to_string()),
    }
}
