//! Replays a record: scores again what was recorded, and says whether the same comes out.

#![allow(clippy::print_stderr, reason = "a program speaks to a person")]

mod program;

use std::io::Read;
use std::process::ExitCode;

use lexopt::prelude::*;
use threshold_matrix::record::Record;
use threshold_matrix::{Library, Matrix};

const HELP: &str = "\
Replays a record: scores the recorded profile again with the matrix of the recorded
content hash, and names each place where the record is not what comes out.

usage: replay RECORD [--matrix FILE]

  RECORD          a file that `explain --record` wrote, or `-` for standard input
  --matrix FILE   the matrix, for one that does not come with the library; its content
                  must be that of the record

A place is a JSON pointer, such as /trace/inputs/0/value.
Exit status: 0 the same to the byte, 1 something differs, 2 it cannot be replayed
(no record, no such matrix, one of other content, or wrong usage).
";

fn main() -> ExitCode {
    program::run(HELP, |arguments| match run(arguments) {
        Err(error) if !error.is::<std::io::Error>() && !error.is::<lexopt::Error>() => {
            eprintln!("{error}");
            Ok(ExitCode::from(2))
        }
        result => result,
    })
}

fn run(mut arguments: lexopt::Parser) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let (mut names, mut matrix) = (Vec::new(), None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("matrix") => matrix = Some(arguments.value()?.string()?),
            Value(name) => names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let [record] = names.as_slice() else {
        return Err(lexopt::Error::from("one record is needed").into());
    };
    let cannot = |error| format!("cannot read `{record}`: {error}");
    let text = match record.as_str() {
        "-" => std::io::read_to_string(std::io::stdin().take(16 << 20)).map_err(cannot)?,
        path => std::fs::read_to_string(path).map_err(cannot)?,
    };
    let record = Record::from_json(&text).map_err(|error| {
        let problems = error
            .problems()
            .iter()
            .map(|problem| format!("\n  {problem}"));
        format!("this is no record:{}", problems.collect::<String>())
    })?;
    let replay = match matrix {
        Some(name) => record.replay_with(&Matrix::open(&name, record.as_at())?)?,
        None => record.replay(&Library::embedded())?,
    };
    let what = format!(
        "{} {} as at {}",
        record.matrix_id(),
        record.matrix_version(),
        record.as_at()
    );
    if replay.is_same() {
        program::say(&format!("the same: {what}\nseal {}\n", record.seal()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let differences: String = replay
        .differences()
        .iter()
        .map(|difference| format!("  {difference}\n"))
        .collect();
    program::say(&format!("not the same: {what}\n{differences}"))?;
    Ok(ExitCode::FAILURE)
}
