//! The first day on which an outcome differs by itself is the one that scoring day after day finds.

use proptest::prelude::*;
use test_kit::library::{date, load, read};
use test_kit::strategy::{Holding, Setting, cases};
use threshold_matrix::change::Passing;
use threshold_matrix::{Date, Matrix, Outcome, Profile, Refusal};

/// Returns a number of days after a date.
fn after(day: Date, days: usize) -> Date {
    let mut parts = day.to_string();
    for _ in 0..days {
        parts = next_day(&parts);
    }
    parts.parse().unwrap()
}

fn next_day(day: &str) -> String {
    let number = |range: std::ops::Range<usize>| day[range].parse::<u32>().unwrap();
    let (year, month, date) = (number(0..4), number(5..7), number(8..10));
    let tries = [
        (year, month, date + 1),
        (year, month + 1, 1),
        (year + 1, 1, 1),
    ];
    let mut texts = tries
        .map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
        .into_iter();
    texts.find(|text| text.parse::<Date>().is_ok()).unwrap()
}

/// What may differ.
type Said = Result<(Vec<String>, Vec<Option<bool>>, Vec<String>), ()>;

fn said(matrix: &Matrix, result: &Result<Outcome, Refusal>) -> Said {
    let outcome = result.as_ref().map_err(|_| ())?;
    let possible = outcome.possible().into_iter().map(str::to_owned).collect();
    let flags = outcome.flags().map(|(_, raised)| raised).collect();
    let levels = outcome
        .dimensions()
        .filter(|_| matrix.tiers().is_empty())
        .map(|dimension| {
            let levels = dimension.possible_levels();
            if levels.is_empty() {
                format!("{:?}", dimension.range())
            } else {
                levels.join(" ")
            }
        });
    Ok((possible, flags, levels.collect()))
}

/// Compares the answer with every day. Returns whether something differs.
fn agrees(
    matrix: &Matrix,
    profile: &Profile,
    as_at: Date,
    days: usize,
) -> Result<bool, TestCaseError> {
    let Ok(case) = matrix.prepare(profile, as_at) else {
        return Ok(false);
    };
    let now = case.score();
    if now.is_err() {
        prop_assert!(case.next_change(after(as_at, days)).is_err());
        return Ok(false);
    }
    let now = said(matrix, &now);
    let mut day = as_at;
    let mut expected = None;
    for _ in 0..days {
        day = after(day, 1);
        let then = matrix.score(profile, day);
        if said(matrix, &then) != now {
            expected = Some((day, then));
            break;
        }
    }
    let found = case.next_change(after(as_at, days)).unwrap();
    match (&expected, &found) {
        (None, None) => {}
        (Some((day, then)), Some(found)) if found.on() == *day => {
            prop_assert!(found.is_certain());
            prop_assert_eq!(
                found.outcome().map_err(Clone::clone),
                then.as_ref().map_err(Clone::clone)
            );
            prop_assert!(!found.because().is_empty(), "{}", found);
            prop_assert!(!found.what().is_empty());
        }
        _ => {
            let found = found.as_ref().map(ToString::to_string);
            return Err(TestCaseError::fail(format!(
                "day by day {expected:?}, but found {found:?}"
            )));
        }
    }
    Ok(expected.is_some())
}

proptest! {
    #![proptest_config(test_kit::cases(40))]

    #[test]
    fn the_next_change_of_any_matrix_is_the_first_day_that_differs(
        case in prop_oneof![
            cases(Setting::Large, Holding::AbsentAndAssumed),
            cases(Setting::Small, Holding::AbsentAndAssumed),
        ],
    ) {
        let matrix = load(&case.spec.to_yaml())?;
        agrees(&matrix, &read(&case.profile), date(&case.spec), 800)?;
    }

    #[test]
    fn the_next_change_of_what_is_possible_is_the_first_day_that_differs(
        case in cases(Setting::Small, Holding::Unknown { completions: 200 }),
    ) {
        let matrix = load(&case.spec.to_yaml())?;
        agrees(&matrix, &read(&case.profile), date(&case.spec), 120)?;
    }
}

#[test]
fn the_next_change_of_each_matrix_that_comes_with_the_library_is_the_first_day_that_differs() {
    let library = threshold_matrix::Library::embedded();
    let as_at: Date = "2026-11-28".parse().unwrap();
    let mut differs = 0;
    for matrix in library.iter() {
        for profile in threshold_matrix::sample::profiles(matrix, as_at, 7, 12) {
            differs += usize::from(agrees(matrix, &profile, as_at, 800).unwrap());
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

fn dates() -> Matrix {
    let head = "format: 1\nid: lapses\nversion: 1.0.0\ntitle: What lapses\nstatus: local\n";
    Matrix::from_yaml(&format!("{head}{DATES}")).unwrap()
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
        "If nothing new is recorded, the profile is refused (`age` is 21, outside 10 to 20) on 6 May 2028, when \"Age\" becomes 21, from 20.",
    );
    check(
        "2012-06-05",
        None,
        "If nothing new is recorded, the flag \"A child\" is no longer raised on 5 June 2030, when \"Age\" becomes 18, from 17.",
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
