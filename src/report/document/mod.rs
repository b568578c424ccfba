//! A document as data, and the three ways to draw it: as text, as Markdown, and as one page of HTML.
//!
//! Everything that a person reads is built as a [`tree::Document`] and drawn from it, so that two forms of one report cannot disagree.

#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "only the members of the workspace see it"
)]

pub mod chart;
pub mod cited;
mod escaped;
pub mod flow;
mod glossary;
mod html;
mod lines;
mod markdown;
mod measure;
pub mod scores;
mod text;
pub mod tree;
mod waterfall;

pub use measure::grouped;
use tree::Document;

impl Document {
    /// Returns the document as text, to read on a terminal or aloud.
    pub fn to_text(&self, is_coloured: bool) -> String {
        text::page(self, is_coloured)
    }

    pub fn to_markdown(&self) -> String {
        markdown::page(self)
    }

    /// Returns one page that stands alone.
    pub fn to_html(&self) -> String {
        html::page(self)
    }
}
