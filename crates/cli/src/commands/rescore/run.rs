//! The run itself: everybody is scored, counted, and written where something is to be written.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix, sample};
use threshold_matrix_cohort::{
    Beside, CohortFiles, Columns, DueOnly, EventTable, FileKind, MovedFile, OutcomeFile, Person,
    Previous, RefusedFile, RunReport, ScoredPart, Tally,
};

use super::{Arguments, Notes, Read, bar};
use crate::cohort::{CohortArguments, columns, events, is_standard, open_people, partial, some};
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
    read: &Read,
    matrix: &Matrix,
    as_at: Date,
) -> Result<Run, Box<dyn Error>> {
    let is_since = !arguments.previous.is_empty();
    let outputs = outputs(arguments, read);
    let columns = read_columns(arguments, matrix)?;
    let (due, mut tally) = match (is_since, arguments.until.filter(|_| arguments.due_only)) {
        (_, Some(until)) => {
            let kind = kind(arguments, read);
            let (previous, changed) = (&read.previous, &read.changed);
            let (due, previous) = DueOnly::open(
                previous, changed, &columns, matrix, as_at, until, outputs, kind,
            )?;
            (Some(Arc::new(due)), Tally::since(matrix, previous))
        }
        (true, None) => (None, Tally::since(matrix, Previous::open(&read.previous)?)),
        (false, None) => (None, Tally::new(matrix)),
    };
    let events = events(&arguments.events, &columns, matrix)?;
    let cohort = open(
        arguments,
        read,
        &columns,
        matrix,
        events.as_ref(),
        due.as_ref(),
    )?;
    let beside = Beside::new(arguments.keep.iter().cloned(), is_since);
    let beside = if arguments.labels {
        beside.with_labels()
    } else {
        beside
    };
    let beside = match arguments.until {
        Some(until) => beside.with_next_change(until),
        None => beside,
    };
    let out = match (arguments.out.as_deref(), text_kind(arguments, read)) {
        (Some(_), Some(kind)) => Some(OutcomeFile::standard_output(kind, matrix, outputs, beside)?),
        (Some(path), None) => {
            let (named, cohort) = (partial(path), cohort.as_ref());
            let out = OutcomeFile::create(&named, path, cohort, matrix, as_at, outputs, beside);
            Some(out.map_err(|error| at(path, &error))?)
        }
        (None, _) => None,
    };
    let mut files = Files::create(arguments, cohort.as_ref(), out)?;
    let began = Instant::now();
    let notes = match cohort {
        Some(cohort) => {
            let mut notes = Notes::of(&arguments.cohort, &read.cohort, &cohort);
            let progress = progress(&cohort)?;
            let threads = arguments.people.threads.unwrap_or_default().into();
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
            notes.left_out = skipped?;
            notes.due_only = due.map(|due| due.share(tally.people()));
            if let Some(events) = &events {
                notes.events = events.shares();
                notes.warnings.extend(events.warnings().iter().cloned());
            }
            let empty = tally.files().iter().filter(|share| share.people == 0);
            let empty: Vec<String> = empty.map(|share| share.file.clone()).collect();
            if !empty.is_empty() {
                let empty = some(&empty);
                notes
                    .warnings
                    .push(format!("files without people: {empty}"));
            }
            notes
        }
        None => {
            let mut people = made_up(&arguments.people, matrix, as_at)?.peekable();
            while people.peek().is_some() {
                let scored = people.by_ref().take(PART);
                let scored =
                    scored.map(|person| person.score_until(matrix, as_at, arguments.until));
                let scored = scored.collect();
                let mut part = ScoredPart::of(matrix, as_at, outputs, scored);
                tally.add_part(&mut part);
                files.write(&mut part, &mut tally)?;
            }
            Notes::made_up(arguments.people.seed)
        }
    };
    files.finish(arguments, read, &notes.report(&tally, as_at))?;
    Ok(Run {
        notes,
        tally,
        elapsed: began.elapsed(),
    })
}

/// Returns what is worked out: what the files that are written hold.
fn outputs(arguments: &Arguments, read: &Read) -> Outputs {
    let outputs = Outputs::tiers().with_dimensions().with_flags();
    let kind = kind(arguments, read);
    if arguments.points || kind == Some(FileKind::JsonLines) {
        outputs.with_points().with_decisions()
    } else {
        outputs
    }
}

/// Returns the kind of the file of outcomes, if one is written that is not a file of columns.
fn kind(arguments: &Arguments, read: &Read) -> Option<FileKind> {
    let out = arguments.out.as_deref();
    text_kind(arguments, read).or_else(|| out.and_then(FileKind::of))
}

/// Returns whether the outcomes have a row that names their columns.
pub(super) fn has_header(arguments: &Arguments, read: &Read) -> bool {
    matches!(
        kind(arguments, read),
        Some(FileKind::Csv | FileKind::Workbook)
    )
}

/// Returns the kind of what is written to the standard output, if outcomes are: JSON lines if all files of the cohort are, and otherwise CSV.
fn text_kind(arguments: &Arguments, read: &Read) -> Option<FileKind> {
    let is_of_lines = |path: &PathBuf| FileKind::of(path) == Some(FileKind::JsonLines);
    let paths = read.cohort.paths();
    let kind = match !paths.is_empty() && paths.iter().all(is_of_lines) {
        true => FileKind::JsonLines,
        false => FileKind::Csv,
    };
    let out = arguments.out.as_deref();
    out.is_some_and(is_standard).then_some(kind)
}

/// Reads what is said of the columns of the cohort.
fn read_columns(arguments: &Arguments, matrix: &Matrix) -> Result<Columns, Box<dyn Error>> {
    let columns = columns(arguments.people.columns.as_deref(), |file, bytes| {
        Columns::from_yaml(file, bytes, matrix)
    })?;
    let columns = arguments
        .people
        .seen(columns, arguments.people.outcome.first())?;
    let kept = arguments.keep.iter();
    Ok(kept.fold(columns, |columns, column| columns.keeping(column)))
}

/// Opens the cohort, if people are not made up.
fn open(
    arguments: &Arguments,
    read: &Read,
    columns: &Columns,
    matrix: &Matrix,
    events: Option<&Arc<EventTable>>,
    due: Option<&Arc<DueOnly>>,
) -> Result<Option<CohortFiles>, Box<dyn Error>> {
    if arguments.cohort.is_empty() {
        return Ok(None);
    }
    if let Some(due) = due {
        let cohort = CohortFiles::due_only(&read.cohort, columns, matrix, events, due)?;
        return Ok(Some(cohort));
    }
    let cohort = open_people(&read.cohort, columns, matrix, events)?;
    Ok(Some(match arguments.until {
        Some(until) => cohort.until(until),
        None => cohort,
    }))
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
        cohort: Option<&CohortFiles>,
        out: Option<OutcomeFile>,
    ) -> Result<Self, Box<dyn Error>> {
        let moved = arguments.moved.as_deref();
        let moved =
            moved.map(|path| MovedFile::create(partial(path)).map_err(|error| at(path, &error)));
        let refused = arguments.refused.as_deref();
        let refused = refused.map(|path| {
            RefusedFile::create(&partial(path), cohort).map_err(|error| at(path, &error))
        });
        Ok(Self {
            out,
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
    fn finish(
        self,
        arguments: &Arguments,
        read: &Read,
        report: &RunReport<'_>,
    ) -> Result<(), Box<dyn Error>> {
        if let (Some(out), Some(path)) = (self.out, &arguments.out) {
            out.finish(report, &read.previous)?;
            if !is_standard(path) {
                whole(path)?;
            }
        }
        if let (Some(moved), Some(path)) = (self.moved, &arguments.moved) {
            moved.finish(report.tally(), &read.previous)?;
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
fn progress(cohort: &CohortFiles) -> Result<ProgressBar, Box<dyn Error>> {
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
