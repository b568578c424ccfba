#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int64Type, UInt16Type};
use arrow_array::*;
use arrow_schema::{DataType, Schema};
use arrow_select::concat::concat_batches;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use proptest::prelude::*;

use crate::{RowGroup, Writer};

/// A file that is gone when its test ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "threshold-matrix-pages-{}-{}.parquet",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A number for each row and null, in stretches or not: hashes, so that a case is small.
#[derive(Debug, Clone)]
struct Rows {
    count: usize,
    seed: u64,
    /// One row in this many is null; no row if it is 0, every row if it is 1.
    nulls: u64,
    /// How many different numbers there are.
    range: u64,
    /// How many rows of a stretch have the same number.
    stretch: u64,
}

impl Rows {
    fn strategy() -> impl Strategy<Value = Self> {
        let counts = prop_oneof![Just(0_usize), 1..300_usize, 1000..6000_usize];
        let ranges = prop_oneof![Just(1_u64), 2..40_u64, 200..400_u64, Just(1 << 20)];
        (
            counts,
            any::<u64>(),
            0_u64..6,
            ranges,
            prop_oneof![Just(1_u64), Just(90)],
        )
            .prop_map(|(count, seed, nulls, range, stretch)| Self {
                count,
                seed,
                nulls,
                range,
                stretch,
            })
    }

    fn numbers(&self, column: u64) -> Vec<Option<u64>> {
        let hash = |row: u64, of: u64| {
            let mixed = (row ^ self.seed)
                .wrapping_add(of << 40)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 17
        };
        let row = |row: u64| {
            let row = row / self.stretch;
            let is_null = self.nulls > 0 && hash(row, column + 1000).is_multiple_of(self.nulls);
            (!is_null).then(|| hash(row, column) % self.range)
        };
        (0..self.count as u64).map(row).collect()
    }

    /// Columns of every type that is read here, and of some that the library reads.
    fn batch(&self) -> RecordBatch {
        let numbers = |column| self.numbers(column);
        fn narrow<T: TryFrom<u64>>(numbers: Vec<Option<u64>>, from: u64) -> Vec<Option<T>> {
            numbers
                .into_iter()
                .map(|number| number.and_then(|number| T::try_from(number % from).ok()))
                .collect()
        }
        let signed = |numbers: Vec<Option<u64>>| {
            numbers
                .into_iter()
                .map(|number| number.map(|number| number as i64 - 1000))
        };
        let words = |numbers: Vec<Option<u64>>| {
            numbers
                .into_iter()
                .map(|number| number.map(|number| format!("word {}", number % 100)))
        };
        let texts: Vec<Option<String>> = words(numbers(12)).collect();
        let few = |column| words(self.numbers(column)).collect::<Vec<_>>();
        let all_there: Vec<u64> = numbers(16)
            .into_iter()
            .map(Option::unwrap_or_default)
            .collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            (
                "truths",
                Arc::new(
                    numbers(0)
                        .into_iter()
                        .map(|number| number.map(|number| number % 2 == 1))
                        .collect::<BooleanArray>(),
                ),
            ),
            (
                "i8",
                Arc::new(Int8Array::from(narrow::<i8>(numbers(1), 128))),
            ),
            (
                "u8",
                Arc::new(UInt8Array::from(narrow::<u8>(numbers(2), 256))),
            ),
            (
                "i16",
                Arc::new(
                    signed(numbers(3))
                        .map(|number| number.map(|number| number as i16))
                        .collect::<Int16Array>(),
                ),
            ),
            (
                "u16",
                Arc::new(UInt16Array::from(narrow::<u16>(numbers(4), 65536))),
            ),
            (
                "i32",
                Arc::new(
                    signed(numbers(5))
                        .map(|number| number.map(|number| number as i32))
                        .collect::<Int32Array>(),
                ),
            ),
            (
                "u32",
                Arc::new(
                    numbers(6)
                        .into_iter()
                        .map(|number| number.map(|number| u32::MAX - number as u32))
                        .collect::<UInt32Array>(),
                ),
            ),
            ("i64", Arc::new(signed(numbers(7)).collect::<Int64Array>())),
            (
                "u64",
                Arc::new(
                    numbers(8)
                        .into_iter()
                        .map(|number| number.map(|number| u64::MAX - number))
                        .collect::<UInt64Array>(),
                ),
            ),
            (
                "f32",
                Arc::new(
                    narrow::<u16>(numbers(9), 65536)
                        .into_iter()
                        .map(|number| number.map(f32::from))
                        .collect::<Float32Array>(),
                ),
            ),
            (
                "f64",
                Arc::new(
                    narrow::<u32>(numbers(10), 1 << 20)
                        .into_iter()
                        .map(|number| number.map(f64::from))
                        .collect::<Float64Array>(),
                ),
            ),
            (
                "dates",
                Arc::new(Date32Array::from(narrow::<i32>(numbers(11), 30000))),
            ),
            ("texts", Arc::new(StringArray::from(texts))),
            (
                "keys i8",
                Arc::new(
                    few(13)
                        .iter()
                        .map(Option::as_deref)
                        .collect::<DictionaryArray<Int8Type>>(),
                ),
            ),
            (
                "keys u16",
                Arc::new(
                    few(14)
                        .iter()
                        .map(Option::as_deref)
                        .collect::<DictionaryArray<UInt16Type>>(),
                ),
            ),
            (
                "keys i64",
                Arc::new(
                    few(15)
                        .iter()
                        .map(Option::as_deref)
                        .collect::<DictionaryArray<Int64Type>>(),
                ),
            ),
            ("never null", Arc::new(UInt64Array::from(all_there.clone()))),
            (
                "never null i64",
                Arc::new(
                    all_there
                        .iter()
                        .map(|number| Some(*number as i64))
                        .collect::<Int64Array>(),
                ),
            ),
            (
                "never null i8",
                Arc::new(
                    all_there
                        .iter()
                        .map(|number| Some((*number % 128) as i8))
                        .collect::<Int8Array>(),
                ),
            ),
            (
                "never null truths",
                Arc::new(
                    all_there
                        .iter()
                        .map(|number| Some(number % 2 == 1))
                        .collect::<BooleanArray>(),
                ),
            ),
            (
                "never null keys",
                Arc::new(
                    all_there
                        .iter()
                        .map(|number| Some(["a", "b"][(number % 2) as usize]))
                        .collect::<DictionaryArray<Int8Type>>(),
                ),
            ),
        ];
        let fields: Vec<_> = columns
            .iter()
            .map(|(name, array)| {
                arrow_schema::Field::new(
                    *name,
                    array.data_type().clone(),
                    !name.starts_with("never null"),
                )
            })
            .collect();
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
    }
}

fn properties() -> impl Strategy<Value = WriterProperties> {
    let compressions = prop_oneof![
        Just(Compression::UNCOMPRESSED),
        Just(Compression::SNAPPY),
        Just(Compression::LZ4_RAW),
        Just(Compression::ZSTD(ZstdLevel::default()))
    ];
    let encodings = prop_oneof![
        Just(None),
        Just(Some(Encoding::PLAIN)),
        Just(Some(Encoding::BYTE_STREAM_SPLIT))
    ];
    (
        any::<bool>(),
        any::<bool>(),
        compressions,
        encodings,
        1_usize..2000,
        100_usize..4000,
        64_usize..4000,
    )
        .prop_map(
            |(later, dictionary, compression, encoding, page, group, size)| {
                let version = if later {
                    WriterVersion::PARQUET_2_0
                } else {
                    WriterVersion::PARQUET_1_0
                };
                let properties = WriterProperties::builder()
                    .set_writer_version(version)
                    .set_dictionary_enabled(dictionary)
                    .set_dictionary_page_size_limit(size)
                    .set_compression(compression)
                    .set_data_page_row_count_limit(page)
                    .set_write_batch_size(64)
                    .set_statistics_enabled(EnabledStatistics::None)
                    .set_max_row_group_row_count(Some(group));
                let properties = match encoding {
                    Some(encoding) if !dictionary => {
                        properties.set_column_encoding("f64".into(), encoding)
                    }
                    _ => properties,
                };
                properties.build()
            },
        )
}

/// Returns what the library reads.
fn library(path: &Path, batch: usize) -> Vec<RecordBatch> {
    let metadata =
        ArrowReaderMetadata::load(&File::open(path).unwrap(), ArrowReaderOptions::new()).unwrap();
    let part = |part| {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
            File::open(path).unwrap(),
            metadata.clone(),
        );
        builder
            .with_row_groups(vec![part])
            .with_batch_size(batch)
            .build()
            .unwrap()
            .map(Result::unwrap)
    };
    (0..metadata.metadata().num_row_groups())
        .flat_map(part)
        .collect()
}

/// Returns what is read here, of the columns at some positions.
fn own(path: &Path, columns: &[usize], batch: usize) -> Result<Vec<RecordBatch>, String> {
    let metadata = ArrowReaderMetadata::load(&File::open(path).unwrap(), ArrowReaderOptions::new())
        .map_err(|error| error.to_string())?;
    let mut batches = Vec::new();
    for part in 0..metadata.metadata().num_row_groups() {
        for batch in RowGroup::open(File::open(path).unwrap(), &metadata, part, columns, batch)
            .map_err(|error| error.to_string())?
        {
            batches.push(batch.map_err(|error| error.to_string())?);
        }
    }
    Ok(batches)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, rng_seed: proptest::test_runner::RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a file is made of, its columns are those that the library reads, in any choice and in batches of any size.
    #[test]
    fn the_library_reads_the_same(rows in Rows::strategy(), properties in properties(), batch in 1_usize..3000, kept in any::<u64>()) {
        let file = Scratch::new();
        let written = rows.batch();
        let mut writer = ArrowWriter::try_new(File::create(&file.0).unwrap(), written.schema(), Some(properties)).unwrap();
        writer.write(&written).unwrap();
        writer.close().unwrap();
        let columns: Vec<usize> = (0..written.num_columns()).filter(|column| kept >> column & 1 == 1).collect();
        let expected: Vec<_> = library(&file.0, batch).iter().map(|batch| batch.project(&columns).unwrap()).collect();
        let read = own(&file.0, &columns, batch).unwrap();
        prop_assert!(read.iter().all(|read| (1..=batch).contains(&read.num_rows())));
        let [read, expected] = [read, expected].map(|batches| concat_batches(&Arc::new(written.schema().project(&columns).unwrap()), &batches).unwrap());
        prop_assert_eq!(read, expected);
    }

    /// What is written here the library reads as it was given.
    #[test]
    fn the_library_reads_what_is_written(rows in Rows::strategy(), cut in 1_usize..4000) {
        let file = Scratch::new();
        let given = rows.batch();
        let mut writer = Writer::new(File::create(&file.0).unwrap(), &given.schema()).unwrap();
        for first in (0..given.num_rows()).step_by(cut) {
            writer.write(&given.slice(first, cut.min(given.num_rows() - first))).unwrap();
        }
        writer.finish().unwrap();
        let read = library(&file.0, usize::MAX / 2);
        prop_assert_eq!(read.len(), usize::from(given.num_rows() > 0));
        for (index, column) in read.iter().flat_map(|read| read.columns()).enumerate() {
            prop_assert_eq!(column, given.column(index), "column {}", given.schema().field(index).name());
        }
    }

    /// Bytes of pages that were changed are read as other values, or are an error; never a panic.
    #[test]
    fn damaged_pages_are_errors(rows in Rows::strategy(), properties in properties(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let file = Scratch::new();
        // Columns that the library reads may do as the library does.
        let written = rows.batch();
        let columns: Vec<usize> = (0..written.num_columns()).filter(|column| written.schema().field(*column).name() != "texts").collect();
        let written = written.project(&columns).unwrap();
        let mut writer = ArrowWriter::try_new(File::create(&file.0).unwrap(), written.schema(), Some(properties)).unwrap();
        writer.write(&written).unwrap();
        writer.close().unwrap();
        let mut bytes = std::fs::read(&file.0).unwrap();
        let footer = bytes.len() - 8 - u32::from_le_bytes(*bytes[..bytes.len() - 4].last_chunk().unwrap()) as usize;
        for (place, to) in changes {
            if footer > 4 {
                bytes[4 + place.index(footer - 4)] = to;
            }
        }
        std::fs::write(&file.0, bytes).unwrap();
        let columns: Vec<usize> = (0..columns.len()).collect();
        for batch in own(&file.0, &columns, 500).unwrap_or_default() {
            prop_assert_eq!(batch.num_columns(), columns.len());
        }
    }
}

/// Truths with nulls over several pages, and no rows at all.
#[test]
fn truths_are_written_over_pages() {
    for count in [0, 1, 32_768, 100_001] {
        let truths: ArrayRef = Arc::new(
            (0..count)
                .map(|row| (row % 7 > 0).then_some(row % 3 == 0))
                .collect::<BooleanArray>(),
        );
        let given = RecordBatch::try_from_iter_with_nullable([("truth", truths, true)]).unwrap();
        let file = Scratch::new();
        let mut writer = Writer::new(File::create(&file.0).unwrap(), &given.schema()).unwrap();
        writer.write(&given).unwrap();
        writer.finish().unwrap();
        for read in [library(&file.0, 1 << 20), own(&file.0, &[0], 3000).unwrap()] {
            assert_eq!(concat_batches(&given.schema(), &read).unwrap(), given);
        }
    }
}

/// A page of the second version that says of each value that it is not repeated, as some writers do.
#[test]
fn levels_of_repetition_are_left_out() {
    let file = Scratch::new();
    let message = "message rows { optional int32 number; required int32 other; }";
    let schema = Arc::new(parquet::schema::parser::parse_message_type(message).unwrap());
    let mut writer =
        SerializedFileWriter::new(File::create(&file.0).unwrap(), schema, Arc::default()).unwrap();
    let columns = writer.schema_descr().columns().to_vec();
    let mut group = writer.next_row_group().unwrap();
    // A run of a thousand takes two bytes, and that of ones the one beside.
    for (column, levels) in columns
        .into_iter()
        .zip([&[0xd0, 0x0f, 0xd0, 0x0f, 0x01][..], &[0xd0, 0x0f]])
    {
        let mut bytes = levels.to_vec();
        bytes.extend((0..1000_i32).flat_map(i32::to_le_bytes));
        let (size, definitions) = (bytes.len(), levels.len() as u32 - 2);
        let page = Page::DataPageV2 {
            buf: bytes.into(),
            num_values: 1000,
            encoding: Encoding::PLAIN,
            num_nulls: 0,
            num_rows: 1000,
            def_levels_byte_len: definitions,
            rep_levels_byte_len: 2,
            is_compressed: false,
            statistics: None,
        };
        let mut chunk = TrackedWrite::new(Vec::new());
        SerializedPageWriter::new(&mut chunk)
            .write_page(CompressedPage::new(page, size))
            .unwrap();
        let bytes = chunk.into_inner().unwrap();
        let size = bytes.len() as i64;
        let metadata = ColumnChunkMetaData::builder(column)
            .set_encodings(vec![Encoding::PLAIN])
            .set_num_values(1000);
        let metadata = metadata
            .set_total_compressed_size(size)
            .set_total_uncompressed_size(size)
            .build()
            .unwrap();
        let (bytes_written, rows_written) = (size as u64, 1000);
        let close = ColumnCloseResult {
            bytes_written,
            rows_written,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        group
            .append_column(&bytes::Bytes::from(bytes), close)
            .unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    let numbers: ArrayRef = Arc::new((0..1000).map(Some).collect::<Int32Array>());
    let schema = library(&file.0, 1000)[0].schema();
    let given = RecordBatch::try_new(schema, vec![numbers.clone(), numbers]).unwrap();
    for read in [library(&file.0, 1000), own(&file.0, &[0, 1], 1000).unwrap()] {
        assert_eq!(read.as_slice(), std::slice::from_ref(&given));
    }
}

/// A header that says more than there is makes no room for it.
#[test]
fn more_than_there_is_takes_no_room() {
    // As many eights as can be said, of one bit each, and the bytes for eight thousand numbers, of which three are asked for.
    let mut bytes = vec![0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    bytes.resize(1000, 0x55);
    let numbers = super::hybrid::numbers::<u32>(&bytes, 1, 3).unwrap();
    assert_eq!((numbers.len(), numbers.capacity()), (3, 11));
}

/// Ids of any order and size: their differences may be wider than they are.
#[test]
fn whole_numbers_of_any_size_are_written() {
    let mut wide: Vec<i64> = (0..1000_i64)
        .map(|row| row.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64))
        .collect();
    wide.extend([i64::MIN, i64::MAX, i64::MIN, 0, -1]);
    let sizes: Vec<i64> = (0..63).flat_map(|bit| [1 << bit, -(1 << bit)]).collect();
    for numbers in [
        vec![],
        vec![7],
        vec![-3, i64::MAX],
        (0..70_000).collect(),
        wide,
        sizes,
        vec![5; 129],
        (0..129).rev().collect(),
    ] {
        let array: ArrayRef = Arc::new(Int64Array::from(numbers));
        let given = RecordBatch::try_from_iter_with_nullable([("id", array, true)]).unwrap();
        let file = Scratch::new();
        let mut writer = Writer::new(File::create(&file.0).unwrap(), &given.schema()).unwrap();
        writer.write(&given).unwrap();
        writer.finish().unwrap();
        let read = concat_batches(&given.schema(), &library(&file.0, 1 << 20)).unwrap();
        assert_eq!(read, given);
    }
}

/// A dictionary of another order in each batch, values that are null inside a dictionary, and more texts than results have.
#[test]
fn dictionaries_of_batches_are_joined() {
    let schema = Arc::new(Schema::new(vec![arrow_schema::Field::new_dictionary(
        "word",
        DataType::Int8,
        DataType::Utf8,
        true,
    )]));
    let batch = |keys: Vec<Option<i8>>, values: Vec<Option<&str>>| {
        let array = DictionaryArray::<Int8Type>::try_new(
            Int8Array::from(keys),
            Arc::new(StringArray::from(values)),
        )
        .unwrap();
        RecordBatch::try_new(schema.clone(), vec![Arc::new(array)]).unwrap()
    };
    let few = vec![
        batch(
            vec![Some(0), None, Some(1)],
            vec![Some("high"), Some("low")],
        ),
        batch(
            vec![Some(0), Some(1), Some(2)],
            vec![Some("low"), None, Some("high")],
        ),
        batch(vec![None, None], vec![]),
    ];
    let words: Vec<String> = (0..400).map(|word| format!("word {word}")).collect();
    let many = words.chunks(100).map(|words| {
        batch(
            (0..100).map(Some).collect(),
            words.iter().map(|word| Some(word.as_str())).collect(),
        )
    });
    for (batches, expected) in [
        (
            few,
            ["high", "", "low", "low", "", "high", "", ""]
                .map(str::to_owned)
                .to_vec(),
        ),
        // The library's reader joins no more than keys of a byte count, so the words are read as texts.
        (many.collect(), words.clone()),
    ] {
        let file = Scratch::new();
        let mut writer = Writer::new(File::create(&file.0).unwrap(), &schema).unwrap();
        batches
            .iter()
            .for_each(|batch| writer.write(batch).unwrap());
        writer.finish().unwrap();
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(
            File::open(&file.0).unwrap(),
            options,
        )
        .unwrap();
        let read: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
        let read = read.iter().flat_map(|batch| {
            batch
                .column(0)
                .as_string::<i32>()
                .iter()
                .map(|word| word.unwrap_or_default().to_owned())
        });
        assert_eq!(read.collect::<Vec<_>>(), expected);
    }
}

/// The processor's way to spread bytes gives what the plain way gives, for every byte of bits.
#[test]
fn bytes_are_spread_alike() {
    let values: Vec<u8> = (0..2000_u32)
        .map(|value| (value * 37 % 251) as u8)
        .collect();
    let valid: Vec<u8> = (0..=255).collect();
    let (mut one, mut other) = (vec![0; 2048], vec![0; 2048]);
    crate::spread::spread(&values, &valid, &mut one, crate::spread::choose);
    crate::unchecked::spread_bytes(&values, &valid, &mut other);
    assert_eq!(one, other);
    let mut next = values.iter();
    for (row, value) in one
        .iter()
        .enumerate()
        .filter(|(row, _)| valid[row / 8] >> (row % 8) & 1 == 1)
    {
        assert_eq!(Some(value), next.next(), "{row}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Lists of a few texts are read by the library as they were given, whatever is null or empty, and over several pages.
    #[test]
    fn lists_of_texts_are_written(seed in any::<u64>(), rows in 1_usize..70_000, plain in any::<bool>()) {
        let names = ["high", "medium", "low", "no further action"];
        let hash = |row: usize| (row as u64 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let mut lists: Vec<Option<Vec<usize>>> = Vec::new();
        for row in 0..rows {
            lists.push(match hash(row) % 8 {
                _ if plain => Some(vec![hash(row) as usize % 4]),
                0 => None,
                1 => Some(Vec::new()),
                2 => Some(vec![0, 2, 3]),
                other => Some(vec![other as usize % 4]),
            });
        }
        let batch = |lists: &[Option<Vec<usize>>]| {
            let keys: Vec<i8> = lists.iter().flatten().flatten().map(|key| *key as i8).collect();
            let values = Arc::new(StringArray::from_iter_values(names));
            let values = DictionaryArray::<Int8Type>::new(Int8Array::from(keys), values);
            let lengths = lists.iter().map(|list| list.as_ref().map_or(0, Vec::len));
            let offsets = arrow_buffer::OffsetBuffer::<i32>::from_lengths(lengths);
            let nulls: arrow_buffer::NullBuffer = lists.iter().map(Option::is_some).collect();
            let field = arrow_schema::Field::new_list_field(values.data_type().clone(), true);
            let list = ListArray::new(Arc::new(field), offsets, Arc::new(values), Some(nulls));
            RecordBatch::try_from_iter_with_nullable([("possible", Arc::new(list) as ArrayRef, true)]).unwrap()
        };
        let scratch = Scratch::new();
        let middle = rows / 3;
        let batches = [batch(&lists[..middle]), batch(&lists[middle..])];
        let mut writer = Writer::new(File::create(&scratch.0).unwrap(), batches[0].schema_ref()).unwrap();
        writer.append(writer.encoder().row_group(&batches).unwrap()).unwrap();
        writer.finish().unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&scratch.0).unwrap()).unwrap();
        let read: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
        let mut found = Vec::new();
        for batch in &read {
            let list = batch.column(0).as_list::<i32>();
            for row in 0..list.len() {
                let items = list.value(row);
                let items = items.as_dictionary::<Int8Type>();
                let names = items.downcast_dict::<StringArray>().unwrap();
                found.push(list.is_valid(row).then(|| names.into_iter().map(|name| name.unwrap().to_owned()).collect::<Vec<_>>()));
            }
        }
        let given: Vec<_> = lists.iter().map(|list| list.as_ref().map(|list| list.iter().map(|key| names[*key].to_owned()).collect::<Vec<_>>())).collect();
        prop_assert_eq!(found, given);
    }
}
