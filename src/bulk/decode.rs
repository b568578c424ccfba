//! Decodes columns of any type into registers. Missing values become what the matrix says, and each row that must be scored by itself is marked.

#![allow(
    clippy::float_arithmetic,
    reason = "a float is turned into the decimal that it stands for, exactly or not at all"
)]

use std::ops::Range;

use crate::bulk::column::Bits;
use crate::bulk::number::Number;
use crate::bulk::vectors::Vectors;

/// A type of numbers that a column may hold.
pub(super) trait Given: Copy + PartialOrd {
    fn wide(self) -> i64;
    /// Returns the nearest number of this type.
    fn near(value: i64) -> Self;
}

macro_rules! given {
    ($($number:ty),*) => {$(
        impl Given for $number {
            #[inline(always)]
            fn wide(self) -> i64 {
                self as i64
            }
            fn near(value: i64) -> Self {
                Self::try_from(value).unwrap_or(if value < 0 { Self::MIN } else { Self::MAX })
            }
        }
    )*};
}
given!(i8, i16, i32, i64, u8, u16, u32, u64);

/// What the loops of an input need to know.
#[derive(Clone, Copy)]
pub(super) struct Meaning<'a> {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) missing: i64,
    /// A 1 for each row that has a value, if some values are missing.
    pub(super) valid: Option<&'a [i8]>,
    pub(super) missing_is_slow: bool,
}

/// Decodes whole numbers.
#[inline(always)]
pub(super) fn whole<S: Given, T: Number>(
    of: &[S],
    to: &mut [T],
    slow: &mut [i8],
    meaning: Meaning<'_>,
) {
    let (from, most) = (S::near(meaning.from), S::near(meaning.to));
    each(
        of,
        to,
        slow,
        meaning,
        |of: S| T::of(of.wide()),
        move |of| (of < from) | (of > most),
    );
}

/// Writes the number that stands for a missing value into the rows without a value.
#[inline(always)]
pub(super) fn fill_missing<T: Number>(valid: &[i8], to: &mut [T], missing: i64) {
    let missing = self::missing::<T>(missing);
    for (valid, to) in valid.iter().zip(to) {
        let value = *to;
        *to = if *valid != 0 { value } else { missing };
    }
}

/// Makes values of numbers, by multiplying each by `times` and adding `plus`.
#[inline(always)]
pub(super) fn scale<T: Number>(to: &mut [T], valid: Option<&[i8]>, times: i64, plus: i64) {
    let scaled = |of: T| T::of(of.wide().wrapping_mul(times).wrapping_add(plus));
    match valid {
        None => to.iter_mut().for_each(|to| *to = scaled(*to)),
        Some(valid) => to
            .iter_mut()
            .zip(valid)
            .for_each(|(to, valid)| *to = if *valid != 0 { scaled(*to) } else { *to }),
    }
}

#[inline(always)]
pub(super) fn widen<S: Given>(of: &[S], to: &mut [i64]) {
    for (of, to) in of.iter().zip(to) {
        *to = of.wide();
    }
}

#[inline(always)]
fn each<S: Copy, T: Number>(
    of: &[S],
    to: &mut [T],
    slow: &mut [i8],
    meaning: Meaning<'_>,
    number: impl Fn(S) -> T,
    is_out: impl Fn(S) -> bool,
) {
    let mut any_out = 0;
    match meaning.valid {
        None => {
            for (of, to) in of.iter().zip(to) {
                *to = number(*of);
                any_out |= i8::from(is_out(*of));
            }
            // Most chunks have nothing to mark, so that the marks are neither read nor written.
            if any_out != 0 {
                slow.iter_mut()
                    .zip(of)
                    .for_each(|(slow, of)| *slow |= i8::from(is_out(*of)));
            }
        }
        Some(valid) => {
            let missing = missing::<T>(meaning.missing);
            for ((of, to), valid) in of.iter().zip(to).zip(valid) {
                // Both are worked out, whichever is taken: what may not happen does not become a vector instruction.
                let number = number(*of);
                *to = if *valid != 0 { number } else { missing };
                any_out |= i8::from(is_out(*of)) & *valid;
            }
            if any_out != 0 {
                slow.iter_mut()
                    .zip(of)
                    .zip(valid)
                    .for_each(|((slow, of), valid)| *slow |= i8::from(is_out(*of)) & *valid);
            }
            if meaning.missing_is_slow {
                slow.iter_mut()
                    .zip(valid)
                    .for_each(|(slow, valid)| *slow |= 1 ^ *valid);
            }
        }
    }
}

pub(super) fn missing<T: Number>(value: i64) -> T {
    if value == i64::MIN {
        T::NOTHING
    } else {
        T::of(value)
    }
}

/// A number that, added to one below 2⁵¹, moves its units to the lowest bits, rounded to the nearest.
const SHIFT: f64 = 6_755_399_441_055_744.0;

/// Decodes floats, each of which must be the nearest float of a decimal.
#[inline(always)]
pub(super) fn floats<T: Number, V: Vectors>(
    of: &[f64],
    to: &mut [T],
    slow: &mut [i8],
    meaning: Meaning<'_>,
    places: u32,
) {
    let unit = Unit::of(places);
    // Exact: the bounds of an input are below 2⁵³.
    let (from, most) = (meaning.from as f64, meaning.to as f64);
    // By value: what a loop reads through a reference, it reads again for each row.
    let number = move |of: f64| T::of(units(unit.shifted::<V>(of)));
    // Any float that is not the nearest of its decimal stands for something else. Not-a-number is out, too.
    let is_out = move |of: f64| {
        let units = unit.shifted::<V>(of) - SHIFT;
        let nearest = if V::FUSED {
            unit.times(units)
        } else {
            units / unit.whole
        };
        !((units >= from) & (units <= most) & (nearest == of))
    };
    each(of, to, slow, meaning, number, is_out);
}

/// The size of a unit, and how many units make one.
#[derive(Clone, Copy)]
pub(super) struct Unit {
    pub(super) whole: f64,
    /// A unit as the sum of two floats, the second far smaller than the first.
    one: f64,
    rest: f64,
}

impl Unit {
    pub(super) fn of(places: u32) -> Self {
        let whole = 10_f64.powi(places.min(22) as i32);
        let one = 1.0 / whole;
        // What the first float is away is a float itself.
        Self {
            whole,
            one,
            rest: (-one).mul_add(whole, 1.0) / whole,
        }
    }

    /// Returns a float whose lowest bits are the units of a number.
    #[inline(always)]
    fn shifted<V: Vectors>(self, of: f64) -> f64 {
        if V::FUSED {
            of.mul_add(self.whole, SHIFT)
        } else {
            of * self.whole + SHIFT
        }
    }

    /// Returns `units / whole` without a division, which would take as long as everything else.
    ///
    /// The smaller part of a unit is rounded by 2⁻⁵³ of itself, and so is the product with it. So the sum, before it is rounded, differs from the
    /// quotient by less than 2⁻¹⁰⁴ of it, which is 2⁻⁵¹ of a float's last digit.
    ///
    /// The quotient of a whole number and 10ᵏ, where k is at most 9, is at least 1/(2·5ᵏ) of the last digit away from the middle between two floats.
    /// That is far more than the difference, so the sum is rounded as the quotient would be.
    #[inline(always)]
    pub(super) fn times(self, units: f64) -> f64 {
        units.mul_add(self.one, units * self.rest)
    }
}

/// Decodes floats of 32 bits, which can tell at most a million units apart. A float that is not a decimal becomes the largest number, which no
/// input has.
#[inline(always)]
pub(super) fn small_floats(of: &[f32], to: &mut [i64], places: u32) {
    let unit = Unit::of(places).whole;
    for (of, to) in of.iter().zip(to) {
        let shifted = f64::from(*of) * unit + SHIFT;
        let is_decimal = ((shifted - SHIFT) / unit) as f32 == *of;
        *to = if is_decimal & (of.abs() < 1e9) {
            units(shifted)
        } else {
            i64::MAX
        };
    }
}

#[inline(always)]
fn units(shifted: f64) -> i64 {
    (shifted.to_bits() as i64).wrapping_sub(SHIFT.to_bits() as i64)
}

/// Writes the bits of some rows as bytes.
#[inline(always)]
pub(super) fn bits<V: Vectors>(
    bits: &Bits<'_>,
    start: usize,
    to: &mut [i8],
    shifted: &mut Vec<u8>,
) {
    V::spread(whole_bytes(bits, start..start + to.len(), shifted), to);
}

/// Returns the bits of some rows, moved so that the first is the lowest bit of a byte. The bits after the last may be anything.
#[inline(always)]
pub(super) fn whole_bytes<'a>(
    bits: &Bits<'a>,
    rows: Range<usize>,
    shifted: &'a mut Vec<u8>,
) -> &'a [u8] {
    let first = bits.offset + rows.start;
    let count = rows.len().div_ceil(8);
    let bytes = bits.bytes.get(first / 8..).unwrap_or_default();
    let by = first % 8;
    if by == 0 {
        return bytes.get(..count).unwrap_or(bytes);
    }
    shifted.clear();
    let next = bytes.iter().skip(1).copied().chain([0]);
    shifted.extend(
        bytes
            .iter()
            .zip(next)
            .take(count)
            .map(|(low, high)| low >> by | high << (8 - by)),
    );
    shifted
}
