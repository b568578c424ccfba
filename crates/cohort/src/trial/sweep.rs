//! Finds exactly what each cut-off in a range would give, by scoring with the cut-off of the matrix replaced.

use std::fmt;
use std::str::FromStr;

use super::TrialError;
use threshold_matrix::Date;
use threshold_matrix::Matrix;
use threshold_matrix::Points;
use threshold_matrix::workspace::number;
use threshold_matrix::workspace::shortened;
use threshold_matrix::{Profile, Refusal};

/// The most cut-offs of one sweep.
const MOST_STEPS: i64 = 200;
const ONE: i64 = 1_000_000;

/// A cut-off and the range in which to try it, such as `frequency.high=10..20` or, with another step, `harm.high=100..200..10`.
///
/// `frequency.high` is the number from which on the dimension `frequency` is high. `decision.high` is the number from which on the tier is high,
/// where the decision is made of bands. Both ends of the range are tried.
///
/// ```
/// use threshold_matrix_cohort::trial::CutOff;
///
/// let cut_off: CutOff = "frequency.high=10..20".parse()?;
/// assert_eq!(cut_off.to_string(), "frequency.high=10..20..1");
/// assert!("frequency=10".parse::<CutOff>().is_err());
/// # Ok::<(), threshold_matrix_cohort::trial::TrialError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    of: String,
    level: String,
    /// The first cut-off, in millionths.
    from: i64,
    to: i64,
    step: i64,
}

/// What one cut-off of a sweep gives.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct SweepPoint {
    /// The cut-off.
    pub from: Points,
    /// Whether it is the cut-off that the new revision has.
    pub is_own: bool,
    /// The people in each tier, and then those with each status.
    pub results: Vec<SweepCount>,
    /// The people whose result is not settled or who are refused.
    pub elsewhere: SweepCount,
}

/// The people with one result.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct SweepCount {
    /// The tier or status. It is empty for the people without a settled result.
    pub name: String,
    /// The number of people.
    pub people: u64,
    /// The number of those whose outcome is known.
    pub observed: u64,
    /// The number of those who had the outcome.
    pub happened: u64,
}

impl fmt::Display for CutOff {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, to, step] = [self.from, self.to, self.step].map(Points::from_millionths);
        write!(formatter, "{}.{}={from}..{to}..{step}", self.of, self.level)
    }
}

impl CutOff {
    /// Returns the dimension or `decision`, and the level or tier.
    pub(super) fn parts(&self) -> (&str, &str) {
        (&self.of, &self.level)
    }
}

impl FromStr for CutOff {
    type Err = TrialError;

    fn from_str(text: &str) -> Result<Self, TrialError> {
        let wrong = || {
            TrialError::new(format!(
                "`{}` is not a cut-off and a range; write it as `frequency.high=10..20`",
                shortened(text)
            ))
        };
        let (name, range) = text.split_once('=').ok_or_else(wrong)?;
        let (of, level) = name.split_once('.').ok_or_else(wrong)?;
        let number = |text: &str| {
            number::parse(text)
                .and_then(Points::from_decimal)
                .map(Points::millionths)
        };
        let numbers: Option<Vec<i64>> = range.split("..").map(|text| number(text.trim())).collect();
        let (from, to, step) = match numbers.as_deref() {
            Some([from, to]) => (*from, *to, ONE),
            Some([from, to, step]) => (*from, *to, *step),
            _ => return Err(wrong()),
        };
        if from > to || step <= 0 {
            return Err(TrialError::new(format!(
                "`{}` holds no cut-offs; write the smaller end first, and a step above zero",
                shortened(text)
            )));
        }
        if (to - from) / step >= MOST_STEPS {
            return Err(TrialError::new(format!(
                "`{}` is more than {MOST_STEPS} cut-offs; write a larger step",
                shortened(text)
            )));
        }
        Ok(Self {
            of: of.trim().to_owned(),
            level: level.trim().to_owned(),
            from,
            to,
            step,
        })
    }
}

#[derive(Debug)]
pub(super) struct Sweep {
    pub(super) cut_off: CutOff,
    own: Points,
    results: Vec<String>,
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    from: Points,
    matrix: Matrix,
    /// The counts by result. Those without a settled result come last.
    counts: Vec<SweepCount>,
}

impl Sweep {
    pub(super) fn new(matrix: &Matrix, cut_off: &CutOff) -> Result<Self, TrialError> {
        let CutOff { of, level, .. } = cut_off;
        let own = matrix.cut_off(of, level).map_err(cannot)?;
        if matrix.tiers().is_empty() {
            return Err(TrialError::new(format!(
                "{} {} has no tiers, and a sweep counts the people in each tier",
                matrix.id(),
                matrix.version()
            )));
        }
        let results: Vec<String> = matrix
            .tiers()
            .iter()
            .chain(matrix.statuses())
            .cloned()
            .collect();
        let named = |name: &String| SweepCount {
            name: name.clone(),
            ..SweepCount::default()
        };
        let mut steps = Vec::new();
        let mut from = cut_off.from;
        while from <= cut_off.to {
            let from_points = Points::from_millionths(from);
            let matrix = matrix
                .with_cut_off(of, level, from_points)
                .map_err(cannot)?;
            steps.push(Step {
                from: from_points,
                matrix,
                counts: results
                    .iter()
                    .map(named)
                    .chain([SweepCount::default()])
                    .collect(),
            });
            from += cut_off.step;
        }
        Ok(Self {
            cut_off: cut_off.clone(),
            own,
            results,
            steps,
        })
    }

    /// Returns the position of a person's result with each cut-off. The last position is for people without a settled result.
    ///
    /// If everything about a person is known, their number is at or above the cut-off, or it is below. So there are at most two results: one for the
    /// cut-offs up to that number, and one for those above. The cut-off at which the one gives way to the other is found by halving.
    pub(super) fn results(&self, profile: &Result<Profile, Refusal>, as_at: Date) -> Vec<usize> {
        let elsewhere = self.results.len();
        let result = |step: &Step| -> usize {
            let outcome = profile
                .as_ref()
                .ok()
                .and_then(|profile| step.matrix.score(profile, as_at).ok());
            let positions = outcome
                .map(|outcome| outcome.positions())
                .unwrap_or_default();
            if let [only] = positions.as_slice() {
                usize::from(*only)
            } else {
                elsewhere
            }
        };
        let is_known = |step: &Step| {
            let case = profile
                .as_ref()
                .ok()
                .and_then(|profile| step.matrix.prepare(profile, as_at).ok());
            case.is_none_or(|case| !case.has_unknown())
        };
        let (Some(first), Some(last)) = (self.steps.first(), self.steps.last()) else {
            return Vec::new();
        };
        if is_known(first) {
            let (low, high) = (result(first), result(last));
            let changes = if low == high {
                self.steps.len()
            } else {
                self.steps.partition_point(|step| result(step) == low)
            };
            (0..self.steps.len())
                .map(|at| if at < changes { low } else { high })
                .collect()
        } else {
            self.steps.iter().map(result).collect()
        }
    }

    /// Counts people with this result for each cut-off.
    pub(super) fn count(&mut self, results: &[usize], observed: Option<bool>, people: u64) {
        for (step, result) in self.steps.iter_mut().zip(results) {
            if let Some(count) = step.counts.get_mut(*result) {
                count.people += people;
                count.observed += if observed.is_some() { people } else { 0 };
                count.happened += if observed == Some(true) { people } else { 0 };
            }
        }
    }

    /// Returns the matrix with each cut-off.
    #[cfg(feature = "parquet")]
    pub(super) fn matrices(&self) -> impl Iterator<Item = &Matrix> {
        self.steps.iter().map(|step| &step.matrix)
    }

    pub(super) fn points(&self) -> Vec<SweepPoint> {
        let point = |step: &Step| {
            let mut results = step.counts.clone();
            let elsewhere = results.pop().unwrap_or_default();
            SweepPoint {
                from: step.from,
                is_own: step.from == self.own,
                results,
                elsewhere,
            }
        };
        self.steps.iter().map(point).collect()
    }
}

fn cannot(error: threshold_matrix::CutOffError) -> TrialError {
    TrialError::new(error.to_string())
}
