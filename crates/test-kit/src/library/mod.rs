//! Hands the library what is made here. Nothing else in the kit uses the library.

pub mod agreement;
#[cfg(feature = "bulk")]
pub mod columns;

use proptest::test_runner::TestCaseError;
use threshold_matrix::{Date, Matrix, Profile};

use crate::spec::Spec;
use crate::value::{self, to_json};

/// Loads a generated matrix, and fails the case if it does not load.
pub fn load(text: &str) -> Result<Matrix, TestCaseError> {
    Matrix::from_yaml(text).map_err(|faults| {
        TestCaseError::fail(format!("a generated matrix was refused:\n{faults}\n{text}"))
    })
}

/// Returns the date that a generated matrix is scored at.
pub fn date(spec: &Spec) -> Date {
    spec.as_at
        .to_string()
        .parse()
        .expect("a generated date is a date")
}

/// Reads a generated profile.
pub fn read(given: &value::Profile) -> Profile {
    Profile::from_json(&to_json(given)).expect("a generated profile is JSON")
}
