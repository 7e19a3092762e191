//! The Lua tables that stand for external ones.
//!
//! Invariant: one id has at most one such table at a time. The id is in no field of it, so no script can read, copy or
//! forge it; its metatable is locked.

use core::ffi::{CStr, c_int, c_void};

use crate::lua::ffi::{self, State};
use crate::lua::message::{self, Message};
use crate::lua::{cells, known, standing};

/// Its address is the registry key of the metatable.
static METATABLE: u8 = 0;

/// A metamethod of external tables.
pub type Metamethod = (&'static CStr, ffi::CFunction);

/// Creates the metatable with `metamethods`; raises when memory runs out.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive.
pub unsafe fn open(state: *mut State, metamethods: &[Metamethod]) {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_createtable(state, 0, 8);
        for (name, function) in metamethods {
            ffi::lua_pushcclosure(state, *function, 0);
            ffi::lua_setfield(state, -2, name.as_ptr());
        }
        // What getmetatable answers; its presence forbids setmetatable.
        ffi::lua_pushboolean(state, 0);
        ffi::lua_setfield(state, -2, c"__metatable".as_ptr());
        ffi::cu_set_metatable(state, -1);
        ffi::lua_rawsetp(state, ffi::REGISTRY, (&raw const METATABLE).cast::<c_void>());
    }
}

/// The id of the external table at `index`, 0 for any other value.
///
/// # Safety
/// `state` is live.
#[inline]
pub unsafe fn id(state: *mut State, index: c_int) -> u32 {
    // SAFETY: the caller's.
    unsafe { ffi::cu_external_id(state, index) }
}

/// Pushes the table that stands for `id`, made now if there is none; raises when memory runs out.
///
/// # Safety
/// `state` is live with two free slots; no Rust value with a destructor is alive.
pub unsafe fn push(state: *mut State, id: u32) {
    // SAFETY: the caller's.
    unsafe {
        if ffi::cu_push_standing(state, id) != 0 {
            return;
        }
        ffi::lua_createtable(state, 0, 0);
        reserve(state, 1, 0, 0);
        ffi::cu_become_external(state, -1, id);
    }
}

/// Makes room for as many tables that will stand for external ones, stored functions and captured variables; raises when
/// memory runs out. Runs no finalizer.
///
/// # Safety
/// As for `push`.
pub unsafe fn reserve(state: *mut State, tables: usize, functions: usize, captured: usize) {
    // SAFETY: the caller's; the references end before Lua runs.
    let reserved = || unsafe {
        standing::global().reserve(tables) && known::global().reserve(functions) && cells::global().reserve(captured)
    };
    if reserved() {
        return;
    }
    // SAFETY: the caller's.
    unsafe {
        ffi::cu_collect_quietly(state);
        if !reserved() {
            message::raise(
                state,
                &Message::new(format_args!(
                    "not enough memory for {tables} more external tables, {functions} functions and {captured} \
                     captured variables"
                )),
            );
        }
    }
}
