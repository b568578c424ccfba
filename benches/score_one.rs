//! One profile: prepared, scored, explained, and from JSON to JSON. `cargo bench --bench score_one`.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench stops where something is not as it must be"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use threshold_matrix::{Date, Matrix, Profile, report};

const IOM: &str = r#"{ "ogrs3": 75, "arrests_12m": 4, "previous_convictions": 12, "last_charged": "2026-08-20", "rsr": 3.10, "rosh": "medium",
    "mappa_level": "m1", "abuse_incidents_3y": 1, "abuse_victims_3y": 1, "accommodation": 7, "employment": 7, "relationships": 2, "lifestyle": 0,
    "drugs": 8, "alcohol": 2, "thinking": 0, "attitudes": 0 }"#;
const UTM: &str = r#"{ "female": true, "rsr": "5.01", "ogrs3": 63, "rosh": "low", "mappa_level": "m1",
    "complexity": ["mental_health", "vulnerability", "child_protection"], "previous_enforcement": false, "iom_nominal": false,
    "mandate_for_change": true, "assessed": true, "strengths_and_needs": false, "impulsivity": 0, "temper_control": 2, "employment": 4,
    "relationships": 0, "lifestyle": 2, "alcohol": 6, "thinking": 0, "attitudes": 3 }"#;

fn score_one(bench: &mut Criterion) {
    let as_at: Date = "2026-12-05".parse().expect("a date");
    for (name, text) in [("iom-threshold@1.0.0", IOM), ("hmpps-utm@2.0.0", UTM)] {
        let matrix = Matrix::open(name, as_at).expect("an embedded matrix");
        let profile = Profile::from_json(text).expect("a profile");
        let case = matrix.prepare(&profile, as_at).expect("a case");
        let mut group = bench.benchmark_group(name);
        // Looked at where it is: handing it on by value copies it twice more, which is no part of scoring.
        group.bench_function("score", |bencher| {
            bencher.iter(|| {
                let outcome = black_box(&case).score();
                black_box(&outcome).is_ok()
            });
        });
        group.bench_function("score with trace", |bencher| {
            bencher.iter(|| {
                let trace = black_box(&case).explain();
                black_box(&trace).is_ok()
            });
        });
        group.bench_function("score with the steps of its trace", |bencher| {
            bencher.iter(|| {
                let trace = black_box(&case).explain();
                trace.map(|trace| black_box(trace.steps()).criteria.len())
            });
        });
        group.bench_function("prepare", |bencher| {
            bencher.iter(|| matrix.prepare(black_box(&profile), as_at))
        });
        group.bench_function("next change in five years", |bencher| {
            let until: Date = "2031-12-05".parse().expect("a date");
            bencher.iter(|| black_box(&case).next_change(until));
        });
        group.bench_function("json to json", |bencher| {
            bencher.iter(|| {
                let profile = Profile::from_json(black_box(text)).expect("a profile");
                report::json_line(Some("1"), &matrix, as_at, &matrix.score(&profile, as_at))
            });
        });
        group.finish();
    }
}

/// Fifty events: what is counted of them on each day on which one of them leaves a window.
fn events(bench: &mut Criterion) {
    const KINDS: [&str; 5] = [
        "shoplifting",
        "burglary",
        "theft_from_vehicle",
        "robbery",
        "other",
    ];
    let as_at: Date = "2028-12-05".parse().expect("a date");
    let until: Date = "2033-12-05".parse().expect("a date");
    let matrix = Matrix::open("iom-threshold@2.0.0", as_at).expect("an embedded matrix");
    let offences = (0..50).map(|at| {
        let (year, month, day) = (2028 - at / 12, 12 - at % 12, 1 + at % 5);
        let kind = KINDS[at % KINDS.len()];
        serde_json::json!({ "date": format!("{year}-{month:02}-{day:02}"), "kind": kind })
    });
    let mut values: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(IOM).expect("an object");
    for counted in [
        "arrests_12m",
        "last_charged",
        "abuse_incidents_3y",
        "abuse_victims_3y",
    ] {
        values.remove(counted);
    }
    values.insert("offences".to_owned(), offences.collect());
    let text = serde_json::to_string(&values).expect("JSON");
    let profile = Profile::from_json(&text).expect("a profile");
    let case = matrix.prepare(&profile, as_at).expect("a case");
    let mut group = bench.benchmark_group("iom-threshold@2.0.0, 50 events");
    group.bench_function("prepare", |bencher| {
        bencher.iter(|| matrix.prepare(black_box(&profile), as_at));
    });
    group.bench_function("score", |bencher| {
        bencher.iter(|| black_box(&case).score());
    });
    group.bench_function("next change in five years", |bencher| {
        bencher.iter(|| black_box(&case).next_change(until));
    });
    // Whoever has died stays as they are: all of the days are looked at.
    let profile = profile.with("deceased", true);
    let case = matrix.prepare(&profile, as_at).expect("a case");
    assert!(case.next_change(until).expect("a case").is_none());
    group.bench_function("no change in five years", |bencher| {
        bencher.iter(|| black_box(&case).next_change(until));
    });
    group.finish();
}

/// Unknown inputs: everything still possible is worked out.
fn unknown(bench: &mut Criterion) {
    let as_at: Date = "2026-12-05".parse().expect("a date");
    let matrix = Matrix::open("iom-threshold@1.0.0", as_at).expect("an embedded matrix");
    let mut values: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(IOM).expect("an object");
    for (count, input) in [(1, "alcohol"), (2, "rosh"), (3, "ogrs3"), (4, "drugs")] {
        values.remove(input);
        let profile =
            Profile::from_json(&serde_json::to_string(&values).expect("JSON")).expect("a profile");
        let case = matrix.prepare(&profile, as_at).expect("a case");
        bench.bench_function(
            &format!("iom-threshold@1.0.0/score, {count} unknown"),
            |bencher| bencher.iter(|| black_box(&case).score()),
        );
    }
    let mut values: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(IOM).expect("an object");
    let needs = [
        "accommodation",
        "employment",
        "relationships",
        "lifestyle",
        "drugs",
        "alcohol",
        "thinking",
        "attitudes",
    ];
    for need in needs {
        values.remove(need);
    }
    let text = serde_json::to_string(&values).expect("JSON");
    let profile = Profile::from_json(&text).expect("a profile");
    let case = matrix.prepare(&profile, as_at).expect("a case");
    let name = "iom-threshold@1.0.0/score, all eight needs unknown";
    bench.bench_function(name, |bencher| {
        bencher.iter(|| black_box(&case).score());
    });
}

criterion_group!(benches, score_one, events, unknown);
criterion_main!(benches);
