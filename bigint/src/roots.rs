//! Roots of unity for `fourier`, from two small tables: no table grows with the transform.
//!
//! Invariant: a root is within 3.5 units of rounding (2^-53) of the true root, and a product of two within 7. `fourier`
//! relies on this, and the tests check each root.
//!
//! A transform modulo `t^n - e^(i pi turn)` splits it into two of half the length with the roots of `e^(i pi turn)`,
//! and so on; block `k` of the `2^d` at depth `d` splits by
//!
//! ```text
//! w(k, d) = e^(i pi (a(k) + turn / 2^(d+1)))       a(k) = sum over bits j of k of 1 / 2^(j+1)
//! ```
//!
//! The five lower bits of `k` give the larger part of the angle, and their factor comes from a table. The factor of the
//! other bits is near 1, so only its distance from 1 is kept, and the errors of that are very small.
#![forbid(unsafe_code)]

use core::f64::consts::PI;

/// A complex number.
#[derive(Clone, Copy, Debug)]
pub struct Complex {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

impl Complex {
    /// The product.
    pub const fn times(self, other: Complex) -> Complex {
        Complex { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }

    /// The sum.
    pub const fn plus(self, other: Complex) -> Complex {
        Complex { re: self.re + other.re, im: self.im + other.im }
    }
}

/// Blocks that share one distance from the table.
pub const GROUP: usize = 32;
/// Bits of a group's number at the last depth of the longest transform.
const GROUP_BITS: usize = 8;

/// Sine and cosine of an angle of at most a quarter of pi, by their series.
#[inline(never)]
const fn small_angle(x: f64) -> Complex {
    let square = x * x;
    let (mut sine, mut cosine, mut order) = (0.0, 0.0, 20.0);
    while order > 0.0 {
        cosine = square * (1.0 - cosine) / ((order - 1.0) * order);
        sine = square * (1.0 - sine) / (order * (order + 1.0));
        order -= 2.0;
    }
    Complex { re: 1.0 - cosine, im: x - x * sine }
}

/// `e^(i pi turn)` for a turn from -1/2 to 1.
#[inline(never)]
pub const fn unit(turn: f64) -> Complex {
    if turn > 0.75 {
        let Complex { re, im } = small_angle((1.0 - turn) * PI);
        Complex { re: -re, im }
    } else if turn > 0.25 {
        let Complex { re, im } = small_angle((turn - 0.5) * PI);
        Complex { re: -im, im: re }
    } else if turn < -0.25 {
        let Complex { re, im } = small_angle((turn + 0.5) * PI);
        Complex { re: im, im: -re }
    } else {
        small_angle(turn * PI)
    }
}

/// `e^(i pi turn) - 1` for a turn from -1/2 to 1/2.
const fn distance(turn: f64) -> Complex {
    let Complex { re, im } = small_angle(turn / 2.0 * PI);
    Complex { re: -2.0 * im * im, im: 2.0 * re * im }
}

/// The angle of block `k` without the angle of its transform.
const fn angle(k: usize) -> f64 {
    let (mut sum, mut rest, mut weight) = (0.0, k, 0.5);
    while rest > 0 {
        sum += weight * (rest % 2) as f64;
        rest /= 2;
        weight /= 2.0;
    }
    sum
}

const fn table(step: usize) -> [Complex; GROUP] {
    let mut roots = [Complex { re: 1.0, im: 0.0 }; GROUP];
    let mut k = 0;
    while k < GROUP {
        roots[k] = unit(angle(k * step));
        k += 1;
    }
    roots
}

const fn group_distances() -> [Complex; GROUP_BITS] {
    let mut distances = [Complex { re: 0.0, im: 0.0 }; GROUP_BITS];
    let mut bit = 0;
    while bit < GROUP_BITS {
        distances[bit] = distance(angle((2 * GROUP) << bit));
        bit += 1;
    }
    distances
}

static FIRST: [Complex; GROUP] = table(1);
static SECOND: [Complex; GROUP] = table(2);
static GROUPS: [Complex; GROUP_BITS] = group_distances();

/// The three factors of a step that splits one block into four: those of its quarters 1, 2 and 3.
#[derive(Clone, Copy)]
pub struct Step {
    /// The factor of quarter 1: the root of block `2k`, one deeper.
    pub one: Complex,
    /// The factor of quarter 2: the root of block `k`.
    pub two: Complex,
    /// The factor of quarter 3: their product.
    pub three: Complex,
}

/// The distances from the tables that the blocks of one group share.
#[derive(Clone, Copy)]
pub struct Group {
    first: Complex,
    second: Complex,
}

/// The distances of group `number` at `depth` of a transform with this turn.
pub fn group(turn: f64, depth: u32, number: usize) -> Group {
    let mut second = distance(turn / (4_u64 << depth) as f64);
    for (bit, of_bit) in GROUPS.iter().enumerate() {
        if number >> bit & 1 != 0 {
            second = second.plus(*of_bit).plus(second.times(*of_bit));
        }
    }
    Group { first: second.plus(second).plus(second.times(second)), second }
}

impl Group {
    /// The factors of block `index` of the group.
    #[inline(always)]
    pub fn step(self, index: usize) -> Step {
        let (first, second) = (FIRST[index % GROUP], SECOND[index % GROUP]);
        let two = first.plus(first.times(self.first));
        let one = second.plus(second.times(self.second));
        Step { one, two, three: one.times(two) }
    }
}
