//! Keys of external tables as bytes whose order is the order of the values (abi/README.md, "Keys").
//!
//! Invariant: every key has exactly one encoding, and decoding accepts no other bytes. A float with an integral value is
//! that integer, as in Lua.
//!
//! ```text
//! string     01, bytes with 00 written as 00 FF, 00
//! integer    14 + n, n bytes most significant first, n as small as can be; 14 alone is 0
//!            14 - n, n bytes: the number minus one in two's complement, for a negative number
//! float      21, 8 bytes most significant first: sign bit flipped, or all bits of a negative number
//! boolean    26 false, 27 true
//! ```

use cu_abi::limits::KEY_BYTES;

use crate::codec::malformed;
use crate::error::Error;
use crate::value::Value;

const STRING: u8 = 0x01;
const ZERO: u8 = 0x14;
const DOUBLE: u8 = 0x21;
const FALSE: u8 = 0x26;
const TRUE: u8 = 0x27;

/// What follows a zero byte inside a string.
const ESCAPE: u8 = 0xFF;
const SIGN: u64 = 1 << 63;
const WORD_BYTES: u8 = size_of::<u64>() as u8;

/// The least and the greatest tag of an integer.
const LEAST: u8 = ZERO - WORD_BYTES;
const GREATEST: u8 = ZERO + WORD_BYTES;

impl Value {
    /// The bytes of this value as the key of an external table, as a store has them. Fails on what is no key, or one of
    /// more than 4,096 bytes.
    pub fn encode_key(&self) -> Result<Vec<u8>, Error> {
        let bytes = match self {
            Value::Boolean(flag) => vec![if *flag { TRUE } else { FALSE }],
            Value::Integer(number) => integer(*number),
            Value::Float(number) if !number.is_nan() => self.as_i64().map_or_else(|| float(*number), integer),
            Value::String(bytes) => string(bytes),
            other => return Err(Error::Unencodable(format!("no external table has the key {other}"))),
        };
        match bytes.len() {
            0..=KEY_BYTES => Ok(bytes),
            length => Err(Error::Unencodable(format!("a key of {length} bytes; {KEY_BYTES} are the most"))),
        }
    }

    /// The key that these bytes, all of them, encode.
    pub fn decode_key(bytes: &[u8]) -> Result<Value, Error> {
        if bytes.len() > KEY_BYTES {
            return Err(malformed(0, "a key of more than 4096 bytes"));
        }
        match bytes.first() {
            Some(&STRING) => decode_string(bytes).map(Value::String),
            Some(&tag @ LEAST..=GREATEST) => decode_integer(tag, bytes).map(Value::Integer),
            Some(&DOUBLE) => decode_float(bytes).map(Value::Float),
            Some(&tag @ (FALSE | TRUE)) => content::<0>(bytes).map(|_| Value::Boolean(tag == TRUE)),
            _ => Err(malformed(0, "no key begins like this")),
        }
    }
}

fn integer(number: i64) -> Vec<u8> {
    let count = magnitude_bytes(number);
    let (tag, bits) = if number < 0 { (ZERO - count, number.wrapping_sub(1)) } else { (ZERO + count, number) };
    let skipped = usize::from(WORD_BYTES - count);
    [&[tag], &bits.to_be_bytes()[skipped..]].concat()
}

/// Bytes that the absolute value takes.
fn magnitude_bytes(number: i64) -> u8 {
    (u64::BITS - number.unsigned_abs().leading_zeros()).div_ceil(u8::BITS) as u8
}

fn float(number: f64) -> Vec<u8> {
    let bits = number.to_bits();
    let ordered = if bits & SIGN != 0 { !bits } else { bits | SIGN };
    [&[DOUBLE], &ordered.to_be_bytes()[..]].concat()
}

fn string(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![STRING];
    for byte in content {
        bytes.push(*byte);
        if *byte == 0 {
            bytes.push(ESCAPE);
        }
    }
    bytes.push(0);
    bytes
}

/// What follows the tag, which must be `N` bytes.
fn content<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Error> {
    let problem = malformed(bytes.len().min(1 + N), "a key of the wrong length");
    bytes[1..].try_into().map_err(|_| problem)
}

fn decode_integer(tag: u8, bytes: &[u8]) -> Result<i64, Error> {
    let count = usize::from(tag.abs_diff(ZERO));
    if bytes.len() != 1 + count {
        return Err(malformed(bytes.len().min(1 + count), "a key of the wrong length"));
    }
    let negative = tag < ZERO;
    let mut word = [if negative { 0xFF } else { 0 }; WORD_BYTES as usize];
    let skipped = word.len() - count;
    word[skipped..].copy_from_slice(&bytes[1..]);
    let bits = i64::from_be_bytes(word);
    let number = if negative { bits.wrapping_add(1) } else { bits };
    if (number < 0) != negative || usize::from(magnitude_bytes(number)) != count {
        return Err(malformed(0, "an integer as a key that is not as short as can be"));
    }
    Ok(number)
}

fn decode_float(bytes: &[u8]) -> Result<f64, Error> {
    let ordered = u64::from_be_bytes(content(bytes)?);
    let number = f64::from_bits(if ordered & SIGN != 0 { ordered & !SIGN } else { !ordered });
    if number.is_nan() || Value::Float(number).as_i64().is_some() {
        return Err(malformed(0, "NaN or an integral float as a key"));
    }
    Ok(number)
}

fn decode_string(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let unended = malformed(bytes.len(), "a string as a key without an end");
    let (0, content) = bytes[1..].split_last().map(|(end, content)| (*end, content)).ok_or(unended.clone())? else {
        return Err(unended);
    };
    let mut string = Vec::with_capacity(content.len());
    let mut rest = content.iter().enumerate();
    while let Some((at, byte)) = rest.next() {
        string.push(*byte);
        if *byte == 0 && rest.next().map(|(_, escape)| *escape) != Some(ESCAPE) {
            return Err(malformed(at + 2, "a string as a key ends early"));
        }
    }
    Ok(string)
}
