//! Some records of a file, as the bounds of their cells.

use std::sync::Arc;

use crate::native::{Native, Sheet};

/// The most records of a chunk.
pub(crate) const ROWS: usize = 2048;
/// The longest record, so that a quote that is never closed does not pull the whole file into memory.
pub(crate) const LONGEST: usize = 16 << 20;

/// Some records of a file.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// The text of all of them; the cells of a record with quotes are without them here.
    pub(crate) text: Vec<u8>,
    /// Where each cell begins and ends.
    pub(crate) bounds: Vec<[u32; 2]>,
    pub(crate) places: Vec<Place>,
    /// What each cell is by itself, in the order of the bounds. Those behind its end are texts, so it is empty where all of them are.
    pub(crate) natives: Vec<Native>,
    /// The sheet that the records are from, if they are from a workbook.
    pub(crate) sheet: Option<Arc<Sheet>>,
}

/// Where a record of a chunk is, and what else is known of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The first of its cells.
    pub(crate) first: u32,
    pub(crate) cells: u32,
    pub(crate) line: u64,
    pub(crate) line_ends: u32,
    pub(crate) is_open: bool,
}

/// One record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    text: &'a [u8],
    bounds: &'a [[u32; 2]],
    natives: &'a [Native],
    sheet: Option<&'a Sheet>,
    /// The line on which it begins, counted from 1.
    pub(crate) line: u64,
    /// How many line ends its cells hold.
    pub(crate) line_ends: u64,
    /// Whether a quote in it was not closed before the file ended.
    pub(crate) is_open: bool,
}

#[inline(always)]
fn cell<'a>(text: &'a [u8], bounds: &[u32; 2]) -> &'a [u8] {
    let [start, end] = *bounds;
    text.get(start as usize..end as usize).unwrap_or_default()
}

impl Chunk {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.bounds.clear();
        self.places.clear();
        self.natives.clear();
    }

    /// Returns the number of records.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Returns a record.
    pub(crate) fn record(&self, at: usize) -> Option<Record<'_>> {
        let place = self.places.get(at)?;
        let first = place.first as usize;
        Some(Record {
            text: &self.text,
            bounds: self.bounds.get(first..first + place.cells as usize)?,
            natives: self.natives.get(first..).unwrap_or_default(),
            sheet: self.sheet.as_deref(),
            line: place.line,
            line_ends: place.line_ends.into(),
            is_open: place.is_open,
        })
    }

    /// Returns the number of cells of the first record.
    pub(crate) fn width(&self) -> usize {
        self.places.first().map_or(0, |place| place.cells as usize)
    }

    /// Adds a record of some cells.
    #[cfg(feature = "parquet")]
    pub(crate) fn push(&mut self, line: u64, cells: impl Iterator<Item = impl AsRef<str>>) {
        let first = self.bounds.len();
        for cell in cells {
            let start = self.text.len() as u32;
            self.text.extend_from_slice(cell.as_ref().as_bytes());
            self.bounds.push([start, self.text.len() as u32]);
        }
        self.places.push(Place {
            first: first as u32,
            cells: (self.bounds.len() - first) as u32,
            line,
            line_ends: 0,
            is_open: false,
        });
    }

    /// Leaves out the last record, whose text begins here.
    pub(crate) fn pop(&mut self, text: usize) {
        if let Some(place) = self.places.pop() {
            self.bounds.truncate(place.first as usize);
            self.natives.truncate(place.first as usize);
            self.text.truncate(text);
        }
    }

    /// Returns the cell at one position of each record; nothing of a record that is too short.
    #[inline]
    pub(crate) fn column(&self, position: usize) -> impl Iterator<Item = &[u8]> {
        self.places.iter().map(move |place| {
            let bounds = self.bounds.get(place.first as usize + position);
            bounds.map_or(&[][..], |bounds| cell(&self.text, bounds))
        })
    }

    /// Returns what the cell at one position of each record is by itself; nothing if all cells are texts.
    pub(crate) fn natives(&self, position: usize) -> Option<impl Iterator<Item = Native>> {
        let native = move |place: &Place| {
            let native = self.natives.get(place.first as usize + position);
            native.copied().unwrap_or(Native::Text)
        };
        (!self.natives.is_empty()).then(|| self.places.iter().map(native))
    }

    /// Returns the line on which a record begins.
    pub(crate) fn line(&self, at: usize) -> u64 {
        self.places.get(at).map_or(0, |place| place.line)
    }

    /// Returns one cell of a record.
    #[inline]
    pub(crate) fn cell(&self, at: usize, position: usize) -> &[u8] {
        let place = self.places.get(at);
        let bounds = place.and_then(|place| self.bounds.get(place.first as usize + position));
        bounds.map_or(&[][..], |bounds| cell(&self.text, bounds))
    }
}

impl<'a> Record<'a> {
    /// Returns the number of cells.
    pub(crate) fn len(&self) -> usize {
        self.bounds.len()
    }

    /// Returns the bytes of a cell; nothing of one that the record does not have.
    pub(crate) fn cell(&self, position: usize) -> &'a [u8] {
        let bounds = self.bounds.get(position);
        bounds.map_or(&[], |bounds| cell(self.text, bounds))
    }

    /// Returns what a cell is by itself.
    pub(crate) fn native(&self, position: usize) -> Native {
        self.natives.get(position).copied().unwrap_or(Native::Text)
    }

    /// Returns the name of a cell in its workbook, such as `people!B7`, if the record is from one.
    pub(crate) fn place(&self, position: usize) -> Option<String> {
        Some(self.sheet?.place(self.line, position))
    }

    /// Returns the cells in their order.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &'a [u8]> {
        let text = self.text;
        self.bounds.iter().map(move |bounds| cell(text, bounds))
    }
}

impl Chunk {
    /// Returns whether it has as many records, or as long a text, as are worked on at a time.
    pub(crate) fn is_full(&self) -> bool {
        self.places.len() >= ROWS || self.text.len() >= LONGEST
    }
}
