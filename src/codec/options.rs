//! What the host's configuration says about encoding, for the compute under way.
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicBool, Ordering};

static STRIP: AtomicBool = AtomicBool::new(false);

/// Whether functions are stored without their debug information.
pub fn strip() -> bool {
    STRIP.load(Ordering::Relaxed)
}

/// Sets what `strip` answers.
pub fn set_strip(strip: bool) {
    STRIP.store(strip, Ordering::Relaxed);
}
