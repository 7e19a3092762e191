//! What an encrypted store fails with.
//!
//! Invariant: a failure at a value names its table and its key.

use std::fmt::Arguments;

use crate::store::StoreError;

// What a store's error code says (`StoreError::code`); those of store/error.rs come before.

/// A value is not encrypted, or the whole store is not.
pub const NOT_ENCRYPTED: i32 = -7;
/// A value, or the store, is encrypted with a key that is not given.
pub const KEY_MISSING: i32 = -8;
/// A value is not the one that was encrypted for its place.
pub const DAMAGED: i32 = -9;
/// The store is only half encrypted: [`EncryptedStore::encrypt_all`] was interrupted.
pub const UNFINISHED: i32 = -10;
/// The system gives no random bytes.
pub const NO_RANDOMNESS: i32 = -11;
/// The table belongs to the wrapper.
pub const RESERVED: i32 = -12;

/// A place in a store.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub table: u32,
    pub key: &'a [u8],
}

pub(super) fn failure(code: i32, entry: Entry, problem: Arguments) -> StoreError {
    let key: String = entry.key.iter().map(|byte| format!("{byte:02x}")).collect();
    StoreError::new(code, format!("table {}, key {key}: {problem}", entry.table))
}
