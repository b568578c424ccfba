//! Looks at the ids of people: which occur more than once, and who was there in an earlier run.

use std::collections::HashSet;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::movement::{Followed, Follower};
use crate::part::is_after;
use crate::repeated::Repeated;
use crate::{Origin, Scored, ScoredPart};
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
    state: State,
    hasher: RandomState,
    repeated: Repeated,
    not_looked_at: u64,
}

/// What is known of the ids so far.
#[derive(Debug)]
enum State {
    /// Each came after the one before it, so that none occurs twice: the hashes of the first of them, whether these are all, and the last.
    Ascending(Vec<u64>, bool, Vec<u8>),
    /// Their hashes. A chance collision would only make a warning wrong.
    Any(HashSet<u64, RandomState>),
    /// There are too many of them.
    Unknown,
}

impl Default for State {
    fn default() -> Self {
        Self::Ascending(Vec::new(), true, Vec::new())
    }
}

/// The ids of a part.
#[derive(Debug, Default)]
pub(crate) struct OfPart {
    /// Their hashes, as far as they are needed.
    hashes: Vec<u64>,
    /// The first and the last, if each comes after the one before it.
    ends: Option<[Vec<u8>; 2]>,
}

/// What was found out of the ids of a part.
#[derive(Debug)]
pub(crate) enum Looked {
    Seen(OfPart),
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
            Self::Seen(seen) => Looked::Seen(seen.look(part)),
        }
    }

    /// Returns whether the ids of further parts are looked at.
    #[cfg(feature = "parquet")]
    pub(crate) fn are_needed(&self) -> bool {
        match self {
            Self::Seen(seen) => {
                !matches!(seen.state, State::Unknown | State::Ascending(_, false, _))
            }
            Self::Followed(_) => true,
        }
    }

    pub(crate) fn take(&mut self, part: &ScoredPart, looked: Looked) {
        match (self, looked) {
            (Self::Followed(follower), Looked::Followed(followed)) => {
                follower.take(part, followed);
            }
            (Self::Seen(seen), Looked::Seen(ids)) => seen.take(part, &ids),
            _ => {}
        }
    }

    /// Takes a person who does not come in a part.
    pub(crate) fn take_one(&mut self, scored: &Scored) {
        match self {
            Self::Followed(follower) => follower.take_one(scored),
            Self::Seen(seen) => {
                seen.take_id(scored.id.as_bytes(), || Origin::on_line(scored.line));
            }
        }
    }

    /// Takes the id of a person whom nobody follows.
    pub(crate) fn take_id(&mut self, id: &[u8], origin: impl FnOnce() -> Option<Origin>) {
        if let Self::Seen(seen) = self {
            seen.take_id(id, origin);
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
    fn look(&self, part: &ScoredPart) -> OfPart {
        let needs_hashes = match &self.state {
            State::Ascending(_, holds_all, _) => *holds_all,
            State::Any(hashes) => hashes.len() < MOST_SEEN,
            State::Unknown => return OfPart::default(),
        };
        let ends = part.ascending_ids();
        let mut hashes = Vec::new();
        if needs_hashes || ends.is_none() {
            hashes.reserve_exact(part.people());
            part.each_id(|id| {
                hashes.push(match id {
                    [] => NOTHING,
                    id => self.hasher.hash_one(id).max(1),
                });
            });
        }
        OfPart { hashes, ends }
    }

    fn take(&mut self, part: &ScoredPart, ids: &OfPart) {
        if let (State::Ascending(hashes, holds_all, last), Some([first, own_last])) =
            (&mut self.state, &ids.ends)
            && is_after(first, last)
        {
            last.clone_from(own_last);
            let has_room = hashes.len() + ids.hashes.len() <= MOST_SEEN;
            if *holds_all && has_room && ids.hashes.len() == part.people() {
                hashes.extend_from_slice(&ids.hashes);
            } else {
                *holds_all = false;
                *hashes = Vec::new();
            }
            return;
        }
        self.begin_any();
        let State::Any(hashes) = &mut self.state else {
            self.not_looked_at += part.people() as u64;
            return;
        };
        for (row, hash) in ids.hashes.iter().enumerate() {
            if hashes.len() >= MOST_SEEN {
                self.not_looked_at += 1;
            } else if *hash != NOTHING && !hashes.insert(*hash) {
                let origin = || part.origin(part.line(row));
                self.repeated.note(part.id_of(row), origin);
            }
        }
        self.not_looked_at += (part.people() - ids.hashes.len()) as u64;
    }

    fn take_id(&mut self, id: &[u8], origin: impl FnOnce() -> Option<Origin>) {
        self.begin_any();
        match &mut self.state {
            State::Any(hashes) if hashes.len() < MOST_SEEN => {
                let hash = self.hasher.hash_one(id).max(1);
                if !id.is_empty() && !hashes.insert(hash) {
                    self.repeated.note(id, origin);
                }
            }
            _ => self.not_looked_at += 1,
        }
    }

    /// Goes on without the order of the ids.
    fn begin_any(&mut self) {
        self.state = match std::mem::replace(&mut self.state, State::Unknown) {
            State::Ascending(hashes, true, _) => State::Any(hashes.into_iter().collect()),
            State::Ascending(_, false, _) => State::Unknown,
            other => other,
        };
    }
}
