//! Compares two matrices before the newer one is adopted: what is written differently, and what that changes for whom, over all profiles.
//!
//! The proof is exact. Both matrices become one graph over the inputs that they share, and an input that only one of them has is free. Every
//! possible change of the tier is given with a profile that both matrices scored. If a change is not given, it is not possible.
//! [`Comparison::left_out`] says which profiles the proof does not cover.
//!
//! ```
//! use threshold_matrix::Matrix;
//!
//! let as_at = "2026-11-21".parse()?;
//! let old = Matrix::open("hmpps-utm@1.0.0", as_at)?;
//! let new = Matrix::open("hmpps-utm@2.0.0", as_at)?;
//! let comparison = old.compare(&new, as_at);
//! let shift = comparison.shifts().iter().find(|shift| (shift.from.as_str(), shift.to.as_str()) == ("A", "B")).expect("level A moved to 150 points");
//! let level = |matrix: &Matrix| Some(matrix.score(&shift.witness, as_at).ok()?.dimension("protect")?.level()?.to_owned());
//! assert_eq!((level(&old).as_deref(), level(&new).as_deref()), (Some("A"), Some("B")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cause;
mod joint;
mod proof;
mod rule_change;
mod sections;
mod structure;
mod words;

use crate::analysis::Proof;
use crate::date::Date;
use crate::matrix::Matrix;
use crate::profile::Profile;
use crate::report::reference;

pub use cause::{CameOut, Cause, StepKind};
pub use proof::Shift;
pub use rule_change::{Acting, RuleChange};
pub use structure::{Amendment, Edit};

/// The most work that [`Matrix::compare`] does; a unit is one small step of one rule.
const BUDGET: u64 = 4_000_000_000;

/// What differs between two matrices. [`Matrix::compare`] makes it, and it serialises as data.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[must_use]
pub struct Comparison {
    #[serde(serialize_with = "reference")]
    old: Matrix,
    #[serde(serialize_with = "reference")]
    new: Matrix,
    as_at: Date,
    differences: Vec<Amendment>,
    rule_changes: Vec<RuleChange>,
    compared: Vec<Option<String>>,
    shifts: Vec<Shift>,
    left_out: Vec<String>,
    only_old: Proof<Profile>,
    only_new: Proof<Profile>,
    open: Vec<String>,
}

impl Matrix {
    /// Compares this matrix with another, which is a revision of it, at a date.
    ///
    /// The comparison holds what is written differently, and every change of the tier over all profiles that both matrices accept. Where one of the
    /// two does not have a decision, it holds every change of a level instead. A profile has values for the inputs of both matrices, and each
    /// matrix reads its own.
    pub fn compare(&self, newer: &Self, as_at: Date) -> Comparison {
        self.compare_within(newer, as_at, BUDGET)
    }

    /// Does the same as [`Matrix::compare`] with another limit on the work. [`Matrix::compare`] allows four thousand million units.
    pub fn compare_within(&self, newer: &Self, as_at: Date, budget: u64) -> Comparison {
        let proved = proof::proved(self, newer, as_at, budget);
        Comparison {
            old: self.clone(),
            new: newer.clone(),
            as_at,
            differences: structure::differences(self, newer),
            ..proved
        }
    }
}

impl Comparison {
    /// Returns the older matrix.
    #[must_use]
    pub fn old(&self) -> &Matrix {
        &self.old
    }

    /// Returns the newer matrix.
    #[must_use]
    pub fn new_matrix(&self) -> &Matrix {
        &self.new
    }

    /// Returns what is written differently. The order of keys, comments and quoting do not count as differences.
    #[must_use]
    pub fn differences(&self) -> &[Amendment] {
        &self.differences
    }

    /// Returns the changes of the rules, each of which can be adopted without the others. [`Shift::acting`] names them by their positions.
    ///
    /// The list is empty if no result can change, or if there are more than are worth trying by themselves.
    #[must_use]
    pub fn rule_changes(&self) -> &[RuleChange] {
        &self.rule_changes
    }

    /// Returns the results that were compared: `None` for the tier, or the dimension whose level was compared.
    #[must_use]
    pub fn compared(&self) -> &[Option<String>] {
        &self.compared
    }

    /// Returns every possible change of a result, each once.
    ///
    /// If [`Comparison::is_complete`] is true, there are no others among the profiles that are compared. [`Comparison::left_out`] says which profiles
    /// are not.
    #[must_use]
    pub fn shifts(&self) -> &[Shift] {
        &self.shifts
    }

    /// Returns descriptions of the profiles that the proof does not cover, and why.
    #[must_use]
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Returns a profile of shared values that passes the checks of the older matrix alone.
    #[must_use]
    pub fn only_old(&self) -> &Proof<Profile> {
        &self.only_old
    }

    /// Returns a profile of shared values that passes the checks of the newer matrix alone.
    #[must_use]
    pub fn only_new(&self) -> &Proof<Profile> {
        &self.only_new
    }

    /// Returns the comparison as one page of HTML that stands alone: it runs no script and fetches nothing.
    ///
    /// ```
    /// use threshold_matrix::Matrix;
    ///
    /// let as_at = "2026-11-21".parse()?;
    /// let old = Matrix::open("hmpps-utm@1.0.0", as_at)?;
    /// let new = Matrix::open("hmpps-utm@2.0.0", as_at)?;
    /// assert!(old.compare(&new, as_at).to_html().contains("What changed in the rules"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_html(&self) -> String {
        self.document().to_html()
    }

    /// Returns whether every question was answered within the budget.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.open.is_empty()
    }
}
