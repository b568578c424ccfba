//! What is wrong with the text of a matrix, for an editor.

use serde::Serialize;
use threshold_matrix::analysis::Finding;
use threshold_matrix::{Diagnostic, Matrix, Place, WorkedExample};

use crate::{Answer, date, json};

/// Everything that an author should look at.
#[derive(Serialize)]
struct Checked<'a> {
    /// Whether the text is a matrix.
    loads: bool,
    faults: Vec<&'a Diagnostic>,
    /// How many faults were found beyond those.
    left_out: usize,
    /// The examples of the file that do not hold.
    examples: Vec<Broken<'a>>,
    /// What the proofs found that nobody accepted.
    findings: Vec<&'a Finding>,
    /// Whether everything that was asked of the proofs was proved.
    complete: bool,
}

#[derive(Serialize)]
struct Broken<'a> {
    title: &'a str,
    place: Place,
    differences: &'a [String],
}

/// Returns what is wrong with the text of a matrix, each thing with its place. With a date, what is proved of all profiles is among it.
///
/// A text that is not a matrix is an answer here, and not an error.
///
/// # Errors
/// Returns an error if the date is not one.
pub fn check(file: &str, text: &[u8], as_at: Option<&str>) -> Answer {
    let as_at = as_at.map(date).transpose()?;
    let matrix = match Matrix::from_named_yaml(file, text) {
        Ok(matrix) => matrix,
        Err(faults) => {
            return json(&Checked {
                loads: false,
                faults: faults.iter().collect(),
                left_out: faults.left_out(),
                examples: Vec::new(),
                findings: Vec::new(),
                complete: as_at.is_none(),
            });
        }
    };
    let examples = matrix.run_examples();
    let analysis = as_at.map(|as_at| matrix.analyse(as_at));
    let findings = analysis.iter().flat_map(|analysis| analysis.findings());
    json(&Checked {
        loads: true,
        faults: Vec::new(),
        left_out: 0,
        examples: examples
            .iter()
            .filter(|own| !own.differences.is_empty())
            .map(broken)
            .collect(),
        findings: findings.filter(|own| own.accepted.is_none()).collect(),
        complete: analysis
            .as_ref()
            .is_none_or(|analysis| analysis.is_complete()),
    })
}

fn broken(example: &WorkedExample) -> Broken<'_> {
    Broken {
        title: &example.title,
        place: example.place,
        differences: &example.differences,
    }
}
