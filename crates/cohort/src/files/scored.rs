//! Scores a stream of batches as it is read.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use rayon::ThreadPool;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use super::batches::BatchScorer;
use crate::Tally;

/// The most rows that a thread scores at a time.
const ROWS: usize = 1 << 18;

/// The outcomes of everybody in a stream of batches, worked out as they are read, in the order of the rows. It is a stream of batches itself.
///
/// A panic while it is read, which C as the reader would not survive, is an error.
pub struct ScoredBatches {
    reader: Box<dyn RecordBatchReader + Send>,
    /// What is left of a batch that was too long.
    rest: Option<RecordBatch>,
    scorer: Arc<BatchScorer>,
    pool: Option<Arc<ThreadPool>>,
    tally: Tally,
    /// What is done with the tally once everybody is counted.
    counted: Option<Box<dyn FnOnce(Tally) + Send>>,
    /// How many rows were read.
    rows: u64,
    ready: VecDeque<RecordBatch>,
}

impl BatchScorer {
    /// Returns the outcomes of everybody whom a reader gives, of whose schema this scorer was made.
    #[must_use]
    pub fn read(self: &Arc<Self>, reader: Box<dyn RecordBatchReader + Send>) -> ScoredBatches {
        ScoredBatches {
            reader,
            rest: None,
            scorer: self.clone(),
            pool: None,
            tally: Tally::new(self.matrix()),
            counted: None,
            rows: 0,
            ready: VecDeque::new(),
        }
    }
}

impl ScoredBatches {
    /// Scores with the threads of a pool.
    #[must_use]
    pub fn with_pool(mut self, pool: Arc<ThreadPool>) -> Self {
        self.pool = Some(pool);
        self
    }

    /// Gives the tally of everybody to a function once the stream was read to its end.
    #[must_use]
    pub fn counted(mut self, counted: impl FnOnce(Tally) + Send + 'static) -> Self {
        self.counted = Some(Box::new(counted));
        self
    }

    /// Returns the next batch to score, which is not too long.
    fn piece(&mut self) -> Option<Result<RecordBatch, ArrowError>> {
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

    /// Reads some batches and scores them. Returns whether there were any.
    fn advance(&mut self) -> Result<bool, ArrowError> {
        let threads = self.pool.as_ref();
        let threads = threads.map_or(1, |pool| pool.current_num_threads());
        let mut jobs = Vec::new();
        while jobs.len() < threads * 2 - 1
            && let Some(batch) = self.piece()
        {
            let (batch, first) = (batch?, self.rows);
            self.rows += batch.num_rows() as u64;
            jobs.push((batch, first));
        }
        if jobs.is_empty() {
            if let Some(counted) = self.counted.take() {
                let nobody = Tally::new(self.scorer.matrix());
                counted(std::mem::replace(&mut self.tally, nobody));
            }
            return Ok(false);
        }
        let (scorer, tally) = (&self.scorer, &self.tally);
        let score = |(batch, first): (RecordBatch, u64)| scorer.score(&batch, first, tally);
        let scored: Vec<_> = match &self.pool {
            Some(pool) => {
                pool.install(|| jobs.into_par_iter().with_max_len(1).map(score).collect())
            }
            None => jobs.into_iter().map(score).collect(),
        };
        for scored in scored {
            let scored = scored.map_err(|error| ArrowError::ExternalError(Box::new(error)))?;
            let outcomes = self.scorer.take(scored, &mut self.tally);
            self.ready.extend(outcomes);
        }
        Ok(true)
    }
}

impl Iterator for ScoredBatches {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(batch) = self.ready.pop_front() {
                return Some(Ok(batch));
            }
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

impl RecordBatchReader for ScoredBatches {
    fn schema(&self) -> SchemaRef {
        self.scorer.schema().clone()
    }
}

impl fmt::Debug for ScoredBatches {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ScoredBatches")
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}
