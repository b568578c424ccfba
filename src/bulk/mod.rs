//! Scores whole cohorts as columns: with the same exact results as one profile at a time, at the speed of reading the columns.
//!
//! A [`Bulk`] is a matrix that was compiled into a list of loops for one date and some [`Outputs`]. It takes a [`Cohort`] of borrowed
//! [`Column`]s of any usual type, and gives the results as columns, in [`ScoredColumns`].
//!
//! ```
//! use threshold_matrix::Matrix;
//! use threshold_matrix::bulk::{Cohort, Column, Outputs};
//!
//! let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
//! let bulk = matrix.bulk("2026-11-21".parse()?, Outputs::tiers().with_dimensions());
//! let cohort = Cohort::new(3)
//!     .with("arrests", Column::from(&[12_u8, 4, 200][..]))
//!     .with("rosh", Column::from(&["low", "high", "low"][..]));
//! let scored = bulk.score(&cohort)?;
//! assert_eq!(scored.result(1), Some("high"));
//! assert_eq!(scored.scores("frequency").and_then(|scores| scores.get(0)).map(|score| score.to_string()), Some("12".to_owned()));
//! assert_eq!(scored.result(2), None);                                    // refused: 200 arrests are more than the matrix knows
//! assert_eq!(bulk.score_row(&cohort, 2)?.unwrap_err().to_string(), "`arrests` is 200, outside 0 to 60");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a loop does, and what is scored one by one
//!
//! Every rule of the language becomes a loop over whole numbers of the narrowest width that holds its values. A row whose answer is not only
//! arithmetic is scored by itself, by the code that scores one profile:
//!
//! - a row with a value that the matrix refuses, or with values that contradict each other, so that the reasons are the same;
//! - a row without a value for an input with `missing: unknown`, so that what is still possible is exact.
//!
//! Texts, decimals of 128 bits and lists are read row by row, and then scored by the loops. A dictionary of texts is read once for each of its
//! values.
//!
//! # Floats
//!
//! A float is taken for the decimal whose nearest float it is, among the decimals with the places of the input. Any other float, including
//! not-a-number, is refused and never rounded. So `0.1 + 0.2` is not taken for `0.3`.

mod ahead;
#[cfg(feature = "arrow")]
pub mod arrow;
mod bind;
mod chunk;
mod column;
mod decode;
mod formula;
mod kernels;
mod load;
mod number;
mod program;
mod run;
mod scored;
mod scratch;
mod sets;
mod span;
#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where it fails"
)]
mod tests;
mod unchecked;
mod vectors;

use std::collections::HashMap;
use std::ops::Range;

use crate::arena::{Id, InputId};
use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::Slot;
use crate::profile::{Profile, Refusal, Value};
use crate::score::outcome::Outcome;
use crate::score::prepare::Case;

pub use bind::{BulkError, Cohort, ColumnProblem};
pub use column::{Bits, Column, Keys, Offsets, Texts, Values};
pub use scored::{Numbers, Outputs, ScoredColumns, Whole};
#[doc(hidden)]
pub use scored::{ResultColumn, ResultForm};

#[doc(hidden)]
pub use bind::Bound;
use program::Program;
use run::{Job, Workspace};
use scored::{Kind, Sheet};
use unchecked::Processor;

/// A matrix compiled for columns, at one date.
#[derive(Debug)]
pub struct Bulk {
    matrix: Matrix,
    as_at: Date,
    outputs: Outputs,
    kinds: Vec<Kind>,
    program: Program,
    processor: Processor,
}

impl Told {
    fn of(case: &Case) -> Self {
        let result = case.score();
        let is_open = result.as_ref().is_ok_and(Outcome::is_provisional);
        let not_recorded = case.unknown().filter(|_| is_open);
        Self {
            not_recorded: not_recorded.map(str::to_owned).collect(),
            result,
        }
    }
}

impl Matrix {
    /// Compiles the matrix to score whole columns at one date, and to give these outputs.
    #[must_use]
    pub fn bulk(&self, as_at: Date, outputs: Outputs) -> Bulk {
        let (model, plan) = (self.model(), self.plan());
        let (kinds, wanted): (Vec<_>, Vec<_>) = Kind::of(outputs, model, plan).into_iter().unzip();
        let program = Program::of(model, plan, as_at, &wanted);
        let processor = Processor::all()
            .into_iter()
            .next()
            .unwrap_or(Processor::Any);
        Bulk {
            matrix: self.clone(),
            as_at,
            outputs,
            kinds,
            program,
            processor,
        }
    }
}

/// Outcomes of profiles with unknown inputs. What is possible is worked out once for all rows with the same values.
type Known = HashMap<Vec<Slot>, Told>;

/// The most outcomes that are remembered.
const MOST_KNOWN: usize = 4096;

/// The number of rows by which columns of results grow, so that they are still in the nearer caches when they are written.
const GROWTH: usize = 8 * chunk::CHUNK;

/// The number of rows that are given to a thread at a time.
#[cfg(feature = "rayon")]
const MORSEL: usize = 64 * chunk::CHUNK;

/// What came out of a row that was scored by itself.
#[derive(Debug)]
#[doc(hidden)]
pub struct Told {
    /// The outcome, or everything that keeps the row from having one.
    pub result: Result<Outcome, Refusal>,
    /// The inputs that nobody recorded, if they leave the outcome open.
    pub not_recorded: Vec<String>,
}

/// A function that is told a row and what came out of it.
type Tell<'a> = dyn FnMut(usize, &Told) + 'a;

impl Bulk {
    /// Returns the matrix.
    #[must_use]
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// Returns the date of the scorings.
    #[must_use]
    pub fn as_at(&self) -> Date {
        self.as_at
    }

    /// Scores a cohort.
    ///
    /// # Errors
    /// Returns every column that the matrix cannot read. A row that the matrix refuses is not an error: it is among the results.
    pub fn score(&self, cohort: &Cohort<'_>) -> Result<ScoredColumns, BulkError> {
        let mut scored = self.empty();
        self.score_into(cohort, &mut scored)?;
        Ok(scored)
    }

    /// Scores a cohort into the columns of an earlier scoring, without making new ones.
    ///
    /// # Errors
    /// Returns the errors of [`Bulk::score`].
    pub fn score_into(
        &self,
        cohort: &Cohort<'_>,
        scored: &mut ScoredColumns,
    ) -> Result<(), BulkError> {
        self.score_telling(cohort, scored, &mut |_, _| {})?;
        Ok(())
    }

    /// Scores a cohort into the columns of an earlier scoring, and tells of each row that was scored by itself, in order. Returns which of the columns may
    /// have rows without a result.
    ///
    /// # Errors
    /// As [`Bulk::score`].
    #[doc(hidden)]
    pub fn score_telling(
        &self,
        cohort: &Cohort<'_>,
        scored: &mut ScoredColumns,
        tell: &mut dyn FnMut(usize, &Told),
    ) -> Result<Vec<bool>, BulkError> {
        let bound = Bound::new(&self.matrix, cohort)?;
        self.fit(scored);
        let (mut work, mut known) = (Workspace::new(&self.program), Known::new());
        let mut gaps = vec![false; self.kinds.len()];
        // No rows are a part, too, so that nothing of an earlier scoring is left.
        for start in (0..cohort.rows().max(1)).step_by(GROWTH) {
            let rows = start..cohort.rows().min(start + GROWTH);
            scored.grow(rows.end, cohort.rows());
            let mut sheet = scored.sheet(rows.clone());
            self.score_rows(&bound, rows, &mut work, &mut sheet, &mut known, tell);
            gaps.iter_mut()
                .zip(&sheet.columns)
                .for_each(|(gaps, target)| *gaps |= target.has_gaps);
        }
        Ok(gaps)
    }

    /// Scores a cohort with all threads of the pool in which it is called. The results are those of [`Bulk::score`].
    ///
    /// # Errors
    /// Returns the errors of [`Bulk::score`].
    #[cfg(feature = "rayon")]
    pub fn score_in_parallel(
        &self,
        cohort: &Cohort<'_>,
        scored: &mut ScoredColumns,
    ) -> Result<(), BulkError> {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};

        let bound = Bound::new(&self.matrix, cohort)?;
        self.fit(scored);
        scored.grow(cohort.rows(), cohort.rows());
        let mut parts = Vec::new();
        let (mut rest, mut start) = (scored.sheet(0..cohort.rows()), 0);
        while start < cohort.rows() {
            let rows = start..cohort.rows().min(start + MORSEL);
            let (now, later) = rest.split_at(rows.len());
            start = rows.end;
            parts.push((rows, now));
            rest = later;
        }
        let own = || (Workspace::new(&self.program), Known::new());
        parts
            .into_par_iter()
            .for_each_init(own, |(work, known), (rows, mut sheet)| {
                self.score_rows(&bound, rows, work, &mut sheet, known, &mut |_, _| {})
            });
        Ok(())
    }

    /// Scores one row of a cohort as one profile, which gives the reasons if the row is refused.
    ///
    /// # Errors
    /// Returns the errors of [`Bulk::score`]. The inner error is for a row that the matrix refuses, or that the cohort does not have.
    pub fn score_row(
        &self,
        cohort: &Cohort<'_>,
        row: usize,
    ) -> Result<Result<Outcome, Refusal>, BulkError> {
        Ok(self.one(&Bound::new(&self.matrix, cohort)?, row))
    }

    /// Returns columns without rows, to be scored into.
    #[doc(hidden)]
    #[must_use]
    pub fn empty(&self) -> ScoredColumns {
        ScoredColumns::new(
            &self.matrix,
            self.kinds.clone(),
            self.program.stored.clone(),
            self.outputs.possible,
        )
    }

    fn fit(&self, scored: &mut ScoredColumns) {
        if !scored.suits(
            &self.matrix,
            &self.kinds,
            &self.program.stored,
            self.outputs.possible,
        ) {
            *scored = self.empty();
        }
        scored.begin();
    }

    /// Runs the loops over some rows, and returns, in order, the rows that have to be scored one by one.
    fn run(
        &self,
        bound: &Bound<'_>,
        rows: Range<usize>,
        work: &mut Workspace,
        sheet: &mut Sheet<'_>,
    ) -> Vec<usize> {
        let mut job = Job {
            program: &self.program,
            bound,
            rows,
            slow: Vec::new(),
        };
        self.processor.run(&mut job, work, &mut sheet.columns);
        job.slow
    }

    /// Returns the results of the rows that are only arithmetic, and the positions of the other rows, in order.
    #[doc(hidden)]
    #[must_use]
    pub fn score_by_loops(&self, bound: &Bound<'_>, rows: usize) -> (ScoredColumns, Vec<usize>) {
        let mut scored = self.empty();
        scored.grow(rows, rows);
        let others = self.run(
            bound,
            0..rows,
            &mut Workspace::new(&self.program),
            &mut scored.sheet(0..rows),
        );
        (scored, others)
    }

    fn score_rows(
        &self,
        bound: &Bound<'_>,
        rows: Range<usize>,
        work: &mut Workspace,
        sheet: &mut Sheet<'_>,
        known: &mut Known,
        tell: &mut Tell<'_>,
    ) {
        let first = rows.start;
        let count = rows.len();
        let slow = self.run(bound, rows, work, sheet);
        if self.outputs.possible {
            sheet.settle(0..count);
        }
        for row in slow {
            let case = self
                .profile(bound, row)
                .and_then(|profile| self.matrix.prepare(&profile, self.as_at));
            let mut one = |told: &Told| {
                sheet.set(row - first, &told.result);
                tell(row, told);
            };
            match case {
                Err(refusal) => one(&Told {
                    result: Err(refusal),
                    not_recorded: Vec::new(),
                }),
                Ok(case) => {
                    if known.len() >= MOST_KNOWN {
                        known.clear();
                    }
                    one(known
                        .entry(case.slots.clone())
                        .or_insert_with(|| Told::of(&case)));
                }
            }
        }
    }

    fn one(&self, bound: &Bound<'_>, row: usize) -> Result<Outcome, Refusal> {
        self.matrix.score(&self.profile(bound, row)?, self.as_at)
    }

    /// Returns the profile of one row.
    #[doc(hidden)]
    pub fn profile(&self, bound: &Bound<'_>, row: usize) -> Result<Profile, Refusal> {
        let mut profile = Profile::new();
        for (index, name) in self
            .matrix
            .model()
            .inputs
            .items()
            .iter()
            .enumerate()
            .filter(|(_, input)| input.derived.is_none())
        {
            match bound.value(InputId::from_index(index), row)? {
                Value::Missing => {}
                value => profile.set(name.heading.name.clone(), value),
            }
        }
        Ok(profile)
    }
}
