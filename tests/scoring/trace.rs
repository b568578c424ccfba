//! The trace alone gives the outcome: points add up to scores, scores give levels, rules and overrides give the result.
//!
//! Everything here is worked out again from the trace's JSON, without the matrix and without the profile.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::Date;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;
use test_kit::spec::{Derivation, Kind, Missing, Moment};
use test_kit::strategy::{self, Case, Holding, Setting};
use test_kit::value::to_json;
use test_kit::{calendar, quick};
use threshold_matrix::{Matrix, Outcome, Profile, Trace};

fn number(value: &Value) -> Decimal {
    Decimal::from_str(&value.to_string()).expect("a number")
}

fn ends(range: &Value) -> (Decimal, Decimal) {
    (number(&range[0]), number(&range[1]))
}

fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| item.as_str().expect("a text").to_owned())
        .collect()
}

/// The least and most that a score can be, from its leaves up.
fn score(step: &Value, points: &BTreeMap<String, (Decimal, Decimal)>) -> (Decimal, Decimal) {
    let (kind, step) = step
        .as_object()
        .and_then(|step| step.iter().next())
        .expect("one kind of step");
    if kind == "points" {
        let own = points[step["of"].as_str().expect("a name")];
        assert_eq!(
            own,
            ends(&step["range"]),
            "a leaf of a score is not the points of its criterion or group"
        );
        return own;
    }
    let parts: Vec<_> = step["of"]
        .as_array()
        .expect("parts")
        .iter()
        .map(|part| score(part, points))
        .collect();
    let sum = || {
        parts
            .iter()
            .fold((Decimal::ZERO, Decimal::ZERO), |sum, part| {
                (sum.0 + part.0, sum.1 + part.1)
            })
    };
    let range = match kind.as_str() {
        "sum" => sum(),
        "highest" => (
            parts.iter().map(|part| part.0).max().expect("parts"),
            parts.iter().map(|part| part.1).max().expect("parts"),
        ),
        "lowest" => (
            parts.iter().map(|part| part.0).min().expect("parts"),
            parts.iter().map(|part| part.1).min().expect("parts"),
        ),
        "capped" => (
            sum().0.min(number(&step["at"])),
            sum().1.min(number(&step["at"])),
        ),
        other => panic!("an unknown kind of score: {other}"),
    };
    assert_eq!(range, ends(&step["range"]), "a {kind} does not add up");
    range
}

/// The points that a matched piece of a rule gives, by what it says of itself.
fn matched(step: &Value) -> Decimal {
    let given = number(&step["points"]);
    let each = |count: Decimal| {
        let all = count * number(&step["points_each"]);
        match step["cap"].is_null() {
            true => all,
            false if number(&step["cap"]) < Decimal::ZERO => all.max(number(&step["cap"])),
            false => all.min(number(&step["cap"])),
        }
    };
    match step["by"].as_str().expect("a kind") {
        "units" => assert_eq!(each(number(&step["units"])), given),
        "members" => assert_eq!(each(Decimal::from(texts(&step["members"]).len())), given),
        _ => {}
    }
    given
}

/// Everything in a settled trace, worked out again.
fn rederive(trace: &Trace) -> Result<(), TestCaseError> {
    let outcome: &Outcome = trace.outcome();
    let json = serde_json::to_value(trace).expect("a trace is JSON");
    let mut points = BTreeMap::new();
    for step in json["criteria"].as_array().expect("criteria") {
        let range = ends(&step["range"]);
        if !step["matched"].is_null() {
            prop_assert_eq!(matched(&step["matched"]), range.0);
        }
        points.insert(step["name"].as_str().expect("a name").to_owned(), range);
    }
    for step in json["groups"].as_array().expect("groups") {
        let range = score(&step["score"], &points);
        points.insert(step["name"].as_str().expect("a name").to_owned(), range);
    }
    for (step, dimension) in json["dimensions"]
        .as_array()
        .expect("dimensions")
        .iter()
        .zip(outcome.dimensions())
    {
        let mut score = score(&step["score"], &points).0;
        let mut scaled = step["scale"]
            .as_array()
            .expect("a scale")
            .iter()
            .rev()
            .find(|band| number(&band["from"]) <= score)
            .map(|band| number(&band["gives"]));
        prop_assert_eq!(
            scaled,
            Some(&step["scored_scaled"])
                .filter(|scaled| !scaled.is_null())
                .map(number)
        );
        let read = scaled.unwrap_or(score);
        let cuts = step["cuts"].as_array().expect("cuts");
        let mut level = cuts
            .iter()
            .find(|cut| cut["from"].is_null() || number(&cut["from"]) <= read)
            .map(|cut| cut["level"].as_str().expect("a level").to_owned());
        prop_assert_eq!(
            level.iter().cloned().collect::<Vec<_>>(),
            texts(&step["scored_levels"])
        );
        for step in step["overrides"].as_array().expect("overrides") {
            level = overridden(step, level)?;
            let replaced = &step["effect"]["is_with_score"]["points"];
            if step["applies"] == true && !replaced.is_null() {
                (score, scaled) = (number(replaced), None);
            }
        }
        prop_assert_eq!(
            Some(score),
            dimension.score().map(|score| score.to_decimal())
        );
        prop_assert_eq!(scaled, dimension.scaled().map(|scaled| scaled.to_decimal()));
        prop_assert_eq!(level.as_deref(), dimension.level());
    }
    for step in json["decisions"].as_array().expect("decisions") {
        let name = step["name"].as_str().expect("a name");
        let given = decided(step)?;
        prop_assert_eq!(outcome.decision(name), given.as_deref());
    }
    if !json["decision"].is_null() {
        let mut result = decided(&json["decision"])?;
        for step in json["overrides"].as_array().expect("overrides") {
            result = overridden(step, result)?;
        }
        prop_assert_eq!(result.as_deref(), outcome.tier().or(outcome.status()));
    }
    for (step, (name, raised)) in json["flags"]
        .as_array()
        .expect("flags")
        .iter()
        .zip(outcome.flags())
    {
        prop_assert_eq!(step["name"].as_str(), Some(name));
        prop_assert_eq!(step["raised"].as_bool(), raised);
    }
    Ok(())
}

/// The level or result after an override: unchanged unless it applied.
fn overridden(step: &Value, before: Option<String>) -> Result<Option<String>, TestCaseError> {
    prop_assert_eq!(
        before.iter().cloned().collect::<Vec<_>>(),
        texts(&step["before"])
    );
    let after = texts(&step["after"]).pop();
    if step["applies"] == true {
        prop_assert_eq!(&step["holds"], &Value::Bool(true));
        return Ok(after);
    }
    prop_assert_eq!(
        &before,
        &after,
        "an override that did not apply changed something"
    );
    Ok(before)
}

/// What a decision gives, or `None` for nothing, which its rules, its bands or its default have to give.
fn decided(step: &Value) -> Result<Option<String>, TestCaseError> {
    let given = step["gives"].as_array().expect("a list");
    prop_assert_eq!(given.len(), 1);
    let given = given[0].as_str();
    let method = &step["method"];
    let default = step["default"].as_str();
    if let Some(rules) = method["rules"].as_array() {
        let first = rules
            .iter()
            .find(|rule| rule["holds"] == true)
            .and_then(|rule| rule["gives"].as_str());
        prop_assert_eq!(first.or(default), given);
        // Those before the one that holds do not.
        prop_assert!(
            rules
                .iter()
                .rev()
                .skip(1)
                .all(|rule| rule["holds"] == false)
        );
    }
    if let Some(bands) = method["bands"]["bands"].as_array()
        && let Some(range) = Some(&method["bands"]["range"]).filter(|range| !range.is_null())
    {
        let band = bands
            .iter()
            .find(|band| band["from"].is_null() || number(&band["from"]) <= number(&range[0]));
        prop_assert_eq!(
            band.and_then(|band| band["gives"].as_str()).or(default),
            given
        );
    }
    Ok(given.map(str::to_owned))
}

/// Each input as it was read, and where its value comes from: the profile, the matrix, other inputs, or nowhere.
fn sources(case: &Case, trace: &Trace) -> Result<(), TestCaseError> {
    let spec = &case.spec;
    let json = serde_json::to_value(trace).expect("a trace is JSON");
    let mut found: BTreeMap<&str, (&str, Option<String>)> = BTreeMap::new();
    for step in json["inputs"].as_array().expect("inputs") {
        let name = step["name"].as_str().expect("a name");
        let value = read(&step["value"]);
        let (standing, expected) = match spec.inputs.iter().find(|input| input.name == name) {
            Some(input) => {
                let given = case
                    .profile
                    .iter()
                    .find(|(own, _)| own == name)
                    .map(|(_, value)| value);
                match (given, &input.missing) {
                    (Some(given), _) => ("given", Some(written(&input.kind, given))),
                    (None, Missing::Assume(value)) => {
                        ("assumed", Some(written(&input.kind, value)))
                    }
                    (None, Missing::Absent) => ("absent", None),
                    (None, Missing::Unknown) => ("unknown", None),
                    (None, Missing::Error) => ("refused", None),
                }
            }
            None => {
                let derived = spec
                    .derived
                    .iter()
                    .find(|derived| derived.name == name)
                    .expect("an input or a derived one");
                // Absent if a part is, whatever else is unknown.
                if derived.parts().iter().any(|part| found[part].0 == "absent") {
                    ("absent", None)
                } else {
                    let value = |part: &str| found[part].1.as_deref();
                    let value = worked_out(&derived.derivation, spec.as_at, value);
                    (if value.is_some() { "derived" } else { "open" }, value)
                }
            }
        };
        prop_assert_eq!(step["standing"].as_str(), Some(standing), "{}", name);
        let is_same = |one: &str, other: &str| {
            one == other
                || Decimal::from_str(one).is_ok_and(|one| Decimal::from_str(other) == Ok(one))
        };
        prop_assert!(
            match (&value, &expected) {
                (Some(value), Some(expected)) => is_same(value, expected),
                (value, expected) => value.is_none() && expected.is_none(),
            },
            "{name}: {value:?} {expected:?}"
        );
        prop_assert!(
            found.insert(name, (standing, value)).is_none(),
            "{} stands twice",
            name
        );
    }
    prop_assert_eq!(found.len(), spec.inputs.len() + spec.derived.len());
    Ok(())
}

/// A value that a trace holds, as text.
fn read(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(_) => Some(format!("[{}]", texts(value).join(", "))),
        other => Some(other.to_string()),
    }
}

/// A value as a trace holds it; the members of a set in the order of the matrix.
fn written(kind: &Kind, value: &test_kit::value::Value) -> String {
    use test_kit::value::Value;
    match (value, kind) {
        (Value::Integer(number), _) => number.to_string(),
        (Value::Decimal(text) | Value::Text(text) | Value::Date(text), _) => text.clone(),
        (Value::Boolean(answer), _) => answer.to_string(),
        (Value::Set(members), Kind::Set(all)) => {
            let members: Vec<&str> = all
                .iter()
                .filter(|member| members.contains(member))
                .map(String::as_str)
                .collect();
            format!("[{}]", members.join(", "))
        }
        (Value::Set(_), _) => panic!("a set for an input that is none"),
    }
}

/// A derived value, unless a part has none.
fn worked_out<'v>(
    derivation: &Derivation,
    as_at: Date,
    value: impl Fn(&str) -> Option<&'v str>,
) -> Option<String> {
    match derivation {
        Derivation::Sum(parts) => {
            let numbers: Option<Vec<Decimal>> = parts
                .iter()
                .map(|part| Some(value(part)?.parse().expect("a number")))
                .collect();
            Some(numbers?.into_iter().sum::<Decimal>().to_string())
        }
        Derivation::Between {
            unit,
            first,
            second,
        } => {
            let date = |moment: &Moment| match moment {
                Moment::AsAt => Some(as_at),
                Moment::Input(name) => Some(value(name)?.parse().expect("a date")),
            };
            Some(calendar::completed(*unit, date(first)?, date(second)?).to_string())
        }
    }
}

fn explained(case: &Case) -> Result<Option<Trace>, TestCaseError> {
    let matrix = Matrix::from_yaml(&case.spec.to_yaml())
        .map_err(|faults| TestCaseError::fail(faults.to_string()))?;
    let profile = Profile::from_json(&to_json(&case.profile)).expect("a generated profile is JSON");
    let as_at = case.spec.as_at.to_string().parse().expect("a date");
    let trace = matrix.explain(&profile, as_at);
    // An explanation and a scoring never disagree.
    prop_assert_eq!(
        trace
            .as_ref()
            .map(|trace| trace.outcome().clone())
            .map_err(Clone::clone),
        matrix.score(&profile, as_at)
    );
    Ok(trace.ok())
}

proptest! {
    #![proptest_config(quick())]

    #[test]
    fn the_outcome_follows_from_the_trace_alone(case in strategy::cases(Setting::Large, Holding::AbsentAndAssumed)) {
        if let Some(trace) = explained(&case)? {
            rederive(&trace)?;
            sources(&case, &trace)?;
        }
    }

    #[test]
    fn every_trace_can_be_read(case in strategy::cases(Setting::Small, Holding::Unknown { completions: 500 })) {
        if let Some(trace) = explained(&case)? {
            let text = trace.to_string();
            prop_assert!(text.contains("Result: "), "{text}");
            prop_assert_eq!(text.matches("This is advice to a person who decides. It is not a decision.\n").count(), 1, "{}", text);
            prop_assert!(text.lines().all(|line| line.chars().count() <= 80 || !line.trim().contains(' ')), "{text}");
            sources(&case, &trace)?;
        }
    }
}
