//! Which of Lua's libraries are opened, and what is added.
//!
//! What their tables hold is in `lua/libraries.c`.

use core::ffi::{c_int, c_void};

use crate::library::{external, modules, print};
use crate::lua::ffi::{self, State};
use crate::lua::{call, traceback};

const OPENED: [(&core::ffi::CStr, ffi::CFunction); 8] = [
    (c"_G", ffi::cu_open_base),
    (c"coroutine", ffi::luaopen_coroutine),
    (c"table", ffi::luaopen_table),
    (c"string", ffi::cu_open_string),
    (c"math", ffi::luaopen_math),
    (c"utf8", ffi::luaopen_utf8),
    (c"os", ffi::cu_open_os),
    (c"debug", ffi::cu_open_debug),
];

/// Opens everything; a Lua function, to be called protected.
#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "cu_open_all"))]
unsafe extern "C" fn open_all(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state. No Rust value with a destructor lives here.
    unsafe {
        for (name, open) in OPENED {
            ffi::luaL_requiref(state, name.as_ptr(), open, 1);
            ffi::lua_settop(state, 1);
        }
        traceback::prepare(state);
        print::open(state);
        modules::open(state);
        copy_unpack(state);
        #[cfg(feature = "bigint")]
        crate::library::bigint::open(state);
        // Last: it takes down what the libraries have.
        external::open(state);
        make_buffer(state);
    }
    0
}

/// Has Lua make the metatable of long buffers now, so that it counts in no script's budget.
unsafe fn make_buffer(state: *mut State) {
    const LONG: i64 = 1000;
    // SAFETY: the caller's live state.
    unsafe {
        ffi::lua_getglobal(state, c"string".as_ptr());
        ffi::lua_getfield(state, -1, c"rep".as_ptr());
        ffi::lua_pushlstring(state, c" ".as_ptr(), 1);
        ffi::lua_pushinteger(state, LONG);
        ffi::lua_callk(state, 2, 0, 0, None);
        ffi::lua_settop(state, 1);
    }
}

/// `unpack` beside `table.unpack`, as older scripts expect.
unsafe fn copy_unpack(state: *mut State) {
    // SAFETY: the caller's live state.
    unsafe {
        ffi::lua_getglobal(state, c"table".as_ptr());
        ffi::lua_getfield(state, -1, c"unpack".as_ptr());
        ffi::lua_setglobal(state, c"unpack".as_ptr());
        ffi::lua_settop(state, 1);
    }
}

/// Calls `math.randomseed`; a Lua function, to be called protected. Its argument points to the seed.
unsafe extern "C" fn call_randomseed(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; the argument is the pointer that `seed_random` passes.
    unsafe {
        let seed = *ffi::lua_touserdata(state, 1).cast::<i64>();
        ffi::lua_getglobal(state, c"math".as_ptr());
        ffi::lua_getfield(state, -1, c"randomseed".as_ptr());
        ffi::lua_pushinteger(state, seed);
        ffi::lua_callk(state, 1, 0, 0, None);
    }
    0
}

/// Lua seeds itself from time and addresses; here the host's seed decides. Lua's status, an error value on the stack.
///
/// # Safety
/// `state` is live, its libraries are open, and no script has run in it.
pub unsafe fn seed_random(state: *mut State, seed: i64) -> c_int {
    let mut seed = seed;
    // SAFETY: the caller's; `seed` outlives the call.
    unsafe { call::protected(state, call_randomseed, (&raw mut seed).cast::<c_void>(), 0) }
}

/// Calls `open_all` protected; Lua's status, an error value on the stack.
///
/// # Safety
/// `state` is live.
pub unsafe fn open(state: *mut State) -> c_int {
    // SAFETY: the caller's.
    unsafe { call::protected(state, open_all, core::ptr::null_mut(), 0) }
}
