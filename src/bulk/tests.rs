//! The loops for every processor give the same.

use super::*;
use crate::library::Library;
use crate::profile::Profile;
use crate::sample;

/// People of a matrix as columns of texts and whole numbers, owned for as long as they are scored.
struct Held {
    names: Vec<String>,
    numbers: Vec<Vec<i64>>,
    valid: Vec<Vec<u8>>,
}

fn held(matrix: &Matrix, people: &[Profile]) -> Held {
    let mut held = Held { names: Vec::new(), numbers: Vec::new(), valid: Vec::new() };
    for name in matrix.inputs() {
        let values: Vec<Option<i64>> =
            people.iter().map(|person| if let Some(Value::Whole(number)) = person.get(name) { Some(*number) } else { None }).collect();
        if values.iter().any(Option::is_some) {
            let mut bits = vec![0_u8; people.len().div_ceil(8)];
            values.iter().enumerate().filter(|(_, value)| value.is_some()).for_each(|(row, _)| bits[row / 8] |= 1 << (row % 8));
            held.names.push(name.to_owned());
            held.numbers.push(values.iter().map(|value| value.unwrap_or(i64::MIN)).collect());
            held.valid.push(bits);
        }
    }
    held
}

#[test]
fn every_processor_gives_the_same() {
    let as_at: Date = "2026-12-05".parse().unwrap();
    for matrix in Library::embedded().iter() {
        let people: Vec<Profile> = sample::profiles(matrix, as_at, 3, 2500).collect();
        let held = held(matrix, &people);
        let mut cohort = Cohort::new(people.len());
        for ((name, numbers), valid) in held.names.iter().zip(&held.numbers).zip(&held.valid) {
            cohort = cohort.with(name.as_str(), Column::from(&numbers[..]).with_validity(Bits::new(valid, 0, people.len())));
        }
        let mut bulk = matrix.bulk(as_at, Outputs::everything());
        bulk.processor = Processor::Any;
        let expected = bulk.score(&cohort).unwrap_or_else(|error| panic!("{matrix:?}: {error}"));
        for processor in Processor::all() {
            bulk.processor = processor;
            assert_eq!(bulk.score(&cohort).unwrap(), expected, "{processor:?}, {matrix:?}");
        }
    }
}

/// No result of a shipped matrix is worked out other than by loops over whole numbers.
#[test]
fn no_shipped_matrix_has_a_step_that_is_no_loop() {
    let as_at: Date = "2026-12-05".parse().unwrap();
    for matrix in Library::embedded().iter() {
        let bulk = matrix.bulk(as_at, Outputs::everything());
        let stepwise =
            bulk.program.ops.iter().filter(|(_, op)| matches!(op, program::Op::Length { .. } | program::Op::Each { .. } | program::Op::Find { .. }));
        assert_eq!(stepwise.count(), 0, "{matrix:?}");
    }
}

#[test]
#[allow(clippy::float_arithmetic, reason = "what is tested is which floats are taken")]
fn a_float_is_nearest_to_a_decimal_where_dividing_gives_it() {
    let mut drawn = 0x9e37_79b9_7f4a_7c15_u64;
    let mut near = 0;
    for places in 1..=9_u32 {
        let unit = 10_f64.powi(places.cast_signed());
        // Few, many, and those of powers of two, below which floats are closer.
        let powers = (0..30).map(|power| (1_i64 << power) * 10_i64.pow(places) / 1024);
        let others = std::iter::repeat_with(|| {
            drawn ^= drawn << 13;
            drawn ^= drawn >> 7;
            drawn ^= drawn << 17;
            (drawn >> 24).cast_signed() >> (drawn % 40)
        });
        for units in powers.flat_map(|power| [power - 1, power, power + 1]).chain(0..200).chain(others.take(20_000)) {
            let exact = units as f64 / unit;
            for of in [exact, exact.next_up(), exact.next_down(), exact.next_up().next_up(), exact + 0.1 / unit, -exact, -exact.next_up()] {
                let nearest = (of * unit).round_ties_even();
                assert_eq!(super::decode::is_nearest(of, nearest, unit), nearest / unit == of, "{of:e} of {places} places");
                near += u32::from(nearest / unit == of);
            }
        }
    }
    assert!(near > 300_000, "{near}");
}
