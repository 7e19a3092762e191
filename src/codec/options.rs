//! What the host's configuration says about encoding, for the compute under way.
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

static STRIP: AtomicBool = AtomicBool::new(false);
static COMPRESSION: AtomicUsize = AtomicUsize::new(0);

/// Whether functions are stored without their debug information.
pub fn strip() -> bool {
    STRIP.load(Ordering::Relaxed)
}

/// From how many encoded bytes on strings are compressed, 0 for never.
pub fn compression() -> usize {
    COMPRESSION.load(Ordering::Relaxed)
}

/// Sets what the others answer.
pub fn set(strip: bool, compression: usize) {
    STRIP.store(strip, Ordering::Relaxed);
    COMPRESSION.store(compression, Ordering::Relaxed);
}
