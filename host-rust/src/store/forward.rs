//! A pointer to a store is a store.
//!
//! Invariant: each method calls the same method of the store behind, so that no default replaces the store's own
//! method.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::contract::Store;
use super::error::StoreError;

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

    fn can_roll_back(&self) -> bool {
        (**self).can_roll_back()
    }

    fn roll_back(&mut self) -> bool {
        (**self).roll_back()
    }
}

/// A store that the host can still use while an instance uses it.
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

    fn can_roll_back(&self) -> bool {
        lock(self).can_roll_back()
    }

    fn roll_back(&mut self) -> bool {
        lock(self).roll_back()
    }
}

/// Each call of a store is complete, so a panic on another thread leaves no half change behind the lock.
fn lock<S>(store: &Mutex<S>) -> MutexGuard<'_, S> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}
