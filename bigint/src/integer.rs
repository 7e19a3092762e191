//! The integer: a sign and a natural number, with the four basic operations.
//!
//! Invariant: the top limb is not zero, and zero is not negative, so that equal integers are equal values.
#![forbid(unsafe_code)]

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::limbs;
use super::memory;
use super::product;
use super::quotient;
use super::work::{CALL_UNITS, Error, Work, check_bits};

/// An integer of any size. It has no `Clone` but `copy`, because memory may be refused.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Integer {
    negative: bool,
    limbs: Vec<u32>,
}

impl Integer {
    /// Zero, which needs no memory.
    pub const ZERO: Integer = Integer { negative: false, limbs: Vec::new() };

    /// The integer of a sign and 32-bit limbs, the least first; zeros at the top are dropped.
    pub fn from_limbs(negative: bool, limbs: Vec<u32>) -> Integer {
        let limbs = quotient::into_trimmed(limbs);
        Integer { negative: negative && !limbs.is_empty(), limbs }
    }

    /// The same for limbs whose top limb is not zero. Without limbs there is no sign.
    pub fn from_trimmed(negative: bool, limbs: Vec<u32>) -> Integer {
        debug_assert!(limbs.last() != Some(&0) && (!negative || !limbs.is_empty()), "{negative} {limbs:?}");
        Integer { negative, limbs }
    }

    /// The integer of a machine's.
    pub fn from_i64(value: i64) -> Result<Integer, Error> {
        Ok(Integer { negative: value < 0, ..Integer::from_u64(value.unsigned_abs())? })
    }

    /// The integer of a machine's.
    #[inline(never)]
    pub fn from_u64(value: u64) -> Result<Integer, Error> {
        let both = [value as u32, (value >> 32) as u32];
        Ok(Integer { negative: false, limbs: memory::copied(limbs::trimmed(&both))? })
    }

    /// The value, if it is in range.
    pub fn to_i64(&self) -> Option<i64> {
        let magnitude = self.magnitude_u64()?;
        if self.negative { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
    }

    /// The value without its sign, if it is in range.
    pub fn magnitude_u64(&self) -> Option<u64> {
        match *self.limbs {
            [] => Some(0),
            [low] => Some(u64::from(low)),
            [low, high] => Some(u64::from(high) << 32 | u64::from(low)),
            _ => None,
        }
    }

    /// A copy.
    #[inline(never)]
    pub fn copy(&self) -> Result<Integer, Error> {
        Ok(Integer { negative: self.negative, limbs: memory::copied(&self.limbs)? })
    }

    /// The limbs of the value without its sign, the least first, none of them zero at the top.
    pub fn limbs(&self) -> &[u32] {
        &self.limbs
    }

    /// Whether it is less than zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.limbs.is_empty()
    }

    /// Whether it is odd.
    pub fn is_odd(&self) -> bool {
        self.limbs.first().is_some_and(|limb| limb % 2 != 0)
    }

    /// -1, 0 or 1.
    pub fn sign(&self) -> i64 {
        match (self.is_zero(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    /// Bits of the value without its sign; 0 for zero.
    pub fn bit_length(&self) -> u64 {
        limbs::bit_length(&self.limbs)
    }

    /// The integer with the opposite sign.
    pub fn negated(self) -> Integer {
        Integer { negative: !self.negative && !self.limbs.is_empty(), limbs: self.limbs }
    }

    /// The integer without its sign.
    pub fn absolute(self) -> Integer {
        Integer { negative: false, limbs: self.limbs }
    }

    /// The order of two integers.
    pub fn compare(&self, other: &Integer) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => limbs::compare(&self.limbs, &other.limbs),
            (true, true) => limbs::compare(&other.limbs, &self.limbs),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }

    /// The order of an integer and a machine's.
    pub fn compare_i64(&self, other: i64) -> Ordering {
        match self.to_i64() {
            Some(value) => value.cmp(&other),
            None if self.negative => Ordering::Less,
            None => Ordering::Greater,
        }
    }

    /// The sum.
    pub fn add(&self, other: &Integer, work: &mut dyn Work) -> Result<Integer, Error> {
        self.sum(other, other.negative, work)
    }

    /// The difference.
    pub fn subtract(&self, other: &Integer, work: &mut dyn Work) -> Result<Integer, Error> {
        self.sum(other, !other.negative && !other.is_zero(), work)
    }

    /// The sum with `other` under another sign.
    fn sum(&self, other: &Integer, negative: bool, work: &mut dyn Work) -> Result<Integer, Error> {
        let (long, short) = if self.limbs.len() < other.limbs.len() { (other, self) } else { (self, other) };
        let (long, short) = (long.limbs.as_slice(), short.limbs.as_slice());
        work.charge(long.len() as u64 + CALL_UNITS)?;
        check_bits(limbs::bit_length(long) + 1)?;
        let same_sign = self.negative == negative;
        let mut limbs = memory::zeros(long.len() + usize::from(same_sign))?;
        if same_sign {
            limbs[..long.len()].copy_from_slice(long);
            limbs::add_assign(&mut limbs, short);
            return Ok(Integer::from_limbs(negative, limbs));
        }
        let long_less = limbs::distance(&mut limbs, long, short);
        // The result has the sign of the larger number: `self`, when it is longer, or of equal length and not less.
        let self_larger = (self.limbs.len() >= other.limbs.len()) != long_less;
        Ok(Integer::from_limbs(if self_larger { self.negative } else { negative }, limbs))
    }

    /// The product.
    pub fn multiply(&self, other: &Integer, work: &mut dyn Work) -> Result<Integer, Error> {
        work.charge(CALL_UNITS)?;
        check_bits((self.bit_length() + other.bit_length()).saturating_sub(1))?;
        let limbs = product::product(&self.limbs, &other.limbs, work)?;
        Ok(Integer::from_limbs(self.negative != other.negative, limbs))
    }

    /// The square.
    pub fn square(&self, work: &mut dyn Work) -> Result<Integer, Error> {
        self.multiply(self, work)
    }

    /// Quotient and remainder as Lua's `//` and `%`: the quotient rounded down, the remainder with the divisor's sign.
    pub fn divide(&self, other: &Integer, work: &mut dyn Work) -> Result<(Integer, Integer), Error> {
        if other.is_zero() {
            return Err(Error::DivisionByZero);
        }
        work.charge(CALL_UNITS)?;
        let (mut quotient, mut remainder) = quotient::divide(&self.limbs, &other.limbs, work)?;
        let negative = self.negative != other.negative;
        if negative && !remainder.is_empty() {
            // The quotient was cut towards zero: subtract one more, and the remainder is the distance to that multiple.
            let length = quotient.len();
            memory::extend(&mut quotient, length + 1)?;
            limbs::increment(&mut quotient);
            let mut missing = memory::zeros(other.limbs.len())?;
            limbs::distance(&mut missing, &other.limbs, &remainder);
            remainder = missing;
        }
        Ok((Integer::from_limbs(negative, quotient), Integer::from_limbs(other.negative, remainder)))
    }

    /// The floor of the quotient.
    pub fn quotient(&self, other: &Integer, work: &mut dyn Work) -> Result<Integer, Error> {
        Ok(self.divide(other, work)?.0)
    }

    /// The remainder, with the divisor's sign.
    pub fn modulus(&self, other: &Integer, work: &mut dyn Work) -> Result<Integer, Error> {
        Ok(self.divide(other, work)?.1)
    }
}
