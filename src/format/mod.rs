//! Reads what is written: YAML text becomes a tree with places, which is checked against the table of the language.

pub(crate) mod canonical;
pub(crate) mod language;
mod limits;
#[cfg(feature = "schema")]
pub mod schema;
pub mod shape;
mod syntax;
pub mod tree;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use tree::Node;

/// Reads the text of a file into a tree that was checked against the language; faults go to `faults`.
pub(crate) fn read(text: &str, faults: &mut Diagnostics) -> Option<Node> {
    let mut root = tree::read(text, faults)?;
    check_format(&root, faults)?;
    shape::check(&mut root, &language::MATRIX, "a matrix", faults);
    // What is over the limits is not judged further: the loader's work is bounded by them.
    (!faults.has(Code::TooMany)).then_some(root)
}

/// Refuses a file of another format, so that it is not judged by the rules of this one.
fn check_format(root: &Node, faults: &mut Diagnostics) -> Option<()> {
    let written = root.get("format");
    let version = written
        .and_then(Node::text)
        .and_then(|text| text.parse::<i64>().ok());
    match (written, version) {
        (Some(node), Some(version)) if version != language::FORMAT => {
            let message = format!(
                "this library reads format {}, not {version}",
                language::FORMAT
            );
            faults.push(
                Diagnostic::new(Code::UnsupportedFormat, node.place, message)
                    .help("write `format: 1`, or use a later version of the library"),
            );
            None
        }
        _ => Some(()),
    }
}

/// Returns the text of a file's bytes, without a byte order mark.
pub fn text_of<'a>(bytes: &'a [u8], file: &str) -> Result<&'a str, Diagnostics> {
    let refuse = |code, place, message: String, help: &str| {
        let mut faults = Diagnostics::new(file, "");
        faults.push(Diagnostic::new(code, place, message).help(help));
        Err(faults)
    };
    if bytes.len() > limits::LARGEST_FILE {
        let message = format!(
            "the file has {} bytes, and may have at most 1 MiB",
            bytes.len()
        );
        return refuse(
            Code::TooLarge,
            Place::new(1, 1, 0, 0),
            message,
            "split the matrix, or shorten its lists",
        );
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let good = std::str::from_utf8(bytes.get(..error.valid_up_to()).unwrap_or_default())
                .unwrap_or_default();
            let byte = bytes.get(good.len()).copied().unwrap_or_default();
            let message = format!("the byte {byte:#04x} is not UTF-8 text");
            return refuse(
                Code::NotText,
                place_after(good, 0),
                message,
                "save the file with the encoding UTF-8",
            );
        }
    };
    let Some(control) = first_control_character(text) else {
        return Ok(text);
    };
    let good = text.get(..control).unwrap_or_default();
    let character = text
        .get(control..)
        .and_then(|rest| rest.chars().next())
        .unwrap_or_default();
    let (message, help) = match character {
        '\r' => (
            "a line ends with a lone carriage return".to_owned(),
            "end each line with a line feed, or with a carriage return and a line feed",
        ),
        _ => (
            format!(
                "the text holds the control character U+{:04X}",
                u32::from(character)
            ),
            "remove it",
        ),
    };
    let mut faults = Diagnostics::new(file, text);
    faults.push(
        Diagnostic::new(
            Code::NotText,
            place_after(good, character.len_utf8()),
            message,
        )
        .help(help),
    );
    Err(faults)
}

/// Returns the position of the first control character that a matrix may not have. Readers disagree about which of them end a line, so only line
/// ends and tabs are allowed.
fn first_control_character(text: &str) -> Option<usize> {
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let ends_line =
            character == '\r' && characters.peek().is_some_and(|(_, next)| *next == '\n');
        if character.is_control() && !matches!(character, '\n' | '\t') && !ends_line {
            return Some(at);
        }
    }
    None
}

/// Returns the place of what follows a text, with a given length in bytes.
fn place_after(text: &str, length: usize) -> Place {
    let line = text.matches('\n').count() + 1;
    let column = text
        .chars()
        .rev()
        .take_while(|character| *character != '\n')
        .count()
        + 1;
    Place::new(line, column, text.len(), text.len() + length)
}
