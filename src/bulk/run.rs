//! Runs a program over the chunks of a cohort.

use std::ops::Range;

use crate::bulk::bind::Bound;
use crate::bulk::kernels::{self, Number};
use crate::bulk::load;
use crate::bulk::program::{Join, Lane, Op, Program, Register};
use crate::bulk::unchecked::Vectors;
use crate::date::Date;
use crate::plan::{ABSENT, Lookup};

/// So many rows at a time: few enough that all registers stay in the cache next to the processor.
pub(super) const CHUNK: usize = 2048;

/// Whole numbers of one width.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Lanes<B8, B16, B32, B64> {
    I8(B8),
    I16(B16),
    I32(B32),
    I64(B64),
}

/// A register's chunk.
pub(super) type Chunk = Lanes<Box<[i8]>, Box<[i16]>, Box<[i32]>, Box<[i64]>>;
/// A column of results.
pub(super) type Owned = Lanes<Vec<i8>, Vec<i16>, Vec<i32>, Vec<i64>>;
/// A part of a column of results, to be written.
pub(super) type Part<'a> = Lanes<&'a mut [i8], &'a mut [i16], &'a mut [i32], &'a mut [i64]>;

/// Gives a column rows up to one, of so many in the end; those that were not there are blank, and the others are kept, so that a column that is used
/// again is not written twice. One that must hold all at once is made anew: memory that comes blank is not written twice either.
pub(super) fn grow<T: Copy + Default>(column: &mut Vec<T>, end: usize, rows: usize) {
    if column.capacity() < rows {
        *column = if end == rows {
            vec![T::default(); rows]
        } else {
            Vec::with_capacity(rows)
        };
    }
    column.truncate(rows);
    column.resize(end.max(column.len()), T::default());
}

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

    /// Makes room for rows up to one, of so many in the end; what is in them does not matter.
    pub(super) fn grow(&mut self, end: usize, rows: usize) {
        lanes!(self, column => grow(column, end, rows));
    }

    #[cfg(feature = "arrow")]
    pub(super) fn rows(&self) -> usize {
        lanes!(self, column => column.len())
    }

    pub(super) fn part(&mut self, rows: Range<usize>) -> Part<'_> {
        match self {
            Self::I8(column) => Part::I8(column.get_mut(rows).unwrap_or_default()),
            Self::I16(column) => Part::I16(column.get_mut(rows).unwrap_or_default()),
            Self::I32(column) => Part::I32(column.get_mut(rows).unwrap_or_default()),
            Self::I64(column) => Part::I64(column.get_mut(rows).unwrap_or_default()),
        }
    }
}

impl<'a> Part<'a> {
    #[cfg(feature = "rayon")]
    pub(super) fn split_at(self, rows: usize) -> (Self, Self) {
        match self {
            Self::I8(part) => part
                .split_at_mut_checked(rows)
                .map_or((Self::I8(&mut []), Self::I8(&mut [])), |(one, two)| {
                    (Self::I8(one), Self::I8(two))
                }),
            Self::I16(part) => part
                .split_at_mut_checked(rows)
                .map_or((Self::I16(&mut []), Self::I16(&mut [])), |(one, two)| {
                    (Self::I16(one), Self::I16(two))
                }),
            Self::I32(part) => part
                .split_at_mut_checked(rows)
                .map_or((Self::I32(&mut []), Self::I32(&mut [])), |(one, two)| {
                    (Self::I32(one), Self::I32(two))
                }),
            Self::I64(part) => part
                .split_at_mut_checked(rows)
                .map_or((Self::I64(&mut []), Self::I64(&mut [])), |(one, two)| {
                    (Self::I64(one), Self::I64(two))
                }),
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

pub(super) use lanes;

/// A part of a column of results, and what is stored in it.
pub(super) struct Target<'a> {
    pub(super) part: Part<'a>,
    /// The position that stands for no result, if the results are positions.
    pub(super) position_of_nothing: Option<i8>,
    /// Whether it may have rows without a result.
    pub(super) has_gaps: bool,
}

impl<'a> Target<'a> {
    pub(super) fn new(part: Part<'a>, position_of_nothing: Option<i8>) -> Self {
        Self {
            part,
            position_of_nothing,
            has_gaps: false,
        }
    }

    #[cfg(feature = "rayon")]
    pub(super) fn split_at(self, rows: usize) -> (Self, Self) {
        let (one, two) = self.part.split_at(rows);
        (
            Self::new(one, self.position_of_nothing),
            Self::new(two, self.position_of_nothing),
        )
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

/// The registers of one thread, and what it needs beside them.
#[derive(Debug)]
pub(super) struct Workspace {
    registers: Registers,
    scratch: Scratch,
}

/// By lane, then by index.
#[derive(Debug)]
struct Registers {
    chunks: Vec<Chunk>,
    starts: [usize; 4],
}

#[derive(Debug)]
pub(super) struct Scratch {
    /// 1 for each row of the chunk that must be scored by itself.
    pub(super) slow: Box<[i8]>,
    /// Marks that are made elsewhere.
    pub(super) ignored: Box<[i8]>,
    /// 1 for each row of the chunk in which a column has a value.
    pub(super) valid: Box<[i8]>,
    /// Truths on their way.
    pub(super) bytes: Box<[i8]>,
    /// Numbers on their way.
    pub(super) wide: Box<[i64]>,
    /// Whether a set has a member, on its way into a count.
    pub(super) member: Chunk,
    /// The sets of lists, read once for all members.
    pub(super) sets: load::Sets,
    /// Bits moved to the beginning of a byte.
    pub(super) shifted: Vec<u8>,
}

/// All registers but one, to be read while that one is written.
struct Others<'a> {
    starts: [usize; 4],
    before: &'a [Chunk],
    after: &'a [Chunk],
}

impl Workspace {
    pub(super) fn new(program: &Program) -> Self {
        let [i8s, i16s, i32s, i64s] = program.registers;
        let mut chunks = Vec::new();
        chunks.extend((0..i8s).map(|_| Chunk::I8(vec![0; CHUNK].into())));
        chunks.extend((0..i16s).map(|_| Chunk::I16(vec![0; CHUNK].into())));
        chunks.extend((0..i32s).map(|_| Chunk::I32(vec![0; CHUNK].into())));
        chunks.extend((0..i64s).map(|_| Chunk::I64(vec![0; CHUNK].into())));
        let mut registers = Registers {
            chunks,
            starts: [0, i8s, i8s + i16s, i8s + i16s + i32s],
        };
        for (register, value) in &program.constants {
            fn fill<T: Number>(chunk: &mut [T], value: i64) {
                chunk.fill(T::of(value));
            }
            if let Some((chunk, _)) = registers.split(*register) {
                lanes!(chunk, chunk => fill(chunk, *value));
            }
        }
        let bytes = || vec![0; CHUNK].into();
        Self {
            registers,
            scratch: Scratch {
                slow: bytes(),
                ignored: bytes(),
                valid: bytes(),
                bytes: bytes(),
                wide: vec![0; CHUNK].into(),
                member: Chunk::I8(bytes()),
                sets: load::Sets::default(),
                shifted: Vec::new(),
            },
        }
    }
}

fn place(starts: [usize; 4], register: Register) -> usize {
    let [i8s, i16s, i32s, i64s] = starts;
    register.index
        + match register.lane {
            Lane::I8 => i8s,
            Lane::I16 => i16s,
            Lane::I32 => i32s,
            Lane::I64 => i64s,
        }
}

impl Registers {
    /// One register to be written, and the others.
    fn split(&mut self, register: Register) -> Option<(&mut Chunk, Others<'_>)> {
        let (before, rest) = self
            .chunks
            .split_at_mut_checked(place(self.starts, register))?;
        let (chunk, after) = rest.split_first_mut()?;
        Some((
            chunk,
            Others {
                starts: self.starts,
                before,
                after,
            },
        ))
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a workspace has every register of the program that it was made for"
    )]
    fn chunk(&self, register: Register) -> &Chunk {
        &self.chunks[place(self.starts, register)]
    }
}

impl Others<'_> {
    #[inline(always)]
    #[expect(
        clippy::indexing_slicing,
        reason = "a workspace has every register of the program that it was made for, and no loop reads what it writes"
    )]
    fn chunk(&self, register: Register) -> &Chunk {
        let place = place(self.starts, register);
        if place < self.before.len() {
            &self.before[place]
        } else {
            &self.after[place - self.before.len() - 1]
        }
    }

    #[inline(always)]
    fn truths(&self, register: Register) -> &[i8] {
        truths_of(self.chunk(register))
    }

    /// A register's numbers in the widest lane.
    #[inline(always)]
    fn widened<'a>(&self, register: Register, wide: &'a mut [i64]) -> &'a [i64] {
        lanes!(self.chunk(register), of => kernels::widen(of, wide));
        wide
    }
}

#[inline(always)]
fn truths_of(chunk: &Chunk) -> &[i8] {
    if let Chunk::I8(chunk) = chunk {
        chunk
    } else {
        &[]
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
pub(super) fn run<V: Vectors>(
    job: &mut Job<'_, '_>,
    work: &mut Workspace,
    results: &mut [Target<'_>],
) {
    let mut start = job.rows.start;
    while start < job.rows.end {
        let rows = start..job.rows.end.min(start + CHUNK);
        work.scratch.slow.fill(0);
        // What the next chunk reads is asked for between the loops, for else they would wait for it.
        let mut ahead = job.bound.ahead.chunks(
            job.bound
                .ahead
                .len()
                .div_ceil(job.program.ops.len().max(1))
                .max(1),
        );
        for (to, op) in &job.program.ops {
            step::<V>(
                op,
                *to,
                job.bound,
                &rows,
                start - job.rows.start,
                work,
                results,
            );
            ahead
                .next()
                .unwrap_or_default()
                .iter()
                .for_each(|ahead| ahead.fetch(rows.end));
        }
        let marks = work.scratch.slow.get(..rows.len()).unwrap_or_default();
        if marks.iter().fold(0, |any, mark| any | mark) != 0 {
            job.slow.extend(
                marks
                    .iter()
                    .zip(rows.clone())
                    .filter(|(mark, _)| **mark != 0)
                    .map(|(_, row)| row),
            );
        }
        start = rows.end;
    }
}

#[inline(always)]
fn step<V: Vectors>(
    op: &Op,
    to: Option<Register>,
    bound: &Bound<'_>,
    rows: &Range<usize>,
    at: usize,
    work: &mut Workspace,
    results: &mut [Target<'_>],
) {
    match op {
        Op::Admit { of } => {
            return kernels::admit(truths_of(work.registers.chunk(*of)), &mut work.scratch.slow);
        }
        Op::Store { of, result } => {
            if let Some(target) = results.get_mut(*result) {
                store(work.registers.chunk(*of), target, at..at + rows.len());
            }
            return;
        }
        _ => {}
    }
    let scratch = &mut work.scratch;
    let Some((chunk, others)) = to.and_then(|to| work.registers.split(to)) else {
        return;
    };
    match op {
        Op::Load {
            input,
            member,
            absent,
        } => load::load::<V>(bound, *input, *member, *absent, rows, chunk, scratch),
        Op::LoadPresence { input } => {
            if let Chunk::I8(chunk) = chunk {
                load::presence(bound, *input, rows, chunk, scratch);
            }
        }
        Op::Count { input, members } => {
            if let Chunk::I8(chunk) = chunk {
                load::count::<V>(bound, *input, *members, rows, chunk, scratch);
            }
        }
        Op::Line {
            of,
            adds,
            least,
            base,
            each,
        } => {
            let of = others.truths(*of);
            lanes!(chunk, to => kernels::line(of, to, *adds, *least, *base, *each));
        }
        Op::Reached { of, cuts } => {
            if let Chunk::I8(to) = chunk {
                lanes!(others.chunk(*of), of => kernels::reached(of, to, cuts));
            }
        }
        Op::Steps {
            of,
            adds,
            base,
            steps,
        } => {
            let of = others.truths(*of);
            lanes!(chunk, to => kernels::steps(of, to, *adds, *base, steps));
        }
        Op::Find {
            of,
            adds,
            cuts,
            gives,
        } => {
            let of = others.widened(*of, &mut scratch.wide);
            lanes!(chunk, to => kernels::find(of, to, *adds, cuts, gives));
        }
        Op::Look {
            of,
            adds,
            least,
            gives,
        } => {
            let of = others.widened(*of, &mut scratch.wide);
            lanes!(chunk, to => kernels::look(of, to, *adds, *least, gives));
        }
        Op::Each {
            of,
            lookup,
            least,
            most,
            unit,
            absent,
        } => {
            let of = others.widened(*of, &mut scratch.wide);
            lanes!(chunk, to => units(of, to, lookup, (*least, *most), *unit, *absent));
        }
        Op::Widen { of } => match (others.chunk(*of), chunk) {
            (Chunk::I8(of), Chunk::I16(to)) => kernels::widen(of, to),
            (Chunk::I8(of), Chunk::I32(to)) => kernels::widen(of, to),
            (Chunk::I8(of), Chunk::I64(to)) => kernels::widen(of, to),
            (Chunk::I16(of), Chunk::I32(to)) => kernels::widen(of, to),
            (Chunk::I16(of), Chunk::I64(to)) => kernels::widen(of, to),
            (Chunk::I32(of), Chunk::I64(to)) => kernels::widen(of, to),
            // A program widens only.
            _ => {}
        },
        Op::Copy { of } => pairs!(others.chunk(*of), chunk, (of, to) => to.copy_from_slice(of)),
        Op::Join { of, how } => pairs!(others.chunk(*of), chunk, (of, to) => match how {
            Join::Add => kernels::add_all(of, to),
            Join::AddInputs => kernels::add_inputs(of, to),
            Join::Highest => kernels::highest(of, to),
            Join::Lowest => kernels::lowest(of, to),
        }),
        Op::Blend { when, of } => {
            let when = others.truths(*when);
            pairs!(others.chunk(*of), chunk, (of, to) => kernels::blend(when, of, to));
        }
        Op::Unless { present } => lanes!(chunk, to => kernels::unless(others.truths(*present), to)),
        Op::Table {
            row,
            column,
            cells,
            rows,
            columns,
            default,
        } => {
            let (row, column) = (others.truths(*row), others.truths(*column));
            lanes!(chunk, to => kernels::table(row, column, to, cells, (*rows, *columns), *default));
        }
        Op::Compare { one, order, other } => {
            if let Chunk::I8(to) = chunk {
                kernels::compare(others.truths(*one), *order, others.truths(*other), to);
            }
        }
        Op::Length { unit, from, to } => {
            let from = others.widened(*from, &mut scratch.wide);
            let until: Vec<i64> = lanes!(others.chunk(*to), until => until.iter().map(|until| nothing_kept(*until)).collect());
            if let Chunk::I32(to) = chunk {
                lengths(from, &until, to, *unit);
            }
        }
        Op::Admit { .. } | Op::Store { .. } => {}
    }
}

#[inline(always)]
fn store(chunk: &Chunk, target: &mut Target<'_>, rows: Range<usize>) {
    target.has_gaps |= match (chunk, &mut target.part) {
        (Chunk::I8(of), Part::I8(to)) => {
            let to = to.get_mut(rows).unwrap_or_default();
            match target.position_of_nothing {
                Some(nothing) => kernels::positions(of, to, nothing),
                None => kernels::store(of, to),
            }
        }
        (Chunk::I16(of), Part::I16(to)) => kernels::store(of, to.get_mut(rows).unwrap_or_default()),
        (Chunk::I32(of), Part::I32(to)) => kernels::store(of, to.get_mut(rows).unwrap_or_default()),
        (Chunk::I64(of), Part::I64(to)) => kernels::store(of, to.get_mut(rows).unwrap_or_default()),
        // A result's column is made in the lane of its register.
        _ => true,
    };
}

/// Points for whole units, where they are too many to list. Values of rows that are refused may be anything, and are taken for one of the range.
fn units<T: Number>(
    of: &[i64],
    to: &mut [T],
    lookup: &Lookup,
    (least, most): (i64, i64),
    unit: i64,
    absent: i64,
) {
    let today = Date::from_days(0);
    for (of, to) in of.iter().zip(to) {
        *to = T::of(if *of == ABSENT {
            absent
        } else {
            lookup.of((*of).clamp(least, most), today) / unit
        });
    }
}

fn nothing_kept<T: Number>(value: T) -> i64 {
    if value == T::NOTHING {
        ABSENT
    } else {
        value.wide()
    }
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
