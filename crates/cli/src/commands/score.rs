//! One line of JSON in, one line of JSON out: the embedder's view.

use crate::output::Status;
use std::error::Error;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};

use serde_json::value::RawValue;
use threshold_matrix::{Date, Matrix, Profile, report};

use crate::arguments::{self, AsAt};
use crate::output::{Ended, warn};

/// Score profiles: one line of JSON in, one line of JSON out, in the same order
///
/// Each line of input looks like {"id": "p1", "as_at": "2026-11-21", "profile": {"rosh": "high"}}; `id` and `as_at` may be left out. If the matrix is
/// named without a version, each line is scored by the version in force on its date. For a profile that is refused, the line of output has the
/// problems in `error`; the other lines are scored all the same.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix score hmpps-utm@2.0.0 people.jsonl --as-at 2026-12-05 > outcomes.jsonl
  echo '{\"profile\": {\"arrests_12m\": 12, \"rosh\": \"high\"}}' | threshold-matrix score iom-threshold -

Exit status: 0 every line was scored, 1 some lines were refused or a file is at fault, 2 wrong usage.")]
pub(crate) struct Arguments {
    /// A matrix file (.yaml), or a matrix that comes with the program, such as `hmpps-utm` or `hmpps-utm@2.0.0`
    matrix: String,
    /// The file of profiles, or `-` for standard input
    profiles: String,
    #[command(flatten)]
    as_at: AsAt,
    /// Also give in `next_change` the first later day on which the result differs if nothing new is recorded, or null for none up to this date
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    let today = arguments.as_at.date();
    arguments::is_later(arguments.until, today)?;
    let mut versions = Versions {
        name: arguments.matrix.clone(),
        until: arguments.until,
        latest: arguments::matrix(&arguments.matrix, today)?,
    };
    let path = arguments.profiles.as_str();
    let input: Box<dyn Read> = match path {
        "-" => Box::new(std::io::stdin()),
        path => Box::new(
            std::fs::File::open(path).map_err(|error| format!("cannot read `{path}`: {error}"))?,
        ),
    };
    // Whoever writes to standard input may wait for each answer before the next question.
    let waits = path == "-";
    let (lines, refused) = answer(input, waits, &mut versions, today)?;
    if lines == 0 {
        return Err(format!(
            "`{path}` holds no profiles, so nobody was scored; write one {{\"profile\": {{…}}}} on each line"
        )
        .into());
    }
    if refused > 0 {
        warn(&match refused {
            1 => "1 line was refused".to_owned(),
            _ => format!("{refused} lines were refused"),
        })?;
        return Ok(Status::Wrong);
    }
    Ok(Status::Done)
}

/// Answers every line. Returns how many lines there were, and how many were refused.
fn answer(
    input: impl Read,
    waits: bool,
    versions: &mut Versions,
    today: Date,
) -> Result<(usize, usize), Box<dyn Error>> {
    let mut output = BufWriter::new(std::io::stdout().lock());
    let (mut lines, mut refused) = (0, 0);
    for (number, bytes) in (1..).zip(BufReader::new(input).split(b'\n')) {
        let bytes = bytes?;
        let bytes = match number {
            1 => bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes),
            _ => &bytes,
        };
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let (line, is_scored) = score(bytes.trim_ascii(), number, versions, today);
        lines += 1;
        refused += usize::from(!is_scored);
        writeln!(output, "{line}")?;
        if waits {
            output.flush()?;
        }
    }
    output.flush()?;
    Ok((lines, refused))
}

/// A line in. Numbers are kept as they are written, in ids as in profiles.
#[derive(serde::Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(default)]
    as_at: Option<serde_json::Value>,
    #[serde(borrow)]
    profile: &'a RawValue,
}

/// The matrix that was named: one version, or the version in force on the day of each line.
struct Versions {
    name: String,
    /// How far to look for the next change, if at all.
    until: Option<Date>,
    /// The version that the last line was scored by.
    latest: Matrix,
}

impl Versions {
    fn on(&mut self, day: Date) -> Result<&Matrix, Box<dyn Error>> {
        if arguments::is_unversioned(&self.name) {
            self.latest = arguments::matrix(&self.name, day)?;
        }
        Ok(&self.latest)
    }
}

/// Returns the answer to one line, and whether it is a score.
fn score(bytes: &[u8], number: usize, versions: &mut Versions, today: Date) -> (String, bool) {
    let latest = versions.latest.clone();
    let refuse = |id: Option<&str>, error: &str| {
        let error = format!("line {number}: {error}");
        (report::json_error(id, &latest, today, &error), false)
    };
    let line: Line<'_> = match serde_json::from_slice(bytes) {
        Ok(line) => line,
        Err(error) => return refuse(None, &format!("the line is not a profile in JSON: {error}")),
    };
    let id = line.id.and_then(|id| match id.get() {
        "null" => None,
        text => Some(serde_json::from_str(text).unwrap_or_else(|_| text.to_owned())),
    });
    let as_at = match &line.as_at {
        None | Some(serde_json::Value::Null) => today,
        Some(date) => match date.as_str().unwrap_or_default().parse() {
            Ok(date) => date,
            Err(_) => {
                let error = format!("`as_at` is {date}, not a date such as 2026-11-21");
                return refuse(id.as_deref(), &error);
            }
        },
    };
    let until = versions.until;
    let matrix = match versions.on(as_at) {
        Ok(matrix) => matrix,
        Err(error) => return refuse(id.as_deref(), &error.to_string()),
    };
    match Profile::from_json(line.profile.get()) {
        Ok(profile) => {
            let case = matrix.prepare(&profile, as_at);
            let scored = case.and_then(|case| {
                let next = until.map(|until| case.next_change(until)).transpose()?;
                Ok((case.score()?, next))
            });
            let (result, next) = match scored {
                Ok((outcome, next)) => (Ok(outcome), next),
                Err(refusal) => (Err(refusal), None),
            };
            let id = id.as_deref();
            let line = match (&result, &next) {
                (Ok(outcome), Some(next)) => {
                    report::json_line_with_next_change(id, outcome, next.as_ref())
                }
                _ => report::json_line(id, matrix, as_at, &result),
            };
            (line, result.is_ok())
        }
        Err(error) => refuse(id.as_deref(), &error.to_string()),
    }
}
