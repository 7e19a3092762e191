//! What `--home` names: a file, memory, or a store on a server; encrypted or not.
//!
//! Invariant: an encrypted store is never opened as a plain one, nor a plain one as an encrypted one; nothing is created before
//! everything that the options name is read. What is shown of a URL has no password.

use std::path::Path;

use cu_host::store::unfinished;
use cu_host::{Error, Store};
use cu_stores::{FilePlace, Place};

use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;

#[cfg(all(feature = "redb", feature = "encryption"))]
type Key = cu_host::EncryptionKey;
/// A build without encryption has no keys.
#[cfg(not(all(feature = "redb", feature = "encryption")))]
type Key = std::convert::Infallible;

/// A place, and the key that the options name, read before anything is opened or created.
pub struct Home {
    place: Place,
    #[cfg_attr(not(all(feature = "redb", feature = "encryption")), expect(dead_code))]
    key: Option<Key>,
}

impl Home {
    /// The home of the command line, if there is one.
    pub fn of(arguments: &Arguments) -> Result<Option<Home>, Failure> {
        match (&arguments.home, &arguments.key_file) {
            (Some(home), key_file) => {
                let mut place = place(home)?;
                if let Some(wait) = arguments.wait {
                    place = place.with_wait(wait);
                }
                if let Place::File(file) = &mut place {
                    if cfg!(not(feature = "redb")) {
                        return Err(Usage("--home FILE needs a build with the feature redb".to_owned()).into());
                    }
                    if !arguments.read_only {
                        may_change(file)?;
                    }
                    file.read_only = arguments.read_only;
                }
                Home::at(place, key_file.as_deref()).map(Some)
            }
            (None, Some(_)) => Err(Usage("--key-file needs --home FILE".to_owned()).into()),
            (None, None) if arguments.home_name.is_some() => {
                Err(Usage("--home-name needs --home FILE".to_owned()).into())
            }
            (None, None) if arguments.wait.is_some() => Err(Usage("--wait needs --home FILE".to_owned()).into()),
            (None, None) => Ok(None),
        }
    }

    /// The home in a place, with the key in a file.
    pub fn at(place: Place, key_file: Option<&Path>) -> Result<Home, Failure> {
        Ok(Home { place, key: key_file.map(key).transpose()? })
    }

    /// The home of a command that needs one.
    pub fn needed(arguments: &Arguments, command: &str) -> Result<Home, Failure> {
        arguments.needed_home(command)?;
        Home::of(arguments)?.ok_or_else(|| Usage(format!("{command} needs --home FILE")).into())
    }

    /// The file, if it is one.
    pub fn file(&self) -> Option<&FilePlace> {
        match &self.place {
            Place::File(file) => Some(file),
            _ => None,
        }
    }

    /// Whether opening the home would create a file.
    pub fn is_missing(&self) -> bool {
        self.file().is_some_and(|file| !file.path.exists())
    }

    /// Refuses a home that is not there, for a command that makes none.
    pub fn has_to_be_there(&self) -> Result<(), Failure> {
        match &self.place {
            Place::File(file) => {
                let there = std::fs::metadata(&file.path).map(drop);
                there.map_err(|error| Failure::Io(file.path.display().to_string(), error))
            }
            place if place.exists()? => Ok(()),
            place => Err(Failure::Io(place.to_string(), std::io::ErrorKind::NotFound.into())),
        }
    }

    /// How it is shown.
    pub fn shown(&self) -> String {
        self.place.to_string()
    }

    /// Opens the store, or creates it. One that is half a copy is refused.
    pub fn open(self) -> Result<Box<dyn Store>, Failure> {
        let mut store = self.open_as_it_is()?;
        unfinished::refuse(&mut *store).map_err(Error::from)?;
        Ok(store)
    }

    /// Opens the store, or creates it, for who goes on with a copy, too.
    pub fn open_as_it_is(self) -> Result<Box<dyn Store>, Failure> {
        if let Some(file) = self.file() {
            // A file that is only read is not created: without one the home is empty.
            let folder = file.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            if file.read_only && self.is_missing() && folder.is_dir() {
                return self.over(cu_host::MemoryStore::default());
            }
        }
        let store = self.place.open()?;
        self.over(store)
    }

    /// The store for an instance, over the open one.
    #[cfg(all(feature = "redb", feature = "encryption"))]
    pub fn over(self, mut store: impl Store + 'static) -> Result<Box<dyn Store>, Failure> {
        use cu_host::store::encrypted::is_encrypted;
        use cu_host::{Cause, EncryptedStore, StoreError};

        let refused = |cause: Cause| Failure::Cu(Error::Open { file: self.place.to_string().into(), cause });
        let failed = |error: StoreError| refused(Cause::in_words(error.message.clone(), error));
        match self.key {
            Some(key) => {
                let store = EncryptedStore::open(store, key).map_err(failed)?;
                Ok(Box::new(store))
            }
            None if is_encrypted(&mut store).map_err(failed)? => {
                Err(refused("it is encrypted, and needs --key-file FILE".into()))
            }
            None => Ok(Box::new(store)),
        }
    }

    #[cfg(not(all(feature = "redb", feature = "encryption")))]
    pub fn over(self, store: impl Store + 'static) -> Result<Box<dyn Store>, Failure> {
        Ok(Box::new(store))
    }
}

/// The file that `--home` names, for a command that works on files alone.
#[cfg(feature = "redb")]
pub fn needed_file(arguments: &Arguments, command: &str) -> Result<FilePlace, Failure> {
    match place(arguments.needed_home(command)?)? {
        Place::File(mut file) => {
            file.wait = arguments.wait.map_or(file.wait, cu_host::Wait::AtMost);
            Ok(file)
        }
        place => Err(Usage(format!("{command} works on a file, not on {place}")).into()),
    }
}

/// The same, for one that changes the file.
#[cfg(all(feature = "redb", feature = "encryption"))]
pub fn needed_file_to_change(arguments: &Arguments, command: &str) -> Result<FilePlace, Failure> {
    let file = needed_file(arguments, command)?;
    may_change(&file)?;
    Ok(file)
}

/// Refuses a file that its URL gives for reading, to a command that changes it.
fn may_change(file: &FilePlace) -> Result<(), Usage> {
    match file.read_only {
        true => Err(Usage(format!("{} is given with ?read-only, and the command changes it", file.path.display()))),
        false => Ok(()),
    }
}

/// Whether `--home` is a URL that gives a file for reading only.
pub fn is_read_only(home: &Path) -> bool {
    matches!(place(home), Ok(Place::File(FilePlace { read_only: true, .. })))
}

/// What an option for places names. A URL that is wrong is wrong usage.
pub fn place(home: &Path) -> Result<Place, Failure> {
    Place::from_os(home.as_os_str()).map_err(|error| Usage(error.to_string()).into())
}

#[cfg(all(feature = "redb", feature = "encryption"))]
fn key(file: &Path) -> Result<Key, Failure> {
    crate::key_file::read(file)
}

#[cfg(not(all(feature = "redb", feature = "encryption")))]
fn key(_: &Path) -> Result<Key, Failure> {
    Err(Usage("--key-file needs a build with the features redb and encryption".to_owned()).into())
}
