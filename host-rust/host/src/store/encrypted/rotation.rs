//! Encrypts the stored values with the newest key, in batches.
//!
//! 1. The marker names the newest key beside the older ones (done when the store is opened).
//! 2. Each value is decrypted, and encrypted with the newest key if it was not. A batch is one unit of the store.
//! 3. After the last value, the marker names the newest key alone.
//!
//! A rotation that stops between two steps, or between two values, leaves a store in which every value can be read with
//! the keys that the marker names. A new rotation recognises finished values by their key's id and does not write them
//! again.
//!
//! Invariant: a finished rotation has read and checked every value that was there from its start to its end.

use super::error::Entry;
use super::key::Keys;
use super::marker::{self, Marker};
use super::sealed::{self, Random};
use crate::store::{Store, StoreError};

/// Limits of one batch, entries and bytes: the store must hold changes that are not committed.
const BATCH_ENTRIES: u64 = 1000;
const BATCH_BYTES: usize = 1024 * 1024;

/// Number of keys that are read in advance; each has at most 4 KiB.
const PAGE_KEYS: usize = 100;

/// A store of encrypted values, and what encrypts them.
pub(super) struct Sealing<'a, S> {
    pub inner: &'a mut S,
    pub keys: &'a Keys,
    pub random: Random,
}

/// Progress of a rotation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Number of values that were read.
    pub entries: u64,
    /// Number of values that were encrypted anew.
    pub rewritten: u64,
    /// Whether the rotation has finished.
    pub is_done: bool,
}

/// A rotation between two batches.
#[derive(Clone, Debug, Default)]
pub struct Rotation {
    /// The next table, and the key after which the rotation continues in it.
    table: Option<u32>,
    after: Option<Vec<u8>>,
    progress: Progress,
    /// Whether plain values are accepted.
    takes_plain: bool,
}

impl Rotation {
    /// A rotation that encrypts plain values too.
    pub(super) fn of_plain_values() -> Rotation {
        Rotation { takes_plain: true, ..Rotation::default() }
    }

    /// The progress so far.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The rotation after its next batch.
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

    /// Continues by one page of keys, to the next table, or to the end. Answers the number of bytes that were read.
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
            // Stops within a page when the batch is full, because values may be large.
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
