//! Sums of two doubles, about 106 bits together. Without a fused multiply-add in WebAssembly,
//! products are split by Dekker's method, which is exact below 2^996.
#![forbid(unsafe_code)]

/// `high + low`, with `low` at most half a unit in the last place of `high`.
#[derive(Clone, Copy)]
pub struct Pair {
    /// The number rounded to a double.
    pub high: f64,
    /// The rest.
    pub low: f64,
}

impl Pair {
    /// A pair from a row of bits.
    pub const fn from_bits(bits: [u64; 2]) -> Pair {
        Pair { high: f64::from_bits(bits[0]), low: f64::from_bits(bits[1]) }
    }

    /// The exact sum of any two doubles.
    #[inline(always)]
    pub fn sum(a: f64, b: f64) -> Pair {
        let high = a + b;
        let b_part = high - a;
        Pair { high, low: (a - (high - b_part)) + (b - b_part) }
    }

    /// The exact sum when `a` is zero or its exponent is not below that of `b`.
    #[inline(always)]
    pub fn ordered_sum(a: f64, b: f64) -> Pair {
        let high = a + b;
        Pair { high, low: b - (high - a) }
    }

    /// The exact product.
    #[inline(always)]
    pub fn product(a: f64, b: f64) -> Pair {
        let high = a * b;
        let (a_high, a_low) = halves(a);
        let (b_high, b_low) = halves(b);
        let low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
        Pair { high, low }
    }

    /// The sum, good to about 100 bits if the terms do not cancel.
    #[inline(always)]
    pub fn plus(self, other: Pair) -> Pair {
        let sum = Pair::sum(self.high, other.high);
        Pair::ordered_sum(sum.high, sum.low + (self.low + other.low))
    }

    /// The product, good to about 100 bits.
    #[inline(always)]
    pub fn times(self, other: Pair) -> Pair {
        let product = Pair::product(self.high, other.high);
        let low = product.low + (self.high * other.low + self.low * other.high);
        Pair::ordered_sum(product.high, low)
    }

    /// The quotient, good to about 100 bits.
    #[inline(always)]
    pub fn over(self, other: Pair) -> Pair {
        let quotient = self.high / other.high;
        let back = Pair::product(quotient, other.high);
        let rest = (self.high - back.high) - back.low + self.low - quotient * other.low;
        Pair::ordered_sum(quotient, rest / other.high)
    }

    /// The negative.
    #[inline(always)]
    pub fn negated(self) -> Pair {
        Pair { high: -self.high, low: -self.low }
    }

    /// The nearest double.
    #[inline(always)]
    pub fn value(self) -> f64 {
        self.high + self.low
    }
}

/// Two halves of 26 bits.
#[inline(always)]
fn halves(value: f64) -> (f64, f64) {
    const SPLITTER: f64 = 134_217_729.0;
    let scaled = SPLITTER * value;
    let high = scaled - (scaled - value);
    (high, value - high)
}

/// `c[0] + x * c[1] + x^2 * c[2] + ...`
#[inline(always)]
pub fn polynomial(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}
