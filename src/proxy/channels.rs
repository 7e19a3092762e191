//! `_io.input`, `_io.output` and `_io.meta`: ordinary Lua values during a compute.
//!
//! Invariant: building them costs no host calls. What the script assigned, and an output that it looked at and may have
//! changed, is encoded and stored once, at the end of a compute that succeeds.

use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicU8, Ordering};

use alloc::vec::Vec;
use cu_abi::tables;

use crate::codec::encode::{self, Reason};
use crate::codec::path::Path;
use crate::lua::ffi::{self, State};
use crate::lua::message::{self, Message};
use crate::lua::stack::{self, string_bytes};
use crate::proxy::fault::{self, Fault};
use crate::proxy::permit::{Deed, Refusal};
use crate::proxy::{access, permit};
use crate::store;
use crate::table::write;
use crate::wire::{Item, Reader, Writer};

/// The channels' names.
const NAMES: [&[u8]; 3] = [b"input", b"output", b"meta"];
const OUTPUT: usize = 1;

/// Its address is the registry key of the values, by number of channel.
static VALUES: u8 = 0;

/// Channels whose value is kept here, and those to be written back: a bit each.
static KEPT: AtomicU8 = AtomicU8::new(0);
static CHANGED: AtomicU8 = AtomicU8::new(0);

fn key() -> *const c_void {
    (&raw const VALUES).cast()
}

fn bit(channel: usize) -> u8 {
    1 << channel
}

/// Makes room for the values; raises when memory runs out.
///
/// # Safety
/// `state` is live; no Rust value with a destructor is alive.
pub unsafe fn open(state: *mut State) {
    // SAFETY: the caller's.
    unsafe {
        ffi::lua_createtable(state, NAMES.len() as c_int, 0);
        for channel in 0..NAMES.len() {
            ffi::lua_pushboolean(state, 0);
            ffi::lua_rawseti(state, -2, channel as i64 + 1);
        }
        ffi::lua_rawsetp(state, ffi::REGISTRY, key());
    }
    KEPT.store(0, Ordering::Relaxed);
    CHANGED.store(0, Ordering::Relaxed);
}

/// Forgets the values of the last compute. Raises nothing.
///
/// # Safety
/// `state` is live with two free slots.
pub unsafe fn forget(state: *mut State) {
    CHANGED.store(0, Ordering::Relaxed);
    if KEPT.swap(0, Ordering::Relaxed) == 0 {
        return;
    }
    // SAFETY: the caller's; the slots exist, so nothing is allocated.
    unsafe {
        for channel in 0..NAMES.len() {
            ffi::lua_pushboolean(state, 0);
            put(state, channel);
        }
    }
}

/// Moves the value at the top into its channel.
unsafe fn put(state: *mut State, channel: usize) {
    // SAFETY: the caller's live state with a free slot.
    unsafe {
        ffi::lua_rawgetp(state, ffi::REGISTRY, key());
        ffi::lua_rotate(state, -2, 1);
        ffi::lua_rawseti(state, -2, channel as i64 + 1);
        stack::pop(state, 1);
    }
}

/// The channel that the key at `index` names.
///
/// # Safety
/// `state` is live.
pub unsafe fn named(state: *mut State, index: c_int) -> Option<usize> {
    // SAFETY: the caller's live state.
    let name = unsafe { string_bytes(state, index) };
    NAMES.iter().position(|known| *known == name)
}

/// Pushes the value that this compute has of a channel; false when the key is none or its value still with the host.
///
/// # Safety
/// `state` is live with two free slots.
pub unsafe fn push(state: *mut State, index: c_int) -> bool {
    if KEPT.load(Ordering::Relaxed) == 0 {
        return false;
    }
    // SAFETY: the caller's.
    unsafe {
        let Some(channel) = named(state, index) else { return false };
        if KEPT.load(Ordering::Relaxed) & bit(channel) == 0 {
            return false;
        }
        ffi::lua_rawgetp(state, ffi::REGISTRY, key());
        ffi::lua_rawgeti(state, -1, channel as i64 + 1);
        ffi::lua_rotate(state, -2, 1);
        stack::pop(state, 1);
        true
    }
}

/// Keeps the table at the top, which the host had stored, as the value of the channel; false when the key names none.
///
/// # Safety
/// As for `push`.
pub unsafe fn keep(state: *mut State, index: c_int) -> bool {
    // SAFETY: the caller's.
    unsafe {
        let Some(channel) = named(state, index) else { return false };
        ffi::lua_pushvalue(state, -1);
        put(state, channel);
        KEPT.fetch_or(bit(channel), Ordering::Relaxed);
        let may_change = access::encode_key(state, index).is_ok_and(|key| permit::may_change(tables::IO, key));
        if channel == OUTPUT && may_change {
            // What refers to it may change it unseen.
            CHANGED.fetch_or(bit(channel), Ordering::Relaxed);
        }
        true
    }
}

/// `_io[key] = value` when the key names a channel.
///
/// # Safety
/// As for `push`.
pub unsafe fn assign(state: *mut State, index: c_int, value: c_int) -> bool {
    // SAFETY: the caller's.
    unsafe {
        let Some(channel) = named(state, index) else { return false };
        ffi::lua_pushvalue(state, value);
        put(state, channel);
        KEPT.fetch_or(bit(channel), Ordering::Relaxed);
        CHANGED.fetch_or(bit(channel), Ordering::Relaxed);
        true
    }
}

/// Whether there is anything to write back.
pub fn is_changed() -> bool {
    CHANGED.load(Ordering::Relaxed) != 0
}

/// `write_back` as a Lua function, to be called protected.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn write_back_protected(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives across a raise.
    unsafe { write_back(state) };
    0
}

/// Stores every changed channel; raises when a value has no encoding or the host refuses it.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn write_back(state: *mut State) {
    for (channel, name) in NAMES.iter().enumerate() {
        if CHANGED.load(Ordering::Relaxed) & bit(channel) == 0 {
            continue;
        }
        // SAFETY: the caller's.
        unsafe {
            ffi::luaL_checkstack(state, 8, core::ptr::null());
            ffi::lua_pushlstring(state, name.as_ptr().cast(), name.len());
            ffi::lua_rawgetp(state, ffi::REGISTRY, key());
            ffi::lua_rawgeti(state, -1, channel as i64 + 1);
            let value = ffi::lua_gettop(state);
            match store_channel(state, value - 2, value) {
                Ok(()) => {}
                Err(Unstored::Fault(fault)) => fault::raise(state, fault, tables::IO, value - 2),
                Err(Unstored::Refused(reason, path)) => {
                    let mut message = Message::new(format_args!("_io."));
                    message.push(name);
                    message.push(path.text());
                    message.push(b" ");
                    let _ = reason.describe(&mut message);
                    message::raise(state, &message)
                }
            }
            stack::pop(state, 3);
        }
        if channel != OUTPUT {
            CHANGED.fetch_and(!bit(channel), Ordering::Relaxed);
        }
    }
}

/// Refuses an encoded value that refers to a table inside a read-only one.
///
/// # Safety
/// One thread.
pub unsafe fn check_inside(bytes: &[u8]) -> Result<(), Fault> {
    let mut reader = Reader::new(bytes);
    while permit::is_active() && !reader.is_at_end() {
        // What was encoded here is well formed.
        let Ok(item) = reader.flat_item() else { break };
        let Item::External(table) = item else { continue };
        // SAFETY: the caller's.
        if unsafe { permit::is_table_inside(table) } {
            return Err(Fault::Permission(Deed::Change, Refusal::Inside));
        }
    }
    Ok(())
}

enum Unstored {
    Fault(Fault),
    Refused(Reason, Path),
}

/// Encodes and stores one value. Raises nothing.
///
/// # Safety
/// `state` is live; one thread.
unsafe fn store_channel(state: *mut State, key: c_int, value: c_int) -> Result<(), Unstored> {
    // SAFETY: the caller's; encoding raises nothing, so the vector is freed.
    unsafe {
        let encoded = access::encode_key(state, key).map_err(Unstored::Fault)?;
        if ffi::lua_type(state, value) == ffi::TYPE_NIL {
            return write::write(tables::IO, encoded, None).map_err(|failure| Unstored::Fault(failure.into()));
        }
        let mut writer = Writer::new(store::value_buffer());
        encode::value(state, value, &mut writer).map_err(|refusal| Unstored::Refused(refusal.reason, refusal.path))?;
        let length = writer.length();
        if let Some(bytes) = writer.written() {
            check_inside(bytes).map_err(Unstored::Fault)?;
            return write::write(tables::IO, encoded, Some(bytes)).map_err(|failure| Unstored::Fault(failure.into()));
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).map_err(|_| Unstored::Fault(Fault::Memory(length)))?;
        bytes.resize(length, 0);
        encode::value(state, value, &mut Writer::new(&mut bytes))
            .map_err(|refusal| Unstored::Refused(refusal.reason, refusal.path))?;
        check_inside(&bytes).map_err(Unstored::Fault)?;
        write::write(tables::IO, encoded, Some(&bytes)).map_err(|failure| Unstored::Fault(failure.into()))
    }
}
