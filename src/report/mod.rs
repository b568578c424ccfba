//! Outcomes, traces and whole matrices, for people and for other programs.

mod json;
mod sheet;
mod text;

pub(crate) use json::Reference;
pub use json::{json_error, json_line};
pub use sheet::Sheet;

/// What every explanation says.
pub const NOTICE: &str = "This is advice to a person who decides. It is not a decision.";
