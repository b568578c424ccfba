//! A matrix as SQL.

use clap::ValueEnum;
use threshold_matrix::Date;
use threshold_matrix::sql::{Dialect, Query};

use crate::arguments;
use crate::output::{Ended, Status, say};

/// Print a matrix as one SELECT, for engines in which nothing can be installed
///
/// The relation has `id` and a column of each input's name. A row gets the tier that `rescore` gives, or is marked as one that needs the scorer because
/// an input is unknown, or is refused with a reason. Nothing is rounded, and dates are those of the matrix language.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix sql hmpps-utm@2.0.0 --dialect duckdb --as-at 2026-12-05 > tiers.sql
  threshold-matrix sql own.yaml --dialect postgres --relation area.people --points")]
pub(crate) struct Arguments {
    /// A matrix file (.yaml), or a matrix that comes with the program, such as `iom-threshold@1.0.0`
    matrix: String,
    /// The engine that runs it
    #[arg(long)]
    dialect: Name,
    /// The date of the scoring, such as 2026-11-21. Without it, the relation has a date for each row, in the column `as_at`
    #[arg(long, value_name = "DATE")]
    as_at: Option<Date>,
    /// The relation with the people, written as the query has it
    #[arg(long, value_name = "NAME", default_value = "cohort")]
    relation: String,
    /// Read a set from a column of truths for each member, called `input.member`, and not from a list
    #[arg(long)]
    member_columns: bool,
    /// Also give the points of each criterion and group
    #[arg(long)]
    points: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Name {
    Duckdb,
    Postgres,
    Sqlite,
    Spark,
    Datafusion,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    let matrix = match arguments.as_at {
        Some(date) => arguments::matrix(&arguments.matrix, date)?,
        None => arguments::matrix(&arguments.matrix, arguments::today())?,
    };
    let mut query = Query::new(match arguments.dialect {
        Name::Duckdb => Dialect::DuckDb,
        Name::Postgres => Dialect::Postgres,
        Name::Sqlite => Dialect::Sqlite,
        Name::Spark => Dialect::Spark,
        Name::Datafusion => Dialect::DataFusion,
    })
    .from(&arguments.relation);
    if let Some(date) = arguments.as_at {
        query = query.as_at(date);
    }
    if arguments.member_columns {
        query = query.member_columns();
    }
    if arguments.points {
        query = query.points();
    }
    say(&matrix.to_sql(&query)?)?;
    Ok(Status::Done)
}
