//! Why a library refuses a matrix, or has none to give.

use std::fmt;

use semver::Version;

use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::about::Effective;

/// Why a [`Library`](crate::Library) refuses a matrix, or has none to give.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// The library holds the version with other content.
    #[error(
        "`{id}` {version} is already in the library with other content ({held}, not {added}); a published version never changes, so give the new content a new version"
    )]
    Changed {
        /// The id of both.
        id: String,
        /// The version of both.
        version: Version,
        /// The content hash of the matrix in the library.
        held: String,
        /// The content hash of the one that was to be added.
        added: String,
    },
    /// Two versions of one id contradict each other about when they are in force: see [`Effective::contradicts`].
    #[error("two versions of `{id}` cannot both be right about when they are in force: {}; let each begin on a day of its own, and leave out `until` unless a version ends without a successor", listed(.periods))]
    Overlap {
        /// The id of both.
        id: String,
        /// The two, in the order of their versions.
        periods: Vec<Period>,
    },
    /// No matrix has the id.
    #[error("there is no matrix `{id}`; {help}")]
    UnknownId {
        /// What was asked for.
        id: String,
        /// What it may have been meant to be, or what there is.
        help: String,
    },
    /// The matrix does not have the version.
    #[error("`{id}` has no version `{version}`; {help}")]
    UnknownVersion {
        /// The id.
        id: String,
        /// What was asked for.
        version: String,
        /// What it may have been meant to be, or what there is.
        help: String,
    },
    /// No version is in force on the day.
    #[error("no version of `{id}` is in force on {day}: {}", listed(.periods))]
    NothingInForce {
        /// The id.
        id: String,
        /// The day that was asked for.
        day: Date,
        /// When each version is in force, in the order of the versions.
        periods: Vec<Period>,
    },
    /// The id has several versions, and none of them says when it is in force.
    #[error("no version of `{id}` says when it is in force; ask for one of {}", asked(.id, .versions))]
    Undated {
        /// The id.
        id: String,
        /// The versions, in order.
        versions: Vec<Version>,
    },
}

/// When a version is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Period {
    /// The version.
    pub version: Version,
    /// Its period; `None` if it does not say.
    pub effective: Option<Effective>,
}

impl Period {
    pub(super) fn of(matrix: &Matrix) -> Self {
        Self {
            version: matrix.version().clone(),
            effective: matrix.effective(),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ", self.version)?;
        match self
            .effective
            .map(|effective| (effective.from, effective.until))
        {
            None | Some((None, None)) => formatter.write_str("does not say when it is in force"),
            Some((Some(from), None)) => write!(formatter, "is in force from {from}"),
            Some((None, Some(until))) => {
                write!(formatter, "is in force until the day before {until}")
            }
            Some((Some(from), Some(until))) => {
                write!(
                    formatter,
                    "is in force from {from} until the day before {until}"
                )
            }
        }
    }
}

fn listed(periods: &[Period]) -> String {
    periods
        .iter()
        .map(Period::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn asked(id: &str, versions: &[Version]) -> String {
    versions
        .iter()
        .map(|version| format!("`{id}@{version}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Returns what somebody wrote, short enough to repeat in a message.
pub(super) fn shortened(written: &str) -> String {
    written.chars().take(100).collect()
}
