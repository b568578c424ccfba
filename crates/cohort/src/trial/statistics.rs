//! The statistics of a trial: the ratio of two rates, and the area under the ROC curve. A rate itself is a [`Rate`](crate::Rate).
#![expect(
    clippy::float_arithmetic,
    reason = "statistics are for people to read; nothing is scored with them"
)]

use std::collections::BTreeMap;
use std::fmt;

use crate::{Interval, Rate};

/// The number of standard deviations that hold 95 % of a normal distribution.
const DEVIATIONS: f64 = 1.959_963_984_540_054;

/// The ratio of two rates, with its 95 % interval by the log method.
///
/// The method is that of Katz, D., Baptista, J., Azen, S. P. and Pike, M. C. (1978), "Obtaining confidence intervals for the risk ratio in cohort
/// studies".
///
/// ```
/// use threshold_matrix_cohort::trial::Ratio;
///
/// // Heart attacks in the Physicians' Health Study: 189 of 11,034 on placebo, 104 of 11,037 on aspirin.
/// let ratio = Ratio::new((189, 11_034), (104, 11_037)).ok_or("nobody")?;
/// assert_eq!(ratio.to_string(), "1.82 (1.43 to 2.31)");
/// assert_eq!(Ratio::new((0, 20), (5, 20)), None);          // the method has no answer for a rate of nothing
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Ratio {
    /// The one rate divided by the other.
    pub ratio: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Ratio {
    /// Creates the ratio of two rates, each given as how many of how many, or returns `None` if either rate is zero.
    #[must_use]
    pub fn new(one: (u64, u64), other: (u64, u64)) -> Option<Self> {
        if one.0 == 0 || other.0 == 0 || one.1 < one.0 || other.1 < other.0 {
            return None;
        }
        let (a, n, b, m) = (one.0 as f64, one.1 as f64, other.0 as f64, other.1 as f64);
        let ratio = (a / n) / (b / m);
        let error = (1.0 / a - 1.0 / n + 1.0 / b - 1.0 / m).sqrt();
        let spread = (DEVIATIONS * error).exp();
        Some(Self {
            ratio,
            low: ratio / spread,
            high: ratio * spread,
        })
    }
}

impl Ratio {
    /// Returns in words a ratio that is at least this one and at most another, with an interval that holds those of both.
    pub(super) fn to(&self, most: &Self) -> String {
        if self == most {
            return self.to_string();
        }
        let (least, largest) = (self.ratio, most.ratio);
        format!(
            "{least:.2} to {largest:.2} ({:.2} to {:.2})",
            self.low, most.high
        )
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:.2} ({:.2} to {:.2})",
            self.ratio, self.low, self.high
        )
    }
}

/// The difference of two rates of different people, with its 95 % interval.
///
/// The interval is made of Wilson's for each rate: method 10 of Newcombe, R. G. (1998), "Interval estimation for the difference between independent
/// proportions".
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub(super) struct Difference {
    pub(super) difference: f64,
    pub(super) interval: Interval,
}

impl Difference {
    /// Creates the first rate less the second, each given as how many of how many, or returns `None` if either is of nobody.
    pub(super) fn new(one: (u64, u64), other: (u64, u64)) -> Option<Self> {
        let (one, other) = (Rate::new(one.0, one.1)?, Rate::new(other.0, other.1)?);
        let difference = one.share - other.share;
        let below = (one.share - one.low).hypot(other.high - other.share);
        let above = (one.high - one.share).hypot(other.share - other.low);
        Some(Self {
            difference,
            interval: Interval {
                low: (difference - below).max(-1.0),
                high: (difference + above).min(1.0),
            },
        })
    }

    /// Returns the difference and its interval in points of percent, from this one as the least to another as the most.
    pub(super) fn to(&self, most: &Self) -> String {
        // In tenths, of which none is below zero and yet zero.
        let points = |share: f64| format!("{:+.1}", (share * 1000.0).round() / 10.0 + 0.0);
        let known = if self.difference == most.difference {
            points(self.difference)
        } else {
            format!("{} to {}", points(self.difference), points(most.difference))
        };
        let (low, high) = (points(self.interval.low), points(most.interval.high));
        format!("{known} ({low} to {high})")
    }
}

/// An area under the ROC curve, or a difference between two, with its 95 % interval.
///
/// The area is how often a person with the outcome has a higher score than a person without it, where a tie counts as a half. An area of 0.5 is no
/// better than chance.
///
/// The variance is that of DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988), "Comparing the areas under two or more correlated
/// receiver operating characteristic curves". It is found by midranks, as in Sun, X. and Xu, W. (2014), "Fast implementation of DeLong's algorithm".
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Area {
    /// The area, or the difference.
    pub area: f64,
    /// The interval. There is none where DeLong's variance is zero, which says nothing of chance: the scores of people with the outcome and of people
    /// without it do not overlap, everybody has the same score, or two scores order everybody alike.
    pub interval: Option<Interval>,
}

impl Area {
    fn new(area: f64, variance: f64, least: f64) -> Self {
        // Sums of floats may leave something of nothing.
        let is_none = variance < 1e-18;
        let half = DEVIATIONS * variance.max(0.0).sqrt();
        Self {
            area,
            interval: (!is_none).then(|| Interval {
                low: (area - half).max(least),
                high: (area + half).min(1.0),
            }),
        }
    }
}

impl fmt::Display for Area {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.interval {
            Some(Interval { low, high }) => {
                write!(formatter, "{:.4} ({low:.4} to {high:.4})", self.area)
            }
            None => write!(formatter, "{:.4} (no interval)", self.area),
        }
    }
}

/// Counts of people by a score and by what was seen later, from which the area follows. Its size grows with the number of different scores.
///
/// ```
/// use threshold_matrix_cohort::trial::Discrimination;
///
/// // Hanley and McNeil (1982), 109 images rated from 1 to 5: normal ones, then abnormal ones.
/// let mut images = Discrimination::new();
/// for (rating, (normal, abnormal)) in (1..).zip([(33, 3), (6, 2), (6, 2), (11, 11), (2, 33)]) {
///     (0..normal).for_each(|_| images.add(rating, false));
///     (0..abnormal).for_each(|_| images.add(rating, true));
/// }
/// // The manual of Stata's `roctab` gives 0.8932 (0.8330 to 0.9534) for them.
/// assert_eq!(images.area().map(|area| area.to_string()), Some("0.8932 (0.8330 to 0.9534)".to_owned()));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Discrimination {
    pairs: Pairs,
}

impl Discrimination {
    /// Creates a count that has no people yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts one person, whose score is a whole number of any unit.
    pub fn add(&mut self, score: i64, happened: bool) {
        self.pairs.add((score, score), happened, 1);
    }

    /// Returns the area, or `None` unless there are at least two people with the outcome and two without it.
    #[must_use]
    pub fn area(&self) -> Option<Area> {
        self.pairs.areas().map(|[old, _, _]| old)
    }
}

/// Counts of people by two scores and by what was seen later.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Pairs {
    /// The number of people without the outcome, and of people with it.
    people: BTreeMap<(i64, i64), [u64; 2]>,
}

/// The most different pairs of scores that are kept.
const MOST_PAIRS: usize = 200_000;

impl Pairs {
    pub(super) fn add(&mut self, scores: (i64, i64), happened: bool, people: u64) {
        // One more than the limit marks that something is missing.
        if self.people.len() > MOST_PAIRS && !self.people.contains_key(&scores) {
            return;
        }
        let [no, yes] = self.people.entry(scores).or_default();
        *(if happened { yes } else { no }) += people;
    }

    pub(super) fn join(&mut self, other: &Self) {
        for (scores, [no, yes]) in &other.people {
            self.add(*scores, false, *no);
            self.add(*scores, true, *yes);
        }
    }

    pub(super) fn people(&self) -> u64 {
        self.people.values().flatten().sum()
    }

    /// Returns the people by the first score, or by the second.
    pub(super) fn by_score(&self, second: bool) -> BTreeMap<i64, [u64; 2]> {
        let mut counts = BTreeMap::<i64, [u64; 2]>::new();
        for ((one, other), [no, yes]) in &self.people {
            let count = counts
                .entry(if second { *other } else { *one })
                .or_default();
            *count = [count[0] + no, count[1] + yes];
        }
        counts
    }

    /// Returns the area of the first score, of the second, and the second less the first.
    pub(super) fn areas(&self) -> Option<[Area; 3]> {
        if self.people.len() > MOST_PAIRS {
            return None;
        }
        let placements = [
            Placements::of(&self.by_score(false))?,
            Placements::of(&self.by_score(true))?,
        ];
        let area = placements.each_ref().map(Placements::area);
        let [one, other] = area;
        // The covariance of the placements, over those of whom it was not seen and those of whom it was.
        let mut sums = [[0.0; 3]; 2];
        for ((first, second), counts) in &self.people {
            let (at, to) = (placements[0].at(*first), placements[1].at(*second));
            for ((sums, count), (first, second)) in
                sums.iter_mut().zip(counts).zip(at.into_iter().zip(to))
            {
                let (first, second) = (first - one, second - other);
                let terms = [
                    first * first,
                    second * second,
                    (second - first) * (second - first),
                ];
                for (sum, term) in sums.iter_mut().zip(terms) {
                    *sum += *count as f64 * term;
                }
            }
        }
        let [among_no, among_yes] = sums;
        let [no, yes] = placements[0].people.map(|people| people as f64);
        let mut variances = among_no
            .into_iter()
            .zip(among_yes)
            .map(|(among_no, among_yes)| {
                among_no / (no - 1.0) / no + among_yes / (yes - 1.0) / yes
            });
        let mut area = |area, least| {
            variances
                .next()
                .map(|variance| Area::new(area, variance, least))
        };
        Some([area(one, 0.0)?, area(other, 0.0)?, area(other - one, -1.0)?])
    }
}

/// Where each score stands among those of the other kind: the share of them on whose right side it is, where a tie counts as a half.
struct Placements {
    scores: BTreeMap<i64, [f64; 2]>,
    people: [u64; 2],
    /// Pairs of people in the right order, doubled so that a tie is one.
    doubled: u128,
}

impl Placements {
    fn of(counts: &BTreeMap<i64, [u64; 2]>) -> Option<Self> {
        let people = counts
            .values()
            .fold([0, 0], |[all_no, all_yes], [no, yes]| {
                [all_no + no, all_yes + yes]
            });
        let [all_no, all_yes] = people;
        if all_no < 2 || all_yes < 2 {
            return None;
        }
        let (mut below, mut doubled) = ([0_u64; 2], 0_u128);
        let mut scores = BTreeMap::new();
        for (score, [no, yes]) in counts {
            let among_no = 2 * below[0] + no;
            let above_yes = 2 * (all_yes - below[1]) - yes;
            scores.insert(
                *score,
                [
                    above_yes as f64 / (2.0 * all_yes as f64),
                    among_no as f64 / (2.0 * all_no as f64),
                ],
            );
            doubled += u128::from(*yes) * u128::from(among_no);
            below = [below[0] + no, below[1] + yes];
        }
        Some(Self {
            scores,
            people,
            doubled,
        })
    }

    fn area(&self) -> f64 {
        let [no, yes] = self.people.map(|people| people as f64);
        self.doubled as f64 / (2.0 * no * yes)
    }

    fn at(&self, score: i64) -> [f64; 2] {
        self.scores.get(&score).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(one: f64, other: f64, within: f64) -> bool {
        (one - other).abs() <= within
    }

    /// Newcombe, R. G. (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
    #[test]
    fn wilson_as_published() {
        for (happened, people, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let rate = Rate::new(happened, people).unwrap();
            assert!(
                close(rate.low, low, 0.000_05) && close(rate.high, high, 0.000_05),
                "{happened} of {people}: {rate:?}"
            );
        }
    }

    /// The manual of Stata's `roctab`, for the images of Hanley and McNeil (1982): 0.8932, standard error 0.0307, 0.83295 to 0.95339.
    #[test]
    fn delong_as_published() {
        let mut images = Discrimination::new();
        for (rating, (normal, abnormal)) in (1..).zip([(33, 3), (6, 2), (6, 2), (11, 11), (2, 33)])
        {
            (0..normal).for_each(|_| images.add(rating, false));
            (0..abnormal).for_each(|_| images.add(rating, true));
        }
        let area = images.area().unwrap();
        let interval = area.interval.unwrap();
        assert!(
            close(area.area, 0.8932, 0.000_05)
                && close(interval.low, 0.832_95, 0.000_02)
                && close(interval.high, 0.953_39, 0.000_02),
            "{area:?}"
        );
    }

    /// Three of whom it was seen (scores 1, 2, 3) and two of whom it was not (0, 2), by hand: of six pairs, four and a half are in order. The
    /// placements of the three are ½, ¾ and 1, of the two 1 and ½: variance (1/16)/3 + (1/8)/2 = 1/12.
    #[test]
    fn delong_by_hand() {
        let mut few = Pairs::default();
        [(1, true), (2, true), (3, true), (0, false), (2, false)]
            .into_iter()
            .for_each(|(score, happened)| few.add((score, score), happened, 1));
        let placements = Placements::of(&few.by_score(false)).unwrap();
        assert_eq!(placements.area(), 0.75);
        let [area, same, difference] = few.areas().unwrap();
        assert!(
            close(
                area.interval.unwrap().low,
                0.75 - DEVIATIONS * (1.0_f64 / 12.0).sqrt(),
                1e-12
            ),
            "{area:?}"
        );
        assert_eq!(area, same);
        assert_eq!((difference.area, difference.interval), (0.0, None));
    }

    /// The definitions themselves, over all pairs of people.
    #[test]
    fn delong_by_definition() {
        let person = |number: i64| {
            (
                (number * 7 % 11, number * 5 % 13 + number % 3),
                number * number % 7 > 2,
            )
        };
        let people: Vec<_> = (0..60).map(person).collect();
        let mut pairs = Pairs::default();
        people
            .iter()
            .for_each(|(scores, happened)| pairs.add(*scores, *happened, 1));
        let [one, other, difference] = pairs.areas().unwrap();
        let (yes, no): (Vec<_>, Vec<_>) = people.iter().partition(|(_, happened)| *happened);
        let wins = |above: i64, below: i64| {
            if above > below {
                1.0
            } else if above == below {
                0.5
            } else {
                0.0
            }
        };
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let variance = |values: &[f64]| {
            values
                .iter()
                .map(|value| (value - mean(values)).powi(2))
                .sum::<f64>()
                / (values.len() - 1) as f64
        };
        for (area, of) in [
            (one, (1.0, 0.0)),
            (other, (0.0, 1.0)),
            (difference, (-1.0, 1.0)),
        ] {
            let among =
                |y: &(i64, i64), n: &(i64, i64)| of.0 * wins(y.0, n.0) + of.1 * wins(y.1, n.1);
            let ten: Vec<_> = yes
                .iter()
                .map(|(y, _)| mean(&no.iter().map(|(n, _)| among(y, n)).collect::<Vec<_>>()))
                .collect();
            let one: Vec<_> = no
                .iter()
                .map(|(n, _)| mean(&yes.iter().map(|(y, _)| among(y, n)).collect::<Vec<_>>()))
                .collect();
            let error =
                (variance(&ten) / ten.len() as f64 + variance(&one) / one.len() as f64).sqrt();
            assert!(
                close(area.area, mean(&ten), 1e-12)
                    && close(
                        area.interval.unwrap().low,
                        mean(&ten) - DEVIATIONS * error,
                        1e-12
                    ),
                "{area:?}"
            );
        }
    }

    /// Newcombe, R. G. (1998), "Interval estimation for the difference between independent proportions", table II, method 10.
    #[test]
    fn newcombe_as_published() {
        for (one, other, low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((10, 10), (0, 20), 0.6791, 1.0),
        ] {
            let Difference { interval, .. } = Difference::new(one, other).unwrap();
            assert!(
                close(interval.low, low, 0.000_05) && close(interval.high, high, 0.000_05),
                "{one:?} {other:?}: {interval:?}"
            );
        }
    }

    /// What kept implementations give; `tests/statistics/make.py` says which.
    fn fixtures(name: &str) -> Vec<serde_json::Value> {
        let text = include_str!("../../tests/statistics/statistics.json");
        let all: serde_json::Value = serde_json::from_str(text).unwrap();
        all[name].as_array().unwrap().clone()
    }

    /// Checks that every number of some data is close to that of other data, and that what is nothing is nothing. Keys that are only in the own data do not
    /// count.
    #[track_caller]
    fn agrees(own: &serde_json::Value, kept: &serde_json::Value, within: f64) {
        use serde_json::Value;
        match (own, kept) {
            (Value::Number(one), Value::Number(other)) => {
                let [one, other] = [one, other].map(|number| number.as_f64().unwrap());
                assert!(close(one, other, within), "{one} and {other}");
            }
            (Value::Array(one), Value::Array(other)) => {
                assert_eq!(one.len(), other.len());
                let both = one.iter().zip(other);
                both.for_each(|(one, other)| agrees(one, other, within));
            }
            (Value::Object(one), Value::Object(other)) => {
                for (key, other) in other.iter().filter(|(key, _)| *key != "of") {
                    agrees(&one[key], other, within);
                }
            }
            _ => assert_eq!(own, kept),
        }
    }

    fn json(value: impl serde::Serialize) -> serde_json::Value {
        serde_json::to_value(value).unwrap()
    }

    fn pair(value: &serde_json::Value) -> (u64, u64) {
        (value[0].as_u64().unwrap(), value[1].as_u64().unwrap())
    }

    #[test]
    fn rates_ratios_and_differences_as_kept() {
        for kept in fixtures("rates") {
            let (happened, people) = pair(&kept["of"]);
            agrees(&json(Rate::new(happened, people)), &kept, 1e-12);
        }
        let of = |kept: &serde_json::Value| (pair(&kept["of"][0]), pair(&kept["of"][1]));
        for kept in fixtures("ratios") {
            let (one, other) = of(&kept);
            agrees(&json(Ratio::new(one, other)), &kept, 1e-9);
        }
        for kept in fixtures("differences") {
            let (one, other) = of(&kept);
            let own = Difference::new(one, other).unwrap();
            let mut told = json(own.interval);
            told["difference"] = json(own.difference);
            agrees(&told, &kept, 1e-9);
        }
    }

    #[test]
    fn areas_as_kept() {
        for kept in fixtures("areas") {
            let mut pairs = Pairs::default();
            for person in kept["people"].as_array().unwrap() {
                let [old, new, seen] = [0, 1, 2].map(|at| person[at].as_i64().unwrap());
                pairs.add((old, new), seen == 1, 1);
            }
            // The kept ranks have 24 bits.
            agrees(&json(pairs.areas()), &kept["areas"], 1e-6);
        }
    }

    #[test]
    fn frequencies_as_kept() {
        for kept in fixtures("frequencies") {
            let mut own = crate::Frequency::default();
            for person in kept["people"].as_array().unwrap() {
                let (before, after) = pair(person);
                let [before, after] = [before, after].map(|times| u32::try_from(times).unwrap());
                own.add(crate::Times::new(before, after), 1);
            }
            let own = json(own);
            for key in ["shares", "change_of_times", "change_of_share"] {
                agrees(&own[key], &kept[key], 1e-6);
            }
            if !kept["means"].is_null() {
                agrees(&own["means"], &kept["means"], 1e-6);
            }
        }
    }

    #[test]
    fn a_ratio_by_hand() {
        let ratio = Ratio::new((20, 100), (10, 100)).unwrap();
        let error = (0.05_f64 - 0.01 + 0.1 - 0.01).sqrt();
        assert!(
            close(ratio.ratio, 2.0, 1e-12)
                && close(ratio.low, 2.0 * (-DEVIATIONS * error).exp(), 1e-12),
            "{ratio:?}"
        );
        assert_eq!(Ratio::new((3, 10), (0, 10)), None);
    }
}
