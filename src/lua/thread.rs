//! Threads beside the main one: coroutines, of which a compute that can wait is one (`lua/waiting.c`).
//!
//! Invariant: a thread is on a stack, or in a table that is, as long as a `Stack` of it is used.

use core::ffi::c_int;

use crate::lua::ffi::{self, State, lua};
use crate::lua::stack::Stack;
use crate::lua::status::Status;

/// How far a thread came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It waits; what it asks of the host is on its top.
    Wait,
    /// Its end; so many values are on its top: results, or an error.
    End(Status, c_int),
}

/// Integers that the thread of a compute keeps.
pub const KEPT: c_int = 7;

impl<'s> Stack<'s> {
    /// Pushes a new thread; raises when memory runs out.
    pub fn push_thread(self) -> Stack<'s> {
        Stack::of_thread(lua!(self, lua_newthread))
    }

    /// The thread at that index.
    pub fn thread(self, index: c_int) -> Option<Stack<'s>> {
        let state = lua!(self, lua_tothread, index);
        (!state.is_null()).then(|| Stack::of_thread(state))
    }

    fn of_thread(state: *mut State) -> Stack<'s> {
        // SAFETY: a thread of the live VM, which something holds (see above).
        unsafe { Stack::of(state) }
    }

    /// Moves the top values to another thread, which has room.
    pub fn move_to(self, other: Stack<'_>, count: c_int) {
        lua!(self, lua_xmove, other.state(), count);
    }

    /// Pushes the outermost function of a compute. Its arguments: a message handler, `KEPT` integers, a function and its arguments.
    pub fn push_outermost(self) {
        self.push_c_function(ffi::cu_outermost);
    }

    /// Runs the function under the arguments on the stack of this thread, or goes on where it waits.
    pub fn resume(self, from: Stack<'_>, arguments: c_int) -> Reached {
        let mut count = 0;
        match lua!(self, cu_resume, from.state(), arguments, &raw mut count) {
            ffi::STATUS_YIELD => Reached::Wait,
            // SAFETY: reads a number.
            ffi::STATUS_OK => Reached::End(Status::of(unsafe { ffi::cu_ended() }), count),
            failed => Reached::End(Status::of(failed), 1),
        }
    }

    /// Whether the function that runs can wait.
    pub fn can_wait(self) -> bool {
        lua!(self, cu_can_wait) != 0
    }

    /// An integer that the thread of a compute keeps while it waits.
    pub fn kept(self, number: c_int) -> i64 {
        lua!(self, cu_kept, number)
    }

    /// Changes one.
    pub fn keep(self, number: c_int, value: i64) {
        lua!(self, cu_keep, number, value);
    }

    /// Keeps the value on top of `from`, which is removed there, instead of an integer.
    pub fn keep_value(self, number: c_int, from: Stack<'_>) {
        lua!(self, cu_keep_value, number, from.state());
    }

    /// Pushes such a value to `to`, which has room, and no longer keeps it; false if there is none.
    pub fn take_value(self, number: c_int, to: Stack<'_>) -> bool {
        lua!(self, cu_take_value, number, to.state()) != 0
    }

    /// Ends a compute that waits: what is to be closed is closed. An error is left on the stack of `from`.
    pub fn cancel(self, from: Stack<'_>) -> Status {
        Status::of(lua!(self, cu_cancel, from.state()))
    }
}

/// Nothing runs, whatever became of what ran before.
pub fn begin() {
    // SAFETY: sets two variables.
    unsafe { ffi::cu_begin_threads() }
}

/// The thread that runs, none for the main one.
pub fn running() -> Option<*mut State> {
    // SAFETY: reads a variable.
    let state = unsafe { ffi::cu_running_thread() };
    (!state.is_null()).then_some(state)
}
