//! Checks matrix files: every fault with its place, and the panel's own worked examples.

mod program;

use std::io::IsTerminal;
use std::process::ExitCode;

use lexopt::prelude::*;
use threshold_matrix::{Matrix, OpenError};

const HELP: &str = "\
Checks matrices: every fault with its place, then the examples that the file holds.

usage: check [--sheet] [--atrs] [--html FILE] MATRIX...

  MATRIX        a file (.yaml), or an embedded matrix: `iom-threshold` or `iom-threshold@1.0.0`
  --sheet       print the whole matrix after its examples, as tables to read
  --atrs        print what the matrix can fill of an Algorithmic Transparency
                Recording Standard record (Tier 2), as Markdown
  --html FILE   write those tables as a page for a browser or a printer, of one matrix

Exit status: 0 nothing found, 1 a fault or an example that does not hold, 2 wrong usage.
";

fn main() -> ExitCode {
    program::run(run)
}

fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut names = Vec::new();
    let (mut prints_sheet, mut prints_record, mut html) = (false, false, None);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => {
                program::say(HELP)?;
                return Ok(ExitCode::SUCCESS);
            }
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
    let mut sound = true;
    for name in &names {
        let mut page = String::new();
        let checked = check(name, &mut page);
        program::say(&page)?;
        let Some((matrix, holds)) = checked else {
            sound = false;
            continue;
        };
        sound &= holds;
        if prints_sheet {
            program::say(&format!("\n{}\n", matrix.sheet()))?;
        }
        if prints_record {
            program::say(&format!("\n{}", matrix.to_atrs_markdown()))?;
        }
        if let Some(file) = &html {
            let shown = file.to_string_lossy();
            std::fs::write(file, matrix.sheet().to_html()).map_err(|error| format!("{shown}: {error}"))?;
        }
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The matrix, if it loads, and whether its examples hold.
fn check(name: &str, page: &mut String) -> Option<(Matrix, bool)> {
    let matrix = match Matrix::open(name, program::today()) {
        Ok(matrix) => matrix,
        Err(OpenError::Faults(faults)) if std::io::stdout().is_terminal() => {
            page.push_str(&format!("{}\n\n", faults.to_coloured_string()));
            return None;
        }
        Err(error) => {
            page.push_str(&format!("{error}\n"));
            return None;
        }
    };
    let examples = matrix.run_examples();
    let broken: Vec<_> = examples.iter().filter(|example| !example.differences.is_empty()).collect();
    for example in &broken {
        page.push_str(&format!("{name}:{}: the example `{}` does not hold\n", example.place, example.title));
        example.differences.iter().for_each(|difference| page.push_str(&format!("    {difference}\n")));
    }
    let held = examples.len() - broken.len();
    let (id, version, hash) = (matrix.id(), matrix.version(), matrix.content_hash());
    page.push_str(&format!("{name}: {id} {version}, {hash}; {held} of {} examples hold\n", examples.len()));
    let holds = broken.is_empty();
    Some((matrix, holds))
}
