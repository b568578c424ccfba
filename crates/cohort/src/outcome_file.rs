//! Files of outcomes, of any kind.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use threshold_matrix::bulk::{Outputs, ResultColumn};
use threshold_matrix::{Date, Matrix};

#[cfg(feature = "parquet")]
use crate::files::{ColumnFileKind, ColumnWriter, OutcomeBatches};
#[cfg(feature = "xlsx")]
use crate::lists::RefusedList;
#[cfg(feature = "xlsx")]
use crate::outcome_workbook::OutcomeWorkbook;
#[cfg(any(feature = "parquet", feature = "xlsx"))]
use crate::write::Lines;
use crate::write::{FIRST, LIBRARY, NEXT_CHANGE, NEXT_RESULT, STANDS_UNTIL, UNTIL};
use crate::{
    Beside, CohortError, CohortFiles, FileKind, FileList, Moved, OutcomeWriter, RunReport,
    ScoredPart,
};

/// A file of outcomes, whose ending says its kind.
#[derive(Debug)]
pub struct OutcomeFile {
    form: Form,
}

/// Where text is written.
trait Out: Write + Send + Sync + std::fmt::Debug {}
impl<W: Write + Send + Sync + std::fmt::Debug> Out for W {}

#[derive(Debug)]
enum Form {
    Text(OutcomeWriter<Box<dyn Out>>),
    #[cfg(feature = "parquet")]
    Columns(ColumnWriter, OutcomeBatches),
    #[cfg(feature = "xlsx")]
    Workbook(Box<OutcomeWorkbook>),
}

/// The outcomes of some parts, as they will stand in the file.
#[cfg(feature = "parquet")]
pub(crate) enum Encoded {
    Text(Vec<u8>),
    Pages(parquet_pages::Encoded),
    Batches(Vec<arrow_array::RecordBatch>),
}

#[cfg(feature = "parquet")]
impl std::fmt::Debug for Encoded {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Encoded")
    }
}

impl OutcomeFile {
    /// Creates the file, and writes over one that exists. The path may end in something else than what `kind_of` ends in, which says the kind.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written, or its kind is not one that is written here.
    pub fn create(
        path: &Path,
        kind_of: &Path,
        cohort: Option<&CohortFiles>,
        matrix: &Matrix,
        as_at: Date,
        outputs: Outputs,
        beside: Beside,
    ) -> Result<Self, CohortError> {
        check(&beside, matrix, outputs)?;
        #[cfg(feature = "parquet")]
        if let Some(kind) = ColumnFileKind::of(kind_of) {
            let (kinds, has_dates) = match cohort {
                Some(cohort) => (cohort.kinds(), cohort.has_dates()),
                None => ((arrow_schema::DataType::Utf8, Vec::new()), false),
            };
            let wrong = |source| crate::files::FileError::Arrow {
                path: path.to_owned(),
                source,
            };
            let batches = OutcomeBatches::new(matrix, as_at, outputs, beside, kinds, has_dates);
            let batches = batches.map_err(wrong)?;
            let writer = ColumnWriter::create(path, kind, batches.schema())?;
            return Ok(Self {
                form: Form::Columns(writer, batches),
            });
        }
        let kind = FileKind::of(kind_of).ok_or(CohortError::UnknownKind)?;
        if kind == FileKind::Workbook {
            return Self::workbook(path, kind_of, cohort, matrix, as_at, outputs, beside);
        }
        let file = File::create(path).map_err(CohortError::Write)?;
        Self::text(Box::new(file), kind, matrix, outputs, beside)
    }

    #[cfg(feature = "xlsx")]
    fn workbook(
        path: &Path,
        kind_of: &Path,
        cohort: Option<&CohortFiles>,
        matrix: &Matrix,
        as_at: Date,
        outputs: Outputs,
        beside: Beside,
    ) -> Result<Self, CohortError> {
        let ending = kind_of.extension().unwrap_or_default();
        if !ending.eq_ignore_ascii_case("xlsx") {
            // Programs do not open a workbook whose ending promises macros.
            let message = "outcomes are written as a workbook without macros; end the name of the file in .xlsx";
            return Err(CohortError::Workbook {
                message: message.to_owned(),
            });
        }
        let people = cohort.and_then(CohortFiles::people);
        let list = RefusedList::of(cohort);
        let book = OutcomeWorkbook::create(path, people, list, matrix, as_at, outputs, beside)?;
        Ok(Self {
            form: Form::Workbook(Box::new(book)),
        })
    }

    #[cfg(not(feature = "xlsx"))]
    fn workbook(
        _: &Path,
        _: &Path,
        _: Option<&CohortFiles>,
        _: &Matrix,
        _: Date,
        _: Outputs,
        _: Beside,
    ) -> Result<Self, CohortError> {
        Err(CohortError::Workbook {
            message:
                "workbooks are written only by a library that was built with the feature `xlsx`"
                    .to_owned(),
        })
    }

    /// Creates what writes outcomes as text to the standard output.
    ///
    /// # Errors
    /// Returns an error if it cannot be written to.
    pub fn standard_output(
        kind: FileKind,
        matrix: &Matrix,
        outputs: Outputs,
        beside: Beside,
    ) -> Result<Self, CohortError> {
        check(&beside, matrix, outputs)?;
        Self::text(Box::new(std::io::stdout()), kind, matrix, outputs, beside)
    }

    fn text(
        target: Box<dyn Out>,
        kind: FileKind,
        matrix: &Matrix,
        outputs: Outputs,
        beside: Beside,
    ) -> Result<Self, CohortError> {
        let writer = OutcomeWriter::with(target, kind, matrix, outputs, beside);
        Ok(Self {
            form: Form::Text(writer.map_err(CohortError::Write)?),
        })
    }

    /// Returns the outcomes of some parts in the form of the file. Any number of threads may do so at once.
    #[cfg(feature = "parquet")]
    pub(crate) fn encode(&self, parts: &mut [ScoredPart]) -> Result<Encoded, CohortError> {
        match &self.form {
            Form::Text(writer) => text_of(writer.lines(), parts).map(Encoded::Text),
            #[cfg(feature = "xlsx")]
            Form::Workbook(book) => text_of(book.lines(), parts).map(Encoded::Text),
            Form::Columns(writer, batches) => {
                let batches = parts.iter_mut().map(|part| batches.batch(part));
                let batches = batches
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(|source| writer.arrow_error(source))?;
                Ok(match writer.encode(&batches)? {
                    Some(pages) => Encoded::Pages(pages),
                    None => Encoded::Batches(batches),
                })
            }
        }
    }

    /// Writes what was encoded.
    #[cfg(feature = "parquet")]
    pub(crate) fn append(&mut self, encoded: Encoded) -> Result<(), CohortError> {
        match (&mut self.form, encoded) {
            (Form::Text(writer), Encoded::Text(text)) => {
                writer.append(&text).map_err(CohortError::Write)
            }
            #[cfg(feature = "xlsx")]
            (Form::Workbook(book), Encoded::Text(text)) => book.append(&text),
            (Form::Columns(writer, _), Encoded::Pages(pages)) => Ok(writer.append(pages)?),
            (Form::Columns(writer, _), Encoded::Batches(batches)) => {
                Ok(batches.iter().try_for_each(|batch| writer.write(batch))?)
            }
            _ => Ok(()),
        }
    }

    /// Takes note of what a workbook has in other sheets: those of a part who were refused, and those who moved. It is called once for each part.
    pub(crate) fn note(&mut self, part: &ScoredPart, moved: &[Moved]) -> Result<(), CohortError> {
        match &mut self.form {
            #[cfg(feature = "xlsx")]
            Form::Workbook(book) => book.note(part, moved),
            _ => {
                let _ = (part, moved);
                Ok(())
            }
        }
    }

    /// Writes the people of one part, and those who were found to have moved when it was counted, whom a workbook has in a sheet of their own.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written.
    pub fn write(&mut self, part: &mut ScoredPart, moved: &[Moved]) -> Result<(), CohortError> {
        self.note(part, moved)?;
        match &mut self.form {
            Form::Text(writer) => writer.write_part(part).map_err(CohortError::Write),
            #[cfg(feature = "xlsx")]
            Form::Workbook(book) => {
                let text = text_of(book.lines(), std::slice::from_mut(part))?;
                book.append(&text)
            }
            #[cfg(feature = "parquet")]
            Form::Columns(..) => {
                let encoded = self.encode(std::slice::from_mut(part))?;
                self.append(encoded)
            }
        }
    }

    /// Ends the file. A workbook also has what the run came to, and who is gone since an earlier run.
    ///
    /// # Errors
    /// Returns an error if the rest of it cannot be written.
    pub fn finish(self, report: &RunReport<'_>, previous: &FileList) -> Result<(), CohortError> {
        let _ = (report, previous);
        match self.form {
            #[cfg(feature = "xlsx")]
            Form::Workbook(book) => book.finish(report, previous),
            Form::Text(writer) => {
                let mut target = writer.finish().map_err(CohortError::Write)?;
                target.flush().map_err(CohortError::Write)
            }
            #[cfg(feature = "parquet")]
            Form::Columns(writer, _) => Ok(writer.finish()?),
        }
    }
}

/// Returns the outcomes of some parts as lines of text.
#[cfg(any(feature = "parquet", feature = "xlsx"))]
fn text_of(lines: &Lines, parts: &[ScoredPart]) -> Result<Vec<u8>, CohortError> {
    let mut text = Vec::new();
    for part in parts {
        let added = lines.add_part(part, &mut text);
        added.map_err(CohortError::Write)?;
    }
    Ok(text)
}

/// The names that outcomes have in some kind of file, beside those of a matrix and those that come first in CSV.
const NAMES: [&str; 13] = [
    "exact",
    "in_force",
    "dimensions",
    "points",
    "flags",
    "decisions",
    "error",
    "previous",
    NEXT_CHANGE.0,
    NEXT_RESULT.0,
    STANDS_UNTIL.0,
    UNTIL.0,
    LIBRARY.0,
];

/// Checks that the columns that are carried through are called otherwise than those of outcomes, and each only once.
pub(crate) fn check(beside: &Beside, matrix: &Matrix, outputs: Outputs) -> Result<(), CohortError> {
    let own = ResultColumn::all(matrix, outputs);
    let is_taken = |name: &str| {
        let is_fixed = FIRST.contains(&name) || NAMES.contains(&name);
        is_fixed || own.iter().any(|own| own.name == name)
    };
    let mut problems = Vec::new();
    for (at, name) in beside.kept.iter().enumerate() {
        if is_taken(name) {
            problems.push(format!(
                "`{name}` cannot be carried through, since outcomes have a column of this name; rename it in the cohort"
            ));
        } else if beside.kept.iter().take(at).any(|other| other == name) {
            problems.push(format!("`{name}` is carried through twice; name it once"));
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(CohortError::Columns { problems })
    }
}
