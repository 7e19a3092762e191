//! Products of large numbers by a Fourier transform in floats, and exact.
//!
//! Numbers are cut in pieces of 16 bits, made signed so that they are at most 2^15; their sequences are polynomials,
//! multiplied modulo `t^(2n) + 1`. As `t^n` then stands for `i`, a sequence of `2n` reals is one of `n` complex numbers
//! whose imaginary parts are its second half, to be multiplied modulo `t^n - i`.
//!
//! Invariant: no coefficient is off by half. In units of rounding (u = 2^-53), a complex sum is within 1, a product
//! within sqrt 5 (Brent, Percival, Zimmermann: Error bounds on complex floating-point multiplication), a step's factor
//! within 7 (`roots`), so a step that splits by four adds at most 2 + 2.24 + 7 < 11.3, the one that splits by three
//! less than 10. A transform is such steps one after another, each a unitary matrix but for its scale, so with s steps
//! the coefficients of the product, by Cauchy and Schwarz, are off by at most
//!
//! ```text
//! |x| |y| u (3 (11.3 s + 2) + 4)  <=  n 2^30 2^-53 246  <  0.49      for n = LONGEST = 2^14, s = 7
//! ```
//!
//! where |x| |y| <= 2^30 n because both numbers together have at most `2n` pieces (a top piece of 2^16 stays within the
//! margin: it counts as four).
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use super::limbs::LIMB_BITS;
use super::memory;
use super::roots::{self, Complex, GROUP, Group, Step};
use super::work::{Error, Work};

/// The longest transform the error bound allows.
const LONGEST: usize = 1 << 14;
/// With at least this many limbs in both factors, this is the fastest method.
const FEWEST_LIMBS: usize = 250;
/// The shorter factor must have at least this many limbs.
const SHORTEST_LIMBS: usize = 100;

/// The turn of i, in units of pi: the transform is modulo `t^n - i`.
const QUARTER: f64 = 0.5;

/// Whether this method is the right one for factors of these lengths.
pub fn suits(longer: usize, shorter: usize) -> bool {
    shorter >= SHORTEST_LIMBS && longer + shorter >= FEWEST_LIMBS && longer + shorter <= LONGEST
}

/// Writes `x * y` to `out`.
pub fn multiply(out: &mut [u32], x: &[u32], y: &[u32], work: &mut dyn Work) -> Result<(), Error> {
    let length = transform_length(out.len());
    charge(length, 3, work)?;
    let mut x_image = Image::new(x, length)?;
    x_image.times(&Image::new(y, length)?);
    x_image.read(out);
    Ok(())
}

/// Writes the square of `x` to `out`.
pub fn square(out: &mut [u32], x: &[u32], work: &mut dyn Work) -> Result<(), Error> {
    let length = transform_length(out.len());
    charge(length, 2, work)?;
    let mut image = Image::new(x, length)?;
    image.squared();
    image.read(out);
    Ok(())
}

/// Complex numbers of a transform for a product of so many limbs: a power of two, or three of them.
fn transform_length(limbs: usize) -> usize {
    let power = limbs.next_power_of_two();
    if limbs <= power / 4 * 3 { power / 4 * 3 } else { power }
}

fn charge(length: usize, transforms: u64, work: &mut dyn Work) -> Result<(), Error> {
    let steps = u64::from(length.ilog2().div_ceil(2));
    Ok(work.charge(transforms * (length as u64) * (steps + 1) * 2)?)
}

/// A number after the transform: real parts, then imaginary parts.
struct Image(Vec<f64>);

impl Image {
    fn new(limbs: &[u32], length: usize) -> Result<Image, Error> {
        let mut image = Image(memory::zeros(2 * length)?);
        load(&mut image.0, limbs);
        let (re, im) = image.0.split_at_mut(length);
        if length.is_power_of_two() {
            forward(re, im, QUARTER);
        } else {
            forward_thirds(re, im);
        }
        Ok(image)
    }

    fn times(&mut self, other: &Image) {
        let half = self.0.len() / 2;
        let (re, im) = self.0.split_at_mut(half);
        let (other_re, other_im) = other.0.split_at(half);
        for (((a, b), c), d) in re.iter_mut().zip(im).zip(other_re).zip(other_im) {
            (*a, *b) = (*a * *c - *b * *d, *a * *d + *b * *c);
        }
    }

    fn squared(&mut self) {
        let half = self.0.len() / 2;
        let (re, im) = self.0.split_at_mut(half);
        for (a, b) in re.iter_mut().zip(im) {
            (*a, *b) = (*a * *a - *b * *b, 2.0 * *a * *b);
        }
    }

    /// Transforms back and writes the number modulo 2^(32 * out.len()).
    fn read(mut self, out: &mut [u32]) {
        let length = self.0.len() / 2;
        let (re, im) = self.0.split_at_mut(length);
        if length.is_power_of_two() {
            inverse(re, im, QUARTER);
        } else {
            inverse_thirds(re, im);
        }
        store(out, &self.0, 1.0 / length as f64);
    }
}

/// Cuts a number in signed pieces; the top one takes its carry.
fn load(pieces: &mut [f64], limbs: &[u32]) {
    let mut carry = 0_i32;
    for (limb, pair) in limbs.iter().zip(pieces.chunks_exact_mut(2)) {
        let low = (limb & 0xFFFF) as i32 + carry;
        carry = (low + 0x8000) >> 16;
        pair[0] = f64::from(low - (carry << 16));
        let high = (limb >> 16) as i32 + carry;
        carry = (high + 0x8000) >> 16;
        pair[1] = f64::from(high - (carry << 16));
    }
    if let Some(top) = limbs.len().checked_sub(1) {
        pieces[2 * top + 1] += f64::from(carry << 16);
    }
}

/// Adding this to a float of less than 2^51 leaves its nearest integer in the lower bits.
const ROUNDING: f64 = 6_755_399_441_055_744.0;

/// Rounds the coefficients and carries them together.
fn store(out: &mut [u32], pieces: &[f64], scale: f64) {
    let mut carry = 0_i64;
    let nearest = |piece: f64| (piece * scale + ROUNDING).to_bits().wrapping_sub(ROUNDING.to_bits()) as i64;
    for (limb, pair) in out.iter_mut().zip(pieces.chunks_exact(2)) {
        let low = nearest(pair[0]) + carry;
        let high = nearest(pair[1]) + (low >> 16);
        carry = high >> 16;
        *limb = (low as u32 & 0xFFFF) | (high as u32) << (LIMB_BITS / 2);
    }
}

/// The transform modulo `t^n - e^(i pi turn)`, n a power of two.
fn forward(re: &mut [f64], im: &mut [f64], turn: f64) {
    let (mut size, mut depth) = (re.len(), 0);
    if size.ilog2() % 2 == 1 {
        forward_halves(re, im, roots::unit(turn / 2.0));
        (size, depth) = (size / 2, 1);
    }
    while size > 1 {
        each_block(re, im, size, |number| roots::group(turn, depth, number), forward_quarters);
        (size, depth) = (size / 4, depth + 2);
    }
}

/// The inverse of `forward`, times n.
fn inverse(re: &mut [f64], im: &mut [f64], turn: f64) {
    let odd = re.len().ilog2() % 2;
    let (mut size, mut depth) = (4, re.len().ilog2());
    while depth > odd {
        depth -= 2;
        each_block(re, im, size, |number| roots::group(turn, depth, number), inverse_quarters);
        size *= 4;
    }
    if odd == 1 {
        inverse_halves(re, im, roots::unit(turn / 2.0));
    }
}

/// Calls `split` for every block of `size` with its step.
#[inline(always)]
fn each_block(
    re: &mut [f64],
    im: &mut [f64],
    size: usize,
    group: impl Fn(usize) -> Group,
    split: impl Fn(&mut [f64], &mut [f64], Step),
) {
    let groups = re.chunks_mut(GROUP * size).zip(im.chunks_mut(GROUP * size));
    for (number, (re, im)) in groups.enumerate() {
        let group = group(number);
        if size == 4 {
            for (index, (re, im)) in re.chunks_exact_mut(4).zip(im.chunks_exact_mut(4)).enumerate() {
                split(re, im, group.step(index));
            }
        } else {
            for (index, (re, im)) in re.chunks_exact_mut(size).zip(im.chunks_exact_mut(size)).enumerate() {
                split(re, im, group.step(index));
            }
        }
    }
}

/// Four parts of one length.
#[inline(always)]
fn quarters(block: &mut [f64]) -> [&mut [f64]; 4] {
    let quarter = block.len() / 4;
    let (low, high) = block.split_at_mut(2 * quarter);
    let (zero, one) = low.split_at_mut(quarter);
    let (two, three) = high.split_at_mut(quarter);
    [zero, one, &mut two[..quarter], &mut three[..quarter]]
}

#[inline(always)]
fn forward_quarters(re: &mut [f64], im: &mut [f64], step: Step) {
    let ([re0, re1, re2, re3], [im0, im1, im2, im3]) = (quarters(re), quarters(im));
    let re = re0.iter_mut().zip(re1).zip(re2.iter_mut().zip(re3));
    let im = im0.iter_mut().zip(im1).zip(im2.iter_mut().zip(im3));
    for (((re0, re1), (re2, re3)), ((im0, im1), (im2, im3))) in re.zip(im) {
        let y1 = Complex { re: *re1, im: *im1 }.times(step.one);
        let y2 = Complex { re: *re2, im: *im2 }.times(step.two);
        let y3 = Complex { re: *re3, im: *im3 }.times(step.three);
        let (a0_re, a0_im, a2_re, a2_im) = (*re0 + y2.re, *im0 + y2.im, *re0 - y2.re, *im0 - y2.im);
        let (s_re, s_im, t_re, t_im) = (y1.re + y3.re, y1.im + y3.im, y1.re - y3.re, y1.im - y3.im);
        (*re0, *im0) = (a0_re + s_re, a0_im + s_im);
        (*re1, *im1) = (a0_re - s_re, a0_im - s_im);
        (*re2, *im2) = (a2_re - t_im, a2_im + t_re);
        (*re3, *im3) = (a2_re + t_im, a2_im - t_re);
    }
}

#[inline(always)]
fn inverse_quarters(re: &mut [f64], im: &mut [f64], step: Step) {
    let conjugate = |root: Complex| Complex { re: root.re, im: -root.im };
    let (one, two, three) = (conjugate(step.one), conjugate(step.two), conjugate(step.three));
    let ([re0, re1, re2, re3], [im0, im1, im2, im3]) = (quarters(re), quarters(im));
    let re = re0.iter_mut().zip(re1).zip(re2.iter_mut().zip(re3));
    let im = im0.iter_mut().zip(im1).zip(im2.iter_mut().zip(im3));
    for (((re0, re1), (re2, re3)), ((im0, im1), (im2, im3))) in re.zip(im) {
        let (a0_re, a0_im, s_re, s_im) = (*re0 + *re1, *im0 + *im1, *re0 - *re1, *im0 - *im1);
        let (a2_re, a2_im, t_re, t_im) = (*re2 + *re3, *im2 + *im3, *im2 - *im3, *re3 - *re2);
        let y1 = Complex { re: s_re + t_re, im: s_im + t_im }.times(one);
        let y2 = Complex { re: a0_re - a2_re, im: a0_im - a2_im }.times(two);
        let y3 = Complex { re: s_re - t_re, im: s_im - t_im }.times(three);
        (*re0, *im0) = (a0_re + a2_re, a0_im + a2_im);
        (*re1, *im1) = (y1.re, y1.im);
        (*re2, *im2) = (y2.re, y2.im);
        (*re3, *im3) = (y3.re, y3.im);
    }
}

fn forward_halves(re: &mut [f64], im: &mut [f64], root: Complex) {
    let half = re.len() / 2;
    let ((re0, re1), (im0, im1)) = (re.split_at_mut(half), im.split_at_mut(half));
    for ((re0, re1), (im0, im1)) in re0.iter_mut().zip(re1).zip(im0.iter_mut().zip(im1)) {
        let y = Complex { re: *re1, im: *im1 }.times(root);
        (*re0, *re1) = (*re0 + y.re, *re0 - y.re);
        (*im0, *im1) = (*im0 + y.im, *im0 - y.im);
    }
}

fn inverse_halves(re: &mut [f64], im: &mut [f64], root: Complex) {
    let half = re.len() / 2;
    let ((re0, re1), (im0, im1)) = (re.split_at_mut(half), im.split_at_mut(half));
    for ((re0, re1), (im0, im1)) in re0.iter_mut().zip(re1).zip(im0.iter_mut().zip(im1)) {
        let y = Complex { re: *re0 - *re1, im: *im0 - *im1 }.times(Complex { re: root.re, im: -root.im });
        (*re0, *im0) = (*re0 + *re1, *im0 + *im1);
        (*re1, *im1) = (y.re, y.im);
    }
}

/// The cube roots of i, as turns: the transforms of the thirds.
const THIRDS: [f64; 3] = [1.0 / 6.0, 5.0 / 6.0, -0.5];
/// The imaginary part of a third root of 1.
const SINE: f64 = 0.866_025_403_784_438_6;

fn thirds(block: &mut [f64]) -> [&mut [f64]; 3] {
    let third = block.len() / 3;
    let (zero, rest) = block.split_at_mut(third);
    let (one, two) = rest.split_at_mut(third);
    [zero, one, two]
}

/// The transform modulo `t^(3n) - i`, n a power of two.
fn forward_thirds(re: &mut [f64], im: &mut [f64]) {
    let (first, second) = (roots::unit(1.0 / 6.0), roots::unit(1.0 / 3.0));
    let ([re0, re1, re2], [im0, im1, im2]) = (thirds(re), thirds(im));
    for (((re0, re1), re2), ((im0, im1), im2)) in re0
        .iter_mut()
        .zip(re1.iter_mut())
        .zip(re2.iter_mut())
        .zip(im0.iter_mut().zip(im1.iter_mut()).zip(im2.iter_mut()))
    {
        let y1 = Complex { re: *re1, im: *im1 }.times(first);
        let y2 = Complex { re: *re2, im: *im2 }.times(second);
        let (s_re, s_im) = (y1.re + y2.re, y1.im + y2.im);
        let (v_re, v_im) = (SINE * (y2.im - y1.im), SINE * (y1.re - y2.re));
        let (m_re, m_im) = (*re0 - 0.5 * s_re, *im0 - 0.5 * s_im);
        (*re0, *im0) = (*re0 + s_re, *im0 + s_im);
        (*re1, *im1) = (m_re + v_re, m_im + v_im);
        (*re2, *im2) = (m_re - v_re, m_im - v_im);
    }
    for ((re, im), turn) in thirds(re).into_iter().zip(thirds(im)).zip(THIRDS) {
        forward(re, im, turn);
    }
}

/// The inverse of `forward_thirds`, times 3n.
fn inverse_thirds(re: &mut [f64], im: &mut [f64]) {
    for ((re, im), turn) in thirds(re).into_iter().zip(thirds(im)).zip(THIRDS) {
        inverse(re, im, turn);
    }
    let conjugate = |root: Complex| Complex { re: root.re, im: -root.im };
    let (first, second) = (conjugate(roots::unit(1.0 / 6.0)), conjugate(roots::unit(1.0 / 3.0)));
    let ([re0, re1, re2], [im0, im1, im2]) = (thirds(re), thirds(im));
    for (((re0, re1), re2), ((im0, im1), im2)) in re0
        .iter_mut()
        .zip(re1.iter_mut())
        .zip(re2.iter_mut())
        .zip(im0.iter_mut().zip(im1.iter_mut()).zip(im2.iter_mut()))
    {
        let (s_re, s_im) = (*re1 + *re2, *im1 + *im2);
        let (v_re, v_im) = (SINE * (*im2 - *im1), SINE * (*re1 - *re2));
        let (m_re, m_im) = (*re0 - 0.5 * s_re, *im0 - 0.5 * s_im);
        let y1 = Complex { re: m_re - v_re, im: m_im - v_im }.times(first);
        let y2 = Complex { re: m_re + v_re, im: m_im + v_im }.times(second);
        (*re0, *im0) = (*re0 + s_re, *im0 + s_im);
        (*re1, *im1) = (y1.re, y1.im);
        (*re2, *im2) = (y2.re, y2.im);
    }
}

/// The largest distance of a coefficient from an integer, for the tests of the error bound.
#[cfg(test)]
pub fn rounding_error(x: &[u32], y: &[u32]) -> f64 {
    let length = transform_length(x.len() + y.len());
    let mut image = Image::new(x, length).expect("memory");
    image.times(&Image::new(y, length).expect("memory"));
    let (re, im) = image.0.split_at_mut(length);
    if length.is_power_of_two() {
        inverse(re, im, QUARTER)
    } else {
        inverse_thirds(re, im)
    }
    let scaled = image.0.iter().map(|piece| piece / length as f64);
    scaled.fold(0.0, |worst: f64, piece| worst.max((piece - piece.round()).abs()))
}
