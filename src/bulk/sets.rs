//! Reads sets that come as lists, once for all members.

use std::ops::Range;

use crate::arena::InputId;
use crate::bulk::bind::{Bound, Encoding};
use crate::plan::ABSENT;

/// The sets of some rows that come as lists.
#[derive(Debug, Default)]
pub(super) struct Sets {
    /// The input of the sets, and the first row.
    of: Option<(InputId, usize)>,
    /// A bit for each member. All bits are set where a list must be looked at by itself.
    bits: Vec<i64>,
}

impl Sets {
    /// Forgets the sets, before those of another cohort are read.
    pub(super) fn forget(&mut self) {
        self.of = None;
    }

    /// Returns the sets of some rows, or `None` if they do not come as lists.
    pub(super) fn of(
        &mut self,
        bound: &Bound<'_>,
        input: InputId,
        rows: &Range<usize>,
    ) -> Option<&[i64]> {
        let source = bound.source(input)?;
        let Encoding::Lists {
            column,
            offsets,
            items,
            names,
        } = &source.form
        else {
            return None;
        };
        if self.of != Some((input, rows.start)) {
            let bit = |item| {
                items
                    .bytes(item)
                    .and_then(|item| names.position(item))
                    .map_or(-1, |member| 1 << member)
            };
            let set = |row| {
                offsets
                    .range(row)
                    .into_iter()
                    .flatten()
                    .fold(0, |set, item| set | bit(item))
            };
            let missing = if source.missing == ABSENT {
                0
            } else {
                source.missing
            };
            self.bits.clear();
            self.bits.extend(rows.clone().map(|row| {
                if column.is_valid(row) {
                    set(row)
                } else {
                    missing
                }
            }));
            self.of = Some((input, rows.start));
        }
        Some(&self.bits)
    }
}
