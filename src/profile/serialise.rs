//! Makes profiles from anything that serialises to a map.

use serde::ser::{self, Impossible, Serialize, Serializer};

use super::{Profile, Value};
use crate::words::json_fault;

/// Why a text or a value is not a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not a profile: {message}")]
pub struct ProfileError {
    message: String,
}

impl ProfileError {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }

    pub(super) fn from_json(error: serde_json::Error) -> Self {
        Self::new(json_fault(&error))
    }
}

impl ser::Error for ProfileError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

pub(super) fn profile<T: Serialize + ?Sized>(value: &T) -> Result<Profile, ProfileError> {
    value.serialize(Fields { is_event: false })
}

macro_rules! refuse {
    ($message:literal: $($method:ident($($type:ty),*)),* $(,)?) => {$(
        fn $method(self, $(_: $type),*) -> Result<Self::Ok, ProfileError> {
            Err(ProfileError::new($message))
        }
    )*};
}

/// Serialises a struct or a map to a profile, or to an event of one.
struct Fields {
    is_event: bool,
}

const NOT_A_MAP: &str = "it is not a struct or a map of input values";

impl Serializer for Fields {
    type Ok = Profile;
    type Error = ProfileError;
    type SerializeSeq = Impossible<Profile, ProfileError>;
    type SerializeTuple = Impossible<Profile, ProfileError>;
    type SerializeTupleStruct = Impossible<Profile, ProfileError>;
    type SerializeTupleVariant = Impossible<Profile, ProfileError>;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Impossible<Profile, ProfileError>;

    refuse!("it is not a struct or a map of input values":
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64), serialize_u8(u8), serialize_u16(u16),
        serialize_u32(u32), serialize_u64(u64), serialize_f32(f32), serialize_f64(f64), serialize_char(char), serialize_str(&str),
        serialize_bytes(&[u8]), serialize_none(), serialize_unit(), serialize_unit_struct(&'static str),
        serialize_unit_variant(&'static str, u32, &'static str),
    );

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Profile, ProfileError> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Profile, ProfileError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Profile, ProfileError> {
        Err(ProfileError::new(NOT_A_MAP))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, ProfileError> {
        Err(ProfileError::new(NOT_A_MAP))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, ProfileError> {
        Err(ProfileError::new(NOT_A_MAP))
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, ProfileError> {
        Err(ProfileError::new(NOT_A_MAP))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, ProfileError> {
        Err(ProfileError::new(NOT_A_MAP))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries, ProfileError> {
        Ok(Entries::of(&self))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries, ProfileError> {
        Ok(Entries::of(&self))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, ProfileError> {
        Err(ProfileError::new(NOT_A_MAP))
    }
}

struct Entries {
    single: Single,
    values: Vec<(String, Value)>,
    key: Option<String>,
}

impl Entries {
    fn of(fields: &Fields) -> Self {
        Self {
            single: Single {
                may_hold_events: !fields.is_event,
            },
            values: Vec::new(),
            key: None,
        }
    }

    fn entry<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), ProfileError> {
        match value.serialize(self.single) {
            Ok(value) => {
                self.values.push((key.to_owned(), value));
                Ok(())
            }
            Err(error) => Err(ProfileError::new(format!("`{key}`: {}", error.message))),
        }
    }
}

impl ser::SerializeStruct for Entries {
    type Ok = Profile;
    type Error = ProfileError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), ProfileError> {
        self.entry(key, value)
    }

    fn end(self) -> Result<Profile, ProfileError> {
        Ok(self.values.into_iter().collect())
    }
}

impl ser::SerializeMap for Entries {
    type Ok = Profile;
    type Error = ProfileError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ProfileError> {
        match key.serialize(Single {
            may_hold_events: false,
        })? {
            Value::Text(key) => self.key = Some(key),
            _ => return Err(ProfileError::new("the name of an input is not a text")),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ProfileError> {
        let key = self.key.take().unwrap_or_default();
        self.entry(&key, value)
    }

    fn end(self) -> Result<Profile, ProfileError> {
        Ok(self.values.into_iter().collect())
    }
}

/// Serialises one value, which may be a list of events in a profile and not in an event.
#[derive(Clone, Copy)]
struct Single {
    may_hold_events: bool,
}

const NOT_A_VALUE: &str = "it is not a boolean, a number, a text or a list of texts";

impl Serializer for Single {
    type Ok = Value;
    type Error = ProfileError;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Impossible<Value, ProfileError>;
    type SerializeMap = Impossible<Value, ProfileError>;
    type SerializeStruct = Impossible<Value, ProfileError>;
    type SerializeStructVariant = Impossible<Value, ProfileError>;

    refuse!("it is not a boolean, a number, a text or a list of texts": serialize_bytes(&[u8]));

    fn serialize_bool(self, value: bool) -> Result<Value, ProfileError> {
        Ok(Value::Boolean(value))
    }

    fn serialize_i8(self, value: i8) -> Result<Value, ProfileError> {
        Ok(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<Value, ProfileError> {
        Ok(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<Value, ProfileError> {
        Ok(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<Value, ProfileError> {
        Ok(value.into())
    }

    fn serialize_u8(self, value: u8) -> Result<Value, ProfileError> {
        Ok(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<Value, ProfileError> {
        Ok(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<Value, ProfileError> {
        Ok(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<Value, ProfileError> {
        Ok(i64::try_from(value).map_or_else(|_| Value::Text(value.to_string()), Value::Whole))
    }

    fn serialize_f32(self, value: f32) -> Result<Value, ProfileError> {
        Ok(Value::Text(value.to_string()))
    }

    fn serialize_f64(self, value: f64) -> Result<Value, ProfileError> {
        Ok(Value::Text(value.to_string()))
    }

    fn serialize_char(self, value: char) -> Result<Value, ProfileError> {
        Ok(Value::Text(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Result<Value, ProfileError> {
        Ok(value.into())
    }

    fn serialize_none(self) -> Result<Value, ProfileError> {
        Ok(Value::Missing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, ProfileError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, ProfileError> {
        Ok(Value::Missing)
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<Value, ProfileError> {
        Ok(name.into())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value, ProfileError> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, ProfileError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Value, ProfileError> {
        Err(ProfileError::new(NOT_A_VALUE))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items, ProfileError> {
        Ok(Items::of(self))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items, ProfileError> {
        Ok(Items::of(self))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, ProfileError> {
        Ok(Items::of(self))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, ProfileError> {
        Err(ProfileError::new(NOT_A_VALUE))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, ProfileError> {
        Err(ProfileError::new(NOT_A_VALUE))
    }

    fn serialize_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStruct, ProfileError> {
        Err(ProfileError::new(NOT_A_VALUE))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, ProfileError> {
        Err(ProfileError::new(NOT_A_VALUE))
    }
}

/// Gathers a list of texts, or of events.
struct Items {
    of: Single,
    texts: Vec<String>,
    events: Vec<Profile>,
}

impl Items {
    fn of(of: Single) -> Self {
        Self {
            of,
            texts: Vec::new(),
            events: Vec::new(),
        }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ProfileError> {
        let place = self.events.len();
        match value.serialize(self.of) {
            Ok(Value::Text(text)) if self.events.is_empty() => {
                self.texts.push(text);
                return Ok(());
            }
            Ok(_) => {}
            Err(_) if self.of.may_hold_events && self.texts.is_empty() => {
                let event = value.serialize(Fields { is_event: true });
                let event = event.map_err(|error| {
                    ProfileError::new(format!("event [{place}]: {}", error.message))
                })?;
                self.events.push(event);
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        Err(ProfileError::new(
            "it is a list of something other than texts",
        ))
    }

    fn value(self) -> Value {
        if self.events.is_empty() {
            Value::Members(self.texts)
        } else {
            Value::Events(self.events)
        }
    }
}

macro_rules! items {
    ($($trait:ident::$method:ident),*) => {$(
        impl ser::$trait for Items {
            type Ok = Value;
            type Error = ProfileError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ProfileError> {
                self.item(value)
            }

            fn end(self) -> Result<Value, ProfileError> {
                Ok(self.value())
            }
        }
    )*};
}
items!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field
);
