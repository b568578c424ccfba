//! Record batches, and files of columns: what comes out is what each profile gives by itself.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int16Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, LargeStringArray,
    RecordBatch, StringArray, StringViewArray, UInt8Array,
};
use arrow_ipc::reader::FileReader;
use arrow_schema::Schema;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use threshold_matrix::bulk::Outputs;
use threshold_matrix::bulk::arrow::Names;
use threshold_matrix::{Date, Matrix, Profile, Value, sample};
use threshold_matrix_cohort::files::Summary;
use threshold_matrix_cohort::files::{ColumnFile, ColumnFileKind, ColumnWriter, FileError};

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
    let bulk = matrix.bulk(as_at(), Outputs::tiers().with_dimensions());
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
        let file = ColumnFile::open(&path).unwrap();
        let names = Names::new().with_id("id");
        let batches = bulk.batches(file.schema(), &names).unwrap();
        assert_eq!(batches.unused(), ["remark"]);
        assert_eq!(batches.inputs_without_column(), Vec::<&str>::new());
        for threads in [1, 2, 3] {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let (mut summary, mut row) = (Summary::default(), 0);
            file.score(&bulk, &names, &pool, None, |scored| {
                agrees(&matrix, &people[row..row + scored.num_rows()], &scored, row);
                row += scored.num_rows();
                summary.add(&scored);
                Ok::<(), FileError>(())
            })
            .unwrap();
            assert_eq!(
                (row, summary.people(), summary.provisional()),
                (3000, 3000, 0)
            );
            let refused = people
                .iter()
                .filter(|person| matrix.score(person, as_at()).is_err())
                .count();
            assert!(refused > 30);
            assert_eq!(summary.refused(), u64::try_from(refused).unwrap());
            assert_eq!(
                summary
                    .levels("protect")
                    .iter()
                    .map(|(_, count)| count)
                    .sum::<u64>()
                    + summary.refused(),
                3000
            );
            assert!(
                summary
                    .to_string()
                    .contains("`ogrs3` is 101, outside 0 to 100")
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

fn without_metadata(batch: &RecordBatch) -> RecordBatch {
    let schema = Schema::new(batch.schema().fields().clone());
    RecordBatch::try_new(Arc::new(schema), batch.columns().to_vec()).unwrap()
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
    let bulk = matrix.bulk(as_at(), Outputs::tiers().with_dimensions());
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
    let names = Names::new().with_id("id");
    let file = ColumnFile::open(&source).unwrap();
    let schema = bulk
        .batches(file.schema(), &names)
        .unwrap()
        .schema()
        .clone();
    for (kind, ending) in [
        (ColumnFileKind::Parquet, "parquet"),
        (ColumnFileKind::Ipc, "arrow"),
    ] {
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let out = folder("written").join(format!("scored-{threads}.{ending}"));
            let mut writer = ColumnWriter::create(&out, kind, &schema).unwrap();
            let mut given = Vec::new();
            file.score(&bulk, &names, &pool, Some(&mut writer), |scored| {
                given.push(scored);
                Ok::<(), FileError>(())
            })
            .unwrap();
            writer.finish().unwrap();
            agrees(&matrix, &few, &given[2], 132_000);
            check_provenance(&matrix, &out, kind);
            // The library's reader of Parquet gives batches without the metadata of their schema, which was looked at above.
            let given: Vec<RecordBatch> = given.iter().map(without_metadata).collect();
            let written: Vec<RecordBatch> =
                parts(&out, kind).iter().map(without_metadata).collect();
            assert_eq!(written[..2], given[..2], "{ending} by {threads}");
            if kind == ColumnFileKind::Ipc {
                assert_eq!(written[2..], given[2..]);
            } else {
                assert_eq!(
                    (
                        written.len(),
                        written[2].slice(0, 500),
                        written[2].slice(500, 500)
                    ),
                    (3, given[2].clone(), given[3].clone())
                );
            }
        }
    }
}

#[test]
fn who_moved_is_found_by_streaming_both_files() {
    let matrix = Matrix::from_yaml(
        "format: 1\nid: counts\nversion: 1.0.0\ntitle: Counts\nstatus: local\ninputs:\n  arrests: { type: integer, range: [0, 60] }\n\
         criteria:\n  arrests: { input: arrests, each: 1, points: 1 }\n\
         dimensions:\n  frequency: { score: [arrests] }\n\
         tiers: [high, low]\ndecision:\n  rules:\n    - { tier: high, when: { frequency: { from: 10 } } }\n    - { tier: low }\n",
    )
    .unwrap_or_else(|faults| panic!("{faults}"));
    let bulk = matrix.bulk(as_at(), Outputs::tiers());
    let write = |name: &str, people: &[(&str, u8)]| {
        let path = folder("movement").join(name);
        let ids: ArrayRef = Arc::new(
            people
                .iter()
                .map(|(id, _)| Some(*id))
                .collect::<StringArray>(),
        );
        let arrests: ArrayRef = Arc::new(UInt8Array::from_iter_values(
            people.iter().map(|(_, arrests)| *arrests),
        ));
        let batch = RecordBatch::try_from_iter([("id", ids), ("arrests", arrests)]).unwrap();
        let scored = bulk
            .batches(batch.schema_ref(), &Names::new().with_id("id"))
            .unwrap()
            .score(&batch)
            .unwrap();
        let mut writer =
            ColumnWriter::create(&path, ColumnFileKind::Parquet, scored.schema_ref()).unwrap();
        writer.write(&scored).unwrap();
        writer.finish().unwrap();
        ColumnFile::open(path).unwrap()
    };
    let earlier = write(
        "earlier.parquet",
        &[
            ("ann", 12),
            ("bob", 3),
            ("cat", 20),
            ("dan", 1),
            ("eve", 99),
        ],
    );
    let now = write(
        "now.parquet",
        &[("dan", 11), ("ann", 9), ("bob", 3), ("fay", 1), ("eve", 9)],
    );
    let mut told = Vec::new();
    let movement = now
        .movement_since(&earlier, "id", |id, from, to| {
            told.push(format!("{id}: {from} to {to}"));
            Ok::<(), FileError>(())
        })
        .unwrap();
    told.sort();
    assert_eq!(
        told,
        [
            "ann: high to low",
            "dan: low to high",
            "eve: open or refused to low"
        ]
    );
    assert_eq!((movement.stayed, movement.new, movement.gone), (1, 1, 1));
    assert!(
        movement
            .to_string()
            .starts_with("3 moved, 1 stayed, 1 are new, 1 are gone\n")
    );
    // Nobody has a result in it, so that its dictionary of results is empty.
    let nobody = write("nobody.parquet", &[("ann", 99), ("bob", 99)]);
    let movement = now
        .movement_since(&nobody, "id", |_, _, _| Ok::<(), FileError>(()))
        .unwrap();
    assert!(
        movement
            .to_string()
            .starts_with("2 moved, 0 stayed, 3 are new, 0 are gone\n"),
        "{movement}"
    );
    let error = now
        .movement_since(&earlier, "person", |_, _, _| Ok::<(), FileError>(()))
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("column `person`: it is not in the file, so nobody can be followed")
    );
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
