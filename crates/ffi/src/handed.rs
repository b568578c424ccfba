//! What is handed over: texts and handles in, texts and a status out.

use std::any::Any;
use std::ffi::c_char;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::slice;

use threshold_matrix::Matrix;
use threshold_matrix_border::{Answer, Wrong, WrongKind};

use crate::ThresholdMatrix;

/// How a call ended. Whatever is not `DONE` comes with an object in JSON that has a `kind`, a `message` and all that is wrong by itself.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThresholdMatrixStatus {
    /// The answer was written.
    Done = 0,
    /// The profile is refused: `problems`, each with `kind`, `inputs` and `message`.
    Refused = 1,
    /// The file is at fault: `faults`, each with `code`, `place`, `message` and `help`.
    Faults = 2,
    /// Something is not what was asked for: a name, a date, a profile in JSON, options, or NULL where there must be something.
    Usage = 3,
    /// The columns of a table do not fit the matrix: `problems`, each a text.
    Columns = 4,
    /// The library itself is at fault. Nothing is lost but this call.
    Defect = 5,
}

/// A text of the library, in UTF-8. There is a NUL behind it, which `length` does not count. It is freed by `threshold_matrix_text_free`.
#[repr(C)]
#[derive(Debug)]
pub struct ThresholdMatrixText {
    /// Its bytes, or NULL where there is none.
    pub bytes: *mut c_char,
    /// How many there are.
    pub length: usize,
}

impl ThresholdMatrixText {
    const NONE: Self = Self {
        bytes: ptr::null_mut(),
        length: 0,
    };

    fn new(text: String) -> Self {
        let mut bytes = text.into_bytes();
        let length = bytes.len();
        bytes.push(0);
        let bytes = Box::into_raw(bytes.into_boxed_slice());
        Self {
            bytes: bytes.cast(),
            length,
        }
    }

    /// Frees the bytes.
    ///
    /// # Safety
    /// The bytes are NULL, or those that [`Self::new`] made, and nobody uses them any more.
    pub(crate) unsafe fn free(&mut self) {
        let Self { bytes, length } = std::mem::replace(self, Self::NONE);
        if !bytes.is_null() {
            let all = ptr::slice_from_raw_parts_mut(bytes.cast::<u8>(), length + 1);
            // SAFETY: `new` made them of a box of this length, with the NUL.
            drop(unsafe { Box::from_raw(all) });
        }
    }
}

/// A text that was handed over.
#[derive(Clone, Copy)]
pub(crate) struct Handed<'a> {
    bytes: Option<&'a [u8]>,
    is_lacking: bool,
}

impl<'a> Handed<'a> {
    /// Takes a text.
    ///
    /// # Safety
    /// It points to as many bytes as its length says, which stay as they are for the call, or it is NULL.
    pub(crate) unsafe fn new(text: *const c_char, length: usize) -> Self {
        let bytes = if text.is_null() {
            None
        } else {
            // SAFETY: as asked for above.
            Some(unsafe { slice::from_raw_parts(text.cast::<u8>(), length) })
        };
        Self {
            bytes,
            is_lacking: text.is_null() && length > 0,
        }
    }

    pub(crate) fn bytes(self) -> &'a [u8] {
        self.bytes.unwrap_or_default()
    }

    /// Returns the text; NULL is an empty one.
    pub(crate) fn text(self, what: &str) -> Result<&'a str, Wrong> {
        if self.is_lacking {
            return Err(Wrong::usage(format!("{what} is NULL, with a length")));
        }
        std::str::from_utf8(self.bytes())
            .map_err(|error| Wrong::usage(format!("{what} is not UTF-8: {error}")))
    }

    /// Returns the text, or nothing for NULL.
    pub(crate) fn optional(self, what: &str) -> Result<Option<&'a str>, Wrong> {
        let text = self.text(what)?;
        Ok(self.bytes.map(|_| text))
    }
}

/// Returns the matrix of a handle.
///
/// # Safety
/// It is NULL, or a handle that is not freed while the call lasts.
pub(crate) unsafe fn matrix<'a>(handle: *const ThresholdMatrix) -> Result<&'a Matrix, Wrong> {
    // SAFETY: as asked for above.
    match unsafe { handle.as_ref() } {
        Some(handle) => Ok(&handle.matrix),
        None => Err(Wrong::usage("the handle of the matrix is NULL")),
    }
}

/// Does what a function does, and writes its answer or what is wrong.
///
/// # Safety
/// `to` is NULL or can be written to. What stood there is not freed.
pub(crate) unsafe fn answered(
    to: *mut ThresholdMatrixText,
    make: impl FnOnce() -> Answer,
) -> ThresholdMatrixStatus {
    let (status, text) = match caught(make) {
        Ok(answer) => (ThresholdMatrixStatus::Done, answer),
        Err(wrong) => (status(wrong.kind()), wrong.to_json()),
    };
    // SAFETY: as asked for above.
    unsafe { write(to, || ThresholdMatrixText::new(text)) };
    status
}

/// Opens a matrix, and writes its handle, or NULL and what is wrong.
///
/// # Safety
/// `matrix` and `error` are NULL or can be written to. What stood there is not freed.
pub(crate) unsafe fn opened(
    matrix: *mut *mut ThresholdMatrix,
    error: *mut ThresholdMatrixText,
    make: impl FnOnce() -> Result<Matrix, Wrong>,
) -> ThresholdMatrixStatus {
    let made = match matrix.is_null() {
        true => Err(Wrong::usage("there is nowhere to write the handle to")),
        false => caught(make),
    };
    let made = made.map(|matrix| Box::into_raw(Box::new(ThresholdMatrix { matrix })));
    // SAFETY: as asked for above.
    unsafe {
        write(matrix, || {
            made.as_ref().map_or(ptr::null_mut(), |made| *made)
        });
        told(error, made.err())
    }
}

/// Writes what is wrong, or no text if nothing is.
///
/// # Safety
/// `error` is NULL or can be written to. What stood there is not freed.
pub(crate) unsafe fn told(
    error: *mut ThresholdMatrixText,
    wrong: Option<Wrong>,
) -> ThresholdMatrixStatus {
    let kind = wrong.as_ref().map(Wrong::kind);
    let text = || {
        wrong.map_or(ThresholdMatrixText::NONE, |wrong| {
            ThresholdMatrixText::new(wrong.to_json())
        })
    };
    // SAFETY: as asked for above.
    unsafe { write(error, text) };
    kind.map_or(ThresholdMatrixStatus::Done, status)
}

/// Writes a value where there is a place for it.
///
/// # Safety
/// `to` is NULL or can be written to.
unsafe fn write<T>(to: *mut T, value: impl FnOnce() -> T) {
    if !to.is_null() {
        // SAFETY: as asked for above.
        unsafe { to.write(value()) };
    }
}

/// Does something, and returns a panic as what is wrong. What is done only reads a matrix, so that nothing is left half changed.
pub(crate) fn caught<T>(make: impl FnOnce() -> Result<T, Wrong>) -> Result<T, Wrong> {
    catch_unwind(AssertUnwindSafe(make))
        .unwrap_or_else(|panic| Err(Wrong::Defect(in_words(panic.as_ref()))))
}

fn in_words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!(
        "the library is at fault, and not what it was given; please report it: {}",
        text.unwrap_or("it did not say why")
    )
}

fn status(kind: WrongKind) -> ThresholdMatrixStatus {
    match kind {
        WrongKind::Refused => ThresholdMatrixStatus::Refused,
        WrongKind::Faults => ThresholdMatrixStatus::Faults,
        WrongKind::Usage => ThresholdMatrixStatus::Usage,
        WrongKind::Columns => ThresholdMatrixStatus::Columns,
        WrongKind::Defect => ThresholdMatrixStatus::Defect,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_answer() {
        let mut answer = ThresholdMatrixText::NONE;
        let make = || -> Answer { std::panic::panic_any("a defect of the test") };
        // SAFETY: the answer is a variable.
        let status = unsafe { answered(&raw mut answer, make) };
        assert_eq!(status, ThresholdMatrixStatus::Defect);
        // SAFETY: the library wrote it, with its length.
        let text = unsafe { slice::from_raw_parts(answer.bytes.cast::<u8>(), answer.length) };
        assert!(String::from_utf8_lossy(text).contains("a defect of the test"));
        // SAFETY: the library wrote it, and nobody uses it.
        unsafe { answer.free() };
        assert!(answer.bytes.is_null());
    }
}
