//! A trial over a file of columns is the trial person by person: the same counts and the same report, by any number of threads.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::Int16Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, NullArray, RecordBatch,
    StringArray, UInt8Array,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use test_kit::library::{date, read};
use test_kit::spec::{Body, Spec};
use test_kit::strategy;
use threshold_matrix::{Date, Matrix, Profile, Value, sample};
use threshold_matrix_cohort::files::{ColumnFile, ColumnFileKind, ColumnWriter};
use threshold_matrix_cohort::trial::{DifferenceKind, Trial};
use threshold_matrix_cohort::{CohortReader, Columns, FileKind, Person};

fn as_at() -> Date {
    "2026-12-05".parse().unwrap()
}

fn open(name: &str) -> Matrix {
    Matrix::open(name, as_at()).unwrap()
}

fn path(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("trial");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

/// One column of values, texts in one of two forms.
fn array(values: &[Option<&Value>], as_dictionary: bool) -> ArrayRef {
    let is = |what: &dyn Fn(&Value) -> bool| values.iter().flatten().any(|value| what(value));
    if values.iter().all(Option::is_none) {
        return Arc::new(NullArray::new(values.len()));
    }
    if is(&|value| matches!(value, Value::Boolean(_))) {
        let truths = values.iter().map(|value| {
            if let Some(Value::Boolean(truth)) = value {
                Some(*truth)
            } else {
                None
            }
        });
        return Arc::new(truths.collect::<BooleanArray>());
    }
    if is(&|value| matches!(value, Value::Members(_))) {
        let mut lists = ListBuilder::new(StringBuilder::new());
        for value in values {
            if let Some(Value::Members(members)) = value {
                members
                    .iter()
                    .for_each(|member| lists.values().append_value(member));
            }
            lists.append(value.is_some());
        }
        return Arc::new(lists.finish());
    }
    if !is(&|value| matches!(value, Value::Text(_))) {
        let numbers = values.iter().map(|value| {
            if let Some(Value::Whole(number)) = value {
                Some(*number)
            } else {
                None
            }
        });
        return Arc::new(numbers.collect::<Int64Array>());
    }
    let texts = values.iter().map(|value| match value {
        Some(Value::Text(text)) => Some(text.clone()),
        Some(Value::Whole(number)) => Some(number.to_string()),
        _ => None,
    });
    let texts: Vec<Option<String>> = texts.collect();
    let texts = texts.iter().map(Option::as_deref);
    if as_dictionary {
        Arc::new(texts.collect::<DictionaryArray<Int16Type>>())
    } else {
        Arc::new(texts.collect::<StringArray>())
    }
}

/// What is known of people beside their inputs.
const SEX: [Option<&str>; 4] = [Some("f"), Some("m"), Some("m"), None];
const SEEN: [Option<bool>; 5] = [Some(true), None, Some(false), Some(false), Some(true)];
const SCORE: [Option<f64>; 7] = [
    Some(3.5),
    Some(12.0),
    None,
    Some(7.0),
    Some(0.0),
    Some(7.0),
    Some(41.25),
];

fn of<T: Copy>(some: &[T], row: usize) -> T {
    some[(row * 7 + row / 3) % some.len()]
}

fn batch(matrices: [&Matrix; 2], people: &[Profile]) -> RecordBatch {
    let mut names: Vec<&str> = matrices[0].inputs().chain(matrices[1].inputs()).collect();
    names.sort_unstable();
    names.dedup();
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for (nth, name) in names.into_iter().enumerate() {
        let values: Vec<Option<&Value>> = people
            .iter()
            .map(|person| person.get(name).filter(|value| **value != Value::Missing))
            .collect();
        columns.push((name.to_owned(), array(&values, nth % 2 == 0)));
    }
    let rows = 0..people.len();
    columns.push((
        "sex".to_owned(),
        Arc::new(
            rows.clone()
                .map(|row| of(&SEX, row))
                .collect::<DictionaryArray<Int16Type>>(),
        ),
    ));
    columns.push((
        "again".to_owned(),
        Arc::new(
            rows.clone()
                .map(|row| of(&SEEN, row))
                .collect::<BooleanArray>(),
        ),
    ));
    columns.push((
        "score".to_owned(),
        Arc::new(rows.map(|row| of(&SCORE, row)).collect::<Float64Array>()),
    ));
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap()
}

/// The same people in a file of several parts.
fn written(name: &str, batch: &RecordBatch, rows: usize) -> [ColumnFile; 2] {
    let (parquet, ipc) = (
        path(&format!("{name}.parquet")),
        path(&format!("{name}.arrow")),
    );
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(rows))
        .build();
    let mut writer = ArrowWriter::try_new(
        std::fs::File::create(&parquet).unwrap(),
        batch.schema(),
        Some(properties),
    )
    .unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    let mut writer = ColumnWriter::create(&ipc, ColumnFileKind::Ipc, batch.schema_ref()).unwrap();
    for first in (0..batch.num_rows()).step_by(rows) {
        writer
            .write(&batch.slice(first, (batch.num_rows() - first).min(rows)))
            .unwrap();
    }
    writer.finish().unwrap();
    [parquet, ipc].map(|path| ColumnFile::open(path).unwrap())
}

/// Everything that a trial says.
#[track_caller]
fn same(columns: &Trial, rows: &Trial) {
    assert_eq!(columns.ways(), rows.ways());
    assert_eq!(columns.causes(), rows.causes());
    assert_eq!(columns.moved_together(), rows.moved_together());
    assert_eq!(columns.differences(), rows.differences());
    assert_eq!(columns.measures(), rows.measures());
    assert_eq!(columns.sweep_points(), rows.sweep_points());
    for (columns, rows) in [
        (columns.old(), rows.old()),
        (columns.revised(), rows.revised()),
    ] {
        assert_eq!(
            (columns.people(), columns.refused(), columns.provisional()),
            (rows.people(), rows.refused(), rows.provisional())
        );
        assert_eq!(
            (columns.results(), columns.levels(), columns.reasons()),
            (rows.results(), rows.levels(), rows.reasons())
        );
        assert_eq!(
            (
                columns.inexact(),
                columns.observed(),
                columns.not_recorded()
            ),
            (rows.inexact(), rows.observed(), rows.not_recorded())
        );
    }
    let [columns, rows] = [columns.report(), rows.report()];
    assert_eq!(columns, rows);
    assert_eq!(
        (columns.to_string(), columns.to_html()),
        (rows.to_string(), rows.to_html())
    );
}

/// Tries both ways, with what is beside the inputs by one thread and by two, and without it.
fn agree(
    name: &str,
    trial: &dyn Fn() -> Trial,
    matrices: [&Matrix; 2],
    people: &[Profile],
    as_at: Date,
) -> Trial {
    let batch = batch(matrices, people);
    let [parquet, ipc] = written(name, &batch, people.len().div_ceil(4).max(1));
    let by_rows = |trial: Trial, has_beside: bool| {
        let mut trial = trial;
        for (row, profile) in people.iter().enumerate() {
            let mut person = Person::new(row.to_string(), profile.clone());
            if has_beside {
                person.observed = of(&SEEN, row);
                let score = of(&SCORE, row)
                    .map(|score| score.to_string())
                    .unwrap_or_default();
                person.kept = vec![of(&SEX, row).unwrap_or_default().to_owned(), score];
            }
            trial.add(&person, as_at);
        }
        trial
    };
    let beside = || trial().by(["sex"]).unwrap().existing("score");
    let (plain, full) = (by_rows(trial(), false), by_rows(beside(), true));
    for (file, threads, trial, columns, rows) in [
        (
            &parquet,
            1,
            beside(),
            Columns::new().with_outcome("again"),
            &full,
        ),
        (
            &parquet,
            2,
            beside(),
            Columns::new().with_outcome("again"),
            &full,
        ),
        (&ipc, 2, trial(), Columns::new(), &plain),
    ] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let mut trial = trial;
        trial
            .add_file(file, &trial.columns(columns), as_at, &pool)
            .unwrap();
        same(&trial, rows);
    }
    full
}

#[test]
fn shipped_revisions_give_the_same_by_columns_as_person_by_person() {
    let utm = include_str!("../../../../matrices/hmpps-utm/2.0.0.yaml")
        .replace("{ level: B, from: 20 }", "{ level: B, from: 12 }");
    let cases: [(&str, &str, Option<&str>, bool); 5] = [
        (
            "iom-threshold@1.0.0",
            "iom-threshold@1.1.0",
            Some("frequency.high=14..22..4"),
            true,
        ),
        ("hmpps-tier@3.5.0", "hmpps-tier@3.6.0", None, false),
        ("hmpps-utm@2.0.0", &utm, None, true),
        ("lsir-idaho@1.0.0", "lsir-idaho@2.0.0", None, true),
        // Neither the inputs nor the results have much to do with each other.
        ("hmpps-utm@2.0.0", "iom-threshold@1.1.0", None, true),
    ];
    for (old, new, sweep, moves) in cases {
        let (old, new) = (
            open(old),
            Matrix::from_yaml(new).unwrap_or_else(|_| open(new)),
        );
        let name = format!("{}-{}", old.id(), new.id());
        let others = sample::profiles(&old, as_at(), 3, 160);
        let mut people: Vec<Profile> = sample::profiles(&new, as_at(), 3, 160).collect();
        for (person, other) in people.iter_mut().zip(others) {
            for (input, value) in other
                .iter()
                .filter(|(input, _)| !new.inputs().any(|own| own == *input))
            {
                person.set(input, value.clone());
            }
        }
        // Some are refused: numbers out of range, and what must be given and is not.
        let first = new.inputs().next().unwrap();
        people
            .iter_mut()
            .step_by(23)
            .for_each(|person| person.set(first, Value::Missing));
        for person in people.iter_mut().step_by(29) {
            let number = person
                .iter()
                .find(|(_, value)| matches!(value, Value::Whole(_)))
                .map(|(name, _)| name.to_owned());
            number.into_iter().for_each(|name| person.set(name, 5000));
        }
        let trial = || {
            let mut trial = Trial::new(&old, &new).from_source("two files");
            if let Some(sweep) = sweep {
                trial = trial.sweep(&sweep.parse().unwrap()).unwrap();
            }
            if let Some(tier) = new.tiers().first() {
                trial = trial.capacity(tier, 40).unwrap();
            }
            trial
        };
        let full = agree(&name, &trial, [&old, &new], &people, as_at());
        assert_eq!(full.people(), 160);
        assert!(
            (full.moved() > 0) == moves && full.old().refused() + full.revised().refused() > 5,
            "{name}: {}",
            full.moved()
        );
    }
}

/// The same matrix with something written differently, the first of these that loads.
fn revised(spec: &Spec, drawn: u32) -> Option<Matrix> {
    let mut revisions = Vec::new();
    for (nth, criterion) in spec.criteria.iter().enumerate() {
        let mut other = spec.clone();
        match &criterion.body {
            Body::Bands { bands, .. } if bands.len() > 1 => {
                if let Body::Bands { bands, .. } = &mut other.criteria[nth].body {
                    let (one, two) = (bands[0].points, bands[1].points);
                    (bands[0].points, bands[1].points) = (two, one);
                }
                revisions.push(other);
            }
            Body::Values { values, .. } if values.len() > 1 => {
                if let Body::Values { values, .. } = &mut other.criteria[nth].body {
                    let (one, two) = (values[0].1, values[1].1);
                    (values[0].1, values[1].1) = (two, one);
                }
                revisions.push(other);
            }
            _ => {}
        }
    }
    for nth in 0..spec.overrides.len() {
        let mut other = spec.clone();
        other.overrides.remove(nth);
        revisions.push(other);
    }
    for (nth, dimension) in spec.dimensions.iter().enumerate() {
        if dimension
            .levels
            .as_ref()
            .is_some_and(|levels| levels.cases.iter().any(|case| !case.cuts.is_empty()))
        {
            let mut other = spec.clone();
            let cases = other.dimensions[nth]
                .levels
                .iter_mut()
                .flat_map(|levels| &mut levels.cases);
            cases
                .filter_map(|case| case.cuts.first_mut())
                .for_each(|cut| *cut += rust_decimal::Decimal::ONE);
            revisions.push(other);
        }
    }
    let count = revisions.len().max(1);
    revisions.rotate_left(drawn as usize % count);
    revisions
        .iter()
        .find_map(|spec| Matrix::from_yaml(&spec.to_yaml()).ok())
}

proptest! {
    #![proptest_config(test_kit::cases(16))]

    #[test]
    fn generated_revisions_give_the_same_by_columns_as_person_by_person(
        cohort in strategy::cohorts_with_gaps(),
        drawn in any::<u32>(),
        rows in 0_usize..60,
    ) {
        let (as_at, spec) = (date(&cohort.spec), cohort.spec);
        let old = test_kit::library::load(&spec.to_yaml())?;
        let new = revised(&spec, drawn).unwrap_or_else(|| old.clone());
        let profiles: Vec<Profile> = cohort.profiles.iter().map(read).chain([Profile::new()]).collect();
        let people: Vec<Profile> = (0..rows).map(|row| profiles[(row * 5 + row / 11) % profiles.len()].clone()).collect();
        agree("generated", &|| Trial::new(&old, &new), [&old, &new], &people, as_at);
    }
}

/// People who move the same way, with the same points, because of different overrides.
#[test]
fn overrides_that_apply_no_more_are_told_apart() {
    let text = |overrides: &str| {
        format!(
            "format: 1\nid: moved\nversion: 1.0.0\ntitle: Moved\nstatus: local\ninputs:\n  arrests: {{ type: integer, range: [0, 9] }}\n  \
             mappa: {{ type: category, values: [m2, m3], missing: absent }}\n  gang: {{ type: boolean, missing: absent }}\n\
             criteria:\n  arrests: {{ input: arrests, each: 1, points: 1 }}\n\
             dimensions:\n  frequency: {{ score: [arrests], levels: [ {{ level: high, from: 9 }}, {{ level: low }} ] }}\n\
             tiers: [high, low]\ndecision:\n  rules:\n    - {{ tier: high, when: {{ frequency: high }} }}\n    - {{ tier: low }}\n{overrides}\
             flags:\n  marked: {{ when: {{ any: [ {{ mappa: m3 }}, {{ gang: true }} ] }} }}\n"
        )
    };
    let both = "overrides:\n  - { id: mappa-3, when: { mappa: m3 }, at_least: high, reason: one }\n  \
                - { id: gang, when: { gang: true }, at_least: high, reason: other }\n";
    let [old, new] = [both, ""].map(|overrides| {
        Matrix::from_yaml(&text(overrides)).unwrap_or_else(|faults| panic!("{faults}"))
    });
    let person = |row: usize| {
        Profile::new()
            .with("arrests", 3)
            .with("mappa", if row < 20 { "m3" } else { "m2" })
            .with("gang", row >= 15)
    };
    let people: Vec<Profile> = (0..50).map(person).collect();
    let full = agree(
        "overrides",
        &|| Trial::new(&old, &new),
        [&old, &new],
        &people,
        as_at(),
    );
    let causes: Vec<_> = full
        .differences()
        .into_iter()
        .map(|cause| (cause.kind, cause.name, cause.people))
        .collect();
    assert_eq!(
        causes,
        [
            (DifferenceKind::OverrideNoLonger, "gang".to_owned(), 35),
            (DifferenceKind::OverrideNoLonger, "mappa-3".to_owned(), 20)
        ]
    );
}

/// The same people as text and as columns, with the columns of both named in one file, and outcomes that are no outcomes.
#[test]
fn a_csv_file_and_a_parquet_file_give_the_same_report() {
    let (old, new) = (open("lsir-idaho@1.0.0"), open("lsir-idaho@2.0.0"));
    let names = b"columns: { lsir: total, gender: sex }\noutcome: again\n";
    let columns = Columns::for_revisions("columns.yaml", names, &old, &new).unwrap();
    let (totals, sexes, seen) = (
        [Some(12_u8), Some(31), None, Some(60), Some(40)],
        ["male", "female", "trans_male", ""],
        [Some(1_u8), Some(0), None, Some(2)],
    );
    let rows = 0..300_usize;
    let mut csv = "id,total,sex,again,area\n".to_owned();
    for row in rows.clone() {
        let number =
            |number: Option<u8>| number.map(|number| number.to_string()).unwrap_or_default();
        csv.push_str(&format!(
            "p{row},{},{},{}, {}\n",
            number(of(&totals, row)),
            of(&sexes, row / 2),
            number(of(&seen, row)),
            row % 3 == 0
        ));
    }
    let batch: [(&str, ArrayRef); 4] = [
        (
            "total",
            Arc::new(
                rows.clone()
                    .map(|row| of(&totals, row))
                    .collect::<UInt8Array>(),
            ),
        ),
        (
            "sex",
            Arc::new(
                rows.clone()
                    .map(|row| Some(of(&sexes, row / 2)).filter(|sex| !sex.is_empty()))
                    .collect::<StringArray>(),
            ),
        ),
        (
            "again",
            Arc::new(
                rows.clone()
                    .map(|row| of(&seen, row).map(f64::from))
                    .collect::<Float64Array>(),
            ),
        ),
        (
            "area",
            Arc::new(rows.map(|row| Some(row % 3 == 0)).collect::<BooleanArray>()),
        ),
    ];
    let files = written("idaho", &RecordBatch::try_from_iter(batch).unwrap(), 37);
    let trial = || Trial::new(&old, &new).by(["area", "sex"]).unwrap();
    let columns = trial().columns(columns);
    let mut by_rows = trial();
    for person in
        CohortReader::for_revisions(csv.as_bytes(), FileKind::Csv, &columns, &old, &new).unwrap()
    {
        by_rows.add(&person.unwrap(), as_at());
    }
    for file in &files {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(2)
            .build()
            .unwrap();
        let mut by_columns = trial();
        by_columns.add_file(file, &columns, as_at(), &pool).unwrap();
        assert_eq!(
            by_columns.report().to_string(),
            by_rows.report().to_string()
        );
    }
    let told = by_rows.report().to_string();
    let unreadable = (0..300).filter(|row| of(&seen, *row) == Some(2)).count();
    assert!(
        told.contains(&format!(
            "The outcome of {unreadable} people is not true, false, 1 or 0"
        )),
        "{told}"
    );
    let reasons = by_rows.old().reasons();
    let mut reasons: Vec<_> = reasons
        .iter()
        .map(|reason| (reason.kind.name(), reason.inputs.join(", ")))
        .collect();
    reasons.sort();
    let expected = [("missing", "lsir"), ("out of range", "lsir")];
    assert_eq!(
        reasons,
        expected.map(|(kind, input)| (kind, input.to_owned()))
    );
}

#[test]
fn columns_that_do_not_fit_are_reported_at_once() {
    let (old, new) = (open("hmpps-utm@1.0.0"), open("hmpps-utm@2.0.0"));
    let ones: ArrayRef = Arc::new(Float64Array::from(vec![1.0]));
    let words: ArrayRef = Arc::new(StringArray::from(vec!["a"]));
    let batch = RecordBatch::try_from_iter([
        ("rosh", ones.clone()),
        ("femal", ones),
        ("as_at", words.clone()),
        ("agian", words),
    ])
    .unwrap();
    let [file, _] = written("faulty", &batch, 1);
    let mut trial = Trial::new(&old, &new).by(["ethnicity"]).unwrap();
    let columns = trial.columns(Columns::new().with_outcome("again"));
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let error = trial
        .add_file(&file, &columns, as_at(), &pool)
        .unwrap_err()
        .to_string();
    let (_, problems) = error.split_once('\n').unwrap();
    insta::assert_snapshot!(problems);
    assert_eq!(trial.people(), 0);
}
