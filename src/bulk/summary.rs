//! What came out of a run over columns: who is in which tier, what is still open, who was refused and why, and who moved.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;

/// Reasons beyond this many different ones are counted together: hostile texts must not fill the memory.
const MOST_REASONS: usize = 1000;

/// Counts the results of a run, batch by batch. `Display` prints it as a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    people: u64,
    provisional: u64,
    refused: u64,
    /// By column, then by value in the order of the matrix.
    counts: BTreeMap<String, Vec<(String, u64)>>,
    possible: BTreeMap<String, u64>,
    reasons: BTreeMap<String, u64>,
    further_reasons: u64,
}

impl Summary {
    /// Counts the rows of a batch that [`Batches::score`](super::arrow::Batches::score) gave.
    pub fn add(&mut self, batch: &RecordBatch) {
        self.people += batch.num_rows() as u64;
        for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
            match field.name().as_str() {
                "provisional" => self.provisional += array.as_boolean_opt().map_or(0, |truths| truths.true_count() as u64),
                "error" | "possible" if array.null_count() == array.len() => {}
                "error" => {
                    self.refused += (array.len() - array.null_count()) as u64;
                    for text in texts(array).flatten() {
                        self.reason(text);
                    }
                }
                "possible" => {
                    for text in texts(array).flatten() {
                        *self.possible.entry(text.to_owned()).or_default() += 1;
                    }
                }
                name if name == "result" || name.ends_with(".level") => self.count(name, array),
                _ => {}
            }
        }
    }

    fn count(&mut self, name: &str, array: &ArrayRef) {
        let Some(dictionary) = array.as_any_dictionary_opt() else { return };
        let Some(keys) = dictionary.keys().as_primitive_opt::<Int8Type>() else { return };
        let counts = self.counts.entry(name.to_owned()).or_insert_with(|| texts(dictionary.values()).flatten().map(|name| (name.to_owned(), 0)).collect());
        let mut seen = [0_u64; 128];
        let mut see = |key: i8| {
            if let Some(seen) = usize::try_from(key).ok().and_then(|key| seen.get_mut(key)) {
                *seen += 1;
            }
        };
        match keys.null_count() {
            0 => keys.values().iter().for_each(|key| see(*key)),
            _ => keys.iter().flatten().for_each(see),
        }
        counts.iter_mut().zip(seen).for_each(|((_, count), seen)| *count += seen);
    }

    fn reason(&mut self, text: &str) {
        let is_full = self.reasons.len() >= MOST_REASONS;
        match self.reasons.get_mut(text) {
            Some(count) => *count += 1,
            None if is_full => self.further_reasons += 1,
            None => drop(self.reasons.insert(text.to_owned(), 1)),
        }
    }

    /// How many people there are.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.people
    }

    /// How many people's outcome unknown inputs leave open.
    #[must_use]
    pub fn provisional(&self) -> u64 {
        self.provisional
    }

    /// How many people were refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// How many people have each settled result, in the order of the matrix.
    #[must_use]
    pub fn results(&self) -> &[(String, u64)] {
        self.counts.get("result").map_or(&[], Vec::as_slice)
    }

    /// How many people have each settled level of a dimension, in the order of the matrix.
    #[must_use]
    pub fn levels(&self, dimension: &str) -> &[(String, u64)] {
        self.counts.get(&format!("{dimension}.level")).map_or(&[], Vec::as_slice)
    }

    /// How many people were refused for each reason.
    #[must_use]
    pub fn reasons(&self) -> &BTreeMap<String, u64> {
        &self.reasons
    }
}

fn texts(array: &ArrayRef) -> Box<dyn Iterator<Item = Option<&str>> + '_> {
    match array.data_type() {
        DataType::Utf8 => Box::new(array.as_string::<i32>().iter()),
        DataType::LargeUtf8 => Box::new(array.as_string::<i64>().iter()),
        DataType::Utf8View => Box::new(array.as_string_view().iter()),
        _ => Box::new(std::iter::empty()),
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |name: &str, count: u64| {
            let tenths = (u128::from(count) * 1000 + u128::from(self.people) / 2) / u128::from(self.people.max(1));
            writeln!(formatter, "  {name:<32} {count:>12} {:>4}.{} %", tenths / 10, tenths % 10)
        };
        for (column, counts) in &self.counts {
            let heading = if column == "result" { "tier" } else { column };
            counts.iter().try_for_each(|(name, count)| row(&format!("{heading} {name}"), *count))?;
        }
        self.possible.iter().try_for_each(|(possible, count)| row(&format!("{possible}, not settled"), *count))?;
        row("provisional", self.provisional)?;
        row("refused", self.refused)?;
        row("people", self.people)?;
        let mut reasons: Vec<_> = self.reasons.iter().collect();
        reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(**count), reason.as_str()));
        if !reasons.is_empty() {
            writeln!(formatter, "\nWhy people were refused:")?;
        }
        for (reason, count) in reasons.iter().take(20) {
            writeln!(formatter, "  {count:>12}  {reason}")?;
        }
        let further = reasons.iter().skip(20).map(|(_, count)| **count).sum::<u64>() + self.further_reasons;
        if further > 0 {
            writeln!(formatter, "  {further:>12}  for other reasons")?;
        }
        Ok(())
    }
}

/// Who moved between two runs, by streaming both files of outcomes side by side.
///
/// What is held in memory is the people of one file that the other has not come to yet: few where both have nearly the same order, all of them
/// at worst.
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
    /// People whom the other stream has not come to yet, with their results: of the earlier run, and of this one.
    waiting: [HashMap<String, u32>; 2],
    found: HashMap<(u32, u32), u64>,
}

impl Matcher {
    /// Takes the people of a batch of the earlier run (0) or of this one (1), and tells of each who moved.
    pub(super) fn take<E>(&mut self, side: usize, batch: &RecordBatch, id: &str, mut tell: impl FnMut(&str, &str, &str) -> Result<(), E>) -> Result<(), E> {
        let results = results(batch);
        let Some(ids) = batch.column_by_name(id) else { return Ok(()) };
        for (row, id) in words(ids).enumerate() {
            let result = results.iter().filter_map(|(name, words)| Some((name, words.get(row)?.as_ref()?)));
            let result: Vec<String> = result.map(|(name, word)| if name.is_empty() { word.clone() } else { format!("{name} {word}") }).collect();
            let result = self.name(if result.is_empty() { "open or refused".to_owned() } else { result.join(", ") });
            let [earlier, later] = &mut self.waiting;
            let (own, other) = if side == 0 { (earlier, later) } else { (later, earlier) };
            let Some(matched) = other.remove(&id) else {
                own.insert(id, result);
                continue;
            };
            let (from, to) = if side == 0 { (result, matched) } else { (matched, result) };
            *self.found.entry((from, to)).or_default() += 1;
            if from != to {
                let name = |position: u32| self.names.get(position as usize).map(String::as_str).unwrap_or_default();
                tell(&id, name(from), name(to))?;
            }
        }
        Ok(())
    }

    fn name(&mut self, name: String) -> u32 {
        let position = self.names.iter().position(|known| *known == name).unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        u32::try_from(position).unwrap_or(u32::MAX)
    }

    pub(super) fn movement(self) -> ColumnMovement {
        let [gone, new] = self.waiting.map(|waiting| waiting.len() as u64);
        let mut movement = ColumnMovement { gone, new, ..ColumnMovement::default() };
        let name = |position: u32| self.names.get(position as usize).cloned().unwrap_or_default();
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

/// The result of each row, or the levels where a matrix has no tiers, with what is still possible.
fn results(batch: &RecordBatch) -> Vec<(String, Vec<Option<String>>)> {
    let column = |name: &str| batch.column_by_name(name).map(|array| words_or_none(array));
    if let Some(mut results) = column("result") {
        for (result, possible) in results.iter_mut().zip(column("possible").unwrap_or_default()) {
            if result.is_none() {
                *result = possible;
            }
        }
        return vec![(String::new(), results)];
    }
    let fields = batch.schema_ref().fields().iter();
    let levels = fields.filter_map(|field| Some((field.name().strip_suffix(".level")?.to_owned(), column(field.name())?)));
    levels.collect()
}

/// Each value of an array as a text.
fn words(array: &ArrayRef) -> impl Iterator<Item = String> {
    words_or_none(array).into_iter().map(Option::unwrap_or_default)
}

fn words_or_none(array: &ArrayRef) -> Vec<Option<String>> {
    use arrow_array::types::{Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type};
    macro_rules! numbers {
        ($($of:ty),*) => {
            $(if let Some(numbers) = array.as_primitive_opt::<$of>() {
                return numbers.iter().map(|number| number.map(|number| number.to_string())).collect();
            })*
        };
    }
    numbers!(Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type);
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        let values = words_or_none(dictionary.values());
        let keys = dictionary.normalized_keys();
        return keys.into_iter().zip(0..).map(|(key, row)| if dictionary.is_valid(row) { values.get(key).cloned().flatten() } else { None }).collect();
    }
    texts(array).map(|text| text.map(str::to_owned)).collect()
}

impl fmt::Display for ColumnMovement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moved: u64 = self.moves.values().sum();
        writeln!(formatter, "{moved} moved, {} stayed, {} are new, {} are gone", self.stayed, self.new, self.gone)?;
        let mut moves: Vec<_> = self.moves.iter().collect();
        moves.sort_by_key(|(way, count)| (std::cmp::Reverse(**count), *way));
        moves.into_iter().try_for_each(|((from, to), count)| writeln!(formatter, "  {count:>12}  {from} → {to}"))
    }
}
