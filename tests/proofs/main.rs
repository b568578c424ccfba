//! What is said of all profiles, or of all that could change, against trying everything.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something is not as it must be"
)]

mod analysis;
mod change;
mod compare;
#[allow(
    clippy::float_arithmetic,
    clippy::print_stdout,
    reason = "it prints a table of measurements"
)]
mod large;
