//! What a record holds, as one table: the reader and the JSON Schema both go by it.

use crate::date::Date;
use crate::profile::Profile;
use crate::record::json::{Json, step};
use crate::record::problem::RecordProblem;

/// The version of the form of records.
pub(super) const FORMAT: u32 = 1;

/// What stands at a place of a record.
#[derive(Debug)]
pub(super) enum Form {
    /// The number of the form of records.
    Format,
    Text,
    TextOrNull,
    Boolean,
    Version,
    Hash,
    Date,
    DateOrNull,
    Texts,
    /// A list of what the trace or the outcome says; replaying tells whether it is right.
    List,
    /// An object of the same kind.
    Object,
    /// Input values.
    Profile,
    /// A text for each key.
    TextByKey,
    Map(&'static [Field]),
    MapOrNull(&'static [Field]),
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) is_required: bool,
    /// What it is, for a reader of the schema or of a message.
    pub(super) about: &'static str,
}

const fn field(name: &'static str, form: Form, about: &'static str) -> Field {
    Field {
        name,
        form,
        is_required: true,
        about,
    }
}

const fn optional(name: &'static str, form: Form, about: &'static str) -> Field {
    Field {
        name,
        form,
        is_required: false,
        about,
    }
}

pub(super) static RECORD: &[Field] = &[
    field("record", Form::Format, "The form of records: 1"),
    field(
        "library",
        Form::Version,
        "The version of the library that wrote the record",
    ),
    field("matrix", Form::Map(MATRIX), "The matrix that was applied"),
    field("as_at", Form::Date, "The date of the scoring"),
    field(
        "profile",
        Form::Profile,
        "The input values as they were given",
    ),
    field(
        "assumed",
        Form::Profile,
        "What the matrix assumed where the profile had no value",
    ),
    field(
        "absent",
        Form::Texts,
        "The inputs that had no value, which is an answer in itself",
    ),
    field(
        "unknown",
        Form::Texts,
        "The inputs whose value nobody had recorded",
    ),
    field(
        "outcome",
        Form::Map(OUTCOME),
        "What the matrix gave; an override does not change it",
    ),
    field(
        "trace",
        Form::Map(TRACE),
        "Why: what each rule read, matched and gave",
    ),
    field("notice", Form::Text, "What every explanation says"),
    field(
        "override",
        Form::MapOrNull(OVERRIDE),
        "The decision of a person who decided otherwise",
    ),
    field(
        "seals",
        Form::TextByKey,
        "A hash of each part, by its JSON pointer; that of the whole has the empty pointer",
    ),
];

const MATRIX: &[Field] = &[
    field("id", Form::Text, "Its id"),
    field("version", Form::Version, "Its version"),
    field("hash", Form::Hash, "Its content hash"),
];

const OUTCOME: &[Field] = &[
    field("as_at", Form::Date, "The date of the scoring"),
    field("matrix", Form::Map(MATRIX), "The matrix that was applied"),
    field(
        "tier",
        Form::TextOrNull,
        "The tier, if it is settled and there is one",
    ),
    field("status", Form::TextOrNull, "The status instead of a tier"),
    field(
        "possible",
        Form::Texts,
        "The tiers and statuses still possible",
    ),
    field(
        "provisional",
        Form::Boolean,
        "Whether unknown inputs leave the result open",
    ),
    optional(
        "exact",
        Form::Boolean,
        "False where what is possible is a range that holds all of it",
    ),
    optional(
        "in_force",
        Form::Boolean,
        "False where the date is outside the period that the matrix says it is in force",
    ),
    field(
        "dimensions",
        Form::Object,
        "Scores and levels, by dimension",
    ),
    field("points", Form::Object, "Points, by criterion and group"),
    field("flags", Form::Object, "Flags"),
    field("decisions", Form::Object, "The results of named decisions"),
];

const TRACE: &[Field] = &[
    field("as_at", Form::Date, "The date of the scoring"),
    field("inputs", Form::List, "Each input as it was read"),
    field("criteria", Form::List, "Each criterion and what it matched"),
    field("groups", Form::List, "Each group and what it adds up"),
    field(
        "dimensions",
        Form::List,
        "Each dimension, its score, cut-offs and overrides",
    ),
    field("decisions", Form::List, "Each named decision"),
    optional("decision", Form::Object, "How the tier was decided"),
    field("overrides", Form::List, "The overrides of the tier"),
    field(
        "possible",
        Form::Texts,
        "The tiers and statuses still possible",
    ),
    field("flags", Form::List, "Each flag"),
];

const OVERRIDE: &[Field] = &[
    field(
        "dimension",
        Form::TextOrNull,
        "The dimension whose level it is; the tier if null",
    ),
    field(
        "from",
        Form::TextOrNull,
        "What the matrix gave; null where unknown inputs left it open",
    ),
    field("to", Form::Text, "What the person decided"),
    field(
        "who",
        Form::Text,
        "Who decided, by an id that means something to the case system",
    ),
    field("role", Form::Text, "In what role"),
    field("reason", Form::Text, "Why"),
    field("at", Form::Date, "The day of the decision"),
    field(
        "expires",
        Form::DateOrNull,
        "The first day on which it no longer counts",
    ),
];

/// Adds everything that is wrong with a value.
pub(super) fn check(json: &Json, form: &Form, pointer: &str, problems: &mut Vec<RecordProblem>) {
    let wanted = match (form, json) {
        (Form::Format, Json::Number(digits)) if *digits == FORMAT.to_string() => return,
        (Form::Format, Json::Number(digits)) => {
            problems.push(RecordProblem::new(
                pointer,
                format!("this is form {digits} of records, and form {FORMAT} is read here"),
            ));
            return;
        }
        (Form::Text, Json::Text(_))
        | (Form::TextOrNull, Json::Text(_) | Json::Null)
        | (Form::Boolean, Json::Boolean(_)) => return,
        (Form::List, Json::List(_))
        | (Form::Object, Json::Object(_))
        | (Form::DateOrNull | Form::MapOrNull(_), Json::Null) => return,
        (Form::Version, Json::Text(text)) if semver::Version::parse(text).is_ok() => return,
        (Form::Hash, Json::Text(text)) if is_hash(text) => return,
        (Form::Date | Form::DateOrNull, Json::Text(text)) if text.parse::<Date>().is_ok() => return,
        (Form::Texts, Json::List(items)) => {
            items.iter().enumerate().for_each(|(index, item)| {
                check(item, &Form::Text, &format!("{pointer}/{index}"), problems)
            });
            return;
        }
        (Form::TextByKey, Json::Object(entries)) => {
            entries.iter().for_each(|(key, value)| {
                check(
                    value,
                    &Form::Text,
                    &format!("{pointer}{}", step(key)),
                    problems,
                )
            });
            return;
        }
        (Form::Profile, Json::Object(_)) => match Profile::from_json(&json.to_string()) {
            Ok(_) => return,
            Err(error) => {
                problems.push(RecordProblem::new(pointer, error.to_string()));
                return;
            }
        },
        (Form::Map(fields) | Form::MapOrNull(fields), Json::Object(entries)) => {
            check_fields(entries, fields, pointer, problems);
            return;
        }
        (Form::Format, _) => "the number 1",
        (Form::Text, _) => "a text",
        (Form::TextOrNull, _) => "a text or null",
        (Form::Boolean, _) => "true or false",
        (Form::Version, _) => "a version such as \"1.0.0\"",
        (Form::Hash, _) => "`sha256:` and 64 hexadecimal digits",
        (Form::Date, _) => "a date such as \"2026-11-21\"",
        (Form::DateOrNull, _) => "a date such as \"2026-11-21\", or null",
        (Form::Texts, _) => "a list of texts",
        (Form::List, _) => "a list",
        (Form::TextByKey, _) => "an object of texts",
        (Form::Object | Form::Profile | Form::Map(_), _) => "an object",
        (Form::MapOrNull(_), _) => "an object or null",
    };
    problems.push(RecordProblem::new(
        pointer,
        format!("{wanted} belongs here"),
    ));
}

fn check_fields(
    entries: &[(String, Json)],
    fields: &[Field],
    pointer: &str,
    problems: &mut Vec<RecordProblem>,
) {
    for field in fields {
        let own = format!("{pointer}{}", step(field.name));
        match entries.iter().find(|(key, _)| key == field.name) {
            Some((_, value)) => check(value, &field.form, &own, problems),
            None if field.is_required => problems.push(RecordProblem::new(
                own,
                format!("is missing ({})", field.about),
            )),
            None => {}
        }
    }
    for (key, _) in entries {
        if !fields.iter().any(|field| field.name == key) {
            problems.push(RecordProblem::new(
                format!("{pointer}{}", step(key)),
                "is nothing that a record has here",
            ));
        }
    }
}

fn is_hash(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|digits| {
        digits.len() == 64
            && digits
                .bytes()
                .all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit))
    })
}
