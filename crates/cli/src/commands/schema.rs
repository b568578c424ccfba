//! The JSON Schemas of the files that people write and keep.

use crate::output::Status;

use clap::ValueEnum;
use threshold_matrix_cohort::Columns;

use crate::arguments::{self, AsAt};
use crate::output::{Ended, say, usage};

/// Print a JSON Schema, for editors and other programs
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix schema matrix > format-1.schema.json
  threshold-matrix schema record > record-1.schema.json
  threshold-matrix schema columns --matrix iom-threshold > columns.schema.json")]
pub(crate) struct Arguments {
    /// What the schema describes
    of: Kind,
    /// A matrix file (.yaml), or a matrix that comes with the program, whose inputs the schema of a columns file names
    #[arg(long, value_name = "MATRIX")]
    matrix: Option<String>,
    #[command(flatten)]
    as_at: AsAt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A matrix file of format 1
    Matrix,
    /// A record of one scoring
    Record,
    /// A columns file, which says which column of a cohort each input is read from
    Columns,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    if arguments.matrix.is_some() && arguments.of != Kind::Columns {
        return usage("--matrix works only with `schema columns`");
    }
    say(&match arguments.of {
        Kind::Matrix => threshold_matrix::json_schema(),
        Kind::Record => threshold_matrix::record::json_schema(),
        Kind::Columns => {
            let as_at = arguments.as_at.date();
            let matrix = arguments.matrix.as_deref();
            let matrix = matrix
                .map(|name| arguments::matrix(name, as_at))
                .transpose()?;
            Columns::json_schema(matrix.as_ref())
        }
    })?;
    Ok(Status::Done)
}
