//! Writes what came out of a run as data, for other programs. `docs/rescore-json.md` says what each key means.

use serde::Serialize;
use serde::ser::Serializer;

use super::RunReport;
use crate::{
    DueShare, EventShare, FileShare, FrequencyShare, Movement, Origin, Rate, Reason, Share,
};
use threshold_matrix::workspace::Reference;
use threshold_matrix::{Date, Matrix, ProblemKind};

#[derive(Serialize)]
struct Ran<'a> {
    matrix: Titled<'a>,
    as_at: Date,
    in_force: bool,
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "<[FileShare]>::is_empty")]
    files: &'a [FileShare],
    people: u64,
    scored: u64,
    refused: u64,
    provisional: u64,
    inexact: u64,
    observed: u64,
    results: Vec<Part>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    frequencies: Vec<FrequencyShare>,
    levels: Vec<Levels>,
    not_recorded: Vec<NotRecorded<'a>>,
    refusals: Vec<Refusals>,
    further_refusals: u64,
    movement: Option<Movement>,
    repeated: Option<Repeats<'a>>,
    ids_not_looked_at: u64,
    rows_left_out: u64,
    unused: &'a [String],
    inputs_without_column: &'a [String],
    warnings: &'a [String],
    #[serde(skip_serializing_if = "<[EventShare]>::is_empty")]
    events: &'a [EventShare],
    #[serde(skip_serializing_if = "Option::is_none")]
    due_only: Option<&'a DueShare>,
    advice: &'static str,
}

#[derive(Serialize)]
struct Titled<'a> {
    #[serde(flatten)]
    reference: Reference<'a>,
    title: &'a str,
}

/// The people with one result, and what part they are of those who were scored.
#[derive(Serialize)]
struct Part {
    #[serde(flatten)]
    own: Share,
    share: Option<f64>,
    rate: Option<Rate>,
}

#[derive(Serialize)]
struct Levels {
    dimension: String,
    levels: Vec<Part>,
}

#[derive(Serialize)]
struct NotRecorded<'a> {
    input: &'a str,
    people: u64,
    only: u64,
}

#[derive(Serialize)]
struct Refusals {
    kind: ProblemKind,
    inputs: Vec<String>,
    people: u64,
    #[serde(flatten)]
    first: Place,
    message: String,
    column: Option<String>,
    cells: Vec<Cell>,
    further_cells: u64,
}

#[derive(Serialize)]
struct Cell {
    cell: String,
    people: u64,
}

#[derive(Serialize)]
struct Repeats<'a> {
    people: u64,
    #[serde(flatten)]
    first: Place,
    ids: &'a [String],
}

/// Where somebody is: on a line of a text, or in a row of a file of columns, which is named if there are several. People who do not come from a file have
/// nothing of this.
#[derive(Serialize)]
struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u64>,
}

impl Serialize for RunReport<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tally = self.tally;
        let levels = tally.levels().into_iter();
        let not_recorded = tally.missing().into_iter();
        let refusals = tally.reasons().into_iter();
        let ran = Ran {
            matrix: Titled::of(&tally.matrix),
            as_at: self.as_at,
            in_force: self.is_in_force(),
            source: self.source.as_deref(),
            files: tally.files(),
            people: tally.people(),
            scored: self.scored(),
            refused: tally.refused(),
            provisional: tally.provisional(),
            inexact: tally.inexact(),
            observed: tally.observed(),
            results: self.parts(tally.results()),
            frequencies: tally.frequencies(),
            levels: levels
                .map(|(dimension, levels)| Levels {
                    dimension,
                    levels: self.parts(levels),
                })
                .collect(),
            not_recorded: not_recorded
                .map(|(input, missing)| NotRecorded {
                    input,
                    people: missing.people,
                    only: missing.only,
                })
                .collect(),
            refusals: refusals.map(|reason| self.refusal(reason)).collect(),
            further_refusals: tally.further_reasons(),
            movement: tally.movement(),
            repeated: tally.repeated().map(|repeated| Repeats {
                people: repeated.people,
                first: Place::of(repeated.first.as_ref()),
                ids: &repeated.ids,
            }),
            ids_not_looked_at: tally.ids_not_looked_at(),
            rows_left_out: self.left_out,
            unused: &self.unused,
            inputs_without_column: &self.without_column,
            warnings: &self.warnings,
            events: &self.events,
            due_only: self.due_only.as_ref(),
            advice: Self::ADVICE,
        };
        ran.serialize(serializer)
    }
}

impl<'a> Titled<'a> {
    fn of(matrix: &'a Matrix) -> Self {
        Self {
            reference: Reference(matrix),
            title: matrix.title(),
        }
    }
}

impl RunReport<'_> {
    fn parts(&self, shares: Vec<Share>) -> Vec<Part> {
        let part = |own: Share| Part {
            share: Rate::new(own.people, self.scored()).map(|rate| rate.share),
            rate: own.rate(),
            own,
        };
        shares.into_iter().map(part).collect()
    }

    fn refusal(&self, reason: Reason) -> Refusals {
        let cells = reason.cells_by_people().into_iter();
        let cells = cells.map(|(cell, people)| Cell {
            cell: cell.to_owned(),
            people,
        });
        Refusals {
            cells: cells.collect(),
            kind: reason.kind,
            inputs: reason.inputs,
            people: reason.people,
            first: Place::of(reason.first.as_ref()),
            message: reason.message,
            column: reason.column,
            further_cells: reason.further_cells,
        }
    }
}

impl Place {
    fn of(origin: Option<&Origin>) -> Self {
        let number = |is_row: bool| {
            let origin = origin.filter(|origin| origin.is_row == is_row)?;
            Some(origin.number)
        };
        Self {
            file: origin.and_then(|origin| Some(origin.file.as_ref()?.to_string())),
            line: number(false),
            row: number(true),
        }
    }
}
