//! Every example of FORMAT.md is a matrix that loads, and its worked cases hold; its tables of values say what comes out.

use test_kit::format_page::{self, INPUTS, of_value};
use threshold_matrix::{Date, Matrix, Profile, report};

#[test]
fn every_block_loads_and_its_examples_hold() {
    let blocks = format_page::blocks();
    assert!(blocks.len() >= 14, "only {} blocks are found", blocks.len());
    for (line, text) in blocks {
        let file = format!("FORMAT.md, block at line {line}");
        let matrix = Matrix::from_named_yaml(&file, text.as_bytes())
            .unwrap_or_else(|faults| panic!("{faults}"));
        for example in matrix.run_examples() {
            assert!(
                example.differences.is_empty(),
                "{file}: {}: {:?}",
                example.title,
                example.differences
            );
        }
    }
}

#[test]
fn every_link_of_the_page_leads_to_a_heading() {
    let page = format_page::page();
    let anchor = |heading: &str| {
        heading
            .trim()
            .to_lowercase()
            .replace(' ', "-")
            .replace([',', '`'], "")
    };
    let headings: Vec<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|line| anchor(line.trim_start_matches('#')))
        .collect();
    let links = page
        .split("](#")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(link, _)| link);
    for link in links {
        assert!(
            headings.iter().any(|heading| heading == link),
            "nothing is headed `{link}`"
        );
    }
}

fn load(text: &str) -> Matrix {
    Matrix::from_yaml(&format_page::completed(text.to_owned()))
        .unwrap_or_else(|faults| panic!("{faults}"))
}

/// Whether the flag `holds` of a matrix is raised for a profile; `None` if the profile is refused.
fn holds(matrix: &Matrix, profile: &str, as_at: &str) -> Option<bool> {
    let profile = Profile::from_json(profile).ok()?;
    let outcome = matrix.score(&profile, as_at.parse().unwrap()).ok()?;
    outcome.flag("holds")
}

#[test]
fn completed_years_and_months_are_those_of_the_table() {
    for row in format_page::table("| from | to | years | months | why |") {
        let [from, to, years, months, _] = &row[..] else {
            panic!("{row:?}")
        };
        let text = format!(
            "inputs: {{ one: {{ type: date }}, other: {{ type: date }} }}
derived: {{ years: {{ years_between: [one, other] }}, months: {{ months_between: [one, other] }} }}
flags: {{ holds: {{ when: {{ years: {years}, months: {months} }} }} }}\n"
        );
        // The page writes a minus, and not a hyphen.
        let matrix = load(&text.replace('\u{2212}', "-"));
        let profile = format!(r#"{{"one": "{from}", "other": "{to}"}}"#);
        assert_eq!(holds(&matrix, &profile, to), Some(true), "{row:?}");
    }
}

#[test]
fn limits_that_move_are_those_of_the_tables() {
    for unit in ["months", "years"] {
        let head =
            format!("| date | `as_at` | completed {unit} | `{unit}_ago: 1` | on or after it |");
        for row in format_page::table(&head) {
            let [date, as_at, completed, limit, reaches] = &row[..] else {
                panic!("{row:?}")
            };
            let of = |when: &str| {
                load(&format!(
                    "inputs: {{ date: {{ type: date }} }}
derived: {{ length: {{ {unit}_between: [date, as_at] }} }}
flags: {{ holds: {{ when: {{ {when} }} }} }}\n"
                ))
            };
            let on = |date: &str| format!(r#"{{"date": "{date}"}}"#);
            let length = of(&format!("length: {completed}"));
            assert_eq!(holds(&length, &on(date), as_at), Some(true), "{row:?}");
            let within = of(&format!("date: {{ from: {{ {unit}_ago: 1 }} }}"));
            let limit: jiff::civil::Date = limit.parse().unwrap();
            for (day, wanted) in [
                (date.clone(), reaches == "yes"),
                (limit.to_string(), true),
                (limit.yesterday().unwrap().to_string(), false),
            ] {
                let held = holds(&within, &on(&day), as_at);
                assert_eq!(held, Some(wanted), "{row:?}: {day}");
            }
        }
    }
}

/// What the table of comparisons calls a thing: a name in the matrix below, and a value that it is compared with.
fn compared(what: &str) -> (&'static str, &'static str) {
    match what {
        "integer" => ("count", "5"),
        "decimal" => ("rate", "5"),
        "date" => ("born", "2000-01-01"),
        "derived input" => ("age", "5"),
        "points" => ("one", "5"),
        "score" => ("harm.score", "5"),
        "scaled number" => ("harm.scaled", "1"),
        "`total`" => ("total", "5"),
        "level input" => ("rosh", "low"),
        "category" => ("mappa", "m1"),
        "boolean" => ("settled", "true"),
        "`status`" => ("status", "closed"),
        "set" => ("members", "a"),
        "level of a dimension" => ("harm.level", "low"),
        "`tier`" => ("tier", "low"),
        "decision" => ("step", "low"),
        _ => panic!("the test does not know what {what} is"),
    }
}

fn can_be_compared(name: &str, comparison: &str) -> bool {
    let text = format!(
        "tiers: [high, low]
statuses: [closed]
inputs:
  count: {{ type: integer, range: [0, 9] }}
  rate: {{ type: decimal, places: 1, range: [0, 9] }}
  born: {{ type: date, protected: false }}
  rosh: {{ type: level, values: [low, high] }}
  mappa: {{ type: category, values: [m1, m2] }}
  settled: {{ type: boolean }}
  members: {{ type: set, values: [a, b] }}
derived: {{ age: {{ years_between: [born, as_at], protected: false }} }}
criteria: {{ one: {{ input: count, each: 1, points: 1 }} }}
dimensions:
  harm: {{ score: [one], scale: [ {{ from: 0, gives: 0 }}, {{ from: 5, gives: 1 }} ], levels: [ {{ level: high, from: 1 }}, {{ level: low }} ] }}
decisions: {{ step: {{ rules: [ {{ tier: low, when: {{ count: 5 }} }} ] }} }}
decision: {{ rules: [ {{ status: closed, when: {{ count: 0 }} }}, {{ tier: low }} ] }}
flags: {{ holds: {{ when: {{ {name}: {comparison} }} }} }}\n"
    );
    Matrix::from_yaml(&format_page::completed(text)).is_ok()
}

#[test]
fn each_thing_is_compared_by_what_the_table_says_and_by_nothing_else() {
    // The `below` of an order is that of a number where there is no order, so that `above` stands for both.
    let forms: [&[&str]; 4] = [
        &["{}", "[{}]"],
        &["{ from: {} }"],
        &["{ at_least: {} }", "{ at_most: {} }"],
        &["{ above: {} }"],
    ];
    let rows = format_page::table(
        "| | a value, or a list of values | `from`, `below` | `at_least`, `at_most` | `above`, `below` |",
    );
    for row in rows {
        for what in row[0].split(", ") {
            let (name, value) = compared(what);
            for (cell, forms) in row[1..].iter().zip(forms) {
                for form in forms {
                    let comparison = form.replace("{}", value);
                    let wanted = cell.starts_with("yes");
                    assert_eq!(
                        can_be_compared(name, &comparison),
                        wanted,
                        "{what}: {comparison}"
                    );
                }
            }
            let has_below = row[2].starts_with("yes") || row[4].starts_with("yes");
            let comparison = format!("{{ below: {value} }}");
            // Nothing is below the lowest level, which is no fault of the comparison.
            assert_eq!(
                can_be_compared(name, &comparison),
                has_below,
                "{what}: {comparison}"
            );
        }
    }
}

#[test]
fn values_in_json_are_read_as_the_table_says() {
    for row in format_page::table("| JSON | integer | decimal | level | boolean | set |") {
        for written in format_page::code(&row[0]) {
            if let Err(error) = serde_json::from_str::<serde_json::Value>(&written) {
                panic!("{written}: {error}");
            }
            for (input, value) in INPUTS.into_iter().zip(&row[1..]) {
                let profile = format!(r#"{{"{input}": {written}}}"#);
                let held = holds(&load(&of_value(input, value)), &profile, "2026-11-21");
                let wanted = (value != "refused").then_some(true);
                assert_eq!(held, wanted, "{profile} is {value}");
            }
        }
    }
    let any = load(&of_value("integer", "missing"));
    for text in [
        r#"{"integer": 05}"#,
        r#"{"integer": +5}"#,
        r#"{"integer": .5}"#,
        r#"{"integer": 5, "integer": 5}"#,
        r#"{"intege": 5}"#,
    ] {
        assert_eq!(holds(&any, text, "2026-11-21"), None, "{text}");
    }
}

#[cfg(feature = "bulk")]
#[test]
fn columns_of_texts_and_numbers_are_read_as_the_page_says() {
    use threshold_matrix::bulk::{Cohort, Column, Outputs};

    // Whether each row is the value, or refused.
    let held = |input: &str, value: &str, column: Column<'_>| {
        let cohort = Cohort::new(3).with(input, column);
        let matrix = load(&of_value(input, value));
        let bulk = matrix.bulk("2026-11-21".parse().unwrap(), Outputs::everything());
        let row = |row| bulk.score_row(&cohort, row).unwrap().ok()?.flag("holds");
        [row(0), row(1), row(2)]
    };
    // A text is not trimmed, and an empty one is a text.
    let texts = Column::from(&["5", "", " 5"][..]);
    assert_eq!(held("level", "5", texts), [Some(true), None, None]);
    let numbers = Column::from(&[1_u8, 0, 2][..]);
    assert_eq!(
        held("boolean", "true", numbers),
        [Some(true), Some(false), None]
    );
}

#[test]
fn dates_have_the_ranges_that_the_page_says() {
    let matrix = load(
        "inputs: { date: { type: date, missing: absent } }
derived: { years: { years_between: [date, as_at] } }
flags: { holds: { when: { any: [ { missing: date }, { known: years } ] } } }\n",
    );
    for (profile, as_at, wanted) in [
        ("{}", "0001-01-01", Some(true)),
        ("{}", "9999-12-31", Some(true)),
        (r#"{"date": "1900-01-01"}"#, "2199-12-31", Some(true)),
        (r#"{"date": "2150-01-01"}"#, "2300-01-01", Some(true)),
        (r#"{"date": "1990-01-01"}"#, "2300-01-01", None),
        (r#"{"date": "1899-12-31"}"#, "2026-11-21", None),
        (r#"{"date": "2200-01-01"}"#, "2026-11-21", None),
    ] {
        let held = holds(&matrix, profile, as_at);
        assert_eq!(held, wanted, "{profile} at {as_at}");
    }
    assert!("0000-01-01".parse::<Date>().is_err());
}

#[test]
fn an_outcome_as_json_is_that_of_the_page() {
    let page = format_page::page();
    let (before, after) = page.split_once("```json\n").unwrap();
    let (written, _) = after.split_once("\n```").unwrap();
    let line = before.lines().count();
    let sentence = before.lines().rfind(|line| !line.is_empty()).unwrap();
    let profile = Profile::from_json(&format_page::code(sentence)[0]).unwrap();
    let blocks = format_page::blocks();
    let (_, text) = blocks.iter().rfind(|(begins, _)| *begins < line).unwrap();
    let matrix = Matrix::from_yaml(text).unwrap_or_else(|faults| panic!("{faults}"));
    let as_at = "2026-11-21".parse().unwrap();
    let result = matrix.score(&profile, as_at);
    let given = report::json_line(Some("ann"), &matrix, as_at, &result)
        .replace(matrix.content_hash(), "sha256:\u{2026}");
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(read(&given), read(written));
}
