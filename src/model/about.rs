//! What a matrix says of itself: its status, when it is in force, its sources, and what it asks of people who decide otherwise.

use crate::date::{Date, Duration};
use crate::format::tree::{Key, Node};

/// Where a matrix stands: published elsewhere, made to illustrate, or an area's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MatrixStatus {
    /// Published by an authority, and restated exactly.
    Sourced,
    /// Made to illustrate; no authority's own.
    Illustrative,
    /// An area's own.
    Local,
}

impl MatrixStatus {
    /// What it means, in a sentence.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Sourced => "The matrix restates published rules.",
            Self::Illustrative => "The matrix is illustrative: it is no authority's own.",
            Self::Local => "The matrix is an area's own.",
        }
    }
}

/// When a matrix is in force: from a day, until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Effective {
    /// The first day in force; `None` if it always was.
    pub from: Option<Date>,
    /// The first day no longer in force, if it has ended or will.
    pub until: Option<Date>,
}

impl Effective {
    /// Whether the day is in the period.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// Whether the period has begun on a day; it may have ended since.
    #[must_use]
    pub fn has_begun(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day)
    }

    /// Whether two versions cannot both be right: they begin on the same day, or one says that it ends after the other has begun.
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

/// What a matrix asks of professional overrides: of people who decide otherwise than it advises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Review {
    /// After how long an override ends, unless it is reviewed.
    pub(crate) within: Option<Duration>,
    /// The one direction that overrides may go; both if there is none.
    pub(crate) only: Option<Way>,
}

/// Towards more or less intensive tiers and levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Up,
    Down,
}

/// A document that rules come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// The name that the rules refer to it by.
    pub name: String,
    /// The title of the document.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// When it was published, as its author wrote it.
    pub date: Option<String>,
    /// The licence it is under.
    pub licence: Option<String>,
    /// What else to know of it.
    pub note: Option<String>,
}

pub(crate) fn effective(root: &Node) -> Option<Effective> {
    let effective = root.get("effective")?;
    let date = |key| {
        effective
            .get(key)
            .and_then(Node::text)
            .and_then(|text| text.parse::<Date>().ok())
    };
    Some(Effective {
        from: date("from"),
        until: date("until"),
    })
}

pub(crate) fn review(root: &Node) -> Review {
    let text = |key| {
        root.get("review")
            .and_then(|review| review.get(key))
            .and_then(Node::text)
    };
    Review {
        within: text("within").and_then(Duration::parse),
        only: match text("direction") {
            Some("up") => Some(Way::Up),
            Some("down") => Some(Way::Down),
            _ => None,
        },
    }
}

pub(crate) fn sources(root: &Node) -> Vec<Source> {
    let entries = root.get("sources").map(Node::entries).unwrap_or_default();
    let source = |(key, node): &(Key, Node)| {
        let text = |key| node.get(key).and_then(Node::text).map(str::to_owned);
        Source {
            name: key.text.clone(),
            title: text("title").unwrap_or_default(),
            publisher: text("publisher"),
            url: text("url"),
            date: text("date"),
            licence: text("licence"),
            note: text("note"),
        }
    };
    entries.iter().map(source).collect()
}
