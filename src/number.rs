//! Numbers without binary floating point: a number is a text, or a whole number of units of its last decimal place.

use std::fmt;

use rust_decimal::Decimal;

/// The most decimal places that points, scores and scaled numbers have.
pub const POINTS_PLACES: u32 = 6;
/// The largest size of one number of points, in whole points.
pub const POINTS_LIMIT: i64 = 1_000_000_000;
/// The largest size of an input's number, and of a score, in units of the last decimal place.
pub const SCALED_LIMIT: i64 = 1_000_000_000_000_000;

/// A number of points, a score or a scaled number, held exactly in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(i64);

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);

    /// Creates a number of points from millionths.
    #[must_use]
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// Returns the points in millionths, which are exact.
    #[must_use]
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// Returns a decimal as points, if it has at most six decimal places and is smaller than 10⁹.
    pub fn from_decimal(number: Decimal) -> Option<Self> {
        let scaled = scaled(number, POINTS_PLACES)?;
        (scaled.abs() <= POINTS_LIMIT * 1_000_000).then_some(Self(scaled))
    }

    /// Returns the number as a decimal, without trailing zeros.
    ///
    /// ```
    /// # let matrix = threshold_matrix::Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// # let profile = threshold_matrix::Profile::new().with("arrests", 4);
    /// let outcome = matrix.score(&profile, "2026-11-21".parse()?)?;
    /// let score = outcome.dimension("frequency").and_then(|frequency| frequency.score());
    /// assert_eq!(score.map(|points| points.to_decimal().to_string()), Some("4".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.0, POINTS_PLACES).normalize()
    }

    /// Returns the number if it is whole, as nearly all are.
    fn whole(self) -> Option<i64> {
        (self.0 % 1_000_000 == 0).then_some(self.0 / 1_000_000)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.whole() {
            Some(whole) => whole.fmt(formatter),
            None => self.to_decimal().fmt(formatter),
        }
    }
}

impl std::ops::Add for Points {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        // Sums inside a matrix are proved on loading to stay far from the ends.
        Self(self.0.saturating_add(other.0))
    }
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self::ZERO, std::ops::Add::add)
    }
}

/// Points serialise as an exact JSON number without an exponent. A whole number has no decimal point.
impl serde::Serialize for Points {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.whole() {
            Some(whole) => serializer.serialize_i64(whole),
            None => Exact(self.to_decimal()).serialize(serializer),
        }
    }
}

/// A number that is written by its digits where the format can (JSON), and never through binary floating point.
pub(crate) struct Exact(pub(crate) Decimal);

impl serde::Serialize for Exact {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.scale() == 0
            && let Ok(whole) = i64::try_from(self.0.mantissa())
        {
            return serializer.serialize_i64(whole);
        }
        let text = self.0.to_string();
        match serde_json::value::RawValue::from_string(text) {
            Ok(raw) => raw.serialize(serializer),
            Err(error) => Err(serde::ser::Error::custom(error)),
        }
    }
}

/// The most digits of a number, all of which are held exactly.
pub const MOST_DIGITS: usize = 28;

/// Reads a number by the format's own grammar, of at most 28 digits.
pub fn parse(text: &str) -> Option<Decimal> {
    if is_too_long(text) || !is_plain(text) {
        None
    } else {
        Decimal::from_str_exact(text).ok()
    }
}

/// Returns whether a text is a number by the format's own grammar, but has more digits than can be held.
pub fn has_too_many_digits(text: &str) -> bool {
    is_too_long(text) && is_plain(text)
}

fn is_too_long(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() > MOST_DIGITS
}

/// Returns whether a text follows the grammar of numbers: `-?(0|[1-9][0-9]*)(\.[0-9]+)?`.
fn is_plain(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(all_digits)
}

/// Returns a number in units of the decimal place `places`, if it has no further decimal places and stays within the limit.
pub fn scaled(number: Decimal, places: u32) -> Option<i64> {
    let number = number.normalize();
    let missing = places.checked_sub(number.scale())?;
    let factor = 10_i128.checked_pow(missing)?;
    let scaled = number.mantissa().checked_mul(factor)?;
    i64::try_from(scaled)
        .ok()
        .filter(|scaled| scaled.abs() <= SCALED_LIMIT)
}

/// Returns a scaled number as a decimal, without trailing zeros.
pub(crate) fn unscaled(scaled: i64, places: u32) -> Decimal {
    let number = Decimal::new(scaled, places);
    if places == 0 {
        number
    } else {
        number.normalize()
    }
}

/// Returns the decimal text of a scaled number, without trailing zeros.
pub fn scaled_text(scaled: i64, places: u32) -> String {
    unscaled(scaled, places).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_decimal_text_is_a_number() {
        for text in [
            "0",
            "-3",
            "12",
            "6.90",
            "0.5",
            "9999999999999999999999999999",
        ] {
            assert!(parse(text).is_some(), "{text}");
        }
        for text in [
            "", "-", "+1", ".5", "5.", "012", "00", "1e3", "1_000", "0x10", "inf", "NaN", " 1",
            "1 ", "1.2.3", "１",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
        for text in [
            "9".repeat(29),
            format!("-{}", "9".repeat(40)),
            format!("0.{}", "1".repeat(28)),
        ] {
            assert!(
                parse(&text).is_none() && has_too_many_digits(&text),
                "{text}"
            );
            assert!(
                !has_too_many_digits(&format!("{text}x"))
                    && !has_too_many_digits(&format!("0{text}")),
                "{text}"
            );
        }
    }

    #[test]
    fn scaling_refuses_what_it_would_have_to_round() {
        let number = |text| parse(text).unwrap();
        assert_eq!(scaled(number("6.9"), 2), Some(690));
        assert_eq!(scaled(number("6.900"), 2), Some(690));
        assert_eq!(scaled(number("-6.99"), 2), Some(-699));
        assert_eq!(scaled(number("6.995"), 2), None);
        assert_eq!(scaled(number("9999999999999999"), 0), None);
        assert_eq!(scaled_text(690, 2), "6.9");
        assert_eq!(scaled_text(-700, 2), "-7");
    }

    #[test]
    fn points_print_as_they_are_written() {
        let points = |text| Points::from_decimal(parse(text).unwrap());
        assert_eq!(points("2.5").unwrap().to_string(), "2.5");
        assert_eq!(points("10.00").unwrap().to_string(), "10");
        assert_eq!(points("0.0000001"), None);
        assert_eq!(
            serde_json::to_string(&points("-2.25").unwrap()).unwrap(),
            "-2.25"
        );
        assert_eq!(
            serde_json::to_string(&points("150").unwrap()).unwrap(),
            "150"
        );
    }
}
