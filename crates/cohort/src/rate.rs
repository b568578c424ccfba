//! Rates: how often something was seen among a number of people, and how certain that is.
#![expect(
    clippy::float_arithmetic,
    reason = "a rate is for people to read; nothing is scored with it"
)]

/// A share of some people, with its 95 % interval by Wilson's score method. The method also holds for few people and for shares near 0 and 1.
///
/// ```
/// use threshold_matrix_cohort::Rate;
///
/// let rate = Rate::new(8, 20).ok_or("nobody")?;
/// assert_eq!(rate.to_string(), "40.0 % (21.9 to 61.3 %)");
/// assert_eq!(Rate::new(0, 0), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Rate {
    /// The share, from 0 to 1.
    pub share: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

/// The ends of a 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The number of standard deviations that hold 95 % of a normal distribution.
const DEVIATIONS: f64 = 1.959_963_984_540_054;

impl Rate {
    /// Creates the share of `happened` among `people`, or returns `None` if there are no people.
    #[must_use]
    pub fn new(happened: u64, people: u64) -> Option<Self> {
        if people == 0 {
            return None;
        }
        // Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference".
        let (n, squared) = (people as f64, DEVIATIONS * DEVIATIONS);
        let share = happened.min(people) as f64 / n;
        let centre = (share + squared / (2.0 * n)) / (1.0 + squared / n);
        let half = DEVIATIONS * (share * (1.0 - share) / n + squared / (4.0 * n * n)).sqrt()
            / (1.0 + squared / n);
        Some(Self {
            share,
            low: (centre - half).max(0.0),
            high: (centre + half).min(1.0),
        })
    }
}

impl Rate {
    /// Returns in words a share that is at least this one and at most another, with an interval that holds those of both.
    pub(crate) fn to(&self, most: &Self) -> String {
        if self == most {
            return self.to_string();
        }
        let [least, largest] = [self.share, most.share].map(|share| share * 100.0);
        let [low, high] = [self.low, most.high].map(|end| end * 100.0);
        format!("{least:.1} to {largest:.1} % ({low:.1} to {high:.1} %)")
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{:.1} % ({:.1} to {:.1} %)",
            self.share * 100.0,
            self.low * 100.0,
            self.high * 100.0
        )
    }
}

/// Returns a share of a whole in tenths of a percent, rounded to the nearest.
pub(super) fn per_mille(part: u64, whole: u64) -> u64 {
    let whole = u128::from(whole.max(1));
    u64::try_from((u128::from(part) * 2000 + whole) / (2 * whole)).unwrap_or(1000)
}
