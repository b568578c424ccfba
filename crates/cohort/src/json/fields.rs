//! One line as the keys of its object, each with its value as it is written.

use std::collections::HashSet;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::people::unreadable;
use threshold_matrix::Problem;
use threshold_matrix::workspace::shortened;

/// The most keys of a line.
pub(super) const MOST_KEYS: usize = 1000;

/// The keys of an object, each once, with their values as written.
pub(super) struct Fields<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// Reads a line, or says why it cannot be read.
    pub(super) fn of(line: &'a [u8]) -> Result<Self, Problem> {
        let text = std::str::from_utf8(line)
            .map_err(|_| unreadable(None, "the line is not UTF-8 text; save the file as UTF-8"))?;
        serde_json::from_str(text)
            .map_err(|error| unreadable(None, format!("the line is not a JSON object: {error}")))
    }

    /// Returns whether the inputs stand in an object of their own.
    pub(super) fn has_profile(&self) -> bool {
        let mut fields = self.0.iter();
        fields.any(|(key, value)| key == "profile" && value.get().starts_with('{'))
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields: Vec<(String, &RawValue)> = Vec::new();
                let mut keys = HashSet::new();
                while let Some(key) = map.next_key::<String>()? {
                    let value = map.next_value()?;
                    if fields.len() >= MOST_KEYS {
                        return Err(de::Error::custom(format!(
                            "the object has more than {MOST_KEYS} keys"
                        )));
                    }
                    if !keys.insert(key.clone()) {
                        return Err(de::Error::custom(format!(
                            "`{}` is given twice",
                            shortened(&key)
                        )));
                    }
                    fields.push((key, value));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}
