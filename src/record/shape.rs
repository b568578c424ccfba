//! What a record holds, as one table, which both the reader and the JSON Schema use.

use serde_json::{Map, Number, Value};

use crate::date::Date;
use crate::profile::Profile;
use crate::record::json::{canonical, step};
use crate::record::problem::RecordProblem;

/// The version of the form of records.
pub(super) const FORMAT: u32 = 1;

/// The key of what persons decided.
pub(super) const DECIDED: &str = "decided";

/// The key of the seals.
pub(super) const SEALS: &str = "seals";

/// The key of the signatures.
pub(super) const SIGNATURES: &str = "signatures";

/// What stands at a place of a record.
#[derive(Debug)]
pub(super) enum Content {
    /// The version of the form of records.
    Format,
    Text,
    TextOrNull,
    Boolean,
    /// A whole number from 0.
    Count,
    Version,
    Hash,
    Date,
    DateOrNull,
    Texts,
    /// A list from the trace or the outcome. A replay shows whether it is right.
    List,
    /// An object from the trace or the outcome. A replay shows whether it is right.
    Object,
    /// Input values.
    Profile,
    /// A text for each key.
    TextByKey,
    Map(&'static [Field]),
    Maps(&'static [Field]),
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) form: Content,
    pub(super) is_required: bool,
    /// What the key holds, for a reader of the schema or of a message.
    pub(super) about: &'static str,
}

const fn field(name: &'static str, form: Content, about: &'static str) -> Field {
    Field {
        name,
        form,
        is_required: true,
        about,
    }
}

const fn optional(name: &'static str, form: Content, about: &'static str) -> Field {
    Field {
        name,
        form,
        is_required: false,
        about,
    }
}

pub(super) static RECORD: &[Field] = &[
    field("record", Content::Format, "The form of records: 1"),
    field(
        "library",
        Content::Version,
        "The version of the library that wrote the record",
    ),
    field(
        "matrix",
        Content::Map(MATRIX),
        "The matrix that was applied",
    ),
    field("as_at", Content::Date, "The date of the scoring"),
    field(
        "profile",
        Content::Profile,
        "The input values as they were given",
    ),
    field(
        "assumed",
        Content::Profile,
        "What the matrix assumed where the profile had no value",
    ),
    field(
        "absent",
        Content::Texts,
        "The inputs that had no value, which is an answer in itself",
    ),
    field(
        "unknown",
        Content::Texts,
        "The inputs whose value nobody had recorded",
    ),
    field(
        "outcome",
        Content::Map(OUTCOME),
        "What the matrix gave; an override does not change it",
    ),
    field(
        "trace",
        Content::Map(TRACE),
        "Why: what each rule read, matched and gave",
    ),
    field("notice", Content::Text, "What every explanation says"),
    field(
        "person",
        Content::TextOrNull,
        "Whom the record is about, by a reference that means something to the case system",
    ),
    field(
        "redacted",
        Content::Boolean,
        "True in a copy without the reference and without the reasons of decisions",
    ),
    field(
        DECIDED,
        Content::Maps(DECISION),
        "What persons decided, each decision after those before it",
    ),
    field(
        SEALS,
        Content::TextByKey,
        "A hash of each part, by its JSON pointer; that of the whole has the empty pointer",
    ),
    field(
        SIGNATURES,
        Content::Maps(SIGNATURE),
        "Signatures of the record, which were made by other programs",
    ),
];

const MATRIX: &[Field] = &[
    field("id", Content::Text, "Its id"),
    field("version", Content::Version, "Its version"),
    field("hash", Content::Hash, "Its content hash"),
];

const OUTCOME: &[Field] = &[
    field("as_at", Content::Date, "The date of the scoring"),
    field(
        "matrix",
        Content::Map(MATRIX),
        "The matrix that was applied",
    ),
    field(
        "tier",
        Content::TextOrNull,
        "The tier, if it is settled and there is one",
    ),
    field(
        "status",
        Content::TextOrNull,
        "The status instead of a tier",
    ),
    field(
        "possible",
        Content::Texts,
        "The tiers and statuses still possible",
    ),
    field(
        "provisional",
        Content::Boolean,
        "Whether unknown inputs leave the result open",
    ),
    optional(
        "exact",
        Content::Boolean,
        "False where what is possible is a range that holds all of it",
    ),
    optional(
        "in_force",
        Content::Boolean,
        "False where the date is outside the period that the matrix says it is in force",
    ),
    field(
        "dimensions",
        Content::Object,
        "Scores and levels, by dimension",
    ),
    field("points", Content::Object, "Points, by criterion and group"),
    field("flags", Content::Object, "Flags"),
    field(
        "decisions",
        Content::Object,
        "The results of named decisions",
    ),
];

const TRACE: &[Field] = &[
    field("as_at", Content::Date, "The date of the scoring"),
    optional(
        "events",
        Content::List,
        "Each list of events as it was read",
    ),
    field("inputs", Content::List, "Each input as it was read"),
    field(
        "criteria",
        Content::List,
        "Each criterion and what it matched",
    ),
    field("groups", Content::List, "Each group and what it adds up"),
    field(
        "dimensions",
        Content::List,
        "Each dimension, its score, cut-offs and overrides",
    ),
    field("decisions", Content::List, "Each named decision"),
    optional("decision", Content::Object, "How the tier was decided"),
    field("overrides", Content::List, "The overrides of the tier"),
    field(
        "possible",
        Content::Texts,
        "The tiers and statuses still possible",
    ),
    field("flags", Content::List, "Each flag"),
];

const DECISION: &[Field] = &[
    field(
        "dimension",
        Content::TextOrNull,
        "The dimension whose level was decided; the tier if null",
    ),
    field(
        "advised",
        Content::TextOrNull,
        "What the matrix gave; null where unknown inputs left it open",
    ),
    field("result", Content::Text, "What the person decided"),
    field(
        "by",
        Content::Text,
        "Who decided, by an id that means something to the case system",
    ),
    field("role", Content::Text, "In what role"),
    field(
        "because",
        Content::TextOrNull,
        "Why; null in a redacted copy alone",
    ),
    field("on", Content::Date, "The day of the decision"),
    field(
        "review",
        Content::DateOrNull,
        "The day of the review, from which the decision no longer counts",
    ),
];

const SIGNATURE: &[Field] = &[
    field(
        DECIDED,
        Content::Count,
        "How many decisions the record had when it was signed",
    ),
    field(
        "signature",
        Content::Text,
        "The signature, as the program that made it wrote it",
    ),
];

/// Adds everything that is wrong with a value.
pub(super) fn check(
    json: &Value,
    form: &Content,
    pointer: &str,
    problems: &mut Vec<RecordProblem>,
) {
    let wanted = match (form, json) {
        (Content::Format, Value::Number(number)) if canonical(number) == FORMAT.to_string() => {
            return;
        }
        (Content::Format, Value::Number(number)) => {
            let number = canonical(number);
            problems.push(RecordProblem::new(
                pointer,
                format!("the record is in form {number}, and this version of the library reads form {FORMAT}"),
            ));
            return;
        }
        (Content::Text, Value::String(_))
        | (Content::TextOrNull, Value::String(_) | Value::Null)
        | (Content::Boolean, Value::Bool(_)) => return,
        (Content::Count, Value::Number(number)) if count(number).is_some() => return,
        (Content::List, Value::Array(_))
        | (Content::Object, Value::Object(_))
        | (Content::DateOrNull, Value::Null) => return,
        (Content::Version, Value::String(text)) if semver::Version::parse(text).is_ok() => return,
        (Content::Hash, Value::String(text)) if is_hash(text) => return,
        (Content::Date | Content::DateOrNull, Value::String(text))
            if text.parse::<Date>().is_ok() =>
        {
            return;
        }
        (Content::Texts, Value::Array(items)) => {
            items.iter().enumerate().for_each(|(index, item)| {
                check(
                    item,
                    &Content::Text,
                    &format!("{pointer}/{index}"),
                    problems,
                )
            });
            return;
        }
        (Content::TextByKey, Value::Object(entries)) => {
            entries.iter().for_each(|(key, value)| {
                check(
                    value,
                    &Content::Text,
                    &format!("{pointer}{}", step(key)),
                    problems,
                )
            });
            return;
        }
        (Content::Profile, Value::Object(_)) => match Profile::from_json(&canonical(json)) {
            Ok(_) => return,
            Err(error) => {
                problems.push(RecordProblem::new(pointer, error.to_string()));
                return;
            }
        },
        (Content::Map(fields), Value::Object(entries)) => {
            check_fields(entries, fields, pointer, problems);
            return;
        }
        (Content::Maps(fields), Value::Array(items)) => {
            items.iter().enumerate().for_each(|(index, item)| {
                check(
                    item,
                    &Content::Map(fields),
                    &format!("{pointer}/{index}"),
                    problems,
                )
            });
            return;
        }
        (Content::Format, _) => "the number 1",
        (Content::Text, _) => "a text",
        (Content::TextOrNull, _) => "a text or null",
        (Content::Boolean, _) => "true or false",
        (Content::Count, _) => "a whole number from 0",
        (Content::Version, _) => "a version such as \"1.0.0\"",
        (Content::Hash, _) => "`sha256:` and 64 hexadecimal digits",
        (Content::Date, _) => "a date such as \"2026-11-21\"",
        (Content::DateOrNull, _) => "a date such as \"2026-11-21\", or null",
        (Content::Texts, _) => "a list of texts",
        (Content::List, _) => "a list",
        (Content::TextByKey, _) => "an object of texts",
        (Content::Object | Content::Profile | Content::Map(_), _) => "an object",
        (Content::Maps(_), _) => "a list of objects",
    };
    problems.push(RecordProblem::new(
        pointer,
        format!("{wanted} belongs here"),
    ));
}

fn check_fields(
    entries: &Map<String, Value>,
    fields: &[Field],
    pointer: &str,
    problems: &mut Vec<RecordProblem>,
) {
    for field in fields {
        let own = format!("{pointer}{}", step(field.name));
        match entries.get(field.name) {
            Some(value) => check(value, &field.form, &own, problems),
            None if field.is_required => problems.push(RecordProblem::new(
                own,
                format!("it is missing ({})", field.about),
            )),
            None => {}
        }
    }
    for key in entries.keys() {
        if !fields.iter().any(|field| field.name == key) {
            problems.push(RecordProblem::new(
                format!("{pointer}{}", step(key)),
                "a record has no such key here",
            ));
        }
    }
}

/// Returns a number as a count, if it is one.
pub(super) fn count(number: &Number) -> Option<usize> {
    canonical(number).parse().ok()
}

fn is_hash(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|digits| {
        digits.len() == 64
            && digits
                .bytes()
                .all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit))
    })
}
