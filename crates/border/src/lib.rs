//! What the bindings to other languages have in common: profiles in as JSON, and outcomes, traces and everything else that is data out as JSON.
//!
//! A binding hands over texts and keeps a [`Matrix`] as its handle. The JSON is that of the program (`score`, `explain --json`, `compare --json`), with
//! numbers by their digits. What is wrong comes back as [`Wrong`], which is data as well.

mod checked;
mod described;
mod explained;
mod wrong;

use serde::Serialize;
use threshold_matrix::record::Record;
use threshold_matrix::{Case, Date, Library, Matrix, Profile};

pub use checked::check;
pub use described::describe;
pub use explained::explain;
pub use wrong::{Wrong, WrongKind};

/// What comes back over the border: a text, or what is wrong.
pub type Answer = Result<String, Wrong>;

/// Returns the names of the matrices that come with the library, each as `id@version`, as a list.
///
/// # Errors
/// Returns no error: the names are texts.
pub fn matrices() -> Answer {
    let library = Library::embedded();
    let names = library.iter();
    let names = names.map(|matrix| format!("{}@{}", matrix.id(), matrix.version()));
    json(&names.collect::<Vec<_>>())
}

/// Opens a matrix that comes with the library, such as `iom-threshold@1.1.0`, or a file that ends in `.yaml` or `.yml`.
///
/// A name without a version needs a date, and is the version that is in force then.
///
/// # Errors
/// Returns every fault of the file, or why no matrix has this name.
pub fn open(name: &str, as_at: Option<&str>) -> Result<Matrix, Wrong> {
    let is_file = name.ends_with(".yaml") || name.ends_with(".yml");
    let day = match as_at {
        Some(day) => date(day)?,
        // Beside a version, the day does not matter.
        None if is_file || name.contains('@') => {
            Date::new(2026, 1, 1).map_err(|error| Wrong::usage(error.to_string()))?
        }
        None => {
            return Err(Wrong::usage(format!(
                "`{name}` does not say which version; write one behind it, such as `{name}@1.0.0`, or give the date for the version in force then"
            )));
        }
    };
    Ok(Matrix::open(name, day)?)
}

/// Returns the text of the file of a matrix that comes with the library, by a name such as `iom-threshold@1.1.0`.
///
/// # Errors
/// Returns an error if no matrix has this name.
pub fn text(name: &str) -> Answer {
    let text = Library::embedded_text(name);
    let text = text.ok_or_else(|| {
        Wrong::usage(format!(
            "no matrix that comes with the library is called `{name}`; write an id and a version, such as `iom-threshold@1.1.0`"
        ))
    });
    text.map(str::to_owned)
}

/// Loads a matrix from the text of its file, whose name appears in the diagnostics.
///
/// # Errors
/// Returns every fault of the file.
pub fn load(file: &str, text: &[u8]) -> Result<Matrix, Wrong> {
    Ok(Matrix::from_named_yaml(file, text)?)
}

/// Returns the outcome of a profile at a date.
///
/// # Errors
/// Returns every problem of the profile.
pub fn score(matrix: &Matrix, profile: &str, as_at: &str) -> Answer {
    json(&case(matrix, profile, as_at)?.score()?)
}

/// Returns what would change the outcome of a profile at a date, how near each cut-off is, and what each answer to an unknown input would give.
///
/// # Errors
/// Returns every problem of the profile.
pub fn changes(matrix: &Matrix, profile: &str, as_at: &str) -> Answer {
    json(&case(matrix, profile, as_at)?.changes()?)
}

/// Returns what differs between a matrix and a revision of it, and every change of a result that any profile can have.
///
/// # Errors
/// Returns an error if the date is not one.
pub fn compare(old: &Matrix, new: &Matrix, as_at: &str) -> Answer {
    json(&old.compare(new, date(as_at)?))
}

/// Returns what [`compare`] returns as a page to read.
///
/// # Errors
/// Returns an error if the date is not one.
pub fn compare_page(old: &Matrix, new: &Matrix, as_at: &str) -> Answer {
    Ok(old.compare(new, date(as_at)?).to_html())
}

/// Returns the record of a scoring, to be kept and replayed, with a reference to the person if there is one.
///
/// # Errors
/// Returns every problem of the profile.
pub fn record(matrix: &Matrix, profile: &str, as_at: &str, person: Option<&str>) -> Answer {
    let record = Record::new(matrix, &read(profile)?, date(as_at)?)?;
    let record = match person {
        Some(person) => record
            .of_person(person)
            .map_err(|error| Wrong::usage(error.to_string()))?,
        None => record,
    };
    Ok(record.to_json())
}

/// Reads a date.
///
/// # Errors
/// Returns an error if the text is not a date.
pub fn date(text: &str) -> Result<Date, Wrong> {
    let read = text.parse();
    read.map_err(|_| Wrong::usage(format!("`{text}` is not a date such as `2026-12-05`")))
}

/// Reads a profile and a date.
fn case(matrix: &Matrix, profile: &str, as_at: &str) -> Result<Case, Wrong> {
    let as_at = date(as_at)?;
    Ok(matrix.prepare(&read(profile)?, as_at)?)
}

fn read(profile: &str) -> Result<Profile, Wrong> {
    Profile::from_json(profile).map_err(|error| Wrong::usage(error.to_string()))
}

/// Writes data.
fn json(data: &impl Serialize) -> Answer {
    // As long as outcomes usually are, so that it need not grow again and again.
    let mut text = Vec::with_capacity(2048);
    let written = serde_json::to_writer(&mut text, data);
    written.map_err(|error| Wrong::usage(error.to_string()))?;
    String::from_utf8(text).map_err(|error| Wrong::usage(error.to_string()))
}
