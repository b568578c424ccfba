//! People of one part of a file, as columns of the plainest types, and apart from them the people whose rows are not plain.
//!
//! A row is *plain* if each of its cells is written in the one usual way and lies in the range of its input: those rows are scored by loops. Every
//! other row is read and scored as one person, by the code that says what each cell means and what is wrong with it. So there is one meaning of a
//! file, and a shorter way to it for most rows.

use std::collections::HashMap;
use std::ops::Range;

use threshold_matrix::bulk::{Bits, Cohort, Column, Keys, Offsets, Texts, Values};
use threshold_matrix::workspace::number;
use threshold_matrix::{Date, InputDescription, InputKind};

use crate::chunk::Chunk;
use crate::native::Native;
use crate::reading::Reading;
use crate::{Person, Times};

/// People of one part of a file.
#[derive(Debug)]
pub(crate) struct Batch {
    columns: Vec<Input>,
    /// The columns of each set that has one for each member.
    sets: Vec<Range<usize>>,
    /// What was read of the file as text. A record is a person.
    pub(crate) chunk: Chunk,
    /// What was seen later of each person; empty if the file does not say.
    pub(crate) observed: Vec<Option<bool>>,
    /// How many times it was seen of each person; empty if the file does not say.
    pub(crate) times: Vec<Option<Times>>,
    /// Whether each row is plain. What the columns hold of any other row means nothing.
    pub(crate) plain: Vec<bool>,
    /// The others, in the order of the file.
    pub(crate) others: Vec<(usize, Person)>,
    /// The date that everybody on a plain row is scored at.
    pub(crate) as_at: Date,
}

/// Texts one after another.
#[derive(Debug)]
struct Joined {
    bytes: Vec<u8>,
    /// Where each text ends, behind where the first begins.
    ends: Vec<i64>,
}

/// The values of one input, or of one member of a set.
#[derive(Debug)]
pub(crate) struct Input {
    name: String,
    /// The column of its cells.
    position: usize,
    /// A bit for each value: 0 where it is missing. As many as a batch can need.
    valid: Vec<u8>,
    has_missing: bool,
    values: Typed,
    /// What cells mean, where a columns file says so.
    meanings: Option<Meanings>,
}

/// What the cells of a column that were read so far mean.
#[derive(Debug)]
struct Meanings {
    reading: Reading,
    /// As the input writes it; what no input writes where the cell has no meaning.
    known: HashMap<Vec<u8>, Vec<u8>>,
}

/// What stands for a cell without a meaning: no text is written so.
const NO_MEANING: &[u8] = &[0xff];
/// The most cells whose meaning is kept.
const MOST_KNOWN: usize = 65_536;

impl Meanings {
    /// Finds out what some cells mean.
    fn learn<'a>(&mut self, name: &str, cells: impl Iterator<Item = &'a [u8]>) {
        if self.known.len() > MOST_KNOWN {
            self.known.clear();
        }
        for cell in cells {
            if self.known.contains_key(cell) {
                continue;
            }
            let text = std::str::from_utf8(cell).ok();
            let read = text.map(|text| self.reading.read(name, text));
            let meaning = match read {
                Some(Ok(Some(meaning))) => meaning.as_bytes().to_vec(),
                Some(Ok(None)) => Vec::new(),
                Some(Err(_)) | None => NO_MEANING.to_vec(),
            };
            self.known.insert(cell.to_vec(), meaning);
        }
    }

    fn of(&self, cell: &[u8]) -> &[u8] {
        self.known.get(cell).map_or(NO_MEANING, Vec::as_slice)
    }
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
    fn new() -> Self {
        Self {
            bytes: Vec::new(),
            ends: vec![0],
        }
    }

    fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as i64);
    }

    fn len(&self) -> usize {
        self.ends.len() - 1
    }

    fn bytes(&self, at: usize) -> &[u8] {
        let end = |at: usize| self.ends.get(at).and_then(|end| usize::try_from(*end).ok());
        match (end(at), end(at + 1)) {
            (Some(start), Some(end)) => self.bytes.get(start..end).unwrap_or_default(),
            _ => &[],
        }
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
        Texts::Joined {
            offsets: Offsets::I64(&self.ends),
            bytes: &self.bytes,
        }
    }
}

impl Input {
    /// Returns a column without values, for an input or for one member of it; nothing if its values have no plain form.
    pub(crate) fn new(
        description: &InputDescription<'_>,
        member: Option<&str>,
        reading: &Reading,
        position: usize,
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
                let mut names = Joined::new();
                values.iter().for_each(|value| names.push(value.as_bytes()));
                Typed::Names(Vec::new(), names)
            }
            (InputKind::Set(members), _) => Typed::Sets {
                ends: vec![0],
                items: Joined::new(),
                members: members.to_vec(),
            },
            (InputKind::Date { .. }, _) => Typed::Days(Vec::new()),
            _ => return None,
        };
        Some(Self {
            name: member.map_or_else(|| name.to_owned(), |member| format!("{name}.{member}")),
            position,
            valid: Vec::new(),
            has_missing: false,
            values,
            meanings: (!reading.is_plain()).then(|| Meanings {
                reading: reading.clone(),
                known: HashMap::new(),
            }),
        })
    }

    /// Takes the cells of its column of a chunk. A row whose cell is not plain is marked so.
    fn take(&mut self, chunk: &Chunk, plain: &mut [bool]) {
        self.has_missing = false;
        self.valid.clear();
        self.valid.resize(chunk.len().div_ceil(8), 0xff);
        let position = self.position;
        if let Some(natives) = chunk.natives(position) {
            for (plain, native) in plain.iter_mut().zip(natives) {
                *plain &= match native {
                    Native::Text => true,
                    Native::Fault | Native::Refused(_) => false,
                    // Written as the input itself has it, or refused by everybody. A columns file speaks of texts.
                    _ => self.meanings.is_none(),
                };
            }
        }
        let Self {
            valid,
            has_missing,
            values,
            meanings,
            name,
            ..
        } = self;
        let missing = |row: usize| {
            *has_missing = true;
            if let Some(bits) = valid.get_mut(row / 8) {
                *bits &= !(1 << (row % 8));
            }
        };
        match meanings {
            None => values.take(chunk.column(position).map(trimmed), plain, missing),
            Some(meanings) => {
                let cells = || chunk.column(position).map(trimmed);
                meanings.learn(name, cells());
                values.take(cells().map(|cell| meanings.of(cell)), plain, missing);
            }
        }
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
                offsets: Offsets::I64(ends),
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
            Self::Sets { ends, .. } => ends.len() - 1,
        }
    }

    /// Takes trimmed cells in the place of what there was.
    fn take<'a>(
        &mut self,
        cells: impl Iterator<Item = &'a [u8]>,
        plain: &mut [bool],
        missing: impl FnMut(usize),
    ) {
        match self {
            Self::Truths(truths) => all(truths, cells, plain, missing, truth),
            Self::Small(numbers, range) => all(numbers, cells, plain, missing, |cell| {
                u8::try_from(within(units(cell, 0)?, *range)?).ok()
            }),
            Self::Units(numbers, range, places) => all(numbers, cells, plain, missing, |cell| {
                within(units(cell, u32::from(*places))?, *range)
            }),
            Self::Names(keys, names) => {
                all(keys, cells, plain, missing, |cell| names.position(cell));
            }
            Self::Days(days) => all(days, cells, plain, missing, day),
            Self::Sets {
                ends,
                items,
                members,
            } => {
                ends.truncate(1);
                items.truncate(0);
                let mut of_rows = Vec::new();
                all(&mut of_rows, cells, plain, missing, |cell| {
                    set(cell, items, members)?;
                    Some(items.len())
                });
                // A set that is missing ends where the one before it does.
                let mut last = 0;
                ends.extend(of_rows.into_iter().map(|end| {
                    last = last.max(end as i64);
                    last
                }));
            }
        }
    }
}

/// Reads each cell into a value. What is not plain leaves the usual value of the type, and a mark.
#[inline(always)]
fn all<'a, T: Default>(
    values: &mut Vec<T>,
    cells: impl Iterator<Item = &'a [u8]>,
    plain: &mut [bool],
    mut missing: impl FnMut(usize),
    mut read: impl FnMut(&[u8]) -> Option<T>,
) {
    values.clear();
    values.extend(cells.zip(plain).enumerate().map(|(row, (cell, plain))| {
        if cell.is_empty() {
            missing(row);
            return T::default();
        }
        read(cell).unwrap_or_else(|| {
            *plain = false;
            T::default()
        })
    }));
}

/// Reads true or false.
#[inline(always)]
fn truth(cell: &[u8]) -> Option<bool> {
    // Nothing tells which of the two comes next, so the usual words are told apart without a jump.
    if let (Some(four), Some(last)) = (cell.first_chunk::<4>(), cell.last()) {
        let word = u32::from_le_bytes(*four);
        let is_true = (cell.len() == 4) & (word == u32::from_le_bytes(*b"true"));
        let is_false = (cell.len() == 5) & (word == u32::from_le_bytes(*b"fals")) & (*last == b'e');
        if is_true | is_false {
            return Some(is_true);
        }
    }
    match cell {
        b"1" | b"True" | b"TRUE" => Some(true),
        b"0" | b"False" | b"FALSE" => Some(false),
        _ => None,
    }
}

/// Adds the members of a set that a cell lists.
fn set(cell: &[u8], items: &mut Joined, members: &[String]) -> Option<()> {
    let before = items.len();
    if cell == b"|" || cell == b"[]" {
        return Some(());
    }
    // A list as JSON has it, too.
    let list = cell
        .strip_prefix(b"[")
        .and_then(|list| list.strip_suffix(b"]"));
    let between = if list.is_some() { b',' } else { b'|' };
    for member in list.unwrap_or(cell).split(|byte| *byte == between) {
        let member = match list {
            Some(_) => trimmed(member).strip_prefix(b"\"")?.strip_suffix(b"\"")?,
            None => trimmed(member),
        };
        let is_member = members.iter().any(|own| own.as_bytes() == member);
        if !is_member || (before..items.len()).any(|at| items.bytes(at) == member) {
            items.truncate(before);
            return None;
        }
        items.push(member);
    }
    Some(())
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
#[inline(always)]
pub(crate) fn trimmed(cell: &[u8]) -> &[u8] {
    // Nearly all cells begin and end with something above a space.
    match (cell.first(), cell.last()) {
        (Some(first), Some(last)) if *first > b' ' && *last > b' ' => cell,
        _ => trim(cell),
    }
}

fn trim(mut cell: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
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
    /// Returns a batch without people, of the columns of some inputs and of the members of some sets.
    pub(crate) fn new(columns: Vec<Input>, sets: Vec<Range<usize>>, as_at: Date) -> Self {
        Self {
            columns,
            sets,
            chunk: Chunk::default(),
            observed: Vec::new(),
            times: Vec::new(),
            plain: Vec::new(),
            others: Vec::new(),
            as_at,
        }
    }

    /// Returns how many people there are.
    pub(crate) fn people(&self) -> usize {
        self.plain.len()
    }

    /// Takes the cells of the chunk into the columns.
    pub(crate) fn take(&mut self) {
        for input in &mut self.columns {
            input.take(&self.chunk, &mut self.plain);
        }
        for set in std::mem::take(&mut self.sets) {
            self.mark_uneven(set.clone());
            self.sets.push(set);
        }
    }

    /// Marks the rows in which some of these columns have a value and others do not.
    fn mark_uneven(&mut self, columns: Range<usize>) {
        let columns = self.columns.get(columns).unwrap_or_default();
        for (at, eight) in self.plain.chunks_mut(8).enumerate() {
            let bits = columns.iter().filter_map(|input| input.valid.get(at));
            let (any, every) =
                bits.fold((0, 0xff), |(any, every), bits| (any | bits, every & bits));
            let uneven: u8 = any & !every;
            if uneven != 0 {
                for (bit, plain) in eight.iter_mut().enumerate() {
                    *plain &= uneven >> bit & 1 == 0;
                }
            }
        }
    }

    /// Returns the positions of the columns whose cells are taken.
    #[cfg(feature = "parquet")]
    pub(crate) fn positions(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|input| input.position)
    }

    /// Adds the columns to those of a cohort.
    pub(crate) fn added_to<'a>(&'a self, cohort: Cohort<'a>) -> Cohort<'a> {
        self.columns.iter().fold(cohort, |cohort, input| {
            cohort.with(input.name.as_str(), input.column())
        })
    }
}
