//! JSON lines whose inputs are keys, and lines that nobody should write.

use super::parts::table;
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix, Profile, Value};
use threshold_matrix_cohort::{
    CohortReader, Columns, FileKind, OutcomeWriter, Person, Previous, Tally,
};

const MATRIX: &str = r#"
format: 1
id: kinds
version: 1.0.0
title: Kinds
status: illustrative
inputs:
  arrests: { type: integer, range: [0, 2000], missing: absent }
  rsr: { type: decimal, places: 2, range: [0, 100], missing: absent }
  rosh: { type: level, values: [low, medium, high, "3"], missing: absent }
  engaged: { type: boolean, missing: absent }
  charged: { type: date, missing: absent }
  crimes: { type: set, values: [robbery, burglary], missing: absent }
criteria:
  arrests: { input: arrests, each: 1, points: 1, absent: 0 }
  risk: { input: rosh, values: { low: 0, medium: 1, high: 2, "3": 3 }, absent: 0 }
dimensions:
  one: { score: [arrests, risk], levels: [ { level: high, from: 10 }, { level: low } ] }
tiers: [high, low]
decision: { rules: [ { tier: high, when: { one: high } }, { tier: low } ] }
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

fn open<'a>(file: &'a [u8], columns: &Columns) -> Result<CohortReader<&'a [u8]>, String> {
    CohortReader::new(file, FileKind::JsonLines, columns, &matrix())
        .map_err(|error| error.to_string())
}

fn people(file: &str, options: &str) -> Vec<Person> {
    let reader = open(file.as_bytes(), &columns(options)).unwrap();
    reader.map(Result::unwrap).collect()
}

/// What is written and shown, by people and by parts.
fn scored(file: &[u8], columns: &Columns) -> [(String, String, u64); 2] {
    let matrix = matrix();
    let ends = || {
        let writer = OutcomeWriter::new(Vec::new(), FileKind::JsonLines, &matrix).unwrap();
        (writer, Tally::new(&matrix))
    };
    let came = |writer: OutcomeWriter<Vec<u8>>, tally: &Tally| {
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();
        (written, table(tally), tally.people())
    };
    let (mut writer, mut tally) = ends();
    for person in open(file, columns).unwrap() {
        let scored = person.unwrap().score(&matrix, as_at());
        writer.write(&scored).unwrap();
        tally.add(&scored);
    }
    let by_people = came(writer, &tally);
    let (mut writer, mut tally) = ends();
    let outputs = Outputs::everything();
    let reader = open(file, columns).unwrap();
    let mut scoring = reader.score(&matrix, as_at(), outputs);
    while let Some(part) = scoring.next_part().unwrap() {
        writer.write_part(part).unwrap();
        tally.add_part(part);
    }
    [by_people, came(writer, &tally)]
}

#[test]
fn keys_of_a_line_are_columns() {
    let file = "\u{feff}{\"id\":7,\"as_at\":\"2026-01-31\",\"arrests\":12,\"rsr\":6.90,\"rosh\":\"low\",\"engaged\":false,\"charged\":\"2025-12-05\",\
                \"crimes.robbery\":true,\"crimes.burglary\":false,\"team\":\"north\"}\n\
                {\"rosh\":3,\"id\":\" b \",\"rsr\":null,\"arrests\":1.2e1}\n";
    let reader = open(file.as_bytes(), &Columns::new()).unwrap();
    assert_eq!(reader.unused(), ["team"]);
    assert!(reader.inputs_without_column().is_empty());
    let people = people(file, "id: id");
    let first = Profile::new()
        .with("arrests", "12")
        .with("rsr", "6.90")
        .with("rosh", "low")
        .with("engaged", false)
        .with("charged", "2025-12-05")
        .with("crimes", ["robbery"]);
    assert_eq!(people[0].profile, Ok(first));
    assert_eq!(people[0].as_at, Some("2026-01-31".parse().unwrap()));
    let second = Profile::new().with("arrests", "12").with("rosh", "3");
    assert_eq!(people[1].profile, Ok(second));
    let ids: Vec<_> = people.iter().map(|person| person.id.as_str()).collect();
    assert_eq!(ids, ["7", "b"]);
}

#[test]
fn a_columns_file_applies_to_keys() {
    let options = "
id: ref
missing: [\"-\", -1]
dates: \"%d/%m/%Y\"
numbers: { decimal: \",\", thousands: \".\" }
truths: { true: [Y], false: [N] }
case: ignore
skip: { where: { ref: [TOTAL] } }
columns:
  rosh: { column: RoSH, values: { 2: medium, None: null } }
  crimes: { column: crimes, separator: \";\" }
";
    let file = r#"{"ref":"a","arrests":"1.024","rsr":"6,9","RoSH":"HIGH","engaged":"y","charged":"05/12/2025","crimes":"robbery; BURGLARY"}
{"ref":"b","arrests":1024,"rsr":6.9,"RoSH":2,"engaged":true,"charged":"5/12/2025","crimes":["robbery","burglary"]}
{"ref":"c","arrests":-1,"rsr":"-","RoSH":"none","engaged":null,"charged":null,"crimes":[]}
{"ref":"TOTAL","arrests":1}
{"ref":"d","arrests":"lots","rsr":1,"engaged":"true","charged":"2025-12-05"}
"#;
    let people = people(file, options);
    let whole = |number: &str| Value::Text(number.to_owned());
    for person in &people[..2] {
        let profile = person.profile.as_ref().unwrap();
        assert_eq!(profile.get("arrests"), Some(&whole("1024")));
        assert_eq!(profile.get("rsr"), Some(&whole("6.9")));
        assert_eq!(profile.get("engaged"), Some(&Value::Boolean(true)));
        assert_eq!(profile.get("charged"), Some(&whole("2025-12-05")));
        let both = Value::from(["robbery", "burglary"]);
        assert_eq!(profile.get("crimes"), Some(&both));
    }
    let crimes = Profile::new().with("crimes", Vec::<&str>::new());
    assert_eq!(people[2].profile, Ok(crimes));
    let refusal = people[3].profile.as_ref().unwrap_err().to_string();
    for wanted in [
        "`arrests` is `lots`, not a number as `numbers` in the columns file says",
        "`engaged` is `true`, which `truths` in the columns file does not list",
        "`charged` is `2025-12-05`, not a date such as 31/12/2026",
    ] {
        assert!(refusal.contains(wanted), "{refusal}");
    }
    let [by_people, by_part] = scored(file.as_bytes(), &columns(options));
    assert_eq!(by_part, by_people);
    let reader = open(file.as_bytes(), &columns(options)).unwrap();
    let mut scoring = reader.score(&matrix(), as_at(), Outputs::tiers());
    let mut tally = Tally::new(&matrix());
    while let Some(part) = scoring.next_part().unwrap() {
        tally.add_part(part);
    }
    assert_eq!((scoring.reader().skipped(), tally.people()), (1, 4));
    let table = tally.to_string();
    assert!(table.contains("engaged (wrong type): `true` 1"), "{table}");
}

#[test]
fn keys_that_do_not_fit_are_told() {
    for (file, wanted) in [
        (
            "{\"id\":1,\"arrests\":1,\"Engaged\":true}",
            "column 3 is nearly called so: `Engaged`",
        ),
        (
            "{\"id\":1,\"shoe\":1}",
            "none of the columns (`id`, `shoe`) is that of an input",
        ),
        (
            "{\"arrests\":1}",
            "there is no column `id` for the id of a person",
        ),
        (
            "{\"id\":1,\"crimes.robbery\":true}",
            "`crimes` has columns for some of its members",
        ),
    ] {
        let message = open(file.as_bytes(), &Columns::new()).unwrap_err();
        assert!(message.contains(wanted), "{message}");
    }
}

#[test]
fn a_line_that_is_not_as_the_others_is_read_by_itself_or_refused() {
    let most = 400 << 10;
    let usual = "{\"id\":1,\"arrests\":2}\n";
    let mut file = usual.repeat(most / usual.len());
    let first = file.lines().count();
    file.push_str(concat!(
        "{\"id\":\"late\",\"arrests\":2,\"rosh\":\"high\",\"again\":true}\n",
        "{\"id\":\"near\",\"arrests\":2,\"ROSH\":\"high\"}\n",
        "{\"id\":\"member\",\"arrests\":2,\"crimes.robbery\":true}\n",
        "{\"id\":\"other\",\"arrests\":2,\"shoe\":41}\n",
        "{\"id\":\"slip\",\"arests\":2}\n",
        "{\"id\":\"nested\",\"profile\":{\"arrests\":2}}\n",
        "{\"id\":\"twice\",\"arrests\":2,\"arrests\":2}\n",
        "{\"id\":[8],\"arrests\":2}\n",
        "{\"arrests\":2}\n",
        "{\"id\":\"last\",\"arrests\":{\"a\":2}}",
    ));
    let all = people(&file, "id: id");
    let rest = &all[first..];
    let rosh = Profile::new().with("arrests", "2").with("rosh", "high");
    assert_eq!(rest[0].profile, Ok(rosh));
    assert_eq!(rest[3].profile, Ok(Profile::new().with("arrests", "2")));
    for (at, id, wanted) in [
        (
            1,
            "near",
            "there is no column `rosh`, but column 3 is nearly called so: `ROSH`",
        ),
        (2, "member", "has columns for some of its members"),
        (
            4,
            "slip",
            "there is no column `arrests`, but column 2 is nearly called so: `arests`",
        ),
        (5, "nested", "a file has one form"),
        (6, "", "`arrests` is given twice"),
        (7, "", "`id` is `[8]`, not a text or a number"),
        (8, "", "the row has no id"),
    ] {
        let refusal = rest[at].profile.as_ref().unwrap_err().to_string();
        assert_eq!(rest[at].id, id);
        assert!(refusal.contains(wanted), "{refusal}");
    }
    let [by_people, by_part] = scored(file.as_bytes(), &Columns::new());
    assert!(by_part == by_people, "{}\n{}", by_part.1, by_people.1);
    assert!(
        by_part.0.contains("`arrests` is `{\\\"a\\\":2}`"),
        "{}",
        by_part.1
    );
    // With a profile, a line without one is refused as ever.
    let file = "{\"id\":1,\"profile\":{}}\n{\"id\":2,\"arrests\":2}\n";
    let refusal = people(file, "id: id")[1]
        .profile
        .as_ref()
        .unwrap_err()
        .to_string();
    assert!(refusal.contains("the line has no `profile`"), "{refusal}");
}

#[test]
fn lines_of_any_bytes_are_counted_once_each() {
    let lines = [
        r#"{"id":"a","arrests":12,"rsr":6.9,"rosh":"low","engaged":true,"charged":"2025-12-05","crimes":["robbery","burglary"],"team":null}"#,
        r#"{"id":"a","as_at":"2026-12-05","profile":{"arrests":12,"rsr":6.9,"rosh":"low","engaged":true,"charged":"2025-12-05","crimes":["robbery","burglary"]},"team":4}"#,
    ];
    let bytes: &[&[u8]] = &[
        b"\"",
        b"\\",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"0",
        b"-",
        b"e",
        b".",
        b" ",
        b"\t",
        b"\n",
        b"\r",
        b"\xff",
        b"\xc3",
        b"\xa9",
        b"\0",
        b"null",
        b"true",
        b"\\u00e9",
        b"\"id\":1,",
        b"",
    ];
    // A generator of the usual kind: the same lines in every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for line in lines {
        let mut file = line.as_bytes().to_vec();
        file.push(b'\n');
        for _ in 0..1000 {
            let mut odd = line.as_bytes().to_vec();
            for _ in 0..=random(3) {
                let at = random(odd.len() + 1);
                match random(4) {
                    0 => odd.truncate(at),
                    1 => drop(odd.splice(at..at, bytes[random(bytes.len())].iter().copied())),
                    _ => {
                        let end = (at + random(3)).min(odd.len());
                        odd.splice(at..end, bytes[random(bytes.len())].iter().copied());
                    }
                }
            }
            file.extend(odd);
            file.push(b'\n');
        }
        let filled = file.split(|byte| *byte == b'\n');
        let filled = filled.filter(|line| !line.trim_ascii().is_empty()).count();
        let [by_people, by_part] = scored(&file, &Columns::new());
        assert_eq!(by_people.2, filled as u64);
        assert!(by_part == by_people, "{}\n{}", by_part.1, by_people.1);
        // What was written can be read again.
        let written = by_part.0.lines().count();
        assert_eq!(written, filled);
        Previous::read(by_part.0.as_bytes(), FileKind::JsonLines).unwrap();
    }
}

#[test]
fn json_lines_are_not_written_of_results_that_were_not_asked_for() {
    let file = "{\"id\":1,\"arrests\":2}\n";
    let reader = open(file.as_bytes(), &Columns::new()).unwrap();
    let outputs = Outputs::tiers().with_dimensions();
    let mut scoring = reader.score(&matrix(), as_at(), outputs);
    let part = scoring.next_part().unwrap().unwrap();
    let mut writer = OutcomeWriter::new(Vec::new(), FileKind::JsonLines, &matrix()).unwrap();
    let message = writer.write_part(part).unwrap_err().to_string();
    assert!(
        message.contains("need the points of everybody"),
        "{message}"
    );
}
