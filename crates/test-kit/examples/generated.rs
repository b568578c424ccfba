//! Prints valid matrices at random with profiles for them, a line of JSON for each matrix, so that tests in other languages have them as well.
//!
//! `cargo run -p threshold-matrix-test-kit --example generated -- 200 12` prints 200 matrices with 12 profiles each. They are the same in every run.

#![expect(clippy::print_stdout, reason = "what is printed is what is asked for")]

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::json;
use threshold_matrix_test_kit::strategy::{Holding, Setting, cohorts};
use threshold_matrix_test_kit::value;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |otherwise: usize| -> Result<usize, std::num::ParseIntError> {
        arguments.next().map_or(Ok(otherwise), |text| text.parse())
    };
    let (matrices, profiles) = (number(10)?, number(12)?);
    let mut runner = TestRunner::new(Config {
        rng_seed: RngSeed::Fixed(20_261_205),
        ..Config::default()
    });
    for matrix in 0..matrices {
        let setting = if matrix % 2 == 0 {
            Setting::Small
        } else {
            Setting::Large
        };
        let holding = match matrix % 5 {
            0 => Holding::Unknown { completions: 64 },
            _ => Holding::AbsentAndAssumed,
        };
        let tree = cohorts(setting, holding, profiles).new_tree(&mut runner);
        let cohort = tree.map_err(|reason| reason.to_string())?.current();
        let profiles: Vec<_> = cohort
            .profiles
            .iter()
            .map(|profile| value::to_json(profile))
            .collect();
        println!(
            "{}",
            json!({ "yaml": cohort.spec.to_yaml(), "as_at": cohort.spec.as_at.to_string(), "profiles": profiles })
        );
    }
    Ok(())
}
