//! What the compiler cannot check: the library's one place with `unsafe`. Calls of three kinds, each right behind what makes it sound.
//!
//! - The loops for the processor at hand, one source compiled for several widths of vectors: a function that was compiled for more instructions than
//!   every processor has may be called only where they are there.
//! - Asking the processor for memory ahead, which takes a pointer.
//! - An array of keys in a dictionary, whose keys are looked through here, many at a time, where Arrow would do it one by one.
#![allow(unsafe_code, reason = "see above")]

#[cfg(feature = "arrow")]
use arrow_array::types::ArrowDictionaryKeyType;
#[cfg(feature = "arrow")]
use arrow_array::{Array, ArrayRef, DictionaryArray, PrimitiveArray};
#[cfg(feature = "arrow")]
use arrow_buffer::ArrowNativeType;
#[cfg(feature = "arrow")]
use arrow_schema::ArrowError;

use crate::bulk::run::{Job, Part, Workspace, run};

/// What a processor can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Processor {
    /// What every processor of the target can.
    Any,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Processor {
    /// Everything that this one can, the best first.
    pub(super) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
            {
                all.push(Self::Avx512);
            }
            if is_x86_feature_detected!("avx2") {
                all.push(Self::Avx2);
            }
        }
        all.push(Self::Any);
        all
    }

    pub(super) fn run(self, job: &mut Job<'_, '_>, work: &mut Workspace, results: &mut [Part<'_>], positions: &[Option<i8>]) {
        match self {
            // SAFETY: `Avx512` and `Avx2` are made by `all` alone, where the processor said that it has them.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { run_avx512(job, work, results, positions) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { run_avx2(job, work, results, positions) },
            Self::Any => run(job, work, results, positions),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
fn run_avx512(job: &mut Job<'_, '_>, work: &mut Workspace, results: &mut [Part<'_>], positions: &[Option<i8>]) {
    run(job, work, results, positions);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2(job: &mut Job<'_, '_>, work: &mut Workspace, results: &mut [Part<'_>], positions: &[Option<i8>]) {
    run(job, work, results, positions);
}

/// Asks for so many values that a loop will read next, so that they are near when it comes to them. More columns are read at a time than a processor
/// follows by itself.
#[inline(always)]
pub(super) fn fetch<T>(values: &[T], from: usize, count: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        let line = (64 / size_of::<T>()).max(1);
        for first in values.get(from..).unwrap_or_default().iter().take(count).step_by(line) {
            // SAFETY: asking for a line reads nothing, and no address is wrong for it.
            unsafe { _mm_prefetch::<_MM_HINT_T1>(std::ptr::from_ref(first).cast()) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (values, from, count);
}

/// Keys in a dictionary of values; each must be the position of a value, or be null.
#[cfg(feature = "arrow")]
pub(super) fn dictionary<K: ArrowDictionaryKeyType>(keys: PrimitiveArray<K>, values: ArrayRef) -> Result<DictionaryArray<K>, ArrowError> {
    let (first, last) = (K::Native::default(), values.len().checked_sub(1).and_then(K::Native::from_usize));
    if last.is_none_or(|last| keys.values().iter().fold(false, |any, key| any | (*key < first) | (*key > last))) {
        return DictionaryArray::try_new(keys, values);
    }
    // SAFETY: every key is the position of a value.
    Ok(unsafe { DictionaryArray::new_unchecked(keys, values) })
}
