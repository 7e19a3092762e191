//! Encrypts what is stored with the newest key, a batch at a time.
//!
//! 1. The marker names the newest key beside the older ones (done when the store is opened).
//! 2. Each value is opened, and sealed with the newest key where it was not. A batch is one unit of the store.
//! 3. When the last value has been seen, the marker names the newest key alone.
//!
//! Whoever stops between two steps, or between two values, has a store in which every value can be read with the keys
//! that the marker names. A new rotation finds those that are done by their key's id, and writes them no more.
//!
//! Invariant: a rotation that ends has read every value that was there throughout, and found each whole.

use super::error::Entry;
use super::key::Keys;
use super::marker::{self, Marker};
use super::sealed::{self, Random};
use crate::store::{Store, StoreError};

/// Entries of one batch, and bytes after which it ends: what a store has to hold of changes that are not committed.
const BATCH_ENTRIES: u64 = 1000;
const BATCH_BYTES: usize = 1024 * 1024;

/// Keys that are read in advance, of at most 4 KiB each.
const PAGE_KEYS: usize = 100;

/// A store of sealed values, and what seals them.
pub(super) struct Sealing<'a, S> {
    pub inner: &'a mut S,
    pub keys: &'a Keys,
    pub random: Random,
}

/// How far a rotation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Values that were read.
    pub entries: u64,
    /// Values that were encrypted anew.
    pub rewritten: u64,
    /// Whether nothing is left to do.
    pub is_done: bool,
}

/// A rotation between two batches.
#[derive(Clone, Debug, Default)]
pub struct Rotation {
    /// The table that is next, and the key after which it goes on.
    table: Option<u32>,
    after: Option<Vec<u8>>,
    progress: Progress,
    /// Whether plain values are taken.
    takes_plain: bool,
}

impl Rotation {
    /// One that encrypts plain values too.
    pub(super) fn of_plain_values() -> Rotation {
        Rotation { takes_plain: true, ..Rotation::default() }
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The rotation behind its next batch.
    pub(super) fn next<S: Store>(&self, store: &mut Sealing<'_, S>) -> Result<Rotation, StoreError> {
        let mut rotation = self.clone();
        let mut bytes = 0;
        while !rotation.progress.is_done
            && rotation.progress.entries - self.progress.entries < BATCH_ENTRIES
            && bytes < BATCH_BYTES
        {
            bytes += rotation.page(store)?;
        }
        Ok(rotation)
    }

    /// Goes on by one page of keys, or to the next table, or to the end. Answers the number of bytes that were read.
    fn page<S: Store>(&mut self, store: &mut Sealing<'_, S>) -> Result<usize, StoreError> {
        let keys = match self.table {
            Some(table) => page_of_keys(store.inner, table, self.after.as_deref())?,
            None => Vec::new(),
        };
        let (Some(table), Some(last)) = (self.table, keys.last()) else {
            self.after = None;
            self.table = store.inner.next_table(self.table)?;
            if self.table.is_none() {
                Marker::write(store.inner, store.keys, store.random, true, &[])?;
                self.progress.is_done = true;
            }
            return Ok(0);
        };
        let mut bytes = 0;
        for key in &keys {
            bytes += self.entry(store, Entry { table, key })?;
            // A page of large values is left where the batch is full.
            if bytes >= BATCH_BYTES {
                self.after = Some(key.clone());
                return Ok(bytes);
            }
        }
        self.after = Some(last.clone());
        Ok(bytes)
    }

    fn entry<S: Store>(&mut self, store: &mut Sealing<'_, S>, entry: Entry) -> Result<usize, StoreError> {
        let Some(stored) = store.inner.get(entry.table, entry.key)? else { return Ok(0) };
        let stored = stored.into_owned();
        let newest = store.keys.newest().id();
        self.progress.entries += 1;
        let value = if self.takes_plain && !sealed::is_marked(&stored) {
            stored.clone()
        } else {
            let value = sealed::open(store.keys, entry, &stored)?;
            if sealed::key_id(&stored) == Some(newest) {
                return Ok(stored.len());
            }
            value
        };
        let sealed = sealed::seal(store.keys.newest(), store.random, entry, &value)?;
        store.inner.set(entry.table, entry.key, &sealed)?;
        self.progress.rewritten += 1;
        Ok(stored.len())
    }
}

fn page_of_keys(store: &mut impl Store, table: u32, after: Option<&[u8]>) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut keys = Vec::new();
    if table == marker::PLACE.table {
        return Ok(keys);
    }
    store.keys(table, after, false, &mut |key| {
        keys.push(key.to_vec());
        keys.len() < PAGE_KEYS
    })?;
    Ok(keys)
}
