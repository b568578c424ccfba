//! Reads YAML text into a tree of nodes with their places, within fixed limits, and reports every fault of the text.

#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "only the members of the workspace see it"
)]

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use granit_parser::{Event, Parser, ScalarStyle, Span};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::format::limits::{DEEPEST, MOST_NODES};
use crate::format::syntax;

/// A node of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub place: Place,
    pub kind: Kind,
    /// The `#` that begins a comment after a value on its line, if no space follows it, so that it may have been meant as part of a text.
    pub comment: Option<Place>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A single value, and whether it was written without quotes.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
    /// Something that was already reported, such as an alias.
    Refused,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    pub text: String,
    pub place: Place,
    pub plain: bool,
}

impl Node {
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find(|(name, _)| name.text == key)
            .map(|(_, node)| node)
    }

    /// Returns the entries of a map. The list is empty for anything else.
    pub fn entries(&self) -> &[(Key, Self)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the items of a list. The list is empty for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Scalar { .. } => "a single value",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
            Kind::Refused => "something refused",
        }
    }
}

/// Reads the one document of a text. Returns `None` where the text does not give a tree. Faults go to `faults`.
pub fn read(text: &str, faults: &mut Diagnostics) -> Option<Node> {
    let options = granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    };
    let mut builder = Builder {
        text,
        faults,
        open: Vec::new(),
        root: None,
        nodes: 0,
        documents: 0,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => {
                if builder.event(event, &span).is_break() {
                    return None;
                }
            }
            Err(error) => {
                let at = *error.marker();
                let place = place(
                    text,
                    at.line(),
                    at.col(),
                    at.byte_offset().unwrap_or(text.len()),
                    None,
                );
                builder.faults.push(syntax::fault(text, &error, place));
                return None;
            }
        }
    }
    let root = builder.root;
    if root.is_none() && faults.is_empty() {
        let place = Place::new(1, 1, 0, 0);
        let fault = Diagnostic::new(Code::NotOneDocument, place, "the file is empty");
        faults.push(fault.help("begin with `format: 1`, `id`, `version`, `title` and `status`"));
    }
    root
}

fn place(text: &str, line: usize, column: usize, start: usize, end: Option<usize>) -> Place {
    let start = start.min(text.len());
    let end = end.unwrap_or_else(|| {
        text.get(start..)
            .and_then(|rest| rest.chars().next())
            .map_or(start, |next| start + next.len_utf8())
    });
    Place::new(line, column + 1, start, end.max(start))
}

fn span_place(span: &Span) -> Place {
    let start = span.start.byte_offset().unwrap_or_default();
    let end = span.end.byte_offset().unwrap_or(start);
    Place::new(
        span.start.line(),
        span.start.col() + 1,
        start,
        end.max(start),
    )
}

/// Returns the `#` of a comment that follows a value on its line and has no space after it.
fn comment_after(text: &str, value: Place) -> Option<Place> {
    let rest = text.get(value.end..)?.lines().next()?;
    let spaces = rest.len() - rest.trim_start().len();
    let comment = rest.trim_start().strip_prefix('#')?;
    let begun = text.get(..value.end)?.rsplit('\n').next()?;
    let column = begun.chars().count() + spaces + 1;
    let line = value.line + text.get(value.start..value.end)?.matches('\n').count();
    let start = value.end + spaces;
    comment
        .starts_with(|first: char| !first.is_whitespace() && first != '#')
        .then(|| Place::new(line, column, start, start + 1 + comment.len()))
}

/// A list or map that has begun and not yet ended.
struct Open {
    place: Place,
    kind: Kind,
    key: Option<Key>,
    /// Where each key of the map was first written.
    keys: HashMap<String, Place>,
}

impl Open {
    fn new(place: Place, kind: Kind) -> Self {
        Self {
            place,
            kind,
            key: None,
            keys: HashMap::new(),
        }
    }
}

struct Builder<'a> {
    text: &'a str,
    faults: &'a mut Diagnostics,
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    documents: usize,
}

type Flow = std::ops::ControlFlow<()>;

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: &Span) -> Flow {
        let place = span_place(span);
        if event.is_node() {
            self.nodes += 1;
            if self.nodes > MOST_NODES {
                self.fault(
                    Code::TooComplex,
                    place,
                    format!(
                        "the file has more than {MOST_NODES} nodes (keys, values, lists and maps)"
                    ),
                    "split the matrix, or shorten its lists",
                );
                return Flow::Break(());
            }
            if event.tag().is_some() {
                let tag = span.tag_span().map_or(place, |span| span_place(&span));
                self.fault(
                    Code::Tag,
                    tag,
                    "a matrix may not have YAML tags",
                    "remove the tag",
                );
            }
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.fault(
                        Code::NotOneDocument,
                        place,
                        "the file holds a second document",
                        "write each matrix in a file of its own",
                    );
                    return Flow::Break(());
                }
            }
            Event::Scalar(text, style, ..) => {
                let plain = style == ScalarStyle::Plain;
                // The parser gives `~` for a value that is not written.
                let text = if plain && place.start == place.end {
                    String::new()
                } else {
                    text.into_owned()
                };
                self.node(Node {
                    place,
                    kind: Kind::Scalar { text, plain },
                    comment: plain.then(|| comment_after(self.text, place)).flatten(),
                });
            }
            Event::SequenceStart(..) => self.open.push(Open::new(place, Kind::List(Vec::new()))),
            Event::MappingStart(..) => self.open.push(Open::new(place, Kind::Map(Vec::new()))),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let place = Place {
                        end: place.end.max(open.place.end),
                        ..open.place
                    };
                    self.node(Node {
                        place,
                        kind: open.kind,
                        comment: None,
                    });
                }
            }
            Event::Anchor(..) => {
                self.fault(
                    Code::Anchor,
                    place,
                    "a matrix may not have anchors",
                    "remove it, and write the rule out where it applies",
                );
            }
            Event::Alias(..) | Event::UnresolvedAlias(..) => {
                self.fault(
                    Code::Anchor,
                    place,
                    "a matrix may not have aliases",
                    "write the rule out where it applies",
                );
                self.node(Node {
                    place,
                    kind: Kind::Refused,
                    comment: None,
                });
            }
            _ => {}
        }
        Flow::Continue(())
    }

    fn fault(&mut self, code: Code, place: Place, message: impl Into<String>, help: &str) {
        self.faults
            .push(Diagnostic::new(code, place, message).help(help));
    }

    /// Puts a finished node where it belongs, as a key, a value, an item or the root.
    fn node(&mut self, node: Node) {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        match &mut open.kind {
            Kind::List(items) => items.push(node),
            Kind::Map(entries) => match open.key.take() {
                None => match node.kind {
                    // A quoted key may be empty: an empty cell of a cohort has a name, too.
                    Kind::Scalar { text, plain } if !(plain && text.is_empty()) => {
                        open.key = Some(Key {
                            text,
                            place: node.place,
                            plain,
                        })
                    }
                    kind => {
                        let is_empty = matches!(kind, Kind::Scalar { .. });
                        let message = if is_empty {
                            "a key is empty"
                        } else {
                            "a key must be a single word"
                        };
                        let fault = Diagnostic::new(Code::WrongKind, node.place, message);
                        self.faults.push(fault.help("write `key: value`"));
                        // What has no name is not judged further.
                        open.key = Some(Key {
                            text: String::new(),
                            place: node.place,
                            plain: true,
                        });
                    }
                },
                Some(key) if key.text == "<<" && key.plain => {
                    let fault = Diagnostic::new(
                        Code::Anchor,
                        key.place,
                        "a matrix may not have merge keys",
                    );
                    self.faults
                        .push(fault.help("write the keys out where they apply"));
                }
                Some(key) => match open.keys.entry(key.text.clone()) {
                    Entry::Vacant(entry) => {
                        entry.insert(key.place);
                        entries.push((key, node));
                    }
                    // The first of two equal keys counts, so that one fault is not reported as several.
                    Entry::Occupied(first) if !key.text.is_empty() => {
                        let fault = Diagnostic::new(
                            Code::DuplicateKey,
                            key.place,
                            format!("`{}` is written twice", key.text),
                        );
                        self.faults.push(
                            fault
                                .related(*first.get(), "first written here")
                                .help("keep one of them"),
                        );
                    }
                    Entry::Occupied(_) => {}
                },
            },
            Kind::Scalar { .. } | Kind::Refused => {}
        }
    }
}
