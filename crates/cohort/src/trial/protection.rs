//! Decides which numbers by group may be released, so that no small number can be worked out from those that are.
//!
//! A table has a row for each group and a column for each kind of person: what they were, what they become, and what was seen of them later. The reader
//! may know every number of the whole cohort, which are the totals of the columns, and the size of each group, which are the totals of the rows.
//!
//! The columns of each group are put into classes, and what is released of a group is the total of each class. The table so falls into rectangles, each of
//! some groups that have a class in common. **The proof**: people may be exchanged between the groups of a rectangle, one for another, in any way that keeps
//! the totals of its rows and columns; every number that is released stays as it is. So what a reader can know of a number that is not released is at most
//! the range that these exchanges leave it, which [`Rectangle::range`] gives. A class is divided only where, afterwards, every number that must not be known
//! can still be zero, or as large as the threshold, or larger. There is one table for both revisions, so a flow or a change is a number like any other.

/// Numbers that belong together: for some columns, whether each is added or taken away. Other columns do not count.
pub(super) type Sum = Vec<(usize, bool)>;

/// A table of numbers by group, and how much of it may be released.
#[derive(Debug)]
pub(super) struct Protected {
    rows: Vec<Vec<u64>>,
    rectangles: Vec<Rectangle>,
}

/// Groups of which the total of some columns is released, and nothing that divides it.
#[derive(Debug, Clone)]
struct Rectangle {
    rows: Vec<usize>,
    columns: Vec<usize>,
}

/// What must not be known of a group.
struct Secrets<'a> {
    rows: &'a [Vec<u64>],
    sums: &'a [Sum],
    least: u64,
}

fn is_small(number: u64, least: u64) -> bool {
    (1..least).contains(&number)
}

impl Protected {
    /// Releases everything.
    pub(super) fn open(rows: Vec<Vec<u64>>) -> Self {
        let columns = rows.first().map_or(0, Vec::len);
        let all = (0..rows.len()).collect::<Vec<_>>();
        let rectangle = |column| Rectangle {
            rows: all.clone(),
            columns: vec![column],
        };
        Self {
            rectangles: (0..columns).map(rectangle).collect(),
            rows,
        }
    }

    /// Releases as much as keeps each of these sums from being known to be a number from 1 to `least` - 1, or that much below zero.
    ///
    /// Each division says for each column whether it is on the one side. The divisions that come first are those that are wanted most. No row may have a
    /// small total.
    pub(super) fn new(
        rows: Vec<Vec<u64>>,
        least: u64,
        sums: &[Sum],
        divisions: &[Vec<bool>],
    ) -> Self {
        let columns = rows.first().map_or(0, Vec::len);
        let mut rectangles = vec![Rectangle {
            rows: (0..rows.len()).collect(),
            columns: (0..columns).collect(),
        }];
        let secrets = Secrets {
            rows: &rows,
            sums,
            least,
        };
        for division in divisions {
            let mut at = 0;
            while at < rectangles.len() {
                let mut others = rectangles.clone();
                let whole = others.swap_remove(at);
                match secrets.divided(&whole, division, &others) {
                    // Another has taken its place, and is looked at next.
                    Some(parts) => {
                        rectangles = others;
                        rectangles.extend(parts);
                    }
                    None => at += 1,
                }
            }
        }
        Self { rows, rectangles }
    }

    /// Returns what is known of the sum of some columns of a row: the total of the classes that are within it, and of those that touch it.
    pub(super) fn sum(&self, row: usize, holds: impl Fn(usize) -> bool) -> Known {
        let own = self.rows.get(row).map(Vec::as_slice).unwrap_or_default();
        let mut known = Known { least: 0, most: 0 };
        for rectangle in self.rectangles.iter().filter(|own| own.rows.contains(&row)) {
            let total = total(own, &rectangle.columns);
            let mut columns = rectangle.columns.iter();
            if columns.any(|column| holds(*column)) {
                known.most += total;
            }
            if rectangle.columns.iter().all(|column| holds(*column)) {
                known.least += total;
            }
        }
        known
    }
}

/// What is known of a number: it is released if both are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) least: u64,
    pub(super) most: u64,
}

impl Known {
    pub(super) fn exactly(number: u64) -> Self {
        Self {
            least: number,
            most: number,
        }
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.least != self.most
    }
}

fn total(row: &[u64], columns: &[usize]) -> u64 {
    columns.iter().filter_map(|column| row.get(*column)).sum()
}

impl Secrets<'_> {
    fn row(&self, row: usize) -> &[u64] {
        self.rows.get(row).map(Vec::as_slice).unwrap_or_default()
    }

    fn together(&self, rows: &[usize], columns: &[usize]) -> u64 {
        rows.iter().map(|row| total(self.row(*row), columns)).sum()
    }

    /// Divides a rectangle for as many of its groups as may be, or for none.
    ///
    /// The groups that cannot be divided stay together with as many others as it takes, the smallest first, so that the large ones are told of.
    fn divided(
        &self,
        whole: &Rectangle,
        division: &[bool],
        others: &[Rectangle],
    ) -> Option<Vec<Rectangle>> {
        let is_on = |column: &usize| division.get(*column).copied().unwrap_or_default();
        let (one, other): (Vec<usize>, Vec<usize>) = whole.columns.iter().partition(|c| is_on(c));
        if one.is_empty() || other.is_empty() {
            return None;
        }
        let halves = [one, other];
        let is_small_in = |rows: &[usize]| {
            let mut halves = halves.iter();
            halves.any(|columns| is_small(self.together(rows, columns), self.least))
        };
        let (mut kept, mut divided): (Vec<usize>, Vec<usize>) =
            whole.rows.iter().partition(|row| is_small_in(&[**row]));
        divided.sort_by_key(|row| {
            std::cmp::Reverse((total(self.row(*row), &whole.columns), self.row(*row)))
        });
        while divided.len() > 1 {
            let mut parts: Vec<Rectangle> = Vec::new();
            for columns in &halves {
                parts.push(Rectangle {
                    rows: divided.clone(),
                    columns: columns.clone(),
                });
            }
            if !kept.is_empty() {
                parts.push(Rectangle {
                    rows: kept.clone(),
                    columns: whole.columns.clone(),
                });
            }
            // What the kept ones are together follows from the totals.
            let is_known_of_kept = is_small_in(&kept);
            let after: Vec<&Rectangle> = others.iter().chain(&parts).collect();
            let known: Vec<usize> = whole
                .rows
                .iter()
                .copied()
                .filter(|row| self.is_known(*row, &after))
                .collect();
            if known.is_empty() && !is_known_of_kept {
                return Some(parts);
            }
            let count = divided.len();
            let (more, rest) = divided.iter().partition(|row| known.contains(row));
            kept.extend::<Vec<usize>>(more);
            divided = rest;
            if divided.len() == count {
                kept.extend(divided.pop());
            }
        }
        None
    }

    /// Returns whether some sum of a row is known to be small.
    fn is_known(&self, row: usize, rectangles: &[&Rectangle]) -> bool {
        let own = self.row(row);
        let rectangles: Vec<(&Rectangle, Vec<u64>)> = rectangles
            .iter()
            .filter(|rectangle| rectangle.rows.contains(&row))
            .map(|rectangle| {
                let columns = rectangle.columns.iter();
                let totals = columns
                    .map(|column| self.together(&rectangle.rows, std::slice::from_ref(column)));
                (*rectangle, totals.collect())
            })
            .collect();
        self.sums.iter().any(|sum| {
            let (mut added, mut taken) = (0, 0);
            for (column, is_added) in sum {
                let number = own.get(*column).copied().unwrap_or_default();
                *(if *is_added { &mut added } else { &mut taken }) += number;
            }
            if !is_small(added.abs_diff(taken), self.least) {
                return false;
            }
            let (mut low, mut high) = (0, 0);
            for (rectangle, totals) in &rectangles {
                let (least, most) = rectangle.range(own, totals, sum);
                low += least;
                high += most;
            }
            let least = i128::from(self.least);
            (low > 0 && high < least) || (high < 0 && low > -least)
        })
    }
}

impl Rectangle {
    /// Returns the least and the most that a sum over these columns can be in a row, if people are exchanged between the rows in every possible way.
    ///
    /// A row can have as many people of each column as there are in the rectangle, as long as they are as many together as it has: the other rows then have
    /// as many as they had.
    fn range(&self, row: &[u64], totals: &[u64], sum: &Sum) -> (i128, i128) {
        let (mut plus, mut none, mut minus) = (0_i128, 0_i128, 0_i128);
        for (column, total) in self.columns.iter().zip(totals) {
            let side = match sum.iter().find(|(own, _)| own == column) {
                Some((_, true)) => &mut plus,
                Some((_, false)) => &mut minus,
                None => &mut none,
            };
            *side += i128::from(*total);
        }
        let people = i128::from(total(row, &self.columns));
        let most = people.min(plus) - (people - plus - none).max(0);
        let least = (people - minus - none).max(0) - people.min(minus);
        (least, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each column alone is a number that must not be known, and each is divided from the others in its order.
    fn protected(rows: &[&[u64]]) -> Protected {
        let columns = 0..rows[0].len();
        let sums: Vec<Sum> = columns.clone().map(|column| vec![(column, true)]).collect();
        let division = |column| columns.clone().map(|own| own == column).collect();
        let divisions: Vec<Vec<bool>> = columns.clone().map(division).collect();
        let rows = rows.iter().map(|row| row.to_vec()).collect();
        Protected::new(rows, 10, &sums, &divisions)
    }

    #[track_caller]
    fn is_told(rows: &[&[u64]], told: &[&[&str]]) {
        let table = protected(rows);
        let words = |row: usize, column: usize| {
            let known = table.sum(row, |own| own == column);
            match known.is_hidden() {
                true => format!("{} to {}", known.least, known.most),
                false => known.least.to_string(),
            }
        };
        let columns = 0..rows[0].len();
        let all: Vec<Vec<String>> = (0..rows.len())
            .map(|row| columns.clone().map(|column| words(row, column)).collect())
            .collect();
        assert_eq!(all, told);
    }

    #[test]
    fn large_numbers_are_told() {
        is_told(&[&[30, 40], &[50, 60]], &[&["30", "40"], &["50", "60"]]);
        is_told(&[&[0, 40], &[50, 60]], &[&["0", "40"], &["50", "60"]]);
    }

    #[test]
    fn a_small_number_takes_others_with_it() {
        is_told(
            &[&[3, 40, 200], &[60, 70, 300]],
            &[
                &["0 to 203", "40", "0 to 203"],
                &["0 to 360", "70", "0 to 360"],
            ],
        );
    }

    /// The group of thirty is hidden together with the next larger one, and not with all.
    #[test]
    fn a_small_group_does_not_take_the_figures_of_large_ones() {
        is_told(
            &[&[900, 2000], &[200, 437], &[90, 100], &[4, 26]],
            &[
                &["900", "2000"],
                &["200", "437"],
                &["0 to 190", "0 to 190"],
                &["0 to 30", "0 to 30"],
            ],
        );
    }

    /// What two groups are together that are not told of follows from the others.
    #[test]
    fn what_is_left_of_the_totals_is_not_small_either() {
        is_told(
            &[&[100, 200], &[3, 40], &[4, 30]],
            &[
                &["0 to 300", "0 to 300"],
                &["0 to 43", "0 to 43"],
                &["0 to 34", "0 to 34"],
            ],
        );
    }

    /// Both numbers are large, and their difference is not.
    #[test]
    fn a_change_is_a_number_too() {
        let is_hidden = |first: u64| {
            let rows = vec![vec![first, 12, 60], vec![70, 90, 80]];
            let change: Sum = vec![(0, true), (2, false)];
            let divisions = [vec![true, false, false], vec![false, false, true]];
            let table = Protected::new(rows, 10, &[change], &divisions);
            table.sum(0, |column| column == 2).is_hidden()
        };
        assert!(is_hidden(57) && is_hidden(63));
        assert!(!is_hidden(50) && !is_hidden(60) && !is_hidden(70));
    }
}
