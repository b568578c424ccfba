//! The rooms of the library flow one way: each imports only the rooms before it.
//!
//! This reads the sources rather than the compiled library, because the compiler allows modules to import each other in circles.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The rooms in their order, each with what it holds. `DESIGN.md` shows the same table.
const ROOMS: [(&str, &str); 23] = [
    (
        "arena",
        "lists of things of one kind, with ids that cannot be mistaken for those of another",
    ),
    (
        "date",
        "days, lengths of time, and completed years and months",
    ),
    (
        "number",
        "exact numbers: points in millionths, and the numbers of inputs as whole numbers",
    ),
    (
        "words",
        "lists, ranges and numbers of points in words, for every text that people read",
    ),
    (
        "diagnostic",
        "what is wrong with a file: a code, a place, a message and a help",
    ),
    (
        "profile",
        "one person's values as they are given, and why they are refused",
    ),
    (
        "format",
        "what is written: YAML to a tree with places, checked against one table of the language",
    ),
    (
        "model",
        "the validated rules: names resolved, numbers whole, places kept",
    ),
    (
        "plan",
        "the rules as a graph of small steps, and which values its nodes can take",
    ),
    (
        "matrix",
        "the façade over both: a matrix to load, to read and to write",
    ),
    (
        "library",
        "many matrices in many versions, and the one in force at a date",
    ),
    (
        "sql",
        "the rules as SQL, for engines in which nothing can be installed",
    ),
    (
        "score",
        "one profile against one matrix: the case, its outcome and its trace",
    ),
    ("worked", "the panel's own examples, run"),
    ("sample", "made-up profiles for a matrix"),
    (
        "prove",
        "questions asked of all profiles at once, answered with a profile that was scored",
    ),
    ("change", "what would change an outcome"),
    (
        "report",
        "outcomes and traces for readers: text, Markdown, a page, JSON",
    ),
    ("analysis", "what can be proved of one matrix"),
    ("compare", "what a revision changes"),
    ("record", "what to keep of a decision, and to replay"),
    ("bulk", "cohorts as columns"),
    ("lib", "the front page: what is public"),
];

/// What may look at a YAML tree after a matrix is loaded: the façade, which writes it and moves a cut-off, what compares what is
/// written, and the front page, which shows it to the reader of columns files. All else finds places in the model.
const TREE_READERS: [&str; 3] = ["matrix/", "compare/structure.rs", "lib.rs"];

#[test]
fn rooms_import_only_those_before_them() {
    let sources = Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let names: Vec<&str> = ROOMS.iter().map(|(name, _)| *name).collect();
    let faults = sources.faults(&names);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn files_do_not_read_each_other_in_circles() {
    for folder in [
        "src",
        "crates/cohort/src",
        "crates/parquet-pages/src",
        "crates/cli/src",
    ] {
        let sources = Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
        let circles = sources.circles();
        assert!(
            circles.is_empty(),
            "files of {folder} that read each other: {circles:?}"
        );
    }
}

#[test]
fn only_a_few_files_look_at_the_tree_after_loading() {
    let sources = Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let mut readers = sources.readers_of(&["format", "tree"]);
    readers.retain(|file| {
        let loads = file.starts_with("format/") || file.starts_with("model/load/");
        !loads && !TREE_READERS.iter().any(|reader| file.starts_with(reader))
    });
    assert!(
        readers.is_empty(),
        "these look at the tree, and should find places in the model: {readers:?}"
    );
}

#[test]
fn the_design_shows_the_rooms_in_their_order() {
    let design =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("DESIGN.md")).unwrap();
    let table: Vec<String> = ROOMS
        .iter()
        .map(|(name, holds)| format!("| `{name}` | {holds} |\n"))
        .collect();
    assert!(
        design.contains(&table.concat()),
        "DESIGN.md should hold these lines:\n{}",
        table.concat()
    );
}

/// The sources of a library, by their paths below `src`.
struct Sources(BTreeMap<String, String>);

impl Sources {
    fn read(folder: &Path) -> Self {
        fn visit(folder: &Path, root: &Path, files: &mut BTreeMap<String, String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    visit(&path, root, files);
                } else if path.extension().is_some_and(|extension| extension == "rs")
                    // The tests of a room may use any other.
                    && path.file_name().is_some_and(|name| name != "tests.rs")
                {
                    let name = path
                        .strip_prefix(root)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .replace('\\', "/");
                    files.insert(name, fs::read_to_string(&path).unwrap());
                }
            }
        }
        let mut files = BTreeMap::new();
        visit(folder, folder, &mut files);
        Self(files)
    }

    /// Each import of a later room, each room that is not in the list, and each room of the list that has no file.
    fn faults(&self, rooms: &[&str]) -> Vec<String> {
        let order = |room: &str| rooms.iter().position(|name| *name == room);
        let mut faults = Vec::new();
        for (file, text) in &self.0 {
            let own = room_of(&module_of(file));
            let Some(place) = order(&own) else {
                faults.push(format!("{file}: the room `{own}` is not in the list"));
                continue;
            };
            for path in imports(text, &module_of(file)) {
                let other = self.room_read(&path);
                match order(&other) {
                    Some(other_place) if other_place <= place => {}
                    _ => faults.push(format!(
                        "{file}: `{own}` imports `{}` of the later room `{other}`",
                        path.join("::")
                    )),
                }
            }
        }
        let found: BTreeSet<String> = self
            .0
            .keys()
            .map(|file| room_of(&module_of(file)))
            .collect();
        let empty = rooms.iter().filter(|room| !found.contains(**room));
        faults
            .extend(empty.map(|room| format!("the room `{room}` is in the list and has no file")));
        faults
    }

    /// The room that a path leads to; what stands in the front page itself is the front page's.
    fn room_read(&self, path: &[String]) -> String {
        self.file_read(path)
            .map_or_else(|| "lib".to_owned(), |file| room_of(&module_of(file)))
    }

    /// The file that a path leads to: the one of the longest module that it names.
    fn file_read(&self, path: &[String]) -> Option<&String> {
        (1..=path.len()).rev().find_map(|length| {
            let module = path[..length].join("/");
            [format!("{module}.rs"), format!("{module}/mod.rs")]
                .into_iter()
                .find_map(|file| self.0.get_key_value(&file).map(|(file, _)| file))
        })
    }

    /// The files that import a module, or something in it.
    fn readers_of(&self, module: &[&str]) -> Vec<&String> {
        let reads = |file: &str, text: &str| {
            let paths = imports(text, &module_of(file));
            paths.iter().any(|path| {
                path.len() >= module.len() && path.iter().zip(module).all(|(own, name)| own == name)
            })
        };
        let readers = self.0.iter().filter(|(file, text)| reads(file, text));
        readers.map(|(file, _)| file).collect()
    }

    /// Files that read each other, each circle once. The file of a folder speaks for what is in it, so between these two there is none.
    fn circles(&self) -> Vec<Vec<String>> {
        let reads: BTreeMap<&String, BTreeSet<&String>> = self
            .0
            .iter()
            .map(|(file, text)| {
                let own = module_of(file);
                let read = imports(text, &own);
                let read = read
                    .iter()
                    .filter_map(|path| self.file_read(path))
                    .filter(|other| {
                        let other = module_of(other);
                        !own.starts_with(&other) && !other.starts_with(&own)
                    });
                (file, read.collect())
            })
            .collect();
        let reached: BTreeMap<&String, BTreeSet<&String>> = reads
            .keys()
            .map(|file| {
                let mut reached = BTreeSet::new();
                let mut open = vec![*file];
                while let Some(file) = open.pop() {
                    open.extend(reads[file].iter().filter(|other| reached.insert(**other)));
                }
                (*file, reached)
            })
            .collect();
        let in_circles = reached
            .iter()
            .filter(|(file, reached)| reached.contains(*file));
        let circles: BTreeSet<Vec<String>> = in_circles
            .map(|(file, own)| {
                own.iter()
                    .filter(|other| reached[**other].contains(*file))
                    .map(|other| (*other).clone())
                    .collect()
            })
            .collect();
        circles.into_iter().collect()
    }
}

/// The names of the modules down to a file's own: none for the front page.
fn module_of(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/')
        .filter(|name| *name != "lib")
        .map(str::to_owned)
        .collect()
}

fn room_of(module: &[String]) -> String {
    module.first().cloned().unwrap_or_else(|| "lib".to_owned())
}

/// The paths that begin with `crate` or `super` in the code of a module, from the root of the library on.
fn imports(text: &str, module: &[String]) -> Vec<Vec<String>> {
    let words = words(&code(text));
    let mut paths = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let follows_a_path = at > 0 && words[at - 1] == "::";
        if follows_a_path || !["crate", "super"].contains(&word.as_str()) {
            continue;
        }
        let mut rest = &words[at..];
        let mut start = if word == "crate" {
            Vec::new()
        } else {
            module.to_vec()
        };
        while let [first, colons, ..] = rest
            && colons == "::"
            && ["crate", "super"].contains(&first.as_str())
        {
            if first == "super" {
                start.pop();
            }
            rest = &rest[2..];
        }
        // `pub(crate)` and the like lead nowhere.
        if rest.len() < words[at..].len() {
            follow(&mut rest, &start, &mut paths);
        }
    }
    paths
}

/// Reads the rest of a path, each branch of a group in turn.
fn follow(rest: &mut &[String], start: &[String], paths: &mut Vec<Vec<String>>) {
    let mut path = start.to_vec();
    loop {
        match rest {
            [brace, ..] if brace == "{" => {
                *rest = &rest[1..];
                while let [word, ..] = rest
                    && word != "}"
                {
                    if word == "," {
                        *rest = &rest[1..];
                    } else {
                        follow(rest, &path, paths);
                    }
                }
                *rest = rest.get(1..).unwrap_or_default();
                return;
            }
            [name, ..] if is_name(name) || name == "*" => {
                if !["*", "self"].contains(&name.as_str()) {
                    path.push(name.clone());
                }
                *rest = &rest[1..];
                if let [word, _, ..] = rest
                    && word == "as"
                {
                    *rest = &rest[2..];
                }
                match rest {
                    [colons, ..] if colons == "::" => *rest = &rest[1..],
                    _ => break,
                }
            }
            // A path may end in `::<…>`.
            _ => {
                *rest = rest.get(1..).unwrap_or_default();
                break;
            }
        }
    }
    paths.push(path);
}

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Returns a text without its comments, strings and tests.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" {
            // The module that follows ends with its own brace, or is in another file.
            lines
                .by_ref()
                .find(|next| *next == "}" || next.starts_with("mod ") && next.ends_with(';'));
            continue;
        }
        code.push_str(line);
        code.push('\n');
    }
    let mut plain = String::new();
    let mut rest = code.as_str();
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '"' {
            let mut escaped = false;
            let end = rest.char_indices().skip(1).find(|(_, letter)| {
                let is_end = *letter == '"' && !escaped;
                escaped = *letter == '\\' && !escaped;
                is_end
            });
            end.map_or(rest.len(), |(at, _)| at + 1)
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            rest[1..].find("\"'").map_or(rest.len(), |at| at + 3)
        } else {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        plain.push(' ');
        rest = &rest[skipped..];
    }
    plain
}

/// The names of a text, its `::`, and each other mark by itself.
fn words(code: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let length = if is_part(first) {
            rest.find(|letter| !is_part(letter)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        words.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    words
}

fn made_up(files: &[(&str, &str)]) -> Sources {
    Sources(
        files
            .iter()
            .map(|(file, text)| ((*file).to_owned(), (*text).to_owned()))
            .collect(),
    )
}

#[test]
fn an_import_of_a_later_room_is_found_however_it_is_written() {
    let later = "`model` imports `plan::reach::Slot` of the later room `plan`";
    for import in [
        "use crate::plan::reach::Slot;",
        "use crate::{arena::Id, plan::{self as graph, reach::{Found, Slot as Value}}};",
        "use super::super::plan::reach::{\n    Slot,\n};",
        "fn slot() -> crate::plan::reach::Slot { todo!() }",
    ] {
        let sources = made_up(&[
            ("arena.rs", ""),
            ("model/mod.rs", ""),
            ("model/load.rs", import),
            ("plan/mod.rs", "use crate::model::load;"),
            ("plan/reach.rs", ""),
        ]);
        let faults = sources.faults(&["arena", "model", "plan"]);
        assert!(
            faults.contains(&format!("model/load.rs: {later}")),
            "{import}: {faults:?}"
        );
        assert_eq!(
            sources.faults(&["arena", "plan", "model"]),
            ["plan/mod.rs: `plan` imports `model::load` of the later room `model`"]
        );
    }
}

#[test]
fn what_is_not_an_import_is_not_taken_for_one() {
    let text = "//! See [`crate::plan::Plan`].\npub(crate) mod load;\nlet says = \"use crate::plan;\";\n#[cfg(test)]\nmod tests {\n    use crate::plan::Plan;\n}\n";
    let sources = made_up(&[("model/mod.rs", text), ("plan/mod.rs", "use crate::model;")]);
    assert_eq!(sources.faults(&["model", "plan"]), [""; 0]);
}

#[test]
fn names_of_the_front_page_belong_to_it() {
    let sources = made_up(&[("date.rs", "use crate::Points;"), ("lib.rs", "mod date;")]);
    assert_eq!(
        sources.faults(&["date", "lib"]),
        ["date.rs: `date` imports `Points` of the later room `lib`"]
    );
}

#[test]
fn a_room_that_is_not_listed_is_found_and_one_that_is_not_there_too() {
    let sources = made_up(&[("date.rs", ""), ("clock.rs", "")]);
    assert_eq!(
        sources.faults(&["date", "number"]),
        [
            "clock.rs: the room `clock` is not in the list",
            "the room `number` is in the list and has no file"
        ]
    );
}

#[test]
fn circles_are_found_between_files_and_not_between_a_folder_and_what_is_in_it() {
    let sources = made_up(&[
        ("plan/mod.rs", "use crate::plan::cells::Cells;"),
        ("plan/cells.rs", "use crate::plan::{Node, reach::at};"),
        ("plan/reach.rs", "use super::steps;"),
        ("plan/steps.rs", "use crate::plan::cells::Cells;"),
        ("score.rs", "use crate::plan::reach;"),
    ]);
    assert_eq!(
        sources.circles(),
        [["plan/cells.rs", "plan/reach.rs", "plan/steps.rs"]]
    );
}

#[test]
fn readers_of_a_module_are_found_by_the_module_and_by_what_is_in_it() {
    let sources = made_up(&[
        ("score.rs", "use crate::format::{language, tree::Node};"),
        ("plan.rs", "use crate::format::tree;"),
        ("date.rs", "use crate::format::language;"),
    ]);
    assert_eq!(
        sources.readers_of(&["format", "tree"]),
        ["plan.rs", "score.rs"]
    );
}
