//! Scores a cohort part by part: plain rows by the loops over columns, all others one by one.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use threshold_matrix::bulk::{Bulk, Outputs, ScoredColumns};
use threshold_matrix::{Date, Matrix};

use crate::batch::{Batch, trimmed};
use crate::binding::InputColumn;
use crate::chunk::{Chunk, ROWS};
use crate::native::Places;
use crate::people::levels_in_words;
use crate::{CohortError, CohortReader, Scored};

/// The most dates of which the compiled matrix is kept.
const MOST_DATES: usize = 64;

/// Scores the people of a [`CohortReader`], part by part.
///
/// Each part gives the same results as [`Person::score`](crate::Person::score) of each of its people, several times faster.
#[derive(Debug)]
pub struct Scoring<R> {
    reader: CohortReader<R>,
    matrix: Matrix,
    as_at: Date,
    outputs: Outputs,
    /// The matrix compiled for each date.
    compiled: HashMap<Date, Bulk>,
    batch: Option<Batch>,
    /// Where the inputs stand, if the file is a workbook.
    places: Option<Arc<Places>>,
    part: ScoredPart,
}

/// People of one part of a file, after they were scored.
#[derive(Debug)]
pub struct ScoredPart {
    /// A row for each person, if they came as columns.
    pub(crate) columns: ScoredColumns,
    pub(crate) as_at: Date,
    pub(crate) chunk: Chunk,
    id: usize,
    pub(crate) observed: Vec<Option<bool>>,
    /// The column of each input that has one.
    inputs: Vec<InputColumn>,
    /// Those who were scored one by one, by their place in the part.
    pub(crate) others: Vec<(usize, Scored)>,
}

/// One person of a part.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Row<'a> {
    /// A row of the columns.
    Column(usize),
    /// Somebody who was scored one by one, and the place in the part.
    Other(usize, &'a Scored),
}

impl<R: Read> CohortReader<R> {
    /// Scores everybody whom the reader has not given yet, at their own dates where the file has them.
    ///
    /// # Errors
    /// Each part is an error from which on the file cannot be read.
    #[must_use]
    pub fn score(self, matrix: &Matrix, as_at: Date, outputs: Outputs) -> Scoring<R> {
        let compiled = matrix.bulk(as_at, outputs);
        Scoring {
            part: ScoredPart {
                columns: compiled.empty(),
                as_at,
                chunk: Chunk::default(),
                id: 0,
                observed: Vec::new(),
                inputs: self.columns(),
                others: Vec::new(),
            },
            batch: self.batch(matrix, as_at),
            places: self.places(),
            reader: self,
            matrix: matrix.clone(),
            as_at,
            outputs,
            compiled: HashMap::from([(as_at, compiled)]),
        }
    }
}

impl<R: Read> Scoring<R> {
    /// Scores the next part of the file. Returns `None` if there is nobody left.
    ///
    /// # Errors
    /// If the file cannot be read on.
    pub fn next_part(&mut self) -> Result<Option<&ScoredPart>, CohortError> {
        self.part.others.clear();
        let Some(batch) = &mut self.batch else {
            return self.one_by_one();
        };
        self.reader.fill(batch, self.as_at)?;
        if batch.people() == 0 {
            return Ok(None);
        }
        let date = batch.as_at;
        if self.compiled.len() >= MOST_DATES && !self.compiled.contains_key(&date) {
            self.compiled.clear();
        }
        let compiled = self
            .compiled
            .entry(date)
            .or_insert_with(|| self.matrix.bulk(date, self.outputs));
        let ScoredPart {
            columns, others, ..
        } = &mut self.part;
        let mut apart = std::mem::take(&mut batch.others).into_iter().peekable();
        let mut scored_apart = |row: usize, others: &mut Vec<_>| {
            while let Some((row, person)) = apart.next_if(|(other, _)| *other < row) {
                others.push((row, person.score(&self.matrix, self.as_at)));
            }
        };
        compiled
            .score_telling(&batch.cohort(), columns, &mut |row, told| {
                scored_apart(row, others);
                if batch.plain.get(row) == Some(&true) {
                    let line = batch.chunk.line(row);
                    let scored = Scored {
                        line,
                        id: text(trimmed(batch.chunk.cell(row, batch.id))),
                        as_at: date,
                        result: match (&told.result, &self.places) {
                            (Err(refusal), Some(places)) => Err(places.named(refusal, line)),
                            (result, _) => result.clone(),
                        },
                        not_recorded: told.not_recorded.clone(),
                        observed: batch.observed.get(row).copied().flatten(),
                    };
                    others.push((row, scored));
                }
            })
            .map_err(|error| CohortError::Columns {
                problems: error.problems().iter().map(ToString::to_string).collect(),
            })?;
        scored_apart(usize::MAX, others);
        self.part.as_at = date;
        self.part.id = batch.id;
        std::mem::swap(&mut self.part.chunk, &mut batch.chunk);
        std::mem::swap(&mut self.part.observed, &mut batch.observed);
        Ok(Some(&self.part))
    }

    /// The next part of a file whose people do not come as columns.
    fn one_by_one(&mut self) -> Result<Option<&ScoredPart>, CohortError> {
        let people = self.reader.by_ref().take(ROWS).enumerate();
        for (before, person) in people {
            let scored = person?.score(&self.matrix, self.as_at);
            self.part.others.push((before, scored));
        }
        Ok((!self.part.others.is_empty()).then_some(&self.part))
    }

    /// Returns the reader, for what it knows of the file.
    #[must_use]
    pub fn reader(&self) -> &CohortReader<R> {
        &self.reader
    }
}

/// An id that was found to be text.
fn text(id: &[u8]) -> String {
    String::from_utf8_lossy(id).into_owned()
}

impl ScoredPart {
    /// Returns the number of people.
    #[must_use]
    pub fn people(&self) -> usize {
        self.chunk.len().max(self.others.len())
    }

    /// The id of a row of the columns.
    #[inline]
    pub(crate) fn id(&self, row: usize) -> &[u8] {
        trimmed(self.chunk.cell(row, self.id))
    }

    /// Returns the name of the column that an input is read from, and what stands in it in a row.
    pub(crate) fn written(&self, row: usize, input: &str) -> Option<(&str, String)> {
        let column = self.inputs.iter().find(|column| column.input == input)?;
        let cell = trimmed(self.chunk.cell(row, column.position));
        Some((&column.name, text(cell)))
    }

    /// The words of [`Scored::result_in_words`] for a row of the columns.
    pub(crate) fn result_in_words(&self, matrix: &Matrix, row: usize) -> String {
        match self.columns.result(row) {
            Some(result) => result.to_owned(),
            None => levels_in_words(
                matrix
                    .described_dimensions()
                    .map(|dimension| (dimension.name, self.columns.level(dimension.name, row))),
            ),
        }
    }

    /// The people in the order of the file.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let mut others = self.others.iter().peekable();
        (0..self.people()).map(
            move |row| match others.next_if(|(other, _)| *other == row) {
                Some((_, scored)) => Row::Other(row, scored),
                None => Row::Column(row),
            },
        )
    }
}
