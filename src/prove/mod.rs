//! Answers questions about every profile at once: what can move, what can be reached, and a profile that shows it.
//!
//! A question about all profiles is a question about a case in which every input is unknown, so the search of the plan answers it. The analysis of
//! a matrix, the changes of an outcome and the comparison of revisions all ask their questions here.

pub(crate) mod axis;
pub(crate) mod prover;
pub(crate) mod space;
