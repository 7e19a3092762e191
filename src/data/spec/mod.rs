//! Makes a program of a script's table, without anything between them.
//!
//! Invariant: the table is read raw, and nothing is asked of Lua that takes memory, so no script runs meanwhile. What is refused
//! is said in words, with the way to it.
//!
//! - `compiler`: what both work with
//! - `filter`: what `where` says
//! - `query`: all of the rest

mod compiler;
mod filter;
mod query;

use core::ffi::{CStr, c_int};

use crate::codec::path::Path;
use crate::data::program::Builder;
use crate::data::spec::compiler::{Compiler, Refused};
use crate::lua::call::Raise;
use crate::lua::message::Message;
use crate::lua::stack::Stack;

pub use query::Form;

/// Room for the program of a usual query. A longer one is compiled again, into a block of its length.
const USUAL_BYTES: usize = 512;

/// Values on Lua's stack that a specification may need.
const SLOTS: c_int = 96;

/// Pushes a block with the program of the specification at `index`, which is argument `argument` of the function; nil stands for
/// an empty one.
pub fn push_program<'s>(lua: Stack<'s>, index: c_int, table: u32, form: Form) -> Result<&'s [u8], Raise> {
    if !lua.has_room(SLOTS) {
        return Err(Raise::Memory);
    }
    let mut room = USUAL_BYTES;
    loop {
        let block = lua.push_block(room);
        let length = compile(lua, index, table, form, block)?;
        if length <= room {
            return Ok(block.get(..length).unwrap_or_default());
        }
        // Looked for once more, as a finalizer may have changed the specification.
        lua.pop(1);
        lua.charge(length)?;
        room = length;
    }
}

/// How many bytes the program takes.
fn compile(lua: Stack<'_>, index: c_int, table: u32, form: Form, room: &mut [u8]) -> Result<usize, Raise> {
    let top = lua.top();
    let problem = Message::new(format_args!(""));
    let mut compiler = Compiler { lua, to: Builder::new(room), way: Path::EMPTY, problem };
    let compiled = compiler.all(index, table, form);
    let Compiler { to, way, problem, .. } = compiler;
    lua.set_top(top);
    match compiled {
        Ok(()) => Ok(to.finish()),
        Err(Refused) => Err(refuse(lua, index, &way, &problem)),
    }
}

/// Raises what is wrong with an argument.
#[cold]
fn refuse(lua: Stack<'_>, argument: c_int, way: &Path, problem: &Message) -> Raise {
    let mut text = Message::new(format_args!(""));
    let way = way.text();
    text.push(way.strip_prefix(b".").unwrap_or(way));
    if !way.is_empty() {
        text.push(b": ");
    }
    text.push(problem.text());
    text.push(b"\0");
    let text = CStr::from_bytes_until_nul(text.text()).unwrap_or(c"too long");
    lua.argument_error(argument, text)
}
