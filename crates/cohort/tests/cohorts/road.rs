//! The road from a file of people to a file of outcomes, as a program takes it.

use std::path::Path;

use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::{Beside, CohortFile, Columns, Moved, OutcomeFile, Tally};

/// A run: what was counted, who moved, and how many rows were left out.
pub(crate) struct Run {
    pub(crate) tally: Tally,
    pub(crate) moved: Vec<Moved>,
    pub(crate) skipped: u64,
}

/// Scores a file into another one.
pub(crate) fn run(
    from: &Path,
    to: &Path,
    columns: &Columns,
    matrix: &Matrix,
    as_at: Date,
    threads: usize,
    tally: Tally,
) -> Run {
    let kept = columns.kept().iter().cloned();
    with(
        from,
        to,
        columns,
        matrix,
        as_at,
        threads,
        tally,
        Beside::new(kept, false),
    )
}

/// Scores a file into another one, with something beside the outcomes.
#[expect(clippy::too_many_arguments, reason = "a run has as many sides")]
pub(crate) fn with(
    from: &Path,
    to: &Path,
    columns: &Columns,
    matrix: &Matrix,
    as_at: Date,
    threads: usize,
    mut tally: Tally,
    beside: Beside,
) -> Run {
    let outputs = Outputs::tiers()
        .with_dimensions()
        .with_flags()
        .with_points()
        .with_decisions();
    let cohort = CohortFile::open(from, columns, matrix).unwrap();
    let mut out =
        OutcomeFile::create(to, to, Some(&cohort), matrix, as_at, outputs, beside).unwrap();
    let mut moved = Vec::new();
    let skipped = cohort
        .score(
            matrix,
            as_at,
            outputs,
            threads,
            &mut tally,
            Some(&mut out),
            |_, movers, _| {
                moved.extend(movers);
                Ok(())
            },
        )
        .unwrap();
    out.finish().unwrap();
    Run {
        tally,
        moved,
        skipped,
    }
}
