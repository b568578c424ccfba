//! Many people at once: files and columns in, outcomes, counts and trials out.
#![allow(
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test stops where something is not as it must be"
)]

#[cfg(feature = "bulk")]
mod bulk;
#[cfg(feature = "cohort")]
mod cohort;
#[cfg(feature = "parquet")]
mod columns;
#[cfg(feature = "cohort")]
mod trial;
#[cfg(all(feature = "parquet", feature = "cohort"))]
mod trial_columns;
