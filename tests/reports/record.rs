//! A record replays to the same bytes, and whatever is changed in it is found and named.
//!
//! `PROPTEST_CASES=10000 cargo test --release --test reports record::` is a long run; `cargo test --release --test reports record:: -- --ignored` replays a million records,
//! or as many as `RECORDS` says.

#[cfg(feature = "schema")]
use std::path::Path;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use test_kit::strategy::{self, Cohort, Holding, Setting};
use test_kit::value::to_json;
use threshold_matrix::record::{Decision, DifferenceKind, Record, RecordError, ReplayError};
use threshold_matrix::{Date, Library, Matrix, Outcome, Profile, sample};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Some result other than what came out, if there is one.
fn another(matrix: &Matrix, outcome: &Outcome) -> Option<Decision> {
    let results = matrix.tiers().iter().chain(matrix.statuses());
    match outcome.possible().as_slice() {
        [] => None,
        [only] => results
            .into_iter()
            .find(|result| result != only)
            .map(Decision::to),
        _ => results.into_iter().next().map(Decision::to),
    }
}

/// Writes, reads, replays: the same bytes, with and without a decision. How many records that were.
fn round_trips(cohort: &Cohort) -> Result<usize, TestCaseError> {
    let matrix = Matrix::from_yaml(&cohort.spec.to_yaml())
        .map_err(|faults| TestCaseError::fail(faults.to_string()))?;
    let as_at = day(&cohort.spec.as_at.to_string());
    let mut count = 0;
    for given in &cohort.profiles {
        let profile = Profile::from_json(&to_json(given)).expect("a generated profile is JSON");
        let (record, outcome) = match (
            Record::new(&matrix, &profile, as_at),
            matrix.score(&profile, as_at),
        ) {
            (Ok(record), Ok(outcome)) => (record, outcome),
            (Err(one), Err(other)) => {
                prop_assert_eq!(one, other);
                continue;
            }
            (record, outcome) => {
                return Err(TestCaseError::fail(format!("{record:?} {outcome:?}")));
            }
        };
        round_trip(&matrix, &record)?;
        count += 1;
        if let Some(decided) = another(&matrix, &outcome) {
            let decided = decided
                .by("u-1", "officer")
                .because("seen yesterday")
                .on(as_at);
            let with_decision = record
                .decide(&matrix, decided)
                .expect("a decision in order");
            prop_assert_eq!(with_decision.tier(), outcome.tier());
            round_trip(&matrix, &with_decision)?;
            count += 1;
        }
    }
    Ok(count)
}

fn round_trip(matrix: &Matrix, record: &Record) -> Result<(), TestCaseError> {
    let text = record.to_json();
    let read = Record::from_json(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&read, record);
    prop_assert_eq!(&read.to_json(), &text);
    let replay = read
        .replay_with(matrix)
        .expect("the matrix is the recorded one");
    prop_assert!(replay.is_same(), "{:?}\n{text}", replay.differences());
    for other in rewritten(&text) {
        let again = Record::from_json(&other);
        let again = again.map_err(|error| TestCaseError::fail(format!("{error}: {other}")))?;
        prop_assert_eq!(&again, record);
    }
    Ok(())
}

/// The same JSON as other programs write it: keys in another order, spaces and line ends, letters by their codes, and numbers with an exponent.
fn rewritten(text: &str) -> [String; 3] {
    fn write(value: &Value, line_end: &str, is_plain: bool, into: &mut String) {
        let separated = |into: &mut String, index: usize| {
            into.push_str(if index == 0 { "" } else { "," });
            into.push_str(line_end);
        };
        match value {
            Value::Object(entries) => {
                into.push('{');
                for (index, (key, value)) in entries.iter().rev().enumerate() {
                    separated(into, index);
                    *into += &format!("{}: ", serde_json::to_string(key).unwrap());
                    write(value, line_end, is_plain, into);
                }
                into.push('}');
            }
            Value::Array(items) => {
                into.push('[');
                for (index, item) in items.iter().enumerate() {
                    separated(into, index);
                    write(item, line_end, is_plain, into);
                }
                into.push(']');
            }
            Value::String(text) if !is_plain => {
                into.push('"');
                for unit in text.encode_utf16() {
                    *into += &format!("\\u{unit:04X}");
                }
                into.push('"');
            }
            Value::Number(number) if !is_plain => *into += &format!("{number}e0"),
            value => *into += &value.to_string(),
        }
    }
    let value: Value = serde_json::from_str(text).unwrap();
    let written = |line_end, is_plain| {
        let mut text = String::new();
        write(&value, line_end, is_plain, &mut text);
        text
    };
    [
        written("", true),
        written("\r\n\t", true),
        written(" ", false),
    ]
}

proptest! {
    #![proptest_config(test_kit::cases(40))]

    #[test]
    fn records_replay_to_the_same_bytes(cohort in strategy::cohorts(Setting::Large, Holding::AbsentAndAssumed, 4)) {
        round_trips(&cohort)?;
    }

    #[test]
    fn provisional_records_replay_to_the_same_bytes(cohort in strategy::cohorts(Setting::Small, Holding::Unknown { completions: 2_000 }, 4)) {
        round_trips(&cohort)?;
    }

    /// No text stops the reader.
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _ = Record::from_json(&text).map_err(|error| assert!(!error.problems().is_empty()));
    }
}

#[test]
#[ignore = "a long run: a million records"]
#[allow(clippy::print_stdout, reason = "how many there were is to be seen")]
fn a_million_records_replay_to_the_same_bytes() {
    let wanted: usize = std::env::var("RECORDS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(1_000_000);
    let mut runner = TestRunner::deterministic();
    let (mut count, mut matrices) = (0, 0);
    while count < wanted {
        let (setting, holding) = if matrices % 4 == 0 {
            (Setting::Small, Holding::Unknown { completions: 200 })
        } else {
            (Setting::Large, Holding::AbsentAndAssumed)
        };
        let cohort = strategy::cohorts(setting, holding, 400)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        count += round_trips(&cohort).unwrap();
        matrices += 1;
    }
    println!("{count} records of {matrices} matrices");
}

#[test]
fn records_of_every_shipped_matrix_replay() {
    let library = Library::embedded();
    let as_at = day("2026-12-05");
    for matrix in library.iter() {
        let records: Vec<_> = sample::profiles(matrix, as_at, 3, 40)
            .filter_map(|profile| Record::new(matrix, &profile, as_at).ok())
            .collect();
        assert!(records.len() > 30, "{}", matrix.id());
        for record in records {
            assert!(
                Record::from_json(&record.to_json())
                    .unwrap()
                    .replay(&library)
                    .unwrap()
                    .is_same()
            );
        }
    }
}

const SMALL: &str = "
format: 1
id: small
version: 1.0.0
title: Small
status: illustrative
inputs:
  arrests: { type: integer, range: [0, 60] }
  rsr: { type: decimal, places: 2, range: [0, 100] }
  flags: { type: set, values: [street_gangs, terrorism] }
  mappa: { type: category, values: [m1, m2], missing: absent }
  settled: { type: boolean, missing: { assume: false } }
  rosh: { type: level, values: [low, high], missing: unknown }
criteria:
  often: { input: arrests, bands: [ { from: 0, points: 0 }, { from: 3, points: 1.5 } ] }
  reoffending: { input: rsr, bands: [ { from: 0, points: 0 }, { from: 6.90, points: 5 } ] }
  complex: { input: flags, each_member: 2 }
  unsettled: { when: { settled: false }, points: 1 }
groups:
  both: { score: [often, complex] }
dimensions:
  need: { score: [both, reoffending, unsettled], levels: [ { level: high, from: 10 }, { level: medium, from: 2 }, { level: low } ] }
tiers: [high, medium, low]
statuses: [closed]
decision: { rules: [ { tier: high, when: { need: high } }, { tier: medium, when: { need: medium } }, { tier: low } ] }
overrides:
  - { id: m2, when: { mappa: m2 }, at_least: high, reason: MAPPA level 2 }
flags:
  serious: { when: { rosh: high } }
";

fn small() -> Matrix {
    Matrix::from_yaml(SMALL).unwrap_or_else(|faults| panic!("{faults}"))
}

fn with_review(review: &str) -> Matrix {
    Matrix::from_yaml(&format!("{SMALL}review: {review}\n"))
        .unwrap_or_else(|faults| panic!("{faults}"))
}

fn profile() -> Profile {
    Profile::from_json(r#"{ "arrests": 3, "rsr": 1.10, "flags": ["street_gangs"] }"#).unwrap()
}

fn recorded(matrix: &Matrix) -> Record {
    Record::new(matrix, &profile(), day("2026-12-05")).unwrap()
}

fn decided(to: &str) -> Decision {
    Decision::to(to)
        .by("u-4711", "supervising officer")
        .because("two arrests this week")
        .on(day("2026-12-06"))
}

#[test]
fn a_record_holds_what_was_given_assumed_absent_and_unknown() {
    let record = recorded(&small());
    let text = record.to_json();
    assert!(text.starts_with(r#"{"absent":["mappa"],"as_at":"2026-12-05","assumed":{"settled":false},"decided":[],"library":"#));
    let parts = [
        r#""matrix":{"hash":"sha256:"#,
        r#""notice":"This is advice to a person who decides. It is not a decision.","outcome":{"#,
        r#""person":null,"profile":{"arrests":3,"flags":["street_gangs"],"rsr":"1.10"},"record":1,"redacted":false,"seals":{"":"sha256:"#,
        r#""signatures":[],"trace":{"#,
        r#""unknown":["rosh"]"#,
    ];
    for part in parts {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert_eq!(record.tier(), Some("medium"));
    assert_eq!(record.seal().len(), 71);
}

#[test]
fn a_decision_stands_beside_what_the_matrix_gave() {
    let matrix = small();
    let record = recorded(&matrix)
        .decide(&matrix, decided("high").until(day("2027-01-01")))
        .unwrap();
    let [own] = record.decided() else {
        panic!("{record:?}")
    };
    assert_eq!(
        (record.tier(), own.advised(), own.result()),
        (Some("medium"), Some("medium"), "high")
    );
    assert!(
        own.is_in_force(day("2026-12-06"))
            && !own.is_in_force(day("2026-12-05"))
            && !own.is_in_force(day("2027-01-01"))
    );
    let expected = r#""decided":[{"advised":"medium","because":"two arrests this week","by":"u-4711","dimension":null,"on":"2026-12-06","result":"high","review":"2027-01-01","role":"supervising officer"}]"#;
    assert!(record.to_json().contains(expected), "{}", record.to_json());
}

#[test]
fn a_later_decision_follows_the_earlier_one_and_leaves_it_as_it_is() {
    let matrix = with_review("{ within: P1M, direction: up }");
    let first = recorded(&matrix).decide(&matrix, decided("high")).unwrap();
    let back = decided("medium").on(day("2026-12-20"));
    let second = first.decide(&matrix, back.clone()).unwrap();
    let [one, two] = second.decided() else {
        panic!("{second:?}")
    };
    assert_eq!(Some(one), first.decided().first());
    // What the matrix gave is no override, and so the matrix sets no day of a review.
    assert!(one.is_override() && one.review() == Some(day("2027-01-06")));
    assert!(!two.is_override() && two.review().is_none());
    assert!(second.replay_with(&matrix).unwrap().is_same());
    assert_ne!(first.seal(), second.seal());
    let wrong = |decision| second.decide(&matrix, decision).unwrap_err().to_string();
    assert_eq!(
        wrong(back),
        "/decided/2: the last decision of the record is the very same"
    );
    assert_eq!(
        wrong(decided("high")),
        "/decided/2/on: 2026-12-06 is before 2026-12-20, the day of the decision before it"
    );
}

#[track_caller]
fn refused(matrix: &Matrix, decided: Decision) -> String {
    recorded(matrix)
        .decide(matrix, decided)
        .unwrap_err()
        .to_string()
}

#[test]
fn a_decision_is_held_to_what_the_matrix_allows() {
    assert_eq!(
        refused(&small(), Decision::to("hihg").because(" ")),
        "/decided/0/by: it is empty; write the id of the person who decides; /decided/0/role: it is empty; write the role in which the person decides; \
         /decided/0/because: it is empty; write the reason; /decided/0/result: there is no `hihg`; write one of `high`, `medium`, `low`, `closed`; \
         /decided/0/on: the day of the decision is not given"
    );
    assert_eq!(
        refused(&small(), decided("high").until(day("2026-12-06"))),
        "/decided/0/review: 2026-12-06 is not after 2026-12-06, the day of the decision"
    );
    assert_eq!(
        refused(&small(), decided("high").on(day("2026-12-04"))),
        "/decided/0/on: 2026-12-04 is before 2026-12-05, the date of the scoring"
    );
    assert_eq!(
        refused(&small(), decided("high").of_dimension("harm")),
        "/decided/0/dimension: the matrix has no dimension `harm` with levels"
    );
    let up = with_review("{ within: P1M, direction: up }");
    assert_eq!(
        refused(&up, decided("low")),
        "/decided/0/result: the matrix lets professional overrides go up only, and not from medium to `low`"
    );
    assert_eq!(
        refused(&up, decided("closed")),
        "/decided/0/result: the matrix lets professional overrides go up only, and not from medium to `closed`"
    );
    assert_eq!(
        refused(&up, decided("high").until(day("2027-01-07"))),
        "/decided/0/review: the matrix requires a review by 2027-01-06, and 2027-01-07 is after that"
    );
    // What the matrix leaves open may be decided, whichever way the limits go.
    let unknown = SMALL.replace("range: [0, 60] }", "range: [0, 60], missing: unknown }");
    let unknown = Matrix::from_yaml(&format!("{unknown}review: {{ direction: up }}\n")).unwrap();
    let open = Profile::from_json(r#"{ "rsr": 1.10, "flags": [] }"#).unwrap();
    let open = Record::new(&unknown, &open, day("2026-12-05")).unwrap();
    let possible: Vec<&str> = vec!["medium", "low"];
    for result in possible {
        let record = open.decide(&unknown, decided(result)).unwrap();
        assert_eq!(record.decided()[0].advised(), None);
        assert!(record.replay_with(&unknown).unwrap().is_same());
    }
    assert!(open.decide(&unknown, decided("closed")).is_err());
    let down = with_review("{ direction: down }");
    assert!(recorded(&down).decide(&down, decided("low")).is_ok());
    let level = recorded(&down)
        .decide(&down, decided("low").of_dimension("need"))
        .unwrap();
    assert_eq!(level.decided()[0].advised(), Some("medium"));
    let altered = recorded(&up).to_json().replace("medium", "high");
    let altered = Record::from_json(&altered).unwrap();
    let error = altered.decide(&up, decided("high")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the record is not what the matrix gives: "),
        "{error}"
    );
}

#[test]
fn a_redacted_copy_hides_the_person_and_the_reasons_and_replays() {
    let matrix = small();
    let record = recorded(&matrix).of_person("00012345").unwrap();
    assert_eq!(record.person(), Some("00012345"));
    assert!(record.replay_with(&matrix).unwrap().is_same());
    let record = record.decide(&matrix, decided("high")).unwrap();
    let copy = record.with_signature("a signature").redacted().unwrap();
    let text = copy.to_json();
    for hidden in ["00012345", "two arrests", "a signature"] {
        assert!(!text.contains(hidden), "{text}");
    }
    let read = Record::from_json(&text).unwrap();
    assert!(read.is_redacted() && read.replay_with(&matrix).unwrap().is_same());
    let told = read.explanation(&matrix).unwrap().to_string();
    assert!(told.contains("Hidden in this copy"), "{told}");
    assert!(
        told.contains("This is of a redacted copy of the record."),
        "{told}"
    );
    let again = read.decide(&matrix, decided("low").on(day("2026-12-07")));
    assert_eq!(
        again.unwrap_err().to_string(),
        "/redacted: this is a redacted copy; decide in the record that it was made of"
    );
    // Only a redacted copy may lack the reason.
    let without = text.replace(r#""redacted":true"#, r#""redacted":false"#);
    let replay = Record::from_json(&without).unwrap();
    let replay = replay.replay_with(&matrix).unwrap();
    let is_reason = |found: &threshold_matrix::record::Difference| {
        found.pointer == "/decided/0/because" && found.kind == DifferenceKind::Refused
    };
    assert!(replay.differences().iter().any(is_reason), "{replay:?}");
}

#[test]
fn a_signature_is_of_the_decisions_that_there_were() {
    let matrix = small();
    let first = recorded(&matrix).decide(&matrix, decided("high")).unwrap();
    let (to_sign, seal) = (first.to_sign().unwrap(), first.seal().to_owned());
    assert!(!to_sign.contains("sha256:") || !to_sign.contains("seals"));
    let first = first.with_signature("one").with_signature("one");
    assert_eq!(
        (first.to_sign().unwrap(), first.seal()),
        (to_sign.clone(), &*seal)
    );
    let low = decided("low").on(day("2026-12-07"));
    let second = first.decide(&matrix, low).unwrap();
    let second = second.with_signature("two");
    let read = Record::from_json(&second.to_json()).unwrap();
    assert!(read.replay_with(&matrix).unwrap().is_same());
    let signatures: Vec<_> = read
        .signatures()
        .into_iter()
        .map(|own| {
            (
                own.text().to_owned(),
                own.decided(),
                own.signed().to_owned(),
            )
        })
        .collect();
    assert_eq!(
        signatures,
        [
            ("one".to_owned(), 1, to_sign),
            ("two".to_owned(), 2, second.to_sign().unwrap())
        ]
    );
}

#[test]
fn numbers_of_a_profile_lose_no_digit() {
    let text = "
format: 1
id: far
version: 1.0.0
title: Far
status: local
inputs:
  n: { type: integer, range: [0, 100] }
  wide: { type: integer, range: [0, 1000000000000000], missing: absent }
  d: { type: decimal, places: 2, range: [0, 100] }
  code: { type: category, values: [\"9007199254740993\", other] }
criteria:
  far: { when: { code: \"9007199254740993\" }, points: 999999999.999999 }
dimensions:
  sum: { score: [far] }
tiers: [high, low]
decision:
  bands: { of: sum, tiers: [ { tier: high, from: 1 }, { tier: low } ] }
";
    let matrix = Matrix::from_yaml(text).unwrap_or_else(|faults| panic!("{faults}"));
    let as_at = day("2026-12-05");
    let record = |profile: &str| {
        let profile = Profile::from_json(profile).unwrap();
        Record::new(&matrix, &profile, as_at).unwrap()
    };
    // Above 2^53 a double does not hold every whole number, and so a code of that size is a text.
    let far = record(r#"{"n": 13, "d": 6.90, "code": 9007199254740993}"#);
    let text = far.to_json();
    assert!(
        text.contains(r#""profile":{"code":"9007199254740993","d":"6.90","n":13}"#),
        "{text}"
    );
    assert_eq!(far.tier(), Some("high"));
    // It holds the most points that the language has, with all of their places.
    assert!(text.contains(r#""far":999999999.999999"#), "{text}");
    round_trip(&matrix, &far).unwrap();
    for (given, kept) in [
        (r#""n": 1e2, "d": "0.1""#, r#""d":"0.1","n":100}"#),
        (r#""n": 0, "d": 0.10"#, r#""d":"0.10","n":0}"#),
        (r#""n": "7", "d": 69e-1"#, r#""d":"6.9","n":"7"}"#),
        (
            r#""n": 1, "d": 7, "wide": 1e15"#,
            r#""d":7,"n":1,"wide":1000000000000000}"#,
        ),
    ] {
        let record = record(&format!(r#"{{"code": "other", {given}}}"#));
        let text = record.to_json();
        let kept = format!(r#""profile":{{"code":"other",{kept}"#);
        assert!(text.contains(&kept), "{text}");
        round_trip(&matrix, &record).unwrap();
    }
    // A number of more digits than are kept was not written by the program, and is not rounded.
    let altered = record(r#"{"code": "other", "n": 60, "d": 1}"#).to_json();
    let altered = altered.replace(r#""n":60"#, r#""n":60.00000000000000000001"#);
    assert_eq!(
        Record::from_json(&altered).unwrap_err().to_string(),
        "/profile/n: the number 60.00000000000000000001 has more digits than canonical JSON (RFC 8785) keeps; \
         a record has it as a text, \"60.00000000000000000001\""
    );
}

#[test]
fn a_review_is_part_of_what_a_matrix_means() {
    let matrix = with_review("{ within: P1M, direction: up }");
    let again = Matrix::from_yaml(&matrix.to_yaml()).unwrap();
    assert_eq!(again.content_hash(), matrix.content_hash());
    for other in [
        "{ within: P1M }",
        "{ within: P31D, direction: up }",
        "{ within: P1M, direction: down }",
    ] {
        assert_ne!(
            with_review(other).content_hash(),
            matrix.content_hash(),
            "{other}"
        );
    }
}

#[test]
fn a_matrix_of_another_content_is_refused_by_both_hashes() {
    let (matrix, other) = (
        small(),
        Matrix::from_yaml(&SMALL.replace("from: 3", "from: 4")).unwrap(),
    );
    let record = recorded(&matrix);
    for error in [record.replay_with(&other).unwrap_err(), {
        let mut library = Library::new();
        library.add(other.clone()).unwrap();
        record.replay(&library).unwrap_err()
    }] {
        assert!(
            matches!(&error, ReplayError::OtherContent { broken_seals, .. } if broken_seals.is_empty())
        );
        assert!(
            error.to_string().contains(matrix.content_hash())
                && error.to_string().contains(other.content_hash()),
            "{error}"
        );
    }
    let error = record.replay(&Library::embedded()).unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "the record is of `small` 1.0.0 with the content {}, and that version was not found: the library has no matrix `small`",
            matrix.content_hash()
        )
    );
    let mut library = Library::new();
    let later = Matrix::from_yaml(&SMALL.replace("version: 1.0.0", "version: 2.0.0")).unwrap();
    library.add(later.clone()).unwrap();
    let error = record.replay(&library).unwrap_err().to_string();
    assert!(
        error.ends_with(&format!("the library has 2.0.0 ({})", later.content_hash())),
        "{error}"
    );
}

#[test]
fn everything_that_is_wrong_with_a_text_is_listed() {
    let told = |text: &str| {
        Record::from_json(text)
            .unwrap_err()
            .problems()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let text = recorded(&small()).to_json();
    assert!(
        told("")
            .first()
            .is_some_and(|problem| problem.starts_with("the text is not JSON: "))
    );
    assert_eq!(told("[]"), ["an object belongs here"]);
    assert_eq!(
        told(r#"{ "arrests": 4 }"#),
        [
            "it has none of `record`, `matrix` and `outcome`, which every record has; a profile alone is not a record"
        ]
    );
    assert_eq!(told(r#"{ "record": 1 }"#).len(), 15);
    let faulty = text
        .replace(r#""record":1"#, r#""record":2"#)
        .replace(r#"["mappa"],"as_at""#, r#"["mappa"],"as-at""#)
        .replace(r#""unknown":["rosh"]"#, r#""unknown":"rosh""#)
        .replace(
            r#""signatures":[]"#,
            r#""signatures":[{"decided":-1,"signature":"x"}]"#,
        );
    assert_eq!(
        told(&faulty),
        [
            "/record: the record is in form 2, and this version of the library reads form 1",
            "/as_at: it is missing (The date of the scoring)",
            "/unknown: a list of texts belongs here",
            "/signatures/0/decided: a whole number from 0 belongs here",
            "/as-at: a record has no such key here"
        ]
    );
    let twice = text.replacen("\"record\":1", "\"record\":1,\"record\":1", 1);
    assert_eq!(told(&twice), ["the key `record` is written twice"]);
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    assert!(!told(&deep).is_empty());
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_record_is_explained_with_what_a_person_decided() {
    let matrix = with_review("{ within: P1M, direction: up }");
    let record = recorded(&matrix)
        .of_person("00012345")
        .unwrap()
        .decide(&matrix, decided("high"))
        .unwrap();
    let explanation = Record::from_json(&record.to_json())
        .unwrap()
        .explanation(&matrix)
        .unwrap();
    let told = [
        "Result: medium",
        "On 6 December 2026 a person decided otherwise: high.",
        "A person has decided. If something changes, a person decides again",
        "u-4711 (supervising officer)",
        "two arrests this week",
        "before 6 January 2027, the day of its review",
        "00012345",
        "kept: it ends after 1 month unless it is reviewed, and it may only be more intensive",
        "the same to the byte",
        concat!("threshold-matrix ", env!("CARGO_PKG_VERSION")),
        record.seal(),
    ];
    for form in [
        explanation.to_string(),
        explanation.to_markdown(),
        explanation.to_html(),
    ] {
        for told in told {
            assert!(spaced(&form).contains(told), "{told}\n{form}");
        }
        assert!(!form.contains("Signature"), "{form}");
    }
    let redacted = explanation.redacted();
    for form in [
        redacted.to_string(),
        redacted.to_markdown(),
        redacted.to_html(),
    ] {
        let form = spaced(&form);
        assert!(
            form.contains("a person decided otherwise: high") && form.contains("u-4711"),
            "{form}"
        );
        assert!(
            !form.contains("two arrests")
                && !form.contains("00012345")
                && !form.contains(record.seal()),
            "{form}"
        );
    }
}

#[test]
fn decisions_on_what_was_open_are_told_in_their_order() {
    let matrix = Matrix::from_yaml(threshold_matrix::doc_example()).unwrap();
    let profile = Profile::new().with("arrests", 4);
    let record = Record::new(&matrix, &profile, "2026-12-05".parse().unwrap()).unwrap();
    let record = record.decide(&matrix, decided("high")).unwrap();
    let told = spaced(&record.explanation(&matrix).unwrap().to_string());
    let first = "On 6 December 2026 a person decided what was open: high.";
    let last = "The last decision takes the place of those before it, from its own day.";
    assert!(told.contains(first) && !told.contains(last), "{told}");
    let record = record.decide(&matrix, decided("medium")).unwrap();
    let told = spaced(&record.explanation(&matrix).unwrap().to_string());
    let second = "On 6 December 2026 a person decided what was open: medium.";
    assert!(told.contains(&format!("{first} {second} {last}")), "{told}");
    let place = "Counts until before 6 December 2026, the day of the decision that takes its place";
    assert_eq!(told.matches(place).count(), 1, "{told}");
}

/// What is told of a record of another tier, or of one whose override breaks the limits: both can be written by hand.
#[test]
fn an_explanation_says_where_a_record_is_not_what_comes_out() {
    let matrix = with_review("{ direction: up }");
    let text = recorded(&matrix)
        .decide(&matrix, decided("high"))
        .unwrap()
        .to_json();
    let explained = |text: &str| {
        Record::from_json(text)
            .unwrap()
            .explanation(&matrix)
            .unwrap()
    };
    let other = explained(&text.replace(r#""tier":"medium""#, r#""tier":"low""#));
    let told = spaced(&other.to_string());
    assert!(
        told.contains("Result: medium")
            && told.contains("The record was changed after it was written: a seal does not match.")
            && told.contains("The record differs from what comes out now."),
        "{told}"
    );
    assert!(
        told.contains(r#"/outcome/tier: recorded "low", replayed "medium""#),
        "{told}"
    );
    let low =
        spaced(&explained(&text.replace(r#""result":"high""#, r#""result":"low""#)).to_string());
    assert!(low.contains("not kept: the matrix lets professional overrides go up only, and not from medium to `low`"), "{low}");
    let profile = explained(&text.replace(r#""rsr":"1.10""#, r#""rsr":"1.23""#)).redacted();
    assert!(
        !profile.to_string().contains("1.23") && !profile.to_string().contains("1.10"),
        "{profile}"
    );
    assert!(profile.to_string().contains("/profile"), "{profile}");
    let refused = text.replace(r#""arrests":3"#, r#""arrests":99"#);
    let error = Record::from_json(&refused)
        .unwrap()
        .explanation(&matrix)
        .unwrap_err();
    assert!(
        matches!(&error, ReplayError::Refused { broken_seals, .. } if !broken_seals.is_empty()),
        "{error}"
    );
}

/// New seals would hide what was changed.
#[test]
fn a_record_that_was_changed_is_not_sealed_or_signed_anew() {
    let text = recorded(&small()).to_json().replace("1.10", "1.20");
    let changed = Record::from_json(&text).unwrap();
    let expected = "the record, or its seal, was changed after it was written; \
         /profile: this part, or its seal, was changed after the record was written";
    for error in [
        changed.to_sign().unwrap_err(),
        changed.clone().of_person("00012345").unwrap_err(),
        changed.redacted().unwrap_err(),
    ] {
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}

/// Where a record could be tampered with: the piece of text, and the place it is.
#[derive(Debug)]
struct Tampering {
    pointer: String,
    start: usize,
    end: usize,
    instead: String,
}

/// Reads a compact JSON text and lists every way to change, remove or add one thing.
struct Tamperer<'a> {
    text: &'a str,
    at: usize,
    found: Vec<Tampering>,
    /// What may stand at a place without making another record of it.
    same: Vec<(usize, &'static str)>,
}

impl Tamperer<'_> {
    fn add(&mut self, pointer: &str, start: usize, end: usize, instead: impl Into<String>) {
        self.found.push(Tampering {
            pointer: pointer.to_owned(),
            start,
            end,
            instead: instead.into(),
        });
    }

    fn next(&self) -> u8 {
        self.text.as_bytes()[self.at]
    }

    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while self.next() != b'"' {
            self.at += if self.next() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        serde_json::from_str(&self.text[start..self.at]).unwrap()
    }

    fn value(&mut self, pointer: &str) {
        let start = self.at;
        match self.next() {
            open @ (b'{' | b'[') => self.items(pointer, open == b'{'),
            b'"' => {
                let text = self.string();
                for other in [format!("{text}x"), String::new()] {
                    if other != text {
                        self.add(
                            pointer,
                            start,
                            self.at,
                            serde_json::to_string(&other).unwrap(),
                        );
                    }
                }
            }
            _ => {
                while !matches!(self.next(), b',' | b'}' | b']') {
                    self.at += 1;
                }
                let token = &self.text[start..self.at];
                let others: &[&str] = match token {
                    "null" => &["\"x\"", "false"],
                    "true" => &["false", "null"],
                    "false" => &["true", "null"],
                    _ => &["7654321", "null"],
                };
                for other in others {
                    self.add(pointer, start, self.at, *other);
                }
                if !matches!(token, "null" | "true" | "false") {
                    let more = if token.contains('.') { "0" } else { ".0" };
                    self.same.push((self.at, more));
                }
            }
        }
        self.add(pointer, start, self.at, "{\"other\":1}");
    }

    fn items(&mut self, pointer: &str, is_object: bool) {
        self.at += 1;
        let mut index = 0;
        let mut comma_before = None;
        let first = self.at;
        while !matches!(self.next(), b'}' | b']') {
            let start = self.at;
            let own = if is_object {
                let key = self.string();
                let own = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                self.add(
                    &own,
                    start,
                    self.at,
                    serde_json::to_string(&format!("{key}x")).unwrap(),
                );
                self.at += 1;
                own
            } else {
                format!("{pointer}/{index}")
            };
            self.value(&own);
            let has_next = self.next() == b',';
            let (from, to) = match comma_before {
                Some(comma) => (comma, self.at),
                None if has_next => (start, self.at + 1),
                None => (start, self.at),
            };
            self.add(&own, from, to, "");
            if has_next {
                comma_before = Some(self.at);
                self.at += 1;
            }
            index += 1;
        }
        let (added, own) = if is_object {
            ("\"added\":\"x\"", format!("{pointer}/added"))
        } else {
            ("\"added\"", format!("{pointer}/{index}"))
        };
        let comma = if index == 0 { "" } else { "," };
        self.add(&own, self.at, self.at, format!("{comma}{added}"));
        if is_object && index > 0 {
            self.add(&own, first, first, format!("{added},"));
        }
        self.at += 1;
    }
}

/// The places that a tampered text is found out by.
fn found(text: &str, matrix: &Matrix) -> Vec<String> {
    match Record::from_json(text) {
        Err(error) => RecordError::problems(&error)
            .iter()
            .map(|problem| problem.pointer.clone())
            .collect(),
        Ok(record) => match record.replay_with(matrix) {
            Err(ReplayError::OtherContent { broken_seals, .. }) => broken_seals
                .into_iter()
                .map(|found| found.pointer)
                .collect(),
            Err(error) => panic!("{error}"),
            Ok(replay) => replay
                .differences()
                .iter()
                .map(|found| found.pointer.clone())
                .collect(),
        },
    }
}

#[test]
fn every_tampering_is_found_and_named() {
    let matrix = small();
    let record = recorded(&matrix).decide(&matrix, decided("high")).unwrap();
    let text = record.to_json();
    assert!(found(&text, &matrix).is_empty());
    let mut tamperer = Tamperer {
        text: &text,
        at: 0,
        found: Vec::new(),
        same: Vec::new(),
    };
    tamperer.value("");
    assert!(tamperer.found.len() > 1_200, "{}", tamperer.found.len());
    for (at, more) in &tamperer.same {
        let same = format!("{}{more}{}", &text[..*at], &text[*at..]);
        assert_eq!(found(&same, &matrix), [""; 0], "{same}");
    }
    for tampering in &tamperer.found {
        let Tampering {
            pointer,
            start,
            end,
            instead,
        } = tampering;
        let tampered = format!("{}{instead}{}", &text[..*start], &text[*end..]);
        let found = found(&tampered, &matrix);
        // A seal is named by the place that it seals.
        let own = pointer.strip_prefix("/seals/").map_or_else(
            || pointer.clone(),
            |sealed| sealed.replace("~1", "/").replace("~0", "~"),
        );
        let names = |found: &String| {
            own.is_empty()
                || !found.is_empty()
                    && (own.starts_with(found.as_str())
                        || found.starts_with(&own)
                        || found == pointer)
        };
        let exact = pointer.starts_with("/trace/") || pointer.starts_with("/outcome/");
        assert!(
            found.iter().any(|found| if exact {
                found.starts_with(&own)
                    || own.starts_with(&format!("{found}/")) && !found.is_empty()
            } else {
                names(found)
            }),
            "{tampering:?}: {found:?}"
        );
    }
}

#[cfg(feature = "schema")]
mod schema {
    use super::*;

    fn path() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("matrices/record-1.schema.json")
    }

    #[test]
    fn the_file_in_the_repository_is_current() {
        let schema = threshold_matrix::record::json_schema();
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(path(), &schema).unwrap();
        }
        assert!(
            std::fs::read_to_string(path()).unwrap_or_default() == schema,
            "UPDATE_SCHEMA=1 writes {} anew",
            path().display()
        );
    }

    #[test]
    fn it_takes_records_and_refuses_what_is_malformed() {
        let schema = serde_json::from_str(&threshold_matrix::record::json_schema()).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let matrix = small();
        let records = [
            recorded(&matrix),
            recorded(&matrix).decide(&matrix, decided("high")).unwrap(),
        ];
        for record in records {
            let json: serde_json::Value = serde_json::from_str(&record.to_json()).unwrap();
            let errors: Vec<String> = validator
                .iter_errors(&json)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?}");
            for key in json.as_object().unwrap().keys() {
                let mut without = json.clone();
                without.as_object_mut().unwrap().remove(key);
                assert!(!validator.is_valid(&without), "{key}");
                let mut other = json.clone();
                other[key] = serde_json::json!(["x", 7]);
                assert!(!validator.is_valid(&other), "{key}");
            }
        }
    }
}

/// Nobody edits a published file to end it, so its hash is the same after the next version begins, and its records replay.
#[test]
fn a_record_replays_after_the_next_version_has_begun() {
    let version = |number: &str, from: &str| {
        let text = threshold_matrix::doc_example()
            .replace("version: 1.0.0", &format!("version: {number}"));
        Matrix::from_yaml(&format!("{text}\neffective: {{ from: {from} }}\n")).unwrap()
    };
    let mut library = Library::new();
    library.add(version("1.1.0", "2026-01-01")).unwrap();
    let profile = Profile::new().with("arrests", 4).with("rosh", "low");
    let as_at: Date = "2026-11-21".parse().unwrap();
    let matrix = library.in_force("doc-example", as_at).unwrap();
    let text = Record::new(matrix, &profile, as_at).unwrap().to_json();
    library.add(version("1.2.0", "2026-12-01")).unwrap();
    let today: Date = "2027-01-01".parse().unwrap();
    let now = library.in_force("doc-example", today).unwrap();
    assert_eq!(now.version().to_string(), "1.2.0");
    let record = Record::from_json(&text).unwrap();
    assert!(record.replay(&library).unwrap().is_same());
}
