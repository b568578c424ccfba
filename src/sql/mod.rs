//! Writes a matrix as SQL, for engines in which nothing can be installed.
//!
//! The query is one `SELECT` over a relation that has a column for each input. It gives the tier, status, scores and levels that [`Matrix::score`] gives,
//! or says of a row that it needs the scorer: where an input is unknown, all that is still possible would have to be tried.
//!
//! ```
//! use threshold_matrix::{Matrix, sql::{Dialect, Query}};
//!
//! let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
//! let query = Query::new(Dialect::DuckDb).as_at("2026-11-21".parse()?);
//! let sql = matrix.to_sql(&query)?;
//! assert!(sql.starts_with("-- doc-example 1.0.0"));
//! assert!(sql.contains(r#"WHEN "arrests" > 0 THEN"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The relation
//!
//! It has `id` and a column of each input's name. Without [`Query::as_at`] it also has `as_at`, the date at which each row is scored.
//!
//! | input | column |
//! |---|---|
//! | integer | a whole number, or a number that is whole |
//! | decimal | a decimal, or a floating-point number that is the nearest to one of the declared places |
//! | level, category | a text |
//! | boolean | a truth |
//! | date | a date, not a time |
//! | set | a list of texts or, with [`Query::member_columns`], a column of truths for each member, called `input.member` |
//!
//! # The result
//!
//! | column | what it is |
//! |---|---|
//! | `id`, `as_at` | as they are given |
//! | `tier`, `status` | the result; null where the row needs the scorer or is refused |
//! | `needs_scorer` | whether an input is unknown, so that the row is to be scored by the library |
//! | `risk.score`, `risk.level`, `risk.scaled` | of each dimension that has them |
//! | `points.rsr` | of each criterion and group, with [`Query::points`] |
//! | `flag.violence` | of each flag |
//! | `decision.release` | of each named decision |
//! | `error` | why the row is refused, or null |
//!
//! Numbers are compared as whole numbers of their last decimal place, so nothing is rounded. Completed years and months, and what is some time ago, are
//! those of FORMAT.md in every dialect.

mod dialect;
mod inputs;
mod query;
mod rules;
mod select;
#[cfg(test)]
mod tests;
mod writer;

use crate::matrix::Matrix;

pub use dialect::{Dialect, DialectError};
pub use query::{Query, SqlError};

impl Matrix {
    /// Returns the matrix as one `SELECT`.
    ///
    /// # Errors
    /// Returns each rule that the dialect cannot say.
    pub fn to_sql(&self, query: &Query) -> Result<String, SqlError> {
        select::select(self, query)
    }
}
