//! Scores one person by both revisions, and counts everything that is counted of them.

use super::Trial;
use super::causes::Found;
use super::standing::Standing;
use crate::{Frequency, Scored, Tallied};
#[cfg(feature = "parquet")]
use threshold_matrix::CaseKey;
use threshold_matrix::Date;
use threshold_matrix::Matrix;
use threshold_matrix::compare::RuleChange;
use threshold_matrix::{Case, Profile, Refusal};

/// A person as the old revision and the new one read them.
#[derive(Debug)]
pub(super) struct Subject {
    profiles: [Result<Profile, Refusal>; 2],
    pub(super) cases: [Result<Case, Refusal>; 2],
    as_at: Date,
}

/// Everything that is counted of a person's results. Equal values count alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Tried {
    pub(super) tallied: [Tallied; 2],
    pub(super) standings: [Standing; 2],
    /// The inputs that could change a result that is not settled, where they are counted with the rest.
    pub(super) deciding: [Vec<String>; 2],
    /// The scores that are compared with what was seen later.
    pub(super) scores: [Vec<Option<i64>>; 2],
    /// The result with each cut-off of the sweep.
    pub(super) swept: Vec<usize>,
}

impl Subject {
    pub(super) fn new(
        matrices: &[Matrix; 2],
        profiles: [Result<Profile, Refusal>; 2],
        as_at: Date,
    ) -> Self {
        let case = |matrix: &Matrix, profile: &Result<Profile, Refusal>| {
            matrix.prepare(profile.as_ref().map_err(Clone::clone)?, as_at)
        };
        Self {
            cases: [
                case(&matrices[0], &profiles[0]),
                case(&matrices[1], &profiles[1]),
            ],
            profiles,
            as_at,
        }
    }

    pub(super) fn scored(&self) -> [Scored; 2] {
        self.cases
            .each_ref()
            .map(|case| Scored::of(case.as_ref(), self.as_at))
    }

    /// Returns the result by a matrix that has inputs of both revisions.
    fn standing(&self, matrix: &Matrix) -> Standing {
        let profile = match &self.profiles {
            [Err(refusal), Err(_)] => Err(refusal.clone()),
            profiles => {
                let given = profiles.iter().flatten().flat_map(Profile::iter);
                let reads = |name: &str| matrix.inputs().any(|own| own == name);
                let given = given.filter(|(name, _)| reads(name));
                Ok(given
                    .map(|(name, value)| (name, value.clone()))
                    .collect::<Profile>())
            }
        };
        let case = profile.and_then(|profile| matrix.prepare(&profile, self.as_at));
        Standing::of(&Scored::of(case.as_ref(), self.as_at))
    }

    /// Returns what each matrix knows of each input, unless one of them refuses the profile.
    #[cfg(feature = "parquet")]
    pub(super) fn keys(&self) -> Option<[CaseKey; 2]> {
        if let [Ok(old), Ok(new)] = &self.cases {
            Some([old.key(), new.key()])
        } else {
            None
        }
    }
}

/// Returns the inputs that could change the result of a case.
pub(super) fn deciding(case: &Case) -> Vec<String> {
    case.deciding().into_iter().map(str::to_owned).collect()
}

impl Tried {
    /// Returns whether the two results have different names.
    pub(super) fn moved(&self) -> bool {
        let [old, new] = &self.standings;
        !old.is_called_as(new)
    }
}

impl Trial {
    /// Returns what is counted of a person. Scores are counted only where there is something to compare them with.
    pub(super) fn tried(
        &self,
        subject: &Subject,
        scored: &[Scored; 2],
        with_scores: bool,
    ) -> Tried {
        let of = |scored: &Scored| {
            if with_scores {
                self.outcomes.of(scored)
            } else {
                Vec::new()
            }
        };
        Tried {
            tallied: scored.each_ref().map(Tallied::of),
            standings: scored.each_ref().map(Standing::of),
            deciding: Default::default(),
            scores: scored.each_ref().map(of),
            swept: self
                .sweep
                .as_ref()
                .map(|sweep| sweep.results(&subject.profiles[1], subject.as_at))
                .unwrap_or_default(),
        }
    }

    /// Returns the same, with the inputs that could change the results, and the causes if the person moved.
    pub(super) fn tried_and_found(
        &self,
        subject: &Subject,
        with_scores: bool,
    ) -> (Tried, Option<Found>) {
        let scored = subject.scored();
        let mut tried = self.tried(subject, &scored, with_scores);
        let sides = tried.deciding.iter_mut().zip(&scored).zip(&subject.cases);
        for ((own, scored), case) in sides {
            if let (false, Ok(case)) = (scored.not_recorded.is_empty(), case) {
                *own = deciding(case);
            }
        }
        let found = tried.moved().then(|| self.found(subject, &scored));
        (tried, found)
    }

    /// Returns why somebody moved.
    pub(super) fn found(&self, subject: &Subject, scored: &[Scored; 2]) -> Found {
        let before = Standing::of(&scored[0]);
        let moves = |change: &RuleChange| !subject.standing(change.alone()).is_called_as(&before);
        let changes = self.changes().iter().enumerate();
        let alone = changes.filter(|(_, change)| moves(change));
        let alone = alone.map(|(at, _)| at).collect();
        Found::of(&subject.cases, scored, alone)
    }

    /// Counts people with the same results and the same outcome. The first of them is on this line.
    pub(super) fn count(&mut self, tried: &Tried, line: u64, observed: Option<bool>, people: u64) {
        for (tally, tallied) in self.tallies.iter_mut().zip(&tried.tallied) {
            tally.count(tallied, line, observed, people);
        }
        for (counts, inputs) in self.deciding.iter_mut().zip(&tried.deciding) {
            for input in inputs {
                *counts.entry(input.clone()).or_default() += people;
            }
        }
        let [from, to] = tried.standings.clone();
        let way = self.ways.entry((from, to)).or_default();
        way.people += people;
        way.observed += if observed.is_some() { people } else { 0 };
        way.happened += if observed == Some(true) { people } else { 0 };
        self.outcomes.count(&tried.scores, observed, people);
        if let Some(sweep) = &mut self.sweep {
            sweep.count(&tried.swept, observed, people);
        }
    }

    /// Counts how often the outcome was seen before and after of people with the same results.
    pub(super) fn count_times(&mut self, tried: &Tried, frequency: &Frequency) {
        let [from, to] = tried.standings.clone();
        self.frequencies
            .entry((from, to))
            .or_default()
            .join(frequency);
    }

    /// Counts the same by one grouping. The values are those of its columns.
    pub(super) fn count_times_beside<'a>(
        &mut self,
        place: usize,
        values: impl Iterator<Item = &'a str>,
        frequency: &Frequency,
    ) {
        if let Some(groups) = self.groups.get_mut(place) {
            let labels = groups.grouping.of(values);
            groups.count_times(&labels, frequency);
        }
    }

    /// Counts people by one grouping, or by the existing score, which comes after the groupings. The values are those of its columns.
    pub(super) fn count_beside<'a>(
        &mut self,
        place: usize,
        mut values: impl Iterator<Item = &'a str>,
        tried: &Tried,
        observed: Option<bool>,
        people: u64,
    ) {
        let scores = self.outcomes.scores_of(self.calibrated(), &tried.scores);
        match self.groups.get_mut(place) {
            Some(groups) => {
                let labels = groups.grouping.of(values);
                if let (Some(scores), Some(happened)) = (scores, observed) {
                    groups.count_scores(&labels, scores, happened, people);
                }
                groups.count(labels, (tried.standings.clone(), observed), people);
            }
            None => {
                let value = values.next().unwrap_or_default();
                let score = scores.map(|(_, new)| new);
                self.outcomes.count_existing(value, score, observed, people);
            }
        }
    }

    /// Returns for each grouping, and then for the existing score, the positions of its columns among those that are kept.
    pub(super) fn beside(&self) -> Vec<Vec<usize>> {
        let kept = self.kept();
        let place = |name: &str| kept.iter().position(|own| *own == name);
        let groups = self.groups.iter();
        let groups = groups.map(|groups| groups.grouping.columns().filter_map(place).collect());
        let existing = self.existing.iter();
        groups
            .chain(existing.map(|name| place(name).into_iter().collect()))
            .collect()
    }

    /// Returns whether somebody with these cells in the columns that are kept is counted.
    pub(super) fn is_asked_for<'a>(&self, cell: impl Fn(usize) -> Option<&'a str>) -> bool {
        if self.only.is_empty() {
            return true;
        }
        let kept = self.kept();
        self.only.iter().all(|only| {
            let place = kept.iter().position(|name| *name == only.column);
            let value = place.and_then(&cell).unwrap_or_default();
            let mut same = self.only.iter().filter(|own| own.column == only.column);
            same.any(|own| own.value == value)
        })
    }
}
