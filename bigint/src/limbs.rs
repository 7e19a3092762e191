//! Natural numbers as slices of 32-bit limbs, the least first: the operations that take one pass.
//!
//! Invariant: nothing here allocates; a carry or borrow that does not fit is returned.
//!
//! Limbs have 32 bits because WebAssembly multiplies 64 bits by 64 to 64: the product of two limbs, and the sum of that
//! with two more limbs, is exact. The loops are never inlined: one copy saves bytes, and a call is cheap beside a loop.
#![forbid(unsafe_code)]

use core::cmp::Ordering;

/// Bits of a limb.
pub const LIMB_BITS: u32 = 32;

/// The number without zeros at its top.
#[inline(never)]
pub fn trimmed(mut limbs: &[u32]) -> &[u32] {
    while let [lower @ .., 0] = limbs {
        limbs = lower;
    }
    limbs
}

/// The order of two trimmed numbers.
#[inline(never)]
pub fn compare(x: &[u32], y: &[u32]) -> Ordering {
    x.len().cmp(&y.len()).then_with(|| x.iter().rev().cmp(y.iter().rev()))
}

/// Bits of a trimmed number, 0 for zero.
pub fn bit_length(x: &[u32]) -> u64 {
    match x.last() {
        None => 0,
        Some(top) => x.len() as u64 * u64::from(LIMB_BITS) - u64::from(top.leading_zeros()),
    }
}

/// Zero bits below the lowest one bit; zero has none.
pub fn trailing_zeros(x: &[u32]) -> u64 {
    match x.iter().position(|limb| *limb != 0) {
        None => 0,
        Some(at) => at as u64 * u64::from(LIMB_BITS) + u64::from(x[at].trailing_zeros()),
    }
}

/// Adds `y`, which is not longer, to `x`; true when a carry is left.
#[inline(never)]
pub fn add_assign(x: &mut [u32], y: &[u32]) -> bool {
    let (low, high) = x.split_at_mut(y.len().min(x.len()));
    let mut carry = 0_u64;
    for (a, b) in low.iter_mut().zip(y) {
        let sum = u64::from(*a) + u64::from(*b) + carry;
        *a = sum as u32;
        carry = sum >> LIMB_BITS;
    }
    carry != 0 && increment(high)
}

/// Adds one; true when a carry is left.
pub fn increment(x: &mut [u32]) -> bool {
    for limb in x {
        *limb = limb.wrapping_add(1);
        if *limb != 0 {
            return false;
        }
    }
    true
}

/// Subtracts `y`, which is not longer, from `x`; true when a borrow is left.
#[inline(never)]
pub fn subtract_assign(x: &mut [u32], y: &[u32]) -> bool {
    let (low, high) = x.split_at_mut(y.len().min(x.len()));
    let mut borrow = 0_u64;
    for (a, b) in low.iter_mut().zip(y) {
        let difference = u64::from(*a).wrapping_sub(u64::from(*b)).wrapping_sub(borrow);
        *a = difference as u32;
        borrow = difference >> 63;
    }
    borrow != 0 && decrement(high)
}

/// Subtracts one; true when a borrow is left.
pub fn decrement(x: &mut [u32]) -> bool {
    for limb in x {
        let before = *limb;
        *limb = before.wrapping_sub(1);
        if before != 0 {
            return false;
        }
    }
    true
}

/// Writes `|x - y|` to `out`; true when `x` is less. `x` and `out` have one length, `y` may be shorter.
#[inline(never)]
pub fn distance(out: &mut [u32], x: &[u32], y: &[u32]) -> bool {
    let less = compare(trimmed(x), trimmed(y)).is_lt();
    if less {
        let y_end = y.len();
        out[..y_end].copy_from_slice(y);
        out[y_end..].fill(0);
        // The limbs of x above y are zero, because x is less.
        subtract_assign(out, &x[..y_end]);
    } else {
        out.copy_from_slice(x);
        subtract_assign(out, y);
    }
    less
}

/// Two's complement: the number becomes its negation.
#[inline(never)]
pub fn negate(x: &mut [u32]) {
    for limb in x.iter_mut() {
        *limb = !*limb;
    }
    increment(x);
}

/// Shifts left by fewer bits than a limb has; the bits that leave at the top.
#[inline(never)]
pub fn shift_left(x: &mut [u32], bits: u32) -> u32 {
    let mut carry = 0;
    if bits > 0 {
        for limb in x {
            let before = *limb;
            *limb = before << bits | carry;
            carry = before >> (LIMB_BITS - bits);
        }
    }
    carry
}

/// Shifts right by fewer bits than a limb has; bits leave at the bottom.
#[inline(never)]
pub fn shift_right(x: &mut [u32], bits: u32) {
    let mut carry = 0;
    if bits > 0 {
        for limb in x.iter_mut().rev() {
            let before = *limb;
            *limb = before >> bits | carry;
            carry = before << (LIMB_BITS - bits);
        }
    }
}

/// Multiplies by a limb and adds one; the limb that leaves at the top.
#[inline(never)]
pub fn multiply_limb(x: &mut [u32], factor: u32, add: u32) -> u32 {
    let mut carry = u64::from(add);
    for limb in x {
        let sum = u64::from(*limb) * u64::from(factor) + carry;
        *limb = sum as u32;
        carry = sum >> LIMB_BITS;
    }
    carry as u32
}

/// Divides by a limb that is not zero; the remainder.
#[inline(never)]
pub fn divide_limb(x: &mut [u32], divisor: u32) -> u32 {
    let mut remainder = 0;
    for limb in x.iter_mut().rev() {
        let numerator = u64::from(remainder) << LIMB_BITS | u64::from(*limb);
        *limb = (numerator / u64::from(divisor)) as u32;
        remainder = (numerator % u64::from(divisor)) as u32;
    }
    remainder
}

/// Adds `x * factor` to `out`, of the same length; the limb that leaves at the top.
#[inline(never)]
pub fn add_product(out: &mut [u32], x: &[u32], factor: u32) -> u32 {
    let mut carry = 0;
    for (a, b) in out.iter_mut().zip(x) {
        let sum = u64::from(*b) * u64::from(factor) + u64::from(*a) + carry;
        *a = sum as u32;
        carry = sum >> LIMB_BITS;
    }
    carry as u32
}

/// Adds `x * (low + B high)` to `out`, of the same length as `x`, with B = 2^32; the two limbs that leave at the top.
#[inline(never)]
pub fn add_product_of_two(out: &mut [u32], x: &[u32], low: u32, high: u32) -> (u32, u32) {
    let (mut low_carry, mut high_carry, mut before) = (0, 0, 0);
    for (a, b) in out.iter_mut().zip(x) {
        let sum = u64::from(*b) * u64::from(low) + u64::from(*a) + low_carry;
        low_carry = sum >> LIMB_BITS;
        let sum = u64::from(before) * u64::from(high) + (sum & 0xFFFF_FFFF) + high_carry;
        high_carry = sum >> LIMB_BITS;
        *a = sum as u32;
        before = *b;
    }
    let sum = u64::from(before) * u64::from(high) + low_carry + high_carry;
    (sum as u32, (sum >> LIMB_BITS) as u32)
}

/// Subtracts `x * factor` from `out`, of the same length; returns what the caller must subtract above the top.
#[inline(never)]
pub fn subtract_product(out: &mut [u32], x: &[u32], factor: u32) -> u32 {
    let mut carry = 0;
    for (a, b) in out.iter_mut().zip(x) {
        // Adding to the complement has a shorter chain from carry to carry than subtracting.
        let sum = u64::from(*b) * u64::from(factor) + u64::from(!*a) + carry;
        *a = !(sum as u32);
        carry = sum >> LIMB_BITS;
    }
    carry as u32
}
