//! Index and newindex of external tables: what lies under a key, read and assigned.
//!
//! Invariant: a key in the store's key buffer is used before Lua can allocate again, since a finalizer may need the
//! buffer; whoever allocates between encodes the key anew.

use alloc::vec::Vec;
use core::ffi::c_int;

use crate::budget::{self, cost};
#[cfg(feature = "deflate")]
use crate::codec::compress;
use crate::codec::decode::{self, Shape};
use crate::codec::{big, encode, handle, options, restore};
use crate::heap;
use crate::key::{Key, Refused};
use crate::lua::ffi::{self, State};
use crate::lua::known;
use crate::lua::message::{self, Message};
use crate::lua::{stack, stop};
use crate::proxy::fault::{self, Fault};
use crate::proxy::{channels, permit, promote};
use crate::store::{self, Fetched, system};
use crate::table::write;
use crate::wire::Writer;

/// Encodes the key at `index` into the store's buffer.
///
/// # Safety
/// `state` is live; one thread.
pub unsafe fn encode_key(state: *mut State, index: c_int) -> Result<&'static [u8], Fault> {
    // SAFETY: the caller's.
    unsafe { encode_into_buffer(fault::key_at(state, index)?) }
}

/// # Safety
/// One thread.
#[inline]
pub unsafe fn encode_into_buffer(key: Key<'_>) -> Result<&'static [u8], Fault> {
    if let Key::String(bytes) = key {
        // Read to its end, also when it is too long.
        budget::spend(bytes.len() / cost::BYTES_KEY);
    }
    // SAFETY: the caller's.
    let buffer = unsafe { store::key_buffer() };
    match buffer.encode(key) {
        Ok(()) => Ok(buffer.bytes()),
        Err(Refused::NaN) => Err(Fault::KeyNaN),
        Err(Refused::TooLong(length)) => Err(Fault::KeyLength(length)),
    }
}

/// The id of the external table at `index`; raises when it is none.
///
/// # Safety
/// As for `message::raise`.
#[inline]
pub unsafe fn check_table(state: *mut State, index: c_int) -> u32 {
    // SAFETY: the caller's.
    unsafe {
        let id = handle::id(state, index);
        if id == 0 {
            let kind = stack::type_name(ffi::lua_type(state, index));
            message::raise(state, &Message::new(format_args!("an external table is wanted, not a {kind}")));
        }
        permit::check_seen(state, id);
        id
    }
}

/// `__index(table, key)`.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn index(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives here.
    unsafe {
        let id = check_table(state, 1);
        push_value(state, id, 2);
    }
    1
}

/// Pushes the value under the key at `key`, which is absolute; nil when there is none, also for what cannot be a key.
///
/// # Safety
/// As for `message::raise`.
#[inline]
pub unsafe fn push_value(state: *mut State, id: u32, key: c_int) {
    // SAFETY: the caller's.
    unsafe {
        if permit::is_active() {
            permit::push_seen(state, id, key, || read(state, id, key));
        } else if id == cu_abi::tables::IO {
            read(state, id, key);
        } else {
            read_stored(state, id, key);
        }
    }
}

/// # Safety
/// As for `push_value`.
#[inline]
unsafe fn read(state: *mut State, id: u32, key: c_int) {
    // SAFETY: the caller's.
    unsafe {
        if id != cu_abi::tables::IO || !channels::push(state, key) {
            read_stored(state, id, key);
        }
    }
}

/// Reads what the store has, whatever a channel has.
///
/// # Safety
/// As for `push_value`.
unsafe fn read_stored(state: *mut State, id: u32, key: c_int) {
    // SAFETY: the caller's.
    unsafe {
        let Ok(encoded) = encode_key(state, key) else { return ffi::lua_pushnil(state) };
        read_encoded(state, id, key, encoded);
    }
}

/// Pushes the value under the key at `key`, which is encoded already; nil when there is none.
///
/// # Safety
/// As for `push_value`. `encoded` may lie in a buffer that Lua's allocations change.
pub unsafe fn read_encoded(state: *mut State, id: u32, key: c_int, encoded: &[u8]) {
    // SAFETY: the caller's.
    unsafe {
        match store::get(id, encoded) {
            Ok(Fetched::Absent) => ffi::lua_pushnil(state),
            Ok(Fetched::Short(length)) => push_short(state, id, key, length),
            Ok(Fetched::Long(length)) => push_long(state, id, key, length),
            Err(failure) => fault::raise(state, failure.into(), id, key),
        }
    }
}

/// A value of `length` bytes in the short buffer.
///
/// # Safety
/// As for `push_value`.
#[inline]
unsafe fn push_short(state: *mut State, id: u32, key: c_int, length: usize) {
    // SAFETY: the caller's.
    unsafe {
        let bytes = &store::value_buffer()[..length];
        if decode::push_ordinary(state, bytes) {
            return;
        }
        match decode::check(bytes) {
            Ok(Shape::Scalar) => decode::push(state, bytes),
            Ok(Shape::Function(function)) => push_function(state, id, key, function),
            // Copied to where a finalizer cannot write.
            Ok(_) => push_long(state, id, key, length),
            Err(unusable) => fault::raise(state, unusable.into(), id, key),
        }
    }
}

/// A value of `length` bytes, read into a block of Lua's.
///
/// # Safety
/// As for `push_value`.
unsafe fn push_long(state: *mut State, id: u32, key: c_int, length: usize) {
    // SAFETY: the caller's; the block has `length` bytes and lives while it is on the stack.
    unsafe {
        // Checked and decoded.
        stop::charge(state, length / cost::BYTES_DECODED);
        let limit = heap::global().limit_bytes();
        if length > limit {
            fault::raise(state, Fault::TooLarge(length, limit), id, key);
        }
        let block: *mut u8 = ffi::lua_newuserdatauv(state, length, 0).cast();
        let block = core::slice::from_raw_parts_mut(block, length);
        let encoded = match encode_key(state, key) {
            Ok(encoded) => encoded,
            Err(fault) => fault::raise(state, fault, id, key),
        };
        let length = match store::get_long(id, encoded, block) {
            Ok(length) => length,
            Err(failure) => fault::raise(state, failure.into(), id, key),
        };
        let bytes = &block[..length];
        let shape = match decode::check(bytes) {
            Ok(shape) => shape,
            Err(unusable) => fault::raise(state, unusable.into(), id, key),
        };
        match shape {
            Shape::Function(function) => push_function(state, id, key, function),
            #[cfg(feature = "deflate")]
            Shape::Compressed => {
                if let Err(malformed) = decode::push_compressed(state, bytes) {
                    fault::raise(state, Fault::Damaged(malformed.offset), id, key);
                }
            }
            _ => decode::push(state, bytes),
        }
        if shape == Shape::Table {
            adopt(state, id, key);
        }
        ffi::lua_rotate(state, -2, 1);
        stack::pop(state, 1);
    }
}

/// # Safety
/// As for `push_value`.
unsafe fn push_function(state: *mut State, id: u32, key: c_int, function: u32) {
    // SAFETY: the caller's.
    unsafe {
        if let Err(unrestored) = restore::push(state, function) {
            fault::raise(state, Fault::Function(unrestored), id, key);
        }
    }
}

/// An inline table that the host stored has been read to the top of the stack: in a channel it is an ordinary table of
/// this compute, elsewhere it becomes an external one, so that changes through it are changes of what is stored.
///
/// # Safety
/// As for `push_value`.
unsafe fn adopt(state: *mut State, id: u32, key: c_int) {
    // SAFETY: the caller's.
    unsafe {
        if id != cu_abi::tables::IO || !channels::keep(state, key) {
            promote::assign(state, id, key, ffi::lua_gettop(state));
        }
    }
}

/// `__newindex(table, key, value)`.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn newindex(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives across a raise.
    unsafe {
        let id = check_table(state, 1);
        assign_permitted(state, id, 2, 3);
    }
    0
}

/// `assign` for a script, which may not change everything.
///
/// # Safety
/// As for `push_value`.
#[inline]
pub unsafe fn assign_permitted(state: *mut State, id: u32, key: c_int, value: c_int) {
    // SAFETY: the caller's.
    unsafe {
        permit::check_change(state, id, key);
        // In `_io`, too: what a value becomes a reference to lies elsewhere.
        if permit::is_read_only() && channels::named(state, key).is_none() && is_unstored(state, value) {
            permit::check_creation(state);
        }
        assign(state, id, key, value);
    }
}

/// Whether the value is a table or a function that would be stored first.
///
/// # Safety
/// `state` is live.
#[inline]
unsafe fn is_unstored(state: *mut State, value: c_int) -> bool {
    // SAFETY: the caller's.
    unsafe {
        match ffi::lua_type(state, value) {
            ffi::TYPE_TABLE => handle::id(state, value) == 0,
            ffi::TYPE_FUNCTION => {
                ffi::lua_iscfunction(state, value) == 0 && known::global().id(ffi::cu_function(state, value)) == 0
            }
            _ => false,
        }
    }
}

/// `table[key] = value`, with key and value at absolute indices.
///
/// # Safety
/// As for `push_value`.
#[inline]
pub unsafe fn assign(state: *mut State, id: u32, key: c_int, value: c_int) {
    // SAFETY: the caller's.
    unsafe {
        if id == cu_abi::tables::IO && channels::assign(state, key, value) {
            return;
        }
        match ffi::lua_type(state, value) {
            ffi::TYPE_TABLE if permit::is_inside(state, value) => permit::refuse_inside(state, id, key),
            ffi::TYPE_TABLE if handle::id(state, value) == 0 => promote::assign(state, id, key, value),
            ffi::TYPE_FUNCTION if known::global().id(ffi::cu_function(state, value)) == 0 => {
                promote::assign(state, id, key, value);
            }
            ffi::TYPE_THREAD | ffi::TYPE_USERDATA | ffi::TYPE_LIGHT_USERDATA if !big::is(state, value) => {
                promote::refuse(state, id, key, stack::type_name(ffi::lua_type(state, value)))
            }
            kind => {
                if kind == ffi::TYPE_STRING {
                    let (length, threshold) = (stack::string_bytes(state, value).len(), options::compression());
                    let is_shortened = cfg!(feature = "deflate") && threshold > 0 && length >= threshold;
                    let work = if is_shortened { length * cost::DEFLATED } else { 0 };
                    stop::require(state, store::call_cost(length) + work);
                }
                if let Err(fault) = store_value(state, id, key, value, 0) {
                    fault::raise(state, fault, id, key);
                }
            }
        }
    }
}

/// Stores the value at `value`, or deletes the key for nil. A plain table has an id in the table at `pending`. Raises
/// nothing.
///
/// # Safety
/// `state` is live with two free slots; one thread.
pub unsafe fn store_value(state: *mut State, id: u32, key: c_int, value: c_int, pending: c_int) -> Result<(), Fault> {
    // SAFETY: the caller's; nothing below allocates from Lua.
    unsafe {
        let encoded = encode_key(state, key)?;
        // A captured variable is there, whatever its value.
        if ffi::lua_type(state, value) == ffi::TYPE_NIL && id != system::CELLS {
            write::write(id, encoded, None)?;
        } else {
            let mut writer = Writer::new(store::value_buffer());
            if !encode::stored(state, value, pending, &mut writer) {
                return Err(Fault::Changed);
            }
            match writer.written() {
                Some(bytes) => set_shortened(id, encoded, bytes)?,
                None => store_long(state, id, encoded, value, pending, writer.length())?,
            }
        }
    }
    Ok(())
}

/// # Safety
/// As for `store_value`.
unsafe fn store_long(
    state: *mut State,
    id: u32,
    key: &[u8],
    value: c_int,
    pending: c_int,
    length: usize,
) -> Result<(), Fault> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(|_| Fault::Memory(length))?;
    bytes.resize(length, 0);
    // SAFETY: the caller's; encoding raises nothing, so the vector is freed.
    unsafe { encode::stored(state, value, pending, &mut Writer::new(&mut bytes)) };
    set_shortened(id, key, &bytes)
}

/// Stores an encoded value, or its compressed form where the build has that.
fn set_shortened(id: u32, key: &[u8], value: &[u8]) -> Result<(), Fault> {
    #[cfg(feature = "deflate")]
    if let Some(shorter) = compress::shorten(value, options::compression()) {
        return Ok(write::write(id, key, Some(&shorter))?);
    }
    Ok(write::write(id, key, Some(value))?)
}
