//! Tells which events count for an input, and why the others do not.

use crate::arena::InputId;
use crate::date::Date;
use crate::model::Model;
use crate::model::Slot;
use crate::model::events::EventList;
use crate::score::events::Events;
use crate::score::events::count::Counter;

/// How an event stands to a counted input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Counts,
    /// What is not known of it decides.
    MayCount,
    CountsNot(Reason),
}

/// Why an event does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It was this number of days before the first day that counts.
    TooOld(i64),
    /// It was after the last day that counts.
    TooLate,
    /// Its fields do not meet the condition.
    Other,
}

/// Returns how each event of a list stands to a counted input, in the order of the list.
pub(crate) fn standing(
    model: &Model,
    list: &EventList,
    input: InputId,
    events: &Events,
    slots: &[Slot],
    as_at: Date,
) -> Vec<Standing> {
    let counter = Counter::new(model, list, &[input], slots, as_at);
    let days = counter.days(0);
    let events = events.list.iter().enumerate().map(|(place, event)| {
        let Some(ways) = counter.ways(event, place, events) else {
            return Standing::MayCount;
        };
        let counting = ways.iter().filter(|way| counter.counts(0, way)).count();
        match days {
            _ if counting == ways.len() && counting > 0 => Standing::Counts,
            _ if counting > 0 => Standing::MayCount,
            Some((from, _)) if event.last < from => {
                Standing::CountsNot(Reason::TooOld(from.saturating_sub(event.last)))
            }
            Some((_, to)) if event.first > to => Standing::CountsNot(Reason::TooLate),
            _ => Standing::CountsNot(Reason::Other),
        }
    });
    events.collect()
}
