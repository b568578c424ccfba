//! The panel's own worked cases: the `examples` of a matrix file, run.

use crate::date::Date;
use crate::diagnostic::{Place, closest};
use crate::matrix::Matrix;
use crate::model::about::{Example, Expected};
use crate::number;
use crate::profile::Refusal;
use crate::score::outcome::Outcome;

/// One worked example of a matrix, after it was run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkedExample {
    /// What the case shows, in its author's words.
    pub title: String,
    /// Where it is written.
    pub place: Place,
    /// Each thing that came out otherwise than expected; none if the example holds.
    pub differences: Vec<String>,
}

/// 2000-01-01, in days since 1970-01-01: the date of an example where neither it nor its matrix says one.
const START_OF_2000: i64 = 10_957;

impl Matrix {
    /// Runs the examples that the matrix file holds, in their order.
    ///
    /// An example without a date of its own is scored at the first day that the matrix is in force, or at 2000-01-01.
    ///
    /// ```
    /// let text = format!("{}\nexamples: [ {{ title: few, profile: {{ arrests: 1, rosh: low }}, expect: {{ tier: high }} }} ]\n", threshold_matrix::doc_example());
    /// let matrix = threshold_matrix::Matrix::from_yaml(&text)?;
    /// assert_eq!(matrix.run_examples()[0].differences, ["`tier` is low, not high"]);
    /// # Ok::<(), threshold_matrix::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn run_examples(&self) -> Vec<WorkedExample> {
        self.examples()
            .iter()
            .map(|example| self.run_example(example))
            .collect()
    }

    fn run_example(&self, example: &Example) -> WorkedExample {
        let first_day = || {
            self.effective()
                .and_then(|effective| effective.from)
                .unwrap_or_else(|| Date::from_days(START_OF_2000))
        };
        let as_at = example.as_at.unwrap_or_else(first_day);
        let mut differences = Vec::new();
        let result = self.score(&example.profile, as_at);
        for (name, expected) in &example.expected {
            differences.extend(difference(&result, name, expected));
        }
        if let Err(refusal) = &result
            && !example.expected.iter().any(|(name, _)| name == "error")
        {
            differences.push(format!("the profile is refused: {refusal}"));
        }
        differences.dedup();
        WorkedExample {
            title: example.title.clone(),
            place: example.place,
            differences,
        }
    }
}

/// What differs from one expectation, if anything.
fn difference(result: &Result<Outcome, Refusal>, key: &str, expected: &Expected) -> Option<String> {
    if key == "error" {
        let wanted = match expected {
            Expected::One(text) => text.as_str(),
            Expected::List(_) => "",
        };
        return match result {
            Ok(_) => Some("the profile is scored, and was to be refused".to_owned()),
            Err(refusal) => {
                let message = refusal.to_string();
                (wanted != "true" && !message.contains(wanted))
                    .then(|| format!("the profile is refused for another reason: {message}"))
            }
        };
    }
    let outcome = result.as_ref().ok()?;
    let wanted = match expected {
        Expected::One(text) => text.clone(),
        Expected::List(texts) => listed(texts.iter().map(String::as_str)),
    };
    let Some(actual) = actual(outcome, key, &wanted) else {
        let names = names(outcome);
        let help = closest(key, names.iter().map(String::as_str))
            .map(|name| format!("; did you mean `{name}`?"))
            .unwrap_or_default();
        return Some(format!("nothing is called `{key}`{help}"));
    };
    let same = match (number::parse(&actual), number::parse(&wanted)) {
        (Some(actual), Some(wanted)) => actual == wanted,
        _ => actual == wanted,
    };
    (!same).then(|| format!("`{key}` is {actual}, not {wanted}"))
}

fn listed<'a>(items: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// What came out under a name, as text. `None` if nothing has the name.
fn actual(outcome: &Outcome, key: &str, wanted: &str) -> Option<String> {
    let or_open = |text: Option<String>| Some(text.unwrap_or_else(|| "open".to_owned()));
    let none = || "none".to_owned();
    if let Some((_, raised)) = outcome.flags().find(|(name, _)| *name == key) {
        return or_open(raised.map(|raised| raised.to_string()));
    }
    match key {
        "tier" => {
            return Some(outcome.tier().map_or_else(
                || {
                    if outcome.positions().len() > 1 {
                        "open".to_owned()
                    } else {
                        none()
                    }
                },
                str::to_owned,
            ));
        }
        "status" => return Some(outcome.status().map_or_else(none, str::to_owned)),
        "possible" => return Some(listed(outcome.possible().into_iter())),
        "provisional" => return Some(outcome.is_provisional().to_string()),
        _ => {}
    }
    let (name, part) = key
        .split_once('.')
        .map_or((key, None), |(name, part)| (name, Some(part)));
    if let Some(dimension) = outcome.dimension(name) {
        let level = dimension.level().map(str::to_owned);
        let own = || {
            outcome
                .matrix()
                .model()
                .dimensions
                .items()
                .iter()
                .find(|own| own.heading.name == name)
        };
        let is_level =
            || own().is_some_and(|own| own.levels.iter().any(|level| level.name == wanted));
        return match part {
            Some("level") => or_open(level),
            Some("scaled") => Some(
                dimension
                    .scaled()
                    .map_or_else(none, |scaled| scaled.to_string()),
            ),
            None if number::parse(wanted).is_none()
                || (dimension.score().is_none() && is_level()) =>
            {
                or_open(level)
            }
            None | Some("score") => or_open(dimension.score().map(|score| score.to_string())),
            Some(_) => None,
        };
    }
    if let Some((_, value)) = outcome.decisions().find(|(own, _)| *own == name) {
        return Some(value.map_or_else(|| "nothing".to_owned(), str::to_owned));
    }
    let (_, points) = outcome.all_points().find(|(own, _)| *own == name)?;
    if points.replaced {
        Some("replaced".to_owned())
    } else {
        or_open(points.points().map(|points| points.to_string()))
    }
}

fn names(outcome: &Outcome) -> Vec<String> {
    let fixed = ["tier", "status", "possible", "provisional", "error"]
        .into_iter()
        .map(str::to_owned);
    let parts = ["", ".score", ".scaled", ".level"];
    let dimensions = outcome
        .dimensions()
        .flat_map(|dimension| parts.map(|part| format!("{}{part}", dimension.name())));
    let points = outcome.all_points().map(|(name, _)| name.to_owned());
    let flags = outcome.flags().map(|(name, _)| name.to_owned());
    let decisions = outcome.decisions().map(|(name, _)| name.to_owned());
    fixed
        .chain(dimensions)
        .chain(points)
        .chain(flags)
        .chain(decisions)
        .collect()
}
