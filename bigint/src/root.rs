//! The integer square root.
#![forbid(unsafe_code)]

use super::integer::Integer;
use super::work::{CALL_UNITS, Error, Work};

/// Bits of a root that machine arithmetic finds directly.
const FIRST_BITS: u64 = 31;

impl Integer {
    /// The floor of the square root.
    ///
    /// Newton's method, with twice as many bits each time (Mark Dickinson's, as in Python's `math.isqrt`): between
    /// steps, with d bits of the root's c + 1, `(a - 1)^2 < self >> 2 (c - d) < (a + 1)^2`.
    pub fn square_root(&self, work: &mut dyn Work) -> Result<Integer, Error> {
        if self.is_negative() {
            return Err(Error::NegativeRoot);
        }
        work.charge(CALL_UNITS)?;
        if let Some(value) = self.magnitude_u64() {
            return Integer::from_u64(value.isqrt());
        }
        let last = (self.bit_length() - 1) / 2;
        let mut step = 0;
        while last >> step > FIRST_BITS {
            step += 1;
        }
        let mut done = last >> step;
        let start = self.shift_right(2 * (last - done) as i64, work)?.magnitude_u64().unwrap_or(u64::MAX);
        let mut root = Integer::from_u64(start.isqrt())?;
        while step > 0 {
            step -= 1;
            let next = last >> step;
            let shifted = self.shift_right((2 * last + 1 - done - next) as i64, work)?;
            let quotient = shifted.quotient(&root, work)?;
            drop(shifted);
            root = root.shift_left((next - done) as i64 - 1, work)?.add(&quotient, work)?;
            done = next;
        }
        if root.square(work)?.compare(self).is_gt() {
            let one = Integer::from_u64(1)?;
            root = root.subtract(&one, work)?;
        }
        Ok(root)
    }
}
