//! Writes who was refused and why, with the cells that were refused, for whoever mends the file.

use super::RunReport;
use crate::{Reason, grouped, noun};
use threshold_matrix::workspace::document::tree::{Block, Head, Section, Table};
use threshold_matrix::workspace::shortened;
use threshold_matrix::workspace::words::capitalised;

/// The most reasons that are shown. The rest are counted.
const MOST_SHOWN: usize = 100;
/// The most cells of a reason that are shown.
const MOST_CELLS: usize = 20;

impl RunReport<'_> {
    pub(super) fn refused(&self) -> Option<Section> {
        let (tally, reasons) = (self.tally, self.tally.reasons());
        if reasons.is_empty() {
            return None;
        }
        let mut section = Section::new("refused", "Who was refused, and why");
        section.says(format!(
            "{} {} refused. A person may have several reasons.",
            grouped(tally.refused()),
            noun(tally.refused(), "person was", "people were")
        ));
        let shown = reasons.iter().take(MOST_SHOWN);
        let rows = shown.map(|reason| {
            let example = match &reason.first {
                Some(origin) => format!("{origin}: {}", reason.message),
                None => reason.message.clone(),
            };
            let inputs: Vec<_> = reason
                .inputs
                .iter()
                .map(|input| self.input(input))
                .collect();
            let cells = vec![inputs.join(", "), grouped(reason.people), example];
            (head(reason.kind.name()), cells)
        });
        section.blocks.push(Block::Table(Table::labelled(
            "Reasons, the most frequent first",
            &["reason", "inputs", "people", "the first of them"],
            rows,
        )));
        let further = reasons.iter().skip(MOST_SHOWN);
        let further = further.map(|reason| reason.people).sum::<u64>() + tally.further_reasons();
        if further > 0 {
            section.says(format!(
                "There are {} problems of other kinds.",
                grouped(further)
            ));
        }
        let with_cells = reasons.iter().filter(|reason| !reason.cells.is_empty());
        let rows: Vec<_> = with_cells.take(MOST_SHOWN).map(cells).collect();
        if !rows.is_empty() {
            section.blocks.push(Block::Table(Table::labelled(
                "Refused cells by column, with the number of people",
                &["column", "reason", "cells"],
                rows,
            )));
        }
        Some(section)
    }
}

fn cells(reason: &Reason) -> (Head, Vec<String>) {
    let cells = reason.cells_by_people();
    let shown = cells.iter().take(MOST_CELLS);
    let mut listed: Vec<_> = shown
        .map(|(cell, people)| format!("`{}` {}", shortened(cell), grouped(*people)))
        .collect();
    let further = cells.iter().skip(MOST_CELLS).map(|(_, people)| people);
    let further = further.sum::<u64>() + reason.further_cells;
    if further > 0 {
        listed.push(format!("others {}", grouped(further)));
    }
    let column = reason.column.as_deref().unwrap_or_default();
    let cells = vec![reason.kind.name().to_owned(), listed.join(", ")];
    (head_of(column.to_owned()), cells)
}

fn head(title: &str) -> Head {
    head_of(capitalised(title))
}

fn head_of(title: String) -> Head {
    Head {
        title,
        ..Head::default()
    }
}
