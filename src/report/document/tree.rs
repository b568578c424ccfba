//! The parts of which a document is made.

use crate::model::about::Source;
use crate::report::document::chart::Chart;
use crate::report::document::cited::{Cited, Explained};
use crate::report::document::flow::Flow;
use crate::report::document::scores::{Scores, Waterfall};

/// A whole document: the sheet of a matrix, the explanation of a result, the facts for a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub title: String,
    /// The title that a browser shows for the page, beside those of other pages.
    pub window: String,
    pub head: Vec<Block>,
    pub sections: Vec<Section>,
    pub foot: Vec<Block>,
    /// What stands at the foot of each sheet of paper, beside the number of the page.
    pub footer: String,
    /// Whether a page begins with links to its sections.
    pub has_contents: bool,
    pub layout: Layout,
}

/// How a document is laid out as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    pub width: usize,
    /// How far the body of a section is indented.
    pub margin: usize,
    /// Whether headings are underlined.
    pub is_ruled: bool,
    /// Whether the text is brief: it leaves out what is only there to be handed over or looked up, and says in one line what gives no points.
    pub is_brief: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// A name that is unique in the document, for links within a page.
    pub anchor: String,
    pub title: String,
    pub sources: Vec<Cited>,
    pub kind: SectionKind,
    pub blocks: Vec<Block>,
}

/// What a section is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SectionKind {
    /// For every reader.
    #[default]
    Plain,
    /// Only there to be handed over or looked up, so that a brief text leaves it out.
    Aside,
    /// The begin of the detail, which has a new sheet of paper.
    Detail,
    /// Filled in by hand, and so only on paper.
    Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Says(String),
    /// A text that must not be overlooked.
    Notice(String),
    /// The result, and the reasons for it.
    Result {
        headline: String,
        reasons: Vec<String>,
    },
    /// Facts, each with its name: the id, the version, the hash …
    Facts(Vec<(&'static str, String)>),
    List(Vec<String>),
    /// Lines, each with its depth below the first.
    Steps(Vec<(usize, String)>),
    Waterfall(Waterfall),
    Scores(Scores),
    Table(Table),
    Grid(Grid),
    /// Drawn on a page; the table that follows says the same.
    Flow(Flow),
    /// Drawn on a page; the table that follows says the same.
    Chart(Chart),
    Sources(Vec<Source>),
    /// What words mean that stand for the first time just before.
    Terms(Vec<Explained>),
    /// A list that a page shows to whoever asks for it. Only a page has it: data hold the same.
    Folded {
        summary: String,
        items: Vec<String>,
    },
    /// Lines to be filled in by hand, each with its name.
    Blanks(Vec<&'static str>),
}

/// A table of entries, each with a head and rows of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub caption: String,
    pub kind: TableKind,
    /// The names of the head and of each cell after it.
    pub columns: Vec<&'static str>,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Entries with a head, then rows of a value and the points that it gives. The points stand under each other.
    Points,
    /// Entries with a head, then one row whose cells are long. Each cell is read with the name of its column.
    Labelled,
    /// Entries with a short head and one cell.
    Pairs,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// How the entries one step deeper are put together.
    Together { depth: usize, text: String },
    Entry {
        depth: usize,
        head: Head,
        rows: Vec<Row>,
    },
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    pub title: String,
    pub remarks: Vec<String>,
    pub sources: Vec<Cited>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A text that says what the rows after it hold for.
    Says(String),
    Cells(Vec<String>),
    Points {
        what: String,
        points: String,
    },
}

/// A two-way table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    pub caption: String,
    pub rows_read: String,
    pub columns_read: String,
    pub columns: Vec<String>,
    pub rows: Vec<(String, Vec<GridCell>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridCell {
    pub text: String,
    /// How intensive the result is, from 0 for the least to 4 for the most. It is `None` for a result that has no place in that order.
    pub shade: Option<usize>,
    /// The length of a bar that a page draws below the text, in thousandths of the longest one.
    pub bar: Option<u64>,
}

impl From<String> for GridCell {
    fn from(text: String) -> Self {
        Self {
            text,
            shade: None,
            bar: None,
        }
    }
}

impl Section {
    pub fn new(anchor: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            anchor: anchor.into(),
            title: title.into(),
            sources: Vec::new(),
            kind: SectionKind::default(),
            blocks: Vec::new(),
        }
    }

    pub fn says(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Says(text.into()));
    }
}

impl Grid {
    pub(super) fn has_bars(&self) -> bool {
        let mut cells = self.rows.iter().flat_map(|(_, cells)| cells);
        cells.any(|cell| cell.bar.is_some())
    }
}

impl Table {
    /// Creates a table of short heads with one cell each.
    pub fn pairs(
        caption: impl Into<String>,
        columns: [&'static str; 2],
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let entry = |(title, cell)| Item::Entry {
            depth: 0,
            head: Head {
                title,
                ..Head::default()
            },
            rows: vec![Row::Cells(vec![cell])],
        };
        Self {
            caption: caption.into(),
            kind: TableKind::Pairs,
            columns: columns.to_vec(),
            items: pairs.into_iter().map(entry).collect(),
        }
    }

    /// Creates a table of entries with a cell for each column after the first.
    pub fn labelled(
        caption: &str,
        columns: &[&'static str],
        entries: impl IntoIterator<Item = (Head, Vec<String>)>,
    ) -> Self {
        let entry = |(head, cells)| Item::Entry {
            depth: 0,
            head,
            rows: vec![Row::Cells(cells)],
        };
        let items = entries.into_iter().map(entry).collect();
        Self {
            caption: caption.to_owned(),
            kind: TableKind::Labelled,
            columns: columns.to_vec(),
            items,
        }
    }
}
