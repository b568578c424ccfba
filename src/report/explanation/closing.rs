//! Tells what a reader can do next, and what they may want to look up.

use crate::report::document::tree::{Block, Section};
use crate::report::explanation::ExplanationWriter;
use crate::words::listed;

/// The person's rights in general words. They are not advice: which law applies depends on who uses the matrix, and for what.
const RIGHTS: [&str; 4] = [
    "You can ask to be told that rules like these were used about you, what was recorded, and what came of it.",
    "You can say what you think of it, and ask for a person to look at it again. The law has safeguards for important decisions that no person took a real part in.",
    "You can ask for what is wrong, out of date or missing to be corrected. The result can then be worked out again.",
    "If you are not content with the answer, you can complain to the Information Commissioner.",
];
const LAW: &str = "In the United Kingdom these rights come from the Data Protection Act 2018, in Part 3 where police or probation use data to enforce the law, and \
    from the UK GDPR otherwise. They have limits. Ask the organisation that gave you this how to use them. This is general information, not legal advice.";

impl ExplanationWriter<'_> {
    pub(super) fn next(&self) -> Section {
        let mut section = Section::new("next", "What happens next");
        let mut items = Vec::new();
        let mattering = self.mattering();
        if self.outcome.is_provisional() && !mattering.is_empty() {
            items.push(format!(
                "Record {}. The result is then settled.",
                listed(&mattering, "and")
            ));
        }
        items.push("Check what was recorded; correct what is wrong, and score again.".to_owned());
        items.push(
            "A person decides. They may decide otherwise, and should write down why.".to_owned(),
        );
        section.blocks.push(Block::List(items));
        section
    }

    pub(super) fn rights(&self) -> Section {
        let mut section = Section::new("rights", "If this is about you");
        section.is_aside = true;
        section
            .blocks
            .push(Block::List(RIGHTS.map(str::to_owned).to_vec()));
        section.says(LAW);
        section
    }

    pub(super) fn about(&self) -> Section {
        let matrix = self.matrix;
        let mut section = Section::new("matrix", "About the matrix");
        section.is_aside = true;
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
