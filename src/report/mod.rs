//! Reports explanations, outcomes and whole matrices, for people and for other programs.

mod atrs;
#[doc(hidden)]
pub mod document;
mod explanation;
mod json;
#[cfg(feature = "schema")]
mod schema;
mod sheet;

pub(crate) use document::tree::{Block, Section};
pub use explanation::Explanation;
pub(crate) use explanation::{Beside, Told};
#[doc(hidden)]
pub use json::Reference;
pub(crate) use json::reference;
pub use json::{json_error, json_line, json_line_with_next_change};
#[cfg(feature = "schema")]
pub use schema::{outcome_schema, trace_schema};
pub use sheet::Sheet;

/// The notice that every explanation carries.
pub const NOTICE: &str = "This is advice to a person who decides. It is not a decision.";
