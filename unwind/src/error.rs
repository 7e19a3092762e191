//! Why a module could not be rewritten.
//!
//! Invariant: every message names what was expected and what was found.

use crate::options::Features;
use std::fmt;

/// The one error of the pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The input is not a module.
    InvalidInput {
        /// The parser's message.
        cause: String,
    },
    /// A pseudo-function is not imported.
    MissingImport {
        /// Its name in module `unwind`.
        name: &'static str,
    },
    /// A pseudo-function is imported more than once.
    ImportedTwice {
        /// Its name in module `unwind`.
        name: &'static str,
    },
    /// Module `unwind` has no such member.
    UnknownImport {
        /// The name the input asked for.
        name: String,
    },
    /// A pseudo-function is imported with another type.
    WrongSignature {
        /// Its name in module `unwind`.
        name: &'static str,
        /// The type it has.
        expected: String,
        /// The type the input gave it.
        found: String,
    },
    /// A pseudo-function is used other than by calling it.
    UsedAsValue {
        /// Its name in module `unwind`.
        name: &'static str,
        /// Where its address went.
        place: &'static str,
    },
    /// There is no table, so `try` has nothing to call.
    NoTable,
    /// No global can be the shadow stack pointer.
    NoStackPointer,
    /// The global asked for does not exist.
    StackPointerMissing {
        /// Its name or index.
        global: String,
    },
    /// The global asked for cannot hold the shadow stack pointer.
    StackPointerType {
        /// Its name or index.
        global: String,
        /// Its type.
        found: String,
    },
    /// The flag is to be in memory, and the module has no memory.
    NoMemory,
    /// The flag's address is not one the module can load from.
    FlagAddress {
        /// The address asked for.
        address: u32,
        /// Initial size of the memory.
        memory_bytes: u64,
    },
    /// The output uses more than was allowed.
    InvalidOutput {
        /// The allowed features.
        features: Features,
        /// The validator's message.
        cause: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::InvalidInput { cause } => {
                write!(formatter, "the input is not a valid module: {cause}")
            }
            Error::MissingImport { name } => write!(
                formatter,
                "the input does not import `{name}` from module `unwind`; was it rewritten before, \
                 or is nothing in it able to raise?"
            ),
            Error::ImportedTwice { name } => {
                write!(formatter, "the input imports `unwind.{name}` more than once; was it linked by wasm-ld?")
            }
            Error::UnknownImport { name } => {
                write!(formatter, "module `unwind` has `throw` and `try` only; the input also imports `{name}`")
            }
            Error::WrongSignature { name, expected, found } => {
                write!(formatter, "`unwind.{name}` is {expected}; the input imports it as {found}")
            }
            Error::UsedAsValue { name, place } => {
                write!(formatter, "`unwind.{name}` can only be called directly; the input has it in {place}")
            }
            Error::NoTable => write!(formatter, "the input has no table, so `try` has no function to call"),
            Error::NoStackPointer => write!(
                formatter,
                "no global is named `__stack_pointer` and none is a mutable i32; name the shadow \
                 stack pointer with --stack-pointer"
            ),
            Error::StackPointerMissing { global } => {
                write!(formatter, "the input has no global {global}")
            }
            Error::StackPointerType { global, found } => {
                write!(formatter, "the shadow stack pointer is a mutable i32; global {global} is {found}")
            }
            Error::NoMemory => write!(formatter, "the flag is to be kept in memory, and the input has no memory"),
            Error::FlagAddress { address, memory_bytes } => write!(
                formatter,
                "the flag takes 4 bytes at a multiple of 4 within the {memory_bytes} bytes of \
                 memory; its address is {address}"
            ),
            Error::InvalidOutput { features, cause } => {
                write!(formatter, "the output is not {features}: {cause}")
            }
        }
    }
}

impl std::error::Error for Error {}
