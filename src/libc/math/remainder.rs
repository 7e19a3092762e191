//! Remainder, and the parts of a double. Every result is exact (`ldexp`: rounded once).
#![forbid(unsafe_code)]

use super::double_double::Pair;
use crate::budget::{self, cost};

/// Adding and subtracting it rounds to an integer, up to 2^51.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// The remainder of a division that truncates; it has the sign of `x`.
pub fn fmod(x: f64, y: f64) -> f64 {
    let (dividend, divisor) = (x.abs(), y.abs());
    if !(dividend < f64::INFINITY && divisor > 0.0) {
        return f64::NAN;
    }
    if dividend < divisor {
        return x;
    }
    let quotient = dividend / divisor;
    // The product below is exact only in this range; other numbers need the long method.
    if quotient < 2_251_799_813_685_248.0 && dividend < 1e290 && divisor > 1e-270 {
        let product = Pair::product((quotient + ROUNDER) - ROUNDER, divisor);
        let rest = (dividend - product.high) - product.low;
        // The quotient may have been rounded up.
        let rest = if rest < 0.0 { rest + divisor } else { rest };
        return rest.copysign(x);
    }
    long_division(dividend, divisor).copysign(x)
}

/// The remainder of positive numbers, eleven bits of the quotient at a time.
fn long_division(dividend: f64, divisor: f64) -> f64 {
    if divisor == f64::INFINITY {
        return dividend;
    }
    let (mut rest, exponent) = split(dividend);
    let (divisor, smallest) = split(divisor);
    let mut left = exponent - smallest;
    budget::spend(left.max(0) as usize / cost::BITS_REMAINDER);
    // The divisor has at most 53 bits, so eleven more always fit.
    while left > 0 && rest != 0 {
        let now = left.min(11);
        rest = (rest << now).checked_rem(divisor).unwrap_or(0);
        left -= now;
    }
    ldexp(rest.checked_rem(divisor).unwrap_or(0) as f64, smallest)
}

/// A positive finite number as `mantissa * 2^exponent`.
fn split(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52) as i32 {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << 52, exponent - 1075),
    }
}

/// `x * 2^exponent`.
pub fn ldexp(x: f64, exponent: i32) -> f64 {
    libm::ldexp(x, exponent)
}

/// `x` as a fraction from 1/2 to 1 and a power of two.
pub fn frexp(x: f64) -> (f64, i32) {
    let biased = (x.to_bits() >> 52) as i32 & 0x7ff;
    match biased {
        0 if x == 0.0 => (x, 0),
        0 => {
            let (fraction, exponent) = frexp(x * 18_014_398_509_481_984.0);
            (fraction, exponent - 54)
        }
        0x7ff => (x, 0),
        _ => (f64::from_bits(x.to_bits() & !(0x7ff << 52) | 1022 << 52), biased - 1022),
    }
}
