//! The run over people one by one: CSV, JSON lines, or people that the library makes up.

use std::error::Error;
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::time::Instant;

use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix, sample};
use threshold_matrix_cohort::{
    CohortReader, Columns, FileKind, OutcomeWriter, Person, Previous, Tally,
};

use super::{Arguments, Run, bar, notes};
use crate::cohort::{CohortArguments, kind, open, partial};
use crate::output::at;

pub(super) fn score(
    arguments: &Arguments,
    matrix: &Matrix,
    as_at: Date,
) -> Result<Run, Box<dyn Error>> {
    let mut tally = match &arguments.previous {
        Some(path) => {
            let previous = Previous::read(open(path)?, kind("--previous", path)?);
            Tally::since(matrix, previous.map_err(|error| at(path, &error))?)
        }
        None => Tally::new(matrix),
    };
    let partial = arguments.out.as_deref().map(partial);
    let mut writer = match (&arguments.out, &partial) {
        (Some(out), Some(partial)) => {
            let kind = kind("--out", out)?;
            let file = std::fs::File::create(partial).map_err(|error| at(partial, &error))?;
            Some(OutcomeWriter::new(BufWriter::new(file), kind, matrix)?)
        }
        _ => None,
    };
    let began = Instant::now();
    let notes = match &arguments.cohort.cohort {
        Some(path) => {
            let (reader, notes) = read(&arguments.cohort, path, matrix)?;
            let outputs = Outputs::tiers().with_dimensions().with_flags();
            let outputs = match arguments.out.as_ref().and_then(FileKind::of) {
                // A line has everything.
                Some(FileKind::JsonLines) => outputs.with_points().with_decisions(),
                _ => outputs,
            };
            let mut scoring = reader.score(matrix, as_at, outputs);
            while let Some(part) = scoring.next_part().map_err(|error| at(path, &error))? {
                if let Some(writer) = &mut writer {
                    writer.write_part(part)?;
                }
                tally.add_part(part);
            }
            match scoring.reader().skipped() {
                0 => notes,
                rows => format!("{notes}rows left out, as the columns file says: {rows}\n"),
            }
        }
        None => {
            for person in made_up(&arguments.cohort, matrix, as_at)? {
                let scored = person.score(matrix, as_at);
                if let Some(writer) = &mut writer {
                    writer.write(&scored)?;
                }
                tally.add(&scored);
            }
            format!("made-up people, seed {}\n", arguments.cohort.seed)
        }
    };
    if let (Some(writer), Some(partial), Some(out)) = (writer, &partial, &arguments.out) {
        writer.finish()?.flush()?;
        std::fs::rename(partial, out).map_err(|error| at(out, &error))?;
    }
    Ok(Run {
        notes,
        table: tally.to_string(),
        people: tally.people(),
        refused: tally.refused(),
        elapsed: began.elapsed(),
    })
}

/// Returns people that the library makes up, with the progress shown on a terminal.
fn made_up(
    arguments: &CohortArguments,
    matrix: &Matrix,
    as_at: Date,
) -> Result<impl Iterator<Item = Person>, Box<dyn Error>> {
    let (seed, count) = (arguments.seed, arguments.count);
    let progress = bar(count as u64, "{bar:40} {pos}/{len} people, {eta} left")?;
    let people = sample::profiles(matrix, as_at, seed, count).zip(1_usize..);
    let people = people
        .map(move |(profile, number)| Person::new(format!("sample-{seed}-{number}"), profile));
    Ok(progress.wrap_iter(people))
}

/// Returns what reads the people of a file, with the progress shown on a terminal, and what to say about the file.
fn read(
    arguments: &CohortArguments,
    path: &Path,
    matrix: &Matrix,
) -> Result<(CohortReader<impl Read + use<>>, String), Box<dyn Error>> {
    let mut columns = match &arguments.columns {
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|error| at(path, &error))?;
            Columns::from_yaml(&path.to_string_lossy(), &bytes, matrix)?
        }
        None => Columns::new(),
    };
    if let Some(outcome) = &arguments.outcome {
        columns = columns.with_outcome(outcome);
    }
    let file = open(path)?;
    let progress = bar(
        file.metadata()?.len(),
        "{bar:40} {bytes}/{total_bytes}, {eta} left",
    )?;
    let file = progress.wrap_read(file);
    let reader = CohortReader::new(file, kind("--cohort", path)?, &columns, matrix)
        .map_err(|error| at(path, &error))?;
    let notes = notes(path, reader.unused(), reader.inputs_without_column());
    Ok((reader, notes))
}
