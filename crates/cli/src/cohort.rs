//! The files of a cohort, as `rescore`, `compare` and `explain` take them.

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use threshold_matrix::{Diagnostics, Matrix};
use threshold_matrix_cohort::{CohortError, CohortFiles, Columns, EventTable, FileKind, FileList};

use crate::output::{at, usage};

/// How the people to score are read or made up.
#[derive(Debug, Args)]
pub(crate) struct CohortArguments {
    /// A YAML file that says which column each input is read from; `threshold-matrix columns` drafts one
    #[arg(long, value_name = "FILE", requires = "cohort")]
    pub(crate) columns: Option<PathBuf>,
    /// The column that says what was seen later (true, false, 1 or 0), to show how often it was seen in each tier. `compare` takes several: one --outcome
    /// for each
    #[arg(long, value_name = "COLUMN", requires = "cohort")]
    pub(crate) outcome: Vec<String>,
    /// The column that says how many times the outcome was seen in a time before a date, and then --outcome how many times it was seen in as long a time
    /// after it (0, 1, 2 and so on), to show the share of people with any and the number of times per person, before and after, in each tier
    #[arg(long, value_name = "COLUMN", requires = "cohort")]
    pub(crate) before: Option<String>,
    /// The number of threads, for a .parquet, .arrow or .feather cohort; without this option, as many as the machine has
    #[arg(long, value_name = "N", requires = "cohort", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    /// The seed of the made-up people: another number makes other people
    #[arg(long, value_name = "N", conflicts_with = "cohort", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many people to make up
    #[arg(
        long,
        value_name = "N",
        conflicts_with = "cohort",
        default_value_t = 10_000
    )]
    pub(crate) count: usize,
}

impl CohortArguments {
    /// Checks that the kind of each file is known, and that what was asked for goes with them.
    pub(crate) fn check(&self, paths: &[PathBuf]) -> Result<(), Box<dyn Error>> {
        check_kinds("--cohort", paths)?;
        match self.threads {
            Some(_) if !paths.iter().any(|path| is_columns(path)) => {
                usage("--threads works only with a .parquet, .arrow or .feather cohort")
            }
            _ => Ok(()),
        }
    }
}

impl CohortArguments {
    /// Adds to the columns that are read those of what was seen later, one of them if there are several.
    pub(crate) fn seen(
        &self,
        mut columns: Columns,
        outcome: Option<&String>,
    ) -> Result<Columns, Box<dyn Error>> {
        if let Some(outcome) = outcome {
            columns = columns.with_outcome(outcome);
        }
        if let Some(before) = &self.before {
            if !columns.has_outcome() {
                return usage(format!(
                    "`--before {before}` is the number of times before; name the column of the number of times after with `--outcome`"
                ));
            }
            columns = columns.with_before(before);
        }
        Ok(columns)
    }
}

/// Reads the value of `--events`.
pub(crate) fn events_of(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((list, path)) if !list.is_empty() && !path.is_empty() => {
            Ok((list.to_owned(), PathBuf::from(path)))
        }
        _ => Err(format!(
            "`{text}` is not a list of events and its file, such as offences=offences.csv"
        )),
    }
}

/// Reads the files of events that `--events` names. Returns nothing if it names none.
pub(crate) fn events(
    named: &[(String, PathBuf)],
    columns: &Columns,
    matrix: &Matrix,
) -> Result<Option<Arc<EventTable>>, Box<dyn Error>> {
    let mut lists: Vec<(String, Vec<&PathBuf>)> = Vec::new();
    for (list, path) in named {
        match lists.iter_mut().find(|(own, _)| own == list) {
            Some((_, paths)) => paths.push(path),
            None => lists.push((list.clone(), vec![path])),
        }
    }
    if lists.is_empty() {
        return Ok(None);
    }
    let files = lists.into_iter().map(|(list, paths)| {
        let files = FileList::of(paths)?;
        check_kinds("--events", files.paths())?;
        Ok((list, files))
    });
    let files = files.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    Ok(Some(Arc::new(EventTable::read(&files, columns, matrix)?)))
}

/// Opens the files of a cohort, some of whose events may stand in files of their own.
pub(crate) fn open_people(
    files: &FileList,
    columns: &Columns,
    matrix: &Matrix,
    events: Option<&Arc<EventTable>>,
) -> Result<CohortFiles, CohortError> {
    match events {
        Some(events) => CohortFiles::with_events(files, columns, matrix, events),
        None => CohortFiles::open(files, columns, matrix),
    }
}

/// Checks that the kind of each file that an option names is known.
pub(crate) fn check_kinds(option: &str, paths: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    let others = paths
        .iter()
        .filter(|path| !is_columns(path) && !is_standard(path));
    let wrong = others.filter_map(|path| cohort_kind(option, path).err());
    let wrong: Vec<String> = wrong.map(|error| error.to_string()).collect();
    match wrong.is_empty() {
        true => Ok(()),
        false => usage(wrong.join("\n")),
    }
}

/// Checks that no more than one of the matrix, the cohort and the events is to be read from the standard input.
pub(crate) fn check_standard_input(
    matrix: &str,
    cohort: &[PathBuf],
    events: &[(String, PathBuf)],
) -> Result<(), Box<dyn Error>> {
    let is_of_cohort = cohort.iter().any(|path| is_standard(path));
    if matrix == "-" && is_of_cohort {
        return usage("the matrix and the cohort cannot both be read from standard input");
    }
    let of_events = events.iter().filter(|(_, path)| is_standard(path)).count();
    if of_events + usize::from(is_of_cohort || matrix == "-") > 1 {
        return usage(
            "only one of the matrix, the cohort and the events can be read from standard input",
        );
    }
    Ok(())
}

/// What the name of a file may end in beside the kinds of text, or in a program with more features.
#[cfg(feature = "parquet")]
const OTHERS: &str = ", or in .parquet, .arrow or .feather";
#[cfg(not(feature = "parquet"))]
const OTHERS: &str =
    " (.parquet, .arrow and .feather need a program built with the feature `parquet`)";

/// Returns the kind of a file of people that was named.
pub(crate) fn cohort_kind(option: &str, path: &Path) -> Result<FileKind, Box<dyn Error>> {
    match FileKind::of(path) {
        Some(FileKind::Workbook) if !cfg!(feature = "xlsx") => {
            without_workbooks(option, path, "save the sheet as \"CSV UTF-8\"")
        }
        Some(kind) => Ok(kind),
        None => usage(format!(
            "{option} {}: the name of the file must end in .csv, .xlsx, .jsonl or .ndjson{OTHERS}",
            path.display()
        )),
    }
}

/// Returns the kind of a file of outcomes that an option named.
pub(crate) fn outcomes_kind(option: &str, path: &Path) -> Result<FileKind, Box<dyn Error>> {
    match FileKind::of(path) {
        Some(FileKind::Workbook) if !cfg!(feature = "xlsx") => {
            without_workbooks(option, path, "name a .csv file, which Excel opens")
        }
        Some(kind) => Ok(kind),
        None => usage(format!(
            "{option} {}: the name of the file must end in .csv, .xlsx, .jsonl or .ndjson{OTHERS}",
            path.display()
        )),
    }
}

fn without_workbooks<T>(option: &str, path: &Path, instead: &str) -> Result<T, Box<dyn Error>> {
    usage(format!(
        "{option} {}: this program was built without workbooks; {instead}, or install the program with `cargo install --path crates/cli --features full`",
        path.display()
    ))
}

/// Checks that a list is not named as a workbook.
pub(crate) fn refuse_workbook(option: &str, path: &Path) -> Result<(), Box<dyn Error>> {
    if FileKind::of(path) == Some(FileKind::Workbook) {
        let path = path.display();
        return usage(format!(
            "{option} {path}: the list is written to a .csv file; `--out` writes a workbook that has it as a sheet"
        ));
    }
    Ok(())
}

/// Whether a path names a file of columns, which this program can read.
#[cfg(feature = "parquet")]
pub(crate) fn is_columns(path: &Path) -> bool {
    threshold_matrix_cohort::files::ColumnFileKind::of(path).is_some()
}
#[cfg(not(feature = "parquet"))]
pub(crate) fn is_columns(_: &Path) -> bool {
    false
}

/// Reads a columns file; without one, every column has its own name.
pub(crate) fn columns(
    path: Option<&Path>,
    read: impl FnOnce(&str, &[u8]) -> Result<Columns, Diagnostics>,
) -> Result<Columns, Box<dyn Error>> {
    let Some(path) = path else {
        return Ok(Columns::new());
    };
    let bytes = std::fs::read(path).map_err(|error| at(path, &error))?;
    Ok(read(&path.to_string_lossy(), &bytes)?)
}

/// The most files that are named in a sentence. The rest are counted.
const MOST_NAMED: usize = 5;

/// Returns the paths of a cohort in words, as they were named.
pub(crate) fn in_words(paths: &[PathBuf]) -> String {
    let names = paths.iter().map(|path| match is_standard(path) {
        true => "the standard input".to_owned(),
        false => path.display().to_string(),
    });
    some(&names.collect::<Vec<_>>())
}

/// Returns some names in a sentence.
pub(crate) fn some(names: &[String]) -> String {
    let shown = names.iter().take(MOST_NAMED);
    let shown = shown.map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Whether a path stands for the standard input or output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Whether two paths name one file, which exists.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

pub(crate) fn open(path: &Path) -> Result<File, Box<dyn Error>> {
    File::open(path).map_err(|error| at(path, &error))
}

/// Returns the path that a file of outcomes has until it is whole. A run that is cut off leaves the last night's file in its place.
pub(crate) fn partial(path: &Path) -> PathBuf {
    PathBuf::from(format!("{}.partial", path.display()))
}
