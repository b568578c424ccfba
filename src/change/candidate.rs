//! Lists what may be changed: the inputs that a matrix marks as changeable, with the nearest value of each cell.

use crate::arena::{InputId, NodeId};
use crate::model::{Domain, Input, Missing, Slot};
use crate::plan::ABSENT;
use crate::plan::budget::OverBudget;
use crate::plan::cells::{Cells, MOST_CELLS, Readers};

/// An input that may be changed.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) input: InputId,
    pub(super) node: NodeId,
    /// What the case has.
    pub(super) now: i64,
    /// The values that it may be changed to, the nearer ones first.
    pub(super) choices: Vec<Choice>,
    /// The members of a set, in classes of members that no rule tells apart.
    pub(super) classes: Vec<Vec<usize>>,
}

/// A value that an input may be changed to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Choice {
    /// The nearest value of its cell.
    pub(super) value: i64,
    /// The farthest value of its cell.
    pub(super) far: i64,
    /// The choice whose cell comes next, further away from what the case has.
    pub(super) next: Option<usize>,
}

impl Candidate {
    /// Returns the candidate of an input that is not unknown.
    pub(super) fn of(
        readers: &Readers<'_>,
        (input, own): (InputId, &Input),
        node: NodeId,
        slot: Slot,
    ) -> Result<Self, OverBudget> {
        let now = if let Slot::Value(value) = slot {
            value
        } else {
            ABSENT
        };
        let mut candidate = Self {
            input,
            node,
            now,
            choices: Vec::new(),
            classes: Vec::new(),
        };
        match (&own.domain, readers.cells(&own.domain, node)?) {
            (Domain::Category { .. } | Domain::Boolean, _) => {
                let (least, most) = own.domain.bounds();
                candidate.choices = (least..=most)
                    .filter(|value| *value != now)
                    .map(Choice::only)
                    .collect();
            }
            (_, Cells::Pieces(firsts)) => candidate.pieces(&firsts, own.domain.bounds().1),
            (_, Cells::Classes(classes)) => {
                candidate.choices = sets(&classes, now)?.into_iter().map(Choice::only).collect();
                candidate.classes = classes;
            }
        }
        if own.missing == Missing::Absent && now != ABSENT {
            candidate.choices.push(Choice::only(ABSENT));
        }
        Ok(candidate)
    }

    /// Adds the pieces below what the case has, from the nearest down, and then those above. An absent value stands below every other.
    fn pieces(&mut self, firsts: &[i64], most: i64) {
        let ends = firsts.iter().skip(1).map(|next| next - 1).chain([most]);
        let pieces: Vec<(i64, i64)> = firsts.iter().copied().zip(ends).collect();
        let below = pieces
            .iter()
            .rev()
            .filter(|(_, last)| *last < self.now && self.now != ABSENT)
            .map(|(first, last)| (*last, *first));
        let above = pieces
            .iter()
            .filter(|(first, _)| *first > self.now)
            .copied();
        for side in [below.collect::<Vec<_>>(), above.collect()] {
            let end = self.choices.len() + side.len();
            for (value, far) in side {
                let next = self.choices.len() + 1;
                self.choices.push(Choice {
                    value,
                    far,
                    next: (next < end).then_some(next),
                });
            }
        }
    }

    /// Returns whether a value is the same as another or lies on the way to it, so that it changes the input no further.
    pub(super) fn is_within(&self, domain: &Domain, value: i64, other: i64) -> bool {
        if value == other {
            return true;
        }
        if value == ABSENT || other == ABSENT {
            return false;
        }
        match domain {
            Domain::Number { .. } | Domain::Level { .. } | Domain::Date { .. } => {
                (self.now < value && value <= other) || (other <= value && value < self.now)
            }
            Domain::Set { .. } => (value ^ held(self.now)) & !(other ^ held(self.now)) == 0,
            Domain::Category { .. } | Domain::Boolean => false,
        }
    }

    /// Returns the members that a set gains or loses: whether it loses them, how many they are, and among which members.
    pub(super) fn members(&self, to: i64) -> Vec<(bool, u32, i64)> {
        let now = held(self.now);
        let step = |class: &Vec<usize>| {
            let class = class
                .iter()
                .fold(0_i64, |members, member| members | 1 << member);
            let changed = (now ^ to) & class;
            let is_loss = changed & now != 0;
            (changed != 0).then(|| {
                (
                    is_loss,
                    changed.count_ones(),
                    if is_loss { class & now } else { class & !now },
                )
            })
        };
        self.classes.iter().filter_map(step).collect()
    }

    pub(super) fn at(&self, choice: usize) -> Choice {
        self.choices
            .get(choice)
            .copied()
            .unwrap_or(Choice::only(self.now))
    }
}

impl Choice {
    pub(super) fn only(value: i64) -> Self {
        Self {
            value,
            far: value,
            next: None,
        }
    }
}

/// Returns the members of a set. An absent set does not have any.
pub(super) fn held(set: i64) -> i64 {
    if set == ABSENT { 0 } else { set }
}

/// Returns the sets that differ in how many members of each class they gain or lose, those with fewer changes first.
fn sets(classes: &[Vec<usize>], now: i64) -> Result<Vec<i64>, OverBudget> {
    let mut changed = vec![0_i64];
    for class in classes {
        if changed.len().saturating_mul(class.len() + 1) > MOST_CELLS {
            return Err(OverBudget);
        }
        let mut grown = changed.clone();
        let is_held = |member: &&usize| held(now) >> **member & 1 == 1;
        for side in [
            class.iter().filter(is_held).collect::<Vec<_>>(),
            class.iter().filter(|member| !is_held(member)).collect(),
        ] {
            let mut toggled = 0_i64;
            for member in side {
                toggled |= 1 << member;
                grown.extend(changed.iter().map(|set| set | toggled));
            }
        }
        changed = grown;
    }
    changed.sort_unstable_by_key(|set| (set.count_ones(), *set));
    // An absent set becomes an empty one by a change; any other set is what it is.
    Ok(changed
        .into_iter()
        .filter(|changed| *changed != 0 || now == ABSENT)
        .map(|changed| held(now) ^ changed)
        .collect())
}
