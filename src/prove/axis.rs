//! The results that can move: the tier or status or, in a matrix without a decision, the level of each dimension.

use crate::arena::{DimensionId, NodeId};
use crate::matrix::Matrix;
use crate::plan::ABSENT;

/// The position of a result that is not settled.
pub(crate) const OPEN: i64 = ABSENT;

/// One result that can move.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axis {
    /// The dimension whose level it is, or `None` if it is the tier.
    pub(crate) dimension: Option<DimensionId>,
    pub(crate) node: NodeId,
    /// The position of the case, or `OPEN`.
    pub(crate) now: i64,
}

impl Axis {
    /// Returns the axes of a matrix, on which nothing is settled yet.
    pub(crate) fn all(matrix: &Matrix) -> Vec<Self> {
        let plan = matrix.plan();
        if let Some(node) = plan.result {
            return vec![Self {
                dimension: None,
                node,
                now: OPEN,
            }];
        }
        let dimensions = matrix.model().dimensions.ids().zip(&plan.dimensions);
        dimensions
            .filter_map(|(id, nodes)| {
                Some(Self {
                    dimension: Some(id),
                    node: nodes.level?,
                    now: OPEN,
                })
            })
            .collect()
    }

    /// Returns the name of a position on the axis.
    pub(crate) fn name<'a>(&self, matrix: &'a Matrix, position: i64) -> Option<&'a str> {
        let model = matrix.model();
        let position = usize::try_from(position).ok()?;
        match self.dimension {
            Some(dimension) => model.dimensions[dimension]
                .levels
                .get(position)
                .map(|level| level.name.as_str()),
            None => model
                .tiers
                .iter()
                .chain(&model.statuses)
                .nth(position)
                .map(String::as_str),
        }
    }

    /// Returns how many positions are in order of intensity. Statuses are not among them.
    pub(crate) fn ordered(&self, matrix: &Matrix) -> i64 {
        match self.dimension {
            Some(dimension) => matrix.model().dimensions[dimension].levels.len() as i64,
            None => matrix.tiers().len() as i64,
        }
    }

    pub(crate) fn dimension_name(&self, matrix: &Matrix) -> Option<String> {
        self.dimension
            .map(|dimension| matrix.model().dimensions[dimension].heading.name.clone())
    }
}
