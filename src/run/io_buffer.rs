//! The region shared with the host. Only this file makes slices of it.

use cu_abi::limits::{IO_BUFFER_ALIGNMENT, IO_BUFFER_BYTES};

use crate::large::{LARGE, Part};

const _: () = assert!(core::mem::align_of::<Part<IO_BUFFER_BYTES>>() == IO_BUFFER_ALIGNMENT);

fn place() -> *mut [u8; IO_BUFFER_BYTES] {
    LARGE.io_buffer.place()
}

/// Its address, for the host.
pub fn address() -> usize {
    place() as usize
}

/// Its bytes, for an answer: the code to run has been read, and is not looked at again.
///
/// # Safety
/// No slice from an earlier call is used afterwards.
pub unsafe fn bytes() -> &'static mut [u8; IO_BUFFER_BYTES] {
    // SAFETY: one thread, and the caller has the one slice.
    unsafe { &mut *place() }
}
