//! Text that nobody means well with: it is answered by an error, or by a matrix, and never by a panic, a hang or a blown stack.
//!
//! `tests/language/hostile/measure.rs` shows how long each takes and how much memory, in a release build.

mod measure;
mod mutants;
mod soup;

use test_kit::hostile;
use threshold_matrix::Matrix;

#[test]
fn each_text_is_answered_and_shortly() {
    for (name, text) in hostile::all() {
        match Matrix::from_named_yaml(name, &text.bytes) {
            Ok(_) => assert!(text.loads, "{name}: it loads"),
            Err(faults) => {
                let shown = faults.to_string();
                assert!(!text.loads, "{name}: {shown}");
                assert!(faults.iter().len() <= 200);
                assert!(
                    shown.len() < 400_000 && shown.lines().count() < 4_000,
                    "{name}: {} bytes",
                    shown.len()
                );
            }
        }
    }
}

#[test]
fn no_number_but_plain_digits_is_read() {
    for number in [
        "NaN", ".nan", ".inf", "-.inf", "1e999", "1e3", "0x10", "0o17", "012", "+1", "1_000", ".5",
        "5.", "1,5", "１２", "--1", "1:30", "\"\"",
    ] {
        let text = hostile::matrix(&format!(
            "criteria: {{ one: {{ when: {{ count: 1 }}, points: {number} }} }}\n"
        ));
        assert!(
            Matrix::from_yaml(&text).is_err(),
            "{number} is read as a number"
        );
    }
}

#[test]
fn no_word_that_readers_disagree_about_is_a_value() {
    for word in [
        "no", "No", "NO", "yes", "on", "Off", "y", "n", "null", "NULL", "~", "True", "FALSE",
        ".NaN", "",
    ] {
        let text = hostile::matrix(&format!("tiers: [high, {word}, low]\n"));
        // An empty item of a list is no item at all between commas, and no value.
        assert!(
            Matrix::from_yaml(&text).is_err(),
            "`{word}` is taken for a value"
        );
        let quoted = hostile::matrix(&format!("tiers: [high, \"{word}\", low]\n"));
        assert_eq!(
            Matrix::from_yaml(&quoted).is_ok(),
            !word.is_empty(),
            "`\"{word}\"`"
        );
    }
}

#[test]
fn a_matrix_reads_the_same_with_any_line_ends_and_a_byte_order_mark() {
    let text = hostile::matrix("");
    let plain = Matrix::from_yaml(&text).unwrap();
    assert_eq!(
        Matrix::from_yaml(&text.replace('\n', "\r\n")).unwrap(),
        plain
    );
    assert_eq!(
        Matrix::from_yaml(&format!("\u{feff}{text}")).unwrap(),
        plain
    );
}
