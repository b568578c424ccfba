//! A published version never changes: the content hash of each embedded matrix is kept in `matrices/lock.txt`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use semver::Version;
use threshold_matrix::Library;

type Hashes = BTreeMap<(String, Version), String>;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("matrices/lock.txt")
}

/// The id, version and content hash of each published matrix, one a line.
fn locked() -> Hashes {
    let text = std::fs::read_to_string(path()).unwrap_or_default();
    let entry = |line: &str| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [id, version, hash] => ((id.to_owned(), version.parse().unwrap()), hash.to_owned()),
        _ => panic!("`{line}` in matrices/lock.txt is not an id, a version and a hash"),
    };
    text.lines().map(entry).collect()
}

fn embedded() -> Hashes {
    let library = Library::embedded();
    library
        .iter()
        .map(|matrix| {
            (
                (matrix.id().to_owned(), matrix.version().clone()),
                matrix.content_hash().to_owned(),
            )
        })
        .collect()
}

fn written(hashes: &Hashes) -> String {
    hashes
        .iter()
        .fold(String::new(), |mut text, ((id, version), hash)| {
            let _ = writeln!(text, "{id} {version} {hash}");
            text
        })
}

#[test]
fn no_published_version_has_changed() {
    let (mut locked, embedded) = (locked(), embedded());
    if std::env::var_os("UPDATE_LOCK").is_some_and(|value| value == "1") {
        // Only what is new is added: a lock that follows every change locks nothing.
        for (key, hash) in &embedded {
            locked.entry(key.clone()).or_insert_with(|| hash.clone());
        }
        std::fs::write(path(), written(&locked)).unwrap();
    }

    let mut faults = Vec::new();
    for ((id, version), hash) in &embedded {
        match locked.get(&(id.clone(), version.clone())) {
            None => faults.push(format!("{id} {version} is new: run `UPDATE_LOCK=1 cargo test --test published lock::` to lock it")),
            Some(locked) if locked != hash => faults.push(format!(
                "{id} {version} was published as {locked} and is now {hash}: a published version never changes, because outcomes are stored \
                 under it; put matrices/{id}/{version}.yaml back as it was, and write the change as a new version in a file of its own \
                 (for one that was never in a release, delete its line in matrices/lock.txt and run `UPDATE_LOCK=1 cargo test --test published lock::`)"
            )),
            Some(_) => {}
        }
    }
    for (id, version) in locked.keys().filter(|key| !embedded.contains_key(key)) {
        faults.push(format!("{id} {version} was published and is gone: put it back, so that outcomes stored under it can be replayed"));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert_eq!(
        std::fs::read_to_string(path()).unwrap(),
        written(&locked),
        "matrices/lock.txt is not in the order of ids and versions"
    );
}
