//! The end of a run whose budget is used up.
//!
//! Invariant: the place where the script was is kept once, before anything is unwound; the error passes every message
//! handler, and whoever catches it in a library's function raises it again (`lua/patches`).

use crate::budget;
use crate::lua::call::{self, Raise};
use crate::lua::ffi::State;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::vm::run::RUN;
use crate::vm::traceback;

/// What finding the place and the callers may cost: names are looked for in all modules, which a script can fill.
const TRACEBACK: i64 = 100_000;

/// A script begins: where it is stopped is to be kept.
pub fn watch() {
    RUN.place_is_kept.set(false);
}

/// The script is done: where its end is stopped is no place in it.
pub fn unwatch() {
    RUN.place_is_kept.set(true);
}

impl Stack<'_> {
    /// Counts work, and ends the run when nothing is left.
    #[inline]
    pub fn charge(self, instructions: usize) -> Result<(), Raise> {
        budget::spend(instructions);
        if budget::is_exhausted() { Err(exhausted(self)) } else { Ok(()) }
    }

    /// Ends the run when the budget does not cover work that will be counted while it is done.
    #[inline]
    pub fn require(self, instructions: usize) -> Result<(), Raise> {
        if budget::reserve(instructions as u64) {
            budget::refund(instructions);
            Ok(())
        } else {
            Err(exhausted(self))
        }
    }
}

/// Keeps where the script is.
#[cold]
#[inline(never)]
fn exhausted(lua: Stack<'_>) -> Raise {
    if !RUN.place_is_kept.replace(true) {
        let left = budget::lend(TRACEBACK);
        traceback::keep(lua, &message());
        budget::resume(left);
    }
    Raise::Budget
}

/// Lua's C has used the budget up.
///
/// # Safety
/// Lua calls it.
#[unsafe(export_name = "cu_exhausted")]
unsafe extern "C" fn end_run(state: *mut State) -> ! {
    // SAFETY: Lua calls with a live state; nothing is captured.
    match unsafe { call::enter(state, |lua| Err::<Never, Raise>(exhausted(lua))) } {}
}

/// What is never answered.
enum Never {}

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
