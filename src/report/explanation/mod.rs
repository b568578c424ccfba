//! The explanation of one result, for whoever has to understand it: built from the trace alone, and drawn in three ways.

mod closing;
mod decision;
mod dimensions;
mod missing;
mod redact;
mod result;
mod rules;

use std::fmt;

use serde::Serialize;

use crate::matrix::Matrix;
use crate::report::NOTICE;
use crate::report::document::tree::{Block, Document, Layout, Section};
use crate::score::outcome::Outcome;
use crate::score::trace::{Steps, Trace};

/// Why a result is what it is, to read, print and hand over. Made by [`Trace::explanation`].
///
/// `Display` gives it as text to read on a terminal or aloud. A brief text says in one line what gives no points, and leaves out the sources
/// and the person's rights; Markdown and HTML have them always.
///
/// ```
/// use threshold_matrix::{Matrix, Profile};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let trace = matrix.explain(&Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
/// assert!(trace.explanation().to_string().contains("Result: medium"));
/// assert!(trace.explanation().to_html().contains("<svg"));
/// assert!(trace.explanation().full().to_markdown().contains("## Every rule, with its line in the file"));
/// assert!(!trace.explanation().redacted().to_string().contains("twelve months: 4"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Explanation<'a> {
    trace: &'a Trace,
    is_full: bool,
    is_redacted: bool,
    changes: Vec<String>,
}

impl Trace {
    /// The explanation to read: brief, with all values, until told otherwise.
    pub fn explanation(&self) -> Explanation<'_> {
        Explanation { trace: self, is_full: false, is_redacted: false, changes: Vec::new() }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.explanation().fmt(formatter)
    }
}

impl Explanation<'_> {
    /// With every rule that was looked at, and its line in the file; and nothing left out of the text.
    pub fn full(mut self) -> Self {
        self.is_full = true;
        self
    }

    /// Without the profile: no value that it gave, no condition that a value met, no rule that a value chose.
    ///
    /// What stays is the result, the scores and levels, the points of each criterion, the steps of the decision, what overrides changed, the flags,
    /// and which inputs had no value. **It is not anonymous**: points tell which band or value somebody is in, and a criterion with a value for
    /// each number of points gives the value away. Show it to those who may know the points. The rules one by one and what would change the
    /// result are made of values, and are left out.
    pub fn redacted(mut self) -> Self {
        self.is_redacted = true;
        self
    }

    /// With a section on what would change the result, a line each.
    pub fn what_would_change_it(mut self, lines: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.changes = lines.into_iter().map(Into::into).collect();
        self
    }

    /// As Markdown: CommonMark with tables.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        self.document().to_markdown()
    }

    /// As one page of HTML that stands alone: no script, and nothing that is fetched from elsewhere.
    ///
    /// It prints on A4, has room on a telephone, and follows the reader's choice of light or dark.
    #[must_use]
    pub fn to_html(&self) -> String {
        self.document().to_html()
    }

    /// As text for a terminal that shows bold letters.
    #[must_use]
    pub fn to_coloured_string(&self) -> String {
        self.document().to_text(true)
    }

    fn steps(&self) -> Steps {
        let steps = self.trace.steps();
        if self.is_redacted { redact::redacted(steps, self.trace.outcome().matrix()) } else { steps }
    }

    fn document(&self) -> Document {
        let outcome = self.trace.outcome();
        let matrix = outcome.matrix();
        let steps = self.steps();
        let writer = Writer { matrix, outcome, steps: &steps, is_redacted: self.is_redacted };
        let mut sections: Vec<Section> = steps.dimensions.iter().map(|dimension| writer.dimension(dimension)).collect();
        sections.extend(writer.outside_scores());
        sections.extend(writer.decision());
        sections.extend(writer.recorded());
        sections.extend(writer.missing());
        sections.extend(writer.flags());
        if !self.is_redacted && !self.changes.is_empty() {
            let mut section = Section::new("change", "What would change it");
            section.blocks.push(Block::List(self.changes.clone()));
            sections.push(section);
        }
        sections.push(writer.next());
        sections.push(writer.rights());
        if self.is_full && !self.is_redacted {
            sections.push(writer.rules());
        }
        sections.push(writer.about());
        let title = writer.title();
        Document {
            window: format!("{title}: {}", matrix.title()),
            title,
            head: writer.head(),
            sections,
            foot: vec![
                Block::Says(format!("Matrix {}, version {}, {}.", matrix.id(), matrix.version_text(), matrix.content_hash())),
                Block::Notice(NOTICE.to_owned()),
            ],
            has_contents: false,
            layout: Layout { width: 80, margin: 2, is_ruled: false, is_brief: !self.is_full },
        }
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.document().to_text(false))
    }
}

/// The trace as data; without the profile if it is redacted.
impl Serialize for Explanation<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.steps().serialize(serializer)
    }
}

/// Writes the sections, each from the steps of the trace.
struct Writer<'a> {
    matrix: &'a Matrix,
    outcome: &'a Outcome,
    steps: &'a Steps,
    is_redacted: bool,
}
