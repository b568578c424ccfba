//! Tells how often the outcome was seen before and after, by result.
//!
//! The numbers of those who went each way are put into blocks, each of as many people as may be told of, and only what is a sum of whole blocks is told. So
//! whatever follows from it is a sum of whole blocks, too, and never of fewer people.

use serde::Serialize;

use super::Trial;
use super::disclosure::Audience;
use super::groups::Telling;
use super::standing::Standing;
use crate::Frequency;

/// How often the outcome was seen before and after.
#[derive(Debug, Serialize)]
pub(super) struct Frequencies {
    /// The number of people of whom it is not known how often it was seen before or after.
    pub(super) unknown: u64,
    /// Those of whom it is known. It is hidden if they are too few.
    pub(super) all: Option<Frequency>,
    /// The people by their result, by the old revision and by the new one.
    pub(super) revisions: [Vec<FrequencyRow>; 2],
    /// The people by group, for the board alone: nothing proves what follows from these numbers.
    pub(super) groups: Vec<FrequenciesBy>,
}

#[derive(Debug, Serialize)]
pub(super) struct FrequenciesBy {
    pub(super) by: String,
    pub(super) groups: Vec<FrequencyRow>,
}

/// Some people, and how often it was seen of them, unless that is hidden.
#[derive(Debug, Clone, Serialize)]
pub(super) struct FrequencyRow {
    pub(super) name: String,
    /// What readers call it.
    #[serde(skip)]
    pub(super) label: String,
    pub(super) frequency: Option<Frequency>,
}

/// The people who went one way.
type Cell<'a> = (&'a (Standing, Standing), &'a Frequency);

impl Trial {
    /// Returns how often the outcome was seen before and after, if it is known of anybody.
    pub(super) fn frequencies(&self) -> Option<Frequencies> {
        if self.frequencies.is_empty() {
            return None;
        }
        let cells: Vec<Cell<'_>> = self.frequencies.iter().collect();
        let least = match self.disclosure.audience {
            Audience::Release => self.disclosure.threshold,
            Audience::Board => 0,
        };
        let blocks = blocks(&cells, self.sides(), least);
        let mut all = Frequency::default();
        cells.iter().for_each(|(_, own)| all.join(own));
        let rows = |side: usize| {
            let mut standings: Vec<&Standing> =
                cells.iter().map(|(way, _)| standing(way, side)).collect();
            standings.sort();
            standings.dedup();
            let row = |own: &&Standing| {
                let is_in = |at: &usize| {
                    cells
                        .get(*at)
                        .is_some_and(|(way, _)| standing(way, side) == *own)
                };
                let is_whole = blocks.iter().all(|block| {
                    let mut within = block.iter().map(&is_in);
                    let first = within.next().unwrap_or_default();
                    within.all(|is_in| is_in == first)
                });
                let mut frequency = Frequency::default();
                for (way, more) in &cells {
                    if standing(way, side) == *own {
                        frequency.join(more);
                    }
                }
                FrequencyRow {
                    name: own.words(),
                    label: match self.matrices.get(side) {
                        Some(matrix) => own.labelled(matrix),
                        None => own.words(),
                    },
                    frequency: Some(frequency).filter(|_| is_whole),
                }
            };
            standings.iter().map(row).collect()
        };
        Some(Frequencies {
            unknown: self.people() - all.people(),
            revisions: [rows(0), rows(1)],
            groups: self.frequencies_by_group(),
            all: Some(all).filter(|all| all.people() >= least),
        })
    }

    fn frequencies_by_group(&self) -> Vec<FrequenciesBy> {
        if self.disclosure.audience == Audience::Release {
            return Vec::new();
        }
        let told = self
            .groups
            .iter()
            .filter_map(|groups| match groups.told(self) {
                Telling::Groups(told) => Some(FrequenciesBy {
                    by: groups.grouping.to_string(),
                    groups: told
                        .groups
                        .into_iter()
                        .map(|group| FrequencyRow {
                            label: group.name.clone(),
                            name: group.name,
                            frequency: Some(group.frequency),
                        })
                        .collect(),
                }),
                _ => None,
            });
        told.collect()
    }

    /// Returns the positions of the revisions in an order that does not depend on which of them is the new one.
    pub(super) fn sides(&self) -> [usize; 2] {
        let [old, new] = &self.matrices;
        if old.content_hash() > new.content_hash() {
            [1, 0]
        } else {
            [0, 1]
        }
    }
}

fn standing((from, to): &(Standing, Standing), side: usize) -> &Standing {
    if side == 0 { from } else { to }
}

/// Puts cells together until each block is of as many people as may be told of, or there is only one. A cell goes with the smallest block that it shares a
/// result with, by the first revision rather than by the second.
fn blocks(cells: &[Cell<'_>], sides: [usize; 2], least: u64) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by_key(|at| {
        let way = cells.get(*at).map(|(way, _)| *way);
        way.map(|way| sides.map(|side| standing(way, side).words()))
    });
    let mut blocks: Vec<Vec<usize>> = order.into_iter().map(|at| vec![at]).collect();
    let people = |block: &[usize]| -> u64 {
        let own = block.iter().filter_map(|at| cells.get(*at));
        own.map(|(_, frequency)| frequency.people()).sum()
    };
    let shares = |one: &[usize], other: &[usize], side: usize| {
        let result = |at: &usize| cells.get(*at).map(|(way, _)| standing(way, side));
        one.iter()
            .any(|at| other.iter().any(|to| result(at) == result(to)))
    };
    while blocks.len() > 1 {
        let smallest = (0..blocks.len()).min_by_key(|at| blocks.get(*at).map(|own| people(own)));
        let Some(at) = smallest.filter(|at| blocks.get(*at).is_some_and(|own| people(own) < least))
        else {
            break;
        };
        let small = blocks.remove(at);
        let distance = |other: &Vec<usize>| {
            let [first, second] = sides.map(|side| !shares(&small, other, side));
            (first, second, people(other))
        };
        if let Some(other) = blocks.iter_mut().min_by_key(|other| distance(other)) {
            other.extend(small);
        }
    }
    blocks
}
