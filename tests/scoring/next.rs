//! The first day on which an outcome differs by itself is the one that scoring day after day finds.
//!
//! `PROPTEST_CASES=10000 cargo test --release --test scoring the_next_change` is the long run; the default is a quick one.

use jiff::Span;
use proptest::prelude::*;
use test_kit::counted;
use test_kit::library::{date, load, read};
use test_kit::oracle::{self, Verdict};
use test_kit::spec::Spec;
use test_kit::strategy::{Holding, Setting, cases};
use threshold_matrix::change::{NextChange, Passing};
use threshold_matrix::{Case, Date, Matrix, Outcome, PointsOutcome, Profile, Refusal};

/// Returns a number of days after a date.
fn after(day: Date, days: i64) -> Date {
    let day: jiff::civil::Date = day.to_string().parse().unwrap();
    (day + Span::new().days(days)).to_string().parse().unwrap()
}

/// What may differ: the results that are possible, the flags, and without a decision the levels, or scores where there are none.
type Said = Option<(Vec<String>, Vec<Option<bool>>, Vec<String>)>;

fn said(result: &Result<Outcome, Refusal>) -> Said {
    let outcome = result.as_ref().ok()?;
    let possible: Vec<String> = outcome.possible().into_iter().map(str::to_owned).collect();
    let flags = outcome.flags().map(|(_, raised)| raised).collect();
    let levels = outcome
        .dimensions()
        .filter(|_| possible.is_empty())
        .map(|dimension| {
            let levels = dimension.possible_levels();
            if levels.is_empty() {
                format!("{:?}", dimension.range())
            } else {
                levels.join(" ")
            }
        });
    let levels = levels.collect();
    Some((possible, flags, levels))
}

/// Everything that an outcome says, but for its date; or nothing, if the profile is refused.
fn all_said(result: &Result<Outcome, Refusal>) -> Option<String> {
    let outcome = result.as_ref().ok()?;
    let dimensions = outcome.dimensions().map(|own| {
        (
            own.range(),
            own.possible_levels(),
            own.scaled(),
            own.is_replaced(),
        )
    });
    let points = outcome
        .criteria_and_groups()
        .map(|name| outcome.points(name));
    Some(format!(
        "{:?} {:?} {:?} {:?} {:?}",
        outcome.possible(),
        outcome.flags().collect::<Vec<_>>(),
        outcome.decisions().collect::<Vec<_>>(),
        dimensions.collect::<Vec<_>>(),
        points.collect::<Vec<_>>(),
    ))
}

/// Returns whether nothing of an outcome is open, so far as it can be seen.
fn is_settled(outcome: &Outcome) -> bool {
    let mut dimensions = outcome.dimensions();
    let mut names = outcome.criteria_and_groups();
    let is_open = |name: &str| {
        let range = outcome.points(name).and_then(PointsOutcome::range);
        range.is_some_and(|(least, most)| least != most)
    };
    !outcome.is_provisional()
        && outcome.flags().all(|(_, raised)| raised.is_some())
        && dimensions.all(|own| own.score().is_some() && own.possible_levels().len() < 2)
        && !names.any(is_open)
}

/// Compares the last day through which nothing differs with scoring the profile on every day.
fn stands(matrix: &Matrix, profile: &Profile, as_at: Date, days: i64) -> Result<(), TestCaseError> {
    let scored = matrix.score(profile, as_at);
    let Ok(outcome) = &scored else { return Ok(()) };
    let now = all_said(&scored);
    let case = matrix.prepare(profile, as_at).unwrap();
    match case.stands_until(after(as_at, days)).unwrap() {
        // Whether a score can be another way than it is may be open, and so may be what a decision gives.
        None => prop_assert!(case.unknown().next().is_some()),
        Some(found) => {
            prop_assert!(is_settled(outcome), "{:?}", now);
            let same = |day: &i64| all_said(&matrix.score(profile, after(as_at, *day))) == now;
            let last = (1..=days).take_while(same).last().unwrap_or_default();
            prop_assert_eq!(found, after(as_at, last), "{:?}", now);
            let until = after(as_at, days);
            let told = |next: Option<NextChange>| next.map(|next| next.to_string());
            let (next, all) = (
                case.next_change_after(found, until),
                case.next_change(until),
            );
            prop_assert_eq!(told(next.unwrap()), told(all.unwrap()));
        }
    }
    Ok(())
}

/// Compares the answer with what is said on every day. Returns whether something differs.
fn agrees<S: PartialEq>(
    case: &Case,
    days: i64,
    said: impl Fn(Date) -> S,
) -> Result<bool, TestCaseError> {
    let as_at = case.as_at();
    let Ok(found) = case.next_change(after(as_at, days)) else {
        prop_assert!(case.score().is_err());
        return Ok(false);
    };
    prop_assert!(found.as_ref().is_none_or(NextChange::is_certain));
    let now = said(as_at);
    let mut later = (1..=days).map(|count| after(as_at, count));
    let expected = later.find(|day| said(*day) != now);
    let text = found.as_ref().map(ToString::to_string);
    prop_assert_eq!(found.as_ref().map(NextChange::on), expected, "{:?}", text);
    if let Some(found) = found {
        prop_assert!(!found.because().is_empty(), "{}", found);
        prop_assert!(!found.what().is_empty());
    }
    Ok(expected.is_some())
}

/// Compares what is found with scoring the profile on every day.
fn agrees_with_scoring(
    matrix: &Matrix,
    profile: &Profile,
    as_at: Date,
    days: i64,
) -> Result<bool, TestCaseError> {
    let Ok(case) = matrix.prepare(profile, as_at) else {
        return Ok(false);
    };
    let differs = agrees(&case, days, |day| said(&matrix.score(profile, day)))?;
    stands(matrix, profile, as_at, days)?;
    if let Ok(Some(found)) = case.next_change(after(as_at, days)) {
        let then = matrix.score(profile, found.on());
        prop_assert_eq!(
            found.outcome().map_err(Clone::clone),
            then.as_ref().map_err(Clone::clone)
        );
    }
    if let Ok(found) = case.next_result_change(after(case.as_at(), days)) {
        let result = |day: Date| {
            let outcome = matrix.score(profile, day).ok()?;
            Some(
                outcome
                    .possible()
                    .into_iter()
                    .map(str::to_owned)
                    .collect::<Vec<_>>(),
            )
        };
        let now = result(as_at);
        let mut later = (1..=days).map(|count| after(as_at, count));
        let expected = later.find(|day| result(*day) != now);
        prop_assert_eq!(found.as_ref().map(NextChange::on), expected);
        prop_assert!(found.is_none_or(|found| found.changes_result()));
    }
    Ok(differs)
}

/// Returns what the independent scorer says of a verdict that may differ.
fn said_of(spec: &Spec, verdict: &Verdict) -> Option<Vec<String>> {
    let Verdict::Scored(outcome) = verdict else {
        return None;
    };
    let flags = outcome.flags.iter().map(|flag| format!("{flag:?}"));
    let dimensions = outcome
        .dimensions
        .values()
        .filter(|_| spec.decision.is_none());
    let levels = dimensions.map(|dimension| {
        dimension
            .level
            .clone()
            .unwrap_or_else(|| dimension.score.to_string())
    });
    let results = outcome.tier.iter().chain(&outcome.status).cloned();
    Some(results.chain(flags).chain(levels).collect())
}

proptest! {
    #![proptest_config(test_kit::cases(60))]

    #[test]
    fn the_next_change_of_any_matrix_is_the_first_day_that_differs(
        case in prop_oneof![counted::cases(Setting::Large), counted::cases(Setting::Small)],
    ) {
        let text = case.to_yaml();
        let matrix = load(&text)?;
        let profile = case.profile();
        let as_at = date(&case.spec);
        let verdict = |day: Date| {
            let day: jiff::civil::Date = day.to_string().parse().unwrap();
            oracle::score(&case.spec, &case.counted_on(day), day)
        };
        let prepared = matrix.prepare(&Profile::from_json(&profile).unwrap(), as_at);
        let scored = prepared.as_ref().map_err(Clone::clone).and_then(Case::score);
        // What is counted is scored as what a profile gives is.
        match (&scored, verdict(as_at)) {
            (Ok(outcome), Verdict::Scored(expected)) => {
                prop_assert_eq!(outcome.tier(), expected.tier.as_deref(), "{}\n{}", text, profile);
                prop_assert_eq!(outcome.status(), expected.status.as_deref(), "{}\n{}", text, profile);
                for (name, raised) in &expected.flags {
                    prop_assert_eq!(outcome.flag(name), Some(*raised), "{}\n{}\n{}", name, text, profile);
                }
                for (name, points) in &expected.points {
                    let own = outcome.points(name).and_then(threshold_matrix::PointsOutcome::range);
                    let own = own.map(|(own, _)| own.to_string());
                    prop_assert_eq!(own, Some(points.normalize().to_string()), "{}\n{}\n{}", name, text, profile);
                }
            }
            (Err(_), Verdict::Refused(_)) => {}
            (scored, verdict) => {
                let message = format!("{scored:?}\n{verdict:?}\n{text}\n{profile}");
                return Err(TestCaseError::fail(message));
            }
        }
        let given = Profile::from_json(&profile).unwrap();
        let held = stands(&matrix, &given, as_at, 800);
        held.map_err(|error| TestCaseError::fail(format!("{error}\n{text}\n{profile}")))?;
        if let Ok(prepared) = prepared {
            let held = agrees(&prepared, 800, |day| said_of(&case.spec, &verdict(day)));
            held.map_err(|error| TestCaseError::fail(format!("{error}\n{text}\n{profile}")))?;
        }
    }
}

proptest! {
    #![proptest_config(test_kit::cases(12))]

    #[test]
    fn the_next_change_of_what_is_possible_is_the_first_day_that_differs(
        case in cases(Setting::Small, Holding::Unknown { completions: 200 }),
    ) {
        let matrix = load(&case.spec.to_yaml())?;
        agrees_with_scoring(&matrix, &read(&case.profile), date(&case.spec), 800)?;
    }
}

#[test]
fn the_next_change_of_each_matrix_that_comes_with_the_library_is_the_first_day_that_differs() {
    let library = threshold_matrix::Library::embedded();
    let as_at: Date = "2026-11-28".parse().unwrap();
    let mut differs = 0;
    for matrix in library.iter() {
        for profile in threshold_matrix::sample::profiles(matrix, as_at, 7, 12) {
            differs += usize::from(agrees_with_scoring(matrix, &profile, as_at, 800).unwrap());
        }
    }
    assert!(differs > 0);
}

const DATES: &str = "
inputs:
  born: { title: Date of birth, type: date, range: [1900-01-01, 2030-12-31], missing: unknown, protected: true }
  charged: { title: Latest charge, type: date, range: [2000-01-01, 2030-12-31], missing: absent }
derived:
  age: { title: Age, years_between: [born, as_at], range: [10, 20], protected: true }
criteria:
  young: { input: age, bands: [ { from: 10, points: 1 }, { from: 18, points: 0 } ] }
  recent: { when: { charged: { from: { months_ago: 12 } } }, points: 2, otherwise: 0 }
dimensions:
  need: { score: [young, recent] }
tiers: [high, low]
decision:
  rules: [ { tier: high, when: { total: { from: 2 } } }, { tier: low } ]
flags:
  child: { title: A child, when: { age: { below: 18 } } }
";

const HEAD: &str = "format: 1\nid: lapses\nversion: 1.0.0\ntitle: What lapses\nstatus: local\n";

fn dates() -> Matrix {
    Matrix::from_yaml(&format!("{HEAD}{DATES}")).unwrap()
}

#[track_caller]
fn check(born: &str, charged: Option<&str>, expected: &str) {
    let mut profile = Profile::new().with("born", born);
    if let Some(charged) = charged {
        profile = profile.with("charged", charged);
    }
    let case = dates()
        .prepare(&profile, "2026-11-21".parse().unwrap())
        .unwrap();
    let next = case.next_change("2030-12-31".parse().unwrap()).unwrap();
    let next = next.map_or_else(String::new, |next| next.to_string());
    assert_eq!(next, expected);
}

#[test]
fn a_change_to_come_is_told_in_a_sentence() {
    check(
        "2008-02-29",
        Some("2026-03-03"),
        "If nothing new is recorded, the tier becomes low on 4 March 2027, when \"Latest charge\" (3 March 2026) is more than 12 months ago.",
    );
    // The 29th of February is over on the 1st of March.
    check(
        "2009-02-28",
        None,
        "If nothing new is recorded, the flag \"A child\" is no longer raised on 28 February 2027, when \"Age\" becomes 18, from 17.",
    );
    check(
        "2007-05-06",
        None,
        "If nothing new is recorded, the profile is refused (`age` is 21, outside 10 to 20; it is worked out from `born` and the date of the scoring) on 6 May 2028, when \"Age\" becomes 21, from 20.",
    );
    check(
        "2012-06-05",
        None,
        "If nothing new is recorded, the flag \"A child\" is no longer raised on 5 June 2030, when \"Age\" becomes 18, from 17.",
    );
}

/// Once an event has left a window, what is counted is that of other events, which pass limits of their own.
#[test]
fn an_event_that_comes_to_be_the_earliest_passes_its_own_limits() {
    const EARLIEST: &str = "
tiers: [high, low]
inputs:
  charged: { title: Latest charge, type: date, missing: absent }
  offences: { type: events, at_most: 9 }
derived:
  first: { title: First offence, earliest: offences, within: { months: 12 } }
criteria: { one: { when: { charged: { from: { months_ago: 2 } } }, points: 1 } }
dimensions: { risk: { score: [one] } }
decision:
  rules: [ { tier: high, when: { any: [ { first: { from: { months_ago: 2 } } }, { charged: { from: { months_ago: 2 } } } ] } }, { tier: low } ]
";
    let head = "format: 1\nid: lapses\nversion: 1.0.0\ntitle: What lapses\nstatus: local\n";
    let matrix = Matrix::from_yaml(&format!("{head}{EARLIEST}")).unwrap();
    // The second becomes the first on 16 December 2026, and the charge hides that until 11 January 2027.
    let profile = r#"{ "charged": "2026-11-10", "offences": [{ "date": "2025-12-15" }, { "date": "2026-11-20" }] }"#;
    let profile = Profile::from_json(profile).unwrap();
    let case = matrix
        .prepare(&profile, "2026-11-30".parse().unwrap())
        .unwrap();
    let next = case.next_change("2030-12-31".parse().unwrap()).unwrap();
    assert_eq!(
        next.unwrap().to_string(),
        "If nothing new is recorded, the tier becomes low on 21 January 2027, when \"First offence\" (20 November 2026) is more than 2 months ago."
    );
}

#[test]
fn what_passes_is_told_as_data() {
    let profile = Profile::new()
        .with("born", "2008-01-01")
        .with("charged", "2024-02-29");
    let case = dates()
        .prepare(&profile, "2024-03-01".parse().unwrap())
        .unwrap();
    let next = case
        .next_change("2026-01-01".parse().unwrap())
        .unwrap()
        .unwrap();
    assert_eq!(next.on().to_string(), "2025-03-01");
    assert!(matches!(next.because(), [Passing::Limit { input, .. }] if input == "charged"));
    assert_eq!(
        (next.before().tier(), next.outcome().unwrap().tier()),
        (Some("high"), Some("low"))
    );
}

#[test]
fn a_day_that_cannot_be_told_within_the_limit_on_the_work_is_not_called_certain() {
    let profile = Profile::new().with("charged", "2026-03-03");
    let case = dates()
        .prepare(&profile, "2026-11-21".parse().unwrap())
        .unwrap();
    let next = case
        .next_change_within("2027-12-31".parse().unwrap(), 1)
        .unwrap()
        .unwrap();
    assert!(!next.is_certain());
}

#[test]
fn an_explanation_goes_on_to_the_result_where_only_a_flag_lapses_first() {
    let fresh = "flags:\n  fresh: { title: Charged lately, when: { charged: { from: { months_ago: 3 } } } }\n";
    let matrix = Matrix::from_yaml(&format!("{HEAD}{}", DATES.replace("flags:\n", fresh))).unwrap();
    let profile = Profile::new()
        .with("born", "2008-02-29")
        .with("charged", "2026-11-03");
    let trace = matrix
        .explain(&profile, "2026-11-21".parse().unwrap())
        .unwrap();
    let told = |until: &str| {
        let explanation = trace.explanation().with_next_change(until.parse().unwrap());
        let text = explanation.to_string();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (text, serde_json::to_value(&explanation).unwrap())
    };
    let flag = "If nothing new is recorded, the flag \"Charged lately\" is no longer raised on 4 February 2027, when";
    let (text, data) = told("2027-06-30");
    assert!(text.contains(flag), "{text}");
    assert!(
        text.contains("the result stays the same up to 30 June 2027."),
        "{text}"
    );
    assert_eq!(data["next_result_change"], serde_json::Value::Null);
    let (text, data) = told("2028-06-30");
    assert!(text.contains(flag), "{text}");
    assert!(
        text.contains("the tier becomes low on 4 November 2027, when"),
        "{text}"
    );
    assert_eq!(data["next_result_change"]["on"], "2027-11-04");
}
