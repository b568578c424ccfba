//! Takes a revision apart into changes that can each be adopted without the others, and says which of them moves a profile.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

use crate::compare::structure::{Amendment, Edit, amended};
use crate::compare::words::parts_in_words;
use crate::matrix::Matrix;

/// The most changes that are each tried by themselves.
const MOST: usize = 48;

/// The most bytes of matrix files that are written and loaded to try changes.
const MOST_BYTES: usize = 4 << 20;

/// A change of the rules that can be adopted without the rest of a revision.
///
/// Mostly it is one [`Amendment`]. It is several where the older matrix with only one of them is not a valid matrix, such as a new input and the
/// criterion that reads it.
///
/// ```
/// use threshold_matrix::Matrix;
///
/// let old = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let new = Matrix::from_yaml(&threshold_matrix::doc_example().replace("medium, from: 3", "medium, from: 4"))?;
/// let changes = old.rule_changes(&new).expect("there are few");
/// let [change] = changes.as_slice() else { panic!("it is one change") };
/// assert_eq!(change.to_string(), "the dimension “Offending frequency” (levels, medium, from: 3 before, 4 after)");
/// let rest = change.alone().compare(&new, "2026-11-21".parse()?);
/// assert!(rest.differences().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RuleChange {
    amendments: Vec<Amendment>,
    numbers: BTreeSet<usize>,
    alone: Matrix,
    words: String,
}

/// Which changes of the rules make a profile's result another, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Acting {
    /// Each of these changes alone makes it another result, by its position among the [changes](crate::compare::Comparison::rule_changes).
    Alone(Vec<usize>),
    /// No change does so alone. These do so together, and not if one of them is left out.
    Together(Vec<usize>),
    /// There are more changes than are tried by themselves.
    NotTried,
}

impl RuleChange {
    /// Returns what is written differently.
    #[must_use]
    pub fn amendments(&self) -> &[Amendment] {
        &self.amendments
    }

    /// Returns the older matrix with this change alone.
    #[must_use]
    pub fn alone(&self) -> &Matrix {
        &self.alone
    }
}

impl std::fmt::Display for RuleChange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.words)
    }
}

impl Serialize for RuleChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Data<'a> {
            of: Vec<&'a str>,
            words: &'a str,
        }
        let of = self.amendments.iter();
        let of = of.map(|amendment| amendment.of.as_str()).collect();
        let words = &self.words;
        Data { of, words }.serialize(serializer)
    }
}

impl Matrix {
    /// Returns the changes of the rules that lead to a revision of this matrix, each as small as it can be adopted without the others, or `None` if there
    /// are more than are worth trying by themselves.
    #[must_use]
    pub fn rule_changes(&self, newer: &Self) -> Option<Vec<RuleChange>> {
        let revision = Revision::of(self, newer);
        let rules =
            |(number, amendment): (usize, &Amendment)| (!amendment.is_wording).then_some(number);
        let amendments = revision.amendments.iter().enumerate();
        let rules: Vec<usize> = amendments.filter_map(rules).collect();
        // Each is loaded alone, and perhaps some of them again with others.
        let bytes = self.to_yaml().len() * rules.len() * 2;
        if rules.len() > MOST || bytes > MOST_BYTES {
            return None;
        }
        Some(revision.changes(&rules))
    }

    /// Returns which of the changes make the result of a profile another than this matrix gives. The result is the tier or status, or the level of a
    /// dimension.
    pub(super) fn acting(
        &self,
        newer: &Self,
        changes: &[RuleChange],
        result: impl Fn(&Self) -> Option<String>,
    ) -> Acting {
        let before = result(self);
        let is_moved = |matrix: &Self| {
            let after = result(matrix);
            after.is_some() && after != before
        };
        let alone: Vec<usize> = (0..changes.len())
            .filter(|at| changes.get(*at).is_some_and(|own| is_moved(&own.alone)))
            .collect();
        if !alone.is_empty() {
            return Acting::Alone(alone);
        }
        let revision = Revision::of(self, newer);
        let mut together: Vec<usize> = (0..changes.len()).collect();
        loop {
            let without = |left_out: &usize| -> Option<Vec<usize>> {
                let rest: Vec<usize> = together
                    .iter()
                    .copied()
                    .filter(|at| at != left_out)
                    .collect();
                let chosen = rest.iter().filter_map(|at| changes.get(*at));
                let matrix = revision.with(chosen)?;
                is_moved(&matrix).then_some(rest)
            };
            match together.iter().find_map(without) {
                Some(rest) => together = rest,
                None => return Acting::Together(together),
            }
        }
    }

    /// Returns the older matrix with several changes together, if that is a valid matrix.
    pub(super) fn with_changes(&self, newer: &Self, changes: &[&RuleChange]) -> Option<Self> {
        Revision::of(self, newer).with(changes.iter().copied())
    }
}

struct Revision<'a> {
    old: &'a Matrix,
    new: &'a Matrix,
    amendments: Vec<Amendment>,
}

type Numbers = BTreeSet<usize>;

impl<'a> Revision<'a> {
    fn of(old: &'a Matrix, new: &'a Matrix) -> Self {
        let (amendments, _) = amended(old, new, &|_, _| false);
        Self {
            old,
            new,
            amendments,
        }
    }

    /// Returns the older matrix with several changes together, if that is a valid matrix.
    fn with<'b>(&self, changes: impl Iterator<Item = &'b RuleChange>) -> Option<Matrix> {
        let numbers = changes.flat_map(|change| change.numbers.iter().copied());
        self.matrix(&numbers.collect())
    }

    fn changes(&self, rules: &[usize]) -> Vec<RuleChange> {
        let singles = rules.iter().map(|number| Numbers::from([*number]));
        let mut valid = Vec::new();
        let mut left = self.extend(&mut valid, singles.collect());
        let parts = joined(left, |one, other| self.are_of_one_part(*one, *other));
        left = self.extend(&mut valid, parts);
        // What is read must be there, also where it is valid by itself.
        let is_named = |group: &Numbers| {
            let mut numbers = left.iter().flatten();
            numbers.any(|one| group.iter().any(|other| self.are_of_one_name(*one, *other)))
        };
        let (named, rest): (Vec<_>, Vec<_>) =
            valid.into_iter().partition(|(group, _)| is_named(group));
        valid = rest;
        let named = named.into_iter().map(|(group, _)| group);
        let all = left.iter().cloned().chain(named).collect();
        let names = joined(all, |one, other| self.are_of_one_name(*one, *other));
        left = self.extend(&mut valid, names);
        for group in left {
            let with = |(other, _): &(Numbers, Matrix)| {
                let both: Numbers = group.union(other).copied().collect();
                Some((self.matrix(&both)?, both))
            };
            let found = valid
                .iter()
                .enumerate()
                .find_map(|(at, own)| Some((at, with(own)?)));
            match found {
                Some((at, (matrix, both))) => {
                    valid.remove(at);
                    valid.push((both, matrix));
                }
                // It cannot be told apart from the rest.
                None => valid = vec![(rules.iter().copied().collect(), self.new.clone())],
            }
            if valid.iter().any(|(own, _)| own.len() == rules.len()) {
                break;
            }
        }
        valid.sort_by(|(one, _), (other, _)| one.cmp(other));
        let change = |(numbers, alone): (Numbers, Matrix)| {
            let amendments = numbers.iter();
            let amendments: Vec<Amendment> = amendments
                .filter_map(|number| self.amendments.get(*number).cloned())
                .collect();
            let all: Vec<&Amendment> = amendments.iter().collect();
            RuleChange {
                words: parts_in_words([self.old, self.new], &all),
                amendments,
                numbers,
                alone,
            }
        };
        valid.into_iter().map(change).collect()
    }

    /// Adds the groups that make a valid matrix of the older one, and returns the others.
    fn extend(&self, valid: &mut Vec<(Numbers, Matrix)>, groups: Vec<Numbers>) -> Vec<Numbers> {
        let mut left = Vec::new();
        for group in groups {
            match self.matrix(&group) {
                Some(matrix) => valid.push((group, matrix)),
                None => left.push(group),
            }
        }
        left
    }

    /// Returns the older matrix with these amendments, and with the words that belong to them.
    fn matrix(&self, numbers: &Numbers) -> Option<Matrix> {
        let amended_parts: BTreeSet<&[String]> = numbers
            .iter()
            .filter_map(|number| self.amendments.get(*number))
            .map(Amendment::part)
            .collect();
        let is_taken = |number: usize, amendment: &Amendment| {
            if !amendment.is_wording {
                return numbers.contains(&number);
            }
            let is_added = matches!(amendment.edit, Edit::Added(_));
            let is_listed = amendment.keys.first().is_some_and(|key| key == "sources");
            is_listed && is_added || amended_parts.contains(amendment.part())
        };
        let (_, meaning) = amended(self.old, self.new, &is_taken);
        Matrix::from_yaml(&meaning.to_yaml().ok()?).ok()
    }

    fn are_of_one_part(&self, one: usize, other: usize) -> bool {
        let part = |number: usize| self.amendments.get(number).map(Amendment::part);
        part(one) == part(other)
    }

    /// Returns whether one of two amendments adds or removes a name that the other has.
    fn are_of_one_name(&self, one: usize, other: usize) -> bool {
        let (Some(one), Some(other)) = (self.amendments.get(one), self.amendments.get(other))
        else {
            return false;
        };
        let has = |amendment: &Amendment, name: &str| {
            let texts = match &amendment.edit {
                Edit::Added(text) | Edit::Removed(text) => vec![text],
                Edit::Changed { from, to } => vec![from, to],
                Edit::Reordered => Vec::new(),
            };
            let is_part = |character: char| character.is_alphanumeric() || "_-".contains(character);
            let mut words = texts
                .iter()
                .flat_map(|text| text.split(|own| !is_part(own)));
            amendment.keys.iter().any(|key| key == name) || words.any(|word| word == name)
        };
        let names = |amendment: &Amendment| match amendment.edit {
            Edit::Added(_) | Edit::Removed(_) => amendment.keys.last().cloned(),
            _ => None,
        };
        names(one).is_some_and(|name| has(other, &name))
            || names(other).is_some_and(|name| has(one, &name))
    }
}

impl Amendment {
    /// Returns the keys of the part of a matrix that it is in, such as one criterion.
    pub(super) fn part(&self) -> &[String] {
        self.keys.get(..2).unwrap_or(&self.keys)
    }
}

/// Returns groups in which all stand together that belong together.
fn joined(groups: Vec<Numbers>, belong: impl Fn(&usize, &usize) -> bool) -> Vec<Numbers> {
    let mut joined: Vec<Numbers> = Vec::new();
    for mut group in groups {
        let belongs = |own: &Numbers| {
            own.iter()
                .any(|one| group.iter().any(|other| belong(one, other)))
        };
        let (with, without): (Vec<_>, Vec<_>) = joined.into_iter().partition(belongs);
        with.into_iter().for_each(|own| group.extend(own));
        joined = without;
        joined.push(group);
    }
    joined
}
