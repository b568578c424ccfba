//! Asks for the memory that the next chunk reads, a little at a time, while this chunk is worked on. A processor can wait for a few lines of memory
//! at once. A program that asks for more of them, or does not ask ahead at all, has to wait.

use crate::bulk::chunk::CHUNK;
use crate::bulk::column::{Column, Values};
use crate::bulk::unchecked::memory;

/// A few lines of memory that a chunk reads.
#[derive(Debug)]
pub(super) struct Ahead<'a> {
    values: Values<'a>,
    /// The row of the chunk with which the lines begin, and the number of rows.
    first: usize,
    count: usize,
}

/// The number of lines of memory that are asked for at a time: fewer than a processor waits for at once.
const LINES: usize = 6;

impl<'a> Ahead<'a> {
    /// Returns all the lines of a column, a few at a time.
    pub(super) fn of(column: Column<'a>) -> impl Iterator<Item = Self> {
        let values = if let Values::Dictionary { keys, .. } = column.values {
            keys.values()
        } else {
            column.values
        };
        let parts = [Some(values), column.validity.map(Values::Bits)]
            .into_iter()
            .flatten();
        parts
            .filter_map(|values| Some((values, bits_of_a_value(&values)?)))
            .flat_map(|(values, bits)| {
                let rows = (LINES * 64 * 8 / bits).min(CHUNK);
                (0..CHUNK).step_by(rows).map(move |first| Self {
                    values,
                    first,
                    count: rows.min(CHUNK - first),
                })
            })
    }

    /// Asks for the lines of the chunk that begins with a row.
    #[inline(always)]
    pub(super) fn fetch(&self, start: usize) {
        let (from, count) = (start + self.first, self.count);
        match self.values {
            Values::I8(values) => memory::fetch(values, from, count),
            Values::I16(values) => memory::fetch(values, from, count),
            Values::I32(values) | Values::Dates(values) => memory::fetch(values, from, count),
            Values::I64(values) => memory::fetch(values, from, count),
            Values::U8(values) => memory::fetch(values, from, count),
            Values::U16(values) => memory::fetch(values, from, count),
            Values::U32(values) => memory::fetch(values, from, count),
            Values::U64(values) => memory::fetch(values, from, count),
            Values::F32(values) => memory::fetch(values, from, count),
            Values::F64(values) => memory::fetch(values, from, count),
            Values::Decimal { units, .. } => memory::fetch(units, from, count),
            Values::Units { units, .. } => memory::fetch(units, from, count),
            Values::Booleans(values) => memory::fetch(values, from, count),
            Values::Bits(bits) => memory::fetch(bits.bytes, (bits.offset + from) / 8, count / 8),
            Values::Texts(_) | Values::Dictionary { .. } | Values::Lists { .. } => {}
        }
    }
}

/// Returns how many bits of memory a value takes, or `None` if the values do not stand one after another, as texts do not.
fn bits_of_a_value(values: &Values<'_>) -> Option<usize> {
    Some(match values {
        Values::I8(_) | Values::U8(_) | Values::Booleans(_) => 8,
        Values::I16(_) | Values::U16(_) => 16,
        Values::I32(_) | Values::U32(_) | Values::F32(_) | Values::Dates(_) => 32,
        Values::I64(_) | Values::U64(_) | Values::F64(_) | Values::Units { .. } => 64,
        Values::Decimal { .. } => 128,
        Values::Bits(_) => 1,
        Values::Texts(_) | Values::Dictionary { .. } | Values::Lists { .. } => return None,
    })
}
