//! Seals a record with a hash of each part, so that a later change is found and named.
//!
//! What is sealed is the canonical form, so that a program which keeps JSON as data and writes it anew breaks no seal.
//!
//! A seal is not a signature: whoever can write records can also seal them. Against a person who changes a record on purpose, keep the seal of
//! the whole record in a place where that person cannot write, or have the record signed.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::record::difference::{Difference, DifferenceKind};
use crate::record::json::{canonical, step};
use crate::record::shape::{DECIDED, SEALS, SIGNATURES};

fn seal(pointer: String, part: &Value) -> (String, String) {
    let mut hash = Sha256::new();
    // The pointer is part of it, so that a part and its seal cannot be moved elsewhere.
    hash.update(pointer.as_bytes());
    hash.update(b"\n");
    hash.update(canonical(part).as_bytes());
    let mut seal = String::from("sha256:");
    seal.extend(
        hash.finalize()
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(digit.into(), 16)),
    );
    (pointer, seal)
}

/// Returns what is sealed and signed: all but the seals and the signatures, with the first of what persons decided.
pub(super) fn sealed(body: &Map<String, Value>, decided: usize) -> Value {
    let mut parts = body.clone();
    parts.remove(SEALS);
    parts.remove(SIGNATURES);
    if let Some(Value::Array(decisions)) = parts.get_mut(DECIDED) {
        decisions.truncate(decided);
    }
    Value::Object(parts)
}

/// Returns the seals of a record's parts, by their pointers. The parts are the whole without its seals and signatures, each of its keys, and each field
/// of each decision.
pub(super) fn seals(body: &Map<String, Value>) -> Vec<(String, String)> {
    let whole = sealed(body, usize::MAX);
    let mut seals = vec![seal(String::new(), &whole)];
    for (key, part) in whole.as_object().into_iter().flatten() {
        match part {
            Value::Array(decisions) if key == DECIDED && !decisions.is_empty() => {
                for (index, decision) in decisions.iter().enumerate() {
                    for (field, value) in decision.as_object().into_iter().flatten() {
                        let pointer = format!("{}/{index}{}", step(key), step(field));
                        seals.push(seal(pointer, value));
                    }
                }
            }
            _ => seals.push(seal(step(key), part)),
        }
    }
    seals
}

/// Returns the parts that do not match their seals.
pub(super) fn broken(body: &Map<String, Value>) -> Vec<Difference> {
    let expected: Map<String, Value> = seals(body)
        .into_iter()
        .map(|(pointer, seal)| (pointer, Value::String(seal)))
        .collect();
    let none = Map::new();
    let recorded = body.get(SEALS).and_then(Value::as_object).unwrap_or(&none);
    let added = recorded
        .keys()
        .filter(|pointer| !expected.contains_key(*pointer));
    expected
        .keys()
        .chain(added)
        .filter(|pointer| recorded.get(*pointer) != expected.get(*pointer))
        .map(|pointer| Difference {
            pointer: pointer.clone(),
            kind: DifferenceKind::Seal,
            recorded: recorded.get(pointer).map(canonical),
            replayed: expected.get(pointer).map(canonical),
        })
        .collect()
}
