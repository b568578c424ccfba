//! Published matrices with small accidents: a byte changed, the end cut off, a line twice, two lines exchanged, a word replaced.
//!
//! `HOSTILE_MUTANTS=1000000 cargo test --release --test language hostile::` runs more of them.

use std::path::{Path, PathBuf};

use threshold_matrix::Matrix;

const MUTANTS: u64 = 2_000;

/// A small generator of numbers, always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % (below.max(1) as u64)).unwrap()
    }
}

fn published() -> Vec<Vec<u8>> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("matrices"),
        &mut files,
    );
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read(file).unwrap())
        .collect()
}

const WORDS: [&str; 32] = [
    "0",
    "-1",
    "1",
    "1e999",
    "99999999999999999999999999",
    "0.0000001",
    "true",
    "no",
    "~",
    "\"\"",
    "[]",
    "{}",
    "[",
    "}",
    ":",
    "- ",
    "&a",
    "*a",
    "!!x",
    "high",
    "nothing",
    "impossible",
    "tier",
    "total",
    "from",
    "below",
    "missing",
    "absent",
    "unknown",
    "as_at",
    "2026-02-30",
    "\u{e9}",
];

fn mutant(source: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = source.to_vec();
    for _ in 0..=dice.roll(3) {
        let at = dice.roll(bytes.len());
        match dice.roll(7) {
            0 => bytes[at] ^= 1 << dice.roll(8),
            1 => bytes.truncate(at),
            2 => {
                bytes.remove(at);
            }
            3 | 4 => {
                // The word at this place, replaced.
                let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
                let start = at
                    - bytes[..at]
                        .iter()
                        .rev()
                        .take_while(|byte| is_word(byte))
                        .count();
                let end = at + bytes[at..].iter().take_while(|byte| is_word(byte)).count();
                bytes.splice(start..end, WORDS[dice.roll(WORDS.len())].bytes());
            }
            which => {
                let mut lines: Vec<Vec<u8>> = bytes
                    .split_inclusive(|byte| *byte == b'\n')
                    .map(<[u8]>::to_vec)
                    .collect();
                let (one, other) = (dice.roll(lines.len()), dice.roll(lines.len()));
                match which {
                    5 => lines.insert(other, lines[one].clone()),
                    _ => lines.swap(one, other),
                }
                bytes = lines.concat();
            }
        }
        if bytes.is_empty() {
            return bytes;
        }
    }
    bytes
}

#[test]
fn no_accident_in_a_published_matrix_stops_the_library() {
    let count = std::env::var("HOSTILE_MUTANTS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(MUTANTS);
    let sources = published();
    let (mut loaded, mut dice) = (0, Dice(20_261_121));
    for number in 0..count {
        let bytes = mutant(&sources[dice.roll(sources.len())], &mut dice);
        match Matrix::from_named_yaml("mutant.yaml", &bytes) {
            Ok(matrix) => {
                loaded += 1;
                let again = Matrix::from_yaml(&matrix.to_yaml());
                assert_eq!(
                    again.as_ref(),
                    Ok(&matrix),
                    "mutant {number} does not read as it was written:\n{}",
                    String::from_utf8_lossy(&bytes)
                );
            }
            Err(faults) => {
                assert!(faults.iter().len() > 0 && !faults.to_string().is_empty());
                for fault in faults.iter() {
                    assert!(
                        fault.place.start <= fault.place.end && fault.place.end <= bytes.len(),
                        "mutant {number}: {fault:?}"
                    );
                    assert!(fault.help.is_some(), "mutant {number}: {fault:?}");
                    assert_ne!(
                        fault.message, "this cannot be read",
                        "mutant {number}: a rule is left out without a fault of its own"
                    );
                }
            }
        }
    }
    assert!(
        loaded > count / 100,
        "only {loaded} of {count} mutants load: the accidents are too large"
    );
    println!("{loaded} of {count} mutants load");
}
