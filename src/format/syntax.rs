//! Explains what is not YAML in the words of somebody who writes a matrix, since the parser's own messages speak of scanners and contexts.

use granit_parser::{ErrorKind, ScanError};

use crate::diagnostic::{Code, Diagnostic, Place, shortened};
use crate::format::limits::DEEPEST;
use crate::words::counted;

/// Returns the fault of a text that the parser refuses, at its place.
pub(super) fn fault(text: &str, error: &ScanError, place: Place) -> Diagnostic {
    let before = text
        .lines()
        .take(place.line.saturating_sub(1))
        .filter(|line| !line.trim().is_empty())
        .last()
        .unwrap_or_default();
    let line = text
        .lines()
        .nth(place.line.saturating_sub(1))
        .unwrap_or_default();
    let told = |message: &str, help: String| {
        Diagnostic::new(
            Code::Syntax,
            place,
            format!("this is not valid YAML: {message}"),
        )
        .help(help)
    };
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => {
            let message = format!("the file is nested more than {DEEPEST} levels deep");
            Diagnostic::new(Code::TooComplex, place, message)
                .help("split the rule into named parts: a matrix does not need this depth")
        }
        ErrorKind::DirectiveDisallowed => told(
            "a line begins with `%`",
            "remove it: a matrix may not have directives".to_owned(),
        ),
        _ if line.trim_start_matches(' ').starts_with('\t') => told(
            "the indentation has a tab",
            "indent with spaces, not with tabs".to_owned(),
        ),
        ErrorKind::UnclosedFlowCollection { open }
            if holds_in_comment(line, place, closing(*open)) =>
        {
            told(
                &format!("a comment begins on this line and holds its `{}`", closing(*open)),
                "put a text that has a `#` in it in quotes, or write a space after the `#` of a comment"
                    .to_owned(),
            )
        }
        ErrorKind::UnclosedFlowCollection { open } => told(
            &format!("`{open}` is never closed"),
            format!("close each `{open}` with `{}`", closing(*open)),
        ),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => told(
            &format!("`{open}` is closed by `{close}`"),
            format!("close each `{open}` with `{}`", closing(*open)),
        ),
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator
            if is_second_colon_in_flow(line, place) =>
        {
            told(
                "the value has a second colon",
                "put quotes around a text that has a colon in it".to_owned(),
            )
        }
        ErrorKind::ExpectedFlowMappingSeparator if line.chars().nth(place.column.saturating_sub(1)) == Some(':') => {
            told(
                "a `,` or a `}` is missing",
                "write a comma between the entries, or put quotes around a text that has a colon in it"
                    .to_owned(),
            )
        }
        ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping => told(
            "a `,` or a `}` is missing",
            "write a comma between the entries, and close each `{` with `}`".to_owned(),
        ),
        ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::UnexpectedEofFlowSequence => told(
            "a `,` or a `]` is missing",
            "write a comma between the items, and close each `[` with `]`".to_owned(),
        ),
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::DocumentIndicatorInQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent => told(
            "a quote is not closed",
            "close the quote on the same line".to_owned(),
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => told(
            "something follows the quote that closes the text",
            "put the whole text in quotes, and write a quote inside it twice: `'it''s'`".to_owned(),
        ),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidUnicodeEscape => told(
            "a backslash in double quotes begins a special character",
            "write the backslash twice, or put the text in single quotes".to_owned(),
        ),
        ErrorKind::UnexpectedCharacter { character } => told(
            &format!("a text cannot begin with `{character}`"),
            "put the text in quotes".to_owned(),
        ),
        ErrorKind::CommentInterceptedScalar => told(
            "a comment stands in the middle of a text",
            "put the text in quotes, or move the comment".to_owned(),
        ),
        ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::BlockEntryInFlowCollection
        | ErrorKind::InvalidBlockEntryWhitespace => told(
            "a `-` stands where no list can be",
            "write each item of a list on a line `- …` of its own, below its key".to_owned(),
        ),
        kind => match word_without_space(before) {
            Some((key, value)) if indentation(before) == indentation(line) => told(
                &format!("`{key}:{value}` above is not a key with a value"),
                format!("write a space after the colon: `{key}: {value}`"),
            ),
            _ => match kind {
                ErrorKind::MappingValueNotAllowed
                | ErrorKind::MappingKeyNotAllowed
                | ErrorKind::InvalidColonPlacement
                | ErrorKind::SimpleKeyExpected
                | ErrorKind::InvalidSimpleKey => second_colon(line, before, place, told),
                ErrorKind::ExpectedBlockMappingKey
                | ErrorKind::ExpectedBlockSequenceEntry
                | ErrorKind::InvalidIndentation
                | ErrorKind::InvalidFlowScalarIndent
                | ErrorKind::UnexpectedEofBlockMapping
                | ErrorKind::UnexpectedEofBlockSequence => told(
                    "this line does not fit the lines before it",
                    like_a_line_before(text, line, place),
                ),
                _ => told(
                    "this cannot be read",
                    "check the indentation, the brackets and the quotes here and on the line before"
                        .to_owned(),
                ),
            },
        },
    }
}

/// Returns the help for a line whose indentation is that of no line above it: the nearest of theirs.
fn like_a_line_before(text: &str, line: &str, place: Place) -> String {
    let own = indentation(line);
    let lines: Vec<&str> = text.lines().take(place.line.saturating_sub(1)).collect();
    // A line closes all that is indented further above it, so only lines with ever less indentation can be meant.
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (at, line) in lines.iter().enumerate().rev() {
        let is_content = !line.trim().is_empty() && !line.trim_start().starts_with('#');
        let least = open.last().map_or(usize::MAX, |(_, least)| *least);
        if is_content && indentation(line) < least {
            open.push((at + 1, indentation(line)));
        }
    }
    match open.iter().min_by_key(|(_, other)| own.abs_diff(*other)) {
        Some((at, spaces)) => format!(
            "indent it like line {at}, by {}, if it belongs beside that line",
            counted(i64::try_from(*spaces).unwrap_or_default(), "space")
        ),
        None => "indent it exactly like the keys that it belongs with".to_owned(),
    }
}

/// Returns whether the rest of a line, from a place on, has this mark behind a `#` that begins a comment and was likely meant as a part of a text.
fn holds_in_comment(line: &str, place: Place, mark: char) -> bool {
    let rest: String = line.chars().skip(place.column.saturating_sub(1)).collect();
    let comment = rest.match_indices(" #").map(|(at, _)| rest.get(at + 2..));
    comment
        .flatten()
        .any(|comment| !comment.starts_with([' ', '#']) && comment.contains(mark))
}

/// Returns whether the fault is the second colon of an entry between braces, such as the one of `{ label: RSR: score }`. A small word before it is
/// more like a key before which a comma was forgotten, as in `{ type: integer range: [0, 9] }`.
fn is_second_colon_in_flow(line: &str, place: Place) -> bool {
    let column = place.column.saturating_sub(1);
    let upto: String = line.chars().take(column).collect();
    let entry = upto.rsplit(['{', '[', ',']).next().unwrap_or_default();
    let Some((_, text)) = entry.split_once(": ") else {
        return false;
    };
    let last = text.split_whitespace().last().unwrap_or_default();
    let is_key = last != text.trim() && last.starts_with(|first: char| first.is_ascii_lowercase());
    line.chars().nth(column) == Some(':') && !is_key
}

fn closing(bracket: char) -> char {
    if bracket == '[' { ']' } else { '}' }
}

/// Finds a colon where no key can stand: in a text, or on a line that is indented too far.
fn second_colon(
    line: &str,
    before: &str,
    place: Place,
    told: impl Fn(&str, String) -> Diagnostic,
) -> Diagnostic {
    let upto: String = line.chars().take(place.column.saturating_sub(1)).collect();
    if let Some((key, value)) = line.trim().split_once(": ")
        && upto.contains(": ")
    {
        let is_plain = !value.contains(['"', '\'', '\\', '#', '{', '[']);
        let mended = if is_plain {
            format!(
                ": `{}: \"{}\"`",
                key.trim_start_matches("- "),
                shortened(value)
            )
        } else {
            String::new()
        };
        return told(
            "the value has a second colon",
            format!("put quotes around a text that has a colon in it{mended}"),
        );
    }
    if indentation(line) > indentation(before) {
        return told(
            "this line is indented further than the line above, which it should line up with",
            format!(
                "indent it like that line, by {}",
                counted(
                    i64::try_from(indentation(before)).unwrap_or_default(),
                    "space"
                )
            ),
        );
    }
    told(
        "there is a colon where a key cannot be written",
        "check the indentation here and on the line before".to_owned(),
    )
}

/// Returns the key and the value of a line that lacks the space between them, such as `type:integer`.
fn word_without_space(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.trim().trim_start_matches("- ").split_once(':')?;
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    (is_word(key) && is_word(value)).then_some((key, value))
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
