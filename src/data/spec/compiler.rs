//! What a specification is compiled with: what is read of Lua, and what is wrong.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::budget::{self, cost};
use crate::codec::path::Path;
use crate::codec::{big, encode};
use crate::data::path;
use crate::data::program::Builder;
use crate::error::Excerpt;
use crate::lua::kind::Kind;
use crate::lua::message::Message;
use crate::lua::stack::Stack;

/// Something was refused; what, is with the compiler.
pub struct Refused;

/// What came of compiling a part.
pub type Compiled<T = ()> = Result<T, Refused>;

/// Makes a program.
pub struct Compiler<'s, 'b> {
    /// Where the specification is.
    pub lua: Stack<'s>,
    /// The program.
    pub to: Builder<'b>,
    /// Where what is refused lies.
    pub way: Path,
    /// Why it is.
    pub problem: Message,
}

impl<'s> Compiler<'s, '_> {
    #[cold]
    pub fn refuse<T>(&mut self, problem: &str) -> Compiled<T> {
        self.problem.push(problem.as_bytes());
        Err(Refused)
    }

    /// The same with a reason behind it.
    #[cold]
    pub fn refuse_because<T>(&mut self, problem: &str, reason: &str) -> Compiled<T> {
        self.problem.push(problem.as_bytes());
        self.refuse(reason)
    }

    /// The same for a value of another kind than is wanted.
    #[cold]
    pub fn refuse_kind<T>(&mut self, wanted: &str, index: c_int) -> Compiled<T> {
        let kind = self.kind_of(index);
        self.refuse_because(wanted, " expected, got ").or_else(|Refused| self.refuse(kind))
    }

    /// The same for something that a script named.
    #[cold]
    pub fn refuse_named<T>(&mut self, before: &str, name: &[u8], after: &str) -> Compiled<T> {
        self.problem = Message::new(format_args!("{before}{}{after}", Excerpt::new(name)));
        Err(Refused)
    }

    /// What was refused lies under the key at `key`.
    pub fn under<T>(&mut self, key: c_int, compiled: Compiled<T>) -> Compiled<T> {
        if compiled.is_err() {
            encode::prepend_access(self.lua, key, &mut self.way);
        }
        compiled
    }

    /// The same under a name.
    pub fn named<T>(&mut self, name: &str, compiled: Compiled<T>) -> Compiled<T> {
        if compiled.is_err() {
            self.way.prepend_key(name.as_bytes());
        }
        compiled
    }

    /// The same in a list.
    pub fn numbered<T>(&mut self, number: i64, compiled: Compiled<T>) -> Compiled<T> {
        if compiled.is_err() {
            self.way.prepend_index(number);
        }
        compiled
    }

    /// What a value is, in words.
    pub fn kind_of(&self, index: c_int) -> &'static str {
        if big::is(self.lua, index) {
            "big integer"
        } else if self.lua.external_id(index) != 0 {
            "external table"
        } else {
            self.lua.kind(index).name()
        }
    }

    /// Whether the value is a table of the script's own.
    pub fn is_plain_table(&self, index: c_int) -> bool {
        self.lua.kind(index) == Kind::Table && self.lua.external_id(index) == 0
    }

    pub fn want_table(&mut self, index: c_int, wanted: &str) -> Compiled {
        budget::spend(cost::PART);
        if self.is_plain_table(index) {
            return Ok(());
        }
        self.refuse_kind(wanted, index)
    }

    /// The bytes of a string.
    pub fn want_string(&mut self, index: c_int, wanted: &str) -> Compiled<&'s [u8]> {
        if self.lua.kind(index) == Kind::String {
            return Ok(self.lua.bytes(index));
        }
        self.refuse_kind(wanted, index)
    }

    pub fn want_boolean(&mut self, index: c_int) -> Compiled<bool> {
        match self.lua.kind(index) {
            Kind::Nil => Ok(false),
            Kind::Boolean => Ok(self.lua.boolean(index)),
            _ => self.refuse_kind("boolean", index),
        }
    }

    /// Appends the path of a text, behind its length.
    pub fn path(&mut self, text: &[u8]) -> Compiled {
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
    pub fn column(&mut self, name: &[u8], text: &[u8]) -> Compiled {
        budget::spend(name.len());
        if name.len() > usize::from(u16::MAX) {
            return self.refuse("the name is too long");
        }
        self.to.short(name);
        self.path(text)
    }
}
