//! A revision before it is adopted: both revisions on one cohort, and what differs.

use crate::output::Status;
use std::error::Error;
use std::path::{Path, PathBuf};

use threshold_matrix::{Date, Matrix, sample};
use threshold_matrix_cohort::trial::{self, CutOff, Trial, TrialError};
use threshold_matrix_cohort::{CohortReader, Columns, Person, Tally};

use crate::arguments::{self, AsAt, Form};
use crate::cohort;
use crate::cohort::{CohortArguments, cohort_kind, is_columns, open};
use crate::output::{Ended, Usage, at, usage, warn};

/// Compare a revision of a matrix with the one in force, before it is adopted
///
/// The report says what changed in the rules, and proves which changes of tier or level any profile can undergo. For a cohort it says who would
/// move and why, what that asks of capacity and, if there is an outcome, what was seen later.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix compare iom-threshold@1.0.0 iom-threshold@1.1.0 --count 1000
  threshold-matrix compare old.yaml new.yaml --cohort people.csv --outcome reoffended --by sex,ethnicity --html report.html

Exit status: 0 done, 1 something could not be read or written, or a revision refused everybody, 2 wrong usage.")]
pub(crate) struct Arguments {
    /// The matrix in force: a file (.yaml), or a matrix that comes with the program, such as `iom-threshold@1.0.0`
    old: String,
    /// The revision: a file (.yaml), or a matrix that comes with the program
    new: String,
    /// The one file of people, of any kind that `rescore` reads. Without this option, made-up people are tried
    #[arg(long, value_name = "FILE")]
    cohort: Option<PathBuf>,
    #[command(flatten)]
    people: CohortArguments,
    /// The columns to group people by, such as sex,ethnicity; several together, as in sex*ethnicity; numbers or days in bands, as in age:18,25,40
    #[arg(long, value_name = "COLUMNS", requires = "cohort")]
    by: Vec<String>,
    /// Who reads the report: for a release, small numbers by group are hidden, and all from which they could be worked out; for the board that asked,
    /// nothing is, and each page says that it must not be released
    #[arg(long, value_enum, default_value_t = Audience::Release)]
    audience: Audience,
    /// The smallest number of people of a group, other than zero, that is released
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..))]
    threshold: u64,
    /// Count groups of fewer people than this together
    #[arg(long, value_name = "N", default_value_t = 0)]
    merge: u64,
    /// Count only people with this value in a column that is not an input; of several values of one column, people with any of them
    #[arg(long = "where", value_name = "COLUMN=VALUE", requires = "cohort", value_parser = condition)]
    only: Vec<(String, String)>,
    /// The least intensive tier that counts as flagged, for the groups; without this option, the most intensive tier
    #[arg(long, value_name = "TIER")]
    at_least: Option<String>,
    /// How many people a tier has room for, such as high=120,medium=400
    #[arg(long, value_name = "TIER=N", value_delimiter = ',', value_parser = room)]
    capacity: Vec<(String, u64)>,
    /// Show what each cut-off in a range would give, such as frequency.high=10..20; harm.high=100..200..10 goes in steps of 10, and
    /// decision.high=… moves a cut-off of the bands of the decision
    #[arg(long, value_name = "CUT-OFF=RANGE")]
    sweep: Option<CutOff>,
    /// The score whose calibration is shown: a dimension, or `total`; without this option, the first dimension
    #[arg(long, value_name = "NAME")]
    score: Option<String>,
    /// The column with the score of an existing tool, to compare with
    #[arg(long, value_name = "COLUMN", requires = "cohort")]
    existing: Option<String>,
    #[command(flatten)]
    as_at: AsAt,
    #[command(flatten)]
    pub(crate) form: Form,
}

/// Who reads a report.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Audience {
    Release,
    Board,
}

/// Reads a column and a value.
fn condition(text: &str) -> Result<(String, String), String> {
    let condition = text
        .split_once('=')
        .map(|(column, value)| (column.trim().to_owned(), value.trim().to_owned()));
    condition.ok_or_else(|| "write a column and a value, as in `area=north`".to_owned())
}

/// Returns each grouping of a list. A comma before a number or a day goes on with the bands of the grouping before it.
fn groupings(lists: &[String]) -> Vec<String> {
    let mut groupings: Vec<String> = Vec::new();
    for item in lists.iter().flat_map(|list| list.split(',')).map(str::trim) {
        let is_cut = item.parse::<f64>().is_ok() || item.parse::<Date>().is_ok();
        match groupings.last_mut() {
            Some(bands) if is_cut && bands.contains(':') => {
                bands.push(',');
                bands.push_str(item);
            }
            _ => groupings.push(item.to_owned()),
        }
    }
    groupings
}

/// Reads how many people a tier has room for.
fn room(text: &str) -> Result<(String, u64), String> {
    let room = text
        .split_once('=')
        .and_then(|(tier, room)| Some((tier.trim().to_owned(), room.trim().parse().ok()?)));
    room.ok_or_else(|| "write tiers and numbers of people, as in `high=120,medium=400`".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    arguments.people.check(arguments.cohort.as_slice())?;
    if arguments.old == "-" && arguments.new == "-" {
        return usage("the two matrices cannot both be read from standard input");
    }
    let as_at = arguments.as_at.date();
    let old = arguments::matrix(&arguments.old, as_at)?;
    let new = arguments::matrix(&arguments.new, as_at)?;
    // A tier or a cut-off that is not there is wrong usage.
    let trial = asked(arguments, &old, &new).map_err(|error| Usage(error.to_string()))?;
    let mut trial = trial.with_comparison(old.compare(&new, as_at));
    let outcomes = &arguments.people.outcome;
    if let (Some(before), [_, _, ..]) = (&arguments.people.before, outcomes.as_slice()) {
        return usage(format!(
            "`--before {before}` goes with one outcome; compare each in a run of its own"
        ));
    }
    let matrices = [&old, &new];
    trial = tried(arguments, trial, outcomes.first(), matrices, as_at)?;
    // The file is read once for each further outcome, so that nothing of the first depends on it.
    for outcome in outcomes.iter().skip(1) {
        let further = asked(arguments, &old, &new)?;
        let further = tried(arguments, further, Some(outcome), matrices, as_at)?;
        trial = trial.and_outcome(outcome, further);
    }
    if let [first, _, ..] = outcomes.as_slice() {
        trial = trial.with_outcome_named(first);
    }
    trial.check_groups()?;
    if trial.people() == 0 {
        warn("warning: the cohort holds no profiles, so nobody was scored")?;
    }
    let is_scored = |tally: &Tally| tally.people() == 0 || tally.refused() < tally.people();
    let are_scored = is_scored(trial.old()) && is_scored(trial.revised());
    if !are_scored {
        warn("warning: everybody is refused by a revision, so there is nothing to compare")?;
    }
    arguments.form.write(&trial.report(), &trial)?;
    Ok(match are_scored {
        true => Status::Done,
        false => Status::Wrong,
    })
}

/// Tries both revisions on the cohort, with one outcome or with none.
fn tried(
    arguments: &Arguments,
    mut trial: Trial,
    outcome: Option<&String>,
    [old, new]: [&Matrix; 2],
    as_at: Date,
) -> Result<Trial, Box<dyn Error>> {
    let columns_file = arguments.cohort.as_deref();
    match columns_file.filter(|path| is_columns(path)) {
        Some(path) => {
            let columns = columns(arguments, outcome, &trial, old, new)?;
            add_columns(&mut trial, path, &columns, as_at, arguments.people.threads)?;
        }
        None => {
            for person in people(arguments, outcome, &trial, old, new, as_at)? {
                trial.add(&person?, as_at);
            }
        }
    }
    Ok(trial)
}

fn asked(arguments: &Arguments, old: &Matrix, new: &Matrix) -> Result<Trial, TrialError> {
    let source = match &arguments.cohort {
        Some(path) => format!("from {}", path.display()),
        None => format!("made up, seed {}", arguments.people.seed),
    };
    let mut trial = Trial::new(old, new)
        .from_source(source)
        .audience(match arguments.audience {
            Audience::Release => trial::Audience::Release,
            Audience::Board => trial::Audience::Board,
        })
        .threshold(arguments.threshold)
        .merge(arguments.merge)
        .by(groupings(&arguments.by))?;
    if arguments.cohort.is_none() {
        trial = trial.made_up();
    }
    for (column, value) in &arguments.only {
        trial = trial.only(column, value);
    }
    for (tier, room) in &arguments.capacity {
        trial = trial.capacity(tier, *room)?;
    }
    if let Some(tier) = &arguments.at_least {
        trial = trial.at_least(tier)?;
    }
    if let Some(column) = &arguments.existing {
        trial = trial.existing(column);
    }
    if let Some(name) = &arguments.score {
        trial = trial.score(name)?;
    }
    if let Some(cut_off) = &arguments.sweep {
        trial = trial.sweep(cut_off)?;
    }
    Ok(trial)
}

type People = Box<dyn Iterator<Item = Result<Person, Box<dyn Error>>>>;

/// Returns the people, as both revisions read them.
fn people(
    arguments: &Arguments,
    outcome: Option<&String>,
    trial: &Trial,
    old: &Matrix,
    new: &Matrix,
    as_at: Date,
) -> Result<People, Box<dyn Error>> {
    let Some(path) = arguments.cohort.clone() else {
        let (seed, count) = (arguments.people.seed, arguments.people.count);
        let [old, new] = [old, new].map(|matrix| sample::profiles(matrix, as_at, seed, count));
        return Ok(Box::new(old.zip(new).zip(1_usize..).map(
            |((old, new), number)| {
                let mut person = Person::new(format!("sample-{number}"), old);
                person.revised = Some(Ok(new));
                Ok(person)
            },
        )));
    };
    let columns = columns(arguments, outcome, trial, old, new)?;
    let kind = cohort_kind("--cohort", &path)?;
    let reader = CohortReader::for_revisions(open(&path)?, kind, &columns, old, new)
        .map_err(|error| at(&path, &error))?;
    for warning in reader.warnings() {
        warn(&format!("warning: {warning}"))?;
    }
    Ok(Box::new(reader.map(move |person| {
        person.map_err(|error| at(&path, &error))
    })))
}

/// Returns which columns of the file of the cohort are read.
fn columns(
    arguments: &Arguments,
    outcome: Option<&String>,
    trial: &Trial,
    old: &Matrix,
    new: &Matrix,
) -> Result<Columns, Box<dyn Error>> {
    let columns = cohort::columns(arguments.people.columns.as_deref(), |file, bytes| {
        Columns::for_revisions(file, bytes, old, new)
    })?;
    let columns = arguments.people.seen(columns, outcome)?;
    if let (Some(existing), false) = (&arguments.existing, columns.has_outcome()) {
        return usage(format!(
            "`--existing {existing}` compares a score with what was seen later; name its column with `--outcome`"
        ));
    }
    Ok(trial.columns(columns))
}

/// Tries both revisions on a file of columns.
#[cfg(feature = "parquet")]
fn add_columns(
    trial: &mut Trial,
    path: &Path,
    columns: &Columns,
    as_at: Date,
    threads: Option<u16>,
) -> Result<(), Box<dyn Error>> {
    let threads = threads.unwrap_or_default().into();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;
    let file = threshold_matrix_cohort::files::ColumnFile::open(path)?;
    Ok(trial.add_file(&file, columns, as_at, &pool)?)
}

/// No file of columns comes this far without the feature: the arguments were checked.
#[cfg(not(feature = "parquet"))]
fn add_columns(
    _: &mut Trial,
    path: &Path,
    _: &Columns,
    _: Date,
    _: Option<u16>,
) -> Result<(), Box<dyn Error>> {
    cohort_kind("--cohort", path).map(drop)
}
