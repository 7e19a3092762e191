//! Where homes are kept: a store for each name.
//!
//! Invariant: a home is a store of its own. So nothing in one home has a name in another, a home is deleted, copied and
//! collected alone, and a script that runs for long keeps no other home waiting.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cu_host::{Cause, Error, MemoryStore, RedbOptions, RedbStore, SharedStore, Store, Wait};

use crate::name::HomeName;

/// What may happen to a home that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is made.
    Make,
    /// It is answered that there is none.
    Leave,
}

/// Opens, lists and removes homes. The server opens a home once at a time, and never while it removes it.
pub trait Stores: Send + Sync {
    /// The store of a home; none if there is no such home and none is to be made.
    fn open(&self, name: &HomeName, missing: Missing) -> Result<Option<Box<dyn Store>>, Error>;

    /// Up to `limit` names after one, in the order of their bytes.
    fn list(&self, after: Option<&HomeName>, limit: usize) -> Result<Vec<HomeName>, Error>;

    /// Removes a home that is not open, with all that is in it; answers whether there was one.
    fn remove(&self, name: &HomeName) -> Result<bool, Error>;

    /// Whether there is such a home.
    fn exists(&self, name: &HomeName) -> Result<bool, Error>;
}

impl<S: Stores + ?Sized> Stores for Box<S> {
    fn open(&self, name: &HomeName, missing: Missing) -> Result<Option<Box<dyn Store>>, Error> {
        (**self).open(name, missing)
    }

    fn list(&self, after: Option<&HomeName>, limit: usize) -> Result<Vec<HomeName>, Error> {
        (**self).list(after, limit)
    }

    fn remove(&self, name: &HomeName) -> Result<bool, Error> {
        (**self).remove(name)
    }

    fn exists(&self, name: &HomeName) -> Result<bool, Error> {
        (**self).exists(name)
    }
}

/// Homes in memory: they end with the server.
#[derive(Default)]
pub struct MemoryStores(Mutex<BTreeMap<HomeName, SharedStore<MemoryStore>>>);

impl MemoryStores {
    fn homes(&self) -> MutexGuard<'_, BTreeMap<HomeName, SharedStore<MemoryStore>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stores for MemoryStores {
    fn open(&self, name: &HomeName, missing: Missing) -> Result<Option<Box<dyn Store>>, Error> {
        let mut homes = self.homes();
        let found = match missing {
            Missing::Leave => homes.get(name).cloned(),
            Missing::Make => Some(homes.entry(name.clone()).or_default().clone()),
        };
        Ok(found.map(|store| Box::new(store) as _))
    }

    fn list(&self, after: Option<&HomeName>, limit: usize) -> Result<Vec<HomeName>, Error> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(self.homes().range((from, Bound::Unbounded)).take(limit).map(|(name, _)| name.clone()).collect())
    }

    fn remove(&self, name: &HomeName) -> Result<bool, Error> {
        Ok(self.homes().remove(name).is_some())
    }

    fn exists(&self, name: &HomeName) -> Result<bool, Error> {
        Ok(self.homes().contains_key(name))
    }
}

/// Homes in a folder, each in a file of redb with the ending `.redb`, as `cu run --home FILE` opens it.
pub struct FolderStores {
    folder: PathBuf,
    wait: Wait,
}

const ENDING: &str = ".redb";

impl FolderStores {
    /// Homes in that folder, which is made if it is missing.
    pub fn new(folder: impl Into<PathBuf>) -> Result<FolderStores, Error> {
        let folder = folder.into();
        let made = std::fs::create_dir_all(&folder);
        made.map_err(|error| Error::Open { file: folder.clone(), cause: Cause::from(error.to_string()) })?;
        Ok(FolderStores { folder, wait: Wait::Never })
    }

    /// Waits so long for a file that another process has open; not at all unless you say so.
    #[must_use]
    pub fn with_wait(mut self, wait: Wait) -> FolderStores {
        self.wait = wait;
        self
    }

    fn file(&self, name: &HomeName) -> Result<PathBuf, Error> {
        Ok(self.folder.join(name.to_file().map_err(Error::Home)? + ENDING))
    }
}

impl Stores for FolderStores {
    fn open(&self, name: &HomeName, missing: Missing) -> Result<Option<Box<dyn Store>>, Error> {
        let file = self.file(name)?;
        if missing == Missing::Leave && !file.exists() {
            return Ok(None);
        }
        let store = RedbStore::open_with(file, RedbOptions { wait: self.wait, ..RedbOptions::default() })?;
        Ok(Some(Box::new(store)))
    }

    fn list(&self, after: Option<&HomeName>, limit: usize) -> Result<Vec<HomeName>, Error> {
        let failed = |error: std::io::Error| Error::Open { file: self.folder.clone(), cause: error.to_string().into() };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(failed)? {
            let file = entry.map_err(failed)?.file_name();
            let name = file.to_str().and_then(|file| HomeName::from_file(file.strip_suffix(ENDING)?));
            names.extend(name.filter(|name| after.is_none_or(|after| name > after)));
        }
        names.sort_unstable();
        names.truncate(limit);
        Ok(names)
    }

    fn remove(&self, name: &HomeName) -> Result<bool, Error> {
        let file = self.file(name)?;
        if !file.exists() {
            return Ok(false);
        }
        // Another process that has it open would go on in a file without a name.
        drop(RedbStore::open_with(&file, RedbOptions { wait: self.wait, ..RedbOptions::default() })?);
        let removed = std::fs::remove_file(&file);
        removed.map_err(|error| Error::Open { file, cause: error.to_string().into() })?;
        Ok(true)
    }

    fn exists(&self, name: &HomeName) -> Result<bool, Error> {
        Ok(self.file(name)?.exists())
    }
}
