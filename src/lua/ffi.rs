//! The functions of Lua's C interface that cu uses, and no others.
//!
//! Invariant: the signatures are those of `lua.h` and `lauxlib.h` of the compiled version (`build/sources.rs`).
//! A function marked "raises" leaves by an error instead of returning; no Rust value with a destructor may be alive then.
#![allow(missing_docs, reason = "the reference manual of Lua documents them")]

use core::ffi::{c_char, c_int, c_void};

/// A Lua thread.
#[repr(C)]
pub struct State {
    _opaque: [u8; 0],
}

pub type CFunction = unsafe extern "C" fn(*mut State) -> c_int;
pub type Continuation = unsafe extern "C" fn(*mut State, c_int, isize) -> c_int;
pub type Allocator = unsafe extern "C" fn(*mut c_void, *mut c_void, usize, usize) -> *mut c_void;
pub type PartWriter = unsafe extern "C" fn(*mut State, *const c_void, usize, *mut c_void) -> c_int;
pub type Warner = unsafe extern "C" fn(*mut c_void, *const c_char, c_int);

pub const MULTIPLE_RESULTS: c_int = -1;

pub const STATUS_OK: c_int = 0;
pub const STATUS_YIELD: c_int = 1;
pub const STATUS_SYNTAX: c_int = 3;
pub const STATUS_MEMORY: c_int = 4;
pub const STATUS_HANDLER: c_int = 5;

pub const TYPE_NONE: c_int = -1;
pub const TYPE_NIL: c_int = 0;
pub const TYPE_BOOLEAN: c_int = 1;
pub const TYPE_LIGHT_USERDATA: c_int = 2;
pub const TYPE_NUMBER: c_int = 3;
pub const TYPE_STRING: c_int = 4;
pub const TYPE_TABLE: c_int = 5;
pub const TYPE_FUNCTION: c_int = 6;
pub const TYPE_USERDATA: c_int = 7;
pub const TYPE_THREAD: c_int = 8;

pub const GC_COLLECT: c_int = 2;

/// Slots of the Lua stack, as `build.rs` sets `LUAI_MAXSTACK`.
const STACK_SLOTS: c_int = {
    let text = env!("LUA_STACK_SLOTS").as_bytes();
    let (mut value, mut index) = (0, 0);
    while index < text.len() {
        value = value * 10 + (text[index] - b'0') as c_int;
        index += 1;
    }
    value
};

/// Index of the globals in the registry.
pub const GLOBALS: i64 = 2;

pub const REGISTRY: c_int = -STACK_SLOTS - 1000;

pub const fn upvalue(index: c_int) -> c_int {
    REGISTRY - index
}

unsafe extern "C" {
    pub fn lua_newstate(allocator: Allocator, user: *mut c_void) -> *mut State;
    pub fn lua_close(state: *mut State);
    pub fn lua_setwarnf(state: *mut State, warner: Warner, user: *mut c_void);

    pub fn lua_gettop(state: *mut State) -> c_int;
    pub fn lua_settop(state: *mut State, index: c_int);
    pub fn lua_pushvalue(state: *mut State, index: c_int);
    pub fn lua_rotate(state: *mut State, index: c_int, n: c_int);
    pub fn lua_copy(state: *mut State, from: c_int, to: c_int);
    pub fn lua_absindex(state: *mut State, index: c_int) -> c_int;
    pub fn lua_checkstack(state: *mut State, n: c_int) -> c_int;

    pub fn lua_type(state: *mut State, index: c_int) -> c_int;
    pub fn lua_isinteger(state: *mut State, index: c_int) -> c_int;
    pub fn lua_toboolean(state: *mut State, index: c_int) -> c_int;
    pub fn lua_tointegerx(state: *mut State, index: c_int, is_number: *mut c_int) -> i64;
    pub fn lua_tonumberx(state: *mut State, index: c_int, is_number: *mut c_int) -> f64;
    /// Raises when it must convert a number.
    pub fn lua_tolstring(state: *mut State, index: c_int, length: *mut usize) -> *const c_char;
    pub fn lua_tocfunction(state: *mut State, index: c_int) -> Option<CFunction>;
    pub fn lua_topointer(state: *mut State, index: c_int) -> *const c_void;
    pub fn lua_touserdata(state: *mut State, index: c_int) -> *mut c_void;

    pub fn lua_pushnil(state: *mut State);
    pub fn lua_pushboolean(state: *mut State, value: c_int);
    pub fn lua_pushinteger(state: *mut State, value: i64);
    pub fn lua_pushnumber(state: *mut State, value: f64);
    pub fn lua_pushlightuserdata(state: *mut State, pointer: *mut c_void);
    /// Raises.
    pub fn lua_pushlstring(state: *mut State, bytes: *const c_char, length: usize) -> *const c_char;
    /// Raises when there are upvalues.
    pub fn lua_pushcclosure(state: *mut State, function: CFunction, upvalues: c_int);

    /// Raises.
    pub fn lua_createtable(state: *mut State, array: c_int, hash: c_int);
    /// Raises.
    pub fn lua_getfield(state: *mut State, index: c_int, name: *const c_char) -> c_int;
    /// Raises.
    pub fn lua_setfield(state: *mut State, index: c_int, name: *const c_char);
    /// Raises.
    pub fn lua_gettable(state: *mut State, index: c_int) -> c_int;
    /// Raises.
    pub fn lua_settable(state: *mut State, index: c_int);
    /// Raises.
    pub fn lua_setglobal(state: *mut State, name: *const c_char);
    /// Raises.
    pub fn lua_getglobal(state: *mut State, name: *const c_char) -> c_int;
    pub fn lua_rawget(state: *mut State, index: c_int) -> c_int;
    /// Raises when the key is new.
    pub fn lua_rawset(state: *mut State, index: c_int);
    pub fn lua_rawequal(state: *mut State, left: c_int, right: c_int) -> c_int;
    pub fn lua_setmetatable(state: *mut State, index: c_int) -> c_int;
    /// Raises.
    pub fn lua_newthread(state: *mut State) -> *mut State;
    pub fn lua_tothread(state: *mut State, index: c_int) -> *mut State;
    pub fn lua_xmove(from: *mut State, to: *mut State, n: c_int);
    /// Raises.
    pub fn lua_newuserdatauv(state: *mut State, size: usize, values: c_int) -> *mut c_void;
    pub fn lua_rawgeti(state: *mut State, index: c_int, n: i64) -> c_int;
    /// Raises.
    pub fn lua_rawseti(state: *mut State, index: c_int, n: i64);
    pub fn lua_rawlen(state: *mut State, index: c_int) -> u64;
    /// Raises when the key is not in the table; not with a key from an earlier call.
    pub fn lua_next(state: *mut State, index: c_int) -> c_int;

    /// Raises.
    pub fn lua_callk(state: *mut State, arguments: c_int, results: c_int, context: isize, next: Option<Continuation>);
    pub fn lua_pcallk(
        state: *mut State,
        arguments: c_int,
        results: c_int,
        handler: c_int,
        context: isize,
        next: Option<Continuation>,
    ) -> c_int;
    /// Raises.
    pub fn lua_error(state: *mut State) -> c_int;
    pub fn lua_rawgetp(state: *mut State, index: c_int, key: *const c_void) -> c_int;
    /// Raises when the key is new.
    pub fn lua_rawsetp(state: *mut State, index: c_int, key: *const c_void);
    pub fn lua_typename(state: *mut State, kind: c_int) -> *const c_char;
    /// Raises.
    pub fn lua_concat(state: *mut State, n: c_int);
    pub fn lua_gc(state: *mut State, what: c_int, ...) -> c_int;

    pub fn luaL_loadbufferx(
        state: *mut State,
        code: *const c_char,
        length: usize,
        name: *const c_char,
        mode: *const c_char,
    ) -> c_int;
    /// Raises.
    pub fn luaL_checktype(state: *mut State, argument: c_int, kind: c_int);
    /// Raises.
    pub fn luaL_checkany(state: *mut State, argument: c_int);
    /// Raises.
    pub fn luaL_typeerror(state: *mut State, argument: c_int, name: *const c_char) -> c_int;
    /// Raises when there is no room.
    pub fn luaL_checkstack(state: *mut State, n: c_int, message: *const c_char);
    /// Raises.
    pub fn luaL_argerror(state: *mut State, argument: c_int, message: *const c_char) -> c_int;
    /// Raises.
    pub fn luaL_tolstring(state: *mut State, index: c_int, length: *mut usize) -> *const c_char;
    /// Raises.
    pub fn luaL_checklstring(state: *mut State, argument: c_int, length: *mut usize) -> *const c_char;
    /// Raises.
    pub fn luaL_getsubtable(state: *mut State, index: c_int, name: *const c_char) -> c_int;
    /// Raises.
    pub fn luaL_requiref(state: *mut State, name: *const c_char, open: CFunction, global: c_int);
    /// Raises.
    pub fn luaL_traceback(state: *mut State, of: *mut State, message: *const c_char, level: c_int);
    /// Raises.
    pub fn luaL_where(state: *mut State, level: c_int);
    /// Raises.
    pub fn luaL_getmetafield(state: *mut State, index: c_int, name: *const c_char) -> c_int;

    pub fn lua_iscfunction(state: *mut State, index: c_int) -> c_int;
    pub fn lua_getupvalue(state: *mut State, function: c_int, n: c_int) -> *const c_char;
    pub fn lua_setupvalue(state: *mut State, function: c_int, n: c_int) -> *const c_char;
    pub fn lua_upvalueid(state: *mut State, function: c_int, n: c_int) -> *mut c_void;

    /// `inside.c`.
    pub fn cu_reseed(state: *mut State, string_seed: u32) -> c_int;
    pub fn cu_trim_stack(state: *mut State);
    /// Raises the message on top as a syntax error.
    pub fn cu_refuse_chunk(state: *mut State) -> !;
    /// Raises, past every message handler.
    pub fn cu_leave_run(state: *mut State) -> !;
    pub fn cu_set_metatable(state: *mut State, index: c_int, get: CFunction, set: CFunction, measure: CFunction);
    pub fn cu_external_id(state: *mut State, index: c_int) -> u32;
    pub fn cu_global_id(state: *mut State, name: *const c_char, length: usize) -> u32;
    pub fn cu_push_class(state: *mut State, index: c_int) -> c_int;
    pub fn cu_is_object(state: *mut State, index: c_int) -> c_int;
    pub fn cu_wants_class(state: *mut State, index: c_int) -> c_int;
    /// A function of Lua's, of `proxy/objects.rs`.
    pub fn cu_settle(state: *mut State) -> c_int;
    /// A function of Lua's, with a text as its upvalue.
    pub fn cu_stand_in(state: *mut State) -> c_int;
    pub fn cu_may_be_event(state: *mut State, key: c_int) -> c_int;
    pub fn cu_push_method(state: *mut State, index: c_int, key: c_int) -> c_int;
    /// Raises.
    pub fn cu_keep_method(state: *mut State, index: c_int, key: c_int) -> c_int;
    pub fn cu_forget_method(state: *mut State, table: *mut c_void, name: *const c_char, length: usize);
    pub fn cu_has_events(state: *mut State, index: c_int) -> c_int;
    pub fn cu_forget_events(state: *mut State, index: c_int);
    pub fn cu_push_behaviour(state: *mut State, index: c_int);
    pub fn cu_set_behaviour(state: *mut State, index: c_int);
    pub fn cu_set_nothing(state: *mut State, index: c_int);
    pub fn cu_push_standing(state: *mut State, id: u32) -> c_int;
    pub fn cu_let_go(table: *mut c_void, id: u32);
    pub fn cu_become_external(state: *mut State, index: c_int, id: u32);
    pub fn cu_become_plain(state: *mut State, index: c_int);
    /// A function of Lua's.
    pub fn cu_transaction(state: *mut State) -> c_int;
    pub fn cu_function(state: *mut State, index: c_int) -> *mut c_void;
    pub fn cu_report(object: *mut c_void);
    pub fn cu_is_dead(state: *mut State, object: *mut c_void) -> c_int;
    pub fn cu_push_function(state: *mut State, function: *mut c_void);
    pub fn cu_push_cell(state: *mut State, cell: *mut c_void);
    pub fn cu_set_cell(state: *mut State, cell: *mut c_void);
    pub fn cu_join(state: *mut State, function: c_int, n: c_int, cell: *mut c_void);
    pub fn cu_prototype(function: *mut c_void) -> *mut c_void;
    pub fn cu_captured_count(prototype: *mut c_void) -> c_int;
    pub fn cu_has_lines(prototype: *mut c_void) -> c_int;
    /// Raises.
    pub fn cu_push_closure(state: *mut State, prototype: *mut c_void);
    /// Raises nothing; the writer's first status that is not 0.
    pub fn cu_dump(state: *mut State, writer: PartWriter, user: *mut c_void, strip: c_int) -> c_int;
    pub fn cu_cell_name(function: *mut c_void, cell: *mut c_void) -> *const c_char;
    /// Raises.
    pub fn cu_load_bytecode(state: *mut State, bytes: *const c_char, length: usize);
    pub fn cu_hold_collector(state: *mut State) -> c_int;
    pub fn cu_release_collector(state: *mut State, before: c_int);
    pub fn cu_collect_quietly(state: *mut State);
    pub fn cu_mark_cell(collector: *mut c_void, cell: *mut c_void);
    pub fn cu_cell_fingerprint(cell: *mut c_void) -> u64;
    pub fn cu_set_big_metatable(state: *mut State, index: c_int);
    pub fn cu_big_words(state: *mut State, index: c_int, count: *mut usize) -> *const u32;
    pub fn cu_push_big(state: *mut State, count: usize) -> *mut u32;
    /// Raises.
    pub fn cu_check_collector(state: *mut State);
    /// Raises.
    pub fn cu_no_memory(state: *mut State) -> !;

    /// `waiting.c`.
    pub fn cu_outermost(state: *mut State) -> c_int;
    pub fn cu_resume(thread: *mut State, from: *mut State, arguments: c_int, results: *mut c_int) -> c_int;
    pub fn cu_running_thread() -> *mut State;
    pub fn cu_begin_threads();
    pub fn cu_ended() -> c_int;
    pub fn cu_can_wait(state: *mut State) -> c_int;
    /// Raises, past every message handler and protected call, up to who resumed the thread.
    pub fn cu_wait(state: *mut State) -> !;
    pub fn cu_kept(thread: *mut State, n: c_int) -> i64;
    pub fn cu_keep(thread: *mut State, n: c_int, value: i64);
    pub fn cu_keep_value(thread: *mut State, n: c_int, from: *mut State);
    pub fn cu_take_value(thread: *mut State, n: c_int, to: *mut State) -> c_int;
    pub fn cu_cancel(thread: *mut State, from: *mut State) -> c_int;

    pub fn cu_open_base(state: *mut State) -> c_int;
    pub fn luaopen_coroutine(state: *mut State) -> c_int;
    pub fn luaopen_table(state: *mut State) -> c_int;
    pub fn cu_open_os(state: *mut State) -> c_int;
    pub fn cu_open_string(state: *mut State) -> c_int;
    pub fn luaopen_utf8(state: *mut State) -> c_int;
    pub fn luaopen_math(state: *mut State) -> c_int;
    pub fn cu_open_debug(state: *mut State) -> c_int;
}

/// Calls a function of Lua's on a `Stack`.
macro_rules! lua {
    ($lua:expr, $function:ident $(, $argument:expr)*) => {{
        // SAFETY: the state is live, and this is the one thread (`Stack::of`). Indices, types and room are as `mod.rs` says, and
        // objects live (`object.rs`).
        unsafe { $crate::lua::ffi::$function($lua.state() $(, $argument)*) }
    }};
}
pub(super) use lua;
