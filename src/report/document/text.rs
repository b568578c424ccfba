//! Draws a document as text. Every line makes sense when it is read aloud, from left to right.

use std::fmt::Write;

use crate::report::document::cited::Cited;
use crate::report::document::lines::{width, wrap};
use crate::report::document::scores::{ScoreEntry, ScoreItem, Scores};
use crate::report::document::tree::{
    Block, Document, Grid, Head, Item, Layout, Row, Section, SectionKind, Table, TableKind,
};
use crate::words::points;

/// The widest head that has its cell beside it, and not below it.
const HEAD: usize = 28;
/// The widest head of a row of a grid, so that each of six columns beside it has room for a word.
const GRID_HEAD: usize = 22;
const INDENT: usize = 2;
/// A line to be filled in.
pub(super) const BLANK: &str = "________________________________";

pub(super) fn page(document: &Document, is_coloured: bool) -> String {
    let mut page = Page {
        text: String::new(),
        layout: document.layout,
        margin: 0,
        is_coloured,
    };
    page.heading('=', &document.title);
    for (at, block) in document.head.iter().enumerate() {
        if at > 0 {
            page.gap();
        }
        page.block(block);
    }
    for section in &document.sections {
        page.section(section);
    }
    page.gap();
    document.foot.iter().for_each(|block| page.block(block));
    let length = page.text.trim_end().len();
    page.text.truncate(length);
    page.text.push('\n');
    page.text
}

struct Page {
    text: String,
    layout: Layout,
    /// How far everything is indented.
    margin: usize,
    is_coloured: bool,
}

impl Page {
    fn line(&mut self, line: &str) {
        let line = line.trim_end();
        if !line.is_empty() {
            self.text.push_str(&" ".repeat(self.margin));
            // What an author wrote must not steer a terminal.
            self.text
                .extend(line.chars().filter(|character| !character.is_control()));
        }
        self.text.push('\n');
    }

    /// Returns how much room a line has.
    fn width(&self) -> usize {
        self.layout.width.saturating_sub(self.margin)
    }

    fn bold(&mut self, write: impl FnOnce(&mut Self)) {
        self.text
            .push_str(if self.is_coloured { "\u{1b}[1m" } else { "" });
        write(self);
        self.text
            .push_str(if self.is_coloured { "\u{1b}[0m" } else { "" });
    }

    fn heading(&mut self, under: char, heading: &str) {
        self.bold(|page| page.wrapped(0, 0, heading));
        if self.layout.is_ruled {
            self.rule(under, heading);
        }
    }

    fn section(&mut self, section: &Section) {
        let is_looked_up = matches!(section.kind, SectionKind::Aside | SectionKind::Form);
        if is_looked_up && self.layout.is_brief {
            return;
        }
        self.gap();
        self.heading('-', &section.title);
        self.margin = self.layout.margin;
        self.sources(0, &section.sources);
        section.blocks.iter().for_each(|block| self.block(block));
        self.margin = 0;
    }

    /// Writes one empty line, even if it is asked for several times in a row.
    fn gap(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn rule(&mut self, character: char, under: &str) {
        self.line(&character.to_string().repeat(width(under).min(self.width())));
    }

    /// Writes a paragraph, whose lines after the first are indented further.
    fn wrapped(&mut self, indent: usize, hanging: usize, text: &str) {
        for (at, line) in wrap(text, self.width().saturating_sub(indent + hanging))
            .iter()
            .enumerate()
        {
            let margin = if at == 0 { indent } else { indent + hanging };
            self.line(&format!("{}{line}", " ".repeat(margin)));
        }
    }

    /// Writes a head with its cell beside it, or below it if the head is long.
    fn pair(&mut self, indent: usize, column: usize, head: &str, cell: &str) {
        let room = self.width().saturating_sub(indent + column);
        if cell.split_whitespace().any(|word| width(word) > room) {
            self.line(&format!("{}{head}", " ".repeat(indent)));
            self.wrapped(indent + INDENT, 0, cell);
            return;
        }
        let mut ahead = format!("{}{head}", " ".repeat(indent));
        if width(head) >= column {
            self.line(&ahead);
            ahead.clear();
        }
        for line in wrap(cell, room) {
            let margin = (indent + column).saturating_sub(width(&ahead));
            self.line(&format!("{ahead}{}{line}", " ".repeat(margin)));
            ahead.clear();
        }
    }

    fn sources(&mut self, indent: usize, sources: &[Cited]) {
        if !sources.is_empty() && !self.layout.is_brief {
            self.wrapped(
                indent,
                INDENT,
                &format!("Source: {}.", Cited::listed(sources)),
            );
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Says(text) => self.wrapped(0, 0, text),
            Block::Notice(text) => {
                self.gap();
                self.wrapped(0, 0, text);
            }
            Block::Result { headline, reasons } => {
                self.gap();
                self.bold(|page| page.wrapped(0, 0, headline));
                reasons.iter().for_each(|reason| self.wrapped(0, 0, reason));
            }
            Block::Facts(facts) => {
                let widest = facts
                    .iter()
                    .map(|(name, _)| width(name))
                    .max()
                    .unwrap_or_default();
                facts
                    .iter()
                    .for_each(|(name, fact)| self.pair(0, widest + INDENT, name, fact));
            }
            Block::List(items) => items
                .iter()
                .for_each(|item| self.wrapped(0, INDENT, &format!("- {item}"))),
            Block::Steps(steps) => steps
                .iter()
                .for_each(|(depth, step)| self.wrapped(INDENT * depth, INDENT, step)),
            // What is drawn on a page is a sum here.
            Block::Waterfall(waterfall) => self.wrapped(0, INDENT, &waterfall.sum()),
            Block::Scores(scores) => self.scores(scores),
            Block::Table(table) => self.table(table),
            Block::Grid(grid) => self.grid(grid),
            Block::Flow(_) | Block::Chart(_) | Block::Folded { .. } => {}
            Block::Terms(terms) if self.layout.is_brief => terms.iter().for_each(|own| {
                self.wrapped(0, INDENT, &format!("({}: {})", own.term, own.means));
            }),
            Block::Terms(terms) => terms.iter().for_each(|own| {
                self.wrapped(0, INDENT, &format!("{}: {}", own.term, own.means));
                self.sources(INDENT, &own.sources);
            }),
            Block::Blanks(names) => names
                .iter()
                .for_each(|name| self.line(&format!("{name}: {BLANK}"))),
            Block::Sources(sources) => {
                for source in sources {
                    self.wrapped(0, INDENT * 2, &format!("{}: {}", source.name, source.title));
                    let licence = source
                        .licence
                        .as_ref()
                        .map(|licence| format!("licence {licence}"));
                    let known: Vec<_> = source
                        .publisher
                        .iter()
                        .chain(&source.date)
                        .chain(&licence)
                        .map(String::as_str)
                        .collect();
                    [&known.join(", ")]
                        .into_iter()
                        .chain(&source.note)
                        .chain(&source.url)
                        .for_each(|text| self.wrapped(INDENT, INDENT, text));
                }
            }
        }
    }

    /// Writes what gave points, each with its points at the end of the line.
    fn scores(&mut self, scores: &Scores) {
        for item in &scores.items {
            match item {
                ScoreItem::Together { depth, text } => self.wrapped(INDENT * depth, INDENT, text),
                ScoreItem::Entry(entry) => self.score(entry),
            }
        }
        if let Some(folded) = scores.folded_in_words() {
            self.wrapped(0, INDENT, &folded);
        }
    }

    fn score(&mut self, entry: &ScoreEntry) {
        let points = points(entry.points);
        let indent = INDENT * entry.depth;
        let room = self
            .width()
            .saturating_sub(indent + width(&points) + INDENT);
        let lines = wrap(&entry.title, room);
        for (at, line) in lines.iter().enumerate() {
            let text = format!("{}{line}", " ".repeat(indent));
            if at + 1 == lines.len() && width(line) <= room {
                let gap = self.width().saturating_sub(width(&text) + width(&points));
                self.line(&format!("{text}{}{points}", " ".repeat(gap)));
            } else {
                self.line(&text);
                if at + 1 == lines.len() {
                    self.line(&format!(
                        "{}{points}",
                        " ".repeat(self.width().saturating_sub(width(&points)))
                    ));
                }
            }
        }
        let found = [entry.value.as_str(), entry.matched.as_str()]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        [found.as_str(), entry.lost.unwrap_or_default()]
            .into_iter()
            .filter(|text| !text.is_empty())
            .for_each(|text| {
                self.wrapped(indent + INDENT, INDENT, text);
            });
    }

    fn table(&mut self, table: &Table) {
        self.gap();
        self.wrapped(0, 0, &table.caption);
        let column = match table.kind {
            TableKind::Points => table.widest_row(self.width()),
            TableKind::Pairs => table.widest_head() + INDENT,
            TableKind::Labelled => {
                table
                    .columns
                    .iter()
                    .skip(1)
                    .map(|column| width(column))
                    .max()
                    .unwrap_or_default()
                    + INDENT
                    + 1
            }
        };
        for item in &table.items {
            match item {
                Item::Together { depth, text } => {
                    self.gap();
                    self.wrapped(INDENT * (depth + 1), INDENT, text);
                }
                Item::Entry { depth, head, rows } => {
                    let indent = INDENT * (depth + 1);
                    if table.kind == TableKind::Pairs {
                        for row in rows {
                            self.pair(indent, column, &head.title, &row.only());
                        }
                        continue;
                    }
                    self.gap();
                    self.head(indent, head);
                    for row in rows {
                        self.row(indent + INDENT, column, &table.columns, row);
                    }
                }
            }
        }
        self.gap();
    }

    fn head(&mut self, indent: usize, head: &Head) {
        self.wrapped(indent, INDENT, &head.title);
        if !head.remarks.is_empty() {
            self.wrapped(indent + INDENT, INDENT, &head.remarks.join(" "));
        }
        self.sources(indent + INDENT, &head.sources);
    }

    fn row(&mut self, indent: usize, column: usize, columns: &[&str], row: &Row) {
        match row {
            Row::Says(text) => self.wrapped(indent, INDENT, text),
            Row::Cells(cells) => {
                for (name, cell) in columns.iter().skip(1).zip(cells) {
                    self.pair(indent, column, &format!("{name}:"), cell);
                }
            }
            Row::Points { what, points } => {
                // The points stand at the end of what gives them, so that they are heard last.
                let lines = wrap(what, column);
                let last = lines.len().saturating_sub(1);
                for (at, line) in lines.iter().enumerate() {
                    let margin = " ".repeat(indent + INDENT);
                    if at == last {
                        let (number, noun) = points.rsplit_once(' ').unwrap_or((points, ""));
                        let gap = " ".repeat(column.saturating_sub(width(line)));
                        self.line(&format!("{margin}{line}{gap}{number:>8} {noun}"));
                    } else {
                        self.line(&format!("{margin}{line}"));
                    }
                }
            }
        }
    }

    fn grid(&mut self, grid: &Grid) {
        self.gap();
        self.wrapped(0, 0, &grid.caption);
        self.gap();
        let widest =
            |texts: &mut dyn Iterator<Item = &str>| texts.map(width).max().unwrap_or_default();
        let first = widest(
            &mut grid
                .rows
                .iter()
                .map(|(label, _)| label.as_str())
                .chain([grid.rows_read.as_str()]),
        )
        .min(GRID_HEAD);
        let each = self.width().saturating_sub(INDENT + first) / grid.columns.len().max(1);
        let widths: Vec<usize> = grid
            .columns
            .iter()
            .enumerate()
            .map(|(at, label)| {
                let cells = grid
                    .rows
                    .iter()
                    .filter_map(|(_, cells)| cells.get(at))
                    .map(|cell| cell.text.as_str());
                widest(&mut cells.chain([label.as_str()]))
                    .min(each.saturating_sub(INDENT))
                    .max(1)
            })
            .collect();
        let margin = " ".repeat(INDENT + first + INDENT);
        self.line(&format!("{margin}{}", grid.columns_read));
        self.grid_row(
            first,
            &widths,
            &grid.rows_read,
            grid.columns.iter().map(String::as_str),
        );
        let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        self.grid_row(
            first,
            &widths,
            &"-".repeat(first),
            rules.iter().map(String::as_str),
        );
        for (label, cells) in &grid.rows {
            self.grid_row(
                first,
                &widths,
                label,
                cells.iter().map(|cell| cell.text.as_str()),
            );
        }
        self.gap();
    }

    /// Writes a row of cells, each wrapped within its own width.
    fn grid_row<'a>(
        &mut self,
        first: usize,
        widths: &[usize],
        label: &str,
        cells: impl Iterator<Item = &'a str>,
    ) {
        let all: Vec<(usize, Vec<String>)> = [(first, wrap(label, first))]
            .into_iter()
            .chain(
                widths
                    .iter()
                    .copied()
                    .zip(cells)
                    .map(|(width, cell)| (width, wrap(cell, width))),
            )
            .collect();
        let height = all
            .iter()
            .map(|(_, lines)| lines.len())
            .max()
            .unwrap_or_default();
        for at in 0..height {
            let mut row = String::new();
            for (width, lines) in &all {
                let line = lines.get(at).map(String::as_str).unwrap_or_default();
                // Writing to a string does not fail.
                let _ = write!(row, "{:INDENT$}{line:width$}", "", width = *width);
            }
            self.line(&row);
        }
    }
}

impl Table {
    fn widest_head(&self) -> usize {
        let heads = self.items.iter().map(|item| {
            if let Item::Entry { head, .. } = item {
                width(&head.title)
            } else {
                0
            }
        });
        heads.max().unwrap_or_default().min(HEAD)
    }

    /// Returns the width of the widest entry that gives points, as far as there is room for it.
    fn widest_row(&self, room: usize) -> usize {
        let rows = self.items.iter().flat_map(|item| {
            if let Item::Entry { rows, .. } = item {
                rows.as_slice()
            } else {
                &[]
            }
        });
        let widths = rows.map(|row| {
            if let Row::Points { what, .. } = row {
                width(what)
            } else {
                0
            }
        });
        widths
            .max()
            .unwrap_or_default()
            .min(room.saturating_sub(30))
    }
}

impl Row {
    fn only(&self) -> String {
        match self {
            Self::Says(text) => text.clone(),
            Self::Cells(cells) => cells.join("; "),
            Self::Points { what, points } => format!("{what}: {points}"),
        }
    }
}
