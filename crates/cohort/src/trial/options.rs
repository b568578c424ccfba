//! Options of a trial: what it counts beside who moves.

use super::disclosure::Audience;
use super::grouping::Grouping;
use super::groups::Groups;
use super::sweep::{CutOff, Sweep};
use super::{Trial, outcomes};
use threshold_matrix::Matrix;
use threshold_matrix::workspace::shortened;
use threshold_matrix::workspace::suggest;

/// Why the two revisions cannot answer a question.
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

/// A column and a value: only people with this value are counted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Condition {
    pub(super) column: String,
    pub(super) value: String,
}

impl Trial {
    /// Says who reads the report. If this is not called, it may be released.
    #[must_use]
    pub fn audience(mut self, audience: Audience) -> Self {
        self.disclosure.audience = audience;
        self
    }

    /// Sets the smallest number other than zero that is released by group, which is two or more. If this is not called, it is 10.
    #[must_use]
    pub fn threshold(mut self, people: u64) -> Self {
        self.disclosure.threshold = people.max(2);
        self
    }

    /// Counts groups of fewer people than this together.
    #[must_use]
    pub fn merge(mut self, people: u64) -> Self {
        self.disclosure.merge = people;
        self
    }

    /// Counts only people who have this value in a column. Of several values of one column a person must have one, and of several columns one in each.
    #[must_use]
    pub fn only(mut self, column: impl Into<String>, value: impl Into<String>) -> Self {
        let (column, value) = (column.into(), value.into());
        self.only.push(Condition { column, value });
        self
    }

    /// Says in the report where the people are from.
    #[must_use]
    pub fn from_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Says that the people are made up: first of all in the headline, since its numbers are of nobody.
    #[must_use]
    pub fn made_up(mut self) -> Self {
        self.is_made_up = true;
        self
    }

    /// Counts by group as well. Each text is a [`Grouping`]: a column of the cohort file that is not an input, several joined by `*`, or one with bands.
    ///
    /// # Errors
    /// Returns an error if a text is not a grouping, or if a release would have a column in two of them: the one could then be subtracted from the other.
    pub fn by<S: AsRef<str>>(
        mut self,
        groupings: impl IntoIterator<Item = S>,
    ) -> Result<Self, TrialError> {
        for text in groupings {
            self.groups
                .push(Groups::new(text.as_ref().parse::<Grouping>()?));
        }
        Ok(self)
    }

    /// Returns the columns that are read beside the inputs: those of the groups, of the existing score, and of the conditions.
    pub(super) fn kept(&self) -> Vec<&str> {
        let groups = self.groups.iter();
        let names = groups.flat_map(|groups| groups.grouping.columns());
        let names = names
            .chain(self.existing.as_deref())
            .chain(self.only.iter().map(|only| only.column.as_str()));
        let mut kept: Vec<&str> = Vec::new();
        for name in names {
            if !kept.contains(&name) {
                kept.push(name);
            }
        }
        kept
    }

    /// Says for how many people a tier has room.
    ///
    /// # Errors
    /// Returns an error if the new revision has no such tier, or if it was said before.
    pub fn capacity(mut self, tier: &str, people: u64) -> Result<Self, TrialError> {
        position(&self.matrices[1], tier)?;
        if self.capacity.iter().any(|(own, _)| own == tier) {
            return Err(TrialError::new(format!(
                "the room of tier `{}` is given twice; give it once",
                shortened(tier)
            )));
        }
        self.capacity.push((tier.to_owned(), people));
        Ok(self)
    }

    /// Counts a person as flagged from this tier up. If this is not called, only the most intensive tier counts.
    ///
    /// # Errors
    /// Returns an error if either revision has no such tier.
    pub fn at_least(mut self, tier: &str) -> Result<Self, TrialError> {
        let [old, new] = &self.matrices;
        self.cut = Some([position(old, tier)?, position(new, tier)?]);
        Ok(self)
    }

    /// Measures an existing score beside those of the revisions. It is a column of the cohort file with a number for each person.
    #[must_use]
    pub fn existing(mut self, column: impl Into<String>) -> Self {
        let column = column.into();
        self.outcomes.expect(&column);
        self.existing = Some(column);
        self
    }

    /// Shows the calibration of a dimension, or of `total`. If this is not called, it is that of the first dimension.
    ///
    /// # Errors
    /// Returns an error if neither revision has such a score.
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

    /// Tries each cut-off in a range of the new revision.
    ///
    /// # Errors
    /// Returns an error if the new revision has no such cut-off, or if it would not be valid with some number of the range.
    pub fn sweep(mut self, cut_off: &CutOff) -> Result<Self, TrialError> {
        self.sweep = Some(Sweep::new(&self.matrices[1], cut_off)?);
        Ok(self)
    }

    /// Returns the score whose calibration is shown.
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
