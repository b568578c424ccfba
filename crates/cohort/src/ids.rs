//! Looks at the ids of people: which occur more than once, and who was there in an earlier run.

use std::collections::HashSet;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::movement::{Followed, Follower};
use crate::repeated::Repeated;
use crate::{Scored, ScoredPart};
use threshold_matrix::Matrix;

/// The most people whose ids are looked at for ids that occur twice, where nobody is followed. Eight bytes are kept of each.
const MOST_SEEN: usize = 2_000_000;
/// In the place of the hash of an id: there is none.
const NOTHING: u64 = 0;

/// The ids of a run.
#[derive(Debug)]
pub(crate) enum Ids {
    Seen(Seen),
    Followed(Box<Follower>),
}

/// The ids of people whom nobody follows.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The hashes of the ids. A chance collision would only make a warning wrong.
    hashes: HashSet<u64, RandomState>,
    hasher: RandomState,
    repeated: Repeated,
    not_looked_at: u64,
}

/// What was found out of the ids of a part.
#[derive(Debug)]
pub(crate) enum Looked {
    Seen(Vec<u64>),
    Followed(Followed),
}

impl Default for Ids {
    fn default() -> Self {
        Self::Seen(Seen::default())
    }
}

impl Ids {
    /// Finds out of the ids of a part what can be found out before those of earlier parts were taken.
    pub(crate) fn look(&self, part: &mut ScoredPart, matrix: &Matrix) -> Looked {
        match self {
            Self::Followed(follower) => Looked::Followed(follower.look(part, matrix)),
            Self::Seen(seen) if seen.is_full() => Looked::Seen(Vec::new()),
            Self::Seen(seen) => {
                let mut hashes = Vec::with_capacity(part.people());
                part.each_id(|id| {
                    hashes.push(match id {
                        [] => NOTHING,
                        id => seen.hasher.hash_one(id).max(1),
                    });
                });
                Looked::Seen(hashes)
            }
        }
    }

    /// Returns whether the ids of further parts are looked at.
    #[cfg(feature = "parquet")]
    pub(crate) fn are_needed(&self) -> bool {
        match self {
            Self::Seen(seen) => !seen.is_full(),
            Self::Followed(_) => true,
        }
    }

    pub(crate) fn take(&mut self, part: &ScoredPart, looked: Looked, lines_before: u64) {
        match (self, looked) {
            (Self::Followed(follower), Looked::Followed(followed)) => {
                follower.take(part, followed, lines_before);
            }
            (Self::Seen(seen), Looked::Seen(hashes)) => {
                for (row, hash) in hashes.iter().enumerate() {
                    if seen.is_full() {
                        seen.not_looked_at += 1;
                    } else if *hash != NOTHING && !seen.hashes.insert(*hash) {
                        let line = lines_before + part.line(row);
                        seen.repeated.note(part.id_of(row), line);
                    }
                }
                seen.not_looked_at += (part.people() - hashes.len()) as u64;
            }
            _ => {}
        }
    }

    /// Takes a person who does not come in a part.
    pub(crate) fn take_one(&mut self, scored: &Scored) {
        let id = scored.id.as_bytes();
        match self {
            Self::Followed(follower) => follower.take_one(scored),
            Self::Seen(seen) if seen.is_full() => seen.not_looked_at += 1,
            Self::Seen(seen) => {
                if !id.is_empty() && !seen.hashes.insert(seen.hasher.hash_one(id).max(1)) {
                    seen.repeated.note(id, scored.line);
                }
            }
        }
    }

    pub(crate) fn repeated(&self) -> &Repeated {
        match self {
            Self::Seen(seen) => &seen.repeated,
            Self::Followed(follower) => follower.repeated(),
        }
    }

    pub(crate) fn not_looked_at(&self) -> u64 {
        match self {
            Self::Seen(seen) => seen.not_looked_at,
            Self::Followed(_) => 0,
        }
    }

    pub(crate) fn follower(&self) -> Option<&Follower> {
        match self {
            Self::Seen(_) => None,
            Self::Followed(follower) => Some(follower),
        }
    }

    pub(crate) fn follower_mut(&mut self) -> Option<&mut Follower> {
        match self {
            Self::Seen(_) => None,
            Self::Followed(follower) => Some(follower),
        }
    }
}

impl Seen {
    fn is_full(&self) -> bool {
        self.hashes.len() >= MOST_SEEN
    }
}
