//! Each matrix that comes with the crate, against its own worked examples, the cases of this project and those of the original's authors.

use std::collections::BTreeSet;
use std::path::Path;

use test_kit::library::agreement::Case;
use threshold_matrix::{Library, Matrix, Profile};

#[track_caller]
fn matrix(name: &str) -> Matrix {
    let library = Library::embedded();
    // The date does not matter beside a version.
    library
        .find(name, "2026-11-21".parse().unwrap())
        .unwrap_or_else(|error| panic!("{error}"))
        .clone()
}

/// Compares every case of a text with what the matrix gives.
#[track_caller]
fn agrees(name: &str, cases: &str, count: usize) {
    let matrix = matrix(name);
    let cases: Vec<Case> = cases.lines().map(Case::read).collect();
    assert_eq!(cases.len(), count, "cases for {name}");
    let compared = cases.into_iter().map(|case| {
        let differences = case.differences(&matrix);
        (case.id, differences)
    });
    let differing: Vec<_> = compared
        .filter(|(_, differences)| !differences.is_empty())
        .collect();
    assert!(
        differing.is_empty(),
        "{} of {count} cases of {name} differ: {differing:#?}",
        differing.len()
    );
}

/// The cases of the original's authors are kept beside the repository, not in it.
#[allow(clippy::print_stdout, reason = "what was not compared is to be seen")]
fn beside_the_repository(file: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/cases")
        .join(file);
    match std::fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) => {
            println!("skipped: ../shared/cases/{file} cannot be read ({error})");
            None
        }
    }
}

#[track_caller]
fn agrees_with_those_beside_the_repository(name: &str, file: &str, count: usize) {
    if let Some(cases) = beside_the_repository(file) {
        agrees(name, &cases, count);
    }
}

#[test]
fn every_matrix_has_examples_and_they_hold() {
    for matrix in Library::embedded().iter() {
        let examples = matrix.run_examples();
        assert!(
            examples.len() >= 20,
            "{matrix:?} has {} examples",
            examples.len()
        );
        let failed: Vec<_> = examples
            .iter()
            .filter(|example| !example.differences.is_empty())
            .collect();
        assert!(failed.is_empty(), "{matrix:?}: {failed:#?}");
    }
}

#[test]
fn every_matrix_is_the_same_when_written_and_read_again() {
    for matrix in Library::embedded().iter() {
        let written = matrix.to_yaml();
        let again =
            Matrix::from_yaml(&written).unwrap_or_else(|faults| panic!("{matrix:?}: {faults}"));
        assert_eq!(again.content_hash(), matrix.content_hash(), "{matrix:?}");
        assert_eq!(again.to_yaml(), written, "{matrix:?}");
    }
}

#[test]
fn hmpps_utm_2_agrees_with_our_own_cases() {
    agrees(
        "hmpps-utm@2.0.0",
        include_str!("../cases/hmpps-utm-2.jsonl"),
        40,
    );
}

#[test]
fn hmpps_utm_1_agrees_with_the_tests_of_its_authors() {
    agrees_with_those_beside_the_repository("hmpps-utm@1.0.0", "hmpps-utm-1-peer-tests.jsonl", 35);
}

#[test]
fn hmpps_tier_3_5_agrees_with_the_tests_of_its_authors() {
    agrees_with_those_beside_the_repository(
        "hmpps-tier@3.5.0",
        "hmpps-tier-3.5-peer-tests.jsonl",
        90,
    );
}

#[test]
fn hmpps_tier_3_6_agrees_with_the_original() {
    agrees_with_those_beside_the_repository("hmpps-tier@3.6.0", "hmpps-tier-3.6.jsonl", 1_000);
}

#[test]
fn psa_agrees_with_the_original() {
    agrees_with_those_beside_the_repository("psa@1.0.0", "psa.jsonl", 600);
}

#[test]
fn hmpps_utm_2_agrees_with_the_original() {
    agrees_with_those_beside_the_repository("hmpps-utm@2.0.0", "hmpps-utm-2.jsonl", 1_000);
}

/// The matrix has the percents as a table, because a matrix holds no formula; here they are worked out again. None is so close to a half
/// that binary numbers would round it the other way.
#[test]
fn the_scales_of_ovp_are_those_of_its_formula() {
    let percent = |points: u32, constant: f64| {
        let chance = 1.0 / (1.0 + (constant - 0.0722 * f64::from(points)).exp());
        format!("{:.0}", (chance * 100.0).round().clamp(1.0, 99.0))
    };
    let matrix = matrix("ovp@1.0.0");
    let mut seen = BTreeSet::new();
    for violent in 0..=18 {
        for other in [0, 3, 5, 11, 21] {
            for (age, drinking) in [(51, 0), (46, 1), (36, 2), (24, 0), (18, 1), (20, 2)] {
                for needs in [false, true] {
                    let profile = Profile::new()
                        .with("violent_sanctions", violent)
                        .with("non_violent_sanctions", other)
                        .with("age_at_follow_up", age)
                        .with("alcohol", drinking)
                        .with("binge", drinking)
                        .with("male", needs)
                        .with("recognises_impact", !needs)
                        .with("no_fixed_abode", needs)
                        .with("unemployed", needs)
                        .with("psychiatric_treatment", needs)
                        .with("temper", if needs { 2 } else { 0 })
                        .with("attitudes", drinking);
                    let outcome = matrix
                        .score(&profile, "2026-11-21".parse().unwrap())
                        .unwrap();
                    let points = outcome
                        .points("ovp_points")
                        .unwrap()
                        .settled()
                        .unwrap()
                        .to_string()
                        .parse()
                        .unwrap();
                    let scaled = |name| {
                        outcome
                            .dimension(name)
                            .unwrap()
                            .scaled()
                            .unwrap()
                            .to_string()
                    };
                    assert_eq!(
                        scaled("one_year"),
                        percent(points, 4.5215),
                        "{points} points"
                    );
                    assert_eq!(
                        scaled("two_year"),
                        percent(points, 3.8773),
                        "{points} points"
                    );
                    seen.insert(points);
                }
            }
        }
    }
    assert!(seen.len() > 85, "{seen:?}");
}
