//! Completed years and months of a matrix are those of java.time, beside the limits that ask of dates instead.

use threshold_matrix::{Date, Matrix, Profile};

/// Each way of asking is a dimension of its own, whose score is 1 where it says yes.
const MATRIX: &str = "
format: 1
id: two-ways
version: 1.0.0
title: How long ago, said in two ways
status: local
inputs:
  day: { type: date, range: [2000-01-01, 2100-01-01] }
derived:
  months: { months_between: [day, as_at], range: [0, 1200] }
  years: { years_between: [day, as_at], range: [0, 100] }
criteria:
  month_by_length: { when: { months: { below: 1 } }, points: 1 }
  month_by_limit: { when: { day: { from: { months_ago: 1 } } }, points: 1 }
  year_by_length: { when: { years: { below: 1 } }, points: 1 }
  year_by_limit: { when: { day: { from: { years_ago: 1 } } }, points: 1 }
  adult: { input: years, bands: [ { from: 0, points: 0 }, { from: 18, points: 1 } ] }
dimensions:
  less_than_a_month: { score: [month_by_length] }
  within_a_month: { score: [month_by_limit] }
  less_than_a_year: { score: [year_by_length] }
  within_a_year: { score: [year_by_limit] }
  adulthood: { score: [adult] }
";

#[track_caller]
fn check(day: &str, as_at: &str, dimensions: &[(&str, bool)]) {
    let matrix = Matrix::from_yaml(MATRIX).unwrap_or_else(|faults| panic!("{faults}"));
    let as_at: Date = as_at.parse().unwrap();
    let profile = Profile::new().with("day", day);
    let outcome = matrix.score(&profile, as_at).unwrap();
    for (name, expected) in dimensions {
        let score = outcome.dimension(name).unwrap().score().unwrap();
        let says = score.to_string() == "1";
        assert_eq!(says, *expected, "{name} of {day} as at {as_at}");
    }
}

#[test]
fn somebody_born_on_29_february_is_a_year_older_on_1_march() {
    check("2008-02-29", "2026-02-28", &[("adulthood", false)]);
    check("2008-02-29", "2026-03-01", &[("adulthood", true)]);
    check("2008-03-01", "2026-02-28", &[("adulthood", false)]);
    check("2008-02-28", "2026-02-27", &[("adulthood", false)]);
    check("2008-02-28", "2026-02-28", &[("adulthood", true)]);
    check("2008-02-29", "2028-02-28", &[("adulthood", true)]);
}

#[test]
fn a_month_is_complete_on_the_day_of_the_same_number_or_the_first_after_it() {
    let less = |expected| [("less_than_a_month", expected)];
    check("2026-01-31", "2026-02-28", &less(true));
    check("2026-01-30", "2026-02-28", &less(true));
    check("2026-01-29", "2026-02-28", &less(true));
    check("2026-01-28", "2026-02-28", &less(false));
    check("2026-01-31", "2026-03-01", &less(false));
    check("2026-08-31", "2026-09-30", &less(true));
    check("2026-08-31", "2026-09-29", &less(true));
    check("2026-08-31", "2026-10-01", &less(false));
}

/// The first day of a limit is included, so that a month to the day is within it and is no longer less than a month.
#[test]
fn a_length_and_a_limit_agree_but_on_the_first_day_of_the_limit() {
    let month = |by_length, by_limit| {
        [
            ("less_than_a_month", by_length),
            ("within_a_month", by_limit),
        ]
    };
    check("2026-01-31", "2026-02-28", &month(true, true));
    check("2026-01-29", "2026-02-28", &month(true, true));
    check("2026-01-28", "2026-02-28", &month(false, true));
    check("2026-01-27", "2026-02-28", &month(false, false));
    check("2026-01-15", "2026-02-15", &month(false, true));
    check("2026-08-31", "2026-09-30", &month(true, true));
    let year = |by_length, by_limit| [("less_than_a_year", by_length), ("within_a_year", by_limit)];
    check("2024-02-29", "2025-02-28", &year(true, true));
    check("2024-02-28", "2025-02-28", &year(false, true));
    check("2024-02-27", "2025-02-28", &year(false, false));
}
