//! Counts the people of a part of a file by the numbers that decide everything that is counted of them.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use crate::trial::causes::{Causes, Found};
use crate::trial::subject::Tried;
use crate::{Frequency, Times};
use threshold_matrix::CaseKey;
use threshold_matrix::Value;
use threshold_matrix::bulk::Open;

/// The most numbers that are remembered from one part to the next, and the most inputs that are remembered within a part.
const MOST_KNOWN: usize = 1 << 16;

/// What follows from the numbers that the loops gave.
#[derive(Debug, Default)]
pub(super) struct Known {
    tried: HashMap<Vec<u8>, Arc<Tried>>,
    found: HashMap<Vec<u8>, Arc<Found>>,
}

/// What came out of the scorer of one profile, and why it moved.
type ByScorer = (Arc<Tried>, Option<Found>);

/// What is open of rows, and the names of the inputs that could change their result.
type Deciding = (Arc<Open>, Vec<u8>);

/// The people of a part of a file.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The people who count alike, in the order in which the first of each came.
    people: Vec<Alike>,
    /// Positions in `people`, by the numbers that the loops gave and by what was seen later.
    by_loops: HashMap<Vec<u8>, usize>,
    /// Positions in `people`, by what came out of the scorer of one profile and by what was seen later.
    by_scorer: HashMap<(Arc<Tried>, Option<bool>), usize>,
    /// Those who moved, by the numbers that the loops gave.
    movers: HashMap<Vec<u8>, (Arc<Found>, u64)>,
    /// The causes for those who moved and were scored as one profile.
    causes: Causes,
    /// What came out of the scorer of one profile, by the inputs.
    cases: HashMap<[CaseKey; 2], ByScorer>,
    /// The values of each column that is kept.
    values: Vec<Places<Value>>,
    beside: Vec<Beside>,
    /// The inputs that could change the result of each revision, by the address of what is open, which is held so that it is no other's.
    deciding: [HashMap<usize, Deciding>; 2],
    fresh: Known,
    /// The ids, as far as they are looked at.
    pub(super) ids: Vec<Value>,
    pub(super) passed_over: u64,
    pub(super) unreadable_outcomes: u64,
}

/// People who count alike.
#[derive(Debug)]
struct Alike {
    tried: Arc<Tried>,
    observed: Option<bool>,
    moved: bool,
    people: u64,
    /// How often the outcome was seen before and after of those of whom it is known.
    frequency: Frequency,
}

/// Things that are distinct, in the order in which each was first met.
#[derive(Debug)]
struct Places<T> {
    places: HashMap<T, usize>,
    all: Vec<T>,
}

/// Some columns that are kept, counted by their values together and by the people who count alike.
#[derive(Debug, Default)]
struct Beside {
    columns: Vec<usize>,
    /// The values that occur together, each by its position among those of its column.
    together: Places<Vec<usize>>,
    /// The people by the position of their values, and by that of those who count alike.
    people: HashMap<(usize, usize), u64>,
    /// How often the outcome was seen before and after, by the position of their values.
    frequencies: BTreeMap<usize, Frequency>,
}

impl<T> Default for Places<T> {
    fn default() -> Self {
        Self {
            places: HashMap::new(),
            all: Vec::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Places<T> {
    fn place(&mut self, thing: &T) -> usize {
        self.places.get(thing).copied().unwrap_or_else(|| {
            self.all.push(thing.clone());
            self.places.insert(thing.clone(), self.all.len() - 1);
            self.all.len() - 1
        })
    }
}

impl Known {
    fn extend(&mut self, fresh: Self) {
        if self.tried.len() + self.found.len() > MOST_KNOWN {
            *self = Self::default();
        }
        self.tried.extend(fresh.tried);
        self.found.extend(fresh.found);
    }
}

/// Returns what is known already, or finds it out and remembers it.
fn remembered<T>(
    known: &HashMap<Vec<u8>, Arc<T>>,
    fresh: &mut HashMap<Vec<u8>, Arc<T>>,
    key: &[u8],
    find: impl FnOnce() -> T,
) -> Arc<T> {
    known
        .get(key)
        .or_else(|| fresh.get(key))
        .cloned()
        .unwrap_or_else(|| {
            let found = Arc::new(find());
            fresh.insert(key.to_vec(), found.clone());
            found
        })
}

impl Part {
    /// Creates a part that has counted nobody, for this many kept columns and for what is counted by some of them together.
    pub(super) fn new(columns: usize, beside: Vec<Vec<usize>>) -> Self {
        let beside = beside.into_iter().map(|columns| Beside {
            columns,
            ..Beside::default()
        });
        Self {
            values: (0..columns).map(|_| Places::default()).collect(),
            beside: beside.collect(),
            ..Self::default()
        }
    }

    /// Writes to a key which inputs could change the result of a row by a revision, if it is not settled.
    ///
    /// Rows that share what is open of them see the same numbers, so that for all of them the result depends alike on what is unknown.
    pub(super) fn write_deciding(
        &mut self,
        side: usize,
        open: Option<&Arc<Open>>,
        key: &mut Vec<u8>,
        find: impl FnOnce() -> Vec<String>,
    ) {
        let open = open.filter(|open| open.results.is_provisional);
        let (Some(open), Some(known)) = (open, self.deciding.get_mut(side)) else {
            return;
        };
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        let (_, names) = known.entry(Arc::as_ptr(open).addr()).or_insert_with(|| {
            // A name cannot hold a line break.
            (open.clone(), find().join("\n").into_bytes())
        });
        key.extend(names.len().to_le_bytes());
        key.extend_from_slice(names);
    }

    /// Counts somebody by the numbers that the loops gave, and returns the position of those who count alike.
    pub(super) fn count(
        &mut self,
        numbers: &mut Vec<u8>,
        observed: Option<bool>,
        known: &Known,
        tried: impl FnOnce() -> Tried,
    ) -> usize {
        let end = numbers.len();
        numbers.push(observed.map_or(2, u8::from));
        let place = self.by_loops.get(numbers).copied().unwrap_or_else(|| {
            let tried = remembered(
                &known.tried,
                &mut self.fresh.tried,
                numbers.get(..end).unwrap_or_default(),
                tried,
            );
            let place = self.first(tried, observed);
            self.by_loops.insert(numbers.clone(), place);
            place
        });
        self.one_more(place);
        place
    }

    pub(super) fn has_moved(&self, place: usize) -> bool {
        self.people.get(place).is_some_and(|alike| alike.moved)
    }

    /// Counts why somebody moved, by the numbers that the loops gave.
    pub(super) fn count_mover(
        &mut self,
        numbers: &[u8],
        known: &Known,
        found: impl FnOnce() -> Found,
    ) {
        match self.movers.get_mut(numbers) {
            Some((_, people)) => *people += 1,
            None => {
                let found = remembered(&known.found, &mut self.fresh.found, numbers, found);
                self.movers.insert(numbers.to_vec(), (found, 1));
            }
        }
    }

    /// Counts why somebody moved who was scored as one profile.
    pub(super) fn count_causes(&mut self, found: &Found) {
        self.causes.count(found, 1);
    }

    /// Counts somebody by what comes out of the scorer of one profile, which is called only once for the same inputs.
    pub(super) fn count_by_itself(
        &mut self,
        keys: Option<[CaseKey; 2]>,
        observed: Option<bool>,
        scored: impl FnOnce() -> (Tried, Option<Found>),
    ) -> usize {
        let (tried, found) = keys
            .as_ref()
            .and_then(|keys| self.cases.get(keys).cloned())
            .unwrap_or_else(|| {
                let (tried, found) = scored();
                let scored = (Arc::new(tried), found);
                if self.cases.len() >= MOST_KNOWN {
                    self.cases.clear();
                }
                self.cases.extend(keys.map(|keys| (keys, scored.clone())));
                scored
            });
        found.iter().for_each(|found| self.causes.count(found, 1));
        let key = (tried, observed);
        let place = self.by_scorer.get(&key).copied().unwrap_or_else(|| {
            let place = self.first(key.0.clone(), observed);
            self.by_scorer.insert(key, place);
            place
        });
        self.one_more(place);
        place
    }

    fn first(&mut self, tried: Arc<Tried>, observed: Option<bool>) -> usize {
        let moved = tried.moved();
        self.people.push(Alike {
            tried,
            observed,
            moved,
            people: 0,
            frequency: Frequency::default(),
        });
        self.people.len() - 1
    }

    fn one_more(&mut self, place: usize) {
        if let Some(alike) = self.people.get_mut(place) {
            alike.people += 1;
        }
    }

    /// Counts somebody at this position by the columns that are kept.
    pub(super) fn count_beside<'a>(
        &mut self,
        place: usize,
        values: impl Iterator<Item = &'a Value>,
        times: Option<Times>,
    ) {
        if let (Some(times), Some(alike)) = (times, self.people.get_mut(place)) {
            alike.frequency.add(times, 1);
        }
        let columns = self.values.iter_mut().zip(values);
        let places: Vec<usize> = columns.map(|(column, value)| column.place(value)).collect();
        for beside in &mut self.beside {
            let own = beside.columns.iter();
            let own = own
                .filter_map(|column| places.get(*column).copied())
                .collect();
            let together = beside.together.place(&own);
            *beside.people.entry((together, place)).or_default() += 1;
            if let Some(times) = times {
                beside
                    .frequencies
                    .entry(together)
                    .or_default()
                    .add(times, 1);
            }
        }
    }

    /// Returns those who count alike, with what was seen of them later.
    pub(super) fn people(&self) -> impl Iterator<Item = (&Tried, Option<bool>, u64)> {
        self.people
            .iter()
            .map(|alike| (alike.tried.as_ref(), alike.observed, alike.people))
    }

    /// Returns how often the outcome was seen before and after of those who count alike, where it is known of any.
    pub(super) fn frequencies(&self) -> impl Iterator<Item = (&Tried, &Frequency)> {
        let known = self
            .people
            .iter()
            .filter(|alike| alike.frequency.people() > 0);
        known.map(|alike| (alike.tried.as_ref(), &alike.frequency))
    }

    /// Returns the same of those who are alike in some columns.
    pub(super) fn frequencies_beside(
        &self,
        place: usize,
    ) -> impl Iterator<Item = (Vec<&Value>, &Frequency)> {
        let beside = self.beside.get(place).into_iter();
        beside.flat_map(move |beside| {
            beside
                .frequencies
                .iter()
                .filter_map(move |(together, frequency)| {
                    let places = beside
                        .columns
                        .iter()
                        .zip(beside.together.all.get(*together)?);
                    let value = |(column, place): (&usize, &usize)| {
                        self.values.get(*column)?.all.get(*place)
                    };
                    Some((places.filter_map(value).collect(), frequency))
                })
        })
    }

    /// Returns those who are alike in some columns and in all that counts, with what was seen of them later.
    pub(super) fn beside(
        &self,
        place: usize,
    ) -> impl Iterator<Item = (Vec<&Value>, &Tried, Option<bool>, u64)> {
        let beside = self.beside.get(place);
        let mut people: Vec<_> = beside
            .into_iter()
            .flat_map(|beside| &beside.people)
            .collect();
        people.sort_unstable();
        people
            .into_iter()
            .filter_map(move |((together, alike), people)| {
                let (beside, alike) = (beside?, self.people.get(*alike)?);
                let places = beside
                    .columns
                    .iter()
                    .zip(beside.together.all.get(*together)?);
                let value =
                    |(column, place): (&usize, &usize)| self.values.get(*column)?.all.get(*place);
                let values = places.filter_map(value).collect();
                Some((values, alike.tried.as_ref(), alike.observed, *people))
            })
    }

    /// Returns why people moved. What was found out is remembered for other parts.
    pub(super) fn into_causes(mut self, known: &mut Known) -> Causes {
        self.movers
            .values()
            .for_each(|(found, people)| self.causes.count(found, *people));
        known.extend(self.fresh);
        self.causes
    }
}
