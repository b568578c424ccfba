//! Chunks of rows, and columns of whole numbers of any width.

use std::ops::Range;

use crate::bulk::number::Number;
use crate::bulk::program::Lane;

/// The number of rows that are scored at a time: few enough that all registers stay in the cache next to the processor.
pub(super) const CHUNK: usize = 2048;

/// Whole numbers of one width.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Lanes<B8, B16, B32, B64> {
    I8(B8),
    I16(B16),
    I32(B32),
    I64(B64),
}

/// A register's chunk.
pub(super) type Chunk = Lanes<Box<[i8]>, Box<[i16]>, Box<[i32]>, Box<[i64]>>;
/// A column of results.
pub(super) type Owned = Lanes<Vec<i8>, Vec<i16>, Vec<i32>, Vec<i64>>;
/// A part of a column of results, to be written.
pub(super) type Part<'a> = Lanes<&'a mut [i8], &'a mut [i16], &'a mut [i32], &'a mut [i64]>;

/// Makes a column longer, up to the row `end` of `rows` in all. New rows are blank, and the others are kept, so that a column that is used again is
/// not written twice. A column that must hold all rows at once is made anew, since blank memory is not written twice either.
pub(super) fn grow<T: Copy + Default>(column: &mut Vec<T>, end: usize, rows: usize) {
    if column.capacity() < rows {
        *column = if end == rows {
            vec![T::default(); rows]
        } else {
            Vec::with_capacity(rows)
        };
    }
    column.truncate(rows);
    column.resize(end.max(column.len()), T::default());
}

/// Runs an expression for any width.
macro_rules! lanes {
    ($of:expr, $name:ident => $body:expr) => {
        match $of {
            Lanes::I8($name) => $body,
            Lanes::I16($name) => $body,
            Lanes::I32($name) => $body,
            Lanes::I64($name) => $body,
        }
    };
}

impl Owned {
    pub(super) fn nothing(lane: Lane, rows: usize) -> Self {
        match lane {
            Lane::I8 => Self::I8(vec![0; rows]),
            Lane::I16 => Self::I16(vec![0; rows]),
            Lane::I32 => Self::I32(vec![0; rows]),
            Lane::I64 => Self::I64(vec![0; rows]),
        }
    }

    /// Makes room up to the row `end` of `rows` in all. What the new rows hold does not matter.
    pub(super) fn grow(&mut self, end: usize, rows: usize) {
        lanes!(self, column => grow(column, end, rows));
    }

    pub(super) fn rows(&self) -> usize {
        lanes!(self, column => column.len())
    }

    pub(super) fn part(&mut self, rows: Range<usize>) -> Part<'_> {
        match self {
            Self::I8(column) => Part::I8(column.get_mut(rows).unwrap_or_default()),
            Self::I16(column) => Part::I16(column.get_mut(rows).unwrap_or_default()),
            Self::I32(column) => Part::I32(column.get_mut(rows).unwrap_or_default()),
            Self::I64(column) => Part::I64(column.get_mut(rows).unwrap_or_default()),
        }
    }
}

impl<'a> Part<'a> {
    #[cfg(feature = "rayon")]
    pub(super) fn split_at(self, rows: usize) -> (Self, Self) {
        match self {
            Self::I8(part) => part
                .split_at_mut_checked(rows)
                .map_or((Self::I8(&mut []), Self::I8(&mut [])), |(one, two)| {
                    (Self::I8(one), Self::I8(two))
                }),
            Self::I16(part) => part
                .split_at_mut_checked(rows)
                .map_or((Self::I16(&mut []), Self::I16(&mut [])), |(one, two)| {
                    (Self::I16(one), Self::I16(two))
                }),
            Self::I32(part) => part
                .split_at_mut_checked(rows)
                .map_or((Self::I32(&mut []), Self::I32(&mut [])), |(one, two)| {
                    (Self::I32(one), Self::I32(two))
                }),
            Self::I64(part) => part
                .split_at_mut_checked(rows)
                .map_or((Self::I64(&mut []), Self::I64(&mut [])), |(one, two)| {
                    (Self::I64(one), Self::I64(two))
                }),
        }
    }

    /// Writes one value, or the number that stands for nothing.
    pub(super) fn set(&mut self, row: usize, value: Option<i64>) {
        fn write<T: Number>(column: &mut [T], row: usize, value: Option<i64>) {
            if let Some(slot) = column.get_mut(row) {
                *slot = value.map_or(T::NOTHING, T::of);
            }
        }
        lanes!(self, column => write(column, row, value));
    }
}

pub(super) use lanes;
