//! Walks a line that is written in the usual way once, and finds where the value of each key stands.
//!
//! Nothing is decided here. A line that has anything unusual in it is left to the code that says what a line means, and that code reads every line
//! that is accepted here as having the same values.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::fields::MOST_KEYS;

/// The kinds of values that a key takes.
pub(super) mod takes {
    pub(in crate::json) const NULL: u8 = 1;
    pub(in crate::json) const TRUTH: u8 = 2;
    pub(in crate::json) const NUMBER: u8 = 4;
    pub(in crate::json) const TEXT: u8 = 8;
    pub(in crate::json) const LIST: u8 = 16;
    /// All of these.
    pub(in crate::json) const ANY: u8 = 31;
    /// An object whose keys are the inner ones.
    pub(in crate::json) const INNER: u8 = 32;
}

/// The keys of this length are compared as a whole.
const HEAD: usize = 32;

/// A key of a line.
#[derive(Debug)]
struct Key {
    /// As it is written, with its quotes and the colon behind it.
    written: Vec<u8>,
    /// The same eight bytes at a time with noughts behind it, and which of the bytes are its own. A longer key is compared otherwise.
    head: [[u64; 2]; HEAD / 8],
    /// The position of the cell of its value, if the value is wanted.
    cell: Option<usize>,
    takes: u8,
    /// Whether the spaces around a text count, and a text of nothing is a value.
    is_exact: bool,
    /// The last line that had it.
    seen: u64,
}

/// The keys of one object.
#[derive(Debug, Default)]
struct Keys {
    keys: Vec<Key>,
    by_name: HashMap<Vec<u8>, usize, RandomState>,
    /// The keys of the line before, in its order.
    order: Vec<usize>,
}

/// A scanner of lines.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    outer: Keys,
    inner: Keys,
    line: u64,
}

/// What is known of the line that is being walked.
struct Walk<'a> {
    bounds: &'a mut [[u32; 2]],
    /// The bytes of the line, and of lines behind it.
    length: usize,
    /// Where the line begins in the text of the chunk.
    base: u32,
    line: u64,
}

impl Scanner {
    /// Adds a key of the line's object, or of the object within it.
    pub(super) fn add(&mut self, is_inner: bool, name: &str, cell: Option<usize>, takes: u8) {
        let keys = if is_inner {
            &mut self.inner
        } else {
            &mut self.outer
        };
        // A name that has to be written with escapes is never written in the usual way.
        let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
        if !name.bytes().all(is_plain) || keys.by_name.contains_key(name.as_bytes()) {
            return;
        }
        keys.by_name
            .insert(name.as_bytes().to_vec(), keys.keys.len());
        let written = [b"\"", name.as_bytes(), b"\":"].concat();
        let mut head = [[0; 2]; HEAD / 8];
        for ([bytes, own], eight) in head.iter_mut().zip(written.chunks(8)) {
            for (byte, at) in eight.iter().zip((0..64).step_by(8)) {
                *bytes |= u64::from(*byte) << at;
                *own |= 0xff << at;
            }
        }
        keys.keys.push(Key {
            written,
            head,
            cell,
            takes,
            is_exact: false,
            seen: 0,
        });
    }

    /// Adds a key as [`Scanner::add`] does, whose texts are values as they are.
    pub(super) fn add_exact(&mut self, is_inner: bool, name: &str, cell: usize, takes: u8) {
        self.add(is_inner, name, Some(cell), takes);
        let keys = if is_inner {
            &mut self.inner
        } else {
            &mut self.outer
        };
        if let Some(key) = keys.keys.last_mut() {
            key.is_exact = true;
        }
    }

    /// Walks the first of some lines. Returns how long it is with its end, or nothing if it is not written in the usual way.
    ///
    /// `bounds` gets where each value begins and ends, if the line begins at `base`. It is empty bounds where a value is missing.
    #[inline]
    pub(super) fn walk(
        &mut self,
        lines: &[u8],
        base: u32,
        bounds: &mut [[u32; 2]],
    ) -> Option<usize> {
        self.line += 1;
        let mut walk = Walk {
            bounds,
            length: lines.len(),
            base,
            line: self.line,
        };
        let rest = walk.object(&mut self.outer, Some(&mut self.inner), spaced(lines))?;
        let rest = match spaced(rest) {
            [] => &[],
            [b'\n', rest @ ..] => rest,
            _ => return None,
        };
        let used = lines.len() - rest.len();
        let line = lines.get(..used)?;
        (line.is_ascii() || std::str::from_utf8(line).is_ok()).then_some(used)
    }
}

impl Walk<'_> {
    /// Walks an object with at least one key, and returns what is behind it.
    #[inline(always)]
    fn object<'b>(
        &mut self,
        keys: &mut Keys,
        mut inner: Option<&mut Keys>,
        text: &'b [u8],
    ) -> Option<&'b [u8]> {
        let mut rest = spaced(text.strip_prefix(b"{")?);
        for place in 0..MOST_KEYS {
            let (key, behind) = keys.next(place, rest)?;
            if key.seen == self.line {
                return None;
            }
            key.seen = self.line;
            let value = spaced(behind);
            if key.takes == takes::INNER {
                rest = self.object(inner.take()?, None, value)?;
            } else {
                let (kind, length) = value_of(value)?;
                if kind & key.takes == 0 {
                    return None;
                }
                rest = value.get(length..)?;
                if let (Some(cell), true) = (key.cell, kind != takes::NULL) {
                    let from = self.base + (self.length - value.len()) as u32;
                    let mut bounds = [from, from + length as u32];
                    if kind == takes::TEXT {
                        bounds = [from + 1, from + length as u32 - 1];
                        if key.is_exact && !is_exact(value.get(1..length - 1)?) {
                            return None;
                        }
                    }
                    *self.bounds.get_mut(cell)? = bounds;
                }
            }
            match spaced(rest) {
                [b',', next @ ..] => rest = spaced(next),
                [b'}', behind @ ..] => return Some(behind),
                _ => return None,
            }
        }
        None
    }
}

impl Keys {
    /// Finds which key a text begins with, and returns what is behind its colon. `place` is how many keys the object had before.
    #[inline(always)]
    fn next<'b>(&mut self, place: usize, text: &'b [u8]) -> Option<(&mut Key, &'b [u8])> {
        let expected = self.order.get(place).copied().unwrap_or(usize::MAX);
        let rest = self.keys.get(expected).and_then(|key| key.strip(text));
        let (at, rest) = match rest {
            Some(rest) => (expected, rest),
            None => self.search(place, text)?,
        };
        Some((self.keys.get_mut(at)?, rest))
    }

    /// Looks a key up by its name, and expects it here in the next line.
    #[inline(never)]
    fn search<'b>(&mut self, place: usize, text: &'b [u8]) -> Option<(usize, &'b [u8])> {
        let length = text_length(text)?;
        let at = *self.by_name.get(text.get(1..length - 1)?)?;
        match self.order.get_mut(place) {
            Some(expected) => *expected = at,
            None => self.order.push(at),
        }
        Some((at, spaced(text.get(length..)?).strip_prefix(b":")?))
    }
}

impl Key {
    /// Returns what is behind the key and its colon, if a text begins with them.
    #[inline(always)]
    fn strip<'b>(&self, text: &'b [u8]) -> Option<&'b [u8]> {
        let (Some(block), true) = (text.first_chunk::<HEAD>(), self.written.len() <= HEAD) else {
            return text.strip_prefix(self.written.as_slice());
        };
        let mut differ = 0;
        for (eight, [bytes, own]) in block.as_chunks::<8>().0.iter().zip(&self.head) {
            differ |= (u64::from_le_bytes(*eight) ^ bytes) & own;
        }
        text.get(self.written.len()..).filter(|_| differ == 0)
    }
}

/// Returns whether a text is the same without the spaces around it, and is not empty.
fn is_exact(text: &[u8]) -> bool {
    let is_above = |byte: Option<&u8>| byte.is_some_and(|byte| *byte > b' ');
    is_above(text.first()) && is_above(text.last())
}

/// Returns a text without the spaces before it.
#[inline(always)]
fn spaced(text: &[u8]) -> &[u8] {
    // Most programs write none.
    match text {
        [byte, ..] if *byte > b' ' => text,
        _ => without_spaces(text),
    }
}

#[inline(never)]
fn without_spaces(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\r', rest @ ..] = text {
        text = rest;
    }
    text
}

/// Returns the kind and the length of the value that a text begins with, if it is one that is usual.
#[inline(always)]
fn value_of(text: &[u8]) -> Option<(u8, usize)> {
    if let Some([one, two, three, four, five]) = text.first_chunk::<5>() {
        let word = u32::from_le_bytes([*one, *two, *three, *four]);
        let is_true = word == u32::from_le_bytes(*b"true");
        let is_false = (word == u32::from_le_bytes(*b"fals")) & (*five == b'e');
        // Nothing tells which of the two comes next.
        if is_true | is_false {
            return Some((takes::TRUTH, 4 + usize::from(is_false)));
        }
    }
    match text {
        [b'n', b'u', b'l', b'l', ..] => Some((takes::NULL, 4)),
        [b'-' | b'0'..=b'9', ..] => Some((takes::NUMBER, number_length(text)?)),
        [b'"', ..] => Some((takes::TEXT, text_length(text)?)),
        [b'[', ..] => Some((takes::LIST, list_length(text)?)),
        _ => None,
    }
}

/// The length of a number without an exponent.
#[inline(always)]
fn number_length(text: &[u8]) -> Option<usize> {
    let digits = |text: &[u8]| {
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
        digits.count()
    };
    let sign = usize::from(text.first() == Some(&b'-'));
    let whole = text.get(sign..)?;
    let count = digits(whole);
    if count == 0 || count > 1 && whole.first() == Some(&b'0') {
        return None;
    }
    match whole.get(count..)? {
        [b'.', fraction @ ..] => {
            let places = digits(fraction);
            let is_whole = !matches!(fraction.get(places), Some(b'e' | b'E'));
            (places > 0 && is_whole).then_some(sign + count + 1 + places)
        }
        [b'e' | b'E', ..] => None,
        _ => Some(sign + count),
    }
}

/// The length of a text with its quotes, if nothing in it is written with an escape.
#[inline(always)]
fn text_length(text: &[u8]) -> Option<usize> {
    let inside = text.strip_prefix(b"\"")?;
    let end = inside
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..b' '))?;
    (inside.get(end) == Some(&b'"')).then_some(end + 2)
}

/// The length of a list of texts.
#[inline(never)]
fn list_length(text: &[u8]) -> Option<usize> {
    let behind = |rest: &[u8]| Some(text.len() - rest.len());
    let mut rest = spaced(text.strip_prefix(b"[")?);
    if let [b']', rest @ ..] = rest {
        return behind(rest);
    }
    loop {
        rest = spaced(rest.get(text_length(rest)?..)?);
        match rest {
            [b',', next @ ..] => rest = spaced(next),
            [b']', rest @ ..] => return behind(rest),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Scanner, takes};

    /// Finds the values of `a` and `b`, and of `c` within `p`.
    fn walk(line: &str) -> Option<Vec<String>> {
        let mut scanner = Scanner::default();
        scanner.add(false, "a", Some(0), takes::ANY);
        scanner.add(false, "b", Some(1), takes::ANY);
        scanner.add(false, "p", None, takes::INNER);
        scanner.add(true, "c", Some(2), takes::ANY);
        scanner.add(false, "n", None, takes::ANY);
        let mut bounds = [[0, 0]; 3];
        let walked = scanner.walk(line.as_bytes(), 0, &mut bounds)?;
        assert_eq!(walked, line.find('\n').map_or(line.len(), |end| end + 1));
        let value = |[from, to]: [u32; 2]| line.get(from as usize..to as usize);
        let values = bounds.map(|bounds| value(bounds).unwrap_or_default().to_owned());
        Some(values.to_vec())
    }

    #[test]
    fn values_are_found_where_they_stand() {
        for (line, wanted) in [
            (r#"{"a":1,"b":"x","p":{"c":true}}"#, ["1", "x", "true"]),
            (
                " { \"b\" : \" x \" ,\t\"p\": {\"c\":null}, \"a\" : -0.50 } \r\n{",
                ["-0.50", " x ", ""],
            ),
            (
                "{\"n\":[\"x\" , \"y\"],\"a\":[\"x\" , \"y\"],\"b\":[]}\n",
                ["[\"x\" , \"y\"]", "[]", ""],
            ),
            ("{\"a\":\"\u{e9}\",\"b\":false}", ["\u{e9}", "false", ""]),
            ("{\"p\":{\"c\":\"\"}}", ["", "", ""]),
        ] {
            let wanted = wanted.map(str::to_owned).to_vec();
            assert_eq!(walk(line), Some(wanted), "{line}");
        }
    }

    #[test]
    fn what_is_unusual_or_not_json_is_left_alone() {
        for line in [
            "",
            "\n",
            "{}",
            "[]",
            "{\"a\":1",
            "{\"a\":1}}",
            "{\"a\":1}{\"a\":1}",
            "{\"a\":1,}",
            "{\"a\":1,\n\"b\":2}",
            "{\"a\":1 \"b\":2}",
            "{\"a\" 1}",
            "{\"a\":01}",
            "{\"a\":-}",
            "{\"a\":-01}",
            "{\"a\":1.}",
            "{\"a\":.5}",
            "{\"a\":1e3}",
            "{\"a\":1.5E3}",
            "{\"a\":1x}",
            "{\"a\":+1}",
            "{\"a\":tru}",
            "{\"a\":truey}",
            "{\"a\":NaN}",
            "{\"a\":\"x\\n\"}",
            "{\"a\":\"x\ty\"}",
            "{\"a\":\"x}",
            "{\"a\":[1]}",
            "{\"a\":[\"x\",]}",
            "{\"a\":[\"x\" \"y\"]}",
            "{\"a\":{}}",
            "{\"a\":1,\"a\":1}",
            "{\"z\":1}",
            "{\"\\u0061\":1}",
            "{\"p\":{\"c\":1},\"p\":{\"c\":1}}",
            "{\"p\":{\"c\":1,\"c\":1}}",
            "{\"p\":{\"a\":1}}",
            "{\"p\":{}}",
            "{\"p\":1}",
            "{\"a\":1}\u{a0}",
        ] {
            assert_eq!(walk(line), None, "{line}");
        }
        let mut scanner = Scanner::default();
        scanner.add(false, "a", Some(0), takes::ANY);
        assert_eq!(scanner.walk(b"{\"a\":\"\xe9\"}", 0, &mut [[0, 0]]), None);
        // A name with a quote in it is never found, and the quote does not end another.
        scanner.add(false, "q\"x", Some(0), takes::ANY);
        assert_eq!(scanner.walk(b"{\"q\"x\":1}", 0, &mut [[0, 0]]), None);
    }

    #[test]
    fn only_texts_without_spaces_around_them_are_exact() {
        let mut scanner = Scanner::default();
        scanner.add_exact(false, "a", 0, takes::TEXT | takes::NUMBER);
        for (line, is_found) in [
            ("{\"a\":\"x y\"}", true),
            ("{\"a\":\" x\"}", false),
            ("{\"a\":\"x \"}", false),
            ("{\"a\":\"\"}", false),
            ("{\"a\":1}", true),
            ("{\"a\":null}", false),
            ("{\"a\":true}", false),
        ] {
            let found = scanner.walk(line.as_bytes(), 0, &mut [[0, 0]]);
            assert_eq!(found.is_some(), is_found, "{line}");
        }
    }
}
