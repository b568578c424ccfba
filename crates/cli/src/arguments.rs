//! Arguments that several commands take, each written once.

use std::error::Error;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use threshold_matrix::report::Explanation;
use threshold_matrix::{Date, Library, Matrix};

use crate::output::{self, colours, say, usage};

/// The date of a scoring.
#[derive(Debug, Args)]
pub(crate) struct AsAt {
    /// The date of the scoring, such as 2026-11-21; today (UTC) if it is not given
    #[arg(long, value_name = "DATE")]
    as_at: Option<Date>,
}

impl AsAt {
    /// Returns the date that was given, or today's.
    pub(crate) fn date(&self) -> Date {
        self.as_at.unwrap_or_else(today)
    }
}

/// Returns today's date in UTC. The library itself reads no clock.
#[expect(clippy::expect_used, reason = "the calendar has this day")]
pub(crate) fn today() -> Date {
    let now = jiff::Timestamp::now()
        .to_zoned_datetime(jiff::tz::TimeZone::UTC)
        .date();
    Date::new(now.year(), now.month(), now.day()).expect("today is a date")
}

/// The form in which a report is written.
#[derive(Debug, Args)]
pub(crate) struct Form {
    /// Print Markdown
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
    /// Print JSON and nothing else, even when something is wrong
    #[arg(long)]
    pub(crate) json: bool,
    /// Write a page of HTML to read, print or hand over, and say where it is
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

/// A report that can be written in every form.
pub(crate) trait Report {
    fn to_text(&self, coloured: bool) -> String;
    fn to_markdown(&self) -> String;
    fn to_html(&self) -> String;
}

macro_rules! report {
    ($($of:ty),*) => {
        $(impl Report for $of {
            fn to_text(&self, coloured: bool) -> String {
                if coloured { self.to_coloured_string() } else { self.to_string() }
            }

            fn to_markdown(&self) -> String {
                <$of>::to_markdown(self)
            }

            fn to_html(&self) -> String {
                <$of>::to_html(self)
            }
        })*
    };
}

report!(Explanation, threshold_matrix_cohort::trial::Report);

impl Form {
    /// Writes a report in the form that was asked for; `data` is what `--json` prints of it.
    pub(crate) fn write(
        &self,
        report: &impl Report,
        data: &impl serde::Serialize,
    ) -> Result<(), Box<dyn Error>> {
        if let Some(path) = &self.html {
            output::write(path, &report.to_html())?;
        }
        if self.json {
            return output::say_json(data);
        }
        if self.markdown {
            say(&report.to_markdown())?;
        } else if self.html.is_none() {
            say(&report.to_text(colours(&std::io::stdout())))?;
        }
        Ok(())
    }
}

/// The most bytes that are read from standard input: as many as a matrix, a profile or a record can need, and many more.
const MOST_BYTES: u64 = 16 << 20;

/// Reads a file, or standard input for `-`.
pub(crate) fn read(path: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let read = match path {
        "-" => {
            let mut bytes = Vec::new();
            let read = std::io::stdin().take(MOST_BYTES).read_to_end(&mut bytes);
            read.map(|_| bytes)
        }
        path => std::fs::read(path),
    };
    read.map_err(|error| format!("cannot read `{path}`: {error}").into())
}

/// Reads a text file, or standard input for `-`.
pub(crate) fn read_text(path: &str) -> Result<String, Box<dyn Error>> {
    let read = String::from_utf8(read(path)?);
    Ok(read.map_err(|error| format!("`{path}` is not text in UTF-8: {error}"))?)
}

/// Opens a matrix by the name of an embedded one, by the path of its file, or from standard input for `-`.
pub(crate) fn matrix(name: &str, day: Date) -> Result<Matrix, Box<dyn Error>> {
    Ok(match name {
        "-" => Matrix::from_named_yaml("standard input", &read("-")?)?,
        name => Matrix::open(name, day)?,
    })
}

/// Returns an error of usage if `--until` names a day that is not after the date of the scoring.
pub(crate) fn is_later(until: Option<Date>, as_at: Date) -> Result<(), Box<dyn Error>> {
    match until.filter(|until| *until <= as_at) {
        Some(until) => usage(format!(
            "--until {until} is not after the date of the scoring, {as_at}"
        )),
        None => Ok(()),
    }
}

/// Whether a name asks for whichever version is in force on the day of a scoring.
pub(crate) fn is_unversioned(name: &str) -> bool {
    name != "-" && !name.contains('@') && !name.ends_with(".yaml") && !name.ends_with(".yml")
}

/// Returns the matrices of a folder, each with the path of its file.
pub(crate) fn folder(path: &Path) -> Result<Vec<(String, Matrix)>, Box<dyn Error>> {
    let files = Library::new().load_folder(path)?;
    if files.is_empty() {
        let path = path.display();
        return Err(format!("{path}: no .yaml file is in this folder or below it").into());
    }
    let named = |(file, matrix): (PathBuf, Matrix)| (file.display().to_string(), matrix);
    Ok(files.into_iter().map(named).collect())
}

/// Returns words that say so if a matrix is scored on a day on which it is not in force.
pub(crate) fn not_in_force(matrix: &Matrix, day: Date) -> Option<String> {
    let is_outside = matrix
        .effective()
        .is_some_and(|period| !period.contains(day));
    let (id, version) = (matrix.id(), matrix.version());
    is_outside.then(|| format!("{id} {version} is not in force on {day}"))
}
