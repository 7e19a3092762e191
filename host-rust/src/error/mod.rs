//! Everything that can go wrong, in one enum.
//!
//! - `lua`: the error of a script
//! - `trap`: why an engine stopped the module
//! - `cause`: a reason in words, and the error behind it
//!
//! Invariant: what a script did wrong is `Lua`, and it leaves the instance usable, as `Host` does; every other variant
//! names the side that is at fault. After `Trap` and `Commit` the instance is dead, and after any error of which the store
//! undid a unit.

mod cause;
mod lua;
mod trap;

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::time::Duration;

use crate::store::StoreError;

pub use cause::Cause;
pub use lua::LuaError;
pub use trap::{Trap, TrapKind};

/// Why a call to an instance failed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The script failed, also of something else after it had caught a failure of the store.
    Lua(Box<LuaError>),
    /// The store failed while the script ran, and that ended it.
    Host {
        /// The script's error, which names table, key, and code.
        error: Box<LuaError>,
        /// What the store said.
        cause: StoreError,
    },
    /// The module trapped, which it promises not to do. The instance is dead.
    Trap(Trap),
    /// The instance is dead, of this cause in an earlier call: the error that the call answered, unless the host
    /// panicked.
    Dead(Cause),
    /// The bytes are no module that this host can run.
    Module(Cause),
    /// The module is of another version of the contract.
    Version {
        /// The version that this host speaks.
        host: u32,
        /// The module's.
        module: u64,
    },
    /// An option of a value that it cannot have, and what it can.
    Option(Cause),
    /// The VM could not be created.
    Init {
        /// What `init` answered.
        code: i32,
        /// What the store said meanwhile, if it failed.
        cause: Option<StoreError>,
    },
    /// There are as many instances as the module's pool has room for: this many.
    Pool(u32),
    /// The arena has no room for code of this many bytes.
    CodeSize(usize),
    /// Bytes that encode no value, or no response.
    Malformed {
        /// Offset of the first byte that cannot be right.
        offset: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// A value that has no encoding, and why.
    Unencodable(String),
    /// The module answered something that the contract excludes.
    Protocol(String),
    /// The store failed when this host, not a script, asked it, or during a collection.
    Store(StoreError),
    /// The call ran, but the store did not keep its changes. The instance is dead, since its VM knows of them; one that is
    /// created over the reopened store goes on from what is there.
    Commit(StoreError),
    /// A key or a value in the store is damaged.
    Stored {
        /// The external table.
        table: u32,
        /// The key, as the store has it.
        key: Vec<u8>,
        /// What is wrong with it, or with its value.
        cause: Box<Error>,
    },
    /// More was to be read than the caller allows.
    Limit {
        /// The number of entries allowed.
        limit: usize,
        /// The external table that goes beyond it.
        table: u32,
    },
    /// More computes were asked for in a second than the instance allows; nothing of this one ran.
    Rate {
        /// How many a second are allowed.
        limit: f64,
        /// How long until the next one is.
        retry_after: Duration,
    },
    /// The call ran, and what it changed is kept, but an audit event of it was not written.
    Audit {
        /// The file of the log.
        file: PathBuf,
        /// Why.
        cause: Cause,
    },
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
            | Error::Audit { cause, .. }
            | Error::Open { cause, .. } => cause.error(),
            Error::Stored { cause, .. } => Some(&**cause),
            Error::Lua(_)
            | Error::Version { .. }
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
