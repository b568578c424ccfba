//! Streams the lines of a JSON lines file.

use std::collections::HashSet;
use std::fmt;
use std::io::{BufRead, BufReader, Read};

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::people::unreadable;
use super::{CohortError, Columns, Person};
use threshold_matrix::Date;
use threshold_matrix::Matrix;
use threshold_matrix::workspace::shortened;
use threshold_matrix::{Problem, Profile, Refusal};

/// The longest line.
const LONGEST_LINE: u64 = 16 << 20;
/// The most keys outside the profile that are remembered.
const MOST_UNUSED: usize = 100;

#[derive(Debug)]
pub(super) struct JsonRows<R> {
    file: BufReader<R>,
    line: u64,
    text: Vec<u8>,
    id: String,
    as_at: String,
    outcome: Option<String>,
    kept: Vec<String>,
    /// What each of two revisions reads. It is empty if there is one matrix.
    revisions: Vec<HashSet<String>>,
    unused: Vec<String>,
}

impl<R: Read> JsonRows<R> {
    pub(super) fn open(
        source: R,
        columns: &Columns,
        matrices: &[&Matrix],
    ) -> Result<Self, CohortError> {
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
            file: BufReader::new(source),
            line: 0,
            text: Vec::new(),
            id: named(&columns.id, "id"),
            as_at: named(&columns.as_at, "as_at"),
            outcome: columns.outcome.clone(),
            kept: columns.kept.clone(),
            revisions: if let [_] = matrices {
                Vec::new()
            } else {
                matrices
                    .iter()
                    .map(|matrix| matrix.inputs().map(str::to_owned).collect())
                    .collect()
            },
            unused: Vec::new(),
        })
    }

    pub(super) fn unused(&self) -> &[String] {
        &self.unused
    }

    pub(super) fn person(&mut self) -> Result<Option<Person>, CohortError> {
        loop {
            if !self.next_line()? {
                return Ok(None);
            }
            if !self.text.trim_ascii().is_empty() {
                break;
            }
        }
        let mut person = Person::at(self.line, Ok(Profile::new()));
        person.kept = vec![String::new(); self.kept.len()];
        let text = std::mem::take(&mut self.text);
        person.profile = match std::str::from_utf8(&text) {
            Err(_) => Err(Refusal::new(vec![unreadable(
                None,
                "the line is not UTF-8 text; save the file as UTF-8",
            )])),
            Ok(line) => match serde_json::from_str::<Fields<'_>>(line) {
                Err(error) => Err(Refusal::new(vec![unreadable(
                    None,
                    format!("the line is not a JSON object: {error}"),
                )])),
                Ok(fields) => self.read(fields, &mut person),
            },
        };
        self.text = text;
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
        Ok(Some(person))
    }

    fn next_line(&mut self) -> Result<bool, CohortError> {
        self.text.clear();
        let line = self.line + 1;
        let read = self
            .file
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut self.text);
        let read = read.map_err(|source| CohortError::Read { line, source })?;
        if read as u64 == LONGEST_LINE && self.text.last() != Some(&b'\n') {
            return Err(CohortError::Broken {
                line,
                message: format!("the line is longer than {} MiB", LONGEST_LINE >> 20),
            });
        }
        if self.line == 0 && self.text.starts_with(b"\xef\xbb\xbf") {
            self.text.drain(..3);
        }
        self.line = line;
        Ok(read > 0)
    }

    fn read(
        &mut self,
        Fields(fields): Fields<'_>,
        person: &mut Person,
    ) -> Result<Profile, Refusal> {
        let mut problems = Vec::new();
        let mut profile = None;
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
            } else if self.outcome.as_ref() == Some(&key) {
                match observed(text) {
                    Some(observed) => person.observed = observed,
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

/// The keys of an object, each once, with their values as written.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields: Vec<(String, &RawValue)> = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    let value = map.next_value()?;
                    // A handful of keys are meant; this bounds the search for a second of the same name.
                    if fields.len() >= 1000 {
                        return Err(de::Error::custom("the object has more than 1000 keys"));
                    }
                    if fields.iter().any(|(own, _)| *own == key) {
                        return Err(de::Error::custom(format!(
                            "`{}` is given twice",
                            shortened(&key)
                        )));
                    }
                    fields.push((key, value));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}
