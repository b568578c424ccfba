//! Scores the people of a file of columns, by several threads.

use std::ops::ControlFlow;
use std::sync::Arc;

use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix};

use super::bound::BoundColumns;
use super::{ColumnFile, ReadBatches, fold_parts};
use crate::chunk::Chunk;
use crate::outcome_file::{Encoded, OutcomeFile};
use crate::part::ScoredPart;
use crate::row_kind::RowKind;
use crate::scoring::Scorer;
use crate::tally::{Counted, Tally};
use crate::{CohortError, Columns, Moved, Person};

/// People in a file of columns, which are bound to the inputs of a matrix.
#[derive(Debug)]
pub(crate) struct ColumnCohort {
    file: ColumnFile,
    bound: BoundColumns,
}

/// What a thread makes of a part of a file.
#[derive(Default)]
struct Done {
    parts: Vec<(ScoredPart, Counted)>,
    encoded: Option<Encoded>,
    /// How many rows it has, with those that are left out.
    rows: u64,
    skipped: u64,
}

impl ColumnCohort {
    /// Binds the columns of a file to the inputs of a matrix.
    ///
    /// # Errors
    /// Returns the errors of [`BoundColumns::new`].
    pub(crate) fn new(
        file: ColumnFile,
        columns: &Columns,
        row: &RowKind,
    ) -> Result<Self, CohortError> {
        let bound = BoundColumns::new(file.schema().clone(), columns, row)?;
        Ok(Self { file, bound })
    }

    /// Returns its columns.
    pub(crate) fn bound(&self) -> &BoundColumns {
        &self.bound
    }

    /// Returns the number of rows, or `None` if the file does not give it in advance.
    pub(crate) fn rows(&self) -> Option<u64> {
        self.file.rows()
    }

    /// Says what the file is called among several.
    pub(crate) fn named(self, file: Option<Arc<str>>) -> Self {
        Self {
            bound: self.bound.named(file),
            ..self
        }
    }

    /// Scores everybody in some files with the threads of a pool, counts the results, writes them if there is a file to write, and calls `each` for each
    /// part in the order of the files, with the position of its file and with those who moved. Returns how many rows the columns file left out.
    ///
    /// # Errors
    /// Returns an error if a file cannot be read on, or the outcomes cannot be written. Otherwise it returns the first error of `each`.
    #[expect(clippy::too_many_arguments, reason = "a run has as many sides")]
    pub(crate) fn score(
        cohorts: &[Self],
        matrix: &Matrix,
        as_at: Date,
        outputs: Outputs,
        until: Option<Date>,
        pool: &rayon::ThreadPool,
        tally: &mut Tally,
        out: Option<&mut OutcomeFile>,
        mut each: impl FnMut(usize, &ScoredPart, Vec<Moved>) -> Result<(), CohortError>,
    ) -> Result<u64, CohortError> {
        let scorer = Scorer::new(matrix, as_at, outputs).until(until);
        let mut skipped = 0;
        // How many rows of each file were taken.
        let mut rows_before = vec![0; cohorts.len()];
        let work = |(tally, out): &(&mut Tally, Option<&mut OutcomeFile>),
                    file: usize,
                    batches: ReadBatches<'_>|
         -> Result<Done, CohortError> {
            let Some(cohort) = cohorts.get(file) else {
                return Ok(Done::default());
            };
            let (mut parts, mut rows, mut skipped) = (Vec::new(), 0, 0);
            for batch in batches {
                let batch = batch?;
                for mut part in cohort.bound.score_batch(&scorer, &batch, &mut skipped)? {
                    part.rows_before = rows;
                    parts.push(part);
                }
                rows += batch.num_rows() as u64;
            }
            let counted: Vec<Counted> = parts.iter_mut().map(|part| tally.counted(part)).collect();
            let encoded = match out {
                Some(out) => Some(out.encode(&mut parts)?),
                None => None,
            };
            let needs_ids = tally.needs_ids();
            parts.iter_mut().for_each(|part| part.slim(needs_ids));
            Ok(Done {
                parts: parts.into_iter().zip(counted).collect(),
                encoded,
                rows,
                skipped,
            })
        };
        let files: Vec<(&ColumnFile, &[usize])> = cohorts
            .iter()
            .map(|cohort| (&cohort.file, cohort.bound.read()))
            .collect();
        fold_parts(
            &files,
            pool,
            &mut (tally, out),
            work,
            |(tally, out), file, done| {
                skipped += done.skipped;
                if let (Some(out), Some(encoded)) = (out.as_mut(), done.encoded) {
                    out.append(encoded)?;
                }
                let before = rows_before.get(file).copied().unwrap_or_default();
                for (mut part, counted) in done.parts {
                    part.rows_before += before;
                    tally.take(&part, counted);
                    let moved = tally.take_moved();
                    if let Some(out) = out {
                        out.note(&part, &moved)?;
                    }
                    each(file, &part, moved)?;
                }
                if let Some(rows) = rows_before.get_mut(file) {
                    *rows += done.rows;
                }
                Ok(())
            },
        )?;
        Ok(skipped)
    }

    /// Reads people one after another, until `each` says that it has seen enough. The line of a person is the number of the row.
    pub(crate) fn visit<E: From<CohortError>>(
        &self,
        mut each: impl FnMut(Person) -> Result<ControlFlow<()>, E>,
    ) -> Result<ControlFlow<()>, E> {
        let (mut record, mut line) = (Chunk::default(), 0);
        for arrays in self.file.arrays(self.bound.read(), self.bound.id())? {
            let arrays = arrays?;
            for row in 0..arrays.rows() {
                line += 1;
                let Some(mut person) = self.bound.person(&arrays, row, &mut record) else {
                    continue;
                };
                person.line = line;
                if each(person)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}
