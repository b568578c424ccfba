//! The records that were kept in `tests/records` replay to the byte, whatever the library has become since.
//!
//! `UPDATE_LOCK=1 cargo test --test reports kept::` adds what is new there to its `lock.txt`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest, Sha256};
use threshold_matrix::Library;
use threshold_matrix::record::{Decision, Record};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records")
}

/// A record as builds before the first release wrote it: one override at most, the trace in words, and seals of the text as it was.
fn of_earlier_build(library: &Library) -> serde_json::Value {
    let record = Record::from_json(&records()["decided.json"]).unwrap();
    assert!(record.replay(library).unwrap().is_same());
    let mut body: serde_json::Value = serde_json::from_str(&record.to_json()).unwrap();
    let map = body.as_object_mut().unwrap();
    for key in ["person", "redacted", "signatures"] {
        map.remove(key).unwrap();
    }
    let decision = map.remove("decided").unwrap()[0].clone();
    let own = |key: &str| decision[key].clone();
    map.insert(
        "override".to_owned(),
        json!({
            "dimension": own("dimension"), "from": own("advised"), "to": own("result"), "who": own("by"), "role": own("role"),
            "reason": own("because"), "at": own("on"), "expires": own("review"),
        }),
    );
    map["trace"]["criteria"] = json!([{ "name": "often", "matched": { "by": "a band" } }]);
    map["seals"] = json!({ "": "sha256:of the text", "/override/to": "sha256:of the text" });
    body
}

/// What an earlier build wrote replays, what is not compared is said, and nothing is added to it.
#[test]
fn a_record_of_an_earlier_build_replays() {
    let mut library = Library::new();
    library.load_folder(folder()).unwrap();
    let body = of_earlier_build(&library);
    for text in [body.to_string(), format!("{body:#}")] {
        let record = Record::from_json(&text).unwrap();
        let replay = record.replay(&library).unwrap();
        assert!(replay.is_same(), "{:#?}", replay.differences());
        assert_eq!(replay.not_compared(), ["trace", "seals"]);
        let decided = Record::from_json(&records()["decided.json"]).unwrap();
        assert_eq!(record.decided(), decided.decided());
        let matrix = record.matrix_in(&library).unwrap();
        let told = record.explanation(matrix).unwrap().to_string();
        assert!(told.contains("not compared: trace and seals"), "{told}");
        for refused in [
            record.to_sign().map(drop),
            record.clone().redacted().map(drop),
            record.decide(matrix, Decision::to("low")).map(drop),
        ] {
            let refused = refused.unwrap_err().to_string();
            assert!(refused.contains("record the scoring anew"), "{refused}");
        }
    }
    // What was changed in what follows is found all the same, and what is wrong has its place.
    for (pointer, value) in [("/outcome/tier", "low"), ("/override/to", "urgent")] {
        let mut changed = body.clone();
        *changed.pointer_mut(pointer).unwrap() = json!(value);
        let replay = Record::from_json(&changed.to_string())
            .unwrap()
            .replay(&library)
            .unwrap();
        assert!(!replay.is_same(), "{pointer}");
    }
    let mut wrong = body;
    wrong["override"] = json!(7);
    let wrong = Record::from_json(&wrong.to_string())
        .unwrap_err()
        .to_string();
    assert!(
        wrong.contains("/decided/0: an object belongs here"),
        "{wrong}"
    );
}

/// A record that differs in its trace alone, and whose seals match, was written by another build and not changed since.
#[test]
fn a_trace_of_another_build_is_told_from_a_change() {
    let mut library = Library::new();
    library.load_folder(folder()).unwrap();
    let mut body: serde_json::Value = serde_json::from_str(&records()["known.json"]).unwrap();
    body["trace"]["criteria"][0]["title"] = json!("in other words");
    let replay = |body: &serde_json::Value| {
        let record = Record::from_json(&body.to_string()).unwrap();
        record.replay(&library).unwrap()
    };
    let changed = replay(&body);
    assert!(!changed.is_same() && !changed.differs_in_trace_alone());
    let seal = |pointer: &str, part: &serde_json::Value| {
        let text = serde_json_canonicalizer::to_string(part).unwrap();
        let hash = Sha256::digest(format!("{pointer}\n{text}"));
        let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        json!(format!("sha256:{digits}"))
    };
    let of_trace = seal("/trace", &body["trace"]);
    let mut whole = body.clone();
    for key in ["seals", "signatures"] {
        whole.as_object_mut().unwrap().remove(key);
    }
    body["seals"]["/trace"] = of_trace;
    body["seals"][""] = seal("", &whole);
    let other = replay(&body);
    assert!(
        !other.is_same() && other.differs_in_trace_alone(),
        "{:#?}",
        other.differences()
    );
    body["outcome"]["tier"] = json!("low");
    assert!(!replay(&body).differs_in_trace_alone());
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
    // What was shipped is found without its file. `small.yaml` is somebody's own.
    let mut library = Library::embedded();
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
