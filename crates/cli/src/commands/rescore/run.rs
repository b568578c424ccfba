//! The run itself: everybody is scored, counted, and written where something is to be written.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix, sample};
use threshold_matrix_cohort::{
    Beside, CohortFile, Columns, FileKind, MovedFile, OutcomeFile, Person, Previous, RefusedFile,
    RunReport, ScoredPart, Tally,
};

use super::{Arguments, Notes, bar};
use crate::cohort::{CohortArguments, columns, is_standard, partial};
use crate::output::at;

/// How many people are made up at a time.
const PART: usize = 2048;

/// What a run came to.
pub(super) struct Run {
    pub(super) notes: Notes,
    /// Tiers, refusals and movement.
    pub(super) tally: Tally,
    pub(super) elapsed: Duration,
}

pub(super) fn score(
    arguments: &Arguments,
    matrix: &Matrix,
    as_at: Date,
) -> Result<Run, Box<dyn Error>> {
    let previous = arguments.previous.as_deref();
    let mut tally = match previous {
        Some(path) => Tally::since(
            matrix,
            Previous::open(path).map_err(|error| at(path, &error))?,
        ),
        None => Tally::new(matrix),
    };
    let outputs = outputs(arguments);
    let cohort = open(arguments, matrix)?;
    let beside = Beside::new(arguments.keep.iter().cloned(), previous.is_some());
    let beside = if arguments.labels {
        beside.with_labels()
    } else {
        beside
    };
    let mut files = Files::create(arguments, cohort.as_ref(), matrix, as_at, outputs, beside)?;
    let began = Instant::now();
    let notes = match cohort {
        Some((path, cohort)) => {
            let notes = Notes::of(path, &cohort);
            let progress = progress(&cohort)?;
            let threads = arguments.cohort.threads.unwrap_or_default().into();
            let Files {
                out,
                moved,
                refused,
            } = &mut files;
            let skipped = cohort.score(
                matrix,
                as_at,
                outputs,
                threads,
                &mut tally,
                out.as_mut(),
                |part, movers, done| {
                    if let Some(moved) = moved {
                        moved.write(&movers)?;
                    }
                    if let Some(refused) = refused {
                        refused.write(part)?;
                    }
                    progress.set_position(done);
                    Ok(())
                },
            );
            progress.finish_and_clear();
            Notes {
                left_out: skipped.map_err(|error| at(path, &error))?,
                ..notes
            }
        }
        None => {
            let mut people = made_up(&arguments.cohort, matrix, as_at)?.peekable();
            while people.peek().is_some() {
                let scored = people.by_ref().take(PART);
                let scored = scored.map(|person| person.score(matrix, as_at)).collect();
                let mut part = ScoredPart::of(matrix, as_at, outputs, scored);
                tally.add_part(&mut part);
                files.write(&mut part, &mut tally)?;
            }
            Notes::made_up(arguments.cohort.seed)
        }
    };
    files.finish(arguments, &notes.report(&tally, as_at))?;
    Ok(Run {
        notes,
        tally,
        elapsed: began.elapsed(),
    })
}

/// Returns what is worked out: what the files that are written hold.
fn outputs(arguments: &Arguments) -> Outputs {
    let outputs = Outputs::tiers().with_dimensions().with_flags();
    let out = arguments.out.as_deref();
    let kind = out.and_then(|out| kind(arguments, out));
    if arguments.points || kind == Some(FileKind::JsonLines) {
        outputs.with_points().with_decisions()
    } else {
        outputs
    }
}

/// Returns the kind of the outcomes, if they are no file of columns.
fn kind(arguments: &Arguments, out: &Path) -> Option<FileKind> {
    text_kind(arguments, out).or_else(|| FileKind::of(out))
}

/// Returns whether the outcomes have a row that names their columns.
pub(super) fn has_header(arguments: &Arguments, out: &Path) -> bool {
    matches!(
        kind(arguments, out),
        Some(FileKind::Csv | FileKind::Workbook)
    )
}

/// Returns the kind of what is written to the standard output: that of the cohort if it is one of JSON lines, and otherwise CSV.
fn text_kind(arguments: &Arguments, out: &Path) -> Option<FileKind> {
    let cohort = arguments.cohort.cohort.as_deref();
    let kind = cohort.and_then(FileKind::of);
    let kind = kind.filter(|kind| *kind == FileKind::JsonLines);
    is_standard(out).then(|| kind.unwrap_or(FileKind::Csv))
}

/// Opens the cohort, if people are not made up.
fn open<'a>(
    arguments: &'a Arguments,
    matrix: &Matrix,
) -> Result<Option<(&'a Path, CohortFile)>, Box<dyn Error>> {
    let Some(path) = arguments.cohort.cohort.as_deref() else {
        return Ok(None);
    };
    let mut columns = columns(arguments.cohort.columns.as_deref(), |file, bytes| {
        Columns::from_yaml(file, bytes, matrix)
    })?;
    if let Some(outcome) = &arguments.cohort.outcome {
        columns = columns.with_outcome(outcome);
    }
    for column in &arguments.keep {
        columns = columns.keeping(column);
    }
    let cohort = if is_standard(path) {
        CohortFile::standard_input(&columns, matrix)
    } else {
        CohortFile::open(path, &columns, matrix)
    };
    let cohort = cohort.map_err(|error| at(path, &error))?;
    Ok(Some((path, cohort)))
}

/// The files that a run writes. Each has another name until it is whole.
struct Files {
    out: Option<OutcomeFile>,
    moved: Option<MovedFile>,
    refused: Option<RefusedFile>,
}

impl Files {
    fn create(
        arguments: &Arguments,
        cohort: Option<&(&Path, CohortFile)>,
        matrix: &Matrix,
        as_at: Date,
        outputs: Outputs,
        beside: Beside,
    ) -> Result<Self, Box<dyn Error>> {
        let out = arguments.out.as_deref().map(|path| {
            let cohort = cohort.map(|(_, cohort)| cohort);
            let out = match text_kind(arguments, path) {
                Some(kind) => OutcomeFile::standard_output(kind, matrix, outputs, beside),
                None => {
                    let named = partial(path);
                    OutcomeFile::create(&named, path, cohort, matrix, as_at, outputs, beside)
                }
            };
            out.map_err(|error| at(path, &error))
        });
        let moved = arguments.moved.as_deref();
        let moved =
            moved.map(|path| MovedFile::create(partial(path)).map_err(|error| at(path, &error)));
        let refused = arguments.refused.as_deref();
        let refused = refused
            .map(|path| RefusedFile::create(&partial(path)).map_err(|error| at(path, &error)));
        Ok(Self {
            out: out.transpose()?,
            moved: moved.transpose()?,
            refused: refused.transpose()?,
        })
    }

    fn write(&mut self, part: &mut ScoredPart, tally: &mut Tally) -> Result<(), Box<dyn Error>> {
        let movers = tally.take_moved();
        if let Some(out) = &mut self.out {
            out.write(part, &movers)?;
        }
        if let Some(moved) = &mut self.moved {
            moved.write(&movers)?;
        }
        if let Some(refused) = &mut self.refused {
            refused.write(part)?;
        }
        Ok(())
    }

    /// Ends the files, and gives each its own name.
    fn finish(self, arguments: &Arguments, report: &RunReport<'_>) -> Result<(), Box<dyn Error>> {
        if let (Some(out), Some(path)) = (self.out, &arguments.out) {
            out.finish(report, arguments.previous.as_deref())?;
            if !is_standard(path) {
                whole(path)?;
            }
        }
        if let (Some(moved), Some(path), Some(previous)) =
            (self.moved, &arguments.moved, &arguments.previous)
        {
            moved.finish(report.tally(), previous)?;
            whole(path)?;
        }
        if let (Some(refused), Some(path)) = (self.refused, &arguments.refused) {
            refused.finish()?;
            whole(path)?;
        }
        Ok(())
    }
}

pub(super) fn whole(path: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::rename(partial(path), path).map_err(|error| at(path, &error))
}

/// Shows on a terminal how much of a file is done.
fn progress(cohort: &CohortFile) -> Result<ProgressBar, Box<dyn Error>> {
    match cohort.length() {
        Some(length) => bar(length, "{bar:40} {percent} %, {eta} left"),
        None => bar(0, "{spinner} {human_pos} people"),
    }
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
