//! To and from other values.

use core::ffi::c_int;

use cu_bigint::Integer;

use crate::codec::big;
use crate::library::bigint::operand::{self, Operand};
use crate::library::bigint::{answer, compare};
use crate::lua::ffi::{self, State};
use crate::lua::message::{self, Message};
use crate::lua::stack;

const DECIMAL: i64 = 10;

/// The base at `index`, none when there is none.
unsafe fn base(state: *mut State, index: c_int) -> Option<i64> {
    // SAFETY: as for `message::raise`.
    unsafe {
        match ffi::lua_type(state, index) {
            ffi::TYPE_NONE | ffi::TYPE_NIL => None,
            _ => Some(operand::check_small(state, index)),
        }
    }
}

/// Pushes what the text at 1 says in a base; without one, as Lua writes integers.
unsafe fn parse(state: *mut State, base: Option<i64>) -> c_int {
    // SAFETY: as for `message::raise`; the string is on the stack.
    unsafe {
        ffi::luaL_checktype(state, 1, ffi::TYPE_STRING);
        let text = stack::string_bytes(state, 1);
        let parsed = answer::attempt(state, |work| match base {
            Some(base) => Integer::parse(text, base, work),
            None => Integer::parse_literal(text, work),
        });
        answer::push(state, parsed, 1);
    }
    1
}

/// `new(value [, base])`
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn new(state: *mut State) -> c_int {
    // SAFETY: Lua calls with a live state; nothing with a destructor lives here.
    unsafe {
        let base = base(state, 2);
        if base.is_some() || ffi::lua_type(state, 1) == ffi::TYPE_STRING {
            return parse(state, base);
        }
        let operand = operand::check(state, 1);
        ffi::lua_settop(state, 1);
        if let Operand::Near(..) = operand {
            let value = ffi::lua_tointegerx(state, 1, core::ptr::null_mut());
            answer::push(state, answer::attempt(state, |_| Integer::from_i64(value)), 1);
        }
    }
    1
}

/// `frombase(text, base)`
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn frombase(state: *mut State) -> c_int {
    // SAFETY: as in `new`.
    unsafe {
        let base = operand::check_small(state, 2);
        parse(state, Some(base))
    }
}

/// `tostring(a [, base])`
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn tostring(state: *mut State) -> c_int {
    // SAFETY: as in `new`.
    unsafe {
        let base = base(state, 2).unwrap_or(DECIMAL);
        push_text(state, 1, base)
    }
}

/// `__tostring`
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn meta_tostring(state: *mut State) -> c_int {
    // SAFETY: as in `new`.
    unsafe { push_text(state, 1, DECIMAL) }
}

/// `tobase(a, base)`
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn tobase(state: *mut State) -> c_int {
    // SAFETY: as in `new`.
    unsafe {
        let base = operand::check_small(state, 2);
        push_text(state, 1, base)
    }
}

unsafe fn push_text(state: *mut State, index: c_int, base: i64) -> c_int {
    // SAFETY: as for `message::raise`.
    unsafe {
        let a = operand::check(state, index);
        answer::push_string(state, answer::attempt(state, |work| a.borrow().to_text(base, work)), 1);
    }
    1
}

/// `__concat`
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn concat(state: *mut State) -> c_int {
    // SAFETY: as in `new`.
    unsafe {
        for index in 1..=2 {
            if big::view(state, index).is_some() {
                push_text(state, index, DECIMAL);
            } else if matches!(ffi::lua_type(state, index), ffi::TYPE_STRING | ffi::TYPE_NUMBER) {
                ffi::lua_pushvalue(state, index);
            } else {
                let kind = compare::type_name(state, index);
                message::raise(state, &Message::new(format_args!("attempt to concatenate a {kind} value")));
            }
        }
        ffi::lua_concat(state, 2);
    }
    1
}

/// `tonumber(a)`: the integer, or the nearest float where there is none.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn tonumber(state: *mut State) -> c_int {
    // SAFETY: as in `new`.
    unsafe {
        let a = operand::check(state, 1);
        match a.borrow().to_i64() {
            Some(integer) => ffi::lua_pushinteger(state, integer),
            None => ffi::lua_pushnumber(state, a.borrow().to_f64()),
        }
    }
    1
}

/// `tointeger(a)`: the integer, nil where there is none.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn tointeger(state: *mut State) -> c_int {
    // SAFETY: as in `new`.
    unsafe {
        match operand::check(state, 1).borrow().to_i64() {
            Some(integer) => ffi::lua_pushinteger(state, integer),
            None => ffi::lua_pushnil(state),
        }
    }
    1
}

/// `bits(a)`: how many the magnitude has.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn bits(state: *mut State) -> c_int {
    // SAFETY: as in `new`.
    unsafe {
        let bits = operand::check(state, 1).borrow().bit_length();
        ffi::lua_pushinteger(state, bits as i64);
    }
    1
}

/// `tobytes(a)`: the magnitude, the least byte first.
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn tobytes(state: *mut State) -> c_int {
    // SAFETY: as in `new`.
    unsafe {
        let a = operand::check(state, 1);
        answer::push_string(state, answer::attempt(state, |work| a.borrow().to_bytes(work)), 1);
    }
    1
}

/// `frombytes(bytes [, negative])`
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn frombytes(state: *mut State) -> c_int {
    // SAFETY: as in `new`; the string is on the stack.
    unsafe {
        ffi::luaL_checktype(state, 1, ffi::TYPE_STRING);
        let negative = ffi::lua_toboolean(state, 2) != 0;
        let bytes = stack::string_bytes(state, 1);
        answer::push(state, answer::attempt(state, |work| Integer::from_bytes(negative, bytes, work)), 1);
    }
    1
}

/// `isbigint(value)`
///
/// # Safety
/// Lua calls it.
pub unsafe extern "C" fn isbigint(state: *mut State) -> c_int {
    // SAFETY: as in `new`.
    unsafe {
        ffi::luaL_checkany(state, 1);
        let is = big::view(state, 1).is_some();
        ffi::lua_pushboolean(state, c_int::from(is));
    }
    1
}
