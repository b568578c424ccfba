//! Runs the `examples` of a matrix file, which are the panel's own worked cases.

use crate::date::Date;
use crate::diagnostic::{Place, closest};
use crate::matrix::Matrix;
use crate::model::Level;
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
    /// Each thing that came out otherwise than expected. The list is empty if the example holds.
    pub differences: Vec<String>,
}

/// 2000-01-01, in days since 1970-01-01: the date of an example where neither the example nor its matrix gives a date.
const START_OF_2000: i64 = 10_957;

impl Matrix {
    /// Runs the examples that the matrix file holds, in their order.
    ///
    /// An example without a date of its own is scored at the first day on which the matrix is in force, or at 2000-01-01 if there is no such day.
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

/// Returns what differs from one expectation, if anything.
fn difference(result: &Result<Outcome, Refusal>, key: &str, expected: &Expected) -> Option<String> {
    if key == "error" {
        let wanted = match expected {
            Expected::One(text) => text.as_str(),
            Expected::List(_) => "",
        };
        return match result {
            Ok(_) => {
                Some("the profile is scored, and the example expects it to be refused".to_owned())
            }
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
    if let Some(levels) = levels_of(outcome, key)
        && number::parse(&wanted).is_some()
        && levels.iter().any(|level| level.name == wanted)
    {
        return Some(format!(
            "`{wanted}` can be read both as a number and as a level of `{key}`; write `{key}.score` or `{key}.level`"
        ));
    }
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

/// Returns the tier or the status as text. It is `open` where one of the results in `among` is still possible beside others, and `none` where there
/// is none.
fn settled(outcome: &Outcome, result: Option<&str>, among: &[String]) -> String {
    let possible = outcome.possible();
    let is_open = possible.len() > 1 && among.iter().any(|name| possible.contains(&name.as_str()));
    match result {
        Some(result) => result.to_owned(),
        None if is_open => "open".to_owned(),
        None => "none".to_owned(),
    }
}

/// Returns the word for what a decision gives when it gives nothing: `nothing`, unless that is one of its results, and then `none`.
fn nothing_of(outcome: &Outcome, name: &str) -> &'static str {
    let model = outcome.matrix().model();
    let mut decisions = model.decisions.items().iter();
    let decision = decisions.find(|own| own.heading.name == name);
    let values = decision.map_or(&[][..], |own| model.values_of(own));
    match values.iter().any(|value| value == "nothing") {
        true => "none",
        false => "nothing",
    }
}

/// Returns the levels of the dimension of this name.
fn levels_of<'a>(outcome: &'a Outcome, name: &str) -> Option<&'a [Level]> {
    let dimensions = outcome.matrix().model().dimensions.items();
    let dimension = dimensions.iter().find(|own| own.heading.name == name)?;
    Some(&dimension.levels)
}

/// Returns what came out under a name, as text. `None` if nothing has the name.
fn actual(outcome: &Outcome, key: &str, wanted: &str) -> Option<String> {
    let or_open = |text: Option<String>| Some(text.unwrap_or_else(|| "open".to_owned()));
    let none = || "none".to_owned();
    if let Some((_, raised)) = outcome.flags().find(|(name, _)| *name == key) {
        return or_open(raised.map(|raised| raised.to_string()));
    }
    match key {
        "tier" => return Some(settled(outcome, outcome.tier(), outcome.matrix().tiers())),
        "status" => {
            return Some(settled(
                outcome,
                outcome.status(),
                outcome.matrix().statuses(),
            ));
        }
        "possible" => return Some(listed(outcome.possible().into_iter())),
        "provisional" => return Some(outcome.is_provisional().to_string()),
        _ => {}
    }
    let (name, part) = key
        .split_once('.')
        .map_or((key, None), |(name, part)| (name, Some(part)));
    if let Some(dimension) = outcome.dimension(name) {
        let levels = levels_of(outcome, name).unwrap_or_default();
        let is_of_levels = levels.iter().any(|level| level.name == wanted)
            || wanted != "open" && number::parse(wanted).is_none();
        return match part {
            Some("level") if levels.is_empty() => Some(none()),
            Some("level") => or_open(dimension.level().map(str::to_owned)),
            Some("scaled") if dimension.has_no_scaled() => Some(none()),
            Some("scaled") => or_open(dimension.scaled().map(|scaled| scaled.to_string())),
            None if is_of_levels && levels.is_empty() => Some(none()),
            None if is_of_levels => or_open(dimension.level().map(str::to_owned)),
            None | Some("score") => or_open(dimension.score().map(|score| score.to_string())),
            Some(_) => None,
        };
    }
    if let Some((_, value)) = outcome.decisions().find(|(own, _)| *own == name) {
        return match value {
            None if !outcome.is_decision_open(name) => Some(nothing_of(outcome, name).to_owned()),
            value => or_open(value.map(str::to_owned)),
        };
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
