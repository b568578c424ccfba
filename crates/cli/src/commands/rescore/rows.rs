//! The run over people one by one: CSV, JSON lines, or people that the library makes up.

use std::error::Error;
use std::io::{BufWriter, Write};
use std::time::Instant;

use indicatif::ProgressBar;
use threshold_matrix::{Date, Matrix, sample};
use threshold_matrix_cohort::{
    CohortError, CohortReader, Columns, OutcomeWriter, Person, Previous, Tally,
};

use super::{Arguments, Run, bar, notes};
use crate::cohort::{kind, open, partial};
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
    let (people, progress, notes) = people(arguments, matrix, as_at)?;
    let began = Instant::now();
    for person in people {
        let scored = person?.score(matrix, as_at);
        if let Some(writer) = &mut writer {
            writer.write(&scored)?;
        }
        tally.add(&scored);
    }
    if let (Some(writer), Some(partial), Some(out)) = (writer, &partial, &arguments.out) {
        writer.finish()?.flush()?;
        std::fs::rename(partial, out).map_err(|error| at(out, &error))?;
    }
    progress.finish_and_clear();
    Ok(Run {
        notes,
        table: tally.to_string(),
        people: tally.people(),
        refused: tally.refused(),
        elapsed: began.elapsed(),
    })
}

type People = Box<dyn Iterator<Item = Result<Person, Box<dyn Error>>>>;

/// Returns the people to score, the progress to show (on a terminal only), and what to say about the file.
fn people(
    arguments: &Arguments,
    matrix: &Matrix,
    as_at: Date,
) -> Result<(People, ProgressBar, String), Box<dyn Error>> {
    let arguments = &arguments.cohort;
    let Some(path) = arguments.cohort.clone() else {
        let (seed, count) = (arguments.seed, arguments.count);
        let progress = bar(count as u64, "{bar:40} {pos}/{len} people, {eta} left")?;
        let people = sample::profiles(matrix, as_at, seed, count).zip(1_usize..);
        let people = people.map(move |(profile, number)| {
            Ok(Person::new(format!("sample-{seed}-{number}"), profile))
        });
        let notes = format!("made-up people, seed {seed}\n");
        return Ok((Box::new(progress.wrap_iter(people)), progress, notes));
    };
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
    let file = open(&path)?;
    let progress = bar(
        file.metadata()?.len(),
        "{bar:40} {bytes}/{total_bytes}, {eta} left",
    )?;
    let file = progress.wrap_read(file);
    let reader = CohortReader::new(file, kind("--cohort", &path)?, &columns, matrix)
        .map_err(|error| at(&path, &error))?;
    let notes = notes(&path, reader.unused(), reader.inputs_without_column());
    let people = reader.map(move |person| person.map_err(|error: CohortError| at(&path, &error)));
    Ok((Box::new(people), progress, notes))
}
