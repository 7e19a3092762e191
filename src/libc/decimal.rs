//! Exact decimal digits of doubles, and exact doubles of decimal digits.
//!
//! Invariant: every result is the exactly rounded one, ties to even. Everyday numbers take a path
//! of one 128-bit product or quotient; the others go through [`Limbs`], a decimal big number:
//!
//! ```text
//! limb      0          1          ...   length - 1
//! worth     10^0       10^9       ...   10^(9 * (length - 1))      each limb below 10^9
//! ```
#![forbid(unsafe_code)]

use crate::budget::{self, cost};

/// 5^27 is the largest power of five below 2^63.
static POWERS_OF_FIVE: [u64; 28] = powers(5);
/// 10^19 is the largest power of ten below 2^64.
static POWERS_OF_TEN: [u64; 20] = powers(10);

const fn powers<const COUNT: usize>(base: u64) -> [u64; COUNT] {
    let mut table = [1; COUNT];
    let mut index = 1;
    while index < COUNT {
        table[index] = table[index - 1] * base;
        index += 1;
    }
    table
}

/// Where the decimal digits of a number end.
#[derive(Clone, Copy)]
pub enum Rounding {
    /// After so many digits, counted from the first one that is not zero; at least 1.
    Significant(usize),
    /// So many digits after the decimal point.
    Places(usize),
}

/// The digits of `d1.d2d3... * 10^exponent`. There may be fewer than asked for; the missing ones
/// are zeros.
pub struct Digits<'a> {
    /// ASCII digits.
    pub text: &'a [u8],
    /// Power of ten of the first digit.
    pub exponent: i32,
}

/// Hands the digits of a positive finite `value`, rounded as asked, to `then`.
pub fn with_digits<R>(value: f64, rounding: Rounding, then: impl FnOnce(Digits) -> R) -> R {
    let (mantissa, exponent) = split(value);
    let quick = match rounding {
        Rounding::Significant(count) => quick_significant(mantissa, exponent, count),
        Rounding::Places(places) => match quick_scaled(mantissa, exponent, places as i32) {
            Some(number) if number < POWERS_OF_TEN[19] => Some((number, places as i32)),
            _ => None,
        },
    };
    match quick {
        Some((number, scale)) => {
            let mut buffer = [0; 20];
            let text = write_integer(number, &mut buffer);
            then(Digits { exponent: text.len() as i32 - 1 - scale, text })
        }
        None => slow_digits(mantissa, exponent, rounding, then),
    }
}

/// A positive finite double as `mantissa * 2^exponent`.
#[inline]
fn split(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52) as i32 & 0x7ff {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << 52, exponent - 1075),
    }
}

/// The first `count` digits as one integer, and how many of them stand after the decimal point.
fn quick_significant(mantissa: u64, exponent: i32, count: usize) -> Option<(u64, i32)> {
    if count > 18 {
        return None;
    }
    let log2 = exponent + 63 - mantissa.leading_zeros() as i32;
    // 315653 / 2^20 is log10(2); the estimate is at most one off, which the digit count shows.
    let log10 = (log2 * 315_653) >> 20;
    let scale = count as i32 - 1 - log10;
    let number = quick_scaled(mantissa, exponent, scale)?;
    if number >= POWERS_OF_TEN[count] {
        return Some((quick_scaled(mantissa, exponent, scale - 1)?, scale - 1));
    }
    if number < POWERS_OF_TEN[count - 1] {
        return Some((quick_scaled(mantissa, exponent, scale + 1)?, scale + 1));
    }
    Some((number, scale))
}

/// `mantissa * 2^exponent * 10^scale` rounded to an integer, if 128 bits suffice on the way.
fn quick_scaled(mantissa: u64, exponent: i32, scale: i32) -> Option<u64> {
    let power = u128::from(*POWERS_OF_FIVE.get(scale.unsigned_abs() as usize)?);
    let shift = exponent + scale;
    if scale >= 0 {
        let product = u128::from(mantissa) * power;
        return match shift {
            ..-127 => Some(0),
            -127..0 => {
                let below = shift.unsigned_abs();
                let whole = u64::try_from(product >> below).ok()?;
                let rest = product << (128 - below);
                Some(round(whole, rest.cmp(&(1 << 127)), false))
            }
            _ if shift as u32 <= product.leading_zeros() => u64::try_from(product << shift).ok(),
            _ => None,
        };
    }
    let (mut numerator, mut denominator) = (u128::from(mantissa), power);
    let widened = if shift >= 0 { &mut numerator } else { &mut denominator };
    if shift.unsigned_abs() >= widened.leading_zeros() {
        return None;
    }
    *widened <<= shift.unsigned_abs();
    let quotient = numerator.checked_div(denominator)?;
    let rest = numerator - quotient * denominator;
    let whole = u64::try_from(quotient).ok()?;
    Some(round(whole, rest.cmp(&(denominator - rest)), false))
}

/// Rounds to the nearest integer, given how the rest compares with one half; `more` says that
/// the rest is a little greater than it was when compared.
#[inline]
fn round(whole: u64, rest_to_half: core::cmp::Ordering, more: bool) -> u64 {
    match rest_to_half {
        core::cmp::Ordering::Less => whole,
        core::cmp::Ordering::Equal if !more => whole + (whole & 1),
        _ => whole + 1,
    }
}

/// No double has more digits: the smallest subnormal numbers have up to 767.
const LONG_DIGITS: usize = 800;

#[inline(never)]
fn slow_digits<R>(mantissa: u64, exponent: i32, rounding: Rounding, then: impl FnOnce(Digits) -> R) -> R {
    let mut limbs = Limbs::of(mantissa);
    if exponent >= 0 {
        limbs.multiply_power(2, exponent as u32, 29);
    } else {
        limbs.multiply_power(5, exponent.unsigned_abs(), 12);
    }
    let mut buffer = [0; LONG_DIGITS];
    let length = limbs.write(&mut buffer);
    let (all, _) = buffer.split_at_mut(length.min(LONG_DIGITS));
    let first = length as i32 - 1 + exponent.min(0);
    let kept = match rounding {
        Rounding::Significant(count) => count as i64,
        Rounding::Places(places) => i64::from(first) + 1 + places as i64,
    };
    match usize::try_from(kept) {
        Err(_) => then(Digits { text: &[], exponent: first }),
        Ok(kept) if kept >= all.len() => then(Digits { text: all, exponent: first }),
        Ok(kept) => {
            let (head, tail) = all.split_at_mut(kept);
            if rounds_up(head, tail) && !increment(head) {
                return then(Digits { text: b"1", exponent: first + 1 });
            }
            then(Digits { text: head, exponent: first })
        }
    }
}

/// Whether the digits `head` round up when the digits `tail` after them go.
fn rounds_up(head: &[u8], tail: &[u8]) -> bool {
    match tail {
        [b'5', rest @ ..] => rest.iter().any(|digit| *digit != b'0') || head.last().is_some_and(|last| last & 1 == 1),
        [digit, ..] => *digit > b'5',
        [] => false,
    }
}

/// Adds one in the last place; false when every digit was a nine.
fn increment(digits: &mut [u8]) -> bool {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return true;
        }
        *digit = b'0';
    }
    false
}

/// Writes the digits of `number` at the end of `buffer` and returns them.
pub fn write_integer(number: u64, buffer: &mut [u8; 20]) -> &[u8] {
    let mut end = buffer.len();
    let mut rest = number;
    // One 64-bit division gives eight digits; the rest is 32-bit divisions, which are several times faster.
    while rest >= 100_000_000 {
        let low = (rest % 100_000_000) as u32;
        rest /= 100_000_000;
        write_pairs(low, 4, buffer, &mut end);
    }
    let mut low = rest as u32;
    while low >= 100 {
        write_pairs(low % 100, 1, buffer, &mut end);
        low /= 100;
    }
    let single = low < 10;
    write_pairs(low, 1, buffer, &mut end);
    buffer.get(end + usize::from(single)..).unwrap_or_default()
}

const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// Writes `count` pairs of digits in front of `end`, which moves.
#[inline]
fn write_pairs(mut number: u32, count: usize, buffer: &mut [u8; 20], end: &mut usize) {
    for _ in 0..count {
        let pair = PAIRS[(number % 100) as usize];
        number /= 100;
        *end = end.saturating_sub(2);
        if let Some(place) = buffer.get_mut(*end..*end + 2) {
            place.copy_from_slice(&pair);
        }
    }
}

/// `(mantissa + a little, if more) * 2^exponent`, rounded. With `more` the mantissa must have at
/// least 55 bits, so that the little cannot reach a half.
pub fn compose(mantissa: u64, more: bool, exponent: i32) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    debug_assert!(!more || mantissa >> 54 != 0, "mantissa {mantissa:#x} is too short");
    let zeros = mantissa.leading_zeros();
    let aligned = mantissa << zeros;
    // The value is 1.xxx * 2^power.
    let power = exponent.saturating_sub(zeros as i32).saturating_add(63);
    if power > 1023 {
        return f64::INFINITY;
    }
    let dropped = 11 + (-1022i32).saturating_sub(power).max(0) as u32;
    if dropped > 64 {
        return 0.0;
    }
    let rest = aligned << (64 - dropped);
    let whole = if dropped == 64 { 0 } else { aligned >> dropped };
    let whole = round(whole, rest.cmp(&(1 << 63)), more);
    // The leading bit of a normal number counts one into the exponent; so does a carry.
    f64::from_bits((((power + 1022).max(0) as u64) << 52) + whole)
}

/// The double nearest to `integer.fraction * 10^exponent`; both are ASCII digits.
pub fn from_digits(integer: &[u8], fraction: &[u8], exponent: i64) -> f64 {
    let all = integer.len() + fraction.len();
    let digit_at = |at: usize| {
        let digit = if at < integer.len() { integer.get(at) } else { fraction.get(at - integer.len()) };
        digit.map_or(0, |digit| digit - b'0')
    };
    let leading_zeros = (0..all).take_while(|at| digit_at(*at) == 0).count();
    let count = all - leading_zeros;
    let digit = |at: usize| digit_at(leading_zeros + at);
    let number = (0..count.min(19)).fold(0, |number: u64, at| number * 10 + u64::from(digit(at)));
    let scale = exponent.saturating_sub(fraction.len() as i64);
    if number == 0 {
        return 0.0;
    }
    let magnitude = scale.saturating_add(count as i64);
    if magnitude > 310 {
        return f64::INFINITY;
    }
    if magnitude < -330 {
        return 0.0;
    }
    let unread = count.saturating_sub(19);
    if (19..count).all(|at| digit(at) == 0) {
        let scale = scale + unread as i64;
        if let Some(value) = quick_double(number, scale as i32) {
            return value;
        }
    }
    slow_double(digit, count, scale)
}

/// `number * 10^scale` for small scales.
fn quick_double(number: u64, scale: i32) -> Option<f64> {
    let distance = scale.unsigned_abs() as usize;
    if number < 1 << 53 && distance <= 19 {
        // Both operands are exact, so the one operation rounds correctly.
        budget::spend(cost::DECIMAL);
        let power = POWERS_OF_TEN[distance] as f64;
        return Some(if scale < 0 { number as f64 / power } else { number as f64 * power });
    }
    let power = *POWERS_OF_FIVE.get(distance)?;
    if scale >= 0 {
        let product = u128::from(number) * u128::from(power);
        let excess = 64u32.saturating_sub(product.leading_zeros());
        let lost = product & ((1 << excess) - 1);
        return Some(compose((product >> excess) as u64, lost != 0, scale + excess as i32));
    }
    let zeros = number.leading_zeros();
    let numerator = u128::from(number << zeros) << 63;
    let quotient = numerator.checked_div(power.into())?;
    let more = quotient * u128::from(power) != numerator;
    // The quotient has 64 to 127 bits: at least 2^126 / 2^63.
    let excess = 64u32.saturating_sub(quotient.leading_zeros());
    let lost = quotient & ((1 << excess) - 1);
    let exponent = scale - 63 - zeros as i32 + excess as i32;
    Some(compose((quotient >> excess) as u64, more || lost != 0, exponent))
}

/// More digits than any midpoint between two doubles has (768), so that later digits only mean
/// "a little more".
const READ_DIGITS: usize = 800;

/// The same for any number of digits; `count` of them, each 0 to 9, the first not 0.
#[inline(never)]
fn slow_double(digit: impl Fn(usize) -> u8, count: usize, scale: i64) -> f64 {
    let read = count.min(READ_DIGITS);
    let mut more = (read..count).any(|at| digit(at) != 0);
    let scale = (scale + (count - read) as i64) as i32;
    // Limbs are nine digits: whole limbs before and after the point, zeros appended to fit.
    let padding = scale.rem_euclid(9) as usize;
    let limb_scale = scale.div_euclid(9);
    let mut limbs = Limbs::of_digits(digit, read, padding);
    limbs.insert_zeros(limb_scale.max(0) as usize);
    let fraction_limbs = limb_scale.min(0).unsigned_abs() as usize;

    let mut exponent = 0;
    loop {
        let shift = match limbs.integer_part(fraction_limbs) {
            None => 29,
            Some(part) if part >> 63 != 0 => 65 - part.leading_zeros() as i32,
            Some(0) => -29,
            Some(part) if part >> 54 == 0 => 65 - part.leading_zeros() as i32,
            Some(part) => {
                more |= limbs.has_fraction(fraction_limbs);
                return compose(part as u64, more, exponent);
            }
        };
        let shift = shift.clamp(-29, 29);
        exponent += shift;
        if shift > 0 {
            more |= limbs.halve(shift as u32);
        } else {
            limbs.multiply(1 << -shift);
        }
    }
}

/// Enough for 800 digits whose first one stands at 10^-330, and the whole part they are scaled to.
const LIMBS: usize = 136;
const LIMB_BASE: u64 = 1_000_000_000;

/// A natural number in base 10^9, least significant limb first.
struct Limbs {
    limbs: [u32; LIMBS],
    length: usize,
}

impl Limbs {
    fn zero() -> Limbs {
        budget::spend(cost::LIMBS);
        Limbs { limbs: [0; LIMBS], length: 0 }
    }

    fn of(number: u64) -> Limbs {
        let mut limbs = Limbs::zero();
        limbs.push(number);
        limbs
    }

    /// `count` digits, most significant first, followed by `padding` zeros.
    fn of_digits(digit: impl Fn(usize) -> u8, count: usize, padding: usize) -> Limbs {
        let all = count + padding;
        let mut limbs = Limbs::zero();
        limbs.length = all.div_ceil(9);
        for at in 0..all {
            if let Some(limb) = limbs.limbs.get_mut((all - 1 - at) / 9) {
                *limb = *limb * 10 + if at < count { u32::from(digit(at)) } else { 0 };
            }
        }
        limbs
    }

    /// Appends limbs at the significant end.
    fn push(&mut self, mut number: u64) {
        while number != 0 {
            if let Some(limb) = self.limbs.get_mut(self.length) {
                *limb = (number % LIMB_BASE) as u32;
                self.length += 1;
            }
            number /= LIMB_BASE;
        }
    }

    /// The limbs in use, for a step over all of them.
    fn used(&mut self) -> &mut [u32] {
        budget::spend(self.length * cost::LIMB);
        let length = self.length.min(LIMBS);
        self.limbs.get_mut(..length).unwrap_or_default()
    }

    fn multiply(&mut self, factor: u32) {
        let mut carry = 0;
        for limb in self.used() {
            let product = u64::from(*limb) * u64::from(factor) + carry;
            *limb = (product % LIMB_BASE) as u32;
            carry = product / LIMB_BASE;
        }
        self.push(carry);
    }

    /// Multiplies by `base^exponent`, `step` factors at a time; `base^step` must fit 32 bits.
    fn multiply_power(&mut self, base: u32, exponent: u32, step: u32) {
        let mut left = exponent;
        while left > 0 {
            let now = left.min(step);
            self.multiply(base.wrapping_pow(now));
            left -= now;
        }
    }

    /// Divides by `2^shift`, at most 2^29; returns whether digits were lost.
    fn halve(&mut self, shift: u32) -> bool {
        let mut rest = 0;
        for limb in self.used().iter_mut().rev() {
            let value = rest * LIMB_BASE + u64::from(*limb);
            *limb = (value >> shift) as u32;
            rest = value & ((1 << shift) - 1);
        }
        while self.length > 0 && self.limbs.get(self.length - 1) == Some(&0) {
            self.length -= 1;
        }
        rest != 0
    }

    /// Multiplies by `10^(9 * count)`.
    fn insert_zeros(&mut self, count: usize) {
        let old = self.limbs;
        self.length = (self.length + count).min(LIMBS);
        for (index, limb) in self.limbs.iter_mut().enumerate() {
            *limb = old.get(index.wrapping_sub(count)).copied().unwrap_or(0);
        }
    }

    /// The number without its lowest `fraction_limbs`; `None` from 10^36 up.
    fn integer_part(&self, fraction_limbs: usize) -> Option<u128> {
        let limbs = self.limbs.get(fraction_limbs..self.length).unwrap_or_default();
        let value = |sum, limb: &u32| sum * u128::from(LIMB_BASE) + u128::from(*limb);
        (limbs.len() <= 4).then(|| limbs.iter().rev().fold(0, value))
    }

    fn has_fraction(&self, fraction_limbs: usize) -> bool {
        self.limbs.iter().take(fraction_limbs.min(self.length)).any(|limb| *limb != 0)
    }

    /// Writes all digits without leading zeros; returns how many.
    fn write(&mut self, buffer: &mut [u8; LONG_DIGITS]) -> usize {
        let mut length = 0;
        for limb in self.used().iter().rev() {
            let mut power = (LIMB_BASE / 10) as u32;
            while power > 0 {
                let digit = b'0' + (limb / power % 10) as u8;
                power /= 10;
                if length == 0 && digit == b'0' {
                    continue;
                }
                if let Some(place) = buffer.get_mut(length) {
                    *place = digit;
                    length += 1;
                }
            }
        }
        length
    }
}
