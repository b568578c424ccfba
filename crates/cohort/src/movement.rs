//! Finds who moved since an earlier run.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::part::Row;
use crate::previous::{Key, NOBODY, Previous, TWICE};
use crate::repeated::Repeated;
use crate::{Origin, Scored, ScoredPart};
use threshold_matrix::{Date, Matrix};

/// The most ids that are kept of each way of moving, as examples.
const MOST_IDS: usize = 8;

/// The people who moved since an earlier run, who are new, or who are gone. Those whose id occurs more than once in either run are not among them.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct Movement {
    /// The matrices of the earlier run, as `id version`.
    pub matrices: Vec<String>,
    /// How many people have the result that they had.
    pub stayed: u64,
    /// Each way that people moved, the most frequent first.
    pub moves: Vec<Move>,
    /// How many people the earlier run did not have.
    pub new: u64,
    /// The ids of the first of them.
    pub new_ids: Vec<String>,
    /// How many people only the earlier run had.
    pub gone: u64,
    /// How many ids occur more than once in either run, so that nobody is followed by them.
    pub apart: u64,
}

/// People who moved from one result to another.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Move {
    /// The result that they had.
    pub from: String,
    /// The result that they have.
    pub to: String,
    /// How many they are.
    pub people: u64,
    /// The ids of the first of them.
    pub ids: Vec<String>,
}

/// Somebody who moved from one result to another, or who is new.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moved {
    /// The id.
    pub id: String,
    /// The result that the person had, or `None` if the earlier run did not have the person.
    pub from: Option<Arc<str>>,
    /// The result that the person has.
    pub to: Arc<str>,
    /// What differs between the runs and may be why: `matrix`, `date`, `inputs`, joined by bars. What a person's inputs were is not known.
    pub why: &'static str,
}

/// Follows people from an earlier run.
#[derive(Debug)]
pub(crate) struct Follower {
    previous: Previous,
    /// Whether the earlier run was by another matrix, or by several.
    is_other_matrix: bool,
    /// Those who are new, and whether their id occurs more than once.
    new: HashMap<Key, bool>,
    new_ids: Vec<(Key, String)>,
    /// The first ids of each way of moving, with the positions of the people.
    examples: BTreeMap<(u16, u16), Vec<(u32, String)>>,
    moved: Vec<Moved>,
    withdrawn: Vec<String>,
    repeated: Repeated,
}

/// The people of a part: who they were in the earlier run, and the positions of their results among the words.
#[derive(Debug)]
pub(crate) struct Followed {
    people: Vec<(Key, Option<u32>, usize)>,
    words: Vec<String>,
}

impl Follower {
    pub(crate) fn new(previous: Previous, matrix: &Matrix) -> Self {
        let mut hashes = previous.hashes.iter();
        Self {
            is_other_matrix: !hashes.all(|hash| hash == matrix.content_hash()),
            previous,
            new: HashMap::new(),
            new_ids: Vec::new(),
            examples: BTreeMap::new(),
            moved: Vec::new(),
            withdrawn: Vec::new(),
            repeated: Repeated::default(),
        }
    }

    /// Looks up who the people of a part were, and takes note of what they had.
    pub(crate) fn look(&self, part: &mut ScoredPart, matrix: &Matrix) -> Followed {
        let mut known: HashMap<String, usize> = HashMap::new();
        // Settled results are looked up by their positions.
        let mut settled = [None; 128];
        let mut words = Vec::new();
        let mut word = |text: String| {
            *known.entry(text).or_insert_with_key(|text| {
                words.push(text.clone());
                words.len() - 1
            })
        };
        let results = part.columns.results();
        let rows = part.rows().zip(part.ids());
        let people: Vec<_> = rows
            .map(|(row, id)| {
                let position = match row {
                    Row::Other(_, scored) => word(scored.result_in_words()),
                    Row::Column(row, open) => {
                        let result = results.and_then(|results| results.get(row));
                        let result = result.and_then(|result| usize::try_from(result).ok());
                        let slot = result.and_then(|result| settled.get_mut(result));
                        match slot {
                            Some(Some(position)) => *position,
                            Some(slot) => {
                                *slot.insert(word(part.result_in_words(matrix, row, open)))
                            }
                            None => word(part.result_in_words(matrix, row, open)),
                        }
                    }
                };
                let key = self.previous.key(id);
                let at = (!id.is_empty()).then(|| self.previous.find(key)).flatten();
                (key, at, position)
            })
            .collect();
        part.previous = people.iter().map(|(_, at, _)| self.had(*at)).collect();
        Followed { people, words }
    }

    /// Returns what the person at a position had, if it is one person.
    fn had(&self, at: Option<u32>) -> Option<Arc<str>> {
        let entry = self.previous.people.get(at? as usize)?;
        self.previous.results.get(usize::from(entry.was)).cloned()
    }

    /// Takes the people of a part.
    pub(crate) fn take(&mut self, part: &ScoredPart, followed: Followed) {
        let Followed { people, words } = followed;
        let words: Vec<Option<u16>> = words
            .iter()
            .map(|word| self.previous.position(word))
            .collect();
        let rows = part.rows().zip(part.ids());
        for ((row, id), (key, at, word)) in rows.zip(people) {
            let word = words.get(word).copied().flatten();
            let (Some(now), false) = (word, id.is_empty()) else {
                continue;
            };
            let as_at = match row {
                Row::Column(..) => part.as_at,
                Row::Other(_, scored) => scored.as_at,
            };
            let origin = || part.origin(row.line(part));
            self.follow(id, key, at, now, as_at, origin);
        }
    }

    /// Takes a person who does not come in a part.
    pub(crate) fn take_one(&mut self, scored: &Scored) {
        let id = scored.id.as_bytes();
        let word = self.previous.position(&scored.result_in_words());
        let (Some(now), false) = (word, id.is_empty()) else {
            return;
        };
        let key = self.previous.key(id);
        self.follow(id, key, self.previous.find(key), now, scored.as_at, || {
            Origin::on_line(scored.line)
        });
    }

    fn follow(
        &mut self,
        id: &[u8],
        key: Key,
        at: Option<u32>,
        now: u16,
        as_at: Date,
        origin: impl FnOnce() -> Option<Origin>,
    ) {
        let text = || String::from_utf8_lossy(id).into_owned();
        let entry = at.and_then(|at| self.previous.people.get_mut(at as usize));
        let Some((at, entry)) = at.zip(entry) else {
            match self.new.get_mut(&key) {
                Some(is_twice) => {
                    if !std::mem::replace(is_twice, true) {
                        self.withdrawn.push(text());
                    }
                    self.repeated.note(id, origin);
                }
                None => {
                    self.new.insert(key, false);
                    if self.new_ids.len() < MOST_IDS {
                        self.new_ids.push((key, text()));
                    }
                    self.tell(text(), None, now, as_at);
                }
            }
            return;
        };
        if entry.now != NOBODY {
            let before = std::mem::replace(&mut entry.now, TWICE);
            if before != TWICE && entry.was != TWICE && before != entry.was {
                self.withdrawn.push(text());
            }
            return self.repeated.note(id, origin);
        }
        entry.now = now;
        let was = entry.was;
        if was == TWICE || was == now {
            return;
        }
        let examples = self.examples.entry((was, now)).or_default();
        if examples.len() < MOST_IDS {
            examples.push((at, text()));
        }
        self.tell(text(), Some(was), now, as_at);
    }

    fn tell(&mut self, id: String, was: Option<u16>, now: u16, as_at: Date) {
        let word = |position: u16| self.previous.results.get(usize::from(position)).cloned();
        let Some(to) = word(now) else { return };
        let mut dates = self.previous.dates.iter();
        let is_other_date = !dates.all(|date| *date == as_at.to_string());
        let why = match (was, self.is_other_matrix, is_other_date) {
            (None, ..) => "new",
            (_, true, true) => "matrix|date|inputs",
            (_, true, false) => "matrix|inputs",
            (_, false, true) => "date|inputs",
            (_, false, false) => "inputs",
        };
        let from = was.and_then(word);
        self.moved.push(Moved { id, from, to, why });
    }

    pub(crate) fn take_moved(&mut self) -> Vec<Moved> {
        std::mem::take(&mut self.moved)
    }

    pub(crate) fn withdrawn(&self) -> &[String] {
        &self.withdrawn
    }

    pub(crate) fn repeated(&self) -> &Repeated {
        &self.repeated
    }

    pub(crate) fn is_gone(&self, id: &str) -> bool {
        let at = self.previous.find(self.previous.key(id.as_bytes()));
        let entry = at.and_then(|at| self.previous.people.get(at as usize));
        entry.is_some_and(|entry| entry.now == NOBODY && entry.was != TWICE)
    }

    pub(crate) fn movement(&self) -> Movement {
        let mut movement = Movement {
            matrices: self.previous.matrices().map(str::to_owned).collect(),
            new: self.new.values().filter(|is_twice| !**is_twice).count() as u64,
            apart: self.new.values().filter(|is_twice| **is_twice).count() as u64,
            ..Movement::default()
        };
        let ids = self.new_ids.iter();
        let ids = ids.filter(|(key, _)| self.new.get(key) == Some(&false));
        movement.new_ids = ids.map(|(_, id)| id.clone()).collect();
        let mut moves: BTreeMap<(u16, u16), u64> = BTreeMap::new();
        for entry in &self.previous.people {
            match (entry.was, entry.now) {
                (TWICE, _) | (_, TWICE) => movement.apart += 1,
                (_, NOBODY) => movement.gone += 1,
                (was, now) if was == now => movement.stayed += 1,
                way => *moves.entry(way).or_default() += 1,
            }
        }
        let word = |position: u16| {
            let word = self.previous.results.get(usize::from(position));
            word.map(ToString::to_string).unwrap_or_default()
        };
        let moves = moves.into_iter().map(|((was, now), people)| Move {
            from: word(was),
            to: word(now),
            people,
            ids: self.examples(was, now),
        });
        movement.moves = moves.collect();
        let moves = &mut movement.moves;
        moves.sort_by(|one, other| (&one.from, &one.to).cmp(&(&other.from, &other.to)));
        moves.sort_by_key(|moved| std::cmp::Reverse(moved.people));
        movement
    }

    /// The ids of the first who moved in one way, and of whom no later row was found.
    fn examples(&self, was: u16, now: u16) -> Vec<String> {
        let examples = self.examples.get(&(was, now)).into_iter().flatten();
        let is_one = |at: u32| {
            let entry = self.previous.people.get(at as usize);
            entry.is_some_and(|entry| entry.now == now)
        };
        let ids = examples.filter(|(at, _)| is_one(*at));
        ids.map(|(_, id)| id.clone()).collect()
    }
}
