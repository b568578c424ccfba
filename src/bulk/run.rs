//! Runs a program over the chunks of a cohort.

use std::ops::Range;

use crate::bulk::bind::Bound;
use crate::bulk::chunk::{CHUNK, Chunk, Lanes, Part, lanes};
use crate::bulk::number::Number;
use crate::bulk::program::{Join, Lane, Op, Program, Register};
use crate::bulk::scratch::Scratch;
use crate::bulk::sets::Sets;
use crate::bulk::vectors::Vectors;
use crate::bulk::{kernels, load};
use crate::date::Date;
use crate::plan::{ABSENT, Lookup};

/// A part of a column of results, and what is stored in it.
pub(super) struct Target<'a> {
    pub(super) part: Part<'a>,
    /// The position that stands for no result, if the results are positions.
    pub(super) position_of_nothing: Option<i8>,
    /// Whether the column may have rows without a result.
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

/// Runs an expression for two registers of one width.
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

/// The registers of one thread, and what else it needs.
#[derive(Debug)]
pub(super) struct Workspace {
    registers: Registers,
    scratch: Scratch,
}

/// The registers, by lane and then by index.
#[derive(Debug)]
struct Registers {
    chunks: Vec<Chunk>,
    starts: [usize; 4],
}

/// All registers except one, to be read while that one is written.
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
                sets: Sets::default(),
                shifted: Vec::new(),
            },
        }
    }
}

impl Workspace {
    /// Returns the sets that were read.
    pub(super) fn sets(&mut self) -> &mut Sets {
        &mut self.scratch.sets
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
    /// Returns one register to be written, and the others to be read.
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

    /// Returns a register's numbers in the widest lane.
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

/// Scores rows by chunks. Every loop runs over a chunk in turn. `results` begin with the first of the rows.
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

/// Gives points for whole units, where there are too many to list. Rows that are refused may have any values, which are taken for values in the
/// range.
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
