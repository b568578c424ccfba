//! Finds what is written differently, by meaning: the order of keys, comments and quoting make no difference.

use crate::diagnostic::Place;
use crate::format::canonical::Meaning;
use crate::format::language;
use crate::format::tree::Node;
use crate::matrix::Matrix;

/// One thing that is written differently.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Amendment {
    /// The keys that lead to it: `criteria.rosh.values.very_high`, `overrides.mappa-2.at_least`.
    pub of: String,
    /// The same keys, each by itself.
    pub keys: Vec<String>,
    /// How it differs.
    pub edit: Edit,
    /// The place in the older file where it is, or where what holds it is.
    pub old_place: Option<Place>,
    /// The place in the newer file where it is, or where what holds it is.
    pub new_place: Option<Place>,
    /// Whether it changes no outcome, because it is meant for readers alone: a title, a source, an example or the period in force.
    pub is_wording: bool,
}

/// How something differs.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Edit {
    /// The newer file alone has it.
    Added(String),
    /// The older file alone has it.
    Removed(String),
    /// The two files write it differently.
    Changed {
        /// What the older file has.
        from: String,
        /// What the newer file has.
        to: String,
    },
    /// The same things stand in another order.
    Reordered,
}

/// The keys of a file, and of any entry, that change no outcome.
const WORDING: [&str; 11] = [
    "glossary",
    "notice",
    "labels",
    "version",
    "about",
    "status",
    "effective",
    "sources",
    "examples",
    "review",
    "accept",
];
const WORDING_ANYWHERE: [&str; 7] = [
    "title", "note", "source", "label", "labels", "reason", "message",
];

pub(super) fn differences(old: &Matrix, new: &Matrix) -> Vec<Amendment> {
    amended(old, new, &|_, _| false).0
}

/// Returns what is written differently, and the meaning of the older file with some of it as the newer file has it.
pub(super) fn amended(
    old: &Matrix,
    new: &Matrix,
    is_taken: &dyn Fn(usize, &Amendment) -> bool,
) -> (Vec<Amendment>, Meaning) {
    let meaning = |matrix: &Matrix| Meaning::of(matrix.root(), &language::MATRIX);
    let mut amendments = Amendments {
        differences: Vec::new(),
        is_taken,
    };
    let (one, other) = (meaning(old), meaning(new));
    let path = Path {
        keys: Vec::new(),
        old: Some(old.root()),
        new: Some(new.root()),
    };
    let meaning = amendments.values(&path, &one, &other);
    (amendments.differences, meaning)
}

/// The place at which two meanings stand.
#[derive(Clone)]
struct Path<'a> {
    keys: Vec<String>,
    old: Option<&'a Node>,
    new: Option<&'a Node>,
}

impl<'a> Path<'a> {
    fn key(&self, key: &str) -> Self {
        let child = |node: Option<&'a Node>| node.map(|node| node.get(key).unwrap_or(node));
        self.to(key.to_owned(), child(self.old), child(self.new))
    }

    fn item(&self, name: String, old: Option<usize>, new: Option<usize>) -> Self {
        let child = |node: Option<&'a Node>, at: Option<usize>| {
            node.map(|node| at.and_then(|at| node.items().get(at)).unwrap_or(node))
        };
        self.to(name, child(self.old, old), child(self.new, new))
    }

    fn to(&self, key: String, old: Option<&'a Node>, new: Option<&'a Node>) -> Self {
        Self {
            keys: self.keys.iter().cloned().chain([key]).collect(),
            old,
            new,
        }
    }

    /// Returns whether scoring does not read this. A value that is called `title` is a key of its own, and is read.
    fn is_wording(&self) -> bool {
        let first = self
            .keys
            .first()
            .is_some_and(|key| WORDING.contains(&key.as_str()) || key == "title");
        let last = self.keys.len() > 2
            && self
                .keys
                .iter()
                .skip(2)
                .any(|key| WORDING_ANYWHERE.contains(&key.as_str()));
        first || last
    }
}

/// Collects what two meanings have written differently, and puts together the older one with some of it as the newer one has it.
struct Amendments<'a> {
    differences: Vec<Amendment>,
    /// Whether a difference, which has this number, is taken from the newer meaning.
    is_taken: &'a dyn Fn(usize, &Amendment) -> bool,
}

impl Amendments<'_> {
    /// Adds a difference, and returns whether it is taken.
    fn push(&mut self, path: &Path<'_>, edit: Edit) -> bool {
        let amendment = Amendment {
            of: path.keys.join("."),
            keys: path.keys.clone(),
            edit,
            old_place: path.old.map(|node| node.place),
            new_place: path.new.map(|node| node.place),
            is_wording: path.is_wording(),
        };
        let is_taken = (self.is_taken)(self.differences.len(), &amendment);
        self.differences.push(amendment);
        is_taken
    }

    fn values(&mut self, path: &Path<'_>, old: &Meaning, new: &Meaning) -> Meaning {
        match (old, new) {
            (Meaning::Map(old), Meaning::Map(new)) => self.maps(path, old, new),
            (Meaning::List(old), Meaning::List(new)) => self.lists(path, old, new),
            _ if old == new => old.clone(),
            _ => {
                let edit = Edit::Changed {
                    from: text(old),
                    to: text(new),
                };
                if self.push(path, edit) { new } else { old }.clone()
            }
        }
    }

    fn maps(
        &mut self,
        path: &Path<'_>,
        old: &[(String, Meaning)],
        new: &[(String, Meaning)],
    ) -> Meaning {
        let mut merged = Vec::new();
        for (key, value) in old {
            match new.iter().find(|(other, _)| other == key) {
                Some((_, other)) => {
                    merged.push((key.clone(), self.values(&path.key(key), value, other)));
                }
                None => {
                    if !self.push(&path.key(key), Edit::Removed(text(value))) {
                        merged.push((key.clone(), value.clone()));
                    }
                }
            }
        }
        for (at, (key, value)) in new.iter().enumerate() {
            let is_new = !old.iter().any(|(other, _)| other == key);
            if is_new && self.push(&path.key(key), Edit::Added(text(value))) {
                let before = new.get(..at).unwrap_or_default();
                let place = place_after(&merged, before, |own, other| own.0 == other.0);
                merged.insert(place, (key.clone(), value.clone()));
            }
        }
        Meaning::Map(merged)
    }

    fn lists(&mut self, path: &Path<'_>, old: &[Meaning], new: &[Meaning]) -> Meaning {
        if old == new {
            return Meaning::List(old.to_vec());
        }
        let names = |items: &[Meaning]| items.iter().map(name).collect::<Option<Vec<String>>>();
        Meaning::List(match (names(old), names(new)) {
            (Some(one), Some(other)) => self.named(path, (old, &one), (new, &other)),
            _ => self.unnamed(path, old, new),
        })
    }

    /// Compares items that have names. Each item is compared with the one of the same name.
    fn named(
        &mut self,
        path: &Path<'_>,
        (old, old_names): (&[Meaning], &[String]),
        (new, new_names): (&[Meaning], &[String]),
    ) -> Vec<Meaning> {
        let mut merged = Vec::new();
        let mut kept = Vec::new();
        for (at, (item, name)) in old.iter().zip(old_names).enumerate() {
            let other = new_names.iter().position(|other| other == name);
            match other.and_then(|other| Some((other, new.get(other)?))) {
                Some((other, newer)) => {
                    kept.push(other);
                    let path = path.item(name.clone(), Some(at), Some(other));
                    merged.push((name, self.values(&path, item, newer)));
                }
                None => {
                    let path = path.item(name.clone(), Some(at), None);
                    if !self.push(&path, Edit::Removed(text(item))) {
                        merged.push((name, item.clone()));
                    }
                }
            }
        }
        for (at, (item, name)) in new.iter().zip(new_names).enumerate() {
            if old_names.contains(name) {
                continue;
            }
            let path = path.item(name.clone(), None, Some(at));
            if self.push(&path, Edit::Added(text(item))) {
                let before = new_names.get(..at).unwrap_or_default();
                let place = place_after(&merged, before, |own, other| own.0 == other);
                merged.insert(place, (name, item.clone()));
            }
        }
        if !kept.is_sorted() && self.push(path, Edit::Reordered) {
            merged.sort_by_key(|(name, _)| new_names.iter().position(|other| other == *name));
        }
        merged.into_iter().map(|(_, item)| item).collect()
    }

    /// Compares items without names. Equal items are paired first, and those left between them are paired in order.
    fn unnamed(&mut self, path: &Path<'_>, old: &[Meaning], new: &[Meaning]) -> Vec<Meaning> {
        let start = old
            .iter()
            .zip(new)
            .take_while(|(one, other)| one == other)
            .count();
        let rest = old.len().min(new.len()) - start;
        let end = old
            .iter()
            .rev()
            .zip(new.iter().rev())
            .take(rest)
            .take_while(|(one, other)| one == other)
            .count();
        let (old_end, new_end) = (old.len() - end, new.len() - end);
        let mut merged = old.get(..start).unwrap_or_default().to_vec();
        for at in start..old_end.max(new_end) {
            let here =
                |list: &[Meaning], end: usize| (at < end).then(|| list.get(at).cloned()).flatten();
            let path = path.item((at + 1).to_string(), Some(at), Some(at));
            let item = match (here(old, old_end), here(new, new_end)) {
                (Some(one), Some(other)) => Some(self.values(&path, &one, &other)),
                (Some(one), None) => {
                    let is_taken = self.push(&path, Edit::Removed(text(&one)));
                    (!is_taken).then_some(one)
                }
                (None, Some(other)) => {
                    let is_taken = self.push(&path, Edit::Added(text(&other)));
                    is_taken.then_some(other)
                }
                (None, None) => None,
            };
            merged.extend(item);
        }
        merged.extend(old.get(old_end..).unwrap_or_default().iter().cloned());
        merged
    }
}

/// Returns the place after the last of those that stand before it in the newer file.
fn place_after<T, U>(merged: &[T], before: &[U], is_same: impl Fn(&T, &U) -> bool) -> usize {
    let last = before
        .iter()
        .rev()
        .find_map(|other| merged.iter().position(|own| is_same(own, other)));
    last.map_or(0, |place| place + 1)
}

/// Returns the name by which an item of a list is known: the item itself, or its id, level or title.
fn name(item: &Meaning) -> Option<String> {
    match item {
        Meaning::Text(text) | Meaning::Number(text) => Some(text.clone()),
        Meaning::Map(entries) => {
            let of = |key: &str| {
                entries
                    .iter()
                    .find(|(own, _)| own == key)
                    .map(|(_, value)| text(value))
            };
            // A rule's title is a word for its reader; an example has no other name.
            of("id")
                .or_else(|| of("level").filter(|_| of("when").is_none()))
                .or_else(|| of("expect").and(of("title")))
        }
        Meaning::Boolean(_) | Meaning::Nothing | Meaning::List(_) => None,
    }
}

/// Returns a meaning on one line, as it would be written.
fn text(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Text(text) | Meaning::Number(text) => text.clone(),
        Meaning::Boolean(value) => value.to_string(),
        Meaning::Nothing => "null".to_owned(),
        Meaning::List(items) => format!(
            "[{}]",
            items.iter().map(text).collect::<Vec<_>>().join(", ")
        ),
        Meaning::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Meaning::Map(entries) => {
            format!(
                "{{ {} }}",
                entries
                    .iter()
                    .map(|(key, value)| format!("{key}: {}", text(value)))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
    }
}
