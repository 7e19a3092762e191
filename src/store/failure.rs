//! What a call of the store answers that did not do what it should.
#![forbid(unsafe_code)]

use core::fmt;

use cu_abi::{status, tables};

use crate::codec::feature::Feature;
use crate::details::{Details, Number};
use crate::store::system;
use crate::vm::standing::UNDONE;

/// Something that was not done: the number of its details.
#[derive(Clone, Copy, Debug)]
pub struct Failure(Number<What>);

/// What a failure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct What {
    /// What was to be done, as in "the host refused to ...".
    action: &'static str,
    table: u32,
    cause: Cause,
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
    /// The build leaves out what keeps indexes, links and feeds up to date.
    LeftOut(Feature),
    /// The table was of a transaction that failed, and its content could not be kept.
    Undone,
}

static LAST: Details<What> = Details::none();

/// Does work of whose failures nobody is told, however many there are: one that somebody has stays what it is.
pub fn aside(work: impl FnOnce()) {
    LAST.aside(work);
}

impl Failure {
    /// What was to be done with which table, and why it was not.
    #[cold]
    #[inline(never)]
    pub fn new(action: &'static str, table: u32, cause: Cause) -> Failure {
        Failure(LAST.number(What { action, table, cause }))
    }

    /// The content of a table is damaged.
    #[cold]
    #[inline(never)]
    pub fn damaged(table: u32) -> Failure {
        Failure::new("read", table, Cause::Damaged)
    }

    /// What was a table is none any more; the id says why.
    #[cold]
    pub fn gone(table: u32) -> Failure {
        Failure::new("use", table, if table == UNDONE { Cause::Undone } else { Cause::Gone })
    }

    /// There is no new id.
    #[cold]
    pub fn no_ids() -> Failure {
        Failure::new("reserve", system::COUNTER, Cause::NoIds)
    }

    fn details(self) -> What {
        LAST.of(self.0)
    }

    /// What was to be done, as in "the host refused to ...".
    pub fn action(self) -> &'static str {
        self.details().action
    }

    /// The table.
    pub fn table(self) -> u32 {
        self.details().table
    }

    /// Why not.
    pub fn cause(self) -> Cause {
        self.details().cause
    }

    /// What the host answered, if that is the cause.
    pub fn reply(self) -> Option<i32> {
        if let Cause::Host(reply) = self.cause() { Some(reply) } else { None }
    }

    /// Who did not do it.
    pub fn subject(self) -> &'static str {
        if self.reply().is_some() { "the host" } else { "the module" }
    }
}

impl PartialEq for Failure {
    fn eq(&self, other: &Failure) -> bool {
        self.details() == other.details()
    }
}

impl Eq for Failure {}

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
            Cause::LeftOut(feature) => {
                write!(out, "the store has indexes, schemas or feeds, and {feature}")
            }
            Cause::Refused | Cause::Violated => out.write_str("it is refused"),
            Cause::Undone => out.write_str(
                "the transaction that stored it failed, and its content could not be kept: not enough memory, or a failure of the host"
            ),
            Cause::NoIds => write!(out, "every id below {} is used", tables::SYSTEM_FIRST),
        }
    }
}
