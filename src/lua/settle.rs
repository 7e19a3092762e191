//! Whether Rust left something to be done before Lua goes on.
//!
//! Invariant: when Rust returns to Lua, or calls it, what was wanted has been done, or an error is raised that says why it was not.
//! `call.rs` sees to it, at each way from Rust to Lua.
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicBool, Ordering};

static IS_WANTED: AtomicBool = AtomicBool::new(false);
static IS_RUNNING: AtomicBool = AtomicBool::new(false);

/// There is something to be done.
#[inline]
pub fn want() {
    IS_WANTED.store(true, Ordering::Relaxed);
}

/// There is nothing any more.
pub fn unwant() {
    IS_WANTED.store(false, Ordering::Relaxed);
}

/// Whether there is, for who is not doing it.
#[inline]
pub fn is_wanted() -> bool {
    IS_WANTED.load(Ordering::Relaxed) && !IS_RUNNING.load(Ordering::Relaxed)
}

/// It is being done.
pub fn begin() {
    IS_RUNNING.store(true, Ordering::Relaxed);
    unwant();
}

/// It is done, or not all of it.
pub fn end(is_done: bool) {
    IS_RUNNING.store(false, Ordering::Relaxed);
    if !is_done {
        want();
    }
}
