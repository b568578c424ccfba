//! Reads JSON without losing a digit, and writes it in its canonical form (RFC 8785).
//!
//! The canonical form writes every number as the double nearest to it. So a record has as numbers only those that a double holds: those that are the
//! shortest decimal of the double nearest to them. Any other is a text by its digits, and a text is never rounded.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use crate::words::json_fault;

/// How deep a record may be nested: traces nest as deep as scores do, which the format bounds.
const DEEPEST: usize = 96;

/// Why a text is not the JSON of a record.
#[derive(Debug)]
pub(super) struct Fault {
    /// Where, as a JSON pointer.
    pub(super) pointer: String,
    pub(super) message: String,
}

impl Fault {
    fn new(message: String) -> Self {
        Self {
            pointer: String::new(),
            message,
        }
    }

    /// Returns the fault as one of the value that holds the faulty value at a step.
    fn at(mut self, step: &str) -> Self {
        self.pointer.insert_str(0, step);
        self
    }
}

/// Reads a text. A number that a double does not hold is a fault, and so is a key that is written twice.
pub(super) fn read(text: &str) -> Result<Value, Fault> {
    parsed(text, |digits| {
        let message = format!(
            "the number {digits} has more digits than canonical JSON (RFC 8785) keeps; a record has it as a text, \"{digits}\""
        );
        Err(Fault::new(message))
    })
}

/// Returns a value as a record holds it: numbers that a double does not hold are texts.
pub(super) fn kept(value: impl Serialize) -> Value {
    // Nothing in a record can fail to be written, or to be read again.
    let text = serde_json::to_string(&value).unwrap_or_default();
    parsed(&text, |digits| Ok(Value::String(digits.to_owned()))).unwrap_or_default()
}

/// Returns the canonical form of a value: equal values have equal texts.
pub(super) fn canonical(value: &impl Serialize) -> String {
    // What JSON cannot hold is in no value.
    serde_json_canonicalizer::to_string(value).unwrap_or_default()
}

/// Returns a key as a step of a JSON pointer (RFC 6901).
pub(super) fn step(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Returns the double that holds a number, unless it is another number.
fn double(digits: &str) -> Option<f64> {
    let nearest: f64 = digits.parse().ok()?;
    (significant(digits)? == significant(&format!("{nearest:e}"))?).then_some(nearest)
}

/// Returns what a number means, however it is written: whether it is negative, its digits without noughts at either end, and the power of ten of the
/// last of them.
fn significant(text: &str) -> Option<(bool, String, i64)> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (is_negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => (true, mantissa),
        None => (false, mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let trimmed = digits.trim_end_matches('0');
    let noughts = i64::try_from(digits.len() - trimmed.len()).ok()?;
    let places = i64::try_from(fraction.len()).ok()?;
    Some(match trimmed.trim_start_matches('0') {
        "" => (false, String::new(), 0),
        digits => (
            is_negative,
            digits.to_owned(),
            exponent.checked_sub(places)?.checked_add(noughts)?,
        ),
    })
}

fn parsed<F: Fn(&str) -> Result<Value, Fault>>(text: &str, long: F) -> Result<Value, Fault> {
    // It is JSON from here on: what is left is to find where each part ends.
    let raw: &RawValue = serde_json::from_str(text)
        .map_err(|error| Fault::new(format!("the text is not JSON: {}", json_fault(&error))))?;
    let mut reader = Reader {
        rest: raw.get(),
        long,
    };
    reader.value(0)
}

/// Reads a text that is known to be JSON, once from its start to its end.
struct Reader<'a, F> {
    rest: &'a str,
    /// Returns what stands for a number that a double does not hold.
    long: F,
}

impl<'a, F: Fn(&str) -> Result<Value, Fault>> Reader<'a, F> {
    fn value(&mut self, depth: usize) -> Result<Value, Fault> {
        if depth > DEEPEST {
            return Err(Fault::new(format!("it is nested deeper than {DEEPEST}")));
        }
        Ok(match self.next() {
            Some(b'n') => self.token(Value::Null),
            Some(b't') => self.token(Value::Bool(true)),
            Some(b'f') => self.token(Value::Bool(false)),
            Some(b'"') => Value::String(self.string()?),
            Some(b'[') => {
                let mut items = Vec::new();
                while self.goes_on(b']') {
                    let item = self.value(depth + 1);
                    items.push(item.map_err(|fault| fault.at(&format!("/{}", items.len())))?);
                }
                Value::Array(items)
            }
            Some(b'{') => {
                let mut entries = Map::new();
                while self.goes_on(b'}') {
                    let key = self.string()?;
                    self.next();
                    self.take(1);
                    let value = self.value(depth + 1);
                    let value = value.map_err(|fault| fault.at(&step(&key)))?;
                    if entries.contains_key(&key) {
                        return Err(Fault::new(format!("the key `{key}` is written twice")));
                    }
                    entries.insert(key, value);
                }
                Value::Object(entries)
            }
            _ => {
                let digits = self.word();
                match double(digits).and_then(Number::from_f64) {
                    Some(number) => Value::Number(number),
                    None => (self.long)(digits)?,
                }
            }
        })
    }

    /// Returns the next byte after spaces, without taking it from the rest.
    fn next(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.bytes().next()
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Reads a number, or one of the words of JSON.
    fn word(&mut self) -> &'a str {
        let end = self.rest.find([',', ']', '}', ' ', '\t', '\n', '\r']);
        self.take(end.unwrap_or(self.rest.len()))
    }

    fn token(&mut self, value: Value) -> Value {
        self.word();
        value
    }

    /// Skips what stands before the next item of a list or an object, or before its end, and returns whether there is an item.
    fn goes_on(&mut self, end: u8) -> bool {
        // The opening bracket, a comma or the end.
        let is_over = |next: Option<u8>| next.is_none_or(|byte| byte == end);
        if is_over(self.next()) {
            self.take(1);
            return false;
        }
        self.take(1);
        if is_over(self.next()) {
            self.take(1);
            return false;
        }
        true
    }

    fn string(&mut self) -> Result<String, Fault> {
        self.next();
        let mut is_escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        });
        let token = self.take(end.unwrap_or(self.rest.len()).saturating_add(2));
        serde_json::from_str(token)
            .map_err(|error| Fault::new(format!("the text is not JSON: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::{canonical, kept, read};

    #[track_caller]
    fn is(written: &str, expected: &str) {
        match read(written) {
            Ok(value) => assert_eq!(canonical(&value), expected, "{written}"),
            Err(fault) => panic!("{written}: {}", fault.message),
        }
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        is("[1e2, 100, 100.0, 1E+2, 10000e-2]", "[100,100,100,100,100]");
        is("[6.90, 6.9, 0.69e1]", "[6.9,6.9,6.9]");
        is("[-0, 0.0, 0e5, -0.0e-3]", "[0,0,0,0]");
        is(
            "[0.1, 1e-1, -0.000001, 1e-06]",
            "[0.1,0.1,-0.000001,0.000001]",
        );
        is("9007199254740992", "9007199254740992");
        is("[1e21, 1000000000000000000000]", "[1e+21,1e+21]");
    }

    #[test]
    fn a_number_that_a_double_does_not_hold_loses_no_digit() {
        for digits in [
            "9007199254740993",
            "-9223372036854775807",
            "60.00000000000000000001",
            "0.1000000000000000055511151231257827",
            "1e400",
            "1e-400",
            "12345678901.123456789",
        ] {
            let fault = read(&format!("{{\"a\": [1, {digits}]}}")).err();
            let fault = fault.map(|fault| (fault.pointer, fault.message.contains(digits)));
            assert_eq!(fault, Some(("/a/1".to_owned(), true)), "{digits}");
            let raw = serde_json::value::RawValue::from_string(digits.to_owned()).ok();
            assert_eq!(canonical(&kept(raw)), format!("\"{digits}\""));
        }
    }

    #[test]
    fn keys_are_sorted_as_the_standard_says() {
        // By the units of UTF-16, in which the last of these begins with a surrogate (RFC 8785, 3.2.3).
        is(
            r#"{"\ufb33": 1, "\u20ac": 2, "\ud83d\ude00": 3, "1": 4, "\r": "\u000f\/"}"#,
            "{\"\\r\":\"\\u000f/\",\"1\":4,\"€\":2,\"😀\":3,\"\u{fb33}\":1}",
        );
    }

    #[test]
    fn a_key_that_is_written_twice_is_named_with_its_place() {
        let fault = read(r#"{"a/b": [{"c": 1, "c": 1}]}"#).err();
        assert_eq!(
            fault.map(|fault| format!("{}: {}", fault.pointer, fault.message)),
            Some("/a~1b/0: the key `c` is written twice".to_owned())
        );
    }
}
