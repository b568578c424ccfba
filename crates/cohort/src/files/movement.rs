//! Finds who moved between two runs over columns.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, RecordBatch};

use crate::files::summary::texts;

/// Counts of who moved between two runs, found by streaming both files of outcomes side by side.
///
/// The people of one file that the other has not reached yet are held in memory. They are few where both files have nearly the same order, and at
/// worst they are all people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ColumnMovement {
    /// How many people have the result that they had.
    pub stayed: u64,
    /// How many people moved from one result to another.
    pub moves: BTreeMap<(String, String), u64>,
    /// How many people the earlier run did not have.
    pub new: u64,
    /// How many people only the earlier run had.
    pub gone: u64,
}

/// Matches the people of two streams.
#[derive(Debug, Default)]
pub(super) struct Matcher {
    names: Vec<String>,
    /// The people whom the other stream has not reached yet, with their results: first those of the earlier run, then those of this one.
    waiting: [HashMap<String, u32>; 2],
    found: HashMap<(u32, u32), u64>,
}

impl Matcher {
    /// Takes the people of a batch of the earlier run (0) or of this one (1), and tells of each who moved.
    pub(super) fn take<E>(
        &mut self,
        side: usize,
        batch: &RecordBatch,
        id: &str,
        mut tell: impl FnMut(&str, &str, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        let results = results(batch);
        let Some(ids) = batch.column_by_name(id) else {
            return Ok(());
        };
        for (row, id) in words(ids).enumerate() {
            let result = results
                .iter()
                .filter_map(|(name, words)| Some((name, words.get(row)?.as_ref()?)));
            let result: Vec<String> = result
                .map(|(name, word)| {
                    if name.is_empty() {
                        word.clone()
                    } else {
                        format!("{name} {word}")
                    }
                })
                .collect();
            let result = self.name(if result.is_empty() {
                "open or refused".to_owned()
            } else {
                result.join(", ")
            });
            let [earlier, later] = &mut self.waiting;
            let (own, other) = if side == 0 {
                (earlier, later)
            } else {
                (later, earlier)
            };
            let Some(matched) = other.remove(&id) else {
                own.insert(id, result);
                continue;
            };
            let (from, to) = if side == 0 {
                (result, matched)
            } else {
                (matched, result)
            };
            *self.found.entry((from, to)).or_default() += 1;
            if from != to {
                let name = |position: u32| {
                    self.names
                        .get(position as usize)
                        .map(String::as_str)
                        .unwrap_or_default()
                };
                tell(&id, name(from), name(to))?;
            }
        }
        Ok(())
    }

    fn name(&mut self, name: String) -> u32 {
        let position = self
            .names
            .iter()
            .position(|known| *known == name)
            .unwrap_or_else(|| {
                self.names.push(name);
                self.names.len() - 1
            });
        u32::try_from(position).unwrap_or(u32::MAX)
    }

    pub(super) fn movement(self) -> ColumnMovement {
        let [gone, new] = self.waiting.map(|waiting| waiting.len() as u64);
        let mut movement = ColumnMovement {
            gone,
            new,
            ..ColumnMovement::default()
        };
        let name = |position: u32| {
            self.names
                .get(position as usize)
                .cloned()
                .unwrap_or_default()
        };
        for ((from, to), count) in self.found {
            if from == to {
                movement.stayed += count;
            } else {
                movement.moves.insert((name(from), name(to)), count);
            }
        }
        movement
    }
}

/// Returns the result of each row, or the levels where a matrix has no tiers, with what is still possible.
fn results(batch: &RecordBatch) -> Vec<(String, Vec<Option<String>>)> {
    let column = |name: &str| batch.column_by_name(name).map(words_or_none);
    if let Some(mut results) = column("result") {
        for (result, possible) in results
            .iter_mut()
            .zip(column("possible").unwrap_or_default())
        {
            if result.is_none() {
                *result = possible;
            }
        }
        return vec![(String::new(), results)];
    }
    let fields = batch.schema_ref().fields().iter();
    let levels = fields.filter_map(|field| {
        Some((
            field.name().strip_suffix(".level")?.to_owned(),
            column(field.name())?,
        ))
    });
    levels.collect()
}

/// Returns each value of an array as a text.
fn words(array: &ArrayRef) -> impl Iterator<Item = String> {
    words_or_none(array)
        .into_iter()
        .map(Option::unwrap_or_default)
}

fn words_or_none(array: &ArrayRef) -> Vec<Option<String>> {
    macro_rules! numbers {
        ($($of:ty),*) => {
            $(if let Some(numbers) = array.as_primitive_opt::<$of>() {
                return numbers.iter().map(|number| number.map(|number| number.to_string())).collect();
            })*
        };
    }
    numbers!(
        Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type
    );
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        let values = words_or_none(dictionary.values());
        if values.is_empty() {
            // Nobody has a value.
            return vec![None; dictionary.len()];
        }
        let keys = dictionary.normalized_keys();
        return keys
            .into_iter()
            .zip(0..)
            .map(|(key, row)| {
                if dictionary.is_valid(row) {
                    values.get(key).cloned().flatten()
                } else {
                    None
                }
            })
            .collect();
    }
    texts(array).map(|text| text.map(str::to_owned)).collect()
}

impl fmt::Display for ColumnMovement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moved: u64 = self.moves.values().sum();
        writeln!(
            formatter,
            "{moved} moved, {} stayed, {} are new, {} are gone",
            self.stayed, self.new, self.gone
        )?;
        let mut moves: Vec<_> = self.moves.iter().collect();
        moves.sort_by_key(|(way, count)| (std::cmp::Reverse(**count), *way));
        moves
            .into_iter()
            .try_for_each(|((from, to), count)| writeln!(formatter, "  {count:>12}  {from} → {to}"))
    }
}
