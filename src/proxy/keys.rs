//! Lua values as keys of external tables.
//!
//! Invariant: a key in the store's key buffer is used before Lua can allocate again, since a finalizer may need the
//! buffer; what allocates between encodes the key anew.

use core::ffi::c_int;

use cu_abi::key::{Key, Refused};

use crate::budget::{self, cost};
use crate::codec::big;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::proxy::fault::{Fault, Problem};
use crate::store;

/// Encodes the key at `index` into the store's buffer.
pub fn encode_key(lua: Stack<'_>, index: c_int) -> Result<&'static [u8], Fault> {
    encode_into_buffer(key_at(lua, index)?)
}

/// Encodes a key into the store's buffer. It stays there until the next one.
#[inline]
pub fn encode_into_buffer(key: Key<'_>) -> Result<&'static [u8], Fault> {
    if let Key::String(bytes) = key {
        // Read to its end, also when it is too long.
        budget::spend(bytes.len() / cost::BYTES_KEY);
    }
    // SAFETY: one thread, and every key that was encoded before has been used (the comment at the top). `key` lies with Lua,
    // not in the buffer.
    let buffer = unsafe { store::key_buffer() };
    match buffer.encode(key) {
        Ok(()) => Ok(buffer.bytes()),
        Err(Refused::NaN) => Err(Problem::KeyNaN.into()),
        Err(Refused::TooLong(length)) => Err(Problem::KeyLength(length).into()),
    }
}

/// The value at `index` as a key. A string's bytes are there as long as it is on the stack.
#[inline]
pub fn key_at<'s>(lua: Stack<'s>, index: c_int) -> Result<Key<'s>, Fault> {
    Ok(match lua.kind(index) {
        Kind::String => Key::String(lua.bytes(index)),
        Kind::Number if lua.is_integer(index) => Key::Integer(lua.integer(index)),
        Kind::Number => Key::Float(lua.number(index)),
        Kind::Boolean => Key::Boolean(lua.boolean(index)),
        _ if big::is(lua, index) => return Err(Problem::KeyType("big integer").into()),
        kind => return Err(Problem::KeyType(kind.name()).into()),
    })
}
