//! The file that `--home` names, encrypted or not.
//!
//! Invariant: an encrypted file is never opened as a plain one, nor a plain file as an encrypted one; no file is
//! created before everything that the options name is read.

use std::path::Path;

use cu_host::Store;

use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;

#[cfg(all(feature = "redb", feature = "encryption"))]
type Key = cu_host::EncryptionKey;
/// A build without encryption has no keys.
#[cfg(not(all(feature = "redb", feature = "encryption")))]
type Key = std::convert::Infallible;

/// The files that the options name, read before any file is opened or created.
pub struct Home<'a> {
    file: &'a Path,
    #[cfg(feature = "redb")]
    options: cu_host::RedbOptions,
    #[cfg_attr(not(all(feature = "redb", feature = "encryption")), expect(dead_code))]
    key: Option<Key>,
}

impl<'a> Home<'a> {
    /// The home of the command line, if there is one.
    pub fn of(arguments: &'a Arguments) -> Result<Option<Home<'a>>, Failure> {
        match (&arguments.home, &arguments.key_file) {
            (Some(_), _) if cfg!(not(feature = "redb")) => {
                Err(Usage("--home needs a build with the feature redb".to_owned()).into())
            }
            (Some(file), key_file) => Ok(Some(Home {
                file,
                #[cfg(feature = "redb")]
                options: options(arguments),
                key: key_file.as_deref().map(key).transpose()?,
            })),
            (None, Some(_)) => Err(Usage("--key-file needs --home FILE".to_owned()).into()),
            (None, None) if arguments.home_name.is_some() => {
                Err(Usage("--home-name needs --home FILE".to_owned()).into())
            }
            (None, None) if arguments.wait.is_some() => Err(Usage("--wait needs --home FILE".to_owned()).into()),
            (None, None) => Ok(None),
        }
    }

    /// Whether opening the home would create the file.
    pub fn is_missing(&self) -> bool {
        !self.file.exists()
    }

    /// Opens the file, or creates it.
    #[cfg(feature = "redb")]
    pub fn open(self) -> Result<Box<dyn Store>, Failure> {
        // A file that is only read is not created: without one the home is empty.
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if self.options.mode == cu_host::FileMode::ReadOnly && self.is_missing() && folder.is_dir() {
            return self.over(cu_host::MemoryStore::default());
        }
        let store = cu_host::RedbStore::open_with(self.file, self.options)?;
        self.over(store)
    }

    #[cfg(not(feature = "redb"))]
    pub fn open(self) -> Result<Box<dyn Store>, Failure> {
        unreachable!("a build without redb has no home")
    }

    /// The store for an instance, over the open file.
    #[cfg(all(feature = "redb", feature = "encryption"))]
    pub fn over(self, mut store: impl Store + 'static) -> Result<Box<dyn Store>, Failure> {
        use cu_host::store::encrypted::is_encrypted;
        use cu_host::{Cause, EncryptedStore, Error, StoreError};

        let refused = |cause: Cause| Failure::Cu(Error::Open { file: self.file.to_owned(), cause });
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

    #[cfg(all(feature = "redb", not(feature = "encryption")))]
    pub fn over(self, store: impl Store + 'static) -> Result<Box<dyn Store>, Failure> {
        Ok(Box::new(store))
    }
}

/// How the file is opened: for reading if nothing is to change, and after the wait of the command line.
#[cfg(feature = "redb")]
pub fn options(arguments: &Arguments) -> cu_host::RedbOptions {
    use cu_host::{FileMode, RedbOptions, Wait};

    RedbOptions {
        mode: if arguments.read_only { FileMode::ReadOnly } else { FileMode::Kept },
        wait: arguments.wait.map_or(Wait::Never, Wait::AtMost),
    }
}

#[cfg(all(feature = "redb", feature = "encryption"))]
fn key(file: &Path) -> Result<Key, Failure> {
    crate::key_file::read(file)
}

#[cfg(not(all(feature = "redb", feature = "encryption")))]
fn key(_: &Path) -> Result<Key, Failure> {
    Err(Usage("--key-file needs a build with the features redb and encryption".to_owned()).into())
}
