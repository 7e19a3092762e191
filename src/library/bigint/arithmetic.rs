//! Operators, and functions from integers to integers.
#![forbid(unsafe_code)]

use cu_bigint::{Error, Integer, Work};

use crate::library::bigint::{answer, operand};
use crate::lua::call::Raise;
use crate::lua::stack::Stack;

type Unary = fn(&Integer, &mut dyn Work) -> Result<Integer, Error>;
type Binary = fn(&Integer, &Integer, &mut dyn Work) -> Result<Integer, Error>;

fn unary(lua: Stack<'_>, method: Unary) -> Result<u8, Raise> {
    // A metamethod of one operand is called with it twice.
    let a = operand::check(lua, 1)?;
    answer::push(lua, answer::attempt(lua, |work| method(&a.borrow(), work)), 1)?;
    Ok(1)
}

fn binary(lua: Stack<'_>, method: Binary) -> Result<u8, Raise> {
    let a = operand::check(lua, 1)?;
    let b = operand::check(lua, 2)?;
    answer::push(lua, answer::attempt(lua, |work| method(&a.borrow(), &b.borrow(), work)), 2)?;
    Ok(1)
}

/// A count of bits: beyond 64 bits any is as good as the furthest.
fn shift_count(count: &Integer) -> i64 {
    count.to_i64().unwrap_or(if count.is_negative() { i64::MIN } else { i64::MAX })
}

macro_rules! functions {
    ($family:ident: $($(#[$documentation:meta])* $name:ident = $method:expr;)*) => {$(
        $(#[$documentation])*
        pub fn $name(lua: Stack<'_>) -> Result<u8, Raise> {
            $family(lua, $method)
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
pub fn divmod(lua: Stack<'_>) -> Result<u8, Raise> {
    let a = operand::check(lua, 1)?;
    let b = operand::check(lua, 2)?;
    answer::push_both(lua, answer::attempt(lua, |work| a.borrow().divide(&b.borrow(), work)), 2)?;
    Ok(2)
}

/// `powmod(base, exponent, modulus)`
pub fn powmod(lua: Stack<'_>) -> Result<u8, Raise> {
    let base = operand::check(lua, 1)?;
    let exponent = operand::check(lua, 2)?;
    let modulus = operand::check(lua, 3)?;
    let power = answer::attempt(lua, |work| base.borrow().power_modulo(&exponent.borrow(), &modulus.borrow(), work));
    answer::push(lua, power, 3)?;
    Ok(1)
}
