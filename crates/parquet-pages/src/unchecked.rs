//! Does what the compiler cannot check. All `unsafe` code of the crate is here, each piece of it right behind what makes it sound:
//!
//! - A choice among bytes that is written for the instructions of SSSE3, which may run only where the processor has them.
//! - Making an Arrow dictionary from keys that are checked here many at a time, where Arrow would check them one by one.
#![allow(unsafe_code, reason = "see above")]

use arrow_array::types::ArrowDictionaryKeyType;
use arrow_array::{Array, ArrayRef, DictionaryArray, PrimitiveArray};
use arrow_buffer::ArrowNativeType;
use arrow_schema::ArrowError;

use crate::spread::{choose, spread};

/// Puts values of one byte into the rows that have them, as `spread` does. Eight bytes are chosen at once where the processor can do that.
pub(crate) fn spread_bytes(values: &[u8], valid: &[u8], rows: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("ssse3") {
        // SAFETY: the processor said that it has SSSE3.
        return unsafe { spread_bytes_ssse3(values, valid, rows) };
    }
    spread(values, valid, rows, choose);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "ssse3")]
fn spread_bytes_ssse3(values: &[u8], valid: &[u8], rows: &mut [u8]) {
    use std::arch::x86_64::{_mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_shuffle_epi8};
    spread(values, valid, rows, |eight, places| {
        let [eight, places] =
            [eight, places].map(|bytes| _mm_cvtsi64_si128(i64::from_le_bytes(*bytes)));
        _mm_cvtsi128_si64(_mm_shuffle_epi8(eight, places)).to_le_bytes()
    });
}

/// Makes an array of keys in a dictionary of values. Each key must be the position of a value, or be null.
pub(crate) fn dictionary<K: ArrowDictionaryKeyType>(
    keys: PrimitiveArray<K>,
    values: ArrayRef,
) -> Result<DictionaryArray<K>, ArrowError> {
    let last = values.len().checked_sub(1).and_then(K::Native::from_usize);
    let is_within = |last: K::Native| {
        let first = K::Native::default();
        let beyond = |any: bool, key: &K::Native| any | (*key < first) | (*key > last);
        !keys.values().iter().fold(false, beyond)
    };
    if !last.is_some_and(is_within) {
        return DictionaryArray::try_new(keys, values);
    }
    // SAFETY: every key is the position of a value.
    Ok(unsafe { DictionaryArray::new_unchecked(keys, values) })
}
