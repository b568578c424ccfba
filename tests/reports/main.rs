//! What is written of a result or of a matrix: explanations, sheets and records.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something is not as it must be"
)]

mod kept;
mod record;
mod report;
#[cfg(feature = "schema")]
mod schema;
mod sheet;
