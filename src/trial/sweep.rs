//! What each cut-off in a range would give: exact, by scoring with the cut-off of the matrix replaced.

use std::fmt;
use std::str::FromStr;

use super::TrialError;
use crate::date::Date;
use crate::diagnostic::{Diagnostics, shortened, suggest};
use crate::format::tree::{Kind, Node};
use crate::matrix::Matrix;
use crate::number::{self, Points};
use crate::profile::{Profile, Refusal};

/// The most cut-offs of one sweep.
const MOST_STEPS: i64 = 200;
const ONE: i64 = 1_000_000;

/// A cut-off and the range to try it in: `frequency.high=10..20`, or by steps of another size `harm.high=100..200..10`.
///
/// `frequency.high` is from where on the dimension `frequency` is high; `decision.high` is from where on the tier is high, where the decision is
/// made of bands. Both ends are tried.
///
/// ```
/// use threshold_matrix::trial::CutOff;
///
/// let cut_off: CutOff = "frequency.high=10..20".parse()?;
/// assert_eq!(cut_off.to_string(), "frequency.high=10..20..1");
/// assert!("frequency=10".parse::<CutOff>().is_err());
/// # Ok::<(), threshold_matrix::trial::TrialError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    of: String,
    level: String,
    /// In millionths.
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
    /// Whether it is the one that the new revision has.
    pub is_own: bool,
    /// Each tier, then each status, with its people.
    pub results: Vec<SweepCount>,
    /// Those whose result is not settled, and those who are refused.
    pub elsewhere: SweepCount,
}

/// People with one result.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct SweepCount {
    /// The tier or status; empty for what is none.
    pub name: String,
    /// How many people.
    pub people: u64,
    /// Of how many of them the outcome is known.
    pub observed: u64,
    /// Of how many of those it was seen.
    pub happened: u64,
}

impl fmt::Display for CutOff {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, to, step] = [self.from, self.to, self.step].map(Points::from_millionths);
        write!(formatter, "{}.{}={from}..{to}..{step}", self.of, self.level)
    }
}

impl CutOff {
    /// The dimension or `decision`, and the level or tier.
    pub(super) fn parts(&self) -> (&str, &str) {
        (&self.of, &self.level)
    }
}

impl FromStr for CutOff {
    type Err = TrialError;

    fn from_str(text: &str) -> Result<Self, TrialError> {
        let wrong = || {
            TrialError::new(format!(
                "`{}` is no cut-off and range; write it as `frequency.high=10..20`",
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
                "`{}` goes nowhere; write the smaller end first, and a step above zero",
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
    /// By result; those who are elsewhere last.
    counts: Vec<SweepCount>,
}

impl Sweep {
    pub(super) fn new(matrix: &Matrix, cut_off: &CutOff) -> Result<Self, TrialError> {
        let own = replaced(matrix, cut_off, None)?.1;
        if matrix.tiers().is_empty() {
            return Err(TrialError::new(format!(
                "{} {} has no tiers, and a sweep counts who is in which",
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
            let (matrix, _) = replaced(matrix, cut_off, Some(from_points))?;
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

    /// The result of a person with each cut-off, by its position; those of nobody's are last.
    ///
    /// Of somebody about whom everything is known, a number is at or above the cut-off or it is not: so there are two results at most, one for the
    /// cut-offs up to that number and one for those above, and where the one gives way to the other is found by halving.
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
            case.is_none_or(|case| !case.has_unknown)
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

    /// The matrix with each cut-off.
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

/// The matrix with another number at the cut-off, and the number that it has there.
fn replaced(
    matrix: &Matrix,
    cut_off: &CutOff,
    with: Option<Points>,
) -> Result<(Matrix, Points), TrialError> {
    let CutOff { of, level, .. } = cut_off;
    let mut root = matrix.root().clone();
    let path: &[&str] = if of == "decision" {
        &["decision", "bands", "tiers"]
    } else {
        &["dimensions", of, "levels"]
    };
    let Some(list) = path
        .iter()
        .try_fold(&mut root, |node, key| entry(node, key))
    else {
        let bands = matrix
            .root()
            .get("decision")
            .and_then(|decision| decision.get("bands"))
            .map(|_| "decision");
        let dimensions = matrix
            .model()
            .dimensions
            .items()
            .iter()
            .filter(|dimension| !dimension.levels.is_empty());
        let names: Vec<_> = dimensions
            .map(|dimension| dimension.heading.name.as_str())
            .chain(bands)
            .collect();
        return Err(TrialError::new(format!(
            "nothing called `{}` has cut-offs; {}",
            shortened(of),
            suggest(of, names)
        )));
    };
    let key = if of == "decision" { "tier" } else { "level" };
    let Kind::List(items) = &mut list.kind else {
        return Err(TrialError::new(format!(
            "the cut-offs of `{of}` are chosen by conditions, and a sweep moves only one that holds for everybody"
        )));
    };
    let names: Vec<String> = items
        .iter()
        .filter(|item| item.get("from").is_some())
        .filter_map(|item| item.get(key)?.text().map(str::to_owned))
        .collect();
    let found = items
        .iter_mut()
        .find(|item| item.get(key).and_then(Node::text) == Some(level))
        .and_then(|item| entry(item, "from"));
    let own = found
        .as_ref()
        .and_then(|node| node.text())
        .and_then(number::parse)
        .and_then(Points::from_decimal);
    let (
        Some(Node {
            kind: Kind::Scalar { text, .. },
            ..
        }),
        Some(own),
    ) = (found, own)
    else {
        let help = suggest(level, names.iter().map(String::as_str));
        return Err(TrialError::new(format!(
            "`{of}` has no cut-off `{}`; {help}",
            shortened(level)
        )));
    };
    let Some(with) = with else {
        return Ok((matrix.clone(), own));
    };
    *text = with.to_string();
    // The place of a fault is of the file as it was written; what is wrong is said without it.
    let matrix = Matrix::from_tree(root, Diagnostics::new("", "")).map_err(|faults| {
        let why = faults
            .iter()
            .next()
            .map(|fault| fault.message.clone())
            .unwrap_or_default();
        TrialError::new(format!("`{of}.{level}` cannot be from {with}: {why}"))
    })?;
    Ok((matrix, own))
}

fn entry<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    let Kind::Map(entries) = &mut node.kind else {
        return None;
    };
    entries
        .iter_mut()
        .find(|(own, _)| own.text == key)
        .map(|(_, node)| node)
}
