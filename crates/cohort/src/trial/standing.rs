//! Results from which and to which people move.

use super::Trial;
use crate::Scored;

/// A result in a form that can be compared between two revisions, and that follows the order of the tiers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Standing {
    kind: Kind,
    /// The positions of tiers, then of statuses.
    positions: Vec<u8>,
    words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Settled,
    Open,
    Levels,
    Refused,
}

/// People who went from one result to another, or stayed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Way {
    /// The result by the old revision.
    pub from: String,
    /// The result by the new revision.
    pub to: String,
    /// The direction of the move.
    pub direction: Direction,
    /// The number of people.
    pub people: u64,
}

/// The direction in which a result moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Direction {
    /// It is the same.
    Same,
    /// To a more intensive tier.
    Up,
    /// To a less intensive tier.
    Down,
    /// One of the two results is not a settled tier that both revisions have.
    Other,
}

impl Standing {
    pub(super) fn of(scored: &Scored) -> Self {
        let words = scored.result_in_words();
        let Ok(outcome) = &scored.result else {
            return Self {
                kind: Kind::Refused,
                positions: Vec::new(),
                words,
            };
        };
        let positions = outcome.positions();
        match positions.len() {
            0 => Self {
                kind: Kind::Levels,
                positions,
                words,
            },
            1 => Self {
                kind: Kind::Settled,
                positions,
                words,
            },
            _ => Self {
                kind: Kind::Open,
                positions,
                words: format!("{words}, not settled"),
            },
        }
    }

    /// Returns whether the two results have the same names. Another revision may list its tiers in other places.
    pub(super) fn is_called_as(&self, other: &Self) -> bool {
        self.words == other.words
    }

    pub(super) fn words(&self) -> String {
        self.words.clone()
    }

    /// Returns the position of the tier or status, if the result is settled.
    pub(super) fn settled(&self) -> Option<usize> {
        self.positions
            .first()
            .map(|position| usize::from(*position))
            .filter(|_| self.kind == Kind::Settled)
    }

    /// Returns how intensive the result is among the tiers, from 0 to 4.
    pub(super) fn shade(&self, tiers: usize) -> Option<usize> {
        let position = self
            .settled()
            .filter(|position| *position < tiers && tiers > 1)?;
        Some((tiers - 1 - position) * 4 / (tiers - 1))
    }
}

impl Trial {
    pub(super) fn direction(&self, from: &Standing, to: &Standing) -> Direction {
        if from.words == to.words {
            return Direction::Same;
        }
        let tiers = self.matrices[1].tiers();
        let place = |standing: &Standing| tiers.iter().position(|tier| *tier == standing.words);
        match (place(from), place(to)) {
            (Some(from), Some(to)) if to < from => Direction::Up,
            (Some(_), Some(_)) => Direction::Down,
            _ => Direction::Other,
        }
    }
}
