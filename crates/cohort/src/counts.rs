//! Counts results: who is in which tier, what is still open, who was refused and why. Counts of parts are joined into those of the whole.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use crate::part::Row;
use crate::rate::Rate;
use crate::{Frequency, FrequencyShare, Origin, Scored, ScoredPart};
use threshold_matrix::bulk::{OpenResults, Whole};
use threshold_matrix::{Matrix, Outcome};
use threshold_matrix::{Problem, ProblemKind};

/// The most different reasons that are kept. Further ones are counted together, so that hostile names cannot fill the memory.
const MOST_REASONS: usize = 1000;
/// Cells beyond this many different ones of a reason are counted together.
const MOST_CELLS: usize = 1000;

/// Counts of the results of some people.
#[derive(Debug)]
pub(crate) struct Counts {
    matrix: Matrix,
    pub(crate) people: u64,
    pub(crate) refused: u64,
    pub(crate) provisional: u64,
    pub(crate) inexact: u64,
    pub(crate) observed: u64,
    /// The counts by the positions of the tiers and statuses that are still possible.
    results: BTreeMap<Vec<u8>, Count>,
    /// The counts by the levels that are still possible, for each dimension.
    levels: Vec<BTreeMap<Vec<usize>, Count>>,
    not_recorded: BTreeMap<String, Missing>,
    /// How often something was seen before and after, by the same positions; those of people who are refused are `None`.
    frequencies: BTreeMap<Option<Vec<u8>>, Frequency>,
    reasons: BTreeMap<(ProblemKind, Vec<String>), Reason>,
    pub(crate) further_reasons: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    people: u64,
    observed: u64,
    happened: u64,
}

/// The people whose result is open and of whom nobody recorded an input.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Missing {
    pub(crate) people: u64,
    /// How many of them lack nothing else, so that their result is settled once it is recorded.
    pub(crate) only: u64,
}

/// The people with one result.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Share {
    /// The tier or status (or level). There are several if unknown inputs leave it open.
    pub possible: Vec<String>,
    /// The number of people.
    pub people: u64,
    /// The number of those of whom the cohort's outcome column says whether they had the outcome.
    pub observed: u64,
    /// The number of those who had the outcome.
    pub happened: u64,
}

/// One reason for which people were refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reason {
    /// The kind of problem.
    pub kind: ProblemKind,
    /// The inputs (or parts of a row) that it concerns.
    pub inputs: Vec<String>,
    /// How many people have it. A person may have several reasons.
    pub people: u64,
    /// Where the first person is, or `None` if they do not come from a file.
    pub first: Option<Origin>,
    /// What is wrong there.
    pub message: String,
    /// What the file calls the column of the input, if the people came from a file of columns.
    pub column: Option<String>,
    /// The different cells of that column that were refused, each with the number of people; at most a thousand.
    pub cells: BTreeMap<String, u64>,
    /// The number of people with other cells than those.
    pub further_cells: u64,
}

impl Share {
    /// Returns the result in words, such as `high` or `high or medium, not settled`.
    #[must_use]
    pub fn name(&self) -> String {
        let names = self.possible.join(" or ");
        if self.possible.len() > 1 {
            format!("{names}, not settled")
        } else {
            names
        }
    }

    /// Returns the share with the labels of its results, or of the levels of a dimension, in the place of their names.
    pub(crate) fn labelled(&self, matrix: &Matrix, dimension: Option<&str>) -> Self {
        let possible = self.possible.iter();
        let labels = possible.map(|name| matrix.label_of(dimension, name).to_owned());
        Self {
            possible: labels.collect(),
            ..self.clone()
        }
    }

    /// Returns how often the outcome happened among those of whom it is known.
    #[must_use]
    pub fn rate(&self) -> Option<Rate> {
        Rate::new(self.happened, self.observed)
    }
}

impl Count {
    fn add(&mut self, observed: Option<bool>, people: u64) {
        self.people += people;
        self.observed += if observed.is_some() { people } else { 0 };
        self.happened += if observed == Some(true) { people } else { 0 };
    }

    fn join(&mut self, other: Self) {
        self.people += other.people;
        self.observed += other.observed;
        self.happened += other.happened;
    }

    fn share(self, possible: Vec<String>) -> Share {
        Share {
            possible,
            people: self.people,
            observed: self.observed,
            happened: self.happened,
        }
    }
}

/// People of a part of whom the same is open, and the same is settled.
struct Alike<'a> {
    open: &'a OpenResults,
    /// The positions of the levels, and of the result.
    settled: Vec<i64>,
    observed: Option<bool>,
    /// The first of them.
    row: usize,
    people: u64,
}

/// What a tally counts of a person's result.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Tallied {
    Refused(Vec<Problem>),
    /// The positions of the results, and of the levels of each dimension, that are still possible.
    Scored {
        results: Vec<u8>,
        levels: Vec<Vec<usize>>,
        is_provisional: bool,
        is_exact: bool,
        not_recorded: Vec<String>,
    },
}

impl Tallied {
    pub(crate) fn of(scored: &Scored) -> Self {
        match &scored.result {
            Err(refusal) => Self::Refused(refusal.problems().to_vec()),
            Ok(outcome) => Self::Scored {
                results: outcome.positions(),
                levels: outcome
                    .dimensions()
                    .map(|dimension| dimension.level_positions().collect())
                    .collect(),
                is_provisional: outcome.is_provisional(),
                is_exact: outcome.is_exact(),
                not_recorded: scored.not_recorded.clone(),
            },
        }
    }
}

impl Counts {
    pub(crate) fn new(matrix: &Matrix) -> Self {
        Self {
            matrix: matrix.clone(),
            people: 0,
            refused: 0,
            provisional: 0,
            inexact: 0,
            observed: 0,
            results: BTreeMap::new(),
            levels: vec![BTreeMap::new(); matrix.described_dimensions().count()],
            not_recorded: BTreeMap::new(),
            frequencies: BTreeMap::new(),
            reasons: BTreeMap::new(),
            further_reasons: 0,
        }
    }

    /// Counts the people of one part of a cohort.
    pub(crate) fn add_part(&mut self, part: &ScoredPart) {
        for (row, scored) in &part.others {
            self.count(&Tallied::of(scored), scored.line, scored.observed, 1);
            let refusal = scored.result.as_ref().err();
            for problem in refusal.into_iter().flat_map(|refusal| refusal.problems()) {
                self.add_cell(part, *row, problem);
            }
        }
        self.count_open(part);
        self.count_columns(part);
        self.count_times_of(part);
    }

    /// Adds the counts of a later part.
    pub(crate) fn join(&mut self, other: Self, part: &ScoredPart) {
        self.people += other.people;
        self.refused += other.refused;
        self.provisional += other.provisional;
        self.inexact += other.inexact;
        self.observed += other.observed;
        self.further_reasons += other.further_reasons;
        for (positions, count) in other.results {
            self.results.entry(positions).or_default().join(count);
        }
        for (own, other) in self.levels.iter_mut().zip(other.levels) {
            for (positions, count) in other {
                own.entry(positions).or_default().join(count);
            }
        }
        for (positions, frequency) in other.frequencies {
            self.frequency(positions).join(&frequency);
        }
        for (input, missing) in other.not_recorded {
            let own = self.not_recorded.entry(input).or_default();
            own.people += missing.people;
            own.only += missing.only;
        }
        for (key, mut reason) in other.reasons {
            let is_full = self.reasons.len() >= MOST_REASONS;
            match self.reasons.entry(key) {
                Entry::Occupied(own) => own.into_mut().join(reason),
                Entry::Vacant(_) if is_full => self.further_reasons += reason.people,
                Entry::Vacant(place) => {
                    reason.first = reason.first.and_then(|own| part.origin(own.number));
                    place.insert(reason);
                }
            }
        }
    }

    /// Counts how often something was seen before and after of the people of a part, if it is known of any.
    fn count_times_of(&mut self, part: &ScoredPart) {
        let mut others = part.others.iter();
        if part.times.is_empty() && others.all(|(_, scored)| scored.times.is_none()) {
            return;
        }
        let results = part.columns.results();
        for row in part.rows() {
            match row {
                Row::Other(_, scored) => self.count_times(scored),
                Row::Column(row, open) => {
                    let Some(times) = part.times.get(row).copied().flatten() else {
                        continue;
                    };
                    let settled = results.and_then(|results| results.get(row));
                    let settled = settled.and_then(|result| u8::try_from(result).ok());
                    let possible = match open.and_then(|open| open.results.possible.as_ref()) {
                        Some(possible) => possible.clone(),
                        None => settled.into_iter().collect(),
                    };
                    self.frequency(Some(possible)).add(times, 1);
                }
            }
        }
    }

    /// Counts how often something was seen before and after of somebody, if it is known.
    pub(crate) fn count_times(&mut self, scored: &Scored) {
        let Some(times) = scored.times else { return };
        let outcome = scored.result.as_ref().ok();
        self.frequency(outcome.map(Outcome::positions))
            .add(times, 1);
    }

    fn frequency(&mut self, possible: Option<Vec<u8>>) -> &mut Frequency {
        self.frequencies.entry(possible).or_default()
    }

    /// Returns how often something was seen before and after of the people with each result, in the order of [`Counts::results`], and last of those who
    /// are refused. The list is empty if it is known of nobody.
    pub(crate) fn frequencies(&self) -> Vec<FrequencyShare> {
        if self.frequencies.is_empty() {
            return Vec::new();
        }
        let names: Vec<&String> = self
            .matrix
            .tiers()
            .iter()
            .chain(self.matrix.statuses())
            .collect();
        let named = |positions: &[u8]| -> Vec<String> {
            let own = positions
                .iter()
                .filter_map(|position| names.get(usize::from(*position)));
            own.map(|name| (*name).clone()).collect()
        };
        let single =
            (0..names.len()).filter_map(|position| Some(vec![u8::try_from(position).ok()?]));
        let mut all: Vec<FrequencyShare> = single
            .map(|position| FrequencyShare {
                possible: named(&position),
                frequency: self
                    .frequencies
                    .get(&Some(position))
                    .copied()
                    .unwrap_or_default(),
            })
            .collect();
        let open = self
            .frequencies
            .iter()
            .filter_map(|(positions, frequency)| {
                let positions = positions.as_ref().filter(|own| own.len() != 1)?;
                Some(FrequencyShare {
                    possible: named(positions),
                    frequency: *frequency,
                })
            });
        let mut open: Vec<_> = open.collect();
        open.sort_by_key(|share| std::cmp::Reverse(share.frequency.people()));
        all.append(&mut open);
        all.extend(self.frequencies.get(&None).map(|frequency| FrequencyShare {
            possible: Vec::new(),
            frequency: *frequency,
        }));
        all
    }

    /// Counts the rows of the columns of which something is open.
    fn count_open(&mut self, part: &ScoredPart) {
        let dimensions = part.columns.dimensions();
        let levels = dimensions.map(|dimension| part.columns.levels(dimension));
        let levels: Vec<_> = levels.collect();
        let result_of = part.columns.results();
        // Those of whom the same is open, and the same is settled, are counted together.
        let mut alike: HashMap<(*const OpenResults, Option<bool>), Vec<Alike<'_>>> = HashMap::new();
        let mut settled = Vec::new();
        for (row, open) in &part.open {
            settled.clear();
            let of_row = levels.iter().chain([&result_of]);
            settled.extend(of_row.map(|of| of.and_then(|of| of.get(*row)).unwrap_or(-1)));
            let observed = part.observed.get(*row).copied().flatten();
            let known = alike
                .entry((Arc::as_ptr(&open.results), observed))
                .or_default();
            match known.iter_mut().find(|known| known.settled == settled) {
                Some(known) => known.people += 1,
                None => known.push(Alike {
                    open: &open.results,
                    settled: settled.clone(),
                    observed,
                    row: *row,
                    people: 1,
                }),
            }
        }
        let mut alike: Vec<_> = alike.into_values().flatten().collect();
        alike.sort_by_key(|alike| alike.row);
        for alike in alike {
            let Alike {
                open,
                settled,
                observed,
                row,
                people,
            } = alike;
            let only = |position: &i64| usize::try_from(*position).into_iter().collect();
            let of_result = settled.last().and_then(|result| u8::try_from(*result).ok());
            let levels = open.levels.iter().zip(&settled);
            let levels = levels.map(|(levels, settled)| match levels {
                Some(levels) => levels.clone(),
                None => only(settled),
            });
            let tallied = Tallied::Scored {
                results: match &open.possible {
                    Some(results) => results.clone(),
                    None => of_result.into_iter().collect(),
                },
                levels: levels.collect(),
                is_provisional: open.is_provisional,
                is_exact: open.is_exact,
                not_recorded: open.not_recorded.to_vec(),
            };
            self.count(&tallied, part.records.line(row), observed, people);
        }
    }

    /// Counts the rows of the columns in which everything is settled.
    fn count_columns(&mut self, part: &ScoredPart) {
        let rows = part.records.len();
        let mut is_other = vec![false; rows];
        let others = part.others.iter().map(|(row, _)| *row);
        for row in others.chain(part.open.iter().map(|(row, _)| *row)) {
            if let Some(other) = is_other.get_mut(row) {
                *other = true;
            }
        }
        if rows == 0 {
            return;
        }
        self.people += (rows - part.others.len() - part.open.len()) as u64;
        let observed = |row: usize| part.observed.get(row).copied().flatten();
        let is_plain = part.others.is_empty() && part.open.is_empty() && part.observed.is_empty();
        let count = |positions: Option<Whole<'_>>| {
            if let (Some(Whole::I8(positions)), true) = (positions, is_plain) {
                return histogram(positions);
            }
            let mut counts: BTreeMap<Option<i64>, Count> = BTreeMap::new();
            let (mut plain, mut without) = ([0_u64; 128], 0);
            let settled = (0..rows).zip(&is_other).filter(|(_, is_other)| !**is_other);
            for (row, _) in settled {
                let position = positions.and_then(|positions| positions.get(row));
                let slot = position
                    .and_then(|position| usize::try_from(position).ok())
                    .and_then(|position| plain.get_mut(position));
                match (slot, part.observed.is_empty()) {
                    (Some(slot), true) => *slot += 1,
                    (None, true) if position.is_none() => without += 1,
                    _ => counts.entry(position).or_default().add(observed(row), 1),
                }
            }
            let positions = (0..).map(Some).zip(plain);
            for (position, people) in positions.chain([(None, without)]) {
                if people > 0 {
                    counts.entry(position).or_default().add(None, people);
                }
            }
            counts
        };
        let results = count(part.columns.results());
        for seen in results.values() {
            self.observed += seen.observed;
        }
        for (position, seen) in results {
            let positions = position.and_then(|position| u8::try_from(position).ok());
            let entry = self.results.entry(positions.into_iter().collect());
            entry.or_default().join(seen);
        }
        for (counts, dimension) in self.levels.iter_mut().zip(part.columns.dimensions()) {
            for (position, seen) in count(part.columns.levels(dimension)) {
                let positions = position.and_then(|position| usize::try_from(position).ok());
                let entry = counts.entry(positions.into_iter().collect());
                entry.or_default().join(seen);
            }
        }
    }

    /// Counts the cell that a problem is about, if it is one cell.
    fn add_cell(&mut self, part: &ScoredPart, row: usize, problem: &Problem) {
        let key = (problem.kind, problem.inputs.clone());
        if let Some((column, cell)) = part.cell_of(row, problem)
            && let Some(reason) = self.reasons.get_mut(&key)
        {
            reason.column.get_or_insert_with(|| column.to_owned());
            reason.add_cell(cell, 1);
        }
    }

    /// Counts people who are alike. If they are refused, the first of them is on this line.
    pub(crate) fn count(
        &mut self,
        tallied: &Tallied,
        line: u64,
        observed: Option<bool>,
        people: u64,
    ) {
        self.people += people;
        self.observed += if observed.is_some() { people } else { 0 };
        match tallied {
            Tallied::Refused(problems) => {
                self.refused += people;
                problems
                    .iter()
                    .for_each(|problem| self.add_reason(line, problem, people));
            }
            Tallied::Scored {
                results,
                levels,
                is_provisional,
                is_exact,
                not_recorded,
            } => {
                self.provisional += if *is_provisional { people } else { 0 };
                self.inexact += if *is_exact { 0 } else { people };
                for input in not_recorded {
                    let missing = self.not_recorded.entry(input.clone()).or_default();
                    missing.people += people;
                    missing.only += if not_recorded.len() == 1 { people } else { 0 };
                }
                self.results
                    .entry(results.clone())
                    .or_default()
                    .add(observed, people);
                for (counts, levels) in self.levels.iter_mut().zip(levels) {
                    counts
                        .entry(levels.clone())
                        .or_default()
                        .add(observed, people);
                }
            }
        }
    }

    fn add_reason(
        &mut self,
        line: u64,
        Problem {
            kind,
            inputs,
            message,
            ..
        }: &Problem,
        people: u64,
    ) {
        let key = (*kind, inputs.clone());
        if let Some(reason) = self.reasons.get_mut(&key) {
            reason.people += people;
        } else if self.reasons.len() < MOST_REASONS {
            self.reasons.insert(
                key,
                Reason {
                    kind: *kind,
                    inputs: inputs.clone(),
                    people,
                    first: Origin::on_line(line),
                    message: message.clone(),
                    column: None,
                    cells: BTreeMap::new(),
                    further_cells: 0,
                },
            );
        } else {
            self.further_reasons += people;
        }
    }

    /// Returns the people by their results: each tier from the most to the least intensive, then each status, then the open results, the most frequent
    /// first.
    pub(crate) fn results(&self) -> Vec<Share> {
        if !self.matrix.has_decision() {
            return Vec::new();
        }
        let names: Vec<_> = self
            .matrix
            .tiers()
            .iter()
            .chain(self.matrix.statuses())
            .cloned()
            .collect();
        let counts = self.results.iter().map(|(positions, count)| {
            (positions.iter().copied().map(usize::from).collect(), *count)
        });
        shares(&names, counts.collect())
    }

    /// Returns the people by their levels in each dimension, in the order of the matrix.
    pub(crate) fn levels(&self) -> Vec<(String, Vec<Share>)> {
        let dimensions = self.matrix.described_dimensions().zip(&self.levels);
        let shares = dimensions
            .filter(|(dimension, _)| !dimension.levels.is_empty())
            .map(|(dimension, counts)| {
                let names: Vec<_> = dimension.levels.iter().map(ToString::to_string).collect();
                (dimension.name.to_owned(), shares(&names, counts.clone()))
            });
        shares.collect()
    }

    /// Returns the inputs that nobody recorded for people whose result is open, each with the number of these people, the most frequent first.
    pub(crate) fn not_recorded(&self) -> Vec<(&str, Missing)> {
        let inputs = self.not_recorded.iter();
        let mut inputs: Vec<_> = inputs
            .map(|(input, missing)| (input.as_str(), *missing))
            .collect();
        inputs.sort_by_key(|(_, missing)| std::cmp::Reverse(missing.people));
        inputs
    }

    /// Returns the reasons for which people were refused, the most frequent first.
    pub(crate) fn reasons(&self) -> Vec<Reason> {
        let mut reasons: Vec<_> = self.reasons.values().cloned().collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.people));
        reasons
    }
}

impl Reason {
    /// Returns the cells that were refused, the most frequent first.
    pub(crate) fn cells_by_people(&self) -> Vec<(&str, u64)> {
        let cells = self.cells.iter();
        let mut cells: Vec<_> = cells
            .map(|(cell, people)| (cell.as_str(), *people))
            .collect();
        cells.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
        cells
    }

    fn join(&mut self, other: Self) {
        self.people += other.people;
        self.column = self.column.take().or(other.column);
        self.further_cells += other.further_cells;
        for (cell, people) in other.cells {
            self.add_cell(cell, people);
        }
    }

    fn add_cell(&mut self, cell: String, people: u64) {
        let is_full = self.cells.len() >= MOST_CELLS;
        match self.cells.get_mut(&cell) {
            Some(own) => *own += people,
            None if is_full => self.further_cells += people,
            None => drop(self.cells.insert(cell, people)),
        }
    }
}

/// Counts positions, of which the least number stands for nothing.
#[expect(clippy::indexing_slicing, reason = "a byte is no more than 255")]
fn histogram(positions: &[i8]) -> BTreeMap<Option<i64>, Count> {
    // Several tables, so that the same position twice does not wait for itself.
    let mut tables = [[0_u32; 256]; 4];
    let (fours, rest) = positions.as_chunks::<4>();
    for four in fours {
        for (table, position) in tables.iter_mut().zip(four) {
            table[usize::from(position.cast_unsigned())] += 1;
        }
    }
    for position in rest {
        tables[0][usize::from(position.cast_unsigned())] += 1;
    }
    let mut counts: BTreeMap<Option<i64>, Count> = BTreeMap::new();
    for position in i8::MIN..=i8::MAX {
        let at = usize::from(position.cast_unsigned());
        let people = tables.iter().map(|table| u64::from(table[at])).sum();
        if people > 0 {
            let known = (position != i8::MIN).then(|| i64::from(position));
            counts.entry(known).or_default().add(None, people);
        }
    }
    counts
}

/// Returns a share for every name, in order, then the shares for more than one name, the most frequent first.
fn shares(names: &[String], mut counts: BTreeMap<Vec<usize>, Count>) -> Vec<Share> {
    let single = names.iter().enumerate().map(|(position, name)| {
        counts
            .remove([position].as_slice())
            .unwrap_or_default()
            .share(vec![name.clone()])
    });
    let mut all: Vec<_> = single.collect();
    let mut open: Vec<_> = counts
        .into_iter()
        .map(|(positions, count)| {
            count.share(
                positions
                    .iter()
                    .filter_map(|position| names.get(*position).cloned())
                    .collect(),
            )
        })
        .collect();
    open.sort_by_key(|share| std::cmp::Reverse(share.people));
    all.append(&mut open);
    all
}
