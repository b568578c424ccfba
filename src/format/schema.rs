//! Makes the JSON Schema of the language from the same table that the checks read, for editors and other programs.
//!
//! The schema says what can be said of one place in a file. Only loading finds out whether names are declared, bands have holes and rules are
//! reached.

use serde_json::{Map, Value, json};

use crate::format::language;
use crate::format::shape::{
    EVENT, Form, Key, LONGEST_NAME, LONGEST_TEXT, MOST_EVENTS, MOST_MEMBERS, Need, Shape,
};

const NAME: &str = "^[a-z][a-z0-9_]*$";
const SLUG: &str = "^[a-z][a-z0-9-]*$";
const NUMBER: &str = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$";
const WHOLE: &str = "^-?(0|[1-9][0-9]*)$";
const DATE: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
const DURATION: &str = "^P[1-9][0-9]{0,3}[DMY]$";
const VERSION: &str =
    r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$";

/// Returns the JSON Schema (draft 2020-12) of a matrix file, with a line feed at its end.
///
/// An editor that has the schema completes keys, and marks slips as they are typed. The schema is also in the repository, as
/// `matrices/format-1.schema.json`.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&threshold_matrix::json_schema())?;
/// assert_eq!(schema["$defs"]["criterion"]["additionalProperties"], false);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn json_schema() -> String {
    written(&of(&language::MATRIX, "A threshold matrix, format 1"))
}

/// Returns the JSON Schema of a file whose root is a map of fixed keys.
pub fn of(root: &Form, title: &str) -> Value {
    let mut shapes = Shapes {
        definitions: Map::new(),
    };
    let root = shapes.form(root);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "$ref": root.get("$ref").cloned().unwrap_or_default(),
        "$defs": shapes.definitions,
    })
}

/// Returns a schema as it is written into a file, with a line feed at its end.
pub fn written(schema: &Value) -> String {
    // A tree of maps, lists and texts can always be written.
    let mut text = serde_json::to_string_pretty(schema).unwrap_or_default();
    text.push('\n');
    text
}

/// The definitions so far, by the names of the shapes. A condition holds conditions, so shapes are not written out in place.
struct Shapes {
    definitions: Map<String, Value>,
}

impl Shapes {
    fn form(&mut self, form: &Form) -> Value {
        match form {
            Form::Text => {
                json!({ "type": ["string", "number", "boolean"], "minLength": 1, "maxLength": LONGEST_TEXT })
            }
            Form::Name => json!({ "type": "string", "pattern": NAME, "maxLength": LONGEST_NAME }),
            Form::Reference => json!({ "type": "string", "minLength": 1 }),
            Form::Slug => json!({ "type": "string", "pattern": SLUG, "maxLength": LONGEST_NAME }),
            Form::Value | Form::Limit => {
                json!({ "type": ["string", "number", "boolean"], "minLength": 1, "maxLength": LONGEST_NAME })
            }
            Form::Number => json!({ "type": ["number", "string"], "pattern": NUMBER }),
            Form::Whole { from, to } => {
                json!({ "type": ["integer", "string"], "minimum": from, "maximum": to, "pattern": WHOLE })
            }
            Form::Boolean => json!({ "enum": [true, false, "true", "false"] }),
            Form::Date => json!({ "type": "string", "pattern": DATE }),
            Form::Duration => json!({ "type": "string", "pattern": DURATION }),
            Form::Version => json!({ "type": "string", "pattern": VERSION }),
            Form::Anything => json!({ "type": ["string", "number", "boolean", "null"] }),
            Form::Members => {
                json!({ "type": "array", "items": self.form(&Form::Value), "maxItems": MOST_MEMBERS })
            }
            Form::MembersOrEvents => {
                let events =
                    json!({ "type": "array", "items": self.form(&EVENT), "maxItems": MOST_EVENTS });
                json!({ "anyOf": [self.form(&Form::Members), events] })
            }
            Form::Word(words) => json!({ "enum": words }),
            Form::List { of, most } => {
                json!({ "type": "array", "items": self.form(of), "minItems": 1, "maxItems": most })
            }
            Form::Map(shape) => self.shape(shape),
            Form::Named { key, of, most } => {
                json!({ "type": "object", "propertyNames": self.name(key), "additionalProperties": self.form(of), "maxProperties": most })
            }
            Form::Either(forms) => {
                json!({ "anyOf": forms.iter().map(|form| self.form(form)).collect::<Vec<_>>() })
            }
        }
    }

    /// Returns the form of a name that the author chooses. In JSON that is always a text.
    fn name(&mut self, key: &Form) -> Value {
        match key {
            Form::Name | Form::Slug => self.form(key),
            Form::Anything => json!({ "type": "string" }),
            _ => json!({ "minLength": 1, "maxLength": LONGEST_TEXT }),
        }
    }

    fn shape(&mut self, shape: &Shape) -> Value {
        let name = shape.noun().replace(' ', "-");
        if !self.definitions.contains_key(&name) {
            // Claims the name, so that a shape that holds itself comes to an end.
            self.definitions.insert(name.clone(), Value::Null);
            let definition = self.definition(shape);
            self.definitions.insert(name.clone(), definition);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    fn definition(&mut self, shape: &Shape) -> Value {
        let properties: Map<String, Value> = shape
            .keys
            .iter()
            .map(|key| (key.name.to_owned(), self.property(key)))
            .collect();
        let required: Vec<&str> = shape
            .keys
            .iter()
            .filter(|key| key.need == Need::Required)
            .map(|key| key.name)
            .collect();
        let others = shape
            .open
            .map_or(Value::Bool(false), |form| self.form(form));
        let mut definition =
            json!({ "type": "object", "properties": properties, "additionalProperties": others });
        if let Some(definition) = definition.as_object_mut() {
            if required.is_empty() {
                definition.insert("minProperties".to_owned(), json!(1));
            } else {
                definition.insert("required".to_owned(), json!(required));
            }
            if !shape.one_of.is_empty() {
                let each: Vec<Value> = shape
                    .one_of
                    .iter()
                    .map(|name| json!({ "required": [name] }))
                    .collect();
                definition.insert("oneOf".to_owned(), json!(each));
            }
        }
        definition
    }

    /// Returns what a key holds, and what an editor shows of it.
    fn property(&mut self, key: &Key) -> Value {
        let mut property = self.form(key.form);
        if let Some(property) = property.as_object_mut() {
            property.insert("description".to_owned(), json!(key.about));
            if let Need::Default(default) = key.need {
                let default = serde_json::from_str(default).unwrap_or_else(|_| json!(default));
                property.insert("default".to_owned(), default);
            }
        }
        property
    }
}
