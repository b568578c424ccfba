//! Reads and writes what the pages of Parquet files hold, many values at a time.
//!
//! The `parquet` library reads and writes the files: their metadata, pages, compression and checks. This crate itself reads and writes what the
//! pages of a cohort hold, which is bits and keys of dictionaries. It moves many of them at a time, where the library goes value by value, which
//! took two thirds of a night's run from file to file.
//!
//! The library reads and writes a column of any other form, and gives the same arrays: the tests compare the two. There is one difference. A number
//! that the type of its column does not hold is an error here, where the library takes its lowest bits.
//!
//! [`RowGroup`] reads the columns of one row group as record batches. [`Writer`] writes record batches, and its [`Encoder`] makes row groups in any
//! number of threads at once. The crate knows nothing of what the columns mean, and will go when the library is as quick.

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

/// Returns the columns of a file that hold a column of its schema. There are several if the column's type has parts.
#[must_use]
pub fn leaves(file: &SchemaDescriptor, column: usize) -> Vec<usize> {
    (0..file.num_columns())
        .filter(|leaf| file.get_column_root_idx(*leaf) == column)
        .collect()
}
