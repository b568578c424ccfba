//! Cells of CSV are read as the table of FORMAT.md says.

use test_kit::format_page::{self, INPUTS, of_value};
use threshold_matrix::Matrix;
use threshold_matrix_cohort::{CohortReader, Columns, FileKind};

#[test]
fn cells_of_csv_are_read_as_the_table_says() {
    for row in format_page::table("| cell of CSV | integer | decimal | level | boolean | set |") {
        let mut written = format_page::code(&row[0]);
        if row[0] == "nothing, or spaces" {
            written.extend([String::new(), "  ".to_owned()]);
        }
        assert!(!written.is_empty(), "{row:?}");
        for cell in written {
            for (input, value) in INPUTS.into_iter().zip(&row[1..]) {
                let matrix = Matrix::from_yaml(&of_value(input, value)).unwrap();
                let others = INPUTS.into_iter().filter(|other| *other != input);
                let others: Vec<_> = others.collect();
                let file = format!("id,{input},{}\nann,\"{cell}\",,,,\n", others.join(","));
                let people =
                    CohortReader::new(file.as_bytes(), FileKind::Csv, &Columns::new(), &matrix);
                let person = people.unwrap().next().unwrap().unwrap();
                let scored = person.score(&matrix, "2026-11-21".parse().unwrap());
                let held = scored.result.ok().and_then(|outcome| outcome.flag("holds"));
                let wanted = (value != "refused").then_some(true);
                assert_eq!(held, wanted, "`{cell}` of {input} is {value}");
            }
        }
    }
}
