//! Scores batches of Arrow data in memory.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix};

use super::bound::BoundColumns;
use super::outcomes::OutcomeBatches;
use crate::outcome_file::check;
use crate::part::ScoredPart;
use crate::row_kind::RowKind;
use crate::scoring::Scorer;
use crate::tally::{Counted, Tally};
use crate::write::Beside;
use crate::{CohortError, Columns};

/// Scores batches of Arrow data, all of one schema, into batches of outcomes.
///
/// The columns are bound as those of a file are. Where no column is that of the ids, and [`Columns`] does not name one, the id of a person is the number of
/// their row in the whole table, counted from 0.
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
/// use threshold_matrix::Matrix;
/// use threshold_matrix::bulk::Outputs;
/// use threshold_matrix_cohort::{BatchScorer, Columns, Tally};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let arrests: ArrayRef = Arc::new(Int64Array::from(vec![12, 4, 1]));
/// let rosh: ArrayRef = Arc::new(StringArray::from(vec![Some("low"), None, Some("low")]));
/// let people = RecordBatch::try_from_iter([("arrests", arrests), ("rosh", rosh)])?;
///
/// let as_at = "2026-11-21".parse()?;
/// let scorer = BatchScorer::new(people.schema(), &Columns::new(), &matrix, as_at, Outputs::tiers())?;
/// let mut tally = Tally::new(&matrix);
/// let outcomes = scorer.take(scorer.score(&people, 0, &tally)?, &mut tally);
/// assert_eq!(outcomes[0].num_rows(), 3);
/// assert_eq!((tally.people(), tally.provisional()), (3, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BatchScorer {
    bound: BoundColumns,
    scorer: Scorer,
    outcomes: OutcomeBatches,
    /// Whether the last of the bound columns is the number of the row.
    numbers_rows: bool,
}

/// The outcomes of one batch, which a tally has not taken yet.
#[derive(Debug)]
pub struct ScoredBatch {
    parts: Vec<(ScoredPart, Counted)>,
    outcomes: Vec<RecordBatch>,
    skipped: u64,
}

impl BatchScorer {
    /// Binds the columns of a schema to the inputs of a matrix.
    ///
    /// # Errors
    /// Returns every problem of the columns at once, as those of a file.
    pub fn new(
        schema: SchemaRef,
        columns: &Columns,
        matrix: &Matrix,
        as_at: Date,
        outputs: Outputs,
    ) -> Result<Self, CohortError> {
        let numbers_rows = columns.id.is_none() && schema.index_of("id").is_err();
        let schema = match numbers_rows {
            true => with_numbers(&schema),
            false => schema,
        };
        let beside = Beside {
            kept: columns.kept().to_vec(),
            ..Beside::default()
        };
        check(&beside, matrix, outputs)?;
        let bound = BoundColumns::new(
            schema,
            columns,
            &RowKind::Person(matrix.clone(), None, None),
        )?
        .keeping_blanks();
        let has_dates = bound.has_dates();
        let outcomes =
            OutcomeBatches::new(matrix, as_at, outputs, beside, bound.kinds(), has_dates);
        Ok(Self {
            scorer: Scorer::new(matrix, as_at, outputs),
            outcomes: outcomes.map_err(arrow_error)?,
            bound,
            numbers_rows,
        })
    }

    /// Returns what a table of results holds: all that an outcome says of a person, and the points of each criterion and group if they are asked for.
    pub fn outputs(points: bool) -> Outputs {
        let outputs = Outputs::tiers()
            .with_dimensions()
            .with_flags()
            .with_decisions()
            .with_possible();
        match points {
            true => outputs.with_points(),
            false => outputs,
        }
    }

    /// Returns the matrix.
    pub(crate) fn matrix(&self) -> &Matrix {
        &self.scorer.matrix
    }

    /// Returns the schema of the outcomes.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        self.outcomes.schema()
    }

    /// Returns the columns that no input reads, in their order.
    #[must_use]
    pub fn unused(&self) -> &[String] {
        self.bound.unused()
    }

    /// Returns the inputs that no column gives and that the matrix allows to be missing.
    #[must_use]
    pub fn inputs_without_column(&self) -> &[String] {
        self.bound.inputs_without_column()
    }

    /// Scores the rows of a batch, of which `first` is the number of the first, counted from 0, to be counted by a tally. Any number of threads may do so
    /// at once.
    ///
    /// # Errors
    /// Returns an error if the batch does not have the schema that was bound.
    pub fn score(
        &self,
        batch: &RecordBatch,
        first: u64,
        tally: &Tally,
    ) -> Result<ScoredBatch, CohortError> {
        let (parts, skipped) = self.parts(batch, first)?;
        let mut scored = Vec::with_capacity(parts.len());
        let mut outcomes = Vec::with_capacity(parts.len());
        for mut part in parts {
            part.rows_before = first;
            let counted = tally.counted(&mut part);
            outcomes.push(self.outcomes.batch(&mut part).map_err(arrow_error)?);
            part.slim(tally.needs_ids());
            scored.push((part, counted));
        }
        Ok(ScoredBatch {
            parts: scored,
            outcomes,
            skipped,
        })
    }

    /// Returns the outcomes of the rows of a batch, which nobody counts. Any number of threads may do so at once.
    ///
    /// # Errors
    /// Returns an error if the batch does not have the schema that was bound.
    pub fn outcomes(&self, batch: &RecordBatch) -> Result<Vec<RecordBatch>, CohortError> {
        let (mut parts, _) = self.parts(batch, 0)?;
        let outcomes = parts.iter_mut().map(|part| self.outcomes.batch(part));
        outcomes.collect::<Result<_, _>>().map_err(arrow_error)
    }

    /// Returns the people of a batch, scored, and how many rows were left out.
    fn parts(
        &self,
        batch: &RecordBatch,
        first: u64,
    ) -> Result<(Vec<ScoredPart>, u64), CohortError> {
        let rows = batch.num_rows();
        let column = |position: &usize| -> ArrayRef {
            match batch.columns().get(*position) {
                Some(column) => column.clone(),
                None => {
                    let first = i64::try_from(first).unwrap_or(i64::MAX);
                    Arc::new(Int64Array::from_iter_values((first..).take(rows)))
                }
            }
        };
        let expected = self.bound.fields().len() - usize::from(self.numbers_rows);
        if batch.num_columns() != expected {
            let message = format!(
                "a batch has {} columns, not {expected}",
                batch.num_columns()
            );
            return Err(arrow_error(ArrowError::SchemaError(message)));
        }
        let (read, fields) = (self.bound.read(), self.bound.fields());
        let arrays: Vec<ArrayRef> = read.iter().map(column).collect();
        for (position, array) in read.iter().zip(&arrays) {
            let field = fields
                .get(*position)
                .filter(|field| field.data_type() != array.data_type());
            if let Some(field) = field {
                let (kind, own) = (array.data_type(), field.data_type());
                let message = format!(
                    "`{}` is {kind} in a later batch, and {own} before",
                    field.name()
                );
                return Err(arrow_error(ArrowError::SchemaError(message)));
            }
        }
        let bound = read
            .iter()
            .filter_map(|position| fields.get(*position).cloned());
        let schema = Arc::new(Schema::new(bound.collect::<Vec<_>>()));
        let batch = RecordBatch::try_new(schema, arrays).map_err(arrow_error)?;
        let mut skipped = 0;
        let parts = self.bound.score_batch(&self.scorer, &batch, &mut skipped)?;
        Ok((parts, skipped))
    }

    /// Counts the people of a batch, and returns their outcomes. Batches are taken in their order.
    pub fn take(&self, scored: ScoredBatch, tally: &mut Tally) -> Vec<RecordBatch> {
        for (part, counted) in scored.parts {
            tally.take(&part, counted);
        }
        scored.outcomes
    }
}

impl ScoredBatch {
    /// Returns how many rows the columns file leaves out.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }
}

/// Returns a schema with a column of the numbers of the rows as its ids.
fn with_numbers(schema: &Schema) -> SchemaRef {
    let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
    fields.push(Arc::new(Field::new("id", DataType::Int64, false)));
    Arc::new(Schema::new(fields))
}

fn arrow_error(source: ArrowError) -> CohortError {
    CohortError::Columns {
        problems: vec![source.to_string()],
    }
}
