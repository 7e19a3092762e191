//! Text to integers.
//!
//! Invariant: every digit is checked before any arithmetic, so that a text with a bad digit costs only the reading.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use super::integer::Integer;
use super::limbs::{self, LIMB_BITS};
use super::memory;
use super::product;
use super::radix::{Radix, Tower};
use super::work::{CALL_UNITS, Error, Work, check_bits};

/// Up to this many digits, a number is read from its first digit to its last.
const LEAF_DIGITS: usize = 800;

impl Integer {
    /// Reads a sign, then digits in `base`, 2 to 36, in either case. In base 16, `0x` may come before the digits.
    pub fn parse(text: &[u8], base: i64, work: &mut dyn Work) -> Result<Integer, Error> {
        let radix = Radix::new(base)?;
        work.charge(text.len() as u64 + CALL_UNITS)?;
        let signed = usize::from(matches!(text.first(), Some(b'+' | b'-')));
        let prefixed = base == 16 && has_prefix(&text[signed..]);
        let at = signed + if prefixed { 2 } else { 0 };
        let digits = &text[at..];
        match digits.iter().position(|byte| value(*byte) >= radix.base) {
            Some(bad) => return Err(bad_digit(text, at + bad, radix)),
            None if digits.is_empty() => return Err(bad_digit(text, at, radix)),
            None => {}
        }
        let zeros = digits.iter().take_while(|byte| **byte == b'0').count();
        let limbs = match (&digits[zeros..], radix.digit_bits()) {
            ([], _) => Vec::new(),
            (digits, Some(bits)) => packed(digits, bits, work)?,
            (digits, None) => {
                check_bits(digits.len() as u64 * u64::from(radix.base.ilog2()))?;
                let tower = Tower::new(radix, digits.len(), LEAF_DIGITS, work)?;
                read(digits, radix, &tower, tower.powers.len(), work)?
            }
        };
        Ok(Integer::from_limbs(text.first() == Some(&b'-'), limbs))
    }

    /// Reads a number as Lua writes integers: a sign, then `0x` and base 16, or base 10.
    pub fn parse_literal(text: &[u8], work: &mut dyn Work) -> Result<Integer, Error> {
        let signed = usize::from(matches!(text.first(), Some(b'+' | b'-')));
        Integer::parse(text, if has_prefix(&text[signed..]) { 16 } else { 10 }, work)
    }
}

fn has_prefix(text: &[u8]) -> bool {
    matches!(text, [b'0', b'x' | b'X', ..])
}

fn bad_digit(text: &[u8], at: usize, radix: Radix) -> Error {
    Error::BadDigit { at, byte: text.get(at).copied(), base: radix.base }
}

/// The value of a digit. For any other byte it is too large for every base.
fn value(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'a'..=b'z' => u32::from(byte - b'a') + 10,
        b'A'..=b'Z' => u32::from(byte - b'A') + 10,
        _ => u32::MAX,
    }
}

/// Reads digits of `bits` bits each.
fn packed(digits: &[u8], digit_bits: u32, work: &mut dyn Work) -> Result<Vec<u32>, Error> {
    let bits = digits.len() as u64 * u64::from(digit_bits);
    check_bits(bits)?;
    work.charge(digits.len() as u64)?;
    let mut limbs = memory::room(bits.div_ceil(u64::from(LIMB_BITS)) as usize)?;
    let (mut held, mut held_bits) = (0_u64, 0);
    for byte in digits.iter().rev() {
        held |= u64::from(value(*byte)) << held_bits;
        held_bits += digit_bits;
        if held_bits >= LIMB_BITS {
            limbs.push(held as u32);
            held >>= LIMB_BITS;
            held_bits -= LIMB_BITS;
        }
    }
    if held_bits > 0 {
        limbs.push(held as u32);
    }
    Ok(limbs)
}

/// Splits the digits at a power of the tower and reads both parts separately.
fn read(digits: &[u8], radix: Radix, tower: &Tower, level: usize, work: &mut dyn Work) -> Result<Vec<u32>, Error> {
    let Some(below) = level.checked_sub(1) else {
        return read_leaf(digits, radix, work);
    };
    let Some(split) = digits.len().checked_sub(tower.digits(below)).filter(|split| *split > 0) else {
        return read(digits, radix, tower, below, work);
    };
    let high = read(&digits[..split], radix, tower, below, work)?;
    let power = &tower.powers[below];
    let mut number = memory::zeros(high.len() + power.len())?;
    product::multiply(&mut number, &high, power, work)?;
    drop(high);
    let low = read(&digits[split..], radix, tower, below, work)?;
    limbs::add_assign(&mut number, limbs::trimmed(&low));
    Ok(number)
}

/// Reads as many digits at a time as fit a limb.
fn read_leaf(digits: &[u8], radix: Radix, work: &mut dyn Work) -> Result<Vec<u32>, Error> {
    let chunks = digits.len().div_ceil(radix.digits);
    work.charge(chunks as u64 * (chunks as u64 / 2 + 8))?;
    let mut limbs = memory::room(chunks)?;
    // The first chunk is shorter, so that all others are full.
    let (mut rest, mut take) = (digits, (digits.len() + radix.digits - 1) % radix.digits + 1);
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(take.min(rest.len()));
        let number =
            chunk.iter().fold(0, |number: u32, byte| number.wrapping_mul(radix.base).wrapping_add(value(*byte)));
        let carry = limbs::multiply_limb(&mut limbs, radix.power, number);
        if carry > 0 {
            limbs.push(carry);
        }
        (rest, take) = (after, radix.digits);
    }
    Ok(limbs)
}
