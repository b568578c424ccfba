//! The records that were kept in `tests/records` replay to the byte, whatever the library has become since.
//!
//! `UPDATE_LOCK=1 cargo test --test reports kept::` adds what is new there to its `lock.txt`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use threshold_matrix::Library;
use threshold_matrix::record::Record;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records")
}

/// The texts of the records, by their names.
fn records() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let records = paths.filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    records
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

#[test]
fn every_kept_record_replays_to_the_byte() {
    let mut library = Library::new();
    library.load_folder(folder()).unwrap();
    let records = records();
    for (name, text) in &records {
        let record = Record::from_json(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let replay = record.replay(&library).unwrap();
        assert!(replay.is_same(), "{name}: {:#?}", replay.differences());
        // `signed.jq.json` is what jq made of `signed.json`.
        let (original, _) = name.split_once('.').unwrap();
        let original = &records[&format!("{original}.json")];
        assert_eq!(&(record.to_json() + "\n"), original, "{name}");
    }
}

#[test]
fn no_kept_record_has_changed() {
    let path = folder().join("lock.txt");
    let locked = std::fs::read_to_string(&path).unwrap_or_default();
    let mut locked: BTreeMap<String, String> = locked
        .lines()
        .map(|line| {
            let (name, seal) = line.split_once(' ').unwrap();
            (name.to_owned(), seal.to_owned())
        })
        .collect();
    let seals: BTreeMap<String, String> = records()
        .into_iter()
        .map(|(name, text)| (name, Record::from_json(&text).unwrap().seal().to_owned()))
        .collect();
    if std::env::var_os("UPDATE_LOCK").is_some() {
        // Only what is new is added: a lock that follows every change locks nothing.
        for (name, seal) in &seals {
            locked.entry(name.clone()).or_insert_with(|| seal.clone());
        }
        let lines = locked.iter().map(|(name, seal)| format!("{name} {seal}\n"));
        std::fs::write(&path, lines.collect::<String>()).unwrap();
    }
    assert_eq!(
        seals, locked,
        "records are kept for ever: put back what was changed or removed; UPDATE_LOCK=1 adds what is new"
    );
}
