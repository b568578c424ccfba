//! The nightly run: scores a whole cohort, writes the outcomes, and shows who is in which tier, what is still open, who was refused and who
//! moved.

#[cfg(feature = "parquet")]
mod columns;
mod rows;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use threshold_matrix::{Date, Matrix};

use crate::arguments::{self, AsAt, not_in_force};
use crate::cohort::{CohortArguments, is_same_file};
use crate::output::{Ended, say, usage, warn};

/// Score a cohort, and show who is in which tier, what is open, who was refused and who moved
///
/// Without --cohort, made-up people are scored. A person whose values cannot be scored is refused, with the reasons; the others go on. A run
/// that could not score anybody fails.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix rescore
  threshold-matrix rescore --matrix hmpps-utm --cohort people.csv --columns columns.yaml --previous last.csv --out tonight.csv

Exit status: 0 done, 1 nobody was scored or something could not be read or written, 2 wrong usage.")]
pub(crate) struct Arguments {
    /// A matrix file (.yaml), or a matrix that comes with the program: `iom-threshold` for the version in force on the date of --as-at, or
    /// `iom-threshold@1.0.0` for that version
    #[arg(long, value_name = "MATRIX", default_value = "iom-threshold")]
    matrix: String,
    #[command(flatten)]
    cohort: CohortArguments,
    /// The file that --out of an earlier run wrote, to show who moved
    #[arg(long, value_name = "FILE")]
    previous: Option<PathBuf>,
    /// Write every outcome to a .csv or .jsonl file, or for a .parquet, .arrow or .feather cohort to a file of one of these three kinds. The file
    /// appears when the run has ended
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also write the points of every criterion, for a .parquet, .arrow or .feather cohort
    #[arg(long)]
    points: bool,
    #[command(flatten)]
    as_at: AsAt,
}

/// What a run came to.
struct Run {
    /// Where the people are from, and what of the file and of the matrix has no counterpart.
    notes: String,
    /// Tiers, refusals and movement, as a table.
    table: String,
    people: u64,
    refused: u64,
    elapsed: Duration,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    check(arguments)?;
    let as_at = arguments.as_at.date();
    let matrix = arguments::matrix(&arguments.matrix, as_at)?;
    let run = score(arguments, &matrix, as_at)?;
    say(&report(arguments, &matrix, as_at, &run))?;
    if run.people > run.refused {
        return Ok(ExitCode::SUCCESS);
    }
    let file = &arguments.cohort.cohort;
    let file = file.as_ref().map_or_else(
        || "the cohort".to_owned(),
        |path| path.display().to_string(),
    );
    warn(&match run.people {
        0 => format!("{file} holds no profiles, so nobody was scored"),
        people => {
            format!("none of the {people} people in {file} was scored: everybody was refused")
        }
    })?;
    Ok(ExitCode::FAILURE)
}

#[cfg(feature = "parquet")]
fn score(arguments: &Arguments, matrix: &Matrix, as_at: Date) -> Result<Run, Box<dyn Error>> {
    match arguments.cohort.columns_file() {
        Some(cohort) => columns::score(arguments, cohort, matrix, as_at),
        None => rows::score(arguments, matrix, as_at),
    }
}
#[cfg(not(feature = "parquet"))]
fn score(arguments: &Arguments, matrix: &Matrix, as_at: Date) -> Result<Run, Box<dyn Error>> {
    rows::score(arguments, matrix, as_at)
}

fn check(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    arguments.cohort.check()?;
    if arguments.points && arguments.cohort.columns_file().is_none() {
        return usage("--points works only with a .parquet, .arrow or .feather cohort");
    }
    let Some(out) = &arguments.out else {
        return Ok(());
    };
    let read = [
        ("--cohort", &arguments.cohort.cohort),
        ("--previous", &arguments.previous),
        ("--columns", &arguments.cohort.columns),
    ];
    for (name, path) in read {
        if path.as_ref().is_some_and(|path| is_same_file(out, path)) {
            let out = out.display();
            return usage(format!(
                "--out {out} is the file of {name}, which would be written over; name another file"
            ));
        }
    }
    Ok(())
}

/// What the run was of, its table, and how fast it went.
fn report(arguments: &Arguments, matrix: &Matrix, as_at: Date, run: &Run) -> String {
    let speed = u128::from(run.people) * 1_000_000 / run.elapsed.as_micros().max(1);
    let written = match &arguments.out {
        Some(path) => format!("written to {}\n", path.display()),
        None => String::new(),
    };
    let not_in_force = match not_in_force(matrix, as_at) {
        Some(words) => format!("warning: {words}\n"),
        None => String::new(),
    };
    format!(
        "{}\n{} {} as at {as_at}\n{}\n{not_in_force}{}\n{}\n{written}{:.2?}, {speed} people a second\n\
         A tier is advice to the person who decides.\n",
        matrix.title(),
        matrix.id(),
        matrix.version(),
        matrix.content_hash(),
        run.notes,
        run.table,
        run.elapsed,
    )
}

/// Where the people are from, and what of the file and of the matrix has no counterpart.
fn notes(path: &Path, unused: &[String], without_column: &[String]) -> String {
    let mut notes = format!("people from {}\n", path.display());
    for (what, names) in [
        ("columns that no input reads", unused),
        ("inputs without a column", without_column),
    ] {
        if !names.is_empty() {
            notes.push_str(&format!("{what}: {}\n", names.join(", ")));
        }
    }
    notes
}

fn bar(length: u64, template: &str) -> Result<ProgressBar, Box<dyn Error>> {
    Ok(ProgressBar::new(length).with_style(ProgressStyle::with_template(template)?))
}
