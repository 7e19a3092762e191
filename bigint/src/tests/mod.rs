//! Tests big integers against another implementation, against the laws of arithmetic, and with too little memory or
//! budget.
#![forbid(unsafe_code)]

mod arithmetic;
mod bits;
mod conversion;
mod limits;
mod powers;
mod transform;

use num_bigint::{BigInt, Sign};

use super::work::{Error, Exhausted, Unlimited, Work};
use super::{Integer, memory};
use cu_random::proptest::collection::vec;
use cu_random::proptest::prelude::*;
use cu_random::{Random, for_all};

/// A budget that counts its charges and refuses them when it is used up.
struct Budget {
    left: u64,
    charged: u64,
    charges: u64,
}

impl Budget {
    fn new(left: u64) -> Budget {
        Budget { left, charged: 0, charges: 0 }
    }
}

impl Work for Budget {
    fn charge(&mut self, units: u64) -> Result<(), Exhausted> {
        self.left = self.left.checked_sub(units).ok_or(Exhausted)?;
        self.charged += units;
        self.charges += 1;
        Ok(())
    }
}

fn theirs(integer: &Integer) -> BigInt {
    let sign = if integer.is_negative() { Sign::Minus } else { Sign::Plus };
    BigInt::new(sign, integer.limbs().to_vec())
}

fn ours(integer: &BigInt) -> Integer {
    let (sign, digits) = integer.to_u32_digits();
    Integer::from_limbs(sign == Sign::Minus, digits)
}

fn copy(integer: &Integer) -> Integer {
    integer.copy().expect("memory")
}

/// An integer of up to `longest` limbs, in one of the shapes that often reveal mistakes.
fn shaped(random: &mut Random, longest: usize) -> Integer {
    let length = 1 + random.below(longest);
    let mut limbs: Vec<u32> = match random.below(8) {
        0..=2 => (0..length).map(|_| random.next() as u32).collect(),
        3 => vec![u32::MAX; length],
        4 => power_of_two(random, length),
        5 => runs(random, length),
        6 => (0..length).map(|_| [0, 1, u32::MAX, 1 << 31, 0x7FFF_8000, 0x8000_7FFF][random.below(6)]).collect(),
        _ => vec![[0x8000_8000, 0x7FFF_7FFF, 0x8000_7FFF, 0x7FFF_8000][random.below(4)]; length],
    };
    if random.below(16) == 0 {
        limbs.clear();
    }
    Integer::from_limbs(random.below(2) == 0, limbs)
}

/// The same shapes, which shrink.
fn integers(longest: usize) -> impl Strategy<Value = Integer> {
    let lengths = 0..=longest;
    let extremes = prop::sample::select(&[0, 1, u32::MAX, 1 << 31, 0x7FFF_8000, 0x8000_7FFF]);
    let equal = prop::sample::select(&[u32::MAX, 0x8000_8000, 0x7FFF_7FFF, 0x8000_7FFF, 0x7FFF_8000]);
    let limbs = prop_oneof![
        3 => vec(any::<u32>(), lengths.clone()),
        1 => vec(extremes, lengths.clone()),
        2 => (equal, lengths.clone()).prop_map(|(limb, length)| vec![limb; length]),
        // A power of two, or one more.
        1 => (lengths, 0..32_u32, 0..=1_u32).prop_map(|(length, bit, low)| {
            let mut limbs = vec![0; length];
            limbs.push(1_u32 << bit);
            limbs[0] |= low;
            limbs
        }),
    ];
    (any::<bool>(), limbs).prop_map(|(negative, limbs)| Integer::from_limbs(negative, limbs))
}

/// A power of two, or one more or less.
fn power_of_two(random: &mut Random, length: usize) -> Vec<u32> {
    let mut limbs = vec![0; length];
    limbs[length - 1] = 1 << random.below(32);
    match random.below(3) {
        0 => limbs[0] |= 1,
        1 => {
            super::limbs::decrement(&mut limbs);
        }
        _ => {}
    }
    limbs
}

/// Long runs of equal bits.
fn runs(random: &mut Random, length: usize) -> Vec<u32> {
    let mut limbs = vec![0_u32; length];
    let (mut bit, mut set) = (0, true);
    while bit < 32 * length {
        let end = (bit + 1 + random.below(200)).min(32 * length);
        if set {
            (bit..end).for_each(|bit| limbs[bit / 32] |= 1 << (bit % 32));
        }
        (bit, set) = (end, !set);
    }
    limbs
}

/// Random limbs, the top one not zero.
fn dense(random: &mut Random, length: usize) -> Integer {
    let mut limbs: Vec<u32> = (0..length).map(|_| random.next() as u32).collect();
    if let Some(top) = limbs.last_mut() {
        *top |= 1;
    }
    Integer::from_limbs(false, limbs)
}
