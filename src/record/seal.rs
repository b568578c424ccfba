//! Seals: a hash of each part of a record, so that what was changed later is found and named.
//!
//! A seal is no signature: whoever can write records can seal them. What it is worth against a person who means it is to keep the seal of the whole
//! record elsewhere, where that person cannot write.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::record::difference::{Difference, DifferenceKind};
use crate::record::json::{Json, step};

/// The key of the seals.
pub(super) const SEALS: &str = "seals";

/// The parts of a record that are sealed, by their pointers: the whole without its seals, each of its keys, and each field of an override.
fn parts(body: &[(String, Json)]) -> Vec<(String, String)> {
    let body: Vec<_> = body.iter().filter(|(key, _)| key != SEALS).cloned().collect();
    let mut parts = Vec::new();
    for (key, value) in &body {
        match value {
            Json::Object(fields) if key == "override" => {
                parts.extend(fields.iter().map(|(field, value)| (format!("{}{}", step(key), step(field)), value.to_string())));
            }
            value => parts.push((step(key), value.to_string())),
        }
    }
    parts.insert(0, (String::new(), Json::Object(body).to_string()));
    parts
}

fn seal(pointer: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    // The pointer is part of it, so that a part and its seal cannot be moved elsewhere.
    hash.update(pointer.as_bytes());
    hash.update(b"\n");
    hash.update(text.as_bytes());
    let mut seal = String::from("sha256:");
    for byte in hash.finalize() {
        // A string takes all that is written.
        let _ = write!(seal, "{byte:02x}");
    }
    seal
}

/// The seals of a record's parts.
pub(super) fn seals(body: &[(String, Json)]) -> Json {
    Json::Object(parts(body).into_iter().map(|(pointer, text)| (pointer.clone(), Json::Text(seal(&pointer, &text)))).collect())
}

/// The parts whose seals are not theirs.
pub(super) fn broken(body: &[(String, Json)]) -> Vec<Difference> {
    let recorded = body.iter().find(|(key, _)| key == SEALS).map(|(_, seals)| seals.entries()).unwrap_or_default();
    let expected = seals(body);
    let names = expected.entries().iter().map(|(pointer, _)| pointer);
    let names = names.chain(recorded.iter().map(|(pointer, _)| pointer).filter(|pointer| expected.get(pointer).is_none()));
    let of = |pointer: &str| recorded.iter().find(|(own, _)| own == pointer).map(|(_, seal)| seal);
    let mut broken: Vec<Difference> = names
        .filter(|pointer| of(pointer) != expected.get(pointer))
        .map(|pointer| Difference {
            pointer: pointer.clone(),
            kind: DifferenceKind::Seal,
            recorded: of(pointer).map(Json::to_string),
            replayed: expected.get(pointer).map(Json::to_string),
        })
        .collect();
    let order = |entries: &[(String, Json)]| entries.iter().map(|(pointer, _)| pointer.clone()).collect::<Vec<_>>();
    if broken.is_empty() && order(recorded) != order(expected.entries()) {
        broken.push(Difference { pointer: step(SEALS), kind: DifferenceKind::Order, recorded: None, replayed: None });
    }
    broken
}
