//! The road from a file of people to a file of outcomes, as a program takes it.

use std::path::Path;

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use threshold_matrix::bulk::{Outputs, arrow};
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::{Beside, CohortFiles, Columns, FileList, Moved, OutcomeFile, Tally};

/// A run: what was counted, who moved, and how many rows were left out.
pub(crate) struct Run {
    pub(crate) tally: Tally,
    pub(crate) moved: Vec<Moved>,
    pub(crate) skipped: u64,
}

/// Returns the one file of a path, or the files of a folder.
pub(crate) fn list(path: &Path) -> FileList {
    FileList::of([path]).unwrap()
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
    let cohort = CohortFiles::open(&list(from), columns, matrix).unwrap();
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
    out.finish(&tally.report(as_at), &FileList::default())
        .unwrap();
    Run {
        tally,
        moved,
        skipped,
    }
}

/// Scores a file into another one with the outputs that CSV has by default.
pub(crate) fn scored(
    from: &Path,
    to: &Path,
    columns: &Columns,
    matrix: &Matrix,
    as_at: Date,
    outputs: Outputs,
) -> Tally {
    let cohort = CohortFiles::open(&list(from), columns, matrix).unwrap();
    let mut tally = Tally::new(matrix);
    let (of, beside) = (Some(&cohort), Beside::default());
    let mut out = OutcomeFile::create(to, to, of, matrix, as_at, outputs, beside).unwrap();
    let each = |_: &_, _, _| Ok(());
    cohort
        .score(matrix, as_at, outputs, 1, &mut tally, Some(&mut out), each)
        .unwrap();
    out.finish(&tally.report(as_at), &FileList::default())
        .unwrap();
    tally
}

/// The columns of CSV that say what the run was, which files of columns have as metadata.
const ABOUT: [&str; 6] = [
    "as_at",
    "matrix",
    "version",
    "hash",
    "until",
    "library_version",
];

/// Checks that a file of columns has the outcomes of a file of CSV, but for what is the same for all, which it has as metadata.
pub(crate) fn agree(columns: &Path, text: &str) {
    let mut file = csv::Reader::from_reader(text.as_bytes());
    let names = file.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = file.records().map(Result::unwrap).collect();
    let batches = batches(columns);
    let mut row = 0;
    for batch in &batches {
        for at in 0..batch.num_rows() {
            let cells = names.iter().zip(&rows[row]);
            for (name, cell) in cells.filter(|(name, _)| !ABOUT.contains(name)) {
                let own = arrow::text(batch.column_by_name(name).unwrap(), at);
                let own = match (name, own) {
                    ("possible", Some(list)) => serde_json::from_str::<Vec<String>>(&list)
                        .unwrap()
                        .join("|"),
                    (_, own) => own.unwrap_or_default(),
                };
                let cell = cell
                    .strip_prefix('\'')
                    .filter(|cell| cell.starts_with(['=', '+', '-', '@']))
                    .unwrap_or(cell);
                assert_eq!((name, own.trim()), (name, cell.trim()), "row {row}");
            }
            row += 1;
        }
    }
    assert_eq!(row, rows.len());
}

pub(crate) fn batches(path: &Path) -> Vec<RecordBatch> {
    let file = std::fs::File::open(path).unwrap();
    if path.extension().is_some_and(|ending| ending == "arrow") {
        let reader = arrow_ipc::reader::FileReader::try_new(file, None).unwrap();
        return reader.map(Result::unwrap).collect();
    }
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    reader.build().unwrap().map(Result::unwrap).collect()
}
