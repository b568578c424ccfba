//! Reads profiles from JSON. Numbers are read by their digits, so no value passes through binary floating point.

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
            let value = value(raw.get(), true)
                .map_err(|problem| de::Error::custom(format!("`{input}` {problem}")))?;
            if profile.values.len() >= MOST_ENTRIES {
                return Err(de::Error::custom(format!(
                    "the profile has more than {MOST_ENTRIES} values"
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

/// Returns the value of one JSON text, which may be a list of events in a profile and not in an event.
fn value(text: &str, may_be_events: bool) -> Result<Value, String> {
    let text = text.trim();
    match text.as_bytes().first() {
        Some(b'n') => Ok(Value::Missing),
        Some(b't') => Ok(Value::Boolean(true)),
        Some(b'f') => Ok(Value::Boolean(false)),
        Some(b'"') if !text.contains('\\') => Ok(Value::Text(text.trim_matches('"').to_owned())),
        Some(b'"') => serde_json::from_str(text)
            .map(Value::Text)
            .map_err(|error| error.to_string()),
        Some(b'[') if may_be_events && holds_an_object(text) => {
            serde_json::from_str(text)
                .map(|Events(events)| Value::Events(events))
                .map_err(|error| {
                    let message = error.to_string();
                    // The place is counted within the value, and says nothing to a reader.
                    let message = message.split(" at line ").next().unwrap_or_default();
                    format!("is a list of events, of which {message}")
                })
        }
        Some(b'[') => serde_json::from_str(text)
            .map(|Members(members)| Value::Members(members))
            .map_err(|_| "is a list of something other than texts".to_owned()),
        Some(b'{') => Err("is an object, not a value".to_owned()),
        _ => {
            let digits = without_exponent(text);
            let digits = digits.as_deref().unwrap_or(text);
            Ok(digits
                .parse()
                .map_or_else(|_| Value::Text(digits.to_owned()), Value::Whole))
        }
    }
}

/// The most places by which an exponent may move the point: far more than a number of any input has, and few enough for the digits to fit in
/// memory.
const FURTHEST: i32 = 100;

/// Returns a JSON number with an exponent as its plain digits, which have the same value: `8E+1` is `80`, and `6.9e-1` is `0.69`.
///
/// `None` means that the number stays as it is written: it has no exponent, or its exponent is too large for any input.
fn without_exponent(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok()?;
    if exponent.abs() > FURTHEST || mantissa.len() > 1_000 {
        return None;
    }
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = format!("{whole}{fraction}");
    // Where the point stands among the digits.
    let mut point = i32::try_from(whole.len()).ok()? + exponent;
    while point < 1 {
        digits.insert(0, '0');
        point += 1;
    }
    let point = usize::try_from(point).ok()?;
    while digits.len() < point {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at_checked(point)?;
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    // Noughts at the end of the fraction are the exponent's, and say nothing of the places of the number.
    Some(match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    })
}

/// Returns whether the first item of a list is an object.
fn holds_an_object(list: &str) -> bool {
    let items = list.strip_prefix('[').unwrap_or_default();
    items.trim_start().starts_with('{')
}

/// The most events of one list.
const MOST_EVENTS: usize = 4096;

struct Events(Vec<Profile>);

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EventsVisitor;
        impl<'de> Visitor<'de> for EventsVisitor {
            type Value = Events;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of events")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Events, A::Error> {
                let mut events = Vec::new();
                while let Some(event) = list.next_element_seed(Event(events.len()))? {
                    if events.len() >= MOST_EVENTS {
                        return Err(de::Error::custom(format!(
                            "there are more than {MOST_EVENTS}"
                        )));
                    }
                    events.push(event);
                }
                Ok(Events(events))
            }
        }
        deserializer.deserialize_seq(EventsVisitor)
    }
}

/// Reads the event at a place of its list.
struct Event(usize);

impl<'de> de::DeserializeSeed<'de> for Event {
    type Value = Profile;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Profile, D::Error> {
        let place = self.0;
        let raw: &RawValue = Deserialize::deserialize(deserializer)?;
        let fields: Fields = serde_json::from_str(raw.get())
            .map_err(|_| de::Error::custom(format!("[{place}] is not an object of values")))?;
        let mut event = Profile::new();
        for (field, raw) in fields.0 {
            let value = value(raw.get(), false).map_err(|problem| {
                de::Error::custom(format!("`{field}` of [{place}] {problem}"))
            })?;
            if event.get(&field).is_some() {
                return Err(de::Error::custom(format!(
                    "`{field}` of [{place}] is given twice"
                )));
            }
            event.set(field, value);
        }
        Ok(event)
    }
}

/// The fields of one event, as they are written.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_key::<String>()? {
                    if fields.len() >= MOST_ENTRIES {
                        return Err(de::Error::custom("the event has too many values"));
                    }
                    fields.push((field, map.next_value()?));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
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
                        return Err(de::Error::custom("the list has too many members"));
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
            Self::Events(events) => events.serialize(serializer),
        }
    }
}

impl serde::Serialize for Profile {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::without_exponent;

    #[test]
    fn a_number_with_an_exponent_is_its_plain_digits() {
        for (written, plain) in [
            ("8E+1", "80"),
            ("8e1", "80"),
            ("6.9E0", "6.9"),
            ("6.9e-1", "0.69"),
            ("-6.9e-3", "-0.0069"),
            ("1.25e2", "125"),
            ("1.250e1", "12.5"),
            ("0e5", "0"),
            ("-0e0", "-0"),
            ("10e-1", "1"),
            (
                "123456789012345678901234567e-20",
                "1234567.89012345678901234567",
            ),
        ] {
            assert_eq!(
                without_exponent(written).as_deref(),
                Some(plain),
                "{written}"
            );
        }
        for plain in ["80", "6.9", "1e101", "1e-999999999999", "1e2147483648"] {
            assert_eq!(without_exponent(plain), None, "{plain}");
        }
    }
}
