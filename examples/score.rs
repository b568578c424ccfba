//! Scores profiles, one line of JSON in, one line of JSON out: the embedder's view.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks to a person")]

mod program;

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::process::ExitCode;

use lexopt::prelude::*;
use threshold_matrix::{Date, Matrix, Profile, report};

const HELP: &str = "\
Scores profiles: one line of JSON in, one line of JSON out, in the same order.

usage: score MATRIX PROFILES.jsonl [--as-at DATE]

  MATRIX           a file (.yaml), or an embedded matrix: `hmpps-utm` or `hmpps-utm@2.0.0`
  PROFILES.jsonl   lines such as {\"id\": \"p1\", \"as_at\": \"2026-11-21\", \"profile\": {\"rosh\": \"high\"}};
                   `-` reads standard input
  --as-at DATE     the date of the scoring for lines without `as_at`; today if not given

A refused profile has its problems in `error`, and the other lines go on.
Exit status: 0 all lines scored, 1 some refused or a file at fault, 2 wrong usage.";

#[derive(serde::Deserialize)]
struct Line {
    #[serde(default)]
    id: serde_json::Value,
    as_at: Option<Date>,
    profile: Profile,
}

fn main() -> ExitCode {
    program::run(run)
}

fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let (mut names, mut as_at) = (Vec::new(), None);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            Long("as-at") => as_at = Some(arguments.value()?.parse_with(str::parse::<Date>)?),
            Value(name) => names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let [matrix, profiles] = names.as_slice() else {
        return Err(lexopt::Error::from(format!("a matrix and a file of profiles are needed\n\n{HELP}")).into());
    };
    let today = as_at.unwrap_or_else(program::today);
    let matrix = Matrix::open(matrix, today)?;
    let input: Box<dyn Read> = match profiles.as_str() {
        "-" => Box::new(std::io::stdin()),
        path => Box::new(std::fs::File::open(path).map_err(|error| format!("cannot read `{path}`: {error}"))?),
    };
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut refused = 0_usize;
    for (number, bytes) in BufReader::new(input).split(b'\n').enumerate() {
        let bytes = bytes?;
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let written = match serde_json::from_slice::<Line>(bytes.trim_ascii()) {
            Ok(line) => {
                let id = line.id.as_str().map_or_else(|| line.id.to_string(), str::to_owned);
                let as_at = line.as_at.unwrap_or(today);
                let result = matrix.score(&line.profile, as_at);
                refused += usize::from(result.is_err());
                report::json_line(&id, &matrix, as_at, &result)
            }
            Err(error) => {
                refused += 1;
                report::json_error(&matrix, today, &format!("line {}: {error}", number + 1))
            }
        };
        writeln!(output, "{written}")?;
    }
    output.flush()?;
    if refused > 0 {
        eprintln!("{refused} refused");
    }
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
