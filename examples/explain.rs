//! Explains the outcome of one profile: to read, to hand over, or as data.

mod program;

use std::io::{IsTerminal, Read};
use std::process::ExitCode;

use lexopt::prelude::*;
use threshold_matrix::record::Record;
use threshold_matrix::report::Explanation;
use threshold_matrix::{Date, Library, Matrix, Profile, Refusal};

const HELP: &str = "\
Explains why a profile has its tier: the result and its reason, how the points
add up, what overrides changed, what was not recorded, and what would change it.

usage: explain MATRIX PROFILE [--as-at DATE] [--record FILE] [FORM]
       explain [MATRIX] --of RECORD [FORM]
FORM:  [--full] [--redact] [--markdown | --json] [--html FILE]

  MATRIX         a file (.yaml), or an embedded matrix: `iom-threshold` or `iom-threshold@1.0.0`
  PROFILE        a JSON file of input values, the values themselves ('{\"rosh\": \"high\"}'),
                 or `-` for standard input
  --of RECORD    a record that `--record` wrote, instead of a profile: what the matrix
                 gave, what a person decided, and whether a replay gives the same
  --as-at DATE   the date of the scoring; today if not given
  --full         every rule that was looked at as well, with its line in the file
  --redact       without the values that the profile gave. The points stay, and
                 points tell which band or value somebody is in: it is not anonymous
  --markdown     as Markdown
  --json         the trace as JSON, and every change that would give another result
  --html FILE    written to a file as a page to read, print or hand over
  --record FILE  also writes a record, which `replay` checks years later

Exit status: 0 explained, 1 refused or a file at fault, 2 wrong usage.
";

#[derive(Default)]
struct Wanted {
    names: Vec<String>,
    as_at: Option<Date>,
    full: bool,
    redact: bool,
    markdown: bool,
    json: bool,
    html: Option<std::ffi::OsString>,
    record: Option<String>,
    of: Option<String>,
}

fn main() -> ExitCode {
    program::run(HELP, run)
}

fn run(mut arguments: lexopt::Parser) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut wanted = Wanted::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("as-at") => wanted.as_at = Some(arguments.value()?.parse()?),
            Long("full") => wanted.full = true,
            Long("redact") => wanted.redact = true,
            Long("markdown") => wanted.markdown = true,
            Long("json") => wanted.json = true,
            Long("html") => wanted.html = Some(arguments.value()?),
            Long("of") => wanted.of = Some(arguments.value()?.string()?),
            Long("record") => wanted.record = Some(arguments.value()?.string()?),
            Value(name) => wanted.names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if wanted.full && wanted.redact {
        return Err(lexopt::Error::from("--full shows the values that --redact hides").into());
    }
    let mut explanation = match (&wanted.of, wanted.names.as_slice()) {
        (Some(record), names @ ([] | [_])) if wanted.as_at.is_none() && wanted.record.is_none() => {
            of_record(record, names.first())?
        }
        (None, [matrix, profile]) => of_profile(matrix, profile, &wanted)?,
        _ => {
            return Err(
                lexopt::Error::from("a matrix and a profile are needed, or a record").into(),
            );
        }
    };
    explanation = explanation.with_changes();
    if wanted.full {
        explanation = explanation.full();
    }
    if wanted.redact {
        explanation = explanation.redacted();
    }
    if let Some(file) = &wanted.html {
        let shown = file.to_string_lossy();
        std::fs::write(file, explanation.to_html()).map_err(|error| format!("{shown}: {error}"))?;
    }
    if wanted.json {
        program::say(&format!(
            "{}\n",
            serde_json::to_string_pretty(&explanation)?
        ))?;
    } else if wanted.markdown {
        program::say(&explanation.to_markdown())?;
    } else if wanted.html.is_none() {
        let colours = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        program::say(&if colours {
            explanation.to_coloured_string()
        } else {
            explanation.to_string()
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

fn of_profile(
    matrix: &str,
    profile: &str,
    wanted: &Wanted,
) -> Result<Explanation, Box<dyn std::error::Error>> {
    let as_at = wanted.as_at.unwrap_or_else(program::today);
    let matrix = Matrix::open(matrix, as_at)?;
    let text = match profile {
        text if text.trim_start().starts_with('{') => text.to_owned(),
        path => read(path)?,
    };
    let profile = Profile::from_json(&text)?;
    let refused = |refusal: Refusal| {
        refusal
            .problems()
            .iter()
            .fold("the profile is refused:".to_owned(), |text, problem| {
                format!("{text}\n  {}", problem.message)
            })
    };
    let trace = matrix.explain(&profile, as_at).map_err(refused)?;
    if let Some(path) = &wanted.record {
        let record = Record::new(&matrix, &profile, as_at).map_err(refused)?;
        std::fs::write(path, record.to_json() + "\n")
            .map_err(|error| format!("cannot write `{path}`: {error}"))?;
    }
    Ok(trace.explanation())
}

fn of_record(
    path: &str,
    matrix: Option<&String>,
) -> Result<Explanation, Box<dyn std::error::Error>> {
    let record = Record::from_json(&read(path)?)
        .map_err(|error| format!("`{path}` is no record: {error}"))?;
    Ok(match matrix {
        Some(name) => record.explanation(&Matrix::open(name, record.as_at())?)?,
        None => record.explanation(record.matrix_in(&Library::embedded())?)?,
    })
}

fn read(path: &str) -> Result<String, String> {
    let text = match path {
        "-" => std::io::read_to_string(std::io::stdin().take(16 << 20)),
        path => std::fs::read_to_string(path),
    };
    text.map_err(|error| format!("cannot read `{path}`: {error}"))
}
