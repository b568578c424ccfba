//! What a line means whose keys are columns.

use std::borrow::Cow;
use std::collections::HashMap;

use super::fields::Fields;
use super::scan::{Scanner, takes};
use crate::binding::{Binding, Fit};
use crate::chunk::{Chunk, Place, Record};
use crate::native::Native;
use crate::people::unreadable;
use crate::row_kind::RowKind;
use crate::{CohortError, Columns, Person};
use threshold_matrix::workspace::shortened;
use threshold_matrix::{Problem, Profile, Refusal};

/// The most lists of keys that are remembered, beside those that the file begins with.
const MOST_FORMS: usize = 64;

/// How lines are read whose keys are columns.
#[derive(Debug)]
pub(super) struct Flat {
    pub(super) binding: Binding,
    pub(super) fit: Fit,
    /// The position of each key.
    positions: HashMap<String, usize>,
    columns: Columns,
    kinds: Vec<RowKind>,
    /// How lines are read that have keys beyond those: by their own keys.
    forms: HashMap<Vec<String>, Result<Binding, Vec<String>>>,
}

/// What a line is.
pub(super) enum Line {
    /// A record, which was added to the chunk.
    Record,
    /// Somebody who cannot be read by the record that was added to the chunk.
    Apart(Box<Person>),
    /// Not a person, as the columns file says.
    LeftOut,
}

impl Flat {
    /// Binds the keys that the first lines have.
    pub(super) fn new(
        names: &[String],
        columns: &Columns,
        kinds: &[RowKind],
    ) -> Result<Self, CohortError> {
        let (binding, fit) = Binding::new(names, columns, kinds)?;
        Ok(Self {
            binding,
            fit,
            positions: names.iter().cloned().zip(0..).collect(),
            columns: columns.clone(),
            kinds: kinds.to_vec(),
            forms: HashMap::new(),
        })
    }

    /// Returns a scanner that finds the cells of a record.
    pub(super) fn scanner(&self) -> Scanner {
        let mut scanner = Scanner::default();
        let telling = self.binding.telling_own();
        for (position, name) in self.binding.names().iter().enumerate() {
            let takes = if position == self.binding.id() {
                takes::NULL | takes::NUMBER | takes::TEXT
            } else if telling.contains(&position) {
                takes::NULL | takes::LIST | takes::TEXT
            } else {
                takes::ANY
            };
            scanner.add(false, name, Some(position), takes);
        }
        scanner
    }

    /// Reads a line that may be unusual.
    pub(super) fn read(&mut self, line: u64, text: &[u8], chunk: &mut Chunk) -> Line {
        let (fields, problem) = match Fields::of(text) {
            Ok(fields) => (fields, None),
            Err(problem) => (Fields(Vec::new()), Some(problem)),
        };
        let id_key = self.columns.id.as_deref().unwrap_or("id");
        record(&fields, self.binding.names(), id_key, line, chunk);
        if let Some(problem) = problem {
            return self.refused(line, "", vec![problem]);
        }
        let id = fields.0.iter().find(|(key, _)| key == id_key);
        let id = id.map(|(_, value)| value.get());
        let shown = id.and_then(|id| match id.as_bytes().first() {
            Some(b'"') => serde_json::from_str(id).ok(),
            Some(b'-' | b'0'..=b'9') => Some(id.to_owned()),
            _ => None,
        });
        let shown: String = shown.unwrap_or_default();
        if fields.has_profile() {
            let problem = unreadable(
                Some("profile"),
                "the line has its inputs in a `profile`, and the first lines of the file have them as keys; a file has one form",
            );
            return self.refused(line, &shown, vec![problem]);
        }
        if let (Some(id), true) = (id, shown.is_empty())
            && !matches!(id.as_bytes().first(), Some(b'"' | b'n'))
        {
            let message = format!("`{id_key}` is `{}`, not a text or a number", shortened(id));
            return self.refused(line, "", vec![unreadable(Some("id"), message)]);
        }
        let is_known = |(key, _): &(String, _)| self.positions.contains_key(key);
        if fields.0.iter().all(is_known) {
            return Line::Record;
        }
        self.by_own_keys(&fields, &shown, line)
    }

    /// Reads a line with a key that none of the first lines had, as if it were a file of its own: so its keys mean what they would mean there, and a
    /// key that is nearly that of an input is asked about.
    fn by_own_keys(&mut self, fields: &Fields<'_>, id: &str, line: u64) -> Line {
        let mut names: Vec<String> = fields.0.iter().map(|(key, _)| key.clone()).collect();
        for name in self.columns.named() {
            if !names.iter().any(|own| own == name) {
                names.push(name.to_owned());
            }
        }
        if self.forms.len() >= MOST_FORMS {
            self.forms.clear();
        }
        let (columns, kinds) = (&self.columns, &self.kinds);
        let form = self.forms.entry(names).or_insert_with_key(|names| {
            match Binding::new(names, columns, kinds) {
                Ok((binding, _)) => Ok(binding),
                Err(CohortError::Columns { problems }) => Err(problems),
                Err(other) => Err(vec![other.to_string()]),
            }
        });
        match form {
            Ok(binding) => {
                let mut chunk = Chunk::default();
                let id_key = columns.id.as_deref().unwrap_or("id");
                record(fields, binding.names(), id_key, line, &mut chunk);
                match chunk.record(0) {
                    Some(record) if !binding.is_skipped(&record) => {
                        Line::Apart(Box::new(binding.read(&record)))
                    }
                    _ => Line::LeftOut,
                }
            }
            Err(problems) => {
                let problems = problems.iter();
                let problems = problems.map(|message| unreadable(None, message.clone()));
                let problems = problems.collect();
                self.refused(line, id, problems)
            }
        }
    }

    fn refused(&self, line: u64, id: &str, problems: Vec<Problem>) -> Line {
        let refusal = || Refusal::new(problems.clone());
        let mut person = Person::at(line, Ok(Profile::new()));
        person.id = crate::cells::trimmed(id).to_owned();
        person.kept = vec![String::new(); self.columns.kept.len()];
        person.revised = (self.kinds.len() > 1).then(|| Err(refusal()));
        person.profile = Err(refusal());
        self.binding.join(&mut person);
        Line::Apart(Box::new(person))
    }

    /// Reads a record of the columns.
    pub(super) fn person(&self, record: &Record<'_>) -> Person {
        self.binding.read(record)
    }
}

/// Adds the fields of a line to a chunk, as the cells of a record whose columns have these names.
fn record(fields: &Fields<'_>, names: &[String], id_key: &str, line: u64, chunk: &mut Chunk) {
    let first = chunk.bounds.len();
    chunk.natives.resize(first, Native::Text);
    let values: HashMap<&str, &str> = fields
        .0
        .iter()
        .map(|(key, value)| (key.as_str(), value.get()))
        .collect();
    for name in names {
        let start = chunk.text.len() as u32;
        let (text, native) = match values.get(name.as_str()) {
            // An id is as it is written.
            Some(value) if name == id_key && !value.starts_with(['"', 'n']) => {
                (Cow::Borrowed(*value), Native::Text)
            }
            Some(value) => cell(value),
            None => (Cow::Borrowed(""), Native::Text),
        };
        chunk.text.extend_from_slice(text.as_bytes());
        chunk.bounds.push([start, chunk.text.len() as u32]);
        chunk.natives.push(native);
    }
    chunk.places.push(Place {
        first: first as u32,
        cells: names.len() as u32,
        line,
        line_ends: 0,
        is_open: false,
    });
}

/// Returns a value as a cell, and what it is by itself.
fn cell(value: &str) -> (Cow<'_, str>, Native) {
    match value.as_bytes().first() {
        Some(b'"') => {
            let text = serde_json::from_str(value).unwrap_or_default();
            (text, Native::Text)
        }
        Some(b'n') => (Cow::Borrowed(""), Native::Text),
        Some(b'{' | b'[') | None => (Cow::Borrowed(value), Native::Text),
        Some(b't' | b'f') => (Cow::Borrowed(value), Native::Json),
        Some(_) if value.contains(['e', 'E']) => (number(value), Native::Json),
        Some(_) => (Cow::Borrowed(value), Native::Json),
    }
}

/// Returns a number with an exponent by its digits, as profiles have it.
fn number(value: &str) -> Cow<'_, str> {
    let profile = Profile::from_json(&format!("{{\"number\":{value}}}"));
    let number = profile.ok().and_then(|profile| {
        Some(match profile.get("number")? {
            threshold_matrix::Value::Whole(number) => number.to_string(),
            threshold_matrix::Value::Text(digits) => digits.clone(),
            _ => return None,
        })
    });
    number.map_or(Cow::Borrowed(value), Cow::Owned)
}
