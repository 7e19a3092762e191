//! The only road to persisted bytes.
//!
//! Invariant: a key or value in transit lies in one of two static buffers, which the next call overwrites; whoever needs
//! it longer copies it first.
//!
//! - [`page`]: the keys of a table, a page at a time
//! - [`counter`]: ids of new tables
//! - [`reclaim`]: frees what nothing reaches
//! - [`system`]: ids of the module's own tables

pub mod counter;
pub mod page;
pub mod reclaim;
pub mod system;

use core::cell::UnsafeCell;
use core::fmt;

use cu_abi::status;

use crate::budget;
use crate::host::{self, Found};
use crate::key::KeyBuffer;

/// Values up to this length are read and written without memory of the arena.
pub const SHORT_BYTES: usize = 4096;

/// What a call of the host counts in the budget, beside its bytes.
const CALL: usize = 128;

/// Counts a call that moves so many bytes.
fn spend(bytes: usize) {
    budget::spend(CALL + bytes / 8);
}

/// An import that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What was to be done, as in "the host refused to ...".
    pub deed: &'static str,
    /// The table.
    pub table: u32,
    /// What the host answered.
    pub reply: i32,
}

/// An answer of the host in words.
pub struct Reply(pub i32);

impl fmt::Display for Reply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meaning = if self.0 == status::RATE_EXCEEDED { ", too many operations a second" } else { "" };
        write!(out, "it answered {}{meaning}", self.0)
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
    key: UnsafeCell<KeyBuffer>,
    value: UnsafeCell<[u8; SHORT_BYTES]>,
}

// SAFETY: one thread at a time uses the module; natively the tests take turns.
unsafe impl Sync for Buffers {}

static BUFFERS: Buffers = Buffers { key: UnsafeCell::new(KeyBuffer::new()), value: UnsafeCell::new([0; SHORT_BYTES]) };

/// The buffer of the key in transit.
///
/// # Safety
/// One thread; no reference from an earlier call is used afterwards.
pub unsafe fn key_buffer() -> &'static mut KeyBuffer {
    // SAFETY: the caller's.
    unsafe { &mut *BUFFERS.key.get() }
}

/// The buffer of the short value in transit.
///
/// # Safety
/// As for `key_buffer`.
pub unsafe fn value_buffer() -> &'static mut [u8; SHORT_BYTES] {
    // SAFETY: the caller's.
    unsafe { &mut *BUFFERS.value.get() }
}

/// Reads into the short buffer what lies under `key`.
///
/// # Safety
/// As for `value_buffer`.
pub unsafe fn get(table: u32, key: &[u8]) -> Result<Fetched, Failure> {
    spend(key.len());
    // SAFETY: the caller's.
    match host::get(table, key, unsafe { value_buffer() }) {
        Found::Value(length) => Ok(Fetched::Short(length)),
        Found::Longer(length) => Ok(Fetched::Long(length)),
        Found::Absent => Ok(Fetched::Absent),
        Found::Failed(reply) => Err(Failure { deed: "read", table, reply }),
    }
}

/// Reads into `into` a value that is said to have its length.
pub fn get_long(table: u32, key: &[u8], into: &mut [u8]) -> Result<usize, Failure> {
    spend(key.len() + into.len());
    match host::get(table, key, into) {
        Found::Value(length) => Ok(length),
        Found::Longer(length) => Err(Failure { deed: "read", table, reply: length as i32 }),
        Found::Absent => Err(Failure { deed: "read", table, reply: cu_abi::status::ABSENT }),
        Found::Failed(reply) => Err(Failure { deed: "read", table, reply }),
    }
}

/// Stores.
pub fn set(table: u32, key: &[u8], value: &[u8]) -> Result<(), Failure> {
    spend(key.len() + value.len());
    host::set(table, key, value).map_err(|reply| Failure { deed: "store", table, reply })
}

/// Removes.
pub fn delete(table: u32, key: &[u8]) -> Result<(), Failure> {
    spend(key.len());
    host::delete(table, key).map_err(|reply| Failure { deed: "delete", table, reply })
}

/// Number of keys.
pub fn size(table: u32) -> Result<u32, Failure> {
    spend(0);
    let reply = host::size(table);
    u32::try_from(reply).map_err(|_| Failure { deed: "count", table, reply })
}

/// Reads a page of keys after the one that `page` holds behind its length; the bytes of the page.
pub fn keys(table: u32, page: &mut [u8]) -> Result<usize, Failure> {
    let room = page.len();
    spend(room);
    let reply = host::keys(table, page);
    match usize::try_from(reply) {
        Ok(length) if length <= room => Ok(length),
        _ => Err(Failure { deed: "list", table, reply }),
    }
}
