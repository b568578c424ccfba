//! What is generated, as the library has it.

pub mod agreement;
#[cfg(feature = "bulk")]
pub mod columns;

use proptest::test_runner::TestCaseError;
use threshold_matrix::{Date, Matrix, Profile};

use crate::spec::Spec;
use crate::value::{self, to_json};

/// A generated matrix, which must load.
pub fn load(text: &str) -> Result<Matrix, TestCaseError> {
    Matrix::from_yaml(text).map_err(|faults| {
        TestCaseError::fail(format!("a generated matrix was refused:\n{faults}\n{text}"))
    })
}

/// The date that a generated matrix is scored at.
pub fn date(spec: &Spec) -> Date {
    spec.as_at
        .to_string()
        .parse()
        .expect("a generated date is a date")
}

/// A generated profile.
pub fn read(given: &value::Profile) -> Profile {
    Profile::from_json(&to_json(given)).expect("a generated profile is JSON")
}
