//! Residues modulo an odd number, multiplied without dividing (Montgomery).
//!
//! Invariant: with B = 2^32 and n limbs in the modulus m, a residue x stands for `x / B^n` modulo m, is less than m and
//! has n limbs.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use super::limbs;
use super::memory;
use super::power::Residues;
use super::product;
use super::quotient;
use super::work::{Error, Work};

/// An odd modulus.
pub struct Montgomery<'a> {
    modulus: &'a [u32],
    /// -1 / m modulo B.
    inverse: u32,
    scratch: Vec<u32>,
}

impl<'a> Montgomery<'a> {
    /// For an odd trimmed modulus.
    pub fn new(modulus: &'a [u32]) -> Result<Montgomery<'a>, Error> {
        // Each step of Newton's method doubles the bits that are right; an odd number is its own inverse modulo 8.
        let low = modulus[0];
        let inverse = (0..4).fold(low, |x: u32, _| x.wrapping_mul(2_u32.wrapping_sub(low.wrapping_mul(x))));
        Ok(Montgomery { modulus, inverse: inverse.wrapping_neg(), scratch: memory::zeros(2 * modulus.len())? })
    }

    /// Divides the scratch by B^n, adding multiples of the modulus that make its lower half zero.
    fn reduce(&mut self, out: &mut [u32], work: &mut dyn Work) -> Result<(), Error> {
        let length = self.modulus.len();
        work.charge((length as u64 + 2) * (length as u64 + 2))?;
        for at in 0..length {
            let factor = self.scratch[at].wrapping_mul(self.inverse);
            // The lowest limb becomes zero, and holds the carry until the end.
            self.scratch[at] = limbs::add_product(&mut self.scratch[at..at + length], self.modulus, factor);
        }
        let (carries, high) = self.scratch.split_at(length);
        out.copy_from_slice(high);
        let carry = limbs::add_assign(out, carries);
        if carry || !limbs::compare(limbs::trimmed(out), self.modulus).is_lt() {
            limbs::subtract_assign(out, self.modulus);
        }
        Ok(())
    }
}

impl Residues for Montgomery<'_> {
    fn enter(&mut self, number: &[u32], work: &mut dyn Work) -> Result<Vec<u32>, Error> {
        let length = self.modulus.len();
        let mut raised = memory::zeros(length + number.len())?;
        raised[length..].copy_from_slice(number);
        let (_, mut residue) = quotient::divide(limbs::trimmed(&raised), self.modulus, work)?;
        memory::extend(&mut residue, length)?;
        Ok(residue)
    }

    fn leave(&mut self, residue: &mut [u32], work: &mut dyn Work) -> Result<(), Error> {
        let length = self.modulus.len();
        self.scratch[..length].copy_from_slice(residue);
        self.scratch[length..].fill(0);
        self.reduce(residue, work)
    }

    fn multiply(&mut self, x: &mut [u32], y: &[u32], work: &mut dyn Work) -> Result<(), Error> {
        product::multiply(&mut self.scratch, x, y, work)?;
        self.reduce(x, work)
    }

    fn square(&mut self, x: &mut [u32], work: &mut dyn Work) -> Result<(), Error> {
        product::square(&mut self.scratch, x, work)?;
        self.reduce(x, work)
    }
}
