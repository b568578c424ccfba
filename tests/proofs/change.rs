//! What would change an outcome, against trying everything.
//!
//! `PROPTEST_CASES=10000 cargo test --release --test proofs change::` is the long run; the default is a quick one.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rust_decimal::Decimal;
use test_kit::cells;
use test_kit::library::{date, load, read};
use test_kit::oracle::{self, Verdict};
use test_kit::spec::{Input, Kind, Missing, Spec};
use test_kit::strategy::{self, Case, Holding, Setting};
use test_kit::value::{Profile as Given, Value, to_json};
use threshold_matrix::change::{Change, ChangeSet, Changes, Direction, Distance};
use threshold_matrix::{Date, Library, Matrix, Outcome, Profile, Refusal, sample};

/// The case with every input changeable.
fn all_changeable(mut case: Case) -> Case {
    case.spec
        .inputs
        .iter_mut()
        .for_each(|input| input.changeable = true);
    case
}

/// What can move, by the dimension's name or none for the result, and where it stands; nothing where it is open.
type Standing = BTreeMap<Option<String>, Option<String>>;

fn standing(outcome: &Outcome) -> Standing {
    let only = |possible: Vec<&str>| {
        if let [only] = possible.as_slice() {
            Some((*only).to_owned())
        } else {
            None
        }
    };
    if !outcome.matrix().tiers().is_empty() && !outcome.possible().is_empty() {
        return BTreeMap::from([(None, only(outcome.possible()))]);
    }
    let levels = outcome
        .dimensions()
        .filter(|dimension| !dimension.possible_levels().is_empty());
    levels
        .map(|dimension| {
            (
                Some(dimension.name().to_owned()),
                only(dimension.possible_levels()),
            )
        })
        .collect()
}

/// The same by the independent scorer; nothing where the profile is refused.
fn by_oracle(spec: &Spec, given: &Given) -> Option<Standing> {
    let Verdict::Scored(outcome) = oracle::score(spec, given, spec.as_at) else {
        return None;
    };
    if spec.decision.is_some() {
        return Some(BTreeMap::from([(None, outcome.tier.or(outcome.status))]));
    }
    Some(
        outcome
            .dimensions
            .into_iter()
            .filter_map(|(name, result)| Some((Some(name), Some(result.level?))))
            .collect(),
    )
}

/// Where a value stands among those of its input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Absent,
    Number(Decimal),
    /// A level by its position, a day by its text.
    Ordered(usize, String),
    Unordered(String),
    Set(BTreeSet<String>),
}

fn place(input: &Input, value: Option<&Value>) -> Place {
    match (value, &input.kind) {
        (None, _) => Place::Absent,
        (Some(Value::Integer(number)), _) => Place::Number(Decimal::from(*number)),
        (Some(Value::Decimal(digits)), _) => {
            Place::Number(digits.parse().expect("generated digits"))
        }
        (Some(Value::Text(text)), Kind::Level(values)) => Place::Ordered(
            values
                .iter()
                .position(|value| value == text)
                .expect("one of its values"),
            String::new(),
        ),
        (Some(Value::Date(day)), _) => Place::Ordered(0, day.clone()),
        (Some(Value::Set(members)), _) => Place::Set(members.iter().cloned().collect()),
        (Some(Value::Text(text)), _) => Place::Unordered(text.clone()),
        (Some(Value::Boolean(answer)), _) => Place::Unordered(answer.to_string()),
    }
}

/// Whether a value is between what the case has and another value, or the same as that.
fn is_within(now: &Place, value: &Place, other: &Place) -> bool {
    if value == other {
        return true;
    }
    match (now, value, other) {
        (_, Place::Absent, _) | (_, _, Place::Absent) | (_, Place::Unordered(_), _) => false,
        (now, Place::Set(value), Place::Set(other)) => {
            let nothing = BTreeSet::new();
            let now = if let Place::Set(now) = now {
                now
            } else {
                &nothing
            };
            let changed = |set: &BTreeSet<String>| {
                set.symmetric_difference(now)
                    .cloned()
                    .collect::<BTreeSet<_>>()
            };
            changed(value).is_subset(&changed(other))
        }
        (Place::Absent, value, other) => value < other,
        (now, value, other) => (now < value && value < other) || (other < value && value < now),
    }
}

/// A set of changes by the inputs' positions, and the result it gives.
type Found = (Option<String>, String, BTreeMap<usize, Place>);

/// Every smallest set of changes, by trying all.
fn brute_force(
    spec: &Spec,
    given: &Given,
    together: usize,
    stands: impl Fn(&Given) -> Option<Standing>,
) -> BTreeSet<Found> {
    let now = stands(given).expect("the case is scored");
    let unknown: BTreeSet<&str> = cells::unknowns(spec, given)
        .into_iter()
        .map(|input| input.name.as_str())
        .collect();
    let has = |input: &Input| {
        given
            .iter()
            .find(|(name, _)| *name == input.name)
            .map(|(_, value)| value.clone())
    };
    let current = |input: &Input| {
        has(input).or_else(|| {
            if let Missing::Assume(value) = &input.missing {
                Some(value.clone())
            } else {
                None
            }
        })
    };
    let places: Vec<Place> = spec
        .inputs
        .iter()
        .map(|input| place(input, current(input).as_ref()))
        .collect();
    let choices: Vec<Vec<Option<Value>>> = spec
        .inputs
        .iter()
        .zip(&places)
        .map(|(input, now)| {
            if unknown.contains(input.name.as_str()) {
                return Vec::new();
            }
            let mut choices: Vec<_> = cells::representatives(spec, input)
                .into_iter()
                .map(Some)
                .collect();
            if input.missing == Missing::Absent {
                choices.push(None);
            }
            choices.retain(|choice| place(input, choice.as_ref()) != *now);
            choices
        })
        .collect();
    let mut reached: Vec<Found> = Vec::new();
    let mut sets: Vec<BTreeMap<usize, Option<Value>>> = vec![BTreeMap::new()];
    for _ in 0..together {
        sets = sets
            .iter()
            .flat_map(|set| {
                let from = set.keys().next_back().map_or(0, |last| last + 1);
                let choices = &choices;
                (from..choices.len()).flat_map(move |input| {
                    choices[input].iter().map(move |choice| {
                        let mut larger = set.clone();
                        larger.insert(input, choice.clone());
                        larger
                    })
                })
            })
            .collect();
        for set in &sets {
            let changed = |name: &str| set.keys().any(|input| spec.inputs[*input].name == name);
            let mut profile: Given = given
                .iter()
                .filter(|(name, _)| !changed(name))
                .cloned()
                .collect();
            profile.extend(set.iter().filter_map(|(input, value)| {
                Some((spec.inputs[*input].name.clone(), value.clone()?))
            }));
            for (axis, result) in stands(&profile).into_iter().flatten() {
                if let Some(result) =
                    result.filter(|result| now.get(&axis) != Some(&Some(result.clone())))
                {
                    let places = set
                        .iter()
                        .map(|(input, value)| (*input, place(&spec.inputs[*input], value.as_ref())))
                        .collect();
                    reached.push((axis, result, places));
                }
            }
        }
    }
    let is_less = |one: &Found, other: &Found| {
        one != other
            && one.0 == other.0
            && one.1 == other.1
            && one.2.iter().all(|(input, value)| {
                other
                    .2
                    .get(input)
                    .is_some_and(|further| is_within(&places[*input], value, further))
            })
    };
    reached
        .iter()
        .filter(|found| !reached.iter().any(|other| is_less(other, found)))
        .cloned()
        .collect()
}

/// The places that a change stands for: one, unless any of some members of a set will do.
fn places(input: &Input, change: &Change) -> Vec<Place> {
    if let (Distance::Members { changes }, threshold_matrix::Value::Members(_)) =
        (&change.distance, &change.to)
    {
        let held = if let threshold_matrix::Value::Members(members) = &change.from {
            members.clone()
        } else {
            Vec::new()
        };
        let mut sets = vec![held.into_iter().collect::<BTreeSet<_>>()];
        for step in changes {
            let some = |count: usize| {
                (0..1_u32 << step.among.len())
                    .filter(move |bits| bits.count_ones() as usize == count)
                    .map(|bits| {
                        step.among
                            .iter()
                            .enumerate()
                            .filter(move |(at, _)| bits >> at & 1 == 1)
                            .map(|(_, member)| member.clone())
                            .collect::<BTreeSet<_>>()
                    })
            };
            sets = sets
                .iter()
                .flat_map(|set| {
                    some(step.count)
                        .map(move |some| if step.loses { set - &some } else { set | &some })
                })
                .collect();
        }
        return sets.into_iter().map(Place::Set).collect();
    }
    vec![place(input, from_library(input, &change.to).as_ref())]
}

fn from_library(input: &Input, value: &threshold_matrix::Value) -> Option<Value> {
    use threshold_matrix::Value as Own;
    Some(match (value, &input.kind) {
        (Own::Boolean(answer), _) => Value::Boolean(*answer),
        (Own::Whole(number), _) => Value::Integer(*number),
        (Own::Text(text), Kind::Decimal { .. }) => Value::Decimal(text.clone()),
        (Own::Text(text), Kind::Date { .. }) => Value::Date(text.clone()),
        (Own::Text(text), _) => Value::Text(text.clone()),
        (Own::Members(members), _) => Value::Set(members.clone()),
        _ => return None,
    })
}

/// What the library found, in the same terms.
fn found(spec: &Spec, changes: &Changes) -> BTreeSet<Found> {
    let mut all = BTreeSet::new();
    for found in changes.moves() {
        let mut sets = vec![BTreeMap::new()];
        for change in &found.changes {
            let position = spec
                .inputs
                .iter()
                .position(|input| input.name == change.input)
                .expect("an input of the matrix");
            let places = places(&spec.inputs[position], change);
            sets = sets
                .iter()
                .flat_map(|set| {
                    places.iter().map(move |place| {
                        let mut larger = set.clone();
                        larger.insert(position, place.clone());
                        larger
                    })
                })
                .collect();
        }
        for set in sets {
            assert!(
                all.insert((found.dimension.clone(), found.to.clone(), set)),
                "told twice: {found}"
            );
        }
    }
    all
}

fn changes(
    matrix: &Matrix,
    profile: &Profile,
    as_at: Date,
    together: usize,
) -> Result<Changes, Refusal> {
    matrix
        .prepare(profile, as_at)?
        .changes_within(together, 50_000_000)
}

/// A change gives what it promises, at its nearest value and as far as it says.
fn holds(
    matrix: &Matrix,
    profile: &Profile,
    as_at: Date,
    found: &ChangeSet,
) -> Result<(), TestCaseError> {
    let outcome = matrix.score(&found.apply(profile), as_at);
    let Ok(outcome) = outcome else {
        return Err(TestCaseError::fail(format!(
            "{found} is refused: {outcome:?}"
        )));
    };
    prop_assert_eq!(
        &standing(&outcome)[&found.dimension],
        &Some(found.to.clone()),
        "{}",
        found
    );
    let before = standing(&matrix.score(profile, as_at).expect("the case is scored"));
    prop_assert_eq!(&before[&found.dimension], &found.from);
    prop_assert_ne!(found.from.as_ref(), Some(&found.to));
    for change in &found.changes {
        let further = found
            .apply(profile)
            .with(change.input.as_str(), change.until.clone());
        let outcome = matrix.score(&further, as_at);
        let Ok(outcome) = outcome else {
            return Err(TestCaseError::fail(format!(
                "{found} is refused further on: {outcome:?}"
            )));
        };
        prop_assert_eq!(
            &standing(&outcome)[&found.dimension],
            &Some(found.to.clone()),
            "until: {}",
            found
        );
    }
    Ok(())
}

fn size(spec: &Spec, together: usize) -> usize {
    let sizes: Vec<usize> = spec
        .inputs
        .iter()
        .map(|input| cells::representatives(spec, input).len() + 1)
        .collect();
    let mut sum = 0_usize;
    for set in 1_u32..1 << sizes.len() {
        if set.count_ones() as usize <= together {
            sum += sizes
                .iter()
                .enumerate()
                .filter(|(at, _)| set >> at & 1 == 1)
                .map(|(_, size)| size)
                .product::<usize>();
        }
    }
    sum
}

proptest! {
    #![proptest_config(test_kit::cases(40))]

    /// All that would change an outcome is found, and nothing else; and none is larger than it need be.
    #[test]
    fn the_smallest_changes_are_those_of_brute_force(case in strategy::cases(Setting::Small, Holding::AbsentAndAssumed).prop_map(all_changeable)) {
        let (spec, given) = (&case.spec, &case.profile);
        let matrix = load(&spec.to_yaml())?;
        let together = if size(spec, 3) <= 3_000 { 3 } else { 2 };
        if size(spec, together) > 8_000 {
            return Ok(());
        }
        let profile = read(given);
        let text = || format!("{}\n{}", to_json(given), spec.to_yaml());
        match (by_oracle(spec, given), changes(&matrix, &profile, date(spec), together)) {
            (None, Err(_)) => {}
            (Some(_), Ok(changes)) => {
                prop_assert!(changes.is_complete());
                let expected = brute_force(spec, given, together, |given| by_oracle(spec, given));
                prop_assert_eq!(found(spec, &changes), expected, "{}", text());
                for found in changes.moves() {
                    holds(&matrix, &profile, date(spec), found)?;
                }
            }
            (expected, changes) => prop_assert!(false, "{expected:?}\n{changes:?}\n{}", text()),
        }
    }

    /// With unknown inputs, what is promised is certain, and everything that is certain is found.
    #[test]
    fn changes_are_certain_under_unknown_inputs(case in strategy::cases(Setting::Small, Holding::Unknown { completions: 200 }).prop_map(all_changeable)) {
        let (spec, given) = (&case.spec, &case.profile);
        let matrix = load(&spec.to_yaml())?;
        let profile = read(given);
        if size(spec, 2) > 2_000 {
            return Ok(());
        }
        let Ok(changes) = changes(&matrix, &profile, date(spec), 2) else { return Ok(()) };
        let expected = brute_force(spec, given, 2, |given| matrix.score(&read(given), date(spec)).ok().map(|outcome| standing(&outcome)));
        prop_assert!(changes.is_complete());
        prop_assert_eq!(found(spec, &changes), expected, "{}\n{}", to_json(given), spec.to_yaml());
        for found in changes.moves() {
            holds(&matrix, &profile, date(spec), found)?;
        }
    }

    /// Each answer to an unknown input leaves what scoring with it leaves, and no other value is an answer.
    #[test]
    fn answers_agree_with_scoring_them(case in strategy::cases(Setting::Small, Holding::Unknown { completions: 500 })) {
        let (spec, given) = (&case.spec, &case.profile);
        let matrix = load(&spec.to_yaml())?;
        let profile = read(given);
        let Ok(changes) = changes(&matrix, &profile, date(spec), 0) else { return Ok(()) };
        let unknown = cells::unknowns(spec, given);
        prop_assert_eq!(
            changes.unknown().iter().map(|unknown| unknown.input.as_str()).collect::<Vec<_>>(),
            unknown.iter().map(|input| input.name.as_str()).collect::<Vec<_>>()
        );
        for (input, told) in unknown.iter().zip(changes.unknown()) {
            let mut seen = BTreeSet::new();
            for value in cells::representatives(spec, input) {
                let mut learnt = given.clone();
                learnt.push((input.name.clone(), value.clone()));
                let answer = told.answers.iter().find(|answer| {
                    let end = |value| place(input, from_library(input, value).as_ref());
                    let (from, to, own) = (end(&answer.from), end(&answer.to), place(input, Some(&value)));
                    if let Place::Set(_) = own { own == from } else { from <= own && own <= to }
                });
                match (matrix.score(&read(&learnt), date(spec)), answer) {
                    (Err(_), None) => {}
                    (Ok(outcome), Some(answer)) => {
                        let mut gives = possible(&outcome);
                        for told in &answer.gives {
                            prop_assert_eq!(gives.remove(&told.dimension), Some(told.results.clone()), "{} {:?}", input.name, value);
                        }
                        prop_assert!(gives.is_empty());
                        seen.insert(format!("{:?}", answer.gives));
                    }
                    // A set that another stands for, which has as many of the members that no rule tells apart.
                    (Ok(_), None) if matches!(value, Value::Set(_)) => {}
                    (outcome, answer) => prop_assert!(false, "{} {value:?}: {outcome:?} {answer:?}\n{}", input.name, spec.to_yaml()),
                }
            }
            prop_assert_eq!(told.narrows, seen.len() > 1);
        }
    }

    /// On large matrices, too, a change gives what it promises; the same question has the same answer; less work gives a part of it.
    #[test]
    fn promises_are_kept_on_large_matrices(case in strategy::cases(Setting::Large, Holding::AbsentAndAssumed), budget in 0_u64..200_000) {
        let (spec, given) = (&case.spec, &case.profile);
        let (matrix, profile) = (load(&spec.to_yaml())?, read(given));
        let Ok(all) = changes(&matrix, &profile, date(spec), 2) else { return Ok(()) };
        for found in all.moves() {
            holds(&matrix, &profile, date(spec), found)?;
            for change in &found.changes {
                prop_assert!(spec.inputs.iter().any(|input| input.name == change.input && input.changeable));
            }
        }
        prop_assert_eq!(&all, &changes(&matrix, &profile, date(spec), 2).expect("it was answered before"));
        let some = matrix.prepare(&profile, date(spec)).and_then(|case| case.changes_within(2, budget)).expect("it was answered before");
        let key = |found: &ChangeSet| (found.dimension.clone(), found.to.clone(), found.changes.iter().map(|change| (change.input.clone(), change.to.clone())).collect::<Vec<_>>());
        let keys: Vec<_> = all.moves().iter().map(key).collect();
        prop_assert!(some.moves().iter().all(|found| keys.contains(&key(found))));
        prop_assert!(!some.is_complete() || some == all);
    }

    /// A margin is the score less the cut-off, and the level follows from the margins.
    #[test]
    fn margins_are_those_of_the_score(case in strategy::cases(Setting::Large, Holding::AbsentAndAssumed)) {
        let (spec, given) = (&case.spec, &case.profile);
        let (matrix, profile) = (load(&spec.to_yaml())?, read(given));
        let Ok(all) = changes(&matrix, &profile, date(spec), 0) else { return Ok(()) };
        let outcome = matrix.score(&profile, date(spec)).expect("it was answered");
        let with_levels: Vec<_> = outcome.dimensions().filter(|dimension| dimension.level().is_some()).collect();
        prop_assert_eq!(all.margins().len(), with_levels.len());
        for (margin, dimension) in all.margins().iter().zip(with_levels) {
            prop_assert_eq!(&margin.dimension, dimension.name());
            prop_assert_eq!(Some(margin.is_replaced), dimension.is_replaced());
            for cutoff in &margin.cutoffs {
                prop_assert_eq!(cutoff.above.to_decimal(), margin.number.to_decimal() - cutoff.from.to_decimal());
            }
            if !margin.is_replaced {
                prop_assert_eq!(Some(margin.number), if margin.is_scaled { dimension.scaled() } else { dimension.score() });
            }
            if spec.overrides.iter().all(|rule| rule.dimension.as_deref() != Some(margin.dimension.as_str())) {
                let reached = margin.cutoffs.iter().find(|cutoff| cutoff.above.to_decimal() >= Decimal::ZERO);
                prop_assert!(reached.is_none_or(|cutoff| Some(cutoff.level.as_str()) == dimension.level()));
            }
        }
    }
}

fn possible(outcome: &Outcome) -> BTreeMap<Option<String>, Vec<String>> {
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
    if !outcome.possible().is_empty() {
        return BTreeMap::from([(None, owned(outcome.possible()))]);
    }
    let levels = outcome.dimensions().map(|dimension| {
        (
            Some(dimension.name().to_owned()),
            owned(dimension.possible_levels()),
        )
    });
    levels.filter(|(_, levels)| !levels.is_empty()).collect()
}

/// Made-up people of every matrix that comes with the library.
#[test]
fn promises_are_kept_on_every_shipped_matrix() {
    let as_at: Date = "2026-12-05".parse().unwrap();
    let mut told = 0;
    for matrix in Library::embedded().iter() {
        for profile in sample::profiles(matrix, as_at, 11, 12) {
            let Ok(changes) = matrix
                .prepare(&profile, as_at)
                .and_then(|case| case.changes())
            else {
                continue;
            };
            for found in changes.moves() {
                holds(matrix, &profile, as_at, found).unwrap();
                told += 1;
            }
        }
    }
    assert!(told > 200, "{told}");
}

const SMALL: &str = "
format: 1
id: small
version: 1.0.0
title: Small
status: illustrative
inputs:
  arrests: { type: integer, range: [0, 60], changeable: true, unit: arrests, label: Arrests in the last 12 months }
  rsr: { type: decimal, places: 2, range: [0, 100], changeable: true, label: RSR }
  rosh: { type: level, values: [low, medium, high], changeable: true, label: Risk of serious harm }
  flags: { type: set, values: [street_gangs, terrorism, arson], changeable: true, label: Flags }
  mappa: { type: category, values: [m1, m2], missing: absent, changeable: true, label: MAPPA }
  age: { type: integer, range: [10, 120], protected: false, label: Age }
criteria:
  often: { input: arrests, each: 1, points: 1 }
  serious: { input: rosh, values: { low: 0, medium: 1, high: 5 } }
  reoffending: { input: rsr, bands: [ { from: 0, points: 0 }, { from: 6.90, points: 5 } ] }
  complex: { input: flags, each_member: 2, members: [street_gangs, terrorism] }
  young: { when: { age: { below: 25 } }, points: 2 }
dimensions:
  need: { title: Need, score: [often, serious, reoffending, complex, young], levels: [ { level: high, from: 10 }, { level: medium, from: 5 }, { level: low } ] }
tiers: [high, medium, low]
decision: { rules: [ { tier: high, when: { need: high } }, { tier: medium, when: { need: medium } }, { tier: low } ] }
overrides:
  - { id: m2, when: { mappa: m2 }, at_least: high, reason: MAPPA level 2 }
checks:
  - { id: arson, when: { flags: { has: arson } }, require: { rosh: { at_least: medium } }, message: arson needs a rosh of medium }
";

#[test]
fn values_without_an_order_are_answers_one_by_one_though_no_rule_reads_them() {
    let text = SMALL.replace(
        "inputs:\n",
        "inputs:\n  route: { type: category, values: [custody, community], missing: unknown }\n",
    );
    let matrix = Matrix::from_yaml(&text).unwrap_or_else(|faults| panic!("{faults}"));
    let profile = Profile::new()
        .with("arrests", 6)
        .with("rsr", "1.00")
        .with("rosh", "low")
        .with("flags", ["terrorism"])
        .with("age", 40);
    let changes = matrix
        .prepare(&profile, "2026-12-05".parse().unwrap())
        .unwrap()
        .changes()
        .unwrap();
    let route = changes
        .unknown()
        .iter()
        .find(|unknown| unknown.input == "route")
        .expect("it is unknown");
    assert!(!route.matters && !route.narrows);
    let answers: Vec<_> = route
        .answers
        .iter()
        .map(|answer| (answer.from.clone(), answer.to.clone()))
        .collect();
    assert_eq!(
        answers,
        ["custody", "community"].map(|value| (value.into(), value.into()))
    );
}

#[test]
fn changes_in_words() {
    let matrix = Matrix::from_yaml(SMALL).unwrap_or_else(|faults| panic!("{faults}"));
    let as_at = "2026-12-05".parse().unwrap();
    let profile = Profile::new()
        .with("arrests", 6)
        .with("rsr", "1.00")
        .with("rosh", "low")
        .with("flags", ["street_gangs"])
        .with("age", 40);
    let told = |profile: &Profile| {
        let changes = matrix.prepare(profile, as_at).unwrap().changes().unwrap();
        assert!(changes.is_complete());
        changes
            .moves()
            .iter()
            .filter(|found| found.changes.len() == 1)
            .map(ChangeSet::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told(&profile),
        [
            "high: Arrests in the last 12 months from 6 to 8 or more (2 more arrests)",
            "high: RSR from 1 to 6.9 or more (5.9 more)",
            "high: Risk of serious harm from low to high (2 steps up)",
            "high: Flags: also `terrorism`",
            "high: MAPPA from not recorded to m2",
            "low: Arrests in the last 12 months from 6 to 2 or less (4 fewer arrests)",
        ]
    );
    let both = profile
        .clone()
        .with("flags", ["street_gangs", "terrorism"])
        .with("arrests", 3);
    assert!(
        told(&both).contains(&"low: Flags: no longer `street_gangs` and `terrorism`".to_owned()),
        "{:?}",
        told(&both)
    );
    // One of the two suffices, and no rule tells them apart.
    let either = both.with("arrests", 2);
    assert!(
        told(&either)
            .contains(&"low: Flags: no longer 1 of `street_gangs` or `terrorism`".to_owned()),
        "{:?}",
        told(&either)
    );
    let changes = matrix.prepare(&profile, as_at).unwrap().changes().unwrap();
    let margin = &changes.margins()[0];
    let above: Vec<_> = margin
        .cutoffs
        .iter()
        .map(|cutoff| (cutoff.level.as_str(), cutoff.above.to_string()))
        .collect();
    assert_eq!(
        above,
        [("high", "-2".to_owned()), ("medium", "3".to_owned())]
    );
    assert!(
        changes
            .moves()
            .iter()
            .all(|found| (found.to == "high") == (found.direction == Direction::Up))
    );
}
