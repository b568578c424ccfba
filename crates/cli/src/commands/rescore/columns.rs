//! The run over files of columns: streamed, by row groups over threads.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::files::Summary;
use threshold_matrix_cohort::files::{ColumnFile, ColumnFileKind, ColumnWriter};
use threshold_matrix_cohort::{Columns, is_nearly};

use super::{Arguments, Run, bar, notes};
use crate::cohort::{is_columns, partial};
use crate::output::{at, usage};

pub(super) fn score(
    arguments: &Arguments,
    cohort: &Path,
    matrix: &Matrix,
    as_at: Date,
) -> Result<Run, Box<dyn Error>> {
    for (name, path) in [
        ("--out", &arguments.out),
        ("--previous", &arguments.previous),
    ] {
        if let Some(path) = path.as_ref().filter(|path| !is_columns(path)) {
            let path = path.display();
            return usage(format!(
                "{name} {path}: with a .parquet, .arrow or .feather cohort, this must be a .parquet, .arrow or .feather file too"
            ));
        }
    }
    if arguments.cohort.outcome.is_some() {
        return usage(
            "--outcome works only with a .csv or .jsonl cohort here; `compare` shows rates by tier for this one too",
        );
    }
    if arguments.previous.is_some() && arguments.out.is_none() {
        return usage("--previous needs --out as well: the two files are compared");
    }
    let columns = match &arguments.cohort.columns {
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|error| at(path, &error))?;
            Columns::from_yaml(&path.to_string_lossy(), &bytes, matrix)?
        }
        None => Columns::new(),
    };
    let names = columns.names().map_err(|error| at(cohort, &error))?;
    let file = ColumnFile::open(cohort)?;
    // A previous file that cannot be read is found before a run of an hour, not after it.
    let previous = arguments
        .previous
        .as_ref()
        .map(ColumnFile::open)
        .transpose()?;
    let id = names.id().unwrap_or("id").to_owned();
    let has_ids = file.schema().column_with_name(&id).is_some();
    let names = if has_ids { names.with_id(&id) } else { names };
    let mut outputs = Outputs::tiers().with_dimensions().with_flags();
    if arguments.points {
        outputs = outputs.with_points().with_decisions();
    }
    let bulk = matrix.bulk(as_at, outputs);
    let batches = bulk
        .batches(file.schema(), &names)
        .map_err(|error| at(cohort, &error))?;
    let near: Vec<String> = batches
        .inputs_without_column()
        .iter()
        .filter_map(|input| {
            let alike = |name: &&String| {
                is_nearly(name, input) && **name != id && !columns.ignores(name)
            };
            let name = batches.unused().iter().find(alike)?;
            Some(format!("there is no column `{input}`; is it {name:?}? If so, name it under `columns` in a columns file; if not, under `ignore`"))
        })
        .collect();
    let inputs = matrix.described_inputs().count();
    if !near.is_empty() {
        return Err(format!("{}: {}", cohort.display(), near.join("\n")).into());
    }
    if inputs > 0 && batches.inputs_without_column().len() == inputs {
        let (cohort, names) = (cohort.display(), batches.unused().join(", "));
        return Err(format!(
            "{cohort}: none of the columns ({names}) is that of an input, so everybody would be scored alike"
        )
        .into());
    }
    let notes = notes(cohort, batches.unused(), batches.inputs_without_column());
    let partial = arguments.out.as_deref().map(partial);
    let mut writer = match (&arguments.out, &partial) {
        (Some(out), Some(partial)) => {
            let kind = ColumnFileKind::of(out).unwrap_or(ColumnFileKind::Parquet);
            Some(ColumnWriter::create(partial, kind, batches.schema())?)
        }
        _ => None,
    };
    let progress = match file.rows() {
        Some(rows) => bar(rows, "{bar:40} {human_pos}/{human_len} people, {eta} left")?,
        None => ProgressBar::new_spinner().with_style(ProgressStyle::with_template(
            "{spinner} {human_pos} people",
        )?),
    };
    let began = Instant::now();
    let mut summary = Summary::default();
    let threads = arguments.cohort.threads.unwrap_or_default().into();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;
    file.score(
        &bulk,
        &names,
        &pool,
        writer.as_mut(),
        |batch| -> Result<(), Box<dyn Error>> {
            summary.add(&batch);
            progress.inc(batch.num_rows() as u64);
            Ok(())
        },
    )?;
    if let (Some(writer), Some(partial), Some(out)) = (writer, &partial, &arguments.out) {
        writer.finish()?;
        std::fs::rename(partial, out).map_err(|error| at(out, &error))?;
    }
    progress.finish_and_clear();
    let elapsed = began.elapsed();
    let moved = match (&previous, &arguments.previous, &arguments.out) {
        (Some(file), Some(previous), Some(out)) => {
            let told = |_: &str, _: &str, _: &str| Ok::<(), Box<dyn Error>>(());
            let movement = ColumnFile::open(out)?.movement_since(file, &id, told)?;
            format!("\nSince {}: {movement}", previous.display())
        }
        _ => String::new(),
    };
    Ok(Run {
        notes,
        table: format!("{summary}{moved}"),
        people: summary.people(),
        refused: summary.refused(),
        elapsed,
    })
}
