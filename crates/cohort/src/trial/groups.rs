//! Counts what comes out by group. [`Table`] decides whether a number may leave this file.

use std::collections::BTreeMap;

use super::standing::Standing;
use super::suppression::{LEAST, Table, joined};
use threshold_matrix::Matrix;

/// The most different values that are counted. Further ones are counted together.
const MOST_GROUPS: usize = 100;
/// The number of states of an outcome: seen, not seen, not known.
const OUTCOMES: usize = 3;

/// Counts by the values of one column.
#[derive(Debug)]
pub(super) struct Groups {
    pub(super) column: String,
    /// The tiers and then the statuses of each revision.
    results: [Vec<String>; 2],
    /// For each value and each revision: how many people have each result and outcome. Those whose result is open or who are refused come last.
    values: BTreeMap<String, [Vec<u64>; 2]>,
}

/// The groups as they may be shown.
pub(super) struct Shown {
    pub(super) names: Vec<String>,
    pub(super) people: Vec<u64>,
    results: [Vec<String>; 2],
    tables: [Table; 2],
}

impl Groups {
    pub(super) fn new(column: &str, matrices: &[Matrix; 2]) -> Self {
        let results = matrices.each_ref().map(|matrix| {
            matrix
                .tiers()
                .iter()
                .chain(matrix.statuses())
                .cloned()
                .collect()
        });
        Self {
            column: column.to_owned(),
            results,
            values: BTreeMap::new(),
        }
    }

    pub(super) fn count(
        &mut self,
        value: &str,
        standings: &[Standing; 2],
        observed: Option<bool>,
        people: u64,
    ) {
        let value = match value {
            "" => "not recorded",
            value if self.values.len() >= MOST_GROUPS && !self.values.contains_key(value) => {
                "any other"
            }
            value => value,
        };
        let widths = self
            .results
            .each_ref()
            .map(|results| results.len() * OUTCOMES + 1);
        let counts = self
            .values
            .entry(value.to_owned())
            .or_insert_with(|| widths.map(|width| vec![0; width]));
        let outcome = match observed {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        };
        for (counts, standing) in counts.iter_mut().zip(standings) {
            let elsewhere = counts.len() - 1;
            let column = standing
                .settled()
                .map_or(elsewhere, |position| position * OUTCOMES + outcome);
            if let Some(count) = counts.get_mut(column) {
                *count += people;
            }
        }
    }

    /// Returns the groups, the largest first, with small groups joined and small numbers hidden.
    pub(super) fn shown(&self) -> Shown {
        let values: Vec<_> = self.values.iter().collect();
        let people: Vec<u64> = values
            .iter()
            .map(|(_, [old, _])| old.iter().sum())
            .collect();
        let groups = joined(&people, LEAST);
        let name = |group: &Vec<usize>| {
            let names: Vec<_> = group
                .iter()
                .filter_map(|position| values.get(*position))
                .map(|(name, _)| name.as_str())
                .collect();
            names.join(" or ")
        };
        let rows = |which: usize| -> Vec<Vec<u64>> {
            let row = |group: &Vec<usize>| {
                let mut sum: Vec<u64> = Vec::new();
                for (_, counts) in group.iter().filter_map(|position| values.get(*position)) {
                    let counts = counts.get(which).map(Vec::as_slice).unwrap_or_default();
                    sum.resize(counts.len(), 0);
                    sum.iter_mut()
                        .zip(counts)
                        .for_each(|(sum, count)| *sum += count);
                }
                sum
            };
            groups.iter().map(row).collect()
        };
        let (old, new) = (rows(0), rows(1));
        // The column of the old revision with the same result and outcome.
        let same: Vec<Option<usize>> = (0..new.first().map_or(0, Vec::len))
            .map(|column| match self.results[1].get(column / OUTCOMES) {
                Some(result) => self.results[0]
                    .iter()
                    .position(|own| own == result)
                    .map(|position| position * OUTCOMES + column % OUTCOMES),
                None => Some(self.results[0].len() * OUTCOMES),
            })
            .collect();
        let count = |row: usize, column: usize, rows: &[Vec<u64>]| {
            rows.get(row)
                .and_then(|row| row.get(column))
                .copied()
                .unwrap_or_default()
        };
        let changed_by_few = |row: usize, column: usize, number: u64| {
            let before = same.get(column).copied().flatten();
            before.is_some_and(|before| {
                (1..LEAST).contains(&count(row, before, &old).abs_diff(number))
            })
        };
        let people = old.iter().map(|row| row.iter().sum()).collect();
        let (mut before, mut after) = (Table::new(old.clone(), LEAST), Table::new(new, LEAST));
        after.hide_together(&mut before, |column| same.get(column).copied().flatten());
        after.hide_where(LEAST, changed_by_few);
        let tables = [before, after];
        Shown {
            names: groups.iter().map(name).collect(),
            people,
            results: self.results.clone(),
            tables,
        }
    }
}

/// Returns the columns of some results, with some outcomes.
fn columns(
    results: impl Fn(usize) -> bool,
    outcomes: impl Fn(usize) -> bool,
) -> impl Fn(usize) -> bool {
    move |column| results(column / OUTCOMES) && outcomes(column % OUTCOMES)
}

impl Shown {
    fn sum(&self, which: usize, group: usize, columns: impl Fn(usize) -> bool) -> Option<u64> {
        self.tables.get(which)?.sum(group, columns)
    }

    fn count(&self, which: usize) -> usize {
        self.results.get(which).map_or(0, Vec::len)
    }

    /// Returns how many people have a result, or `None` where that is not shown.
    pub(super) fn with_result(&self, which: usize, group: usize, result: &str) -> Option<u64> {
        let Some(position) = self
            .results
            .get(which)
            .and_then(|results| results.iter().position(|own| own == result))
        else {
            return Some(0);
        };
        self.sum(which, group, columns(|own| own == position, |_| true))
    }

    /// Returns how many people's result is open, or who are refused.
    pub(super) fn elsewhere(&self, which: usize, group: usize) -> Option<u64> {
        let last = self.count(which) * OUTCOMES;
        self.sum(which, group, |column| column == last)
    }

    /// Returns how many people are flagged, which means that they are in a tier at or above the cut.
    pub(super) fn flagged(&self, which: usize, group: usize, cut: u8) -> Option<u64> {
        self.sum(
            which,
            group,
            columns(|result| result <= usize::from(cut), |_| true),
        )
    }

    /// Returns how many of the people without the outcome were flagged, and how many of them there are. Neither number has people whose result is open
    /// or who are refused.
    pub(super) fn false_positives(
        &self,
        which: usize,
        group: usize,
        cut: u8,
    ) -> Option<(u64, u64)> {
        let flagged = self.sum(
            which,
            group,
            columns(|result| result <= usize::from(cut), |outcome| outcome == 1),
        )?;
        let count = self.count(which);
        let all = self.sum(
            which,
            group,
            columns(|result| result < count, |outcome| outcome == 1),
        )?;
        Some((flagged, all))
    }

    /// Returns how many of the people with the outcome were not flagged, and how many of them there are.
    pub(super) fn false_negatives(
        &self,
        which: usize,
        group: usize,
        cut: u8,
    ) -> Option<(u64, u64)> {
        let count = self.count(which);
        let missed = self.sum(
            which,
            group,
            columns(
                |result| result > usize::from(cut) && result < count,
                |outcome| outcome == 0,
            ),
        )?;
        let all = self.sum(
            which,
            group,
            columns(|result| result < count, |outcome| outcome == 0),
        )?;
        Some((missed, all))
    }
}
