//! Where external tables live: an ordered map of bytes per table id.
//!
//! Invariant: keys come in byte order, whatever the storage, so that iteration is the same on every host.

#[cfg(feature = "encryption")]
pub mod encrypted;
mod memory;
#[cfg(feature = "redb")]
mod redb;

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cu_abi::status;

use crate::imports::STORE_FAILED;

#[cfg(feature = "redb")]
pub use self::redb::{RedbStore, panic_is_caught};
pub use memory::MemoryStore;

/// Why a store could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    /// The number that the script's error names. The import answers it when it is below -1, and -4 otherwise.
    pub code: i32,
    /// For the host's log; scripts do not see it.
    pub message: String,
}

impl StoreError {
    /// What the import answers: a number that may not be taken for an absence.
    pub(crate) fn answer(&self) -> i32 {
        if self.code < status::ABSENT { self.code } else { STORE_FAILED }
    }
}

impl Display for StoreError {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "the store failed with code {}: {}", self.code, self.message)
    }
}

impl std::error::Error for StoreError {}

/// The tables of one instance. An unknown table is an empty one.
///
/// An instance calls [`begin`](Store::begin) before it calls the module and [`commit`](Store::commit) after it, so that
/// the changes of one compute are kept together or not at all where the store can do that. One that cannot leaves the
/// three methods as they are.
pub trait Store: Send {
    /// The value under a key.
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError>;

    /// Stores a value, over an earlier one if there is one.
    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError>;

    /// Removes a key; nothing happens when it is absent.
    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError>;

    /// Number of keys.
    fn size(&mut self, table: u32) -> Result<u32, StoreError>;

    /// Shows `visit` the keys after `after` in ascending (or descending) byte order, all of them without `after`, until
    /// it answers false.
    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError>;

    /// The least id above `after`, or of all, whose table has keys. A store need not know; what goes through all tables
    /// then cannot be done.
    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        let _ = after;
        let message = "this store cannot say which tables it has (next_table)".to_owned();
        Err(StoreError { code: STORE_FAILED, message })
    }

    /// Removes every key of a table.
    fn clear(&mut self, table: u32) -> Result<(), StoreError> {
        let mut keys = Vec::new();
        self.keys(table, None, false, &mut |key| {
            keys.push(key.to_vec());
            true
        })?;
        keys.iter().try_for_each(|key| self.delete(table, key))
    }

    /// Begins changes that belong together; the store shows them at once. Outside such a unit each change is one by
    /// itself. Units do not nest.
    fn begin(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Keeps the changes since [`begin`](Store::begin). After an error the unit is over and the store may be unusable;
    /// the instance answers no more.
    fn commit(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Undoes the changes since [`begin`](Store::begin): the module trapped, or the host panicked. Answers whether
    /// there was anything to undo. If so, the VM knows tables that do not exist, and the instance answers no more.
    fn rollback(&mut self) -> bool {
        false
    }
}

impl<S: Store + ?Sized> Store for Box<S> {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        (**self).get(table, key)
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        (**self).set(table, key, value)
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        (**self).delete(table, key)
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        (**self).size(table)
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        (**self).keys(table, after, descending, visit)
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        (**self).next_table(after)
    }

    fn clear(&mut self, table: u32) -> Result<(), StoreError> {
        (**self).clear(table)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        (**self).begin()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        (**self).commit()
    }

    fn rollback(&mut self) -> bool {
        (**self).rollback()
    }
}

/// A store that the host keeps a hand on while an instance uses it.
impl<S: Store> Store for Arc<Mutex<S>> {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        Ok(lock(self).get(table, key)?.map(|value| Cow::Owned(value.into_owned())))
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        lock(self).set(table, key, value)
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        lock(self).delete(table, key)
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        lock(self).size(table)
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        lock(self).keys(table, after, descending, visit)
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        lock(self).next_table(after)
    }

    fn clear(&mut self, table: u32) -> Result<(), StoreError> {
        lock(self).clear(table)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        lock(self).begin()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        lock(self).commit()
    }

    fn rollback(&mut self) -> bool {
        lock(self).rollback()
    }
}

/// Each call of a store is complete in itself, so a panic elsewhere leaves nothing half done behind the lock.
fn lock<S>(store: &Mutex<S>) -> MutexGuard<'_, S> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}
