//! The region shared with the host. Only this file makes slices of it.

use core::cell::UnsafeCell;

use cu_abi::limits::{IO_BUFFER_ALIGNMENT, IO_BUFFER_BYTES};

#[repr(C, align(16))]
struct IoBuffer(UnsafeCell<[u8; IO_BUFFER_BYTES]>);

const _: () = assert!(core::mem::align_of::<IoBuffer>() == IO_BUFFER_ALIGNMENT);

// SAFETY: one thread at a time uses the module.
unsafe impl Sync for IoBuffer {}

static BUFFER: IoBuffer = IoBuffer(UnsafeCell::new([0; IO_BUFFER_BYTES]));

/// Its address, for the host.
pub fn address() -> usize {
    BUFFER.0.get() as usize
}

/// Its bytes.
///
/// # Safety
/// One thread; no slice from an earlier call is used afterwards, and the code to run has been read.
pub unsafe fn bytes() -> &'static mut [u8; IO_BUFFER_BYTES] {
    // SAFETY: the caller's.
    unsafe { &mut *BUFFER.0.get() }
}
