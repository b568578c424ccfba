//! Makes the JSON Schemas of what other programs give and read: profiles for a matrix, outcomes, and traces.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::date::Date;
use crate::format::schema::written;
use crate::matrix::Matrix;
use crate::matrix::described::{EventsDescription, IfMissing, InputDescription, InputKind};
use crate::model::named::{Given, InputValue, Named};
use crate::number::Points;
use crate::report::json::RESULTS;
use crate::score::trace::{Condition, Steps};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
const NUMBER: &str = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$";
const WHOLE: &str = r"^-?(0|[1-9][0-9]*)(\.0+)?$";

impl Matrix {
    /// Returns the JSON Schema (draft 2020-12) of a profile for this matrix, with a line feed at its end: each input with its label, its values and
    /// theirs, and what it means to leave it out, so that a form can be built of it.
    ///
    /// Whatever the schema refuses, the matrix refuses. The matrix also refuses dates out of range, numbers with too many decimal places, and what
    /// contradicts its checks.
    ///
    /// ```
    /// let matrix = threshold_matrix::Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let schema: serde_json::Value = serde_json::from_str(&matrix.profile_schema())?;
    /// assert_eq!(schema["properties"]["arrests"]["title"], "Arrests in the last twelve months");
    /// assert_eq!(schema["required"], serde_json::json!(["arrests"]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn profile_schema(&self) -> String {
        let inputs: Vec<InputDescription<'_>> = self.described_inputs().collect();
        let lists: Vec<EventsDescription<'_>> = self.described_events().collect();
        let is_required = |input: &&InputDescription<'_>| {
            input.missing == IfMissing::Refused && input.counted_of.is_none()
        };
        let required: Vec<&str> = inputs
            .iter()
            .filter(is_required)
            .map(|input| input.name)
            .collect();
        let mut properties: Map<String, Value> = inputs
            .iter()
            .map(|input| (input.name.to_owned(), property(input)))
            .collect();
        properties.extend(
            lists
                .iter()
                .map(|list| (list.name.to_owned(), events(list))),
        );
        // The list, or what is counted of it.
        let either = lists
            .iter()
            .filter(|list| list.missing == IfMissing::Refused);
        let either: Vec<Value> = either
            .map(|list| {
                let each = list
                    .counted
                    .iter()
                    .map(|name| json!({ "required": [name] }));
                let any = std::iter::once(json!({ "required": [list.name] })).chain(each);
                json!({ "anyOf": any.collect::<Vec<_>>() })
            })
            .collect();
        let mut schema = json!({
            "$schema": DRAFT,
            "title": format!("A profile for {} {}: {}", self.id(), self.version(), self.title()),
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
        if let (Some(schema), false) = (schema.as_object_mut(), either.is_empty()) {
            schema.insert("allOf".to_owned(), json!(either));
        }
        written(&schema)
    }
}

/// A day, or a month or a year where no more is known.
const DAYS: &str = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$";

fn events(list: &EventsDescription<'_>) -> Value {
    let mut properties: Map<String, Value> = list
        .fields
        .iter()
        .map(|field| (field.name.to_owned(), property(field)))
        .collect();
    properties.insert(
        "date".to_owned(),
        json!({ "title": "date", "type": "string", "pattern": DAYS }),
    );
    let fields = list.fields.iter();
    let required: Vec<&str> = fields
        .filter(|field| field.missing == IfMissing::Refused)
        .map(|field| field.name)
        .collect();
    let events = json!({
        "type": "array",
        "maxItems": list.at_most,
        "items": { "type": "object", "properties": properties, "required": required, "additionalProperties": false },
    });
    let mut about = format!("What is counted of it: {}.", list.counted.join(", "));
    if let Some(note) = list.note {
        about = format!("{note} {about}");
    }
    json!({ "title": list.label, "description": about, "anyOf": [events, { "type": "null" }] })
}

fn property(input: &InputDescription<'_>) -> Value {
    let mut property = Map::new();
    property.insert("title".to_owned(), json!(input.label));
    let means = match &input.missing {
        IfMissing::Refused => None,
        IfMissing::Absent => {
            Some("Left out, it is absent, which is an answer in itself.".to_owned())
        }
        IfMissing::Unknown => Some("Left out, it is not known.".to_owned()),
        IfMissing::Assumed(value) => Some(format!("Left out, {value} is assumed.")),
    };
    let unit = input.unit.map(|unit| format!("In {unit}."));
    let dates = match &input.kind {
        InputKind::Date { from, to } => Some(format!("From {from} to {to}.")),
        _ => None,
    };
    let counted = (input.counted_of).map(|list| format!("Counted of {list}, where that is given."));
    let about = [input.note.map(str::to_owned), unit, dates, counted, means];
    let about: Vec<String> = about.into_iter().flatten().collect();
    if !about.is_empty() {
        property.insert("description".to_owned(), json!(about.join(" ")));
    }
    if let IfMissing::Assumed(value) = &input.missing {
        property.insert("default".to_owned(), json!(value));
    }
    let values = values(input);
    match (&input.missing, values) {
        (IfMissing::Refused, Value::Object(values)) if input.counted_of.is_none() => {
            property.extend(values);
        }
        (_, values) => {
            property.insert("anyOf".to_owned(), json!([values, { "type": "null" }]));
        }
    }
    Value::Object(property)
}

fn values(input: &InputDescription<'_>) -> Value {
    match &input.kind {
        InputKind::Number { places, from, to } => {
            let (kind, pattern) = match places {
                0 => ("integer", WHOLE),
                _ => ("number", NUMBER),
            };
            json!({ "type": [kind, "string"], "minimum": InputValue::Number(*from), "maximum": InputValue::Number(*to), "pattern": pattern })
        }
        InputKind::Level(_) | InputKind::Category(_) => json!({ "oneOf": options(&input.values) }),
        InputKind::Set(_) => {
            json!({ "type": "array", "items": { "oneOf": options(&input.values) } })
        }
        InputKind::Boolean => json!({ "enum": [true, false, "true", "false"] }),
        InputKind::Date { .. } => json!({ "type": "string", "format": "date" }),
        InputKind::Reference => json!({ "type": ["string", "integer"] }),
    }
}

/// Returns each value with its label. One that is a whole number may also be given as a number.
fn options(values: &[Named<'_>]) -> Vec<Value> {
    let option = |value: &Named<'_>| {
        let whole = value.name.parse::<i64>().ok();
        let whole = whole.filter(|whole| whole.to_string() == value.name);
        match whole {
            Some(whole) => json!({ "enum": [value.name, whole], "title": value.label }),
            None => json!({ "const": value.name, "title": value.label }),
        }
    };
    values.iter().map(option).collect()
}

/// Returns the JSON Schema (draft 2020-12) of one line of outcomes, as [`json_line`](crate::report::json_line) writes it, with a line feed at its end.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&threshold_matrix::report::outcome_schema())?;
/// assert_eq!(schema["properties"]["provisional"]["type"], serde_json::json!(["boolean", "null"]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn outcome_schema() -> String {
    let text_or_null = json!({ "type": ["string", "null"] });
    let number_or_null = json!({ "type": ["number", "null"] });
    let of = |about: &str, schema: &Value| {
        let mut schema = schema.clone();
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), json!(about));
        }
        schema
    };
    let by_name =
        |values: &Value| json!({ "type": ["object", "null"], "additionalProperties": values });
    let dimension = json!({
        "type": "object",
        "properties": {
            "score": of("The score, or null where unknown inputs leave it open", &number_or_null),
            "range": { "description": "The least and the most that the score can be", "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 },
            "level": of("The level, or null where there is none or it is open", &text_or_null),
            "scaled": of("The scaled number, or null where there is none or it is open", &number_or_null),
        },
        "required": ["score", "range", "level", "scaled"],
        "additionalProperties": false,
    });
    let truth_or_null = json!({ "type": ["boolean", "null"] });
    let required = [["as_at", "matrix"].as_slice(), &RESULTS].concat();
    written(&json!({
        "$schema": DRAFT,
        "title": "The outcome of a scoring, or why there is none",
        "type": "object",
        "properties": {
            "id": of("The person", &text_or_null),
            "as_at": { "description": "The date of the scoring", "type": "string", "format": "date" },
            "matrix": {
                "description": "The matrix that was used",
                "type": "object",
                "properties": {
                    "id": { "type": "string" },
                    "version": { "type": "string" },
                    "hash": { "description": "The hash of its content", "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" },
                },
                "required": ["id", "version", "hash"],
                "additionalProperties": false,
            },
            "tier": of("The tier, or null where there is none or it is open", &text_or_null),
            "status": of("The status in the place of a tier, or null", &text_or_null),
            "possible": { "description": "The tiers and statuses that are possible", "type": ["array", "null"], "items": { "type": "string" } },
            "provisional": of("Whether unknown inputs leave the result open", &truth_or_null),
            "exact": { "description": "Written where what is possible was too much work to find, and a range holds it", "const": false },
            "in_force": { "description": "Written where the matrix is not in force on the date of the scoring", "const": false },
            "dimensions": of("The scores and levels, by the names of the dimensions", &by_name(&dimension)),
            "points": of("The points that count, by the names of criteria and groups; null where they are open", &by_name(&number_or_null)),
            "flags": of("Whether each flag is raised, by its name; null where it is open", &by_name(&truth_or_null)),
            "decisions": of("What each named decision gave, by its name; null where it gave nothing or is open", &by_name(&text_or_null)),
            "next_change": next_change(NEXT_CHANGE),
            "error": of("Why the profile was refused, or null", &text_or_null),
        },
        "required": required,
        "additionalProperties": false,
    }))
}

/// What the next change is.
const NEXT_CHANGE: &str = "The first later day on which the result differs if nothing new is recorded, or null for none up to the day that was asked about";

/// Returns the schema of a change to come.
fn next_change(description: &str) -> Value {
    let text_or_null = json!({ "type": ["string", "null"] });
    json!({
        "description": description,
        "type": ["object", "null"],
        "properties": {
            "on": { "type": "string", "format": "date" },
            "tier": text_or_null,
            "status": text_or_null,
            "possible": { "type": ["array", "null"], "items": { "type": "string" } },
            "certain": { "description": "Whether the result certainly differs then", "type": "boolean" },
            "what": { "description": "What differs, in words", "type": "string" },
            "because": {
                "description": "What the passing of the day changes",
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": { "passing": { "enum": ["limit", "length", "event", "unknown"] }, "input": { "type": "string" }, "title": { "type": "string" } },
                    "required": ["passing", "input", "title"],
                },
            },
            "error": { "description": "Why the profile is refused then, or null", "type": ["string", "null"] },
        },
        "required": ["on", "tier", "status", "possible", "certain", "what", "because", "error"],
        "additionalProperties": false,
    })
}

/// Returns the JSON Schema (draft 2020-12) of a trace, as [`Trace`](crate::Trace) and [`Explanation`](crate::report::Explanation) serialise, with a
/// line feed at its end.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&threshold_matrix::report::trace_schema())?;
/// assert_eq!(schema["properties"]["criteria"]["description"], "What each criterion gave.");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn trace_schema() -> String {
    let mut settings = SchemaSettings::draft2020_12();
    settings.contract = schemars::generate::Contract::Serialize;
    let schema = settings
        .into_generator()
        .into_root_schema_for::<Steps<'_>>();
    let mut schema = Value::from(schema);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("title".to_owned(), json!("The trace of a scoring"));
        let properties = schema.get_mut("properties");
        if let Some(properties) = properties.and_then(Value::as_object_mut) {
            let changes = json!({ "description": "What would change the result, where that was asked for.", "type": "object" });
            properties.insert("changes".to_owned(), changes);
            properties.insert("next_change".to_owned(), next_change(NEXT_CHANGE));
            let result = next_change(
                "The first later day on which the result itself differs, where only flags, levels or scores do on the day of `next_change`",
            );
            properties.insert("next_result_change".to_owned(), result);
        }
    }
    written(&schema)
}

/// Writes the schema of a type that serialises in its own way.
macro_rules! schema_of {
    ($type:ty, $name:literal, $schema:expr) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

schema_of!(Points, "points", json_schema!({ "type": "number" }));
schema_of!(
    Date,
    "date",
    json_schema!({ "type": "string", "format": "date" })
);
schema_of!(Named<'_>, "name", json_schema!({ "type": "string" }));
schema_of!(
    Given<'_>,
    "given",
    json_schema!({ "type": ["string", "null"] })
);
schema_of!(
    Condition<'_>,
    "condition",
    json_schema!({ "type": "string" })
);
schema_of!(
    InputValue<'_>,
    "value",
    json_schema!({ "type": ["number", "string", "boolean", "array"], "items": { "type": "string" } })
);
