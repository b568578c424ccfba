//! What a release tells of groups does not give away what it hides: an attacker who knows every number of both comparisons, the one way and the other way
//! round, looks by whole-number programming for what each hidden number can be.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use serde_json::Value;
use threshold_matrix::{Date, Matrix};
use threshold_matrix_cohort::trial::{Audience, Trial};
use threshold_matrix_cohort::{CohortReader, Columns, FileKind};

/// Numbers that look random, and are the same in every run.
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

pub(crate) fn as_at() -> Date {
    "2026-11-21".parse().unwrap()
}

/// Two revisions of a matrix of up to four tiers by one number, and people of a few groups as a file.
pub(crate) struct Case {
    pub(crate) old: Matrix,
    pub(crate) new: Matrix,
    pub(crate) csv: String,
    /// How many of the most intensive tiers are flagged.
    pub(crate) flagged: usize,
}

pub(crate) fn matrix(version: &str, cuts: &[u64]) -> Matrix {
    let names = ["t1", "t2", "t3"];
    let bands = names.iter().zip(cuts);
    let bands: Vec<String> = bands
        .map(|(name, cut)| format!("{{ tier: {name}, from: {cut} }}"))
        .collect();
    let tiers = names[..cuts.len()].join(", ");
    let text = format!(
        "format: 1\nid: drawn\nversion: {version}\ntitle: Drawn\nstatus: local\ninputs:\n  s: {{ type: integer, range: [0, 40] }}\n  \
         u: {{ type: boolean, missing: unknown }}\ncriteria:\n  one: {{ input: s, each: 1, points: 1 }}\n  more: {{ when: {{ u: true }}, points: 6 }}\n\
         dimensions:\n  d: {{ score: [one, more] }}\ntiers: [{tiers}, t4]\ndecision:\n  bands: {{ of: d, tiers: [ {}, {{ tier: t4 }} ] }}\n",
        bands.join(", ")
    );
    Matrix::from_yaml(&text).unwrap_or_else(|faults| panic!("{faults}"))
}

impl Case {
    pub(crate) fn new(seed: u64) -> Self {
        let mut draws = Draws::new(seed);
        let count = 1 + draws.below(3) as usize;
        let mut cuts = || -> Vec<u64> {
            let mut cuts = BTreeSet::new();
            while cuts.len() < count {
                cuts.insert(4 + draws.below(34));
            }
            cuts.into_iter().rev().collect()
        };
        let old_cuts = cuts();
        // Most revisions move a cut-off by a little.
        let mut new_cuts = old_cuts.clone();
        let moved = new_cuts.len() - 1;
        new_cuts[moved] = (new_cuts[moved] + 1).max(1);
        if new_cuts.windows(2).any(|pair| pair[0] <= pair[1]) {
            new_cuts.clone_from(&old_cuts);
            new_cuts[0] += 1;
        }
        if draws.below(3) == 0 {
            new_cuts = {
                let mut cuts = BTreeSet::new();
                while cuts.len() < count {
                    cuts.insert(4 + draws.below(34));
                }
                cuts.into_iter().rev().collect()
            };
        }
        let groups = 2 + draws.below(4);
        let [gaps, refusals, unseen] = [draws.below(3), draws.below(3), draws.below(4)];
        let mut csv = "id,s,u,grp,y\n".to_owned();
        for group in 0..groups {
            let people = [12, 25, 60, 150, 400][draws.below(5) as usize];
            let (low, width) = (draws.below(20), 2 + draws.below(20));
            for _ in 0..people {
                let score = low + draws.below(width);
                let score = if refusals == 0 && draws.below(40) == 0 {
                    99
                } else {
                    score
                };
                let more = match draws.below(12) {
                    0 if gaps > 0 => "",
                    1..4 => "1",
                    _ => "0",
                };
                let seen = match draws.below(5) {
                    0 if unseen > 0 => "",
                    1 | 2 => "1",
                    _ => "0",
                };
                let seen = if unseen == 3 { "" } else { seen };
                let line = csv.lines().count();
                csv.push_str(&format!("{line},{score},{more},g{group},{seen}\n"));
            }
        }
        Self {
            old: matrix("1.0.0", &old_cuts),
            new: matrix("1.1.0", &new_cuts),
            csv,
            flagged: if count > 1 && seed.is_multiple_of(3) {
                2
            } else {
                1
            },
        }
    }

    pub(crate) fn trial(&self, audience: Audience, is_swapped: bool) -> Trial {
        let [old, new] = match is_swapped {
            false => [&self.old, &self.new],
            true => [&self.new, &self.old],
        };
        let mut trial = Trial::new(old, new).audience(audience).by(["grp"]).unwrap();
        trial = trial.at_least(["t1", "t2"][self.flagged - 1]).unwrap();
        let columns = trial.columns(Columns::new().with_outcome("y"));
        let csv = self.csv.as_bytes();
        for person in CohortReader::for_revisions(csv, FileKind::Csv, &columns, old, new).unwrap() {
            trial.add(&person.unwrap(), as_at());
        }
        trial
    }
}

/// What somebody was, is and was seen as: the results by the two revisions, and the outcome.
type Kind = ([String; 2], Option<bool>);
/// Numbers that are added up, each as often as the number beside it says.
type Sum = Vec<(usize, f64)>;

/// Everything that the attacker knows: the unknown numbers are those of each group and kind.
struct Attack {
    kinds: Vec<Kind>,
    groups: Vec<String>,
    rules: Vec<(Sum, ComparisonOp, u64)>,
    most: Vec<u64>,
}

fn is_settled(result: &str) -> bool {
    result != "refused" && !result.ends_with("not settled")
}

fn may_be(result: &str, name: &str) -> bool {
    let open = result.trim_end_matches(", not settled");
    result == "refused" || open.split(" or ").any(|own| own == name)
}

fn number(value: &Value) -> u64 {
    value
        .as_u64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

impl Attack {
    fn new(data: &[Value; 2], flagged: usize) -> Self {
        let mut kinds = Vec::new();
        let mut most = Vec::new();
        for way in data[0]["ways"].as_array().unwrap() {
            let [people, observed, happened] =
                ["people", "observed", "happened"].map(|name| number(&way[name]));
            let results = ["from", "to"].map(|name| way[name].as_str().unwrap().to_owned());
            for (seen, people) in [
                (Some(true), happened),
                (Some(false), observed - happened),
                (None, people - observed),
            ] {
                if people > 0 {
                    kinds.push((results.clone(), seen));
                    most.push(people);
                }
            }
        }
        let told = |which: usize| data[which]["groups"][0]["groups"].as_array().unwrap();
        let names = told(0).iter();
        let groups = names
            .map(|group| group["name"].as_str().unwrap().to_owned())
            .collect();
        let mut attack = Self {
            kinds,
            groups,
            rules: Vec::new(),
            most: most.clone(),
        };
        for (kind, people) in most.into_iter().enumerate() {
            let all = (0..attack.groups.len()).map(|group| (attack.unknown(group, kind), 1.0));
            attack.rules.push((all.collect(), ComparisonOp::Eq, people));
        }
        for (direction, data) in data.iter().enumerate() {
            attack.learn(data, direction == 1, flagged);
        }
        attack
    }

    fn unknown(&self, group: usize, kind: usize) -> usize {
        group * self.kinds.len() + kind
    }

    fn sum(&self, group: usize, times: impl Fn(&Kind) -> f64) -> Sum {
        let kinds = self.kinds.iter().enumerate();
        let sum = kinds.map(|(at, kind)| (self.unknown(group, at), times(kind)));
        sum.filter(|(_, times)| *times != 0.0).collect()
    }

    /// Learns that a number is this, or within these bounds if they do not say it all.
    fn holds(&mut self, sum: Sum, number: u64, bound: ComparisonOp, is_hidden: bool) {
        let rule = if is_hidden { bound } else { ComparisonOp::Eq };
        if sum.is_empty() {
            assert!(is_hidden || number == 0, "nobody is {number}");
        } else {
            self.rules.push((sum, rule, number));
        }
    }

    /// Learns a span of those who certainly are, and those who may be.
    fn span(
        &mut self,
        group: usize,
        span: &Value,
        least: &dyn Fn(&Kind) -> bool,
        most: &dyn Fn(&Kind) -> bool,
    ) {
        let is_hidden = span["is_hidden"].as_bool().unwrap();
        let one = |holds: &dyn Fn(&Kind) -> bool| {
            self.sum(group, |kind| f64::from(u8::from(holds(kind))))
        };
        let (sure, maybe) = (one(least), one(most));
        self.holds(sure, number(&span["least"]), ComparisonOp::Ge, is_hidden);
        self.holds(maybe, number(&span["most"]), ComparisonOp::Le, is_hidden);
    }

    /// Learns a part of others, given those who certainly are and those who may be, and the same of those who are not.
    fn part(
        &mut self,
        group: usize,
        part: &Value,
        meant: [&dyn Fn(&Kind) -> bool; 2],
        not: [&dyn Fn(&Kind) -> bool; 2],
    ) {
        if part.is_null() {
            return;
        }
        let is_hidden = part["is_hidden"].as_bool().unwrap();
        let one = |holds: &dyn Fn(&Kind) -> bool| {
            self.sum(group, |kind| f64::from(u8::from(holds(kind))))
        };
        let sums = [one(meant[0]), one(not[1]), one(meant[1]), one(not[0])];
        let [least, most] = ["least", "most"].map(|end| [0, 1].map(|at| number(&part[end][at])));
        let [sure, maybe_not, maybe, sure_not] = sums;
        self.holds(sure, least[0], ComparisonOp::Ge, is_hidden);
        self.holds(maybe_not, least[1] - least[0], ComparisonOp::Le, is_hidden);
        self.holds(maybe, most[0], ComparisonOp::Le, is_hidden);
        self.holds(sure_not, most[1] - most[0], ComparisonOp::Ge, is_hidden);
    }

    fn learn(&mut self, data: &Value, is_swapped: bool, flagged: usize) {
        let sides = if is_swapped { [1, 0] } else { [0, 1] };
        let mut directions = BTreeMap::new();
        for way in data["ways"].as_array().unwrap() {
            let mut results = ["from", "to"].map(|name| way[name].as_str().unwrap().to_owned());
            if is_swapped {
                results.swap(0, 1);
            }
            directions.insert(results, way["direction"].as_str().unwrap().to_owned());
        }
        for told in data["groups"][0]["groups"].as_array().unwrap() {
            let name = told["name"].as_str().unwrap();
            let group = self.groups.iter().position(|own| own == name).unwrap();
            let all = self.sum(group, |_| 1.0);
            self.rules
                .push((all, ComparisonOp::Eq, number(&told["people"])));
            for (side, figures) in sides.into_iter().zip(told["revisions"].as_array().unwrap()) {
                for result in figures["results"].as_array().unwrap() {
                    let name = result["name"].as_str().unwrap();
                    self.span(
                        group,
                        &result["people"],
                        &|(results, _)| results[side] == name,
                        &|(results, _)| may_be(&results[side], name),
                    );
                }
                let results = figures["results"].as_array().unwrap().iter();
                let names: Vec<&str> = results.filter_map(|own| own["name"].as_str()).collect();
                let (flags, others) = names.split_at(flagged);
                let may_be_one = |names: &[&str], kind: &Kind| {
                    names.iter().any(|name| may_be(&kind.0[side], name))
                };
                let is = |kind: &Kind| !may_be_one(others, kind);
                let may = |kind: &Kind| may_be_one(flags, kind);
                let seen = |kind: &Kind| kind.1 == Some(true);
                let not = |kind: &Kind| kind.1 == Some(false);
                self.part(
                    group,
                    &figures["flagged"],
                    [&is, &may],
                    [&|kind| !may(kind), &|kind| !is(kind)],
                );
                self.part(
                    group,
                    &figures["false_positives"],
                    [&|kind| not(kind) && is(kind), &|kind| {
                        not(kind) && may(kind)
                    }],
                    [&|kind| not(kind) && !may(kind), &|kind| {
                        not(kind) && !is(kind)
                    }],
                );
                self.part(
                    group,
                    &figures["false_negatives"],
                    [&|kind| seen(kind) && !may(kind), &|kind| {
                        seen(kind) && !is(kind)
                    }],
                    [&|kind| seen(kind) && is(kind), &|kind| {
                        seen(kind) && may(kind)
                    }],
                );
                self.part(
                    group,
                    &figures["seen_of_flagged"],
                    [&|kind| seen(kind) && is(kind), &|kind| {
                        seen(kind) && may(kind)
                    }],
                    [&|kind| not(kind) && is(kind), &|kind| {
                        not(kind) && may(kind)
                    }],
                );
                self.part(
                    group,
                    &figures["seen_of_others"],
                    [&|kind| seen(kind) && !may(kind), &|kind| {
                        seen(kind) && !is(kind)
                    }],
                    [&|kind| not(kind) && !may(kind), &|kind| {
                        not(kind) && !is(kind)
                    }],
                );
            }
            for moves in told["movement"].as_array().unwrap() {
                let direction = moves["direction"].as_str().unwrap();
                let goes = |kind: &Kind| directions[&kind.0] == direction;
                self.span(group, &moves["people"], &goes, &goes);
                let yes = |kind: &Kind| goes(kind) && kind.1 == Some(true);
                let no = |kind: &Kind| goes(kind) && kind.1 == Some(false);
                self.part(group, &moves["seen"], [&yes, &yes], [&no, &no]);
            }
            for (name, holds) in [("observed", &[true, false][..]), ("happened", &[true][..])] {
                if !told[name].is_null() {
                    let is = |kind: &Kind| kind.1.is_some_and(|seen| holds.contains(&seen));
                    self.span(group, &told[name], &is, &is);
                }
            }
        }
    }

    /// Returns everything that must not be known of a group: the people of each result, way and change, all or by what was seen.
    fn secrets(&self, group: usize) -> Vec<Sum> {
        let truth = |holds: bool| f64::from(u8::from(holds));
        let results: BTreeSet<&String> = self.kinds.iter().flat_map(|kind| &kind.0).collect();
        let mut secrets = BTreeSet::new();
        for observed in [None, Some(Some(true)), Some(Some(false)), Some(None)] {
            let mut add = |times: &dyn Fn(&Kind) -> f64| {
                let sum = self.sum(group, |kind| match observed {
                    Some(observed) if kind.1 != observed => 0.0,
                    _ => times(kind),
                });
                let sum = sum.into_iter().map(|(at, times)| (at, times as i64));
                secrets.insert(sum.collect::<Vec<_>>());
            };
            add(&|_| 1.0);
            add(&|kind| truth(kind.0[0] == kind.0[1]));
            for side in [0, 1] {
                add(&|kind| truth(!is_settled(&kind.0[side])));
            }
            for one in &results {
                for side in [0, 1] {
                    add(&|kind| truth(kind.0[side] == **one));
                    add(&|kind| truth(may_be(&kind.0[side], one)));
                }
                for other in &results {
                    add(&|kind| truth(kind.0[0] == **one && kind.0[1] == **other));
                }
                if is_settled(one) {
                    add(&|kind| truth(kind.0[0] == **one) - truth(kind.0[1] == **one));
                }
            }
        }
        let times = |sum: Vec<(usize, i64)>| sum.into_iter().map(|(at, times)| (at, times as f64));
        secrets
            .into_iter()
            .map(|sum| times(sum).collect())
            .collect()
    }

    /// Returns numbers of people that agree with everything that is known, with this sum as small or as large as it can be.
    fn solved(&self, sum: &Sum, direction: OptimizationDirection) -> Vec<f64> {
        let mut problem = Problem::new(direction);
        let unknowns: Vec<Variable> = (0..self.groups.len() * self.kinds.len())
            .map(|at| {
                let times = sum.iter().find(|(own, _)| *own == at);
                let most = self.most[at % self.kinds.len()];
                problem.add_integer_var(times.map_or(0.0, |(_, times)| *times), (0, most as i32))
            })
            .collect();
        for (sum, rule, number) in &self.rules {
            let terms: Vec<_> = sum
                .iter()
                .map(|(at, times)| (unknowns[*at], *times))
                .collect();
            problem.add_constraint(&terms, *rule, *number as f64);
        }
        let solution = problem.solve().unwrap().into_solution().unwrap();
        unknowns
            .iter()
            .map(|unknown| solution.var_value(*unknown).round())
            .collect()
    }

    /// Returns the secrets that are found out, each as what it can be at the least and at the most.
    fn found(&self, least: f64) -> Vec<(f64, f64)> {
        let of = |sum: &Sum, numbers: &[f64]| -> f64 {
            sum.iter().map(|(at, times)| numbers[*at] * times).sum()
        };
        let groups = 0..self.groups.len();
        let mut open: Vec<Sum> = groups.flat_map(|group| self.secrets(group)).collect();
        let mut found = Vec::new();
        while let Some(secret) = open.pop() {
            let mut end = |direction: OptimizationDirection| {
                let numbers = self.solved(&secret, direction);
                // What these numbers allow of other secrets need not be asked again.
                open.retain(|other| (1.0..least).contains(&of(other, &numbers).abs()));
                of(&secret, &numbers)
            };
            let is_small = |number: f64| (1.0..least).contains(&number.abs());
            let low = end(OptimizationDirection::Minimize);
            if is_small(low) {
                let high = end(OptimizationDirection::Maximize);
                if is_small(high) && low.signum() == high.signum() {
                    found.push((low, high));
                }
            }
        }
        found
    }
}

fn data(case: &Case, audience: Audience) -> [Value; 2] {
    [false, true].map(|is_swapped| serde_json::to_value(case.trial(audience, is_swapped)).unwrap())
}

/// Returns what the attacker finds out, or `None` if there is nothing by group.
fn attacked(seed: u64, audience: Audience) -> Option<Vec<(f64, f64)>> {
    let case = Case::new(seed);
    let data = data(&case, audience);
    if !data[0]["groups"][0]["not_told"].is_null() {
        return None;
    }
    Some(Attack::new(&data, case.flagged).found(10.0))
}

fn nothing_is_found(seeds: std::ops::Range<u64>) {
    let mut told = 0;
    for seed in seeds.clone() {
        if let Some(found) = attacked(seed, Audience::Release) {
            assert!(found.is_empty(), "of seed {seed}: {found:?}");
            told += 1;
        }
    }
    assert!(told * 2 > seeds.count());
}

#[test]
fn no_hidden_number_is_found() {
    nothing_is_found(0..100);
}

#[test]
#[ignore = "takes minutes"]
fn no_hidden_number_is_found_in_many_cohorts() {
    nothing_is_found(1_000..3_000);
}

/// The attacker finds what is not hidden, so that finding nothing says something.
#[test]
fn what_a_board_is_told_is_found() {
    let found = (0..8).filter_map(|seed| attacked(seed, Audience::Board));
    assert!(found.filter(|found| found.len() > 3).count() > 4);
}

/// Every number of people in a report to be released is zero, or ten or more.
#[test]
fn no_small_number_of_a_group_is_told() {
    fn numbers(value: &Value, seed: u64) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    if name != "interval" && name != "against" {
                        numbers(value, seed);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| numbers(item, seed)),
            Value::Number(number) => {
                let number = number.as_u64().unwrap();
                assert!(!(1..10).contains(&number), "of seed {seed}: {number}");
            }
            _ => {}
        }
    }
    for seed in 0..60 {
        for data in data(&Case::new(seed), Audience::Release) {
            numbers(&data["groups"], seed);
        }
    }
}
