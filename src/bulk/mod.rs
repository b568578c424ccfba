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
//! Every rule of the language becomes a loop over whole numbers of the narrowest width that holds its values.
//!
//! Rows without a value for an input with `missing: unknown` are taken by which inputs they lack. Loops work out the few numbers that what is still
//! possible depends on, and each distinct set of them is answered once, by the exact search that one profile would need.
//!
//! A row with a value that the matrix refuses, or with values that contradict each other, is scored by itself, by the code that scores one profile, so
//! that the reasons are the same.
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
mod names;
mod number;
mod open;
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
mod told;
mod unchecked;
mod vectors;

use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hashbrown::HashMap;

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
use open::{FEWEST, KnownProgram, Memo, OpenRows};
use program::Program;
use run::{Job, Workspace};
use scored::{Kind, Sheet};
#[doc(hidden)]
pub use told::{Open, OpenPoints, OpenResults, Told};
use unchecked::Processor;

/// A matrix compiled for columns, at one date.
#[derive(Debug)]
pub struct Bulk {
    matrix: Matrix,
    as_at: Date,
    outputs: Outputs,
    kinds: Vec<Kind>,
    program: Program,
    /// The loops for rows in which inputs are unknown, once they are needed; nothing if no input may be.
    known: OnceLock<Option<KnownProgram>>,
    /// What was found of such rows, for each thread that is not at work.
    memos: Mutex<Vec<Memo>>,
    processor: Processor,
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
            known: OnceLock::new(),
            memos: Mutex::default(),
            processor,
        }
    }
}

/// The number of rows by which columns of results grow, so that they are still in the nearer caches when they are written.
const GROWTH: usize = 8 * chunk::CHUNK;

/// The number of rows that are given to a thread at a time.
#[cfg(feature = "rayon")]
const MORSEL: usize = 64 * chunk::CHUNK;

/// A function that is told of a row, in the order of the rows.
type Tell<'a> = dyn FnMut(usize, Told<'_>) + 'a;

/// What one thread works with.
struct Work<'a> {
    registers: Workspace,
    memo: Memo,
    alone: HashMap<Vec<Slot>, Alone>,
    bulk: &'a Bulk,
}

/// What came out of one profile of which something is unknown.
struct Alone {
    result: Result<Outcome, Refusal>,
    open: Option<Arc<Open>>,
}

impl Alone {
    fn of(case: &Case) -> Self {
        let result = case.score();
        let open = result
            .as_ref()
            .ok()
            .and_then(|outcome| Open::of(case, outcome));
        Self { result, open }
    }
}

/// The most profiles of which it is remembered what came out.
const MOST_ALONE: usize = 4096;

impl<'a> Work<'a> {
    fn new(bulk: &'a Bulk) -> Self {
        let mut memos = bulk.memos.lock().unwrap_or_else(PoisonError::into_inner);
        Self {
            registers: Workspace::new(&bulk.program),
            memo: memos.pop().unwrap_or_default(),
            alone: HashMap::new(),
            bulk,
        }
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        let memo = std::mem::take(&mut self.memo);
        let mut memos = self
            .bulk
            .memos
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        memos.push(memo);
    }
}

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

    /// Scores a cohort into the columns of an earlier scoring, and tells, in order, of each row that is refused or open. Returns which of the columns may
    /// have rows without a result.
    ///
    /// # Errors
    /// As [`Bulk::score`].
    #[doc(hidden)]
    pub fn score_telling(
        &self,
        cohort: &Cohort<'_>,
        scored: &mut ScoredColumns,
        tell: &mut dyn FnMut(usize, Told<'_>),
    ) -> Result<Vec<bool>, BulkError> {
        let bound = Bound::new(&self.matrix, cohort)?;
        Ok(self.score_bound(&bound, cohort.rows(), scored, tell).0)
    }

    /// Does the same for a cohort that is bound already. Returns also, in order, the rows for which the loops alone were not enough, since something is
    /// unknown or refused.
    #[doc(hidden)]
    pub fn score_bound(
        &self,
        bound: &Bound<'_>,
        rows: usize,
        scored: &mut ScoredColumns,
        tell: &mut dyn FnMut(usize, Told<'_>),
    ) -> (Vec<bool>, Vec<usize>) {
        self.fit(scored);
        let mut work = Work::new(self);
        let (mut gaps, mut others) = (vec![false; self.kinds.len()], Vec::new());
        // No rows are a part, too, so that nothing of an earlier scoring is left.
        for start in (0..rows.max(1)).step_by(GROWTH) {
            let part = start..rows.min(start + GROWTH);
            scored.grow(part.end, rows);
            let mut sheet = scored.sheet(part.clone());
            others.extend(self.score_rows(bound, part, &mut work, &mut sheet, tell));
            gaps.iter_mut()
                .zip(&sheet.columns)
                .for_each(|(gaps, target)| *gaps |= target.has_gaps);
        }
        (gaps, others)
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
        parts.into_par_iter().for_each_init(
            || Work::new(self),
            |work, (rows, mut sheet)| {
                self.score_rows(&bound, rows, work, &mut sheet, &mut |_, _| {});
            },
        );
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

    /// Returns the rows for which the loops alone were not enough.
    fn score_rows(
        &self,
        bound: &Bound<'_>,
        rows: Range<usize>,
        work: &mut Work<'_>,
        sheet: &mut Sheet<'_>,
        tell: &mut Tell<'_>,
    ) -> Vec<usize> {
        let first = rows.start;
        let end = rows.end;
        work.registers.sets().forget();
        let others = self.run(bound, rows.clone(), &mut work.registers, sheet);
        if self.outputs.possible {
            sheet.settle(0..rows.len());
        }
        let mut of_known = None;
        for slow in others.chunk_by(|one, next| (one - first) / GROWTH == (next - first) / GROWTH) {
            let known = match slow.len() < FEWEST {
                true => None,
                false => self
                    .known
                    .get_or_init(|| KnownProgram::new(&self.matrix, self.as_at))
                    .as_ref(),
            };
            let (Some(known), Some(begin)) = (known, slow.first()) else {
                self.score_one_by_one(bound, slow, first, sheet, &mut work.alone, tell);
                continue;
            };
            let begin = first + (begin - first) / GROWTH * GROWTH;
            let open_rows = OpenRows {
                matrix: &self.matrix,
                as_at: self.as_at,
                known,
                processor: self.processor,
            };
            let bound_known = of_known.get_or_insert_with(|| bound.of_known());
            let mut opens = Vec::new();
            let block = begin..end.min(begin + GROWTH);
            let apart = open_rows.score(
                bound_known,
                block,
                slow,
                first,
                sheet,
                &mut work.memo,
                work.registers.sets(),
                &mut opens,
            );
            let mut opens = opens.into_iter().peekable();
            let alone = &mut work.alone;
            self.score_one_by_one(bound, &apart, first, sheet, alone, &mut |row, told| {
                while let Some((row, open)) = opens.next_if(|(own, _)| *own < row) {
                    tell(row, Told::Open(&open));
                }
                tell(row, told);
            });
            opens.for_each(|(row, open)| tell(row, Told::Open(&open)));
        }
        others
    }

    /// Scores some rows as one profile each.
    fn score_one_by_one(
        &self,
        bound: &Bound<'_>,
        rows: &[usize],
        first: usize,
        sheet: &mut Sheet<'_>,
        known: &mut HashMap<Vec<Slot>, Alone>,
        tell: &mut Tell<'_>,
    ) {
        let mut one = |row: usize, alone: &Alone| {
            sheet.set(row - first, &alone.result);
            if let Err(refusal) = &alone.result {
                tell(row, Told::Refused(refusal));
            } else if let Some(open) = &alone.open {
                tell(row, Told::Open(open));
            }
        };
        for row in rows {
            let profile = self.profile(bound, *row);
            let case = profile.and_then(|profile| self.matrix.prepare(&profile, self.as_at));
            match case {
                Ok(case) if case.has_unknown => {
                    if known.len() >= MOST_ALONE {
                        known.clear();
                    }
                    // What is too much work for a column may take long.
                    let alone = known.entry(case.slots.clone());
                    one(*row, alone.or_insert_with(|| Alone::of(&case)));
                }
                Ok(case) => one(*row, &Alone::of(&case)),
                Err(refusal) => {
                    let (result, open) = (Err(refusal), None);
                    one(*row, &Alone { result, open });
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
