//! Lists of those whom somebody has to look at: who moved, and who was refused and why.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::part::Row;
use crate::write::{line, unguarded};
use crate::{CohortError, CohortFiles, Earlier, FileList, Moved, ScoredPart, Tally};

/// The columns of the list of those who moved.
pub(crate) const MOVED: [&str; 4] = ["id", "from", "to", "why"];
/// A CSV file with a row for each person who moved, who is new or who is gone: `id`, `from`, `to` and `why`.
///
/// `from` is empty for somebody who is new, and `to` for somebody who is gone. `why` names what differs between the runs and may be the reason:
/// `matrix`, `date` and `inputs`, joined by bars; or it is `new` or `gone`. Nobody is listed whose id occurs more than once.
#[derive(Debug)]
pub struct MovedFile {
    path: PathBuf,
    file: BufWriter<File>,
}

/// A CSV file with a row for each problem of each person who was refused: `id`, `line`, `column`, `cell`, `input`, `problem` and `message`. If the cohort
/// is of several files, `file` comes before `line`.
///
/// `line` is the number of the row where the file of the cohort is one of columns.
#[derive(Debug)]
pub struct RefusedFile {
    file: BufWriter<File>,
    list: RefusedList,
}

/// The list of those who were refused, which names files if the cohort is of several.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RefusedList {
    has_files: bool,
}

impl RefusedList {
    pub(crate) fn of(cohort: Option<&CohortFiles>) -> Self {
        let has_files = cohort.is_some_and(CohortFiles::are_several);
        Self { has_files }
    }

    /// Returns the names of the columns.
    pub(crate) fn columns(self) -> Vec<&'static str> {
        let file = self.has_files.then_some("file");
        let own = ["line", "column", "cell", "input", "problem", "message"];
        ["id"].into_iter().chain(file).chain(own).collect()
    }

    /// Calls `each` with the cells of each problem of those of a part who were refused.
    pub(crate) fn each(
        self,
        part: &ScoredPart,
        mut each: impl FnMut(&[&str]) -> Result<(), CohortError>,
    ) -> Result<(), CohortError> {
        for own in part.rows() {
            let Row::Other(place, scored) = own else {
                continue;
            };
            let Err(refusal) = &scored.result else {
                continue;
            };
            let origin = part.origin(scored.line);
            let line = origin.as_ref().map_or(0, |origin| origin.number);
            let line = line.to_string();
            let file = origin.and_then(|origin| origin.file);
            for problem in refusal.problems() {
                let (column, cell) = part.cell_of(place, problem).unwrap_or_default();
                let inputs = problem.inputs.join("|");
                let mut cells = vec![scored.id.as_str()];
                cells.extend(self.has_files.then(|| file.as_deref().unwrap_or_default()));
                cells.extend([&line, column, &cell, &inputs]);
                cells.extend([problem.kind.name(), &problem.message]);
                each(&cells)?;
            }
        }
        Ok(())
    }
}

/// Returns the row of somebody who moved or is new.
pub(crate) fn moved_cells(moved: &Moved) -> [&str; 4] {
    let Moved { id, from, to, why } = moved;
    [id, from.as_deref().unwrap_or_default(), to, why]
}

/// Calls `each` with the row of everybody who is gone, as the files of the earlier run have them.
pub(crate) fn gone(
    tally: &Tally,
    previous: &FileList,
    mut each: impl FnMut([&str; 4]) -> Result<(), CohortError>,
) -> Result<(), CohortError> {
    Earlier::visit_files(previous, |person| {
        if tally.is_gone(&person.id) {
            each([&person.id, &person.result, "", "gone"])?;
        }
        Ok(())
    })
}

fn row(file: &mut BufWriter<File>, cells: &[&str]) -> Result<(), CohortError> {
    file.write_all(&line(cells)).map_err(CohortError::Write)
}

fn create(path: &Path, header: &[&str]) -> Result<BufWriter<File>, CohortError> {
    let mut file = BufWriter::new(File::create(path).map_err(CohortError::Write)?);
    row(&mut file, header)?;
    Ok(file)
}

impl MovedFile {
    /// Creates the file, and writes over one that exists.
    ///
    /// # Errors
    /// Returns an error if it cannot be written.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, CohortError> {
        let path = path.into();
        let file = create(&path, &MOVED)?;
        Ok(Self { path, file })
    }

    /// Writes people who moved or are new.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written.
    pub fn write(&mut self, moved: &[Moved]) -> Result<(), CohortError> {
        let mut rows = moved.iter().map(moved_cells);
        rows.try_for_each(|cells| row(&mut self.file, &cells))
    }

    /// Ends the file: adds those who are gone, as the files of the earlier run have them, and takes away those of whom a later row was found.
    ///
    /// # Errors
    /// Returns an error if a file cannot be read or written.
    pub fn finish(mut self, tally: &Tally, previous: &FileList) -> Result<(), CohortError> {
        gone(tally, previous, |cells| row(&mut self.file, &cells))?;
        self.file.flush().map_err(CohortError::Write)?;
        let withdrawn: HashSet<&str> = tally.withdrawn().iter().map(String::as_str).collect();
        if withdrawn.is_empty() {
            return Ok(());
        }
        let from_csv = |error| CohortError::from_csv(1, error);
        let kept = PathBuf::from(format!("{}.kept", self.path.display()));
        let mut file = create(&kept, &MOVED)?;
        let mut all = csv::Reader::from_path(&self.path).map_err(from_csv)?;
        for person in all.records() {
            let cells: Vec<String> = person
                .map_err(from_csv)?
                .iter()
                .map(|cell| unguarded(cell).to_owned())
                .collect();
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            if !cells.first().is_some_and(|id| withdrawn.contains(id)) {
                row(&mut file, &cells)?;
            }
        }
        file.flush().map_err(CohortError::Write)?;
        std::fs::rename(&kept, &self.path).map_err(CohortError::Write)
    }
}

impl RefusedFile {
    /// Creates the file, and writes over one that exists.
    ///
    /// # Errors
    /// Returns an error if it cannot be written.
    pub fn create(path: &Path, cohort: Option<&CohortFiles>) -> Result<Self, CohortError> {
        let list = RefusedList::of(cohort);
        let file = create(path, &list.columns())?;
        Ok(Self { file, list })
    }

    /// Writes those of a part who were refused. Parts are taken in their order.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written.
    pub fn write(&mut self, part: &ScoredPart) -> Result<(), CohortError> {
        let Self { file, list } = self;
        list.each(part, |cells| row(file, cells))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Returns an error if the rest of it cannot be written.
    pub fn finish(mut self) -> Result<(), CohortError> {
        self.file.flush().map_err(CohortError::Write)
    }
}
