//! Scores record batches: columns are borrowed from Arrow arrays, and results become arrays without a copy.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{RecordBatch, StringArray, UInt8Array};
//! use threshold_matrix::{Matrix, bulk::{Outputs, arrow::Names}};
//!
//! let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
//! let bulk = matrix.bulk("2026-11-21".parse()?, Outputs::tiers().with_dimensions());
//! let batch = RecordBatch::try_from_iter([
//!     ("id", Arc::new(StringArray::from(vec!["ann", "bob"])) as arrow_array::ArrayRef),
//!     ("arrests", Arc::new(UInt8Array::from(vec![12, 4]))),
//!     ("rosh", Arc::new(StringArray::from(vec!["low", "high"]))),
//! ])?;
//! let batches = bulk.batches(batch.schema_ref(), &Names::new().with_id("id"))?;
//! let scored = batches.score(&batch)?;
//! assert_eq!(scored.schema().field(1).name(), "tier");
//! assert_eq!(batches.unused(), Vec::<&str>::new());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Columns in
//!
//! | input | types |
//! |---|---|
//! | integer, decimal | whole numbers, floats and decimals of any width and scale; texts |
//! | level, category | texts; where their values are written as numbers, whole numbers, floats and decimals |
//! | boolean, and each member of a set as `input.member` | booleans; numbers that are 1 or 0; the texts `true` and `false` in any case, `1` and `0` |
//! | date | dates, and timestamps at midnight, without a zone or in UTC or at a fixed distance from it; texts such as `2026-11-21` |
//! | set | lists of texts, of any kind; texts such as `["a", "b"]` or `a\|b`, where a bar alone is the set without members |
//!
//! Texts may come in any type of texts, or of bytes that are UTF-8. Every value may come in a dictionary, or in runs. A null is a missing value, wherever it
//! stands. Types that [`Values`](crate::bulk::Values) has are borrowed without a copy, and others are converted exactly.
//! A value that cannot be read so is never changed: its row is refused. A column of any other type is an error that says what to give instead.
//!
//! # Columns out
//!
//! | column | type | holds |
//! |---|---|---|
//! | the id's name | as it came | the id, if the batches have one |
//! | `tier` | dictionary of texts | the tier; null where it is open, or there is none |
//! | `status` | dictionary of texts | the status, where it takes the place of a tier |
//! | `possible` | list of texts | every tier and status that is still possible: one where nothing is open; null where the row is refused |
//! | `provisional` | truth | whether unknown inputs matter |
//! | `protect.score`, `protect.scaled` | whole numbers, or decimals | of each dimension |
//! | `protect.level` | dictionary of texts | of each dimension that has levels |
//! | `points.rsr` | whole numbers, or decimals | of each criterion and group; null where an override replaced them |
//! | `flag.violence` | truth | of each flag |
//! | `decision.release` | dictionary of texts | of each named decision |
//! | `error` | text | why a row is refused |

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, Schema, SchemaRef};

use crate::bulk::arrow::borrow::column;
use crate::bulk::arrow::outcomes::Notes;
use crate::bulk::arrow::types::{Wanted, suited};
use crate::bulk::bind::{Bound, BulkError, Cohort, ColumnProblem};
use crate::bulk::bind::{counted_elsewhere, input_and_member};
use crate::bulk::{Bulk, Told};
use crate::diagnostic::{is_it, shortened, suggest};
use crate::matrix::Matrix;
use crate::model::{Domain, Missing, Model};

mod borrow;
mod cell;
#[doc(hidden)]
pub mod outcomes;
mod types;

pub use cell::text;
pub use types::values;

/// The names of the columns from which inputs and ids are read, where a column does not have the input's own name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    id: Option<String>,
    columns: BTreeMap<String, String>,
}

impl Names {
    /// Creates names by which every input is read from the column of its own name, and no ids are read. A set may also be read from one column for
    /// each member, named `input.member`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the id of each person from this column. The ids are given back beside the results.
    #[must_use]
    pub fn with_id(mut self, column: impl Into<String>) -> Self {
        self.id = Some(column.into());
        self
    }

    /// Returns the column of the ids, if there is one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Reads an input, or a member of a set as `input.member`, from this column.
    #[must_use]
    pub fn with(mut self, input: impl Into<String>, column: impl Into<String>) -> Self {
        self.columns.insert(input.into(), column.into());
        self
    }
}

impl Names {
    /// Returns only the names for the inputs that a matrix has, since the columns of two revisions may be named together.
    #[doc(hidden)]
    #[must_use]
    pub fn of(&self, matrix: &Matrix) -> Self {
        let has = |name: &str| {
            let (input, member) = input_and_member(name);
            let found = matrix
                .model()
                .inputs
                .items()
                .iter()
                .find(|own| own.heading.name == input);
            found.is_some_and(|input| {
                member.is_none_or(|member| input.domain.names().iter().any(|own| own == member))
            })
        };
        let columns = self.columns.iter().filter(|(name, _)| has(name));
        Self {
            id: None,
            columns: columns
                .map(|(name, column)| (name.clone(), column.clone()))
                .collect(),
        }
    }
}

/// A compiled matrix with the columns of one schema, which scores record batches of that schema.
#[derive(Debug)]
pub struct Batches<'a> {
    bulk: &'a Bulk,
    id: Option<usize>,
    /// The inputs or members.
    inputs: Vec<Place<'a>>,
    unused: Vec<String>,
    without_column: Vec<String>,
    schema: SchemaRef,
    /// The metadata that says what made the results, which every batch and file of them carries.
    provenance: HashMap<String, String>,
}

/// Where an input, or a member of one, is read.
#[derive(Debug)]
struct Place<'a> {
    name: String,
    /// The position of the column.
    column: usize,
    /// What the column is read as, if the matrix has the input.
    wanted: Option<Wanted<'a>>,
}

impl<'a> Place<'a> {
    fn new(model: &'a Model, name: String, column: usize) -> Self {
        let wanted = wanted(model, &name);
        Self {
            name,
            column,
            wanted,
        }
    }
}

/// Returns what the column of an input, or of a member of one, is read as, if the matrix has the input.
fn wanted<'a>(model: &'a Model, name: &str) -> Option<Wanted<'a>> {
    let (input, member) = input_and_member(name);
    let mut inputs = model.inputs.items().iter();
    let found = inputs.find(|own| own.heading.name == input)?;
    Some(match member {
        None => Wanted::Value(&found.domain),
        Some(_) => Wanted::Member,
    })
}

impl Bulk {
    /// Finds the columns of the inputs in a schema.
    ///
    /// # Errors
    /// Returns every column that is named and not there, and every column whose type does not suit its input.
    pub fn batches(&self, schema: &Schema, names: &Names) -> Result<Batches<'_>, BulkError> {
        let (batches, problems) = self.find(schema, names);
        if problems.is_empty() {
            Ok(batches)
        } else {
            Err(BulkError(problems))
        }
    }

    /// Returns the columns of the inputs in a schema, and everything that is wrong with the schema.
    #[doc(hidden)]
    pub fn find(&self, schema: &Schema, names: &Names) -> (Batches<'_>, Vec<ColumnProblem>) {
        let mut problems = Vec::new();
        let mut find = |column: &str| {
            position(schema, column)
                .map_err(|problem| problems.push(problem))
                .ok()
        };
        let id = names.id.as_deref().and_then(&mut find);
        let model = self.matrix().model();
        let mut inputs: Vec<Place<'_>> = Vec::new();
        for (input, column) in &names.columns {
            let found = find(column);
            inputs.extend(found.map(|found| Place::new(model, input.clone(), found)));
        }
        let (mut without_column, mut not_given) = (Vec::new(), Vec::new());
        for input in model
            .inputs
            .items()
            .iter()
            .filter(|input| input.derived.is_none())
        {
            let own = &input.heading.name;
            let members: Vec<String> = match &input.domain {
                Domain::Set { values } => values
                    .iter()
                    .map(|value| format!("{own}.{value}"))
                    .collect(),
                _ => Vec::new(),
            };
            let mut has = false;
            for name in std::iter::once(own).chain(&members) {
                if names.columns.contains_key(name) {
                    has = true;
                } else if schema.fields().iter().any(|field| field.name() == name) {
                    let found = find(name);
                    inputs.extend(found.map(|found| Place::new(model, name.clone(), found)));
                    has = true;
                }
            }
            if !has {
                without_column.push(own.clone());
            }
            if let (false, Some(count)) = (has, &input.counted) {
                not_given.push(ColumnProblem {
                    column: own.clone(),
                    message: counted_elsewhere(&model.events[count.list]),
                });
            } else if !has && input.missing == Missing::Error {
                let likely = is_it(
                    own,
                    schema.fields().iter().map(|field| field.name().as_str()),
                );
                let message = format!("it is not in the cohort, and must always be given{likely}");
                not_given.push(ColumnProblem {
                    column: own.clone(),
                    message,
                });
            }
        }
        problems.extend(not_given);
        let is_used =
            |index: usize| Some(index) == id || inputs.iter().any(|place| place.column == index);
        let unused = schema
            .fields()
            .iter()
            .enumerate()
            .filter(|(index, _)| !is_used(*index))
            .map(|(_, field)| field.name().clone())
            .collect();
        // An empty batch has the types of all others.
        let empty = RecordBatch::new_empty(Arc::new(schema.clone()));
        let mut batches = Batches {
            bulk: self,
            id,
            inputs,
            unused,
            without_column,
            schema: Arc::new(Schema::empty()),
            provenance: outcomes::provenance(self.matrix(), Some(self.as_at())),
        };
        match batches.score(&empty) {
            Ok(scored) => batches.schema = scored.schema(),
            Err(BatchError::Columns(error)) => problems.extend(error.problems().iter().cloned()),
            Err(BatchError::Arrow(error)) => problems.push(ColumnProblem {
                column: "tier".to_owned(),
                message: error.to_string(),
            }),
        }
        (batches, problems)
    }
}

/// Returns the position of a column. There must be one, and only one, of its name.
#[doc(hidden)]
pub fn position(schema: &Schema, column: &str) -> Result<usize, ColumnProblem> {
    let names = || schema.fields().iter().map(|field| field.name().as_str());
    let mut found = (0..).zip(names()).filter(|(_, name)| *name == column);
    match (found.next(), found.next()) {
        (Some((first, _)), None) => Ok(first),
        (Some((first, _)), Some((second, _))) => Err(ColumnProblem::new(
            column,
            format!(
                "two columns are called `{}` (columns {} and {}); rename one",
                shortened(column),
                first + 1,
                second + 1
            ),
        )),
        (None, _) => Err(ColumnProblem::new(
            column,
            format!("it is not in the cohort; {}", suggest(column, names())),
        )),
    }
}

/// Why a batch cannot be scored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The matrix cannot read some of the columns.
    #[error(transparent)]
    Columns(#[from] BulkError),
    /// The arrays do not fit together.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}

impl Batches<'_> {
    /// Returns the schema of the results.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Returns the columns that no input reads.
    #[must_use]
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// Returns the inputs that have no column, and so are missing in every row.
    #[must_use]
    pub fn inputs_without_column(&self) -> &[String] {
        &self.without_column
    }

    /// Returns the positions of the columns that are read, in ascending order.
    #[must_use]
    pub fn read(&self) -> Vec<usize> {
        let mut read: Vec<usize> = self
            .inputs
            .iter()
            .map(|place| place.column)
            .chain(self.id)
            .collect();
        read.sort_unstable();
        read.dedup();
        read
    }

    /// Scores a batch of this schema.
    ///
    /// # Errors
    /// Returns an error if the batch is of another schema.
    pub fn score(&self, batch: &RecordBatch) -> Result<RecordBatch, BatchError> {
        let arrays = self.arrays(batch)?;
        let cohort = arrays.cohort(self.bulk.matrix())?;
        let mut scored = self.bulk.empty();
        let mut notes = Notes::default();
        let tell = &mut |row, told: Told<'_>| notes.tell(row, &told);
        let gaps = self.bulk.score_telling(&cohort, &mut scored, tell)?;
        let mut columns = outcomes::columns(&scored, &gaps, &notes)?;
        if let Some(id) = self.id {
            let field = batch.schema_ref().fields().get(id);
            let id = field.cloned().zip(batch.columns().get(id).cloned());
            columns.splice(0..0, id);
        }
        let (fields, arrays): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        let schema = Schema::new_with_metadata(fields, self.provenance.clone());
        Ok(RecordBatch::try_new(Arc::new(schema), arrays)?)
    }

    /// Returns the arrays that inputs are read from.
    #[doc(hidden)]
    pub fn arrays(&self, batch: &RecordBatch) -> Result<Arrays<'_>, BulkError> {
        let (mut arrays, mut problems) = (Vec::new(), Vec::new());
        for place in &self.inputs {
            let Some(array) = batch.columns().get(place.column) else {
                problems.push(ColumnProblem::new(
                    place.name.as_str(),
                    "it is not in the batch",
                ));
                continue;
            };
            let array = match place.wanted {
                Some(wanted) => suited(array, wanted),
                None => Ok(array.clone()),
            };
            arrays.push((place.name.as_str(), array));
        }
        if problems.is_empty() {
            Ok(Arrays {
                rows: batch.num_rows(),
                arrays,
            })
        } else {
            Err(BulkError(problems))
        }
    }
}

/// The arrays of a batch that the inputs of a matrix are read from, by the names of the inputs.
#[derive(Debug)]
#[doc(hidden)]
pub struct Arrays<'a> {
    rows: usize,
    /// Each array in a form that columns borrow, or what is wrong with its type.
    arrays: Vec<(&'a str, Result<ArrayRef, String>)>,
}

impl<'a> Arrays<'a> {
    /// Returns the arrays of inputs, or of members of them as `input.member`, of some rows.
    pub fn of(
        matrix: &Matrix,
        rows: usize,
        arrays: impl Iterator<Item = (&'a str, ArrayRef)>,
    ) -> Self {
        let arrays = arrays.map(|(name, array)| match wanted(matrix.model(), name) {
            Some(wanted) => (name, suited(&array, wanted)),
            None => (name, Ok(array)),
        });
        Self {
            rows,
            arrays: arrays.collect(),
        }
    }
}

impl Arrays<'_> {
    /// Returns the arrays as the columns of a cohort.
    ///
    /// # Errors
    /// Returns every array that no input can be read from.
    pub fn cohort(&self, matrix: &Matrix) -> Result<Cohort<'_>, BulkError> {
        let (mut cohort, mut problems) = (Cohort::new(self.rows), Vec::new());
        for (name, array) in &self.arrays {
            let borrowed = array.as_deref().map_err(String::clone).and_then(column);
            match borrowed {
                Ok(Some(column)) => cohort = cohort.with(*name, column),
                Ok(None) => {}
                Err(message) => problems.push(ColumnProblem::new(*name, message)),
            }
        }
        if problems.is_empty() {
            return Ok(cohort);
        }
        // Of a set with a member whose column is wrong, it is not said that the member has no column.
        let others = Bound::new(matrix, &cohort).err().map(|error| error.0);
        let is_told = |other: &ColumnProblem| {
            let mut told = problems.iter();
            told.any(|problem| input_and_member(&problem.column).0 == other.column)
        };
        let others: Vec<_> = others
            .into_iter()
            .flatten()
            .filter(|other| !is_told(other))
            .collect();
        problems.extend(others);
        Err(BulkError(problems))
    }
}
