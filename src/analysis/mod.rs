//! Proves what can be proved of a matrix over all profiles: what is reached and what is dead, which scores there are, and whether more of what is
//! worse ever lowers the result.
//!
//! Nothing is sampled. Every rule is piecewise constant, so a matrix is a finite object: an input matters only by the cell in which its value
//! lies, and all cells are searched together.
//!
//! An answer is either shown by a profile, which is scored before it is given, or it is a proof that there is no such profile. A question that
//! does not fit the budget is reported as open, and never as fine.
//!
//! ```
//! use threshold_matrix::Matrix;
//! use threshold_matrix::analysis::Proof;
//!
//! let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
//! let as_at = "2026-11-21".parse()?;
//! let analysis = matrix.analyse(as_at);
//! assert!(analysis.is_complete());
//! let high = analysis.parts().iter().find(|part| part.name == "high").expect("it is a tier");
//! let Proof::Shown(profile) = &high.reached else { panic!("nobody can be high") };
//! assert_eq!(matrix.score(profile, as_at)?.tier(), Some("high"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod edges;
mod examples;
mod finding;
mod idle;
mod influence;
mod oscillation;
mod part;
mod scores;
mod words;

use crate::date::Date;
use crate::matrix::Matrix;
use crate::profile::Profile;
use crate::prove::prover::Prover;
use crate::report::reference;

pub use finding::{Finding, FindingCode};
pub use influence::{Influence, Pair};
pub use oscillation::{Oscillation, Turn};
pub use part::{Part, PartKind};
pub use scores::{Attainable, LevelCutOff, Scores};
#[doc(hidden)]
pub use words::json;

/// The most work that [`Matrix::analyse`] does; a unit is one small step of one rule.
const BUDGET: u64 = 2_000_000_000;

/// What was proved of a matrix. [`Matrix::analyse`] makes it, and it serialises as data.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[must_use]
pub struct Analysis {
    #[serde(serialize_with = "reference")]
    matrix: Matrix,
    as_at: Date,
    scores: Vec<Scores>,
    parts: Vec<Part>,
    influences: Vec<Influence>,
    oscillation: Option<Oscillation>,
    #[serde(skip)]
    edges: Vec<edges::Edge>,
    findings: Vec<Finding>,
    complete: bool,
}

/// The answer to a question about all profiles.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof<T> {
    /// There is one, which is this.
    Shown(T),
    /// There is none, whatever the profile.
    Never,
    /// Finding the answer would take more than the budget.
    Open,
}

impl<T> Proof<T> {
    /// Returns what was shown, if something was.
    pub fn shown(&self) -> Option<&T> {
        match self {
            Self::Shown(shown) => Some(shown),
            Self::Never | Self::Open => None,
        }
    }
}

impl Matrix {
    /// Proves what can be proved of the matrix over all profiles, with lengths of time counted to a date.
    ///
    /// An input that may be absent is also tried without a value. An input that may be unknown takes every value.
    pub fn analyse(&self, as_at: Date) -> Analysis {
        self.analyse_within(as_at, BUDGET)
    }

    /// Does the same as [`Matrix::analyse`] with another limit on the work. [`Matrix::analyse`] allows two thousand million units, which take a few
    /// seconds at most.
    pub fn analyse_within(&self, as_at: Date, budget: u64) -> Analysis {
        let mut prover = Prover::new(self, as_at, budget);
        let parts = part::parts(&mut prover);
        let scores = scores::scores(&mut prover);
        let influences = influence::influences(&mut prover);
        let idle = idle::idle(&mut prover, &influences);
        let oscillation = oscillation::oscillation(&mut prover);
        let edges = edges::edges(&mut prover, &parts);
        let findings = finding::findings(
            self,
            &parts,
            &scores,
            &influences,
            &idle,
            oscillation.as_ref(),
        );
        let open = |proof: &Proof<Profile>| *proof == Proof::Open;
        let complete = !parts.iter().any(|part| open(&part.reached))
            && scores.iter().all(|scores| scores.attainable.is_some())
            && !influences.iter().any(Influence::is_open)
            && !idle.iter().any(|idle| idle.is_open)
            && !(oscillation.iter()).any(|own| own.cycle == Proof::Open);
        Analysis {
            matrix: self.clone(),
            as_at,
            scores,
            parts,
            influences,
            oscillation,
            edges,
            findings,
            complete,
        }
    }
}

impl Analysis {
    /// Returns the matrix.
    #[must_use]
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// Returns the date to which lengths of time were counted.
    #[must_use]
    pub fn as_at(&self) -> Date {
        self.as_at
    }

    /// Returns the scores that each dimension can have.
    #[must_use]
    pub fn scores(&self) -> &[Scores] {
        &self.scores
    }

    /// Returns every tier, status, level, rule, band, cell, override and flag, and whether some profile reaches it.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Returns how far each input alone moves the result, and whether more of it ever goes the wrong way.
    #[must_use]
    pub fn influences(&self) -> &[Influence] {
        &self.influences
    }

    /// Returns whether the result can go back and forth by itself, or `None` if the matrix does not read the tier that it gave before.
    #[must_use]
    pub fn oscillation(&self) -> Option<&Oscillation> {
        self.oscillation.as_ref()
    }

    /// Returns the findings, which an author should look at, in the order of their places in the file.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns whether every question was answered within the budget. If not, each open answer says that it is open.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}
