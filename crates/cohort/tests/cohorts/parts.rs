//! A cohort scored part by part is the cohort scored person by person.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert_eq};
use test_kit::library::{date, load, read};
use test_kit::strategy::{self, Holding, Setting};
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, InputKind, Matrix, Profile, Value};
use threshold_matrix_cohort::{CohortReader, Columns, FileKind, OutcomeWriter, Previous, Tally};

/// What a run writes and shows.
type Came = (String, String);

fn previous(written: &str) -> Previous {
    Previous::read(written.as_bytes(), FileKind::Csv).unwrap()
}

/// The table without the cells that were refused, which only a part of a file has.
pub(super) fn table(tally: &Tally) -> String {
    let table = tally.to_string();
    let Some((before, cells)) = table.split_once("\nrefused cells, by column:\n") else {
        return table;
    };
    let after = cells
        .split_once("\n\n")
        .map(|(_, after)| format!("\n{after}"));
    format!("{before}{}", after.unwrap_or_default())
}

/// A file of people, and how it is scored.
#[derive(Clone, Copy)]
struct Run<'a> {
    file: &'a str,
    kind: FileKind,
    out: FileKind,
    matrix: &'a Matrix,
    columns: &'a Columns,
    as_at: Date,
    last: &'a str,
}

impl<'a> Run<'a> {
    fn new(file: &'a str, matrix: &'a Matrix, columns: &'a Columns, as_at: Date) -> Self {
        Self {
            file,
            kind: FileKind::Csv,
            out: FileKind::Csv,
            matrix,
            columns,
            as_at,
            last: "",
        }
    }

    fn reader(&self) -> CohortReader<&'a [u8]> {
        CohortReader::new(self.file.as_bytes(), self.kind, self.columns, self.matrix).unwrap()
    }

    fn ends(&self) -> (OutcomeWriter<Vec<u8>>, Tally) {
        let writer = OutcomeWriter::new(Vec::new(), self.out, self.matrix).unwrap();
        let tally = match self.last {
            "" => Tally::new(self.matrix),
            last => Tally::since(self.matrix, previous(last)),
        };
        (writer, tally)
    }

    fn by_person(&self) -> Came {
        let (mut writer, mut tally) = self.ends();
        for person in self.reader() {
            let scored = person.unwrap().score(self.matrix, self.as_at);
            writer.write(&scored).unwrap();
            tally.add(&scored);
        }
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();
        (written, table(&tally))
    }

    fn by_part(&self) -> Came {
        let (mut writer, mut tally) = self.ends();
        let outputs = Outputs::tiers().with_dimensions().with_flags();
        let outputs = match self.out {
            FileKind::JsonLines => outputs.with_points().with_decisions(),
            _ => outputs,
        };
        let mut scoring = self.reader().score(self.matrix, self.as_at, outputs);
        while let Some(part) = scoring.next_part().unwrap() {
            writer.write_part(part).unwrap();
            tally.add_part(part);
        }
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();
        (written, table(&tally))
    }
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
pub(super) fn file(matrix: &Matrix, people: &[Profile], how: &[u8]) -> String {
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
            5..10 | 120..125 => "\"a, \"\"b\"\"\"".to_owned(),
            10..20 | 110..120 => "p1".to_owned(),
            _ => format!("p{number}"),
        };
        let as_at = match next() {
            0..10 | 100..110 => "2025-02-28",
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
            10..20 | 130..140 => "\r\n",
            20..30 => "\n\n",
            _ => "\n",
        });
    }
    file
}

pub(super) fn cohorts() -> impl Strategy<Value = (strategy::Cohort, Vec<u8>)> {
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
        let last = header(&matrix);
        let none = Columns::new();
        let earlier = Run { last: &last, ..Run::new(&before, &matrix, &none, as_at) };
        let (earlier, _) = earlier.by_person();
        let now = file(&matrix, &people, &how[1..]);
        for out in [FileKind::Csv, FileKind::JsonLines] {
            let run = Run { out, last: &earlier, ..Run::new(&now, &matrix, &columns, as_at) };
            prop_assert_eq!(run.by_part(), run.by_person(), "{}", now);
        }
    }

    #[test]
    fn json_lines_by_parts_are_the_lines_one_by_one((cohort, how) in cohorts()) {
        let matrix = load(&cohort.spec.to_yaml())?;
        let people: Vec<Profile> = cohort.profiles.iter().map(read).collect();
        let (as_at, columns) = (date(&cohort.spec), Columns::new().with_outcome("again"));
        for form in [Form::Nested, Form::Flat] {
            let lines = odd_lines(form, &matrix, &people, &how);
            let (kind, out) = (FileKind::JsonLines, FileKind::JsonLines);
            let run = Run { kind, out, ..Run::new(&lines, &matrix, &columns, as_at) };
            prop_assert_eq!(run.by_part(), run.by_person(), "{}", lines);
        }
    }

    #[test]
    fn a_cohort_is_the_same_in_every_form((cohort, how) in cohorts()) {
        let matrix = load(&cohort.spec.to_yaml())?;
        let people: Vec<Profile> = cohort.profiles.iter().map(read).collect();
        let (as_at, columns) = (date(&cohort.spec), Columns::new().with_outcome("again"));
        // Only ways of writing that say the same.
        let how: Vec<u8> = how.iter().map(|how| 20 + how % 180 / 5 * 5 + how % 4).collect();
        let csv = file(&matrix, &people, &how);
        let wanted = Run::new(&csv, &matrix, &columns, as_at).by_part();
        for form in [Form::Nested, Form::Flat, Form::Members] {
            let lines = lines(form, &matrix, &people, &how);
            let run = Run { kind: FileKind::JsonLines, ..Run::new(&lines, &matrix, &columns, as_at) };
            let (written, table) = run.by_part();
            prop_assert_eq!(without_lines(&written), without_lines(&wanted.0), "{}", lines);
            prop_assert_eq!(without_lines(&table), without_lines(&wanted.1), "{}", lines);
        }
        #[cfg(feature = "parquet")]
        for ending in ["parquet", "arrow"] {
            let (written, table) = of_columns(ending, &csv, &matrix, &columns, as_at);
            prop_assert_eq!(without_lines(&written), without_lines(&wanted.0), "{} {}", ending, csv);
            // A file of columns has rows where a text has lines.
            let table = table.replace("first in row ", "first on line ").replace("  row ", "  line ");
            prop_assert_eq!(without_lines(&table), without_lines(&wanted.1), "{} {}", ending, csv);
        }
    }
}

/// What comes of the cells of a CSV file in a file of columns; from CSV, and from the outcomes in a file of columns as if they were CSV.
#[cfg(feature = "parquet")]
fn of_columns(ending: &str, csv: &str, matrix: &Matrix, columns: &Columns, as_at: Date) -> Came {
    use crate::road;
    use std::sync::Arc;
    use threshold_matrix_cohort::files::{ColumnFileKind, ColumnWriter};

    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let [from, to] =
        ["people", "outcomes"].map(|name| folder.join(format!("forms-{name}.{ending}")));
    let mut file = csv::Reader::from_reader(csv.as_bytes());
    let names = file.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = file.records().map(Result::unwrap).collect();
    let arrays = names.iter().enumerate().map(|(position, name)| {
        let cells = rows.iter().map(|row| {
            row.get(position)
                .filter(|cell| position % 2 == 0 || !cell.is_empty())
        });
        let array: arrow_array::ArrayRef = match position % 3 {
            0 => Arc::new(cells.collect::<arrow_array::StringArray>()),
            1 => Arc::new(
                cells.collect::<arrow_array::DictionaryArray<arrow_array::types::Int32Type>>(),
            ),
            _ => Arc::new(cells.collect::<arrow_array::StringViewArray>()),
        };
        (name, array, true)
    });
    let batch = arrow_array::RecordBatch::try_from_iter_with_nullable(arrays).unwrap();
    let kind = ColumnFileKind::of(&from).unwrap();
    let mut writer = ColumnWriter::create(&from, kind, batch.schema_ref()).unwrap();
    writer.write(&batch.slice(0, rows.len() / 2)).unwrap();
    writer
        .write(&batch.slice(rows.len() / 2, rows.len() - rows.len() / 2))
        .unwrap();
    writer.finish().unwrap();
    let text = folder.join(format!("forms-{ending}.csv"));
    let outputs = Outputs::tiers().with_dimensions().with_flags();
    let [by_text, by_columns] =
        [&text, &to].map(|out| road::scored(&from, out, columns, matrix, as_at, outputs));
    assert_eq!(by_text.to_string(), by_columns.to_string());
    let written = std::fs::read_to_string(&text).unwrap();
    road::agree(&to, &written);
    (written, table(&by_text))
}

fn header(matrix: &Matrix) -> String {
    let writer = OutcomeWriter::new(Vec::new(), FileKind::Csv, matrix).unwrap();
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

/// The text without the numbers of lines, which begin elsewhere in a file without a header.
pub(super) fn without_lines(text: &str) -> String {
    let mut words = text.split("line ");
    let mut without = words.next().unwrap_or_default().to_owned();
    for word in words {
        without.push_str("line ");
        without.push_str(word.trim_start_matches(|mark: char| mark.is_ascii_digit()));
    }
    without
}

/// Where the inputs of a line of JSON stand.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Nested,
    Flat,
    /// As the keys of the line, and each member of a set as one.
    Members,
}

/// A text as JSON, with some of it escaped.
fn quoted(text: &str, how: u8) -> String {
    let mut chars = text.chars();
    match (how % 11, chars.next()) {
        (0, Some(first)) => format!("\"\\u{:04x}{}\"", u32::from(first), chars.as_str()),
        _ => format!("\"{text}\""),
    }
}

/// A value of JSON as programs write it; nothing where the key is left out.
fn token(form: Form, kind: &InputKind<'_>, value: Option<&Value>, how: u8) -> Option<String> {
    let number = |text: &str| match how % 7 {
        0 if !text.contains('.') => format!("{text}.0"),
        1 if !text.contains('.') => format!("{text}e0"),
        2 if !text.contains('.') && text != "0" => format!("{text}0E-1"),
        _ => text.to_owned(),
    };
    let is_number = matches!(kind, InputKind::Number { .. });
    match value {
        None | Some(Value::Missing) => how.is_multiple_of(2).then(|| "null".to_owned()),
        Some(Value::Boolean(truth)) => Some(truth.to_string()),
        Some(Value::Whole(whole)) if is_number => Some(number(&whole.to_string())),
        Some(Value::Whole(whole)) => Some(whole.to_string()),
        Some(Value::Text(text)) if is_number && !how.is_multiple_of(3) => Some(number(text)),
        Some(Value::Text(text)) => Some(quoted(text, how)),
        Some(Value::Members(members)) if form == Form::Flat && how.is_multiple_of(3) => {
            let members = members.join("|");
            Some(quoted(if members.is_empty() { "|" } else { &members }, how))
        }
        Some(Value::Members(members)) => {
            let members: Vec<String> = members.iter().map(|member| quoted(member, how)).collect();
            Some(format!(
                "[{}]",
                members.join([",", ", ", " ,\t"][usize::from(how % 3)])
            ))
        }
        Some(other) => panic!("a value for {other:?}"),
    }
}

/// The fields of one object, in some order and with some spaces.
fn object(mut fields: Vec<(String, String)>, how: u8) -> String {
    if how.is_multiple_of(3) && !fields.is_empty() {
        let turn = usize::from(how) % fields.len();
        fields.rotate_left(turn);
    }
    let space = ["", " ", "\t "][usize::from(how / 50 % 3)];
    let fields = fields
        .iter()
        .map(|(key, value)| format!("{space}\"{key}\"{space}:{space}{value}{space}"));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

/// The people of `file` as JSON lines.
fn lines(form: Form, matrix: &Matrix, people: &[Profile], how: &[u8]) -> String {
    let mut how = how.iter().copied().cycle();
    let mut next = || how.next().unwrap_or_default();
    let mut lines = String::new();
    let inputs: Vec<_> = matrix.described_inputs().collect();
    for (number, profile) in people.iter().enumerate() {
        let mut outer = Vec::new();
        match next() {
            0..5 if number > 0 => {}
            5..10 | 120..125 => outer.push(("id".to_owned(), "\"a, \\\"b\\\"\"".to_owned())),
            10..20 | 110..120 => outer.push(("id".to_owned(), "\"p1\"".to_owned())),
            _ => outer.push(("id".to_owned(), format!("\"p{number}\""))),
        }
        let as_at = match next() {
            0..10 | 100..110 => "\"2025-02-28\"",
            10..15 => "\"28/02/2025\"",
            _ => "null",
        };
        outer.push(("as_at".to_owned(), as_at.to_owned()));
        let again = ["null", "1", "0", "true", "\"no\""][usize::from(next()) % 5];
        outer.push(("again".to_owned(), again.to_owned()));
        let mut inner = Vec::new();
        for input in &inputs {
            let (how, value) = (next(), profile.get(input.name));
            match (&input.kind, form) {
                (InputKind::Set(all), Form::Members) => {
                    for member in *all {
                        let truth = match value {
                            Some(Value::Members(held)) => {
                                Some(Value::Boolean(held.contains(member)))
                            }
                            _ => None,
                        };
                        let token = token(form, &InputKind::Boolean, truth.as_ref(), how);
                        let token = token.or_else(|| (number == 0).then(|| "null".to_owned()));
                        inner
                            .extend(token.map(|token| (format!("{}.{member}", input.name), token)));
                    }
                }
                (kind, _) => {
                    let token = token(form, kind, value, how);
                    let token = token.or_else(|| (number == 0).then(|| "null".to_owned()));
                    inner.extend(token.map(|token| (input.name.to_owned(), token)));
                }
            }
        }
        let how = next();
        match form {
            Form::Nested => outer.push(("profile".to_owned(), object(inner, how))),
            Form::Flat | Form::Members => outer.extend(inner),
        }
        lines.push_str(&object(outer, how));
        lines.push_str(match how {
            10..20 | 130..140 => "\r\n",
            20..30 => "\n \n",
            _ => "\n",
        });
    }
    lines
}
/// The same lines, some of them with what no program should write.
fn odd_lines(form: Form, matrix: &Matrix, people: &[Profile], how: &[u8]) -> String {
    let lines = lines(form, matrix, people, how);
    let mut hows = how.iter().rev().copied().cycle();
    let mut odd = String::new();
    for (number, line) in lines.lines().enumerate() {
        let how = hows.next().unwrap_or_default();
        let again = line.replacen("\"again\"", "\"again\":1,\"again\"", 1);
        let cut = line
            .char_indices()
            .nth(usize::from(how))
            .map_or(line.len(), |(at, _)| at);
        let line = match how {
            _ if number == 0 => line.to_owned(),
            0..5 => line.replacen("null", "\"n/k\"", 1),
            5..10 => line.replace("null", "\"\""),
            10..15 => line.replace("true", "1"),
            15..20 => line.replace("true", "\"TRUE\""),
            20..25 => line.replace("false", "\"false\""),
            25..30 => line.replace(":1", ":01"),
            30..35 => line.replace(":1", ":\"1\""),
            35..40 => line.replace(":1", ":1.00000000000000000000000000000"),
            40..45 => line.replace(":1", ": -1"),
            45..50 => line.replace(":1", ":[1]"),
            50..55 => line.replace("\"again\"", "\"extra\":1,\"again\""),
            55..60 => line.replace("\"again\"", "\"extra\":{\"a\":[1]},\"again\""),
            60..65 => again,
            65..70 => line.get(..cut).unwrap_or_default().to_owned(),
            70..75 => format!("{line}}}"),
            75..80 => line.replace(":\"", ":\" "),
            80..85 => line.replace("\"profile\"", "\"profil\""),
            85..90 => "{\"id\": 7, \"profile\": {}}".to_owned(),
            90..95 => "{\"id\": [7]}".to_owned(),
            95..100 => line.replace("\"id\":", "\"id\":1e2,\"no\":"),
            _ => line.to_owned(),
        };
        odd.push_str(&line);
        odd.push('\n');
    }
    odd
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
            for out in [FileKind::Csv, FileKind::JsonLines] {
                let run = Run {
                    out,
                    ..Run::new(&file, &matrix, &columns, as_at)
                };
                assert!(run.by_part() == run.by_person(), "{name}");
            }
        }
    }
}

/// Ids in ascending order are not looked up one by one, as long as they are.
#[test]
fn an_id_that_occurs_again_much_later_is_found() {
    let matrix = Matrix::from_yaml(threshold_matrix::doc_example()).unwrap();
    let as_at: Date = "2026-11-21".parse().unwrap();
    let again = |ids: &[&str]| {
        let mut file = "id,arrests,rosh\n".to_owned();
        let ascending = (0..5000).map(|number| number.to_string());
        for id in ascending.chain(ids.iter().map(|id| (*id).to_owned())) {
            file.push_str(&format!("{id},1,low\n"));
        }
        let columns = Columns::new();
        let reader = CohortReader::new(file.as_bytes(), FileKind::Csv, &columns, &matrix).unwrap();
        let mut scoring = reader.score(&matrix, as_at, Outputs::tiers());
        let mut tally = Tally::new(&matrix);
        while let Some(part) = scoring.next_part().unwrap() {
            tally.add_part(part);
        }
        let repeated = tally.repeated().cloned().unwrap_or_default();
        (
            repeated.people,
            repeated.first.map_or(0, |first| first.number),
            repeated.ids.join(" "),
        )
    };
    assert_eq!(again(&[]), (0, 0, String::new()));
    assert_eq!(
        again(&["5000", "a", "9999", "00001"]),
        (0, 0, String::new())
    );
    assert_eq!(again(&["4999"]), (1, 5002, "4999".to_owned()));
    assert_eq!(
        again(&["7000", "12", "7000", "8000"]),
        (2, 5003, "12 7000".to_owned())
    );
}
