//! Borrowed columns, which take what a data frame, a database or a file reader already holds, without a copy.

use crate::date::Date;
use crate::number;
use crate::profile::Value;

/// One column of a cohort: a value for each profile, and which of them are missing.
///
/// ```
/// use threshold_matrix::bulk::{Bits, Column};
///
/// let scores = Column::from(&[12_u8, 0, 99][..]);
/// let some_missing = scores.with_validity(Bits::new(&[0b101], 0, 3));   // the second is missing
/// assert_eq!(some_missing.len(), 3);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    pub(super) values: Values<'a>,
    pub(super) validity: Option<Bits<'a>>,
}

/// The values of a column. Where a value is missing, what stands in its place does not matter.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Values<'a> {
    /// Whole numbers.
    I8(&'a [i8]),
    /// Whole numbers.
    I16(&'a [i16]),
    /// Whole numbers.
    I32(&'a [i32]),
    /// Whole numbers.
    I64(&'a [i64]),
    /// Whole numbers.
    U8(&'a [u8]),
    /// Whole numbers.
    U16(&'a [u16]),
    /// Whole numbers.
    U32(&'a [u32]),
    /// Whole numbers.
    U64(&'a [u64]),
    /// Decimals as floats, for inputs of at most six digits and six places: each must be the nearest float of a decimal with the places of its input.
    F32(&'a [f32]),
    /// Decimals as floats: each must be the nearest float of a decimal with the places of its input.
    F64(&'a [f64]),
    /// Exact decimals, in units of the last decimal place.
    Decimal {
        /// The numbers, in units of the last place.
        units: &'a [i128],
        /// How many decimal places there are.
        places: u8,
    },
    /// Exact decimals that fit 64 bits: units of the last decimal place.
    Units {
        /// The numbers, in units of the last place.
        units: &'a [i64],
        /// How many decimal places there are.
        places: u8,
    },
    /// Booleans, a byte each.
    Booleans(&'a [bool]),
    /// Booleans, a bit each.
    Bits(Bits<'a>),
    /// Dates, as days since 1970-01-01.
    Dates(&'a [i32]),
    /// Texts: levels, categories, or numbers and dates by their digits.
    Texts(Texts<'a>),
    /// Texts that are each written once.
    Dictionary {
        /// The position of each profile's value among `values`, counted from 0.
        keys: Keys<'a>,
        /// The values.
        values: Texts<'a>,
    },
    /// Sets. The members of the profile in `row` are the items from `offsets[row]` to before `offsets[row + 1]`.
    Lists {
        /// Where the items of each profile begin and end: one offset more than there are profiles.
        offsets: Offsets<'a>,
        /// The members of all sets.
        items: Texts<'a>,
    },
}

/// Positions in a dictionary.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
#[expect(missing_docs, reason = "their names say it")]
pub enum Keys<'a> {
    I8(&'a [i8]),
    I16(&'a [i16]),
    I32(&'a [i32]),
    I64(&'a [i64]),
    U8(&'a [u8]),
    U16(&'a [u16]),
    U32(&'a [u32]),
    U64(&'a [u64]),
}

/// Where each of several texts or lists begins and ends.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
#[expect(missing_docs, reason = "their names say it")]
pub enum Offsets<'a> {
    I32(&'a [i32]),
    I64(&'a [i64]),
}

/// Several texts: as slices, or one after another in UTF-8.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Texts<'a> {
    /// A slice each.
    Slices(&'a [&'a str]),
    /// One after another: text `k` is `bytes[offsets[k]..offsets[k + 1]]`.
    Joined {
        /// Where each text begins and ends: one offset more than there are texts.
        offsets: Offsets<'a>,
        /// The texts, in UTF-8.
        bytes: &'a [u8],
    },
}

/// Booleans, a bit each, with the lowest bit of a byte first.
#[derive(Debug, Clone, Copy)]
pub struct Bits<'a> {
    pub(super) bytes: &'a [u8],
    /// How many bits come before the first, and how many there are.
    pub(super) offset: usize,
    len: usize,
}

impl<'a> Bits<'a> {
    /// Takes `len` bits that begin at bit `offset`. If the bytes do not hold that many bits, the column is shorter than it says, and scoring refuses
    /// it.
    #[must_use]
    pub fn new(bytes: &'a [u8], offset: usize, len: usize) -> Self {
        let held = bytes.len().saturating_mul(8).saturating_sub(offset);
        Self {
            bytes,
            offset,
            len: len.min(held),
        }
    }

    /// Returns the number of bits.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn get(&self, at: usize) -> bool {
        let bit = self.offset + at;
        self.bytes
            .get(bit / 8)
            .is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
    }
}

impl Offsets<'_> {
    fn len(&self) -> usize {
        match self {
            Self::I32(offsets) => offsets.len(),
            Self::I64(offsets) => offsets.len(),
        }
    }

    pub(super) fn range(&self, at: usize) -> Option<std::ops::Range<usize>> {
        let (from, to) = match self {
            Self::I32(offsets) => (
                i64::from(*offsets.get(at)?),
                i64::from(*offsets.get(at + 1)?),
            ),
            Self::I64(offsets) => (*offsets.get(at)?, *offsets.get(at + 1)?),
        };
        Some(usize::try_from(from).ok()?..usize::try_from(to).ok()?)
    }
}

impl<'a> Texts<'a> {
    /// Returns the number of texts.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Slices(texts) => texts.len(),
            Self::Joined { offsets, .. } => offsets.len().saturating_sub(1),
        }
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn get(&self, at: usize) -> Option<&'a str> {
        std::str::from_utf8(self.bytes(at)?).ok()
    }

    /// Returns a text as its bytes, which may be anything.
    pub(super) fn bytes(&self, at: usize) -> Option<&'a [u8]> {
        match self {
            Self::Slices(texts) => texts.get(at).map(|text| text.as_bytes()),
            Self::Joined { offsets, bytes } => bytes.get(offsets.range(at)?),
        }
    }
}

impl<'a> Keys<'a> {
    /// Returns the keys as values.
    pub(super) fn values(&self) -> Values<'a> {
        match *self {
            Self::I8(keys) => Values::I8(keys),
            Self::I16(keys) => Values::I16(keys),
            Self::I32(keys) => Values::I32(keys),
            Self::I64(keys) => Values::I64(keys),
            Self::U8(keys) => Values::U8(keys),
            Self::U16(keys) => Values::U16(keys),
            Self::U32(keys) => Values::U32(keys),
            Self::U64(keys) => Values::U64(keys),
        }
    }

    fn len(&self) -> usize {
        Column::new(self.values()).len()
    }

    fn get(&self, at: usize) -> Option<usize> {
        if let Value::Whole(key) = Column::new(self.values()).value(at) {
            usize::try_from(key).ok()
        } else {
            None
        }
    }
}

impl<'a> Column<'a> {
    /// Creates a column without missing values.
    #[must_use]
    pub fn new(values: Values<'a>) -> Self {
        Self {
            values,
            validity: None,
        }
    }

    /// Marks which values are missing, with a bit for each value: 1 where there is one, and 0 where it is missing.
    #[must_use]
    pub fn with_validity(mut self, validity: Bits<'a>) -> Self {
        self.validity = Some(validity);
        self
    }

    /// Returns the number of values, including the missing ones.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.values {
            Values::I8(values) => values.len(),
            Values::I16(values) => values.len(),
            Values::I32(values) => values.len(),
            Values::I64(values) => values.len(),
            Values::U8(values) => values.len(),
            Values::U16(values) => values.len(),
            Values::U32(values) => values.len(),
            Values::U64(values) => values.len(),
            Values::F32(values) => values.len(),
            Values::F64(values) => values.len(),
            Values::Decimal { units, .. } => units.len(),
            Values::Units { units, .. } => units.len(),
            Values::Booleans(values) => values.len(),
            Values::Bits(bits) => bits.len(),
            Values::Dates(days) => days.len(),
            Values::Texts(texts) => texts.len(),
            Values::Dictionary { keys, .. } => keys.len(),
            Values::Lists { offsets, .. } => offsets.len().saturating_sub(1),
        }
    }

    /// Returns whether the column has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn is_valid(&self, row: usize) -> bool {
        self.validity.is_none_or(|validity| validity.get(row))
    }

    /// Returns a text as its bytes, which may be anything, or `None` if the column does not hold texts.
    #[cfg(feature = "arrow")]
    pub(super) fn bytes(&self, row: usize) -> Option<&'a [u8]> {
        match self.values {
            Values::Texts(texts) => texts.bytes(row),
            Values::Dictionary { keys, values } => values.bytes(keys.get(row)?),
            _ => None,
        }
    }

    /// Returns whether the texts of one value are UTF-8, or it has none.
    pub(super) fn is_utf8(&self, row: usize) -> bool {
        let is_utf8 = |texts: &Texts<'_>, at| {
            texts
                .bytes(at)
                .is_none_or(|text| std::str::from_utf8(text).is_ok())
        };
        match &self.values {
            Values::Texts(texts) => is_utf8(texts, row),
            Values::Dictionary { keys, values } => {
                keys.get(row).is_none_or(|key| is_utf8(values, key))
            }
            Values::Lists { offsets, items } => offsets
                .range(row)
                .into_iter()
                .flatten()
                .all(|item| is_utf8(items, item)),
            _ => true,
        }
    }

    /// Returns one value as a truth, if it is one: `true`, `false`, 1 or 0.
    pub(super) fn truth(&self, row: usize) -> Option<bool> {
        match (&self.values, self.value(row)) {
            (_, Value::Boolean(truth)) => Some(truth),
            (_, Value::Whole(number @ (0 | 1))) => Some(number == 1),
            (Values::F32(_) | Values::F64(_), Value::Text(text)) => match text.as_str() {
                "1" => Some(true),
                "0" => Some(false),
                _ => None,
            },
            (_, Value::Text(text)) => text.parse().ok(),
            _ => None,
        }
    }

    /// Returns one value as a profile holds it. What cannot be a value of any input becomes a text that no input takes.
    pub(super) fn value(&self, row: usize) -> Value {
        if !self.is_valid(row) {
            return Value::Missing;
        }
        fn whole<T: Copy + TryInto<i64> + ToString>(values: &[T], row: usize) -> Value {
            let Some(value) = values.get(row) else {
                return Value::Missing;
            };
            (*value)
                .try_into()
                .map_or_else(|_| Value::Text(value.to_string()), Value::Whole)
        }
        let text = |text: Option<&str>| Value::Text(text.unwrap_or("\u{fffd}").to_owned());
        match &self.values {
            Values::I8(values) => whole(values, row),
            Values::I16(values) => whole(values, row),
            Values::I32(values) => whole(values, row),
            Values::I64(values) => whole(values, row),
            Values::U8(values) => whole(values, row),
            Values::U16(values) => whole(values, row),
            Values::U32(values) => whole(values, row),
            Values::U64(values) => whole(values, row),
            // The shortest decimal that a float is nearest to; other digits are refused for their places.
            Values::F32(values) => values.get(row).map_or(Value::Missing, |value| {
                Value::Text(plain(value.to_string()))
            }),
            Values::F64(values) => values.get(row).map_or(Value::Missing, |value| {
                Value::Text(plain(value.to_string()))
            }),
            Values::Decimal { units, places } => units.get(row).map_or(Value::Missing, |units| {
                Value::Text(decimal_text(*units, *places))
            }),
            Values::Units { units, places } => units.get(row).map_or(Value::Missing, |units| {
                Value::Text(decimal_text(i128::from(*units), *places))
            }),
            Values::Booleans(values) => values
                .get(row)
                .map_or(Value::Missing, |value| Value::Boolean(*value)),
            Values::Bits(bits) => Value::Boolean(bits.get(row)),
            Values::Dates(days) => days.get(row).map_or(Value::Missing, |days| date(*days)),
            Values::Texts(texts) => text(texts.get(row)),
            Values::Dictionary { keys, values } => {
                text(keys.get(row).and_then(|key| values.get(key)))
            }
            Values::Lists { offsets, items } => {
                let members = offsets
                    .range(row)
                    .into_iter()
                    .flatten()
                    .map(|item| items.get(item).unwrap_or("\u{fffd}").to_owned());
                Value::Members(members.collect())
            }
        }
    }
}

/// Returns a float's text without the sign of a negative zero.
fn plain(text: String) -> String {
    if text == "-0" { "0".to_owned() } else { text }
}

fn date(days: i32) -> Value {
    let date = Date::from_days(i64::from(days));
    // A day outside the calendar is given as a number, which no date is.
    if date.days() == i64::from(days) {
        Value::from(date)
    } else {
        Value::Whole(i64::from(days))
    }
}

fn decimal_text(units: i128, places: u8) -> String {
    match i64::try_from(units) {
        Ok(units) if places <= 28 => number::scaled_text(units, u32::from(places)),
        _ => {
            let digits = format!(
                "{:0>width$}",
                units.unsigned_abs(),
                width = usize::from(places) + 1
            );
            let (whole, fraction) = digits.split_at(digits.len() - usize::from(places));
            let sign = if units < 0 { "-" } else { "" };
            let fraction = fraction.trim_end_matches('0');
            if fraction.is_empty() {
                format!("{sign}{whole}")
            } else {
                format!("{sign}{whole}.{fraction}")
            }
        }
    }
}

macro_rules! columns {
    ($($of:ty => $variant:ident),* $(,)?) => {$(
        impl<'a> From<&'a [$of]> for Column<'a> {
            fn from(values: &'a [$of]) -> Self {
                Self::new(Values::$variant(values))
            }
        }
    )*};
}
columns!(i8 => I8, i16 => I16, i32 => I32, i64 => I64, u8 => U8, u16 => U16, u32 => U32, u64 => U64, f32 => F32, f64 => F64, bool => Booleans);

impl<'a> From<&'a [&'a str]> for Column<'a> {
    fn from(texts: &'a [&'a str]) -> Self {
        Self::new(Values::Texts(Texts::Slices(texts)))
    }
}

impl<'a> From<Bits<'a>> for Column<'a> {
    fn from(bits: Bits<'a>) -> Self {
        Self::new(Values::Bits(bits))
    }
}
