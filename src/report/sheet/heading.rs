//! Writes what a sheet says of the matrix as a whole, and where its rules come from.

use crate::date::Date;
use crate::model::about::{Effective, MatrixStatus};
use crate::report::NOTICE;
use crate::report::document::cited::Explained;
use crate::report::document::tree::{Block, Document, Layout, Section};
use crate::report::sheet::SheetWriter;
use crate::words::sentence;

impl SheetWriter<'_> {
    pub(super) fn document(&self, sections: Vec<Section>) -> Document {
        let matrix = self.matrix;
        let notice = || Block::Notice(NOTICE.to_owned());
        let about = matrix.about().map(|about| Block::Says(about.to_owned()));
        Document {
            title: matrix.title().to_owned(),
            window: format!("{}, version {}", matrix.title(), matrix.version_text()),
            head: [Block::Facts(self.facts())]
                .into_iter()
                .chain(about)
                .chain([notice()])
                .collect(),
            sections,
            foot: vec![notice()],
            footer: format!("{} {}", matrix.id(), matrix.version_text()),
            has_contents: true,
            layout: Layout {
                width: 96,
                margin: 0,
                is_ruled: true,
                is_brief: false,
            },
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let matrix = self.matrix;
        let standing = match matrix.status() {
            MatrixStatus::Sourced => "sourced",
            MatrixStatus::Illustrative => "illustrative",
            MatrixStatus::Local => "local",
        };
        let mut entries = vec![
            ("Matrix", matrix.id().to_owned()),
            ("Version", matrix.version_text().to_owned()),
            (
                "Status",
                format!("{standing}. {}", matrix.status().in_words()),
            ),
            ("In force", period(matrix.effective())),
        ];
        let (tiers, statuses) = (matrix.tiers().len(), matrix.statuses().len());
        let named = |positions: std::ops::Range<usize>| -> String {
            let results = positions.filter_map(|position| self.model.result(position));
            let results: Vec<String> = results.map(|result| result.with_name()).collect();
            results.join(", ")
        };
        match tiers {
            0 => {}
            1 => entries.push(("Tiers", named(0..1))),
            _ => entries.push((
                "Tiers",
                format!("{}; from the most to the least intensive", named(0..tiers)),
            )),
        }
        if statuses > 0 {
            entries.push((
                "Statuses",
                format!(
                    "{}; results outside the order of tiers",
                    named(tiers..tiers + statuses)
                ),
            ));
        }
        if let Some(limits) = matrix.review().in_words() {
            entries.push(("Review", format!("a person may decide otherwise; {limits}")));
        }
        entries.push(("Hash", matrix.content_hash().to_owned()));
        entries
    }

    pub(super) fn glossary(&self) -> Option<Section> {
        let mut section = Section::new("glossary", "What the words mean");
        let terms = Explained::of(self.matrix);
        let is_empty = terms.is_empty();
        section.blocks.push(Block::Terms(terms));
        (!is_empty).then_some(section)
    }

    pub(super) fn notice(&self) -> Option<Section> {
        let mut section = Section::new("notice", "What the person is told");
        let notice = self.matrix.notice();
        section.blocks.push(Block::List(
            notice.iter().map(|text| sentence(text)).collect(),
        ));
        (!notice.is_empty()).then_some(section)
    }

    pub(super) fn sources(&self) -> Option<Section> {
        let sources = self.matrix.sources();
        let mut section = Section::new("sources", "Sources");
        section.blocks.push(Block::Sources(sources.to_vec()));
        (!sources.is_empty()).then_some(section)
    }
}

/// Returns a period as people say it, with both of its days included.
fn period(effective: Option<Effective>) -> String {
    let Some(effective) = effective else {
        return "the matrix gives no period".to_owned();
    };
    let last = effective
        .until
        .map(|until| Date::from_days(until.days() - 1));
    match (effective.from, last) {
        (Some(from), Some(last)) => {
            format!(
                "from {} to {}, both days included",
                from.in_words(),
                last.in_words()
            )
        }
        (Some(from), None) => format!("from {}", from.in_words()),
        (None, Some(last)) => format!("until {}, that day included", last.in_words()),
        (None, None) => "at all times".to_owned(),
    }
}
