//! The values of a profile.

use std::fmt::Write;

/// One input's value, as a caller would write it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// `12`
    Integer(i64),
    /// The digits as written, so that nothing passes through binary floating point.
    Decimal(String),
    /// `"high"`: a level or a category.
    Text(String),
    /// `["robbery", "burglary"]`
    Set(Vec<String>),
    /// `true` or `false`
    Boolean(bool),
    /// `2026-12-01`
    Date(String),
}

/// One person's values; an input that is not listed has no value.
pub type Profile = Vec<(String, Value)>;

impl Value {
    /// Returns the value as JSON text: a number, a string, a list of strings or a boolean.
    pub fn to_json(&self) -> String {
        match self {
            Value::Integer(number) => number.to_string(),
            Value::Decimal(digits) => digits.clone(),
            Value::Text(text) | Value::Date(text) => quoted(text),
            Value::Set(members) => {
                let members: Vec<String> = members.iter().map(|member| quoted(member)).collect();
                format!("[{}]", members.join(","))
            }
            Value::Boolean(answer) => answer.to_string(),
        }
    }
}

/// Returns the profile as one JSON object; a missing value is left out.
pub fn to_json(profile: &[(String, Value)]) -> String {
    let mut text = String::from("{");
    for (position, (name, value)) in profile.iter().enumerate() {
        let comma = if position == 0 { "" } else { "," };
        write!(text, "{comma}{}:{}", quoted(name), value.to_json())
            .expect("a string takes all text");
    }
    text.push('}');
    text
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
