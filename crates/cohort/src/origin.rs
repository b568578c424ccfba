//! Where a person's row is in a cohort.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

/// Where a person's row is in a cohort. `Display` gives it in words, such as `line 12`, or `row 7 of north.parquet`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// The name of the file, if the cohort is of several.
    pub file: Option<Arc<str>>,
    /// The number of the line or of the row, counted from 1.
    pub number: u64,
    /// Whether the number counts the rows of a file of columns, and not the lines of a text or the rows of a sheet.
    pub is_row: bool,
}

impl Origin {
    /// Returns the line of a text that is not one of several, or `None` for 0, which stands for somebody who does not come from a file.
    pub(crate) fn on_line(line: u64) -> Option<Self> {
        (line > 0).then_some(Self {
            file: None,
            number: line,
            is_row: false,
        })
    }

    /// Returns what the number counts: `row` in a file of columns, otherwise `line`.
    #[must_use]
    pub fn counts(&self) -> &'static str {
        if self.is_row { "row" } else { "line" }
    }

    /// Returns the words for the first of some people, such as `first on line 12`.
    pub(crate) fn as_first(&self) -> String {
        let at = if self.is_row { "in" } else { "on" };
        format!("first {at} {self}")
    }
}

impl Display for Origin {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.counts(), self.number)?;
        match &self.file {
            Some(file) => write!(formatter, " of {file}"),
            None => Ok(()),
        }
    }
}
