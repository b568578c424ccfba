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
  threshold-matrix schema columns iom-threshold > columns.schema.json
  threshold-matrix schema profile iom-threshold > profile.schema.json")]
pub(crate) struct Arguments {
    /// What the schema describes
    of: Kind,
    /// A matrix file (.yaml), or a matrix that comes with the program, whose inputs the schema of a profile or of a columns file names
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
    /// A profile for a matrix: its inputs with their labels, ranges and values, as a form needs them
    Profile,
    /// A line of outcomes, as `score` prints it
    Outcome,
    /// The trace of a scoring, as `explain --json` prints it
    Trace,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    let matrix = || {
        let name = arguments.matrix.as_deref();
        let as_at = arguments.as_at.date();
        name.map(|name| arguments::matrix(name, as_at)).transpose()
    };
    if arguments.matrix.is_some() && !matches!(arguments.of, Kind::Columns | Kind::Profile) {
        return usage("a matrix works only with `schema columns` and `schema profile`");
    }
    say(&match arguments.of {
        Kind::Matrix => threshold_matrix::json_schema(),
        Kind::Record => threshold_matrix::record::json_schema(),
        Kind::Columns => Columns::json_schema(matrix()?.as_ref()),
        Kind::Profile => match matrix()? {
            Some(matrix) => matrix.profile_schema(),
            None => {
                return usage(
                    "name the matrix that the profile is for, such as `schema profile iom-threshold`",
                );
            }
        },
        Kind::Outcome => threshold_matrix::report::outcome_schema(),
        Kind::Trace => threshold_matrix::report::trace_schema(),
    })?;
    Ok(Status::Done)
}
