//! The one order and equality of values: for filters, for sorting, groups and cursors, and as elements of index keys.
//!
//! Invariant: bytes of components compare as the values do. One is the beginning of another one only where that goes on with FF,
//! with which nothing begins that can follow a component. `compare` says of two items what their bytes would say.
//!
//! ```text
//! missing          00
//! string           01, bytes with 00 written as 00 FF, 00
//! -infinity        11
//! huge negative    12, the complement of: u32 length and magnitude, most significant first (integers of more than 1024 bits)
//! number           14, 8 bytes: the largest double that is not above it, sign bit flipped, or all bits of a negative number;
//!                  then the rest, number minus double, in as many bytes as a rest below 2^(e - 52) may need, for the
//!                  double's exponent e
//! huge positive    16, u32 length and magnitude
//! +infinity        17
//! NaN              18
//! boolean          26 false, 27 true
//! other            30
//! ```
//!
//! So an integer and a float that are equal are the same bytes, and all others are in the order of their exact values.
#![forbid(unsafe_code)]

use core::cmp::Ordering;

use cu_abi::value::Item;

use crate::bytes::copy_at;

const MISSING: u8 = 0x00;
const STRING: u8 = 0x01;
const LEAST: u8 = 0x11;
const HUGE_NEGATIVE: u8 = 0x12;
const NUMBER: u8 = 0x14;
const HUGE_POSITIVE: u8 = 0x16;
const GREATEST: u8 = 0x17;
const NAN: u8 = 0x18;
const FALSE: u8 = 0x26;
const TRUE: u8 = 0x27;
/// What has no order.
pub const OTHER: u8 = 0x30;

/// What follows a zero byte inside a string, and begins nothing that can follow a component.
pub const ESCAPE: u8 = 0xFF;

const SIGN: u64 = 1 << 63;
/// Bits of a double's fraction.
const FRACTION: u32 = 52;
const BIAS: u32 = 1023;
/// The bits of an integer that a double may still be as large as.
const LARGEST_BITS: usize = 1024;
/// Up to here every integer is a double.
const EXACT: u64 = 1 << 53;

/// The longest component of a number that is not huge.
const NUMBER_BYTES: usize = 9 + (LARGEST_BITS - FRACTION as usize).div_ceil(8);

/// Which values can be compared with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// There is no value.
    Missing,
    /// A string.
    String,
    /// An integer, a float, NaN too, or a big integer.
    Number,
    /// A boolean.
    Boolean,
    /// A table, a function.
    Other,
}

/// The class of an item.
#[inline]
pub fn class(item: Option<&Item<'_>>) -> Class {
    match item {
        None | Some(Item::Nil) => Class::Missing,
        Some(Item::String(_)) => Class::String,
        Some(Item::Integer(_) | Item::Float(_) | Item::BigInteger(..)) => Class::Number,
        Some(Item::Boolean(_)) => Class::Boolean,
        Some(_) => Class::Other,
    }
}

/// Whether it is the value that is equal to nothing.
#[inline]
pub fn is_nan(item: &Item<'_>) -> bool {
    matches!(item, Item::Float(number) if number.is_nan())
}

/// What did not fit; how many bytes the buffer would have had to have, or a smaller number that is too large already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong(pub usize);

/// Bytes in a slice of a fixed length, which counts on when it is full.
pub struct Buffer<'a> {
    room: &'a mut [u8],
    length: usize,
}

impl<'a> Buffer<'a> {
    /// An empty one.
    pub fn new(room: &'a mut [u8]) -> Buffer<'a> {
        Buffer { room, length: 0 }
    }

    /// What was written, as much as fitted.
    pub fn bytes(&self) -> &[u8] {
        self.room.get(..self.length).unwrap_or(&*self.room)
    }

    /// How many bytes were written, or would have been.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Goes back to a shorter length.
    pub fn cut(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Writes bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        copy_at(self.room, self.length, bytes);
        self.length = self.length.saturating_add(bytes.len());
    }

    /// Writes over bytes that are there.
    pub fn patch(&mut self, at: usize, bytes: &[u8]) {
        copy_at(self.room, at, bytes);
    }

    /// Whether all of it fitted.
    pub fn check(&self) -> Result<(), TooLong> {
        if self.length <= self.room.len() { Ok(()) } else { Err(TooLong(self.length)) }
    }
}

/// Appends the component of a value, or of none.
pub fn write(item: Option<&Item<'_>>, out: &mut Buffer<'_>) -> Result<Class, TooLong> {
    let class = class(item);
    match item {
        None | Some(Item::Nil) => out.push(&[MISSING]),
        Some(Item::String(bytes)) => string(bytes, out),
        Some(Item::Integer(value)) => integer(*value, out),
        Some(Item::Float(value)) => float(*value, out),
        Some(Item::BigInteger(negative, magnitude)) => big(*negative, magnitude, out),
        Some(Item::Boolean(value)) => out.push(&[if *value { TRUE } else { FALSE }]),
        Some(_) => out.push(&[OTHER]),
    }
    out.check().map(|()| class)
}

fn string(bytes: &[u8], out: &mut Buffer<'_>) {
    out.push(&[STRING]);
    let mut rest = bytes;
    while let Some(zero) = rest.iter().position(|byte| *byte == 0) {
        let (head, tail) = rest.split_at(zero);
        out.push(head);
        out.push(&[0, ESCAPE]);
        rest = tail.get(1..).unwrap_or_default();
    }
    out.push(rest);
    out.push(&[0]);
}

fn integer(value: i64, out: &mut Buffer<'_>) {
    if value.unsigned_abs() <= EXACT {
        number(value as f64, &[], out);
    } else {
        big(value < 0, &value.unsigned_abs().to_le_bytes(), out);
    }
}

fn float(value: f64, out: &mut Buffer<'_>) {
    if value.is_nan() {
        out.push(&[NAN]);
    } else if value == f64::INFINITY {
        out.push(&[GREATEST]);
    } else if value == f64::NEG_INFINITY {
        out.push(&[LEAST]);
    } else {
        // There is one zero.
        number(value + 0.0, &[], out);
    }
}

/// How many bytes the rest has behind a double of these bits.
fn rest_bytes(bits: u64) -> usize {
    let exponent = (bits >> FRACTION) as u32 & 0x7FF;
    exponent.saturating_sub(BIAS + FRACTION).div_ceil(8) as usize
}

/// A double and the rest, most significant byte first; what is missing of the rest is zero.
fn number(double: f64, rest: &[u8], out: &mut Buffer<'_>) {
    let bits = double.to_bits();
    let ordered = if bits & SIGN != 0 { !bits } else { bits | SIGN };
    out.push(&[NUMBER]);
    out.push(&ordered.to_be_bytes());
    let zeros = rest_bytes(bits).saturating_sub(rest.len());
    out.push([0; NUMBER_BYTES].get(..zeros).unwrap_or_default());
    out.push(rest);
}

/// The number of bits of a magnitude, the least byte first.
fn bits_of(magnitude: &[u8]) -> usize {
    match magnitude.iter().rposition(|byte| *byte != 0) {
        Some(last) => 8 * last + 8 - magnitude[last].leading_zeros() as usize,
        None => 0,
    }
}

/// An integer of any size.
fn big(negative: bool, magnitude: &[u8], out: &mut Buffer<'_>) {
    let length = bits_of(magnitude);
    let negative = negative && length > 0;
    let magnitude = magnitude.get(..length.div_ceil(8)).unwrap_or_default();
    if length > LARGEST_BITS {
        let flip = if negative { 0xFF } else { 0 };
        out.push(&[if negative { HUGE_NEGATIVE } else { HUGE_POSITIVE }]);
        for byte in (magnitude.len() as u32).to_be_bytes().iter().chain(magnitude.iter().rev()) {
            out.push(&[byte ^ flip]);
        }
        return;
    }
    // The 53 bits at the top, as a whole number, and the bits below them.
    let below = length.saturating_sub(FRACTION as usize + 1);
    let mut top = 0_u64;
    for at in (below / 8..magnitude.len()).rev() {
        let byte = u64::from(magnitude[at]);
        top = if at == below / 8 { top << (8 - below % 8) | byte >> (below % 8) } else { top << 8 | byte };
    }
    let mut rest = [0; NUMBER_BYTES];
    let count = below.div_ceil(8);
    for (place, byte) in rest.iter_mut().zip(magnitude.get(..count).unwrap_or_default()) {
        *place = *byte;
    }
    if !below.is_multiple_of(8)
        && let Some(last) = rest.get_mut(count - 1)
    {
        *last &= (1 << (below % 8)) - 1;
    }
    if negative && rest.iter().any(|byte| *byte != 0) {
        // The double below is one further from zero; the rest is what the bits lack of it.
        top += 1;
        let mut carry = 1;
        for byte in rest.iter_mut().take(count) {
            let sum = u16::from(!*byte) + carry;
            (*byte, carry) = (sum as u8, sum >> 8);
        }
        if !below.is_multiple_of(8)
            && let Some(last) = rest.get_mut(count - 1)
        {
            *last &= (1 << (below % 8)) - 1;
        }
    }
    // Exact: it has at most 53 bits, or is 2^53.
    let double = f64::from_bits(match (top as f64).to_bits() {
        0 => 0,
        // 2^1024 is infinity here, whose exponent is right.
        bits => bits + ((below as u64) << FRACTION),
    });
    let rest = rest.get_mut(..count).unwrap_or_default();
    rest.reverse();
    number(if negative { -double } else { double }, rest, out);
}

/// The length of the component at the beginning of `bytes`, none for what is no component.
pub fn length_at(bytes: &[u8]) -> Option<usize> {
    let (tag, rest) = bytes.split_first()?;
    let length = match *tag {
        MISSING | LEAST | GREATEST | NAN | FALSE | TRUE | OTHER => 1,
        STRING => 1 + string_length(rest)?,
        NUMBER => {
            let ordered = u64::from_be_bytes(*rest.first_chunk()?);
            9 + rest_bytes(if ordered & SIGN != 0 { ordered } else { !ordered })
        }
        HUGE_NEGATIVE | HUGE_POSITIVE => {
            let length = u32::from_be_bytes(*rest.first_chunk()?);
            5 + (if *tag == HUGE_NEGATIVE { !length } else { length }) as usize
        }
        _ => return None,
    };
    (length <= bytes.len()).then_some(length)
}

/// Bytes up to and with the zero that ends a string.
fn string_length(rest: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += rest.get(at..)?.iter().position(|byte| *byte == 0)? + 1;
        if rest.get(at) != Some(&ESCAPE) {
            return Some(at);
        }
        at += 1;
    }
}

/// The order of two values, as their components have it.
#[inline]
pub fn compare(left: &Item<'_>, right: &Item<'_>) -> Ordering {
    match (left, right) {
        (Item::Integer(left), Item::Integer(right)) => left.cmp(right),
        (Item::String(left), Item::String(right)) => left.cmp(right),
        (Item::Float(left), Item::Float(right)) if !left.is_nan() && !right.is_nan() => {
            left.partial_cmp(right).unwrap_or(Ordering::Equal)
        }
        _ => compare_any(left, right),
    }
}

fn compare_any(left: &Item<'_>, right: &Item<'_>) -> Ordering {
    match (left, right) {
        (Item::BigInteger(negative, left), Item::BigInteger(other, right)) => {
            let order = left.len().cmp(&right.len()).then_with(|| left.iter().rev().cmp(right.iter().rev()));
            match (negative, other) {
                (false, false) => order,
                (true, true) => order.reverse(),
                (negative, other) => other.cmp(negative),
            }
        }
        _ => {
            // Two that are huge are both big integers: of the others all bytes are here.
            let (mut one, mut other) = ([0; NUMBER_BYTES], [0; NUMBER_BYTES]);
            let (mut one, mut other) = (Buffer::new(&mut one), Buffer::new(&mut other));
            // Strings are compared with other strings elsewhere: here the first byte decides.
            let _ = write(Some(left), &mut one);
            let _ = write(Some(right), &mut other);
            one.bytes().cmp(other.bytes())
        }
    }
}

#[cfg(test)]
#[path = "component_tests.rs"]
mod tests;
