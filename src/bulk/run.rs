//! Runs a program over the chunks of a cohort.

use std::ops::Range;

use crate::arena::InputId;
use crate::bulk::bind::{Bound, Form, UNREADABLE};
use crate::bulk::column::{Column, Keys, Values};
use crate::bulk::decode::{self, Meaning};
use crate::bulk::kernels::{self, Number};
use crate::bulk::program::{Join, Lane, Op, Program, Register};
use crate::date::Date;
use crate::plan::{ABSENT, Lookup};

/// So many rows at a time: few enough that all registers stay in the cache next to the processor.
pub(super) const CHUNK: usize = 1024;

/// Whole numbers of one width.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Lanes<B8, B16, B32, B64> {
    I8(B8),
    I16(B16),
    I32(B32),
    I64(B64),
}

/// A register's chunk.
type Chunk = Lanes<Box<[i8]>, Box<[i16]>, Box<[i32]>, Box<[i64]>>;
/// A column of results.
pub(super) type Owned = Lanes<Vec<i8>, Vec<i16>, Vec<i32>, Vec<i64>>;
/// A part of a column of results, to be written.
pub(super) type Part<'a> = Lanes<&'a mut [i8], &'a mut [i16], &'a mut [i32], &'a mut [i64]>;

/// Runs an expression for whatever width.
macro_rules! lanes {
    ($of:expr, $name:ident => $body:expr) => {
        match $of {
            Lanes::I8($name) => $body,
            Lanes::I16($name) => $body,
            Lanes::I32($name) => $body,
            Lanes::I64($name) => $body,
        }
    };
}

impl Owned {
    pub(super) fn nothing(lane: Lane, rows: usize) -> Self {
        match lane {
            Lane::I8 => Self::I8(vec![0; rows]),
            Lane::I16 => Self::I16(vec![0; rows]),
            Lane::I32 => Self::I32(vec![0; rows]),
            Lane::I64 => Self::I64(vec![0; rows]),
        }
    }

    pub(super) fn resize(&mut self, rows: usize) {
        lanes!(self, column => column.resize(rows, 0));
    }

    pub(super) fn part(&mut self) -> Part<'_> {
        match self {
            Self::I8(column) => Part::I8(column),
            Self::I16(column) => Part::I16(column),
            Self::I32(column) => Part::I32(column),
            Self::I64(column) => Part::I64(column),
        }
    }
}

impl<'a> Part<'a> {
    pub(super) fn split_at(self, rows: usize) -> (Self, Self) {
        match self {
            Self::I8(part) => {
                part.split_at_mut_checked(rows).map_or((Self::I8(&mut []), Self::I8(&mut [])), |(one, two)| (Self::I8(one), Self::I8(two)))
            }
            Self::I16(part) => {
                part.split_at_mut_checked(rows).map_or((Self::I16(&mut []), Self::I16(&mut [])), |(one, two)| (Self::I16(one), Self::I16(two)))
            }
            Self::I32(part) => {
                part.split_at_mut_checked(rows).map_or((Self::I32(&mut []), Self::I32(&mut [])), |(one, two)| (Self::I32(one), Self::I32(two)))
            }
            Self::I64(part) => {
                part.split_at_mut_checked(rows).map_or((Self::I64(&mut []), Self::I64(&mut [])), |(one, two)| (Self::I64(one), Self::I64(two)))
            }
        }
    }

    /// Writes one value, or nothing.
    pub(super) fn set(&mut self, row: usize, value: Option<i64>) {
        fn write<T: Number>(column: &mut [T], row: usize, value: Option<i64>) {
            if let Some(slot) = column.get_mut(row) {
                *slot = value.map_or(T::NOTHING, T::of);
            }
        }
        lanes!(self, column => write(column, row, value));
    }
}

/// Runs an expression for two of one width.
macro_rules! pairs {
    ($one:expr, $two:expr, ($a:ident, $b:ident) => $body:expr) => {
        match ($one, $two) {
            (Lanes::I8($a), Lanes::I8($b)) => $body,
            (Lanes::I16($a), Lanes::I16($b)) => $body,
            (Lanes::I32($a), Lanes::I32($b)) => $body,
            (Lanes::I64($a), Lanes::I64($b)) => $body,
            // A program pairs registers of one lane only.
            _ => {}
        }
    };
}

/// The registers of one thread.
#[derive(Debug)]
pub(super) struct Workspace {
    /// By lane, then by index.
    chunks: Vec<Chunk>,
    starts: [usize; 4],
    slow: Box<[i8]>,
    valid: Box<[i8]>,
    shifted: Vec<u8>,
    /// Numbers on their way.
    wide: Box<[i64]>,
}

impl Workspace {
    pub(super) fn new(program: &Program) -> Self {
        let [i8s, i16s, i32s, i64s] = program.registers;
        let mut chunks = Vec::new();
        chunks.extend((0..i8s).map(|_| Chunk::I8(vec![0; CHUNK].into())));
        chunks.extend((0..i16s).map(|_| Chunk::I16(vec![0; CHUNK].into())));
        chunks.extend((0..i32s).map(|_| Chunk::I32(vec![0; CHUNK].into())));
        chunks.extend((0..i64s).map(|_| Chunk::I64(vec![0; CHUNK].into())));
        let starts = [0, i8s, i8s + i16s, i8s + i16s + i32s];
        let mut own =
            Self { chunks, starts, slow: vec![0; CHUNK].into(), valid: vec![0; CHUNK].into(), shifted: Vec::new(), wide: vec![0; CHUNK].into() };
        for (register, value) in &program.constants {
            let mut chunk = own.take(*register);
            fn fill<T: Number>(chunk: &mut [T], value: i64) {
                chunk.fill(T::of(value));
            }
            lanes!(&mut chunk, chunk => fill(chunk, *value));
            own.put(*register, chunk);
        }
        own
    }

    fn place(&self, register: Register) -> usize {
        let [i8s, i16s, i32s, i64s] = self.starts;
        register.index
            + match register.lane {
                Lane::I8 => i8s,
                Lane::I16 => i16s,
                Lane::I32 => i32s,
                Lane::I64 => i64s,
            }
    }

    fn take(&mut self, register: Register) -> Chunk {
        let place = self.place(register);
        self.chunks.get_mut(place).map_or_else(|| Chunk::I8(Box::default()), |chunk| std::mem::replace(chunk, Chunk::I8(Box::default())))
    }

    fn put(&mut self, register: Register, chunk: Chunk) {
        let place = self.place(register);
        if let Some(slot) = self.chunks.get_mut(place) {
            *slot = chunk;
        }
    }

    #[expect(clippy::indexing_slicing, reason = "a workspace has every register of the program that it was made for")]
    fn chunk(&self, register: Register) -> &Chunk {
        &self.chunks[self.place(register)]
    }

    /// A register's numbers in the widest lane, to be given back as `wide`.
    fn widest(&mut self, register: Register) -> Box<[i64]> {
        let mut wide = std::mem::take(&mut self.wide);
        lanes!(self.chunk(register), of => kernels::widen(of, &mut wide));
        wide
    }

    fn truths(&self, register: Register) -> &[i8] {
        match self.chunk(register) {
            Chunk::I8(chunk) => chunk,
            _ => &[],
        }
    }
}

/// One run of a program over some rows.
pub(super) struct Job<'a, 'b> {
    pub(super) program: &'a Program,
    pub(super) bound: &'a Bound<'b>,
    pub(super) rows: Range<usize>,
    /// Rows that must be scored one by one, by their number in the cohort.
    pub(super) slow: Vec<usize>,
}

/// Scores rows, each chunk of them by every loop in turn. `results` begin with the first of the rows.
#[inline(always)]
pub(super) fn run(job: &mut Job<'_, '_>, work: &mut Workspace, results: &mut [Part<'_>], positions: &[Option<i8>]) {
    let mut start = job.rows.start;
    while start < job.rows.end {
        let rows = start..job.rows.end.min(start + CHUNK);
        work.slow.fill(0);
        for (to, op) in &job.program.ops {
            step(op, *to, job.bound, &rows, start - job.rows.start, work, results, positions);
        }
        let marks = work.slow.get(..rows.len()).unwrap_or_default();
        if marks.iter().fold(0, |any, mark| any | mark) != 0 {
            job.slow.extend(marks.iter().zip(rows.clone()).filter(|(mark, _)| **mark != 0).map(|(_, row)| row));
        }
        start = rows.end;
    }
}

#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the one place where everything meets")]
fn step(
    op: &Op,
    to: Option<Register>,
    bound: &Bound<'_>,
    rows: &Range<usize>,
    at: usize,
    work: &mut Workspace,
    results: &mut [Part<'_>],
    positions: &[Option<i8>],
) {
    match op {
        Op::Admit { of } => {
            let mut slow = std::mem::take(&mut work.slow);
            kernels::admit(work.truths(*of), &mut slow);
            work.slow = slow;
            return;
        }
        Op::Store { of, result } => {
            if let Some(part) = results.get_mut(*result) {
                store(work.chunk(*of), part, at..at + rows.len(), positions.get(*result).copied().flatten());
            }
            return;
        }
        _ => {}
    }
    let Some(to) = to else { return };
    let mut chunk = work.take(to);
    match op {
        Op::Load { input } => load(bound, *input, rows, &mut chunk, work),
        Op::LoadMember { input, member } => {
            if let Chunk::I8(chunk) = &mut chunk {
                load_member(bound, *input, *member, rows, chunk, work);
            }
        }
        Op::LoadPresence { input } => {
            if let Chunk::I8(chunk) = &mut chunk {
                load_presence(bound, *input, rows, chunk, work);
            }
        }
        Op::Reached { of, cuts } => {
            if let Chunk::I8(to) = &mut chunk {
                lanes!(work.chunk(*of), of => kernels::reached(of, to, cuts));
            }
        }
        Op::Steps { of, adds, base, steps } => {
            let of = work.truths(*of);
            lanes!(&mut chunk, to => kernels::steps(of, to, *adds, *base, steps));
        }
        Op::Find { of, adds, cuts, gives } => {
            let of = work.widest(*of);
            lanes!(&mut chunk, to => kernels::find(&of, to, *adds, cuts, gives));
            work.wide = of;
        }
        Op::Look { of, adds, least, gives } => {
            let of = work.widest(*of);
            lanes!(&mut chunk, to => kernels::look(&of, to, *adds, *least, gives));
            work.wide = of;
        }
        Op::Each { of, lookup, unit, absent } => {
            let of = work.widest(*of);
            lanes!(&mut chunk, to => units(&of, to, lookup, *unit, *absent));
            work.wide = of;
        }
        Op::Widen { of } => match (work.chunk(*of), &mut chunk) {
            (Chunk::I8(of), Chunk::I16(to)) => kernels::widen(of, to),
            (Chunk::I8(of), Chunk::I32(to)) => kernels::widen(of, to),
            (Chunk::I8(of), Chunk::I64(to)) => kernels::widen(of, to),
            (Chunk::I16(of), Chunk::I32(to)) => kernels::widen(of, to),
            (Chunk::I16(of), Chunk::I64(to)) => kernels::widen(of, to),
            (Chunk::I32(of), Chunk::I64(to)) => kernels::widen(of, to),
            // A program widens only.
            _ => {}
        },
        Op::Copy { of } => pairs!(work.chunk(*of), &mut chunk, (of, to) => to.copy_from_slice(of)),
        Op::Join { of, how } => pairs!(work.chunk(*of), &mut chunk, (of, to) => match how {
            Join::Add => kernels::add_all(of, to),
            Join::AddInputs => kernels::add_inputs(of, to),
            Join::Highest => kernels::highest(of, to),
            Join::Lowest => kernels::lowest(of, to),
        }),
        Op::Blend { when, of } => {
            let when = work.truths(*when);
            pairs!(work.chunk(*of), &mut chunk, (of, to) => kernels::blend(when, of, to));
        }
        Op::Unless { present } => lanes!(&mut chunk, to => kernels::unless(work.truths(*present), to)),
        Op::Table { row, column, cells, rows, columns, default } => {
            let (row, column) = (work.truths(*row), work.truths(*column));
            lanes!(&mut chunk, to => kernels::table(row, column, to, cells, (*rows, *columns), *default));
        }
        Op::Compare { one, order, other } => {
            if let Chunk::I8(to) = &mut chunk {
                kernels::compare(work.truths(*one), *order, work.truths(*other), to);
            }
        }
        Op::Length { unit, from, to } => {
            let from = work.widest(*from);
            let until: Vec<i64> = lanes!(work.chunk(*to), until => until.iter().map(|until| nothing_kept(*until)).collect());
            if let Chunk::I32(to) = &mut chunk {
                lengths(&from, &until, to, *unit);
            }
            work.wide = from;
        }
        Op::Admit { .. } | Op::Store { .. } => {}
    }
    work.put(to, chunk);
}

#[inline(always)]
fn store(chunk: &Chunk, part: &mut Part<'_>, rows: Range<usize>, position_of_nothing: Option<i8>) {
    match (chunk, part) {
        (Chunk::I8(of), Part::I8(to)) => {
            let Some(to) = to.get_mut(rows) else { return };
            match position_of_nothing {
                Some(nothing) => kernels::positions(of, to, nothing),
                None => copy_over(of, to),
            }
        }
        (Chunk::I16(of), Part::I16(to)) => copy_over(of, to.get_mut(rows).unwrap_or_default()),
        (Chunk::I32(of), Part::I32(to)) => copy_over(of, to.get_mut(rows).unwrap_or_default()),
        (Chunk::I64(of), Part::I64(to)) => copy_over(of, to.get_mut(rows).unwrap_or_default()),
        // A result's column is made in the lane of its register.
        _ => {}
    }
}

#[inline(always)]
fn copy_over<T: Copy>(of: &[T], to: &mut [T]) {
    if let Some(of) = of.get(..to.len()) {
        to.copy_from_slice(of);
    }
}

/// Reads a column of whatever type into a register.
#[inline(always)]
fn load(bound: &Bound<'_>, input: InputId, rows: &Range<usize>, to: &mut Chunk, work: &mut Workspace) {
    let Some(source) = bound.source(input) else { return };
    let count = rows.len();
    let (mut slow, mut valid) = (std::mem::take(&mut work.slow), std::mem::take(&mut work.valid));
    {
        let slow = slow.get_mut(..count).unwrap_or_default();
        let valid = valid.get_mut(..count).unwrap_or_default();
        let has_valid = match &source.form {
            Form::Whole { column, .. } | Form::Float { column, .. } | Form::Truth(column) | Form::Keys { column, .. } => {
                spread_validity(column, rows, valid, &mut work.shifted)
            }
            _ => false,
        };
        let mut meaning = Meaning {
            from: i64::MIN,
            to: i64::MAX,
            missing: source.missing,
            valid: has_valid.then_some(&*valid),
            missing_is_slow: source.missing_is_slow,
        };
        match &source.form {
            Form::None => {
                fn fill<T: Number>(to: &mut [T], value: i64) {
                    to.fill(decode::missing(value));
                }
                lanes!(to, to => fill(to, source.missing));
                if source.missing_is_slow {
                    slow.fill(1);
                }
            }
            Form::Whole { column, from, to: most, times, plus } => {
                (meaning.from, meaning.to) = (*from, *most);
                let plain = *times == 1 && *plus == 0;
                match (&column.values, &mut *to) {
                    (Values::U8(values), Chunk::I8(to)) if plain => {
                        decode::whole(values.get(rows.clone()).unwrap_or_default(), to.get_mut(..count).unwrap_or_default(), slow, meaning);
                    }
                    (Values::I8(values), Chunk::I8(to)) if plain => {
                        decode::whole(values.get(rows.clone()).unwrap_or_default(), to.get_mut(..count).unwrap_or_default(), slow, meaning);
                    }
                    (values, to) => {
                        let wide = work.wide.get_mut(..count).unwrap_or_default();
                        whole_numbers(values, rows, wide);
                        lanes!(to, to => decode::whole(wide, to.get_mut(..count).unwrap_or_default(), slow, meaning));
                        if !plain {
                            lanes!(to, to => decode::scale(to.get_mut(..count).unwrap_or_default(), meaning.valid, *times, *plus));
                        }
                    }
                }
            }
            Form::Float { column, from, to: most, places } => {
                (meaning.from, meaning.to) = (*from, *most);
                match &column.values {
                    Values::F64(values) => {
                        let values = values.get(rows.clone()).unwrap_or_default();
                        lanes!(to, to => decode::floats(values, to.get_mut(..count).unwrap_or_default(), slow, meaning, *places));
                    }
                    Values::F32(values) => {
                        let wide = work.wide.get_mut(..count).unwrap_or_default();
                        decode::small_floats(values.get(rows.clone()).unwrap_or_default(), wide, *places);
                        lanes!(to, to => decode::whole(wide, to.get_mut(..count).unwrap_or_default(), slow, meaning));
                    }
                    _ => {}
                }
            }
            Form::Truth(column) => {
                if let Chunk::I8(to) = to {
                    truths(column, rows, to, slow, meaning, &mut work.shifted);
                }
            }
            Form::Keys { keys, values, .. } => {
                // A dictionary in the order of the matrix, as most are, needs no translation.
                let in_order = values.iter().zip(0..).all(|(value, key)| *value == key);
                (meaning.from, meaning.to) = (0, values.len() as i64 - 1);
                match (keys, &mut *to) {
                    (Keys::U8(keys), Chunk::I8(to)) if in_order => {
                        decode::whole(keys.get(rows.clone()).unwrap_or_default(), to.get_mut(..count).unwrap_or_default(), slow, meaning);
                    }
                    (Keys::I8(keys), Chunk::I8(to)) if in_order => {
                        decode::whole(keys.get(rows.clone()).unwrap_or_default(), to.get_mut(..count).unwrap_or_default(), slow, meaning);
                    }
                    (keys, to) => {
                        let wide = work.wide.get_mut(..count).unwrap_or_default();
                        whole_numbers(&keys.values(), rows, wide);
                        if !in_order {
                            for key in &mut *wide {
                                *key = usize::try_from(*key).ok().and_then(|key| values.get(key)).copied().unwrap_or(UNREADABLE);
                            }
                            (meaning.from, meaning.to) = bound.input(input).domain.bounds();
                        }
                        lanes!(to, to => decode::whole(wide, to.get_mut(..count).unwrap_or_default(), slow, meaning));
                    }
                }
            }
            Form::Rows(_) | Form::Members(_) | Form::Lists { .. } => {
                fn each<T: Number>(to: &mut [T], slow: &mut [i8], rows: &Range<usize>, number: impl Fn(usize) -> Option<i64>) {
                    for ((to, slow), row) in to.iter_mut().zip(slow).zip(rows.clone()) {
                        match number(row) {
                            Some(number) => *to = decode::missing(number),
                            None => *slow |= 1,
                        }
                    }
                }
                lanes!(to, to => each(to, slow, rows, |row| bound.number(input, row)));
            }
        }
    }
    (work.slow, work.valid) = (slow, valid);
}

#[inline(always)]
fn spread_validity(column: &Column<'_>, rows: &Range<usize>, valid: &mut [i8], shifted: &mut Vec<u8>) -> bool {
    match &column.validity {
        Some(bits) => {
            decode::bits(bits, rows.start, valid, shifted);
            true
        }
        None => false,
    }
}

#[inline(always)]
fn truths(column: &Column<'_>, rows: &Range<usize>, to: &mut [i8], slow: &mut [i8], meaning: Meaning<'_>, shifted: &mut Vec<u8>) {
    let Some(to) = to.get_mut(..rows.len()) else { return };
    match &column.values {
        Values::Bits(bits) if meaning.valid.is_none() => decode::bits(bits, rows.start, to, shifted),
        Values::Bits(bits) => {
            let mut bytes = [0_i8; CHUNK];
            let Some(bytes) = bytes.get_mut(..rows.len()) else { return };
            decode::bits(bits, rows.start, bytes, shifted);
            decode::truths(bytes, to, slow, meaning);
        }
        Values::I8(values) => {
            let meaning = Meaning { from: 0, to: 1, ..meaning };
            decode::whole(values.get(rows.clone()).unwrap_or_default(), to, slow, meaning);
        }
        Values::U8(values) => {
            let meaning = Meaning { from: 0, to: 1, ..meaning };
            decode::whole(values.get(rows.clone()).unwrap_or_default(), to, slow, meaning);
        }
        Values::Booleans(values) => {
            let values = values.get(rows.clone()).unwrap_or_default();
            match meaning.valid {
                None => values.iter().zip(to).for_each(|(value, to)| *to = i8::from(*value)),
                Some(valid) => {
                    let (missing, is_slow) = (decode::missing::<i8>(meaning.missing), i8::from(meaning.missing_is_slow));
                    for (((value, to), slow), valid) in values.iter().zip(to).zip(slow).zip(valid) {
                        *to = if *valid != 0 { i8::from(*value) } else { missing };
                        *slow |= if *valid != 0 { 0 } else { is_slow };
                    }
                }
            }
        }
        _ => {}
    }
}

/// Whole numbers of any width in the widest; one that it does not hold as the largest, which no input has.
#[inline(always)]
fn whole_numbers(values: &Values<'_>, rows: &Range<usize>, to: &mut [i64]) {
    match values {
        Values::I8(values) => decode::widen(values.get(rows.clone()).unwrap_or_default(), to),
        Values::I16(values) => decode::widen(values.get(rows.clone()).unwrap_or_default(), to),
        Values::I32(values) | Values::Dates(values) => decode::widen(values.get(rows.clone()).unwrap_or_default(), to),
        Values::I64(values) => to.copy_from_slice(values.get(rows.clone()).unwrap_or_default()),
        Values::U8(values) => decode::widen(values.get(rows.clone()).unwrap_or_default(), to),
        Values::U16(values) => decode::widen(values.get(rows.clone()).unwrap_or_default(), to),
        Values::U32(values) => decode::widen(values.get(rows.clone()).unwrap_or_default(), to),
        Values::U64(values) => {
            for (value, to) in values.get(rows.clone()).unwrap_or_default().iter().zip(to) {
                *to = i64::try_from(*value).unwrap_or(i64::MAX);
            }
        }
        _ => {}
    }
}

/// 1 where a set has a member.
#[inline(always)]
fn load_member(bound: &Bound<'_>, input: InputId, member: usize, rows: &Range<usize>, to: &mut [i8], work: &mut Workspace) {
    let Some(source) = bound.source(input) else { return };
    // Whether a set that is missing is taken to have it.
    let assumed = if source.missing == ABSENT { 0 } else { source.missing >> member & 1 };
    match &source.form {
        Form::Members(members) => {
            let Some(column) = members.get(member) else { return };
            let mut valid = std::mem::take(&mut work.valid);
            // What is wrong with a column is marked with the set's presence.
            let mut marks = [0_i8; CHUNK];
            {
                let valid = valid.get_mut(..rows.len()).unwrap_or_default();
                let has_valid = spread_validity(column, rows, valid, &mut work.shifted);
                let meaning = Meaning { from: 0, to: 1, missing: assumed, valid: has_valid.then_some(&*valid), missing_is_slow: false };
                truths(column, rows, to, marks.get_mut(..rows.len()).unwrap_or_default(), meaning, &mut work.shifted);
            }
            work.valid = valid;
        }
        Form::Lists { column, offsets, items } => {
            let name = bound.input(input).domain.names().get(member);
            for (to, row) in to.iter_mut().zip(rows.clone()) {
                let mut held = offsets.range(row).into_iter().flatten();
                *to = if column.is_valid(row) { i8::from(held.any(|item| items.get(item) == name.map(String::as_str))) } else { assumed as i8 };
            }
        }
        _ => to.fill(assumed as i8),
    }
}

/// 1 where there is a set; marks the rows in which it is missing, or cannot be read.
#[inline(always)]
fn load_presence(bound: &Bound<'_>, input: InputId, rows: &Range<usize>, to: &mut [i8], work: &mut Workspace) {
    let Some(source) = bound.source(input) else { return };
    let slow = work.slow.iter_mut();
    match &source.form {
        // Columns of truths that all have a value in each row.
        Form::Members(members)
            if members.iter().all(|member| member.validity.is_none() && matches!(member.values, Values::Bits(_) | Values::Booleans(_))) =>
        {
            to.fill(1);
        }
        _ => {
            for ((to, slow), row) in to.iter_mut().zip(slow).zip(rows.clone()) {
                let number = bound.number(input, row);
                *to = i8::from(number.is_some_and(|number| number != ABSENT));
                *slow |= i8::from(number.is_none());
            }
        }
    }
}

/// Points for whole units, where they are too many to list.
fn units<T: Number>(of: &[i64], to: &mut [T], lookup: &Lookup, unit: i64, absent: i64) {
    let today = Date::from_days(0);
    for (of, to) in of.iter().zip(to) {
        *to = T::of(if *of == ABSENT { absent } else { lookup.of(*of, today) / unit });
    }
}

fn nothing_kept<T: Number>(value: T) -> i64 {
    if value == T::NOTHING { ABSENT } else { value.wide() }
}

fn lengths(from: &[i64], until: &[i64], to: &mut [i32], unit: crate::date::Unit) {
    for ((from, until), to) in from.iter().zip(until).zip(to) {
        *to = if *from == ABSENT || *until == ABSENT {
            i32::NOTHING
        } else {
            i32::of(Date::from_days(*from).completed_until(Date::from_days(*until), unit))
        };
    }
}
