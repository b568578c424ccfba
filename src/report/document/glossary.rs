//! Explains the words of a glossary where each first stands in a document.

use crate::report::document::cited::Explained;
use crate::report::document::scores::{ScoreEntry, ScoreItem};
use crate::report::document::tree::{Block, Document, Head, Item, Row};

impl Document {
    /// Explains each term just after the block in which it first stands.
    pub fn explaining(mut self, terms: &[Explained]) -> Self {
        let mut left: Vec<&Explained> = terms.iter().collect();
        let title = std::slice::from_ref(&self.title);
        self.head = explained(std::mem::take(&mut self.head), title, &mut left);
        for section in &mut self.sections {
            let title = std::slice::from_ref(&section.title);
            section.blocks = explained(std::mem::take(&mut section.blocks), title, &mut left);
        }
        self
    }
}

/// Puts what terms mean after the blocks in which they stand. Those of the title above the blocks are explained after the first.
fn explained(blocks: Vec<Block>, title: &[String], left: &mut Vec<&Explained>) -> Vec<Block> {
    let mut told = Vec::new();
    let mut above = title;
    for block in blocks {
        let mut texts: Vec<&str> = above.iter().map(String::as_str).collect();
        above = &[];
        texts_of(&block, &mut texts);
        let (found, rest): (Vec<_>, Vec<_>) = std::mem::take(left)
            .into_iter()
            .partition(|own| texts.iter().any(|text| has_word(text, &own.term)));
        *left = rest;
        told.push(block);
        if !found.is_empty() {
            told.push(Block::Terms(found.into_iter().cloned().collect()));
        }
    }
    told
}

/// Returns whether a text has a term as a word of its own, and not as a part of a longer one.
fn has_word(text: &str, term: &str) -> bool {
    text.match_indices(term).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text
            .get(at + term.len()..)
            .and_then(|after| after.chars().next());
        [before, after]
            .iter()
            .flatten()
            .all(|next| !next.is_alphanumeric())
    })
}

/// Adds the texts of a block that its reader reads as sentences, titles and cells. Lists of sources are not among them, since they are looked up.
fn texts_of<'a>(block: &'a Block, texts: &mut Vec<&'a str>) {
    match block {
        Block::Says(text) | Block::Notice(text) => texts.push(text),
        Block::Result { headline, reasons } => {
            texts.push(headline);
            texts.extend(reasons.iter().map(String::as_str));
        }
        Block::Facts(facts) => texts.extend(facts.iter().map(|(_, fact)| fact.as_str())),
        Block::List(items) => texts.extend(items.iter().map(String::as_str)),
        Block::Steps(steps) => texts.extend(steps.iter().map(|(_, step)| step.as_str())),
        Block::Waterfall(waterfall) => {
            texts.extend(waterfall.bars.iter().map(|bar| bar.title.as_str()))
        }
        Block::Scores(scores) => {
            for item in &scores.items {
                match item {
                    ScoreItem::Together { text, .. } => texts.push(text),
                    ScoreItem::Entry(entry) => texts_of_entry(entry, texts),
                }
            }
            scores
                .folded
                .iter()
                .for_each(|entry| texts_of_entry(entry, texts));
        }
        Block::Table(table) => {
            for item in &table.items {
                match item {
                    Item::Together { text, .. } => texts.push(text),
                    Item::Entry { head, rows, .. } => {
                        texts_of_head(head, texts);
                        rows.iter().for_each(|row| texts_of_row(row, texts));
                    }
                }
            }
        }
        Block::Grid(grid) => {
            texts.extend([grid.rows_read.as_str(), &grid.columns_read]);
            texts.extend(grid.columns.iter().map(String::as_str));
            texts.extend(grid.rows.iter().map(|(label, _)| label.as_str()));
        }
        Block::Flow(_)
        | Block::Chart(_)
        | Block::Sources(_)
        | Block::Terms(_)
        | Block::Folded { .. }
        | Block::Blanks(_) => {}
    }
}

fn texts_of_entry<'a>(entry: &'a ScoreEntry, texts: &mut Vec<&'a str>) {
    texts.extend([entry.title.as_str(), &entry.value, &entry.matched]);
}

fn texts_of_head<'a>(head: &'a Head, texts: &mut Vec<&'a str>) {
    texts.push(&head.title);
    texts.extend(head.remarks.iter().map(String::as_str));
}

fn texts_of_row<'a>(row: &'a Row, texts: &mut Vec<&'a str>) {
    match row {
        Row::Says(text) => texts.push(text),
        Row::Cells(cells) => texts.extend(cells.iter().map(String::as_str)),
        Row::Points { what, .. } => texts.push(what),
    }
}
