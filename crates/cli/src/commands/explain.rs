//! Why one person has their tier: to read, to hand over, or as data.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use threshold_matrix::record::Record;
use threshold_matrix::report::Explanation;
use threshold_matrix::{Library, Profile, Refusal};

use crate::arguments::{self, AsAt, Form, not_in_force, read_text};
use crate::output::{Ended, usage, warn};

/// Explain why a profile has its tier
///
/// The explanation gives the result and the reason for it, how the points add up, what overrides changed, what was not recorded, and what would
/// change the result.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix explain iom-threshold@1.0.0 examples/person.json --as-at 2026-12-05
  threshold-matrix explain iom-threshold@1.0.0 '{\"arrests_12m\": 12, \"rosh\": \"high\"}' --html why.html

Exit status: 0 explained, 1 the profile is refused or a file is at fault, 2 wrong usage.")]
pub(crate) struct Arguments {
    /// A matrix file (.yaml), or a matrix that comes with the program, such as `iom-threshold` or `iom-threshold@1.0.0`
    #[arg(required_unless_present = "of")]
    matrix: Option<String>,
    /// A JSON file of input values, the values themselves ('{"rosh": "high"}'), or `-` for standard input
    #[arg(required_unless_present = "of")]
    profile: Option<String>,
    /// Explain a record that `--record` wrote, instead of a profile: what the matrix gave, what a person decided, and whether a replay gives the same
    #[arg(long, value_name = "RECORD", conflicts_with_all = ["profile", "as_at", "record"])]
    of: Option<String>,
    #[command(flatten)]
    as_at: AsAt,
    /// Also show every rule with its line in the file, and every change that would give another result
    #[arg(long, conflicts_with = "redact")]
    full: bool,
    /// Leave out the values that the profile gave. The points stay, and they show which band or value somebody is in, so the explanation is not anonymous
    #[arg(long)]
    redact: bool,
    /// Also write a record, which `replay` can check years later
    #[arg(long, value_name = "FILE", conflicts_with = "redact")]
    record: Option<PathBuf>,
    /// Write over the file that `--record` names if it exists
    #[arg(long, requires = "record")]
    force: bool,
    #[command(flatten)]
    pub(crate) form: Form,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    let explanation = match &arguments.of {
        Some(record) => of_record(record, arguments.matrix.as_deref())?,
        None => of_profile(arguments)?,
    };
    let mut explanation = explanation.with_changes();
    if arguments.full {
        explanation = explanation.full();
    }
    if arguments.redact {
        explanation = explanation.redacted();
    }
    arguments.form.write(&explanation, &explanation)?;
    Ok(ExitCode::SUCCESS)
}

fn of_profile(arguments: &Arguments) -> Result<Explanation, Box<dyn Error>> {
    let (Some(matrix), Some(profile)) = (&arguments.matrix, &arguments.profile) else {
        return usage("name a matrix and a profile, or name a record with --of");
    };
    if matrix == "-" && profile == "-" {
        return usage("the matrix and the profile cannot both be read from standard input");
    }
    let as_at = arguments.as_at.date();
    let matrix = arguments::matrix(matrix, as_at)?;
    let text = match profile.trim_start().starts_with('{') {
        true => profile.clone(),
        false => read_text(profile)?,
    };
    let profile = Profile::from_json(&text)?;
    let trace = matrix.explain(&profile, as_at).map_err(refused)?;
    if let Some(path) = &arguments.record {
        let record = Record::new(&matrix, &profile, as_at).map_err(refused)?;
        write_record(path, &record, arguments.force)?;
    }
    if let Some(words) = not_in_force(&matrix, as_at) {
        warn(&format!("warning: {words}"))?;
    }
    Ok(trace.explanation())
}

fn refused(refusal: Refusal) -> String {
    let problems = refusal.problems().iter();
    problems.fold("the profile is refused:".to_owned(), |text, problem| {
        format!("{text}\n  {}", problem.message)
    })
}

/// Writes a record. A record that exists is kept, unless it was said that it may go.
fn write_record(
    path: &std::path::Path,
    record: &Record,
    force: bool,
) -> Result<(), Box<dyn Error>> {
    use std::io::Write;

    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let mut file = options.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => format!(
            "`{}` exists already; name another file, or add --force to write over it",
            path.display()
        ),
        _ => format!("cannot write `{}`: {error}", path.display()),
    })?;
    file.write_all((record.to_json() + "\n").as_bytes())?;
    Ok(warn(&format!("the record is in {}", path.display()))?)
}

fn of_record(path: &str, matrix: Option<&str>) -> Result<Explanation, Box<dyn Error>> {
    let record = Record::from_json(&read_text(path)?)
        .map_err(|error| format!("`{path}` is not a record: {error}"))?;
    Ok(match matrix {
        Some(name) => record.explanation(&arguments::matrix(name, record.as_at())?)?,
        None => record.explanation(record.matrix_in(&Library::embedded())?)?,
    })
}
