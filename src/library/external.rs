//! The library `ext`, and the basic functions that know external tables: `rawget`, `rawset`, `rawlen`. What
//! `next` does is in `proxy/iterate.rs`.

use core::ffi::{CStr, c_int};

use crate::codec::{handle, named};
use crate::lua::ffi::{self, State};
use crate::lua::{stack, stop};
use crate::proxy::fault::{self, Fault};
use crate::proxy::{METAMETHODS, access, channels, kept, length, permit};
use crate::store::{self, counter};
use crate::table::write;

const LIBRARY: [(&CStr, ffi::CFunction); 4] =
    [(c"table", new_table), (c"size", size), (c"table_size", size), (c"drop", drop_content)];

const BASIC: [(&CStr, ffi::CFunction); 3] = [(c"rawget", raw_get), (c"rawset", raw_set), (c"rawlen", raw_length)];

/// Registers everything; raises when memory runs out.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive.
pub unsafe fn open(state: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        handle::open(state, &METAMETHODS);
        channels::open(state);
        for (name, function) in BASIC {
            ffi::lua_pushcclosure(state, function, 0);
            ffi::lua_setglobal(state, name.as_ptr());
        }
        ffi::lua_createtable(state, 0, LIBRARY.len() as c_int);
        for (name, function) in LIBRARY {
            ffi::lua_pushcclosure(state, function, 0);
            ffi::lua_setfield(state, -2, name.as_ptr());
        }
        ffi::luaL_getsubtable(state, ffi::REGISTRY, c"_LOADED".as_ptr());
        ffi::lua_pushvalue(state, -2);
        ffi::lua_setfield(state, -2, c"ext".as_ptr());
        stack::pop(state, 1);
        ffi::lua_setglobal(state, c"ext".as_ptr());
        named::open(state);
        kept::keep_libraries(state);
    }
}

/// Raises `fault` of a table as a whole.
unsafe fn raise(state: *mut State, fault: Fault, id: u32) -> ! {
    // SAFETY: the caller's live state; nothing with a destructor lives here.
    unsafe {
        ffi::lua_pushnil(state);
        fault::raise(state, fault, id, ffi::lua_gettop(state))
    }
}

/// `ext.table()`: a new external table.
unsafe extern "C" fn new_table(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives here.
    unsafe {
        permit::check_creation(state);
        match counter::take() {
            Ok(id) => handle::push(state, id),
            Err(unavailable) => raise(state, unavailable.into(), cu_abi::tables::SYSTEM_FIRST),
        }
    }
    1
}

/// `ext.size(table)`: the number of keys.
unsafe extern "C" fn size(state: *mut State) -> c_int {
    // SAFETY: as in `new_table`.
    unsafe {
        let id = access::check_table(state, 1);
        if id == cu_abi::tables::IO {
            channels::write_back(state);
        }
        match permit::size(id) {
            Ok(size) => ffi::lua_pushinteger(state, i64::from(size)),
            Err(failure) => raise(state, failure.into(), id),
        }
    }
    1
}

/// `ext.drop(table)`: removes every key.
unsafe extern "C" fn drop_content(state: *mut State) -> c_int {
    // SAFETY: as in `new_table`.
    unsafe {
        let id = access::check_table(state, 1);
        permit::check_drop(state, id);
        if id == cu_abi::tables::IO {
            channels::forget(state);
        }
        // Nothing of Lua's runs meanwhile.
        if let Err(unreadable) = write::clear(id, store::spare_page()) {
            raise(state, unreadable.into(), id);
        }
        stop::charge(state, 0);
    }
    0
}

/// `rawget(table, key)`: of an external table there is nothing rawer than its content.
unsafe extern "C" fn raw_get(state: *mut State) -> c_int {
    // SAFETY: as in `new_table`.
    unsafe {
        ffi::luaL_checktype(state, 1, ffi::TYPE_TABLE);
        ffi::luaL_checkany(state, 2);
        ffi::lua_settop(state, 2);
        match handle::id(state, 1) {
            0 => {
                ffi::lua_rawget(state, 1);
            }
            id => access::push_value(state, id, 2),
        }
    }
    1
}

/// `rawset(table, key, value)`.
unsafe extern "C" fn raw_set(state: *mut State) -> c_int {
    // SAFETY: as in `new_table`.
    unsafe {
        ffi::luaL_checktype(state, 1, ffi::TYPE_TABLE);
        ffi::luaL_checkany(state, 2);
        ffi::luaL_checkany(state, 3);
        ffi::lua_settop(state, 3);
        match handle::id(state, 1) {
            0 => ffi::lua_rawset(state, 1),
            id => {
                access::assign_permitted(state, id, 2, 3);
                ffi::lua_settop(state, 1);
            }
        }
    }
    1
}

/// `rawlen(value)`: of an external table its length.
unsafe extern "C" fn raw_length(state: *mut State) -> c_int {
    // SAFETY: as in `new_table`.
    unsafe {
        let kind = ffi::lua_type(state, 1);
        if kind == ffi::TYPE_TABLE && handle::id(state, 1) != 0 {
            return length::length(state);
        }
        if kind != ffi::TYPE_TABLE && kind != ffi::TYPE_STRING {
            ffi::luaL_typeerror(state, 1, c"table or string".as_ptr());
        }
        ffi::lua_pushinteger(state, ffi::lua_rawlen(state, 1) as i64);
    }
    1
}
