//! The generator of matrices and the independent scorer: nothing is left out, nothing is lopsided, nothing panics.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use test_kit::oracle::{self, Outcome, Verdict};
use test_kit::spec::{Action, Condition, Override, Spec, Unit};
use test_kit::strategy::{self, Case, Holding, Setting};
use test_kit::{calendar, cells, census};

const CASES: usize = 1_000;

/// Always the same cases.
fn cases(setting: Setting, holding: Holding) -> impl Iterator<Item = Case> {
    let mut runner = TestRunner::deterministic();
    let strategy = strategy::cases(setting, holding);
    (0..CASES).map(move |_| {
        strategy
            .new_tree(&mut runner)
            .expect("nothing is rejected")
            .current()
    })
}

fn count<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    items.fold(BTreeMap::new(), |mut counts, item| {
        *counts.entry(item).or_default() += 1;
        counts
    })
}

fn result_of(case: &Case) -> String {
    match oracle::score(&case.spec, &case.profile, case.spec.as_at) {
        Verdict::Refused(_) => "refused".to_owned(),
        Verdict::Scored(Outcome {
            tier: Some(tier), ..
        }) => {
            format!(
                "tier {:?}",
                case.spec
                    .tiers
                    .iter()
                    .position(|other| *other == tier)
                    .expect("a tier of the matrix")
            )
        }
        Verdict::Scored(Outcome {
            status: Some(_), ..
        }) => "status".to_owned(),
        Verdict::Scored(_) => "no tier".to_owned(),
    }
}

#[test]
fn every_construct_is_generated() {
    let expected = [
        (
            "inputs",
            "type range places values unit label missing assume protected changeable more_is =absent =unknown",
        ),
        (
            "derived",
            "years_between months_between days_between sum protected",
        ),
        (
            "checks",
            "id when require message all any not has has_any has_all count years_ago missing known",
        ),
        (
            "criteria",
            "input bands values each each_member when choose points otherwise beyond cap members absent below",
        ),
        (
            "criteria",
            "all any not at_least at_most has has_any has_all count years_ago months_ago days_ago missing known",
        ),
        ("groups", "score highest lowest capped at"),
        (
            "dimensions",
            "score highest lowest capped at scale gives first levels level from choose only_by_override when",
        ),
        (
            "decision",
            "rules table highest bands default rows columns cells of tier status total =impossible",
        ),
        (
            "decisions",
            "rules table highest bands default values value tier status =nothing =impossible above below",
        ),
        (
            "overrides",
            "dimension level points tier status at_least at_most up down final reason total above below",
        ),
        (
            "flags",
            "when tier status at_least at_most above below total =nothing",
        ),
        (
            "reads",
            "input points score scaled level total tier status decision",
        ),
        ("several", "input level tier decision"),
        ("decision", "at_least at_most"),
        ("axis", "input points score scaled level total decision"),
    ];
    for setting in [Setting::Small, Setting::Large] {
        let found = count(
            cases(setting, Holding::Everything).flat_map(|case| census::constructs(&case.spec)),
        );
        for (section, keys) in expected {
            for key in keys.split(' ') {
                let seen = found.get(&format!("{section} {key}")).copied().unwrap_or(0);
                assert!(
                    seen >= 3,
                    "`{key}` in `{section}`: {seen} of {CASES} {setting:?} matrices"
                );
            }
        }
    }
}

#[test]
fn outcomes_are_spread() {
    for setting in [Setting::Small, Setting::Large] {
        let results = count(cases(setting, Holding::AbsentAndAssumed).map(|case| result_of(&case)));
        for result in [
            "refused", "status", "no tier", "tier 0", "tier 1", "tier 2", "tier 3",
        ] {
            let share = results.get(result).copied().unwrap_or(0);
            assert!(
                (CASES / 100..CASES * 6 / 10).contains(&share),
                "{setting:?}: {results:?}"
            );
        }
    }
}

#[test]
fn a_faulty_profile_is_refused() {
    assert!(cases(Setting::Large, Holding::Faulty).all(|case| result_of(&case) == "refused"));
}

#[test]
fn unknown_inputs_leave_few_completions_and_some_matter() {
    let holding = Holding::Unknown { completions: 2_000 };
    let open = cases(Setting::Small, holding).filter(|case| {
        let completions = cells::completions(&case.spec, &case.profile);
        let spec = case.spec.clone();
        let results = count(completions.map(|profile| {
            result_of(&Case {
                spec: spec.clone(),
                profile,
            })
        }));
        assert!(results.values().sum::<usize>() <= 2_000);
        results.len() > 1
    });
    assert!(open.count() > CASES / 10);
}

#[test]
fn printing_is_deterministic_and_rearranging_changes_the_text() {
    for case in cases(Setting::Large, Holding::Everything).take(100) {
        assert_eq!(case.spec.to_yaml(), case.spec.to_yaml());
        assert_ne!(case.spec.to_yaml(), case.spec.to_yaml_rearranged());
    }
}

#[test]
fn completed_units_are_counted_by_the_calendar() {
    let cases: [(Unit, Date, Date, i64); 10] = [
        (Unit::Years, date(2000, 2, 29), date(2001, 2, 28), 0),
        (Unit::Years, date(2000, 2, 29), date(2001, 3, 1), 1),
        (Unit::Months, date(2025, 1, 31), date(2025, 3, 1), 1),
        (Unit::Years, date(2001, 3, 1), date(2001, 2, 28), -1),
        (Unit::Years, date(2001, 3, 1), date(2000, 3, 1), -1),
        (Unit::Years, date(2001, 3, 1), date(2000, 2, 29), -2),
        (Unit::Months, date(2025, 1, 31), date(2025, 2, 28), 0),
        (Unit::Months, date(2025, 1, 31), date(2025, 3, 30), 1),
        (Unit::Months, date(2025, 1, 31), date(2025, 1, 30), -1),
        (Unit::Days, date(2024, 3, 1), date(2024, 2, 28), -2),
    ];
    for (unit, first, second, expected) in cases {
        assert_eq!(
            calendar::completed(unit, first, second),
            expected,
            "{unit:?} from {first} to {second}"
        );
    }
}

/// A matrix whose last rules always apply, so that what they do can be seen.
fn with_overrides(spec: &Spec, actions: &[(Action, bool)]) -> Spec {
    let overrides = actions.iter().map(|(action, is_final)| Override {
        id: "override".to_owned(),
        dimension: None,
        when: Condition::All(Vec::new()),
        action: action.clone(),
        is_final: *is_final,
    });
    Spec {
        overrides: overrides.collect(),
        ..spec.clone()
    }
}

#[test]
fn overrides_of_the_tier_apply_in_order() {
    let plain = strategy::spec(Setting::Small, Vec::new());
    let tiers = ["high", "medium", "low"].map(str::to_owned);
    let [high, medium, low] = tiers.clone();
    let spec = Spec {
        tiers: tiers.into(),
        statuses: vec!["closed".to_owned()],
        ..plain
    };
    let fix = |result: &str| Action::Fix {
        result: result.to_owned(),
        points: None,
    };
    let closed = || Action::Status("closed".to_owned());
    let cases = [
        (
            vec![(fix(&low), false), (Action::AtLeast(medium.clone()), false)],
            "tier 1",
        ),
        (
            vec![(fix(&high), false), (Action::AtMost(medium.clone()), false)],
            "tier 1",
        ),
        (vec![(fix(&high), false), (Action::Up(1), false)], "tier 0"),
        (
            vec![(fix(&high), false), (Action::Down(5), false)],
            "tier 2",
        ),
        (vec![(fix(&low), true), (fix(&high), false)], "tier 2"),
        (
            vec![(closed(), false), (Action::AtLeast(high.clone()), false)],
            "status",
        ),
        (vec![(closed(), false), (fix(&high), false)], "tier 0"),
    ];
    for (actions, expected) in cases {
        let spec = with_overrides(&spec, &actions);
        let profile = vec![(
            spec.inputs[0].name.clone(),
            test_kit::value::Value::Integer(0),
        )];
        assert_eq!(result_of(&Case { spec, profile }), expected, "{actions:?}");
    }
}

#[test]
fn replaced_points_are_left_out_unless_another_score_keeps_them() {
    let mut replaced = 0;
    for case in cases(Setting::Large, Holding::Everything) {
        let Verdict::Scored(outcome) = oracle::score(&case.spec, &case.profile, case.spec.as_at)
        else {
            continue;
        };
        let all = case.spec.criteria.len() + case.spec.groups.len();
        replaced += usize::from(outcome.points.len() < all);
        for dimension in &case.spec.dimensions {
            let given = &outcome.dimensions[&dimension.name];
            let bounds = test_kit::bounds::score(&case.spec, &dimension.name);
            assert!((bounds.low..=bounds.high).contains(&given.score));
            assert!(
                given.scaled.is_none_or(
                    |scaled: Decimal| dimension.scale.is_some() && scaled >= Decimal::ZERO
                )
            );
        }
    }
    assert!(replaced > CASES / 50, "{replaced}");
}

#[test]
fn nothing_in_the_kit_but_its_library_module_uses_the_library() {
    fn names_the_library(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                names_the_library(&path, found);
            } else {
                let text = std::fs::read_to_string(&path).expect("a text");
                if text.contains("threshold_matrix") || text.contains("library::") {
                    found.push(path);
                }
            }
        }
    }
    let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/test-kit/src");
    let mut found = Vec::new();
    names_the_library(&kit, &mut found);
    assert!(!found.is_empty(), "the search finds nothing");
    found.retain(|path| !path.starts_with(kit.join("library")));
    assert!(found.is_empty(), "{found:?}");
}
