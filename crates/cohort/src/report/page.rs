//! Writes what came out of a run as a document.

use super::RunReport;
use crate::times::{CAUTION, frequency_grids, shown};
use crate::{FileShare, Share, grouped, noun, percent};
use threshold_matrix::workspace::document::tree::{
    Block, Document, Grid, GridCell, Head, Layout, Section, Table,
};
use threshold_matrix::workspace::words::{capitalised, sentence};

/// The most files that are listed. The rest are counted.
const MOST_FILES: usize = 100;
/// The most ids of those that occur twice that are listed.
const MOST_IDS: usize = 100;

impl RunReport<'_> {
    pub(super) fn document(&self) -> Document {
        let matrix = &self.tally.matrix;
        let notice = || Block::Notice(Self::ADVICE.to_owned());
        let mut head = vec![Block::Facts(self.facts())];
        if !self.is_in_force() {
            head.push(Block::Notice(format!(
                "{} {} is not in force on {}.",
                matrix.id(),
                matrix.version(),
                self.as_at
            )));
        }
        head.extend([self.summary(), notice()]);
        Document {
            title: format!("{}: the run of {}", matrix.title(), self.as_at),
            window: format!("{} {}, {}", matrix.id(), matrix.version(), self.as_at),
            head,
            sections: self.sections(),
            foot: vec![notice()],
            footer: format!("{} {}, {}", matrix.id(), matrix.version(), self.as_at),
            has_contents: true,
            layout: Layout {
                width: 110,
                margin: 0,
                is_ruled: true,
                is_brief: false,
            },
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let matrix = &self.tally.matrix;
        let mut facts = vec![
            ("Matrix", format!("{} {}", matrix.id(), matrix.version())),
            ("Hash", matrix.content_hash().to_owned()),
            ("As at", self.as_at.to_string()),
        ];
        facts.extend(self.source.clone().map(|source| ("People", source)));
        facts
    }

    fn summary(&self) -> Block {
        let tally = self.tally;
        let (people, open) = (tally.people(), tally.provisional());
        let mut reasons = Vec::new();
        if open > 0 {
            reasons.push(format!(
                "The result of {} {} is open until somebody records what is missing.",
                grouped(open),
                noun(open, "person", "people")
            ));
        }
        reasons.extend(self.moved_in_words());
        Block::Result {
            headline: format!(
                "{} {}: {} scored, {} refused.",
                grouped(people),
                noun(people, "person", "people"),
                grouped(self.scored()),
                grouped(tally.refused())
            ),
            reasons,
        }
    }

    fn sections(&self) -> Vec<Section> {
        let mut sections = Vec::new();
        sections.extend(self.tiers());
        sections.extend(self.frequencies());
        sections.extend(self.levels());
        sections.extend(self.open());
        sections.extend(self.refused());
        sections.extend(self.movement());
        sections.extend(self.repeated());
        sections.extend(self.files());
        sections.extend(self.notes());
        sections
    }

    fn tiers(&self) -> Option<Section> {
        let results = self.tally.results();
        if results.is_empty() {
            return None;
        }
        let mut section = Section::new("tiers", "Who is in which tier");
        section
            .blocks
            .push(self.shares("People by tier", "result", None, &results));
        Some(section)
    }

    /// Returns how often the outcome was seen before and after, by tier.
    fn frequencies(&self) -> Option<Section> {
        let shares = self.tally.frequencies();
        if shares.is_empty() {
            return None;
        }
        let mut section = Section::new("frequencies", "Before and after");
        section.says(CAUTION);
        section.blocks.extend(frequency_grids(
            &shown(&shares, &self.tally.matrix),
            "result",
        ));
        Some(section)
    }

    fn levels(&self) -> Option<Section> {
        let dimensions = self.tally.levels();
        if dimensions.is_empty() {
            return None;
        }
        let mut section = Section::new("levels", "Levels");
        for (dimension, levels) in dimensions {
            let title = self.dimension(&dimension);
            let caption = format!("People by level of “{title}”");
            section
                .blocks
                .push(self.shares(&caption, "level", Some(&dimension), &levels));
        }
        Some(section)
    }

    /// Returns a table of shares with bars, and with rates if anything was seen later.
    fn shares(
        &self,
        caption: &str,
        rows_read: &str,
        dimension: Option<&str>,
        shares: &[Share],
    ) -> Block {
        let with_rates = shares.iter().any(|share| share.observed > 0);
        let largest = shares.iter().map(|share| share.people).max();
        let largest = largest.unwrap_or_default().max(1);
        let row = |share: &Share| {
            let bar = u128::from(share.people) * 1000;
            let part = percent(share.people, self.scored());
            let number = format!("{} ({part})", grouped(share.people));
            let mut cells = vec![GridCell {
                bar: u64::try_from(bar.div_ceil(u128::from(largest))).ok(),
                ..number.into()
            }];
            if with_rates {
                let rate = share.rate();
                let rate = rate.map_or_else(|| "–".to_owned(), |rate| rate.to_string());
                let known = [grouped(share.observed), grouped(share.happened), rate];
                cells.extend(known.map(GridCell::from));
            }
            (share.labelled(&self.tally.matrix, dimension).name(), cells)
        };
        let mut columns = vec!["number, and share of those scored"];
        if with_rates {
            columns.extend(["outcome known", "outcome seen", "rate (95 % interval)"]);
        }
        Block::Grid(Grid {
            caption: caption.to_owned(),
            rows_read: rows_read.to_owned(),
            columns_read: "people".to_owned(),
            columns: columns.into_iter().map(str::to_owned).collect(),
            rows: shares.iter().map(row).collect(),
        })
    }

    fn open(&self) -> Option<Section> {
        let (tally, open) = (self.tally, self.tally.provisional());
        if open == 0 {
            return None;
        }
        let mut section = Section::new("open", "What is open, and what to record first");
        section.says(format!(
            "The result of {} {} ({} of those scored) is open, because of what nobody recorded. The inputs that leave most results open come first.",
            grouped(open),
            noun(open, "person", "people"),
            percent(open, self.scored())
        ));
        let row = |(input, missing): (&str, crate::counts::Missing)| {
            let cells = [missing.people, missing.only].map(|people| grouped(people).into());
            (self.input(input), cells.to_vec())
        };
        section.blocks.push(Block::Grid(Grid {
            caption: "What nobody recorded, for those whose result is open".to_owned(),
            rows_read: "input".to_owned(),
            columns_read: "people".to_owned(),
            columns: ["who lack it", "who lack nothing else"]
                .map(str::to_owned)
                .to_vec(),
            rows: tally.missing().into_iter().map(row).collect(),
        }));
        if tally.inexact() > 0 {
            section.says(format!(
                "For {} of them, the results listed as possible hold all that are possible, and may hold more.",
                grouped(tally.inexact())
            ));
        }
        Some(section)
    }

    fn repeated(&self) -> Option<Section> {
        let repeated = self.tally.repeated()?;
        let mut section = Section::new("repeated", "Ids that occur more than once");
        let place = match &repeated.first {
            Some(origin) => format!(" ({})", origin.as_first()),
            None => String::new(),
        };
        section.says(format!(
            "{} {} an id that an earlier row has{place}. Each row was scored.",
            grouped(repeated.people),
            noun(repeated.people, "row has", "rows have")
        ));
        let ids = repeated.ids.iter().take(MOST_IDS).cloned();
        section.blocks.push(Block::List(ids.collect()));
        if repeated.ids.len() > MOST_IDS {
            section.says(format!(
                "These are the first {MOST_IDS} such ids. There are more."
            ));
        }
        Some(section)
    }

    fn files(&self) -> Option<Section> {
        let files = self.tally.files();
        if files.is_empty() {
            return None;
        }
        let mut section = Section::new("files", "The files of the cohort");
        let row = |share: &FileShare| {
            let head = Head {
                title: share.file.clone(),
                ..Head::default()
            };
            (head, vec![grouped(share.people)])
        };
        section.blocks.push(Block::Table(Table::labelled(
            "People by file, in the order in which the files were read",
            &["file", "people"],
            files.iter().take(MOST_FILES).map(row),
        )));
        let further = files.iter().skip(MOST_FILES);
        let people: u64 = further.map(|share| share.people).sum();
        if files.len() > MOST_FILES {
            section.says(format!(
                "{} further files have {} {}.",
                files.len() - MOST_FILES,
                grouped(people),
                noun(people, "person", "people")
            ));
        }
        Some(section)
    }

    fn notes(&self) -> Option<Section> {
        let warnings = self.warnings.iter();
        let events = self.events.iter().map(ToString::to_string);
        let events: Vec<String> = events.collect();
        let events = events.iter().flat_map(|events| events.lines());
        let due_only = self.due_only.as_ref().map(ToString::to_string);
        let due_only = due_only.iter().flat_map(|due_only| due_only.lines());
        let notes = due_only.chain(events).chain(warnings.map(String::as_str));
        let mut notes: Vec<String> = notes.map(|note| sentence(note.trim())).collect();
        if self.left_out > 0 {
            notes.push(format!(
                "Rows left out, as the columns file says: {}.",
                grouped(self.left_out)
            ));
        }
        for (what, names) in [
            ("Columns that no input reads", &self.unused),
            ("Inputs without a column", &self.without_column),
        ] {
            if !names.is_empty() {
                notes.push(format!("{what}: {}.", names.join(", ")));
            }
        }
        let not_looked_at = self.tally.ids_not_looked_at();
        if not_looked_at > 0 {
            notes.push(format!(
                "Ids that occur twice were not looked for among the last {} people.",
                grouped(not_looked_at)
            ));
        }
        if notes.is_empty() {
            return None;
        }
        let title = match self.tally.files() {
            [] => "Notes on the file",
            _ => "Notes on the files",
        };
        let mut section = Section::new("file", title);
        section.blocks.push(Block::List(notes));
        Some(section)
    }

    fn dimension(&self, name: &str) -> String {
        let mut dimensions = self.tally.matrix.described_dimensions();
        let found = dimensions.find(|dimension| dimension.name == name);
        found.map_or(name, |dimension| dimension.label).to_owned()
    }

    /// Returns an input as readers know it, with its name where that is another one.
    pub(super) fn input(&self, name: &str) -> String {
        let mut inputs = self.tally.matrix.described_inputs();
        match inputs.find(|input| input.name == name) {
            Some(input) if input.label != name => {
                format!("{} ({name})", capitalised(input.label))
            }
            _ => name.to_owned(),
        }
    }
}
