//! The one error of the module: message and class of each variant.
//!
//! Invariant: a message carries the offending value and the limit, and needs no memory to be written.
#![forbid(unsafe_code)]

use core::fmt::{self, Write};

use cu_abi::limits;
use cu_abi::status::ErrorClass;

use crate::bytes::copy;
use crate::codec::feature::Feature;

/// The beginning of a string, for a message: in quotes, unprintable bytes as `?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excerpt {
    bytes: [u8; EXCERPT_BYTES],
    length: u8,
    is_cut: bool,
}

/// Longest excerpt.
const EXCERPT_BYTES: usize = 64;

impl Excerpt {
    /// Of these bytes.
    pub fn new(bytes: &[u8]) -> Excerpt {
        let length = bytes.len().min(EXCERPT_BYTES);
        let mut excerpt = Excerpt { bytes: [0; EXCERPT_BYTES], length: length as u8, is_cut: length < bytes.len() };
        copy(&mut excerpt.bytes, bytes);
        excerpt
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_char('\'')?;
        for byte in self.bytes.iter().take(self.length.into()) {
            out.write_char(if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '?' })?;
        }
        out.write_str(if self.is_cut { "...'" } else { "'" })
    }
}

/// What the module itself refuses (errors that scripts raise stay Lua values).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// `compute` before `init`.
    NotInitialised,
    /// `compute` from inside an import.
    Reentered,
    /// An import called `compute` while the code was still in the I/O buffer.
    CodeOverwritten,
    /// Code outside linear memory.
    CodeOutside { pointer: usize, length: usize, memory: usize },
    /// Something that this build leaves out.
    LeftOut { what: &'static str, feature: Feature },
    /// A call record that is malformed.
    CallMalformed { offset: usize, problem: &'static str },
    /// No compute waits for that answer.
    NotPending { ticket: i64 },
    /// The configuration could not be fetched.
    ConfigReply { reply: i32, limit: usize },
    /// The configuration is not an encoded inline table.
    ConfigMalformed { offset: usize },
    /// A configuration value is of the wrong kind.
    ConfigKind { key: &'static str, wanted: &'static str, found: &'static str },
    /// A configuration value is out of range.
    ConfigRange { key: &'static str, value: i64, least: i64, most: i64 },
    /// A permission that cannot be given or taken.
    Permission { name: Excerpt, problem: &'static str },
    /// A function that the host cannot offer.
    Function { name: Excerpt, problem: &'static str },
    /// The name of a home is empty or too long.
    HomeName { length: usize },
    /// There is no home of that name, and the compute may not make one.
    HomeAbsent { name: Excerpt },
    /// Scripts have the table that is to be `_home`.
    HomeInUse { table: u32 },
    /// The host failed to read or write what instances over one store share: homes, ids, collections.
    Shared { action: &'static str, reply: i32 },
    /// The same: what is there is damaged, or there are no ids left.
    SharedDamaged,
    /// The host refused to store a spilled result.
    SpillRefused { reply: i32, length: usize },
    /// A spilled result does not fit the arena beside the script's data.
    SpillMemory { length: usize, limit: usize },
    /// A spilled result refers to a table inside a read-only one.
    SpillInside { length: usize },
    /// What an atomic compute changed could neither be kept nor undone: the host failed.
    Journal { action: &'static str, reply: i32 },
    /// The same: there is no room for a value of so many bytes.
    JournalMemory { length: usize },
    /// The same: the journal is damaged.
    JournalDamaged,
    /// A transaction of the host is open, and the compute does not say what becomes of it.
    TransactionOpen,
    /// A transaction of the host was undone without its word.
    TransactionLost,
    /// The module panicked.
    Internal,
}

impl Error {
    /// The class that an `error` event names.
    pub fn class(&self) -> ErrorClass {
        match self {
            Error::NotInitialised | Error::Reentered | Error::CodeOverwritten => ErrorClass::State,
            Error::CodeOutside { .. } | Error::CallMalformed { .. } => ErrorClass::Input,
            Error::LeftOut { .. } | Error::NotPending { .. } => ErrorClass::Input,
            Error::ConfigReply { .. }
            | Error::ConfigMalformed { .. }
            | Error::ConfigKind { .. }
            | Error::ConfigRange { .. }
            | Error::HomeName { .. }
            | Error::HomeAbsent { .. }
            | Error::HomeInUse { .. }
            | Error::Permission { .. }
            | Error::Function { .. } => ErrorClass::Config,
            Error::Shared { .. } | Error::SharedDamaged => ErrorClass::Runtime,
            Error::SpillRefused { .. } | Error::SpillMemory { .. } | Error::SpillInside { .. } => ErrorClass::Result,
            Error::Journal { .. } | Error::JournalMemory { .. } | Error::JournalDamaged | Error::TransactionLost => {
                ErrorClass::Journal
            }
            Error::TransactionOpen => ErrorClass::State,
            Error::Internal => ErrorClass::Internal,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Error::NotInitialised => out.write_str("the instance is not initialised: call init first"),
            Error::Reentered => out.write_str("compute was called from inside an import: it cannot run twice at once"),
            Error::CodeOverwritten => out.write_str("an import called compute while the code to run was being read"),
            Error::CodeOutside { pointer, length, memory } => write!(
                out,
                "the code is said to lie at {pointer} with a length of {length} bytes, outside the memory of {memory} bytes"
            ),
            Error::LeftOut { what, feature } => write!(out, "{what} cannot be used: {feature}"),
            Error::CallMalformed { offset, problem } => {
                write!(out, "the call record is malformed: byte {offset} cannot be right: {problem}")
            }
            Error::NotPending { ticket } => {
                write!(out, "no compute waits with the ticket {ticket}: it has ended, or is another instance's")
            }
            Error::ConfigReply { reply, limit } => write!(
                out,
                "the host answered {reply} to get(0, \"config\"); wanted is -1 or a length of at most {limit} bytes"
            ),
            Error::ConfigMalformed { offset } => {
                write!(out, "the host's config is not an encoded inline table: byte {offset} cannot be right")
            }
            Error::ConfigKind { key, wanted, found } => {
                write!(out, "config.{key} is {found}; wanted is {wanted}")
            }
            Error::ConfigRange { key, value, least, most } => {
                write!(out, "config.{key} is {value}; wanted is a number from {least} to {most}")
            }
            Error::Permission { name, problem } => write!(out, "config.permissions: {name} {problem}"),
            Error::Function { name, problem } => write!(out, "config.functions: {name} {problem}"),
            Error::HomeName { length } => {
                write!(out, "config.home has {length} bytes; wanted are 1 to {}", limits::HOME_NAME_BYTES)
            }
            Error::HomeAbsent { name } => {
                write!(out, "there is no home {name}, and a compute that may not write makes none")
            }
            Error::HomeInUse { table } => {
                write!(out, "table {table} cannot be a home: scripts use it as an ordinary table")
            }
            Error::Shared { action, reply } => write!(
                out,
                "the host failed to {action} what the instances over its store share: it answered {reply}"
            ),
            Error::SharedDamaged => out.write_str(
                "what the instances over the host's store share is damaged: the list of homes, the ids or the collections"
            ),
            Error::SpillRefused { reply, length } => write!(
                out,
                "the host refused to store the result of {length} bytes in table _io under the key 'result': it answered {reply}"
            ),
            Error::SpillMemory { length, limit } => {
                write!(out, "the result takes {length} bytes encoded, more than is free of the {limit} bytes of memory")
            }
            Error::SpillInside { length } => write!(
                out,
                "the result of {length} bytes may not be stored in table _io: a table inside a read-only one stays where it is"
            ),
            Error::Journal { action, reply } => write!(
                out,
                "an atomic compute was not ended: the host failed to {action} what it changed, or a note of it: it answered {reply}"
            ),
            Error::JournalMemory { length } => {
                write!(out, "an atomic compute was not ended: not enough memory for an old value of {length} bytes")
            }
            Error::JournalDamaged => {
                out.write_str("an atomic compute was not ended: the host's journal of what it changed is damaged")
            }
            Error::TransactionOpen => out.write_str(
                "a transaction of the host is open: a compute belongs to it, commits it or rolls it back (config.transaction)"
            ),
            Error::TransactionLost => out.write_str(
                "the transaction of the host was undone, because a part of it could not be: roll it back (config.transaction)"
            ),
            Error::Internal => out.write_str("internal error of the module: please report it with the script"),
        }
    }
}
