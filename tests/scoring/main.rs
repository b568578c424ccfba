//! What a profile comes to, of each matrix of the language: outcomes, traces, refusals, and what is left open.
#![allow(
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something is not as it must be"
)]

#[cfg(feature = "bulk")]
mod bulk;
mod dates;
mod events;
mod generator;
mod invariants;
mod next;
mod open;
mod profiles;
mod trace;
