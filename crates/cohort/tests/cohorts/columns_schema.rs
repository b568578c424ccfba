//! The JSON Schema of columns files is current, takes what the reader takes, and refuses what is malformed.
//!
//! `UPDATE_SCHEMA=1 cargo test -p threshold-matrix-cohort columns_schema` writes the file anew.

use std::path::Path;

use jsonschema::Validator;
use threshold_matrix::{Diagnostics, Matrix};
use threshold_matrix_cohort::Columns;

const MATRIX: &str = r#"
format: 1
id: kinds
version: 1.0.0
title: Kinds
status: illustrative
inputs:
  arrests: { type: integer, range: [0, 60], label: Arrests in the last 12 months }
  rosh: { type: level, values: [low, high], missing: absent }
  engaged: { type: boolean, missing: absent }
  crimes: { type: set, values: [robbery, burglary], missing: absent }
criteria:
  arrests: { input: arrests, each: 1, points: 1 }
dimensions:
  one: { score: [arrests], levels: [ { level: high, from: 10 }, { level: low } ] }
tiers: [high, low]
decision: { rules: [ { tier: high, when: { one: high } }, { tier: low } ] }
"#;

fn matrix() -> Matrix {
    Matrix::from_yaml(MATRIX).unwrap_or_else(|faults| panic!("{faults}"))
}

fn validator(matrix: Option<&Matrix>) -> Validator {
    let schema = serde_json::from_str(&Columns::json_schema(matrix)).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn json(yaml: &str) -> serde_json::Value {
    serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"))
}

/// Reads a columns file. What is read, both schemas take.
#[track_caller]
pub(crate) fn read(text: &str, matrix: &Matrix) -> Result<Columns, Diagnostics> {
    let columns = Columns::from_yaml("columns.yaml", text.as_bytes(), matrix)?;
    let value = json(text);
    for of in [None, Some(matrix)] {
        let validator = validator(of);
        let errors = validator.iter_errors(&value);
        let errors: Vec<String> = errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{text}: {errors:#?}");
    }
    Ok(columns)
}

#[test]
fn the_file_in_the_repository_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/columns.schema.json");
    let schema = Columns::json_schema(None);
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == schema,
        "{} is not current; UPDATE_SCHEMA=1 writes it anew",
        path.display()
    );
}

/// A file with every key.
const FULL: &str = r#"
sheet: people
id: Nominal Ref
as_at: Day
outcome: Arrested again
missing: ["-", N/A, 99, null]
dates: "%d/%m/%Y"
numbers: { decimal: ",", thousands: ".", percent: true }
truths: { true: [yes, 1], false: [no, 0], case: ignore }
case: ignore
skip: { where: { Nominal Ref: [TOTAL], 7: [x] } }
ignore: [Arrest]
columns:
  arrests: 12
  rosh: { column: RoSH, missing: [x], case: exact, values: { High risk: high, 3: high, "": null } }
  engaged: { column: Engaged, blank: false, truths: { true: [y], false: [n] } }
  crimes: { members: { robbery: Robbery, burglary: Burglary }, blank: false }
"#;

#[test]
fn what_the_reader_takes_is_taken() {
    for text in [
        FULL,
        "id: x",
        "columns: {}",
        "columns: { crimes.robbery: R, crimes.burglary: B }",
        "columns: { crimes: { column: C, separator: \";\" } }",
        "columns: { arrests: { column: A, numbers: { percent: \"false\" } } }",
    ] {
        read(text, &matrix()).unwrap_or_else(|faults| panic!("{faults}"));
    }
}

#[test]
fn what_is_malformed_is_refused_by_both() {
    let (plain, named) = (validator(None), validator(Some(&matrix())));
    let refuses = |text: &str, by_plain: bool| {
        assert!(
            Columns::from_yaml("columns.yaml", text.as_bytes(), &matrix()).is_err(),
            "the reader takes this:\n{text}"
        );
        let value = json(text);
        assert!(!named.is_valid(&value), "the schema takes this:\n{text}");
        assert_eq!(plain.is_valid(&value), !by_plain, "{text}");
    };
    for (from, to) in [
        ("sheet: people", "sheets: people"),
        ("sheet: people", "sheet: [people]"),
        ("id: Nominal Ref", "id:"),
        ("id: Nominal Ref", "id: { column: a }"),
        ("missing: [\"-\", N/A, 99, null]", "missing: none"),
        ("missing: [\"-\", N/A, 99, null]", "missing: []"),
        ("missing: [\"-\", N/A, 99, null]", "missing: [[a]]"),
        ("decimal: \",\"", "decimals: 2"),
        ("percent: true", "percent: yes please"),
        ("{ true: [yes, 1], false", "{ false"),
        ("true: [yes, 1]", "true: yes"),
        ("case: ignore\nskip", "case: lower\nskip"),
        ("{ where: { Nominal Ref: [TOTAL], 7: [x] } }", "{}"),
        ("{ where: { Nominal Ref: [TOTAL], 7: [x] } }", "[TOTAL]"),
        ("Nominal Ref: [TOTAL]", "Nominal Ref: TOTAL"),
        ("ignore: [Arrest]", "ignore: Arrest"),
        ("arrests: 12", "arrests: [12]"),
        ("arrests: 12", "arrests: { values: { a: 1 } }"),
        ("column: RoSH", "column: RoSH, members: { low: L }"),
        ("column: RoSH", "colum: RoSH"),
        ("values: { High risk: high", "values: { High risk: [high]"),
        ("{ robbery: Robbery, ", "{ robbery: [Robbery], "),
        ("blank: false, truths", "blank: never, truths"),
        ("columns:\n", "columns: none\nouter:\n"),
    ] {
        assert!(FULL.contains(from), "{from}");
        refuses(&FULL.replacen(from, to, 1), true);
    }
    refuses("{}", true);
    // Only a schema for the matrix knows its inputs.
    refuses(&FULL.replacen("  arrests: 12", "  arests: 12", 1), false);
    refuses("columns: { crimes.arson: A }", false);
}

#[test]
fn an_editor_shows_what_an_input_is_called() {
    let schema = Columns::json_schema(Some(&matrix()));
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let inputs = &schema["$defs"]["columns-file"]["properties"]["columns"]["properties"];
    assert_eq!(
        inputs["arrests"]["description"],
        "Arrests in the last 12 months"
    );
    let names: Vec<&String> = inputs.as_object().unwrap().keys().collect();
    let wanted = [
        "arrests",
        "crimes",
        "crimes.burglary",
        "crimes.robbery",
        "engaged",
        "rosh",
    ];
    assert_eq!(names, wanted);
}
