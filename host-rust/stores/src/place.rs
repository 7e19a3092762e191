//! What a URL names: memory, a file or folder, or a server.
//!
//! Invariant: neither what is shown of a place nor an error has a password in it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cu_host::{Error, MemoryStore, Store, Wait};

use crate::server::Server;

/// Where a store is kept.
#[derive(Clone)]
pub enum Place {
    /// In memory, gone when it is closed.
    Memory,
    /// In a file, or where many are kept a folder.
    File(FilePlace),
    /// On a server.
    Server(Server),
}

/// A file, and how it is opened.
#[derive(Clone)]
pub struct FilePlace {
    /// The path.
    pub path: PathBuf,
    /// For reading only.
    pub read_only: bool,
    /// By several processes in turns.
    pub turns: bool,
    /// How long to wait for another process that has it open.
    pub wait: Wait,
}

impl Place {
    /// What a URL, or a path, names. Nothing is opened.
    pub fn from_url(url: &str) -> Result<Place, Error> {
        match scheme(url) {
            None => file(url, ""),
            Some("redb") => {
                let path = url.split_once(':').map_or("", |(_, path)| path);
                match path.rsplit_once('?') {
                    Some((path, option)) => file(path, option),
                    None => file(path, ""),
                }
            }
            Some("memory") if url == "memory:" => Ok(Place::Memory),
            Some("memory") => Err(wrong(url, "a store in memory has no name: memory:")),
            Some("postgres" | "postgresql") => Server::postgres(url).map(Place::Server),
            Some("etcd") => Server::etcd(url).map(Place::Server),
            Some(_) => Err(wrong(url, "it is none of the stores that are known")),
        }
    }

    /// The same of a word that need not be text; what is no text is a path.
    pub fn from_os(word: &std::ffi::OsStr) -> Result<Place, Error> {
        word.to_str().map_or_else(|| Ok(Place::file(word.into())), Place::from_url)
    }

    fn file(path: PathBuf) -> Place {
        Place::File(FilePlace { path, read_only: false, turns: false, wait: Wait::Never })
    }

    /// Waits so long for others that have it.
    #[must_use]
    pub fn with_wait(mut self, wait: Duration) -> Place {
        match &mut self {
            Place::Memory => {}
            Place::File(file) => file.wait = Wait::AtMost(wait),
            Place::Server(server) => server.remote().wait = Wait::AtMost(wait),
        }
        self
    }

    /// Opens the store, and makes it if it is not there.
    pub fn open(&self) -> Result<Box<dyn Store>, Error> {
        match self {
            Place::Memory => Ok(Box::new(MemoryStore::default())),
            Place::File(file) => file.open(),
            Place::Server(server) => server.open(),
        }
    }

    /// Whether there is something to be opened. Memory is always there, and empty.
    pub fn exists(&self) -> Result<bool, Error> {
        match self {
            Place::Memory => Ok(true),
            Place::File(file) => Ok(file.path.exists()),
            Place::Server(server) => server.exists(),
        }
    }
}

/// As people read it.
impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Memory => out.write_str("memory"),
            Place::File(file) => Path::display(&file.path).fmt(out),
            Place::Server(server) => server.fmt(out),
        }
    }
}

impl FilePlace {
    #[cfg(feature = "redb")]
    fn open(&self) -> Result<Box<dyn Store>, Error> {
        use cu_host::{FileMode, RedbOptions, RedbStore};

        let mode = match (self.read_only, self.turns) {
            (true, _) => FileMode::ReadOnly,
            (false, true) => FileMode::EachTurn,
            (false, false) => FileMode::Kept,
        };
        Ok(Box::new(RedbStore::open_with(&self.path, RedbOptions { mode, wait: self.wait })?))
    }

    #[cfg(not(feature = "redb"))]
    fn open(&self) -> Result<Box<dyn Store>, Error> {
        Err(wrong("redb:", "files are not built in; they are the feature redb of cu-stores"))
    }
}

/// What stands before the first colon, if that can be no path: one letter is a drive of Windows.
fn scheme(url: &str) -> Option<&str> {
    let (scheme, _) = url.split_once(':')?;
    let is_scheme =
        scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-".contains(&byte));
    is_scheme.then_some(scheme)
}

fn file(path: &str, option: &str) -> Result<Place, Error> {
    if path.is_empty() {
        return Err(wrong(path, "a store in a file has a path: redb:home.redb"));
    }
    let (read_only, turns) = match option {
        "" => (false, false),
        "read-only" => (true, false),
        "turns" => (false, true),
        other => return Err(wrong("redb:", &format!("a file has the options ?turns and ?read-only, not ?{other}"))),
    };
    let wait = if turns { Wait::Forever } else { Wait::Never };
    Ok(Place::File(FilePlace { path: path.into(), read_only, turns, wait }))
}

/// The URL is not shown behind its scheme: it may have a password.
pub(crate) fn wrong(url: &str, why: &str) -> Error {
    let shown = scheme(url).map_or(String::new(), |scheme| format!("'{scheme}:...' "));
    let known = "memory:, redb:FILE or a path, postgres://USER@HOST/DATABASE?namespace=NAME, \
                 etcd://HOST:PORT,HOST:PORT?namespace=NAME; a path with a colon is written ./PATH";
    Error::Option(format!("the URL of a store {shown}cannot be opened: {why}. Known are {known}").into())
}
