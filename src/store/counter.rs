//! Ids of new tables, stored functions and captured variables.
//!
//! Invariant: no id is given twice, neither in this instance nor in a later one over the same store. Before the first
//! id of a block is given, the block's end is stored.

use cu_abi::{tables, tags};

use crate::budget;
use crate::store::calls::{self, Fetched};
use crate::store::failure::Failure;
use crate::store::system;
use crate::vm::instance::INSTANCE;

/// Ids reserved by one write. The ids of a block that an instance does not use are lost.
const BLOCK: u32 = 256;

/// Where the end of the last block is stored: the encoded string `next_table`.
const KEY: &[u8] = b"\x01next_table\x00";

/// From now on gives no id below `next`.
pub fn raise_to(next: u32) {
    INSTANCE.ids.next.set(peek().max(next.min(tables::SYSTEM_FIRST)));
}

/// The id that would be given next.
pub fn peek() -> u32 {
    INSTANCE.ids.next.get()
}

/// The next id to give. No id from there on was ever given.
pub fn first_unused() -> Result<u32, Failure> {
    let stored = stored()?;
    let reserved = INSTANCE.ids.reserved.get();
    if peek() < reserved && stored <= reserved {
        return Ok(peek());
    }
    // Another instance has ids after this block. The rest of the block is dropped, so that all later ids are in a row.
    forget();
    Ok(peek().max(stored).min(tables::SYSTEM_FIRST))
}

/// An id from which on none was ever given, in this instance or an earlier one.
pub fn bound() -> Result<u32, Failure> {
    Ok(peek().max(stored()?).min(tables::SYSTEM_FIRST))
}

/// Forgets the reserved block, because the store may be another one.
pub fn forget() {
    INSTANCE.ids.reserved.set(0);
}

/// A new id.
pub fn take() -> Result<u32, Failure> {
    let mut id = peek();
    if id >= INSTANCE.ids.reserved.get() {
        // Which table needs a new block depends on what ran before, so reserving a block is free if it succeeds.
        let left = budget::left();
        id = reserve(id)?;
        budget::resume(left);
    }
    INSTANCE.ids.next.set(id + 1);
    Ok(id)
}

/// Reserves a block; its first id.
fn reserve(next: u32) -> Result<u32, Failure> {
    let stored = stored()?;
    let first = next.max(stored);
    if first >= tables::SYSTEM_FIRST {
        return Err(Failure::no_ids());
    }
    let end = first.saturating_add(BLOCK).min(tables::SYSTEM_FIRST);
    let mut value = [tags::INTEGER, 0, 0, 0, 0, 0, 0, 0, 0];
    value[1..].copy_from_slice(&i64::from(end).to_le_bytes());
    calls::note(system::COUNTER, KEY, &value)?;
    INSTANCE.ids.reserved.set(end);
    Ok(first)
}

/// The end of the last block that any instance reserved. A damaged value counts as absent: the next write repairs it.
fn stored() -> Result<u32, Failure> {
    let Fetched::Short(9) = calls::get(system::COUNTER, KEY)? else { return Ok(0) };
    // SAFETY: the value is used before anything else is read.
    let value = unsafe { calls::value_buffer() };
    let number = i64::from_le_bytes(value[1..9].try_into().unwrap_or_default());
    Ok(if value[0] == tags::INTEGER { u32::try_from(number).unwrap_or(0) } else { 0 })
}
