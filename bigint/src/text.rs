//! Integers to text.
//!
//! Invariant: powers of the base split a number until its pieces are short, so that the time is that of a few divisions
//! and not the square of the length.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use super::integer::Integer;
use super::limbs::{self, LIMB_BITS};
use super::memory;
use super::quotient::Divisor;
use super::radix::{Radix, Tower};
use super::work::{CALL_UNITS, Error, Work};

/// Up to this many digits, a number is written limb by limb.
const LEAF_DIGITS: usize = 400;

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

impl Integer {
    /// The digits in `base`, 2 to 36, lower case, with a minus sign where the integer is negative.
    pub fn to_text(&self, base: i64, work: &mut dyn Work) -> Result<Vec<u8>, Error> {
        let radix = Radix::new(base)?;
        let digits = self.digits_at_most(radix);
        work.charge(digits as u64 + CALL_UNITS)?;
        let mut text = memory::zeros(digits + 1)?;
        match radix.digit_bits() {
            Some(bits) => write_packed(&mut text, self.limbs(), bits),
            None => {
                let tower = Tower::new(radix, digits + 1, LEAF_DIGITS, work)?;
                let divisors = Divisors::new(radix, tower, work)?;
                divisors.write(&mut text, self.limbs(), divisors.splits.len(), work)?;
            }
        }
        let zeros = text.iter().take_while(|digit| **digit == b'0').count().min(text.len() - 1);
        // At least one zero is before the digits, unless the number is zero; the sign replaces it.
        let start = zeros - usize::from(self.is_negative());
        if self.is_negative() {
            text[start] = b'-';
        }
        text.copy_within(start.., 0);
        text.truncate(text.len() - start);
        Ok(text)
    }

    /// Digits of the magnitude, or a few more.
    fn digits_at_most(&self, radix: Radix) -> usize {
        let bits = self.bit_length();
        (match radix.digit_bits() {
            Some(digit_bits) => bits.div_ceil(u64::from(digit_bits)),
            None => (bits << 16) / logarithm(radix.base) + 1,
        }) as usize
    }
}

/// 2^16 times the binary logarithm, rounded down, or a little less. Repeated squaring gives one bit at a time.
fn logarithm(base: u32) -> u64 {
    let whole = base.ilog2();
    let (mut mantissa, mut logarithm) = (u64::from(base) << (31 - whole), u64::from(whole));
    for _ in 0..16 {
        mantissa *= mantissa;
        let twice = mantissa >> 63;
        mantissa >>= 31 + twice;
        logarithm = logarithm << 1 | twice;
    }
    logarithm
}

/// Digits of so many bits each.
fn write_packed(text: &mut [u8], limbs: &[u32], digit_bits: u32) {
    let (mut held, mut held_bits, mut limbs) = (0_u64, 0, limbs.iter());
    for digit in text.iter_mut().rev() {
        if held_bits < digit_bits {
            held |= u64::from(limbs.next().copied().unwrap_or(0)) << held_bits;
            held_bits += LIMB_BITS;
        }
        *digit = DIGITS[(held & ((1 << digit_bits) - 1)) as usize];
        held >>= digit_bits;
        held_bits -= digit_bits;
    }
}

/// The powers of a tower as divisors.
struct Divisors {
    radix: Radix,
    leaf: usize,
    splits: Vec<Divisor>,
}

impl Divisors {
    fn new(radix: Radix, tower: Tower, work: &mut dyn Work) -> Result<Divisors, Error> {
        let mut splits = memory::room(tower.powers.len())?;
        for power in tower.powers {
            splits.push(Divisor::new(&power, work)?);
        }
        Ok(Divisors { radix, leaf: tower.leaf, splits })
    }

    /// Writes a number to all of `text`, with zeros in front.
    fn write(&self, text: &mut [u8], number: &[u32], level: usize, work: &mut dyn Work) -> Result<(), Error> {
        if number.is_empty() {
            text.fill(b'0');
            return Ok(());
        }
        let Some(below) = level.checked_sub(1) else {
            return self.write_leaf(text, number, work);
        };
        let Some(split) = text.len().checked_sub(self.leaf << below).filter(|split| *split > 0) else {
            return self.write(text, number, below, work);
        };
        let (high, low) = self.splits[below].divide(number, work)?;
        let (high_text, low_text) = text.split_at_mut(split);
        self.write(high_text, &high, below, work)?;
        drop(high);
        self.write(low_text, &low, below, work)
    }

    /// Divides repeatedly by the largest power that fits a limb.
    fn write_leaf(&self, text: &mut [u8], number: &[u32], work: &mut dyn Work) -> Result<(), Error> {
        work.charge(number.len() as u64 * (2 * number.len() as u64 + 16) + text.len() as u64)?;
        let mut number = memory::copied(number)?;
        for chunk in text.rchunks_mut(self.radix.digits) {
            let mut part = limbs::divide_limb(&mut number, self.radix.power);
            if number.last() == Some(&0) {
                number.pop();
            }
            for digit in chunk.iter_mut().rev() {
                *digit = DIGITS[(part % self.radix.base) as usize];
                part /= self.radix.base;
            }
        }
        Ok(())
    }
}
