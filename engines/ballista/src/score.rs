//! Scores a folder of Parquet files by a query that the executors work on.

use std::path::PathBuf;
use std::time::Instant;

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use clap::Args;
use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::execution::SessionStateBuilder;
use datafusion::logical_expr::{Expr, col, ident};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use threshold_matrix_datafusion::Matrices;

use crate::codec::Codec;

/// What to score.
#[derive(Args)]
pub(crate) struct Request {
    /// The matrix, as `id@version`.
    #[arg(long)]
    matrix: String,
    /// The date of the scoring.
    #[arg(long)]
    as_at: String,
    /// The folder of the people.
    #[arg(long)]
    cohort: PathBuf,
    /// The folder of the outcomes.
    #[arg(long)]
    out: PathBuf,
}

#[expect(clippy::print_stdout, reason = "a program says how it went")]
pub(crate) async fn score(
    matrices: &Matrices,
    port: u16,
    request: &Request,
) -> Result<(), Box<dyn std::error::Error>> {
    let as_at = request.as_at.parse()?;
    let matrix = matrices.library().find(&request.matrix, as_at)?;
    let config = SessionConfig::new_with_ballista()
        .with_ballista_logical_extension_codec(Codec::logical(matrices))
        .with_ballista_physical_extension_codec(Codec::physical(matrices));
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features()
        .build();
    let url = format!("df://localhost:{port}");
    let context = SessionContext::remote_with_state(&url, state).await?;

    let cohort = request.cohort.display().to_string();
    let people = context
        .read_parquet(cohort, ParquetReadOptions::default())
        .await?;
    let call = threshold_matrix_datafusion::call(matrix, people.schema().as_arrow(), as_at)?;
    // The struct is taken apart by a node of its own, so that the call is worked out once whatever the optimiser finds.
    let scored = people
        .select(vec![ident("id"), call.alias("result")])?
        .unnest_columns(&["result"])?;
    let columns: Vec<Expr> = scored
        .schema()
        .columns()
        .into_iter()
        .map(|column| {
            let name = column.name().to_owned();
            let own = name.strip_prefix("result.").unwrap_or(&name).to_owned();
            col(column).alias(own)
        })
        .collect();
    let begun = Instant::now();
    let out = request.out.display().to_string();
    scored
        .select(columns)?
        .write_parquet(&out, DataFrameWriteOptions::new(), None)
        .await?;
    println!("scored in {:.1} seconds", begun.elapsed().as_secs_f64());
    Ok(())
}
