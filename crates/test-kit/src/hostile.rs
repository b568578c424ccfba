//! Hostile texts: faults of every size, and matrices at the limits of what is allowed.

use std::fmt::Write;

/// A text, and whether it is a matrix all the same.
#[derive(Debug)]
pub struct Text {
    /// What the file holds, which need not be UTF-8.
    pub bytes: Vec<u8>,
    /// Whether the library has to take the text for a matrix.
    pub loads: bool,
}

const MIB: usize = 1 << 20;

/// Returns a small matrix with something added.
pub fn matrix(more: &str) -> String {
    format!(
        "format: 1\nid: hostile\nversion: 1.0.0\ntitle: Hostile\nstatus: local\n\
         inputs:\n  count: {{ type: integer, range: [0, 60] }}\n  kind: {{ type: level, values: [low, high] }}\n{more}"
    )
}

fn filled(unit: &str) -> String {
    unit.repeat(MIB / unit.len())
}

fn each(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// Returns a map in a map, and so on, to this depth.
fn deep_blocks(depth: usize) -> String {
    each(depth, |level| format!("{}a:\n", " ".repeat(level)))
}

/// Returns anchors, each of which is a list of nine aliases of the one before.
fn billion_laughs() -> String {
    let mut text = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..12 {
        let before = level - 1;
        let _ = writeln!(
            text,
            "a{level}: &a{level} [{}]",
            vec![format!("*a{before}"); 9].join(", ")
        );
    }
    text
}

/// Returns a long list, and many aliases of it.
fn quadratic_aliases() -> String {
    let list = each(20_000, |item| format!("v{item}, "));
    format!(
        "list: &list [{list}]\nuses: [{}]\n",
        "*list, ".repeat(60_000)
    )
}

/// Returns conditions that are as deep and as many as the limits allow.
fn many_conditions() -> String {
    let leaf = "{ count: { from: 3 } }";
    let nested = (0..10).fold(leaf.to_owned(), |inner, _| {
        format!(
            "{{ any: [ {inner}, {{ not: {inner_leaf} }} ] }}",
            inner_leaf = "{ kind: high }"
        )
    });
    let rules = each(390, |_| format!("    - {{ tier: high, when: {nested} }}\n"));
    matrix(&format!(
        "tiers: [high, low]\ndecision:\n  rules:\n{rules}    - {{ tier: low }}\n"
    ))
}

fn many_criteria(line: impl Fn(usize) -> String) -> String {
    matrix(&format!("criteria:\n{}", each(500, line)))
}

/// Returns every text with its name.
pub fn all() -> Vec<(&'static str, Text)> {
    let mut all = Vec::new();
    let mut add = |name, bytes: Vec<u8>, loads| all.push((name, Text { bytes, loads }));
    let errors = [
        ("brackets", filled("[")),
        ("braces", filled("{a: ")),
        ("dashes", filled("- ")),
        ("questions", filled("? ")),
        ("closing brackets", filled("]")),
        ("colons", filled(": ")),
        ("quotes", filled("\"")),
        ("ampersands", filled("&a ")),
        ("exclamation marks", filled("!")),
        (
            "commas in brackets",
            format!("[{}", filled(",").split_at(MIB - 8).0),
        ),
        ("pairs of brackets", filled("[],")),
        ("empty items", filled("-\n")),
        ("deep blocks", deep_blocks(1_000)),
        ("billion laughs", billion_laughs()),
        ("quadratic aliases", quadratic_aliases()),
        ("keys", each(100_000, |key| format!("k{key}: 1\n"))),
        ("short keys", each(130_000, |key| format!("{key:x}:\n"))),
        ("one key many times", each(100_000, |_| "a: 1\n".to_owned())),
        (
            "one input many times",
            matrix("").replace(
                "inputs:\n",
                &format!("inputs:\n{}", each(45_000, |_| "  count: { }\n".to_owned())),
            ),
        ),
        (
            "unknown keys of one input",
            matrix(&format!(
                "  huge: {{ {} }}\n",
                each(45_000, |key| format!("typ{key}: 1, "))
            )),
        ),
        ("one long plain text", "a".repeat(MIB)),
        ("one long title", format!("title: {}", "a".repeat(MIB - 10))),
        (
            "one long number",
            matrix(&format!(
                "derived: {{ x: {{ sum: [count], range: [0, {}] }} }}",
                "9".repeat(MIB - 300)
            )),
        ),
        ("one long key", format!("{}: 1", "a".repeat(MIB - 10))),
        ("one long comment", format!("#{}", "a".repeat(MIB - 10))),
        (
            "long block text",
            format!(
                "about: |\n{}",
                each(40_000, |_| "  some words of a text\n".to_owned())
            ),
        ),
        ("blank lines", "\n".repeat(MIB)),
        ("spaces", " ".repeat(MIB)),
        ("tabs", "\t".repeat(MIB)),
        ("tab indentation", "inputs:\n\tcount: 1\n".to_owned()),
        ("nul bytes", "\0".repeat(1000)),
        ("a nul byte in a text", matrix("about: \"a\0b\"\n")),
        ("an escaped nul in a value", matrix("tiers: [\"a\\0b\"]\n")),
        (
            "many values",
            matrix(&format!(
                "tiers: [{}]\n",
                each(90_000, |value| format!("v{value}, "))
            )),
        ),
        (
            "many members",
            matrix(&format!(
                "  flags: {{ type: set, values: [{}] }}\n",
                each(90_000, |value| format!("v{value}, "))
            )),
        ),
        (
            "many inputs",
            matrix(&each(14_000, |input| {
                format!("  i{input}: {{ type: integer, range: [0, 9] }}\n")
            })),
        ),
        (
            "many undeclared names",
            matrix(&format!(
                "tiers: [a, b]\nflags: {{ f: {{ when: {{ any: [{}] }} }} }}\n",
                each(399, |name| {
                    let comparisons = each(60, |at| format!("cuont_{name}_{at}: 1, "));
                    format!("{{ {comparisons} }}, ")
                })
            )),
        ),
        (
            "many undeclared inputs",
            many_criteria(|name| {
                format!("  c{name}: {{ input: cuont{name}, each: 1, points: 1 }}\n")
            }),
        ),
        (
            "many undeclared values",
            many_criteria(|name| {
                let values = each(30, |value| format!("hihg{value}: 1, "));
                format!("  c{name}: {{ input: kind, values: {{ {values} }} }}\n")
            }),
        ),
        (
            "many bands out of order",
            many_criteria(|name| {
                let bands = each(60, |_| "{ from: 3, points: 1 }, ".to_owned());
                format!("  c{name}: {{ input: count, bands: [ {bands} ] }}\n")
            }),
        ),
        (
            "many undeclared items of a score",
            matrix(&format!(
                "dimensions: {{ {} }}\n",
                each(32, |dimension| {
                    format!(
                        "d{dimension}: {{ score: [{}] }}, ",
                        each(500, |item| format!("x{item}, "))
                    )
                })
            )),
        ),
        (
            "a tag",
            "!!python/object/apply:os.system [\"true\"]".to_owned(),
        ),
        (
            "a tag on a value",
            matrix("tiers: [!!binary aGlnaA==, low]\n"),
        ),
        (
            "several documents",
            format!("{}---\n{}", matrix(""), matrix("")),
        ),
        ("many documents", filled("--- a\n")),
        ("a directive", format!("%YAML 1.2\n---\n{}", matrix(""))),
        ("many directives", filled("%TAG ! a\n")),
        ("a lone carriage return", matrix("").replace('\n', "\r")),
        ("look-alikes", matrix("tіers: [high, low]\n")),
        (
            "a number of another script",
            matrix("criteria: { one: { input: count, each: １, points: 1 } }\n"),
        ),
        (
            "a line separator",
            matrix("tiers: [\"a\u{2028}b\", \"a\u{85}b\"]\n"),
        ),
        (
            "a byte order mark in the middle",
            matrix("\u{feff}tiers: [a, b]\n"),
        ),
        ("a key that is a list", matrix("? [a, b]\n: 1\n")),
        ("a merge key", matrix("<<: { tiers: [a] }\n")),
        ("nothing", String::new()),
    ];
    for (name, text) in errors {
        add(name, text.into_bytes(), false);
    }
    add(
        "not UTF-8",
        [matrix("about: ").as_bytes(), &[0xff, 0xfe, b'\n']].concat(),
        false,
    );
    add(
        "UTF-16",
        matrix("")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect(),
        false,
    );
    add("too large", vec![b'#'; MIB + 1], false);
    add("a matrix", matrix("").into_bytes(), true);
    add(
        "a matrix in Windows lines",
        matrix("").replace('\n', "\r\n").into_bytes(),
        true,
    );
    add(
        "a matrix with a byte order mark",
        format!("\u{feff}{}", matrix("")).into_bytes(),
        true,
    );
    add(
        "a matrix with a large comment",
        matrix(&format!("#{}\n", "a".repeat(MIB - 1000))).into_bytes(),
        true,
    );
    add(
        "a matrix of many conditions",
        many_conditions().into_bytes(),
        true,
    );
    add(
        "a matrix of many bands",
        many_criteria(|name| {
            let bands = each(20, |band| {
                format!("{{ from: {}, points: {band} }}, ", band * 3)
            });
            format!("  c{name}: {{ input: count, bands: [ {bands} ] }}\n")
        })
        .into_bytes(),
        true,
    );
    all
}
