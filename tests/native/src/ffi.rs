//! The Lua and C functions used here, and no others, as `lua.h` and `lauxlib.h` of Lua 5.4 declare them.
//!
//! A function that raises a Lua error leaves by `longjmp`, hence `C-unwind`: no frame between it and
//! the protected call below may own a value with a destructor.

use std::ffi::{c_char, c_int, c_void};

/// A Lua thread, used only through a pointer.
#[repr(C)]
pub struct lua_State {
    _opaque: [u8; 0],
}

/// A C function that Lua can call.
pub type CFunction = unsafe extern "C-unwind" fn(*mut lua_State) -> c_int;

/// An allocator: `(ud, block, old size or type, new size)`.
pub type Alloc = unsafe extern "C" fn(*mut c_void, *mut c_void, usize, usize) -> *mut c_void;

pub const LUA_OK: c_int = 0;
pub const LUA_MULTRET: c_int = -1;

/// `-LUAI_MAXSTACK - 1000`
pub const LUA_REGISTRYINDEX: c_int = -1_000_000 - 1000;

pub const LUA_TNUMBER: c_int = 3;
pub const LUA_TSTRING: c_int = 4;

pub const LUA_GCCOUNT: c_int = 3;
pub const LUA_GCCOUNTB: c_int = 4;
pub const LUA_GCGEN: c_int = 10;

/// The pseudo-index of upvalue `i` of the running C function, counted from 1.
pub const fn upvalue_index(i: c_int) -> c_int {
    LUA_REGISTRYINDEX - i
}

unsafe extern "C-unwind" {
    pub fn luaL_newstate() -> *mut lua_State;
    pub fn luaL_openlibs(state: *mut lua_State);
    pub fn lua_close(state: *mut lua_State);
    pub fn lua_gc(state: *mut lua_State, what: c_int, ...) -> c_int;
    pub fn lua_getallocf(state: *mut lua_State, ud: *mut *mut c_void) -> Alloc;
    pub fn lua_setallocf(state: *mut lua_State, alloc: Alloc, ud: *mut c_void);

    pub fn luaL_loadbufferx(
        state: *mut lua_State,
        chunk: *const c_char,
        length: usize,
        name: *const c_char,
        mode: *const c_char,
    ) -> c_int;
    pub fn luaL_loadfilex(state: *mut lua_State, path: *const c_char, mode: *const c_char) -> c_int;
    pub fn lua_pcallk(
        state: *mut lua_State,
        arguments: c_int,
        results: c_int,
        handler: c_int,
        context: isize,
        continuation: Option<CFunction>,
    ) -> c_int;
    pub fn luaL_traceback(state: *mut lua_State, of: *mut lua_State, message: *const c_char, level: c_int);

    pub fn lua_gettop(state: *mut lua_State) -> c_int;
    pub fn lua_settop(state: *mut lua_State, index: c_int);
    pub fn lua_rotate(state: *mut lua_State, index: c_int, n: c_int);
    pub fn lua_checkstack(state: *mut lua_State, n: c_int) -> c_int;

    pub fn lua_type(state: *mut lua_State, index: c_int) -> c_int;
    pub fn lua_typename(state: *mut lua_State, kind: c_int) -> *const c_char;
    pub fn lua_isinteger(state: *mut lua_State, index: c_int) -> c_int;
    pub fn lua_tonumberx(state: *mut lua_State, index: c_int, is_number: *mut c_int) -> f64;
    pub fn lua_tolstring(state: *mut lua_State, index: c_int, length: *mut usize) -> *const c_char;
    pub fn luaL_tolstring(state: *mut lua_State, index: c_int, length: *mut usize) -> *const c_char;
    pub fn luaL_checklstring(state: *mut lua_State, argument: c_int, length: *mut usize) -> *const c_char;
    pub fn luaL_getmetafield(state: *mut lua_State, index: c_int, name: *const c_char) -> c_int;
    pub fn lua_touserdata(state: *mut lua_State, index: c_int) -> *mut c_void;

    pub fn lua_pushlstring(state: *mut lua_State, text: *const c_char, length: usize) -> *const c_char;
    pub fn lua_pushlightuserdata(state: *mut lua_State, pointer: *mut c_void);
    pub fn lua_pushcclosure(state: *mut lua_State, function: CFunction, upvalues: c_int);
    pub fn lua_createtable(state: *mut lua_State, array: c_int, hash: c_int);
    pub fn lua_rawseti(state: *mut lua_State, index: c_int, key: i64);
    pub fn lua_getglobal(state: *mut lua_State, name: *const c_char) -> c_int;
    pub fn lua_setglobal(state: *mut lua_State, name: *const c_char);
    pub fn lua_setfield(state: *mut lua_State, index: c_int, name: *const c_char);
}

unsafe extern "C" {
    /// The C formatter, so that floats look as Lua's own library prints them.
    pub fn snprintf(buffer: *mut c_char, size: usize, format: *const c_char, ...) -> c_int;
}
