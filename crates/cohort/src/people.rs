//! One row of a cohort, before and after it is scored.

use std::sync::Arc;

use crate::Times;
use crate::events::{EventTable, Found};
use crate::places::Places;
use threshold_matrix::Date;
use threshold_matrix::Matrix;
use threshold_matrix::Outcome;
use threshold_matrix::change::NextChange;
use threshold_matrix::{Case, Problem, ProblemKind, Profile, Refusal};

/// A person as a row of a cohort gives them, before the scoring.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Person {
    /// The line on which the row begins, counted from 1.
    pub line: u64,
    /// The id. It is empty if the row does not have one, and the row is then refused.
    pub id: String,
    /// The date of the scoring, if the row has its own.
    pub as_at: Option<Date>,
    /// The input values, or why the row cannot be read.
    pub profile: Result<Profile, Refusal>,
    /// The input values as the new revision has them, if the rows are read for two revisions.
    pub revised: Option<Result<Profile, Refusal>>,
    /// What was seen later, such as whether the person was arrested again, if the file has a column of it. It is never scored.
    pub observed: Option<bool>,
    /// How many times it was seen before and after, if the file has columns of both and both are known.
    pub times: Option<Times>,
    /// The cells of the columns that [`Columns::keeping`](super::Columns::keeping) names, in that order. They are never scored.
    pub kept: Vec<String>,
    /// Whether the cell of what was seen later cannot be read, so that it counts as not known. It refuses a person, except where two revisions are compared.
    pub has_unreadable_outcome: bool,
    /// The values that can be read, where others cannot.
    pub(crate) readable: Option<Profile>,
    /// Where the values stand, if they are from a workbook.
    pub(crate) places: Option<Arc<Places>>,
    /// The files that events of the person stand in.
    pub(crate) events: Option<Arc<EventTable>>,
    /// What came out in an earlier run, if it is carried over. The input values are then not read.
    pub(crate) standing: Option<Box<Standing>>,
}

/// What came out of an earlier run, and still stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Standing {
    pub(crate) outcome: Outcome,
    pub(crate) next: Option<NextResult>,
    pub(crate) stands_until: Date,
}

/// A person after the scoring.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Scored {
    /// The line on which the row begins, counted from 1. It is 0 if the person does not come from a file.
    pub line: u64,
    /// The id.
    pub id: String,
    /// The date of the scoring.
    pub as_at: Date,
    /// The outcome, or everything that keeps the person from having one.
    pub result: Result<Outcome, Refusal>,
    /// The inputs that nobody recorded, if they leave the outcome open.
    pub not_recorded: Vec<String>,
    /// What was seen later.
    pub observed: Option<bool>,
    /// How many times it was seen before and after.
    pub times: Option<Times>,
    /// The first later day on which the result differs with nothing new recorded, if it was looked for and there is one.
    pub next: Option<NextResult>,
    /// The last day through which nothing of the outcome differs with nothing new recorded, if it was looked for and nothing of the outcome is open.
    pub stands_until: Option<Date>,
    /// The cells of the columns that are carried through, where they do not stand in what was read of a part.
    pub(crate) kept: Vec<String>,
}

/// The first later day on which a result differs with nothing new recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NextResult {
    /// The day.
    pub on: Date,
    /// The result then, as [`Scored::result_in_words`] has it. It is empty where it would be too much work to tell whether the result differs on the day
    /// or only may.
    pub result: String,
    /// The change as JSON, as [`NextChange`] serialises.
    pub(crate) json: String,
}

impl NextResult {
    fn of(next: &NextChange) -> Self {
        Self {
            on: next.on(),
            result: match next.is_certain() {
                true => in_words(next.outcome()),
                false => String::new(),
            },
            // Texts, numbers and lists can always be written.
            json: serde_json::to_string(next).unwrap_or_default(),
        }
    }
}

/// A change as JSON has it, with only what tells the result then.
#[derive(serde::Deserialize)]
struct NextLine {
    on: Date,
    possible: Option<Vec<String>>,
    certain: bool,
    error: Option<String>,
}

impl NextResult {
    /// Reads a change that was written as JSON. The result of a matrix without a decision is not in it.
    pub(crate) fn of_json(json: &str) -> Option<Self> {
        let line: NextLine = serde_json::from_str(json).ok()?;
        Some(Self {
            on: line.on,
            result: match (line.certain, line.error) {
                (false, _) => String::new(),
                (true, Some(_)) => REFUSED.to_owned(),
                (true, None) => line.possible.unwrap_or_default().join(" or "),
            },
            json: json.to_owned(),
        })
    }
}

impl Person {
    /// Creates a person who does not come from a file.
    #[must_use]
    pub fn new(id: impl Into<String>, profile: Profile) -> Self {
        Self {
            id: id.into(),
            ..Self::at(0, Ok(profile))
        }
    }

    /// Creates a row of which nothing else is known yet.
    pub(super) fn at(line: u64, profile: Result<Profile, Refusal>) -> Self {
        Self {
            line,
            id: String::new(),
            as_at: None,
            profile,
            revised: None,
            observed: None,
            times: None,
            kept: Vec::new(),
            has_unreadable_outcome: false,
            readable: None,
            places: None,
            events: None,
            standing: None,
        }
    }

    /// Scores the person, at their own date if they have one.
    #[must_use]
    pub fn score(self, matrix: &Matrix, as_at: Date) -> Scored {
        self.score_until(matrix, as_at, None)
    }

    /// Does the same as [`Person::score`], and finds the first later day, up to a date, on which the result differs with nothing new recorded, as
    /// [`Case::next_change`] does, and the last through which nothing differs, as [`Case::stands_until`] does. Whoever is carried over from an earlier run
    /// has what came out there.
    #[must_use]
    pub fn score_until(self, matrix: &Matrix, as_at: Date, until: Option<Date>) -> Scored {
        let as_at = self.as_at.unwrap_or(as_at);
        if let Some(standing) = self.standing {
            return Scored {
                line: self.line,
                id: self.id,
                as_at,
                result: Ok(standing.outcome),
                not_recorded: Vec::new(),
                observed: self.observed,
                times: self.times,
                next: standing.next,
                stands_until: Some(standing.stands_until),
                kept: self.kept,
            };
        }
        let case = match (self.profile, self.readable) {
            (Ok(profile), _) => matrix.prepare(&profile, as_at),
            (Err(refusal), Some(readable)) => Err(with_others(refusal, matrix, &readable, as_at)),
            (Err(refusal), None) => Err(refusal),
        };
        let mut scored = Scored::of(case.as_ref(), as_at);
        if let (Ok(case), Ok(_), Some(until)) = (&case, &scored.result, until) {
            match ahead(case, until) {
                Ok((next, stands_until)) => {
                    scored.next = next;
                    scored.stands_until = stands_until;
                }
                Err(refusal) => scored.result = Err(refusal),
            }
        }
        if let Err(refusal) = &mut scored.result {
            *refusal = placed(
                (self.places.as_deref(), self.events.as_deref()),
                (self.line, &self.id),
                refusal,
            );
        }
        Scored {
            line: self.line,
            id: self.id,
            observed: self.observed,
            times: self.times,
            kept: self.kept,
            ..scored
        }
    }
}

impl Person {
    /// Takes the events that stand in other files, or what is wrong with them.
    pub(crate) fn join(&mut self, events: &Arc<EventTable>) {
        if self.id.is_empty() {
            return;
        }
        if self.standing.is_some() {
            return events.meet(&self.id);
        }
        self.events = Some(Arc::clone(events));
        let mut problems = Vec::new();
        for (list, found) in events.of(&self.id) {
            let own = match found {
                Found::Events(own) => own,
                Found::Missing => continue,
                Found::Wrong(wrong) => {
                    problems.extend(wrong);
                    continue;
                }
            };
            let profile = match (&mut self.profile, &mut self.readable) {
                (Ok(profile), _) | (Err(_), Some(profile)) => profile,
                (Err(_), None) => continue,
            };
            if profile.get(list).is_some() {
                let message = format!(
                    "`{list}` is given in the profile, and in a file of its own; leave one of the two out"
                );
                let inputs = vec![list.to_owned()];
                problems.push(Problem::new(ProblemKind::Contradiction, inputs, message));
            } else {
                profile.set(list, own);
            }
        }
        if problems.is_empty() {
            return;
        }
        let profile = std::mem::replace(&mut self.profile, Ok(Profile::new()));
        self.profile = Err(match profile {
            Ok(profile) => {
                self.readable = Some(profile);
                Refusal::new(problems)
            }
            Err(refusal) => Refusal::new([refusal.problems(), &problems].concat()),
        });
    }

    /// Returns what a matrix refuses of the person, in which each problem of one input ends with the name of its cell, if the person is from a
    /// workbook, and each of an event with the line of its file.
    #[must_use]
    pub fn placed(&self, refusal: &Refusal) -> Refusal {
        placed(
            (self.places.as_deref(), self.events.as_deref()),
            (self.line, &self.id),
            refusal,
        )
    }
}

/// Returns a refusal with the places of what is at fault, as far as they are known.
fn placed(
    (places, events): (Option<&Places>, Option<&EventTable>),
    (line, id): (u64, &str),
    refusal: &Refusal,
) -> Refusal {
    let refusal = places.map_or_else(|| refusal.clone(), |places| places.named(refusal, line));
    match events {
        Some(events) => events.placed(&refusal, id),
        None => refusal,
    }
}

/// Returns a refusal for cells that cannot be read, with what the matrix refuses of the values that can: a person who mends a row wants all of it.
fn with_others(refusal: Refusal, matrix: &Matrix, readable: &Profile, as_at: Date) -> Refusal {
    let Err(others) = matrix.prepare(readable, as_at) else {
        return refusal;
    };
    let mut problems = refusal.problems().to_vec();
    let unread: Vec<&String> = refusal
        .problems()
        .iter()
        .flat_map(|problem| &problem.inputs)
        .collect();
    // What several inputs say together may be otherwise once the cell can be read.
    let is_of_one = |problem: &&Problem| {
        !matches!(
            problem.kind,
            ProblemKind::Contradiction | ProblemKind::ImpossibleCell
        ) && !problem.inputs.iter().any(|input| unread.contains(&input))
    };
    problems.extend(others.problems().iter().filter(is_of_one).cloned());
    Refusal::new(problems)
}

impl Scored {
    /// Returns what comes out of a case, or of a profile that could not be made into a case.
    pub(crate) fn of(case: Result<&Case, &Refusal>, as_at: Date) -> Self {
        let mut not_recorded = Vec::new();
        let result = case.map_err(Clone::clone).and_then(|case| {
            let outcome = case.score()?;
            if outcome.is_provisional() {
                not_recorded.extend(case.unknown().map(str::to_owned));
            }
            Ok(outcome)
        });
        Self {
            line: 0,
            id: String::new(),
            as_at,
            result,
            not_recorded,
            observed: None,
            times: None,
            next: None,
            stands_until: None,
            kept: Vec::new(),
        }
    }

    /// Returns the result in a few words, which tell whether a person moved.
    ///
    /// It is the tier, the status, everything that is still possible, the levels of a matrix without tiers, or `refused`.
    #[must_use]
    pub fn result_in_words(&self) -> String {
        in_words(self.result.as_ref())
    }
}

/// Returns when the result of a case differs next, up to a date, and through which day nothing of its outcome does.
fn ahead(case: &Case, until: Date) -> Result<(Option<NextResult>, Option<Date>), Refusal> {
    let stands_until = case.stands_until(until)?;
    if stands_until.is_some_and(|day| day >= until) {
        return Ok((None, stands_until));
    }
    let next = case.next_change_after(stands_until.unwrap_or(case.as_at()), until)?;
    Ok((next.as_ref().map(NextResult::of), stands_until))
}

fn in_words(result: Result<&Outcome, &Refusal>) -> String {
    let Ok(outcome) = result else {
        return REFUSED.to_owned();
    };
    let possible = outcome.possible();
    if possible.is_empty() {
        levels_in_words(
            outcome
                .dimensions()
                .map(|dimension| (dimension.name(), dimension.level())),
        )
    } else {
        possible.join(" or ")
    }
}

pub(super) const REFUSED: &str = "refused";

/// Returns levels in the order of their dimensions' names, which is the one order that every form of a file keeps.
pub(super) fn levels_in_words<'a>(
    levels: impl Iterator<Item = (&'a str, Option<&'a str>)>,
) -> String {
    let mut levels: Vec<_> = levels
        .map(|(dimension, level)| format!("{dimension} {}", level.unwrap_or("open")))
        .collect();
    levels.sort();
    levels.join(", ")
}

/// Returns a problem of a row itself. `part` is the part of the row that is at fault, if it is one of few parts.
pub(super) fn unreadable(part: Option<&str>, message: impl Into<String>) -> Problem {
    Problem::new(
        ProblemKind::UnreadableRow,
        part.map(str::to_owned).into_iter().collect(),
        message,
    )
}
