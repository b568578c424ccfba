//! People of one part of a file of columns.

use std::sync::OnceLock;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow_schema::DataType;
use arrow_select::filter::filter;
use threshold_matrix::bulk::arrow;

/// The arrays of some rows of a file, by the positions of their columns. Only what is read of the file is there.
#[derive(Debug)]
pub(crate) struct Arrays {
    rows: usize,
    id: usize,
    columns: Vec<Option<ArrayRef>>,
    /// The number of each row in what was read, if rows were left out since.
    numbers: Option<Vec<u64>>,
    /// How many rows of what was read came before.
    before: u64,
    /// The ids as texts, once they are asked for.
    ids: OnceLock<StringArray>,
}

impl Arrays {
    pub(crate) fn new(rows: usize, id: usize, columns: Vec<Option<ArrayRef>>) -> Self {
        Self {
            rows,
            id,
            columns,
            numbers: None,
            before: 0,
            ids: OnceLock::new(),
        }
    }

    /// Returns the rows of which the mask is true, each with the number that it has now.
    pub(crate) fn filtered(&self, mask: &BooleanArray) -> Self {
        let kept = self.columns.iter().map(|column| {
            // The mask is as long as the column.
            filter(column.as_ref()?.as_ref(), mask).ok()
        });
        let rows = (0..self.rows).filter(|row| mask.value(*row));
        Self {
            numbers: Some(rows.map(|row| self.number(row)).collect()),
            ..Self::new(mask.true_count(), self.id, kept.collect())
        }
    }

    /// Returns a batch of the columns at some positions, of a file of so many columns.
    pub(crate) fn of(batch: &RecordBatch, positions: &[usize], width: usize, id: usize) -> Self {
        let mut columns = vec![None; width];
        for (position, array) in positions.iter().zip(batch.columns()) {
            if let Some(column) = columns.get_mut(*position) {
                *column = Some(array.clone());
            }
        }
        Self::new(batch.num_rows(), id, columns)
    }

    /// Returns the number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Returns a column.
    pub(crate) fn column(&self, position: usize) -> Option<&ArrayRef> {
        self.columns.get(position)?.as_ref()
    }

    /// Returns the rows from one to before another.
    pub(crate) fn slice(&self, first: usize, rows: usize) -> Self {
        let columns = self.columns.iter();
        let columns = columns.map(|column| Some(column.as_ref()?.slice(first, rows)));
        let numbers = self
            .numbers
            .as_ref()
            .and_then(|own| own.get(first..first + rows));
        Self {
            numbers: numbers.map(<[u64]>::to_vec),
            before: self.before + first as u64,
            ..Self::new(rows, self.id, columns.collect())
        }
    }

    /// Returns the number of a row in what was read, counted from 1.
    pub(crate) fn number(&self, row: usize) -> u64 {
        match &self.numbers {
            Some(numbers) => numbers.get(row).copied().unwrap_or_default(),
            None => self.before + row as u64 + 1,
        }
    }

    /// Returns what stands in a column as a cell of text has it; nothing where it is null.
    pub(crate) fn cell(&self, row: usize, position: usize) -> String {
        let column = self.column(position);
        let text = column.and_then(|column| arrow::text(column.as_ref(), row));
        text.unwrap_or_default()
    }

    /// Returns an id as a text; nothing where it is null.
    pub(crate) fn id(&self, row: usize) -> &[u8] {
        let ids = self.ids.get_or_init(|| match self.column(self.id) {
            Some(ids) => texts(ids),
            None => StringArray::new_null(self.rows),
        });
        if ids.is_null(row) {
            &[]
        } else {
            ids.value(row).as_bytes()
        }
    }

    /// Returns whether the ids of all rows are there, without a look at each.
    pub(crate) fn has_ids(&self) -> bool {
        self.column(self.id).is_some_and(|ids| {
            let is_number = ids.data_type().is_integer() || ids.data_type().is_decimal();
            is_number && ids.null_count() == 0
        })
    }

    /// Returns the ids if they are whole numbers of 64 bits, and none is null.
    pub(crate) fn ids_as_numbers(&self) -> Option<&[i64]> {
        let ids = self.column(self.id).filter(|ids| ids.null_count() == 0)?;
        let numbers = ids.as_primitive_opt::<Int64Type>()?;
        Some(numbers.values())
    }

    /// Calls `each` with the id of each row, of which none is null.
    pub(crate) fn each_id(&self, mut each: impl FnMut(&[u8])) {
        match self.ids_as_numbers() {
            Some(numbers) => {
                let mut digits = itoa::Buffer::new();
                for number in numbers {
                    each(digits.format(*number).as_bytes());
                }
            }
            None => (0..self.rows).for_each(|row| each(self.id(row))),
        }
    }

    /// Forgets all columns, but the ids if they are needed.
    pub(crate) fn slim(&mut self, needs_ids: bool) {
        for (position, column) in self.columns.iter_mut().enumerate() {
            if position != self.id || !needs_ids {
                *column = None;
            }
        }
        if !needs_ids {
            self.ids = OnceLock::new();
        }
    }

    /// Returns whether a row has nothing in any column.
    pub(crate) fn is_blank(&self, row: usize) -> bool {
        let mut columns = self.columns.iter().flatten();
        columns.all(|column| arrow::text(column.as_ref(), row).is_none_or(|text| text.is_empty()))
    }
}

/// Returns texts as cells have them: without the spaces around them, and null where nothing is left. Values that are not texts stay as they are.
pub(crate) fn cells(array: &ArrayRef) -> ArrayRef {
    fn is_bare<'a>(texts: impl Iterator<Item = Option<&'a [u8]>>) -> bool {
        let is_bare = |text: &[u8]| {
            let ends = (text.first(), text.last());
            matches!(ends, (Some(first), Some(last)) if *first > b' ' && *last > b' ')
        };
        texts.flatten().all(is_bare)
    }
    fn bytes(text: Option<&str>) -> Option<&[u8]> {
        text.map(str::as_bytes)
    }
    let is_bare = match array.data_type() {
        DataType::Utf8 => is_bare(array.as_string::<i32>().iter().map(bytes)),
        DataType::LargeUtf8 => is_bare(array.as_string::<i64>().iter().map(bytes)),
        DataType::Utf8View => is_bare(array.as_string_view().iter().map(bytes)),
        DataType::Binary => is_bare(array.as_binary::<i32>().iter()),
        DataType::LargeBinary => is_bare(array.as_binary::<i64>().iter()),
        DataType::BinaryView => is_bare(array.as_binary_view().iter()),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let values = cells(dictionary.values());
            if std::sync::Arc::ptr_eq(&values, dictionary.values()) {
                return array.clone();
            }
            return dictionary.with_values(values);
        }
        _ => true,
    };
    if is_bare {
        return array.clone();
    }
    let texts = (0..array.len()).map(|row| arrow::text(array.as_ref(), row));
    let cells = texts.map(|text| {
        let cell = crate::trimmed(text.as_deref()?).to_owned();
        (!cell.is_empty()).then_some(cell)
    });
    std::sync::Arc::new(cells.collect::<StringArray>())
}

/// Returns values as texts.
pub(crate) fn texts(array: &ArrayRef) -> StringArray {
    macro_rules! numbers {
        ($kind:ty) => {{
            let numbers = array.as_primitive::<$kind>();
            let mut digits = itoa::Buffer::new();
            let mut texts = arrow_array::builder::StringBuilder::with_capacity(
                numbers.len(),
                numbers.len() * 8,
            );
            for number in numbers {
                texts.append_option(number.map(|number| digits.format(number)));
            }
            texts.finish()
        }};
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().clone(),
        DataType::Int64 => numbers!(Int64Type),
        DataType::Int32 => numbers!(Int32Type),
        _ => {
            let texts = (0..array.len()).map(|row| arrow::text(array.as_ref(), row));
            texts.collect()
        }
    }
}
