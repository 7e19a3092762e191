//! `pairs` and `next` over external tables, in key order.
//!
//! Invariant: `next(t, key)` answers with the first key behind `key` that has a value now.

use core::ffi::c_int;

use cu_abi::limits::KEY_BYTES;

use crate::budget::{self, cost};
use crate::codec::handle;
use crate::key::{self, Key};
use crate::lua::ffi::{self, State};
use crate::lua::message::{self, Message};
use crate::lua::stack;
use crate::proxy::fault::{self, Fault};
use crate::proxy::{access, channels, permit};
use crate::store;
use crate::table::walk;

/// What a step counts beside its calls of the host.
const STEP_COST: usize = KEY_BYTES / cost::BYTES_COPIED;

/// `lua_next` for the external table at 1, as `next` and `pairs` call it (`lua/libraries.c`).
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_external_next(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives across a raise.
    unsafe {
        let id = handle::id(state, 1);
        permit::check_seen(state, id);
        c_int::from(step(state, id))
    }
}

/// With the key at the top: pops it and pushes the next key and its value; false, and nothing pushed, at the end.
///
/// # Safety
/// As for `message::raise`.
unsafe fn step(state: *mut State, id: u32) -> bool {
    // SAFETY: the caller's.
    unsafe {
        let key = ffi::lua_gettop(state);
        if id == cu_abi::tables::IO && ffi::lua_type(state, key) == ffi::TYPE_NIL {
            channels::write_back(state);
        }
        loop {
            let encoded = match behind(state, id, key) {
                Ok(Some(encoded)) => encoded,
                Ok(None) => {
                    stack::pop(state, 1);
                    return false;
                }
                Err(fault) => fault::raise(state, fault, id, key),
            };
            budget::spend(STEP_COST);
            budget::spend_bytes(encoded.len(), cost::BYTES_COPIED);
            let is_plain = push_key(state, id, key, encoded);
            // The new key in the place of the old one.
            ffi::lua_copy(state, -1, key);
            stack::pop(state, 1);
            if is_plain && !permit::is_active() && id != cu_abi::tables::IO {
                access::read_encoded(state, id, key, encoded);
            } else {
                access::push_value(state, id, key);
            }
            if ffi::lua_type(state, -1) != ffi::TYPE_NIL {
                return true;
            }
            // Deleted since the page was fetched.
            stack::pop(state, 1);
        }
    }
}

/// The key behind the one at `key`, encoded, where it stands in its page; `None` at the end.
///
/// # Safety
/// As for `step`; it stays until the next key is asked for or written, also by a finalizer.
unsafe fn behind(state: *mut State, id: u32, key: c_int) -> Result<Option<&'static [u8]>, Fault> {
    // SAFETY: the caller's; the encoded key is copied into the page before the buffer is written again.
    unsafe {
        let after = match ffi::lua_type(state, key) {
            ffi::TYPE_NIL => &[][..],
            _ => match access::encode_key(state, key) {
                Ok(encoded) => encoded,
                Err(_) => message::raise(state, &Message::new(format_args!("invalid key to 'next'"))),
            },
        };
        Ok(walk::behind(id, after)?)
    }
}

/// Pushes the Lua value of an encoded key; whether that was possible without memory, so that no finalizer ran.
///
/// # Safety
/// As for `step`.
unsafe fn push_key(state: *mut State, id: u32, before: c_int, encoded: &[u8]) -> bool {
    // SAFETY: the caller's; nobody needs the buffer now, and a string is copied before Lua can collect.
    unsafe {
        match key::decode(encoded, store::key_buffer().room()) {
            Some(Key::Boolean(value)) => ffi::lua_pushboolean(state, c_int::from(value)),
            Some(Key::Integer(value)) => ffi::lua_pushinteger(state, value),
            Some(Key::Float(value)) => ffi::lua_pushnumber(state, value),
            Some(Key::String(value)) => {
                ffi::lua_pushlstring(state, value.as_ptr().cast(), value.len());
                return false;
            }
            None => fault::raise(state, Fault::DamagedPage, id, before),
        }
    }
    true
}
