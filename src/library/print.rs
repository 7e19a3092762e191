//! print, io.write and warnings: all text goes to the captured output.

use core::ffi::{CStr, c_char, c_int, c_void};

use crate::budget::{self, cost};
use crate::control::output;
use crate::lua::ffi::{self, State};
use crate::lua::stack::{self, string_bytes};

/// Registers the functions; raises when memory runs out.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive.
pub unsafe fn open(state: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_pushcclosure(state, print, 0);
        ffi::lua_setglobal(state, c"print".as_ptr());
        ffi::lua_createtable(state, 0, 1);
        ffi::lua_pushvalue(state, -1);
        ffi::lua_pushcclosure(state, write, 1);
        ffi::lua_setfield(state, -2, c"write".as_ptr());
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_LOADED".as_ptr());
        ffi::lua_pushvalue(state, -2);
        ffi::lua_setfield(state, -2, c"io".as_ptr());
        stack::pop(state, 1);
        ffi::lua_setglobal(state, c"io".as_ptr());
        ffi::lua_setwarnf(state, warn, (&raw mut WARNINGS).cast());
    }
}

fn emit(text: &[u8]) {
    budget::spend(text.len() / cost::BYTES_PRINTED);
    // SAFETY: one thread; the reference ends with the call.
    unsafe { output::global() }.print(text);
}

/// `print(...)`: the tostring forms, tabs between, a newline after.
unsafe extern "C" fn print(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives across `luaL_tolstring`, which may raise.
    unsafe {
        let count = ffi::lua_gettop(state);
        for index in 1..=count {
            ffi::luaL_tolstring(state, index, core::ptr::null_mut());
            if index > 1 {
                emit(b"\t");
            }
            emit(string_bytes(state, -1));
            stack::pop(state, 1);
        }
        emit(b"\n");
    }
    0
}

/// `io.write(...)`: strings and numbers as they are. Returns `io`, so that calls chain as on a file:
/// `io.write("a"):write("b")`.
unsafe extern "C" fn write(state: *mut State) -> c_int {
    // SAFETY: as in `print`; `luaL_checklstring` may raise.
    unsafe {
        let io = ffi::upvalue(1);
        let is_method =
            ffi::lua_type(state, 1) == ffi::TYPE_TABLE && ffi::lua_topointer(state, 1) == ffi::lua_topointer(state, io);
        let count = ffi::lua_gettop(state);
        for index in 1 + c_int::from(is_method)..=count {
            let mut length = 0;
            let bytes = ffi::luaL_checklstring(state, index, &raw mut length);
            emit(core::slice::from_raw_parts(bytes.cast(), length));
        }
        ffi::lua_pushvalue(state, io);
    }
    1
}

/// State of `warn`: off until `warn("@on")`, as in the stock interpreter.
struct Warnings {
    enabled: bool,
    continues: bool,
}

static mut WARNINGS: Warnings = Warnings { enabled: false, continues: false };

unsafe extern "C" fn warn(warnings: *mut c_void, message: *const c_char, to_be_continued: c_int) {
    // SAFETY: Lua passes the pointer given to `lua_setwarnf` and a string with its final zero.
    let (warnings, text) = unsafe { (&mut *warnings.cast::<Warnings>(), CStr::from_ptr(message).to_bytes()) };
    if !warnings.continues && to_be_continued == 0 && text.first() == Some(&b'@') {
        match text {
            b"@on" => warnings.enabled = true,
            b"@off" => warnings.enabled = false,
            _ => {}
        }
        return;
    }
    if warnings.enabled {
        if !warnings.continues {
            emit(b"Lua warning: ");
        }
        emit(text);
        if to_be_continued == 0 {
            emit(b"\n");
        }
    }
    warnings.continues = to_be_continued != 0;
}
