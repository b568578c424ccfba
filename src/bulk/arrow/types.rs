//! Turns arrays whose values no column can borrow into arrays whose values it can: exactly, or not at all.
//!
//! What a column borrows as it is passes through. A value that an input cannot have stays as its text, so that the matrix refuses its row with words.

use std::sync::Arc;

use arrow_array::builder::{LargeBinaryBuilder, LargeListBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Date64Type, Decimal32Type, Decimal64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, RunEndIndexType, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, DictionaryArray, Int64Array,
    LargeStringArray, PrimitiveArray, StringArray,
};
use arrow_buffer::ArrowNativeType;
use arrow_schema::{ArrowError, DataType, TimeUnit};

use crate::bulk::arrow::borrow::{are_texts, column};
use crate::bulk::arrow::cell::{Moment, offset, text};
use crate::bulk::bind::tells_apart;
use crate::model::Domain;
use crate::number;
use crate::profile::Value;

/// What the values of a column are read as.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// The values of an input.
    Value(&'a Domain),
    /// Whether sets have a member.
    Member,
}

impl Wanted<'_> {
    fn is_truth(self) -> bool {
        matches!(self, Self::Member | Self::Value(Domain::Boolean))
    }

    /// Returns what a column of the input holds, for people.
    fn words(self) -> &'static str {
        match self {
            Self::Value(Domain::Number { .. }) => "whole numbers, floats, decimals or texts",
            Self::Value(Domain::Level { .. } | Domain::Category { .. }) => "texts",
            Self::Value(Domain::Set { .. }) => "lists of texts, or texts such as `a|b`",
            Self::Value(Domain::Boolean) | Self::Member => "booleans",
            Self::Value(Domain::Date { .. }) => "dates",
        }
    }
}

/// Returns an array with the values of this one, from which a column of what is wanted can borrow.
pub(super) fn suited(array: &ArrayRef, wanted: Wanted<'_>) -> Result<ArrayRef, String> {
    use DataType as Kind;
    if let Some(message) = other_than_values(array.data_type(), wanted) {
        return Err(message);
    }
    match (array.data_type(), wanted) {
        (Kind::Null, _) => Ok(array.clone()),
        (Kind::RunEndEncoded(..), _) => suited(&by_keys(array)?, wanted),
        (kind, _) if is_list(kind) => lists(array),
        (kind, Wanted::Value(Domain::Set { values })) if are_words(kind) => {
            split(&textual(array)?, values)
        }
        (kind, Wanted::Member) if are_words(kind) => truths(&textual(array)?),
        (Kind::Dictionary(..), _) => dictionary(array, wanted),
        (kind, _) if are_words(kind) && wanted.is_truth() => truths(&borrowed(array)),
        (kind, _) if are_words(kind) => Ok(borrowed(array)),
        (kind, _) if !suits(kind, wanted) => Ok(array.clone()),
        (kind, Wanted::Value(Domain::Number { places, from, to })) => match kind {
            Kind::Float16 => tells_apart(16, *places, *from, *to).map(|()| cells(array)),
            Kind::Float32 => tells_apart(32, *places, *from, *to).map(|()| array.clone()),
            Kind::Decimal32(_, 0..) => widened(array),
            Kind::Decimal64(_, 0..) | Kind::Decimal128(_, 0..) => Ok(array.clone()),
            kind if kind.is_decimal() => Ok(cells(array)),
            _ => Ok(array.clone()),
        },
        (Kind::Date64 | Kind::Timestamp(..), _) => dates(array),
        (kind, _) if wanted.is_truth() && (kind.is_decimal() || *kind == Kind::Float16) => {
            truths(&cells(array))
        }
        (kind, Wanted::Value(Domain::Level { .. } | Domain::Category { .. }))
            if !kind.is_integer() =>
        {
            Ok(cells(array))
        }
        _ => Ok(array.clone()),
    }
}

/// Returns whether values of a type that is neither of texts nor of parts may be values of what is wanted.
fn suits(kind: &DataType, wanted: Wanted<'_>) -> bool {
    let is_number = kind.is_integer() || kind.is_floating() || kind.is_decimal();
    match wanted {
        Wanted::Value(Domain::Number { .. }) => is_number,
        Wanted::Value(Domain::Level { values } | Domain::Category { values }) => {
            let has = |is_one: fn(&str) -> bool| values.iter().any(|name| is_one(name));
            kind.is_integer()
                || is_number && has(|name| number::parse(name).is_some())
                || *kind == DataType::Boolean && has(|name| name == "true" || name == "false")
        }
        Wanted::Value(Domain::Set { .. }) => false,
        Wanted::Value(Domain::Boolean) | Wanted::Member => is_number || *kind == DataType::Boolean,
        Wanted::Value(Domain::Date { .. }) => matches!(
            kind,
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)
        ),
    }
}

/// Returns the values of an array from which no input is read.
#[doc(hidden)]
pub fn values(array: &ArrayRef) -> Result<Vec<Value>, String> {
    if let Some(message) = structure(array.data_type()) {
        return Err(message);
    }
    let is_whole = match array.data_type() {
        DataType::Dictionary(_, values) => {
            are_texts(values) && array.as_any_dictionary().values().null_count() == 0
        }
        _ => true,
    };
    let array = borrowed(array);
    match column(array.as_ref()) {
        Ok(column) if is_whole => Ok((0..array.len())
            .map(|row| column.map_or(Value::Missing, |column| column.value(row)))
            .collect()),
        _ => Ok((0..array.len())
            .map(|row| text(&array, row).map_or(Value::Missing, Value::Text))
            .collect()),
    }
}

/// Returns whether values of a type are texts, or are written once each.
fn are_words(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(..) => true,
        DataType::Utf8View | DataType::BinaryView | DataType::FixedSizeBinary(_) => true,
        _ => are_texts(kind),
    }
}

/// Returns what is wrong with a type of which no column can be borrowed, whatever its values are.
fn other_than_values(kind: &DataType, wanted: Wanted<'_>) -> Option<String> {
    let unsuited = |kind: &DataType| {
        let is_leaf = !are_words(kind)
            && !is_list(kind)
            && !matches!(kind, DataType::Null | DataType::RunEndEncoded(..));
        (is_leaf && !suits(kind, wanted))
            .then(|| format!("it holds values of type {kind}; give {}", wanted.words()))
    };
    let is_set = matches!(wanted, Wanted::Value(Domain::Set { .. }));
    structure(kind).or_else(|| match kind {
        DataType::Dictionary(_, values) => {
            other_than_values(values, wanted).or_else(|| unsuited(values))
        }
        DataType::RunEndEncoded(_, values) => {
            let values = values.data_type();
            other_than_values(values, wanted).or_else(|| unsuited(values))
        }
        DataType::Timestamp(_, Some(zone)) if suits(kind, wanted) && offset(zone).is_none() => {
            Some(format!(
                "it holds times in the zone {zone}, and which day it was there is not looked up; give dates, or timestamps in UTC or without a zone"
            ))
        }
        DataType::List(items)
        | DataType::LargeList(items)
        | DataType::ListView(items)
        | DataType::LargeListView(items)
        | DataType::FixedSizeList(items, _) => {
            if !is_set {
                return Some(format!(
                    "it holds lists, and only a set is read from lists; give {}",
                    wanted.words()
                ));
            }
            is_list(items.data_type())
                .then(|| "it holds lists of lists; give lists of texts".to_owned())
        }
        DataType::Float16 | DataType::Date64 | DataType::Timestamp(..) => unsuited(kind),
        kind if kind.is_decimal() => unsuited(kind),
        _ => None,
    })
}

fn is_list(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => is_list(values),
        DataType::RunEndEncoded(_, values) => is_list(values.data_type()),
        _ => matches!(
            kind,
            DataType::List(_)
                | DataType::LargeList(_)
                | DataType::ListView(_)
                | DataType::LargeListView(_)
                | DataType::FixedSizeList(..)
        ),
    }
}

/// Returns what to give instead of a type of which no input is read.
fn structure(kind: &DataType) -> Option<String> {
    let message = match kind {
        DataType::Struct(_) => {
            "it holds structs; give a column for each of their fields that an input is read from"
        }
        DataType::Map(..) => {
            "it holds maps; give a column for each of their keys that an input is read from, or lists of texts for a set"
        }
        DataType::Union(..) => "it holds unions of several types; give values of one type",
        DataType::Time32(_) | DataType::Time64(_) => {
            "it holds times of day; give dates, or whole numbers such as hours or minutes"
        }
        DataType::Duration(_) | DataType::Interval(_) => {
            "it holds lengths of time; give whole numbers such as days, in the unit of the input"
        }
        DataType::Dictionary(_, values) => return structure(values),
        DataType::RunEndEncoded(_, values) => return structure(values.data_type()),
        DataType::List(items)
        | DataType::LargeList(items)
        | DataType::ListView(items)
        | DataType::LargeListView(items)
        | DataType::FixedSizeList(items, _) => return structure(items.data_type()),
        _ => return None,
    };
    Some(message.to_owned())
}

/// Returns an array of the values as they would stand in the cells of a CSV file.
fn cells(array: &dyn Array) -> ArrayRef {
    Arc::new(
        (0..array.len())
            .map(|row| text(array, row))
            .collect::<LargeStringArray>(),
    )
}

/// Returns the array with its texts in one of the forms that columns borrow: views become offsets.
fn borrowed(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Utf8View => Arc::new(array.as_string_view().iter().collect::<StringArray>()),
        DataType::BinaryView => Arc::new(array.as_binary_view().iter().collect::<BinaryArray>()),
        DataType::FixedSizeBinary(_) => {
            let all = array.as_fixed_size_binary();
            Arc::new(all.iter().collect::<BinaryArray>())
        }
        _ => array.clone(),
    }
}

/// Returns the values of an array as texts, or as a dictionary of texts. What is not a text becomes one.
fn textual(array: &ArrayRef) -> Result<ArrayRef, String> {
    Ok(match array.data_type() {
        DataType::RunEndEncoded(..) => textual(&by_keys(array)?)?,
        DataType::Dictionary(..) => {
            let values = textual(array.as_any_dictionary().values())?;
            with_values(array, flat(values))?
        }
        kind if are_words(kind) => borrowed(array),
        _ => cells(array),
    })
}

/// Returns texts that are not a dictionary.
fn flat(array: ArrayRef) -> ArrayRef {
    if are_texts(array.data_type()) {
        array
    } else {
        cells(&array)
    }
}

/// Returns a dictionary whose values an input is read from.
fn dictionary(array: &ArrayRef, wanted: Wanted<'_>) -> Result<ArrayRef, String> {
    let values = array.as_any_dictionary().values();
    let own = if wanted.is_truth() {
        truths(&textual(values)?)?
    } else {
        suited(values, wanted)?
    };
    if Arc::ptr_eq(values, &own) && are_texts(own.data_type()) && own.null_count() == 0 {
        return Ok(array.clone());
    }
    with_values(array, flat(own))
}

/// Returns a dictionary with the same keys and other values. What has a null for its value is a null itself.
fn with_values(array: &ArrayRef, values: ArrayRef) -> Result<ArrayRef, String> {
    fn of<K: ArrowDictionaryKeyType>(
        array: &ArrayRef,
        values: ArrayRef,
    ) -> Result<ArrayRef, ArrowError> {
        let dictionary = array.as_dictionary::<K>().with_values(values);
        if dictionary.values().null_count() == 0 {
            return Ok(Arc::new(dictionary));
        }
        let keys = dictionary.keys().values().clone();
        let keys = PrimitiveArray::<K>::new(keys, dictionary.logical_nulls());
        let values = dictionary.values().clone();
        Ok(Arc::new(DictionaryArray::try_new(keys, values)?))
    }
    let DataType::Dictionary(key, _) = array.data_type() else {
        return Ok(values);
    };
    match key.as_ref() {
        DataType::Int8 => of::<Int8Type>(array, values),
        DataType::Int16 => of::<Int16Type>(array, values),
        DataType::Int32 => of::<Int32Type>(array, values),
        DataType::Int64 => of::<Int64Type>(array, values),
        DataType::UInt8 => of::<UInt8Type>(array, values),
        DataType::UInt16 => of::<UInt16Type>(array, values),
        DataType::UInt32 => of::<UInt32Type>(array, values),
        _ => of::<UInt64Type>(array, values),
    }
    .map_err(|error| error.to_string())
}

/// Returns runs of equal values as a dictionary, in which each run has a key.
fn by_keys(array: &ArrayRef) -> Result<ArrayRef, String> {
    fn of<R: RunEndIndexType>(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
        let runs = array.as_run::<R>();
        let mut keys: Vec<i64> = Vec::with_capacity(runs.len());
        for (run, end) in (0..).zip(runs.run_ends().sliced_values()) {
            keys.resize(end.as_usize().min(runs.len()), run);
        }
        Ok(Arc::new(DictionaryArray::<Int64Type>::try_new(
            Int64Array::from(keys),
            runs.values_slice(),
        )?))
    }
    match array.data_type() {
        DataType::RunEndEncoded(ends, _) if *ends.data_type() == DataType::Int16 => {
            of::<Int16Type>(array)
        }
        DataType::RunEndEncoded(ends, _) if *ends.data_type() == DataType::Int32 => {
            of::<Int32Type>(array)
        }
        _ => of::<Int64Type>(array),
    }
    .map_err(|error| error.to_string())
}

/// Returns decimals of one of the widths that columns borrow.
fn widened(array: &ArrayRef) -> Result<ArrayRef, String> {
    let DataType::Decimal32(_, scale) = array.data_type() else {
        return Ok(array.clone());
    };
    let wide = array
        .as_primitive::<Decimal32Type>()
        .unary::<_, Decimal64Type>(i64::from);
    match wide.with_precision_and_scale(18, *scale) {
        Ok(wide) => Ok(Arc::new(wide)),
        Err(error) => Err(error.to_string()),
    }
}

/// Returns moments as dates. If some have a time of day, all become texts, so that the date input refuses these.
fn dates(array: &ArrayRef) -> Result<ArrayRef, String> {
    macro_rules! of {
        ($kind:ty) => {
            array.as_primitive::<$kind>().values()
        };
    }
    let (unit, zone, moments) = match array.data_type() {
        DataType::Timestamp(unit, zone) => (
            unit,
            zone.as_deref(),
            match unit {
                TimeUnit::Second => of!(TimestampSecondType),
                TimeUnit::Millisecond => of!(TimestampMillisecondType),
                TimeUnit::Microsecond => of!(TimestampMicrosecondType),
                TimeUnit::Nanosecond => of!(TimestampNanosecondType),
            },
        ),
        _ => (&TimeUnit::Millisecond, None, of!(Date64Type)),
    };
    let (in_a_day, ahead) = Moment::day(unit, zone);
    let day = |moment: i64| {
        let moment = moment.checked_add(ahead)?;
        let is_midnight = moment % in_a_day == 0;
        i32::try_from(moment / in_a_day)
            .ok()
            .filter(|_| is_midnight)
    };
    let days = moments.iter().enumerate().map(|(row, moment)| {
        if array.is_null(row) {
            return Some(0);
        }
        day(*moment)
    });
    Ok(match days.collect::<Option<Vec<i32>>>() {
        Some(days) => Arc::new(Date32Array::new(days.into(), array.nulls().cloned())),
        None => cells(array),
    })
}

/// Returns a text without the spaces around it, which do not count in a cell of a CSV file.
fn trimmed(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\r', rest @ ..] | [rest @ .., b' ' | b'\t' | b'\r'] = text {
        text = rest;
    }
    text
}

/// Reads `true`, `false`, `1` and `0`, as they may stand in a cell of a CSV file.
fn truth(text: &[u8]) -> Option<bool> {
    match trimmed(text) {
        b"1" => Some(true),
        b"0" => Some(false),
        text if text.eq_ignore_ascii_case(b"true") => Some(true),
        text if text.eq_ignore_ascii_case(b"false") => Some(false),
        _ => None,
    }
}

/// Returns texts as truths. If some are neither true nor false, all become texts, so that the input refuses these.
fn truths(array: &ArrayRef) -> Result<ArrayRef, String> {
    let Some(column) = column(array.as_ref())? else {
        return Ok(array.clone());
    };
    let each = || {
        (0..array.len()).map(|row| {
            let text = column.bytes(row).filter(|_| column.is_valid(row))?;
            Some(truth(text).ok_or(text))
        })
    };
    let all = each().map(Option::transpose);
    if let Ok(truths) = all.collect::<Result<BooleanArray, _>>() {
        return Ok(Arc::new(truths));
    }
    let mut texts = LargeBinaryBuilder::new();
    for text in each() {
        texts.append_option(text.map(|truth| match truth {
            Ok(true) => b"true".as_slice(),
            Ok(false) => b"false",
            Err(text) => text,
        }));
    }
    Ok(Arc::new(texts.finish()))
}

/// Sets, one after another.
#[derive(Default)]
struct Sets(LargeListBuilder<LargeBinaryBuilder>);

impl Sets {
    fn add<'a>(&mut self, members: impl IntoIterator<Item = &'a [u8]>) {
        for member in members {
            self.0.values().append_value(member);
        }
        self.0.append(true);
    }

    fn finish(mut self) -> ArrayRef {
        Arc::new(self.0.finish())
    }
}

/// Returns lists of any kind as lists of texts. A list in which a member is null becomes a member that no set has.
fn lists(array: &ArrayRef) -> Result<ArrayRef, String> {
    macro_rules! windows {
        ($offsets:expr) => {
            $offsets
                .windows(2)
                .filter_map(|pair| match pair {
                    [from, to] => Some((i64::from(*from), i64::from(*to))),
                    _ => None,
                })
                .collect()
        };
    }
    macro_rules! views {
        ($list:expr) => {
            ($list.value_offsets().iter())
                .zip($list.value_sizes())
                .map(|(from, size)| (i64::from(*from), i64::from(*from) + i64::from(*size)))
                .collect()
        };
    }
    let is_borrowed = |items: &ArrayRef| are_texts(items.data_type()) && items.null_count() == 0;
    let (items, ranges): (ArrayRef, Vec<(i64, i64)>) = match array.data_type() {
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            if is_borrowed(list.values()) {
                return Ok(array.clone());
            }
            (list.values().clone(), windows!(list.value_offsets()))
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            if is_borrowed(list.values()) {
                return Ok(array.clone());
            }
            (list.values().clone(), windows!(list.value_offsets()))
        }
        DataType::ListView(_) => {
            let list = array.as_list_view::<i32>();
            (list.values().clone(), views!(list))
        }
        DataType::LargeListView(_) => {
            let list = array.as_list_view::<i64>();
            (list.values().clone(), views!(list))
        }
        _ => {
            let list = array.as_fixed_size_list();
            let size = i64::from(list.value_length());
            let ranges = (0..list.len()).map(|row| {
                let from = i64::from(list.value_offset(row));
                (from, from + size)
            });
            (list.values().clone(), ranges.collect())
        }
    };
    // A slice of a batch has the items of all of it.
    let (least, most) = ranges
        .iter()
        .fold((i64::MAX, 0), |(least, most), (from, to)| {
            (least.min(*from), most.max(*to))
        });
    let place = |at: i64| usize::try_from(at).unwrap_or(usize::MAX);
    let first = place(least.min(most));
    let items = items.slice(first, place(most).saturating_sub(first));
    let items = textual(&items)?;
    let texts = column(items.as_ref())?;
    let mut sets = Sets::default();
    for (row, (from, to)) in ranges.into_iter().enumerate() {
        if array.is_null(row) {
            sets.0.append(false);
            continue;
        }
        let members = (place(from)..place(to)).map(|at| {
            texts?
                .bytes(at - first)
                .filter(|_| texts.is_some_and(|texts| texts.is_valid(at - first)))
        });
        match members.collect::<Option<Vec<_>>>() {
            Some(members) => sets.add(members),
            None => sets.add([text(array, row).unwrap_or_default().as_bytes()]),
        }
    }
    Ok(sets.finish())
}

/// Returns sets that are written as texts as lists: a JSON array, or members with bars between them, a bar alone being the set without members.
fn split(array: &ArrayRef, names: &[String]) -> Result<ArrayRef, String> {
    let Some(column) = column(array.as_ref())? else {
        return Ok(array.clone());
    };
    let may_have_bars = names.iter().any(|name| name.contains('|'));
    let mut sets = Sets::default();
    for row in 0..array.len() {
        let Some(cell) = column.bytes(row).filter(|_| column.is_valid(row)) else {
            sets.0.append(false);
            continue;
        };
        let cell = trimmed(cell);
        if cell == b"|" {
            sets.add([]);
            continue;
        }
        if cell.starts_with(b"[")
            && let Ok(members) = serde_json::from_slice::<Vec<String>>(cell)
        {
            sets.add(members.iter().map(String::as_bytes));
            continue;
        }
        let members: Vec<&[u8]> = cell.split(|byte| *byte == b'|').map(trimmed).collect();
        if members.len() > 1 && may_have_bars {
            let message = format!("{} (give a list)", String::from_utf8_lossy(cell));
            sets.add([message.as_bytes()]);
        } else if members.len() > 1 && members.contains(&b"".as_slice()) {
            // Nothing stands beside a bar: the text as a whole is no member.
            sets.add([cell]);
        } else {
            sets.add(members);
        }
    }
    Ok(sets.finish())
}
