//! Workbooks of Excel: what each cell means, which rows are people, and what is refused or asked about.

use std::io::{Cursor, Write};

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert_eq};
use rust_xlsxwriter::{
    ExcelDateTime, Format, Formula, Table, TableColumn, TableFunction, Workbook,
};
use test_kit::library::{date, load, read as profile};
use test_kit::strategy::{self, Holding, Setting};
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, InputDescription, InputKind, Matrix, Profile, Value};
use threshold_matrix_cohort::{
    CohortError, CohortReader, Columns, FileKind, OutcomeWriter, Previous, Scored, Tally,
    sheet_column_names,
};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const MATRIX: &str = r#"
format: 1
id: kinds
version: 1.0.0
title: Kinds
status: illustrative
inputs:
  priors: { type: integer, range: [0, 2000], missing: absent }
  rsr: { type: decimal, places: 9, range: [0, 100], missing: absent }
  rosh: { type: level, values: [low, base, "Yes"], missing: absent }
  engaged: { type: boolean, missing: absent }
  charged: { type: date, missing: absent }
  crimes: { type: set, values: [robbery, burglary], missing: absent }
criteria:
  risk: { input: rsr, bands: [ { from: 0, points: 0 }, { from: 7, points: 10 } ], absent: 0 }
dimensions:
  one: { score: [risk], levels: [ { level: high, from: 10 }, { level: low } ] }
tiers: [high, low]
decision: { rules: [ { tier: high, when: { one: high } }, { tier: low } ] }
"#;

fn matrix() -> Matrix {
    Matrix::from_yaml(MATRIX).unwrap_or_else(|faults| panic!("{faults}"))
}

fn columns(text: &str) -> Columns {
    if text.is_empty() {
        return Columns::new();
    }
    let columns = crate::columns_schema::read(text, &matrix());
    columns.unwrap_or_else(|faults| panic!("{faults}"))
}

/// A workbook of one sheet, `people`, as other programs write it.
struct Xml<'a> {
    /// What stands in `sheetData`.
    rows: &'a str,
    /// The codes of formats; the first is that of style 1.
    formats: &'a [&'a str],
    /// What else stands in the workbook.
    properties: &'a str,
}

impl Xml<'_> {
    fn bytes(&self) -> Vec<u8> {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let relations = |kind: &str, target: &str| {
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" \
                 Type=\"{office}/{kind}\" Target=\"{target}\"/></Relationships>"
            )
        };
        let codes: String = (self.formats.iter().enumerate())
            .map(|(at, code)| {
                let code = code.replace('"', "&quot;").replace('<', "&lt;");
                format!("<numFmt numFmtId=\"{}\" formatCode=\"{code}\"/>", 164 + at)
            })
            .collect();
        let styles: String = (0..self.formats.len())
            .map(|at| format!("<xf numFmtId=\"{}\"/>", 164 + at))
            .collect();
        let parts = [
            (
                "_rels/.rels",
                relations("officeDocument", "xl/workbook.xml"),
            ),
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"people\" sheetId=\"1\" r:id=\"r1\"/></sheets>{}</workbook>",
                    self.properties
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                relations("worksheet", "worksheets/sheet1.xml"),
            ),
            (
                "xl/styles.xml",
                format!(
                    "<styleSheet xmlns=\"{main}\"><numFmts>{codes}</numFmts><cellXfs><xf numFmtId=\"0\"/>{styles}</cellXfs></styleSheet>"
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!(
                    "<worksheet xmlns=\"{main}\"><sheetData>{}</sheetData></worksheet>",
                    self.rows
                ),
            ),
        ];
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            archive
                .start_file(name, SimpleFileOptions::default())
                .unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }
}

fn text_cell(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

/// A sheet with one person and one cell, in B2.
fn one_cell(input: &str, cell: &str) -> String {
    format!(
        "<row r=\"1\">{}{}</row><row r=\"2\">{}{cell}</row>",
        text_cell("A1", "id"),
        text_cell("B1", input),
        text_cell("A2", "p1")
    )
}

const NEW: &str = "<calcPr fullCalcOnLoad=\"1\"/>";

fn reader<'a>(book: &'a [u8], options: &str) -> Result<CohortReader<&'a [u8]>, CohortError> {
    CohortReader::new(book, FileKind::Workbook, &columns(options), &matrix())
}

/// Reads the cell of the only person, as a profile has it, or the words of its refusal.
#[track_caller]
fn only(book: &[u8], input: &str, options: &str) -> Result<Value, String> {
    let mut people = reader(book, options).unwrap_or_else(|error| panic!("{error}"));
    let person = people.next().unwrap().unwrap();
    assert!(people.next().is_none());
    assert_eq!(person.line, 2);
    match person.profile {
        Ok(profile) => Ok(profile.get(input).cloned().unwrap_or(Value::Missing)),
        Err(refusal) => Err(refusal.to_string()),
    }
}

/// Reads a cell with a format.
#[track_caller]
fn formatted(input: &str, options: &str, format: &str, number: &str) -> Result<Value, String> {
    let cell = format!("<c r=\"B2\" s=\"1\"><v>{number}</v></c>");
    let book = Xml {
        rows: &one_cell(input, &cell),
        formats: &[format],
        properties: "",
    };
    only(&book.bytes(), input, options)
}

/// Reads a cell as it is in the file.
#[track_caller]
fn read(input: &str, options: &str, cell: &str) -> Result<Value, String> {
    let book = Xml {
        rows: &one_cell(input, &cell.replace("<c", "<c r=\"B2\"")),
        formats: &[],
        properties: "",
    };
    only(&book.bytes(), input, options)
}

fn text(text: &str) -> Result<Value, String> {
    Ok(Value::Text(text.to_owned()))
}

#[track_caller]
fn refused(read: Result<Value, String>, why: &str) {
    let message = read.unwrap_err();
    assert!(
        message.contains(why) && message.ends_with(" (people!B2)"),
        "{message}"
    );
}

#[test]
fn numbers_are_the_shortest_that_give_the_float_again() {
    let number = |written: &str| read("rsr", "", &format!("<c><v>{written}</v></c>"));
    assert_eq!(number("6.9000000000000004"), text("6.9"));
    assert_eq!(number("20.999999999999996"), text("20.999999999999996"));
    assert_eq!(number("0.33333333333333331"), text("0.3333333333333333"));
    assert_eq!(number("6.99999999999999999"), text("7"));
    assert_eq!(number("00012345"), text("12345"));
    assert_eq!(number("2.0999999999999999E+1"), text("21"));
    assert_eq!(number("-0"), text("0"));
    refused(number("9007199254740993"), "2^53");
    assert_eq!(number("9007199254740991"), text("9007199254740991"));
    for written in ["NaN", "inf", "-inf"] {
        refused(number(written), "which is not a number");
    }
    // How numbers are written is said of texts.
    let options = "numbers: { decimal: \",\", thousands: \".\" }";
    assert_eq!(read("rsr", options, "<c><v>6.123</v></c>"), text("6.123"));
    let cell = "<c t=\"inlineStr\"><is><t>6,123</t></is></c>";
    assert_eq!(read("rsr", options, cell), text("6.123"));
    assert_eq!(
        read("rsr", "", "<c t=\"inlineStr\"><is><t>5</t></is></c>"),
        text("5")
    );
    // A list of a columns file speaks of every cell.
    let options = "columns: { rsr: { column: rsr, values: { 99: null, 1: 2 } } }";
    assert_eq!(read("rsr", options, "<c><v>99</v></c>"), Ok(Value::Missing));
    assert_eq!(read("rsr", options, "<c><v>1</v></c>"), text("2"));
    assert_eq!(
        read("rsr", "missing: [\"-1\"]", "<c><v>-1</v></c>"),
        Ok(Value::Missing)
    );
}

#[test]
fn the_format_of_a_number_says_what_it_means() {
    let percent = "numbers: { percent: true, decimal: \",\" }";
    assert_eq!(formatted("rsr", percent, "0%", "0.21"), text("21"));
    assert_eq!(
        formatted("rsr", percent, "0%", "0.28999999999999998"),
        text("29")
    );
    assert_eq!(formatted("rsr", percent, "0.0%", "0.285"), text("28.5"));
    refused(
        formatted("rsr", "", "0%", "0.21"),
        "`rsr` is `21%`; write `numbers: { percent: true }` in the columns file",
    );
    for format in ["0\"%\"", "0\\%"] {
        assert_eq!(formatted("rsr", "", format, "21"), text("21"));
        assert_eq!(formatted("rsr", percent, format, "21"), text("21"));
    }
    assert_eq!(formatted("rsr", "", "0.0\" yrs\"", "6.9"), text("6.9"));
    assert_eq!(formatted("rsr", "", "0.00", "6.999"), text("6.999"));
    refused(
        formatted("rsr", "", "[=1]\"Yes\";[=0]\"No\";General", "1"),
        "whose format shows some numbers as something else",
    );
    refused(
        formatted("rsr", "", "0.0,", "6900"),
        "is `6900`, which its format shows as thousands of it",
    );
    refused(
        formatted("engaged", "", "\"Yes\";;\"No\"", "1"),
        "its format shows something else",
    );
}

#[test]
fn ids_are_texts_and_noughts_come_from_a_format_of_noughts_alone() {
    let id = |format: &str, cell: &str| {
        let rows = format!(
            "<row r=\"1\">{}{}</row><row r=\"2\">{cell}<c r=\"B2\"><v>3</v></c></row>",
            text_cell("A1", "id"),
            text_cell("B1", "priors")
        );
        let book = Xml {
            rows: &rows,
            formats: &[format],
            properties: "",
        };
        let bytes = book.bytes();
        let person = reader(&bytes, "").unwrap().next().unwrap().unwrap();
        match person.profile {
            Ok(_) => person.id,
            Err(refusal) => refusal.to_string(),
        }
    };
    let number = |format: &str, number: &str| {
        id(format, &format!("<c r=\"A2\" s=\"1\"><v>{number}</v></c>"))
    };
    assert_eq!(number("00000000", "12345"), "00012345");
    assert_eq!(number("General", "12345"), "12345");
    assert_eq!(number("0", "12345"), "12345");
    assert_eq!(id("", &text_cell("A2", "00012345")), "00012345");
    for (format, written, why) in [
        ("General", "9007199254740993", "write it as a text"),
        ("General", "12.5", "not a text or a whole number"),
        (
            "dd/mm/yyyy",
            "37256",
            "is `2001-12-31`, which is not a text",
        ),
        ("000\\-000", "12345", "which its format shows otherwise"),
        ("\"A\"0", "12345", "which its format shows otherwise"),
        ("0%", "1", "not a text or a whole number"),
    ] {
        let message = number(format, written);
        assert!(
            message.contains(why) && message.ends_with("(people!A2)"),
            "{message}"
        );
    }
    let truth = id("", "<c r=\"A2\" t=\"b\"><v>1</v></c>");
    assert!(truth.contains("not a text or a whole number"), "{truth}");
    assert_eq!(id("", ""), "the row has no id (people!A2)");
}

#[test]
fn dates_are_days_and_nothing_else() {
    let form = "dates: \"%d/%m/%Y\"";
    for options in ["", form] {
        let day = |written: &str| formatted("charged", options, "dd/mm/yyyy", written);
        assert_eq!(day("37256"), text("2001-12-31"));
        assert_eq!(day("61"), text("1900-03-01"));
        assert_eq!(day("2958465"), text("9999-12-31"));
        refused(
            day("37056.958333333336"),
            "is `2001-06-14 23:00:00`, with a time of day",
        );
        refused(day("0.5"), "is `12:00:00`, with a time of day");
        for outside in ["60", "0", "-1", "2958466"] {
            refused(day(outside), "outside the days");
        }
        let iso = |written: &str| {
            read(
                "charged",
                options,
                &format!("<c t=\"d\"><v>{written}</v></c>"),
            )
        };
        assert_eq!(iso("2001-12-31"), text("2001-12-31"));
        assert_eq!(iso("2001-06-15T00:00:00.000Z"), text("2001-06-15"));
        refused(iso("2001-06-14T23:00:00.000Z"), "with a time of day");
        refused(
            formatted("charged", options, "[h]:mm", "1.25"),
            "a length of time",
        );
        let bare = "37256 is a number here, not a date; format the cell as a date";
        refused(read("charged", options, "<c><v>37256</v></c>"), bare);
        refused(
            formatted("charged", options, "[=0]\"\";dd/mm/yyyy", "37256"),
            bare,
        );
        refused(
            read("charged", options, "<c t=\"b\"><v>1</v></c>"),
            "true is a truth here, not a date",
        );
        refused(
            formatted("rsr", options, "dd/mm/yyyy", "37256"),
            "2001-12-31 is a date here, not a number",
        );
    }
    let written = |day: &str| {
        read(
            "charged",
            form,
            &text_cell("B2", day).replace(" r=\"B2\"", ""),
        )
    };
    assert_eq!(written("31/12/2001"), text("2001-12-31"));
    refused(written("2001-12-31"), "not a date such as 31/12/2026");
}

#[test]
fn days_may_be_counted_from_1904() {
    let book = |day: &str| {
        let cell = format!("<c r=\"B2\" s=\"1\"><v>{day}</v></c>");
        let rows = one_cell("charged", &cell);
        let book = Xml {
            rows: &rows,
            formats: &["dd/mm/yyyy"],
            properties: "<workbookPr date1904=\"1\"/>",
        };
        only(&book.bytes(), "charged", "")
    };
    assert_eq!(book("35794"), text("2001-12-31"));
    assert_eq!(book("0"), text("1904-01-01"));
    refused(book("-1"), "outside the days");
    refused(book("35794.5"), "with a time of day");
}

#[test]
fn texts_are_texts_in_whatever_way_they_are_kept() {
    for (cell, wanted) in [
        ("<c t=\"inlineStr\"><is><t>base</t></is></c>", text("base")),
        (
            "<c t=\"inlineStr\"><is><r><t>Ye</t></r><r><rPr><b/></rPr><t>s</t></r></is></c>",
            text("Yes"),
        ),
        (
            "<c t=\"inlineStr\"><is><t>base</t><rPh sb=\"0\" eb=\"1\"><t>reading</t></rPh></is></c>",
            text("base"),
        ),
        (
            "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">   </t></is></c>",
            Ok(Value::Missing),
        ),
        (
            "<c t=\"inlineStr\"><is><t>   </t></is></c>",
            Ok(Value::Missing),
        ),
        ("<c/>", Ok(Value::Missing)),
        ("<c t=\"str\"><f>\"\"</f><v></v></c>", Ok(Value::Missing)),
    ] {
        assert_eq!(read("rosh", "", cell), wanted, "{cell}");
    }
}

#[test]
fn truths_are_truths_whatever_words_a_columns_file_has_for_them() {
    let words = "truths: { true: [yes], false: [no] }";
    for options in ["", words] {
        for (written, truth) in [("1", true), ("0", false)] {
            let cell = format!("<c t=\"b\"><v>{written}</v></c>");
            assert_eq!(
                read("engaged", options, &cell),
                Ok(Value::Boolean(truth)),
                "{options}"
            );
        }
    }
    let yes = "<c t=\"inlineStr\"><is><t>yes</t></is></c>";
    assert_eq!(read("engaged", words, yes), Ok(Value::Boolean(true)));
    assert_eq!(
        read("engaged", "", "<c><v>1</v></c>"),
        Ok(Value::Boolean(true))
    );
    refused(
        read("engaged", words, "<c><v>1</v></c>"),
        "which `truths` in the columns file does not list",
    );
    refused(
        read("rsr", "", "<c t=\"b\"><v>1</v></c>"),
        "true is a truth here, not a number",
    );
    let options = "columns: { rosh: { column: rosh, values: { \"TRUE\": base } } }";
    assert_eq!(
        read("rosh", options, "<c t=\"b\"><v>1</v></c>"),
        text("base")
    );
}

#[test]
fn a_failed_formula_is_refused_or_missing_where_the_columns_file_says_so() {
    let cell = "<c t=\"e\"><v>#N/A</v></c>";
    refused(
        read("rsr", "", cell),
        "`rsr` is `#N/A`, since a formula failed; if nothing is recorded there, write `missing: [\"#N/A\"]` in the columns file",
    );
    assert_eq!(read("rsr", "missing: [\"#N/A\"]", cell), Ok(Value::Missing));
}

#[test]
fn formulas_are_worth_what_was_saved_or_refused() {
    let of = |input: &str, cell: &str, properties: &str| {
        let rows = one_cell(input, &cell.replace("<c", "<c r=\"B2\""));
        let book = Xml {
            rows: &rows,
            formats: &[],
            properties,
        };
        let bytes = book.bytes();
        let warnings = reader(&bytes, "").unwrap().warnings().to_vec();
        (only(&bytes, input, ""), warnings)
    };
    let worth = "<c><f>1+2</f><v>3</v></c>";
    let (value, warnings) = of("rsr", worth, "");
    assert_eq!(value, text("3"));
    let [warning] = warnings.as_slice() else {
        panic!("{warnings:?}")
    };
    assert!(
        warning.starts_with("formulas work out values of `rsr` (people!B2); they are taken as"),
        "{warning}"
    );
    let (value, warnings) = of("rsr", worth, NEW);
    refused(value, "its value `3` may only hold a place");
    assert!(warnings.is_empty());
    for properties in ["", NEW] {
        for empty in ["<c><f>1+2</f></c>", "<c><f>1+2</f><v/></c>"] {
            let (value, _) = of("rsr", empty, properties);
            refused(value, "is a formula without a value");
        }
        let (value, warnings) = of(
            "engaged",
            "<c t=\"b\"><f>TRUE()</f><v>1</v></c>",
            properties,
        );
        assert_eq!(value, Ok(Value::Boolean(true)));
        assert!(warnings.is_empty());
    }
    let (value, _) = of("rosh", "<c t=\"str\"><f>A2</f><v>base</v></c>", NEW);
    refused(value, "may only hold a place");
}

#[test]
fn formulas_that_fill_several_cells_are_formulas_in_each_of_them() {
    let rows = |third: &str| {
        format!(
            "<row r=\"1\">{}{}</row><row r=\"2\">{}<c r=\"B2\"><f t=\"array\" ref=\"B2:B3\">A1:A2</f><v>1</v></c></row>\
             <row r=\"3\">{}<c r=\"B3\"><v>0</v></c></row><row r=\"4\">{}{third}</row>",
            text_cell("A1", "id"),
            text_cell("B1", "priors"),
            text_cell("A2", "a"),
            text_cell("A3", "b"),
            text_cell("A4", "c"),
        )
    };
    let refused = |rows: &str| -> Vec<bool> {
        let book = Xml {
            rows,
            formats: &[],
            properties: NEW,
        };
        let bytes = book.bytes();
        let people = reader(&bytes, "").unwrap();
        people
            .map(|person| person.unwrap().profile.is_err())
            .collect()
    };
    assert_eq!(
        refused(&rows("<c r=\"B4\"><v>0</v></c>")),
        [true, true, false]
    );
    let shared = "<c r=\"B4\"><f t=\"shared\" si=\"0\"/><v>0</v></c>";
    assert_eq!(refused(&rows(shared)), [true, true, true]);
}

#[test]
fn a_cell_that_is_only_carried_through_refuses_nobody() {
    let cells = "<c r=\"B2\" s=\"1\"><v>46361.5</v></c><c r=\"C2\"><f>1+1</f></c><c r=\"D2\" s=\"2\"><v>6900</v></c>";
    let rows = format!(
        "<row r=\"1\">{}{}{}{}{}</row><row r=\"2\">{}{cells}<c r=\"E2\"><v>3</v></c></row>",
        text_cell("A1", "id"),
        text_cell("B1", "seen"),
        text_cell("C1", "worked out"),
        text_cell("D1", "cost"),
        text_cell("E1", "priors"),
        text_cell("A2", "a"),
    );
    let book = Xml {
        rows: &rows,
        formats: &["yyyy\\-mm\\-dd hh:mm", "0,"],
        properties: NEW,
    };
    let kept = ["seen", "worked out", "cost"];
    let columns = kept.into_iter().fold(Columns::new(), Columns::keeping);
    let bytes = book.bytes();
    let mut people =
        CohortReader::new(bytes.as_slice(), FileKind::Workbook, &columns, &matrix()).unwrap();
    let warnings = people.warnings().join("\n");
    assert!(
        warnings.contains(
            "cells of `worked out` (people!C2), `cost` (people!D2) are carried through empty"
        ),
        "{warnings}"
    );
    let person = people.next().unwrap().unwrap();
    assert!(person.profile.is_ok());
    assert_eq!(person.kept, ["2026-12-05 12:00:00", "", ""]);
    // What an input is read from, refuses as it did.
    let columns = Columns::new().keeping("priors");
    let bytes = Xml {
        rows: &rows.replace("<c r=\"E2\"><v>3</v></c>", "<c r=\"E2\"><f>3</f></c>"),
        ..book
    }
    .bytes();
    let mut people =
        CohortReader::new(bytes.as_slice(), FileKind::Workbook, &columns, &matrix()).unwrap();
    assert!(people.next().unwrap().unwrap().profile.is_err());
}

#[test]
fn a_column_that_is_not_read_may_hold_anything() {
    let rows = format!(
        "<row r=\"1\">{}{}{}</row><row r=\"2\">{}<c r=\"B2\"><v>3</v></c><c r=\"C2\"><f>1</f></c></row>",
        text_cell("A1", "id"),
        text_cell("B1", "priors"),
        text_cell("C1", "notes"),
        text_cell("A2", "a"),
    );
    let book = Xml {
        rows: &rows,
        formats: &[],
        properties: NEW,
    };
    assert_eq!(only(&book.bytes(), "priors", ""), text("3"));
}

#[test]
fn an_error_of_a_newer_kind_is_an_error_of_the_file() {
    let cell = "<c r=\"B2\" t=\"e\"><f>X</f><v>#SPILL!</v></c>";
    let rows = one_cell("priors", cell);
    let book = Xml {
        rows: &rows,
        formats: &[],
        properties: "",
    };
    let error = reader(&book.bytes(), "").unwrap_err();
    assert!(
        error.to_string().starts_with("people!B2 is `#SPILL!`"),
        "{error}"
    );
}

#[test]
fn what_is_not_a_workbook_is_an_error_of_the_file() {
    for bytes in [&b""[..], b"id,priors\na,3\n", b"PK\x03\x04"] {
        let error = reader(bytes, "").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the file cannot be read as a workbook (.xlsx)"),
            "{error}"
        );
    }
    let empty = Xml {
        rows: "",
        formats: &[],
        properties: "",
    };
    let error = reader(&empty.bytes(), "").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the sheet `people` is empty; a row of it must name the columns"
    );
}

/// A title over the table, which has a hidden row and totals; formatted cells below; and a hidden sheet.
fn table() -> Workbook {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("people").unwrap();
    let (bold, noughts) = (
        Format::new().set_bold(),
        Format::new().set_num_format("00000000"),
    );
    let (day, percent) = (
        Format::new().set_num_format("dd/mm/yyyy"),
        Format::new().set_num_format("0%"),
    );
    sheet
        .merge_range(1, 1, 1, 5, "Cohort, made up", &bold)
        .unwrap();
    let table = Table::new()
        .set_name("people")
        .set_total_row(true)
        .set_columns(&[
            TableColumn::new().set_header("id").set_total_label("Total"),
            TableColumn::new().set_header("charged"),
            TableColumn::new()
                .set_header("priors")
                .set_total_function(TableFunction::Sum),
            TableColumn::new().set_header("rsr"),
            TableColumn::new().set_header("engaged"),
        ]);
    sheet.add_table(2, 1, 6, 5, &table).unwrap();
    for (row, (id, day_of, priors, rsr, engaged)) in [
        (12345, (2001, 12, 31), 5, 0.21, true),
        (7, (1970, 1, 15), 0, 0.29, false),
        (812, (2008, 2, 29), 12, 0.57, true),
    ]
    .into_iter()
    .enumerate()
    {
        let row = 3 + u32::try_from(row).unwrap();
        let (year, month, day_of) = day_of;
        let date = ExcelDateTime::from_ymd(year, month, day_of).unwrap();
        sheet
            .write_number_with_format(row, 1, id, &noughts)
            .unwrap();
        sheet
            .write_datetime_with_format(row, 2, &date, &day)
            .unwrap();
        sheet.write_number(row, 3, priors).unwrap();
        sheet
            .write_number_with_format(row, 4, rsr, &percent)
            .unwrap();
        sheet.write_boolean(row, 5, engaged).unwrap();
    }
    sheet.set_row_hidden(4).unwrap();
    for row in 7..40 {
        sheet.write_blank(row, 4, &percent).unwrap();
    }
    let old = book.add_worksheet().set_name("old").unwrap();
    old.set_hidden(true);
    old.write_string(0, 0, "id").unwrap();
    old.write_string(0, 1, "priors").unwrap();
    old.write_string(1, 0, "x").unwrap();
    book
}

#[test]
fn the_people_of_a_table_are_its_rows_and_neither_its_title_nor_its_totals() {
    let mut book = table();
    let bytes = book.save_to_buffer().unwrap();
    let options = "numbers: { percent: true }";
    let mut people = reader(&bytes, options).unwrap();
    let read: Vec<(u64, String, Profile)> = people
        .by_ref()
        .map(|person| {
            let person = person.unwrap();
            (person.line, person.id, person.profile.unwrap())
        })
        .collect();
    let ids: Vec<(u64, &str)> = read
        .iter()
        .map(|(line, id, _)| (*line, id.as_str()))
        .collect();
    assert_eq!(ids, [(4, "00012345"), (5, "00000007"), (6, "00000812")]);
    let value = |person: usize, input: &str| read[person].2.get(input).cloned().unwrap();
    assert_eq!(value(0, "charged"), text("2001-12-31").unwrap());
    assert_eq!(value(1, "rsr"), text("29").unwrap());
    assert_eq!(value(2, "engaged"), Value::Boolean(true));
    assert!(people.warnings().is_empty());
    // A sheet that is asked for may be a hidden one.
    let old = reader(&bytes, "sheet: old").unwrap();
    let ids: Vec<String> = old.map(|person| person.unwrap().id).collect();
    assert_eq!(ids, ["x"]);
    assert_eq!(
        sheet_column_names(bytes.as_slice(), None, &matrix()).unwrap(),
        ["id", "charged", "priors", "rsr", "engaged"]
    );
    assert_eq!(
        sheet_column_names(bytes.as_slice(), Some("old"), &matrix()).unwrap(),
        ["id", "priors"]
    );
}

#[test]
fn rows_below_a_table_are_told() {
    let mut book = table();
    let sheet = book.worksheet_from_name("people").unwrap();
    sheet.write_string(8, 1, "late").unwrap();
    sheet.write_string(10, 1, "later").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let people = reader(&bytes, "numbers: { percent: true }").unwrap();
    assert_eq!(
        people.warnings(),
        [
            "2 rows stand below the table `people`, the first in row 9 of `people`, and are not taken for people"
        ]
    );
    assert_eq!(people.count(), 3);
}

fn sheets(named: &[(&str, bool)]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, is_hidden) in named {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        sheet.write_string(0, 0, "id").unwrap();
        sheet.write_string(0, 1, "priors").unwrap();
        sheet.write_string(1, 0, *name).unwrap();
        sheet.set_hidden(*is_hidden);
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn which_sheet_is_read_is_asked_and_never_guessed() {
    let only = |named: &[(&str, bool)], options: &str| {
        let bytes = sheets(named);
        reader(&bytes, options)
            .map(|mut people| people.next().unwrap().unwrap().id)
            .map_err(|error| error.to_string())
    };
    let two = [("new", false), ("old one", false), ("gone", true)];
    assert_eq!(
        only(&two, ""),
        Err("the workbook has several sheets (`new`, `old one`); say in the columns file which one has the people, such as `sheet: \"new\"`".to_owned())
    );
    assert_eq!(only(&two, "sheet: old one"), Ok("old one".to_owned()));
    assert_eq!(only(&two, "sheet: gone"), Ok("gone".to_owned()));
    assert_eq!(
        only(&two, "sheet: neww"),
        Err("the workbook has no sheet `neww`; did you mean `new`?".to_owned())
    );
    assert_eq!(
        only(&[("seen", false), ("gone", true)], ""),
        Ok("seen".to_owned())
    );
    let error = CohortReader::new(
        sheets(&two).as_slice(),
        FileKind::Workbook,
        &Columns::new().with_sheet("old one"),
        &matrix(),
    )
    .map(|people| people.count());
    assert_eq!(error.unwrap(), 1);
}

#[test]
fn rows_with_nothing_but_blank_texts_are_not_people() {
    let blank = |row: u32| {
        format!(
            "<row r=\"{row}\"><c r=\"A{row}\" t=\"str\"><f>IF(x!A{row}=\"\",\"\",x!A{row})</f><v></v></c>{}</row>",
            text_cell(&format!("B{row}"), "  ")
        )
    };
    let rows = format!(
        "{}{}{}<row r=\"9\">{}</row>{}",
        one_cell("priors", "<c r=\"B2\"><v>3</v></c>"),
        blank(3),
        blank(4),
        text_cell("A9", "last"),
        blank(10)
    );
    let book = Xml {
        rows: &rows,
        formats: &[],
        properties: "",
    };
    let bytes = book.bytes();
    let people: Vec<(u64, String)> = reader(&bytes, "")
        .unwrap()
        .map(|person| {
            let person = person.unwrap();
            (person.line, person.id)
        })
        .collect();
    assert_eq!(people, [(2, "p1".to_owned()), (9, "last".to_owned())]);
}

#[test]
fn rows_that_the_columns_file_leaves_out_are_not_people() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, (id, priors)) in [("id", "priors"), ("a", "1"), ("Total", "1")]
        .into_iter()
        .enumerate()
    {
        let row = u32::try_from(row).unwrap();
        sheet.write_string(row, 0, id).unwrap();
        sheet.write_string(row, 1, priors).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let mut people = reader(&bytes, "skip: { where: { id: [Total] } }").unwrap();
    assert_eq!(people.by_ref().count(), 1);
    assert_eq!(people.skipped(), 1);
}

#[test]
fn faults_of_columns_say_where_the_columns_are_named() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("my sheet").unwrap();
    sheet.write_string(0, 0, "A title").unwrap();
    sheet.write_string(2, 0, "id").unwrap();
    sheet.write_string(2, 1, "Priors").unwrap();
    sheet.write_string(3, 0, "a").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let error = reader(&bytes, "").unwrap_err().to_string();
    assert!(error.contains("nearly called so: `Priors`"), "{error}");
    assert!(
        error.ends_with("\n  - the columns are named in row 3 of the sheet `my sheet`"),
        "{error}"
    );
    // The names of a cell has quotes around that of its sheet where it must.
    let people = reader(&bytes, "columns: { charged: Priors }").unwrap();
    assert_eq!(people.count(), 1);
    let sheet = book.worksheet_from_name("my sheet").unwrap();
    sheet.write_number(3, 1, 3).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let mut people = reader(&bytes, "columns: { charged: Priors }").unwrap();
    let refusal = people.next().unwrap().unwrap().profile.unwrap_err();
    assert!(
        refusal.to_string().ends_with(" ('my sheet'!B4)"),
        "{refusal}"
    );
}

#[test]
fn a_writer_of_text_writes_no_workbooks() {
    let writer = OutcomeWriter::new(Vec::new(), FileKind::Workbook, &matrix());
    let error = writer.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::Unsupported);
    let error = Previous::read(&b""[..], FileKind::Workbook).unwrap_err();
    assert!(matches!(error, CohortError::Workbook { .. }));
}

#[test]
fn a_formula_of_a_writer_is_refused_since_it_asks_to_be_worked_out() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in ["id", "priors"].into_iter().enumerate() {
        let column = u16::try_from(column).unwrap();
        sheet.write_string(0, column, name).unwrap();
    }
    sheet.write_string(1, 0, "a").unwrap();
    sheet.write_formula(1, 1, Formula::new("=3+4")).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let person = reader(&bytes, "").unwrap().next().unwrap().unwrap();
    let message = person.profile.unwrap_err().to_string();
    assert!(
        message.contains("its value `0` may only hold a place") && message.ends_with("(Sheet1!B2)"),
        "{message}"
    );
}

/// The same people as text and as a workbook, whose cells are numbers, dates and truths themselves, or texts, as `how` says.
struct Both {
    csv: String,
    workbook: Vec<u8>,
}

/// How a columns file says that cells are written.
const MAPPING: &str = "dates: \"%d/%m/%Y\"\nnumbers: { decimal: \",\", percent: true }\ntruths: { true: [yes], false: [\"no\"] }\nmissing: [n/k]\n";

fn both(matrix: &Matrix, people: &[Profile], how: &[u8], is_mapped: bool) -> Both {
    let mut how = how.iter().copied().cycle();
    let mut next = || how.next().unwrap_or_default();
    let inputs: Vec<InputDescription<'_>> = matrix.described_inputs().collect();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let formats = ["yyyy-mm-dd", "0%", "0.00"].map(|code| Format::new().set_num_format(code));
    let names = ["id", "as_at", "again"].into_iter();
    let names: Vec<&str> = names.chain(inputs.iter().map(|input| input.name)).collect();
    let mut csv = format!("{}\n", names.join(","));
    for (column, name) in names.iter().enumerate() {
        sheet
            .write_string(0, u16::try_from(column).unwrap(), *name)
            .unwrap();
    }
    for (number, profile) in people.iter().enumerate() {
        let row = u32::try_from(number + 1).unwrap();
        let mut cells = vec![format!("{}", 1000 + number)];
        if next() < 128 {
            sheet.write_number(row, 0, f64::from(row + 999)).unwrap();
        } else {
            sheet.write_string(row, 0, &cells[0]).unwrap();
        }
        let mut add = |column: usize, kind: Kind, text: &str, how: u8| {
            let column = u16::try_from(column).unwrap();
            let written = kind.written(text, is_mapped);
            let is_native = how < 160 && !text.is_empty();
            let whole_and_rest: usize = text.bytes().filter(u8::is_ascii_digit).count();
            match kind {
                Kind::Number if is_native && text.parse::<f64>().is_ok() && whole_and_rest < 16 => {
                    let number: f64 = text.parse().unwrap();
                    sheet
                        .write_number_with_format(row, column, number, &formats[2])
                        .unwrap();
                }
                Kind::Date if is_native && text.parse::<Date>().is_ok() && text > "1900-03" => {
                    let day = ExcelDateTime::parse_from_str(text).unwrap();
                    sheet
                        .write_datetime_with_format(row, column, &day, &formats[0])
                        .unwrap();
                }
                Kind::Truth if is_native && ["true", "false"].contains(&text) => {
                    sheet.write_boolean(row, column, text == "true").unwrap();
                }
                _ => drop(sheet.write_string(row, column, written.as_str()).unwrap()),
            }
            let needs_quotes = written.contains(',');
            cells.push(if needs_quotes {
                format!("\"{written}\"")
            } else {
                written
            });
        };
        add(
            1,
            Kind::Date,
            ["", "2025-02-28"][usize::from(next() < 20)],
            next(),
        );
        add(
            2,
            Kind::Truth,
            ["", "true", "false"][usize::from(next()) % 3],
            next(),
        );
        for (at, input) in inputs.iter().enumerate() {
            let kind = match &input.kind {
                InputKind::Number { .. } => Kind::Number,
                InputKind::Boolean => Kind::Truth,
                InputKind::Date { .. } => Kind::Date,
                _ => Kind::Text,
            };
            let text = match profile.get(input.name) {
                None | Some(Value::Missing) => String::new(),
                Some(Value::Boolean(truth)) => truth.to_string(),
                Some(Value::Whole(number)) => number.to_string(),
                Some(Value::Text(text)) => text.clone(),
                Some(Value::Members(members)) if members.is_empty() => "|".to_owned(),
                Some(Value::Members(members)) => members.join("|"),
                Some(other) => panic!("a cell for {other:?}"),
            };
            let text = match next() {
                0..4 => "odd".to_owned(),
                4..8 => "7".to_owned(),
                _ => text,
            };
            add(at + 3, kind, &text, next());
        }
        csv.push_str(&cells.join(","));
        csv.push('\n');
    }
    Both {
        csv,
        workbook: book.save_to_buffer().unwrap(),
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Number,
    Date,
    Truth,
    Text,
}

impl Kind {
    /// A cell of a text file.
    fn written(self, text: &str, is_mapped: bool) -> String {
        match self {
            _ if !is_mapped => text.to_owned(),
            Self::Number if text.contains('.') => text.replace('.', ","),
            Self::Date => match text.split('-').collect::<Vec<_>>().as_slice() {
                [year, month, day] => format!("{day}/{month}/{year}"),
                _ => text.to_owned(),
            },
            Self::Truth => text.replace("true", "yes").replace("false", "no"),
            Self::Number | Self::Text => text.to_owned(),
        }
    }
}

/// What came out of each person; of a refusal, what it is about.
fn outcomes(
    bytes: &[u8],
    kind: FileKind,
    matrix: &Matrix,
    columns: &Columns,
    as_at: Date,
) -> Vec<String> {
    let shown = |scored: Scored| {
        let result = match &scored.result {
            Ok(_) => scored.result_in_words(),
            Err(refusal) => {
                let about = refusal.problems().iter();
                let about = about.map(|problem| format!("{:?}", problem.inputs));
                about.collect()
            }
        };
        let (line, id, as_at) = (scored.line, &scored.id, scored.as_at);
        let (open, seen) = (&scored.not_recorded, scored.observed);
        format!("{line} {id} {as_at} {result} {open:?} {seen:?}")
    };
    CohortReader::new(bytes, kind, columns, matrix)
        .unwrap()
        .map(|person| shown(person.unwrap().score(matrix, as_at)))
        .collect()
}

/// What a run writes and shows, person by person and part by part.
fn runs(bytes: &[u8], matrix: &Matrix, columns: &Columns, as_at: Date) -> [(String, u64, u64); 2] {
    let reader = || CohortReader::new(bytes, FileKind::Workbook, columns, matrix).unwrap();
    let begin = || {
        let writer = OutcomeWriter::new(Vec::new(), FileKind::Csv, matrix).unwrap();
        (writer, Tally::new(matrix))
    };
    let end = |(writer, tally): (OutcomeWriter<Vec<u8>>, Tally)| {
        let written = String::from_utf8(writer.finish().unwrap()).unwrap();
        (written, tally.people(), tally.refused())
    };
    let (mut writer, mut tally) = begin();
    for person in reader() {
        let scored = person.unwrap().score(matrix, as_at);
        writer.write(&scored).unwrap();
        tally.add(&scored);
    }
    let by_person = end((writer, tally));
    let (mut writer, mut tally) = begin();
    let outputs = Outputs::tiers().with_dimensions().with_flags();
    let mut scoring = reader().score(matrix, as_at, outputs);
    while let Some(part) = scoring.next_part().unwrap() {
        writer.write_part(part).unwrap();
        tally.add_part(part);
    }
    [by_person, end((writer, tally))]
}

fn cohorts() -> impl Strategy<Value = (strategy::Cohort, Vec<u8>, bool)> {
    (
        strategy::cohorts(Setting::Large, Holding::Unknown { completions: 64 }, 40),
        vec(any::<u8>(), 997),
        any::<bool>(),
    )
}

proptest::proptest! {
    #![proptest_config(test_kit::cases(30))]

    #[test]
    fn a_workbook_gives_what_the_same_cohort_gives_as_text((cohort, how, is_mapped) in cohorts()) {
        let matrix = load(&cohort.spec.to_yaml())?;
        let people: Vec<Profile> = cohort.profiles.iter().map(profile).collect();
        let Both { csv, workbook } = both(&matrix, &people, &how, is_mapped);
        let columns = if is_mapped {
            Columns::from_yaml("columns.yaml", MAPPING.as_bytes(), &matrix).unwrap()
        } else {
            Columns::new()
        };
        let columns = columns.with_outcome("again");
        let as_at = date(&cohort.spec);
        prop_assert_eq!(
            outcomes(&workbook, FileKind::Workbook, &matrix, &columns, as_at),
            outcomes(csv.as_bytes(), FileKind::Csv, &matrix, &columns, as_at),
            "{}", csv
        );
        let [by_person, by_part] = runs(&workbook, &matrix, &columns, as_at);
        prop_assert_eq!(by_part, by_person, "{}", csv);
    }
}

#[test]
fn a_row_is_not_left_out_by_a_value_that_may_only_hold_a_place() {
    let rows = one_cell("priors", "<c r=\"B2\"><f>1</f><v>0</v></c>");
    let rows = rows.replace(
        "</row><row",
        &format!("{}</row><row", text_cell("C1", "rsr")),
    );
    let book = |properties: &str| {
        let book = Xml {
            rows: &rows,
            formats: &[],
            properties,
        };
        book.bytes()
    };
    let options = "skip: { where: { priors: [0] } }\ncolumns: { rsr: rsr, priors: priors }";
    let (saved, stale) = (book(""), book(NEW));
    let mut people = reader(&saved, options).unwrap();
    assert!(people.next().is_none() && people.skipped() == 1);
    let mut people = reader(&stale, options).unwrap();
    let refusal = people.next().unwrap().unwrap().profile.unwrap_err();
    assert!(
        refusal
            .to_string()
            .contains("a column that tells which rows to leave out is a formula")
            && people.skipped() == 0,
        "{refusal}"
    );
}

#[test]
fn places_that_no_sheet_has_are_errors_of_the_file() {
    let cell = |place: &str| format!("<c r=\"{place}\"><v>3</v></c>");
    for rows in [
        one_cell("priors", &cell("ZZZZZZZZZ2")),
        one_cell("priors", &cell("B99999999999")),
        one_cell("priors", &cell("B0")),
        one_cell("priors", &cell("2")),
        one_cell("priors", &cell("XFE2")),
        one_cell("priors", "").replace("r=\"2\"", "r=\"99999999999\""),
        one_cell("priors", "<c r=\"B2\"><v>3</v></c><c r=\"B2\"><v>4</v></c>"),
        one_cell("priors", "<c r=\"B1\"><v>3</v></c>"),
    ] {
        let book = Xml {
            rows: &rows,
            formats: &[],
            properties: "",
        };
        let error = reader(&book.bytes(), "").map(|people| people.count());
        let error = error.unwrap_err().to_string();
        assert!(
            error.starts_with("the parts of the sheet `people` cannot be read")
                || error.ends_with(" does not stand in its place in the file"),
            "{rows}: {error}"
        );
    }
}

#[test]
fn what_the_matrix_refuses_is_named_by_its_cell_as_well() {
    let rows = one_cell("priors", "<c r=\"B2\"><v>3000</v></c>");
    let book = Xml {
        rows: &rows,
        formats: &[],
        properties: "",
    };
    let bytes = book.bytes();
    let as_at = "2026-12-05".parse().unwrap();
    let person = reader(&bytes, "").unwrap().next().unwrap().unwrap();
    let refusal = person.score(&matrix(), as_at).result.unwrap_err();
    assert!(refusal.to_string().ends_with(" (people!B2)"), "{refusal}");
    let [by_person, by_part] = runs(&bytes, &matrix(), &Columns::new(), as_at);
    assert_eq!(by_part, by_person);
}
