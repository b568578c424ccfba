//! Puts lists, ranges and numbers of points into words. Every text for readers is put together with these.

#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "only the members of the workspace see it"
)]

use std::fmt::{self, Display};

use crate::date::Unit;
use crate::number::Points;

/// The least and the most of something, which are the same where nothing is open.
pub(crate) type Range = (Points, Points);

/// Returns a range in words, such as "18" or "18 to 38".
pub fn span((least, most): Range) -> String {
    if least == most {
        least.to_string()
    } else {
        format!("{least} to {most}")
    }
}

/// Returns a range of points in words, such as "1 point" or "18 to 38 points".
pub fn points(range: Range) -> String {
    let is_one = range.0 == range.1 && range.0.millionths() == 1_000_000;
    format!(
        "{} {}",
        span(range),
        if is_one { "point" } else { "points" }
    )
}

/// Writes a half-open range, such as "from 50 to below 75".
pub(crate) fn write_range(
    to: &mut dyn fmt::Write,
    from: Option<impl Display>,
    below: Option<impl Display>,
) -> fmt::Result {
    match (from, below) {
        (Some(from), Some(below)) => write!(to, "from {from} to below {below}"),
        (Some(from), None) => write!(to, "{from} or more"),
        (None, Some(below)) => write!(to, "below {below}"),
        (None, None) => to.write_str("anything"),
    }
}

/// What the program itself says of a result. A result that is called so stands in quotation marks.
const OWN_WORDS: [&str; 10] = [
    "missing",
    "nothing",
    "none",
    "not settled",
    "not recorded",
    "not known",
    "not there",
    "hidden",
    "changes nothing",
    "does not apply",
];

/// Returns whether a text is what the program itself says where a result stands.
pub(crate) fn is_own_word(text: &str) -> bool {
    OWN_WORDS.contains(&text)
}

/// Returns a list in words, such as "low, medium or high", or "nothing" for an empty list.
pub fn listed<T: Display>(items: &[T], joint: &str) -> String {
    if items.is_empty() {
        return "nothing".to_owned();
    }
    let mut list = String::new();
    // Nothing fails to be written to a string.
    let _ = write_listed(&mut list, items.iter(), joint);
    list
}

/// Returns some names as alternatives, such as "low, medium or high".
pub(crate) fn either<T: Display>(names: impl Iterator<Item = T>) -> String {
    let mut list = String::new();
    // Nothing fails to be written to a string.
    let _ = write_either(&mut list, names);
    list
}

/// Writes some names as alternatives.
pub(crate) fn write_either<T: Display>(
    to: &mut dyn fmt::Write,
    names: impl Iterator<Item = T>,
) -> fmt::Result {
    let mut names = names.peekable();
    if names.peek().is_none() {
        return to.write_str("none of its values");
    }
    write_listed(to, names, "or")
}

fn write_listed<T: Display>(
    to: &mut dyn fmt::Write,
    items: impl Iterator<Item = T>,
    joint: &str,
) -> fmt::Result {
    let mut items = items.peekable();
    if let Some(first) = items.next() {
        write!(to, "{first}")?;
    }
    while let Some(item) = items.next() {
        if items.peek().is_some() {
            write!(to, ", {item}")?;
        } else {
            write!(to, " {joint} {item}")?;
        }
    }
    Ok(())
}

/// Returns the form of "to be" that a title of the matrix takes, which is in the plural where its first noun ends in an `s`: "Arrests in the last 12
/// months", "Previous convictions and cautions".
pub(crate) fn is_or_are(title: &str) -> &'static str {
    const PREPOSITIONS: [&str; 12] = [
        "about", "after", "at", "by", "for", "from", "in", "of", "on", "since", "to", "with",
    ];
    let before = title
        .split_whitespace()
        .take_while(|word| !PREPOSITIONS.contains(word));
    let noun = before
        .last()
        .unwrap_or_default()
        .trim_matches(['(', ')', ',']);
    // An abbreviation such as OASys, and words such as "status", "class" and "basis", are one thing.
    let is_plain = noun.chars().skip(1).all(char::is_lowercase);
    let is_one = ["ss", "us", "is", "ics"]
        .iter()
        .any(|end| noun.ends_with(end));
    if is_plain && noun.len() > 2 && noun.ends_with('s') && !is_one {
        "are"
    } else {
        "is"
    }
}

/// Returns what something is, or several things are: "Needs are high".
pub(crate) fn is(title: &str, what: impl Display) -> String {
    format!("{title} {} {what}", is_or_are(title))
}

/// Returns a boolean as "yes" or "no".
pub(crate) fn yes_or_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

/// Returns a count with what is counted, such as "1 step" or "2 steps".
pub(crate) fn counted(count: i64, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}

/// Returns the word for one unit of time.
pub(crate) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Days => "day",
        Unit::Months => "month",
        Unit::Years => "year",
    }
}

/// Returns a text with a capital at its start.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// Returns a text with a capital at its start and a full stop at its end.
pub fn sentence(text: &str) -> String {
    let text = capitalised(text.trim_end());
    if text.ends_with(['.', '?', '!']) {
        text
    } else {
        format!("{text}.")
    }
}

/// Returns what keeps a text from being JSON.
pub(crate) fn json_fault(error: &serde_json::Error) -> String {
    if error.is_eof() {
        let (line, column) = (error.line(), error.column());
        return format!("it ends too early, at line {line} column {column}; it may be cut off");
    }
    error.to_string()
}

/// Returns whether points are certainly taken off.
pub fn is_negative(range: Range) -> bool {
    range.1 < Points::ZERO
}

#[cfg(test)]
mod tests {
    use super::is_or_are;

    #[test]
    fn titles_are_in_the_plural_by_their_first_noun() {
        for title in [
            "Arrests in the last 12 months",
            "Previous convictions and cautions",
            "Days since the latest charge",
            "Needs",
            "Kinds of neighbourhood crime charged in the last 2 years",
        ] {
            assert_eq!(is_or_are(title), "are", "{title}");
        }
        for title in [
            "Risk of serious harm",
            "MAPPA level",
            "OASys",
            "Employment status",
            "Time since arrests",
            "Weakness",
            "",
        ] {
            assert_eq!(is_or_are(title), "is", "{title}");
        }
    }
}
