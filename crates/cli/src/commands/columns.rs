//! A draft of the file that says which column each input is read from.

use crate::output::Status;
use std::path::PathBuf;

use serde_json::json;
use threshold_matrix::{InputDescription, InputKind};
use threshold_matrix_cohort::{FileKind, column_names, is_alike, is_nearly};

use crate::arguments::{self, AsAt};
use crate::cohort::{cohort_kind, open};
use crate::output::{Ended, at, say, say_json, usage};

/// Draft the columns file of a cohort, for a person to read and finish
///
/// An input is read from the column of its own name. The draft lists every input with what its cells may hold, names the columns that no input
/// reads, and asks about an input whose name or title is close to that of a column.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix columns people.csv --matrix iom-threshold > columns.yaml
  threshold-matrix columns people.csv --matrix my-area.yaml --json")]
pub(crate) struct Arguments {
    /// The file of people: .csv; or .xlsx, if the program was built with the feature `xlsx`
    file: PathBuf,
    /// The sheet of a workbook that has the people; without this option, the only one that can be seen
    #[arg(long, value_name = "SHEET")]
    sheet: Option<String>,
    /// A matrix file (.yaml), or a matrix that comes with the program, such as `iom-threshold` or `iom-threshold@1.0.0`
    #[arg(long, value_name = "MATRIX")]
    matrix: String,
    #[command(flatten)]
    as_at: AsAt,
    /// Print JSON and nothing else, even when something is wrong
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    let matrix = arguments::matrix(&arguments.matrix, arguments.as_at.date())?;
    let path = &arguments.file;
    let kind = cohort_kind("the cohort", path)?;
    if kind == FileKind::JsonLines {
        return Err(format!(
            "{}: JSON lines name their inputs themselves, so no columns file is needed",
            path.display()
        )
        .into());
    }
    if arguments.sheet.is_some() && kind != FileKind::Workbook {
        return usage("--sheet works only with a workbook (.xlsx)");
    }
    let names = match kind {
        #[cfg(feature = "xlsx")]
        FileKind::Workbook => threshold_matrix_cohort::sheet_column_names(
            open(path)?,
            arguments.sheet.as_deref(),
            &matrix,
        ),
        _ => column_names(open(path)?),
    };
    let names = names.map_err(|error| at(path, &error))?;
    let inputs: Vec<InputDescription<'_>> = matrix.described_inputs().collect();
    let is_input = |name: &String| {
        let input = name
            .split_once('.')
            .map_or(name.as_str(), |(input, _)| input);
        inputs.iter().any(|own| own.name == input)
    };
    let others: Vec<&String> = names
        .iter()
        .filter(|name| !is_input(name) && *name != "id" && !name.is_empty())
        .collect();
    let found = |input: &InputDescription<'_>| -> Found<'_> {
        let members = format!("{}.", input.name);
        if names.iter().any(|name| name == input.name) {
            return Found::Column;
        }
        if names.iter().any(|name| name.starts_with(&members)) {
            return Found::Members;
        }
        // A column that is called as the input is meant before one that may be a slip of the hand.
        let by = |is_meant: fn(&str, &str) -> bool| {
            let is_meant = |name: &&&String| {
                [input.name, input.label]
                    .iter()
                    .any(|own| is_meant(name, own))
            };
            others.iter().find(is_meant)
        };
        by(is_alike)
            .or_else(|| by(is_nearly))
            .map_or(Found::Nothing, |name| Found::Perhaps(name))
    };
    if arguments.json {
        let input = |input: &InputDescription<'_>| {
            let (column, perhaps) = match found(input) {
                Found::Column => (Some(input.name), None),
                Found::Perhaps(name) => (None, Some(name)),
                Found::Members | Found::Nothing => (None, None),
            };
            json!({ "input": input.name, "column": column, "perhaps": perhaps, "cells": cells(&input.kind) })
        };
        say_json(&json!({
            "inputs": inputs.iter().map(input).collect::<Vec<_>>(),
            "unused": others,
        }))?;
        return Ok(Status::Done);
    }
    let (id, version) = (matrix.id(), matrix.version());
    let sheet = match &arguments.sheet {
        Some(sheet) => format!("sheet: {}\n", quoted(sheet)),
        None => String::new(),
    };
    let mut draft = format!(
        "# Which column of {} each input of {id} {version} is read from, and what its cells mean. Take away the `#` before each line that is right.
{sheet}id: {}
# missing: [\"-\", n/k]                    # cells in which nothing is recorded, beside empty ones
# dates: \"%d/%m/%Y\"                      # how dates are written, if not as 2026-12-31
# numbers: {{ percent: true, thousands: \",\" }}
# truths: {{ true: [yes, y], false: [no, n], case: ignore }}
# case: ignore                            # of levels and categories
columns:
",
        path.display(),
        if names.iter().any(|name| name == "id") { "id" } else { "…   # the column of each person's id" },
    );
    for input in &inputs {
        let (name, cells) = (input.name, cells(&input.kind));
        draft.push_str(&match found(input) {
            Found::Column => format!("  {name}: {name}   # {cells}\n"),
            Found::Members => format!("  # {name} has a column for each member\n"),
            Found::Perhaps(column) => format!(
                "  # {name}: {}   # is this {}? {cells}\n",
                quoted(column),
                input.label
            ),
            Found::Nothing => format!("  # {name}: …   # {}: {cells}\n", input.label),
        });
    }
    if !others.is_empty() {
        let others: Vec<String> = others.iter().map(|name| quoted(name)).collect();
        draft.push_str(&format!(
            "# columns that no input reads: {}\n",
            others.join(", ")
        ));
    }
    say(&draft)?;
    Ok(Status::Done)
}

/// Where an input stands in a file.
enum Found<'a> {
    /// In the column of its own name.
    Column,
    /// In a column for each of its members.
    Members,
    /// Perhaps in a column whose name is nearly its own.
    Perhaps(&'a str),
    Nothing,
}

/// Returns a name as YAML takes it for a text, with everything in it to be seen.
fn quoted(name: &str) -> String {
    let is_plain = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|mark| mark.is_ascii_alphanumeric() || mark == '_');
    if is_plain {
        name.to_owned()
    } else {
        // JSON's quotes are YAML's, too.
        json!(name)
            .to_string()
            .replace('\u{a0}', "\\u00a0")
            .replace('\u{200b}', "\\u200b")
    }
}

/// What the cells of an input's column may hold, in words.
fn cells(kind: &InputKind<'_>) -> String {
    match kind {
        InputKind::Number {
            places: 0,
            from,
            to,
        } => format!("a whole number from {from} to {to}"),
        InputKind::Number { places, from, to } => {
            format!("a number from {from} to {to} with at most {places} decimal places")
        }
        InputKind::Level(values) => format!("one of {}, lowest first", values.join(", ")),
        InputKind::Category(values) => format!("one of {}", values.join(", ")),
        InputKind::Set(values) => format!("any of {}, separated by |", values.join(", ")),
        InputKind::Boolean => "true or false".to_owned(),
        InputKind::Date => "a date such as 2026-11-21".to_owned(),
        _ => "a value".to_owned(),
    }
}
