//! The two things that stop an operation early: the budget of work, and the errors.
//!
//! Invariant: work is charged before it is done, in units of about one multiplication of limbs, so that an operation
//! too large for the budget stops before it has cost more than the budget.
#![forbid(unsafe_code)]

/// The budget is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted;

/// A budget that operations are charged to.
pub trait Work {
    /// Takes `units` from the budget. An operation stops when that is refused.
    fn charge(&mut self, units: u64) -> Result<(), Exhausted>;
}

/// The cost of an operation before its first limb: calls and the allocation of the result.
pub const CALL_UNITS: u64 = 16;

/// A budget without an end.
pub struct Unlimited;

impl Work for Unlimited {
    fn charge(&mut self, _units: u64) -> Result<(), Exhausted> {
        Ok(())
    }
}

/// Why an operation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// An allocation was refused.
    NoMemory,
    /// The budget is used up.
    Exhausted,
    /// A division by zero, or a modulus of zero.
    DivisionByZero,
    /// The byte at offset `at` of a text is not a digit in `base`. `byte` is `None` if the text ends before any digit.
    BadDigit {
        /// Offset in the text, from 0.
        at: usize,
        /// The byte there.
        byte: Option<u8>,
        /// The base the text was read in.
        base: u32,
    },
    /// A base outside 2 to 36.
    BadBase(i64),
    /// A float that is not an integer: a fraction, an infinity or NaN. Its bits, as `f64::to_bits` gives them.
    NotIntegral(u64),
    /// A power with a negative exponent.
    NegativeExponent,
    /// A negative exponent whose base has no inverse for the modulus.
    NotInvertible,
    /// A square root of a negative number.
    NegativeRoot,
    /// The result would have at least this many bits, more than `MAXIMUM_BITS`.
    TooLarge(u64),
}

impl From<Exhausted> for Error {
    fn from(_: Exhausted) -> Error {
        Error::Exhausted
    }
}

/// The most bits a number may have: 256 MiB, more than any arena, and its digits in base 2 can still be counted in 32
/// bits.
pub const MAXIMUM_BITS: u64 = 1 << 31;

/// Refuses a number of so many bits when no memory could hold it.
pub fn check_bits(bits: u64) -> Result<(), Error> {
    if bits > MAXIMUM_BITS { Err(Error::TooLarge(bits)) } else { Ok(()) }
}
