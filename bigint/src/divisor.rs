//! Greatest common divisors and modular inverses, by Lehmer's method: the top bits of both numbers decide many of
//! Euclid's steps, and the whole numbers take these steps at once.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use super::integer::Integer;
use super::limbs::{self, LIMB_BITS};
use super::memory;
use super::product;
use super::quotient;
use super::work::{CALL_UNITS, Error, Work};

/// Bits of the tops: the factors of the steps then have less than 31, and two products fit 64 bits with their sign.
const TOP_BITS: u64 = 62;

/// The cost of deciding on steps: about thirty divisions.
const STEPS_UNITS: u64 = 128;

/// Several steps of Euclid's algorithm in one: `(a, b)` becomes `(±(u0 a - v0 b), ±(v1 b - u1 a))`.
struct Steps {
    u0: u32,
    v0: u32,
    u1: u32,
    v1: u32,
    /// Whether their number is odd, which exchanges the signs.
    odd: bool,
}

impl Integer {
    /// The greatest common divisor, which is never negative. For two zeros it is zero.
    pub fn gcd(&self, other: &Integer, work: &mut dyn Work) -> Result<Integer, Error> {
        let mut euclid = Euclid::new(self.limbs(), other.limbs(), work)?;
        euclid.run(work)?;
        Ok(Integer::from_limbs(false, euclid.a))
    }
}

/// The inverse of a number less than a positive modulus, if it has one.
pub fn inverse(number: &Integer, modulus: &Integer, work: &mut dyn Work) -> Result<Option<Integer>, Error> {
    let mut euclid = Euclid::new(modulus.limbs(), number.limbs(), work)?;
    euclid.factors = Some((Vec::new(), memory::copied(&[1])?));
    euclid.run(work)?;
    if euclid.a != [1] {
        return Ok(None);
    }
    let (factor, _) = euclid.factors.unwrap_or_default();
    Integer::from_limbs(!euclid.odd, factor).modulus(modulus, work).map(Some)
}

/// The state between steps: `a >= b`, except before the first step.
struct Euclid {
    a: Vec<u32>,
    b: Vec<u32>,
    /// The magnitudes of x and y where `a = x second` and `b = y second` modulo the first number. They have opposite
    /// signs; x is positive after an odd number of steps.
    factors: Option<(Vec<u32>, Vec<u32>)>,
    odd: bool,
}

impl Euclid {
    fn new(first: &[u32], second: &[u32], work: &mut dyn Work) -> Result<Euclid, Error> {
        work.charge((first.len() + second.len()) as u64 + CALL_UNITS)?;
        Ok(Euclid { a: memory::copied(first)?, b: memory::copied(second)?, factors: None, odd: false })
    }

    /// Until `b` is zero and `a` the divisor.
    fn run(&mut self, work: &mut dyn Work) -> Result<(), Error> {
        while !self.b.is_empty() {
            match self.steps() {
                Some(steps) => self.take(&steps, work)?,
                None => self.divide(work)?,
            }
        }
        Ok(())
    }

    /// One step of the whole numbers.
    fn divide(&mut self, work: &mut dyn Work) -> Result<(), Error> {
        let (quotient, remainder) = quotient::divide(&self.a, &self.b, work)?;
        self.a = core::mem::replace(&mut self.b, remainder);
        self.odd = !self.odd;
        if let Some((x, y)) = &mut self.factors {
            let mut next = memory::zeros(x.len().max(quotient.len() + y.len()) + 1)?;
            let end = quotient.len() + y.len();
            product::multiply(&mut next[..end], &quotient, y, work)?;
            limbs::add_assign(&mut next, x);
            *x = core::mem::replace(y, quotient::into_trimmed(next));
        }
        Ok(())
    }

    /// The steps that the top bits decide (Collins' condition, as Jebelean states it); `None` when they decide no step.
    fn steps(&self) -> Option<Steps> {
        let bits = limbs::bit_length(&self.a);
        if bits < limbs::bit_length(&self.b) {
            return None;
        }
        let (mut a, mut b) = (top(&self.a, bits), top(&self.b, bits));
        let (mut u, mut v, mut odd) = ((0_u64, 1, 0), (0_u64, 0, 1), true);
        while b >= v.2 && a.checked_sub(b)? >= v.1 + v.2 {
            let quotient = a / b;
            (a, b) = (b, a % b);
            u = (u.1, u.2, u.1 + quotient * u.2);
            v = (v.1, v.2, v.1 + quotient * v.2);
            odd = !odd;
        }
        let narrow = |factor: u64| u32::try_from(factor).ok().filter(|factor| factor >> 31 == 0);
        // The last step is not certain, and is not taken.
        let steps = Steps { u0: narrow(u.0)?, v0: narrow(v.0)?, u1: narrow(u.1)?, v1: narrow(v.1)?, odd };
        (steps.v0 != 0).then_some(steps)
    }

    fn take(&mut self, steps: &Steps, work: &mut dyn Work) -> Result<(), Error> {
        let length = self.a.len();
        work.charge(4 * length as u64 + STEPS_UNITS)?;
        memory::extend(&mut self.b, length)?;
        let sign = if steps.odd { -1 } else { 1 };
        let [u0, v0, u1, v1] = [steps.u0, steps.v0, steps.u1, steps.v1].map(|factor| sign * i64::from(factor));
        let (mut first, mut second) = (0, 0);
        for (a, b) in self.a.iter_mut().zip(&mut self.b) {
            let (x, y) = (i64::from(*a), i64::from(*b));
            first += u0 * x - v0 * y;
            second += v1 * y - u1 * x;
            (*a, *b) = (first as u32, second as u32);
            (first, second) = (first >> LIMB_BITS, second >> LIMB_BITS);
        }
        for number in [&mut self.a, &mut self.b] {
            let length = limbs::trimmed(number).len();
            number.truncate(length);
        }
        self.odd ^= steps.odd;
        let Some((x, y)) = &mut self.factors else {
            return Ok(());
        };
        (*x, *y) = (sum(x, steps.u0, y, steps.v0, work)?, sum(x, steps.u1, y, steps.v1, work)?);
        Ok(())
    }
}

/// `x u + y v`.
fn sum(x: &[u32], u: u32, y: &[u32], v: u32, work: &mut dyn Work) -> Result<Vec<u32>, Error> {
    let length = x.len().max(y.len()) + 2;
    work.charge(2 * length as u64)?;
    let mut out = memory::zeros(length)?;
    for (number, factor) in [(x, u), (y, v)] {
        let (low, high) = out.split_at_mut(number.len());
        let carry = limbs::add_product(low, number, factor);
        limbs::add_assign(high, &[carry]);
    }
    Ok(quotient::into_trimmed(out))
}

/// The bits of a number from `bits` downwards, as many as steps are decided on.
fn top(x: &[u32], bits: u64) -> u64 {
    let limb = |index: u64| u128::from(x.get(index as usize).copied().unwrap_or(0));
    let shift = bits.saturating_sub(TOP_BITS);
    let at = shift / u64::from(LIMB_BITS);
    let three = limb(at + 2) << 64 | limb(at + 1) << 32 | limb(at);
    (three >> (shift % u64::from(LIMB_BITS))) as u64 & ((1 << TOP_BITS) - 1)
}
