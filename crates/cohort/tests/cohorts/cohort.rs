//! Cohort files in, outcomes and tallies out: by the public interface only.

use std::collections::BTreeMap;
use std::path::Path;

use threshold_matrix::{Date, Library, Matrix, Profile, Value, sample};
use threshold_matrix_cohort::{
    CohortError, CohortReader, Columns, FileKind, OutcomeWriter, Person, Previous, Scored, Tally,
};

const MATRIX: &str = r#"
format: 1
id: small
version: 1.2.0
title: Small
status: illustrative
inputs:
  arrests: { type: integer, range: [0, 60] }
  rosh: { type: level, values: [low, medium, high], missing: unknown }
  female: { type: boolean, protected: true, missing: { assume: false } }
  flags: { type: set, values: [gang, weapons], missing: absent }
criteria:
  arrests: { input: arrests, each: 1, points: 1 }
  harm: { input: rosh, values: { low: 0, medium: 5, high: 20 } }
  flags: { input: flags, each_member: 1, absent: 0 }
  woman: { when: { female: true }, points: 1 }
dimensions:
  frequency: { score: [arrests, woman], levels: [ { level: high, from: 10 }, { level: medium, from: 3 }, { level: low } ] }
  harm_score: { score: [harm, flags], levels: [ { level: high, from: 20 }, { level: low } ] }
tiers: [high, medium, low]
decision:
  rules:
    - { tier: high, when: { any: [ { frequency: high }, { harm_score: high } ] } }
    - { tier: medium, when: { frequency: medium } }
    - { tier: low }
flags:
  id: { when: { tier: high } }
"#;

fn matrix() -> Matrix {
    Matrix::from_yaml(MATRIX).unwrap()
}

fn as_at() -> Date {
    "2026-11-21".parse().unwrap()
}

fn columns(text: &str) -> Columns {
    crate::columns_schema::read(text, &matrix()).unwrap_or_else(|faults| panic!("{faults}"))
}

fn open<'a>(file: &'a [u8], columns: &Columns) -> Result<CohortReader<&'a [u8]>, CohortError> {
    CohortReader::new(file, FileKind::Csv, columns, &matrix())
}

fn people(file: impl AsRef<[u8]>) -> Vec<Person> {
    open(file.as_ref(), &Columns::new())
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn scored(file: &str) -> Vec<Scored> {
    people(file)
        .into_iter()
        .map(|person| person.score(&matrix(), as_at()))
        .collect()
}

/// What is wrong with the first row of the file.
#[track_caller]
fn refused(file: impl AsRef<[u8]>, message: &str) {
    let person = people(file).remove(0);
    assert_eq!(
        person
            .score(&matrix(), as_at())
            .result
            .unwrap_err()
            .to_string(),
        message
    );
}

/// What is wrong with the columns of the file.
#[track_caller]
fn unfit(file: &str, columns: &Columns, wanted: &[&str]) {
    match open(file.as_bytes(), columns) {
        Err(CohortError::Columns { problems }) => assert_eq!(problems, wanted),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_reads_the_same_with_a_mark_other_line_ends_spaces_and_quotes() {
    let plain = people("id,arrests,rosh\n1,4,low\n2,5,\n");
    assert_eq!(
        plain[0].profile.as_ref().unwrap(),
        &Profile::new().with("arrests", "4").with("rosh", "low")
    );
    assert_eq!(
        plain[1].profile.as_ref().unwrap(),
        &Profile::new().with("arrests", "5")
    );
    for file in [
        "\u{feff}id,arrests,rosh\n1,4,low\n2,5,\n",
        "id,arrests,rosh\r\n1,4,low\r\n2,5,\r\n",
        "id,arrests,rosh\n1,4,low\n2,5,",
        "id,arrests,rosh\n\n1,4,low\r\n\r\n2,5,\n\n",
        "id , arrests,\"rosh\"\n1, 4 ,\"low\"\n2,5, \n",
    ] {
        let values = |people: Vec<Person>| {
            people
                .into_iter()
                .map(|person| (person.id, person.profile))
                .collect::<Vec<_>>()
        };
        assert_eq!(values(people(file)), values(plain.clone()), "{file:?}");
    }
}

#[test]
fn lines_are_those_of_the_file_also_after_quoted_line_ends_and_empty_lines() {
    let rows = people("id,note,arrests\n1,\"two\nlines\",4\n\n2,,5\n");
    assert_eq!(
        rows.iter()
            .map(|person| (person.line, person.id.as_str()))
            .collect::<Vec<_>>(),
        [(2, "1"), (5, "2")]
    );
    for end in ["\n", "\r\n"] {
        for last in ["", end] {
            let file = format!(
                "id,arrests{end}1,1{end}{end}{end}\"2\",\"a{end}b\"{end}3,3{end}{end}4,4{last}"
            );
            assert_eq!(
                people(&file)
                    .iter()
                    .map(|person| person.line)
                    .collect::<Vec<_>>(),
                [2, 5, 7, 9],
                "{file:?}"
            );
        }
    }
    assert!(
        open(b"id,arrests\r1,2\r", &Columns::new())
            .unwrap_err()
            .to_string()
            .contains("carriage returns")
    );
}

#[test]
fn no_rows_are_no_people() {
    assert!(people("id,arrests\n").is_empty());
    let tally = Tally::new(&matrix());
    assert!(
        tally
            .to_string()
            .starts_with("0 people: 0 scored, 0 refused"),
        "{tally}"
    );
    assert!(matches!(
        open(b"", &Columns::new()),
        Err(CohortError::Broken { line: 1, .. })
    ));
}

#[test]
fn every_problem_of_the_columns_is_told_at_once() {
    unfit(
        "number,arests,rosh,rosh,female,flags,flags.gang\n",
        &Columns::new().with_outcome("again").with_as_at("date"),
        &[
            "there is no column `id` for the id of a person; `id:` in the columns file can name another",
            "there is no column `date` for the date of the scoring",
            "there is no column `again` for what was seen later",
            "there is no column for `arrests`, which must always be given; is it `arests`?",
            "two columns are called `rosh` (columns 3 and 4); rename one",
            "`flags` has columns for some of its members, and none for `flags.weapons`; every member needs one",
            "`flags` has a column of its own and columns for its members; keep one or the other",
        ],
    );
    unfit(
        "id,arrests\n",
        &columns("columns: { rosh: arrest }"),
        &["there is no column `arrest` for `rosh`; did you mean `arrests`?"],
    );
    assert!(
        open(b"\xff\xfei\0d\0", &Columns::new())
            .unwrap_err()
            .to_string()
            .contains("UTF-16")
    );
}

#[test]
fn what_stands_between_cells_is_told_by_the_first_line() {
    for file in [
        "id,arrests,rosh\n1,2,low\n",
        "id;arrests;rosh\n1;2;low\n",
        "\u{feff}id\tarrests\trosh\n1\t2\tlow\n",
        "id|arrests|rosh\r\n1|2|low\r\n",
        "sep=;\r\nid;arrests;rosh\r\n1;2;low\r\n",
        "sep=,\nid,arrests,rosh\n1,2,low",
        "\u{feff}sep=\t\nid\tarrests\trosh\n1\t2\tlow\n",
        // What a spreadsheet leaves behind the last column and the last row.
        "id,arrests,rosh,,\n1,2,low,,\n,,,,\n\n , ,,,\n",
        "\"id\";\"a,b\";arrests;rosh\n1;\"x;y\";\"2\";low\n",
    ] {
        let people = people(file);
        let [person] = people.as_slice() else {
            panic!("{file}: {people:?}");
        };
        let profile = Profile::new().with("arrests", "2").with("rosh", "low");
        assert_eq!(
            (person.id.as_str(), &person.profile),
            ("1", &Ok(profile)),
            "{file}"
        );
    }
    for file in ["sep=\"\nid\n", "sep= \nid a\n"] {
        let error = open(file.as_bytes(), &Columns::new()).unwrap_err();
        assert!(error.to_string().contains("what `sep=` names"), "{error}");
    }
}

#[test]
fn names_twice_matter_only_where_they_are_read() {
    let reader = open(b"id,arrests,note,note\n", &Columns::new()).unwrap();
    assert_eq!(reader.unused(), ["note", "note"]);
    assert_eq!(reader.inputs_without_column(), ["rosh", "female", "flags"]);
}

#[test]
fn a_row_that_cannot_be_read_is_refused_and_the_rest_go_on() {
    refused(
        "id,arrests\n1\n",
        "the row has 1 cell, and the first line names 2 columns",
    );
    refused(
        "id,arrests\n1,2,3\n",
        "the row has 3 cells, and the first line names 2 columns",
    );
    refused(
        "id,arrests\n1,2,\"a\nb\"\n",
        "the row has 3 cells, and the first line names 2 columns; it goes on to line 3: is a quote not closed?",
    );
    refused("id,arrests\n,2\n", "the row has no id");
    refused(
        "id,arrests,as_at\n1,2,21/11/2026\n",
        "the date of the scoring is `21/11/2026`; write it as `2026-12-31`, or say in the columns file how dates are written, such as `dates: \"%d/%m/%Y\"`",
    );
    refused(
        b"id,arrests,rosh\n1,2,l\xf6w\n",
        "`rosh` is not UTF-8 text; save the file as UTF-8",
    );
    refused(
        "id,arrests,female\n1,2,yes\n",
        "`female` is `yes`; write `truths: { true: [yes, y], false: [no, n], case: ignore }` in the columns file, with the words that it has",
    );
    refused(
        "id,arrests,rosh\n1,61,hihg\n",
        "`arrests` is 61, outside 0 to 60; `rosh` has no value `hihg`; did you mean `high`?",
    );
    refused("id,arrests\n1,\n", "`arrests` is missing");
    refused(
        "id,arrests,flags\n1,2,gang||weapons\n",
        "`flags` is `gang||weapons`, with nothing on one side of a bar; write its members as `a|b`",
    );
    let rows = people(b"id,arrests,note\n1,2\n2,3,ignored: \xff\n3,4,x\n");
    assert_eq!(
        rows.iter()
            .map(|person| person.profile.is_ok())
            .collect::<Vec<_>>(),
        [false, true, true]
    );
}

#[test]
fn a_quote_that_is_never_closed_does_not_swallow_people_in_silence() {
    let rest = "9,9\n".repeat(200);
    for file in [
        format!("id,arrests\n1,2\n2,\"3\n{rest}"),
        format!("id,arrests\n1,2\n\"2,3\n{rest}"),
    ] {
        let last = open(file.as_bytes(), &Columns::new())
            .unwrap()
            .last()
            .unwrap();
        let message = last.unwrap_err().to_string();
        assert!(
            message.starts_with("line 3: a quote in the row that begins here is not closed"),
            "{message}"
        );
    }
    // A quote inside a cell, and a closed one with line ends in it, are nothing unusual.
    assert_eq!(
        people("id,note,arrests\n1,5\" knife,2\n2,\"a\nb\",3\n").len(),
        2
    );
}

#[test]
fn booleans_and_sets_are_read_strictly() {
    let value = |file: &str, input: &str| {
        people(file)[0]
            .profile
            .as_ref()
            .unwrap()
            .get(input)
            .cloned()
    };
    for (cell, wanted) in [("1", true), ("TRUE", true), ("False", false), ("0", false)] {
        assert_eq!(
            value(&format!("id,arrests,female\n1,2,{cell}\n"), "female"),
            Some(Value::Boolean(wanted))
        );
    }
    let set = |members: &[&str]| Some(Value::from(members.to_vec()));
    assert_eq!(
        value("id,arrests,flags\n1,2,gang | weapons\n", "flags"),
        set(&["gang", "weapons"])
    );
    assert_eq!(value("id,arrests,flags\n1,2,|\n", "flags"), set(&[]));
    assert_eq!(value("id,arrests,flags\n1,2,\n", "flags"), None);
    let members = "id,arrests,flags.gang,flags.weapons\n";
    assert_eq!(
        value(&format!("{members}1,2,0,1\n"), "flags"),
        set(&["weapons"])
    );
    assert_eq!(value(&format!("{members}1,2,0,0\n"), "flags"), set(&[]));
    assert_eq!(value(&format!("{members}1,2,,\n"), "flags"), None);
    refused(
        format!("{members}1,2,1,\n"),
        "`flags.weapons` is empty, and other members are not; fill all of them, or none",
    );
    refused(
        format!("{members}1,2,1,x\n"),
        "`flags.weapons` is `x`, not true, false, 1 or 0; `values` in the columns file can say what it means",
    );
}

#[test]
fn a_columns_file_maps_names_and_values() {
    let columns = columns(
        r#"
id: person
as_at: day
outcome: again
columns:
  arrests: n
  rosh: { column: risk, values: { L: low, H: high, "9": null, "": medium } }
  female: { column: sex, values: { F: true, M: false } }
  flags: { column: marks, values: { g: gang, w: weapons, "-": null } }
"#,
    );
    let file = "person,day,again,n,risk,sex,marks\na,2026-01-31,1,3,L,F,g|w\nb,,,3,9,M,-\nc,,0,3,,,\nd,,2,3,X,N,g|x\n";
    let people: Vec<_> = open(file.as_bytes(), &columns)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(people[0].as_at, Some("2026-01-31".parse().unwrap()));
    assert_eq!(
        people
            .iter()
            .map(|person| person.observed)
            .collect::<Vec<_>>(),
        [Some(true), None, Some(false), None]
    );
    let profile = |arrests: &str| Profile::new().with("arrests", arrests);
    assert_eq!(
        people[0].profile,
        Ok(profile("3")
            .with("rosh", "low")
            .with("female", true)
            .with("flags", ["gang", "weapons"]))
    );
    assert_eq!(
        people[1].profile,
        Ok(profile("3")
            .with("female", false)
            .with("flags", Vec::<String>::new()))
    );
    assert_eq!(people[2].profile, Ok(profile("3").with("rosh", "medium")));
    assert_eq!(
        people[3].profile.as_ref().unwrap_err().to_string(),
        "the outcome is `2`, not true, false, 1 or 0; a number of times is read if `--before` names the column of the times before; \
         `rosh` is `X`, which `values` in the columns file does not list; write one of ``, `9`, `H`, `L`; \
         `female` is `N`, which `values` in the columns file does not list; write one of `F`, `M`; \
         `flags` is `x`, which `values` in the columns file does not list; write one of `-`, `g`, `w`"
    );
}

#[test]
fn every_fault_of_a_columns_file_is_told_with_its_place() {
    let text = "ids: id\ncolumns:\n  arests: n\n  arrests.gang: n\n  flags.gangs: g\n  rosh: { column: r, values: { L: lo } }\n  rosh: r\n  female: { values: {} }\n";
    let faults = Columns::from_yaml("columns.yaml", text.as_bytes(), &matrix()).unwrap_err();
    let found: Vec<_> = faults
        .iter()
        .map(|fault| {
            format!(
                "{} {}; {}",
                fault.place.line,
                fault.message,
                fault.help.clone().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "1 a columns file has no key `ids`; did you mean `id`?",
            "3 the matrix has no input `arests`; did you mean `arrests`?",
            "4 `arrests` is not a set, and has no members; write `arrests: …`",
            "5 `flags` has no member `gangs`; did you mean `gang`?",
            "6 `rosh` has no value `lo`; did you mean `low`?",
            "7 `rosh` is written twice; keep one of them",
            "8 the column `female` lacks the key that says how it works; write exactly one of `column`, `members`",
        ]
    );
}

#[test]
fn a_columns_file_is_held_to_the_type_of_each_input() {
    let text = MATRIX.replace(
        "  flags: { type",
        "  released: { type: date, missing: absent }\n  flags: { type",
    );
    let text = text.replace(
        "criteria:\n",
        "derived:\n  days: { days_between: [released, as_at] }\ncriteria:\n",
    );
    let matrix = Matrix::from_yaml(&text).unwrap();
    let text = "columns:\n  days: d\n  arrests: { column: n, values: { a: few, b: 12, c: \"1,5\" } }\n  female: { column: f, values: { F: yes, M: false } }\n\
                \x20 released: { column: r, values: { x: 28/02/2026, y: 2026-02-28 } }\n  flags.gang: { column: g, values: { g: gang } }\n";
    let faults = Columns::from_yaml("columns.yaml", text.as_bytes(), &matrix).unwrap_err();
    let found: Vec<_> = faults
        .iter()
        .map(|fault| {
            format!(
                "{} {}; {}",
                fault.place.line,
                fault.message,
                fault.help.clone().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "2 `days` is derived, and cannot be read from a column; name the inputs that it is worked out from instead",
            "3 `arrests` is a number, and `few` is not; write plain digits, such as `12` or `6.90`",
            "3 `arrests` is a number, and `1,5` is not; write `1.5`: the decimal mark is a point",
            "4 `female` must be true or false, not `yes`; write `true`",
            "5 `released` is a date, and `28/02/2026` is not; write it as year, month and day: `2026-02-28`",
            "6 `flags.gang` must be true or false, not `gang`; write `true` or `false`",
        ]
    );
}

#[test]
fn columns_are_named_by_a_program_as_by_a_file() {
    let by_program = Columns::new()
        .with_id("person")
        .with_as_at("day")
        .with_outcome("again");
    assert_eq!(
        by_program,
        columns("id: person\nas_at: day\noutcome: again\n")
    );
    let file = "person,day,again,arrests\na,2026-01-31,1,3\nb,31.01.2026,1,3\n";
    let people: Vec<_> = open(file.as_bytes(), &by_program)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(
        (people[0].id.as_str(), people[0].as_at, people[0].observed),
        ("a", "2026-01-31".parse().ok(), Some(true))
    );
    assert_eq!(
        people[1].profile.as_ref().unwrap_err().to_string(),
        "the date of the scoring is `31.01.2026`; write it as `2026-12-31`, or say in the columns file how dates are written, such as `dates: \"%d/%m/%Y\"`"
    );
}

#[test]
fn a_cell_that_is_not_text_refuses_its_row_and_says_which() {
    let all = Columns::new().with_as_at("day").with_outcome("again");
    for (row, wanted) in [
        (
            b"\xe9,,,3".as_slice(),
            "the id is not UTF-8 text; save the file as UTF-8",
        ),
        (
            b"a,\xe9,,3",
            "the date of the scoring is not UTF-8 text; save the file as UTF-8",
        ),
        (
            b"a,,\xe9,3",
            "the outcome is not UTF-8 text; save the file as UTF-8",
        ),
        (
            b"a,,,\xe9",
            "`arrests` is not UTF-8 text; save the file as UTF-8",
        ),
    ] {
        let file = [b"id,day,again,arrests\n", row, b"\n"].concat();
        let person = open(&file, &all).unwrap().next().unwrap().unwrap();
        assert_eq!(person.profile.unwrap_err().to_string(), wanted);
    }
}

/// Gives its bytes, and then fails.
struct Torn<'a>(&'a [u8]);

impl std::io::Read for Torn<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() {
            Err(std::io::Error::other("the disk is gone"))
        } else {
            self.0.read(buffer)
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_on_says_where() {
    let people = |kind, file: &'static str| {
        let reader =
            CohortReader::new(Torn(file.as_bytes()), kind, &Columns::new(), &matrix()).unwrap();
        reader
            .map(|person| {
                person
                    .map(|person| person.id)
                    .map_err(|error| error.to_string())
            })
            .collect::<Vec<_>>()
    };
    let torn = |line| {
        Err(format!(
            "line {line}: the file cannot be read: the disk is gone"
        ))
    };
    assert_eq!(
        people(FileKind::Csv, "id,arrests\na,3\n"),
        [Ok("a".to_owned()), torn(3)]
    );
    assert_eq!(
        people(FileKind::JsonLines, "{\"id\": \"a\", \"profile\": {}}\n"),
        [Ok("a".to_owned()), torn(2)]
    );
    for (kind, file) in [
        (
            FileKind::Csv,
            "id,as_at,matrix,version,hash,tier,status,possible,error\n",
        ),
        (FileKind::JsonLines, "\n"),
    ] {
        assert!(
            matches!(
                Previous::read(Torn(file.as_bytes()), kind),
                Err(CohortError::Read { line: 2, .. })
            ),
            "{kind:?}"
        );
    }
    let error = Previous::read("[]\n".as_bytes(), FileKind::JsonLines)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("line 1: this is not a line that an earlier run wrote"),
        "{error}"
    );
    let long = vec![b' '; 65 << 20];
    let mut reader = CohortReader::new(
        long.as_slice(),
        FileKind::JsonLines,
        &Columns::new(),
        &matrix(),
    )
    .unwrap();
    let error = reader.next().unwrap().unwrap_err().to_string();
    assert!(
        error.starts_with("line 1: the line is longer than") && reader.next().is_none(),
        "{error}"
    );
}

#[test]
fn json_lines_name_their_inputs_themselves() {
    match CohortReader::new(
        b"".as_slice(),
        FileKind::JsonLines,
        &columns("columns: { arrests: n }"),
        &matrix(),
    ) {
        Err(error) => assert_eq!(
            error.to_string(),
            "the columns of the file do not fit the matrix:\n  - the columns file names a column for `arrests`, and JSON lines name their inputs themselves; \
             keep only `id`, `as_at` and `outcome`"
        ),
        Ok(_) => panic!("it was read"),
    }
}

#[test]
fn a_json_line_is_held_to_what_it_may_say() {
    let columns = Columns::new().with_outcome("again");
    let keys: Vec<String> = (0..1001).map(|key| format!("\"{key}\": 1")).collect();
    for (line, wanted) in [
        (
            br#"{"id": true, "profile": {}, "again": 1}"#.to_vec(),
            "`id` is `true`, not a text or a number",
        ),
        (
            br#"{"id": 1, "profile": {}, "again": 2}"#.to_vec(),
            "`again` is `2`, not true, false, 1 or 0",
        ),
        (
            b"[1]".to_vec(),
            "the line is not a JSON object: invalid type: sequence, expected an object at line 1 column 0",
        ),
        (
            b"{\"id\": \"\xe9\"}".to_vec(),
            "the line is not UTF-8 text; save the file as UTF-8",
        ),
        (
            format!("{{{}}}", keys.join(",")).into_bytes(),
            "the line is not a JSON object: the object has more than 1000 keys at line 1 column 8901",
        ),
    ] {
        let mut reader =
            CohortReader::new(line.as_slice(), FileKind::JsonLines, &columns, &matrix()).unwrap();
        assert_eq!(
            reader
                .next()
                .unwrap()
                .unwrap()
                .profile
                .unwrap_err()
                .to_string(),
            wanted
        );
    }
    for (written, observed) in [("true", Some(true)), ("0", Some(false)), ("null", None)] {
        let line = format!("{{\"id\": 1, \"profile\": {{}}, \"again\": {written}}}");
        let mut reader =
            CohortReader::new(line.as_bytes(), FileKind::JsonLines, &columns, &matrix()).unwrap();
        assert_eq!(reader.next().unwrap().unwrap().observed, observed);
    }
}

#[test]
fn the_kind_of_a_file_is_told_by_its_ending() {
    let kinds = [
        "a.csv", "b/c.CSV", "a.jsonl", "a.ndjson", "a.xlsx", "csv", "",
    ]
    .map(FileKind::of);
    let (csv, json) = (Some(FileKind::Csv), Some(FileKind::JsonLines));
    let workbook = Some(FileKind::Workbook);
    assert_eq!(kinds, [csv, csv, json, json, workbook, None, None]);
}

#[test]
fn json_lines_are_read_by_their_digits_and_refused_by_their_lines() {
    let file = concat!(
        "\u{feff}{\"id\": \"a\", \"as_at\": \"2026-01-31\", \"profile\": {\"arrests\": 3, \"flags\": [\"gang\"]}, \"again\": true, \"team\": 4}\r\n",
        "\n",
        "{\"id\": 7, \"profile\": {\"arrests\": 3.0, \"rosh\": null}}\n",
        "{\"id\": \"c\"}\n",
        "{\"profile\": {\"arrests\": 3}, \"as_at\": \"soon\"}\n",
        "not json\n",
        "{\"id\": \"d\", \"id\": \"e\", \"profile\": {}}\n",
        "{\"id\": \"f\", \"profile\": {\"arrests\": {}}}",
    );
    let mut reader = CohortReader::new(
        file.as_bytes(),
        FileKind::JsonLines,
        &Columns::new().with_outcome("again"),
        &matrix(),
    )
    .unwrap();
    let people: Vec<_> = reader.by_ref().map(Result::unwrap).collect();
    assert_eq!(reader.unused(), ["team"]);
    assert_eq!(
        people
            .iter()
            .map(|person| (person.line, person.id.as_str()))
            .collect::<Vec<_>>(),
        [
            (1, "a"),
            (3, "7"),
            (4, "c"),
            (5, ""),
            (6, ""),
            (7, ""),
            (8, "f")
        ]
    );
    assert_eq!(
        (people[0].as_at, people[0].observed),
        (Some("2026-01-31".parse().unwrap()), Some(true))
    );
    assert_eq!(
        people[1].profile.as_ref().unwrap().get("arrests"),
        Some(&Value::Text("3.0".to_owned()))
    );
    let why: Vec<_> = people[2..]
        .iter()
        .map(|person| person.profile.as_ref().unwrap_err().to_string())
        .collect();
    assert_eq!(
        why[0],
        "the line has no `profile`; write {\"id\": …, \"profile\": {…}}"
    );
    assert_eq!(
        why[1],
        "`as_at` is `\"soon\"`, not a date such as \"2026-11-21\"; the line has no `id`; write {\"id\": …, \"profile\": {…}}"
    );
    assert!(
        why[2].starts_with("the line is not a JSON object"),
        "{}",
        why[2]
    );
    assert!(why[3].contains("`id` is given twice"), "{}", why[3]);
    assert!(
        why[4].contains("`arrests` is an object, not a value"),
        "{}",
        why[4]
    );
}

fn write(kind: FileKind, people: &[Scored]) -> String {
    let mut writer = OutcomeWriter::new(Vec::new(), kind, &matrix()).unwrap();
    people
        .iter()
        .for_each(|scored| writer.write(scored).unwrap());
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

const COHORT: &str = "id,arrests,rosh\na,12,low\nb,4,\n\"c,d\",1,low\ne,many,low\n";

#[test]
fn outcomes_are_written_as_csv() {
    let hash = matrix().content_hash().to_owned();
    let wanted = format!(
        "id,as_at,matrix,version,hash,tier,status,possible,provisional,frequency.score,frequency.level,harm_score.score,harm_score.level,flag.id,error\n\
         a,2026-11-21,small,1.2.0,{hash},high,,high,false,12,high,0,low,true,\n\
         b,2026-11-21,small,1.2.0,{hash},,,high|medium,true,4,medium,,,,\n\
         \"c,d\",2026-11-21,small,1.2.0,{hash},low,,low,false,1,low,0,low,false,\n\
         e,2026-11-21,small,1.2.0,{hash},,,,,,,,,,\"`arrests` is `many`, not a whole number\"\n"
    );
    assert_eq!(write(FileKind::Csv, &scored(COHORT)), wanted);
}

#[test]
fn outcomes_are_written_as_json_lines() {
    let lines: Vec<serde_json::Value> = write(FileKind::JsonLines, &scored(COHORT))
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        (
            &lines[0]["tier"],
            &lines[0]["matrix"]["version"],
            &lines[0]["error"]
        ),
        (&"high".into(), &"1.2.0".into(), &serde_json::Value::Null)
    );
    assert_eq!(
        lines[0]["dimensions"]["frequency"],
        serde_json::json!({"score": 12, "range": [12, 12], "level": "high", "scaled": null})
    );
    assert_eq!(lines[1]["possible"], serde_json::json!(["high", "medium"]));
    assert_eq!(
        (&lines[3]["tier"], &lines[3]["possible"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    assert!(lines[3]["error"].to_string().contains("not a whole number"));
}

#[test]
fn who_moved_is_told_from_either_form_of_the_previous_run() {
    let before = "id,arrests,rosh\na,12,low\nb,12,low\nc,1,low\nd,1,\ne,many,low\nf,1,low\n";
    let after =
        "id,arrests,rosh\na,12,low\nb,4,low\nc,12,low\nd,1,low\ne,1,low\ng,1,low\na,1,low\n";
    for kind in [FileKind::Csv, FileKind::JsonLines] {
        let previous = Previous::read(write(kind, &scored(before)).as_bytes(), kind).unwrap();
        let mut tally = Tally::since(&matrix(), previous);
        scored(after).iter().for_each(|scored| tally.add(scored));
        let movement = tally.movement().unwrap();
        let moves: Vec<_> = movement
            .moves
            .iter()
            .map(|moved| (moved.from.as_str(), moved.to.as_str(), moved.ids.join(",")))
            .collect();
        assert_eq!(
            moves,
            [
                ("high", "medium", "b".to_owned()),
                ("high or low", "low", "d".to_owned()),
                ("low", "high", "c".to_owned()),
                ("refused", "low", "e".to_owned())
            ]
        );
        assert_eq!((movement.stayed, movement.new, movement.gone), (0, 1, 1));
        // Of a, of whom there are two rows, it is not said that they stayed.
        assert_eq!(movement.apart, 1);
        assert_eq!(movement.matrices, ["small 1.2.0"]);
        let repeated = tally.repeated().unwrap();
        assert_eq!(
            (
                repeated.people,
                repeated.first.as_ref().unwrap().number,
                repeated.ids.clone()
            ),
            (1, 8, vec!["a".to_owned()])
        );
    }
    let error = Previous::read("id,tier\n1,high\n".as_bytes(), FileKind::Csv).unwrap_err();
    assert_eq!(
        error.to_string(),
        "this is not a file of outcomes, as it does not have the columns `status`, `possible`, `error`, `as_at`, `matrix`, `version`, `hash`; \
         name the file that an earlier run wrote with `--out`"
    );
}

#[test]
fn a_tally_counts_results_rates_and_reasons() {
    let file = "id,arrests,rosh,again\n1,12,low,1\n2,12,low,0\n3,4,,1\n4,1,low,\n5,x,low,1\n6,y,low,\n7,,lo,\n8,1\n";
    let mut tally = Tally::new(&matrix());
    for person in open(file.as_bytes(), &Columns::new().with_outcome("again")).unwrap() {
        tally.add(&person.unwrap().score(&matrix(), as_at()));
    }
    assert_eq!(
        (tally.people(), tally.refused(), tally.provisional()),
        (8, 4, 1)
    );
    let results: Vec<_> = tally
        .results()
        .iter()
        .map(|share| (share.name(), share.people, share.observed, share.happened))
        .collect();
    let row =
        |name: &str, people, observed, happened| (name.to_owned(), people, observed, happened);
    assert_eq!(
        results,
        [
            row("high", 2, 2, 1),
            row("medium", 0, 0, 0),
            row("low", 1, 0, 0),
            row("high or medium, not settled", 1, 1, 1)
        ]
    );
    assert_eq!(tally.not_recorded(), [("rosh".to_owned(), 1)]);
    let reasons: Vec<_> = tally
        .reasons()
        .iter()
        .map(|reason| {
            (
                reason.people,
                reason.kind.name(),
                reason.inputs.join(","),
                reason.first.as_ref().unwrap().number,
            )
        })
        .collect();
    let reason = |people, kind, inputs: &str, line| (people, kind, inputs.to_owned(), line);
    assert_eq!(
        reasons,
        [
            reason(2, "wrong type", "arrests", 6),
            reason(1, "missing", "arrests", 8),
            reason(1, "unknown value", "rosh", 8),
            reason(1, "unreadable row", "", 9)
        ]
    );
}

#[test]
fn a_tally_is_read_as_a_table() {
    let file = "id,arrests,rosh,again\n1,12,low,1\n2,12,low,0\n3,4,,1\n4,1,low,\n5,x,low,1\n6,y,low,\n7,,lo,\n8,1\n2,1,low,0\n";
    let before = scored("id,arrests,rosh\n1,1,low\n2,12,low\n3,4,low\n9,4,low\n");
    let previous = Previous::read(write(FileKind::Csv, &before).as_bytes(), FileKind::Csv).unwrap();
    let mut tally = Tally::since(&matrix(), previous);
    for person in open(file.as_bytes(), &Columns::new().with_outcome("again")).unwrap() {
        tally.add(&person.unwrap().score(&matrix(), as_at()));
    }
    assert_eq!(
        tally.to_string(),
        "\
9 people: 5 scored, 4 refused

tier                         people   share  known  happened  rate (95 % interval)
high                              2  40.0 %      2         1  50.0 % (9.5 to 90.5 %)     ████████████████████████████████
medium                            0   0.0 %      0         0  –
low                               2  40.0 %      1         0  0.0 % (0.0 to 79.3 %)      ████████████████████████████████
high or medium, not settled       1  20.0 %      1         1  100.0 % (20.7 to 100.0 %)  ████████████████

provisional: 1 person (20.0 % of those scored), open until somebody records
  rosh  for  1

refused: 4 people; a person may have several reasons
  2  wrong type      arrests  line 6: `arrests` is `x`, not a whole number
  1  missing         arrests  line 8: `arrests` is missing
  1  unknown value   rosh     line 8: `rosh` has no value `lo`; did you mean `low`?
  1  unreadable row           line 9: the row has 2 cells, and the first line names 4 columns

since the previous run (small 1.2.0): 2 moved, 0 stayed, 5 new, 1 gone
  1  low → high                                1
  1  medium → high or medium                   3
  5  new                                       4, 5, 6, 7, 8
  1  gone
  1  id that is not one person's in both runs

1 row has an id that an earlier row has (first on line 10); each row was scored. Ids: 2
"
    );
}

#[test]
fn a_tally_without_tiers_counts_the_levels_of_each_dimension() {
    let text = MATRIX.split("tiers:").next().unwrap();
    let matrix = Matrix::from_yaml(text).unwrap();
    let mut tally = Tally::new(&matrix);
    for (id, arrests) in [("a", 12), ("b", 4), ("c", 5)] {
        let profile = Profile::new()
            .with("arrests", arrests)
            .with("rosh", (arrests > 4).then_some("low"));
        tally.add(&Person::new(id, profile).score(&matrix, as_at()));
    }
    tally.add(&Person::new("d", Profile::new()).score(&matrix, as_at()));
    assert_eq!(
        tally.to_string(),
        "\
4 people: 3 scored, 1 refused

frequency  people   share
high            1  33.3 %  ████████████████
medium          2  66.7 %  ████████████████████████████████
low             0   0.0 %

harm_score                people   share
high                           0   0.0 %
low                            2  66.7 %  ████████████████████████████████
high or low, not settled       1  33.3 %  ████████████████

provisional: 1 person (33.3 % of those scored), open until somebody records
  rosh  for  1

refused: 1 person; a person may have several reasons
  1  missing  arrests  such as: `arrests` is missing
"
    );
}

#[test]
fn a_tally_names_the_largest_and_counts_the_rest() {
    let inputs: Vec<String> = (b'a'..=b'p')
        .map(|letter| format!("in_{}", char::from(letter)))
        .collect();
    let declared: String = inputs
        .iter()
        .map(|input| format!("  {input}: {{ type: boolean, missing: unknown }}\n"))
        .collect();
    let criteria: String = inputs
        .iter()
        .map(|input| {
            format!("  of_{input}: {{ input: {input}, values: {{ true: 1, false: 0 }} }}\n")
        })
        .collect();
    let score: Vec<String> = inputs.iter().map(|input| format!("of_{input}")).collect();
    let tiers: Vec<String> = (0..=16).map(|tier| format!("t{tier}")).collect();
    let bands: String = (1..=16)
        .rev()
        .map(|tier| format!("{{ tier: t{tier}, from: {tier} }}, "))
        .collect();
    let text = format!(
        "format: 1\nid: many\nversion: 1.0.0\ntitle: Many\nstatus: illustrative\ninputs:\n{declared}criteria:\n{criteria}dimensions: {{ all_of_it: {{ score: [{}] }} }}\n\
         tiers: [{}]\ndecision: {{ bands: {{ of: all_of_it, tiers: [ {bands}{{ tier: t0 }} ] }} }}\n",
        score.join(", "),
        tiers.iter().rev().cloned().collect::<Vec<_>>().join(", "),
    );
    let matrix = Matrix::from_yaml(&text).unwrap_or_else(|faults| panic!("{faults}"));
    let profile = |trues: usize| {
        inputs
            .iter()
            .enumerate()
            .fold(Profile::new(), |profile, (at, input)| {
                profile.with(input.as_str(), at < trues)
            })
    };
    let run = |shift: usize| -> Vec<Scored> {
        let people = (0..=15).map(|trues| Person::new(format!("p{trues}"), profile(trues + shift)));
        people
            .chain((0..7).map(|more| Person::new(format!("more{more}"), profile(shift))))
            .map(|person| person.score(&matrix, as_at()))
            .collect()
    };
    let mut writer = OutcomeWriter::new(Vec::new(), FileKind::Csv, &matrix).unwrap();
    run(0)
        .iter()
        .for_each(|scored| writer.write(scored).unwrap());
    let previous = Previous::read(writer.finish().unwrap().as_slice(), FileKind::Csv).unwrap();
    let mut tally = Tally::since(&matrix, previous);
    run(1).iter().for_each(|scored| tally.add(scored));
    tally.add(&Person::new("open", Profile::new()).score(&matrix, as_at()));
    inputs.iter().for_each(|input| {
        tally.add(
            &Person::new(input.as_str(), Profile::new().with(input.as_str(), "x"))
                .score(&matrix, as_at()),
        )
    });
    let text = tally.to_string();
    for (line, times) in [
        ("  in_l  for  1", 1),
        ("  in_m  for  1", 0),
        ("  and 4 more inputs", 1),
        (
            "  1  wrong type  in_l  such as: `in_l` is `x`, not true or false",
            1,
        ),
        (
            "  1  wrong type  in_m  such as: `in_m` is `x`, not true or false",
            0,
        ),
        ("  and 4 more reasons", 1),
        (
            "since the previous run (many 1.0.0): 23 moved, 0 stayed, 17 new, 0 gone",
            1,
        ),
        ("   8  t0 → t1          p0, more0, more1, more2, more3 …", 1),
        ("   4  in 4 other ways", 1),
        ("  17  new              open, in_a, in_b, in_c, in_d …", 1),
    ] {
        assert_eq!(
            text.lines().filter(|own| *own == line).count(),
            times,
            "{line}\n{text}"
        );
    }
}

#[test]
fn the_same_seed_makes_the_same_people_and_tiers_like_those_of_a_cohort() {
    for matrix in Library::embedded().iter() {
        let people: Vec<_> = sample::profiles(matrix, as_at(), 3, 1000).collect();
        assert_eq!(
            people[..100],
            sample::profiles(matrix, as_at(), 3, 100).collect::<Vec<_>>()[..]
        );
        assert_ne!(
            people[..100],
            sample::profiles(matrix, as_at(), 4, 100).collect::<Vec<_>>()[..]
        );
        let mut tally = Tally::new(matrix);
        people
            .into_iter()
            .for_each(|profile| tally.add(&Person::new("", profile).score(matrix, as_at())));
        assert!(
            tally.refused() <= 20,
            "{} {}: {}",
            matrix.id(),
            matrix.version(),
            tally
        );
        // Counts of events are drawn apart from one another, which no cohort is like.
        if matrix.id() == "iom-threshold" && matrix.described_events().next().is_none() {
            let shares: BTreeMap<_, _> = tally
                .results()
                .into_iter()
                .map(|share| (share.name(), share.people))
                .collect();
            assert!(
                (100..=200).contains(&shares["high"]) && (250..=350).contains(&shares["medium"]),
                "{shares:?}"
            );
        }
    }
}

/// The published data are not part of the repository; where they are at hand, the whole run is tried on them.
#[test]
fn the_released_records_are_all_scored() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Ok(file) = std::fs::File::open(root.join("../shared/data/nij/releases.csv")) else {
        println!("skipped: the data set of examples/nij/README.md is not at hand");
        return;
    };
    let read = |name: &str| std::fs::read(root.join("examples/nij").join(name)).unwrap();
    let matrix =
        Matrix::from_named_yaml("georgia-release.yaml", &read("georgia-release.yaml")).unwrap();
    let columns = Columns::from_yaml("columns.yaml", &read("columns.yaml"), &matrix).unwrap();
    let mut tally = Tally::new(&matrix);
    for person in CohortReader::new(file, FileKind::Csv, &columns, &matrix).unwrap() {
        tally.add(&person.unwrap().score(&matrix, as_at()));
    }
    assert_eq!(
        (tally.people(), tally.refused(), tally.observed()),
        (25_835, 0, 25_835)
    );
    // The base rate of the whole file is 57.69 %.
    let happened: u64 = tally.results().iter().map(|share| share.happened).sum();
    assert_eq!(happened, 14_904);
}
