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
    /// The positions of the results that are still possible, if there are several.
    pub results: Option<Vec<u8>>,
    /// What is still possible in each dimension.
    pub dimensions: Vec<OpenDimension>,
    /// The criteria and groups whose points are open.
    pub points: Vec<String>,
    pub is_provisional: bool,
    pub is_exact: bool,
    /// The inputs that nobody recorded, if they leave the outcome open.
    pub not_recorded: Arc<[String]>,
}

/// What is still possible in a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(hidden)]
#[non_exhaustive]
pub struct OpenDimension {
    /// The least and the most of its score, if they differ.
    pub range: Option<(Points, Points)>,
    /// The positions of its levels, if there are several.
    pub levels: Option<Vec<usize>>,
}

impl Open {
    /// Returns what is open of an outcome, if anything is.
    pub(super) fn of(case: &Case, outcome: &Outcome) -> Option<Arc<Self>> {
        let is_provisional = outcome.is_provisional();
        let dimensions = outcome.dimensions().map(|dimension| OpenDimension {
            range: Some(dimension.range()).filter(|(least, most)| least != most),
            levels: several(dimension.level_positions().collect()),
        });
        let names = case.unknown().filter(|_| is_provisional);
        let is_open = |result: PointsResult| !result.replaced && result.points().is_none();
        let points = outcome.all_points().filter(|(_, result)| is_open(*result));
        let open = Self {
            points: points.map(|(name, _)| name.to_owned()).collect(),
            results: several(outcome.positions()),
            dimensions: dimensions.collect(),
            is_provisional,
            is_exact: outcome.is_exact(),
            not_recorded: names.map(str::to_owned).collect(),
        };
        open.any().then(|| Arc::new(open))
    }

    pub(super) fn any(&self) -> bool {
        let is_open = |open: &OpenDimension| open.range.is_some() || open.levels.is_some();
        !self.is_exact
            || self.results.is_some()
            || !self.points.is_empty()
            || self.dimensions.iter().any(is_open)
    }
}

/// Returns positions if there are several.
pub(super) fn several<T>(positions: Vec<T>) -> Option<Vec<T>> {
    Some(positions).filter(|positions| positions.len() > 1)
}
