//! Tells which events count for an input, and why the others do not.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::arena::InputId;
use crate::date::Date;
use crate::model::Model;
use crate::model::Slot;
use crate::model::events::{Count, EventList, Takes};
use crate::number::Points;
use crate::score::events::count::{Counter, Label, Way, part};
use crate::score::events::{Event, Events};

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

/// Returns whether an event of which everything is known has nothing to count, since the field that is counted has no value.
pub(crate) fn has_nothing(count: &Count, event: &Event, place: usize) -> bool {
    !event.is_open() && part(count, &Way::of(event), place).is_none()
}

/// Returns the number that an event stands for, where an input adds such numbers up or takes the highest of them and it is known.
pub(crate) fn gives(count: &Count, event: &Event, place: usize) -> Option<Points> {
    let (Takes::Sum(worth) | Takes::Highest(worth)) = &count.takes else {
        return None;
    };
    let number = part(count, &Way::of(event), place)?.number;
    Points::from_decimal(crate::number::unscaled(number, worth.places))
}

/// Returns the places of those of the counting events that add nothing, since another one that has the same value of a field stands for them: the one
/// that gives most and, of those that give the same, the first.
pub(crate) fn repeated(count: &Count, events: &Events, counting: &[usize]) -> Vec<usize> {
    let takes_each = match &count.takes {
        Takes::Count | Takes::Sum(_) => count.one_per.is_none(),
        Takes::Distinct(_) => false,
        Takes::Highest(_) | Takes::Latest | Takes::Earliest | Takes::DaysSince => true,
    };
    if takes_each {
        return Vec::new();
    }
    let mut kept: BTreeMap<Label, (i64, Reverse<(i64, usize)>)> = BTreeMap::new();
    let mut repeated = Vec::new();
    for place in counting {
        let Some(event) = events.list.get(*place) else {
            continue;
        };
        let Some(part) = part(count, &Way::of(event), *place) else {
            continue;
        };
        let Some(label) = part.label else { continue };
        let own = (part.number, Reverse((event.first, *place)));
        let more = match kept.insert(label, own) {
            Some(other) if other > own => {
                kept.insert(label, other);
                Some(own)
            }
            other => other,
        };
        repeated.extend(more.map(|(_, Reverse((_, place)))| place));
    }
    repeated
}
