//! Tries a revision on a cohort before it is adopted: who moves and why, how much capacity it needs, what happened later to those in each tier, and
//! all of this by group.
//!
//! A [`Trial`] takes people one at a time and scores each by both revisions. With the feature `parquet` it also takes a file of columns, which
//! gives the same about thirty times faster (`Trial::add_file`). A trial keeps counts, so its size does not grow with the cohort.
//!
//! ```
//! use threshold_matrix::Matrix;
//! use threshold_matrix_cohort::trial::Trial;
//! use threshold_matrix_cohort::{CohortReader, Columns, FileKind};
//!
//! let old = Matrix::from_yaml(threshold_matrix::doc_example())?;
//! let new = Matrix::from_yaml(&threshold_matrix::doc_example().replace("medium, from: 3", "medium, from: 5"))?;
//! let file = "id,arrests,rosh,sex,again\nann,12,low,f,1\nbob,4,low,m,0\ncat,1,low,f,0\n";
//! let mut trial = Trial::new(&old, &new).by(["sex"])?.capacity("high", 2)?;
//!
//! let columns = trial.columns(Columns::new().with_outcome("again"));
//! for person in CohortReader::for_revisions(file.as_bytes(), FileKind::Csv, &columns, &old, &new)? {
//!     trial.add(&person?, "2026-11-21".parse()?);
//! }
//! assert_eq!((trial.people(), trial.moved()), (3, 1));
//! let moved = trial.ways().into_iter().find(|way| way.from != way.to).ok_or("bob moves")?;
//! assert_eq!((moved.from.as_str(), moved.to.as_str()), ("medium", "low"));
//! let cause = &trial.causes()[0];                                     // a change of the rules that moves people by itself
//! assert_eq!((cause.of[0].as_str(), cause.people), ("dimensions.frequency.levels.medium.from", 1));
//! println!("{}", trial.report());                                     // or .to_markdown(), .to_html()
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # By group
//!
//! Counts by group are about few people, and about what the law protects. For a release ([`Audience::Release`]) no number by group is shown from which
//! it would follow that some number of a group is from 1 to 9: of people with a result, on a way from one result to another, or by which a result
//! changes, all or those with the outcome. What is hidden follows from nothing else in the report or its data, and not from those of the comparison the
//! other way round. Numbers of the whole cohort are shown as they are. Reports of one cohort with other groups or other options are not protected
//! against each other.
//!
//! Groups of fewer than ten people are counted together. A column that nearly names people is refused.
//!
//! # What is not known
//!
//! A result that is open, or a person who is refused, is not missing at random, and the revisions say exactly what is still possible. A share by group,
//! a rate or an error has a least and a most, which are what completing the records could give. A 95 % interval is about chance, and goes from the lower end
//! for the least to the upper end for the most.
//!
//! # What the statistics are
//!
//! | what | how | source |
//! |---|---|---|
//! | the interval of a rate | Wilson's score method | Wilson (1927); Newcombe (1998) |
//! | the interval of a ratio of rates | the log method | Katz et al. (1978) |
//! | the interval of an area under the ROC curve, and of a difference of two | DeLong's, by midranks | DeLong et al. (1988); Sun and Xu (2014) |
//! | the interval of a difference of rates | method 10 | Newcombe (1998) |
//! | the interval of a number of times per person, and of a change of the same people | Poisson regression with robust errors | Liang and Zeger (1986) |
//! | the net benefit of being in the intensive tiers | decision curve analysis | Vickers and Elkin (2006) |
//!
//! All intervals are 95 % intervals. Scores stay exact: only statistics about many people are floats. `tests/statistics` holds them to kept
//! implementations.
//!
//! # Before and after
//!
//! An outcome may be a number of times after a date beside a number of times before it ([`Columns::with_before`]). Then the share of people of whom it was
//! seen at all and the number of times per person are told, before and after, by the result of either revision. For a release, only sums are told that
//! are of at least as many people as the threshold, and from which no sum of fewer follows. By group, these numbers are for the board alone, and so are areas
//! and calibration: nothing proves which small numbers would follow from them.
//!
//! # Several outcomes
//!
//! [`Trial::and_outcome`] adds what another trial of the same people found of a further outcome. For a release, only the first outcome is told by group.
//!
//! # Time to an event
//!
//! How soon something was seen is not told. With people who die, move away or are still followed, it takes a cumulative incidence with competing events
//! (Aalen and Johansen), and no kept library in Rust was found that gives one with its intervals. A file of outcomes carries columns of time through beside
//! the tier, so that R's `survival` or Python's `lifelines` can.

mod by_group;
mod causes;
#[cfg(feature = "parquet")]
mod columns;
mod decision;
mod disclosure;
mod frequencies;
mod further;
mod grouping;
mod groups;
mod json;
mod options;
mod outcomes;
mod protection;
mod report;
mod standing;
mod statistics;
mod subject;
mod sweep;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::{Columns, Frequency, Person, Tally};
use threshold_matrix::Date;
use threshold_matrix::Matrix;
use threshold_matrix::compare::RuleChange;
use threshold_matrix::{Profile, Refusal};

pub use causes::{Cause, Difference, DifferenceKind};
pub use disclosure::Audience;
pub use grouping::Grouping;
pub use options::TrialError;
pub use outcomes::{Calibration, Measure};
pub use report::Report;
pub use standing::{Direction, Way};
pub use statistics::{Area, Discrimination, Ratio};
pub use sweep::{CutOff, SweepCount, SweepPoint};

use causes::Causes;
use disclosure::Disclosure;
use further::Further;
use groups::Groups;
use options::Condition;
use outcomes::Outcomes;
use standing::Standing;
use subject::Subject;
use sweep::Sweep;

/// People who went one way.
#[derive(Debug, Clone, Copy, Default)]
struct Moved {
    people: u64,
    observed: u64,
    happened: u64,
}

/// Two revisions of a matrix, tried on the same people. A trial serialises as data, with everything that its report shows.
#[derive(Debug)]
pub struct Trial {
    /// The old revision and the new one.
    matrices: [Matrix; 2],
    comparison: Option<threshold_matrix::compare::Comparison>,
    source: Option<String>,
    is_made_up: bool,
    /// The first and the last date at which anybody was scored.
    dates: Option<(Date, Date)>,
    disclosure: Disclosure,
    only: Vec<Condition>,
    /// The number of people who are not counted because of the conditions.
    passed_over: u64,
    /// The number of people whose outcome cannot be read.
    unreadable_outcomes: u64,
    existing: Option<String>,
    capacity: Vec<(String, u64)>,
    /// The least intensive tier that counts as flagged, by its position in each matrix.
    cut: Option<[u8; 2]>,
    score: Option<String>,
    tallies: [Tally; 2],
    ways: BTreeMap<(Standing, Standing), Moved>,
    /// For each revision, the people whose result is not settled and could be changed by each input.
    deciding: [BTreeMap<String, u64>; 2],
    /// How often the outcome was seen before and after of those who went each way, if it is known.
    frequencies: BTreeMap<(Standing, Standing), Frequency>,
    causes: Causes,
    /// The changes of the rules from the old revision to the new one, or `None` if there are more than are tried by themselves.
    changes: OnceLock<Option<Vec<RuleChange>>>,
    outcomes: Outcomes,
    groups: Vec<Groups>,
    sweep: Option<Sweep>,
    /// What the outcome is called, if there are several.
    outcome_name: Option<String>,
    further: Vec<Further>,
}

impl Trial {
    /// Creates an empty trial. Set its options before the first `add`.
    #[must_use]
    pub fn new(old: &Matrix, new: &Matrix) -> Self {
        Self {
            matrices: [old.clone(), new.clone()],
            comparison: None,
            source: None,
            is_made_up: false,
            dates: None,
            disclosure: Disclosure::default(),
            only: Vec::new(),
            passed_over: 0,
            unreadable_outcomes: 0,
            existing: None,
            capacity: Vec::new(),
            cut: (!old.tiers().is_empty() && !new.tiers().is_empty()).then_some([0, 0]),
            score: None,
            tallies: [Tally::new(old), Tally::new(new)],
            ways: BTreeMap::new(),
            deciding: Default::default(),
            frequencies: BTreeMap::new(),
            causes: Causes::default(),
            changes: OnceLock::new(),
            outcomes: Outcomes::new(old, new),
            groups: Vec::new(),
            sweep: None,
            outcome_name: None,
            further: Vec::new(),
        }
    }

    /// Adds to the report, before the section on who moves, what changed in the rules and what is proved about it.
    #[must_use]
    pub fn with_comparison(mut self, comparison: threshold_matrix::compare::Comparison) -> Self {
        self.comparison = Some(comparison);
        self
    }

    /// Returns the columns of a cohort file with those added that the trial needs beside the inputs.
    #[must_use]
    pub fn columns(&self, columns: Columns) -> Columns {
        let kept = self.kept().into_iter();
        kept.fold(columns, |columns, name| columns.keeping(name))
    }

    /// Scores a person by both revisions, at their own date if they have one, and counts what came out.
    pub fn add(&mut self, person: &Person, as_at: Date) {
        if !self.is_asked_for(|place| person.kept.get(place).map(String::as_str)) {
            self.passed_over += 1;
            return;
        }
        self.tallies[0].note_id(person.id.as_bytes(), person.line);
        self.unreadable_outcomes += u64::from(person.has_unreadable_outcome);
        let as_at = person.as_at.unwrap_or(as_at);
        self.spans(as_at);
        let profiles = match &person.revised {
            Some(revised) => [person.profile.clone(), revised.clone()],
            None => self.split(&person.profile),
        };
        let (tried, found) = self.tried_and_found(
            &Subject::new(&self.matrices, profiles, as_at),
            person.observed.is_some(),
        );
        found.iter().for_each(|found| self.causes.count(found, 1));
        self.count(&tried, person.line, person.observed, 1);
        let mut frequency = Frequency::default();
        if let Some(times) = person.times {
            frequency.add(times, 1);
            self.count_times(&tried, &frequency);
        }
        for (place, columns) in self.beside().into_iter().enumerate() {
            let cell = |column: &usize| person.kept.get(*column).map_or("", String::as_str);
            let values = columns.iter().map(cell);
            self.count_beside(place, values.clone(), &tried, person.observed, 1);
            if person.times.is_some() {
                self.count_times_beside(place, values, &frequency);
            }
        }
    }

    /// Notes that somebody is scored at this date.
    fn spans(&mut self, as_at: Date) {
        self.dates = self
            .dates
            .map(|(first, last)| (first.min(as_at), last.max(as_at)))
            .or(Some((as_at, as_at)));
    }

    /// Returns one profile for each revision, without what only the other revision reads.
    fn split(&self, profile: &Result<Profile, Refusal>) -> [Result<Profile, Refusal>; 2] {
        [0, 1].map(|which| {
            let (own, other) = if which == 0 {
                (&self.matrices[0], &self.matrices[1])
            } else {
                (&self.matrices[1], &self.matrices[0])
            };
            let reads = |matrix: &Matrix, input: &str| matrix.inputs().any(|name| name == input);
            let kept = |profile: &Profile| -> Profile {
                let kept = profile
                    .iter()
                    .filter(|(input, _)| reads(own, input) || !reads(other, input));
                kept.map(|(input, value)| (input, value.clone())).collect()
            };
            profile.as_ref().map(kept).map_err(Clone::clone)
        })
    }

    /// Returns the number of people counted.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.tallies[0].people()
    }

    /// Returns what the old revision gave.
    #[must_use]
    pub fn old(&self) -> &Tally {
        &self.tallies[0]
    }

    /// Returns what the new revision gave.
    #[must_use]
    pub fn revised(&self) -> &Tally {
        &self.tallies[1]
    }

    /// Returns the number of people who went from each result to each, or stayed, in the order of the tiers.
    #[must_use]
    pub fn ways(&self) -> Vec<Way> {
        let ways = self.ways.iter();
        ways.map(|((from, to), moved)| Way {
            from: from.words(),
            to: to.words(),
            direction: self.direction(from, to),
            people: moved.people,
            observed: moved.observed,
            happened: moved.happened,
        })
        .collect()
    }

    /// Returns the number of people whose result differs between the revisions.
    #[must_use]
    pub fn moved(&self) -> u64 {
        self.ways
            .iter()
            .filter(|((from, to), _)| !from.is_called_as(to))
            .map(|(_, moved)| moved.people)
            .sum()
    }

    /// Returns the changes of the rules that move people by themselves, those that move most first. Several may move the same person.
    ///
    /// The list is empty as well if the revisions differ in more places than are tried ([`Trial::is_tried_apart`]).
    #[must_use]
    pub fn causes(&self) -> Vec<Cause> {
        self.causes.ranked(self.changes())
    }

    /// Returns the number of people who moved and whom no change of the rules moves by itself, or `None` if the changes were not tried by themselves.
    #[must_use]
    pub fn moved_together(&self) -> Option<u64> {
        self.is_tried_apart().then(|| self.causes.moved_together())
    }

    /// Returns what differs between the explanations of people who moved, the most frequent first. A person may have several differences, some of which
    /// may not matter to where the person moved.
    #[must_use]
    pub fn differences(&self) -> Vec<Difference> {
        self.causes.differences()
    }

    /// Returns whether the changes of the rules are few enough to try each by itself.
    #[must_use]
    pub fn is_tried_apart(&self) -> bool {
        self.tried_apart().is_some()
    }

    /// Returns the changes of the rules, each of which can be adopted without the others.
    fn changes(&self) -> &[RuleChange] {
        self.tried_apart().unwrap_or_default()
    }

    fn tried_apart(&self) -> Option<&[RuleChange]> {
        let [old, new] = &self.matrices;
        self.changes
            .get_or_init(|| old.rule_changes(new))
            .as_deref()
    }

    /// Returns the inputs that could change results of a revision that are not settled, each with the number of these people, the most frequent first.
    fn can_change(&self, side: usize) -> Vec<(String, u64)> {
        let counts = self.deciding.get(side).into_iter().flatten();
        let mut counts: Vec<_> = counts
            .map(|(input, people)| (input.clone(), *people))
            .collect();
        counts.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
        counts
    }

    /// Returns how well each score of the two revisions, and the existing score, tell people with the outcome from people without it. The list is empty
    /// if the cohort has no outcome.
    #[must_use]
    pub fn measures(&self) -> Vec<Measure> {
        self.outcomes.measures()
    }

    /// Returns what each cut-off of the sweep would give. The list is empty if no sweep was asked for.
    #[must_use]
    pub fn sweep_points(&self) -> Vec<SweepPoint> {
        self.sweep.as_ref().map(Sweep::points).unwrap_or_default()
    }

    /// Returns everything that the trial found, as a report to read.
    pub fn report(&self) -> Report {
        report::report(self)
    }
}
