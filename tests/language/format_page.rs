//! Every example of FORMAT.md is a matrix that loads, and its worked cases hold.

use test_kit::format_page;
use threshold_matrix::Matrix;

#[test]
fn every_block_loads_and_its_examples_hold() {
    let blocks = format_page::blocks();
    assert!(blocks.len() >= 14, "only {} blocks are found", blocks.len());
    for (line, text) in blocks {
        let file = format!("FORMAT.md, block at line {line}");
        let matrix = Matrix::from_named_yaml(&file, text.as_bytes())
            .unwrap_or_else(|faults| panic!("{faults}"));
        for example in matrix.run_examples() {
            assert!(
                example.differences.is_empty(),
                "{file}: {}: {:?}",
                example.title,
                example.differences
            );
        }
    }
}

#[test]
fn every_link_of_the_page_leads_to_a_heading() {
    let page = format_page::page();
    let anchor = |heading: &str| {
        heading
            .trim()
            .to_lowercase()
            .replace(' ', "-")
            .replace([',', '`'], "")
    };
    let headings: Vec<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|line| anchor(line.trim_start_matches('#')))
        .collect();
    let links = page
        .split("](#")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(link, _)| link);
    for link in links {
        assert!(
            headings.iter().any(|heading| heading == link),
            "nothing is headed `{link}`"
        );
    }
}
