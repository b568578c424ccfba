//! Generated matrices of the whole language, profiles for them, and an independent scorer.
//!
//! A [`spec::Spec`] is a matrix as data. [`strategy`] makes valid ones, [`document`] prints them as YAML,
//! [`cells`] lists the input values that matter to them, and [`oracle`] scores them straight from `FORMAT.md`.
//! Nothing of it uses the library, so that agreement between the two means something; [`columns`] alone gives profiles to the library.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "each test binary uses a part of this module, and a generator or oracle that is wrong should stop the test"
)]

pub mod bounds;
pub mod calendar;
pub mod cells;
pub mod census;
pub mod choices;
#[cfg(feature = "bulk")]
pub mod columns;
pub mod document;
pub mod oracle;
pub mod spec;
pub mod strategy;
pub mod value;
pub mod yaml;

/// How many cases a property is tried on: few, unless `PROPTEST_CASES` says otherwise.
pub fn quick() -> proptest::test_runner::Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60);
    proptest::test_runner::Config { cases, max_shrink_iters: 5_000, failure_persistence: None, ..Default::default() }
}
