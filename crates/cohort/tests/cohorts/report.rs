//! The report of a run: the data and the page say what the tally says, and nothing in a file becomes markup.

use scraper::{Html, Selector};
use serde_json::{Value, json};
use threshold_matrix::bulk::Outputs;
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::{CohortReader, Columns, FileKind, OutcomeWriter, Previous, Tally};

fn as_at() -> Date {
    "2026-11-21".parse().unwrap()
}

fn matrix() -> Matrix {
    Matrix::from_yaml(threshold_matrix::doc_example()).unwrap()
}

/// Scores a file, as a run does.
fn ran(file: &str, columns: &Columns, mut tally: Tally) -> Tally {
    let matrix = matrix();
    let reader = CohortReader::new(file.as_bytes(), FileKind::Csv, columns, &matrix).unwrap();
    let mut scoring = reader.score(&matrix, as_at(), Outputs::tiers().with_dimensions());
    while let Some(part) = scoring.next_part().unwrap() {
        tally.add_part(part);
    }
    tally
}

/// What an earlier run wrote of a file.
fn previous(file: &str) -> Previous {
    let matrix = matrix();
    let mut writer = OutcomeWriter::new(Vec::new(), FileKind::Csv, &matrix).unwrap();
    for person in
        CohortReader::new(file.as_bytes(), FileKind::Csv, &Columns::new(), &matrix).unwrap()
    {
        writer
            .write(&person.unwrap().score(&matrix, as_at()))
            .unwrap();
    }
    Previous::read(writer.finish().unwrap().as_slice(), FileKind::Csv).unwrap()
}

/// A night with everything in it: people who move, are new and are gone, who lack something, are refused, and occur twice.
fn night() -> Tally {
    let before = "id,arrests,rosh\nann,1,low\nbob,12,low\ncat,1,low\ndan,1,low\n";
    let file = "id,arrests,rosh,again\nann,12,low,1\nbob,4,,0\ncat,lots,low,\neve,1,low,0\neve,1,low,\nfay,many,,\ngus,lots,lo,\n";
    ran(
        file,
        &Columns::new().with_outcome("again"),
        Tally::since(&matrix(), previous(before)),
    )
}

#[test]
fn a_run_is_data() {
    let tally = night();
    let report = tally
        .report(as_at())
        .from_source("people from night.csv")
        .with_columns(&["Colour".to_owned()], &["age".to_owned()])
        .with_rows_left_out(2)
        .with_warnings(&["3 rows stand below the table".to_owned()]);
    let mut data = serde_json::to_value(&report).unwrap();
    assert_eq!(data["matrix"]["hash"], matrix().content_hash());
    data["matrix"]["hash"] = json!("…");
    let levels = data.as_object_mut().unwrap().remove("levels").unwrap();
    assert_eq!(
        levels.as_array().unwrap().len(),
        tally.levels().len(),
        "{levels}"
    );
    insta::assert_snapshot!(serde_json::to_string_pretty(&data).unwrap());
}

#[test]
fn the_page_has_labels_and_the_data_have_names() {
    let text = threshold_matrix::doc_example().replace(
        "tiers: [high,",
        "labels: { high: Seen weekly }\ntiers: [high,",
    );
    let matrix = Matrix::from_yaml(&text).unwrap();
    let file = "id,arrests,rosh\nann,12,low\n";
    let columns = Columns::new();
    let reader = CohortReader::new(file.as_bytes(), FileKind::Csv, &columns, &matrix).unwrap();
    let mut tally = Tally::new(&matrix);
    let mut scoring = reader.score(&matrix, as_at(), Outputs::tiers());
    while let Some(part) = scoring.next_part().unwrap() {
        tally.add_part(part);
    }
    let report = tally.report(as_at());
    assert!(report.to_html().contains("Seen weekly"));
    let data = serde_json::to_string(&report).unwrap();
    assert!(data.contains(r#""high""#) && !data.contains("Seen weekly"));
}

#[test]
fn a_run_that_nobody_followed_or_that_counted_nobody_is_data() {
    let tally = Tally::new(&matrix());
    let data = serde_json::to_value(tally.report(as_at())).unwrap();
    for key in ["movement", "repeated", "source"] {
        assert!(data[key].is_null(), "{key}: {data}");
    }
    assert!(data["results"][0]["share"].is_null(), "{data}");
    assert_eq!(data["refusals"], json!([]));
    assert!(
        tally
            .report(as_at())
            .to_html()
            .contains("0 people: 0 scored, 0 refused.")
    );
}

/// Somebody who lacks only one input has a settled result once it is recorded; who lacks two is not counted as such.
#[test]
fn what_to_record_first_says_whom_it_alone_settles() {
    let tally = ran(
        "id,arrests,rosh\nann,4,\nbob,,\ncat,,low\n",
        &Columns::new(),
        Tally::new(&matrix()),
    );
    let data = serde_json::to_value(tally.report(as_at())).unwrap();
    let inputs = data["not_recorded"].as_array().unwrap();
    for input in inputs {
        assert!(
            input["only"].as_u64() <= input["people"].as_u64(),
            "{input}"
        );
    }
    let rosh = inputs
        .iter()
        .find(|input| input["input"] == "rosh")
        .unwrap();
    let lacking: u64 = inputs
        .iter()
        .map(|input| input["only"].as_u64().unwrap())
        .sum();
    assert!(
        rosh["only"] == 1 && lacking <= tally.provisional(),
        "{data}"
    );
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap()
}

fn page(html: &str) -> Html {
    let page = Html::parse_document(html);
    assert_eq!(page.errors, [] as [&str; 0], "a parser finds no fault");
    page
}

/// The texts of what a selector finds, with one space between words.
fn texts(page: &Html, what: &str) -> Vec<String> {
    let what = selector(what);
    page.select(&what)
        .map(|element| {
            let words: Vec<_> = element.text().flat_map(str::split_whitespace).collect();
            words.join(" ")
        })
        .collect()
}

#[test]
fn the_page_says_what_the_data_say() {
    let tally = night();
    let report = tally
        .report(as_at())
        .from_source("people from night.csv")
        .with_columns(&["Colour".to_owned()], &["age".to_owned()])
        .with_rows_left_out(2);
    let data = serde_json::to_value(&report).unwrap();
    let html = report.to_html();
    let page = page(&html);
    assert_eq!(
        texts(&page, "h2"),
        [
            "Who is in which tier",
            "Levels",
            "What is open, and what to record first",
            "Who was refused, and why",
            "Who moved since the previous run",
            "Ids that occur more than once",
            "Notes on the file",
        ]
    );
    let all = texts(&page, "main").remove(0);
    let hash = matrix().content_hash().to_owned();
    for words in [
        "7 people: 4 scored, 3 refused.",
        "A tier is advice to the person who decides.",
        "2026-11-21",
        &hash,
        "people from night.csv",
        "low → high",
        "`lots` 2, `many` 1",
        "line 4: `arrests` is `lots`, not a whole number",
        "1 row has an id that an earlier row has (first on line 6). Each row was scored.",
        "Rows left out, as the columns file says: 2.",
        "Columns that no input reads: Colour.",
        "Inputs without a column: age.",
    ] {
        assert!(all.contains(words), "`{words}` is not in {all}");
    }
    // A row for each result, with its bar.
    let results = data["results"].as_array().unwrap().len();
    let tiers = "section[aria-labelledby=tiers]";
    assert_eq!(
        texts(&page, &format!("{tiers} tbody tr")).len(),
        results,
        "{html}"
    );
    let bars = selector(&format!("{tiers} svg.bar rect"));
    assert_eq!(page.select(&bars).count(), results);
    assert!(!html.contains("<script") && !html.contains("url("));
    let ids: Vec<_> = page
        .select(&selector("[id]"))
        .filter_map(|element| element.value().id())
        .collect();
    let different: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), different.len(), "{ids:?}");
}

#[test]
fn nothing_in_a_file_becomes_markup() {
    let hostile = "<script>alert(1)</script>\"'&amp;<!--\u{1}\u{0}]]>";
    let quoted = format!("\"{}\"", hostile.replace('"', "\"\""));
    let file = format!(
        "id,arrests,rosh,{quoted}\n{quoted},12,low,1\n{quoted},1,low,1\nbob,{quoted},{quoted},2\n"
    );
    let before = format!("id,arrests,rosh\n{quoted},1,low\ndan,1,low\n");
    for tally in [
        ran(&file, &Columns::new(), Tally::new(&matrix())),
        ran(
            &file.replacen(&format!("{quoted},1,low,1\n"), "", 1),
            &Columns::new(),
            Tally::since(&matrix(), previous(&before)),
        ),
    ] {
        let names = [hostile.to_owned()];
        let report = tally
            .report(as_at())
            .from_source(hostile)
            .with_columns(&names, &names);
        let html = report.to_html();
        let page = page(&html);
        assert_eq!(page.select(&selector("script")).count(), 0);
        let is_control = |letter: char| letter.is_control() && letter != '\n';
        assert!(!html.contains(is_control), "{html:?}");
        // What the file holds is shown, and not swallowed.
        let shown = hostile.replace(is_control, "\u{fffd}");
        let all = texts(&page, "main").remove(0);
        assert!(all.matches(&shown).count() >= 3, "{all}");
        let data: Value = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
        assert_eq!(data["unused"], json!([hostile]));
        assert_eq!(data["refusals"][0]["cells"][0]["cell"], hostile);
    }
}
