//! `matrices/README.md` lists every matrix, and what it says of their quirks is what comes out.

use test_kit::library::agreement::Case;
use threshold_matrix::Library;

const PAGE: &str = include_str!("../../matrices/README.md");

#[test]
fn every_matrix_is_in_the_index() {
    for matrix in Library::embedded().iter() {
        let link = format!(
            "[{}]({}/{}.yaml)",
            matrix.version(),
            matrix.id(),
            matrix.version()
        );
        let row = PAGE
            .lines()
            .find(|line| line.starts_with(&format!("| `{}` ", matrix.id())));
        let row = row.unwrap_or_else(|| panic!("`{}` has no row", matrix.id()));
        assert!(
            row.contains(&link),
            "the row of `{}` does not link {link}",
            matrix.id()
        );
        let period = matrix
            .effective()
            .map(|effective| [effective.from, effective.until]);
        for day in period.into_iter().flatten().flatten() {
            assert!(
                row.contains(&day.to_string()),
                "the row of `{}` does not have {day}",
                matrix.id()
            );
        }
    }
}

#[test]
fn every_link_to_a_matrix_leads_to_one() {
    let library = Library::embedded();
    for path in PAGE
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(".yaml)"))
        .map(|(path, _)| path)
    {
        let found = library
            .iter()
            .any(|matrix| format!("{}/{}", matrix.id(), matrix.version()) == path);
        assert!(found, "{path}.yaml is no matrix");
    }
}

/// A block ```` ```json hmpps-utm@2.0.0 ```` has a case of that matrix on each line.
#[test]
fn every_quirk_comes_out_as_written() {
    let library = Library::embedded();
    let mut shown: Vec<String> = Vec::new();
    let mut matrix = None;
    for (index, line) in PAGE.lines().enumerate() {
        let number = index + 1;
        if let Some(name) = line.strip_prefix("```json ") {
            // The date does not matter beside a version.
            let found = library.find(name, "2026-11-21".parse().unwrap());
            matrix = Some(found.unwrap_or_else(|error| panic!("line {number}: {error}")));
            shown.push(name.to_owned());
        } else if line.starts_with("```") {
            matrix = None;
        } else if let Some(matrix) = matrix {
            let case = Case::read(line);
            assert!(!case.expect.is_empty(), "line {number} expects nothing");
            assert_eq!(
                case.differences(matrix),
                [],
                "line {number} of matrices/README.md, by {matrix:?}"
            );
        }
    }
    for id in library.ids() {
        assert!(
            shown.iter().any(|name| name.starts_with(&format!("{id}@"))),
            "no quirk of `{id}` is shown"
        );
    }
}
