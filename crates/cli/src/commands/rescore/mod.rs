//! The nightly run: scores a whole cohort, writes the outcomes, and shows who is in which tier, what is still open, who was refused and who
//! moved.

mod page;
mod run;

use crate::output::Status;
use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use indicatif::{ProgressBar, ProgressStyle};
use page::Page;
use run::Run;
use serde::Serialize;
use serde_json::{Value, json};
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::{
    CohortFiles, DueShare, EventShare, FileKind, FileList, RunReport, Tally,
};

use crate::arguments::{self, AsAt, not_in_force};
use crate::cohort::{
    CohortArguments, check_kinds, check_standard_input, events_of, in_words, is_columns,
    is_same_file, is_standard, outcomes_kind, refuse_workbook, some,
};
use crate::output::{Ended, say, say_json, usage, warn};

/// Score a cohort, and show who is in which tier, what is open, who was refused and who moved
///
/// Without --cohort, made-up people are scored. A person whose values cannot be scored is refused, with the reasons; the others go on. A run
/// that could not score anybody fails.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix rescore
  threshold-matrix rescore --matrix hmpps-utm --cohort people.csv --columns columns.yaml --previous last.csv --out tonight.csv
  threshold-matrix rescore --cohort people.csv --previous last.csv --out tonight.csv --html tonight.html --json
  threshold-matrix rescore --cohort areas/*.csv --out tonight.parquet
  threshold-matrix rescore --cohort people.csv --until 2027-12-31 --due-only --previous last.csv --changed ids.csv --out tonight.csv

Exit status: 0 done, 1 nobody was scored or something could not be read or written, 2 wrong usage.")]
pub(crate) struct Arguments {
    /// A matrix file (.yaml), or a matrix that comes with the program: `iom-threshold` for the version in force on the date of --as-at, or
    /// `iom-threshold@1.0.0` for that version
    #[arg(long, value_name = "MATRIX", default_value = "iom-threshold")]
    matrix: String,
    /// The file of people: .csv, or .jsonl with one {"id": …, "profile": {…}} or one object of columns on each line; or .xlsx, if the program was
    /// built with the feature `xlsx`; or .parquet, .arrow or .feather, if it was built with the feature `parquet`; or `-` for text from the standard
    /// input. Several files are one cohort: `--cohort north.csv south.parquet`; and a folder is the files of these kinds in it, by name. Without this
    /// option, made-up people are scored
    #[arg(long, value_name = "PATH", num_args = 1..)]
    cohort: Vec<PathBuf>,
    #[command(flatten)]
    people: CohortArguments,
    /// A file of dated events, or a folder of such files, for a list of events of the matrix: `--events offences=offences.csv`. It has a row for each event,
    /// with the person's id, in any order and of any kind that --cohort reads; `events` in the columns file says what its columns mean. Repeat the option
    /// for further files and lists
    #[arg(long, value_name = "LIST=PATH", requires = "cohort", value_parser = events_of)]
    events: Vec<(String, PathBuf)>,
    /// The file that --out of an earlier run wrote, to show who moved; or several of them, or a folder
    #[arg(long, value_name = "PATH", num_args = 1..)]
    previous: Vec<PathBuf>,
    /// Write every outcome to a .csv or .jsonl file, or as one of these to the standard output with `-`; or to an .xlsx file, with sheets of who moved
    /// and who was refused, if the program was built with the feature `xlsx`; or to a .parquet, .arrow or .feather file, if it was built with the
    /// feature `parquet`. The file appears when the run has ended
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also write the points of every criterion and the named decisions, which JSON lines always have
    #[arg(long, requires = "out")]
    points: bool,
    /// Also write when each result differs next if nothing new is recorded, looking as far as this date, and the result then: `next_change` and
    /// `next_result`, as `score --until` gives them for one profile; and `stands_until`, the last day through which nothing of the row differs
    #[arg(long, value_name = "DATE", requires = "out")]
    until: Option<Date>,
    /// Score again only those for whom a date passes or whose inputs changed since the run of --previous, and carry everybody else over from it; what is
    /// written is what scoring everybody would give. The files of both runs are written with --until, and with a date that stays the same from night to
    /// night: whoever has no next change up to the date of the previous run is scored again where this one is later
    #[arg(long, requires_all = ["cohort", "previous", "until"])]
    due_only: bool,
    /// The file of the ids of those whose inputs changed since the previous run, or of whom an event was added, changed or taken away; of any kind that
    /// --cohort reads, of which only the column of the ids is read; or several of them, or a folder. An empty file says that nothing changed
    #[arg(long, value_name = "PATH", num_args = 1.., requires = "due_only")]
    changed: Vec<PathBuf>,
    /// Give the columns of a .csv or .xlsx file the titles that the matrix has for readers, such as `Harm: score`; --previous does not read such a file
    #[arg(long, requires = "out")]
    labels: bool,
    /// A column of the cohort that --out has as well, such as a name or an area; several are named one after another: `--keep name,area`
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', requires_all = ["cohort", "out"])]
    keep: Vec<String>,
    /// Write everybody who moved, is new or is gone to a .csv file: id, from, to, and what differs between the runs
    #[arg(long, value_name = "FILE", requires = "previous")]
    moved: Option<PathBuf>,
    /// Write every problem of everybody who was refused to a .csv file: id, line, column, cell, and what is wrong
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// Write a page of HTML for those who work with the people: who is in which tier, what to record first, who was refused and who moved
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Print JSON and nothing else, even when something is wrong; docs/rescore-json.md says what its keys mean
    #[arg(long)]
    pub(crate) json: bool,
    /// Fail if more people than this were refused: a number, or a share of all such as `2%`
    #[arg(long, value_name = "NUMBER|SHARE")]
    max_refused: Option<MostRefused>,
    #[command(flatten)]
    as_at: AsAt,
}

/// How many people may be refused.
#[derive(Debug, Clone, Copy)]
enum MostRefused {
    People(u64),
    /// A share in thousandths of a per cent.
    Share(u64),
}

impl FromStr for MostRefused {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is not a number such as 20, or a share such as 2% or 0.5%");
        let Some(share) = text.strip_suffix('%') else {
            return text.parse().map(Self::People).map_err(|_| wrong());
        };
        let (whole, places) = share
            .trim_end()
            .split_once('.')
            .unwrap_or((share.trim_end(), ""));
        let is_number = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(places) || places.len() > 3 {
            return Err(wrong());
        }
        let share = format!("{whole}{places:0<3}")
            .parse()
            .map_err(|_| wrong())?;
        if share > 100_000 {
            return Err(wrong());
        }
        Ok(Self::Share(share))
    }
}

impl MostRefused {
    fn is_exceeded(self, refused: u64, people: u64) -> bool {
        match self {
            Self::People(most) => refused > most,
            Self::Share(most) => {
                u128::from(refused) * 100_000 > u128::from(most) * u128::from(people)
            }
        }
    }
}

/// The files that are read: those that were named, and those of the folders.
struct Read {
    cohort: FileList,
    previous: FileList,
    changed: FileList,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    let read = Read {
        cohort: FileList::of(&arguments.cohort)?,
        previous: FileList::of(&arguments.previous)?,
        changed: FileList::of(&arguments.changed)?,
    };
    check(arguments, &read)?;
    let as_at = arguments.as_at.date();
    let matrix = arguments::matrix(&arguments.matrix, as_at)?;
    let page = arguments.html.as_deref().map(Page::create).transpose()?;
    let run = run::score(arguments, &read, &matrix, as_at)?;
    let report = run.notes.report(&run.tally, as_at);
    if let Some(page) = page {
        page.finish(&report.to_html())?;
    }
    let failure = failure(arguments, &read, &run);
    if arguments.json {
        if let Some(words) = not_in_force(&matrix, as_at) {
            warn(&format!("warning: {words}"))?;
        }
        say_json(&Told {
            report: &report,
            error: failure
                .as_deref()
                .map(|message| json!({ "message": message })),
        })?;
    } else {
        let table = table(arguments, &matrix, as_at, &run);
        if arguments.out.as_deref().is_some_and(is_standard) {
            warn(&table)?;
        } else {
            say(&table)?;
        }
    }
    match failure {
        None => Ok(Status::Done),
        Some(failure) => {
            warn(&failure)?;
            Ok(Status::Wrong)
        }
    }
}

/// What `--json` prints of a run that has ended, even if it has failed.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    report: &'a RunReport<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
}

/// Returns why a run that has ended has failed, if it has.
fn failure(arguments: &Arguments, read: &Read, run: &Run) -> Option<String> {
    let tally = &run.tally;
    let mut events = run.notes.events.iter();
    if let Some(own) = events.find(|own| own.fits_nobody()) {
        let files = some(&own.files);
        return Some(format!(
            "none of the ids of {files} is in the cohort, so nobody has events of `{}`; name the column of the same ids by `id` under `events` in the columns file",
            own.list
        ));
    }
    let (people, refused) = (tally.people(), tally.refused());
    if people > refused {
        let most = arguments.max_refused?;
        return most.is_exceeded(refused, people).then(|| {
            let were = if refused == 1 { "was" } else { "were" };
            format!("{refused} of {people} people {were} refused, more than --max-refused allows")
        });
    }
    let file = match arguments.cohort.as_slice() {
        [] => "the cohort".to_owned(),
        paths => in_words(paths),
    };
    Some(match people {
        0 if read.cohort.paths().len() > 1 => {
            format!("{file} hold no profiles, so nobody was scored")
        }
        0 => format!("{file} holds no profiles, so nobody was scored"),
        1 => format!("the only person in {file} was not scored, but refused"),
        people => {
            format!("none of the {people} people in {file} was scored: everybody was refused")
        }
    })
}

fn check(arguments: &Arguments, read: &Read) -> Result<(), Box<dyn Error>> {
    arguments.people.check(read.cohort.paths())?;
    if let [_, second, ..] = arguments.people.outcome.as_slice() {
        return usage(format!(
            "`--outcome {second}` is a second outcome, and a run shows one; `compare` takes several"
        ));
    }
    check_standard_input(&arguments.matrix, &arguments.cohort, &arguments.events)?;
    let written = [
        ("--out", &arguments.out),
        ("--moved", &arguments.moved),
        ("--refused", &arguments.refused),
        ("--html", &arguments.html),
    ];
    if arguments.html.as_deref().is_some_and(is_standard) {
        return usage("--html needs the name of a file");
    }
    if arguments.json && arguments.out.as_deref().is_some_and(is_standard) {
        return usage(
            "--json and --out - both write to the standard output; name a file for --out",
        );
    }
    if let Some(out) = &arguments.out
        && !is_columns(out)
        && !is_standard(out)
    {
        outcomes_kind("--out", out)?;
    }
    let as_at = arguments.as_at.date();
    arguments::is_later(arguments.until, as_at)?;
    if arguments.labels && !run::has_header(arguments, read) {
        return usage("--labels works only with a .csv or .xlsx file of --out");
    }
    let lists = [
        ("--moved", &arguments.moved),
        ("--refused", &arguments.refused),
    ];
    for (option, path) in lists {
        if let Some(path) = path {
            refuse_workbook(option, path)?;
        }
    }
    let previous = read.previous.paths().iter();
    for previous in previous.filter(|path| !is_columns(path)) {
        outcomes_kind("--previous", previous)?;
    }
    if arguments.due_only && arguments.changed.is_empty() {
        return usage(
            "--due-only cannot see whose inputs changed since the previous run; give a file of their ids with --changed, such as --changed ids.csv, or an empty file if nothing changed",
        );
    }
    check_kinds("--changed", read.changed.paths())?;
    if read.changed.paths().iter().any(|path| is_standard(path)) {
        return usage("--changed needs the name of a file");
    }
    let matrix = PathBuf::from(&arguments.matrix);
    let events = arguments.events.iter();
    let events: Vec<PathBuf> = events.map(|(_, path)| path.clone()).collect();
    let read = [
        ("--events", events.as_slice()),
        ("--matrix", std::slice::from_ref(&matrix)),
        ("--cohort", read.cohort.paths()),
        ("--previous", read.previous.paths()),
        ("--changed", read.changed.paths()),
        ("--columns", arguments.people.columns.as_slice()),
    ];
    let folders = [
        ("--events", &events),
        ("--cohort", &arguments.cohort),
        ("--previous", &arguments.previous),
        ("--changed", &arguments.changed),
    ];
    for (option, file) in written {
        let Some(file) = file else { continue };
        for (name, paths) in read {
            if paths.iter().any(|path| is_same_file(file, path)) {
                let file = file.display();
                return usage(format!(
                    "{option} {file} is the file of {name}, which would be written over; name another file"
                ));
            }
        }
        for (name, paths) in folders {
            let is_read = is_columns(file) || FileKind::of(file).is_some();
            let folder = file.parent().filter(|_| is_read);
            let folder = folder.map(|folder| Path::new(".").join(folder));
            if folder.is_some_and(|folder| paths.iter().any(|path| is_same_file(&folder, path))) {
                let file = file.display();
                return usage(format!(
                    "{option} {file} is in the folder of {name}, so that the next run would read it; name a file elsewhere"
                ));
            }
        }
        let is_twice = |(other, path): &(&str, &Option<PathBuf>)| {
            *other != option && path.as_ref().is_some_and(|path| is_one_path(file, path))
        };
        if let Some((other, _)) = written.iter().find(|other| is_twice(other)) {
            let file = file.display();
            return usage(format!(
                "{option} and {other} both name {file}; name two files"
            ));
        }
    }
    Ok(())
}

/// Whether two paths lead to one place, at which there need not be a file yet.
fn is_one_path(one: &Path, other: &Path) -> bool {
    matches!((std::path::absolute(one), std::path::absolute(other)), (Ok(one), Ok(other)) if one == other)
}

/// What the run was of, its table, and how fast it went.
fn table(arguments: &Arguments, matrix: &Matrix, as_at: Date, run: &Run) -> String {
    let speed = u128::from(run.tally.people()) * 1_000_000 / run.elapsed.as_micros().max(1);
    let files = [
        &arguments.out,
        &arguments.moved,
        &arguments.refused,
        &arguments.html,
    ];
    let files = files
        .into_iter()
        .flatten()
        .filter(|path| !is_standard(path));
    let written: String = files
        .map(|path| format!("written to {}\n", path.display()))
        .collect();
    let not_in_force = match not_in_force(matrix, as_at) {
        Some(words) => format!("warning: {words}\n"),
        None => String::new(),
    };
    format!(
        "{}\n{} {} as at {as_at}\n{}\n{not_in_force}{}\n{}\n{written}{:.2?}, {speed} people a second\n{}\n",
        matrix.title(),
        matrix.id(),
        matrix.version(),
        matrix.content_hash(),
        run.notes,
        run.tally,
        run.elapsed,
        RunReport::ADVICE,
    )
}

/// Where the people are from, and what of the file and of the matrix has no counterpart.
struct Notes {
    source: String,
    unused: Vec<String>,
    without_column: Vec<String>,
    /// How many rows the columns file left out.
    left_out: u64,
    /// What should be known of the file before the results are used.
    warnings: Vec<String>,
    /// What was read of lists of events from files of their own.
    events: Vec<EventShare>,
    /// How many people were carried over, if any were to be.
    due_only: Option<DueShare>,
}

impl Notes {
    fn of(named: &[PathBuf], files: &FileList, cohort: &CohortFiles) -> Self {
        let mut source = format!("people from {}", in_words(named));
        if files.paths() != named {
            let files = files.paths().len();
            source.push_str(&format!(
                " ({files} {})",
                if files == 1 { "file" } else { "files" }
            ));
        }
        Self {
            source,
            unused: cohort.unused().to_vec(),
            without_column: cohort.inputs_without_column().to_vec(),
            left_out: 0,
            warnings: cohort.warnings().to_vec(),
            events: Vec::new(),
            due_only: None,
        }
    }

    fn made_up(seed: u64) -> Self {
        Self {
            source: format!("made-up people, seed {seed}"),
            unused: Vec::new(),
            without_column: Vec::new(),
            left_out: 0,
            warnings: Vec::new(),
            events: Vec::new(),
            due_only: None,
        }
    }

    fn report<'a>(&self, tally: &'a Tally, as_at: Date) -> RunReport<'a> {
        tally
            .report(as_at)
            .from_source(&self.source)
            .with_columns(&self.unused, &self.without_column)
            .with_rows_left_out(self.left_out)
            .with_warnings(&self.warnings)
            .with_events(&self.events)
            .with_due_only(self.due_only.as_ref())
    }
}

impl fmt::Display for Notes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.source)?;
        for (what, names) in [
            ("columns that no input reads", &self.unused),
            ("inputs without a column", &self.without_column),
        ] {
            if !names.is_empty() {
                writeln!(formatter, "{what}: {}", names.join(", "))?;
            }
        }
        if self.left_out > 0 {
            let rows = self.left_out;
            writeln!(formatter, "rows left out, as the columns file says: {rows}")?;
        }
        if let Some(due_only) = &self.due_only {
            writeln!(formatter, "{due_only}")?;
        }
        for events in &self.events {
            writeln!(formatter, "{events}")?;
        }
        for warning in &self.warnings {
            writeln!(formatter, "warning: {warning}")?;
        }
        Ok(())
    }
}

fn bar(length: u64, template: &str) -> Result<ProgressBar, Box<dyn Error>> {
    Ok(ProgressBar::new(length).with_style(ProgressStyle::with_template(template)?))
}
