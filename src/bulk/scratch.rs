//! Intermediate results of the loops of one thread.

use crate::bulk::chunk::Chunk;
use crate::bulk::sets::Sets;

#[derive(Debug)]
pub(super) struct Scratch {
    /// A 1 for each row of the chunk that must be scored by itself.
    pub(super) slow: Box<[i8]>,
    /// Marks that are not used, since they are made elsewhere.
    pub(super) ignored: Box<[i8]>,
    /// A 1 for each row of the chunk in which a column has a value.
    pub(super) valid: Box<[i8]>,
    /// Intermediate booleans.
    pub(super) bytes: Box<[i8]>,
    /// Intermediate numbers.
    pub(super) wide: Box<[i64]>,
    /// Whether a set has a member, to be counted.
    pub(super) member: Chunk,
    /// The sets of lists, read once for all members.
    pub(super) sets: Sets,
    /// Bits moved to the beginning of a byte.
    pub(super) shifted: Vec<u8>,
}
