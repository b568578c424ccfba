//! What a place in a matrix file may hold, as data. The checks, the canonical form and the JSON Schema all read the same table.

#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "only the members of the workspace see it"
)]

use crate::date::{Date, Duration};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, closest, shortened, suggest};
use crate::format::tree::{Key as WrittenKey, Kind, Node};
use crate::number;

/// The form of a value.
#[derive(Debug)]
pub enum Form {
    /// Any text.
    Text,
    /// The name that an input, a criterion and so on is given.
    Name,
    /// A name that is declared elsewhere in the file. The loader checks whether it is.
    Reference,
    /// Words joined by hyphens: the id of a matrix or of an override.
    Slug,
    /// A tier, a status, a level or a category or, in a condition, also a number, a boolean or a date.
    Value,
    Number,
    Whole {
        from: i64,
        to: i64,
    },
    Boolean,
    Date,
    /// A length of calendar time: `P3M`.
    Duration,
    Version,
    /// A single value of a profile, whose form the type of its input decides.
    Anything,
    /// A number, a date, or a result that something is compared with.
    Limit,
    /// The members of a set, which may be empty.
    Members,
    /// The same, or a list of events, each a map of values.
    MembersOrEvents,
    /// One of some words.
    Word(&'static [&'static str]),
    List {
        of: &'static Self,
        most: usize,
    },
    /// A map of fixed keys.
    Map(&'static Shape),
    /// A map whose keys the author chooses.
    Named {
        key: &'static Self,
        of: &'static Self,
        most: usize,
    },
    /// The first of these whose kind (single value, list, map) the node has.
    Either(&'static [&'static Self]),
}

/// The keys of a map.
#[derive(Debug)]
pub struct Shape {
    /// What the map is, for messages: "an input".
    pub name: &'static str,
    pub keys: &'static [Key],
    /// Keys of which exactly one must be written.
    pub one_of: &'static [&'static str],
    /// Whether keys beyond these may be written (the names that a condition compares), and their form.
    pub open: Option<&'static Form>,
}

#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub form: &'static Form,
    pub need: Need,
    /// What the key holds, for an editor or a diagnostic to show.
    pub about: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Need {
    Required,
    Optional,
    /// Not writing the key means the same as writing this.
    Default(&'static str),
}

/// Words that one YAML reader takes for text and another for a boolean or for nothing.
const AMBIGUOUS: [&str; 12] = [
    "yes", "no", "on", "off", "y", "n", "null", "~", "true", "false", "nan", ".nan",
];
/// The word for a cell of a table that cannot occur, where a result of the author's may stand.
pub const IMPOSSIBLE: &str = "impossible";
pub const LONGEST_NAME: usize = 64;
pub const LONGEST_TEXT: usize = 4096;
/// Members of a set: as many as its input can have values.
pub const MOST_MEMBERS: usize = 60;

/// The most events of one list.
pub const MOST_EVENTS: usize = 4096;
/// An event of a profile: the values of its fields, by their names.
pub static EVENT: Form = Form::Named {
    key: &Form::Name,
    of: &Form::Either(&[&Form::Anything, &Form::Members]),
    most: 64,
};

/// Checks a node against its form; every fault goes to `faults`.
///
/// The tree of a faulty file is read further all the same, so that all its faults are reported together. It is mended on the way, so that one slip
/// is one fault: a misspelt key becomes the key that was most likely meant, and what has the wrong kind becomes `Kind::Refused`.
pub fn check(node: &mut Node, form: &Form, what: &str, faults: &mut Diagnostics) {
    check_called(node, form, &Subject { what, name: None }, faults);
}

/// What a node is called in messages, and the name that its author gave it.
struct Subject<'a> {
    what: &'a str,
    name: Option<&'a WrittenKey>,
}

impl Subject<'_> {
    /// Returns what the thing is called, such as "a criterion" or "the criterion `harm`".
    fn of_shape(&self, shape: &Shape) -> String {
        match self.name {
            Some(name) => format!("the {} `{}`", shape.noun(), shortened(&name.text)),
            None => shape.name.to_owned(),
        }
    }

    /// Returns where to mark a fault of the whole, which is at its name if it has one.
    fn place(&self, node: &Node) -> Place {
        self.name.map_or(node.place, |name| name.place)
    }
}

fn check_called(node: &mut Node, form: &Form, subject: &Subject<'_>, faults: &mut Diagnostics) {
    let what = subject.what;
    match (form, &node.kind) {
        (_, Kind::Refused) => {}
        (Form::Either(forms), _) => match forms.iter().find(|form| form.fits_kind(node)) {
            Some(form) => check_called(node, form, subject, faults),
            None => wrong_kind(node, form, what, faults),
        },
        (Form::Map(shape), Kind::Map(_)) => check_map(node, shape, subject, faults),
        (Form::Named { key, of, most }, Kind::Map(_)) => {
            check_named(node, key, of, *most, what, faults)
        }
        (Form::Members | Form::MembersOrEvents, Kind::List(items)) if items.is_empty() => {}
        (Form::MembersOrEvents, Kind::List(items))
            if items.iter().any(|item| matches!(item.kind, Kind::Map(_))) =>
        {
            check_list(node, &EVENT, MOST_EVENTS, what, faults)
        }
        (Form::MembersOrEvents, Kind::List(_)) => check(node, &Form::Members, what, faults),
        (Form::Members, Kind::List(_)) => {
            check_list(node, &Form::Value, MOST_MEMBERS, what, faults)
        }
        (Form::List { of, most }, Kind::List(_)) => check_list(node, of, *most, what, faults),
        (
            Form::Map(_)
            | Form::Named { .. }
            | Form::Members
            | Form::MembersOrEvents
            | Form::List { .. },
            _,
        ) => wrong_kind(node, form, what, faults),
        (_, Kind::Scalar { text, plain }) => {
            if let (Form::Text, Some(comment)) = (form, node.comment) {
                let fault = Diagnostic::new(
                    Code::CommentInText,
                    comment,
                    format!(
                        "a comment begins here, so that {what} is only `{}`",
                        shortened(text)
                    ),
                );
                faults.push(fault.help(
                    "put the whole text in quotes, or write a space after the `#` of a comment",
                ));
            }
            let is_readable = check_scalar(text, *plain, node.place, form, what, faults);
            if !is_readable {
                node.kind = Kind::Refused;
            }
        }
        (_, Kind::List(_) | Kind::Map(_)) => wrong_kind(node, form, what, faults),
    }
}

fn check_map(node: &mut Node, shape: &Shape, subject: &Subject<'_>, faults: &mut Diagnostics) {
    let (own_name, place) = (subject.of_shape(shape), subject.place(node));
    let Kind::Map(entries) = &mut node.kind else {
        return;
    };
    if entries.is_empty()
        && shape.keys.iter().all(|key| key.need != Need::Required)
        && shape.one_of.is_empty()
    {
        let fault = Diagnostic::new(
            Code::WrongKind,
            node.place,
            format!("{} is empty", subject.what),
        );
        faults.push(fault.help(format!("write {}", shape.keys_in_words())));
        node.kind = Kind::Refused;
        return;
    }
    let mut has_unknown = false;
    let mut clashes = false;
    for index in 0..entries.len() {
        let taken = |name: &str| entries.iter().any(|(key, _)| key.text == name);
        let Some((key, written)) = entries.get(index) else {
            continue;
        };
        let meant = match (shape.key(&key.text), shape.open) {
            (Some(_), _) | (None, Some(_)) => None,
            (None, None) if key.text.is_empty() => None,
            (None, None) => {
                has_unknown = true;
                if faults.is_full() {
                    faults.push(Diagnostic::new(Code::UnknownKey, key.place, ""));
                    continue;
                }
                let names = shape.keys.iter().map(|key| key.name);
                let message = format!("{own_name} has no key `{}`", shortened(&key.text));
                let help = match key.text.split_once(':') {
                    Some((name, value)) if shape.key(name).is_some() => format!(
                        "write a space after the colon: `{name}: {}`",
                        shortened(value)
                    ),
                    // Between braces a comma ends a text.
                    _ if key.text.contains(' ') && written.text() == Some("") => {
                        "put quotes around a text that has a comma in it".to_owned()
                    }
                    _ => suggest(&key.text, names.clone()),
                };
                faults.push(Diagnostic::new(Code::UnknownKey, key.place, message).help(help));
                closest(key.text.split(':').next().unwrap_or_default(), names)
                    .filter(|name| !taken(name))
            }
        };
        let Some((key, value)) = entries.get_mut(index) else {
            continue;
        };
        if let Some(meant) = meant {
            if key.text.contains(':') {
                value.kind = Kind::Refused;
            }
            meant.clone_into(&mut key.text);
        }
        let known = shape.key(&key.text);
        if let Some(known) =
            known.filter(|known| known.need == Need::Required && known.form.is_unanswered(value))
        {
            let wanted = if matches!(known.form, Form::List { .. }) {
                "at least one item".to_owned()
            } else {
                known.form.in_words()
            };
            let fault = Diagnostic::new(
                Code::WrongKind,
                value.place,
                format!("`{}` is empty", known.name),
            );
            faults.push(fault.help(format!("write {wanted}: {}", uncapitalised(known.about))));
            value.kind = Kind::Refused;
        } else if let Some(form) = known.map(|known| known.form).or(shape.open) {
            check(value, form, &format!("`{}`", shortened(&key.text)), faults);
        }
    }
    let written = |name: &str| {
        entries
            .iter()
            .find(|(key, _)| key.text == name)
            .map(|(key, _)| key)
    };
    for key in shape
        .keys
        .iter()
        .filter(|key| key.need == Need::Required && written(key.name).is_none())
    {
        let fault = Diagnostic::new(
            Code::MissingKey,
            place,
            format!("{own_name} needs the key `{}`", key.name),
        );
        faults.push(fault.help(format!(
            "add `{}: …`: {}",
            key.name,
            uncapitalised(key.about)
        )));
    }
    let one_of: Vec<_> = shape
        .one_of
        .iter()
        .filter_map(|name| written(name))
        .collect();
    // An alien key most likely is the one that is wanted.
    if !(has_unknown && one_of.is_empty()) {
        check_one_of(&own_name, place, shape, &one_of, faults);
        clashes = one_of.len() > 1;
    }
    if clashes {
        node.kind = Kind::Refused;
    }
}

fn check_one_of(
    own_name: &str,
    place: Place,
    shape: &Shape,
    written: &[&WrittenKey],
    faults: &mut Diagnostics,
) {
    if shape.one_of.is_empty() || written.len() == 1 {
        return;
    }
    let choices = shape
        .one_of
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let fault = match written {
        [first, second, ..] => {
            let message = format!(
                "`{}` and `{}` cannot be written together in {}",
                first.text, second.text, shape.name
            );
            Diagnostic::new(Code::OneOfKeys, second.place, message)
                .related(first.place, "the other is here")
        }
        _ => Diagnostic::new(
            Code::OneOfKeys,
            place,
            format!("{own_name} lacks the key that says how it works"),
        ),
    };
    faults.push(fault.help(format!("write exactly one of {choices}")));
}

fn check_named(
    node: &mut Node,
    key: &Form,
    of: &Form,
    most: usize,
    what: &str,
    faults: &mut Diagnostics,
) {
    let place = node.place;
    let Kind::Map(entries) = &mut node.kind else {
        return;
    };
    check_count(place, entries.len(), most, what, faults);
    refuse_unindented(entries, of, faults);
    for (name, value) in entries {
        if name.text.is_empty() {
            continue;
        }
        check_scalar(&name.text, name.plain, name.place, key, what, faults);
        check_called(
            value,
            of,
            &Subject {
                what: &format!("`{}`", shortened(&name.text)),
                name: Some(name),
            },
            faults,
        );
    }
}

/// Refuses a name without a value that is followed by the keys that were meant to stand below it, which is one slip of the indentation.
fn refuse_unindented(entries: &mut [(WrittenKey, Node)], of: &Form, faults: &mut Diagnostics) {
    let Form::Map(shape) = of else { return };
    let mut entries = entries.iter_mut().peekable();
    while let Some((name, value)) = entries.next() {
        let is_part = |(key, _): &&mut (WrittenKey, Node)| shape.key(&key.text).is_some();
        if value.text() != Some("") || !entries.peek().is_some_and(is_part) {
            continue;
        }
        value.kind = Kind::Refused;
        let fault = Diagnostic::new(
            Code::WrongKind,
            name.place,
            format!("nothing is written below `{}`", shortened(&name.text)),
        );
        let mut parts =
            std::iter::from_fn(|| entries.next_if(|(key, _)| shape.key(&key.text).is_some()));
        let fault = match parts.next() {
            Some((key, part)) => {
                part.kind = Kind::Refused;
                fault.related(key.place, "this is written beside it, and not below it")
            }
            None => fault,
        };
        parts.for_each(|(_, part)| part.kind = Kind::Refused);
        faults.push(fault.help("indent the lines that belong to it further"));
    }
}

fn check_list(node: &mut Node, of: &Form, most: usize, what: &str, faults: &mut Diagnostics) {
    let place = node.place;
    let Kind::List(items) = &mut node.kind else {
        return;
    };
    check_count(place, items.len(), most, what, faults);
    if items.is_empty() {
        let message = format!("{what} is an empty list");
        faults.push(
            Diagnostic::new(Code::WrongKind, place, message)
                .help("write at least one item, or leave the key out"),
        );
    }
    let item_of = if what.starts_with("an item of") {
        what.to_owned()
    } else {
        format!("an item of {what}")
    };
    for item in items {
        check(item, of, &item_of, faults);
    }
}

fn check_count(place: Place, count: usize, most: usize, what: &str, faults: &mut Diagnostics) {
    if count > most && most == 1 {
        let message = format!("{what} has {count} entries, and may have only one");
        faults.push(Diagnostic::new(Code::WrongKind, place, message).help("keep one of them"));
    } else if count > most {
        let message = format!("{what} has {count} entries, and may have at most {most}");
        faults.push(
            Diagnostic::new(Code::TooMany, place, message)
                .help(format!("keep at most {most} of them")),
        );
    }
}

/// Checks a single value, and returns whether it can be read further. A word that is only unfit as a value still names the same thing everywhere.
fn check_scalar(
    text: &str,
    plain: bool,
    place: Place,
    form: &Form,
    what: &str,
    faults: &mut Diagnostics,
) -> bool {
    let faulty = faults.count();
    report_scalar(text, plain, place, form, what, faults);
    faults.count() == faulty
        || matches!(form, Form::Value | Form::Limit | Form::Name) && !text.is_empty()
}

fn report_scalar(
    text: &str,
    plain: bool,
    place: Place,
    form: &Form,
    what: &str,
    faults: &mut Diagnostics,
) {
    if text.is_empty() && plain && !matches!(form, Form::Anything) {
        let fault = Diagnostic::new(Code::WrongKind, place, format!("{what} is empty"));
        faults.push(fault.help(format!("write {}, or leave the key out", form.in_words())));
        return;
    }
    let shown = shortened(text);
    let mut fault = |code, message: String, help: String| {
        faults.push(Diagnostic::new(code, place, message).help(help))
    };
    match form {
        Form::Text if text.trim().is_empty() => {
            fault(
                Code::WrongKind,
                format!("{what} is empty"),
                "write a text, or leave the key out".to_owned(),
            );
        }
        Form::Text if text.chars().any(is_invisible) => {
            let message = format!(
                "{what} has an invisible character, such as one that reverses the direction of the text"
            );
            fault(
                Code::WrongKind,
                message,
                "type the text again by hand".to_owned(),
            );
        }
        Form::Text if text.len() > LONGEST_TEXT => {
            fault(
                Code::TooMany,
                format!("{what} is longer than {LONGEST_TEXT} bytes"),
                "shorten it".to_owned(),
            );
        }
        Form::Name if !is_name(text, '_') => {
            fault(
                Code::NotAName,
                format!("`{shown}` cannot be a name"),
                name_help(text, '_', '-'),
            );
        }
        Form::Slug if !is_name(text, '-') => {
            fault(
                Code::NotAName,
                format!("`{shown}` cannot be an id"),
                name_help(text, '-', '_'),
            );
        }
        Form::Value | Form::Limit => {
            if plain && is_ambiguous(text) {
                faults.push(ambiguous(text, place));
            } else if text.trim() != text
                || text.is_empty()
                || text.len() > LONGEST_NAME
                || text.chars().any(char::is_control)
            {
                let help = format!(
                    "write a short text of at most {LONGEST_NAME} bytes, without spaces around it"
                );
                fault(Code::NotAName, format!("`{shown}` cannot be a value"), help);
            }
        }
        Form::Number if number::parse(text).is_none() => {
            faults.push(not_a_number(
                text,
                place,
                format!("{what} must be a number, not `{shown}`"),
            ));
        }
        Form::Whole { from, to } => match number::parse(text) {
            None => faults.push(not_a_number(
                text,
                place,
                format!("{what} must be a whole number, not `{shown}`"),
            )),
            // `2.0` would be whole, and is refused so that there is one way to write a count.
            Some(number) if text.contains('.') => {
                let help = if number.is_integer() {
                    format!("write `{}`", number.normalize())
                } else {
                    "write a number without decimals".to_owned()
                };
                fault(
                    Code::NotANumber,
                    format!("{what} must be a whole number, not `{shown}`"),
                    help,
                );
            }
            Some(number)
                if number::scaled(number, 0)
                    .is_some_and(|whole| (*from..=*to).contains(&whole)) => {}
            Some(_) => {
                fault(
                    Code::NumberOutOfRange,
                    format!("{what} cannot be `{shown}`"),
                    format!("write a whole number from {from} to {to}"),
                );
            }
        },
        Form::Boolean if !["true", "false"].contains(&text) => {
            fault(
                Code::NotABoolean,
                format!("{what} must be true or false, not `{shown}`"),
                boolean_help(text).to_owned(),
            );
        }
        Form::Date if text.parse::<Date>().is_err() => {
            fault(
                Code::NotADate,
                format!("`{shown}` is not a date"),
                date_help(text),
            );
        }
        Form::Duration if Duration::parse(text).is_none() => {
            let message = format!("{what} must be a length of time, not `{shown}`");
            fault(
                Code::NotADuration,
                message,
                "write `P28D`, `P3M` or `P1Y`: a number of days, months or years".to_owned(),
            );
        }
        Form::Version if semver::Version::parse(text).is_err() => {
            fault(
                Code::NotAVersion,
                format!("`{shown}` is not a version"),
                version_help(text),
            );
        }
        Form::Word(words) if !words.contains(&text) => {
            fault(
                Code::UnknownWord,
                format!("{what} cannot be `{shown}`"),
                suggest(text, words.iter().copied()),
            );
        }
        _ => {}
    }
}

/// Returns whether one YAML reader takes a word without quotes for a text and another for something else: for a boolean, for nothing, for a number
/// of base eight or sixty, or for one with marks of thousands.
fn is_ambiguous(text: &str) -> bool {
    if AMBIGUOUS.contains(&text.to_lowercase().as_str()) {
        return !["true", "false"].contains(&text);
    }
    let is_number = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_digit())
            && text
                .chars()
                .all(|next| next.is_ascii_digit() || next == '.')
    };
    let digits = text.trim_start_matches(['+', '-']);
    let has_base = digits.strip_prefix('0').is_some_and(|rest| {
        let digits = rest.trim_start_matches(['o', 'x', 'b']);
        let is_based =
            rest.len() > digits.len() && digits.chars().all(|next| next.is_ascii_hexdigit());
        !digits.is_empty() && (is_based || is_number(rest) && !rest.contains('.'))
    });
    let has_marks = digits.contains(['_', ':']) && is_number(&digits.replace(['_', ':'], ""));
    let has_exponent = digits
        .split_once(['e', 'E'])
        .is_some_and(|(number, exponent)| {
            is_number(number) && is_number(exponent.trim_start_matches(['+', '-']))
        });
    has_base
        || has_marks
        || has_exponent
        || ["=", "<<", ".inf"].contains(&digits.to_lowercase().as_str())
}

/// Returns whether YAML readers disagree about a word without quotes, or take it for a date, where only a word can stand.
pub fn is_ambiguous_word(text: &str) -> bool {
    is_ambiguous(text) || is_number_written_otherwise(text) || text.parse::<Date>().is_ok()
}

/// Returns whether a text is a number that a reader would write otherwise: with a plus, a nought in front, or a point at an end.
fn is_number_written_otherwise(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = [whole, places]
        .concat()
        .chars()
        .all(|next| next.is_ascii_digit());
    let is_otherwise = text.starts_with('+')
        || whole.is_empty()
        || places.is_empty()
        || whole.len() > 1 && whole.starts_with('0');
    is_number && is_otherwise && digits.chars().any(|next| next.is_ascii_digit())
}

/// Returns the fault of a word that needs quotes.
pub fn ambiguous(text: &str, place: Place) -> Diagnostic {
    let message = format!("YAML readers disagree about what `{text}` is");
    Diagnostic::new(Code::AmbiguousWord, place, message).help(format!(
        "write `\"{text}\"`, in quotes, if you mean the word"
    ))
}

/// Returns the fault of a text that is not a number, with this message, or the fault of a number that has too many digits to be held.
pub fn not_a_number(text: &str, place: Place, message: String) -> Diagnostic {
    if number::has_too_many_digits(text) {
        let message = format!("`{}` has too many digits to be exact", shortened(text));
        return Diagnostic::new(Code::NumberOutOfRange, place, message)
            .help(format!("write at most {} digits", number::MOST_DIGITS));
    }
    Diagnostic::new(Code::NotANumber, place, message).help(number_help(text))
}

/// Returns the help for a text that is not a number: the number that was most likely meant.
fn number_help(text: &str) -> String {
    if text.starts_with(['<', '>', '=']) {
        let digits = text.trim_start_matches(['<', '>', '=', ' ']);
        let digits = if number::parse(digits).is_some() {
            digits
        } else {
            "3"
        };
        return format!(
            "write `{{ from: {digits} }}` for {digits} or more, or `{{ below: {digits} }}` for less than {digits}"
        );
    }
    let comma = text.replace(',', ".");
    if comma != text && number::parse(&comma).is_some() {
        return format!("write `{comma}`: the decimal mark is a point");
    }
    let plain = text
        .trim()
        .trim_end_matches('%')
        .trim_start_matches('+')
        .replace(['_', ' '], "");
    let (sign, digits) = plain
        .strip_prefix('-')
        .map_or(("", plain.as_str()), |digits| ("-", digits));
    let digits = digits.trim_end_matches('.').trim_start_matches('0');
    let zero = if digits.is_empty() && plain.contains('0') || digits.starts_with('.') {
        "0"
    } else {
        ""
    };
    let mended = format!("{sign}{zero}{digits}");
    if mended != text && number::parse(&mended).is_some() {
        return format!("write `{mended}`");
    }
    "write plain digits, such as `12` or `6.90`".to_owned()
}

/// Returns the help for a text that is neither `true` nor `false`: the one that was most likely meant.
pub fn boolean_help(text: &str) -> &'static str {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "on" | "1" | "true" => "write `true`",
        "no" | "n" | "off" | "0" | "false" => "write `false`",
        _ => "write `true` or `false`",
    }
}

/// Returns the help for a text that is not a date: the date that was most likely meant.
pub fn date_help(text: &str) -> String {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    if let [first, month, last] = parts.as_slice() {
        let (year, day) = if first.len() == 4 {
            (first, last)
        } else {
            (last, first)
        };
        let mended = format!("{year}-{month:0>2}-{day:0>2}");
        if mended.parse::<Date>().is_ok() {
            return format!("write it as year, month and day: `{mended}`");
        }
    }
    "write a day that the calendar has, such as `2026-12-01`".to_owned()
}

fn version_help(text: &str) -> String {
    let plain = text.trim_start_matches(['v', 'V']);
    let mended = [
        plain.to_owned(),
        format!("{plain}.0"),
        format!("{plain}.0.0"),
    ];
    let mended = mended
        .into_iter()
        .find(|mended| semver::Version::parse(mended).is_ok());
    format!(
        "write three numbers: `{}`",
        mended.as_deref().unwrap_or("1.0.0")
    )
}

fn name_help(text: &str, joint: char, other: char) -> String {
    let mended: String = text
        .trim()
        .to_lowercase()
        .chars()
        .map(|next| {
            if next == other || next == ' ' {
                joint
            } else {
                next
            }
        })
        .collect();
    let rule = format!(
        "lower-case letters, digits and `{joint}`, beginning with a letter, at most {LONGEST_NAME} characters"
    );
    if is_name(&mended, joint) {
        format!("write `{mended}`: {rule}")
    } else {
        format!("use {rule}")
    }
}

/// Reports a value of the wrong kind, which is not judged further.
fn wrong_kind(node: &mut Node, form: &Form, what: &str, faults: &mut Diagnostics) {
    let message = match node.text() {
        Some("") => format!("{what} is empty"),
        _ => format!(
            "{what} must be {}, not {}",
            form.in_words(),
            node.kind_name()
        ),
    };
    faults.push(Diagnostic::new(Code::WrongKind, node.place, message).help(form.example()));
    node.kind = Kind::Refused;
}

fn uncapitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(characters).collect()
    })
}

/// Returns whether a text is a name whose words are joined by this character.
pub fn is_name(text: &str, joint: char) -> bool {
    text.len() <= LONGEST_NAME
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .chars()
            .all(|next| next.is_ascii_lowercase() || next.is_ascii_digit() || next == joint)
}

/// Returns whether a character could make a text look different from what it is: a control character other than the end of a line, or a mark of
/// direction.
fn is_invisible(character: char) -> bool {
    let turns = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (character.is_control() && character != '\n')
}

impl Form {
    pub fn fits_kind(&self, node: &Node) -> bool {
        match self {
            Self::List { .. } | Self::Members | Self::MembersOrEvents => {
                matches!(node.kind, Kind::List(_))
            }
            Self::Map(_) | Self::Named { .. } => matches!(node.kind, Kind::Map(_)),
            Self::Either(forms) => forms.iter().any(|form| form.fits_kind(node)),
            _ => matches!(node.kind, Kind::Scalar { .. }),
        }
    }

    /// Returns whether nothing was written where a single value or a list belongs.
    fn is_unanswered(&self, node: &Node) -> bool {
        match (self, &node.kind) {
            (Self::List { .. }, Kind::List(items)) => items.is_empty(),
            (
                Self::Map(_)
                | Self::Named { .. }
                | Self::Members
                | Self::MembersOrEvents
                | Self::Either(_)
                | Self::List { .. },
                _,
            ) => false,
            (_, kind) => matches!(kind, Kind::Scalar { text, plain: true } if text.is_empty()),
        }
    }

    fn in_words(&self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Name | Self::Reference => "a name".to_owned(),
            Self::Slug => "an id".to_owned(),
            Self::Value | Self::Limit | Self::Anything => "a single value".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Whole { .. } => "a whole number".to_owned(),
            Self::Boolean => "`true` or `false`".to_owned(),
            Self::Date => "a date".to_owned(),
            Self::Duration => "a length of time such as `P3M`".to_owned(),
            Self::Version => "a version".to_owned(),
            Self::Word(words) => words
                .iter()
                .map(|word| format!("`{word}`"))
                .collect::<Vec<_>>()
                .join(" or "),
            Self::List { .. } | Self::Members | Self::MembersOrEvents => "a list".to_owned(),
            Self::Map(_) => "a map of keys".to_owned(),
            Self::Named { .. } => "a map of names".to_owned(),
            Self::Either(forms) => {
                let mut words: Vec<_> = forms.iter().map(|form| form.in_words()).collect();
                words.dedup();
                words.join(" or ")
            }
        }
    }

    /// Returns an example of how to write the form.
    fn example(&self) -> String {
        match self {
            Self::List {
                of: Self::Map(_), ..
            } => "write `[ { … }, { … } ]`, or a line `- …` for each".to_owned(),
            Self::List { .. } | Self::Members | Self::MembersOrEvents => {
                "write `[ …, … ]`, or a line `- …` for each".to_owned()
            }
            Self::Map(shape) => format!("write {}", shape.keys_in_words()),
            Self::Named { .. } => "write a line `name: …` for each, indented below".to_owned(),
            other => format!("write {} here", other.in_words()),
        }
    }
}

impl Shape {
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// Returns the name without its article.
    pub fn noun(&self) -> &'static str {
        self.name
            .split_once(' ')
            .map_or(self.name, |(_, noun)| noun)
    }

    /// Returns the first keys that somebody would write.
    fn keys_in_words(&self) -> String {
        if self.open.is_some() {
            return "what it compares, such as `{ rosh: high }`".to_owned();
        }
        let required = self.keys.iter().filter(|key| key.need == Need::Required);
        let listed = |keys: Vec<&Key>| {
            keys.iter()
                .map(|key| format!("`{}: …`", key.name))
                .collect::<Vec<_>>()
                .join(", ")
        };
        match required.clone().next() {
            Some(_) => listed(required.collect()),
            None => format!(
                "one or more of {}",
                listed(self.keys.iter().take(6).collect())
            ),
        }
    }
}
