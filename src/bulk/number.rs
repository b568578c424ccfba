//! Whole numbers of any width, as the loops take them.

/// Whole numbers of one width, of which the least stands for nothing.
pub(super) trait Number: Copy + PartialOrd + Default {
    const NOTHING: Self;
    /// Returns the low bits of a number.
    fn of(value: i64) -> Self;
    fn wide(self) -> i64;
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// Returns all bits set if `truth` is 1, and no bits set if it is 0.
    fn mask(truth: i8) -> Self;
    /// Returns this number with the bits of the other number where the mask has ones.
    fn or_taken(self, other: Self, mask: Self) -> Self;
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Number for $number {
            const NOTHING: Self = Self::MIN;
            #[inline(always)]
            fn of(value: i64) -> Self {
                value as Self
            }
            #[inline(always)]
            fn wide(self) -> i64 {
                self as i64
            }
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
            #[inline(always)]
            fn mask(truth: i8) -> Self {
                (truth as Self).wrapping_neg()
            }
            #[inline(always)]
            fn or_taken(self, other: Self, mask: Self) -> Self {
                (self & !mask) | (other & mask)
            }
        }
    )*};
}
numbers!(i8, i16, i32, i64);
