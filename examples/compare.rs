//! A revision before it is adopted: both revisions on one cohort, and what differs.

#![allow(clippy::print_stderr, reason = "a program speaks to a person")]

mod program;

use std::error::Error;
use std::fs::File;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::prelude::*;
use program::at;
use threshold_matrix::cohort::{CohortReader, Columns, FileKind, Person};
use threshold_matrix::trial::{CutOff, Trial, TrialError};
use threshold_matrix::{Date, Matrix, sample};

const HELP: &str = "\
Compares a revision of a threshold matrix with the one in force before it is adopted:
what changed in the rules, every change of a tier or level that any profile can
undergo (proved), and on a cohort who moves and why, what it asks of capacity, and
with an outcome what was seen later.

usage: compare OLD NEW [options]

  OLD NEW           files (.yaml), or embedded matrices such as `iom-threshold@1.0.0`
  --cohort F        the people: .csv, or .jsonl with one {\"id\": …, \"profile\": {…}} a line;
                    or .parquet, .arrow or .feather (with `--features parquet`).
                    Without it, made-up people are scored
  --columns F       which column of the file each input is read from (YAML); it may
                    name the inputs of either revision
  --threads N       so many threads, for a file of columns; all there are if not given
  --outcome COL     a column of what was seen later (true, false, 1, 0)
  --by COL,COL      by group as well: columns, such as sex,ethnicity.
                    Numbers below 10 are not shown
  --at-least TIER   who counts as flagged, for the groups; the most intensive tier if not given
  --capacity T=N,…  how many people a tier has room for: high=120,medium=400
  --sweep D.L=X..Y  what each cut-off from X to Y would give: frequency.high=10..20, in other
                    steps harm.high=100..200..10, or decision.high=… for bands of a decision
  --score NAME      whose calibration is shown: a dimension, or `total`; the first dimension
                    if not given
  --existing COL    a column with the score of an existing tool, to compare with
  --as-at D         the date to score at, such as 2026-11-21; today (UTC) if not given
  --seed N          makes other people (1)
  --count N         makes so many people (10000)
  --markdown        as Markdown
  --json            as data, on one line
  --html F          written to a file as a page to read, print or hand over
  --help            this text

exit status: 0 done, 1 something could not be read or written, 2 wrong usage
";

#[derive(Default)]
struct Options {
    names: Vec<String>,
    cohort: Option<PathBuf>,
    columns: Option<PathBuf>,
    threads: Option<usize>,
    outcome: Option<String>,
    by: Vec<String>,
    at_least: Option<String>,
    capacity: Vec<(String, u64)>,
    sweep: Option<CutOff>,
    score: Option<String>,
    existing: Option<String>,
    as_at: Option<Date>,
    seed: Option<u64>,
    count: Option<usize>,
    markdown: bool,
    json: bool,
    html: Option<PathBuf>,
}

fn main() -> ExitCode {
    program::run(HELP, |arguments| compare(&options(arguments)?))
}

fn options(mut parser: lexopt::Parser) -> Result<Options, lexopt::Error> {
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("cohort") => options.cohort = Some(parser.value()?.into()),
            Long("columns") => options.columns = Some(parser.value()?.into()),
            Long("threads") => {
                options.threads = Some(program::threads(&parser.value()?.string()?)?)
            }
            Long("outcome") => options.outcome = Some(parser.value()?.string()?),
            Long("by") => options.by.extend(
                parser
                    .value()?
                    .string()?
                    .split(',')
                    .map(|name| name.trim().to_owned()),
            ),
            Long("at-least") => options.at_least = Some(parser.value()?.string()?),
            Long("capacity") => {
                let text = parser.value()?.string()?;
                let rooms = text.split(',').map(|part| {
                    let (tier, room) = part.split_once('=')?;
                    Some((tier.trim().to_owned(), room.trim().parse().ok()?))
                });
                let rooms: Option<Vec<_>> = rooms.collect();
                options.capacity =
                    rooms.ok_or_else(|| format!("--capacity `{text}`: write tiers and numbers of people, as in `high=120,medium=400`"))?;
            }
            Long("sweep") => options.sweep = Some(parser.value()?.parse()?),
            Long("score") => options.score = Some(parser.value()?.string()?),
            Long("existing") => options.existing = Some(parser.value()?.string()?),
            Long("as-at") => options.as_at = Some(parser.value()?.parse()?),
            Long("seed") => options.seed = Some(parser.value()?.parse()?),
            Long("count") => options.count = Some(parser.value()?.parse()?),
            Long("markdown") => options.markdown = true,
            Long("json") => options.json = true,
            Long("html") => options.html = Some(parser.value()?.into()),
            Value(name) => options.names.push(name.string()?),
            other => return Err(other.unexpected()),
        }
    }
    if options.json && options.markdown {
        return Err("--json and --markdown both print the report; choose one".into());
    }
    if options.names.len() != 2 {
        return Err("two matrices are needed: the old one and the new one".into());
    }
    let by_columns = options.cohort.as_deref().is_some_and(program::is_columns);
    if let Some(path) = options
        .cohort
        .as_ref()
        .filter(|path| !by_columns && FileKind::of(path).is_none())
    {
        return Err(format!("--cohort {}: {}", path.display(), program::ENDINGS).into());
    }
    if options.threads.is_some() && !by_columns {
        return Err("--threads is for a cohort of columns: .parquet, .arrow or .feather".into());
    }
    let about_file = options.columns.is_some()
        || options.outcome.is_some()
        || options.existing.is_some()
        || !options.by.is_empty();
    if options.cohort.is_none() && about_file {
        return Err("--columns, --outcome, --existing and --by are about the file of --cohort, which is not given".into());
    }
    if options.cohort.is_some() && (options.seed.is_some() || options.count.is_some()) {
        return Err(
            "--seed and --count are about made-up people; leave them out with --cohort".into(),
        );
    }
    Ok(options)
}

fn compare(options: &Options) -> Result<ExitCode, Box<dyn Error>> {
    let as_at = options.as_at.unwrap_or_else(program::today);
    let [old, new] = options.names.as_slice() else {
        return Err("two matrices are needed".into());
    };
    let (old, new) = (Matrix::open(old, as_at)?, Matrix::open(new, as_at)?);
    // What is asked of a tier or a cut-off that is not there is wrong usage.
    let trial =
        trial(options, &old, &new).map_err(|error| lexopt::Error::from(error.to_string()))?;
    let mut trial = trial.with_comparison(old.compare(&new, as_at));
    match options
        .cohort
        .as_deref()
        .filter(|path| program::is_columns(path))
    {
        Some(path) => {
            let columns = columns(options, &trial, &old, &new)?;
            add_columns(&mut trial, path, &columns, as_at, options.threads)?;
        }
        None => {
            for person in people(options, &trial, &old, &new, as_at)? {
                trial.add(&person?, as_at);
            }
        }
    }
    if trial.people() == 0 {
        eprintln!("warning: the cohort holds no profiles, so nobody was scored");
    }
    let report = trial.report();
    if let Some(path) = &options.html {
        std::fs::write(path, report.to_html()).map_err(|error| at(path, &error))?;
    }
    if options.json {
        program::say(&(serde_json::to_string(&trial)? + "\n"))?;
    } else if options.markdown {
        program::say(&report.to_markdown())?;
    } else if options.html.is_none() {
        let colours = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        program::say(&if colours {
            report.to_coloured_string()
        } else {
            report.to_string()
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

fn trial(options: &Options, old: &Matrix, new: &Matrix) -> Result<Trial, TrialError> {
    let source = match &options.cohort {
        Some(path) => format!("from {}", path.display()),
        None => format!("made up, seed {}", options.seed.unwrap_or(1)),
    };
    let mut trial = Trial::new(old, new).from_source(source).by(&options.by);
    for (tier, room) in &options.capacity {
        trial = trial.capacity(tier, *room)?;
    }
    if let Some(tier) = &options.at_least {
        trial = trial.at_least(tier)?;
    }
    if let Some(column) = &options.existing {
        trial = trial.existing(column);
    }
    if let Some(name) = &options.score {
        trial = trial.score(name)?;
    }
    if let Some(cut_off) = &options.sweep {
        trial = trial.sweep(cut_off)?;
    }
    Ok(trial)
}

type People = Box<dyn Iterator<Item = Result<Person, Box<dyn Error>>>>;

/// The people, as both revisions read them.
fn people(
    options: &Options,
    trial: &Trial,
    old: &Matrix,
    new: &Matrix,
    as_at: Date,
) -> Result<People, Box<dyn Error>> {
    let Some(path) = &options.cohort else {
        let (seed, count) = (options.seed.unwrap_or(1), options.count.unwrap_or(10_000));
        let [old, new] = [old, new].map(|matrix| sample::profiles(matrix, as_at, seed, count));
        return Ok(Box::new(old.zip(new).enumerate().map(
            |(number, (old, new))| {
                let mut person = Person::new(format!("sample-{}", number + 1), old);
                person.revised = Some(Ok(new));
                Ok(person)
            },
        )));
    };
    let columns = columns(options, trial, old, new)?;
    let file = File::open(path).map_err(|error| at(path, &error))?;
    let kind = FileKind::of(path).unwrap_or(FileKind::Csv);
    let reader = CohortReader::for_revisions(file, kind, &columns, old, new)
        .map_err(|error| at(path, &error))?;
    let path = path.clone();
    Ok(Box::new(reader.map(move |person| {
        person.map_err(|error| at(&path, &error))
    })))
}

/// Which columns of the file of the cohort are read.
fn columns(
    options: &Options,
    trial: &Trial,
    old: &Matrix,
    new: &Matrix,
) -> Result<Columns, Box<dyn Error>> {
    let columns = match &options.columns {
        Some(path) => Columns::for_revisions(
            &path.to_string_lossy(),
            &std::fs::read(path).map_err(|error| at(path, &error))?,
            old,
            new,
        )?,
        None => Columns::new(),
    };
    Ok(trial.columns(match &options.outcome {
        Some(outcome) => columns.with_outcome(outcome),
        None => columns,
    }))
}

/// Both revisions over a file of columns.
#[cfg(feature = "parquet")]
fn add_columns(
    trial: &mut Trial,
    path: &Path,
    columns: &Columns,
    as_at: Date,
    threads: Option<usize>,
) -> Result<(), Box<dyn Error>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .build()?;
    Ok(trial.add_file(
        &threshold_matrix::bulk::files::ColumnFile::open(path)?,
        columns,
        as_at,
        &pool,
    )?)
}

#[cfg(not(feature = "parquet"))]
fn add_columns(
    _: &mut Trial,
    path: &Path,
    _: &Columns,
    _: Date,
    _: Option<usize>,
) -> Result<(), Box<dyn Error>> {
    Err(format!("{}: {}", path.display(), program::ENDINGS).into())
}
