//! Does what the compiler cannot check. All `unsafe` code of the library is here, each piece of it right behind what makes it sound:
//!
//! - Loops for the processor at hand, compiled from one source for several widths of vectors. A function that uses instructions that not every
//!   processor has may be called only where they are there. One of these functions, which writes bits as bytes, is written for AVX-512 itself,
//!   whose stores take an address.
//! - Asking the processor for memory ahead, which takes a pointer.
//! - Making an Arrow dictionary from keys that are checked here many at a time, where Arrow would check them one by one.
#![allow(unsafe_code, reason = "see above")]

pub(super) mod memory;

#[cfg(feature = "arrow")]
use arrow_array::types::ArrowDictionaryKeyType;
#[cfg(feature = "arrow")]
use arrow_array::{Array, ArrayRef, DictionaryArray, PrimitiveArray};
#[cfg(feature = "arrow")]
use arrow_buffer::ArrowNativeType;
#[cfg(feature = "arrow")]
use arrow_schema::ArrowError;

use crate::bulk::run::{Job, Target, Workspace, run};
use crate::bulk::vectors::Vectors;
#[cfg(all(target_arch = "x86_64", feature = "vectors"))]
use crate::bulk::vectors::spread as spread_bits;

/// A set of instructions that a processor may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Processor {
    /// The instructions that every processor of the target has.
    Any,
    #[cfg(all(target_arch = "x86_64", feature = "vectors"))]
    Avx2,
    #[cfg(all(target_arch = "x86_64", feature = "vectors"))]
    Avx512,
}

impl Processor {
    /// Returns every set of instructions that this processor has, the best first.
    pub(super) fn all() -> Vec<Self> {
        #[cfg(all(target_arch = "x86_64", feature = "vectors"))]
        let longer = {
            let has_avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl");
            let has_fma = is_x86_feature_detected!("fma");
            let has_avx2 = is_x86_feature_detected!("avx2");
            [
                (Self::Avx512, has_avx512 && has_fma),
                (Self::Avx2, has_avx2 && has_fma),
            ]
        };
        #[cfg(not(all(target_arch = "x86_64", feature = "vectors")))]
        let longer: [(Self, bool); 0] = [];
        let there = longer.into_iter().filter(|(_, is_there)| *is_there);
        there
            .map(|(processor, _)| processor)
            .chain([Self::Any])
            .collect()
    }

    pub(super) fn run(
        self,
        job: &mut Job<'_, '_>,
        work: &mut Workspace,
        results: &mut [Target<'_>],
    ) {
        match self {
            // SAFETY: `Avx512` and `Avx2` are made by `all` alone, where the processor said that it has them.
            #[cfg(all(target_arch = "x86_64", feature = "vectors"))]
            Self::Avx512 => unsafe { run_avx512(job, work, results) },
            // SAFETY: as above.
            #[cfg(all(target_arch = "x86_64", feature = "vectors"))]
            Self::Avx2 => unsafe { run_avx2(job, work, results) },
            Self::Any => {
                run::<Plain<{ cfg!(any(target_feature = "fma", target_arch = "aarch64")) }>>(
                    job, work, results,
                )
            }
        }
    }
}

#[cfg(all(target_arch = "x86_64", feature = "vectors"))]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,fma")]
fn run_avx512(job: &mut Job<'_, '_>, work: &mut Workspace, results: &mut [Target<'_>]) {
    run::<Avx512>(job, work, results);
}

#[cfg(all(target_arch = "x86_64", feature = "vectors"))]
#[target_feature(enable = "avx2,fma")]
fn run_avx2(job: &mut Job<'_, '_>, work: &mut Workspace, results: &mut [Target<'_>]) {
    run::<Plain<true>>(job, work, results);
}

struct Plain<const FUSED: bool>;

impl<const FUSED: bool> Vectors for Plain<FUSED> {
    const FUSED: bool = FUSED;
}

/// The loops for AVX-512, which only `run_avx512` uses.
#[cfg(all(target_arch = "x86_64", feature = "vectors"))]
struct Avx512;

#[cfg(all(target_arch = "x86_64", feature = "vectors"))]
impl Vectors for Avx512 {
    const FUSED: bool = true;

    #[inline(always)]
    fn spread(bits: &[u8], to: &mut [i8]) {
        // SAFETY: where `run_avx512` runs there is AVX-512.
        unsafe { spread_avx512(bits, to) }
    }
}

/// Writes bits as bytes, 64 at a time, with the processor's choice of bytes by bits.
#[cfg(all(target_arch = "x86_64", feature = "vectors"))]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,fma")]
#[inline]
fn spread_avx512(bits: &[u8], to: &mut [i8]) {
    use std::arch::x86_64::{_mm512_maskz_set1_epi8, _mm512_storeu_epi8};
    let ((eights, _), (rows, _)) = (bits.as_chunks::<8>(), to.as_chunks_mut::<64>());
    let whole = eights.len().min(rows.len());
    for (bits, to) in eights.iter().zip(rows) {
        let ones = _mm512_maskz_set1_epi8(u64::from_le_bytes(*bits), 1);
        // SAFETY: there are 64 bytes, which need not be aligned.
        unsafe { _mm512_storeu_epi8(to.as_mut_ptr(), ones) };
    }
    spread_bits(
        bits.get(whole * 8..).unwrap_or_default(),
        to.get_mut(whole * 64..).unwrap_or_default(),
    );
}

/// Makes an array of keys in a dictionary of values. Each key must be the position of a value, or be null.
#[cfg(feature = "arrow")]
pub(super) fn dictionary<K: ArrowDictionaryKeyType>(
    keys: PrimitiveArray<K>,
    values: ArrayRef,
) -> Result<DictionaryArray<K>, ArrowError> {
    let last = values.len().checked_sub(1).and_then(K::Native::from_usize);
    if last.is_none_or(|last| !are_within(keys.values(), K::Native::default(), last)) {
        return DictionaryArray::try_new(keys, values);
    }
    // SAFETY: every key is the position of a value.
    Ok(unsafe { DictionaryArray::new_unchecked(keys, values) })
}

/// Returns whether all numbers are from `first` to `last`.
#[cfg(feature = "arrow")]
fn are_within<T: Copy + PartialOrd>(numbers: &[T], first: T, last: T) -> bool {
    #[inline(always)]
    fn plain<T: Copy + PartialOrd>(numbers: &[T], first: T, last: T) -> bool {
        numbers.iter().fold(0, |any, number| {
            any | u8::from((*number < first) | (*number > last))
        }) == 0
    }
    #[cfg(target_arch = "x86_64")]
    {
        #[target_feature(enable = "avx2")]
        fn avx2<T: Copy + PartialOrd>(numbers: &[T], first: T, last: T) -> bool {
            plain(numbers, first, last)
        }
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the processor said that it has AVX2.
            return unsafe { avx2(numbers, first, last) };
        }
    }
    plain(numbers, first, last)
}
