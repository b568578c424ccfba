//! Makes record batches of outcomes.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, Date32Array, Int16Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use threshold_matrix::bulk::Outputs;
use threshold_matrix::bulk::arrow::outcomes;
use threshold_matrix::workspace::days;
use threshold_matrix::{Date, Matrix};

use crate::part::{Records, Row, ScoredPart};
use crate::scoring::Scorer;
use crate::write::{Beside, NEXT_CHANGE, NEXT_RESULT, STANDS_UNTIL, UNTIL};

/// Makes record batches of outcomes, all of one schema.
#[derive(Debug)]
pub(crate) struct OutcomeBatches {
    schema: SchemaRef,
    has_dates: bool,
    beside: Beside,
}

impl OutcomeBatches {
    /// Creates what makes batches of outcomes, with the types of the ids and of the columns that are carried through.
    pub(crate) fn new(
        matrix: &Matrix,
        as_at: Date,
        outputs: Outputs,
        beside: Beside,
        (id, kept): (DataType, Vec<DataType>),
        has_dates: bool,
    ) -> Result<Self, ArrowError> {
        let mut part = Scorer::new(matrix, as_at, outputs).part(Arc::default());
        let results = results(&mut part)?;
        let own = |name: &str, kind| Arc::new(Field::new(name, kind, true));
        let mut fields = vec![own("id", id)];
        fields.extend(has_dates.then(|| own("as_at", DataType::Date32)));
        fields.extend(results.into_iter().map(|(field, _)| field));
        fields.extend(beside.previous.then(|| own("previous", DataType::Utf8)));
        if beside.until.is_some() {
            fields.push(own(NEXT_CHANGE.0, DataType::Date32));
            fields.push(own(NEXT_RESULT.0, DataType::Utf8));
            fields.push(own(STANDS_UNTIL.0, DataType::Date32));
        }
        let kept = beside.kept.iter().zip(kept);
        fields.extend(kept.map(|(name, kind)| own(name, kind)));
        let mut about = outcomes::provenance(matrix, (!has_dates).then_some(as_at));
        let key = format!("threshold_matrix.{}", UNTIL.0);
        about.extend(beside.until.map(|until| (key, until.to_string())));
        Ok(Self {
            schema: Arc::new(Schema::new_with_metadata(fields, about)),
            has_dates,
            beside,
        })
    }

    /// Returns the schema of the batches.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Returns the outcomes of a part.
    pub(crate) fn batch(&self, part: &mut ScoredPart) -> Result<RecordBatch, ArrowError> {
        let results = results(part)?;
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        arrays.push(match &part.records {
            Records::Arrays(own) if own.column(part.places.id).is_some() => {
                column(own.column(part.places.id))?
            }
            _ => Arc::new(texts(
                part.ids().map(|id| Some(String::from_utf8_lossy(id))),
            )),
        });
        if self.has_dates {
            let dates = part.rows().map(|row| match row {
                Row::Column(..) => part.as_at,
                Row::Other(_, scored) => scored.as_at,
            });
            let dates = dates.map(|date| i32::try_from(days(date)).ok());
            arrays.push(Arc::new(dates.collect::<Date32Array>()));
        }
        arrays.extend(results.into_iter().map(|(_, array)| array));
        if self.beside.previous {
            let previous = (0..part.people()).map(|row| part.previous.get(row).cloned().flatten());
            arrays.push(Arc::new(texts(previous)));
        }
        if self.beside.until.is_some() {
            let scored = || (0..part.people()).map(|row| part.other(row));
            let next = || scored().map(|scored| scored?.next.as_ref());
            let dates = |dates: &mut dyn Iterator<Item = Option<Date>>| -> ArrayRef {
                let days = dates.map(|date| i32::try_from(days(date?)).ok());
                Arc::new(days.collect::<Date32Array>())
            };
            arrays.push(dates(&mut next().map(|next| Some(next?.on))));
            arrays.push(Arc::new(texts(
                next().map(|next| Some(next?.result.as_str())),
            )));
            arrays.push(dates(&mut scored().map(|scored| scored?.stands_until)));
        }
        for (at, position) in part.places.kept.iter().enumerate() {
            arrays.push(match &part.records {
                Records::Arrays(own) => column(own.column(*position))?,
                Records::Text(_) => {
                    let cells = (0..part.people()).map(|row| part.kept(row).into_iter().nth(at));
                    Arc::new(texts(
                        cells.map(|cell| cell.filter(|cell| !cell.is_empty())),
                    ))
                }
            });
        }
        let fields = self.schema.fields().iter();
        let arrays = fields
            .zip(arrays)
            .map(|(field, array)| fitted(array, field.data_type()));
        RecordBatch::try_new(self.schema.clone(), arrays.collect())
    }
}

fn results(part: &mut ScoredPart) -> Result<Vec<(FieldRef, ArrayRef)>, ArrowError> {
    let rows = part.people();
    let others = part.others.iter();
    let others = others.map(|(row, scored)| (*row, &scored.result));
    outcomes::columns_with(&mut part.columns, &mut part.gaps, rows, &part.open, others)
}

fn texts<T: AsRef<str>>(texts: impl Iterator<Item = Option<T>>) -> StringArray {
    texts.collect()
}

fn column(column: Option<&ArrayRef>) -> Result<ArrayRef, ArrowError> {
    let missing = || ArrowError::SchemaError("a column that is carried through is gone".to_owned());
    column.cloned().ok_or_else(missing)
}

/// Returns a column in the type that it has in the whole file. Points may be fewer on some dates, and of a narrower type; ids and columns that are carried
/// through are texts where they have several types.
fn fitted(array: ArrayRef, kind: &DataType) -> ArrayRef {
    if array.data_type() == kind {
        return array;
    }
    if *kind == DataType::Utf8 {
        return Arc::new(crate::arrays::texts(&array));
    }
    let numbers: Vec<Option<i64>> = match array.data_type() {
        DataType::Int8 => array
            .as_primitive::<Int8Type>()
            .iter()
            .map(|own| own.map(i64::from))
            .collect(),
        DataType::Int16 => array
            .as_primitive::<Int16Type>()
            .iter()
            .map(|own| own.map(i64::from))
            .collect(),
        DataType::Int32 => array
            .as_primitive::<Int32Type>()
            .iter()
            .map(|own| own.map(i64::from))
            .collect(),
        DataType::Int64 => array.as_primitive::<Int64Type>().iter().collect(),
        _ => return array,
    };
    let numbers = numbers.into_iter();
    match kind {
        DataType::Int16 => Arc::new(
            numbers
                .map(|own| own.and_then(|own| i16::try_from(own).ok()))
                .collect::<Int16Array>(),
        ),
        DataType::Int32 => Arc::new(
            numbers
                .map(|own| own.and_then(|own| i32::try_from(own).ok()))
                .collect::<Int32Array>(),
        ),
        DataType::Int64 => Arc::new(numbers.collect::<Int64Array>()),
        _ => array,
    }
}
