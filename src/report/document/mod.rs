//! A document as data, and the three ways that it is drawn: text, Markdown, and one page of HTML.
//!
//! Everything that a person reads is built as a [`tree::Document`] and drawn from it, so that two forms of one report cannot disagree.

pub(crate) mod chart;
mod escaped;
#[cfg_attr(
    not(feature = "cohort"),
    expect(
        dead_code,
        reason = "only the trial of a revision on a cohort draws it"
    )
)]
pub(crate) mod flow;
mod html;
mod lines;
mod markdown;
mod measure;
pub(crate) mod scores;
mod text;
pub(crate) mod tree;
mod waterfall;

use tree::Document;

impl Document {
    /// To read on a terminal or aloud.
    pub(crate) fn to_text(&self, is_coloured: bool) -> String {
        text::page(self, is_coloured)
    }

    pub(crate) fn to_markdown(&self) -> String {
        markdown::page(self)
    }

    /// One page that stands alone.
    pub(crate) fn to_html(&self) -> String {
        html::page(self)
    }
}
