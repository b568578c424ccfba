//! Reads the records that builds before the first release wrote, which had one decision at most and sealed the text as it was written.

use serde_json::{Map, Value, json};

use crate::record::shape::{DECIDED, SIGNATURES};
use crate::record::{PERSON, REDACTED};

/// The key of the decision in an earlier record.
const OVERRIDE: &str = "override";

/// The parts of an earlier record that are not compared: the trace has the form of its build, and the seals are of the text as it was then.
pub(super) const NOT_COMPARED: &[&str] = &["trace", "seals"];

/// Returns whether a value is a record of an earlier build.
pub(super) fn is_earlier(json: &Value) -> bool {
    json.get(OVERRIDE).is_some() && json.get(DECIDED).is_none()
}

/// Returns an earlier record in the form that records have now. What is wrong with it keeps its place, or is found at the place where it is now.
pub(super) fn in_form_of_today(json: Value) -> Value {
    let Value::Object(mut body) = json else {
        return json;
    };
    let decided = match body.remove(OVERRIDE) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Object(own)) => vec![decision(own)],
        Some(other) => vec![other],
    };
    body.insert(DECIDED.to_owned(), Value::Array(decided));
    for (key, value) in [
        (PERSON, Value::Null),
        (REDACTED, json!(false)),
        (SIGNATURES, json!([])),
    ] {
        body.entry(key).or_insert(value);
    }
    Value::Object(body)
}

fn decision(mut own: Map<String, Value>) -> Value {
    for (earlier, today) in [
        ("from", "advised"),
        ("to", "result"),
        ("who", "by"),
        ("reason", "because"),
        ("at", "on"),
        ("expires", "review"),
    ] {
        if let Some(value) = own.remove(earlier) {
            own.insert(today.to_owned(), value);
        }
    }
    Value::Object(own)
}
