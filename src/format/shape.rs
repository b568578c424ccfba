//! What a place in a matrix file may hold, as data: the checks, the canonical form and the JSON Schema all read the same table.

use crate::date::Date;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, suggest};
use crate::format::tree::{Key as WrittenKey, Kind, Node};
use crate::number;

/// The form of a value.
#[derive(Debug)]
pub(crate) enum Form {
    /// Any text.
    Text,
    /// The name of an input, a criterion and so on.
    Name,
    /// Words joined by hyphens: the id of a matrix or of an override.
    Slug,
    /// A tier, a status, a level or a category; in a condition also a number, a boolean or a date.
    Value,
    Number,
    Whole { from: i64, to: i64 },
    Boolean,
    Date,
    Version,
    /// A single value of a profile, which its input's type decides about.
    Anything,
    /// The members of a set; there may be none.
    Members,
    /// One of some words.
    Word(&'static [&'static str]),
    List { of: &'static Self, most: usize },
    /// A map of fixed keys.
    Map(&'static Shape),
    /// A map whose keys the author chooses.
    Named { key: &'static Self, of: &'static Self, most: usize },
    /// The first of these whose kind (single value, list, map) the node has.
    Either(&'static [&'static Self]),
}

/// The keys of a map.
#[derive(Debug)]
pub(crate) struct Shape {
    /// What the map is, for messages: "an input".
    pub(crate) name: &'static str,
    pub(crate) keys: &'static [Key],
    /// Keys of which exactly one must be written.
    pub(crate) one_of: &'static [&'static str],
    /// Whether keys beyond these may be written (the names that a condition compares), and their form.
    pub(crate) open: Option<&'static Form>,
}

#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) form: &'static Form,
    pub(crate) need: Need,
    /// A sentence for an editor to show.
    #[cfg_attr(not(feature = "schema"), expect(dead_code, reason = "read by the JSON Schema only"))]
    pub(crate) about: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Need {
    Required,
    Optional,
    /// Not writing the key means the same as writing this.
    Default(&'static str),
}

/// Words that one YAML reader takes for text and another for a boolean or for nothing.
const AMBIGUOUS: [&str; 12] = ["yes", "no", "on", "off", "y", "n", "null", "~", "", "true", "false", "nan"];
/// Words that mean something of their own where a value of the author's may stand.
pub(crate) const RESERVED: [&str; 2] = ["nothing", "impossible"];
const LONGEST_NAME: usize = 64;
const LONGEST_TEXT: usize = 4096;

/// Checks a node against its form; every fault goes to `faults`.
pub(crate) fn check(node: &Node, form: &Form, what: &str, faults: &mut Diagnostics) {
    if matches!(node.kind, Kind::Refused) {
        return;
    }
    match form {
        Form::Map(shape) => check_map(node, shape, faults),
        Form::Members => match &node.kind {
            Kind::List(items) if items.is_empty() => {}
            _ => check_list(node, &Form::Value, 60, what, faults),
        },
        Form::Named { key, of, most } => check_named(node, key, of, *most, what, faults),
        Form::List { of, most } => check_list(node, of, *most, what, faults),
        Form::Either(forms) => match forms.iter().find(|form| form.fits_kind(node)) {
            Some(form) => check(node, form, what, faults),
            None => wrong_kind(node, form, what, faults),
        },
        _ => match &node.kind {
            Kind::Scalar { text, plain } => check_scalar(text, *plain, node.place, form, what, faults),
            _ => wrong_kind(node, form, what, faults),
        },
    }
}

fn check_map(node: &Node, shape: &Shape, faults: &mut Diagnostics) {
    let Kind::Map(entries) = &node.kind else {
        faults.push(
            Diagnostic::new(Code::WrongKind, node.place, format!("{} is a map of keys, not {}", shape.name, node.kind_name()))
                .help(format!("write {}", shape.keys_in_words())),
        );
        return;
    };
    for (key, value) in entries {
        match (shape.key(&key.text), shape.open) {
            (Some(known), _) => check(value, known.form, &format!("`{}`", known.name), faults),
            (None, Some(form)) => check(value, form, &format!("`{}`", key.text), faults),
            (None, None) if key.text.is_empty() => {}
            (None, None) => {
                let names = shape.keys.iter().map(|key| key.name);
                faults.push(
                    Diagnostic::new(Code::UnknownKey, key.place, format!("{} has no key `{}`", shape.name, key.text))
                        .help(suggest(&key.text, names)),
                );
            }
        }
    }
    let written = |name: &str| entries.iter().find(|(key, _)| key.text == name).map(|(key, _)| key);
    for key in shape.keys.iter().filter(|key| key.need == Need::Required && written(key.name).is_none()) {
        faults.push(
            Diagnostic::new(Code::MissingKey, node.place, format!("{} needs the key `{}`", shape.name, key.name))
                .help(format!("add `{}: …`", key.name)),
        );
    }
    check_one_of(node, shape, &shape.one_of.iter().filter_map(|name| written(name)).collect::<Vec<_>>(), faults);
}

fn check_one_of(node: &Node, shape: &Shape, written: &[&WrittenKey], faults: &mut Diagnostics) {
    if shape.one_of.is_empty() || written.len() == 1 {
        return;
    }
    let choices = shape.one_of.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let fault = match written {
        [first, second, ..] => {
            let message = format!("`{}` and `{}` cannot stand together", first.text, second.text);
            Diagnostic::new(Code::OneOfKeys, second.place, message).related(first.place, "first of them")
        }
        _ => Diagnostic::new(Code::OneOfKeys, node.place, format!("{} does not say what it does", shape.name)),
    };
    faults.push(fault.help(format!("write exactly one of {choices}")));
}

fn check_named(node: &Node, key: &Form, of: &Form, most: usize, what: &str, faults: &mut Diagnostics) {
    let Kind::Map(entries) = &node.kind else {
        let message = format!("{what} is a map from names, not {}", node.kind_name());
        faults.push(Diagnostic::new(Code::WrongKind, node.place, message).help("write `name: …` for each"));
        return;
    };
    check_count(node, entries.len(), most, what, faults);
    for (name, value) in entries {
        if name.text.is_empty() && name.plain {
            continue;
        }
        check_scalar(&name.text, name.plain, name.place, key, what, faults);
        check(value, of, &format!("`{}`", name.text), faults);
    }
}

fn check_list(node: &Node, of: &Form, most: usize, what: &str, faults: &mut Diagnostics) {
    let Kind::List(items) = &node.kind else {
        let message = format!("{what} is a list, not {}", node.kind_name());
        faults.push(Diagnostic::new(Code::WrongKind, node.place, message).help("write `[ … ]`, or one `- …` a line"));
        return;
    };
    check_count(node, items.len(), most, what, faults);
    if items.is_empty() {
        let message = format!("{what} is an empty list");
        faults.push(Diagnostic::new(Code::WrongKind, node.place, message).help("write at least one item, or leave the key out"));
    }
    for item in items {
        check(item, of, &format!("an item of {what}"), faults);
    }
}

fn check_count(node: &Node, count: usize, most: usize, what: &str, faults: &mut Diagnostics) {
    if count > most {
        let message = format!("{what} has {count} entries, more than {most}");
        faults.push(Diagnostic::new(Code::TooMany, node.place, message).help(format!("keep it to {most}")));
    }
}

fn check_scalar(text: &str, plain: bool, place: Place, form: &Form, what: &str, faults: &mut Diagnostics) {
    let mut fault = |code, message: String, help: String| faults.push(Diagnostic::new(code, place, message).help(help));
    match form {
        Form::Text => {
            if text.trim().is_empty() {
                fault(Code::WrongKind, format!("{what} is empty"), "write a text, or leave the key out".to_owned());
            } else if text.len() > LONGEST_TEXT {
                fault(Code::TooMany, format!("{what} is longer than {LONGEST_TEXT} bytes"), "shorten it".to_owned());
            }
        }
        Form::Name if !is_name(text, '_') => {
            let help = "use lower-case letters, digits and `_`, beginning with a letter, at most 64".to_owned();
            fault(Code::NotAName, format!("`{}` cannot be a name", shortened(text)), help);
        }
        Form::Slug if !is_name(text, '-') => {
            let help = "use lower-case letters, digits and `-`, beginning with a letter, at most 64".to_owned();
            fault(Code::NotAName, format!("`{}` cannot be an id", shortened(text)), help);
        }
        Form::Value => {
            let lower = text.to_lowercase();
            let ambiguous = AMBIGUOUS.contains(&lower.as_str()) && !["true", "false"].contains(&text);
            if plain && ambiguous {
                let message = format!("YAML readers disagree about what `{text}` is");
                fault(Code::AmbiguousWord, message, format!("put it in quotes if you mean the word: `\"{text}\"`"));
            } else if text.trim() != text || text.is_empty() || text.len() > LONGEST_NAME || text.chars().any(char::is_control) {
                let help = "write a short text of at most 64 bytes, without spaces around it".to_owned();
                fault(Code::NotAName, format!("`{}` cannot be a value", shortened(text)), help);
            }
        }
        Form::Number if number::parse(text).is_none() => {
            fault(Code::NotANumber, format!("{what} needs a number, not `{}`", shortened(text)), number_help(text));
        }
        Form::Whole { from, to } => match number::parse(text).map(|number| number::scaled(number, 0)) {
            None => fault(Code::NotANumber, format!("{what} needs a whole number, not `{}`", shortened(text)), number_help(text)),
            Some(Some(whole)) if (*from..=*to).contains(&whole) => {}
            Some(_) => {
                let help = format!("write a whole number from {from} to {to}");
                fault(Code::NumberOutOfRange, format!("{what} cannot be `{}`", shortened(text)), help);
            }
        },
        Form::Boolean if !["true", "false"].contains(&text) => {
            let message = format!("{what} is true or false, not `{}`", shortened(text));
            fault(Code::NotABoolean, message, "write `true` or `false`".to_owned());
        }
        Form::Date if text.parse::<Date>().is_err() => {
            fault(Code::NotADate, format!("`{}` is not a date", shortened(text)), "write it as `2026-12-01`".to_owned());
        }
        Form::Version if semver::Version::parse(text).is_err() => {
            fault(Code::NotAVersion, format!("`{}` is not a version", shortened(text)), "write it as `1.0.0`".to_owned());
        }
        Form::Word(words) if !words.contains(&text) => {
            let message = format!("{what} cannot be `{}`", shortened(text));
            fault(Code::UnknownWord, message, suggest(text, words.iter().copied()));
        }
        _ => {}
    }
}

fn number_help(text: &str) -> String {
    let comma = text.replace(',', ".");
    if number::parse(&comma).is_some() {
        return format!("write `{comma}`: the decimal mark is a point");
    }
    let plain = text.trim_start_matches('+').replace('_', "");
    let plain = plain.strip_prefix('.').map_or(plain.clone(), |digits| format!("0.{digits}"));
    let unpadded = plain.trim_start_matches('0');
    let unpadded = if unpadded.is_empty() || unpadded.starts_with('.') { format!("0{unpadded}") } else { unpadded.to_owned() };
    if unpadded != text && number::parse(&unpadded).is_some() {
        return format!("write `{unpadded}`");
    }
    "write plain digits, such as `12` or `6.90`".to_owned()
}

fn wrong_kind(node: &Node, form: &Form, what: &str, faults: &mut Diagnostics) {
    let message = format!("{what} needs {}, not {}", form.in_words(), node.kind_name());
    faults.push(Diagnostic::new(Code::WrongKind, node.place, message).help(format!("write {} here", form.in_words())));
}


/// Whether a text is a name whose words are joined by this character.
pub(crate) fn is_name(text: &str, joint: char) -> bool {
    text.len() <= LONGEST_NAME
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|next| next.is_ascii_lowercase() || next.is_ascii_digit() || next == joint)
}

/// A text cut to a length that fits a message.
pub(crate) fn shortened(text: &str) -> String {
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(40).collect();
    if characters.next().is_some() { format!("{start}…") } else { start }
}

impl Form {
    pub(crate) fn fits_kind(&self, node: &Node) -> bool {
        match self {
            Self::List { .. } | Self::Members => matches!(node.kind, Kind::List(_)),
            Self::Map(_) | Self::Named { .. } => matches!(node.kind, Kind::Map(_)),
            Self::Either(forms) => forms.iter().any(|form| form.fits_kind(node)),
            _ => matches!(node.kind, Kind::Scalar { .. }),
        }
    }

    fn in_words(&self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Name | Self::Slug => "a name".to_owned(),
            Self::Value => "a single value".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Whole { .. } => "a whole number".to_owned(),
            Self::Boolean => "`true` or `false`".to_owned(),
            Self::Date => "a date".to_owned(),
            Self::Version => "a version".to_owned(),
            Self::Word(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or "),
            Self::Anything => "a single value".to_owned(),
            Self::List { .. } | Self::Members => "a list".to_owned(),
            Self::Map(shape) => format!("a map of keys ({})", shape.name),
            Self::Named { .. } => "a map from names".to_owned(),
            Self::Either(forms) => forms.iter().map(|form| form.in_words()).collect::<Vec<_>>().join(" or "),
        }
    }
}

impl Shape {
    pub(crate) fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    fn keys_in_words(&self) -> String {
        let keys = self.keys.iter().take(6).map(|key| format!("`{}: …`", key.name));
        keys.collect::<Vec<_>>().join(", ")
    }
}
