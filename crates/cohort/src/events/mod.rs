//! Events of the people of a cohort that stand in files of their own, joined by the ids of the people.

mod packed;
mod share;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::Origin;
use packed::{Packed, Packing, Stands};
use share::Sample;
pub use share::{EventShare, NamedPeople};
use threshold_matrix::workspace::shortened;
use threshold_matrix::{Problem, ProblemKind, Profile, Refusal};

/// The most problems of events that are kept in words, and the most of one person.
const MOST_PROBLEMS: usize = 100_000;
const MOST_OF_ONE: usize = 20;

/// The events of the people of a cohort that stand in files of their own.
///
/// The files of each list are read as a whole before anybody is scored, and the rows need not be sorted. They are held in memory: some 40 bytes for
/// each event, of which a field of few values takes one or two.
///
/// A person whose row of events cannot be read is refused, with the line and what is wrong, and is never scored without it.
///
/// ```
/// use std::sync::Arc;
/// use threshold_matrix::Matrix;
/// use threshold_matrix_cohort::{CohortFiles, Columns, EventTable, FileList};
///
/// let text = threshold_matrix::doc_example().replace("inputs:\n", "inputs:\n  offences: { type: events, at_most: 50 }\n")
///     + "derived:\n  offences_12m: { count: offences, within: { months: 12 } }\n";
/// let matrix = Matrix::from_yaml(&text)?;
/// let folder = std::env::temp_dir().join(format!("threshold-matrix-events-{}", std::process::id()));
/// std::fs::create_dir_all(&folder)?;
/// let (people, offences) = (folder.join("people.csv"), folder.join("offences.csv"));
/// std::fs::write(&people, "id,arrests,rosh\nann,12,low\nbob,4,low\n")?;
/// std::fs::write(&offences, "id,date\nbob,2026-01-06\nann,2025-12\nbob,2026-11-05\n")?;
///
/// let columns = Columns::new();
/// let events = EventTable::read(&[("offences".to_owned(), FileList::of([offences])?)], &columns, &matrix)?;
/// let cohort = CohortFiles::with_events(&FileList::of([people])?, &columns, &matrix, &Arc::new(events))?;
/// let mut counts = Vec::new();
/// cohort.visit(|person, _| {
///     let case = matrix.explain(&person.profile.expect("it can be read"), "2026-11-21".parse().expect("a date"));
///     counts.push(case.is_ok());
///     Ok::<_, threshold_matrix_cohort::CohortError>(std::ops::ControlFlow::Continue(()))
/// })?;
/// assert_eq!(counts, [true, true]);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct EventTable {
    pub(crate) lists: Vec<List>,
    pub(crate) warnings: Vec<String>,
}

/// The events of one list.
#[derive(Debug)]
pub(crate) struct List {
    name: String,
    files: Vec<EventsFile>,
    /// What the files call the column of each field, where that is not the name of the field.
    columns: HashMap<String, String>,
    is_complete: bool,
    packing: Packing,
    people: HashMap<Box<str>, Own>,
    /// What is wrong with the rows that cannot be read, by the ids of the people.
    refused: HashMap<Box<str>, Wrong>,
    /// How many problems are kept in words.
    problems: usize,
    events: u64,
    without_events: AtomicU64,
    first_without: Mutex<Sample>,
}

/// A file of events.
#[derive(Debug)]
struct EventsFile {
    name: String,
    /// Whether the numbers of its rows count rows, and not lines.
    is_of_rows: bool,
}

/// The events of one person.
#[derive(Debug, Default)]
struct Own {
    events: Packed,
    /// Whether the cohort has the person.
    is_met: AtomicBool,
}

/// What is wrong with rows of one person, and how many problems there are beside those.
#[derive(Debug, Default)]
struct Wrong {
    problems: Vec<Problem>,
    further: u64,
    /// Whether the cohort has the person.
    is_met: AtomicBool,
}

/// What there is of a person in a list.
#[derive(Debug)]
pub(crate) enum Found {
    /// The events, in the order of their rows.
    Events(Vec<Profile>),
    /// The files have no row of the person, and the columns file does not say that such a person has no events.
    Missing,
    /// What is wrong with rows of the person.
    Wrong(Vec<Problem>),
}

impl PartialEq for EventTable {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl EventTable {
    /// Returns what a person should know of the files before the results are used: columns that no field is read from, fields without a column, and what
    /// [`CohortReader::warnings`](crate::CohortReader::warnings) has of each file.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns what was read of each list, who of the people that were read so far has no row of events, and whose events belong to none of them.
    #[must_use]
    pub fn shares(&self) -> Vec<EventShare> {
        self.lists.iter().map(List::share).collect()
    }

    /// Returns whether a list is here.
    pub(crate) fn has(&self, list: &str) -> bool {
        self.lists.iter().any(|own| own.name == list)
    }

    /// Returns what there is of a person in each list.
    pub(crate) fn of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = (&'a str, Found)> {
        let lists = self.lists.iter();
        lists.map(move |list| (list.name.as_str(), list.find(id)))
    }

    /// Takes note that the cohort has a person whose events are not asked for.
    pub(crate) fn meet(&self, id: &str) {
        for list in &self.lists {
            list.meet(id);
        }
    }

    /// Returns a refusal in which each problem of an event ends with where the event stands.
    pub(crate) fn placed(&self, refusal: &Refusal, id: &str) -> Refusal {
        let problems = refusal.problems().iter().cloned().map(|mut problem| {
            let place = problem.event().and_then(|(place, field)| {
                let mut lists = self.lists.iter();
                let list = lists.find(|list| problem.inputs.as_slice() == [list.name.as_str()])?;
                let own = list.people.get(id)?;
                let (stands, _) = own.events.iter(&list.packing).nth(place)?;
                Some(list.place(stands, field))
            });
            if let Some(place) = place {
                problem.message.push_str(&format!(" ({place})"));
            }
            problem
        });
        Refusal::new(problems.collect())
    }
}

impl List {
    /// Returns a list without events, of which the columns of some fields have names of their own.
    pub(crate) fn new<'a>(
        name: &str,
        fields: impl Iterator<Item = &'a str>,
        columns: HashMap<String, String>,
        is_complete: bool,
    ) -> Self {
        Self {
            name: name.to_owned(),
            files: Vec::new(),
            columns,
            is_complete,
            packing: Packing::new(fields),
            people: HashMap::new(),
            refused: HashMap::new(),
            problems: 0,
            events: 0,
            without_events: AtomicU64::new(0),
            first_without: Mutex::default(),
        }
    }

    /// Begins a file, whose rows are added next.
    pub(crate) fn begin_file(&mut self, name: String, is_of_rows: bool) {
        self.files.push(EventsFile { name, is_of_rows });
    }

    /// Adds a row of the file that was begun last, by its line or number.
    pub(crate) fn add(&mut self, line: u64, id: String, event: Result<Profile, Refusal>) {
        let file = u32::try_from(self.files.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let stands = Stands { file, line };
        self.events += 1;
        match event {
            Ok(profile) => {
                let own = match self.people.get_mut(id.as_str()) {
                    Some(own) => own,
                    None => self.people.entry(id.into_boxed_str()).or_default(),
                };
                own.events.push(&mut self.packing, stands, &profile);
            }
            Err(refusal) => {
                let problems = refusal.problems().iter();
                let problems: Vec<Problem> = problems
                    .map(|problem| self.wrong(stands, problem))
                    .collect();
                let own = self.refused.entry(id.into_boxed_str()).or_default();
                for problem in problems {
                    if own.problems.is_empty()
                        || own.problems.len() < MOST_OF_ONE && self.problems < MOST_PROBLEMS
                    {
                        own.problems.push(problem);
                        self.problems += 1;
                    } else {
                        own.further += 1;
                    }
                }
            }
        }
    }

    /// Returns what is wrong with a row, as a problem of the list, with where it stands.
    fn wrong(&self, stands: Stands, problem: &Problem) -> Problem {
        let field = match problem.inputs.as_slice() {
            [field] => Some(field.as_str()),
            _ => None,
        };
        let place = self.place(stands, field);
        let message = format!("an event of `{}`: {} ({place})", self.name, problem.message);
        Problem::new(problem.kind, vec![self.name.clone()], message)
    }

    /// Returns where an event stands, and the column of a field of it where that has a name of its own.
    fn place(&self, stands: Stands, field: Option<&str>) -> String {
        let file = usize::try_from(stands.file).ok();
        let file = file.and_then(|file| self.files.get(file));
        let origin = Origin {
            file: file.map(|file| file.name.as_str().into()),
            number: stands.line,
            is_row: file.is_some_and(|file| file.is_of_rows),
        };
        match field.and_then(|field| self.columns.get(field)) {
            Some(column) => format!("{origin}, column `{}`", shortened(column)),
            None => origin.to_string(),
        }
    }

    /// Takes note that the cohort has a person.
    fn meet(&self, id: &str) {
        let own = self.people.get(id).map(|own| &own.is_met);
        let wrong = self.refused.get(id).map(|wrong| &wrong.is_met);
        for is_met in own.into_iter().chain(wrong) {
            is_met.store(true, Ordering::Relaxed);
        }
        if own.or(wrong).is_none() {
            self.without_events.fetch_add(1, Ordering::Relaxed);
            let first = self.first_without.lock();
            first.unwrap_or_else(PoisonError::into_inner).add(id);
        }
    }

    /// Returns what there is of a person, and takes note that the cohort has the person.
    fn find(&self, id: &str) -> Found {
        self.meet(id);
        if let Some(wrong) = self.refused.get(id) {
            let mut problems = wrong.problems.clone();
            if wrong.further > 0 {
                let (name, further) = (&self.name, wrong.further);
                let message = format!("events of `{name}` have {further} further problems");
                let inputs = vec![name.clone()];
                problems.push(Problem::new(ProblemKind::UnreadableRow, inputs, message));
            }
            return Found::Wrong(problems);
        }
        if let Some(own) = self.people.get(id) {
            let events = own.events.iter(&self.packing);
            return Found::Events(events.map(|(_, event)| event).collect());
        }
        match self.is_complete {
            true => Found::Events(Vec::new()),
            false => Found::Missing,
        }
    }
}
