//! Powers, plain and modulo a number.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use super::divisor;
use super::integer::Integer;
use super::limbs::{self, LIMB_BITS};
use super::memory;
use super::montgomery::Montgomery;
use super::product;
use super::quotient::{self, Divisor};
use super::work::{CALL_UNITS, Error, Work, check_bits};

/// With at least this many limbs in the modulus, division by its reciprocal beats Montgomery's quadratic method.
const MONTGOMERY_LIMBS: usize = 220;

/// Numbers modulo another, in the form that multiplies fastest. Each has as many limbs as the modulus.
pub trait Residues {
    /// The form of a number less than the modulus.
    fn enter(&mut self, number: &[u32], work: &mut dyn Work) -> Result<Vec<u32>, Error>;
    /// The number of a form.
    fn leave(&mut self, residue: &mut [u32], work: &mut dyn Work) -> Result<(), Error>;
    /// `x` becomes `x * y`.
    fn multiply(&mut self, x: &mut [u32], y: &[u32], work: &mut dyn Work) -> Result<(), Error>;
    /// `x` becomes its square.
    fn square(&mut self, x: &mut [u32], work: &mut dyn Work) -> Result<(), Error>;
}

/// Any modulus: products are divided by it.
struct Divided {
    divisor: Divisor,
    length: usize,
    scratch: Vec<u32>,
}

impl Divided {
    fn new(modulus: &[u32], work: &mut dyn Work) -> Result<Divided, Error> {
        let length = modulus.len();
        Ok(Divided { divisor: Divisor::new(modulus, work)?, length, scratch: memory::zeros(2 * length)? })
    }

    fn reduce(&mut self, out: &mut [u32], work: &mut dyn Work) -> Result<(), Error> {
        let remainder = self.divisor.remainder(limbs::trimmed(&self.scratch), work)?;
        out[..remainder.len()].copy_from_slice(&remainder);
        out[remainder.len()..].fill(0);
        Ok(())
    }
}

impl Residues for Divided {
    fn enter(&mut self, number: &[u32], _work: &mut dyn Work) -> Result<Vec<u32>, Error> {
        let mut residue = memory::zeros(self.length)?;
        residue[..number.len()].copy_from_slice(number);
        Ok(residue)
    }

    fn leave(&mut self, _residue: &mut [u32], _work: &mut dyn Work) -> Result<(), Error> {
        Ok(())
    }

    fn multiply(&mut self, x: &mut [u32], y: &[u32], work: &mut dyn Work) -> Result<(), Error> {
        product::multiply(&mut self.scratch, x, y, work)?;
        self.reduce(x, work)
    }

    fn square(&mut self, x: &mut [u32], work: &mut dyn Work) -> Result<(), Error> {
        product::square(&mut self.scratch, x, work)?;
        self.reduce(x, work)
    }
}

impl Integer {
    /// The power; of zero, 1.
    pub fn power(&self, exponent: u64, work: &mut dyn Work) -> Result<Integer, Error> {
        work.charge(CALL_UNITS)?;
        let negative = self.is_negative() && !exponent.is_multiple_of(2);
        if exponent == 0 || matches!(self.limbs(), [] | [1]) {
            let one = exponent == 0 || !self.is_zero();
            return Ok(Integer::from_limbs(negative, memory::copied(&[u32::from(one)])?));
        }
        // The least bits of the result: (2^(n-1))^e has (n-1) e + 1.
        check_bits((self.bit_length() - 1).saturating_mul(exponent).saturating_add(1))?;
        let twos = limbs::trailing_zeros(self.limbs());
        let odd = self.shift_right(twos as i64, work)?;
        let mut power = memory::copied(odd.limbs())?;
        for bit in (0..exponent.ilog2()).rev() {
            power = product::product(&power, &power, work)?;
            if exponent >> bit & 1 != 0 {
                power = product::product(&power, odd.limbs(), work)?;
            }
        }
        // The product fits, as it is less than the bits checked.
        Integer::from_limbs(negative, power).shift_left((twos * exponent) as i64, work)
    }

    /// The power with any exponent that is not negative.
    pub fn power_integer(&self, exponent: &Integer, work: &mut dyn Work) -> Result<Integer, Error> {
        if exponent.is_negative() {
            return Err(Error::NegativeExponent);
        }
        // An exponent above 64 bits is too large for every base but 0, 1 and -1. For these only its lowest bit matters.
        let beyond = u64::MAX - u64::from(!exponent.is_odd());
        self.power(exponent.magnitude_u64().unwrap_or(beyond), work)
    }

    /// The power modulo `modulus`, with the modulus's sign. A negative exponent gives a power of the inverse.
    pub fn power_modulo(&self, exponent: &Integer, modulus: &Integer, work: &mut dyn Work) -> Result<Integer, Error> {
        if modulus.is_zero() {
            return Err(Error::DivisionByZero);
        }
        work.charge(modulus.limbs().len() as u64 + CALL_UNITS)?;
        let positive = modulus.copy()?.absolute();
        let mut base = self.modulus(&positive, work)?;
        if exponent.is_negative() {
            base = divisor::inverse(&base, &positive, work)?.ok_or(Error::NotInvertible)?;
        }
        let limbs = positive.limbs();
        let power = if exponent.is_zero() || limbs == [1] {
            quotient::divide(&[1], limbs, work)?.1
        } else if limbs[0] % 2 != 0 && limbs.len() < MONTGOMERY_LIMBS {
            windows(&mut Montgomery::new(limbs)?, base.limbs(), exponent.limbs(), work)?
        } else {
            windows(&mut Divided::new(limbs, work)?, base.limbs(), exponent.limbs(), work)?
        };
        // Gives the result the modulus's sign.
        Integer::from_limbs(false, power).modulus(modulus, work)
    }
}

/// The bits of a window for an exponent of so many bits: a wider window needs a larger table, which must pay off.
fn window_bits(exponent_bits: u64) -> u32 {
    match exponent_bits {
        0..=8 => 1,
        9..=36 => 2,
        37..=140 => 3,
        141..=450 => 4,
        451..=1303 => 5,
        _ => 6,
    }
}

/// A power by sliding windows over an exponent that is not zero: a square for each bit, a product for each window.
fn windows(
    residues: &mut dyn Residues,
    base: &[u32],
    exponent: &[u32],
    work: &mut dyn Work,
) -> Result<Vec<u32>, Error> {
    let bits = limbs::bit_length(exponent);
    let width = window_bits(bits);
    let odd_powers = odd_powers(residues, base, width, work)?;
    let is_set = |bit: u64| exponent[(bit / u64::from(LIMB_BITS)) as usize] >> (bit % u64::from(LIMB_BITS)) & 1 != 0;
    let mut power: Option<Vec<u32>> = None;
    let mut end = bits;
    while end > 0 {
        let mut start = end - 1;
        let mut window = 0;
        if is_set(start) {
            start = end.saturating_sub(u64::from(width));
            while !is_set(start) {
                start += 1;
            }
            window = (start..end).rev().fold(0, |window, bit| window << 1 | usize::from(is_set(bit)));
        }
        match &mut power {
            None => power = Some(memory::copied(&odd_powers[window / 2])?),
            Some(power) => {
                for _ in start..end {
                    residues.square(power, work)?;
                }
                if window != 0 {
                    residues.multiply(power, &odd_powers[window / 2], work)?;
                }
            }
        }
        end = start;
    }
    let mut power = power.unwrap_or_default();
    residues.leave(&mut power, work)?;
    Ok(quotient::into_trimmed(power))
}

/// The first, third, fifth power and so on, up to the largest that a window can need.
fn odd_powers(
    residues: &mut dyn Residues,
    base: &[u32],
    width: u32,
    work: &mut dyn Work,
) -> Result<Vec<Vec<u32>>, Error> {
    let mut powers = memory::room(1 << (width - 1))?;
    powers.push(residues.enter(base, work)?);
    let mut square = memory::copied(&powers[0])?;
    residues.square(&mut square, work)?;
    while powers.len() < 1 << (width - 1) {
        let last: &Vec<u32> = &powers[powers.len() - 1];
        let mut next = memory::copied(last)?;
        residues.multiply(&mut next, &square, work)?;
        powers.push(next);
    }
    Ok(powers)
}
