//! What would change an outcome, for every matrix that comes with the library, and when one lapses. `cargo bench --bench changes`.

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

/// The first of five years in which the result differs with nothing new recorded: for somebody with counts, and for somebody with fifty offences.
fn next_change(bench: &mut Criterion) {
    let kinds = ["burglary", "shoplifting", "robbery", "injury", "other"];
    let offences: Vec<String> = (0..50)
        .zip(kinds.iter().cycle())
        .map(|(at, kind)| {
            let (year, month, day) = (2027 - at / 20, 1 + at * 7 % 12, 1 + at * 11 % 28);
            format!(r#"{{ "date": "{year}-{month:02}-{day:02}", "kind": "{kind}" }}"#)
        })
        .collect();
    let known = r#""ogrs3": 78, "previous_convictions": 11, "rsr": "2.1", "rosh": "medium", "accommodation": 4, "employment": 6, "relationships": 2, "lifestyle": 3,
        "drugs": 7, "alcohol": 2, "thinking": 5, "attitudes": 4, "assessed_on": "2027-11-02""#;
    let people = [
        (
            "iom-threshold@1.0.0",
            format!(r#"{{ "arrests_12m": 6, {known} }}"#),
        ),
        (
            "iom-threshold@2.0.0",
            format!(r#"{{ "offences": [{}], {known} }}"#, offences.join(",")),
        ),
    ];
    let as_at: Date = "2028-01-01".parse().expect("a date");
    let until = "2033-01-01".parse().expect("a date");
    for (name, profile) in people {
        let matrix = threshold_matrix::Matrix::open(name, as_at).expect("a matrix");
        let profile = Profile::from_json(&profile).expect("a profile");
        let case = matrix.prepare(&profile, as_at).expect("a case");
        assert!(case.score().is_ok());
        bench.bench_function(&format!("{name}/next change"), |bencher| {
            bencher.iter(|| black_box(&case).next_change(until))
        });
        bench.bench_function(&format!("{name}/prepare"), |bencher| {
            bencher.iter(|| black_box(&matrix).prepare(&profile, as_at))
        });
    }
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20).warm_up_time(std::time::Duration::from_millis(300)).measurement_time(std::time::Duration::from_secs(1)); targets = changes, unknown, next_change }
criterion_main!(benches);
