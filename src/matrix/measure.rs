//! What a reading of an input is worth.

use crate::matrix::model::{Domain, Measure};
use crate::number::Points;

impl Measure {
    /// The points of a value that the input can have.
    pub(crate) fn points_of(&self, value: i64) -> Points {
        match self {
            Self::Bands(bands) => {
                let after = bands.partition_point(|band| band.from <= value);
                bands.get(after.saturating_sub(1)).map_or(Points::ZERO, |band| band.points)
            }
            Self::Values { first, points } => {
                usize::try_from(value - first).ok().and_then(|position| points.get(position)).copied().unwrap_or_default()
            }
            Self::Each { each, points, beyond, cap } => times(*points, units(value, *each, *beyond), *cap),
            Self::Members { members, points, cap } => times(*points, i64::from((value & members).count_ones()), *cap),
        }
    }

    /// The fewest and the most points that a value of the input can have.
    pub(crate) fn extent(&self, domain: &Domain) -> (Points, Points) {
        let all: Vec<Points> = match self {
            Self::Bands(bands) => bands.iter().map(|band| band.points).collect(),
            Self::Values { points, .. } => points.clone(),
            // Both go one way from the smallest value to the largest.
            Self::Each { .. } | Self::Members { .. } => {
                let (from, to) = domain.bounds();
                vec![self.points_of(from), self.points_of(to)]
            }
        };
        (all.iter().min().copied().unwrap_or_default(), all.iter().max().copied().unwrap_or_default())
    }
}

/// Whole units of a value beyond a start.
pub(crate) fn units(value: i64, each: i64, beyond: i64) -> i64 {
    if value > beyond { (value - beyond) / each } else { 0 }
}

pub(crate) fn times(points: Points, count: i64, cap: Option<Points>) -> Points {
    let all = i128::from(points.millionths()) * i128::from(count);
    let capped = match cap.map(|cap| i128::from(cap.millionths())) {
        Some(cap) if cap < 0 => all.max(cap),
        Some(cap) => all.min(cap),
        None => all,
    };
    // The loader refuses a criterion whose uncapped points could pass an i64.
    Points::from_millionths(i64::try_from(capped).unwrap_or_default())
}
