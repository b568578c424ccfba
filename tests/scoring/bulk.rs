//! Many profiles as columns give what each gives by itself: for every matrix, column type, pattern of missing values, split and number of threads.
//!
//! `PROPTEST_CASES=10000 cargo test --release --all-features --test cohorts bulk::` is the long run; the default is a quick one.

use std::collections::BTreeMap;

use proptest::prelude::*;
use test_kit::choices::Choices;
use test_kit::library::columns::{self, Held};
use test_kit::library::{date, load, read};
use test_kit::strategy;
use test_kit::value::{Profile as Given, Value, to_json};
use threshold_matrix::bulk::{
    Bits, Bulk, Cohort, Column, Keys, Offsets, Outputs, ScoredColumns, Texts, Told, Values,
};
use threshold_matrix::{Date, Matrix, Outcome, Refusal};

/// A row of the columns against the same profile by itself.
#[track_caller]
fn same(
    matrix: &Matrix,
    scored: &ScoredColumns,
    row: usize,
    alone: &Result<Outcome, Refusal>,
    what: &str,
) {
    let mut kinds: Vec<_> = alone
        .as_ref()
        .err()
        .map(|refusal| {
            refusal
                .problems()
                .iter()
                .map(|problem| problem.kind)
                .collect()
        })
        .unwrap_or_default();
    kinds.sort();
    kinds.dedup();
    assert_eq!(scored.problems(row), kinds, "problems of {what}");
    let outcome = alone.as_ref().ok();
    assert_eq!(
        scored.provisional()[row],
        outcome.is_some_and(Outcome::is_provisional),
        "provisional: {what}"
    );
    let one = outcome.and_then(|outcome| outcome.tier().or(outcome.status()));
    assert_eq!(scored.result(row), one, "result of {what}");
    let possible: Vec<&str> = outcome.map(Outcome::possible).unwrap_or_default();
    let results: Vec<&String> = matrix.tiers().iter().chain(matrix.statuses()).collect();
    let bits = scored.possible().expect("asked for")[row];
    let said: Vec<&str> = results
        .iter()
        .enumerate()
        .filter(|(position, _)| bits >> position & 1 == 1)
        .map(|(_, name)| name.as_str())
        .collect();
    assert_eq!(said, possible, "possible of {what}");
    let Some(outcome) = outcome else { return };
    for dimension in outcome.dimensions() {
        let name = dimension.name();
        assert_eq!(
            scored.scores(name).unwrap().get(row),
            dimension.score(),
            "score of {name}: {what}"
        );
        assert_eq!(
            scored.scaled(name).and_then(|scaled| scaled.get(row)),
            dimension.scaled(),
            "scaled of {name}: {what}"
        );
        assert_eq!(
            scored.level(name, row),
            dimension.level(),
            "level of {name}: {what}"
        );
    }
    for name in outcome.criteria_and_groups() {
        assert_eq!(
            scored.points(name).unwrap().get(row),
            outcome.points(name).and_then(|points| points.settled()),
            "points of {name}: {what}"
        );
    }
    for (name, raised) in outcome.flags() {
        assert_eq!(
            scored
                .flags(name)
                .unwrap()
                .get(row)
                .map(|raised| raised == 1),
            raised,
            "flag {name}: {what}"
        );
    }
    for (name, value) in outcome.decisions() {
        assert_eq!(scored.decision(name, row), value, "decision {name}: {what}");
    }
}

fn alone(matrix: &Matrix, given: &Given, as_at: Date) -> Result<Outcome, Refusal> {
    matrix.score(&read(given), as_at)
}

fn score(matrix: &Matrix, as_at: Date, held: &[Held], rows: usize) -> ScoredColumns {
    matrix
        .bulk(as_at, Outputs::everything())
        .score(&columns::cohort(held, rows))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// What is told of each row beside its columns, against the same profile by itself.
#[track_caller]
fn told(bulk: &Bulk, cohort: &Cohort<'_>, each: &[&Result<Outcome, Refusal>]) {
    let (mut refused, mut open) = (BTreeMap::new(), BTreeMap::new());
    let mut scored = bulk.empty();
    let mut last = None;
    let mut tell = |row: usize, told: Told<'_>| {
        assert!(last < Some(row), "row {row} after {last:?}");
        last = Some(row);
        match told {
            Told::Refused(refusal) => refused.insert(row, refusal.clone()).is_none(),
            Told::Open(own) => open.insert(row, own.clone()).is_none(),
        };
    };
    bulk.score_telling(cohort, &mut scored, &mut tell).unwrap();
    for (row, alone) in each.iter().enumerate() {
        let outcome = match alone {
            Err(refusal) => {
                // A number that a narrow float cannot hold is told of as the float has it.
                let about = |refusal: &Refusal| -> Vec<_> {
                    let problems = refusal.problems().iter();
                    problems
                        .map(|problem| (problem.kind, problem.inputs.clone()))
                        .collect()
                };
                assert_eq!(refused.get(&row).map(about), Some(about(refusal)));
                continue;
            }
            Ok(outcome) => outcome,
        };
        assert!(!refused.contains_key(&row));
        let open = open.get(&row);
        let several = |results: Vec<u8>| Some(results).filter(|results| results.len() > 1);
        assert_eq!(
            open.and_then(|open| open.results.possible.clone()),
            several(outcome.positions())
        );
        for (at, dimension) in outcome.dimensions().enumerate() {
            let (least, most) = dimension.range();
            let range = (least != most).then_some((least, most));
            assert_eq!(open.and_then(|open| open.ranges[at]), range);
            let levels: Vec<usize> = dimension.level_positions().collect();
            let levels = Some(levels).filter(|levels| levels.len() > 1);
            let own = open.and_then(|open| open.results.levels[at].clone());
            assert_eq!(own, levels);
        }
        let open = open.map(|open| &open.results);
        let is_provisional = open.is_some_and(|open| open.is_provisional);
        assert_eq!(is_provisional, outcome.is_provisional());
        assert_eq!(open.is_none_or(|open| open.is_exact), outcome.is_exact());
        let lacks = open.is_some_and(|open| !open.not_recorded.is_empty());
        assert_eq!(lacks, outcome.is_provisional());
    }
}

proptest! {
    #![proptest_config(test_kit::cases(24))]

    #[test]
    fn columns_give_what_each_profile_gives(
        cohort in strategy::cohorts_with_gaps(),
        drawn in prop::collection::vec(any::<u32>(), 40),
        rows in prop_oneof![3 => 0_usize..40, 1 => 1000_usize..1100, 1 => 2040_usize..2060],
        split in 0_usize..2000,
        spoil in any::<u32>(),
    ) {
        let (spec, mut profiles) = (cohort.spec, cohort.profiles);
        let (matrix, as_at) = (load(&spec.to_yaml())?, date(&spec));
        // Some numbers are out of every range.
        for (at, profile) in profiles.iter_mut().enumerate() {
            if at % 4 == 3 && spoil % 2 == 0 {
                for (_, value) in profile.iter_mut() {
                    if let Value::Integer(number) = value {
                        *number = i64::from(spoil) - 2_000_000_000;
                        break;
                    }
                }
            }
        }
        if profiles.is_empty() {
            profiles.push(Vec::new());
        }
        let each: Vec<_> = profiles.iter().map(|given| alone(&matrix, given, as_at)).collect();
        let order: Vec<usize> = (0..rows).map(|row| (row * 7 + row / 13) % profiles.len()).collect();
        let chosen: Vec<&Given> = order.iter().map(|at| &profiles[*at]).collect();
        let held = columns::columns(&spec, &chosen, &mut Choices::new(drawn.clone()));
        let scored = score(&matrix, as_at, &held, rows);
        prop_assert_eq!(scored.rows(), rows);
        for (row, at) in order.iter().enumerate() {
            same(&matrix, &scored, row, &each[*at], &format!("row {row}, {}\n{}", to_json(&profiles[*at]), spec.to_yaml()));
        }
        // Refusals are those of one profile, to the word.
        let bulk = matrix.bulk(as_at, Outputs::everything());
        let outcomes: Vec<_> = order.iter().map(|at| &each[*at]).collect();
        for outputs in [Outputs::tiers(), Outputs::everything()] {
            told(&matrix.bulk(as_at, outputs), &columns::cohort(&held, rows), &outcomes);
        }
        for row in [0, rows / 2].into_iter().filter(|row| *row < rows) {
            let one = bulk.score_row(&columns::cohort(&held, rows), row).unwrap();
            prop_assert_eq!(one.is_err(), each[order[row]].is_err());
        }
        // Columns of fewer rows, and used again.
        let split = split.min(rows);
        let mut again = scored.clone();
        for (part, first) in [(&order[..split], 0), (&order[split..], split)] {
            let chosen: Vec<&Given> = part.iter().map(|at| &profiles[*at]).collect();
            let held = columns::columns(&spec, &chosen, &mut Choices::new(drawn.iter().rev().copied().collect()));
            bulk.score_into(&columns::cohort(&held, part.len()), &mut again).unwrap();
            for (row, at) in part.iter().enumerate() {
                same(&matrix, &again, row, &each[*at], &format!("row {} of a part, {}\n{}", first + row, to_json(&profiles[*at]), spec.to_yaml()));
            }
        }
        #[cfg(feature = "rayon")]
        for threads in [1, 2, 5] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut parallel = matrix.bulk(as_at, Outputs::tiers()).score(&Cohort::new(0)).unwrap();
            pool.install(|| bulk.score_in_parallel(&columns::cohort(&held, rows), &mut parallel)).unwrap();
            prop_assert_eq!(&parallel, &scored);
        }
    }
}

#[test]
fn columns_that_cannot_be_read_are_reported_at_once() {
    let matrix = Matrix::open("hmpps-utm@2.0.0", "2026-11-21".parse().unwrap()).unwrap();
    let bulk = matrix.bulk("2026-11-21".parse().unwrap(), Outputs::tiers());
    let (bytes, texts, floats) = ([1_u8, 0], ["low", "high"], [1.0_f32, 2.0]);
    let cohort = Cohort::new(2)
        .with("rosh", Column::from(&[1.0_f64, 2.0][..]))
        .with("rsr", Column::from(&floats[..]))
        .with("female", Column::new(Values::Dates(&[1, 0])))
        .with("ogrs3", Column::from(&[true, false][..]))
        .with("complexity.terrorism", Column::from(&bytes[..]))
        .with("complexity.terorism", Column::from(&bytes[..]))
        .with("mapa_level", Column::from(&texts[..]))
        .with("mappa_level", Column::from(&["m1"][..]))
        .with("assessed.yes", Column::from(&bytes[..]))
        .with("assessed", Column::from(&bytes[..]))
        .with("assessed", Column::from(&bytes[..]));
    let error = bulk.score(&cohort).unwrap_err();
    insta::assert_snapshot!(error);
}

#[test]
fn a_float_is_the_decimal_that_it_is_nearest_to_or_nothing() {
    let matrix = Matrix::open("hmpps-utm@2.0.0", "2026-11-21".parse().unwrap()).unwrap();
    let bulk = matrix.bulk("2026-11-21".parse().unwrap(), Outputs::everything());
    let truths = [true; 9];
    let values = [
        6.99,
        0.1 + 0.2,
        6.99 + f64::EPSILON * 4.0,
        3.0,
        -0.0,
        f64::NAN,
        f64::INFINITY,
        1e300,
        6.9905,
    ];
    let cohort = |column| {
        Cohort::new(9)
            .with("female", Column::from(&truths[..]))
            .with("mandate_for_change", Column::from(&truths[..]))
            .with("assessed", Column::from(&truths[..]))
            .with("rsr", column)
    };
    let scored = bulk.score(&cohort(Column::from(&values[..]))).unwrap();
    let points: Vec<_> = (0..9)
        .map(|row| {
            scored
                .points("rsr")
                .unwrap()
                .get(row)
                .map(|points| points.to_string())
        })
        .collect();
    assert_eq!(
        points,
        [
            Some("10"),
            None,
            None,
            Some("10"),
            Some("0"),
            None,
            None,
            None,
            None
        ]
        .map(|points| points.map(str::to_owned))
    );
    let one = |row| {
        bulk.score_row(&cohort(Column::from(&values[..])), row)
            .unwrap()
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        one(1),
        "`rsr` is 0.30000000000000004, which has more than 3 decimal places"
    );
    assert_eq!(one(5), "`rsr` is `NaN`, not a number");
}

#[test]
fn a_part_that_is_always_the_same_does_not_wrap_around() {
    let matrix = Matrix::from_yaml(
        "format: 1\nid: parts\nversion: 1.0.0\ntitle: Parts\nstatus: local\ninputs:\n  a: { type: integer, range: [0, 9] }\n\
         criteria:\n  many: { input: a, bands: [ { from: 0, points: 200 } ] }\n  few: { input: a, bands: [ { from: 0, points: -200 } ] }\n  \
         own: { input: a, each: 1, points: 1 }\ngroups:\n  least: { score: [ { lowest: [many, own] } ] }\n  \
         most: { score: [ { highest: [few, own] } ] }\ndimensions:\n  harm: { score: [least, most] }\n",
    )
    .unwrap_or_else(|faults| panic!("{faults}"));
    let bulk = matrix.bulk("2026-11-21".parse().unwrap(), Outputs::everything());
    let cohort = Cohort::new(3).with("a", Column::from(&[0_u8, 4, 9][..]));
    let scored = bulk.score(&cohort).unwrap();
    for row in 0..3 {
        let alone = bulk.score_row(&cohort, row).unwrap();
        same(&matrix, &scored, row, &alone, "a row");
    }
}

/// Ten truths that nobody recorded, whose points have no sum in common: a score has a thousand values.
#[test]
fn a_score_that_may_have_very_many_values_has_the_same_ends_in_columns() {
    let all = |line: &dyn Fn(u32) -> String| (0..10).map(line).collect::<String>();
    let matrix = Matrix::from_yaml(&format!(
        "format: 1\nid: truths\nversion: 1.0.0\ntitle: Truths\nstatus: local\ninputs:\n  a: {{ type: integer, range: [0, 60] }}\n{}\
         criteria:\n  a: {{ input: a, each: 1, points: 1 }}\n{}dimensions:\n  harm: {{ score: [a{}], levels: [ {{ level: high, from: 1030 }}, {{ level: low }} ] }}\n\
         tiers: [high, low]\ndecision: {{ rules: [ {{ tier: high, when: {{ harm: high }} }}, {{ tier: low }} ] }}\n",
        all(&|k| format!("  t{k}: {{ type: boolean, missing: unknown }}\n")),
        all(&|k| format!("  t{k}: {{ when: {{ t{k}: true }}, points: {} }}\n", 1 << k)),
        all(&|k| format!(", t{k}")),
    ))
    .unwrap_or_else(|faults| panic!("{faults}"));
    let bulk = matrix.bulk("2026-11-21".parse().unwrap(), Outputs::everything());
    let numbers: Vec<u8> = (0..40).collect();
    let cohort = Cohort::new(40).with("a", Column::from(&numbers[..]));
    let scored = bulk.score(&cohort).unwrap();
    let each: Vec<_> = (0..40)
        .map(|row| bulk.score_row(&cohort, row).unwrap())
        .collect();
    for (row, alone) in each.iter().enumerate() {
        same(&matrix, &scored, row, alone, "a row");
    }
    told(&bulk, &cohort, &each.iter().collect::<Vec<_>>());
    let possible = |row: usize| each[row].as_ref().unwrap().possible().len();
    assert_eq!((possible(0), possible(39)), (1, 2));
}

#[test]
fn members_that_are_half_missing_are_refused() {
    let matrix = Matrix::from_yaml(
        "format: 1\nid: gangs\nversion: 1.0.0\ntitle: Gangs\nstatus: local\ninputs:\n  flags: { type: set, values: [gang, weapons], missing: absent }\n\
         criteria:\n  flags: { input: flags, each_member: 2, absent: 1 }\ndimensions:\n  harm: { score: [flags] }\n",
    )
    .unwrap_or_else(|faults| panic!("{faults}"));
    let bulk = matrix.bulk("2026-11-21".parse().unwrap(), Outputs::everything());
    let values = [0b0101_u8];
    let (gang, weapons) = (Bits::new(&[0b0011], 0, 4), Bits::new(&[0b1011], 0, 4));
    let column =
        |validity| Column::new(Values::Bits(Bits::new(&values, 0, 4))).with_validity(validity);
    let cohort = Cohort::new(4)
        .with("flags.gang", column(gang))
        .with("flags.weapons", column(weapons));
    let scored = bulk.score(&cohort).unwrap();
    let scores: Vec<_> = (0..4)
        .map(|row| {
            scored
                .scores("harm")
                .unwrap()
                .get(row)
                .map(|score| score.to_string())
        })
        .collect();
    assert_eq!(
        scores,
        [Some("4"), Some("0"), Some("1"), None].map(|score| score.map(str::to_owned))
    );
    assert_eq!(
        bulk.score_row(&cohort, 3).unwrap().unwrap_err().to_string(),
        "of the members of `flags`, 1 are missing and 1 are not"
    );
}

#[test]
fn truths_may_come_as_numbers_of_any_width() {
    let matrix = Matrix::from_yaml(
        "format: 1\nid: gangs\nversion: 1.0.0\ntitle: Gangs\nstatus: local\ninputs:\n  seen: { type: boolean, missing: { assume: true } }\n  \
         flags: { type: set, values: [gang], missing: absent }\ncriteria:\n  seen: { when: { seen: true }, points: 10 }\n  \
         flags: { input: flags, each_member: 2, absent: 1 }\ndimensions:\n  harm: { score: [seen, flags] }\n",
    )
    .unwrap_or_else(|faults| panic!("{faults}"));
    let bulk = matrix.bulk("2026-11-21".parse().unwrap(), Outputs::everything());
    let scores = |seen, gang| {
        let cohort = Cohort::new(4).with("seen", seen).with("flags.gang", gang);
        let scored = bulk.score(&cohort).unwrap();
        let scores = (0..4).map(|row| {
            let score = scored.scores("harm").unwrap().get(row);
            score.map(|score| score.to_string())
        });
        let refusal = bulk.score_row(&cohort, 3).unwrap().unwrap_err().to_string();
        (scores.collect::<Vec<_>>(), refusal)
    };
    let wanted = [Some("12"), Some("0"), Some("10"), None].map(|score| score.map(str::to_owned));
    macro_rules! check {
        ($($number:ty => $other:literal),*) => {$(
            let seen: [$number; 4] = ["1", "0", "1", $other].map(|number| number.parse().unwrap());
            let gang: [$number; 4] = ["1", "0", "0", "1"].map(|number| number.parse().unwrap());
            let (seen, gang) = (Column::from(&seen[..]), Column::from(&gang[..]));
            let (found, refusal) = scores(seen, gang);
            assert_eq!(found, wanted, stringify!($number));
            assert!(refusal.starts_with("`seen` is ") && refusal.ends_with(", not true or false"), "{refusal}");
            let (_, refusal) = scores(gang, seen);
            assert!(refusal.starts_with("`flags.gang` is ") && refusal.ends_with(", neither true nor false"), "{refusal}");
        )*};
    }
    check!(i8 => "-1", i16 => "2", i32 => "256", i64 => "-9", u8 => "2", u16 => "256", u32 => "2", u64 => "18446744073709551615",
        f32 => "0.5", f64 => "NaN");
    let (seen, gang) = (
        ["true", "false", "true", "1"],
        ["true", "false", "false", "True"],
    );
    let (found, _) = scores(Column::from(&seen[..]), Column::from(&gang[..]));
    assert_eq!(found, wanted);
    let (_, refusal) = scores(Column::from(&["true"; 4][..]), Column::from(&gang[..]));
    assert_eq!(refusal, "`flags.gang` is `True`, neither true nor false");
}

#[test]
fn what_is_not_utf8_is_refused_and_never_missing() {
    let matrix = Matrix::from_yaml(
        "format: 1\nid: gangs\nversion: 1.0.0\ntitle: Gangs\nstatus: local\ninputs:\n  rosh: { type: level, values: [low, high], missing: { assume: low } }\n\
         criteria:\n  rosh: { input: rosh, values: { low: 1, high: 2 } }\ndimensions:\n  harm: { score: [rosh] }\n",
    )
    .unwrap_or_else(|faults| panic!("{faults}"));
    let bulk = matrix.bulk("2026-11-21".parse().unwrap(), Outputs::everything());
    let texts = Texts::Joined {
        offsets: Offsets::I32(&[0, 3, 7]),
        bytes: b"lowh\xffgh",
    };
    let keyed = Values::Dictionary {
        keys: Keys::U8(&[0, 1]),
        values: texts,
    };
    for values in [Values::Texts(texts), keyed] {
        let cohort = Cohort::new(2).with("rosh", Column::new(values));
        let scored = bulk.score(&cohort).unwrap();
        assert!(scored.scores("harm").unwrap().get(0).is_some());
        assert!(scored.scores("harm").unwrap().get(1).is_none());
        assert_eq!(
            bulk.score_row(&cohort, 1).unwrap().unwrap_err().to_string(),
            "`rosh` is not UTF-8 text; write it as UTF-8"
        );
    }
}

/// A number of any range, with whatever points for it, and rows that have anything at all in the column.
fn numbers() -> impl Strategy<Value = (String, u32, Vec<i64>)> {
    use prop::sample::select;
    let low = prop_oneof![3 => Just(-100_i64), 3 => select(vec![0, 2, 10, -10_000_000_000]), 1 => -128_i64..128, 1 => -100_000_i64..100_000];
    let width = select(vec![
        200_i64,
        200,
        200,
        200,
        2,
        100,
        127,
        128,
        255,
        256,
        5000,
        9000,
        20_000_000_000,
    ]);
    let share = || prop_oneof![Just(0.0), 0.0..0.999];
    let units = (
        share(),
        share(),
        select(vec![-2_i64, -1, 1, 2]),
        prop::option::of(1_i64..30),
    );
    let bands = (
        prop::collection::vec((0.0..1.0, -3_i64..4), 0..40),
        prop::option::of(-2_i64..3),
    );
    let absent = prop_oneof![Just(0_i64), 0_i64..6];
    (low, width, 0_u32..4, units, bands, absent, any::<u64>()).prop_map(
        |(low, width, places, (each, beyond, points, cap), (bands, even), absent, seed)| {
            let (high, unit) = (low + width, 10_i64.pow(places));
            let at = |share: f64| low + (share * width as f64) as i64;
            let text = |units: i64| rust_decimal::Decimal::new(units, places).normalize().to_string();
            let beyond = at(beyond);
            let each = ((each * (high - beyond) as f64) as i64).max(width / 50_000).clamp(1, high - beyond);
            let cap = cap.map(|cap| format!(", cap: {}", cap * points.signum())).unwrap_or_default();
            let mut cuts: Vec<(i64, i64)> = match even {
                Some(step) => (0..20.min(width)).map(|cut| (low + cut * (width / 20).max(1), cut * step)).collect(),
                None => bands.into_iter().map(|(share, points)| (at(share), points)).chain([(low, 1)]).collect(),
            };
            cuts.sort_unstable();
            cuts.dedup_by_key(|(cut, _)| *cut);
            let bands: Vec<String> = cuts.iter().map(|(cut, points)| format!("{{ from: {}, points: {points} }}", text(*cut))).collect();
            let kind = if places == 0 { "type: integer".to_owned() } else { format!("type: decimal, places: {places}") };
            let yaml = format!(
                "format: 1\nid: numbers\nversion: 1.0.0\ntitle: Numbers\nstatus: local\ninputs:\n  \
                 x: {{ {kind}, range: [{}, {}], missing: absent }}\n  yes: {{ type: boolean, missing: absent }}\n  no: {{ type: boolean, missing: absent }}\n\
                 criteria:\n  units: {{ input: x, each: {}, points: {points}, beyond: {}{cap}, absent: {absent} }}\n  \
                 bands: {{ input: x, bands: [{}], absent: {absent} }}\n  yes: {{ when: {{ yes: true, no: false }}, points: 2 }}\n  \
                 no: {{ when: {{ missing: no }}, points: 3 }}\n\
                 dimensions:\n  risk: {{ score: [units, bands, yes, no] }}\n",
                text(low), text(high), text(each), text(beyond), bands.join(", ")
            );
            let mut drawn = seed | 1;
            let rows = (0..100).map(|row: i64| {
                drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                match row {
                    0 => low,
                    1 => high,
                    2 => low - unit,
                    3 => high + unit,
                    4 => i64::MAX,
                    5 => i64::MIN,
                    6 => -13_510_798_880_100,
                    _ => low + (drawn >> 20).cast_signed() % (width + 1),
                }
            });
            (yaml, places, rows.collect())
        },
    )
}

proptest! {
    #![proptest_config(test_kit::cases(400))]

    #[test]
    fn numbers_of_any_range_give_what_each_profile_gives((yaml, places, rows) in numbers()) {
        let matrix = Matrix::from_yaml(&yaml).unwrap_or_else(|faults| panic!("{faults}\n{yaml}"));
        let as_at: Date = "2026-11-21".parse().unwrap();
        let bulk = matrix.bulk(as_at, Outputs::everything());
        let floats: Vec<f64> = rows.iter().map(|units| *units as f64 / 10_f64.powi(places.cast_signed())).collect();
        let (valid, yes, no) = ([0b1101_1111_u8; 13], [0b0110_0101_u8; 13], [0b1011_1101_u8; 13]);
        let bits = |bytes| Bits::new(bytes, 0, 100);
        let numbers = if places == 0 { vec![Column::from(&rows[..]), Column::from(&floats[..])] } else { vec![Column::from(&floats[..])] };
        for numbers in numbers {
            let cohort = Cohort::new(100)
                .with("x", numbers.with_validity(bits(&valid)))
                .with("yes", Column::from(bits(&yes)).with_validity(bits(&no)))
                .with("no", Column::from(bits(&no)).with_validity(bits(&valid)));
            let scored = bulk.score(&cohort).unwrap();
            for (row, number) in rows.iter().enumerate() {
                same(&matrix, &scored, row, &bulk.score_row(&cohort, row).unwrap(), &format!("row {row}, {number}\n{yaml}"));
            }
        }
    }
}
