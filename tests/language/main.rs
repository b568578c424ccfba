//! What a matrix file may say, and what is said of one that is at fault.
#![allow(
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test stops where something is not as it must be"
)]

mod diagnostics;
mod format_page;
mod hostile;
#[cfg(feature = "schema")]
mod schema;
mod worked;
