//! Reads and writes what the pages of Parquet files hold, many values at a time.
//!
//! The `parquet` library reads and writes the files: their metadata, their pages, compression, checks. What this crate does itself is what the
//! pages of a cohort hold, bits and keys of dictionaries, which it moves many at a time, where the library goes value by value; that took two thirds
//! of a night's run from file to file. A column of any other form goes the library's way, beside these, and gives the same arrays: the tests hold
//! the two together. Only a number that its column's type does not hold is an error here, where the library takes its lowest bits.
//!
//! [`RowGroup`] reads the columns of one row group as record batches. [`Writer`] writes record batches, and its [`Encoder`] makes row groups in any
//! number of threads at once. The crate knows nothing of what the columns mean, and goes when the library is as quick.

use parquet::schema::types::SchemaDescriptor;

mod hybrid;
mod read;
mod spread;
#[cfg(test)]
mod tests;
mod unchecked;
mod write;
mod writer;

pub use read::RowGroup;
pub use writer::{Encoded, Encoder, Writer};

/// Returns the columns of a file that a column of its schema is in: several, if its type has parts.
#[must_use]
pub fn leaves(file: &SchemaDescriptor, column: usize) -> Vec<usize> {
    (0..file.num_columns())
        .filter(|leaf| file.get_column_root_idx(*leaf) == column)
        .collect()
}
