//! Everything that can go wrong, in one enum.
//!
//! - `lua`: the error of a script
//! - `trap`: why an engine stopped the module
//! - `cause`: a reason in words, and the error behind it
//!
//! Invariant: an error of the script is `Lua`; after it, and after `Host`, the instance is usable. Every other variant
//! names the side that is at fault. The instance is dead after `Trap` and `Commit`, and after any error for which the
//! store undid a unit.

mod cause;
mod lua;
mod trap;

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::time::Duration;

use crate::store::StoreError;
use crate::threads::Refused;

pub use cause::Cause;
pub use lua::LuaError;
pub use trap::{Trap, TrapKind};

/// Why a call to an instance failed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The script failed, perhaps for another reason after it had caught a failure of the store.
    Lua(Box<LuaError>),
    /// The store failed while the script ran, and that ended it.
    Host {
        /// The script's error, which names table, key and code.
        error: Box<LuaError>,
        /// The store's error.
        cause: StoreError,
    },
    /// The module trapped, which it promises not to do. The instance is dead.
    Trap(Trap),
    /// The instance died in an earlier call. The cause is the error that the call answered, unless the host panicked.
    Dead(Cause),
    /// The bytes are not a module that this host can run.
    Module(Cause),
    /// The module is of another version of the contract.
    Version {
        /// The version that this host implements.
        host: u32,
        /// The module's version.
        module: u64,
    },
    /// An option has a value that is not allowed; the text says which values are.
    Option(Cause),
    /// An argument has no meaning where it is; the text names the place in it.
    Argument(String),
    /// A value does not fit a type of the program, or that has no form in Lua.
    Type {
        /// Where in the value: `orders[3].price`. Empty for the value itself.
        place: String,
        /// What was expected and what is there.
        problem: String,
    },
    /// A call that needs an open transaction, or that cannot be made while one is open; the text says which.
    Transaction(&'static str),
    /// This thread has the shared instance already: a script runs that called a function, or the thread holds a lock.
    InUse,
    /// A pool does not run this: too many wait, or it is being closed.
    Refused(Refused),
    /// A home cannot be renamed, dropped or opened; the text says why.
    Home(String),
    /// The VM could not be created.
    Init {
        /// The answer of `init`.
        code: i32,
        /// The store's error during `init`, if there was one.
        cause: Option<StoreError>,
    },
    /// This many instances exist, and the module's pool has no room for more.
    Pool(u32),
    /// The arena has no room for code of this many bytes.
    CodeSize(usize),
    /// Bytes that are not the encoding of a value, or not a response.
    Malformed {
        /// Offset of the first byte that is wrong.
        offset: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// A value that has no encoding, and why.
    Unencodable(String),
    /// The module gave an answer that the contract excludes.
    Protocol(String),
    /// The store failed during a call by this host, not by a script, or during a collection.
    Store(StoreError),
    /// The call ran, but the store did not keep its changes. The instance is dead, since its VM has seen them; a new
    /// instance over the reopened store continues from the stored state.
    Commit(StoreError),
    /// A key or a value in the store is damaged.
    Stored {
        /// The external table.
        table: u32,
        /// The key, in the store's bytes.
        key: Vec<u8>,
        /// What is wrong with the key or its value.
        cause: Box<Error>,
    },
    /// The read goes beyond the number of entries that the caller allows.
    Limit {
        /// The number of entries allowed.
        limit: usize,
        /// The external table in which the number is exceeded.
        table: u32,
    },
    /// The instance allows fewer computes in a second; no part of this one ran.
    Rate {
        /// The number allowed in a second.
        limit: f64,
        /// The time until the next one is allowed.
        retry_after: Duration,
    },
    /// The call ran and its changes are kept, but an audit event was not written.
    Audit {
        /// The file of the log.
        file: PathBuf,
        /// Why.
        cause: Cause,
    },
    /// The recording cannot be written. What the call changed is undone, if the store can do that, and the instance is dead:
    /// nothing is kept that is not recorded.
    Recording(Cause),
    /// The file of a store or of an audit log cannot be opened.
    Open {
        /// The file.
        file: PathBuf,
        /// Why.
        cause: Cause,
    },
}

impl Display for Error {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Error::Lua(error) | Error::Host { error, .. } => error.fmt(out),
            Error::Trap(trap) => trap.fmt(out),
            Error::Dead(cause) => write!(out, "the instance is dead: {cause}"),
            Error::Module(cause) => write!(out, "not a module of this contract: {cause}"),
            Error::Version { host, module } => {
                write!(out, "this host speaks version {host} of the contract, the module version {module}")
            }
            Error::Option(problem) => problem.fmt(out),
            Error::Argument(problem) | Error::Home(problem) => problem.fmt(out),
            Error::Type { place, problem } if place.is_empty() => problem.fmt(out),
            Error::Type { place, problem } => write!(out, "{place}: {problem}"),
            Error::Transaction(problem) => out.write_str(problem),
            Error::Refused(reason) => reason.fmt(out),
            Error::InUse => {
                out.write_str("a call of this instance is running on this thread, or it holds the instance")
            }
            Error::Init { code, cause: None } => write!(out, "the VM could not be created: init answered {code}"),
            Error::Init { code, cause: Some(cause) } => {
                write!(out, "the VM could not be created: init answered {code}, {cause}")
            }
            Error::Pool(instances) => {
                write!(out, "the pool has room for {instances} instances at a time, and there are as many")
            }
            Error::CodeSize(size) => write!(out, "the arena has no room for {size} bytes of code"),
            Error::Malformed { offset, problem } => write!(out, "malformed at byte {offset}: {problem}"),
            Error::Unencodable(text) => write!(out, "the value has no encoding: {text}"),
            Error::Protocol(text) => write!(out, "the module broke the contract: {text}"),
            Error::Store(error) => error.fmt(out),
            Error::Commit(error) => write!(out, "the changes were not committed: {error}"),
            Error::Stored { table, key, cause } => write!(out, "table {table}, key {}: {cause}", hex(key)),
            Error::Limit { limit, table } => {
                write!(out, "more than {limit} entries; table {table} goes beyond the limit")
            }
            Error::Rate { limit, retry_after } => {
                let wait = retry_after.as_millis();
                write!(out, "more than {limit} computes a second; the next one in {wait} ms")
            }
            Error::Audit { file, cause } => {
                write!(out, "an audit event was not written to {}: {cause}", file.display())
            }
            Error::Recording(cause) => write!(out, "the recording cannot be written: {cause}"),
            Error::Open { file, cause } => write!(out, "cannot open {}: {cause}", file.display()),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Host { cause, .. } | Error::Init { cause: Some(cause), .. } | Error::Commit(cause) => Some(cause),
            Error::Store(error) => error.source(),
            Error::Trap(Trap { cause, .. })
            | Error::Dead(cause)
            | Error::Module(cause)
            | Error::Option(cause)
            | Error::Recording(cause)
            | Error::Audit { cause, .. }
            | Error::Open { cause, .. } => cause.error(),
            Error::Stored { cause, .. } => Some(&**cause),
            Error::Lua(_)
            | Error::Version { .. }
            | Error::Argument(_)
            | Error::Type { .. }
            | Error::Home(_)
            | Error::Transaction(_)
            | Error::Refused(_)
            | Error::InUse
            | Error::Init { cause: None, .. }
            | Error::Pool(_)
            | Error::CodeSize(_)
            | Error::Malformed { .. }
            | Error::Unencodable(_)
            | Error::Protocol(_)
            | Error::Limit { .. }
            | Error::Rate { .. } => None,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        Error::Store(error)
    }
}
