//! What would change an outcome, for every matrix that comes with the library. `cargo bench --bench changes`.

#![allow(
    missing_docs,
    clippy::expect_used,
    reason = "a bench stops where something is not as it must be"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use threshold_matrix::{Date, Library, Profile, sample};

/// A woman with every answer known: the largest search that `hmpps-utm` has.
const UTM: &str = r#"{ "female": true, "rsr": "5.01", "ogrs3": 63, "rosh": "low", "mappa_level": "m1",
    "complexity": ["mental_health", "vulnerability", "child_protection"], "previous_enforcement": false, "iom_nominal": false,
    "mandate_for_change": true, "assessed": true, "strengths_and_needs": false, "impulsivity": 0, "temper_control": 2, "employment": 4,
    "relationships": 0, "lifestyle": 2, "alcohol": 6, "thinking": 0, "attitudes": 3 }"#;

fn changes(bench: &mut Criterion) {
    let as_at: Date = "2026-12-05".parse().expect("a date");
    for matrix in Library::embedded().iter() {
        let name = format!("{}@{}", matrix.id(), matrix.version());
        // One person of the made-up ones, the same in every run: the first that is scored and has nothing unknown.
        let known = |profile: &Profile| {
            matrix
                .prepare(profile, as_at)
                .is_ok_and(|case| case.unknown().next().is_none() && case.score().is_ok())
        };
        let profile = match matrix.id() {
            "hmpps-utm" => Profile::from_json(UTM).expect("a profile"),
            _ => sample::profiles(matrix, as_at, 7, 1000)
                .find(known)
                .expect("a person who is scored"),
        };
        let case = matrix.prepare(&profile, as_at).expect("a case");
        let mut group = bench.benchmark_group(&name);
        group.bench_function("singles and doubles", |bencher| {
            bencher.iter(|| black_box(&case).changes())
        });
        group.bench_function("up to three", |bencher| {
            bencher.iter(|| black_box(&case).changes_within(3, 50_000_000))
        });
        group.finish();
    }
}

/// With unknown inputs each set of changes is held against all that they can be.
fn unknown(bench: &mut Criterion) {
    let as_at: Date = "2026-12-05".parse().expect("a date");
    for matrix in Library::embedded().iter() {
        let unknown = |profile: &Profile| {
            matrix
                .prepare(profile, as_at)
                .is_ok_and(|case| case.unknown().count() == 2 && case.score().is_ok())
        };
        let Some(profile) = sample::profiles(matrix, as_at, 7, 2000).find(unknown) else {
            continue;
        };
        let case = matrix.prepare(&profile, as_at).expect("a case");
        bench.bench_function(
            &format!("{}@{}/two unknown", matrix.id(), matrix.version()),
            |bencher| bencher.iter(|| black_box(&case).changes()),
        );
    }
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20).warm_up_time(std::time::Duration::from_millis(300)).measurement_time(std::time::Duration::from_secs(1)); targets = changes, unknown }
criterion_main!(benches);
