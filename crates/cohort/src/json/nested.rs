//! What a line means whose inputs stand in an object of their own, the `profile`.

use std::collections::HashSet;
use std::sync::Arc;

use super::fields::Fields;
use crate::binding::{FOR_BEFORE, FOR_OUTCOME, for_kept, no_column};
use crate::events::EventTable;
use crate::people::unreadable;
use crate::row_kind::RowKind;
use crate::{CohortError, Columns, DueOnly, Person, Times, cells};
use threshold_matrix::Date;
use threshold_matrix::workspace::shortened;
use threshold_matrix::{Problem, Profile, Refusal};

/// The most keys outside the profile that are remembered.
const MOST_UNUSED: usize = 100;

/// How lines with a profile are read.
#[derive(Debug)]
pub(super) struct Nested {
    pub(super) id: String,
    pub(super) as_at: String,
    pub(super) outcome: Option<String>,
    before: Option<String>,
    pub(super) kept: Vec<String>,
    /// What each of two revisions reads. It is empty if there is one matrix.
    revisions: Vec<HashSet<String>>,
    /// The keys outside the profile that nothing reads.
    pub(super) unused: Vec<String>,
    /// The events of the people that stand in other files.
    events: Option<Arc<EventTable>>,
    /// For whom an earlier run still stands.
    due: Option<Arc<DueOnly>>,
}

impl Nested {
    pub(super) fn new(columns: &Columns, kinds: &[RowKind]) -> Result<Self, CohortError> {
        if let Some(name) = columns.inputs.keys().next() {
            let message = format!(
                "the columns file names a column for `{name}`, and JSON lines name their inputs themselves; keep only `id`, `as_at` and `outcome`"
            );
            return Err(CohortError::Columns {
                problems: vec![message],
            });
        }
        if columns.has_cells() {
            let message = "the columns file says what cells mean, and JSON lines hold values; keep `id`, `as_at` and `outcome` only".to_owned();
            return Err(CohortError::Columns {
                problems: vec![message],
            });
        }
        let named = |name: &Option<String>, default: &str| {
            name.clone().unwrap_or_else(|| default.to_owned())
        };
        Ok(Self {
            id: named(&columns.id, "id"),
            as_at: named(&columns.as_at, "as_at"),
            outcome: columns.outcome.clone(),
            before: columns.before.clone(),
            kept: columns.kept.clone(),
            revisions: if let [_] = kinds {
                Vec::new()
            } else {
                let matrices = kinds.iter().map(RowKind::matrix);
                matrices
                    .map(|matrix| matrix.inputs().map(str::to_owned).collect())
                    .collect()
            },
            events: kinds.iter().find_map(RowKind::events).cloned(),
            due: kinds.iter().find_map(RowKind::due).cloned(),
            unused: Vec::new(),
        })
    }

    /// Checks that what is read beside the profiles stands in some line of the first ones, if any of these can be read.
    pub(super) fn check(&self, lines: &[u8], kinds: &[RowKind]) -> Result<(), CohortError> {
        let kept = self.kept.iter().map(|name| (name, for_kept(kinds)));
        let outcome = self.outcome.iter().map(|name| (name, FOR_OUTCOME));
        let before = self.before.iter().map(|name| (name, FOR_BEFORE));
        let mut absent: Vec<(&String, &str)> = outcome.chain(before).chain(kept).collect();
        let (mut names, mut known) = (Vec::new(), HashSet::new());
        for line in lines.split(|byte| *byte == b'\n') {
            if absent.is_empty() {
                return Ok(());
            }
            let Ok(fields) = Fields::of(line) else {
                continue;
            };
            for (key, _) in fields.0 {
                absent.retain(|(name, _)| **name != key);
                if known.len() < MOST_UNUSED && known.insert(key.clone()) {
                    names.push(key);
                }
            }
        }
        if names.is_empty() || absent.is_empty() {
            return Ok(());
        }
        let absent = absent.into_iter();
        Err(CohortError::Columns {
            problems: absent
                .map(|(name, what)| no_column(name, what, "", &names))
                .collect(),
        })
    }

    /// Returns whether people are read for one matrix, and nothing else of them is kept.
    pub(super) fn is_for_scoring(&self) -> bool {
        self.revisions.is_empty()
            && self.kept.is_empty()
            && self.before.is_none()
            && self.events.is_none()
    }

    /// Reads one line.
    pub(super) fn person(&mut self, line: u64, text: &[u8]) -> Person {
        let mut person = Person::at(line, Ok(Profile::new()));
        person.kept = vec![String::new(); self.kept.len()];
        person.profile = match Fields::of(text) {
            Err(problem) => Err(Refusal::new(vec![problem])),
            Ok(fields) => self.read(fields, &mut person),
        };
        if let [old, new] = self.revisions.as_slice() {
            person.revised = Some(
                person
                    .profile
                    .as_ref()
                    .map(|profile| without(profile, old, new))
                    .map_err(Clone::clone),
            );
            person.profile = person.profile.map(|profile| without(&profile, new, old));
        }
        if let (Some(due), Ok(_)) = (&self.due, &person.profile) {
            person.standing = due.of(&person.id, person.as_at);
        }
        if let Some(events) = &self.events {
            person.join(events);
        }
        person
    }

    fn read(
        &mut self,
        Fields(fields): Fields<'_>,
        person: &mut Person,
    ) -> Result<Profile, Refusal> {
        let mut problems = Vec::new();
        let mut profile = None;
        let [mut was, mut is] = [None; 2];
        for (key, value) in fields {
            let text = value.get();
            if key == self.id {
                match id(text) {
                    Some(id) => person.id = id,
                    None => problems.push(unreadable(
                        Some("id"),
                        format!("`{key}` is `{}`, not a text or a number", shortened(text)),
                    )),
                }
            } else if key == self.as_at {
                match serde_json::from_str::<Option<String>>(text)
                    .ok()
                    .map(|text| text.map(|text| text.parse::<Date>()).transpose())
                {
                    Some(Ok(as_at)) => person.as_at = as_at,
                    _ => problems.push(unreadable(
                        Some("as_at"),
                        format!(
                            "`{key}` is `{}`, not a date such as \"2026-11-21\"",
                            shortened(text)
                        ),
                    )),
                }
            } else if key == "profile" {
                match Profile::from_json(text) {
                    Ok(read) => profile = Some(read),
                    Err(error) => problems.push(unreadable(Some("profile"), error.to_string())),
                }
            } else if self.before.is_some()
                && [&self.outcome, &self.before].contains(&&Some(key.clone()))
            {
                let cell = as_text(text).map(|text| cells::times(&text));
                let count = if self.before.as_ref() == Some(&key) {
                    &mut was
                } else {
                    &mut is
                };
                match cell {
                    Some(Ok(times)) => *count = times,
                    _ if !self.revisions.is_empty() => person.has_unreadable_outcome = true,
                    Some(Err(problem)) => problems.push(problem),
                    None => problems.push(unreadable(
                        Some("outcome"),
                        format!("`{key}` is `{}`, not a number of times", shortened(text)),
                    )),
                }
            } else if self.outcome.as_ref() == Some(&key) {
                match observed(text) {
                    Some(observed) => person.observed = observed,
                    None if !self.revisions.is_empty() => person.has_unreadable_outcome = true,
                    None => problems.push(unreadable(
                        Some("outcome"),
                        format!("`{key}` is `{}`, not true, false, 1 or 0", shortened(text)),
                    )),
                }
            } else if let Some(position) = self.kept.iter().position(|name| *name == key) {
                match (person.kept.get_mut(position), as_text(text)) {
                    (Some(kept), Some(text)) => *kept = text,
                    _ => problems.push(unreadable(
                        None,
                        format!(
                            "`{key}` is `{}`, not a text, a number, true or false",
                            shortened(text)
                        ),
                    )),
                }
            } else if self.unused.len() < MOST_UNUSED && !self.unused.contains(&key) {
                self.unused.push(key);
            }
        }
        if self.before.is_some() {
            person.observed = is.map(|is| is > 0);
            person.times = was.zip(is).map(|(was, is)| Times::new(was, is));
        }
        let mut needed = |there: bool, key: &str| {
            if !there
                && !problems
                    .iter()
                    .any(|problem: &Problem| problem.inputs.iter().any(|input| input == key))
            {
                problems.push(unreadable(
                    Some(key),
                    format!("the line has no `{key}`; write {{\"id\": …, \"profile\": {{…}}}}"),
                ));
            }
        };
        needed(!person.id.is_empty(), "id");
        needed(profile.is_some(), "profile");
        match profile {
            Some(profile) if problems.is_empty() => Ok(profile),
            _ => Err(Refusal::new(problems)),
        }
    }
}

/// Returns an id, which is a text, or a number by its digits.
fn id(text: &str) -> Option<String> {
    match text.as_bytes().first() {
        Some(b'"') => serde_json::from_str(text).ok(),
        Some(b'-' | b'0'..=b'9') => Some(text.to_owned()),
        _ => None,
    }
}

/// Returns a value as it would stand in a cell, or `None` for `null`.
fn as_text(text: &str) -> Option<String> {
    match text.as_bytes().first() {
        Some(b'"') => serde_json::from_str(text).ok(),
        Some(b'{' | b'[') | None => None,
        _ if text == "null" => Some(String::new()),
        _ => Some(text.to_owned()),
    }
}

/// Returns a profile without what only the other revision reads. What neither revision reads stays, and is refused.
fn without(profile: &Profile, other: &HashSet<String>, own: &HashSet<String>) -> Profile {
    let mut kept = Profile::new();
    for (input, value) in profile
        .iter()
        .filter(|(input, _)| own.contains(*input) || !other.contains(*input))
    {
        kept.set(input, value.clone());
    }
    kept
}

fn observed(text: &str) -> Option<Option<bool>> {
    match text {
        "true" | "1" => Some(Some(true)),
        "false" | "0" => Some(Some(false)),
        "null" => Some(None),
        _ => None,
    }
}
