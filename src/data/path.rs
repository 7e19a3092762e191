//! Where in a row a value lies: `address.city`.
//!
//! Invariant: a path is plain bytes, and keeps its segments as encoded keys, so that a step is one read of the store. It has at
//! most `SEGMENTS` of them.
//!
//! ```text
//! for each segment   u16 length, encoded key
//! ```
#![forbid(unsafe_code)]

use core::fmt;

use bytemuck::Zeroable;
use cu_abi::key::IntegerKey;

use crate::bytes::copy_at;

/// The most segments of a path.
pub const SEGMENTS: usize = 8;

/// The longest path, as it is written.
pub const TEXT_BYTES: usize = 255;

/// Room for every parsed path: a segment takes a length, a tag and an end in place of its dot, and all may be zeros.
pub const PATH_BYTES: usize = 2 * TEXT_BYTES + 4 * SEGMENTS;

const LENGTH_BYTES: usize = 2;

/// Why a text is no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPath {
    /// A segment is empty.
    Empty,
    /// There are more than `SEGMENTS`.
    Deep,
    /// It is longer than `TEXT_BYTES`; its length.
    Long(usize),
}

impl NoPath {
    /// In words, to stand behind the text.
    pub fn text(self) -> &'static str {
        match self {
            NoPath::Empty => ": a part of the path is empty",
            NoPath::Deep => ": the path has more than 8 parts",
            NoPath::Long(_) => ": the path takes more than 255 bytes",
        }
    }
}

impl fmt::Display for NoPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.text().trim_start_matches([':', ' ']))
    }
}

// The words say so.
const _: () = assert!(SEGMENTS == 8 && TEXT_BYTES == 255);

/// A parsed path, where its bytes lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path<'a>(&'a [u8]);

impl<'a> Path<'a> {
    /// The value itself.
    pub const ITSELF: Path<'static> = Path(&[]);

    /// The path that [`parse`] wrote.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Path<'a> {
        Path(bytes)
    }

    /// Its bytes.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Whether it is that of the value itself.
    #[inline]
    pub fn is_itself(self) -> bool {
        self.0.is_empty()
    }

    /// The first segment, as an encoded key, and the rest of the path.
    #[inline]
    pub fn split(self) -> Option<(&'a [u8], Path<'a>)> {
        let (length, rest) = self.0.split_first_chunk::<LENGTH_BYTES>()?;
        let (key, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        Some((key, Path(rest)))
    }

    /// What is behind these keys, if it begins with them.
    pub fn behind(self, keys: &[&[u8]]) -> Option<Path<'a>> {
        keys.iter().try_fold(self, |path, key| path.split().filter(|(own, _)| own == key).map(|(_, rest)| rest))
    }

    /// Whether it begins with these keys, or they with it.
    pub fn meets(self, keys: &[&[u8]]) -> bool {
        let mut path = self;
        keys.iter().all(|key| match path.split() {
            Some((own, rest)) => {
                path = rest;
                own == *key
            }
            None => true,
        })
    }

    /// How many segments there are.
    pub fn length(self) -> usize {
        let (mut length, mut path) = (0, self);
        while let Some((_, rest)) = path.split() {
            (length, path) = (length + 1, rest);
        }
        length
    }
}

/// A parsed path with room for any.
#[derive(Clone, Copy, Zeroable)]
#[repr(C)]
pub struct PathBuffer {
    length: u16,
    bytes: [u8; PATH_BYTES],
}

impl PathBuffer {
    /// That of the value itself.
    pub const ITSELF: PathBuffer = PathBuffer { length: 0, bytes: [0; PATH_BYTES] };

    /// Parses a path.
    pub fn parse(text: &[u8]) -> Result<PathBuffer, NoPath> {
        let mut buffer = PathBuffer::ITSELF;
        buffer.length = parse(text, &mut buffer.bytes)? as u16;
        Ok(buffer)
    }

    /// The path.
    pub fn path(&self) -> Path<'_> {
        Path(self.bytes.get(..self.length.into()).unwrap_or_default())
    }
}

/// Writes the path of a text; how many bytes it takes, which `PATH_BYTES` are enough for.
pub fn parse(text: &[u8], out: &mut [u8]) -> Result<usize, NoPath> {
    if text.len() > TEXT_BYTES {
        return Err(NoPath::Long(text.len()));
    }
    if text.is_empty() {
        return Ok(0);
    }
    let (mut length, mut count) = (0, 0);
    for segment in text.split(|byte| *byte == b'.') {
        count += 1;
        if segment.is_empty() {
            return Err(NoPath::Empty);
        }
        if count > SEGMENTS {
            return Err(NoPath::Deep);
        }
        let mut key = [0; 2 * TEXT_BYTES + 2];
        let key = encode(segment, &mut key);
        length += copy_at(out, length, &(key.len() as u16).to_le_bytes());
        length += copy_at(out, length, key);
    }
    Ok(length)
}

/// The key of a segment: an integer where it is one, a string otherwise.
fn encode<'a>(segment: &[u8], out: &'a mut [u8]) -> &'a [u8] {
    let length = match integer(segment) {
        Some(number) => copy_at(out, 0, IntegerKey::new(number).bytes()),
        None => string(segment, out),
    };
    out.get(..length).unwrap_or_default()
}

/// The integer that the digits say, if they are its usual ones.
fn integer(digits: &[u8]) -> Option<i64> {
    if digits.len() > 1 && digits.first() == Some(&b'0') {
        return None;
    }
    digits.iter().try_fold(0_i64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// As `cu_abi::key` has it, whose buffer is larger than the stack should be asked for.
fn string(text: &[u8], out: &mut [u8]) -> usize {
    let mut length = copy_at(out, 0, &[1]);
    for byte in text {
        length += copy_at(out, length, if *byte == 0 { &[0, 0xFF] } else { core::slice::from_ref(byte) });
    }
    length + copy_at(out, length, &[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use cu_abi::key::{Key, KeyBuffer};

    fn keys(text: &[u8]) -> Result<Vec<Vec<u8>>, NoPath> {
        let buffer = PathBuffer::parse(text)?;
        let (mut keys, mut path) = (Vec::new(), buffer.path());
        while let Some((key, rest)) = path.split() {
            keys.push(key.to_vec());
            path = rest;
        }
        assert!(path.is_itself());
        assert_eq!(buffer.path().length(), keys.len());
        Ok(keys)
    }

    fn key(key: Key<'_>) -> Vec<u8> {
        let mut buffer = KeyBuffer::new();
        buffer.encode(key).expect("it fits");
        buffer.bytes().to_vec()
    }

    #[test]
    fn segments_become_the_keys_that_scripts_write() {
        for (text, wanted) in [
            (&b""[..], vec![]),
            (b"age", vec![Key::String(b"age")]),
            (b"address.city", vec![Key::String(b"address"), Key::String(b"city")]),
            (b"tags.1", vec![Key::String(b"tags"), Key::Integer(1)]),
            (b"0", vec![Key::Integer(0)]),
            (b"01", vec![Key::String(b"01")]),
            (b"-1", vec![Key::String(b"-1")]),
            (b"9223372036854775807", vec![Key::Integer(i64::MAX)]),
            (b"9223372036854775808", vec![Key::String(b"9223372036854775808")]),
            (b"a\0b.\0", vec![Key::String(b"a\0b"), Key::String(b"\0")]),
            (b"300", vec![Key::Integer(300)]),
        ] {
            assert_eq!(keys(text), Ok(wanted.into_iter().map(key).collect()), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_path_says_why() {
        for text in [&b"."[..], b"a.", b".a", b"a..b"] {
            assert_eq!(keys(text), Err(NoPath::Empty), "{text:?}");
        }
        assert_eq!(keys(b"a.b.c.d.e.f.g.h").map(|keys| keys.len()), Ok(8));
        assert_eq!(keys(b"a.b.c.d.e.f.g.h.i"), Err(NoPath::Deep));
        assert_eq!(keys(&[b'x'; 256]), Err(NoPath::Long(256)));
        assert_eq!(keys(&[0; 255]), Ok(vec![key(Key::String(&[0; 255]))]));
        let deepest = [&[0; 241][..], b".a.b.c.d.e.f.g"].concat();
        assert_eq!(keys(&deepest).map(|keys| keys.len()), Ok(8));
    }
}
