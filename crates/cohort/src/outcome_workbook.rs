//! Writes outcomes as a workbook: who has which result, who moved, who was refused and why, and what the run was about.

use std::path::Path;

use threshold_matrix::bulk::{Outputs, ResultColumn, ResultForm};
use threshold_matrix::{Date, Matrix};

use crate::lists::{MOVED, RefusedList, gone, moved_cells};
use crate::previous::RESULTS;
use crate::workbook::{Form, MOST, WorkbookWriter, too_many};
use crate::write::{Beside, FIRST, Lines, unguarded};
use crate::{CohortError, FileKind, FileList, Moved, RunReport, ScoredPart};

/// A workbook of outcomes.
///
/// Its sheet of results is the file of CSV, cell by cell: what a cell holds is said by its column.
#[derive(Debug)]
pub(crate) struct OutcomeWorkbook {
    book: WorkbookWriter,
    lines: Lines,
    /// What the cells of the results hold.
    forms: Vec<Form>,
    results: usize,
    /// The sheet of those who moved, and who they are as far as it is known: of whom a later row is found, is not among them.
    moved: Option<(usize, Vec<Moved>)>,
    refused: usize,
    list: RefusedList,
}

impl OutcomeWorkbook {
    /// Creates the file, of which it is known how many people it will have, or not.
    pub(crate) fn create(
        path: &Path,
        people: Option<u64>,
        list: RefusedList,
        matrix: &Matrix,
        as_at: Date,
        outputs: Outputs,
        beside: Beside,
    ) -> Result<Self, CohortError> {
        if people.is_some_and(|people| people > MOST) {
            return Err(too_many(RESULTS));
        }
        let has_previous = beside.previous;
        // Behind all that is of the matrix, the error and the earlier result.
        let next_change = beside.until.map(|_| {
            let own = ResultColumn::all(matrix, outputs).len();
            FIRST.len() + own + 1 + usize::from(has_previous)
        });
        let mut book = WorkbookWriter::create(path, as_at)?;
        let lines = Lines::new(FileKind::Csv, matrix, outputs, beside);
        let lines = lines.map_err(CohortError::Write)?;
        let columns = lines.header();
        let results = book.begin(RESULTS, &columns, 12)?;
        let moved = if has_previous {
            Some((book.begin("Moved", &MOVED, 16)?, Vec::new()))
        } else {
            None
        };
        let mut forms = forms(matrix, outputs, columns.len());
        for date in [0, 2, 3] {
            if let Some(form) = next_change.and_then(|at| forms.get_mut(at + date)) {
                *form = Form::Date;
            }
        }
        Ok(Self {
            forms,
            results,
            moved,
            refused: book.begin("Refused", &list.columns(), 16)?,
            list,
            book,
            lines,
        })
    }

    /// Returns what makes the lines of CSV.
    pub(crate) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// Writes lines of CSV that were made.
    pub(crate) fn append(&mut self, lines: &[u8]) -> Result<(), CohortError> {
        let mut reader = csv::ReaderBuilder::new();
        // Without an empty line before it, a mark of the order of bytes at the beginning of an id would be taken for that of a file.
        let lines = std::io::Read::chain(&b"\n"[..], lines);
        let mut reader = reader.has_headers(false).from_reader(lines);
        let mut record = csv::ByteRecord::new();
        while reader
            .read_byte_record(&mut record)
            .map_err(|error| CohortError::from_csv(1, error))?
        {
            let texts: Vec<_> = record.iter().map(String::from_utf8_lossy).collect();
            let texts = texts.iter().map(|text| unguarded(text));
            let forms = self.forms.iter().copied();
            self.book.add(self.results, forms.zip(texts))?;
        }
        Ok(())
    }

    /// Takes note of those of a part who were refused, and of those who moved.
    pub(crate) fn note(&mut self, part: &ScoredPart, moved: &[Moved]) -> Result<(), CohortError> {
        let (book, sheet) = (&mut self.book, self.refused);
        let forms = self.list.columns().into_iter().map(|name| match name {
            "line" => Form::Number,
            _ => Form::Text,
        });
        self.list.each(part, |cells| {
            book.add(sheet, forms.clone().zip(cells.iter().copied()))
        })?;
        if let Some((_, all)) = &mut self.moved {
            all.extend_from_slice(moved);
        }
        Ok(())
    }

    /// Ends the file, with who is gone since the earlier run and what the run was about.
    pub(crate) fn finish(
        self,
        report: &RunReport<'_>,
        previous: &FileList,
    ) -> Result<(), CohortError> {
        let (mut book, tally) = (self.book, report.tally());
        if let Some((sheet, moved)) = self.moved {
            let mut add = |cells: [&str; 4]| book.add(sheet, cells.map(|text| (Form::Text, text)));
            let withdrawn = tally.withdrawn();
            let withdrawn: std::collections::HashSet<&str> =
                withdrawn.iter().map(String::as_str).collect();
            for person in &moved {
                if !withdrawn.contains(person.id.as_str()) {
                    add(moved_cells(person))?;
                }
            }
            gone(tally, previous, &mut add)?;
        }
        let sheet = book.begin("About", &["about", "value"], 44)?;
        for (about, form, value) in report.about() {
            book.add(sheet, [(Form::Text, &*about), (form, &*value)])?;
        }
        book.finish("Refused")
    }
}

/// Returns what the cells of each column of results hold.
fn forms(matrix: &Matrix, outputs: Outputs, columns: usize) -> Vec<Form> {
    let first = FIRST.map(|name| match name {
        "as_at" => Form::Date,
        "provisional" => Form::Truth,
        _ => Form::Text,
    });
    let own = ResultColumn::all(matrix, outputs);
    let own = own.iter().map(|column| match column.form {
        ResultForm::Number => Form::Number,
        ResultForm::Truth => Form::Truth,
        ResultForm::Names(_) => Form::Text,
    });
    let known = first.into_iter().chain(own);
    known
        .chain(std::iter::repeat(Form::Text))
        .take(columns)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_people_are_refused_before_there_is_a_file() {
        let matrix = Matrix::from_yaml(threshold_matrix::doc_example()).unwrap();
        let path =
            std::env::temp_dir().join(format!("threshold-matrix-many-{}", std::process::id()));
        let create = |people| {
            let (as_at, outputs) = ("2026-12-05".parse().unwrap(), Outputs::tiers());
            let beside = Beside::default();
            let list = RefusedList::default();
            OutcomeWorkbook::create(&path, Some(people), list, &matrix, as_at, outputs, beside)
        };
        let error = create(MOST + 1).unwrap_err().to_string();
        assert!(error.contains("has room for 1048575 rows"), "{error}");
        assert!(!path.exists());
        create(MOST).unwrap();
        std::fs::remove_file(path).unwrap();
    }
}
