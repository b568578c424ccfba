//! Writes who moved since an earlier run.

use super::RunReport;
use crate::table::some_of;
use crate::{Move, Movement, grouped, noun};
use threshold_matrix::workspace::document::flow::{Course, Flow, Stream};
use threshold_matrix::workspace::document::tree::{Block, Head, Section, Table};

/// The most ways of moving that are shown. The rest are counted.
const MOST_SHOWN: usize = 100;
/// The most ways of moving that are drawn.
const MOST_DRAWN: usize = 24;

impl RunReport<'_> {
    pub(super) fn moved_in_words(&self) -> Option<String> {
        let movement = self.tally.movement()?;
        let before = match movement.matrices.as_slice() {
            [] => "an empty run".to_owned(),
            matrices => matrices.join(", "),
        };
        Some(format!(
            "Since the previous run ({before}): {} moved, {} stayed, {} new, {} gone.",
            grouped(moved(&movement)),
            grouped(movement.stayed),
            grouped(movement.new),
            grouped(movement.gone)
        ))
    }

    pub(super) fn movement(&self) -> Option<Section> {
        let movement = self.tally.movement()?;
        let mut section = Section::new("movement", "Who moved since the previous run");
        section.says(self.moved_in_words()?);
        if (1..=MOST_DRAWN).contains(&movement.moves.len()) {
            section.blocks.push(Block::Flow(self.flow(&movement)));
        }
        let shown = movement.moves.iter().take(MOST_SHOWN);
        let mut rows: Vec<_> = shown
            .map(|way| {
                let label = |name| self.tally.matrix.label_of(None, name);
                let title = format!("{} → {}", label(&way.from), label(&way.to));
                row(title, way.people, some_of(&way.ids, way.people))
            })
            .collect();
        if let Some(further) = movement.moves.get(MOST_SHOWN..)
            && !further.is_empty()
        {
            let people = further.iter().map(|way| way.people).sum();
            let title = format!("in {} other ways", further.len());
            rows.push(row(title, people, String::new()));
        }
        if movement.new > 0 {
            let ids = some_of(&movement.new_ids, movement.new);
            rows.push(row("new".to_owned(), movement.new, ids));
        }
        if movement.gone > 0 {
            rows.push(row("gone".to_owned(), movement.gone, String::new()));
        }
        if !rows.is_empty() {
            section.blocks.push(Block::Table(Table::labelled(
                "Who moved from which result to which, the most frequent first",
                &["from and to", "people", "the first of them"],
                rows,
            )));
        }
        if movement.apart > 0 {
            section.says(format!(
                "{} {} not one person's in both runs, so nobody is followed by {}.",
                grouped(movement.apart),
                noun(movement.apart, "id is", "ids are"),
                noun(movement.apart, "it", "them")
            ));
        }
        Some(section)
    }

    fn flow(&self, movement: &Movement) -> Flow {
        let ends = [
            self.ends(movement.moves.iter().map(|way| &way.from)),
            self.ends(movement.moves.iter().map(|way| &way.to)),
        ];
        let place = |side: usize, result: &String| {
            let mut ends = ends.iter().skip(side);
            let ends = ends.next().map(Vec::as_slice).unwrap_or_default();
            ends.iter()
                .position(|own| own == result)
                .unwrap_or_default()
        };
        let mut streams: Vec<_> = movement
            .moves
            .iter()
            .map(|way| Stream {
                from: place(0, &way.from),
                to: place(1, &way.to),
                people: way.people,
                course: self.course(way),
            })
            .collect();
        streams.sort_by_key(|stream| (stream.from, stream.to));
        Flow {
            anchor: "flow".to_owned(),
            title: "How many people moved from which result to which".to_owned(),
            sides: ["before", "now"].map(str::to_owned),
            ends: ends.map(|names| {
                let labels = names
                    .iter()
                    .map(|name| self.tally.matrix.label_of(None, name));
                labels.map(str::to_owned).collect()
            }),
            streams,
        }
    }

    /// Returns results, each once: tiers from the most to the least intensive, and then the others.
    fn ends<'a>(&self, results: impl Iterator<Item = &'a String>) -> Vec<String> {
        let mut ends: Vec<String> = results.cloned().collect();
        ends.sort_by_key(|result| (self.place_of(result).unwrap_or(usize::MAX), result.clone()));
        ends.dedup();
        ends
    }

    /// Returns where a result stands among the tiers, if it is one.
    fn place_of(&self, result: &str) -> Option<usize> {
        let mut tiers = self.tally.matrix.tiers().iter();
        tiers.position(|tier| tier == result)
    }

    fn course(&self, way: &Move) -> Course {
        match (self.place_of(&way.from), self.place_of(&way.to)) {
            (Some(from), Some(to)) if to < from => Course::Rise,
            (Some(from), Some(to)) if to > from => Course::Fall,
            _ => Course::Aside,
        }
    }
}

fn moved(movement: &Movement) -> u64 {
    movement.moves.iter().map(|way| way.people).sum()
}

fn row(title: String, people: u64, ids: String) -> (Head, Vec<String>) {
    let head = Head {
        title,
        ..Head::default()
    };
    (head, vec![grouped(people), ids])
}
