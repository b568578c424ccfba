//! How long a processor takes to `check` matrices about as large as a file may be, and the most memory that it needs: a table, and no test.
//!
//! `cargo test --release --test proofs -- --ignored --nocapture large::measure` prints it (on Linux, where a process can ask for its memory).
//! `PROPTEST_CASES` asks for another number of matrices.

use std::process::Command;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use test_kit::library;
use test_kit::measured::memory;
use test_kit::strategy::{Setting, specs};
use threshold_matrix::Matrix;

const ONE: &str = "LARGE_MATRIX";

#[test]
#[ignore = "a measurement"]
fn measure() {
    if let Ok(seed) = std::env::var(ONE) {
        return measure_one(seed.parse().unwrap());
    }
    let count = std::env::var("PROPTEST_CASES").map_or(500, |count| count.parse().unwrap());
    let mut figures: Vec<(f64, f64, String)> = Vec::new();
    for seed in 0..count {
        let itself = std::env::current_exe().unwrap();
        let output = Command::new(itself)
            .args(["--ignored", "--nocapture", "--exact", "large::measure"])
            .env(ONE, seed.to_string())
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = printed
            .lines()
            .find_map(|line| line.split_once("measured "))
            .map_or_else(
                || format!("{seed} did not return"),
                |(_, line)| line.to_owned(),
            );
        let mut numbers = line
            .split_whitespace()
            .skip(1)
            .map(|number| number.parse().unwrap_or(f64::MAX));
        let (seconds, memory) = (
            numbers.next().unwrap_or(f64::MAX),
            numbers.next().unwrap_or(f64::MAX),
        );
        figures.push((seconds, memory, line));
    }
    println!("seed, seconds, MiB, bytes, inputs, criteria, whether all was proved");
    let mut slowest = figures.clone();
    slowest.sort_by(|one, other| other.0.total_cmp(&one.0));
    slowest
        .iter()
        .take(12)
        .for_each(|(.., line)| println!("{line}"));
    let mut largest = figures.clone();
    largest.sort_by(|one, other| other.1.total_cmp(&one.1));
    println!("the most memory:");
    largest
        .iter()
        .take(12)
        .for_each(|(.., line)| println!("{line}"));
    let proved = figures
        .iter()
        .filter(|(.., line)| line.ends_with("true"))
        .count();
    let refused = figures
        .iter()
        .filter(|(.., line)| line.ends_with("refused"))
        .count();
    println!("of {count}, {proved} were proved whole and {refused} were refused");
}

/// The text is made, loaded and analysed: all of it counts.
fn measure_one(seed: u64) {
    let mut runner = TestRunner::new(Config {
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    });
    let spec = specs(Setting::Huge)
        .new_tree(&mut runner)
        .unwrap()
        .current();
    let text = spec.to_yaml();
    let start = seconds();
    let proved = match Matrix::from_yaml(&text) {
        Ok(matrix) => matrix
            .analyse(library::date(&spec))
            .is_complete()
            .to_string(),
        Err(_) => "refused".to_owned(),
    };
    println!(
        "measured {seed:>4} {:>8.2} {:>8.1} {:>8} {:>4} {:>4} {proved}",
        seconds() - start,
        memory(),
        text.len(),
        spec.inputs.len(),
        spec.criteria.len(),
    );
}

/// How long the process had a processor, whatever else the machine did.
fn seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind = stat.rsplit(')').next().unwrap_or_default();
    let times = behind.split_whitespace().skip(11).take(2);
    let ticks: f64 = times.filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    ticks / 100.0
}
