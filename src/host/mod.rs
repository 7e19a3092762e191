//! The five calls out to the host, as safe functions over byte slices.
//!
//! Invariant: no pointer leaves this file, and every length that the host reports is checked against the slice before
//! it is returned.

#[cfg(target_arch = "wasm32")]
mod imports;
#[cfg(not(target_arch = "wasm32"))]
pub mod stand_in;
#[cfg(not(target_arch = "wasm32"))]
use stand_in as imports;

use cu_abi::status;

/// The host's answer to `get`.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// The value is in the slice; its length.
    Value(usize),
    /// The value is longer than the slice; its length.
    Longer(usize),
    /// No such key.
    Absent,
    /// The host failed.
    Failed(i32),
}

/// Copies the value stored under `key` to the front of `into`, when it fits.
#[inline]
pub fn get(table: u32, key: &[u8], into: &mut [u8]) -> Found {
    // SAFETY: both slices outlive the call, and the host may touch only the lengths passed with them (abi/README.md,
    // "Imports").
    let reply = unsafe { imports::js_ext_table_get(table, key.as_ptr(), key.len(), into.as_mut_ptr(), into.len()) };
    match usize::try_from(reply) {
        Ok(length) if length <= into.len() => Found::Value(length),
        Ok(length) => Found::Longer(length),
        Err(_) if reply == status::ABSENT => Found::Absent,
        Err(_) => Found::Failed(reply),
    }
}

/// Stores `value` under `key`; the host's code when it refuses.
#[inline]
pub fn set(table: u32, key: &[u8], value: &[u8]) -> Result<(), i32> {
    // SAFETY: as in `get`; the host only reads both slices.
    let reply = unsafe { imports::js_ext_table_set(table, key.as_ptr(), key.len(), value.as_ptr(), value.len()) };
    if reply == status::OK { Ok(()) } else { Err(reply) }
}

/// Removes `key`; the host's code when it fails.
pub fn delete(table: u32, key: &[u8]) -> Result<(), i32> {
    // SAFETY: as in `get`; the host only reads the key.
    let reply = unsafe { imports::js_ext_table_delete(table, key.as_ptr(), key.len()) };
    if reply == status::OK { Ok(()) } else { Err(reply) }
}

/// Number of keys; negative when the host fails.
pub fn size(table: u32) -> i32 {
    // SAFETY: no memory is involved.
    unsafe { imports::js_ext_table_size(table) }
}

/// One page of keys: `page` holds the request and then the answer; the host's reply.
pub fn keys(table: u32, page: &mut [u8]) -> i32 {
    // SAFETY: the host touches no more than the length passed.
    unsafe { imports::js_ext_table_keys(table, page.as_mut_ptr(), page.len()) }
}
