//! Profiles from JSON and from whatever serialises, and every way in which one is refused.

use std::collections::BTreeMap;

use serde::Serialize;
use threshold_matrix::{Date, Matrix, ProblemKind, Profile, Value, report};

const MATRIX: &str = "
format: 1
id: profiles
version: 1.0.0
title: Profiles
status: illustrative
inputs:
  count: { type: integer, range: [-5, 60] }
  rate: { type: decimal, places: 2, range: [0, 100], missing: absent }
  rosh: { type: level, values: [low, medium, high], missing: unknown }
  grade: { type: category, values: ['1', '2'], missing: absent }
  flags: { type: set, values: [a, b, c], missing: { assume: [] } }
  settled: { type: boolean, missing: { assume: false } }
  released: { type: date, missing: absent }
derived:
  days: { days_between: [released, as_at], range: [0, 5000] }
checks:
  - { id: settled-people-are-released, when: { settled: true }, require: { known: released }, message: settled needs a released date }
criteria:
  arrests: { input: count, each: 1, points: 1 }
dimensions:
  one: { score: [arrests], levels: [ { level: high, from: 10 }, { level: low } ] }
tiers: [high, low]
decision: { rules: [ { tier: high, when: { one: high } }, { tier: low } ] }
";

fn matrix() -> Matrix {
    Matrix::from_yaml(MATRIX).unwrap_or_else(|faults| panic!("{faults}"))
}

fn as_at() -> Date {
    "2026-11-21".parse().unwrap()
}

#[derive(Serialize)]
enum Risk {
    #[serde(rename = "high")]
    High,
}

#[derive(Serialize)]
struct Wrapped<T>(T);

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Everything<'a> {
    a: bool,
    b: i8,
    c: i16,
    d: i32,
    e: i64,
    f: u8,
    g: u16,
    h: u32,
    i: u64,
    j: u64,
    k: f32,
    l: f64,
    m: char,
    n: &'a str,
    o: Option<u8>,
    p: Option<u8>,
    q: (),
    r: Risk,
    s: Wrapped<&'a str>,
    t: Vec<&'a str>,
    u: (&'a str, &'a str),
    v: Unit,
}

#[test]
fn every_kind_of_field_is_a_value() {
    let everything = Everything {
        a: true,
        b: -1,
        c: 2,
        d: 3,
        e: 4,
        f: 5,
        g: 6,
        h: 7,
        i: 8,
        j: u64::MAX,
        k: 0.1,
        l: 6.95,
        m: 'x',
        n: "text",
        o: Some(1),
        p: None,
        q: (),
        r: Risk::High,
        s: Wrapped("inner"),
        t: vec!["one", "two"],
        u: ("three", "four"),
        v: Unit,
    };
    let profile = Profile::from_serialize(&Wrapped(Some(&everything))).unwrap();
    let text = |text: &str| Value::Text(text.to_owned());
    let expected: BTreeMap<&str, Value> = [
        ("a", true.into()),
        ("b", (-1).into()),
        ("c", 2.into()),
        ("d", 3.into()),
        ("e", 4.into()),
        ("f", 5.into()),
        ("g", 6.into()),
        ("h", 7.into()),
        ("i", 8.into()),
        ("j", text("18446744073709551615")),
        ("k", text("0.1")),
        ("l", text("6.95")),
        ("m", text("x")),
        ("n", text("text")),
        ("o", 1.into()),
        ("p", Value::Missing),
        ("q", Value::Missing),
        ("r", text("high")),
        ("s", text("inner")),
        ("t", ["one", "two"].into()),
        ("u", ["three", "four"].into()),
        ("v", text("Unit")),
    ]
    .into();
    assert_eq!(
        profile
            .iter()
            .map(|(name, value)| (name, value.clone()))
            .collect::<BTreeMap<_, _>>(),
        expected
    );
    // What was read is written again, and read the same.
    let json = serde_json::to_string(&profile).unwrap();
    assert_eq!(Profile::from_json(&json).unwrap(), profile);
    let map: BTreeMap<String, u8> = [("count".to_owned(), 3)].into();
    assert_eq!(
        Profile::from_serialize(&map).unwrap(),
        Profile::new().with("count", 3)
    );
}

#[test]
fn what_is_no_profile_is_refused_with_the_field_at_fault() {
    #[derive(Serialize)]
    enum Odd {
        New(u8),
        Tuple(u8, u8),
        Struct { a: u8 },
    }
    #[derive(Serialize)]
    struct Field<T> {
        field: T,
    }
    #[derive(Serialize)]
    struct Pair(&'static str, &'static str);
    #[track_caller]
    fn refused(value: impl Serialize, wanted: &str) {
        let error = Profile::from_serialize(&value).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
    let not_a_map = "not a struct or a map";
    refused(3_u8, not_a_map);
    refused(3_i8, not_a_map);
    refused(3_u64, not_a_map);
    refused(0.5, not_a_map);
    refused("text", not_a_map);
    refused('c', not_a_map);
    refused(true, not_a_map);
    refused((), not_a_map);
    refused(None::<u8>, not_a_map);
    refused(Unit, not_a_map);
    refused(Risk::High, not_a_map);
    refused(vec![1], not_a_map);
    refused((1, 2), not_a_map);
    refused(Pair("a", "b"), not_a_map);
    refused(Odd::New(1), not_a_map);
    refused(Odd::Tuple(1, 2), not_a_map);
    refused(Odd::Struct { a: 1 }, not_a_map);
    refused(
        Field {
            field: Field { field: 1 },
        },
        "`field`: it is not a boolean, a number, a text or a list",
    );
    refused(
        Field {
            field: BTreeMap::from([("a", 1)]),
        },
        "`field`: it is not a boolean",
    );
    refused(Field { field: Odd::New(1) }, "`field`: it is not a boolean");
    refused(
        Field {
            field: Odd::Tuple(1, 2),
        },
        "`field`: it is not a boolean",
    );
    refused(
        Field {
            field: Odd::Struct { a: 1 },
        },
        "`field`: it is not a boolean",
    );
    refused(
        Field { field: [1, 2] },
        "`field`: it is a list of something other than texts",
    );
    refused(
        BTreeMap::from([(1, "a")]),
        "the name of an input is not a text",
    );
    assert_eq!(
        Profile::from_serialize(&Field {
            field: Pair("a", "b")
        })
        .unwrap(),
        Profile::new().with("field", ["a", "b"])
    );
}

#[test]
fn what_comes_later_takes_the_place_of_what_was_there() {
    let values = [("b", 1), ("a", 2), ("b", 3), ("c", 4), ("a", 5), ("b", 6)];
    let collected: Profile = values.into_iter().collect();
    let set = values
        .into_iter()
        .fold(Profile::new(), |profile, (input, value)| {
            profile.with(input, value)
        });
    let expected = [
        ("a", Value::Whole(5)),
        ("b", Value::Whole(6)),
        ("c", Value::Whole(4)),
    ];
    for profile in [collected, set] {
        assert_eq!(
            profile
                .iter()
                .map(|(input, value)| (input, value.clone()))
                .collect::<Vec<_>>(),
            expected
        );
        assert_eq!(
            (profile.get("b"), profile.get("d")),
            (Some(&Value::Whole(6)), None)
        );
    }
}

#[test]
fn json_that_is_no_profile_is_refused() {
    for (text, wanted) in [
        ("[]", "an object of input values"),
        (
            "{",
            "it ends too early, at line 1 column 1; it may be cut off",
        ),
        ("{\"a\": 1, \"a\": 2}", "`a` is given twice"),
        ("{\"a\": {}}", "`a` is an object"),
        (
            "{\"a\": [1]}",
            "`a` is a list of something other than texts",
        ),
        (
            "{\"a\": [[]]}",
            "`a` is a list of something other than texts",
        ),
        ("{\"a\": nul}", "expected"),
    ] {
        let error = Profile::from_json(text).unwrap_err().to_string();
        assert!(error.contains(wanted), "{text}: {error}");
    }
    let many: Vec<String> = (0..5000)
        .map(|number| format!("\"a{number}\": 1"))
        .collect();
    assert!(
        Profile::from_json(&format!("{{{}}}", many.join(",")))
            .unwrap_err()
            .to_string()
            .contains("more than 4096")
    );
    let members = vec!["\"a\""; 5000].join(",");
    assert!(Profile::from_json(&format!("{{\"a\": [{members}]}}")).is_err());
}

#[test]
fn each_problem_names_its_input_and_all_are_told() {
    #[track_caller]
    fn refused(json: &str, kinds: &[(ProblemKind, &str)]) {
        let refusal = matrix()
            .score(&Profile::from_json(json).unwrap(), as_at())
            .unwrap_err();
        let found: Vec<_> = refusal
            .problems()
            .iter()
            .map(|problem| (problem.kind, problem.inputs.join("+")))
            .collect();
        let wanted: Vec<_> = kinds
            .iter()
            .map(|(kind, inputs)| (*kind, (*inputs).to_owned()))
            .collect();
        assert_eq!(found, wanted, "{refusal}");
        assert!(
            refusal
                .problems()
                .iter()
                .all(|problem| refusal.to_string().contains(&problem.message)
                    && !problem.kind.to_string().is_empty())
        );
    }
    use ProblemKind::{
        Contradiction, Missing, OutOfRange, TooManyPlaces, UnknownInput, UnknownValue, WrongType,
    };
    refused("{}", &[(Missing, "count")]);
    refused(r#"{"count": 61}"#, &[(OutOfRange, "count")]);
    refused(r#"{"count": "1.5"}"#, &[(WrongType, "count")]);
    refused(r#"{"count": true}"#, &[(WrongType, "count")]);
    refused(r#"{"count": [ "a" ]}"#, &[(WrongType, "count")]);
    refused(r#"{"count": 1, "rate": 6.955}"#, &[(TooManyPlaces, "rate")]);
    refused(r#"{"count": 1, "rate": "1e2"}"#, &[(WrongType, "rate")]);
    refused(
        r#"{"count": 1, "rate": 99999999999999999999}"#,
        &[(OutOfRange, "rate")],
    );
    let digits = "12345678901234567890123456789012345678";
    refused(
        &format!(r#"{{"count": {digits}, "rate": 0.{digits}}}"#),
        &[(OutOfRange, "count"), (OutOfRange, "rate")],
    );
    refused(
        &format!(r#"{{"count": {digits}e1}}"#),
        &[(OutOfRange, "count")],
    );
    refused(r#"{"count": 1, "rosh": "hihg"}"#, &[(UnknownValue, "rosh")]);
    refused(r#"{"count": 1, "rosh": true}"#, &[(WrongType, "rosh")]);
    refused(r#"{"count": 1, "grade": 3}"#, &[(UnknownValue, "grade")]);
    refused(
        r#"{"count": 1, "flags": ["a", "z"]}"#,
        &[(UnknownValue, "flags")],
    );
    refused(r#"{"count": 1, "flags": "a"}"#, &[(WrongType, "flags")]);
    refused(r#"{"count": 1, "settled": 1}"#, &[(WrongType, "settled")]);
    refused(
        r#"{"count": 1, "settled": "maybe"}"#,
        &[(WrongType, "settled")],
    );
    refused(
        r#"{"count": 1, "released": "yesterday"}"#,
        &[(WrongType, "released")],
    );
    refused(
        r#"{"count": 1, "released": "1899-12-31"}"#,
        &[(OutOfRange, "released")],
    );
    refused(
        r#"{"count": 1, "released": "2026-11-22"}"#,
        &[(OutOfRange, "days")],
    );
    refused(
        r#"{"count": 1, "settled": true}"#,
        &[(Contradiction, "settled+released")],
    );
    refused(r#"{"count": 1, "days": 3}"#, &[(UnknownInput, "days")]);
    refused(
        r#"{"cuont": 1, "rosh": 5, "rate": -1}"#,
        &[
            (UnknownInput, "cuont"),
            (Missing, "count"),
            (OutOfRange, "rate"),
            (UnknownValue, "rosh"),
        ],
    );
}

#[test]
fn values_come_in_every_form_that_says_them_exactly() {
    let matrix = matrix();
    let tier = |profile: Profile| {
        matrix
            .score(&profile, as_at())
            .unwrap_or_else(|refusal| panic!("{refusal}"))
            .tier()
            .map(str::to_owned)
    };
    let base = || Profile::new().with("count", "12");
    let profiles = [
        base(),
        base()
            .with("rate", 7)
            .with("grade", 2)
            .with("settled", "true")
            .with("released", as_at())
            .with("flags", vec!["a", "a", "b"]),
        base()
            .with("rate", rust_decimal::Decimal::new(690, 2))
            .with("settled", "false")
            .with("rosh", Some("high")),
        [("count", 12_i64)].into_iter().collect(),
    ];
    for profile in profiles {
        assert_eq!(tier(profile).as_deref(), Some("high"));
    }
}

#[test]
fn a_line_of_json_has_the_same_names_whatever_came_of_the_profile() {
    let matrix = matrix();
    let read = |line: String| {
        serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&line).unwrap()
    };
    let result = |json: &str| matrix.score(&Profile::from_json(json).unwrap(), as_at());
    let scored = read(report::json_line(
        Some("p1"),
        &matrix,
        as_at(),
        &result(r#"{"count": 12}"#),
    ));
    let refused = read(report::json_line(
        Some("p1"),
        &matrix,
        as_at(),
        &result(r#"{"count": 99}"#),
    ));
    let unread = read(report::json_error(
        None,
        &matrix,
        as_at(),
        "not an object of JSON",
    ));
    let names = |line: &serde_json::Map<String, serde_json::Value>| {
        line.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        (names(&scored), names(&scored)),
        (names(&refused), names(&unread))
    );
    assert_eq!(
        (&scored["tier"], &scored["error"]),
        (&"high".into(), &serde_json::Value::Null)
    );
    assert_eq!(
        (&refused["tier"], &refused["error"]),
        (
            &serde_json::Value::Null,
            &"`count` is 99, outside -5 to 60".into()
        )
    );
    assert_eq!(
        (&unread["id"], &unread["points"], &unread["error"]),
        (
            &serde_json::Value::Null,
            &serde_json::Value::Null,
            &"not an object of JSON".into()
        )
    );
    assert_eq!(
        (&unread["matrix"], &unread["as_at"]),
        (&scored["matrix"], &scored["as_at"])
    );

    // An outcome by itself is such a line without the id and the error.
    let mut alone = scored;
    alone.retain(|key, _| !["id", "error"].contains(&key.as_str()));
    assert_eq!(
        serde_json::to_value(result(r#"{"count": 12}"#).unwrap()).unwrap(),
        serde_json::Value::Object(alone)
    );
}

#[test]
fn a_case_says_what_it_was_made_of() {
    let matrix = matrix();
    let case = matrix
        .prepare(
            &Profile::new()
                .with("count", 3)
                .with("released", "2026-11-01"),
            as_at(),
        )
        .unwrap();
    assert_eq!(
        (
            case.matrix().content_hash(),
            case.as_at(),
            case.unknown().collect::<Vec<_>>()
        ),
        (matrix.content_hash(), as_at(), vec!["rosh"])
    );
    let trace = matrix
        .explain(&Profile::new().with("count", 3), as_at())
        .unwrap();
    assert_eq!(trace.case().unknown().collect::<Vec<_>>(), ["rosh"]);
    assert_eq!(trace.case().score().unwrap().tier(), trace.outcome().tier());
}

#[test]
fn a_number_in_json_may_have_an_exponent() {
    let read = |text: &str| Profile::from_json(text).unwrap();
    for (written, plain) in [
        (r#"{"count": 6E+1}"#, r#"{"count": 60}"#),
        (r#"{"count": 60e0}"#, r#"{"count": 60}"#),
        (r#"{"rate": 6.9E0}"#, r#"{"rate": 6.9}"#),
        (r#"{"rate": 69e-1}"#, r#"{"rate": 6.9}"#),
        ("\u{feff}{\"rate\": 6.9}", r#"{"rate": 6.9}"#),
    ] {
        assert_eq!(read(written), read(plain), "{written}");
    }
    assert_ne!(
        read(r#"{"rate": "69e-1"}"#),
        read(r#"{"rate": 6.9}"#),
        "a text is not a number"
    );
}

#[test]
fn an_outcome_says_where_the_matrix_is_not_in_force() {
    let text = threshold_matrix::doc_example().to_owned() + "\neffective: { from: 2026-06-01 }\n";
    let matrix = threshold_matrix::Matrix::from_yaml(&text).unwrap();
    let profile = Profile::new().with("arrests", 4).with("rosh", "low");
    for (day, is_in_force) in [("2026-05-31", false), ("2026-06-01", true)] {
        let outcome = matrix.score(&profile, day.parse().unwrap()).unwrap();
        assert_eq!(outcome.is_in_force(), is_in_force, "on {day}");
        let json = serde_json::to_value(&outcome).unwrap();
        assert_eq!(json.get("in_force").is_none(), is_in_force, "on {day}");
    }
}

#[test]
fn a_number_beyond_all_ranges_is_out_of_range_however_many_places_it_has() {
    for rate in [
        "99999999999999999",
        "99999999999999999.5",
        "99999999999999999.55",
    ] {
        let profile = Profile::new().with("count", 1).with("rate", rate);
        let refusal = matrix().score(&profile, as_at()).unwrap_err();
        let [problem] = refusal.problems() else {
            panic!("{refusal}");
        };
        assert_eq!(problem.kind, ProblemKind::OutOfRange, "{rate}");
    }
}
