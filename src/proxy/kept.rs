//! Tables that stay what they are when they are assigned: the globals and the libraries.

use core::ffi::{c_int, c_void};

use crate::lua::ffi::{self, State};
use crate::lua::stack;

/// Its address is the registry key of the set of these tables.
static KEPT: u8 = 0;

fn key() -> *const c_void {
    (&raw const KEPT).cast()
}

/// Remembers the tables of the globals and of every loaded library; raises when memory runs out.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive.
pub unsafe fn keep_libraries(state: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        let top = ffi::lua_gettop(state);
        ffi::lua_createtable(state, 0, 16);
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_LOADED".as_ptr());
        keep(state, top + 1, top + 2);
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_PRELOAD".as_ptr());
        keep(state, top + 1, top + 3);
        ffi::lua_pushnil(state);
        while ffi::lua_next(state, top + 2) != 0 {
            if ffi::lua_type(state, -1) == ffi::TYPE_TABLE {
                keep(state, top + 1, ffi::lua_gettop(state));
            }
            stack::pop(state, 1);
        }
        ffi::lua_settop(state, top + 1);
        ffi::lua_rawsetp(state, ffi::REGISTRY, key());
    }
}

unsafe fn keep(state: *mut State, set: c_int, table: c_int) {
    // SAFETY: the caller's live state.
    unsafe {
        ffi::lua_pushvalue(state, table);
        ffi::lua_pushboolean(state, 1);
        ffi::lua_rawset(state, set);
    }
}

/// Whether the table at `index` is one of these.
///
/// # Safety
/// `state` is live with two free slots.
pub unsafe fn is_kept(state: *mut State, index: c_int) -> bool {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_rawgetp(state, ffi::REGISTRY, key());
        ffi::lua_pushvalue(state, index);
        let kept = ffi::lua_rawget(state, -2) != ffi::TYPE_NIL;
        stack::pop(state, 2);
        kept
    }
}
