//! A document as data, and the three ways that it is drawn: text, Markdown, and one page of HTML.
//!
//! Everything that a person reads is built as a [`tree::Document`] and drawn from it, so that two forms of one report cannot disagree.

#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "only the members of the workspace see it"
)]

pub mod chart;
pub mod flow;
mod html;
mod markdown;
pub mod scores;
mod text;
pub mod tree;
mod waterfall;

use tree::Document;

impl Document {
    /// To read on a terminal or aloud.
    pub fn to_text(&self, is_coloured: bool) -> String {
        text::page(self, is_coloured)
    }

    pub fn to_markdown(&self) -> String {
        markdown::page(self)
    }

    /// One page that stands alone.
    pub fn to_html(&self) -> String {
        html::page(self)
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// The lines of a text, none wider than asked but for a word that is; one empty line for no text.
fn wrap(text: &str, width_asked: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if width(line) + 1 + width(word) <= width_asked => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Whether an address may be made a link: anything else might run when it is followed.
fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}
