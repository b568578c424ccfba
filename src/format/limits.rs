//! Limits on the text of a file, so that a hostile one costs little.

/// The largest matrix file, in bytes.
pub(super) const LARGEST_FILE: usize = 1 << 20;
/// The deepest nesting of lists and maps.
pub(super) const DEEPEST: usize = 32;
/// The most nodes of a tree.
pub(super) const MOST_NODES: usize = 100_000;
