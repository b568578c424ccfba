//! The JSON Schema is current, takes every published matrix and every example of FORMAT.md, and refuses what is malformed.
//!
//! `UPDATE_SCHEMA=1 cargo test --features schema --test language schema::` writes the file anew.

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;
use test_kit::format_page;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("matrices")
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&serde_json::from_str(&threshold_matrix::json_schema()).unwrap())
        .unwrap()
}

fn json(yaml: &str) -> Value {
    serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"))
}

#[track_caller]
fn check_takes(validator: &Validator, name: &str, yaml: &str) {
    let value = json(yaml);
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

#[test]
fn the_file_in_the_repository_is_current() {
    let path = folder().join("format-1.schema.json");
    let schema = threshold_matrix::json_schema();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == schema,
        "{} is not current; UPDATE_SCHEMA=1 writes it anew",
        path.display()
    );
}

#[test]
fn every_published_matrix_is_taken() {
    let validator = validator();
    let mut count = 0;
    for folder in std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
    {
        for path in std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                check_takes(
                    &validator,
                    &path.display().to_string(),
                    &std::fs::read_to_string(&path).unwrap(),
                );
                count += 1;
            }
        }
    }
    assert!(count >= 13, "only {count} matrices are found");
}

#[test]
fn every_example_of_the_format_is_taken() {
    let validator = validator();
    for (line, text) in format_page::blocks() {
        check_takes(
            &validator,
            &format!("FORMAT.md, block at line {line}"),
            &text,
        );
    }
}

#[test]
fn numbers_may_be_texts() {
    let text = SMALL
        .replace("points: 1", "points: \"1.5\"")
        .replace("range: [0, 60]", "range: [\"0\", 60]");
    check_takes(&validator(), "numbers as texts", &text);
}

const SMALL: &str = "\
format: 1
id: small
version: 1.0.0
title: Small
status: local
inputs:
  arrests: { type: integer, range: [0, 60] }
criteria:
  frequency: { input: arrests, each: 2, points: 1 }
dimensions:
  often: { score: [frequency], levels: [ { level: high, from: 3 }, { level: low } ] }
tiers: [high, low]
decision:
  rules: [ { tier: high, when: { often: high } }, { tier: low } ]
overrides:
  - { id: floor, when: { arrests: { from: 50 } }, at_least: high, reason: very often }
";

#[test]
fn what_is_malformed_is_refused() {
    let validator = validator();
    check_takes(&validator, "the matrix to break", SMALL);
    for (from, to) in [
        ("id: small", "id: Small Matrix"),
        ("version: 1.0.0", "version: \"1.0\""),
        ("title: Small\n", ""),
        ("status: local", "status: draft"),
        ("type: integer", "type: int"),
        ("inputs:\n", "inputs:\n  Arrests: { type: boolean }\n"),
        ("each: 2", "eech: 2"),
        ("points: 1", "points: some"),
        ("points: 1", "points: \"1,5\""),
        ("points: 1", "points: 1, bands: [ { from: 0, points: 1 } ]"),
        ("input: arrests, each: 2, points: 1", "input: arrests"),
        ("score: [frequency]", "score: frequency"),
        ("from: 3", "from: three"),
        ("tiers: [high, low]", "tiers: high"),
        ("tiers: [high, low]", "tiers: []"),
        ("{ often: high }", "{}"),
        ("{ often: high }", "{ any: { often: high } }"),
        ("{ arrests: { from: 50 } }", "{ arrests: { form: 50 } }"),
        ("{ tier: low }", "{ tier: low, status: closed }"),
        (", reason: very often", ""),
        ("at_least: high", "up: 0"),
        ("format: 1", "extra: 1\nformat: 1"),
    ] {
        assert!(SMALL.contains(from), "{from}");
        let broken = SMALL.replacen(from, to, 1);
        assert!(
            !validator.is_valid(&json(&broken)),
            "the schema takes this:\n{broken}"
        );
    }
}
