//! People of one part of a cohort, after they were scored.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use threshold_matrix::bulk::{Open, ScoredColumns};
use threshold_matrix::{Date, Matrix, Problem};

#[cfg(feature = "parquet")]
use crate::arrays::Arrays;
use crate::batch::trimmed;
use crate::chunk::Chunk;
use crate::people::levels_in_words;
use crate::places::Places;
use crate::{Origin, Scored, Times};

/// People of one part of a cohort, after they were scored.
#[derive(Debug)]
pub struct ScoredPart {
    /// A row for each person, if they came as columns.
    pub(crate) columns: ScoredColumns,
    /// Which of the columns may have rows without a result.
    pub(crate) gaps: Vec<bool>,
    pub(crate) as_at: Date,
    pub(crate) records: Records,
    /// How many rows of the file came before the part, where its lines are counted from its own first row; otherwise 0.
    pub(crate) rows_before: u64,
    /// Where the ids, the inputs and the kept columns stand in the records.
    pub(crate) places: Arc<Places>,
    pub(crate) observed: Vec<Option<bool>>,
    pub(crate) times: Vec<Option<Times>>,
    /// What is open of rows of the columns, in their order.
    pub(crate) open: Vec<(usize, Arc<Open>)>,
    /// Those who were scored one by one, by their place in the part.
    pub(crate) others: Vec<(usize, Scored)>,
    /// What stood in the cells that problems are about, once nothing else of the records is left.
    pub(crate) cells: HashMap<(usize, String), String>,
    /// The result of each person in an earlier run, if people are followed from one.
    pub(crate) previous: Vec<Option<Arc<str>>>,
}

/// What was read of the people of a part.
#[derive(Debug)]
pub(crate) enum Records {
    Text(Chunk),
    #[cfg(feature = "parquet")]
    Arrays(Arrays),
}

/// One person of a part.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Row<'a> {
    /// A row of the columns, and what is open of it.
    Column(usize, Option<&'a Open>),
    /// Somebody who was scored one by one, and the place in the part.
    Other(usize, &'a Scored),
}

impl Row<'_> {
    /// Returns the line of the row, as [`Records::line`] has it.
    pub(crate) fn line(&self, part: &ScoredPart) -> u64 {
        match self {
            Self::Column(row, _) => part.records.line(*row),
            Self::Other(_, scored) => scored.line,
        }
    }

    /// Returns the place in the part.
    pub(crate) fn place(&self) -> usize {
        match self {
            Self::Column(row, _) | Self::Other(row, _) => *row,
        }
    }
}

impl Records {
    /// Returns the number of people.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(chunk) => chunk.len(),
            #[cfg(feature = "parquet")]
            Self::Arrays(arrays) => arrays.rows(),
        }
    }

    /// Returns the line of a row of text, or the number of a row of arrays in its part, both counted from 1.
    pub(crate) fn line(&self, row: usize) -> u64 {
        match self {
            Self::Text(chunk) => chunk.line(row),
            #[cfg(feature = "parquet")]
            Self::Arrays(arrays) => arrays.number(row),
        }
    }

    /// Returns whether lines are those of the whole file.
    pub(crate) fn counts_lines(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// Returns the chunk of text, or an empty one.
    pub(crate) fn into_text(self) -> Chunk {
        match self {
            Self::Text(chunk) => chunk,
            #[cfg(feature = "parquet")]
            Self::Arrays(_) => Chunk::default(),
        }
    }

    /// Returns an id that was found to be text.
    #[inline]
    pub(crate) fn id(&self, row: usize, position: usize) -> &[u8] {
        match self {
            Self::Text(chunk) => trimmed(chunk.cell(row, position)),
            #[cfg(feature = "parquet")]
            Self::Arrays(arrays) => trimmed(arrays.id(row)),
        }
    }

    /// Returns what stands in a column, as a cell of text has it.
    pub(crate) fn cell(&self, row: usize, position: usize) -> Cow<'_, str> {
        match self {
            Self::Text(chunk) => String::from_utf8_lossy(trimmed(chunk.cell(row, position))),
            #[cfg(feature = "parquet")]
            Self::Arrays(arrays) => Cow::Owned(arrays.cell(row, position)),
        }
    }
}

impl ScoredPart {
    /// Returns the number of people.
    #[must_use]
    pub fn people(&self) -> usize {
        self.records.len().max(self.others.len())
    }

    /// The id of a row of the columns.
    #[inline]
    pub(crate) fn id(&self, row: usize) -> &[u8] {
        self.records.id(row, self.places.id)
    }

    /// Returns the id of each row in the order of the file; nothing where it has none.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &[u8]> {
        self.rows().map(|row| match row {
            Row::Column(row, _) => self.id(row),
            Row::Other(_, scored) => scored.id.as_bytes(),
        })
    }

    /// Returns the name of the column that an input is read from, and what stands in it in a row.
    fn written(&self, row: usize, input: &str) -> Option<(&str, String)> {
        let mut inputs = self.places.inputs.iter();
        let column = inputs.find(|column| column.input == input)?;
        let cell = match self.cells.get(&(row, input.to_owned())) {
            Some(cell) => cell.clone(),
            None => self.records.cell(row, column.position).into_owned(),
        };
        Some((&column.name, cell))
    }

    /// Returns the name of the column of the cell that a problem is about, and what stands in it in a row, if it is one cell.
    pub(crate) fn cell_of(&self, row: usize, problem: &Problem) -> Option<(&str, String)> {
        match problem.inputs.as_slice() {
            [input] => self.written(row, input),
            _ => None,
        }
    }

    /// Returns where a line of the part is in the cohort, or `None` for 0, which stands for somebody who does not come from a file.
    pub(crate) fn origin(&self, line: u64) -> Option<Origin> {
        let origin = Origin::on_line(line)?;
        Some(Origin {
            file: self.places.file.clone(),
            number: self.rows_before + origin.number,
            is_row: !self.records.counts_lines(),
        })
    }

    /// Returns the line of one row, as [`Records::line`] has it.
    pub(crate) fn line(&self, row: usize) -> u64 {
        match self.others.binary_search_by_key(&row, |(other, _)| *other) {
            Ok(at) => self.others.get(at).map_or(0, |(_, scored)| scored.line),
            Err(_) => self.records.line(row),
        }
    }

    /// Returns the id of one row.
    pub(crate) fn id_of(&self, row: usize) -> &[u8] {
        match self.others.binary_search_by_key(&row, |(other, _)| *other) {
            Ok(at) => self
                .others
                .get(at)
                .map_or(&[], |(_, scored)| scored.id.as_bytes()),
            Err(_) => self.id(row),
        }
    }

    /// Calls `each` with the id of each row in the order of the file, and with nothing where it has none.
    pub(crate) fn each_id(&self, mut each: impl FnMut(&[u8])) {
        match &self.records {
            #[cfg(feature = "parquet")]
            Records::Arrays(arrays) if arrays.has_ids() => arrays.each_id(each),
            _ => self.ids().for_each(&mut each),
        }
    }

    /// Returns the ids if they are whole numbers, and none is missing.
    #[cfg(feature = "parquet")]
    pub(crate) fn ids_as_numbers(&self) -> Option<&[i64]> {
        match &self.records {
            Records::Arrays(arrays) => arrays.ids_as_numbers(),
            Records::Text(_) => None,
        }
    }

    /// Returns the first and the last id if each comes after the one before it: it is longer, or as long and greater.
    pub(crate) fn ascending_ids(&self) -> Option<[Vec<u8>; 2]> {
        #[cfg(feature = "parquet")]
        if let Some(numbers) = self.ids_as_numbers() {
            let first = numbers.first().filter(|first| **first >= 0)?;
            let last = numbers.last()?;
            let is_ascending = numbers.is_sorted_by(|one, next| one < next);
            return is_ascending.then(|| [first, last].map(|id| id.to_string().into_bytes()));
        }
        let (mut first, mut last, mut is_ascending) = (None, Vec::new(), true);
        self.each_id(|id| {
            is_ascending &= is_after(id, &last);
            if is_ascending {
                last.clear();
                last.extend_from_slice(id);
                first.get_or_insert_with(|| id.to_vec());
            }
        });
        first.filter(|_| is_ascending).map(|first| [first, last])
    }

    /// Gives back the memory of all that nobody asks for of a part that was counted and written: what is left are the refusals, with the cells that they
    /// are about, and the ids and all others if people are followed by them.
    #[cfg(feature = "parquet")]
    pub(crate) fn slim(&mut self, needs_ids: bool) {
        let mut cells = HashMap::new();
        for (row, scored) in &self.others {
            let refusal = scored.result.as_ref().err();
            for problem in refusal.into_iter().flat_map(|refusal| refusal.problems()) {
                if let Some((_, cell)) = self.cell_of(*row, problem) {
                    cells.insert((*row, problem.inputs.join("")), cell);
                }
            }
        }
        self.cells = cells;
        self.columns.release();
        self.previous = Vec::new();
        self.observed = Vec::new();
        self.times = Vec::new();
        if !needs_ids {
            self.open = Vec::new();
            self.others.retain(|(_, scored)| scored.result.is_err());
        }
        if let Records::Arrays(arrays) = &mut self.records {
            arrays.slim(needs_ids);
        }
    }

    /// Returns what a row has in the columns that are carried through.
    pub(crate) fn kept(&self, row: usize) -> Vec<Cow<'_, str>> {
        let positions = self.places.kept.iter();
        if self.records.len() > 0 {
            return positions
                .map(|position| self.records.cell(row, *position))
                .collect();
        }
        let other = self.others.get(row).filter(|(own, _)| *own == row);
        let kept = other.iter().flat_map(|(_, scored)| &scored.kept);
        kept.map(|kept| Cow::Borrowed(kept.as_str())).collect()
    }

    /// Returns the person of a row who was scored one by one.
    pub(crate) fn other(&self, row: usize) -> Option<&Scored> {
        let at = self.others.binary_search_by_key(&row, |(other, _)| *other);
        self.others.get(at.ok()?).map(|(_, scored)| scored)
    }

    /// Returns the words of [`Scored::result_in_words`] for a row of the columns.
    pub(crate) fn result_in_words(
        &self,
        matrix: &Matrix,
        row: usize,
        open: Option<&Open>,
    ) -> String {
        if let Some(results) = open.and_then(|open| open.results.possible.as_ref()) {
            return result_names(matrix, results).join(" or ");
        }
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
        let mut open = self.open.iter().peekable();
        (0..self.people()).map(move |row| {
            let open = open.next_if(|(own, _)| *own == row);
            match others.next_if(|(other, _)| *other == row) {
                Some((_, scored)) => Row::Other(row, scored),
                None => Row::Column(row, open.map(|(_, open)| &**open)),
            }
        })
    }
}

/// Returns the names of results, by the positions of tiers and then of statuses.
pub(crate) fn result_names<'a>(matrix: &'a Matrix, results: &[u8]) -> Vec<&'a str> {
    let names = || matrix.tiers().iter().chain(matrix.statuses());
    let name = |position: &u8| names().nth(usize::from(*position)).map(String::as_str);
    results.iter().filter_map(name).collect()
}

/// Returns whether an id comes after another: it is longer, or as long and greater.
pub(crate) fn is_after(id: &[u8], other: &[u8]) -> bool {
    (id.len(), id) > (other.len(), other)
}
