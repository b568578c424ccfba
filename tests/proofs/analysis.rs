//! What is proved of a matrix, against trying everything; and the defects of published rules, each found with the profiles that show it.
//!
//! `PROPTEST_CASES=2000 cargo test --release --test proofs analysis::` is the long run; the default is a quick one.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rust_decimal::Decimal;
use test_kit::cells;
use test_kit::library::{date, load};
use test_kit::oracle::{self, Verdict};
use test_kit::spec::{Axis, Body, Branch, Entries, Form, Kind, Missing, Spec};
use test_kit::strategy::{self, Setting};
use test_kit::value::{Profile as Given, Value, to_json};
use threshold_matrix::analysis::{Analysis, Finding, FindingCode, Pair, PartKind, Proof};
use threshold_matrix::{Library, Matrix, Outcome, Profile};

/// Every profile by one value for each cell, absent values among them; nothing where there are too many.
fn everybody(spec: &Spec, most: usize) -> Option<Vec<Given>> {
    let mut profiles: Vec<Given> = vec![Vec::new()];
    for input in &spec.inputs {
        let values = cells::representatives(spec, input);
        if profiles.len() * (values.len() + 1) > most {
            return None;
        }
        let mut grown = Vec::new();
        for profile in &profiles {
            if input.missing == Missing::Absent {
                grown.push(profile.clone());
            }
            for value in &values {
                grown.push(
                    profile
                        .iter()
                        .cloned()
                        .chain([(input.name.clone(), value.clone())])
                        .collect(),
                );
            }
        }
        profiles = grown;
    }
    Some(profiles)
}

fn scored(spec: &Spec, given: &Given) -> Option<oracle::Outcome> {
    if let Verdict::Scored(outcome) = oracle::score(spec, given, spec.as_at) {
        Some(outcome)
    } else {
        None
    }
}

/// What can move: the tier or status by no name, else the levels by their dimension's.
type Standing = BTreeMap<Option<String>, String>;

fn standing(spec: &Spec, outcome: &oracle::Outcome) -> Standing {
    if spec.decision.is_some() {
        let result = outcome.tier.clone().or_else(|| outcome.status.clone());
        return result.into_iter().map(|result| (None, result)).collect();
    }
    outcome
        .dimensions
        .iter()
        .filter_map(|(name, result)| Some((Some(name.clone()), result.level.clone()?)))
        .collect()
}

fn stands(outcome: &Outcome, dimension: Option<&str>) -> Option<String> {
    match dimension {
        None => outcome
            .tier()
            .or_else(|| outcome.status())
            .map(str::to_owned),
        Some(dimension) => outcome.dimension(dimension)?.level().map(str::to_owned),
    }
}

/// The names of the parts of a kind that are reached, after each was scored and found to be what it is said to be.
fn reached(
    analysis: &Analysis,
    kind: PartKind,
    is: impl Fn(&Outcome, &str) -> bool,
) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for part in analysis.parts().iter().filter(|part| part.kind == kind) {
        match &part.reached {
            Proof::Shown(profile) => {
                let outcome = analysis
                    .matrix()
                    .score(profile, analysis.as_at())
                    .expect("a witness is accepted");
                assert!(is(&outcome, &part.name), "{part:?}");
                names.insert(part.name.clone());
            }
            Proof::Never => {}
            Proof::Open => panic!("{part:?}"),
        }
    }
    names
}

/// The order of the results of a matrix; statuses have none.
fn rank(spec: &Spec, dimension: Option<&str>, result: &str) -> Option<usize> {
    let order = match dimension {
        None => &spec.tiers,
        Some(name) => &spec.dimension(name)?.levels.as_ref()?.names,
    };
    order.iter().position(|own| own == result)
}

/// The largest step that an input alone makes, and whether it ever goes the wrong way, by trying every two profiles that differ in it.
fn by_pairs(
    spec: &Spec,
    input: usize,
    everybody: &[(Given, Standing)],
    dimension: Option<&str>,
) -> (Option<usize>, bool) {
    let input = &spec.inputs[input];
    let mut alike: BTreeMap<String, Vec<(Option<&Value>, &String)>> = BTreeMap::new();
    for (given, standing) in everybody {
        let rest: Given = given
            .iter()
            .filter(|(name, _)| *name != input.name)
            .cloned()
            .collect();
        let own = given
            .iter()
            .find(|(name, _)| *name == input.name)
            .map(|(_, value)| value);
        alike
            .entry(to_json(&rest))
            .or_default()
            .push((own, &standing[&dimension.map(str::to_owned)]));
    }
    let place = |value: &Value| match (value, &input.kind) {
        (Value::Integer(number), _) => Some(Decimal::from(*number)),
        (Value::Decimal(digits), _) => digits.parse().ok(),
        (Value::Boolean(answer), _) => Some(Decimal::from(i64::from(*answer))),
        (Value::Text(text), Kind::Level(values)) => {
            values.iter().position(|own| own == text).map(Decimal::from)
        }
        (Value::Date(day), _) => day.replace('-', "").parse().ok(),
        _ => None,
    };
    let (mut largest, mut wrong) = (None, false);
    for group in alike.values() {
        for (index, (one, from)) in group.iter().enumerate() {
            for (other, to) in &group[index + 1..] {
                if from == to {
                    continue;
                }
                let ranks = (rank(spec, dimension, from), rank(spec, dimension, to));
                let size = if let (Some(from), Some(to)) = ranks {
                    from.abs_diff(to)
                } else {
                    0
                };
                largest = largest.max(Some(size));
                if let (Some(one), Some(other), (Some(from), Some(to)), Some(worse)) = (
                    one.and_then(place),
                    other.and_then(place),
                    ranks,
                    input.more_is_worse,
                ) {
                    let rises = if one < other { to < from } else { from < to };
                    wrong |= rises != worse;
                }
            }
        }
    }
    (largest, wrong)
}

fn pair_holds(analysis: &Analysis, input: &str, dimension: Option<&str>, pair: &Pair) {
    let result = |profile: &Profile| {
        stands(
            &analysis
                .matrix()
                .score(profile, analysis.as_at())
                .expect("a witness is accepted"),
            dimension,
        )
    };
    assert_eq!(
        (result(&pair.less), result(&pair.more)),
        (Some(pair.from.clone()), Some(pair.to.clone())),
        "{pair:?}"
    );
    let rest = |profile: &Profile| {
        profile
            .iter()
            .filter(|(name, _)| *name != input)
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(rest(&pair.less), rest(&pair.more));
    assert_ne!(pair.less, pair.more);
}

/// Returns whether some profile goes back and forth between results when what it is given is put back in as the earlier tier.
fn goes_round(spec: &Spec, everybody: &[Given]) -> bool {
    let earlier = spec
        .inputs
        .iter()
        .find(|input| input.earlier)
        .expect("one is the earlier tier");
    let (Kind::Level(values) | Kind::Category(values)) = &earlier.kind else {
        panic!("{earlier:?}")
    };
    let state = |result: String| match &earlier.missing {
        _ if values.contains(&result) => Some(Some(result)),
        Missing::Absent => Some(None),
        Missing::Assume(Value::Text(assumed)) => Some(Some(assumed.clone())),
        _ => None,
    };
    let gives = |given: &Given, before: &Option<String>| {
        let others = given
            .iter()
            .filter(|(name, _)| *name != earlier.name)
            .cloned();
        let before = before
            .iter()
            .map(|before| (earlier.name.clone(), Value::Text(before.clone())));
        let outcome = scored(spec, &others.chain(before).collect())?;
        state(outcome.tier.or(outcome.status)?)
    };
    let results: Vec<Option<String>> = spec
        .tiers
        .iter()
        .chain(&spec.statuses)
        .filter_map(|result| state(result.clone()))
        .collect();
    everybody.iter().any(|given| {
        results.iter().any(|first| {
            let second = gives(given, first);
            let mut now = second.clone();
            // Whoever comes back does so in as many steps as there are results.
            (0..results.len()).any(|_| {
                let is_back = now.as_ref() == Some(first) && second.as_ref() != Some(first);
                now = now.as_ref().and_then(|now| gives(given, now));
                is_back
            })
        })
    })
}

proptest! {
    #![proptest_config(test_kit::quick())]

    #[test]
    fn whether_the_result_goes_back_and_forth_is_what_putting_it_back_in_shows(spec in strategy::specs_with_an_earlier_tier()) {
        let Some(everybody) = everybody(&spec, 500) else { return Ok(()) };
        prop_assume!(spec.decision.is_some());
        let matrix = load(&spec.to_yaml())?;
        let analysis = matrix.analyse(date(&spec));
        let oscillation = analysis.oscillation().expect("one is the earlier tier");
        prop_assert_eq!(oscillation.input.as_str(), "earlier");
        let found = oscillation.cycle.shown();
        prop_assert!(found.is_some() || oscillation.cycle == Proof::Never);
        prop_assert_eq!(found.is_some(), goes_round(&spec, &everybody), "{}\n{}", analysis, spec.to_yaml());
        let Some(turns) = found else { return Ok(()) };
        prop_assert!(turns.len() > 1);
        for (turn, next) in turns.iter().zip(turns.iter().cycle().skip(1)) {
            let outcome = matrix.score(&turn.profile, date(&spec)).unwrap();
            prop_assert_eq!(outcome.tier().or(outcome.status()), Some(turn.gives.as_str()));
            let is_next = match next.profile.get("earlier") {
                Some(threshold_matrix::Value::Text(before)) => *before == turn.gives || !spec.tiers.contains(&turn.gives),
                _ => !spec.tiers.contains(&turn.gives),
            };
            prop_assert!(is_next, "{:?}", turns);
        }
        let finding = analysis.findings().iter().find(|finding| finding.code == FindingCode::Oscillates);
        prop_assert_eq!(finding.map(|finding| finding.witnesses.len()), Some(turns.len()));
    }
}

/// The matrix with a criterion that gives the same points to everybody.
fn with_fixed(spec: &Spec, criterion: usize, points: Decimal) -> Spec {
    let mut spec = spec.clone();
    spec.criteria[criterion].body = Body::Choose(vec![Branch {
        when: None,
        body: Body::Fixed(points),
    }]);
    spec
}

proptest! {
    #![proptest_config(test_kit::quick())]

    /// What is reached, which scores there are, how far each input leads and which criteria matter: exactly as brute force has it.
    #[test]
    fn proofs_agree_with_brute_force(spec in strategy::specs(Setting::Small), directions in any::<u32>()) {
        let mut spec = spec;
        for (at, input) in spec.inputs.iter_mut().enumerate() {
            input.more_is_worse = (!matches!(input.kind, Kind::Category(_) | Kind::Set(_))).then_some(directions >> at & 1 == 1);
        }
        let Some(everybody) = everybody(&spec, 4_000) else { return Ok(()) };
        let matrix = load(&spec.to_yaml())?;
        let analysis = matrix.analyse(date(&spec));
        let text = || format!("{analysis}\n{}", spec.to_yaml());
        prop_assert!(analysis.is_complete(), "{}", text());
        let outcomes: Vec<(Given, oracle::Outcome)> = everybody.iter().filter_map(|given| Some((given.clone(), scored(&spec, given)?))).collect();

        let tiers = outcomes.iter().filter_map(|(_, outcome)| outcome.tier.clone()).collect::<BTreeSet<_>>();
        prop_assert_eq!(reached(&analysis, PartKind::Tier, |outcome, name| outcome.tier() == Some(name)), tiers, "{}", text());
        let statuses = outcomes.iter().filter_map(|(_, outcome)| outcome.status.clone()).collect::<BTreeSet<_>>();
        prop_assert_eq!(reached(&analysis, PartKind::Status, |outcome, name| outcome.status() == Some(name)), statuses, "{}", text());
        let flags = outcomes.iter().flat_map(|(_, outcome)| outcome.flags.iter().filter(|(_, raised)| **raised).map(|(name, _)| name.clone()));
        prop_assert_eq!(reached(&analysis, PartKind::Flag, |outcome, name| outcome.flag(name) == Some(true)), flags.collect::<BTreeSet<_>>(), "{}", text());
        for dimension in &spec.dimensions {
            let results = || outcomes.iter().map(|(_, outcome)| &outcome.dimensions[&dimension.name]);
            let levels = results().filter_map(|result| Some(format!("{}.{}", dimension.name, result.level.clone()?))).collect::<BTreeSet<_>>();
            let of_it = |name: &str| name.strip_prefix(&dimension.name).and_then(|rest| rest.strip_prefix('.')).map(str::to_owned);
            let own: BTreeSet<String> = reached(&analysis, PartKind::Level, |outcome, name| {
                of_it(name).is_none_or(|level| outcome.dimension(&dimension.name).and_then(|result| result.level()) == Some(level.as_str()))
            }).into_iter().filter(|name| of_it(name).is_some()).collect();
            prop_assert_eq!(own, levels, "{}", text());
            if !spec.score_may_be_replaced(&dimension.name) {
                let scores: BTreeSet<Decimal> = results().map(|result| result.score.normalize()).collect();
                let found = analysis.scores().iter().find(|scores| scores.dimension == dimension.name).expect("each dimension has scores");
                let found: Vec<Decimal> = found.attainable.iter().flatten().map(|attainable| attainable.score.to_decimal()).collect();
                prop_assert_eq!(found, scores.into_iter().collect::<Vec<_>>(), "{}", text());
            }
        }

        let standings: Vec<(Given, Standing)> = outcomes.iter().map(|(given, outcome)| (given.clone(), standing(&spec, outcome))).collect();
        for influence in analysis.influences() {
            let input = spec.inputs.iter().position(|input| input.name == influence.input).expect("an input of the matrix");
            let dimension = influence.dimension.as_deref();
            let (largest, wrong) = by_pairs(&spec, input, &standings, dimension);
            let found = influence.largest.shown().map(|pair| pair.steps.map_or(0, |steps| steps as usize));
            prop_assert_eq!(found, largest, "{} {}", influence.input, text());
            let wrong_way = influence.wrong_way.as_ref().is_some_and(|proof| proof.shown().is_some());
            prop_assert_eq!(wrong_way, wrong, "{} {}", influence.input, text());
            for pair in influence.largest.shown().into_iter().chain(influence.wrong_way.as_ref().and_then(Proof::shown)) {
                pair_holds(&analysis, &influence.input, dimension, pair);
            }
        }

        let idle: BTreeSet<&str> = analysis.findings().iter().filter(|finding| finding.code == FindingCode::NeverMatters).map(|finding| finding.of.as_str()).collect();
        if standings.is_empty() || standings[0].1.is_empty() || outcomes.len() > 800 {
            return Ok(());
        }
        for (at, criterion) in spec.criteria.iter().enumerate() {
            // Points that an override replaced are not in the outcome, but were given.
            if spec.dimensions.iter().any(|dimension| spec.score_may_be_replaced(&dimension.name)) {
                break;
            }
            let points: BTreeSet<Decimal> = outcomes.iter().map(|(_, outcome)| outcome.points[&criterion.name].normalize()).collect();
            let matters = points.iter().any(|points| {
                let other = with_fixed(&spec, at, *points);
                standings.iter().any(|(given, standing)| scored(&other, given).is_some_and(|outcome| self::standing(&other, &outcome) != *standing))
            });
            if idle.contains(criterion.name.as_str()) {
                prop_assert!(!matters, "{} matters\n{}", criterion.name, text());
            } else if !matters {
                // Of two criteria that give the same to everybody nothing is said.
                let given = |name: &str| outcomes.iter().map(|(_, outcome)| outcome.points[name].normalize()).collect::<Vec<_>>();
                let own = given(&criterion.name);
                let has_twin = spec.criteria.iter().any(|other| other.name != criterion.name && given(&other.name) == own);
                prop_assert!(has_twin, "{} does not matter\n{}", criterion.name, text());
            }
        }
        dead_rules_can_go(&spec, &analysis, &standings)?;
        if outcomes.len() <= 150 {
            let accepted: Vec<Given> = outcomes.into_iter().map(|(given, _)| given).collect();
            parts_are_reached_as_traces_say(&spec, &matrix, &analysis, &accepted)?;
        }
    }
}

/// The rules and cells that a profile reaches, and the overrides that hold and apply for it, by its trace.
fn traced(spec: &Spec, matrix: &Matrix, profile: &Profile) -> BTreeSet<(PartKind, String)> {
    let trace = serde_json::to_value(
        matrix
            .explain(profile, date(spec))
            .expect("an accepted profile"),
    )
    .unwrap();
    let mut parts = BTreeSet::new();
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let position = |axis: &Axis, at: &serde_json::Value| {
        let at = at["at"].as_object()?.values().next()?;
        match &axis.entries {
            Entries::Values(values) => values.iter().position(|value| match value {
                Value::Integer(number) => at.as_i64() == Some(*number),
                Value::Boolean(truth) => at.as_bool() == Some(*truth),
                Value::Decimal(text) => at.to_string().parse::<Decimal>().ok() == text.parse().ok(),
                Value::Text(text) | Value::Date(text) => at.as_str() == Some(text),
                Value::Set(_) => false,
            }),
            Entries::Results(results) => results
                .iter()
                .position(|result| result.as_deref() == at.as_str()),
            Entries::Cuts(cuts) => {
                let at: Decimal = at.to_string().parse().ok()?;
                cuts.iter().position(|cut| *cut <= at)
            }
        }
    };
    for decision in list(&trace["decisions"]).iter().chain([&trace["decision"]]) {
        let name = decision["name"].as_str().unwrap_or_default();
        if let Some(rule) = list(&decision["method"]["rules"])
            .iter()
            .position(|rule| rule["holds"] == true)
        {
            parts.insert((PartKind::Rule, format!("{name}.{}", rule + 1)));
        }
        if let (Some(Form::Table { rows, columns, .. }), "decision") = (&spec.decision, name) {
            let table = &decision["method"]["table"];
            if let (Some(row), Some(column)) = (
                position(rows, &table["rows"]),
                position(columns, &table["columns"]),
            ) {
                parts.insert((PartKind::Cell, format!("{name}.{}.{}", row + 1, column + 1)));
            }
        }
    }
    let of_dimensions = list(&trace["dimensions"])
        .iter()
        .flat_map(|dimension| list(&dimension["overrides"]))
        .collect::<Vec<_>>();
    for step in of_dimensions.iter().chain(&list(&trace["overrides"])) {
        let id = step["id"].as_str().unwrap_or_default().to_owned();
        if step["holds"] == true {
            parts.insert((PartKind::Condition, id.clone()));
        }
        if step["applies"] == true {
            parts.insert((PartKind::Override, id));
        }
    }
    parts
}

/// Each rule, cell and override is reached where anybody's trace reaches it, and by its witness.
fn parts_are_reached_as_traces_say(
    spec: &Spec,
    matrix: &Matrix,
    analysis: &Analysis,
    everybody: &[Given],
) -> Result<(), TestCaseError> {
    let mut by_anybody = BTreeSet::new();
    for given in everybody {
        by_anybody.extend(traced(
            spec,
            matrix,
            &Profile::from_json(&to_json(given)).unwrap(),
        ));
    }
    for part in analysis.parts() {
        let own = (part.kind, part.name.clone());
        match part.kind {
            PartKind::Rule | PartKind::Condition | PartKind::Override => {}
            PartKind::Cell if part.name.starts_with("decision.") => {}
            _ => continue,
        }
        prop_assert_eq!(
            part.reached.shown().is_some(),
            by_anybody.contains(&own),
            "{:?}\n{}",
            part,
            spec.to_yaml()
        );
        if let Proof::Shown(profile) = &part.reached {
            prop_assert!(
                traced(spec, matrix, profile).contains(&own),
                "{:?}\n{}",
                part,
                spec.to_yaml()
            );
        }
        by_anybody.remove(&own);
    }
    prop_assert!(
        by_anybody.is_empty(),
        "{by_anybody:?} are no parts\n{}",
        spec.to_yaml()
    );
    Ok(())
}

/// Without a rule that is never reached, everybody's result stays as it is.
fn dead_rules_can_go(
    spec: &Spec,
    analysis: &Analysis,
    standings: &[(Given, Standing)],
) -> Result<(), TestCaseError> {
    let Some(Form::Rules(rules)) = &spec.decision else {
        return Ok(());
    };
    for part in analysis
        .parts()
        .iter()
        .filter(|part| part.kind == PartKind::Rule && part.reached == Proof::Never)
    {
        let Some(index) = part
            .name
            .strip_prefix("decision.")
            .and_then(|number| number.parse::<usize>().ok())
        else {
            continue;
        };
        let mut without = rules.clone();
        without.remove(index - 1);
        let other = Spec {
            decision: Some(Form::Rules(without)),
            ..spec.clone()
        };
        for (given, standing) in standings {
            prop_assert_eq!(
                scored(&other, given).map(|outcome| self::standing(&other, &outcome)),
                Some(standing.clone())
            );
        }
    }
    Ok(())
}

fn analysed(text: &str) -> Analysis {
    let matrix = Matrix::from_yaml(text).unwrap_or_else(|faults| panic!("{faults}"));
    let analysis = matrix.analyse("2026-11-21".parse().unwrap());
    assert!(analysis.is_complete(), "{analysis}");
    analysis
}

#[track_caller]
fn found<'a>(analysis: &'a Analysis, code: FindingCode, of: &str) -> &'a Finding {
    analysis
        .findings()
        .iter()
        .find(|finding| finding.code == code && finding.of == of)
        .unwrap_or_else(|| panic!("no {code} of {of}\n{analysis}"))
}

/// What the two profiles of a finding have for an input.
#[track_caller]
fn either_side(finding: &Finding, input: &str) -> (Option<String>, Option<String>) {
    let value = |profile: &Profile| {
        profile.get(input).map(|value| {
            serde_json::to_value(value)
                .unwrap()
                .to_string()
                .replace('"', "")
        })
    };
    let [one, other] = finding.witnesses.as_slice() else {
        panic!("{finding}")
    };
    (value(one), value(other))
}

const HEADING: &str =
    "format: 1\nid: published\nversion: 1.0.0\ntitle: Rules as published\nstatus: sourced\n";

/// The RSR bands of the Unified Tiering Model as its code has them, to three places: a hole below 7, and an upper end that 99.99 itself is beyond.
fn rsr_as_published(bands: &str) -> Analysis {
    analysed(&format!(
        "{HEADING}inputs:\n  rsr: {{ type: decimal, places: 3, range: [0, 100], more_is: worse }}\ncriteria:\n  rsr: {{ input: rsr, bands: [ {{ from: 0, points: 0 }}, {bands} ] }}\ndimensions:\n  protect: {{ score: [rsr], levels: [ {{ level: B, from: 20 }}, {{ level: C, from: 10 }}, {{ level: D }} ] }}\n"
    ))
}

#[test]
fn the_hole_between_two_bands_is_found() {
    let analysis = rsr_as_published(
        "{ from: 3, points: 10 }, { from: 6.991, points: 0 }, { from: 7, points: 20 }",
    );
    assert_eq!(
        either_side(found(&analysis, FindingCode::WrongWay, "rsr"), "rsr"),
        (Some("6.99".to_owned()), Some("6.991".to_owned()))
    );
}

#[test]
fn the_upper_end_that_nothing_should_be_beyond_is_found() {
    let analysis = rsr_as_published(
        "{ from: 3, points: 10 }, { from: 7, points: 20 }, { from: 99.99, points: 0 }",
    );
    let finding = found(&analysis, FindingCode::WrongWay, "rsr");
    assert_eq!(
        either_side(finding, "rsr"),
        (Some("99.989".to_owned()), Some("99.99".to_owned()))
    );
    assert!(finding.message.ends_with("takes the level of `protect` from B to D, against the direction that the input declares"), "{finding}");
}

#[test]
fn bands_without_a_hole_are_proved_to_have_none() {
    let analysis = rsr_as_published("{ from: 3, points: 10 }, { from: 7, points: 20 }");
    assert_eq!(analysis.findings(), [], "{analysis}");
    assert_eq!(analysis.influences()[0].wrong_way, Some(Proof::Never));
}

/// The medium band of DC-SRP as published goes C, D, C, D as the score falls.
#[test]
fn the_list_that_is_not_monotone_is_found() {
    let text = std::fs::read_to_string("matrices/hmpps-tier/3.6.0.yaml").unwrap();
    let declared = text.replace(
        "(DC-SRP), missing: absent }",
        "(DC-SRP), missing: absent, more_is: worse }",
    );
    assert_ne!(text, declared);
    let analysis = analysed(&declared);
    let finding = found(&analysis, FindingCode::WrongWay, "dc_srp");
    assert_eq!(
        either_side(finding, "dc_srp"),
        (Some("2.109".to_owned()), Some("2.11".to_owned())),
        "{finding}"
    );
    // No other input of it goes the wrong way.
    assert_eq!(
        analysis
            .findings()
            .iter()
            .filter(|finding| finding.code == FindingCode::WrongWay)
            .count(),
        1,
        "{analysis}"
    );
}

/// The published wording of prolific offenders leaves people aged 21 and over without a class.
#[test]
fn the_hole_of_the_prolific_definition_is_reached() {
    let matrix = Matrix::open("moj-prolific", "2026-11-21".parse().unwrap()).unwrap();
    let analysis = matrix.analyse("2026-11-21".parse().unwrap());
    for part in analysis
        .parts()
        .iter()
        .filter(|part| matches!(part.kind, PartKind::Tier | PartKind::Status))
    {
        assert!(part.reached.shown().is_some(), "{part:?}");
    }
}

const DEAD: &str = "
inputs:
  a: { type: integer, range: [0, 3] }
  b: { type: integer, range: [0, 3], missing: absent }
  c: { type: boolean }
  age: { type: integer, range: [18, 99], protected: true }
checks:
  - { id: no-c-with-a, when: { c: true }, require: { a: 0 }, message: c goes with no a }
criteria:
  evens: { input: a, values: { 0: 0, 1: 4, 2: 4, 3: 8 } }
  again: { input: a, each: 1, points: 4 }
  idle: { input: b, each: 1, points: 0.25, cap: 0.5, absent: 0 }
dimensions:
  risk: { score: [evens, again, idle], levels: [ { level: top, from: 19 }, { level: middle, from: 17 }, { level: other, from: 4 }, { level: bottom } ] }
tiers: [high, medium, low]
statuses: [closed]
decision:
  rules:
    - { tier: high, when: { risk: top } }
    - { tier: high, when: { age: { below: 21 }, a: 2 } }
    - { tier: medium, when: { c: true, a: { from: 1 } } }
    - { tier: low }
overrides:
  - { id: first, when: { c: true }, tier: high, final: true, reason: first }
  - { id: shadowed, when: { c: true, age: { from: 30 } }, tier: low, reason: never applies }
  - { id: impossible, when: { c: true, a: 2 }, tier: low, reason: never holds }
  - { id: useless, when: { a: 1 }, at_most: high, reason: changes nothing }
flags:
  never: { when: { tier: medium } }
";

#[test]
fn what_is_dead_is_found() {
    let analysis = analysed(&format!("{HEADING}{DEAD}"));
    for (code, of) in [
        (FindingCode::NeverGiven, "medium"),
        (FindingCode::NeverGiven, "closed"),
        (FindingCode::LevelNeverGiven, "risk.middle"),
        (FindingCode::NeverReached, "decision.3"),
        (FindingCode::OverrideShadowed, "shadowed"),
        (FindingCode::OverrideNeverHolds, "impossible"),
        (FindingCode::OverrideShadowed, "useless"),
        (FindingCode::FlagNeverRaised, "never"),
        (FindingCode::NeverMatters, "idle"),
        (FindingCode::ProtectedMatters, "age"),
        (FindingCode::CountedTwice, "again"),
    ] {
        found(&analysis, code, of);
    }
    let scores: Vec<String> = analysis.scores()[0]
        .attainable
        .iter()
        .flatten()
        .map(|own| own.score.to_string())
        .collect();
    assert_eq!(
        scores,
        [
            "0", "0.25", "0.5", "8", "8.25", "8.5", "12", "12.25", "12.5", "20", "20.25", "20.5"
        ]
    );
    insta::assert_snapshot!(
        "findings",
        analysis.warnings("dead.yaml", &format!("{HEADING}{DEAD}"))
    );
}

#[test]
fn what_is_meant_so_is_accepted_with_its_reason() {
    let accepted = format!(
        "{HEADING}{DEAD}accept:\n  - {{ finding: never-given, of: closed, reason: kept for the old list }}\n  - {{ finding: wrong-way, of: b, reason: is not so }}\n"
    );
    let analysis = analysed(&accepted);
    assert_eq!(
        found(&analysis, FindingCode::NeverGiven, "closed")
            .accepted
            .as_deref(),
        Some("kept for the old list")
    );
    assert!(
        found(&analysis, FindingCode::NothingToAccept, "b")
            .message
            .contains("was not found")
    );
    assert!(
        !analysis
            .warnings("dead.yaml", &accepted)
            .contains("no profile comes to `closed`")
    );
}

/// All findings can be accepted but those that say that something is open, or accepted without need.
#[test]
fn each_finding_can_be_accepted() {
    for code in FindingCode::ALL {
        let text =
            format!("{HEADING}{DEAD}accept: [ {{ finding: {code}, of: a, reason: meant so }} ]\n");
        let is_taken = Matrix::from_yaml(&text).is_ok();
        assert_eq!(
            is_taken,
            !matches!(code, FindingCode::Open | FindingCode::NothingToAccept),
            "{code}"
        );
    }
}

#[test]
fn what_does_not_fit_the_budget_is_said_to_be_open() {
    let matrix = Matrix::from_yaml(&format!("{HEADING}{DEAD}")).unwrap();
    let analysis = matrix.analyse_within("2026-11-21".parse().unwrap(), 10);
    assert!(!analysis.is_complete());
    assert!(
        analysis
            .findings()
            .iter()
            .any(|finding| finding.code == FindingCode::Open)
    );
    assert!(
        analysis
            .findings()
            .iter()
            .all(|finding| finding.code != FindingCode::NeverGiven)
    );
    assert!(
        analysis.to_string().contains("open; between 0 and 20.5"),
        "{analysis}"
    );
}

/// The examples that an analysis writes are examples of its matrix: pasted into the file, they hold.
/// A number with a point for each unit, and tiers that tell few of its points apart.
fn one_point_each(input: &str, of: &str) -> Analysis {
    analysed(&format!(
        "{HEADING}inputs:
{input}criteria: {{ points: {{ input: {of}, each: 1, points: 1 }} }}
dimensions: {{ risk: {{ score: [points] }} }}
tiers: [high, low]
decision: {{ bands: {{ of: risk, tiers: [ {{ tier: high, from: 2 }}, {{ tier: low }} ] }} }}
"
    ))
}

#[test]
fn values_that_the_result_cannot_tell_apart_are_not_paired_with_each_other() {
    let analysis = one_point_each(
        "  offences: { type: integer, range: [0, 60000] }\n",
        "offences",
    );
    let influence = &analysis.influences()[0];
    let Proof::Shown(pair) = &influence.largest else {
        panic!("{influence:?}");
    };
    assert_eq!((pair.from.as_str(), pair.to.as_str()), ("low", "high"));
    let value = |profile: &Profile| serde_json::to_value(profile).unwrap()["offences"].clone();
    assert_eq!((value(&pair.less), value(&pair.more)), (1.into(), 2.into()));
}

#[test]
fn a_length_of_time_is_cut_within_its_range_alone() {
    let analysis = one_point_each(
        "  last: { type: date, missing: unknown }\nderived: { days: { days_between: [last, as_at], range: [0, 3] } }\n",
        "days",
    );
    let outcome = analysis
        .matrix()
        .score(&Profile::new(), analysis.as_at())
        .unwrap();
    assert!(outcome.is_exact());
    let risk = outcome.dimension("risk").unwrap();
    let (least, most) = risk.range();
    assert_eq!(
        (least.to_string(), most.to_string()),
        ("0".to_owned(), "3".to_owned())
    );
}

#[test]
fn the_examples_of_an_analysis_hold() {
    let text = format!("{HEADING}{DEAD}");
    let examples = analysed(&text).examples();
    let matrix =
        Matrix::from_yaml(&format!("{text}{examples}")).unwrap_or_else(|faults| panic!("{faults}"));
    let run = matrix.run_examples();
    assert!(run.len() >= 8, "{examples}");
    for example in run {
        assert!(
            example.differences.is_empty(),
            "{}: {:?}",
            example.title,
            example.differences
        );
    }
}

/// A matrix whose tiers are bands of its score, with bands of inputs.
const BANDS: &str = "format: 1\nid: bands\nversion: 1.0.0\ntitle: Bands\nstatus: local\ninputs:\n  arrests: { type: integer, range: [0, 60] }\n  \
    rsr: { type: decimal, places: 2, range: [0, 100], missing: absent }\ncriteria:\n  arrests: { input: arrests, bands: [ { from: 0, points: 0 }, { from: 3, \
    points: 2 }, { from: 9, points: 5 } ] }\n  rsr: { input: rsr, bands: [ { from: 0, points: 0 }, { from: 6.9, points: 3.5 } ], absent: 0 }\ndimensions:\n  \
    frequency: { score: [arrests, rsr] }\ntiers: [high, medium, low]\ndecision:\n  bands: { of: total, tiers: [ { tier: high, from: 6 }, { tier: medium, \
    from: 3 }, { tier: low } ] }\n";

#[test]
fn examples_stand_on_both_sides_of_the_cut_offs_of_inputs_and_decisions() {
    let analysis = analysed(BANDS);
    let examples = analysis.examples();
    let pasted = Matrix::from_yaml(&format!("{BANDS}{examples}"))
        .unwrap_or_else(|faults| panic!("{faults}"));
    assert!(
        pasted
            .run_examples()
            .iter()
            .all(|example| example.differences.is_empty())
    );
    insta::assert_snapshot!("examples", analysis.examples_as_json_lines());
    let data = serde_json::to_value(&analysis).unwrap();
    assert_eq!(
        (
            &data["matrix"]["id"],
            &data["complete"],
            &data["scores"][0]["bounds"]
        ),
        (&"bands".into(), &true.into(), &serde_json::json!([0, 8.5]))
    );
    assert_eq!(
        data["parts"][1],
        serde_json::to_value(&analysis.parts()[1]).unwrap()
    );
    assert_eq!(
        (&data["parts"][1]["kind"], &data["parts"][1]["reached"]),
        (
            &"band".into(),
            &serde_json::json!({ "shown": { "arrests": 3 } })
        )
    );
}

/// Each shipped matrix is analysed whole, every witness scored; a result that nobody can have, or a rule that nothing reaches, is none of theirs.
#[test]
fn the_shipped_matrices_are_analysed_whole() {
    let as_at = "2028-03-01".parse().unwrap();
    let mut told = String::new();
    for matrix in Library::embedded().iter() {
        let analysis = matrix.analyse(as_at);
        told.push_str(&format!(
            "{} {}: {}\n",
            matrix.id(),
            matrix.version(),
            if analysis.is_complete() {
                "complete"
            } else {
                "not complete"
            }
        ));
        for finding in analysis.findings() {
            told.push_str(&format!("    {}: {}\n", finding.code, finding.message));
        }
    }
    insta::assert_snapshot!("shipped", told);
}
