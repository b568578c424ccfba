//! Hides small numbers by group, and the numbers from which they could be worked out.
//!
//! A table has a row for each group and a column for each kind of result. The reader knows the number of people in each group and in each column.
//!
//! A number from 1 to 9 is hidden together with three others, which are the other corners of a rectangle. Moving one person (or ten) round the
//! corners gives another table with the same totals, so that no subtraction leads to the hidden number. A sum or a rate is worked out only from
//! numbers that are shown.

/// The smallest number other than zero that is shown.
pub(super) const LEAST: u64 = 10;

/// A table of numbers, of which some are hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    rows: Vec<Vec<u64>>,
    hidden: Vec<Vec<bool>>,
}

fn is_small(number: u64, least: u64) -> bool {
    (1..least).contains(&number)
}

impl Table {
    /// Creates a table and hides its small numbers, so that none of them can be worked out. All rows have the same length.
    pub(super) fn new(rows: Vec<Vec<u64>>, least: u64) -> Self {
        let hidden = rows.iter().map(|row| vec![false; row.len()]).collect();
        let mut table = Self { rows, hidden };
        table.hide_where(least, |_, _, number| is_small(number, least));
        table
    }

    /// Hides further numbers, so that none of them can be worked out. In a table with a single row nothing can be hidden, since the row is the totals.
    pub(super) fn hide_where(&mut self, least: u64, what: impl Fn(usize, usize, u64) -> bool) {
        if self.rows.len() < 2 {
            return;
        }
        for row in 0..self.rows.len() {
            for column in 0..self.width() {
                if what(row, column, self.number(row, column)) {
                    self.hide(row, column, least);
                }
            }
        }
    }

    /// Hides in each of two tables what the other hides, since a reader may know that nobody moved in some column. `same` gives the position of each
    /// column of this table in the other.
    pub(super) fn hide_together(
        &mut self,
        other: &mut Self,
        same: impl Fn(usize) -> Option<usize>,
    ) {
        for (own, others) in self.hidden.iter_mut().zip(&mut other.hidden) {
            for (column, own) in own.iter_mut().enumerate() {
                if let Some(other) = same(column).and_then(|at| others.get_mut(at)) {
                    *own |= *other;
                    *other = *own;
                }
            }
        }
    }

    fn width(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    fn number(&self, row: usize, column: usize) -> u64 {
        self.rows
            .get(row)
            .and_then(|row| row.get(column))
            .copied()
            .unwrap_or_default()
    }

    fn is_hidden(&self, row: usize, column: usize) -> bool {
        self.hidden
            .get(row)
            .and_then(|row| row.get(column))
            .copied()
            .unwrap_or(true)
    }

    /// Hides a number with the rectangle that hides the fewest others, among those that leave it as uncertain as can be.
    fn hide(&mut self, row: usize, column: usize, least: u64) {
        let mut best = None;
        for other in (0..self.rows.len()).filter(|other| *other != row) {
            for beside in (0..self.width()).filter(|beside| *beside != column) {
                // How many people can be moved round the rectangle: into the number that is hidden, or out of it.
                let into = self.number(row, beside).min(self.number(other, column));
                let out = self.number(row, column).min(self.number(other, beside));
                let room = into.max(out).min(least);
                let corners = [
                    (row, column),
                    (row, beside),
                    (other, column),
                    (other, beside),
                ];
                let fresh = corners
                    .iter()
                    .filter(|(row, column)| !self.is_hidden(*row, *column))
                    .count();
                let lost: u64 = corners
                    .iter()
                    .filter(|(row, column)| !self.is_hidden(*row, *column))
                    .map(|(row, column)| self.number(*row, *column))
                    .sum();
                // What could be 10 or more comes first; then the fewest numbers, then the smallest.
                let rank = (
                    std::cmp::Reverse(into.min(least)),
                    std::cmp::Reverse(room),
                    fresh,
                    lost,
                );
                if room > 0 && best.as_ref().is_none_or(|(before, _)| rank < *before) {
                    best = Some((rank, corners));
                }
            }
        }
        // Without a rectangle that gives, everything is hidden.
        let Some((_, corners)) = best else {
            self.hidden
                .iter_mut()
                .flatten()
                .for_each(|hidden| *hidden = true);
            return;
        };
        for (row, column) in corners {
            if let Some(hidden) = self.hidden.get_mut(row).and_then(|row| row.get_mut(column)) {
                *hidden = true;
            }
        }
    }

    /// Returns the sum of some columns of a row, or `None` if any of them is hidden.
    pub(super) fn sum(&self, row: usize, columns: impl Fn(usize) -> bool) -> Option<u64> {
        let (numbers, hidden) = (self.rows.get(row)?, self.hidden.get(row)?);
        let mut sum = 0;
        for (_, (number, hidden)) in numbers
            .iter()
            .zip(hidden)
            .enumerate()
            .filter(|(column, _)| columns(*column))
        {
            if *hidden {
                return None;
            }
            sum += number;
        }
        Some(sum)
    }
}

/// Joins small groups with the next larger one until none is small. Returns the positions of the groups that are joined, the largest first.
pub(super) fn joined(people: &[u64], least: u64) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..people.len()).collect();
    let count = |position: &usize| people.get(*position).copied().unwrap_or_default();
    order.sort_by_key(|position| (std::cmp::Reverse(count(position)), *position));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut waiting: Vec<usize> = Vec::new();
    for position in order.into_iter().rev() {
        waiting.push(position);
        if waiting.iter().map(count).sum::<u64>() >= least {
            waiting.sort_by_key(|position| (std::cmp::Reverse(count(position)), *position));
            groups.push(std::mem::take(&mut waiting));
        }
    }
    match groups.last_mut() {
        Some(last) => last.append(&mut waiting),
        None => groups.push(waiting),
    }
    groups.sort_by_key(|group| {
        (
            std::cmp::Reverse(group.iter().map(count).sum::<u64>()),
            group.first().copied(),
        )
    });
    groups
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Returns every table with the same totals of rows and columns, and the same numbers where they are shown: what each hidden number can be.
    fn possible(table: &Table) -> Vec<Vec<BTreeSet<u64>>> {
        let (height, width) = (table.rows.len(), table.rows[0].len());
        let rows: Vec<u64> = table.rows.iter().map(|row| row.iter().sum()).collect();
        let columns: Vec<u64> = (0..width)
            .map(|column| table.rows.iter().map(|row| row[column]).sum())
            .collect();
        let mut found = vec![vec![BTreeSet::new(); width]; height];
        let mut filled = vec![vec![0; width]; height];
        fill(table, &rows, &columns, 0, &mut filled, &mut found);
        found
    }

    fn fill(
        table: &Table,
        rows: &[u64],
        columns: &[u64],
        at: usize,
        filled: &mut Vec<Vec<u64>>,
        found: &mut Vec<Vec<BTreeSet<u64>>>,
    ) {
        let (height, width) = (rows.len(), columns.len());
        if at == height * width {
            for (row, numbers) in filled.iter().enumerate() {
                for (column, number) in numbers.iter().enumerate() {
                    found[row][column].insert(*number);
                }
            }
            return;
        }
        let (row, column) = (at / width, at % width);
        let left_in_row = rows[row] - filled[row][..column].iter().sum::<u64>();
        let left_in_column = columns[column] - (0..row).map(|row| filled[row][column]).sum::<u64>();
        let most = left_in_row.min(left_in_column);
        let (from, to) = if table.hidden[row][column] {
            (0, most)
        } else {
            (table.rows[row][column], table.rows[row][column])
        };
        for number in from..=to {
            let fits = number <= most
                && (column + 1 < width || number == left_in_row)
                && (row + 1 < height || number == left_in_column);
            if fits {
                filled[row][column] = number;
                fill(table, rows, columns, at + 1, filled, found);
            }
        }
        filled[row][column] = 0;
    }

    fn tables() -> impl Strategy<Value = Vec<Vec<u64>>> {
        (2_usize..4, 2_usize..4).prop_flat_map(|(rows, columns)| {
            prop::collection::vec(prop::collection::vec(0_u64..8, columns), rows)
        })
    }

    proptest! {
        /// With 3 as the smallest number that is shown, since all tables are tried: no group is smaller than that.
        #[test]
        fn no_small_number_follows_from_the_totals(rows in tables()) {
            prop_assume!(rows.iter().all(|row| row.iter().sum::<u64>() >= 3));
            let table = Table::new(rows.clone(), 3);
            let possible = possible(&table);
            for (row, numbers) in rows.iter().enumerate() {
                for (column, number) in numbers.iter().enumerate() {
                    prop_assert!(!is_small(*number, 3) || table.hidden[row][column]);
                    let alone = possible[row][column].len() == 1;
                    // Where everybody is in one column, there is nothing that the totals do not say; no small number is among it.
                    prop_assert!(!alone || !is_small(*number, 3), "{rows:?} {:?}", table.hidden);
                    prop_assert!(possible[row][column].contains(number));
                }
            }
        }

        #[test]
        fn joined_groups_are_not_small_and_lose_nobody(people in prop::collection::vec(0_u64..30, 1..8)) {
            let groups = joined(&people, 10);
            let mut all: Vec<_> = groups.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..people.len()).collect::<Vec<_>>());
            let sums: Vec<u64> = groups.iter().map(|group| group.iter().map(|position| people[*position]).sum()).collect();
            prop_assert!(sums.len() == 1 || sums.iter().all(|sum| *sum >= 10), "{:?}", sums);
        }
    }

    #[test]
    fn a_small_number_takes_three_others_with_it() {
        let table = Table::new(
            vec![vec![3, 40, 200], vec![60, 70, 300], vec![50, 20, 900]],
            LEAST,
        );
        let shown: Vec<Vec<_>> = (0..3)
            .map(|row| {
                (0..3)
                    .map(|column| table.sum(row, |own| own == column))
                    .collect()
            })
            .collect();
        assert_eq!(
            shown,
            [
                [None, None, Some(200)],
                [Some(60), Some(70), Some(300)],
                [None, None, Some(900)]
            ]
        );
        assert_eq!(table.sum(0, |_| true), None);
        assert_eq!(table.sum(1, |column| column < 2), Some(130));
    }
}
