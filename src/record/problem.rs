//! What keeps a text from being a record, an override from being recorded, and a record from being replayed.

use std::fmt;

use serde::Serialize;

use crate::record::Difference;

/// Everything that is wrong with the text of a record, or with an override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordError {
    problems: Vec<RecordProblem>,
}

/// One thing that is wrong with a record or an override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordProblem {
    /// Where it is, as a JSON pointer such as `/matrix/hash`. The empty pointer is the whole text.
    pub pointer: String,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl RecordError {
    pub(super) fn new(problems: Vec<RecordProblem>) -> Self {
        Self { problems }
    }

    /// Returns what is wrong, in the order of the record.
    #[must_use]
    pub fn problems(&self) -> &[RecordProblem] {
        &self.problems
    }
}

impl RecordProblem {
    pub(super) fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for RecordProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pointer.is_empty() {
            formatter.write_str(&self.message)
        } else {
            write!(formatter, "{}: {}", self.pointer, self.message)
        }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            write!(formatter, "{}{problem}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for RecordError {}

/// Why a record cannot be replayed or explained: mostly because its matrix is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The library holds the version with other content, or another matrix was given.
    #[error(
        "the record is of {matrix} with the content {recorded}, and {there} has the content {held}{}",
        seals(broken_seals)
    )]
    OtherContent {
        /// The matrix that the record names, by its id and version.
        matrix: String,
        /// The content hash that the record names.
        recorded: String,
        /// The matrix that is there, by its id and version.
        there: String,
        /// The content hash of the matrix that is there.
        held: String,
        /// What was changed in the record after it was written. The hash may be among it.
        broken_seals: Vec<Difference>,
    },
    /// The library does not hold the version.
    #[error(
        "the record is of {matrix} with the content {recorded}, and that version was not found: {held}{}",
        seals(broken_seals)
    )]
    Unknown {
        /// The matrix that the record names, by its id and version.
        matrix: String,
        /// The content hash that the record names.
        recorded: String,
        /// What the library holds instead, with its hashes.
        held: String,
        /// What was changed in the record after it was written. The version may be among it.
        broken_seals: Vec<Difference>,
    },
    /// The matrix is there and refuses the recorded profile, so there is nothing to explain.
    #[error(
        "the matrix refuses the recorded profile: {refusal}{}",
        seals(broken_seals)
    )]
    Refused {
        /// Why the matrix refuses it.
        refusal: String,
        /// What was changed in the record after it was written. The profile may be among it.
        broken_seals: Vec<Difference>,
    },
}

fn seals(broken: &[Difference]) -> String {
    broken
        .iter()
        .map(|difference| format!("; {difference}"))
        .collect()
}
