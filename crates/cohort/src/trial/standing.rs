//! Results from which and to which people move.

use super::Trial;
use crate::Scored;
use threshold_matrix::Matrix;

/// A result in a form that can be compared between two revisions, and that follows the order of the tiers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Standing {
    kind: Kind,
    /// The positions of tiers, then of statuses.
    positions: Vec<u8>,
    /// The tiers and statuses that are possible.
    possible: Vec<String>,
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
    /// The number of those whose outcome is known.
    pub observed: u64,
    /// The number of those who had the outcome.
    pub happened: u64,
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
    /// Both results are settled, and no order between them is known: one is a status, or neither revision has both tiers.
    Unordered,
    /// One of the two results is not settled, or is a refusal.
    Other,
}

impl Standing {
    pub(super) fn of(scored: &Scored) -> Self {
        let mut words = scored.result_in_words();
        let (mut kind, mut positions, mut possible) = (Kind::Refused, Vec::new(), Vec::new());
        if let Ok(outcome) = &scored.result {
            positions = outcome.positions();
            possible.extend(outcome.possible().into_iter().map(str::to_owned));
            kind = match positions.len() {
                0 => Kind::Levels,
                1 => Kind::Settled,
                _ => Kind::Open,
            };
        }
        if kind == Kind::Open {
            words.push_str(", not settled");
        }
        Self {
            kind,
            positions,
            possible,
            words,
        }
    }

    /// Returns whether the two results have the same names. Another revision may list its tiers in other places.
    pub(super) fn is_called_as(&self, other: &Self) -> bool {
        self.words == other.words
    }

    pub(super) fn words(&self) -> String {
        self.words.clone()
    }

    /// Returns the result in words, with the labels that a matrix gives its tiers and statuses.
    pub(super) fn labelled(&self, matrix: &Matrix) -> String {
        let labels = self.possible.iter();
        let labels: Vec<&str> = labels.map(|name| matrix.label_of(None, name)).collect();
        match self.kind {
            Kind::Settled => labels.join(" or "),
            Kind::Open => format!("{}, not settled", labels.join(" or ")),
            Kind::Levels | Kind::Refused => self.words(),
        }
    }

    /// Returns the position of the tier or status, if the result is settled.
    pub(super) fn settled(&self) -> Option<usize> {
        self.positions
            .first()
            .map(|position| usize::from(*position))
            .filter(|_| self.kind == Kind::Settled)
    }

    /// Returns whether the person was refused.
    pub(super) fn is_refused(&self) -> bool {
        self.kind == Kind::Refused
    }

    /// Returns whether it is one tier or status.
    pub(super) fn is_settled(&self) -> bool {
        self.kind == Kind::Settled
    }

    /// Returns whether the tier is at or above the cut for certain, or whether it may be. Somebody who was refused may be in any.
    pub(super) fn is_flagged(&self, cut: u8, may_be: bool) -> bool {
        let mut positions = self.positions.iter();
        if may_be {
            self.is_refused() || positions.any(|position| *position <= cut)
        } else {
            !self.positions.is_empty() && positions.all(|position| *position <= cut)
        }
    }

    /// Returns whether it is the tier or status of this name for certain, or whether it may be. Somebody who was refused may be in any.
    pub(super) fn is_result(&self, name: &str, may_be: bool) -> bool {
        if may_be {
            self.is_refused() || self.possible.iter().any(|own| own == name)
        } else {
            self.is_settled() && self.words == name
        }
    }

    /// Returns whether it may be the result of another, if that is settled.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        other.is_settled() && self.is_result(&other.words, true)
    }

    /// Returns how intensive the result is among the tiers, from 0 to 4.
    pub(super) fn shade(&self, tiers: usize) -> Option<usize> {
        let position = self
            .settled()
            .filter(|position| *position < tiers && tiers > 1)?;
        Some((tiers - 1 - position) * 4 / (tiers - 1))
    }
}

/// Returns in which direction a result moves from the one matrix to the other. Two tiers have an order if one of the matrices has both.
pub(super) fn direction(matrices: [&Matrix; 2], from: &Standing, to: &Standing) -> Direction {
    if from.words == to.words {
        return Direction::Same;
    }
    if !(from.is_settled() && to.is_settled()) {
        return Direction::Other;
    }
    let places = matrices.into_iter().rev().find_map(|matrix| {
        let place = |standing: &Standing| {
            let mut tiers = matrix.tiers().iter();
            tiers.position(|tier| *tier == standing.words)
        };
        place(from).zip(place(to))
    });
    match places {
        Some((from, to)) if to < from => Direction::Up,
        Some(_) => Direction::Down,
        None => Direction::Unordered,
    }
}

impl Trial {
    pub(super) fn direction(&self, from: &Standing, to: &Standing) -> Direction {
        direction(self.matrices.each_ref(), from, to)
    }
}
