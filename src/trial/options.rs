//! What is asked of a trial beside who moves.

use super::groups::Groups;
use super::sweep::{CutOff, Sweep};
use super::{Trial, outcomes};
use crate::diagnostic::{shortened, suggest};
use crate::matrix::Matrix;

/// A question that the two revisions cannot answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TrialError {
    pub(super) message: String,
}

impl TrialError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

impl Trial {
    /// Where the people are from, for the report.
    #[must_use]
    pub fn from_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Counts by group as well: each a column of the cohort file that is no input.
    #[must_use]
    pub fn by<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        for name in columns {
            let name = name.into();
            self.groups.push(Groups::new(&name, &self.matrices));
            self.by.push(name);
        }
        self
    }

    /// How many people a tier has room for.
    ///
    /// # Errors
    /// If the new revision has no such tier.
    pub fn capacity(mut self, tier: &str, people: u64) -> Result<Self, TrialError> {
        position(&self.matrices[1], tier)?;
        self.capacity.retain(|(own, _)| own != tier);
        self.capacity.push((tier.to_owned(), people));
        Ok(self)
    }

    /// Counts a person as flagged from this tier up; it is the most intensive one if nothing else is said.
    ///
    /// # Errors
    /// If either revision has no such tier.
    pub fn at_least(mut self, tier: &str) -> Result<Self, TrialError> {
        let [old, new] = &self.matrices;
        self.cut = Some([position(old, tier)?, position(new, tier)?]);
        Ok(self)
    }

    /// An existing score beside those of the revisions: a column of the cohort file, a number for each person.
    #[must_use]
    pub fn existing(mut self, column: impl Into<String>) -> Self {
        let column = column.into();
        self.outcomes.expect(&column);
        self.existing = Some(column);
        self
    }

    /// Whose calibration is shown: a dimension, or `total`. The first dimension, if nothing is said.
    ///
    /// # Errors
    /// If neither revision has such a score.
    pub fn score(mut self, name: &str) -> Result<Self, TrialError> {
        let names: Vec<_> = self.outcomes.names().collect();
        if !names.contains(&name) {
            return Err(TrialError::new(format!(
                "there is no score `{}`; {}",
                shortened(name),
                suggest(name, names)
            )));
        }
        self.score = Some(name.to_owned());
        Ok(self)
    }

    /// What each cut-off in a range would give, by the new revision.
    ///
    /// # Errors
    /// If the new revision has no such cut-off, or some value of the range cannot stand there.
    pub fn sweep(mut self, cut_off: &CutOff) -> Result<Self, TrialError> {
        self.sweep = Some(Sweep::new(&self.matrices[1], cut_off)?);
        Ok(self)
    }

    /// The score whose calibration is shown.
    pub(super) fn calibrated(&self) -> Option<&str> {
        self.score
            .as_deref()
            .or_else(|| self.outcomes.names().next())
            .filter(|name| *name != outcomes::EXISTING)
    }
}

fn position(matrix: &Matrix, tier: &str) -> Result<u8, TrialError> {
    let found = matrix
        .tiers()
        .iter()
        .position(|own| own == tier)
        .and_then(|position| u8::try_from(position).ok());
    found.ok_or_else(|| {
        let help = suggest(tier, matrix.tiers().iter().map(String::as_str));
        TrialError::new(format!(
            "{} {} has no tier `{}`; {help}",
            matrix.id(),
            matrix.version(),
            shortened(tier)
        ))
    })
}
