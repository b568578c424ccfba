//! Checks matrix files: every fault with its place, and the panel's own worked examples.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks to a person")]

mod program;

use std::io::IsTerminal;
use std::process::ExitCode;

use lexopt::prelude::*;
use threshold_matrix::{Matrix, OpenError};

const HELP: &str = "\
Checks matrices: every fault with its place, then the examples that the file holds.

usage: check MATRIX...

  MATRIX   a file (.yaml), or an embedded matrix: `iom-threshold` or `iom-threshold@1.0.0`

Exit status: 0 nothing found, 1 a fault or an example that does not hold, 2 wrong usage.";

fn main() -> ExitCode {
    program::run(run)
}

fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut names = Vec::new();
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            Value(name) => names.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if names.is_empty() {
        return Err(lexopt::Error::from(format!("a matrix is needed\n\n{HELP}")).into());
    }
    let mut sound = true;
    for name in &names {
        sound &= check(name);
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(name: &str) -> bool {
    let matrix = match Matrix::open(name, program::today()) {
        Ok(matrix) => matrix,
        Err(OpenError::Faults(faults)) if std::io::stdout().is_terminal() => {
            println!("{}\n", faults.to_coloured_string());
            return false;
        }
        Err(error) => {
            println!("{error}\n");
            return false;
        }
    };
    let examples = matrix.run_examples();
    let broken: Vec<_> = examples.iter().filter(|example| !example.differences.is_empty()).collect();
    for example in &broken {
        println!("{name}:{}: the example `{}` does not hold", example.place, example.title);
        for difference in &example.differences {
            println!("    {difference}");
        }
    }
    let held = examples.len() - broken.len();
    println!("{name}: {} {}, {}; {held} of {} examples hold", matrix.id(), matrix.version(), matrix.content_hash(), examples.len());
    broken.is_empty()
}
