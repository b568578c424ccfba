//! The same people as CSV, as a workbook, as JSON lines and as a file of columns: the road ends at one file of outcomes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::files::{ColumnFileKind, ColumnWriter};
use threshold_matrix_cohort::{Beside, Columns, Previous, Tally};

use crate::road;

const MATRIX: &str = r#"
format: 1
id: forms
version: 1.0.0
title: Forms
status: illustrative
inputs:
  priors: { type: integer, range: [0, 50], missing: unknown }
  rsr: { type: decimal, places: 3, range: [0, 100], missing: absent }
  engaged: { type: boolean, missing: absent }
  charged: { type: date, missing: absent }
criteria:
  risk: { input: rsr, bands: [ { from: 0, points: 0 }, { from: 7, points: 10 } ], absent: 0 }
  past: { input: priors, bands: [ { from: 0, points: 0 }, { from: 3, points: 10 } ] }
dimensions:
  one: { score: [risk, past], levels: [ { level: high, from: 10 }, { level: low } ] }
tiers: [high, low]
decision: { rules: [ { tier: high, when: { one: high } }, { tier: low } ] }
"#;

/// A person: id, priors, RSR, whether they are engaged, when they were charged (also as a day counted from 1970), area, and a number that is carried through.
type Row = (
    &'static str,
    Option<i32>,
    Option<f64>,
    Option<bool>,
    Option<(&'static str, i32)>,
    &'static str,
    i32,
);

const PEOPLE: [Row; 6] = [
    ("007", Some(12), Some(6.999), Some(true), None, "north", 7),
    (
        "b",
        Some(1),
        Some(7.0),
        None,
        Some(("2026-01-05", 20_458)),
        "north, by the sea",
        -3,
    ),
    // Nobody recorded what would settle the result.
    ("c", None, Some(0.5), Some(false), None, "", 0),
    // Out of range, in two cells.
    ("d", Some(51), Some(101.5), None, None, "=SUM(1)", 12),
    ("e", Some(0), None, None, None, "\"east\"", 1),
    ("f", Some(3), None, Some(true), None, "Ж", 1),
];

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("forms");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

const NAMES: [&str; 7] = [
    "id", "priors", "rsr", "engaged", "charged", "area", "number",
];

fn shown<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn csv(path: &Path) {
    let mut file = csv::Writer::from_path(path).unwrap();
    file.write_record(NAMES).unwrap();
    for (id, priors, rsr, engaged, charged, area, number) in PEOPLE {
        file.write_record([
            id.to_owned(),
            shown(priors),
            shown(rsr),
            shown(engaged),
            shown(charged.map(|(day, _)| day)),
            area.to_owned(),
            number.to_string(),
        ])
        .unwrap();
    }
    file.flush().unwrap();
}

fn json_lines(path: &Path) {
    let mut text = String::new();
    for (id, priors, rsr, engaged, charged, area, number) in PEOPLE {
        let line = serde_json::json!({
            "id": id, "priors": priors, "rsr": rsr, "engaged": engaged, "charged": charged.map(|(day, _)| day), "area": area, "number": number,
        });
        text.push_str(&format!("{line}\n"));
    }
    std::fs::write(path, text).unwrap();
}

fn workbook(path: &Path) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("people").unwrap();
    let days = Format::new().set_num_format("dd/mm/yyyy");
    for (column, name) in (0..).zip(NAMES) {
        sheet.write_string(0, column, name).unwrap();
    }
    for (row, (id, priors, rsr, engaged, charged, area, number)) in (1..).zip(PEOPLE) {
        sheet.write_string(row, 0, id).unwrap();
        if let Some(priors) = priors {
            sheet.write_number(row, 1, priors).unwrap();
        }
        if let Some(rsr) = rsr {
            sheet.write_number(row, 2, rsr).unwrap();
        }
        if let Some(engaged) = engaged {
            sheet.write_boolean(row, 3, engaged).unwrap();
        }
        if let Some((day, _)) = charged {
            let day = ExcelDateTime::parse_from_str(day).unwrap();
            sheet
                .write_datetime_with_format(row, 4, &day, &days)
                .unwrap();
        }
        sheet.write_string(row, 5, area).unwrap();
        sheet.write_number(row, 6, number).unwrap();
    }
    book.save(path).unwrap();
}

fn columns_of(path: &Path) {
    let each = || PEOPLE.into_iter();
    let arrays: [ArrayRef; 7] = [
        Arc::new(StringArray::from_iter_values(each().map(|row| row.0))),
        Arc::new(
            each()
                .map(|row| row.1.map(i64::from))
                .collect::<Int64Array>(),
        ),
        Arc::new(each().map(|row| row.2).collect::<Float64Array>()),
        Arc::new(each().map(|row| row.3).collect::<BooleanArray>()),
        Arc::new(
            each()
                .map(|row| row.4.map(|(_, day)| day))
                .collect::<Date32Array>(),
        ),
        Arc::new(StringArray::from_iter_values(each().map(|row| row.5))),
        Arc::new(Int64Array::from_iter_values(
            each().map(|row| i64::from(row.6)),
        )),
    ];
    let named = NAMES
        .into_iter()
        .zip(arrays)
        .map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(named).unwrap();
    let kind = ColumnFileKind::of(path).unwrap();
    let mut writer = ColumnWriter::create(path, kind, batch.schema_ref()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
}

/// A text without the names of cells of the sheet, which only a workbook has.
fn without_places(text: &str) -> String {
    let mut parts = text.split(" (people!");
    let mut without = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        without.push_str(part.split_once(')').unwrap().1);
    }
    without
}

#[test]
fn every_form_of_a_cohort_ends_in_one_file_of_outcomes() {
    let matrix = Matrix::from_yaml(MATRIX).unwrap_or_else(|faults| panic!("{faults}"));
    let as_at: Date = "2026-12-05".parse().unwrap();
    let folder = folder();
    // Two moved, one stayed, one is gone, and the others are new.
    let before = folder.join("before.csv");
    std::fs::write(
        &before,
        "id,priors,rsr\n007,0,1\nb,1,7\nd,0,1\nf,5,1\ngone,1,1\n",
    )
    .unwrap();
    let last = folder.join("last.csv");
    road::run(
        &before,
        &last,
        &Columns::new(),
        &matrix,
        as_at,
        1,
        Tally::new(&matrix),
    );
    let columns = Columns::new()
        .keeping("area")
        .keeping("number")
        .keeping("charged");
    let [text, book, lines, file] =
        ["csv", "xlsx", "jsonl", "parquet"].map(|ending| folder.join(format!("people.{ending}")));
    csv(&text);
    workbook(&book);
    json_lines(&lines);
    columns_of(&file);
    let came = |from: &Path| {
        let out = folder.join("out.csv");
        let tally = Tally::since(&matrix, Previous::open(&road::list(&last)).unwrap());
        let beside = Beside::new(columns.kept().iter().cloned(), true);
        let ran = road::with(from, &out, &columns, &matrix, as_at, 1, tally, beside);
        let (moved, tally) = (format!("{:?}", ran.moved), ran.tally);
        let movement = format!("{:?}", tally.movement());
        (
            std::fs::read_to_string(&out).unwrap(),
            moved,
            movement,
            tally.refused(),
        )
    };
    let wanted = came(&text);
    assert_eq!(wanted.3, 1);
    let last_rows: Vec<&str> = wanted.0.lines().skip(1).collect();
    assert!(last_rows[0].ends_with(",low,north,7,"), "{}", wanted.0);
    assert!(
        last_rows[1].ends_with(",high,\"north, by the sea\",-3,2026-01-05"),
        "{}",
        wanted.0
    );
    assert!(wanted.2.contains("gone: 1"), "{}", wanted.2);
    for from in [&lines, &file] {
        assert_eq!(came(from), wanted, "{}", from.display());
    }
    let (written, moved, movement, refused) = came(&book);
    for place in ["(people!B5)", "(people!C5)"] {
        assert!(written.contains(place), "{written}");
    }
    let of_book = (without_places(&written), moved, movement, refused);
    assert_eq!(of_book, wanted);
}
