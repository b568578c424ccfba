//! What is told of single rows beside the columns of their results.

use std::sync::Arc;

use crate::number::Points;
use crate::profile::Refusal;
use crate::score::outcome::{Outcome, PointsResult};
use crate::score::prepare::Case;

/// What the columns of results do not say of a row.
#[derive(Debug)]
#[doc(hidden)]
pub enum Told<'a> {
    /// Everything that keeps the row from having an outcome.
    Refused(&'a Refusal),
    /// What is open.
    Open(&'a Arc<Open>),
}

/// What is open of a row: what its columns do not say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(hidden)]
#[non_exhaustive]
pub struct Open {
    /// What a count of people needs to know. Rows of one scoring for which it is the same mostly share it.
    pub results: Arc<OpenResults>,
    /// The least and the most of the score of each dimension, if they differ.
    pub ranges: Vec<Option<(Points, Points)>>,
    /// The criteria and groups whose points are open.
    pub points: Vec<OpenPoints>,
}

/// A criterion or group whose points are open, or of which it is open whether they count.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(hidden)]
#[non_exhaustive]
pub struct OpenPoints {
    pub name: String,
    /// The least and the most of the points, if they differ.
    pub range: Option<(Points, Points)>,
}

impl OpenPoints {
    pub(super) fn new(name: &str, least: Points, most: Points) -> Self {
        Self {
            name: name.to_owned(),
            range: (least != most).then_some((least, most)),
        }
    }
}

/// Which results and levels are open.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(hidden)]
#[non_exhaustive]
pub struct OpenResults {
    /// The positions of the results that are still possible, if there are several.
    pub possible: Option<Vec<u8>>,
    /// The positions of the levels of each dimension that are still possible, if there are several.
    pub levels: Vec<Option<Vec<usize>>>,
    pub is_provisional: bool,
    pub is_exact: bool,
    /// The inputs that nobody recorded, if they leave the outcome open.
    pub not_recorded: Arc<[String]>,
}

impl Open {
    /// Returns what is open of an outcome, if anything is.
    pub(super) fn of(case: &Case, outcome: &Outcome) -> Option<Arc<Self>> {
        let is_provisional = outcome.is_provisional();
        let names = case.unknown().filter(|_| is_provisional);
        let is_open = |result: PointsResult| !result.replaced && result.points().is_none();
        let points = outcome.all_points().filter(|(_, result)| is_open(*result));
        let ranges = outcome.dimensions().map(|dimension| dimension.range());
        let levels = outcome
            .dimensions()
            .map(|dimension| dimension.level_positions());
        let results = OpenResults {
            possible: several(outcome.positions()),
            levels: levels.map(|levels| several(levels.collect())).collect(),
            is_provisional,
            is_exact: outcome.is_exact(),
            not_recorded: names.map(str::to_owned).collect(),
        };
        let open = Self {
            results: Arc::new(results),
            ranges: ranges
                .map(|range| Some(range).filter(|(least, most)| least != most))
                .collect(),
            points: points
                .map(|(name, result)| OpenPoints::new(name, result.range.0, result.range.1))
                .collect(),
        };
        open.any().then(|| Arc::new(open))
    }

    pub(super) fn any(&self) -> bool {
        !self.results.is_exact
            || self.results.possible.is_some()
            || self.results.levels.iter().any(Option::is_some)
            || self.ranges.iter().any(Option::is_some)
            || !self.points.is_empty()
    }
}

/// Returns positions if there are several.
pub(super) fn several<T>(positions: Vec<T>) -> Option<Vec<T>> {
    Some(positions).filter(|positions| positions.len() > 1)
}
