//! Says who is scored again on a night, and what came out before for everybody else.

use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Display, Formatter};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix};

use crate::cohort_file::CohortFile;
use crate::earlier_row::{EarlierRow, RowColumns};
use crate::error::{FileProblem, some};
use crate::people::Standing;
use crate::row_kind::RowKind;
use crate::write::LIBRARY_VERSION;
use crate::{CohortError, Columns, Earlier, FileKind, FileList, Person, Previous, grouped, noun};

/// The most ids that are named.
const MOST_IDS: usize = 5;

/// Those who must be scored again: because a date passes, or because their inputs changed since an earlier run. What came out for everybody else is carried
/// over from that run, of which the files have what [`Beside::with_next_change`](crate::Beside::with_next_change) adds.
///
/// Somebody is carried over if the earlier run had one row of the id, by the same matrix and version of the library; if nothing of its outcome was open or
/// refused; if the date of the scoring is neither before that of the row nor after its `stands_until`; if the earlier run looked far enough for the next
/// change; and if the inputs did not change. The row is then the one that scoring would give, with the date of tonight.
///
/// The rows are held in memory: sixteen bytes for each column of results of each person, beside the ids.
#[derive(Debug)]
pub struct DueOnly {
    matrix: Matrix,
    as_at: Date,
    until: Date,
    columns: RowColumns,
    people: HashMap<Box<str>, Before>,
    /// The values of the columns of all rows, one row after another.
    values: Vec<Option<i64>>,
    /// Those whose inputs changed, and whether the cohort has them.
    changed: HashMap<Box<str>, AtomicBool>,
    counts: [AtomicU64; 5],
    /// Those whom the cohort has in several rows, and the earlier run in one.
    twice: Mutex<BTreeSet<String>>,
}

/// What an earlier run has of a person.
#[derive(Debug)]
enum Before {
    Row(Row),
    /// Nothing that can be carried over.
    Not(Group),
}

#[derive(Debug)]
struct Row {
    row: EarlierRow,
    /// Where its values begin among those of all rows.
    first: usize,
    /// Whether the cohort has the person, who was carried over.
    is_met: AtomicBool,
}

/// The groups that people are counted in.
#[derive(Debug, Clone, Copy)]
enum Group {
    CarriedOver,
    Due,
    Changed,
    New,
    OtherRun,
    /// Whoever is in none of the others.
    OpenOrRefused,
}

/// How many people were carried over, and why the others were scored. `Display` gives it in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct DueShare {
    /// How many people were carried over from the earlier run.
    pub carried_over: u64,
    /// How many people were scored because a date passed.
    pub due: u64,
    /// How many people were scored because their inputs changed.
    pub changed: u64,
    /// How many people were scored because the earlier run does not have them.
    pub new: u64,
    /// How many people were scored because the earlier run was by another matrix or version of the library, at a later date, or did not look as far for
    /// the next change.
    pub other_run: u64,
    /// How many people were scored because something of their outcome was open or refused, or because their id is not one person's.
    pub open_or_refused: u64,
    /// How many of those whose inputs changed are not in the cohort.
    pub changed_not_in_cohort: u64,
    /// The first of their ids, in the order of their texts, at most five.
    pub not_in_cohort: Vec<String>,
}

impl Display for DueShare {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let reasons = [
            (self.due, "due"),
            (self.changed, "changed"),
            (self.new, "new"),
            (self.open_or_refused, "open or refused"),
            (self.other_run, "that the previous run cannot tell"),
        ];
        let all = reasons.iter().map(|(people, _)| people).sum();
        let reasons = reasons.iter().filter(|(people, _)| *people > 0);
        let reasons: Vec<String> = reasons
            .map(|(people, why)| format!("{} {why}", grouped(*people)))
            .collect();
        write!(
            formatter,
            "carried over from the previous run: {}; scored: {}",
            grouped(self.carried_over),
            grouped(all)
        )?;
        if !reasons.is_empty() {
            write!(formatter, " ({})", reasons.join(", "))?;
        }
        let gone = self.changed_not_in_cohort;
        if gone > 0 {
            let ids: Vec<String> = self
                .not_in_cohort
                .iter()
                .map(|id| format!("`{id}`"))
                .collect();
            let more = if gone > ids.len() as u64 { ", …" } else { "" };
            write!(
                formatter,
                "\nof those who changed, {} {} not in the cohort: {}{more}",
                grouped(gone),
                noun(gone, "is", "are"),
                ids.join(", ")
            )?;
        }
        Ok(())
    }
}

impl PartialEq for DueOnly {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl DueOnly {
    /// Reads the files of an earlier run, and those of the ids of people whose inputs changed since, which are read as a cohort is, of any kind; one that is
    /// empty names nobody. Returns the earlier run as well, to see who moved.
    ///
    /// The people are scored at a date, and it is looked for the next change up to another. `kind` is the kind of the outcomes that are written, if it is
    /// one of text.
    ///
    /// # Errors
    /// Returns an error if a file cannot be read; if one of the earlier run lacks a column of results; or if the earlier run is one of JSON lines and the
    /// outcomes are not, or the other way round, since only JSON lines say why a result differs next, and they alone do not have the result in words.
    #[expect(clippy::too_many_arguments, reason = "a run has as many sides")]
    pub fn open(
        previous: &FileList,
        changed: &FileList,
        columns: &Columns,
        matrix: &Matrix,
        as_at: Date,
        until: Date,
        outputs: Outputs,
        kind: Option<FileKind>,
    ) -> Result<(Self, Previous), CohortError> {
        let mut due = Self {
            matrix: matrix.clone(),
            as_at,
            until,
            columns: RowColumns::new(matrix, outputs),
            people: HashMap::new(),
            values: Vec::new(),
            changed: HashMap::new(),
            counts: Default::default(),
            twice: Mutex::default(),
        };
        for id in ids(changed, columns, matrix)? {
            due.changed.insert(id.into(), AtomicBool::new(false));
        }
        let is_of_lines = |kind: Option<FileKind>| kind == Some(FileKind::JsonLines);
        for path in previous.paths() {
            if is_of_lines(FileKind::of(path)) != is_of_lines(kind) {
                let message = "rows are carried over from JSON lines to JSON lines alone, and from all other kinds to all other kinds, since only JSON lines \
                     say why a result differs next; write the outcomes of both runs in one kind of file";
                let error = CohortError::NoSuchFile {
                    message: message.to_owned(),
                };
                return Err(error.of(path));
            }
        }
        let columns = due.columns.clone();
        let mut earlier = Previous::default();
        Earlier::visit_rows(previous, &columns, |person, row| {
            earlier.add(&person)?;
            due.add(person, row);
            Ok(())
        })?;
        Ok((due, earlier.ready()))
    }

    /// Returns the date up to which it is looked for the next change.
    #[must_use]
    pub fn until(&self) -> Date {
        self.until
    }

    fn add(&mut self, person: Earlier, row: Option<(EarlierRow, Vec<Option<i64>>)>) {
        if person.id.is_empty() {
            return;
        }
        let before = match row {
            _ if person.hash != self.matrix.content_hash() => Before::Not(Group::OtherRun),
            None => Before::Not(Group::OpenOrRefused),
            Some((row, _)) if row.library != LIBRARY_VERSION => Before::Not(Group::OtherRun),
            Some((row, values)) => {
                let first = self.values.len();
                self.values.extend(values);
                let is_met = AtomicBool::new(false);
                Before::Row(Row { row, first, is_met })
            }
        };
        let own = self.people.entry(person.id.into());
        own.and_modify(|own| *own = Before::Not(Group::OpenOrRefused))
            .or_insert(before);
    }

    /// Returns what came out for a person, if it still stands, and takes note of the person.
    pub(crate) fn of(&self, id: &str, as_at: Option<Date>) -> Option<Box<Standing>> {
        let found = self.find(id, as_at.unwrap_or(self.as_at));
        let (group, standing) = match found {
            Ok(standing) => (Group::CarriedOver, Some(Box::new(standing))),
            Err(group) => (group, None),
        };
        if let Some(count) = self.counts.get(group as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        standing
    }

    fn find(&self, id: &str, as_at: Date) -> Result<Standing, Group> {
        if let Some(is_met) = self.changed.get(id) {
            is_met.store(true, Ordering::Relaxed);
            return Err(Group::Changed);
        }
        let Row { row, first, is_met } = match self.people.get(id) {
            Some(Before::Row(row)) => row,
            Some(Before::Not(group)) => return Err(*group),
            None => return Err(Group::New),
        };
        if as_at < row.as_at {
            return Err(Group::OtherRun);
        }
        if as_at > row.stands_until {
            return Err(Group::Due);
        }
        let next = row.next.clone().filter(|next| next.on <= self.until);
        // Without a change up to the date of the earlier run, there may be one after it.
        if next.is_none() && self.until > row.until {
            return Err(Group::OtherRun);
        }
        let values = self.values.get(*first..).unwrap_or_default();
        let outcome = self.columns.outcome(&self.matrix, as_at, row, values);
        let outcome = outcome.ok_or(Group::OpenOrRefused)?;
        if is_met.swap(true, Ordering::Relaxed) {
            let mut twice = self.twice.lock().unwrap_or_else(PoisonError::into_inner);
            twice.insert(id.to_owned());
        }
        Ok(Standing {
            outcome,
            next,
            stands_until: row.stands_until.min(self.until).max(as_at),
        })
    }

    /// Returns how many people were carried over of those who were read so far, and why the others were scored.
    #[must_use]
    pub fn share(&self, people: u64) -> DueShare {
        let count = |group: Group| {
            let count = self.counts.get(group as usize);
            count.map_or(0, |count| count.load(Ordering::Relaxed))
        };
        let all: u64 = self
            .counts
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum();
        let changed = self.changed.iter();
        let not_met = changed.filter(|(_, is_met)| !is_met.load(Ordering::Relaxed));
        let not_met: BTreeSet<&str> = not_met.map(|(id, _)| &**id).collect();
        DueShare {
            carried_over: count(Group::CarriedOver),
            due: count(Group::Due),
            changed: count(Group::Changed),
            new: count(Group::New),
            other_run: count(Group::OtherRun),
            open_or_refused: people.saturating_sub(all),
            changed_not_in_cohort: not_met.len() as u64,
            not_in_cohort: not_met
                .into_iter()
                .take(MOST_IDS)
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Checks that nobody was carried over of whom the cohort has several rows, since these cannot all be those of the earlier run.
    pub(crate) fn check(&self) -> Result<(), CohortError> {
        let twice = self.twice.lock().unwrap_or_else(PoisonError::into_inner);
        if twice.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = twice.iter().map(|id| format!("`{id}`")).collect();
        let message = format!(
            "the cohort has several rows of ids of which the earlier run has one, so that their inputs changed: {}; name them among those that changed",
            some(&ids)
        );
        Err(CohortError::NoSuchFile { message })
    }
}

/// Reads the ids of some files, of which an empty one has none.
fn ids(list: &FileList, columns: &Columns, matrix: &Matrix) -> Result<Vec<String>, CohortError> {
    let (mut ids, mut problems) = (Vec::new(), Vec::new());
    let (columns, row) = (columns.of_ids(), RowKind::Id(matrix.clone()));
    for path in list.paths() {
        if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
            continue;
        }
        let added = CohortFile::open(path, &columns, &row)
            .and_then(|file| file.visit(|person| add_id(person, &mut ids)));
        problems.extend(added.err().map(|error| FileProblem::of(path, error)));
    }
    match problems.is_empty() {
        true => Ok(ids),
        false => Err(CohortError::Files { problems }),
    }
}

fn add_id(person: Person, ids: &mut Vec<String>) -> Result<ControlFlow<()>, CohortError> {
    if person.id.is_empty() {
        let message = "the row has no id, so nobody knows whose inputs changed".to_owned();
        let line = person.line;
        return Err(CohortError::Broken { line, message });
    }
    ids.push(person.id);
    Ok(ControlFlow::Continue(()))
}
