//! Operators, and functions from integers to integers.

use core::ffi::c_int;

use cu_bigint::{Error, Integer, Work};

use crate::library::bigint::{answer, operand};
use crate::lua::ffi::State;

type Unary = fn(&Integer, &mut dyn Work) -> Result<Integer, Error>;
type Binary = fn(&Integer, &Integer, &mut dyn Work) -> Result<Integer, Error>;

unsafe fn unary(state: *mut State, method: Unary) -> c_int {
    // SAFETY: Lua calls with a live state; the operand stays on the stack, and nothing with a destructor lives here.
    unsafe {
        // A metamethod of one operand is called with it twice.
        let a = operand::check(state, 1);
        answer::push(state, answer::attempt(state, |work| method(&a.borrow(), work)), 1);
    }
    1
}

unsafe fn binary(state: *mut State, method: Binary) -> c_int {
    // SAFETY: as in `unary`.
    unsafe {
        let a = operand::check(state, 1);
        let b = operand::check(state, 2);
        answer::push(state, answer::attempt(state, |work| method(&a.borrow(), &b.borrow(), work)), 2);
    }
    1
}

/// A count of bits: beyond 64 bits any is as good as the furthest.
fn shift_count(count: &Integer) -> i64 {
    count.to_i64().unwrap_or(if count.is_negative() { i64::MIN } else { i64::MAX })
}

macro_rules! functions {
    ($family:ident: $($(#[$documentation:meta])* $name:ident = $method:expr;)*) => {$(
        $(#[$documentation])*
        ///
        /// # Safety
        /// Lua calls it.
        pub unsafe extern "C" fn $name(state: *mut State) -> c_int {
            // SAFETY: Lua calls with a live state.
            unsafe { $family(state, $method) }
        }
    )*};
}

functions! { binary:
    /// `add(a, b)`
    add = Integer::add;
    /// `sub(a, b)`
    sub = Integer::subtract;
    /// `mul(a, b)`
    mul = Integer::multiply;
    /// `div(a, b)`, rounded down
    div = Integer::quotient;
    /// `mod(a, b)`, with the sign of `b`
    modulus = Integer::modulus;
    /// `pow(a, b)`
    pow = Integer::power_integer;
    /// `gcd(a, b)`
    gcd = Integer::gcd;
    /// `band(a, b)`
    band = Integer::and;
    /// `bor(a, b)`
    bor = Integer::or;
    /// `bxor(a, b)`
    bxor = Integer::exclusive_or;
    /// `shl(a, count)`
    shl = |a, count, work| a.shift_left(shift_count(count), work);
    /// `shr(a, count)`, rounded down
    shr = |a, count, work| a.shift_right(shift_count(count), work);
}

functions! { unary:
    /// `bnot(a)`
    bnot = Integer::not;
    /// `sqrt(a)`, rounded down
    sqrt = Integer::square_root;
    /// `neg(a)`
    neg = |a, work| copied(a, work).map(Integer::negated);
    /// `abs(a)`
    abs = |a, work| copied(a, work).map(Integer::absolute);
}

fn copied(a: &Integer, work: &mut dyn Work) -> Result<Integer, Error> {
    work.charge(a.limbs().len() as u64)?;
    a.copy()
}

/// `divmod(a, b)`: quotient and remainder.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn divmod(state: *mut State) -> c_int {
    // SAFETY: as in `unary`.
    unsafe {
        let a = operand::check(state, 1);
        let b = operand::check(state, 2);
        answer::push_both(state, answer::attempt(state, |work| a.borrow().divide(&b.borrow(), work)), 2);
    }
    2
}

/// `powmod(base, exponent, modulus)`
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn powmod(state: *mut State) -> c_int {
    // SAFETY: as in `unary`.
    unsafe {
        let base = operand::check(state, 1);
        let exponent = operand::check(state, 2);
        let modulus = operand::check(state, 3);
        let power =
            answer::attempt(state, |work| base.borrow().power_modulo(&exponent.borrow(), &modulus.borrow(), work));
        answer::push(state, power, 3);
    }
    1
}
