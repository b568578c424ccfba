//! Distinct tuples of numbers, in the order in which they came.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Distinct tuples of one width.
#[derive(Debug, Clone)]
pub(crate) struct Tuples {
    width: usize,
    values: Vec<i64>,
    count: usize,
    places: HashTable<usize>,
    hasher: DefaultHashBuilder,
}

impl Tuples {
    pub(crate) fn new(width: usize) -> Self {
        Self {
            width,
            values: Vec::new(),
            count: 0,
            places: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Returns the place of a tuple, and whether it is new.
    pub(crate) fn insert(&mut self, tuple: &[i64]) -> (usize, bool) {
        let Self {
            width,
            values,
            count,
            places,
            hasher,
        } = self;
        let hash = hasher.hash_one(tuple);
        let known = places.entry(
            hash,
            |place| are_equal(tuple_at(values, *width, *place), tuple),
            |place| hasher.hash_one(tuple_at(values, *width, *place)),
        );
        match known {
            hashbrown::hash_table::Entry::Occupied(known) => (*known.get(), false),
            hashbrown::hash_table::Entry::Vacant(vacant) => {
                let place = *count;
                vacant.insert(place);
                values.extend_from_slice(tuple);
                *count += 1;
                (place, true)
            }
        }
    }

    pub(crate) fn get(&self, place: usize) -> &[i64] {
        tuple_at(&self.values, self.width, place)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[i64]> {
        (0..self.count).map(|place| self.get(place))
    }
}

fn tuple_at(values: &[i64], width: usize, place: usize) -> &[i64] {
    values
        .get(place * width..(place + 1) * width)
        .unwrap_or_default()
}

/// Returns whether tuples of one width are equal. They are short, so that calling a function to compare memory would take longer.
#[inline]
fn are_equal(one: &[i64], other: &[i64]) -> bool {
    one.iter().zip(other).all(|(one, other)| one == other)
}
