//! The loops for every processor give the same.

use super::*;
use crate::library::Library;
use crate::model::Domain;
use crate::profile::Profile;
use crate::sample;

/// People of a matrix as columns of whole numbers, floats and dates, owned for as long as they are scored.
struct Held {
    names: Vec<String>,
    numbers: Vec<Numbers>,
    valid: Vec<Vec<u8>>,
}

enum Numbers {
    Whole(Vec<i64>),
    Floats(Vec<f64>),
    Days(Vec<i32>),
}

fn held(matrix: &Matrix, people: &[Profile]) -> Held {
    let mut held = Held {
        names: Vec::new(),
        numbers: Vec::new(),
        valid: Vec::new(),
    };
    for input in matrix
        .model()
        .inputs
        .items()
        .iter()
        .filter(|input| input.derived.is_none())
    {
        let name = &input.heading.name;
        let is_decimal = matches!(input.domain, Domain::Number { places: 1.., .. });
        let is_date = matches!(input.domain, Domain::Date { .. });
        let values: Vec<Option<&Value>> = people.iter().map(|person| person.get(name)).collect();
        let whole = |value: &Option<&Value>| {
            if let Some(Value::Whole(number)) = value {
                Some(*number)
            } else {
                None
            }
        };
        let float = |value: &Option<&Value>| {
            if let Some(Value::Text(digits)) = value {
                digits.parse::<f64>().ok()
            } else {
                None
            }
        };
        let numbers = if is_decimal {
            // One in a hundred is no decimal of so few places, and what stands where nothing is given is no number.
            let near = |row: usize, number: f64| {
                if row.is_multiple_of(100) {
                    number.next_up()
                } else {
                    number
                }
            };
            Numbers::Floats(
                values
                    .iter()
                    .zip(0..)
                    .map(|(value, row)| float(value).map_or(f64::NAN, |number| near(row, number)))
                    .collect(),
            )
        } else if is_date {
            let day = |value: &Option<&Value>| {
                let Some(Value::Text(text)) = value else {
                    return None;
                };
                i32::try_from(text.parse::<Date>().ok()?.days()).ok()
            };
            let days = values.iter().map(|value| day(value).unwrap_or(i32::MIN));
            Numbers::Days(days.collect())
        } else if values.iter().any(|value| whole(value).is_some()) {
            Numbers::Whole(
                values
                    .iter()
                    .map(|value| whole(value).unwrap_or(i64::MIN))
                    .collect(),
            )
        } else {
            continue;
        };
        let mut bits = vec![0_u8; people.len().div_ceil(8)];
        values
            .iter()
            .enumerate()
            .filter(|(_, value)| value.is_some())
            .for_each(|(row, _)| bits[row / 8] |= 1 << (row % 8));
        held.names.push(name.clone());
        held.numbers.push(numbers);
        held.valid.push(bits);
    }
    held
}

#[test]
fn every_processor_gives_the_same() {
    let as_at: Date = "2026-12-05".parse().unwrap();
    let mut floats = 0;
    for matrix in Library::embedded().iter() {
        let people: Vec<Profile> = sample::profiles(matrix, as_at, 3, 2500).collect();
        let held = held(matrix, &people);
        let mut cohort = Cohort::new(people.len());
        for ((name, numbers), valid) in held.names.iter().zip(&held.numbers).zip(&held.valid) {
            let column = match numbers {
                Numbers::Whole(numbers) => Column::from(&numbers[..]),
                Numbers::Floats(numbers) => Column::from(&numbers[..]),
                Numbers::Days(days) => Column::new(Values::Dates(days)),
            };
            cohort = cohort.with(
                name.as_str(),
                column.with_validity(Bits::new(valid, 0, people.len())),
            );
            floats += usize::from(matches!(numbers, Numbers::Floats(_)));
        }
        let mut bulk = matrix.bulk(as_at, Outputs::everything());
        bulk.processor = Processor::Any;
        let expected = bulk
            .score(&cohort)
            .unwrap_or_else(|error| panic!("{matrix:?}: {error}"));
        for processor in Processor::all() {
            bulk.processor = processor;
            assert_eq!(
                bulk.score(&cohort).unwrap(),
                expected,
                "{processor:?}, {matrix:?}"
            );
        }
    }
    assert!(floats > 4, "{floats} columns of decimals");
}

/// No result of a shipped matrix is worked out other than by loops over whole numbers.
#[test]
fn no_shipped_matrix_has_a_step_that_is_no_loop() {
    let as_at: Date = "2026-12-05".parse().unwrap();
    for matrix in Library::embedded().iter() {
        let bulk = matrix.bulk(as_at, Outputs::everything());
        let stepwise = bulk.program.ops.iter().filter(|(_, op)| {
            matches!(
                op,
                program::Op::Length { .. } | program::Op::Each { .. } | program::Op::Find { .. }
            )
        });
        assert_eq!(stepwise.count(), 0, "{matrix:?}");
    }
}

#[test]
#[allow(
    clippy::float_arithmetic,
    clippy::float_cmp,
    reason = "what is tested is floats"
)]
fn so_many_units_are_what_dividing_gives() {
    let mut drawn = 0x9e37_79b9_7f4a_7c15_u64;
    for places in 1..=9_u32 {
        let unit = decode::Unit::of(places);
        // Few, many, and those near powers of two.
        let powers = (0..51).flat_map(|power| [(1_i64 << power) - 1, 1 << power, (1 << power) + 1]);
        let parts_of_powers = (0..30)
            .map(|power| (1_i64 << power) * 10_i64.pow(places) / 1024)
            .flat_map(|units| [units - 1, units, units + 1]);
        let others = std::iter::repeat_with(|| {
            drawn ^= drawn << 13;
            drawn ^= drawn >> 7;
            drawn ^= drawn << 17;
            (drawn >> 13).cast_signed() >> (drawn % 50)
        });
        for units in powers
            .chain(parts_of_powers)
            .chain(0..2000)
            .chain(others.take(100_000))
            .flat_map(|units| [units as f64, -(units as f64)])
        {
            assert!(
                unit.times(units) == units / unit.whole,
                "{units} of {places} places"
            );
        }
    }
}
