//! The example of docs/from-excel-to-tiers.md does what the page says.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use threshold_matrix::Matrix;
use threshold_matrix::bulk::Outputs;
use threshold_matrix_cohort::{
    CohortError, CohortFiles, CohortReader, EventTable, FileKind, FileList, Tally,
};

/// Returns the blocks of code in a language, in their order.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let begin = format!("```{language}\n");
    let parts = page.split(begin.as_str()).skip(1);
    parts
        .map(|part| part.split_once("```").unwrap().0)
        .collect()
}

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/from-excel-to-tiers.md");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_example_of_the_page_is_read_as_it_says() {
    let page = page();
    let block = |language: &str| blocks(&page, language)[0];
    let as_at = "2026-12-05".parse().unwrap();
    let matrix = Matrix::open("iom-threshold@1.0.0", as_at).unwrap();
    let columns = crate::columns_schema::read(block("yaml"), &matrix);
    let columns = columns.unwrap_or_else(|faults| panic!("{faults}"));
    let file = block("csv").as_bytes();
    let reader = CohortReader::new(file, FileKind::Csv, &columns, &matrix).unwrap();
    let mut scoring = reader.score(&matrix, as_at, Outputs::tiers().with_dimensions());
    let mut tally = Tally::new(&matrix);
    while let Some(part) = scoring.next_part().unwrap() {
        tally.add_part(part);
    }
    assert_eq!((tally.people(), tally.refused()), (3, 1), "{tally}");
    assert_eq!(scoring.reader().skipped(), 1);
    assert!(tally.to_string().contains(block("text")), "{tally}");
}

/// The rest of the matrix of which the page shows what counts events.
const RULES: &str = "criteria:
  often: { input: burglaries, each: 1, points: 2 }
  many: { input: victims, each: 1, points: 1 }
  free: { when: { released: { from: { months_ago: 12 } } }, points: 1 }
dimensions:
  one: { score: [often, many, free] }
decision:
  bands: { of: one, tiers: [ { tier: high, from: 5 }, { tier: medium, from: 3 }, { tier: low } ] }
";

#[test]
fn the_events_of_the_page_are_read_as_it_says() {
    let page = page();
    let (_, section) = page.split_once("## Events in a file of their own").unwrap();
    let [inputs, mapping] = blocks(section, "yaml")[..] else {
        panic!("the section has a matrix and a columns file")
    };
    let head = "format: 1\nid: counted\nversion: 1.0.0\ntitle: Counted\nstatus: illustrative\ntiers: [high, medium, low]\n";
    let matrix = Matrix::from_yaml(&format!("{head}{inputs}{RULES}"));
    let matrix = matrix.unwrap_or_else(|faults| panic!("{faults}"));
    let columns = crate::columns_schema::read(mapping, &matrix);
    let columns = columns.unwrap_or_else(|faults| panic!("{faults}"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("excel_page");
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        FileList::of([path]).unwrap()
    };
    let people = file("people.csv", blocks(section, "csv")[0]);
    let events = file("offences.csv", blocks(section, "csv")[1]);
    let table = EventTable::read(&[("offences".to_owned(), events)], &columns, &matrix).unwrap();
    let table = Arc::new(table);
    let cohort = CohortFiles::with_events(&people, &columns, &matrix, &table).unwrap();
    let as_at = "2026-12-05".parse().unwrap();
    let mut results = Vec::new();
    cohort
        .visit(|person, _| {
            let scored = person.score(&matrix, as_at);
            results.push(match scored.result {
                Ok(outcome) => outcome.tier().unwrap_or("open").to_owned(),
                Err(refusal) => refusal.to_string(),
            });
            Ok::<_, CohortError>(ControlFlow::Continue(()))
        })
        .unwrap();
    assert_eq!(results[..2], ["high", "medium"]);
    assert!(
        results[2].contains("`31/11/2026`") && results[2].contains("line 4"),
        "{results:?}"
    );
    assert_eq!(results[3], "low");
    let told = table.shares()[0].to_string();
    let told = told.replace(&format!("{}/", folder.display()), "");
    assert_eq!(told.trim(), blocks(section, "text")[0].trim());
}
