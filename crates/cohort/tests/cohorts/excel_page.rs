//! The example of docs/from-excel-to-tiers.md does what the page says.

use std::path::Path;

use threshold_matrix::Matrix;
use threshold_matrix::bulk::Outputs;
use threshold_matrix_cohort::{CohortReader, FileKind, Tally};

fn block<'a>(page: &'a str, language: &str) -> &'a str {
    let (_, after) = page.split_once(&format!("```{language}\n")).unwrap();
    after.split_once("```").unwrap().0
}

#[test]
fn the_example_of_the_page_is_read_as_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/from-excel-to-tiers.md");
    let page = std::fs::read_to_string(path).unwrap();
    let as_at = "2026-12-05".parse().unwrap();
    let matrix = Matrix::open("iom-threshold@1.0.0", as_at).unwrap();
    let columns = crate::columns_schema::read(block(&page, "yaml"), &matrix);
    let columns = columns.unwrap_or_else(|faults| panic!("{faults}"));
    let file = block(&page, "csv").as_bytes();
    let reader = CohortReader::new(file, FileKind::Csv, &columns, &matrix).unwrap();
    let mut scoring = reader.score(&matrix, as_at, Outputs::tiers().with_dimensions());
    let mut tally = Tally::new(&matrix);
    while let Some(part) = scoring.next_part().unwrap() {
        tally.add_part(part);
    }
    assert_eq!((tally.people(), tally.refused()), (3, 1), "{tally}");
    assert_eq!(scoring.reader().skipped(), 1);
    assert!(tally.to_string().contains(block(&page, "text")), "{tally}");
}
