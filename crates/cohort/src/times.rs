//! Counts how many times something was seen of people, in a time before a date and in a time after it, and what changed.
#![expect(
    clippy::float_arithmetic,
    reason = "a frequency is for people to read; nothing is scored with it"
)]

use serde::Serialize;

use crate::{Interval, Rate, grouped};
use threshold_matrix::Matrix;
use threshold_matrix::workspace::document::tree::{Block, Grid, GridCell};

/// The number of standard deviations that hold 95 % of a normal distribution.
const DEVIATIONS: f64 = 1.959_963_984_540_054;

/// How many times something was seen of a person before a date, and after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Times {
    /// The number of times before.
    pub before: u32,
    /// The number of times after.
    pub after: u32,
}

impl Times {
    /// Creates a number of times before and after.
    #[must_use]
    pub const fn new(before: u32, after: u32) -> Self {
        Self { before, after }
    }
}

/// How often something was seen of some people, before a date and after it.
///
/// ```
/// use threshold_matrix_cohort::{Frequency, Times};
///
/// let mut four = Frequency::default();
/// for (before, after) in [(4, 1), (2, 0), (3, 2), (1, 0)] {
///     four.add(Times::new(before, after), 1);
/// }
/// assert_eq!((four.any(), four.times()), ([4, 2], [10, 3]));
/// assert_eq!(four.means().map(|mean| mean.map(|mean| mean.value)), [Some(2.5), Some(0.75)]);
/// let change = four.change_of_times().ok_or("nothing was seen")?;
/// assert_eq!(change.to_string(), "-70.0 % (-87.2 to -29.7 %)");
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Frequency {
    people: u64,
    /// The people of whom it was seen at least once: before, after, and both.
    any: [u64; 3],
    times: [u64; 2],
    /// The sums of the squares, and of the products.
    squares: [u128; 3],
}

/// A number that is estimated from people, with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// The interval. There is none where everybody is alike, since nothing then says how large chance is.
    pub interval: Option<Interval>,
}

/// By what part a number of the same people changed, with its 95 % interval: -0.5 is half of it less.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The part.
    pub change: f64,
    /// The interval. There is none where everybody changes alike, since nothing then says how large chance is.
    pub interval: Option<Interval>,
}

impl Frequency {
    /// Counts people of whom it was seen this many times.
    pub fn add(&mut self, times: Times, people: u64) {
        let [before, after] = [times.before, times.after].map(u64::from);
        let is_any = [before > 0, after > 0, before > 0 && after > 0];
        self.people += people;
        for (any, is_any) in self.any.iter_mut().zip(is_any) {
            *any += if is_any { people } else { 0 };
        }
        for (sum, times) in self.times.iter_mut().zip([before, after]) {
            *sum += times * people;
        }
        let products = [before * before, after * after, before * after];
        for (sum, product) in self.squares.iter_mut().zip(products) {
            *sum += u128::from(product) * u128::from(people);
        }
    }

    /// Adds other people.
    pub fn join(&mut self, other: &Self) {
        self.people += other.people;
        for (own, other) in self.any.iter_mut().zip(other.any) {
            *own += other;
        }
        for (own, other) in self.times.iter_mut().zip(other.times) {
            *own += other;
        }
        for (own, other) in self.squares.iter_mut().zip(other.squares) {
            *own += other;
        }
    }

    /// Returns the number of people.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.people
    }

    /// Returns the number of people of whom it was seen at least once, before and after.
    #[must_use]
    pub fn any(&self) -> [u64; 2] {
        let [before, after, _] = self.any;
        [before, after]
    }

    /// Returns how many times it was seen of all of them together, before and after.
    #[must_use]
    pub fn times(&self) -> [u64; 2] {
        self.times
    }

    /// Returns the share of the people of whom it was seen at least once, before and after, or `None` if there are no people.
    #[must_use]
    pub fn shares(&self) -> [Option<Rate>; 2] {
        self.any().map(|any| Rate::new(any, self.people))
    }

    /// Returns the number of times per person, before and after, or `None` where it was never seen.
    ///
    /// The interval is made on the scale of logarithms, from how much the numbers of people differ and not from an assumed distribution: it is that of a
    /// Poisson regression with robust errors.
    #[must_use]
    pub fn means(&self) -> [Option<Estimate>; 2] {
        let [before, after, _] = self.squares;
        let [all_before, all_after] = self.times;
        [(all_before, before), (all_after, after)].map(|(times, squares)| {
            if times == 0 {
                return None;
            }
            let (people, sum) = (u128::from(self.people), u128::from(times));
            let value = times as f64 / self.people as f64;
            let over = (people * squares).saturating_sub(sum * sum);
            let interval = interval(value, over, people * sum * sum);
            Some(Estimate { value, interval })
        })
    }

    /// Returns by what part the share of people of whom it was seen changed, or `None` if it was seen of nobody before or of nobody after.
    ///
    /// The interval is made on the scale of logarithms from the people of whom it was seen only before or only after, since both shares are of the same
    /// people.
    #[must_use]
    pub fn change_of_share(&self) -> Option<Change> {
        let [before, after, both] = self.any.map(u128::from);
        let only = (before + after).saturating_sub(2 * both);
        Change::new(before, after, only, before * after)
    }

    /// Returns by what part the number of times changed, or `None` if it was never seen before or never after. The interval is as that of
    /// [`Frequency::means`], of both numbers of the same people.
    #[must_use]
    pub fn change_of_times(&self) -> Option<Change> {
        let [before, after] = self.times.map(u128::from);
        let [squares, other_squares, products] = self.squares;
        let sum = other_squares * before * before + squares * after * after;
        let over = sum.saturating_sub(2 * products * before * after);
        Change::new(before, after, over, before * before * after * after)
    }
}

impl Change {
    /// Creates the change from a number to another, with the variance of the logarithm of their ratio as a fraction.
    fn new(before: u128, after: u128, over: u128, under: u128) -> Option<Self> {
        if before == 0 || after == 0 {
            return None;
        }
        let ratio = after as f64 / before as f64;
        let interval = interval(ratio, over, under).map(|own| Interval {
            low: own.low - 1.0,
            high: own.high - 1.0,
        });
        Some(Self {
            change: ratio - 1.0,
            interval,
        })
    }
}

/// Returns an interval on the scale of logarithms, with the variance there as a fraction, unless that is zero.
fn interval(value: f64, over: u128, under: u128) -> Option<Interval> {
    let spread = (DEVIATIONS * (over as f64 / under as f64).sqrt()).exp();
    (over > 0).then(|| Interval {
        low: value / spread,
        high: value * spread,
    })
}

impl std::fmt::Display for Estimate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = self.value;
        match self.interval {
            Some(Interval { low, high }) => {
                write!(formatter, "{value:.2} ({low:.2} to {high:.2})")
            }
            None => write!(formatter, "{value:.2} (no interval)"),
        }
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // In tenths, of which none is below zero and yet zero.
        let percent = |part: f64| format!("{:+.1}", (part * 1000.0).round() / 10.0 + 0.0);
        let change = percent(self.change);
        match self.interval {
            Some(Interval { low, high }) => {
                let [low, high] = [low, high].map(percent);
                write!(formatter, "{change} % ({low} to {high} %)")
            }
            None => write!(formatter, "{change} % (no interval)"),
        }
    }
}

/// How often something was seen before and after of the people with one result.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FrequencyShare {
    /// The tier or status; several if unknown inputs leave it open; none for people who are refused.
    pub possible: Vec<String>,
    /// How often it was seen of them.
    #[serde(flatten)]
    pub frequency: Frequency,
}

impl FrequencyShare {
    /// Returns the same with the labels that a matrix gives its tiers and statuses.
    fn labelled(&self, matrix: &Matrix) -> Self {
        let labels = self.possible.iter();
        let labels = labels.map(|name| matrix.label_of(None, name).to_owned());
        Self {
            possible: labels.collect(),
            frequency: self.frequency,
        }
    }

    /// Returns the result in words, such as `high`, `high or medium, not settled`, or `refused`.
    #[must_use]
    pub fn name(&self) -> String {
        match self.possible.as_slice() {
            [] => "refused".to_owned(),
            [name] => name.clone(),
            names => format!("{}, not settled", names.join(" or ")),
        }
    }
}

/// Returns what is shown of some people by their results, which are called by their labels: each result of which anything is known, and all of them together.
pub(crate) fn shown(shares: &[FrequencyShare], matrix: &Matrix) -> Vec<(String, Frequency)> {
    let mut all = Frequency::default();
    shares.iter().for_each(|share| all.join(&share.frequency));
    let known = shares.iter().filter(|share| share.frequency.people() > 0);
    let known = known.map(|share| (share.labelled(matrix).name(), share.frequency));
    known.chain([("all".to_owned(), all)]).collect()
}

impl Serialize for Frequency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Counted {
            people: u64,
            any: [u64; 2],
            times: [u64; 2],
            shares: [Option<Rate>; 2],
            means: [Option<Estimate>; 2],
            change_of_share: Option<Change>,
            change_of_times: Option<Change>,
        }
        Counted {
            people: self.people,
            any: self.any(),
            times: self.times,
            shares: self.shares(),
            means: self.means(),
            change_of_share: self.change_of_share(),
            change_of_times: self.change_of_times(),
        }
        .serialize(serializer)
    }
}

/// What every table of these numbers must be read with.
pub(crate) const CAUTION: &str = "The numbers before and after are of the same people. They can be compared only if the time before is as long as the time after, which the \
     numbers do not show. A fall is not by itself what supervision did: people come into a tier when much was recorded of them, and numbers that were high \
     fall again by themselves; and nothing can be recorded of somebody who is in prison.";

/// The heads of the columns that [`share_cells`] and [`times_cells`] fill.
pub(crate) const SHARE_HEADS: [&str; 4] = ["people", "before", "after", "change"];
pub(crate) const TIMES_HEADS: [&str; 4] = ["times before and after", "before", "after", "change"];
pub(crate) const SHARE_CAPTION: &str =
    "Share of people of whom it was seen at least once (95 % interval)";
pub(crate) const TIMES_CAPTION: &str = "Frequency: times per person (95 % interval)";

/// Returns the share of people of whom it was seen, before and after, as cells.
pub(crate) fn share_cells(frequency: &Frequency, nothing: &str) -> Vec<String> {
    let [before, after] = frequency.shares();
    vec![
        grouped(frequency.people()),
        or(before, nothing),
        or(after, nothing),
        or(frequency.change_of_share(), nothing),
    ]
}

/// Returns how often it was seen, before and after, as cells.
pub(crate) fn times_cells(frequency: &Frequency, nothing: &str) -> Vec<String> {
    let [before, after] = frequency.times().map(grouped);
    let zero = |mean: Option<Estimate>| match mean {
        Some(mean) => mean.to_string(),
        None if frequency.people() > 0 => "0".to_owned(),
        None => nothing.to_owned(),
    };
    let [was, is] = frequency.means().map(zero);
    vec![
        format!("{before} and {after}"),
        was,
        is,
        or(frequency.change_of_times(), nothing),
    ]
}

/// Returns both tables of how often something was seen, by what the rows are read as.
pub(crate) fn frequency_grids(rows: &[(String, Frequency)], rows_read: &str) -> [Block; 2] {
    let grid = |caption: &str, heads: [&str; 4], cells: fn(&Frequency, &str) -> Vec<String>| {
        let rows = rows.iter().map(|(name, frequency)| {
            let cells = cells(frequency, "–").into_iter();
            (name.clone(), cells.map(GridCell::from).collect())
        });
        Block::Grid(Grid {
            caption: caption.to_owned(),
            rows_read: rows_read.to_owned(),
            columns_read: "before and after".to_owned(),
            columns: heads.map(str::to_owned).to_vec(),
            rows: rows.collect(),
        })
    };
    [
        grid(SHARE_CAPTION, SHARE_HEADS, share_cells),
        grid(TIMES_CAPTION, TIMES_HEADS, times_cells),
    ]
}

fn or<T: ToString>(value: Option<T>, nothing: &str) -> String {
    value.map_or_else(|| nothing.to_owned(), |value| value.to_string())
}
