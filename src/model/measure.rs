//! Works out how many points a reading of an input is worth.

use crate::model::{Domain, Measure, Reading};
use crate::number::Points;

/// The most values of an input whose points are kept in a table.
const FEW: i64 = 256;

impl Reading {
    /// Returns the points of a value that the input can have.
    #[inline]
    pub(crate) fn points_of(&self, value: i64) -> Points {
        let (first, table) = &self.table;
        // Below the first it wraps to a position beyond any table.
        let points = usize::try_from(value.wrapping_sub(*first).cast_unsigned())
            .ok()
            .and_then(|position| table.get(position));
        points
            .copied()
            .unwrap_or_else(|| self.measure.points_of(value))
    }
}

impl Measure {
    /// Returns the input's first value, and the points of each value from it on. The list of points is empty if there are many values.
    pub(crate) fn table(&self, domain: &Domain) -> (i64, Vec<Points>) {
        let (first, last) = domain.bounds();
        if last - first >= FEW {
            return (first, Vec::new());
        }
        (
            first,
            (first..=last).map(|value| self.points_of(value)).collect(),
        )
    }

    /// Returns the points of a value that the input can have.
    pub(crate) fn points_of(&self, value: i64) -> Points {
        match self {
            // From the last, one after another: bands are few, and halving the list takes longer.
            Self::Bands(bands) => bands
                .iter()
                .rfind(|band| band.from <= value)
                .map_or(Points::ZERO, |band| band.points),
            Self::Values { first, points } => usize::try_from(value - first)
                .ok()
                .and_then(|position| points.get(position))
                .copied()
                .unwrap_or_default(),
            Self::Each {
                each,
                points,
                beyond,
                cap,
            } => times(*points, units(value, *each, *beyond), *cap),
            Self::Members {
                members,
                points,
                cap,
            } => times(*points, i64::from((value & members).count_ones()), *cap),
        }
    }

    /// Returns the fewest and the most points that a value of the input can have.
    pub(crate) fn extent(&self, domain: &Domain) -> (Points, Points) {
        let all: Vec<Points> = match self {
            // From the last, one after another: bands are few, and halving the list takes longer.
            Self::Bands(bands) => bands.iter().map(|band| band.points).collect(),
            Self::Values { points, .. } => points.clone(),
            // Both go one way from the smallest value to the largest.
            Self::Each { .. } | Self::Members { .. } => {
                let (from, to) = domain.bounds();
                vec![self.points_of(from), self.points_of(to)]
            }
        };
        (
            all.iter().min().copied().unwrap_or_default(),
            all.iter().max().copied().unwrap_or_default(),
        )
    }
}

/// Returns the whole units by which a value is beyond a start.
pub(crate) fn units(value: i64, each: i64, beyond: i64) -> i64 {
    if value > beyond {
        (value - beyond) / each
    } else {
        0
    }
}

pub(crate) fn times(points: Points, count: i64, cap: Option<Points>) -> Points {
    // Saturates only where a cap applies, on the same side of zero: the loader refuses a criterion whose uncapped points could pass an i64.
    let all = Points::from_millionths(points.millionths().saturating_mul(count));
    match cap {
        Some(cap) if cap < Points::ZERO => all.max(cap),
        Some(cap) => all.min(cap),
        None => all,
    }
}
