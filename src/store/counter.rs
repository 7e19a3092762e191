//! Ids of new tables, stored functions and captured variables.
//!
//! Invariant: no id is given twice, in this instance or a later one over the same store: before ids of a block are
//! given, the block's end is stored.

use core::sync::atomic::{AtomicU32, Ordering};

use cu_abi::{tables, tags};

use crate::budget;
use crate::store::{self, Failure, Fetched, system};

/// Ids reserved by one write. What an instance does not use of a block is lost.
const BLOCK: u32 = 256;

/// Where the end of the last block is stored: the encoded string `next_table`.
const KEY: &[u8] = b"\x01next_table\x00";

static NEXT: AtomicU32 = AtomicU32::new(tables::IO + 1);
static RESERVED: AtomicU32 = AtomicU32::new(0);

/// Why there is no new id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The host failed.
    Host(Failure),
    /// Every id below the module's own tables has been given.
    Exhausted,
}

/// No id below `next` is given from now on.
pub fn raise_to(next: u32) {
    NEXT.fetch_max(next.min(tables::SYSTEM_FIRST), Ordering::Relaxed);
}

/// The id that would be given next.
pub fn peek() -> u32 {
    NEXT.load(Ordering::Relaxed)
}

/// The id that would be given next, if any is; from there on, none was ever given.
///
/// # Safety
/// As for `take`.
pub unsafe fn first_unused() -> Result<u32, Failure> {
    // SAFETY: the caller's.
    let stored = unsafe { stored() }?;
    let reserved = RESERVED.load(Ordering::Relaxed);
    if peek() < reserved && stored <= reserved {
        return Ok(peek());
    }
    // Another instance has ids behind the block: what is left of it is given up, so that all that come now are in a row.
    forget();
    Ok(peek().max(stored).min(tables::SYSTEM_FIRST))
}

/// An id from which on none was ever given, in this instance or an earlier one.
///
/// # Safety
/// As for `take`.
pub unsafe fn bound() -> Result<u32, Failure> {
    // SAFETY: the caller's.
    Ok(peek().max(unsafe { stored() }?).min(tables::SYSTEM_FIRST))
}

/// Forgets what was reserved: the store is another one.
pub fn forget() {
    RESERVED.store(0, Ordering::Relaxed);
}

/// A new id.
///
/// # Safety
/// One thread; the short buffer is free.
pub unsafe fn take() -> Result<u32, Unavailable> {
    let mut id = peek();
    if id >= RESERVED.load(Ordering::Relaxed) {
        // Which of the tables is the first of a block depends on what ran before, so a block that was had counts nothing.
        let left = budget::left();
        // SAFETY: the caller's.
        id = unsafe { reserve(id) }?;
        budget::resume(left);
    }
    NEXT.store(id + 1, Ordering::Relaxed);
    Ok(id)
}

/// Reserves a block; its first id.
///
/// # Safety
/// As for `take`.
unsafe fn reserve(next: u32) -> Result<u32, Unavailable> {
    // SAFETY: the caller's.
    let stored = unsafe { stored() }.map_err(Unavailable::Host)?;
    let first = next.max(stored);
    if first >= tables::SYSTEM_FIRST {
        return Err(Unavailable::Exhausted);
    }
    let end = first.saturating_add(BLOCK).min(tables::SYSTEM_FIRST);
    let mut value = [tags::INTEGER, 0, 0, 0, 0, 0, 0, 0, 0];
    value[1..].copy_from_slice(&i64::from(end).to_le_bytes());
    store::note(system::COUNTER, KEY, &value).map_err(Unavailable::Host)?;
    RESERVED.store(end, Ordering::Relaxed);
    Ok(first)
}

/// The end of the last block that any instance reserved. A damaged value counts as absent: the next write mends it.
///
/// # Safety
/// As for `take`.
unsafe fn stored() -> Result<u32, Failure> {
    // SAFETY: the caller's.
    let Fetched::Short(9) = (unsafe { store::get(system::COUNTER, KEY) })? else { return Ok(0) };
    // SAFETY: the caller's.
    let value = unsafe { store::value_buffer() };
    let number = i64::from_le_bytes(value[1..9].try_into().unwrap_or_default());
    Ok(if value[0] == tags::INTEGER { u32::try_from(number).unwrap_or(0) } else { 0 })
}
