//! Bases of text: how many digits fit a limb, and the powers that split long numbers.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use super::memory;
use super::product;
use super::work::{Error, Work};

/// A base from 2 to 36.
#[derive(Clone, Copy)]
pub struct Radix {
    /// The base.
    pub base: u32,
    /// The largest number of digits for which the power of the base fits a limb. For 2, 4 and 16 these digits do not
    /// quite fill a limb.
    pub digits: usize,
    /// The base to the power of `digits`.
    pub power: u32,
}

impl Radix {
    /// Refuses a number that is not a base.
    pub fn new(base: i64) -> Result<Radix, Error> {
        if !(2..=36).contains(&base) {
            return Err(Error::BadBase(base));
        }
        let base = base as u32;
        let (mut power, mut digits) = (base, 1);
        while let Some(next) = power.checked_mul(base) {
            power = next;
            digits += 1;
        }
        Ok(Radix { base, digits, power })
    }

    /// Bits of a digit, for a power of two.
    pub fn digit_bits(self) -> Option<u32> {
        self.base.is_power_of_two().then(|| self.base.trailing_zeros())
    }
}

/// The powers of a base at which a number is split repeatedly.
pub struct Tower {
    /// Digits of a piece that is not split.
    pub leaf: usize,
    /// The base to the power of `leaf * 2^level`, for each level.
    pub powers: Vec<Vec<u32>>,
}

impl Tower {
    /// Powers to split `digits` digits into pieces of at most `longest`, halving each time.
    pub fn new(radix: Radix, digits: usize, longest: usize, work: &mut dyn Work) -> Result<Tower, Error> {
        let mut levels = 0;
        while digits.div_ceil(1 << levels) > longest {
            levels += 1;
        }
        let leaf = digits.div_ceil(1 << levels).max(1);
        let mut powers = memory::room(levels)?;
        if levels > 0 {
            powers.push(leaf_power(radix, leaf, work)?);
        }
        while powers.len() < levels {
            let last: &Vec<u32> = &powers[powers.len() - 1];
            powers.push(product::product(last, last, work)?);
        }
        Ok(Tower { leaf, powers })
    }

    /// Digits below the split of a level.
    pub fn digits(&self, level: usize) -> usize {
        self.leaf << level
    }
}

/// The base to the power of a piece's digits.
fn leaf_power(radix: Radix, digits: usize, work: &mut dyn Work) -> Result<Vec<u32>, Error> {
    let limbs = digits / radix.digits + 1;
    work.charge(limbs as u64 * limbs as u64)?;
    let mut power = memory::room(limbs + 1)?;
    power.push(1);
    let mut multiply = |factor: u32| {
        let carry = super::limbs::multiply_limb(&mut power, factor, 0);
        if carry > 0 {
            power.push(carry);
        }
    };
    for _ in 0..digits / radix.digits {
        multiply(radix.power);
    }
    for _ in 0..digits % radix.digits {
        multiply(radix.base);
    }
    Ok(power)
}
