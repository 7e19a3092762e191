//! To and from other values.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use cu_bigint::Integer;

use crate::codec::big;
use crate::library::bigint::operand::{self, AnyInteger};
use crate::library::bigint::{answer, compare};
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;

const DECIMAL: i64 = 10;

/// The base at `index`, none when there is none.
fn base(lua: Stack<'_>, index: c_int) -> Result<Option<i64>, Raise> {
    match lua.kind(index) {
        Kind::None | Kind::Nil => Ok(None),
        _ => operand::check_small(lua, index).map(Some),
    }
}

/// Pushes what the text at 1 says in a base; without one, as Lua writes integers.
fn parse(lua: Stack<'_>, base: Option<i64>) -> Result<u8, Raise> {
    if lua.kind(1) != Kind::String {
        return Err(lua.type_error(1, c"string"));
    }
    let text = lua.string(1);
    let parsed = answer::attempt(lua, |work| match base {
        Some(base) => Integer::parse(text, base, work),
        None => Integer::parse_literal(text, work),
    });
    answer::push(lua, parsed, 1)?;
    Ok(1)
}

/// `new(value [, base])`
pub fn new(lua: Stack<'_>) -> Result<u8, Raise> {
    let base = base(lua, 2)?;
    if base.is_some() || lua.kind(1) == Kind::String {
        return parse(lua, base);
    }
    let operand = operand::check(lua, 1)?;
    lua.set_top(1);
    if let AnyInteger::Near(..) = operand {
        let value = lua.integer(1);
        answer::push(lua, answer::attempt(lua, |_| Integer::from_i64(value)), 1)?;
    }
    Ok(1)
}

/// `frombase(text, base)`
pub fn frombase(lua: Stack<'_>) -> Result<u8, Raise> {
    let base = operand::check_small(lua, 2)?;
    parse(lua, Some(base))
}

/// `tostring(a [, base])`
pub fn tostring(lua: Stack<'_>) -> Result<u8, Raise> {
    let base = base(lua, 2)?.unwrap_or(DECIMAL);
    push_text(lua, 1, base)
}

/// `__tostring`
pub fn meta_tostring(lua: Stack<'_>) -> Result<u8, Raise> {
    push_text(lua, 1, DECIMAL)
}

/// `tobase(a, base)`
pub fn tobase(lua: Stack<'_>) -> Result<u8, Raise> {
    let base = operand::check_small(lua, 2)?;
    push_text(lua, 1, base)
}

fn push_text(lua: Stack<'_>, index: c_int, base: i64) -> Result<u8, Raise> {
    let a = operand::check(lua, index)?;
    answer::push_string(lua, answer::attempt(lua, |work| a.borrow().to_text(base, work)), 1)?;
    Ok(1)
}

/// `__concat`
pub fn concat(lua: Stack<'_>) -> Result<u8, Raise> {
    for index in 1..=2 {
        if big::is(lua, index) {
            push_text(lua, index, DECIMAL)?;
        } else if matches!(lua.kind(index), Kind::String | Kind::Number) {
            lua.push_copy(index);
        } else {
            let kind = compare::type_name(lua, index);
            return Err(lua.fail(format_args!("attempt to concatenate a {kind} value")));
        }
    }
    lua.concat(2);
    Ok(1)
}

/// `tonumber(a)`: the integer, or the nearest float where there is none.
pub fn tonumber(lua: Stack<'_>) -> Result<u8, Raise> {
    let a = operand::check(lua, 1)?;
    match a.borrow().to_i64() {
        Some(integer) => lua.push_integer(integer),
        None => lua.push_number(a.borrow().to_f64()),
    }
    Ok(1)
}

/// `tointeger(a)`: the integer, nil where there is none.
pub fn tointeger(lua: Stack<'_>) -> Result<u8, Raise> {
    match operand::check(lua, 1)?.borrow().to_i64() {
        Some(integer) => lua.push_integer(integer),
        None => lua.push_nil(),
    }
    Ok(1)
}

/// `bits(a)`: how many the magnitude has.
pub fn bits(lua: Stack<'_>) -> Result<u8, Raise> {
    let bits = operand::check(lua, 1)?.borrow().bit_length();
    lua.push_integer(bits as i64);
    Ok(1)
}

/// `tobytes(a)`: the magnitude, the least byte first.
pub fn tobytes(lua: Stack<'_>) -> Result<u8, Raise> {
    let a = operand::check(lua, 1)?;
    answer::push_string(lua, answer::attempt(lua, |work| a.borrow().to_bytes(work)), 1)?;
    Ok(1)
}

/// `frombytes(bytes [, negative])`
pub fn frombytes(lua: Stack<'_>) -> Result<u8, Raise> {
    if lua.kind(1) != Kind::String {
        return Err(lua.type_error(1, c"string"));
    }
    let negative = lua.boolean(2);
    let bytes = lua.string(1);
    answer::push(lua, answer::attempt(lua, |work| Integer::from_bytes(negative, bytes, work)), 1)?;
    Ok(1)
}

/// `isbigint(value)`
pub fn isbigint(lua: Stack<'_>) -> Result<u8, Raise> {
    lua.want_any(1);
    lua.push_boolean(big::is(lua, 1));
    Ok(1)
}
