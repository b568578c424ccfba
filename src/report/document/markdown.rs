//! Draws a document as Markdown (CommonMark with the usual tables). What an author wrote stays text, and nothing in it becomes markup.

use crate::model::about::Source;
use crate::report::document::cited::Cited;
use crate::report::document::lines::is_web;
use crate::report::document::scores::{ScoreItem, Scores};
use crate::report::document::text::BLANK;
use crate::report::document::tree::{
    Block, Document, Grid, Head, Item, Row, Section, Table, TableKind,
};
use crate::words::{points, sentence};

pub(super) fn page(document: &Document) -> String {
    let mut page = Page {
        text: String::new(),
    };
    page.paragraph(&format!("# {}", escaped(&document.title)));
    document.head.iter().for_each(|block| page.block(block));
    document
        .sections
        .iter()
        .for_each(|section| page.section(section));
    document.foot.iter().for_each(|block| page.block(block));
    let length = page.text.trim_end().len();
    page.text.truncate(length);
    page.text.push('\n');
    page.text
}

/// Returns a text on one line, in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&' => {
                escaped.extend(['\\', character])
            }
            other if other.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Returns a text at the start of a line, where a number or a dash would begin a list.
fn plain(text: &str) -> String {
    let escaped = escaped(text.trim());
    let digits = escaped.chars().take_while(char::is_ascii_digit).count();
    match escaped.get(digits..) {
        Some(rest) if digits > 0 && rest.starts_with([')', '.']) => {
            format!("{}\\{rest}", escaped.get(..digits).unwrap_or_default())
        }
        _ if escaped.starts_with(['-', '+', '=']) => format!("\\{escaped}"),
        _ => escaped,
    }
}

struct Page {
    text: String,
}

impl Page {
    fn paragraph(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push_str("\n\n");
    }

    fn list<'a>(&mut self, items: impl Iterator<Item = (usize, &'a str)>) {
        for (depth, item) in items {
            self.text
                .push_str(&format!("{}- {}\n", "  ".repeat(depth), plain(item)));
        }
        self.text.push('\n');
    }

    fn section(&mut self, section: &Section) {
        self.paragraph(&format!("## {}", escaped(&section.title)));
        if !section.sources.is_empty() {
            self.paragraph(&plain(&format!(
                "Source: {}.",
                Cited::listed(&section.sources)
            )));
        }
        section.blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Says(text) => self.paragraph(&plain(text)),
            Block::Notice(text) => self.paragraph(&format!("> {}", plain(text))),
            Block::Result { headline, reasons } => {
                self.paragraph(&format!("**{}**", escaped(headline)));
                reasons
                    .iter()
                    .for_each(|reason| self.paragraph(&plain(reason)));
            }
            Block::Facts(facts) => {
                for (name, fact) in facts {
                    self.text
                        .push_str(&format!("- **{}:** {}\n", escaped(name), escaped(fact)));
                }
                self.text.push('\n');
            }
            Block::List(items) => self.list(items.iter().map(|item| (0, item.as_str()))),
            Block::Steps(steps) => {
                self.list(steps.iter().map(|(depth, step)| (*depth, step.as_str())))
            }
            // What is drawn on a page is a sum here.
            Block::Waterfall(waterfall) => self.paragraph(&plain(&waterfall.sum())),
            Block::Scores(scores) => self.scores(scores),
            Block::Table(table) => self.table(table),
            Block::Grid(grid) => self.grid(grid),
            Block::Flow(_) | Block::Chart(_) | Block::Folded { .. } => {}
            Block::Terms(terms) => {
                for own in terms {
                    let source = match own.sources.as_slice() {
                        [] => String::new(),
                        sources => format!(" Source: {}.", Cited::listed(sources)),
                    };
                    let (term, means) = (escaped(&own.term), escaped(&sentence(&own.means)));
                    self.text
                        .push_str(&format!("- **{term}:** {means}{}\n", escaped(&source)));
                }
                self.text.push('\n');
            }
            Block::Blanks(names) => names
                .iter()
                .for_each(|name| self.paragraph(&escaped(&format!("{name}: {BLANK}")))),
            Block::Sources(sources) => sources.iter().for_each(|source| self.source(source)),
        }
    }

    fn caption(&mut self, caption: &str) {
        self.paragraph(&format!("*{}*", escaped(caption)));
    }

    fn row<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        let cells: Vec<_> = cells.map(|cell| escaped(cell.trim())).collect();
        self.text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }

    fn header<'a>(
        &mut self,
        columns: impl Iterator<Item = &'a str> + Clone,
        last_is_a_number: bool,
    ) {
        self.row(columns.clone());
        let count = columns.count();
        let rules = (1..=count).map(|at| {
            if last_is_a_number && at == count {
                " ---: |"
            } else {
                " --- |"
            }
        });
        self.text
            .push_str(&format!("|{}\n", rules.collect::<String>()));
    }

    fn scores(&mut self, scores: &Scores) {
        if !scores.items.is_empty() {
            self.rows_of_scores(scores);
        }
        if let Some(folded) = scores.folded_in_words() {
            self.paragraph(&plain(&folded));
        }
    }

    fn rows_of_scores(&mut self, scores: &Scores) {
        self.caption(&scores.caption);
        self.header(
            ["Criterion", "Value as given", "What matched", "Points"].into_iter(),
            true,
        );
        for item in &scores.items {
            match item {
                ScoreItem::Together { text, .. } => {
                    self.row([text.as_str(), "", "", ""].into_iter())
                }
                ScoreItem::Entry(entry) => {
                    let lost = entry
                        .lost
                        .map(|lost| format!(", {lost}"))
                        .unwrap_or_default();
                    let points = format!("{}{lost}", points(entry.points));
                    self.row(
                        [entry.title.as_str(), &entry.value, &entry.matched, &points].into_iter(),
                    );
                }
            }
        }
        self.text.push('\n');
    }

    fn table(&mut self, table: &Table) {
        self.caption(&table.caption);
        self.header(
            table.columns.iter().copied(),
            table.kind == TableKind::Points,
        );
        for item in &table.items {
            match item {
                Item::Together { text, .. } => self.row(
                    [text.as_str()]
                        .into_iter()
                        .chain(table.columns.iter().skip(1).map(|_| "")),
                ),
                Item::Entry { head, rows, .. } => {
                    let head = in_one_line(head);
                    for (at, row) in rows.iter().enumerate() {
                        let head = if at == 0 { head.as_str() } else { "" };
                        match row {
                            Row::Says(text) => self.row(
                                [head, text]
                                    .into_iter()
                                    .chain(table.columns.iter().skip(2).map(|_| "")),
                            ),
                            Row::Cells(cells) => {
                                self.row([head].into_iter().chain(cells.iter().map(String::as_str)))
                            }
                            Row::Points { what, points } => {
                                self.row([head, what, points].into_iter())
                            }
                        }
                    }
                }
            }
        }
        self.text.push('\n');
    }

    fn grid(&mut self, grid: &Grid) {
        self.caption(&grid.caption);
        self.header(
            [grid.rows_read.as_str()]
                .into_iter()
                .chain(grid.columns.iter().map(String::as_str)),
            false,
        );
        for (label, cells) in &grid.rows {
            self.row(
                [label.as_str()]
                    .into_iter()
                    .chain(cells.iter().map(|cell| cell.text.as_str())),
            );
        }
        self.text.push('\n');
    }

    fn source(&mut self, source: &Source) {
        let licence = source
            .licence
            .as_ref()
            .map(|licence| format!("licence {licence}"));
        let known: Vec<_> = source
            .publisher
            .iter()
            .chain(&source.date)
            .chain(&licence)
            .chain(&source.note)
            .map(|text| escaped(text))
            .collect();
        let about = if known.is_empty() {
            String::new()
        } else {
            format!(" ({})", known.join(", "))
        };
        let url = source.url.as_deref().map(|url| {
            if is_web(url) && !url.contains(['<', '>', ' ']) {
                format!(", <{url}>")
            } else {
                format!(", {}", escaped(url))
            }
        });
        self.paragraph(&format!(
            "- **{}:** {}{about}{}",
            escaped(&source.name),
            escaped(&source.title),
            url.unwrap_or_default()
        ));
    }
}

fn in_one_line(head: &Head) -> String {
    let remarks = if head.remarks.is_empty() {
        String::new()
    } else {
        format!(". {}", head.remarks.join(" "))
    };
    let sources = if head.sources.is_empty() {
        String::new()
    } else {
        format!(" (source: {})", Cited::listed(&head.sources))
    };
    format!("{}{remarks}{sources}", head.title)
}
