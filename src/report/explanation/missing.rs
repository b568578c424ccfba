//! Tells what the profile gave, what it did not give, and whether that matters.

use crate::arena::InputId;
use crate::report::document::tree::{Block, Section, SectionKind, Table};
use crate::report::explanation::ExplanationWriter;
use crate::report::explanation::changes::same_whatever;
use crate::score::trace::{
    CountedStep, EventStep, EventsStanding, EventsStep, GivenEvent, InputStep, InputValue,
    NotCounted, Read,
};
use crate::words::{capitalised, counted, listed};

impl ExplanationWriter<'_> {
    /// Returns the section with everything that was read, for whoever checks it.
    pub(super) fn recorded(&self) -> Option<Section> {
        let given =
            self.steps.inputs.iter().filter(|input| {
                matches!(input.read, Read::Given(_) | Read::Derived(_) | Read::Open)
            });
        let pairs: Vec<_> = given
            .map(|input| (input.title.to_owned(), value_in_words(input)))
            .collect();
        let mut section = Section::new("recorded", "What was recorded");
        section.kind = SectionKind::Aside;
        if !pairs.is_empty() {
            section.blocks.push(Block::Table(Table::pairs(
                "Values as given, or worked out from those",
                ["Input", "Value"],
                pairs,
            )));
        }
        let lists = self.steps.events.iter();
        for list in lists.filter(|list| !list.given.is_empty()) {
            section.says(format!("{}, as given:", list.title));
            let events = list.given.iter().map(given_in_words);
            section.blocks.push(Block::List(events.collect()));
        }
        (!section.blocks.is_empty()).then_some(section)
    }

    /// Returns the section that says which events count, if any were given.
    pub(super) fn events(&self) -> Option<Section> {
        let inputs = self.steps.inputs.iter();
        let items: Vec<String> = inputs
            .filter_map(|input| {
                let counted = counted_in_words(input.counted.as_ref()?, self.is_full);
                let value = match input.read {
                    Read::Absent => "none".to_owned(),
                    _ => value_in_words(input),
                };
                Some(format!(
                    "{}: {value}. {}.",
                    input.title,
                    capitalised(&counted)
                ))
            })
            .collect();
        let is_empty = items.is_empty();
        let mut section = Section::new("events", "What was counted");
        section.blocks.push(Block::List(items));
        (!is_empty).then_some(section)
    }

    pub(super) fn missing(&self) -> Option<Section> {
        let mut section = Section::new("missing", "What was not recorded");
        let of = |wanted: fn(&Read<'_>) -> bool| -> Vec<&InputStep<'_>> {
            let inputs = self.steps.inputs.iter();
            inputs.filter(|input| wanted(&input.read)).collect()
        };
        let titles = |inputs: &[&InputStep<'_>]| {
            let titles: Vec<&str> = inputs.iter().map(|input| input.title).collect();
            titles.join("; ")
        };
        let mut items = Vec::new();
        let unknown = of(|read| *read == Read::Unknown);
        let answers = self.answers();
        let asked = self.changes.map_or(0, |changes| changes.unknown().len());
        if !unknown.is_empty() && asked == unknown.len() {
            items.extend(answers);
        } else if !unknown.is_empty() {
            let matters = match (self.outcome.is_provisional(), unknown.len()) {
                (true, 1) => "The result may depend on this.",
                (true, _) => "The result may depend on these.",
                (false, count) => same_whatever(count),
            };
            items.push(format!("Not known: {}. {matters}", titles(&unknown)));
        }
        for list in self.steps.events.iter().filter(|list| list.is_open) {
            let found = self.events_at(list.name, &list.open);
            let what = if found.is_empty() || found.len() != list.open.len() {
                unknown_of(list)
            } else {
                missing_in(&format!("{} ({})", days(&found, MOST_DAYS), list.title))
            };
            let matters = if self.outcome.is_provisional() {
                "The result may depend on this."
            } else {
                same_whatever(1)
            };
            items.push(format!("Not known: {what}. {matters}"));
        }
        let assumed = of(|read| matches!(read, Read::Assumed(_)));
        if !assumed.is_empty() {
            let rests = self.rests_on(&assumed);
            let assumed: Vec<_> = assumed
                .iter()
                .filter_map(|input| {
                    let value = with_unit(input.read.value()?, input.unit);
                    Some(format!("{} ({value})", input.title))
                })
                .collect();
            let wrong = match assumed.len() {
                1 => "If this is wrong",
                _ => "If one of these is wrong",
            };
            let told = if rests {
                format!("{wrong}, the result may be wrong.")
            } else {
                same_whatever(assumed.len()).to_owned()
            };
            items.push(format!(
                "Taken as given, since nothing is recorded: {}. {told}",
                assumed.join("; ")
            ));
        }
        // What is worked out from other inputs is not for anybody to record.
        let is_asked = |step: &&InputStep<'_>| {
            let mut inputs = self.matrix.model().inputs.items().iter();
            inputs.any(|input| {
                input.heading.name == step.name
                    && input.derived.is_none()
                    && input.counted.is_none()
            })
        };
        let absent = of(|read| *read == Read::Absent);
        let lists = self.steps.events.iter();
        let lists = lists.filter(|list| list.standing == EventsStanding::Absent);
        let lists = lists.map(|list| list.title);
        let asked = absent.iter().copied().filter(is_asked);
        let all: Vec<&str> = asked.map(|input| input.title).chain(lists).collect();
        if !all.is_empty() {
            let told = if self.rests_on(&absent) {
                "If there is something to record, the result may change."
            } else {
                same_whatever(all.len())
            };
            items.push(format!(
                "Left blank, as the matrix allows: {}. {told}",
                all.join("; ")
            ));
        }
        if items.is_empty() {
            return None;
        }
        section.blocks.push(Block::List(items));
        Some(section)
    }
}

impl ExplanationWriter<'_> {
    /// Returns whether the result may be another if something else is recorded for some inputs.
    fn rests_on(&self, inputs: &[&InputStep<'_>]) -> bool {
        let model = self.matrix.model();
        if model.decision.is_none() {
            return true;
        }
        let is_one = |name: &str| inputs.iter().any(|input| input.name == name);
        let ids = model
            .inputs
            .iter()
            .filter(|(_, own)| is_one(&own.heading.name));
        let ids: Vec<InputId> = ids.map(|(id, _)| id).collect();
        let open = self.case.without(&ids).and_then(|case| case.score().ok());
        open.is_none_or(|open| open.result() != self.outcome.result())
    }

    /// Returns the events at some places of a list, as far as it is told whether they count.
    fn events_at(&self, list: &str, places: &[usize]) -> Vec<EventStep> {
        let counted = self.steps.inputs.iter();
        let counted = counted.filter_map(|input| input.counted.as_ref());
        let told = counted.filter(|step| step.list == list).flat_map(|step| {
            let first_not = step.first_not.iter().map(|(event, _)| event);
            let counts = step.counts.iter().chain(&step.repeated);
            counts.chain(&step.may_count).chain(first_not)
        });
        // What an event stands for is told where it is counted.
        let mut found: Vec<EventStep> = told
            .filter(|event| places.contains(&event.event))
            .map(|event| EventStep {
                gives: None,
                ..*event
            })
            .collect();
        found.sort_by_key(|event| (event.from, event.until, event.event));
        found.dedup();
        found
    }
}

/// Returns what is not known of a list: all of it, or what is missing in it.
pub(super) fn unknown_of(list: &EventsStep<'_>) -> String {
    match list.standing {
        EventsStanding::Given => missing_in(list.title),
        _ => list.title.to_owned(),
    }
}

/// Returns what is not known of something of which the rest is known.
fn missing_in(title: &str) -> String {
    format!("what is missing in {title}")
}

/// Returns what was read of an input in words, such as "4", "63%" or "not known".
pub(super) fn value_in_words(input: &InputStep<'_>) -> String {
    match &input.read {
        Read::Given(value) | Read::Derived(value) => with_unit(value, input.unit),
        Read::Assumed(value) => format!("{}, assumed", with_unit(value, input.unit)),
        Read::Absent => "not recorded".to_owned(),
        Read::Open => match input.counted.as_ref().and_then(|step| step.range.as_ref()) {
            Some((InputValue::Number(least), InputValue::Number(most))) => {
                let to = if most.checked_sub(*least) == Some(1.into()) {
                    "or"
                } else {
                    "to"
                };
                let most = with_unit(&InputValue::Number(*most), input.unit);
                format!("{least} {to} {most}")
            }
            Some((InputValue::Date(from), InputValue::Date(until))) => {
                from.between_in_words(*until)
            }
            _ => "not known".to_owned(),
        },
        Read::Unknown => "not known".to_owned(),
        Read::Hidden => "hidden".to_owned(),
    }
}

/// The most events whose days are written out, and the most where each gives a number of its own.
const MOST_DAYS: usize = 3;
const MOST_NUMBERS: usize = 12;

/// Returns which events count, and why the others do not: those that are repeated, and the first of the rest.
fn counted_in_words(step: &CountedStep<'_>, is_full: bool) -> String {
    let most = match step.counts.iter().any(|event| event.gives.is_some()) {
        _ if is_full => usize::MAX,
        true => MOST_NUMBERS,
        false => MOST_DAYS,
    };
    let days = |events: &[EventStep]| days(events, most);
    let mut parts = vec![match step.counts.as_slice() {
        [] => "no event counts".to_owned(),
        [only] => format!("{} counts", days(std::slice::from_ref(only))),
        events => format!("{} count", days(events)),
    }];
    if let (Some(field), false) = (step.one_per, step.repeated.is_empty()) {
        let verb = match step.repeated.len() {
            1 => "has",
            _ => "have",
        };
        let which = days(&step.repeated);
        parts.push(format!(
            "{which} {verb} the same \"{field}\" as one that counts"
        ));
    }
    if !step.may_count.is_empty() {
        let which = days(&step.may_count);
        parts.push(format!("{which} may count, since not all of it is known"));
    }
    if let Some((event, reason)) = &step.first_not {
        let why = match reason {
            // What is not known of the day can only make it older.
            NotCounted::TooOld { days } if event.from != event.until => {
                format!("is at least {} too old", counted(*days, "day"))
            }
            NotCounted::TooOld { days: 1 } => "is a day too old".to_owned(),
            NotCounted::TooOld { days } => format!("is {} too old", counted(*days, "day")),
            NotCounted::TooLate => "is too late".to_owned(),
            NotCounted::NoValue => "does not have what is counted".to_owned(),
            NotCounted::Other => "is of another kind".to_owned(),
        };
        parts.push(format!("the one of {} {why}", day(event)));
    }
    parts.join("; ")
}

/// Returns a value with its unit. What is not there has none.
fn with_unit(value: &InputValue<'_>, unit: Option<&str>) -> String {
    match (value, unit) {
        (InputValue::Members(members), _) if members.is_empty() => value.to_string(),
        (_, Some("%")) => format!("{value}%"),
        (_, Some(unit)) => format!("{value} {unit}"),
        (_, None) => value.to_string(),
    }
}

/// Returns an event as the profile gave it, such as "3 May 2026. Kind: burglary".
fn given_in_words(event: &GivenEvent<'_>) -> String {
    let fields = event.fields.iter().filter_map(|field| {
        let value = match &field.read {
            Read::Absent => return None,
            Read::Given(value) => with_unit(value, field.unit),
            _ => "not known".to_owned(),
        };
        Some(format!("{}: {value}", field.title))
    });
    let days = event.from.between_in_words(event.until);
    let told: Vec<String> = std::iter::once(capitalised(&days)).chain(fields).collect();
    told.join("; ")
}

/// Returns the day of an event in words, with the number that it stands for, if there is one.
fn day(event: &EventStep) -> String {
    let day = event.from.between_in_words(event.until);
    match event.gives {
        Some(gives) => format!("{day} ({gives})"),
        None => day,
    }
}

/// Returns the days of some events in words, in their order.
fn days(events: &[EventStep], most: usize) -> String {
    match events {
        [only] => format!("the event of {}", day(only)),
        [first, .., last] if events.len() > most => format!(
            "{} from {} to {}",
            counted(i64::try_from(events.len()).unwrap_or(i64::MAX), "event"),
            first.from.in_words(),
            last.until.in_words()
        ),
        events => format!(
            "the events of {}",
            listed(&events.iter().map(day).collect::<Vec<_>>(), "and")
        ),
    }
}
