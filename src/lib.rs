//! placeholder
mod arena;
#[cfg(feature = "cohort")]
pub mod cohort;
mod date;
mod diagnostic;
mod format;
mod matrix;
mod number;
mod plan;
mod profile;
pub mod sample;
mod score;
mod worked;

pub use date::{Date, DateError};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Place};
pub use matrix::{Effective, Matrix, MatrixStatus, Source};
pub use number::Points;
pub use profile::{Case, Problem, ProblemKind, Profile, ProfileError, Refusal, Value};
pub use score::outcome::{DimensionOutcome, Outcome};
pub use worked::WorkedExample;

/// A small matrix for the examples of this documentation.
#[doc(hidden)]
#[must_use]
pub fn doc_example() -> &'static str {
    include_str!("doc_example.yaml")
}
