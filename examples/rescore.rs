//! The nightly run: scores a whole cohort, writes the outcomes, and shows who is in which tier, what is still open, who was refused and who moved.
//!
//! `cargo run --release --example rescore` scores 10,000 made-up people; `-- --help` says what else it does.

#![allow(clippy::print_stderr, reason = "a program speaks to a person")]

mod program;

#[cfg(feature = "parquet")]
#[path = "program/columns.rs"]
mod columns;

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use lexopt::prelude::*;
use program::at;
use threshold_matrix::cohort::{
    CohortError, CohortReader, Columns, FileKind, OutcomeWriter, Person, Previous, Tally,
};
use threshold_matrix::{Date, Matrix, sample};

const HELP: &str = "\
Scores a cohort with a threshold matrix, and shows who is in which tier.

usage: rescore [options]

  --matrix M      a matrix file (.yaml), or an embedded matrix: `iom-threshold` (the default;
                  its version in force at --as-at) or `iom-threshold@1.0.0`
  --cohort F      the people: .csv, or .jsonl with one {\"id\": …, \"profile\": {…}} a line;
                  or .parquet, .arrow or .feather (with `--features parquet`).
                  Without it, made-up people are scored
  --columns F     which column of the file each input is read from (YAML)
  --outcome COL   a column of what was seen later (true, false, 1, 0), to show its rate by tier;
                  of a .csv cohort
  --previous F    the --out file of an earlier run, to show who moved
  --out F         writes every outcome: .csv or .jsonl; of a file of columns .parquet, .arrow
                  or .feather. The file appears when the run has ended
  --points        with the points of every criterion, in a file of columns
  --threads N     so many threads, for a file of columns; all there are if not given
  --as-at D       the date to score at, such as 2026-11-21; today (UTC) if not given
  --seed N        makes other people (1)
  --count N       makes so many people (10000)
  --help          this text

A person whose values cannot be scored is refused, with the reasons; the others go on.
exit status: 0 done, 1 something could not be read or written, 2 wrong usage
";

#[derive(Default)]
struct Options {
    matrix: Option<String>,
    columns: Option<PathBuf>,
    cohort: Option<PathBuf>,
    previous: Option<PathBuf>,
    out: Option<PathBuf>,
    as_at: Option<Date>,
    outcome: Option<String>,
    seed: Option<u64>,
    count: Option<usize>,
    points: bool,
    threads: Option<usize>,
}

fn main() -> ExitCode {
    program::run(HELP, |arguments| {
        program::say(&rescore(&options(arguments)?)?)?;
        Ok(ExitCode::SUCCESS)
    })
}

fn options(mut parser: lexopt::Parser) -> Result<Options, lexopt::Error> {
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("matrix") => options.matrix = Some(parser.value()?.string()?),
            Long("columns") => options.columns = Some(parser.value()?.into()),
            Long("cohort") => options.cohort = Some(parser.value()?.into()),
            Long("previous") => options.previous = Some(parser.value()?.into()),
            Long("out") => options.out = Some(parser.value()?.into()),
            Long("as-at") => options.as_at = Some(parser.value()?.parse()?),
            Long("outcome") => options.outcome = Some(parser.value()?.string()?),
            Long("seed") => options.seed = Some(parser.value()?.parse()?),
            Long("count") => options.count = Some(parser.value()?.parse()?),
            Long("points") => options.points = true,
            Long("threads") => {
                options.threads = Some(program::threads(&parser.value()?.string()?)?)
            }
            _ => return Err(argument.unexpected()),
        }
    }
    if !options.cohort.as_deref().is_some_and(program::is_columns) {
        check_rows(&options)?;
    }
    if options.cohort.is_none() && (options.columns.is_some() || options.outcome.is_some()) {
        return Err(
            "--columns and --outcome are about the file of --cohort, which is not given".into(),
        );
    }
    if let Some(out) = &options.out {
        for (name, path) in [
            ("--cohort", &options.cohort),
            ("--previous", &options.previous),
            ("--columns", &options.columns),
        ] {
            if path
                .as_ref()
                .is_some_and(|path| program::is_same_file(out, path))
            {
                return Err(format!(
                    "--out {}: is the file of {name}, which would be written over; name another",
                    out.display()
                )
                .into());
            }
        }
    }
    if options.cohort.is_some() && (options.seed.is_some() || options.count.is_some()) {
        return Err(
            "--seed and --count are about made-up people; leave them out with --cohort".into(),
        );
    }
    Ok(options)
}

/// What a cohort of rows needs of the options; one of columns says so itself.
fn check_rows(options: &Options) -> Result<(), lexopt::Error> {
    let kinds = [
        ("--cohort", &options.cohort),
        ("--previous", &options.previous),
        ("--out", &options.out),
    ];
    for (name, path) in kinds {
        if let Some(path) = path.as_ref().filter(|path| FileKind::of(path).is_none()) {
            return Err(format!("{name} {}: {}", path.display(), program::ENDINGS).into());
        }
    }
    if options.points || options.threads.is_some() {
        return Err(
            "--points and --threads are for a cohort of columns: .parquet, .arrow or .feather"
                .into(),
        );
    }
    Ok(())
}

fn rescore(options: &Options) -> Result<String, Box<dyn Error>> {
    #[cfg(feature = "parquet")]
    if let Some(cohort) = options
        .cohort
        .as_deref()
        .filter(|path| program::is_columns(path))
    {
        return columns::rescore(options, cohort);
    }
    let as_at = options.as_at.unwrap_or_else(program::today);
    let matrix = Matrix::open(options.matrix.as_deref().unwrap_or("iom-threshold"), as_at)?;
    let mut tally = match &options.previous {
        Some(path) => Tally::since(
            &matrix,
            Previous::read(open(path)?, kind(path)).map_err(|error| at(path, &error))?,
        ),
        None => Tally::new(&matrix),
    };
    // An outcome file that exists is a whole one: a run that is cut off leaves the last night's in its place.
    let partial = options
        .out
        .as_ref()
        .map(|path| PathBuf::from(format!("{}.partial", path.display())));
    let mut writer = match (&options.out, &partial) {
        (Some(out), Some(partial)) => {
            let file = File::create(partial).map_err(|error| at(partial, &error))?;
            Some(OutcomeWriter::new(
                BufWriter::new(file),
                kind(out),
                &matrix,
            )?)
        }
        _ => None,
    };
    let (people, progress, notes) = people(options, &matrix, as_at)?;
    let began = Instant::now();
    for person in people {
        let scored = person?.score(&matrix, as_at);
        if let Some(writer) = &mut writer {
            writer.write(&scored)?;
        }
        tally.add(&scored);
    }
    if let (Some(writer), Some(partial), Some(out)) = (writer, &partial, &options.out) {
        writer.finish()?.flush()?;
        std::fs::rename(partial, out).map_err(|error| at(out, &error))?;
    }
    progress.finish_and_clear();
    if tally.people() == 0 {
        let file = options.cohort.as_ref().map_or_else(
            || "the cohort".to_owned(),
            |path| path.display().to_string(),
        );
        eprintln!("warning: {file} holds no profiles, so nobody was scored");
    }
    Ok(report(
        options,
        &matrix,
        as_at,
        &notes,
        &tally.to_string(),
        tally.people(),
        began.elapsed(),
    ))
}

/// What the run was of, its table, and how fast it went.
fn report(
    options: &Options,
    matrix: &Matrix,
    as_at: Date,
    notes: &str,
    table: &str,
    people: u64,
    elapsed: Duration,
) -> String {
    let speed = u128::from(people) * 1_000_000 / elapsed.as_micros().max(1);
    let written = options
        .out
        .as_ref()
        .map(|path| format!("written to {}\n", path.display()))
        .unwrap_or_default();
    format!(
        "{}\n{} {} as at {as_at}{}\n{}\n{notes}\n{table}\n{written}{elapsed:.2?}, {speed} people a second\n\
         A tier is advice to a person, who decides.\n",
        matrix.title(),
        matrix.id(),
        matrix.version(),
        if matrix
            .effective()
            .is_some_and(|period| !period.contains(as_at))
        {
            ", when it is not in force"
        } else {
            ""
        },
        matrix.content_hash(),
    )
}

/// Where the people are from, and what of the file and of the matrix has no other side.
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

type People = Box<dyn Iterator<Item = Result<Person, Box<dyn Error>>>>;

/// The people to score, the progress to show (on a terminal only), and what to say about the file.
fn people(
    options: &Options,
    matrix: &Matrix,
    as_at: Date,
) -> Result<(People, ProgressBar, String), Box<dyn Error>> {
    let Some(path) = &options.cohort else {
        let (seed, count) = (options.seed.unwrap_or(1), options.count.unwrap_or(10_000));
        let progress = bar(count as u64, "{bar:40} {pos}/{len} people, {eta} left")?;
        let people = sample::profiles(matrix, as_at, seed, count).enumerate();
        let people = people.map(move |(number, profile)| {
            Ok(Person::new(
                format!("sample-{seed}-{}", number + 1),
                profile,
            ))
        });
        return Ok((
            Box::new(progress.wrap_iter(people)),
            progress,
            format!("made-up people, seed {seed}\n"),
        ));
    };
    let mut columns = match &options.columns {
        Some(path) => Columns::from_yaml(
            &path.to_string_lossy(),
            &std::fs::read(path).map_err(|error| at(path, &error))?,
            matrix,
        )?,
        None => Columns::new(),
    };
    if let Some(outcome) = &options.outcome {
        columns = columns.with_outcome(outcome);
    }
    let file = open(path)?;
    let progress = bar(
        file.metadata()?.len(),
        "{bar:40} {bytes}/{total_bytes}, {eta} left",
    )?;
    let reader = CohortReader::new(progress.wrap_read(file), kind(path), &columns, matrix)
        .map_err(|error| at(path, &error))?;
    let notes = notes(path, reader.unused(), reader.inputs_without_column());
    let path = path.clone();
    Ok((
        Box::new(reader.map(move |person| person.map_err(|error: CohortError| at(&path, &error)))),
        progress,
        notes,
    ))
}

fn bar(length: u64, template: &str) -> Result<ProgressBar, Box<dyn Error>> {
    Ok(ProgressBar::new(length).with_style(ProgressStyle::with_template(template)?))
}

fn open(path: &Path) -> Result<File, Box<dyn Error>> {
    File::open(path).map_err(|error| at(path, &error))
}

/// The options were checked to have a kind.
fn kind(path: &Path) -> FileKind {
    FileKind::of(path).unwrap_or(FileKind::Csv)
}
