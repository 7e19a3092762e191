//! Why a command failed, and the exit status that says so.

use std::io;

use cu_abi::status::ErrorClass;
use cu_host::replay::ReplayError;
use cu_host::{Error, StoreError};

use crate::arguments::Usage;
use crate::paint::Paint;

const FAILED: u8 = 1;
const WRONG_USAGE: u8 = 2;
/// Also what a panic ends with.
pub const BROKEN: u8 = 3;

/// What each exit status means.
pub const STATUSES: [(u8, &str); 4] = [
    (0, "success"),
    (FAILED, "the script failed, or what a command looked for is wrong"),
    (WRONG_USAGE, "wrong usage"),
    (BROKEN, "a file, the store or the host failed"),
];

pub enum Failure {
    /// The command line is wrong.
    Usage(Usage),
    /// A file or stream failed; the text says which.
    Io(String, io::Error),
    /// What is asked cannot be done; the text says why.
    Refused(String),
    /// Something failed, and that has been shown.
    Told,
    /// A file, or another place, has no home of this name.
    NoHome(String, Vec<u8>),
    /// A collection stopped early, for this reason if one was found.
    Collection(Option<Error>),
    /// So many things are wrong in a file, and so many of them were mended.
    Wrong { found: u64, mended: u64 },
    /// A script is longer than this number of bytes, which is the module's whole memory.
    Length(String, usize),
    /// A recording cannot be replayed; the text is the file.
    Replay(String, ReplayError),
    /// The host or the script failed.
    Cu(Error),
    /// The host or the script failed after the store had failed.
    Store(Error, StoreError),
}

impl Failure {
    /// The exit status. An error of class config means that the module refuses the options.
    pub fn exit_status(&self) -> u8 {
        match self {
            Failure::Usage(_) | Failure::Cu(Error::Argument(_)) => WRONG_USAGE,
            Failure::Cu(Error::Lua(error)) if error.class == Some(ErrorClass::Config) => WRONG_USAGE,
            Failure::Cu(Error::Lua(_) | Error::Home(_))
            | Failure::Replay(..)
            | Failure::NoHome(..)
            | Failure::Told
            | Failure::Refused(_) => FAILED,
            Failure::Wrong { .. } => FAILED,
            _ => BROKEN,
        }
    }

    /// The text for standard error: the script's message as it is, without a prefix for each line.
    pub fn text(&self) -> String {
        let text = self.plain_text();
        match text.strip_prefix("cu:") {
            Some(rest) => Paint::of_errors().red("cu:") + rest,
            None => text,
        }
    }

    fn plain_text(&self) -> String {
        match self {
            Failure::Usage(Usage(problem)) => format!("cu: {problem}"),
            Failure::Io(what, error) => format!("cu: {what}: {error}"),
            Failure::Length(file, memory) => {
                format!("cu: {file}: it is longer than {memory} bytes, all the memory of the module")
            }
            Failure::Told => String::new(),
            Failure::Refused(problem) => format!("cu: {problem}"),
            Failure::NoHome(place, name) => {
                format!(
                    "cu: {place}: it has no home '{}'; cu homes lists those that it has",
                    String::from_utf8_lossy(name)
                )
            }
            Failure::Collection(cause) => {
                let cause =
                    cause.as_ref().map_or("memory, or something in the store, failed".to_owned(), Error::to_string);
                format!("cu: the collection stopped before it freed everything: {cause}")
            }
            Failure::Wrong { found, mended } => format!("cu: wrong: {found}, mended: {mended}"),
            Failure::Replay(file, error) => format!("cu: {file}: {error}"),
            Failure::Cu(Error::Lua(error)) => format!("cu: {}", String::from_utf8_lossy(&error.text)),
            Failure::Cu(error) => format!("cu: {error}"),
            Failure::Store(Error::Lua(error) | Error::Host { error, .. }, cause) => {
                format!("cu: {}\ncu: {cause}", String::from_utf8_lossy(&error.text))
            }
            Failure::Store(error, cause) => format!("cu: {error}\ncu: {cause}"),
        }
    }

    /// Whether nobody has to be told: the reader of the output has closed it, or it has been shown.
    pub fn is_silent(&self) -> bool {
        match self {
            Failure::Io(_, error) => error.kind() == io::ErrorKind::BrokenPipe,
            Failure::Told => true,
            _ => false,
        }
    }
}

impl From<Usage> for Failure {
    fn from(usage: Usage) -> Failure {
        Failure::Usage(usage)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Cu(error)
    }
}
