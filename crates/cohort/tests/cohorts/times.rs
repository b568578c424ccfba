//! Outcomes that are numbers of times, before a date and after it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use threshold_matrix::Matrix;
use threshold_matrix_cohort::trial::{Audience, Trial};
use threshold_matrix_cohort::{CohortReader, Columns, FileKind, Tally, Times};

use crate::disclosure::{Case, Draws, as_at};

fn matrix() -> Matrix {
    Matrix::from_yaml(threshold_matrix::doc_example()).unwrap()
}

fn counted(file: &str, kind: FileKind) -> Tally {
    let matrix = matrix();
    let columns = Columns::new().with_outcome("after").with_before("before");
    let mut tally = Tally::new(&matrix);
    for person in CohortReader::new(file.as_bytes(), kind, &columns, &matrix).unwrap() {
        tally.add(&person.unwrap().score(&matrix, as_at()));
    }
    tally
}

/// Ann and Dee are high, Bob is medium, of Cat it is not known how often it was seen before, and Eve is refused.
const CSV: &str = "id,arrests,rosh,before,after\nann,12,low,4,1\nbob,4,low,2,0\ncat,1,low,,3\ndee,14,low,3,2.0\neve,-1,low,1,1\n";

#[track_caller]
fn is_of_these_people(tally: &Tally) {
    let shares = tally.frequencies();
    let told: Vec<(String, u64, [u64; 2], [u64; 2])> = shares
        .iter()
        .filter(|share| share.frequency.people() > 0)
        .map(|share| {
            let own = share.frequency;
            (share.name(), own.people(), own.any(), own.times())
        })
        .collect();
    let high = ("high".to_owned(), 2, [2, 2], [7, 3]);
    let medium = ("medium".to_owned(), 1, [1, 0], [2, 0]);
    assert_eq!(
        told,
        [high, medium, ("refused".to_owned(), 1, [1, 1], [1, 1])]
    );
    // What was seen later is true of those of whom it was seen at all.
    let seen = tally.results();
    let seen = seen.iter().map(|share| (share.observed, share.happened));
    assert_eq!(seen.take(3).collect::<Vec<_>>(), [(2, 2), (1, 0), (1, 1)]);
}

#[test]
fn times_are_counted_by_tier_in_every_form() {
    is_of_these_people(&counted(CSV, FileKind::Csv));
    let lines = CSV.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |at: usize| match cells[at] {
            "" => "null",
            cell => cell,
        };
        let (id, arrests, before, after) = (cells[0], cells[1], number(3), number(4));
        [
            format!(
                "{{\"id\": \"{id}\", \"arrests\": {arrests}, \"rosh\": \"low\", \"before\": {before}, \"after\": {after}}}\n"
            ),
            format!(
                "{{\"id\": \"{id}\", \"profile\": {{\"arrests\": {arrests}, \"rosh\": \"low\"}}, \"before\": {before}, \"after\": {after}}}\n"
            ),
        ]
    });
    let lines: Vec<[String; 2]> = lines.collect();
    for form in [0, 1] {
        let file: String = lines.iter().map(|line| line[form].as_str()).collect();
        is_of_these_people(&counted(&file, FileKind::JsonLines));
    }
}

/// The road of files counts as the scorer of one person does.
#[cfg(feature = "parquet")]
#[test]
fn times_are_counted_on_the_road_of_files() {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray};
    use threshold_matrix::bulk::Outputs;
    use threshold_matrix_cohort::files::{ColumnFileKind, ColumnWriter};
    use threshold_matrix_cohort::{CohortFiles, FileList};

    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("times");
    std::fs::create_dir_all(&folder).unwrap();
    let (csv, parquet) = (folder.join("people.csv"), folder.join("people.parquet"));
    std::fs::write(&csv, CSV).unwrap();
    // Data frames write whole numbers as floats where some are missing.
    let before = Float64Array::from(vec![Some(4.0), Some(2.0), None, Some(3.0), Some(1.0)]);
    let batch = RecordBatch::try_from_iter([
        (
            "id",
            Arc::new(StringArray::from(vec!["ann", "bob", "cat", "dee", "eve"])) as ArrayRef,
        ),
        (
            "arrests",
            Arc::new(Int32Array::from(vec![12, 4, 1, 14, -1])),
        ),
        ("rosh", Arc::new(StringArray::from(vec!["low"; 5]))),
        ("before", Arc::new(before)),
        ("after", Arc::new(Int32Array::from(vec![1, 0, 3, 2, 1]))),
    ])
    .unwrap();
    let mut writer =
        ColumnWriter::create(&parquet, ColumnFileKind::Parquet, batch.schema_ref()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    let matrix = matrix();
    let columns = Columns::new().with_outcome("after").with_before("before");
    for path in [csv, parquet] {
        let mut tally = Tally::new(&matrix);
        let files = FileList::of(std::slice::from_ref(&path)).unwrap();
        let outputs = Outputs::tiers().with_dimensions();
        CohortFiles::open(&files, &columns, &matrix)
            .unwrap()
            .score(&matrix, as_at(), outputs, 1, &mut tally, None, |_, _, _| {
                Ok::<(), threshold_matrix_cohort::CohortError>(())
            })
            .unwrap();
        is_of_these_people(&tally);
    }
}

/// People read labels, and data has names.
#[test]
fn times_are_told_by_labels() {
    let text = threshold_matrix::doc_example();
    let matrix = text.replace(
        "tiers: [high,",
        "labels: { high: Seen weekly }\ntiers: [high,",
    );
    let matrix = Matrix::from_yaml(&matrix).unwrap();
    let columns = Columns::new().with_outcome("after").with_before("before");
    let mut tally = Tally::new(&matrix);
    let mut trial = Trial::new(&matrix, &matrix).threshold(2);
    for person in CohortReader::new(CSV.as_bytes(), FileKind::Csv, &columns, &matrix).unwrap() {
        let person = person.unwrap();
        trial.add(&person, as_at());
        tally.add(&person.score(&matrix, as_at()));
    }
    for told in [tally.to_string(), trial.report().to_string()] {
        let (_, table) = told.split_once("Share of people of whom").unwrap();
        assert!(table.contains("Seen weekly"), "{told}");
    }
    assert_eq!(tally.frequencies()[0].name(), "high");
}

#[test]
fn a_number_of_times_is_not_taken_for_a_truth() {
    let matrix = matrix();
    let refused = |columns: &Columns, cell: &str| {
        let file = format!("id,arrests,rosh,before,after\nann,12,low,{cell}\n");
        let mut people =
            CohortReader::new(file.as_bytes(), FileKind::Csv, columns, &matrix).unwrap();
        people
            .next()
            .unwrap()
            .unwrap()
            .profile
            .unwrap_err()
            .to_string()
    };
    let truths = Columns::new().with_outcome("after");
    let times = Columns::new().with_outcome("after").with_before("before");
    let told = refused(&truths, "0,2");
    assert!(
        told.contains("the outcome is `2`, not true, false, 1 or 0; a number of times is read if `--before` names"),
        "{told}"
    );
    for (cells, wrong) in [
        ("1,true", "true"),
        ("1,-1", "-1"),
        ("2.5,1", "2.5"),
        ("1,20261121", "20261121"),
    ] {
        let told = refused(&times, cells);
        assert!(
            told.contains(&format!("is `{wrong}`, not a whole number")),
            "{told}"
        );
    }
}

/// The cohort of an attack, with numbers of times. Most people have few.
fn with_times(seed: u64) -> (Case, String) {
    let case = Case::new(seed);
    let mut draws = Draws::new(seed);
    let lines = case.csv.lines().enumerate().map(|(at, line)| {
        if at == 0 {
            return format!("{line},before,after\n");
        }
        let mut times = || match draws.below(8) {
            0 => String::new(),
            number => (number / 3 * number / 5).to_string(),
        };
        format!("{line},{},{}\n", times(), times())
    });
    let csv = lines.collect();
    (case, csv)
}

fn trial(case: &Case, csv: &str, audience: Audience, is_swapped: bool) -> Trial {
    let (old, new) = match is_swapped {
        false => (&case.old, &case.new),
        true => (&case.new, &case.old),
    };
    let mut trial = Trial::new(old, new).audience(audience).by(["grp"]).unwrap();
    let columns = trial.columns(Columns::new().with_outcome("after").with_before("before"));
    let people = CohortReader::for_revisions(csv.as_bytes(), FileKind::Csv, &columns, old, new);
    for person in people.unwrap() {
        trial.add(&person.unwrap(), as_at());
    }
    trial
}

fn rows(data: &Value, side: usize) -> Vec<(String, &Value)> {
    let rows = data["frequencies"]["revisions"][side].as_array().unwrap();
    let row = |row: &'_ Value| row["name"].as_str().unwrap().to_owned();
    rows.iter()
        .map(|own| (row(own), &own["frequency"]))
        .collect()
}

/// Whatever can be worked out from sums over sets of people is a sum over what is left of these sets where they cross; and none of that is of fewer people
/// than the threshold.
#[test]
fn a_release_tells_times_of_no_few_people() {
    let mut hidden = 0;
    for seed in 0..24 {
        let (case, csv) = with_times(seed);
        let data = [false, true].map(|is_swapped| {
            serde_json::to_value(trial(&case, &csv, Audience::Release, is_swapped)).unwrap()
        });
        let board = trial(&case, &csv, Audience::Board, false);
        // Who went which way, by those of whom the times are known.
        let mut people: Vec<([String; 2], u64)> = Vec::new();
        let mut known = BTreeMap::new();
        let columns = board.columns(Columns::new().with_outcome("after").with_before("before"));
        let read = CohortReader::for_revisions(
            csv.as_bytes(),
            FileKind::Csv,
            &columns,
            &case.old,
            &case.new,
        );
        for person in read.unwrap().map(Result::unwrap) {
            if person.times.is_none() {
                continue;
            }
            let way = known
                .entry(format!("{:?}", person.profile))
                .or_insert_with(|| {
                    let mut one = Trial::new(&case.old, &case.new);
                    one.add(&person, as_at());
                    let way = one.ways().remove(0);
                    [way.from, way.to]
                });
            let way = way.clone();
            match people.iter_mut().find(|(own, _)| *own == way) {
                Some((_, count)) => *count += 1,
                None => people.push((way, 1)),
            }
        }
        // Each way belongs to the rows that are shown and hold it; ways of the same rows cannot be told apart.
        let mut crossings: BTreeMap<BTreeSet<String>, u64> = BTreeMap::new();
        for (way, count) in &people {
            let mut held = BTreeSet::new();
            for (which, data) in data.iter().enumerate() {
                for side in [0, 1] {
                    for (name, frequency) in rows(data, side) {
                        let at = if which == 0 { side } else { 1 - side };
                        if way[at] == name && !frequency.is_null() {
                            held.insert(format!("{at} {name}"));
                        }
                        hidden += u64::from(frequency.is_null());
                    }
                }
            }
            *crossings.entry(held).or_default() += count;
        }
        for (held, count) in crossings {
            let all = &data[0]["frequencies"]["all"];
            assert!(
                count >= 10 || all.is_null() && held.is_empty(),
                "of seed {seed}: {held:?} {count}"
            );
        }
        assert_eq!(data[0]["frequencies"]["groups"], serde_json::json!([]));
    }
    assert!(hidden > 0);
}

/// Each row is the sum of its people, and the rows of each side are all.
#[test]
fn times_add_up() {
    for seed in 0..60 {
        let (case, csv) = with_times(seed);
        let board = trial(&case, &csv, Audience::Board, false);
        let data = serde_json::to_value(&board).unwrap();
        let told = &data["frequencies"];
        for key in ["people", "any", "times"] {
            let numbers = |value: &Value| -> Vec<u64> {
                match value {
                    Value::Array(items) => items.iter().map(|own| own.as_u64().unwrap()).collect(),
                    value => vec![value.as_u64().unwrap()],
                }
            };
            let all = numbers(&told["all"][key]);
            let groups = told["groups"][0]["groups"].as_array().unwrap();
            let groups = groups
                .iter()
                .map(|own| ("group".to_owned(), &own["frequency"]));
            for rows in [rows(&data, 0), rows(&data, 1), groups.collect()] {
                let mut sum = vec![0; all.len()];
                for (_, frequency) in rows {
                    for (sum, own) in sum.iter_mut().zip(numbers(&frequency[key])) {
                        *sum += own;
                    }
                }
                assert_eq!(sum, all, "{key} of seed {seed}");
            }
        }
        let people = told["all"]["people"].as_u64().unwrap();
        assert_eq!(people + told["unknown"].as_u64().unwrap(), board.people());
        let page = board.report().to_string();
        assert!(
            page.contains("Frequency: times per person (95 % interval), by grp"),
            "{page}"
        );
    }
}

#[test]
fn a_frequency_of_nothing_has_no_interval() {
    let mut never = threshold_matrix_cohort::Frequency::default();
    assert_eq!((never.shares(), never.means()), ([None; 2], [None; 2]));
    never.add(Times::new(0, 0), 3);
    assert_eq!((never.means(), never.change_of_share()), ([None; 2], None));
    never.add(Times::new(0, 2), 1);
    assert_eq!(
        (never.change_of_share(), never.change_of_times()),
        (None, None)
    );
}

/// A file of columns gives the data that text gives.
#[cfg(feature = "parquet")]
#[test]
fn a_file_of_columns_gives_the_same_times() {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use threshold_matrix_cohort::files::{ColumnFile, ColumnFileKind, ColumnWriter};

    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("trial-times.parquet");
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .unwrap();
    for seed in 0..20 {
        let (case, csv) = with_times(seed);
        let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
        let (heads, rows) = rows.split_first().unwrap();
        let columns = heads.iter().enumerate().map(|(at, name)| {
            let cells = rows.iter().map(|row| row[at]);
            let column: ArrayRef = match *name {
                "grp" => Arc::new(cells.map(Some).collect::<StringArray>()),
                "u" => {
                    let truths = cells.map(|cell| (!cell.is_empty()).then_some(cell == "1"));
                    Arc::new(truths.collect::<arrow_array::BooleanArray>())
                }
                _ => Arc::new(cells.map(|cell| cell.parse().ok()).collect::<Int64Array>()),
            };
            (*name, column, true)
        });
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let mut writer =
            ColumnWriter::create(&path, ColumnFileKind::Parquet, batch.schema_ref()).unwrap();
        writer.write(&batch).unwrap();
        writer.finish().unwrap();
        let by_rows = trial(&case, &csv, Audience::Board, false);
        let mut by_columns = Trial::new(&case.old, &case.new)
            .audience(Audience::Board)
            .by(["grp"])
            .unwrap();
        let columns = Columns::new().with_outcome("after").with_before("before");
        let columns = by_columns.columns(columns);
        let file = ColumnFile::open(&path).unwrap();
        by_columns
            .add_file(&file, &columns, as_at(), &pool)
            .unwrap();
        let [by_rows, by_columns] =
            [by_rows, by_columns].map(|trial| serde_json::to_string(&trial).unwrap());
        assert_eq!(by_rows, by_columns, "of seed {seed}");
    }
}
