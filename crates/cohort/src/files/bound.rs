//! Binds the columns of Arrow data to the inputs of a matrix, and scores batches of them.

use std::sync::Arc;

use arrow_array::{BooleanArray, RecordBatch, new_empty_array};
use arrow_schema::{DataType, Fields, SchemaRef};
use threshold_matrix::Matrix;
use threshold_matrix::bulk::arrow;

use crate::arrays::{Arrays, cells};
use crate::batch::{Batch, trimmed};
use crate::binding::{Binding, Fit, is_id};
use crate::chunk::{Chunk, ROWS};
use crate::part::{Records, ScoredPart};
use crate::places::Places;
use crate::reading::Reading;
use crate::row_kind::RowKind;
use crate::scoring::Scorer;
use crate::{CohortError, Columns, Person};

/// The columns of a schema, bound to the inputs of a matrix.
#[derive(Debug)]
pub(crate) struct BoundColumns {
    schema: SchemaRef,
    binding: Binding,
    fit: Fit,
    places: Arc<Places>,
    /// The positions of the columns that are read.
    read: Vec<usize>,
    /// The positions of those of which the text is read, beside inputs.
    texts: Vec<usize>,
    /// The inputs, and the members of sets, that the loops read from their columns as they are.
    ready: Vec<(String, usize)>,
    /// Whether a row in which nothing is written is a person all the same.
    keeps_blanks: bool,
}

impl BoundColumns {
    /// Binds the columns of a schema to the inputs of a matrix.
    ///
    /// # Errors
    /// Returns every problem of the columns at once: those that are missing, named twice or nearly named, and those of a type that cannot be read.
    pub(crate) fn new(
        schema: SchemaRef,
        columns: &Columns,
        row: &RowKind,
    ) -> Result<Self, CohortError> {
        let fields = schema.fields().clone();
        let names: Vec<String> = fields.iter().map(|field| field.name().clone()).collect();
        let (binding, fit) = Binding::new(&names, columns, std::slice::from_ref(row))?;
        let kind = |position: usize| fields.get(position).map(|field| field.data_type());
        let binding = binding.with_types(|position| kind(position).is_some_and(is_typed));
        let [read, texts] = binding.positions();
        let bound = Self {
            places: Arc::new(binding.places()),
            ready: binding.ready(Reading::is_plain),
            schema,
            binding,
            fit,
            read,
            texts,
            keeps_blanks: false,
        };
        match row {
            RowKind::Person(matrix, ..) => bound.check(matrix)?,
            RowKind::Event(..) | RowKind::Id(_) => bound.check_texts()?,
        }
        Ok(bound)
    }

    /// Checks that the types of the columns can be read.
    fn check(&self, matrix: &Matrix) -> Result<(), CohortError> {
        let fields = self.schema.fields();
        let ready = &self.ready;
        let empty = ready.iter().filter_map(|(name, position)| {
            let field = fields.get(*position)?;
            Some((name.as_str(), new_empty_array(field.data_type())))
        });
        let arrays = arrow::Arrays::of(matrix, 0, empty);
        let Err(error) = arrays.cohort(matrix) else {
            return Ok(());
        };
        let called = |input: &str| {
            let place = ready.iter().find(|(name, _)| name == input);
            let field = place.and_then(|(_, position)| fields.get(*position));
            field.map_or_else(|| input.to_owned(), |field| field.name().clone())
        };
        let problems = error.problems().iter();
        let problems = problems
            .map(|problem| format!("column `{}`: {}", called(&problem.column), problem.message));
        Err(CohortError::Columns {
            problems: problems.collect(),
        })
    }

    /// Checks that the values of the columns can be written as texts.
    fn check_texts(&self) -> Result<(), CohortError> {
        let fields = self
            .read
            .iter()
            .filter_map(|position| self.schema.fields().get(*position));
        let problems: Vec<String> = fields
            .filter(|field| field.data_type().is_nested() && !is_encoded(field.data_type()))
            .map(|field| {
                let (name, kind) = (field.name(), field.data_type());
                format!("column `{name}`: it has values of the type {kind}, and a field of an event is a single value")
            })
            .collect();
        match problems.is_empty() {
            true => Ok(()),
            false => Err(CohortError::Columns { problems }),
        }
    }

    /// Returns the columns that no input reads, in their order.
    pub(crate) fn unused(&self) -> &[String] {
        &self.fit.unused
    }

    /// Returns the inputs that no column gives and that the matrix allows to be missing.
    pub(crate) fn inputs_without_column(&self) -> &[String] {
        &self.fit.without_column
    }

    /// Returns the types of the ids and of the columns that are carried through.
    pub(crate) fn kinds(&self) -> (DataType, Vec<DataType>) {
        let kind = |position: &usize| {
            let field = self.schema.fields().get(*position);
            field.map_or(DataType::Utf8, |field| field.data_type().clone())
        };
        let kept = self.places.kept.iter().map(kind);
        (kind(&self.places.id), kept.collect())
    }

    /// Returns whether some rows are left out.
    #[cfg(feature = "xlsx")]
    pub(crate) fn skips(&self) -> bool {
        self.binding.skips()
    }

    /// Returns whether there is a date for each person.
    pub(crate) fn has_dates(&self) -> bool {
        self.binding.has_dates()
    }

    /// Takes a row in which nothing is written for a person, so that each row has an outcome.
    pub(crate) fn keeping_blanks(self) -> Self {
        Self {
            keeps_blanks: true,
            ..self
        }
    }

    /// Returns the columns.
    pub(crate) fn fields(&self) -> &Fields {
        self.schema.fields()
    }

    /// Returns the positions of the columns that are read, in ascending order.
    pub(crate) fn read(&self) -> &[usize] {
        &self.read
    }

    /// Returns the position of the column of the ids.
    pub(crate) fn id(&self) -> usize {
        self.places.id
    }

    /// Says what the file is called among several.
    pub(crate) fn named(mut self, file: Option<Arc<str>>) -> Self {
        Arc::make_mut(&mut self.places).file = file;
        self
    }

    /// Returns the person of a row, or `None` if the columns file leaves the row out, or nothing is in it. `record` is room for the row's texts.
    pub(crate) fn person(&self, arrays: &Arrays, row: usize, record: &mut Chunk) -> Option<Person> {
        self.read_texts(arrays, row, &self.read, record);
        let record = record.record(0)?;
        let is_blank = || arrays.id(row).is_empty() && arrays.is_blank(row);
        if self.binding.is_skipped(&record) || is_blank() {
            return None;
        }
        Some(self.binding.read(&record))
    }

    /// Scores the people of a batch of the columns that are read.
    pub(crate) fn score_batch(
        &self,
        scorer: &Scorer,
        batch: &RecordBatch,
        skipped: &mut u64,
    ) -> Result<Vec<ScoredPart>, CohortError> {
        let arrays = Arrays::of(batch, &self.read, self.binding.width(), self.places.id);
        let arrays = self.people(arrays, skipped);
        let batch = self.batch(scorer);
        // Texts take room, so only a few rows have them at a time.
        let needs_texts =
            batch.is_none_or(|batch| !self.texts.is_empty() || batch.positions().next().is_some());
        let step = if needs_texts {
            ROWS
        } else {
            arrays.rows().max(1)
        };
        let starts = (0..arrays.rows()).step_by(step);
        starts
            .map(|first| {
                let rows = step.min(arrays.rows() - first);
                self.score_rows(scorer, arrays.slice(first, rows), needs_texts)
            })
            .collect()
    }

    /// Returns a batch for people who are scored by the loops, or `None` if they are scored one by one.
    fn batch(&self, scorer: &Scorer) -> Option<Batch> {
        if scorer.until.is_some() {
            return None;
        }
        self.binding
            .batch(&scorer.matrix, scorer.as_at, Reading::is_plain)
    }

    /// Returns the rows that are people: all but those that the columns file leaves out, and those in which there is nothing.
    fn people(&self, arrays: Arrays, skipped: &mut u64) -> Arrays {
        if !self.binding.skips() && (self.keeps_blanks || arrays.has_ids()) {
            return arrays;
        }
        let (mut is_person, mut record) = (vec![true; arrays.rows()], Chunk::default());
        for (row, is_person) in is_person.iter_mut().enumerate() {
            if self.binding.skips() {
                self.read_texts(&arrays, row, &self.texts, &mut record);
                let is_skipped = record
                    .record(0)
                    .is_some_and(|own| self.binding.is_skipped(&own));
                *skipped += u64::from(is_skipped);
                *is_person &= !is_skipped;
            }
            *is_person &=
                self.keeps_blanks || !trimmed(arrays.id(row)).is_empty() || !arrays.is_blank(row);
        }
        if is_person.iter().all(|is_person| *is_person) {
            return arrays;
        }
        arrays.filtered(&BooleanArray::from(is_person))
    }

    /// Reads the person of a row. `record` is room for the row's texts.
    fn read_row(&self, arrays: &Arrays, row: usize, record: &mut Chunk) -> Option<Person> {
        self.read_texts(arrays, row, &self.read, record);
        let mut person = self.binding.read(&record.record(0)?);
        person.line = arrays.number(row);
        Some(person)
    }

    /// Puts the texts of some columns of one row in the place of a chunk.
    fn read_texts(&self, arrays: &Arrays, row: usize, positions: &[usize], chunk: &mut Chunk) {
        chunk.clear();
        self.add_texts(arrays, row, positions, chunk);
    }

    fn add_texts(&self, arrays: &Arrays, row: usize, positions: &[usize], chunk: &mut Chunk) {
        let cells = (0..self.binding.width()).map(|position| {
            if positions.binary_search(&position).is_ok() {
                arrays.cell(row, position)
            } else {
                String::new()
            }
        });
        chunk.push(arrays.number(row), cells);
    }

    fn score_rows(
        &self,
        scorer: &Scorer,
        arrays: Arrays,
        needs_texts: bool,
    ) -> Result<ScoredPart, CohortError> {
        let rows = arrays.rows();
        let mut part = scorer.part(self.places.clone());
        let batch = self.batch(scorer);
        let Some(mut batch) = batch else {
            let mut record = Chunk::default();
            for row in 0..rows {
                let person = self.read_row(&arrays, row, &mut record);
                part.others
                    .extend(person.map(|person| (row, scorer.one(person))));
            }
            part.records = Records::Arrays(arrays);
            return Ok(part);
        };
        batch.plain = vec![true; rows];
        if !arrays.has_ids() {
            for (row, plain) in batch.plain.iter_mut().enumerate() {
                *plain = is_id(trimmed(arrays.id(row)));
            }
        }
        if needs_texts {
            let own = batch.positions();
            let mut positions: Vec<usize> = self.texts.iter().copied().chain(own).collect();
            positions.sort_unstable();
            for row in 0..rows {
                self.add_texts(&arrays, row, &positions, &mut batch.chunk);
            }
            self.binding.take_values(&mut batch, scorer.as_at);
        }
        let mut record = Chunk::default();
        for row in 0..rows {
            if batch.plain.get(row) != Some(&false) {
                continue;
            }
            let person = self.read_row(&arrays, row, &mut record);
            batch.others.extend(person.map(|person| (row, person)));
        }
        let inputs = self
            .ready
            .iter()
            .filter_map(|(name, position)| Some((name.as_str(), cells(arrays.column(*position)?))));
        let inputs = arrow::Arrays::of(&scorer.matrix, rows, inputs);
        let cohort = inputs.cohort(&scorer.matrix);
        let cohort = cohort.map_err(|error| CohortError::Columns {
            problems: error.problems().iter().map(ToString::to_string).collect(),
        })?;
        part.records = Records::Arrays(arrays);
        scorer.score(&mut batch, cohort, &mut part)?;
        Ok(part)
    }
}

/// Returns whether a type is another way to store single values.
fn is_encoded(kind: &DataType) -> bool {
    matches!(kind, DataType::Dictionary(..) | DataType::RunEndEncoded(..))
}

/// Returns whether values of a type say what they are, unlike texts.
fn is_typed(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => false,
        DataType::Dictionary(_, values) => is_typed(values),
        DataType::RunEndEncoded(_, values) => is_typed(values.data_type()),
        DataType::List(items)
        | DataType::LargeList(items)
        | DataType::ListView(items)
        | DataType::LargeListView(items)
        | DataType::FixedSizeList(items, _) => is_typed(items.data_type()),
        _ => true,
    }
}
