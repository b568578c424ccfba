//! What every command does at its end: print, say what is wrong, and give the right exit status.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::io::{ErrorKind, Write};
use std::path::Path;

use anstream::ColorChoice;
use serde_json::{Value, json};
use threshold_matrix::{Diagnostics, FileFault, FolderError, Matrix, OpenError, Problem, Refusal};
use threshold_matrix_cohort::{CohortError, FileProblem};

/// How a command ends: with an exit status, or with what is wrong.
pub(crate) type Ended = Result<Status, Box<dyn Error>>;

/// An error of usage that only the values of the arguments show; the exit status is 2.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl fmt::Display for Usage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for Usage {}

/// Returns an error of usage.
pub(crate) fn usage<T>(message: impl Into<String>) -> Result<T, Box<dyn Error>> {
    Err(Usage(message.into()).into())
}

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Done = 0,
    /// Something is wrong with the data or the matrix.
    Wrong = 1,
    /// The command cannot be understood.
    Usage = 2,
}

/// Says what is wrong, if anything is, and returns the exit status.
pub(crate) fn end(ended: Ended, gives_json: bool) -> Status {
    let error = match ended {
        Ok(status) => return status,
        Err(error) => error,
    };
    let is_closed = |error: &std::io::Error| error.kind() == ErrorKind::BrokenPipe;
    if error
        .downcast_ref::<std::io::Error>()
        .is_some_and(is_closed)
    {
        // The reader of the output has read enough.
        return Status::Done;
    }
    let is_usage = error.is::<Usage>();
    // Nothing is left to be done where even this cannot be written.
    let _ = if gives_json {
        say(&format!(
            "{}\n",
            json!({ "error": as_json(error.as_ref()) })
        ))
    } else {
        warn(&in_words(error.as_ref(), is_usage))
    };
    if is_usage {
        Status::Usage
    } else {
        Status::Wrong
    }
}

fn in_words(error: &(dyn Error + 'static), is_usage: bool) -> String {
    match faults_of(error) {
        Some(faults) if colours(&std::io::stderr()) => faults.to_coloured_string(),
        _ if is_usage => format!("error: {error}\n\nFor more information, try '--help'."),
        _ => error.to_string(),
    }
}

/// The faults of a file, if that is what is wrong.
fn faults_of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Diagnostics> {
    match error.downcast_ref::<OpenError>() {
        Some(OpenError::Faults(faults)) => Some(faults),
        _ => error.downcast_ref(),
    }
}

/// Something that is wrong with a file: its faults, or why it cannot be taken at all.
pub(crate) enum Wrong<'a> {
    Faults(&'a Diagnostics),
    File(String, String),
}

/// Everything that is wrong with the file of this name, or with the files of this folder.
pub(crate) fn all_wrong<'a>(name: &str, error: &'a (dyn Error + 'static)) -> Vec<Wrong<'a>> {
    if let Some(faults) = faults_of(error) {
        return vec![Wrong::Faults(faults)];
    }
    let Some(folder) = error.downcast_ref::<FolderError>() else {
        return vec![Wrong::File(name.to_owned(), error.to_string())];
    };
    let wrong = |(path, fault): (&Path, &'a FileFault)| match fault {
        FileFault::Matrix(faults) => Wrong::Faults(faults),
        other => Wrong::File(path.display().to_string(), other.to_string()),
    };
    folder.faults().map(wrong).collect()
}

/// What is wrong, as data: a message, and where it is the faults of a file each of them with its place, or the problems of its columns.
pub(crate) fn as_json(error: &(dyn Error + 'static)) -> Value {
    if let Some(unfit) = error.downcast_ref::<Unfit>() {
        return unfit_as_json(&unfit.path, &unfit.problems);
    }
    if let Some(CohortError::Files { problems }) = error.downcast_ref() {
        let named = |problem: &FileProblem| {
            let mut told = problem_as_json(problem);
            if let Some(told) = told.as_object_mut() {
                told.insert("file".to_owned(), problem.file.clone().into());
            }
            told
        };
        return match problems.as_slice() {
            [one] => problem_as_json(one),
            several => json!({
                "message": format!("{} files cannot be read", several.len()),
                "files": several.iter().map(named).collect::<Vec<_>>(),
            }),
        };
    }
    if let Some(refused) = error.downcast_ref::<Refused>() {
        return json!({ "message": "the profile is refused", "problems": refused.refusal.problems() });
    }
    match (faults_of(error), error.downcast_ref::<FolderError>()) {
        (Some(faults), _) => faults_as_json(faults),
        (None, Some(_)) => {
            let files = all_wrong("", error).into_iter().map(|wrong| match wrong {
                Wrong::Faults(faults) => faults_as_json(faults),
                Wrong::File(file, message) => json!({ "file": file, "message": message }),
            });
            json!({ "message": "the folder cannot be read as a library", "files": files.collect::<Vec<_>>() })
        }
        (None, None) => json!({ "message": error.to_string() }),
    }
}

/// What is wrong with a file of people as data.
fn problem_as_json(problem: &FileProblem) -> Value {
    match &problem.error {
        CohortError::Columns { problems } => unfit_as_json(&problem.file, problems),
        _ => json!({ "message": problem.to_string() }),
    }
}

fn unfit_as_json(file: &str, problems: &[String]) -> Value {
    json!({
        "message": format!("{file}: the columns of the file do not fit the matrix"),
        "problems": problems,
    })
}

/// The faults of a file as data.
fn faults_as_json(faults: &Diagnostics) -> Value {
    json!({
        "message": format!("`{}` is not a valid file", faults.file()),
        "file": faults.file(),
        "faults": faults.iter().collect::<Vec<_>>(),
        "left_out": faults.left_out(),
    })
}

/// Writes to standard output.
pub(crate) fn say(text: &str) -> std::io::Result<()> {
    std::io::stdout().write_all(text.as_bytes())
}

/// Writes a line to standard error.
pub(crate) fn warn(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stderr(), "{}", text.trim_end())
}

/// Writes data as one line of JSON to standard output.
pub(crate) fn say_json(data: &impl serde::Serialize) -> Result<(), Box<dyn Error>> {
    Ok(say(&format!("{}\n", serde_json::to_string(data)?))?)
}

/// Whether a stream shows colours: a terminal does, unless `NO_COLOR` or `TERM=dumb` asks for none.
pub(crate) fn colours(stream: &impl anstream::stream::RawStream) -> bool {
    anstream::AutoStream::choice(stream) != ColorChoice::Never
}

/// Writes a file that the user named for it, and says where it is.
pub(crate) fn write(path: &Path, content: &str) -> Result<(), Box<dyn Error>> {
    std::fs::write(path, content).map_err(|error| at(path, &error))?;
    Ok(warn(&format!("written to {}", path.display()))?)
}

/// Returns what is wrong with a file.
pub(crate) fn at(path: &Path, error: &(dyn Error + 'static)) -> Box<dyn Error> {
    let text = format!("{}: {error}", path.display());
    match error.downcast_ref() {
        Some(CohortError::Columns { problems }) => Box::new(Unfit {
            path: path.display().to_string(),
            text,
            problems: problems.clone(),
        }),
        _ => text.into(),
    }
}

/// A profile that is refused. Each problem has the titles of its inputs, where they are not the names.
#[derive(Debug)]
pub(crate) struct Refused {
    refusal: Refusal,
    problems: Vec<String>,
}

impl Refused {
    pub(crate) fn new(matrix: &Matrix, refusal: Refusal) -> Self {
        let titles: HashMap<&str, &str> = matrix
            .described_inputs()
            .map(|input| (input.name, input.label))
            .collect();
        let told = |problem: &Problem| {
            let inputs = problem.inputs.iter();
            let titles = inputs.filter_map(|name| {
                let title = titles.get(name.as_str())?;
                (*title != name).then_some(*title)
            });
            let titles: Vec<&str> = titles.collect();
            match titles.as_slice() {
                [] => problem.message.clone(),
                titles => format!("{}: {}", titles.join(", "), problem.message),
            }
        };
        Self {
            problems: refusal.problems().iter().map(told).collect(),
            refusal,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the profile is refused:")?;
        let mut problems = self.problems.iter();
        problems.try_for_each(|problem| write!(formatter, "\n  {problem}"))
    }
}

impl Error for Refused {}

/// The columns of a file that do not fit the matrix. All that is wrong with them is in the text, and each problem by itself for data.
#[derive(Debug)]
struct Unfit {
    path: String,
    text: String,
    problems: Vec<String>,
}

impl fmt::Display for Unfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Error for Unfit {}
