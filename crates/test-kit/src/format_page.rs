//! The examples of FORMAT.md, each completed to a whole matrix.

use std::path::Path;

/// Returns the text of FORMAT.md.
pub fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../FORMAT.md")).unwrap()
}

/// Returns each `yaml` block and the line that it begins at. The keys of the heading that it lacks are put behind it, so that its lines keep their numbers.
pub fn blocks() -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (line, number) in page().lines().zip(1..) {
        match (&mut open, line) {
            (None, "```yaml") => open = Some((number, String::new())),
            (Some(_), "```") => {
                blocks.extend(open.take().map(|(number, text)| (number, completed(text))))
            }
            (Some((_, text)), line) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks
}

fn completed(mut text: String) -> String {
    for (key, value) in [
        ("format", "1"),
        ("id", "example"),
        ("version", "1.0.0"),
        ("title", "Example"),
        ("status", "illustrative"),
    ] {
        if !text
            .lines()
            .any(|line| line.starts_with(&format!("{key}:")))
        {
            text.push_str(&format!("{key}: {value}\n"));
        }
    }
    text
}
