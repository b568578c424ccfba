//! Arrow types: whatever type holds the values of an input, people get what they get from plain types, and what each profile gives by itself.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use arrow_array::builder::{
    FixedSizeBinaryBuilder, FixedSizeListBuilder, GenericListBuilder, GenericListViewBuilder,
    Int32Builder, LargeStringBuilder, MapBuilder, StringBuilder, StringDictionaryBuilder,
    StringViewBuilder,
};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DecimalType, Float16Type, Int8Type, Int16Type, Int32Type, Int64Type, RunEndIndexType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BinaryArray, BinaryViewArray, BooleanArray, Date32Array,
    Date64Array, DictionaryArray, DurationSecondArray, Float16Array, Float32Array, Float64Array,
    Int8Array, Int16Array, Int32Array, Int64Array, IntervalDayTimeArray, LargeBinaryArray,
    LargeStringArray, NullArray, PrimitiveArray, RecordBatch, RunArray, StringArray,
    StringViewArray, StructArray, Time32SecondArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt8Array,
    UInt16Array, UInt32Array, UInt64Array, UnionArray, new_empty_array,
};
use arrow_ipc::reader::FileReader;
use arrow_schema::{DataType, Field, Schema, TimeUnit, UnionFields};
use threshold_matrix::bulk::arrow::{self, Names};
use threshold_matrix::bulk::{Bulk, Outputs};
use threshold_matrix::{Date, Matrix, Profile, Value};
use threshold_matrix_cohort::files::{ColumnFileKind, ColumnWriter};
use threshold_matrix_cohort::{Columns, Tally};

use crate::road::run;

const MATRIX: &str = r#"
format: 1
id: types
version: 1.0.0
title: An input of each kind
status: local
inputs:
  count: { type: integer, range: [0, 1000], missing: absent }
  many: { type: integer, range: [0, 10000000], missing: absent }
  rate: { type: decimal, places: 2, range: [-5, 100], missing: absent }
  third: { type: decimal, places: 1, range: [0, 100], missing: absent }
  stage: { type: category, values: ["1", "2", "3"], missing: absent }
  rosh: { type: level, values: [low, medium, high], missing: absent }
  seen: { type: boolean, missing: absent }
  said: { type: category, values: ["true", "false", other], missing: absent }
  born: { type: date, protected: false, missing: absent }
  flags: { type: set, values: [gangs, terrorism, child], missing: absent }
criteria:
  by_count: { input: count, each: 1, points: 1, absent: 5000 }
  by_many: { input: many, bands: [ { from: 0, points: 1 }, { from: 9999999, points: 2 }, { from: 10000000, points: 4 } ], absent: 3 }
  by_rate: { input: rate, bands: [ { from: -5, points: 1 }, { from: 0, points: 2 }, { from: 0.5, points: 3 }, { from: 6.9, points: 4 } ], absent: 5 }
  by_third: { input: third, bands: [ { from: 0, points: 1 }, { from: 0.1, points: 2 }, { from: 99.9, points: 3 } ], absent: 5 }
  by_stage: { input: stage, values: { "1": 1, "2": 2, "3": 3 }, absent: 9 }
  by_rosh: { input: rosh, values: { low: 1, medium: 2, high: 3 }, absent: 9 }
  by_seen: { input: seen, values: { true: 1, false: 2 }, absent: 9 }
  by_said: { input: said, values: { "true": 1, "false": 2, other: 3 }, absent: 9 }
  by_born: { when: { born: { from: 2000-01-01 } }, points: 7 }
  by_early: { when: { born: { from: 1950-01-01 } }, points: 7 }
  by_flags: { input: flags, each_member: 3, absent: 40 }
  by_gangs: { when: { flags: { has: gangs } }, points: 20 }
dimensions:
  risk: { score: [by_count, by_many, by_rate, by_third, by_stage, by_rosh, by_seen, by_said, by_born, by_early, by_flags, by_gangs] }
tiers: [high, low]
decision:
  bands: { of: risk, tiers: [ { tier: high, from: 6000 }, { tier: low } ] }
"#;

static TYPES: LazyLock<Matrix> =
    LazyLock::new(|| Matrix::from_yaml(MATRIX).unwrap_or_else(|faults| panic!("{faults}")));

static BULK: LazyLock<Bulk> = LazyLock::new(|| {
    let outputs = Outputs::tiers().with_dimensions().with_points();
    TYPES.bulk(as_at(), outputs)
});

fn as_at() -> Date {
    "2026-12-05".parse().unwrap()
}

fn try_score(columns: Vec<(String, ArrayRef)>) -> Result<RecordBatch, String> {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap();
    let batches = BULK
        .batches(batch.schema_ref(), &Names::new())
        .map_err(|error| error.to_string())?;
    Ok(batches.score(&batch).unwrap())
}

fn score(input: &str, array: &ArrayRef) -> RecordBatch {
    try_score(vec![(input.to_owned(), array.clone())]).unwrap_or_else(|error| panic!("{error}"))
}

/// Checks that an array of each type gives, in each row and in rows of a slice, what these values give in profiles.
fn alike(input: &str, values: &[Value], arrays: impl IntoIterator<Item = ArrayRef>) {
    let wanted: Vec<(Option<String>, Option<String>)> = values
        .iter()
        .map(|value| {
            let profile = Profile::new().with(input, value.clone());
            match TYPES.score(&profile, as_at()) {
                Ok(outcome) => {
                    let score = outcome.dimension("risk").and_then(|risk| risk.score());
                    (score.map(|score| score.to_string()), None)
                }
                Err(refusal) => (None, Some(refusal.to_string())),
            }
        })
        .collect();
    let mut plain = None;
    for array in arrays {
        let kind = array.data_type().clone();
        let all = score(input, &array);
        let found = |scored: &RecordBatch| -> Vec<(Option<String>, Option<String>)> {
            let cell = |name: &str, row| arrow::text(scored.column_by_name(name).unwrap(), row);
            (0..scored.num_rows())
                .map(|row| (cell("risk.score", row), cell("error", row)))
                .collect()
        };
        assert_eq!(found(&all), wanted, "`{input}` as {kind}");
        assert_eq!(
            *plain.get_or_insert_with(|| all.clone()),
            all,
            "`{input}` as {kind}"
        );
        let part = array.slice(1, array.len() - 1);
        assert_eq!(
            found(&score(input, &part)),
            wanted[1..],
            "`{input}` as a slice of {kind}"
        );
    }
}

/// Returns the words with which the rows of an array are refused.
fn words(input: &str, array: impl Array + 'static) -> Vec<Option<String>> {
    let scored = score(input, &(Arc::new(array) as ArrayRef));
    let error = scored.column_by_name("error").unwrap();
    (0..error.len())
        .map(|row| arrow::text(error, row))
        .collect()
}

/// Returns the words with which a column is refused.
fn refused(input: &str, kind: &DataType) -> String {
    try_score(vec![(input.to_owned(), new_empty_array(kind))]).unwrap_err()
}

fn of<T: Array + 'static>(array: T) -> ArrayRef {
    Arc::new(array)
}

fn decimals<T: DecimalType + ArrowPrimitiveType>(
    units: impl IntoIterator<Item = Option<T::Native>>,
    precision: u8,
    scale: i8,
) -> ArrayRef {
    let array: PrimitiveArray<T> = units.into_iter().collect();
    of(array.with_precision_and_scale(precision, scale).unwrap())
}

/// The values with a key each, the last value first, and the rows by these keys.
fn keyed<K: ArrowDictionaryKeyType>(values: &ArrayRef) -> ArrayRef
where
    K::Native: TryFrom<usize>,
{
    let keys: PrimitiveArray<K> = (0..values.len())
        .map(|key| (!values.is_null(key)).then(|| key.try_into().ok().unwrap()))
        .collect();
    of(DictionaryArray::try_new(keys, values.clone()).unwrap())
}

/// The values as runs of one row each.
fn runs<R: RunEndIndexType>(values: &ArrayRef) -> ArrayRef
where
    R::Native: TryFrom<usize>,
{
    let ends: PrimitiveArray<R> = (1..=values.len())
        .map(|end| Some(end.try_into().ok().unwrap()))
        .collect();
    of(RunArray::try_new(&ends, values.as_ref()).unwrap())
}

/// Each array itself, as the values of a dictionary, with nulls among keys and among values, and as runs. The types of the keys and of the ends take
/// turns.
fn however(arrays: Vec<ArrayRef>) -> Vec<ArrayRef> {
    let keys = [
        keyed::<Int8Type>,
        keyed::<UInt8Type>,
        keyed::<Int16Type>,
        keyed::<UInt16Type>,
        keyed::<Int32Type>,
        keyed::<UInt32Type>,
        keyed::<Int64Type>,
        keyed::<UInt64Type>,
    ];
    let ends = [runs::<Int16Type>, runs::<Int32Type>, runs::<Int64Type>];
    let mut all = Vec::new();
    for (nth, array) in arrays.into_iter().enumerate() {
        let positions = Int32Array::from_iter_values(0..i32::try_from(array.len()).unwrap());
        all.push(keys[nth % keys.len()](&array));
        all.push(of(
            DictionaryArray::try_new(positions, array.clone()).unwrap()
        ));
        all.push(ends[nth % ends.len()](&array));
        all.push(array);
    }
    all
}

fn texts(texts: &[Option<&str>]) -> Vec<ArrayRef> {
    let bytes: Vec<Option<&[u8]>> = texts.iter().map(|text| text.map(str::as_bytes)).collect();
    vec![
        of(StringArray::from(texts.to_vec())),
        of(LargeStringArray::from(texts.to_vec())),
        of(StringViewArray::from(texts.to_vec())),
        of(BinaryArray::from(bytes.clone())),
        of(LargeBinaryArray::from(bytes.clone())),
        of(BinaryViewArray::from(bytes)),
    ]
}

type Half = <Float16Type as ArrowPrimitiveType>::Native;

fn whole_numbers(numbers: &[Option<u8>]) -> Vec<ArrayRef> {
    macro_rules! each {
        ($($array:ty),*) => {
            vec![$(of(numbers.iter().map(|number| number.map(|number| number.try_into().unwrap())).collect::<$array>())),*]
        };
    }
    macro_rules! floats {
        ($($array:ty),*) => {
            vec![$(of(numbers.iter().map(|number| number.map(Into::into)).collect::<$array>())),*]
        };
    }
    let mut all = each!(
        Int8Array,
        Int16Array,
        Int32Array,
        Int64Array,
        UInt8Array,
        UInt16Array,
        UInt32Array,
        UInt64Array
    );
    all.extend(floats!(Float16Array, Float32Array, Float64Array));
    let units = |factor: i64| {
        numbers
            .iter()
            .map(move |number| number.map(|number| i64::from(number) * factor))
    };
    let small =
        |factor| units(factor).map(|units| units.map(|units| i32::try_from(units).unwrap()));
    let wide = |factor| units(factor).map(|units| units.map(i128::from));
    for (factor, scale) in [(1, 0), (100, 2)] {
        all.extend([
            decimals::<Decimal32Type>(small(factor), 9, scale),
            decimals::<Decimal64Type>(units(factor), 18, scale),
            decimals::<Decimal128Type>(wide(factor), 38, scale),
            decimals::<Decimal256Type>(wide(factor).map(|units| units.map(Into::into)), 76, scale),
        ]);
    }
    all
}

#[test]
fn whole_numbers_of_any_type_are_read() {
    let values = [Value::Whole(0), Value::Whole(7), Value::Missing, 100.into()];
    let arrays = whole_numbers(&[Some(0), Some(7), None, Some(100)]);
    alike("count", &values, however(arrays));
    let texts = texts(&[Some("0"), Some("7"), None, Some("100")]);
    alike("count", &values, however(texts));
    // Tens and hundreds, of which the digits do not hold the noughts.
    let values = [Value::Whole(0), 700.into(), Value::Missing, 100.into()];
    let units = [Some(0), Some(7), None, Some(1)];
    alike(
        "count",
        &values,
        [
            decimals::<Decimal32Type>(units, 5, -2),
            decimals::<Decimal64Type>(units.map(|units| units.map(i64::from)), 5, -2),
            decimals::<Decimal128Type>(units.map(|units| units.map(i128::from)), 5, -2),
            decimals::<Decimal256Type>(
                units.map(|units| units.map(|units| i128::from(units).into())),
                5,
                -2,
            ),
        ],
    );
    // More noughts than a number may have digits.
    let units = [
        Some(0),
        Some(7 * 10_i128.pow(36)),
        None,
        Some(10_i128.pow(36)),
    ];
    let values = [Value::Whole(0), 7.into(), Value::Missing, 1.into()];
    alike(
        "count",
        &values,
        [decimals::<Decimal128Type>(units, 38, 36)],
    );
    alike(
        "count",
        &[Value::Missing, Value::Missing],
        [of(NullArray::new(2))],
    );
}

#[test]
fn numbers_with_places_are_exact() {
    let values = ["0", "-1.25", "6.9", "6.89"].map(Value::from);
    let units: [i32; 4] = [0, -125, 690, 689];
    let floats = [0.0, -1.25, 6.9, 6.89];
    alike(
        "rate",
        &values,
        however(vec![
            of(StringArray::from(vec!["0", "-1.25", "6.9", "6.89"])),
            of(Float64Array::from(floats.to_vec())),
            of(floats
                .map(|float| Some(float.to_string().parse::<f32>().unwrap()))
                .into_iter()
                .collect::<Float32Array>()),
            decimals::<Decimal32Type>(units.map(Some), 5, 2),
            decimals::<Decimal64Type>(units.map(|units| Some(units.into())), 5, 2),
            decimals::<Decimal64Type>(units.map(|units| Some(i64::from(units) * 10)), 5, 3),
            decimals::<Decimal128Type>(units.map(|units| Some(units.into())), 5, 2),
            decimals::<Decimal256Type>(units.map(|units| Some(i128::from(units).into())), 5, 2),
        ]),
    );
    let values = ["0.1", "0.3", "64", "99.9"].map(Value::from);
    let halves = [0.1, 0.3, 64.0, 99.9].map(|half| Some(Half::from_f64(half)));
    alike(
        "third",
        &values,
        however(vec![of(halves.into_iter().collect::<Float16Array>())]),
    );
    // Neither is rounded to a decimal of the input.
    assert_eq!(
        words("rate", Float64Array::from(vec![0.125, f64::NAN, 200.0])),
        [
            Some("`rate` is 0.125, which has more than 2 decimal places".to_owned()),
            Some("`rate` is `NaN`, not a number".to_owned()),
            Some("`rate` is 200, outside -5 to 100".to_owned()),
        ]
    );
    let scale_3 = decimals::<Decimal64Type>([Some(6_895)], 6, 3);
    let scored = score("rate", &scale_3);
    assert_eq!(
        arrow::text(scored.column_by_name("error").unwrap(), 0).unwrap(),
        "`rate` is 6.895, which has more than 2 decimal places"
    );
    assert_eq!(
        refused("rate", &DataType::Float16),
        "column `rate`: 16-bit floats cannot tell the decimals of this input apart; give 64-bit floats or decimals"
    );
    assert_eq!(
        refused("many", &DataType::Float16),
        "column `many`: 16-bit floats cannot tell the numbers of this input apart; give 64-bit floats or decimals"
    );
    // Up to 2^24, floats of 32 bits hold each whole number.
    let values = [Value::Whole(9_999_999), 10_000_000.into()];
    alike(
        "many",
        &values,
        [of(Float32Array::from(vec![9_999_999.0, 10_000_000.0]))],
    );
}

#[test]
fn names_that_are_numbers_are_read_from_numbers() {
    let values = [Value::from("3"), "1".into(), Value::Missing, "2".into()];
    let arrays = whole_numbers(&[Some(3), Some(1), None, Some(2)]);
    alike("stage", &values, however(arrays));
    assert_eq!(
        words("stage", Float64Array::from(vec![1.5, 4.0]))[0].as_deref(),
        Some("`stage` has no value `1.5`; write one of `1`, `2`, `3`")
    );
    let values = [Value::from("true"), Value::Missing, "false".into()];
    let truths = [Some(true), None, Some(false)];
    alike(
        "said",
        &values,
        however(vec![of(BooleanArray::from(truths.to_vec()))]),
    );
    assert_eq!(
        refused("rosh", &DataType::Float64),
        "column `rosh`: it should hold texts, for the level `rosh`"
    );
}

#[test]
fn names_are_read_from_texts_of_any_type() {
    let values = [
        Value::from("low"),
        "high".into(),
        Value::Missing,
        "medium".into(),
    ];
    alike(
        "rosh",
        &values,
        however(texts(&[Some("low"), Some("high"), None, Some("medium")])),
    );
    let values = [Value::from("high"), Value::Missing, "none".into()];
    let mut fixed = FixedSizeBinaryBuilder::new(4);
    fixed.append_value("high").unwrap();
    fixed.append_null();
    fixed.append_value("none").unwrap();
    alike("rosh", &values, however(vec![of(fixed.finish())]));
    let bytes = BinaryArray::from(vec![Some(b"low".as_slice()), Some(b"\xffhigh"), None]);
    let wanted = [
        None,
        Some("`rosh` is not UTF-8 text; write it as UTF-8".to_owned()),
        None,
    ];
    for array in however(vec![of(bytes)]) {
        let scored = score("rosh", &array);
        let error = scored.column_by_name("error").unwrap();
        let error: Vec<_> = (0..3).map(|row| arrow::text(error, row)).collect();
        // A dictionary of runs shares its values with the others.
        assert_eq!(error, wanted, "{}", array.data_type());
    }
}

#[test]
fn truths_are_read_from_numbers_and_words() {
    let values = [Value::from(true), false.into(), Value::Missing, true.into()];
    let arrays = whole_numbers(&[Some(1), Some(0), None, Some(1)]);
    alike("seen", &values, however(arrays));
    let arrays = vec![of(BooleanArray::from(vec![
        Some(true),
        Some(false),
        None,
        Some(true),
    ]))];
    alike("seen", &values, however(arrays));
    for words in [
        ["true", "false", "true"],
        ["True", "FALSE", "1"],
        ["1", "0", " TRUE"],
    ] {
        let [one, other, third] = words.map(Some);
        alike("seen", &values, however(texts(&[one, other, None, third])));
    }
    let wanted = |value: &str| Some(format!("`seen` is {value}, not true or false"));
    assert_eq!(
        words("seen", StringArray::from(vec!["True", "yes"])),
        [None, wanted("`yes`")]
    );
    assert_eq!(
        words("seen", Int64Array::from(vec![1, 2])),
        [None, wanted("2")]
    );
    assert_eq!(
        words("seen", Float64Array::from(vec![0.0, -0.0, 0.5])),
        [None, None, wanted("`0.5`")]
    );
    assert_eq!(
        refused("seen", &DataType::Date32),
        "column `seen`: it should hold booleans, numbers that are 1 or 0, or the texts `true` and `false`, for `seen`"
    );
}

#[test]
fn members_are_read_from_a_column_each_of_any_type_of_truths() {
    let columns = |arrays: [ArrayRef; 3]| {
        let names = ["flags.gangs", "flags.terrorism", "flags.child"];
        names
            .map(str::to_owned)
            .into_iter()
            .zip(arrays)
            .collect::<Vec<_>>()
    };
    let truths = |truths: &[Option<bool>]| of(BooleanArray::from(truths.to_vec()));
    let rest = [
        truths(&[Some(true), Some(true), None, Some(false)]),
        truths(&[Some(false), Some(true), None, Some(false)]),
    ];
    let plain = truths(&[Some(true), Some(false), None, Some(true)]);
    let wanted = try_score(columns([plain.clone(), rest[0].clone(), rest[1].clone()])).unwrap();
    let mut arrays = whole_numbers(&[Some(1), Some(0), None, Some(1)]);
    arrays.push(plain);
    arrays.extend(texts(&[Some("True"), Some("0"), None, Some("TRUE")]));
    arrays.extend(texts(&[Some("true"), Some("false"), None, Some("1")]));
    for array in however(arrays) {
        let kind = array.data_type().clone();
        let scored = try_score(columns([array, rest[0].clone(), rest[1].clone()]));
        assert_eq!(scored.as_ref(), Ok(&wanted), "{kind}");
    }
    let other = of(StringArray::from(vec![
        Some("true"),
        Some("yes"),
        None,
        Some("no"),
    ]));
    let scored = try_score(columns([other, rest[0].clone(), rest[1].clone()])).unwrap();
    let error = scored.column_by_name("error").unwrap().as_string::<i32>();
    assert_eq!(
        error.iter().collect::<Vec<_>>(),
        [
            None,
            Some("`flags.gangs` is `yes`, neither true nor false"),
            None,
            Some("`flags.gangs` is `no`, neither true nor false")
        ]
    );
    let dates = new_empty_array(&DataType::Time32(TimeUnit::Second));
    let none = truths(&[]);
    assert_eq!(
        try_score(columns([dates, none.clone(), none])).unwrap_err(),
        "column `flags.gangs`: it holds times of day; give dates, or whole numbers such as hours or minutes"
    );
}

#[test]
fn dates_are_read_from_moments_at_midnight() {
    let values = [
        Value::from("1999-12-31"),
        "2000-01-01".into(),
        Value::Missing,
        "1949-12-31".into(),
    ];
    let days = [Some(10_956), Some(10_957), None, Some(-7_306)];
    let passed = |in_a_day: i64| days.map(|day| day.map(|day: i64| day * in_a_day)).to_vec();
    let (s, ms) = (passed(86_400), passed(86_400_000));
    let (us, ns) = (passed(86_400_000_000), passed(86_400_000_000_000));
    let mut arrays = texts(&[
        Some("1999-12-31"),
        Some("2000-01-01"),
        None,
        Some("1949-12-31"),
    ]);
    arrays.extend([
        of(Date32Array::from(
            days.map(|day| day.map(|day| i32::try_from(day).unwrap()))
                .to_vec(),
        )),
        of(Date64Array::from(ms.clone())),
        of(TimestampSecondArray::from(s.clone())),
        of(TimestampMillisecondArray::from(ms.clone())),
        of(TimestampMicrosecondArray::from(us.clone())),
        of(TimestampNanosecondArray::from(ns)),
        of(TimestampMicrosecondArray::from(us).with_timezone("UTC")),
        of(TimestampSecondArray::from(s.clone()).with_timezone("+00:00")),
        // It was midnight there an hour before it was in Greenwich.
        of(
            TimestampSecondArray::from(s.iter().map(|s| s.map(|s| s - 3_600)).collect::<Vec<_>>())
                .with_timezone("+01:00"),
        ),
        of(TimestampMillisecondArray::from(
            ms.iter()
                .map(|ms| ms.map(|ms| ms + 12_600_000))
                .collect::<Vec<_>>(),
        )
        .with_timezone("-0330")),
    ]);
    alike("born", &values, however(arrays));
}

#[test]
fn a_time_of_day_is_never_cut_off() {
    let wanted = |date: &str, time: &str| {
        Some(format!(
            "`born` is `{date}T{time}`, a date with a time of day; give the date alone, such as {date}"
        ))
    };
    let seconds = 1_767_623_400;
    let array = TimestampSecondArray::from(vec![Some(seconds), None, Some(1_767_571_200)]);
    assert_eq!(
        words("born", array.clone()),
        [wanted("2026-01-05", "14:30:00"), None, None]
    );
    assert_eq!(
        words("born", array.with_timezone("+01:00"))[..2],
        [wanted("2026-01-05", "15:30:00+01:00"), None]
    );
    assert_eq!(
        words("born", TimestampNanosecondArray::from(vec![-1, 1_000])),
        [
            wanted("1969-12-31", "23:59:59.999999999"),
            wanted("1970-01-01", "00:00:00.000001")
        ]
    );
    assert_eq!(
        words("born", Date64Array::from(vec![86_400_500, 86_400_000])),
        [wanted("1970-01-02", "00:00:00.5"), None]
    );
    assert_eq!(
        words("born", StringArray::from(vec!["2026-01-05 14:30"]))[0].as_deref(),
        Some(
            "`born` is `2026-01-05 14:30`, a date with a time of day; give the date alone, such as 2026-01-05"
        )
    );
    assert_eq!(
        words("born", TimestampSecondArray::from(vec![i64::MAX, i64::MIN])).len(),
        2
    );
    let zone = DataType::Timestamp(TimeUnit::Second, Some("Europe/London".into()));
    assert_eq!(
        refused("born", &zone),
        "column `born`: it holds times in the zone Europe/London, and which day it was there is not looked up; give dates, or timestamps in UTC or without a zone"
    );
    assert_eq!(
        refused("count", &DataType::Timestamp(TimeUnit::Second, None)),
        "column `count`: it holds values of type Timestamp(s); give whole numbers, floats, decimals or texts"
    );
    assert_eq!(
        refused("born", &DataType::Int64),
        "column `born`: it should hold dates (days since 1970-01-01) or texts such as 2026-11-21, for `born`"
    );
}

/// The sets of the tests: one of two members, the set without members, one that is missing, and one of one member.
fn sets() -> [Option<Vec<&'static str>>; 4] {
    [
        Some(vec!["gangs", "child"]),
        Some(vec![]),
        None,
        Some(vec!["terrorism"]),
    ]
}

macro_rules! listed {
    ($builder:ident<$offset:ty>, $items:expr) => {{
        let mut lists = $builder::<$offset, _>::new($items);
        for set in sets() {
            let is_there = set.is_some();
            for member in set.into_iter().flatten() {
                lists.values().append_value(member);
            }
            lists.append(is_there);
        }
        of(lists.finish())
    }};
}

macro_rules! every_list {
    ($items:expr) => {
        [
            listed!(GenericListBuilder<i32>, $items),
            listed!(GenericListBuilder<i64>, $items),
            listed!(GenericListViewBuilder<i32>, $items),
            listed!(GenericListViewBuilder<i64>, $items),
        ]
    };
}

#[test]
fn sets_are_read_from_lists_of_any_type_and_from_texts() {
    let values = sets().map(|set| set.map_or(Value::Missing, Value::from));
    let mut arrays = Vec::new();
    arrays.extend(every_list!(StringBuilder::new()));
    arrays.extend(every_list!(LargeStringBuilder::new()));
    arrays.extend(every_list!(StringViewBuilder::new()));
    arrays.extend(every_list!(arrow_array::builder::BinaryBuilder::new()));
    arrays.extend(every_list!(StringDictionaryBuilder::<Int8Type>::new()));
    arrays.extend(every_list!(StringDictionaryBuilder::<UInt32Type>::new()));
    alike("flags", &values, arrays);
    for empty in ["|", "[]"] {
        let bars = [Some("gangs|child"), Some(empty), None, Some("terrorism")];
        alike("flags", &values, however(texts(&bars)));
    }
    let json = [
        Some(r#"["gangs", "child"]"#),
        Some("[]"),
        None,
        Some(r#"["terrorism"]"#),
    ];
    alike("flags", &values, however(texts(&json)));
    let loose = [
        Some(" child | gangs "),
        Some(" | "),
        None,
        Some(" terrorism"),
    ];
    alike("flags", &values, texts(&loose));
    // As many members for each, all the same where there are fewer.
    let values = [
        Value::from(["gangs", "child"]),
        ["gangs"].into(),
        Value::Missing,
    ];
    let mut lists = FixedSizeListBuilder::new(StringBuilder::new(), 2);
    for (set, is_there) in [
        (["gangs", "child"], true),
        (["gangs"; 2], true),
        ([""; 2], false),
    ] {
        set.iter()
            .for_each(|member| lists.values().append_value(member));
        lists.append(is_there);
    }
    alike("flags", &values, [of(lists.finish())]);
}

#[test]
fn a_set_that_cannot_be_read_is_refused() {
    let no_value = |written: &str| {
        Some(format!(
            "`flags` has no value `{written}`; write one of `gangs`, `terrorism`, `child`"
        ))
    };
    assert_eq!(
        words(
            "flags",
            StringArray::from(vec!["gangs||child", "gangs|", "['gangs']", "gangs"])
        ),
        [
            Some("`flags` has no value `gangs||child`; did you mean `gangs`?".to_owned()),
            Some("`flags` has no value `gangs|`; did you mean `gangs`?".to_owned()),
            Some("`flags` has no value `['gangs']`; did you mean `gangs`?".to_owned()),
            None
        ]
    );
    let mut lists = GenericListBuilder::<i32, _>::new(StringBuilder::new());
    lists.values().append_value("gangs");
    lists.values().append_null();
    lists.append(true);
    lists.values().append_value("gangs");
    lists.append(true);
    assert_eq!(
        words("flags", lists.finish()),
        [no_value(r#"["gangs",null]"#), None]
    );
    assert_eq!(
        words("flags", BinaryArray::from(vec![b"gangs|\xff".as_slice()]))[0].as_deref(),
        Some("`flags` is not UTF-8 text; write it as UTF-8")
    );
    let texts = Field::new("item", DataType::Utf8, true);
    let lists = DataType::List(Arc::new(texts));
    assert_eq!(
        refused("rosh", &lists),
        "column `rosh`: it holds lists, and only a set is read from lists; give texts"
    );
    let nested = DataType::List(Arc::new(Field::new("item", lists, true)));
    assert_eq!(
        refused("flags", &nested),
        "column `flags`: it holds lists of lists; give lists of texts"
    );
    assert_eq!(
        refused("flags", &DataType::Int64),
        "column `flags`: it should hold lists of texts, texts such as `a|b`, or each member should have a column of booleans, for the set `flags`"
    );
}

#[test]
fn a_bar_in_the_name_of_a_member_is_not_taken_for_two_members() {
    let matrix = Matrix::from_yaml(&MATRIX.replace("gangs", "gangs|child")).unwrap_or_else(|_| {
        Matrix::from_yaml(
            &MATRIX
                .replace("values: [gangs,", "values: [\"gangs|child\",")
                .replace("has: gangs", "has: \"gangs|child\""),
        )
        .unwrap_or_else(|faults| panic!("{faults}"))
    });
    let bulk = matrix.bulk(as_at(), Outputs::tiers());
    let texts = vec!["gangs|child", r#"["gangs|child"]"#, "child"];
    let batch = RecordBatch::try_from_iter([("flags", of(StringArray::from(texts)))]).unwrap();
    let batches = bulk.batches(batch.schema_ref(), &Names::new()).unwrap();
    let scored = batches.score(&batch).unwrap();
    let error = scored.column_by_name("error").unwrap().as_string::<i32>();
    let error: Vec<_> = error.iter().collect();
    assert!(
        error[0]
            .unwrap()
            .starts_with("`flags` has no value `gangs|child (give a list)`"),
        "{error:?}"
    );
    assert_eq!(error[1..], [None, None]);
}

#[test]
fn types_that_hold_no_value_say_what_to_give() {
    let field = |kind| Arc::new(Field::new("item", kind, true));
    let mut seen = Vec::new();
    let mut maps = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    maps.append(false).unwrap();
    let maps = maps.finish();
    let fields = UnionFields::from_fields([Field::new("a", DataType::Int32, true)]);
    let union = UnionArray::try_new(
        fields,
        vec![0].into(),
        None,
        vec![of(Int32Array::from(vec![1]))],
    );
    for kind in [
        StructArray::from(vec![(
            field(DataType::Int32),
            of(Int32Array::from(vec![1])),
        )])
        .data_type()
        .clone(),
        maps.data_type().clone(),
        union.unwrap().data_type().clone(),
        Time32SecondArray::from(vec![1]).data_type().clone(),
        DurationSecondArray::from(vec![1]).data_type().clone(),
        IntervalDayTimeArray::new_null(1).data_type().clone(),
    ] {
        let error = refused("count", &kind);
        let dictionary = DataType::Dictionary(Box::new(DataType::Int8), Box::new(kind.clone()));
        assert_eq!(refused("count", &dictionary), error);
        seen.push(error);
    }
    insta::assert_snapshot!(seen.join("\n"), @r"
    column `count`: it holds structs; give a column for each of their fields that an input is read from
    column `count`: it holds maps; give a column for each of their keys that an input is read from, or lists of texts for a set
    column `count`: it holds unions of several types; give values of one type
    column `count`: it holds times of day; give dates, or whole numbers such as hours or minutes
    column `count`: it holds lengths of time; give whole numbers such as days, in the unit of the input
    column `count`: it holds lengths of time; give whole numbers such as days, in the unit of the input
    ");
    // What is written of values from which no input is read.
    let times = of(Time32SecondArray::from(vec![Some(52_200), None]));
    assert_eq!(
        [0, 1, 2].map(|row| arrow::text(&times, row)),
        [Some("14:30:00".to_owned()), None, None]
    );
    let bytes = of(BinaryArray::from(vec![b"\xff\x00".as_slice()]));
    assert_eq!(arrow::text(&bytes, 0).as_deref(), Some("ff00"));
    let id = of(Float64Array::from(vec![1e15]));
    assert_eq!(arrow::text(&id, 0).as_deref(), Some("1000000000000000"));
    let list = listed!(GenericListBuilder<i32>, StringBuilder::new());
    assert_eq!(
        arrow::text(&list, 0).as_deref(),
        Some(r#"["gangs","child"]"#)
    );
}

#[test]
fn two_columns_of_one_name_are_not_taken_for_one() {
    let names = [
        "remark",
        "count",
        "id",
        "count",
        "remark",
        "flags.gangs",
        "flags.gangs",
        "id",
    ];
    let fields = names.map(|name| Field::new(name, DataType::Boolean, true));
    let schema = Schema::new(fields.to_vec());
    let error = BULK
        .batches(&schema, &Names::new().with_id("id"))
        .unwrap_err();
    insta::assert_snapshot!(error, @r"
    column `id`: two columns are called `id` (columns 3 and 8); rename one
    column `count`: two columns are called `count` (columns 2 and 4); rename one
    column `flags.gangs`: two columns are called `flags.gangs` (columns 6 and 7); rename one
    ");
    // What is not read may have any name.
    let fields = ["remark", "seen", "remark"].map(|name| Field::new(name, DataType::Boolean, true));
    assert!(
        BULK.batches(&Schema::new(fields.to_vec()), &Names::new())
            .is_ok()
    );
}

#[test]
fn files_of_columns_of_any_type_are_read() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("types");
    std::fs::create_dir_all(&folder).unwrap();
    let many = 3_000;
    let day = 86_400_000_000_i64;
    let rows = || 0..many;
    let some = |row: i64| row % 7 != 3;
    let of_parquet: Vec<(&str, ArrayRef)> = vec![
        (
            "id",
            decimals::<Decimal128Type>(rows().map(|row| Some(row.into())), 12, 0),
        ),
        (
            "count",
            decimals::<Decimal64Type>(rows().map(|row| some(row).then_some(row % 1_100)), 18, 0),
        ),
        (
            "rate",
            decimals::<Decimal32Type>(
                rows().map(|row| some(row).then(|| i32::try_from(row % 120).unwrap() * 10)),
                5,
                2,
            ),
        ),
        (
            "stage",
            of(rows()
                .map(|row| some(row).then_some((row % 3 + 1) as f64))
                .collect::<Float64Array>()),
        ),
        (
            "rosh",
            of(rows()
                .map(|row| {
                    some(row).then(|| ["low", "high"][usize::try_from(row % 2).unwrap()].as_bytes())
                })
                .collect::<BinaryArray>()),
        ),
        (
            "seen",
            of(rows()
                .map(|row| some(row).then_some((row % 2) as f64))
                .collect::<Float64Array>()),
        ),
        (
            "said",
            of(rows()
                .map(|row| some(row).then_some(row % 2 == 0))
                .collect::<BooleanArray>()),
        ),
        (
            "born",
            of(rows()
                .map(|row| some(row).then_some((row * 9 - 9_000) * day + i64::from(row % 500 == 0)))
                .collect::<TimestampMicrosecondArray>()
                .with_timezone("UTC")),
        ),
        ("flags", {
            let mut lists =
                GenericListBuilder::<i32, _>::new(StringDictionaryBuilder::<Int32Type>::new());
            for row in rows() {
                for member in ["gangs", "terrorism", "child"]
                    .into_iter()
                    .take(usize::try_from(row % 4).unwrap())
                {
                    lists.values().append_value(member);
                }
                lists.append(some(row));
            }
            of(lists.finish())
        }),
    ];
    let mut of_ipc = of_parquet.clone();
    for (name, array) in &mut of_ipc {
        *array = match *name {
            "stage" | "rosh" => runs::<Int32Type>(array),
            "seen" | "said" | "born" => keyed::<Int16Type>(array),
            _ => array.clone(),
        };
    }
    let names = Names::new().with_id("id");
    for (kind, ending, columns) in [
        (ColumnFileKind::Parquet, "parquet", of_parquet),
        (ColumnFileKind::Ipc, "arrow", of_ipc),
    ] {
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, array)| (name, array, true)),
        )
        .unwrap();
        let path = folder.join(format!("cohort.{ending}"));
        let mut writer = ColumnWriter::create(&path, kind, batch.schema_ref()).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        let wanted = BULK
            .batches(batch.schema_ref(), &names)
            .unwrap()
            .score(&batch)
            .unwrap();
        let (mut row, mut refused) = (0, 0);
        let out = folder.join("out.arrow");
        let (columns, tally) = (Columns::new(), Tally::new(BULK.matrix()));
        run(&path, &out, &columns, BULK.matrix(), BULK.as_at(), 2, tally);
        let scored = FileReader::try_new(std::fs::File::open(&out).unwrap(), None).unwrap();
        for scored in scored.map(Result::unwrap) {
            for (field, column) in wanted.schema().fields().iter().zip(wanted.columns()) {
                let own = scored.column_by_name(field.name()).unwrap();
                for at in 0..scored.num_rows() {
                    assert_eq!(
                        arrow::text(own, at),
                        arrow::text(column, row + at),
                        "row {} of {ending}",
                        row + at
                    );
                }
            }
            refused += scored.num_rows() - scored.column_by_name("error").unwrap().null_count();
            row += scored.num_rows();
        }
        assert_eq!(row, 3_000);
        // A count of more than 1,000, or a time of day.
        let is_refused = |row: i64| some(row) && (row % 1_100 > 1_000 || row % 500 == 0);
        assert_eq!(refused, rows().filter(|row| is_refused(*row)).count());
    }
}

#[test]
fn values_from_which_no_input_is_read_are_told_from_any_type() {
    let texts = |array: ArrayRef| arrow::values(&array).map(|values| values.to_vec());
    let numbers = of(Int64Array::from(vec![Some(1), Some(0), None]));
    let wanted = vec![Value::from("1"), "0".into(), Value::Missing];
    for array in however(vec![
        of(Float64Array::from(vec![Some(1.0), Some(0.0), None])),
        decimals::<Decimal256Type>([Some(1.into()), Some(0.into()), None], 40, 0),
    ]) {
        assert_eq!(texts(array), Ok(wanted.clone()));
    }
    assert_eq!(texts(keyed::<Int8Type>(&numbers)), Ok(wanted));
    assert_eq!(
        texts(of(TimestampSecondArray::from(vec![0, 1]))),
        Ok(vec!["1970-01-01".into(), "1970-01-01T00:00:01".into()])
    );
    let structs = new_empty_array(&DataType::Struct(Vec::<Field>::new().into()));
    assert!(texts(structs).unwrap_err().starts_with("it holds structs"));
}
