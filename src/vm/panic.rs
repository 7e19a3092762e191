//! A panic becomes the error "internal error".
//!
//! Invariant: it never traps. It raises an error if Lua can catch one; otherwise it returns to the export.

use core::ffi::c_int;

use crate::lua::ffi::{self, State};
use crate::lua::stack::Stack;
use crate::lua::table::RegistryKey;
use crate::lua::thread;
use crate::vm::instance::INSTANCE;
use crate::vm::room;

/// Its address marks an internal error among Lua's error values.
static INTERNAL: RegistryKey = RegistryKey::new();

/// Raises "internal error", or returns to the export when there is no VM.
pub fn raise_internal() -> ! {
    room::forget();
    let state: *mut State = thread::running().unwrap_or(INSTANCE.state.get());
    if state.is_null() {
        #[cfg(target_arch = "wasm32")]
        crate::lua::unwind::leave();
        #[cfg(not(target_arch = "wasm32"))]
        std::process::abort();
    }
    // SAFETY: a live state; an address needs no memory. Without a protected call Lua aborts, which also returns to the
    // export.
    unsafe {
        ffi::lua_pushlightuserdata(state, INTERNAL.address().cast_mut());
        ffi::lua_error(state);
        core::hint::unreachable_unchecked()
    }
}

/// Whether the error value is the mark of a panic.
pub fn is_internal(lua: Stack<'_>, index: c_int) -> bool {
    core::ptr::eq(lua.address(index).cast_const(), INTERNAL.address())
}
