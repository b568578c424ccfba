//! Shows a tally as a table that a person can read.

use std::fmt::{self, Display, Formatter};

use super::Tally;
use super::rate::per_mille;
use super::times::{
    CAUTION, SHARE_CAPTION, SHARE_HEADS, TIMES_CAPTION, TIMES_HEADS, share_cells, shown,
    times_cells,
};
use crate::Frequency;
use crate::counts::{Reason, Share};
pub(crate) use threshold_matrix::workspace::document::grouped;
use threshold_matrix::workspace::shortened;

/// The bar of the largest share, in characters.
const BAR: u64 = 32;
/// The most cells of a reason that are shown.
const MOST_CELLS: usize = 8;
/// The most ids that are named for each way of moving.
const MOST_IDS: usize = 5;
/// The most reasons, and the most inputs that nobody recorded, that are shown. The rest are counted.
const MOST_SHOWN: usize = 12;

impl Display for Tally {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let scored = self.people() - self.refused();
        writeln!(
            formatter,
            "{} {}: {} scored, {} refused",
            grouped(self.people()),
            noun(self.people(), "person", "people"),
            grouped(scored),
            grouped(self.refused())
        )?;
        self.write_files(formatter)?;
        let results = self.results();
        if results.is_empty() {
            for (dimension, levels) in self.levels() {
                let levels = levels.iter();
                let levels = levels.map(|share| share.labelled(&self.matrix, Some(&dimension)));
                write_shares(formatter, &dimension, &levels.collect::<Vec<_>>(), scored)?;
            }
        } else {
            let results = results.iter();
            let results = results.map(|share| share.labelled(&self.matrix, None));
            write_shares(formatter, "tier", &results.collect::<Vec<_>>(), scored)?;
        }
        self.write_frequencies(formatter)?;
        self.write_provisional(formatter, scored)?;
        self.write_reasons(formatter)?;
        self.write_movement(formatter)?;
        if let Some(repeated) = self.repeated() {
            let place = match &repeated.first {
                Some(origin) => format!(" ({})", origin.as_first()),
                None => String::new(),
            };
            writeln!(
                formatter,
                "\n{} {} an id that an earlier row has{place}; each row was scored. Ids: {}",
                grouped(repeated.people),
                noun(repeated.people, "row has", "rows have"),
                some(&repeated.ids)
            )?;
        }
        if self.ids_not_looked_at() > 0 {
            writeln!(
                formatter,
                "\nids that occur twice were not looked for among the last {} people",
                grouped(self.ids_not_looked_at())
            )?;
        }
        Ok(())
    }
}

/// Writes one table of shares with bars, and with rates if anything was seen later.
fn write_shares(
    formatter: &mut Formatter<'_>,
    title: &str,
    shares: &[Share],
    scored: u64,
) -> fmt::Result {
    let with_rates = shares.iter().any(|share| share.observed > 0);
    let largest = shares
        .iter()
        .map(|share| share.people)
        .max()
        .unwrap_or(0)
        .max(1);
    let mut names = vec![title, "people", "share"];
    if with_rates {
        names.extend(["known", "happened", "rate (95 % interval)"]);
    }
    let mut rows = vec![names.into_iter().map(str::to_owned).collect::<Vec<_>>()];
    for share in shares {
        let mut row = vec![
            share.name(),
            grouped(share.people),
            percent(share.people, scored),
        ];
        if with_rates {
            let rate = share
                .rate()
                .map_or_else(|| "–".to_owned(), |rate| rate.to_string());
            row.extend([grouped(share.observed), grouped(share.happened), rate]);
        }
        let bar = (share.people * BAR).div_ceil(largest);
        row.push("█".repeat(usize::try_from(bar).unwrap_or_default()));
        rows.push(row);
    }
    writeln!(formatter)?;
    write_rows(
        formatter,
        &rows,
        if with_rates { &[1, 2, 3, 4] } else { &[1, 2] },
    )
}

impl Tally {
    fn write_files(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if self.files().is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = std::iter::once(vec!["file".to_owned(), "people".to_owned()])
            .chain(
                self.files()
                    .iter()
                    .take(MOST_SHOWN)
                    .map(|share| vec![share.file.clone(), grouped(share.people)]),
            )
            .collect();
        writeln!(formatter)?;
        write_rows(formatter, &rows, &[1])?;
        more(formatter, self.files().len(), "files")
    }

    fn write_frequencies(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let shares = self.frequencies();
        if shares.is_empty() {
            return Ok(());
        }
        for (caption, heads, cells) in [
            (
                SHARE_CAPTION,
                SHARE_HEADS,
                share_cells as fn(&Frequency, &str) -> Vec<String>,
            ),
            (TIMES_CAPTION, TIMES_HEADS, times_cells),
        ] {
            writeln!(formatter, "\n{caption}")?;
            let head = std::iter::once("result").chain(heads);
            let rows = shown(&shares, &self.matrix)
                .into_iter()
                .map(|(name, frequency)| {
                    let cells = cells(&frequency, "–");
                    std::iter::once(name).chain(cells).collect()
                });
            let rows: Vec<Vec<String>> = std::iter::once(head.map(str::to_owned).collect())
                .chain(rows)
                .collect();
            write_rows(formatter, &rows, &[1])?;
        }
        writeln!(formatter, "{CAUTION}")
    }

    fn write_provisional(&self, formatter: &mut Formatter<'_>, scored: u64) -> fmt::Result {
        if self.provisional() == 0 {
            return Ok(());
        }
        let open = grouped(self.provisional());
        writeln!(
            formatter,
            "\nprovisional: {open} {} ({} of those scored), open until somebody records",
            noun(self.provisional(), "person", "people"),
            percent(self.provisional(), scored)
        )?;
        let inputs = self.not_recorded();
        let rows: Vec<_> = inputs
            .iter()
            .take(MOST_SHOWN)
            .map(|(input, people)| vec![format!("  {input}"), "for".to_owned(), grouped(*people)])
            .collect();
        write_rows(formatter, &rows, &[2])?;
        more(formatter, inputs.len(), "inputs")?;
        if self.inexact() > 0 {
            writeln!(
                formatter,
                "for {} of them, the results listed as possible hold all that are possible, and may hold more",
                grouped(self.inexact())
            )?;
        }
        Ok(())
    }

    fn write_reasons(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let reasons = self.reasons();
        if reasons.is_empty() {
            return Ok(());
        }
        writeln!(
            formatter,
            "\nrefused: {} {}; a person may have several reasons",
            grouped(self.refused()),
            noun(self.refused(), "person", "people")
        )?;
        let rows: Vec<_> = reasons
            .iter()
            .take(MOST_SHOWN)
            .map(|reason| {
                let example = match &reason.first {
                    Some(origin) => format!("{origin}: {}", reason.message),
                    None => format!("such as: {}", reason.message),
                };
                vec![
                    format!("  {}", grouped(reason.people)),
                    reason.kind.to_string(),
                    reason.inputs.join(", "),
                    example,
                ]
            })
            .collect();
        write_rows(formatter, &rows, &[0])?;
        more(formatter, reasons.len(), "reasons")?;
        write_cells(formatter, &reasons)?;
        if self.further_reasons() > 0 {
            writeln!(
                formatter,
                "  and {} problems of other kinds",
                grouped(self.further_reasons())
            )?;
        }
        Ok(())
    }

    fn write_movement(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Some(movement) = self.movement() else {
            return Ok(());
        };
        let moved: u64 = movement.moves.iter().map(|moved| moved.people).sum();
        let before = if movement.matrices.is_empty() {
            "an empty run".to_owned()
        } else {
            movement.matrices.join(", ")
        };
        writeln!(
            formatter,
            "\nsince the previous run ({before}): {} moved, {} stayed, {} new, {} gone",
            grouped(moved),
            grouped(movement.stayed),
            grouped(movement.new),
            grouped(movement.gone)
        )?;
        let shown = movement.moves.iter().take(MOST_SHOWN);
        let mut rows: Vec<_> = shown
            .map(|moved| {
                vec![
                    format!("  {}", grouped(moved.people)),
                    format!(
                        "{} → {}",
                        self.matrix.label_of(None, &moved.from),
                        self.matrix.label_of(None, &moved.to)
                    ),
                    some_of(&moved.ids, moved.people),
                ]
            })
            .collect();
        if let Some(further) = movement
            .moves
            .get(MOST_SHOWN..)
            .filter(|further| !further.is_empty())
        {
            let people = further.iter().map(|moved| moved.people).sum();
            rows.push(vec![
                format!("  {}", grouped(people)),
                format!("in {} other ways", further.len()),
                String::new(),
            ]);
        }
        if movement.new > 0 {
            rows.push(vec![
                format!("  {}", grouped(movement.new)),
                "new".to_owned(),
                some_of(&movement.new_ids, movement.new),
            ]);
        }
        if movement.gone > 0 {
            rows.push(vec![
                format!("  {}", grouped(movement.gone)),
                "gone".to_owned(),
            ]);
        }
        if movement.apart > 0 {
            rows.push(vec![
                format!("  {}", grouped(movement.apart)),
                noun(movement.apart, "id that is", "ids that are").to_owned()
                    + " not one person's in both runs",
            ]);
        }
        write_rows(formatter, &rows, &[0])
    }
}

fn some(ids: &[String]) -> String {
    some_of(ids, ids.len() as u64)
}

pub(crate) fn some_of(ids: &[String], people: u64) -> String {
    let shown = ids
        .iter()
        .take(MOST_IDS)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if people > MOST_IDS as u64 {
        format!("{shown} …")
    } else {
        shown
    }
}

fn more(formatter: &mut Formatter<'_>, count: usize, what: &str) -> fmt::Result {
    match count.saturating_sub(MOST_SHOWN) {
        0 => Ok(()),
        more => writeln!(formatter, "  and {more} more {what}"),
    }
}

/// Writes rows in columns that are as wide as they need to be. The columns in `right` are aligned to the right.
fn write_rows(formatter: &mut Formatter<'_>, rows: &[Vec<String>], right: &[usize]) -> fmt::Result {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<_> = (0..columns).map(width).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate();
        let cells: Vec<_> = cells
            .map(|(column, (cell, width))| {
                if right.contains(&column) {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:<width$}")
                }
            })
            .collect();
        writeln!(formatter, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

pub(crate) fn noun<'a>(count: u64, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

pub(crate) fn percent(part: u64, whole: u64) -> String {
    let share = per_mille(part, whole);
    format!("{}.{} %", share / 10, share % 10)
}

/// Writes the cells that were refused, by their columns, for whoever mends the file or writes a columns file.
fn write_cells(formatter: &mut Formatter<'_>, reasons: &[Reason]) -> fmt::Result {
    let mut is_first = true;
    for reason in reasons.iter().filter(|reason| !reason.cells.is_empty()) {
        if std::mem::take(&mut is_first) {
            writeln!(formatter, "\nrefused cells, by column:")?;
        }
        let cells = reason.cells_by_people();
        let shown: Vec<String> = cells
            .iter()
            .take(MOST_CELLS)
            .map(|(cell, people)| format!("`{}` {}", shortened(cell), grouped(*people)))
            .collect();
        let further = (cells.len() - shown.len()) as u64 + reason.further_cells;
        let further = match further {
            0 => String::new(),
            count => format!(", and {} other cells", grouped(count)),
        };
        writeln!(
            formatter,
            "  {} ({}): {}{further}",
            reason.column.as_deref().unwrap_or_default(),
            reason.kind,
            shown.join(", ")
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_shares_rounded() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(2, 3), "66.7 %");
        assert_eq!(percent(0, 0), "0.0 %");
    }
}
