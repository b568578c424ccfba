//! Finds the days on which something that reads the date of the scoring can read it differently.
//!
//! All that reads the date is a limit that moves with it, or a length of time that ends or begins on it. Either is read through a key that only rises or
//! only falls as the days pass, so the next day on which it is another is found by halving.

use std::collections::BTreeMap;

use crate::arena::{Id, InputId, NodeId};
use crate::date::{Date, Unit};
use crate::model::events::{Count, Takes, Window};
use crate::model::{Limit, Slot};
use crate::plan::{ABSENT, Lookup, Node};
use crate::score::events::{self, Standing, standing};
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
    /// A number that stays the same.
    Constant(i64),
    /// Another key for each run of days on which the same events count.
    Runs(Vec<Run<'a>>),
}

/// A run of days on which the same events count.
pub(super) struct Run<'a> {
    from: i64,
    /// The places of the events that count no longer from the first day on.
    left: Vec<usize>,
    key: Key<'a>,
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
    /// The parts that are counted of events of which everything is known.
    counted: Vec<InputId>,
}

impl Length {
    /// Returns the number of days since a day.
    fn since(day: i64) -> Self {
        Self {
            unit: Unit::Days,
            day,
            rises: true,
        }
    }

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
            Self::Constant(number) => *number,
            Self::Runs(runs) => {
                let run = runs.get(run_of(runs, day));
                run.map_or(ABSENT, |run| run.key.at(day))
            }
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
        if let Self::Runs(runs) = self {
            let first = run_of(runs, after);
            for (run, index) in runs.iter().zip(0..).skip(first) {
                let from = run.from.max(after);
                if from > until {
                    return None;
                }
                if run.key.at(from) != now {
                    return Some(from);
                }
                let next: Option<&Run<'_>> = runs.get(index + 1);
                let last = next.map_or(until, |next| until.min(next.from - 1));
                if let Some(next) = run.key.next(from, last) {
                    return Some(next);
                }
            }
            return None;
        }
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

impl<'a> Key<'a> {
    /// Returns the key that stands behind this one on a day, with the places of the events that count no longer from that day on, if that makes the key
    /// another.
    pub(super) fn on(&self, day: i64) -> (&Key<'a>, &[usize]) {
        let Self::Runs(runs) = self else {
            return (self, &[]);
        };
        match runs.get(run_of(runs, day)) {
            Some(run) if run.from == day && self.at(day - 1) != run.key.at(day) => {
                (&run.key, &run.left)
            }
            Some(run) => (&run.key, &[]),
            None => (self, &[]),
        }
    }
}

/// Returns the place of the run that has a day.
fn run_of(runs: &[Run<'_>], day: i64) -> usize {
    let begun = runs.partition_point(|run| run.from <= day);
    begun.saturating_sub(1)
}

/// What the inputs are, as the days pass, that are counted of events of which everything is known.
type Known = BTreeMap<InputId, Vec<events::Run>>;

fn known(case: &Case, needed: &[bool]) -> Known {
    let model = case.matrix.model();
    let inputs = model.inputs.iter().filter_map(|(input, own)| {
        let count = own.counted.as_ref()?;
        let events = case.counts.events(count.list)?;
        if !is_read(case, needed, input) && !count.is_narrowed {
            return None;
        }
        let list = &model.events[count.list];
        let runs = events::runs(model, list, input, events, &case.slots, case.as_at)?;
        Some((input, runs))
    });
    inputs.collect()
}

/// Returns whether something that counts reads an input.
fn is_read(case: &Case, needed: &[bool], input: InputId) -> bool {
    let node = case.matrix.plan().inputs.get(input.index());
    node.is_some_and(|node| needed.get(node.index()) == Some(&true))
}

/// Adds a reading of an input by what is read of each of its values, unless that is always the same.
fn add_runs<'a>(
    readings: &mut Vec<Reading<'a>>,
    (input, runs): (InputId, &[events::Run]),
    key: impl Fn(i64) -> Key<'a>,
) {
    let mut keys: Vec<Run<'a>> = Vec::new();
    let mut before = None;
    for run in runs {
        if before == Some(run.slot) {
            continue;
        }
        before = Some(run.slot);
        let key = match run.slot {
            Slot::Value(value) => key(value),
            Slot::Absent | Slot::Unknown => Key::Constant(ABSENT),
        };
        let same = |last: &Run<'_>| matches!((&last.key, &key), (Key::Constant(one), Key::Constant(other)) if one == other);
        if !keys.last().is_some_and(same) {
            keys.push(Run {
                from: run.from,
                left: run.left.clone(),
                key,
            });
        }
    }
    if !matches!(
        keys.as_slice(),
        [Run {
            key: Key::Constant(_),
            ..
        }]
    ) {
        let key = Key::Runs(keys);
        readings.push(Reading { input, key });
    }
}

/// Returns everything among the nodes that count which reads the date of the scoring, for what a case knows.
pub(super) fn readings<'a>(case: &'a Case, needed: &[bool]) -> Vec<Reading<'a>> {
    let plan = case.matrix.plan();
    let mut readings = Vec::new();
    let known = known(case, needed);
    for (node, reads) in plan.nodes.iter() {
        let Node::Read { of, lookup, .. } = reads else {
            continue;
        };
        if needed.get(node.index()) != Some(&true) {
            continue;
        }
        if let Node::Input(input) = &plan.nodes[*of]
            && let Some(runs) = known.get(input)
        {
            add_read(case, &mut readings, (*input, runs), lookup);
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
                gather(case, &known, *of, &mut parts);
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
                if parts.is_unknown
                    || !parts.counted.is_empty()
                    || (rising > 0 && rising < parts.lengths.len())
                {
                    for length in parts.lengths {
                        add(input, Key::Length(length));
                    }
                    for input in parts.counted {
                        if let Some(runs) = known.get(&input) {
                            add_runs(&mut readings, (input, runs), Key::Constant);
                        }
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
        if let Some(runs) = known.get(&input) {
            let (least, most) = own.domain.bounds();
            if count.takes == Takes::DaysSince {
                let beyond = |day| Key::Beyond {
                    length: Length::since(day),
                    most,
                };
                add_runs(&mut readings, (input, runs), beyond);
            } else if count.is_narrowed {
                let fits = |value| Key::Constant(i64::from((least..=most).contains(&value)));
                add_runs(&mut readings, (input, runs), fits);
            }
        } else if is_read(case, needed, input) || count.is_narrowed {
            counted(case, needed, input, count, &mut readings);
        }
    }
    readings
}

/// Adds what a lookup reads of an input that is counted of events of which everything is known.
fn add_read<'a>(
    case: &Case,
    readings: &mut Vec<Reading<'a>>,
    (input, runs): (InputId, &[events::Run]),
    lookup: &'a Lookup,
) {
    let counted = case.matrix.model().inputs[input].counted.as_ref();
    let is_length = counted.is_some_and(|count| count.takes == Takes::DaysSince);
    match lookup {
        Lookup::Dates { from, below } => {
            for limit in [*from, *below].into_iter().flatten() {
                add_runs(readings, (input, runs), |day| Key::Passed { day, limit });
            }
        }
        _ if is_length => add_runs(readings, (input, runs), |day| Key::Sum {
            lengths: vec![Length::since(day)],
            rest: 0,
            read: lookup,
        }),
        _ => add_runs(readings, (input, runs), |value| {
            Key::Constant(lookup.of(value, case.as_at))
        }),
    }
}

/// Adds what can change of an input that is counted of events of which not everything is known.
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
                let length = Length::since(day);
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
fn gather(case: &Case, known: &Known, node: NodeId, parts: &mut Parts) {
    let plan = case.matrix.plan();
    let slot = |node: &NodeId| match &plan.nodes[*node] {
        Node::Input(input) => case.slot(*input),
        _ => Slot::Absent,
    };
    match &plan.nodes[node] {
        Node::Input(input) if known.contains_key(input) => parts.counted.push(*input),
        Node::Input(input) => match case.slot(*input) {
            Slot::Value(value) => parts.rest = parts.rest.saturating_add(value),
            Slot::Absent => parts.is_absent = true,
            Slot::Unknown => parts.is_unknown = true,
        },
        Node::SumOfInputs(of) => of.iter().for_each(|part| gather(case, known, *part, parts)),
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
