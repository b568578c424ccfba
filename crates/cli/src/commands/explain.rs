//! Why one person has their tier: to read, to hand over, or as data.

use crate::output::Status;
use std::collections::HashMap;
use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use threshold_matrix::record::Record;
use threshold_matrix::report::Explanation;
use threshold_matrix::{Date, Matrix, Profile, Refusal};
use threshold_matrix_cohort::{CohortError, CohortFiles, Columns, FileList, Origin, Person};

use crate::arguments::{self, AsAt, Form, not_in_force, read_text};
use crate::cohort::{
    check_kinds, check_standard_input, columns, events, events_of, in_words, open_people,
};
use crate::output::{Ended, Refused, at, say, usage, warn};
use crate::record;

/// Explain why a profile has its tier
///
/// The explanation gives the result and the reason for it, how the points add up, what overrides changed, what was not recorded, and what would
/// change the result.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix explain iom-threshold@1.0.0 examples/person.json --as-at 2026-12-05
  threshold-matrix explain iom-threshold@1.0.0 '{\"arrests_12m\": 12, \"rosh\": \"high\"}' --html why.html
  threshold-matrix explain iom-threshold@1.0.0 examples/person.json --until 2027-12-31
  threshold-matrix explain iom-threshold --cohort people.csv --columns columns.yaml --id 00012345

Exit status: 0 explained, 1 the profile is refused or a file is at fault, 2 wrong usage.")]
pub(crate) struct Arguments {
    /// A matrix file (.yaml), or a matrix that comes with the program, such as `iom-threshold` or `iom-threshold@1.0.0`
    #[arg(required_unless_present = "of", conflicts_with = "of")]
    matrix: Option<String>,
    /// A JSON file of input values, the values themselves ('{"rosh": "high"}'), or `-` for standard input
    #[arg(required_unless_present_any = ["of", "cohort"])]
    profile: Option<String>,
    /// Explain people of a cohort: one of them with --id, or everybody with --each. It is a file of any kind that `rescore` reads, a folder of such files,
    /// or `-` for text from the standard input; several are named one after another: `--cohort north.csv --cohort south.csv`
    #[arg(long, value_name = "PATH", conflicts_with_all = ["profile", "of"], requires = "whom")]
    cohort: Vec<PathBuf>,
    /// A YAML file that says which column of the cohort each input is read from
    #[arg(long, value_name = "FILE", requires = "cohort")]
    columns: Option<PathBuf>,
    /// A file of dated events, or a folder of such files, for a list of events of the matrix: `--events offences=offences.csv`, as `rescore` takes it
    #[arg(long, value_name = "LIST=PATH", requires = "cohort", value_parser = events_of)]
    events: Vec<(String, PathBuf)>,
    /// The id of the person of the cohort who is explained
    #[arg(long, value_name = "ID", requires = "cohort", group = "whom")]
    id: Option<String>,
    /// Write a page of HTML for everybody in the cohort into a folder, each named by the id
    #[arg(long, value_name = "FOLDER", requires = "cohort", group = "whom", conflicts_with_all = ["html", "markdown", "json", "record"])]
    each: Option<PathBuf>,
    /// Explain a record that `--record` wrote, instead of a profile: what the matrix gave, what persons decided, and whether a replay gives the same
    #[arg(long, value_name = "RECORD", conflicts_with_all = ["profile", "as_at", "record"])]
    of: Option<String>,
    /// The file of the matrix of the record, if it does not come with the program; its content hash must be the one in the record
    #[arg(long = "matrix", value_name = "FILE", requires = "of")]
    matrix_of_record: Option<String>,
    #[command(flatten)]
    as_at: AsAt,
    /// Also show every rule with its line in the file, and every change that would give another result
    #[arg(long, conflicts_with = "redact")]
    full: bool,
    /// Also say when the result will differ if nothing new is recorded, and why, looking as far as this date
    #[arg(long, value_name = "DATE", conflicts_with_all = ["of", "redact"])]
    until: Option<Date>,
    /// Leave out the values that the profile gave. The points stay, and they show which band or value somebody is in, so the explanation is not anonymous
    #[arg(long)]
    redact: bool,
    /// Also write a record, which `replay` can check years later
    #[arg(long, value_name = "FILE", conflicts_with = "redact")]
    record: Option<PathBuf>,
    /// A reference to the person for the explanation and the record, such as their id in the case system; the id of a person of a cohort if it is not given.
    /// `--redact` and `redact` leave it out
    #[arg(long, value_name = "REFERENCE", conflicts_with_all = ["of", "each"], value_parser = clap::builder::NonEmptyStringValueParser::new())]
    person: Option<String>,
    /// Write over the file that `--record` names if it exists
    #[arg(long, requires = "record")]
    force: bool,
    #[command(flatten)]
    pub(crate) form: Form,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    if arguments.of.is_none() {
        arguments::is_later(arguments.until, arguments.as_at.date())?;
    }
    if let Some(folder) = &arguments.each {
        return each(arguments, folder);
    }
    let explanation = match &arguments.of {
        Some(record) => of_record(record, arguments.matrix_of_record.as_deref())?,
        None if arguments.cohort.is_empty() => of_profile(arguments)?,
        None => of_person(arguments)?,
    };
    let explanation = arguments.told(explanation);
    arguments.form.write(&explanation, &explanation)?;
    Ok(Status::Done)
}

impl Arguments {
    /// Returns an explanation with as much as was asked for.
    fn told(&self, explanation: Explanation) -> Explanation {
        let mut explanation = explanation.with_changes();
        if let Some(until) = self.until {
            explanation = explanation.with_next_change(until);
        }
        if self.full {
            explanation = explanation.full();
        }
        if self.redact {
            explanation = explanation.redacted();
        }
        explanation
    }

    /// Returns the reference to the person, if there is one.
    fn reference(&self) -> Option<&String> {
        self.person.as_ref().or(self.id.as_ref())
    }

    fn matrix(&self) -> Result<Matrix, Box<dyn Error>> {
        match &self.matrix {
            Some(matrix) => arguments::matrix(matrix, self.as_at.date()),
            None => usage("name a matrix"),
        }
    }
}

/// Opens a cohort.
fn open(arguments: &Arguments) -> Result<(Matrix, CohortFiles), Box<dyn Error>> {
    let list = FileList::of(&arguments.cohort)?;
    check_kinds("--cohort", list.paths())?;
    check_standard_input(
        arguments.matrix.as_deref().unwrap_or_default(),
        list.paths(),
        &arguments.events,
    )?;
    let matrix = arguments.matrix()?;
    let columns = columns(arguments.columns.as_deref(), |file, bytes| {
        Columns::from_yaml(file, bytes, &matrix)
    })?;
    let events = events(&arguments.events, &columns, &matrix)?;
    let cohort = open_people(&list, &columns, &matrix, events.as_ref())?;
    let of_events = events.iter().flat_map(|events| events.warnings());
    for warning in cohort.warnings().iter().chain(of_events) {
        warn(&format!("warning: {warning}"))?;
    }
    Ok((matrix, cohort))
}

/// Explains one person of a cohort.
fn of_person(arguments: &Arguments) -> Result<Explanation, Box<dyn Error>> {
    let wanted = arguments.id.as_deref().unwrap_or_default();
    let (mut found, mut near): (Vec<(Person, Origin)>, Option<String>) = (Vec::new(), None);
    let (matrix, cohort) = open(arguments)?;
    let bare = |id: &str| id.trim().trim_start_matches('0').to_lowercase();
    cohort.visit(|person, origin| {
        if person.id == wanted {
            found.push((person, origin));
        } else if near.is_none() && bare(&person.id) == bare(wanted) {
            near = Some(person.id);
        }
        Ok::<_, CohortError>(ControlFlow::Continue(()))
    })?;
    let cohort = in_words(&arguments.cohort);
    let person = match found.as_slice() {
        [(person, _)] => person,
        [] => {
            let near = near.map_or_else(String::new, |id| format!("; did you mean `{id}`?"));
            return Err(format!("{cohort}: nobody has the id `{wanted}`{near}").into());
        }
        several => {
            let lines: Vec<_> = several
                .iter()
                .map(|(_, origin)| origin.to_string())
                .collect();
            let lines = lines.join(", ");
            return Err(format!("{cohort}: several rows have the id `{wanted}`: {lines}").into());
        }
    };
    let as_at = person.as_at.unwrap_or_else(|| arguments.as_at.date());
    let profile = person.profile.clone();
    let profile = profile.map_err(|refusal| Refused::new(&matrix, refusal))?;
    explained(arguments, &matrix, &profile, as_at, |refusal| {
        person.placed(&refusal)
    })
}

/// Writes a page for everybody in a cohort.
fn each(arguments: &Arguments, folder: &Path) -> Ended {
    let (matrix, cohort) = open(arguments)?;
    std::fs::create_dir_all(folder).map_err(|error| at(folder, &error))?;
    let (mut names, mut written, mut refusals) = (HashMap::new(), 0_u64, Vec::new());
    cohort.visit(|person, origin| {
        let as_at = person.as_at.unwrap_or_else(|| arguments.as_at.date());
        let id = &person.id;
        let profile = person.profile.as_ref().map_err(Clone::clone);
        let trace = profile.and_then(|profile| {
            let trace = matrix.explain(profile, as_at);
            trace.map_err(|refusal| person.placed(&refusal))
        });
        match trace {
            Ok(trace) => {
                let path = folder.join(file_name(id, &mut names));
                let explanation = match id.as_str() {
                    "" => trace.explanation(),
                    id => trace.explanation().about_person(id),
                };
                let page = arguments.told(explanation).to_html();
                std::fs::write(&path, page).map_err(|error| at(&path, &error))?;
                written += 1;
            }
            Err(refusal) => {
                let who = match id.as_str() {
                    "" => "without an id".to_owned(),
                    id => format!("`{id}`"),
                };
                refusals.push(format!("{origin} ({who}): {refusal}"));
            }
        }
        Ok::<_, Box<dyn Error>>(ControlFlow::Continue(()))
    })?;
    let pages = if written == 1 { "page" } else { "pages" };
    say(&format!(
        "written {written} {pages} to {}\n",
        folder.display()
    ))?;
    for refusal in &refusals {
        warn(&format!("no page for {refusal}"))?;
    }
    Ok(if written > 0 {
        Status::Done
    } else {
        Status::Wrong
    })
}

/// Returns the name of a person's page: the id, in which everything but letters, digits, `-` and `_` is written by its code; and a number, where an
/// earlier person has the same name. Small and capital letters do not tell two names apart, since they do not on every machine.
fn file_name(id: &str, names: &mut HashMap<String, u32>) -> String {
    let mut name = String::new();
    for byte in id.bytes().take(100) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    let count = names.entry(name.to_lowercase()).or_default();
    *count += 1;
    match count {
        1 => format!("{name}.html"),
        count => format!("{name}.{count}.html"),
    }
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
    explained(arguments, &matrix, &profile, as_at, |refusal| refusal)
}

/// Explains a profile, and writes its record if one is asked for. `placed` says where the values stand of which a refusal tells.
fn explained(
    arguments: &Arguments,
    matrix: &Matrix,
    profile: &Profile,
    as_at: Date,
    placed: impl FnOnce(Refusal) -> Refusal,
) -> Result<Explanation, Box<dyn Error>> {
    let trace = matrix.explain(profile, as_at);
    let trace = trace.map_err(|refusal| Refused::new(matrix, placed(refusal)))?;
    if let Some(path) = &arguments.record {
        let record = Record::new(matrix, profile, as_at);
        let mut record = record.map_err(|refusal| Refused::new(matrix, refusal))?;
        if let Some(reference) = arguments.reference() {
            record = record.of_person(reference)?;
        }
        record::write(path, &record, arguments.force)?;
    }
    if let Some(words) = not_in_force(matrix, as_at) {
        warn(&format!("warning: {words}"))?;
    }
    let explanation = trace.explanation();
    Ok(match arguments.reference() {
        Some(reference) => explanation.about_person(reference),
        None => explanation,
    })
}

fn of_record(path: &str, matrix: Option<&str>) -> Result<Explanation, Box<dyn Error>> {
    let record = record::read(path)?;
    Ok(record.explanation(&record::matrix_of(&record, matrix)?)?)
}
