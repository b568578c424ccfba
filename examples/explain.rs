//! Explains the outcome of one profile, completely.

mod program;

use std::io::Read;
use std::process::ExitCode;

use lexopt::prelude::*;
use threshold_matrix::record::Record;
use threshold_matrix::{Matrix, Profile, Refusal};

const HELP: &str = "\
Explains why a profile has its tier: every point, cut-off, rule and override.

usage: explain MATRIX PROFILE [--as-at DATE] [--json] [--record FILE]

  MATRIX         a file (.yaml), or an embedded matrix: `iom-threshold` or `iom-threshold@1.0.0`
  PROFILE        a JSON file of input values, the values themselves ('{\"rosh\": \"high\"}'),
                 or `-` for standard input
  --as-at DATE   the date of the scoring; today if not given
  --json         the trace as JSON
  --record FILE  also writes a record, which `replay` checks years later

Exit status: 0 explained, 1 refused or a file at fault, 2 wrong usage.
";

fn main() -> ExitCode {
    program::run(HELP, run)
}

fn run(mut arguments: lexopt::Parser) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let (mut names, mut as_at, mut json, mut record) = (Vec::new(), None, false, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("as-at") => as_at = Some(arguments.value()?.parse()?),
            Long("json") => json = true,
            Long("record") => record = Some(arguments.value()?.string()?),
            Value(name) => names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let [matrix, profile] = names.as_slice() else {
        return Err(lexopt::Error::from("a matrix and a profile are needed").into());
    };
    let as_at = as_at.unwrap_or_else(program::today);
    let matrix = Matrix::open(matrix, as_at)?;
    let text = match profile.as_str() {
        "-" => std::io::read_to_string(std::io::stdin().take(1 << 20))?,
        text if text.trim_start().starts_with('{') => text.to_owned(),
        path => std::fs::read_to_string(path).map_err(|error| format!("cannot read `{path}`: {error}"))?,
    };
    let profile = Profile::from_json(&text)?;
    let refused = |refusal: Refusal| {
        refusal.problems().iter().fold("the profile is refused:".to_owned(), |text, problem| format!("{text}\n  {}", problem.message))
    };
    let trace = matrix.explain(&profile, as_at).map_err(refused)?;
    if let Some(path) = record {
        let record = Record::new(&matrix, &profile, as_at).map_err(refused)?;
        std::fs::write(&path, record.to_json() + "\n").map_err(|error| format!("cannot write `{path}`: {error}"))?;
    }
    if json {
        program::say(&format!("{}\n", serde_json::to_string_pretty(&trace)?))?;
    } else {
        program::say(&trace.to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}
