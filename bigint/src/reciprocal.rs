//! Division by a long number: multiplications by its reciprocal, which Newton's method finds.
//!
//! Invariant: with B = 2^32 and n limbs in the divisor d, whose top bit is set, the reciprocal v has
//! `0 <= B^(2n) / d - v < 3`, so a digit of n limbs estimated with v is never too large, and at most a few too small.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use super::limbs;
use super::memory;
use super::product;
use super::quotient;
use super::work::{Error, Work};

/// Up to this many limbs, an ordinary division finds the reciprocal.
const NEWTON_LIMBS: usize = 130;

/// A reciprocal without its top limb, which is 1.
pub struct Reciprocal(pub(super) Vec<u32>);

impl Reciprocal {
    /// The reciprocal of a divisor whose top bit is set.
    pub fn new(divisor: &[u32], work: &mut dyn Work) -> Result<Reciprocal, Error> {
        let length = divisor.len();
        if length <= NEWTON_LIMBS {
            return Ok(Reciprocal(first(divisor, work)?));
        }
        // One limb more than half of them, so that the square of the half's error is less than one.
        let half = length.div_ceil(2) + 1;
        let guess = Reciprocal::new(&divisor[length - half..], work)?.0;
        refined(divisor, &guess, work).map(Reciprocal)
    }

    /// Divides `rest` as `quotient::schoolbook` does. After an error the quotient still matches the rest, so that
    /// another method can continue.
    pub fn divide(
        &self,
        quotient: &mut [u32],
        rest: &mut [u32],
        divisor: &[u32],
        work: &mut dyn Work,
    ) -> Result<(), Error> {
        let length = divisor.len();
        let mut end = quotient.len();
        while end > 0 {
            let start = end.saturating_sub(length);
            self.digits(&mut quotient[start..end], &mut rest[start..end + length], divisor, work)?;
            end = start;
        }
        Ok(())
    }

    /// The next limbs of a quotient, at most as many as the divisor has.
    fn digits(
        &self,
        quotient: &mut [u32],
        window: &mut [u32],
        divisor: &[u32],
        work: &mut dyn Work,
    ) -> Result<(), Error> {
        let (length, count) = (divisor.len(), quotient.len());
        work.charge(4 * (length + count) as u64)?;
        // The top `count` limbs of the reciprocal need only this part of the window.
        let top = &window[length..];
        let inverse = &self.0[length - count..];
        let mut estimated = memory::zeros(2 * count)?;
        product::multiply(&mut estimated, top, inverse, work)?;
        let mut digits = memory::copied(&estimated[count..])?;
        limbs::add_assign(&mut digits, top);
        drop(estimated);
        let mut taken = memory::zeros(length + count)?;
        product::multiply(&mut taken, divisor, &digits, work)?;
        // Nothing can fail after this line.
        limbs::subtract_assign(window, &taken);
        while window[length..].iter().any(|limb| *limb != 0) || !limbs::compare(&window[..length], divisor).is_lt() {
            limbs::subtract_assign(window, divisor);
            limbs::increment(&mut digits);
        }
        quotient.copy_from_slice(&digits);
        Ok(())
    }
}

/// `floor((B^(2n) - 1) / d) - B^n`.
fn first(divisor: &[u32], work: &mut dyn Work) -> Result<Vec<u32>, Error> {
    let length = divisor.len();
    // (B^(2n) - 1) - d B^n is less than d B^n.
    let mut rest = memory::zeros(2 * length)?;
    rest.fill(u32::MAX);
    limbs::subtract_assign(&mut rest[length..], divisor);
    let mut quotient = memory::zeros(length)?;
    quotient::schoolbook(&mut quotient, &mut rest, divisor, work)?;
    Ok(quotient)
}

/// One step of Newton's method: from `h` limbs of the reciprocal of the divisor's top to all n limbs.
///
/// With v the guess and `e = B^(n+h) - d v`, the reciprocal is `v B^(n-h) + v e / B^(2h)` but for less than one; `e`
/// has n + 1 limbs and a sign.
fn refined(divisor: &[u32], guess: &[u32], work: &mut dyn Work) -> Result<Vec<u32>, Error> {
    let (length, half) = (divisor.len(), guess.len());
    work.charge(8 * length as u64)?;
    // d v modulo B^(n+2): the limbs above are known.
    let mut error = memory::zeros(length + half)?;
    product::multiply(&mut error, divisor, guess, work)?;
    limbs::add_assign(&mut error[half..], divisor);
    error.truncate(length + 2);
    let negative = error[length + 1] >> 31 == 0 && error.iter().any(|limb| *limb != 0);
    if !negative {
        limbs::negate(&mut error);
    }
    // Its lower limbs do not reach the result.
    let dropped = length - half - 1;
    let error = limbs::trimmed(&error[dropped..]);
    let end = error.len() + half;
    let mut correction = memory::zeros(end + 1)?;
    product::multiply(&mut correction[..end], error, guess, work)?;
    limbs::add_assign(&mut correction[half..], error);
    let correction = limbs::trimmed(correction.get(2 * half - dropped..).unwrap_or(&[]));
    // One more limb for the top, which is not kept.
    let mut refined = memory::zeros(length + 1)?;
    refined[length - half..length].copy_from_slice(guess);
    refined[length] = 1;
    if negative {
        limbs::subtract_assign(&mut refined, correction);
        limbs::decrement(&mut refined);
    } else {
        limbs::add_assign(&mut refined, correction);
    }
    limbs::decrement(&mut refined);
    if refined[length] == 0 {
        refined[..length].fill(0);
    }
    refined.truncate(length);
    Ok(refined)
}
