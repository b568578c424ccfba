//! Threshold matrices inside DataFusion: who is in which tier, worked out where a query runs.
//!
//! [`Matrices`] are what a session, or an executor, can score with. Registered, each of them is a function whose name has its id, its version and the first
//! digits of its content hash, and `score_table` scores a whole table:
//!
//! ```
//! use datafusion::prelude::SessionContext;
//! use threshold_matrix::{Library, Matrix};
//! use threshold_matrix_datafusion::Matrices;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut library = Library::new();
//! library.add(Matrix::from_yaml(threshold_matrix::doc_example())?)?;
//!
//! let context = SessionContext::new();
//! Matrices::of(library).register(&context);
//! context.sql("CREATE TABLE cohort AS VALUES (1, 12, 'low'), (2, 4, NULL), (3, 1, 'low')").await?;
//! context.sql("CREATE VIEW people AS SELECT column1 AS id, column2 AS arrests, column3 AS rosh FROM cohort").await?;
//!
//! let high = "SELECT id FROM score_table('doc-example@1.0.0', 'people', '2026-11-21') WHERE tier = 'high'";
//! let high = context.sql(high).await?.collect().await?;
//! assert_eq!(high.iter().map(|batch| batch.num_rows()).sum::<usize>(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # The table or the function
//!
//! `score_table(matrix, table, date)`, and [`ScoredTable`] in Rust, are a node of the plan that scores each batch once, whatever is read of its results. Use
//! them where there is a table to score. The column of the ids is `id`, or the one that a fourth argument names.
//!
//! The function takes the date as a text and one struct whose fields are named like inputs, and returns a struct:
//! `doc_example_1_0_0_…('2026-11-21', named_struct('arrests', n, 'rosh', risk))`. A field that is not an input's is an error, as everything else that is
//! wrong with the columns is, before the first row is read. An engine that calls a function by its name on another machine, as Ballista does, can call
//! this one. DataFusion works out a call once for all fields that are read of it only if it finds that the calls are the same, which it does for calls of
//! one `SELECT`; the table does not depend on that.
//!
//! Both go by [`BatchScorer`](threshold_matrix_cohort::BatchScorer), the road that files take, and give its columns.

mod function;
mod matrices;
mod movement;
mod node;
mod table;

pub use function::{call, date_in};
pub use matrices::{Matrices, MatrixName};
pub use movement::{Differs, moved};
pub use table::ScoredTable;

use datafusion::error::DataFusionError;

/// Returns an error of a plan, in words.
fn refused(words: impl std::fmt::Display) -> DataFusionError {
    DataFusionError::Plan(words.to_string())
}
