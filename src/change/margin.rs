//! Finds how near a score is to each cut-off of its levels.

use serde::Serialize;

use crate::model::{Dimension, LevelCuts};
use crate::number::Points;
use crate::plan::DimensionNodes;
use crate::score::answers::Answers;
use crate::score::outcome::truth;
use crate::score::prepare::Case;

/// The distances of a dimension's score from the cut-offs of its levels.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Margin {
    /// The dimension.
    pub dimension: String,
    /// The title of the dimension for readers.
    pub title: String,
    /// The number from which the level is read: the score or the scaled number, before any override.
    pub number: Points,
    /// Whether this number is the scaled number.
    pub is_scaled: bool,
    /// Whether an override replaced the score. If so, the level does not follow from this number.
    pub is_replaced: bool,
    /// The cut-offs, from the most to the least intensive level. The last level does not have one.
    pub cutoffs: Vec<CutOffDistance>,
}

/// Where a level begins, and how far the number is from it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CutOffDistance {
    /// The level that begins here.
    pub level: String,
    /// The smallest number of the level.
    pub from: Points,
    /// How far the number is above the cut-off. It is negative if the number falls short of the cut-off.
    pub above: Points,
}

/// Returns the margins of the dimensions whose number and cut-offs are settled.
pub(super) fn margins(case: &Case, answers: &Answers) -> Vec<Margin> {
    let dimensions = case
        .matrix
        .model()
        .dimensions
        .items()
        .iter()
        .zip(&case.matrix.plan().dimensions);
    dimensions
        .filter_map(|(dimension, nodes)| margin(case, answers, dimension, nodes))
        .collect()
}

fn margin(
    case: &Case,
    answers: &Answers,
    dimension: &Dimension,
    nodes: &DimensionNodes,
) -> Option<Margin> {
    if answers.depends(nodes.scored) {
        return None;
    }
    let score = Points::from_millionths(answers.value(nodes.scored));
    let scaled = dimension.scaled(score);
    let number = scaled.unwrap_or(score);
    let cuts = settled_cuts(case, answers, dimension)?;
    let cutoff = |(level, from): (&crate::model::Level, &Points)| CutOffDistance {
        level: level.name.clone(),
        from: *from,
        above: Points::from_millionths(number.millionths() - from.millionths()),
    };
    Some(Margin {
        dimension: dimension.heading.name.clone(),
        title: dimension.heading.spoken().to_owned(),
        number,
        is_scaled: scaled.is_some(),
        is_replaced: !answers.depends(nodes.replaced) && answers.value(nodes.replaced) != 0,
        cutoffs: dimension
            .levels
            .iter()
            .zip(&cuts.from)
            .map(cutoff)
            .collect(),
    })
}

/// Returns the list of cut-offs that applies, unless an unknown input decides between lists.
fn settled_cuts<'a>(
    case: &Case,
    answers: &Answers,
    dimension: &'a Dimension,
) -> Option<&'a LevelCuts> {
    for cuts in &dimension.cuts {
        let Some(when) = cuts.when else {
            return Some(cuts);
        };
        let node = case
            .matrix
            .plan()
            .conditions
            .get(crate::arena::Id::index(when))
            .copied()
            .flatten()?;
        match truth(&answers.possible(node)) {
            Some(true) => return Some(cuts),
            Some(false) => {}
            None => return None,
        }
    }
    None
}
