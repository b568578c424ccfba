//! What keeps a text from being a record, an override from being recorded, and a record from being replayed.

use std::fmt;

use serde::Serialize;

use crate::record::Difference;

/// Everything that is wrong with the text of a record, or with an override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordError {
    problems: Vec<RecordProblem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordProblem {
    /// Where, as a JSON pointer such as `/matrix/hash`; the empty pointer is the whole text.
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

/// Why a record cannot be replayed, mostly that its matrix is not there, or why it cannot be explained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The version is there with other content, or another matrix was given.
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
        /// What was changed in the record after it was written: the hash may be among it.
        broken_seals: Vec<Difference>,
    },
    /// The version is not there.
    #[error(
        "the record is of {matrix} with the content {recorded}, and that version was not found: {held}{}",
        seals(broken_seals)
    )]
    Unknown {
        /// The matrix that the record names, by its id and version.
        matrix: String,
        /// The content hash that the record names.
        recorded: String,
        /// What is there instead, with its hashes.
        held: String,
        /// What was changed in the record after it was written: the version may be among it.
        broken_seals: Vec<Difference>,
    },
    /// The matrix is there, and refuses what is recorded, so that there is nothing to explain.
    #[error(
        "the matrix refuses the recorded profile: {refusal}{}",
        seals(broken_seals)
    )]
    Refused {
        /// Why.
        refusal: String,
        /// What was changed in the record after it was written: the profile may be among it.
        broken_seals: Vec<Difference>,
    },
}

fn seals(broken: &[Difference]) -> String {
    broken
        .iter()
        .map(|difference| format!("; {difference}"))
        .collect()
}
