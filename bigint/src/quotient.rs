//! Quotients of natural numbers: the schoolbook method (Knuth's algorithm D), and `reciprocal` for long numbers.
//!
//! Invariant: the remainder is less than the divisor, and both results are trimmed.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use super::limbs::{self, LIMB_BITS};
use super::memory;
use super::product;
use super::reciprocal::Reciprocal;
use super::work::{Error, Work};

/// With at least this many limbs in quotient and divisor, it is faster to find a reciprocal and multiply by it.
const RECIPROCAL_LIMBS: usize = 300;
/// The same where the reciprocal serves for many divisions.
const MANY_LIMBS: usize = 160;

/// A divisor prepared for many divisions.
pub struct Divisor {
    /// Shifted so that its top bit is set.
    limbs: Vec<u32>,
    shift: u32,
    reciprocal: Option<Reciprocal>,
}

impl Divisor {
    /// Prepares a trimmed number.
    pub fn new(divisor: &[u32], work: &mut dyn Work) -> Result<Divisor, Error> {
        Divisor::prepare(divisor, divisor.len() >= MANY_LIMBS, work)
    }

    fn prepare(divisor: &[u32], long: bool, work: &mut dyn Work) -> Result<Divisor, Error> {
        let top = divisor.last().ok_or(Error::DivisionByZero)?;
        let mut limbs = memory::copied(divisor)?;
        let shift = top.leading_zeros();
        limbs::shift_left(&mut limbs, shift);
        let reciprocal = match long.then(|| Reciprocal::new(&limbs, work)) {
            Some(Err(Error::NoMemory)) | None => None,
            Some(made) => Some(made?),
        };
        Ok(Divisor { limbs, shift, reciprocal })
    }

    /// Quotient and remainder.
    pub fn divide(&self, numerator: &[u32], work: &mut dyn Work) -> Result<(Vec<u32>, Vec<u32>), Error> {
        if numerator.len() < self.limbs.len() {
            return Ok((Vec::new(), memory::copied(numerator)?));
        }
        let mut rest = memory::zeros(numerator.len() + 1)?;
        rest[..numerator.len()].copy_from_slice(numerator);
        limbs::shift_left(&mut rest, self.shift);
        let mut quotient = memory::zeros(rest.len() - self.limbs.len())?;
        match &self.reciprocal {
            Some(reciprocal) => {
                let done = reciprocal.divide(&mut quotient, &mut rest, &self.limbs, work);
                if done == Err(Error::NoMemory) {
                    // The digits found so far are right: the rest is less than the divisor at that place.
                    schoolbook(&mut quotient, &mut rest, &self.limbs, work)?;
                } else {
                    done?;
                }
            }
            None => schoolbook(&mut quotient, &mut rest, &self.limbs, work)?,
        }
        rest.truncate(self.limbs.len());
        limbs::shift_right(&mut rest, self.shift);
        Ok((into_trimmed(quotient), into_trimmed(rest)))
    }

    /// The remainder alone.
    pub fn remainder(&self, numerator: &[u32], work: &mut dyn Work) -> Result<Vec<u32>, Error> {
        Ok(self.divide(numerator, work)?.1)
    }
}

/// Drops the zeros at the top.
#[inline(never)]
pub fn into_trimmed(mut number: Vec<u32>) -> Vec<u32> {
    let length = limbs::trimmed(&number).len();
    number.truncate(length);
    number
}

/// Quotient and remainder of trimmed numbers.
pub fn divide(numerator: &[u32], divisor: &[u32], work: &mut dyn Work) -> Result<(Vec<u32>, Vec<u32>), Error> {
    if limbs::compare(numerator, divisor).is_lt() && !divisor.is_empty() {
        work.charge(numerator.len() as u64)?;
        return Ok((Vec::new(), memory::copied(numerator)?));
    }
    if let [limb] = divisor {
        work.charge(4 * numerator.len() as u64)?;
        let mut quotient = memory::copied(numerator)?;
        let remainder = limbs::divide_limb(&mut quotient, *limb);
        return Ok((into_trimmed(quotient), into_trimmed(memory::copied(&[remainder])?)));
    }
    let quotient_limbs = (numerator.len() + 1).saturating_sub(divisor.len());
    if quotient_limbs >= RECIPROCAL_LIMBS && quotient_limbs + 1 < divisor.len() {
        return by_top(numerator, divisor, quotient_limbs, work);
    }
    let long = quotient_limbs >= RECIPROCAL_LIMBS && divisor.len() >= RECIPROCAL_LIMBS;
    Divisor::prepare(divisor, long, work)?.divide(numerator, work)
}

/// A short quotient. The quotient of the top limbs of both numbers is at most two too large; this corrects it.
fn by_top(
    numerator: &[u32],
    divisor: &[u32],
    quotient_limbs: usize,
    work: &mut dyn Work,
) -> Result<(Vec<u32>, Vec<u32>), Error> {
    let dropped = divisor.len() - quotient_limbs - 1;
    let (mut quotient, rest) =
        Divisor::prepare(&divisor[dropped..], true, work)?.divide(&numerator[dropped..], work)?;
    // numerator - quotient * divisor; quotient * (the top limbs of the divisor) is already subtracted.
    let mut remainder = memory::zeros(numerator.len().max(divisor.len()) + 1)?;
    remainder[..dropped].copy_from_slice(&numerator[..dropped]);
    remainder[dropped..dropped + rest.len()].copy_from_slice(&rest);
    let taken = product::product(&quotient, &divisor[..dropped], work)?;
    let mut below = limbs::subtract_assign(&mut remainder, &taken);
    while below {
        limbs::decrement(&mut quotient);
        below = !limbs::add_assign(&mut remainder, divisor);
    }
    Ok((into_trimmed(quotient), into_trimmed(remainder)))
}

/// Divides `rest` by a divisor whose top bit is set; `rest` becomes the remainder, and keeps its length.
///
/// The quotient has as many limbs as `rest` is longer, and the top of `rest` is less than the divisor.
pub fn schoolbook(quotient: &mut [u32], rest: &mut [u32], divisor: &[u32], work: &mut dyn Work) -> Result<(), Error> {
    let length = divisor.len();
    let (top, next) = (divisor[length - 1], if length > 1 { divisor[length - 2] } else { 0 });
    for at in (0..quotient.len()).rev() {
        work.charge(length as u64 + 8)?;
        let window = &mut rest[at..=at + length];
        let lower = if length > 1 { window[length - 2] } else { 0 };
        let digit = estimate(window[length], window[length - 1], lower, top, next);
        let (low, high) = window.split_at_mut(length);
        let borrow = limbs::subtract_product(low, divisor, digit);
        let negative = high[0] < borrow;
        high[0] = high[0].wrapping_sub(borrow);
        if negative {
            let carry = limbs::add_assign(low, divisor);
            high[0] = high[0].wrapping_add(u32::from(carry));
        }
        quotient[at] |= digit - u32::from(negative);
    }
    Ok(())
}

/// A digit of the quotient, estimated from the top limbs: right or one too large.
fn estimate(high: u32, middle: u32, low: u32, top: u32, next: u32) -> u32 {
    let numerator = u64::from(high) << LIMB_BITS | u64::from(middle);
    let (mut digit, mut remainder) = (numerator / u64::from(top), numerator % u64::from(top));
    let least = |remainder: u64| remainder << LIMB_BITS | u64::from(low);
    while digit > u64::from(u32::MAX) || digit * u64::from(next) > least(remainder) {
        digit -= 1;
        remainder += u64::from(top);
        if remainder > u64::from(u32::MAX) {
            break;
        }
    }
    digit as u32
}
