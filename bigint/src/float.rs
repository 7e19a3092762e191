//! Integers and floats, exactly.
//!
//! Invariant: a conversion to a float rounds once, to the nearest, ties to even; a comparison does not round.
#![forbid(unsafe_code)]

use core::cmp::Ordering;

use super::integer::Integer;
use super::limbs::LIMB_BITS;
use super::memory;
use super::work::Error;

/// Bits of a float's fraction, without the leading one.
const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;
/// The offset of a float's stored exponent when its fraction is read as an integer.
const BIAS: i32 = f64::MAX_EXP - 1 + FRACTION_BITS as i32;

/// A finite float as `mantissa * 2^exponent`.
fn parts(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    match (bits >> FRACTION_BITS & 0x7FF) as i32 {
        0 => (fraction, 1 - BIAS),
        exponent => (fraction | 1 << FRACTION_BITS, exponent - BIAS),
    }
}

impl Integer {
    /// The integer that a float equals.
    pub fn from_f64(value: f64) -> Result<Integer, Error> {
        let (integer, exact) = floor_magnitude(value).ok_or(Error::NotIntegral(value.to_bits()))??;
        if exact { Ok(integer) } else { Err(Error::NotIntegral(value.to_bits())) }
    }

    /// The nearest float; an infinity when that is too large.
    pub fn to_f64(&self) -> f64 {
        let bits = self.bit_length();
        let limbs = self.limbs();
        let magnitude = match self.magnitude_u64() {
            Some(magnitude) => magnitude as f64,
            None if bits > f64::MAX_EXP as u64 => f64::INFINITY,
            None => {
                let shift = (bits - 64) as u32;
                let at = (shift / LIMB_BITS) as usize;
                let limb = |index: usize| u128::from(limbs.get(index).copied().unwrap_or(0));
                let top = limb(at + 2) << 64 | limb(at + 1) << 32 | limb(at);
                let inside = shift % LIMB_BITS;
                let dropped = limbs[..at].iter().any(|limb| *limb != 0) || top & ((1 << inside) - 1) != 0;
                // One bit below the 53 bits of the result represents all dropped bits, so that rounding is right.
                let top = (top >> inside) as u64 | u64::from(dropped);
                top as f64 * f64::from_bits(u64::from(shift + f64::MAX_EXP as u32 - 1) << FRACTION_BITS)
            }
        };
        if self.is_negative() { -magnitude } else { magnitude }
    }

    /// The order of an integer and a float; `None` with NaN. A large float may need memory.
    pub fn compare_f64(&self, other: f64) -> Result<Option<Ordering>, Error> {
        if other.is_nan() {
            return Ok(None);
        }
        let Some(floor) = floor_magnitude(other) else {
            return Ok(Some(if other > 0.0 { Ordering::Less } else { Ordering::Greater }));
        };
        let (toward_zero, exact) = floor?;
        let order = self.compare(&toward_zero);
        if exact || order.is_ne() {
            return Ok(Some(order));
        }
        // The float is further from zero than the integer it was cut to.
        Ok(Some(if other > 0.0 { Ordering::Less } else { Ordering::Greater }))
    }
}

/// The float cut to an integer towards zero, and whether that changed nothing; none for infinities and NaN.
fn floor_magnitude(value: f64) -> Option<Result<(Integer, bool), Error>> {
    if !value.is_finite() {
        return None;
    }
    let (mantissa, exponent) = parts(value);
    if exponent >= 0 {
        return Some(shifted(mantissa, exponent as u32, value < 0.0).map(|integer| (integer, true)));
    }
    let drop = exponent.unsigned_abs();
    let whole = mantissa.checked_shr(drop).unwrap_or(0);
    let exact = whole.checked_shl(drop).unwrap_or(0) == mantissa;
    Some(shifted(whole, 0, value < 0.0).map(|integer| (integer, exact)))
}

fn shifted(mantissa: u64, exponent: u32, negative: bool) -> Result<Integer, Error> {
    let at = (exponent / LIMB_BITS) as usize;
    let bits = u128::from(mantissa) << (exponent % LIMB_BITS);
    let mut limbs = memory::zeros(at + 3)?;
    for (index, limb) in limbs[at..].iter_mut().enumerate() {
        *limb = (bits >> (32 * index)) as u32;
    }
    Ok(Integer::from_limbs(negative, limbs))
}
