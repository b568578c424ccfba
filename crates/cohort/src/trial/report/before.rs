//! Writes how often the outcome was seen before and after, by result.

use crate::times::{
    CAUTION, SHARE_CAPTION, SHARE_HEADS, TIMES_CAPTION, TIMES_HEADS, share_cells, times_cells,
};
use crate::trial::frequencies::FrequencyRow;
use crate::trial::report::{HIDDEN, NOTHING, grid};
use crate::trial::{Audience, Trial};
use crate::{Frequency, grouped, noun};
use threshold_matrix::workspace::document::tree::{Block, Section};

impl Trial {
    pub(super) fn before_and_after(&self) -> Option<Section> {
        let told = self.frequencies()?;
        let mut section = Section::new("before-after", "Before and after");
        section.says(CAUTION);
        if told.unknown > 0 {
            section.says(format!(
                "{} {} not counted here, of whom it is not known how often the outcome was seen before or after.",
                grouped(told.unknown),
                noun(told.unknown, "person is", "people are")
            ));
        }
        let is_for_release = self.disclosure.audience == Audience::Release;
        if is_for_release {
            section.says(format!(
                "A row is hidden (…) where it would tell how often the outcome was seen of fewer than {} people, or where that would follow from the others. By \
                 group, these numbers are for the board alone.",
                self.disclosure.threshold
            ));
        }
        let all = FrequencyRow {
            name: "all".to_owned(),
            label: "all".to_owned(),
            frequency: told.all,
        };
        for (called, rows) in self.columns_called().iter().zip(told.revisions) {
            let rows: Vec<_> = rows.into_iter().chain([all.clone()]).collect();
            section
                .blocks
                .extend(grids(&rows, "result", &format!(", by result by {called}")));
        }
        for told in told.groups {
            section
                .blocks
                .extend(grids(&told.groups, &told.by, &format!(", by {}", told.by)));
        }
        Some(section)
    }
}

/// Returns the table of shares and that of frequencies.
fn grids(rows: &[FrequencyRow], rows_read: &str, of: &str) -> [Block; 2] {
    let table = |caption: &str, heads: [&str; 4], cells: fn(&Frequency, &str) -> Vec<String>| {
        let rows = rows.iter().map(|row| {
            let cells = match &row.frequency {
                Some(frequency) => cells(frequency, NOTHING),
                None => vec![HIDDEN.to_owned(); 4],
            };
            (row.label.clone(), cells)
        });
        grid(
            format!("{caption}{of}"),
            [rows_read, "before and after"],
            heads.map(str::to_owned).to_vec(),
            rows,
        )
    };
    [
        table(SHARE_CAPTION, SHARE_HEADS, share_cells),
        table(TIMES_CAPTION, TIMES_HEADS, times_cells),
    ]
}
