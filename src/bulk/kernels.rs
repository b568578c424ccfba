//! The loops over columns. None of them branches on data, so that each becomes vector instructions of the width that the processor has.

use crate::bulk::chunk::CHUNK;
use crate::bulk::number::Number;
use crate::bulk::vectors::Vectors;
use crate::model::Order;

/// Counts how many of the cut-offs each value has reached.
#[inline(always)]
pub(super) fn reached<S: Number>(of: &[S], to: &mut [i8], cuts: &[i64]) {
    to.fill(0);
    let (twos, rest) = cuts.as_chunks::<2>();
    for [a, b] in twos {
        let (a, b) = (S::of(*a), S::of(*b));
        for (of, to) in of.iter().zip(&mut *to) {
            *to = to.plus(i8::from(*of >= a)).plus(i8::from(*of >= b));
        }
    }
    for cut in rest {
        let cut = S::of(*cut);
        for (of, to) in of.iter().zip(&mut *to) {
            *to = to.plus(i8::from(*of >= cut));
        }
    }
}

/// Adds to the base (or to what is there) the change of each step that a value has reached.
#[inline(always)]
pub(super) fn steps<T: Number>(
    of: &[i8],
    to: &mut [T],
    adds: bool,
    base: i64,
    steps: &[(i64, i64)],
) {
    let (mut base, mut adds, mut rest) = (T::of(base), adds, steps);
    loop {
        let (now, later) = rest.split_at(if rest.len() == 2 || rest.len() > 3 {
            2
        } else {
            rest.len().min(3)
        });
        match (now, adds) {
            ([a, b, c, ..], false) => some_steps::<T, 3, false>(of, to, base, [*a, *b, *c]),
            ([a, b, c, ..], true) => some_steps::<T, 3, true>(of, to, base, [*a, *b, *c]),
            ([a, b], false) => some_steps::<T, 2, false>(of, to, base, [*a, *b]),
            ([a, b], true) => some_steps::<T, 2, true>(of, to, base, [*a, *b]),
            ([a], false) => some_steps::<T, 1, false>(of, to, base, [*a]),
            ([a], true) => some_steps::<T, 1, true>(of, to, base, [*a]),
            ([], false) => to.fill(base),
            ([], true) => add(to, base),
        }
        if later.is_empty() {
            return;
        }
        // The base is there by now.
        (base, adds, rest) = (T::default(), true, later);
    }
}

#[inline(always)]
fn add<T: Number>(to: &mut [T], value: T) {
    if value != T::default() {
        for to in to {
            *to = to.plus(value);
        }
    }
}

#[inline(always)]
fn some_steps<T: Number, const K: usize, const ADDS: bool>(
    of: &[i8],
    to: &mut [T],
    base: T,
    steps: [(i64, i64); K],
) {
    let steps = steps.map(|(cut, change)| (cut as i8, T::of(change)));
    for (of, to) in of.iter().zip(to) {
        let mut value = if ADDS { to.plus(base) } else { base };
        for (cut, change) in steps {
            value = value.plus(if *of >= cut { change } else { T::default() });
        }
        *to = value;
    }
}

/// Adds to the base (or also to what is there) a constant for each unit by which a value is above the least.
#[inline(always)]
pub(super) fn line<T: Number>(
    of: &[i8],
    to: &mut [T],
    adds: bool,
    least: i64,
    base: i64,
    each: i64,
) {
    let (least, base, each) = (least as i8, T::of(base), T::of(each));
    // The least and the most of a byte are further apart than a byte with a sign can say.
    let value = move |of: i8| {
        base.plus(T::of(i64::from(of.max(least).wrapping_sub(least) as u8)).times(each))
    };
    if adds {
        of.iter()
            .zip(to)
            .for_each(|(of, to)| *to = to.plus(value(*of)));
    } else {
        of.iter().zip(to).for_each(|(of, to)| *to = value(*of));
    }
}

#[inline(always)]
pub(super) fn find<T: Number>(of: &[i64], to: &mut [T], adds: bool, cuts: &[i64], gives: &[i64]) {
    for (of, to) in of.iter().zip(to) {
        let value = T::of(
            gives
                .get(cuts.partition_point(|cut| cut <= of))
                .copied()
                .unwrap_or_default(),
        );
        *to = if adds { to.plus(value) } else { value };
    }
}

#[inline(always)]
pub(super) fn look<T: Number>(of: &[i64], to: &mut [T], adds: bool, least: i64, gives: &[i64]) {
    for (of, to) in of.iter().zip(to) {
        // Nothing, the least of all numbers, stays below whatever is taken from it.
        let value = T::of(
            gives
                .get(of.saturating_sub(least).max(0) as usize)
                .copied()
                .unwrap_or_default(),
        );
        *to = if adds { to.plus(value) } else { value };
    }
}

/// Returns a value in another width. What stands for nothing still does.
#[inline(always)]
fn kept<S: Number, T: Number>(value: S) -> T {
    if value == S::NOTHING {
        T::NOTHING
    } else {
        T::of(value.wide())
    }
}

#[inline(always)]
pub(super) fn widen<S: Number, T: Number>(of: &[S], to: &mut [T]) {
    for (of, to) in of.iter().zip(to) {
        *to = kept(*of);
    }
}

#[inline(always)]
pub(super) fn add_all<T: Number>(of: &[T], to: &mut [T]) {
    for (of, to) in of.iter().zip(to) {
        *to = to.plus(*of);
    }
}

#[inline(always)]
pub(super) fn add_inputs<T: Number>(of: &[T], to: &mut [T]) {
    for (of, to) in of.iter().zip(to) {
        let sum = to.plus(*of);
        *to = if (*of == T::NOTHING) | (*to == T::NOTHING) {
            T::NOTHING
        } else {
            sum
        };
    }
}

#[inline(always)]
pub(super) fn highest<T: Number>(of: &[T], to: &mut [T]) {
    for (of, to) in of.iter().zip(to) {
        let (one, two) = (*of, *to);
        *to = if one > two { one } else { two };
    }
}

#[inline(always)]
pub(super) fn lowest<T: Number>(of: &[T], to: &mut [T]) {
    for (of, to) in of.iter().zip(to) {
        let (one, two) = (*of, *to);
        *to = if one < two { one } else { two };
    }
}

#[inline(always)]
pub(super) fn blend<T: Number>(when: &[i8], of: &[T], to: &mut [T]) {
    for ((when, of), to) in when.iter().zip(of).zip(to) {
        *to = to.or_taken(*of, T::mask(*when));
    }
}

#[inline(always)]
pub(super) fn unless<T: Number>(present: &[i8], to: &mut [T]) {
    for (present, to) in present.iter().zip(to) {
        let kept = *to;
        *to = if *present != 0 { kept } else { T::NOTHING };
    }
}

/// Looks up cells by their rows and columns. What is not in the table is the default.
#[inline(always)]
pub(super) fn table<T: Number>(
    row: &[i8],
    column: &[i8],
    to: &mut [T],
    cells: &[i64],
    (rows, columns): (usize, usize),
    default: i64,
) {
    for ((row, column), to) in row.iter().zip(column).zip(to) {
        // Nothing is a large number here.
        let (row, column) = (usize::from(*row as u8), usize::from(*column as u8));
        let inside = (row < rows) & (column < columns);
        let cell = cells
            .get(row * columns + column)
            .copied()
            .unwrap_or(default);
        *to = T::of(if inside { cell } else { default });
    }
}

#[inline(always)]
pub(super) fn compare(one: &[i8], order: Order, other: &[i8], to: &mut [i8]) {
    let pairs = one.iter().zip(other).zip(to);
    match order {
        Order::AtLeast => pairs.for_each(|((one, other), to)| *to = i8::from(one <= other)),
        Order::AtMost => pairs.for_each(|((one, other), to)| *to = i8::from(one >= other)),
        Order::Above => pairs.for_each(|((one, other), to)| *to = i8::from(one < other)),
        Order::Below => pairs.for_each(|((one, other), to)| *to = i8::from(one > other)),
    }
}

/// Marks the rows where a condition does not hold.
#[inline(always)]
pub(super) fn admit(of: &[i8], slow: &mut [i8]) {
    for (of, slow) in of.iter().zip(slow) {
        *slow |= 1 ^ *of;
    }
}

/// Stores results, and returns whether one of them is nothing.
#[inline(always)]
pub(super) fn store<T: Number>(of: &[T], to: &mut [T]) -> bool {
    let mut any = 0;
    for (of, to) in of.iter().zip(to) {
        *to = *of;
        any |= i8::from(*of == T::NOTHING);
    }
    any != 0
}

/// Stores positions. The position that means nothing is stored as the number that stands for nothing.
#[inline(always)]
pub(super) fn positions(of: &[i8], to: &mut [i8], nothing: i8) -> bool {
    let mut any = 0;
    for (of, to) in of.iter().zip(to) {
        let position = if *of == nothing { i8::NOTHING } else { *of };
        *to = position;
        any |= i8::from(position == i8::NOTHING);
    }
    any != 0
}

/// Counts of how many of several columns of bits each row has. They are in blocks of as many bytes as the widest vector has. Bit k of the count of
/// a row is its bit of plane k.
pub(super) struct Counts([[[u8; BLOCK]; 6]; CHUNK / 8 / BLOCK]);

const BLOCK: usize = 64;

impl Default for Counts {
    fn default() -> Self {
        Self([[[0; BLOCK]; 6]; CHUNK / 8 / BLOCK])
    }
}

impl Counts {
    /// Counts one more column after `before` columns. There are at most 63 columns.
    #[inline(always)]
    pub(super) fn add(&mut self, before: usize, bits: &[u8]) {
        // A count of this many columns has no more digits.
        let digits = (before + 1).ilog2() as usize + 1;
        for (planes, bits) in self.0.iter_mut().zip(bits.chunks(BLOCK)) {
            let mut carry: [u8; BLOCK] = padded(bits);
            for plane in planes.iter_mut().take(digits) {
                for (plane, carry) in plane.iter_mut().zip(&mut carry) {
                    let both = *plane & *carry;
                    *plane ^= *carry;
                    *carry = both;
                }
            }
        }
    }

    /// Stores the counts of a number of columns. What `digits` holds before does not matter.
    #[inline(always)]
    pub(super) fn store<V: Vectors>(&self, columns: usize, to: &mut [i8], digits: &mut [i8]) {
        to.fill(0);
        for (planes, to) in self.0.iter().zip(to.chunks_mut(8 * BLOCK)) {
            for (plane, by) in planes
                .iter()
                .zip(0..)
                .take_while(|(_, by)| columns >> by != 0)
            {
                V::spread(plane, digits);
                to.iter_mut()
                    .zip(&*digits)
                    .for_each(|(to, digit)| *to |= digit << by);
            }
        }
    }
}

/// Returns the first `COUNT` numbers, with zeros at the end if there are fewer.
#[inline(always)]
pub(super) fn padded<T: Copy + Default, const COUNT: usize>(numbers: &[T]) -> [T; COUNT] {
    numbers.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [T::default(); COUNT];
        padded
            .iter_mut()
            .zip(numbers)
            .for_each(|(to, from)| *to = *from);
        padded
    })
}
