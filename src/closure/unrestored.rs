//! Why a stored function cannot be restored.
#![forbid(unsafe_code)]

use core::fmt;

use crate::bytecode::BadBytecode;
use crate::codec::feature::Feature;
use crate::lua::call::Raise;
use crate::store::Failure;

/// Why a function cannot be restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unrestored {
    /// Lua raised something else, or is to.
    Raise(Raise),
    /// The host failed.
    Host(Failure),
    /// There is no such function.
    NoFunction(u32),
    /// The record of that function.
    Record(u32, BadRow),
    /// Lua must not load the record of that function.
    Bytecode(u32, BadBytecode),
    /// The record has not as many captured variables as its bytecode.
    Captured {
        /// The function.
        id: u32,
        /// How many the record has.
        record: usize,
        /// How many the bytecode has.
        bytecode: u8,
    },
    /// The code of that function, the row with that id.
    Code(u32, u32, BadRow),
    /// There is no such captured variable.
    NoCell(u32),
    /// The value of that captured variable is malformed at that byte.
    Cell(u32, usize),
    /// The build leaves out what the value of that captured variable takes.
    LeftOut(u32, Feature),
}

/// Why a row cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRow {
    /// There is none.
    Absent,
    /// It is too short for what it says it holds; its length.
    Cut(usize),
    /// Another version wrote it: that one, where this one is known.
    Version(u8, u8),
    /// It was altered.
    Altered,
}

impl fmt::Display for BadRow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadRow::Absent => out.write_str("is missing"),
            BadRow::Cut(length) => write!(out, "of {length} bytes is cut"),
            BadRow::Version(found, known) => write!(out, "has version {found}; this is version {known}"),
            BadRow::Altered => out.write_str("was altered: the hash differs"),
        }
    }
}

impl Unrestored {
    /// Whether the store has what cannot be used, however often it is tried.
    pub fn is_damage(&self) -> bool {
        match self {
            Unrestored::Raise(_) | Unrestored::Host(_) => false,
            Unrestored::Bytecode(_, bad) => !bad.wants_memory(),
            _ => true,
        }
    }

    /// The function whose record is refused, however much memory there is.
    pub fn refused_record(&self) -> Option<u32> {
        match *self {
            Unrestored::Code(_, _, BadRow::Absent) => None,
            Unrestored::Record(id, _) | Unrestored::Code(id, ..) | Unrestored::Captured { id, .. } => Some(id),
            Unrestored::Bytecode(id, bad) => (!bad.wants_memory()).then_some(id),
            _ => None,
        }
    }
}

impl From<Raise> for Unrestored {
    fn from(raise: Raise) -> Unrestored {
        Unrestored::Raise(raise)
    }
}

impl From<Failure> for Unrestored {
    fn from(failure: Failure) -> Unrestored {
        Unrestored::Host(failure)
    }
}

impl fmt::Display for Unrestored {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // It is raised as it is.
            Unrestored::Raise(_) => Ok(()),
            Unrestored::Host(failure) => {
                write!(out, "{} failed to {} a part of it: {}", failure.subject(), failure.action(), failure.cause())
            }
            Unrestored::NoFunction(id) => write!(out, "there is no function {id}"),
            Unrestored::Record(id, bad) => write!(out, "function {id}: its record {bad}"),
            Unrestored::Code(id, code, bad) => write!(out, "function {id}: its code {code} {bad}"),
            Unrestored::Bytecode(id, bad) => write!(out, "function {id}: {bad}"),
            Unrestored::Captured { id, record, bytecode } => {
                write!(out, "function {id}: its record has {record} captured variables, its bytecode {bytecode}")
            }
            Unrestored::NoCell(id) => write!(out, "its captured variable {id} is missing"),
            Unrestored::Cell(id, offset) => {
                write!(out, "its captured variable {id} is damaged: byte {offset} cannot be right")
            }
            Unrestored::LeftOut(id, feature) => write!(out, "its captured variable {id} cannot be read: {feature}"),
        }
    }
}
