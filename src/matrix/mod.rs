//! A matrix: one version of one rule set, loaded, validated, immutable and cheap to clone.

pub(crate) mod cut_off;
pub(crate) mod described;
mod load;
pub(crate) mod measure;
pub(crate) mod model;
pub(crate) mod words;

use std::fmt;
use std::sync::Arc;

use crate::date::{Date, Duration};
use crate::diagnostic::Diagnostics;
use crate::format::canonical::Meaning;
use crate::format::tree::Node;
use crate::format::{self, language};
use crate::plan::Plan;
use model::Model;

/// One version of one rule set, loaded and validated.
///
/// Cheap to clone, and `Send + Sync`. Its content hash is of what it means: key order, comments and quoting do not change it, any rule does.
///
/// ```
/// use threshold_matrix::Matrix;
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// assert_eq!(matrix.id(), "doc-example");
/// assert_eq!(matrix.version().to_string(), "1.0.0");
/// assert_eq!(matrix.tiers(), ["high", "medium", "low"]);
/// # Ok::<(), threshold_matrix::Diagnostics>(())
/// ```
#[derive(Clone)]
pub struct Matrix {
    inner: Arc<Inner>,
}

struct Inner {
    id: String,
    version: semver::Version,
    version_text: String,
    title: String,
    about: Option<String>,
    status: MatrixStatus,
    effective: Option<Effective>,
    sources: Vec<Source>,
    review: Review,
    hash: String,
    root: Node,
    model: Model,
    plan: Plan,
}

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

impl Matrix {
    /// Loads a matrix from the text of its file.
    ///
    /// # Errors
    /// Every fault of the file, each with its place and what to write instead.
    pub fn from_yaml(text: &str) -> Result<Self, Diagnostics> {
        Self::from_named_yaml("matrix.yaml", text.as_bytes())
    }

    /// Loads a matrix from the bytes of a file, whose name appears in the diagnostics.
    ///
    /// # Errors
    /// Every fault of the file, each with its place and what to write instead.
    pub fn from_named_yaml(file: &str, bytes: &[u8]) -> Result<Self, Diagnostics> {
        let text = format::text_of(bytes, file)?;
        let mut faults = Diagnostics::new(file, text);
        let Some(root) = format::read(text, &mut faults) else {
            return Err(faults.in_order_of_place());
        };
        Self::from_tree(root, faults)
    }

    /// Validates a tree that was read, or one like it with other values.
    pub(crate) fn from_tree(root: Node, mut faults: Diagnostics) -> Result<Self, Diagnostics> {
        let model = load::load(&root, &mut faults);
        if !faults.is_empty() {
            return Err(faults.in_order_of_place());
        }
        let plan = Plan::of(&model);
        let scalar = |key: &str| {
            root.get(key)
                .and_then(Node::text)
                .unwrap_or_default()
                .to_owned()
        };
        let inner = Inner {
            id: scalar("id"),
            // Both were checked with the language.
            version: semver::Version::parse(&scalar("version"))
                .unwrap_or_else(|_| semver::Version::new(0, 0, 0)),
            version_text: scalar("version"),
            title: scalar("title"),
            about: root.get("about").and_then(Node::text).map(str::to_owned),
            status: match scalar("status").as_str() {
                "sourced" => MatrixStatus::Sourced,
                "illustrative" => MatrixStatus::Illustrative,
                _ => MatrixStatus::Local,
            },
            effective: effective(&root),
            sources: sources(&root),
            review: review(&root),
            hash: Meaning::of(&root, &language::MATRIX).hash(),
            root,
            model,
            plan,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The id, the same in all versions.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.inner.id
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> &semver::Version {
        &self.inner.version
    }

    pub(crate) fn version_text(&self) -> &str {
        &self.inner.version_text
    }

    /// What the matrix is called.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.inner.title
    }

    /// What the matrix is and is not, in its author's words.
    #[must_use]
    pub fn about(&self) -> Option<&str> {
        self.inner.about.as_deref()
    }

    /// Whether it is sourced, illustrative or local.
    #[must_use]
    pub fn status(&self) -> MatrixStatus {
        self.inner.status
    }

    /// When it is in force.
    #[must_use]
    pub fn effective(&self) -> Option<Effective> {
        self.inner.effective
    }

    /// The documents that its rules come from.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.inner.sources
    }

    /// The hash of its content, as `sha256:` and 64 hexadecimal digits.
    #[must_use]
    pub fn content_hash(&self) -> &str {
        &self.inner.hash
    }

    /// The tiers, from the most to the least intensive; none if the matrix has no decision.
    #[must_use]
    pub fn tiers(&self) -> &[String] {
        &self.model().tiers
    }

    /// The results outside the order of tiers.
    #[must_use]
    pub fn statuses(&self) -> &[String] {
        &self.model().statuses
    }

    /// The names of the inputs that a profile may have, in the order written.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        self.model()
            .inputs
            .items()
            .iter()
            .filter(|input| input.derived.is_none())
            .map(|input| input.heading.name.as_str())
    }

    /// Writes the matrix as YAML. What is written loads as the same matrix, with the same content hash; comments are not kept.
    ///
    /// # Panics
    /// Never: a loaded matrix can be written.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        // The writer fails only on what a matrix does not hold, such as anchors.
        Meaning::of(&self.inner.root, &language::MATRIX)
            .to_yaml()
            .unwrap_or_default()
    }

    pub(crate) fn review(&self) -> Review {
        self.inner.review
    }

    pub(crate) fn model(&self) -> &Model {
        &self.inner.model
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.inner.plan
    }

    pub(crate) fn root(&self) -> &Node {
        &self.inner.root
    }
}

impl fmt::Debug for Matrix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Matrix")
            .field("id", &self.id())
            .field("version", self.version())
            .field("hash", &self.content_hash())
            .finish_non_exhaustive()
    }
}

/// Two matrices are equal when they mean the same: when their content hashes are.
impl PartialEq for Matrix {
    fn eq(&self, other: &Self) -> bool {
        self.content_hash() == other.content_hash()
    }
}

impl Eq for Matrix {}

fn effective(root: &Node) -> Option<Effective> {
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

fn review(root: &Node) -> Review {
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

fn sources(root: &Node) -> Vec<Source> {
    let entries = root.get("sources").map(Node::entries).unwrap_or_default();
    let source = |(key, node): &(format::tree::Key, Node)| {
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
