//! Counts what was seen later, by score.

use std::collections::BTreeMap;

use super::statistics::{Area, Pairs};
use crate::{Rate, Scored};
use threshold_matrix::Matrix;
use threshold_matrix::Outcome;
use threshold_matrix::Points;
use threshold_matrix::workspace::number;

/// The name of the sum of all scores.
pub(super) const TOTAL: &str = "total";
/// The name of the existing score among the names of scores.
pub(super) const EXISTING: &str = "";
/// The number of ranges of scores into which people are put, as evenly as the scores allow.
const RANGES: u64 = 10;

/// A measure of how well a score tells people with the outcome from people without it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Measure {
    /// The dimension, `total`, or the column of the existing score.
    pub name: String,
    /// Whether it is the existing score, which neither revision gives.
    pub is_existing: bool,
    /// The number of people whose outcome is known, and whose score is known in every revision that has the score.
    pub people: u64,
    /// The number of people whose outcome is known, but who are refused, or whose score is open or not recorded.
    pub left_out: u64,
    /// The area of the score in the old revision, if it has the score.
    pub old: Option<Area>,
    /// The area of the score in the new revision, or of the existing score.
    pub new: Option<Area>,
    /// The difference by which the area of the new revision is larger. For the existing score it is that by which its area is larger than that of the score
    /// that is shown in full, by the new revision, among those who have both.
    pub difference: Option<Area>,
    /// The rates by score in the old revision, from the smallest score up.
    pub old_calibration: Vec<Calibration>,
    /// The rates by score in the new revision, or by the existing score.
    pub new_calibration: Vec<Calibration>,
}

/// A range of scores, and how often the outcome was seen in it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Calibration {
    /// The smallest and the largest score of these people.
    pub scores: (Points, Points),
    /// The number of people.
    pub people: u64,
    /// The number of those with the outcome.
    pub happened: u64,
}

impl Calibration {
    /// Returns how often the outcome was seen.
    #[must_use]
    pub fn rate(&self) -> Option<Rate> {
        Rate::new(self.happened, self.people)
    }
}

#[derive(Debug)]
pub(super) struct Outcomes {
    scores: Vec<Score>,
    existing: Option<Score>,
    /// The score that is shown in full, by the new revision, and the existing score, of those who have both.
    beside_existing: Pairs,
}

#[derive(Debug)]
struct Score {
    name: String,
    /// The revisions that have the score.
    has: [bool; 2],
    pairs: Pairs,
    left_out: u64,
}

impl Score {
    fn new(name: &str, has: [bool; 2]) -> Self {
        Self {
            name: name.to_owned(),
            has,
            pairs: Pairs::default(),
            left_out: 0,
        }
    }

    fn count(&mut self, scores: Option<(i64, i64)>, happened: bool, people: u64) {
        match scores {
            Some(scores) => self.pairs.add(scores, happened, people),
            None => self.left_out += people,
        }
    }

    fn measure(&self, is_existing: bool) -> Measure {
        let areas = self.pairs.areas();
        let [has_old, has_new] = self.has;
        Measure {
            name: self.name.clone(),
            is_existing,
            people: self.pairs.people(),
            left_out: self.left_out,
            old: areas.map(|[old, _, _]| old).filter(|_| has_old),
            new: areas.map(|[_, new, _]| new).filter(|_| has_new),
            difference: areas
                .map(|[_, _, difference]| difference)
                .filter(|_| has_old && has_new),
            old_calibration: if has_old {
                calibration(&self.pairs.by_score(false), Points::from_millionths)
            } else {
                Vec::new()
            },
            new_calibration: if has_new {
                calibration(
                    &self.pairs.by_score(true),
                    if is_existing {
                        rounded
                    } else {
                        Points::from_millionths
                    },
                )
            } else {
                Vec::new()
            },
        }
    }
}

impl Outcomes {
    pub(super) fn new(old: &Matrix, new: &Matrix) -> Self {
        let dimensions = |matrix: &Matrix| -> Vec<String> {
            matrix
                .described_dimensions()
                .map(|dimension| dimension.name.to_owned())
                .collect()
        };
        let (was, is) = (dimensions(old), dimensions(new));
        let gone = was
            .iter()
            .filter(|name| !is.contains(name))
            .map(|name| Score::new(name, [true, false]));
        let mut scores: Vec<_> = is
            .iter()
            .map(|name| Score::new(name, [was.contains(name), true]))
            .chain(gone)
            .collect();
        if was.len() > 1 || is.len() > 1 {
            scores.push(Score::new(TOTAL, [true, true]));
        }
        Self {
            scores,
            existing: None,
            beside_existing: Pairs::default(),
        }
    }

    /// Expects an existing score.
    pub(super) fn expect(&mut self, column: &str) {
        self.existing = Some(Score::new(column, [false, true]));
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.scores.iter().map(|score| score.name.as_str())
    }

    /// Returns each score of a person, in the order of the names, unless it is open.
    pub(super) fn of(&self, scored: &Scored) -> Vec<Option<i64>> {
        let outcome = scored.result.as_ref().ok();
        self.names()
            .map(|name| outcome.and_then(|outcome| settled(outcome, name)))
            .collect()
    }

    /// Counts people with these scores in the old revision and in the new one.
    pub(super) fn count(
        &mut self,
        [old, new]: &[Vec<Option<i64>>; 2],
        observed: Option<bool>,
        people: u64,
    ) {
        let Some(happened) = observed else { return };
        for ((score, old), new) in self.scores.iter_mut().zip(old).zip(new) {
            let scores = both(score.has, *old, *new);
            score.count(scores, happened, people);
        }
    }

    /// Returns the scores of this name that people have in the old revision and in the new one, unless one is open.
    pub(super) fn scores_of(
        &self,
        name: Option<&str>,
        [old, new]: &[Vec<Option<i64>>; 2],
    ) -> Option<(i64, i64)> {
        let name = name?;
        let place = self.names().position(|own| own == name)?;
        let has = self.scores.get(place)?.has;
        both(has, *old.get(place)?, *new.get(place)?)
    }

    /// Counts people with this existing score.
    pub(super) fn count_existing(
        &mut self,
        value: &str,
        score: Option<i64>,
        observed: Option<bool>,
        people: u64,
    ) {
        if let (Some(happened), Some(existing)) = (observed, &mut self.existing) {
            let number = value.parse().ok().filter(|own: &f64| own.is_finite());
            let number = number.map(order);
            existing.count(number.map(|number| (number, number)), happened, people);
            if let Some(pair) = score.zip(number) {
                self.beside_existing.add(pair, happened, people);
            }
        }
    }

    /// Returns the people by a score of the new revision, or of the old one if the new one does not have it.
    pub(super) fn by_score(&self, name: &str) -> Option<BTreeMap<i64, [u64; 2]>> {
        let mut scores = self.scores.iter();
        let score = scores.find(|score| score.name == name)?;
        Some(score.pairs.by_score(true))
    }

    pub(super) fn measures(&self) -> Vec<Measure> {
        let all = self
            .scores
            .iter()
            .map(|score| (score, false))
            .chain(self.existing.iter().map(|score| (score, true)));
        all.filter(|(score, _)| score.pairs.people() + score.left_out > 0)
            .map(|(score, is_existing)| {
                let mut measure = score.measure(is_existing);
                if is_existing {
                    let areas = self.beside_existing.areas();
                    measure.difference = areas.map(|[_, _, difference]| difference);
                }
                measure
            })
            .collect()
    }
}

/// Returns a score by both revisions, where one that a revision does not have is that of the other.
fn both(has: [bool; 2], old: Option<i64>, new: Option<i64>) -> Option<(i64, i64)> {
    match has {
        [true, true] => old.zip(new),
        [true, false] => old.map(|score| (score, score)),
        [false, _] => new.map(|score| (score, score)),
    }
}

/// Returns a score in millionths, unless it is open.
fn settled(outcome: &Outcome, name: &str) -> Option<i64> {
    let score = if name == TOTAL {
        outcome
            .dimensions()
            .map(|dimension| dimension.score())
            .sum::<Option<Points>>()
    } else {
        outcome.dimension(name)?.score()
    };
    score.map(Points::millionths)
}

/// Returns a whole number that stands among others as a number of another tool stands among its own, however many places it has.
fn order(number: f64) -> i64 {
    // There are two zeros.
    let number = if number == 0.0 { 0.0 } else { number };
    let bits = number.to_bits().cast_signed();
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

/// Returns the number that stands at a place in that order, to six places.
fn rounded(order: i64) -> Points {
    let bits = if order < 0 { order ^ i64::MAX } else { order };
    let text = format!("{:.6}", f64::from_bits(bits.cast_unsigned()));
    let number = number::parse(&text).and_then(Points::from_decimal);
    number.unwrap_or_default()
}

/// Puts people into ten ranges of neighbouring scores.
fn calibration(
    counts: &BTreeMap<i64, [u64; 2]>,
    points: impl Fn(i64) -> Points,
) -> Vec<Calibration> {
    let bands = bands(counts, RANGES).into_iter();
    bands
        .map(|((low, high), [no, yes])| Calibration {
            scores: (points(low), points(high)),
            people: no + yes,
            happened: yes,
        })
        .collect()
}

/// The smallest and the largest score of some people, and the number of those without the outcome and of those with it.
pub(super) type Band = ((i64, i64), [u64; 2]);

/// Puts people into some ranges of neighbouring scores, as evenly as the scores allow.
pub(super) fn bands(counts: &BTreeMap<i64, [u64; 2]>, ranges: u64) -> Vec<Band> {
    let all: u64 = counts.values().flatten().sum();
    let mut bands: Vec<Band> = Vec::new();
    let (mut before, mut last) = (0, None);
    for (score, [no, yes]) in counts {
        // The range that the first person of this score is in.
        let range = before * ranges / all.max(1);
        match bands.last_mut() {
            Some(((_, high), [all_no, all_yes])) if last == Some(range) => {
                *high = *score;
                *all_no += no;
                *all_yes += yes;
            }
            _ => bands.push(((*score, *score), [*no, *yes])),
        }
        last = Some(range);
        before += no + yes;
    }
    bands
}
