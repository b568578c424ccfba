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

mod cohort;
#[cfg(feature = "parquet")]
mod columns;
mod columns_schema;
mod disclosure;
mod due_only;
mod events;
mod excel_page;
mod format_page;
#[cfg(all(feature = "parquet", feature = "xlsx"))]
mod forms;
mod json_lines;
mod mapping;
mod mutated;
#[cfg(feature = "xlsx")]
mod outcome_workbooks;
mod parts;
mod report;
#[cfg(feature = "parquet")]
mod road;
#[cfg(feature = "parquet")]
mod several;
mod statistics;
#[cfg(feature = "parquet")]
mod streams;
mod times;
mod trial;
#[cfg(feature = "parquet")]
mod trial_columns;
mod trial_sums;
#[cfg(feature = "parquet")]
mod types;
#[cfg(feature = "xlsx")]
mod workbooks;
