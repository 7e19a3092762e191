//! Makes a program of a script's table, without anything between them.
//!
//! Invariant: the table is read raw, and nothing is asked of Lua that takes memory, so no script runs meanwhile. What is refused
//! is said in words, with the way to it.
//!
//! - `filter`: what `where` says
//! - `query`: all of the rest

mod filter;
mod query;

use core::ffi::{CStr, c_int};

use crate::budget::{self, cost};
use crate::codec::path::Path;
use crate::codec::{big, encode};
use crate::data::path;
use crate::data::program::Builder;
use crate::error::Excerpt;
use crate::lua::call::Raise;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;

pub use query::Form;

/// Room for the program of a usual query. A longer one is compiled again, into a block of its length.
const USUAL_BYTES: usize = 512;

/// Values on Lua's stack that a specification may need.
const SLOTS: c_int = 96;

/// Something was refused; what, is with the compiler.
struct Refused;

type Compiled<T = ()> = Result<T, Refused>;

/// Makes a program.
struct Compiler<'s, 'b> {
    lua: Stack<'s>,
    to: Builder<'b>,
    /// Where what is refused lies.
    way: Path,
    /// Why it is.
    problem: Message,
}

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

impl<'s> Compiler<'s, '_> {
    #[cold]
    fn refuse<T>(&mut self, problem: &str) -> Compiled<T> {
        self.problem.push(problem.as_bytes());
        Err(Refused)
    }

    /// The same with a reason behind it.
    #[cold]
    fn refuse_because<T>(&mut self, problem: &str, reason: &str) -> Compiled<T> {
        self.problem.push(problem.as_bytes());
        self.refuse(reason)
    }

    /// The same for a value of another kind than is wanted.
    #[cold]
    fn refuse_kind<T>(&mut self, wanted: &str, index: c_int) -> Compiled<T> {
        let kind = self.kind_of(index);
        self.refuse_because(wanted, " expected, got ").or_else(|Refused| self.refuse(kind))
    }

    /// The same for something that a script named.
    #[cold]
    fn refuse_named<T>(&mut self, before: &str, name: &[u8], after: &str) -> Compiled<T> {
        self.problem = Message::new(format_args!("{before}{}{after}", Excerpt::new(name)));
        Err(Refused)
    }

    /// What was refused lies under the key at `key`.
    fn under<T>(&mut self, key: c_int, compiled: Compiled<T>) -> Compiled<T> {
        if compiled.is_err() {
            encode::prepend_access(self.lua, key, &mut self.way);
        }
        compiled
    }

    /// The same under a name.
    fn named<T>(&mut self, name: &str, compiled: Compiled<T>) -> Compiled<T> {
        if compiled.is_err() {
            self.way.prepend_key(name.as_bytes());
        }
        compiled
    }

    /// The same in a list.
    fn numbered<T>(&mut self, number: i64, compiled: Compiled<T>) -> Compiled<T> {
        if compiled.is_err() {
            self.way.prepend_index(number);
        }
        compiled
    }

    /// What a value is, in words.
    fn kind_of(&self, index: c_int) -> &'static str {
        if big::is(self.lua, index) {
            "big integer"
        } else if self.lua.external_id(index) != 0 {
            "external table"
        } else {
            self.lua.kind(index).name()
        }
    }

    /// Whether the value is a table of the script's own.
    fn is_plain_table(&self, index: c_int) -> bool {
        self.lua.kind(index) == Kind::Table && self.lua.external_id(index) == 0
    }

    fn want_table(&mut self, index: c_int, wanted: &str) -> Compiled {
        budget::spend(cost::PART);
        if self.is_plain_table(index) {
            return Ok(());
        }
        self.refuse_kind(wanted, index)
    }

    /// The bytes of a string.
    fn want_string(&mut self, index: c_int, wanted: &str) -> Compiled<&'s [u8]> {
        if self.lua.kind(index) == Kind::String {
            return Ok(self.lua.bytes(index));
        }
        self.refuse_kind(wanted, index)
    }

    fn want_boolean(&mut self, index: c_int) -> Compiled<bool> {
        match self.lua.kind(index) {
            Kind::Nil => Ok(false),
            Kind::Boolean => Ok(self.lua.boolean(index)),
            _ => self.refuse_kind("boolean", index),
        }
    }

    /// Appends the path of a text, behind its length.
    fn path(&mut self, text: &[u8]) -> Compiled {
        budget::spend(cost::PART + text.len());
        let mut room = [0; path::PATH_BYTES];
        match path::parse(text, &mut room) {
            Ok(length) => {
                self.to.short(room.get(..length).unwrap_or_default());
                Ok(())
            }
            Err(problem) => self.refuse_named("", text, problem.text()),
        }
    }

    /// Appends a column.
    fn column(&mut self, name: &[u8], text: &[u8]) -> Compiled {
        budget::spend(name.len());
        if name.len() > usize::from(u16::MAX) {
            return self.refuse("the name is too long");
        }
        self.to.short(name);
        self.path(text)
    }
}
