//! Ways: names with dots between them, from a global on, as hosts name functions and tables.
//!
//! Invariant: a way is read as a script reads it, step by step, so it shows what a script may see and nothing else.
#![forbid(unsafe_code)]

use cu_abi::call::{self, Step};

use crate::error::Excerpt;
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::stack::Stack;
use crate::proxy::reached::{self, Reading};

/// Pushes what a way leads to; raises when that is nothing.
pub fn push(lua: Stack<'_>, way: &[u8]) -> Result<(), Raise> {
    push_any(lua, way)?;
    if lua.kind(-1) == Kind::Nil {
        return Err(lua.fail(format_args!("the way {} leads to nothing", Excerpt::new(way))));
    }
    Ok(())
}

/// Pushes the function that a way leads to, or what can be called like one.
pub fn push_function(lua: Stack<'_>, way: &[u8]) -> Result<(), Raise> {
    if reached::push(lua, way) {
        return Ok(());
    }
    push(lua, way)?;
    let kind = lua.kind(-1);
    if kind == Kind::Function {
        return Ok(());
    }
    if lua.push_metafield(-1, c"__call") != Kind::Nil {
        lua.pop(1);
        return Ok(());
    }
    Err(lua.fail(format_args!(
        "the way {} leads to a {} value, which cannot be called",
        Excerpt::new(way),
        kind.name()
    )))
}

fn push_any(lua: Stack<'_>, way: &[u8]) -> Result<(), Raise> {
    let mut reading = Reading::begin();
    lua.want_room(4, c"no room for a way");
    lua.push_globals();
    let mut passed = 0;
    for (step, end) in call::steps(way) {
        let kind = lua.kind(-1);
        if kind != Kind::Table {
            return Err(lua.fail(format_args!(
                "the way {} ends at {}, a {} value",
                Excerpt::new(way),
                Excerpt::new(way.get(..passed).unwrap_or_default()),
                kind.name()
            )));
        }
        if passed > 0 {
            reading.step(lua, way, passed);
        }
        match step {
            Step::Name(name) => lua.push_string(name),
            Step::Number(number) => lua.push_integer(number),
        }
        lua.get(-2);
        lua.remove_below();
        lua.charge(0)?;
        passed = end;
    }
    reading.end(lua, way);
    Ok(())
}
