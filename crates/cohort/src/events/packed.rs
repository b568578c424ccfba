//! Events in few bytes: a value that occurs often is a number.

use std::collections::HashMap;

use threshold_matrix::{Profile, Value};

/// The most values of a field that are kept once for all. Others are written where they stand, as those of references mostly are.
const MOST_VALUES: usize = 65_536;

/// What stands in the place of a value that is missing, and before a text that is written where it stands. Greater numbers are those of values.
const MISSING: u64 = 0;
const TEXT: u64 = 1;
const VALUES: u64 = 2;

/// Where an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stands {
    pub(super) file: u32,
    /// The line or the row, counted from 1.
    pub(super) line: u64,
}

/// The values that occur often, by the fields of an event.
#[derive(Debug)]
pub(super) struct Packing {
    fields: Vec<Field>,
}

#[derive(Debug)]
struct Field {
    name: String,
    numbers: HashMap<Value, u64>,
    values: Vec<Value>,
}

/// The events of one person, one after another.
#[derive(Debug, Default)]
pub(super) struct Packed(Vec<u8>);

impl Packing {
    pub(super) fn new<'a>(fields: impl Iterator<Item = &'a str>) -> Self {
        let fields = fields.map(|name| Field {
            name: name.to_owned(),
            numbers: HashMap::new(),
            values: Vec::new(),
        });
        Self {
            fields: fields.collect(),
        }
    }
}

impl Field {
    /// Returns the number of a value, unless there are too many values.
    fn number(&mut self, value: &Value) -> Option<u64> {
        if let Some(number) = self.numbers.get(value) {
            return Some(*number);
        }
        let is_full = self.values.len() >= MOST_VALUES;
        if is_full && matches!(value, Value::Text(_)) {
            return None;
        }
        let number = self.values.len() as u64 + VALUES;
        self.numbers.insert(value.clone(), number);
        self.values.push(value.clone());
        Some(number)
    }
}

impl Packed {
    pub(super) fn push(&mut self, packing: &mut Packing, stands: Stands, event: &Profile) {
        let bytes = &mut self.0;
        write(bytes, stands.file.into());
        write(bytes, stands.line);
        for field in &mut packing.fields {
            match event.get(&field.name) {
                None | Some(Value::Missing) => write(bytes, MISSING),
                Some(value) => match (field.number(value), value) {
                    (None, Value::Text(text)) => {
                        write(bytes, TEXT);
                        write(bytes, text.len() as u64);
                        bytes.extend_from_slice(text.as_bytes());
                    }
                    (number, _) => write(bytes, number.unwrap_or(MISSING)),
                },
            }
        }
    }

    /// Returns the events, each with where it stands, in the order in which they were read.
    pub(super) fn iter<'a>(
        &'a self,
        packing: &'a Packing,
    ) -> impl Iterator<Item = (Stands, Profile)> + 'a {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let stands = Stands {
                file: u32::try_from(read(&mut rest)?).ok()?,
                line: read(&mut rest)?,
            };
            let mut event = Profile::new();
            for field in &packing.fields {
                let value = match read(&mut rest)? {
                    MISSING => continue,
                    TEXT => {
                        let length = usize::try_from(read(&mut rest)?).ok()?;
                        let (text, after) = rest.split_at_checked(length)?;
                        rest = after;
                        Value::Text(std::str::from_utf8(text).ok()?.to_owned())
                    }
                    number => {
                        let at = usize::try_from(number - VALUES).ok()?;
                        field.values.get(at)?.clone()
                    }
                };
                event.set(field.name.as_str(), value);
            }
            Some((stands, event))
        })
    }
}

/// Writes a number, seven bits to a byte, the lowest first.
fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Reads a number, and takes it off.
fn read(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f).checked_shl(shift)?;
        shift += 7;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
}
