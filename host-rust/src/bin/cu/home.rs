//! The file that `--home` names, encrypted or not.
//!
//! Invariant: a file that is encrypted is never opened as a plain one, nor the other way round.

use cu_host::Store;

use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;

/// The store in the file of the command line, if there is one.
pub fn store(arguments: &Arguments) -> Result<Option<Box<dyn Store>>, Failure> {
    match (&arguments.home, &arguments.key_file) {
        #[cfg(feature = "redb")]
        (Some(home), _) => over(cu_host::RedbStore::open(home)?, arguments).map(Some),
        #[cfg(not(feature = "redb"))]
        (Some(_), _) => Err(Usage("--home needs a build with the feature redb".to_owned()).into()),
        (None, Some(_)) => Err(Usage("--key-file needs --home FILE".to_owned()).into()),
        (None, None) => Ok(None),
    }
}

/// What an instance works on, over an open file.
#[cfg(feature = "redb")]
pub fn over(file: impl Store + 'static, arguments: &Arguments) -> Result<Box<dyn Store>, Failure> {
    #[cfg(feature = "encryption")]
    {
        use cu_host::store::encrypted::is_encrypted;
        use cu_host::{EncryptedStore, Error};

        let mut file = file;
        let refused = |cause: String| {
            let file = arguments.home.clone().unwrap_or_default();
            Failure::Cu(Error::Open { file, cause })
        };
        match &arguments.key_file {
            Some(key_file) => {
                let key = crate::key_file::read(key_file)?;
                let store = EncryptedStore::open(file, key).map_err(|error| refused(error.message))?;
                Ok(Box::new(store))
            }
            None if is_encrypted(&mut file).map_err(Error::from)? => {
                Err(refused("it is encrypted, and needs --key-file FILE".to_owned()))
            }
            None => Ok(Box::new(file)),
        }
    }
    #[cfg(not(feature = "encryption"))]
    match &arguments.key_file {
        Some(_) => Err(Usage("--key-file needs a build with the feature encryption".to_owned()).into()),
        None => Ok(Box::new(file)),
    }
}
