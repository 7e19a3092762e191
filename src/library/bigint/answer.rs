//! What becomes of a computation: a result on the stack, or an error in words; and what it is charged.

use alloc::vec::Vec;
use core::ffi::{c_int, c_void};
use cu_bigint::{Error, Exhausted, Integer, MAXIMUM_BITS, Work};

use crate::budget;
use crate::codec::big;
use crate::error::Excerpt;
use crate::lua::ffi::{self, State};
use crate::lua::message::{self, Message};
use crate::lua::{call, room, stop};

/// Instructions that a unit of work counts.
const UNIT: u64 = 1;

/// The budget of the run.
struct Metered;

impl Work for Metered {
    fn charge(&mut self, units: u64) -> Result<(), Exhausted> {
        if budget::reserve(units.saturating_mul(UNIT)) { Ok(()) } else { Err(Exhausted) }
    }
}

/// Computes, with the memory that a collection makes if need be. Raises nothing.
///
/// # Safety
/// `state` is live, and what `work` looks at is on its stack.
#[inline]
pub unsafe fn attempt<T>(state: *mut State, work: impl FnOnce(&mut dyn Work) -> Result<T, Error>) -> Result<T, Error> {
    // SAFETY: the caller's; arithmetic knows no Lua.
    unsafe { room::collecting(state, || work(&mut Metered)) }
}

/// Pushes the integer, or raises the error; `last` is the number of the last operand.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn push(state: *mut State, outcome: Result<Integer, Error>, last: c_int) {
    // SAFETY: the caller's; the integer is dropped before anything raises.
    unsafe {
        match outcome.map(|integer| big::push(state, &integer)) {
            Ok(true) => settle(state),
            Ok(false) => ffi::cu_no_memory(state),
            Err(error) => explain(state, error, last),
        }
    }
}

/// Pushes two integers, or raises the error.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn push_both(state: *mut State, outcome: Result<(Integer, Integer), Error>, last: c_int) {
    // SAFETY: the caller's; the integers are dropped before anything raises.
    unsafe {
        match outcome.map(|(first, second)| big::push(state, &first) && big::push(state, &second)) {
            Ok(true) => settle(state),
            Ok(false) => ffi::cu_no_memory(state),
            Err(error) => explain(state, error, last),
        }
    }
}

/// Pushes the bytes as a string, or raises the error.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn push_string(state: *mut State, outcome: Result<Vec<u8>, Error>, last: c_int) {
    unsafe extern "C" fn copy(state: *mut State) -> c_int {
        // SAFETY: `push_string` passes a slice that outlives the call.
        unsafe {
            let bytes = *ffi::lua_touserdata(state, 1).cast::<&[u8]>();
            ffi::lua_pushlstring(state, bytes.as_ptr().cast(), bytes.len());
        }
        1
    }
    // SAFETY: the caller's; the vector is dropped before anything raises.
    unsafe {
        let copied = outcome.map(|bytes| {
            let mut slice = bytes.as_slice();
            call::protected(state, copy, (&raw mut slice).cast::<c_void>(), 1)
        });
        match copied {
            Ok(ffi::STATUS_OK) => stop::charge(state, 0),
            Ok(_) => call::raise(state),
            Err(error) => explain(state, error, last),
        }
    }
}

/// What is owed when a result is on the stack.
unsafe fn settle(state: *mut State) {
    // SAFETY: as for `message::raise`.
    unsafe {
        ffi::cu_check_collector(state);
        stop::charge(state, 0);
    }
}

/// Raises the error of an argument.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn raise(state: *mut State, argument: c_int, message: &Message) -> ! {
    // SAFETY: the caller's; the text is copied.
    unsafe {
        ffi::lua_pushlstring(state, message.text().as_ptr().cast(), message.text().len());
        let text = ffi::lua_tolstring(state, -1, core::ptr::null_mut());
        ffi::luaL_argerror(state, argument, text);
        core::hint::unreachable_unchecked()
    }
}

/// Raises an error; `last` is the number of the last operand.
///
/// # Safety
/// As for `message::raise`.
pub unsafe fn explain(state: *mut State, error: Error, last: c_int) -> ! {
    // SAFETY: the caller's; messages have no destructor.
    unsafe {
        let (argument, message) = match error {
            Error::NoMemory => ffi::cu_no_memory(state),
            Error::Exhausted => {
                // Nothing is left, so this does not return.
                stop::charge(state, 0);
                ffi::cu_no_memory(state)
            }
            Error::TooLarge(bits) => message::raise(
                state,
                &Message::new(format_args!("the result takes {bits} bits or more; the limit is {MAXIMUM_BITS}")),
            ),
            Error::DivisionByZero => (last, Message::new(format_args!("division by zero"))),
            Error::BadDigit { at, byte: Some(byte), base } => {
                (1, Message::new(format_args!("digit {} at {} is none in base {base}", Excerpt::new(&[byte]), at + 1)))
            }
            Error::BadDigit { at, byte: None, base } => {
                (1, Message::new(format_args!("a digit in base {base} is wanted at {}, where the text ends", at + 1)))
            }
            Error::BadBase(base) => (2, Message::new(format_args!("base {base} is not between 2 and 36"))),
            Error::NotIntegral(bits) => {
                ffi::lua_pushnumber(state, f64::from_bits(bits));
                ffi::luaL_tolstring(state, -1, core::ptr::null_mut());
                let mut message = Message::new(format_args!("the number "));
                message.push(crate::lua::stack::string_bytes(state, -1));
                message.push(b" is no integer");
                (last, message)
            }
            Error::NegativeExponent => (2, Message::new(format_args!("the exponent is negative"))),
            Error::NotInvertible => (
                1,
                Message::new(format_args!(
                    "a negative exponent needs an inverse, and the base has none for this modulus"
                )),
            ),
            Error::NegativeRoot => (1, Message::new(format_args!("the square root of a negative number"))),
        };
        raise(state, argument, &message)
    }
}
