//! Writes the explanation of one result as a page to hand over.
//!
//! `cargo run --example explain_html > why.html`

#![allow(clippy::print_stdout, reason = "an example speaks to a person")]

use threshold_matrix::{Matrix, Profile};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let as_at = "2026-12-05".parse()?;
    let matrix = Matrix::open("iom-threshold@1.0.0", as_at)?;
    let profile = Profile::from_json(include_str!("person.json"))?;
    let trace = matrix.explain(&profile, as_at)?;
    // The page needs no network and runs no script. `redacted()` leaves out what was recorded of the person.
    println!("{}", trace.explanation().with_changes().to_html());
    Ok(())
}
