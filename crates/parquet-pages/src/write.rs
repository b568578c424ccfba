//! Writes a column of a row group as pages.

use std::ops::Range;

use arrow_array::builder::BooleanBufferBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int16Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::DataType;
use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, PageEncodingStats};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use crate::hybrid;

/// The number of rows in a page. It is a multiple of eight, so that the bits of a page begin with a byte.
const PAGE: usize = 1 << 15;
/// The most texts of a dictionary of results.
const DICTIONARY: usize = 1 << 8;

/// A column of a row group, as it will be in the file.
pub(crate) struct Chunk {
    bytes: Bytes,
    close: ColumnCloseResult,
}

impl Chunk {
    pub(crate) fn append_to<W: std::io::Write + Send>(
        self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        group.append_column(&self.bytes, self.close)
    }
}

/// Returns the pages of a column whose rows are in these arrays, or `None` if it does not have a form that is written here. The columns of results
/// have such a form: they are flat, and any row may be null.
pub(crate) fn write(
    column: &ColumnDescPtr,
    arrays: &[&ArrayRef],
) -> Result<Option<Chunk>, ParquetError> {
    match (column.max_rep_level(), column.max_def_level()) {
        (0, 1) => {}
        (1, LIST) => return lists(column, arrays),
        _ => return Ok(None),
    }
    let mut pages = Pages::new(arrays);
    let statistics = match arrays.first().map(|array| array.data_type()) {
        Some(DataType::Boolean) => {
            pages.truths(arrays)?;
            None
        }
        Some(DataType::Int8) => pages.numbers(&present(
            arrays,
            |array| array.as_primitive::<Int8Type>().values(),
            i16::from,
        ))?,
        Some(DataType::Int16) => pages.numbers(&present(
            arrays,
            |array| array.as_primitive::<Int16Type>().values(),
            |number| number,
        ))?,
        Some(DataType::Int64) => pages.differences(&present(
            arrays,
            |array| array.as_primitive::<Int64Type>().values(),
            |number| number,
        ))?,
        Some(DataType::Dictionary(key, values))
            if (key.as_ref(), values.as_ref()) == (&DataType::Int8, &DataType::Utf8) =>
        {
            let Some((dictionary, keys)) = texts(arrays) else {
                return Ok(None);
            };
            pages.keyed(plain_texts(&dictionary), dictionary.len(), &keys)?;
            None
        }
        _ => return Ok(None),
    };
    let rows = pages.valid.len();
    pages.close(column, [rows, rows], statistics).map(Some)
}

/// The definition level of an item that is there, in a list that may be missing and whose items may be.
const LIST: i16 = 3;

/// Returns the pages of a column of lists of texts that are each one of a few.
fn lists(column: &ColumnDescPtr, arrays: &[&ArrayRef]) -> Result<Option<Chunk>, ParquetError> {
    let (mut items, mut repeated, mut defined) = (Vec::new(), Vec::new(), Vec::new());
    // Where the levels and the items of each page begin, which is with a row.
    let (mut begins, mut rows, mut count) = (vec![[0, 0]], 0_usize, 0);
    for array in arrays {
        let Some(list) = array.as_list_opt::<i32>() else {
            return Ok(None);
        };
        let is_known = matches!(list.values().data_type(), DataType::Dictionary(key, value)
            if (key.as_ref(), value.as_ref()) == (&DataType::Int8, &DataType::Utf8));
        if !is_known || list.values().null_count() > 0 {
            return Ok(None);
        }
        let (Some(first), Some(last)) = (list.offsets().first(), list.offsets().last()) else {
            return Ok(None);
        };
        let length = last - first;
        items.push(list.values().slice(*first as usize, length as usize));
        for row in 0..list.len() {
            let length = if list.is_valid(row) {
                list.value_length(row)
            } else {
                0
            };
            for item in 0..length {
                repeated.push(u16::from(item > 0));
                defined.push(LIST.cast_unsigned());
            }
            if length == 0 {
                repeated.push(0);
                defined.push(u16::from(list.is_valid(row)));
            }
            count += length as usize;
            rows += 1;
            if rows.is_multiple_of(PAGE) {
                begins.push([repeated.len(), count]);
            }
        }
    }
    begins.push([repeated.len(), count]);
    begins.dedup();
    let items: Vec<&ArrayRef> = items.iter().collect();
    let Some((dictionary, keys)) = texts(&items) else {
        return Ok(None);
    };
    let mut pages = Pages::new(&[]);
    let width = pages.dictionary(plain_texts(&dictionary), dictionary.len())?;
    for (begin, end) in begins.iter().zip(begins.iter().skip(1)) {
        let [[first, first_item], [last, last_item]] = [*begin, *end];
        let mut page = Vec::new();
        for (levels, width) in [(&repeated, 1), (&defined, 2)] {
            let mut written = Vec::new();
            hybrid::write(
                levels.get(first..last).unwrap_or_default(),
                width,
                &mut written,
            );
            page.extend((written.len() as u32).to_le_bytes());
            page.append(&mut written);
        }
        page.push(width as u8);
        let items = keys.get(first_item..last_item).unwrap_or_default();
        hybrid::write(items, width as usize, &mut page);
        pages.data_page(page, last - first, Encoding::RLE_DICTIONARY)?;
    }
    pages.close(column, [rows, repeated.len()], None).map(Some)
}

/// Returns texts as a dictionary page has them.
fn plain_texts(texts: &[&str]) -> Vec<u8> {
    let texts = texts.iter().flat_map(|text| {
        let length = (text.len() as u32).to_le_bytes();
        length.into_iter().chain(text.bytes())
    });
    texts.collect()
}

/// Returns the values of all arrays that are there.
fn present<'a, T: Copy + 'a, U>(
    arrays: &[&'a ArrayRef],
    values: impl Fn(&'a ArrayRef) -> &'a [T],
    each: impl Fn(T) -> U,
) -> Vec<U> {
    let mut all = Vec::with_capacity(arrays.iter().map(|array| array.len()).sum());
    arrays
        .iter()
        .for_each(|array| append(array, values(array), &each, &mut all));
    all
}

fn append<T: Copy, U>(array: &ArrayRef, values: &[T], each: impl Fn(T) -> U, all: &mut Vec<U>) {
    match nulls(array) {
        Some(valid) => all.extend(
            valid
                .inner()
                .set_indices()
                .filter_map(|row| values.get(row).copied().map(&each)),
        ),
        None => all.extend(values.iter().copied().map(&each)),
    }
}

/// Returns which rows have no value. A dictionary rarely has a null among its values, and finding these takes a look at each key.
fn nulls(array: &ArrayRef) -> Option<NullBuffer> {
    let among_values = array
        .as_any_dictionary_opt()
        .is_some_and(|own| own.values().null_count() > 0);
    if among_values {
        array.logical_nulls()
    } else {
        array
            .nulls()
            .filter(|nulls| nulls.null_count() > 0)
            .cloned()
    }
}

/// Returns one dictionary for all arrays, and the keys in it, or `None` if the dictionary would be long.
fn texts<'a>(arrays: &[&'a ArrayRef]) -> Option<(Vec<&'a str>, Vec<u16>)> {
    let (mut dictionary, mut all) = (
        Vec::new(),
        Vec::with_capacity(arrays.iter().map(|array| array.len()).sum()),
    );
    for array in arrays {
        let own = array.as_dictionary::<Int8Type>();
        // There is a key for whatever a byte can be: nothing is left to be asked for each.
        let mut keys = [0; 256];
        for (text, key) in own.values().as_string::<i32>().iter().zip(&mut keys) {
            let text = text.unwrap_or_default();
            let known = dictionary.iter().position(|known| *known == text);
            *key = known.unwrap_or_else(|| {
                dictionary.push(text);
                dictionary.len() - 1
            }) as u16;
        }
        #[expect(clippy::indexing_slicing, reason = "a byte is no more than 255")]
        append(
            array,
            own.keys().values(),
            |key| keys[usize::from(key as u8)],
            &mut all,
        );
    }
    (dictionary.len() <= DICTIONARY).then_some((dictionary, all))
}

/// The pages of a column.
struct Pages {
    /// Which rows have a value.
    valid: BooleanBuffer,
    bytes: TrackedWrite<Vec<u8>>,
    dictionary: Option<u64>,
    data: Option<u64>,
    encodings: Vec<PageEncodingStats>,
}

impl Pages {
    fn new(arrays: &[&ArrayRef]) -> Self {
        let mut valid = BooleanBufferBuilder::new(arrays.iter().map(|array| array.len()).sum());
        for array in arrays {
            match nulls(array) {
                Some(nulls) => valid.append_buffer(nulls.inner()),
                None => valid.append_n(array.len(), true),
            }
        }
        Self {
            valid: valid.finish(),
            bytes: TrackedWrite::new(Vec::new()),
            dictionary: None,
            data: None,
            encodings: Vec::new(),
        }
    }

    fn truths(&mut self, arrays: &[&ArrayRef]) -> Result<(), ParquetError> {
        let mut truths = BooleanBufferBuilder::new(self.valid.len());
        for array in arrays {
            let own = array.as_boolean().values();
            match array.nulls() {
                Some(valid) => valid
                    .inner()
                    .set_indices()
                    .for_each(|row| truths.append(own.value(row))),
                None => truths.append_buffer(own),
            }
        }
        let truths = truths.finish();
        self.data(Encoding::PLAIN, |values, to| {
            let mut own = BooleanBufferBuilder::new(values.len());
            own.append_packed_range(values, truths.values());
            to.extend_from_slice(own.as_slice());
        })
    }

    /// Writes numbers as keys in a dictionary of those that there are, which takes the least room. There are never many different numbers.
    #[expect(
        clippy::indexing_slicing,
        reason = "there is a key for whatever 16 bits can be"
    )]
    fn numbers(&mut self, numbers: &[i16]) -> Result<Option<Statistics>, ParquetError> {
        let least = numbers
            .iter()
            .fold(i16::MAX, |least, number| least.min(*number));
        let most = numbers
            .iter()
            .fold(i16::MIN, |most, number| most.max(*number));
        // The key of each number; first, whether it is there.
        let mut keys: Box<[u16; 1 << 16]> = Box::new([0; 1 << 16]);
        numbers
            .iter()
            .for_each(|number| keys[usize::from(*number as u16)] = 1);
        let mut dictionary = Vec::new();
        for number in least..=most {
            let key = &mut keys[usize::from(number as u16)];
            if *key == 1 {
                *key = (dictionary.len() / 4) as u16;
                dictionary.extend(i32::from(number).to_le_bytes());
            }
        }
        let count = dictionary.len() / 4;
        let numbers: Vec<u16> = numbers
            .iter()
            .map(|number| keys[usize::from(*number as u16)])
            .collect();
        self.keyed(dictionary, count, &numbers)?;
        let nulls = (self.valid.len() - numbers.len()) as u64;
        let end = |end: i16| (!numbers.is_empty()).then_some(i32::from(end));
        Ok(Some(Statistics::int32(
            end(least),
            end(most),
            None,
            Some(nulls),
            false,
        )))
    }

    /// Writes numbers of any size, such as ids, by their differences.
    fn differences(&mut self, numbers: &[i64]) -> Result<Option<Statistics>, ParquetError> {
        self.data(Encoding::DELTA_BINARY_PACKED, |values, to| {
            hybrid::write_differences(numbers.get(values).unwrap_or_default(), to)
        })?;
        let nulls = (self.valid.len() - numbers.len()) as u64;
        Ok(Some(Statistics::int64(
            numbers.iter().min().copied(),
            numbers.iter().max().copied(),
            None,
            Some(nulls),
            false,
        )))
    }

    /// Writes a dictionary of `count` values, and pages of the keys in it.
    fn keyed(
        &mut self,
        dictionary: Vec<u8>,
        count: usize,
        keys: &[u16],
    ) -> Result<(), ParquetError> {
        let width = self.dictionary(dictionary, count)?;
        self.data(Encoding::RLE_DICTIONARY, |values, to| {
            to.push(width as u8);
            hybrid::write(keys.get(values).unwrap_or_default(), width as usize, to);
        })
    }

    /// Writes a dictionary of `count` values, and returns how many bits a key takes.
    fn dictionary(&mut self, dictionary: Vec<u8>, count: usize) -> Result<u32, ParquetError> {
        let size = dictionary.len();
        let page = Page::DictionaryPage {
            buf: dictionary.into(),
            num_values: count as u32,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        self.dictionary = Some(self.page(page, size)?);
        // As many bits as the last key takes.
        Ok((usize::BITS - count.saturating_sub(1).leading_zeros()).max(1))
    }

    /// Writes pages of data: which rows have a value, and what `write` makes of a range of the values.
    fn data(
        &mut self,
        encoding: Encoding,
        write: impl Fn(Range<usize>, &mut Vec<u8>),
    ) -> Result<(), ParquetError> {
        let mut value = 0;
        for first in (0..self.valid.len()).step_by(PAGE) {
            let rows = PAGE.min(self.valid.len() - first);
            let valid = self.valid.slice(first, rows);
            let count = valid.count_set_bits();
            let mut levels = Vec::new();
            hybrid::write_bits(
                self.valid.values().get(first / 8..).unwrap_or_default(),
                rows,
                count,
                &mut levels,
            );
            let mut page = (levels.len() as u32).to_le_bytes().to_vec();
            page.append(&mut levels);
            write(value..value + count, &mut page);
            value += count;
            self.data_page(page, rows, encoding)?;
        }
        Ok(())
    }

    fn data_page(
        &mut self,
        page: Vec<u8>,
        values: usize,
        encoding: Encoding,
    ) -> Result<(), ParquetError> {
        let size = page.len();
        let page = Page::DataPage {
            buf: page.into(),
            num_values: values as u32,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let offset = self.page(page, size)?;
        self.data.get_or_insert(offset);
        Ok(())
    }

    fn page(&mut self, page: Page, size: usize) -> Result<u64, ParquetError> {
        let (page_type, encoding) = (page.page_type(), page.encoding());
        let written = SerializedPageWriter::new(&mut self.bytes)
            .write_page(CompressedPage::new(page, size))?;
        match self
            .encodings
            .iter_mut()
            .find(|of| (of.page_type, of.encoding) == (page_type, encoding))
        {
            Some(of) => of.count += 1,
            None => self.encodings.push(PageEncodingStats {
                page_type,
                encoding,
                count: 1,
            }),
        }
        Ok(written.offset)
    }

    fn close(
        self,
        column: &ColumnDescPtr,
        [rows, values]: [usize; 2],
        statistics: Option<Statistics>,
    ) -> Result<Chunk, ParquetError> {
        let bytes = self.bytes.into_inner()?;
        let size = bytes.len() as i64;
        let encodings = self
            .encodings
            .iter()
            .map(|of| of.encoding)
            .chain([Encoding::RLE]);
        let metadata = ColumnChunkMetaData::builder(column.clone())
            .set_encodings(encodings.collect())
            .set_page_encoding_stats(self.encodings.clone())
            .set_num_values(values as i64)
            .set_total_compressed_size(size)
            .set_total_uncompressed_size(size)
            .set_dictionary_page_offset(self.dictionary.map(|offset| offset as i64))
            .set_data_page_offset(self.data.unwrap_or_default() as i64);
        let metadata = match statistics {
            Some(statistics) => metadata.set_statistics(statistics),
            None => metadata,
        };
        let metadata = metadata.build()?;
        let close = ColumnCloseResult {
            bytes_written: size as u64,
            rows_written: rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok(Chunk {
            bytes: bytes.into(),
            close,
        })
    }
}
