//! Finds why people moved: which changes of the rules move each person alone, and what differs between the two traces.

use std::collections::{BTreeMap, BTreeSet};

use crate::Scored;
use threshold_matrix::Outcome;
use threshold_matrix::compare::RuleChange;
use threshold_matrix::{Case, Refusal};
use threshold_matrix::{Points, PointsOutcome};

/// A change of the rules that moves people by itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// What changes, in words.
    pub change: String,
    /// The keys of the file that lead to what changes, such as `dimensions.frequency.levels.high.from`.
    pub of: Vec<String>,
    /// The number of people who moved and whom the old revision moves if it has this change alone.
    pub people: u64,
}

/// Something that differs between the explanations of people who moved.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The kind of the difference.
    pub kind: DifferenceKind,
    /// The criterion, group, dimension or override. It is empty for the decision and for refusals.
    pub name: String,
    /// What it was and what it is, where these have names, such as `medium to high`.
    pub change: String,
    /// The number of people who moved and for whom it differs.
    pub people: u64,
}

/// The kind of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DifferenceKind {
    /// A criterion or group gives more points.
    MorePoints,
    /// A criterion or group gives fewer points.
    FewerPoints,
    /// The points of a criterion or group are open in only one revision, or are in another range.
    OtherPoints,
    /// A dimension has another level, with another score.
    Level,
    /// A dimension has another level with the same score: its cut-offs, or an override of its level, differ.
    LevelAtSameScore,
    /// An override applies that did not.
    OverrideNow,
    /// An override does not apply any more.
    OverrideNoLonger,
    /// An override applies in both revisions, and does something else in the new one.
    OverrideEffect,
    /// The levels and the overrides are the same, and the decision makes something else of them.
    Decision,
    /// The person is refused by the new revision only.
    RefusedNow,
    /// The person is refused by the old revision only.
    RefusedNoLonger,
}

#[derive(Debug, Default)]
pub(super) struct Causes {
    differing: BTreeMap<(DifferenceKind, String, String), u64>,
    /// The people whom each change of the rules moves alone, by its position.
    moved_alone: BTreeMap<usize, u64>,
    moved_together: u64,
}

/// Why one person moved.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Found {
    differing: BTreeSet<(DifferenceKind, String, String)>,
    /// The changes of the rules that move the person alone, by their positions.
    alone: Vec<usize>,
}

impl Found {
    /// Returns why somebody moved.
    pub(super) fn of(
        cases: &[Result<Case, Refusal>; 2],
        scored: &[Scored; 2],
        alone: Vec<usize>,
    ) -> Self {
        let mut found = Self {
            alone,
            ..Self::default()
        };
        match scored.each_ref().map(|scored| &scored.result) {
            [Ok(old), Ok(new)] => {
                points(old, new, &mut found);
                levels(old, new, &mut found);
                overrides(cases, &mut found);
                if found.differing.is_empty() {
                    found.insert(DifferenceKind::Decision, "", String::new());
                }
            }
            [Ok(_), Err(_)] => found.insert(DifferenceKind::RefusedNow, "", String::new()),
            [Err(_), Ok(_)] => found.insert(DifferenceKind::RefusedNoLonger, "", String::new()),
            [Err(_), Err(_)] => {}
        }
        found
    }

    fn insert(&mut self, kind: DifferenceKind, name: &str, change: String) {
        self.differing.insert((kind, name.to_owned(), change));
    }
}

impl Causes {
    /// Counts what differs for people who moved.
    pub(super) fn count(&mut self, found: &Found, people: u64) {
        for difference in &found.differing {
            *self.differing.entry(difference.clone()).or_default() += people;
        }
        for change in &found.alone {
            *self.moved_alone.entry(*change).or_default() += people;
        }
        if found.alone.is_empty() {
            self.moved_together += people;
        }
    }

    #[cfg(feature = "parquet")]
    pub(super) fn add(&mut self, other: Self) {
        for (difference, people) in other.differing {
            *self.differing.entry(difference).or_default() += people;
        }
        for (change, people) in other.moved_alone {
            *self.moved_alone.entry(change).or_default() += people;
        }
        self.moved_together += other.moved_together;
    }

    /// Returns the changes that move people alone, those that move most first.
    pub(super) fn ranked(&self, changes: &[RuleChange]) -> Vec<Cause> {
        let causes = self.moved_alone.iter().filter_map(|(at, people)| {
            let change = changes.get(*at)?;
            let of = change.amendments().iter();
            Some(Cause {
                change: change.to_string(),
                of: of.map(|amendment| amendment.of.clone()).collect(),
                people: *people,
            })
        });
        let mut causes: Vec<_> = causes.collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.people));
        causes
    }

    /// Returns the number of people who are moved by no change alone.
    pub(super) fn moved_together(&self) -> u64 {
        self.moved_together
    }

    /// Returns what differs, the most frequent first.
    pub(super) fn differences(&self) -> Vec<Difference> {
        let differences = self.differing.iter();
        let mut differences: Vec<_> = differences
            .map(|((kind, name, change), people)| Difference {
                kind: *kind,
                name: name.clone(),
                change: change.clone(),
                people: *people,
            })
            .collect();
        differences.sort_by_key(|difference| std::cmp::Reverse(difference.people));
        differences
    }
}

/// Returns the names in either outcome, each once.
fn names<'a>(
    old: impl Iterator<Item = &'a str>,
    new: impl Iterator<Item = &'a str>,
) -> BTreeSet<&'a str> {
    old.chain(new).collect()
}

/// Finds criteria and groups whose points differ. A criterion that only one revision has gives no points in the other.
fn points(old: &Outcome, new: &Outcome, found: &mut Found) {
    let range = |outcome: &Outcome, name: &str| -> (Points, Points) {
        let points = outcome.points(name);
        points.and_then(PointsOutcome::range).unwrap_or_default()
    };
    for name in names(old.criteria_and_groups(), new.criteria_and_groups()) {
        let (was, is) = (range(old, name), range(new, name));
        let kind = match (is.0.cmp(&was.0), is.1.cmp(&was.1)) {
            (std::cmp::Ordering::Equal, std::cmp::Ordering::Equal) => continue,
            (low, high) if low.is_ge() && high.is_ge() => DifferenceKind::MorePoints,
            (low, high) if low.is_le() && high.is_le() => DifferenceKind::FewerPoints,
            _ => DifferenceKind::OtherPoints,
        };
        found.insert(kind, name, String::new());
    }
}

/// Finds dimensions that both revisions have and whose levels differ.
fn levels(old: &Outcome, new: &Outcome, found: &mut Found) {
    for is in new.dimensions() {
        let Some(was) = old.dimension(is.name()) else {
            continue;
        };
        let (before, after) = (was.possible_levels(), is.possible_levels());
        if before != after {
            let kind = if was.range() == is.range() {
                DifferenceKind::LevelAtSameScore
            } else {
                DifferenceKind::Level
            };
            found.insert(
                kind,
                is.name(),
                format!("{} to {}", before.join(" or "), after.join(" or ")),
            );
        }
    }
}

/// Finds overrides that apply in one revision and not in the other, or that do something else in it.
fn overrides(cases: &[Result<Case, Refusal>; 2], found: &mut Found) {
    let applied = |case: &Result<Case, Refusal>| -> BTreeSet<String> {
        let has_overrides = |case: &&Case| case.matrix().described_overrides().next().is_some();
        let case = case.as_ref().ok().filter(has_overrides);
        let trace = case.and_then(|case| case.explain().ok());
        trace
            .map(|trace| {
                let applied = trace.applied_overrides().into_iter();
                applied.map(str::to_owned).collect()
            })
            .unwrap_or_default()
    };
    let [was, is] = cases.each_ref().map(applied);
    if let [Ok(old), Ok(new)] = cases {
        for id in is.intersection(&was) {
            let effects = [old, new].map(|case| case.matrix().override_effect(id));
            if let [Some(before), Some(after)] = effects
                && before != after
            {
                found.insert(
                    DifferenceKind::OverrideEffect,
                    id,
                    format!("{before} to {after}"),
                );
            }
        }
    }
    is.difference(&was)
        .for_each(|id| found.insert(DifferenceKind::OverrideNow, id, String::new()));
    was.difference(&is)
        .for_each(|id| found.insert(DifferenceKind::OverrideNoLonger, id, String::new()));
}
