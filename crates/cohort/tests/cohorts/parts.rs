//! A cohort scored part by part is the cohort scored person by person.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert_eq};
use test_kit::library::{date, load, read};
use test_kit::strategy::{self, Holding, Setting};
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix, Profile, Value};
use threshold_matrix_cohort::{CohortReader, Columns, FileKind, OutcomeWriter, Previous, Tally};

/// What a run writes and shows, and the refused people among it.
type Run = (String, String);

fn previous(written: &str) -> Previous {
    Previous::read(written.as_bytes(), FileKind::Csv).unwrap()
}

/// The table without the cells that were refused, which only a part of a file has.
fn table(tally: &Tally) -> String {
    let table = tally.to_string();
    let Some((before, cells)) = table.split_once("\nrefused cells, by column:\n") else {
        return table;
    };
    let after = cells
        .split_once("\n\n")
        .map(|(_, after)| format!("\n{after}"));
    format!("{before}{}", after.unwrap_or_default())
}

fn by_person(file: &str, matrix: &Matrix, columns: &Columns, as_at: Date, last: &str) -> Run {
    let mut writer = OutcomeWriter::new(Vec::new(), FileKind::Csv, matrix).unwrap();
    let mut tally = Tally::since(matrix, previous(last));
    for person in CohortReader::new(file.as_bytes(), FileKind::Csv, columns, matrix).unwrap() {
        let scored = person.unwrap().score(matrix, as_at);
        writer.write(&scored).unwrap();
        tally.add(&scored);
    }
    let written = String::from_utf8(writer.finish().unwrap()).unwrap();
    (written, table(&tally))
}

fn by_part(file: &str, matrix: &Matrix, columns: &Columns, as_at: Date, last: &str) -> Run {
    let mut writer = OutcomeWriter::new(Vec::new(), FileKind::Csv, matrix).unwrap();
    let mut tally = Tally::since(matrix, previous(last));
    let reader = CohortReader::new(file.as_bytes(), FileKind::Csv, columns, matrix).unwrap();
    let outputs = Outputs::tiers().with_dimensions().with_flags();
    let mut scoring = reader.score(matrix, as_at, outputs);
    while let Some(part) = scoring.next_part().unwrap() {
        writer.write_part(part).unwrap();
        tally.add_part(part);
    }
    let written = String::from_utf8(writer.finish().unwrap()).unwrap();
    (written, table(&tally))
}

/// A cell as people and programs write it; `how` says in which way.
fn cell(value: Option<&Value>, how: u8) -> String {
    let text = match value {
        None | Some(Value::Missing) => String::new(),
        Some(Value::Boolean(true)) => {
            ["true", "1", "TRUE", "True"][usize::from(how % 4)].to_owned()
        }
        Some(Value::Boolean(false)) => {
            ["false", "0", "FALSE", "False"][usize::from(how % 4)].to_owned()
        }
        Some(Value::Whole(number)) => number.to_string(),
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Members(members)) if members.is_empty() => "|".to_owned(),
        Some(Value::Members(members)) => members.join("|"),
        Some(other) => panic!("a cell for {other:?}"),
    };
    match how {
        0..200 => text,
        200..210 => format!(" {text}\t"),
        210..225 => format!("\"{}\"", text.replace('"', "\"\"")),
        225..230 => format!("0{text}"),
        230..235 => format!("{text}.0"),
        235..238 => format!("{text}|{text}"),
        238..240 => "n/k".to_owned(),
        _ => text,
    }
}

/// The people as a file; `how` says how each cell is written.
fn file(matrix: &Matrix, people: &[Profile], how: &[u8]) -> String {
    let mut how = how.iter().copied().cycle();
    let mut next = || how.next().unwrap_or_default();
    let inputs: Vec<&str> = matrix.inputs().collect();
    let inputs: Vec<&str> = inputs
        .into_iter()
        .filter(|input| !matrix.derived_inputs().any(|derived| derived == *input))
        .collect();
    let mut file = format!("id,as_at,again,{}\n", inputs.join(","));
    for (number, profile) in people.iter().enumerate() {
        let id = match next() {
            0..5 => String::new(),
            5..10 => "\"a, \"\"b\"\"\"".to_owned(),
            10..20 => "p1".to_owned(),
            _ => format!("p{number}"),
        };
        let as_at = match next() {
            0..10 => "2025-02-28",
            10..15 => "28/02/2025",
            _ => "",
        };
        let again = ["", "1", "0", "true", "no"][usize::from(next()) % 5];
        file.push_str(&format!("{id},{as_at},{again}"));
        for input in &inputs {
            file.push(',');
            file.push_str(&cell(profile.get(input), next()));
        }
        file.push_str(match next() {
            0..10 => ",\n",
            10..20 => "\r\n",
            20..30 => "\n\n",
            _ => "\n",
        });
    }
    file
}

fn cohorts() -> impl Strategy<Value = (strategy::Cohort, Vec<u8>)> {
    (
        strategy::cohorts(Setting::Large, Holding::Unknown { completions: 64 }, 40),
        vec(any::<u8>(), 997),
    )
}

proptest::proptest! {
    #![proptest_config(test_kit::cases(60))]

    #[test]
    fn a_cohort_by_parts_is_the_cohort_person_by_person((cohort, how) in cohorts()) {
        let matrix = load(&cohort.spec.to_yaml())?;
        let people: Vec<Profile> = cohort.profiles.iter().map(read).collect();
        let (as_at, columns) = (date(&cohort.spec), Columns::new().with_outcome("again"));
        let before = file(&matrix, &people, &how);
        let (earlier, _) = by_person(&before, &matrix, &Columns::new(), as_at, &header(&matrix));
        let now = file(&matrix, &people, &how[1..]);
        prop_assert_eq!(
            by_part(&now, &matrix, &columns, as_at, &earlier),
            by_person(&now, &matrix, &columns, as_at, &earlier),
            "{}", now
        );
    }
}

fn header(matrix: &Matrix) -> String {
    let writer = OutcomeWriter::new(Vec::new(), FileKind::Csv, matrix).unwrap();
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

/// Many people, so that there are several parts, and a set that comes as a column for each member, some of them translated.
#[test]
fn shipped_matrices_give_the_same_by_parts() {
    for (name, yaml) in [
        ("hmpps-utm@2.0.0", "id: id"),
        (
            "iom-threshold@1.1.0",
            "columns: { rosh: { column: rosh, values: { low: low, medium: high, high: medium, very_high: null } } }",
        ),
    ] {
        let as_at = "2026-12-05".parse().unwrap();
        let matrix = Matrix::open(name, as_at).unwrap();
        let columns = Columns::from_yaml("columns.yaml", yaml.as_bytes(), &matrix).unwrap();
        let people: Vec<Profile> =
            threshold_matrix::sample::profiles(&matrix, as_at, 5, 5000).collect();
        for how in [vec![50], (0..=255).collect()] {
            let file = file(&matrix, &people, &how);
            let last = header(&matrix);
            assert!(
                by_part(&file, &matrix, &columns, as_at, &last)
                    == by_person(&file, &matrix, &columns, as_at, &last),
                "{name}"
            );
        }
    }
}
