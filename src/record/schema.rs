//! Makes the JSON Schema of records from the same table that the reader uses.

use serde_json::{Map, Value, json};

use crate::record::shape::{Content, FORMAT, Field, RECORD};

const DATE: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
const VERSION: &str =
    r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$";

/// Returns the JSON Schema (draft 2020-12) of a record, with a line feed at its end.
///
/// ```
/// let schema = threshold_matrix::record::json_schema();
/// assert!(schema.contains(r#""title": "A record of a scoring, form 1""#));
/// ```
#[must_use]
pub fn json_schema() -> String {
    let mut schema = fields(RECORD);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        schema.insert(
            "title".to_owned(),
            json!(format!("A record of a scoring, form {FORMAT}")),
        );
    }
    // A tree of maps, lists and texts can always be written.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

fn fields(fields: &[Field]) -> Value {
    let property = |field: &Field| {
        let mut property = form(&field.form);
        if let Some(property) = property.as_object_mut() {
            property.insert("description".to_owned(), json!(field.about));
        }
        (field.name.to_owned(), property)
    };
    let properties: Map<String, Value> = fields.iter().map(property).collect();
    let required: Vec<&str> = fields
        .iter()
        .filter(|field| field.is_required)
        .map(|field| field.name)
        .collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn form(form: &Content) -> Value {
    match form {
        Content::Format => json!({ "const": FORMAT }),
        Content::Text => json!({ "type": "string" }),
        Content::TextOrNull => json!({ "type": ["string", "null"] }),
        Content::Boolean => json!({ "type": "boolean" }),
        Content::Count => json!({ "type": "integer", "minimum": 0 }),
        Content::Version => json!({ "type": "string", "pattern": VERSION }),
        Content::Hash => json!({ "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" }),
        Content::Date => json!({ "type": "string", "pattern": DATE }),
        Content::DateOrNull => json!({ "type": ["string", "null"], "pattern": DATE }),
        Content::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Content::List => json!({ "type": "array", "items": { "type": "object" } }),
        Content::Object => json!({ "type": "object" }),
        Content::Profile => json!({
            "type": "object",
            "additionalProperties": { "type": ["boolean", "number", "string", "array", "null"], "items": { "type": ["string", "object"] } },
        }),
        Content::TextByKey => {
            json!({ "type": "object", "additionalProperties": { "type": "string" } })
        }
        Content::Map(of) => fields(of),
        Content::Maps(of) => json!({ "type": "array", "items": fields(of) }),
    }
}
