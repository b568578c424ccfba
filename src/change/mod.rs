//! Finds what would change an outcome: every smallest set of changes that moves the tier, how near each cut-off is, and what is still to be asked.
//!
//! The answers are exact, and nothing is sampled: every rule is piecewise constant, so an input matters only by the cell in which its value lies,
//! and all cells are searched. Only inputs that the matrix marks `changeable: true` are changed, and never to values that the matrix would refuse
//! together.
//!
//! A set of changes is *smallest* if nothing less gives the same result. It is less than another set if it changes only inputs that the other
//! also changes, and changes none of them further. For example, if four arrests fewer give the medium tier, then five fewer are not listed, and
//! neither are four fewer together with a better score for accommodation.
//!
//! ```
//! use threshold_matrix::{Matrix, Profile};
//!
//! let text = threshold_matrix::doc_example().replace("range: [0, 60],", "range: [0, 60], changeable: true,");
//! let matrix = Matrix::from_yaml(&text)?;
//! let profile = Profile::new().with("arrests", 4).with("rosh", "low");
//! let as_at = "2026-11-21".parse()?;
//! let changes = matrix.prepare(&profile, as_at)?.changes()?;
//! let first = changes.moves().first().expect("the tier can move");
//! assert_eq!(matrix.score(&first.apply(&profile), as_at)?.tier(), Some(first.to.as_str()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod candidate;
mod margin;
mod next;
mod search;
mod unknown;
pub(crate) mod words;

use serde::Serialize;

use crate::change::candidate::Candidate;
use crate::change::search::{Found, Search};
use crate::matrix::Matrix;
use crate::model::Domain;
use crate::number;
use crate::plan::ABSENT;
use crate::plan::budget::BUDGET;
use crate::profile::{Profile, Refusal, Value};
use crate::prove::axis::{Axis, OPEN};
use crate::score::answers::Answers;
use crate::score::prepare::Case;

pub use margin::{CutOffDistance, Margin};
pub use next::{NextChange, Passing};
pub use unknown::{Answer, Possible, UnknownInput};

const WHOLE: u128 = 1_000_000;

/// What would change an outcome. [`Case::changes`] makes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use]
pub struct Changes {
    moves: Vec<ChangeSet>,
    margins: Vec<Margin>,
    unknown: Vec<UnknownInput>,
    complete: bool,
}

/// A smallest set of changes, and the result that it gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChangeSet {
    /// The dimension whose level moves, in a matrix without a decision. If it is `None`, the tier or status moves.
    pub dimension: Option<String>,
    /// The tier, status or level before. It is `None` where unknown inputs leave it open.
    pub from: Option<String>,
    /// The tier, status or level after the changes, whatever the unknown inputs are.
    pub to: String,
    /// The direction in which the result moves.
    pub direction: Direction,
    /// The changes, in the order of the matrix's inputs.
    pub changes: Vec<Change>,
}

/// The direction in which a result moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Direction {
    /// To a more intensive tier or level.
    Up,
    /// To a less intensive tier or level.
    Down,
    /// To or from a status, or from what was open.
    Neither,
}

/// A change of one input.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The input.
    pub input: String,
    /// The label of the input for readers.
    pub title: String,
    /// The unit of its numbers.
    pub unit: Option<String>,
    /// The value that the profile has or that the matrix assumed.
    pub from: Value,
    /// The nearest value that gives the result. In a set, members that no rule tells apart stand for each other: see `distance`.
    pub to: Value,
    /// The farthest value that still gives the result. Every value from `to` up to this one does, while the other changes of the set stay the same.
    pub until: Value,
    /// Whether `until` is the last value of the input.
    pub is_open_ended: bool,
    /// The distance between `from` and `to`.
    pub distance: Distance,
    /// The distance in millionths of the input's range, to compare inputs by. It is a whole where values do not have a distance or a range of their
    /// own.
    #[serde(skip)]
    pub(crate) share: u128,
}

/// How far a change goes, in the input's own unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "in")]
#[non_exhaustive]
pub enum Distance {
    /// The distance between two numbers.
    Amount {
        /// The size of the difference, exact.
        by: String,
        /// Whether the number becomes larger.
        rises: bool,
    },
    /// The distance between two levels.
    Steps {
        /// A number of steps.
        by: u64,
        /// Whether it becomes a higher level.
        rises: bool,
    },
    /// The distance between two dates.
    Days {
        /// A number of days.
        by: u64,
        /// Whether it becomes a later date.
        rises: bool,
    },
    /// The difference between two sets.
    Members {
        /// The members that the set gains and loses.
        changes: Vec<MemberChange>,
    },
    /// The values do not have a distance: one of them is a category, a boolean, or absent.
    Other,
}

/// Members that a set gains or loses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MemberChange {
    /// Whether the set loses them.
    pub loses: bool,
    /// How many members it gains or loses.
    pub count: usize,
    /// The members to choose from, any of which will do.
    pub among: Vec<String>,
}

impl Case {
    /// Returns what would change the outcome.
    ///
    /// It holds every smallest set of one or two changes that gives another tier or status or, in a matrix without a decision, another level. It
    /// also holds how near each cut-off is, and what each answer to an unknown input would give.
    ///
    /// Where inputs are unknown, a set of changes is listed for a result only if it gives that result whatever the unknown values are.
    ///
    /// # Errors
    /// Returns the errors of [`Case::score`].
    pub fn changes(&self) -> Result<Changes, Refusal> {
        self.changes_within(2, BUDGET)
    }

    /// Does the same as [`Case::changes`] with up to a given number of changes together, at most three, and with another limit on the work.
    ///
    /// [`Case::changes`] allows a hundred million units, each a small step of one rule. What does not fit is left out, and [`Changes::is_complete`] says
    /// so. What is given is right all the same.
    ///
    /// # Errors
    /// Returns the errors of [`Case::score`].
    pub fn changes_within(&self, together: usize, budget: u64) -> Result<Changes, Refusal> {
        let plan = self.matrix.plan();
        let answers = Answers::of(self.clone(), budget);
        if !answers.possible(plan.admissible).values.contains(&1) {
            // Says why the case is refused.
            let _ = self.score_within(budget)?;
        }
        let mut axes = Axis::all(&self.matrix);
        let mut is_exact = true;
        for axis in &mut axes {
            let possible = answers.possible(axis.node);
            is_exact &= possible.exact;
            axis.now = match (possible.values.len(), possible.values.first()) {
                (1, Some(only)) => *only,
                _ => OPEN,
            };
        }
        let mut left = budget;
        let (unknown, all_unknown) = unknown::unknown(self, &axes, &answers, &mut left);
        let mut search = Search::new(self, &axes, &answers, left);
        let mut found = search.run(together);
        search.extend(&answers, &mut found);
        let wording = Wording {
            matrix: &self.matrix,
            axes: &axes,
            candidates: &search.candidates,
        };
        Ok(Changes {
            moves: found
                .iter()
                .filter_map(|found| wording.movement(found))
                .collect(),
            margins: margin::margins(self, &answers),
            unknown,
            complete: search.is_complete && all_unknown && is_exact,
        })
    }
}

impl Changes {
    /// Returns the smallest sets of changes. Those of one change come before those of two; within these they are ordered by dimension, by result from
    /// the most intensive, and by input.
    #[must_use]
    pub fn moves(&self) -> &[ChangeSet] {
        &self.moves
    }

    /// Returns how near each dimension's score is to the cut-offs of its levels, where both are settled.
    #[must_use]
    pub fn margins(&self) -> &[Margin] {
        &self.margins
    }

    /// Returns the unknown inputs, with what each answer to them would give.
    #[must_use]
    pub fn unknown(&self) -> &[UnknownInput] {
        &self.unknown
    }

    /// Returns whether everything was searched. If not, the search would have taken more than the budget, and there may be more than is given.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}

impl ChangeSet {
    /// Returns whether the set takes a value away. What is in the records may be corrected, but nobody should strike it out to reach another tier.
    pub(crate) fn forgets(&self) -> bool {
        self.changes
            .iter()
            .any(|change| change.to == Value::Missing)
    }

    /// Returns a profile with the changes made. Scoring it gives the result of this set.
    #[must_use]
    pub fn apply(&self, profile: &Profile) -> Profile {
        self.changes
            .iter()
            .fold(profile.clone(), |profile, change| {
                profile.with(change.input.as_str(), change.to.clone())
            })
    }
}

/// Writes what was found in the words of the matrix.
struct Wording<'a> {
    matrix: &'a Matrix,
    axes: &'a [Axis],
    candidates: &'a [Candidate],
}

impl Wording<'_> {
    fn movement(&self, found: &Found) -> Option<ChangeSet> {
        let axis = self.axes.get(found.axis)?;
        // A level that only an override gives is neither more nor less than one of a score.
        let ordered = match axis.dimension {
            Some(dimension) => self.matrix.model().dimensions[dimension].scored_levels() as i64,
            None => axis.ordered(self.matrix),
        };
        let changes = found.changes.iter().zip(&found.until);
        Some(ChangeSet {
            dimension: axis.dimension_name(self.matrix),
            from: axis.name(self.matrix, axis.now).map(str::to_owned),
            to: axis.name(self.matrix, found.result)?.to_owned(),
            direction: match (axis.now, found.result) {
                (OPEN, _) => Direction::Neither,
                (now, to) if now >= ordered || to >= ordered => Direction::Neither,
                (now, to) => {
                    if to < now {
                        Direction::Up
                    } else {
                        Direction::Down
                    }
                }
            },
            changes: changes
                .filter_map(|((candidate, choice), until)| {
                    Some(self.change(self.candidates.get(*candidate)?, *choice, *until))
                })
                .collect(),
        })
    }

    fn change(&self, candidate: &Candidate, choice: usize, until: i64) -> Change {
        let input = &self.matrix.model().inputs[candidate.input];
        let (now, to) = (candidate.now, candidate.at(choice).value);
        let (least, most) = input.domain.bounds();
        Change {
            input: input.heading.name.clone(),
            title: input.heading.spoken().to_owned(),
            unit: input.unit.clone(),
            from: Value::of(&input.domain, now),
            to: Value::of(&input.domain, to),
            until: Value::of(&input.domain, until),
            is_open_ended: until == if to < now { least } else { most },
            distance: distance(&input.domain, candidate, now, to),
            share: match input.domain {
                Domain::Number { .. } | Domain::Level { .. } if now != ABSENT && to != ABSENT => {
                    u128::from(now.abs_diff(to)) * WHOLE / u128::from(least.abs_diff(most).max(1))
                }
                _ => WHOLE,
            },
        }
    }
}

fn distance(domain: &Domain, candidate: &Candidate, now: i64, to: i64) -> Distance {
    let (by, rises) = (now.abs_diff(to), to > now);
    match domain {
        Domain::Set { .. } if to != ABSENT => Distance::Members {
            changes: candidate
                .members(to)
                .into_iter()
                .map(|(loses, count, among)| MemberChange {
                    loses,
                    count: count as usize,
                    among: domain.members(among),
                })
                .collect(),
        },
        _ if now == ABSENT || to == ABSENT => Distance::Other,
        Domain::Number { places, .. } => Distance::Amount {
            by: i64::try_from(by)
                .map_or_else(|_| by.to_string(), |by| number::scaled_text(by, *places)),
            rises,
        },
        Domain::Level { .. } => Distance::Steps { by, rises },
        Domain::Date { .. } => Distance::Days { by, rises },
        Domain::Category { .. } | Domain::Boolean | Domain::Set { .. } => Distance::Other,
    }
}
