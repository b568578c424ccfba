//! Makes JSON lines out of columns of results: the bytes that `report::json_line` gives for each of them.

use std::io;

use serde::Serialize;

use crate::ScoredPart;
use crate::part::{Row, result_names};
use threshold_matrix::bulk::{Numbers, Open, Whole};
use threshold_matrix::{Date, Matrix, report};

/// Makes lines of JSON out of columns of results. Whatever is the same for many people is written once.
#[derive(Debug)]
pub(crate) struct JsonLines {
    /// Of each tier and status: from `tier` to `provisional`. The last is of a matrix without a decision.
    results: Vec<Vec<u8>>,
    dimensions: Vec<Dimension>,
    points: Vec<(String, Known)>,
    flags: Vec<(String, [Vec<u8>; 3])>,
    /// With what is written of each of a decision's results, and of none.
    decisions: Vec<(String, Vec<Vec<u8>>, Vec<u8>)>,
}

/// What is written of a dimension.
#[derive(Debug)]
struct Dimension {
    name: String,
    /// Its place in the matrix.
    place: usize,
    score: Known,
    levels: Vec<Vec<u8>>,
    scaled: Known,
}

/// What is written of a column of numbers.
#[derive(Debug)]
struct Known {
    form: Form,
    name: Vec<u8>,
    /// How many millionths a unit is.
    millionths: i64,
    /// What is written of each number of units from the least on, once it is known.
    written: Vec<Fragment>,
}

/// How much of a fragment is copied at once, which is quicker than by its length.
const SHORT: usize = 32;

/// Something that is written again and again.
#[derive(Debug, Clone)]
struct Fragment {
    first: [u8; SHORT],
    /// How many of the first bytes count; 0 if the fragment is not known yet.
    length: usize,
    rest: Vec<u8>,
}

impl Fragment {
    const UNKNOWN: Self = Self {
        first: [0; SHORT],
        length: 0,
        rest: Vec::new(),
    };

    fn of(text: &[u8]) -> Self {
        let mut fragment = Self::UNKNOWN;
        let (first, rest) = text.split_at(text.len().min(SHORT));
        for (to, byte) in fragment.first.iter_mut().zip(first) {
            *to = *byte;
        }
        fragment.length = first.len();
        fragment.rest = rest.to_vec();
        fragment
    }

    #[inline(always)]
    fn write(&self, text: &mut Vec<u8>) {
        let end = text.len() + self.length;
        text.extend_from_slice(&self.first);
        text.truncate(end);
        if !self.rest.is_empty() {
            text.extend_from_slice(&self.rest);
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Form {
    /// `"name":number,`
    Points,
    /// `"name":{"score":number,"range":[number,number],"level":`
    Score,
    /// `,"scaled":number},`
    Scaled,
}

/// The numbers of units of which it is kept what is written: nearly all points are among them.
const KEPT: std::ops::Range<i64> = -256..4096;

/// Returns a value as JSON.
fn json(value: &(impl Serialize + ?Sized)) -> Vec<u8> {
    // Nothing that is written here can fail to be.
    serde_json::to_vec(value).unwrap_or_default()
}

impl Known {
    fn new(form: Form, name: &str) -> Self {
        Self {
            form,
            name: json(name),
            millionths: 0,
            written: Vec::new(),
        }
    }

    /// Takes the unit of a column. Columns of different dates may have different ones.
    fn begin(&mut self, numbers: Option<Numbers<'_>>) {
        let millionths = numbers.map_or(self.millionths, |numbers| numbers.millionths);
        if self.millionths != millionths {
            self.millionths = millionths;
            self.written.clear();
        }
    }

    fn make(&self, numbers: Numbers<'_>, row: usize) -> Vec<u8> {
        let number = numbers.get(row).map(|points| json(&points));
        let number = number.unwrap_or_default();
        let (name, number) = (self.name.as_slice(), number.as_slice());
        match self.form {
            Form::Points => [name, b":", number, b","].concat(),
            Form::Score => {
                let before: &[u8] = b":{\"score\":";
                [
                    name,
                    before,
                    number,
                    b",\"range\":[",
                    number,
                    b",",
                    number,
                    b"],\"level\":",
                ]
                .concat()
            }
            Form::Scaled => {
                let before: &[u8] = b",\"scaled\":";
                [before, number, b"},"].concat()
            }
        }
    }

    /// Writes the number of a row; nothing if there is none. Returns whether there is one.
    #[inline(always)]
    fn write(&mut self, numbers: Numbers<'_>, row: usize, text: &mut Vec<u8>) -> bool {
        let Some(units) = numbers.units.get(row) else {
            return false;
        };
        let place = usize::try_from(units.saturating_sub(KEPT.start)).unwrap_or(usize::MAX);
        match self.written.get(place) {
            Some(fragment) if fragment.length > 0 => fragment.write(text),
            _ => self.write_new(numbers, row, place, text),
        }
        true
    }

    /// Writes a number that was not written before, or is not kept.
    #[inline(never)]
    fn write_new(&mut self, numbers: Numbers<'_>, row: usize, place: usize, text: &mut Vec<u8>) {
        let made = self.make(numbers, row);
        text.extend_from_slice(&made);
        let most = usize::try_from(KEPT.end - KEPT.start).unwrap_or_default();
        if place < most {
            if self.written.len() <= place {
                self.written.resize(place + 1, Fragment::UNKNOWN);
            }
            if let Some(written) = self.written.get_mut(place) {
                *written = Fragment::of(&made);
            }
        }
    }
}

impl JsonLines {
    /// Prepares what is written of everybody.
    pub(crate) fn new(matrix: &Matrix) -> Self {
        let settled = |tier: Option<&str>, status: Option<&str>| {
            let possible: Vec<&str> = tier.into_iter().chain(status).collect();
            result(tier, status, &possible, false)
        };
        let tiers = matrix.tiers().iter();
        let statuses = matrix.statuses().iter();
        let results = tiers
            .map(|tier| settled(Some(tier), None))
            .chain(statuses.map(|status| settled(None, Some(status))))
            .chain([settled(None, None)])
            .collect();
        let mut dimensions: Vec<Dimension> = matrix
            .described_dimensions()
            .zip(0..)
            .map(|(dimension, place)| Dimension {
                name: dimension.name.to_owned(),
                place,
                score: Known::new(Form::Score, dimension.name),
                levels: dimension.levels.iter().map(json).collect(),
                scaled: Known::new(Form::Scaled, dimension.name),
            })
            .collect();
        dimensions.sort_by(|one, other| one.name.cmp(&other.name));
        let mut points: Vec<_> = matrix
            .described_criteria()
            .map(|of| (of.name.to_owned(), Known::new(Form::Points, of.name)))
            .collect();
        points.sort_by(|(one, _), (other, _)| one.cmp(other));
        let entry = |name: &str, value: &[u8]| [&json(name), b":".as_slice(), value, b","].concat();
        let mut flags: Vec<_> = matrix
            .described_flags()
            .map(|flag| {
                let written = [&b"false"[..], b"true", b"null"];
                let written = written.map(|written| entry(flag.name, written));
                (flag.name.to_owned(), written)
            })
            .collect();
        flags.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut decisions: Vec<_> = matrix
            .described_decisions()
            .map(|decision| {
                let given = decision.levels.iter();
                let given = given.map(|given| entry(decision.name, &json(given)));
                let nothing = entry(decision.name, b"null");
                (decision.name.to_owned(), given.collect(), nothing)
            })
            .collect();
        decisions.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        Self {
            results,
            dimensions,
            points,
            flags,
            decisions,
        }
    }

    /// Adds the lines of one part of a cohort, each of which `end` ends, by the row in the part.
    pub(crate) fn make(
        &mut self,
        matrix: &Matrix,
        part: &ScoredPart,
        text: &mut Vec<u8>,
        mut end: impl FnMut(usize, &mut Vec<u8>),
    ) -> io::Result<()> {
        let Self {
            results,
            dimensions,
            points,
            flags,
            decisions,
        } = self;
        let columns = &part.columns;
        let about = about(matrix, part.as_at);
        let period = matrix.effective();
        let is_in_force = period.is_none_or(|period| period.contains(part.as_at));
        let behind_result: &[u8] = if is_in_force {
            b",\"dimensions\":{"
        } else {
            b",\"in_force\":false,\"dimensions\":{"
        };
        let result_of = columns.results();
        let missing = |what: &str| {
            let message = format!("JSON lines need the {what} of everybody; ask for them, too");
            io::Error::other(message)
        };
        let mut of_dimensions = Vec::new();
        for dimension in dimensions {
            let name = dimension.name.as_str();
            let scores = columns.scores(name).ok_or_else(|| missing("dimensions"))?;
            let scaled = columns.scaled(name);
            dimension.score.begin(Some(scores));
            dimension.scaled.begin(scaled);
            of_dimensions.push((scores, columns.levels(name), scaled, dimension));
        }
        let mut of_points = Vec::new();
        for (name, known) in points {
            let numbers = columns.points(name).ok_or_else(|| missing("points"))?;
            known.begin(Some(numbers));
            of_points.push((name.as_str(), numbers, known));
        }
        let mut of_flags = Vec::new();
        for (name, written) in flags.iter() {
            let raised = columns.flags(name).ok_or_else(|| missing("flags"))?;
            of_flags.push((raised, written));
        }
        let mut of_decisions = Vec::new();
        for (name, given, nothing) in decisions.iter() {
            let found = columns
                .decisions(name)
                .ok_or_else(|| missing("decisions"))?;
            of_decisions.push((found, given, nothing));
        }
        for row in part.rows() {
            let (at, open) = match row {
                Row::Column(at, open) => (at, open),
                Row::Other(_, scored) => {
                    let line =
                        report::json_line(Some(&scored.id), matrix, scored.as_at, &scored.result);
                    text.extend_from_slice(line.as_bytes());
                    end(row.place(), text);
                    continue;
                }
            };
            text.extend_from_slice(b"{\"id\":");
            write_text(part.id(at), text);
            text.extend_from_slice(&about);
            match open.filter(|open| open.results.is_provisional) {
                Some(open) => {
                    let possible = open.results.possible.as_deref().unwrap_or_default();
                    let possible = result_names(matrix, possible);
                    text.extend_from_slice(&result(None, None, &possible, true));
                }
                None => text.extend_from_slice(
                    position(result_of, at, results)
                        .unwrap_or_else(|| results.last().map_or(&[][..], Vec::as_slice)),
                ),
            }
            if open.is_some_and(|open| !open.results.is_exact) {
                text.extend_from_slice(b",\"exact\":false");
            }
            text.extend_from_slice(behind_result);
            for (scores, levels, scaled, dimension) in &mut of_dimensions {
                if !dimension.score.write(*scores, at, text) {
                    let of_dimension = |open: &Open| *open.ranges.get(dimension.place)?;
                    let (least, most) = open.and_then(of_dimension).unwrap_or_default();
                    let range = json(&[least, most]);
                    let name = dimension.score.name.as_slice();
                    let start: &[u8] = b":{\"score\":null,\"range\":";
                    text.extend_from_slice(&[name, start, &range, b",\"level\":"].concat());
                }
                let level = position(*levels, at, &dimension.levels);
                text.extend_from_slice(level.unwrap_or(b"null"));
                let is_scaled =
                    scaled.is_some_and(|scaled| dimension.scaled.write(scaled, at, text));
                if !is_scaled {
                    text.extend_from_slice(b",\"scaled\":null},");
                }
            }
            close(text, b"},\"points\":{");
            for (name, numbers, known) in &mut of_points {
                let is_there = known.write(*numbers, at, text);
                let is_open = |open: &Open| open.points.iter().any(|own| own.name == *name);
                if !is_there && open.is_some_and(is_open) {
                    text.extend_from_slice(&[&known.name, &b":null,"[..]].concat());
                }
            }
            close(text, b"},\"flags\":{");
            for (raised, [no, yes, open]) in &of_flags {
                text.extend_from_slice(match raised.get(at) {
                    Some(1) => yes,
                    Some(_) => no,
                    None => open,
                });
            }
            close(text, b"},\"decisions\":{");
            for (found, given, nothing) in &of_decisions {
                text.extend_from_slice(position(Some(*found), at, given).unwrap_or(nothing));
            }
            close(text, b"},\"error\":null}");
            end(at, text);
        }
        Ok(())
    }
}

/// Returns what is written from `tier` to `provisional`.
fn result(
    tier: Option<&str>,
    status: Option<&str>,
    possible: &[&str],
    is_provisional: bool,
) -> Vec<u8> {
    [
        b",\"tier\":",
        json(&tier).as_slice(),
        b",\"status\":",
        &json(&status),
        b",\"possible\":",
        &json(&possible),
        b",\"provisional\":",
        &json(&is_provisional),
    ]
    .concat()
}

/// Returns what is written of the position that a row has, if it has one.
#[inline]
fn position<'a>(
    positions: Option<Whole<'_>>,
    row: usize,
    written: &'a [Vec<u8>],
) -> Option<&'a [u8]> {
    let position = usize::try_from(positions?.get(row)?).ok()?;
    written.get(position).map(Vec::as_slice)
}

/// Ends an object, without the comma behind its last entry, and goes on.
#[inline]
fn close(text: &mut Vec<u8>, then: &[u8]) {
    if text.last() == Some(&b',') {
        text.pop();
    }
    text.extend_from_slice(then);
}

/// Returns what is written between the id and the result.
fn about(matrix: &Matrix, as_at: Date) -> Vec<u8> {
    [
        b",\"as_at\":",
        json(&as_at).as_slice(),
        b",\"matrix\":",
        &json(&report::Reference(matrix)),
    ]
    .concat()
}

/// Writes a text in its quotes.
#[inline]
fn write_text(bytes: &[u8], text: &mut Vec<u8>) {
    let is_plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
    if bytes.iter().all(is_plain) {
        text.push(b'"');
        text.extend_from_slice(bytes);
        text.push(b'"');
    } else {
        text.extend_from_slice(&json(&String::from_utf8_lossy(bytes)));
    }
}
