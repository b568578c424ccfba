//! Reads sets that come as lists, once for all members.

use std::ops::Range;

use hashbrown::HashMap;

use crate::arena::InputId;
use crate::bulk::bind::{Bound, Encoding};
use crate::plan::ABSENT;

/// The sets of some rows that come as lists.
#[derive(Debug, Default)]
pub(super) struct Sets {
    /// By the input and the first row: a bit for each member. All bits are set where a list must be looked at by itself.
    known: HashMap<(InputId, usize), Vec<i64>>,
}

impl Sets {
    /// Forgets the sets, before those of other rows are read.
    pub(super) fn forget(&mut self) {
        self.known.clear();
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
        let sets = self.known.entry((input, rows.start)).or_insert_with(|| {
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
            let set = |row| match column.is_valid(row) {
                true => set(row),
                false => missing,
            };
            rows.clone().map(set).collect()
        });
        Some(sets)
    }
}
