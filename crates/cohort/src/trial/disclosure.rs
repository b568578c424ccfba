//! Says who reads a report, and what may be told of groups.

/// Who reads a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Audience {
    /// Anybody may read it: small numbers by group are hidden, and whatever they could be worked out from.
    #[default]
    Release,
    /// The board that asked reads it, and nobody else: nothing is hidden, and every page says so.
    Board,
}

/// What may be told by group.
#[derive(Debug, Clone, serde::Serialize)]
pub(super) struct Disclosure {
    pub(super) audience: Audience,
    /// The smallest number other than zero that is released: two or more.
    pub(super) threshold: u64,
    /// Groups of fewer people than this are counted together.
    pub(super) merge: u64,
}

impl Default for Disclosure {
    fn default() -> Self {
        Self {
            audience: Audience::Release,
            threshold: 10,
            merge: 0,
        }
    }
}
