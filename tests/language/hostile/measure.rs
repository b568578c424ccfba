//! How long each hostile text takes, and the most memory that the whole process had meanwhile: a table, and no test.
//!
//! `cargo test --release --test language -- --ignored --nocapture measure` prints it (on Linux, where a process can ask for its memory).

use std::process::Command;
use std::time::Instant;

use threshold_matrix::Matrix;

use test_kit::hostile;
use test_kit::measured::memory;

const ONE: &str = "HOSTILE_TEXT";

#[test]
#[ignore = "a measurement"]
fn measure() {
    if let Ok(name) = std::env::var(ONE) {
        return measure_one(&name);
    }
    println!(
        "{:<34} {:>10} {:>12} {:>10}",
        "text", "bytes", "milliseconds", "MiB"
    );
    for (name, _) in hostile::all() {
        let itself = std::env::current_exe().unwrap();
        let output = Command::new(itself)
            .args([
                "--ignored",
                "--nocapture",
                "--exact",
                "hostile::measure::measure",
            ])
            .env(ONE, name)
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        println!(
            "{}",
            printed
                .lines()
                .find_map(|line| line.split_once("measured "))
                .map_or("it did not return", |(_, line)| line)
        );
    }
}

/// The text is made, loaded and, if it is at fault, its diagnostics are printed: all of it counts.
fn measure_one(name: &str) {
    let (_, text) = hostile::all()
        .into_iter()
        .find(|(own, _)| *own == name)
        .unwrap();
    let before = memory();
    let start = Instant::now();
    let shown = Matrix::from_named_yaml(name, &text.bytes).map_or_else(
        |faults| faults.to_string().len(),
        |matrix| matrix.content_hash().len(),
    );
    let took = start.elapsed();
    println!(
        "measured {name:<34} {:>10} {:>12} {:>10.1}   (before: {before:.1}, answer: {shown} bytes)",
        text.bytes.len(),
        took.as_millis(),
        memory()
    );
}
