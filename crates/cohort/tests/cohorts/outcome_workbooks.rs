//! Outcomes as a workbook: the cells of the CSV file, each as what it is, and sheets of who moved, who was refused and what the run was about.

use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert_eq};
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::{
    Beside, CohortError, CohortFiles, Columns, Earlier, FileList, OutcomeFile, Previous, Tally,
};

const MATRIX: &str = r#"
format: 1
id: nights
version: 1.0.0
title: Nights
status: illustrative
inputs:
  priors: { type: integer, range: [0, 50], missing: unknown }
  rsr: { type: decimal, places: 6, range: [0, 100], missing: absent }
criteria:
  risk: { input: rsr, bands: [ { from: 0, points: 0 }, { from: 0.5, points: 0.25 } ], absent: 0 }
  past: { input: priors, bands: [ { from: 0, points: 0 }, { from: 3, points: 100 } ] }
dimensions:
  one: { score: [risk, past], levels: [ { level: high, from: 100 }, { level: low } ] }
flags:
  many: { title: Many priors, when: { priors: { from: 10 } } }
  some: { title: Many priors, when: { priors: { from: 5 } } }
tiers: [high, low]
decision: { rules: [ { tier: high, when: { one: high } }, { tier: low } ] }
"#;

/// People with ids that a spreadsheet would change, and one who is refused.
const PEOPLE: &str = "id,priors,rsr,note
007,12,0.5,\"=HYPERLINK(\"\"x\"\")\"
=1+1,1,99.999999,'quoted
1e5,,7,_x0041_
'x,51,,\u{1}\u{b}control
+44,3,,\"two
lines\"
12345678901234567890,0,, \u{a0}
";

fn matrix() -> Matrix {
    Matrix::from_yaml(MATRIX).unwrap_or_else(|faults| panic!("{faults}"))
}

fn as_at() -> Date {
    "2026-12-05".parse().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("outcome-workbooks-".to_owned() + name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Scores people into a file of outcomes, and returns what was counted.
fn run(people: &Path, out: &Path, previous: Option<&Path>) -> Result<Tally, CohortError> {
    let beside = Beside::new(["note".to_owned()], previous.is_some());
    with(people, out, previous, beside)
}

/// Scores people into a file of outcomes, with something beside the outcomes.
fn with(
    people: &Path,
    out: &Path,
    previous: Option<&Path>,
    beside: Beside,
) -> Result<Tally, CohortError> {
    let (matrix, columns) = (matrix(), Columns::new().keeping("note"));
    let outputs = Outputs::tiers()
        .with_dimensions()
        .with_flags()
        .with_points();
    let cohort = CohortFiles::open(&FileList::of([people])?, &columns, &matrix)?;
    let last = FileList::of(previous)?;
    let mut tally = match previous {
        Some(_) => Tally::since(&matrix, Previous::open(&last)?),
        None => Tally::new(&matrix),
    };
    let mut file = OutcomeFile::create(out, out, Some(&cohort), &matrix, as_at(), outputs, beside)?;
    let each = |_: &_, _, _| Ok(());
    cohort.score(
        &matrix,
        as_at(),
        outputs,
        2,
        &mut tally,
        Some(&mut file),
        each,
    )?;
    file.finish(&tally.report(as_at()).from_source("a test"), &last)?;
    Ok(tally)
}

/// Writes people as CSV, and returns the path.
fn written(folder: &Path, name: &str, people: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, people).unwrap();
    path
}

/// Returns the names of the sheets.
fn sheets(path: &Path) -> Vec<String> {
    let book: Xlsx<_> = open_workbook(path).unwrap();
    book.sheet_names()
}

/// Returns the cells of a sheet.
fn cells(path: &Path, sheet: &str) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

/// Returns a cell as CSV writes it.
fn text(cell: &Data) -> String {
    match cell {
        Data::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    }
}

/// Returns the cells of a CSV file, without the apostrophes that guard them.
fn csv_cells(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new();
    let mut file = reader.has_headers(false).from_path(path).unwrap();
    // What is not a number behind its apostrophes, as the writer sees it.
    let is_formula = |text: &str| {
        let text = text.trim_start_matches('\'');
        let digits = text.strip_prefix(['+', '-']).unwrap_or_default();
        let is_number = digits.parse::<f64>().is_ok()
            && digits
                .bytes()
                .all(|byte| byte == b'.' || byte.is_ascii_digit());
        text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number
    };
    let guarded = |cell: &str| {
        let rest = cell.strip_prefix('\'')?;
        is_formula(rest).then(|| rest.to_owned())
    };
    let rows = file.records().map(Result::unwrap);
    rows.map(|row| {
        row.iter()
            .map(|cell| guarded(cell).unwrap_or_else(|| cell.to_owned()))
            .collect()
    })
    .collect()
}

/// Checks that the sheet of results is a CSV file, cell by cell.
#[track_caller]
fn agree(book: &Path, csv: &Path) {
    let cells: Vec<Vec<String>> = cells(book, "Results")
        .iter()
        .map(|row| row.iter().map(text).collect())
        .collect();
    assert_eq!(cells, csv_cells(csv));
}

#[track_caller]
fn earlier(path: &Path) -> Vec<Earlier> {
    let mut people = Vec::new();
    Earlier::visit_files(&FileList::of([path]).unwrap(), |person| {
        people.push(person);
        Ok(())
    })
    .unwrap();
    people
}

#[test]
fn the_results_are_those_of_csv_and_each_cell_is_what_it_holds() {
    let folder = folder("results");
    let people = written(&folder, "people.csv", PEOPLE);
    let (book, csv) = (folder.join("out.xlsx"), folder.join("out.csv"));
    run(&people, &book, None).unwrap();
    run(&people, &csv, None).unwrap();
    agree(&book, &csv);
    assert_eq!(earlier(&book), earlier(&csv));
    let rows = cells(&book, "Results");
    let of = |row: usize, name: &str| {
        let column = rows[0].iter().position(|cell| text(cell) == name);
        &rows[row][column.unwrap()]
    };
    assert_eq!(*of(1, "id"), Data::String("007".to_owned()));
    assert_eq!(*of(2, "id"), Data::String("=1+1".to_owned()));
    assert!(matches!(of(1, "as_at"), Data::DateTime(_)));
    assert_eq!(*of(1, "provisional"), Data::Bool(false));
    assert_eq!(*of(3, "provisional"), Data::Bool(true));
    assert_eq!(*of(1, "flag.many"), Data::Bool(true));
    assert_eq!(*of(1, "one.score"), Data::Float(100.25));
    assert_eq!(*of(1, "one.level"), Data::String("high".to_owned()));
    assert_eq!(*of(4, "one.score"), Data::Empty);
    assert_eq!(*of(1, "note"), Data::String("=HYPERLINK(\"x\")".to_owned()));
    assert_eq!(*of(3, "note"), Data::String("_x0041_".to_owned()));
    assert_eq!(*of(4, "note"), Data::String("\u{1}\u{b}control".to_owned()));
}

#[test]
fn who_moved_and_who_was_refused_have_sheets_of_their_own() {
    let folder = folder("sheets");
    let people = written(&folder, "people.csv", PEOPLE);
    let (first, second, third) = (
        folder.join("first.xlsx"),
        folder.join("second.xlsx"),
        folder.join("third.xlsx"),
    );
    run(&people, &first, None).unwrap();
    assert_eq!(sheets(&first), ["Results", "Refused", "About"]);
    assert_eq!(
        cells(&first, "Refused")[1]
            .iter()
            .map(text)
            .collect::<Vec<_>>(),
        [
            "'x",
            "5",
            "priors",
            "51",
            "priors",
            "out of range",
            "`priors` is 51, outside 0 to 50"
        ]
    );
    // The same people again.
    let tally = run(&people, &second, Some(&first)).unwrap();
    let movement = tally.movement().unwrap();
    assert_eq!(
        (movement.stayed, movement.moves.len(), movement.new),
        (6, 0, 0)
    );
    assert_eq!(sheets(&second), ["Results", "Moved", "Refused", "About"]);
    assert_eq!(cells(&second, "Moved").len(), 1);
    // Some others: one moved, one is new, one comes twice, and all others are gone.
    let others = "id,priors,rsr,note\n007,0,,\n9,1,,\nm,1,,\nm,9,,\n";
    let others = written(&folder, "others.csv", others);
    run(&others, &third, Some(&second)).unwrap();
    assert_eq!(sheets(&third), ["Results", "Moved", "About"]);
    let moved: Vec<String> = cells(&third, "Moved")
        .iter()
        .map(|row| row.iter().map(text).collect::<Vec<_>>().join(","))
        .collect();
    assert_eq!(
        moved,
        [
            "id,from,to,why",
            "007,high,low,inputs",
            "9,,low,new",
            "=1+1,low,,gone",
            "1e5,high or low,,gone",
            "'x,refused,,gone",
            "+44,high,,gone",
            "12345678901234567890,low,,gone",
        ]
    );
    let about = cells(&third, "About");
    let of = |name: &str| {
        let row = about.iter().find(|row| text(&row[0]) == name);
        row.unwrap_or_else(|| panic!("{name}: {about:?}"))[1].clone()
    };
    assert_eq!(text(&of("as at")), "2026-12-05");
    assert_eq!(text(&of("source")), "a test");
    assert_eq!(of("people"), Data::Float(4.0));
    assert_eq!(of("tier: low"), Data::Float(3.0));
    assert_eq!(of("one: high"), Data::Float(1.0));
    assert_eq!(of("moved"), Data::Float(1.0));
    assert_eq!(of("gone"), Data::Float(5.0));
    assert_eq!(text(&of("previous run")), "nights 1.0.0");
    assert_eq!(text(&of("hash")), matrix().content_hash());
}

#[test]
fn titles_are_in_the_place_of_names_and_tell_columns_apart() {
    let folder = folder("labels");
    let people = written(&folder, "people.csv", PEOPLE);
    let [named, titled] = ["named.xlsx", "titled.xlsx"].map(|name| folder.join(name));
    run(&people, &named, None).unwrap();
    let beside = Beside::new(["note".to_owned()], false).with_labels();
    with(&people, &titled, None, beside).unwrap();
    let (named, with_titles) = (cells(&named, "Results"), cells(&titled, "Results"));
    assert_eq!(named[1..], with_titles[1..]);
    let titles: Vec<String> = with_titles[0].iter().map(text).collect();
    assert_eq!(
        titles,
        [
            "Id",
            "Date of the scoring",
            "Matrix",
            "Version",
            "Hash",
            "Tier",
            "Status",
            "Possible results",
            "Provisional",
            "One: score",
            "One: level",
            "Risk: points",
            "Past: points",
            "Many priors: flag (flag.many)",
            "Many priors: flag (flag.some)",
            "Why refused",
            "note",
        ]
    );
    let error = Previous::open(&FileList::of([&titled]).unwrap())
        .unwrap_err()
        .to_string();
    assert!(error.contains("without `--labels`"), "{error}");
}

#[test]
fn the_sheets_of_a_cohort_of_several_files_name_the_files() {
    let (people, out) = (folder("several"), folder("several-out").join("out.xlsx"));
    let north = written(&people, "north.csv", "id,priors,note\n1,1,\n");
    let south = written(&people, "south.csv", "id,priors,note\n2,3,\n3,x,\n");
    run(&people, &out, None).unwrap();
    let refused = cells(&out, "Refused");
    let [names, row] = refused.as_slice() else {
        panic!("{refused:?}");
    };
    let begin = |row: &[Data]| row.iter().take(3).map(text).collect::<Vec<_>>();
    assert_eq!(begin(names), ["id", "file", "line"]);
    assert_eq!(begin(row), ["3", &south.display().to_string(), "3"]);
    assert!(matches!(row[2], Data::Float(3.0)), "{row:?}");
    let about = cells(&out, "About");
    for (file, people) in [(north, "1"), (south, "2")] {
        let about_file = format!("people of {}", file.display());
        let found = about.iter().find(|row| text(&row[0]) == about_file);
        assert_eq!(text(&found.unwrap()[1]), people);
    }
}

#[test]
fn a_run_gives_the_same_bytes_again() {
    let folder = folder("bytes");
    let people = written(&folder, "people.csv", PEOPLE);
    let bytes = |name: &str| {
        let out = folder.join(name);
        run(&people, &out, None).unwrap();
        std::fs::read(out).unwrap()
    };
    assert!(bytes("one.xlsx") == bytes("two.xlsx"));
}

#[test]
fn only_a_workbook_of_outcomes_is_an_earlier_run() {
    let folder = folder("other");
    let refused = |sheet: &str, columns: &[&str], words: &str| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let own = book.add_worksheet().set_name(sheet).unwrap();
        for (column, name) in (0..).zip(columns) {
            own.write_string(0, column, *name).unwrap();
        }
        let path = folder.join("other.xlsx");
        book.save(&path).unwrap();
        let error = Previous::open(&FileList::of([&path]).unwrap())
            .unwrap_err()
            .to_string();
        assert!(error.contains(words), "{error}");
    };
    refused("people", &["id"], "has no sheet `Results`");
    refused(
        "Results",
        &["id", "tier"],
        "this is not a file of outcomes, as it does not have the columns `status`, `possible`, `error`, ",
    );
    refused("Results", &[], "does not have the columns `id`, `tier`");
}

#[test]
fn what_a_workbook_cannot_hold_is_said() {
    let folder = folder("limits");
    let long = format!("id,priors,rsr,note\na,1,,\nb,1,,{}\n", "x".repeat(32_768));
    let people = written(&folder, "people.csv", &long);
    let error = run(&people, &folder.join("out.xlsx"), None).unwrap_err();
    let error = error.to_string();
    assert!(
        error.contains("in row 3 of the sheet `Results` is longer than the 32767 characters"),
        "{error}"
    );
    let error = run(&people, &folder.join("out.xlsm"), None).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("end the name of the file in .xlsx")
    );
    assert!(!folder.join("out.xlsm").exists());
}

#[cfg(feature = "parquet")]
#[test]
fn people_of_columns_give_the_same_workbook() {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, RecordBatch, StringArray};
    use threshold_matrix_cohort::files::{ColumnFileKind, ColumnWriter};

    let folder = folder("columns");
    let people = written(&folder, "people.csv", PEOPLE);
    let rows = {
        let mut file = csv::Reader::from_path(&people).unwrap();
        file.records().map(Result::unwrap).collect::<Vec<_>>()
    };
    let columns = ["id", "priors", "rsr", "note"].into_iter().enumerate();
    let columns = columns.map(|(at, name)| {
        let cells: StringArray = rows
            .iter()
            .map(|row| Some(row[at].trim_start_matches(' ')))
            .collect();
        (name, Arc::new(cells) as ArrayRef)
    });
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let path = folder.join("people.parquet");
    let kind = ColumnFileKind::of(&path).unwrap();
    let mut writer = ColumnWriter::create(&path, kind, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    let before = folder.join("before.csv");
    let others = written(
        &folder,
        "others.csv",
        "id,priors,rsr,note\n007,0,,\n9,1,,\n",
    );
    run(&others, &before, None).unwrap();
    let [one, two] = ["one.xlsx", "two.xlsx"].map(|name| folder.join(name));
    run(&people, &one, Some(&before)).unwrap();
    run(&path, &two, Some(&before)).unwrap();
    for sheet in ["Results", "Moved"] {
        assert_eq!(cells(&one, sheet), cells(&two, sheet), "{sheet}");
    }
    // They have the numbers of rows there, and not those of lines.
    assert_eq!(cells(&one, "Refused").len(), cells(&two, "Refused").len());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    /// Whatever a text holds, it comes back from a workbook as it comes back from CSV.
    #[test]
    fn texts_are_kept_as_csv_keeps_them(
        texts in vec(("\\PC{0,8}|[=+@'\t_x0-9A-F-]{0,12}", vec(any::<char>().prop_filter("quotes", |own| *own != '"'), 0..6)), 1..6),
    ) {
        let folder = folder("texts");
        let mut people = csv::Writer::from_writer(Vec::new());
        people.write_record(["id", "priors", "note"]).unwrap();
        for (id, note) in &texts {
            let note: String = note.iter().collect();
            people.write_record([id, "3", &note]).unwrap();
        }
        let people = people.into_inner().unwrap();
        let path = folder.join("people.csv");
        std::fs::write(&path, people).unwrap();
        let (book, csv) = (folder.join("out.xlsx"), folder.join("out.csv"));
        run(&path, &book, None).unwrap();
        run(&path, &csv, None).unwrap();
        let rows: Vec<Vec<String>> = cells(&book, "Results")
            .iter()
            .map(|row| row.iter().map(text).collect())
            .collect();
        prop_assert_eq!(rows, csv_cells(&csv));
        prop_assert_eq!(earlier(&book), earlier(&csv));
    }
}
