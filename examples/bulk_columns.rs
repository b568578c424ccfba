//! Scores a cohort that is already in memory as columns, with the results of one profile at a time.
//!
//! `cargo run --release --features bulk --example bulk_columns`

#![allow(clippy::print_stdout, reason = "an example speaks to a person")]
#![allow(
    clippy::float_arithmetic,
    reason = "a case system may hold floats; each is taken as the decimal that it is nearest to"
)]

use threshold_matrix::Matrix;
use threshold_matrix::bulk::{Cohort, Column, Outputs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let matrix = Matrix::open("hmpps-utm@2.0.0", "2026-12-05".parse()?)?;
    let bulk = matrix.bulk("2026-12-05".parse()?, Outputs::tiers().with_dimensions());
    let people = 100_000_u32;
    let female: Vec<bool> = (0..people).map(|person| person % 10 == 0).collect();
    let rsr: Vec<f64> = (0..people)
        .map(|person| f64::from(person % 900) / 100.0)
        .collect();
    let no = vec![false; people as usize];
    let cohort = Cohort::new(people as usize)
        .with("female", Column::from(&female[..]))
        .with("rsr", Column::from(&rsr[..]))
        .with("mandate_for_change", Column::from(&female[..]))
        .with("assessed", Column::from(&no[..]))
        .with("iom_nominal", Column::from(&no[..]));
    let scored = bulk.score(&cohort)?;
    for row in 0..5 {
        let level = scored.level("protect", row).unwrap_or("refused or open");
        println!("person {row}: protect {level}");
    }
    Ok(())
}
