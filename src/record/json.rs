//! Reads and writes JSON with its keys in their order and its numbers by their digits.

use std::fmt;

use serde_json::value::RawValue;

/// How deep a record may be nested: traces nest as deep as scores do, which the format bounds.
const DEEPEST: usize = 96;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Boolean(bool),
    /// Its digits.
    Number(String),
    Text(String),
    List(Vec<Json>),
    /// In the order written; no key stands twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a text, or says in words why it is not JSON.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        // It is JSON from here on: what is left is to find where each part ends.
        let raw: &RawValue = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Reader { rest: raw.get() }.value(0)
    }

    pub(super) fn entries(&self) -> &[(String, Self)] {
        if let Self::Object(entries) = self {
            entries
        } else {
            &[]
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find(|(own, _)| own == key)
            .map(|(_, value)| value)
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }
}

/// Compact, without a space: one way to write each value.
impl fmt::Display for Json {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        formatter.write_str(&text)
    }
}

impl Json {
    /// Writes it at the end of a text.
    fn write(&self, into: &mut String) {
        match self {
            Self::Null => into.push_str("null"),
            Self::Boolean(value) => into.push_str(if *value { "true" } else { "false" }),
            Self::Number(digits) => into.push_str(digits),
            Self::Text(text) => write_text(text, into),
            Self::List(items) => {
                into.push('[');
                for (index, item) in items.iter().enumerate() {
                    into.push_str(if index == 0 { "" } else { "," });
                    item.write(into);
                }
                into.push(']');
            }
            Self::Object(entries) => write_object(entries, into),
        }
    }
}

fn write_object(entries: &[(String, Json)], into: &mut String) {
    into.push('{');
    for (index, (key, value)) in entries.iter().enumerate() {
        into.push_str(if index == 0 { "" } else { "," });
        write_text(key, into);
        into.push(':');
        value.write(into);
    }
    into.push('}');
}

pub(super) fn write_text(text: &str, into: &mut String) {
    if text
        .bytes()
        .any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'))
    {
        // A text can always be written.
        into.push_str(&serde_json::to_string(text).unwrap_or_default());
    } else {
        into.extend(["\"", text, "\""]);
    }
}

/// Reads a text that is known to be JSON, once from its start to its end.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Json, String> {
        if depth > DEEPEST {
            return Err(format!("it is nested deeper than {DEEPEST}"));
        }
        Ok(match self.next() {
            Some(b'n') => self.token(Json::Null),
            Some(b't') => self.token(Json::Boolean(true)),
            Some(b'f') => self.token(Json::Boolean(false)),
            Some(b'"') => Json::Text(self.string()?),
            Some(b'[') => {
                let mut items = Vec::new();
                while self.goes_on(b']') {
                    items.push(self.value(depth + 1)?);
                }
                Json::List(items)
            }
            Some(b'{') => {
                let mut entries = Vec::new();
                while self.goes_on(b'}') {
                    let key = self.string()?;
                    self.next();
                    self.take(1);
                    entries.push((key, self.value(depth + 1)?));
                }
                let mut keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_str()).collect();
                keys.sort_unstable();
                if let Some([twice, _]) = keys
                    .windows(2)
                    .find(|pair| matches!(pair, [one, other] if one == other))
                {
                    return Err(format!("the key `{twice}` is written twice"));
                }
                Json::Object(entries)
            }
            _ => Json::Number(self.word().to_owned()),
        })
    }

    /// Returns the next byte after spaces, without taking it from the rest.
    fn next(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.bytes().next()
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Reads a number, or one of the words of JSON.
    fn word(&mut self) -> &'a str {
        let end = self.rest.find([',', ']', '}', ' ', '\t', '\n', '\r']);
        self.take(end.unwrap_or(self.rest.len()))
    }

    fn token(&mut self, json: Json) -> Json {
        self.word();
        json
    }

    /// Skips what stands before the next item of a list or an object, or before its end, and returns whether there is an item.
    fn goes_on(&mut self, end: u8) -> bool {
        // The opening bracket, a comma or the end.
        let is_over = |next: Option<u8>| next.is_none_or(|byte| byte == end);
        if is_over(self.next()) {
            self.take(1);
            return false;
        }
        self.take(1);
        if is_over(self.next()) {
            self.take(1);
            return false;
        }
        true
    }

    fn string(&mut self) -> Result<String, String> {
        let mut is_escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        });
        let token = self.take(end.unwrap_or(self.rest.len()).saturating_add(2));
        match token
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
        {
            Some(plain) if !plain.contains('\\') => Ok(plain.to_owned()),
            _ => serde_json::from_str(token).map_err(|error| error.to_string()),
        }
    }
}

/// Returns a key as a step of a JSON pointer (RFC 6901).
pub(super) fn step(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}
