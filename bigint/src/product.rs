//! Products of natural numbers: schoolbook, Karatsuba, and `fourier` between them and the largest.
//!
//! Invariant: `out` of a product is as long as both factors together and fully written. When scratch memory is refused,
//! a method that needs less takes over; the schoolbook method needs none.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use super::fourier;
use super::limbs::{self, LIMB_BITS};
use super::memory;
use super::work::{Error, Work};

/// From this many limbs on, three products of halves are faster than one schoolbook product.
const KARATSUBA_LIMBS: usize = 40;
/// The same for squares, whose schoolbook is faster.
const KARATSUBA_SQUARE_LIMBS: usize = 60;

/// Writes `x * y` to `out`.
pub fn multiply(out: &mut [u32], x: &[u32], y: &[u32], work: &mut dyn Work) -> Result<(), Error> {
    let (x, y) = if x.len() < y.len() { (y, x) } else { (x, y) };
    if y.len() < KARATSUBA_LIMBS {
        return schoolbook(out, x, y, work);
    }
    if fourier::suits(x.len(), y.len()) {
        match fourier::multiply(out, x, y, work) {
            Err(Error::NoMemory) => {}
            done => return done,
        }
    }
    let Ok(mut scratch) = memory::zeros(2 * y.len() + 2 * LIMB_BITS as usize) else {
        return schoolbook(out, x, y, work);
    };
    if x.len() == y.len() {
        return balanced(out, x, y, &mut scratch, work);
    }
    slices(out, x, y, &mut scratch, work)
}

/// Multiplies a longer `x` slice by slice of `y`'s length.
fn slices(out: &mut [u32], x: &[u32], y: &[u32], scratch: &mut [u32], work: &mut dyn Work) -> Result<(), Error> {
    let Ok(mut part) = memory::zeros(2 * y.len()) else {
        return schoolbook(out, x, y, work);
    };
    out.fill(0);
    for (index, slice) in x.chunks(y.len()).enumerate() {
        let part = &mut part[..slice.len() + y.len()];
        if slice.len() == y.len() {
            balanced(part, slice, y, scratch, work)?;
        } else {
            multiply(part, slice, y, work)?;
        }
        limbs::add_assign(&mut out[index * y.len()..], part);
    }
    Ok(())
}

/// Writes the square of `x` to `out`.
pub fn square(out: &mut [u32], x: &[u32], work: &mut dyn Work) -> Result<(), Error> {
    if x.len() < KARATSUBA_SQUARE_LIMBS {
        return schoolbook_square(out, x, work);
    }
    if fourier::suits(x.len(), x.len()) {
        match fourier::square(out, x, work) {
            Err(Error::NoMemory) => {}
            done => return done,
        }
    }
    match memory::zeros(2 * x.len() + 2 * LIMB_BITS as usize) {
        Ok(mut scratch) => balanced(out, x, x, &mut scratch, work),
        Err(_) => schoolbook_square(out, x, work),
    }
}

/// The product in a new vector, trimmed.
pub fn product(x: &[u32], y: &[u32], work: &mut dyn Work) -> Result<Vec<u32>, Error> {
    let mut out = memory::zeros(x.len() + y.len())?;
    if x == y {
        square(&mut out, x, work)?;
    } else {
        multiply(&mut out, x, y, work)?;
    }
    let length = limbs::trimmed(&out).len();
    out.truncate(length);
    Ok(out)
}

/// Whether two slices are the same memory: a square is cheaper than a product.
fn same(x: &[u32], y: &[u32]) -> bool {
    core::ptr::eq(x, y)
}

/// A product of two factors of equal length. `scratch`, for Karatsuba's method, has twice that and two limbs a level.
fn balanced(out: &mut [u32], x: &[u32], y: &[u32], scratch: &mut [u32], work: &mut dyn Work) -> Result<(), Error> {
    if same(x, y) {
        if x.len() < KARATSUBA_SQUARE_LIMBS {
            return schoolbook_square(out, x, work);
        }
    } else if x.len() < KARATSUBA_LIMBS {
        return schoolbook(out, x, y, work);
    }
    if fourier::suits(x.len(), y.len()) {
        let done = if same(x, y) { fourier::square(out, x, work) } else { fourier::multiply(out, x, y, work) };
        match done {
            Err(Error::NoMemory) => {}
            done => return done,
        }
    }
    karatsuba(out, x, y, scratch, work)
}

/// `x y = x1 y1 B^2 + (x0 y0 + x1 y1 - (x0 - x1)(y0 - y1)) B + x0 y0`, with B half the length.
fn karatsuba(out: &mut [u32], x: &[u32], y: &[u32], scratch: &mut [u32], work: &mut dyn Work) -> Result<(), Error> {
    let half = x.len().div_ceil(2);
    let (x_low, x_high) = x.split_at(half);
    let (y_low, y_high) = y.split_at(half);
    let (middle, scratch) = scratch.split_at_mut(2 * half);
    let (x_distance, y_distance) = out[..2 * half].split_at_mut(half);
    let mut opposite = limbs::distance(x_distance, x_low, x_high);
    if same(x, y) {
        opposite = false;
        balanced(middle, x_distance, x_distance, scratch, work)?;
    } else {
        opposite ^= limbs::distance(y_distance, y_low, y_high);
        balanced(middle, x_distance, y_distance, scratch, work)?;
    }
    let (low, high) = out.split_at_mut(2 * half);
    if same(x, y) {
        balanced(low, x_low, x_low, scratch, work)?;
        balanced(high, x_high, x_high, scratch, work)?;
    } else {
        balanced(low, x_low, y_low, scratch, work)?;
        balanced(high, x_high, y_high, scratch, work)?;
    }
    let carry = combine(middle, low, high, opposite);
    let above = &mut out[half..];
    let mut carry = carry + u32::from(limbs::add_assign(&mut above[..2 * half], middle));
    for limb in &mut above[2 * half..] {
        if carry == 0 {
            break;
        }
        let (sum, overflow) = limb.overflowing_add(carry);
        *limb = sum;
        carry = u32::from(overflow);
    }
    Ok(())
}

/// `middle` becomes `low + high - middle`, or `+ middle` if that product was negative. Returns the limb above.
fn combine(middle: &mut [u32], low: &[u32], high: &[u32], opposite: bool) -> u32 {
    let sign = if opposite { 1_i64 } else { -1 };
    let mut carry = 0_i64;
    let (start, end) = middle.split_at_mut(high.len());
    let (low_start, low_end) = low.split_at(high.len());
    for ((limb, a), b) in start.iter_mut().zip(low_start).zip(high) {
        let sum = carry + i64::from(*a) + i64::from(*b) + sign * i64::from(*limb);
        *limb = sum as u32;
        carry = sum >> LIMB_BITS;
    }
    for (limb, a) in end.iter_mut().zip(low_end) {
        let sum = carry + i64::from(*a) + sign * i64::from(*limb);
        *limb = sum as u32;
        carry = sum >> LIMB_BITS;
    }
    carry as u32
}

/// The product limb by limb; `y` is not longer.
fn schoolbook(out: &mut [u32], x: &[u32], y: &[u32], work: &mut dyn Work) -> Result<(), Error> {
    work.charge((x.len() as u64 + 2) * (y.len() as u64 + 2))?;
    out.fill(0);
    let pairs = y.chunks_exact(2);
    if let [factor] = pairs.remainder() {
        let at = y.len() - 1;
        out[at + x.len()] = limbs::add_product(&mut out[at..at + x.len()], x, *factor);
    }
    for (index, pair) in pairs.enumerate() {
        let (into, above) = out[2 * index..].split_at_mut(x.len());
        let (low, high) = limbs::add_product_of_two(into, x, pair[0], pair[1]);
        limbs::add_assign(above, &[low, high]);
    }
    Ok(())
}

/// The square limb by limb: each product of two different limbs once, all doubled, and the squares of the limbs.
fn schoolbook_square(out: &mut [u32], x: &[u32], work: &mut dyn Work) -> Result<(), Error> {
    work.charge((x.len() as u64 + 2) * (x.len() as u64 + 6) / 2)?;
    out.fill(0);
    for (at, factor) in x.iter().enumerate() {
        let rest = &x[at + 1..];
        let (into, above) = out[2 * at + 1..].split_at_mut(rest.len());
        above[0] = limbs::add_product(into, rest, *factor);
    }
    let (mut carry, mut bit) = (0_u64, 0);
    for (pair, limb) in out.chunks_exact_mut(2).zip(x) {
        let square = u64::from(*limb) * u64::from(*limb);
        let doubled = (u64::from(pair[1]) << LIMB_BITS | u64::from(pair[0])) << 1 | bit;
        bit = u64::from(pair[1] >> 31);
        let (sum, first) = doubled.overflowing_add(square);
        let (sum, second) = sum.overflowing_add(carry);
        carry = u64::from(first) + u64::from(second);
        pair[0] = sum as u32;
        pair[1] = (sum >> LIMB_BITS) as u32;
    }
    Ok(())
}
