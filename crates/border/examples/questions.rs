//! Writes questions for the bindings to other languages, and the answers of the library, so that the answers of each binding can be held to the same
//! bytes.
//!
//! `questions FOLDER` writes three files to a folder. Each line of `questions.tsv` has a matrix, a date and a profile, with tabs between them. A matrix
//! that ends in `.yaml` is a file of the folder. For each of them, `answers.txt` has two lines: the outcome and the trace, or what is wrong.
//!
//! The cases of published matrices lie beside the repository. Where they are not there, it says so, and the questions are fewer.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is a program of the tests"
)]

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::value::RawValue;
use threshold_matrix_border::{Answer, explain, load, open, score};

const EXACT: &str = include_str!("exact.yaml");

/// The files of cases, each with its matrix.
const CASES: [(&str, &str); 5] = [
    ("hmpps-utm@1.0.0", "hmpps-utm-1-peer-tests.jsonl"),
    ("hmpps-utm@2.0.0", "hmpps-utm-2.jsonl"),
    ("hmpps-tier@3.5.0", "hmpps-tier-3.5-peer-tests.jsonl"),
    ("hmpps-tier@3.6.0", "hmpps-tier-3.6.jsonl"),
    ("psa@1.0.0", "psa.jsonl"),
];

/// Profiles at the edges of what is read: digits, texts, what is unknown and what is wrong.
const PROFILES: [(&str, &str); 16] = [
    (
        "exact.yaml",
        r#"{"share": 0.333333333, "account": 999999999999999, "exposure": 999999999.999999}"#,
    ),
    (
        "exact.yaml",
        r#"{"share": "0.333333334", "account": "999999999999998"}"#,
    ),
    (
        "exact.yaml",
        r#"{"share": 333333333e-9, "account": 9.99999999999999e14, "exposure": "0.000001"}"#,
    ),
    (
        "exact.yaml",
        r#"{"share": 0.3333333330, "account": 0, "exposure": 1E2}"#,
    ),
    ("exact.yaml", r#"{"account": 12}"#),
    (
        "exact.yaml",
        r#"{"share": 0.3333333333, "account": 1000000000000000, "exposure": -1, "shore": 1}"#,
    ),
    (
        "exact.yaml",
        r#"{"share": true, "account": [], "exposure": "much"}"#,
    ),
    ("exact.yaml", r#"{"share": {}}"#),
    ("exact.yaml", r#"{"share": 0.1, "share": 0.2}"#),
    ("exact.yaml", r#"["share"]"#),
    ("exact.yaml", "{"),
    ("iom-threshold@1.1.0", "{}"),
    (
        "iom-threshold@1.1.0",
        r#"{"arrests_12m": 12, "ogrs3": 75, "rosh": "high"}"#,
    ),
    (
        "iom-threshold@1.1.0",
        r#"{"rosh": "h\u00efgh \"\ud83d\ude00\""}"#,
    ),
    (
        "hmpps-utm@2.0.0",
        r#"{"rsr": "3.10", "rosh": "medium", "complexity": ["mental_health"], "female": null}"#,
    ),
    ("no-such-matrix@1.0.0", "{}"),
];

#[derive(serde::Deserialize)]
struct Case<'a> {
    #[serde(default)]
    as_at: Option<&'a str>,
    #[serde(borrow)]
    profile: &'a RawValue,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let (mut questions, mut answers) = (String::new(), String::new());
    let mut ask = |name: &str, as_at: &str, profile: &str| -> Result<(), std::fmt::Error> {
        writeln!(questions, "{name}\t{as_at}\t{profile}")?;
        for answer in answers_to(name, as_at, profile) {
            let text = answer.unwrap_or_else(|wrong| wrong.to_json());
            writeln!(answers, "{text}")?;
        }
        Ok(())
    };
    for (name, profile) in PROFILES {
        ask(name, "2026-12-05", profile)?;
    }
    ask("exact.yaml", "2026-02-30", "{}")?;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = repository.join("../shared/cases");
    for (name, file) in CASES {
        for cases in [repository.join("tests/cases").join(file), shared.join(file)] {
            let text = match std::fs::read_to_string(&cases) {
                Ok(text) => text,
                Err(_) if !cases.starts_with(&shared) => continue,
                Err(error) => {
                    eprintln!(
                        "SKIPPED: ../shared/cases/{file} cannot be read ({error}), so its cases are not compared"
                    );
                    continue;
                }
            };
            for line in text.lines() {
                let case: Case<'_> = serde_json::from_str(line)?;
                ask(name, case.as_at.unwrap_or("2026-12-05"), case.profile.get())?;
            }
        }
    }
    println!("{} questions", questions.lines().count());
    std::fs::write(folder.join("exact.yaml"), EXACT)?;
    std::fs::write(folder.join("questions.tsv"), questions)?;
    std::fs::write(folder.join("answers.txt"), answers)?;
    Ok(())
}

/// Returns the outcome and the trace.
fn answers_to(name: &str, as_at: &str, profile: &str) -> [Answer; 2] {
    let opened = match name {
        "exact.yaml" => load(name, EXACT.as_bytes()),
        name => open(name, None),
    };
    match opened {
        Ok(matrix) => [
            score(&matrix, profile, as_at),
            explain(&matrix, profile, as_at, r#"{"form": "trace"}"#),
        ],
        // A binding opens the matrix once, and says twice what is wrong.
        Err(wrong) => [Ok(wrong.to_json()), Ok(wrong.to_json())],
    }
}
