//! The panel's own examples: what they may expect, and what is said where one does not hold.

use threshold_matrix::Matrix;

const MATRIX: &str = "
format: 1
id: worked
version: 1.0.0
title: Worked examples
status: illustrative
inputs:
  count: { type: integer, range: [-5, 60], missing: unknown }
  rate: { type: decimal, places: 2, range: [0, 100], missing: absent }
  grade: { type: category, values: ['1', '2', 'null'], missing: absent }
  flags: { type: set, values: [a, b, c], missing: { assume: [] } }
  released: { type: date, missing: absent }
derived:
  days: { days_between: [released, as_at], range: [0, 5000] }
criteria:
  arrests: { input: count, each: 1, points: 1 }
  graded: { input: grade, values: { '1': 1, '2': 2, 'null': 3 }, absent: 0 }
  known_for: { input: days, each: 1, points: 1, absent: 0 }
  only_a: { when: { flags: { has: a, count: { below: 2 } } }, points: 5 }
groups:
  both: { score: [arrests, graded] }
dimensions:
  one: { score: [both], levels: [ { level: high, from: 10 }, { level: low } ] }
  two: { score: [arrests], scale: [ { from: -5, gives: 1 }, { from: 20, gives: 2 } ], levels: [ { level: '7', from: 2 }, { level: '3' } ] }
  three: { score: [known_for] }
tiers: [high, low]
statuses: [closed]
decisions:
  step: { rules: [ { tier: high, when: { one: high } } ] }
decision: { highest: [step], default: closed }
overrides:
  - { id: grade-2, dimension: two, when: { grade: '2' }, level: '7', points: 30, reason: grade 2 }
flags:
  young: { when: { count: { below: 10 } } }
";

/// What is said of one example of the matrix.
#[track_caller]
fn differences(example: &str) -> Vec<String> {
    let text = format!("{MATRIX}examples:\n  - {{ title: tried, {example} }}\n");
    let matrix = Matrix::from_yaml(&text).unwrap_or_else(|faults| panic!("{faults}"));
    let examples = matrix.run_examples();
    assert_eq!(
        (
            examples.len(),
            examples[0].title.as_str(),
            examples[0].place.line
        ),
        (1, "tried", text.lines().count())
    );
    examples[0].differences.clone()
}

#[test]
fn an_example_may_expect_anything_that_comes_out() {
    for example in [
        "profile: { count: 12, flags: [a], rate: null }, expect: { tier: high, status: none, possible: [high], provisional: false }",
        "profile: { count: 12 }, expect: { one: 12, one.score: 12.0, one.level: high, arrests: 12, both: 12, step: high, young: false }",
        "profile: { count: 3 }, expect: { tier: none, status: closed, possible: [closed], step: nothing, one: low, young: true }",
        "profile: { count: 25 }, expect: { two: 25, two.scaled: 2, two.level: 7 }",
        "profile: { count: 5 }, expect: { two: 5, two.scaled: 1, two.level: '3' }",
        "profile: {}, expect: { tier: open, possible: [high, closed], provisional: true, arrests: open, one: open, two: open, young: open }",
        "profile: { count: 99 }, expect: { error: true }",
        "profile: { count: 99 }, expect: { error: outside -5 to 60 }",
        // A word in quotes is a text, also where without them it says that nothing is known.
        "profile: { count: 1, grade: 'null' }, expect: { graded: 3 }",
        "profile: { count: 1, grade: null }, expect: { graded: 0 }",
        "profile: { count: '1' }, expect: { arrests: 1 }",
        // An override replaces the score of one dimension; the points stay where another still counts them.
        "profile: { count: 1, grade: 2 }, expect: { two: 30, two.level: '7', two.scaled: none, arrests: 1 }",
        // A comparison by several keys holds where each of them does.
        "profile: { count: 1, flags: [a] }, expect: { only_a: 5 }",
        "profile: { count: 1, flags: [a, b] }, expect: { only_a: 0 }",
        "profile: { count: 1, flags: [b] }, expect: { only_a: 0 }",
        // Without a date of its own, an example of a matrix without one is scored at the start of 2000.
        "profile: { count: 1, released: 1999-12-29 }, expect: { three: 3 }",
        "as_at: 2000-02-01, profile: { count: 1, released: 1999-12-29 }, expect: { three: 34 }",
    ] {
        assert_eq!(differences(example), [""; 0], "{example}");
    }
}

#[test]
fn an_example_that_does_not_hold_says_how() {
    for (example, wanted) in [
        (
            "profile: { count: 3 }, expect: { tier: high }",
            "`tier` is none, not high",
        ),
        (
            "profile: { count: 3 }, expect: { one: 4 }",
            "`one` is 3, not 4",
        ),
        (
            "profile: { count: 3 }, expect: { one: high }",
            "`one` is low, not high",
        ),
        (
            "profile: { count: 3 }, expect: { one.scaled: 1 }",
            "`one.scaled` is none, not 1",
        ),
        (
            "profile: { count: 3 }, expect: { one.levels: low }",
            "nothing is called `one.levels`; did you mean `one.level`?",
        ),
        (
            "profile: { count: 3 }, expect: { possible: [high, low] }",
            "`possible` is [closed], not [high, low]",
        ),
        (
            "profile: { count: 3 }, expect: { arests: 3 }",
            "nothing is called `arests`; did you mean `arrests`?",
        ),
        (
            "profile: { count: 3 }, expect: { error: true }",
            "the profile is scored, and the example expects it to be refused",
        ),
        (
            "profile: { count: 99 }, expect: { tier: low }",
            "the profile is refused: `count` is 99, outside -5 to 60",
        ),
        (
            "profile: { count: 99 }, expect: { error: missing }",
            "the profile is refused for another reason: `count` is 99, outside -5 to 60",
        ),
        (
            "profile: {}, expect: { two: 7 }",
            "`7` can be read both as a number and as a level of `two`; write `two.score` or `two.level`",
        ),
        ("profile: {}, expect: { two: 8 }", "`two` is open, not 8"),
        (
            "profile: { count: 1, grade: 2 }, expect: { two: '7' }",
            "`7` can be read both as a number and as a level of `two`; write `two.score` or `two.level`",
        ),
        // What is open is not what there is none of.
        (
            "profile: {}, expect: { step: nothing }",
            "`step` is open, not nothing",
        ),
        (
            "profile: {}, expect: { two.scaled: none }",
            "`two.scaled` is open, not none",
        ),
        (
            "profile: { count: 3 }, expect: { three: open }",
            "`three` is 0, not open",
        ),
        (
            "profile: { count: 3 }, expect: { three: high }",
            "`three` is none, not high",
        ),
    ] {
        assert_eq!(differences(example), [wanted], "{example}");
    }
}
