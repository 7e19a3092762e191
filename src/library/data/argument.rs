//! Arguments that are not what a function takes.
#![forbid(unsafe_code)]

use core::ffi::c_int;
use core::fmt;

use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;

/// Raises what is wrong with an argument of a function.
#[cold]
#[inline(never)]
pub fn bad(lua: Stack<'_>, argument: c_int, function: &str, problem: fmt::Arguments<'_>) -> Raise {
    bad_in_bytes(lua, argument, function, Message::new(problem).text())
}

/// The same of a problem that may name what is no text.
#[cold]
#[inline(never)]
pub fn bad_in_bytes(lua: Stack<'_>, argument: c_int, function: &str, problem: &[u8]) -> Raise {
    let mut message = Message::new(format_args!("bad argument #{argument} to '{function}' ("));
    message.push(problem);
    message.push(b")");
    lua.error(&message)
}

/// Raises that an argument is of another kind than is wanted.
#[cold]
#[inline(never)]
pub fn bad_kind(lua: Stack<'_>, argument: c_int, function: &str, wanted: &str) -> Raise {
    let kind = lua.kind(argument).name();
    bad(lua, argument, function, format_args!("{wanted} expected, got {kind}"))
}

/// Refuses what is no table of the script's own.
#[inline(never)]
pub fn check_table(lua: Stack<'_>, argument: c_int, function: &str, wanted: &str) -> Result<(), Raise> {
    if lua.kind(argument) == Kind::Table && lua.external_id(argument) == 0 {
        Ok(())
    } else {
        Err(bad_kind(lua, argument, function, wanted))
    }
}
