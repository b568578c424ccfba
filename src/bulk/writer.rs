//! Results into files of columns, Parquet and Arrow IPC.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowRowGroupWriterFactory, ArrowWriter, compute_leaves,
};
use parquet::basic::{Compression, Encoding};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, SchemaDescPtr};

use crate::bulk::files::{ColumnFileKind, FileError};
use crate::bulk::pages::{self, Chunk};

/// Rows that are written wait until there are so many: a row group of few rows is slow to read.
const ROW_GROUP: usize = 1 << 17;

/// Writes batches to a file of columns.
pub struct ColumnWriter {
    path: PathBuf,
    form: Form,
}

enum Form {
    Parquet {
        file: Box<SerializedFileWriter<File>>,
        encoder: Encoder,
        waiting: Vec<RecordBatch>,
        rows_waiting: usize,
    },
    Ipc(Box<FileWriter<BufWriter<File>>>),
}

impl std::fmt::Debug for ColumnWriter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ColumnWriter")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A row group of Parquet, as it will be in the file.
pub(super) struct Encoded(Vec<Column>);

enum Column {
    Pages(Chunk),
    /// Of a form that the library writes.
    Library(ArrowColumnChunk),
}

/// Makes row groups of Parquet, in any number of threads at once.
pub(super) struct Encoder {
    path: PathBuf,
    schema: SchemaRef,
    parquet: SchemaDescPtr,
    columns: ArrowRowGroupWriterFactory,
}

impl Encoder {
    /// A row group of batches; none if they have few rows, which had better wait for more.
    pub(super) fn encode(&self, batches: &[RecordBatch]) -> Result<Option<Encoded>, FileError> {
        if rows(batches) < ROW_GROUP / 2 {
            Ok(None)
        } else {
            self.row_group(batches).map(Some)
        }
    }

    fn row_group(&self, batches: &[RecordBatch]) -> Result<Encoded, FileError> {
        let at = |source| parquet_error(&self.path, source);
        let mut writers = self
            .columns
            .create_column_writers(0)
            .map_err(at)?
            .into_iter();
        let mut columns = Vec::new();
        for (index, field) in self.schema.fields().iter().enumerate() {
            let arrays: Vec<&ArrayRef> = batches
                .iter()
                .filter_map(|batch| batch.columns().get(index))
                .collect();
            let leaves = pages::leaves(&self.parquet, index);
            let mut writers: Vec<_> = writers.by_ref().take(leaves.len()).collect();
            if let [leaf] = leaves.as_slice()
                && let Some(pages) =
                    pages::write(&self.parquet.column(*leaf), &arrays).map_err(at)?
            {
                columns.push(Column::Pages(pages));
                continue;
            }
            for array in arrays {
                for (leaf, writer) in compute_leaves(field, array)
                    .map_err(at)?
                    .iter()
                    .zip(&mut writers)
                {
                    writer.write(leaf).map_err(at)?;
                }
            }
            for writer in writers {
                columns.push(Column::Library(writer.close().map_err(at)?));
            }
        }
        Ok(Encoded(columns))
    }
}

impl ColumnWriter {
    /// Begins a file. One that is there is written over.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn create(
        path: impl Into<PathBuf>,
        kind: ColumnFileKind,
        schema: &SchemaRef,
    ) -> Result<Self, FileError> {
        let path = path.into();
        let file = File::create(&path).map_err(|source| FileError::Io {
            path: path.clone(),
            source,
        })?;
        let form = match kind {
            ColumnFileKind::Parquet => {
                let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties(schema)))
                    .and_then(ArrowWriter::into_serialized_writer);
                let (file, columns) = writer.map_err(|source| parquet_error(&path, source))?;
                let encoder = Encoder {
                    path: path.clone(),
                    schema: schema.clone(),
                    parquet: Arc::new(file.schema_descr().clone()),
                    columns,
                };
                Form::Parquet {
                    file: Box::new(file),
                    encoder,
                    waiting: Vec::new(),
                    rows_waiting: 0,
                }
            }
            ColumnFileKind::Ipc => {
                let writer = FileWriter::try_new(BufWriter::new(file), schema);
                Form::Ipc(Box::new(writer.map_err(|source| FileError::Arrow {
                    path: path.clone(),
                    source,
                })?))
            }
        };
        Ok(Self { path, form })
    }

    /// What makes row groups of the file, if it has row groups.
    pub(super) fn encoder(&self) -> Option<&Encoder> {
        if let Form::Parquet { encoder, .. } = &self.form {
            Some(encoder)
        } else {
            None
        }
    }

    /// Writes a row group that its encoder made.
    pub(super) fn append(&mut self, encoded: Encoded) -> Result<(), FileError> {
        self.write_waiting()?;
        let Form::Parquet { file, .. } = &mut self.form else {
            return Ok(());
        };
        append(file, encoded).map_err(|source| parquet_error(&self.path, source))
    }

    /// Writes a batch.
    ///
    /// # Errors
    /// If it cannot be written, or is of another schema.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), FileError> {
        match &mut self.form {
            Form::Parquet {
                encoder,
                waiting,
                rows_waiting,
                ..
            } => {
                let [own, other] = [&encoder.schema, batch.schema_ref()]
                    .map(|schema| schema.fields().iter().map(|field| field.data_type()));
                if !own.eq(other) {
                    let source = ArrowError::SchemaError(
                        "the batch has other columns than the file".to_owned(),
                    );
                    return Err(FileError::Arrow {
                        path: self.path.clone(),
                        source,
                    });
                }
                waiting.push(batch.clone());
                // Not counted anew for each: a batch may be of one row.
                *rows_waiting += batch.num_rows();
                if *rows_waiting >= ROW_GROUP {
                    self.write_waiting()
                } else {
                    Ok(())
                }
            }
            Form::Ipc(writer) => writer.write(batch).map_err(|source| FileError::Arrow {
                path: self.path.clone(),
                source,
            }),
        }
    }

    fn write_waiting(&mut self) -> Result<(), FileError> {
        if let Form::Parquet {
            file,
            encoder,
            waiting,
            rows_waiting,
        } = &mut self.form
            && !waiting.is_empty()
        {
            *rows_waiting = 0;
            let encoded = encoder.row_group(&std::mem::take(waiting))?;
            append(file, encoded).map_err(|source| parquet_error(&self.path, source))?;
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// If the rest of it cannot be written.
    pub fn finish(mut self) -> Result<(), FileError> {
        self.write_waiting()?;
        let path = self.path;
        match self.form {
            Form::Parquet { file, .. } => file
                .close()
                .map(drop)
                .map_err(|source| parquet_error(&path, source)),
            Form::Ipc(mut writer) => writer
                .finish()
                .map_err(|source| FileError::Arrow { path, source }),
        }
    }
}

fn append(file: &mut SerializedFileWriter<File>, encoded: Encoded) -> Result<(), ParquetError> {
    let mut group = file.next_row_group()?;
    for column in encoded.0 {
        match column {
            Column::Pages(pages) => pages.append_to(&mut group)?,
            Column::Library(chunk) => chunk.append_to_row_group(&mut group)?,
        }
    }
    group.close().map(drop)
}

fn rows(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

fn parquet_error(path: &Path, source: ParquetError) -> FileError {
    FileError::Parquet {
        path: path.to_owned(),
        source,
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
