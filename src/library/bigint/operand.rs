//! The arguments: a big integer, a Lua integer, or a float that is an integer.

use core::ffi::c_int;

use cu_bigint::Integer;

use crate::codec::big::{self, Borrowed, View};
use crate::library::bigint::answer;
use crate::lua::ffi::{self, State};
use crate::lua::message::Message;
use crate::lua::stack;

/// An integer of a script, without a copy of what may be long.
pub enum Operand {
    /// A big integer on the stack.
    Far(View<'static>),
    /// A Lua integer: its sign, limbs and how many of them.
    Near(bool, [u32; 2], usize),
}

impl Operand {
    /// A Lua integer.
    #[inline]
    pub fn near(value: i64) -> Operand {
        let magnitude = value.unsigned_abs();
        let length = (u64::BITS - magnitude.leading_zeros()).div_ceil(u32::BITS) as usize;
        Operand::Near(value < 0, [magnitude as u32, (magnitude >> 32) as u32], length)
    }

    /// It as an operand of arithmetic.
    pub fn borrow(&self) -> Borrowed<'_> {
        match self {
            Operand::Far(view) => Borrowed::new(*view),
            Operand::Near(negative, limbs, length) => {
                Borrowed::new(View { negative: *negative, limbs: limbs.get(..*length).unwrap_or_default() })
            }
        }
    }
}

/// A number or a big integer, for comparisons.
pub enum Number {
    /// An integer.
    Integer(Operand),
    /// A float, with an integral value or not.
    Float(f64),
}

/// The number at `index`, none for any other value. Raises nothing.
///
/// # Safety
/// `state` is live, and the result is not used after the value left the stack.
#[inline]
pub unsafe fn number(state: *mut State, index: c_int) -> Option<Number> {
    // SAFETY: the caller's.
    unsafe {
        match ffi::lua_type(state, index) {
            ffi::TYPE_NUMBER if ffi::lua_isinteger(state, index) != 0 => {
                let value = ffi::lua_tointegerx(state, index, core::ptr::null_mut());
                Some(Number::Integer(Operand::near(value)))
            }
            ffi::TYPE_NUMBER => Some(Number::Float(ffi::lua_tonumberx(state, index, core::ptr::null_mut()))),
            _ => big::view(state, index).map(|view| Number::Integer(Operand::Far(view))),
        }
    }
}

/// The integer at `index`, which is absolute; raises when it is none. A float becomes an integer on the stack.
///
/// # Safety
/// As for `message::raise`, and the result is not used after the value left the stack.
pub unsafe fn check(state: *mut State, index: c_int) -> Operand {
    // SAFETY: the caller's.
    unsafe {
        match number(state, index) {
            Some(Number::Integer(operand)) => operand,
            Some(Number::Float(value)) => convert(state, index, value),
            None => {
                ffi::luaL_typeerror(state, index, c"bigint or integer".as_ptr());
                Operand::near(0)
            }
        }
    }
}

/// Replaces the float at `index` by the integer that it is.
unsafe fn convert(state: *mut State, index: c_int, value: f64) -> Operand {
    // SAFETY: the caller's, as for `check`.
    unsafe {
        let outcome = answer::attempt(state, |_| Integer::from_f64(value));
        answer::push(state, outcome, index);
        // In the place of the float.
        ffi::lua_copy(state, -1, index);
        stack::pop(state, 1);
        match big::view(state, index) {
            Some(view) => Operand::Far(view),
            None => answer::raise(state, index, &Message::new(format_args!("no integer"))),
        }
    }
}

/// The Lua integer at `index`; raises when it is none.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn check_small(state: *mut State, index: c_int) -> i64 {
    // SAFETY: the caller's.
    unsafe {
        let mut is_number = 0;
        let value = ffi::lua_tointegerx(state, index, &raw mut is_number);
        if is_number == 0 {
            ffi::luaL_typeerror(state, index, c"integer".as_ptr());
        }
        value
    }
}
