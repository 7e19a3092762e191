//! Orders, exact between big integers, integers and floats.
#![forbid(unsafe_code)]

use core::cmp::Ordering;
use core::ffi::c_int;

use cu_bigint::{Error, Work};

use crate::library::bigint::answer;
use crate::library::bigint::operand::{self, AnyInteger, Number};
use crate::lua::call::Raise;
use crate::lua::message::Message;
use crate::lua::stack::Stack;

/// The order of two numbers, none with NaN.
fn order(a: &Number<'_>, b: &Number<'_>, work: &mut dyn Work) -> Result<Option<Ordering>, Error> {
    match (a, b) {
        (Number::Integer(a), Number::Integer(b)) => {
            let (a, b) = (a.borrow(), b.borrow());
            work.charge(a.limbs().len().min(b.limbs().len()) as u64)?;
            Ok(Some(a.compare(&b)))
        }
        (Number::Integer(a), Number::Float(b)) => a.borrow().compare_f64(*b),
        (Number::Float(a), Number::Integer(b)) => Ok(b.borrow().compare_f64(*a)?.map(Ordering::reverse)),
        (Number::Float(a), Number::Float(b)) => Ok(a.partial_cmp(b)),
    }
}

/// The order of the arguments; the outer `None` when one is no number.
fn arguments(lua: Stack<'_>) -> Result<Option<Option<Ordering>>, Raise> {
    let (Some(a), Some(b)) = (operand::number(lua, 1), operand::number(lua, 2)) else { return Ok(None) };
    match answer::attempt(lua, |work| order(&a, &b, work)) {
        Ok(order) => Ok(Some(order)),
        Err(error) => Err(answer::explain(lua, error, 2)),
    }
}

/// `eq(a, b)`: whether both are the same number; false for what is none.
pub fn eq(lua: Stack<'_>) -> Result<u8, Raise> {
    lua.want_any(2);
    let equal = arguments(lua)? == Some(Some(Ordering::Equal));
    lua.push_boolean(equal);
    Ok(1)
}

/// `cmp(a, b)`: -1, 0 or 1.
pub fn cmp(lua: Stack<'_>) -> Result<u8, Raise> {
    for index in 1..=2 {
        if operand::number(lua, index).is_none() {
            return Err(lua.type_error(index, c"bigint or number"));
        }
    }
    let Some(Some(order)) = arguments(lua)? else {
        // NaN is the one that differs from itself.
        let first = !lua.are_same(1, 1);
        return Err(answer::raise(lua, if first { 1 } else { 2 }, Message::new(format_args!("NaN has no order"))));
    };
    lua.push_integer(order as i64);
    Ok(1)
}

/// `__lt`
pub fn less(lua: Stack<'_>) -> Result<u8, Raise> {
    ordered(lua, Ordering::is_lt)
}

/// `__le`
pub fn less_or_equal(lua: Stack<'_>) -> Result<u8, Raise> {
    ordered(lua, Ordering::is_le)
}

fn ordered(lua: Stack<'_>, holds: fn(Ordering) -> bool) -> Result<u8, Raise> {
    let Some(order) = arguments(lua)? else {
        let [left, right] = [1, 2].map(|index| type_name(lua, index));
        return Err(lua.fail(format_args!("attempt to compare {left} with {right}")));
    };
    lua.push_boolean(order.is_some_and(holds));
    Ok(1)
}

/// The type, as Lua's own messages name it.
pub fn type_name(lua: Stack<'_>, index: c_int) -> &'static str {
    match operand::number(lua, index) {
        Some(Number::Integer(AnyInteger::Far(_))) => "bigint",
        _ => lua.kind(index).name(),
    }
}

/// `sign(a)`: -1, 0 or 1.
pub fn sign(lua: Stack<'_>) -> Result<u8, Raise> {
    let sign = operand::check(lua, 1)?.borrow().sign();
    lua.push_integer(sign);
    Ok(1)
}
