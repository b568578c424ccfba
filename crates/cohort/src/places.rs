//! Where what is asked of a person stands in the records of a file.

use std::sync::Arc;

use crate::native::Sheet;
use threshold_matrix::Refusal;

/// The column that an input is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputColumn {
    pub(crate) input: String,
    pub(crate) position: usize,
    /// As the file calls it.
    pub(crate) name: String,
}

/// Where what a part of a cohort is asked for stands in the file's records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Places {
    /// The column of the ids.
    pub(crate) id: usize,
    /// The column of each input that has one.
    pub(crate) inputs: Vec<InputColumn>,
    /// The columns that are carried through.
    pub(crate) kept: Vec<usize>,
    /// The name of the file, if the cohort is of several.
    pub(crate) file: Option<Arc<str>>,
    /// The sheet that the records are from, if they are from a workbook.
    pub(crate) sheet: Option<Arc<Sheet>>,
}

impl Places {
    /// Returns a refusal of a record in which each problem of one input ends with the name of its cell, if the record is from a workbook.
    pub(crate) fn named(&self, refusal: &Refusal, row: u64) -> Refusal {
        let Some(sheet) = &self.sheet else {
            return refusal.clone();
        };
        let problems = refusal.problems().iter().cloned().map(|mut problem| {
            let column = match problem.inputs.as_slice() {
                [input] => self.inputs.iter().find(|column| column.input == *input),
                _ => None,
            };
            if let Some(column) = column {
                let place = format!(" ({})", sheet.place(row, column.position));
                if !problem.message.ends_with(&place) {
                    problem.message.push_str(&place);
                }
            }
            problem
        });
        Refusal::new(problems.collect())
    }
}
