//! Scores a cohort part by part: plain rows by the loops over columns, all others one by one.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use threshold_matrix::bulk::{Bulk, Cohort, Outputs, Told};
use threshold_matrix::{Date, Matrix};

use crate::batch::Batch;
use crate::chunk::{Chunk, ROWS};
use crate::part::{Records, ScoredPart};
use crate::places::Places;
use crate::{CohortError, CohortReader, Person, Scored};

/// The most dates of which the compiled matrix is kept.
const MOST_DATES: usize = 64;

/// A matrix that scores batches of people, compiled for each date of theirs.
#[derive(Debug)]
pub(crate) struct Scorer {
    pub(crate) matrix: Matrix,
    pub(crate) as_at: Date,
    pub(crate) outputs: Outputs,
    /// The date up to which it is looked for the next day on which a result differs. People are then scored one by one.
    pub(crate) until: Option<Date>,
    compiled: Mutex<HashMap<Date, Arc<Bulk>>>,
}

impl Scorer {
    pub(crate) fn new(matrix: &Matrix, as_at: Date, outputs: Outputs) -> Self {
        Self {
            matrix: matrix.clone(),
            as_at,
            outputs,
            until: None,
            compiled: Mutex::default(),
        }
    }

    /// Looks for the next day on which each result differs, up to a date.
    pub(crate) fn until(self, until: Option<Date>) -> Self {
        Self { until, ..self }
    }

    /// Scores one person.
    pub(crate) fn one(&self, person: Person) -> Scored {
        person.score_until(&self.matrix, self.as_at, self.until)
    }

    /// Returns the matrix compiled for a date.
    fn at(&self, date: Date) -> Arc<Bulk> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if compiled.len() >= MOST_DATES && !compiled.contains_key(&date) {
            compiled.clear();
        }
        let bulk = || Arc::new(self.matrix.bulk(date, self.outputs));
        compiled.entry(date).or_insert_with(bulk).clone()
    }

    /// Returns a part without people.
    pub(crate) fn part(&self, places: Arc<Places>) -> ScoredPart {
        ScoredPart {
            columns: self.at(self.as_at).empty(),
            gaps: Vec::new(),
            as_at: self.as_at,
            records: Records::Text(Chunk::default()),
            rows_before: 0,
            places,
            observed: Vec::new(),
            times: Vec::new(),
            open: Vec::new(),
            others: Vec::new(),
            cells: HashMap::new(),
            previous: Vec::new(),
        }
    }

    /// Scores a batch, whose columns are added to those of a cohort, into a part that has its records already.
    pub(crate) fn score(
        &self,
        batch: &mut Batch,
        cohort: Cohort<'_>,
        part: &mut ScoredPart,
    ) -> Result<(), CohortError> {
        let date = batch.as_at;
        let mut apart = std::mem::take(&mut batch.others).into_iter().peekable();
        let ScoredPart {
            columns,
            open,
            others,
            records,
            places,
            ..
        } = part;
        others.clear();
        open.clear();
        let mut scored_apart = |row: usize, others: &mut Vec<_>| {
            while let Some((row, person)) = apart.next_if(|(other, _)| *other < row) {
                others.push((row, self.one(person)));
            }
        };
        part.gaps = self
            .at(date)
            .score_telling(&batch.added_to(cohort), columns, &mut |row, told| {
                scored_apart(row, others);
                if batch.plain.get(row) != Some(&true) {
                    return;
                }
                match told {
                    Told::Open(own) => open.push((row, own.clone())),
                    Told::Refused(refusal) => {
                        let scored = Scored {
                            line: records.line(row),
                            id: String::from_utf8_lossy(records.id(row, places.id)).into_owned(),
                            as_at: date,
                            result: Err(places.named(refusal, records.line(row))),
                            not_recorded: Vec::new(),
                            observed: batch.observed.get(row).copied().flatten(),
                            times: batch.times.get(row).copied().flatten(),
                            next: None,
                            stands_until: None,
                            kept: Vec::new(),
                        };
                        others.push((row, scored));
                    }
                }
            })
            .map_err(|error| CohortError::Columns {
                problems: error.problems().iter().map(ToString::to_string).collect(),
            })?;
        scored_apart(usize::MAX, others);
        part.as_at = date;
        std::mem::swap(&mut part.observed, &mut batch.observed);
        std::mem::swap(&mut part.times, &mut batch.times);
        Ok(())
    }
}

impl ScoredPart {
    /// Returns a part of people who were scored one by one.
    #[must_use]
    pub fn of(matrix: &Matrix, as_at: Date, outputs: Outputs, people: Vec<Scored>) -> Self {
        let others = people.into_iter().enumerate().collect();
        Self {
            others,
            ..Scorer::new(matrix, as_at, outputs).part(Arc::default())
        }
    }
}

/// Scores the people of a [`CohortReader`], part by part.
///
/// Each part gives the same results as [`Person::score`](crate::Person::score) of each of its people, several times faster.
#[derive(Debug)]
pub struct Scoring<R> {
    reader: CohortReader<R>,
    scorer: Scorer,
    batch: Option<Batch>,
    part: ScoredPart,
}

impl<R: Read> CohortReader<R> {
    /// Scores everybody whom the reader has not given yet, at their own dates where the file has them.
    #[must_use]
    pub fn score(self, matrix: &Matrix, as_at: Date, outputs: Outputs) -> Scoring<R> {
        let scorer = Scorer::new(matrix, as_at, outputs);
        Scoring {
            part: scorer.part(Arc::new(self.places())),
            batch: self.batch(matrix, as_at),
            reader: self,
            scorer,
        }
    }
}

impl<R: Read> Scoring<R> {
    /// Says what the file is called among several.
    pub(crate) fn named(mut self, file: Option<Arc<str>>) -> Self {
        Arc::make_mut(&mut self.part.places).file = file;
        self
    }

    /// Looks for the next day on which each result differs with nothing new recorded, up to a date. [`Scored::next`] has it. People are then scored one
    /// by one.
    #[must_use]
    pub fn until(mut self, until: Option<Date>) -> Self {
        if until.is_some() {
            self.batch = None;
        }
        Self {
            scorer: self.scorer.until(until),
            ..self
        }
    }

    /// Scores the next part of the file. Returns `None` if there is nobody left.
    ///
    /// # Errors
    /// If the file cannot be read on.
    pub fn next_part(&mut self) -> Result<Option<&mut ScoredPart>, CohortError> {
        let (scorer, part) = (&self.scorer, &mut self.part);
        part.previous.clear();
        let Some(batch) = &mut self.batch else {
            part.others.clear();
            let people = self.reader.by_ref().take(ROWS).enumerate();
            for (before, person) in people {
                let scored = scorer.one(person?);
                part.others.push((before, scored));
            }
            return Ok((!part.others.is_empty()).then_some(part));
        };
        self.reader.fill(batch, scorer.as_at)?;
        if batch.people() == 0 {
            return Ok(None);
        }
        let read = Records::Text(std::mem::take(&mut batch.chunk));
        batch.chunk = std::mem::replace(&mut part.records, read).into_text();
        scorer.score(batch, Cohort::new(part.records.len()), part)?;
        Ok(Some(part))
    }

    /// Returns the reader, for what it knows of the file.
    #[must_use]
    pub fn reader(&self) -> &CohortReader<R> {
        &self.reader
    }
}
