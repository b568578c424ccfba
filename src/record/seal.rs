//! Seals: a hash of each part of a record, so that what was changed later is found and named.
//!
//! A seal is no signature: whoever can write records can seal them. What it is worth against a person who means it is to keep the seal of the whole
//! record elsewhere, where that person cannot write.

use sha2::{Digest, Sha256};

use crate::record::difference::{Difference, DifferenceKind};
use crate::record::json::{Json, step, write_text};

/// The key of the seals.
pub(super) const SEALS: &str = "seals";

fn seal(pointer: &str, text: &str) -> Json {
    let mut hash = Sha256::new();
    // The pointer is part of it, so that a part and its seal cannot be moved elsewhere.
    hash.update(pointer.as_bytes());
    hash.update(b"\n");
    hash.update(text.as_bytes());
    let mut seal = String::from("sha256:");
    seal.extend(hash.finalize().iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16)));
    Json::Text(seal)
}

/// The seals of a record's parts, by their pointers: the whole without its seals, each of its keys, and each field of an override.
pub(super) fn seals(body: &[(String, Json)]) -> Json {
    let mut seals = vec![(String::new(), Json::Null)];
    let mut whole = String::from("{");
    for (key, value) in body.iter().filter(|(key, _)| key != SEALS) {
        whole.push_str(if whole.len() == 1 { "" } else { "," });
        write_text(key, &mut whole);
        whole.push(':');
        let start = whole.len();
        value.write(&mut whole);
        match value {
            Json::Object(fields) if key == "override" => {
                seals.extend(fields.iter().map(|(field, value)| sealed(format!("{}{}", step(key), step(field)), &value.to_string())));
            }
            _ => seals.push(sealed(step(key), whole.get(start..).unwrap_or_default())),
        }
    }
    whole.push('}');
    if let Some(first) = seals.first_mut() {
        *first = sealed(String::new(), &whole);
    }
    Json::Object(seals)
}

fn sealed(pointer: String, text: &str) -> (String, Json) {
    let seal = seal(&pointer, text);
    (pointer, seal)
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
