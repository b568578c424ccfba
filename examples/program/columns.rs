//! The nightly run over files of columns: streamed, by row groups over threads.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use threshold_matrix::bulk::arrow::Names;
use threshold_matrix::bulk::files::{ColumnFile, ColumnFileKind, ColumnWriter};
use threshold_matrix::bulk::{Outputs, Summary};
use threshold_matrix::cohort::Columns;

use threshold_matrix::Matrix;

use super::program::{self, at};
use super::{Options, notes, report};

pub(crate) fn rescore(options: &Options, cohort: &Path) -> Result<String, Box<dyn Error>> {
    let as_at = options.as_at.unwrap_or_else(program::today);
    let matrix = Matrix::open(options.matrix.as_deref().unwrap_or("iom-threshold"), as_at)?;
    for (name, path) in [("--out", &options.out), ("--previous", &options.previous)] {
        if let Some(path) = path.as_ref().filter(|path| !program::is_columns(path)) {
            return Err(format!("{name} {}: with a cohort of columns it must be one, too: .parquet, .arrow or .feather", path.display()).into());
        }
    }
    if options.outcome.is_some() {
        return Err("--outcome is for .csv cohorts; `compare` shows rates by tier".into());
    }
    if options.previous.is_some() && options.out.is_none() {
        return Err("--previous compares with the file of --out, which is not given".into());
    }
    let names = match &options.columns {
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|error| at(path, &error))?;
            Names::from_columns(&Columns::from_yaml(
                &path.to_string_lossy(),
                &bytes,
                &matrix,
            )?)
            .map_err(|error| at(path, &error))?
        }
        None => Names::new(),
    };
    let file = ColumnFile::open(cohort)?;
    // Before a run of an hour, not after it.
    let previous = options
        .previous
        .as_ref()
        .map(ColumnFile::open)
        .transpose()?;
    let id = names.id().unwrap_or("id").to_owned();
    let has_ids = file.schema().column_with_name(&id).is_some();
    let names = if has_ids { names.with_id(&id) } else { names };
    let outputs = Outputs::tiers().with_dimensions().with_flags();
    let bulk = matrix.bulk(
        as_at,
        if options.points {
            outputs.with_points().with_decisions()
        } else {
            outputs
        },
    );
    let batches = bulk
        .batches(file.schema(), &names)
        .map_err(|error| at(cohort, &error))?;
    let notes = notes(cohort, batches.unused(), batches.inputs_without_column());
    let partial = options
        .out
        .as_ref()
        .map(|path| PathBuf::from(format!("{}.partial", path.display())));
    let mut writer = match (&options.out, &partial) {
        (Some(out), Some(partial)) => {
            let kind = ColumnFileKind::of(out).unwrap_or(ColumnFileKind::Parquet);
            Some(ColumnWriter::create(partial, kind, batches.schema())?)
        }
        _ => None,
    };
    let progress = match file.rows() {
        Some(rows) => ProgressBar::new(rows).with_style(ProgressStyle::with_template(
            "{bar:40} {human_pos}/{human_len} people, {eta} left",
        )?),
        None => ProgressBar::new_spinner().with_style(ProgressStyle::with_template(
            "{spinner} {human_pos} people",
        )?),
    };
    let began = Instant::now();
    let mut summary = Summary::default();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads.unwrap_or(0))
        .build()?;
    bulk.score_file(
        &file,
        &names,
        &pool,
        writer.as_mut(),
        |batch| -> Result<(), Box<dyn Error>> {
            summary.add(&batch);
            progress.inc(batch.num_rows() as u64);
            Ok(())
        },
    )?;
    if let (Some(writer), Some(partial), Some(out)) = (writer, &partial, &options.out) {
        writer.finish()?;
        std::fs::rename(partial, out).map_err(|error| at(out, &error))?;
    }
    progress.finish_and_clear();
    let elapsed = began.elapsed();
    let moved = match (&previous, &options.previous, &options.out) {
        (Some(file), Some(previous), Some(out)) => {
            let movement = ColumnFile::open(out)?
                .movement_since(file, &id, |_, _, _| Ok::<(), Box<dyn Error>>(()))?;
            format!("\nSince {}: {movement}", previous.display())
        }
        _ => String::new(),
    };
    Ok(report(
        options,
        &matrix,
        as_at,
        &notes,
        &format!("{summary}{moved}"),
        summary.people(),
        elapsed,
    ))
}
