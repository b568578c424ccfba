//! One person's input values, from typed Rust, from anything that serialises, or from JSON.

mod json;
mod problem;
mod serialise;

use crate::date::Date;

pub use problem::{Problem, ProblemKind, Refusal};
pub use serialise::ProfileError;

/// One person's input values, by the names that a matrix gives its inputs.
///
/// An input that is not set, or is set to [`Value::Missing`], is missing. The matrix says what that means.
/// [`Matrix::prepare`](crate::Matrix::prepare) checks the values against a matrix.
///
/// ```
/// use threshold_matrix::{Profile, Value};
///
/// let profile = Profile::new()
///     .with("ogrs3", 82)
///     .with("rsr", "3.61")          // a decimal as its text: exact
///     .with("rosh", "high")
///     .with("female", false)
///     .with("flags", ["terrorism"]) // a set
///     .with("mappa", None::<&str>); // missing
/// assert_eq!(profile.get("ogrs3"), Some(&Value::Whole(82)));
/// ```
///
/// Anything that serialises to a map can be read as a profile too:
///
/// ```
/// #[derive(serde::Serialize)]
/// struct Person { ogrs3: u8, rosh: Option<&'static str> }
///
/// let profile = threshold_matrix::Profile::from_serialize(&Person { ogrs3: 82, rosh: None })?;
/// assert_eq!(profile.get("rosh"), Some(&threshold_matrix::Value::Missing));
/// # Ok::<(), threshold_matrix::ProfileError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Profile {
    /// The inputs that were set, each once, in the order of their names.
    values: Vec<(String, Value)>,
}

/// A value of an input.
///
/// ```
/// use threshold_matrix::{Profile, Value};
///
/// let burglary = Profile::new().with("date", "2026-01-06").with("kind", "burglary");
/// let profile = Profile::new().with("offences", [burglary]);
/// assert_eq!(profile, Profile::from_json(r#"{ "offences": [{ "date": "2026-01-06", "kind": "burglary" }] }"#)?);
/// # Ok::<(), threshold_matrix::ProfileError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Value {
    /// The input has no value.
    Missing,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Whole(i64),
    /// A text: a level, a category, a date, or a number by its digits.
    Text(String),
    /// The members of a set.
    Members(Vec<String>),
    /// A list of dated events, each with the values of its fields.
    Events(Vec<Profile>),
}

impl Profile {
    /// Creates a profile without values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value to the profile.
    #[must_use]
    pub fn with(mut self, input: impl Into<String>, value: impl Into<Value>) -> Self {
        self.set(input, value);
        self
    }

    /// Sets the value of an input.
    pub fn set(&mut self, input: impl Into<String>, value: impl Into<Value>) {
        let (input, value) = (input.into(), value.into());
        match self.position(&input) {
            Ok(place) => {
                if let Some((_, own)) = self.values.get_mut(place) {
                    *own = value;
                }
            }
            Err(place) => self.values.insert(place, (input, value)),
        }
    }

    /// Returns the value of an input, if it was set.
    #[must_use]
    pub fn get(&self, input: &str) -> Option<&Value> {
        self.position(input)
            .ok()
            .and_then(|place| self.values.get(place))
            .map(|(_, value)| value)
    }

    /// Returns the position of an input, or the position at which it would be inserted.
    fn position(&self, input: &str) -> Result<usize, usize> {
        self.values
            .binary_search_by(|(own, _)| own.as_str().cmp(input))
    }

    /// Returns the values, in the order of their inputs' names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values
            .iter()
            .map(|(input, value)| (input.as_str(), value))
    }

    /// Reads a profile from a JSON object of input values. `null` is a missing value, and a set is a list of texts.
    ///
    /// ```
    /// let profile = threshold_matrix::Profile::from_json(r#"{ "rsr": 6.90, "flags": ["terrorism"], "mappa": null }"#)?;
    /// assert_eq!(profile.get("rsr"), Some(&threshold_matrix::Value::Text("6.90".to_owned())));
    /// # Ok::<(), threshold_matrix::ProfileError>(())
    /// ```
    ///
    /// A number is read by its digits, even if it has an exponent: `8E+1` is 80. A byte order mark before the object is skipped.
    ///
    /// # Errors
    /// Returns an error if the text is not a JSON object of such values, or names an input twice.
    pub fn from_json(text: &str) -> Result<Self, ProfileError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        serde_json::from_str(text).map_err(ProfileError::from_json)
    }

    /// Reads a profile from anything that serialises to a map of names to values: booleans, numbers, texts, lists of texts and options of these.
    ///
    /// A float is read as the shortest decimal whose nearest float it is.
    ///
    /// # Errors
    /// Returns an error that names the field at fault if the value serialises to something else.
    pub fn from_serialize<T: serde::Serialize + ?Sized>(value: &T) -> Result<Self, ProfileError> {
        serialise::profile(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

macro_rules! whole {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Value {
            fn from(value: $integer) -> Self {
                Self::Whole(i64::from(value))
            }
        }
    )*};
}
whole!(i8, i16, i32, i64, u8, u16, u32);

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Date> for Value {
    fn from(value: Date) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<rust_decimal::Decimal> for Value {
    fn from(value: rust_decimal::Decimal) -> Self {
        Self::Text(value.to_string())
    }
}

impl<T: Into<String>> From<Vec<T>> for Value {
    fn from(members: Vec<T>) -> Self {
        Self::Members(members.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<String>, const N: usize> From<[T; N]> for Value {
    fn from(members: [T; N]) -> Self {
        Self::Members(members.into_iter().map(Into::into).collect())
    }
}

impl From<Vec<Profile>> for Value {
    fn from(events: Vec<Profile>) -> Self {
        Self::Events(events)
    }
}

impl<const N: usize> From<[Profile; N]> for Value {
    fn from(events: [Profile; N]) -> Self {
        Self::Events(events.into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Profile {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(values: I) -> Self {
        let mut values: Vec<(String, Value)> = values
            .into_iter()
            .map(|(input, value)| (input.into(), value.into()))
            .collect();
        values.sort_by(|(one, _), (other, _)| one.cmp(other));
        // What comes later takes the place of what was there.
        values.dedup_by(|later, earlier| {
            let is_same = later.0 == earlier.0;
            if is_same {
                std::mem::swap(later, earlier);
            }
            is_same
        });
        Self { values }
    }
}
