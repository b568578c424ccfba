//! Seals a record with a hash of each part, so that a later change is found and named.
//!
//! A seal is not a signature: whoever can write records can also seal them. Against a person who changes a record on purpose, keep the seal of
//! the whole record in a place where that person cannot write.

use sha2::{Digest, Sha256};

use crate::record::Body;
use crate::record::difference::{Difference, DifferenceKind};
use crate::record::json::{Json, step, write_text};

/// The key of the seals.
pub(super) const SEALS: &str = "seals";

fn seal(pointer: String, text: &str) -> (String, String) {
    let mut hash = Sha256::new();
    // The pointer is part of it, so that a part and its seal cannot be moved elsewhere.
    hash.update(pointer.as_bytes());
    hash.update(b"\n");
    hash.update(text.as_bytes());
    let mut seal = String::from("sha256:");
    seal.extend(
        hash.finalize()
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(digit.into(), 16)),
    );
    (pointer, seal)
}

/// Returns the parts as one text.
pub(super) fn written<'a>(body: impl IntoIterator<Item = &'a (String, String)>) -> String {
    let mut text = String::from("{");
    for (key, part) in body {
        text.push_str(if text.len() == 1 { "" } else { "," });
        write_text(key, &mut text);
        text.push(':');
        text.push_str(part);
    }
    text.push('}');
    text
}

/// Returns the seals of a record's parts, by their pointers. The parts are the whole without its seals, each of its keys, and each field of an
/// override.
pub(super) fn seals(body: &Body) -> Vec<(String, String)> {
    let parts = || body.iter().filter(|(key, _)| key != SEALS);
    let mut seals = vec![seal(String::new(), &written(parts()))];
    for (key, text) in parts() {
        match if key == "override" {
            Json::read(text).ok()
        } else {
            None
        } {
            Some(Json::Object(fields)) => {
                seals.extend(fields.iter().map(|(field, value)| {
                    seal(format!("{}{}", step(key), step(field)), &value.to_string())
                }));
            }
            _ => seals.push(seal(step(key), text)),
        }
    }
    seals
}

/// Returns the parts that do not match their seals.
pub(super) fn broken(body: &Body) -> Vec<Difference> {
    let recorded = body
        .iter()
        .find(|(key, _)| key == SEALS)
        .and_then(|(_, seals)| Json::read(seals).ok())
        .unwrap_or(Json::Null);
    let recorded = recorded.entries();
    let expected = seals(body);
    let of = |pointer: &str| {
        recorded
            .iter()
            .find(|(own, _)| own == pointer)
            .map(|(_, seal)| seal)
    };
    let expected_of = |pointer: &str| {
        expected
            .iter()
            .find(|(own, _)| own == pointer)
            .map(|(_, seal)| seal.as_str())
    };
    let names = expected.iter().map(|(pointer, _)| pointer);
    let names = names.chain(
        recorded
            .iter()
            .map(|(pointer, _)| pointer)
            .filter(|pointer| expected_of(pointer).is_none()),
    );
    let mut broken: Vec<Difference> = names
        .filter(|pointer| of(pointer).and_then(Json::text) != expected_of(pointer))
        .map(|pointer| Difference {
            pointer: pointer.clone(),
            kind: DifferenceKind::Seal,
            recorded: of(pointer).map(Json::to_string),
            replayed: expected_of(pointer).map(|seal| format!("\"{seal}\"")),
        })
        .collect();
    if broken.is_empty()
        && !recorded
            .iter()
            .map(|(pointer, _)| pointer)
            .eq(expected.iter().map(|(pointer, _)| pointer))
    {
        broken.push(Difference {
            pointer: step(SEALS),
            kind: DifferenceKind::Order,
            recorded: None,
            replayed: None,
        });
    }
    broken
}
