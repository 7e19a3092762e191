//! The errors of an encrypted store.
//!
//! Invariant: an error about a value names its table and key.

use std::fmt::Arguments;

use crate::store::StoreError;

// Codes of a store's error (`StoreError::code`); store/error.rs has the ones before.

/// A value or the whole store is not encrypted.
pub const NOT_ENCRYPTED: i32 = -7;
/// A value or the store is encrypted with a key that was not given.
pub const KEY_MISSING: i32 = -8;
/// A value is not the one that was encrypted for this table and key.
pub const DAMAGED: i32 = -9;
/// The store is only half encrypted: [`EncryptedStore::encrypt_all`] was interrupted.
pub const UNFINISHED: i32 = -10;
/// The system has no random bytes.
pub const NO_RANDOMNESS: i32 = -11;
/// Only the wrapper may use this table.
pub const RESERVED: i32 = -12;

/// A table and a key in a store.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub table: u32,
    pub key: &'a [u8],
}

pub(super) fn failure(code: i32, entry: Entry, problem: Arguments) -> StoreError {
    let key: String = entry.key.iter().map(|byte| format!("{byte:02x}")).collect();
    StoreError::new(code, format!("table {}, key {key}: {problem}", entry.table))
}
