//! Cases, and the places where a matrix comes out otherwise than they expect.
//!
//! A case is one JSON object on a line: `profile`, `expect`, and where they matter `id` and `as_at`. What `expect` does not name is not
//! compared. Its keys are `tier` (or the status in its place), `points`, a flag, a decision, `error` (a piece of the message, or `true`), or
//! a dimension with one of `_points`, `_level` and `_scale`.

use serde::Deserialize;
use serde_json::{Map, Value};
use threshold_matrix::{Date, Matrix, Outcome, PointsOutcome, Profile, Refusal};

/// A profile, and what a matrix is expected to make of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The name of the case, or nothing.
    #[serde(default)]
    pub id: String,
    as_at: Option<Date>,
    /// The profile that is scored.
    pub profile: Profile,
    /// What is expected, by the keys of this module.
    pub expect: Map<String, Value>,
    /// `false` for values that contradict each other: they are to be refused.
    consistent: Option<bool>,
}

/// One thing that came out otherwise than expected.
#[derive(Debug, PartialEq)]
pub struct Difference {
    /// The key of what was expected, or the name of the points.
    pub key: String,
    /// What the case expects, as text.
    pub expected: String,
    /// What the matrix gives, as text.
    pub actual: String,
}

impl Case {
    /// Reads a case from its line of JSON.
    ///
    /// # Panics
    /// Panics if the line is not a case.
    #[track_caller]
    pub fn read(line: &str) -> Self {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))
    }

    /// Returns each place where the matrix comes out otherwise than the case expects.
    #[track_caller]
    pub fn differences(&self, matrix: &Matrix) -> Vec<Difference> {
        // A case without a date is of rules that use none.
        let as_at = self.as_at.unwrap_or_else(|| "2026-11-21".parse().unwrap());
        let result = matrix.score(&self.profile, as_at);
        if self.consistent == Some(false) {
            return different(
                "consistent",
                "refused",
                if result.is_ok() { "scored" } else { "refused" },
            )
            .into_iter()
            .collect();
        }
        let mut differences = Vec::new();
        for (key, expected) in &self.expect {
            match expected {
                Value::Object(points) => {
                    assert_eq!(key, "points");
                    for (name, expected) in points {
                        differences.extend(different(
                            name,
                            &text(expected),
                            &actual(&result, "points", name),
                        ));
                    }
                }
                expected => differences.extend(self.difference(&result, key, &text(expected))),
            }
        }
        differences
    }

    #[track_caller]
    fn difference(
        &self,
        result: &Result<Outcome, Refusal>,
        key: &str,
        expected: &str,
    ) -> Option<Difference> {
        match (key, result) {
            ("error", Err(refusal))
                if expected == "true" || refusal.to_string().contains(expected) =>
            {
                None
            }
            ("error", _) => different(key, expected, &actual(result, "tier", "")),
            _ => different(key, expected, &actual(result, key, "")),
        }
    }
}

fn different(key: &str, expected: &str, actual: &str) -> Option<Difference> {
    (expected != actual).then(|| Difference {
        key: key.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
    })
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns what came out under a key, as text: the reason if the profile is refused, and `none` if there is nothing.
#[track_caller]
fn actual(result: &Result<Outcome, Refusal>, key: &str, name: &str) -> String {
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(refusal) => return format!("refused: {refusal}"),
    };
    let found = match key {
        "tier" => outcome.tier().or(outcome.status()).map(str::to_owned),
        "points" => outcome
            .points(name)
            .and_then(PointsOutcome::settled)
            .map(|points| points.to_string()),
        _ => {
            return flag(outcome, key)
                .or_else(|| decision(outcome, key))
                .unwrap_or_else(|| dimension(outcome, key));
        }
    };
    found.unwrap_or_else(|| "none".to_owned())
}

fn flag(outcome: &Outcome, name: &str) -> Option<String> {
    let (_, raised) = outcome.flags().find(|(own, _)| *own == name)?;
    Some(raised.map_or_else(|| "open".to_owned(), |raised| raised.to_string()))
}

fn decision(outcome: &Outcome, name: &str) -> Option<String> {
    let (_, value) = outcome.decisions().find(|(own, _)| *own == name)?;
    Some(value.unwrap_or("nothing").to_owned())
}

#[track_caller]
fn dimension(outcome: &Outcome, key: &str) -> String {
    let (name, part) = key.rsplit_once('_').unwrap_or((key, ""));
    let dimension = outcome
        .dimension(name)
        .unwrap_or_else(|| panic!("no dimension has {key}"));
    let found = match part {
        "points" => dimension.score().map(|score| score.to_string()),
        "scale" => dimension.scaled().map(|scaled| scaled.to_string()),
        "level" => dimension.level().map(str::to_owned),
        _ => panic!("{key} is nothing of a dimension"),
    };
    found.unwrap_or_else(|| "none".to_owned())
}
