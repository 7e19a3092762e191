//! The only road to persisted bytes.
//!
//! Invariant: a key or value in transit lies in one of two static buffers, which the next call overwrites; whoever needs
//! it longer copies it first.
//!
//! - [`page`]: the keys of a table, a page at a time
//! - [`counter`]: ids of new tables
//! - [`journal`]: what an atomic compute would undo
//! - [`old`]: what is under a key that is about to change
//! - [`system`]: ids of the module's own tables

pub mod counter;
pub mod journal;
pub mod old;
pub mod page;
pub mod system;

use core::fmt;

use cu_abi::status;

use crate::budget::{self, cost};
use crate::host::{self, Found};
use crate::key::KeyBuffer;
use crate::large::{LARGE, Zeroes};
use crate::store::page::Page;

/// Values up to this length are read and written without memory of the arena.
pub const SHORT_BYTES: usize = 4096;

/// What a call that moves so many bytes counts.
pub fn call_cost(bytes: usize) -> usize {
    cost::HOST + bytes / cost::BYTES_HOST
}

/// Counts a call that moves so many bytes.
pub fn spend(bytes: usize) {
    budget::spend(call_cost(bytes));
}

/// An import that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What was to be done, as in "the host refused to ...".
    pub deed: &'static str,
    /// The table.
    pub table: u32,
    /// Why not.
    pub cause: Cause,
}

/// Why something could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The host answered so.
    Host(i32),
    /// Not enough memory for a value of so many bytes.
    Memory(usize),
    /// An atomic compute cannot change what is under a key of so many bytes.
    KeyLength(usize),
}

impl Failure {
    /// Who did not do it.
    pub fn subject(&self) -> &'static str {
        if let Cause::Host(_) = self.cause { "the host" } else { "the module" }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Host(status::RATE_EXCEEDED) => {
                write!(out, "it answered {}, too many operations a second", status::RATE_EXCEEDED)
            }
            Cause::Host(reply) => write!(out, "it answered {reply}"),
            Cause::Memory(length) => write!(out, "not enough memory for {length} bytes"),
            Cause::KeyLength(length) => write!(
                out,
                "the key takes {length} bytes encoded; the limit of an atomic compute is {}",
                journal::NOTED_KEY_BYTES
            ),
        }
    }
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

struct Buffers {
    key: KeyBuffer,
    value: [u8; SHORT_BYTES],
    page: Page,
}

// SAFETY: bytes and numbers.
unsafe impl Zeroes for Buffers {}

fn buffers() -> *mut Buffers {
    LARGE.store.place()
}

/// The buffer of the key in transit.
///
/// # Safety
/// One thread; no reference from an earlier call is used afterwards.
#[inline]
pub unsafe fn key_buffer() -> &'static mut KeyBuffer {
    // SAFETY: the caller's.
    unsafe { &mut (*buffers()).key }
}

/// The buffer of the short value in transit.
///
/// # Safety
/// As for `key_buffer`.
#[inline]
pub unsafe fn value_buffer() -> &'static mut [u8; SHORT_BYTES] {
    // SAFETY: the caller's.
    unsafe { &mut (*buffers()).value }
}

/// A page for work while no script is running.
///
/// # Safety
/// As for `key_buffer`.
pub unsafe fn spare_page() -> &'static mut Page {
    // SAFETY: the caller's.
    unsafe { &mut (*buffers()).page }
}

/// Reads into the short buffer what lies under `key`.
///
/// # Safety
/// As for `value_buffer`.
#[inline]
pub unsafe fn get(table: u32, key: &[u8]) -> Result<Fetched, Failure> {
    spend(key.len());
    // SAFETY: the caller's.
    match host::get(table, key, unsafe { value_buffer() }) {
        Found::Value(length) => Ok(Fetched::Short(length)),
        Found::Longer(length) => Ok(Fetched::Long(length)),
        Found::Absent => Ok(Fetched::Absent),
        Found::Failed(reply) => Err(Failure { deed: "read", table, cause: Cause::Host(reply) }),
    }
}

/// Reads into `into` a value that is said to have its length.
pub fn get_long(table: u32, key: &[u8], into: &mut [u8]) -> Result<usize, Failure> {
    spend(key.len() + into.len());
    match host::get(table, key, into) {
        Found::Value(length) => Ok(length),
        Found::Longer(length) => Err(Failure { deed: "read", table, cause: Cause::Host(length as i32) }),
        Found::Absent => Err(Failure { deed: "read", table, cause: Cause::Host(status::ABSENT) }),
        Found::Failed(reply) => Err(Failure { deed: "read", table, cause: Cause::Host(reply) }),
    }
}

/// Stores a value, or removes what is there. For rows `table::write` does this.
#[inline]
pub fn put(table: u32, key: &[u8], value: Option<&[u8]>) -> Result<(), Failure> {
    let (deed, outcome) = match value {
        Some(value) => ("store", host::set(table, key, value)),
        None => ("delete", host::delete(table, key)),
    };
    outcome.map_err(|reply| Failure { deed, table, cause: Cause::Host(reply) })
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
    spend(0);
    let reply = host::size(table);
    u32::try_from(reply).map_err(|_| Failure { deed: "count", table, cause: Cause::Host(reply) })
}

/// Reads a page of keys after the one that `page` holds behind its length; the bytes of the page.
pub fn keys(table: u32, page: &mut [u8]) -> Result<usize, Failure> {
    let room = page.len();
    spend(room);
    let reply = host::keys(table, page);
    match usize::try_from(reply) {
        Ok(length) if length <= room => {
            budget::spend(length * cost::KEYS);
            Ok(length)
        }
        _ => Err(Failure { deed: "list", table, cause: Cause::Host(reply) }),
    }
}
