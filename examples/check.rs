//! Checks matrix files: every fault with its place, and the panel's own worked examples.

#![allow(clippy::print_stderr, reason = "a program speaks to a person")]

mod program;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use lexopt::prelude::*;
use threshold_matrix::analysis::Analysis;
use threshold_matrix::{Library, Matrix, OpenError, WorkedExample};

const HELP: &str = "\
Checks matrices: every fault with its place, the examples that the file holds, and what can be proved of it over all profiles.

usage: check [--as-at DATE] [--quick] [--analysis] [--tests[=jsonl]] [--json] [--sheet] [--atrs] [--html FILE] MATRIX...

  MATRIX        a file (.yaml); an embedded matrix, as `iom-threshold` or `iom-threshold@1.0.0`;
                or a folder: every .yaml file in it and below, which must also go together as a library
  --as-at DATE  prove as at this date (2026-12-05); today if not given
  --quick       prove nothing
  --analysis    print all that was proved, not only what to look at
  --tests       print examples to paste into the file: both sides of each
                cut-off, and a profile for each tier, status and level;
                with --tests=jsonl as JSON lines, for the tests of other
                programs, and nothing else
  --json        print what was proved as data, a line for each matrix, and nothing else
  --sheet       print the whole matrix after its examples, as tables to read
  --atrs        print what the matrix can fill of an Algorithmic Transparency
                Recording Standard record (Tier 2), as Markdown
  --html FILE   write those tables as a page for a browser or a printer, of one matrix

Exit status: 0 no fault, and every example holds; 1 else; 2 wrong usage. What was proved is told as warnings.
";

fn main() -> ExitCode {
    program::run(HELP, run)
}

fn run(mut arguments: lexopt::Parser) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut names = Vec::new();
    let (mut prints_sheet, mut prints_record, mut html) = (false, false, None);
    let (mut is_quick, mut prints_analysis, mut as_at) = (false, false, program::today());
    let mut prints_tests = false;
    let mut data: Option<fn(&Analysis) -> String> = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("as-at") => as_at = arguments.value()?.parse()?,
            Long("quick") => is_quick = true,
            Long("analysis") => prints_analysis = true,
            Long("tests") => match arguments
                .optional_value()
                .map(|kind| kind.string())
                .transpose()?
                .as_deref()
            {
                None => prints_tests = true,
                Some("jsonl") => data = Some(Analysis::examples_as_json_lines),
                Some(other) => {
                    return Err(lexopt::Error::from(format!(
                        "--tests={other}: write --tests, or --tests=jsonl"
                    ))
                    .into());
                }
            },
            Long("json") => data = Some(as_json),
            Long("sheet") => prints_sheet = true,
            Long("atrs") => prints_record = true,
            Long("html") => html = Some(arguments.value()?),
            Value(name) => names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if names.is_empty() {
        return Err(lexopt::Error::from("a matrix is needed").into());
    }
    if html.is_some() && names.len() > 1 {
        return Err(lexopt::Error::from("--html goes with one matrix").into());
    }
    if data.is_some()
        && (prints_sheet
            || prints_record
            || prints_analysis
            || prints_tests
            || is_quick
            || html.is_some())
    {
        return Err(lexopt::Error::from(
            "--json and --tests=jsonl print data and nothing else: they go with --as-at alone",
        )
        .into());
    }
    let mut sound = true;
    for name in &names {
        let matrices = match open(name) {
            Ok(matrices) => matrices,
            Err(faults) => {
                // Whoever reads the data finds nothing but data.
                if data.is_some() {
                    eprintln!("{faults}")
                } else {
                    program::say(&format!("{faults}\n"))?
                }
                sound = false;
                continue;
            }
        };
        if html.is_some() && matrices.len() > 1 {
            return Err(lexopt::Error::from("--html goes with one matrix").into());
        }
        for (name, matrix) in &matrices {
            if let Some(data) = data {
                let examples = matrix.run_examples();
                let failed = broken(&examples).len();
                if failed > 0 {
                    sound = false;
                    eprintln!(
                        "{name}: {failed} of its {} examples do not hold; `check` without --json and --tests=jsonl shows how",
                        examples.len()
                    );
                }
                program::say(&data(&matrix.analyse(as_at)))?;
                continue;
            }
            sound &= holds(name, matrix)?;
            if !is_quick {
                let analysis = matrix.analyse(as_at);
                if prints_analysis {
                    program::say(&format!("\n{analysis}\n"))?;
                } else {
                    warn(name, &analysis)?;
                }
                if prints_tests {
                    program::say(&format!("\n{}", analysis.examples()))?;
                }
            }
            if prints_sheet {
                program::say(&format!("\n{}\n", matrix.sheet()))?;
            }
            if prints_record {
                program::say(&format!("\n{}", matrix.to_atrs_markdown()))?;
            }
            if let Some(file) = &html {
                let shown = file.to_string_lossy();
                std::fs::write(file, matrix.sheet().to_html())
                    .map_err(|error| format!("{shown}: {error}"))?;
            }
        }
    }
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What was proved, as data on one line.
fn as_json(analysis: &Analysis) -> String {
    serde_json::to_string(analysis).unwrap_or_default() + "\n"
}

/// The matrix of a name, or the matrices of a folder, each with its name; or else what is wrong.
fn open(name: &str) -> Result<Vec<(String, Matrix)>, String> {
    match Matrix::open(name, program::today()) {
        Ok(matrix) => Ok(vec![(name.to_owned(), matrix)]),
        Err(OpenError::Name(_)) if Path::new(name).is_dir() => {
            let mut library = Library::new();
            match library.load_folder(name) {
                Ok(0) => Err(format!(
                    "{name}: no .yaml file is in this folder or below it"
                )),
                Ok(_) => Ok(library
                    .iter()
                    .map(|matrix| {
                        (
                            format!("{}@{}", matrix.id(), matrix.version()),
                            matrix.clone(),
                        )
                    })
                    .collect()),
                Err(faults) => Err(faults.to_string()),
            }
        }
        Err(OpenError::Faults(faults)) if std::io::stdout().is_terminal() => {
            Err(format!("{}\n", faults.to_coloured_string()))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Says what an author should look at, with the lines of the file where there is one.
fn warn(name: &str, analysis: &Analysis) -> std::io::Result<()> {
    match std::fs::read_to_string(name) {
        Ok(text) => program::say(&format!("{}\n", analysis.warnings(name, &text)))?,
        Err(_) => analysis
            .findings()
            .iter()
            .filter(|finding| finding.accepted.is_none())
            .try_for_each(|finding| program::say(&format!("{name}:{finding}\n")))?,
    }
    let accepted = analysis
        .findings()
        .iter()
        .filter(|finding| finding.accepted.is_some())
        .count();
    let open = analysis.findings().len() - accepted;
    program::say(&format!(
        "{name}: {open} to look at, {accepted} accepted with a reason{}\n",
        if analysis.is_complete() {
            ""
        } else {
            "; not everything could be proved"
        }
    ))
}

/// The examples that do not hold.
fn broken(examples: &[WorkedExample]) -> Vec<&WorkedExample> {
    examples
        .iter()
        .filter(|example| !example.differences.is_empty())
        .collect()
}

/// Whether the examples of a matrix hold, after it was said which do not.
fn holds(name: &str, matrix: &Matrix) -> std::io::Result<bool> {
    let examples = matrix.run_examples();
    let broken = broken(&examples);
    for example in &broken {
        program::say(&format!(
            "{name}:{}: the example `{}` does not hold\n",
            example.place, example.title
        ))?;
        example
            .differences
            .iter()
            .try_for_each(|difference| program::say(&format!("    {difference}\n")))?;
    }
    let held = examples.len() - broken.len();
    let (id, version, hash) = (matrix.id(), matrix.version(), matrix.content_hash());
    program::say(&format!(
        "{name}: {id} {version}, {hash}; {held} of {} examples hold\n",
        examples.len()
    ))?;
    Ok(broken.is_empty())
}
