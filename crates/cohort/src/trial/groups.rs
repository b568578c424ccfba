//! Counts people by group, by what they were and become, and by what was seen of them later. [`Protected`] decides what of it is told.

use std::collections::{BTreeMap, BTreeSet};

use super::Trial;
use super::disclosure::{Audience, Disclosure};
use super::grouping::{Grouping, Label};
use super::protection::{Known, Protected, Sum};
use super::standing::{Direction, Standing, direction};
use super::statistics::{Area, Pairs};
use crate::Frequency;
use threshold_matrix::Matrix;

/// The most different values that are counted.
const MOST_VALUES: usize = 10_000;
/// The most groups that are told apart.
const MOST_GROUPS: usize = 100;
/// The most names of groups that are counted together.
const MOST_NAMES: usize = 4;
/// A column nearly names people if it has at least the first number of values, and on average fewer people than the second number have the same value.
const NAMES: (u64, u64) = (10, 3);

/// What is counted of a person beside their group.
pub(super) type Kind = ([Standing; 2], Option<bool>);

/// Counts by the values of one grouping.
#[derive(Debug)]
pub(super) struct Groups {
    pub(super) grouping: Grouping,
    values: BTreeMap<Vec<Label>, BTreeMap<Kind, u64>>,
    /// The score that is shown in full, by both revisions, for each value.
    scores: BTreeMap<Vec<Label>, Pairs>,
    /// How often the outcome was seen before and after, for each value.
    frequencies: BTreeMap<Vec<Label>, Frequency>,
    /// Whether there were more values than are counted.
    is_full: bool,
}

/// The groups as they may be told of.
pub(super) struct Told {
    pub(super) groups: Vec<Named>,
    kinds: Vec<Kind>,
    table: Protected,
}

/// A group, or several that are counted together.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) people: u64,
    /// The areas of the old revision, of the new one and of the difference. They are for the board alone: nothing proves what follows from one.
    pub(super) areas: Option<[Area; 3]>,
    /// The people by the score of the new revision, without the outcome and with it. They are for the board alone, too.
    pub(super) by_score: Option<BTreeMap<i64, [u64; 2]>>,
    /// How often the outcome was seen before and after. It is for the board alone, too.
    pub(super) frequency: Frequency,
}

/// What is told of the groups of a column, or why nothing is.
pub(super) enum Telling {
    Groups(Told),
    /// The column nearly names people: it has nearly as many values as there are people.
    NamesPeople {
        people: u64,
        values: u64,
    },
    /// A column of it is in an earlier grouping, from which it could be subtracted.
    Overlaps(String),
    /// There are fewer than two groups.
    OneGroup,
}

impl Groups {
    pub(super) fn new(grouping: Grouping) -> Self {
        Self {
            grouping,
            values: BTreeMap::new(),
            scores: BTreeMap::new(),
            frequencies: BTreeMap::new(),
            is_full: false,
        }
    }

    pub(super) fn count(&mut self, labels: Vec<Label>, kind: Kind, people: u64) {
        if self.values.len() >= MOST_VALUES && !self.values.contains_key(&labels) {
            self.is_full = true;
            return;
        }
        let counts = self.values.entry(labels).or_default();
        *counts.entry(kind).or_default() += people;
    }

    /// Counts people of whom the outcome is known by their scores.
    pub(super) fn count_scores(
        &mut self,
        labels: &[Label],
        scores: (i64, i64),
        happened: bool,
        people: u64,
    ) {
        if self.scores.len() < MOST_VALUES || self.scores.contains_key(labels) {
            let pairs = self.scores.entry(labels.to_owned()).or_default();
            pairs.add(scores, happened, people);
        }
    }

    /// Counts how often the outcome was seen before and after.
    pub(super) fn count_times(&mut self, labels: &[Label], frequency: &Frequency) {
        if self.frequencies.len() < MOST_VALUES || self.frequencies.contains_key(labels) {
            let own = self.frequencies.entry(labels.to_owned()).or_default();
            own.join(frequency);
        }
    }

    fn frequency(&self, labels: &[&Vec<Label>]) -> Frequency {
        let mut all = Frequency::default();
        let own = labels
            .iter()
            .filter_map(|labels| self.frequencies.get(*labels));
        own.for_each(|frequency| all.join(frequency));
        all
    }

    /// Returns the scores of a group.
    fn scores(&self, labels: &[&Vec<Label>]) -> Pairs {
        let mut all = Pairs::default();
        for pairs in labels.iter().filter_map(|labels| self.scores.get(*labels)) {
            all.join(pairs);
        }
        all
    }

    /// Returns the groups, the largest first, with no number among them that must not be known.
    pub(super) fn told(&self, trial: &Trial) -> Telling {
        let disclosure = &trial.disclosure;
        let sizes = self.values.iter().map(|(labels, counts)| {
            let people: u64 = counts.values().sum();
            (labels, people)
        });
        let mut sizes: Vec<(&Vec<Label>, u64)> = sizes.collect();
        let is_value = |label: &Label| matches!(label, Label::Value(_));
        let recorded = sizes
            .iter()
            .filter(|(labels, _)| labels.iter().any(is_value));
        let (values, people) = recorded.fold((0, 0), |(values, sum), (_, people)| {
            (values + 1, sum + people)
        });
        if self.is_full || values >= NAMES.0 && values * NAMES.1 > people {
            return Telling::NamesPeople { people, values };
        }
        if disclosure.audience == Audience::Release
            && let Some(other) = trial.overlapped(&self.grouping)
        {
            return Telling::Overlaps(other.to_string());
        }
        sizes.sort_by_key(|(labels, people)| (std::cmp::Reverse(*people), *labels));
        let joined = joined(&sizes, disclosure);
        if joined.len() < 2 {
            return Telling::OneGroup;
        }
        let kinds = self.values.values().flat_map(BTreeMap::keys);
        let kinds: Vec<Kind> = kinds
            .cloned()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let row = |labels: &Vec<&Vec<Label>>| -> Vec<u64> {
            let count = |kind| {
                let counts = labels.iter().filter_map(|labels| self.values.get(*labels));
                counts.filter_map(|counts| counts.get(kind)).sum()
            };
            kinds.iter().map(count).collect()
        };
        let rows: Vec<Vec<u64>> = joined.iter().map(row).collect();
        let named = |(labels, row): (&Vec<&Vec<Label>>, &Vec<u64>)| Named {
            name: self.name(labels),
            people: row.iter().sum(),
            areas: match disclosure.audience {
                Audience::Release => None,
                Audience::Board => self.scores(labels).areas(),
            },
            by_score: match disclosure.audience {
                Audience::Release => None,
                Audience::Board => Some(self.scores(labels).by_score(true)),
            },
            frequency: self.frequency(labels),
        };
        let groups = joined.iter().zip(&rows).map(named).collect();
        let table = match disclosure.audience {
            Audience::Release => {
                let plan = Plan::new(&kinds, trial);
                Protected::new(rows, disclosure.threshold, &plan.sums(), &plan.divisions())
            }
            Audience::Board => Protected::open(rows),
        };
        Telling::Groups(Told {
            groups,
            kinds,
            table,
        })
    }

    fn name(&self, labels: &[&Vec<Label>]) -> String {
        let names = labels.iter().map(|labels| self.grouping.name(labels));
        let mut names: Vec<String> = names.take(MOST_NAMES).collect();
        if labels.len() > MOST_NAMES {
            let rest = labels.len() - names.len();
            return format!("{} or {rest} smaller groups", names.join(", "));
        }
        let last = names.pop().unwrap_or_default();
        if names.is_empty() {
            last
        } else {
            format!("{} or {last}", names.join(", "))
        }
    }
}

/// Counts small groups together, and with them as many of the next larger ones as it takes. The groups are given from the largest to the smallest, and
/// returned in the same order.
fn joined<'a>(
    sizes: &[(&'a Vec<Label>, u64)],
    disclosure: &Disclosure,
) -> Vec<Vec<&'a Vec<Label>>> {
    let least = match disclosure.audience {
        Audience::Release => disclosure.threshold,
        Audience::Board => 0,
    };
    let own = sizes
        .partition_point(|(_, people)| *people >= least.max(disclosure.merge))
        .min(MOST_GROUPS);
    let (own, small) = sizes.split_at(own);
    let mut own: Vec<(Vec<&Vec<Label>>, u64)> = own
        .iter()
        .map(|(labels, people)| (vec![*labels], *people))
        .collect();
    let mut pool: Vec<&Vec<Label>> = small.iter().map(|(labels, _)| *labels).collect();
    let mut people: u64 = small.iter().map(|(_, people)| people).sum();
    while !pool.is_empty()
        && people < least
        && let Some((labels, more)) = own.pop()
    {
        pool.splice(0..0, labels);
        people += more;
    }
    if !pool.is_empty() {
        let at = own.partition_point(|(_, own)| *own >= people);
        own.insert(at, (pool, people));
    }
    own.into_iter().map(|(labels, _)| labels).collect()
}

/// What is told of groups first, and what must not be known of any.
///
/// Both are the same if the two revisions change places, so that a comparison and the one the other way round tell the same.
struct Plan<'a> {
    kinds: &'a [Kind],
    /// The revisions in an order that does not depend on which of them is the new one.
    sides: [usize; 2],
    matrices: [&'a Matrix; 2],
    cut: [u8; 2],
    /// The results by either revision.
    standings: Vec<(usize, &'a Standing)>,
}

const OBSERVED: [Option<bool>; 3] = [Some(true), Some(false), None];

impl<'a> Plan<'a> {
    fn new(kinds: &'a [Kind], trial: &'a Trial) -> Self {
        let [old, new] = &trial.matrices;
        let sides = trial.sides();
        let of = |side: usize| {
            let own = kinds
                .iter()
                .filter_map(move |(standings, _)| standings.get(side));
            own.collect::<BTreeSet<_>>()
                .into_iter()
                .map(move |standing| (side, standing))
        };
        Self {
            kinds,
            sides,
            matrices: [old, new],
            cut: trial.cut.unwrap_or_default(),
            standings: sides.into_iter().flat_map(of).collect(),
        }
    }

    fn mask(&self, holds: impl Fn(&Kind) -> bool) -> Vec<bool> {
        self.kinds.iter().map(holds).collect()
    }

    fn flagged(&self, side: usize, kind: &Kind, most: bool) -> bool {
        let cut = self.cut.get(side).copied().unwrap_or_default();
        kind.0
            .get(side)
            .is_some_and(|standing| standing.is_flagged(cut, most))
    }

    /// Returns the direction from the one revision to the other, in the order of `sides`.
    fn direction(&self, ([old, new], _): &Kind) -> Direction {
        let [before, after] = self.matrices;
        match self.sides {
            [0, _] => direction(self.matrices, old, new),
            _ => direction([after, before], new, old),
        }
    }

    fn divisions(&self) -> Vec<Vec<bool>> {
        let mut all = Vec::new();
        for observed in [Some(true), Some(false)] {
            all.push(self.mask(|kind| kind.1 == observed));
        }
        for most in [false, true] {
            for side in self.sides {
                all.push(self.mask(|kind| self.flagged(side, kind, most)));
            }
        }
        for towards in [Direction::Same, Direction::Up, Direction::Down] {
            all.push(self.mask(|kind| self.direction(kind) == towards));
        }
        for (side, standing) in &self.standings {
            all.push(self.mask(|kind| kind.0.get(*side) == Some(*standing)));
        }
        all
    }

    /// Returns everything that must not be known of a group if it is small: each result by each revision, each way from one to another, each change
    /// between them, and all of these by what was seen later.
    fn sums(&self) -> Vec<Sum> {
        let mut wholes: Vec<Vec<i8>> = Vec::new();
        let mut add = |number: &dyn Fn(&Kind) -> i8| {
            wholes.push(self.kinds.iter().map(number).collect());
        };
        let truth = |holds: bool| i8::from(holds);
        add(&|_| 1);
        for side in self.sides {
            for most in [false, true] {
                add(&|kind| truth(self.flagged(side, kind, most)));
            }
        }
        for most in [false, true] {
            add(&|kind| truth(self.flagged(0, kind, most)) - truth(self.flagged(1, kind, most)));
        }
        for towards in [
            Direction::Same,
            Direction::Up,
            Direction::Down,
            Direction::Unordered,
            Direction::Other,
        ] {
            add(&|kind| truth(self.direction(kind) == towards));
        }
        for (side, standing) in &self.standings {
            let is_own = |kind: &Kind| kind.0.get(*side) == Some(*standing);
            add(&|kind| truth(is_own(kind)));
            let other = 1 - *side;
            // People may be in it as well if their result is open.
            let may_be = |side: usize, kind: &Kind| {
                let own = kind.0.get(side);
                own.is_some_and(|own| own.may_be(standing))
            };
            add(&|kind| truth(may_be(*side, kind)));
            add(&|kind| truth(may_be(*side, kind)) - truth(may_be(other, kind)));
            if standing.is_settled() {
                add(&|kind| {
                    let same = kind
                        .0
                        .get(other)
                        .is_some_and(|own| own.is_called_as(standing));
                    truth(is_own(kind)) - truth(same)
                });
            }
            for (at, to) in &self.standings {
                if at != side {
                    add(&|kind| truth(is_own(kind) && kind.0.get(*at) == Some(*to)));
                }
            }
        }
        let mut sums = BTreeSet::new();
        for whole in wholes {
            for observed in [None].into_iter().chain(OBSERVED.map(Some)) {
                let numbers = whole.iter().zip(self.kinds).enumerate();
                let sum = numbers.filter(|(_, (number, kind))| {
                    **number != 0 && observed.is_none_or(|observed| kind.1 == observed)
                });
                sums.insert(
                    sum.map(|(at, (number, _))| (at, *number > 0))
                        .collect::<Sum>(),
                );
            }
        }
        sums.into_iter().collect()
    }
}

impl Trial {
    /// Returns an earlier grouping that has a column of this one.
    fn overlapped(&self, grouping: &Grouping) -> Option<&Grouping> {
        let groups = self.groups.iter().map(|groups| &groups.grouping);
        let mut earlier = groups.take_while(|own| !std::ptr::eq(*own, grouping));
        earlier.find(|own| {
            own.columns()
                .any(|column| grouping.columns().any(|other| other == column))
        })
    }
}

impl Told {
    /// Returns what is told of the number of people of a group who are of some kinds.
    pub(super) fn people(&self, group: usize, holds: impl Fn(&Kind) -> bool) -> Known {
        let holds = |column: usize| self.kinds.get(column).is_some_and(&holds);
        self.table.sum(group, holds)
    }
}
