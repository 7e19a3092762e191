//! The store that encrypts for another one.
//!
//! Invariant: the marker names a key before any value is written with it.

use std::borrow::Cow;
use std::fmt::{self, Debug, Formatter};

use super::error::{Entry, NOT_ENCRYPTED, RESERVED, UNFINISHED, failure};
use super::key::{KeyId, Keys};
use super::marker::{self, Marker};
use super::rotation::{Progress, Rotation, Sealing};
use super::sealed::{self, Random};
use crate::store::{Store, StoreError};

/// Whether the marker says that a store is encrypted. This needs no key.
pub fn is_encrypted(store: &mut (impl Store + ?Sized)) -> Result<bool, StoreError> {
    Ok(store.get(marker::PLACE.table, marker::PLACE.key)?.is_some())
}

/// A store over another one, which gets only encrypted values.
///
/// ```
/// use cu_host::store::encrypted::{DAMAGED, EncryptedStore, EncryptionKey};
/// use cu_host::{MemoryStore, Store};
///
/// let key = EncryptionKey::new(&[7; 32]); // in earnest, 32 random bytes
/// let mut store = EncryptedStore::open(MemoryStore::default(), key)?;
/// store.set(1, b"k", b"secret")?;
/// assert_eq!(store.get(1, b"k")?.as_deref(), Some(&b"secret"[..]));
///
/// // The store below has other bytes, and they are good for this place only.
/// let sealed = store.inner_mut().get(1, b"k")?.unwrap().into_owned();
/// assert!(!sealed.windows(6).any(|bytes| bytes == b"secret"));
/// store.inner_mut().set(1, b"l", &sealed)?;
/// assert_eq!(store.get(1, b"l").unwrap_err().code, DAMAGED);
/// # Ok::<(), cu_host::StoreError>(())
/// ```
pub struct EncryptedStore<S> {
    inner: S,
    keys: Keys,
    random: Random,
}

impl<S> Debug for EncryptedStore<S> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.debug_struct("EncryptedStore").field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl<S: Store> EncryptedStore<S> {
    /// Opens an encrypted store, or an empty one, which is encrypted from now on.
    ///
    /// A store with plain values is [`NOT_ENCRYPTED`]; a store that needs a key that was not given is [`KEY_MISSING`].
    pub fn open(inner: S, keys: impl Into<Keys>) -> Result<EncryptedStore<S>, StoreError> {
        let mut store = EncryptedStore::over(inner, keys);
        match Marker::read(&mut store.inner, &store.keys)? {
            Some(Marker { is_whole: true, keys }) => store.name_newest(true, &keys)?,
            Some(_) => {
                let problem = format_args!("the store is only half encrypted: encrypt_all has to go on");
                return Err(failure(UNFINISHED, marker::PLACE, problem));
            }
            None => match store.inner.next_table(None)? {
                None => store.name_newest(true, &[])?,
                Some(table) => {
                    let size = store.inner.size(table)?;
                    let problem = "the store is not encrypted, or has lost the record of it";
                    let message = format!("{problem}; entries in table {table}: {size}");
                    return Err(StoreError::new(NOT_ENCRYPTED, message));
                }
            },
        }
        Ok(store)
    }

    /// Encrypts the values of a plain store, and opens it. If it is interrupted, the next call continues; until it has
    /// finished, the store is [`UNFINISHED`].
    ///
    /// Plain values are accepted as they are: nothing can show whether somebody changed or added some. The storage may
    /// still have the overwritten plain values (a file that was not compacted, blocks of a disk).
    pub fn encrypt_all(
        inner: S,
        keys: impl Into<Keys>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<EncryptedStore<S>, StoreError> {
        let mut store = EncryptedStore::over(inner, keys);
        match Marker::read(&mut store.inner, &store.keys)? {
            Some(Marker { is_whole: true, keys }) => {
                store.name_newest(true, &keys)?;
                return Ok(store);
            }
            Some(Marker { is_whole: false, keys }) => store.name_newest(false, &keys)?,
            None => store.name_newest(false, &[])?,
        }
        store.run(Rotation::of_plain_values(), progress)?;
        Ok(store)
    }

    /// Encrypts every value with the newest key. When this returns, no value needs an older key.
    ///
    /// If it is interrupted, the next call continues; until it has finished, both keys are needed. A damaged value
    /// stops it.
    pub fn rotate(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<Progress, StoreError> {
        self.run(Rotation::default(), progress)
    }

    /// Runs the next batch of a rotation, about a thousand values or a mebibyte, as one unit, for callers with other
    /// work in between. Start with [`Rotation::default`], and continue until [`Progress::is_done`].
    pub fn rotate_batch(&mut self, rotation: &mut Rotation) -> Result<Progress, StoreError> {
        self.inner.begin()?;
        match rotation.next(&mut self.sealing()) {
            Ok(next) => {
                self.inner.commit()?;
                *rotation = next;
                Ok(rotation.progress())
            }
            Err(error) => {
                self.inner.roll_back();
                Err(error)
            }
        }
    }

    /// The store below. Values that are written there directly are not encrypted.
    pub fn inner_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The store below, which stays encrypted.
    pub fn into_inner(self) -> S {
        self.inner
    }

    fn over(inner: S, keys: impl Into<Keys>) -> EncryptedStore<S> {
        EncryptedStore { inner, keys: keys.into(), random: getrandom::fill }
    }

    /// The store and the keys that a rotation needs.
    fn sealing(&mut self) -> Sealing<'_, S> {
        Sealing { inner: &mut self.inner, keys: &self.keys, random: self.random }
    }

    /// Makes the newest key the marker's first key, before a value is written with it.
    fn name_newest(&mut self, is_whole: bool, named: &[KeyId]) -> Result<(), StoreError> {
        let newest = self.keys.newest().id();
        if named.first() == Some(&newest) {
            return Ok(());
        }
        let others: Vec<KeyId> = named.iter().copied().filter(|id| *id != newest).collect();
        Marker::write(&mut self.inner, &self.keys, self.random, is_whole, &others)
    }

    fn run(&mut self, mut rotation: Rotation, progress: &mut dyn FnMut(Progress)) -> Result<Progress, StoreError> {
        loop {
            let now = self.rotate_batch(&mut rotation)?;
            progress(now);
            if now.is_done {
                return Ok(now);
            }
        }
    }
}

#[cfg(feature = "redb")]
impl EncryptedStore<crate::store::RedbStore> {
    /// As [`RedbStore::sizes`](crate::store::RedbStore::sizes), without the wrapper's table.
    pub fn sizes(&mut self) -> Result<std::collections::BTreeMap<u32, u32>, StoreError> {
        let mut sizes = self.inner.sizes()?;
        sizes.remove(&marker::PLACE.table);
        Ok(sizes)
    }

    /// As [`RedbStore::compact`](crate::store::RedbStore::compact).
    pub fn compact(&mut self) -> Result<bool, StoreError> {
        self.inner.compact()
    }
}

impl<S: Store> Store for EncryptedStore<S> {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        if is_own(table) {
            return Ok(None);
        }
        let Some(bytes) = self.inner.get(table, key)? else { return Ok(None) };
        sealed::open(&self.keys, Entry { table, key }, &bytes).map(|value| Some(Cow::Owned(value)))
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let entry = Entry { table, key };
        if is_own(table) {
            return Err(failure(RESERVED, entry, format_args!("the table belongs to the encryption")));
        }
        self.inner.set(table, key, &sealed::seal(self.keys.newest(), self.random, entry, value)?)
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        if is_own(table) { Ok(()) } else { self.inner.delete(table, key) }
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        if is_own(table) { Ok(0) } else { self.inner.size(table) }
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        if is_own(table) { Ok(()) } else { self.inner.keys(table, after, descending, visit) }
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        match self.inner.next_table(after)? {
            Some(table) if is_own(table) => self.inner.next_table(Some(table)),
            next => Ok(next),
        }
    }

    fn clear(&mut self, table: u32) -> Result<(), StoreError> {
        if is_own(table) { Ok(()) } else { self.inner.clear(table) }
    }

    fn version(&mut self) -> Result<u64, StoreError> {
        self.inner.version()
    }

    fn hold(&mut self) -> Result<(), StoreError> {
        self.inner.hold()
    }

    fn release(&mut self) {
        self.inner.release();
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.inner.begin()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.inner.commit()
    }

    fn can_roll_back(&self) -> bool {
        self.inner.can_roll_back()
    }

    fn roll_back(&mut self) -> bool {
        self.inner.roll_back()
    }
}

/// Whether this is the table with the marker, which users of the wrapper can neither see nor change.
fn is_own(table: u32) -> bool {
    table == marker::PLACE.table
}

#[cfg(test)]
mod tests;
