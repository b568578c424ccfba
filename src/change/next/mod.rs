//! Finds the first later day on which an outcome differs though nothing new is recorded.
//!
//! The answer is exact: between two days on which something reads the date differently, nothing can change. Only those days are scored, one after
//! another, until something differs.

mod reading;
mod words;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::arena::InputId;
use crate::date::{Date, Unit};
use crate::model::events::Count;
use crate::model::{Limit, Slot};
use crate::plan::budget::BUDGET;
use crate::profile::{Refusal, Value};
use crate::score::answers::Answers;
use crate::score::events::alone;
use crate::score::outcome::Outcome;
use crate::score::prepare::Case;
use reading::{Key, Reading, readings};

/// The first later day on which an outcome differs with nothing new recorded. [`Case::next_change`] finds it.
///
/// `Display` tells it in one sentence.
#[derive(Debug, Clone)]
#[must_use]
pub struct NextChange {
    before: Outcome,
    on: Date,
    after: Result<Outcome, Refusal>,
    because: Vec<Passing>,
    is_certain: bool,
    /// Whether only the result was asked about, and not flags, levels and scores.
    is_of_result: bool,
}

/// What the passing of a day changes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "passing")]
#[non_exhaustive]
pub enum Passing {
    /// A date is now longer ago than a condition asks.
    Limit {
        /// The name of the input.
        input: String,
        /// The label of the input for readers.
        title: String,
        /// The date.
        date: Date,
        /// The length of time, such as "12 months".
        ago: String,
    },
    /// A derived input has another value.
    Length {
        /// The name of the input.
        input: String,
        /// The label of the input for readers.
        title: String,
        /// The value on the day before.
        from: Value,
        /// The value on the day.
        to: Value,
    },
    /// An event is now longer ago than an input counts.
    Event {
        /// The name of the input that is counted.
        input: String,
        /// The label of the input for readers.
        title: String,
        /// The event by its place in the profile, counted from 0, such as `offences[3]`.
        event: String,
        /// The date of the event.
        date: Date,
        /// The length of time, such as "12 months".
        ago: String,
    },
    /// A date that is not known, or a length that is counted from one.
    Unknown {
        /// The name of the input.
        input: String,
        /// The label of the input for readers.
        title: String,
    },
}

impl Case {
    /// Returns the first later day, up to and including `until`, on which the outcome differs though nothing new is recorded, with what it is then.
    ///
    /// An outcome differs if the tier or status, what is possible of it, or a flag does, or if the profile is refused. In a matrix without a decision it
    /// also differs if a level does, or the score of a dimension without levels. `None` says that nothing differs up to `until`: this is proved, not
    /// sampled. How a period of force ends does not matter here.
    ///
    /// Where a date is unknown that is compared with the date of the scoring, every day is scored, which takes as long as there are days.
    ///
    /// ```
    /// use threshold_matrix::{Matrix, Profile};
    ///
    /// let text = threshold_matrix::doc_example()
    ///     .replace("inputs:\n", "inputs:\n  last_charge: { type: date, range: [2000-01-01, 2030-12-31], missing: absent }\n")
    ///     + "flags:\n  recent: { when: { last_charge: { from: { months_ago: 12 } } } }\n";
    /// let matrix = Matrix::from_yaml(&text)?;
    /// let profile = Profile::new().with("arrests", 4).with("rosh", "low").with("last_charge", "2026-03-03");
    /// let case = matrix.prepare(&profile, "2026-11-21".parse()?)?;
    /// let next = case.next_change("2030-12-31".parse()?)?.expect("the flag lapses");
    /// assert_eq!(next.on().to_string(), "2027-03-04");
    /// assert!(next.to_string().contains("on 4 March 2027"));
    /// assert!(case.next_change("2027-03-03".parse()?)?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns the errors of [`Case::score`].
    pub fn next_change(&self, until: Date) -> Result<Option<NextChange>, Refusal> {
        self.next_change_within(until, BUDGET)
    }

    /// Returns the first later day, up to and including `until`, on which the result differs though nothing new is recorded: the tier or status, or what is
    /// possible of it. Flags, levels and scores may differ before that day, as [`Case::next_change`] tells.
    ///
    /// A matrix without a decision has no result; the only change is then that the profile is refused.
    ///
    /// # Errors
    /// Returns the errors of [`Case::score`].
    pub fn next_result_change(&self, until: Date) -> Result<Option<NextChange>, Refusal> {
        let same = |before: &Outcome, after: &Outcome| before.positions() == after.positions();
        let before = self.scored(BUDGET)?;
        let read = self.matrix.plan().read_by_results();
        let found = self.first_day(before, (self.as_at, until), BUDGET, read, same);
        Ok(found.map(|found| NextChange {
            is_of_result: true,
            ..found
        }))
    }

    /// Does the same as [`Case::next_change`] with another limit on the work of each scoring, as [`Case::score_within`] has it.
    ///
    /// # Errors
    /// Returns the errors of [`Case::score`].
    pub fn next_change_within(
        &self,
        until: Date,
        budget: u64,
    ) -> Result<Option<NextChange>, Refusal> {
        self.next_change_from(self.as_at, until, budget)
    }

    /// Does the same as [`Case::next_change`] where it is known that nothing of the outcome differs through a day.
    ///
    /// # Errors
    /// Returns the errors of [`Case::score`].
    #[doc(hidden)]
    pub fn next_change_after(&self, day: Date, until: Date) -> Result<Option<NextChange>, Refusal> {
        self.next_change_from(day, until, BUDGET)
    }

    fn next_change_from(
        &self,
        day: Date,
        until: Date,
        budget: u64,
    ) -> Result<Option<NextChange>, Refusal> {
        let before = self.scored(budget)?;
        let read = self.matrix.plan().read_by_results();
        Ok(self.first_day(before, (day, until), budget, read, same))
    }

    /// Returns the last day, up to and including `until`, through which nothing of the outcome differs with nothing new recorded: neither what
    /// [`Case::next_change`] looks at, nor a score, a level, a scaled number, points, or a named decision. It is the date of the scoring itself if something
    /// differs on the next day, or `until` is not later.
    ///
    /// `None` says that something of the outcome is open, or may be wider than it has to be.
    ///
    /// ```
    /// use threshold_matrix::{Matrix, Profile};
    ///
    /// let text = threshold_matrix::doc_example()
    ///     .replace("inputs:\n", "inputs:\n  last_charge: { type: date, range: [2000-01-01, 2030-12-31], missing: absent }\n")
    ///     + "flags:\n  recent: { when: { last_charge: { from: { months_ago: 12 } } } }\n";
    /// let matrix = Matrix::from_yaml(&text)?;
    /// let profile = Profile::new().with("arrests", 4).with("rosh", "low").with("last_charge", "2026-03-03");
    /// let case = matrix.prepare(&profile, "2026-11-21".parse()?)?;
    /// let last = case.stands_until("2030-12-31".parse()?)?.expect("nothing is open");
    /// assert_eq!(last.to_string(), "2027-03-03");                            // the flag lapses on the day after
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns the errors of [`Case::score`].
    pub fn stands_until(&self, until: Date) -> Result<Option<Date>, Refusal> {
        let before = self.scored(BUDGET)?;
        if !before.is_settled() {
            return Ok(None);
        }
        let read = self.matrix.plan().read_by_everything();
        let found = self.first_day(before, (self.as_at, until), BUDGET, read, Outcome::says_as);
        Ok(Some(match found {
            Some(found) => found.on.ago(1, Unit::Days),
            None => until.max(self.as_at),
        }))
    }

    /// Returns the first day after one, up to another, on which the outcome and that of the date of the scoring are not the same, as far as they read some
    /// nodes of the plan. They are the same up to the first of the two days.
    fn first_day(
        &self,
        before: Outcome,
        (day, until): (Date, Date),
        budget: u64,
        needed: &[bool],
        same: fn(&Outcome, &Outcome) -> bool,
    ) -> Option<NextChange> {
        let (mut day, last) = (day.days(), until.days());
        // What is read of events of which not everything is known changes with the events that can still count.
        let is_open = self.counts.is_open();
        let then = (is_open && day > self.as_at.days()).then(|| self.on(Date::from_days(day)));
        let mut case = then.and_then(Result::ok).unwrap_or_else(|| self.clone());
        loop {
            let readings = readings(&case, needed);
            let mut due: Vec<(i64, &Reading<'_>)> = readings
                .iter()
                .filter_map(|reading| Some((reading.key.next(day, last)?, reading)))
                .collect();
            let later = loop {
                let next = due.iter().map(|(next, _)| *next).min()?;
                let on = Date::from_days(next);
                let then = self.on(on);
                let after = match &then {
                    Ok(case) => case.scored(budget),
                    Err(refusal) => Err(refusal.clone()),
                };
                let is_certain =
                    before.is_exact() && after.as_ref().map_or(true, Outcome::is_exact);
                if !is_certain || !after.as_ref().is_ok_and(|after| same(&before, after)) {
                    let passing = due.iter().filter(|(due, _)| *due == next);
                    return Some(NextChange {
                        before,
                        because: self.because(passing.map(|(_, reading)| *reading), on),
                        on,
                        after,
                        is_certain,
                        is_of_result: false,
                    });
                }
                day = next;
                match then {
                    Ok(then) if is_open => break then,
                    _ => {}
                }
                due.retain_mut(|(due, reading)| {
                    if *due > day {
                        return true;
                    }
                    match reading.key.next(day, last) {
                        Some(next) => *due = next,
                        None => return false,
                    }
                    true
                });
            };
            case = later;
        }
    }

    fn scored(&self, budget: u64) -> Result<Outcome, Refusal> {
        if self.has_unknown {
            self.score_with_unknown(&Answers::of(self.clone(), budget))
        } else {
            self.score()
        }
    }

    /// Returns what passes on a day, each once.
    fn because<'a>(
        &self,
        readings: impl Iterator<Item = &'a Reading<'a>>,
        on: Date,
    ) -> Vec<Passing> {
        let model = self.matrix.model();
        let mut because = Vec::new();
        for reading in readings {
            let input = &model.inputs[reading.input];
            let (name, title) = (
                input.heading.name.clone(),
                input.heading.spoken().to_owned(),
            );
            let (key, left) = reading.key.on(on.days());
            if let (false, Some(count)) = (left.is_empty(), &input.counted) {
                because.extend(self.events_left(count, left, (&name, &title)));
                continue;
            }
            let passing = match key {
                Key::Passed { day, limit } => {
                    let Limit::Ago { count, unit } = limit else {
                        continue;
                    };
                    Passing::Limit {
                        input: name,
                        title,
                        date: Date::from_days(*day),
                        ago: words::length(i64::from(*count), *unit),
                    }
                }
                Key::Event {
                    day,
                    limit: Limit::Ago { count, unit },
                    place,
                    is_known: true,
                } => {
                    let counted = input.counted.as_ref();
                    let list = counted.map(|count| model.events[count.list].heading.name.as_str());
                    Passing::Event {
                        input: name,
                        title,
                        event: format!("{}[{place}]", list.unwrap_or_default()),
                        date: Date::from_days(*day),
                        ago: words::length(i64::from(*count), *unit),
                    }
                }
                Key::Sum { .. } | Key::Length(_) | Key::Beyond { .. } => {
                    let value =
                        |date: Date| Value::of(&input.domain, self.value_on(reading.input, date));
                    Passing::Length {
                        input: name,
                        title,
                        from: value(on.ago(1, Unit::Days)),
                        to: value(on),
                    }
                }
                Key::Day | Key::Event { .. } | Key::Until(_) => {
                    Passing::Unknown { input: name, title }
                }
                Key::Constant(_) | Key::Runs(_) => continue,
            };
            because.push(passing);
        }
        let mut once: Vec<Passing> = Vec::new();
        for passing in because {
            if !once.contains(&passing) {
                once.push(passing);
            }
        }
        self.those_that_differ(once, on)
    }

    /// Returns what passes on a day without the counts of partly known events that can be nothing else than on the day before, or all of it if that would
    /// leave nothing.
    fn those_that_differ(&self, because: Vec<Passing>, on: Date) -> Vec<Passing> {
        let is_open = |passing: &Passing| matches!(passing, Passing::Unknown { .. });
        if !because.iter().any(is_open) {
            return because;
        }
        let (Ok(before), Ok(after)) = (self.on(on.ago(1, Unit::Days)), self.on(on)) else {
            return because;
        };
        let inputs = &self.matrix.model().inputs;
        let differs = |passing: &Passing| {
            let Passing::Unknown { input, .. } = passing else {
                return true;
            };
            let mut inputs = inputs.iter();
            let Some((id, _)) = inputs.find(|(_, own)| own.heading.name == *input) else {
                return true;
            };
            let was = before.counted_alone(id);
            was.is_none() || was != after.counted_alone(id)
        };
        let differing: Vec<Passing> = because.iter().filter(|own| differs(own)).cloned().collect();
        if differing.is_empty() {
            because
        } else {
            differing
        }
    }

    /// Returns what an input that is counted of events can be by itself, or `None` if it is not counted or that would be too much work to tell.
    fn counted_alone(&self, input: InputId) -> Option<Vec<Slot>> {
        let model = self.matrix.model();
        let count = model.inputs[input].counted.as_ref()?;
        let events = self.counts.events(count.list)?;
        let list = &model.events[count.list];
        let values = alone(model, list, input, events, &self.slots, self.as_at);
        (!values.is_empty()).then_some(values)
    }

    /// Returns that these events of a list, by their places, no longer count for an input.
    fn events_left(
        &self,
        count: &Count,
        places: &[usize],
        (input, title): (&str, &str),
    ) -> Vec<Passing> {
        let list = &self.matrix.model().events[count.list].heading.name;
        let events = self.counts.events(count.list);
        let left = places.iter().filter_map(|place| {
            let within = count.window.within?;
            Some(Passing::Event {
                input: input.to_owned(),
                title: title.to_owned(),
                event: format!("{list}[{place}]"),
                date: Date::from_days(events?.list.get(*place)?.first),
                ago: words::length(i64::from(within.count), within.unit),
            })
        });
        left.collect()
    }
}

/// Returns whether two outcomes of one profile say the same.
fn same(before: &Outcome, after: &Outcome) -> bool {
    let model = before.matrix().model();
    before.positions() == after.positions()
        && before.flags().eq(after.flags())
        && (model.decision.is_some()
            || model.dimensions.ids().all(|id| {
                let (before, after) = (before.dimension_result(id), after.dimension_result(id));
                before.levels == after.levels
                    && (before.levels.0 != 0 || before.range == after.range)
            }))
}

impl NextChange {
    /// Returns the day.
    #[must_use]
    pub fn on(&self) -> Date {
        self.on
    }

    /// Returns the outcome before the day.
    pub fn before(&self) -> &Outcome {
        &self.before
    }

    /// Returns the outcome on the day.
    ///
    /// # Errors
    /// Returns the refusal if the profile is refused from that day on, because a length of time leaves its range or a check fails.
    pub fn outcome(&self) -> Result<&Outcome, &Refusal> {
        self.after.as_ref()
    }

    /// Returns whether the result itself may differ on the day: the tier or status, or what is possible of it. If not, a flag, a level or a score does.
    #[must_use]
    pub fn changes_result(&self) -> bool {
        !self.is_certain
            || !matches!(&self.after, Ok(after) if after.positions() == self.before.positions())
    }

    /// Returns what the passing of the day changes that the outcome can depend on.
    #[must_use]
    pub fn because(&self) -> &[Passing] {
        &self.because
    }

    /// Returns whether the outcome certainly differs on the day. If not, finding out would have taken more work than a scoring may, and this is the first
    /// day on which it may differ.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.is_certain
    }
}

/// It serialises as the day, the result then, what differs in words, and what passes.
impl Serialize for NextChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let after = self.after.as_ref();
        let mut next = serializer.serialize_struct("next_change", 8)?;
        next.serialize_field("on", &self.on)?;
        next.serialize_field("tier", &after.ok().and_then(Outcome::tier))?;
        next.serialize_field("status", &after.ok().and_then(Outcome::status))?;
        next.serialize_field("possible", &after.ok().map(Outcome::possible))?;
        next.serialize_field("certain", &self.is_certain)?;
        next.serialize_field("what", &self.what())?;
        next.serialize_field("because", &self.because)?;
        let error = after.err().map(ToString::to_string);
        next.serialize_field("error", &error)?;
        next.end()
    }
}
