//! Binds `_home`, `_io` and the legacy name `Memory`.
//!
//! Invariant: the names are bound when the instance is made and when the host attaches another home; between, they are
//! globals like any other.

use core::ffi::c_int;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use cu_abi::tables;

use crate::codec::handle;
use crate::lua::ffi::{self, State};
use crate::table::walk;

static HOME: AtomicU32 = AtomicU32::new(tables::HOME);
static ALIAS: AtomicBool = AtomicBool::new(true);
static BOUND: AtomicBool = AtomicBool::new(false);

/// The id of `_home`.
pub fn home() -> u32 {
    HOME.load(Ordering::Relaxed)
}

/// Makes that table `_home`, unless no script may reach it.
pub fn attach(table: u32) {
    if table != tables::CONTROL && table < tables::SYSTEM_FIRST {
        HOME.store(table, Ordering::Relaxed);
        BOUND.store(false, Ordering::Relaxed);
    }
}

/// Switches the legacy name on or off.
pub fn set_alias(enabled: bool) {
    ALIAS.store(enabled, Ordering::Relaxed);
    BOUND.store(false, Ordering::Relaxed);
}

/// Whether the names stand for what they should.
pub fn are_bound() -> bool {
    BOUND.load(Ordering::Relaxed)
}

/// Binds the names; a Lua function, to be called protected.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn bind(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives here.
    unsafe {
        ffi::lua_settop(state, 0);
        // The host may have attached what it restored: pages of another content.
        walk::forget_all();
        handle::push(state, home());
        if ALIAS.load(Ordering::Relaxed) {
            ffi::lua_pushvalue(state, 1);
            ffi::lua_setglobal(state, c"Memory".as_ptr());
        } else {
            unbind_alias(state);
        }
        ffi::lua_setglobal(state, c"_home".as_ptr());
        handle::push(state, tables::IO);
        ffi::lua_setglobal(state, c"_io".as_ptr());
    }
    BOUND.store(true, Ordering::Relaxed);
    0
}

/// Removes the legacy name, unless a script gave it another meaning.
unsafe fn unbind_alias(state: *mut State) {
    // SAFETY: the caller's live state.
    unsafe {
        ffi::lua_getglobal(state, c"Memory".as_ptr());
        let is_table = handle::id(state, -1) != 0;
        ffi::lua_settop(state, 1);
        if is_table {
            ffi::lua_pushnil(state);
            ffi::lua_setglobal(state, c"Memory".as_ptr());
        }
    }
}
