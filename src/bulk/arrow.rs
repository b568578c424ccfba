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

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, DictionaryArray, PrimitiveArray, RecordBatch, StringArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};

use crate::bulk::bind::input_and_member;
use crate::bulk::bind::{Bound, BulkError, Cohort, ColumnProblem};
use crate::bulk::column::{Bits, Column, Keys, Offsets, Texts, Values};
use crate::bulk::outcomes::{self, Notes};
use crate::bulk::{Bulk, Told};
use crate::diagnostic::{is_it, suggest};
use crate::matrix::Matrix;
use crate::model::{Domain, Missing};
use crate::profile::Value;

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
    /// The inputs or members, each with the position of its column.
    inputs: Vec<(String, usize)>,
    unused: Vec<String>,
    without_column: Vec<String>,
    schema: SchemaRef,
    /// The metadata that says what made the results, which every batch and file of them carries.
    provenance: HashMap<String, String>,
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
        let mut inputs: Vec<(String, usize)> = Vec::new();
        for (input, column) in &names.columns {
            inputs.extend(find(column).map(|found| (input.clone(), found)));
        }
        let model = self.matrix().model();
        let mut without_column = Vec::new();
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
                } else if let Some(found) = schema
                    .fields()
                    .iter()
                    .position(|field| field.name() == name)
                {
                    inputs.push((name.clone(), found));
                    has = true;
                }
            }
            if !has {
                without_column.push(own.clone());
            }
            if !has && input.missing == Missing::Error {
                let likely = is_it(
                    own,
                    schema.fields().iter().map(|field| field.name().as_str()),
                );
                let message = format!("it is not in the cohort, and must always be given{likely}");
                problems.push(ColumnProblem {
                    column: own.clone(),
                    message,
                });
            }
        }
        let is_used =
            |index: usize| Some(index) == id || inputs.iter().any(|(_, column)| *column == index);
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

/// Returns the position of a column.
#[doc(hidden)]
pub fn position(schema: &Schema, column: &str) -> Result<usize, ColumnProblem> {
    schema
        .fields()
        .iter()
        .position(|field| field.name() == column)
        .ok_or_else(|| {
            let others = schema.fields().iter().map(|field| field.name().as_str());
            ColumnProblem {
                column: column.to_owned(),
                message: format!("it is not in the cohort; {}", suggest(column, others)),
            }
        })
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
            .map(|(_, column)| *column)
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
        let tell = &mut |row, told: &Told| notes.add(row, &told.result);
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
        for (name, index) in &self.inputs {
            match batch.columns().get(*index) {
                Some(array) => arrays.push((name.as_str(), plain(array))),
                None => problems.push(ColumnProblem {
                    column: name.clone(),
                    message: "it is not in the batch".to_owned(),
                }),
            }
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
    arrays: Vec<(&'a str, ArrayRef)>,
}

impl<'a> Arrays<'a> {
    /// Returns the arrays of inputs, or of members of them as `input.member`, of some rows.
    pub fn of(
        matrix: &Matrix,
        rows: usize,
        arrays: impl Iterator<Item = (&'a str, ArrayRef)>,
    ) -> Self {
        let _ = matrix;
        Self {
            rows,
            arrays: arrays.map(|(name, array)| (name, plain(&array))).collect(),
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
            match column(array.as_ref()) {
                Ok(Some(column)) => cohort = cohort.with(*name, column),
                Ok(None) => {}
                Err(message) => problems.push(ColumnProblem {
                    column: (*name).to_owned(),
                    message,
                }),
            }
        }
        if problems.is_empty() {
            return Ok(cohort);
        }
        problems.extend(
            Bound::new(matrix, &cohort)
                .err()
                .into_iter()
                .flat_map(|error| error.0),
        );
        Err(BulkError(problems))
    }
}

/// Returns the array with its texts in one of the forms that columns borrow: views become offsets.
fn plain(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Utf8View => Arc::new(array.as_string_view().iter().collect::<StringArray>()),
        DataType::Dictionary(_, values) if **values == DataType::Utf8View => {
            let dictionary = array.as_any_dictionary();
            dictionary.with_values(plain(dictionary.values()))
        }
        _ => array.clone(),
    }
}

/// Returns a column that borrows an array, or `None` if the type of the array allows only nulls.
fn column(array: &dyn Array) -> Result<Option<Column<'_>>, String> {
    macro_rules! of {
        ($kind:ty, $variant:ident) => {
            Values::$variant(array.as_primitive::<$kind>().values())
        };
    }
    let values = match array.data_type() {
        DataType::Null => return Ok(None),
        DataType::Int8 => of!(Int8Type, I8),
        DataType::Int16 => of!(Int16Type, I16),
        DataType::Int32 => of!(Int32Type, I32),
        DataType::Int64 => of!(Int64Type, I64),
        DataType::UInt8 => of!(UInt8Type, U8),
        DataType::UInt16 => of!(UInt16Type, U16),
        DataType::UInt32 => of!(UInt32Type, U32),
        DataType::UInt64 => of!(UInt64Type, U64),
        DataType::Float32 => of!(Float32Type, F32),
        DataType::Float64 => of!(Float64Type, F64),
        DataType::Date32 => of!(Date32Type, Dates),
        DataType::Decimal128(_, scale) => {
            let places = u8::try_from(*scale).map_err(|_| {
                "it holds decimals with a scale below 0; give them a scale of 0 or more".to_owned()
            })?;
            Values::Decimal {
                units: array.as_primitive::<Decimal128Type>().values(),
                places,
            }
        }
        DataType::Boolean => {
            let bits = array.as_boolean().values();
            Values::Bits(Bits::new(bits.values(), bits.offset(), bits.len()))
        }
        DataType::Utf8 | DataType::LargeUtf8 => Values::Texts(texts(array)?),
        DataType::Dictionary(key, _) => return dictionary(array, key).map(Some),
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            Values::Lists {
                offsets: Offsets::I32(list.value_offsets()),
                items: texts(list.values().as_ref())?,
            }
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            Values::Lists {
                offsets: Offsets::I64(list.value_offsets()),
                items: texts(list.values().as_ref())?,
            }
        }
        other => {
            return Err(format!(
                "it is of type {other}, which cannot be read; give numbers, booleans, dates, texts or lists of texts"
            ));
        }
    };
    Ok(Some(with_nulls(Column::new(values), array.nulls())))
}

/// Returns the values of an array from which no input is read.
#[doc(hidden)]
pub fn values(array: &ArrayRef) -> Result<Vec<Value>, String> {
    let array = plain(array);
    let column = column(array.as_ref())?;
    Ok((0..array.len())
        .map(|row| column.map_or(Value::Missing, |column| column.value(row)))
        .collect())
}

fn with_nulls<'a>(column: Column<'a>, nulls: Option<&'a NullBuffer>) -> Column<'a> {
    match nulls {
        Some(nulls) if nulls.null_count() > 0 => {
            let bits = nulls.inner();
            column.with_validity(Bits::new(bits.values(), bits.offset(), bits.len()))
        }
        _ => column,
    }
}

fn texts(array: &dyn Array) -> Result<Texts<'_>, String> {
    match array.data_type() {
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            Ok(Texts::Joined {
                offsets: Offsets::I32(texts.value_offsets()),
                bytes: texts.value_data(),
            })
        }
        DataType::LargeUtf8 => {
            let texts = array.as_string::<i64>();
            Ok(Texts::Joined {
                offsets: Offsets::I64(texts.value_offsets()),
                bytes: texts.value_data(),
            })
        }
        other => Err(format!("it holds values of type {other}, not texts")),
    }
}

fn dictionary<'a>(array: &'a dyn Array, key: &DataType) -> Result<Column<'a>, String> {
    fn of<'a, K: ArrowDictionaryKeyType>(
        array: &'a dyn Array,
        keys: impl Fn(&'a [K::Native]) -> Keys<'a>,
    ) -> Result<Column<'a>, String> {
        let dictionary: &'a DictionaryArray<K> = array.as_dictionary::<K>();
        let own: &'a PrimitiveArray<K> = dictionary.keys();
        let values = texts(dictionary.values().as_ref())?;
        Ok(with_nulls(
            Column::new(Values::Dictionary {
                keys: keys(own.values()),
                values,
            }),
            own.nulls(),
        ))
    }
    match key {
        DataType::Int8 => of::<Int8Type>(array, Keys::I8),
        DataType::Int16 => of::<Int16Type>(array, Keys::I16),
        DataType::Int32 => of::<Int32Type>(array, Keys::I32),
        DataType::Int64 => of::<Int64Type>(array, Keys::I64),
        DataType::UInt8 => of::<UInt8Type>(array, Keys::U8),
        DataType::UInt16 => of::<UInt16Type>(array, Keys::U16),
        DataType::UInt32 => of::<UInt32Type>(array, Keys::U32),
        _ => of::<UInt64Type>(array, Keys::U64),
    }
}

/// SHIM
#[doc(hidden)]
pub fn text(array: &dyn Array, row: usize) -> Option<String> {
    let one = array.slice(row, 1);
    match values(&one).ok()?.into_iter().next()? {
        Value::Missing => None,
        Value::Text(text) => Some(text),
        Value::Whole(number) => Some(number.to_string()),
        Value::Boolean(truth) => Some(truth.to_string()),
        Value::Members(members) => serde_json::to_string(&members).ok(),
        _ => None,
    }
}
