//! Record batches, and files of columns: what comes out is what each profile gives by itself.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int16Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array,
    Int64Array, LargeStringArray, RecordBatch, StringArray, StringViewArray, UInt8Array,
};
use arrow_ipc::reader::FileReader;
use arrow_ipc::writer::StreamWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use threshold_matrix::bulk::Outputs;
use threshold_matrix::bulk::arrow::Names;
use threshold_matrix::{Date, Matrix, Profile, Value, sample};
use threshold_matrix_cohort::files::{ColumnFile, ColumnFileKind, ColumnWriter};
use threshold_matrix_cohort::{CohortFiles, Columns, Previous, Tally};

use crate::road::{list, run};

fn as_at() -> Date {
    "2026-12-05".parse().unwrap()
}

fn utm() -> Matrix {
    Matrix::open("hmpps-utm@2.0.0", as_at()).unwrap()
}

fn people(matrix: &Matrix, count: usize) -> Vec<Profile> {
    sample::profiles(matrix, as_at(), 7, count).collect()
}

fn whole(profile: &Profile, name: &str) -> Option<u8> {
    match profile.get(name) {
        Some(Value::Whole(number)) => u8::try_from(*number).ok(),
        Some(Value::Text(text)) => text.parse().ok(),
        _ => None,
    }
}

fn text(profile: &Profile, name: &str) -> Option<String> {
    if let Some(Value::Text(text)) = profile.get(name) {
        Some(text.clone())
    } else {
        None
    }
}

fn truth(profile: &Profile, name: &str) -> Option<bool> {
    if let Some(Value::Boolean(truth)) = profile.get(name) {
        Some(*truth)
    } else {
        None
    }
}

/// People of `hmpps-utm` as a batch: a column of each usual type.
fn batch(matrix: &Matrix, people: &[Profile], first: usize) -> RecordBatch {
    let mut columns: Vec<(String, ArrayRef)> = vec![(
        "id".to_owned(),
        Arc::new(Int64Array::from_iter_values(
            (first..first + people.len()).map(|id| i64::try_from(id).unwrap()),
        )),
    )];
    for name in matrix.inputs() {
        let each = || people.iter();
        let array: ArrayRef = match name {
            "rsr" => Arc::new(
                each()
                    .map(|person| match person.get("rsr") {
                        Some(Value::Text(text)) => text.parse::<f64>().ok(),
                        Some(Value::Whole(number)) => {
                            Some(f64::from(i32::try_from(*number).unwrap()))
                        }
                        _ => None,
                    })
                    .collect::<Float64Array>(),
            ),
            "rosh" => Arc::new(
                each()
                    .map(|person| text(person, name))
                    .collect::<LargeStringArray>(),
            ),
            "mappa_level" => {
                let texts: Vec<Option<String>> = each().map(|person| text(person, name)).collect();
                Arc::new(
                    texts
                        .iter()
                        .map(Option::as_deref)
                        .collect::<DictionaryArray<Int8Type>>(),
                )
            }
            "complexity" => {
                for member in [
                    "mental_health",
                    "suicide_or_self_harm",
                    "vulnerability",
                    "child_concerns",
                    "child_protection",
                    "risk_to_children",
                    "public_interest",
                    "adult_at_risk",
                    "street_gangs",
                    "terrorism",
                ] {
                    let has = each().map(|person| match person.get(name) {
                        Some(Value::Members(members)) => {
                            Some(members.iter().any(|own| own == member))
                        }
                        _ => None,
                    });
                    columns.push((
                        format!("complexity.{member}"),
                        Arc::new(has.collect::<BooleanArray>()),
                    ));
                }
                continue;
            }
            _ if people.iter().any(|person| truth(person, name).is_some()) => Arc::new(
                each()
                    .map(|person| truth(person, name))
                    .collect::<BooleanArray>(),
            ),
            _ => Arc::new(
                each()
                    .map(|person| whole(person, name))
                    .collect::<UInt8Array>(),
            ),
        };
        columns.push((name.to_owned(), array));
    }
    columns.push((
        "remark".to_owned(),
        Arc::new(StringViewArray::from(vec!["not read"; people.len()])),
    ));
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap()
}

fn agrees(matrix: &Matrix, people: &[Profile], scored: &RecordBatch, first: usize) {
    let score = |dimension: &str| {
        scored
            .column_by_name(&format!("{dimension}.score"))
            .unwrap()
            .clone()
    };
    let levels = |dimension: &str| {
        scored
            .column_by_name(&format!("{dimension}.level"))
            .unwrap()
            .clone()
    };
    for (row, person) in people.iter().enumerate() {
        let outcome = matrix.score(person, as_at());
        assert_eq!(
            scored
                .column(0)
                .as_primitive::<arrow_array::types::Int64Type>()
                .value(row),
            i64::try_from(first + row).unwrap()
        );
        let error = scored.column_by_name("error").unwrap().as_string::<i32>();
        let outcome = match outcome {
            Err(refusal) => {
                assert_eq!(error.value(row), refusal.to_string());
                continue;
            }
            Ok(outcome) => outcome,
        };
        assert!(error.is_null(row));
        for dimension in outcome.dimensions() {
            let (score, level) = (score(dimension.name()), levels(dimension.name()));
            let number = score
                .as_primitive_opt::<Int16Type>()
                .map(|numbers| i64::from(numbers.value(row)));
            let number = number
                .or_else(|| {
                    score
                        .as_primitive_opt::<Int8Type>()
                        .map(|numbers| i64::from(numbers.value(row)))
                })
                .unwrap();
            assert_eq!(
                Some(number.to_string()),
                dimension.score().map(|score| score.to_string())
            );
            let level = level.as_dictionary::<Int8Type>();
            let level = level
                .values()
                .as_string::<i32>()
                .value(usize::try_from(level.keys().value(row)).unwrap())
                .to_owned();
            assert_eq!(Some(level.as_str()), dimension.level());
        }
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn files_of_columns_give_what_each_profile_gives_by_any_number_of_threads() {
    let matrix = utm();
    let mut people = people(&matrix, 3000);
    // Some are refused.
    people
        .iter_mut()
        .step_by(97)
        .for_each(|person| person.set("ogrs3", 101));
    people
        .iter_mut()
        .step_by(101)
        .for_each(|person| person.set("assessed", Value::Missing));
    for (kind, ending) in [
        (ColumnFileKind::Parquet, "parquet"),
        (ColumnFileKind::Ipc, "arrow"),
    ] {
        let path = folder("files").join(format!("cohort.{ending}"));
        let all = batch(&matrix, &people, 0);
        let mut writer = ColumnWriter::create(&path, kind, all.schema_ref()).unwrap();
        for first in (0..people.len()).step_by(701) {
            writer
                .write(&all.slice(first, (people.len() - first).min(701)))
                .unwrap();
        }
        writer.finish().unwrap();
        let cohort = CohortFiles::open(&list(&path), &Columns::new(), &matrix).unwrap();
        assert_eq!(cohort.unused(), ["remark"]);
        assert_eq!(cohort.inputs_without_column(), Vec::<&str>::new());
        for threads in [1, 2, 3] {
            let out = folder("files").join(format!("{ending}-{threads}.arrow"));
            let (columns, tally) = (Columns::new(), Tally::new(&matrix));
            let tally = run(&path, &out, &columns, &matrix, as_at(), threads, tally).tally;
            let mut row = 0;
            for scored in parts(&out, ColumnFileKind::Ipc) {
                agrees(&matrix, &people[row..row + scored.num_rows()], &scored, row);
                row += scored.num_rows();
            }
            assert_eq!((row, tally.people(), tally.provisional()), (3000, 3000, 0));
            let refused = people
                .iter()
                .filter(|person| matrix.score(person, as_at()).is_err())
                .count();
            assert!(refused > 30);
            assert_eq!(tally.refused(), u64::try_from(refused).unwrap());
            for (_, levels) in tally.levels() {
                let counted: u64 = levels.iter().map(|share| share.people).sum();
                assert_eq!(counted + tally.refused(), 3000);
            }
            let reason = tally
                .reasons()
                .into_iter()
                .find(|reason| reason.inputs == ["ogrs3"]);
            let reason = reason.unwrap();
            assert_eq!(reason.message, "`ogrs3` is 101, outside 0 to 100");
            assert_eq!(
                (reason.first.unwrap().number, reason.cells),
                (1, [("101".to_owned(), 31)].into())
            );
        }
    }
}

/// The row groups or batches of a file.
fn parts(path: &Path, kind: ColumnFileKind) -> Vec<RecordBatch> {
    let open = || File::open(path).unwrap();
    if kind == ColumnFileKind::Ipc {
        return FileReader::try_new(open(), None)
            .unwrap()
            .map(Result::unwrap)
            .collect();
    }
    let groups = ParquetRecordBatchReaderBuilder::try_new(open())
        .unwrap()
        .metadata()
        .num_row_groups();
    let group = |group| {
        ParquetRecordBatchReaderBuilder::try_new(open())
            .unwrap()
            .with_row_groups(vec![group])
            .with_batch_size(1 << 20)
    };
    (0..groups)
        .flat_map(|number| group(number).build().unwrap().map(Result::unwrap))
        .collect()
}

/// A file of results says what made it, to readers of Arrow and to those that read a Parquet file's own key-value metadata.
#[track_caller]
fn check_provenance(matrix: &Matrix, path: &Path, kind: ColumnFileKind) {
    let wanted = [
        ("as_at", "2026-12-05"),
        ("content_hash", matrix.content_hash()),
        ("library_version", env!("CARGO_PKG_VERSION")),
        ("matrix_id", "hmpps-utm"),
        ("matrix_version", "2.0.0"),
    ];
    let file = ColumnFile::open(path).unwrap();
    for (key, value) in wanted {
        let found = file
            .schema()
            .metadata()
            .get(&format!("threshold_matrix.{key}"));
        assert_eq!(found.map(String::as_str), Some(value), "{key}");
    }
    if kind == ColumnFileKind::Parquet {
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
        let pairs = reader
            .metadata()
            .file_metadata()
            .key_value_metadata()
            .unwrap()
            .clone();
        let own = pairs.iter().filter_map(|pair| {
            Some((
                pair.key.strip_prefix("threshold_matrix.")?,
                pair.value.as_deref()?,
            ))
        });
        assert_eq!(own.collect::<Vec<_>>(), wanted);
    }
}

#[test]
fn what_is_written_is_what_is_given_by_any_number_of_threads() {
    let matrix = utm();
    let mut few = people(&matrix, 500);
    few.iter_mut()
        .step_by(97)
        .for_each(|person| person.set("ogrs3", 101));
    let many: Vec<Profile> = few.iter().cycle().take(66_000).cloned().collect();
    let source = folder("written").join("cohort.arrow");
    // Two batches that make a row group each, and two too small, that wait for each other.
    let cohort = [
        batch(&matrix, &many, 0),
        batch(&matrix, &many, 66_000),
        batch(&matrix, &few, 132_000),
        batch(&matrix, &few, 132_500),
    ];
    let mut writer =
        ColumnWriter::create(&source, ColumnFileKind::Ipc, cohort[0].schema_ref()).unwrap();
    cohort.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.finish().unwrap();
    for (kind, ending) in [
        (ColumnFileKind::Parquet, "parquet"),
        (ColumnFileKind::Ipc, "arrow"),
    ] {
        let mut first = None;
        for threads in [1, 3] {
            let out = folder("written").join(format!("scored-{threads}.{ending}"));
            let (columns, tally) = (Columns::new(), Tally::new(&matrix));
            run(&source, &out, &columns, &matrix, as_at(), threads, tally);
            check_provenance(&matrix, &out, kind);
            let written = parts(&out, kind);
            let rows: Vec<usize> = written.iter().map(RecordBatch::num_rows).collect();
            match kind {
                ColumnFileKind::Parquet => {
                    assert_eq!(rows, [66_000, 66_000, 1_000]);
                    agrees(&matrix, &few, &written[2].slice(0, 500), 132_000);
                }
                _ => {
                    assert_eq!(rows, [66_000, 66_000, 500, 500]);
                    agrees(&matrix, &few, &written[2], 132_000);
                }
            }
            agrees(&matrix, &many, &written[1], 66_000);
            assert_eq!(*first.get_or_insert_with(|| written.clone()), written);
        }
    }
}

const COUNTS: &str = "format: 1\nid: counts\nversion: 1.0.0\ntitle: Counts\nstatus: local\ninputs:\n  arrests: { type: integer, range: [0, 60] }\n\
criteria:\n  arrests: { input: arrests, each: 1, points: 1 }\n\
dimensions:\n  frequency: { score: [arrests] }\n\
tiers: [high, low]\ndecision:\n  rules:\n    - { tier: high, when: { frequency: { from: 10 } } }\n    - { tier: low }\n";

/// A file of people with ids of some type.
fn counted(path: &Path, ids: ArrayRef, arrests: &[Option<u8>]) {
    let arrests: ArrayRef = Arc::new(arrests.iter().copied().collect::<UInt8Array>());
    let columns = [("id", ids, true), ("arrests", arrests, true)];
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let kind = ColumnFileKind::of(path).unwrap();
    let mut writer = ColumnWriter::create(path, kind, batch.schema_ref()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
}

#[test]
fn who_moved_is_found_by_ids_of_any_type_and_in_files_of_any_kind() {
    let matrix = Matrix::from_yaml(COUNTS).unwrap_or_else(|faults| panic!("{faults}"));
    let folder = folder("movement");
    let january = [
        Some(12),
        Some(3),
        Some(20),
        Some(1),
        Some(99),
        Some(5),
        Some(5),
        Some(30),
    ];
    let february = [
        Some(11),
        Some(9),
        Some(3),
        Some(1),
        Some(9),
        Some(30),
        Some(1),
        Some(2),
    ];
    // The fifth is refused in January; 6 occurs twice then, and 8 in February; 3 is gone, and 7 is new. One person has no id.
    let (early, late) = ([1, 2, 3, 4, 5, 6, 6, 0], [4, 1, 2, 7, 5, 6, 8, 8]);
    type Ids = fn(&[i64]) -> ArrayRef;
    let kinds: [(&str, Ids); 6] = [
        ("texts", |ids| {
            Arc::new(
                ids.iter()
                    .map(|id| (*id > 0).then(|| id.to_string()))
                    .collect::<StringArray>(),
            )
        }),
        ("views", |ids| {
            Arc::new(
                ids.iter()
                    .map(|id| (*id > 0).then(|| id.to_string()))
                    .collect::<StringViewArray>(),
            )
        }),
        ("longs", |ids| {
            Arc::new(
                ids.iter()
                    .map(|id| (*id > 0).then_some(*id))
                    .collect::<Int64Array>(),
            )
        }),
        ("floats", |ids| {
            Arc::new(
                ids.iter()
                    .map(|id| (*id > 0).then_some(*id as f64))
                    .collect::<Float64Array>(),
            )
        }),
        ("decimals", |ids| {
            let ids = ids
                .iter()
                .map(|id| (*id > 0).then_some(i128::from(*id) * 100));
            Arc::new(
                ids.collect::<Decimal128Array>()
                    .with_precision_and_scale(20, 2)
                    .unwrap(),
            )
        }),
        ("dictionaries", |ids| {
            let ids: Vec<Option<String>> = ids
                .iter()
                .map(|id| (*id > 0).then(|| id.to_string()))
                .collect();
            Arc::new(
                ids.iter()
                    .map(Option::as_deref)
                    .collect::<DictionaryArray<Int8Type>>(),
            )
        }),
    ];
    for (name, ids) in kinds {
        let [before, now] =
            ["parquet", "arrow"].map(|ending| folder.join(format!("{name}.{ending}")));
        counted(&before, ids(&early), &january);
        counted(&now, ids(&late), &february);
        let columns = Columns::new();
        for ending in ["csv", "jsonl", "parquet", "arrow"] {
            let [first, second] =
                ["first", "second"].map(|run| folder.join(format!("{name}-{run}.{ending}")));
            run(
                &before,
                &first,
                &columns,
                &matrix,
                as_at(),
                2,
                Tally::new(&matrix),
            );
            let since = || Tally::since(&matrix, Previous::open(&list(&first)).unwrap());
            let ran = run(&now, &second, &columns, &matrix, as_at(), 2, since());
            let movement = ran.tally.movement().unwrap();
            let moves: Vec<_> = movement
                .moves
                .iter()
                .map(|moved| (moved.from.as_str(), moved.to.as_str(), moved.ids.join(",")))
                .collect();
            let wanted = [
                ("high", "low", "1"),
                ("low", "high", "4"),
                ("refused", "low", "5"),
            ];
            assert_eq!(
                moves,
                wanted.map(|(from, to, ids)| (from, to, ids.to_owned())),
                "{name} {ending}"
            );
            assert_eq!(
                (movement.stayed, movement.new, movement.gone, movement.apart),
                (1, 1, 1, 2),
                "{name} {ending}"
            );
            assert_eq!(ran.tally.repeated().unwrap().ids, ["8"]);
            let mut moved: Vec<_> = ran
                .moved
                .iter()
                .map(|moved| (moved.id.as_str(), moved.why))
                .collect();
            moved.retain(|(id, _)| !ran.tally.withdrawn().iter().any(|own| own == id));
            assert_eq!(
                moved,
                [
                    ("4", "inputs"),
                    ("1", "inputs"),
                    ("7", "new"),
                    ("5", "inputs")
                ]
            );
            assert_eq!(ran.tally.reasons().len(), 0);
            // The same run again: nobody moved, is new or is gone, whatever ids are twice there or missing.
            for file in [&before, &now] {
                let again = folder.join(format!("{name}-again.{ending}"));
                run(
                    file,
                    &again,
                    &columns,
                    &matrix,
                    as_at(),
                    1,
                    Tally::new(&matrix),
                );
                let tally = Tally::since(&matrix, Previous::open(&list(&again)).unwrap());
                let movement = run(file, &second, &columns, &matrix, as_at(), 2, tally)
                    .tally
                    .movement()
                    .unwrap();
                assert_eq!(
                    (
                        movement.moves.len(),
                        movement.new,
                        movement.gone,
                        movement.apart
                    ),
                    (0, 0, 0, 1)
                );
            }
        }
    }
}

#[test]
fn a_file_of_text_and_a_file_of_columns_give_the_same() {
    let matrix = Matrix::from_yaml(COUNTS).unwrap_or_else(|faults| panic!("{faults}"));
    let folder = folder("alike");
    let text = folder.join("people.csv");
    // Of their own dates, with totals to leave out, and one of them without an id.
    let rows = "Ref,Arrests,On,Area\na,12,2026-01-05,north\nb,n/k,,\nTOTAL,13,,\n,3,,south\nc,61,2026-01-06,east\nd,,,west\n";
    std::fs::write(&text, rows).unwrap();
    let batch = RecordBatch::try_from_iter_with_nullable([
        (
            "Ref",
            of(StringArray::from(vec![
                Some("a"),
                Some("b"),
                Some("TOTAL"),
                None,
                Some("c"),
                Some("d"),
                None,
            ])),
            true,
        ),
        (
            "Arrests",
            of(StringViewArray::from(vec![
                Some("12"),
                Some("n/k"),
                Some("13"),
                Some("3"),
                Some("61"),
                Some(""),
                None,
            ])),
            true,
        ),
        (
            "On",
            of(Date32Array::from(vec![
                Some(20_458),
                None,
                None,
                None,
                Some(20_459),
                None,
                None,
            ])),
            true,
        ),
        (
            "Area",
            of(StringArray::from(vec![
                Some("north"),
                None,
                None,
                Some("south"),
                Some("east"),
                Some("west"),
                None,
            ])),
            true,
        ),
    ])
    .unwrap();
    let mapping = "id: Ref\nas_at: On\nmissing: [n/k]\nskip: { where: { Ref: [TOTAL] } }\ncolumns: { arrests: Arrests }\n";
    let columns = Columns::from_yaml("columns.yaml", mapping.as_bytes(), &matrix)
        .unwrap()
        .keeping("Area");
    let (mut tables, mut places) = (Vec::new(), Vec::new());
    let write = |ending: &str| {
        let path = folder.join(format!("people.{ending}"));
        let kind = ColumnFileKind::of(&path).unwrap();
        let mut writer = ColumnWriter::create(&path, kind, batch.schema_ref()).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        path
    };
    let stream = folder.join("people.arrows");
    let mut writer =
        StreamWriter::try_new(File::create(&stream).unwrap(), batch.schema_ref()).unwrap();
    writer.write(&batch.slice(0, 3)).unwrap();
    writer.write(&batch.slice(3, 4)).unwrap();
    writer.finish().unwrap();
    for path in [text, write("parquet"), write("arrow"), stream] {
        let out = folder.join("out.csv");
        let ran = run(
            &path,
            &out,
            &columns,
            &matrix,
            as_at(),
            1,
            Tally::new(&matrix),
        );
        assert_eq!(ran.skipped, 1);
        let reasons: Vec<_> = ran
            .tally
            .reasons()
            .into_iter()
            .map(|reason| (reason.inputs, reason.message, reason.cells))
            .collect();
        let counts = ran.tally.reasons()[0].first.as_ref().unwrap().counts();
        let table = ran.tally.to_string();
        assert!(table.contains(&format!("  {counts} ")), "{table}");
        tables.push((std::fs::read_to_string(&out).unwrap(), reasons));
        places.push(counts);
    }
    assert_eq!(places, ["line", "row", "row", "row"]);
    assert!(
        tables[0].0.contains("\na,2026-01-05,counts,1.0.0,"),
        "{}",
        tables[0].0
    );
    assert!(
        tables[0].0.ends_with(",,west\n") || tables[0].0.ends_with(",west\n"),
        "{}",
        tables[0].0
    );
    assert!(
        tables.iter().all(|table| *table == tables[0]),
        "{tables:#?}"
    );
}

fn of(array: impl Array + 'static) -> ArrayRef {
    Arc::new(array)
}

#[test]
fn columns_that_are_missing_or_of_the_wrong_type_are_reported_at_once() {
    let matrix = utm();
    let bulk = matrix.bulk(as_at(), Outputs::tiers());
    let ones: ArrayRef = Arc::new(Float64Array::from(vec![1.0]));
    let words: ArrayRef = Arc::new(StringArray::from(vec!["a"]));
    let times: ArrayRef = Arc::new(arrow_array::TimestampSecondArray::from(vec![1]));
    let batch = RecordBatch::try_from_iter([
        ("rosh", ones.clone()),
        ("female", ones),
        ("ogrs_3", words),
        ("assessed", times),
    ])
    .unwrap();
    let names = Names::new().with_id("crn").with("ogrs3", "ogrs3_score");
    insta::assert_snapshot!(bulk.batches(batch.schema_ref(), &names).unwrap_err(), @r"
    column `crn`: it is not in the cohort; write one of `rosh`, `female`, `ogrs_3`, `assessed`
    column `ogrs3_score`: it is not in the cohort; did you mean `ogrs_3`?
    column `mandate_for_change`: it is not in the cohort, and must always be given
    column `assessed`: it holds values of type Timestamp(s); give booleans
    column `rosh`: it should hold texts, for the level `rosh`
    ");
}

#[test]
fn a_file_that_is_not_what_it_says_is_an_error() {
    let path = folder("broken").join("cohort.parquet");
    std::fs::write(&path, "id,arrests\n1,2\n").unwrap();
    assert!(
        ColumnFile::open(&path)
            .unwrap_err()
            .to_string()
            .contains("cohort.parquet")
    );
    assert!(
        ColumnFile::open(folder("broken").join("none.arrow"))
            .unwrap_err()
            .to_string()
            .contains("none.arrow")
    );
}
