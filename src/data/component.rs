//! Values as bytes whose order is the order of values, and which are equal where the values are.
//!
//! Invariant: no component is the beginning of another one, so components can stand one after another.
//!
//! ```text
//! missing         00
//! string          01, bytes with 00 written as 00 FF, 00
//! -inf            11
//! less than any double but that   12, then u32 length and magnitude, most significant first, all bits flipped
//! number          14, 8 bytes: the greatest double that is not above it, as in keys; then what is left of the number, most
//!                 significant first, in as many bytes as the double's exponent asks for
//! more than any double but inf    16, u32 length and magnitude, most significant first
//! inf, NaN        17, 18
//! false, true     26, 27
//! anything else   30
//! ```
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::value::Item;

/// What can be compared with one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// There is nothing.
    Missing,
    /// A string.
    String,
    /// A number of any kind.
    Number,
    /// A boolean.
    Boolean,
    /// A table or a function.
    Other,
}

impl Class {
    /// The class of a component.
    pub fn of(component: &[u8]) -> Class {
        match component.first() {
            None | Some(0) => Class::Missing,
            Some(1) => Class::String,
            Some(0x11..=0x18) => Class::Number,
            Some(0x26 | 0x27) => Class::Boolean,
            Some(_) => Class::Other,
        }
    }

    /// Whether a row can be found by such a value.
    pub fn can_be_found(self) -> bool {
        !matches!(self, Class::Missing | Class::Other)
    }
}

/// There is no memory for so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory(pub usize);

const SIGN: u64 = 1 << 63;

/// Appends the component of a value. A compressed one was inflated before.
pub fn write(item: Option<&Item<'_>>, out: &mut Vec<u8>) -> Result<(), NoMemory> {
    match item {
        None | Some(Item::Nil) => put(out, &[&[0]]),
        Some(Item::String(bytes)) => string(bytes, out),
        Some(Item::Integer(value)) => integer(*value, out),
        Some(Item::Float(value)) => float(*value, out),
        Some(Item::BigInteger(negative, magnitude)) => big(*negative, magnitude, out),
        Some(Item::Boolean(value)) => put(out, &[&[if *value { 0x27 } else { 0x26 }]]),
        Some(_) => put(out, &[&[0x30]]),
    }
}

/// The length of the component at the front.
pub fn length_at(bytes: &[u8]) -> Option<usize> {
    let (tag, rest) = bytes.split_first()?;
    let content = match *tag {
        1 => return cu_abi::key::length_at(bytes),
        0x12 | 0x16 => {
            let length = u32::from_be_bytes(*rest.first_chunk::<4>()?);
            4 + (if *tag == 0x12 { !length } else { length }) as usize
        }
        0x14 => 8 + rest_bytes(from_ordered(u64::from_be_bytes(*rest.first_chunk::<8>()?))),
        0 | 0x11 | 0x17 | 0x18 | 0x26 | 0x27 | 0x30 => 0,
        _ => return None,
    };
    (content <= rest.len()).then_some(1 + content)
}

fn put(out: &mut Vec<u8>, parts: &[&[u8]]) -> Result<(), NoMemory> {
    let length = parts.iter().map(|part| part.len()).sum();
    out.try_reserve(length).map_err(|_| NoMemory(length))?;
    for part in parts {
        out.extend_from_slice(part);
    }
    Ok(())
}

fn string(bytes: &[u8], out: &mut Vec<u8>) -> Result<(), NoMemory> {
    put(out, &[&[1]])?;
    let mut parts = bytes.split(|byte| *byte == 0);
    put(out, &[parts.next().unwrap_or_default()])?;
    for part in parts {
        put(out, &[&[0, 0xFF], part])?;
    }
    put(out, &[&[0]])
}

fn ordered(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits & SIGN != 0 { !bits } else { bits | SIGN }
}

fn from_ordered(bits: u64) -> f64 {
    f64::from_bits(if bits & SIGN != 0 { bits & !SIGN } else { !bits })
}

/// How many bytes may be left of a number whose double this is.
fn rest_bytes(double: f64) -> usize {
    let exponent = (double.to_bits() >> 52 & 0x7FF) as i32 - 1023;
    if exponent <= 52 { 0 } else { (exponent as usize - 52).div_ceil(8) }
}

fn float(value: f64, out: &mut Vec<u8>) -> Result<(), NoMemory> {
    if value.is_nan() {
        return put(out, &[&[0x18]]);
    }
    if value.is_infinite() {
        return put(out, &[&[if value > 0.0 { 0x17 } else { 0x11 }]]);
    }
    // -0.0 is 0.
    let value = value + 0.0;
    const ZEROS: [u8; 122] = [0; 122];
    put(out, &[&[0x14], &ordered(value).to_be_bytes(), ZEROS.get(..rest_bytes(value)).unwrap_or_default()])
}

fn integer(value: i64, out: &mut Vec<u8>) -> Result<(), NoMemory> {
    let mut double = value as f64;
    if double as i128 > i128::from(value) {
        double = below(double);
    }
    let rest = (i128::from(value) - double as i128) as u64;
    let count = rest_bytes(double);
    put(out, &[&[0x14], &ordered(double).to_be_bytes(), rest.to_be_bytes().get(8 - count..).unwrap_or_default()])
}

/// The next double below one that is not zero and finite.
fn below(double: f64) -> f64 {
    let bits = double.to_bits();
    f64::from_bits(if double > 0.0 { bits - 1 } else { bits + 1 })
}

/// Least significant byte first, the last one not zero.
fn big(negative: bool, magnitude: &[u8], out: &mut Vec<u8>) -> Result<(), NoMemory> {
    let Some(top) = magnitude.last() else { return integer(0, out) };
    let bits = magnitude.len() * 8 - top.leading_zeros() as usize;
    if bits <= 63 {
        let mut bytes = [0; 8];
        bytes.get_mut(..magnitude.len()).unwrap_or_default().copy_from_slice(magnitude);
        let value = i64::from_le_bytes(bytes);
        return integer(if negative { -value } else { value }, out);
    }
    if bits > 1024 {
        return huge(negative, magnitude, out);
    }
    // The upper 53 bits are the double's, the others are left.
    let shift = bits - 53;
    let bit = |at: usize| magnitude.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1);
    let mut mantissa = (0..53).fold(0_u64, |sum, at| sum | u64::from(bit(shift + at)) << at);
    let has_rest = (0..shift).any(bit);
    let mut exponent = bits - 1;
    if negative && has_rest {
        // The double below is further from zero, and what is left is counted from there.
        mantissa += 1;
        if mantissa == 1 << 53 {
            mantissa >>= 1;
            exponent += 1;
        }
        if exponent == 1024 {
            return huge(negative, magnitude, out);
        }
    }
    let double = f64::from_bits((exponent as u64 + 1023) << 52 | mantissa & ((1 << 52) - 1));
    let double = if negative { -double } else { double };
    let count = rest_bytes(double);
    put(out, &[&[0x14], &ordered(double).to_be_bytes()])?;
    out.try_reserve(count).map_err(|_| NoMemory(count))?;
    // Of a negative number: 2^shift minus the lower bits.
    let start = out.len();
    let mut carry = 1_u16;
    for at in 0..count {
        let mut byte =
            (0..8).fold(0_u8, |sum, place| sum | u8::from(at * 8 + place < shift && bit(at * 8 + place)) << place);
        if negative && has_rest {
            let flipped = u16::from(!byte) + carry;
            carry = flipped >> 8;
            byte = flipped as u8;
            let left = shift.saturating_sub(at * 8);
            if left < 8 {
                byte &= (1_u8 << left).wrapping_sub(1);
            }
        }
        out.push(byte);
    }
    if let Some(rest) = out.get_mut(start..) {
        rest.reverse();
    }
    Ok(())
}

fn huge(negative: bool, magnitude: &[u8], out: &mut Vec<u8>) -> Result<(), NoMemory> {
    let length = (magnitude.len() as u32).to_be_bytes();
    put(out, &[&[if negative { 0x12 } else { 0x16 }], &length, magnitude])?;
    let start = out.len() - magnitude.len();
    if let Some(bytes) = out.get_mut(start..) {
        bytes.reverse();
    }
    if negative && let Some(bytes) = out.get_mut(start - 4..) {
        bytes.iter_mut().for_each(|byte| *byte = !*byte);
    }
    Ok(())
}
