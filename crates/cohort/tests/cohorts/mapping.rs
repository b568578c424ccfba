//! What cells mean: as the input has it, and as a columns file says.

use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix, Profile, Value};
use threshold_matrix_cohort::{CohortReader, Columns, FileKind, OutcomeWriter, Tally};

const MATRIX: &str = r#"
format: 1
id: kinds
version: 1.0.0
title: Kinds
status: illustrative
inputs:
  arrests: { type: integer, range: [0, 2000], missing: absent }
  rsr: { type: decimal, places: 2, range: [0, 100], missing: absent }
  rosh: { type: level, values: [low, medium, high, very_high], missing: absent }
  mappa_level: { type: category, values: [m1, m2, m3], missing: absent }
  engaged: { type: boolean, missing: absent }
  charged: { type: date, missing: absent }
  crimes: { type: set, values: [robbery, burglary], missing: absent }
criteria:
  arrests: { input: arrests, each: 1, points: 1, absent: 0 }
  risk: { input: rosh, values: { low: 0, medium: 1, high: 2, very_high: 3 }, absent: 0 }
dimensions:
  one: { score: [arrests, risk], levels: [ { level: high, from: 10 }, { level: low } ] }
tiers: [high, low]
decision: { rules: [ { tier: high, when: { any: [ { one: high }, { mappa_level: m3 } ] } }, { tier: low } ] }
"#;

fn matrix() -> Matrix {
    Matrix::from_yaml(MATRIX).unwrap_or_else(|faults| panic!("{faults}"))
}

fn as_at() -> Date {
    "2026-12-05".parse().unwrap()
}

fn columns(text: &str) -> Columns {
    let columns = crate::columns_schema::read(text, &matrix());
    columns.unwrap_or_else(|faults| panic!("{faults}"))
}

/// Reads one cell of one input, as a profile has it, or the words of its refusal.
#[track_caller]
fn read(input: &str, options: &str, cell: &str) -> Result<Value, String> {
    let columns = columns(options);
    let file = format!("id,{input}\np1,\"{}\"\n", cell.replace('"', "\"\""));
    let mut people =
        CohortReader::new(file.as_bytes(), FileKind::Csv, &columns, &matrix()).unwrap();
    let person = people.next().unwrap().unwrap();
    let scored = person.clone().score(&matrix(), as_at());
    match (person.profile, scored.result) {
        (Ok(profile), Ok(_)) => Ok(profile.get(input).cloned().unwrap_or(Value::Missing)),
        (_, Err(refusal)) => Err(refusal.to_string()),
        (Err(refusal), Ok(_)) => panic!("{refusal}"),
    }
}

#[test]
fn cells_mean_what_the_columns_file_says() {
    let (text, is) = (
        |text: &str| Ok(Value::Text(text.to_owned())),
        |truth| Ok(Value::Boolean(truth)),
    );
    let set = |members: &[&str]| Ok(Value::from(members.to_vec()));
    for (input, options, cell, wanted) in [
        ("arrests", "missing: [\"-\", n/k]", "-", Ok(Value::Missing)),
        (
            "arrests",
            "missing: [\"-\", n/k]\ncase: ignore",
            "N/K",
            Ok(Value::Missing),
        ),
        ("arrests", "id: id", " \u{a0}", Err(())),
        ("arrests", "numbers: { percent: true }", "21%", text("21")),
        ("arrests", "numbers: { percent: true }", "21 %", text("21")),
        (
            "arrests",
            "numbers: { thousands: \",\" }",
            "1,024",
            text("1024"),
        ),
        ("arrests", "numbers: { thousands: \",\" }", "10,24", Err(())),
        (
            "arrests",
            "numbers: { thousands: \",\" }",
            "1,0240",
            Err(()),
        ),
        (
            "rsr",
            "numbers: { decimal: \",\", thousands: \".\" }",
            "6,90",
            text("6.90"),
        ),
        ("rsr", "numbers: { decimal: \",\" }", "6.90", Err(())),
        (
            "charged",
            "dates: \"%d/%m/%Y\"",
            "05/12/2025",
            text("2025-12-05"),
        ),
        (
            "charged",
            "dates: \"%d/%m/%Y\"",
            "5/12/2025",
            text("2025-12-05"),
        ),
        (
            "charged",
            "dates: \"%d %b %y\"",
            "5 Dec 25",
            text("2025-12-05"),
        ),
        ("charged", "dates: \"%d/%m/%Y\"", "31/02/2025", Err(())),
        (
            "charged",
            "dates: \"%d/%m/%Y\"",
            "05/12/2025 00:00",
            Err(()),
        ),
        ("charged", "dates: \"%d/%m/%Y\"", "2025-12-05", Err(())),
        (
            "charged",
            "columns: { charged: { column: charged, dates: \"%Y%m%d\" } }\ndates: \"%d/%m/%Y\"",
            "20251205",
            text("2025-12-05"),
        ),
        (
            "engaged",
            "truths: { true: [yes, y], false: [no], case: ignore }",
            "YES",
            is(true),
        ),
        (
            "engaged",
            "truths: { true: [yes, y], false: [no] }",
            "YES",
            Err(()),
        ),
        (
            "engaged",
            "truths: { true: [yes, y], false: [no] }",
            "no",
            is(false),
        ),
        // What is listed is all there is: 1 is not among it.
        (
            "engaged",
            "truths: { true: [yes], false: [no] }",
            "1",
            Err(()),
        ),
        (
            "engaged",
            "columns: { engaged: { column: engaged, blank: false } }",
            "",
            is(false),
        ),
        ("rosh", "case: ignore", "HIGH", text("high")),
        ("rosh", "id: id", "HIGH", Err(())),
        (
            "rosh",
            "columns: { rosh: { column: rosh, values: { Very High: very_high } } }",
            "Very High",
            text("very_high"),
        ),
        (
            "rosh",
            "columns: { rosh: { column: rosh, values: { Very High: very_high } } }",
            "low",
            text("low"),
        ),
        (
            "rosh",
            "columns: { rosh: { column: rosh, values: { Very High: very_high } } }",
            "Low",
            Err(()),
        ),
        (
            "rosh",
            "case: ignore\ncolumns: { rosh: { column: rosh, values: { Very High: very_high, L: null } } }",
            "very high",
            text("very_high"),
        ),
        (
            "rosh",
            "case: ignore\ncolumns: { rosh: { column: rosh, values: { Very High: very_high, L: null } } }",
            "l",
            Ok(Value::Missing),
        ),
        (
            "crimes",
            "columns: { crimes: { column: crimes, separator: \";\" } }",
            "robbery; burglary",
            set(&["robbery", "burglary"]),
        ),
        (
            "crimes",
            "id: id",
            "[\"robbery\", \"burglary\"]",
            set(&["robbery", "burglary"]),
        ),
        ("crimes", "id: id", "[]", set(&[])),
        (
            "crimes",
            "case: ignore",
            "Robbery|BURGLARY",
            set(&["robbery", "burglary"]),
        ),
        ("crimes", "id: id", "robbery;burglary", Err(())),
        ("crimes", "id: id", "[robbery, burglary]", Err(())),
    ] {
        let found = read(input, options, cell);
        assert_eq!(
            found.clone().map_err(drop),
            wanted,
            "`{cell}` of {input} by {options}: {found:?}"
        );
    }
}

#[test]
fn a_cell_that_does_not_fit_says_what_to_write() {
    for (input, options, cell, wanted) in [
        (
            "arrests",
            "id: id",
            "NA",
            "write `missing: [\"NA\"]` in the columns file",
        ),
        (
            "arrests",
            "id: id",
            "21%",
            "write `numbers: { percent: true }`",
        ),
        (
            "arrests",
            "id: id",
            "1,024",
            "write `numbers: { thousands: \",\" }`",
        ),
        (
            "arrests",
            "numbers: { percent: true }",
            "1,024",
            "write `numbers: { thousands: \",\" }`",
        ),
        (
            "rsr",
            "id: id",
            "6,9",
            "write `numbers: { decimal: \",\" }`",
        ),
        ("charged", "id: id", "05/12/2025", "`dates: \"%d/%m/%Y\"`"),
        (
            "charged",
            "dates: \"%d/%m/%Y\"",
            "12/31/2025",
            "not a date such as 31/12/2026",
        ),
        (
            "engaged",
            "id: id",
            "Yes",
            "write `truths: { true: [yes, y], false: [no, n], case: ignore }`",
        ),
        ("rosh", "id: id", "HIGH", "write `case: ignore`"),
        (
            "rosh",
            "columns: { rosh: { column: rosh, values: { Very High: very_high } } }",
            "Very Hihg",
            "did you mean `Very High`?",
        ),
        ("crimes", "id: id", "robbery;burglary", "separator: \";\""),
    ] {
        let refused = read(input, options, cell).unwrap_err();
        assert!(refused.contains(wanted), "{refused}");
        assert!(refused.contains(&format!("`{cell}`")), "{refused}");
    }
}

#[test]
fn faults_of_a_columns_file_are_told_with_what_to_write() {
    for (text, wanted) in [
        ("dates: \"%H:%M\"", "is not a form of whole dates"),
        ("dates: \"%d/%m\"", "is not a form of whole dates"),
        (
            "columns: { rosh: { column: rosh, blank: false } }",
            "`rosh` is not true or false, so an empty cell of it is missing",
        ),
        (
            "columns: { rosh: { column: rosh, separator: \";\" } }",
            "`rosh` is not a set in one column",
        ),
        (
            "columns: { crimes: { members: { robery: R } } }",
            "did you mean `robbery`?",
        ),
        ("truths: { true: [yes] }", "`false`"),
        ("numbers: { percent: maybe }", "percent"),
        ("case: upper", "ignore"),
        (
            "truths: { true: [j, x], false: [n, x] }",
            "`x` is said to mean both true and false",
        ),
        (
            "case: ignore\ncolumns: { engaged: { column: e, truths: { true: [Y], false: [y] } } }",
            "`y` is said to mean both true and false",
        ),
        (
            "case: ignore\ncolumns: { rosh: { column: rosh, values: { L: low, l: high } } }",
            "`l` is said to mean two things",
        ),
        (
            "numbers: { decimal: \",\", thousands: \",\" }",
            "`,` stands both before the decimal places and between groups",
        ),
        ("numbers: { thousands: \".\" }", "`.` stands both"),
        (
            "numbers: { decimal: \"0\" }",
            "`0` cannot stand between digits",
        ),
    ] {
        let faults = Columns::from_yaml("columns.yaml", text.as_bytes(), &matrix()).unwrap_err();
        assert!(faults.to_string().contains(wanted), "{text}: {faults}");
    }
    // Nothing is said twice here.
    for text in [
        "truths: { true: [Y], false: [y] }",
        "columns: { rosh: { column: rosh, values: { L: low, l: high } } }",
        "case: ignore\ncolumns: { rosh: { column: rosh, values: { L: low, l: low } } }",
        "case: ignore\ncolumns: { rosh: { column: rosh, case: exact, values: { L: low, l: high } } }",
        "numbers: { decimal: \",\", thousands: \".\" }",
        "numbers: { thousands: \"'\" }",
    ] {
        let columns = Columns::from_yaml("columns.yaml", text.as_bytes(), &matrix());
        assert!(columns.is_ok(), "{text}: {columns:?}");
    }
}

#[test]
fn a_column_that_is_nearly_called_as_an_input_is_asked_about() {
    let open = |header: &str, options: &str| {
        let file = format!("{header}\n");
        let reader =
            CohortReader::new(file.as_bytes(), FileKind::Csv, &columns(options), &matrix());
        reader.map(drop).map_err(|error| error.to_string())
    };
    for (header, shown) in [
        ("id,arrests,mappa_level\u{a0}", "mappa_level\\u{a0}"),
        ("id,arrests,MAPPA_level", "MAPPA_level"),
        ("id,arrests,mappa level", "mappa level"),
        ("id,arrests,mappa-level", "mappa-level"),
        ("id,arrests,\u{200b}mappa_level", "\\u{200b}mappa_level"),
        ("id,arrests,mapa_level", "mapa_level"),
    ] {
        let message = open(header, "id: id").unwrap_err();
        assert!(
            message.contains(&format!("column 3 is nearly called so: `{shown}`")),
            "{message}"
        );
        let name = header.rsplit(',').next().unwrap();
        assert_eq!(
            open(header, &format!("ignore: [\"{name}\"]")),
            Ok(()),
            "{header}"
        );
        assert_eq!(
            open(header, &format!("columns: {{ mappa_level: \"{name}\" }}")),
            Ok(()),
            "{header}"
        );
    }
    let message = open("id,arests_12,shoe size", "id: id").unwrap_err();
    assert!(
        message
            .contains("none of the columns (`id`, `arests_12`, `shoe size`) is that of an input"),
        "{message}"
    );
}

/// A spreadsheet's file with all that spreadsheets do, in the mapping of the page about it.
#[test]
fn a_spreadsheet_is_read_by_its_columns_file() {
    let matrix = matrix();
    let columns = columns(
        "id: Nominal Ref
missing: [\"-\", N/A, n/k]
dates: \"%d/%m/%Y\"
numbers: { percent: true }
truths: { true: [yes, y], false: [no, n], case: ignore }
case: ignore
skip: { where: { Nominal Ref: [TOTAL] } }
columns:
  arrests: Arrests (12m)
  rsr: RSR
  rosh: { column: RoSH, values: { Very High: very_high } }
  mappa_level: { column: MAPPA, values: { Level 3: m3, None: null } }
  engaged: Engaged?
  charged: Last Charge Date
  crimes: { members: { robbery: Robbery, burglary: Burglary }, blank: false }
",
    );
    let file = "\u{feff}sep=,\r
Nominal Ref,Surname,Arrests (12m),RSR,RoSH,MAPPA,Engaged?,Last Charge Date,Robbery,Burglary,,\r
00000007,\"Smith, J\",12,0.7%,HIGH ,m1,Y,05/12/2025,Yes,,,\r
00000008,Jones,-,n/k,Very High,Level 3,no,,,n,,\r
00000009,Brown,lots,6.9,Hihg,None,?,31/02/2026,N,maybe,,\r
TOTAL,,12,,,,,,,,,\r
,,,,,,,,,,,\r
";
    let reader = || CohortReader::new(file.as_bytes(), FileKind::Csv, &columns, &matrix).unwrap();
    let people: Vec<_> = reader().map(Result::unwrap).collect();
    let profile = Profile::new()
        .with("arrests", "12")
        .with("rsr", "0.7")
        .with("rosh", "high")
        .with("mappa_level", "m1")
        .with("engaged", true)
        .with("charged", "2025-12-05")
        .with("crimes", ["robbery"]);
    assert_eq!(people[0].profile, Ok(profile));
    assert_eq!(people[0].id, "00000007");
    let profile = Profile::new()
        .with("rosh", "very_high")
        .with("mappa_level", "m3")
        .with("engaged", false)
        .with("crimes", Vec::<&str>::new());
    assert_eq!(people[1].profile, Ok(profile));

    let mut scoring = reader().score(
        &matrix,
        as_at(),
        Outputs::tiers().with_dimensions().with_flags(),
    );
    let mut tally = Tally::new(&matrix);
    let mut writer = OutcomeWriter::new(Vec::new(), FileKind::Csv, &matrix).unwrap();
    while let Some(part) = scoring.next_part().unwrap() {
        tally.add_part(part);
        writer.write_part(part).unwrap();
    }
    assert_eq!(scoring.reader().skipped(), 1);
    assert_eq!((tally.people(), tally.refused()), (3, 1));
    // One run names all that is left, in the file's own words.
    let table = tally.to_string();
    for wanted in [
        "Arrests (12m) (wrong type): `lots` 1",
        "RoSH (unknown value): `Hihg` 1",
        "Engaged? (wrong type): `?` 1",
        "Last Charge Date (wrong type): `31/02/2026` 1",
        "`crimes.burglary` is `maybe`, which `truths` in the columns file does not list",
    ] {
        assert!(table.contains(wanted), "{wanted} is not in\n{table}");
    }
    let written = String::from_utf8(writer.finish().unwrap()).unwrap();
    assert!(
        written.contains("\n00000007,2026-12-05,kinds,1.0.0,sha256:"),
        "{written}"
    );
}
