//! A matrix: one version of one rule set, loaded, validated, immutable and cheap to clone.

pub(crate) mod cut_off;
pub(crate) mod described;

use std::fmt;
use std::sync::Arc;

use crate::date::Date;
use crate::diagnostic::Diagnostics;
use crate::format::canonical::Meaning;
use crate::format::tree::Node;
use crate::format::{self, language};
use crate::model::Model;
use crate::model::Slot;
use crate::model::about::{
    About, Accepted, Effective, Example, MatrixStatus, Review, Source, Term,
};
use crate::model::load;
use crate::plan::Plan;
use crate::plan::pattern::{Pattern, Patterns};

/// One version of one rule set, loaded and validated.
///
/// A matrix is cheap to clone, and it is `Send + Sync`. Its content hash is taken of what the file means: the order of keys, comments and
/// quoting do not change the hash, and a change to any rule does.
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
    about: About,
    hash: String,
    /// The tree that was read, for the code that writes or changes a file.
    root: Node,
    model: Model,
    plan: Plan,
    patterns: Patterns,
}

impl Matrix {
    /// Loads a matrix from the text of its file.
    ///
    /// # Errors
    /// Returns every fault of the file, each with its place and what to write instead.
    pub fn from_yaml(text: &str) -> Result<Self, Diagnostics> {
        Self::from_named_yaml("matrix.yaml", text.as_bytes())
    }

    /// Loads a matrix from the bytes of a file, whose name appears in the diagnostics.
    ///
    /// # Errors
    /// Returns every fault of the file, each with its place and what to write instead.
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
        let inner = Inner {
            about: About::of(&root),
            hash: Meaning::of(&root, &language::MATRIX).hash(),
            root,
            model,
            plan,
            patterns: Patterns::default(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Returns the id, which is the same in all versions.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.inner.about.id
    }

    /// Returns the version.
    #[must_use]
    pub fn version(&self) -> &semver::Version {
        &self.inner.about.version
    }

    pub(crate) fn version_text(&self) -> &str {
        &self.inner.about.version_text
    }

    /// Returns what the matrix is called.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.inner.about.title
    }

    /// Returns what the matrix is and is not, in its author's words.
    #[must_use]
    pub fn about(&self) -> Option<&str> {
        self.inner.about.description.as_deref()
    }

    /// Returns whether the matrix is sourced, illustrative or local.
    #[must_use]
    pub fn status(&self) -> MatrixStatus {
        self.inner.about.status
    }

    /// Returns when the matrix is in force, if it says so.
    #[must_use]
    pub fn effective(&self) -> Option<Effective> {
        self.inner.about.effective
    }

    /// Returns the documents that its rules come from.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.inner.about.sources
    }

    /// Returns the words of the field that the matrix explains.
    #[must_use]
    pub fn glossary(&self) -> &[Term] {
        &self.inner.model.glossary
    }

    /// Returns what the matrix tells the person whom a result is about, such as their rights in the country where it is used.
    #[must_use]
    pub fn notice(&self) -> &[String] {
        &self.inner.about.notice
    }

    /// Returns the hash of its content, as `sha256:` and 64 hexadecimal digits.
    #[must_use]
    pub fn content_hash(&self) -> &str {
        &self.inner.hash
    }

    /// Returns the tiers, from the most to the least intensive. The list is empty if the matrix has no decision.
    #[must_use]
    pub fn tiers(&self) -> &[String] {
        &self.model().tiers
    }

    /// Returns the statuses: results that stand outside the order of the tiers.
    #[must_use]
    pub fn statuses(&self) -> &[String] {
        &self.model().statuses
    }

    /// Returns the names of the inputs that a profile may have, in the order of the file.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        self.model()
            .inputs
            .items()
            .iter()
            .filter(|input| input.derived.is_none())
            .map(|input| input.heading.name.as_str())
    }

    /// Returns the matrix as YAML. The text loads as the same matrix, with the same content hash, but does not have the comments of the file.
    ///
    /// # Panics
    /// This never panics, because a loaded matrix can always be written.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        // The writer fails only on what a matrix does not hold, such as anchors.
        Meaning::of(&self.inner.root, &language::MATRIX)
            .to_yaml()
            .unwrap_or_default()
    }

    pub(crate) fn review(&self) -> Review {
        self.inner.about.review
    }

    pub(crate) fn model(&self) -> &Model {
        &self.inner.model
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.inner.plan
    }

    /// Returns the searches for what is possible where these values are all that is known.
    pub(crate) fn pattern(&self, slots: &[Slot], as_at: Date) -> Arc<Pattern> {
        let Inner {
            patterns,
            plan,
            model,
            ..
        } = &*self.inner;
        patterns.of(plan, model, slots, as_at)
    }

    pub(crate) fn accepted(&self) -> &[Accepted] {
        &self.inner.about.accepted
    }

    pub(crate) fn examples(&self) -> &[Example] {
        &self.inner.about.examples
    }

    /// Returns the tree that was read. Only code that writes, compares or changes a file may use it.
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

/// Two matrices are equal if they mean the same, which is to say if their content hashes are equal.
impl PartialEq for Matrix {
    fn eq(&self, other: &Self) -> bool {
        self.content_hash() == other.content_hash()
    }
}

impl Eq for Matrix {}
