//! Reads the columns of inputs, of any type, into registers.

use std::ops::Range;

use smallvec::SmallVec;

use crate::arena::InputId;
use crate::bulk::bind::{Bound, Encoding, KeyOrder, Source, UNREADABLE};
use crate::bulk::chunk::{Chunk, Lanes, lanes};
use crate::bulk::column::{Column, Values};
use crate::bulk::decode::{self, Meaning};
use crate::bulk::kernels::{self, Counts};
use crate::bulk::number::Number;
use crate::bulk::scratch::Scratch;
use crate::bulk::vectors::Vectors;
use crate::model::Domain;
use crate::plan::ABSENT;

/// Loads the values of an input, or a 1 where a set has a member. A row without a value gets `absent`.
#[inline(always)]
pub(super) fn load<V: Vectors>(
    bound: &Bound<'_>,
    input: InputId,
    member: Option<usize>,
    absent: i64,
    rows: &Range<usize>,
    to: &mut Chunk,
    scratch: &mut Scratch,
) {
    let Some(source) = bound.source(input) else {
        return;
    };
    let missing = missing(source, member, absent);
    let whole = |from, to| Some((from, to, 1, 0, None));
    let (column, read) = match (&source.form, member) {
        (
            Encoding::Whole {
                column,
                from,
                to,
                times,
                plus,
            },
            _,
        ) => (column, Some((*from, *to, *times, *plus, None))),
        (
            Encoding::Keys {
                column,
                keys,
                values,
                order,
            },
            _,
        ) => {
            let (from, to) = match order {
                KeyOrder::Same | KeyOrder::Steps { .. } => (0, values.len() as i64 - 1),
                KeyOrder::Any => bound.input(input).domain.bounds(),
            };
            (
                column,
                Some((from, to, 1, 0, Some((*keys, values.as_slice(), order)))),
            )
        }
        (
            Encoding::Float {
                column, from, to, ..
            },
            _,
        ) => (column, whole(*from, *to)),
        (Encoding::Truth(column), _) => (column, whole(0, 1)),
        (Encoding::Members(members), Some(member)) => match members.get(member) {
            Some(column) => (column, whole(0, 1)),
            None => return,
        },
        (Encoding::Lists { .. }, Some(member)) => {
            if let (Chunk::I8(to), Some(sets)) = (to, scratch.sets.of(bound, input, rows)) {
                to.iter_mut()
                    .zip(sets)
                    .for_each(|(to, set)| *to = (set >> member & 1) as i8);
            }
            return;
        }
        (Encoding::Lists { column, .. } | Encoding::Rows(column), _) => (column, None),
        (Encoding::None | Encoding::Members(_), _) => {
            fn fill<T: Number>(to: &mut [T], value: i64) {
                to.fill(decode::missing(value));
            }
            lanes!(to, to => fill(to, missing));
            if source.missing_is_slow && member.is_none() {
                scratch.slow.fill(1);
            }
            return;
        }
    };
    let Some((from, most, times, plus, dictionary)) = read else {
        return by_row(bound, input, absent, rows, to, &mut scratch.slow);
    };
    let Scratch {
        slow,
        ignored,
        valid,
        bytes,
        wide,
        shifted,
        ..
    } = scratch;
    let count = rows.len();
    // What is wrong with the columns of members is marked with the set's presence.
    let slow = if member.is_some() { ignored } else { slow }
        .get_mut(..count)
        .unwrap_or_default();
    let valid = valid.get_mut(..count).unwrap_or_default();
    if let Some(validity) = &column.validity {
        decode::bits::<V>(validity, rows.start, valid, shifted);
    }
    let valid = column.validity.is_some().then_some(&*valid);
    let meaning = Meaning {
        from,
        to: most,
        missing,
        valid,
        missing_is_slow: source.missing_is_slow,
    };
    let values = match dictionary {
        Some((keys, ..)) => keys.values(),
        None => column.values,
    };
    let is_plain = times == 1
        && plus == 0
        && dictionary.is_none_or(|(_, _, order)| matches!(order, KeyOrder::Same));
    let bytes = bytes.get_mut(..count).unwrap_or_default();
    if let Some((_, _, KeyOrder::Steps { base, steps })) = dictionary {
        match values {
            Values::I8(keys) => decode::whole(
                keys.get(rows.clone()).unwrap_or_default(),
                bytes,
                slow,
                meaning,
            ),
            Values::U8(keys) => decode::whole(
                keys.get(rows.clone()).unwrap_or_default(),
                bytes,
                slow,
                meaning,
            ),
            _ => {
                let wide = wide.get_mut(..count).unwrap_or_default();
                widen(&values, rows, wide, 0);
                decode::whole(wide, bytes, slow, meaning);
            }
        }
        lanes!(to, to => kernels::steps(bytes, to, false, *base, steps));
        if let Some(valid) = valid {
            lanes!(to, to => decode::fill_missing(valid, to, missing));
        }
        return;
    }
    match (&values, &mut *to) {
        (Values::U8(values), Chunk::I8(to)) if is_plain => {
            return decode::whole(
                values.get(rows.clone()).unwrap_or_default(),
                to.get_mut(..count).unwrap_or_default(),
                slow,
                meaning,
            );
        }
        (Values::Bits(bits), Chunk::I8(to)) if valid.is_none() => {
            return decode::bits::<V>(
                bits,
                rows.start,
                to.get_mut(..count).unwrap_or_default(),
                shifted,
            );
        }
        (Values::I8(_) | Values::Bits(_) | Values::Booleans(_), Chunk::I8(to)) if is_plain => {
            let bytes: &[i8] = match &values {
                Values::I8(values) => values.get(rows.clone()).unwrap_or_default(),
                Values::Bits(bits) => {
                    decode::bits::<V>(bits, rows.start, bytes, shifted);
                    bytes
                }
                Values::Booleans(values) => {
                    bytes
                        .iter_mut()
                        .zip(values.get(rows.clone()).unwrap_or_default())
                        .for_each(|(to, value)| *to = i8::from(*value));
                    bytes
                }
                _ => &[],
            };
            return decode::whole(
                bytes,
                to.get_mut(..count).unwrap_or_default(),
                slow,
                meaning,
            );
        }
        _ => {}
    }
    let places = if let Encoding::Float { places, .. } = &source.form {
        *places
    } else {
        0
    };
    if let Values::F64(values) = &values {
        let values = values.get(rows.clone()).unwrap_or_default();
        lanes!(to, to => decode::floats::<_, V>(values, to.get_mut(..count).unwrap_or_default(), slow, meaning, places));
        return;
    }
    let wide = wide.get_mut(..count).unwrap_or_default();
    widen(&values, rows, wide, places);
    if let Some((_, values, KeyOrder::Any)) = dictionary {
        for key in &mut *wide {
            *key = usize::try_from(*key)
                .ok()
                .and_then(|key| values.get(key))
                .copied()
                .unwrap_or(UNREADABLE);
        }
    }
    lanes!(to, to => decode::whole(wide, to.get_mut(..count).unwrap_or_default(), slow, meaning));
    if times != 1 || plus != 0 {
        lanes!(to, to => decode::scale(to.get_mut(..count).unwrap_or_default(), valid, times, plus));
    }
}

/// Counts how many of some members each set has.
#[inline(always)]
pub(super) fn count<V: Vectors>(
    bound: &Bound<'_>,
    input: InputId,
    members: i64,
    rows: &Range<usize>,
    to: &mut [i8],
    scratch: &mut Scratch,
) {
    let wanted = (0..63).filter(|member| members >> member & 1 == 1);
    if let Some(sets) = scratch.sets.of(bound, input, rows) {
        return to
            .iter_mut()
            .zip(sets)
            .for_each(|(to, set)| *to = (set & members).count_ones() as i8);
    }
    to.fill(0);
    if let Some(Encoding::Members(columns)) = bound.source(input).map(|source| &source.form) {
        let columns = wanted
            .clone()
            .filter_map(|member: usize| columns.get(member));
        let bits = columns.map(|column| {
            if let (Values::Bits(bits), None) = (column.values, column.validity) {
                Some(bits)
            } else {
                None
            }
        });
        if let Some(bits) = bits.collect::<Option<SmallVec<[_; 16]>>>() {
            let mut counts = Counts::default();
            for (before, bits) in bits.iter().enumerate() {
                counts.add(
                    before,
                    decode::whole_bytes(bits, rows.clone(), &mut scratch.shifted),
                );
            }
            return counts.store::<V>(bits.len(), to, &mut scratch.bytes);
        }
    }
    for member in wanted {
        let mut one = std::mem::replace(&mut scratch.member, Chunk::I8(Box::default()));
        load::<V>(bound, input, Some(member), 0, rows, &mut one, scratch);
        if let Chunk::I8(one) = &one {
            kernels::add_all(one, to);
        }
        scratch.member = one;
    }
}

/// Returns the value for which a missing value is taken or, for a member, whether a missing set is taken to have it.
fn missing(source: &Source<'_>, member: Option<usize>, absent: i64) -> i64 {
    match (member, source.missing) {
        (_, ABSENT) => absent,
        (None, missing) => missing,
        (Some(member), missing) => missing >> member & 1,
    }
}

/// Widens numbers of any width to the widest. A number that it does not hold becomes the largest, which no input has.
#[inline(always)]
fn widen(values: &Values<'_>, rows: &Range<usize>, to: &mut [i64], places: u32) {
    match values {
        Values::I8(values) => decode::widen(values.get(rows.clone()).unwrap_or_default(), to),
        Values::I16(values) => decode::widen(values.get(rows.clone()).unwrap_or_default(), to),
        Values::I32(values) | Values::Dates(values) => {
            decode::widen(values.get(rows.clone()).unwrap_or_default(), to)
        }
        Values::I64(values) | Values::Units { units: values, .. } => {
            to.copy_from_slice(values.get(rows.clone()).unwrap_or_default())
        }
        Values::U8(values) => decode::widen(values.get(rows.clone()).unwrap_or_default(), to),
        Values::U16(values) => decode::widen(values.get(rows.clone()).unwrap_or_default(), to),
        Values::U32(values) => decode::widen(values.get(rows.clone()).unwrap_or_default(), to),
        Values::U64(values) => {
            for (value, to) in values.get(rows.clone()).unwrap_or_default().iter().zip(to) {
                *to = i64::try_from(*value).unwrap_or(i64::MAX);
            }
        }
        Values::F32(values) => {
            decode::small_floats(values.get(rows.clone()).unwrap_or_default(), to, places)
        }
        // Of the members of a set. What is neither true nor false becomes the largest number, too.
        Values::Texts(texts) => {
            for (row, to) in rows.clone().zip(to) {
                *to = match texts.bytes(row) {
                    Some(b"true") => 1,
                    Some(b"false") => 0,
                    _ => i64::MAX,
                };
            }
        }
        // The others are read elsewhere.
        _ => {}
    }
}

/// Reads texts and decimals, a row at a time.
fn by_row(
    bound: &Bound<'_>,
    input: InputId,
    absent: i64,
    rows: &Range<usize>,
    to: &mut Chunk,
    slow: &mut [i8],
) {
    fn each<T: Number>(to: &mut [T], rows: &Range<usize>, mut number: impl FnMut(usize) -> i64) {
        for (to, row) in to.iter_mut().zip(rows.clone()) {
            *to = decode::missing(number(row));
        }
    }
    let mut marks = slow.iter_mut();
    // Texts are most often names, which need not be made values first.
    let names = match (bound.source(input), &bound.input(input).domain) {
        (Some(source), Domain::Level { values } | Domain::Category { values }) => {
            if let Encoding::Rows(
                column @ Column {
                    values: Values::Texts(texts),
                    ..
                },
            ) = &source.form
            {
                Some((source, column, texts, values))
            } else {
                None
            }
        }
        _ => None,
    };
    let number = |row| {
        let number = match names {
            Some((_, column, texts, names)) if column.is_valid(row) => {
                let text = texts.bytes(row);
                names
                    .iter()
                    .position(|name| Some(name.as_bytes()) == text)
                    .map(|position| position as i64)
            }
            Some((source, ..)) => (!source.missing_is_slow).then_some(source.missing),
            None => bound.number(input, row),
        };
        if let (Some(slow), None) = (marks.next(), number) {
            *slow |= 1;
        }
        number.filter(|number| *number != ABSENT).unwrap_or(absent)
    };
    lanes!(to, to => each(to, rows, number));
}

/// Writes a 1 where there is a set, and marks the rows in which the set is missing or cannot be read.
pub(super) fn presence(
    bound: &Bound<'_>,
    input: InputId,
    rows: &Range<usize>,
    to: &mut [i8],
    scratch: &mut Scratch,
) {
    let Some(source) = bound.source(input) else {
        return;
    };
    let Scratch { slow, sets, .. } = scratch;
    let marks = to.iter_mut().zip(slow.iter_mut()).zip(rows.clone());
    let is_whole = |member: &Column<'_>| {
        member.validity.is_none() && matches!(member.values, Values::Bits(_) | Values::Booleans(_))
    };
    match &source.form {
        // Columns of truths that all have a value in each row.
        Encoding::Members(members) if members.iter().all(is_whole) => to.fill(1),
        Encoding::Lists { column, .. } => {
            let there_if_missing = i8::from(source.missing != ABSENT);
            for (((to, slow), row), set) in
                marks.zip(sets.of(bound, input, rows).unwrap_or_default())
            {
                let is_valid = column.is_valid(row);
                *to = if is_valid { 1 } else { there_if_missing };
                *slow |= i8::from(if is_valid {
                    *set < 0
                } else {
                    source.missing_is_slow
                });
            }
        }
        _ => {
            for ((to, slow), row) in marks {
                let number = bound.number(input, row);
                *to = i8::from(number.is_some_and(|number| number != ABSENT));
                *slow |= i8::from(number.is_none());
            }
        }
    }
}
