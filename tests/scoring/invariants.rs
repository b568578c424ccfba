//! What must hold for every matrix and every profile, over generated matrices of the whole language.
//!
//! `PROPTEST_CASES=10000 cargo test --release --test scoring invariants::` is the long run; the default is a quick one.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rust_decimal::Decimal;
use test_kit::cells;
use test_kit::library::{date, load};
use test_kit::oracle::{self, Verdict};
use test_kit::quick;
use test_kit::spec::Spec;
use test_kit::strategy::{self, Holding, Setting};
use test_kit::value::{Profile as Given, to_json};
use threshold_matrix::{Matrix, Outcome, Profile, Refusal};

fn scored(matrix: &Matrix, spec: &Spec, given: &Given) -> Result<Outcome, Refusal> {
    let profile = Profile::from_json(&to_json(given)).expect("a generated profile is JSON");
    matrix.score(&profile, date(spec))
}

/// Everything that an outcome says, in the oracle's terms.
fn said(outcome: &Outcome) -> oracle::Outcome {
    let decimal = |points: threshold_matrix::Points| points.to_decimal();
    oracle::Outcome {
        tier: outcome.tier().map(str::to_owned),
        status: outcome.status().map(str::to_owned),
        dimensions: outcome
            .dimensions()
            .map(|dimension| {
                let said = oracle::DimensionOutcome {
                    score: dimension.score().map(decimal).unwrap_or(Decimal::MAX),
                    scaled: dimension.scaled().map(decimal),
                    level: dimension.level().map(str::to_owned),
                };
                (dimension.name().to_owned(), said)
            })
            .collect(),
        points: outcome
            .criteria_and_groups()
            .filter_map(|name| Some((name.to_owned(), decimal(outcome.points(name)?.settled()?))))
            .collect(),
        flags: outcome
            .flags()
            .map(|(name, raised)| (name.to_owned(), raised.unwrap_or_default()))
            .collect(),
        decisions: outcome
            .decisions()
            .map(|(name, value)| (name.to_owned(), value.map(str::to_owned)))
            .collect(),
    }
}

fn agrees_with_oracle(spec: &Spec, given: &Given) -> Result<(), TestCaseError> {
    let matrix = load(&spec.to_yaml())?;
    let outcome = scored(&matrix, spec, given);
    match (oracle::score(spec, given, spec.as_at), outcome) {
        (Verdict::Refused(_), Err(_)) => {}
        (Verdict::Scored(expected), Ok(outcome)) => {
            prop_assert!(!outcome.is_provisional() && outcome.is_exact());
            prop_assert_eq!(
                said(&outcome),
                expected,
                "{}\n{}",
                to_json(given),
                spec.to_yaml()
            );
        }
        (expected, outcome) => {
            prop_assert!(
                false,
                "oracle: {expected:?}\nlibrary: {outcome:?}\n{}\n{}",
                to_json(given),
                spec.to_yaml()
            );
        }
    }
    Ok(())
}

/// What the completions of a profile with unknown inputs come to, by brute force.
#[derive(Debug, Default)]
struct Reached {
    results: BTreeSet<String>,
    scores: Vec<BTreeSet<Decimal>>,
    levels: Vec<BTreeSet<Option<String>>>,
    flags: Vec<BTreeSet<bool>>,
    outcomes: Vec<oracle::Outcome>,
}

impl Reached {
    /// What every completion says alike, as an outcome says it; flags stand apart.
    fn settled(&self) -> oracle::Outcome {
        fn agreed<T: PartialEq>(mut all: impl Iterator<Item = Option<T>>) -> Option<T> {
            let first = all.next()?;
            all.all(|other| other == first).then_some(first)?
        }
        let one = self.outcomes.first().expect("a completion");
        let all = || self.outcomes.iter();
        let dimension = |name: &String| oracle::DimensionOutcome {
            score: agreed(all().map(|outcome| Some(outcome.dimensions[name].score)))
                .unwrap_or(Decimal::MAX),
            scaled: agreed(all().map(|outcome| outcome.dimensions[name].scaled)),
            level: agreed(all().map(|outcome| outcome.dimensions[name].level.clone())),
        };
        let points = |name: &String| agreed(all().map(|outcome| outcome.points.get(name).copied()));
        let decision = |name: &String| agreed(all().map(|outcome| outcome.decisions[name].clone()));
        oracle::Outcome {
            tier: agreed(all().map(|outcome| outcome.tier.clone())),
            status: agreed(all().map(|outcome| outcome.status.clone())),
            dimensions: one
                .dimensions
                .keys()
                .map(|name| (name.clone(), dimension(name)))
                .collect(),
            points: one
                .points
                .keys()
                .filter_map(|name| Some((name.clone(), points(name)?)))
                .collect(),
            flags: Default::default(),
            decisions: one
                .decisions
                .keys()
                .map(|name| (name.clone(), decision(name)))
                .collect(),
        }
    }
}

fn brute_force(spec: &Spec, matrix: &Matrix, given: &Given) -> Option<Reached> {
    let mut reached = Reached::default();
    let mut any = false;
    for completion in cells::completions(spec, given) {
        let Verdict::Scored(outcome) = oracle::score(spec, &completion, spec.as_at) else {
            continue;
        };
        any = true;
        reached
            .results
            .extend(outcome.tier.clone().or(outcome.status.clone()));
        let dimensions: Vec<_> = scored(matrix, spec, &completion)
            .expect("the oracle scored it")
            .dimensions()
            .map(|dimension| dimension.name().to_owned())
            .collect();
        reached.scores.resize_with(dimensions.len(), BTreeSet::new);
        reached.levels.resize_with(dimensions.len(), BTreeSet::new);
        for (index, name) in dimensions.iter().enumerate() {
            reached.scores[index].insert(outcome.dimensions[name].score);
            reached.levels[index].insert(outcome.dimensions[name].level.clone());
        }
        reached
            .flags
            .resize_with(outcome.flags.len(), BTreeSet::new);
        for (index, raised) in outcome.flags.values().enumerate() {
            reached.flags[index].insert(*raised);
        }
        reached.outcomes.push(outcome);
    }
    any.then_some(reached)
}

proptest! {
    #![proptest_config(quick())]

    #[test]
    fn the_scorer_agrees_with_the_oracle_on_small_matrices(case in strategy::cases(Setting::Small, Holding::AbsentAndAssumed)) {
        agrees_with_oracle(&case.spec, &case.profile)?;
    }

    #[test]
    fn the_scorer_agrees_with_the_oracle_on_large_matrices(case in strategy::cases(Setting::Large, Holding::AbsentAndAssumed)) {
        agrees_with_oracle(&case.spec, &case.profile)?;
    }

    #[test]
    fn faulty_profiles_are_refused(case in strategy::cases(Setting::Large, Holding::Faulty)) {
        agrees_with_oracle(&case.spec, &case.profile)?;
    }

    /// Each tier said to be possible is reached by some completion, and each that is reached is said; so are scores, levels and flags. What all
    /// completions say alike is settled, and nothing else is.
    #[test]
    fn what_is_possible_is_exact(case in strategy::cases(Setting::Small, Holding::Unknown { completions: 2_000 })) {
        let matrix = load(&case.spec.to_yaml())?;
        let outcome = scored(&matrix, &case.spec, &case.profile);
        match (brute_force(&case.spec, &matrix, &case.profile), outcome) {
            (None, Err(_)) => {}
            (Some(reached), Ok(outcome)) => {
                let text = format!("{}\n{}", to_json(&case.profile), case.spec.to_yaml());
                let possible: BTreeSet<_> = outcome.possible().into_iter().map(str::to_owned).collect();
                prop_assert_eq!(&possible, &reached.results, "{}", text);
                prop_assert!(outcome.is_exact());
                if !matrix.tiers().is_empty() && !possible.is_empty() {
                    prop_assert_eq!(outcome.is_provisional(), possible.len() > 1);
                    prop_assert_eq!(outcome.tier().is_some() || outcome.status().is_some(), possible.len() == 1);
                }
                prop_assert_eq!(oracle::Outcome { flags: Default::default(), ..said(&outcome) }, reached.settled(), "{}", text);
                for (index, dimension) in outcome.dimensions().enumerate() {
                    let (least, most) = dimension.range();
                    let scores = &reached.scores[index];
                    prop_assert_eq!(Some(&least.to_decimal()), scores.first(), "{}", text);
                    prop_assert_eq!(Some(&most.to_decimal()), scores.last(), "{}", text);
                    let levels: BTreeSet<_> = dimension.possible_levels().into_iter().map(str::to_owned).collect();
                    let reached: BTreeSet<_> = reached.levels[index].iter().flatten().cloned().collect();
                    prop_assert_eq!(levels, reached, "{}", text);
                }
                let names: BTreeSet<_> = outcome.flags().map(|(name, _)| name.to_owned()).collect();
                for (name, raised) in names.iter().zip(&reached.flags) {
                    let settled = if raised.len() == 1 { raised.first().copied() } else { None };
                    prop_assert_eq!(outcome.flag(name), settled, "{}: {}", name, text);
                }
            }
            (reached, outcome) => prop_assert!(false, "{reached:?}\n{outcome:?}\n{}\n{}", to_json(&case.profile), case.spec.to_yaml()),
        }
    }

    /// Learning one unknown input keeps the result inside what was possible, if what is then told is exact: where the work that is allowed suffices for
    /// the one and not for the other, a range stands beside an exact answer.
    #[test]
    fn learning_never_widens(case in strategy::cases(Setting::Large, Holding::Unknown { completions: usize::MAX }), pick in any::<prop::sample::Index>(), value in any::<prop::sample::Index>()) {
        let matrix = load(&case.spec.to_yaml())?;
        let unknowns = cells::unknowns(&case.spec, &case.profile);
        if unknowns.is_empty() {
            return Ok(());
        }
        let input = unknowns[pick.index(unknowns.len())];
        let values = cells::representatives(&case.spec, input);
        let mut learnt: Given = case.profile.iter().filter(|(name, _)| *name != input.name).cloned().collect();
        learnt.push((input.name.clone(), values[value.index(values.len())].clone()));
        match (scored(&matrix, &case.spec, &case.profile), scored(&matrix, &case.spec, &learnt)) {
            (_, Ok(after)) if !after.is_exact() => {}
            (Ok(before), Ok(after)) => {
                let before: BTreeSet<_> = before.possible().into_iter().map(str::to_owned).collect();
                prop_assert!(after.possible().iter().all(|result| before.contains(*result)), "{before:?} to {:?}\n{}\n{}", after.possible(), to_json(&case.profile), case.spec.to_yaml());
            }
            // Values that contradict each other stay refused, whatever else is learnt; one more value may bring the contradiction.
            (Err(_), after) => prop_assert!(after.is_err()),
            (Ok(_), Err(_)) => {}
        }
    }

    /// Writing and loading is the identity, and the content hash is of the meaning.
    #[test]
    fn writing_and_loading_is_the_identity(spec in strategy::specs(Setting::Large)) {
        let matrix = load(&spec.to_yaml())?;
        let written = matrix.to_yaml();
        let again = load(&written)?;
        prop_assert_eq!(matrix.content_hash(), again.content_hash());
        prop_assert_eq!(&written, &again.to_yaml());
        let rearranged = load(&spec.to_yaml_rearranged())?;
        prop_assert_eq!(matrix.content_hash(), rearranged.content_hash(), "{}\n---\n{}", spec.to_yaml(), spec.to_yaml_rearranged());
    }

    /// Where the work that is allowed does not suffice, what is given holds everything that is possible.
    #[test]
    fn a_range_holds_everything_possible(case in strategy::cases(Setting::Large, Holding::Unknown { completions: usize::MAX })) {
        let matrix = load(&case.spec.to_yaml())?;
        let profile = Profile::from_json(&to_json(&case.profile)).expect("a generated profile is JSON");
        let Ok(prepared) = matrix.prepare(&profile, date(&case.spec)) else { return Ok(()) };
        let (Ok(exact), Ok(range)) = (prepared.score(), prepared.score_within(0)) else { return Ok(()) };
        if range.is_exact() {
            prop_assert_eq!((said(&range), range.possible()), (said(&exact), exact.possible()));
        }
        let within: BTreeSet<_> = range.possible().into_iter().collect();
        prop_assert!(exact.possible().iter().all(|result| within.contains(result)), "{:?} not in {within:?}\n{}\n{}", exact.possible(), to_json(&case.profile), case.spec.to_yaml());
        for (exact, range) in exact.dimensions().zip(range.dimensions()) {
            prop_assert!(range.range().0 <= exact.range().0 && exact.range().1 <= range.range().1, "{:?} in {:?}\n{}\n{}", exact.range(), range.range(), to_json(&case.profile), case.spec.to_yaml());
            prop_assert!(exact.possible_levels().iter().all(|level| range.possible_levels().contains(level)));
        }
        for ((name, exact), (_, range)) in exact.flags().zip(range.flags()) {
            prop_assert!(range.is_none() || range == exact, "{name}");
        }
    }
}
