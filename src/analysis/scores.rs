//! Finds the scores that a dimension can have, the gaps between them, and how many combinations of cells lie near each cut-off.

use std::collections::BTreeMap;

use crate::diagnostic::Place;
use crate::model::Level;
use crate::number::Points;
use crate::profile::Profile;
use crate::prove::prover::Prover;
use crate::prove::space::Answer;

/// The scores that a dimension can have, before any override replaces them.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Scores {
    /// The dimension.
    pub dimension: String,
    /// Where it is written.
    pub place: Place,
    /// Every score that some profile has, in ascending order. It is `None` where finding them would take more than the budget.
    pub attainable: Option<Vec<Attainable>>,
    /// The smallest and largest score that the points can add up to. No score lies outside, but the ends themselves may not be attainable.
    pub bounds: (Points, Points),
    /// The cut-offs of the dimension's levels, if it has only one list of them.
    pub cut_offs: Vec<LevelCutOff>,
}

/// A score that some profile has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Attainable {
    /// The score.
    pub score: Points,
    /// The number of combinations of cells that give it. This measures the rules, and not people.
    pub cells: u128,
}

/// A cut-off of a level.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct LevelCutOff {
    /// The level.
    pub level: String,
    /// The smallest score of the level.
    pub from: Points,
    /// How many of a thousand combinations of cells have a score near the cut-off: at the cut-off, less than a point above it, or up to a point below
    /// it. It is 0 if one of the two sides does not have any.
    pub near: Option<u128>,
    /// A profile with the largest score below the cut-off, and one with the smallest score that meets it. An override replaces neither score.
    pub sides: Option<(Profile, Profile)>,
}

impl Scores {
    /// Returns the gaps: neighbouring scores that are further apart than the nearest two are.
    #[must_use]
    pub fn gaps(&self) -> Vec<(Points, Points)> {
        let scores: Vec<Points> = self
            .attainable
            .iter()
            .flatten()
            .map(|attainable| attainable.score)
            .collect();
        let between = || {
            scores.windows(2).filter_map(|pair| {
                if let [one, other] = pair {
                    Some((*one, *other))
                } else {
                    None
                }
            })
        };
        let apart = |(one, other): (Points, Points)| other.millionths() - one.millionths();
        let least = between().map(apart).min().unwrap_or_default();
        between().filter(|pair| apart(*pair) > least).collect()
    }
}

pub(super) fn scores(prover: &mut Prover<'_>) -> Vec<Scores> {
    let matrix = prover.matrix;
    let space = prover.space.clone();
    let dimensions = matrix
        .model()
        .dimensions
        .items()
        .iter()
        .zip(&matrix.plan().dimensions);
    let scores = dimensions.map(|(dimension, nodes)| {
        let roots = [nodes.scored, nodes.replaced];
        let answer = prover.ask(&space, &roots, None).ok();
        let attainable = answer.as_ref().map(attainable);
        let cuts = match dimension.cuts.as_slice() {
            [only] if dimension.scale.is_none() => only.from.as_slice(),
            _ => &[],
        };
        let witness = |wanted: &[i64]| {
            let answer = answer.as_ref()?;
            let arrival = answer.arrivals().find(|arrival| arrival.values == wanted)?;
            prover.witness(&roots, wanted, &answer.path(&arrival))
        };
        let sides = |from: Points| {
            let scores = || attainable.iter().flatten().map(|own| own.score);
            let (below, met) = (
                scores().filter(|score| *score < from).max()?,
                scores().filter(|score| from <= *score).min()?,
            );
            Some((
                witness(&[below.millionths(), 0])?,
                witness(&[met.millionths(), 0])?,
            ))
        };
        let cut_off = |(level, from): (&Level, &Points)| LevelCutOff {
            level: level.name.clone(),
            from: *from,
            near: attainable
                .as_deref()
                .and_then(|attainable| near(attainable, *from)),
            sides: sides(*from),
        };
        Scores {
            dimension: dimension.heading.name.clone(),
            place: dimension.heading.place,
            cut_offs: dimension.levels.iter().zip(cuts).map(cut_off).collect(),
            attainable,
            bounds: dimension.bounds,
        }
    });
    scores.collect()
}

fn attainable(answer: &Answer) -> Vec<Attainable> {
    let mut scores: BTreeMap<Points, u128> = BTreeMap::new();
    for arrival in answer.arrivals() {
        let cells = scores
            .entry(Points::from_millionths(
                arrival.values.first().copied().unwrap_or_default(),
            ))
            .or_default();
        *cells = cells.saturating_add(arrival.ways);
    }
    scores
        .into_iter()
        .map(|(score, cells)| Attainable { score, cells })
        .collect()
}

/// Returns how many of a thousand combinations of cells have a score up to a point below a cut-off, or less than a point above it.
fn near(attainable: &[Attainable], cut: Points) -> Option<u128> {
    const POINT: i64 = 1_000_000;
    let all = attainable
        .iter()
        .fold(0_u128, |sum, own| sum.saturating_add(own.cells));
    let between = |from: i64, below: i64| {
        let own = attainable
            .iter()
            .filter(|own| (from..below).contains(&own.score.millionths()));
        own.fold(0_u128, |sum, own| sum.saturating_add(own.cells))
    };
    let cut = cut.millionths();
    let (below, met) = (between(cut - POINT, cut), between(cut, cut + POINT));
    // Where one side is empty, nobody crosses the cut-off by a point.
    let close = if below == 0 || met == 0 {
        0
    } else {
        below.saturating_add(met)
    };
    close.checked_mul(1000)?.checked_div(all)
}
