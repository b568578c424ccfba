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
    /// Each came after the one before it, so that none occurs twice: the first of them, whether these are all, and the last.
    Ascending(Vec<Kept>, bool, Vec<u8>),
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

/// What is kept of the ids of a part, so that their hashes are known when they are needed.
#[derive(Debug)]
enum Kept {
    Hashes(Vec<u64>),
    /// Whole numbers, of which few are ever hashed: they mostly ascend.
    #[cfg_attr(
        not(feature = "parquet"),
        expect(dead_code, reason = "only columns have ids that are numbers")
    )]
    Numbers(Vec<i64>),
}

impl Kept {
    fn len(&self) -> usize {
        match self {
            Self::Hashes(hashes) => hashes.len(),
            Self::Numbers(numbers) => numbers.len(),
        }
    }

    /// Returns the hash of each id, in their order.
    fn hashes(self, hasher: &RandomState) -> Vec<u64> {
        match self {
            Self::Hashes(hashes) => hashes,
            Self::Numbers(numbers) => {
                let mut digits = itoa::Buffer::new();
                let hash = |number| hasher.hash_one(digits.format(number).as_bytes()).max(1);
                numbers.into_iter().map(hash).collect()
            }
        }
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self::Hashes(Vec::new())
    }
}

/// The ids of a part.
#[derive(Debug, Default)]
pub(crate) struct OfPart {
    /// The ids themselves, as far as they are needed.
    kept: Kept,
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
            (Self::Seen(seen), Looked::Seen(ids)) => seen.take(part, ids),
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
        #[cfg(feature = "parquet")]
        if needs_hashes
            && ends.is_some()
            && let Some(numbers) = part.ids_as_numbers()
        {
            let kept = Kept::Numbers(numbers.to_vec());
            return OfPart { kept, ends };
        }
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
        let kept = Kept::Hashes(hashes);
        OfPart { kept, ends }
    }

    fn take(&mut self, part: &ScoredPart, ids: OfPart) {
        if let (State::Ascending(parts, holds_all, last), Some([first, own_last])) =
            (&mut self.state, &ids.ends)
            && is_after(first, last)
        {
            last.clone_from(own_last);
            let so_far = parts.iter().map(Kept::len).sum::<usize>();
            let has_room = so_far + ids.kept.len() <= MOST_SEEN;
            if *holds_all && has_room && ids.kept.len() == part.people() {
                parts.push(ids.kept);
            } else {
                *holds_all = false;
                *parts = Vec::new();
            }
            return;
        }
        let own = ids.kept.hashes(&self.hasher);
        self.begin_any();
        let State::Any(hashes) = &mut self.state else {
            self.not_looked_at += part.people() as u64;
            return;
        };
        for (row, hash) in own.iter().enumerate() {
            if hashes.len() >= MOST_SEEN {
                self.not_looked_at += 1;
            } else if *hash != NOTHING && !hashes.insert(*hash) {
                let origin = || part.origin(part.line(row));
                self.repeated.note(part.id_of(row), origin);
            }
        }
        self.not_looked_at += (part.people() - own.len()) as u64;
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
            State::Ascending(parts, true, _) => {
                let hashes = parts.into_iter().flat_map(|kept| kept.hashes(&self.hasher));
                State::Any(hashes.collect())
            }
            State::Ascending(_, false, _) => State::Unknown,
            other => other,
        };
    }
}
