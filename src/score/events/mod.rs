//! Counts dated events: what a profile lists, what each counted input is at a date, and why an event counts or does not.

mod count;
pub(crate) mod lists;
mod read;
mod runs;
mod standing;

use std::sync::Arc;

use crate::arena::InputId;
use crate::date::Date;
use crate::model::Slot;
use crate::model::events::EventList;

pub(crate) use count::alone;
pub(crate) use read::partial_days;
pub(crate) use runs::{Run, runs};
pub(crate) use standing::{Reason, Standing, gives, has_nothing, repeated, standing};

/// The events of one list, as a profile gives them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Events {
    pub(crate) list: Arc<[Event]>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Event {
    /// The first and the last day on which it may have been. They are one day where the day is known.
    pub(crate) first: i64,
    pub(crate) last: i64,
    /// The values of the fields, of which the first is the date.
    pub(crate) fields: Vec<Slot>,
    pub(crate) references: Vec<Mark>,
}

/// What an event has for a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// The place of its text among the different texts of the list.
    Is(u32),
    Absent,
    Unknown,
}

/// What is counted of one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    /// The values that each counted input can have, in the order of the list. There are none where it would be too much work to tell.
    pub(crate) alone: Vec<Vec<Slot>>,
    /// The inputs that are open and that a rule reads.
    pub(crate) inputs: Vec<InputId>,
    /// What these can be together. Values that no rule tells apart are one.
    pub(crate) together: Vec<Vec<Slot>>,
    /// Whether that was not too much work to tell.
    pub(crate) is_exact: bool,
}

impl Event {
    /// Returns whether something of the event is not known.
    pub(crate) fn is_open(&self) -> bool {
        self.first < self.last
            || self.fields.contains(&Slot::Unknown)
            || self.references.contains(&Mark::Unknown)
    }

    /// Returns the last day on which it may have been, as it is known at the date of a scoring.
    pub(crate) fn last_at(&self, as_at: Date) -> i64 {
        self.last.min(as_at.days())
    }
}

impl Events {
    /// Returns the place of the first event that is after the date of a scoring, if one is.
    pub(crate) fn after(&self, as_at: Date) -> impl Iterator<Item = (usize, &Event)> {
        let events = self.list.iter().enumerate();
        events.filter(move |(_, event)| event.first > as_at.days())
    }
}

/// Returns the name of a field of an event, such as `offences[3].kind`.
pub(crate) fn place_of(list: &EventList, place: usize, field: &str) -> String {
    format!("{}[{place}].{field}", list.heading.name)
}
