//! Calls from Lua into Rust, from Rust into Lua, and the one place where Rust raises.
//!
//! Invariant: a function that fails returns what is to be raised, so its values are dropped before `finish` raises it. What
//! Lua itself raises (memory that ran out, an error of a metamethod) passes Rust's frames without a drop: where Lua may
//! raise, nothing is alive that must be dropped.

use core::ffi::{CStr, c_int};

use crate::lua::ffi::{self, CFunction, State};
use crate::lua::settle;
use crate::lua::stack::Stack;
use crate::lua::status::Status;

/// What is to be raised. A function that gets it returns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it is returned, down to where it is raised"]
pub enum Raise {
    /// The value on top of the stack.
    Value,
    /// That memory ran out.
    Memory,
    /// The message on top: what is wrong with a chunk. No handler sees it.
    Syntax,
    /// That the budget is used up. No handler sees it, and code that catches it meets it again.
    Budget,
    /// Nothing: the compute waits for the host, and what is asked of that is on top. The function goes on in `cu_answered`.
    Wait,
}

/// The end of a C function: its number of results, which is small so that both fit one register, or what is raised.
type Outcome = Result<u8, Raise>;

/// Raises what is to be raised.
///
/// # Safety
/// The state is live, and up to the protected call nothing is alive that must be dropped.
#[inline]
unsafe fn finish(state: *mut State, outcome: Outcome) -> c_int {
    match outcome {
        Ok(results) => results.into(),
        // SAFETY: the state is live, and nothing is alive up to the protected call that must be dropped (see above).
        Err(raise) => unsafe { raise_now(state, raise) },
    }
}

/// The same, after what was left to be done.
///
/// # Safety
/// As for `finish`.
#[cold]
#[inline(never)]
unsafe fn settled(state: *mut State, outcome: Outcome) -> c_int {
    // SAFETY: the caller's.
    unsafe { finish(state, outcome.and_then(|results| Stack::of(state).settle().map(|()| results))) }
}

/// # Safety
/// As for `finish`.
#[cold]
#[inline(never)]
unsafe fn raise_now(state: *mut State, raise: Raise) -> ! {
    // SAFETY: the state is live, and no frame up to the protected call has anything to drop (`finish`). `lua_error` is
    // declared to return a number, and never returns.
    unsafe {
        match raise {
            Raise::Value => {
                ffi::lua_error(state);
                core::hint::unreachable_unchecked()
            }
            Raise::Memory => ffi::cu_no_memory(state),
            Raise::Syntax => ffi::cu_refuse_chunk(state),
            Raise::Budget => ffi::cu_leave_run(state),
            Raise::Wait => ffi::cu_wait(state),
        }
    }
}

/// The one value of a type without bytes, of which a value exists.
#[inline]
fn conjure<F: Copy>() -> F {
    const { assert!(size_of::<F>() == 0, "a function captures nothing") };
    // SAFETY: a value of the type exists, since only a value names the type, and it has no bytes to be copied.
    unsafe { core::mem::transmute_copy(&()) }
}

/// The C function that runs a function of Rust.
pub const fn function<F: Fn(Stack<'_>) -> Outcome + Copy>(_: F) -> CFunction {
    unsafe extern "C" fn enter<F: Fn(Stack<'_>) -> Outcome + Copy>(state: *mut State) -> c_int {
        // SAFETY: Lua calls with a live state, and the function has ended when something is raised.
        unsafe {
            let outcome = conjure::<F>()(Stack::of(state));
            if settle::is_wanted() { settled(state, outcome) } else { finish(state, outcome) }
        }
    }
    enter::<F>
}

/// The same for a message handler: in the middle of an error nothing is settled.
pub const fn handler<F: Fn(Stack<'_>) -> Outcome + Copy>(_: F) -> CFunction {
    unsafe extern "C" fn enter<F: Fn(Stack<'_>) -> Outcome + Copy>(state: *mut State) -> c_int {
        // SAFETY: as for `function`.
        unsafe { finish(state, conjure::<F>()(Stack::of(state))) }
    }
    enter::<F>
}

/// Runs what Lua's C calls by name, and raises what that answers.
///
/// # Safety
/// Lua calls with that state, and `body` captures nothing that must be dropped.
#[inline]
pub unsafe fn enter<R>(state: *mut State, body: impl FnOnce(Stack<'_>) -> Result<R, Raise>) -> R {
    // SAFETY: Lua calls with a live state.
    let lua = unsafe { Stack::of(state) };
    let mut outcome = body(lua);
    if settle::is_wanted() && outcome.is_ok() {
        outcome = lua.settle().and(outcome);
    }
    match outcome {
        Ok(answer) => answer,
        // SAFETY: the state is live, and the body, which captured nothing that must be dropped, has ended.
        Err(raise) => unsafe { raise_now(state, raise) },
    }
}

impl<'s> Stack<'s> {
    /// Pushes a function of Rust: that takes no memory.
    #[inline]
    pub fn push_rust<F: Fn(Stack<'_>) -> Outcome + Copy>(self, body: F) {
        self.push_c_function(function(body));
    }

    /// Does what is left to be done before Lua goes on; what is raised is still to be done. The stack is as before.
    #[cold]
    #[inline(never)]
    fn settle(self) -> Result<(), Raise> {
        if !self.has_room(2) {
            return Err(Raise::Memory);
        }
        settle::begin();
        self.push_c_function(ffi::cu_settle);
        let is_done = self.call_protected(0, 0, 0).is_ok();
        settle::end(is_done);
        if is_done { Ok(()) } else { Err(Raise::Value) }
    }

    /// Calls the function under the arguments; raises what that raises.
    #[inline]
    pub fn call(self, arguments: c_int, results: c_int) {
        if settle::is_wanted()
            && let Err(raise) = self.settle()
        {
            // SAFETY: as for what Lua raises.
            unsafe { raise_now(self.state(), raise) }
        }
        // SAFETY: the state is live (`Stack::of`).
        unsafe { ffi::lua_callk(self.state(), arguments, results, 0, None) };
    }

    /// Calls the function under the arguments, protected; `handler` is the index of the message handler, 0 for none. An
    /// error value is left on the stack.
    #[inline]
    pub fn call_protected(self, arguments: c_int, results: c_int, handler: c_int) -> Status {
        if settle::is_wanted() && self.settle().is_err() {
            // The error in the place of function and arguments.
            self.insert(-arguments - 2);
            self.pop(arguments + 1);
            return Status::Error;
        }
        // SAFETY: the state is live (`Stack::of`).
        Status::of(unsafe { ffi::lua_pcallk(self.state(), arguments, results, handler, 0, None) })
    }

    /// Runs a function of Rust protected, on a stack of its own whose first value is an address that it does not look at. An
    /// error value is left on the stack.
    #[inline]
    pub fn protected<T, F>(self, body: F, argument: &mut T, results: c_int) -> Status
    where
        F: Fn(Stack<'_>, &mut T) -> Outcome + Copy,
    {
        self.protected_with(body, argument, 0, results)
    }

    /// The same, with the top `values`, which are popped, behind that address.
    #[inline]
    pub fn protected_with<T, F>(self, _: F, argument: &mut T, values: c_int, results: c_int) -> Status
    where
        F: Fn(Stack<'_>, &mut T) -> Outcome + Copy,
    {
        unsafe extern "C" fn enter<T, F: Fn(Stack<'_>, &mut T) -> Outcome + Copy>(state: *mut State) -> c_int {
            // SAFETY: Lua calls with a live state; the argument is what `protected` borrowed until the call is over.
            unsafe {
                let lua = Stack::of(state);
                let argument = &mut *lua.address(1).cast::<T>();
                finish(state, conjure::<F>()(lua, argument))
            }
        }
        self.push_c_function(enter::<T, F>);
        self.push_address((&raw mut *argument).cast());
        if values > 0 {
            // Under the values, each to where they begin.
            self.insert(-values - 2);
            self.insert(-values - 2);
        }
        self.call_protected(1 + values, results, 0)
    }

    /// Compiles source and pushes its function, or what is wrong with it.
    #[inline]
    pub fn load_source(self, source: &[u8], name: &'static CStr) -> Status {
        let (bytes, length) = (source.as_ptr().cast(), source.len());
        // SAFETY: the state is live (`Stack::of`); the source is readable while it is compiled.
        Status::of(unsafe { ffi::luaL_loadbufferx(self.state(), bytes, length, name.as_ptr(), c"t".as_ptr()) })
    }

    /// Raises that an argument is wrong, in Lua's words.
    pub fn argument_error(self, argument: c_int, problem: &CStr) -> Raise {
        // SAFETY: the state is live (`Stack::of`). It raises by itself.
        unsafe { ffi::luaL_argerror(self.state(), argument, problem.as_ptr()) };
        Raise::Value
    }

    /// Raises that an argument has the wrong type, in Lua's words.
    pub fn type_error(self, argument: c_int, wanted: &'static CStr) -> Raise {
        // SAFETY: as for `argument_error`.
        unsafe { ffi::luaL_typeerror(self.state(), argument, wanted.as_ptr()) };
        Raise::Value
    }

    /// Opens a library of Lua's, and leaves it on the stack and as a global; raises when memory runs out.
    pub fn open_library(self, name: &'static CStr, open: CFunction) {
        // SAFETY: the state is live (`Stack::of`).
        unsafe { ffi::luaL_requiref(self.state(), name.as_ptr(), open, 1) };
    }
}
