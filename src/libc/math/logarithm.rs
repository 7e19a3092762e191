//! Logarithms, within 0.51 units in the last place (log10: as glibc, within 2).
//!
//! `ln(2^k * z) = k * ln(2) + ln(c) + ln(z / c)` with a table of `1 / c`: then `z / c - 1` is exact
//! as a pair and at most 1/128.
#![forbid(unsafe_code)]

use super::double_double::{Pair, polynomial};
use super::tables::{LOGARITHMS, RECIPROCALS};

/// ln(2): 40 bits, so that its multiples are exact, and the rest.
const LN2_HIGH: f64 = 0.693_147_180_559_208_2;
const LN2_LOW: f64 = 7.371_002_565_167_799e-13;
const INVERSE_LN2: Pair = Pair { high: core::f64::consts::LOG2_E, low: f64::from_bits(0x3c77_77d0_ffda_0d24) };

/// The natural logarithm of a positive finite number, to about 68 bits.
pub fn log_pair(x: f64) -> Pair {
    let (bits, shift) = match x.to_bits() {
        subnormal if subnormal >> 52 == 0 => ((x * 18_014_398_509_481_984.0).to_bits(), -54),
        normal => (normal, 0),
    };
    // Cut at 0.6875 * 2^k: exponent, table index, and the number with exponent 0 or -1.
    let from_cut = bits.wrapping_sub(0x3fe6_0000_0000_0000);
    let index = (from_cut >> 45) as usize & 127;
    let exponent = (from_cut as i64 >> 52) as i32;
    let z = f64::from_bits(bits.wrapping_sub((exponent as u64) << 52));
    let k = f64::from(exponent + shift);

    // Both products are exact, as the reciprocal has ten bits.
    let reciprocal = f64::from(RECIPROCALS[index]) / 512.0;
    let z_high = f64::from_bits(z.to_bits() & !0xffff_ffff);
    let r = Pair::sum(z_high * reciprocal - 1.0, (z - z_high) * reciprocal);
    let square = Pair::product(r.high, r.high);
    const SERIES: [f64; 9] =
        [1.0 / 3.0, -1.0 / 4.0, 1.0 / 5.0, -1.0 / 6.0, 1.0 / 7.0, -1.0 / 8.0, 1.0 / 9.0, -1.0 / 10.0, 1.0 / 11.0];
    let series = r.high * square.high * polynomial(r.high, &SERIES);

    let middle = Pair::from_bits(LOGARITHMS[index]);
    let first = Pair::sum(k * LN2_HIGH, middle.high);
    let second = Pair::sum(first.high, r.high);
    let third = Pair::sum(second.high, -0.5 * square.high);
    let tail = (k * LN2_LOW + middle.low) + (r.low - r.high * r.low - 0.5 * square.low);
    let low = first.low + second.low + third.low + tail + series;
    Pair::sum(third.high, low)
}

/// Zeros, negative numbers, infinity and NaN.
fn special(x: f64) -> Option<f64> {
    if x > 0.0 && x < f64::INFINITY {
        return None;
    }
    Some(match x {
        0.0 => f64::NEG_INFINITY,
        f64::INFINITY => x,
        _ => f64::NAN,
    })
}

/// The natural logarithm.
pub fn log(x: f64) -> f64 {
    special(x).unwrap_or_else(|| log_pair(x).value())
}

/// The logarithm to base 2, exact for powers of 2.
pub fn log2(x: f64) -> f64 {
    special(x).unwrap_or_else(|| log_pair(x).times(INVERSE_LN2).value())
}

/// The logarithm to base 10, in the steps of glibc and fdlibm, so that it has the same last digit.
pub fn log10(x: f64) -> f64 {
    if let Some(result) = special(x) {
        return result;
    }
    const LOG10_2_HIGH: f64 = f64::from_bits(0x3fd3_4413_509f_6000);
    const LOG10_2_LOW: f64 = f64::from_bits(0x3d59_fef3_11f1_2b36);
    const INVERSE_LN10: f64 = core::f64::consts::LOG10_E;
    let (bits, shift) = match x.to_bits() {
        subnormal if subnormal >> 52 == 0 => ((x * 18_014_398_509_481_984.0).to_bits(), -54),
        normal => (normal, 0),
    };
    let exponent = (bits >> 52) as i64 - 1023 + shift;
    // Numbers below 1 are taken between 1 and 2, others between 1/2... as (-1, 0] * log10(2) cancels.
    let raise = i64::from(exponent < 0);
    let y = (exponent + raise) as f64;
    let fraction = bits & ((1 << 52) - 1);
    let z = f64::from_bits(fraction | ((1023 - raise) as u64) << 52);
    y * LOG10_2_HIGH + (y * LOG10_2_LOW + INVERSE_LN10 * log(z))
}
