//! Scores profiles, one line of JSON in, one line of JSON out: the embedder's view.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program speaks to a person"
)]

mod program;

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::process::ExitCode;

use lexopt::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use threshold_matrix::{Date, Matrix, Profile, report};

const HELP: &str = "\
Scores profiles: one line of JSON in, one line of JSON out, in the same order.

usage: score MATRIX PROFILES.jsonl [--as-at DATE]

  MATRIX           a file (.yaml), or an embedded matrix: `hmpps-utm` or `hmpps-utm@2.0.0`
  PROFILES.jsonl   lines such as {\"id\": \"p1\", \"as_at\": \"2026-11-21\", \"profile\": {\"rosh\": \"high\"}};
                   `-` reads standard input
  --as-at DATE     the date of the scoring for lines without `as_at`; today if not given

A refused profile has its problems in `error`, and the other lines go on.
Exit status: 0 all lines scored, 1 some refused or a file at fault, 2 wrong usage.
";

fn main() -> ExitCode {
    program::run(HELP, run)
}

fn run(mut arguments: lexopt::Parser) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let (mut names, mut as_at) = (Vec::new(), None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("as-at") => as_at = Some(arguments.value()?.parse()?),
            Value(name) => names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let [matrix, profiles] = names.as_slice() else {
        return Err(lexopt::Error::from("a matrix and a file of profiles are needed").into());
    };
    let today = as_at.unwrap_or_else(program::today);
    let matrix = Matrix::open(matrix, today)?;
    let input: Box<dyn Read> = match profiles.as_str() {
        "-" => Box::new(std::io::stdin()),
        path => Box::new(
            std::fs::File::open(path).map_err(|error| format!("cannot read `{path}`: {error}"))?,
        ),
    };
    // Somebody may wait for each answer before the next question.
    let waits = profiles == "-";
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut refused = 0_usize;
    for (number, bytes) in BufReader::new(input).split(b'\n').enumerate() {
        let bytes = bytes?;
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let (line, scored) = score(bytes.trim_ascii(), number + 1, &matrix, today);
        refused += usize::from(!scored);
        writeln!(output, "{line}")?;
        if waits {
            output.flush()?;
        }
    }
    output.flush()?;
    if refused > 0 {
        eprintln!("{refused} refused");
    }
    Ok(if refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The answer to one line, and whether it is a score.
fn score(bytes: &[u8], number: usize, matrix: &Matrix, today: Date) -> (String, bool) {
    let refuse = |id: Option<&str>, error: &str| {
        (
            report::json_error(id, matrix, today, &format!("line {number}: {error}")),
            false,
        )
    };
    let line: Map<String, Json> = match serde_json::from_slice(bytes) {
        Ok(line) => line,
        Err(error) => return refuse(None, &format!("not an object of JSON: {error}")),
    };
    let id = match line.get("id") {
        None | Some(Json::Null) => None,
        Some(Json::String(id)) => Some(id.clone()),
        Some(other) => Some(other.to_string()),
    };
    let as_at = match line.get("as_at") {
        None | Some(Json::Null) => today,
        Some(date) => match date.as_str().unwrap_or_default().parse() {
            Ok(date) => date,
            Err(_) => {
                return refuse(
                    id.as_deref(),
                    &format!("`as_at` is {date}, not a date such as 2026-11-21"),
                );
            }
        },
    };
    // Read from the text again, so that numbers keep their digits.
    let profile = match serde_json::from_slice::<Line>(bytes) {
        Ok(line) => Profile::from_json(line.profile.get()),
        Err(_) => return refuse(id.as_deref(), "there is no `profile`"),
    };
    match profile {
        Ok(profile) => {
            let result = matrix.score(&profile, as_at);
            (
                report::json_line(id.as_deref(), matrix, as_at, &result),
                result.is_ok(),
            )
        }
        Err(error) => refuse(id.as_deref(), &error.to_string()),
    }
}

/// The part of a line that is read by its digits.
#[derive(serde::Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    profile: &'a RawValue,
}
