//! Paths to fields of rows, as in `address.city`.
//!
//! Invariant: the keys of a path are encoded, so that a step along it is one request of the host.
#![forbid(unsafe_code)]

use cu_abi::key::{Key, KeyBuffer};
use cu_abi::limits::{PATH_BYTES, PATH_SEGMENTS};

use crate::bytes::{copy, copy_at};

/// A string's tag and end.
const AROUND_STRING: usize = 2;

/// Keys take no more than this.
const KEYS_BYTES: usize = PATH_BYTES + PATH_SEGMENTS * AROUND_STRING;

/// A path.
#[derive(Clone, Copy)]
pub struct Path {
    text: [u8; PATH_BYTES],
    length: u8,
    keys: [u8; KEYS_BYTES],
    /// Where each key ends.
    ends: [u16; PATH_SEGMENTS],
    count: u8,
}

/// What is wrong with the text of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPath;

impl Path {
    /// The path in words. The empty one leads to the value itself. A name of digits only is a number.
    pub fn parse(text: &[u8]) -> Result<Path, NoPath> {
        let mut path =
            Path { text: [0; PATH_BYTES], length: 0, keys: [0; KEYS_BYTES], ends: [0; PATH_SEGMENTS], count: 0 };
        if text.len() > PATH_BYTES || text.contains(&0) {
            return Err(NoPath);
        }
        path.length = copy(&mut path.text, text) as u8;
        if text.is_empty() {
            return Ok(path);
        }
        let mut key = KeyBuffer::new();
        let mut end = 0;
        for name in text.split(|byte| *byte == b'.') {
            if name.is_empty() {
                return Err(NoPath);
            }
            key.encode(number_of(name).map_or(Key::String(name), Key::Integer)).map_err(|_| NoPath)?;
            end += copy_at(&mut path.keys, end, key.bytes());
            *path.ends.get_mut(usize::from(path.count)).ok_or(NoPath)? = end as u16;
            path.count += 1;
        }
        Ok(path)
    }

    /// As it was written.
    pub fn text(&self) -> &[u8] {
        self.text.get(..self.length.into()).unwrap_or_default()
    }

    /// How many keys it has.
    pub fn len(&self) -> usize {
        self.count.into()
    }

    /// Whether it leads to the value itself.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The key of that number, encoded.
    pub fn segment(&self, number: usize) -> Option<&[u8]> {
        let end = *self.ends.get(..self.len())?.get(number)?;
        let start = if number == 0 { 0 } else { *self.ends.get(number - 1)? };
        self.keys.get(start.into()..end.into())
    }

    /// The keys from that number on.
    pub fn segments_from(&self, first: usize) -> impl Iterator<Item = &[u8]> {
        (first..self.len()).filter_map(|number| self.segment(number))
    }

    /// Whether it begins with these keys, or has just these.
    pub fn starts_with(&self, keys: &[&[u8]]) -> bool {
        keys.len() <= self.len() && keys.iter().zip(self.segments_from(0)).all(|(one, other)| *one == other)
    }
}

/// The number that a name of digits is.
fn number_of(name: &[u8]) -> Option<i64> {
    if name.len() > 1 && name.first() == Some(&b'0') {
        return None;
    }
    name.iter().try_fold(0_i64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_keys_of_its_names() {
        let path = Path::parse(b"address.12.city").expect("a path");
        let keys: Vec<&[u8]> = path.segments_from(0).collect();
        assert_eq!(keys, [&b"\x01address\0"[..], b"\x15\x0c", b"\x01city\0"]);
        assert!(path.starts_with(&[]) && path.starts_with(&keys[..2]) && path.starts_with(&keys));
        assert!(!path.starts_with(&[b"\x15\x0c"]));
        assert_eq!(Path::parse(b"").map(|path| path.len()), Ok(0));
        assert_eq!(Path::parse(b"007").expect("a path").segment(0), Some(&b"\x01007\0"[..]));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [&b"."[..], b"a.", b".a", b"a..b", b"a\0", b"a.b.c.d.e.f.g.h.i", &[b'x'; 256]] {
            assert!(Path::parse(text).is_err(), "{text:?}");
        }
    }
}
