//! One person before both revisions, and all that is counted of them.

use super::Trial;
use super::standing::Standing;
use crate::cohort::{Scored, Tallied};
use crate::date::Date;
use crate::matrix::Matrix;
use crate::profile::{Case, Profile, Refusal};

/// A person as the old revision and the new one read and score them.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) profiles: [Result<Profile, Refusal>; 2],
    pub(super) cases: [Result<Case, Refusal>; 2],
    pub(super) scored: [Scored; 2],
}

/// All that is counted of a person's results. What is equal counts alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Tried {
    pub(super) tallied: [Tallied; 2],
    pub(super) standings: [Standing; 2],
    /// The scores that are set against what was seen later.
    pub(super) scores: [Vec<Option<i64>>; 2],
    /// The result with each cut-off of the sweep.
    pub(super) swept: Vec<usize>,
}

impl Subject {
    pub(super) fn prepare(matrices: &[Matrix; 2], profiles: &[Result<Profile, Refusal>; 2], as_at: Date) -> [Result<Case, Refusal>; 2] {
        let case = |matrix: &Matrix, profile: &Result<Profile, Refusal>| matrix.prepare(profile.as_ref().map_err(Clone::clone)?, as_at);
        [case(&matrices[0], &profiles[0]), case(&matrices[1], &profiles[1])]
    }

    pub(super) fn new(profiles: [Result<Profile, Refusal>; 2], cases: [Result<Case, Refusal>; 2], as_at: Date) -> Self {
        let scored = cases.each_ref().map(|case| Scored::of(case.as_ref(), as_at));
        Self { profiles, cases, scored }
    }
}

impl Tried {
    /// Whether the two results are called differently.
    pub(super) fn moved(&self) -> bool {
        let [old, new] = &self.standings;
        !old.is_called_as(new)
    }
}

impl Trial {
    /// What is counted of a person; the scores only where there is something to set against them.
    pub(super) fn tried(&self, subject: &Subject, with_scores: bool, as_at: Date) -> Tried {
        let of = |scored: &Scored| if with_scores { self.outcomes.of(scored) } else { Vec::new() };
        Tried {
            tallied: subject.scored.each_ref().map(Tallied::of),
            standings: subject.scored.each_ref().map(Standing::of),
            scores: subject.scored.each_ref().map(of),
            swept: self.sweep.as_ref().map(|sweep| sweep.results(&subject.profiles[1], as_at)).unwrap_or_default(),
        }
    }

    /// Counts people of whom the same came out, with what was seen of them later and the columns that were kept; the first is on this line.
    pub(super) fn count(&mut self, tried: &Tried, line: u64, observed: Option<bool>, kept: &[String], people: u64) {
        for (tally, tallied) in self.tallies.iter_mut().zip(&tried.tallied) {
            tally.count(tallied, line, observed, people);
        }
        let [from, to] = tried.standings.clone();
        *self.ways.entry((from, to)).or_default() += people;
        self.outcomes.count(&tried.scores, observed, kept.get(self.by.len()).map(String::as_str), people);
        for (groups, value) in self.groups.iter_mut().zip(kept) {
            groups.count(value, &tried.standings, observed, people);
        }
        if let Some(sweep) = &mut self.sweep {
            sweep.count(&tried.swept, observed, people);
        }
    }
}
