//! What becomes of a computation: a result on the stack, or an error in words; and what it is charged.
#![forbid(unsafe_code)]

use alloc::vec::Vec;
use core::ffi::{CStr, c_int};
use cu_bigint::{Error, Exhausted, Integer, MAXIMUM_BITS, Work};

use crate::budget;
use crate::codec::big;
use crate::error::Excerpt;
use crate::lua::call::Raise;
use crate::lua::message::Message;
use crate::lua::stack::Stack;
use crate::lua::status::Status;
use crate::vm::room;

/// Instructions that a unit of work counts.
const UNIT: u64 = 1;

/// The budget of the run.
struct Metered;

impl Work for Metered {
    fn charge(&mut self, units: u64) -> Result<(), Exhausted> {
        if budget::reserve(units.saturating_mul(UNIT)) { Ok(()) } else { Err(Exhausted) }
    }
}

/// Computes, with the memory that a collection makes if need be. What `work` looks at of Lua's is on the stack. Raises
/// nothing.
#[inline]
pub fn attempt<T>(lua: Stack<'_>, work: impl FnOnce(&mut dyn Work) -> Result<T, Error>) -> Result<T, Error> {
    room::collecting(lua, || work(&mut Metered))
}

/// Pushes the integer; `last` is the number of the last operand.
pub fn push(lua: Stack<'_>, outcome: Result<Integer, Error>, last: c_int) -> Result<(), Raise> {
    // The integer is dropped here, before anything raises.
    let pushed = outcome.map(|integer| big::push(lua, &integer));
    settle(lua, pushed, last)
}

/// Pushes two integers; `last` is the number of the last operand.
pub fn push_both(lua: Stack<'_>, outcome: Result<(Integer, Integer), Error>, last: c_int) -> Result<(), Raise> {
    // The integers are dropped here, before anything raises.
    let pushed = outcome.map(|(first, second)| big::push(lua, &first) && big::push(lua, &second));
    settle(lua, pushed, last)
}

/// Does what is due after a push, which may have found no memory.
fn settle(lua: Stack<'_>, pushed: Result<bool, Error>, last: c_int) -> Result<(), Raise> {
    match pushed {
        Ok(true) => {
            lua.check_collector();
            lua.charge(0)
        }
        Ok(false) => Err(Raise::Memory),
        Err(error) => Err(explain(lua, error, last)),
    }
}

/// Pushes the bytes as a string; `last` is the number of the last operand.
pub fn push_string(lua: Stack<'_>, outcome: Result<Vec<u8>, Error>, last: c_int) -> Result<(), Raise> {
    fn copy(lua: Stack<'_>, bytes: &mut &[u8]) -> Result<u8, Raise> {
        lua.push_string(bytes);
        Ok(1)
    }
    // The vector is dropped here, before anything raises: Lua's lack of memory is caught.
    let copied = outcome.map(|bytes| lua.protected(copy, &mut bytes.as_slice(), 1));
    match copied {
        Ok(Status::Ok) => lua.charge(0),
        Ok(_) => Err(Raise::Value),
        Err(error) => Err(explain(lua, error, last)),
    }
}

/// The error of an argument.
pub fn raise(lua: Stack<'_>, argument: c_int, mut message: Message) -> Raise {
    message.push(b"\0");
    lua.argument_error(argument, CStr::from_bytes_until_nul(message.text()).unwrap_or_default())
}

/// An error in words; `last` is the number of the last operand.
pub fn explain(lua: Stack<'_>, error: Error, last: c_int) -> Raise {
    let (argument, message) = match error {
        Error::NoMemory => return Raise::Memory,
        // Nothing is left, so the charge fails.
        Error::Exhausted => return lua.charge(0).err().unwrap_or(Raise::Memory),
        Error::TooLarge(bits) => {
            let limit = MAXIMUM_BITS;
            return lua.fail(format_args!("the result takes {bits} bits or more; the limit is {limit}"));
        }
        Error::DivisionByZero => (last, Message::new(format_args!("division by zero"))),
        Error::BadDigit { at, byte: Some(byte), base } => {
            (1, Message::new(format_args!("digit {} at {} is none in base {base}", Excerpt::new(&[byte]), at + 1)))
        }
        Error::BadDigit { at, byte: None, base } => {
            (1, Message::new(format_args!("a digit in base {base} is wanted at {}, where the text ends", at + 1)))
        }
        Error::BadBase(base) => (2, Message::new(format_args!("base {base} is not between 2 and 36"))),
        Error::NotIntegral(bits) => {
            lua.push_number(f64::from_bits(bits));
            let mut message = Message::new(format_args!("the number "));
            message.push(lua.push_text_of(-1));
            message.push(b" is no integer");
            (last, message)
        }
        Error::NegativeExponent => (2, Message::new(format_args!("the exponent is negative"))),
        Error::NotInvertible => (
            1,
            Message::new(format_args!("a negative exponent needs an inverse, and the base has none for this modulus")),
        ),
        Error::NegativeRoot => (1, Message::new(format_args!("the square root of a negative number"))),
    };
    raise(lua, argument, message)
}
