//! A published version never changes: the content hash of each embedded matrix is kept in `matrices/lock.txt`.
//!
//! A line that ends with `earlier` has the hash that a version had in records before the first release. It is found by that hash for ever.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use semver::Version;
use threshold_matrix::Library;

/// A content that a version had once.
type Earlier = (String, Version, String);

type Hashes = BTreeMap<(String, Version), String>;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("matrices/lock.txt")
}

/// The id, version and content hash of each published matrix, one a line, and the earlier contents.
fn locked() -> (Hashes, Vec<Earlier>) {
    let text = std::fs::read_to_string(path()).unwrap_or_default();
    let (mut hashes, mut earlier) = (Hashes::new(), Vec::new());
    for line in text.lines() {
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            [id, version, hash] => {
                hashes.insert((id.to_owned(), version.parse().unwrap()), hash.to_owned());
            }
            [id, version, hash, "earlier"] => {
                earlier.push((id.to_owned(), version.parse().unwrap(), hash.to_owned()));
            }
            _ => panic!("`{line}` in matrices/lock.txt is not an id, a version and a hash"),
        }
    }
    (hashes, earlier)
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

fn written(hashes: &Hashes, earlier: &[Earlier]) -> String {
    let mut text = String::new();
    for ((id, version), hash) in hashes {
        let _ = writeln!(text, "{id} {version} {hash}");
    }
    for (id, version, hash) in earlier {
        let _ = writeln!(text, "{id} {version} {hash} earlier");
    }
    text
}

/// A record names its matrix by the hash alone: what a hash was ever given to is found, and scores as the version of today does.
#[test]
fn earlier_contents_are_found_by_their_hashes() {
    let (_, earlier) = locked();
    let library = Library::embedded();
    assert!(!earlier.is_empty());
    for (id, version, hash) in earlier {
        let matrix = library
            .by_hash(&hash)
            .unwrap_or_else(|| panic!("{id} {version} {hash} is gone: put it back"));
        assert_eq!((matrix.id(), matrix.version()), (id.as_str(), &version));
        let today = library.get(&id, &version).unwrap();
        assert_ne!(today.content_hash(), hash);
        let comparison = matrix.compare_within(today, "2026-12-05".parse().unwrap(), 0);
        let rules: Vec<_> = comparison
            .differences()
            .iter()
            .filter(|amendment| !amendment.is_wording)
            .collect();
        assert!(rules.is_empty(), "{rules:?}");
    }
    assert!(Library::new().by_hash(&locked().1[0].2).is_none());
}

#[test]
fn no_published_version_has_changed() {
    let ((mut locked, earlier), embedded) = (locked(), embedded());
    if std::env::var_os("UPDATE_LOCK").is_some_and(|value| value == "1") {
        // Only what is new is added: a lock that follows every change locks nothing.
        for (key, hash) in &embedded {
            locked.entry(key.clone()).or_insert_with(|| hash.clone());
        }
        std::fs::write(path(), written(&locked, &earlier)).unwrap();
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
        written(&locked, &earlier),
        "matrices/lock.txt is not in the order of ids and versions"
    );
}
