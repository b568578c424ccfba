//! Holds what the tests of the library share: random matrices of the whole language, profiles for them, an independent scorer, and hostile texts.
//!
//! A [`spec::Spec`] is a matrix as data. [`strategy`] makes valid ones, [`document`] prints them as YAML, [`cells`] lists the input values that matter
//! to them, and [`oracle`] scores them straight from `FORMAT.md`. None of these modules uses the library, so that agreement with it means something.
//! Only [`library`] hands it what is made here.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a generator or an oracle that is wrong should stop the test"
)]

pub mod bounds;
pub mod calendar;
pub mod cells;
pub mod census;
pub mod choices;
pub mod counted;
pub mod document;
pub mod events;
pub mod format_page;
pub mod hostile;
pub mod library;
pub mod measured;
pub mod oracle;
#[expect(
    missing_docs,
    reason = "the parts of a spec have the names that FORMAT.md explains"
)]
pub mod spec;
pub mod strategy;
pub mod value;
pub mod yaml;

/// Returns the settings for this many cases of a property, which are the same in every run. `PROPTEST_CASES` asks for another number of cases, which
/// differ each time.
pub fn cases(quick: u32) -> proptest::test_runner::Config {
    use proptest::test_runner::{Config, RngSeed};
    let config = Config {
        max_shrink_iters: 5_000,
        failure_persistence: None,
        ..Config::default()
    };
    match std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
    {
        Some(cases) => Config {
            cases,
            rng_seed: RngSeed::Random,
            ..config
        },
        None => Config {
            cases: quick,
            rng_seed: RngSeed::Fixed(20_261_205),
            ..config
        },
    }
}

/// Returns the settings for sixty cases of a property.
pub fn quick() -> proptest::test_runner::Config {
    cases(60)
}
