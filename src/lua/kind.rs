//! The types of Lua's values.
#![forbid(unsafe_code)]

use core::ffi::c_int;

use crate::lua::ffi;

/// The type of a Lua value, numbered as Lua numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Kind {
    /// No value: the index is behind the last argument.
    None = ffi::TYPE_NONE,
    /// nil
    Nil = ffi::TYPE_NIL,
    /// A boolean.
    Boolean = ffi::TYPE_BOOLEAN,
    /// An address: that of a captured variable, or of what a protected call is about. No script has one.
    Address = ffi::TYPE_LIGHT_USERDATA,
    /// An integer or a float.
    Number = ffi::TYPE_NUMBER,
    /// A string.
    String = ffi::TYPE_STRING,
    /// A table.
    Table = ffi::TYPE_TABLE,
    /// A function of Lua or of C.
    Function = ffi::TYPE_FUNCTION,
    /// A block of memory.
    Userdata = ffi::TYPE_USERDATA,
    /// A coroutine.
    Thread = ffi::TYPE_THREAD,
}

impl Kind {
    #[inline]
    pub(super) fn of(kind: c_int) -> Kind {
        match kind {
            ffi::TYPE_NIL => Kind::Nil,
            ffi::TYPE_BOOLEAN => Kind::Boolean,
            ffi::TYPE_LIGHT_USERDATA => Kind::Address,
            ffi::TYPE_NUMBER => Kind::Number,
            ffi::TYPE_STRING => Kind::String,
            ffi::TYPE_TABLE => Kind::Table,
            ffi::TYPE_FUNCTION => Kind::Function,
            ffi::TYPE_USERDATA => Kind::Userdata,
            ffi::TYPE_THREAD => Kind::Thread,
            _ => Kind::None,
        }
    }

    /// In Lua's words.
    pub fn name(self) -> &'static str {
        match self {
            Kind::None => "no value",
            Kind::Nil => "nil",
            Kind::Boolean => "boolean",
            Kind::Address | Kind::Userdata => "userdata",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Table => "table",
            Kind::Function => "function",
            Kind::Thread => "thread",
        }
    }
}
