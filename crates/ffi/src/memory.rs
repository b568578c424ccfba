//! Memory for what is handed over where the host has none in common with the library: a module of WebAssembly.

use std::alloc::{Layout, alloc, dealloc};
use std::ptr;

/// Returns as many bytes, to write a text to. NULL means that there are none left.
#[unsafe(no_mangle)]
pub extern "C" fn threshold_matrix_allocate(length: usize) -> *mut u8 {
    match Layout::from_size_align(length.max(1), 8) {
        // SAFETY: the size is not zero.
        Ok(layout) => unsafe { alloc(layout) },
        Err(_) => ptr::null_mut(),
    }
}

/// Gives the bytes back.
///
/// # Safety
/// They are those that `threshold_matrix_allocate` returned for this length, and were not given back before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn threshold_matrix_release(bytes: *mut u8, length: usize) {
    if let Ok(layout) = Layout::from_size_align(length.max(1), 8) {
        // SAFETY: they were made with this layout.
        unsafe { dealloc(bytes, layout) };
    }
}
