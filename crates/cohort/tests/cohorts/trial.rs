//! A revision tried on a cohort: by the public interface only.

use std::collections::BTreeMap;
use std::path::Path;

use threshold_matrix::compare::RuleChange;
use threshold_matrix::{Date, Matrix, Profile, sample};
use threshold_matrix_cohort::trial::{
    Area, Audience, DifferenceKind, Direction, Discrimination, Trial,
};
use threshold_matrix_cohort::{CohortReader, Columns, FileKind, Person};

fn as_at() -> Date {
    "2026-12-05".parse().unwrap()
}

fn open(name: &str) -> Matrix {
    Matrix::open(name, as_at()).unwrap()
}

/// The same made-up people, as either revision reads them.
fn people(old: &Matrix, new: &Matrix, count: usize) -> Vec<Person> {
    let [old, new] = [old, new].map(|matrix| sample::profiles(matrix, as_at(), 7, count));
    let person = |(number, (old, new)): (usize, _)| {
        let mut person = Person::new(number.to_string(), old);
        person.revised = Some(Ok(new));
        person.observed = [None, Some(true), Some(false)][number % 3];
        person.kept = vec![["a", "b", "a", "c", ""][number % 5].to_owned()];
        person
    };
    old.zip(new).enumerate().map(person).collect()
}

fn tried(trial: Trial, people: &[Person]) -> Trial {
    let mut trial = trial;
    people.iter().for_each(|person| trial.add(person, as_at()));
    trial
}

/// A small matrix whose decision reads one score, with this cut-off and these points for each arrest.
fn small(version: &str, high: u32, points: u32) -> Matrix {
    let text = format!(
        "format: 1\nid: small\nversion: {version}\ntitle: Small\nstatus: local\ninputs:\n  arrests: {{ type: integer, range: [0, 20], missing: unknown }}\n\
         criteria:\n  arrests_each: {{ input: arrests, each: 1, points: {points} }}\n\
         dimensions:\n  frequency: {{ score: [arrests_each], levels: [ {{ level: high, from: {high} }}, {{ level: low }} ] }}\n\
         tiers: [high, low]\ndecision:\n  rules:\n    - {{ tier: high, when: {{ frequency: high }} }}\n    - {{ tier: low }}\n"
    );
    Matrix::from_yaml(&text).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn ways_are_what_both_scorings_give() {
    for (old, new) in [
        ("iom-threshold@1.0.0", "iom-threshold@1.1.0"),
        ("hmpps-tier@3.5.0", "hmpps-tier@3.6.0"),
        ("hmpps-utm@1.0.0", "hmpps-utm@2.0.0"),
    ] {
        let (old, new) = (open(old), open(new));
        let people = people(&old, &new, 400);
        let trial = tried(Trial::new(&old, &new), &people);
        let mut expected = BTreeMap::<(String, String), u64>::new();
        for person in &people {
            let revised = Person::new("", person.revised.clone().unwrap().unwrap());
            let words = [
                person.clone().score(&old, as_at()),
                revised.score(&new, as_at()),
            ]
            .map(|scored| {
                let open = scored
                    .result
                    .as_ref()
                    .is_ok_and(|outcome| outcome.possible().len() > 1);
                format!(
                    "{}{}",
                    scored.result_in_words(),
                    if open { ", not settled" } else { "" }
                )
            });
            *expected.entry(words.into()).or_default() += 1;
        }
        let ways: BTreeMap<_, _> = trial
            .ways()
            .into_iter()
            .map(|way| ((way.from, way.to), way.people))
            .collect();
        assert_eq!(ways, expected);
        assert_eq!(trial.people(), 400);
        assert_eq!(ways.values().sum::<u64>(), 400);
        assert_eq!(
            trial.moved(),
            expected
                .iter()
                .filter(|((from, to), _)| from != to)
                .map(|(_, people)| people)
                .sum::<u64>()
        );
        // The tables of each side are the sums of the movement.
        for share in trial.old().results() {
            assert_eq!(
                share.people,
                trial
                    .ways()
                    .iter()
                    .filter(|way| way.from == share.name())
                    .map(|way| way.people)
                    .sum::<u64>()
            );
        }
        for share in trial.revised().results() {
            assert_eq!(
                share.people,
                trial
                    .ways()
                    .iter()
                    .filter(|way| way.to == share.name())
                    .map(|way| way.people)
                    .sum::<u64>()
            );
        }
    }
}

/// Each cause moves, alone, as many of the people who move as it says; and nothing alone moves those of whom it is said that several together do.
#[test]
fn causes_move_people_by_themselves() {
    for (old, new) in [
        ("iom-threshold@1.0.0", "iom-threshold@1.1.0"),
        ("hmpps-tier@3.5.0", "hmpps-tier@3.6.0"),
        ("hmpps-utm@1.0.0", "hmpps-utm@2.0.0"),
        ("lsir-idaho@1.0.0", "lsir-idaho@2.0.0"),
    ] {
        let (old, new) = (open(old), open(new));
        let people = people(&old, &new, 400);
        let trial = tried(Trial::new(&old, &new), &people);
        let changes = old.rule_changes(&new).unwrap();
        let result = |matrix: &Matrix, person: &Person| {
            let given = [person.profile.clone(), person.revised.clone().unwrap()];
            let given = given.iter().flatten().flat_map(|profile| profile.iter());
            let given = given.filter(|(name, _)| matrix.inputs().any(|own| own == *name));
            let profile = given.map(|(name, value)| (name, value.clone())).collect();
            let outcome = matrix.score(&profile, as_at()).ok()?;
            let levels = outcome
                .dimensions()
                .map(|own| own.possible_levels().join("|"));
            let levels: Vec<String> = levels.collect();
            let possible: Vec<String> = outcome
                .possible()
                .iter()
                .map(|own| own.to_string())
                .collect();
            Some(if possible.is_empty() {
                levels
            } else {
                possible
            })
        };
        let moved: Vec<_> = people
            .iter()
            .filter(|person| result(&old, person) != result(&new, person))
            .collect();
        assert_eq!(moved.len() as u64, trial.moved());
        let moves = |change: &RuleChange, person: &Person| {
            result(&old, person) != result(change.alone(), person)
        };
        for change in &changes {
            let expected = moved.iter().filter(|person| moves(change, person)).count();
            let causes = trial.causes();
            let told = causes
                .iter()
                .find(|cause| cause.change == change.to_string());
            assert_eq!(
                told.map_or(0, |cause| cause.people),
                expected as u64,
                "{change}"
            );
        }
        let together = moved
            .iter()
            .filter(|person| !changes.iter().any(|change| moves(change, person)));
        assert_eq!(trial.moved_together(), Some(together.count() as u64));
    }
}

/// Two changes that each add a point move somebody only together: neither is named as what moves most.
#[test]
fn what_moves_only_together_is_told_as_that() {
    let matrix = |points: u32| {
        let text = format!(
            "format: 1\nid: small\nversion: 1.0.0\ntitle: Small\nstatus: local\ninputs:\n  a: {{ type: integer, range: [0, 9] }}\n  b: {{ type: integer, range: [0, 9] }}\n\
             criteria:\n  of_a: {{ input: a, each: 1, points: {points} }}\n  of_b: {{ input: b, each: 1, points: {points} }}\n\
             dimensions:\n  d: {{ score: [of_a, of_b], levels: [ {{ level: high, from: 4 }}, {{ level: low }} ] }}\n\
             tiers: [high, low]\ndecision:\n  rules:\n    - {{ tier: high, when: {{ d: high }} }}\n    - {{ tier: low }}\n"
        );
        Matrix::from_yaml(&text).unwrap_or_else(|faults| panic!("{faults}"))
    };
    let (old, new) = (matrix(1), matrix(2));
    let person = |a: u32, b: u32| Person::new("", Profile::new().with("a", a).with("b", b));
    let people = [person(1, 1), person(1, 1), person(2, 0), person(0, 0)];
    let trial = tried(Trial::new(&old, &new), &people);
    assert_eq!((trial.moved(), trial.moved_together()), (3, Some(2)));
    let causes: Vec<_> = trial
        .causes()
        .into_iter()
        .map(|own| (own.of, own.people))
        .collect();
    assert_eq!(causes, [(vec!["criteria.of_a.points".to_owned()], 1)]);
    let report = trial.report().to_string();
    assert!(report.contains("The change that moves most by itself, 1 of the 3: the criterion “of_a” (points: 1 before, 2 after)."), "{report}");
    assert!(
        report.contains("2 (66.7 %) would move only by several changes together."),
        "{report}"
    );
    let trial = tried(Trial::new(&old, &new), &people[..2]);
    let report = trial.report().to_string();
    assert!(report.contains("No change of the rules moves anybody by itself: 2 would move only by several changes together."), "{report}");
}

#[test]
fn differences_say_what_differs() {
    let file = "id,arrests\na,4\nb,5\nc,6\nd,2\n";
    let run = |old: &Matrix, new: &Matrix| {
        let mut trial = Trial::new(old, new);
        for person in
            CohortReader::for_revisions(file.as_bytes(), FileKind::Csv, &Columns::new(), old, new)
                .unwrap()
        {
            trial.add(&person.unwrap(), as_at());
        }
        trial
            .differences()
            .into_iter()
            .map(|cause| (cause.kind, cause.name, cause.change, cause.people))
            .collect::<Vec<_>>()
    };
    let frequency = |change: &str| ("frequency".to_owned(), change.to_owned());
    let (name, change) = frequency("low to high");
    assert_eq!(
        run(&small("1.0.0", 6, 1), &small("1.1.0", 5, 1)),
        [(DifferenceKind::LevelAtSameScore, name, change, 1)]
    );
    let (name, change) = frequency("low to high");
    assert_eq!(
        run(&small("1.0.0", 6, 1), &small("1.1.0", 6, 2)),
        [
            (
                DifferenceKind::MorePoints,
                "arrests_each".to_owned(),
                String::new(),
                2
            ),
            (DifferenceKind::Level, name, change, 2)
        ]
    );
    assert_eq!(run(&small("1.0.0", 6, 1), &small("1.1.0", 6, 1)), []);
}

#[test]
fn a_sweep_is_what_each_cut_off_gives() {
    let new = small("1.1.0", 6, 1);
    let file: String = (0..=20)
        .map(|arrests| format!("p{arrests},{arrests},{}\n", arrests % 2))
        .chain(["q,,1\n".to_owned()])
        .collect();
    let file = format!("id,arrests,again\n{file}");
    let mut trial = Trial::new(&small("1.0.0", 9, 1), &new)
        .sweep(&"frequency.high=3..8".parse().unwrap())
        .unwrap();
    let columns = trial.columns(Columns::new().with_outcome("again"));
    for person in
        CohortReader::for_revisions(file.as_bytes(), FileKind::Csv, &columns, &new, &new).unwrap()
    {
        trial.add(&person.unwrap(), as_at());
    }
    let points = trial.sweep_points();
    assert_eq!(
        points
            .iter()
            .map(|point| point.from.to_string())
            .collect::<Vec<_>>(),
        ["3", "4", "5", "6", "7", "8"]
    );
    assert_eq!(
        points.iter().map(|point| point.is_own).collect::<Vec<_>>(),
        [false, false, false, true, false, false]
    );
    for (cut, point) in (3_u64..).zip(&points) {
        let [high, low] = point.results.as_slice() else {
            panic!("two tiers")
        };
        assert_eq!(
            (high.people, low.people, point.elsewhere.people),
            (21 - cut, cut, 1)
        );
        assert_eq!(
            high.happened,
            (cut..=20).filter(|arrests| arrests % 2 == 1).count() as u64
        );
    }
    let own = &points[3];
    assert_eq!(own.results[0].people, trial.revised().results()[0].people);
}

/// The quick way agrees with a matrix that was written with each cut-off.
#[test]
fn a_sweep_of_a_shipped_matrix_is_scoring_with_each_cut_off() {
    let (old, new) = (open("iom-threshold@1.0.0"), open("iom-threshold@1.1.0"));
    let people = people(&old, &new, 200);
    let trial = tried(
        Trial::new(&old, &new)
            .sweep(&"frequency.high=14..22..2".parse().unwrap())
            .unwrap(),
        &people,
    );
    let text = new.to_yaml();
    let levels = text.find("  frequency:").unwrap();
    for point in trial.sweep_points() {
        let (before, after) = text.split_at(levels);
        let written = after.replacen("from: 20", &format!("from: {}", point.from), 1);
        let matrix = Matrix::from_yaml(&format!("{before}{written}")).unwrap();
        let own = tried(Trial::new(&old, &matrix), &people);
        for count in &point.results {
            let share = own
                .revised()
                .results()
                .into_iter()
                .find(|share| share.name() == count.name)
                .unwrap();
            assert_eq!(
                (share.people, share.happened),
                (count.people, count.happened),
                "{} from {}",
                count.name,
                point.from
            );
        }
    }
}

#[test]
fn what_cannot_be_asked_is_said() {
    let (old, new) = (open("iom-threshold@1.0.0"), open("iom-threshold@1.1.0"));
    let trial = || Trial::new(&old, &new);
    let sweep = |text: &str| {
        text.parse()
            .and_then(|cut_off| trial().sweep(&cut_off).map(drop))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        sweep("frequency"),
        "`frequency` is not a cut-off and a range; write it as `frequency.high=10..20`"
    );
    assert_eq!(
        sweep("frequency.high=20..10"),
        "`frequency.high=20..10` holds no cut-offs; write the smaller end first, and a step above zero"
    );
    assert!(
        sweep("frequency.high=0..1000").ends_with("is more than 200 cut-offs; write a larger step")
    );
    assert!(sweep("frequncy.high=10..20").contains("did you mean `frequency`?"));
    assert!(
        sweep("frequency.hihg=10..20")
            .contains("`frequency` has no cut-off `hihg`; did you mean `high`?")
    );
    assert!(
        sweep("frequency.high=1..20").starts_with("`frequency.high` cannot begin at 1: "),
        "{}",
        sweep("frequency.high=1..20")
    );
    let without_tiers = Trial::new(&open("hmpps-utm@1.0.0"), &open("hmpps-utm@2.0.0"))
        .sweep(&"protect.B=16..24".parse().unwrap());
    assert_eq!(
        without_tiers.unwrap_err().to_string(),
        "hmpps-utm 2.0.0 has no tiers, and a sweep counts the people in each tier"
    );
    assert!(sweep("decision.high=1..2").starts_with("nothing called `decision` has cut-offs"));
    assert!(
        trial()
            .capacity("hgih", 3)
            .unwrap_err()
            .to_string()
            .contains("has no tier `hgih`; did you mean `high`?")
    );
    assert!(trial().at_least("top").is_err());
    assert!(
        trial()
            .score("frequenzy")
            .unwrap_err()
            .to_string()
            .contains("did you mean `frequency`?")
    );
}

#[test]
fn columns_are_read_for_both_revisions() {
    let old = small("1.0.0", 6, 1);
    let text = old
        .to_yaml()
        .replace("arrests:", "charges:")
        .replace("input: arrests", "input: charges");
    let new = Matrix::from_yaml(&text).unwrap();
    let file = "number,n_arrests,n_charges,sex\na,2,9,f\n";
    let yaml = b"id: number\ncolumns: { arrests: n_arrests, charges: n_charges }";
    assert!(Columns::from_yaml("columns.yaml", yaml, &old).is_err());
    let columns = Columns::for_revisions("columns.yaml", yaml, &old, &new)
        .unwrap()
        .keeping("sex");
    let mut people =
        CohortReader::for_revisions(file.as_bytes(), FileKind::Csv, &columns, &old, &new).unwrap();
    assert!(people.unused().is_empty());
    let person = people.next().unwrap().unwrap();
    assert_eq!(person.kept, ["f"]);
    let mut trial = Trial::new(&old, &new);
    trial.add(&person, as_at());
    assert_eq!(
        trial
            .ways()
            .iter()
            .map(|way| (way.from.as_str(), way.to.as_str(), way.direction))
            .collect::<Vec<_>>(),
        [("low", "high", Direction::Up)]
    );

    // One profile of JSON for both; what neither knows is refused by both.
    let lines = "{\"id\": \"a\", \"sex\": \"f\", \"profile\": {\"arrests\": 2, \"charges\": 9}}\n{\"id\": 2, \"profile\": {\"arrests\": 2, \"carges\": 9}}\n";
    let columns = Columns::new().keeping("sex");
    let mut trial = Trial::new(&old, &new);
    for person in
        CohortReader::for_revisions(lines.as_bytes(), FileKind::JsonLines, &columns, &old, &new)
            .unwrap()
    {
        let person = person.unwrap();
        assert_eq!(person.kept, [if person.id == "a" { "f" } else { "" }]);
        trial.add(&person, as_at());
    }
    assert_eq!((trial.old().refused(), trial.revised().refused()), (1, 1));
    assert_eq!(
        trial
            .ways()
            .iter()
            .filter(|way| way.direction == Direction::Up)
            .map(|way| way.people)
            .sum::<u64>(),
        1
    );
}

#[test]
fn what_is_proved_of_the_rules_comes_after_who_moved() {
    let markdown = |old: &Matrix, new: &Matrix| {
        let trial = tried(
            Trial::new(old, new).with_comparison(old.compare(new, as_at())),
            &people(old, new, 20),
        );
        let markdown = trial.report().to_markdown();
        let sections = [
            "What changed in the rules",
            "Who would move",
            "What is proved for every possible profile",
        ]
        .map(|title| markdown.find(title).unwrap());
        assert!(sections.is_sorted(), "{markdown}");
        markdown
    };
    let (old, new) = (small("1.0.0", 4, 1), small("1.1.0", 6, 1));
    let moved = markdown(&old, &new);
    assert!(
        moved.contains(
            "These are all the changes: that is proved for all profiles that both revisions accept and in which nothing is unknown."
        ),
        "{moved}"
    );
    // Each change is told in words, with the inputs that decide, and with no JSON.
    for told in [
        "| From | To | Why | What decides it in the example |",
        "before, ",
    ] {
        assert!(moved.contains(told), "{told}: {moved}");
    }
    let proved = moved.split("What is proved").nth(1).unwrap();
    let proved = proved.split("Who would move").next().unwrap();
    assert!(!proved.contains('{'), "{proved}");
    let made_up = Trial::new(&old, &new).made_up();
    let headline = tried(made_up, &people(&old, &new, 20)).report().to_string();
    assert!(
        headline.contains("These people are made up. "),
        "{headline}"
    );
    let same = markdown(&old, &small("1.1.0", 4, 1));
    assert!(same.contains("No rule is written differently."), "{same}");
    assert!(
        same.contains(
            "Nobody's result can change: that is proved for all profiles that both revisions accept and in which nothing is unknown."
        ),
        "{same}"
    );
}

#[test]
fn the_same_people_give_the_same_report() {
    let (old, new) = (open("iom-threshold@1.0.0"), open("iom-threshold@1.1.0"));
    let people = people(&old, &new, 150);
    let trial = || {
        let trial = Trial::new(&old, &new)
            .from_source("made up")
            .by(["area"])
            .unwrap()
            .capacity("high", 12)
            .unwrap();
        tried(
            trial
                .sweep(&"frequency.high=18..21".parse().unwrap())
                .unwrap(),
            &people,
        )
        .report()
    };
    assert_eq!(trial().to_html(), trial().to_html());
    let page = trial().to_html();
    assert!(
        !page.contains("<script")
            && !page.contains("url(")
            && page.contains("<svg class=\"flow\"")
            && page.contains("<svg class=\"chart\"")
    );
    insta::assert_snapshot!("iom-threshold", trial().to_string());
}

/// The data say what the report says, and by group hide what it hides.
#[test]
fn a_trial_is_data_too() {
    let (old, new) = (open("iom-threshold@1.0.0"), open("iom-threshold@1.1.0"));
    let people = people(&old, &new, 300);
    let trial = tried(
        Trial::new(&old, &new)
            .by(["area"])
            .unwrap()
            .capacity("high", 60)
            .unwrap()
            .with_comparison(old.compare(&new, as_at())),
        &people,
    );
    let data = serde_json::to_value(&trial).unwrap();
    assert_eq!(
        (&data["people"], data["moved"].as_u64()),
        (&serde_json::json!(300), Some(trial.moved()))
    );
    assert_eq!(data["ways"].as_array().unwrap().len(), trial.ways().len());
    assert_eq!(data["matrices"][1]["hash"], new.content_hash());
    assert_eq!(
        data["capacity"],
        serde_json::json!([{ "tier": "high", "people": 60 }])
    );
    assert!(
        !data["comparison"]["shifts"].as_array().unwrap().is_empty()
            && data["comparison"]["old"]["version"] == "1.0.0"
    );
    for (revision, tally) in [(0, trial.old()), (1, trial.revised())] {
        let results = data["revisions"][revision]["results"].as_array().unwrap();
        assert_eq!(
            results
                .iter()
                .map(|share| share["people"].as_u64().unwrap())
                .sum::<u64>()
                + tally.refused(),
            300
        );
        // No number by group is a small one.
        for group in data["groups"][0]["groups"].as_array().unwrap() {
            let results = &group["revisions"][revision];
            let numbers = results["results"]
                .as_array()
                .unwrap()
                .iter()
                .map(|result| &result["people"]);
            let numbers: Vec<_> = numbers
                .chain([&results["elsewhere"], &results["flagged"]])
                .map(serde_json::Value::as_u64)
                .collect();
            assert!(
                numbers
                    .iter()
                    .flatten()
                    .all(|number| *number == 0 || *number >= 10),
                "{group}"
            );
            assert!(numbers.contains(&None), "{group}");
        }
    }
    assert!(!data.to_string().contains("message"));
}

/// DeLong, for two scores of the same people, one of which is in a column of the file.
#[test]
fn an_existing_score_is_compared_with_that_of_the_revision() {
    let matrix = small("1.0.0", 6, 1);
    let rows = (0..60).map(|number| {
        let (arrests, seen) = (number * 7 % 19, number * number % 7 > 2);
        // The existing score is the same with one more place, so that both order people alike; or it is the opposite.
        format!(
            "p{number},{arrests},{arrests}.00000001,{},{}\n",
            20 - arrests,
            u8::from(seen)
        )
    });
    let file = format!(
        "id,arrests,same,opposite,again\n{}",
        rows.collect::<String>()
    );
    let measured = |existing: &str| {
        let mut trial = Trial::new(&matrix, &matrix).existing(existing);
        let columns = trial.columns(Columns::new().with_outcome("again"));
        let people =
            CohortReader::for_revisions(file.as_bytes(), FileKind::Csv, &columns, &matrix, &matrix);
        for person in people.unwrap() {
            trial.add(&person.unwrap(), as_at());
        }
        let [own, existing] = trial.measures().try_into().unwrap();
        assert_eq!((own.people, existing.people), (60, 60));
        (
            own.new.unwrap(),
            existing.new.unwrap(),
            existing.difference.unwrap(),
        )
    };
    let (own, same, difference) = measured("same");
    assert_eq!(
        (own, difference.area, difference.interval),
        (same, 0.0, None)
    );
    let (own, opposite, difference) = measured("opposite");
    assert!((own.area + opposite.area - 1.0).abs() < 1e-12);
    assert!((difference.area - (opposite.area - own.area)).abs() < 1e-12);
    // The two vary together, so the interval of the difference is twice as wide.
    let width = |area: Area| area.interval.map(|own| own.high - own.low).unwrap();
    assert!((width(difference) - 2.0 * width(own)).abs() < 1e-12);
}

/// The published data are not part of the repository; where they are at hand, the figures of their page are found again.
#[test]
fn the_figures_of_the_released_records() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("../shared/data/nij/releases.csv");
    if !path.exists() {
        println!("skipped: the data set of examples/nij/README.md is not at hand");
        return;
    }
    let read = |name: &str| std::fs::read(root.join("examples/nij").join(name)).unwrap();
    let matrix = |name: &str| Matrix::from_named_yaml(name, &read(name)).unwrap();
    let (old, new) = (
        matrix("georgia-release.yaml"),
        matrix("georgia-release-1.1.0.yaml"),
    );
    let mut trial = Trial::new(&old, &new)
        .by(["gender", "race"])
        .unwrap()
        .existing("sup_risk_score");
    let columns =
        Columns::for_revisions("columns.yaml", &read("columns.yaml"), &old, &new).unwrap();
    let columns = trial.columns(columns).keeping("sup_level");
    let mut levels = BTreeMap::<String, [u64; 2]>::new();
    let mut scores = Discrimination::new();
    for person in CohortReader::for_revisions(
        std::fs::File::open(path).unwrap(),
        FileKind::Csv,
        &columns,
        &old,
        &new,
    )
    .unwrap()
    {
        let person = person.unwrap();
        let happened = person.observed.unwrap();
        let [all, seen] = levels.entry(person.kept[3].clone()).or_default();
        *all += 1;
        *seen += u64::from(happened);
        if let Ok(score) = person.kept[2].parse() {
            scores.add(score, happened);
        }
        trial.add(&person, as_at());
    }
    assert_eq!((trial.people(), trial.old().observed()), (25_835, 25_835));
    let [all, seen] = levels
        .values()
        .fold([0, 0], |[all, seen], [own, own_seen]| {
            [all + own, seen + own_seen]
        });
    assert_eq!(format!("{:.2}", seen as f64 * 100.0 / all as f64), "57.69");
    // The rates 0.516, 0.589 and 0.638.
    assert_eq!(
        (levels["Standard"], levels["Specialized"], levels["High"]),
        ([9983, 5156], [7123, 4195], [7009, 4469])
    );
    let area = scores.area().unwrap();
    let interval = area.interval.unwrap();
    assert_eq!(format!("{:.4}", area.area), "0.6055");
    assert!(
        interval.low < 0.6055 && 0.6055 < interval.high && interval.high - interval.low < 0.02,
        "{area:?}"
    );
    let measure = trial
        .measures()
        .into_iter()
        .find(|measure| measure.is_existing)
        .unwrap();
    assert_eq!((measure.new, measure.left_out), (Some(area), 475));
    assert_eq!(
        (
            trial.moved(),
            trial.old().provisional(),
            trial.revised().provisional()
        ),
        (2_096, 2_007, 1_873)
    );
    assert!(
        trial
            .ways()
            .iter()
            .all(|way| way.direction != Direction::Down)
    );
    // Women: 12.6 to 22.3 % are high by the old version. Errors by race are told by both versions.
    let told = |trial: &Trial, by: usize| {
        let data = serde_json::to_value(trial).unwrap();
        data["groups"][by]["groups"].as_array().unwrap().clone()
    };
    for race in told(&trial, 1) {
        for figures in race["revisions"].as_array().unwrap() {
            assert_eq!(figures["false_positives"]["is_hidden"], false, "{race}");
        }
    }
    let trial = trial.audience(Audience::Board);
    let women = told(&trial, 0)
        .into_iter()
        .find(|group| group["name"] == "F")
        .unwrap();
    let flagged = &women["revisions"][0]["flagged"];
    assert_eq!(
        (&flagged["least"], &flagged["most"]),
        (
            &serde_json::json!([400, 3167]),
            &serde_json::json!([706, 3167])
        )
    );
}

/// What nobody recorded counts where it could change the result, and not where it is only missing.
#[test]
fn what_could_change_a_result_is_counted() {
    let matrix = |version: &str, first: u32| {
        let text = format!(
            "format: 1\nid: two\nversion: {version}\ntitle: Two\nstatus: local\ninputs:\n  s: {{ type: integer, range: [0, 40] }}\n  \
             u: {{ type: boolean, missing: unknown }}\n  v: {{ type: boolean, missing: unknown }}\ncriteria:\n  one: {{ input: s, each: 1, points: 1 }}\n  \
             six: {{ when: {{ u: true }}, points: 6 }}\n  more: {{ when: {{ v: true }}, points: 1 }}\ndimensions:\n  d: {{ score: [one, six, more] }}\n\
             tiers: [high, low]\ndecision:\n  bands: {{ of: d, tiers: [ {{ tier: high, from: {first} }}, {{ tier: low }} ] }}\n"
        );
        Matrix::from_yaml(&text).unwrap_or_else(|faults| panic!("{faults}"))
    };
    let (old, new) = (matrix("1.0.0", 20), matrix("1.1.0", 30));
    // With 15, `v` changes nothing; with 19, either does; with 13, they do together; with 5, nothing is open.
    let file = "id,s,u,v\na,15,,\nb,19,0,\nc,13,,\nd,5,,\ne,19,,\n";
    let mut trial = Trial::new(&old, &new);
    let people =
        CohortReader::for_revisions(file.as_bytes(), FileKind::Csv, &Columns::new(), &old, &new);
    for person in people.unwrap() {
        trial.add(&person.unwrap(), as_at());
    }
    let data = serde_json::to_value(&trial).unwrap();
    let can_change = &data["revisions"][0]["can_change"];
    let expected =
        serde_json::json!([{ "input": "u", "people": 3 }, { "input": "v", "people": 3 }]);
    assert_eq!(can_change, &expected);
    assert_eq!(data["revisions"][1]["can_change"], serde_json::json!([]));
    assert_eq!(
        trial.old().not_recorded(),
        [("v".to_owned(), 4), ("u".to_owned(), 3)]
    );
}
