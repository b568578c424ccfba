//! Reports what came out of a run: as data for other programs, and as a page for those who work with the people.

#[cfg(feature = "xlsx")]
mod about;
mod data;
mod movement;
mod page;
mod refused;

use crate::{DueShare, EventShare, Tally};
use threshold_matrix::Date;

/// What came out of a run, with where the people were from: as data (it serialises), and as a page.
///
/// The page names people only as examples: the first few of each way of moving, and those whose id occurs twice. Neither form hides small numbers, since
/// they are for those who work with the people.
///
/// `docs/rescore-json.md` says what each key of the data means.
///
/// ```
/// use threshold_matrix::{Matrix, Profile};
/// use threshold_matrix_cohort::{Person, Tally};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let as_at = "2026-11-21".parse()?;
/// let mut tally = Tally::new(&matrix);
/// tally.add(&Person::new("bob", Profile::new().with("arrests", 4)).score(&matrix, as_at));
///
/// let report = tally.report(as_at).from_source("one person");
/// let data = serde_json::to_value(&report)?;
/// assert_eq!(data["not_recorded"][0]["input"], "rosh");
/// assert_eq!(data["not_recorded"][0]["only"], 1);                          // once it is recorded, the result is settled
/// assert!(report.to_html().contains("one person"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct RunReport<'a> {
    tally: &'a Tally,
    as_at: Date,
    source: Option<String>,
    unused: Vec<String>,
    without_column: Vec<String>,
    left_out: u64,
    warnings: Vec<String>,
    events: Vec<EventShare>,
    due_only: Option<DueShare>,
}

impl Tally {
    /// Returns the report of a run that scored everybody at this date, or at dates of their own.
    pub fn report(&self, as_at: Date) -> RunReport<'_> {
        RunReport {
            tally: self,
            as_at,
            source: None,
            unused: Vec::new(),
            without_column: Vec::new(),
            left_out: 0,
            warnings: Vec::new(),
            events: Vec::new(),
            due_only: None,
        }
    }
}

impl RunReport<'_> {
    /// The sentence that every report of a run ends with.
    pub const ADVICE: &'static str = "A tier is advice to the person who decides.";

    /// Says where the people are from, such as `people from people.csv`.
    pub fn from_source(self, source: impl Into<String>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    /// Says which columns of the file no input reads, and which inputs have no column.
    pub fn with_columns(self, unused: &[String], without_column: &[String]) -> Self {
        Self {
            unused: unused.to_vec(),
            without_column: without_column.to_vec(),
            ..self
        }
    }

    /// Says how many rows the columns file left out.
    pub fn with_rows_left_out(self, rows: u64) -> Self {
        Self {
            left_out: rows,
            ..self
        }
    }

    /// Says what a person should know of the file before the results are used, in whole sentences, as
    /// [`CohortFiles::warnings`](crate::CohortFiles::warnings) has it.
    pub fn with_warnings(self, warnings: &[String]) -> Self {
        Self {
            warnings: warnings.to_vec(),
            ..self
        }
    }

    /// Says what was read of the lists of events that stand in files of their own, as [`EventTable::shares`](crate::EventTable::shares) has it.
    pub fn with_events(self, events: &[EventShare]) -> Self {
        Self {
            events: events.to_vec(),
            ..self
        }
    }

    /// Says how many people were carried over from an earlier run, and why the others were scored.
    pub fn with_due_only(self, share: Option<&DueShare>) -> Self {
        Self {
            due_only: share.cloned(),
            ..self
        }
    }

    /// Returns the report as one page of HTML that stands alone: it runs no script and fetches nothing.
    #[must_use]
    pub fn to_html(&self) -> String {
        self.document().to_html()
    }

    /// Returns what was counted.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        self.tally
    }

    fn is_in_force(&self) -> bool {
        let period = self.tally.matrix.effective();
        period.is_none_or(|period| period.contains(self.as_at))
    }

    fn scored(&self) -> u64 {
        self.tally.people() - self.tally.refused()
    }
}
