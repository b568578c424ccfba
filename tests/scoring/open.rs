//! What unknown inputs leave open in a matrix that stops at scores and levels, and where an override may replace them.

use threshold_matrix::{Matrix, Outcome, PointsOutcome, Profile, Value};

/// A matrix of these inputs and rules.
fn matrix(rules: &str) -> Matrix {
    Matrix::from_yaml(&format!(
        "format: 1\nid: open\nversion: 1.0.0\ntitle: Open\nstatus: illustrative\n{rules}"
    ))
    .unwrap()
}

fn outcome(matrix: &Matrix, values: &[(&str, Value)]) -> Outcome {
    let profile: Profile = values.iter().cloned().collect();
    matrix
        .score(&profile, "2026-12-05".parse().unwrap())
        .unwrap()
}

/// A matrix without a decision: two dimensions, of which one has levels.
const SCORES: &str = "
inputs:
  arrests: { type: integer, range: [0, 9], missing: unknown }
  places: { type: integer, range: [0, 9], missing: unknown }
criteria:
  arrests: { input: arrests, each: 1, points: 1 }
  places: { input: places, bands: [ { from: 0, points: 0 }, { from: 8, points: 1 } ] }
dimensions:
  frequency: { score: [arrests], levels: [ { level: high, from: 3 }, { level: low } ] }
  spread: { score: [places] }
";

#[test]
fn a_matrix_without_tiers_is_provisional_where_a_level_or_a_score_is_open() {
    let matrix = matrix(SCORES);
    let (two, four) = (Value::Whole(2), Value::Whole(4));
    let known = outcome(
        &matrix,
        &[("arrests", two.clone()), ("places", four.clone())],
    );
    assert!(!known.is_provisional());
    // A level is open.
    let open = outcome(&matrix, &[("places", four)]);
    let frequency = open.dimension("frequency").unwrap();
    assert_eq!(
        (frequency.level(), frequency.possible_levels()),
        (None, vec!["high", "low"])
    );
    assert!(open.is_provisional());
    // The score of a dimension without levels is open.
    let open = outcome(&matrix, &[("arrests", two)]);
    let spread = open.dimension("spread").unwrap();
    assert_eq!(
        (spread.score(), spread.range().1.to_string()),
        (None, "1".to_owned())
    );
    assert_eq!(open.dimension("frequency").unwrap().level(), Some("low"));
    assert!(open.is_provisional());
}

#[test]
fn what_changes_neither_a_level_nor_a_score_makes_nothing_provisional() {
    let matrix = matrix(
        "
inputs:
  arrests: { type: integer, range: [0, 9], missing: unknown }
  places: { type: integer, range: [0, 9] }
criteria:
  few: { when: { arrests: { below: 3 } }, points: 1 }
  places: { input: places, each: 1, points: 4 }
dimensions:
  frequency: { score: [few, places], levels: [ { level: high, from: 3 }, { level: low } ] }
  spread: { score: [places] }
",
    );
    let open = outcome(&matrix, &[("places", Value::Whole(1))]);
    let frequency = open.dimension("frequency").unwrap();
    assert_eq!((frequency.score(), frequency.level()), (None, Some("high")));
    assert_eq!(
        open.dimension("spread")
            .unwrap()
            .score()
            .unwrap()
            .to_string(),
        "4"
    );
    assert!(!open.is_provisional());
}

#[test]
fn points_are_open_where_an_unknown_input_decides_whether_they_count() {
    let matrix = matrix(
        "
inputs:
  arrests: { type: integer, range: [0, 9] }
  terrorism: { type: boolean, missing: unknown }
criteria:
  arrests: { input: arrests, each: 1, points: 1 }
  beside: { input: arrests, each: 1, points: 2 }
dimensions:
  frequency: { score: [arrests], levels: [ { level: high, from: 3 }, { level: low } ] }
  other: { score: [beside] }
overrides:
  - { id: by-law, when: { terrorism: true }, dimension: frequency, level: high, points: 9, reason: By law }
",
    );
    let points = |outcome: &Outcome, name: &str| {
        outcome
            .points(name)
            .and_then(PointsOutcome::settled)
            .map(|points| points.to_string())
    };
    let arrests = ("arrests", Value::Whole(1));
    for (terrorism, replaced, own) in [
        (Some(true), Some(true), None),
        (Some(false), Some(false), Some("1".to_owned())),
        (None, None, None),
    ] {
        let outcome = outcome(
            &matrix,
            &[arrests.clone(), ("terrorism", Value::from(terrorism))],
        );
        assert_eq!(
            outcome.dimension("frequency").unwrap().is_replaced(),
            replaced,
            "{terrorism:?}"
        );
        assert_eq!(points(&outcome, "arrests"), own, "{terrorism:?}");
        assert_eq!(
            points(&outcome, "beside").as_deref(),
            Some("2"),
            "{terrorism:?}"
        );
        // The line says that it is open, and leaves out what does not count.
        let line = serde_json::to_string(&outcome).unwrap();
        assert_eq!(
            line.contains(r#""arrests":"#),
            replaced != Some(true),
            "{line}"
        );
        assert_eq!(
            line.contains(r#""arrests":null"#),
            replaced.is_none(),
            "{line}"
        );
    }
}

#[test]
fn points_count_where_one_or_the_other_dimension_is_replaced_but_never_both() {
    let matrix = matrix(
        "
inputs:
  arrests: { type: integer, range: [0, 9] }
  route: { type: category, values: [custody, community], missing: unknown }
criteria:
  arrests: { input: arrests, each: 1, points: 1 }
groups:
  capped: { score: [ { capped: [arrests], at: 5 } ] }
dimensions:
  frequency: { score: [capped], levels: [ { level: high, from: 3 }, { level: low } ] }
  spread: { score: [capped], levels: [ { level: wide, from: 3 }, { level: narrow } ] }
overrides:
  - { id: custody, when: { route: custody }, dimension: frequency, level: high, points: 9, reason: By law }
  - { id: community, when: { route: community }, dimension: spread, level: wide, points: 9, reason: By law }
",
    );
    let open = outcome(&matrix, &[("arrests", Value::Whole(1))]);
    assert_eq!(open.dimension("frequency").unwrap().is_replaced(), None);
    assert_eq!(open.dimension("spread").unwrap().is_replaced(), None);
    assert_eq!(
        open.points("arrests")
            .unwrap()
            .settled()
            .unwrap()
            .to_string(),
        "1"
    );
    assert_eq!(
        open.points("capped")
            .unwrap()
            .settled()
            .unwrap()
            .to_string(),
        "1"
    );
}

#[test]
fn a_derived_input_with_an_absent_part_is_absent_whatever_else_is_unknown() {
    let matrix = matrix(
        "
inputs:
  burglaries: { type: integer, range: [0, 9], missing: absent }
  robberies: { type: integer, range: [0, 9], missing: unknown }
derived:
  thefts: { sum: [burglaries, robberies] }
criteria:
  thefts: { input: thefts, each: 1, points: 1, absent: 4 }
dimensions:
  frequency: { score: [thefts] }
",
    );
    let trace = |values: &[(&str, Value)]| {
        let trace = matrix
            .explain(
                &values.iter().cloned().collect(),
                "2026-12-05".parse().unwrap(),
            )
            .unwrap();
        let thefts = serde_json::to_value(&trace).unwrap()["inputs"][2].clone();
        let score = trace
            .outcome()
            .dimension("frequency")
            .unwrap()
            .score()
            .map(|score| score.to_string());
        (
            thefts["standing"].as_str().unwrap().to_owned(),
            thefts["value"].as_i64(),
            score,
        )
    };
    assert_eq!(
        trace(&[]),
        ("absent".to_owned(), None, Some("4".to_owned()))
    );
    assert_eq!(
        trace(&[("burglaries", Value::Whole(1))]),
        ("open".to_owned(), None, None)
    );
    let both = [
        ("burglaries", Value::Whole(1)),
        ("robberies", Value::Whole(2)),
    ];
    assert_eq!(
        trace(&both),
        ("derived".to_owned(), Some(3), Some("3".to_owned()))
    );
}
