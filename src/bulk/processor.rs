//! The loops for the processor at hand: one source, compiled for several widths of vectors.
//!
//! This is the library's one place with `unsafe`. Calling a function that was compiled for more instructions than every processor has is sound
//! only where they are there, and the compiler cannot see that it was asked. Each call stands behind that question, and nothing else is here.
#![allow(unsafe_code, reason = "see above")]

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
