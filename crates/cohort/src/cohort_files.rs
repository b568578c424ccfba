//! The files of a cohort, one after another.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix};

use crate::cohort_file::{CohortFile, Form};
use crate::error::{FileProblem, name_of, some};
#[cfg(feature = "parquet")]
use crate::files::ColumnCohort;
use crate::row_kind::RowKind;
use crate::{
    CohortError, Columns, DueOnly, EventTable, FileList, Moved, Origin, OutcomeFile, Person,
    ScoredPart, Tally,
};

/// A cohort in one file or in several, each of any kind, bound to the inputs of a matrix.
///
/// Several files are scored as one file would be that has their people one after another.
#[derive(Debug)]
pub struct CohortFiles {
    files: Vec<CohortFile>,
    warnings: Vec<String>,
    unused: Vec<String>,
    without_column: Vec<String>,
    until: Option<Date>,
    due: Option<Arc<DueOnly>>,
}

impl CohortFiles {
    /// Opens all files, and binds their columns.
    ///
    /// # Errors
    /// Returns everything that is wrong with every file at once: that it cannot be read, or the problems of its columns.
    pub fn open(list: &FileList, columns: &Columns, matrix: &Matrix) -> Result<Self, CohortError> {
        Self::of(list, columns, &RowKind::Person(matrix.clone(), None, None))
    }

    /// Opens all files, and binds their columns. The events of the people, some lists of them or all, stand in other files.
    ///
    /// # Errors
    /// Returns the errors of [`CohortFiles::open`]. A column of what is counted of such a list is an error as well.
    pub fn with_events(
        list: &FileList,
        columns: &Columns,
        matrix: &Matrix,
        events: &Arc<EventTable>,
    ) -> Result<Self, CohortError> {
        let row = RowKind::Person(matrix.clone(), Some(Arc::clone(events)), None);
        Self::of(list, columns, &row)
    }

    /// Opens all files, whose people have events in other files, or not. Only those are scored for whom a date passes, or whose inputs changed, and it is
    /// looked for the next day on which their result differs; what came out for the others is carried over from an earlier run.
    ///
    /// # Errors
    /// Returns the errors of [`CohortFiles::with_events`].
    pub fn due_only(
        list: &FileList,
        columns: &Columns,
        matrix: &Matrix,
        events: Option<&Arc<EventTable>>,
        due: &Arc<DueOnly>,
    ) -> Result<Self, CohortError> {
        let (events, due) = (events.cloned(), Arc::clone(due));
        let row = RowKind::Person(matrix.clone(), events, Some(Arc::clone(&due)));
        Ok(Self {
            until: Some(due.until()),
            due: Some(due),
            ..Self::of(list, columns, &row)?
        })
    }

    fn of(list: &FileList, columns: &Columns, row: &RowKind) -> Result<Self, CohortError> {
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        for path in list.paths() {
            match CohortFile::open(path, columns, row) {
                Ok(file) => files.push(file),
                Err(error) => problems.push(FileProblem::of(path, error)),
            }
        }
        if !problems.is_empty() {
            return Err(CohortError::Files { problems });
        }
        let mut warnings = list.warnings().to_vec();
        let is_one = files.len() == 1;
        for file in &files {
            let own = file.warnings().iter();
            warnings.extend(own.map(|warning| match is_one {
                true => warning.clone(),
                false => format!("{}: {warning}", name_of(&file.path)),
            }));
        }
        let without = each_once(files.iter().flat_map(CohortFile::inputs_without_column));
        let lacks =
            |file: &CohortFile, input: &String| file.inputs_without_column().contains(input);
        let with_columns = || files.iter().filter(|file| file.has_columns());
        let (without_column, in_some): (Vec<String>, Vec<String>) = without
            .into_iter()
            .partition(|input| with_columns().all(|file| lacks(file, input)));
        for input in in_some {
            let without = with_columns().filter(|file| lacks(file, &input));
            let without: Vec<String> = without.map(|file| name_of(&file.path)).collect();
            let (has, it) = match without.len() {
                1 => ("has", "it"),
                _ => ("have", "them"),
            };
            warnings.push(format!(
                "{} {has} no column for `{input}`, so it is missing for everybody in {it}; other files have one",
                some(&without)
            ));
        }
        Ok(Self {
            unused: each_once(files.iter().flat_map(CohortFile::unused)),
            files,
            warnings,
            without_column,
            until: None,
            due: None,
        })
    }

    /// Looks for the next day on which each result differs with nothing new recorded, up to a date. An [`OutcomeFile`] writes it if it is told to by
    /// [`Beside::with_next_change`](crate::Beside::with_next_change). People are then scored one by one, which takes longer.
    #[must_use]
    pub fn until(self, until: Date) -> Self {
        Self {
            until: Some(until),
            ..self
        }
    }

    /// Returns what a person should know of the files before the results are used: what was left out of folders, what
    /// [`CohortReader::warnings`](crate::CohortReader::warnings) has of each file, and which inputs only some of the files have.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns how long the files are in bytes, or `None` if one of them is the standard input, or a file of which is not known how many people it has.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.files.iter().map(|file| file.length).sum()
    }

    /// Returns how many people there are, if that is known before they are read.
    #[cfg(feature = "xlsx")]
    pub(crate) fn people(&self) -> Option<u64> {
        self.files.iter().map(CohortFile::people).sum()
    }

    /// Returns the columns that no input reads in any of the files, in their order.
    #[must_use]
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// Returns the inputs that no column of any file gives and that the matrix allows to be missing.
    #[must_use]
    pub fn inputs_without_column(&self) -> &[String] {
        &self.without_column
    }

    /// Returns the types of the ids and of the columns that are carried through: where they are not the same in all files, texts.
    #[cfg(feature = "parquet")]
    pub(crate) fn kinds(&self) -> (arrow_schema::DataType, Vec<arrow_schema::DataType>) {
        use arrow_schema::DataType::{Dictionary, Utf8};

        let mut all = self.files.iter().map(CohortFile::kinds);
        let (mut id, mut kept) = all.next().unwrap_or_else(|| (Utf8, Vec::new()));
        for (other_id, other_kept) in all {
            for (own, other) in
                std::iter::once((&mut id, other_id)).chain(kept.iter_mut().zip(other_kept))
            {
                // Each file has a dictionary of its own.
                if *own != other || matches!(own, Dictionary(..)) {
                    *own = Utf8;
                }
            }
        }
        (id, kept)
    }

    /// Returns whether each person may have a date of their own.
    #[cfg(feature = "parquet")]
    pub(crate) fn has_dates(&self) -> bool {
        self.files.iter().any(CohortFile::has_dates)
    }

    /// Returns whether there are several files, so that a line is only found with the name of its file.
    pub(crate) fn are_several(&self) -> bool {
        self.files.len() > 1
    }

    /// Returns the name of each file, if there are several.
    fn names(&self) -> Vec<Option<Arc<str>>> {
        let names = self.files.iter().map(|file| name_of(&file.path).into());
        names
            .map(|name| self.are_several().then_some(name))
            .collect()
    }

    /// Reads people one after another, in the order of the files, each with where they are, until `each` says that it has seen enough.
    ///
    /// # Errors
    /// Returns an error if a file cannot be read on. Otherwise it returns the first error of `each`.
    pub fn visit<E: From<CohortError>>(
        self,
        mut each: impl FnMut(Person, Origin) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let names = self.names();
        for (file, name) in self.files.into_iter().zip(names) {
            let is_row = file.has_rows();
            let visited = file.visit(|person| {
                let origin = Origin {
                    file: name.clone(),
                    number: person.line,
                    is_row,
                };
                each(person, origin)
            })?;
            if visited.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Scores everybody, counts the results, writes them if there is a file to write, and calls `each` for each part in the order of the files, with
    /// those who moved and with how much is done: of [`CohortFiles::length`], or if it is not known, how many people. Returns how many rows the columns
    /// file left out.
    ///
    /// Files of columns are scored by some threads: by as many as the machine has if `threads` is 0.
    ///
    /// # Errors
    /// Returns an error if a file cannot be read on, or the outcomes cannot be written, or if somebody was carried over from an earlier run of whom the
    /// cohort has several rows. Otherwise it returns the first error of `each`.
    #[expect(clippy::too_many_arguments, reason = "a run has as many sides")]
    pub fn score(
        self,
        matrix: &Matrix,
        as_at: Date,
        outputs: Outputs,
        threads: usize,
        tally: &mut Tally,
        mut out: Option<&mut OutcomeFile>,
        mut each: impl FnMut(&ScoredPart, Vec<Moved>, u64) -> Result<(), CohortError>,
    ) -> Result<u64, CohortError> {
        let _ = threads;
        let due = self.due.clone();
        let is_measured = self.length().is_some();
        let names = self.names();
        tally.begin_files(names.iter().flatten().map(ToString::to_string));
        let (mut skipped, mut people, mut bytes) = (0, 0, 0);
        let mut told = |part: &ScoredPart, moved, bytes| {
            people += part.people() as u64;
            each(part, moved, if is_measured { bytes } else { people })
        };
        let mut files: VecDeque<_> = self.files.into_iter().zip(names).collect();
        while let Some((file, name)) = files.pop_front() {
            match file.form {
                Form::Rows(rows) => {
                    let done = rows.done();
                    let scoring = rows.reader.score(matrix, as_at, outputs).until(self.until);
                    let mut scoring = scoring.named(name);
                    while let Some(part) =
                        scoring.next_part().map_err(|error| error.of(&file.path))?
                    {
                        tally.add_part(part);
                        let moved = tally.take_moved();
                        if let Some(out) = &mut out {
                            out.write(part, &moved)?;
                        }
                        told(part, moved, bytes + done())?;
                    }
                    skipped += scoring.reader().skipped();
                    bytes += file.length.unwrap_or_default();
                }
                #[cfg(feature = "parquet")]
                Form::Columns(first) => {
                    let mut run = vec![(first, file.length, name)];
                    // Files of columns that follow one another share the threads.
                    while files.front().is_some_and(|(file, _)| file.has_rows())
                        && let Some((file, name)) = files.pop_front()
                        && let Form::Columns(next) = file.form
                    {
                        run.push((next, file.length, name));
                    }
                    let (cohorts, lengths): (Vec<ColumnCohort>, Vec<u64>) = run
                        .into_iter()
                        .map(|(cohort, length, name)| {
                            (cohort.named(name), length.unwrap_or_default())
                        })
                        .unzip();
                    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
                    let pool = pool.build().map_err(std::io::Error::other);
                    let pool = pool.map_err(|source| CohortError::Read { line: 1, source })?;
                    let each = |at: usize, part: &ScoredPart, moved: Vec<Moved>| {
                        let before: u64 = lengths.iter().take(at).sum();
                        let length = lengths.get(at).copied().unwrap_or_default();
                        let rows = cohorts.get(at).and_then(ColumnCohort::rows);
                        let taken = part.rows_before + part.people() as u64;
                        let own = proportion(length, taken, rows.unwrap_or_default());
                        told(part, moved, bytes + before + own)
                    };
                    let out = out.as_deref_mut();
                    skipped += ColumnCohort::score(
                        &cohorts, matrix, as_at, outputs, self.until, &pool, tally, out, each,
                    )?;
                    bytes += lengths.iter().sum::<u64>();
                }
            }
        }
        due.map_or(Ok(()), |due| due.check())?;
        Ok(skipped)
    }
}

/// Returns how many bytes of a file a number of its rows takes, if all rows take the same.
#[cfg(feature = "parquet")]
fn proportion(bytes: u64, rows: u64, all: u64) -> u64 {
    let part = u128::from(bytes) * u128::from(rows) / u128::from(all.max(1));
    u64::try_from(part).map_or(bytes, |part| part.min(bytes))
}

fn each_once<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
    all
}
