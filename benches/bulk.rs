//! Whole cohorts as columns: every shipped matrix, beside the time that reading the same columns takes; and, by threads.
//!
//! `cargo bench --features rayon --bench bulk`. The cohorts are made up, by the `sample` module. `benches/README.md` has the figures, and
//! compares with what people write by hand.

#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench stops where something is not as it must be"
)]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use threshold_matrix::bulk::{Bits, Cohort, Column, Keys, Offsets, Outputs, Texts, Values};
use threshold_matrix::{Date, Library, Matrix, Profile, Value, sample};

const ROWS: usize = 200_000;

/// A column that owns its values.
struct Held {
    name: String,
    data: Data,
    valid: Option<Vec<u8>>,
}

enum Data {
    Bytes(Vec<u8>),
    Wide(Vec<i32>),
    Floats(Vec<f64>),
    Bits(Vec<u8>),
    Dates(Vec<i32>),
    Dictionary(Vec<i32>, Vec<i32>, Vec<u8>),
    Lists(Vec<i32>, Vec<i32>, Vec<u8>),
}

fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> (Vec<i32>, Vec<u8>) {
    let (mut offsets, mut bytes) = (vec![0], Vec::new());
    for text in texts {
        bytes.extend(text.as_bytes());
        offsets.push(i32::try_from(bytes.len()).unwrap());
    }
    (offsets, bytes)
}

fn bits(truths: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut bytes = vec![0_u8; ROWS.div_ceil(8)];
    truths
        .enumerate()
        .filter(|(_, truth)| *truth)
        .for_each(|(at, _)| bytes[at / 8] |= 1 << (at % 8));
    bytes
}

impl Held {
    fn of(name: &str, profiles: &[Profile]) -> Option<Self> {
        let values: Vec<Option<&Value>> = profiles
            .iter()
            .map(|profile| profile.get(name).filter(|value| **value != Value::Missing))
            .collect();
        let some = values.iter().flatten().next()?;
        let days = |text: &str| {
            text.parse::<jiff::civil::Date>()
                .ok()
                .map(|date| (date - jiff::civil::date(1970, 1, 1)).get_days())
        };
        let text = |value: &Option<&Value>| match value {
            Some(Value::Text(text)) => text.clone(),
            Some(Value::Whole(number)) => number.to_string(),
            _ => String::new(),
        };
        let data = match some {
            Value::Boolean(_) => Data::Bits(bits(values.iter().map(|value| {
                **value.as_ref().unwrap_or(&&Value::Missing) == Value::Boolean(true)
            }))),
            Value::Members(_) => {
                let (mut offsets, mut items) = (vec![0], Vec::new());
                for value in &values {
                    if let Some(Value::Members(members)) = value {
                        items.extend(members.iter().map(String::as_str));
                    }
                    offsets.push(i32::try_from(items.len()).unwrap());
                }
                let (inner, bytes) = joined(items.into_iter());
                Data::Lists(offsets, inner, bytes)
            }
            Value::Text(first) if days(first).is_some() => Data::Dates(
                values
                    .iter()
                    .map(|value| days(&text(value)).unwrap_or(0))
                    .collect(),
            ),
            _ if values
                .iter()
                .flatten()
                .all(|value| matches!(value, Value::Whole(_))) =>
            {
                let numbers: Vec<i64> = values
                    .iter()
                    .map(|value| text(value).parse().unwrap_or(0))
                    .collect();
                match numbers.iter().map(|number| u8::try_from(*number)).collect() {
                    Ok(bytes) => Data::Bytes(bytes),
                    Err(_) => Data::Wide(
                        numbers
                            .iter()
                            .map(|number| i32::try_from(*number).unwrap())
                            .collect(),
                    ),
                }
            }
            Value::Text(first) if first.parse::<f64>().is_ok() && first.contains('.') => {
                Data::Floats(
                    values
                        .iter()
                        .map(|value| text(value).parse().unwrap_or(0.0))
                        .collect(),
                )
            }
            _ => {
                let all: Vec<String> = values.iter().map(text).collect();
                let mut names: Vec<&str> = all
                    .iter()
                    .map(String::as_str)
                    .filter(|name| !name.is_empty())
                    .collect();
                names.sort_unstable();
                names.dedup();
                let keys = all
                    .iter()
                    .map(|name| {
                        names
                            .iter()
                            .position(|own| own == name)
                            .map_or(0, |key| i32::try_from(key).unwrap())
                    })
                    .collect();
                let (offsets, bytes) = joined(names.into_iter());
                Data::Dictionary(keys, offsets, bytes)
            }
        };
        let valid = values
            .contains(&None)
            .then(|| bits(values.iter().map(Option::is_some)));
        Some(Self {
            name: name.to_owned(),
            data,
            valid,
        })
    }

    fn column(&self) -> Column<'_> {
        let texts = |offsets, bytes| Texts::Joined {
            offsets: Offsets::I32(offsets),
            bytes,
        };
        let values = match &self.data {
            Data::Bytes(values) => Values::U8(values),
            Data::Wide(values) => Values::I32(values),
            Data::Floats(values) => Values::F64(values),
            Data::Bits(bytes) => Values::Bits(Bits::new(bytes, 0, ROWS)),
            Data::Dates(days) => Values::Dates(days),
            Data::Dictionary(keys, offsets, bytes) => Values::Dictionary {
                keys: Keys::I32(keys),
                values: texts(offsets, bytes),
            },
            Data::Lists(lists, offsets, bytes) => Values::Lists {
                offsets: Offsets::I32(lists),
                items: texts(offsets, bytes),
            },
        };
        match &self.valid {
            Some(bytes) => Column::new(values).with_validity(Bits::new(bytes, 0, ROWS)),
            None => Column::new(values),
        }
    }

    /// Reads every byte once: what no scoring can be faster than.
    fn read(&self) -> (u64, usize) {
        fn sum(bytes: &[u8]) -> u64 {
            let (eights, rest) = bytes.as_chunks::<8>();
            let eights = eights.iter().fold(0_u64, |sum, eight| {
                sum.wrapping_add(u64::from_le_bytes(*eight))
            });
            rest.iter()
                .fold(eights, |sum, byte| sum.wrapping_add(u64::from(*byte)))
        }
        fn wide(numbers: &[i32]) -> u64 {
            numbers
                .iter()
                .fold(0_u64, |sum, number| sum.wrapping_add(*number as u64))
        }
        let (sum_of_values, bytes) = match &self.data {
            Data::Bytes(values) | Data::Bits(values) => (sum(values), values.len()),
            Data::Wide(values) | Data::Dates(values) | Data::Dictionary(values, ..) => {
                (wide(values), values.len() * 4)
            }
            Data::Floats(values) => (
                values
                    .iter()
                    .fold(0_u64, |sum, number| sum.wrapping_add(number.to_bits())),
                values.len() * 8,
            ),
            Data::Lists(lists, offsets, bytes) => (
                wide(lists) ^ wide(offsets) ^ sum(bytes),
                lists.len() * 4 + offsets.len() * 4 + bytes.len(),
            ),
        };
        let valid = self.valid.as_deref().unwrap_or_default();
        (sum_of_values ^ sum(valid), bytes + valid.len())
    }
}

/// The people of the sample whom the matrix settles: those that are scored one by one are another question.
fn settled(matrix: &Matrix, as_at: Date) -> Vec<Held> {
    let profiles: Vec<Profile> = sample::profiles(matrix, as_at, 1, 4000)
        .filter(|profile| {
            matrix
                .score(profile, as_at)
                .is_ok_and(|outcome| !outcome.is_provisional() && outcome.is_exact())
        })
        .filter(|profile| {
            matrix
                .prepare(profile, as_at)
                .is_ok_and(|case| case.unknown().next().is_none())
        })
        .collect();
    assert!(!profiles.is_empty(), "{matrix:?}");
    let profiles: Vec<Profile> = profiles.iter().cycle().take(ROWS).cloned().collect();
    matrix
        .inputs()
        .filter_map(|name| Held::of(name, &profiles))
        .collect()
}

fn cohort(held: &[Held]) -> Cohort<'_> {
    held.iter().fold(Cohort::new(ROWS), |cohort, held| {
        cohort.with(held.name.clone(), held.column())
    })
}

fn bulk(bench: &mut Criterion) {
    let as_at: Date = "2026-12-05".parse().expect("a date");
    for matrix in Library::embedded().iter() {
        let held = settled(matrix, as_at);
        let bytes: usize = held.iter().map(|held| held.read().1).sum();
        let cohort = cohort(&held);
        let mut group = bench.benchmark_group(format!(
            "{}@{} ({} bytes a profile)",
            matrix.id(),
            matrix.version(),
            bytes / ROWS
        ));
        group
            .throughput(Throughput::Elements(ROWS as u64))
            .sample_size(10);
        group.bench_function("read the columns", |bencher| {
            bencher.iter(|| {
                held.iter()
                    .fold(0, |sum, held| sum ^ black_box(held.read().0))
            })
        });
        for (what, outputs) in [
            ("tiers and dimensions", Outputs::tiers().with_dimensions()),
            ("everything", Outputs::everything()),
        ] {
            let bulk = matrix.bulk(as_at, outputs);
            let mut scored = bulk.score(&cohort).expect("columns");
            assert_eq!(scored.refused(), 0);
            group.bench_function(what, |bencher| {
                bencher.iter(|| bulk.score_into(black_box(&cohort), &mut scored))
            });
        }
        #[cfg(feature = "rayon")]
        for threads in [1, 2, 4] {
            let bulk = matrix.bulk(as_at, Outputs::tiers().with_dimensions());
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .expect("threads");
            let mut scored = bulk.score(&cohort).expect("columns");
            group.bench_function(BenchmarkId::new("threads", threads), |bencher| {
                bencher.iter(|| pool.install(|| bulk.score_in_parallel(&cohort, &mut scored)));
            });
        }
        group.finish();
    }
}

/// So many criteria, each of its own input and with three bands.
fn of_criteria(count: usize) -> Matrix {
    let mut text =
        "format: 1\nid: long\nversion: 1.0.0\ntitle: Long\nstatus: local\ninputs:\n".to_owned();
    (0..count).for_each(|number| {
        writeln!(text, "  i{number}: {{ type: integer, range: [0, 60] }}").unwrap()
    });
    text.push_str("criteria:\n");
    for number in 0..count {
        let bands = "{ from: 0, points: 0 }, { from: 3, points: 1 }, { from: 8, points: 2 }";
        writeln!(
            text,
            "  c{number}: {{ input: i{number}, bands: [ {bands} ] }}"
        )
        .unwrap();
    }
    let all: Vec<String> = (0..count).map(|number| format!("c{number}")).collect();
    write!(text, "dimensions:\n  need: {{ score: [{}], levels: [ {{ level: high, from: 5 }}, {{ level: low }} ] }}\n", all.join(", ")).unwrap();
    Matrix::from_yaml(&text).unwrap_or_else(|faults| panic!("{faults}"))
}

fn by_criteria(bench: &mut Criterion) {
    let as_at: Date = "2026-12-05".parse().expect("a date");
    let values: Vec<u8> = (0..ROWS)
        .map(|row| u8::try_from(row * 7919 % 61).unwrap())
        .collect();
    let mut group = bench.benchmark_group("by criteria");
    group
        .throughput(Throughput::Elements(ROWS as u64))
        .sample_size(10);
    for count in [5, 10, 20, 40, 80] {
        let bulk = of_criteria(count).bulk(as_at, Outputs::tiers().with_dimensions());
        let cohort = (0..count).fold(Cohort::new(ROWS), |cohort, number| {
            cohort.with(format!("i{number}"), Column::from(&values[..]))
        });
        let mut scored = bulk.score(&cohort).expect("columns");
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| bulk.score_into(black_box(&cohort), &mut scored))
        });
    }
    group.finish();
}

criterion_group!(benches, bulk, by_criteria);
criterion_main!(benches);
