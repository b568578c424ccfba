//! Makes columns of profiles, of every type that their values allow.

use std::collections::BTreeMap;

use crate::choices::Choices;
use crate::spec::{Input, Kind, Spec};
use crate::value::{Profile, Value};
use threshold_matrix::bulk::{Bits, Cohort, Column, Keys, Offsets, Texts, Values};

/// A column that owns its values.
#[derive(Debug)]
pub struct Held {
    name: String,
    data: Data,
    validity: Option<Packed>,
    texts: Joined,
}

#[derive(Debug)]
enum Data {
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Decimal(Vec<i128>, u8),
    Booleans(Vec<bool>),
    Bits(Packed),
    Dates(Vec<i32>),
    Texts,
    NarrowKeys(Vec<u8>),
    WideKeys(Vec<i32>),
    Lists(Vec<i64>),
}

#[derive(Debug, Default)]
struct Packed {
    bytes: Vec<u8>,
    offset: usize,
    len: usize,
}

#[derive(Debug, Default)]
struct Joined {
    offsets: Vec<i32>,
    bytes: Vec<u8>,
}

impl Joined {
    fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut joined = Self {
            offsets: vec![0],
            bytes: Vec::new(),
        };
        for text in texts {
            joined.bytes.extend(text.as_bytes());
            joined
                .offsets
                .push(i32::try_from(joined.bytes.len()).expect("a small text"));
        }
        joined
    }

    fn texts(&self) -> Texts<'_> {
        Texts::Joined {
            offsets: Offsets::I32(&self.offsets),
            bytes: &self.bytes,
        }
    }
}

impl Packed {
    /// Returns the bits from a position on, with other bits before them.
    fn of(bits: &[bool], offset: usize) -> Self {
        let mut bytes = vec![0xa5_u8; (offset + bits.len()).div_ceil(8)];
        for (at, bit) in bits.iter().enumerate() {
            let (byte, place) = ((offset + at) / 8, (offset + at) % 8);
            bytes[byte] = bytes[byte] & !(1 << place) | u8::from(*bit) << place;
        }
        Self {
            bytes,
            offset,
            len: bits.len(),
        }
    }

    fn bits(&self) -> Bits<'_> {
        Bits::new(&self.bytes, self.offset, self.len)
    }
}

impl Held {
    fn column(&self) -> Column<'_> {
        let values = match &self.data {
            Data::I8(values) => Values::I8(values),
            Data::I16(values) => Values::I16(values),
            Data::I32(values) => Values::I32(values),
            Data::I64(values) => Values::I64(values),
            Data::U8(values) => Values::U8(values),
            Data::U16(values) => Values::U16(values),
            Data::U32(values) => Values::U32(values),
            Data::U64(values) => Values::U64(values),
            Data::F32(values) => Values::F32(values),
            Data::F64(values) => Values::F64(values),
            Data::Decimal(units, places) => Values::Decimal {
                units,
                places: *places,
            },
            Data::Booleans(values) => Values::Booleans(values),
            Data::Bits(bits) => Values::Bits(bits.bits()),
            Data::Dates(days) => Values::Dates(days),
            Data::Texts => Values::Texts(self.texts.texts()),
            Data::NarrowKeys(keys) => Values::Dictionary {
                keys: Keys::U8(keys),
                values: self.texts.texts(),
            },
            Data::WideKeys(keys) => Values::Dictionary {
                keys: Keys::I32(keys),
                values: self.texts.texts(),
            },
            Data::Lists(offsets) => Values::Lists {
                offsets: Offsets::I64(offsets),
                items: self.texts.texts(),
            },
        };
        match &self.validity {
            Some(validity) => Column::new(values).with_validity(validity.bits()),
            None => Column::new(values),
        }
    }
}

/// Returns a cohort of the columns.
pub fn cohort(columns: &[Held], rows: usize) -> Cohort<'_> {
    columns.iter().fold(Cohort::new(rows), |cohort, held| {
        cohort.with(held.name.clone(), held.column())
    })
}

/// Returns the profiles as columns, each of a type that is drawn from those that hold its values.
pub fn columns(spec: &Spec, profiles: &[&Profile], choices: &mut Choices) -> Vec<Held> {
    let mut columns = Vec::new();
    for input in &spec.inputs {
        let values: Vec<Option<&Value>> = profiles
            .iter()
            .map(|profile| {
                profile
                    .iter()
                    .find(|(name, _)| *name == input.name)
                    .map(|(_, value)| value)
            })
            .collect();
        if values.iter().all(Option::is_none) && choices.chance(50) {
            continue;
        }
        columns.extend(held(input, &values, choices));
    }
    columns
}

fn held(input: &Input, values: &[Option<&Value>], choices: &mut Choices) -> Vec<Held> {
    if let Kind::Set(members) = &input.kind
        && choices.chance(60)
    {
        let validity: Vec<bool> = values.iter().map(Option::is_some).collect();
        let member = |member: &String, choices: &mut Choices| {
            let has: Vec<bool> = values
                .iter()
                .map(|value| matches!(value, Some(Value::Set(held)) if held.contains(member)))
                .collect();
            Held {
                name: format!("{}.{member}", input.name),
                data: truths(&has, choices),
                validity: validity_of(&validity, choices),
                texts: Joined::default(),
            }
        };
        return members.iter().map(|name| member(name, choices)).collect();
    }
    let valid: Vec<bool> = values.iter().map(Option::is_some).collect();
    let (data, texts) = data(input, values, choices);
    vec![Held {
        name: input.name.clone(),
        data,
        validity: validity_of(&valid, choices),
        texts,
    }]
}

fn validity_of(valid: &[bool], choices: &mut Choices) -> Option<Packed> {
    (valid.contains(&false) || choices.chance(30)).then(|| Packed::of(valid, choices.below(20)))
}

fn truths(has: &[bool], choices: &mut Choices) -> Data {
    match choices.below(4) {
        0 | 1 => Data::Bits(Packed::of(has, choices.below(20))),
        2 => Data::Booleans(has.to_vec()),
        _ => Data::U8(has.iter().map(|has| u8::from(*has)).collect()),
    }
}

/// Returns whole numbers in a type that holds all of them.
fn whole(numbers: &[i64], choices: &mut Choices) -> Data {
    fn all<T: TryFrom<i64>>(numbers: &[i64]) -> Option<Vec<T>> {
        numbers
            .iter()
            .map(|number| T::try_from(*number).ok())
            .collect()
    }
    let of_type = |kind: usize| match kind {
        0 => all(numbers).map(Data::I8),
        1 => all(numbers).map(Data::I16),
        2 => all(numbers).map(Data::I32),
        3 => all(numbers).map(Data::U8),
        4 => all(numbers).map(Data::U16),
        5 => all(numbers).map(Data::U32),
        6 => all(numbers).map(Data::U64),
        _ => all(numbers).map(Data::I64),
    };
    of_type(choices.below(8)).unwrap_or_else(|| Data::I64(numbers.to_vec()))
}

fn texts(texts: &[String], choices: &mut Choices) -> (Data, Joined) {
    if choices.chance(50) {
        return (Data::Texts, Joined::of(texts.iter().map(String::as_str)));
    }
    let mut keys: BTreeMap<&str, usize> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    // Either in the order of appearance, or the other way round.
    let turned = choices.chance(50);
    let in_order: Vec<&String> = if turned {
        texts.iter().rev().collect()
    } else {
        texts.iter().collect()
    };
    for text in in_order {
        keys.entry(text).or_insert_with(|| {
            order.push(text);
            order.len() - 1
        });
    }
    let keys: Vec<usize> = texts.iter().map(|text| keys[text.as_str()]).collect();
    let joined = Joined::of(order.into_iter());
    if keys.iter().all(|key| *key < 256) && choices.chance(50) {
        (
            Data::NarrowKeys(
                keys.into_iter()
                    .map(|key| u8::try_from(key).expect("small"))
                    .collect(),
            ),
            joined,
        )
    } else {
        (
            Data::WideKeys(
                keys.into_iter()
                    .map(|key| i32::try_from(key).expect("small"))
                    .collect(),
            ),
            joined,
        )
    }
}

fn data(input: &Input, values: &[Option<&Value>], choices: &mut Choices) -> (Data, Joined) {
    // Where a value is missing, anything may stand.
    let none = |data: Data| (data, Joined::default());
    let written: Vec<String> = values
        .iter()
        .map(|value| match value {
            Some(Value::Integer(number)) => number.to_string(),
            Some(Value::Decimal(text) | Value::Text(text) | Value::Date(text)) => text.clone(),
            Some(Value::Boolean(truth)) => truth.to_string(),
            Some(Value::Set(_)) | None => "nothing stands here".to_owned(),
        })
        .collect();
    let decimal = |text: &String| text.parse::<rust_decimal::Decimal>().unwrap_or_default();
    match &input.kind {
        Kind::Integer { .. } => match choices.below(6) {
            0 => texts(&written, choices),
            1 => none(Data::F64(
                written
                    .iter()
                    .map(|text| text.parse().unwrap_or(f64::NAN))
                    .collect(),
            )),
            2 => none(Data::Decimal(
                written
                    .iter()
                    .map(|text| decimal(text).mantissa() * 100)
                    .collect(),
                2,
            )),
            _ => none(whole(
                &written
                    .iter()
                    .map(|text| text.parse().unwrap_or(-1))
                    .collect::<Vec<_>>(),
                choices,
            )),
        },
        Kind::Decimal { places, low, high } => {
            let few = |bound: &rust_decimal::Decimal| {
                (bound.abs() * rust_decimal::Decimal::from(10_i64.pow(*places))) <= 1_000_000.into()
            };
            match choices.below(5) {
                0 => texts(&written, choices),
                1 if *places <= 6 && few(low) && few(high) => none(Data::F32(
                    written
                        .iter()
                        .map(|text| text.parse().unwrap_or(f32::NAN))
                        .collect(),
                )),
                2 => {
                    let places = u8::try_from(*places + 2).expect("few places");
                    let units = |text: &String| {
                        let mut number = decimal(text);
                        number.rescale(u32::from(places));
                        number.mantissa()
                    };
                    none(Data::Decimal(written.iter().map(units).collect(), places))
                }
                3 if written.iter().all(|text| decimal(text).is_integer()) => {
                    let whole_numbers: Vec<i64> = written
                        .iter()
                        .map(|text| i64::try_from(decimal(text)).unwrap_or_default())
                        .collect();
                    none(whole(&whole_numbers, choices))
                }
                _ => none(Data::F64(
                    written
                        .iter()
                        .map(|text| text.parse().unwrap_or(f64::NAN))
                        .collect(),
                )),
            }
        }
        Kind::Level(_) | Kind::Category(_) => texts(&written, choices),
        Kind::Boolean => {
            if choices.chance(20) {
                return texts(&written, choices);
            }
            none(truths(
                &written
                    .iter()
                    .map(|text| text == "true")
                    .collect::<Vec<_>>(),
                choices,
            ))
        }
        Kind::Date { .. } => {
            if choices.chance(30) {
                return texts(&written, choices);
            }
            let epoch = jiff::civil::date(1970, 1, 1);
            let days = |text: &String| {
                text.parse::<jiff::civil::Date>()
                    .map_or(0, |date| (date - epoch).get_days())
            };
            none(Data::Dates(written.iter().map(days).collect()))
        }
        Kind::Set(_) => {
            let mut offsets = vec![0];
            let mut items: Vec<&str> = Vec::new();
            for value in values {
                if let Some(Value::Set(members)) = value {
                    items.extend(members.iter().map(String::as_str));
                }
                offsets.push(i64::try_from(items.len()).expect("few members"));
            }
            (Data::Lists(offsets), Joined::of(items.into_iter()))
        }
    }
}
