//! One cohort of Parquet for `hmpps-utm` 2.0.0, in memory and from file to file, beside the time that reading its columns takes.
//!
//! `COHORT=people.parquet cargo bench -p threshold-matrix-cohort --features parquet --bench cohort_file`; without `COHORT` it says so and does nothing. `benches/README.md` says
//! how such a file is made, and what others need for the same.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a bench stops where something is not as it must be"
)]

use std::fs::File;
use std::hint::black_box;
use std::path::PathBuf;

use arrow_array::{Array, RecordBatch};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use threshold_matrix::bulk::arrow::Names;
use threshold_matrix::bulk::{Bulk, Outputs};
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::{Beside, CohortFiles, Columns, FileList, OutcomeFile, Tally};

fn whole(path: &PathBuf) -> RecordBatch {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let rows = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap();
    let batches: Vec<RecordBatch> = builder
        .with_batch_size(rows)
        .build()
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(batches.len(), 1);
    batches.into_iter().next().unwrap()
}

/// Reads every byte of the columns once: what no scoring can be faster than.
fn read(batch: &RecordBatch) -> (u64, usize) {
    let (mut sum, mut size) = (0_u64, 0);
    let mut add = |bytes: &[u8]| {
        let (eights, _) = bytes.as_chunks::<8>();
        sum = eights.iter().fold(sum, |sum, eight| {
            sum.wrapping_add(u64::from_le_bytes(*eight))
        });
        size += bytes.len();
    };
    for array in batch.columns() {
        let data = array.to_data();
        data.buffers().iter().for_each(|buffer| add(buffer));
        data.nulls()
            .into_iter()
            .for_each(|nulls| add(nulls.buffer()));
    }
    (sum, size)
}

fn cohort_file(bench: &mut Criterion) {
    let Some(path) = std::env::var_os("COHORT").map(PathBuf::from) else {
        eprintln!("skipped: COHORT names no file");
        return;
    };
    let as_at: Date = "2026-12-05".parse().unwrap();
    let matrix = Matrix::open("hmpps-utm@2.0.0", as_at).unwrap();
    let names = Names::new().with_id("id");
    let scorer = |outputs: Outputs| -> Bulk { matrix.bulk(as_at, outputs) };
    let (short, long) = (
        scorer(Outputs::tiers().with_dimensions()),
        scorer(Outputs::tiers().with_dimensions().with_points()),
    );
    let batch = whole(&path);
    let rows = batch.num_rows();
    let mut group = bench.benchmark_group(format!(
        "{rows} profiles, {} bytes each",
        read(&batch).1 / rows
    ));
    group
        .throughput(Throughput::Elements(rows as u64))
        .sample_size(20);
    group.bench_function("read the columns", |bencher| {
        bencher.iter(|| black_box(read(&batch)))
    });
    for (what, bulk) in [
        ("points and levels", &short),
        ("with every criterion's points", &long),
    ] {
        let batches = bulk.batches(batch.schema_ref(), &names).unwrap();
        group.bench_function(what, |bencher| {
            bencher.iter(|| batches.score(black_box(&batch)).unwrap())
        });
    }
    let batches = short.batches(batch.schema_ref(), &names).unwrap();
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let slices: Vec<RecordBatch> = (0..rows)
            .step_by(65_536)
            .map(|first| batch.slice(first, (rows - first).min(65_536)))
            .collect();
        group.bench_function(
            BenchmarkId::new("points and levels by threads", threads),
            |bencher| {
                bencher.iter(|| {
                    pool.install(|| {
                        slices
                            .par_iter()
                            .map(|slice| batches.score(slice).unwrap().num_rows())
                            .sum::<usize>()
                    })
                });
            },
        );
    }
    let slice = |first: usize, most: usize| {
        batch.slice(first % rows, most.min(rows - first % rows).min(65_536))
    };
    for people in [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 50_000_000] {
        group
            .throughput(Throughput::Elements(people as u64))
            .sample_size(10);
        group.bench_function(
            BenchmarkId::new("points and levels by people", people),
            |bencher| {
                bencher.iter(|| {
                    let mut first = 0;
                    while first < people {
                        first += batches
                            .score(&slice(first, people - first))
                            .unwrap()
                            .num_rows();
                    }
                });
            },
        );
    }
    group
        .throughput(Throughput::Elements(rows as u64))
        .sample_size(20);
    let out = path.with_extension("scored.parquet");
    let outputs = Outputs::tiers().with_dimensions();
    for threads in [1, 2] {
        group.bench_function(
            BenchmarkId::new("from file to file by threads", threads),
            |bencher| {
                bencher.iter(|| {
                    let cohort = CohortFiles::open(
                        &FileList::of([&path]).unwrap(),
                        &Columns::new(),
                        &matrix,
                    )
                    .unwrap();
                    let of = Some(&cohort);
                    let beside = Beside::default();
                    let mut to =
                        OutcomeFile::create(&out, &out, of, &matrix, as_at, outputs, beside)
                            .unwrap();
                    let mut tally = Tally::new(&matrix);
                    cohort
                        .score(
                            &matrix,
                            as_at,
                            outputs,
                            threads,
                            &mut tally,
                            Some(&mut to),
                            |_, _, _| Ok(()),
                        )
                        .unwrap();
                    to.finish(&tally.report(as_at), &FileList::default())
                        .unwrap();
                });
            },
        );
    }
    group.finish();
}

criterion_group!(benches, cohort_file);
criterion_main!(benches);
