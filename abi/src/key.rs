//! Keys as bytes whose order is the order of the values: one element of the FoundationDB tuple layer.
//!
//! Invariant: every key has exactly one encoding, and the decoder accepts no other bytes, so that a key read from a page
//! can be handed back and compared as bytes.
//!
//! ```text
//! string     01, bytes with 00 written as 00 FF, 00
//! integer    14 + n, n bytes most significant first, n as small as can be; 14 alone is 0
//!            14 - n, n bytes: the number minus one in two's complement, for a negative number
//! float      21, 8 bytes most significant first: sign bit flipped, or all bits of a negative number
//! boolean    26 false, 27 true
//! ```
//!
//! A float with an integral value is that integer, as in Lua.

use crate::bytes::copy_at;
use crate::limits::KEY_BYTES;
use crate::malformed::{Malformed, Problem};

/// With what the key of a string begins.
pub const STRING: u8 = 0x01;
const ZERO: u8 = 0x14;
const DOUBLE: u8 = 0x21;
const FALSE: u8 = 0x26;
const TRUE: u8 = 0x27;

/// The tags of the least and the greatest integers, which take eight bytes.
const LEAST: u8 = ZERO - 8;
const GREATEST: u8 = ZERO + 8;

/// From so many bytes on `memcpy` is quicker than a loop over a string.
const COPIED_AT_ONCE: usize = 32;

/// What follows a zero byte inside a string.
const ESCAPE: u8 = 0xFF;
const SIGN: u64 = 1 << 63;

/// A key as a Lua value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Key<'a> {
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A float that is no integer.
    Float(f64),
    /// A string's bytes.
    String(&'a [u8]),
}

/// Why a value has no encoding as a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// NaN is equal to nothing, itself included.
    NaN,
    /// Longer than `KEY_BYTES` when encoded; that length, or a smaller one that is too long already.
    TooLong(usize),
}

/// Room for one encoded key. All zero it is empty.
#[cfg_attr(feature = "bytemuck", derive(bytemuck::Zeroable))]
pub struct KeyBuffer {
    bytes: [u8; KEY_BYTES],
    length: usize,
}

impl Default for KeyBuffer {
    fn default() -> Self {
        KeyBuffer::new()
    }
}

impl KeyBuffer {
    /// An empty buffer.
    pub const fn new() -> KeyBuffer {
        KeyBuffer { bytes: [0; KEY_BYTES], length: 0 }
    }

    /// The encoded key.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Room for another use; the key in it is gone.
    pub fn room(&mut self) -> &mut Unescaped {
        self.length = 0;
        &mut self.bytes
    }

    /// An encoded key was written to the room: how long it is.
    pub fn set_length(&mut self, length: usize) {
        self.length = length.min(KEY_BYTES);
    }

    /// Encodes `key` in place of what was there.
    #[inline]
    pub fn encode(&mut self, key: Key<'_>) -> Result<(), Refused> {
        self.length = 0;
        match key {
            Key::Boolean(value) => self.push(&[if value { TRUE } else { FALSE }]),
            Key::Integer(value) => self.integer(value),
            Key::Float(value) if value.is_nan() => return Err(Refused::NaN),
            Key::Float(value) => match integral(value) {
                Some(integer) => self.integer(integer),
                None => self.float(value),
            },
            Key::String(value) => return self.string(value),
        }
        Ok(())
    }

    /// Bytes that are known to fit.
    fn push(&mut self, bytes: &[u8]) {
        self.length += copy_at(&mut self.bytes, self.length, bytes);
    }

    /// The whole key is an integer.
    #[inline]
    fn integer(&mut self, value: i64) {
        let (tag, used_first, count) = integer_parts(value);
        self.bytes[0] = tag;
        self.bytes[1..9].copy_from_slice(&used_first);
        self.length = 1 + count;
    }

    fn float(&mut self, value: f64) {
        let bits = value.to_bits();
        let ordered = if bits & SIGN != 0 { !bits } else { bits | SIGN };
        self.push(&[DOUBLE]);
        self.push(&ordered.to_be_bytes());
    }

    fn string(&mut self, value: &[u8]) -> Result<(), Refused> {
        // What is too long is not read.
        if value.len() > KEY_BYTES {
            return Err(Refused::TooLong(value.len() + 2));
        }
        if value.len() < COPIED_AT_ONCE && self.short_string(value) {
            return Ok(());
        }
        let zeros = value.iter().filter(|byte| **byte == 0).count();
        let length = value.len() + zeros + 2;
        if length > KEY_BYTES {
            return Err(Refused::TooLong(length));
        }
        self.push(&[STRING]);
        if zeros == 0 {
            self.push(value);
        } else {
            for byte in value {
                self.push(if *byte == 0 { &[0, ESCAPE] } else { core::slice::from_ref(byte) });
            }
        }
        self.push(&[0]);
        Ok(())
    }

    /// The whole key is a string without zeros, copied byte by byte; false when there is one.
    fn short_string(&mut self, value: &[u8]) -> bool {
        let [tag, rest @ ..] = &mut self.bytes;
        *tag = STRING;
        for (to, from) in rest.iter_mut().zip(value) {
            if *from == 0 {
                return false;
            }
            *to = *from;
        }
        rest[value.len()] = 0;
        self.length = value.len() + 2;
        true
    }
}

/// The tag of an integer, its bytes, and how many of these are part of the key.
#[inline]
fn integer_parts(value: i64) -> (u8, [u8; 8], usize) {
    let unused = value.unsigned_abs().leading_zeros() / 8;
    let count = 8 - unused as usize;
    let (tag, bits) = if value < 0 { (ZERO - count as u8, value.wrapping_sub(1)) } else { (ZERO + count as u8, value) };
    // All eight bytes at once, the used ones first: what is behind them is no part of the key.
    let used_first = bits.checked_shl(8 * unused).unwrap_or(0);
    (tag, used_first.to_be_bytes(), count)
}

/// An encoded integer: a small one of its own, where a `KeyBuffer` would be large.
pub struct IntegerKey {
    bytes: [u8; 9],
    length: usize,
}

impl IntegerKey {
    /// Encodes an integer.
    #[inline]
    pub fn new(value: i64) -> IntegerKey {
        let (tag, used_first, count) = integer_parts(value);
        let mut bytes = [tag; 9];
        bytes[1..].copy_from_slice(&used_first);
        IntegerKey { bytes, length: 1 + count }
    }

    /// The encoded key.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// The integer that a float equals, if any.
fn integral(value: f64) -> Option<i64> {
    // -2^63 is a float, 2^63 is not an i64.
    let within = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value);
    let integer = value as i64;
    (within && integer as f64 == value).then_some(integer)
}

/// Room for a string whose zero bytes were escaped.
pub type Unescaped = [u8; KEY_BYTES];

/// Reads a key that fills `encoded`. A string with escapes is unescaped into `room`.
pub fn decode<'a>(encoded: &'a [u8], room: &'a mut Unescaped) -> Result<Key<'a>, Malformed> {
    if encoded.len() > KEY_BYTES {
        return Err(Malformed::new(0, Problem::KeyTooLong));
    }
    match encoded.split_first() {
        Some((&STRING, rest)) => decode_string(rest, room).map(Key::String),
        Some((&tag @ LEAST..=GREATEST, rest)) => decode_integer(tag, rest).map(Key::Integer),
        Some((&DOUBLE, rest)) => decode_float(rest).map(Key::Float),
        Some((&tag @ (FALSE | TRUE), rest)) => content::<0>(rest).map(|_| Key::Boolean(tag == TRUE)),
        _ => Err(Malformed::new(0, Problem::KeyTag)),
    }
}

/// The length of the key at the front of `bytes`; none for what begins with no key.
pub fn length_at(bytes: &[u8]) -> Option<usize> {
    let (tag, rest) = bytes.split_first()?;
    let content = match *tag {
        STRING => {
            let mut at = 0;
            loop {
                let end = at + rest.get(at..)?.iter().position(|byte| *byte == 0)?;
                if rest.get(end + 1) != Some(&ESCAPE) {
                    break end + 1;
                }
                at = end + 2;
            }
        }
        tag @ LEAST..=GREATEST => usize::from(tag.abs_diff(ZERO)),
        DOUBLE => 8,
        FALSE | TRUE => 0,
        _ => return None,
    };
    (content <= rest.len()).then_some(1 + content)
}

/// Reads a key that is an id.
pub fn decode_id(encoded: &[u8]) -> Option<u32> {
    match encoded.split_first()? {
        (&tag @ LEAST..=GREATEST, rest) => u32::try_from(decode_integer(tag, rest).ok()?).ok(),
        _ => None,
    }
}

/// The error that a key which should have `count` bytes behind its tag has `rest`.
fn wrong_length(rest: &[u8], count: usize) -> Malformed {
    Malformed::new(1 + rest.len().min(count), Problem::KeyLength)
}

/// What follows the tag, which must be `N` bytes.
fn content<const N: usize>(rest: &[u8]) -> Result<[u8; N], Malformed> {
    rest.try_into().map_err(|_| wrong_length(rest, N))
}

fn decode_integer(tag: u8, rest: &[u8]) -> Result<i64, Malformed> {
    let count = usize::from(tag.abs_diff(ZERO));
    if rest.len() != count {
        return Err(wrong_length(rest, count));
    }
    let negative = tag < ZERO;
    let sign = if negative { -1 } else { 0 };
    let bits = rest.iter().fold(sign, |bits: i64, byte| bits << 8 | i64::from(*byte));
    let value = if negative { bits.wrapping_add(1) } else { bits };
    // One encoding only: as few bytes as can be, and the sign that the tag says.
    let fewest = (64 - value.unsigned_abs().leading_zeros()).div_ceil(8) as usize;
    if fewest == count && (value < 0) == negative { Ok(value) } else { Err(Malformed::new(0, Problem::KeyInteger)) }
}

fn decode_float(rest: &[u8]) -> Result<f64, Malformed> {
    let ordered = u64::from_be_bytes(content(rest)?);
    let bits = if ordered & SIGN != 0 { ordered & !SIGN } else { !ordered };
    let value = f64::from_bits(bits);
    if value.is_nan() || integral(value).is_some() { Err(Malformed::new(0, Problem::KeyFloat)) } else { Ok(value) }
}

fn decode_string<'a>(rest: &'a [u8], room: &'a mut Unescaped) -> Result<&'a [u8], Malformed> {
    let Some((0, content)) = rest.split_last() else {
        return Err(Malformed::new(1 + rest.len(), Problem::KeyUnended));
    };
    if !content.contains(&0) {
        return Ok(content);
    }
    let mut length = 0;
    let mut bytes = content.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if *byte == 0 && bytes.next().map(|(_, escape)| *escape) != Some(ESCAPE) {
            // Behind the tag and this byte.
            return Err(Malformed::new(at + 2, Problem::KeyEndsEarly));
        }
        room[length] = *byte;
        length += 1;
    }
    Ok(&room[..length])
}

#[cfg(test)]
mod tests {
    use super::*;
    use cu_random::Random;

    fn encoded(key: Key<'_>) -> Vec<u8> {
        let mut buffer = KeyBuffer::new();
        buffer.encode(key).expect("encodes");
        buffer.bytes().to_vec()
    }

    #[test]
    fn known_encodings() {
        assert_eq!(encoded(Key::String(b"result")), crate::tables::KEY_RESULT);
        assert_eq!(encoded(Key::String(b"a\0b")), b"\x01a\x00\xFFb\x00");
        assert_eq!(encoded(Key::Integer(0)), [0x14]);
        assert_eq!(encoded(Key::Integer(1)), [0x15, 1]);
        assert_eq!(encoded(Key::Integer(-1)), [0x13, 0xFE]);
        assert_eq!(encoded(Key::Integer(256)), [0x16, 1, 0]);
        assert_eq!(encoded(Key::Integer(-256)), [0x12, 0xFE, 0xFF]);
        assert_eq!(encoded(Key::Integer(i64::MAX)), [0x1C, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        assert_eq!(encoded(Key::Integer(i64::MIN)), [0x0C, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        assert_eq!(encoded(Key::Float(1.5)), [0x21, 0xBF, 0xF8, 0, 0, 0, 0, 0, 0]);
        assert_eq!(encoded(Key::Float(3.0)), encoded(Key::Integer(3)));
        assert_eq!(encoded(Key::Float(-0.0)), encoded(Key::Integer(0)));
        assert_eq!(encoded(Key::Boolean(true)), [0x27]);
    }

    #[test]
    fn what_cannot_be_a_key_is_refused() {
        let mut buffer = KeyBuffer::new();
        assert_eq!(buffer.encode(Key::Float(f64::NAN)), Err(Refused::NaN));
        assert_eq!(buffer.encode(Key::String(&[b'x'; KEY_BYTES - 2])), Ok(()));
        assert_eq!(buffer.encode(Key::String(&[b'x'; KEY_BYTES - 1])), Err(Refused::TooLong(KEY_BYTES + 1)));
        assert_eq!(buffer.encode(Key::String(&[0; KEY_BYTES / 2])), Err(Refused::TooLong(KEY_BYTES + 2)));
    }

    #[test]
    fn byte_order_is_value_order() {
        let mut random = Random::from_environment(0);
        for _ in 0..20_000 {
            let (a, b) = (random.next() as i64 >> (random.next() % 64), random.next() as i64 >> (random.next() % 64));
            assert_eq!(encoded(Key::Integer(a)).cmp(&encoded(Key::Integer(b))), a.cmp(&b), "{a} {b}");
            let (x, y) = (f64::from_bits(random.next()), f64::from_bits(random.next()));
            if !x.is_nan() && !y.is_nan() && integral(x).is_none() && integral(y).is_none() {
                let order = encoded(Key::Float(x)).cmp(&encoded(Key::Float(y)));
                assert_eq!(Some(order), x.partial_cmp(&y), "{x} {y}");
            }
            let text = |random: &mut Random| -> Vec<u8> {
                (0..random.next() % 4).map(|_| [0, 1, 0xFE, 0xFF][random.next() as usize % 4]).collect()
            };
            let (s, t) = (text(&mut random), text(&mut random));
            assert_eq!(encoded(Key::String(&s)).cmp(&encoded(Key::String(&t))), s.cmp(&t), "{s:?} {t:?}");
        }
    }

    #[test]
    fn every_key_reads_back_and_nothing_else_is_accepted() {
        let mut random = Random::from_environment(0);
        let mut room = [0; KEY_BYTES];
        for _ in 0..50_000 {
            let length = random.next() as usize % 12;
            let mut bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
            if let Some(first) = bytes.first_mut() {
                *first %= 0x2A;
            }
            if let Ok(key) = decode(&bytes, &mut room) {
                assert_eq!(encoded(key), bytes, "{key:?}");
            }
        }
        for key in [Key::Integer(-7), Key::Float(0.1), Key::String(b"\0\0x"), Key::Boolean(false), Key::String(b"")] {
            assert_eq!(decode(&encoded(key), &mut room), Ok(key));
        }
    }
}
