//! Tells what a reader can do next, and what they may want to look up.

use crate::report::document::tree::{Block, Section, SectionKind};
use crate::report::explanation::{ExplanationWriter, Lapse};
use crate::words::{listed, sentence};

/// What a person can do in every country. Which law gives them which rights is for the matrix to say, in its `notice`.
const EVERYWHERE: &str = "Ask whoever gave you this page what was recorded about you. Say what is wrong, out of date or missing, and what you think of the result.";

/// What a person who decides fills in by hand.
const BLANKS: [&str; 5] = ["Decision", "Why", "Name and role", "Signature", "Date"];

impl ExplanationWriter<'_> {
    pub(super) fn next(&self, is_decided: bool) -> Section {
        let mut section = Section::new("next", "What happens next");
        let mut items = Vec::new();
        let mattering = self.mattering();
        if self.outcome.is_provisional() && !mattering.is_empty() {
            let fewer = if self.is_searched() {
                ""
            } else {
                " Fewer of them may be enough."
            };
            items.push(format!(
                "Record {}. The result is then settled.{fewer}",
                listed(&mattering, "and")
            ));
        }
        items.extend(self.next_change.into_iter().flat_map(Lapse::in_words));
        items.push("Check what was recorded. Correct what is wrong, then score again.".to_owned());
        let decides = match is_decided {
            true => {
                "A person has decided. If something changes, a person decides again, and should write down why."
            }
            false => "A person decides. They may decide otherwise, and should write down why.",
        };
        items.push(decides.to_owned());
        if let Some(limits) = self.matrix.review().in_words() {
            items.push(format!("If they decide otherwise, {limits}."));
        }
        section.blocks.push(Block::List(items));
        section
    }

    pub(super) fn rights(&self) -> Section {
        let mut section = Section::new("rights", "If this is about you");
        section.kind = SectionKind::Aside;
        let notice = self.matrix.notice();
        let told = match notice {
            [] => vec![EVERYWHERE.to_owned()],
            notice => notice.iter().map(|text| sentence(text)).collect(),
        };
        section.blocks.push(Block::List(told));
        section
    }

    /// Returns the place for the decision of a person, which they sign.
    pub(super) fn form(&self) -> Section {
        let mut section = Section::new("form", "The decision");
        section.kind = SectionKind::Form;
        section.blocks.push(Block::Blanks(BLANKS.to_vec()));
        section
    }

    pub(super) fn detail(&self) -> Section {
        let mut section = Section::new("detail", "The detail");
        section.kind = SectionKind::Detail;
        section.says("The rest of this page shows how the result was worked out, step by step.");
        section
    }

    /// Returns what stands at the foot of each printed page: the person, and the matrix.
    pub(super) fn footer(&self) -> String {
        let reference = self.reference.into_iter().map(str::to_owned);
        let matrix = format!("{} {}", self.matrix.id(), self.matrix.version_text());
        reference.chain([matrix]).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn about(&self) -> Section {
        let matrix = self.matrix;
        let mut section = Section::new("matrix", "About the matrix");
        section.kind = SectionKind::Aside;
        section.blocks.push(Block::Facts(vec![
            ("Matrix", matrix.id().to_owned()),
            ("Title", matrix.title().to_owned()),
            ("Version", matrix.version_text().to_owned()),
            ("Status", matrix.status().in_words().to_owned()),
            ("Hash", matrix.content_hash().to_owned()),
        ]));
        matrix
            .about()
            .into_iter()
            .for_each(|about| section.says(about));
        if !matrix.sources().is_empty() {
            section.says("Its sources:");
            section
                .blocks
                .push(Block::Sources(matrix.sources().to_vec()));
        }
        section
    }
}
