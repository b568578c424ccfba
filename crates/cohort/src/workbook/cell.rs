//! Turns the value of a cell into a text, and says what it is by itself.

use calamine::{DataRef, ExcelDateTime};
use threshold_matrix::Date;

use super::format::{Format, Shown};
use crate::native::{Native, Why};

/// The first whole number from which on not every whole number is held.
const UNEXACT: f64 = 9_007_199_254_740_992.0;
/// The last of the days before the one of 1900 that there never was.
const BEFORE_MARCH_1900: f64 = 60.0;

/// A cell as a text.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) text: String,
    pub(super) native: Native,
    /// What the cell is as an id.
    pub(super) id: Result<Option<usize>, Why>,
}

impl Read {
    fn new(text: impl Into<String>, native: Native) -> Self {
        let id = match native {
            Native::Text => Ok(None),
            Native::Refused(why) => Err(why),
            _ => Err(Why::NotAnId),
        };
        Self {
            text: text.into(),
            native,
            id,
        }
    }

    /// Returns the text of a cell that is only carried through, if it is certain that a person sees the same.
    pub(super) fn into_carried(self) -> Option<String> {
        match self.native {
            // Its text has the time as well.
            Native::Refused(Why::TimeOfDay) => Some(self.text),
            Native::Refused(_) => None,
            _ => Some(self.text),
        }
    }

    /// Returns the cell of a column of ids, which are texts.
    pub(super) fn into_id(self) -> (String, Native) {
        match self.id {
            Ok(Some(digits)) => (format!("{:0>digits$}", self.text), Native::Text),
            Ok(None) => (self.text, Native::Text),
            Err(why) => (self.text, Native::Refused(why)),
        }
    }
}

/// Reads a value, as its format shows it.
pub(super) fn read(value: &DataRef<'_>, format: Option<&Format>, is_1904: bool) -> Read {
    match value {
        DataRef::Empty => Read::new("", Native::Text),
        DataRef::String(text) => Read::new(text.as_str(), Native::Text),
        DataRef::SharedString(text) => Read::new(*text, Native::Text),
        DataRef::Bool(truth) => Read::new(truth.to_string(), Native::Truth),
        DataRef::Error(error) => Read::new(error.to_string(), Native::Fault),
        DataRef::Int(whole) => match i32::try_from(*whole) {
            Ok(small) => number(f64::from(small), format),
            Err(_) => Read::new(whole.to_string(), Native::Refused(Why::TooLarge)),
        },
        DataRef::Float(float) => number(*float, format),
        DataRef::DateTime(date) => day(date, is_1904),
        DataRef::DateTimeIso(text) => iso(text),
        DataRef::DurationIso(text) => Read::new(text.as_str(), Native::Refused(Why::Length)),
    }
}

fn number(number: f64, format: Option<&Format>) -> Read {
    // The shortest digits that give the number again, and no exponent. A nought has no sign.
    let text = if number == 0.0 {
        "0".to_owned()
    } else {
        number.to_string()
    };
    let refused = |why| Read::new(text.clone(), Native::Refused(why));
    if !number.is_finite() {
        return refused(Why::NotFinite);
    }
    let shown = format.map_or(Shown::Itself, |format| format.shows(number));
    match shown {
        Shown::Not(why) => return refused(why),
        _ if number.abs() >= UNEXACT => return refused(Why::TooLarge),
        Shown::Percent => return Read::new(percent(&text), Native::Percent),
        Shown::Itself | Shown::Padded(_) | Shown::WithText => {}
    }
    let is_whole = number.fract() == 0.0;
    let id = match shown {
        _ if !is_whole => Err(Why::NotAnId),
        Shown::Itself => Ok(None),
        Shown::Padded(digits) if number >= 0.0 => Ok(Some(digits)),
        _ => Err(Why::ShownOtherwise),
    };
    Read {
        id,
        ..Read::new(text, Native::Number)
    }
}

/// Returns a hundred times a number that is written without an exponent, with a percent sign. The point is moved, so nothing is rounded.
fn percent(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = format!("{fraction:0<2}");
    let (moved, rest) = fraction.split_at_checked(2).unwrap_or_default();
    let joined = format!("{whole}{moved}");
    let whole = match joined.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    if rest.is_empty() {
        format!("{sign}{whole}%")
    } else {
        format!("{sign}{whole}.{rest}%")
    }
}

fn day(date: &ExcelDateTime, is_1904: bool) -> Read {
    let serial = date.as_f64();
    let refused = |text: String, why| Read::new(text, Native::Refused(why));
    if !serial.is_finite() {
        return refused(serial.to_string(), Why::NotFinite);
    }
    if date.is_duration() {
        return refused(serial.to_string(), Why::Length);
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let (first, last) = if is_1904 {
        (0.0, 2_957_003.0)
    } else {
        (BEFORE_MARCH_1900, 2_958_465.0)
    };
    let shown = format!("{year:04}-{month:02}-{day:02}");
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    let is_within = serial.floor() <= last && (serial > first || is_1904 && serial == first);
    let is_whole = serial.fract() == 0.0;
    match is_within {
        _ if !is_whole && serial > 0.0 && serial < 1.0 => refused(time, Why::TimeOfDay),
        true if is_whole => Read::new(shown, Native::Date),
        true => refused(format!("{shown} {time}"), Why::TimeOfDay),
        false => refused(serial.to_string(), Why::NoDay),
    }
}

/// Reads a date that is written as ISO 8601 has it. Midnight is a whole date.
fn iso(text: &str) -> Read {
    let (day, time) = text.split_once('T').unwrap_or((text, ""));
    let time = time.strip_suffix('Z').unwrap_or(time);
    let is_midnight = time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.'));
    match day.parse::<Date>() {
        Ok(date) if is_midnight => Read::new(date.to_string(), Native::Date),
        _ => Read::new(text, Native::Refused(Why::TimeOfDay)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_worked_out_with_digits() {
        for (text, wanted) in [
            ("0.21", "21%"),
            ("0.29", "29%"),
            ("0.07", "7%"),
            ("0.285", "28.5%"),
            ("0.005", "0.5%"),
            ("0.0001", "0.01%"),
            ("1", "100%"),
            ("2.5", "250%"),
            ("0", "0%"),
            ("-0.5", "-50%"),
            ("12.3456", "1234.56%"),
        ] {
            assert_eq!(percent(text), wanted, "{text}");
        }
    }

    #[test]
    fn dates_of_iso_8601_are_whole() {
        for (text, wanted) in [
            ("2001-12-31", Native::Date),
            ("2001-06-15T00:00:00.000Z", Native::Date),
            ("2001-06-15T00:00:00", Native::Date),
            ("2001-06-15T00:30:00", Native::Refused(Why::TimeOfDay)),
            ("2001-06-15T00:00:00+01:00", Native::Refused(Why::TimeOfDay)),
            ("T12:00", Native::Refused(Why::TimeOfDay)),
        ] {
            let read = iso(text);
            assert_eq!(read.native, wanted, "{text}");
            assert!(
                read.native != Native::Date || read.text.len() == 10,
                "{text}"
            );
        }
    }
}
