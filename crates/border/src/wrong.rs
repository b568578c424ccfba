//! What is wrong, as data.

use serde::ser::{Serialize, SerializeMap, Serializer};
use threshold_matrix::{Diagnostics, OpenError, Refusal};

/// What is wrong with something that was handed over. As JSON it has a `kind`, a `message`, and everything by itself: the `problems` of a profile, or the
/// `faults` of a file.
#[derive(Debug)]
pub enum Wrong {
    /// A profile is refused.
    Refused(Refusal),
    /// A file is at fault.
    Faults(Diagnostics),
    /// Something is not what was asked for: a name, a date, a profile in JSON, or options.
    Usage(String),
    /// The columns of a table do not fit the matrix.
    Columns(Vec<String>),
    /// The library itself is at fault.
    Defect(String),
}

/// The kind of what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongKind {
    /// A profile is refused.
    Refused,
    /// A file is at fault.
    Faults,
    /// Something is not what was asked for.
    Usage,
    /// The columns of a table do not fit the matrix.
    Columns,
    /// The library itself is at fault.
    Defect,
}

impl Wrong {
    /// Returns that something is not what was asked for.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> WrongKind {
        match self {
            Self::Refused(_) => WrongKind::Refused,
            Self::Faults(_) => WrongKind::Faults,
            Self::Usage(_) => WrongKind::Usage,
            Self::Columns(_) => WrongKind::Columns,
            Self::Defect(_) => WrongKind::Defect,
        }
    }

    /// Returns everything that is wrong as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Wrong {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", &self.kind())?;
        match self {
            Self::Refused(refusal) => {
                map.serialize_entry("message", &refusal.to_string())?;
                map.serialize_entry("problems", refusal.problems())?;
            }
            Self::Faults(faults) => {
                map.serialize_entry("message", &faults.to_string())?;
                map.serialize_entry("file", faults.file())?;
                map.serialize_entry("faults", &faults.iter().collect::<Vec<_>>())?;
                map.serialize_entry("left_out", &faults.left_out())?;
            }
            Self::Columns(problems) => {
                map.serialize_entry("message", &problems.join("; "))?;
                map.serialize_entry("problems", problems)?;
            }
            Self::Usage(message) | Self::Defect(message) => {
                map.serialize_entry("message", message)?;
            }
        }
        map.end()
    }
}

impl From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Diagnostics> for Wrong {
    fn from(faults: Diagnostics) -> Self {
        Self::Faults(faults)
    }
}

impl From<OpenError> for Wrong {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Faults(faults) => Self::Faults(faults),
            other => Self::usage(other.to_string()),
        }
    }
}
