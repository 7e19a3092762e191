//! Trigonometric functions and their inverses, within 0.58 units in the last place.
//!
//! Arguments are reduced to `|r| <= pi / 4` as pairs, exactly enough for every double. The inverse
//! functions correct an estimate by one Newton step with its sine and cosine.
#![forbid(unsafe_code)]

use super::double_double::{Pair, polynomial};
use super::tables::TWO_OVER_PI;
use core::f64::consts::{FRAC_1_SQRT_2, FRAC_2_PI, FRAC_PI_2, FRAC_PI_4, PI};

const HALF_PI: Pair = Pair { high: FRAC_PI_2, low: f64::from_bits(0x3c91_a626_3314_5c07) };
const WHOLE_PI: Pair = Pair { high: PI, low: f64::from_bits(0x3ca1_a626_3314_5c07) };
const SIXTH: Pair = Pair { high: 1.0 / 6.0, low: f64::from_bits(0x3c65_5555_5555_5555) };
/// 2^512.
const FAR: f64 = f64::from_bits((1023 + 512) << 52);
/// Adding and subtracting it rounds to an integer.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// `sin(r)` for `|r| <= pi / 4`.
fn sine(r: Pair) -> Pair {
    const SERIES: [f64; 7] = [
        1.0 / 120.0,
        -1.0 / 5_040.0,
        1.0 / 362_880.0,
        -1.0 / 39_916_800.0,
        1.0 / 6_227_020_800.0,
        -1.0 / 1_307_674_368_000.0,
        1.0 / 355_687_428_096_000.0,
    ];
    let square = Pair::product(r.high, r.high);
    let square = Pair { low: square.low + 2.0 * r.high * r.low, ..square };
    let cube = square.times(r);
    let third = cube.times(SIXTH);
    let rest = cube.high * square.high * polynomial(square.high, &SERIES);
    let sum = Pair::ordered_sum(r.high, -third.high);
    Pair::ordered_sum(sum.high, sum.low + (r.low - third.low + rest))
}

/// `cos(r)` for `|r| <= pi / 4`.
fn cosine(r: Pair) -> Pair {
    const SERIES: [f64; 8] = [
        1.0 / 24.0,
        -1.0 / 720.0,
        1.0 / 40_320.0,
        -1.0 / 3_628_800.0,
        1.0 / 479_001_600.0,
        -1.0 / 87_178_291_200.0,
        1.0 / 20_922_789_888_000.0,
        -1.0 / 6_402_373_705_728_000.0,
    ];
    let square = Pair::product(r.high, r.high);
    let square_low = square.low + 2.0 * r.high * r.low;
    let rest = square.high * square.high * polynomial(square.high, &SERIES);
    let sum = Pair::ordered_sum(1.0, -0.5 * square.high);
    Pair::ordered_sum(sum.high, sum.low + (rest - 0.5 * square_low))
}

/// `x = quadrant * pi / 2 + rest`, the quadrant modulo 4, for finite `x`.
fn reduce(x: f64) -> (u32, Pair) {
    if x.abs() <= FRAC_PI_4 {
        return (0, Pair { high: x, low: 0.0 });
    }
    if x.abs() < 1_000_000.0 {
        // Three parts of pi / 2 of 33 bits each, whose multiples are exact, and what follows.
        let turns = (x * FRAC_2_PI + ROUNDER) - ROUNDER;
        let first = x - turns * 1.570_796_326_734_125_6;
        let second = Pair::sum(first, -turns * 6.077_100_506_303_966e-11);
        let third = Pair::sum(second.high, -turns * 2.022_266_248_711_166_5e-21);
        let low = second.low + third.low - turns * 8.478_427_660_368_9e-32;
        return (turns as i32 as u32 & 3, Pair::sum(third.high, low));
    }
    let (quadrant, rest) = reduce_large(x.abs());
    if x < 0.0 { (quadrant.wrapping_neg() & 3, rest.negated()) } else { (quadrant, rest) }
}

/// The same for large positive numbers, in integers: multiples of 4 of `x * 2 / pi` do not matter, so
/// 192 of its bits, beginning where the weight is below 4, decide.
fn reduce_large(x: f64) -> (u32, Pair) {
    let bits = x.to_bits();
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let exponent = (bits >> 52) as i32 - 1075;
    // The bit of 2 / pi whose product with 2^exponent is worth 2 stands here, behind 64 zeros.
    let start = (64 + exponent - 2).max(0) as usize;
    let word = |index: usize| {
        let at = start / 64 + index;
        let (this, next) = (TWO_OVER_PI.get(at), TWO_OVER_PI.get(at + 1));
        let pair = u128::from(*this.unwrap_or(&0)) << 64 | u128::from(*next.unwrap_or(&0));
        (pair >> (64 - start % 64)) as u64
    };
    let low = u128::from(word(2)) * u128::from(mantissa);
    let middle = u128::from(word(1)) * u128::from(mantissa) + (low >> 64);
    let high = word(0).wrapping_mul(mantissa).wrapping_add((middle >> 64) as u64);
    // Two bits of quadrant, then the fraction, from which a half and more goes to the next quadrant.
    let fraction =
        u128::from(high << 2 | middle as u64 >> 62) << 64 | u128::from((middle as u64) << 2 | low as u64 >> 62);
    let below = (low as u64) << 2;
    let up = fraction >> 127 != 0;
    let quadrant = (high >> 62) as u32 + u32::from(up);
    let (fraction, below) = match up {
        true => (!fraction, !below),
        false => (fraction, below),
    };
    let zeros = fraction.leading_zeros().min(63);
    let aligned = fraction << zeros | u128::from(below) >> 1 >> (63 - zeros);
    let scale = f64::from_bits(u64::from(1023 - zeros) << 52);
    let part = Pair::ordered_sum(
        (aligned >> 75) as u64 as f64 * (scale / 9_007_199_254_740_992.0),
        (aligned >> 22 & ((1 << 53) - 1)) as u64 as f64 * (scale / 81_129_638_414_606_681_695_789_005_144_064.0),
    );
    let rest = part.times(HALF_PI);
    (quadrant & 3, if up { rest.negated() } else { rest })
}

/// The sine.
pub fn sin(x: f64) -> f64 {
    if x.abs() < 7.4e-9 {
        return x;
    }
    quarter_turns(x, 0)
}

/// The cosine.
pub fn cos(x: f64) -> f64 {
    quarter_turns(x, 1)
}

/// `sin(x + more * pi / 2)`.
fn quarter_turns(x: f64, more: u32) -> f64 {
    if !x.is_finite() {
        return f64::NAN;
    }
    let (quadrant, rest) = reduce(x);
    let turns = quadrant + more;
    let value = if turns & 1 == 0 { sine(rest).value() } else { cosine(rest).value() };
    if turns & 2 == 0 { value } else { -value }
}

/// The tangent.
pub fn tan(x: f64) -> f64 {
    if !x.is_finite() {
        return f64::NAN;
    }
    if x.abs() < 7.4e-9 {
        return x;
    }
    let (quadrant, rest) = reduce(x);
    let (sine, cosine) = (sine(rest), cosine(rest));
    match quadrant & 1 {
        0 => sine.over(cosine).value(),
        _ => cosine.over(sine).negated().value(),
    }
}

/// `1 / sqrt(value)` of a positive normal number, good to some units in the last place: stable Rust
/// without `std` cannot use the instruction.
fn inverse_root(value: f64) -> f64 {
    // The exponent halved and negated, with the constant that makes the best of the mantissa.
    let mut root = f64::from_bits(0x5fe6_eb50_c7b5_37a9 - (value.to_bits() >> 1));
    for _ in 0..4 {
        root *= 1.5 - 0.5 * value * root * root;
    }
    root
}

/// The angle with this sine, given the sine up to 1 / sqrt(2).
fn arc_of_sine(sine_wanted: f64) -> Pair {
    let angle = libm::atan(sine_wanted * inverse_root(1.0 - sine_wanted * sine_wanted));
    let at = Pair { high: angle, low: 0.0 };
    let sine = sine(at);
    let step = ((sine_wanted - sine.high) - sine.low) / cosine(at).high;
    Pair::ordered_sum(angle, step)
}

/// The angle with this cosine, given the cosine from 1 / sqrt(2) to 1.
fn arc_of_cosine(cosine_wanted: f64) -> Pair {
    if cosine_wanted == 1.0 {
        return Pair { high: 0.0, low: 0.0 };
    }
    let (above, below) = (1.0 - cosine_wanted, 1.0 + cosine_wanted);
    let angle = 2.0 * libm::atan(above * inverse_root(above * below));
    let at = Pair { high: angle, low: 0.0 };
    let cosine = cosine(at);
    let step = ((cosine.high - cosine_wanted) + cosine.low) / sine(at).high;
    Pair::ordered_sum(angle, step)
}

/// The angle from -pi / 2 to pi / 2 with this sine.
pub fn asin(x: f64) -> f64 {
    let size = x.abs();
    if size.is_nan() || size > 1.0 {
        return f64::NAN;
    }
    if size < 7.4e-9 {
        return x;
    }
    let angle = if size <= FRAC_1_SQRT_2 { arc_of_sine(size) } else { HALF_PI.plus(arc_of_cosine(size).negated()) };
    angle.value().copysign(x)
}

/// The angle from 0 to pi with this cosine.
pub fn acos(x: f64) -> f64 {
    let size = x.abs();
    if size.is_nan() || size > 1.0 {
        return f64::NAN;
    }
    if size <= FRAC_1_SQRT_2 {
        return HALF_PI.plus(arc_of_sine(x).negated()).value();
    }
    let angle = arc_of_cosine(size);
    if x > 0.0 { angle.value() } else { WHOLE_PI.plus(angle.negated()).value() }
}

/// The angle from -pi to pi of the point `(x, y)`.
pub fn atan2(y: f64, x: f64) -> f64 {
    let (width, height) = (x.abs(), y.abs());
    let (long, short) = if width > height { (width, height) } else { (height, width) };
    let apart = (long.to_bits() >> 52) as i64 - (short.to_bits() >> 52) as i64;
    // Zeros, infinities, NaN, and angles so flat that the correction would underflow.
    if !(short > 0.0 && long < f64::INFINITY && apart < 800) {
        return libm::atan2(y, x);
    }
    let (long, short) = if long < 1.0 / FAR { (long * FAR, short * FAR) } else { (long, short) };
    let scale = f64::from_bits((2_045 - (long.to_bits() >> 52).min(2_044)) << 52);
    let (long, short) = (long * scale, short * scale);
    let angle = libm::atan(short / long);
    let at = Pair { high: angle, low: 0.0 };
    let (sine, cosine) = (sine(at), cosine(at));
    let (up, back) = (Pair::product(short, cosine.high), Pair::product(long, sine.high));
    let off = (up.high - back.high) + (up.low - back.low) + (short * cosine.low - long * sine.low);
    let step = off / (long * cosine.high + short * sine.high);
    let angle = Pair::ordered_sum(angle, step);
    let angle = if height >= width { HALF_PI.plus(angle.negated()) } else { angle };
    let angle = if x < 0.0 { WHOLE_PI.plus(angle.negated()) } else { angle };
    angle.value().copysign(y)
}
