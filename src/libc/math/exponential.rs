//! Exponentials and powers, within 0.52 units in the last place (hyperbolic: as glibc, within 2.2).
//!
//! `e^x = 2^(n / 128) * e^r` with `|r| < 0.0028`: a table and a short series.
#![forbid(unsafe_code)]

use super::double_double::{Pair, polynomial};
use super::logarithm;
use super::tables::POWERS_OF_TWO;

/// 128 / ln(2).
const STEPS: f64 = 184.664_965_233_787_3;
/// ln(2) / 128: 32 bits, so that its multiples up to 2^21 are exact, and the rest.
const STEP_HIGH: f64 = f64::from_bits(0x3f76_2e42_fee0_0000);
const STEP_LOW: f64 = f64::from_bits(0x3d7a_39ef_3579_3c76);
/// Adding and subtracting it rounds to an integer.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// `e^x`.
pub fn exp(x: f64) -> f64 {
    exp_pair(Pair { high: x, low: 0.0 })
}

/// `e^x` of a pair.
pub fn exp_pair(x: Pair) -> f64 {
    if !(x.high > -746.0 && x.high < 710.0) {
        return match x.high {
            high if high.is_nan() => high,
            high if high > 0.0 => f64::INFINITY,
            _ => 0.0,
        };
    }
    let steps = (x.high * STEPS + ROUNDER) - ROUNDER;
    let rest = (x.high - steps * STEP_HIGH) + (x.low - steps * STEP_LOW);
    const SERIES: [f64; 5] = [1.0 / 2.0, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0];
    let growth = rest + rest * rest * polynomial(rest, &SERIES);
    let index = steps as i32;
    let table = Pair::from_bits(POWERS_OF_TWO[(index & 127) as usize]);
    let result = Pair::ordered_sum(table.high, table.low + table.high * growth);
    scale(result, index >> 7)
}

/// `2^exponent` for normal numbers.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// `value * 2^exponent`, rounded once, for values from 1/2 to 2 and exponents from -1080 to 1024.
fn scale(value: Pair, exponent: i32) -> f64 {
    if exponent > 1022 {
        return value.value() * 2.0 * power_of_two(exponent - 1);
    }
    if exponent > -1022 {
        return value.value() * power_of_two(exponent);
    }
    // Subnormal numbers have the last place of 1.0, times 2^-1022: round there, before scaling.
    let down = power_of_two(exponent + 1022);
    let near_one = Pair::sum(1.0, value.high * down);
    let rounded = near_one.high + (near_one.low + value.low * down);
    (rounded - 1.0) * f64::MIN_POSITIVE
}

/// `x^y`, with the special cases of C99.
pub fn pow(x: f64, y: f64) -> f64 {
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if x.is_nan() || y.is_nan() {
        return x + y;
    }
    let size = x.abs();
    let negative = x.is_sign_negative() && is_odd(y);
    let sign = if negative { -1.0 } else { 1.0 };
    if size == 0.0 || size == f64::INFINITY {
        return if (size == 0.0) == (y > 0.0) { 0.0 * sign } else { f64::INFINITY * sign };
    }
    if y.abs() == f64::INFINITY && size == 1.0 {
        return 1.0;
    }
    if x < 0.0 && !is_integer(y) {
        return f64::NAN;
    }
    // Beyond these the power of anything but 1 is 0, infinite or 1, and products stay in range.
    let limited = y.clamp(-1e22, 1e22);
    let logarithm = logarithm::log_pair(size);
    let product = Pair::product(limited, logarithm.high);
    let low = product.low + limited * logarithm.low;
    sign * exp_pair(Pair::ordered_sum(product.high, low))
}

/// Every double from 2^53 up is an even integer.
fn is_integer(value: f64) -> bool {
    value.abs() >= 9_007_199_254_740_992.0 || value as i64 as f64 == value
}

fn is_odd(value: f64) -> bool {
    value.abs() < 9_007_199_254_740_992.0 && is_integer(value) && value as i64 & 1 == 1
}

/// `(e^x - e^-x) / 2`, like the two below in the steps of glibc and fdlibm.
pub fn sinh(x: f64) -> f64 {
    let size = x.abs();
    let half = 0.5f64.copysign(x);
    if size < 22.0 {
        if size < 3.8e-9 {
            return x;
        }
        let t = libm::expm1(size);
        if size < 1.0 {
            return half * (2.0 * t - t * t / (t + 1.0));
        }
        return half * (t + t / (t + 1.0));
    }
    half_exp(size, half)
}

/// `(e^x + e^-x) / 2`.
pub fn cosh(x: f64) -> f64 {
    let size = x.abs();
    if size < 0.5 * core::f64::consts::LN_2 {
        let t = libm::expm1(size);
        let w = 1.0 + t;
        return 1.0 + (t * t) / (w + w);
    }
    if size < 22.0 {
        let t = exp(size);
        return 0.5 * t + 0.5 / t;
    }
    half_exp(size, 0.5)
}

/// `half * e^size`, which may be finite where `e^size` is not.
fn half_exp(size: f64, half: f64) -> f64 {
    if size < 709.78 {
        return half * exp(size);
    }
    let root = exp(0.5 * size);
    half * root * root
}

/// `sinh(x) / cosh(x)`.
pub fn tanh(x: f64) -> f64 {
    let size = x.abs();
    let result = if size >= 22.0 {
        1.0
    } else if size >= 1.0 {
        1.0 - 2.0 / (libm::expm1(2.0 * size) + 2.0)
    } else if size < 2.8e-17 {
        return x;
    } else {
        let t = libm::expm1(-2.0 * size);
        -t / (t + 2.0)
    };
    if x.is_nan() { x } else { result.copysign(x) }
}
