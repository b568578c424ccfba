//! Counts a cohort in a file of columns as it would be counted person by person.
//!
//! Both revisions score each batch with their loops. People for whom the loops give the same numbers count alike: the first of them is scored as
//! one profile, and what comes out is counted for all of them. The causes of a move are found in the same way, by the numbers that differ.
//! What is open of somebody of whom something is unknown is a part of these numbers. Somebody who is refused, or who moved while something is unknown, is
//! scored as one profile.

mod part;
mod sheet;

use std::borrow::Cow;
use std::cell::LazyCell;
use std::sync::Arc;

use arrow_array::{RecordBatch, new_empty_array};
use arrow_schema::{ArrowError, Schema};
use rayon::ThreadPool;

use super::Trial;
use super::subject::{Subject, deciding};
use super::sweep::Sweep;
use crate::files::{ColumnFile, FileError, ReadBatches, fold_parts};
use crate::{CohortError, Columns, Times, observed, times, trimmed};
use threshold_matrix::Date;
use threshold_matrix::Value;
use threshold_matrix::bulk::arrow::{self, Batches, Names};
use threshold_matrix::bulk::{
    Bound, Bulk, BulkError, ColumnProblem, Open, OpenResults, Outputs, ScoredColumns, Told,
};

use part::{Known, Part};
use sheet::{Compared, Sheet};

impl Trial {
    /// Scores the people of a Parquet or Arrow file by both revisions, and counts what came out.
    ///
    /// The counts are the same as if each person were [added](Trial::add) in the order of the file, whatever the number of threads.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use arrow_array::{RecordBatch, StringArray, UInt8Array};
    /// # use threshold_matrix_cohort::files::{ColumnFileKind, ColumnWriter};
    /// use threshold_matrix::Matrix;
    /// use threshold_matrix_cohort::files::ColumnFile;
    /// use threshold_matrix_cohort::{Columns, trial::Trial};
    ///
    /// # let people = RecordBatch::try_from_iter([
    /// #     ("arrests", Arc::new(UInt8Array::from(vec![12, 4, 1])) as arrow_array::ArrayRef),
    /// #     ("rosh", Arc::new(StringArray::from(vec!["low", "low", "low"]))),
    /// #     ("sex", Arc::new(StringArray::from(vec!["f", "m", "f"]))),
    /// # ])?;
    /// # let path = std::env::temp_dir().join(format!("threshold-matrix-{}.parquet", std::process::id()));
    /// # let mut writer = ColumnWriter::create(&path, ColumnFileKind::Parquet, people.schema_ref())?;
    /// # writer.write(&people)?;
    /// # writer.finish()?;
    /// let old = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let new = Matrix::from_yaml(&threshold_matrix::doc_example().replace("medium, from: 3", "medium, from: 5"))?;
    /// let mut trial = Trial::new(&old, &new).by(["sex"])?;
    /// let pool = rayon::ThreadPoolBuilder::new().build()?;
    /// trial.add_file(&ColumnFile::open(&path)?, &trial.columns(Columns::new()), "2026-11-21".parse()?, &pool)?;
    /// assert_eq!((trial.people(), trial.moved()), (3, 1));
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error if the file cannot be read. Otherwise it returns, all at once, every column that is named and not there, or that a revision
    /// cannot read.
    pub fn add_file(
        &mut self,
        file: &ColumnFile,
        columns: &Columns,
        as_at: Date,
        pool: &ThreadPool,
    ) -> Result<(), FileError> {
        let (bulks, sweep, alone) = self.bulks(as_at);
        let read = Loops::read(&bulks, file.schema(), columns)
            .map_err(|error| file.column_error(error))?;
        let loops = Loops::new(&bulks, sweep, &alone, &file.projected(&read), columns)
            .map_err(|error| file.column_error(error))?;
        let work = |(trial, known): &(&mut Self, Known), _, batches: ReadBatches<'_>| {
            let mut part = Part::new(loops.kept.len(), trial.beside());
            for batch in batches {
                loops
                    .count(trial, known, &batch?, &mut part)
                    .map_err(|error| file.column_error(error))?;
            }
            Ok(part)
        };
        fold_parts(
            &[(file, &read)],
            pool,
            &mut (self, Known::default()),
            work,
            |(trial, known), _, part| {
                trial.add_part(part, as_at, known);
                Ok(())
            },
        )
    }

    /// Scores the people of batches of Arrow data by both revisions, and counts what came out, as [`Trial::add_file`] does for a file.
    ///
    /// # Errors
    /// Returns an error if the batches cannot be read, or do not have the schema that is given. Otherwise it returns, all at once, every column that is
    /// named and not there, or that a revision cannot read.
    pub fn add_batches(
        &mut self,
        schema: &Schema,
        batches: impl IntoIterator<Item = Result<RecordBatch, ArrowError>>,
        columns: &Columns,
        as_at: Date,
    ) -> Result<(), CohortError> {
        let (bulks, sweep, alone) = self.bulks(as_at);
        let read = Loops::read(&bulks, schema, columns).map_err(column_error)?;
        let projected = schema.project(&read).map_err(arrow_error)?;
        let loops = Loops::new(&bulks, sweep, &alone, &projected, columns).map_err(column_error)?;
        let mut known = Known::default();
        for batch in batches {
            let batch = batch.and_then(|batch| batch.project(&read));
            let batch = batch.map_err(arrow_error)?;
            let mut part = Part::new(loops.kept.len(), self.beside());
            loops
                .count(self, &known, &batch, &mut part)
                .map_err(column_error)?;
            self.add_part(part, as_at, &mut known);
        }
        Ok(())
    }

    /// Returns the loops of both revisions, those for each cut-off of the sweep, and those of the old revision with each change alone.
    fn bulks(&self, as_at: Date) -> ([Bulk; 2], Vec<Bulk>, Vec<Bulk>) {
        let outputs = Outputs::tiers()
            .with_dimensions()
            .with_points()
            .with_overrides();
        let bulks = self.matrices.each_ref();
        let sweep = self.sweep.iter().flat_map(Sweep::matrices);
        let results = Outputs::tiers().with_dimensions();
        let alone = self.changes().iter();
        let alone = alone.map(|change| change.alone().bulk(as_at, results));
        (
            bulks.map(|matrix| matrix.bulk(as_at, outputs)),
            sweep
                .map(|matrix| matrix.bulk(as_at, Outputs::tiers()))
                .collect(),
            alone.collect(),
        )
    }

    fn add_part(&mut self, mut part: Part, as_at: Date, known: &mut Known) {
        for (own, more) in self.deciding.iter_mut().zip(part.take_deciding()) {
            for (input, people) in more {
                *own.entry(input).or_default() += people;
            }
        }
        for (tried, observed, people) in part.people() {
            self.spans(as_at);
            self.count(tried, 0, observed, people);
        }
        for (tried, frequency) in part.frequencies() {
            self.count_times(tried, frequency);
        }
        for place in 0..self.beside().len() {
            for (values, tried, observed, people) in part.beside(place) {
                let texts: Vec<_> = values.into_iter().map(text).collect();
                let values = texts.iter().map(|text| text.as_ref());
                self.count_beside(place, values, tried, observed, people);
            }
        }
        for place in 0..self.groups.len() {
            for (values, frequency) in part.frequencies_beside(place) {
                let texts: Vec<_> = values.into_iter().map(text).collect();
                self.count_times_beside(place, texts.iter().map(AsRef::as_ref), frequency);
            }
        }
        for id in &part.ids {
            self.tallies[0].note_id(text(id).as_bytes(), 0);
        }
        self.passed_over += part.passed_over;
        self.unreadable_outcomes += part.unreadable_outcomes;
        self.causes.add(part.into_causes(known));
    }
}

/// Both revisions as loops, and the columns of a file that they and the trial read.
struct Loops<'a> {
    batches: [Batches<'a>; 2],
    bulks: &'a [Bulk; 2],
    /// The loops for each cut-off of the sweep.
    sweep: Vec<Bulk>,
    /// The old revision with each change alone, or `None` if some column cannot be read by one of them.
    alone: Option<Vec<(&'a Bulk, Batches<'a>)>>,
    compared: Vec<Compared>,
    as_at: Date,
    id: Option<usize>,
    outcome: Option<usize>,
    before: Option<usize>,
    kept: Vec<usize>,
}

impl<'a> Loops<'a> {
    /// Returns the positions of the columns that are read, or an error that names every column that is not as it must be.
    fn read(
        bulks: &[Bulk; 2],
        schema: &Schema,
        columns: &Columns,
    ) -> Result<Vec<usize>, BulkError> {
        let mut problems = Vec::new();
        let mut read = Vec::new();
        let names = columns.names().unwrap_or_else(|error| {
            problems.extend(error.0);
            Names::new()
        });
        for bulk in bulks {
            let (batches, faults) = bulk.find(schema, &names.of(bulk.matrix()));
            read.extend(batches.read());
            problems.extend(faults);
        }
        read.extend(id_column(schema, columns));
        let beside = columns.outcome.iter().chain(&columns.before);
        for name in beside.chain(&columns.kept) {
            match arrow::position(schema, name) {
                Ok(position) => {
                    read.push(position);
                    let values =
                        arrow::values(&new_empty_array(schema.field(position).data_type()));
                    problems.extend(
                        values
                            .err()
                            .map(|message| ColumnProblem::new(name.clone(), message)),
                    );
                }
                Err(problem) => problems.push(problem),
            }
        }
        if let Some(name) = columns
            .as_at
            .as_deref()
            .or_else(|| schema.column_with_name("as_at").map(|_| "as_at"))
        {
            let message = "it gives each person a date, and a file of columns is scored at one date for all; leave the column out, or give the cohort as .csv or .jsonl";
            problems.push(ColumnProblem::new(name, message));
        }
        read.sort_unstable();
        read.dedup();
        let mut seen = Vec::new();
        for problem in problems {
            if !seen.contains(&problem) {
                seen.push(problem);
            }
        }
        if seen.is_empty() {
            Ok(read)
        } else {
            Err(BulkError(seen))
        }
    }

    fn new(
        bulks: &'a [Bulk; 2],
        sweep: Vec<Bulk>,
        alone: &'a [Bulk],
        schema: &Schema,
        columns: &Columns,
    ) -> Result<Self, BulkError> {
        let names = columns.names()?;
        let [old, new] = bulks;
        let position = |name: &String| {
            arrow::position(schema, name).map_err(|problem| BulkError(vec![problem]))
        };
        Ok(Self {
            batches: [
                old.batches(schema, &names.of(old.matrix()))?,
                new.batches(schema, &names.of(new.matrix()))?,
            ],
            bulks,
            sweep,
            alone: alone
                .iter()
                .map(|bulk| Some((bulk, bulk.batches(schema, &names.of(bulk.matrix())).ok()?)))
                .collect(),
            compared: Compared::all([old.matrix(), new.matrix()]),
            as_at: old.as_at(),
            id: id_column(schema, columns),
            outcome: columns.outcome.as_ref().map(position).transpose()?,
            before: columns.before.as_ref().map(position).transpose()?,
            kept: columns
                .kept
                .iter()
                .map(position)
                .collect::<Result<_, _>>()?,
        })
    }

    /// Counts the people of a batch.
    fn count(
        &self,
        trial: &Trial,
        known: &Known,
        batch: &RecordBatch,
        part: &mut Part,
    ) -> Result<(), BulkError> {
        let rows = batch.num_rows();
        let [old, new] = &self.bulks;
        let arrays = [
            self.batches[0].arrays(batch)?,
            self.batches[1].arrays(batch)?,
        ];
        let bound = [
            Bound::new(old.matrix(), &arrays[0].cohort(old.matrix())?)?,
            Bound::new(new.matrix(), &arrays[1].cohort(new.matrix())?)?,
        ];
        // Another cut-off makes no other inputs.
        let swept = self
            .sweep
            .iter()
            .map(|bulk| Passed::new(bulk, &bound[1], rows));
        let swept: Vec<Passed> = swept.collect();
        let passed = [
            Passed::new(old, &bound[0], rows),
            Passed::new(new, &bound[1], rows),
        ];
        let profiles = |row| [old.profile(&bound[0], row), new.profile(&bound[1], row)];
        let scored = |row| {
            let subject = Subject::new(&trial.matrices, profiles(row), self.as_at);
            let scored = subject.scored();
            (subject, scored)
        };
        let sheet = Sheet::new(
            passed.each_ref().map(|passed| &passed.scored),
            swept.iter().map(|passed| &passed.scored),
            &self.compared,
            self.outcome.is_some(),
        );
        // Nobody may move.
        let alone = LazyCell::new(|| self.alone(batch, rows));
        let mut key = Vec::new();
        let outcome = self
            .outcome
            .map(|position| values(batch, position))
            .transpose()?;
        let before = self
            .before
            .map(|position| values(batch, position))
            .transpose()?;
        let ids = self.id.filter(|_| trial.tallies[0].needs_ids());
        let ids = ids.and_then(|position| values(batch, position).ok());
        let kept: Vec<_> = self
            .kept
            .iter()
            .map(|position| values(batch, *position))
            .collect::<Result<_, _>>()?;
        for row in 0..rows {
            if !trial.only.is_empty() {
                let cells: Vec<_> = kept.iter().filter_map(|values| values.get(row)).collect();
                let cells: Vec<Cow<'_, str>> = cells.into_iter().map(text).collect();
                if !trial.is_asked_for(|place| cells.get(place).map(AsRef::as_ref)) {
                    part.passed_over += 1;
                    continue;
                }
            }
            let id = ids.as_ref().and_then(|ids| ids.get(row));
            part.ids.extend(id.cloned());
            let all = || passed.iter().chain(&swept);
            let is_refused = all().any(|passed| passed.is_refused(row));
            let outcome = outcome.as_ref().and_then(|values| values.get(row));
            let outcome = outcome.map(text).unwrap_or_default();
            let (observed, times) = match &before {
                None => (observed(&outcome), Ok(None)),
                Some(before) => {
                    let before = before.get(row).map(text).unwrap_or_default();
                    let (before, after) = (times(&before), times(&outcome));
                    let known = after.clone().unwrap_or_default();
                    let both = |before: Option<u32>| Some(Times::new(before?, known?));
                    (
                        after.map(|after| after.map(|after| after > 0)),
                        before.map(both),
                    )
                }
            };
            part.unreadable_outcomes += u64::from(observed.is_err() || times.is_err());
            let (observed, times) = (observed.unwrap_or_default(), times.unwrap_or_default());
            let place = if is_refused {
                let subject = Subject::new(&trial.matrices, profiles(row), self.as_at);
                part.count_by_itself(subject.keys(), observed, || {
                    trial.tried_and_found(&subject, self.outcome.is_some())
                })
            } else {
                sheet.results(row, &mut key);
                all().for_each(|passed| passed.write_open(row, &mut key));
                for (side, passed) in passed.iter().enumerate() {
                    part.count_deciding(side, passed.opened(row), || {
                        let subject = Subject::new(&trial.matrices, profiles(row), self.as_at);
                        let case = subject.cases.get(side).and_then(|case| case.as_ref().ok());
                        case.map(deciding).unwrap_or_default()
                    });
                }
                let place = part.count(&mut key, observed, known, || {
                    let (subject, scored) = scored(row);
                    trial.tried(&subject, &scored, self.outcome.is_some())
                });
                let found = || {
                    let (subject, scored) = scored(row);
                    trial.found(&subject, &scored)
                };
                if part.has_moved(place) {
                    let opens = passed.each_ref().map(|passed| passed.open(row));
                    let alone = alone.as_deref();
                    if let (Some(alone), true) = (alone, sheet.differences(row, opens, &mut key)) {
                        for passed in passed.iter().chain(alone) {
                            passed.write_open(row, &mut key);
                        }
                        for passed in alone {
                            key.push(u8::from(passed.is_refused(row)));
                            Sheet::write_standings(&passed.scored, row, &mut key);
                        }
                        part.count_mover(&key, known, found);
                    } else {
                        part.count_causes(&found());
                    }
                }
                place
            };
            let cells = kept.iter().filter_map(|values| values.get(row));
            part.count_beside(place, cells, times);
        }
        Ok(())
    }
}

impl Loops<'_> {
    /// Returns what the old revision gives with each change alone, or `None` if that is not worked out by loops.
    fn alone(&self, batch: &RecordBatch, rows: usize) -> Option<Vec<Passed>> {
        let passed = self.alone.as_ref()?.iter().map(|(bulk, batches)| {
            let arrays = batches.arrays(batch).ok()?;
            let bound = Bound::new(bulk.matrix(), &arrays.cohort(bulk.matrix()).ok()?).ok()?;
            Some(Passed::new(bulk, &bound, rows))
        });
        passed.collect()
    }
}

/// What a revision gave for the rows of a batch.
struct Passed {
    scored: ScoredColumns,
    refused: Vec<usize>,
    open: Vec<(usize, Arc<Open>)>,
}

impl Passed {
    fn new(bulk: &Bulk, bound: &Bound<'_>, rows: usize) -> Self {
        let (mut scored, mut refused, mut open) = (bulk.empty(), Vec::new(), Vec::new());
        bulk.score_bound(bound, rows, &mut scored, &mut |row, told| match told {
            Told::Refused(_) => refused.push(row),
            Told::Open(own) => open.push((row, own.clone())),
        });
        Self {
            scored,
            refused,
            open,
        }
    }

    fn is_refused(&self, row: usize) -> bool {
        self.refused.binary_search(&row).is_ok()
    }

    /// Returns what is open of a row, if anything is.
    fn open(&self, row: usize) -> Option<&Open> {
        self.opened(row).map(AsRef::as_ref)
    }

    /// Returns the same. Rows of which different things may be open do not share it.
    fn opened(&self, row: usize) -> Option<&Arc<Open>> {
        let at = self.open.binary_search_by_key(&row, |(row, _)| *row);
        let (_, open) = self.open.get(at.ok()?)?;
        Some(open)
    }

    /// Adds to a key what is open of a row and counts.
    fn write_open(&self, row: usize, key: &mut Vec<u8>) {
        let Some(open) = self.open(row) else {
            return key.push(0);
        };
        let OpenResults {
            possible,
            levels,
            is_provisional,
            is_exact,
            not_recorded,
            ..
        } = &*open.results;
        key.extend([1, u8::from(*is_provisional), u8::from(*is_exact)]);
        let mut list = |items: &mut dyn ExactSizeIterator<Item = u8>| {
            key.extend(items.len().to_le_bytes());
            key.extend(items);
        };
        list(
            &mut possible
                .iter()
                .flatten()
                .copied()
                .collect::<Vec<_>>()
                .into_iter(),
        );
        for levels in levels {
            let levels = levels.iter().flatten().map(|level| *level as u8);
            list(&mut levels.collect::<Vec<_>>().into_iter());
        }
        for name in not_recorded.iter() {
            list(&mut name.bytes());
        }
    }
}

fn column_error(error: BulkError) -> CohortError {
    let problems = error.0.iter();
    CohortError::Columns {
        problems: problems.map(ToString::to_string).collect(),
    }
}

fn arrow_error(error: ArrowError) -> CohortError {
    CohortError::Columns {
        problems: vec![error.to_string()],
    }
}

/// Returns the position of the column of the ids, if the file has one.
fn id_column(schema: &Schema, columns: &Columns) -> Option<usize> {
    arrow::position(schema, columns.id.as_deref().unwrap_or("id")).ok()
}

/// Returns the values of a column from which no input is read.
fn values(batch: &RecordBatch, position: usize) -> Result<Vec<Value>, BulkError> {
    let array = batch
        .columns()
        .get(position)
        .map(arrow::values)
        .unwrap_or_else(|| Ok(Vec::new()));
    array.map_err(|message| {
        let column = batch
            .schema_ref()
            .fields()
            .get(position)
            .map(|field| field.name().clone())
            .unwrap_or_default();
        BulkError(vec![ColumnProblem::new(column, message)])
    })
}

/// Returns a value as a cell of text has it.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Boolean(true) => "true".into(),
        Value::Boolean(false) => "false".into(),
        Value::Whole(number) => number.to_string().into(),
        Value::Text(text) => trimmed(text).into(),
        Value::Members(members) => members.join("|").into(),
        // Nothing is recorded.
        _ => "".into(),
    }
}
