//! Joins what was found of further outcomes of the same people.

use serde::Serialize;

use super::Trial;
use super::disclosure::Audience;

/// A further outcome, and the trial of the same people with it.
#[derive(Debug, Serialize)]
pub(super) struct Further {
    /// What the outcome is called.
    pub(super) outcome: String,
    pub(super) trial: Trial,
}

impl Trial {
    /// Names the outcome, which is needed where there are further ones.
    #[must_use]
    pub fn with_outcome_named(mut self, name: impl Into<String>) -> Self {
        self.outcome_name = Some(name.into());
        self
    }

    /// Adds what a trial of the same people found of a further outcome.
    ///
    /// For a release nothing of it is told by group: two tables of the same groups, each protected by itself, could be put together.
    #[must_use]
    pub fn and_outcome(mut self, name: impl Into<String>, mut trial: Self) -> Self {
        if self.disclosure.audience == Audience::Release {
            trial.groups.clear();
        }
        trial.comparison = None;
        self.further.push(Further {
            outcome: name.into(),
            trial,
        });
        self
    }
}
