//! Finds the days on which something that reads the date of the scoring can read it differently.
//!
//! All that reads the date is a limit that moves with it, or a length of time that ends or begins on it. Either is read through a key that only rises or
//! only falls as the days pass, so the next day on which it is another is found by halving.

use crate::arena::{Id, InputId, NodeId};
use crate::date::{Date, Unit};
use crate::model::events::{Count, Takes, Window};
use crate::model::{Limit, Slot};
use crate::plan::{Lookup, Node};
use crate::score::events::{Standing, standing};
use crate::score::prepare::Case;

/// One thing that reads the date of the scoring.
pub(super) struct Reading<'a> {
    /// The input that is read: a date, or a derived input.
    pub(super) input: InputId,
    pub(super) key: Key<'a>,
}

/// What is read, by a number that only rises or only falls as the days pass.
pub(super) enum Key<'a> {
    /// Whether a limit has passed a day.
    Passed { day: i64, limit: Limit },
    /// Where a sum of lengths that all rise or all fall stands among the cut-offs by which it is read.
    Sum {
        lengths: Vec<Length>,
        rest: i64,
        read: &'a Lookup,
    },
    /// A length by itself, where what is added to it moves the other way or is unknown.
    Length(Length),
    /// The day itself, where a date that is read is unknown.
    Day,
    /// Whether the first day that counts has passed an event, which is at this place of its list.
    Event {
        day: i64,
        limit: Limit,
        place: usize,
        /// Whether that is the only day on which the event may have been.
        is_known: bool,
    },
    /// The day itself up to another, where an event may have been on any day up to there.
    Until(i64),
    /// Whether a length has left the range of its input.
    Beyond { length: Length, most: i64 },
}

/// A length of time between a day and the date of the scoring.
#[derive(Clone, Copy)]
pub(super) struct Length {
    unit: Unit,
    day: i64,
    /// Whether it ends on the date of the scoring, so that it rises.
    rises: bool,
}

/// What a derived input is made of.
#[derive(Default)]
struct Parts {
    lengths: Vec<Length>,
    rest: i64,
    is_absent: bool,
    is_unknown: bool,
    /// Whether the unknown part is a length that moves.
    is_unknown_length: bool,
}

impl Length {
    fn at(self, date: Date) -> i64 {
        let day = Date::from_days(self.day);
        if self.rises {
            day.completed_until(date, self.unit)
        } else {
            date.completed_until(day, self.unit)
        }
    }
}

impl Key<'_> {
    fn at(&self, day: i64) -> i64 {
        let date = Date::from_days(day);
        match self {
            Self::Passed { day, limit } | Self::Event { day, limit, .. } => {
                i64::from(*day < limit.at(date))
            }
            Self::Until(last) => day.min(*last),
            Self::Beyond { length, most } => i64::from(length.at(date) > *most),
            Self::Length(length) => length.at(date),
            Self::Day => day,
            Self::Sum {
                lengths,
                rest,
                read,
            } => {
                let sum = lengths
                    .iter()
                    .fold(*rest, |sum, length| sum.saturating_add(length.at(date)));
                match read {
                    // What the steps give may go up and down; which step it is does not.
                    Lookup::Steps { cuts, .. } => {
                        i64::try_from(cuts.partition_point(|cut| *cut <= sum)).unwrap_or(i64::MAX)
                    }
                    Lookup::Each { .. } => read.of(sum, date),
                    _ => sum,
                }
            }
        }
    }

    /// Returns the first day after a day, and up to another, on which the key is another.
    pub(super) fn next(&self, after: i64, until: i64) -> Option<i64> {
        let now = self.at(after);
        if after >= until || self.at(until) == now {
            return None;
        }
        let (mut same, mut other) = (after, until);
        while other - same > 1 {
            let middle = same + (other - same) / 2;
            if self.at(middle) == now {
                same = middle;
            } else {
                other = middle;
            }
        }
        Some(other)
    }
}

/// Returns everything among the nodes that count which reads the date of the scoring, for what a case knows.
pub(super) fn readings<'a>(case: &'a Case, needed: &[bool]) -> Vec<Reading<'a>> {
    let plan = case.matrix.plan();
    let mut readings = Vec::new();
    for (node, reads) in plan.nodes.iter() {
        let Node::Read { of, lookup, .. } = reads else {
            continue;
        };
        if needed.get(node.index()) != Some(&true) {
            continue;
        }
        let mut add = |input, key| readings.push(Reading { input, key });
        match (lookup, &plan.nodes[*of]) {
            (Lookup::Dates { from, below }, Node::Input(input)) => {
                for limit in [from, below].into_iter().flatten() {
                    match case.slot(*input) {
                        _ if limit.fixed().is_some() => {}
                        Slot::Value(day) => add(*input, Key::Passed { day, limit: *limit }),
                        Slot::Unknown => add(*input, Key::Day),
                        Slot::Absent => {}
                    }
                }
            }
            (_, Node::Between { .. } | Node::SumOfInputs(_)) => {
                let mut parts = Parts::default();
                gather(case, *of, &mut parts);
                let input = plan.inputs.iter().position(|node| node == of);
                let Some(input) = input.map(InputId::from_index) else {
                    continue;
                };
                if parts.is_absent {
                    continue;
                }
                if parts.is_unknown_length {
                    add(input, Key::Day);
                    continue;
                }
                let rising = parts.lengths.iter().filter(|length| length.rises).count();
                if parts.is_unknown || (rising > 0 && rising < parts.lengths.len()) {
                    for length in parts.lengths {
                        add(input, Key::Length(length));
                    }
                } else if !parts.lengths.is_empty() {
                    let Parts { lengths, rest, .. } = parts;
                    add(
                        input,
                        Key::Sum {
                            lengths,
                            rest,
                            read: lookup,
                        },
                    );
                }
            }
            _ => {}
        }
    }
    let model = case.matrix.model();
    for (input, own) in model.inputs.iter() {
        let Some(count) = &own.counted else { continue };
        let node = plan.inputs.get(input.index());
        let is_read = node.is_some_and(|node| needed.get(node.index()) == Some(&true));
        if is_read || count.is_narrowed {
            counted(case, needed, input, count, &mut readings);
        }
    }
    readings
}

/// Adds what can change of an input that is counted of events.
fn counted<'a>(
    case: &'a Case,
    needed: &[bool],
    input: InputId,
    count: &Count,
    readings: &mut Vec<Reading<'a>>,
) {
    let (plan, model) = (case.matrix.plan(), case.matrix.model());
    let (list, Some(events)) = (&model.events[count.list], case.counts.events(count.list)) else {
        return;
    };
    let mut add = |key| readings.push(Reading { input, key });
    let standings = standing(model, list, input, events, &case.slots, case.as_at);
    let lookups: Vec<&Lookup> = plan
        .nodes
        .iter()
        .filter(|(node, _)| needed.get(node.index()) == Some(&true))
        .filter_map(|(_, reads)| match reads {
            Node::Read { of, lookup, .. } if plan.inputs.get(input.index()) == Some(of) => {
                Some(lookup)
            }
            _ => None,
        })
        .collect();
    for ((place, event), standing) in events.list.iter().enumerate().zip(standings) {
        if event.last > case.as_at.days() {
            add(Key::Until(event.last));
        }
        if matches!(standing, Standing::CountsNot(_)) {
            continue;
        }
        for day in event.first..=event.last {
            if let Window {
                within: Some(within),
                before: None,
                after: None,
            } = count.window
            {
                add(Key::Event {
                    day,
                    limit: Limit::Ago {
                        count: within.count,
                        unit: within.unit,
                    },
                    place,
                    is_known: event.first == event.last,
                });
            }
            if count.takes == Takes::DaysSince {
                let length = Length {
                    unit: Unit::Days,
                    day,
                    rises: true,
                };
                let (_, most) = model.inputs[input].domain.bounds();
                add(Key::Beyond { length, most });
                for read in &lookups {
                    add(Key::Sum {
                        lengths: vec![length],
                        rest: 0,
                        read,
                    });
                }
            }
        }
    }
}

/// Adds what an input is made of.
fn gather(case: &Case, node: NodeId, parts: &mut Parts) {
    let plan = case.matrix.plan();
    let slot = |node: &NodeId| match &plan.nodes[*node] {
        Node::Input(input) => case.slot(*input),
        _ => Slot::Absent,
    };
    match &plan.nodes[node] {
        Node::Input(input) => match case.slot(*input) {
            Slot::Value(value) => parts.rest = parts.rest.saturating_add(value),
            Slot::Absent => parts.is_absent = true,
            Slot::Unknown => parts.is_unknown = true,
        },
        Node::SumOfInputs(of) => of.iter().for_each(|part| gather(case, *part, parts)),
        Node::Between { unit, from, to } => match (from, to) {
            (Some(from), Some(to)) => match (slot(from), slot(to)) {
                (Slot::Absent, _) | (_, Slot::Absent) => parts.is_absent = true,
                (Slot::Value(from), Slot::Value(to)) => {
                    let length = Date::from_days(from).completed_until(Date::from_days(to), *unit);
                    parts.rest = parts.rest.saturating_add(length);
                }
                _ => parts.is_unknown = true,
            },
            (Some(day), None) | (None, Some(day)) => match slot(day) {
                Slot::Value(day) => parts.lengths.push(Length {
                    unit: *unit,
                    day,
                    rises: to.is_none(),
                }),
                Slot::Absent => parts.is_absent = true,
                Slot::Unknown => {
                    parts.is_unknown = true;
                    parts.is_unknown_length = true;
                }
            },
            (None, None) => {}
        },
        _ => {}
    }
}
