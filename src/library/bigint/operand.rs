//! The arguments: a big integer, a Lua integer, or a float that is an integer.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use cu_bigint::Integer;

use crate::codec::big::{self, Borrowed, View};
use crate::library::bigint::answer;
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;

/// An integer of a script, without a copy of what may be long.
// A tag of a whole word: it is moved about a lot.
#[repr(u32)]
pub enum AnyInteger<'s> {
    /// A big integer on the stack.
    Far(View<'s>),
    /// A Lua integer: its sign, limbs and how many of them.
    Near(bool, [u32; 2], usize),
}

impl AnyInteger<'_> {
    /// A Lua integer.
    #[inline]
    pub fn near(value: i64) -> Self {
        let magnitude = value.unsigned_abs();
        let length = (u64::BITS - magnitude.leading_zeros()).div_ceil(u32::BITS) as usize;
        AnyInteger::Near(value < 0, [magnitude as u32, (magnitude >> 32) as u32], length)
    }

    /// It as an operand of arithmetic.
    pub fn borrow(&self) -> Borrowed<'_> {
        match self {
            AnyInteger::Far(view) => Borrowed::new(*view),
            AnyInteger::Near(negative, limbs, length) => {
                Borrowed::new(View { negative: *negative, limbs: limbs.get(..*length).unwrap_or_default() })
            }
        }
    }
}

/// A number or a big integer, for comparisons.
pub enum Number<'s> {
    /// An integer.
    Integer(AnyInteger<'s>),
    /// A float, with an integral value or not.
    Float(f64),
}

/// The number at `index`, none for any other value; it is there as long as the value is on the stack. Raises nothing.
#[inline]
pub fn number(lua: Stack<'_>, index: c_int) -> Option<Number<'_>> {
    match lua.kind(index) {
        Kind::Number if lua.is_integer(index) => Some(Number::Integer(AnyInteger::near(lua.integer(index)))),
        Kind::Number => Some(Number::Float(lua.number(index))),
        _ => big::view(lua, index).map(|view| Number::Integer(AnyInteger::Far(view))),
    }
}

/// The integer at `index`, which is absolute; it is there as long as the value is on the stack. A float becomes an integer
/// on the stack.
pub fn check(lua: Stack<'_>, index: c_int) -> Result<AnyInteger<'_>, Raise> {
    match number(lua, index) {
        Some(Number::Integer(operand)) => Ok(operand),
        Some(Number::Float(value)) => convert(lua, index, value),
        None => Err(lua.type_error(index, c"bigint or integer")),
    }
}

/// Replaces the float at `index` by the integer that it is.
fn convert(lua: Stack<'_>, index: c_int, value: f64) -> Result<AnyInteger<'_>, Raise> {
    let outcome = answer::attempt(lua, |_| Integer::from_f64(value));
    answer::push(lua, outcome, index)?;
    // In the place of the float.
    lua.copy(-1, index);
    lua.pop(1);
    match big::view(lua, index) {
        Some(view) => Ok(AnyInteger::Far(view)),
        None => Err(answer::raise(lua, index, Message::new(format_args!("no integer")))),
    }
}

/// The Lua integer at `index`: an integer, or a float or a text that is one.
pub fn check_small(lua: Stack<'_>, index: c_int) -> Result<i64, Raise> {
    lua.whole(index).ok_or_else(|| lua.type_error(index, c"integer"))
}
