//! Scores the structs of a case system as they are, through serde.
//!
//! `cargo run --example from_struct`

#![allow(clippy::print_stdout, reason = "an example speaks to a person")]

use serde::Serialize;
use threshold_matrix::{Matrix, Profile};

/// What a case system holds of a person. Its fields have the names of the matrix's inputs.
#[derive(Serialize)]
struct Assessment {
    female: bool,
    /// Decimals are texts here, so that no binary number stands between the record and the tier.
    rsr: Option<&'static str>,
    rosh: Option<Risk>,
    mandate_for_change: bool,
    assessed: bool,
    iom_nominal: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Risk {
    Medium,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let as_at = "2026-12-05".parse()?;
    let matrix = Matrix::open("hmpps-utm@2.0.0", as_at)?;
    let person = Assessment {
        female: false,
        rsr: Some("3.10"),
        rosh: Some(Risk::Medium),
        mandate_for_change: true,
        assessed: false,
        iom_nominal: false,
    };
    let outcome = matrix.score(&Profile::from_serialize(&person)?, as_at)?;
    // An outcome serialises to one line of JSON, with every criterion's points.
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(())
}
