//! What is counted of events is what a plain loop over days counts, and what is open is what some way of filling it in gives.

use std::collections::BTreeSet;

use proptest::prelude::*;
use test_kit::cases;
use test_kit::events::{Counting, counting};
use test_kit::format_page::completed;
use threshold_matrix::trace::{InputValue, Read, Steps};
use threshold_matrix::{Date, Matrix, Outcome, Profile, Refusal};

/// The most ways of filling in what is not known that one case tries.
const MOST_WAYS: usize = 2_500;

fn loaded(counting: &Counting) -> (Matrix, Profile, Date) {
    let text = counting.matrix();
    let matrix = Matrix::from_yaml(&text).unwrap_or_else(|faults| panic!("{faults}\n{text}"));
    let profile = Profile::from_json(&counting.profile()).unwrap();
    (matrix, profile, counting.as_at.to_string().parse().unwrap())
}

fn range_of(outcome: &Outcome, name: &str) -> (i64, i64) {
    let points = outcome.points(name).unwrap();
    let whole = |points: threshold_matrix::Points| points.to_string().parse::<i64>().unwrap();
    let (least, most) = points.range().unwrap();
    (whole(least), whole(most))
}

fn agrees(counting: &Counting) -> Result<(), TestCaseError> {
    let (matrix, profile, as_at) = loaded(counting);
    let Some(lists) = counting.filled(counting.as_at, MOST_WAYS) else {
        return Err(TestCaseError::reject("too many ways"));
    };
    let outcome = matrix.score(&profile, as_at).unwrap();
    let all: BTreeSet<Vec<i64>> = (lists.iter())
        .map(|list| counting.points(&counting.counted(list, counting.as_at)))
        .collect();
    if !outcome.is_exact() {
        // What is possible is among what is said to be.
        for points in &all {
            let tier = counting.tier(points.iter().sum());
            prop_assert!(outcome.possible().contains(&tier.as_str()));
        }
        return Ok(());
    }
    let tiers: BTreeSet<String> = (all.iter())
        .map(|points| counting.tier(points.iter().sum()))
        .collect();
    let possible: BTreeSet<String> = outcome.possible().into_iter().map(str::to_owned).collect();
    prop_assert_eq!(
        &possible,
        &tiers,
        "{}\n{}",
        counting.matrix(),
        counting.profile()
    );
    for at in 0..counting.counts.len() {
        let each: BTreeSet<i64> = all.iter().map(|points| points[at]).collect();
        let ends = (*each.first().unwrap(), *each.last().unwrap());
        prop_assert_eq!(
            range_of(&outcome, &format!("p{at}")),
            ends,
            "p{}\n{}\n{}",
            at,
            counting.matrix(),
            counting.profile()
        );
    }
    let trace = matrix.explain(&profile, as_at).unwrap();
    prop_assert_eq!(trace.outcome().possible(), outcome.possible());
    let _ = trace.explanation().to_string();
    adds_up(&trace.steps())
}

/// Compares what the trace says of each event with what is counted of them all.
fn adds_up(steps: &Steps<'_>) -> Result<(), TestCaseError> {
    if steps.events.iter().any(|list| !list.open.is_empty()) {
        return Ok(());
    }
    for input in &steps.inputs {
        let (Read::Derived(InputValue::Number(number)), Some(counted)) =
            (&input.read, &input.counted)
        else {
            continue;
        };
        let given: Vec<i64> = (counted.counts.iter())
            .filter_map(|event| Some(event.gives?.to_string().parse().unwrap()))
            .collect();
        let number: i64 = number.to_string().parse().unwrap();
        if !given.is_empty() && given.len() == counted.counts.len() {
            let highest = given.iter().max().copied();
            prop_assert!(
                number == given.iter().sum::<i64>() || Some(number) == highest,
                "{input:?}"
            );
        } else if given.is_empty() && counted.one_per.is_some() {
            prop_assert_eq!(
                usize::try_from(number).ok(),
                Some(counted.counts.len()),
                "{:?}",
                input
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn events_are_counted_as_a_loop_over_days_counts_them(counting in counting(12, false)) {
        agrees(&counting)?;
    }

    #[test]
    fn what_is_not_known_of_events_is_filled_in_in_every_way(counting in counting(3, true)) {
        agrees(&counting)?;
    }
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn what_is_counted_can_be_given_in_place_of_the_events(counting in counting(12, false)) {
        let (matrix, profile, as_at) = loaded(&counting);
        let trace = matrix.explain(&profile, as_at).unwrap();
        let steps = trace.steps();
        let counted = steps.inputs.iter().filter(|input| input.counted.is_some());
        let mut given = Profile::new();
        for input in counted {
            if let Some(value) = input.read.value() {
                given.set(input.name, value.to_string());
            }
        }
        // Where nothing of it is said, the list is missing.
        prop_assume!(given.iter().next().is_some());
        // Days are told in words for people.
        let given: Profile = given
            .iter()
            .map(|(name, value)| match value {
                threshold_matrix::Value::Text(text) => (name, day_of(text)),
                other => (name, other.clone()),
            })
            .chain(counting.charged.map(|day| ("charged", day.to_string().into())))
            .collect();
        let outcome = matrix.score(&given, as_at).unwrap();
        prop_assert_eq!(outcome.possible(), trace.outcome().possible());
    }
}

/// Returns a value of a profile that people read, such as "6 January 2026", as it is written.
fn day_of(text: &str) -> threshold_matrix::Value {
    let day = jiff::civil::Date::strptime("%d %B %Y", text);
    day.map_or_else(|_| text.into(), |day| day.to_string().into())
}

fn said(result: &Result<Outcome, Refusal>) -> Option<Vec<String>> {
    let outcome = result.as_ref().ok()?;
    Some(outcome.possible().into_iter().map(str::to_owned).collect())
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn the_next_change_is_that_of_scoring_day_after_day(counting in counting(4, true), days in 1..800_i64) {
        let (matrix, profile, as_at) = loaded(&counting);
        let case = matrix.prepare(&profile, as_at).unwrap();
        let after = |count: i64| {
            let day = counting.as_at + jiff::Span::new().days(count);
            day.to_string().parse::<Date>().unwrap()
        };
        let now = said(&case.score());
        let first = (1..=days).find(|count| said(&matrix.score(&profile, after(*count))) != now);
        let next = case.next_change(after(days)).unwrap();
        if next.as_ref().is_none_or(threshold_matrix::change::NextChange::is_certain) {
            let found = next.map(|next| next.on());
            prop_assert_eq!(found, first.map(after), "{}\n{}", counting.matrix(), counting.profile());
        }
    }
}

const OFFENCES: &str = "tiers: [high, low]
inputs:
  offences: { type: events, at_most: 5, range: [2000-01-01, 2100-12-31], fields: { kind: { type: category, values: [burglary, assault], missing: unknown }, victim: { type: reference, missing: absent } } }
derived:
  burglaries: { count: offences, where: { kind: burglary }, within: { months: 12 } }
  last: { latest: offences }
criteria: { often: { input: burglaries, each: 1, points: 1 } }
dimensions: { frequency: { score: [often] } }
decision: { bands: { of: frequency, tiers: [ { tier: high, from: 2 }, { tier: low } ] } }
flags: { recent: { when: { last: { from: { months_ago: 1 } } } } }
";

fn offences(policy: &str) -> Matrix {
    let text = OFFENCES.replace("at_most: 5,", &format!("at_most: 5, missing: {policy},"));
    Matrix::from_yaml(&completed(text)).unwrap()
}

fn on(date: &str) -> Date {
    date.parse().unwrap()
}

#[track_caller]
fn refused(profile: &str, wanted: &[&str]) {
    let matrix = offences("error");
    let profile = Profile::from_json(profile).unwrap();
    let refusal = matrix.score(&profile, on("2026-11-30")).unwrap_err();
    let messages: Vec<&str> = (refusal.problems().iter())
        .map(|problem| problem.message.as_str())
        .collect();
    assert_eq!(messages, wanted);
}

#[test]
fn every_problem_of_every_event_is_named_at_once() {
    refused(
        "{}",
        &[
            "`offences` is missing; give the list, which is empty where there were none, or what is counted of it",
        ],
    );
    refused(
        r#"{ "offences": null, "last": "2026-01-01" }"#,
        &["`burglaries` is missing"],
    );
    refused(
        r#"{ "offences": "none" }"#,
        &[
            r#"`offences` is not a list of events; give it as [{"date": "2026-01-06", …}], or as [] where there is none"#,
        ],
    );
    refused(
        r#"{ "offences": [], "burglaries": 0 }"#,
        &["`burglaries` is counted of `offences`, and cannot be given beside it"],
    );
    refused(
        r#"{ "offences": [{ "date": "2026-02-30", "kind": "Burglary" }, { "kind": "assault", "knd": 1 }, { "date": "1999" }, { "date": "2026-12-01" }, { "date": "2027-01" }] }"#,
        &[
            "`offences[0].date` is `2026-02-30`, not a date such as 2026-11-21; where only the month or the year is known, give that, such as 2026-11 or 2026",
            "`offences[0].kind` has no value `Burglary`; did you mean `burglary`?",
            "`offences[1]` has no field `knd`; did you mean `kind`?",
            "`offences[1].date` is missing; where only the month or the year is known, give that, such as 2026-11 or 2026",
            "`offences[2].date` is 1999, outside 2000-01-01 to 2100-12-31",
        ],
    );
    refused(
        r#"{ "offences": [{ "date": "2026-12-01" }, { "date": "2027-01" }] }"#,
        &[
            "`offences[0].date` is 2026-12-01, after the date of the scoring, 2026-11-30",
            "`offences[1].date` is not before 2027-01-01, after the date of the scoring, 2026-11-30",
        ],
    );
    let six = [r#"{ "date": "2026-01-01" }"#; 6].join(", ");
    refused(
        &format!(r#"{{ "offences": [{six}] }}"#),
        &["`offences` lists 6 events, and may list at most 5"],
    );
}

#[test]
fn what_is_no_list_of_events_is_no_profile() {
    #[track_caller]
    fn check(profile: &str, wanted: &str) {
        let error = Profile::from_json(profile).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
    check(
        r#"{ "offences": [{ "date": "2026-01-01" }, 3] }"#,
        "`offences` is a list of events, of which [1] is not an object of values",
    );
    check(
        r#"{ "offences": [{ "of": [{ "of": 1 }] }] }"#,
        "`of` of [0] is a list of something other than texts",
    );
    check(
        r#"{ "offences": [{ "date": "2026-01-01", "date": "2026-01-02" }] }"#,
        "`date` of [0] is given twice",
    );
    let deep = format!(
        "{{ \"a\": {}1{} }}",
        "[{\"a\":".repeat(90_000),
        "}]".repeat(90_000)
    );
    assert!(Profile::from_json(&deep).is_err());
}

#[test]
fn the_first_day_that_counts_is_that_of_java_time() {
    #[track_caller]
    fn check(as_at: &str, event: &str, counts: bool) {
        let matrix = offences("error");
        let event = Profile::new().with("date", event).with("kind", "burglary");
        let profile = Profile::new().with("offences", [event]);
        let outcome = matrix.score(&profile, on(as_at)).unwrap();
        assert_eq!(
            range_of(&outcome, "often"),
            (i64::from(counts), i64::from(counts))
        );
    }
    check("2026-11-30", "2025-11-30", true);
    check("2026-11-30", "2025-11-29", false);
    check("2026-11-30", "2026-11-30", true);
    check("2028-02-29", "2027-02-28", true);
    check("2028-02-29", "2027-02-27", false);
    check("2029-02-28", "2028-02-28", true);
    check("2029-02-28", "2028-02-29", true);
    check("2029-02-28", "2028-02-27", false);
    check("2029-03-01", "2028-02-29", false);
}

#[test]
fn anything_that_serialises_to_a_list_of_maps_is_a_list_of_events() {
    #[derive(serde::Serialize)]
    struct Offence {
        date: &'static str,
        kind: Option<&'static str>,
    }
    #[derive(serde::Serialize)]
    struct Person {
        offences: Vec<Offence>,
    }
    let of = |kind| Offence {
        date: "2026-01-06",
        kind,
    };
    let person = Person {
        offences: vec![of(Some("burglary")), of(None)],
    };
    let profile = Profile::from_serialize(&person).unwrap();
    let text = r#"{ "offences": [{ "date": "2026-01-06", "kind": "burglary" }, { "date": "2026-01-06", "kind": null }] }"#;
    assert_eq!(profile, Profile::from_json(text).unwrap());
    let written = serde_json::to_string(&profile).unwrap();
    assert_eq!(Profile::from_json(&written).unwrap(), profile);
    let outcome = offences("error").score(&profile, on("2026-11-30")).unwrap();
    assert_eq!(outcome.possible(), ["high", "low"]);
}

#[test]
fn a_list_that_is_unknown_leaves_everything_open_and_says_so() {
    let outcome = offences("unknown")
        .score(&Profile::new(), on("2026-11-30"))
        .unwrap();
    assert_eq!(outcome.possible(), ["high", "low"]);
    assert_eq!((outcome.is_exact(), outcome.flag("recent")), (false, None));
    let case = offences("unknown")
        .prepare(&Profile::new(), on("2026-11-30"))
        .unwrap();
    assert_eq!(case.unknown().collect::<Vec<_>>(), ["offences"]);
    assert_eq!(case.deciding(), ["offences"]);
}

#[test]
fn an_explanation_tells_which_events_count_and_hides_them_where_it_is_redacted() {
    let text = r#"{ "offences": [{ "date": "2026-01-06", "kind": "burglary" }, { "date": "2025-11-29", "kind": "burglary", "victim": "a" }, { "date": "2026-02", "kind": "burglary" }, { "date": "2026-03-01" }] }"#;
    let profile = Profile::from_json(text).unwrap();
    let trace = offences("error")
        .explain(&profile, on("2026-11-30"))
        .unwrap();
    let explanation = trace.explanation().to_string();
    let words = explanation.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("The events of 6 January 2026 and some day in February 2026 count; the event of 1 March 2026 may count, since not all of it is known; the one of 29 November 2025 is a day too old."),
        "{words}"
    );
    let steps = serde_json::to_value(trace.steps()).unwrap();
    let counted = &steps["inputs"][0]["counted"];
    assert_eq!(
        counted["first_not"][1],
        serde_json::json!({ "because": "too_old", "days": 1 })
    );
    assert_eq!(steps["events"][0]["open"], serde_json::json!([2, 3]));
    let redacted = trace.explanation().redacted().to_string();
    for hidden in [
        "January",
        "February",
        "November 2025",
        "2026-0",
        "2025",
        "offences[",
    ] {
        assert!(!redacted.contains(hidden), "{hidden}\n{redacted}");
    }
}

#[test]
fn a_record_of_events_replays() {
    use threshold_matrix::record::Record;
    let matrix = offences("error");
    let text = r#"{ "offences": [{ "date": "2026-01-06", "kind": "burglary" }, { "date": "2026", "victim": 12345678901234567 }] }"#;
    let profile = Profile::from_json(text).unwrap();
    let record = Record::new(&matrix, &profile, on("2026-11-30")).unwrap();
    let kept = Record::from_json(&record.to_json()).unwrap();
    let replay = kept.replay_with(&matrix).unwrap();
    assert!(
        replay.differences().is_empty(),
        "{:?}",
        replay.differences()
    );
}

#[test]
fn a_case_is_another_where_its_events_are() {
    let matrix = offences("error");
    let key = |text: &str| {
        let profile = Profile::from_json(text).unwrap();
        matrix.prepare(&profile, on("2026-11-30")).unwrap().key()
    };
    let one = key(r#"{ "offences": [{ "date": "2026-01-06", "kind": "assault" }] }"#);
    assert_eq!(
        one,
        key(r#"{ "offences": [{ "kind": "assault", "date": "2026-01-06" }] }"#)
    );
    assert_ne!(one, key(r#"{ "last": "2026-01-06", "burglaries": 0 }"#));
}

#[cfg(feature = "bulk")]
#[test]
fn columns_that_lack_what_is_counted_are_refused_by_the_name_of_the_list() {
    use threshold_matrix::bulk::{Cohort, Column};
    let matrix = offences("error");
    let bulk = matrix.bulk(on("2026-11-30"), threshold_matrix::bulk::Outputs::tiers());
    let cohort = Cohort::new(2).with("burglaries", Column::from(&[1_u8, 2][..]));
    let error = bulk.score(&cohort).unwrap_err().to_string();
    assert!(
        error.contains("`offences`") && error.contains("last"),
        "{error}"
    );
}

/// Returns the explanation of a shipped matrix in one line, and its trace as data.
fn told(matrix: &str, profile: &str, as_at: &str) -> (String, serde_json::Value) {
    let library = threshold_matrix::Library::embedded();
    let matrix = library.latest(matrix).unwrap();
    let profile = Profile::from_json(profile).unwrap();
    let trace = matrix.explain(&profile, on(as_at)).unwrap();
    let text = trace.explanation().to_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (text, serde_json::to_value(trace.steps()).unwrap())
}

#[test]
fn an_explanation_of_points_tells_what_each_event_gives_and_which_adds_nothing() {
    let offences = r#"{ "date": "2026-11-01", "points": 3, "occasion": "a", "wiped": false }, { "date": "2026-11-01", "points": 6, "occasion": "a", "wiped": false }, { "date": "2025-05-01", "points": 5, "wiped": false }, { "date": "2023-10-01", "points": 4, "wiped": false }"#;
    let profile = format!(r#"{{ "offences": [{offences}], "disqualifications": [] }}"#);
    let (text, data) = told("totting-up", &profile, "2026-11-01");
    assert!(
        text.contains("11. The events of 1 May 2025 (5) and 1 November 2026 (6) count; the event of 1 November 2026 (3) has the same \"Occasion\" as one that counts; the one of 1 October 2023 (4) is 31 days too old."),
        "{text}"
    );
    let counted = &data["inputs"][0]["counted"];
    assert_eq!(counted["repeated"][0]["event"], 0);
    assert_eq!(counted["counts"][1]["gives"], 6);

    let many: Vec<String> = (1..=13)
        .map(|day| format!(r#"{{ "date": "2026-10-{day:02}", "points": 1, "wiped": false }}"#))
        .collect();
    let profile = format!(
        r#"{{ "offences": [{}], "disqualifications": [] }}"#,
        many.join(",")
    );
    let (text, _) = told("totting-up", &profile, "2026-11-01");
    assert!(
        text.contains("13. 13 events from 1 October 2026 to 13 October 2026 count."),
        "{text}"
    );
    // What the rules read is told, also where the rule decides that holds in every other case.
    assert!(
        text.contains("as no other rule holds (12 points or more). The rules up to there read: Penalty points to be taken into account (13); Disqualifications for 56 days or more in the three years before (0)."),
        "{text}"
    );
}

#[test]
fn a_count_that_is_open_is_told_as_what_it_can_be_and_no_day_is_after_the_scoring() {
    let profile = r#"{ "offences": [{ "date": "2026-11", "points": 6, "wiped": false }, { "date": "2023-11", "points": 5, "wiped": false }], "disqualifications": [{ "date": "2023", "days": 60 }] }"#;
    let (text, data) = told("totting-up", profile, "2026-11-10");
    assert!(
        text.contains("Penalty points to be taken into account: 6 to 11. The event of some day from 1 November 2026 to 10 November 2026 (6) counts;"),
        "{text}"
    );
    assert!(text.contains("three years before: 0 or 1."), "{text}");
    assert_eq!(
        data["inputs"][1]["counted"]["range"],
        serde_json::json!([0, 1])
    );
}

#[test]
fn a_number_out_of_range_that_was_counted_says_of_what() {
    let narrowed = OFFENCES.replacen(
        "within: { months: 12 }",
        "range: [0, 1], within: { months: 12 }",
        1,
    );
    let matrix = Matrix::from_yaml(&completed(narrowed)).unwrap();
    let event = r#"{ "date": "2026-11-01", "kind": "burglary", "victim": "a" }"#;
    let profile = Profile::from_json(&format!(r#"{{ "offences": [{event}, {event}] }}"#)).unwrap();
    let refusal = matrix.score(&profile, on("2026-11-30")).unwrap_err();
    assert!(
        refusal
            .to_string()
            .contains("is 2, outside 0 to 1; it is counted of `offences`"),
        "{refusal}"
    );
}
