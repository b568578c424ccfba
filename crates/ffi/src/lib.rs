//! threshold-matrix for C, and for every language that calls C.
//!
//! A matrix is an opaque handle. Profiles go in as JSON, and outcomes, traces and everything else that is data come out as JSON, with numbers by their
//! digits. A function returns a status, and writes its answer, or else what is wrong as JSON, to the text that its last argument points to. That text is
//! freed by `threshold_matrix_text_free`, and a handle by `threshold_matrix_close`.
//!
//! Any number of threads may use one handle at once. A panic does not cross: it becomes `THRESHOLD_MATRIX_STATUS_DEFECT`, and the handle can be used as
//! before, since nothing that is done with a matrix changes it.
//!
//! `docs/embedding.md` shows it in use. This crate only turns pointers into texts and back (`handed.rs`); what is said is worked out by `border`.

#![expect(
    unsafe_code,
    reason = "C has pointers; each block says why it is sound"
)]

mod handed;
#[cfg(target_arch = "wasm32")]
mod memory;
#[cfg(feature = "arrow")]
mod table;

use std::ffi::c_char;

use threshold_matrix::Matrix;
use threshold_matrix_border as border;

use crate::handed::{Handed, answered, opened};
pub use crate::handed::{ThresholdMatrixStatus, ThresholdMatrixText};
#[cfg(target_arch = "wasm32")]
pub use crate::memory::{threshold_matrix_allocate, threshold_matrix_release};
#[cfg(feature = "arrow")]
pub use crate::table::threshold_matrix_score_stream;

/// A matrix that is loaded. It never changes, and any number of threads may use it at once.
#[derive(Debug)]
pub struct ThresholdMatrix {
    matrix: Matrix,
}

/// Opens a matrix that comes with the library, such as `iom-threshold@1.1.0`, or a file that ends in `.yaml` or `.yml`.
///
/// `as_at` may be NULL beside a version. Without a version, it is the date on which the version is in force, such as `2026-12-05`.
///
/// # Safety
/// Each text is NULL with length 0, or points to as many bytes as its length says. `matrix` and `error` are NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_open(
    name: *const c_char,
    name_length: usize,
    as_at: *const c_char,
    as_at_length: usize,
    matrix: *mut *mut ThresholdMatrix,
    error: *mut ThresholdMatrixText,
) -> ThresholdMatrixStatus {
    // SAFETY: whoever calls keeps what is asked for above, here and in all functions below.
    let (name, as_at) = unsafe {
        (
            Handed::new(name, name_length),
            Handed::new(as_at, as_at_length),
        )
    };
    // SAFETY: as above.
    unsafe {
        opened(matrix, error, || {
            border::open(
                name.text("the name of the matrix")?,
                as_at.optional("the date")?,
            )
        })
    }
}

/// Loads a matrix from the text of its file, whose name appears in what is wrong with it.
///
/// # Safety
/// Each text is NULL with length 0, or points to as many bytes as its length says. `matrix` and `error` are NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_load(
    file: *const c_char,
    file_length: usize,
    text: *const c_char,
    text_length: usize,
    matrix: *mut *mut ThresholdMatrix,
    error: *mut ThresholdMatrixText,
) -> ThresholdMatrixStatus {
    // SAFETY: as above.
    let (file, text) = unsafe {
        (
            Handed::new(file, file_length),
            Handed::new(text, text_length),
        )
    };
    // SAFETY: as above.
    unsafe {
        opened(matrix, error, || {
            border::load(file.text("the name of the file")?, text.bytes())
        })
    }
}

/// Frees a matrix. NULL is nothing to free.
///
/// # Safety
/// `matrix` is NULL, or a handle that was not freed before and that nobody uses any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_close(matrix: *mut ThresholdMatrix) {
    if !matrix.is_null() {
        // SAFETY: handles are made by `Box::into_raw`, and this one was not freed before.
        drop(unsafe { Box::from_raw(matrix) });
    }
}

/// Frees the bytes of a text that a function of this library wrote, and leaves NULL in their place.
///
/// # Safety
/// `text` is NULL, or points to a text that a function of this library wrote, or whose bytes are NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_text_free(text: *mut ThresholdMatrixText) {
    // SAFETY: as asked for above.
    if let Some(text) = unsafe { text.as_mut() } {
        // SAFETY: its bytes are the library's own, or NULL.
        unsafe { text.free() };
    }
}

/// Writes the names of the matrices that come with the library as a list in JSON.
///
/// # Safety
/// `answer` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_list(
    answer: *mut ThresholdMatrixText,
) -> ThresholdMatrixStatus {
    // SAFETY: as asked for above.
    unsafe { answered(answer, border::matrices) }
}

/// Writes what the matrix is and what its inputs are as JSON: `id`, `version`, `hash`, `title`, `tiers`, `inputs` and so on.
///
/// # Safety
/// `matrix` is NULL or a handle, and `answer` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_describe(
    matrix: *const ThresholdMatrix,
    answer: *mut ThresholdMatrixText,
) -> ThresholdMatrixStatus {
    // SAFETY: as asked for above.
    unsafe { answered(answer, || border::describe(handed::matrix(matrix)?)) }
}

/// Scores a profile (an object in JSON, with null for what is not recorded) at a date, and writes the outcome as JSON.
///
/// # Safety
/// `matrix` is NULL or a handle, each text is NULL with length 0 or points to as many bytes as its length says, and `answer` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_score(
    matrix: *const ThresholdMatrix,
    profile: *const c_char,
    profile_length: usize,
    as_at: *const c_char,
    as_at_length: usize,
    answer: *mut ThresholdMatrixText,
) -> ThresholdMatrixStatus {
    // SAFETY: as asked for above.
    unsafe {
        let profile = Handed::new(profile, profile_length);
        let as_at = Handed::new(as_at, as_at_length);
        answered(answer, || {
            border::score(
                handed::matrix(matrix)?,
                profile.text("the profile")?,
                as_at.text("the date")?,
            )
        })
    }
}

/// Writes why a profile has its result at a date.
///
/// `options` is NULL, or an object in JSON of which everything may be left out: `form` (`text`, `markdown`, `html`, or `trace` for JSON), `full`,
/// `redacted`, `without_changes` and `person`.
///
/// # Safety
/// `matrix` is NULL or a handle, each text is NULL with length 0 or points to as many bytes as its length says, and `answer` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_explain(
    matrix: *const ThresholdMatrix,
    profile: *const c_char,
    profile_length: usize,
    as_at: *const c_char,
    as_at_length: usize,
    options: *const c_char,
    options_length: usize,
    answer: *mut ThresholdMatrixText,
) -> ThresholdMatrixStatus {
    // SAFETY: as asked for above.
    unsafe {
        let profile = Handed::new(profile, profile_length);
        let as_at = Handed::new(as_at, as_at_length);
        let options = Handed::new(options, options_length);
        answered(answer, || {
            border::explain(
                handed::matrix(matrix)?,
                profile.text("the profile")?,
                as_at.text("the date")?,
                options.text("the options")?,
            )
        })
    }
}

/// Writes what would change the outcome of a profile as JSON.
///
/// # Safety
/// `matrix` is NULL or a handle, each text is NULL with length 0 or points to as many bytes as its length says, and `answer` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_changes(
    matrix: *const ThresholdMatrix,
    profile: *const c_char,
    profile_length: usize,
    as_at: *const c_char,
    as_at_length: usize,
    answer: *mut ThresholdMatrixText,
) -> ThresholdMatrixStatus {
    // SAFETY: as asked for above.
    unsafe {
        let profile = Handed::new(profile, profile_length);
        let as_at = Handed::new(as_at, as_at_length);
        answered(answer, || {
            border::changes(
                handed::matrix(matrix)?,
                profile.text("the profile")?,
                as_at.text("the date")?,
            )
        })
    }
}

/// Writes the record of a scoring, to be kept and replayed. `person` is NULL, or a reference to the person in the case system.
///
/// # Safety
/// `matrix` is NULL or a handle, each text is NULL with length 0 or points to as many bytes as its length says, and `answer` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_record(
    matrix: *const ThresholdMatrix,
    profile: *const c_char,
    profile_length: usize,
    as_at: *const c_char,
    as_at_length: usize,
    person: *const c_char,
    person_length: usize,
    answer: *mut ThresholdMatrixText,
) -> ThresholdMatrixStatus {
    // SAFETY: as asked for above.
    unsafe {
        let profile = Handed::new(profile, profile_length);
        let as_at = Handed::new(as_at, as_at_length);
        let person = Handed::new(person, person_length);
        answered(answer, || {
            border::record(
                handed::matrix(matrix)?,
                profile.text("the profile")?,
                as_at.text("the date")?,
                person.optional("the reference to the person")?,
            )
        })
    }
}

/// Writes what is wrong with the text of a matrix as JSON, each thing with its place, for an editor.
///
/// `as_at` is NULL, or the date at which the matrix is proved, which may take seconds. A text that is not a matrix is an answer here: `loads` is false.
///
/// # Safety
/// Each text is NULL with length 0 or points to as many bytes as its length says, and `answer` is NULL or can be written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_check(
    file: *const c_char,
    file_length: usize,
    text: *const c_char,
    text_length: usize,
    as_at: *const c_char,
    as_at_length: usize,
    answer: *mut ThresholdMatrixText,
) -> ThresholdMatrixStatus {
    // SAFETY: as asked for above.
    unsafe {
        let file = Handed::new(file, file_length);
        let text = Handed::new(text, text_length);
        let as_at = Handed::new(as_at, as_at_length);
        answered(answer, || {
            border::check(
                file.text("the name of the file")?,
                text.bytes(),
                as_at.optional("the date")?,
            )
        })
    }
}

/// Writes what differs between a matrix and a revision of it as JSON, and every change of a result that any profile can have, as it is proved.
///
/// # Safety
/// `old` and `revised` are NULL or handles, the text is NULL with length 0 or points to as many bytes as its length says, and `answer` is NULL or can be
/// written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_compare(
    old: *const ThresholdMatrix,
    revised: *const ThresholdMatrix,
    as_at: *const c_char,
    as_at_length: usize,
    answer: *mut ThresholdMatrixText,
) -> ThresholdMatrixStatus {
    // SAFETY: as asked for above.
    unsafe {
        let as_at = Handed::new(as_at, as_at_length);
        answered(answer, || {
            border::compare(
                handed::matrix(old)?,
                handed::matrix(revised)?,
                as_at.text("the date")?,
            )
        })
    }
}
