//! The explanation in its three forms: nothing in them that the trace does not hold, nothing of the profile in a redacted one, and pages that stand
//! alone.

use std::collections::BTreeSet;

use proptest::prelude::*;
use scraper::{Html, Selector};
use serde_json::{Value, json};
use test_kit::strategy::{self, Case, Cohort, Holding, Setting};
use test_kit::value::{self, to_json};
use threshold_matrix::report::{self, Explanation};
use threshold_matrix::{Library, Matrix, Profile, Trace};

/// The worked examples of a matrix, explained; those that are refused are left out.
fn worked(matrix: &Matrix) -> Vec<(String, Trace)> {
    let root: Value = serde_yaml::from_str(&matrix.to_yaml()).expect("a matrix is YAML");
    let first_day = matrix
        .effective()
        .and_then(|effective| effective.from)
        .map_or_else(|| "2000-01-01".to_owned(), |day| day.to_string());
    let examples = root["examples"].as_array().cloned().unwrap_or_default();
    let explained = examples.iter().filter_map(|example| {
        let as_at = example["as_at"]
            .as_str()
            .unwrap_or(&first_day)
            .parse()
            .expect("a date");
        let profile = Profile::from_json(&example["profile"].to_string()).expect("a profile");
        Some((
            example["title"].as_str()?.to_owned(),
            matrix.explain(&profile, as_at).ok()?,
        ))
    });
    explained.collect()
}

#[track_caller]
fn one(matrix: &str, title: &str) -> Trace {
    let matrix = Matrix::open(matrix, "2027-03-01".parse().unwrap()).unwrap();
    worked(&matrix)
        .into_iter()
        .find(|(own, _)| own == title)
        .unwrap_or_else(|| panic!("no example `{title}`"))
        .1
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).expect("a selector")
}

/// What a reader of the page sees.
fn shown(html: &str) -> String {
    let page = Html::parse_document(html);
    let main = page
        .select(&selector("main"))
        .next()
        .expect("a page has a main part");
    main.text()
        .flat_map(str::split_whitespace)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The numbers in a text, as they are written.
fn numbers(text: &str) -> BTreeSet<String> {
    let mut numbers = BTreeSet::new();
    let mut rest = text;
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        rest = &rest[start..];
        let end = rest
            .find(|character: char| !character.is_ascii_digit() && character != '.')
            .unwrap_or(rest.len());
        numbers.insert(rest[..end].trim_end_matches('.').to_owned());
        rest = &rest[end..];
    }
    numbers
}

/// The forms of an explanation, each as a reader sees it.
fn forms(explanation: &Explanation) -> [String; 3] {
    let markdown = explanation.to_markdown().replace('\\', "");
    let spaced = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    [
        explanation.to_string(),
        markdown,
        shown(&explanation.to_html()),
    ]
    .map(spaced)
}

/// How many ways are left out is counted, and in no trace.
fn without_count_of_ways(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let counts = |at: usize| {
        words[at..].starts_with(&["And"])
            && words
                .get(at + 2..at + 4)
                .is_some_and(|two| two[0] == "more" && two[1].starts_with("way"))
    };
    let kept = (0..words.len()).filter(|at| *at == 0 || !counts(at - 1));
    kept.map(|at| words[at]).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn assert_numbers_are_of_the_trace(trace: &Trace, with_changes: &Explanation) {
    let matrix = trace.outcome().matrix();
    let mut known = numbers(&serde_json::to_string(trace).expect("a trace is JSON"));
    for text in [
        matrix.id(),
        matrix.title(),
        &matrix.version().to_string(),
        matrix.content_hash(),
        matrix.about().unwrap_or_default(),
    ] {
        known.extend(numbers(text));
    }
    for source in matrix.sources() {
        known.extend(numbers(&format!("{source:?}")));
    }
    for term in matrix.glossary() {
        known.extend(numbers(&format!("{term:?}")));
    }
    for text in matrix.notice() {
        known.extend(numbers(text));
    }
    known.extend(numbers(
        &serde_json::to_string(with_changes).expect("an explanation is JSON"),
    ));
    // A day such as "3 May 2027" has the digits of "2027-05-03" without their noughts.
    let of_days: Vec<_> = known
        .iter()
        .map(|number| number.trim_start_matches('0').to_owned())
        .collect();
    known.extend(of_days);
    for explanation in [
        trace.explanation(),
        with_changes.clone(),
        with_changes.clone().full(),
        trace.explanation().redacted(),
    ] {
        for form in forms(&explanation) {
            let form = without_count_of_ways(&form);
            let unknown: Vec<_> = numbers(&form).difference(&known).cloned().collect();
            assert_eq!(
                unknown,
                [] as [String; 0],
                "numbers that the trace does not hold:\n{form}"
            );
        }
    }
}

#[track_caller]
fn assert_holds_every_criterion(trace: &Trace) {
    let json = serde_json::to_value(trace).expect("a trace is JSON");
    for form in forms(&trace.explanation().full()) {
        for step in json["criteria"].as_array().unwrap() {
            let title = step["title"]
                .as_str()
                .unwrap()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            assert!(form.contains(&title), "`{title}` is missing:\n{form}");
        }
        for step in &trace.steps().dimensions {
            for level in &step.levels {
                assert!(form.contains(level.label), "a level is missing:\n{form}");
            }
        }
    }
}

#[track_caller]
fn assert_page(html: &str) {
    let page = Html::parse_document(html);
    assert_eq!(page.errors, [] as [&str; 0], "a parser finds no fault");
    let count = |text: &str| page.select(&selector(text)).count();
    assert_eq!(
        count("script, link, img, iframe, object, embed, base, form, [src], [style], [srcset]"),
        0,
        "nothing is fetched or run"
    );
    assert_eq!(
        count("[href]"),
        count("a[href]"),
        "only links lead elsewhere"
    );
    let style: String = page
        .select(&selector("style"))
        .flat_map(|style| style.text().collect::<Vec<_>>())
        .collect();
    assert!(
        !style.contains("url(") && !style.contains("@import"),
        "the style fetches nothing"
    );
    let mut ids = BTreeSet::new();
    for element in page.select(&selector("[id]")) {
        assert!(
            ids.insert(element.attr("id").unwrap().to_owned()),
            "`{}` stands twice",
            element.attr("id").unwrap()
        );
    }
    for link in page.select(&selector("a")) {
        let to = link.attr("href").expect("a link leads somewhere");
        let is_sound = to.strip_prefix('#').map_or_else(
            || to.starts_with("https://") || to.starts_with("http://"),
            |anchor| ids.contains(anchor),
        );
        assert!(is_sound, "`{to}` leads nowhere");
    }
    for element in page.select(&selector("*")) {
        assert!(
            element
                .value()
                .attrs()
                .all(|(name, _)| !name.starts_with("on")),
            "nothing runs"
        );
        for referred in element
            .attr("aria-labelledby")
            .into_iter()
            .flat_map(str::split_whitespace)
        {
            assert!(ids.contains(referred), "`{referred}` labels nothing");
        }
    }
    assert_eq!(count("h1"), 1);
    assert_eq!(
        count("table"),
        count("table > caption"),
        "each table says what it is"
    );
    assert_eq!(
        count("svg"),
        count("svg[role=img] > title"),
        "each drawing has a title"
    );
    assert_eq!(
        count("svg"),
        count("svg > desc"),
        "each drawing is described"
    );
    assert_eq!(
        count("th"),
        count("th[scope]"),
        "each heading cell says what it heads"
    );
}

#[track_caller]
fn assert_all(trace: &Trace) {
    let with_changes = trace.explanation().with_changes();
    assert_numbers_are_of_the_trace(trace, &with_changes);
    assert_holds_every_criterion(trace);
    for explanation in [
        with_changes.clone(),
        with_changes.full(),
        trace.explanation().redacted(),
    ] {
        assert_page(&explanation.to_html());
        for line in explanation.to_string().lines() {
            assert!(
                line.chars().count() <= 80 || !line.trim().contains(' '),
                "too wide: {line}"
            );
        }
        for form in forms(&explanation) {
            assert!(form.contains(report::NOTICE));
        }
    }
}

const HEAD: &str = "format: 1\nid: x\nversion: 1.0.0\ntitle: X\nstatus: illustrative\n";

/// The trace of a profile by a matrix of which the head is left out.
#[track_caller]
fn traced(matrix: &str, profile: &str) -> Trace {
    let matrix =
        Matrix::from_yaml(&format!("{HEAD}{matrix}")).unwrap_or_else(|faults| panic!("{faults}"));
    let profile = Profile::from_json(profile).unwrap();
    let trace = matrix
        .explain(&profile, "2026-11-21".parse().unwrap())
        .unwrap();
    assert_all(&trace);
    trace
}

/// The brief text of what is explained, on one line.
#[track_caller]
fn told(matrix: &str, profile: &str) -> String {
    in_one_line(
        &traced(matrix, profile)
            .explanation()
            .with_changes()
            .to_string(),
    )
}

#[test]
fn what_parts_give_together_agrees_with_the_heading() {
    let text = told(
        "inputs: { a: { type: integer, range: [0, 10], missing: unknown } }\n\
        criteria:\n  c1: { input: a, each: 1, points: 1 }\n  c2: { input: a, bands: [{ from: 0, points: 10 }, { from: 5, points: 2 }] }\n\
        groups: { g: { score: [c1, c2] } }\n\
        dimensions: { x: { score: [c1, c2] }, y: { score: [g] } }\n",
        "{}",
    );
    for says in [
        "x: 7 to 14 points (0 to 10) + (2 to 10) = 7 to 14 Not every sum of these is possible: they depend on the same values, which are not known.",
        "y: 7 to 14 points The score is 7 to 14.",
        "g, together: 7 to 14 points; they depend on the same values, which are not known",
    ] {
        assert!(text.contains(says), "`{says}` is missing:\n{text}");
    }
}

#[test]
fn an_unknown_input_that_a_score_depends_on_is_not_said_to_settle_nothing() {
    let text = told(
        "inputs: { a: { type: integer, range: [0, 10], missing: unknown } }\n\
        criteria: { c1: { input: a, each: 1, points: 1 } }\ndimensions: { x: { score: [c1] } }\n",
        "{}",
    );
    assert!(
        text.contains("Not known: a. A score depends on it."),
        "{text}"
    );
}

/// Only a part of a list may be missing: the rest is known, and is not asked for again.
#[test]
fn what_is_missing_of_an_event_is_told_by_its_day() {
    let as_at = "2026-12-20".parse().unwrap();
    let matrix = Matrix::open("matac@1.0.0", as_at).unwrap();
    let profile = r#"{ "born": "1990-12-15", "abuse": [
        { "date": "2023", "record": "c", "victim": "x", "role": "suspect" },
        { "date": "2024-02-10", "record": "a", "victim": "x", "role": "suspect" },
        { "date": "2026-06-01", "record": "b", "role": "offender" },
        { "date": "2022-03", "record": "d", "victim": "y", "role": "suspect" } ] }"#;
    let trace = matrix.explain(&Profile::from_json(profile).unwrap(), as_at);
    let trace = trace.unwrap();
    assert_numbers_are_of_the_trace(&trace, &trace.explanation().with_changes());
    let text = in_one_line(&trace.explanation().with_changes().to_string());
    for says in [
        "It depends on what is not known: what is missing in Records of domestic abuse.",
        "Not known: what is missing in the events of some day in March 2022, some day in 2023 and 1 June 2026 (Records of domestic abuse). ",
        "Record what is missing in Records of domestic abuse. The result is then settled.",
    ] {
        assert!(text.contains(says), "`{says}` is missing:\n{text}");
    }
    let redacted = in_one_line(&trace.explanation().redacted().to_string());
    assert!(
        redacted.contains("Not known: what is missing in Records of domestic abuse."),
        "{redacted}"
    );
}

#[test]
fn a_scaled_score_is_told_as_the_scale_reads_it_and_a_version_that_is_not_in_force_says_so() {
    let matrix = Matrix::open("ovp@1.0.0", "2026-12-20".parse().unwrap()).unwrap();
    let profile = r#"{ "violent_sanctions": 0, "non_violent_sanctions": 0, "age_at_follow_up": 45, "male": false, "recognises_impact": true, "no_fixed_abode": false, "unemployed": false, "alcohol": 0, "binge": 0, "psychiatric_treatment": false, "temper": 0, "attitudes": 0 }"#;
    let profile = Profile::from_json(profile).unwrap();
    let trace = matrix.explain(&profile, "2026-12-20".parse().unwrap());
    let text = in_one_line(&trace.unwrap().explanation().to_string());
    assert!(
        text.contains("Percent within one year is 1 (from 4 points)"),
        "{text}"
    );
    assert!(!text.contains("not in force"), "{text}");

    let matrix = Matrix::open("lsir-idaho@2.0.0", "2026-12-20".parse().unwrap()).unwrap();
    let profile = Profile::from_json(r#"{ "lsir": 30, "gender": "male" }"#).unwrap();
    let trace = matrix.explain(&profile, "2019-11-01".parse().unwrap());
    let text = in_one_line(&trace.unwrap().explanation().to_string());
    assert!(
        text.contains("This version is not in force on 1 November 2019."),
        "{text}"
    );
}

/// The brief text of somebody by `iom-threshold` 1.0.0, on one line.
#[track_caller]
fn told_by_iom(profile: &str) -> String {
    let as_at = "2026-12-05".parse().unwrap();
    let matrix = Matrix::open("iom-threshold@1.0.0", as_at).unwrap();
    let trace = matrix.explain(&Profile::from_json(profile).unwrap(), as_at);
    in_one_line(&trace.unwrap().explanation().with_changes().to_string())
}

#[test]
fn what_makes_no_difference_is_told_so_however_much_is_not_known() {
    let text = told_by_iom(r#"{ "arrests_12m": 9, "deceased": true }"#);
    assert!(!text.contains("The result depends on"), "{text}");
    let same = "Thinking and behaviour; Attitudes. The result is the same whatever they are.";
    assert!(text.contains(same), "{text}");

    // The risk of serious harm gives as many points as the risk of serious recidivism can.
    let text = told_by_iom(r#"{ "arrests_12m": 12, "rosh": "high" }"#);
    let same = "Not known: Risk of serious recidivism. The result is the same whatever it is.";
    assert!(text.contains(same), "{text}");
    assert!(
        !text.contains("Record Risk of serious recidivism"),
        "{text}"
    );
}

#[test]
fn an_override_that_may_apply_is_told_with_what_is_possible_of_both() {
    let text = told(
        "tiers: [high, medium, low]\ninputs: { a: { type: integer, range: [0, 10] }, b: { type: boolean, missing: unknown } }\n\
        decisions: { st: { title: Step, rules: [{ tier: medium, when: { a: { from: 5 } } }] } }\n\
        decision: { highest: [st], default: low }\n\
        overrides: [{ id: floor, at_least: high, when: { b: true }, reason: It is so. }]\n",
        r#"{ "a": 5 }"#,
    );
    let effect =
        "open: medium without it, and high or medium with what it may change; whether it applies";
    assert!(text.contains(effect), "{text}");
}

#[test]
fn what_is_assumed_is_told_with_whether_the_result_rests_on_it() {
    let matrix = "tiers: [high, low]\ninputs: { a: { type: integer, range: [0, 10] }, b: { type: boolean, missing: { assume: false } } }\n\
        decision: { rules: [{ tier: high, when: { a: { from: 5 } } }, { tier: high, when: { b: true } }, { tier: low }] }\n";
    let high = told(matrix, r#"{ "a": 5 }"#);
    assert!(
        high.contains("b (no). The result is the same whatever it is."),
        "{high}"
    );
    let low = told(matrix, r#"{ "a": 4 }"#);
    assert!(
        low.contains("b (no). If this is wrong, the result may be wrong."),
        "{low}"
    );
}

#[test]
fn a_rule_is_possible_only_where_what_it_gives_is() {
    let matrix = "tiers: [high, medium, low]\ninputs: { a: { type: integer, range: [0, 2], missing: unknown } }\n\
        checks: [{ id: one, require: { a: { from: 1 } }, message: there is at least one }]\n\
        decision: { rules: [{ tier: high, when: { a: { from: 2 } } }, { tier: medium, when: { a: { from: 1 } } }, { tier: low }] }\n";
    let text = told(matrix, "{}");
    assert!(!text.contains("no other rule holds"), "{text}");
    let full = in_one_line(&traced(matrix, "{}").explanation().full().to_string());
    assert!(!full.contains("in every other case? yes"), "{full}");
}

/// The text of the explanation of a profile by a matrix that comes with the library, in one line, with what lapses up to the end of 2030.
fn told_by(matrix: &str, as_at: &str, profile: &str) -> String {
    let matrix = Matrix::open(matrix, as_at.parse().unwrap()).unwrap();
    let profile = Profile::from_json(profile).unwrap();
    let trace = matrix.explain(&profile, as_at.parse().unwrap()).unwrap();
    let explanation = trace.explanation().with_changes();
    let text = explanation.with_next_change("2030-12-31".parse().unwrap());
    in_one_line(&text.to_string())
}

#[test]
fn only_what_is_another_on_the_day_is_a_cause_of_a_lapse() {
    let profile = r#"{ "born": "2010-11-30", "abuse": [
        { "date": "2023-11", "record": "a", "role": "suspect" },
        { "date": "2026-06-01", "record": "b", "role": "offender" }
    ] }"#;
    let text = told_by("matac@1.0.0", "2026-11-29", profile);
    let told = "on 30 November 2026, when \"Age\" becomes 16, from 15. - The result may differ again after that day.";
    assert!(text.contains(told), "{text}");
}

#[test]
fn a_lapse_is_told_with_the_end_of_the_version() {
    let profile =
        r#"{ "arrests_12m": 4, "rosh": "low", "ogrs3": 20, "rsr": 1.2, "mappa_level": "m3" }"#;
    let text = told_by("iom-threshold@1.0.0", "2026-12-05", profile);
    let told = "This version of the matrix is in force before 1 April 2027; what comes after it may give another result.";
    assert!(text.contains(told), "{text}");
    let searched = "What is not known stayed as it is in this search.";
    assert!(text.contains(searched), "{text}");
}

#[test]
fn it_is_said_whose_cut_offs_apply_and_when_a_score_is_replaced() {
    let text = told_by("lsir-idaho@2.0.0", "2026-06-20", r#"{ "lsir": 30 }"#);
    let told = "These cut-offs apply because no other list of cut-offs does.";
    assert!(text.contains(told), "{text}");
    let profile = r#"{ "female": false, "mandate_for_change": true, "assessed": false, "rsr": 99.99, "ogrs3": 75, "thinking": 7 }"#;
    let text = told_by("hmpps-utm@1.0.0", "2021-05-20", profile);
    let told = "Effect: 2, as it was before; the score is replaced by 0";
    assert!(text.contains(told), "{text}");
}

#[test]
fn events_are_shown_as_they_were_given() {
    let matrix = "inputs: { o: { type: events, label: Offences, at_most: 9, fields: { kind: { type: category, values: [theft, wounding], labels: { wounding: Wounding }, label: Kind, missing: unknown }, harm: { type: integer, range: [0, 90], unit: days, label: Harm, missing: absent } } } }\n\
        derived: { n: { count: o, within: { years: 1 } } }\n\
        criteria: { c: { input: n, each: 1, points: 1 } }\ndimensions: { d: { score: [c] } }\n";
    let given = r#"{ "o": [{ "date": "2026-11-02", "kind": "wounding", "harm": 30 }, { "date": "2026-03" }] }"#;
    let trace = traced(matrix, given);
    let text = in_one_line(&trace.explanation().full().to_string());
    let recorded = text.split_once("Offences, as given:").unwrap().1;
    let events =
        "2 November 2026; Kind: Wounding; Harm: 30 days - Some day in March 2026; Kind: not known";
    assert!(recorded.contains(events), "{text}");
    let redacted = in_one_line(&trace.explanation().full().redacted().to_string());
    assert!(
        !redacted.contains("as given:") && !redacted.contains("Wounding"),
        "{redacted}"
    );
}

#[test]
fn a_rule_that_may_hold_is_told_with_what_comes_else() {
    let matrix = "tiers: [high, low]\ninputs: { b: { type: boolean, missing: unknown } }\n\
        decisions: { st: { title: Step, rules: [{ tier: low, when: { b: true } }] } }\n\
        decision: { highest: [st], default: high }\n";
    let text = told(matrix, "{}");
    assert!(
        text.contains("Step: low if the answer to “b” is yes, else nothing."),
        "{text}"
    );
    let text = told(matrix, r#"{ "b": true }"#);
    assert!(
        text.contains("Step: low, as the answer to “b” is yes."),
        "{text}"
    );
}

#[test]
fn labels_are_told_and_names_are_kept_in_data() {
    let matrix = "tiers: [hi, lo]\nstatuses: [out]\nlabels: { hi: High tier, out: Left out }\n\
        inputs:\n  r: { type: level, values: [l, m, vh], labels: { vh: Very high }, changeable: true }\n\
        \u{20} s: { type: set, values: [p, q], labels: { p: Plain } }\n\
        criteria: { c: { input: r, values: { l: 0, m: 1, vh: 5 } }, d: { input: s, each_member: 1 } }\n\
        dimensions: { x: { score: [c, d], levels: [{ level: t, from: 5, label: Top }, { level: b }] } }\n\
        decision: { rules: [{ status: out, when: { s: { has: q } } }, { tier: hi, when: { r: { at_least: vh } } }, { tier: lo }] }\n";
    let text = told(matrix, r#"{ "r": "vh", "s": ["p"] }"#);
    for says in [
        "Result: High tier",
        "c 5 points r: Very high",
        "d 1 point s: Plain, at 1 point for each",
        "level Top",
        "Levels: Top from 5, b below that.",
        "r is at least Very high",
        "The tier would go down to lo if",
        "r went from Very high to m or lower",
    ] {
        assert!(text.contains(says), "`{says}` is missing:\n{text}");
    }
    let own = Matrix::from_yaml(&format!("{HEAD}{matrix}")).unwrap();
    let profile = Profile::from_json(r#"{ "r": "vh", "s": ["q"] }"#).unwrap();
    let trace = own
        .explain(&profile, "2026-11-21".parse().unwrap())
        .unwrap();
    assert!(trace.to_string().contains("Result: Left out (a status"));
    let json = serde_json::to_value(&trace).unwrap();
    assert_eq!(json["inputs"][0]["value"], "vh");
    assert_eq!(json["possible"], json!(["out"]));
    assert_eq!(trace.outcome().status(), Some("out"));
    let sheet = own.sheet().to_string();
    assert!(sheet.contains("vh (Very high)"), "{sheet}");
}

/// A name without a label is read with spaces, unless two would then read alike; data keep the names.
#[test]
fn names_without_labels_are_read_without_underscores() {
    let matrix = "tiers: [top_tier, lo]\n\
        inputs:\n  r: { type: level, values: [l, very_high], labels: { l: small }, changeable: true }\n\
        \u{20} s: { type: category, values: [a_b, a b, c_d], missing: absent }\n\
        criteria: { c: { input: r, values: { l: 0, very_high: 5 } }, d: { input: s, values: { a_b: 1, a b: 2, c_d: 3 }, absent: 0 } }\n\
        dimensions: { x: { score: [c, d], levels: [{ level: not_answered, from: 5 }, { level: no_need }] } }\n\
        decision: { rules: [{ tier: top_tier, when: { r: { at_least: very_high } } }, { tier: lo }] }\n";
    let text = told(matrix, r#"{ "r": "very_high", "s": "c_d" }"#);
    for says in [
        "Result: top tier",
        "r: very high",
        "c d",
        "level not answered",
        "no need below that",
        "r is at least very high",
    ] {
        assert!(text.contains(says), "`{says}` is missing:\n{text}");
    }
    assert!(!text.contains('_'), "{text}");
    assert!(told(matrix, r#"{ "r": "l", "s": "a_b" }"#).contains("a_b"));
    let own = Matrix::from_yaml(&format!("{HEAD}{matrix}")).unwrap();
    let profile = Profile::from_json(r#"{ "r": "very_high" }"#).unwrap();
    let trace = own
        .explain(&profile, "2026-11-21".parse().unwrap())
        .unwrap();
    let json = serde_json::to_value(&trace).unwrap();
    assert_eq!(json["possible"], json!(["top_tier"]));
    // The words of data are sealed, and stay as they are.
    let when = &json["decision"]["method"]["rules"][0]["when"];
    assert_eq!(when, "r is at least very_high", "{json:#}");
    assert_eq!(own.label_of(Some("x"), "not_answered"), "not answered");
    assert!(own.sheet().to_string().contains("not_answered"));
}

/// A result may be called as the program calls something of its own: it is told apart, in text and in what is compared.
#[test]
fn results_of_any_name_are_told_from_the_words_of_the_program() {
    let matrix = "tiers: [nothing, not settled, lo]\n\
        inputs:\n  n: { type: integer, range: [0, 9], missing: unknown }\n\
        criteria: { c: { input: n, each: 1, points: 1 } }\n\
        dimensions: { x: { score: [c], levels: [{ level: nothing, from: 8 }, { level: impossible, from: 6 }, { level: not settled }] } }\n\
        decisions:\n  step: { rules: [{ tier: nothing, when: { x: nothing } }] }\n\
        decision: { rules: [{ tier: nothing, when: { step: nothing } }, { tier: not settled, when: { x.level: not settled } }, { tier: lo }] }\n\
        examples:\n  - { title: a, profile: { n: 9 }, expect: { tier: nothing, step: nothing, x.level: nothing } }\n\
        \u{20} - { title: b, profile: { n: 2 }, expect: { tier: not settled, step: none, x.level: not settled } }\n\
        \u{20} - { title: c, profile: {}, expect: { step: open, tier: open } }\n";
    let own =
        Matrix::from_yaml(&format!("{HEAD}{matrix}")).unwrap_or_else(|faults| panic!("{faults}"));
    assert!(
        own.run_examples()
            .iter()
            .all(|example| example.differences.is_empty()),
        "{:?}",
        own.run_examples()
    );
    let settled = told(matrix, r#"{ "n": 2 }"#);
    let open = told(matrix, "{}");
    assert!(
        settled.contains("Result: “not settled”") && settled.contains("level “not settled”"),
        "{settled}"
    );
    assert!(settled.contains("These gave nothing: step."), "{settled}");
    assert!(
        open.contains("Result: not settled. It can be “nothing”, “not settled” or lo."),
        "{open}"
    );
    let high = told(matrix, r#"{ "n": 9 }"#);
    assert!(
        high.contains("step: “nothing”, as x is “nothing”."),
        "{high}"
    );
    let newer = Matrix::from_yaml(&format!("{HEAD}{matrix}").replace("from: 8", "from: 9"))
        .unwrap_or_else(|faults| panic!("{faults}"));
    let comparison = own.compare(&newer, "2026-11-21".parse().unwrap());
    let comparison = in_one_line(&comparison.to_string());
    assert!(
        comparison.contains("The step “step”: “nothing” before, nothing after."),
        "{comparison}"
    );
}

#[test]
fn every_worked_example_of_every_matrix_is_explained() {
    for matrix in Library::embedded().iter() {
        for (_, trace) in worked(matrix).iter().step_by(20) {
            assert_all(trace);
        }
    }
}

fn explained(case: &Case) -> Option<Trace> {
    let matrix =
        Matrix::from_yaml(&case.spec.to_yaml()).unwrap_or_else(|faults| panic!("{faults}"));
    let profile = Profile::from_json(&to_json(&case.profile)).expect("a generated profile is JSON");
    matrix
        .explain(
            &profile,
            case.spec.as_at.to_string().parse().expect("a date"),
        )
        .ok()
}

/// All that a redacted explanation may tell: the outcome and how it came about from points on, and which inputs had no value.
fn public(trace: &Trace) -> Value {
    let json = serde_json::to_value(trace).expect("a trace is JSON");
    let pick = |step: &Value, keys: &[&str]| -> Value {
        keys.iter()
            .map(|key| ((*key).to_owned(), step[*key].clone()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let each = |list: &Value, keys: &[&str]| -> Vec<Value> {
        list.as_array()
            .into_iter()
            .flatten()
            .map(|step| pick(step, keys))
            .collect()
    };
    let moved = |list: &Value| -> Vec<Value> {
        let moved = list
            .as_array()
            .into_iter()
            .flatten()
            .filter(|step| step["before"] != step["after"]);
        moved
            .map(|step| pick(step, &["before", "after", "holds", "applies"]))
            .collect()
    };
    let dimensions = json["dimensions"].as_array().unwrap().iter();
    json!({
        "outcome": trace.outcome(),
        "inputs": json["inputs"].as_array().unwrap().iter().map(|input| match input["standing"].as_str().unwrap() {
            "given" | "derived" | "open" => json!("hidden"),
            standing => json!([standing, input["value"]]),
        }).collect::<Vec<_>>(),
        "criteria": each(&json["criteria"], &["range", "replaced"]),
        "groups": each(&json["groups"], &["score", "replaced"]),
        "dimensions": dimensions.clone().map(|step| pick(step, &["score", "scored_scaled", "scored_levels", "range", "levels"])).collect::<Vec<_>>(),
        "moved_levels": dimensions.map(|step| moved(&step["overrides"])).collect::<Vec<_>>(),
        "decisions": each(&json["decisions"], &["gives"]),
        "decision": pick(&json["decision"], &["gives"]),
        "moved": moved(&json["overrides"]),
        "possible": json["possible"],
    })
}

fn everything(explanation: &Explanation) -> [String; 4] {
    [
        explanation.to_string(),
        explanation.to_markdown(),
        explanation.to_html(),
        serde_json::to_string(explanation).expect("JSON"),
    ]
}

#[track_caller]
fn assert_tells_no_more(one: &Trace, other: &Trace) -> bool {
    let is_same = public(one) == public(other);
    if is_same {
        assert_eq!(
            everything(&one.explanation().with_changes().redacted()),
            everything(&other.explanation().with_changes().redacted())
        );
    }
    is_same
}

/// The words of a text, and its numbers without their signs: what is taken off stands after a minus.
fn words(text: &str) -> BTreeSet<String> {
    text.split(|character: char| !character.is_alphanumeric() && !"_.-".contains(character))
        .map(|word| word.trim_matches(['.', '-']).to_owned())
        .collect()
}

#[track_caller]
fn assert_holds_no_value(trace: &Trace, profile: &value::Profile) {
    let redacted = trace.explanation().with_changes().redacted();
    let json = serde_json::to_value(&redacted).expect("JSON");
    for input in json["inputs"].as_array().unwrap() {
        assert!(input["value"].is_null() || input["standing"] == "assumed");
    }
    for step in json["criteria"].as_array().unwrap() {
        assert!(step["matched"].is_null() && step["conditions"] == json!([]));
    }
    for step in json["overrides"]
        .as_array()
        .unwrap()
        .iter()
        .chain(json["flags"].as_array().unwrap())
    {
        assert!(step["when"].is_null());
    }
    // A value may also be the name of a tier or the number of some points; the trace without the profile says which.
    let elsewhere = words(
        &serde_json::to_string(&redacted)
            .expect("JSON")
            .replace('"', " "),
    );
    let matrix = trace.outcome().matrix();
    let names = words(&format!(
        "{} {:?} {:?} {} {} {:?} {:?} yes no",
        trace.outcome().as_at().in_words(),
        matrix.tiers(),
        matrix.statuses(),
        matrix.title(),
        matrix.version(),
        matrix.about(),
        matrix.sources()
    ));
    let values = profile.iter().flat_map(|(_, value)| match value {
        value::Value::Integer(number) => vec![number.to_string()],
        value::Value::Decimal(text) | value::Value::Text(text) | value::Value::Date(text) => {
            vec![text.clone()]
        }
        value::Value::Set(members) => members.clone(),
        // A yes or no is a word of the report itself.
        value::Value::Boolean(_) => Vec::new(),
    });
    for value in values.filter(|value| !elsewhere.contains(value) && !names.contains(value)) {
        for form in forms(&redacted) {
            let read = value.replace('_', " ");
            assert!(
                !words(&form).contains(&value) && (read == value || !form.contains(&read)),
                "the value `{value}` is told:\n{form}"
            );
        }
    }
}

proptest! {
    #![proptest_config(test_kit::cases(24))]

    #[test]
    fn an_explanation_holds_the_trace_and_no_more(case in strategy::cases(Setting::Large, Holding::AbsentAndAssumed)) {
        if let Some(trace) = explained(&case) {
            assert_all(&trace);
        }
    }

    #[test]
    fn changes_as_explained_give_what_they_promise(case in strategy::cases(Setting::Small, Holding::AbsentAndAssumed)) {
        let mut case = case;
        case.spec.inputs.iter_mut().for_each(|input| input.changeable = true);
        if let Some(trace) = explained(&case) {
            assert_changes_hold(&trace, &serde_json::from_str(&to_json(&case.profile)).unwrap(), &case.spec.as_at.to_string());
            assert_all(&trace);
            assert_holds_no_value(&trace, &case.profile);
        }
    }

    #[test]
    fn an_open_result_is_explained_as_open(case in strategy::cases(Setting::Small, Holding::Unknown { completions: 500 })) {
        if let Some(trace) = explained(&case) {
            assert_all(&trace);
            let is_open = trace.explanation().to_string().contains("not settled. It can be");
            prop_assert_eq!(is_open, trace.outcome().possible().len() > 1);
            assert_what_matters_settles(&trace, &case);
        }
    }

    #[test]
    fn a_redacted_explanation_holds_no_value_as_given(case in strategy::cases(Setting::Large, Holding::AbsentAndAssumed)) {
        if let Some(trace) = explained(&case) {
            assert_holds_no_value(&trace, &case.profile);
        }
    }

    /// Two people who come out alike are told apart by nothing.
    #[test]
    fn a_redacted_explanation_follows_from_the_outcome(cohort in strategy::cohorts(Setting::Small, Holding::Everything, 12)) {
        let Cohort { spec, profiles } = cohort;
        let traces: Vec<Trace> = profiles.into_iter().filter_map(|profile| explained(&Case { spec: spec.clone(), profile })).collect();
        for (at, one) in traces.iter().enumerate() {
            for other in &traces[..at] {
                assert_tells_no_more(one, other);
            }
        }
    }
}

#[test]
fn people_of_the_same_cells_are_told_apart_by_nothing() {
    let matrix = Matrix::open("iom-threshold@1.0.0", "2027-03-01".parse().unwrap()).unwrap();
    let explain = |text: &str| {
        matrix
            .explain(
                &Profile::from_json(text).unwrap(),
                "2027-03-01".parse().unwrap(),
            )
            .unwrap()
    };
    let one = explain(
        r#"{ "ogrs3": 77, "arrests_12m": 8, "rsr": 4.31, "rosh": "low", "last_charged": "2027-01-17" }"#,
    );
    let other = explain(
        r#"{ "ogrs3": 83, "arrests_12m": 29, "rsr": 5.72, "rosh": "low", "last_charged": "2027-02-03" }"#,
    );
    assert_ne!(
        one.explanation().to_string(),
        other.explanation().to_string()
    );
    assert!(assert_tells_no_more(&one, &other), "they come out alike");
    for form in everything(&one.explanation().redacted()) {
        for value in ["4.31", "2027-01-17"] {
            assert!(!words(&form).contains(value), "`{value}` is told:\n{form}");
        }
        assert!(
            !form.contains("17 January 2027"),
            "the day is told:\n{form}"
        );
    }
}

#[test]
fn a_report_of_awkward_names_is_sound() {
    let long = "Nameless".repeat(60);
    let yaml = format!(
        r#"
format: 1
id: awkward
version: 1.0.0
title: "Größe 📏 <b>&amp; | *bold* _x_ `y`"
status: local
sources:
  bad: {{ title: "</a><script>", url: "javascript:alert(1)" }}
inputs:
  a: {{ type: integer, range: [0, 9], label: "{long}" }}
  b: {{ type: set, values: ["<i>", "名前"], missing: absent }}
criteria:
  off: {{ title: "Ümlaut\"'<svg onload=x>", source: bad, input: a, each: 1, points: -1.5 }}
  more: {{ title: "{long}", input: b, each_member: 2, absent: 0 }}
dimensions:
  d: {{ title: "- 1. # not a list", score: [off, {{ lowest: [off, more] }}], levels: [ {{ level: "<low>", from: -3 }}, {{ level: "|" }} ] }}
  none: {{ title: Nothing, score: [more] }}
"#
    );
    let matrix = Matrix::from_yaml(&yaml).unwrap_or_else(|faults| panic!("{faults}"));
    for profile in [r#"{ "a": 7, "b": ["<i>", "名前"] }"#, r#"{ "a": 0 }"#] {
        let trace = matrix
            .explain(
                &Profile::from_json(profile).unwrap(),
                "2026-11-21".parse().unwrap(),
            )
            .unwrap();
        assert_all(&trace);
        let html = trace.explanation().full().to_html();
        for tag in ["<script", "<b>", "<i>", "<svg onload", "href=\"javascript"] {
            assert!(!html.contains(tag), "`{tag}` came through");
        }
    }
    let trace = matrix
        .explain(
            &Profile::from_json(r#"{ "a": 7 }"#).unwrap(),
            "2026-11-21".parse().unwrap(),
        )
        .unwrap();
    assert!(
        trace
            .explanation()
            .to_string()
            .contains("-10.5 - 10.5 = -21"),
        "{}",
        trace.explanation()
    );
}

const BARE: &str = "
format: 1
id: bare
version: 1.0.0
title: Bare
status: local
tiers: [high, low]
inputs:
  a: { type: boolean }
decision:
  rules: [ { tier: high, when: { a: true } }, { tier: low } ]
";

#[test]
fn a_matrix_without_criteria_is_explained() {
    let matrix = Matrix::from_yaml(BARE).unwrap_or_else(|faults| panic!("{faults}"));
    let trace = matrix
        .explain(
            &Profile::new().with("a", true),
            "2026-11-21".parse().unwrap(),
        )
        .unwrap();
    assert_all(&trace);
    assert!(
        trace
            .explanation()
            .to_string()
            .contains("The rule for high holds: the answer to “a” is yes."),
        "{}",
        trace.explanation()
    );
    assert!(
        !trace
            .explanation()
            .redacted()
            .to_string()
            .contains("is yes")
    );
}

/// A profile with the values of a change that an explanation's data tells.
fn applied(profile: &Value, found: &Value) -> Profile {
    let mut changed = profile.as_object().expect("a profile is an object").clone();
    for change in found["changes"].as_array().unwrap() {
        changed.insert(
            change["input"].as_str().unwrap().to_owned(),
            change["to"].clone(),
        );
    }
    Profile::from_json(&Value::Object(changed).to_string()).expect("a changed profile is a profile")
}

/// What the outcome is: the tier or status, or the level of a dimension.
fn result(matrix: &Matrix, profile: &Profile, as_at: &str, dimension: &Value) -> Option<String> {
    let outcome = matrix.score(profile, as_at.parse().unwrap()).ok()?;
    let result = match dimension.as_str() {
        Some(dimension) => outcome.dimension(dimension)?.level(),
        None => outcome.tier().or(outcome.status()),
    };
    result.map(str::to_owned)
}

/// Each change that an explanation holds gives what it promises; a full one prints all that take no value away, and no others.
#[track_caller]
fn assert_changes_hold(trace: &Trace, profile: &Value, as_at: &str) {
    let matrix = trace.outcome().matrix();
    let explanation = trace.explanation().with_changes().full();
    let json = serde_json::to_value(&explanation).expect("an explanation is JSON");
    let moves = json["changes"]["moves"].as_array().unwrap();
    for found in moves {
        let gives = result(matrix, &applied(profile, found), as_at, &found["dimension"]);
        assert_eq!(gives.as_deref(), found["to"].as_str(), "{found}\n{profile}");
    }
    let kept = moves.iter().filter(|found| {
        found["changes"]
            .as_array()
            .unwrap()
            .iter()
            .all(|change| !change["to"].is_null())
    });
    let text = explanation.to_string();
    let section = text
        .split("\nWhat would change it\n")
        .nth(1)
        .expect("a section")
        .split("\n\n")
        .next()
        .unwrap();
    let section = section.split("How near the scores").next().unwrap();
    let ways = section.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(
        section
            .lines()
            .filter(|line| line.starts_with("  - "))
            .count(),
        kept.clone().count(),
        "{section}"
    );
    for found in kept {
        let to = found["to"].as_str().unwrap();
        let to = matrix.label_of(found["dimension"].as_str(), to);
        assert!(
            ways.contains(&format!(" {to} if ")) || ways.contains(&format!(" {to}, whatever ")),
            "{to}: {section}"
        );
    }
}

/// The unknown inputs that are said to matter settle the result, whatever the others are.
#[track_caller]
fn assert_what_matters_settles(trace: &Trace, case: &Case) {
    let json =
        serde_json::to_value(trace.explanation().with_changes()).expect("an explanation is JSON");
    let unknown = json["changes"]["unknown"].as_array().unwrap();
    let matrix = trace.outcome().matrix();
    let as_at = case.spec.as_at.to_string();
    let inputs = || unknown.iter().filter(|input| input["matters"] == true);
    let count: usize = inputs()
        .map(|input| input["answers"].as_array().unwrap().len())
        .product();
    if count > 64 {
        return;
    }
    let mut profiles: Vec<Value> = vec![serde_json::from_str(&to_json(&case.profile)).unwrap()];
    for input in inputs() {
        let answered = |profile: &Value, value: &Value| {
            let mut profile = profile.clone();
            profile[input["input"].as_str().unwrap()] = value.clone();
            profile
        };
        let answers = input["answers"].as_array().unwrap();
        profiles = profiles
            .iter()
            .flat_map(|profile| {
                answers
                    .iter()
                    .map(|answer| answered(profile, &answer["from"]))
            })
            .collect();
    }
    for profile in profiles {
        let profile = Profile::from_json(&profile.to_string()).unwrap();
        // Answers may contradict each other.
        if let Ok(outcome) = matrix.score(&profile, as_at.parse().unwrap()) {
            assert!(
                !outcome.is_provisional(),
                "{unknown:?}\n{profile:?}\n{}",
                case.spec.to_yaml()
            );
        }
    }
}

#[test]
fn what_would_change_it_has_its_place_unless_redacted() {
    let trace = one(
        "iom-threshold@1.0.0",
        "The same person with high needs goes up one tier",
    );
    let told = "Accommodation went from 7 to 6 or less";
    for form in forms(&trace.explanation().with_changes().full()) {
        assert!(
            form.contains("What would change it") && form.contains(told),
            "{form}"
        );
        assert!(!form.contains("no longer recorded"));
    }
    assert!(
        !trace
            .explanation()
            .to_string()
            .contains("What would change it")
    );
    for form in everything(&trace.explanation().with_changes().redacted()) {
        assert!(
            !form.contains("What would change it")
                && !form.contains("\"changes\"")
                && !form.contains(told)
        );
    }
}

#[test]
fn a_matrix_that_marks_nothing_changeable_says_so() {
    let trace = one("psa@1.0.0", "Every factor");
    for form in forms(&trace.explanation().with_changes()) {
        assert!(
            form.contains("The matrix marks nothing as open to change"),
            "{form}"
        );
        assert!(!form.contains("How near"));
    }
}

#[test]
fn only_what_matters_is_to_be_recorded() {
    let yaml = "
format: 1
id: few
version: 1.0.0
title: Few
status: local
inputs:
  deciding: { type: level, values: [low, high], missing: unknown }
  idle: { type: integer, range: [0, 9], missing: unknown }
  first: { type: boolean, missing: unknown }
  second: { type: boolean, missing: unknown }
criteria:
  one: { input: deciding, values: { low: 0, high: 10 } }
  two: { input: idle, each: 1, points: 1, cap: 5 }
  both: { when: { first: true, second: true }, points: 10 }
dimensions:
  need: { score: [one, two, both], levels: [ { level: high, from: 10 }, { level: low } ] }
tiers: [high, low]
decision: { rules: [ { tier: high, when: { need: high } }, { tier: low } ] }
";
    let matrix = Matrix::from_yaml(yaml).unwrap_or_else(|faults| panic!("{faults}"));
    let explained = |profile: &str| {
        let trace = matrix
            .explain(
                &Profile::from_json(profile).unwrap(),
                "2026-12-05".parse().unwrap(),
            )
            .unwrap();
        trace
            .explanation()
            .with_changes()
            .to_string()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    let text = explained(r#"{ "first": false }"#);
    assert!(
        text.contains("Record deciding. The result is then settled."),
        "{text}"
    );
    assert!(
        text.contains("Not known: idle; second. The result is the same whatever they are."),
        "{text}"
    );
    assert!(text.contains("Not known: deciding. If it is low, the result is low. If it is high, the result is high."), "{text}");
    let text = explained(r#"{ "deciding": "low" }"#);
    assert!(
        text.contains("Record first and second. The result is then settled."),
        "{text}"
    );
    assert!(text.contains("Not known: first. If it is no, the result is low. If it is yes, the result can be high or low."), "{text}");
}

#[test]
fn a_sheet_says_what_is_asked_of_people_who_decide_otherwise() {
    let sheet = |review: &str| {
        Matrix::from_yaml(&format!("{BARE}{review}"))
            .unwrap_or_else(|faults| panic!("{faults}"))
            .sheet()
    };
    let told = "a person may decide otherwise; it ends after 3 months unless it is reviewed, and it may only be more intensive";
    let with_review = sheet("review: { within: P3M, direction: up }\n");
    for form in [
        with_review.to_string(),
        with_review.to_markdown(),
        shown(&with_review.to_html()),
    ] {
        assert!(
            form.split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .contains(told),
            "{form}"
        );
    }
    assert!(
        sheet("review: { within: P1Y }\n")
            .to_string()
            .contains("it ends after 1 year unless it is reviewed")
    );
    assert!(!sheet("").to_string().contains("Review"));
}

#[test]
fn colours_are_shown_only_when_asked_for() {
    let trace = one("psa@1.0.0", "Every factor");
    assert!(!trace.explanation().to_string().contains('\u{1b}'));
    let coloured = trace.explanation().to_coloured_string();
    assert_eq!(
        coloured.replace("\u{1b}[1m", "").replace("\u{1b}[0m", ""),
        trace.explanation().to_string()
    );
    assert_ne!(coloured, trace.explanation().to_string());
}

/// Every field of Tier 2, in order, once; and what the matrix knows in its place.
#[test]
fn the_transparency_record_has_every_field_of_tier_2() {
    for matrix in Library::embedded().iter() {
        let record = matrix.to_atrs_markdown();
        let fields: Vec<&str> = record
            .lines()
            .filter_map(|line| line.strip_prefix("- **2.")?.split(' ').next())
            .collect();
        let numbered = |section: &str, last: usize| {
            (1..=last)
                .map(|field| format!("{section}.{field}"))
                .collect::<Vec<_>>()
        };
        let wanted: Vec<String> = [
            ("1", 4),
            ("2", 5),
            ("3", 6),
            ("4.1", 4),
            ("4.2", 9),
            ("4.3", 11),
            ("5", 2),
        ]
        .iter()
        .flat_map(|(section, last)| numbered(section, *last))
        .collect();
        assert_eq!(fields, wanted);
        assert!(
            record.contains(&matrix.version().to_string())
                && record.contains(matrix.content_hash())
        );
        let root: Value = serde_yaml::from_str(&matrix.to_yaml()).expect("a matrix is YAML");
        let plain = record.replace('\\', "");
        for (name, input) in root["inputs"].as_object().into_iter().flatten() {
            let title = input
                .get("label")
                .or_else(|| input.get("title"))
                .and_then(Value::as_str)
                .unwrap_or(name);
            assert!(
                plain.contains(title),
                "`{title}` in the record of {matrix:?}"
            );
            let sensitive = plain
                .lines()
                .find(|line| line.contains("Sensitive attributes"))
                .expect("a field");
            assert!(
                input["protected"] != true || sensitive.contains(title),
                "`{title}` is sensitive"
            );
        }
    }
}

#[test]
fn reports_of_four_matrices() {
    for (matrix, title) in [
        (
            "iom-threshold@1.0.0",
            "The same person with high needs goes up one tier",
        ),
        ("hmpps-utm@2.0.0", "a woman with 9 points and a breach"),
        ("hmpps-tier@3.6.0", "MAPPA could reach A"),
        ("psa@1.0.0", "Every factor"),
    ] {
        let trace = one(matrix, title);
        let explanation = trace.explanation().with_changes();
        let name = matrix.split('@').next().unwrap();
        insta::assert_snapshot!(format!("{name}-text"), explanation.to_string());
        insta::assert_snapshot!(format!("{name}-markdown"), explanation.to_markdown());
        insta::assert_snapshot!(format!("{name}-html"), explanation.to_html());
    }
}

/// A matrix in which nothing that a person can change lowers the tier of somebody at MAPPA level 2, with words to explain.
const FLOOR: &str = r#"
format: 1
id: floor
version: 1.0.0
title: Floors
status: local
sources:
  book: { title: The book of levels }
glossary:
  MAPPA: { means: arrangements that manage some people, source: book }
  RSR: { means: a score }
  OGRS3: { means: never told because nothing has it }
inputs:
  rsr: { type: integer, range: [0, 9], label: RSR arrests in the last year, changeable: true }
  mappa: { type: category, values: [m1, m2], label: MAPPA level, labels: { m1: "1", m2: "2" }, missing: absent }
  seen: { type: date, label: Last seen, missing: absent }
derived:
  days: { label: Days since last seen, days_between: [seen, as_at] }
criteria:
  score: { title: RSR, input: rsr, each: 1, points: 1, source: book }
  late: { title: Not seen for 30 days, when: { days: { from: 30 } }, points: 1 }
dimensions:
  need: { title: Needs, score: [score, late], levels: [ { level: high, from: 8 }, { level: low } ] }
tiers: [high, medium, low]
decision: { rules: [ { tier: high, when: { need: high } }, { tier: low } ] }
overrides:
  - { id: mappa-two, title: MAPPA level 2, when: { mappa: m2 }, at_least: medium, source: book, reason: "level 2 is never below medium" }
  - { id: none-at-all, when: { mappa: m1 }, at_most: low, reason: "never told" }
flags:
  many: { title: Many arrests, when: { rsr: { from: 4 } } }
  few: { title: Few arrests, when: { rsr: { below: 4 } } }
"#;

fn of_floor(yaml: &str, profile: &str) -> Explanation {
    let matrix = Matrix::from_yaml(yaml).unwrap_or_else(|faults| panic!("{faults}"));
    let profile = Profile::from_json(profile).unwrap();
    let trace = matrix
        .explain(&profile, "2027-05-03".parse().unwrap())
        .unwrap();
    trace.explanation().with_changes()
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_page_says_what_holds_the_tier_where_nothing_would_lower_it() {
    let told = in_one_line(&of_floor(FLOOR, r#"{ "rsr": 5, "mappa": "m2" }"#).to_string());
    assert!(
        told.contains("Nothing that a person can change would bring it down. The rule “MAPPA level 2” holds it at medium: Level 2 is never below medium."),
        "{told}"
    );
    // All that can be changed adds one point, which is not enough.
    let none = FLOOR
        .replace(", changeable: true", "")
        .replace("label: Last seen", "label: Last seen, changeable: true");
    let told = in_one_line(&of_floor(&none, r#"{ "rsr": 5, "mappa": "m2" }"#).to_string());
    assert!(
        told.contains("Nothing that a person can change would alter the tier, by itself or two at a time. The rule “MAPPA level 2” holds it at medium:"),
        "{told}"
    );
    let told = in_one_line(&of_floor(&none, r#"{ "rsr": 5 }"#).to_string());
    assert!(
        told.contains("by itself or two at a time. No other rule holds, and then it is low."),
        "{told}"
    );
}

#[test]
fn a_page_tells_only_what_is_so() {
    let told = in_one_line(&of_floor(FLOOR, r#"{ "rsr": 5, "mappa": "m2" }"#).to_string());
    assert!(
        told.contains("Also pointed out - Many arrests. What"),
        "{told}"
    );
    assert!(!told.contains("Few arrests"), "{told}");
    // What is worked out from other inputs is for nobody to record.
    assert!(
        told.contains(
            "Left blank, as the matrix allows: Last seen. The result is the same whatever it is."
        ),
        "{told}"
    );
    let nearer = in_one_line(&of_floor(FLOOR, r#"{ "rsr": 7 }"#).to_string());
    assert!(
        nearer.contains("Left blank, as the matrix allows: MAPPA level; Last seen. If there is something to record, the result may change."),
        "{nearer}"
    );
    assert!(told.contains("as at 3 May 2027."), "{told}");
    assert!(
        told.contains("Overrides of the tier that do not apply: None at all."),
        "{told}"
    );
    let told = in_one_line(&of_floor(FLOOR, r#"{ "rsr": 2, "seen": "2027-03-01" }"#).to_string());
    assert!(
        told.contains("applies, because Days since last seen are 30 or more"),
        "{told}"
    );
}

#[test]
fn the_words_of_data_do_not_follow_those_of_pages() {
    let explanation = of_floor(FLOOR, r#"{ "rsr": 5, "seen": "2027-03-01" }"#);
    let data = serde_json::to_value(&explanation).unwrap();
    let clause = &data["criteria"][1]["conditions"][0]["when"];
    assert_eq!(clause, "Days since last seen is 30 or more");
    assert_eq!(data["inputs"][2]["value"], "2027-03-01");
}

#[test]
fn a_word_of_the_glossary_is_explained_where_it_first_stands() {
    let explanation = of_floor(FLOOR, r#"{ "rsr": 5, "mappa": "m2" }"#);
    let html = explanation.to_html();
    for (term, means) in [
        ("MAPPA", "Arrangements that manage some people."),
        ("RSR", "A score."),
    ] {
        let told = format!("<dt>{term}</dt><dd>{means}");
        assert_eq!(html.matches(&told).count(), 1, "{term}: {html}");
        // Nothing but the headings and the contents of the page has the word before.
        let body = html.split("</nav>").nth(1).unwrap_or_default();
        let head = html.split("<nav").next().unwrap();
        let first = head.contains(&told) || body.find(term) < body.find(&told);
        assert!(first, "{term}: {html}");
    }
    assert!(
        !html.contains("never told because nothing has it"),
        "{html}"
    );
    assert!(
        html.contains("Source: <a href=\"#source-book\">The book of levels</a>."),
        "{html}"
    );
    let sheet = Matrix::from_yaml(FLOOR).unwrap().sheet().to_string();
    assert!(
        sheet.contains("What the words mean") && sheet.contains("OGRS3: "),
        "{sheet}"
    );
}

#[test]
fn whose_rights_they_are_is_for_the_matrix_to_say() {
    let profile = r#"{ "rsr": 5 }"#;
    let without = of_floor(FLOOR, profile).to_html();
    assert!(
        without.contains("Ask whoever gave you this page") && !without.contains("Commissioner")
    );
    let with = FLOOR.replace(
        "inputs:",
        "notice: [ \"you can write to the ombudsman\" ]\ninputs:",
    );
    let matrix = Matrix::from_yaml(&with).unwrap();
    assert_eq!(matrix.notice(), ["you can write to the ombudsman"]);
    assert_eq!(matrix.glossary()[0].term, "MAPPA");
    for form in [of_floor(&with, profile).to_html(), matrix.sheet().to_html()] {
        assert!(
            form.contains("<li>You can write to the ombudsman.</li>"),
            "{form}"
        );
    }
}

#[test]
fn a_page_begins_with_what_everybody_needs_and_has_a_place_to_sign() {
    let explanation = of_floor(FLOOR, r#"{ "rsr": 5, "mappa": "m2" }"#).about_person("00012\"3<45");
    let html = explanation.to_html();
    let places: Vec<_> = [
        "class=\"result\"",
        "<nav aria-label=\"On this page\">",
        "<h2 id=\"missing\">",
        "<h2 id=\"change\">",
        "<h2 id=\"next\">",
        "<h2 id=\"rights\">",
        "<dt>Signature</dt>",
        "<section class=\"detail\"",
        "<h2 id=\"score-need\">",
        "<h2 id=\"decision\">",
        "<h2 id=\"matrix\">",
    ]
    .map(|part| html.find(part).unwrap_or_else(|| panic!("{part}: {html}")))
    .into();
    assert!(places.is_sorted(), "{places:?}: {html}");
    assert!(html.contains("<html lang=\"en-GB\">"));
    assert!(
        html.contains("@bottom-left { content: \"00012\\22 3\\3c 45, floor 1.0.0\"; }"),
        "{html}"
    );
    assert!(
        html.contains("About: 00012&quot;3&lt;45")
            && html.contains("<summary>No points: Not seen for 30 days.</summary>"),
        "{html}"
    );
    // Who it is about, and a form to fill in, are nothing for a redacted page and a terminal.
    let redacted = explanation.clone().redacted().to_html();
    assert!(!redacted.contains("00012"), "{redacted}");
    assert!(
        !redacted.contains("<th scope=\"col\" role=\"columnheader\">Value as given</th>"),
        "{redacted}"
    );
    assert!(!explanation.to_string().contains("Signature"));
    assert!(explanation.full().to_markdown().contains("Signature: "));
}

#[test]
fn no_line_of_a_cut_off_runs_through_a_label() {
    let html = one(
        "iom-threshold@1.0.0",
        "The same person with high needs goes up one tier",
    )
    .explanation()
    .to_html();
    let page = Html::parse_document(&html);
    let em = |element: &scraper::ElementRef<'_>, name: &str| -> f64 {
        let text = element.value().attr(name).unwrap();
        text.trim_end_matches("em").parse().unwrap()
    };
    let mut lines_seen = 0;
    for drawing in page.select(&selector("svg.waterfall")) {
        let labels: Vec<f64> = drawing
            .select(&selector("text[x='1%']"))
            .map(|text| em(&text, "y"))
            .collect();
        for line in drawing.select(&selector("line.cut")) {
            lines_seen += 1;
            let (from, to) = (em(&line, "y1"), em(&line, "y2"));
            assert!(
                !labels.iter().any(|label| (from..=to).contains(label)),
                "a line from {from} to {to} em, and labels at {labels:?}"
            );
        }
    }
    assert!(lines_seen > 6, "{lines_seen} lines");
}
