//! Ranges of ids as the keys of a system table. The range of an id is the last one that begins with it or before.
//!
//! ```text
//! range   key integer: first << 32 | end
//! ```

use core::ops::Range;

use cu_abi::key::{self, IntegerKey, Key, KeyBuffer};
use cu_abi::page as pages;
use cu_abi::page::LEAST_BYTES;
use cu_abi::tables::{IO, SYSTEM_FIRST};

use crate::store::calls;
use crate::store::failure::Failure;

/// The key of a range.
pub fn encode(first: u32, end: u32) -> IntegerKey {
    calls::id_key(i64::from(first) << 32 | i64::from(end))
}

/// The range of a key, if ids of tables can be in it.
pub fn decode(encoded: &[u8]) -> Option<Range<u32>> {
    let mut room = KeyBuffer::new();
    let Ok(Key::Integer(both)) = key::decode(encoded, room.room()) else { return None };
    let (first, end) = ((both >> 32) as u32, both as u32);
    (both > 0 && IO < first && first < end && end <= SYSTEM_FIRST).then_some(first..end)
}

/// The first range that begins at `least` or later.
pub fn first_from(table: u32, least: u32) -> Result<Option<Range<u32>>, Failure> {
    one(table, encode(least, 0).bytes(), false)
}

/// The range behind that one, which may begin with the same id.
pub fn after(table: u32, range: &Range<u32>) -> Result<Option<Range<u32>>, Failure> {
    one(table, encode(range.start, range.end).bytes(), false)
}

/// The range with that id.
pub fn with(table: u32, id: u32) -> Result<Option<Range<u32>>, Failure> {
    Ok(one(table, encode(id, u32::MAX).bytes(), true)?.filter(|range| range.contains(&id)))
}

/// The last range that begins before `end`.
pub fn last_before(table: u32, end: u32) -> Result<Option<Range<u32>>, Failure> {
    one(table, encode(end.saturating_sub(1), u32::MAX).bytes(), true)
}

/// The range next to that key.
fn one(table: u32, key: &[u8], descending: bool) -> Result<Option<Range<u32>>, Failure> {
    let mut page = [0; LEAST_BYTES];
    pages::ask(&mut page, key, descending);
    let length = calls::keys(table, &mut page)?;
    let found = pages::key_at(page.get(..length).unwrap_or_default(), 0);
    found.map(|key| decode(key).ok_or_else(|| Failure::damaged(table))).transpose()
}
