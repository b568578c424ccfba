//! Writes a trial as a document.
//!
//! Each part of the document has a file that fills it in.

mod before;
mod cohort;
mod further;
mod groups;
mod movement;
mod outcomes;
mod summary;
mod sweep;

use std::fmt;

use super::{Audience, Trial};
use crate::{Rate, grouped, percent};
use threshold_matrix::compare::Comparison;
use threshold_matrix::workspace::NOTICE;
use threshold_matrix::workspace::document::tree::{
    Block, Document, Grid, GridCell, Layout, Section,
};

/// What a trial found, as a report to read. It is the same as text, as Markdown and as a page.
///
/// `Display` gives it as text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Report {
    document: Document,
}

impl Report {
    /// Returns the report as one page of HTML that stands alone: it runs no script and fetches nothing.
    #[must_use]
    pub fn to_html(&self) -> String {
        self.document.to_html()
    }

    /// Returns the report as Markdown.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        self.document.to_markdown()
    }

    /// Returns the report as text, with headings that stand out on a terminal.
    #[must_use]
    pub fn to_coloured_string(&self) -> String {
        self.document.to_text(true)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.document.to_text(false))
    }
}

pub(super) fn report(trial: &Trial) -> Report {
    let [old, new] = &trial.matrices;
    let notice = || Block::Notice(NOTICE.to_owned());
    let called = if old.id() == new.id() {
        format!(
            "{}: version {} and version {}",
            new.title(),
            old.version(),
            new.version()
        )
    } else {
        format!(
            "{} {} and {} {}",
            old.title(),
            old.version(),
            new.title(),
            new.version()
        )
    };
    let document = Document {
        title: called.clone(),
        footer: called.clone(),
        window: called,
        head: [Block::Facts(trial.facts())]
            .into_iter()
            .chain(trial.reserved())
            .chain(trial.warnings())
            .chain(trial.outcomes_in_words())
            .chain([trial.summary(), notice()])
            .collect(),
        sections: trial.sections(),
        foot: trial.reserved().into_iter().chain([notice()]).collect(),
        has_contents: true,
        layout: Layout {
            width: 110,
            margin: 0,
            is_ruled: true,
            is_brief: false,
        },
    };
    Report { document }
}

impl Trial {
    fn facts(&self) -> Vec<(&'static str, String)> {
        let [old, new] = &self.matrices;
        let named = |matrix: &threshold_matrix::Matrix| {
            format!(
                "{} {}, {}",
                matrix.id(),
                matrix.version(),
                matrix.content_hash()
            )
        };
        vec![
            ("Old", named(old)),
            ("New", named(new)),
            ("People", self.people_in_words()),
        ]
    }

    /// Returns the sections of the document in the order of reading: what changed in the rules, then this cohort, then what is proved of every possible
    /// profile, which is the longest.
    fn sections(&self) -> Vec<Section> {
        let compared = self.comparison.iter().flat_map(Comparison::sections);
        let (mut sections, proved): (Vec<Section>, Vec<Section>) =
            compared.partition(|section| section.anchor == "rules");
        sections.push(self.movement());
        sections.extend(self.why());
        sections.push(self.tiers());
        sections.extend(self.not_settled());
        sections.extend(self.before_and_after());
        sections.extend(self.discrimination());
        sections.extend(self.by_group());
        sections.extend(self.further_outcomes());
        sections.extend(self.swept());
        sections.extend(proved);
        sections.push(self.reading());
        sections
    }

    /// Returns the title of a criterion, dimension or override for readers.
    fn spoken<'a>(&'a self, name: &'a str) -> &'a str {
        let parts = self.matrices.iter().rev().flat_map(|matrix| {
            matrix
                .described_criteria()
                .chain(matrix.described_dimensions())
                .chain(matrix.described_overrides())
        });
        let mut parts = parts.filter(|part| part.name == name);
        parts.next().map_or(name, |part| part.label)
    }

    /// Returns the names of the two revisions, short enough for the head of a column.
    pub(in crate::trial) fn columns_called(&self) -> [String; 2] {
        let [old, new] = &self.matrices;
        if old.version() == new.version() {
            ["old".to_owned(), "new".to_owned()]
        } else {
            [old, new].map(|matrix| matrix.version().to_string())
        }
    }
}

impl Trial {
    /// Returns the section on how to read the numbers.
    fn reading(&self) -> Section {
        let threshold = self.disclosure.threshold;
        let hidden = match self.disclosure.audience {
            Audience::Release => format!(
                "By group, a number is hidden (…) where it would tell of a group that some number of it is from 1 to {}: of people, of a flow from one result to another, \
             of a change, all or those with the outcome. With it others are hidden, so that it cannot be worked out. Groups of fewer than {threshold} people are \
             counted together. Numbers of the whole cohort, or of all who are asked for, are shown as they are. Reports of the same people with other groups or options are not protected against each other.",
                threshold - 1
            ),
            Audience::Board => {
                "Nothing is hidden by group: the report is for the board alone.".to_owned()
            }
        };
        let mut section = Section::new("reading", "How to read the numbers");
        section.blocks.push(Block::List(
        [
            "A result that is not settled is open because of what nobody recorded. Nobody is counted in a tier that they may not be in.",
            "Intervals are 95 % confidence intervals. Rates: Wilson's score method. Differences of rates: Newcombe's method 10. Ratios: the log method of Katz and others. Areas under the ROC curve, and paired differences of two: DeLong's method.",
            "An area is how often somebody for whom the outcome was seen has a higher score than somebody for whom it was not: 0.5 is chance, 1 is always.",
            &hidden,
            "An outcome is what was recorded, and not all that happened. Where some people are watched more than others, more is recorded of them. Some may already have been supervised by the old tiers, and what was seen of them then also shows what that did.",
        ]
        .map(str::to_owned)
        .to_vec(),
    ));
        section
    }
}

/// Returns a table of numbers and texts, with the head of each row first.
fn grid(
    caption: impl Into<String>,
    heads: [&str; 2],
    columns: Vec<String>,
    rows: impl IntoIterator<Item = (String, Vec<String>)>,
) -> Block {
    let cells = |cells: Vec<String>| cells.into_iter().map(GridCell::from).collect();
    let [rows_read, columns_read] = heads.map(str::to_owned);
    let rows = rows
        .into_iter()
        .map(|(head, own)| (head, cells(own)))
        .collect();
    Block::Grid(Grid {
        caption: caption.into(),
        rows_read,
        columns_read,
        columns,
        rows,
    })
}

const HIDDEN: &str = "…";
const NOTHING: &str = "–";

fn rate(rate: Option<Rate>) -> String {
    rate.map_or_else(|| NOTHING.to_owned(), |rate| rate.to_string())
}

/// Returns a number of people with their share of all.
fn share(people: u64, all: u64) -> String {
    format!("{} ({})", grouped(people), percent(people, all))
}
