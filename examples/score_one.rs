//! Scores one person, and shows what is possible where something is not known.
//!
//! `cargo run --example score_one`

#![allow(clippy::print_stdout, reason = "an example speaks to a person")]

use threshold_matrix::{Matrix, Profile};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let as_at = "2026-12-05".parse()?;
    let matrix = Matrix::open("iom-threshold@1.0.0", as_at)?;
    let profile = Profile::new()
        .with("arrests_12m", 4)
        .with("ogrs3", 75)
        .with("rosh", "high");
    // Every problem of a profile comes back at once, each with the name of its input.
    let outcome = matrix.prepare(&profile, as_at)?.score()?;
    println!("tier: {}", outcome.tier().unwrap_or("not settled"));
    println!("possible: {}", outcome.possible().join(", "));
    for dimension in outcome.dimensions() {
        let score = dimension
            .score()
            .map_or_else(|| "open".to_owned(), |score| score.to_string());
        println!("{}: {score}", dimension.name());
    }
    Ok(())
}
