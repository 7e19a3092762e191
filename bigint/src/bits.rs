//! Bits of integers, as if in two's complement of endless width, and shifts.
//!
//! Invariant: a shift to the right rounds down, so `x >> n` is `x // 2^n` and `x << n` is `x * 2^n` for either sign.
#![forbid(unsafe_code)]

use super::integer::Integer;
use super::limbs::{self, LIMB_BITS};
use super::memory;
use super::work::{CALL_UNITS, Error, Work, check_bits};

/// The limbs of an integer in two's complement, without end.
struct Endless<'a> {
    limbs: core::slice::Iter<'a, u32>,
    negative: bool,
    carry: bool,
}

impl<'a> Endless<'a> {
    fn new(integer: &'a Integer) -> Endless<'a> {
        let negative = integer.is_negative();
        Endless { limbs: integer.limbs().iter(), negative, carry: negative }
    }

    fn next(&mut self) -> u32 {
        let limb = self.limbs.next().copied().unwrap_or(0);
        if !self.negative {
            return limb;
        }
        let (sum, carry) = (!limb).overflowing_add(u32::from(self.carry));
        self.carry = carry;
        sum
    }
}

/// Which bits a result has, as masks of all ones or all zeros: the bits of one operand, of both, and the inverse of
/// these.
#[derive(Clone, Copy)]
struct Bits {
    odd: u32,
    both: u32,
    flipped: u32,
}

const ALL: u32 = u32::MAX;

impl Integer {
    /// Bits set in both.
    pub fn and(&self, other: &Integer, work: &mut dyn Work) -> Result<Integer, Error> {
        self.combined(other, Bits { odd: 0, both: ALL, flipped: 0 }, work)
    }

    /// Bits set in either.
    pub fn or(&self, other: &Integer, work: &mut dyn Work) -> Result<Integer, Error> {
        self.combined(other, Bits { odd: ALL, both: ALL, flipped: 0 }, work)
    }

    /// Bits set in one.
    pub fn exclusive_or(&self, other: &Integer, work: &mut dyn Work) -> Result<Integer, Error> {
        self.combined(other, Bits { odd: ALL, both: 0, flipped: 0 }, work)
    }

    /// All bits changed: -1 minus the integer.
    pub fn not(&self, work: &mut dyn Work) -> Result<Integer, Error> {
        self.combined(&Integer::ZERO, Bits { odd: ALL, both: 0, flipped: ALL }, work)
    }

    /// One loop for all four.
    #[inline(never)]
    fn combined(&self, other: &Integer, bits: Bits, work: &mut dyn Work) -> Result<Integer, Error> {
        // One limb of sign, as a power of two becomes longer.
        let length = self.limbs().len().max(other.limbs().len()) + 1;
        work.charge(2 * length as u64 + CALL_UNITS)?;
        let mut limbs = memory::zeros(length)?;
        let (mut a, mut b) = (Endless::new(self), Endless::new(other));
        for limb in &mut limbs {
            let (a, b) = (a.next(), b.next());
            *limb = (a ^ b) & bits.odd ^ a & b & bits.both ^ bits.flipped;
        }
        let negative = limbs[length - 1] >> 31 != 0;
        if negative {
            limbs::negate(&mut limbs);
        }
        Ok(Integer::from_limbs(negative, limbs))
    }

    /// Shifted left by `count` bits, or right when that is negative.
    pub fn shift_left(&self, count: i64, work: &mut dyn Work) -> Result<Integer, Error> {
        if count < 0 { self.lower(count.unsigned_abs(), work) } else { self.raise(count.unsigned_abs(), work) }
    }

    /// Shifted right by `count` bits, rounded down, or left when that is negative.
    pub fn shift_right(&self, count: i64, work: &mut dyn Work) -> Result<Integer, Error> {
        if count < 0 { self.raise(count.unsigned_abs(), work) } else { self.lower(count.unsigned_abs(), work) }
    }

    fn raise(&self, count: u64, work: &mut dyn Work) -> Result<Integer, Error> {
        if self.is_zero() {
            return Ok(Integer::ZERO);
        }
        let bits = self.bit_length().saturating_add(count);
        check_bits(bits)?;
        work.charge(bits / u64::from(LIMB_BITS) + CALL_UNITS)?;
        // Both fit after the check, also in 32 bits.
        let (at, inside) = ((count / u64::from(LIMB_BITS)) as usize, (count % u64::from(LIMB_BITS)) as u32);
        let own = self.limbs();
        let mut limbs = memory::zeros(at + own.len() + 1)?;
        limbs[at..at + own.len()].copy_from_slice(own);
        limbs::shift_left(&mut limbs[at..], inside);
        Ok(Integer::from_limbs(self.is_negative(), limbs))
    }

    fn lower(&self, count: u64, work: &mut dyn Work) -> Result<Integer, Error> {
        let own = self.limbs();
        work.charge(own.len() as u64 + CALL_UNITS)?;
        let at = usize::try_from(count / u64::from(LIMB_BITS)).unwrap_or(usize::MAX).min(own.len());
        let inside = (count % u64::from(LIMB_BITS)) as u32;
        let (dropped, kept) = own.split_at(at);
        let part = kept.first().map_or(0, |limb| limb & ((1 << inside) - 1));
        let mut limbs = memory::zeros(kept.len() + 1)?;
        limbs[..kept.len()].copy_from_slice(kept);
        limbs::shift_right(&mut limbs, inside);
        if self.is_negative() && (part != 0 || dropped.iter().any(|limb| *limb != 0)) {
            limbs::increment(&mut limbs);
        }
        Ok(Integer::from_limbs(self.is_negative(), limbs))
    }
}
