//! The JSON Schemas of profiles, outcomes and traces take what the library reads and writes, for any matrix.

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};
use test_kit::strategy::{self, Holding, Setting};
use test_kit::value::to_json;
use threshold_matrix::{Matrix, Profile, report};

fn validator(schema: &str) -> Validator {
    jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap()
}

#[track_caller]
fn assert_takes(validator: &Validator, value: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value}");
}

proptest! {
    #![proptest_config(test_kit::cases(60))]

    #[test]
    fn what_is_read_and_written_is_as_the_schemas_say(case in strategy::cases(Setting::Small, Holding::Everything)) {
        let matrix = Matrix::from_yaml(&case.spec.to_yaml()).unwrap_or_else(|faults| panic!("{faults}"));
        let text = to_json(&case.profile);
        let profile = Profile::from_json(&text).unwrap();
        let as_at = case.spec.as_at.to_string().parse().unwrap();
        let scored = matrix.score(&profile, as_at);
        if scored.is_ok() {
            assert_takes(&validator(&matrix.profile_schema()), &serde_json::from_str(&text).unwrap());
        }
        let line = report::json_line(Some("a"), &matrix, as_at, &scored);
        assert_takes(&validator(&report::outcome_schema()), &serde_json::from_str(&line).unwrap());
        if let Ok(trace) = matrix.explain(&profile, as_at) {
            let traces = validator(&report::trace_schema());
            assert_takes(&traces, &serde_json::to_value(&trace).unwrap());
            let explanation = trace.explanation().with_changes();
            assert_takes(&traces, &serde_json::to_value(&explanation).unwrap());
            assert_takes(&traces, &serde_json::to_value(explanation.redacted()).unwrap());
        }
    }
}

#[test]
fn a_profile_that_its_schema_refuses_is_refused() {
    let matrix = Matrix::from_yaml(
        "format: 1\nid: x\nversion: 1.0.0\ntitle: X\nstatus: illustrative\n\
        inputs:\n  n: { type: integer, range: [0, 9], label: How many, unit: thefts }\n\
        \u{20} d: { type: decimal, places: 2, range: [0, 9], missing: unknown }\n\
        \u{20} l: { type: level, values: [low, very_high], labels: { very_high: Very high }, missing: { assume: low } }\n\
        \u{20} c: { type: category, values: ['1', '2'], missing: absent, note: As on the form. }\n\
        \u{20} s: { type: set, values: [p, q], missing: absent }\n\
        \u{20} b: { type: boolean, missing: unknown }\n\
        \u{20} t: { type: date, range: [2000-01-01, 2030-12-31], missing: unknown }\n\
        criteria: { k: { input: n, each: 1, points: 1 } }\ndimensions: { x: { score: [k] } }\n",
    )
    .unwrap_or_else(|faults| panic!("{faults}"));
    let schema: Value = serde_json::from_str(&matrix.profile_schema()).unwrap();
    assert_eq!(schema["properties"]["n"]["title"], "How many");
    assert_eq!(schema["properties"]["n"]["description"], "In thefts.");
    assert_eq!(schema["properties"]["l"]["default"], "low");
    let labels = &schema["properties"]["l"]["anyOf"][0]["oneOf"];
    assert_eq!(
        labels[1],
        json!({ "const": "very_high", "title": "Very high" })
    );
    let about = |name: &str| schema["properties"][name]["description"].clone();
    assert_eq!(
        about("c"),
        "As on the form. Left out, it is absent, which is an answer in itself."
    );
    assert_eq!(
        about("t"),
        "From 2000-01-01 to 2030-12-31. Left out, it is not known."
    );
    let validator = validator(&matrix.profile_schema());
    let as_at = "2026-11-21".parse().unwrap();
    let taken = |profile: &Value| {
        let profile = Profile::from_json(&profile.to_string()).unwrap();
        matrix.score(&profile, as_at).is_ok()
    };
    for profile in [
        json!({ "n": 3 }),
        json!({ "n": "3", "d": 1.25, "l": "very_high", "c": 2, "s": ["q"], "b": "true", "t": "2026-01-01" }),
        json!({ "n": 0, "d": "1.25", "l": null, "c": "1", "s": [], "b": false, "t": null }),
    ] {
        assert!(validator.is_valid(&profile) && taken(&profile), "{profile}");
    }
    for profile in [
        json!({}),
        json!({ "n": null }),
        json!({ "n": 10 }),
        json!({ "n": 1.5 }),
        json!({ "n": "three" }),
        json!({ "n": 1, "m": 1 }),
        json!({ "n": 1, "l": "Very high" }),
        json!({ "n": 1, "c": 3 }),
        json!({ "n": 1, "s": ["r"] }),
        json!({ "n": 1, "s": "p" }),
        json!({ "n": 1, "b": "yes" }),
        json!({ "n": 1, "t": 20260101 }),
    ] {
        assert!(
            !validator.is_valid(&profile) && !taken(&profile),
            "{profile}"
        );
    }
}

#[test]
fn a_schema_of_a_profile_takes_a_list_of_events_or_what_is_counted_of_it() {
    let text = "tiers: [high, low]
inputs:
  offences: { type: events, at_most: 2, fields: { kind: { type: category, values: [theft, assault] }, victim: { type: reference, missing: absent } } }
derived:
  thefts: { count: offences, where: { kind: theft }, within: { months: 12 } }
criteria: { often: { input: thefts, each: 1, points: 1 } }
dimensions: { frequency: { score: [often] } }
decision: { bands: { of: frequency, tiers: [ { tier: high, from: 2 }, { tier: low } ] } }
";
    let matrix = Matrix::from_yaml(&test_kit::format_page::completed(text.to_owned())).unwrap();
    let validator = validator(&matrix.profile_schema());
    let trace = validator_of_traces();
    let as_at = "2026-11-21".parse().unwrap();
    let theft = |date: &str| json!({ "date": date, "kind": "theft" });
    for profile in [
        json!({ "offences": [] }),
        json!({ "offences": [theft("2026-01-01"), theft("2026")] }),
        json!({ "offences": [{ "date": "2026-03", "kind": "assault", "victim": 7 }], "thefts": null }),
        json!({ "thefts": 2 }),
    ] {
        assert_takes(&validator, &profile);
        let profile = Profile::from_json(&profile.to_string()).unwrap();
        let explained = matrix.explain(&profile, as_at).unwrap();
        assert_takes(&trace, &serde_json::to_value(&explained).unwrap());
        let page = explained.explanation().to_html();
        assert!(page.contains("What was counted") == profile.get("offences").is_some());
    }
    for profile in [
        json!({}),
        json!({ "offences": [{ "kind": "theft" }] }),
        json!({ "offences": [theft("March 2026")] }),
        json!({ "offences": [{ "date": "2026-01-01", "kind": "arson" }] }),
        json!({ "offences": [{ "date": "2026-01-01", "kind": "theft", "place": "x" }] }),
        json!({ "offences": [theft("2026-01-01"), theft("2026-01-01"), theft("2026-01-01")] }),
        json!({ "thefts": 3 }),
    ] {
        let taken = Profile::from_json(&profile.to_string())
            .is_ok_and(|profile| matrix.score(&profile, as_at).is_ok());
        assert!(!validator.is_valid(&profile) && !taken, "{profile}");
    }
    // The sheet says how to count by hand.
    let sheet = matrix.sheet().to_string();
    let sheet = sheet.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(sheet.contains("counted: the number of offences, where kind is theft, in the 12 months up to the date of the scoring"), "{sheet}");
    assert!(
        sheet.contains(
            "at most 2, each with its date; kind (one of theft, assault); victim (a reference)"
        ),
        "{sheet}"
    );
}

fn validator_of_traces() -> Validator {
    validator(&report::trace_schema())
}
