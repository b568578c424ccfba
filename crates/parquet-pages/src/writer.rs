//! Writes record batches into a Parquet file.

use std::fs::File;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::SchemaRef;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowRowGroupWriterFactory, ArrowWriter, compute_leaves,
};
use parquet::basic::{Compression, Encoding};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, SchemaDescPtr};

use crate::leaves;
use crate::write::{self, Chunk};

/// The number of rows that are collected before a row group is written, since a row group of few rows is slow to read.
const ROW_GROUP: usize = 1 << 17;

/// A writer of record batches of one schema to a Parquet file, whose key-value metadata is that of the schema.
pub struct Writer {
    file: SerializedFileWriter<File>,
    encoder: Encoder,
    waiting: Vec<RecordBatch>,
    rows_waiting: usize,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Writer")
            .field("encoder", &self.encoder)
            .field("rows_waiting", &self.rows_waiting)
            .finish_non_exhaustive()
    }
}

/// A row group as it will stand in the file.
pub struct Encoded(Vec<Column>);

impl std::fmt::Debug for Encoded {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Encoded({} columns)", self.0.len())
    }
}

enum Column {
    Pages(Chunk),
    /// A column of a form that the library writes.
    Library(ArrowColumnChunk),
}

/// An encoder that makes row groups, in any number of threads at once.
pub struct Encoder {
    schema: SchemaRef,
    parquet: SchemaDescPtr,
    columns: ArrowRowGroupWriterFactory,
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Encoder")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

impl Encoder {
    /// Makes a row group of batches, or returns `None` if they have so few rows that they should wait for more.
    ///
    /// # Errors
    /// Returns an error if a column cannot be encoded.
    pub fn encode(&self, batches: &[RecordBatch]) -> Result<Option<Encoded>, ParquetError> {
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        if rows < ROW_GROUP / 2 {
            Ok(None)
        } else {
            self.row_group(batches).map(Some)
        }
    }

    pub(crate) fn row_group(&self, batches: &[RecordBatch]) -> Result<Encoded, ParquetError> {
        let mut writers = self.columns.create_column_writers(0)?.into_iter();
        let mut columns = Vec::new();
        for (index, field) in self.schema.fields().iter().enumerate() {
            let arrays: Vec<&ArrayRef> = batches
                .iter()
                .filter_map(|batch| batch.columns().get(index))
                .collect();
            let leaves = leaves(&self.parquet, index);
            let mut writers: Vec<_> = writers.by_ref().take(leaves.len()).collect();
            if let [leaf] = leaves.as_slice()
                && let Some(pages) = write::write(&self.parquet.column(*leaf), &arrays)?
            {
                columns.push(Column::Pages(pages));
                continue;
            }
            for array in arrays {
                for (leaf, writer) in compute_leaves(field, array)?.iter().zip(&mut writers) {
                    writer.write(leaf)?;
                }
            }
            for writer in writers {
                columns.push(Column::Library(writer.close()?));
            }
        }
        Ok(Encoded(columns))
    }
}

impl Writer {
    /// Creates a writer, and begins the file.
    ///
    /// # Errors
    /// Returns an error if it cannot be written.
    pub fn new(file: File, schema: &SchemaRef) -> Result<Self, ParquetError> {
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties(schema)))?;
        let (file, columns) = writer.into_serialized_writer()?;
        let encoder = Encoder {
            schema: schema.clone(),
            parquet: Arc::new(file.schema_descr().clone()),
            columns,
        };
        Ok(Self {
            file,
            encoder,
            waiting: Vec::new(),
            rows_waiting: 0,
        })
    }

    /// Returns the encoder that makes row groups for this file.
    #[must_use]
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// Writes a row group that the encoder made.
    ///
    /// # Errors
    /// Returns an error if it cannot be written.
    pub fn append(&mut self, encoded: Encoded) -> Result<(), ParquetError> {
        self.write_waiting()?;
        self.append_row_group(encoded)
    }

    /// Writes a batch.
    ///
    /// # Errors
    /// Returns an error if it cannot be written, or its columns are not those of the file.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        let [own, other] = [&self.encoder.schema, batch.schema_ref()]
            .map(|schema| schema.fields().iter().map(|field| field.data_type()));
        if !own.eq(other) {
            let message = "the batch has other columns than the file";
            return Err(ParquetError::General(message.to_owned()));
        }
        self.waiting.push(batch.clone());
        // Counted as they come and not anew for each, since a batch may be of one row.
        self.rows_waiting += batch.num_rows();
        if self.rows_waiting >= ROW_GROUP {
            self.write_waiting()
        } else {
            Ok(())
        }
    }

    fn write_waiting(&mut self) -> Result<(), ParquetError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.rows_waiting = 0;
        let encoded = self.encoder.row_group(&std::mem::take(&mut self.waiting))?;
        self.append_row_group(encoded)
    }

    fn append_row_group(&mut self, encoded: Encoded) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for column in encoded.0 {
            match column {
                Column::Pages(pages) => pages.append_to(&mut group)?,
                Column::Library(chunk) => chunk.append_to_row_group(&mut group)?,
            }
        }
        group.close().map(drop)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Returns an error if the rest of it cannot be written.
    pub fn finish(mut self) -> Result<(), ParquetError> {
        self.write_waiting()?;
        self.file.close().map(drop)
    }
}

fn properties(schema: &SchemaRef) -> WriterProperties {
    let properties = WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_statistics_enabled(EnabledStatistics::Chunk);
    // The library keeps the metadata of the schema inside the schema alone, where only readers of Arrow look.
    let mut metadata: Vec<KeyValue> = schema
        .metadata()
        .iter()
        .map(|(key, value)| KeyValue::new(key.clone(), value.clone()))
        .collect();
    metadata.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    let properties = properties.set_key_value_metadata(Some(metadata));
    // Of pages written here there is no index.
    let mut properties = properties.set_offset_index_disabled(true);
    for field in schema.fields() {
        let column = ColumnPath::from(field.name().as_str());
        properties = if field.data_type().is_integer() {
            // Numbers differ from row to row: their differences are smaller and quicker than a dictionary of them.
            let properties = properties.set_column_dictionary_enabled(column.clone(), false);
            properties.set_column_encoding(column, Encoding::DELTA_BINARY_PACKED)
        } else {
            // Nobody looks for a level between two others.
            properties.set_column_statistics_enabled(column, EnabledStatistics::None)
        };
    }
    properties.build()
}
