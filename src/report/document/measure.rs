//! Lengths in a drawing: across, in percent of the page; down, in the size of the text. Numbers as they are written there and in tables.

use std::fmt;

/// A length across, in hundredths of a percent.
#[derive(Clone, Copy)]
pub(super) struct Percent(pub(super) i64);

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

/// A length down, in tenths of the size of the text.
pub(super) struct Em(pub(super) usize);

impl fmt::Display for Em {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}em", self.0 / 10, self.0 % 10)
    }
}

/// Returns a number with a comma between each group of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
