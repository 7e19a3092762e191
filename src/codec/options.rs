//! What the host's configuration says about encoding and loading, for the compute under way.
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

static STRIP: AtomicBool = AtomicBool::new(false);
static BYTECODE: AtomicBool = AtomicBool::new(false);
static COMPRESSION: AtomicUsize = AtomicUsize::new(0);

/// Whether functions are stored without their debug information.
pub fn strip() -> bool {
    STRIP.load(Ordering::Relaxed)
}

/// Whether scripts may load binary chunks.
pub fn bytecode() -> bool {
    BYTECODE.load(Ordering::Relaxed)
}

/// From how many encoded bytes on strings are compressed, 0 for never.
#[inline]
pub fn compression() -> usize {
    COMPRESSION.load(Ordering::Relaxed)
}

/// Sets from how many encoded bytes on strings are compressed; what it was.
pub fn set_compression(threshold: usize) -> usize {
    COMPRESSION.swap(threshold, Ordering::Relaxed)
}

/// Sets what the others answer.
pub fn set(strip: bool, bytecode: bool, compression: usize) {
    BYTECODE.store(bytecode, Ordering::Relaxed);
    STRIP.store(strip, Ordering::Relaxed);
    COMPRESSION.store(compression, Ordering::Relaxed);
}
