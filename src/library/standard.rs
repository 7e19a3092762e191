//! Which of Lua's libraries are opened, and what is added.
//!
//! What their tables hold is in `lua/libraries.c`.

use core::ffi::{CStr, c_int};

use crate::library::{external, modules, print};
use crate::lua::call::{self, Raise};
use crate::lua::ffi::{self, State};
use crate::lua::stack::Stack;
use crate::lua::status::Status;
use crate::vm::{threads, traceback};

const OPENED: [(&CStr, ffi::CFunction); 8] = [
    (c"_G", ffi::cu_open_base),
    (c"coroutine", ffi::luaopen_coroutine),
    (c"table", ffi::luaopen_table),
    (c"string", ffi::cu_open_string),
    (c"math", ffi::luaopen_math),
    (c"utf8", ffi::luaopen_utf8),
    (c"os", ffi::cu_open_os),
    (c"debug", ffi::cu_open_debug),
];

/// Opens everything; a function of C, to be called protected. The build takes it away by its name once the libraries are
/// open (`scripts/snapshot.mjs`).
///
/// # Safety
/// Lua calls it.
#[cfg_attr(target_arch = "wasm32", unsafe(export_name = "cu_open_all"))]
unsafe extern "C" fn open_all(state: *mut State) -> c_int {
    // SAFETY: `open` has Lua call it, with a live state; nothing is captured.
    unsafe { call::enter(state, open_libraries) }.into()
}

fn open_libraries(lua: Stack<'_>) -> Result<u8, Raise> {
    for (name, open) in OPENED {
        lua.open_library(name, open);
        lua.set_top(0);
    }
    traceback::prepare(lua);
    threads::open(lua);
    print::open(lua);
    modules::open(lua);
    copy_unpack(lua);
    #[cfg(feature = "bigint")]
    crate::library::bigint::open(lua);
    // Last: it notes what the libraries have.
    external::open(lua);
    make_buffer(lua);
    Ok(0)
}

/// Has Lua make the metatable of long buffers now, so that it counts in no script's budget.
fn make_buffer(lua: Stack<'_>) {
    const LONG: i64 = 1000;
    lua.get_global(c"string");
    lua.get_field(-1, c"rep");
    lua.push_string(b" ");
    lua.push_integer(LONG);
    lua.call(2, 0);
    lua.set_top(0);
}

/// `unpack` beside `table.unpack`, as older scripts expect.
fn copy_unpack(lua: Stack<'_>) {
    lua.get_global(c"table");
    lua.get_field(-1, c"unpack");
    lua.set_global(c"unpack");
    lua.set_top(0);
}

/// Calls `math.randomseed`.
fn call_randomseed(lua: Stack<'_>, seed: &mut i64) -> Result<u8, Raise> {
    lua.get_global(c"math");
    lua.get_field(-1, c"randomseed");
    lua.push_integer(*seed);
    lua.call(1, 0);
    Ok(0)
}

/// Lua seeds itself from time and addresses; here the host's seed decides. The libraries are open, and no script has run.
/// An error value is left on the stack.
pub fn seed_random(lua: Stack<'_>, mut seed: i64) -> Status {
    lua.protected(call_randomseed, &mut seed, 0)
}

/// Opens the libraries. An error value is left on the stack.
pub fn open(lua: Stack<'_>) -> Status {
    lua.push_c_function(open_all);
    lua.call_protected(0, 0, 0)
}
