//! Everything that can go wrong, in one enum.
//!
//! Invariant: what a script did wrong is `Lua`, and it leaves the instance usable, as `Host` does; after `Trap` and `Commit` it is dead; every
//! other variant names the side that is at fault.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::time::Duration;

use cu_abi::status::ErrorClass;

use crate::store::StoreError;
use crate::value::Value;

/// Why a call to an instance failed.
#[derive(Clone, Debug, PartialEq)]
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
    Trap(String),
    /// The instance is dead, of this cause in an earlier call.
    Dead(String),
    /// The bytes are no module that this host can run.
    Module(String),
    /// The module is of another version of the contract.
    Version {
        /// The version that this host speaks.
        host: u32,
        /// The module's.
        module: u64,
    },
    /// An option of a value that it cannot have, and what it can.
    Option(String),
    /// `init` answered this code.
    Init(i32),
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
    /// The store failed when this host, not the module, asked it.
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
        cause: String,
    },
    /// The file of a store or of an audit log cannot be opened.
    Open {
        /// The file.
        file: PathBuf,
        /// Why.
        cause: String,
    },
}

/// The error that ended a script.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LuaError {
    /// The error text exactly as the module wrote it: the message, and the traceback if there is one.
    pub text: Vec<u8>,
    /// The message.
    pub message: String,
    /// The traceback, from `stack traceback:` on.
    pub traceback: Option<String>,
    /// What kind of error it is, when the module said so.
    pub class: Option<ErrorClass>,
    /// The error value, when it has an encoding.
    pub value: Option<Value>,
}

/// What separates the message from the traceback.
const TRACEBACK: &str = "\nstack traceback:\n";

impl LuaError {
    /// Takes the text apart, and what the module's `error` event said, when there was one.
    pub(crate) fn new(text: Vec<u8>, event: Option<&Value>) -> LuaError {
        let whole = String::from_utf8_lossy(&text);
        // A message may quote a traceback; the module's own comes last.
        let (message, traceback) = match whole.rfind(TRACEBACK) {
            Some(at) => (whole[..at].to_owned(), Some(whole[at + 1..].to_owned())),
            None => (whole.clone().into_owned(), None),
        };
        let class = event.and_then(|event| event.get("class")).and_then(Value::as_str);
        LuaError {
            message,
            traceback,
            class: class.and_then(|name| ErrorClass::ALL.into_iter().find(|class| class.name() == name)),
            value: event.and_then(|event| event.get("value")).cloned(),
            text,
        }
    }

    /// Whether a failure of the store ended the script: the message says so at its end (abi/README.md, "Imports").
    pub(crate) fn is_of(&self, failure: &StoreError) -> bool {
        self.message.ends_with(&format!(": it answered {}", failure.answer()))
    }
}

impl Display for LuaError {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl Display for Error {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Error::Lua(error) | Error::Host { error, .. } => error.fmt(out),
            Error::Trap(text) => write!(out, "the module trapped: {text}"),
            Error::Dead(text) => write!(out, "the instance is dead: {text}"),
            Error::Module(text) => write!(out, "not a module of this contract: {text}"),
            Error::Version { host, module } => {
                write!(out, "this host speaks version {host} of the contract, the module version {module}")
            }
            Error::Option(text) => out.write_str(text),
            Error::Init(code) => write!(out, "the VM could not be created: init answered {code}"),
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
            Error::Host { cause, .. } => Some(cause),
            _ => None,
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        Error::Store(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_traceback_is_split_off() {
        let text = "a: b\nstack traceback:\n\tquoted\nstack traceback:\n\t[C]: in ?";
        let error = LuaError::new(text.into(), None);
        assert_eq!(error.message, "a: b\nstack traceback:\n\tquoted");
        assert_eq!(error.traceback.as_deref(), Some("stack traceback:\n\t[C]: in ?"));
        assert_eq!(error.text, text.as_bytes());
    }

    #[test]
    fn the_event_adds_class_and_value() {
        let event = Value::from([("class", Value::from("runtime")), ("value", 7.into())]);
        let error = LuaError::new(b"7".into(), Some(&event));
        assert_eq!((error.class, error.value), (Some(ErrorClass::Runtime), Some(Value::Integer(7))));
        assert_eq!(LuaError::new(b"7".into(), Some(&Value::from([("class", "new")]))).class, None);
    }
}
