//! Explains one result to whoever has to understand it. An explanation is built from the trace alone, and drawn in three ways.

mod changes;
mod closing;
mod decision;
mod dimensions;
mod missing;
mod redact;
mod result;
mod rules;

use std::fmt;

use serde::Serialize;

use crate::change::{Changes, NextChange};
use crate::date::Date;
use crate::matrix::Matrix;
use crate::profile::Refusal;
use crate::report::document::cited::Explained;
use crate::report::document::tree::{Block, Document, Layout, Section};
use crate::score::outcome::Outcome;
use crate::score::prepare::Case;
use crate::score::trace::{Steps, Trace};

/// The explanation of a result, to read, print and hand over. [`Trace::explanation`] makes it.
///
/// `Display` gives it as text to read on a terminal or aloud. A brief text says in one line what gives no points, and leaves out the sources and
/// the person's rights. Markdown and HTML always have them.
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
pub struct Explanation {
    trace: Trace,
    is_full: bool,
    is_redacted: bool,
    changes: Option<Changes>,
    next_change: Option<Lapse>,
    /// A reference to the person, such as their id in the case system.
    reference: Option<String>,
    beside: Option<Beside>,
}

/// The next change up to a day, if there is one, and the next one of the result itself, if that is later.
#[derive(Debug, Clone)]
pub(super) struct Lapse {
    until: Date,
    next: Option<NextChange>,
    result: Option<NextChange>,
    /// The first day on which the version of the matrix is no longer in force, if that day is looked at.
    ends: Option<Date>,
}

impl Lapse {
    fn of(case: &Case, until: Date) -> Result<Self, Refusal> {
        let next = case.next_change(until)?;
        let result = match &next {
            Some(next) if !next.changes_result() => case.next_result_change(until)?,
            _ => None,
        };
        let ends = case.matrix().effective().and_then(|own| own.until);
        Ok(Self {
            until,
            next,
            result,
            ends: ends.filter(|ends| *ends <= until),
        })
    }

    /// Returns what passes, in sentences.
    fn in_words(&self) -> Vec<String> {
        let stays = || {
            format!(
                "If nothing new is recorded, the result stays the same up to {}.",
                self.until.in_words()
            )
        };
        let later = || "Flags may differ again after that day.".to_owned();
        let again = || "The result may differ again after that day.".to_owned();
        let mut told = match (&self.next, &self.result) {
            (None, _) => vec![stays()],
            (Some(next), Some(result)) => {
                vec![next.to_string(), later(), result.to_string(), again()]
            }
            (Some(next), None) if next.changes_result() || !has_result(next) => {
                vec![next.to_string(), again()]
            }
            (Some(next), None) => vec![next.to_string(), later(), stays()],
        };
        told.extend(self.ends.map(|ends| {
            format!(
                "This version of the matrix is in force before {}; what comes after it may give another result.",
                ends.in_words()
            )
        }));
        told
    }
}

fn has_result(next: &NextChange) -> bool {
    next.before().matrix().model().decision.is_some()
}

/// What is told beside the result where more than that was recorded. It has one form for everybody, and one for a redacted explanation.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    pub(crate) open: Told,
    pub(crate) redacted: Told,
}

/// Lines below the result, sections after it, and sections among the detail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    pub(crate) lines: Vec<String>,
    pub(crate) sections: Vec<Section>,
    pub(crate) detail: Vec<Section>,
    /// Whether a person has decided already.
    pub(crate) is_decided: bool,
}

impl Trace {
    /// Returns the explanation of the outcome. It is brief and shows all values, unless [`Explanation::full`] or [`Explanation::redacted`] is called.
    pub fn explanation(&self) -> Explanation {
        Explanation {
            trace: self.clone(),
            is_full: false,
            is_redacted: false,
            changes: None,
            next_change: None,
            reference: None,
            beside: None,
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.explanation().fmt(formatter)
    }
}

impl Explanation {
    /// Shows every rule that was looked at, with its line in the file, and leaves nothing out of the text.
    pub fn full(mut self) -> Self {
        self.is_full = true;
        self
    }

    /// Leaves the profile out of the explanation: every value that it gave, every condition that a value met, and every rule that a value chose.
    ///
    /// The result stays, and so do the scores and levels, the points of each criterion, the steps of the decision, what overrides changed, the
    /// flags, and which inputs had no value. The list of all rules and what would change the result are made of values, so they are left out.
    ///
    /// **The explanation is not anonymous.** Points tell which band or value somebody is in, and a criterion with a value for each number of points
    /// gives the value away. Show the explanation only to those who may know the points.
    pub fn redacted(mut self) -> Self {
        self.is_redacted = true;
        self
    }

    /// Shows what would change the result, as [`Case::changes`](crate::Case::changes) finds it: the nearest changes, how near the cut-offs are, and
    /// what each answer to what is not known would give. A brief explanation shows some of these, and a full one shows all of them.
    ///
    /// A change that takes a value away is not shown, since nobody should be led to strike out a record for the sake of a tier. It is in the data. A
    /// redacted explanation shows none of this, because it would give the values away.
    ///
    /// ```
    /// use threshold_matrix::{Matrix, Profile};
    ///
    /// let text = threshold_matrix::doc_example().replace("range: [0, 60],", "range: [0, 60], changeable: true,");
    /// let matrix = Matrix::from_yaml(&text)?;
    /// let trace = matrix.explain(&Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
    /// assert!(trace.explanation().with_changes().to_string().contains("The tier would go down to low if"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_changes(mut self) -> Self {
        // What was scored is not refused now.
        self.changes = self.trace.case().changes().ok();
        self
    }

    /// Shows when the result will differ if nothing new is recorded, up to a day, as [`Case::next_change`](crate::Case::next_change) finds it. If only flags
    /// differ then, it also shows when the result itself does, as [`Case::next_result_change`](crate::Case::next_result_change) finds it. A redacted
    /// explanation does not show it, because the day would give dates away.
    ///
    /// ```
    /// use threshold_matrix::{Matrix, Profile};
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let trace = matrix.explain(&Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
    /// let explanation = trace.explanation().with_next_change("2027-12-31".parse()?);
    /// assert!(explanation.to_string().contains("stays the same up to"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_next_change(mut self, until: Date) -> Self {
        // What was scored is not refused now.
        self.next_change = Lapse::of(self.trace.case(), until).ok();
        self
    }

    /// Says whom the explanation is about, by a reference such as their id in the case system: below the title, and at the foot of each printed page. A
    /// redacted explanation leaves it out.
    ///
    /// ```
    /// use threshold_matrix::{Matrix, Profile};
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let trace = matrix.explain(&Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
    /// let explanation = trace.explanation().about_person("00012345");
    /// assert!(explanation.to_string().contains("About: 00012345"));
    /// assert!(!explanation.redacted().to_string().contains("00012345"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn about_person(mut self, reference: &str) -> Self {
        self.reference = Some(reference.to_owned());
        self
    }

    pub(crate) fn beside(mut self, beside: Beside) -> Self {
        self.beside = Some(beside);
        self
    }

    /// Returns the explanation as Markdown: CommonMark with tables.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        self.document().to_markdown()
    }

    /// Returns the explanation as one page of HTML that stands alone: it runs no script and fetches nothing.
    ///
    /// The page prints on A4, fits the screen of a telephone, and follows the reader's choice of light or dark.
    #[must_use]
    pub fn to_html(&self) -> String {
        self.document().to_html()
    }

    /// Returns the explanation as text for a terminal that shows bold letters.
    #[must_use]
    pub fn to_coloured_string(&self) -> String {
        self.document().to_text(true)
    }

    fn steps(&self) -> Steps<'_> {
        let steps = self.trace.steps();
        if self.is_redacted {
            redact::redacted(steps, self.trace.outcome().matrix())
        } else {
            steps
        }
    }

    fn document(&self) -> Document {
        let outcome = self.trace.outcome();
        let matrix = outcome.matrix();
        let steps = self.steps();
        let changes = self.changes.as_ref().filter(|_| !self.is_redacted);
        let writer = ExplanationWriter {
            matrix,
            outcome,
            case: self.trace.case(),
            steps: &steps,
            changes,
            next_change: self.next_change.as_ref().filter(|_| !self.is_redacted),
            reference: self.reference.as_deref().filter(|_| !self.is_redacted),
            is_full: self.is_full,
            is_redacted: self.is_redacted,
        };
        let beside = self.beside.as_ref().map(|beside| {
            if self.is_redacted {
                &beside.redacted
            } else {
                &beside.open
            }
        });
        let told = |of: fn(&Told) -> &Vec<Section>| beside.into_iter().flat_map(of).cloned();
        // First what everybody needs, in two pages; then all that it is made of.
        let mut sections: Vec<Section> = told(|told| &told.sections).collect();
        sections.extend(writer.missing());
        sections.extend(writer.what_would_change_it());
        sections.extend(writer.flags());
        let is_decided = beside.is_some_and(|beside| beside.is_decided);
        sections.push(writer.next(is_decided));
        sections.push(writer.rights());
        if !is_decided {
            sections.push(writer.form());
        }
        sections.push(writer.detail());
        sections.extend(writer.events());
        sections.extend(
            steps
                .dimensions
                .iter()
                .map(|dimension| writer.dimension(dimension)),
        );
        sections.extend(writer.outside_scores());
        sections.extend(writer.decision());
        sections.extend(told(|told| &told.detail));
        sections.extend(writer.recorded());
        if self.is_full && !self.is_redacted {
            sections.push(writer.rules());
        }
        sections.push(writer.about());
        let title = writer.title();
        let document = Document {
            window: format!("{title}: {}", matrix.title()),
            title,
            head: writer.head(
                beside
                    .map(|beside| beside.lines.as_slice())
                    .unwrap_or_default(),
            ),
            sections,
            foot: vec![Block::Says(format!(
                "Matrix {}, version {}, {}.",
                matrix.id(),
                matrix.version_text(),
                matrix.content_hash()
            ))],
            footer: writer.footer(),
            has_contents: true,
            layout: Layout {
                width: 80,
                margin: 2,
                is_ruled: false,
                is_brief: !self.is_full,
            },
        };
        document.explaining(&Explained::of(matrix))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.document().to_text(false))
    }
}

/// An explanation serialises as the data of its trace, with what would change the result if that was asked for. If it is redacted, the data does
/// not have the profile.
impl Serialize for Explanation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Data<'a> {
            #[serde(flatten)]
            steps: Steps<'a>,
            #[serde(skip_serializing_if = "Option::is_none")]
            changes: Option<&'a Changes>,
            #[serde(skip_serializing_if = "Option::is_none")]
            next_change: Option<Option<&'a NextChange>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            next_result_change: Option<&'a NextChange>,
        }
        let open = self.next_change.as_ref().filter(|_| !self.is_redacted);
        Data {
            steps: self.steps(),
            changes: self.changes.as_ref().filter(|_| !self.is_redacted),
            next_change: open.map(|lapse| lapse.next.as_ref()),
            next_result_change: open.and_then(|lapse| lapse.result.as_ref()),
        }
        .serialize(serializer)
    }
}

/// Writes the sections, each from the steps of the trace.
struct ExplanationWriter<'a> {
    matrix: &'a Matrix,
    outcome: &'a Outcome,
    case: &'a Case,
    steps: &'a Steps<'a>,
    changes: Option<&'a Changes>,
    next_change: Option<&'a Lapse>,
    reference: Option<&'a str>,
    is_full: bool,
    is_redacted: bool,
}
