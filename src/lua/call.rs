//! Protected calls, the message handler, and raising.
//!
//! Invariant: no Rust value with a destructor is alive in a frame across which Lua may raise; what raises here does so as
//! its last act.

use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicPtr, Ordering};

use crate::error::Error;
use crate::lua::ffi::{self, State};
use crate::lua::room;

/// The one state, for the panic handler.
static RAISING_STATE: AtomicPtr<State> = AtomicPtr::new(core::ptr::null_mut());

/// Names the state in which a panic raises.
pub fn raise_panics_in(state: *mut State) {
    RAISING_STATE.store(state, Ordering::Relaxed);
}

/// Raises "internal error" in the state, or leaves to the export when there is none.
pub fn raise_internal() -> ! {
    room::forget();
    let state = RAISING_STATE.load(Ordering::Relaxed);
    if state.is_null() {
        #[cfg(target_arch = "wasm32")]
        crate::lua::unwind::leave();
        #[cfg(not(target_arch = "wasm32"))]
        std::process::abort();
    }
    // SAFETY: a live state; light userdata needs no memory. Without a protected call Lua aborts, which leaves too.
    unsafe {
        ffi::lua_pushlightuserdata(state, (&raw const INTERNAL).cast_mut().cast());
        raise(state)
    }
}

/// Raises the value on top of the stack.
///
/// # Safety
/// `state` is live, and no Rust value with a destructor is alive up to the protected call.
pub unsafe fn raise(state: *mut State) -> ! {
    // SAFETY: the caller's; `lua_error` is declared to return a number, and never does.
    unsafe {
        ffi::lua_error(state);
        core::hint::unreachable_unchecked()
    }
}

/// Its address marks an internal error among Lua's error values.
static INTERNAL: Error = Error::Internal;

/// Whether the error value at the top of the stack is the mark of a panic.
///
/// # Safety
/// `state` is live.
pub unsafe fn is_internal(state: *mut State, index: c_int) -> bool {
    // SAFETY: the caller's.
    unsafe { core::ptr::eq(ffi::lua_touserdata(state, index).cast_const(), (&raw const INTERNAL).cast()) }
}

/// Calls `body` protected, with `argument`; Lua's status. An error value is left on the stack.
///
/// # Safety
/// `state` is live with two free slots.
pub unsafe fn protected(state: *mut State, body: ffi::CFunction, argument: *mut c_void, results: c_int) -> c_int {
    // SAFETY: the caller's; pushing a light function and light userdata needs no memory.
    unsafe {
        ffi::lua_pushcclosure(state, body, 0);
        ffi::lua_pushlightuserdata(state, argument);
        ffi::lua_pcallk(state, 1, results, 0, 0, None)
    }
}
