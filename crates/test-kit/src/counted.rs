//! Generated matrices of the whole language in which some of the inputs are counted of events.
//!
//! Such an input has the type, the range and the policy that it has in the matrix without events. So what a profile with events comes to on a day is what
//! the matrix without events makes of the profile in which the counts of that day are written.

use jiff::Span;
use jiff::civil::Date;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};

use crate::events::{Count, Event, Takes, count, event};
use crate::spec::{Derivation, Input, Kind, Missing, Moment, Spec};
use crate::strategy::{self, Holding, Setting};
use crate::value::{Profile, Value, to_json};
use crate::yaml::{self, Layout, Node};

/// A matrix of which some inputs are counted of events, and a profile with events for it, to be scored at `spec.as_at`.
#[derive(Clone, Debug)]
pub struct Case {
    /// The matrix without events.
    pub spec: Spec,
    /// The inputs that are counted, by name.
    pub counts: Vec<(String, Count)>,
    /// The values of the other inputs.
    pub profile: Profile,
    /// The date that windows begin or end at.
    pub charged: Date,
    /// The events of the profile.
    pub events: Vec<Event>,
}

/// Returns a strategy for matrices with profiles. In about every other one of them, nothing is counted.
pub fn cases(setting: Setting) -> impl Strategy<Value = Case> {
    let day: Date = "2026-01-01".parse().expect("a date");
    (
        strategy::cases(setting, Holding::AbsentAndAssumed),
        any::<bool>(),
        vec(count(), 12),
        vec(event(day, false), 0..10),
        0..900_i64,
    )
        .prop_map(move |(case, counted, counts, mut events, charged)| {
            let strategy::Case { spec, mut profile } = case;
            let as_at = spec.as_at;
            for event in &mut events {
                event.day = as_at - (day - event.day);
            }
            let counts: Vec<(String, Count)> = match counted {
                true => (spec.inputs.iter().zip(counts))
                    .filter_map(|(input, count)| {
                        Some((input.name.clone(), fitting(&spec, input, count)?))
                    })
                    .collect(),
                false => Vec::new(),
            };
            profile.retain(|(name, _)| !counts.iter().any(|(counted, _)| counted == name));
            Case {
                charged: as_at - Span::new().days(charged),
                spec,
                counts,
                profile,
                events,
            }
        })
}

/// Returns a count that can stand in place of an input, if one can.
fn fitting(spec: &Spec, input: &Input, count: Count) -> Option<Count> {
    let is_part = |derivation: &Derivation| match derivation {
        Derivation::Between { first, second, .. } => {
            [first, second].contains(&&Moment::Input(input.name.clone()))
        }
        Derivation::Sum(parts) => parts.contains(&input.name),
    };
    let is_part = (spec.derived.iter()).any(|derived| is_part(&derived.derivation));
    let takes = match (&input.kind, &input.missing, count.takes) {
        (Kind::Integer { low: 0.., high }, Missing::Error, takes) if *high <= MOST => match takes {
            Takes::Count | Takes::Distinct(false) | Takes::Sum(_) => takes,
            Takes::Distinct(true) | Takes::Highest(true) => Takes::Sum(true),
            Takes::Highest(false) => Takes::Sum(false),
            Takes::Latest | Takes::Earliest | Takes::DaysSince => Takes::Count,
        },
        (Kind::Integer { low: 0.., high }, Missing::Absent, takes) if *high <= MOST && !is_part => {
            match takes {
                Takes::Latest | Takes::Earliest | Takes::DaysSince => Takes::DaysSince,
                _ => Takes::Highest(false),
            }
        }
        (Kind::Date { .. }, Missing::Absent, takes) if !is_part => match takes {
            Takes::Count | Takes::Sum(_) | Takes::Earliest => Takes::Earliest,
            _ => Takes::Latest,
        },
        _ => return None,
    };
    // The days since an event in a window cannot be more than the window has.
    let is_short = takes == Takes::DaysSince && count.anchor.is_none();
    let months = match count.months {
        Some((count, false)) if is_short => Some((count.max(4), false)),
        months => months,
    };
    Some(Count {
        one_per: count.one_per && matches!(takes, Takes::Count | Takes::Sum(_)),
        takes,
        months,
        ..count
    })
}

/// The largest number of an input that can be counted, and how many events a profile may list.
const MOST: i64 = 100;

impl Case {
    /// Returns the matrix with events as YAML.
    pub fn to_yaml(&self) -> String {
        let mut document = self.spec.document();
        if !self.counts.is_empty() {
            let Node::Map(entries) = &mut document else {
                panic!("a document is a map");
            };
            let key = |name: &str| Node::Text(name.to_owned());
            let of = |entries: &[(Node, Node)], name: &str| {
                (entries.iter())
                    .position(|(key, _)| matches!(key, Node::Text(text) if text == name))
            };
            let inputs = of(entries, "inputs").expect("a matrix has inputs");
            if let Node::Map(inputs) = &mut entries[inputs].1 {
                for (name, _) in &self.counts {
                    let at = of(inputs, name).expect("what is counted was an input");
                    inputs.remove(at);
                }
                inputs.push((key("charged"), Node::Plain("{ type: date }".to_owned())));
                let weight =
                    format!("weight: {{ type: integer, range: [0, {MOST}], missing: absent }}");
                inputs.push((
                    key("events"),
                    Node::Plain(format!(
                        "{{ type: events, at_most: {MOST}, fields: {{ kind: {{ type: category, values: [robbery, burglary, assault], missing: absent }}, {weight}, victim: {{ type: reference, missing: absent }} }} }}"
                    )),
                ));
            }
            let mut derived: Vec<(Node, Node)> = (self.counts.iter())
                .map(|(name, count)| (key(name), Node::Plain(self.written(name, count))))
                .collect();
            match of(entries, "derived") {
                Some(at) => {
                    if let Node::Map(others) = &mut entries[at].1 {
                        derived.append(others);
                        *others = derived;
                    }
                }
                None => entries.insert(inputs + 1, (key("derived"), Node::Map(derived))),
            }
        }
        yaml::print(&document, Layout::AsGiven, self.spec.seed)
    }

    fn written(&self, name: &str, count: &Count) -> String {
        let input = self.spec.input(name).expect("what is counted was an input");
        let range = match &input.kind {
            Kind::Integer { low, high } => format!(", range: [{low}, {high}]"),
            Kind::Date { low, high, written } if *written => format!(", range: [{low}, {high}]"),
            _ => String::new(),
        };
        let protected = input
            .protected
            .map(|protected| format!(", protected: {protected}"));
        format!(
            "{{ {}{range}{} }}",
            count.written(),
            protected.unwrap_or_default()
        )
    }

    /// Returns the profile with events as JSON.
    pub fn profile(&self) -> String {
        let mut text = to_json(&self.profile);
        if !self.counts.is_empty() {
            let events: Vec<String> = self.events.iter().map(Event::written).collect();
            let comma = if self.profile.is_empty() { "" } else { ", " };
            text.pop();
            text += &format!(
                "{comma}\"charged\": \"{}\", \"events\": [{}] }}",
                self.charged,
                events.join(", ")
            );
        }
        text
    }

    /// Returns the profile for the matrix without events, with what is counted on a day.
    pub fn counted_on(&self, day: Date) -> Profile {
        let mut profile = self.profile.clone();
        for (name, count) in &self.counts {
            let charged = Some(self.charged);
            let value = match count.takes {
                Takes::Latest | Takes::Earliest => {
                    let counting = count.counting(&self.events, day, charged);
                    let counting = counting.unwrap_or_default();
                    let event = match count.takes {
                        Takes::Latest => counting.last(),
                        _ => counting.first(),
                    };
                    event.map(|event| Value::Date(event.day.to_string()))
                }
                _ => count.of(&self.events, day, charged).map(Value::Integer),
            };
            profile.extend(value.map(|value| (name.clone(), value)));
        }
        profile
    }
}
