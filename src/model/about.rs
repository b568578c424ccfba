//! What a matrix says beside its rules: what it is, when it is in force, its sources, its worked examples, the findings that it accepts, and what it
//! asks of people.

use crate::date::{Date, Duration};
use crate::diagnostic::Place;
use crate::profile::Profile;
use crate::words::{counted, unit};

/// What a matrix says beside its rules.
#[derive(Debug)]
pub(crate) struct About {
    pub(crate) id: String,
    pub(crate) version: semver::Version,
    /// The version as it is written.
    pub(crate) version_text: String,
    pub(crate) title: String,
    /// What the matrix is and is not, in its author's words.
    pub(crate) description: Option<String>,
    pub(crate) status: MatrixStatus,
    pub(crate) effective: Option<Effective>,
    pub(crate) sources: Vec<Source>,
    /// What to tell the person whom a result is about.
    pub(crate) notice: Vec<String>,
    pub(crate) review: Review,
    pub(crate) accepted: Vec<Accepted>,
    pub(crate) examples: Vec<Example>,
}

/// A finding that the matrix accepts.
#[derive(Debug)]
pub(crate) struct Accepted {
    /// The name of the finding's code.
    pub(crate) finding: String,
    /// What the finding is about.
    pub(crate) of: String,
    pub(crate) reason: String,
    pub(crate) place: Place,
}

/// A worked example of the panel's own.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) title: String,
    /// The date of the scoring, if the example has one of its own.
    pub(crate) as_at: Option<Date>,
    pub(crate) profile: Profile,
    /// The expected results, by name.
    pub(crate) expected: Vec<(String, Expected)>,
    pub(crate) place: Place,
}

/// The expected result under a name.
#[derive(Debug)]
pub(crate) enum Expected {
    One(String),
    List(Vec<String>),
}

/// The standing of a matrix: published elsewhere, made to illustrate, or an area's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MatrixStatus {
    /// The matrix was published by an authority, and is restated exactly.
    Sourced,
    /// The matrix was made to illustrate, and does not belong to any authority.
    Illustrative,
    /// The matrix is an area's own.
    Local,
}

impl MatrixStatus {
    /// Returns what the standing means, in a sentence.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Sourced => "The matrix restates published rules.",
            Self::Illustrative => "The matrix is illustrative: no authority uses it.",
            Self::Local => "The matrix is an area's own.",
        }
    }
}

/// The period in which a matrix is in force: from a day until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Effective {
    /// The first day in force; `None` if it always was.
    pub from: Option<Date>,
    /// The first day on which it is no longer in force, if its end is known.
    pub until: Option<Date>,
}

impl Effective {
    /// Returns whether the day is in the period.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// Returns whether the period has begun on a day; it may have ended since.
    #[must_use]
    pub fn has_begun(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day)
    }

    /// Returns whether two versions with these periods cannot both be right: they begin on the same day, or one says that it ends after the other has
    /// begun.
    ///
    /// A version without `until` ends when the next begins, so it contradicts nothing that begins later.
    ///
    /// ```
    /// use threshold_matrix::Effective;
    ///
    /// let period = |from: &str, until: Option<&str>| -> Result<Effective, threshold_matrix::DateError> {
    ///     let mut period = Effective::default();
    ///     period.from = Some(from.parse()?);
    ///     period.until = until.map(str::parse).transpose()?;
    ///     Ok(period)
    /// };
    /// let next = period("2027-01-01", None)?;
    /// assert!(!period("2026-01-01", None)?.contradicts(&next));
    /// assert!(period("2026-01-01", Some("2028-01-01"))?.contradicts(&next));
    /// # Ok::<(), threshold_matrix::DateError>(())
    /// ```
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        let (first, second) = if self.from <= other.from {
            (self, other)
        } else {
            (other, self)
        };
        let ends_late = first
            .until
            .zip(second.from)
            .is_some_and(|(until, from)| from < until);
        first.from == second.from || ends_late
    }
}

/// What a matrix asks of professional overrides, by which people decide otherwise than it advises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Review {
    /// The time after which an override ends, unless it is reviewed.
    pub(crate) within: Option<Duration>,
    /// The only direction in which overrides may go. If it is `None`, they may go in both.
    pub(crate) only: Option<Towards>,
}

impl Review {
    /// Returns what the matrix asks in words, or `None` if it asks nothing.
    pub(crate) fn in_words(self) -> Option<String> {
        let within = self.within.map(|within| {
            format!(
                "it ends after {} unless it is reviewed",
                counted(i64::from(within.count), unit(within.unit))
            )
        });
        let only = self.only.map(|way| {
            let more = if way == Towards::Up { "more" } else { "less" };
            format!("it may only be {more} intensive")
        });
        let limits: Vec<String> = within.into_iter().chain(only).collect();
        (!limits.is_empty()).then(|| limits.join(", and "))
    }
}

/// Towards more or less intensive tiers and levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Towards {
    Up,
    Down,
}

/// A word of the field that a matrix explains.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Term {
    /// The word, as readers see it: `RoSH`.
    pub term: String,
    /// What it means, in plain words.
    pub means: String,
    /// The names of the sources that say so.
    pub sources: Vec<String>,
}

/// A document from which rules come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// The name by which the rules refer to it.
    pub name: String,
    /// The title of the document.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// When it was published, as the author of the matrix wrote it.
    pub date: Option<String>,
    /// The licence of the document.
    pub licence: Option<String>,
    /// What else to know about it.
    pub note: Option<String>,
}
