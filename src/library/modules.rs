//! `require` and `package`: modules come from `package.loaded` and `package.preload`; there are no files.

use core::ffi::{CStr, c_int};

use crate::lua::call;
use crate::lua::ffi::{self, State};

/// Registers `require` and `package`; raises when memory runs out.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive.
pub unsafe fn open(state: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_createtable(state, 0, 2);
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_LOADED".as_ptr());
        ffi::lua_pushvalue(state, -2);
        ffi::lua_setfield(state, -2, c"package".as_ptr());
        ffi::lua_setfield(state, -2, c"loaded".as_ptr());
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_PRELOAD".as_ptr());
        ffi::lua_setfield(state, -2, c"preload".as_ptr());
        ffi::lua_setglobal(state, c"package".as_ptr());
        ffi::lua_pushcclosure(state, require, 0);
        ffi::lua_setglobal(state, c"require".as_ptr());
    }
}

/// `require(name)`: the loaded module, or what its preload function makes. The second result is where it came from.
unsafe extern "C" fn require(state: *mut State) -> c_int {
    const LOADED: c_int = 2;
    // SAFETY: Lua calls with a live state; nothing with a destructor lives here.
    unsafe {
        let name = ffi::luaL_checklstring(state, 1, core::ptr::null_mut());
        ffi::lua_settop(state, 1);
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_LOADED".as_ptr());
        ffi::lua_getfield(state, LOADED, name);
        if ffi::lua_toboolean(state, -1) != 0 {
            return 1;
        }
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_PRELOAD".as_ptr());
        if ffi::lua_getfield(state, -1, name) == ffi::TYPE_NIL {
            return not_found(state);
        }
        ffi::lua_pushvalue(state, 1);
        push_text(state, c":preload:");
        ffi::lua_pushvalue(state, -1);
        ffi::lua_rotate(state, -4, 1);
        ffi::lua_callk(state, 2, 1, 0, None);
        if ffi::lua_type(state, -1) != ffi::TYPE_NIL {
            ffi::lua_setfield(state, LOADED, name);
        } else {
            ffi::lua_settop(state, -2);
        }
        if ffi::lua_getfield(state, LOADED, name) == ffi::TYPE_NIL {
            ffi::lua_pushboolean(state, 1);
            ffi::lua_pushvalue(state, -1);
            ffi::lua_setfield(state, LOADED, name);
            ffi::lua_rotate(state, -2, 1);
            ffi::lua_settop(state, -2);
        }
        ffi::lua_rotate(state, -2, 1);
    }
    2
}

/// Raises the error of a module that is nowhere, in the words of the stock `require`.
unsafe fn not_found(state: *mut State) -> c_int {
    // SAFETY: the caller's live state with the name at 1.
    unsafe {
        ffi::luaL_where(state, 1);
        push_text(state, c"module '");
        ffi::lua_pushvalue(state, 1);
        push_text(state, c"' not found:\n\tno field package.preload['");
        ffi::lua_pushvalue(state, 1);
        push_text(state, c"']");
        ffi::lua_concat(state, 6);
        call::raise(state)
    }
}

unsafe fn push_text(state: *mut State, text: &CStr) {
    // SAFETY: the caller's live state; Lua copies the text.
    unsafe { ffi::lua_pushlstring(state, text.as_ptr(), text.to_bytes().len()) };
}
