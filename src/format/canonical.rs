//! The meaning of a file, apart from how it is written. The content hash is taken of it, and a matrix is written from it.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use sha2::{Digest, Sha256};

use crate::format::shape::{EVENT, Form, Need, Shape};
use crate::format::tree::{Kind, Node};
use crate::number;

/// The meaning of a file, without comments, quoting, the forms of points, ranges and limits, and whatever equals its default.
///
/// A value that a condition or an example names stays as it is written, since it may be a word: the tier `1.0` is not the tier `1`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meaning {
    Text(String),
    /// A number, as its digits without trailing zeros.
    Number(String),
    Boolean(bool),
    /// A missing value in the profile of an example.
    Nothing,
    List(Vec<Meaning>),
    /// A map, in the order of the file.
    Map(Vec<(String, Meaning)>),
}

impl Meaning {
    /// Returns the meaning of a node that was checked against its form.
    pub(crate) fn of(node: &Node, form: &Form) -> Self {
        match (&node.kind, form) {
            (_, Form::Either(forms)) => Self::of_either(node, forms),
            (Kind::Map(_), Form::Map(shape)) => Self::of_map(node, shape),
            (Kind::Map(entries), Form::Named { of, .. }) => Self::Map(
                entries
                    .iter()
                    .map(|(key, value)| (key.text.clone(), Self::of(value, of)))
                    .collect(),
            ),
            (Kind::List(items), Form::List { of, .. }) => {
                Self::List(items.iter().map(|item| Self::of(item, of)).collect())
            }
            (Kind::List(items), Form::MembersOrEvents) => {
                let of = |item: &Node| match item.kind {
                    Kind::Map(_) => Self::of(item, &EVENT),
                    _ => Self::of(item, &Form::Value),
                };
                Self::List(items.iter().map(of).collect())
            }
            (Kind::List(items), _) => Self::List(
                items
                    .iter()
                    .map(|item| Self::of(item, &Form::Value))
                    .collect(),
            ),
            (Kind::Scalar { text, .. }, Form::Number | Form::Whole { .. }) => Self::Number(
                number::parse(text)
                    .map_or_else(|| text.clone(), |number| number.normalize().to_string()),
            ),
            // Without quotes these are not texts in a profile, as `worked` reads it.
            (Kind::Scalar { text, plain: true }, Form::Anything)
                if ["", "null", "~"].contains(&text.as_str()) =>
            {
                Self::Nothing
            }
            (Kind::Scalar { text, .. }, Form::Limit) if number::parse(text).is_some() => {
                Self::of(node, &Form::Number)
            }
            (Kind::Scalar { text, .. }, Form::Boolean) => Self::Boolean(text == "true"),
            (Kind::Scalar { text, .. }, _) => Self::Text(text.clone()),
            (Kind::Map(_) | Kind::Refused, _) => Self::Map(Vec::new()),
        }
    }

    fn of_either(node: &Node, forms: &[&Form]) -> Self {
        // One value and a list of that one value mean the same where both may stand.
        if let ([item], Some(first)) = (node.items(), forms.first())
            && first.fits_kind(item)
            && !forms
                .iter()
                .any(|form| matches!(form, Form::Members | Form::MembersOrEvents))
        {
            return Self::of(item, first);
        }
        forms
            .iter()
            .find(|form| form.fits_kind(node))
            .map_or(Self::Map(Vec::new()), |form| Self::of(node, form))
    }

    fn of_map(node: &Node, shape: &Shape) -> Self {
        let entries = node.entries().iter().filter_map(|(key, value)| {
            let (form, need) = match shape.key(&key.text) {
                Some(known) => (known.form, known.need),
                None => (shape.open?, Need::Optional),
            };
            let meaning = Self::of(value, form);
            let is_default = matches!(need, Need::Default(default) if meaning.is(default));
            (!is_default).then(|| (key.text.clone(), meaning))
        });
        Self::Map(entries.collect())
    }

    fn is(&self, text: &str) -> bool {
        match self {
            Self::Text(own) | Self::Number(own) => own == text,
            Self::Boolean(own) => text == if *own { "true" } else { "false" },
            Self::Nothing | Self::List(_) | Self::Map(_) => false,
        }
    }

    fn in_order_of_keys(&self) -> Self {
        match self {
            Self::List(items) => Self::List(items.iter().map(Self::in_order_of_keys).collect()),
            Self::Map(entries) => {
                let mut entries: Vec<_> = entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.in_order_of_keys()))
                    .collect();
                entries.sort_by(|(one, _), (other, _)| one.cmp(other));
                Self::Map(entries)
            }
            other => other.clone(),
        }
    }

    /// Returns the hash of the meaning, as `sha256:…`. It is taken of compact JSON with sorted keys and numbers as texts.
    pub(crate) fn hash(&self) -> String {
        let text = serde_json::to_string(&AsText(&self.in_order_of_keys())).unwrap_or_default();
        let mut written = String::from("sha256:");
        for byte in Sha256::digest(text.as_bytes()) {
            written.push_str(&format!("{byte:02x}"));
        }
        written
    }

    /// Returns the matrix as YAML.
    pub(crate) fn to_yaml(&self) -> Result<String, serde_yaml::ser_error::Error> {
        serde_yaml::to_string(self)
    }
}

/// A meaning that serialises with its numbers as texts, so that they do not depend on how a JSON writer writes numbers.
struct AsText<'a>(&'a Meaning);

impl Serialize for AsText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Meaning::Text(text) | Meaning::Number(text) => serializer.serialize_str(text),
            Meaning::Boolean(boolean) => serializer.serialize_bool(*boolean),
            Meaning::Nothing => serializer.serialize_none(),
            Meaning::List(items) => serializer.collect_seq(items.iter().map(AsText)),
            Meaning::Map(entries) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (key, AsText(value))))
            }
        }
    }
}

impl Serialize for Meaning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(text) => serialize_number(text, serializer),
            Self::Boolean(boolean) => serializer.serialize_bool(*boolean),
            Self::Nothing => serializer.serialize_none(),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

/// Writes a number without quotes where its digits survive that, which up to 15 digits do.
fn serialize_number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if let Ok(whole) = text.parse::<i64>() {
        return serializer.serialize_i64(whole);
    }
    match text.parse::<f64>() {
        Ok(float) if float.to_string() == text => serializer.serialize_f64(float),
        _ => serializer.serialize_str(text),
    }
}
