//! What a call of the store answers that did not do what it should.
#![forbid(unsafe_code)]

use core::fmt;

use cu_abi::{status, tables};

use crate::store::system;
use crate::vm::standing::UNDONE;

/// Something that was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What was to be done, as in "the host refused to ...".
    pub action: &'static str,
    /// The table.
    pub table: u32,
    /// Why not.
    pub cause: Cause,
}

/// Why something could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The host answered so.
    Host(i32),
    /// Not enough memory for a value of so many bytes.
    Memory(usize),
    /// A transaction cannot change what is under a key of so many bytes, more than the other number.
    KeyLength(usize, usize),
    /// What the host has there was not written by the module: a page of keys, a note of the journal, or a value.
    Damaged,
    /// Every id below the module's own tables has been given.
    NoIds,
    /// A collection of another instance freed the table.
    Gone,
    /// What is attached to the table forbids it (`data/refusal.rs`).
    Refused,
    /// The same: its schema.
    Violated,
    /// The table was of a transaction that failed, and its content could not be kept.
    Undone,
}

impl Failure {
    /// The content of a table is damaged.
    #[cold]
    pub fn damaged(table: u32) -> Failure {
        Failure { action: "read", table, cause: Cause::Damaged }
    }

    /// What was a table is none any more; the id says why.
    #[cold]
    pub fn gone(table: u32) -> Failure {
        Failure { action: "use", table, cause: if table == UNDONE { Cause::Undone } else { Cause::Gone } }
    }

    /// There is no new id.
    #[cold]
    pub fn no_ids() -> Failure {
        Failure { action: "reserve", table: system::COUNTER, cause: Cause::NoIds }
    }

    /// Who did not do it.
    pub fn subject(&self) -> &'static str {
        if let Cause::Host(_) = self.cause { "the host" } else { "the module" }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Host(status::RATE_EXCEEDED) => {
                write!(out, "it answered {}, too many operations a second", status::RATE_EXCEEDED)
            }
            Cause::Host(reply) => write!(out, "it answered {reply}"),
            Cause::Memory(length) => write!(out, "not enough memory for {length} bytes"),
            Cause::KeyLength(length, limit) => {
                write!(out, "the key takes {length} bytes encoded; the limit in a transaction is {limit}")
            }
            Cause::Damaged => out.write_str("malformed or out of order"),
            Cause::Gone => out.write_str("nothing of its store reached it when another instance collected"),
            Cause::Refused | Cause::Violated => out.write_str("it is refused"),
            Cause::Undone => out.write_str(
                "the transaction that stored it failed, and its content could not be kept: not enough memory, or a failure of the host"
            ),
            Cause::NoIds => write!(out, "every id below {} is used", tables::SYSTEM_FIRST),
        }
    }
}
