//! Pages of keys: how the module asks for one, and how a host answers.
//!
//! Invariant: no key is read or written in part.
//!
//! ```text
//! asked     offset 0   u32, length of the last key seen, 0 for the start; bit 31 set for descending order
//!           offset 4   the last key seen
//! answered  u32, length of a key; the key; the next; ...
//! ```

use crate::bytes::copy;
use crate::limits::KEY_BYTES;

/// Set in the length at the head of what is asked: keys in descending order.
pub const DESCENDING: u32 = 1 << 31;

/// Size of the length in front of a key.
pub const LENGTH_BYTES: usize = size_of::<u32>();

/// The least room that a host is given.
pub const LEAST_BYTES: usize = 512;

/// Asks for the keys behind `after`, in the room for the answer. Both fit there.
pub fn ask(page: &mut [u8], after: &[u8], descending: bool) {
    let order = if descending { DESCENDING } else { 0 };
    let head = after.len() as u32 | order;
    if let Some((length, rest)) = page.split_first_chunk_mut::<LENGTH_BYTES>() {
        *length = head.to_le_bytes();
        copy(rest, after);
    }
}

/// The last key seen, empty for the start, and whether the order is descending; or how many bytes the request has, when they
/// are more than the page.
pub fn asked(page: &[u8]) -> Result<(&[u8], bool), usize> {
    let (head, rest) = page.split_first_chunk::<LENGTH_BYTES>().ok_or(LENGTH_BYTES)?;
    let head = u32::from_le_bytes(*head);
    let length = (head & !DESCENDING) as usize;
    let after = rest.get(..length).ok_or(LENGTH_BYTES + length)?;
    Ok((after, head & DESCENDING != 0))
}

/// Adds a key to an answer of which `written` bytes are there; how many are now, or `None` when it does not fit.
pub fn append(page: &mut [u8], written: usize, key: &[u8]) -> Option<usize> {
    let length = u32::try_from(key.len()).ok()?;
    let room = page.get_mut(written..)?.get_mut(..LENGTH_BYTES + key.len())?;
    room[..LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
    room[LENGTH_BYTES..].copy_from_slice(key);
    Some(written + room.len())
}

/// The key whose length is at `at`, if it is whole and of a length that a key can have.
pub fn key_at(page: &[u8], at: usize) -> Option<&[u8]> {
    let (length, rest) = page.get(at..)?.split_first_chunk::<LENGTH_BYTES>()?;
    rest.get(..u32::from_le_bytes(*length) as usize).filter(|key| !key.is_empty() && key.len() <= KEY_BYTES)
}

/// The same, if it is behind the key `before` in ascending order.
pub fn key_behind<'a>(page: &'a [u8], at: usize, before: &[u8]) -> Option<&'a [u8]> {
    key_at(page, at).filter(|key| *key > before)
}
