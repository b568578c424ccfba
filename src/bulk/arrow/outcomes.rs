//! Gives results as Arrow arrays: the columns that every file of outcomes has.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{
    ArrayRef, BooleanArray, Decimal128Array, Int8Array, Int16Array, Int32Array, Int64Array,
    ListArray, StringArray, new_null_array,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, FieldRef};
use smallvec::SmallVec;

use crate::bulk::chunk::Owned;
use crate::bulk::scored::{ResultForm, ScoredColumns};
use crate::bulk::unchecked;
use crate::bulk::{Open, Told};
use crate::date::Date;
use crate::matrix::Matrix;
use crate::profile::Refusal;
use crate::score::outcome::Outcome;

/// The positions of results, which are seldom more than a few.
type Positions = SmallVec<[u8; 16]>;

/// What is told of single rows, in their order: which results are still possible, or why they are refused.
#[derive(Debug, Default)]
#[doc(hidden)]
pub struct Notes {
    open: Vec<(usize, Positions)>,
    refused: Vec<(usize, String)>,
}

impl Notes {
    /// Takes note of what the columns of results do not say of a row.
    pub fn tell(&mut self, row: usize, told: &Told<'_>) {
        match told {
            Told::Open(open) if open.results.is_provisional => {
                let results = open.results.possible.as_deref().unwrap_or_default();
                self.open.push((row, results.into()));
            }
            Told::Open(_) => {}
            Told::Refused(refusal) => self.refused.push((row, refusal.to_string())),
        }
    }

    /// Returns which rows were scored, or `None` if all of them were.
    fn scored(&self, rows: usize) -> Option<NullBuffer> {
        let mut scored = vec![true; rows];
        for (row, _) in &self.refused {
            scored
                .iter_mut()
                .skip(*row)
                .take(1)
                .for_each(|scored| *scored = false);
        }
        (!self.refused.is_empty()).then(|| NullBuffer::from(scored))
    }

    /// Takes note of what came out of a row that was scored by itself.
    fn add(&mut self, row: usize, result: &Result<Outcome, Refusal>) {
        match result {
            Ok(outcome) if outcome.is_provisional() => {
                self.open.push((row, outcome.positions().into()));
            }
            Ok(_) => {}
            Err(refusal) => self.refused.push((row, refusal.to_string())),
        }
    }
}

/// Returns the key-value metadata that says what made results, for schemas and files; `as_at` where it is the same for all.
#[doc(hidden)]
pub fn provenance(matrix: &Matrix, as_at: Option<Date>) -> HashMap<String, String> {
    let entries = [
        ("matrix_id", matrix.id().to_owned()),
        ("matrix_version", matrix.version().to_string()),
        ("content_hash", matrix.content_hash().to_owned()),
        ("library_version", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    let as_at = as_at.map(|as_at| ("as_at", as_at.to_string()));
    entries
        .into_iter()
        .chain(as_at)
        .map(|(key, value)| (format!("threshold_matrix.{key}"), value))
        .collect()
}

/// Returns the columns of results, from `tier` to `error`, of which some rows are open, and some were scored by themselves.
#[doc(hidden)]
pub fn columns_with<'a>(
    scored: &mut ScoredColumns,
    gaps: &mut Vec<bool>,
    rows: usize,
    open: &[(usize, Arc<Open>)],
    others: impl Iterator<Item = (usize, &'a Result<Outcome, Refusal>)>,
) -> Result<Vec<(FieldRef, ArrayRef)>, ArrowError> {
    let mut notes = Notes::default();
    if scored.rows() < rows {
        scored.grow(rows, rows);
    }
    gaps.resize(scored.columns.len(), true);
    for (row, result) in others {
        scored.set(row, result, gaps);
        notes.add(row, result);
    }
    for (row, open) in open {
        notes.tell(*row, &Told::Open(open));
    }
    notes.open.sort_by_key(|(row, _)| *row);
    columns(scored, gaps, &notes)
}

/// Returns the columns of results, from `tier` to `error`.
#[doc(hidden)]
pub fn columns(
    scored: &ScoredColumns,
    gaps: &[bool],
    notes: &Notes,
) -> Result<Vec<(FieldRef, ArrayRef)>, ArrowError> {
    let rows = scored.rows();
    let provisional = if notes.open.is_empty() {
        BooleanBuffer::new_unset(rows)
    } else {
        BooleanBuffer::from(scored.provisional())
    };
    let has_gaps = |place: usize| gaps.get(place).copied().unwrap_or(true);
    let mut others: Vec<(String, ArrayRef)> = Vec::new();
    for described in scored.described() {
        let Some((column, unit)) = scored.kept(&described) else {
            continue;
        };
        let has_gaps = has_gaps(described.place);
        let array = match &described.form {
            ResultForm::Number => numbers(column, has_gaps, unit)?,
            ResultForm::Truth => truths(column),
            ResultForm::Names(names) => dictionary(positions(column)?, has_gaps, names)?,
        };
        others.push((described.name, array));
    }
    let results = scored.result_column().and_then(|place| {
        let column = scored.columns.get(place)?;
        Some(positions(column).map(|column| (column.clone(), has_gaps(place))))
    });
    let [tier, status, possible] =
        result(scored.matrix(), results.transpose()?, &notes.open, rows)?;
    let first = [
        ("tier".to_owned(), tier),
        ("status".to_owned(), status),
        ("possible".to_owned(), possible),
        (
            "provisional".to_owned(),
            Arc::new(BooleanArray::new(provisional, notes.scored(rows))) as ArrayRef,
        ),
    ];
    let error = ("error".to_owned(), texts(&notes.refused, rows));
    let all = first.into_iter().chain(others).chain([error]);
    Ok(all
        .map(|(name, array)| {
            let field = Field::new(name, array.data_type().clone(), true);
            (Arc::new(field), array)
        })
        .collect())
}

/// Returns the tiers, the statuses, and what is still possible.
fn result(
    matrix: &Matrix,
    results: Option<(Vec<i8>, bool)>,
    open: &[(usize, Positions)],
    rows: usize,
) -> Result<[ArrayRef; 3], ArrowError> {
    let Some((results, has_gaps)) = results else {
        return Ok(without_decision(rows));
    };
    let (tiers, statuses) = (matrix.tiers(), matrix.statuses());
    let both: Vec<String> = tiers.iter().chain(statuses).cloned().collect();
    let possible = possible(&results, has_gaps, open, &both)?;
    if statuses.is_empty() {
        let tier = dictionary(&results, has_gaps, tiers)?;
        let status = new_null_array(tier.data_type(), rows);
        return Ok([tier, status, possible]);
    }
    let first = i8::try_from(tiers.len()).unwrap_or(i8::MAX);
    let part = |own: &dyn Fn(i8) -> Option<i8>| -> Vec<i8> {
        let own = results.iter().map(|result| own(*result).unwrap_or(i8::MIN));
        own.collect()
    };
    let tier = part(&|result| (result < first).then_some(result));
    let status = part(&|result| (result >= first).then(|| result - first));
    Ok([
        dictionary(&tier, true, tiers)?,
        dictionary(&status, true, statuses)?,
        possible,
    ])
}

/// Returns the same columns for a matrix without a decision, which gives nobody a tier or a status.
fn without_decision(rows: usize) -> [ArrayRef; 3] {
    let named = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
    let list = DataType::List(Arc::new(Field::new_list_field(named.clone(), true)));
    [named.clone(), named, list].map(|kind| new_null_array(&kind, rows))
}

/// Returns lists of results: the one of a row that is settled, all that are possible in an open one, and null in a row that has none.
fn possible(
    results: &[i8],
    has_gaps: bool,
    open: &[(usize, Positions)],
    names: &[String],
) -> Result<ArrayRef, ArrowError> {
    let (keys, offsets, is_there) = if has_gaps {
        let (mut keys, mut ends) = (Vec::with_capacity(results.len()), vec![0_i32]);
        let mut is_there = Vec::with_capacity(results.len());
        let mut open = open.iter().peekable();
        for (row, result) in results.iter().enumerate() {
            match open.next_if(|(own, _)| *own == row) {
                Some((_, positions)) => {
                    keys.extend(positions.iter().map(|position| position.cast_signed()));
                    is_there.push(!positions.is_empty());
                }
                None if *result == i8::MIN => is_there.push(false),
                None => {
                    keys.push(*result);
                    is_there.push(true);
                }
            }
            ends.push(i32::try_from(keys.len()).unwrap_or(i32::MAX));
        }
        let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
        (keys, offsets, Some(NullBuffer::from(is_there)))
    } else {
        let offsets = OffsetBuffer::from_repeated_length(1, results.len());
        (results.to_vec(), offsets, None)
    };
    let values = dictionary(&keys, false, names)?;
    let field = Field::new_list_field(values.data_type().clone(), true);
    let list = ListArray::try_new(Arc::new(field), offsets, values, is_there)?;
    Ok(Arc::new(list))
}

/// Returns a column of texts about some rows, which are in order.
fn texts(texts: &[(usize, String)], rows: usize) -> ArrayRef {
    if texts.is_empty() {
        return new_null_array(&DataType::Utf8, rows);
    }
    let mut column = StringBuilder::new();
    let mut texts = texts.iter().peekable();
    for row in 0..rows {
        column.append_option(texts.next_if(|(own, _)| *own == row).map(|(_, text)| text));
    }
    Arc::new(column.finish())
}

/// Returns a column of positions, which are of lists that a byte counts.
fn positions(column: &Owned) -> Result<&Vec<i8>, ArrowError> {
    match column {
        Owned::I8(keys) => Ok(keys),
        _ => Err(ArrowError::ComputeError("positions are bytes".to_owned())),
    }
}

/// Returns positions as a dictionary of names.
fn dictionary(keys: &[i8], has_gaps: bool, names: &[String]) -> Result<ArrayRef, ArrowError> {
    let nulls = nulls(keys, i8::MIN, has_gaps);
    let keys = match nulls {
        // A null needs a key of the dictionary in its place.
        Some(_) => keys.iter().map(|key| (*key).max(0)).collect(),
        None => keys.to_vec(),
    };
    let keys = Int8Array::new(ScalarBuffer::from(keys), nulls);
    Ok(Arc::new(unchecked::dictionary(
        keys,
        Arc::new(StringArray::from_iter_values(names)),
    )?))
}

/// Returns which numbers are there, or `None` if all of them are.
fn nulls<T: PartialEq + Copy>(numbers: &[T], nothing: T, has_gaps: bool) -> Option<NullBuffer> {
    if !has_gaps {
        return None;
    }
    // As bytes first, which are compared many at a time; then eight that are 1 or 0 are each moved to their bit of the highest byte.
    let mut ones: Vec<u8> = numbers
        .iter()
        .map(|number| u8::from(*number != nothing))
        .collect();
    ones.resize(ones.len().next_multiple_of(8), 0);
    let (eights, _) = ones.as_chunks::<8>();
    let bits: Vec<u8> = eights
        .iter()
        .map(|ones| (u64::from_le_bytes(*ones).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8)
        .collect();
    Some(NullBuffer::new(BooleanBuffer::new(
        Buffer::from(bits),
        0,
        numbers.len(),
    )))
    .filter(|nulls| nulls.null_count() > 0)
}

/// Returns points as whole numbers, or as decimals where the matrix has fractions of points.
fn numbers(column: &Owned, has_gaps: bool, unit: i64) -> Result<ArrayRef, ArrowError> {
    if unit == 1_000_000 {
        return Ok(match column {
            Owned::I8(numbers) => {
                let nulls = nulls(numbers, i8::MIN, has_gaps);
                Arc::new(Int8Array::new(ScalarBuffer::from(numbers.clone()), nulls))
            }
            Owned::I16(numbers) => {
                let nulls = nulls(numbers, i16::MIN, has_gaps);
                Arc::new(Int16Array::new(ScalarBuffer::from(numbers.clone()), nulls))
            }
            Owned::I32(numbers) => {
                let nulls = nulls(numbers, i32::MIN, has_gaps);
                Arc::new(Int32Array::new(ScalarBuffer::from(numbers.clone()), nulls))
            }
            Owned::I64(numbers) => {
                let nulls = nulls(numbers, i64::MIN, has_gaps);
                Arc::new(Int64Array::new(ScalarBuffer::from(numbers.clone()), nulls))
            }
        });
    }
    let places = i8::try_from(6 - unit.ilog10()).unwrap_or(6);
    let numbers = column.whole();
    let wide = (0..column.rows()).map(|row| numbers.get(row).map(i128::from));
    Ok(Arc::new(
        Decimal128Array::from_iter(wide).with_precision_and_scale(22, places)?,
    ))
}

fn truths(column: &Owned) -> ArrayRef {
    let truths = column.whole();
    Arc::new(
        (0..column.rows())
            .map(|row| truths.get(row).map(|truth| truth == 1))
            .collect::<BooleanArray>(),
    )
}
