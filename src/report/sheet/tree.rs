//! What a sheet is made of.

use crate::matrix::Source;

/// What stands above the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) title: String,
    pub(super) version: String,
    pub(super) about: Option<String>,
    /// Each with what it is: the id, the version, the hash …
    pub(super) entries: Vec<(&'static str, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// Unique in the sheet, for links within a page.
    pub(super) anchor: String,
    pub(super) title: String,
    pub(super) sources: Vec<String>,
    pub(super) blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Says(String),
    Table(Table),
    Grid(Grid),
    Sources(Vec<Source>),
}

/// Entries with a head and rows of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) kind: TableKind,
    /// What the head is, and each cell after it.
    pub(super) columns: Vec<&'static str>,
    pub(super) items: Vec<Item>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TableKind {
    /// A head, then rows of what a value is and what it gives: a number of points, which stand under each other.
    Points,
    /// A head, then one row whose cells are long: each is read with the name of its column.
    Labelled,
    /// A short head and one cell.
    Pairs,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// How the entries one step deeper are put together.
    Together {
        depth: usize,
        text: String,
    },
    Entry {
        depth: usize,
        head: Head,
        rows: Vec<Row>,
    },
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) title: String,
    pub(super) remarks: Vec<String>,
    pub(super) sources: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    /// What the rows after it hold for.
    Says(String),
    Cells(Vec<String>),
    Points {
        what: String,
        points: String,
    },
}

/// A two-way table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) caption: String,
    pub(super) rows_read: String,
    pub(super) columns_read: String,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<(String, Vec<GridCell>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GridCell {
    pub(super) text: String,
    /// From 0, the least intensive, to 4, the most; `None` for what has no place in that order.
    pub(super) shade: Option<usize>,
}

impl Section {
    pub(super) fn new(anchor: impl Into<String>, title: impl Into<String>) -> Self {
        Self { anchor: anchor.into(), title: title.into(), sources: Vec::new(), blocks: Vec::new() }
    }

    pub(super) fn says(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Says(text.into()));
    }
}

impl Table {
    /// A table of short heads with one cell each.
    pub(super) fn pairs(caption: impl Into<String>, columns: [&'static str; 2], pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let entry = |(title, cell)| Item::Entry { depth: 0, head: Head { title, ..Head::default() }, rows: vec![Row::Cells(vec![cell])] };
        Self { caption: caption.into(), kind: TableKind::Pairs, columns: columns.to_vec(), items: pairs.into_iter().map(entry).collect() }
    }

    /// A table of entries with a cell for each column after the first.
    pub(super) fn labelled(caption: &str, columns: &[&'static str], entries: impl IntoIterator<Item = (Head, Vec<String>)>) -> Self {
        let entry = |(head, cells)| Item::Entry { depth: 0, head, rows: vec![Row::Cells(cells)] };
        let items = entries.into_iter().map(entry).collect();
        Self { caption: caption.to_owned(), kind: TableKind::Labelled, columns: columns.to_vec(), items }
    }
}
