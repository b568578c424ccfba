//! Works out what is counted of a list of events at a date.
//!
//! Events of which everything is known are counted first. Each of the others is then added in every way that makes a difference, and only the distinct
//! numbers that come of it are kept, for all counted inputs together. So inputs that read the same event never contradict each other.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::arena::{Id, InputId};
use crate::date::Date;
use crate::model::events::{Count, DATE, EventList, Field, Takes, Window};
use crate::model::{Domain, Model, Slot};
use crate::plan::{Node, Plan};
use crate::score::conditions::{Moments, of_inputs};
use crate::score::events::{Event, Events, Mark, Tally};

/// The most combinations of counted numbers that are told apart.
pub(crate) const MOST_ALTERNATIVES: usize = 1_024;
/// The most states that are kept on the way, and the most ways of one event that are looked at.
const MOST_STATES: usize = 4_096;
const MOST_WAYS: usize = 65_536;
/// The most steps of one list.
const MOST_WORK: usize = 2_000_000;

/// One way in which an event may have been: its day, its fields and its references, each of them known.
pub(super) struct Way<'a> {
    pub(super) day: i64,
    pub(super) fields: Cow<'a, [Slot]>,
    pub(super) references: Cow<'a, [Mark]>,
}

impl<'a> Way<'a> {
    /// Returns the way in which an event was of which everything is known.
    pub(super) fn of(event: &'a Event) -> Self {
        Self {
            day: event.first,
            fields: Cow::Borrowed(&event.fields),
            references: Cow::Borrowed(&event.references),
        }
    }
}

/// What tells events apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Label {
    Value(i64),
    Mark(Mark),
    /// Of no other event.
    Own(usize),
}

/// What one event adds to one counted input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Part {
    pub(super) label: Option<Label>,
    pub(super) number: i64,
}

/// What was counted so far for one input.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Sum {
    Number(i64),
    Labels(BTreeSet<Label>),
    Highest(BTreeMap<Label, i64>),
    Greatest(Option<i64>),
    Least(Option<i64>),
}

/// What is counted of a list, made ready for one date.
pub(super) struct Counter<'a> {
    pub(super) list: &'a EventList,
    counts: Vec<(&'a Count, Option<(i64, i64)>)>,
    moments: Moments,
    as_at: Date,
    /// The cells of each input, if values of one cell are taken for one.
    cells: Vec<Cells>,
}

/// The work does not fit.
struct TooMuch;

/// Returns what the counted inputs of a list are, and what those that are open can be together. `slots` has the dates that windows begin or end at.
pub(crate) fn counted(
    (plan, model): (&Plan, &Model),
    list: &EventList,
    events: &Events,
    slots: &[Slot],
    as_at: Date,
) -> Tally {
    if !events.list.iter().any(Event::is_open) {
        let counter = Counter::new(model, list, &list.counted, slots, as_at);
        let known = counter.together(events).unwrap_or_default();
        return Tally {
            alone: known.into_iter().flatten().map(|slot| vec![slot]).collect(),
            inputs: Vec::new(),
            is_exact: true,
            together: Vec::new(),
        };
    }
    let alone: Vec<Vec<Slot>> = (list.counted.iter())
        .map(|input| alone(model, list, *input, events, slots, as_at))
        .collect();
    let counted = list.counted.iter().zip(&alone);
    let open: Vec<(InputId, Cells)> = counted
        .filter(|(_, alone)| alone.len() != 1)
        .filter_map(|(input, _)| Some((*input, cells(plan, model, *input, as_at)?)))
        .collect();
    let (inputs, cells): (Vec<InputId>, Vec<Cells>) = open.into_iter().unzip();
    let counter = Counter {
        cells,
        ..Counter::new(model, list, &inputs, slots, as_at)
    };
    let together = match inputs.is_empty() {
        true => Ok(Vec::new()),
        false => counter.together(events),
    };
    Tally {
        alone,
        inputs,
        is_exact: together.is_ok(),
        together: together.unwrap_or_default(),
    }
}

/// Returns the values that a counted input can have, whatever the others are. There are none where it would be too much work to tell.
pub(crate) fn alone(
    model: &Model,
    list: &EventList,
    input: InputId,
    events: &Events,
    slots: &[Slot],
    as_at: Date,
) -> Vec<Slot> {
    let counter = Counter::new(model, list, &[input], slots, as_at);
    let found = counter.together(events).unwrap_or_default();
    found.into_iter().flatten().collect()
}

/// The first values of the pieces between which the rules tell an input apart, or `None` where each value counts.
type Cells = Option<BTreeSet<i64>>;

/// Returns the cells of a counted input, or `None` if no rule reads it.
fn cells(plan: &Plan, model: &Model, input: InputId, as_at: Date) -> Option<Cells> {
    let own = *plan.inputs.get(input.index())?;
    let (least, most) = model.inputs[input].domain.bounds();
    let mut cuts = BTreeSet::from([least, most.saturating_add(1)]);
    let mut is_read = false;
    for node in plan.nodes.items() {
        match node {
            Node::Read { of, lookup, .. } if *of == own => {
                is_read = true;
                lookup.cuts(as_at, most, &mut cuts);
            }
            node if node.parts().contains(&own) => return Some(None),
            _ => {}
        }
    }
    let is_narrowed = (model.inputs[input].counted.as_ref()).is_some_and(|count| count.is_narrowed);
    (is_read || is_narrowed).then_some(Some(cuts))
}

impl<'a> Counter<'a> {
    pub(super) fn new(
        model: &'a Model,
        list: &'a EventList,
        inputs: &[InputId],
        slots: &[Slot],
        as_at: Date,
    ) -> Self {
        let counts = inputs
            .iter()
            .filter_map(|input| model.inputs[*input].counted.as_ref())
            .map(|count| (count, days(count.window, slots, as_at)));
        Self {
            list,
            counts: counts.collect(),
            moments: Moments::at(as_at, &list.fields),
            as_at,
            cells: Vec::new(),
        }
    }

    /// Returns the days on which events count for one of the inputs, or `None` if a date that they begin or end at is absent.
    pub(super) fn days(&self, at: usize) -> Option<(i64, i64)> {
        self.counts.get(at).and_then(|(_, days)| *days)
    }

    /// Returns whether an event counts for one of the inputs where everything of it is known.
    pub(super) fn counts(&self, at: usize, way: &Way<'_>) -> bool {
        let Some((count, Some((from, to)))) = self.counts.get(at) else {
            return false;
        };
        (*from..=*to).contains(&way.day) && self.meets(count, way)
    }

    fn meets(&self, count: &Count, way: &Way<'_>) -> bool {
        count
            .when
            .is_none_or(|when| of_inputs(&self.list.fields, &way.fields, &self.moments, when))
    }

    /// Returns every way in which an event may have been.
    pub(super) fn ways<'e>(
        &self,
        event: &'e Event,
        place: usize,
        events: &Events,
    ) -> Option<Vec<Way<'e>>> {
        if !event.is_open() {
            return Some(vec![Way::of(event)]);
        }
        let mut ways: Vec<Way<'e>> = (event.first..=event.last_at(self.as_at))
            .map(|day| {
                let mut way = Way::of(event);
                way.day = day;
                if let Some(date) = way.fields.to_mut().get_mut(DATE) {
                    *date = Slot::Value(day);
                }
                way
            })
            .collect();
        for (at, field) in self.list.fields.inputs.items().iter().enumerate() {
            if at == DATE || event.fields.get(at) != Some(&Slot::Unknown) {
                continue;
            }
            let (least, most) = field.domain.bounds();
            let count = usize::try_from(most.saturating_sub(least).saturating_add(1)).ok()?;
            if ways.len().saturating_mul(count) > MOST_WAYS {
                return None;
            }
            ways = (least..=most)
                .flat_map(|value| {
                    ways.iter().map(move |way| {
                        let mut fields = way.fields.clone();
                        if let Some(own) = fields.to_mut().get_mut(at) {
                            *own = Slot::Value(value);
                        }
                        Way {
                            day: way.day,
                            fields,
                            references: way.references.clone(),
                        }
                    })
                })
                .collect();
        }
        for at in 0..event.references.len() {
            if event.references.get(at) != Some(&Mark::Unknown) {
                continue;
            }
            // It is that of another event, or one of those that no event has: as many as there are events up to this one that lack theirs.
            let marks = events
                .list
                .iter()
                .filter_map(|event| event.references.get(at));
            let known: BTreeSet<Mark> = marks
                .filter(|mark| matches!(mark, Mark::Is(_)))
                .copied()
                .collect();
            let earlier = events.list.iter().take(place + 1);
            let open = earlier.filter(|event| event.references.get(at) == Some(&Mark::Unknown));
            let first = u32::try_from(known.len()).ok()?;
            let fresh = (first..).take(open.count()).map(Mark::Is);
            let marks: Vec<Mark> = known.iter().copied().chain(fresh).collect();
            if ways.len().saturating_mul(marks.len()) > MOST_WAYS {
                return None;
            }
            ways = marks
                .iter()
                .flat_map(|mark| {
                    ways.iter().map(move |way| {
                        let mut references = way.references.clone();
                        if let Some(own) = references.to_mut().get_mut(at) {
                            *own = *mark;
                        }
                        Way {
                            day: way.day,
                            fields: way.fields.clone(),
                            references,
                        }
                    })
                })
                .collect();
        }
        Some(ways)
    }

    /// Returns, for each number of the latest of these events, what the first of the inputs is if only they count.
    pub(super) fn of_latest(&self, events: &[(usize, &Event)]) -> Vec<Slot> {
        let mut state: Vec<Sum> = self.counts.iter().map(|(count, _)| start(count)).collect();
        let mut slots = vec![self.first_slot(&state)];
        for (place, event) in events.iter().rev() {
            self.add_known(&mut state, event, *place);
            slots.push(self.first_slot(&state));
        }
        slots
    }

    fn first_slot(&self, state: &[Sum]) -> Slot {
        let number = self.numbers(state).first().copied().flatten();
        number.map_or(Slot::Absent, Slot::Value)
    }

    fn together(&self, events: &Events) -> Result<Vec<Vec<Slot>>, TooMuch> {
        let mut work = MOST_WORK;
        let mut state: Vec<Sum> = self.counts.iter().map(|(count, _)| start(count)).collect();
        let mut open = Vec::new();
        for (place, event) in events.list.iter().enumerate() {
            if event.is_open() {
                open.push((place, event));
                continue;
            }
            self.add_known(&mut state, event, place);
        }
        let slot = |number: Option<i64>| number.map_or(Slot::Absent, Slot::Value);
        if open.is_empty() {
            let numbers = self.numbers(&state).into_iter();
            return Ok(vec![numbers.map(slot).collect()]);
        }
        let mut states = HashSet::from([state]);
        for (place, event) in open {
            let ways = self.ways(event, place, events).ok_or(TooMuch)?;
            let parts: HashSet<Vec<Option<Part>>> =
                ways.iter().map(|way| self.parts(way, place)).collect();
            work = states
                .len()
                .checked_mul(parts.len())
                .and_then(|steps| work.checked_sub(steps))
                .ok_or(TooMuch)?;
            let mut next = HashSet::new();
            for state in &states {
                for parts in &parts {
                    let mut state = state.clone();
                    let adds = state.iter_mut().zip(parts);
                    adds.for_each(|(sum, part)| part.iter().for_each(|part| sum.add(*part)));
                    next.insert(state);
                }
                if next.len() > MOST_STATES {
                    return Err(TooMuch);
                }
            }
            states = next;
        }
        let together: BTreeSet<Vec<Option<i64>>> =
            states.iter().map(|state| self.numbers(state)).collect();
        if together.len() > MOST_ALTERNATIVES {
            return Err(TooMuch);
        }
        let together = together.into_iter();
        Ok(together
            .map(|numbers| numbers.into_iter().map(slot).collect())
            .collect())
    }

    /// Adds an event of which everything is known.
    fn add_known(&self, state: &mut [Sum], event: &Event, place: usize) {
        let way = Way::of(event);
        for (at, sum) in state.iter_mut().enumerate() {
            if let Some(part) = self.part_of(at, &way, place) {
                sum.add(part);
            }
        }
    }

    /// Returns what an event adds to each input.
    fn parts(&self, way: &Way<'_>, place: usize) -> Vec<Option<Part>> {
        let inputs = 0..self.counts.len();
        inputs.map(|at| self.part_of(at, way, place)).collect()
    }

    /// Returns what an event adds to one of the inputs.
    fn part_of(&self, at: usize, way: &Way<'_>, place: usize) -> Option<Part> {
        let (count, _) = self.counts.get(at)?;
        let part = self.counts(at, way).then(|| part(count, way, place))??;
        // The greatest and the least of some values are in the cell of the greatest and the least of their cells.
        let number = match count.takes {
            Takes::Highest(_) | Takes::Latest | Takes::Earliest => self.cell(at, part.number),
            Takes::DaysSince => {
                let today = self.as_at.days();
                today - self.cell(at, today - part.number)
            }
            Takes::Count | Takes::Distinct(_) | Takes::Sum(_) => part.number,
        };
        Some(Part { number, ..part })
    }

    /// Returns the number that stands for all those that the rules do not tell from this one.
    fn cell(&self, at: usize, number: i64) -> i64 {
        let cells = self.cells.get(at).and_then(Option::as_ref);
        let first = cells.and_then(|cells| cells.range(..=number).next_back());
        first.copied().unwrap_or(number)
    }

    /// Returns the number of each input, which is `None` where there is none.
    fn numbers(&self, state: &[Sum]) -> Vec<Option<i64>> {
        let counts = self.counts.iter().zip(state).enumerate();
        counts
            .map(|(at, ((count, days), sum))| {
                (*days)?;
                let number = match sum {
                    Sum::Number(sum) => Some(*sum),
                    Sum::Labels(labels) => i64::try_from(labels.len()).ok(),
                    Sum::Highest(highest) => Some(highest.values().sum()),
                    Sum::Greatest(number) | Sum::Least(number) => *number,
                };
                let number = match count.takes {
                    Takes::DaysSince => number.map(|day| self.as_at.days() - day),
                    _ => number,
                };
                number.map(|number| self.cell(at, number))
            })
            .collect()
    }
}

impl Sum {
    fn add(&mut self, Part { label, number }: Part) {
        match (self, label) {
            (Self::Number(sum), _) => *sum = sum.saturating_add(number),
            (Self::Labels(labels), Some(label)) => {
                labels.insert(label);
            }
            (Self::Highest(highest), Some(label)) => {
                let own = highest.entry(label).or_insert(number);
                *own = (*own).max(number);
            }
            (Self::Greatest(greatest), _) => {
                *greatest = Some(greatest.map_or(number, |own| own.max(number)));
            }
            (Self::Least(least), _) => {
                *least = Some(least.map_or(number, |own| own.min(number)));
            }
            (Self::Labels(_) | Self::Highest(_), None) => {}
        }
    }
}

fn start(count: &Count) -> Sum {
    match (&count.takes, count.one_per) {
        (Takes::Count, None) | (Takes::Sum(_), None) => Sum::Number(0),
        (Takes::Count, Some(_)) | (Takes::Distinct(_), _) => Sum::Labels(BTreeSet::new()),
        (Takes::Sum(_), Some(_)) => Sum::Highest(BTreeMap::new()),
        (Takes::Highest(_) | Takes::Latest | Takes::DaysSince, _) => Sum::Greatest(None),
        (Takes::Earliest, _) => Sum::Least(None),
    }
}

/// Returns what an event adds to an input for which it counts.
pub(super) fn part(count: &Count, way: &Way<'_>, place: usize) -> Option<Part> {
    let label = |field: Field| match field {
        Field::Value(input) => match way.fields.get(input.index()) {
            Some(Slot::Value(value)) => Some(Label::Value(*value)),
            _ => None,
        },
        Field::Reference(at) => match way.references.get(at) {
            Some(mark @ Mark::Is(_)) => Some(Label::Mark(*mark)),
            _ => None,
        },
    };
    let number = match &count.takes {
        Takes::Count | Takes::Distinct(_) => 1,
        Takes::Sum(worth) | Takes::Highest(worth) => match way.fields.get(worth.field.index()) {
            Some(Slot::Value(value)) => worth.of(*value),
            _ => return None,
        },
        Takes::Latest | Takes::Earliest | Takes::DaysSince => way.day,
    };
    let label = match (&count.takes, count.one_per) {
        (Takes::Distinct(field), _) => Some(label(*field)?),
        // An event that has no value there is of no other occasion than its own.
        (_, Some(field)) => Some(label(field).unwrap_or(Label::Own(place))),
        _ => None,
    };
    Some(Part { label, number })
}

/// Returns the first and the last day on which events count, or `None` if a date that they begin or end at is absent.
pub(super) fn days(window: Window, slots: &[Slot], as_at: Date) -> Option<(i64, i64)> {
    let day = |input: InputId| match slots.get(input.index()) {
        Some(Slot::Value(day)) => Some(*day),
        _ => None,
    };
    let today = as_at.days();
    Some(match (window.within, window.before, window.after) {
        (None, None, None) => (i64::MIN, today),
        (Some(within), None, None) => (within.before(as_at).days(), today),
        (None, Some(before), None) => (i64::MIN, day(before)? - 1),
        (Some(within), Some(before), _) => {
            let end = day(before)?;
            (within.before(Date::from_days(end)).days(), end - 1)
        }
        (None, None, Some(after)) => (day(after)? + 1, today),
        (Some(within), None, Some(after)) => {
            let start = day(after)?;
            (start + 1, within.after(Date::from_days(start)).days())
        }
        (None, Some(before), Some(after)) => (day(after)? + 1, day(before)? - 1),
    })
}

/// Returns whether an input may have a value.
pub(crate) fn fits(domain: &Domain, slot: Slot) -> bool {
    let (least, most) = domain.bounds();
    match slot {
        Slot::Value(value) => (least..=most).contains(&value),
        Slot::Absent | Slot::Unknown => true,
    }
}
