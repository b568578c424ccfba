//! placeholder
mod arena;
mod date;
mod diagnostic;
mod format;
mod library;
mod matrix;
mod number;
mod plan;
mod profile;
pub mod report;
mod score;
mod worked;

pub use date::{Date, DateError};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Place};
pub use library::{OpenError, FileFault, FolderError, Library, LibraryError, Period};
pub use matrix::{Effective, Matrix, MatrixStatus, Source};
pub use number::Points;
pub use profile::{Case, Problem, ProblemKind, Profile, ProfileError, Refusal, Value};
pub use score::outcome::{DimensionOutcome, Outcome};
pub use score::trace::Trace;
pub use worked::WorkedExample;

#[cfg(feature = "schema")]
pub use format::schema::json_schema;

#[doc = include_str!("../FORMAT.md")]
pub mod format_1 {}

/// A small matrix for the examples of this documentation.
#[doc(hidden)]
#[must_use]
pub fn doc_example() -> &'static str {
    include_str!("doc_example.yaml")
}
