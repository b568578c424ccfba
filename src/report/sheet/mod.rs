//! Makes the sheet of a matrix: its rules as the tables that a panel knows.
//!
//! Each part of the document has a file that fills it in from the matrix.

mod criteria;
mod decisions;
mod dimensions;
mod heading;
mod inputs;

use std::fmt;

use crate::matrix::Matrix;
use crate::model::Model;
use crate::model::rules_in_words::{Voice, Words};
use crate::report::document::tree::Document;

/// A matrix as the tables that a panel knows: every input, cut-off, point, level, rule and reason, in words.
///
/// The sheet is complete: whoever has it can score a person by hand. `Display` gives it as text, to read on a terminal or aloud.
///
/// ```
/// use threshold_matrix::Matrix;
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let sheet = matrix.sheet();
/// assert!(sheet.to_string().contains("for each one"));
/// assert!(sheet.to_html().starts_with("<!DOCTYPE html>"));
/// # Ok::<(), threshold_matrix::Diagnostics>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Sheet {
    document: Document,
}

impl Matrix {
    /// Returns the whole matrix as tables to read, print and agree on.
    pub fn sheet(&self) -> Sheet {
        let model = self.model();
        let writer = SheetWriter {
            matrix: self,
            model,
            words: Words {
                model,
                as_at: None,
                voice: Voice::Reader,
            },
        };
        let mut sections = vec![writer.inputs()];
        sections.extend(writer.checks());
        sections.extend(
            model
                .dimensions
                .items()
                .iter()
                .map(|dimension| writer.dimension(dimension)),
        );
        sections.extend(writer.points_outside_scores());
        sections.extend(writer.level_overrides());
        sections.extend(writer.named_decisions(false));
        sections.extend(writer.decision());
        sections.extend(writer.tier_overrides());
        sections.extend(writer.named_decisions(true));
        sections.extend(writer.flags());
        sections.extend(writer.glossary());
        sections.extend(writer.notice());
        sections.extend(writer.sources());
        Sheet {
            document: writer.document(sections),
        }
    }
}

impl Sheet {
    /// Returns the sheet as one page of HTML that stands alone: it runs no script and fetches nothing.
    ///
    /// The page prints on A4, and follows the reader's choice of light or dark.
    ///
    /// ```
    /// # let matrix = threshold_matrix::Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let page = matrix.sheet().to_html();
    /// assert!(page.contains("<caption>Criteria and their points</caption>"));
    /// assert!(!page.contains("<script"));
    /// # Ok::<(), threshold_matrix::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn to_html(&self) -> String {
        self.document.to_html()
    }

    /// Returns the sheet as Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        self.document.to_markdown()
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.document.to_text(false))
    }
}

/// Fills in the parts of a sheet.
struct SheetWriter<'a> {
    matrix: &'a Matrix,
    model: &'a Model,
    words: Words<'a>,
}
