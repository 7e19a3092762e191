use super::*;
use crate::fourier;
use crate::roots;
use std::f64::consts::PI;

/// The unit of rounding.
const UNIT: f64 = 1.0 / (1_u64 << 53) as f64;

/// How far a root is from `e^(i pi numerator / denominator)`, in units of rounding. The reference value is the standard
/// library's within an eighth of a turn, corrected for the rounding of the angle. Its error is at most one unit.
fn away(root: roots::Complex, numerator: i64, denominator: i64) -> f64 {
    let quadrant = (4 * numerator + denominator).div_euclid(2 * denominator);
    let (rest, whole) = ((2 * numerator - quadrant * denominator) as f64, 2.0 * denominator as f64);
    let turn = rest / whole;
    let angle = turn * PI;
    let missing =
        turn.mul_add(PI, -angle) + turn * 1.224_646_799_147_353_2e-16 + (-turn).mul_add(whole, rest) / whole * PI;
    let (sine, cosine) = angle.sin_cos();
    let (sine, cosine) = (sine + cosine * missing, cosine - sine * missing);
    let (re, im) =
        [(cosine, sine), (-sine, cosine), (-cosine, -sine), (sine, -cosine)][quadrant.rem_euclid(4) as usize];
    (root.re - re).hypot(root.im - im) / UNIT
}

#[test]
fn roots_are_within_the_error_bound() {
    let mut worst = [0.0_f64; 2];
    for sixths in [3, 1, 5, -3] {
        for depth in 0..13_u32 {
            let unit = 6_i64 << (depth + 1);
            for block in 0..1_usize << depth {
                let above =
                    (0..depth).filter(|bit| block >> bit & 1 != 0).map(|bit| 6_i64 << (depth - bit)).sum::<i64>();
                let angle = above + sixths;
                let group = roots::group(sixths as f64 / 6.0, depth, block / roots::GROUP);
                let step = group.step(block % roots::GROUP);
                worst[0] = worst[0].max(away(step.two, angle, unit)).max(away(step.one, angle, 2 * unit));
                worst[1] = worst[1].max(away(step.three, 3 * angle, 2 * unit));
            }
        }
    }
    println!("roots are off by {} units, products of two by {}", worst[0], worst[1]);
    assert!(worst[0] < 3.5 && worst[1] < 6.0);
}

#[test]
fn coefficients_of_the_worst_products_are_far_from_a_half() {
    let mut random = Random::from_environment(0);
    let mut worst = 0.0_f64;
    for length in [200, 384, 1000, 3072, 6144, 8192] {
        for pattern in [u32::MAX, 0x8000_8000, 0x7FFF_7FFF, 0x8000_7FFF, 0x7FFF_8000, 0x8001_8000] {
            let x = vec![pattern; length];
            worst = worst.max(fourier::rounding_error(&x, &x));
            let y: Vec<u32> = (0..length).map(|_| [0x8000_8000, 0x7FFF_7FFF][random.below(2)]).collect();
            worst = worst.max(fourier::rounding_error(&x, &y)).max(fourier::rounding_error(&y, &y));
        }
        let [x, y] = [0; 2].map(|_| dense(&mut random, length));
        worst = worst.max(fourier::rounding_error(x.limbs(), y.limbs()));
    }
    println!("coefficients are off by {worst}");
    assert!(worst < 0.05);
}
