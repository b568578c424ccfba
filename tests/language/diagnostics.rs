//! Every kind of fault has a file that shows it, and every such file its diagnostics, word for word.
//!
//! `UPDATE_DIAGNOSTICS=1 cargo test --test language diagnostics::` writes the expected texts anew: read them before you keep them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use threshold_matrix::{Code, Diagnostics, Matrix};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

/// The bytes of each faulty file by its name without the extension: those of the folder, and two that no folder should hold.
fn files() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            files.insert(
                path.file_stem().unwrap().to_string_lossy().into_owned(),
                std::fs::read(&path).unwrap(),
            );
        }
    }
    let not_utf_8 = [
        b"format: 1\nid: example-area\ntitle: Caf".as_slice(),
        &[0xe9],
        b" am See\n",
    ]
    .concat();
    files.insert("not-text".to_owned(), not_utf_8);
    files.insert(
        "not-text-2".to_owned(),
        b"format: 1\nid: example-area\ntitle: A bell\x07\n".to_vec(),
    );
    files.insert(
        "not-text-3".to_owned(),
        b"format: 1\rid: example-area\rtitle: Old\r".to_vec(),
    );
    files.insert("too-large".to_owned(), vec![b'#'; (1 << 20) + 1]);
    files
}

fn faults(name: &str, bytes: &[u8]) -> Diagnostics {
    Matrix::from_named_yaml(&format!("{name}.yaml"), bytes)
        .err()
        .unwrap_or_else(|| panic!("{name}.yaml has no fault"))
}

/// Compares a text with a file of the folder, or writes the file.
fn check(file: &str, text: &str) {
    let path = folder().join(file);
    if std::env::var_os("UPDATE_DIAGNOSTICS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        text, expected,
        "{file} differs; UPDATE_DIAGNOSTICS=1 writes it anew"
    );
}

#[test]
fn each_file_is_answered_word_for_word() {
    for (name, bytes) in files() {
        check(
            &format!("{name}.txt"),
            &format!("{}\n", faults(&name, &bytes)),
        );
    }
}

#[test]
fn no_expected_text_is_left_over() {
    let files = files();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            assert!(
                files.contains_key(&*path.file_stem().unwrap().to_string_lossy()),
                "{} belongs to no file",
                path.display()
            );
        }
    }
}

#[test]
fn each_code_has_a_file_of_its_name_that_shows_it() {
    let files = files();
    for code in Code::ALL {
        let bytes = files
            .get(code.name())
            .unwrap_or_else(|| panic!("no file shows `{code}`"));
        assert!(
            faults(code.name(), bytes)
                .iter()
                .any(|fault| fault.code == *code),
            "{code}.yaml does not show `{code}`"
        );
    }
}

#[test]
fn each_fault_has_a_place_in_the_file_a_message_and_a_help() {
    for (name, bytes) in files() {
        let faults = faults(&name, &bytes);
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
        for fault in faults.iter() {
            let places = fault
                .related
                .iter()
                .map(|(place, _)| place)
                .chain([&fault.place]);
            for place in places {
                assert!(
                    (1..=lines).contains(&place.line) && place.column >= 1,
                    "{name}: {fault:?}"
                );
                assert!(
                    place.start <= place.end && place.end <= bytes.len(),
                    "{name}: {fault:?}"
                );
            }
            let help = fault.help.as_deref().unwrap_or_default();
            for text in [fault.message.as_str(), help]
                .into_iter()
                .chain(fault.related.iter().map(|(_, why)| why.as_str()))
            {
                assert!(
                    !text.trim().is_empty() && !text.ends_with('.') && !text.contains('\n'),
                    "{name}: {fault:?}"
                );
                assert!(
                    !text.starts_with(|first: char| first.is_uppercase())
                        || text.starts_with("YAML"),
                    "{name}: {text}"
                );
            }
            let data = serde_json::to_value(fault).unwrap();
            assert_eq!(data["code"], fault.code.name());
            assert_eq!(data["place"]["line"], fault.place.line);
            assert_eq!(data["message"], fault.message.as_str());
        }
    }
}

#[test]
fn the_catalogue_is_current() {
    let mut catalogue = String::from(
        "# The faults of a matrix file\n\n\
         Each has a name that stays the same between versions, as in `error[unknown-key]`, a file here that shows it, and the text that is\n\
         printed for that file. The files that begin with `author-` are slips of the kind that people make; those that are called after a part of\n\
         a matrix show what else can be wrong in it.\n\n\
         | fault | what it is |\n|---|---|\n",
    );
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), Code::ALL.len(), "two codes share a name");
    for code in Code::ALL {
        catalogue.push_str(&format!("| [`{code}`]({code}.txt) | {} |\n", code.about()));
    }
    check("README.md", &catalogue);
}
