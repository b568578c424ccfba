//! Parquet's pages and columns, directly.
//!
//! The `parquet` library reads and writes the files: their metadata, their pages, compression, checks. What this module does itself is what the
//! pages of a cohort hold, bits and keys of dictionaries, which it moves many at a time, where the library goes value by value; that took two thirds
//! of a night's run from file to file. A column of any other form goes the library's way, beside these, and gives the same arrays: the tests hold
//! the two together. Only a number that its column's type does not hold is an error here, where the library takes its lowest bits.

use parquet::schema::types::SchemaDescriptor;

mod hybrid;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub(super) use read::{Part, choose, spread};
pub(super) use write::{Chunk, write};

/// The columns of a file that a column of its schema is in: several, if its type has parts.
pub(super) fn leaves(file: &SchemaDescriptor, column: usize) -> Vec<usize> {
    (0..file.num_columns())
        .filter(|leaf| file.get_column_root_idx(*leaf) == column)
        .collect()
}
