//! The sheet of a matrix holds all of the matrix, as text and as a page, and the page stands alone.
//!
//! What it must hold is read from the matrix's own YAML; nothing here knows how the sheet is made.

use proptest::prelude::*;
use serde_json::Value;
use test_kit::strategy::{self, Setting};
use threshold_matrix::{Library, Matrix, report};

/// The text of a page without its tags, with single spaces.
fn shown(html: &str) -> String {
    let body = html.split_once("<main>").expect("a page has a main part").1;
    let mut text = String::new();
    let mut in_tag = false;
    for character in body.chars() {
        match character {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                text.push(' ');
            }
            _ if !in_tag => text.push(character),
            _ => {}
        }
    }
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    spaced(&text)
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn entries<'a>(root: &'a Value, key: &str) -> Vec<(&'a String, &'a Value)> {
    root[key]
        .as_object()
        .map(|map| map.iter().collect())
        .unwrap_or_default()
}

/// A text, or a number without the zeros that end it.
fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| number(value), str::to_owned)
}

fn number(value: &Value) -> String {
    let text = value.to_string();
    text.parse::<rust_decimal::Decimal>()
        .map_or(text, |number| number.normalize().to_string())
}

/// Points as they are spoken.
fn points(value: &Value) -> String {
    let number = number(value);
    if number == "1" {
        "1 point".to_owned()
    } else {
        format!("{number} points")
    }
}

/// Every piece of text that the sheet of a matrix must hold.
fn pieces(root: &Value) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut titled = |name: &String, entry: &Value| {
        let title = entry
            .get("title")
            .or_else(|| entry.get("label"))
            .map(scalar);
        pieces.push(title.unwrap_or_else(|| name.clone()));
        pieces.extend(entry.get("note").map(scalar));
    };
    for key in [
        "inputs",
        "derived",
        "criteria",
        "groups",
        "dimensions",
        "decisions",
        "flags",
    ] {
        entries(root, key)
            .into_iter()
            .for_each(|(name, entry)| titled(name, entry));
    }
    for (_, input) in entries(root, "inputs") {
        pieces.extend(input["values"].as_array().into_iter().flatten().map(scalar));
    }
    for (_, criterion) in entries(root, "criteria") {
        let choices = criterion["choose"]
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![criterion.clone()]);
        choices
            .iter()
            .for_each(|choice| measured(choice, root, &mut pieces));
        let otherwise = |_| {
            criterion
                .get("otherwise")
                .map_or_else(|| "0 points".to_owned(), points)
        };
        pieces.extend(
            criterion
                .get("when")
                .map(otherwise)
                .map(|points| format!("otherwise {points}")),
        );
    }
    for (_, dimension) in entries(root, "dimensions") {
        let lists = dimension["levels"]["choose"].as_array();
        let lists: Vec<&Value> = lists.map_or_else(
            || vec![&dimension["levels"]],
            |lists| lists.iter().map(|list| &list["levels"]).collect(),
        );
        for level in lists.into_iter().filter_map(Value::as_array).flatten() {
            let label = level
                .get("label")
                .map(|label| format!(" ({})", scalar(label)))
                .unwrap_or_default();
            let from = level
                .get("from")
                .map(|from| format!(" {}", scalar(from)))
                .unwrap_or_default();
            pieces.push(format!("{}{label}{from}", scalar(&level["level"])));
        }
        for item in dimension["score"].as_array().into_iter().flatten() {
            for (key, says) in [
                ("highest", "Only the largest of"),
                ("lowest", "Only the smallest of"),
                ("capped", "at most"),
            ] {
                let several = item
                    .get(key)
                    .and_then(Value::as_array)
                    .filter(|parts| parts.len() > 1);
                pieces.extend(several.map(|_| says.to_owned()));
            }
        }
    }
    pieces.extend(
        ["tiers", "statuses"]
            .iter()
            .flat_map(|key| root[*key].as_array().into_iter().flatten().map(scalar)),
    );
    for rule in root["overrides"].as_array().into_iter().flatten() {
        pieces.extend(
            ["id", "title", "reason"]
                .iter()
                .filter_map(|key| rule.get(*key))
                .map(scalar),
        );
    }
    pieces.extend(
        root["checks"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|check| scalar(&check["message"])),
    );
    let decisions = entries(root, "decisions")
        .into_iter()
        .map(|(_, decision)| decision);
    for decision in decisions.chain(root.get("decision")) {
        for rule in decision["rules"].as_array().into_iter().flatten() {
            let gives = ["tier", "status", "value"]
                .iter()
                .find_map(|key| rule.get(*key))
                .map(scalar)
                .expect("a rule gives something");
            let own = if rule.get("value").is_some() {
                decision
            } else {
                root
            };
            let title = rule
                .get("title")
                .map(|title| format!(" {}", scalar(title)))
                .unwrap_or_default();
            pieces.push(format!("{}{title}", labelled(&own["labels"], &gives)));
        }
    }
    for (name, source) in entries(root, "sources") {
        pieces.push(format!("{name}: {}", scalar(&source["title"])));
        pieces.extend(
            ["publisher", "url", "date", "licence", "note"]
                .iter()
                .filter_map(|key| source.get(*key))
                .map(scalar),
        );
    }
    pieces
}

/// What a value is called, for people.
fn labelled(labels: &Value, name: &str) -> String {
    labels.get(name).map_or_else(|| name.to_owned(), scalar)
}

/// The points of one way of measuring, each beside what gives it.
fn measured(rule: &Value, root: &Value, pieces: &mut Vec<String>) {
    let input = &root["inputs"][rule["input"].as_str().unwrap_or_default()];
    for band in rule["bands"].as_array().into_iter().flatten() {
        let label = band
            .get("label")
            .map(|label| format!("({}) ", scalar(label)))
            .unwrap_or_default();
        pieces.push(format!("{label}{}", points(&band["points"])));
        pieces.push(scalar(&band["from"]));
    }
    for (value, given) in entries(rule, "values") {
        let value = match value.as_str() {
            "true" => "yes",
            "false" => "no",
            other => &labelled(&input["labels"], other),
        };
        pieces.push(format!("{value} {}", points(given)));
    }
    let each = rule
        .get("each_member")
        .or_else(|| rule.get("points").filter(|_| rule.get("bands").is_none()));
    pieces.extend(each.map(points));
    pieces.extend(rule.get("cap").map(points));
    pieces.extend(
        rule.get("absent")
            .map(|absent| format!("not in the profile {}", points(absent))),
    );
}

#[test]
fn the_text_and_the_page_hold_every_piece_of_every_matrix() {
    for matrix in Library::embedded().iter() {
        let root: Value = serde_yaml::from_str(&matrix.to_yaml()).expect("a matrix is YAML");
        let sheet = matrix.sheet();
        let (text, page) = (spaced(&sheet.to_string()), shown(&sheet.to_html()));
        let markdown = spaced(
            &sheet
                .to_markdown()
                .replace('\\', "")
                .replace(['|', '*'], " "),
        );
        let mut pieces = pieces(&root);
        pieces.extend([
            matrix.id().to_owned(),
            matrix.title().to_owned(),
            matrix.content_hash().to_owned(),
            report::NOTICE.to_owned(),
        ]);
        pieces.extend(matrix.about().map(str::to_owned));
        for piece in pieces.iter().map(|piece| spaced(piece)) {
            assert!(
                text.contains(&piece),
                "the text of {matrix:?} lacks `{piece}`"
            );
            assert!(
                page.contains(&piece),
                "the page of {matrix:?} lacks `{piece}`"
            );
            assert!(
                markdown.contains(&piece),
                "the Markdown of {matrix:?} lacks `{piece}`"
            );
        }
    }
}

/// Each band of each criterion, where the reader looks for it: after the title, in order, beside its own points.
#[test]
fn the_bands_of_a_criterion_stand_below_its_title_in_order() {
    for matrix in Library::embedded().iter() {
        let root: Value = serde_yaml::from_str(&matrix.to_yaml()).expect("a matrix is YAML");
        let sheet = matrix.sheet();
        for text in [spaced(&sheet.to_string()), shown(&sheet.to_html())] {
            let scores = text
                .split_once("Criteria and their points")
                .map_or("", |(_, scores)| scores);
            for (name, criterion) in entries(&root, "criteria")
                .into_iter()
                .filter(|(_, criterion)| criterion.get("bands").is_some())
            {
                let title = criterion.get("title").map_or_else(|| name.clone(), scalar);
                let mut rest = scores
                    .split_once(&format!("{title} Reads"))
                    .unwrap_or_else(|| panic!("`{title}` in {matrix:?}"))
                    .1;
                for band in criterion["bands"].as_array().expect("bands are a list") {
                    for piece in [scalar(&band["from"]), points(&band["points"])] {
                        rest = rest
                            .split_once(&piece)
                            .unwrap_or_else(|| panic!("`{piece}` of `{title}` in {matrix:?}"))
                            .1;
                    }
                }
            }
        }
    }
}

/// Tags that stand alone.
const VOID: [&str; 2] = ["meta", "br"];

#[track_caller]
fn assert_balanced(html: &str) {
    let body = html
        .strip_prefix("<!DOCTYPE html>\n")
        .expect("a page declares what it is");
    let mut open: Vec<&str> = Vec::new();
    for piece in body.split('<').skip(1) {
        let (tag, after) = piece.split_once('>').expect("each tag ends");
        assert!(
            !after.contains('>') || open.last() == Some(&"style") || tag == "style",
            "a bare `>` after <{tag}>"
        );
        let name = tag.split_whitespace().next().unwrap_or_default();
        if let Some(closed) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "</{closed}> closes another");
        } else if !VOID.contains(&name) {
            open.push(name);
        }
        assert!(
            tag.matches('"').count() % 2 == 0,
            "the quotes of <{tag}> are balanced"
        );
    }
    assert_eq!(open, [] as [&str; 0], "every tag is closed");
}

#[track_caller]
fn assert_stands_alone(html: &str) {
    let small = html.to_lowercase();
    for part in [
        "src=",
        "url(",
        "<script",
        "<link",
        "<img",
        "<iframe",
        "<object",
        "<embed",
        "<base",
        "@import",
        "javascript:",
        " on",
    ] {
        let found = small
            .match_indices(part)
            .find(|(at, _)| part != " on" || is_in_a_tag(&small, *at));
        assert_eq!(found, None, "a page has no `{part}`");
    }
    for (at, _) in small.match_indices("href=") {
        assert!(small[..at].ends_with("<a "), "only a link leads elsewhere");
    }
}

fn is_in_a_tag(html: &str, at: usize) -> bool {
    html[..at].rfind('<') > html[..at].rfind('>')
}

#[test]
fn every_page_is_well_formed_and_stands_alone() {
    for matrix in Library::embedded().iter() {
        let html = matrix.sheet().to_html();
        assert_balanced(&html);
        assert_stands_alone(&html);
        assert!(html.contains("<html lang=\"en-GB\">"));
        assert!(
            html.matches("<table").count() == html.matches("<caption>").count(),
            "each table says what it is"
        );
        assert!(
            html.matches("<th ").count() == html.matches(" scope=\"").count(),
            "each heading cell says what it heads"
        );
        let anchors: Vec<&str> = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        for link in html
            .split("href=\"#")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            assert_eq!(
                anchors.iter().filter(|anchor| **anchor == link).count(),
                1,
                "`#{link}` in {matrix:?} leads to one place"
            );
        }
    }
}

proptest! {
    #![proptest_config(test_kit::cases(100))]

    #[test]
    fn any_matrix_of_the_language_has_a_whole_sheet(spec in strategy::specs(Setting::Large)) {
        let yaml = spec.to_yaml();
        let matrix = Matrix::from_yaml(&yaml).unwrap();
        let sheet = matrix.sheet();
        let html = sheet.to_html();
        assert_balanced(&html);
        assert_stands_alone(&html);
        let root: Value = serde_yaml::from_str(&yaml).unwrap();
        let (text, page) = (spaced(&sheet.to_string()), shown(&html));
        for piece in pieces(&root).iter().map(|piece| spaced(piece)) {
            // A name without a label is read with spaces where it is not the name that is told.
            // One like a word of the program stands in quotation marks.
            let plain = |text: &str| text.replace(['“', '”'], "");
            let (piece, read) = (plain(&piece), plain(&piece.replace('_', " ")));
            let has = |told: &str| plain(told).contains(&piece) || plain(told).contains(&read);
            prop_assert!(has(&text), "the text lacks `{}`:\n{}\n{}", piece, yaml, sheet);
            prop_assert!(has(&page), "the page lacks `{}`:\n{}\n{}", piece, yaml, sheet);
        }
    }
}

#[test]
fn text_of_an_author_cannot_become_markup() {
    let yaml = r#"
format: 1
id: hostile
version: 1.0.0
title: <script>alert("1")</script>
status: local
about: "</p><img src=x onerror=alert(1)> & 'quotes'"
sources:
  bad: { title: A "source" <b>, url: "javascript:alert(1)" }
inputs:
  a: { type: category, values: ["<i>", "&amp;"], label: "</th><script>" }
criteria:
  one: { title: "<td>", source: bad, input: a, values: { "<i>": 1, "&amp;": 2 } }
dimensions:
  d: { title: "\"><svg>", score: [one] }
"#;
    let matrix = Matrix::from_yaml(yaml).unwrap_or_else(|faults| panic!("{faults}"));
    let html = matrix.sheet().to_html();
    assert_balanced(&html);
    for tag in ["<script", "<img", "<i>", "<b>", "<svg", "href=\"javascript"] {
        assert!(!html.contains(tag), "`{tag}` came through");
    }
    assert!(
        shown(&html).contains("&amp; 2 points"),
        "what the author wrote is shown as written"
    );
}

#[test]
fn no_line_of_text_is_wider_than_a_terminal() {
    for matrix in Library::embedded().iter() {
        for line in matrix.sheet().to_string().lines() {
            // An address does not break.
            assert!(
                line.chars().count() <= 96 || line.trim_start().starts_with("https://"),
                "{matrix:?}: {line}"
            );
            assert_eq!(line, line.trim_end());
        }
    }
}

#[track_caller]
fn sheet(name: &str) -> String {
    // The date does not matter beside a version.
    let as_at = "2026-11-21".parse().expect("a date");
    Matrix::open(name, as_at)
        .expect("an embedded matrix")
        .sheet()
        .to_string()
}

#[test]
fn the_illustrative_matrix() {
    insta::assert_snapshot!("iom-threshold", sheet("iom-threshold@1.0.0"));
}

#[test]
fn the_unified_tiering_model() {
    insta::assert_snapshot!("hmpps-utm", sheet("hmpps-utm@2.0.0"));
}

#[test]
fn the_tiers_a_to_g() {
    insta::assert_snapshot!("hmpps-tier", sheet("hmpps-tier@3.6.0"));
}

#[test]
fn the_public_safety_assessment() {
    insta::assert_snapshot!("psa", sheet("psa@1.0.0"));
}
