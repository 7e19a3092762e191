//! Writes a home anew: each value goes through a store that encrypts or a store that decrypts.
//!
//! Invariant: the old file stays open, and so locked, until the new one takes its place; its values do not change.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use cu_abi::tables;
use cu_host::store::encrypted::is_encrypted;
use cu_host::{Cause, Error, RedbStore, SharedStore, Store, StoreError};

use super::replacement::Replacement;
use crate::failure::Failure;

/// A file that a wrapper uses, and that is also asked without the wrapper.
pub type Shared = SharedStore<RedbStore>;

/// Limits of one transaction: entries and bytes.
const BATCH_ENTRIES: u64 = 10_000;
const BATCH_BYTES: usize = 16 * 1024 * 1024;

/// Number of keys that are read in advance; each has at most 4 KiB.
const PAGE_KEYS: usize = 1000;

pub struct Home {
    /// The path on the command line, for messages.
    named: PathBuf,
    /// The path behind symbolic links: the links stay.
    file: PathBuf,
    store: Shared,
}

impl Home {
    /// Opens an existing file.
    pub fn open(named: &Path) -> Result<Home, Failure> {
        let file = named.canonicalize().map_err(|error| Failure::Io(named.display().to_string(), error))?;
        let store = RedbStore::open(&file).map_err(|error| match error {
            Error::Open { cause, .. } => Error::Open { file: named.to_owned(), cause },
            other => other,
        })?;
        Ok(Home { named: named.to_owned(), file, store: SharedStore::new(store) })
    }

    /// Opens an existing file that must be encrypted.
    pub fn open_encrypted(named: &Path) -> Result<Home, Failure> {
        let home = Home::open(named)?;
        if home.is_encrypted()? { Ok(home) } else { Err(home.refused("it is not encrypted".to_owned())) }
    }

    pub fn is_encrypted(&self) -> Result<bool, Failure> {
        Ok(self.store.turn().and_then(|mut store| is_encrypted(&mut *store)).map_err(Error::from)?)
    }

    pub fn store(&self) -> Shared {
        self.store.clone()
    }

    /// Makes the store's message the cause.
    pub fn failed(&self, error: StoreError) -> Failure {
        self.refused(Cause::in_words(error.message.clone(), error))
    }

    pub fn refused(&self, cause: impl Into<Cause>) -> Failure {
        Failure::Cu(Error::Open { file: self.named.clone(), cause: cause.into() })
    }

    /// Writes every entry of `from` into a new file, through the store that `wrap` makes of it, and puts that file in
    /// the home's place. Answers the number of values.
    pub fn rewrite<S: Store>(
        &self,
        mut from: impl Store,
        wrap: impl FnOnce(Shared) -> Result<S, StoreError>,
    ) -> Result<u64, Failure> {
        let sizes = sizes(&self.store)?;
        let total = sizes.values().map(|size| u64::from(*size)).sum();
        let replacement = Replacement::begin(&self.file)?;
        let store = SharedStore::new(RedbStore::open(replacement.file())?);
        let mut to = wrap(store.clone()).map_err(Error::from)?;
        Copy { total, ..Copy::default() }.run(&mut from, &mut to).map_err(Error::from)?;
        drop(to);
        // A copy with fewer keys never takes the home's place, for whatever reason keys are missing.
        if self::sizes(&store)? != sizes {
            return Err(self.refused("its tables have other numbers of keys than it says".to_owned()));
        }
        store.turn().and_then(|mut store| store.compact()).map_err(Error::from)?;
        // Closes the file, so that it can be renamed.
        drop(store);
        replacement.take_place()?;
        Ok(total)
    }
}

/// Numbers of keys, without the table that only the encryption uses.
fn sizes(store: &Shared) -> Result<BTreeMap<u32, u32>, Error> {
    let mut sizes = store.turn()?.sizes()?;
    sizes.remove(&tables::HOST_FIRST);
    Ok(sizes)
}

/// Progress of a copy.
#[derive(Default)]
struct Copy {
    entries: u64,
    total: u64,
    /// Since the last commit.
    entries_open: u64,
    bytes_open: usize,
}

impl Copy {
    fn run(mut self, from: &mut impl Store, to: &mut impl Store) -> Result<(), StoreError> {
        to.begin()?;
        let mut next = from.next_table(None)?;
        while let Some(table) = next {
            self.table(table, from, to)?;
            next = from.next_table(Some(table))?;
        }
        self.show(true);
        to.commit()
    }

    fn table(&mut self, table: u32, from: &mut impl Store, to: &mut impl Store) -> Result<(), StoreError> {
        let mut keys = page_of_keys(from, table, None)?;
        while let Some(last) = keys.last() {
            for key in &keys {
                // A key without a value is not copied; the comparison of sizes finds that.
                if let Some(value) = from.get(table, key)? {
                    to.set(table, key, &value)?;
                    self.count(value.len(), to)?;
                }
            }
            keys = page_of_keys(from, table, Some(last))?;
        }
        Ok(())
    }

    /// Commits when a batch is full.
    fn count(&mut self, bytes: usize, to: &mut impl Store) -> Result<(), StoreError> {
        self.entries += 1;
        self.entries_open += 1;
        self.bytes_open += bytes;
        if self.entries_open < BATCH_ENTRIES && self.bytes_open < BATCH_BYTES {
            return Ok(());
        }
        (self.entries_open, self.bytes_open) = (0, 0);
        self.show(false);
        to.commit()?;
        to.begin()
    }

    /// Rewrites one line on a terminal to show the progress.
    fn show(&self, is_done: bool) {
        if !io::stderr().is_terminal() || self.entries < BATCH_ENTRIES {
            return;
        }
        let end = if is_done { "\n" } else { "" };
        crate::output::note(&format!("\r{} of {} values{end}", self.entries, self.total));
    }
}

fn page_of_keys(store: &mut impl Store, table: u32, after: Option<&[u8]>) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut keys = Vec::new();
    store.keys(table, after, false, &mut |key| {
        keys.push(key.to_vec());
        keys.len() < PAGE_KEYS
    })?;
    Ok(keys)
}
