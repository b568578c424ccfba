//! Sums up a run over columns: who is in which tier, what is still open, who was refused and why.

use std::collections::BTreeMap;
use std::fmt;

use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;

/// The most different reasons that are kept. Further ones are counted together, so that hostile texts cannot fill the memory.
const MOST_REASONS: usize = 1000;

/// Counts of the results of a run, taken batch by batch. `Display` gives them as a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    people: u64,
    provisional: u64,
    refused: u64,
    /// The counts by column, then by value in the order of the matrix.
    counts: BTreeMap<String, Vec<(String, u64)>>,
    possible: BTreeMap<String, u64>,
    reasons: BTreeMap<String, u64>,
    further_reasons: u64,
}

impl Summary {
    /// Counts the rows of a batch that [`Batches::score`](threshold_matrix::bulk::arrow::Batches::score) gave.
    pub fn add(&mut self, batch: &RecordBatch) {
        self.people += batch.num_rows() as u64;
        for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
            match field.name().as_str() {
                "provisional" => {
                    self.provisional += array
                        .as_boolean_opt()
                        .map_or(0, |truths| truths.true_count() as u64)
                }
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
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            return;
        };
        let Some(keys) = dictionary.keys().as_primitive_opt::<Int8Type>() else {
            return;
        };
        let counts = self.counts.entry(name.to_owned()).or_insert_with(|| {
            texts(dictionary.values())
                .flatten()
                .map(|name| (name.to_owned(), 0))
                .collect()
        });
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
        counts
            .iter_mut()
            .zip(seen)
            .for_each(|((_, count), seen)| *count += seen);
    }

    fn reason(&mut self, text: &str) {
        let is_full = self.reasons.len() >= MOST_REASONS;
        match self.reasons.get_mut(text) {
            Some(count) => *count += 1,
            None if is_full => self.further_reasons += 1,
            None => drop(self.reasons.insert(text.to_owned(), 1)),
        }
    }

    /// Returns the number of people.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.people
    }

    /// Returns the number of people whose outcome unknown inputs leave open.
    #[must_use]
    pub fn provisional(&self) -> u64 {
        self.provisional
    }

    /// Returns the number of people who were refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Returns the number of people with each settled result, in the order of the matrix.
    #[must_use]
    pub fn results(&self) -> &[(String, u64)] {
        self.counts.get("result").map_or(&[], Vec::as_slice)
    }

    /// Returns the number of people at each settled level of a dimension, in the order of the matrix.
    #[must_use]
    pub fn levels(&self, dimension: &str) -> &[(String, u64)] {
        self.counts
            .get(&format!("{dimension}.level"))
            .map_or(&[], Vec::as_slice)
    }

    /// Returns the number of people who were refused for each reason.
    #[must_use]
    pub fn reasons(&self) -> &BTreeMap<String, u64> {
        &self.reasons
    }
}

pub(super) fn texts(array: &ArrayRef) -> Box<dyn Iterator<Item = Option<&str>> + '_> {
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
            let tenths = (u128::from(count) * 1000 + u128::from(self.people) / 2)
                / u128::from(self.people.max(1));
            writeln!(
                formatter,
                "  {name:<32} {count:>12} {:>4}.{} %",
                tenths / 10,
                tenths % 10
            )
        };
        for (column, counts) in &self.counts {
            let heading = if column == "result" { "tier" } else { column };
            counts
                .iter()
                .try_for_each(|(name, count)| row(&format!("{heading} {name}"), *count))?;
        }
        self.possible
            .iter()
            .try_for_each(|(possible, count)| row(&format!("{possible}, not settled"), *count))?;
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
        let further = reasons
            .iter()
            .skip(20)
            .map(|(_, count)| **count)
            .sum::<u64>()
            + self.further_reasons;
        if further > 0 {
            writeln!(formatter, "  {further:>12}  for other reasons")?;
        }
        Ok(())
    }
}
