//! Loads threshold matrices from versioned, checked YAML, scores profiles exactly into tiers, and explains every result completely.
//!
//! A *threshold matrix* says, in a table that a panel can read, how a person's offending frequency, harm and needs become points, how points
//! become levels, and how levels become a tier. This library loads such a table from YAML, proves on loading that every case is covered, scores
//! profiles exactly, and explains every point. It advises a person who decides; it never makes the decision.
//!
//! # In ten lines
//!
//! ```
//! use threshold_matrix::{Matrix, Profile};
//!
//! let as_at = "2026-12-05".parse()?;                                    // always an argument: nothing reads a clock
//! let matrix = Matrix::open("hmpps-utm@2.0.0", as_at)?;                 // an embedded matrix, or a file
//! let profile = Profile::new().with("rsr", "3.10").with("rosh", "medium").with("mappa_level", "m1").with("female", false)
//!     .with("mandate_for_change", true).with("assessed", false).with("iom_nominal", false);
//! let trace = matrix.explain(&profile, as_at)?;
//! let protect = trace.outcome().dimension("protect").expect("the matrix has it");
//! assert_eq!((protect.level(), protect.score().map(|score| score.to_string())), (Some("C"), Some("15".to_owned())));
//! println!("{trace}");                                                  // the whole reason, to read aloud
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From a file to a result
//!
//! ```text
//! YAML text → format (what is written) → model (validated) → plan (a graph of small steps) → matrix (the façade over both)
//!   → score (one profile: outcome and trace) → change (what would change it) → report (text, Markdown, a page, JSON)
//!   → prove → analysis (what is true of all profiles) → compare (what a revision changes)
//!   → bulk (whole cohorts as columns)
//! ```
//!
//! Each part (a *room*) of the library imports only the rooms before it. `DESIGN.md` lists them all, and a test checks the sources against the list.
//!
//! - [`Matrix`] is loaded with [`Matrix::from_yaml`] or [`Matrix::open`]; what is wrong with a file comes back as [`Diagnostics`], all at once.
//!   The language is described in [`format_1`].
//! - [`Profile`] holds a person's input values; [`Matrix::prepare`] checks it against a matrix and gives a [`Case`], or a [`Refusal`] that names
//!   every problem.
//! - [`Case::score`] gives an [`Outcome`]: the tier and, where unknown inputs matter, the exact set of tiers that are still possible.
//!   [`Case::explain`] gives a [`Trace`], which holds the outcome and the reasons for it.
//! - [`Case::changes`] gives what would [`change`] the outcome.
//! - `Matrix::bulk` (with the feature `bulk`) compiles a matrix to score whole cohorts as columns.
//! - [`Matrix::analyse`] proves what can be proved of a matrix over all profiles (see [`analysis`]). [`Matrix::compare`] proves what a revision
//!   changes (see [`compare`]).
//! - [`Library`] holds many matrices in many versions, among them those that come with this crate.
//! - The crate `threshold-matrix-cohort` reads cohorts from files, writes outcomes, tells who moved, and tries a revision on a cohort.
//! - [`record::Record`] is what to keep of a decision, so that it can be replayed later.
//! - [`Matrix::sheet`] gives the whole matrix as tables for a panel, as text or as a page to print.
//! - [`Trace::explanation`] gives the explanation of one result to read and hand over, as text, as Markdown or as a page of HTML, with the
//!   person's values or without them. [`report`] writes outcomes for other programs.
//!
//! # What can be relied on
//!
//! - **Exact.** Nothing between the file and the tier is binary floating point: a number is read from its text, and a value with more decimal
//!   places than its input declares is refused, not rounded.
//! - **Complete.** Every value of every input has points, every score has a level, and every case has a tier. A matrix for which that is not true
//!   does not load. Every point in a trace belongs to one rule at one line of the file, and the outcome follows from the trace alone.
//! - **Honest.** A missing value is treated as the matrix says: it is refused, it counts as an answer in itself, it is assumed and shown as
//!   assumed, or it is unknown. Where a value is unknown, the outcome says what is still possible, and some value reaches each possibility.
//! - **Deterministic.** The same matrix, profile and date give the same bytes on every machine. Scoring reads neither a clock nor the network.
//! - **Safe.** Hostile files and profiles give errors. Nothing panics, and a matrix whose scores could overflow is refused when it is loaded.
//!
//! # Features
//!
//! | feature | gives | brings |
//! |---|---|---|
//! | `bulk` | whole cohorts as columns | nothing, but a quarter of a minute to compile |
//! | `vectors` | the same, with the longer vectors of a processor that has them | nothing, but half a minute to compile |
//! | `rayon` | the same by several threads | `rayon` |
//! | `arrow` | Arrow record batches in and out | `arrow-array` 59 |
//! | `schema` | the JSON Schemas of the format, for editors, of profiles, outcomes and traces, and of records | `schemars` |

pub mod analysis;
mod arena;
#[cfg(feature = "bulk")]
pub mod bulk;
pub mod change;
pub mod compare;
mod date;
mod diagnostic;
mod format;
mod library;
mod matrix;
mod model;
mod number;
mod plan;
mod profile;
mod prove;
pub mod record;
pub mod report;
pub mod sample;
mod score;
pub mod sql;
#[doc(hidden)]
pub mod words;
mod worked;

pub use date::{Date, DateError};
pub use diagnostic::{Code, Diagnostic, Diagnostics, Place};
#[cfg(feature = "schema")]
pub use format::schema::json_schema;
pub use library::{FileFault, FolderError, Library, LibraryError, OpenError, Period};
pub use matrix::Matrix;
pub use matrix::cut_off::CutOffError;
pub use matrix::described::{
    EventsDescription, IfMissing, InputDescription, InputKind, PartDescription,
};
pub use model::about::{Effective, MatrixStatus, Source, Term};
pub use number::Points;
pub use profile::{Problem, ProblemKind, Profile, ProfileError, Refusal, Value};
pub use score::outcome::{DimensionOutcome, Outcome, OutcomeResult, PointsOutcome};
pub use score::prepare::{Case, CaseKey};
pub use score::trace::{self, Trace};
pub use worked::WorkedExample;

/// Shares parts of the library with the other members of the workspace.
///
/// Nothing here is part of the public interface, and any of it may change or go at any time.
#[doc(hidden)]
pub mod workspace {
    pub use crate::analysis::json as profile_json;
    pub use crate::diagnostic::{closest, is_it, shortened, suggest};

    /// Returns the place where a file begins.
    pub const fn beginning() -> crate::Place {
        crate::Place::new(1, 1, 0, 0)
    }

    /// Returns the days from 1970-01-01 to a date.
    pub fn days(date: crate::Date) -> i64 {
        date.days()
    }

    /// Returns whether a text is a month such as `2026-03`, or a year such as `2026`, as the date of an event may be.
    pub fn is_partial_date(text: &str) -> bool {
        crate::score::events::partial_days(text).is_some()
    }
    #[cfg(feature = "schema")]
    pub use crate::format::schema;
    pub use crate::format::{shape, text_of, tree};
    pub mod number {
        pub use crate::number::*;
    }
    pub use crate::report::{NOTICE, Reference, document};
    pub use crate::words;
}

#[doc = include_str!("../FORMAT.md")]
pub mod format_1 {}

/// Returns a small matrix for the examples of this documentation.
#[doc(hidden)]
#[must_use]
pub fn doc_example() -> &'static str {
    include_str!("doc_example.yaml")
}
