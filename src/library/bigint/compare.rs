//! Orders, exact between big integers, integers and floats.

use core::cmp::Ordering;
use core::ffi::c_int;

use cu_bigint::{Error, Work};

use crate::library::bigint::answer;
use crate::library::bigint::operand::{self, Number};
use crate::lua::ffi::{self, State};
use crate::lua::message::{self, Message};
use crate::lua::stack;

/// The order of two numbers, none with NaN.
fn order(a: &Number, b: &Number, work: &mut dyn Work) -> Result<Option<Ordering>, Error> {
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
unsafe fn arguments(state: *mut State) -> Option<Option<Ordering>> {
    // SAFETY: Lua calls with a live state; the operands stay on the stack.
    unsafe {
        let (a, b) = (operand::number(state, 1)?, operand::number(state, 2)?);
        match answer::attempt(state, |work| order(&a, &b, work)) {
            Ok(order) => Some(order),
            Err(error) => answer::explain(state, error, 2),
        }
    }
}

/// `eq(a, b)`: whether both are the same number; false for what is none.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn eq(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives here.
    unsafe {
        ffi::luaL_checkany(state, 2);
        let equal = arguments(state) == Some(Some(Ordering::Equal));
        ffi::lua_pushboolean(state, c_int::from(equal));
    }
    1
}

/// `cmp(a, b)`: -1, 0 or 1.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn cmp(state: *mut State) -> c_int {
    // SAFETY: as in `eq`.
    unsafe {
        for index in 1..=2 {
            if operand::number(state, index).is_none() {
                ffi::luaL_typeerror(state, index, c"bigint or number".as_ptr());
            }
        }
        let Some(Some(order)) = arguments(state) else {
            // NaN is the one that differs from itself.
            let first = ffi::lua_rawequal(state, 1, 1) == 0;
            answer::raise(state, if first { 1 } else { 2 }, &Message::new(format_args!("NaN has no order")))
        };
        ffi::lua_pushinteger(state, order as i64);
    }
    1
}

/// `__lt`
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn less(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state.
    unsafe { ordered(state, |order| order.is_lt()) }
}

/// `__le`
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn less_or_equal(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state.
    unsafe { ordered(state, |order| order.is_le()) }
}

unsafe fn ordered(state: *mut State, holds: fn(Ordering) -> bool) -> c_int {
    // SAFETY: as in `eq`.
    unsafe {
        let Some(order) = arguments(state) else {
            let [left, right] = [1, 2].map(|index| type_name(state, index));
            message::raise(state, &Message::new(format_args!("attempt to compare {left} with {right}")))
        };
        ffi::lua_pushboolean(state, c_int::from(order.is_some_and(holds)));
    }
    1
}

/// The type, as Lua's own messages name it.
///
/// # Safety
/// `state` is live.
pub unsafe fn type_name(state: *mut State, index: c_int) -> &'static str {
    // SAFETY: the caller's.
    unsafe {
        match operand::number(state, index) {
            Some(Number::Integer(operand::Operand::Far(_))) => "bigint",
            _ => stack::type_name(ffi::lua_type(state, index)),
        }
    }
}

/// `sign(a)`: -1, 0 or 1.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn sign(state: *mut State) -> c_int {
    // SAFETY: as in `eq`.
    unsafe {
        let sign = operand::check(state, 1).borrow().sign();
        ffi::lua_pushinteger(state, sign);
    }
    1
}
