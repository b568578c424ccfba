//! Loads a folder of matrices in many versions, and takes the one in force on a day.
//!
//! `cargo run --example own_folder -- matrices 2021-05-10`

#![allow(clippy::print_stdout, reason = "an example speaks to a person")]

use threshold_matrix::{Date, Library};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "matrices".to_owned());
    let day: Date = arguments
        .next()
        .as_deref()
        .unwrap_or("2026-12-05")
        .parse()?;
    let mut library = Library::new();
    // Everything that is wrong with any file is in the error, each fault with its place.
    library.load_folder(&folder)?;
    for id in library.ids() {
        match library.in_force(id, day) {
            Ok(matrix) => println!(
                "{id} {} is in force: {}",
                matrix.version(),
                matrix.content_hash()
            ),
            Err(reason) => println!("{reason}"),
        }
    }
    Ok(())
}
