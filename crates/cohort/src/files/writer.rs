//! Writes results into files of columns, which are Parquet or Arrow IPC.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, SchemaRef};
use parquet_pages::{Encoded, Writer};

use super::{ColumnFileKind, FileError};

/// A writer of batches to a file of columns.
pub struct ColumnWriter {
    path: PathBuf,
    form: Form,
}

enum Form {
    Parquet(Box<Writer>),
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

impl ColumnWriter {
    /// Creates the file, and writes over one that exists.
    ///
    /// # Errors
    /// Returns an error if it cannot be written.
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
                let writer = Writer::new(file, schema);
                Form::Parquet(Box::new(writer.map_err(|source| FileError::Parquet {
                    path: path.clone(),
                    source,
                })?))
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

    /// Makes a row group of batches, or returns `None` if they should wait for more, or the file has no row groups.
    pub(crate) fn encode(&self, batches: &[RecordBatch]) -> Result<Option<Encoded>, FileError> {
        match &self.form {
            Form::Parquet(writer) => {
                let encoded = writer.encoder().encode(batches);
                encoded.map_err(|source| FileError::Parquet {
                    path: self.path.clone(),
                    source,
                })
            }
            Form::Ipc(_) => Ok(None),
        }
    }

    pub(crate) fn arrow_error(&self, source: ArrowError) -> FileError {
        FileError::Arrow {
            path: self.path.clone(),
            source,
        }
    }

    /// Writes a row group that its encoder made.
    pub(crate) fn append(&mut self, encoded: Encoded) -> Result<(), FileError> {
        let Form::Parquet(writer) = &mut self.form else {
            return Ok(());
        };
        writer.append(encoded).map_err(|source| FileError::Parquet {
            path: self.path.clone(),
            source,
        })
    }

    /// Writes a batch.
    ///
    /// # Errors
    /// Returns an error if it cannot be written, or is of another schema.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), FileError> {
        let path = || self.path.clone();
        match &mut self.form {
            Form::Parquet(writer) => writer.write(batch).map_err(|source| FileError::Parquet {
                path: path(),
                source,
            }),
            Form::Ipc(writer) => writer.write(batch).map_err(|source| FileError::Arrow {
                path: path(),
                source,
            }),
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Returns an error if the rest of it cannot be written.
    pub fn finish(self) -> Result<(), FileError> {
        let path = self.path;
        match self.form {
            Form::Parquet(writer) => writer
                .finish()
                .map_err(|source| FileError::Parquet { path, source }),
            Form::Ipc(mut writer) => writer
                .finish()
                .map_err(|source| FileError::Arrow { path, source }),
        }
    }
}
