//! Matrices that count dated events, lists of events for them, and what is counted by a plain loop over days and events.
//!
//! What is not known of an event is filled in in every way there is, and each of the filled lists is counted by itself.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use proptest::prelude::*;

use crate::calendar::days;

/// A matrix that counts events, with one list of them.
#[derive(Debug, Clone)]
pub struct Counting {
    /// The date of the scoring.
    pub as_at: Date,
    /// Whether the kind, the weight and the victim of an event may be unknown; they may be absent otherwise.
    pub unknown: [bool; 3],
    /// What is counted.
    pub counts: Vec<Count>,
    /// The date that windows begin or end at, if the profile has it.
    pub charged: Option<Date>,
    /// The events of the profile.
    pub events: Vec<Event>,
    /// How much each count adds to the score, and the scores from which the tiers begin.
    pub factors: Vec<i64>,
    /// The cut-offs of the tiers, in descending order.
    pub cuts: Vec<i64>,
}

/// One thing that is counted.
#[derive(Debug, Clone)]
pub struct Count {
    /// What is taken of the events.
    pub takes: Takes,
    /// The kinds that count.
    pub kinds: Option<BTreeSet<usize>>,
    /// The least weight that counts.
    pub weight: Option<i64>,
    /// The months that count, which may be years.
    pub months: Option<(i64, bool)>,
    /// Whether the window is before or after the other date.
    pub anchor: Option<Side>,
    /// Whether only one event of a victim counts.
    pub one_per: bool,
}

/// What is taken of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// How many there are.
    Count,
    /// How many kinds or victims there are.
    Distinct(bool),
    /// The sum of the points of their kinds, or of their weights.
    Sum(bool),
    /// The highest of those.
    Highest(bool),
    /// Whether the latest is in the last two months.
    Latest,
    /// Whether the earliest is in the last two months.
    Earliest,
    /// The days since the latest.
    DaysSince,
}

/// On which side of a date a window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before it.
    Before,
    /// After it.
    After,
}

/// An event. What is `None` is not recorded.
#[derive(Debug, Clone)]
pub struct Event {
    /// The day.
    pub day: Date,
    /// How much of the day is known.
    pub known: Precision,
    /// The kind.
    pub kind: Option<usize>,
    /// The weight.
    pub weight: Option<i64>,
    /// The victim.
    pub victim: Option<usize>,
}

/// How much of a day is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// All of it.
    Day,
    /// The month.
    Month,
    /// The year.
    Year,
}

const KINDS: [&str; 3] = ["robbery", "burglary", "assault"];
const POINTS: [i64; 3] = [50, 7, 1];
/// The days since the latest event at which its points change.
const DAYS: [i64; 6] = [0, 7, 31, 60, 365, 366];
/// What an input without a value adds to the score.
const NOTHING: i64 = -3;

fn last_of_month(year: i16, month: i8) -> Date {
    (28..=31)
        .rev()
        .find_map(|day| Date::new(year, month, day).ok())
        .unwrap()
}

/// Returns the day a number of months before or after another, by the numbers of the calendar alone.
fn months_from(date: Date, months: i64) -> Date {
    let all = i64::from(date.year()) * 12 + i64::from(date.month()) - 1 + months;
    let (year, month) = (all.div_euclid(12) as i16, all.rem_euclid(12) as i8 + 1);
    Date::new(year, month, date.day()).unwrap_or_else(|_| last_of_month(year, month))
}

impl Counting {
    /// Returns the matrix as YAML.
    pub fn matrix(&self) -> String {
        let policy = |at: usize| {
            if self.unknown[at] {
                "unknown"
            } else {
                "absent"
            }
        };
        let mut text = format!(
            "format: 1\nid: counting\nversion: 1.0.0\ntitle: Counting\nstatus: illustrative\ntiers: [{}]\ninputs:\n  \
             charged: {{ type: date, missing: absent }}\n  extra: {{ type: integer, range: [0, 3], missing: {{ assume: 1 }} }}\n  events: {{ type: events, at_most: 40, fields: {{ \
             kind: {{ type: category, values: [robbery, burglary, assault], missing: {} }}, \
             weight: {{ type: integer, range: [0, 3], missing: {} }}, victim: {{ type: reference, missing: {} }} }} }}\nderived:\n",
            (0..=self.cuts.len())
                .map(|at| format!("t{at}"))
                .collect::<Vec<_>>()
                .join(", "),
            policy(0),
            policy(1),
            policy(2),
        );
        for (at, count) in self.counts.iter().enumerate() {
            text += &format!("  c{at}: {{ {} }}\n", count.written());
        }
        text += "criteria:\n";
        for (at, count) in self.counts.iter().enumerate() {
            let factor = self.factors[at];
            let absent = if count.may_be_absent() {
                format!(", absent: {NOTHING}")
            } else {
                String::new()
            };
            text += &match count.takes {
                Takes::Latest | Takes::Earliest => format!(
                    "  p{at}: {{ when: {{ c{at}: {{ from: {{ months_ago: 2 }} }} }}, points: {factor} }}\n"
                ),
                Takes::DaysSince => {
                    let bands = count.bands().iter().zip((0..6).rev()).map(|(from, times)| {
                        format!("{{ from: {from}, points: {} }}", factor * times)
                    });
                    format!(
                        "  p{at}: {{ input: c{at}, bands: [{}]{absent} }}\n",
                        bands.collect::<Vec<_>>().join(", ")
                    )
                }
                _ => format!("  p{at}: {{ input: c{at}, each: 1, points: {factor}{absent} }}\n"),
            };
        }
        // So that every tier can be reached whatever is counted.
        text += "  wide: { input: extra, values: { 0: -1000, 1: 0, 2: 0, 3: 1000 } }\n";
        let all: Vec<String> = (0..self.counts.len())
            .map(|at| format!("p{at}"))
            .chain(["wide".to_owned()])
            .collect();
        text += &format!("dimensions:\n  harm: {{ score: [{}] }}\n", all.join(", "));
        let tiers = (self.cuts.iter().enumerate())
            .map(|(at, cut)| format!("{{ tier: t{at}, from: {cut} }}"))
            .chain([format!("{{ tier: t{} }}", self.cuts.len())]);
        text += &format!(
            "decision:\n  bands: {{ of: harm, tiers: [{}] }}\n",
            tiers.collect::<Vec<_>>().join(", ")
        );
        text
    }

    /// Returns the profile as JSON.
    pub fn profile(&self) -> String {
        let mut entries = Vec::new();
        if let Some(charged) = self.charged {
            entries.push(format!("\"charged\": \"{charged}\""));
        }
        let events: Vec<String> = self.events.iter().map(Event::written).collect();
        entries.push(format!("\"events\": [{}]", events.join(", ")));
        format!("{{ {} }}", entries.join(", "))
    }

    /// Returns the list in every way in which what is not known can be, or `None` if there are more than `most`.
    pub fn filled(&self, as_at: Date, most: usize) -> Option<Vec<Vec<Event>>> {
        let mut lists = vec![Vec::new()];
        let victims: BTreeSet<usize> = self
            .events
            .iter()
            .filter_map(|event| event.victim)
            .collect();
        // As many that nobody else is as there are events.
        let others = 100..100 + self.events.len();
        for event in &self.events {
            let (first, last) = event.possible_days();
            let kinds: Vec<Option<usize>> = match event.kind {
                None if self.unknown[0] => (0..3).map(Some).collect(),
                kind => vec![kind],
            };
            let weights: Vec<Option<i64>> = match event.weight {
                None if self.unknown[1] => (0..=3).map(Some).collect(),
                weight => vec![weight],
            };
            let of: Vec<Option<usize>> = match event.victim {
                None if self.unknown[2] => victims
                    .iter()
                    .copied()
                    .chain(others.clone())
                    .map(Some)
                    .collect(),
                victim => vec![victim],
            };
            let mut ways = Vec::new();
            for day in days(first, last.min(as_at)) {
                for kind in &kinds {
                    for weight in &weights {
                        for victim in &of {
                            ways.push(Event {
                                day,
                                known: Precision::Day,
                                kind: *kind,
                                weight: *weight,
                                victim: *victim,
                            });
                        }
                    }
                }
            }
            if lists.len() * ways.len() > most {
                return None;
            }
            lists = lists
                .iter()
                .flat_map(|list: &Vec<Event>| {
                    ways.iter().map(|way| {
                        let mut list = list.clone();
                        list.push(way.clone());
                        list
                    })
                })
                .collect();
        }
        Some(lists)
    }

    /// Returns what each count comes to for a list of which everything is known.
    pub fn counted(&self, list: &[Event], as_at: Date) -> Vec<Option<i64>> {
        self.counts
            .iter()
            .map(|count| count.of(list, as_at, self.charged))
            .collect()
    }

    /// Returns the points that what was counted gives.
    pub fn points(&self, counted: &[Option<i64>]) -> Vec<i64> {
        let counts = self.counts.iter().zip(&self.factors).zip(counted);
        counts
            .map(|((count, factor), counted)| match (count.takes, counted) {
                (Takes::Latest | Takes::Earliest, counted) => counted.unwrap_or(0) * factor,
                (Takes::DaysSince, Some(days)) => {
                    let beyond = count.bands().iter().filter(|from| days >= *from).count() as i64;
                    (6 - beyond) * factor
                }
                (_, Some(counted)) => counted * factor,
                (_, None) => NOTHING,
            })
            .collect()
    }

    /// Returns the tier of a score.
    pub fn tier(&self, score: i64) -> String {
        let at = self.cuts.iter().position(|cut| score >= *cut);
        format!("t{}", at.unwrap_or(self.cuts.len()))
    }
}

impl Event {
    fn possible_days(&self) -> (Date, Date) {
        let (year, month) = (self.day.year(), self.day.month());
        match self.known {
            Precision::Day => (self.day, self.day),
            Precision::Month => (
                Date::new(year, month, 1).unwrap(),
                last_of_month(year, month),
            ),
            Precision::Year => (
                Date::new(year, 1, 1).unwrap(),
                Date::new(year, 12, 31).unwrap(),
            ),
        }
    }

    /// Returns the event as JSON.
    pub(crate) fn written(&self) -> String {
        let (year, month) = (self.day.year(), self.day.month());
        let date = match self.known {
            Precision::Day => self.day.to_string(),
            Precision::Month => format!("{year:04}-{month:02}"),
            Precision::Year => format!("{year:04}"),
        };
        let mut entries = vec![format!("\"date\": \"{date}\"")];
        entries.extend(
            self.kind
                .map(|kind| format!("\"kind\": \"{}\"", KINDS[kind])),
        );
        entries.extend(self.weight.map(|weight| format!("\"weight\": {weight}")));
        entries.extend(
            self.victim
                .map(|victim| format!("\"victim\": \"v{victim}\"")),
        );
        format!("{{ {} }}", entries.join(", "))
    }
}

impl Count {
    /// Returns the days since the latest event at which its points change: those that the window holds.
    fn bands(&self) -> &'static [i64] {
        if self.anchor.is_none() && self.months.is_some() {
            &DAYS[..3]
        } else {
            &DAYS
        }
    }

    fn may_be_absent(&self) -> bool {
        self.anchor.is_some() || matches!(self.takes, Takes::Highest(_) | Takes::DaysSince)
    }

    /// Returns the count as YAML.
    pub(crate) fn written(&self) -> String {
        let of = |is_kind: bool| {
            if is_kind {
                "of: kind, points: { robbery: 50, burglary: 7, assault: 1 }"
            } else {
                "of: weight"
            }
        };
        let mut keys = vec![match self.takes {
            Takes::Count => "count: events".to_owned(),
            Takes::Distinct(true) => "distinct: events, of: kind".to_owned(),
            Takes::Distinct(false) => "distinct: events, of: victim".to_owned(),
            Takes::Sum(kind) => format!("sum: events, {}", of(kind)),
            Takes::Highest(kind) => format!("highest: events, {}", of(kind)),
            Takes::Latest => "latest: events".to_owned(),
            Takes::Earliest => "earliest: events".to_owned(),
            Takes::DaysSince => "days_since: events".to_owned(),
        }];
        let mut conditions = Vec::new();
        if let Some(kinds) = &self.kinds {
            let kinds: Vec<&str> = kinds.iter().map(|kind| KINDS[*kind]).collect();
            conditions.push(format!("kind: [{}]", kinds.join(", ")));
        }
        if let Some(weight) = self.weight {
            conditions.push(format!("weight: {{ from: {weight} }}"));
        }
        if !conditions.is_empty() {
            keys.push(format!("where: {{ {} }}", conditions.join(", ")));
        }
        match self.months {
            Some((count, true)) => keys.push(format!("within: {{ years: {count} }}")),
            Some((count, false)) => keys.push(format!("within: {{ months: {count} }}")),
            None => {}
        }
        match self.anchor {
            Some(Side::Before) => keys.push("before: charged".to_owned()),
            Some(Side::After) => keys.push("after: charged".to_owned()),
            None => {}
        }
        if self.one_per {
            keys.push("one_per: victim".to_owned());
        }
        keys.join(", ")
    }

    /// Returns the events that count, the earliest first, or `None` if the other date is not known.
    pub fn counting<'a>(
        &self,
        list: &'a [Event],
        as_at: Date,
        charged: Option<Date>,
    ) -> Option<Vec<&'a Event>> {
        let months = self
            .months
            .map(|(count, is_years)| if is_years { count * 12 } else { count });
        let very_first = Date::new(1900, 1, 1).unwrap();
        let one = jiff::Span::new().days(1);
        let (from, to) = match (self.anchor, months) {
            (None, None) => (very_first, as_at),
            (None, Some(months)) => (months_from(as_at, -months), as_at),
            (Some(Side::Before), None) => (very_first, charged? - one),
            (Some(Side::Before), Some(months)) => (months_from(charged?, -months), charged? - one),
            (Some(Side::After), None) => (charged? + one, as_at),
            (Some(Side::After), Some(months)) => (charged? + one, months_from(charged?, months)),
        };
        let mut counting: Vec<&Event> = Vec::new();
        // Day after day, so that nothing is compared that could be off by one.
        let earliest = list
            .iter()
            .map(|event| event.day)
            .min()
            .unwrap_or(from)
            .max(from);
        for day in days(earliest, to) {
            for event in list.iter().filter(|event| event.day == day) {
                let is_kind = (self.kinds.as_ref())
                    .is_none_or(|kinds| event.kind.is_some_and(|kind| kinds.contains(&kind)));
                let is_weight = (self.weight)
                    .is_none_or(|least| event.weight.is_some_and(|weight| weight >= least));
                if is_kind && is_weight {
                    counting.push(event);
                }
            }
        }
        Some(counting)
    }

    /// Returns what the count comes to, where `Latest` and `Earliest` are 1 if they are in the last two months.
    pub fn of(&self, list: &[Event], as_at: Date, charged: Option<Date>) -> Option<i64> {
        let counting = self.counting(list, as_at, charged)?;
        let number = |event: &Event| match self.takes {
            Takes::Sum(true) | Takes::Highest(true) => event.kind.map(|kind| POINTS[kind]),
            Takes::Sum(false) | Takes::Highest(false) => event.weight,
            _ => Some(1),
        };
        let recent = |day: Date| i64::from(day >= months_from(as_at, -2));
        let numbers = counting
            .iter()
            .filter_map(|event| Some((*event, number(event)?)));
        match self.takes {
            Takes::Count | Takes::Sum(_) if self.one_per => {
                let mut of_one: BTreeMap<usize, i64> = BTreeMap::new();
                let mut sum = 0;
                for (event, number) in numbers {
                    match event.victim {
                        Some(victim) => {
                            let own = of_one.entry(victim).or_insert(number);
                            *own = (*own).max(number);
                        }
                        None => sum += number,
                    }
                }
                Some(sum + of_one.values().sum::<i64>())
            }
            Takes::Count | Takes::Sum(_) => Some(numbers.map(|(_, number)| number).sum()),
            Takes::Distinct(true) => {
                let kinds: BTreeSet<usize> =
                    counting.iter().filter_map(|event| event.kind).collect();
                Some(kinds.len() as i64)
            }
            Takes::Distinct(false) => {
                let victims: BTreeSet<usize> =
                    counting.iter().filter_map(|event| event.victim).collect();
                Some(victims.len() as i64)
            }
            Takes::Highest(_) => numbers.map(|(_, number)| number).max(),
            Takes::Latest => counting.last().map(|event| recent(event.day)),
            Takes::Earliest => counting.first().map(|event| recent(event.day)),
            Takes::DaysSince => {
                let latest = counting.last()?.day;
                Some(days(latest, as_at).count() as i64 - 1)
            }
        }
    }
}

/// Days on which the ends of windows are easily a day off.
fn as_at() -> impl Strategy<Value = Date> {
    let days = [
        "2024-02-28",
        "2024-02-29",
        "2025-02-28",
        "2025-03-01",
        "2026-03-30",
        "2026-03-31",
        "2026-11-30",
        "2026-12-05",
        "2028-02-29",
        "2028-08-31",
    ];
    proptest::sample::select(days.to_vec()).prop_map(|day| day.parse().unwrap())
}

/// How many days before the scoring something is: about the ends of the windows, or anywhere.
fn days_before() -> impl Strategy<Value = i64> {
    prop_oneof![
        0..8_i64,
        27..33_i64,
        57..64_i64,
        88..94_i64,
        362..369_i64,
        1_093..1_099_i64,
        0..1_500_i64,
    ]
}

pub(crate) fn count() -> impl Strategy<Value = Count> {
    let takes = proptest::sample::select(vec![
        Takes::Count,
        Takes::Count,
        Takes::Distinct(true),
        Takes::Distinct(false),
        Takes::Sum(true),
        Takes::Sum(false),
        Takes::Highest(true),
        Takes::Highest(false),
        Takes::Latest,
        Takes::Earliest,
        Takes::DaysSince,
    ]);
    let kinds = proptest::option::weighted(0.4, proptest::collection::btree_set(0..3_usize, 1..3));
    let months = proptest::option::weighted(
        0.8,
        proptest::sample::select(vec![
            (1, false),
            (2, false),
            (3, false),
            (12, false),
            (1, true),
            (3, true),
        ]),
    );
    let anchor = proptest::option::weighted(
        0.25,
        proptest::sample::select(vec![Side::Before, Side::After]),
    );
    (
        takes,
        kinds,
        proptest::option::weighted(0.25, 1..4_i64),
        months,
        anchor,
        proptest::bool::weighted(0.3),
    )
        .prop_map(|(takes, kinds, weight, months, anchor, one_per)| Count {
            one_per: one_per && matches!(takes, Takes::Count | Takes::Sum(_)),
            takes,
            kinds,
            weight,
            months,
            anchor,
        })
}

pub(crate) fn event(as_at: Date, is_open: bool) -> impl Strategy<Value = Event> {
    let known = if is_open {
        prop_oneof![
            6 => Just(Precision::Day),
            3 => Just(Precision::Month),
            1 => Just(Precision::Year),
        ]
        .boxed()
    } else {
        Just(Precision::Day).boxed()
    };
    (
        days_before(),
        known,
        proptest::option::weighted(0.85, 0..3_usize),
        proptest::option::weighted(0.85, 0..4_i64),
        proptest::option::weighted(0.8, 0..3_usize),
    )
        .prop_map(move |(before, known, kind, weight, victim)| Event {
            day: as_at - jiff::Span::new().days(before),
            known,
            kind,
            weight,
            victim,
        })
}

/// Makes matrices that count events, and lists of at most so many events for them. Where `is_open`, not everything of them is known.
pub fn counting(most: usize, is_open: bool) -> impl Strategy<Value = Counting> {
    (
        as_at(),
        any::<[bool; 3]>(),
        proptest::collection::vec(count(), 1..5),
    )
        .prop_flat_map(move |(as_at, unknown, counts)| {
            let wide = counts.len();
            (
                proptest::option::weighted(0.8, days_before()),
                proptest::collection::vec(event(as_at, is_open), 0..=most),
                proptest::collection::vec(
                    proptest::sample::select(vec![1_i64, 1, 2, 5, 11, -1]),
                    wide..=wide,
                ),
                proptest::collection::btree_set(-8..60_i64, 1..6),
            )
                .prop_map(move |(charged, events, factors, cuts)| Counting {
                    as_at,
                    unknown: unknown.map(|unknown| unknown && is_open),
                    counts: counts.clone(),
                    charged: charged.map(|before| as_at - jiff::Span::new().days(before)),
                    events,
                    factors,
                    cuts: cuts.into_iter().rev().collect(),
                })
        })
}
