//! Reads single cells.

use super::people::unreadable;
use serde_json::value::RawValue;
use threshold_matrix::workspace::shortened;
use threshold_matrix::{InputKind, Problem, ProblemKind, Profile, Value};

/// The characters that do not count around a cell.
pub(super) const SPACE: [char; 3] = [' ', '\t', '\r'];

/// Returns a text without the spaces around it.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(SPACE)
}

/// Returns the text of a cell, without the spaces around it.
pub(super) fn text(cell: &[u8]) -> Result<&str, &'static str> {
    std::str::from_utf8(cell)
        .map(trimmed)
        .map_err(|_| "is not UTF-8 text; save the file as UTF-8")
}

/// Reads `true`, `false`, `1` and `0`, and nothing else, since any other pair of words would have to be guessed.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Reads what was seen later. An empty cell means that nobody knows.
pub(crate) fn observed(text: &str) -> Result<Option<bool>, Problem> {
    match (text, boolean(text)) {
        ("", _) => Ok(None),
        (_, Some(observed)) => Ok(Some(observed)),
        _ => {
            let help = match times(text) {
                Ok(_) => {
                    "; a number of times is read if `--before` names the column of the times before"
                }
                Err(_) => "",
            };
            let shown = shortened(text);
            Err(unreadable(
                Some("outcome"),
                format!("the outcome is `{shown}`, not true, false, 1 or 0{help}"),
            ))
        }
    }
}

/// The most times that a cell may hold. A number above it is a year, a date or an id.
const MOST_TIMES: u32 = 1_000;

/// Reads how many times something was seen. An empty cell means that nobody knows.
pub(crate) fn times(text: &str) -> Result<Option<u32>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    // Data frames write whole numbers in this way where some are missing.
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let is_digits = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
    let times = whole.parse().ok().filter(|times| *times <= MOST_TIMES);
    times.filter(|_| is_digits).map(Some).ok_or_else(|| {
        unreadable(
            Some("outcome"),
            format!(
                "the number of times is `{}`, not a whole number from 0 to {MOST_TIMES}",
                shortened(text)
            ),
        )
    })
}

/// How the cells of an input are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Set,
    /// A list of events, as JSON has it.
    Events,
    /// The cell is a text, which the matrix reads.
    Text,
}

impl Kind {
    pub(super) fn of(input: &InputKind<'_>) -> Self {
        match input {
            InputKind::Boolean => Self::Boolean,
            InputKind::Set(_) => Self::Set,
            _ => Self::Text,
        }
    }
}

/// Reads the value of a filled cell of an input that is not a set.
pub(super) fn value(name: &str, kind: Kind, text: &str) -> Result<Value, Problem> {
    match kind {
        Kind::Events => events(name, text),
        Kind::Boolean => boolean(text)
            .map(Value::Boolean)
            .ok_or_else(|| not_boolean(name, name, text)),
        _ => Ok(Value::Text(text.to_owned())),
    }
}

/// Reads a list of events.
fn events(name: &str, text: &str) -> Result<Value, Problem> {
    let wrong = |why: String| {
        let message = format!(
            "`{name}` is `{}`, which is not a list of events such as [{{\"date\": \"2026-01-06\"}}]{why}",
            shortened(text)
        );
        Problem::new(ProblemKind::WrongType, vec![name.to_owned()], message)
    };
    let events: Vec<&RawValue> =
        serde_json::from_str(text).map_err(|error| wrong(format!(": {error}")))?;
    let events = events
        .into_iter()
        .map(|event| Profile::from_json(event.get()));
    let events: Result<Vec<Profile>, _> = events.collect();
    events
        .map(Value::Events)
        .map_err(|error| wrong(format!(": {error}")))
}

/// Reads the members of a set that is written in one cell. A bar alone is the set without members, since an empty cell is a missing set.
pub(super) fn members<'a>(name: &str, text: &'a str) -> Result<Vec<&'a str>, Problem> {
    if text == "|" {
        return Ok(Vec::new());
    }
    let members: Vec<_> = text
        .split('|')
        .map(|member| member.trim_matches(SPACE))
        .collect();
    if members.len() > 1 && members.contains(&"") {
        let message = format!(
            "`{name}` is `{}`, with nothing on one side of a bar; write its members as `a|b`",
            shortened(text)
        );
        return Err(Problem::new(
            ProblemKind::WrongType,
            vec![name.to_owned()],
            message,
        ));
    }
    Ok(members)
}

/// Returns the problem of a cell that is not a boolean. `named` is what the columns call the input, or one member of it.
pub(super) fn not_boolean(name: &str, named: &str, text: &str) -> Problem {
    let message = format!(
        "`{named}` is `{}`, not true, false, 1 or 0; `values` in the columns file can say what it means",
        shortened(text)
    );
    Problem::new(ProblemKind::WrongType, vec![name.to_owned()], message)
}
