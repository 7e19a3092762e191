//! The value of a row, read from the store and pushed: the twin of `entry.rs`.
//!
//! Invariant: what the host stored is checked before anything is made of it. Nobody asks here what a script may see.

use core::ffi::c_int;

use cu_abi::tables;

use crate::budget::cost;
use crate::closure::restore;
use crate::codec::decode::{self, Shape};
use crate::codec::handle;
use crate::heap;
use crate::lua::call::Raise;
use crate::lua::stack::Stack;
use crate::proxy::fault::{self, Fault, Problem};
use crate::proxy::{channels, keys, promote};
use crate::store::{self, Fetched};

/// Pushes the value under the key at `key`, which is encoded already; nil when there is none. `encoded` may lie in a buffer
/// that Lua's allocations change.
pub fn read_encoded(lua: Stack<'_>, id: u32, key: c_int, encoded: &[u8]) -> Result<(), Raise> {
    read_found(lua, id, key, encoded).map_err(|fault| fault::raise(lua, fault, id, key))
}

/// The same for a loop. A function that cannot be restored does not hide the other values: in its place is one that raises why
/// when it is called.
pub fn read_listed(lua: Stack<'_>, id: u32, key: c_int, encoded: &[u8]) -> Result<(), Raise> {
    let top = lua.top();
    read_found(lua, id, key, encoded).or_else(|fault| {
        if fault.is_of_function() {
            lua.set_top(top);
            fault::push_stand_in(lua, fault, id, key);
            return Ok(());
        }
        Err(fault::raise(lua, fault, id, key))
    })
}

/// Pushes the event whose name is at `key`, whatever the host permits: only Lua sees it. What cannot be read does not hide the others:
/// in its place is a function that raises why when it is called; false where it may be read another time.
pub fn read_event(lua: Stack<'_>, id: u32, key: c_int) -> Result<bool, Raise> {
    let top = lua.top();
    let found = match keys::encode_key(lua, key) {
        Ok(encoded) if matches!(lua.string(key), b"__index" | b"__newindex") => read_link(lua, id, key, encoded),
        Ok(encoded) => read_found(lua, id, key, encoded),
        Err(fault) => Err(fault),
    };
    let Err(fault) = found else { return Ok(true) };
    if let Problem::Raise(raise) = fault.problem() {
        return Err(raise);
    }
    lua.set_top(top);
    fault::push_stand_in(lua, fault, id, key);
    Ok(match fault.problem() {
        Problem::Store(_) | Problem::Memory(_) => false,
        Problem::Function(unrestored) => unrestored.is_damage(),
        _ => true,
    })
}

fn read_found(lua: Stack<'_>, id: u32, key: c_int, encoded: &[u8]) -> Result<(), Fault> {
    match store::get(id, encoded) {
        Ok(Fetched::Absent) => {
            lua.push_nil();
            Ok(())
        }
        Ok(Fetched::Short(length)) => push_short(lua, id, key, length),
        Ok(Fetched::Long(length)) => push_long(lua, id, key, length),
        Err(failure) => Err(failure.into()),
    }
}

/// A value of `length` bytes in the short buffer.
// It belongs to the reading of a row, the most frequent of all calls.
#[inline(always)]
fn push_short(lua: Stack<'_>, id: u32, key: c_int, length: usize) -> Result<(), Fault> {
    // SAFETY: one thread, and the bytes are looked at before anything else uses the buffer: `decode` reads an ordinary value
    // or a scalar before Lua allocates, and of all others only their shape is used.
    let bytes = &unsafe { store::value_buffer() }[..length];
    if decode::push_ordinary(lua, bytes)? {
        return Ok(());
    }
    match decode::check(bytes)? {
        Shape::Scalar => Ok(decode::push(lua, bytes)?),
        Shape::Function(function) => Ok(restore::push(lua, function)?),
        // Copied to where a finalizer cannot write.
        _ => push_long(lua, id, key, length),
    }
}

/// The same where a chain goes on with the value: of a table only what a lookup uses of it is read (`handle::push_link`).
#[inline(never)]
fn read_link(lua: Stack<'_>, id: u32, key: c_int, encoded: &[u8]) -> Result<(), Fault> {
    if let Fetched::Short(length) = store::get(id, encoded)? {
        // SAFETY: as in `push_short`.
        return match decode::reference(&unsafe { store::value_buffer() }[..length]) {
            Some(table) => Ok(handle::push_link(lua, table)?),
            None => push_short(lua, id, key, length),
        };
    }
    read_found(lua, id, key, encoded)
}

/// A value of `length` bytes, read into a block of Lua's.
fn push_long(lua: Stack<'_>, id: u32, key: c_int, length: usize) -> Result<(), Fault> {
    // Checked and decoded.
    lua.charge(length / cost::BYTES_DECODED)?;
    let limit = heap::limit_bytes();
    if length > limit {
        return Err(Problem::TooLarge(length, limit).into());
    }
    let block = lua.push_block(length);
    let length = store::get_long(id, keys::encode_key(lua, key)?, block)?;
    let bytes = &block[..length];
    let shape = decode::check(bytes)?;
    match shape {
        Shape::Function(function) => restore::push(lua, function)?,
        #[cfg(feature = "deflate")]
        Shape::Compressed => {
            decode::push_compressed(lua, bytes).map_err(|malformed| Fault::damaged(malformed.offset))?;
        }
        _ => decode::push(lua, bytes)?,
    }
    if shape == Shape::Table {
        adopt(lua, id, key)?;
    }
    lua.remove_below();
    Ok(())
}

/// An inline table that the host stored has been read to the top of the stack: in a channel it is an ordinary table of
/// this compute, elsewhere it becomes an external one, so that changes through it are changes of what is stored.
fn adopt(lua: Stack<'_>, id: u32, key: c_int) -> Result<(), Raise> {
    if id == tables::IO && channels::keep(lua, key) {
        return Ok(());
    }
    promote::assign(lua, id, key, lua.top())
}
