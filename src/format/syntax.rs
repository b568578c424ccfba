//! Explains what is not YAML in the words of somebody who writes a matrix, since the parser's own messages speak of scanners and contexts.

use granit_parser::{ErrorKind, ScanError};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::format::limits::DEEPEST;

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
        ErrorKind::UnclosedFlowCollection { open } => told(
            &format!("`{open}` is never closed"),
            format!("close each `{open}` with `{}`", closing(*open)),
        ),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => told(
            &format!("`{open}` is closed by `{close}`"),
            format!("close each `{open}` with `{}`", closing(*open)),
        ),
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
        _ => match (word_without_space(before), error.info()) {
            (_, info) if info == "unclosed quote" => told(
                "a quote is not closed",
                "close the quote on the same line".to_owned(),
            ),
            (_, info) if info.contains("quote") => {
                told(&info, "close the quote on the same line".to_owned())
            }
            (Some((key, value)), _) if indentation(before) == indentation(line) => told(
                &format!("`{key}:{value}` above is not a key with a value"),
                format!("write a space after the colon: `{key}: {value}`"),
            ),
            (_, info)
                if info.starts_with("mapping values")
                    || info.contains("simple key")
                    || info.contains("implicit") =>
            {
                second_colon(line, before, place, told)
            }
            (_, info)
                if info.contains("block mapping")
                    || info.contains("block collection")
                    || info.contains("indent") =>
            {
                told(
                    "this line does not fit the lines before it",
                    "indent it exactly like the keys that it belongs with".to_owned(),
                )
            }
            (_, info) => told(
                &info,
                "check the indentation, the brackets and the quotes here and on the line before"
                    .to_owned(),
            ),
        },
    }
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
    if upto.contains(": ") {
        return told(
            "the value has a second colon",
            "put quotes around a text that has a colon in it".to_owned(),
        );
    }
    if indentation(line) > indentation(before) {
        return told(
            "this line is indented further than the line above, which it should line up with",
            "indent it like that line".to_owned(),
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
