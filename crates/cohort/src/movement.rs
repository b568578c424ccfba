//! Finds who moved since an earlier run.

use std::collections::{BTreeMap, HashSet};

use super::previous::Previous;

/// The people who moved since an earlier run, who are new, or who are gone. People are in the order of the cohort, and those who are gone are in the
/// order of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Movement {
    /// The matrices of the earlier run, as `id version`.
    pub matrices: Vec<String>,
    /// How many people have the result that they had.
    pub stayed: u64,
    /// Each way that people moved, the most frequent first.
    pub moves: Vec<Move>,
    /// The ids that the earlier run did not have.
    pub new: Vec<String>,
    /// The ids that only the earlier run had.
    pub gone: Vec<String>,
}

/// People who moved from one result to another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Move {
    /// The result that they had.
    pub from: String,
    /// The result that they have.
    pub to: String,
    /// Their ids.
    pub ids: Vec<String>,
}

/// Follows people from an earlier run, one at a time.
#[derive(Debug)]
pub(super) struct Follower {
    previous: Previous,
    seen: HashSet<String>,
    stayed: u64,
    moves: BTreeMap<(String, String), Vec<String>>,
    new: Vec<String>,
}

impl Follower {
    pub(super) fn new(previous: Previous) -> Self {
        Self {
            previous,
            seen: HashSet::new(),
            stayed: 0,
            moves: BTreeMap::new(),
            new: Vec::new(),
        }
    }

    /// Follows a person, whose result in words is asked for only where somebody of this id was there before.
    pub(super) fn follow(&mut self, id: &str, result: impl FnOnce() -> String) {
        // Of an id that comes twice, the first row counts; a row without an id is nobody's.
        if id.is_empty() || self.seen.contains(id) {
            return;
        }
        let Some((id, was)) = self.previous.people.remove_entry(id) else {
            self.new.push(id.to_owned());
            self.seen.insert(id.to_owned());
            return;
        };
        let is = result();
        let was = self
            .previous
            .results
            .get(was as usize)
            .cloned()
            .unwrap_or_default();
        if was == is {
            self.stayed += 1;
        } else {
            self.moves.entry((was, is)).or_default().push(id.clone());
        }
        self.seen.insert(id);
    }

    pub(super) fn movement(&self) -> Movement {
        let mut moves: Vec<_> = self
            .moves
            .iter()
            .map(|((from, to), ids)| Move {
                from: from.clone(),
                to: to.clone(),
                ids: ids.clone(),
            })
            .collect();
        moves.sort_by_key(|moved| std::cmp::Reverse(moved.ids.len()));
        let mut gone: Vec<_> = self.previous.people.keys().cloned().collect();
        gone.sort();
        Movement {
            matrices: self.previous.matrices().map(str::to_owned).collect(),
            stayed: self.stayed,
            moves,
            new: self.new.clone(),
            gone,
        }
    }
}
