//! Asks questions of every profile at once: what can move, whether it can come to somewhere, and a profile that shows it.
//!
//! A question about all profiles is a question about a case in which every input is unknown, so the search of the plan answers it. What a matrix is
//! proved of, what would change an outcome and what a revision changes are all asked here.

pub(crate) mod axis;
pub(crate) mod prover;
pub(crate) mod space;
