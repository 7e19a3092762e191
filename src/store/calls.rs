//! The calls of the host that read and write tables, counted in the budget.
//!
//! Invariant: a key or value in transit lies in one of two static buffers, which the next call overwrites. Code that needs
//! it longer copies it first.

use bytemuck::Zeroable;
use cu_abi::key::{IntegerKey, KeyBuffer};
use cu_abi::{status, tables, tags};

use crate::budget::{self, cost};
use crate::host::{self, Found};
use crate::large::LARGE;
use crate::store::failure::{Cause, Failure};
use crate::vm::instance::INSTANCE;
use crate::vm::standing::is_gone;

/// Values up to this length are read and written without memory of the arena.
pub const SHORT_BYTES: usize = 4096;

/// The value of a key that only has to be there.
pub const TRUE: [u8; 2] = [tags::BOOLEAN, 1];

/// What a call that moves so many bytes counts.
pub fn call_cost(bytes: usize) -> usize {
    cost::HOST + bytes / cost::BYTES_HOST
}

/// Counts a call that moves so many bytes.
pub fn spend(bytes: usize) {
    budget::spend(call_cost(bytes));
}

/// What `get` found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The value is in the short buffer; its length.
    Short(usize),
    /// The value is longer than the short buffer; its length.
    Long(usize),
    /// No such key.
    Absent,
}

#[derive(Zeroable)]
struct Transit {
    key: KeyBuffer,
    value: [u8; SHORT_BYTES],
}

fn buffers() -> *mut Transit {
    LARGE.store.place()
}

/// The buffer of the key in transit.
///
/// # Safety
/// No reference from an earlier call is used afterwards: a key is used before the next one is encoded.
#[inline]
pub unsafe fn key_buffer() -> &'static mut KeyBuffer {
    // SAFETY: one thread, and the caller has the one reference to this part.
    unsafe { &mut (*buffers()).key }
}

/// The buffer of the short value in transit.
///
/// # Safety
/// No reference from an earlier call is used afterwards, and this one not after the next `get`: a value is used, or copied,
/// before anything else is read.
#[inline]
pub unsafe fn value_buffer() -> &'static mut [u8; SHORT_BYTES] {
    // SAFETY: one thread, and the caller has the one reference to this part.
    unsafe { &mut (*buffers()).value }
}

/// The value that `get` found to be short. It is there until anything else is read.
#[inline]
pub fn short_value(length: usize) -> &'static [u8] {
    // SAFETY: one thread. Nobody has a reference for writing while values are looked at: `get` and the encoder end with theirs.
    unsafe { value_buffer() }.get(..length).unwrap_or_default()
}

/// A table that is gone has no content, neither its old one nor that of a table that got its id since.
#[inline]
fn check(table: u32) -> Result<(), Failure> {
    if is_gone(table) { Err(Failure::gone(table)) } else { Ok(()) }
}

/// The key that is an id, or another integer.
#[inline(never)]
pub fn id_key(number: i64) -> IntegerKey {
    IntegerKey::new(number)
}

/// Reads into the short buffer what lies under `key`.
#[inline(never)]
pub fn get(table: u32, key: &[u8]) -> Result<Fetched, Failure> {
    get_in_place(table, key)
}

/// The same where rows are read one after another.
#[inline]
pub fn get_in_place(table: u32, key: &[u8]) -> Result<Fetched, Failure> {
    check(table)?;
    spend(key.len());
    // SAFETY: nobody keeps a reference to the buffer across a call of this function (`value_buffer`).
    match host::get(table, key, unsafe { value_buffer() }) {
        Found::Value(length) => Ok(Fetched::Short(length)),
        Found::Longer(length) => Ok(Fetched::Long(length)),
        Found::Absent => Ok(Fetched::Absent),
        Found::Failed(reply) => Err(Failure::new("read", table, Cause::Host(reply))),
    }
}

/// Whether there is a row of that id.
pub fn is_stored(table: u32, id: u32) -> Result<bool, Failure> {
    Ok(get(table, id_key(id.into()).bytes())? != Fetched::Absent)
}

/// An integer as a value.
pub fn integer(number: i64) -> [u8; 9] {
    let mut value = [tags::INTEGER; 9];
    value[1..].copy_from_slice(&number.to_le_bytes());
    value
}

/// The integer that lies under `key`; none for nothing, or anything else.
#[inline(never)]
pub fn get_integer(table: u32, key: &[u8]) -> Result<Option<i64>, Failure> {
    let Fetched::Short(9) = get(table, key)? else { return Ok(None) };
    // SAFETY: the value is used before anything else is read.
    let value = unsafe { value_buffer() };
    let number = i64::from_le_bytes(value[1..9].try_into().unwrap_or_default());
    Ok((value[0] == tags::INTEGER).then_some(number))
}

/// Reads into `into` a value that is said to have its length.
pub fn get_long(table: u32, key: &[u8], into: &mut [u8]) -> Result<usize, Failure> {
    spend(key.len() + into.len());
    match host::get(table, key, into) {
        Found::Value(length) => Ok(length),
        Found::Longer(length) => Err(Failure::new("read", table, Cause::Host(length as i32))),
        Found::Absent => Err(Failure::new("read", table, Cause::Host(status::ABSENT))),
        Found::Failed(reply) => Err(Failure::new("read", table, Cause::Host(reply))),
    }
}

/// Stores a value, or removes what is there. For rows `table::write` does this.
pub fn put(table: u32, key: &[u8], value: Option<&[u8]>) -> Result<(), Failure> {
    check(table)?;
    if table < tables::SYSTEM_FIRST {
        INSTANCE.seen.note_change();
    }
    let (action, outcome) = match value {
        Some(value) => ("store", host::set(table, key, value)),
        None => ("delete", host::delete(table, key)),
    };
    outcome.map_err(|reply| Failure::new(action, table, Cause::Host(reply)))
}

/// Stores a note of the module's own, which is no row.
pub fn note(table: u32, key: &[u8], value: &[u8]) -> Result<(), Failure> {
    spend(key.len() + value.len());
    put(table, key, Some(value))
}

/// Removes one.
pub fn forget(table: u32, key: &[u8]) -> Result<(), Failure> {
    spend(key.len());
    put(table, key, None)
}

/// Number of keys.
pub fn size(table: u32) -> Result<u32, Failure> {
    check(table)?;
    spend(0);
    let reply = host::size(table);
    u32::try_from(reply).map_err(|_| Failure::new("count", table, Cause::Host(reply)))
}

/// Reads a page of keys after the one that `page` holds behind its length; the bytes of the page.
pub fn keys(table: u32, page: &mut [u8]) -> Result<usize, Failure> {
    check(table)?;
    let room = page.len();
    spend(room);
    let reply = host::keys(table, page);
    match usize::try_from(reply) {
        Ok(length) if length <= room => {
            budget::spend(length * cost::KEYS);
            Ok(length)
        }
        _ => Err(Failure::new("list", table, Cause::Host(reply))),
    }
}
