//! Scores a folder of Parquet files in partitions: `cargo run --release --example cohort -- FOLDER [MATRIX] [DATE] [PARTITIONS] [OUT]`.
//!
//! It prints how many people are in each tier, or writes everybody's outcome to the folder `OUT`.

#![expect(clippy::print_stdout, reason = "an example shows what comes out")]

use std::time::Instant;

use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use threshold_matrix::Library;
use threshold_matrix_datafusion::Matrices;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder of Parquet files")?;
    let matrix = arguments
        .next()
        .unwrap_or_else(|| "hmpps-utm@2.0.0".to_owned());
    let date = arguments.next().unwrap_or_else(|| "2026-12-05".to_owned());
    let partitions = arguments.next().map_or(Ok(2), |text| text.parse())?;
    let out = arguments.next();

    // The loops over columns are quicker on longer batches than the 8,192 rows that DataFusion reads at a time by itself.
    let config = SessionConfig::new()
        .with_target_partitions(partitions)
        .with_batch_size(32 * 1024);
    let context = SessionContext::new_with_config(config);
    Matrices::of(Library::embedded()).register(&context);
    context
        .register_parquet("cohort", &folder, ParquetReadOptions::default())
        .await?;

    let begun = Instant::now();
    let scored = format!("score_table('{matrix}', 'cohort', '{date}')");
    match out {
        None => {
            let query = format!(
                "SELECT tier, status, provisional, count(*) AS people FROM {scored} GROUP BY tier, status, provisional ORDER BY people DESC"
            );
            context.sql(&query).await?.show().await?;
        }
        Some(out) => {
            let outcomes = context.sql(&format!("SELECT * FROM {scored}")).await?;
            let options = DataFrameWriteOptions::new();
            outcomes.write_parquet(&out, options, None).await?;
        }
    }
    println!("{:.2} seconds", begun.elapsed().as_secs_f64());
    Ok(())
}
