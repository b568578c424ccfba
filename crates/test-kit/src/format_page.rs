//! The examples of FORMAT.md, each completed to a whole matrix, and its tables.

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

/// Returns the rows of the table that has this head, each cell as it is written.
pub fn table(head: &str) -> Vec<Vec<String>> {
    let page = page();
    let lines = page.lines().skip_while(|line| *line != head);
    let rows = lines.skip(2).take_while(|line| line.starts_with('|'));
    let rows: Vec<Vec<String>> = rows.map(cells).collect();
    assert!(!rows.is_empty(), "no table is headed {head}");
    rows
}

fn cells(row: &str) -> Vec<String> {
    // A bar in a cell has a backslash before it.
    let row = row.replace("\\|", "\0");
    let row = row.trim_start_matches('|').trim_end_matches('|');
    row.split('|')
        .map(|cell| cell.trim().replace('\0', "|"))
        .collect()
}

/// Returns what stands between grave accents in a cell, one after another.
pub fn code(cell: &str) -> Vec<String> {
    let parts = cell.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

/// Returns a matrix with the keys of the heading that it lacks behind it.
pub fn completed(mut text: String) -> String {
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

/// Returns the text of a matrix whose flag `holds` says whether an input has the value that a table of the page gives.
pub fn of_value(input: &str, value: &str) -> String {
    let when = match value {
        "refused" | "missing" => format!("missing: {input}"),
        "no members" => format!("{input}: {{ count: {{ below: 1 }} }}"),
        _ if input == "set" => format!("{input}: {{ has: {value}, count: {{ below: 2 }} }}"),
        _ => format!("{input}: {value}"),
    };
    completed(format!(
        "inputs:
  integer: {{ type: integer, range: [-9, 9], missing: absent }}
  decimal: {{ type: decimal, places: 2, range: [-9, 9], missing: absent }}
  level: {{ type: level, values: ['1', '5'], missing: absent }}
  boolean: {{ type: boolean, missing: absent }}
  set: {{ type: set, values: [a, b], missing: absent }}
flags: {{ holds: {{ when: {{ {when} }} }} }}\n"
    ))
}

/// The inputs of [`of_value`], one of each type that the tables of values have.
pub const INPUTS: [&str; 5] = ["integer", "decimal", "level", "boolean", "set"];
