//! An audit: a stored record against the matrix of its version.

use std::error::Error;
use std::process::ExitCode;

use serde_json::json;
use threshold_matrix::Library;
use threshold_matrix::record::{Record, Replay};

use crate::arguments::{self, read_text};
use crate::output::{Ended, say, say_json, warn};

/// Replay a record: score again what was recorded, and say whether the same comes out
///
/// The recorded profile is scored with the matrix of the recorded content hash. Each place where the record differs from what comes out now
/// is named by a JSON pointer, such as /trace/inputs/0/value.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix explain iom-threshold@1.0.0 examples/person.json --as-at 2026-12-05 --record person.record.json
  threshold-matrix replay person.record.json

Exit status: 0 the same to the byte, 1 something differs, 2 the record cannot be replayed
(it is not a record, its matrix was not found or has other content, or wrong usage).")]
pub(crate) struct Arguments {
    /// A file that `explain --record` wrote, or `-` for standard input
    record: String,
    /// The file of the matrix, if it does not come with the program; its content hash must be the one in the record
    #[arg(long, value_name = "FILE")]
    matrix: Option<String>,
    /// Print JSON and nothing else, even when something is wrong
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    let (record, replay) = match replay(arguments) {
        Ok(replayed) => replayed,
        Err(error) => {
            match arguments.json {
                true => say_json(&json!({ "error": crate::output::as_json(error.as_ref()) }))?,
                false => warn(&error.to_string())?,
            }
            return Ok(ExitCode::from(2));
        }
    };
    tell(arguments, &record, &replay)?;
    Ok(match replay.is_same() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn replay(arguments: &Arguments) -> Result<(Record, Replay), Box<dyn Error>> {
    let text = read_text(&arguments.record)?;
    let record = Record::from_json(&text).map_err(|error| {
        let problems = error.problems().iter();
        let problems: String = problems.map(|problem| format!("\n  {problem}")).collect();
        format!("`{}` is not a record:{problems}", arguments.record)
    })?;
    let replay = match &arguments.matrix {
        Some(name) => record.replay_with(&arguments::matrix(name, record.as_at())?)?,
        None => record.replay(&Library::embedded())?,
    };
    Ok((record, replay))
}

fn tell(arguments: &Arguments, record: &Record, replay: &Replay) -> Result<(), Box<dyn Error>> {
    let (id, version, as_at) = (record.matrix_id(), record.matrix_version(), record.as_at());
    let differences: Vec<String> = replay
        .differences()
        .iter()
        .map(ToString::to_string)
        .collect();
    if arguments.json {
        return say_json(&json!({
            "matrix": { "id": id, "version": version.to_string() },
            "as_at": as_at,
            "seal": record.seal(),
            "same": replay.is_same(),
            "differences": differences,
        }));
    }
    if replay.is_same() {
        say(&format!(
            "the same: {id} {version} as at {as_at}\nseal {}\n",
            record.seal()
        ))?;
    } else {
        let differences: String = differences
            .iter()
            .map(|line| format!("  {line}\n"))
            .collect();
        say(&format!(
            "not the same: {id} {version} as at {as_at}\n{differences}"
        ))?;
    }
    Ok(())
}
