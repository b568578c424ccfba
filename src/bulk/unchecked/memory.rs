//! Asks for memory ahead.

/// Asks for the values that a loop will read next, so that they are in the cache when it gets to them. A chunk reads more columns at a time than a
/// processor follows by itself.
#[inline(always)]
pub(in crate::bulk) fn fetch<T>(values: &[T], from: usize, count: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        let values = values.get(from..).unwrap_or_default();
        for line in values
            .get(..count)
            .unwrap_or(values)
            .chunks((64 / size_of::<T>()).max(1))
        {
            // SAFETY: asking for a line reads nothing, and no address is wrong for it.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(line.as_ptr().cast()) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (values, from, count);
}
