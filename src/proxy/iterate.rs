//! `pairs` and `next` over external tables, in key order.
//!
//! Invariant: `next(t, key)` answers with the first key behind `key` that has a value now.

use core::ffi::c_int;

use cu_abi::key::{self, Key};
use cu_abi::limits::KEY_BYTES;
use cu_abi::tables;

use crate::budget::{self, cost};
use crate::lua::call::{self, Raise};
use crate::lua::ffi::State;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::permissions::guards;
use crate::proxy::fault::{self, Fault};
use crate::proxy::{access, channels, fetch, guarded, keys};
use crate::store::{self, Failure};
use crate::table::walk;

/// What a step counts beside its calls of the host.
const STEP_COST: usize = KEY_BYTES / cost::BYTES_COPIED;

/// `lua_next` for the external table at 1, as `next` and `pairs` call it (`lua/libraries.c`).
///
/// # Safety
/// Lua calls it.
#[unsafe(no_mangle)]
unsafe extern "C" fn cu_external_next(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing is captured.
    unsafe {
        call::enter(state, |lua| {
            let id = lua.external_id(1);
            guarded::check_seen(lua, id)?;
            step(lua, id).map(c_int::from)
        })
    }
}

/// With the key at the top: pops it and pushes the next key and its value; false, and nothing pushed, at the end.
fn step(lua: Stack<'_>, id: u32) -> Result<bool, Raise> {
    let key = lua.top();
    if id == tables::IO && lua.kind(key) == Kind::Nil {
        channels::write_back(lua)?;
    }
    loop {
        let encoded = match behind(lua, id, key) {
            Ok(Some(encoded)) => encoded,
            Ok(None) => {
                lua.pop(1);
                return Ok(false);
            }
            Err(fault) => return Err(fault::raise(lua, fault, id, key)),
        };
        budget::spend(STEP_COST);
        budget::spend_bytes(encoded.len(), cost::BYTES_COPIED);
        let is_plain = push_key(lua, id, key, encoded)?;
        // The new key in the place of the old one.
        lua.copy(-1, key);
        lua.pop(1);
        if is_plain && !guards::is_active() && id != tables::IO {
            fetch::read_listed(lua, id, key, encoded)?;
        } else {
            access::push_listed(lua, id, key)?;
        }
        if lua.kind(-1) != Kind::Nil {
            return Ok(true);
        }
        // Deleted since the page was fetched.
        lua.pop(1);
    }
}

/// The key behind the one at `key`, encoded, where it stands in its page; `None` at the end. It stays there until the next key
/// is asked for or written, also by a finalizer.
fn behind(lua: Stack<'_>, id: u32, key: c_int) -> Result<Option<&'static [u8]>, Fault> {
    let after = match lua.kind(key) {
        Kind::Nil => &[][..],
        _ => match keys::encode_key(lua, key) {
            Ok(encoded) => encoded,
            Err(_) => return Err(lua.fail(format_args!("invalid key to 'next'")).into()),
        },
    };
    // SAFETY: one thread. `step` has read the key, by `push_key` and `read_encoded`, before it asks for the next one or a row
    // changes: both run a finalizer only after they copied the key (`is_plain` says whether one may have run between).
    Ok(unsafe { walk::behind(id, after) }?)
}

/// Pushes the Lua value of an encoded key; whether that was possible without memory, so that no finalizer ran.
pub(super) fn push_key(lua: Stack<'_>, id: u32, before: c_int, encoded: &[u8]) -> Result<bool, Raise> {
    // SAFETY: one thread, and no other reference into the buffer: `encoded` lies in a page, and the key that was looked for
    // was copied there (`behind`). A string is copied by Lua before anything is collected.
    let buffer = unsafe { store::key_buffer() };
    match key::decode(encoded, buffer.room()) {
        Ok(Key::Boolean(value)) => lua.push_boolean(value),
        Ok(Key::Integer(value)) => lua.push_integer(value),
        Ok(Key::Float(value)) => lua.push_number(value),
        Ok(Key::String(value)) => {
            lua.push_string(value);
            return Ok(false);
        }
        Err(_) => return Err(fault::raise(lua, Failure::damaged(id).into(), id, before)),
    }
    Ok(true)
}
