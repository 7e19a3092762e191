//! The end of a run whose budget is used up, or that the host stops.
//!
//! Invariant: the place of the script is kept once, before the stack is unwound. The error skips every message handler,
//! and a library function that catches it raises it again (`lua/patches`).

use crate::budget;
use crate::lua::call::{self, Raise};
use crate::lua::ffi::State;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::tick;
use crate::vm::run::RUN;
use crate::vm::traceback;

/// The budget for finding the place and the callers: the search for names reads all modules, which a script can fill.
const TRACEBACK: i64 = 100_000;

/// A script begins: if it is stopped, the place must be kept.
pub fn watch() {
    RUN.is_ended.set(false);
    RUN.place_is_kept.set(false);
}

/// The script has ended: if the work after it is stopped, there is no place in the script to keep.
pub fn unwatch() {
    RUN.place_is_kept.set(true);
}

impl Stack<'_> {
    /// Charges for work, and ends the run when the budget is used up.
    pub fn charge(self, instructions: usize) -> Result<(), Raise> {
        budget::spend(instructions);
        if budget::is_exhausted() { Err(exhausted(self)) } else { Ok(()) }
    }

    /// Ends the run when the budget does not cover work that is charged later, while it is done.
    pub fn require(self, instructions: usize) -> Result<(), Raise> {
        if budget::reserve(instructions as u64) {
            budget::refund(instructions);
            Ok(())
        } else {
            Err(exhausted(self))
        }
    }
}

/// Keeps the place of the script.
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

/// Lua's C has used up what was left, or a part of it.
///
/// # Safety
/// Lua calls it.
#[unsafe(export_name = "cu_run_out")]
unsafe extern "C" fn run_out(state: *mut State) {
    // SAFETY: Lua calls with a live state; nothing is captured.
    unsafe { call::enter(state, |lua| if budget::is_exhausted() { Err(exhausted(lua)) } else { Ok(()) }) }
}

/// Ends the run for another reason, which the message says: the store is in a state that no script may see.
#[cold]
pub fn end_script(lua: Stack<'_>, message: &Message) -> Raise {
    RUN.is_ended.set(true);
    RUN.place_is_kept.set(true);
    let left = budget::lend(TRACEBACK);
    traceback::keep(lua, message);
    budget::forfeit(left);
    Raise::Budget
}

/// The message when the budget was used up after the end of the script.
pub fn message_of_end() -> Message {
    Message::new(format_args!(
        "the budget of {} instructions is used up while results and captured variables were written",
        budget::limit()
    ))
}

/// The message when the budget was used up, or the host stopped the run.
pub fn message() -> Message {
    if let Some(stop) = tick::stop() {
        return Message::new(format_args!("{stop}"));
    }
    Message::new(format_args!("the budget of {} instructions is used up", budget::limit()))
}
