//! Profiles from JSON, numbers by their digits: no value passes through binary floating point.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{Profile, Value};

/// The most entries of one profile, and members of one set.
const MOST_ENTRIES: usize = 4096;

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ProfileVisitor)
    }
}

struct ProfileVisitor;

impl<'de> Visitor<'de> for ProfileVisitor {
    type Value = Profile;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of input values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Profile, A::Error> {
        // With room for a usual one.
        let mut profile = Profile {
            values: Vec::with_capacity(32),
        };
        while let Some(input) = map.next_key::<String>()? {
            let raw: &RawValue = map.next_value()?;
            let value = value(raw.get())
                .map_err(|problem| de::Error::custom(format!("`{input}` {problem}")))?;
            if profile.values.len() >= MOST_ENTRIES {
                return Err(de::Error::custom(format!(
                    "more than {MOST_ENTRIES} values"
                )));
            }
            match profile.position(&input) {
                Ok(_) => return Err(de::Error::custom(format!("`{input}` is given twice"))),
                Err(place) => profile.values.insert(place, (input, value)),
            }
        }
        Ok(profile)
    }
}

/// The value of one JSON text.
fn value(text: &str) -> Result<Value, String> {
    let text = text.trim();
    match text.as_bytes().first() {
        Some(b'n') => Ok(Value::Missing),
        Some(b't') => Ok(Value::Boolean(true)),
        Some(b'f') => Ok(Value::Boolean(false)),
        Some(b'"') if !text.contains('\\') => Ok(Value::Text(text.trim_matches('"').to_owned())),
        Some(b'"') => serde_json::from_str(text)
            .map(Value::Text)
            .map_err(|error| error.to_string()),
        Some(b'[') => serde_json::from_str(text)
            .map(|Members(members)| Value::Members(members))
            .map_err(|_| "is a list of something other than texts".to_owned()),
        Some(b'{') => Err("is an object, not a value".to_owned()),
        _ => Ok(text
            .parse()
            .map_or_else(|_| Value::Text(text.to_owned()), Value::Whole)),
    }
}

struct Members(Vec<String>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of texts")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = list.next_element()? {
                    if members.len() >= MOST_ENTRIES {
                        return Err(de::Error::custom("too many members"));
                    }
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_seq(MembersVisitor)
    }
}

impl serde::Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => serializer.serialize_none(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Whole(value) => serializer.serialize_i64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Members(members) => members.serialize(serializer),
        }
    }
}

impl serde::Serialize for Profile {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}
