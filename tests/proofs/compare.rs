//! What a revision changes, against trying everybody; and the shipped revisions, word for word.
//!
//! `PROPTEST_CASES=2000 cargo test --release --test proofs compare::` is the long run; the default is a quick one.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;
use test_kit::cells;
use test_kit::library::date;
use test_kit::oracle::{self, Verdict};
use test_kit::spec::{Action, Body, Form, Missing, Spec};
use test_kit::strategy::{self, Setting};
use test_kit::value::{Profile as Given, Value};
use threshold_matrix::analysis::Proof;
use threshold_matrix::compare::{
    Acting, CameOut, Cause, Comparison, Edit, RuleChange, Shift, StepKind,
};
use threshold_matrix::{Date, Matrix, Profile};

/// A change of one rule, of a kind that revisions make; nothing where the matrix has no such rule.
fn revised(spec: &Spec, kind: u8, chosen: usize) -> Option<Spec> {
    let mut spec = spec.clone();
    let at = |count: usize| (count > 0).then(|| chosen % count.max(1));
    match kind {
        // Points of a criterion.
        0 => {
            let at = at(spec.criteria.len())?;
            match &mut spec.criteria[at].body {
                Body::Bands { bands, .. } => bands.last_mut()?.points += Decimal::TWO,
                Body::Values { values, .. } => values.last_mut()?.1 += Decimal::TWO,
                Body::Each { points, .. }
                | Body::EachMember { points, .. }
                | Body::When { points, .. } => *points += Decimal::ONE,
                Body::Choose(_) | Body::Fixed(_) => return None,
            }
        }
        // A cut-off of a band.
        1 => {
            let bands = spec.criteria.iter_mut().filter_map(|criterion| {
                if let Body::Bands { bands, .. } = &mut criterion.body {
                    Some(bands)
                } else {
                    None
                }
            });
            let mut bands: Vec<_> = bands
                .filter(|bands| bands.len() > 1 && bands.iter().all(|band| !band.ends))
                .collect();
            let at = at(bands.len())?;
            bands[at].last_mut()?.from += Decimal::ONE;
        }
        // A cut-off of a level.
        2 => {
            let cases = spec
                .dimensions
                .iter_mut()
                .filter_map(|dimension| dimension.levels.as_mut())
                .flat_map(|levels| &mut levels.cases);
            let mut cases: Vec<_> = cases.filter(|case| !case.cuts.is_empty()).collect();
            let at = at(cases.len())?;
            cases[at].cuts[0] += Decimal::ONE;
        }
        // An override less.
        3 => {
            let at = at(spec.overrides.len())?;
            spec.overrides.remove(at);
        }
        // Two rules in the other order.
        4 => {
            let Some(Form::Rules(rules)) = &mut spec.decision else {
                return None;
            };
            let last = rules.len().checked_sub(2).filter(|last| *last > 0)?;
            rules.swap(chosen % last, chosen % last + 1);
        }
        // Two overrides in the other order.
        5 => {
            let last = spec
                .overrides
                .len()
                .checked_sub(1)
                .filter(|last| *last > 0)?;
            spec.overrides.swap(chosen % last, chosen % last + 1);
        }
        // An override that goes further.
        6 => {
            let at = at(spec.overrides.len())?;
            let (top, of_tier) = (
                spec.tiers[0].clone(),
                spec.overrides[at].dimension.is_none(),
            );
            match &mut spec.overrides[at].action {
                Action::Up(steps) | Action::Down(steps) => *steps += 1,
                Action::AtLeast(to) | Action::AtMost(to) if of_tier => *to = top,
                _ => return None,
            }
        }
        // What a missing value means.
        7 => {
            let inputs: Vec<usize> = (0..spec.inputs.len())
                .filter(|at| {
                    matches!(
                        spec.inputs[*at].missing,
                        Missing::Error | Missing::Assume(_)
                    )
                })
                .collect();
            let at = inputs[at(inputs.len())?];
            let value = cells::representatives(&spec, &spec.inputs[at])
                .last()?
                .clone();
            spec.inputs[at].missing = Missing::Assume(value);
        }
        // No such change.
        _ => {}
    }
    Some(spec)
}

/// Every profile by one value for each cell of either matrix, missing values among them; nothing where there are too many.
fn everybody(old: &Spec, new: &Spec, most: usize) -> Option<Vec<Given>> {
    let mut profiles: Vec<Given> = vec![Vec::new()];
    for (one, other) in old.inputs.iter().zip(&new.inputs) {
        let values: BTreeSet<Value> = cells::representatives(old, one)
            .into_iter()
            .chain(cells::representatives(new, other))
            .collect();
        if profiles.len() * (values.len() + 1) > most {
            return None;
        }
        let may_miss = [one, other]
            .iter()
            .all(|input| matches!(input.missing, Missing::Absent | Missing::Assume(_)));
        let mut grown = Vec::new();
        for profile in &profiles {
            if may_miss {
                grown.push(profile.clone());
            }
            for value in &values {
                grown.push(
                    profile
                        .iter()
                        .cloned()
                        .chain([(one.name.clone(), value.clone())])
                        .collect(),
                );
            }
        }
        profiles = grown;
    }
    Some(profiles)
}

/// The results of a profile by name; nothing where it is refused.
fn results(spec: &Spec, given: &Given) -> Option<Vec<(Option<String>, String)>> {
    let Verdict::Scored(outcome) = oracle::score(spec, given, spec.as_at) else {
        return None;
    };
    if spec.decision.is_some() {
        return Some(
            outcome
                .tier
                .or(outcome.status)
                .into_iter()
                .map(|result| (None, result))
                .collect(),
        );
    }
    Some(
        outcome
            .dimensions
            .into_iter()
            .filter_map(|(name, result)| Some((Some(name), result.level?)))
            .collect(),
    )
}

type Change = (Option<String>, String, String);

fn by_brute_force(old: &Spec, new: &Spec, everybody: &[Given]) -> BTreeSet<Change> {
    let mut changes = BTreeSet::new();
    for given in everybody {
        if let (Some(one), Some(other)) = (results(old, given), results(new, given)) {
            for ((name, from), (_, to)) in one
                .into_iter()
                .zip(other)
                .filter(|((_, from), (_, to))| from != to)
            {
                changes.insert((name, from, to));
            }
        }
    }
    changes
}

/// What was proved, after each witness was scored by both.
fn proved(comparison: &Comparison, as_at: Date) -> BTreeSet<Change> {
    let stands = |matrix: &Matrix, profile: &Profile, dimension: Option<&str>| {
        let own: BTreeSet<&str> = matrix.inputs().collect();
        let narrowed: Profile = profile
            .iter()
            .filter(|(name, _)| own.contains(name))
            .map(|(name, value)| (name, value.clone()))
            .collect();
        let outcome = matrix
            .score(&narrowed, as_at)
            .expect("both accept a witness");
        match dimension {
            None => outcome
                .tier()
                .or_else(|| outcome.status())
                .map(str::to_owned),
            Some(dimension) => outcome
                .dimension(dimension)
                .and_then(|result| result.level().map(str::to_owned)),
        }
    };
    let shift = |shift: &threshold_matrix::compare::Shift| {
        let dimension = shift.dimension.as_deref();
        assert_eq!(
            stands(comparison.old(), &shift.witness, dimension).as_ref(),
            Some(&shift.from),
            "{shift}"
        );
        assert_eq!(
            stands(comparison.new_matrix(), &shift.witness, dimension).as_ref(),
            Some(&shift.to),
            "{shift}"
        );
        assert!(shift.cells > 0, "{shift}");
        assert_causes_are_of_the_traces(comparison, as_at, shift);
        assert_what_acts_moves(comparison, as_at, shift);
        (
            shift.dimension.clone(),
            shift.from.clone(),
            shift.to.clone(),
        )
    };
    comparison.shifts().iter().map(shift).collect()
}

/// Each cause is a step that the traces of the witness show otherwise, in data and not in words; and there is one.
#[track_caller]
fn assert_causes_are_of_the_traces(comparison: &Comparison, as_at: Date, shift: &Shift) {
    let traced = |matrix: &Matrix| {
        let own: BTreeSet<&str> = matrix.inputs().collect();
        let given = shift.witness.iter().filter(|(name, _)| own.contains(name));
        let profile: Profile = given.map(|(name, value)| (name, value.clone())).collect();
        let trace = matrix.explain(&profile, as_at).unwrap();
        serde_json::to_value(trace).unwrap()
    };
    let (old, new) = (traced(comparison.old()), traced(comparison.new_matrix()));
    assert!(!shift.because.is_empty(), "{shift}");
    for cause in &shift.because {
        let (before, after) = (shown(&old, cause), shown(&new, cause));
        assert_ne!(before, after, "{cause}");
        for (came, shown) in [(&cause.from, before), (&cause.to, after)] {
            let is_shown = match came {
                None => shown.is_null(),
                Some(CameOut::Points(points)) => shown[0] == json!(points),
                Some(CameOut::Named(name)) => shown == json!([name]),
                Some(CameOut::Nothing) => shown == json!([null]),
                Some(CameOut::DoesNotApply) => shown[0] == false,
                Some(CameOut::ChangesNothing) => shown[0] == true && shown[1] == shown[2],
                Some(CameOut::Makes { of, to }) => shown == json!([true, [of], [to]]),
                Some(_) => false,
            };
            assert!(is_shown, "{cause}: {shown}");
        }
    }
}

/// What is said to act moves the witness: each change alone, or several together of which none can be left out.
#[track_caller]
fn assert_what_acts_moves(comparison: &Comparison, as_at: Date, shift: &Shift) {
    let result = |matrix: &Matrix| {
        let own: BTreeSet<&str> = matrix.inputs().collect();
        let given = shift.witness.iter().filter(|(name, _)| own.contains(name));
        let profile: Profile = given.map(|(name, value)| (name, value.clone())).collect();
        let outcome = matrix.score(&profile, as_at).ok()?;
        let name = match &shift.dimension {
            Some(dimension) => outcome.dimension(dimension)?.level(),
            None => outcome.tier().or(outcome.status()),
        };
        name.map(str::to_owned)
    };
    let changes = comparison.rule_changes();
    let moves = |change: &RuleChange| result(change.alone()).is_some_and(|own| own != shift.from);
    let alone: Vec<usize> = (0..changes.len())
        .filter(|at| moves(&changes[*at]))
        .collect();
    match &shift.acting {
        Acting::Alone(acting) => {
            assert!(!acting.is_empty(), "{shift}");
            assert_eq!(acting, &alone, "{shift}");
        }
        Acting::Together(acting) => {
            assert!(alone.is_empty() && acting.len() > 1, "{shift}");
            assert!(acting.iter().all(|at| *at < changes.len()), "{shift}");
        }
        _ => panic!("{shift}"),
    }
}

/// What a trace shows of a step, or null where it does not have the step.
fn shown(trace: &serde_json::Value, cause: &Cause) -> serde_json::Value {
    let of = |list: &serde_json::Value, key: &str| -> serde_json::Value {
        let mut steps = list.as_array().into_iter().flatten();
        let step = steps.find(|step| step[key] == cause.name.as_str());
        step.cloned().unwrap_or_default()
    };
    match cause.step {
        StepKind::Points => of(&trace["criteria"], "name")["range"].clone(),
        StepKind::Score => {
            let step = of(&trace["dimensions"], "name");
            let score = step["score"]
                .as_object()
                .and_then(|score| score.values().next());
            score.map_or(serde_json::Value::Null, |score| score["range"].clone())
        }
        StepKind::Level => of(&trace["dimensions"], "name")["scored_levels"].clone(),
        StepKind::Decision => of(&trace["decisions"], "name")["gives"].clone(),
        StepKind::Tier => trace["decision"]["gives"].clone(),
        _ => {
            let dimensions = trace["dimensions"].as_array().into_iter().flatten();
            let lists = dimensions.map(|step| &step["overrides"]);
            let steps = lists
                .chain([&trace["overrides"]])
                .map(|list| of(list, "id"));
            let step = steps.into_iter().find(|step| !step.is_null());
            step.map_or(serde_json::Value::Null, |step| {
                json!([step["applies"], step["before"], step["after"]])
            })
        }
    }
}

/// A level called `0` is a level, and not points that nobody has: that it is gone, or new, is a cause.
#[test]
fn levels_of_any_name_are_causes() {
    let text = |name: &str, second: &str| {
        format!(
            "format: 1\nid: x\nversion: 1.0.0\ntitle: X\nstatus: illustrative\ntiers: [up, down]\n\
            inputs: {{ n: {{ type: integer, range: [0, 9] }} }}\n\
            criteria: {{ c: {{ input: n, each: 1, points: 1 }} }}\n\
            dimensions:\n  d: {{ score: [c], levels: [{{ level: {name}, from: 5 }}, {{ level: rest }}] }}\n{second}\
            decision: {{ rules: [{{ tier: up, when: {{ {} }} }}, {{ tier: down }}] }}\n",
            if second.is_empty() {
                format!("d.level: {name}")
            } else {
                "e.level: '0'".to_owned()
            }
        )
    };
    for name in ["'0'", "does not apply", "in every other case"] {
        let second = "  e: { score: [c], levels: [{ level: '0', from: 3 }, { level: rest }] }\n";
        let matrix =
            |text: &str| Matrix::from_yaml(text).unwrap_or_else(|faults| panic!("{faults}"));
        let (old, new) = (matrix(&text(name, "")), matrix(&text(name, second)));
        let as_at = "2026-11-21".parse().unwrap();
        let comparison = old.compare(&new, as_at);
        let [shift] = comparison.shifts() else {
            panic!("{comparison}")
        };
        assert_causes_are_of_the_traces(&comparison, as_at, shift);
        let lines: Vec<String> = shift.because.iter().map(ToString::to_string).collect();
        assert!(
            lines.contains(&"level of `e` by its score: not there -> 0".to_owned()),
            "{shift}"
        );
        assert_eq!(lines.last().unwrap(), "the decision: down -> up");
    }
}

proptest! {
    #![proptest_config(test_kit::quick())]

    /// Every change that a revision makes is proved, and no other: as brute force has it.
    #[test]
    fn proved_changes_are_those_of_brute_force(old in strategy::specs(Setting::Small), kind in 0_u8..9, chosen in any::<usize>()) {
        let Some(new) = revised(&old, kind, chosen) else { return Ok(()) };
        let Some(everybody) = everybody(&old, &new, 3_000) else { return Ok(()) };
        let one = Matrix::from_yaml(&old.to_yaml()).expect("a generated matrix");
        // A revision may leave something that nothing reaches, and is then refused.
        let Ok(other) = Matrix::from_yaml(&new.to_yaml()) else { return Ok(()) };
        let as_at = date(&old);
        let comparison = one.compare(&other, as_at);
        let text = || format!("{comparison}\n{}\n{}", old.to_yaml(), new.to_yaml());
        prop_assert!(comparison.is_complete(), "{}", text());
        let (proved, changes) = (proved(&comparison, as_at), by_brute_force(&old, &new, &everybody));
        if !comparison.left_out().is_empty() {
            // It says that it does not speak of some profiles without a value: of all others it must.
            let whole: Vec<Given> = everybody.into_iter().filter(|given| given.len() == old.inputs.len()).collect();
            prop_assert!(proved.is_subset(&changes) && by_brute_force(&old, &new, &whole).is_subset(&proved), "{}", text());
            return Ok(());
        }
        prop_assert_eq!(proved, changes, "{}", text());
        let only = |one: &Spec, other: &Spec| everybody.iter().any(|given| accepted(one, given) && !accepted(other, given));
        let is_shown = |proof: &Proof<Profile>| proof.shown().is_some();
        prop_assert_eq!((is_shown(comparison.only_old()), is_shown(comparison.only_new())), (only(&old, &new), only(&new, &old)), "{}", text());
    }

    /// Of several changes of the rules, those that are said to act do.
    #[test]
    fn what_is_said_to_act_acts(old in strategy::specs(Setting::Small), kinds in proptest::collection::vec((0_u8..8, any::<usize>()), 2..5)) {
        let new = kinds.iter().fold(old.clone(), |spec, (kind, chosen)| revised(&spec, *kind, *chosen).unwrap_or(spec));
        let one = Matrix::from_yaml(&old.to_yaml()).expect("a generated matrix");
        let Ok(other) = Matrix::from_yaml(&new.to_yaml()) else { return Ok(()) };
        let comparison = one.compare(&other, date(&old));
        for shift in comparison.shifts() {
            assert_causes_are_of_the_traces(&comparison, date(&old), shift);
            assert_what_acts_moves(&comparison, date(&old), shift);
        }
        // Nothing is lost, and nothing is in two changes.
        if !comparison.shifts().is_empty() {
            let amendments = comparison.rule_changes().iter().flat_map(RuleChange::amendments);
            let mut amendments: Vec<&str> = amendments.map(|own| own.of.as_str()).collect();
            amendments.sort_unstable();
            let all = comparison.differences().iter().filter(|own| !own.is_wording);
            let mut all: Vec<&str> = all.map(|own| own.of.as_str()).collect();
            all.sort_unstable();
            prop_assert_eq!(amendments, all);
        }
    }

    /// A matrix and itself written in another order differ in nothing; a matrix of which one rule differs does not go unnoticed.
    #[test]
    fn only_meaning_is_compared(old in strategy::specs(Setting::Large), kind in 0_u8..8, chosen in any::<usize>()) {
        let one = Matrix::from_yaml(&old.to_yaml()).expect("a generated matrix");
        let same = Matrix::from_yaml(&old.to_yaml_rearranged()).expect("a generated matrix");
        // A proof is not asked for.
        let comparison = one.compare_within(&same, date(&old), 0);
        prop_assert_eq!(comparison.differences(), &[]);
        let Some(new) = revised(&old, kind, chosen) else { return Ok(()) };
        let Ok(other) = Matrix::from_yaml(&new.to_yaml()) else { return Ok(()) };
        let comparison = one.compare_within(&other, date(&old), 0);
        prop_assert_eq!(comparison.differences().is_empty(), one == other, "{}", comparison);
    }
}

fn accepted(spec: &Spec, given: &Given) -> bool {
    matches!(oracle::score(spec, given, spec.as_at), Verdict::Scored(_))
}

fn compared(old: &str, new: &str) -> Comparison {
    let as_at = "2028-03-01".parse().unwrap();
    let open = |name| Matrix::open(name, as_at).unwrap();
    let comparison = open(old).compare(&open(new), as_at);
    assert!(comparison.is_complete());
    proved(&comparison, as_at);
    comparison
}

#[test]
fn the_shipped_revisions_are_compared_word_for_word() {
    for (old, new) in [
        ("hmpps-utm@1.0.0", "hmpps-utm@2.0.0"),
        ("hmpps-tier@3.5.0", "hmpps-tier@3.6.0"),
        ("iom-threshold@1.0.0", "iom-threshold@1.1.0"),
        ("lsir-idaho@1.0.0", "lsir-idaho@2.0.0"),
    ] {
        insta::assert_snapshot!(
            format!("{}-to-{}", old.replace('@', "-"), new.replace('@', "-")),
            compared(old, new)
        );
    }
}

/// The published history says of 3.6 that MAPPA without a RoSH level became E, where it gave nothing; and of the tier nothing else.
#[test]
fn the_published_history_of_the_tier_rules_is_what_is_proved() {
    let comparison = compared("hmpps-tier@3.5.0", "hmpps-tier@3.6.0");
    let shifts: Vec<(&str, &str)> = comparison
        .shifts()
        .iter()
        .map(|shift| (shift.from.as_str(), shift.to.as_str()))
        .collect();
    assert_eq!(shifts, [("F", "E"), ("G", "E")]);
    for shift in comparison.shifts() {
        assert!(
            shift.witness.get("mappa_category").is_some() && shift.witness.get("rosh").is_none(),
            "{shift}"
        );
        let lines: Vec<String> = shift.because.iter().map(ToString::to_string).collect();
        assert!(
            lines.contains(&"`by_mappa_and_rosh`: nothing -> E".to_owned()),
            "{shift}"
        );
    }
    let rules = comparison
        .differences()
        .iter()
        .filter(|difference| !difference.is_wording);
    assert!(rules.into_iter().any(|difference| {
        difference.of.starts_with("decisions.by_mappa_and_rosh")
            && matches!(difference.edit, Edit::Removed(_))
    }));
}

/// Version 2 of the unified model moved level A from 30 to 150 points, and with it what leads there.
#[test]
fn level_a_can_only_be_lost_by_version_2() {
    let comparison = compared("hmpps-utm@1.0.0", "hmpps-utm@2.0.0");
    let protect: Vec<_> = comparison
        .shifts()
        .iter()
        .filter(|shift| shift.dimension.as_deref() == Some("protect"))
        .collect();
    let shifts: Vec<(&str, &str)> = protect
        .iter()
        .map(|shift| (shift.from.as_str(), shift.to.as_str()))
        .collect();
    assert_eq!(shifts, [("A", "B")]);
    // The cut-offs for a Strengths and Needs assessment need such an assessment.
    for shift in comparison
        .shifts()
        .iter()
        .filter(|shift| shift.dimension.as_deref() == Some("change"))
    {
        assert_eq!(
            shift.witness.get("strengths_and_needs"),
            Some(&threshold_matrix::Value::Boolean(true)),
            "{shift}"
        );
    }
}

/// Decimals of other places, ranges, and values that one of the two does not have: only what both accept is compared.
#[test]
fn inputs_that_differ_are_compared_where_they_meet() {
    let text = |inputs: &str, cut: &str, rosh: &str| {
        format!(
            "format: 1\nid: m\nversion: 1.0.0\ntitle: M\nstatus: local\ninputs:\n{inputs}criteria:\n  rsr: {{ input: rsr, bands: [{{ from: 0, points: 0 }}, {{ from: {cut}, points: 10 }}] }}\n  rosh: {{ input: rosh, values: {rosh} }}\ndimensions:\n  harm: {{ score: [rsr, rosh] }}\ntiers: [high, low]\ndecision: {{ bands: {{ of: harm, tiers: [{{ tier: high, from: 10 }}, {{ tier: low }}] }} }}\n"
        )
    };
    let old = "  rsr: { type: decimal, places: 2, range: [0, 100] }\n  rosh: { type: level, values: [low, high] }\n";
    let new = "  rsr: { type: decimal, places: 3, range: [0, 50] }\n  rosh: { type: level, values: [lowest, low, high, highest], missing: unknown }\n";
    let old = Matrix::from_yaml(&text(old, "6.99", "{ low: 0, high: 10 }")).unwrap();
    let open = |cut: &str| {
        Matrix::from_yaml(&text(
            new,
            cut,
            "{ lowest: 0, low: 0, high: 10, highest: 10 }",
        ))
        .unwrap()
    };
    let as_at = "2026-11-21".parse().unwrap();
    // 6.981 and 6.99 part nobody whose score has two places; 6.991 and 6.99 part those at 6.99.
    let same = old.compare(&open("6.981"), as_at);
    assert!(same.is_complete() && same.shifts().is_empty(), "{same}");
    let comparison = old.compare(&open("6.991"), as_at);
    let shifts: Vec<String> = comparison
        .shifts()
        .iter()
        .map(|shift| shift.to_string())
        .collect();
    assert_eq!(
        shifts,
        [
            "high -> low (down), for example {\"rosh\":\"low\",\"rsr\":\"6.99\"}\n    points of `rsr`: 10 -> 0\n    score of `harm`: 10 -> 0\n    the decision: high -> low"
        ]
    );
    assert_eq!(
        comparison.left_out(),
        ["profiles without `rosh`: it is `missing: error` in one, `missing: unknown` in the other"]
    );
}

#[test]
fn a_change_of_many_parts_names_a_few_of_them_and_counts_the_others() {
    let library = threshold_matrix::Library::embedded();
    let version = |text: &str| {
        let version = text.parse().unwrap();
        library.get("iom-threshold", &version).unwrap().clone()
    };
    let changes = version("1.1.0").rule_changes(&version("2.0.0")).unwrap();
    let words: Vec<String> = (changes.iter()).map(ToString::to_string).collect();
    let many: Vec<&String> = (words.iter())
        .filter(|words| words.contains("that only make a valid matrix together"))
        .collect();
    let [many] = many.as_slice() else {
        panic!("{words:?}");
    };
    assert!(
        many.starts_with(
            "34 changes that only make a valid matrix together: the criterion “Arrests"
        ),
        "{many}"
    );
    assert!(many.ends_with("(new) and 30 others"), "{many}");
}
