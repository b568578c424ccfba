//! The JSON Schemas of the files that people write and keep.

use std::process::ExitCode;

use clap::ValueEnum;

use crate::output::{Ended, say};

/// Print a JSON Schema, for editors and other programs
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix schema matrix > format-1.schema.json
  threshold-matrix schema record > record-1.schema.json")]
pub(crate) struct Arguments {
    /// What the schema describes
    of: Kind,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// A matrix file of format 1
    Matrix,
    /// A record of one scoring
    Record,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    say(&match arguments.of {
        Kind::Matrix => threshold_matrix::json_schema(),
        Kind::Record => threshold_matrix::record::json_schema(),
    })?;
    Ok(ExitCode::SUCCESS)
}
