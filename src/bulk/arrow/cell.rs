//! Writes the value of an array at a row as it would stand in a cell of a CSV file.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type,
    Decimal64Type, Decimal128Type, Decimal256Type, DurationMicrosecondType,
    DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float16Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, RunEndIndexType, Time32MillisecondType,
    Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::{DataType, TimeUnit};

use crate::date::Date;

/// Returns the value of an array at a row as it would stand in a cell of a CSV file, or `None` if there is none.
///
/// A number is written by its digits, without trailing zeros after the point; a truth as `true` or `false`; a date as `2026-11-21`, and a time of
/// day after it if there is one; a list as a JSON array of texts, and a list of structs as a JSON array of objects of texts. Bytes that are not UTF-8 are
/// written as hexadecimal digits. Other structs, maps, intervals and unions are not written.
#[doc(hidden)]
#[must_use]
pub fn text(array: &dyn Array, row: usize) -> Option<String> {
    if row >= array.len() || array.is_null(row) {
        return None;
    }
    macro_rules! number {
        ($kind:ty) => {
            array.as_primitive::<$kind>().value(row).to_string()
        };
    }
    macro_rules! wide {
        ($kind:ty) => {
            i64::from(array.as_primitive::<$kind>().value(row))
        };
    }
    let list = |items: ArrayRef| {
        if let Some(structs) = items.as_struct_opt() {
            return serde_json::to_string(&objects(structs)).ok();
        }
        let items: Vec<Option<String>> = (0..items.len()).map(|at| text(&items, at)).collect();
        serde_json::to_string(&items).ok()
    };
    Some(match array.data_type() {
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float16 => half(array.as_primitive::<Float16Type>().value(row)),
        DataType::Float32 => unsigned_zero(number!(Float32Type)),
        DataType::Float64 => unsigned_zero(number!(Float64Type)),
        DataType::Decimal32(_, scale) => decimal(&number!(Decimal32Type), *scale),
        DataType::Decimal64(_, scale) => decimal(&number!(Decimal64Type), *scale),
        DataType::Decimal128(_, scale) => decimal(&number!(Decimal128Type), *scale),
        DataType::Decimal256(_, scale) => decimal(&number!(Decimal256Type), *scale),
        DataType::Date32 => day(wide!(Date32Type)),
        DataType::Date64 => Moment::new(wide!(Date64Type), &TimeUnit::Millisecond, None).text(),
        DataType::Timestamp(unit, zone) => {
            let value = match unit {
                TimeUnit::Second => wide!(TimestampSecondType),
                TimeUnit::Millisecond => wide!(TimestampMillisecondType),
                TimeUnit::Microsecond => wide!(TimestampMicrosecondType),
                TimeUnit::Nanosecond => wide!(TimestampNanosecondType),
            };
            Moment::new(value, unit, zone.as_deref()).text()
        }
        DataType::Time32(TimeUnit::Second) => clock(wide!(Time32SecondType).into(), 1),
        DataType::Time32(_) => clock(wide!(Time32MillisecondType).into(), 1000),
        DataType::Time64(TimeUnit::Microsecond) => {
            clock(wide!(Time64MicrosecondType).into(), 1_000_000)
        }
        DataType::Time64(_) => clock(wide!(Time64NanosecondType).into(), 1_000_000_000),
        DataType::Duration(TimeUnit::Second) => number!(DurationSecondType),
        DataType::Duration(TimeUnit::Millisecond) => number!(DurationMillisecondType),
        DataType::Duration(TimeUnit::Microsecond) => number!(DurationMicrosecondType),
        DataType::Duration(TimeUnit::Nanosecond) => number!(DurationNanosecondType),
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).to_owned(),
        DataType::Utf8View => array.as_string_view().value(row).to_owned(),
        DataType::Binary => bytes(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => bytes(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => bytes(array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => bytes(array.as_fixed_size_binary().value(row)),
        DataType::List(_) => list(array.as_list::<i32>().value(row))?,
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row))?,
        DataType::ListView(_) => list(array.as_list_view::<i32>().value(row))?,
        DataType::LargeListView(_) => list(array.as_list_view::<i64>().value(row))?,
        DataType::FixedSizeList(..) => list(array.as_fixed_size_list().value(row))?,
        DataType::Dictionary(key, _) => match key.as_ref() {
            DataType::Int8 => of_key::<Int8Type>(array, row),
            DataType::Int16 => of_key::<Int16Type>(array, row),
            DataType::Int32 => of_key::<Int32Type>(array, row),
            DataType::Int64 => of_key::<Int64Type>(array, row),
            DataType::UInt8 => of_key::<UInt8Type>(array, row),
            DataType::UInt16 => of_key::<UInt16Type>(array, row),
            DataType::UInt32 => of_key::<UInt32Type>(array, row),
            _ => of_key::<UInt64Type>(array, row),
        }?,
        DataType::RunEndEncoded(ends, _) => match ends.data_type() {
            DataType::Int16 => of_run::<Int16Type>(array, row),
            DataType::Int32 => of_run::<Int32Type>(array, row),
            _ => of_run::<Int64Type>(array, row),
        }?,
        _ => return None,
    })
}

/// Returns structs as maps of the texts of their fields.
fn objects(structs: &StructArray) -> Vec<Option<BTreeMap<&str, Option<String>>>> {
    let object = |row: usize| {
        let columns = structs.column_names().into_iter().zip(structs.columns());
        let object = columns.map(|(name, column)| (name, text(column, row)));
        structs.is_valid(row).then(|| object.collect())
    };
    (0..structs.len()).map(object).collect()
}

fn of_key<K: ArrowDictionaryKeyType>(array: &dyn Array, row: usize) -> Option<String> {
    let dictionary = array.as_dictionary::<K>();
    text(dictionary.values(), dictionary.key(row)?)
}

fn of_run<R: RunEndIndexType>(array: &dyn Array, row: usize) -> Option<String> {
    let runs = array.as_run::<R>();
    text(runs.values(), runs.get_physical_index(row))
}

/// Returns a float's text without the sign of a negative zero.
fn unsigned_zero(text: String) -> String {
    if text == "-0" { "0".to_owned() } else { text }
}

type Half = <Float16Type as ArrowPrimitiveType>::Native;

/// Returns the decimal with the fewest places whose nearest float of 16 bits this is.
fn half(value: Half) -> String {
    let wide = value.to_f64();
    // No float of 16 bits has more places than this.
    (0..=24)
        .map(|places| format!("{wide:.places$}"))
        .find(|text| {
            text.parse()
                .is_ok_and(|wide| Half::from_f64(wide).to_bits() == value.to_bits())
        })
        .map_or_else(|| wide.to_string(), unsigned_zero)
}

/// Returns a decimal that is given by its units, as digits, and by how many of the digits stand after the point.
fn decimal(units: &str, scale: i8) -> String {
    let (sign, digits) = match units.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", units),
    };
    if digits == "0" {
        return "0".to_owned();
    }
    let places = usize::from(scale.unsigned_abs());
    if scale <= 0 {
        return format!("{sign}{digits}{}", "0".repeat(places));
    }
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

fn bytes(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// Returns a date, or the number of days since 1970-01-01 if the calendar does not have the date.
fn day(days: i64) -> String {
    let date = Date::from_days(days);
    if date.days() == days {
        date.to_string()
    } else {
        days.to_string()
    }
}

/// Returns a time of day, from how many units of a second have passed.
fn clock(passed: i128, in_a_second: i128) -> String {
    let (seconds, rest) = (
        passed.div_euclid(in_a_second),
        passed.rem_euclid(in_a_second),
    );
    let clock = format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    if rest == 0 {
        return clock;
    }
    let width = in_a_second.to_string().len() - 1;
    let fraction = format!("{rest:0>width$}");
    format!("{clock}.{}", fraction.trim_end_matches('0'))
}

fn in_a_second(unit: &TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// A date and a time of day.
pub(super) struct Moment {
    /// Days since 1970-01-01.
    days: i128,
    /// How many units of a second have passed on the day.
    passed: i128,
    in_a_second: i128,
    /// How far the zone is from UTC, as it is written after a time of day.
    zone: String,
    has_named_zone: bool,
}

impl Moment {
    /// Returns the moment that is some units of time after 1970-01-01 in UTC, as the clocks of a zone show it. A zone that is known only by a name is
    /// taken for UTC.
    pub(super) fn new(value: i64, unit: &TimeUnit, zone: Option<&str>) -> Self {
        let in_a_second = i128::from(in_a_second(unit));
        let offset = zone.map(offset);
        let minutes = offset.flatten().unwrap_or_default();
        let passed = i128::from(value) + i128::from(minutes) * 60 * in_a_second;
        let in_a_day = 86_400 * in_a_second;
        Self {
            days: passed.div_euclid(in_a_day),
            passed: passed.rem_euclid(in_a_day),
            in_a_second,
            zone: match offset {
                None => String::new(),
                Some(_) if minutes == 0 => "Z".to_owned(),
                Some(_) => format!(
                    "{}{:02}:{:02}",
                    if minutes < 0 { '-' } else { '+' },
                    minutes.abs() / 60,
                    minutes.abs() % 60
                ),
            },
            has_named_zone: offset == Some(None),
        }
    }

    /// Returns how many units of time a day has, and how many the clocks of a zone are ahead of UTC.
    pub(super) fn day(unit: &TimeUnit, zone: Option<&str>) -> (i64, i64) {
        let in_a_second = in_a_second(unit);
        let minutes = zone.and_then(offset).unwrap_or_default();
        (86_400 * in_a_second, i64::from(minutes) * 60 * in_a_second)
    }

    fn text(&self) -> String {
        let day = i64::try_from(self.days).map_or_else(|_| self.days.to_string(), day);
        if self.passed == 0 && !self.has_named_zone {
            return day;
        }
        let clock = clock(self.passed, self.in_a_second);
        format!("{day}T{clock}{}", self.zone)
    }
}

/// Returns how many minutes a zone is ahead of UTC, or `None` if only a list of zones could say it.
pub(super) fn offset(zone: &str) -> Option<i32> {
    const UTC: [&str; 10] = [
        "utc",
        "z",
        "gmt",
        "zulu",
        "uct",
        "universal",
        "etc/utc",
        "etc/gmt",
        "etc/uct",
        "etc/zulu",
    ];
    if UTC.contains(&zone.to_ascii_lowercase().as_str()) {
        return Some(0);
    }
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None => digits.split_at_checked(2)?,
    };
    let part = |text: &str, least: usize, limit: i32| {
        let is_plain =
            (least..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if is_plain {
            text.parse().ok()?
        } else {
            return None;
        };
        (number < limit).then_some(number)
    };
    let minutes = if minutes.is_empty() && !digits.contains(':') {
        0
    } else {
        part(minutes, 2, 60)?
    };
    Some(sign * (part(hours, 2, 24)? * 60 + minutes))
}
