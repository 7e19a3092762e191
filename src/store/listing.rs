//! Which tables have keys, as the host lists them.
//!
//! Invariant: the page is a small one. A host fills it, and what is not used of it would be listed once more.
#![forbid(unsafe_code)]

use core::ops::Range;

use cu_abi::page::{self, LEAST_BYTES, LENGTH_BYTES};
use cu_abi::tables::CONTROL;

use crate::store::calls;
use crate::store::failure::Failure;

/// Tables that are listed at once.
pub const MOST: usize = LEAST_BYTES / (LENGTH_BYTES + size_of::<u32>());

/// The ids of the tables behind the first of `ids` that have keys, as many as fit; how many.
pub fn list(ids: Range<u32>, listed: &mut [u32; MOST]) -> Result<usize, Failure> {
    let mut room = [0; LEAST_BYTES];
    let mut last = ids.start.to_be_bytes();
    page::ask(&mut room, &last, false);
    let length = calls::keys(CONTROL, &mut room)?;
    let page = room.get(..length).unwrap_or_default();
    let (mut count, mut at) = (0, 0);
    while at < length {
        let key = page::key_behind(page, at, &last).and_then(|key| key.try_into().ok());
        last = key.ok_or_else(|| Failure::damaged(CONTROL))?;
        let id = u32::from_be_bytes(last);
        if id >= ids.end {
            break;
        }
        if let Some(place) = listed.get_mut(count) {
            *place = id;
            count += 1;
        }
        at += LENGTH_BYTES + last.len();
    }
    Ok(count)
}

/// Whether the host can list its tables.
pub fn is_possible() -> Result<bool, Failure> {
    let mut room = [0; LEAST_BYTES];
    page::ask(&mut room, &[], false);
    Ok(calls::keys(CONTROL, &mut room)? > 0)
}
