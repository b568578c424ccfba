//! Tells what an input counts of a list of events as the days pass, with nothing new recorded.

use crate::arena::InputId;
use crate::date::{Date, Duration};
use crate::model::events::{EventList, Takes, Window};
use crate::model::{Model, Slot};
use crate::score::events::count::{Counter, Way};
use crate::score::events::{Event, Events};

/// A run of days on which the same events count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// The first of the days. The run ends where the next one begins.
    pub(crate) from: i64,
    /// The places of the events that count no longer from that day on.
    pub(crate) left: Vec<usize>,
    /// What the input is, where days are counted: the day from which they are.
    pub(crate) slot: Slot,
}

/// Returns the runs of days from the date of the scoring on, or `None` if not everything is known of the events.
///
/// Every event has been, and windows only move forward, so events leave one after another and none begins to count.
pub(crate) fn runs(
    model: &Model,
    list: &EventList,
    input: InputId,
    events: &Events,
    slots: &[Slot],
    as_at: Date,
) -> Option<Vec<Run>> {
    if events.list.iter().any(Event::is_open) {
        return None;
    }
    let count = model.inputs[input].counted.as_ref()?;
    let counter = Counter::new(model, list, &[input], slots, as_at);
    let within = match count.window {
        Window {
            within,
            before: None,
            after: None,
        } => within,
        _ => None,
    };
    let events = events.list.iter().enumerate();
    let mut counting: Vec<(usize, &Event)> = events
        .filter(|(_, event)| counter.counts(0, &Way::of(event)))
        .collect();
    counting.sort_by_key(|(_, event)| event.first);
    let of_latest = counter.of_latest(&counting);
    let slot = |left: usize| match of_latest.get(counting.len().saturating_sub(left)) {
        Some(Slot::Value(days)) if count.takes == Takes::DaysSince => {
            Slot::Value(as_at.days().saturating_sub(*days))
        }
        slot => slot.copied().unwrap_or(Slot::Absent),
    };
    let mut runs = vec![Run {
        from: as_at.days(),
        left: Vec::new(),
        slot: slot(0),
    }];
    for (at, (place, event)) in counting.iter().enumerate() {
        let Some(within) = within else { break };
        let from = leaves(event.first, within);
        match runs.last_mut().filter(|run| run.from == from) {
            Some(run) => {
                run.left.push(*place);
                run.slot = slot(at + 1);
            }
            None => runs.push(Run {
                from,
                left: vec![*place],
                slot: slot(at + 1),
            }),
        }
    }
    Some(runs)
}

/// Returns the first date of a scoring at which a day is longer ago than a length of time.
fn leaves(day: i64, within: Duration) -> i64 {
    let mut leaves = within.after(Date::from_days(day)).days();
    while within.before(Date::from_days(leaves)).days() <= day {
        leaves += 1;
    }
    leaves
}
