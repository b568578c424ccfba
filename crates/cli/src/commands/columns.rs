//! A draft of the file that says which column each input is read from.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;
use threshold_matrix::{InputDescription, InputKind};
use threshold_matrix_cohort::{CohortReader, Columns};

use crate::arguments::{self, AsAt};
use crate::cohort::{kind, open};
use crate::output::{Ended, at, say, say_json};

/// Draft the columns file of a cohort, for a person to read and finish
///
/// An input is read from the column of its own name. The draft lists every input with what its cells may hold, names the columns that no input
/// reads, and asks about an input whose name is close to that of a column.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix columns people.csv --matrix iom-threshold > columns.yaml
  threshold-matrix columns people.csv --matrix my-area.yaml --json")]
pub(crate) struct Arguments {
    /// The file of people: .csv, or .jsonl with one {"id": …, "profile": {…}} on each line
    file: PathBuf,
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
    let reader = CohortReader::new(
        open(path)?,
        kind("the cohort", path)?,
        &Columns::new(),
        &matrix,
    )
    .map_err(|error| at(path, &error))?;
    let missing: BTreeSet<&str> = reader
        .inputs_without_column()
        .iter()
        .map(String::as_str)
        .collect();
    let inputs: Vec<InputDescription<'_>> = matrix.described_inputs().collect();
    if arguments.json {
        let input = |input: &InputDescription<'_>| {
            let column = (!missing.contains(input.name)).then_some(input.name);
            json!({ "input": input.name, "column": column, "cells": cells(&input.kind) })
        };
        say_json(&json!({
            "inputs": inputs.iter().map(input).collect::<Vec<_>>(),
            "unused": reader.unused(),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let (id, version) = (matrix.id(), matrix.version());
    let mut draft = format!(
        "# Which column of {} each input of {id} {version} is read from.\nid: id\ncolumns:\n",
        path.display()
    );
    for input in &inputs {
        let cells = cells(&input.kind);
        draft.push_str(&match missing.contains(input.name) {
            false => format!("  {}: {}   # {cells}\n", input.name, input.name),
            true => format!(
                "  # {}: ?   # {}: {cells}; which column?\n",
                input.name, input.label
            ),
        });
    }
    if !reader.unused().is_empty() {
        draft.push_str(&format!(
            "# columns that no input reads: {}\n",
            reader.unused().join(", ")
        ));
    }
    say(&draft)?;
    Ok(ExitCode::SUCCESS)
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
