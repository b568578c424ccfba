//! What is written: YAML text to a tree with places, checked against the table of the language.

pub(crate) mod canonical;
pub(crate) mod language;
#[cfg(feature = "schema")]
pub(crate) mod schema;
pub(crate) mod shape;
pub(crate) mod tree;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use tree::Node;

/// Reads the text of a file into a tree that was checked against the language; faults go to `faults`.
pub(crate) fn read(text: &str, faults: &mut Diagnostics) -> Option<Node> {
    let root = tree::read(text, faults)?;
    check_format(&root, faults)?;
    shape::check(&root, &language::MATRIX, "a matrix", faults);
    Some(root)
}

/// A file of a later format is not judged by the rules of this one.
fn check_format(root: &Node, faults: &mut Diagnostics) -> Option<()> {
    let written = root.get("format");
    let version = written.and_then(Node::text).and_then(|text| text.parse::<i64>().ok());
    match (written, version) {
        (Some(node), Some(version)) if version != language::FORMAT => {
            let message = format!("this library reads format {}, not {version}", language::FORMAT);
            faults.push(Diagnostic::new(Code::UnsupportedFormat, node.place, message).help("write `format: 1`, or use a later library"));
            None
        }
        _ => Some(()),
    }
}

/// The text of a file's bytes, without a byte order mark.
pub(crate) fn text_of<'a>(bytes: &'a [u8], file: &str) -> Result<&'a str, Diagnostics> {
    let refuse = |code, place, message: String, help: &str| {
        let mut faults = Diagnostics::new(file, "");
        faults.push(Diagnostic::new(code, place, message).help(help));
        Err(faults)
    };
    if bytes.len() > tree::LARGEST_FILE {
        let message = format!("the file has {} bytes, more than 1 MiB", bytes.len());
        return refuse(Code::TooLarge, Place::new(1, 1, 0, 0), message, "split the matrix, or shorten its lists");
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
            let column = good.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
            let place = Place::new(line, column, good.len(), good.len());
            refuse(Code::NotText, place, "a byte that is not UTF-8".to_owned(), "save the file as UTF-8")
        }
    }
}
