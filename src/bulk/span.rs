//! Works out ahead which values a step can have: all of them where they are few, and otherwise the least and the most.

use std::collections::BTreeSet;

/// The most values that are listed. More of them become a range.
const FEW: usize = 256;

/// The values that a step can have, and whether it can be absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    values: Values,
    pub(super) absent: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Values {
    Few(BTreeSet<i64>),
    Range(i64, i64),
}

impl Span {
    pub(super) fn one(value: i64) -> Self {
        Self::few([value].into())
    }

    pub(super) fn absent() -> Self {
        Self {
            values: Values::Few(BTreeSet::new()),
            absent: true,
        }
    }

    fn few(values: BTreeSet<i64>) -> Self {
        Self {
            values: Values::Few(values),
            absent: false,
        }
    }

    /// Creates the span of every value from `least` to `most`, both included.
    pub(super) fn range(least: i64, most: i64) -> Self {
        if least > most {
            return Self::few(BTreeSet::new());
        }
        if most.saturating_sub(least) < FEW as i64 {
            return Self::few((least..=most).collect());
        }
        Self {
            values: Values::Range(least, most),
            absent: false,
        }
    }

    pub(super) fn or_absent(mut self, absent: bool) -> Self {
        self.absent |= absent;
        self
    }

    /// Returns the least and the most, if there is any value.
    pub(super) fn ends(&self) -> Option<(i64, i64)> {
        match &self.values {
            Values::Few(values) => values.first().copied().zip(values.last().copied()),
            Values::Range(least, most) => Some((*least, *most)),
        }
    }

    /// Returns the value, if there is only one and it cannot be absent.
    pub(super) fn only(&self) -> Option<i64> {
        match &self.values {
            Values::Few(values) if values.len() == 1 && !self.absent => values.first().copied(),
            _ => None,
        }
    }

    /// Returns every value, if they are listed.
    pub(super) fn listed(&self) -> Option<&BTreeSet<i64>> {
        match &self.values {
            Values::Few(values) => Some(values),
            Values::Range(..) => None,
        }
    }

    pub(super) fn or(self, other: &Self) -> Self {
        let absent = self.absent || other.absent;
        let values = match (&self.values, &other.values) {
            (Values::Few(one), Values::Few(two)) => one.union(two).copied().collect(),
            _ => match (self.ends(), other.ends()) {
                (Some(one), Some(two)) => {
                    return Self {
                        values: Values::Range(one.0.min(two.0), one.1.max(two.1)),
                        absent,
                    };
                }
                (Some(ends), None) | (None, Some(ends)) => {
                    return Self {
                        values: Values::Range(ends.0, ends.1),
                        absent,
                    };
                }
                (None, None) => BTreeSet::new(),
            },
        };
        Self::of(values).or_absent(absent)
    }

    /// Returns the span of a step that puts one value of each of two spans together, in a way that keeps the order.
    pub(super) fn with(&self, other: &Self, together: impl Fn(i64, i64) -> i64) -> Self {
        if let (Values::Few(one), Values::Few(two)) = (&self.values, &other.values)
            && one.len() * two.len() <= 64 * FEW
        {
            return Self::of(
                one.iter()
                    .flat_map(|one| two.iter().map(|two| together(*one, *two)))
                    .collect(),
            );
        }
        match (self.ends(), other.ends()) {
            (Some(one), Some(two)) => Self::range(together(one.0, two.0), together(one.1, two.1)),
            _ => Self::few(BTreeSet::new()),
        }
    }

    pub(super) fn of(values: BTreeSet<i64>) -> Self {
        match (values.first(), values.last()) {
            (Some(least), Some(most)) if values.len() > FEW => Self {
                values: Values::Range(*least, *most),
                absent: false,
            },
            _ => Self::few(values),
        }
    }
}
