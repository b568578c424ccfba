//! People of one part of a file, as columns of the plainest types, and apart from them the people whose rows are not plain.
//!
//! A row is *plain* if each of its cells is written in the one usual way and lies in the range of its input: those rows are scored by loops. Every
//! other row is read and scored as one person, by the code that says what each cell means and what is wrong with it. So there is one meaning of a
//! file, and a shorter way to it for most rows.

use std::collections::HashMap;

use threshold_matrix::bulk::{Bits, Cohort, Column, Keys, Offsets, Texts, Values};
use threshold_matrix::workspace::number;
use threshold_matrix::{Date, InputDescription, InputKind};

use crate::Person;

/// The most people of a batch.
pub(crate) const ROWS: usize = 16 * 1024;

/// People of one part of a file.
#[derive(Debug)]
pub(crate) struct Batch {
    columns: Vec<Input>,
    pub(crate) ids: Joined,
    /// The line of each person among the columns.
    pub(crate) lines: Vec<u64>,
    /// What was seen later of each person among the columns; empty if the file does not say.
    pub(crate) observed: Vec<Option<bool>>,
    /// Those who are not among the columns, each with how many people stand before them in the file.
    pub(crate) apart: Vec<(usize, Person)>,
    /// The date that everybody among the columns is scored at.
    pub(crate) as_at: Date,
}

/// Texts one after another.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    bytes: Vec<u8>,
    ends: Vec<i64>,
}

/// The values of one input, or of one member of a set.
#[derive(Debug)]
pub(crate) struct Input {
    name: String,
    /// A bit for each value: 0 where it is missing. As many as a batch can need.
    valid: Vec<u8>,
    has_missing: bool,
    values: Typed,
    /// What a cell means, where a mapping says so; `None` is missing.
    meanings: Option<HashMap<Vec<u8>, Option<Vec<u8>>>>,
}

#[derive(Debug)]
enum Typed {
    Truths(Vec<bool>),
    /// Whole numbers from one to another.
    Small(Vec<u8>, [i64; 2]),
    /// Numbers in units of the last place, from one to another.
    Units(Vec<i64>, [i64; 2], u8),
    /// Positions among names.
    Names(Vec<u8>, Joined),
    Days(Vec<i32>),
    /// Members of sets, and where each set ends.
    Sets {
        ends: Vec<i64>,
        items: Joined,
        members: Vec<String>,
    },
}

impl Joined {
    pub(crate) fn push(&mut self, text: &[u8]) {
        if self.ends.is_empty() {
            self.ends.push(0);
        }
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as i64);
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }

    pub(crate) fn get(&self, at: usize) -> &str {
        std::str::from_utf8(self.bytes(at)).unwrap_or_default()
    }

    fn bytes(&self, at: usize) -> &[u8] {
        let end = |at: usize| self.ends.get(at).and_then(|end| usize::try_from(*end).ok());
        match (end(at), end(at + 1)) {
            (Some(start), Some(end)) => self.bytes.get(start..end).unwrap_or_default(),
            _ => &[],
        }
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    fn truncate(&mut self, texts: usize) {
        self.ends.truncate(texts + 1);
        let end = self.ends.last().copied().unwrap_or_default();
        self.bytes
            .truncate(usize::try_from(end).unwrap_or_default());
    }

    fn position(&self, text: &[u8]) -> Option<u8> {
        (0..self.len())
            .find(|at| self.bytes(*at) == text)
            .and_then(|at| u8::try_from(at).ok())
    }

    fn texts(&self) -> Texts<'_> {
        let ends: &[i64] = if self.ends.is_empty() {
            &[0]
        } else {
            &self.ends
        };
        Texts::Joined {
            offsets: Offsets::I64(ends),
            bytes: &self.bytes,
        }
    }
}

impl Input {
    /// Returns a column without values, for an input or for one member of it; nothing if its values have no plain form.
    pub(crate) fn new(
        description: &InputDescription<'_>,
        member: Option<&str>,
        meanings: Option<HashMap<Vec<u8>, Option<Vec<u8>>>>,
    ) -> Option<Self> {
        let name = description.name;
        let values = match (&description.kind, member) {
            (InputKind::Boolean, _) | (_, Some(_)) => Typed::Truths(Vec::new()),
            (InputKind::Number { places, from, to }, _) => {
                let range = [
                    number::scaled(*from, *places)?,
                    number::scaled(*to, *places)?,
                ];
                let is_small = *places == 0 && range.iter().all(|end| (0..256).contains(end));
                if is_small {
                    Typed::Small(Vec::new(), range)
                } else {
                    Typed::Units(Vec::new(), range, u8::try_from(*places).ok()?)
                }
            }
            (InputKind::Level(values) | InputKind::Category(values), _) => {
                let mut names = Joined::default();
                values.iter().for_each(|value| names.push(value.as_bytes()));
                Typed::Names(Vec::new(), names)
            }
            (InputKind::Set(members), _) => Typed::Sets {
                ends: Vec::new(),
                items: Joined::default(),
                members: members.to_vec(),
            },
            (InputKind::Date, _) => Typed::Days(Vec::new()),
            _ => return None,
        };
        Some(Self {
            name: member.map_or_else(|| name.to_owned(), |member| format!("{name}.{member}")),
            valid: vec![0xff; ROWS / 8],
            has_missing: false,
            values,
            meanings,
        })
    }

    /// Adds what a trimmed cell says. Returns nothing if the cell is not plain, and then has added nothing.
    #[inline]
    pub(crate) fn push(&mut self, cell: &[u8]) -> Option<()> {
        let cell: &[u8] = match &self.meanings {
            None => cell,
            Some(meanings) => match meanings.get(cell) {
                Some(Some(meaning)) => meaning,
                Some(None) => &[],
                None if cell.is_empty() => cell,
                None => return None,
            },
        };
        if cell.is_empty() {
            let at = self.values.len();
            *self.valid.get_mut(at / 8)? &= !(1 << (at % 8));
            self.has_missing = true;
            self.values.push_nothing();
            return Some(());
        }
        self.values.push(cell)
    }

    fn truncate(&mut self, rows: usize) {
        for row in rows..self.values.len() {
            if let Some(bits) = self.valid.get_mut(row / 8) {
                *bits |= 1 << (row % 8);
            }
        }
        self.values.truncate(rows);
    }

    fn clear(&mut self) {
        if self.has_missing {
            self.valid.fill(0xff);
            self.has_missing = false;
        }
        self.values.truncate(0);
    }

    fn column(&self) -> Column<'_> {
        let column = Column::new(match &self.values {
            Typed::Truths(truths) => Values::Booleans(truths),
            Typed::Small(numbers, _) => Values::U8(numbers),
            Typed::Units(units, _, 0) => Values::I64(units),
            Typed::Units(units, _, places) => Values::Units {
                units,
                places: *places,
            },
            Typed::Names(keys, names) => Values::Dictionary {
                keys: Keys::U8(keys),
                values: names.texts(),
            },
            Typed::Days(days) => Values::Dates(days),
            Typed::Sets { ends, items, .. } => Values::Lists {
                offsets: Offsets::I64(if ends.is_empty() { &[0] } else { ends }),
                items: items.texts(),
            },
        });
        if self.has_missing {
            column.with_validity(Bits::new(&self.valid, 0, self.values.len()))
        } else {
            column
        }
    }
}

impl Typed {
    fn len(&self) -> usize {
        match self {
            Self::Truths(truths) => truths.len(),
            Self::Small(numbers, _) => numbers.len(),
            Self::Units(units, ..) => units.len(),
            Self::Names(keys, _) => keys.len(),
            Self::Days(days) => days.len(),
            Self::Sets { ends, .. } => ends.len().saturating_sub(1),
        }
    }

    fn truncate(&mut self, rows: usize) {
        match self {
            Self::Truths(truths) => truths.truncate(rows),
            Self::Small(numbers, _) => numbers.truncate(rows),
            Self::Units(units, ..) => units.truncate(rows),
            Self::Names(keys, _) => keys.truncate(rows),
            Self::Days(days) => days.truncate(rows),
            Self::Sets { ends, items, .. } => {
                ends.truncate(rows + 1);
                let end = ends.last().copied().unwrap_or_default();
                items.truncate(usize::try_from(end).unwrap_or_default());
            }
        }
    }

    fn push_nothing(&mut self) {
        match self {
            Self::Truths(truths) => truths.push(false),
            Self::Small(numbers, _) => numbers.push(0),
            Self::Units(units, ..) => units.push(0),
            Self::Names(keys, _) => keys.push(0),
            Self::Days(days) => days.push(0),
            Self::Sets { ends, items, .. } => end_set(ends, items),
        }
    }

    #[inline]
    fn push(&mut self, cell: &[u8]) -> Option<()> {
        match self {
            Self::Truths(truths) => truths.push(match cell {
                b"true" | b"1" | b"True" | b"TRUE" => true,
                b"false" | b"0" | b"False" | b"FALSE" => false,
                _ => return None,
            }),
            Self::Small(numbers, range) => {
                numbers.push(u8::try_from(within(units(cell, 0)?, *range)?).ok()?);
            }
            Self::Units(numbers, range, places) => {
                numbers.push(within(units(cell, u32::from(*places))?, *range)?);
            }
            Self::Names(keys, names) => keys.push(names.position(cell)?),
            Self::Days(days) => days.push(day(cell)?),
            Self::Sets {
                ends,
                items,
                members,
            } => {
                let before = items.len();
                if cell != b"|" {
                    for member in cell.split(|byte| *byte == b'|') {
                        let member = trimmed(member);
                        let is_member = members.iter().any(|own| own.as_bytes() == member);
                        if !is_member || (before..items.len()).any(|at| items.bytes(at) == member) {
                            items.truncate(before);
                            return None;
                        }
                        items.push(member);
                    }
                }
                end_set(ends, items);
            }
        }
        Some(())
    }
}

fn end_set(ends: &mut Vec<i64>, items: &Joined) {
    if ends.is_empty() {
        ends.push(0);
    }
    ends.push(items.len() as i64);
}

fn within(number: i64, [from, to]: [i64; 2]) -> Option<i64> {
    (from..=to).contains(&number).then_some(number)
}

/// The units of the last place of a number, if it is written as the format has it, with few digits.
#[inline]
fn units(cell: &[u8], places: u32) -> Option<i64> {
    let (is_negative, digits) = match cell {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > 15 || matches!(digits, [b'0', b'0'..=b'9', ..]) {
        return None;
    }
    let (mut number, mut left, mut count) = (0_i64, None, 0);
    for byte in digits {
        match (byte, &mut left) {
            (b'0'..=b'9', None) => number = number * 10 + i64::from(byte - b'0'),
            (b'0'..=b'9', Some(left)) if *left > 0 => {
                number = number * 10 + i64::from(byte - b'0');
                *left -= 1;
            }
            // A place more than there are may be a nought.
            (b'0', Some(_)) => {}
            (b'.', None) if count > 0 => {
                left = Some(places);
                count = 0;
                continue;
            }
            _ => return None,
        }
        count += 1;
    }
    if count == 0 {
        return None;
    }
    let number = number * 10_i64.pow(left.unwrap_or(places));
    Some(if is_negative { -number } else { number })
}

/// The day of a date as ISO 8601 has it, counted from 1970-01-01.
#[inline]
fn day(cell: &[u8]) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = cell else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i16, |number, digit| {
            let digit = digit.wrapping_sub(b'0');
            (digit < 10).then(|| number * 10 + i16::from(digit))
        })
    };
    let [year, month, day] = [
        number(&[*y1, *y2, *y3, *y4])?,
        number(&[*m1, *m2])?,
        number(&[*d1, *d2])?,
    ];
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    i32::try_from(threshold_matrix::workspace::days(date)).ok()
}

/// A cell without the spaces around it.
#[inline]
pub(crate) fn trimmed(cell: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    let mut cell = cell;
    while let [first, rest @ ..] = cell
        && is_space(first)
    {
        cell = rest;
    }
    while let [rest @ .., last] = cell
        && is_space(last)
    {
        cell = rest;
    }
    cell
}

impl Batch {
    pub(crate) fn new(columns: Vec<Input>, as_at: Date) -> Self {
        Self {
            columns,
            ids: Joined::default(),
            lines: Vec::new(),
            observed: Vec::new(),
            apart: Vec::new(),
            as_at,
        }
    }

    pub(crate) fn clear(&mut self, as_at: Date) {
        self.columns.iter_mut().for_each(Input::clear);
        self.ids.clear();
        self.lines.clear();
        self.observed.clear();
        self.apart.clear();
        self.as_at = as_at;
    }

    /// Returns how many people there are, the ones apart included.
    pub(crate) fn people(&self) -> usize {
        self.lines.len() + self.apart.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.people() >= ROWS
    }

    /// Returns a column by its position.
    #[inline]
    pub(crate) fn column_mut(&mut self, position: usize) -> Option<&mut Input> {
        self.columns.get_mut(position)
    }

    /// Leaves out what was added of a row that turned out not to be plain.
    pub(crate) fn roll_back(&mut self) {
        let rows = self.lines.len();
        self.observed.truncate(rows);
        self.columns
            .iter_mut()
            .for_each(|input| input.truncate(rows));
    }

    /// Returns the people among the columns.
    pub(crate) fn cohort(&self) -> Cohort<'_> {
        self.columns
            .iter()
            .fold(Cohort::new(self.lines.len()), |cohort, input| {
                cohort.with(input.name.as_str(), input.column())
            })
    }
}
