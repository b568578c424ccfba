//! Reads a row group as batches.

use std::fs::File;
use std::sync::Arc;

use arrow_array::builder::BooleanBufferBuilder;
use arrow_array::types::{
    ArrowDictionaryKeyType, Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, PrimitiveArray, RecordBatch, StringArray,
};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};
use arrow_select::concat::concat;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::serialized_reader::SerializedPageReader;

use crate::hybrid::{self, Number};
use crate::leaves;
use crate::spread::{choose, spread};
use crate::unchecked;

/// The longest page that is read here, since a page is held as a whole, and a file may have pages as long as a row group. The library reads longer
/// pages a little at a time.
const LONGEST: usize = 1 << 20;

/// A reader of a row group, batch by batch.
pub struct RowGroup {
    schema: SchemaRef,
    batch: usize,
    left: usize,
    columns: Vec<Source>,
    /// The columns that the library reads.
    others: Option<ParquetRecordBatchReader>,
}

impl std::fmt::Debug for RowGroup {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("RowGroup")
            .field("schema", &self.schema)
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// Where a column comes from.
enum Source {
    Pages(Column),
    /// The library's reader, which has the column at this position.
    Library(usize),
}

impl RowGroup {
    /// Opens the columns of a row group at some positions, which must ascend.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub fn open(
        file: File,
        metadata: &ArrowReaderMetadata,
        part: usize,
        columns: &[usize],
        batch: usize,
    ) -> Result<Self, ParquetError> {
        let group = metadata
            .metadata()
            .row_groups()
            .get(part)
            .ok_or_else(|| ParquetError::General("there is no such row group".to_owned()))?;
        let rows = usize::try_from(group.num_rows())
            .map_err(|error| ParquetError::General(error.to_string()))?;
        let schema = Schema::new(
            columns
                .iter()
                .filter_map(|column| metadata.schema().fields().get(*column).cloned())
                .collect::<Vec<_>>(),
        );
        // Both ways of reading seek before they read, so that one file serves them.
        let shared = Arc::new(file.try_clone()?);
        let parquet = metadata.parquet_schema();
        let column = |root: usize| {
            let [leaf] = leaves(parquet, root)[..] else {
                return None;
            };
            let (chunk, field) = (
                group.columns().get(leaf)?,
                metadata.schema().fields().get(root)?,
            );
            Some(Column::open(
                &shared,
                chunk,
                rows,
                <dyn Kind>::of(chunk, field.data_type(), rows)?,
            ))
        };
        let (mut sources, mut others) = (Vec::new(), Vec::new());
        for root in columns {
            sources.push(match column(*root) {
                Some(column) => Source::Pages(column?),
                None => {
                    others.push(*root);
                    Source::Library(others.len() - 1)
                }
            });
        }
        let all_others = others.len() == columns.len();
        let library = || {
            let builder =
                ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone());
            let others = ProjectionMask::roots(builder.parquet_schema(), others.iter().copied());
            builder
                .with_projection(others)
                .with_row_groups(vec![part])
                .with_batch_size(batch)
                .build()
        };
        let others = if others.is_empty() && !all_others {
            None
        } else {
            Some(library()?)
        };
        Ok(Self {
            schema: Arc::new(schema),
            batch,
            left: rows,
            columns: sources,
            others,
        })
    }

    /// Returns how many rows to take. It is up to the end of the first page, if that is far enough, since then nothing has to be put together.
    fn rows(&mut self) -> Result<usize, ArrowError> {
        let most = self.left.min(self.batch);
        if self.others.is_some() {
            return Ok(most);
        }
        let mut rows = most;
        for source in &mut self.columns {
            if let Source::Pages(column) = source {
                rows = rows.min(column.page()?.len());
            }
        }
        Ok(if rows < most / 4 { most } else { rows })
    }

    fn take(&mut self, rows: usize) -> Result<RecordBatch, ArrowError> {
        let others = self
            .others
            .as_mut()
            .map(|others| others.next().transpose())
            .transpose()?
            .flatten();
        if self.others.is_some()
            && others
                .as_ref()
                .is_none_or(|others| others.num_rows() != rows)
        {
            return Err(ArrowError::ParquetError(
                "a row group has other than its rows".to_owned(),
            ));
        }
        if let (Some(others), true) = (&others, self.columns.is_empty()) {
            return Ok(others.clone());
        }
        let take = |source: &mut Source| match source {
            Source::Pages(column) => column.take(rows).map_err(ArrowError::from),
            Source::Library(place) => {
                let array = others
                    .as_ref()
                    .and_then(|others| others.columns().get(*place));
                array.cloned().ok_or_else(|| {
                    ArrowError::ParquetError("a column is missing from its row group".to_owned())
                })
            }
        };
        let arrays = self
            .columns
            .iter_mut()
            .map(take)
            .collect::<Result<_, _>>()?;
        RecordBatch::try_new(self.schema.clone(), arrays)
    }
}

impl Iterator for RowGroup {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        let rows = self.rows();
        let batch = rows.and_then(|rows| Ok((rows, self.take(rows)?)));
        // After an error there is nothing more.
        self.left = batch.as_ref().map_or(0, |(rows, _)| self.left - rows);
        Some(batch.map(|(_, batch)| batch))
    }
}

/// A column of a row group, page by page.
struct Column {
    name: String,
    pages: SerializedPageReader<File>,
    nullable: bool,
    kind: Box<dyn Kind>,
    /// What is left of the page.
    page: ArrayRef,
    /// The rows that have not been read.
    left: usize,
}

impl Column {
    fn open(
        file: &Arc<File>,
        chunk: &ColumnChunkMetaData,
        rows: usize,
        kind: Box<dyn Kind>,
    ) -> Result<Self, ParquetError> {
        let pages = SerializedPageReader::new(file.clone(), chunk, rows, None)?;
        let nullable = chunk.column_descr().max_def_level() > 0;
        let page = Arc::new(BooleanArray::new_null(0));
        Ok(Self {
            name: chunk.column_path().string(),
            pages,
            nullable,
            kind,
            page,
            left: rows,
        })
    }

    /// Returns what is left of the page, or the next one.
    fn page(&mut self) -> Result<&ArrayRef, ParquetError> {
        while self.page.is_empty() {
            self.page = self.next_page()?;
        }
        Ok(&self.page)
    }

    fn take(&mut self, rows: usize) -> Result<ArrayRef, ParquetError> {
        let (mut parts, mut missing) = (Vec::new(), rows);
        while missing > 0 {
            let page = self.page()?.clone();
            let count = missing.min(page.len());
            parts.push(page.slice(0, count));
            self.page = page.slice(count, page.len() - count);
            missing -= count;
        }
        match parts.as_slice() {
            [only] => Ok(only.clone()),
            several => Ok(concat(
                &several
                    .iter()
                    .map(AsRef::as_ref)
                    .collect::<Vec<&dyn Array>>(),
            )?),
        }
    }

    fn next_page(&mut self) -> Result<ArrayRef, ParquetError> {
        let wrong = || {
            ParquetError::General(format!(
                "column `{}`: a page holds something else than its header or the column's type says",
                self.name
            ))
        };
        loop {
            let Some(page) = self.pages.get_next_page()? else {
                return Err(ParquetError::General(format!(
                    "column `{}` ends before its rows",
                    self.name
                )));
            };
            let rows = page.num_values() as usize;
            let bytes: &[u8] = page.buffer();
            let (levels, values) = match &page {
                Page::DictionaryPage { .. } => {
                    self.kind.dictionary(bytes, rows).ok_or_else(wrong)?;
                    continue;
                }
                Page::DataPage {
                    def_level_encoding: Encoding::RLE,
                    ..
                } if self.nullable => sized(bytes).ok_or_else(wrong)?,
                Page::DataPage { .. } if self.nullable => return Err(wrong()),
                Page::DataPage { .. } => (bytes, bytes),
                // Some writers say of each value that it is not repeated.
                Page::DataPageV2 {
                    rep_levels_byte_len,
                    def_levels_byte_len,
                    ..
                } => {
                    let (_, bytes) = bytes
                        .split_at_checked(*rep_levels_byte_len as usize)
                        .ok_or_else(wrong)?;
                    bytes
                        .split_at_checked(*def_levels_byte_len as usize)
                        .ok_or_else(wrong)?
                }
            };
            self.left = self.left.checked_sub(rows).ok_or_else(wrong)?;
            let valid = if self.nullable {
                Some(hybrid::bits(levels, rows).ok_or_else(wrong)?)
            } else {
                None
            };
            let nulls = valid
                .map(NullBuffer::new)
                .filter(|nulls| nulls.null_count() > 0);
            let present = rows - nulls.as_ref().map_or(0, NullBuffer::null_count);
            return self
                .kind
                .array(page.encoding(), values, present, nulls)
                .ok_or_else(wrong);
        }
    }
}

/// Returns the bytes whose count comes before them, and the bytes after them.
fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

/// A kind of content of the pages of a column. `None` is returned where a page holds something else.
trait Kind {
    fn dictionary(&mut self, bytes: &[u8], count: usize) -> Option<()>;

    /// Returns the rows of a page with this many values, and nulls between them.
    fn array(
        &self,
        encoding: Encoding,
        bytes: &[u8],
        present: usize,
        nulls: Option<NullBuffer>,
    ) -> Option<ArrayRef>;
}

impl dyn Kind {
    /// Returns how to read a column, if every page of it has a form that is read here.
    fn of(chunk: &ColumnChunkMetaData, array: &DataType, rows: usize) -> Option<Box<Self>> {
        fn small<T: ArrowPrimitiveType>() -> Option<Box<dyn Kind>>
        where
            T::Native: TryFrom<i32>,
        {
            numbers::<T, 4>(|bytes| i32::from_le_bytes(bytes).try_into().ok())
        }
        fn numbers<T: ArrowPrimitiveType, const BYTES: usize>(
            read: fn([u8; BYTES]) -> Option<T::Native>,
        ) -> Option<Box<dyn Kind>> {
            Some(Box::new(Numbers::<T, BYTES> {
                read,
                dictionary: Vec::new(),
            }))
        }
        fn texts<K: ArrowDictionaryKeyType>() -> Option<Box<dyn Kind>> {
            Some(Box::new(Texts::<K> {
                dictionary: Arc::new(StringArray::new_null(0)),
                keys: std::marker::PhantomData,
            }))
        }
        let column = chunk.column_descr();
        let is_flat = column.max_rep_level() == 0
            && column.max_def_level() <= 1
            && column.path().parts().len() == 1;
        let is_read = |encoding| {
            matches!(
                encoding,
                Encoding::PLAIN
                    | Encoding::RLE
                    | Encoding::RLE_DICTIONARY
                    | Encoding::PLAIN_DICTIONARY
            )
        };
        if !is_flat || rows > LONGEST || !chunk.encodings().all(is_read) {
            return None;
        }
        // Texts that have no dictionary would need another array in the same column.
        let dictionaries = || {
            let of_pages = chunk.page_encoding_stats_mask();
            of_pages.is_some_and(|of| {
                of.is_only(Encoding::RLE_DICTIONARY) || of.is_only(Encoding::PLAIN_DICTIONARY)
            })
        };
        match (chunk.column_type(), array) {
            (Type::BOOLEAN, DataType::Boolean) => Some(Box::new(Truths)),
            (Type::INT32, DataType::Int8) => small::<Int8Type>(),
            (Type::INT32, DataType::Int16) => small::<Int16Type>(),
            (Type::INT32, DataType::Int32) => small::<Int32Type>(),
            (Type::INT32, DataType::UInt8) => small::<UInt8Type>(),
            (Type::INT32, DataType::UInt16) => small::<UInt16Type>(),
            (Type::INT32, DataType::Date32) => small::<Date32Type>(),
            (Type::INT32, DataType::UInt32) => {
                numbers::<UInt32Type, 4>(|bytes| Some(u32::from_le_bytes(bytes)))
            }
            (Type::INT64, DataType::Int64) => {
                numbers::<Int64Type, 8>(|bytes| Some(i64::from_le_bytes(bytes)))
            }
            (Type::INT64, DataType::UInt64) => {
                numbers::<UInt64Type, 8>(|bytes| Some(u64::from_le_bytes(bytes)))
            }
            (Type::FLOAT, DataType::Float32) => {
                numbers::<Float32Type, 4>(|bytes| Some(f32::from_le_bytes(bytes)))
            }
            (Type::DOUBLE, DataType::Float64) => {
                numbers::<Float64Type, 8>(|bytes| Some(f64::from_le_bytes(bytes)))
            }
            (Type::BYTE_ARRAY, DataType::Dictionary(key, values))
                if **values == DataType::Utf8 && dictionaries() =>
            {
                match key.as_ref() {
                    DataType::Int8 => texts::<Int8Type>(),
                    DataType::Int16 => texts::<Int16Type>(),
                    DataType::Int32 => texts::<Int32Type>(),
                    DataType::Int64 => texts::<Int64Type>(),
                    DataType::UInt8 => texts::<UInt8Type>(),
                    DataType::UInt16 => texts::<UInt16Type>(),
                    DataType::UInt32 => texts::<UInt32Type>(),
                    DataType::UInt64 => texts::<UInt64Type>(),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// Booleans, a bit each.
struct Truths;

impl Kind for Truths {
    fn dictionary(&mut self, _: &[u8], _: usize) -> Option<()> {
        None
    }

    fn array(
        &self,
        encoding: Encoding,
        bytes: &[u8],
        present: usize,
        nulls: Option<NullBuffer>,
    ) -> Option<ArrayRef> {
        let truths = match encoding {
            Encoding::PLAIN => BooleanBuffer::new(
                bytes.get(..present.div_ceil(8))?.to_vec().into(),
                0,
                present,
            ),
            Encoding::RLE => hybrid::bits(sized(bytes)?.0, present)?,
            _ => return None,
        };
        let Some(nulls) = nulls else {
            return Some(Arc::new(BooleanArray::new(truths, None)));
        };
        let (mut rows, mut next) = (BooleanBufferBuilder::new(nulls.len()), truths.iter());
        let mut left = nulls.len();
        for mut valid in words(nulls.inner()) {
            let mut word = 0;
            while valid != 0 {
                word |= u64::from(next.next() == Some(true)) << valid.trailing_zeros();
                valid &= valid - 1;
            }
            let count = left.min(64);
            rows.append_word(word, count);
            left -= count;
        }
        Some(Arc::new(BooleanArray::new(rows.finish(), Some(nulls))))
    }
}

/// Numbers with a fixed number of bytes each, or a dictionary of them.
struct Numbers<T: ArrowPrimitiveType, const BYTES: usize> {
    read: fn([u8; BYTES]) -> Option<T::Native>,
    dictionary: Vec<T::Native>,
}

impl<T: ArrowPrimitiveType, const BYTES: usize> Numbers<T, BYTES> {
    fn plain(&self, bytes: &[u8], count: usize) -> Option<Vec<T::Native>> {
        // That they are there is seen before there is made room for them.
        let numbers = bytes.as_chunks::<BYTES>().0.get(..count)?;
        let mut all = with_room(count);
        for bytes in numbers {
            all.push((self.read)(*bytes)?);
        }
        Some(all)
    }
}

impl<T: ArrowPrimitiveType, const BYTES: usize> Kind for Numbers<T, BYTES> {
    fn dictionary(&mut self, bytes: &[u8], count: usize) -> Option<()> {
        self.dictionary = self.plain(bytes, count)?;
        Some(())
    }

    fn array(
        &self,
        encoding: Encoding,
        bytes: &[u8],
        present: usize,
        nulls: Option<NullBuffer>,
    ) -> Option<ArrayRef> {
        let numbers = match encoding {
            Encoding::PLAIN => self.plain(bytes, present)?,
            _ => {
                let mut numbers = with_room(present);
                match keys(encoding, bytes, present, self.dictionary.len())? {
                    Keys::Bytes(keys) => {
                        // There is a value for whatever a byte can be: nothing is left to be asked for each.
                        let mut table = [T::Native::default(); 256];
                        table
                            .iter_mut()
                            .zip(&self.dictionary)
                            .for_each(|(to, value)| *to = *value);
                        #[expect(clippy::indexing_slicing, reason = "a byte is no more than 255")]
                        numbers.extend(keys.iter().map(|key| table[usize::from(*key)]));
                    }
                    Keys::Wide(keys) => numbers.extend(keys.iter().map(|key| {
                        self.dictionary
                            .get(*key as usize)
                            .copied()
                            .unwrap_or_default()
                    })),
                }
                numbers
            }
        };
        Some(Arc::new(rows::<T>(numbers, nulls)))
    }
}

/// Texts of a dictionary, whose keys the array takes as they are.
struct Texts<K> {
    dictionary: ArrayRef,
    keys: std::marker::PhantomData<fn() -> K>,
}

impl<K: ArrowDictionaryKeyType> Kind for Texts<K> {
    fn dictionary(&mut self, mut bytes: &[u8], count: usize) -> Option<()> {
        let mut texts = Vec::new();
        for _ in 0..count {
            let (text, rest) = sized(bytes)?;
            texts.push(std::str::from_utf8(text).ok()?);
            bytes = rest;
        }
        self.dictionary = Arc::new(StringArray::from(texts));
        Some(())
    }

    fn array(
        &self,
        encoding: Encoding,
        bytes: &[u8],
        present: usize,
        nulls: Option<NullBuffer>,
    ) -> Option<ArrayRef> {
        let key = |key| K::Native::from_usize(key).unwrap_or_default();
        // More values than there are keys for are more than the array may have.
        self.dictionary
            .len()
            .checked_sub(1)
            .is_none_or(|last| K::Native::from_usize(last).is_some())
            .then_some(())?;
        let mut own: Vec<K::Native> = with_room(present);
        match keys(encoding, bytes, present, self.dictionary.len())? {
            Keys::Bytes(keys) => own.extend(keys.into_iter().map(|byte| key(usize::from(byte)))),
            Keys::Wide(keys) => own.extend(keys.into_iter().map(|wide| key(wide as usize))),
        }
        Some(Arc::new(
            unchecked::dictionary(rows::<K>(own, nulls), self.dictionary.clone()).ok()?,
        ))
    }
}

/// Keys of a dictionary, as narrow as they are written.
enum Keys {
    Bytes(Vec<u8>),
    Wide(Vec<u32>),
}

/// Returns this many keys of a dictionary, or `None` if one is not in it.
fn keys(encoding: Encoding, bytes: &[u8], count: usize, size: usize) -> Option<Keys> {
    fn read<N: Number + Ord + Into<u32>>(
        bytes: &[u8],
        width: u8,
        count: usize,
        size: usize,
    ) -> Option<Vec<N>> {
        let keys: Vec<N> = hybrid::numbers(bytes, usize::from(width), count)?;
        let largest: u32 = keys
            .iter()
            .fold(N::default(), |largest, key| largest.max(*key))
            .into();
        ((largest as usize) < size).then_some(keys)
    }
    match (encoding, bytes.split_first()) {
        (Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY, _) if count == 0 => {
            Some(Keys::Bytes(Vec::new()))
        }
        (Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY, Some((width @ 0..=8, bytes))) => {
            read(bytes, *width, count, size).map(Keys::Bytes)
        }
        (Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY, Some((width, bytes))) => {
            read(bytes, *width, count, size).map(Keys::Wide)
        }
        _ => None,
    }
}

/// The room for further values that is needed to spread values.
const ROOM: usize = 8;

fn with_room<T>(count: usize) -> Vec<T> {
    Vec::with_capacity(count + ROOM)
}

/// Returns the rows of a page, of the values that there are.
fn rows<T: ArrowPrimitiveType>(
    values: Vec<T::Native>,
    nulls: Option<NullBuffer>,
) -> PrimitiveArray<T> {
    let Some(valid) = &nulls else {
        return PrimitiveArray::new(values.into(), None);
    };
    let mut values = values;
    // More than there are, so that there are always eight to choose from.
    values.extend([T::Native::default(); ROOM]);
    let bits = valid.inner().values();
    let spread: ScalarBuffer<T::Native> = if size_of::<T::Native>() == 1 {
        let mut rows = vec![0; valid.len().next_multiple_of(8)];
        unchecked::spread_bytes(Buffer::from_vec(values).as_slice(), bits, &mut rows);
        ScalarBuffer::new(Buffer::from_vec(rows), 0, valid.len())
    } else {
        let mut rows = vec![T::Native::default(); valid.len().next_multiple_of(8)];
        spread(&values, bits, &mut rows, choose);
        rows.truncate(valid.len());
        rows.into()
    };
    PrimitiveArray::new(spread, nulls)
}

/// Returns the bits, 64 at a time. Zeros follow the last ones.
fn words(bits: &BooleanBuffer) -> impl Iterator<Item = u64> {
    let chunks = bits.bit_chunks();
    let rest = (chunks.remainder_len() > 0).then(|| chunks.remainder_bits());
    chunks.iter().chain(rest)
}
