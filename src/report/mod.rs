//! Explanations, outcomes and whole matrices, for people and for other programs.

mod atrs;
pub(crate) mod document;
mod explanation;
mod json;
mod sheet;
pub(crate) mod words;

pub(crate) use document::tree::{Block, Section};
pub use explanation::Explanation;
pub(crate) use explanation::{Beside, Told};
pub(crate) use json::{Reference, reference};
pub use json::{json_error, json_line};
pub use sheet::Sheet;

/// What every explanation says.
pub const NOTICE: &str = "This is advice to a person who decides. It is not a decision.";
