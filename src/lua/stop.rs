//! The end of a run whose budget is used up.
//!
//! Invariant: the place where the script was is kept once, before anything is unwound; the error passes every message
//! handler, and whoever catches it in a library's function raises it again (`lua/patches`).

use core::sync::atomic::{AtomicBool, Ordering};

use crate::budget;
use crate::lua::ffi::{self, State};
use crate::lua::message::Message;
use crate::lua::traceback;

/// What finding the place and the callers may cost: names are looked for in all modules, which a script can fill.
const TRACEBACK: i64 = 100_000;

/// Whether the place is kept.
static TOLD: AtomicBool = AtomicBool::new(false);

/// Forgets that an earlier run was stopped.
pub fn begin_run() {
    TOLD.store(false, Ordering::Relaxed);
}

/// The script is done: where its end is stopped is no place in it.
pub fn end_run() {
    TOLD.store(true, Ordering::Relaxed);
}

/// Counts work, and ends the run when nothing is left.
///
/// # Safety
/// `state` is live, and no Rust value with a destructor is alive up to the protected call.
pub unsafe fn charge(state: *mut State, instructions: usize) {
    budget::spend(instructions);
    if budget::is_exhausted() {
        // SAFETY: the caller's.
        unsafe { exhausted(state) }
    }
}

/// Ends the run when the budget does not cover work that will be counted while it is done.
///
/// # Safety
/// As for `charge`.
pub unsafe fn require(state: *mut State, instructions: usize) {
    if budget::reserve(instructions as u64) {
        budget::refund(instructions);
    } else {
        // SAFETY: the caller's.
        unsafe { exhausted(state) }
    }
}

/// Keeps where the script is, and throws; Lua's C calls it too.
///
/// # Safety
/// As for `charge`.
#[unsafe(export_name = "cu_exhausted")]
unsafe extern "C" fn exhausted(state: *mut State) -> ! {
    // SAFETY: the caller's; nothing raises past `keep`.
    unsafe {
        if !TOLD.swap(true, Ordering::Relaxed) {
            let left = budget::lend(TRACEBACK);
            traceback::keep(state, &message());
            budget::resume(left);
        }
        ffi::cu_leave_run(state)
    }
}

/// What was used up when the script was done.
pub fn message_of_end() -> Message {
    Message::new(format_args!(
        "the budget of {} instructions is used up while results and captured variables were written",
        budget::limit()
    ))
}

/// What was used up.
pub fn message() -> Message {
    Message::new(format_args!("the budget of {} instructions is used up", budget::limit()))
}
