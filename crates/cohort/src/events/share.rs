//! What was read of a list of events, and who has none of them.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use serde::Serialize;

use super::List;
use crate::error::some;
use crate::{grouped, noun};

/// The most ids that are named.
const MOST_IDS: usize = 5;

/// What was read of a list of events from files of its own. `Display` gives it in whole sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EventShare {
    /// The name of the list.
    pub list: String,
    /// The files, as they were named.
    pub files: Vec<String>,
    /// How many rows they have, each of which is an event.
    pub events: u64,
    /// How many people they have events of.
    pub people: u64,
    /// Whether the columns file says that the files have every event of everybody.
    pub complete: bool,
    /// The people of the cohort of whom the files have no row.
    pub without_events: NamedPeople,
    /// The people of the files who are not in the cohort.
    pub not_in_cohort: NamedPeople,
}

/// How many people there are of a kind, and the first of their ids in the order of their texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct NamedPeople {
    /// How many there are.
    pub people: u64,
    /// The first of their ids, at most five.
    pub first: Vec<String>,
}

/// The first few of some texts, in their order.
#[derive(Debug, Default)]
pub(super) struct Sample(BTreeSet<String>);

impl Sample {
    pub(super) fn add(&mut self, text: &str) {
        let is_early = self.0.last().is_some_and(|last| text < last.as_str());
        if (self.0.len() < MOST_IDS || is_early) && self.0.insert(text.to_owned()) {
            while self.0.len() > MOST_IDS {
                self.0.pop_last();
            }
        }
    }
}

impl List {
    pub(super) fn share(&self) -> EventShare {
        let first = self.first_without.lock();
        let first = first.unwrap_or_else(PoisonError::into_inner);
        let own = self.people.iter().map(|(id, own)| (id, &own.is_met));
        let only_wrong = self
            .refused
            .iter()
            .filter(|(id, _)| !self.people.contains_key(*id));
        let all = own.chain(only_wrong.map(|(id, wrong)| (id, &wrong.is_met)));
        let (mut people, mut not_met, mut sample) = (0, 0, Sample::default());
        for (id, is_met) in all {
            people += 1;
            if !is_met.load(Ordering::Relaxed) {
                not_met += 1;
                sample.add(id);
            }
        }
        EventShare {
            list: self.name.clone(),
            files: self.files.iter().map(|file| file.name.clone()).collect(),
            events: self.events,
            people,
            complete: self.is_complete,
            without_events: NamedPeople {
                people: self.without_events.load(Ordering::Relaxed),
                first: first.0.iter().cloned().collect(),
            },
            not_in_cohort: NamedPeople {
                people: not_met,
                first: sample.0.into_iter().collect(),
            },
        }
    }
}

impl EventShare {
    /// Returns whether there are events, and none is of anybody in the cohort, so that the ids of the files do not fit.
    #[must_use]
    pub fn fits_nobody(&self) -> bool {
        self.people > 0 && self.not_in_cohort.people == self.people
    }
}

impl Display for EventShare {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let (list, files) = (&self.list, some(&self.files));
        let (events, people) = (self.events, self.people);
        write!(
            formatter,
            "events of `{list}` from {files}: {} {} of {} {}",
            grouped(events),
            noun(events, "row", "rows"),
            grouped(people),
            noun(people, "person", "people"),
        )?;
        let ids = |named: &NamedPeople| {
            let ids: Vec<String> = named.first.iter().map(|id| format!("`{id}`")).collect();
            ids.join(", ")
        };
        let without = &self.without_events;
        if without.people > 0 {
            let (number, ids) = (grouped(without.people), ids(without));
            let have = noun(
                without.people,
                "person of the cohort has",
                "people of the cohort have",
            );
            let means = match self.complete {
                true => {
                    "they have no events, since the columns file says that the file is complete"
                        .to_owned()
                }
                false => format!(
                    "`{list}` is missing for them; if the file has every event of everybody, write `events: {{ {list}: {{ complete: true }} }}` in the columns file"
                ),
            };
            write!(
                formatter,
                "\n  {number} {have} no row there (first {ids}): {means}"
            )?;
        }
        let other = &self.not_in_cohort;
        if other.people > 0 {
            let (number, ids) = (grouped(other.people), ids(other));
            let are = noun(other.people, "person there is", "people there are");
            write!(
                formatter,
                "\n  {number} {are} not in the cohort (first {ids})"
            )?;
        }
        Ok(())
    }
}
